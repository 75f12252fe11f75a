package kaleidoscope

import (
	"context"
	"fmt"
	"slices"
	"time"

	"obrady/internal/call"
	"obrady/internal/db"
	"obrady/internal/edition"
	"obrady/internal/errs"
	"obrady/internal/journal"
	"obrady/internal/people"
	"obrady/internal/programme"
	"obrady/internal/rights"
)

// Service keeps compositions.
type Service struct {
	db  *db.DB
	now func() time.Time

	// Guard says in each transaction whether by may do the action at a place in the tree; nobody is asked when nil.
	Guard rights.Guard
}

// NewService returns a Service that reads the time from now.
func NewService(d *db.DB, now func() time.Time) *Service { return &Service{db: d, now: now} }

// At names a session to somebody who works on it.
type At struct {
	Edition  edition.ID
	Session  programme.SessionID
	By       people.AccountID
	Revision int // of the composition that they saw; reading asks for none
}

// View is a composition as the desk sees it.
type View struct {
	Composition
	Of     programme.Session
	Calls  []call.Call // to be filled from
	Plan   Plan
	Room   Room
	Pool   []Talk
	Faults []Fault
	About  map[call.SubmissionID]About
	Others map[programme.SessionID]programme.Session // that faults name
	Shown  bool                                      // the programme has it as it is
}

// Chosen is the call that it is filled from, or nil.
func (v View) Chosen() *call.Call {
	for i := range v.Calls {
		if v.Calls[i].ID == v.Call {
			return &v.Calls[i]
		}
	}
	return nil
}

// Begin is when the session begins first; zero: it has no hours yet.
func (v View) Begin() time.Time {
	if len(v.Room.Hours) == 0 {
		return time.Time{}
	}
	return v.Room.Hours[0].Begin
}

// FaultsOf are the faults of one talk.
func (v View) FaultsOf(submission call.SubmissionID) []Fault {
	return slices.DeleteFunc(slices.Clone(v.Faults), func(f Fault) bool { return f.Submission != submission })
}

// Fatal says whether there are faults that keep it from being composed.
func (v View) Fatal() bool { return len(Fatal(v.Faults)) > 0 }

func (w *world) view(s programme.Session, calls []call.Call) View {
	v := View{Composition: w.composition(s), Of: s, Calls: calls, About: map[call.SubmissionID]About{}, Others: map[programme.SessionID]programme.Session{}}
	if v.Call == "" && len(calls) > 0 {
		v.Call = calls[0].ID
	}
	v.Plan, v.Room, v.Pool = w.plan(s, v.Composition), w.room(s, v.Composition), w.pool(v.Composition)
	if v.Chosen() == nil {
		v.Pool = nil // what was sent to a call is for those who may compose from it
	}
	v.Faults = v.Plan.Faults(v.Room)
	for _, f := range v.Faults {
		if other := w.Session(f.Session); other != nil {
			v.Others[f.Session] = *other
		}
	}
	v.Shown = v.Composed()
	for _, submission := range slices.Concat(v.Cycles...) {
		p, placed := w.places[submission]
		v.Shown = v.Shown && placed && p.Session == s.ID // somebody may have taken it off elsewhere
	}
	for submission, t := range w.talks {
		v.About[submission] = t.about
	}
	return v
}

// abstracts are the calls that a kaleidoscope can be filled from.
func abstracts(ctx context.Context, q db.Querier, of edition.ID) ([]call.Call, error) {
	all, err := call.Of(ctx, q, of)
	return slices.DeleteFunc(all, func(c call.Call) bool { return c.Kind != call.Abstract }), err
}

// List returns every kaleidoscope of an edition for which mine holds, by its first hour.
func (s *Service) List(ctx context.Context, of edition.ID, mine func(programme.Session) bool) (all []View, err error) {
	err = s.db.Snapshot(ctx, func(q db.Querier) error {
		w, err := look(ctx, q, of)
		if err != nil {
			return err
		}
		calls, err := abstracts(ctx, q, of)
		if err != nil {
			return err
		}
		for _, one := range w.Sessions {
			if _, err := w.kaleidoscope(one.ID); err == nil && mine(one) {
				all = append(all, w.view(one, calls))
			}
		}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("list kaleidoscopes: %w", err)
	}
	slices.SortStableFunc(all, func(a, b View) int { return a.Begin().Compare(b.Begin()) })
	return all, nil
}

// Open returns the composition of a session, or an empty one to begin with; ErrNone
// where the session is no kaleidoscope.
func (s *Service) Open(ctx context.Context, at At) (v View, err error) {
	err = s.db.Snapshot(ctx, func(q db.Querier) error {
		_, v, err = s.open(ctx, q, at, rights.Compose)
		return err
	})
	if err != nil {
		return v, fmt.Errorf("open the composition of %s: %w", at.Session, err)
	}
	return v, nil
}

func (s *Service) open(ctx context.Context, q db.Querier, at At, a rights.Action) (*world, View, error) {
	w, err := look(ctx, q, at.Edition)
	if err != nil {
		return nil, View{}, err
	}
	session, err := w.kaleidoscope(at.Session)
	if err != nil {
		return nil, View{}, err
	}
	if err := s.may(ctx, q, at, a, session); err != nil {
		return nil, View{}, err
	}
	calls, err := abstracts(ctx, q, at.Edition)
	if err != nil {
		return nil, View{}, err
	}
	return w, w.view(session, s.within(ctx, q, at, calls)), nil
}

func (s *Service) may(ctx context.Context, q db.Querier, at At, a rights.Action, session programme.Session) error {
	if at.By == journal.System {
		return nil
	}
	return s.Guard.May(ctx, q, rights.Deed{
		By: at.By, Action: a, Edition: at.Edition, Path: func(t rights.Tree) []rights.Node { return t.Session(session.ID, session.Block, session.Stage) },
	})
}

// within are the calls that somebody may compose from.
func (s *Service) within(ctx context.Context, q db.Querier, at At, calls []call.Call) []call.Call {
	return slices.DeleteFunc(calls, func(c call.Call) bool { return s.mayUse(ctx, q, at, c) != nil })
}

func (s *Service) mayUse(ctx context.Context, q db.Querier, at At, c call.Call) error {
	if at.By == journal.System {
		return nil
	}
	return s.Guard.May(ctx, q, rights.Deed{By: at.By, Action: rights.Compose, Edition: at.Edition, Path: c.Path})
}

// change lets do make the next revision of a composition out of the one that at
// saw, or returns ErrChanged. What was there before is kept for Undo.
func (s *Service) change(ctx context.Context, at At, action string, do func(w *world, c *Composition) error) error {
	err := s.db.Tx(ctx, func(tx *db.Tx) error {
		w, v, err := s.open(ctx, tx, at, rights.Compose)
		if err != nil {
			return err
		}
		c := v.Composition
		if c.Revision != at.Revision {
			return ErrChanged
		}
		before := c.Cycles
		if err := do(w, &c); err != nil {
			return err
		}
		if chosen := (View{Composition: c, Calls: v.Calls}).Chosen(); chosen == nil {
			var wrong errs.Problems
			wrong.Add("call", "programme.choose")
			return wrong.Err()
		}
		c.Before, c.Revision, c.UpdatedBy, c.UpdatedAt = before, c.Revision+1, at.By, s.now()
		if err := c.Cycles.validate(); err != nil {
			return err
		}
		if err := writeComposition(ctx, tx, c); err != nil {
			return err
		}
		if err := writeItems(ctx, tx, c); err != nil {
			return err
		}
		return journal.Write(ctx, tx, journal.Entry{
			At: s.now(), Actor: string(at.By), Action: action, Edition: string(at.Edition), Object: string(at.Session),
			Detail: map[string]any{"revision": c.Revision, "talks": c.Cycles.Count()},
		})
	})
	if err != nil {
		return fmt.Errorf("change the composition of %s: %w", at.Session, err)
	}
	return nil
}

// Settings are how a session is divided, and what it is filled from.
type Settings struct {
	Call   call.ID
	Path   string
	Format string
	Shape  Shape
}

// Set writes the settings. Talks that stand in cycles stay there.
func (s *Service) Set(ctx context.Context, at At, set Settings) error {
	if err := set.Shape.Validate(); err != nil {
		return err
	}
	return s.change(ctx, at, "kaleidoscope.set", func(_ *world, c *Composition) error {
		c.Call, c.Path, c.Format, c.Shape = set.Call, set.Path, set.Format, set.Shape
		return nil
	})
}

// Move brings a talk to a spot: from the pool, from elsewhere in the session, or
// back to the pool. ErrNotHere: it is not to be had.
func (s *Service) Move(ctx context.Context, at At, submission call.SubmissionID, to Spot) error {
	return s.change(ctx, at, "kaleidoscope.moved", func(w *world, c *Composition) error {
		if t, known := w.talks[submission]; !c.Has(submission) && (!known || !w.free(t, *c)) {
			return ErrNotHere
		}
		c.Cycles = c.Cycles.Put(submission, to)
		return nil
	})
}

// Undo puts the talks back to where they stood before the last change; done twice, it does the change again.
func (s *Service) Undo(ctx context.Context, at At) error {
	return s.change(ctx, at, "kaleidoscope.moved", func(w *world, c *Composition) error {
		if c.Revision < 2 {
			return ErrNothing
		}
		return c.fill(w, c.Before)
	})
}

// Arrange puts all talks where an arrangement has them; those it leaves out go back to the pool.
func (s *Service) Arrange(ctx context.Context, at At, cycles Cycles) error {
	return s.change(ctx, at, "kaleidoscope.arranged", func(w *world, c *Composition) error { return c.fill(w, cycles) })
}

// fill takes over cycles whose talks all are to be had.
func (c *Composition) fill(w *world, cycles Cycles) error {
	for _, submission := range slices.Concat(cycles...) {
		if t, known := w.talks[submission]; !c.Has(submission) && (!known || !w.free(t, *c)) {
			return ErrNotHere
		}
	}
	c.Cycles = cycles
	return nil
}

// Tell writes when the presenters of a talk can speak, and how their names are said.
func (s *Service) Tell(ctx context.Context, at At, a About) error {
	if err := a.Validate(); err != nil {
		return err
	}
	err := s.db.Tx(ctx, func(tx *db.Tx) error {
		w, v, err := s.open(ctx, tx, at, rights.Compose)
		if err != nil {
			return err
		}
		if t, known := w.talks[a.Submission]; !known || !v.Has(a.Submission) && !w.free(t, v.Composition) {
			return ErrNotHere
		}
		if err := writeAbout(ctx, tx, a, people.Change{By: at.By, At: s.now()}); err != nil {
			return err
		}
		return journal.Write(ctx, tx, journal.Entry{
			At: s.now(), Actor: string(at.By), Action: "kaleidoscope.told", Edition: string(at.Edition), Object: string(a.Submission),
		})
	})
	if err != nil {
		return fmt.Errorf("write when %s can be held: %w", a.Submission, err)
	}
	return nil
}
