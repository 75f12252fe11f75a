package campaign

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"obrady/internal/consent"
	"obrady/internal/db"
	"obrady/internal/edition"
	"obrady/internal/errs"
	"obrady/internal/i18n"
	"obrady/internal/id"
	"obrady/internal/journal"
	"obrady/internal/outbox"
	"obrady/internal/people"
	"obrady/internal/rights"
)

// Service writes letters to many. All fields are needed.
type Service struct {
	DB    *db.DB
	Now   func() time.Time
	Words *i18n.Catalogue
	// Address is the path of the page that a route shows, in a language; the site's table of routes knows it.
	Address func(lang i18n.Lang, route string, args ...any) (string, error)
}

// Campaigns lists those of an edition that by may see, the latest first.
func (s *Service) Campaigns(ctx context.Context, by rights.Standing, of edition.ID) ([]Campaign, error) {
	tree, err := rights.LoadTree(ctx, s.DB, of)
	if err != nil {
		return nil, fmt.Errorf("list campaigns: %w", err)
	}
	all, err := list(ctx, s.DB, of)
	if err != nil {
		return nil, fmt.Errorf("list campaigns: %w", err)
	}
	return slices.DeleteFunc(all, func(c Campaign) bool { return !by.May(rights.SendMail, pathOf(tree, c.Node)) }), nil
}

// pathOf is the path of the node of a campaign; nil for one that is no more.
func pathOf(t rights.Tree, n rights.Node) []rights.Node {
	if n.Kind == rights.Session || n.Kind == rights.Person || n.Kind == rights.Site {
		return nil
	}
	return t.Path(n)
}

// Find returns a campaign of an edition, or ErrNone for one that by must not know of.
func (s *Service) Find(ctx context.Context, by rights.Standing, of edition.ID, campaign ID) (Campaign, error) {
	c, err := own(ctx, s.DB, by, campaign)
	if err == nil && c.Edition != of {
		err = ErrNone
	}
	if err != nil {
		return Campaign{}, fmt.Errorf("find campaign: %w", err)
	}
	return c, nil
}

// own returns a campaign that by may work on, else ErrNone.
func own(ctx context.Context, q db.Querier, by rights.Standing, campaign ID) (Campaign, error) {
	c, err := find(ctx, q, campaign)
	if err != nil {
		return c, err
	}
	return c, mayWrite(ctx, q, by, c)
}

func mayWrite(ctx context.Context, q db.Querier, by rights.Standing, c Campaign) error {
	tree, err := rights.LoadTree(ctx, q, c.Edition)
	if err != nil {
		return err
	}
	if path := pathOf(tree, c.Node); path == nil || !by.May(rights.SendMail, path) {
		return ErrNone
	}
	return nil
}

// Save writes a new draft (Revision 0) or the next revision of one.
func (s *Service) Save(ctx context.Context, by rights.Standing, c Campaign) (Campaign, error) {
	if err := c.Validate(); err != nil {
		return c, err
	}
	now := s.Now()
	err := s.DB.Tx(ctx, func(tx *db.Tx) error {
		if err := mayWrite(ctx, tx, by, c); err != nil {
			return err
		}
		write := insert
		if c.Revision > 0 {
			write = update
			if _, err := own(ctx, tx, by, c.ID); err != nil {
				return err
			}
		} else {
			c.State, c.MadeBy = Draft, by.Account
		}
		next := c
		next.Revision, next.UpdatedAt = c.Revision+1, now
		if next.ID == "" {
			next.ID = id.Make[ID]()
		}
		if err := write(ctx, tx, next); err != nil {
			return err
		}
		c = next
		return s.note(ctx, tx, c, done{by.Account, "campaign.saved", nil})
	})
	if errors.Is(err, db.ErrExists) { // a form that does not know that the letter was saved
		err = ErrChanged
	}
	if err != nil {
		return c, fmt.Errorf("save campaign %s: %w", c.ID, err)
	}
	return c, nil
}

// done is something that was done to a campaign.
type done struct {
	by     people.AccountID
	action string
	detail map[string]any
}

func (s *Service) note(ctx context.Context, tx *db.Tx, c Campaign, d done) error {
	return journal.Write(ctx, tx, journal.Entry{
		At: s.Now(), Actor: string(d.by), Action: d.action, Edition: string(c.Edition), Object: string(c.ID), Detail: d.detail,
	})
}

// Prepare freezes the list of those who will get the letter, and the letter
// with it. Nobody is ErrNobody.
func (s *Service) Prepare(ctx context.Context, by rights.Standing, campaign ID) (c Campaign, err error) {
	now := s.Now()
	err = s.DB.Tx(ctx, func(tx *db.Tx) error {
		if c, err = own(ctx, tx, by, campaign); err != nil {
			return err
		}
		f, err := audienceOf(ctx, tx, c, asking{by, now})
		switch {
		case err != nil:
			return err
		case c.State != Draft:
			return ErrNotDraft
		case len(f.recipients) == 0:
			return ErrNobody
		}
		c.State, c.Recipients, c.PreparedBy, c.PreparedAt, c.Revision = Prepared, len(f.recipients), by.Account, now, c.Revision+1
		if err := prepare(ctx, tx, c); err != nil {
			return err
		}
		for _, r := range f.recipients {
			if err := insertRecipient(ctx, tx, c.ID, r.ID); err != nil {
				return err
			}
		}
		return s.note(ctx, tx, c, done{by.Account, "campaign.prepared", map[string]any{"recipients": c.Recipients, "audience": c.Audience}})
	})
	if err != nil {
		return c, fmt.Errorf("prepare campaign %s: %w", campaign, err)
	}
	return c, nil
}

// Reopen makes a draft again of what was prepared, and forgets the list.
func (s *Service) Reopen(ctx context.Context, by rights.Standing, campaign ID) error {
	return s.turn(ctx, by, campaign, "campaign.reopened", func(tx *db.Tx, c Campaign) error { return reopen(ctx, tx, c.ID) })
}

// Stop ends the sending: who has not got the letter does not get it.
func (s *Service) Stop(ctx context.Context, by rights.Standing, campaign ID) error {
	return s.turn(ctx, by, campaign, "campaign.stopped", func(tx *db.Tx, c Campaign) error { return end(ctx, tx, c.ID, Stopped, s.Now()) })
}

// Send begins to send what was prepared. Order says what it must know.
func (s *Service) Send(ctx context.Context, campaign ID, o Order) error {
	return s.turn(ctx, o.By, campaign, "campaign.sending", func(tx *db.Tx, c Campaign) error {
		if err := c.mayGo(o, s.Now()); err != nil {
			return blamed(err)
		}
		c.SentBy, c.BegunAt = o.By.Account, s.Now()
		if err := begin(ctx, tx, c); err != nil {
			return err
		}
		return outbox.Add(ctx, tx, s.Now(), Due{c.ID})
	})
}

// blamed puts what can be corrected at its field.
func blamed(err error) error {
	var wrong errs.Problems
	switch {
	case errors.Is(err, ErrNumber):
		wrong.Add("number", ErrNumber.Key)
	case errors.Is(err, ErrReread):
		wrong.Add("reread", ErrReread.Key)
	default:
		return err
	}
	return wrong.Err()
}

// turn changes the state of a campaign and notes it.
func (s *Service) turn(ctx context.Context, by rights.Standing, campaign ID, action string, change func(*db.Tx, Campaign) error) error {
	err := s.DB.Tx(ctx, func(tx *db.Tx) error {
		c, err := own(ctx, tx, by, campaign)
		if err != nil {
			return err
		}
		if err := change(tx, c); err != nil {
			return err
		}
		return s.note(ctx, tx, c, done{by.Account, action, map[string]any{"recipients": c.Recipients}})
	})
	if err != nil {
		return fmt.Errorf("%s %s: %w", action, campaign, err)
	}
	return nil
}

// Progress says how far the sending of a campaign has come.
func (s *Service) Progress(ctx context.Context, c Campaign) (Progress, error) {
	p, err := progressOf(ctx, s.DB, c)
	if err != nil {
		return p, fmt.Errorf("progress of campaign %s: %w", c.ID, err)
	}
	return p, nil
}

// StopNews takes back the consent to news of whoever owns the link, and says
// whether there was one to take back. A link that is none is ErrSpent.
func (s *Service) StopNews(ctx context.Context, token string) error {
	now := s.Now()
	err := s.DB.Tx(ctx, func(tx *db.Tx) error {
		account, of, err := ofStop(ctx, tx, sumOf(token))
		if err != nil {
			return err
		}
		given, err := consent.Of(ctx, tx, account, of)
		if err != nil {
			return err
		}
		for _, g := range given {
			if !g.InForce() || g.Allows != consent.Newsletter {
				continue
			}
			if _, err := consent.Withdraw(ctx, tx, people.Change{By: account, At: now}, g.Clause); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("stop news: %w", err)
	}
	return nil
}

// Stoppable says whether the link to stop news is one of ours, or ErrSpent.
func (s *Service) Stoppable(ctx context.Context, token string) error {
	_, _, err := ofStop(ctx, s.DB, sumOf(token))
	return err
}
