package guardian

import (
	"encoding/json"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"obrady/internal/i18n"
	"obrady/internal/journal"
	"obrady/internal/people"
	"obrady/internal/programme"
	"obrady/internal/rights"
	"obrady/internal/web"
	"obrady/internal/web/desk"
)

func (p *Pages) auditRows() []row {
	return []row{{
		"desk.audit", get, "/{edition}/biurko/dziennik", "/{edition}/desk/log", p.showAudit, auditing,
		[]string{"actor", "action", "object", "before", "all"},
	}}
}

// entriesOnPage is how many entries a page of the log shows.
const entriesOnPage = 50

// auditRow is an entry of the log in words.
type auditRow struct {
	journal.Entry
	Who, What string // What names the object; both empty where there is no name
	Machine   bool   // nobody did it: a deadline passed
}

// Key names the sentence that says what was done.
// key: guardian.action.*
func (a auditRow) Key() string { return "guardian.action." + a.Action }

// Note is the detail as it was noted, in one line; nothing where there is none.
func (a auditRow) Note() string {
	detail, _ := a.Detail.(json.RawMessage)
	if said := string(detail); said != "null" {
		return said
	}
	return ""
}

// auditData is a page of the log of an edition, as far as whoever asks may read it.
type auditData struct {
	desk.Desk
	Rows     []auditRow
	Next     int64 // the entry before which the next page begins; 0 at the end
	Narrowed bool
	Whole    bool // every edition is shown
	CanWhole bool
	Part     bool // only what concerns the parts of whoever asks is shown
	filter   journal.Filter
}

// Only is the address of the log with nothing but the entries of one actor, action or object. Ids stand in it and no
// names.
func (d auditData) Only(v web.View, name, value string) string {
	query := url.Values{name: {value}}
	if d.Whole {
		query.Set("all", "1")
	}
	return v.Path() + "?" + query.Encode()
}

// Said is what was done, in words; its name in the log where no sentence says it.
func (d auditData) Said(v web.View, a auditRow) string {
	if said := v.T(a.Key()); said != a.Key() {
		return said
	}
	return a.Action
}

var auditPage = parse[auditData]("audit.html")

func (p *Pages) showAudit(w http.ResponseWriter, r *http.Request) error {
	page, err := p.audit(r)
	if err != nil {
		return err
	}
	entries, err := p.Privacy.Entries(r.Context(), page.filter)
	if err != nil {
		return err
	}
	if len(entries) > entriesOnPage {
		entries = entries[:entriesOnPage]
		page.Next = entries[entriesOnPage-1].Seq
	}
	if page.Rows, err = p.named(r, page, entries); err != nil {
		return err
	}
	return auditPage.Show(w, r, page)
}

// audit reads the filter and narrows it to what whoever asks may read: the organisers and the officer of the edition
// read all of it, those of the installation every edition, a partner what concerns its own parts.
func (p *Pages) audit(r *http.Request) (page auditData, err error) {
	if page.Desk, err = p.Desk(r, "desk.audit"); err != nil {
		return page, err
	}
	query := r.URL.Query()
	before, _ := strconv.ParseInt(query.Get("before"), 10, 64) // a forged one is the first page
	page.filter = journal.Filter{Edition: string(page.Edition.ID), Before: before, Limit: entriesOnPage + 1}
	who := rights.Of(r.Context())
	page.CanWhole = who.May(rights.ReadAudit, []rights.Node{rights.Whole})
	if page.Whole = page.CanWhole && query.Get("all") != ""; page.Whole {
		page.filter.Edition = ""
	}
	scope := who.Scope(rights.ReadAudit, page.Tree)
	content, err := p.Programme.Content(r.Context(), page.Edition.ID)
	if err != nil {
		return page, err
	}
	if page.Part = !scope.All(); page.Part {
		page.filter.Objects = append(objectsOf(scope, page.Tree, content), "none")
	}
	page.filter.Actor, page.filter.Action, page.filter.Object = query.Get("actor"), query.Get("action"), query.Get("object")
	page.Narrowed = page.filter.Actor+page.filter.Action+page.filter.Object != ""
	return page, nil
}

// objectsOf lists the ids of everything in the parts of the edition that the scope covers.
func objectsOf(scope rights.Scope, tree rights.Tree, content programme.Content) (ids []string) {
	for _, b := range content.Blocks {
		if scope.Block(b.ID) {
			ids = append(ids, string(b.ID))
		}
	}
	for _, g := range content.Stages {
		if scope.Stage(g.ID) {
			ids = append(ids, string(g.ID))
		}
	}
	for _, s := range content.Sessions {
		if scope.Session(s) {
			ids = append(ids, string(s.ID))
		}
	}
	for _, w := range tree.Spaces {
		if scope.Workspace(w.ID) {
			ids = append(ids, string(w.ID))
		}
	}
	return ids
}

// named puts names to ids. Who reads only a part of the log reads no names of accounts but their own.
func (p *Pages) named(r *http.Request, page auditData, entries []journal.Entry) ([]auditRow, error) {
	names, err := p.objectNames(r, page)
	if err != nil {
		return nil, err
	}
	var ids []people.AccountID
	for _, e := range entries {
		ids = append(ids, people.AccountID(e.Actor), people.AccountID(e.Object))
	}
	accounts, err := p.People.Accounts(r.Context(), ids)
	if err != nil {
		return nil, err
	}
	for id, a := range accounts {
		if !a.Erased() && (!page.Part || id == desk.By(r)) {
			names[string(id)] = a.Name
			if a.Name == "" {
				names[string(id)] = a.Email
			}
		}
	}
	rows := make([]auditRow, len(entries))
	for i, e := range entries {
		rows[i] = auditRow{Entry: e, Who: names[e.Actor], What: names[e.Object], Machine: e.Actor == journal.System}
		if page.Part {
			rows[i].Detail, rows[i].Reason = nil, ""
		}
	}
	return rows, nil
}

// objectNames names what the edition consists of.
func (p *Pages) objectNames(r *http.Request, page auditData) (map[string]string, error) {
	lang := web.Lang(r)
	names := map[string]string{string(page.Edition.ID): page.Edition.Name.In(lang).Text}
	content, err := p.Programme.Content(r.Context(), page.Edition.ID)
	if err != nil {
		return nil, err
	}
	add := func(id string, t i18n.Text) { names[id] = t.In(lang).Text }
	for _, b := range content.Blocks {
		add(string(b.ID), b.Name)
	}
	for _, g := range content.Stages {
		add(string(g.ID), g.Name)
	}
	for _, s := range content.Sessions {
		add(string(s.ID), s.Title)
	}
	for _, w := range page.Tree.Spaces {
		add(string(w.ID), w.Name)
	}
	if page.Part {
		return names, nil
	}
	persons, err := p.People.Persons(r.Context())
	for _, one := range persons {
		names[string(one.ID)] = one.Name
	}
	return names, err
}

// Short is the end of an id, for what has no name.
func (a auditRow) Short() string {
	parts := strings.Split(a.Object, "-")
	return parts[len(parts)-1]
}
