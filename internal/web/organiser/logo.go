package organiser

import (
	"net/http"
	"slices"
	"strconv"

	"obrady/internal/edition"
	"obrady/internal/errs"
	"obrady/internal/i18n"
	"obrady/internal/web"
)

// key: organiser.logo.*
var logoControls = []control{
	{Name: "name", As: asPair, Key: "organiser.logo.name", Help: "organiser.logo.name_help", Most: longName, Must: true},
	{Name: "role", As: asSelect, Key: "organiser.logo.role"},
	{Name: "url", As: asLine, Key: "organiser.form.url", Type: "url", Help: "organiser.form.url_help"},
	{Name: "position", As: asLine, Key: "organiser.form.position", Help: "organiser.form.position_help", Size: "size-s"},
	{Name: "image", As: asFile, Key: "organiser.logo.image", Help: "organiser.logo.image_help"},
}

var logoFields = fieldsOf("logo", logoControls)

// mostUpload is the most bytes that may come with a mark, text included.
const mostUpload = 8 << 20

func (p *Pages) logoRoutes() []web.Route {
	row := func(name, method, pl, en string, handle web.Handler) web.Route {
		return web.Route{
			Name: name, Method: method, PL: "/{edition}/biurko/znaki" + pl, EN: "/{edition}/desk/marks" + en,
			Action: editEdition, Who: web.SignedIn, Body: mostUpload, Query: []string{"draft"}, Handle: handle,
		}
	}
	return []web.Route{
		row("desk.logos", http.MethodGet, "", "", p.showLogos),
		row("desk.logos.add", http.MethodPost, "", "", p.addLogo),
		row("desk.logo.new", http.MethodGet, "/nowy", "/new", p.newLogo),
		row("desk.logo.image", http.MethodGet, "/{thing}/obraz", "/{thing}/image", p.showImage),
		row("desk.logo.remove", http.MethodGet, "/{thing}/usuniecie", "/{thing}/removal", p.askRemoval),
		row("desk.logo.removed", http.MethodPost, "/{thing}/usuniecie", "/{thing}/removal", p.removeLogo),
	}
}

// logosData is the strip of marks.
type logosData struct {
	Desk
	Logos []edition.Logo
	Gone  *edition.Logo // the one that is about to be removed
}

var logosPage = parse[logosData]("logos.html")

func (p *Pages) logos(r *http.Request) (logosData, error) {
	desk, err := p.desk(r, "desk.logos")
	if err != nil {
		return logosData{}, err
	}
	all, err := p.Editions.Logos(r.Context(), desk.Edition.ID)
	return logosData{Desk: desk, Logos: all}, err
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
	setNumber(&form, "position", len(data.Logos)+1)
	sheet, err := p.sheet(r, "logo.new", form)
	if err != nil {
		return err
	}
	return p.drawLogo(w, r, data.Desk, sheet)
}

func (p *Pages) drawLogo(w http.ResponseWriter, r *http.Request, desk Desk, sheet Sheet) error {
	sheet.Choices = map[string][]choice{"role": choices(edition.CreditRoles)}
	return thingPage.ShowStatus(w, r, sheet.Status(), thingData{
		Desk: desk, Sheet: sheet, Kind: "logo", Controls: logoControls, Back: "desk.logos", Upload: true,
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
	tooLong(&form, logoControls)
	l := edition.Logo{
		Edition: data.Edition.ID, Name: readText(&form, "name", i18n.Text{}), Role: edition.CreditRole(form.Value("role")),
		URL: form.Value("url"), Position: position(&form), MediaType: sent.Type, Image: sent.Bytes,
	}
	if form.Good() {
		_, err = p.Editions.SaveLogo(r.Context(), by(r), l)
	}
	if err := blame(&form, err); err != nil {
		return err
	}
	if !form.Good() {
		return p.drawLogo(w, r, data.Desk, Sheet{Form: form, Key: "logo.new"})
	}
	if err := p.drop(r, "logo.new"); err != nil {
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
	desk, err := p.desk(r, "desk.logos")
	if err != nil {
		return err
	}
	if err := p.Editions.RemoveLogo(r.Context(), by(r), desk.Edition.ID, r.PathValue("thing")); err != nil {
		return err
	}
	web.Flash(r, "organiser.logo.removed")
	return web.Redirect(w, r, "desk.logos")
}
