package call

import (
	"context"
	"fmt"
	"slices"
	"time"

	"obrady/internal/db"
	"obrady/internal/edition"
	"obrady/internal/form"
	"obrady/internal/id"
	"obrady/internal/journal"
	"obrady/internal/outbox"
	"obrady/internal/people"
	"obrady/internal/rights"
)

// Service keeps calls and what is sent to them.
type Service struct {
	db  *db.DB
	now func() time.Time // for what no deadline hangs on

	// Clock judges what is still open; the database's own clock when nil.
	Clock func(ctx context.Context, q db.Querier) (time.Time, error)
	// Guard says in each transaction whether by may do the action at a place in the tree; nobody is asked when nil.
	Guard rights.Guard
}

// NewService returns a Service that keeps calls in d.
func NewService(d *db.DB, now func() time.Time) *Service { return &Service{db: d, now: now} }

func (s *Service) clock(ctx context.Context, q db.Querier) (time.Time, error) {
	if s.Clock != nil {
		return s.Clock(ctx, q)
	}
	return db.Clock(ctx, q)
}

// Time is the time by which calls open and close.
func (s *Service) Time(ctx context.Context) (time.Time, error) { return s.clock(ctx, s.db) }

// Path returns the nodes at which a grant over the call holds.
func (c Call) Path(t rights.Tree) []rights.Node {
	if c.Block == "" {
		return t.Path(rights.OfCongress(c.Edition))
	}
	return t.Path(rights.OfBlock(c.Block))
}

// guard asks whether the action may be done to the call.
func (s *Service) guard(ctx context.Context, q db.Querier, by people.AccountID, a rights.Action, c Call) error {
	if s.Guard == nil || by == journal.System {
		return nil
	}
	return s.Guard.May(ctx, q, rights.Deed{By: by, Action: a, Edition: c.Edition, Path: c.Path})
}

// Calls lists all calls of an edition by the day they close. Who may see those
// that are not public, the caller decides.
func (s *Service) Calls(ctx context.Context, in edition.ID) ([]Call, error) {
	all, err := Of(ctx, s.db, in)
	if err != nil {
		return nil, fmt.Errorf("list calls: %w", err)
	}
	return all, nil
}

// Call returns the call of an edition that has this slug, or ErrNoCall.
func (s *Service) Call(ctx context.Context, in edition.ID, slug string) (Call, error) {
	c, err := findCall(ctx, s.db, `edition_id = $1 AND slug = $2`, in, slug)
	if err != nil {
		return c, fmt.Errorf("find the call %s: %w", slug, err)
	}
	return c, nil
}

// Questions returns what a call asks in one version of its form.
func (s *Service) Questions(ctx context.Context, call ID, version int) ([]form.Question, error) {
	all, err := Questions(ctx, s.db, call, version)
	if err != nil {
		return nil, fmt.Errorf("read what %s asks: %w", call, err)
	}
	return all, nil
}

// Extensions lists how often the deadline of a call was moved, the first time first.
func (s *Service) Extensions(ctx context.Context, call ID) ([]Extension, error) {
	all, err := extensionsOf(ctx, s.db, call)
	if err != nil {
		return nil, fmt.Errorf("list extensions of %s: %w", call, err)
	}
	return all, nil
}

// Save writes a new call (Revision 0) or the next revision of one. Of a call that
// has been published the hours, the kind of anonymity and the options that are in
// use stay; the deadline moves by Extend.
func (s *Service) Save(ctx context.Context, by people.AccountID, c Call) (Call, error) {
	if err := c.Validate(); err != nil {
		return c, err
	}
	fresh := c.Revision == 0
	if c.ID == "" {
		c.ID = id.Make[ID]()
	}
	c.UpdatedAt, c.Revision = s.now(), c.Revision+1
	err := s.db.Tx(ctx, func(tx *db.Tx) error {
		if err := s.guard(ctx, tx, by, rights.SetCalls, c); err != nil {
			return err
		}
		if fresh {
			if err := insertCall(ctx, tx, c); err != nil {
				return err
			}
			return note(ctx, tx, by, c, "call.saved")
		}
		before, err := take(ctx, tx, c.ID)
		if err != nil {
			return err
		}
		if err := s.guard(ctx, tx, by, rights.SetCalls, before); err != nil { // it may come from elsewhere in the tree
			return err
		}
		if err := before.lets(c); err != nil {
			return err
		}
		if err := updateCall(ctx, tx, c); err != nil {
			return err
		}
		return note(ctx, tx, by, c, "call.saved")
	})
	if err != nil {
		return c, fmt.Errorf("save the call %s: %w", c.Slug, err)
	}
	return Find(ctx, s.db, c.ID)
}

// lets says whether a published call can become next.
func (c Call) lets(next Call) error {
	if c.PublishedAt.IsZero() {
		return nil
	}
	kept := func(before, after []Option) bool {
		return !slices.ContainsFunc(before, func(o Option) bool {
			return !slices.ContainsFunc(after, func(n Option) bool { return n.Slug == o.Slug })
		})
	}
	switch {
	case !c.OpensAt.Equal(next.OpensAt) || !c.ClosesAt.Equal(next.ClosesAt), c.Slug != next.Slug, c.Mark != next.Mark,
		c.Anonymity != next.Anonymity, !kept(c.Paths, next.Paths), !kept(c.Formats, next.Formats):
		return ErrPublished
	}
	return nil
}

func note(ctx context.Context, tx *db.Tx, by people.AccountID, c Call, action string) error {
	return journal.Write(ctx, tx, journal.Entry{At: c.UpdatedAt, Actor: string(by), Action: action, Edition: string(c.Edition), Object: string(c.ID)})
}

// formChange is a new version of what a call asks.
type formChange struct {
	call      ID
	version   int
	questions []form.Question
	at        time.Time
	by        people.AccountID
}

// Ask writes the next version of what a call asks; version is the one that was
// read. Submissions keep the version they were written on. ErrChanged if somebody
// was faster.
func (s *Service) Ask(ctx context.Context, by people.AccountID, call ID, version form.Version) (form.Version, error) {
	for i := range version.Questions {
		if version.Questions[i].ID == "" {
			version.Questions[i].ID = id.New()
		}
	}
	if err := form.Validate(version.Questions); err != nil {
		return version, err
	}
	version.Number++
	err := s.db.Tx(ctx, func(tx *db.Tx) error {
		c, err := take(ctx, tx, call)
		if err != nil {
			return err
		}
		if err := s.guard(ctx, tx, by, rights.SetCalls, c); err != nil {
			return err
		}
		c.UpdatedAt = s.now()
		if err := writeForm(ctx, tx, formChange{call, version.Number, version.Questions, c.UpdatedAt, by}); err != nil {
			return err
		}
		return note(ctx, tx, by, c, "call.form_saved")
	})
	if err != nil {
		return version, fmt.Errorf("save what %s asks: %w", call, err)
	}
	return version, nil
}

// change does something to a call as it is now and writes the action into the journal.
func (s *Service) change(ctx context.Context, by people.AccountID, call ID, action string, do func(tx *db.Tx, c *Call) error) error {
	err := s.db.Tx(ctx, func(tx *db.Tx) error {
		c, err := take(ctx, tx, call)
		if err != nil {
			return err
		}
		if err := s.guard(ctx, tx, by, rights.SetCalls, c); err != nil {
			return err
		}
		if c.UpdatedAt, err = s.clock(ctx, tx); err != nil {
			return err
		}
		if err := do(tx, &c); err != nil {
			return err
		}
		return note(ctx, tx, by, c, action)
	})
	if err != nil {
		return fmt.Errorf("%s %s: %w", action, call, err)
	}
	return nil
}

// Publish shows a call to the public. It asks something by then, and has not closed.
func (s *Service) Publish(ctx context.Context, by people.AccountID, call ID) error {
	return s.change(ctx, by, call, "call.published", func(tx *db.Tx, c *Call) error {
		switch {
		case c.FormVersion == 0:
			return ErrNoForm
		case !c.UpdatedAt.Before(c.ClosesAt):
			return ErrClosed
		case !c.PublishedAt.IsZero():
			return nil // pressed twice
		}
		if err := setMoment(ctx, tx, *c, "published_at"); err != nil {
			return err
		}
		return remindBefore(ctx, tx, *c)
	})
}

// Extend moves the deadline of a published call to a later moment. The call's page
// tells it, with the reason. A call that has closed opens again.
func (s *Service) Extend(ctx context.Context, by people.AccountID, call ID, to Extension) error {
	return s.change(ctx, by, call, "call.extended", func(tx *db.Tx, c *Call) error {
		if err := to.validate(*c); err != nil {
			return err
		}
		if !c.CancelledAt.IsZero() || !c.ArchivedAt.IsZero() {
			return ErrCancelled
		}
		if err := setClosing(ctx, tx, *c, to.Until); err != nil {
			return err
		}
		to.At, to.Was, to.By = c.UpdatedAt, c.ClosesAt, by
		if err := insertExtension(ctx, tx, c.ID, to); err != nil {
			return err
		}
		c.ClosesAt = to.Until
		return remindBefore(ctx, tx, *c)
	})
}

// Cancel takes back a call that was published. What was sent stays, and its
// authors are told.
func (s *Service) Cancel(ctx context.Context, by people.AccountID, call ID) error {
	return s.change(ctx, by, call, "call.withdrawn", func(tx *db.Tx, c *Call) error {
		if err := setMoment(ctx, tx, *c, "cancelled_at"); err != nil {
			return err
		}
		return outbox.Add(ctx, tx, c.UpdatedAt, CalledOff{Call: c.ID})
	})
}

// Archive puts a call away: its page says that it is over.
func (s *Service) Archive(ctx context.Context, by people.AccountID, call ID) error {
	return s.change(ctx, by, call, "call.archived", func(tx *db.Tx, c *Call) error {
		if c.UpdatedAt.Before(c.ClosesAt) {
			return ErrNotOver
		}
		return setMoment(ctx, tx, *c, "archived_at")
	})
}
