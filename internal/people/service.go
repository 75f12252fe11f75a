package people

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"time"

	"obrady/internal/db"
	"obrady/internal/i18n"
	"obrady/internal/id"
	"obrady/internal/journal"
)

// LinkLife is how long a sign-in link can be used.
const LinkLife = 15 * time.Minute

// Service keeps persons, institutions and accounts.
type Service struct {
	db  *db.DB
	now func() time.Time
}

// NewService returns a Service that reads the time from now.
func NewService(d *db.DB, now func() time.Time) *Service { return &Service{db: d, now: now} }

// Persons lists every person in the order of names.
func (s *Service) Persons(ctx context.Context) ([]Person, error) { return Persons(ctx, s.db) }

// Institutions lists every institution.
func (s *Service) Institutions(ctx context.Context) ([]Institution, error) {
	return Institutions(ctx, s.db)
}

// Person returns the person with this address, or ErrNoPerson.
func (s *Service) Person(ctx context.Context, slug string) (Person, error) {
	return findPerson(ctx, s.db, `slug = $1`, slug)
}

// Institution returns the institution with this address, or ErrNoInstitution.
func (s *Service) Institution(ctx context.Context, slug string) (Institution, error) {
	return findInstitution(ctx, s.db, slug)
}

// SavePerson writes a new person (Revision 0) or the next revision of one; a
// revision that is no longer the last is ErrChanged.
func (s *Service) SavePerson(ctx context.Context, by AccountID, p Person) (Person, error) {
	err := s.db.Tx(ctx, func(tx *db.Tx) (err error) {
		p, err = SavePerson(ctx, tx, Change{By: by, At: s.now()}, p)
		return err
	})
	if err != nil {
		return p, fmt.Errorf("save person %s: %w", p.Slug, err)
	}
	return p, nil
}

// SaveInstitution writes a new institution (Revision 0) or the next revision
// of one; a revision that is no longer the last is ErrChanged.
func (s *Service) SaveInstitution(ctx context.Context, by AccountID, i Institution) (Institution, error) {
	err := s.db.Tx(ctx, func(tx *db.Tx) (err error) {
		i, err = SaveInstitution(ctx, tx, Change{By: by, At: s.now()}, i)
		return err
	})
	if err != nil {
		return i, fmt.Errorf("save institution %s: %w", i.Slug, err)
	}
	return i, nil
}

// Change says who changes something, and when.
type Change struct {
	By AccountID
	At time.Time
}

// SavePerson writes p inside a transaction of a caller who changes more than
// one thing at once; see Service.SavePerson.
func SavePerson(ctx context.Context, tx *db.Tx, c Change, p Person) (Person, error) {
	if p.SortName == "" {
		p.SortName = SortName(p.Name)
	}
	if err := p.Validate(); err != nil {
		return p, err
	}
	p.UpdatedAt, p.Revision = c.At, p.Revision+1
	write := updatePerson
	if p.Revision == 1 {
		write = insertPerson
		if p.ID == "" {
			p.ID = id.Make[PersonID]()
		}
	}
	if err := write(ctx, tx, p); err != nil {
		return p, taken(err)
	}
	if err := replaceAffiliations(ctx, tx, p); err != nil {
		return p, err
	}
	return p, journal.Write(ctx, tx, journal.Entry{
		At: c.At, Actor: string(c.By), Action: "people.person_saved", Object: string(p.ID),
	})
}

// SaveInstitution writes i inside a transaction of a caller who changes more
// than one thing at once; see Service.SaveInstitution.
func SaveInstitution(ctx context.Context, tx *db.Tx, c Change, i Institution) (Institution, error) {
	if err := i.Validate(); err != nil {
		return i, err
	}
	i.UpdatedAt, i.Revision = c.At, i.Revision+1
	write := updateInstitution
	if i.Revision == 1 {
		write = insertInstitution
		if i.ID == "" {
			i.ID = id.Make[InstitutionID]()
		}
	}
	if err := write(ctx, tx, i); err != nil {
		return i, taken(err)
	}
	return i, journal.Write(ctx, tx, journal.Entry{
		At: c.At, Actor: string(c.By), Action: "people.institution_saved", Object: string(i.ID),
	})
}

// Invite opens an account for an address, or finds the one that is there, and
// returns the token of a sign-in link for it, good for LinkLife.
func (s *Service) Invite(ctx context.Context, email, name string) (token string, err error) {
	return s.InviteUntil(ctx, email, name, s.now().Add(LinkLife))
}

// InviteUntil is Invite with a link that is good until expires.
func (s *Service) InviteUntil(ctx context.Context, email, name string, expires time.Time) (token string, err error) {
	account := Account{ID: id.Make[AccountID](), Email: email, Name: name, Lang: i18n.Polish, CreatedAt: s.now()}
	token = rand.Text()
	err = s.db.Tx(ctx, func(tx *db.Tx) error {
		found, err := OpenAccount(ctx, tx, account)
		if err != nil {
			return err
		}
		return insertLink(ctx, tx, hashOf(token), found.ID, expires)
	})
	if err != nil {
		return "", fmt.Errorf("invite: %w", err)
	}
	return token, nil
}

// SignIn uses up the link with this token and returns whose it was, or
// ErrLink. Of two who use it at once, one is let in.
func (s *Service) SignIn(ctx context.Context, token string) (Account, error) {
	now := s.now()
	var account Account
	err := s.db.Tx(ctx, func(tx *db.Tx) error {
		owner, err := spendLink(ctx, tx, hashOf(token), now)
		if err != nil {
			return err
		}
		// Whoever runs the server has handed the link over: their word proves the address.
		if _, err := Verify(ctx, tx, owner, now); err != nil {
			return err
		}
		if account, err = findAccount(ctx, tx, `id = $1`, string(owner)); err != nil {
			return err
		}
		return journal.Write(ctx, tx, journal.Entry{
			At: now, Actor: string(owner), Action: "people.signed_in", Object: string(owner),
		})
	})
	if err != nil {
		return Account{}, fmt.Errorf("sign in: %w", err)
	}
	return account, nil
}

func hashOf(token string) string {
	sum := sha256.Sum256([]byte(token))
	return hex.EncodeToString(sum[:])
}

// taken tells a slug that somebody else has from other failures.
func taken(err error) error {
	if errors.Is(err, db.ErrExists) {
		return errSlugTaken()
	}
	return err
}
