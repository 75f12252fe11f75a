package attendance

import (
	"context"
	"errors"
	"fmt"
	"time"

	"obrady/internal/admission"
	"obrady/internal/db"
	"obrady/internal/edition"
	"obrady/internal/journal"
	"obrady/internal/people"
	"obrady/internal/programme"
	"obrady/internal/rights"
	"obrady/internal/signup"
)

// Service keeps the doors of sessions.
type Service struct {
	db    *db.DB
	now   func() time.Time // for what is no matter of places: when settings were saved
	seats *signup.Service

	// Clock judges what can be done; the database's own clock when nil.
	Clock func(ctx context.Context, q db.Querier) (time.Time, error)
	// Guard says in each transaction whether by may do the action at a place in the tree; nobody is asked when nil.
	Guard rights.Guard
}

// NewService returns a Service that changes places through seats.
func NewService(d *db.DB, now func() time.Time, seats *signup.Service) *Service {
	return &Service{db: d, now: now, seats: seats}
}

func (s *Service) clock(ctx context.Context, q db.Querier) (time.Time, error) {
	if s.Clock != nil {
		return s.Clock(ctx, q)
	}
	return db.Clock(ctx, q)
}

// guard asks whether the action may be done at a session.
func (s *Service) guard(ctx context.Context, q db.Querier, by people.AccountID, a rights.Action, session programme.SessionID) error {
	if s.Guard == nil || by == journal.System {
		return nil
	}
	n, err := programme.FindSession(ctx, q, session)
	if err != nil {
		return err
	}
	path := func(t rights.Tree) []rights.Node { return t.Session(n.ID, n.Block, n.Stage) }
	return s.Guard.May(ctx, q, rights.Deed{By: by, Action: a, Edition: n.Edition, Path: path})
}

// Settings returns what has been set for the door of a session, or ErrNoSession
// where nobody signs up for it.
func (s *Service) Settings(ctx context.Context, session programme.SessionID) (Settings, error) {
	set, err := findSettings(ctx, s.db, session)
	if err != nil {
		return set, fmt.Errorf("find the settings of the door of %s: %w", session, err)
	}
	return set, nil
}

// SaveSettings writes what organisers set for the door of a session. A revision
// that is no longer the last is ErrChanged.
func (s *Service) SaveSettings(ctx context.Context, by people.AccountID, set Settings) (Settings, error) {
	if err := set.Validate(); err != nil {
		return set, err
	}
	set.UpdatedAt, set.Revision = s.now(), set.Revision+1
	err := s.db.Tx(ctx, func(tx *db.Tx) error {
		if err := s.guard(ctx, tx, by, rights.SetSignups, set.Session); err != nil {
			return err
		}
		if _, err := take(ctx, tx, set.Session, set.UpdatedAt); err != nil {
			return err
		}
		if err := writeSettings(ctx, tx, set); err != nil {
			return err
		}
		return journal.Write(ctx, tx, journal.Entry{
			At: set.UpdatedAt, Actor: string(by), Action: "attendance.settings_saved", Edition: string(set.Edition), Object: string(set.Session),
		})
	})
	if err != nil {
		return set, fmt.Errorf("save the settings of the door of %s: %w", set.Session, err)
	}
	return set, nil
}

// Link returns the way into a session from elsewhere, as the account may see it
// now: without an address until it is time, and zero for who has no place, so
// that nobody else learns whether there is one.
func (s *Service) Link(ctx context.Context, account people.AccountID, session programme.SessionID) (l Link, err error) {
	all, err := s.Links(ctx, account, []programme.SessionID{session})
	return all[session], err
}

// Links is Link for several sessions. Those with nothing to show are not in it.
func (s *Service) Links(ctx context.Context, account people.AccountID, sessions []programme.SessionID) (map[programme.SessionID]Link, error) {
	now, err := s.clock(ctx, s.db)
	if err != nil {
		return nil, err
	}
	shown := map[programme.SessionID]Link{}
	if account == "" || len(sessions) == 0 {
		return shown, nil
	}
	ways, err := waysOf(ctx, s.db, account, sessions)
	if err != nil {
		return nil, fmt.Errorf("find links of sessions: %w", err)
	}
	for _, w := range ways {
		if l := w.link(w.start, now); !l.From.IsZero() {
			shown[w.Session] = l
		}
	}
	return shown, nil
}

// List returns the list of the door of a session, or ErrNoSession. Who may see
// it, the caller has decided.
func (s *Service) List(ctx context.Context, session programme.SessionID) (l List, err error) {
	err = s.db.Snapshot(ctx, func(q db.Querier) error {
		l, err = s.list(ctx, q, session)
		return err
	})
	if err != nil {
		return l, fmt.Errorf("list who is at the door of %s: %w", session, err)
	}
	return l, nil
}

func (s *Service) list(ctx context.Context, q db.Querier, session programme.SessionID) (l List, err error) {
	if l, err = findDoor(ctx, q, session); err != nil {
		return l, err
	}
	if l.Now, err = s.clock(ctx, q); err != nil {
		return l, err
	}
	guests, err := guestsOf(ctx, q, session)
	if err != nil {
		return l, err
	}
	l.sort(guests)
	o := admission.Offer{Session: session}
	if o.Pools, err = admission.PoolsOf(ctx, q, session); err != nil {
		return l, err
	}
	l.Left = o.Left()
	return l, nil
}

// Mark is what somebody at the door says about a person.
type Mark struct {
	By       people.AccountID
	Session  programme.SessionID
	Account  people.AccountID
	Presence Presence // Unknown takes a mark back
}

// Mark notes who is there, and who is not. The same mark made again changes
// nothing, so that a phone whose network comes and goes may send it until it is
// answered.
func (s *Service) Mark(ctx context.Context, m Mark) error {
	if m.Presence != Unknown && m.Presence != Present && m.Presence != Absent {
		return ErrPresence
	}
	err := s.db.Tx(ctx, func(tx *db.Tx) error {
		if err := s.guard(ctx, tx, m.By, rights.MarkAttendance, m.Session); err != nil {
			return err
		}
		door, err := take(ctx, tx, m.Session, s.now())
		if err != nil {
			return err
		}
		now, err := s.clock(ctx, tx)
		if err != nil {
			return err
		}
		if !markable(door.start, now) {
			return ErrEarly
		}
		if m.Presence == Unknown {
			return unmark(ctx, tx, m)
		}
		return mark(ctx, tx, m, now)
	})
	if err != nil {
		return fmt.Errorf("mark who is there in %s: %w", m.Session, err)
	}
	return nil
}

// Turn is what has been done at a door.
type Turn struct {
	Freed int // places of those who had not come
	Given int // to those who waited at the door
	Still int // of them who got none: there was no room, or another session of theirs stands against it
}

// Free frees the places of all who have not been marked as present, from
// FreeAfter on, and gives what is free to those who wait and are there, in their
// order. It returns ErrMoved if there are not as many to lose their place as the
// caller has been told, because somebody has just been marked.
func (s *Service) Free(ctx context.Context, by people.AccountID, session programme.SessionID, expected int) (Turn, error) {
	return s.turn(ctx, turning{by: by, session: session, expected: expected, absent: true})
}

// LetIn gives places that are free to those who wait and are there, in their order.
func (s *Service) LetIn(ctx context.Context, by people.AccountID, session programme.SessionID) (Turn, error) {
	return s.turn(ctx, turning{by: by, session: session})
}

type turning struct {
	by       people.AccountID
	session  programme.SessionID
	expected int
	absent   bool
}

func (s *Service) turn(ctx context.Context, t turning) (done Turn, err error) {
	err = s.db.Tx(ctx, func(tx *db.Tx) error {
		if err := s.guard(ctx, tx, t.by, rights.MarkAttendance, t.session); err != nil {
			return err
		}
		if _, err := take(ctx, tx, t.session, s.now()); err != nil {
			return err
		}
		l, err := s.list(ctx, tx, t.session)
		if err != nil {
			return err
		}
		at := signup.Turn{Session: t.session, Came: l.atDoor()}
		if t.by != journal.System {
			at.By = t.by
		}
		if t.absent {
			if at.Missed, err = l.leaving(t.expected); err != nil {
				return err
			}
		} else if !l.Markable() {
			return ErrEarly
		}
		done, err = s.change(ctx, tx, l, at)
		if err != nil {
			return err
		}
		return journal.Write(ctx, tx, journal.Entry{
			At: s.now(), Actor: string(t.by), Action: "attendance.door_turned", Edition: string(l.Edition), Object: string(t.session),
			Detail: map[string]int{"freed": done.Freed, "given": done.Given},
		})
	})
	if err != nil {
		return done, fmt.Errorf("hand places on at the door of %s: %w", t.session, err)
	}
	return done, nil
}

// leaving lists who loses their place now.
func (l List) leaving(expected int) ([]people.AccountID, error) {
	if l.Opens().IsZero() || l.Now.Before(l.Opens()) {
		return nil, ErrEarly
	}
	who := l.absent()
	if len(who) != expected {
		return nil, ErrMoved
	}
	return who, nil
}

func (s *Service) change(ctx context.Context, tx *db.Tx, l List, at signup.Turn) (done Turn, err error) {
	freed, came, err := s.seats.AtDoor(ctx, tx, l.Edition, at)
	if err != nil {
		return done, err
	}
	done.Freed = freed
	for _, one := range came {
		if one.State.Takes() {
			done.Given++
		} else {
			done.Still++
		}
	}
	by := at.By
	if by == "" {
		by = journal.System
	}
	for _, who := range at.Missed {
		if err := mark(ctx, tx, Mark{By: by, Session: at.Session, Account: who, Presence: Absent}, l.Now); err != nil {
			return done, err
		}
	}
	if len(at.Missed) == 0 {
		return done, nil
	}
	return done, noteFreed(ctx, tx, at.Session, l.Now)
}

// FreeByClock frees places where organisers have asked for that, once for each
// session: but only where somebody keeps the door, that is, has marked anybody as
// present; a list that nobody has looked at tells nothing about who is there.
func (s *Service) FreeByClock(ctx context.Context) (n int64, err error) {
	now, err := s.clock(ctx, s.db)
	if err != nil {
		return 0, err
	}
	due, err := dueDoors(ctx, s.db, now)
	if err != nil {
		return 0, fmt.Errorf("look for doors that are due: %w", err)
	}
	for _, session := range due {
		l, err := s.List(ctx, session)
		if err != nil {
			return n, err
		}
		if l.Here() == 0 || !l.Free() {
			continue
		}
		done, err := s.Free(ctx, journal.System, session, l.Missing())
		if errors.Is(err, ErrMoved) {
			continue // somebody has just been marked: the next look comes soon
		}
		if err != nil {
			return n, err
		}
		n += int64(done.Freed)
	}
	return n, nil
}

// Figures returns how many came to each session of an edition that one signs up
// for, without names, in the order of their beginning.
func (s *Service) Figures(ctx context.Context, of edition.ID) ([]Figures, error) {
	all, err := figuresOf(ctx, s.db, of)
	if err != nil {
		return nil, fmt.Errorf("count who came: %w", err)
	}
	return all, nil
}
