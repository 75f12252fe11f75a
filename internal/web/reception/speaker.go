package reception

import (
	"net/http"
	"slices"

	"obrady/internal/i18n"
	"obrady/internal/people"
	"obrady/internal/rights"
	"obrady/internal/web"
	"obrady/internal/web/desk"
)

func (p *Pages) speakerRows() []row {
	const pl, en = "/{edition}/biurko/osoby-i-konta", "/{edition}/desk/people-and-accounts"
	return []row{
		{"desk.speakers", http.MethodGet, pl, en, rights.EditPeople, p.showSpeakers},
		{"desk.speaker", http.MethodGet, pl + "/{person}", en + "/{person}", rights.EditPeople, p.showSpeaker},
		{"desk.speaker.take", http.MethodPost, pl + "/{person}", en + "/{person}", rights.EditPeople, p.takeSpeaker},
	}
}

// speakersPage lists who appears in the edition, and whether they look after their own entry.
type speakersPage struct {
	desk.Desk
	All []Speaker
}

// Speaker is somebody who appears, with what became of the offer to take their entry over.
type Speaker struct {
	people.Person
	Taken  bool
	Offer  people.Claim
	Waits  bool // an offer is open
	Lapsed bool // an offer was made and nobody took it
}

// State says in a sentence who looks after the entry.
func (s Speaker) State(v web.View) string {
	switch {
	case s.Taken:
		return v.T("reception.speaker.taken")
	case s.Waits:
		return v.T("reception.speaker.waits", v.Date(v.Local(s.Offer.ExpiresAt)))
	case s.Lapsed:
		return v.T("reception.speaker.lapsed")
	}
	return v.T("reception.speaker.nobody")
}

var speakersTemplate = parse[speakersPage]("speakers.html")

func (p *Pages) speakers(r *http.Request) (s speakersPage, err error) {
	if s.Desk, err = p.Desk(r, "desk.participants"); err != nil {
		return s, err
	}
	content, err := p.Programme.Content(r.Context(), s.Edition.ID)
	if err != nil {
		return s, err
	}
	appears := map[people.PersonID]bool{}
	for i := range content.Sessions {
		for _, id := range content.Sessions[i].Everybody() {
			appears[id] = true
		}
	}
	persons, err := p.People.Persons(r.Context())
	if err != nil {
		return s, err
	}
	taken, offered, err := p.People.Claims(r.Context())
	if err != nil {
		return s, err
	}
	for _, one := range persons {
		if !appears[one.ID] {
			continue
		}
		offer, made := offered[one.ID]
		speaker := Speaker{Person: one, Taken: taken[one.ID], Offer: offer}
		speaker.Waits = made && !speaker.Taken && offer.Open(p.Now())
		speaker.Lapsed = made && !speaker.Taken && !speaker.Waits
		s.All = append(s.All, speaker)
	}
	alphabetical := i18n.Compare(i18n.Polish)
	slices.SortStableFunc(s.All, func(a, b Speaker) int { return alphabetical(a.SortName, b.SortName) })
	return s, nil
}

func (p *Pages) showSpeakers(w http.ResponseWriter, r *http.Request) error {
	page, err := p.speakers(r)
	if err != nil {
		return err
	}
	return speakersTemplate.Show(w, r, page)
}

var speakerFields = web.Fields{"email": "reception.speaker.email", "reason": "reception.reason", "do": "reception.speaker.do"}

// speakerPage is one of them.
type speakerPage struct {
	desk.Desk
	Speaker
	Form web.Form
}

var speakerTemplate = parse[speakerPage]("speaker.html")

// speaker finds whom the path names, among those who appear in this edition alone.
func (p *Pages) speaker(r *http.Request) (s speakerPage, err error) {
	all, err := p.speakers(r)
	if err != nil {
		return s, err
	}
	i := slices.IndexFunc(all.All, func(one Speaker) bool { return string(one.ID) == r.PathValue("person") })
	if i < 0 {
		return s, people.ErrNoPerson
	}
	return speakerPage{Desk: all.Desk, Speaker: all.All[i], Form: web.NewForm(speakerFields)}, nil
}

func (p *Pages) showSpeaker(w http.ResponseWriter, r *http.Request) error {
	page, err := p.speaker(r)
	if err != nil {
		return err
	}
	return speakerTemplate.Show(w, r, page)
}

// takeSpeaker offers the entry to an address, or takes it back from who has it.
func (p *Pages) takeSpeaker(w http.ResponseWriter, r *http.Request) error {
	page, err := p.speaker(r)
	if err != nil {
		return err
	}
	if page.Form, err = web.ReadForm(r, speakerFields); err != nil {
		return err
	}
	said := "reception.speaker.offered"
	switch {
	case !page.Form.Good():
	case page.Form.Value("do") == "release":
		said = "reception.speaker.released"
		if page.Form.Value("reason") == "" {
			page.Form.Problems.Add("reason", "registration.reason_missing")
			break
		}
		err = p.People.Unclaim(r.Context(), desk.By(r), page.ID, page.Form.Value("reason"))
	default:
		_, err = p.People.OfferClaim(r.Context(), desk.By(r), page.ID, page.Form.Value("email"))
	}
	if err := desk.Blame(&page.Form, err); err != nil {
		return err
	}
	if !page.Form.Good() {
		return speakerTemplate.ShowForm(w, r, page.Form, page)
	}
	web.Flash(r, said)
	return web.Redirect(w, r, "desk.speakers")
}
