package roles

import (
	"cmp"
	"context"
	"net/http"
	"slices"
	"time"

	"obrady/internal/i18n"
	"obrady/internal/people"
	"obrady/internal/rights"
	"obrady/internal/web"
	"obrady/internal/web/desk"
)

// state says whether a grant holds.
type state string

// The states, in the order in which the list shows them.
//
// key: roles.state.*
const (
	holding state = "holding"
	toCome  state = "to_come"
	over    state = "over"
	taken   state = "taken"
)

var states = []state{holding, toCome, over, taken}

// Key names the sentence that says the state.
func (s state) Key() string { return "roles.state." + string(s) }

func stateOf(g rights.Grant, now time.Time) state {
	switch {
	case !g.RevokedAt.IsZero():
		return taken
	case now.Before(g.From):
		return toCome
	case g.At(now):
		return holding
	}
	return over
}

// someone is an account as these pages name it.
type someone struct {
	ID          people.AccountID
	Name, Email string
	New         bool // the address has not been confirmed
}

func personOf(a people.Account) someone {
	one := someone{ID: a.ID, Name: a.Name, Email: a.Email, New: a.VerifiedAt.IsZero()}
	if one.Name == "" {
		one.Name = a.Email
	}
	return one
}

// grantRow is one grant in the list.
type grantRow struct {
	rights.Grant
	Who     someone   // without ID for an institution
	Office  i18n.Text // the institution
	Members []someone // of the institution
	Place   place
	By      string // who gave it; empty for those whom the reader need not know
	Machine bool   // it was given from the terminal
	State   state
	Own     bool
	CanEnd  bool
}

// grantList is what the page of all grants knows, narrowed or not.
type grantList struct {
	desk.Desk
	Form    web.Form // what narrows the list
	Rows    []grantRow
	All     int // before narrowing
	CanGive bool
	Refuses bool
	Policy  policy
	choices map[string][]desk.Choice
}

// Filter is the question called name of the form that narrows the list.
func (d grantList) Filter(v web.View, name string) web.Input {
	s := desk.Sheet{Form: d.Form, Choices: d.choices}
	return v.Input(d.Form, name).Choices(s.Options(v, name))
}

// Narrowed says whether some of the grants are not shown.
func (d grantList) Narrowed() bool { return len(d.Rows) < d.All }

// Until is the last day on which the grant holds, or nothing.
func (d grantList) Until(v web.View, g grantRow) string { return lastDay(d.Desk, v, g.Until) }

// lastDay is the last day before until.
func lastDay(d desk.Desk, v web.View, until time.Time) string {
	if until.IsZero() {
		return ""
	}
	return v.Date(until.Add(-time.Nanosecond).In(d.Edition.Location()))
}

// On is a day on the clocks of the edition.
func (d grantList) On(v web.View, t time.Time) string { return v.Date(t.In(d.Edition.Location())) }

// Later says whether the grant holds from another day than that on which it was given.
func (d grantList) Later(g grantRow) bool {
	zone := d.Edition.Location()
	return g.From.In(zone).Format(time.DateOnly) != g.GrantedAt.In(zone).Format(time.DateOnly)
}

var grantsPage = parse[grantList]("grants.html", "policy.html")

// filterNames are the parameters that narrow the list. People go by their numbers, so that no name stands in an address.
var filterNames = []string{"role", "node", "who", "state"}

var filterFields = web.Fields{"role": "roles.role", "node": "roles.where", "who": "roles.who", "state": "roles.state_label"}

func (p *Pages) listGrants(w http.ResponseWriter, r *http.Request) error {
	d, err := p.Desk(r, "desk.grants")
	if err != nil {
		return err
	}
	known, err := p.chart(r.Context(), d)
	if err != nil {
		return err
	}
	page := grantList{
		Desk: d, Form: web.NewForm(filterFields), CanGive: d.Who.Within(rights.GiveGrants, d.Edition.ID) == nil,
		Refuses: d.May(rights.EditRefusals), Policy: thePolicy,
	}
	if page.Rows, err = p.grantRows(r.Context(), d, &known); err != nil {
		return err
	}
	page.All = len(page.Rows)
	page.offer(web.Lang(r), known)
	for _, name := range filterNames {
		if asked := r.URL.Query().Get(name); asked != "" {
			page.Form.Set(name, asked)
			page.Rows = slices.DeleteFunc(page.Rows, func(g grantRow) bool { return g.answers()[name] != asked })
		}
	}
	return grantsPage.Show(w, r, page)
}

// answers are the values of the filters under which the grant is found.
func (g grantRow) answers() map[string]string {
	return map[string]string{"role": string(g.Role), "node": value(g.Node), "who": g.holder(), "state": string(g.State)}
}

func (g grantRow) holder() string {
	if g.Institution != "" {
		return "i" + string(g.Institution)
	}
	return "a" + string(g.Account)
}

// offer lists what the grants can be narrowed by: what at least one of them has.
func (d *grantList) offer(lang i18n.Lang, known chart) {
	v := i18n.Printer{Lang: lang}
	has := func(name, value string) bool {
		return slices.ContainsFunc(d.Rows, func(g grantRow) bool { return g.answers()[name] == value })
	}
	only := func(name string, all []desk.Choice) []desk.Choice {
		return desk.OrNone("roles.any", slices.DeleteFunc(all, func(c desk.Choice) bool { return !has(name, c.Value) }))
	}
	var nodes, holders []desk.Choice
	for _, one := range known.places {
		nodes = append(nodes, one.option(v))
	}
	for _, g := range d.Rows {
		one := desk.Choice{Value: g.holder(), Plain: g.Who.Name, Words: g.Office}
		if !slices.ContainsFunc(holders, func(c desk.Choice) bool { return c.Value == one.Value }) {
			holders = append(holders, one)
		}
	}
	order := i18n.Compare(lang)
	slices.SortFunc(holders, func(a, b desk.Choice) int {
		return order(a.Plain+a.Words.In(lang).Text, b.Plain+b.Words.In(lang).Text)
	})
	d.choices = map[string][]desk.Choice{
		"role": only("role", desk.Choices(rights.Roles)), "node": only("node", nodes), "who": desk.OrNone("roles.any", holders),
		"state": only("state", desk.Choices(states)),
	}
}

// grantRows are the grants that whoever asks may see: those at the nodes where they read grants. Whoever reads those of
// the whole edition sees those of the installation too, because they hold in the edition.
func (p *Pages) grantRows(ctx context.Context, d desk.Desk, known *chart) ([]grantRow, error) {
	all, err := p.Roles.Grants(ctx, d.Edition.ID)
	if err != nil {
		return nil, err
	}
	whole := d.May(rights.ReadGrants)
	all = slices.DeleteFunc(all, func(g rights.Grant) bool {
		return (!whole || g.Node != rights.Whole) && !d.Who.May(rights.ReadGrants, known.path(g.Node))
	})
	named, err := p.naming(ctx, all)
	if err != nil {
		return nil, err
	}
	rows := make([]grantRow, len(all))
	for i, g := range all {
		row := named.row(g, known)
		row.State, row.Own = stateOf(g, p.Now()), g.Account == d.Who.Account
		row.CanEnd = (row.State == holding || row.State == toCome) && (row.Own || d.Who.CanGive(g.Role, known.path(g.Node)) == nil)
		if !whole && !named.visible[g.GrantedBy] {
			row.By = ""
		}
		rows[i] = row
	}
	order := map[rights.Node]int{}
	for i, one := range known.places {
		order[one.Node] = i
	}
	slices.SortStableFunc(rows, func(a, b grantRow) int {
		return cmp.Or(
			cmp.Compare(slices.Index(states, a.State), slices.Index(states, b.State)),
			cmp.Compare(order[a.Node], order[b.Node]),
			cmp.Compare(slices.Index(rights.Roles, a.Role), slices.Index(rights.Roles, b.Role)),
		)
	})
	return rows, nil
}

// names are those of everybody whom some grants mention.
type names struct {
	accounts     map[people.AccountID]people.Account
	institutions map[people.InstitutionID]people.Institution
	members      map[people.InstitutionID][]people.AccountID
	visible      map[people.AccountID]bool // those who have one of the grants
}

func (p *Pages) naming(ctx context.Context, all []rights.Grant) (names, error) {
	n := names{members: map[people.InstitutionID][]people.AccountID{}, visible: map[people.AccountID]bool{}}
	members, err := p.People.Members(ctx)
	if err != nil {
		return n, err
	}
	var ids []people.AccountID
	for _, g := range all {
		ids = append(ids, g.Account, g.GrantedBy)
		n.visible[g.Account] = true
		if g.Institution == "" || n.members[g.Institution] != nil {
			continue
		}
		for _, m := range members {
			if m.Institution == g.Institution {
				n.members[g.Institution] = append(n.members[g.Institution], m.Account)
				n.visible[m.Account] = true
				ids = append(ids, m.Account)
			}
		}
	}
	if n.accounts, err = p.accounts(ctx, ids); err != nil {
		return n, err
	}
	n.institutions, err = p.institutions(ctx)
	return n, err
}

func (n names) row(g rights.Grant, known *chart) grantRow {
	row := grantRow{Grant: g, Place: known.known[g.Node], Office: n.institutions[g.Institution].Name}
	if g.Account != "" {
		row.Who = personOf(n.accounts[g.Account])
	}
	for _, m := range n.members[g.Institution] {
		row.Members = append(row.Members, personOf(n.accounts[m]))
	}
	giver, found := n.accounts[g.GrantedBy]
	row.Machine = !found
	if found {
		row.By = personOf(giver).Name
	}
	return row
}
