package feed

import (
	"time"

	"obrady/internal/edition"
	"obrady/internal/export"
	"obrady/internal/i18n"
	"obrady/internal/people"
	"obrady/internal/programme"
	"obrady/internal/publication"
	"obrady/internal/timetable"
)

// What the API says of each thing. These types are the promise to whoever
// reads the API: fields may be added, none is taken away within version 1.
type (
	apiURLs struct {
		PL string `json:"pl,omitempty"`
		EN string `json:"en,omitempty"`
	}
	apiText struct {
		PL      string `json:"pl,omitempty" doc:"The binding text"`
		EN      string `json:"en,omitempty"`
		Machine bool   `json:"machine,omitempty" doc:"The English text was translated by a machine and nobody has approved it"`
	}
	apiEdition struct {
		Slug     string     `json:"slug"`
		Number   int        `json:"number,omitempty"`
		Name     apiText    `json:"name"`
		Motto    apiText    `json:"motto"`
		City     apiText    `json:"city"`
		Venue    apiText    `json:"venue"`
		StartsOn string     `json:"starts_on" format:"date"`
		EndsOn   string     `json:"ends_on" format:"date"`
		TimeZone string     `json:"time_zone"`
		Form     string     `json:"form"`
		Licence  string     `json:"licence"`
		Release  apiRelease `json:"release"`
		URL      apiURLs    `json:"url"`
	}
	apiCredit struct {
		Institution string `json:"institution" doc:"Address of the institution"`
		Role        string `json:"role"`
	}
	apiBlock struct {
		Slug        string      `json:"slug"`
		Parent      string      `json:"parent,omitempty" doc:"Address of the block that this one belongs to"`
		Kind        string      `json:"kind"`
		Name        apiText     `json:"name"`
		Lead        apiText     `json:"lead"`
		Description apiText     `json:"description" doc:"Markdown"`
		URL         string      `json:"url,omitempty"`
		Credits     []apiCredit `json:"credits"`
	}
	apiStage struct {
		Slug    string      `json:"slug"`
		Block   string      `json:"block,omitempty"`
		Name    apiText     `json:"name"`
		Lead    apiText     `json:"lead"`
		URL     string      `json:"url,omitempty"`
		Credits []apiCredit `json:"credits"`
	}
	apiPlace struct {
		Slug        string  `json:"slug"`
		Kind        string  `json:"kind"`
		Name        apiText `json:"name"`
		Building    apiText `json:"building"`
		Capacity    int     `json:"capacity,omitempty"`
		StepFree    string  `json:"step_free,omitempty" enum:"yes,no" doc:"Absent: nobody has said"`
		HearingLoop string  `json:"hearing_loop,omitempty" enum:"yes,no"`
		Toilet      string  `json:"toilet,omitempty" enum:"yes,no" doc:"One that a wheelchair fits into"`
	}
	apiTerm struct {
		Slug        string  `json:"slug"`
		Name        apiText `json:"name"`
		Description apiText `json:"description"`
	}
	apiTaxonomy struct {
		Kind    string    `json:"kind"`
		Name    apiText   `json:"name"`
		Version int       `json:"version"`
		Terms   []apiTerm `json:"terms"`
	}
	apiSlot struct {
		ID    int       `json:"id" doc:"A number that stays with the slot for ever and is also in schedule.xml"`
		Start time.Time `json:"start"`
		End   time.Time `json:"end"`
		Place string    `json:"place,omitempty" doc:"Address of the place"`
	}
	apiAppearance struct {
		Person      string  `json:"person" doc:"Address of the person"`
		Name        string  `json:"name"`
		Role        string  `json:"role"`
		Affiliation apiText `json:"affiliation"`
	}
	apiSegment struct {
		Kind        string          `json:"kind"`
		Cycle       int             `json:"cycle,omitempty"`
		Title       apiText         `json:"title"`
		Description apiText         `json:"description"`
		Minutes     int             `json:"minutes"`
		People      []apiAppearance `json:"people"`
	}
	apiLink struct {
		Kind  string  `json:"kind"`
		Title apiText `json:"title"`
		URL   string  `json:"url"`
	}
	apiSessionTerm struct {
		Taxonomy string `json:"taxonomy"`
		Term     string `json:"term"`
	}
	apiSession struct {
		Slug           string           `json:"slug"`
		GUID           string           `json:"guid"`
		Title          apiText          `json:"title"`
		Lead           apiText          `json:"lead"`
		Description    apiText          `json:"description" doc:"Markdown"`
		Block          string           `json:"block"`
		Stage          string           `json:"stage,omitempty"`
		Parent         string           `json:"parent,omitempty" doc:"Address of the session that this one is part of"`
		Format         string           `json:"format"`
		Form           string           `json:"form"`
		Languages      []string         `json:"languages"`
		Interpretation []string         `json:"interpretation"`
		Captions       bool             `json:"captions"`
		SignLanguage   bool             `json:"sign_language"`
		Recording      string           `json:"recording,omitempty"`
		Capacity       int              `json:"capacity,omitempty"`
		Entry          string           `json:"entry,omitempty"`
		Status         string           `json:"status" enum:"ready,cancelled"`
		Reason         apiText          `json:"reason"`
		Slots          []apiSlot        `json:"slots"`
		People         []apiAppearance  `json:"people"`
		Segments       []apiSegment     `json:"segments"`
		Terms          []apiSessionTerm `json:"terms"`
		Credits        []apiCredit      `json:"credits"`
		Links          []apiLink        `json:"links"`
		Follows        []string         `json:"follows" doc:"Sessions that this one takes up"`
		Example        bool             `json:"example,omitempty" doc:"Facts of this session were filled in for a demonstration"`
		URL            apiURLs          `json:"url"`
		UpdatedAt      time.Time        `json:"updated_at"`
	}
	apiPerson struct {
		Slug     string   `json:"slug"`
		Name     string   `json:"name"`
		Bio      apiText  `json:"bio"`
		Sessions []string `json:"sessions"`
		Example  bool     `json:"example,omitempty"`
	}
	apiInstitution struct {
		Slug    string  `json:"slug"`
		Name    apiText `json:"name"`
		Short   string  `json:"short,omitempty"`
		Sector  string  `json:"sector"`
		PartOf  string  `json:"part_of,omitempty"`
		URL     string  `json:"url,omitempty"`
		Example bool    `json:"example,omitempty"`
	}
	apiFieldChange struct {
		Field string `json:"field"`
	}
	apiChange struct {
		Kind    string           `json:"kind"`
		Session string           `json:"session"`
		Title   apiText          `json:"title"`
		Reason  apiText          `json:"reason"`
		Fields  []apiFieldChange `json:"fields"`
	}
	apiRelease struct {
		Number      int         `json:"number"`
		Name        apiText     `json:"name"`
		Note        apiText     `json:"note"`
		PublishedAt time.Time   `json:"published_at"`
		Changes     []apiChange `json:"changes"`
	}
)

// maker turns the published programme into what the API says.
type maker struct {
	e     *publication.Edition
	x     *timetable.Index
	order export.Order
}

func textOf(t i18n.Text) apiText {
	if t.ENState == i18n.Draft {
		t.EN = "" // nobody has let it out
	}
	return apiText{t.PL, t.EN, t.EN != "" && t.ENState == i18n.Machine}
}

// each makes one thing of every one in a list, and never null.
func each[A, B any](all []A, make func(A) B) []B {
	made := []B{}
	for _, one := range all {
		made = append(made, make(one))
	}
	return made
}

func (m maker) edition() apiEdition {
	e := m.e
	release := m.release(e.Release)
	release.Changes = []apiChange{} // they are in the list of releases
	return apiEdition{
		Slug: e.Slug, Number: e.Number, Name: textOf(e.Name), Motto: textOf(e.Motto), City: textOf(e.City),
		Venue: textOf(e.Venue), StartsOn: string(e.StartsOn), EndsOn: string(e.EndsOn), TimeZone: e.TimeZone,
		Form: string(e.Form), Licence: licenceOf(e), Release: release,
		URL: apiURLs{m.order.Addresses.Edition(i18n.Polish, e.Slug), m.order.Addresses.Edition(i18n.English, e.Slug)},
	}
}

func (m maker) credits(all []edition.Credit) []apiCredit {
	made := []apiCredit{}
	for _, c := range all {
		if i := m.x.Institution(c.Institution); i != nil {
			made = append(made, apiCredit{i.Slug, string(c.Role)})
		}
	}
	return made
}

func (m maker) block(id programme.BlockID) string {
	if b := m.x.Block(id); b != nil {
		return b.Slug
	}
	return ""
}

func (m maker) slug(id programme.SessionID) string {
	if s := m.x.Session(id); s != nil {
		return s.Slug
	}
	return ""
}

func (m maker) blocks() []apiBlock {
	return each(m.x.Blocks, func(b programme.Block) apiBlock {
		return apiBlock{
			b.Slug, m.block(b.Parent), string(b.Kind), textOf(b.Name), textOf(b.Lead), textOf(b.Body), b.URL, m.credits(b.Credits),
		}
	})
}

func (m maker) stages() []apiStage {
	return each(m.x.Stages, func(s programme.Stage) apiStage {
		return apiStage{s.Slug, m.block(s.Block), textOf(s.Name), textOf(s.Lead), s.URL, m.credits(s.Credits)}
	})
}

func (m maker) places() []apiPlace {
	return each(m.x.Places, func(p timetable.Place) apiPlace {
		return apiPlace{
			p.Slug, string(p.Kind), textOf(p.Name), textOf(p.Building), p.Capacity,
			string(p.Access.StepFree), string(p.Access.HearingLoop), string(p.Access.Toilet),
		}
	})
}

func (m maker) taxonomies() []apiTaxonomy {
	return each(m.x.Taxonomies, func(t edition.Taxonomy) apiTaxonomy {
		return apiTaxonomy{string(t.Kind), textOf(t.Name), t.Version, each(t.Current(), func(t edition.Term) apiTerm {
			return apiTerm{t.Slug, textOf(t.Name), textOf(t.Description)}
		})}
	})
}

func (m maker) appearances(all []programme.Appearance) []apiAppearance {
	made := []apiAppearance{}
	for _, a := range all {
		if p := m.x.Person(a.Person); p != nil {
			made = append(made, apiAppearance{p.Slug, p.Name, string(a.Role), textOf(a.Affiliation)})
		}
	}
	return made
}

func (m maker) session(s *programme.Session) apiSession {
	a := apiSession{
		Slug: s.Slug, GUID: s.GUID, Title: textOf(s.Title), Lead: textOf(s.Lead), Description: textOf(s.Body),
		Block: m.block(s.Block), Parent: m.slug(s.Parent), Format: string(s.Format), Form: string(s.Form),
		Languages: append([]string{}, s.Languages...), Interpretation: append([]string{}, s.Interpretation...),
		Captions: s.Captions, SignLanguage: s.SignLanguage, Recording: string(s.Recording), Capacity: s.Capacity,
		Entry: string(s.Entry), Status: string(s.Status), Reason: textOf(s.Reason), People: m.appearances(s.People),
		Credits: m.credits(s.Credits), Follows: each(s.Follows, m.slug), Example: len(s.Examples) > 0, UpdatedAt: s.UpdatedAt,
		URL: apiURLs{
			m.order.Addresses.Session(i18n.Polish, m.e.Slug, s.Slug), m.order.Addresses.Session(i18n.English, m.e.Slug, s.Slug),
		},
	}
	if g := m.x.Stage(s.Stage); g != nil {
		a.Stage = g.Slug
	}
	a.Slots = each(m.x.SlotsOf(s.ID), m.slot)
	a.Links = each(s.Links, func(l programme.Link) apiLink { return apiLink{string(l.Kind), textOf(l.Title), l.URL} })
	a.Segments = each(s.Segments, func(g programme.Segment) apiSegment {
		return apiSegment{string(g.Kind), g.Cycle, textOf(g.Title), textOf(g.Body), g.Minutes, m.appearances(g.People)}
	})
	a.Terms = []apiSessionTerm{}
	for _, id := range s.Terms {
		if term, taxonomy := m.x.Term(id); term != nil {
			a.Terms = append(a.Terms, apiSessionTerm{string(taxonomy.Kind), term.Slug})
		}
	}
	return a
}

func (m maker) slot(s timetable.Slot) apiSlot {
	a := apiSlot{ID: m.x.Numbers[timetable.NumberOf(s.ID, "")], Start: s.Start.In(m.x.Zone), End: s.End.In(m.x.Zone)}
	if p := m.x.Place(s.Place); p != nil {
		a.Place = p.Slug
	}
	return a
}

func (m maker) persons() []apiPerson {
	of := map[people.PersonID][]string{}
	for i := range m.x.Sessions {
		for _, p := range m.x.Sessions[i].Everybody() {
			of[p] = append(of[p], m.x.Sessions[i].Slug)
		}
	}
	return each(m.x.Persons, func(p people.Person) apiPerson {
		return apiPerson{p.Slug, p.Name, textOf(p.Bio), append([]string{}, of[p.ID]...), p.Example}
	})
}

func (m maker) institutions() []apiInstitution {
	return each(m.x.Institutions, func(i people.Institution) apiInstitution {
		above := ""
		if part := m.x.Institution(i.PartOf); part != nil {
			above = part.Slug
		}
		return apiInstitution{i.Slug, textOf(i.Name), i.Short, string(i.Sector), above, i.URL, i.Example}
	})
}

func (m maker) releases() []apiRelease { return each(m.e.Releases, m.release) }

func (m maker) release(r timetable.Release) apiRelease {
	return apiRelease{r.Number, textOf(r.Name), textOf(r.Note), r.PublishedAt, each(r.Changes, func(c timetable.Change) apiChange {
		return apiChange{string(c.Kind), c.Slug, textOf(c.Title), textOf(c.Reason), each(c.Fields, func(f timetable.FieldChange) apiFieldChange {
			return apiFieldChange{string(f.Field)}
		})}
	})}
}
