package planner

import (
	"errors"
	"net/http"
	"strings"

	"obrady/internal/edition"
	"obrady/internal/i18n"
	"obrady/internal/timetable"
	"obrady/internal/web"
	"obrady/internal/web/desk"
)

// releaseFields are those of the page on which a release is prepared.
var releaseFields = web.Fields{
	"scope": "planner.release.scope", "name": "planner.release.name_pl", "name_en": "planner.release.name_en",
	"note_pl": "planner.release.note_pl", "note_en": "planner.release.note_en", "despite": "planner.release.despite",
}

// ReleasesPage lists the releases of an edition, the latest first.
type ReleasesPage struct {
	desk.Desk
	Releases []timetable.Release
}

// Files are what the public programme can be taken out as, always as the last release has it.
func (p ReleasesPage) Files() []web.Link {
	at := "/" + p.Edition.Slug + "/"
	return []web.Link{
		{Label: "XLSX", URL: at + "programme.xlsx"},
		{Label: "CSV", URL: at + "programme.csv"},
		{Label: "schedule.xml", URL: at + "schedule.xml"},
		{Label: "schedule.json", URL: at + "schedule.json"},
		{Label: "iCalendar", URL: at + "calendar.ics"},
		{Label: "Atom", URL: at + "changes.atom"},
	}
}

var releasesPage = parse[ReleasesPage]("release_list.html")

func (p *Pages) listReleases(w http.ResponseWriter, r *http.Request) error {
	d, err := p.Desk(r, "desk.releases")
	if err != nil {
		return err
	}
	releases, err := p.Timetable.Releases(r.Context(), d.Edition.ID)
	if err != nil {
		return err
	}
	zone := d.Edition.Location()
	for i := range releases {
		releases[i].PublishedAt = releases[i].PublishedAt.In(zone)
	}
	return releasesPage.Show(w, r, ReleasesPage{d, releases})
}

// ReleasePage prepares a release: what it would change, and what does not fit.
type ReleasePage struct {
	desk.Desk
	Form     web.Form
	Proposal timetable.Proposal
	First    bool // nothing has been public before
	Grave    []Clash
	Light    []Clash
	scopes   []desk.Choice
	x        *timetable.Index
}

var releasePage = parse[ReleasePage]("release.html", "release_changes.html", "clash_list.html")

// Scope asks how much of the programme the release renews.
func (p ReleasePage) Scope(v web.View) web.Input {
	sheet := desk.Sheet{Choices: map[string][]desk.Choice{"scope": p.scopes}}
	return v.Input(p.Form, "scope").Choices(sheet.Options(v, "scope"))
}

// English asks for the English words of the field.
func (p ReleasePage) English(v web.View, name string) web.Input {
	return v.Input(p.Form, name).Written(i18n.English).Optional()
}

// List makes what the component "clash-list" takes.
func (p ReleasePage) List(v web.View, all []Clash) clashView { return listed(v, p.Desk, all) }

// Sessions counts what the public would see.
func (p ReleasePage) Sessions() int { return len(p.Proposal.Programme.Sessions) }

// Value writes one side of a change.
func (p ReleasePage) Value(v web.View, value timetable.Value) string {
	var said []string
	for _, t := range value.Texts {
		said = append(said, v.Plain(t))
	}
	for _, h := range value.Hours {
		start, end := h.Start.In(p.x.Zone), h.End.In(p.x.Zone)
		said = append(said, v.ShortDay(start)+", "+v.Hours(start, end))
	}
	for _, key := range value.Keys {
		said = append(said, v.T(key))
	}
	return strings.Join(said, "; ")
}

// readScope reads "", "block:ID" or "stage:ID".
func readScope(s string) timetable.Scope {
	kind, id, _ := strings.Cut(s, ":")
	if of := timetable.ScopeKind(kind); of == timetable.OneBlock || of == timetable.OneStage {
		return timetable.Scope{Kind: of, ID: id}
	}
	return timetable.Scope{Kind: timetable.Whole}
}

func (b *bench) scopes() []desk.Choice {
	all := []desk.Choice{{Key: "planner.release.whole"}}
	for _, block := range b.x.Blocks {
		all = append(all, desk.Choice{Value: string(timetable.OneBlock) + ":" + string(block.ID), Words: block.Name})
	}
	for _, stage := range b.x.Stages {
		all = append(all, desk.Choice{Value: string(timetable.OneStage) + ":" + string(stage.ID), Words: stage.Name})
	}
	return all
}

func (p *Pages) showRelease(w http.ResponseWriter, r *http.Request) error {
	form := web.NewForm(releaseFields)
	form.Set("scope", r.URL.Query().Get("scope"))
	if err := p.Recover(r, &form); err != nil {
		return err
	}
	return p.drawRelease(w, r, form)
}

func (p *Pages) drawRelease(w http.ResponseWriter, r *http.Request, form web.Form) error {
	b, err := p.bench(r, "desk.releases")
	if err != nil {
		return err
	}
	page := ReleasePage{Desk: b.Desk, Form: form, scopes: b.scopes(), x: b.x}
	if page.Proposal, err = p.Timetable.Propose(r.Context(), b.Edition.ID, readScope(form.Value("scope"))); err != nil {
		return err
	}
	releases, err := p.Timetable.Releases(r.Context(), b.Edition.ID)
	if err != nil {
		return err
	}
	page.First = len(releases) == 0
	page.Grave, page.Light = bySeverity(b.clashes(page.Proposal.Programme.Index(), page.Proposal.Findings))
	status := form.Status()
	if form.Problem("despite") != nil {
		status = http.StatusConflict
	}
	return releasePage.ShowStatus(w, r, status, page)
}

// publish makes the working programme public. Clashes that are errors have to be accepted with a box of their own.
func (p *Pages) publish(w http.ResponseWriter, r *http.Request) error {
	d, err := p.Desk(r, "desk.releases")
	if err != nil {
		return err
	}
	form, err := web.ReadForm(r, releaseFields)
	if err != nil {
		return err
	}
	if form.Good() {
		published, err := p.Timetable.Publish(r.Context(), timetable.Order{
			Edition: d.Edition.ID, Name: i18n.Text{PL: form.Value("name"), EN: form.Value("name_en")}, By: desk.By(r), DespiteErrors: form.Value("despite") != "",
			Note:  i18n.Text{PL: form.Value("note_pl"), EN: form.Value("note_en")},
			Scope: readScope(form.Value("scope")),
		})
		if err == nil {
			return p.published(w, r, d.Edition.ID, published)
		}
		switch {
		case errors.Is(err, timetable.ErrClashes):
			form.Problems.Add("despite", "planner.release.has_errors")
		default:
			if err := desk.Blame(&form, err); err != nil {
				return err
			}
		}
	}
	return p.drawRelease(w, r, form)
}

func (p *Pages) published(w http.ResponseWriter, r *http.Request, of edition.ID, release timetable.Release) error {
	if p.Published != nil {
		p.Published(of)
	}
	web.Flash(r, "planner.release.done", release.Number, release.Name.In(web.Lang(r)).Text)
	return web.Redirect(w, r, "desk.releases")
}
