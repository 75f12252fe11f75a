package organiser

import (
	"net/http"
	"slices"
	"strconv"

	"obrady/internal/edition"
	"obrady/internal/errs"
	"obrady/internal/i18n"
	"obrady/internal/web"
	"obrady/internal/web/desk"
)

// key: organiser.logo.*
var logoControls = []desk.Control{
	{Name: "name", As: desk.AsPair, Key: "organiser.logo.name", Help: "organiser.logo.name_help", Most: longName, Must: true},
	{Name: "role", As: desk.AsSelect, Key: "organiser.logo.role"},
	{Name: "url", As: desk.AsLine, Key: "desk.form.url", Type: "url", Help: "desk.form.url_help"},
	{Name: "position", As: desk.AsLine, Key: "desk.form.position", Help: "desk.form.position_help", Size: "size-s"},
	{Name: "image", As: desk.AsFile, Key: "organiser.logo.image", Help: "organiser.logo.image_help"},
}

var logoFields = desk.FieldsOf("logo", logoControls)

// mostUpload is the most bytes that may come with a mark, text included.
const mostUpload = 8 << 20

func (p *Pages) logoRoutes() []web.Route {
	row := func(name, method, pl, en string, handle web.Handler) web.Route {
		return web.Route{
			Name: name, Method: method, PL: "/{edition}/biurko/znaki" + pl, EN: "/{edition}/desk/marks" + en,
			Action: desk.EditEdition, Object: desk.WholeEdition, Who: web.SignedIn, Body: mostUpload, Query: []string{"draft"}, Handle: handle,
		}
	}
	add := row("desk.logos.add", http.MethodPost, "", "", p.addLogo)
	add.SignedOut = p.Hold("desk.logo.new")
	return []web.Route{
		row("desk.logos", http.MethodGet, "", "", p.showLogos),
		add,
		row("desk.logo.new", http.MethodGet, "/nowy", "/new", p.newLogo),
		row("desk.logo.image", http.MethodGet, "/{thing}/obraz", "/{thing}/image", p.showImage),
		row("desk.logo.remove", http.MethodGet, "/{thing}/usuniecie", "/{thing}/removal", p.askRemoval),
		row("desk.logo.removed", http.MethodPost, "/{thing}/usuniecie", "/{thing}/removal", p.removeLogo),
	}
}

// logosData is the strip of marks.
type logosData struct {
	desk.Desk
	Logos []edition.Logo
	Gone  *edition.Logo // the one that is about to be removed
}

var logosPage = parse[logosData]("logos.html")

func (p *Pages) logos(r *http.Request) (logosData, error) {
	around, err := p.Desk(r, "desk.logos")
	if err != nil {
		return logosData{}, err
	}
	all, err := p.Editions.Logos(r.Context(), around.Edition.ID)
	return logosData{Desk: around, Logos: all}, err
}

// logo finds the mark that the path names.
func (p *Pages) logo(r *http.Request) (logosData, error) {
	data, err := p.logos(r)
	if err != nil {
		return data, err
	}
	i := slices.IndexFunc(data.Logos, func(l edition.Logo) bool { return l.ID == r.PathValue("thing") })
	if i < 0 {
		return data, edition.ErrNoLogo
	}
	data.Gone = &data.Logos[i]
	return data, nil
}

func (p *Pages) showLogos(w http.ResponseWriter, r *http.Request) error {
	data, err := p.logos(r)
	if err != nil {
		return err
	}
	return logosPage.Show(w, r, data)
}

// showImage sends the picture. It was drawn anew when it came, so nothing but a picture can be in it.
func (p *Pages) showImage(w http.ResponseWriter, r *http.Request) error {
	data, err := p.logo(r)
	if err != nil {
		return err
	}
	if data.Gone.MediaType == "" {
		return edition.ErrNoLogo
	}
	w.Header().Set("Content-Type", data.Gone.MediaType)
	w.Header().Set("Content-Length", strconv.Itoa(len(data.Gone.Image)))
	_, _ = w.Write(data.Gone.Image) // who has hung up misses nothing
	return nil
}

func (p *Pages) newLogo(w http.ResponseWriter, r *http.Request) error {
	data, err := p.logos(r)
	if err != nil {
		return err
	}
	form := web.NewForm(logoFields)
	form.Set("role", string(edition.Partner))
	desk.SetNumber(&form, "position", len(data.Logos)+1)
	sheet, err := p.Sheet(r, "logo.new", form)
	if err != nil {
		return err
	}
	return p.drawLogo(w, r, data.Desk, sheet)
}

func (p *Pages) drawLogo(w http.ResponseWriter, r *http.Request, around desk.Desk, sheet desk.Sheet) error {
	sheet.Choices = map[string][]desk.Choice{"role": desk.Choices(edition.CreditRoles)}
	return desk.ShowThing(w, r, desk.Thing{
		Desk: around, Sheet: sheet, Key: "organiser.logo", Controls: logoControls, Back: "desk.logos", Upload: true,
	})
}

func (p *Pages) addLogo(w http.ResponseWriter, r *http.Request) error {
	data, err := p.logos(r)
	if err != nil {
		return err
	}
	var sent picture
	var refused error
	form, err := web.ReadUpload(r, logoFields, func(f web.File) error {
		sent, refused = readPicture(f)
		if errs.KindOf(refused) == errs.Internal {
			return refused
		}
		return nil
	})
	if err != nil {
		return err
	}
	if err := form.Blame(refused); err != nil {
		return err
	}
	desk.TooLong(&form, logoControls)
	l := edition.Logo{
		Edition: data.Edition.ID, Name: desk.ReadText(&form, "name", i18n.Text{}), Role: edition.CreditRole(form.Value("role")),
		URL: form.Value("url"), Position: position(&form), MediaType: sent.Type, Image: sent.Bytes,
	}
	if form.Good() {
		_, err = p.Editions.SaveLogo(r.Context(), desk.By(r), l)
	}
	if err := desk.Blame(&form, err); err != nil {
		return err
	}
	if !form.Good() {
		return p.drawLogo(w, r, data.Desk, desk.Sheet{Form: form, Key: "logo.new"})
	}
	if err := p.Drop(r, "logo.new"); err != nil {
		return err
	}
	web.Flash(r, "organiser.logo.saved")
	return web.Redirect(w, r, "desk.logos")
}

func (p *Pages) askRemoval(w http.ResponseWriter, r *http.Request) error {
	data, err := p.logo(r)
	if err != nil {
		return err
	}
	return logosPage.Show(w, r, data)
}

func (p *Pages) removeLogo(w http.ResponseWriter, r *http.Request) error {
	around, err := p.Desk(r, "desk.logos")
	if err != nil {
		return err
	}
	if err := p.Editions.RemoveLogo(r.Context(), desk.By(r), around.Edition.ID, r.PathValue("thing")); err != nil {
		return err
	}
	web.Flash(r, "organiser.logo.removed")
	return web.Redirect(w, r, "desk.logos")
}
