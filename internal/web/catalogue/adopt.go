package catalogue

import (
	"net/http"

	"obrady/internal/i18n"
	"obrady/internal/people"
	"obrady/internal/practice"
	"obrady/internal/rights"
	"obrady/internal/web"
	"obrady/internal/web/desk"
)

func (p *Pages) adoptionRoutes() []web.Route {
	row := func(name, method, pl, en string, handle web.Handler) web.Route {
		return web.Route{Name: name, Method: method, PL: pl, EN: en, Action: string(rights.AdoptPractice), Who: web.SignedIn, Handle: handle}
	}
	const get, post = http.MethodGet, http.MethodPost
	const onePL, oneEN = practicesPL + "/{practice}", practicesEN + "/{practice}"
	const minePL, mineEN = "/{edition}/moje-wdrozenia", "/{edition}/my-adoptions"
	form := row("adoption.new", get, onePL+"/wdrozenie", oneEN+"/adoption", p.showAdoptionForm)
	form.Query = []string{"draft"}
	return []web.Route{
		row("practice.contact", get, onePL+"/kontakt", oneEN+"/contact", p.showContact),
		form,
		row("adoption.claim", post, onePL+"/wdrozenie", oneEN+"/adoption", p.takeAdoption),
		row("adoptions.mine", get, minePL, mineEN, p.showMine),
		row("adoption.answer", post, minePL+"/{adoption}", mineEN+"/{adoption}", p.takeAnswer),
	}
}

// contactPage tells somebody who is signed in whom to ask.
type contactPage struct {
	head
	Contact practice.Contact
}

var contactTemplate = parsePublic[contactPage]("contact.html")

func (p *Pages) showContact(w http.ResponseWriter, r *http.Request) error {
	v, err := p.look(r)
	if err != nil {
		return err
	}
	one, err := v.c.Practice(r.PathValue("practice"))
	if err != nil {
		return err
	}
	page := contactPage{head: v.headed(v.T("catalogue.contact"), v.way(one)...)}
	if page.Contact, err = p.Keeper.Contact(r.Context(), one.ID); err != nil {
		return err
	}
	return contactTemplate.Show(w, r, page)
}

// way leads from the catalogue to a practice.
func (v *view) way(one *practice.Shown) []web.Link {
	return []web.Link{
		{Label: v.T("catalogue.practices"), URL: v.to("practices")}, {Label: one.Title.In(v.Lang).Text, URL: v.to("practice", one.Slug)},
	}
}

// key: catalogue.adopt.*
var adoptionFields = web.Fields{
	"city": "catalogue.adopt.city", "owner": "catalogue.adopt.owner", "since": "catalogue.adopt.since", "blocks": "catalogue.adopt.blocks",
	"outcome": "catalogue.adopt.outcome", "changes_pl": "catalogue.adopt.changes", "contact_email": "catalogue.adopt.email",
	"contact_name": "catalogue.adopt.name",
}

// adoptionPage is the form by which a city says that it has taken a practice over, or by which those whose practice it
// is say so of another city.
type adoptionPage struct {
	head
	One   *practice.Shown
	Form  web.Form
	Other bool // whoever asks is the contact of the practice and tells of another city
}

var adoptionTemplate = parsePublic[adoptionPage]("adopt.html")

// Blocks are the parts that can be taken over.
func (a adoptionPage) Blocks(v web.View) web.Input {
	var options []web.Option
	for _, b := range a.One.Blocks {
		options = append(options, web.Option{Value: b.ID, Label: v.Plain(b.Name)})
	}
	return v.Input(a.Form, "blocks").Choices(options)
}

// Outcomes are how it can have gone.
func (a adoptionPage) Outcomes(v web.View) web.Input {
	var options []web.Option
	for _, o := range practice.Outcomes {
		options = append(options, web.Option{Value: string(o), Label: v.T(o.Key())})
	}
	return v.Input(a.Form, "outcome").Choices(options)
}

func (p *Pages) adoption(r *http.Request) (v *view, page adoptionPage, err error) {
	if v, err = p.look(r); err != nil {
		return v, page, err
	}
	if page.One, err = v.c.Practice(r.PathValue("practice")); err != nil {
		return v, page, err
	}
	page.head = v.headed(v.T("catalogue.adopt.title"), v.way(page.One)...)
	kept, err := p.Keeper.Practice(r.Context(), page.One.ID)
	page.Other = kept.Contact.Account != "" && kept.Contact.Account == me(r)
	return v, page, err
}

func (p *Pages) showAdoptionForm(w http.ResponseWriter, r *http.Request) error {
	_, page, err := p.adoption(r)
	if err != nil {
		return err
	}
	page.Form = web.NewForm(adoptionFields)
	if err := p.Recover(r, &page.Form); err != nil {
		return err
	}
	return adoptionTemplate.Show(w, r, page)
}

func (p *Pages) takeAdoption(w http.ResponseWriter, r *http.Request) error {
	v, page, err := p.adoption(r)
	if err != nil {
		return err
	}
	form, err := web.ReadForm(r, adoptionFields)
	if err != nil {
		return err
	}
	told := readTakeover(form, v.Lang)
	if page.Other {
		adopter := people.Account{Email: form.Value("contact_email"), Name: form.Value("contact_name"), Lang: v.Lang}
		_, err = p.Keeper.Invite(r.Context(), me(r), page.One.ID, adopter, told)
	} else {
		_, err = p.Keeper.Claim(r.Context(), me(r), page.One.ID, told)
	}
	if err := desk.Blame(&form, err); err != nil {
		return err
	}
	if !form.Good() {
		page.Form = form
		return adoptionTemplate.ShowForm(w, r, form, page)
	}
	web.Flash(r, "catalogue.adopt.taken")
	return web.Redirect(w, r, "adoptions.mine", v.e.Slug)
}

// readTakeover reads what is told, in the language of the page on which it was typed.
func readTakeover(form web.Form, lang i18n.Lang) practice.Takeover {
	told := practice.Takeover{
		City: form.Value("city"), Owner: form.Value("owner"), Since: form.Value("since"), Blocks: form.All("blocks"),
		Outcome: practice.Outcome(form.Value("outcome")), Changes: i18n.Text{PL: form.Value("changes_pl")},
	}
	if lang == i18n.English {
		told.Changes = i18n.Text{EN: form.Value("changes_pl")}
	}
	return told
}

// minePage lists the adoptions in which somebody stands on a side.
type minePage struct {
	head
	Lines []mineLine
}

// mineLine is one of them.
type mineLine struct {
	practice.Adoption
	URL     string // of the practice
	Answer  string // address that takes an answer
	Mine    bool   // whoever asks stands on the side of the adopting city
	Waits   bool   // for whoever asks
	Recalls bool   // whoever asks can take it back
}

var mineTemplate = parsePublic[minePage]("mine.html")

func (p *Pages) showMine(w http.ResponseWriter, r *http.Request) error {
	v, err := p.look(r)
	if err != nil {
		return err
	}
	all, err := p.Keeper.MyAdoptions(r.Context(), v.e.ID, me(r))
	if err != nil {
		return err
	}
	page := minePage{head: v.headed(v.T("catalogue.mine.title"), web.Link{Label: v.T("catalogue.practices"), URL: v.to("practices")})}
	for _, a := range all {
		line := mineLine{Adoption: a, Answer: v.to("adoption.answer", a.ID), Mine: a.Adopter == me(r)}
		line.Waits = line.Mine && a.Waits(practice.AdopterSide) || !line.Mine && a.Waits(practice.OriginSide)
		line.Recalls = !line.Waits && (a.State == practice.Claimed || a.State == practice.Agreed)
		if _, err := v.c.Practice(a.Slug); err == nil {
			line.URL = v.to("practice", a.Slug)
		}
		page.Lines = append(page.Lines, line)
	}
	return mineTemplate.Show(w, r, page)
}

// key: catalogue.mine.*
var answerFields = web.Fields{"do": "catalogue.mine.do", "reason": "catalogue.mine.reason"}

func (p *Pages) takeAnswer(w http.ResponseWriter, r *http.Request) error {
	v, err := p.look(r)
	if err != nil {
		return err
	}
	form, err := web.ReadForm(r, answerFields)
	if err != nil {
		return err
	}
	one, reason := practice.AdoptionID(r.PathValue("adoption")), form.Value("reason")
	if err := p.mineOnly(r, v, one); err != nil {
		return err
	}
	switch form.Value("do") {
	case "confirm":
		_, err = p.Keeper.ConfirmAdoption(r.Context(), me(r), one)
	case "decline":
		_, err = p.Keeper.DeclineAdoption(r.Context(), me(r), one, reason)
	case "withdraw":
		err = p.Keeper.RecallAdoption(r.Context(), me(r), one, reason)
	default:
		err = practice.ErrNoAdoption
	}
	if err != nil {
		return err
	}
	web.Flash(r, "catalogue.mine.done")
	return web.Redirect(w, r, "adoptions.mine", v.e.Slug)
}

// mineOnly returns practice.ErrNoAdoption for an adoption in which whoever asks stands on no side: they must not know of it.
func (p *Pages) mineOnly(r *http.Request, v *view, one practice.AdoptionID) error {
	all, err := p.Keeper.MyAdoptions(r.Context(), v.e.ID, me(r))
	if err != nil {
		return err
	}
	for _, a := range all {
		if a.ID == one {
			return nil
		}
	}
	return practice.ErrNoAdoption
}
