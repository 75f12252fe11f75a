package guardian

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"time"

	"obrady/internal/i18n"
	"obrady/internal/id"
	"obrady/internal/people"
	"obrady/internal/privacy"
	"obrady/internal/web"
	"obrady/internal/web/desk"
)

func (p *Pages) ownRows() []row {
	return []row{
		{"mine.data", get, "/moje/dane", "/mine/data", p.showOwn, own, nil},
		{"mine.data.file", get, "/moje/dane/plik", "/mine/data/file", p.sendOwn, own, nil},
		{"mine.erasure", get, "/moje/dane/usuniecie", "/mine/data/erasure", p.askErasure, own, nil},
		{"mine.erase", post, "/moje/dane/usuniecie", "/mine/data/erasure", p.eraseOwn, own, nil},
	}
}

// self is whoever asks, as the subject of data.
func self(r *http.Request) people.Subject { return people.Subject{Account: desk.By(r)} }

// mineData is everything that is kept about whoever asks.
type mineData struct {
	Ways  []web.Link
	Parts []people.Extract
	Case  *privacy.Case // of an erasure that is under way
	Held  bool
}

var minePage = parse[mineData]("mine.html")

// fact is one thing that is kept, in words.
type fact struct{ Key, Value string }

// Facts puts a row into words. What has no name in the language of the reader is called as the file calls it.
func (d mineData) Facts(v web.View, row map[string]any) []fact { return factsOf(v, row) }

// codes are the beginnings of sentences that say the words of closed lists.
// key: guardian.kind.*
var codes = map[string][]string{
	"action": {"guardian.action."}, "role": {"rights.role_name.", "programme.role."}, "node": {"rights.node."},
	"kind": {"guardian.kind.", "guardian.action."}, "lang": {"programme.language."}, "sector": {"people.sector."}, "form": {"edition.form."},
	"state": {"privacy.state.", "registration.state.", "mail.state.", "practice.adoption.", "practice.story."}, "ground": {"privacy.ground."}, "place": {"consent.place."}, "refusal": {"rights.refusal."},
	"part": {""}, "presence": {"attendance.presence."}, "verdict": {"selection.verdict."}, "what": {"signup.what."}, "why": {"signup.why."},
	"level": {"practice.level."}, "outcome": {"practice.outcome."},
}

// needs are the beginnings of the words for what somebody needs, of which a row has several.
var needs = []string{"admission.need.", "registration.need."}

func factsOf(v web.View, row map[string]any) (all []fact) {
	for _, name := range slices.Sorted(maps.Keys(row)) {
		value := decoded(v, inWords(v, row[name]), codes[name])
		if name == "needs" {
			value = listed(v, value)
		}
		if value == "" {
			continue
		}
		all = append(all, fact{labelOf(v, name), value})
	}
	return all
}

// decoded is what a code means by the first of these beginnings of sentences that knows it, or else the code.
func decoded(v web.View, code string, beginnings []string) string {
	for _, said := range beginnings {
		if words := v.T(said + code); words != said+code {
			return words
		}
	}
	return code
}

// listed puts the codes of needs into words.
func listed(v web.View, codes string) string {
	all := strings.FieldsFunc(codes, func(r rune) bool { return r == ' ' || r == ',' })
	for i, code := range all {
		all[i] = decoded(v, code, needs)
	}
	return strings.Join(all, ", ")
}

// key: guardian.field.*
func labelOf(v web.View, name string) string {
	key := "guardian.field." + name
	if said := v.T(key); said != key {
		return said
	}
	return strings.ReplaceAll(name, "_", " ")
}

// inWords writes a value for a reader; nothing for what is empty.
func inWords(v web.View, value any) string {
	switch one := value.(type) {
	case nil:
		return ""
	case string:
		if strings.HasPrefix(one, "{") || strings.HasPrefix(one, "[") {
			if text := flowing([]byte(one)); !text.IsZero() {
				return v.Plain(text)
			}
		}
		return one
	case bool:
		return v.T(map[bool]string{true: "guardian.yes", false: "guardian.no"}[one])
	case time.Time:
		return momentOf(v, one)
	case *time.Time:
		if one == nil {
			return ""
		}
		return momentOf(v, *one)
	case i18n.Text:
		return v.Plain(one)
	case []people.Affiliation:
		titles := make([]string, len(one))
		for i, a := range one {
			titles[i] = v.Plain(a.Title)
		}
		return strings.Join(titles, ", ")
	case []byte:
		return v.T("guardian.mine.picture", (len(one)+1023)/1024)
	}
	return readable(v, value)
}

func momentOf(v web.View, t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return v.When(t)
}

// readable is a value that no sentence is made for: what it says, without the signs and names that only programs need.
// The file to take away has it whole.
func readable(v web.View, value any) string {
	if of := reflect.ValueOf(value); of.Kind() == reflect.String {
		return of.String()
	}
	text, err := json.Marshal(value)
	if err != nil {
		return ""
	}
	return v.Plain(flowing(text))
}

// written is a value that no sentence is made for, as the file has it.
func written(value any) string {
	if of := reflect.ValueOf(value); of.Kind() == reflect.String {
		return of.String()
	}
	text, err := json.Marshal(value)
	if err != nil || slices.Contains([]string{"null", "[]", "{}", `""`}, string(text)) {
		return ""
	}
	return string(text)
}

// flowing reads JSON as people read: a text in two languages as it is, of lists and objects what they hold, of
// identifiers nothing. What is the same in both languages is so in the result.
func flowing(text []byte) i18n.Text {
	var whole any
	if json.Unmarshal(text, &whole) != nil {
		return i18n.Text{}
	}
	return i18n.Text{PL: inOne(saying(whole, "pl")), EN: inOne(saying(whole, "en"))}
}

// inOne puts what was said behind one another, with a comma where no sentence ends.
func inOne(said []string) string {
	var all strings.Builder
	for i, one := range said {
		if i > 0 && !strings.ContainsAny(all.String()[all.Len()-1:], ".!?:;") {
			all.WriteByte(',')
		}
		if i > 0 {
			all.WriteByte(' ')
		}
		all.WriteString(one)
	}
	return all.String()
}

// saying lists what a value read from JSON says in a language, in the order of the names of its parts.
func saying(value any, lang string) (said []string) {
	switch one := value.(type) {
	case string:
		if one != "" && !id.Valid(one) {
			said = append(said, one)
		}
	case float64:
		said = append(said, strconv.FormatFloat(one, 'f', -1, 64))
	case []any:
		for _, part := range one {
			said = append(said, saying(part, lang)...)
		}
	case map[string]any:
		if _, bilingual := one["pl"].(string); bilingual {
			if text, _ := one[lang].(string); text != "" {
				return []string{text}
			}
			return saying(one["pl"], lang)
		}
		for _, name := range slices.Sorted(maps.Keys(one)) {
			said = append(said, saying(one[name], lang)...)
		}
	}
	return said
}

func (p *Pages) mine(r *http.Request) (page mineData, err error) {
	if p.Ways != nil {
		page.Ways = p.Ways(web.Lang(r))
	}
	if page.Parts, err = p.Privacy.Data(r.Context(), self(r)); err != nil {
		return page, err
	}
	if err = p.nameEditions(r, page.Parts); err != nil {
		return page, err
	}
	c, err := p.Privacy.CaseOf(r.Context(), self(r))
	if errors.Is(err, privacy.ErrNoCase) {
		return page, nil
	}
	if page.Case, page.Held = &c, c.Why == privacy.OnHold; c.State != privacy.Open {
		page.Case = nil
	}
	return page, err
}

// nameEditions puts the names of editions where rows have their ids.
func (p *Pages) nameEditions(r *http.Request, parts []people.Extract) error {
	all, err := p.Editions.Editions(r.Context())
	if err != nil {
		return err
	}
	names := map[string]i18n.Text{}
	for _, e := range all {
		names[string(e.ID)] = e.Name
	}
	for _, part := range parts {
		for _, row := range part.Rows {
			if name, known := names[fmt.Sprint(row["edition"])]; known {
				row["edition"] = name
			}
		}
	}
	return nil
}

func (p *Pages) showOwn(w http.ResponseWriter, r *http.Request) error {
	page, err := p.mine(r)
	if err != nil {
		return err
	}
	return minePage.Show(w, r, page)
}

// erasureData is the page before an erasure: what goes, what stays and why.
type erasureData struct {
	Outcomes []people.Outcome
	Held     bool
	Unsure   bool // the box was not ticked
	Done     *privacy.Case
}

var erasurePage = parse[erasureData]("erasure.html")

// sure is the field that says that somebody has read what will go.
const sure = "sure"

var erasureFields = web.Fields{sure: "guardian.erasure.sure"}

// askErasure wants a fresh proof before it shows the button, so that the button does not ask for one.
func (p *Pages) askErasure(w http.ResponseWriter, r *http.Request) error {
	if !web.Recent(r, privacy.FreshFor) {
		return web.AskAgain(w, r, r.URL.EscapedPath())
	}
	page, err := p.erasure(r)
	if err != nil {
		return err
	}
	return erasurePage.Show(w, r, page)
}

func (p *Pages) erasure(r *http.Request) (page erasureData, err error) {
	if page.Outcomes, err = p.Privacy.Preview(r.Context(), self(r)); err != nil {
		return page, err
	}
	_, page.Held, err = p.Privacy.Held(r.Context(), self(r))
	return page, err
}

// eraseOwn erases, ends the session, and shows the number of the case at once: afterwards there is nobody to show it to.
func (p *Pages) eraseOwn(w http.ResponseWriter, r *http.Request) error {
	if !web.Recent(r, privacy.FreshFor) {
		return web.AskAgain(w, r, r.URL.EscapedPath())
	}
	form, err := web.ReadForm(r, erasureFields)
	if err != nil {
		return err
	}
	if form.Value(sure) == "" {
		page, err := p.erasure(r)
		if err != nil {
			return err
		}
		page.Unsure = true
		return erasurePage.ShowStatus(w, r, http.StatusUnprocessableEntity, page)
	}
	c, err := p.Privacy.Erase(r.Context(), privacy.Order{Subject: self(r), By: desk.By(r), VerifiedAt: web.SignedInAt(r)})
	switch {
	case errors.Is(err, privacy.ErrHeld):
		return erasurePage.ShowStatus(w, r, http.StatusConflict, erasureData{Held: true, Done: &c})
	case err != nil:
		return fmt.Errorf("erase own data: %w", err)
	}
	if err := web.SignOut(r); err != nil {
		return err
	}
	return erasurePage.Show(w, r, erasureData{Outcomes: c.Outcomes, Done: &c})
}
