package selection

import (
	"context"
	"errors"
	"fmt"
	"time"

	"obrady/internal/admission"
	"obrady/internal/db"
	"obrady/internal/edition"
	"obrady/internal/journal"
	"obrady/internal/outbox"
	"obrady/internal/people"
	"obrady/internal/programme"
	"obrady/internal/rights"
	"obrady/internal/signup"
)

// Applications lists the applications for a session, the first sent first. Who
// may read them, the caller has decided.
func (s *Service) Applications(ctx context.Context, session programme.SessionID) ([]Applied, error) {
	all, err := appliedFor(ctx, s.db, `a.session_id = $1`, session)
	if err != nil {
		return nil, fmt.Errorf("list applications for %s: %w", session, err)
	}
	return all, nil
}

// Application returns one application for a session, or ErrNone.
func (s *Service) Application(ctx context.Context, session programme.SessionID, application ApplicationID) (Applied, error) {
	all, err := appliedFor(ctx, s.db, `a.session_id = $1 AND a.id = $2`, session, application)
	if err == nil && len(all) == 0 {
		err = ErrNone
	}
	if err != nil {
		return Applied{}, fmt.Errorf("find an application for %s: %w", session, err)
	}
	return all[0], nil
}

// Decide writes what the leader of a session makes of an application. Until it
// is announced it can be changed. An application that has changed since it was
// read is ErrChanged.
func (s *Service) Decide(ctx context.Context, by people.AccountID, a Applied) error {
	if err := a.validate(); err != nil {
		return err
	}
	_, w, err := s.Offer(ctx, a.Edition, a.Session)
	if err != nil {
		return err
	}
	err = s.db.Tx(ctx, func(tx *db.Tx) error {
		if err := s.guard(ctx, tx, by, rights.Choose, at{a.Edition, w, a.Session}); err != nil {
			return err
		}
		if err := take(ctx, tx, w.ID); err != nil {
			return err
		}
		if err := undecided(ctx, tx, w.ID); err != nil {
			return err
		}
		if a.DecidedAt, err = s.clock(ctx, tx); err != nil {
			return err
		}
		a.DecidedBy = by
		if err := writeVerdict(ctx, tx, a); err != nil {
			return err
		}
		return journal.Write(ctx, tx, journal.Entry{
			At: s.now(), Actor: string(by), Action: "selection.verdict_given", Edition: string(a.Edition), Object: string(a.ID),
			Detail: map[string]any{"session": a.Session, "verdict": a.Verdict},
		})
	})
	if err != nil {
		return fmt.Errorf("decide about an application for %s: %w", a.Session, err)
	}
	return nil
}

// undecided returns ErrAnnounced for a window whose choice is known.
func undecided(ctx context.Context, tx *db.Tx, window admission.WindowID) error {
	w, err := admission.FindWindow(ctx, tx, window)
	if err == nil && !w.DecidedAt.IsZero() {
		return ErrAnnounced
	}
	return err
}

// Progress says how far the choice has come for each session of a window, in the
// order of their beginning.
func (s *Service) Progress(ctx context.Context, of edition.ID, window admission.WindowID) ([]Tally, error) {
	plan, w, err := s.window(ctx, of, window)
	if err != nil {
		return nil, err
	}
	counted, err := talliesOf(ctx, s.db, w.ID)
	if err != nil {
		return nil, fmt.Errorf("count applications of %s: %w", window, err)
	}
	var all []Tally
	for _, o := range plan.OffersIn(window) {
		one := counted[o.Session]
		one.Session, one.Seats = o.Session, o.Seats()
		all = append(all, one)
	}
	return all, nil
}

// Announce makes known what was decided about all applications of a window, at
// once: in one transaction seats are given, people put on waiting lists, and the
// others refused; letters follow from that. It returns ErrCollecting as long as
// people can apply, ErrUndecided if a verdict is missing.
func (s *Service) Announce(ctx context.Context, by people.AccountID, of edition.ID, window admission.WindowID) (outcomes []signup.Outcome, err error) {
	_, w, err := s.window(ctx, of, window)
	if err != nil {
		return nil, err
	}
	err = s.db.Tx(ctx, func(tx *db.Tx) error {
		if err := s.guard(ctx, tx, by, rights.ManageSeats, at{edition: of, window: w}); err != nil {
			return err
		}
		if err := take(ctx, tx, window); err != nil {
			return err
		}
		if err := s.mayAnnounce(ctx, tx, w); err != nil {
			return err
		}
		all, err := appliedFor(ctx, tx, `a.window_id = $1`, window)
		if err != nil {
			return err
		}
		decisions, err := decisionsOf(all)
		if err != nil {
			return err
		}
		if outcomes, err = s.seats.Announce(ctx, tx, of, window, decisions); err != nil {
			return err
		}
		return journal.Write(ctx, tx, journal.Entry{
			At: s.now(), Actor: string(by), Action: "selection.announced", Edition: string(of), Object: string(window),
			Detail: map[string]int{"applications": len(all)},
		})
	})
	if err != nil {
		return nil, fmt.Errorf("announce the choice of %s: %w", window, err)
	}
	return outcomes, nil
}

func (s *Service) mayAnnounce(ctx context.Context, tx *db.Tx, w *admission.Window) error {
	if err := undecided(ctx, tx, w.ID); err != nil {
		return err
	}
	now, err := s.clock(ctx, tx)
	if err == nil && now.Before(w.DecidesAt) {
		return ErrCollecting
	}
	return err
}

func decisionsOf(all []Applied) (decisions []signup.Decision, err error) {
	for _, a := range InTurn(all) {
		if a.Verdict == "" {
			return nil, ErrUndecided
		}
		decisions = append(decisions, signup.Decision{Account: a.Account, Session: a.Session, Needs: a.Needs, Verdict: a.Verdict})
	}
	return decisions, nil
}

// Late tells that a choice should have been announced and is not complete: the
// organisers of the edition are reminded.
type Late struct {
	Window  admission.WindowID `json:"window"`
	Edition edition.ID         `json:"edition"`
	Missing int                `json:"missing"` // verdicts
}

// Kind implements outbox.Event.
func (Late) Kind() string { return "selection.late" }

// remindEvery is how often organisers are reminded of a choice that is late.
const remindEvery = 24 * time.Hour

// AnnounceDue announces the choices whose time has come and that are complete,
// and reminds the organisers of the others. It returns how many it announced.
func (s *Service) AnnounceDue(ctx context.Context) (n int64, err error) {
	now, err := s.clock(ctx, s.db)
	if err != nil {
		return 0, err
	}
	due, err := dueWindows(ctx, s.db, now)
	if err != nil {
		return 0, fmt.Errorf("look for choices that are due: %w", err)
	}
	for _, w := range due {
		_, err := s.Announce(ctx, journal.System, w.Edition, w.ID)
		switch {
		case err == nil:
			n++
		case errors.Is(err, ErrAnnounced): // another instance was faster
		case errors.Is(err, ErrUndecided):
			if err := s.remind(ctx, w, now); err != nil {
				return n, err
			}
		default:
			return n, err
		}
	}
	return n, nil
}

func (s *Service) remind(ctx context.Context, w admission.Window, now time.Time) error {
	err := s.db.Tx(ctx, func(tx *db.Tx) error {
		if err := take(ctx, tx, w.ID); err != nil {
			return err
		}
		fresh, err := noteReminder(ctx, tx, w.ID, now)
		if err != nil || !fresh {
			return err
		}
		counted, err := talliesOf(ctx, tx, w.ID)
		if err != nil {
			return err
		}
		late := Late{Window: w.ID, Edition: w.Edition}
		for _, t := range counted {
			late.Missing += t.Undecided
		}
		return outbox.Add(ctx, tx, now, late)
	})
	if err != nil {
		return fmt.Errorf("remind of the choice of %s: %w", w.ID, err)
	}
	return nil
}
