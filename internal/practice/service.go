package practice

import (
	"context"
	"errors"
	"fmt"
	"time"

	"obrady/internal/db"
	"obrady/internal/edition"
	"obrady/internal/i18n"
	"obrady/internal/id"
	"obrady/internal/journal"
	"obrady/internal/outbox"
	"obrady/internal/people"
	"obrady/internal/rights"
)

// Service keeps practices, adoptions and stories.
type Service struct {
	db  *db.DB
	now func() time.Time

	// Guard says in each transaction whether by may do the action at a place in the tree; nobody is asked when nil.
	Guard rights.Guard
	// Changed is called after a change of what the public reads; nobody is told when nil.
	Changed func(edition.ID)
}

// NewService returns a Service over d.
func NewService(d *db.DB, now func() time.Time) *Service { return &Service{db: d, now: now} }

// Steps of a practice.
const (
	Saved     Action = "saved"
	Released  Action = "released"
	Confirmed Action = "confirmed"
	Shelved   Action = "archived"
	Restored  Action = "restored"
	Reminded  Action = "reminded"
	Pictured  Action = "pictured"
)

// deed is one step of somebody's, with what goes into the journal.
type deed struct {
	by      people.AccountID
	may     rights.Action // "" asks nobody: it is their own
	edition edition.ID
	object  string
	what    Action
	reason  string
	action  string // in the journal
	shown   bool   // the public sees something else from then on
}

// do runs change in a transaction in which the deed may be done, and notes the deed.
func (s *Service) do(ctx context.Context, d deed, change func(tx *db.Tx, now time.Time) error) error {
	now := s.now()
	err := s.db.Tx(ctx, func(tx *db.Tx) error {
		if err := s.may(ctx, tx, d); err != nil {
			return err
		}
		if err := change(tx, now); err != nil {
			return err
		}
		if err := insertStep(ctx, tx, Step{Object: d.object, At: now, Actor: d.by, What: d.what, Reason: d.reason}); err != nil {
			return err
		}
		if d.shown {
			if err := renewShelf(ctx, tx, d.edition); err != nil {
				return err
			}
			tx.AfterCommit(func() { s.changed(d.edition) })
		}
		return journal.Write(ctx, tx, journal.Entry{
			At: now, Actor: string(d.by), Action: d.action, Edition: string(d.edition), Object: d.object,
		})
	})
	if err != nil {
		return fmt.Errorf("%s %s: %w", d.what, d.object, err)
	}
	return nil
}

func (s *Service) may(ctx context.Context, q db.Querier, d deed) error {
	if d.may == "" || d.by == journal.System {
		return nil
	}
	path := func(t rights.Tree) []rights.Node { return t.Path(rights.OfCongress(d.edition)) }
	return s.Guard.May(ctx, q, rights.Deed{By: d.by, Action: d.may, Edition: d.edition, Path: path})
}

func (s *Service) changed(of edition.ID) {
	if s.Changed != nil {
		s.Changed(of)
	}
}

// Practices lists the practices of an edition as their editors keep them, those changed last first.
func (s *Service) Practices(ctx context.Context, of edition.ID) ([]Practice, error) {
	all, err := practicesOf(ctx, s.db, of)
	if err != nil {
		return nil, fmt.Errorf("list practices of %s: %w", of, err)
	}
	return all, nil
}

// Practice returns one practice as its editors keep it, or ErrNone.
func (s *Service) Practice(ctx context.Context, practice ID) (Practice, error) {
	p, err := FindPractice(ctx, s.db, practice)
	if err != nil {
		return p, fmt.Errorf("find practice %s: %w", practice, err)
	}
	return p, nil
}

// Steps lists what was done with a practice, an adoption or a story, the earliest first.
func (s *Service) Steps(ctx context.Context, object string) ([]Step, error) {
	all, err := stepsOf(ctx, s.db, object)
	if err != nil {
		return nil, fmt.Errorf("list the steps of %s: %w", object, err)
	}
	return all, nil
}

// Save writes what editors have typed. The public goes on reading the latest
// release until Publish. A revision that is no longer the last is ErrChanged. Whoever
// is named as the contact by an address has an account from then on.
func (s *Service) Save(ctx context.Context, by people.AccountID, p Practice) (Practice, error) {
	if err := p.Validate(); err != nil {
		return p, err
	}
	if p.ID == "" {
		p.ID = id.Make[ID]()
	}
	if p.Revision == 0 {
		p.State = Draft
	}
	for i := range p.Blocks {
		if p.Blocks[i].ID == "" {
			p.Blocks[i].ID = id.New()
		}
	}
	p.Revision++
	err := s.do(ctx, deed{by: by, may: rights.EditPractices, edition: p.Edition, object: string(p.ID), what: Saved, action: "practice.saved", shown: p.Release > 0},
		func(tx *db.Tx, now time.Time) (err error) {
			p.UpdatedAt = now
			who := people.Account{Email: p.Contact.Email, Name: p.Contact.Name, Lang: i18n.Polish, CreatedAt: now}
			if p.Contact.Account, p.Contact.Email, err = accountFor(ctx, tx, who); err != nil {
				return err
			}
			return taken(writePractice(ctx, tx, p))
		})
	return p, err
}

// taken tells of an address that another practice or story has.
func taken(err error) error {
	if errors.Is(err, db.ErrExists) {
		return problemOf("slug", "practice.slug_taken")
	}
	return err
}

// accountFor returns the account of an address, which it opens if there is none; nothing for no address.
func accountFor(ctx context.Context, tx *db.Tx, who people.Account) (people.AccountID, string, error) {
	if who.Email == "" {
		return "", "", nil
	}
	address, ok := people.Email(who.Email)
	if !ok {
		return "", "", problemOf("contact_email", "practice.email")
	}
	who.Email = address
	if who.Name == "" {
		who.Name = address
	}
	a, err := people.OpenAccount(ctx, tx, who)
	return a.ID, address, err
}

// Publish makes the revision that was read the next release: the public reads it
// from then on, and a check is due in 24 months. What is missing is told as problems
// of a form.
func (s *Service) Publish(ctx context.Context, by people.AccountID, practice ID, revision int) (p Practice, err error) {
	if p, err = s.Practice(ctx, practice); err != nil {
		return p, err
	}
	if p.Revision != revision {
		return p, ErrChanged
	}
	if err := p.Unready(); err != nil {
		return p, err
	}
	err = s.do(ctx, deed{
		by: by, may: rights.EditPractices, edition: p.Edition, object: string(p.ID), what: Released, action: "practice.released", shown: true,
	}, func(tx *db.Tx, now time.Time) error {
		next := p
		next.State, next.Release, next.PublishedAt, next.CheckAt = Published, p.Release+1, now, nextCheck(now)
		if err := publish(ctx, tx, next, by); err != nil {
			return err
		}
		p = next
		return nil
	})
	return p, err
}

// Confirm notes that somebody has looked and the practice still is as published; the
// next check is due in 24 months. Reason says how they know.
func (s *Service) Confirm(ctx context.Context, by people.AccountID, practice ID, reason string) error {
	p, err := s.Practice(ctx, practice)
	if err != nil {
		return err
	}
	return s.do(ctx, deed{
		by: by, may: rights.EditPractices, edition: p.Edition, object: string(p.ID), what: Confirmed, reason: reason,
		action: "practice.confirmed", shown: true,
	}, func(tx *db.Tx, now time.Time) error { return setCheck(ctx, tx, practice, nextCheck(now)) })
}

// Archive takes a practice out of the catalogue.
func (s *Service) Archive(ctx context.Context, by people.AccountID, practice ID, reason string) error {
	return s.move(ctx, by, practice, Step{What: Shelved, Reason: reason})
}

// Restore puts an archived practice back as it was published.
func (s *Service) Restore(ctx context.Context, by people.AccountID, practice ID, reason string) error {
	return s.move(ctx, by, practice, Step{What: Restored, Reason: reason})
}

func (s *Service) move(ctx context.Context, by people.AccountID, practice ID, step Step) error {
	p, err := s.Practice(ctx, practice)
	if err != nil {
		return err
	}
	if p.Release == 0 {
		return ErrNotYet
	}
	from, to, action := Published, Archived, "practice.archived"
	if step.What == Restored {
		from, to, action = Archived, Published, "practice.restored"
	}
	return s.do(ctx, deed{
		by: by, may: rights.EditPractices, edition: p.Edition, object: string(p.ID), what: step.What, reason: step.Reason, action: action, shown: true,
	}, func(tx *db.Tx, _ time.Time) error { return setState(ctx, tx, practice, from, to) })
}

// remindEvery is how often people are reminded of a check that is due.
const remindEvery = 30 * 24 * time.Hour

// Due tells that a practice should be looked at: its contact and the editors of the
// edition are asked whether it still is as published.
type Due struct {
	Practice ID         `json:"practice"`
	Edition  edition.ID `json:"edition"`
}

// Kind implements outbox.Event.
func (Due) Kind() string { return "practice.due" }

// RemindDue asks for the checks that are due, each once a month, and returns how many.
func (s *Service) RemindDue(ctx context.Context) (n int64, err error) {
	now := s.now()
	due, err := duePractices(ctx, s.db, now, now.Add(-remindEvery))
	if err != nil {
		return 0, fmt.Errorf("look for practices that are due: %w", err)
	}
	for _, p := range due {
		err := s.db.Tx(ctx, func(tx *db.Tx) error {
			mine, err := noteAsked(ctx, tx, p.ID, now, now.Add(-remindEvery))
			if err != nil || !mine {
				return err
			}
			if err := insertStep(ctx, tx, Step{Object: string(p.ID), At: now, Actor: journal.System, What: Reminded}); err != nil {
				return err
			}
			n++
			return outbox.Add(ctx, tx, now, Due{Practice: p.ID, Edition: p.Edition})
		})
		if err != nil {
			return n, fmt.Errorf("remind of practice %s: %w", p.ID, err)
		}
	}
	return n, nil
}
