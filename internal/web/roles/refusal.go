package roles

import (
	"net/http"
	"slices"

	"obrady/internal/i18n"
	"obrady/internal/people"
	"obrady/internal/rights"
	"obrady/internal/web"
	"obrady/internal/web/desk"
)

// longReason is the most characters of a reason.
const longReason = 600

// key: roles.refusal.*
var refusalControls = []desk.Control{
	{Name: "kind", As: desk.AsSelect, Key: "roles.refusal.kind", Help: "roles.refusal.kind_help"},
	{Name: "account", As: desk.AsSelect, Key: "roles.refusal.account", Help: "roles.refusal.account_help"},
	{Name: "node", As: desk.AsSelect, Key: "roles.where", Help: "roles.refusal.node_help"},
	{Name: "reason", As: desk.AsLine, Key: "roles.refusal.reason", Help: "roles.refusal.reason_help", Most: longReason, Must: true},
	{Name: "until", As: desk.AsDate, Key: "roles.give.until", Help: "roles.refusal.until_help"},
}

// holdControl asks whose data are kept; only those who may hold data are asked.
var holdControl = desk.Control{Name: "person", As: desk.AsSelect, Key: "roles.refusal.person", Help: "roles.refusal.person_help"}

var refusalFields = desk.FieldsOf("refusal", append(slices.Clone(refusalControls), holdControl))

// refusalRow is one refusal in the list.
type refusalRow struct {
	rights.Refusal
	Whom, By string
	Place    place
	Stands   bool
	CanEnd   bool
}

// refusalsData is the page of refusals.
type refusalsData struct {
	sheetPage
	Rows []refusalRow
	Gone *refusalRow // the one that is about to be lifted

	chart   chart
	holders []someone // who could have a conflict of interest
	persons []people.Person
}

// On is a day on the clocks of the edition.
func (d refusalsData) On(v web.View, f refusalRow) string { return day(v, d.Edition, f.MadeAt) }

// Until is the last day of a refusal, or nothing.
func (d refusalsData) Until(v web.View, f refusalRow) string {
	return lastDay(d.Desk, v, f.Until)
}

// Where names what the refusal is about.
func (f refusalRow) Where(v web.View) string {
	if f.Node.Kind == rights.Person {
		return f.Whom
	}
	return f.Place.Label(v)
}

var refusalsPage = parse[refusalsData]("refusals.html")

const newRefusal = "refusal.new" // names the form among drafts

// refusals finds the refusals of the edition and what a new one can be about.
func (p *Pages) refusals(r *http.Request) (refusalsData, error) {
	ctx, page := r.Context(), refusalsData{}
	var err error
	if page.Desk, err = p.Desk(r, "desk.grants"); err != nil {
		return page, err
	}
	if page.chart, err = p.chart(ctx, page.Desk); err != nil {
		return page, err
	}
	page.Controls = refusalControls
	if page.May(rights.HoldData) {
		page.Controls = append(slices.Clone(refusalControls), holdControl)
	}
	if page.persons, err = p.People.Persons(ctx); err != nil {
		return page, err
	}
	if err := p.addHolders(r, &page); err != nil {
		return page, err
	}
	return page, p.addRefusals(r, &page)
}

func (p *Pages) addHolders(r *http.Request, page *refusalsData) error {
	grants, err := p.grantRows(r.Context(), page.Desk, &page.chart)
	if err != nil {
		return err
	}
	for _, g := range grants {
		for _, one := range append(g.Members, g.Who) {
			known := slices.ContainsFunc(page.holders, func(h someone) bool { return h.ID == one.ID })
			if one.ID != "" && !known && g.State != taken {
				page.holders = append(page.holders, one)
			}
		}
	}
	order := i18n.Compare(web.Lang(r))
	slices.SortFunc(page.holders, func(a, b someone) int { return order(a.Name, b.Name) })
	return nil
}

func (p *Pages) addRefusals(r *http.Request, page *refusalsData) error {
	all, err := p.Roles.Refusals(r.Context(), page.Edition.ID)
	if err != nil {
		return err
	}
	var ids []people.AccountID
	for _, f := range all {
		ids = append(ids, f.Account, f.MadeBy)
	}
	named, err := p.accounts(r.Context(), ids)
	if err != nil {
		return err
	}
	for _, f := range all {
		row := refusalRow{Refusal: f, Place: page.chart.known[f.Node], By: personOf(named[f.MadeBy]).Name, Stands: f.At(p.Now())}
		if f.Account != "" {
			row.Whom = personOf(named[f.Account]).Name
		}
		for _, one := range page.persons {
			if f.Node == rights.OfPerson(one.ID) {
				row.Whom = one.Name
			}
		}
		row.CanEnd = f.LiftedAt.IsZero() && (f.Kind != rights.LegalHold || page.May(rights.HoldData))
		page.Rows = append(page.Rows, row)
	}
	return nil
}

func (d refusalsData) show(w http.ResponseWriter, r *http.Request, status int) error {
	var holders, nodes, persons []desk.Choice
	for _, one := range d.holders {
		holders = append(holders, desk.Choice{Value: string(one.ID), Plain: one.Name})
	}
	for _, one := range d.chart.places {
		if one.Node != rights.Whole {
			nodes = append(nodes, one.option(i18n.Printer{Lang: web.Lang(r)}))
		}
	}
	for _, one := range d.persons {
		if d.Tree.Home(one.Home) == nil {
			continue // somebody of another congress
		}
		persons = append(persons, desk.Choice{Value: string(one.ID), Plain: one.SortName})
	}
	kinds := rights.RefusalKinds
	if !d.May(rights.HoldData) {
		kinds = slices.DeleteFunc(slices.Clone(kinds), func(k rights.RefusalKind) bool { return k == rights.LegalHold })
	}
	d.Sheet.Choices = map[string][]desk.Choice{
		"kind": desk.OrNone("roles.give.choose", desk.Choices(kinds)), "account": desk.OrNone("desk.form.none", holders),
		"node": desk.OrNone("desk.form.none", nodes), "person": desk.OrNone("desk.form.none", persons),
	}
	return refusalsPage.ShowStatus(w, r, status, d)
}

func (p *Pages) listRefusals(w http.ResponseWriter, r *http.Request) error {
	page, err := p.refusals(r)
	if err != nil {
		return err
	}
	if page.Sheet, err = p.Sheet(r, newRefusal, web.NewForm(refusalFields)); err != nil {
		return err
	}
	return page.show(w, r, page.Sheet.Status())
}

func (p *Pages) addRefusal(w http.ResponseWriter, r *http.Request) error {
	page, err := p.refusals(r)
	if err != nil {
		return err
	}
	form, err := web.ReadForm(r, refusalFields)
	if err != nil {
		return err
	}
	f := page.read(&form)
	if form.Good() {
		_, err = p.Roles.Refuse(r.Context(), page.Who, f)
	}
	status, err := blame(&form, "kind", err)
	if err != nil {
		return err
	}
	if !form.Good() {
		page.Sheet = desk.Sheet{Form: form, Key: newRefusal}
		return page.show(w, r, status)
	}
	web.Flash(r, "roles.refusal.added")
	return web.Redirect(w, r, "desk.refusals")
}

// read reads a refusal. What is not offered cannot be chosen.
func (d refusalsData) read(form *web.Form) rights.Refusal {
	desk.TooLong(form, d.Controls)
	f := rights.Refusal{
		Kind: rights.RefusalKind(form.Value("kind")), Account: people.AccountID(form.Value("account")), Edition: d.Edition.ID,
		Reason: form.Value("reason"),
	}
	if !slices.Contains(rights.RefusalKinds, f.Kind) {
		form.Problems.Add("kind", "programme.choose")
	}
	if f.Account != "" && !slices.ContainsFunc(d.holders, func(h someone) bool { return h.ID == f.Account }) {
		form.Problems.Add("account", "programme.choose")
	}
	at, found := d.chart.find(form.Value("node"))
	f.Node = at.Node
	if f.Kind == rights.LegalHold {
		f.Node = rights.OfPerson(people.PersonID(form.Value("person")))
		if found = slices.ContainsFunc(d.persons, func(one people.Person) bool {
			return rights.OfPerson(one.ID) == f.Node && d.Tree.Home(one.Home) != nil
		}); !found {
			form.Problems.Add("person", "programme.choose")
		}
	} else if !found || f.Node == rights.Whole {
		form.Problems.Add("node", "programme.choose")
	}
	if until := form.Date("until", d.Edition.Location()); !until.IsZero() {
		f.Until = until.AddDate(0, 0, 1)
	}
	return f
}

// refusal finds the one that the path names.
func (p *Pages) refusal(r *http.Request) (refusalsData, error) {
	page, err := p.refusals(r)
	if err != nil {
		return page, err
	}
	i := slices.IndexFunc(page.Rows, func(f refusalRow) bool { return f.ID == r.PathValue("refusal") })
	if i < 0 {
		return page, rights.ErrNoRefusal
	}
	page.Gone = &page.Rows[i]
	return page, nil
}

func (p *Pages) askLifting(w http.ResponseWriter, r *http.Request) error {
	page, err := p.refusal(r)
	if err != nil {
		return err
	}
	return refusalsPage.Show(w, r, page)
}

func (p *Pages) liftRefusal(w http.ResponseWriter, r *http.Request) error {
	page, err := p.refusal(r)
	if err != nil {
		return err
	}
	if page.Gone.LiftedAt.IsZero() { // else the button was pressed twice
		if err := p.Roles.Lift(r.Context(), page.Who, page.Gone.ID); err != nil {
			return err
		}
	}
	web.Flash(r, "roles.refusal.lifted")
	return web.Redirect(w, r, "desk.refusals")
}
