package planner

import (
	"slices"
	"strconv"

	"obrady/internal/edition"
	"obrady/internal/i18n"
	"obrady/internal/people"
	"obrady/internal/programme"
	"obrady/internal/text"
	"obrady/internal/web"
	"obrady/internal/web/desk"
)

// texts are the fields that a session has in both languages.
func texts(s *programme.Session) map[string]*i18n.Text {
	return map[string]*i18n.Text{
		"title": &s.Title, "lead": &s.Lead, "body": &s.Body, "audience": &s.Audience, "reason": &s.Reason,
	}
}

// sessionForm shows s with its hours as a form.
func (b *bench) sessionForm(s programme.Session) web.Form {
	form := web.NewForm(sessionFields)
	form.Revision = s.Revision
	for name, t := range texts(&s) {
		desk.SetText(&form, name, *t)
	}
	for name, value := range map[string]string{
		desk.IDField: string(s.ID), "slug": s.Slug, "block": string(s.Block), "stage": string(s.Stage), "format": string(s.Format),
		"parent": b.sessions.label(string(s.Parent)), "form": string(s.Form), "status": string(s.Status),
		"recording": string(s.Recording), "entry": string(s.Entry), "capacity": figure(s.Capacity),
	} {
		form.Set(name, value)
	}
	desk.Tick(&form, "captions", s.Captions)
	desk.Tick(&form, "sign_language", s.SignLanguage)
	desk.Tick(&form, "draft_text", s.Title.PLState == i18n.Draft || s.Lead.PLState == i18n.Draft || s.Body.PLState == i18n.Draft)
	form.Set("languages", s.Languages...)
	form.Set("interpretation", s.Interpretation...)
	form.Set("terms", plainly(s.Terms)...)
	b.fillLists(&form, s)
	return form
}

func (b *bench) fillLists(form *web.Form, s programme.Session) {
	for _, a := range s.People {
		desk.AddRow(form, peopleList, b.persons.label(string(a.Person)), string(a.Role), a.Affiliation.PL, a.Affiliation.EN)
	}
	for _, g := range s.Segments {
		desk.AddRow(form, segmentList, string(g.ID), string(g.Kind), figure(g.Cycle), g.Title.PL, g.Title.EN, figure(g.Minutes),
			b.namesOf(g.People), g.Body.PL, g.Body.EN)
	}
	for _, l := range s.Links {
		desk.AddRow(form, linkList, string(l.Kind), l.Title.PL, l.Title.EN, l.URL)
	}
	for _, c := range s.Credits {
		desk.AddRow(form, creditList, b.institutions.label(string(c.Institution)), string(c.Role))
	}
	for _, earlier := range s.Follows {
		desk.AddRow(form, followList, b.sessions.label(string(earlier)))
	}
	for _, slot := range b.x.SlotsOf(s.ID) {
		b.fillSlot(form, slot)
	}
}

// openRows leaves empty rows below lists that have few, for those who do without script and for the first look.
func openRows(form *web.Form) {
	for name, n := range map[string]int{"slots": 1, "people": 2, "segments": 3, "links": 1, "credits": 1, "follows": 1} {
		for _, list := range sessionLists {
			if list.Name == name {
				for desk.CountRows(form, list) < n {
					desk.AddRow(form, list)
				}
			}
		}
	}
}

// readSession makes of the form what is to be saved; before is what was there. What a person has to correct is noted
// in the form.
func (b *bench) readSession(form *web.Form, before programme.Session) programme.Session {
	s := before
	for name, t := range texts(&s) {
		*t = desk.ReadText(form, name, *t)
	}
	s.Title.PLState, s.Lead.PLState, s.Body.PLState = polishState(form, s.Title), polishState(form, s.Lead), polishState(form, s.Body)
	s.Slug = form.Value("slug")
	s.Block, s.Stage = programme.BlockID(form.Value("block")), programme.StageID(form.Value("stage"))
	s.Format, s.Form = programme.Format(form.Value("format")), edition.Form(form.Value("form"))
	s.Status, s.Recording = programme.Status(form.Value("status")), programme.Recording(form.Value("recording"))
	s.Entry, s.Capacity = programme.Entry(form.Value("entry")), form.Int("capacity")
	s.Captions, s.SignLanguage = form.Value("captions") != "", form.Value("sign_language") != ""
	s.Languages, s.Interpretation = spoken(form.All("languages"), before.Languages), spoken(form.All("interpretation"), before.Interpretation)
	s.Parent = programme.SessionID(b.pick(form, picked{"parent", -1, form.Value("parent")}, b.sessions))
	s.Terms = b.readTerms(form)
	s.People = b.readPeople(form)
	s.Segments = b.readSegments(form, before.Segments)
	s.Links = readLinks(form)
	s.Credits = b.readCredits(form)
	s.Follows = b.readFollows(form)
	b.settle(form, &s)
	return s
}

// polishState is the state of the binding text, which one box answers for all of it. A machine's word is not ours to
// approve here.
func polishState(form *web.Form, t i18n.Text) i18n.State {
	switch {
	case form.Value("draft_text") != "" && t.PL != "":
		return i18n.Draft
	case t.PLState == i18n.Machine:
		return i18n.Machine
	}
	return i18n.Approved
}

// settle fills what nobody has to type and holds the choices to what the edition has.
func (b *bench) settle(form *web.Form, s *programme.Session) {
	if s.Slug == "" && s.Title.PL != "" {
		s.Slug = text.UniqueSlug(text.Slug(s.Title.PL), func(slug string) bool { return b.x.SessionAt(slug) != nil })
		form.Set("slug", s.Slug)
	}
	if s.Stage != "" && b.x.Stage(s.Stage) == nil {
		form.Problems.Add("stage", "programme.choose")
	}
	if s.Block != "" && b.x.Block(s.Block) == nil {
		form.Problems.Add("block", "programme.choose")
	}
	if !text.Fits(s.Body.PL) || !text.Fits(s.Body.EN) {
		form.Problems.Add("body_pl", "planner.session.too_intricate")
	}
}

func (b *bench) readTerms(form *web.Form) (terms []edition.TermID) {
	for _, id := range form.All("terms") {
		if term, _ := b.x.Term(edition.TermID(id)); term != nil {
			terms = append(terms, term.ID)
		}
	}
	return terms
}

func (b *bench) readFollows(form *web.Form) (all []programme.SessionID) {
	for i := range desk.CountRows(form, followList) {
		earlier := b.pick(form, picked{"follows_title", i, desk.CellAt(form, "follows_title", i)}, b.sessions)
		if id := programme.SessionID(earlier); earlier != "" && !slices.Contains(all, id) {
			all = append(all, id)
		}
	}
	return all
}

func (b *bench) readPeople(form *web.Form) (all []programme.Appearance) {
	for i := range desk.CountRows(form, peopleList) {
		person := b.pick(form, picked{"person_name", i, desk.CellAt(form, "person_name", i)}, b.persons)
		if person == "" {
			continue
		}
		a := programme.Appearance{
			Person: people.PersonID(person), Role: programme.Role(desk.CellAt(form, "person_role", i)),
			Affiliation: i18n.Text{PL: desk.CellAt(form, "person_affiliation_pl", i), EN: desk.CellAt(form, "person_affiliation_en", i)},
		}
		if slices.ContainsFunc(all, func(o programme.Appearance) bool { return o.Person == a.Person && o.Role == a.Role }) {
			desk.RowProblem(form, "person_name", i, "planner.session.person_twice")
		}
		all = append(all, a)
	}
	return all
}

func (b *bench) readCredits(form *web.Form) (all []edition.Credit) {
	for i := range desk.CountRows(form, creditList) {
		institution := b.pick(form, picked{"credit_name", i, desk.CellAt(form, "credit_name", i)}, b.institutions)
		if institution == "" {
			continue
		}
		credit := edition.Credit{
			Institution: people.InstitutionID(institution), Role: edition.CreditRole(desk.CellAt(form, "credit_role", i)),
		}
		switch {
		case !slices.Contains(edition.CreditRoles, credit.Role):
			desk.RowProblem(form, "credit_role", i, "programme.choose")
		case slices.Contains(all, credit):
			desk.RowProblem(form, "credit_name", i, "planner.session.institution_twice")
		}
		all = append(all, credit)
	}
	return all
}

func readLinks(form *web.Form) (all []programme.Link) {
	for i := range desk.CountRows(form, linkList) {
		l := programme.Link{
			Kind: programme.LinkKind(desk.CellAt(form, "link_kind", i)), URL: desk.CellAt(form, "link_url", i),
			Title: i18n.Text{PL: desk.CellAt(form, "link_title_pl", i), EN: desk.CellAt(form, "link_title_en", i)},
		}
		if l.URL == "" && l.Title.IsZero() {
			continue
		}
		if l.URL == "" || !people.ValidURL(l.URL) {
			desk.RowProblem(form, "link_url", i, "people.url")
		}
		all = append(all, l)
	}
	return all
}

// spoken keeps the languages that the house has a name for, and those that were there before.
func spoken(codes, before []string) (all []string) {
	for _, code := range slices.Concat(programme.Languages, before) {
		if slices.Contains(codes, code) && !slices.Contains(all, code) {
			all = append(all, code)
		}
	}
	return all
}

// figure writes n, and nothing where there is none to write.
func figure(n int) string {
	if n == 0 {
		return ""
	}
	return strconv.Itoa(n)
}

func plainly[T ~string](all []T) []string {
	plain := make([]string, len(all))
	for i, one := range all {
		plain[i] = string(one)
	}
	return plain
}
