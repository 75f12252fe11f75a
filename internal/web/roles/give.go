package roles

import (
	"errors"
	"net/http"
	"slices"
	"time"

	"obrady/internal/errs"
	"obrady/internal/i18n"
	"obrady/internal/people"
	"obrady/internal/rights"
	"obrady/internal/web"
	"obrady/internal/web/desk"
)

// longName is the most characters of a name.
const longName = 200

// key: roles.give.*
var grantControls = []desk.Control{
	{Name: "email", As: desk.AsLine, Key: "roles.give.email", Help: "roles.give.email_help", Type: "email", Must: true},
	{Name: "name", As: desk.AsLine, Key: "roles.give.name", Help: "roles.give.name_help", Most: longName},
	{Name: "institution", As: desk.AsSelect, Key: "roles.give.institution", Help: "roles.give.institution_help"},
	{Name: "role", As: desk.AsSelect, Key: "roles.role"},
	{Name: "node", As: desk.AsSelect, Key: "roles.where", Help: "roles.give.node_help"},
	{Name: "from", As: desk.AsDate, Key: "roles.give.from", Help: "roles.give.from_help"},
	{Name: "until", As: desk.AsDate, Key: "roles.give.until", Help: "roles.give.until_help"},
}

var grantFields = desk.FieldsOf("grant", grantControls)

// sheetPage is a form of this package.
type sheetPage struct {
	desk.Desk
	Sheet    desk.Sheet
	Controls []desk.Control
	Policy   policy
}

var givePage = parse[sheetPage]("give.html", "policy.html")

// offered is what somebody can give: which roles, at which nodes, to which institutions.
type offered struct {
	desk   desk.Desk
	chart  chart
	roles  []rights.Role
	places []place
	bodies []people.Institution
}

func (p *Pages) offered(r *http.Request) (o offered, err error) {
	if o.desk, err = p.Desk(r, "desk.grants"); err != nil {
		return o, err
	}
	if o.chart, err = p.chart(r.Context(), o.desk); err != nil {
		return o, err
	}
	for _, one := range o.chart.places {
		path := o.chart.path(one.Node)
		able := false
		for _, role := range rights.Roles {
			if o.desk.Who.CanGive(role, path) != nil {
				continue
			}
			able = true
			if !slices.Contains(o.roles, role) {
				o.roles = append(o.roles, role)
			}
		}
		if able {
			o.places = append(o.places, one)
		}
	}
	slices.SortFunc(o.roles, func(a, b rights.Role) int { return slices.Index(rights.Roles, a) - slices.Index(rights.Roles, b) })
	o.bodies, err = p.bodies(r, o)
	return o, err
}

// bodies are the institutions that somebody may name: those of their part of the register, and those that have a role
// in it already.
func (p *Pages) bodies(r *http.Request, o offered) ([]people.Institution, error) {
	all, err := p.People.Institutions(r.Context())
	if err != nil {
		return nil, err
	}
	rows, err := p.Roles.Grants(r.Context(), o.desk.Edition.ID)
	if err != nil {
		return nil, err
	}
	here := map[people.InstitutionID]bool{}
	for _, g := range rows {
		if g.Institution != "" && o.desk.Who.May(rights.GiveGrants, o.chart.path(g.Node)) {
			here[g.Institution] = true
		}
	}
	register := o.desk.Scope(rights.EditPeople)
	order := i18n.Compare(web.Lang(r))
	all = slices.DeleteFunc(all, func(i people.Institution) bool { return !here[i.ID] && !register.Institution(i) })
	slices.SortFunc(all, func(a, b people.Institution) int { return order(a.Name.PL, b.Name.PL) })
	return all, nil
}

func (o offered) choices(lang i18n.Lang) map[string][]desk.Choice {
	bodies := make([]desk.Choice, len(o.bodies))
	for i, one := range o.bodies {
		bodies[i] = desk.Choice{Value: string(one.ID), Words: one.Name}
	}
	nodes := make([]desk.Choice, len(o.places))
	for i, one := range o.places {
		nodes[i] = one.option(i18n.Printer{Lang: lang})
	}
	return map[string][]desk.Choice{
		"institution": desk.OrNone("roles.give.somebody", bodies), "node": desk.OrNone("roles.give.choose", nodes),
		"role": desk.OrNone("roles.give.choose", desk.Choices(o.roles)),
	}
}

const newGrant = "grant.new" // names the form among drafts

func (p *Pages) showNewGrant(w http.ResponseWriter, r *http.Request) error {
	o, err := p.offered(r)
	if err != nil {
		return err
	}
	sheet, err := p.Sheet(r, newGrant, web.NewForm(grantFields))
	if err != nil {
		return err
	}
	return o.draw(w, r, sheet, sheet.Status())
}

func (o offered) draw(w http.ResponseWriter, r *http.Request, s desk.Sheet, status int) error {
	s.Choices = o.choices(web.Lang(r))
	return givePage.ShowStatus(w, r, status, sheetPage{Desk: o.desk, Sheet: s, Controls: grantControls, Policy: thePolicy})
}

func (p *Pages) giveGrant(w http.ResponseWriter, r *http.Request) error {
	o, err := p.offered(r)
	if err != nil {
		return err
	}
	form, err := web.ReadForm(r, grantFields)
	if err != nil {
		return err
	}
	order := o.read(&form, p.Now())
	order.Lang = web.Lang(r)
	if form.Good() {
		_, err = p.Roles.Give(r.Context(), order)
	}
	status, err := blame(&form, "role", err)
	if err != nil {
		return err
	}
	if !form.Good() {
		return o.draw(w, r, desk.Sheet{Form: form, Key: newGrant}, status)
	}
	web.Flash(r, "roles.give.done")
	return web.Redirect(w, r, "desk.grants")
}

// blame puts into the form what it is to blame for; what the giver may not, into the field called name. It returns the
// status of the page that shows the form again.
func blame(form *web.Form, name string, err error) (int, error) {
	var told *errs.Error
	switch {
	case errors.Is(err, rights.ErrMoreThanOwn) && errors.As(err, &told):
		form.Problems.Add(name, told.Key, told.Args...)
		return http.StatusForbidden, nil
	case errs.KindOf(err) == errs.Conflict:
		return http.StatusConflict, desk.Blame(form, err)
	}
	err = desk.Blame(form, err)
	return form.Status(), err
}

// read reads the order. What is not offered cannot be chosen.
func (o offered) read(f *web.Form, now time.Time) rights.Order {
	desk.TooLong(f, grantControls)
	order := rights.Order{
		By: o.desk.Who, Name: f.Value("name"), Institution: people.InstitutionID(f.Value("institution")), Role: rights.Role(f.Value("role")),
	}
	order.Email = readEmail(f, order.Institution == "")
	if order.Institution != "" {
		switch {
		case !desk.Taken(o.bodies, func(i people.Institution) bool { return i.ID == order.Institution }):
			f.Problems.Add("institution", "programme.choose")
		case f.Value("email") != "":
			f.Problems.Add("institution", "roles.give.one_of_both")
		}
	}
	if !slices.Contains(o.roles, order.Role) {
		f.Problems.Add("role", "programme.choose")
	}
	at, found := o.chart.find(f.Value("node"))
	if order.Node = at.Node; !found || !desk.Taken(o.places, func(one place) bool { return one.Node == at.Node }) {
		f.Problems.Add("node", "programme.choose")
	}
	if order.Node != rights.Whole {
		order.Edition = o.desk.Edition.ID
	}
	order.From, order.Until = o.days(f, now)
	return order
}

// days reads the first and the last day. A first day that has begun is now.
func (o offered) days(f *web.Form, now time.Time) (from, until time.Time) {
	zone := o.desk.Edition.Location()
	if from = f.Date("from", zone); from.Before(now) {
		from = time.Time{}
	}
	if until = f.Date("until", zone); !until.IsZero() {
		until = until.AddDate(0, 0, 1)
		if !until.After(now) {
			f.Problems.Add("until", "roles.give.until_past")
		}
	}
	return from, until
}

// readEmail reads an address in the one form that accounts are kept under. With an institution there is none.
func readEmail(f *web.Form, needed bool) string { //nolint:revive // flag-parameter: what the rest of the form says
	typed := f.Value("email")
	if typed == "" && !needed {
		return ""
	}
	email, ok := people.Email(typed)
	if !ok {
		f.Problems.Add("email", "people.email")
	}
	return email
}
