// Package arrangement is where organisers and partners set up how people sign up:
// windows, the seats of sessions, limits. Once a window has opened they can only
// give more than they promised, and say why.
package arrangement

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"obrady/internal/admission"
	"obrady/internal/db"
	"obrady/internal/edition"
	"obrady/internal/errs"
	"obrady/internal/id"
	"obrady/internal/journal"
	"obrady/internal/partner"
	"obrady/internal/programme"
	"obrady/internal/rights"
	"obrady/internal/signup"
)

// Service changes what has been set.
type Service struct {
	seats *signup.Service
	now   func() time.Time
}

// NewService returns a Service that sets what seats decides by.
func NewService(seats *signup.Service, now func() time.Time) *Service { return &Service{seats, now} }

// setting is a transaction in which something is set.
type setting struct{ signup.Setting }

// setting runs fn and writes into the journal what it says was done.
func (s *Service) setting(ctx context.Context, of edition.ID, c signup.Change, fn func(x setting) (journal.Entry, error)) error {
	if err := c.Validate(); err != nil {
		return err
	}
	return s.seats.Set(ctx, of, func(x signup.Setting) error {
		e, err := fn(setting{x})
		if err != nil {
			return err
		}
		e.At, e.Actor, e.Edition, e.Reason = s.now(), string(c.By), string(of), c.Reason
		return journal.Write(ctx, x.Tx, e)
	})
}

// SaveSettings writes what holds for all sign-ups of an edition. A revision that
// is no longer the last is ErrChanged.
func (s *Service) SaveSettings(ctx context.Context, c signup.Change, set admission.Settings) (admission.Settings, error) {
	if err := set.Validate(); err != nil {
		return set, err
	}
	set.UpdatedAt, set.Revision = s.now(), set.Revision+1
	err := s.setting(ctx, set.Edition, c, func(x setting) (journal.Entry, error) {
		e := journal.Entry{Action: "signup.settings_saved", Object: string(set.Edition)}
		if set.Held != x.Plan().Settings.Held {
			e.Action = "signup.released"
			if set.Held {
				e.Action = "signup.held"
			}
		}
		congress := func(t rights.Tree) []rights.Node { return t.Path(rights.OfCongress(set.Edition)) }
		if err := s.seats.Guard.May(ctx, x.Tx, rights.Deed{By: c.By, Action: rights.SetSignups, Edition: set.Edition, Path: congress}); err != nil {
			return e, err
		}
		if err := admission.WriteSettings(ctx, x.Tx, set); err != nil {
			return e, err
		}
		return e, x.Resume(ctx, set)
	})
	if err != nil {
		return set, fmt.Errorf("save settings of sign-ups: %w", err)
	}
	return set, nil
}

// SaveWindow writes a window. Once it has opened only what gives people more may
// be changed, for a reason; anything else is signup.ErrNarrower. A window that draws
// gets its seed here, so that the commitment to it stands long before the draw.
func (s *Service) SaveWindow(ctx context.Context, c signup.Change, w admission.Window) (admission.Window, error) {
	if err := w.Validate(); err != nil {
		return w, err
	}
	if w.ID == "" {
		w.ID = id.Make[admission.WindowID]()
	}
	w.UpdatedAt, w.Revision = s.now(), w.Revision+1
	err := s.setting(ctx, w.Edition, c, func(x setting) (journal.Entry, error) {
		e := journal.Entry{Action: "signup.window_saved", Object: string(w.ID)}
		if before := x.Plan().Window(w.ID); before != nil {
			w.Workspace, w.DecidedAt = before.Workspace, before.DecidedAt // neither is for a form to change
			if err := x.mayBecome(c, *before, w); err != nil {
				return e, err
			}
		}
		if err := s.seats.Guard.May(ctx, x.Tx, rights.Deed{By: c.By, Action: rights.SetSignups, Edition: w.Edition, Path: w.Path}); err != nil {
			return e, err
		}
		if err := x.allots(ctx, w); err != nil {
			return e, err
		}
		if err := admission.WriteWindow(ctx, x.Tx, w); err != nil {
			return e, err
		}
		if err := x.Appoint(ctx, w); err != nil {
			return e, err
		}
		return e, x.Reread(ctx, admission.SessionsOf(x.Plan().OffersIn(w.ID))...) // places may be given earlier, or longer
	})
	if err != nil {
		return w, fmt.Errorf("save a window of sign-ups: %w", err)
	}
	return w, nil
}

// mayBecome holds a change to what has been promised.
func (x setting) mayBecome(c signup.Change, before, w admission.Window) error {
	if before.Edition != w.Edition {
		return admission.ErrNoWindow
	}
	if x.Now().Before(before.OpensAt) {
		return nil
	}
	if field := before.Narrows(w); field != "" {
		var wrong errs.Problems
		wrong.Add(field, signup.ErrNarrower.Key)
		return wrong.Err()
	}
	return c.Because()
}

// allots holds a partner's window to what the host allows.
func (x setting) allots(ctx context.Context, w admission.Window) error {
	if w.Workspace == "" {
		return nil
	}
	a, err := partner.FindAllotment(ctx, x.Tx, rights.WorkspaceID(w.Workspace))
	if err != nil {
		return err
	}
	var wrong errs.Problems
	if len(a.Modes) > 0 && !slices.Contains(a.Modes, partner.Mode(w.Mode)) {
		wrong.Add("mode", "signup.mode_not_allotted")
	}
	return wrong.Err()
}

// RemoveWindow takes out a window with no sessions in it, or returns admission.ErrTaken.
func (s *Service) RemoveWindow(ctx context.Context, c signup.Change, of edition.ID, window admission.WindowID) error {
	err := s.setting(ctx, of, c, func(x setting) (journal.Entry, error) {
		e := journal.Entry{Action: "signup.window_removed", Object: string(window)}
		w := x.Plan().Window(window)
		if w == nil {
			return e, admission.ErrNoWindow
		}
		if err := s.seats.Guard.May(ctx, x.Tx, rights.Deed{By: c.By, Action: rights.SetSignups, Edition: of, Path: w.Path}); err != nil {
			return e, err
		}
		err := admission.RemoveWindow(ctx, x.Tx, window)
		if errors.Is(err, db.ErrMissing) {
			return e, admission.ErrTaken
		}
		return e, err
	})
	if err != nil {
		return fmt.Errorf("remove a window of sign-ups: %w", err)
	}
	return nil
}

// SaveOffer puts a session into a window with its pools, or changes them. After
// the opening pools only grow, for a reason; what they gain goes to those who
// wait, in the same transaction.
func (s *Service) SaveOffer(ctx context.Context, c signup.Change, o admission.Offer) error {
	if err := admission.ValidatePools(o.Pools); err != nil {
		return err
	}
	err := s.setting(ctx, o.Edition, c, func(x setting) (journal.Entry, error) {
		e := journal.Entry{Action: "signup.session_saved", Object: string(o.Session)}
		w := x.Plan().Window(o.Window)
		if w == nil {
			return e, admission.ErrNoWindow
		}
		before, err := x.Offer(ctx, o.Session)
		if err != nil {
			return e, err
		}
		if err := x.mayOffer(ctx, s, c, o); err != nil {
			return e, err
		}
		if before != nil {
			if err := x.mayResize(c, *before, o); err != nil {
				return e, err
			}
		}
		if err := x.fits(ctx, w, o); err != nil {
			return e, err
		}
		return e, x.writeOffer(ctx, s, c, before, o)
	})
	if err != nil {
		return fmt.Errorf("open %s to sign-ups: %w", o.Session, err)
	}
	return nil
}

// mayOffer asks whether the session and both windows are those of whoever asks.
func (x setting) mayOffer(ctx context.Context, s *Service, c signup.Change, o admission.Offer) error {
	n, err := programme.FindSession(ctx, x.Tx, o.Session)
	if err != nil {
		return err
	}
	if n.Edition != o.Edition {
		return programme.ErrNoSession
	}
	session := func(t rights.Tree) []rights.Node { return t.Session(n.ID, n.Block, n.Stage) }
	if err := s.seats.Guard.May(ctx, x.Tx, rights.Deed{By: c.By, Action: rights.SetSignups, Edition: o.Edition, Path: session}); err != nil {
		return err
	}
	windows := []admission.WindowID{o.Window}
	if before, _ := x.Plan().Offer(o.Session); before != nil && before.Window != o.Window {
		windows = append(windows, before.Window)
	}
	for _, window := range windows {
		if err := s.seats.Guard.May(ctx, x.Tx, rights.Deed{By: c.By, Action: rights.SetSignups, Edition: o.Edition, Path: x.Plan().Window(window).Path}); err != nil {
			return err
		}
	}
	return nil
}

// mayResize holds pools to what people have got from them.
func (x setting) mayResize(c signup.Change, before, o admission.Offer) error {
	w := x.Plan().Window(before.Window)
	if x.Now().Before(w.OpensAt) {
		return nil
	}
	var wrong errs.Problems
	if o.Window != before.Window {
		wrong.Add("window", signup.ErrNarrower.Key)
	}
	if !before.Counted() && o.Counted() {
		wrong.Add("pools", signup.ErrNarrower.Key) // there was room for everybody
	}
	for _, p := range before.Pools {
		switch next := o.Pool(p.Number); {
		case next == nil || next.Kind != p.Kind || next.Target != p.Target:
			wrong.Add("pools", signup.ErrNarrower.Key)
		case next.Capacity < p.Capacity && p.Kind == admission.ForAll:
			wrong.Add(fmt.Sprintf("pool-%d", p.Number), signup.ErrNarrower.Key)
		case next.Capacity < p.Taken:
			wrong.Add(fmt.Sprintf("pool-%d", p.Number), admission.ErrTaken.Key)
		}
	}
	if err := wrong.Err(); err != nil {
		return err
	}
	return c.Because()
}

// fits holds a partner's sessions to the seats that the host allows.
func (x setting) fits(ctx context.Context, w *admission.Window, o admission.Offer) error {
	if w.Workspace == "" {
		return nil
	}
	a, err := partner.FindAllotment(ctx, x.Tx, rights.WorkspaceID(w.Workspace))
	if err != nil {
		return err
	}
	all := o.Seats()
	for _, other := range x.Plan().Offers() {
		if of := x.Plan().Window(other.Window); of.Workspace == w.Workspace && other.Session != o.Session {
			all += other.Seats()
		}
	}
	var wrong errs.Problems
	if a.SeatsEach > 0 && o.Seats() > a.SeatsEach {
		wrong.Add("pools", "signup.seats_each", a.SeatsEach)
	}
	if a.SeatsAll > 0 && all > a.SeatsAll {
		wrong.Add("pools", "signup.seats_all", a.SeatsAll)
	}
	return wrong.Err()
}

func (x setting) writeOffer(ctx context.Context, s *Service, c signup.Change, before *admission.Offer, o admission.Offer) error {
	if before == nil {
		hours, err := admission.HoursOf(ctx, x.Tx, o.Session)
		if err != nil {
			return err
		}
		o.Hours, o.StartsAt, o.Cancelled, o.Revision = hours, admission.First(hours), false, 0
	} else {
		o.Hours, o.StartsAt, o.Cancelled = before.Hours, admission.First(before.Hours), before.Cancelled
	}
	o.UpdatedAt, o.Revision = s.now(), o.Revision+1
	if err := admission.WriteOffer(ctx, x.Tx, o); err != nil {
		return err
	}
	grown := false
	for _, p := range o.Pools {
		if err := admission.WritePool(ctx, x.Tx, o.Session, p); err != nil {
			return err
		}
		if before != nil {
			if was := before.Pool(p.Number); was == nil || was.Capacity != p.Capacity {
				x.Note(signup.Event{Session: o.Session, What: signup.WasResized, Why: c.Reason, Other: string(p.Kind), Number: int64(p.Capacity), Actor: c.By})
				grown = true
			}
		}
	}
	if before == nil {
		return nil
	}
	for _, p := range before.Pools {
		if o.Pool(p.Number) != nil {
			continue
		}
		if err := admission.DeletePool(ctx, x.Tx, o.Session, p.Number); err != nil {
			return err
		}
	}
	if !grown {
		return nil
	}
	return x.Reread(ctx, o.Session)
}

// RemoveOffer closes a session to sign-ups, or returns admission.ErrTaken when somebody
// has, or had, anything of it.
func (s *Service) RemoveOffer(ctx context.Context, c signup.Change, of edition.ID, session programme.SessionID) error {
	err := s.setting(ctx, of, c, func(x setting) (journal.Entry, error) {
		e := journal.Entry{Action: "signup.session_removed", Object: string(session)}
		o, _ := x.Plan().Offer(session)
		if o == nil {
			return e, signup.ErrNoSession
		}
		if err := x.mayOffer(ctx, s, c, *o); err != nil {
			return e, err
		}
		switch touched, err := hasSeats(ctx, x.Tx, session); {
		case err != nil:
			return e, err
		case touched:
			return e, admission.ErrTaken
		}
		return e, admission.RemoveOffer(ctx, x.Tx, session)
	})
	if err != nil {
		return fmt.Errorf("close %s to sign-ups: %w", session, err)
	}
	return nil
}

// hasSeats says whether anybody has, or had, anything of a session.
func hasSeats(ctx context.Context, q db.Querier, session programme.SessionID) (bool, error) {
	var n int
	err := q.QueryRow(ctx, `SELECT COUNT(*) FROM (SELECT 1 FROM signup_standing WHERE session_id = $1 LIMIT 1) AS some`, session).Scan(&n)
	return n > 0, err
}
