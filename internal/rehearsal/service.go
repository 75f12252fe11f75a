package rehearsal

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"obrady/internal/admission"
	"obrady/internal/db"
	"obrady/internal/edition"
	"obrady/internal/journal"
	"obrady/internal/people"
	"obrady/internal/rights"
)

// Config is what a Service works with.
type Config struct {
	DB  *db.DB // is read; but for the report and the journal nothing is written
	Now func() time.Time
	Log *slog.Logger

	// Folder is where the copies lie while a rehearsal lasts; that of temporary files when empty. On the disk of the real
	// database it shows how fast that disk is.
	Folder string
	// Free says how many bytes there is room for in a folder; it is not asked when nil.
	Free func(folder string) (uint64, error)
	// Check finds what must not be in a database of sign-ups.
	Check func(ctx context.Context, q db.Querier) ([]db.Fault, error)
	// Guard says whether By may do the action at a place in the tree; nobody is asked when nil.
	Guard rights.Guard
}

// Service rehearses, one opening at a time for each instance of the program.
type Service struct {
	Config

	mu     sync.Mutex
	states map[edition.ID]Progress
	cancel context.CancelFunc // of the one that is under way; nil when none is
	work   sync.WaitGroup
}

// NewService returns a Service, and removes what a rehearsal has left that was
// ended together with the program.
func NewService(c Config) *Service {
	s := &Service{Config: c, states: map[edition.ID]Progress{}}
	if err := sweep(c.Folder); err != nil {
		c.Log.Warn("the copy of a rehearsal is not removed", "err", err)
	}
	return s
}

// Start begins a rehearsal and returns at once. What can keep it from beginning
// is told here; see Progress for the rest.
func (s *Service) Start(ctx context.Context, by people.AccountID, of edition.ID, o Order) error {
	if err := o.validate(); err != nil {
		return err
	}
	if err := s.room(); err != nil {
		return err
	}
	running, cancel := context.WithTimeout(context.WithoutCancel(ctx), longest)
	if !s.claim(of, o, cancel) {
		cancel()
		return ErrRunning
	}
	if err := s.admit(ctx, by, of, o); err != nil {
		cancel()
		s.end(of, nil)
		return fmt.Errorf("rehearse window %s: %w", o.Window, err)
	}
	s.work.Go(func() {
		defer cancel()
		err := s.rehearse(running, of, o)
		if err != nil && !errors.Is(err, context.Canceled) {
			s.Log.Error("rehearsal failed", "edition", string(of), "window", string(o.Window), "err", err)
		}
		s.end(of, err)
	})
	return nil
}

// claim takes the place of the one rehearsal that there can be.
func (s *Service) claim(of edition.ID, o Order, cancel context.CancelFunc) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.cancel != nil {
		return false
	}
	s.cancel = cancel
	s.states[of] = Progress{Running: true, Order: o, Step: Reading, Began: s.Now()}
	return true
}

func (s *Service) end(of edition.ID, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.cancel = nil
	if errors.Is(err, context.Canceled) {
		err = nil // as somebody wished
	}
	s.states[of] = Progress{Failed: err}
}

// room refuses to fill the disk of the real database.
func (s *Service) room() error {
	const enough = 1 << 30 // bytes, several times what the largest rehearsal takes
	if s.Free == nil {
		return nil
	}
	free, err := s.Free(folderOf(s.Folder))
	if err == nil && free < enough {
		return ErrNoRoom
	}
	return nil // one that cannot be asked is no obstacle
}

// admit asks whether by may rehearse the window, and notes that they do. Real
// people go first: nothing is rehearsed while a window opens.
func (s *Service) admit(ctx context.Context, by people.AccountID, of edition.ID, o Order) error {
	return s.DB.Tx(ctx, func(tx *db.Tx) error {
		w, err := admission.FindWindow(ctx, tx, o.Window)
		if err != nil {
			return err
		}
		if w.Edition != of {
			return admission.ErrNoWindow
		}
		if err := s.Guard.May(ctx, tx, rights.Deed{By: by, Action: rights.Rehearse, Edition: of, Path: w.Path}); err != nil {
			return err
		}
		if w.Mode == admission.Selection {
			return ErrChosen
		}
		if err := s.alone(ctx, tx); err != nil {
			return err
		}
		return journal.Write(ctx, tx, journal.Entry{
			At: s.Now(), Actor: string(by), Action: "signup.rehearsed", Edition: string(of), Object: string(o.Window),
			Detail: map[string]any{"people": o.People},
		})
	})
}

// alone refuses to take the machine from people who sign up, of any edition.
func (s *Service) alone(ctx context.Context, q db.Querier) error {
	now, err := db.Clock(ctx, q)
	if err != nil {
		return err
	}
	var n int
	err = q.QueryRow(ctx, `
		SELECT COUNT(*) FROM admission_window WHERE opens_at BETWEEN $1 AND $2 OR decides_at BETWEEN $1 AND $2`,
		now.Add(-after), now.Add(before)).Scan(&n)
	if err == nil && n > 0 {
		return ErrSoon
	}
	return err
}

// Cancel ends the rehearsal that is under way in an edition; what was found until
// then is kept. The guard is asked as in Start.
func (s *Service) Cancel(ctx context.Context, by people.AccountID, of edition.ID) error {
	now := s.Progress(of)
	if !now.Running {
		return nil
	}
	if s.Guard != nil {
		w, err := admission.FindWindow(ctx, s.DB, now.Order.Window)
		if err != nil {
			return fmt.Errorf("end a rehearsal: %w", err)
		}
		if err := s.Guard.May(ctx, s.DB, rights.Deed{By: by, Action: rights.Rehearse, Edition: of, Path: w.Path}); err != nil {
			return fmt.Errorf("end a rehearsal: %w", err)
		}
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.cancel != nil && s.states[of].Running {
		s.cancel()
	}
	return nil
}

// Stop ends a rehearsal under way and waits until its copy is gone.
func (s *Service) Stop() {
	s.mu.Lock()
	if s.cancel != nil {
		s.cancel()
	}
	s.mu.Unlock()
	s.work.Wait()
}

// Progress says how far the rehearsal of an edition has come in this instance.
func (s *Service) Progress(of edition.ID) Progress {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.states[of]
}

// note changes what Progress says.
func (s *Service) note(of edition.ID, change func(*Progress)) {
	s.mu.Lock()
	defer s.mu.Unlock()
	state := s.states[of]
	change(&state)
	s.states[of] = state
}

// Latest returns the last report of each window of an edition, the newest in
// front, each with the one before it if there is one; or ErrNone.
func (s *Service) Latest(ctx context.Context, of edition.ID) ([]Pair, error) {
	all, err := reports(ctx, s.DB, of)
	if err != nil {
		return nil, fmt.Errorf("read reports of rehearsals: %w", err)
	}
	if len(all) == 0 {
		return nil, ErrNone
	}
	var pairs []Pair
	at := map[admission.WindowID]int{}
	for _, r := range all {
		if i, seen := at[r.Window]; seen {
			if pairs[i].Before == nil {
				pairs[i].Before = &r
			}
			continue
		}
		at[r.Window] = len(pairs)
		pairs = append(pairs, Pair{Report: r})
	}
	return pairs, nil
}

// Pair is a report with the one before it.
type Pair struct {
	Report
	Before *Report // nil: there is none
}
