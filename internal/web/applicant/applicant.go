// Package applicant is where people apply for a session whose leader chooses, and
// where the leader chooses: questions and answers, several sessions in an order of
// preference; then reading, verdicts that nobody learns of before their time, and
// one announcement for all.
package applicant

import (
	"context"
	"embed"
	"net/http"
	"slices"
	"time"

	"obrady/internal/admission"
	"obrady/internal/edition"
	"obrady/internal/form"
	"obrady/internal/people"
	"obrady/internal/plan"
	"obrady/internal/programme"
	"obrady/internal/publication"
	"obrady/internal/rights"
	"obrady/internal/selection"
	"obrady/internal/signup"
	"obrady/internal/timetable"
	"obrady/internal/web"
	"obrady/internal/web/desk"
)

// Locale holds the sentences of these pages.
//
//go:embed locale/*.json
var Locale embed.FS

//go:embed templates/*.html
var templates embed.FS

// Selection is what these pages ask of package selection.
type Selection interface {
	Time(ctx context.Context) (time.Time, error)
	Offer(ctx context.Context, of edition.ID, session programme.SessionID) (*admission.Offer, *admission.Window, error)
	Form(ctx context.Context, of edition.ID, window admission.WindowID, session programme.SessionID) (selection.Form, error)
	SaveForm(ctx context.Context, by people.AccountID, f selection.Form) (selection.Form, error)
	Questions(ctx context.Context, of edition.ID, session programme.SessionID) ([]form.Question, error)
	Mine(ctx context.Context, of edition.ID, who people.AccountID) ([]selection.Application, error)
	Apply(ctx context.Context, a selection.Application) (selection.Application, error)
	Withdraw(ctx context.Context, of edition.ID, who people.AccountID, session programme.SessionID) error
	Arrange(ctx context.Context, of edition.ID, who people.AccountID, order []programme.SessionID) error
	Applications(ctx context.Context, session programme.SessionID) ([]selection.Applied, error)
	Application(ctx context.Context, session programme.SessionID, application selection.ApplicationID) (selection.Applied, error)
	Decide(ctx context.Context, by people.AccountID, a selection.Applied) error
	Progress(ctx context.Context, of edition.ID, window admission.WindowID) ([]selection.Tally, error)
	Announce(ctx context.Context, by people.AccountID, of edition.ID, window admission.WindowID) ([]signup.Outcome, error)
}

// Editions says which editions the public sees; package publication does.
type Editions interface {
	Edition(slug string) (*publication.Edition, error)
}

// Plans says what has been set for sign-ups; package fairness does, with counts.
type Plans interface {
	Standing(ctx context.Context, of edition.ID) (*admission.Plan, error)
}

// Timetable is the working programme.
type Timetable interface {
	Working(ctx context.Context, of edition.ID) (*timetable.Programme, error)
}

// Pages are the pages of applicants and of those who choose. All fields are needed.
type Pages struct {
	*desk.Kit
	Selection Selection
	Published Editions
	Plans     Plans
	Timetable Timetable
}

// Routes are the addresses of these pages.
func (p *Pages) Routes() []web.Route { return p.Offer(slices.Concat(p.ownRoutes(), p.deskRoutes())...) }

func (p *Pages) ownRoutes() []web.Route {
	row := func(name, method, pl, en string, handle web.Handler) web.Route {
		return web.Route{
			Name: name, Method: method, PL: "/{edition}" + pl, EN: "/{edition}" + en, Action: string(rights.SignUp), Who: web.SignedIn, Handle: handle,
		}
	}
	const get, post = http.MethodGet, http.MethodPost
	const pl, en = "/sesje/{session}/zgloszenie", "/sessions/{session}/application"
	const allPL, allEN = "/zapisy/zgloszenia", "/sign-ups/applications"
	routes := []web.Route{
		row("application", get, pl, en, p.showApplication),
		row("application.send", post, pl, en, p.takeApplication),
		row("application.withdraw", post, pl+"/wycofanie", en+"/withdrawal", p.withdraw),
		row("applications", get, allPL, allEN, p.showMine),
		row("applications.order", post, allPL, allEN, p.arrange),
	}
	routes[0].Query = []string{"draft"}
	return routes
}

func (p *Pages) deskRoutes() (all []web.Route) {
	const get, post = http.MethodGet, http.MethodPost
	const pl, en = "/{edition}/biurko/wybor", "/{edition}/desk/choice"
	const onePL, oneEN = pl + "/sesje/{session}", en + "/sessions/{session}"
	const windowPL, windowEN = pl + "/okna/{window}", en + "/windows/{window}"
	for _, r := range []struct {
		name, method, pl, en string
		action               rights.Action
		object               rights.Object
		handle               web.Handler
	}{
		{"desk.choices", get, pl, en, rights.Choose, rights.WithinEdition, p.showChoices},
		{"desk.choice", get, onePL, oneEN, rights.Choose, rights.SessionObject, p.showChoice},
		{"desk.applicant", get, onePL + "/{application}", oneEN + "/{application}", rights.Choose, rights.SessionObject, p.showApplicant},
		{"desk.applicant.decide", post, onePL + "/{application}", oneEN + "/{application}", rights.Choose, rights.SessionObject, p.decide},
		{"desk.questions", get, onePL + "/pytania", oneEN + "/questions", rights.SetSignups, rights.SessionObject, p.showQuestions},
		{"desk.questions.save", post, onePL + "/pytania", oneEN + "/questions", rights.SetSignups, rights.SessionObject, p.takeQuestions},
		{"desk.questions.all", get, windowPL + "/pytania", windowEN + "/questions", rights.SetSignups, rights.WithinEdition, p.showQuestions},
		{"desk.questions.all.save", post, windowPL + "/pytania", windowEN + "/questions", rights.SetSignups, rights.WithinEdition, p.takeQuestions},
		{"desk.announce", get, windowPL, windowEN, rights.ManageSeats, rights.WithinEdition, p.showProgress},
		{"desk.announce.do", post, windowPL, windowEN, rights.ManageSeats, rights.WithinEdition, p.announce},
	} {
		all = append(all, web.Route{
			Name: r.name, Method: r.method, PL: r.pl, EN: r.en, Action: string(r.action), Object: string(r.object), Who: web.SignedIn, Handle: r.handle,
		})
	}
	return all
}

func me(r *http.Request) people.AccountID { return people.AccountID(web.Account(r)) }

// subject is a session that somebody applies for, as the public sees it.
type subject struct {
	Edition *publication.Edition
	Session *programme.Session
	Offer   *admission.Offer
	Window  *admission.Window
	Phase   admission.Phase
	Times   []timetable.Slot
}

// subject finds the session that the path names; programme.ErrNoSession where the public sees none of that name,
// selection.ErrNoChoice where one does not apply for it.
func (p *Pages) subject(r *http.Request) (s subject, err error) {
	if s.Edition, err = p.Published.Edition(r.PathValue("edition")); err != nil {
		return s, err
	}
	set, err := p.Plans.Standing(r.Context(), s.Edition.ID)
	if err != nil {
		return s, err
	}
	now, err := p.Selection.Time(r.Context())
	if err != nil {
		return s, err
	}
	o, w := set.OfferAt(r.PathValue("session"))
	if o == nil && !plan.Public(s.Edition.Programme.SessionAt(r.PathValue("session"))) {
		return s, programme.ErrNoSession
	}
	if o == nil || w.Mode != admission.Selection {
		return s, selection.ErrNoChoice
	}
	return s, s.fill(o, w, now)
}

func (s *subject) fill(o *admission.Offer, w *admission.Window, now time.Time) error {
	found := s.Edition.Programme.Session(o.Session)
	if !plan.Public(found) {
		return programme.ErrNoSession
	}
	s.Session, s.Offer, s.Window, s.Phase = found, o, w, w.Phase(now)
	s.Times = s.Edition.Programme.SlotsOf(found.ID)
	return nil
}

// Is says whether the window stands in this phase.
func (s subject) Is(phase string) bool { return string(s.Phase) == phase }

// Needed lists what of a session can be asked for besides a seat.
func (s subject) Needed() (all []admission.Need) {
	for _, n := range admission.Needs {
		if slices.ContainsFunc(s.Offer.Pools, func(p admission.Pool) bool { return p.Kind == admission.ForNeed && p.Target == string(n) }) {
			all = append(all, n)
		}
	}
	return all
}

// asked is one question with its answer, as forms and lists show it.
type asked struct {
	form.Question
	Field string
	Value string
}

// Is says of which kind the question is.
func (a asked) Is(kind string) bool { return string(a.Kind) == kind }

// Said is the answer in words.
func (a asked) Said(v web.View) string {
	switch option, picked := a.Picked(a.Value); {
	case picked:
		return v.Plain(option)
	case a.Kind == form.YesNo && a.Value == form.Yes:
		return v.T("applicant.yes")
	case a.Kind == form.YesNo && a.Value == form.No:
		return v.T("applicant.no")
	case a.Kind == form.Choice || a.Kind == form.YesNo:
		return ""
	}
	return a.Value
}

// Options are the answers to choose from.
func (a asked) Options(v web.View) (all []web.Option) {
	if a.Kind == form.YesNo {
		return []web.Option{{Value: form.Yes, Label: v.T("applicant.yes")}, {Value: form.No, Label: v.T("applicant.no")}}
	}
	for i, o := range a.Question.Options {
		all = append(all, web.Option{Value: number(i + 1), Label: v.Plain(o)})
	}
	return all
}

func askedOf(questions []form.Question, answers map[string]string) (all []asked) {
	for i, q := range questions {
		all = append(all, asked{q, form.AnswerField(i), answers[q.ID]})
	}
	return all
}
