package catalogue

import (
	"errors"
	"net/http"
	"slices"

	"obrady/internal/edition"
	"obrady/internal/errs"
	"obrady/internal/file"
	"obrady/internal/i18n"
	"obrady/internal/people"
	"obrady/internal/practice"
	"obrady/internal/publication"
	"obrady/internal/rights"
	"obrady/internal/timetable"
	"obrady/internal/web"
	"obrady/internal/web/desk"
)

func (p *Pages) reviewRoutes() []web.Route {
	row := func(name, method, pl, en string, handle web.Handler) web.Route {
		return web.Route{
			Name: "desk.practice." + name, Method: method, PL: "/{edition}/biurko/praktyki/{thing}" + pl, EN: "/{edition}/desk/practices/{thing}" + en,
			Action: string(rights.EditPractices), Object: string(rights.WholeEdition), Who: web.SignedIn, Handle: handle,
		}
	}
	const get, post = http.MethodGet, http.MethodPost
	add := row("picture", post, "/zdjecia", "/pictures", p.takePicture)
	add.Body = file.MaxBytes + 1<<20
	return []web.Route{
		row("review", get, "/katalog", "/catalogue", p.showReview),
		row("decide", post, "/katalog", "/catalogue", p.takeReview),
		row("preview", get, "/podglad", "/preview", p.showPreview),
		add,
		row("picture.remove", post, "/zdjecia/{picture}", "/pictures/{picture}", p.removePicture),
		row("picture.show", get, "/zdjecia/{picture}", "/pictures/{picture}", p.showAnyPicture),
		row("adoption", post, "/wdrozenia/{adoption}", "/adoptions/{adoption}", p.takeAdoptionAnswer),
	}
}

// key: catalogue.review.*
var reviewFields = web.Fields{
	"do": "catalogue.review.do", "reason": "catalogue.review.reason", "picture": "catalogue.picture.file", "alt_pl": "catalogue.picture.alt_pl",
	"alt_en": "catalogue.picture.alt_en", "credit": "catalogue.picture.credit",
}

// reviewPage is where a practice is published, checked and archived, with its pictures, adoptions and history.
type reviewPage struct {
	desk.Desk
	One       practice.Practice
	Form      web.Form
	Missing   []string // keys of what must still be written
	Late      bool     // a check is due
	Adoptions []practice.Adoption
	Steps     []step
}

// step is one line of the history.
type step struct {
	practice.Step
	Who string
}

var reviewTemplate = desk.Parse[reviewPage](templates, "review.html", "steps.html")

// Is says whether the practice stands in this state.
func (p reviewPage) Is(state string) bool { return string(p.One.State) == state }

// Changed says whether something was saved since the practice was published.
func (p reviewPage) Changed() bool {
	return p.One.Release > 0 && p.One.UpdatedAt.After(p.One.PublishedAt)
}

// Full says whether there is no room for another picture.
func (p reviewPage) Full() bool { return len(p.One.Pictures) >= practice.MostPictures }

// Waits says whether the adoption waits for those whose practice it is.
func (p reviewPage) Waits(a practice.Adoption) bool { return a.Waits(practice.OriginSide) }

func (p *Pages) review(r *http.Request) (page reviewPage, err error) {
	if page.Desk, err = p.Desk(r, "desk.practices"); err != nil {
		return page, err
	}
	if page.One, err = p.Keeper.Practice(r.Context(), practice.ID(r.PathValue("thing"))); err != nil {
		return page, err
	}
	if page.One.Edition != page.Edition.ID {
		return page, practice.ErrNone
	}
	page.Form, page.Late = web.NewForm(reviewFields), page.One.Due(p.Now())
	for _, field := range page.One.Missing() {
		page.Missing = append(page.Missing, practiceKey(field))
	}
	if page.Adoptions, err = p.Keeper.Adoptions(r.Context(), page.One.ID); err != nil {
		return page, err
	}
	page.Steps, err = p.history(r, string(page.One.ID))
	return page, err
}

// practiceKey is the key of the sentence that labels a field of the form.
func practiceKey(field string) string {
	for _, name := range []string{field, field + "_pl"} {
		if key := practiceFields[name]; key != "" {
			return key
		}
	}
	return "catalogue.practice." + field
}

// history lists the steps of a thing, the latest first, with who took them.
func (p *Pages) history(r *http.Request, object string) (steps []step, err error) {
	all, err := p.Keeper.Steps(r.Context(), object)
	if err != nil {
		return nil, err
	}
	var ids []people.AccountID
	for _, s := range all {
		ids = append(ids, s.Actor)
	}
	who, err := p.Names.Accounts(r.Context(), ids)
	if err != nil {
		return nil, err
	}
	for _, s := range slices.Backward(all) {
		steps = append(steps, step{s, who[s.Actor].Name})
	}
	return steps, nil
}

func (p *Pages) showReview(w http.ResponseWriter, r *http.Request) error {
	page, err := p.review(r)
	if err != nil {
		return err
	}
	return reviewTemplate.Show(w, r, page)
}

func (p *Pages) takeReview(w http.ResponseWriter, r *http.Request) error {
	page, err := p.review(r)
	if err != nil {
		return err
	}
	form, err := web.ReadForm(r, reviewFields)
	if err != nil {
		return err
	}
	reason, by := form.Value("reason"), desk.By(r)
	switch form.Value("do") {
	case "publish":
		_, err = p.Keeper.Publish(r.Context(), by, page.One.ID, form.Revision)
	case "confirm":
		err = p.Keeper.Confirm(r.Context(), by, page.One.ID, reason)
	case "archive":
		err = p.Keeper.Archive(r.Context(), by, page.One.ID, reason)
	case "restore":
		err = p.Keeper.Restore(r.Context(), by, page.One.ID, reason)
	default:
		err = practice.ErrNone
	}
	return p.reviewed(w, r, reviewed{page, form, err})
}

// reviewed is what came of a form of the review page.
type reviewed struct {
	page reviewPage
	form web.Form
	err  error
}

func (p *Pages) reviewed(w http.ResponseWriter, r *http.Request, done reviewed) error {
	if err := desk.Blame(&done.form, done.err); err != nil {
		return err
	}
	if !done.form.Good() {
		done.page.Form = done.form
		return reviewTemplate.ShowForm(w, r, done.form, done.page)
	}
	web.Flash(r, "catalogue.review.done")
	return web.Redirect(w, r, "desk.practice.review", done.page.Edition.Slug, done.page.One.ID)
}

// showPreview shows what is being typed as the public would read it.
func (p *Pages) showPreview(w http.ResponseWriter, r *http.Request) error {
	page, err := p.review(r)
	if err != nil {
		return err
	}
	v, err := p.unseen(r, page.Edition)
	if err != nil {
		return err
	}
	one := page.One
	shown := practice.Shown{
		ID: one.ID, Slug: one.Slug, Content: one.Content, Number: one.Release, PublishedAt: p.Now(), CheckAt: one.CheckAt, HasContact: one.Contact.Name != "",
	}
	if shown.CheckAt.IsZero() {
		shown.CheckAt = p.Now().AddDate(2, 0, 0)
	}
	told := v.one(&shown)
	told.Crumbs = []web.Link{{Label: v.T("catalogue.practice.list"), URL: v.to("desk.practices")}, {Label: v.T("catalogue.review.preview")}}
	for i, shot := range told.Shots {
		told.Shots[i].URL = v.to("desk.practice.picture.show", one.ID, shot.ID)
	}
	return oneTemplate.Show(w, r, told)
}

// unseen is an edition as its editors see it, whether or not the public does.
func (p *Pages) unseen(r *http.Request, of edition.Edition) (*view, error) {
	lists, err := p.Lists.Taxonomies(r.Context(), of.ID)
	if err != nil {
		return nil, err
	}
	working := timetable.Programme{Edition: of, Taxonomies: lists}
	e := &publication.Edition{Edition: of, Programme: working.Index()}
	if shown, err := p.Published.Edition(of.Slug); err == nil {
		e = shown
	}
	return &view{p, p.Words.In(web.Lang(r)), e, p.Shelf.Of(of.ID)}, nil
}

func (p *Pages) takePicture(w http.ResponseWriter, r *http.Request) error {
	page, err := p.review(r)
	if err != nil {
		return err
	}
	var kept file.Mark
	var refused error
	form, err := web.ReadUpload(r, reviewFields, func(sent web.File) error {
		kept, refused = file.ReadPicture(r.Context(), sent)
		if errs.KindOf(refused) == errs.Invalid {
			return nil
		}
		return refused
	})
	if err != nil {
		return err
	}
	switch {
	case refused != nil:
		err = problem("picture", refused)
	case kept.Bytes == nil:
		err = problem("picture", file.ErrEmpty)
	default:
		said := practice.Picture{Alt: i18n.Text{PL: form.Value("alt_pl"), EN: form.Value("alt_en")}, Credit: form.Value("credit")}
		_, err = p.Keeper.AddPicture(r.Context(), desk.By(r), page.One.ID, practice.Image{Type: kept.Type, Bytes: kept.Bytes}, said)
	}
	return p.reviewed(w, r, reviewed{page, form, err})
}

// problem is a refusal as what is wrong with one field.
func problem(field string, refused error) error {
	var told errs.Problems
	told = append(told, errs.Field{Name: field, Error: toldBy(refused)})
	return told.Err()
}

func (p *Pages) removePicture(w http.ResponseWriter, r *http.Request) error {
	page, err := p.review(r)
	if err != nil {
		return err
	}
	_, err = p.Keeper.RemovePicture(r.Context(), desk.By(r), page.One.ID, r.PathValue("picture"))
	return p.reviewed(w, r, reviewed{page, web.NewForm(reviewFields), err})
}

// showAnyPicture shows editors a picture whether or not it was published.
func (p *Pages) showAnyPicture(w http.ResponseWriter, r *http.Request) error {
	page, err := p.review(r)
	if err != nil {
		return err
	}
	one, err := p.Keeper.Image(r.Context(), r.PathValue("picture"))
	if err == nil && one.Practice != page.One.ID {
		err = practice.ErrNoPicture
	}
	if err != nil {
		return err
	}
	w.Header().Set("Content-Type", one.Type)
	_, _ = w.Write(one.Bytes) // who has hung up misses nothing
	return nil
}

// takeAdoptionAnswer is the answer of the editors for those whose practice it is.
func (p *Pages) takeAdoptionAnswer(w http.ResponseWriter, r *http.Request) error {
	page, err := p.review(r)
	if err != nil {
		return err
	}
	form, err := web.ReadForm(r, reviewFields)
	if err != nil {
		return err
	}
	one := practice.AdoptionID(r.PathValue("adoption"))
	if !slices.ContainsFunc(page.Adoptions, func(a practice.Adoption) bool { return a.ID == one }) {
		return practice.ErrNoAdoption
	}
	switch form.Value("do") {
	case "confirm":
		_, err = p.Keeper.ConfirmAdoption(r.Context(), desk.By(r), one)
	case "decline":
		_, err = p.Keeper.DeclineAdoption(r.Context(), desk.By(r), one, form.Value("reason"))
	case "withdraw":
		err = p.Keeper.RecallAdoption(r.Context(), desk.By(r), one, form.Value("reason"))
	default:
		err = practice.ErrNoAdoption
	}
	return p.reviewed(w, r, reviewed{page, form, err})
}

// toldBy is the sentence that an error has for people.
func toldBy(err error) *errs.Error {
	var told *errs.Error
	if errors.As(err, &told) {
		return told
	}
	return file.ErrUnreadable
}
