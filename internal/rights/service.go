package rights

import (
	"context"
	"errors"
	"fmt"
	"time"

	"obrady/internal/db"
	"obrady/internal/edition"
	"obrady/internal/errs"
	"obrady/internal/i18n"
	"obrady/internal/id"
	"obrady/internal/journal"
	"obrady/internal/outbox"
	"obrady/internal/people"
)

// Service gives roles and takes them back.
type Service struct {
	db     *db.DB
	now    func() time.Time
	policy Table
}

// NewService returns a Service that reads the time from now and decides by Policy.
func NewService(d *db.DB, now func() time.Time) *Service {
	return &Service{db: d, now: now, policy: Policy}
}

// Under is a Service that decides by another table: a test takes a rule away
// and looks whether anybody notices.
func (s *Service) Under(policy Table) *Service {
	return &Service{db: s.db, now: s.now, policy: policy}
}

// Rule returns the row of an action, and whether there is one.
func (s *Service) Rule(a Action) (Rule, bool) { return s.policy.Rule(a) }

// Standing returns what an account is at this moment. A role that was taken
// back a moment ago is not in it. An account that is gone is the public.
func (s *Service) Standing(ctx context.Context, account people.AccountID) (Standing, error) {
	who, err := Load(ctx, s.db, account, s.now())
	who.policy = s.policy
	return who, err
}

// afresh is what somebody is inside tx. No other change of grants comes between,
// so that who lost a role while they pressed the button has lost it.
func (s *Service) afresh(ctx context.Context, tx *db.Tx, who Standing, now time.Time) (Standing, error) {
	if err := journal.Hold(ctx, tx); err != nil {
		return Standing{}, err
	}
	present, err := Load(ctx, tx, who.Account, now)
	present.policy = s.policy
	return present, err
}

// Load is Service.Standing for callers with a transaction.
func Load(ctx context.Context, q db.Querier, account people.AccountID, now time.Time) (Standing, error) {
	if account == "" {
		return Standing{}, nil
	}
	a, err := people.FindAccount(ctx, q, account)
	if errors.Is(err, people.ErrNoAccount) {
		return Standing{}, nil
	}
	if err != nil {
		return Standing{}, err
	}
	s := Standing{Account: a.ID, Person: a.Person}
	if s.Grants, err = standingGrants(ctx, q, a.ID, now); err != nil {
		return s, fmt.Errorf("load grants: %w", err)
	}
	followed, err := following(ctx, q, a)
	if err != nil {
		return s, fmt.Errorf("load parts in the programme: %w", err)
	}
	s.Grants = append(s.Grants, followed...)
	if s.Refusals, err = standingRefusals(ctx, q, a.ID, now); err != nil {
		return s, fmt.Errorf("load refusals: %w", err)
	}
	return s, nil
}

// Tree returns the tree of an edition.
func (s *Service) Tree(ctx context.Context, of edition.ID) (Tree, error) {
	return LoadTree(ctx, s.db, of)
}

// Grants lists every grant at the nodes of an edition and at the site, those
// that hold no more included, the latest first.
func (s *Service) Grants(ctx context.Context, of edition.ID) ([]Grant, error) {
	return grantsOf(ctx, s.db, of)
}

// Order is a role that somebody wants to give.
type Order struct {
	By          Standing
	Email       string // of the account that gets it; it is opened if there is none
	Name        string // for a new account
	Lang        i18n.Lang
	Institution people.InstitutionID // instead of Email: for all its members
	Role        Role
	Node        Node
	Edition     edition.ID // that Node belongs to; empty for the site
	From, Until time.Time  // From zero: now; Until zero: without end
}

// invitationsPerDay is how many people somebody may give roles to in a day, by
// their address or through an institution: mail in the congress's name must not
// be a weapon, and the answers must not tell which addresses have an account.
const (
	invitationsPerDay          = 20
	organisersInvitationsOfDay = 500
)

func (o Order) validate() error {
	var wrong errs.Problems
	if !o.Role.Known() || o.Role.Follows() {
		wrong.Add("role", "programme.choose")
	}
	if o.Institution == "" {
		if email, ok := people.Email(o.Email); !ok || email != o.Email {
			wrong.Add("email", "rights.email")
		}
	}
	if !o.Until.IsZero() && !o.Until.After(o.From) {
		wrong.Add("until", "rights.until_before_from")
	}
	return wrong.Err()
}

// Give gives a role. It refuses with ErrMoreThanOwn what the giver does not
// have, with ErrHidden what they do not know of. A grant that is there already
// is returned as it is.
func (s *Service) Give(ctx context.Context, o Order) (Grant, error) {
	now := s.now()
	if o.From.IsZero() {
		o.From = now
	}
	if err := o.validate(); err != nil {
		return Grant{}, err
	}
	var given Grant
	err := s.db.Tx(ctx, func(tx *db.Tx) (err error) {
		if o.By, err = s.afresh(ctx, tx, o.By, now); err != nil {
			return err
		}
		path, err := pathOf(ctx, tx, o.Edition, o.Node)
		if err != nil {
			return err
		}
		if err := o.By.CanGive(o.Role, path); err != nil {
			return err
		}
		if o.By.Lasting(o.Until).CanGive(o.Role, path) != nil {
			return ErrMoreThanOwn
		}
		given, err = s.give(ctx, tx, o, now)
		return err
	})
	if err != nil {
		return Grant{}, fmt.Errorf("give %s at %s: %w", o.Role, o.Node.Kind, err)
	}
	return given, nil
}

func (s *Service) give(ctx context.Context, tx *db.Tx, o Order, now time.Time) (Grant, error) {
	g := Grant{
		ID: id.Make[GrantID](), Institution: o.Institution, Role: o.Role, Node: o.Node, Edition: o.Edition,
		From: o.From, Until: o.Until, GrantedBy: o.By.Account, GrantedAt: now,
	}
	if o.Institution == "" {
		account, err := s.invited(ctx, tx, o, now)
		if err != nil {
			return g, err
		}
		g.Account = account.ID
	}
	if same, found, err := sameGrant(ctx, tx, g, now); err != nil || found {
		return same, err
	}
	return g, Write(ctx, tx, g)
}

// invited returns the account that gets a role, and keeps a giver who is no
// organiser from writing to people without end.
func (s *Service) invited(ctx context.Context, tx *db.Tx, o Order, now time.Time) (people.Account, error) {
	most := invitationsPerDay
	if o.By.Has(Organiser, []Node{OfCongress(o.Edition), Whole}) {
		most = organisersInvitationsOfDay
	}
	n, err := givenSince(ctx, tx, o.By.Account, now.Add(-24*time.Hour))
	if err != nil {
		return people.Account{}, err
	}
	if n >= most {
		return people.Account{}, ErrTooManyAsked.With(most)
	}
	return people.OpenAccount(ctx, tx, people.Account{Email: o.Email, Name: o.Name, Lang: o.Lang, CreatedAt: now})
}

// Granted tells that somebody has been given a role, so that they learn of it.
type Granted struct{ Grant GrantID }

// Kind names the event.
func (Granted) Kind() string { return "rights.granted" }

// Write writes a grant that needs nobody's leave: the first organiser's, and
// those of a demonstration. Everybody else goes through Service.Give.
func Write(ctx context.Context, tx *db.Tx, g Grant) error {
	if g.ID == "" {
		g.ID = id.Make[GrantID]()
	}
	if err := insertGrant(ctx, tx, g); err != nil {
		return fmt.Errorf("write a grant: %w", err)
	}
	by := string(g.GrantedBy)
	if by == "" {
		by = journal.System
	}
	err := journal.Write(ctx, tx, journal.Entry{
		At: g.GrantedAt, Actor: by, Action: "rights.granted", Edition: string(g.Edition), Object: string(g.ID),
		Detail: map[string]any{
			"account": g.Account, "institution": g.Institution, "role": g.Role, "node": g.Node.Kind, "id": g.Node.ID,
		},
	})
	if err != nil || by == journal.System {
		return err
	}
	return outbox.Add(ctx, tx, g.GrantedAt, Granted{g.ID})
}

// Appoint gives a role by the word of whoever runs the installation, from the
// terminal: the first organiser, the data-protection officer. The account is
// opened if there is none. A role that is there already stays as it is.
func (s *Service) Appoint(ctx context.Context, a people.Account, role Role, at Node, of edition.ID) (people.Account, error) {
	now := s.now()
	a.CreatedAt = now
	err := s.db.Tx(ctx, func(tx *db.Tx) (err error) {
		if _, err := pathOf(ctx, tx, of, at); err != nil {
			return err
		}
		if a, err = people.OpenAccount(ctx, tx, a); err != nil {
			return err
		}
		g := Grant{Account: a.ID, Role: role, Node: at, Edition: of, From: now, GrantedAt: now}
		if _, found, err := sameGrant(ctx, tx, g, now); err != nil || found {
			return err
		}
		return Write(ctx, tx, g)
	})
	if err != nil {
		return a, fmt.Errorf("appoint %s: %w", role, err)
	}
	return a, nil
}

// Grant returns a grant, or ErrNoGrant.
func (s *Service) Grant(ctx context.Context, grant GrantID) (Grant, error) {
	return findGrant(ctx, s.db, grant)
}

// Revoke takes a role back. Whoever could give it can; everybody can lay down
// what they have themselves. The last organiser of an edition and of the site
// stays: ErrLastOrganiser.
func (s *Service) Revoke(ctx context.Context, by Standing, grant GrantID) error {
	now := s.now()
	err := s.db.Tx(ctx, func(tx *db.Tx) (err error) {
		// Two organisers who remove each other at one moment must not both succeed.
		if by, err = s.afresh(ctx, tx, by, now); err != nil {
			return err
		}
		g, err := findGrant(ctx, tx, grant)
		if err != nil {
			return err
		}
		path, err := pathOf(ctx, tx, g.Edition, g.Node)
		if err != nil {
			return err
		}
		if g.Account != by.Account {
			if err := by.CanGive(g.Role, path); err != nil {
				return err
			}
		}
		if err := revoke(ctx, tx, g.ID, by.Account, now); err != nil {
			return err
		}
		if g.Role == Organiser {
			if err := someOrganiser(ctx, tx, g, now); err != nil {
				return err
			}
		}
		return journal.Write(ctx, tx, journal.Entry{
			At: now, Actor: string(by.Account), Action: "rights.revoked", Edition: string(g.Edition), Object: string(g.ID),
			Detail: map[string]any{"account": g.Account, "institution": g.Institution, "role": g.Role, "node": g.Node.Kind, "id": g.Node.ID},
		})
	})
	if err != nil {
		return fmt.Errorf("revoke a grant: %w", err)
	}
	return nil
}

// Look notes in the journal that somebody of the staff looked at data of
// others. Object is what they looked at, by id; Reason as they gave it.
func (s *Service) Look(ctx context.Context, l Look) error {
	err := s.db.Tx(ctx, func(tx *db.Tx) error {
		return journal.Write(ctx, tx, journal.Entry{
			At: s.now(), Actor: string(l.By), Action: "rights.looked", Edition: string(l.Edition), Object: l.Object,
			Reason: l.Reason, Detail: map[string]any{"action": l.Action},
		})
	})
	if err != nil {
		return fmt.Errorf("note a look: %w", err)
	}
	return nil
}

// Look is one look at data of others.
type Look struct {
	By      people.AccountID
	Action  Action
	Edition edition.ID
	Object  string
	Reason  string
}
