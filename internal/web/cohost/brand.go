package cohost

import (
	"errors"
	"net/http"
	"slices"
	"strconv"

	"obrady/internal/edition"
	"obrady/internal/errs"
	"obrady/internal/file"
	"obrady/internal/i18n"
	"obrady/internal/partner"
	"obrady/internal/programme"
	"obrady/internal/web"
	"obrady/internal/web/desk"
)

// key: cohost.brand.*
var brandControls = []desk.Control{
	{Name: "url", As: desk.AsLine, Key: "cohost.brand.url", Type: "url", Help: "desk.form.url_help"},
	{Name: "legal", As: desk.AsProse, Key: "cohost.brand.legal", Help: "cohost.brand.legal_help", Most: programme.MaxBody},
}

var brandFields = desk.FieldsOf("brand", brandControls)

// key: cohost.mark.*
var markControls = []desk.Control{
	{Name: "name", As: desk.AsPair, Key: "cohost.mark.name", Help: "cohost.mark.name_help", Most: 200, Must: true},
	{Name: "role", As: desk.AsSelect, Key: "cohost.mark.role"},
	{Name: "mark_url", As: desk.AsLine, Key: "desk.form.url", Type: "url", Help: "desk.form.url_help"},
	{Name: "image", As: desk.AsFile, Key: "cohost.mark.image", Help: "cohost.mark.image_help"},
}

var markFields = desk.FieldsOf("mark", markControls)

// BrandPage is how a workspace shows itself: its address, its legal text, and its marks.
type BrandPage struct {
	visit
	Sheet    desk.Sheet
	Controls []desk.Control
	Mark     desk.Sheet
	Brand    partner.Brand
	Versions []partner.LegalVersion
}

var brandPage = parse[BrandPage]("brand.html")

// Adding is the page as the controls of a new mark take it.
func (b BrandPage) Adding() BrandPage {
	b.Sheet, b.Controls = b.Mark, markControls
	return b
}

// Page makes what the component "mark-form" takes.
func (b BrandPage) Page(v web.View) markView { return markView{v, b.Adding()} }

// markView is what the component "mark-form" takes.
type markView struct {
	web.View
	Data BrandPage
}

func (p *Pages) openBrand(r *http.Request) (page BrandPage, err error) {
	if page.visit, err = p.enter(r); err != nil {
		return page, err
	}
	page.Controls = brandControls
	page.Brand, page.Versions, err = p.Partners.Brand(r.Context(), page.Space.ID)
	page.Sheet = desk.Sheet{Form: page.brandForm(), Key: "brand." + string(page.Space.ID)}
	form := web.NewForm(markFields)
	form.Set("role", string(edition.Funder))
	page.Mark = desk.Sheet{Form: form, Key: "mark." + string(page.Space.ID)}
	return page, err
}

func (b BrandPage) brandForm() web.Form {
	form := web.NewForm(brandFields)
	form.Revision = b.Brand.Revision
	form.Set("url", b.Brand.URL)
	desk.SetText(&form, "legal", b.Brand.Legal)
	return form
}

func (p *Pages) showBrand(w http.ResponseWriter, r *http.Request) error {
	page, err := p.openBrand(r)
	if err != nil {
		return err
	}
	if page.Sheet, err = p.Sheet(r, page.Sheet.Key, page.Sheet.Form); err != nil {
		return err
	}
	return p.drawBrand(w, r, page)
}

func (p *Pages) drawBrand(w http.ResponseWriter, r *http.Request, page BrandPage) error {
	page.Mark.Choices = map[string][]desk.Choice{"role": desk.Choices(edition.CreditRoles)}
	status := page.Sheet.Status()
	if !page.Mark.Form.Good() {
		status = page.Mark.Form.Status()
	}
	return brandPage.ShowStatus(w, r, status, page)
}

func (p *Pages) takeBrand(w http.ResponseWriter, r *http.Request) error {
	page, err := p.openBrand(r)
	if err != nil {
		return err
	}
	form, err := web.ReadForm(r, brandFields)
	if err != nil {
		return err
	}
	desk.TooLong(&form, brandControls)
	wanted := page.Brand
	wanted.URL, wanted.Legal, wanted.Revision = form.Value("url"), desk.ReadText(&form, "legal", page.Brand.Legal), form.Revision
	if form.Good() {
		err = p.Partners.SaveBrand(r.Context(), desk.By(r), wanted)
	}
	if errors.Is(err, partner.ErrChanged) {
		theirs := page.brandForm()
		form.Revision = theirs.Revision // to save mine now means to save it over theirs
		page.Sheet.Form, page.Sheet.Theirs = form, &theirs
		return p.drawBrand(w, r, page)
	}
	if err := desk.Blame(&form, err); err != nil {
		return err
	}
	if !form.Good() {
		page.Sheet.Form = form
		return p.drawBrand(w, r, page)
	}
	if err := p.Drop(r, page.Sheet.Key); err != nil {
		return err
	}
	p.tell(page.Edition.ID)
	web.Flash(r, "cohost.brand.saved")
	return page.back(w, r)
}

func (p *Pages) addMark(w http.ResponseWriter, r *http.Request) error {
	page, err := p.openBrand(r)
	if err != nil {
		return err
	}
	var sent file.Mark
	var refused error
	form, err := web.ReadUpload(r, markFields, func(f web.File) error {
		if sent, refused = file.ReadMark(r.Context(), f); errors.Is(refused, file.ErrEmpty) && f.Name == "" {
			refused = nil
		}
		if refused != nil && errs.KindOf(refused) == errs.Internal {
			return refused
		}
		return nil
	})
	if err != nil {
		return err
	}
	var told *errs.Error
	if errors.As(refused, &told) {
		form.Problems.Add("image", told.Key, told.Args...)
	}
	desk.TooLong(&form, markControls)
	m := partner.Mark{
		Role: edition.CreditRole(form.Value("role")), Name: desk.ReadText(&form, "name", i18n.Text{}), URL: form.Value("mark_url"),
		MediaType: sent.Type, Image: sent.Bytes, Position: len(page.Brand.Marks) + 1,
	}
	if form.Good() {
		err = p.Partners.AddMark(r.Context(), desk.By(r), page.Space.ID, m)
	}
	if err := desk.Blame(&form, err); err != nil {
		return err
	}
	if !form.Good() {
		page.Mark.Form = form
		return p.drawBrand(w, r, page)
	}
	p.tell(page.Edition.ID)
	web.Flash(r, "cohost.mark.added")
	return web.Redirect(w, r, "desk.brand", page.Edition.Slug, page.Space.Slug)
}

// MarkPage asks whether a mark is to go.
type MarkPage struct {
	visit
	Mark partner.Mark
}

var markPage = parse[MarkPage]("mark_removal.html")

// mark finds the mark that the path names.
func (p *Pages) mark(r *http.Request) (MarkPage, error) {
	page, err := p.openBrand(r)
	if err != nil {
		return MarkPage{}, err
	}
	i := slices.IndexFunc(page.Brand.Marks, func(m partner.Mark) bool { return m.ID == r.PathValue("mark") })
	if i < 0 {
		return MarkPage{}, partner.ErrNoMark
	}
	return MarkPage{page.visit, page.Brand.Marks[i]}, nil
}

func (p *Pages) askMarkRemoval(w http.ResponseWriter, r *http.Request) error {
	page, err := p.mark(r)
	if err != nil {
		return err
	}
	return markPage.Show(w, r, page)
}

func (p *Pages) removeMark(w http.ResponseWriter, r *http.Request) error {
	page, err := p.openBrand(r)
	if err != nil {
		return err
	}
	if err := p.Partners.RemoveMark(r.Context(), desk.By(r), page.Space.ID, r.PathValue("mark")); err != nil {
		return err
	}
	p.tell(page.Edition.ID)
	web.Flash(r, "cohost.mark.removed")
	return web.Redirect(w, r, "desk.brand", page.Edition.Slug, page.Space.Slug)
}

// showMark sends the picture. It was drawn anew when it came, so nothing but a picture can be in it.
func (p *Pages) showMark(w http.ResponseWriter, r *http.Request) error {
	page, err := p.mark(r)
	if err != nil {
		return err
	}
	m := page.Mark
	if m.MediaType == "" {
		return partner.ErrNoMark
	}
	w.Header().Set("Content-Type", m.MediaType)
	w.Header().Set("Content-Length", strconv.Itoa(len(m.Image)))
	_, _ = w.Write(m.Image) // who has hung up misses nothing
	return nil
}
