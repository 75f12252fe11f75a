package participant

import (
	"errors"
	"net/http"
	"slices"

	"obrady/internal/errs"
	"obrady/internal/file"
	"obrady/internal/i18n"
	"obrady/internal/people"
	"obrady/internal/publication"
	"obrady/internal/web"
	"obrady/internal/web/desk"
)

func (p *Pages) profileRoutes() []web.Route {
	row := func(name, method, pl, en string, handle web.Handler) web.Route {
		return web.Route{
			Name: name, Method: method, PL: "/moje/profil" + pl, EN: "/mine/profile" + en, Action: ownPart, Who: web.SignedIn, Handle: handle,
		}
	}
	photo := row("profile.photo.save", http.MethodPost, "/zdjecie", "/photo", p.takePhoto)
	photo.Body = file.MaxBytes + 1<<20 // the text of the form beside it
	return []web.Route{
		row("profile", http.MethodGet, "", "", p.showProfile),
		row("profile.save", http.MethodPost, "", "", p.takeProfile),
		row("profile.photo", http.MethodGet, "/zdjecie", "/photo", p.showPhoto),
		photo,
		row("profile.picture", http.MethodGet, "/zdjecie/podglad", "/photo/preview", p.sendPhoto),
		row("profile.photo.remove", http.MethodPost, "/zdjecie/usuniecie", "/photo/removal", p.removePhoto),
	}
}

var profileFields = web.Fields{
	"bio_pl": "participant.profile.bio_pl", "bio_en": "participant.profile.bio_en", "institution": "participant.profile.institution",
	"title_pl": "participant.profile.title_pl", "title_en": "participant.profile.title_en",
}

const (
	mostBio   = 6000
	mostTitle = 200
)

// profilePage is what somebody says of themselves in the programme.
type profilePage struct {
	Person       people.Person
	Form         web.Form
	Institutions []people.Institution
	HasPhoto     bool
	Published    []*publication.Edition // where the public sees this person
	More         int                    // affiliations besides the first, which the organisers look after
}

var profileTemplate = parse[profilePage]("profile.html")

// Choices are the institutions of the register.
func (d profilePage) Choices(v web.View) []web.Option {
	options := []web.Option{{Label: v.T("participant.profile.no_institution")}}
	for _, i := range d.Institutions {
		options = append(options, web.Option{Value: string(i.ID), Label: v.Plain(i.Name)})
	}
	alphabetical := i18n.Compare(v.Lang)
	slices.SortFunc(options[1:], func(a, b web.Option) int { return alphabetical(a.Label, b.Label) })
	return options
}

// profile finds what a page about the visitor's own entry shows.
func (p *Pages) profile(r *http.Request) (d profilePage, err error) {
	if d.Person, err = p.People.Own(r.Context(), desk.By(r)); err != nil {
		return d, err
	}
	if d.Institutions, err = p.People.Institutions(r.Context()); err != nil {
		return d, err
	}
	home := d.Person.Home
	d.Institutions = slices.DeleteFunc(d.Institutions, func(i people.Institution) bool { return i.Home != "" && i.Home != home })
	switch _, err := p.People.Photo(r.Context(), d.Person.ID); {
	case err == nil:
		d.HasPhoto = true
	case !errors.Is(err, people.ErrNoPhoto):
		return d, err
	}
	for _, e := range p.Published.Current().Editions {
		if e.Programme.Person(d.Person.ID) != nil {
			d.Published = append(d.Published, e)
		}
	}
	d.More = max(0, len(d.Person.Affiliations)-1)
	return d, nil
}

// noProfile tells somebody who has claimed nobody how one gets a profile.
var noProfile = parse[struct{}]("noprofile.html")

func (p *Pages) showProfile(w http.ResponseWriter, r *http.Request) error {
	data, err := p.profile(r)
	if errors.Is(err, people.ErrNoProfile) {
		return noProfile.Show(w, r, struct{}{})
	}
	if err != nil {
		return err
	}
	data.Form = filled(data.Person)
	if err := p.Recover(r, &data.Form); err != nil {
		return err
	}
	return profileTemplate.Show(w, r, data)
}

func filled(person people.Person) web.Form {
	form := web.NewForm(profileFields)
	form.Revision = person.Revision
	form.Set("bio_pl", person.Bio.PL)
	form.Set("bio_en", person.Bio.EN)
	if len(person.Affiliations) > 0 {
		first := person.Affiliations[0]
		form.Set("institution", string(first.Institution))
		form.Set("title_pl", first.Title.PL)
		form.Set("title_en", first.Title.EN)
	}
	return form
}

func (p *Pages) takeProfile(w http.ResponseWriter, r *http.Request) error {
	data, err := p.profile(r)
	if err != nil {
		return err
	}
	form, err := web.ReadForm(r, profileFields)
	if err != nil {
		return err
	}
	wanted := data.read(&form)
	if form.Good() {
		_, err = p.People.SaveOwn(r.Context(), desk.By(r), wanted)
	}
	if err := desk.Blame(&form, err); err != nil {
		return err
	}
	if !form.Good() {
		if errors.Is(err, people.ErrChanged) {
			form.Revision = data.Person.Revision // who has read the message decides
		}
		data.Form = form
		return profileTemplate.ShowForm(w, r, form, data)
	}
	web.Flash(r, "participant.profile.saved")
	return web.Redirect(w, r, "profile")
}

// read makes the profile of the form. The text in English that somebody writes of themselves is theirs to answer for.
func (d profilePage) read(form *web.Form) people.Profile {
	wanted := people.Profile{Bio: i18n.Text{PL: form.Value("bio_pl"), EN: form.Value("bio_en")}, Revision: form.Revision}
	wanted.Affiliations = slices.Clone(d.Person.Affiliations)
	chosen := people.InstitutionID(form.Value("institution"))
	if chosen != "" && !slices.ContainsFunc(d.Institutions, func(i people.Institution) bool { return i.ID == chosen }) {
		form.Problems.Add("institution", "people.no_institution")
	}
	for _, name := range []string{"title_pl", "title_en"} {
		if len([]rune(form.Value(name))) > mostTitle {
			form.Problems.Add(name, "people.too_long", mostTitle)
		}
	}
	title := i18n.Text{PL: form.Value("title_pl"), EN: form.Value("title_en")}
	switch {
	case chosen == "" && len(wanted.Affiliations) > 0:
		wanted.Affiliations = wanted.Affiliations[1:]
	case chosen == "":
	case len(wanted.Affiliations) == 0:
		wanted.Affiliations = []people.Affiliation{{Institution: chosen, Title: title}}
	case wanted.Affiliations[0].Institution != chosen:
		wanted.Affiliations[0] = people.Affiliation{Institution: chosen, Title: title}
	default:
		wanted.Affiliations[0].Title = title
	}
	return wanted
}

var photoFields = web.Fields{"consent": "participant.photo.agree", "photo": "participant.photo.file"}

// photoPage is the visitor's portrait.
type photoPage struct {
	Person   people.Person
	Form     web.Form
	HasPhoto bool
	Photo    people.Photo
}

var photoTemplate = parse[photoPage]("photo.html")

func (p *Pages) photo(r *http.Request) (d photoPage, err error) {
	if d.Person, err = p.People.Own(r.Context(), desk.By(r)); err != nil {
		return d, err
	}
	d.Photo, err = p.People.Photo(r.Context(), d.Person.ID)
	if errors.Is(err, people.ErrNoPhoto) {
		return d, nil
	}
	d.HasPhoto = err == nil
	return d, err
}

func (p *Pages) showPhoto(w http.ResponseWriter, r *http.Request) error {
	data, err := p.photo(r)
	if err != nil {
		return err
	}
	data.Form = web.NewForm(photoFields)
	return photoTemplate.Show(w, r, data)
}

// takePhoto reads the picture as it comes. The box stands before it in the form, so that its answer is known.
func (p *Pages) takePhoto(w http.ResponseWriter, r *http.Request) error {
	data, err := p.photo(r)
	if err != nil {
		return err
	}
	var drawn file.Portrait
	refused := error(file.ErrEmpty)
	form, err := web.ReadUpload(r, photoFields, func(f web.File) error {
		drawn, refused = file.ReadPortrait(r.Context(), f)
		if errs.KindOf(refused) == errs.Internal {
			return refused
		}
		return nil
	})
	if err != nil {
		return err
	}
	if refused != nil && form.Problem("photo") == nil {
		about(&form, refused)
	}
	wanted := people.Photo{Large: drawn.Large, Small: drawn.Small}
	if form.Value("consent") != "" {
		wanted.Consent = p.agreement(r)
	} else {
		form.Problems.Add("consent", "people.photo_consent")
	}
	if form.Good() {
		err = p.People.SavePhoto(r.Context(), desk.By(r), wanted)
	}
	if err := desk.Blame(&form, err); err != nil {
		return err
	}
	if !form.Good() {
		data.Form = form
		return photoTemplate.ShowForm(w, r, form, data)
	}
	p.Shown()
	web.Flash(r, "participant.photo.saved")
	return web.Redirect(w, r, "profile.photo")
}

// agreement is what stands beside the box, word for word as the visitor read it.
func (p *Pages) agreement(r *http.Request) string {
	return p.Catalogue.In(web.Lang(r)).T("participant.photo.agree")
}

// about notes why a picture was refused at the field of the picture.
func about(form *web.Form, refused error) {
	var told *errs.Error
	if errors.As(refused, &told) {
		form.Problems.Add("photo", told.Key, told.Args...)
	}
}

// sendPhoto sends the visitor's own portrait, also while the public does not see it.
func (p *Pages) sendPhoto(w http.ResponseWriter, r *http.Request) error {
	data, err := p.photo(r)
	if err != nil {
		return err
	}
	if !data.HasPhoto {
		return people.ErrNoPhoto
	}
	w.Header().Set("Content-Type", "image/jpeg")
	_, _ = w.Write(data.Photo.Large) // who has hung up misses nothing
	return nil
}

func (p *Pages) removePhoto(w http.ResponseWriter, r *http.Request) error {
	err := p.People.RemoveOwnPhoto(r.Context(), desk.By(r))
	if err != nil && !errors.Is(err, people.ErrNoPhoto) {
		return err
	}
	p.Shown()
	web.Flash(r, "participant.photo.removed")
	return web.Redirect(w, r, "profile.photo")
}
