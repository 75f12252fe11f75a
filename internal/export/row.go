package export

import (
	"errors"
	"reflect"
	"slices"
	"strconv"
	"strings"

	"obrady/internal/edition"
	"obrady/internal/errs"
	"obrady/internal/i18n"
	"obrady/internal/programme"
	"obrady/internal/table"
	"obrady/internal/text"
)

// reader reads one row of a table into a session and a slot.
type reader struct {
	plan  *tablePlan
	sheet table.Sheet
	found table.Matched
	row   table.Row
}

// has says whether the file has the column at all; what it does not have
// stays as it is.
func (r *reader) has(column string) bool { _, has := r.found.At[column]; return has }

// cell returns what stands in a column, cleaned; a character that no text may
// hold is a problem of the cell.
func (r *reader) cell(column string) string {
	at, has := r.found.At[column]
	if !has || at >= len(r.row.Cells) {
		return ""
	}
	clean, flaws := text.Clean(r.row.Cells[at])
	for _, flaw := range flaws {
		r.refuse(column, string(flaw.Flaw), flaw.At)
	}
	return clean
}

func (r *reader) refuse(column, key string, args ...any) {
	name := column
	if at, has := r.found.At[column]; has {
		name = r.sheet.Header[at]
	}
	r.plan.report.Problems = append(r.plan.report.Problems, RowProblem{
		r.sheet.Name, r.row.Number, name, errs.New(errs.Invalid, key, args...),
	})
}

// session plans the row: a further slot of a session that the file has named
// already, or a session.
func (r *reader) session() {
	address, title := r.cell("address"), r.cell("title (pl)")
	if title == "" {
		r.refuse("title (pl)", "edition.text_missing")
		return
	}
	if address != "" && !edition.ValidSlug(address) {
		r.refuse("address", "edition.slug")
		return
	}
	old := r.plan.find(address, title)
	key := address
	switch {
	case old != nil:
		key = old.Slug
	case address == "":
		key = "title " + text.Fold(title)
	}
	if r.plan.begun[key] == nil {
		r.plan.begun[key] = r.begin(old, address, title)
	}
	r.slot(r.plan.begun[key])
}

// begin reads everything that a row says of a session.
func (r *reader) begin(old *programme.Session, address, title string) *rowPlan {
	t := r.plan
	p := &rowPlan{old: old, effect: len(t.report.Rows)}
	if old != nil {
		p.session = *old
	} else {
		p.session = t.newSession(title)
		if address != "" {
			p.session.Slug = address
		}
	}
	t.slugs[p.session.Slug] = true
	t.report.Rows = append(t.report.Rows, RowEffect{Sheet: r.sheet.Name, Row: r.row.Number, Title: title})
	t.rows = append(t.rows, p)
	r.texts(&p.session)
	r.references(&p.session)
	r.choices(&p.session)
	r.people(&p.session)
	r.validate(p.session)
	return p
}

func (r *reader) texts(s *programme.Session) {
	for column, to := range map[string]*string{
		"title (pl)": &s.Title.PL, "title (en)": &s.Title.EN, "lead (pl)": &s.Lead.PL, "lead (en)": &s.Lead.EN,
		"description (pl)": &s.Body.PL, "description (en)": &s.Body.EN,
	} {
		if r.has(column) {
			*to = r.cell(column)
		}
	}
}

// references find the block, the stage and the terms by address or by name.
func (r *reader) references(s *programme.Session) {
	x := r.plan.x
	if r.has("block") {
		s.Block = one(r, "block", "export.block_unknown", x.Blocks, func(b programme.Block) (programme.BlockID, string, i18n.Text) {
			return b.ID, b.Slug, b.Name
		})
	}
	if s.Block == "" && r.cell("block") == "" {
		r.refuse("block", "export.block_missing")
	}
	if r.has("stage") {
		s.Stage = one(r, "stage", "export.stage_unknown", x.Stages, func(g programme.Stage) (programme.StageID, string, i18n.Text) {
			return g.ID, g.Slug, g.Name
		})
	}
	if !r.has("goals and themes") {
		return
	}
	var terms []edition.TermID
	for _, word := range list(r.cell("goals and themes"), ";\n") {
		if term := r.term(word); term != "" {
			terms = append(terms, term)
		} else {
			r.refuse("goals and themes", "export.term_unknown", word)
		}
	}
	s.Terms = terms
}

func (r *reader) term(word string) edition.TermID {
	for _, taxonomy := range r.plan.x.Taxonomies {
		for _, term := range taxonomy.Terms {
			if answers(word, term.Slug, term.Name) {
				return term.ID
			}
		}
	}
	return ""
}

// answers says whether somebody who writes word means the thing.
func answers(word, slug string, name i18n.Text) bool {
	folded := text.Fold(word)
	return word == slug || folded == text.Fold(name.PL) || folded == text.Fold(name.EN)
}

// one finds the thing that a cell names; an empty cell names none.
func one[T any, ID ~string](r *reader, column, unknown string, all []T, of func(T) (ID, string, i18n.Text)) ID {
	word := r.cell(column)
	if word == "" {
		return ""
	}
	for _, thing := range all {
		if found, slug, name := of(thing); answers(word, slug, name) {
			return found
		}
	}
	r.refuse(column, unknown, word)
	return ""
}

func (r *reader) choices(s *programme.Session) {
	pick(r, "format", &s.Format, programme.Formats)
	pick(r, "form", &s.Form, edition.Forms)
	pick(r, "status", &s.Status, programme.Statuses)
	pick(r, "recording", &s.Recording, programme.Recordings)
	pick(r, "sign-up", &s.Entry, programme.Entries)
	if s.Format == "" {
		s.Format = programme.OtherFormat // so that the rules have nothing more to say about it
		if r.cell("format") == "" {
			r.refuse("format", "export.format_missing")
		}
	}
	if r.has("languages") {
		s.Languages = r.codes("languages")
	}
	if r.has("interpretation") {
		s.Interpretation = r.codes("interpretation")
	}
	r.yesNo("captions", &s.Captions)
	r.yesNo("sign language", &s.SignLanguage)
	if word := r.cell("places"); r.has("places") {
		n, err := strconv.Atoi(strings.ReplaceAll(word, " ", ""))
		if word != "" && err != nil {
			r.refuse("places", "export.number", word)
		}
		s.Capacity = n
	}
}

// keyed is a value of a closed list with the sentence that says it.
type keyed interface {
	~string
	Key() string
}

// pick reads a value by its code or by the word for it in any language of
// the house.
func pick[T keyed](r *reader, column string, to *T, all []T) {
	word := r.cell(column)
	if !r.has(column) {
		return
	}
	for _, value := range all {
		if strings.EqualFold(word, string(value)) {
			*to = value
			return
		}
		for _, words := range r.plan.words {
			if text.Fold(word) == text.Fold(words.T(value.Key())) {
				*to = value
				return
			}
		}
	}
	if word != "" {
		r.refuse(column, "export.word_unknown", word)
	}
}

// codes reads languages by code or by name.
func (r *reader) codes(column string) []string {
	var found []string
	for _, word := range list(r.cell(column), ",;\n") {
		at := slices.IndexFunc(programme.Languages, func(code string) bool {
			return strings.EqualFold(word, code) || slices.ContainsFunc(r.plan.words, func(p i18n.Printer) bool {
				return text.Fold(word) == text.Fold(p.T(programme.LanguageKey(code)))
			})
		})
		if at < 0 {
			r.refuse(column, "export.language_unknown", word)
			continue
		}
		found = append(found, programme.Languages[at])
	}
	return found
}

func (r *reader) yesNo(column string, to *bool) {
	if !r.has(column) {
		return
	}
	switch word := text.Fold(r.cell(column)); word {
	case "tak", "t", "yes", "y", "1", "x", "true":
		*to = true
	case "", "nie", "n", "no", "0", "false":
		*to = false
	default:
		r.refuse(column, "export.yes_or_no", word)
	}
}

// validate holds the rules of the programme against the session; what a
// column stands for is told under its heading.
func (r *reader) validate(s programme.Session) {
	if s.Block == "" {
		s.Block = "told before"
	}
	r.blame(s.Validate(), "")
}

// fieldColumns says in which column a field of a form stands.
var fieldColumns = map[string]string{
	"title_pl": "title (pl)", "title_en": "title (en)", "lead_pl": "lead (pl)", "lead_en": "lead (en)",
	"body_pl": "description (pl)", "body_en": "description (en)", "slug": "address", "capacity": "places",
	"people": "people", "start": "start", "end": "end",
}

func (r *reader) blame(err error, otherwise string) {
	var wrong errs.Problems
	if !errors.As(err, &wrong) {
		return
	}
	for _, p := range wrong {
		column := fieldColumns[p.Name]
		if column == "" {
			column = otherwise
		}
		r.refuse(column, p.Key, p.Args...)
	}
}

// list cuts a cell at any of the separators.
func list(cell, separators string) []string {
	var found []string
	for _, part := range strings.FieldsFunc(cell, func(r rune) bool { return strings.ContainsRune(separators, r) }) {
		if part = strings.TrimSpace(part); part != "" {
			found = append(found, part)
		}
	}
	return found
}

// sameSession says whether there is nothing to save. Lists that are empty are
// the same as lists that are not there.
func sameSession(a, b programme.Session) bool {
	for _, s := range []*programme.Session{&a, &b} {
		s.Languages, s.Interpretation = slices.Clip(s.Languages), slices.Clip(s.Interpretation)
		if len(s.Languages) == 0 {
			s.Languages = nil
		}
		if len(s.Interpretation) == 0 {
			s.Interpretation = nil
		}
		if len(s.Terms) == 0 {
			s.Terms = nil
		}
		if len(s.People) == 0 {
			s.People = nil
		}
	}
	return reflect.DeepEqual(a, b)
}
