package council

import (
	"context"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"obrady/internal/errs"
	"obrady/internal/i18n"
	"obrady/internal/people"
	"obrady/internal/review"
	"obrady/internal/rights"
	"obrady/internal/web"
	"obrady/internal/web/desk"
)

// criteria are the rows in which criteria are typed: the descriptions of the marks, the lowest first, stand in one
// cell each, divided by a stroke.
var criteria = desk.Control{Name: "criteria", As: desk.AsRows, Key: "council.page.setup.criteria", Help: "council.page.setup.criteria_help", Rows: []desk.Control{
	{Name: "c_id", Key: "council.page.setup.c_id", Type: "hidden"},
	{Name: "c_label", Key: "council.page.setup.c_label"},
	{Name: "c_label_en", Key: "council.page.setup.c_label_en"},
	{Name: "c_weight", Key: "council.page.setup.c_weight", Type: "number"},
	{Name: "c_anchors", Key: "council.page.setup.c_anchors"},
	{Name: "c_anchors_en", Key: "council.page.setup.c_anchors_en"},
}}

var placeRows = desk.Control{Name: "places", As: desk.AsRows, Key: "council.page.setup.places", Help: "council.page.setup.places_help", Rows: []desk.Control{
	{Name: "p_path", Key: "council.page.path"}, {Name: "p_format", Key: "council.page.format"}, {Name: "p_seats", Key: "council.page.setup.seats", Type: "number"},
}}

var setupControls = []desk.Control{
	{Name: "each", As: desk.AsLine, Key: "council.page.setup.each", Type: "number", Size: "size-s", Must: true},
	{Name: "stretch", As: desk.AsLine, Key: "council.page.setup.stretch", Help: "council.page.setup.stretch_help", Type: "number", Size: "size-s"},
	{Name: "opens_on", As: desk.AsDate, Key: "council.page.setup.opens_on", Must: true},
	{Name: "closes_on", As: desk.AsDate, Key: "council.page.setup.closes_on", Help: "council.page.setup.closes_help", Must: true},
	{Name: "quorum", As: desk.AsLine, Key: "council.page.setup.quorum", Help: "council.page.setup.quorum_help", Type: "number", Size: "size-s"},
	{Name: "appeal_days", As: desk.AsLine, Key: "council.page.setup.appeal_days", Help: "council.page.setup.appeal_help", Type: "number", Size: "size-s"},
	{Name: "consulted", As: desk.AsSelect, Key: "council.page.setup.consulted", Help: "council.page.setup.consulted_help"},
	criteria, placeRows,
}

var setupFields = desk.FieldsOf("council-setup", setupControls)

// setupPage is the form of how a call is judged.
type setupPage struct {
	room
	Sheet    desk.Sheet
	Controls []desk.Control
}

var setupTemplate = parse[setupPage]("setup.html")

func (p *Pages) showSetup(w http.ResponseWriter, r *http.Request) error {
	page, err := p.setup(r)
	if err != nil {
		return err
	}
	if page.Sheet, err = p.Sheet(r, page.key(), page.form()); err != nil {
		return err
	}
	return p.drawSetup(w, r, page)
}

func (p *Pages) setup(r *http.Request) (page setupPage, err error) {
	page.Controls = setupControls
	if page.room, err = p.room(r); err == nil && !page.Sets() {
		err = rights.ErrHidden
	}
	return page, err
}

func (page setupPage) key() string { return "council-setup." + string(page.Call.ID) }

func (p *Pages) drawSetup(w http.ResponseWriter, r *http.Request, page setupPage) error {
	bodies, err := p.bodies(r.Context(), page.room)
	if err != nil {
		return err
	}
	page.Sheet.Choices = map[string][]desk.Choice{"consulted": bodies, "p_path": {{Key: "council.page.choose"}}, "p_format": {{Key: "council.page.choose"}}}
	for _, o := range page.Call.Paths {
		page.Sheet.Choices["p_path"] = append(page.Sheet.Choices["p_path"], desk.Choice{Value: o.Slug, Words: o.Name})
	}
	for _, o := range page.Call.Formats {
		page.Sheet.Choices["p_format"] = append(page.Sheet.Choices["p_format"], desk.Choice{Value: o.Slug, Words: o.Name})
	}
	return setupTemplate.ShowStatus(w, r, page.Sheet.Status(), page)
}

// bodies are the institutions that can be consulted: those that whoever asks has to do with, and those that are.
func (p *Pages) bodies(ctx context.Context, c room) ([]desk.Choice, error) {
	all, err := p.People.Institutions(ctx)
	choices, scope := []desk.Choice{{Key: "council.page.setup.nobody"}}, c.Scope(rights.SetReviews)
	for _, i := range all {
		if scope.Institution(i) || slices.Contains(c.Setup.Consulted, i.ID) {
			choices = append(choices, desk.Choice{Value: string(i.ID), Words: i.Name})
		}
	}
	return choices, err
}

// offers notes a problem if the form names a body that it does not offer.
func (p *Pages) offers(ctx context.Context, page setupPage, typed *web.Form) error {
	bodies, err := p.bodies(ctx, page.room)
	if err == nil && !slices.ContainsFunc(bodies, func(c desk.Choice) bool { return c.Value == typed.Value("consulted") }) {
		typed.Problems.Add("consulted", "review.choose")
	}
	return err
}

const dividedBy = "|"

// form is the setup as a form.
func (page setupPage) form() web.Form {
	form, s := web.NewForm(setupFields), page.Setup
	form.Revision = s.Revision
	for name, n := range map[string]int{"each": s.Each, "stretch": s.Stretch, "quorum": s.Quorum, "appeal_days": s.AppealDays} {
		desk.SetNumber(&form, name, n)
	}
	if page.Ready {
		form.Set("opens_on", s.OpensAt.In(page.Edition.Location()).Format("2006-01-02"))
		form.Set("closes_on", s.ClosesAt.Add(-time.Second).In(page.Edition.Location()).Format("2006-01-02"))
	} else {
		form.Set("each", "2")
	}
	for _, i := range s.Consulted {
		form.Typed.Add("consulted", string(i))
	}
	for _, c := range s.Criteria {
		var pl, en []string
		for _, a := range c.Anchors {
			pl, en = append(pl, a.PL), append(en, a.EN)
		}
		desk.AddRow(&form, criteria, c.ID, c.Label.PL, c.Label.EN, number(c.Weight), strings.Join(pl, dividedBy), strings.Trim(strings.Join(en, dividedBy), dividedBy))
	}
	for _, s := range s.Places {
		desk.AddRow(&form, placeRows, s.Path, s.Format, number(s.Seats))
	}
	return form
}

func (p *Pages) takeSetup(w http.ResponseWriter, r *http.Request) error {
	page, err := p.setup(r)
	if err != nil {
		return err
	}
	typed, err := web.ReadForm(r, setupFields)
	if err != nil {
		return err
	}
	if err := p.offers(r.Context(), page, &typed); err != nil {
		return err
	}
	wanted := page.read(&typed)
	if typed.Good() {
		if _, err = p.Reviews.SaveSetup(r.Context(), me(r), wanted); err == nil {
			if err := p.Drop(r, page.key()); err != nil {
				return err
			}
			web.Flash(r, "council.page.setup.saved")
			return web.Redirect(w, r, "desk.council.call")
		}
		if err := desk.Blame(&typed, err); err != nil {
			return err
		}
	}
	if err := p.Keep(r, page.key(), typed); err != nil {
		return err
	}
	nameRows(&typed)
	page.Sheet = desk.Sheet{Form: typed, Key: page.key()}
	return p.drawSetup(w, r, page)
}

// nameRows calls what is wrong with a criterion after its cell: "c0-anchors" is the first of "c_anchors".
func nameRows(typed *web.Form) {
	for _, problem := range slices.Clone(typed.Problems) {
		nth, cell, found := strings.Cut(strings.TrimPrefix(problem.Name, "c"), "-")
		row, err := strconv.Atoi(nth)
		if found && err == nil && setupFields["c_"+cell] != "" {
			typed.Problems = slices.DeleteFunc(typed.Problems, func(f errs.Field) bool { return f.Name == problem.Name })
			desk.RowProblem(typed, "c_"+cell, row, problem.Key, problem.Args...)
		}
	}
}

func (page setupPage) read(f *web.Form) review.Setup {
	zone := page.Edition.Location()
	s := review.Setup{
		Call: page.Call.ID, Each: f.Int("each"), Stretch: f.Int("stretch"), Quorum: f.Int("quorum"), AppealDays: f.Int("appeal_days"), Revision: f.Revision,
		OpensAt: f.Date("opens_on", zone), ClosesAt: f.Date("closes_on", zone),
	}
	if !s.ClosesAt.IsZero() {
		s.ClosesAt = s.ClosesAt.AddDate(0, 0, 1) // the whole of the last day
	}
	if body := f.Value("consulted"); body != "" {
		s.Consulted = []people.InstitutionID{people.InstitutionID(body)}
	}
	for row := range desk.CountRows(f, criteria) {
		c := review.Criterion{ID: desk.CellAt(f, "c_id", row), Label: i18n.Text{PL: desk.CellAt(f, "c_label", row), EN: desk.CellAt(f, "c_label_en", row)}}
		anchors := desk.CellAt(f, "c_anchors", row)
		if c.Label.PL == "" && anchors == "" {
			continue
		}
		c.Weight, _ = strconv.Atoi(desk.CellAt(f, "c_weight", row)) // 0 is refused
		c.Help = page.helpOf(c.ID)
		en := strings.Split(desk.CellAt(f, "c_anchors_en", row), dividedBy)
		for i, pl := range strings.Split(anchors, dividedBy) {
			anchor := i18n.Text{PL: strings.TrimSpace(pl)}
			if i < len(en) {
				anchor.EN = strings.TrimSpace(en[i])
			}
			c.Anchors = append(c.Anchors, anchor)
		}
		s.Criteria = append(s.Criteria, c)
	}
	for row := range desk.CountRows(f, placeRows) {
		seats, err := strconv.Atoi(desk.CellAt(f, "p_seats", row))
		if err != nil {
			continue // an empty row
		}
		s.Places = append(s.Places, review.Places{Path: desk.CellAt(f, "p_path", row), Format: desk.CellAt(f, "p_format", row), Seats: seats})
	}
	return s
}

func (page setupPage) helpOf(criterion string) i18n.Text {
	for _, c := range page.Setup.Criteria {
		if c.ID == criterion {
			return c.Help
		}
	}
	return i18n.Text{}
}
