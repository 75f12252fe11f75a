package selection

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"obrady/internal/admission"
	"obrady/internal/db"
	"obrady/internal/edition"
	"obrady/internal/form"
	"obrady/internal/id"
	"obrady/internal/journal"
	"obrady/internal/people"
	"obrady/internal/programme"
	"obrady/internal/rights"
	"obrady/internal/signup"
)

// Service keeps applications and the choice among them.
type Service struct {
	db    *db.DB
	now   func() time.Time // for what is no matter of windows: when questions were saved
	seats *signup.Service

	// Clock judges what is still open; the database's own clock when nil.
	Clock func(ctx context.Context, q db.Querier) (time.Time, error)
	// Guard says in each transaction whether by may do the action at a place in the tree; nobody is asked when nil.
	Guard rights.Guard
}

// NewService returns a Service that gives seats through seats.
func NewService(d *db.DB, now func() time.Time, seats *signup.Service) *Service {
	return &Service{db: d, now: now, seats: seats}
}

func (s *Service) clock(ctx context.Context, q db.Querier) (time.Time, error) {
	if s.Clock != nil {
		return s.Clock(ctx, q)
	}
	return db.Clock(ctx, q)
}

// at is where in an edition something is done: at a session, or at a window.
type at struct {
	edition edition.ID
	window  *admission.Window
	session programme.SessionID // empty: at the window
}

// guard asks whether the action may be done there.
func (s *Service) guard(ctx context.Context, q db.Querier, by people.AccountID, a rights.Action, where at) error {
	if s.Guard == nil || by == journal.System {
		return nil
	}
	if where.session == "" {
		return s.Guard.May(ctx, q, rights.Deed{By: by, Action: a, Edition: where.edition, Path: where.window.Path})
	}
	n, err := programme.FindSession(ctx, q, where.session)
	if err != nil {
		return err
	}
	path := func(t rights.Tree) []rights.Node { return t.Session(n.ID, n.Block, n.Stage) }
	return s.Guard.May(ctx, q, rights.Deed{By: by, Action: a, Edition: where.edition, Path: path})
}

// window returns a window in which leaders choose, or ErrNoChoice.
func (s *Service) window(ctx context.Context, of edition.ID, window admission.WindowID) (*admission.Plan, *admission.Window, error) {
	plan, err := s.seats.Plan(ctx, of)
	if err != nil {
		return nil, nil, err
	}
	w := plan.Window(window)
	if w == nil || w.Mode != admission.Selection {
		return nil, nil, ErrNoChoice
	}
	return plan, w, nil
}

// Offer returns a session with the window in which its leader chooses, or ErrNoChoice.
func (s *Service) Offer(ctx context.Context, of edition.ID, session programme.SessionID) (*admission.Offer, *admission.Window, error) {
	plan, err := s.seats.Plan(ctx, of)
	if err != nil {
		return nil, nil, fmt.Errorf("find the window of %s: %w", session, err)
	}
	o, w := plan.Offer(session)
	if o == nil || w.Mode != admission.Selection {
		return nil, nil, ErrNoChoice
	}
	return o, w, nil
}

// Time is the time by which windows open and close.
func (s *Service) Time(ctx context.Context) (time.Time, error) { return s.clock(ctx, s.db) }

// Form returns the questions of a window, or of one session besides; one without
// questions where nobody has asked any.
func (s *Service) Form(ctx context.Context, of edition.ID, window admission.WindowID, session programme.SessionID) (Form, error) {
	plan, _, err := s.window(ctx, of, window)
	if err != nil {
		return Form{}, err
	}
	if o, _ := plan.Offer(session); session != "" && (o == nil || o.Window != window) {
		return Form{}, ErrNoChoice
	}
	f, err := findForm(ctx, s.db, Form{Window: window, Session: session, Edition: of})
	if err != nil {
		return f, fmt.Errorf("find the questions of %s: %w", window, err)
	}
	return f, nil
}

// Questions returns what is asked for a session: the questions of its window,
// then its own.
func (s *Service) Questions(ctx context.Context, of edition.ID, session programme.SessionID) ([]form.Question, error) {
	o, w, err := s.Offer(ctx, of, session)
	if err != nil {
		return nil, err
	}
	all, err := questionsOf(ctx, s.db, w.ID, o.Session)
	if err != nil {
		return nil, fmt.Errorf("find what is asked for %s: %w", session, err)
	}
	return all, nil
}

// SaveForm writes questions. Once somebody has answered them, only their wording
// can be corrected and others be added that need no answer. A revision that is no
// longer the last is ErrChanged.
func (s *Service) SaveForm(ctx context.Context, by people.AccountID, f Form) (Form, error) {
	for i := range f.Questions {
		if f.Questions[i].ID == "" {
			f.Questions[i].ID = id.New()
		}
	}
	if err := f.Validate(); err != nil {
		return f, err
	}
	plan, w, err := s.window(ctx, f.Edition, f.Window)
	if err != nil {
		return f, err
	}
	if o, _ := plan.Offer(f.Session); f.Session != "" && (o == nil || o.Window != f.Window) {
		return f, ErrNoChoice
	}
	f.UpdatedAt, f.Revision = s.now(), f.Revision+1
	err = s.db.Tx(ctx, func(tx *db.Tx) error {
		if err := s.guard(ctx, tx, by, rights.SetSignups, at{f.Edition, w, f.Session}); err != nil {
			return err
		}
		if err := take(ctx, tx, f.Window); err != nil {
			return err
		}
		if err := mayAsk(ctx, tx, f); err != nil {
			return err
		}
		if err := writeForm(ctx, tx, f); err != nil {
			return err
		}
		object := string(f.Window)
		if f.Session != "" {
			object = string(f.Session)
		}
		return journal.Write(ctx, tx, journal.Entry{
			At: f.UpdatedAt, Actor: string(by), Action: "selection.form_saved", Edition: string(f.Edition), Object: object,
		})
	})
	if err != nil {
		return f, fmt.Errorf("save questions of %s: %w", f.Window, err)
	}
	return f, nil
}

// mayAsk holds new questions to what has been answered.
func mayAsk(ctx context.Context, tx *db.Tx, f Form) error {
	before, err := findForm(ctx, tx, f)
	if err != nil {
		return err
	}
	total, err := questionCount(ctx, tx, f)
	if err != nil {
		return err
	}
	if total+len(f.Questions) > MostQuestions {
		return ErrTooManyQuestions
	}
	if form.Keeps(before.Questions, f.Questions) {
		return nil
	}
	applied, err := hasApplied(ctx, tx, f)
	if err == nil && applied {
		return ErrApplied
	}
	return err
}

// Apply sends somebody's application for a session, or changes it as long as the
// window collects them. Whoever applies for several sessions wants them in the
// order in which they applied, until they say otherwise; see Arrange.
func (s *Service) Apply(ctx context.Context, a Application) (Application, error) {
	plan, err := s.seats.Plan(ctx, a.Edition)
	if err != nil {
		return a, err
	}
	o, w := plan.Offer(a.Session)
	if o == nil || w.Mode != admission.Selection || o.Cancelled {
		return a, ErrNoChoice
	}
	a.Window = w.ID
	err = s.db.Tx(ctx, func(tx *db.Tx) error {
		if err := s.mayApply(ctx, tx, plan, w, a.Account); err != nil {
			return err
		}
		questions, err := questionsOf(ctx, tx, w.ID, a.Session)
		if err != nil {
			return err
		}
		if err := a.check(questions); err != nil {
			return err
		}
		a.Answers = a.Answers.Only(questions)
		return s.write(ctx, tx, &a)
	})
	if err != nil {
		return a, fmt.Errorf("apply for %s: %w", a.Session, err)
	}
	return a, nil
}

// write writes the first revision of an application, or the next.
func (s *Service) write(ctx context.Context, tx *db.Tx, a *Application) (err error) {
	if a.UpdatedAt, err = s.clock(ctx, tx); err != nil {
		return err
	}
	own, err := ownOf(ctx, tx, a.Edition, a.Account)
	if err != nil {
		return err
	}
	i := slices.IndexFunc(own, func(one Application) bool { return one.Session == a.Session })
	switch {
	case i >= 0:
		before := own[i]
		a.ID, a.SentAt, a.Preference = before.ID, before.SentAt, before.Preference
	case len(own) >= mostApplications:
		return ErrTooMany
	default:
		a.ID, a.SentAt, a.Preference = id.Make[ApplicationID](), a.UpdatedAt, len(own)+1
	}
	a.Revision++
	return writeApplication(ctx, tx, *a)
}

// mayApply says whether the window takes applications of this person now. Until
// the transaction ends nobody else changes any of the window.
func (s *Service) mayApply(ctx context.Context, tx *db.Tx, plan *admission.Plan, w *admission.Window, who people.AccountID) error {
	if err := s.collects(ctx, tx, w); err != nil {
		return err
	}
	if plan.Settings.Held {
		return ErrHeld
	}
	listed, err := isListed(ctx, tx, plan.Edition, who)
	if err == nil && plan.Registered && !listed {
		return ErrNotListed
	}
	return err
}

// collects takes a window that collects applications now, or says why it does not.
func (s *Service) collects(ctx context.Context, tx *db.Tx, w *admission.Window) error {
	if err := take(ctx, tx, w.ID); err != nil {
		return err
	}
	now, err := s.clock(ctx, tx)
	if err != nil {
		return err
	}
	switch w.Phase(now) {
	case admission.Before:
		return ErrNotYet
	case admission.Entries:
		return nil
	case admission.Deciding, admission.Running, admission.Closed:
	}
	return ErrClosed
}

// Withdraw takes somebody's application back as long as the window collects them.
func (s *Service) Withdraw(ctx context.Context, of edition.ID, who people.AccountID, session programme.SessionID) error {
	_, w, err := s.Offer(ctx, of, session)
	if err != nil {
		return err
	}
	err = s.db.Tx(ctx, func(tx *db.Tx) error {
		if err := s.collects(ctx, tx, w); err != nil {
			return err
		}
		if err := deleteApplication(ctx, tx, who, session); err != nil {
			return err
		}
		own, err := ownOf(ctx, tx, of, who)
		if err != nil {
			return err
		}
		return number(ctx, tx, own)
	})
	if err != nil {
		return fmt.Errorf("withdraw an application for %s: %w", session, err)
	}
	return nil
}

// Arrange says which of the sessions that somebody has applied for they want
// more: those named come first, in the order given. Applications of windows that
// collect no more stay where they are among themselves.
func (s *Service) Arrange(ctx context.Context, of edition.ID, who people.AccountID, order []programme.SessionID) error {
	plan, err := s.seats.Plan(ctx, of)
	if err != nil {
		return err
	}
	err = s.db.Tx(ctx, func(tx *db.Tx) error {
		own, err := ownOf(ctx, tx, of, who)
		if err != nil {
			return err
		}
		windows := map[admission.WindowID]bool{}
		for _, a := range own {
			windows[a.Window] = true
		}
		open := map[admission.WindowID]bool{}
		for _, w := range plan.Windows() {
			if windows[w.ID] {
				err := s.collects(ctx, tx, &w)
				if err != nil && !errors.Is(err, ErrClosed) && !errors.Is(err, ErrNotYet) {
					return err
				}
				open[w.ID] = err == nil
			}
		}
		return number(ctx, tx, arranged(own, order, open))
	})
	if err != nil {
		return fmt.Errorf("arrange applications: %w", err)
	}
	return nil
}

// arranged puts those applications that can still be moved into the order, in
// the places that such applications have.
func arranged(own []Application, order []programme.SessionID, open map[admission.WindowID]bool) []Application {
	place := func(a Application) int {
		if i := slices.Index(order, a.Session); i >= 0 {
			return i
		}
		return len(order)
	}
	var free []int
	var moving []Application
	for i, a := range own {
		if open[a.Window] {
			free, moving = append(free, i), append(moving, a)
		}
	}
	slices.SortStableFunc(moving, func(a, b Application) int { return place(a) - place(b) })
	for i, n := range free {
		own[n] = moving[i]
	}
	return own
}

// Mine returns somebody's applications in an edition, the most wanted first. What
// was decided about them is not in it.
func (s *Service) Mine(ctx context.Context, of edition.ID, who people.AccountID) ([]Application, error) {
	own, err := ownOf(ctx, s.db, of, who)
	if err != nil {
		return nil, fmt.Errorf("read somebody's applications: %w", err)
	}
	return own, nil
}
