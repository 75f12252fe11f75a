package reception

import (
	"net/http"

	"obrady/internal/consent"
	"obrady/internal/edition"
	"obrady/internal/people"
	"obrady/internal/registration"
	"obrady/internal/rights"
	"obrady/internal/web"
	"obrady/internal/web/desk"
)

func (p *Pages) listRows() []row {
	return []row{
		{"desk.participants", http.MethodGet, takersPL, takersEN, rights.ReadTakingPart, p.showList},
		{"desk.participants.find", http.MethodPost, takersPL, takersEN, rights.ReadTakingPart, p.find},
		{"desk.participant", http.MethodGet, takersPL + "/{participant}", takersEN + "/{participant}", rights.ReadTakingPart, p.showOne},
	}
}

var findFields = web.Fields{"words": "reception.words"}

// listPage is a page of the list of participants.
type listPage struct {
	desk.Desk
	registration.Listing
	Filter   registration.Filter
	Form     web.Form
	Settings registration.Settings
	Phase    registration.Phase
	Needs    bool // this visitor may open what people need
	Export   bool // and take the list away
	Rules    bool // and change the rules
	Speakers bool
}

var listTemplate = parse[listPage]("takers.html")

// Choice is one link of a filter.
type Choice struct {
	Label, URL string
	Chosen     bool
}

// Facets are the filters of the list, as rows of links.
func (l listPage) Facets(v web.View) (rows [][]Choice) {
	add := func(parameter, chosen string, values, keys []string) {
		all := []Choice{{v.T("reception.all"), v.With(parameter, ""), chosen == ""}}
		for i, value := range values {
			all = append(all, Choice{v.T(keys[i]), v.With(parameter, value), chosen == value})
		}
		rows = append(rows, all)
	}
	var states, stateKeys, sectors, sectorKeys []string
	for _, s := range registration.States {
		states, stateKeys = append(states, string(s)), append(stateKeys, s.Key())
	}
	for _, s := range people.Sectors {
		sectors, sectorKeys = append(sectors, string(s)), append(sectorKeys, s.Key())
	}
	add("form", string(l.Filter.Form), []string{string(edition.OnSite), string(edition.Online)}, []string{"reception.on_site", "reception.online"})
	add("state", string(l.Filter.State), states, stateKeys)
	add("sector", string(l.Filter.Sector), sectors, sectorKeys)
	return rows
}

// FacetName names the row of links with this number.
// key: reception.facet.*
func (listPage) FacetName(v web.View, n int) string {
	return v.T([]string{"reception.facet.form", "reception.facet.state", "reception.facet.sector"}[n])
}

func (p *Pages) list(r *http.Request, f registration.Filter) (l listPage, err error) {
	if l.Desk, err = p.Desk(r, "desk.participants"); err != nil {
		return l, err
	}
	l.Filter = f
	if l.Listing, err = p.Registration.List(r.Context(), l.Edition.ID, f); err != nil {
		return l, err
	}
	if l.Settings, err = p.Registration.Settings(r.Context(), l.Edition.ID); err != nil {
		return l, err
	}
	l.Phase = l.Settings.Phase(p.Now())
	l.Needs, l.Export = p.Opens("desk.needs", l.Who, l.Edition.ID), p.Opens("desk.participants.export", l.Who, l.Edition.ID)
	l.Rules, l.Speakers = p.Opens("desk.registration", l.Who, l.Edition.ID), p.Opens("desk.speakers", l.Who, l.Edition.ID)
	l.Form = web.NewForm(findFields)
	return l, nil
}

func (p *Pages) showList(w http.ResponseWriter, r *http.Request) error {
	query := r.URL.Query()
	page, err := p.list(r, registration.Filter{
		Form: edition.Form(query.Get("form")), Sector: people.Sector(query.Get("sector")), State: registration.State(query.Get("state")),
		Institution: people.InstitutionID(query.Get("institution")), Sort: registration.Sort(query.Get("sort")),
		Page: web.PageOf(query.Get("page")),
	})
	if err != nil {
		return err
	}
	return listTemplate.Show(w, r, page)
}

// find answers a search for a name with the page itself: a redirect would carry the name in an address.
func (p *Pages) find(w http.ResponseWriter, r *http.Request) error {
	form, err := web.ReadForm(r, findFields)
	if err != nil {
		return err
	}
	page, err := p.list(r, registration.Filter{Words: form.Value("words")})
	if err != nil {
		return err
	}
	page.Form = form
	return listTemplate.ShowForm(w, r, form, page)
}

// onePage is one participant.
type onePage struct {
	desk.Desk
	registration.Participant
	Given   []consent.Given
	Clauses map[consent.ClauseID]consent.Clause
}

var oneTemplate = parse[onePage]("one.html")

// Title is what a consent is called now.
func (o onePage) Title(v web.View, g consent.Given) string {
	return v.Plain(o.Clauses[g.Clause].Title)
}

func (p *Pages) showOne(w http.ResponseWriter, r *http.Request) error {
	around, err := p.Desk(r, "desk.participants")
	if err != nil {
		return err
	}
	page := onePage{Desk: around, Clauses: map[consent.ClauseID]consent.Clause{}}
	if page.Participant, err = p.Registration.Participant(r.Context(), around.Edition.ID, registration.ID(r.PathValue("participant"))); err != nil {
		return err
	}
	if page.Given, err = p.Consents.Of(r.Context(), page.Account, around.Edition.ID); err != nil {
		return err
	}
	clauses, err := p.Consents.Clauses(r.Context(), around.Edition.ID)
	if err != nil {
		return err
	}
	for _, c := range clauses {
		page.Clauses[c.ID] = c
	}
	return oneTemplate.Show(w, r, page)
}
