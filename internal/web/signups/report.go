package signups

import (
	"errors"
	"net/http"
	"strings"

	"obrady/internal/admission"
	"obrady/internal/fairness"
	"obrady/internal/i18n"
	"obrady/internal/plan"
	"obrady/internal/publication"
	"obrady/internal/web"
)

// reportRoutes are the pages for everybody: numbers, never people. They are drawn
// anew when a seat has changed, and at most about once a second.
func (p *Pages) reportRoutes() []web.Route {
	return []web.Route{
		{
			Name: "signup.report", PL: "/{edition}/zapisy/{window}/przebieg", EN: "/{edition}/sign-ups/{window}/report",
			Action: readProgramme, Public: true, Generation: p.generation, Handle: p.showReport,
		},
		{
			Name: "signup.record", Path: "/{edition}/draws/{file}", Action: readProgramme, Public: true, CORS: true,
			Generation: p.generation, Handle: p.sendRecord,
		},
	}
}

func (p *Pages) generation(r *http.Request) (string, bool) {
	e, err := p.Published.Edition(r.PathValue("edition"))
	if err != nil || p.Progress == nil {
		return "", false
	}
	return e.Generation + "/" + p.Progress(), true
}

// reportPage tells everybody what became of those who asked.
type reportPage struct {
	teller
	Edition  *publication.Edition
	Window   *admission.Window
	Report   fairness.Report
	Sessions []sessionLine
	Lot      *fairness.Lot // nil where no lot decides
	Log      []logLine
}

// sessionLine is the report of one session that the public sees.
type sessionLine struct {
	fairness.OfSession
	Slug  string
	Title i18n.Text
}

// logLine is something that the organisers did by hand.
type logLine struct {
	fairness.Logged
	Title string
}

var reportTemplate = parse[reportPage]("report.html")

// Mode says how places are given.
func (t reportPage) Mode() string { return t.T("signups.mode." + string(t.Window.Mode)) }

// Decides is until when it is collected what people want; "" where it is not.
func (t reportPage) Decides() string { return t.orNothing(t.Window.DecidesAt) }

// Drawn says whether the draw has been made.
func (t reportPage) Drawn() bool { return t.Lot != nil && !t.Lot.DrawnAt.IsZero() }

// Next is n+1: lists are counted from 0, people from 1.
func (reportPage) Next(n int) int { return n + 1 }

// window finds the window that an address names, with the plan that it belongs to.
func (p *Pages) window(r *http.Request, ref string) (t reportPage, err error) {
	if t.Edition, err = p.Published.Edition(r.PathValue("edition")); err != nil {
		return t, err
	}
	set, err := p.Desk.Plan(r.Context(), t.Edition.ID)
	if err != nil {
		return t, err
	}
	t.teller = p.teller(r, t.Edition, set)
	if t.Window = set.WindowAt(ref); t.Window == nil {
		return t, admission.ErrNoWindow
	}
	return t, nil
}

func (p *Pages) showReport(w http.ResponseWriter, r *http.Request) error {
	t, err := p.window(r, r.PathValue("window"))
	if err != nil {
		return err
	}
	if t.Report, err = p.Reports.Report(r.Context(), t.Window.ID); err != nil {
		return err
	}
	for _, one := range t.Report.Sessions {
		if s := t.index.Session(one.Session); plan.Public(s) {
			t.Sessions = append(t.Sessions, sessionLine{one, s.Slug, s.Title})
		}
	}
	lot, err := p.Reports.Lot(r.Context(), t.Window.ID)
	switch {
	case err == nil:
		t.Lot = &lot
	case !errors.Is(err, admission.ErrNoWindow):
		return err
	}
	log, err := p.Reports.Log(r.Context(), t.Window.ID)
	if err != nil {
		return err
	}
	for _, one := range log {
		t.Log = append(t.Log, logLine{one, t.title(one.Session)})
	}
	return reportTemplate.Show(w, r, t)
}

// sendRecord sends the record of a draw, from which anybody can work it out again.
func (p *Pages) sendRecord(w http.ResponseWriter, r *http.Request) error {
	ref, ok := strings.CutSuffix(r.PathValue("file"), ".json")
	if !ok {
		return admission.ErrNoWindow
	}
	t, err := p.window(r, ref)
	if err != nil {
		return err
	}
	file, err := p.Reports.Record(r.Context(), t.Window.ID)
	if err != nil {
		return err
	}
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	_, _ = w.Write(file) // who has hung up misses nothing
	return nil
}
