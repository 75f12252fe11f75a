package proceedings

import (
	"errors"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"obrady/internal/call"
	"obrady/internal/errs"
	"obrady/internal/form"
	"obrady/internal/i18n"
	"obrady/internal/people"
	"obrady/internal/proceedings"
	"obrady/internal/rights"
	"obrady/internal/web"
	"obrady/internal/web/desk"
)

func me(r *http.Request) people.AccountID { return people.AccountID(web.Account(r)) }

// deskPage lists the calls that make volumes.
type deskPage struct {
	desk.Desk
	Lines []deskLine
}

// deskLine is a call with its volume, if there is one.
type deskLine struct {
	Call   call.Call
	Volume proceedings.Volume
}

var deskTemplate = desk.Parse[deskPage](templates, "volumes.html")

func (p *Pages) showDesk(w http.ResponseWriter, r *http.Request) error {
	around, err := p.Desk(r, "desk.proceedings")
	if err != nil {
		return err
	}
	page := deskPage{Desk: around}
	calls, err := p.Calls.Calls(r.Context(), around.Edition.ID)
	if err != nil {
		return err
	}
	volumes, err := p.Keeper.Volumes(r.Context(), around.Edition.ID)
	if err != nil {
		return err
	}
	for _, c := range calls {
		if !slices.Contains(proceedings.Kinds, c.Kind) || mayEdit(around, c.Path(around.Tree)) != nil {
			continue
		}
		line := deskLine{Call: c}
		for _, v := range volumes {
			if v.Call == c.ID {
				line.Volume = v
			}
		}
		page.Lines = append(page.Lines, line)
	}
	if err := closed(around); len(page.Lines) == 0 && err != nil {
		return err
	}
	return deskTemplate.Show(w, r, page)
}

// mayEdit says whether whoever asks may make a volume there. What a blind phase or a conflict keeps from them they are
// told; of anything else that is not theirs they learn nothing.
func mayEdit(around desk.Desk, path []rights.Node) error {
	err := around.Who.Decide(rights.EditProceedings, path)
	if err == nil || errors.Is(err, rights.ErrBlind) || errors.Is(err, rights.ErrConflict) {
		return err
	}
	return rights.ErrHidden
}

// closed says what closes every volume to whoever asks, wherever they have a part.
func closed(around desk.Desk) error {
	nodes := []rights.Node{rights.OfCongress(around.Tree.Edition)}
	for _, g := range around.Who.Grants {
		nodes = append(nodes, g.Node)
	}
	for _, node := range nodes {
		if err := mayEdit(around, around.Tree.Path(node)); err != nil && !errors.Is(err, rights.ErrHidden) {
			return err
		}
	}
	return nil
}

// room is what every page about one volume knows.
type room struct {
	desk.Desk
	Call   call.Call
	Volume proceedings.Volume // without an ID as long as there is none
}

func (p *Pages) room(r *http.Request) (c room, err error) {
	if c.Desk, err = p.Desk(r, "desk.proceedings"); err != nil {
		return c, err
	}
	if c.Call, err = p.Calls.Call(r.Context(), c.Edition.ID, r.PathValue("call")); err != nil {
		return c, err
	}
	if err := mayEdit(c.Desk, c.Call.Path(c.Tree)); err != nil {
		return c, err
	}
	if !slices.Contains(proceedings.Kinds, c.Call.Kind) {
		return c, rights.ErrHidden
	}
	c.Volume, err = p.Keeper.OfCall(r.Context(), c.Call.ID)
	if errors.Is(err, proceedings.ErrNone) {
		c.Volume, err = c.blank(), nil
	}
	return c, err
}

// blank is a volume as it is offered before there is one.
func (c room) blank() proceedings.Volume {
	return proceedings.Volume{Call: c.Call.ID, About: proceedings.About{
		Title: c.Call.Title, Publisher: c.Edition.Name.PL, Place: c.Edition.City.PL, Year: c.Edition.StartsOn.In(c.Edition.Location()).Year(),
		Licence: c.Edition.Licence,
	}}
}

// Begun says whether the volume has been saved once.
func (c room) Begun() bool { return c.Volume.ID != "" }

var controls = []desk.Control{
	{Name: "title", As: desk.AsPair, Key: "proceedings.page.volume_title", Most: 300, Must: true},
	{Name: "abstract", As: desk.AsSelect, Key: "proceedings.page.abstract_question", Must: true},
	{Name: "keywords", As: desk.AsSelect, Key: "proceedings.page.keywords_question"},
	{Name: "staged", As: desk.AsSelect, Key: "proceedings.page.staged", Must: true},
	{Name: "editors", As: desk.AsLine, Key: "proceedings.page.editors", Help: "proceedings.page.editors_help"},
	{Name: "publisher", As: desk.AsLine, Key: "proceedings.page.publisher"},
	{Name: "place", As: desk.AsLine, Key: "proceedings.page.place"},
	{Name: "year", As: desk.AsLine, Key: "proceedings.page.year", Type: "number", Size: "size-s", Must: true},
	{Name: "isbn", As: desk.AsLine, Key: "proceedings.page.isbn", Size: "size-m"},
	{Name: "prefix", As: desk.AsLine, Key: "proceedings.page.prefix", Help: "proceedings.page.prefix_help", Size: "size-m"},
	{Name: "licence", As: desk.AsLine, Key: "proceedings.page.licence", Size: "size-m"},
}

var volumeFields = desk.FieldsOf("volume", controls)

// formPage is the form of a title page.
type formPage struct {
	room
	Sheet    desk.Sheet
	Controls []desk.Control
}

var formTemplate = desk.Parse[formPage](templates, "form.html")

func (c room) key() string { return "volume." + string(c.Call.ID) }

func (p *Pages) showForm(w http.ResponseWriter, r *http.Request) error {
	c, err := p.room(r)
	if err != nil {
		return err
	}
	page := formPage{room: c, Controls: controls}
	if page.Sheet, err = p.Sheet(r, c.key(), c.form()); err != nil {
		return err
	}
	return p.drawForm(w, r, page)
}

func (p *Pages) drawForm(w http.ResponseWriter, r *http.Request, page formPage) error {
	questions, err := p.Calls.Questions(r.Context(), page.Call.ID, page.Call.FormVersion)
	if err != nil {
		return err
	}
	abstract, keywords := []desk.Choice{{Key: "proceedings.page.choose"}}, []desk.Choice{{Key: "proceedings.page.no_keywords"}}
	for _, q := range questions {
		choice := desk.Choice{Value: q.ID, Words: q.Label}
		if q.Kind == form.Text {
			abstract = append(abstract, choice)
		}
		keywords = append(keywords, choice)
	}
	page.Sheet.Choices = map[string][]desk.Choice{
		"abstract": abstract, "keywords": keywords,
		"staged": {{Value: "all", Key: "proceedings.page.staged_all"}, {Value: "staged", Key: "proceedings.page.staged_only"}},
	}
	return formTemplate.ShowStatus(w, r, page.Sheet.Status(), page)
}

// form is the title page as a form.
func (c room) form() web.Form {
	f, a := web.NewForm(volumeFields), c.Volume.About
	f.Revision = c.Volume.Revision
	for name, value := range map[string]string{
		"title_pl": a.Title.PL, "title_en": a.Title.EN, "abstract": a.Abstract, "keywords": a.Keywords, "editors": strings.Join(a.Editors, "; "),
		"publisher": a.Publisher, "place": a.Place, "year": strconv.Itoa(a.Year), "isbn": a.ISBN, "prefix": a.Prefix, "licence": a.Licence, "staged": "all",
	} {
		f.Set(name, value)
	}
	if a.Staged {
		f.Set("staged", "staged")
	}
	return f
}

func (c room) read(f *web.Form) proceedings.Volume {
	v := c.Volume
	v.Revision = f.Revision
	v.About = proceedings.About{
		Title: i18n.Text{PL: f.Value("title_pl"), EN: f.Value("title_en")}, Abstract: f.Value("abstract"), Keywords: f.Value("keywords"),
		Publisher: f.Value("publisher"), Place: f.Value("place"), Year: f.Int("year"), ISBN: f.Value("isbn"), Prefix: f.Value("prefix"),
		Licence: f.Value("licence"), Staged: f.Value("staged") == "staged",
	}
	for name := range strings.SplitSeq(f.Value("editors"), ";") {
		if name = strings.TrimSpace(name); name != "" {
			v.About.Editors = append(v.About.Editors, name)
		}
	}
	return v
}

func (p *Pages) takeForm(w http.ResponseWriter, r *http.Request) error {
	c, err := p.room(r)
	if err != nil {
		return err
	}
	typed, err := web.ReadForm(r, volumeFields)
	if err != nil {
		return err
	}
	v := c.read(&typed)
	page := formPage{room: c, Controls: controls, Sheet: desk.Sheet{Key: c.key()}}
	if typed.Good() {
		_, err = p.Keeper.Save(r.Context(), me(r), v)
		if err == nil {
			if err := p.Drop(r, c.key()); err != nil {
				return err
			}
			web.Flash(r, "proceedings.page.saved")
			return web.Redirect(w, r, "desk.volume.preview")
		}
		if errors.Is(err, proceedings.ErrChanged) {
			theirs := c.form()
			page.Sheet.Theirs, typed.Revision = &theirs, theirs.Revision
		} else if err := desk.Blame(&typed, err); err != nil {
			return err
		}
	}
	page.Sheet.Form = typed
	if err := p.Keep(r, c.key(), typed); err != nil {
		return err
	}
	return p.drawForm(w, r, page)
}

// previewPage is a volume as it would be published now, with the forms for DOIs and pages.
type previewPage struct {
	room
	Preview proceedings.Preview
	Lines   []previewLine
	Form    web.Form
	Wrong   string // the code whose mark was refused
}

// previewLine is one contribution in the preview.
type previewLine struct {
	proceedings.Entry
	Names string
}

// PartKey names the sentence that says what was corrected.
func (p previewPage) PartKey(part string) string { return proceedings.PartKey(part) }

// Publishable says whether there is anything that the last version has not.
func (p previewPage) Publishable() bool {
	return len(p.Preview.Document.Entries) > 0 && (p.Volume.Version == 0 || len(p.Preview.Changes) > 0)
}

var previewTemplate = desk.Parse[previewPage](templates, "preview.html")

var (
	markFields    = web.Fields{"code": "proceedings.page.code", "doi": "proceedings.page.doi", "pages": "proceedings.page.pages_label"}
	publishFields = web.Fields{"digest": "proceedings.page.digest"}
)

func (p *Pages) showPreview(w http.ResponseWriter, r *http.Request) error {
	c, err := p.room(r)
	if err != nil {
		return err
	}
	return p.drawPreview(w, r, previewPage{room: c, Form: web.NewForm(markFields)})
}

func (p *Pages) drawPreview(w http.ResponseWriter, r *http.Request, page previewPage) (err error) {
	if !page.Begun() {
		return web.Redirect(w, r, "desk.volume", page.Edition.Slug, page.Call.Slug)
	}
	if page.Preview, err = p.Keeper.Preview(r.Context(), page.Call.ID); err != nil {
		return err
	}
	for _, e := range page.Preview.Document.Entries {
		page.Lines = append(page.Lines, previewLine{e, names(e)})
	}
	return previewTemplate.ShowStatus(w, r, page.Form.Status(), page)
}

func (p *Pages) takeMark(w http.ResponseWriter, r *http.Request) error {
	c, err := p.room(r)
	if err != nil {
		return err
	}
	typed, err := web.ReadForm(r, markFields)
	if err != nil {
		return err
	}
	if !c.Begun() {
		return web.Redirect(w, r, "desk.volume", c.Edition.Slug, c.Call.Slug)
	}
	one, _, err := p.Calls.One(r.Context(), c.Call.ID, typed.Value("code"))
	if errors.Is(err, call.ErrNoSubmission) { // a code that names nothing is told like any other slip
		typed.Problems.Add("code", proceedings.ErrNone.Key)
		return p.drawPreview(w, r, previewPage{room: c, Form: typed})
	}
	if err != nil {
		return err
	}
	err = p.Keeper.SetMark(r.Context(), me(r), c.Call.ID, proceedings.Mark{Submission: one.ID, DOI: typed.Value("doi"), Pages: typed.Value("pages")})
	if err == nil {
		web.Flash(r, "proceedings.page.marked")
		return web.Redirect(w, r, "desk.volume.preview")
	}
	if err := desk.Blame(&typed, err); err != nil {
		return err
	}
	return p.drawPreview(w, r, previewPage{room: c, Form: typed, Wrong: one.Code})
}

func (p *Pages) publish(w http.ResponseWriter, r *http.Request) error {
	c, err := p.room(r)
	if err != nil {
		return err
	}
	typed, err := web.ReadForm(r, publishFields)
	if err != nil {
		return err
	}
	n, err := p.Keeper.Publish(r.Context(), me(r), c.Call.ID, typed.Value("digest"))
	var told *errs.Error
	switch {
	case err == nil:
		web.Flash(r, "proceedings.page.published", n)
	case errors.As(err, &told) && errs.KindOf(err) == errs.Conflict:
		web.Flash(r, told.Key)
	default:
		return err
	}
	return web.Redirect(w, r, "desk.volume.preview", c.Edition.Slug, c.Call.Slug)
}
