package roles

import (
	"cmp"
	"errors"
	"net/http"
	"slices"

	"obrady/internal/i18n"
	"obrady/internal/people"
	"obrady/internal/rights"
	"obrady/internal/web"
	"obrady/internal/web/desk"
)

// key: roles.team.*
var teamControls = []desk.Control{
	{Name: "institution", As: desk.AsSelect, Key: "roles.team.institution"},
	{Name: "email", As: desk.AsLine, Key: "roles.give.email", Type: "email", Must: true},
	{Name: "name", As: desk.AsLine, Key: "roles.give.name", Help: "roles.give.name_help", Most: longName},
}

var teamFields = desk.FieldsOf("team", teamControls)

// team is an institution with those who work for it, and what they have by that.
type team struct {
	people.Institution
	Members []someone
	Grants  []grantRow
}

// teamsData is the page of all teams.
type teamsData struct {
	sheetPage
	Teams []team
	Gone  *someone // who is about to leave
	From  i18n.Text
}

var teamsPage = parse[teamsData]("teams.html")

const newMember = "team.new" // names the form among drafts

// teams are the institutions that have members or roles, as far as whoever asks may see them.
func (p *Pages) teams(r *http.Request) (teamsData, offered, error) {
	page := teamsData{}
	o, err := p.offered(r)
	if err != nil {
		return page, o, err
	}
	page.Desk, page.Controls = o.desk, teamControls
	rows, err := p.grantRows(r.Context(), o.desk, &o.chart)
	if err != nil {
		return page, o, err
	}
	members, err := p.People.Members(r.Context())
	if err != nil {
		return page, o, err
	}
	var ids []people.AccountID
	for _, m := range members {
		ids = append(ids, m.Account)
	}
	named, err := p.accounts(r.Context(), ids)
	if err != nil {
		return page, o, err
	}
	for _, body := range o.bodies {
		one := team{Institution: body}
		for _, m := range members {
			if m.Institution == body.ID {
				one.Members = append(one.Members, personOf(named[m.Account]))
			}
		}
		for _, g := range rows {
			if g.Institution == body.ID && (g.State == holding || g.State == toCome) {
				one.Grants = append(one.Grants, g)
			}
		}
		// Who sees a part of the congress sees the people of an institution only as far as it has a role there.
		if len(one.Grants) > 0 || len(one.Members) > 0 && o.desk.May(rights.GiveGrants) {
			page.Teams = append(page.Teams, one)
		}
	}
	slices.SortStableFunc(page.Teams, func(a, b team) int { return cmp.Compare(min(len(b.Grants), 1), min(len(a.Grants), 1)) })
	return page, o, nil
}

func (p *Pages) listTeams(w http.ResponseWriter, r *http.Request) error {
	page, o, err := p.teams(r)
	if err != nil {
		return err
	}
	if page.Sheet, err = p.Sheet(r, newMember, web.NewForm(teamFields)); err != nil {
		return err
	}
	return page.show(w, r, o, page.Sheet.Status())
}

func (d teamsData) show(w http.ResponseWriter, r *http.Request, o offered, status int) error {
	d.Sheet.Choices = o.choices(web.Lang(r))
	d.Sheet.Choices["institution"][0].Key = "roles.give.choose"
	return teamsPage.ShowStatus(w, r, status, d)
}

func (p *Pages) addMember(w http.ResponseWriter, r *http.Request) error {
	page, o, err := p.teams(r)
	if err != nil {
		return err
	}
	form, err := web.ReadForm(r, teamFields)
	if err != nil {
		return err
	}
	desk.TooLong(&form, teamControls)
	e := rights.Enlistment{
		By: o.desk.Who, Edition: o.desk.Edition.ID, Institution: people.InstitutionID(form.Value("institution")),
		Email: readEmail(&form, true), Name: form.Value("name"), Lang: web.Lang(r),
	}
	if !desk.Taken(o.bodies, func(i people.Institution) bool { return i.ID == e.Institution }) {
		form.Problems.Add("institution", "programme.choose")
	}
	if form.Good() {
		_, err = p.Roles.Enlist(r.Context(), e)
	}
	if errors.Is(err, rights.ErrHidden) { // it can be named, but its roles are none of theirs
		err = rights.ErrMoreThanOwn
	}
	status, err := blame(&form, "institution", err)
	if err != nil {
		return err
	}
	if !form.Good() {
		page.Sheet = desk.Sheet{Form: form, Key: newMember}
		return page.show(w, r, o, status)
	}
	web.Flash(r, "roles.team.added")
	return web.Redirect(w, r, "desk.teams")
}

// member finds who the path names, among those whom whoever asks may see.
func (p *Pages) member(r *http.Request) (teamsData, error) {
	page, _, err := p.teams(r)
	if err != nil {
		return page, err
	}
	for _, one := range page.Teams {
		i := slices.IndexFunc(one.Members, func(m someone) bool { return string(m.ID) == r.PathValue("account") })
		if string(one.ID) == r.PathValue("institution") && i >= 0 {
			page.Gone, page.From = &one.Members[i], one.Name
			return page, nil
		}
	}
	return page, people.ErrNoAccount
}

func (p *Pages) askRemoval(w http.ResponseWriter, r *http.Request) error {
	page, err := p.member(r)
	if err != nil {
		return err
	}
	return teamsPage.Show(w, r, page)
}

func (p *Pages) removeMember(w http.ResponseWriter, r *http.Request) error {
	page, err := p.member(r)
	if err != nil {
		return err
	}
	m := people.Member{Account: page.Gone.ID, Institution: people.InstitutionID(r.PathValue("institution"))}
	if err := p.Roles.Discharge(r.Context(), page.Who, m, page.Edition.ID); err != nil {
		return err
	}
	web.Flash(r, "roles.team.removed")
	if m.Account == page.Who.Account {
		return web.Redirect(w, r, "mine.roles")
	}
	return web.Redirect(w, r, "desk.teams")
}
