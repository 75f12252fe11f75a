package applicant

import (
	"errors"
	"net/http"
	"slices"
	"time"

	"obrady/internal/admission"
	"obrady/internal/errs"
	"obrady/internal/i18n"
	"obrady/internal/programme"
	"obrady/internal/rights"
	"obrady/internal/selection"
	"obrady/internal/signup"
	"obrady/internal/web"
	"obrady/internal/web/desk"
)

func parse[Data any](name string) web.Template[Data] { return desk.Parse[Data](templates, name) }

// council is what every page of those who choose knows.
type council struct {
	desk.Desk
	plan  *admission.Plan
	names map[programme.SessionID]programme.Session
	Clock time.Time
}

func (p *Pages) council(r *http.Request) (c council, err error) {
	if c.Desk, err = p.Desk(r, "desk.choices"); err != nil {
		return c, err
	}
	if c.plan, err = p.Plans.Standing(r.Context(), c.Edition.ID); err != nil {
		return c, err
	}
	if c.Clock, err = p.Selection.Time(r.Context()); err != nil {
		return c, err
	}
	working, err := p.Timetable.Working(r.Context(), c.Edition.ID)
	if err != nil {
		return c, err
	}
	x := working.Index()
	c.names = map[programme.SessionID]programme.Session{}
	for _, o := range c.plan.Offers() {
		if s := x.Session(o.Session); s != nil {
			c.names[o.Session] = *s
		}
	}
	return c, nil
}

// may says whether whoever asks may do the action to a whole window.
func (c council) may(a rights.Action, w *admission.Window) bool {
	return c.Who.May(a, w.Path(c.Tree))
}

// window finds the window that the path names, by the end of its id or all of it; nil when there is none.
func (c council) window(r *http.Request) *admission.Window {
	named := r.PathValue("window")
	for _, w := range c.plan.Windows() {
		if w.Ref() == named || string(w.ID) == named {
			return c.plan.Window(w.ID)
		}
	}
	return nil
}

// part is a window as far as somebody chooses in it.
type part struct {
	Window    admission.Window
	Phase     admission.Phase
	Sessions  []tally
	Asks      bool // may set the questions of the window
	Announces bool // may announce
}

// Is says whether the window stands in this phase.
func (p part) Is(phase string) bool { return string(p.Phase) == phase }

// Announced says whether everybody knows.
func (p part) Announced() bool { return !p.Window.DecidedAt.IsZero() }

// Ready says whether it can be announced now.
func (p part) Ready() bool {
	return p.Is("deciding") && !slices.ContainsFunc(p.Sessions, func(t tally) bool { return t.Undecided > 0 })
}

// tally is a session with how far the choice has come.
type tally struct {
	selection.Tally
	Slug    string
	Title   i18n.Text
	Chooses bool // may read and decide
	Asks    bool // may set its questions
}

// part counts a window as far as whoever asks has to do with it.
func (p *Pages) part(r *http.Request, c council, w admission.Window) (one part, err error) {
	one = part{Window: w, Phase: w.Phase(c.Clock), Asks: c.may(rights.SetSignups, &w), Announces: c.may(rights.ManageSeats, &w)}
	counted, err := p.Selection.Progress(r.Context(), c.Edition.ID, w.ID)
	if err != nil {
		return one, err
	}
	choosing, setting := c.Scope(rights.Choose), c.Scope(rights.SetSignups)
	for _, t := range counted {
		s, known := c.names[t.Session]
		if !known {
			continue
		}
		line := tally{Tally: t, Slug: s.Slug, Title: s.Title, Chooses: choosing.Session(s), Asks: setting.Session(s)}
		if line.Chooses || line.Asks || one.Announces {
			one.Sessions = append(one.Sessions, line)
		}
	}
	return one, nil
}

// choicesPage lists the windows in which leaders choose.
type choicesPage struct {
	council
	Parts []part
}

var choicesTemplate = parse[choicesPage]("choices.html")

func (p *Pages) showChoices(w http.ResponseWriter, r *http.Request) error {
	c, err := p.council(r)
	if err != nil {
		return err
	}
	page := choicesPage{council: c}
	for _, window := range c.plan.Windows() {
		if window.Mode != admission.Selection {
			continue
		}
		one, err := p.part(r, c, window)
		if err != nil {
			return err
		}
		if len(one.Sessions) > 0 || one.Asks {
			page.Parts = append(page.Parts, one)
		}
	}
	return choicesTemplate.Show(w, r, page)
}

// progressPage is one window, with the button that announces.
type progressPage struct {
	council
	Part part
	Over int // how many more are admitted than there are seats
}

var progressTemplate = parse[progressPage]("progress.html")

func (p *Pages) progress(r *http.Request) (page progressPage, err error) {
	if page.council, err = p.council(r); err != nil {
		return page, err
	}
	w := page.window(r)
	switch {
	case w == nil || !page.may(rights.ManageSeats, w):
		return page, rights.ErrHidden
	case w.Mode != admission.Selection:
		return page, selection.ErrNoChoice
	}
	if page.Part, err = p.part(r, page.council, *w); err != nil {
		return page, err
	}
	for _, t := range page.Part.Sessions {
		page.Over += t.Over()
	}
	return page, nil
}

func (p *Pages) showProgress(w http.ResponseWriter, r *http.Request) error {
	page, err := p.progress(r)
	if err != nil {
		return err
	}
	return progressTemplate.Show(w, r, page)
}

func (p *Pages) announce(w http.ResponseWriter, r *http.Request) error {
	page, err := p.progress(r)
	if err != nil {
		return err
	}
	outcomes, err := p.Selection.Announce(r.Context(), desk.By(r), page.Edition.ID, page.Part.Window.ID)
	var e *errs.Error
	switch {
	case errors.As(err, &e) && e.Kind == errs.Conflict:
		web.Flash(r, e.Key, e.Args...)
	case err != nil:
		return err
	default:
		given := 0
		for _, o := range outcomes {
			if o.State == signup.Holding {
				given++
			}
		}
		web.Flash(r, "applicant.announced", len(outcomes), given)
	}
	return web.Redirect(w, r, "desk.announce")
}

// choicePage lists the applications for a session.
type choicePage struct {
	council
	Session programme.Session
	Offer   *admission.Offer
	In      *admission.Window
	All     []selection.Applied
	Tally   selection.Tally
	Asks    bool
}

// Announced says whether everybody knows.
func (c choicePage) Announced() bool { return !c.In.DecidedAt.IsZero() }

// Verdict is what was decided, in words.
func (c choicePage) Verdict(v web.View, a selection.Applied) string {
	return v.T(selection.VerdictKey(a.Verdict))
}

// Nth is a number as people count.
func (choicePage) Nth(i int) int { return i + 1 }

var choiceTemplate = parse[choicePage]("choice.html")

func (p *Pages) choice(r *http.Request) (page choicePage, err error) {
	if page.council, err = p.council(r); err != nil {
		return page, err
	}
	if page.Offer, page.In = page.plan.OfferAt(r.PathValue("session")); page.Offer == nil || page.In.Mode != admission.Selection {
		return page, selection.ErrNoChoice
	}
	s, known := page.names[page.Offer.Session]
	if !known {
		return page, selection.ErrNoChoice
	}
	page.Session, page.Asks = s, page.Scope(rights.SetSignups).Session(s)
	if page.All, err = p.Selection.Applications(r.Context(), s.ID); err != nil {
		return page, err
	}
	counted, err := p.Selection.Progress(r.Context(), page.Edition.ID, page.In.ID)
	for _, t := range counted {
		if t.Session == s.ID {
			page.Tally = t
		}
	}
	return page, err
}

func (p *Pages) showChoice(w http.ResponseWriter, r *http.Request) error {
	page, err := p.choice(r)
	if err != nil {
		return err
	}
	return choiceTemplate.Show(w, r, page)
}

var verdictFields = web.Fields{"verdict": "applicant.verdict", "place": "applicant.place", "note": "applicant.note"}

// applicantPage is one application, with the form of the verdict.
type applicantPage struct {
	choicePage
	One      selection.Applied
	Asked    []asked
	Form     web.Form
	Previous selection.ApplicationID
	Next     selection.ApplicationID
}

// Verdicts are the verdicts to choose from.
func (a applicantPage) Verdicts(v web.View) web.Input {
	options := []web.Option{{Value: "", Label: v.T(selection.VerdictKey(""))}}
	for _, one := range selection.Verdicts {
		options = append(options, web.Option{Value: string(one), Label: v.T(selection.VerdictKey(one))})
	}
	return v.Input(a.Form, "verdict").Choices(options)
}

// Needs names what the applicant needs besides a seat.
func (a applicantPage) Needs(v web.View) (all []string) {
	for _, n := range a.One.Needs {
		all = append(all, v.T(n.Key()))
	}
	return all
}

var applicantTemplate = parse[applicantPage]("applicant.html")

func (p *Pages) applicant(r *http.Request) (page applicantPage, err error) {
	if page.choicePage, err = p.choice(r); err != nil {
		return page, err
	}
	i := slices.IndexFunc(page.All, func(a selection.Applied) bool { return string(a.ID) == r.PathValue("application") })
	if i < 0 {
		return page, selection.ErrNone
	}
	page.One = page.All[i]
	if i > 0 {
		page.Previous = page.All[i-1].ID
	}
	if i+1 < len(page.All) {
		page.Next = page.All[i+1].ID
	}
	questions, err := p.Selection.Questions(r.Context(), page.Edition.ID, page.Session.ID)
	page.Asked = askedOf(questions, page.One.Answers)
	return page, err
}

func (p *Pages) showApplicant(w http.ResponseWriter, r *http.Request) error {
	page, err := p.applicant(r)
	if err != nil {
		return err
	}
	page.Form = web.NewForm(verdictFields)
	page.Form.Revision = page.One.Revision
	page.Form.Set("verdict", string(page.One.Verdict))
	desk.SetNumber(&page.Form, "place", page.One.Place)
	page.Form.Set("note", page.One.Note)
	if err := p.Recover(r, &page.Form); err != nil {
		return err
	}
	return applicantTemplate.Show(w, r, page)
}

func (p *Pages) decide(w http.ResponseWriter, r *http.Request) error {
	page, err := p.applicant(r)
	if err != nil {
		return err
	}
	form, err := web.ReadForm(r, verdictFields)
	if err != nil {
		return err
	}
	last := page.One.Revision
	page.One.Revision = form.Revision
	page.One.Decided = selection.Decided{Verdict: signup.Verdict(form.Value("verdict")), Place: form.Int("place"), Note: form.Value("note")}
	if form.Good() {
		err = p.Selection.Decide(r.Context(), desk.By(r), page.One)
	}
	if err := desk.Blame(&form, err); err != nil {
		return err
	}
	if !form.Good() {
		form.Revision = last // who has read the answers as they are now decides
		page.Form = form
		return applicantTemplate.ShowForm(w, r, form, page)
	}
	web.Flash(r, "applicant.decided", page.One.Name)
	if page.Next != "" {
		return web.Redirect(w, r, "desk.applicant", r.PathValue("edition"), page.Session.Slug, page.Next)
	}
	return web.Redirect(w, r, "desk.choice", r.PathValue("edition"), page.Session.Slug)
}
