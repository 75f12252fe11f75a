package people

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"time"

	"obrady/internal/db"
	"obrady/internal/errs"
	"obrady/internal/id"
	"obrady/internal/journal"
	"obrady/internal/outbox"
)

// ClaimLife is how long somebody may take to claim the person that they are.
const ClaimLife = 14 * 24 * time.Hour

// What can go wrong when somebody claims a person (przejęcie profilu).
var (
	ErrClaimSpent   = errs.New(errs.Forbidden, "people.claim_spent")
	ErrClaimed      = errs.New(errs.Conflict, "people.claimed")
	ErrHasPerson    = errs.New(errs.Conflict, "people.has_person")
	ErrOtherAddress = errs.New(errs.Forbidden, "people.claim_other_address")
)

// ClaimID names an offer to claim a person.
type ClaimID string

// Claim is the offer to somebody to take over a person of the programme as
// themselves. It goes to one address and is good for the account of that
// address alone, so that a letter passed on gives nobody else a profile.
type Claim struct {
	ID        ClaimID
	Person    PersonID
	Email     string
	MadeBy    AccountID
	MadeAt    time.Time
	ExpiresAt time.Time
	UsedAt    time.Time // zero: not yet
}

// Open says whether the offer can still be taken at the moment now.
func (c Claim) Open(now time.Time) bool { return c.UsedAt.IsZero() && now.Before(c.ExpiresAt) }

// ClaimOffered is promised when staff offer a person to somebody: a letter with
// the link must go out.
type ClaimOffered struct {
	Claim ClaimID `json:"claim"`
}

// Kind implements outbox.Event.
func (ClaimOffered) Kind() string { return "people.claim_offered" }

// OfferClaim lets the owner of an address claim a person, and promises the
// letter. Offers of the same person that are still open end with it.
func (s *Service) OfferClaim(ctx context.Context, by AccountID, person PersonID, email string) (Claim, error) {
	now := s.now()
	address, ok := Email(email)
	if !ok {
		var wrong errs.Problems
		wrong.Add("email", "people.email")
		return Claim{}, wrong.Err()
	}
	c := Claim{ID: id.Make[ClaimID](), Person: person, Email: address, MadeBy: by, MadeAt: now, ExpiresAt: now.Add(ClaimLife)}
	err := s.db.Tx(ctx, func(tx *db.Tx) error {
		if _, err := findPerson(ctx, tx, `id = $1`, string(person)); err != nil {
			return err
		}
		switch _, err := ClaimedBy(ctx, tx, person); {
		case err == nil:
			return ErrClaimed
		case !errors.Is(err, ErrNoAccount):
			return err
		}
		if err := endClaims(ctx, tx, person, now); err != nil {
			return err
		}
		if err := insertClaim(ctx, tx, c); err != nil {
			return err
		}
		if err := outbox.Add(ctx, tx, now, ClaimOffered{c.ID}); err != nil {
			return err
		}
		return journal.Write(ctx, tx, journal.Entry{
			At: now, Actor: string(by), Action: "people.claim_offered", Object: string(person),
		})
	})
	if err != nil {
		return c, fmt.Errorf("offer person %s: %w", person, err)
	}
	return c, nil
}

// IssueClaim makes the token of an offer's link, of which only the hash is
// kept; a token made before works no longer. An offer that has been taken or
// has expired is ErrClaimSpent.
func IssueClaim(ctx context.Context, tx *db.Tx, now time.Time, claim ClaimID) (token string, c Claim, err error) {
	token = rand.Text()
	c, err = scanClaim(tx.QueryRow(ctx, `
		UPDATE claim SET hash = $2 WHERE id = $1 AND used_at IS NULL AND expires_at > $3
		RETURNING `+claimColumns, claim, hashOf(token), now))
	if errors.Is(err, db.ErrNoRow) {
		err = ErrClaimSpent
	}
	if err != nil {
		return "", c, fmt.Errorf("issue claim %s: %w", claim, err)
	}
	return token, c, nil
}

// Offered returns the offer of a token with the person it is about, or
// ErrClaimSpent. It does not use the offer up.
func (s *Service) Offered(ctx context.Context, token string) (Claim, Person, error) {
	c, err := findClaim(ctx, s.db, token)
	if err != nil {
		return c, Person{}, err
	}
	if !c.Open(s.now()) {
		return c, Person{}, ErrClaimSpent
	}
	p, err := findPerson(ctx, s.db, `id = $1`, string(c.Person))
	return c, p, err
}

// Claim makes the account the one of the offered person. The offer's address
// must be the account's. ErrClaimed: somebody else has the person; ErrHasPerson:
// the account has claimed another one. Of two who claim at once, one succeeds.
func (s *Service) Claim(ctx context.Context, account AccountID, token string) (Person, error) {
	now := s.now()
	var mine Person
	err := s.db.Tx(ctx, func(tx *db.Tx) error {
		who, err := FindAccount(ctx, tx, account)
		if err != nil {
			return err
		}
		c, err := findClaim(ctx, tx, token)
		switch {
		case err != nil:
			return err
		case who.Email != c.Email:
			return ErrOtherAddress
		}
		if mine, err = findPerson(ctx, tx, `id = $1`, string(c.Person)); err != nil {
			return err
		}
		if err := spendClaim(ctx, tx, c.ID, now); err != nil {
			return err
		}
		if err := bindPerson(ctx, tx, account, c.Person); err != nil {
			return err
		}
		return journal.Write(ctx, tx, journal.Entry{
			At: now, Actor: string(account), Action: "people.claimed", Object: string(c.Person),
		})
	})
	if err != nil {
		return Person{}, fmt.Errorf("claim a person: %w", err)
	}
	return mine, nil
}

// Unclaim takes a person away from the account that has claimed it, for a
// reason that the journal keeps, or returns ErrNoAccount.
func (s *Service) Unclaim(ctx context.Context, by AccountID, person PersonID, reason string) error {
	err := s.db.Tx(ctx, func(tx *db.Tx) error {
		n, err := tx.Exec(ctx, `UPDATE account SET person_id = NULL WHERE person_id = $1`, person)
		if err == nil && n == 0 {
			err = ErrNoAccount
		}
		if err != nil {
			return err
		}
		return journal.Write(ctx, tx, journal.Entry{
			At: s.now(), Actor: string(by), Action: "people.unclaimed", Object: string(person), Reason: reason,
		})
	})
	if err != nil {
		return fmt.Errorf("unclaim person %s: %w", person, err)
	}
	return nil
}

// ClaimedBy returns the account that has claimed a person, or ErrNoAccount.
func ClaimedBy(ctx context.Context, q db.Querier, person PersonID) (Account, error) {
	return findAccount(ctx, q, `person_id = $1`, string(person))
}

// Claims says which persons have been claimed or offered, the latest offer of
// each.
func (s *Service) Claims(ctx context.Context) (taken map[PersonID]bool, offered map[PersonID]Claim, err error) {
	taken, offered = map[PersonID]bool{}, map[PersonID]Claim{}
	persons, err := db.Collect(func(row db.Scanner) (p PersonID, err error) { return p, row.Scan(&p) })(
		s.db.Query(ctx, `SELECT person_id FROM account WHERE person_id IS NOT NULL`))
	if err != nil {
		return nil, nil, fmt.Errorf("list claimed persons: %w", err)
	}
	for _, p := range persons {
		taken[p] = true
	}
	claims, err := db.Collect(scanClaim)(s.db.Query(ctx, `
		SELECT `+claimColumns+` FROM claim ORDER BY made_at, id`))
	if err != nil {
		return nil, nil, fmt.Errorf("list offered persons: %w", err)
	}
	for _, c := range claims {
		offered[c.Person] = c
	}
	return taken, offered, nil
}

// SweepClaims forgets offers, and the addresses in them, that ended before
// olderThan, and returns how many.
func SweepClaims(ctx context.Context, q db.Querier, olderThan time.Time) (int64, error) {
	return q.Exec(ctx, `DELETE FROM claim WHERE expires_at < $1`, olderThan)
}

const claimColumns = `id, person_id, email, made_by, made_at, expires_at, used_at`

func scanClaim(row db.Scanner) (c Claim, err error) {
	var used *time.Time
	err = row.Scan(&c.ID, &c.Person, &c.Email, &c.MadeBy, &c.MadeAt, &c.ExpiresAt, &used)
	if used != nil {
		c.UsedAt = *used
	}
	return c, err
}

func findClaim(ctx context.Context, q db.Querier, token string) (Claim, error) {
	c, err := scanClaim(q.QueryRow(ctx, `
		SELECT `+claimColumns+` FROM claim WHERE hash = $1`, hashOf(token)))
	if errors.Is(err, db.ErrNoRow) {
		return c, ErrClaimSpent
	}
	return c, err
}

func insertClaim(ctx context.Context, q db.Querier, c Claim) error {
	_, err := q.Exec(ctx, `
		INSERT INTO claim (id, person_id, email, made_by, made_at, expires_at) VALUES ($1, $2, $3, $4, $5, $6)`,
		c.ID, c.Person, c.Email, c.MadeBy, c.MadeAt, c.ExpiresAt)
	return err
}

// endClaims ends the offers of a person that are still open.
func endClaims(ctx context.Context, q db.Querier, person PersonID, now time.Time) error {
	_, err := q.Exec(ctx, `
		UPDATE claim SET expires_at = $2 WHERE person_id = $1 AND used_at IS NULL AND expires_at > $2`, person, now)
	return err
}

// spendClaim uses the offer up, or returns ErrClaimSpent.
func spendClaim(ctx context.Context, q db.Querier, claim ClaimID, now time.Time) error {
	n, err := q.Exec(ctx, `
		UPDATE claim SET used_at = $2 WHERE id = $1 AND used_at IS NULL AND expires_at > $2`, claim, now)
	if err == nil && n == 0 {
		return ErrClaimSpent
	}
	return err
}

// bindPerson gives the account a person. The index on account.person_id decides
// between two accounts, the condition between two persons.
func bindPerson(ctx context.Context, q db.Querier, account AccountID, person PersonID) error {
	n, err := q.Exec(ctx, `
		UPDATE account SET person_id = $2 WHERE id = $1 AND person_id IS NULL`, account, person)
	switch {
	case errors.Is(err, db.ErrExists):
		return ErrClaimed
	case err == nil && n == 0:
		return ErrHasPerson
	}
	return err
}
