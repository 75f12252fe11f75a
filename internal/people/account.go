package people

import (
	"context"
	"errors"
	"fmt"
	"time"

	"obrady/internal/db"
	"obrady/internal/i18n"
	"obrady/internal/id"
	"obrady/internal/journal"
)

// Account is somebody who can sign in. What they may do then is not written
// here: see package rights.
type Account struct {
	ID     AccountID
	Email  string
	Name   string
	Lang   i18n.Lang
	Person PersonID // the person of the programme who this is; empty when they have claimed none
	// VerifiedAt is when somebody first proved that the address is theirs; zero until then.
	VerifiedAt time.Time
	CreatedAt  time.Time
}

// Member is an account that works for an institution. The institution's
// grants hold for it.
type Member struct {
	Account     AccountID
	Institution InstitutionID
	GrantedBy   AccountID
	GrantedAt   time.Time
}

// Account returns an account by its id, or ErrNoAccount.
func (s *Service) Account(ctx context.Context, account AccountID) (Account, error) {
	return FindAccount(ctx, s.db, account)
}

// FindAccount returns an account by its id, or ErrNoAccount.
func FindAccount(ctx context.Context, q db.Querier, account AccountID) (Account, error) {
	return findAccount(ctx, q, `id = $1`, string(account))
}

// AccountOf returns the account of an address in the form of Email, or
// ErrNoAccount.
func AccountOf(ctx context.Context, q db.Querier, email string) (Account, error) {
	return findAccount(ctx, q, `email = $1`, email)
}

// OpenAccount returns the account of a.Email, which it opens as a says if there
// is none.
func OpenAccount(ctx context.Context, tx *db.Tx, a Account) (Account, error) {
	if a.ID == "" {
		a.ID = id.Make[AccountID]()
	}
	if a.Lang == "" {
		a.Lang = i18n.Polish
	}
	if err := insertAccount(ctx, tx, a); err != nil {
		return a, fmt.Errorf("open an account: %w", err)
	}
	return AccountOf(ctx, tx, a.Email)
}

// Members lists who works for which institution.
func Members(ctx context.Context, q db.Querier) ([]Member, error) {
	return db.Collect(scanMember)(q.Query(ctx, `
		SELECT account_id, institution_id, granted_by, granted_at FROM member ORDER BY institution_id, account_id`))
}

// AddMember notes that an account works for an institution. One who does
// already stays as they are.
func AddMember(ctx context.Context, tx *db.Tx, m Member) error {
	_, err := tx.Exec(ctx, `
		INSERT INTO member (account_id, institution_id, granted_by, granted_at) VALUES ($1, $2, $3, $4)
		ON CONFLICT (account_id, institution_id) DO NOTHING`,
		m.Account, m.Institution, m.GrantedBy, m.GrantedAt)
	if err != nil {
		return fmt.Errorf("add a member of %s: %w", m.Institution, err)
	}
	return journal.Write(ctx, tx, journal.Entry{
		At: m.GrantedAt, Actor: string(m.GrantedBy), Action: "people.member_added", Object: string(m.Account),
		Detail: map[string]any{"institution": m.Institution},
	})
}

// RemoveMember takes an account out of an institution, or returns ErrNoAccount
// when it was not in it.
func RemoveMember(ctx context.Context, tx *db.Tx, c Change, m Member) error {
	n, err := tx.Exec(ctx, `DELETE FROM member WHERE account_id = $1 AND institution_id = $2`, m.Account, m.Institution)
	if err == nil && n == 0 {
		err = ErrNoAccount
	}
	if err != nil {
		return fmt.Errorf("remove a member of %s: %w", m.Institution, err)
	}
	return journal.Write(ctx, tx, journal.Entry{
		At: c.At, Actor: string(c.By), Action: "people.member_removed", Object: string(m.Account),
		Detail: map[string]any{"institution": m.Institution},
	})
}

func scanMember(row db.Scanner) (m Member, err error) {
	return m, row.Scan(&m.Account, &m.Institution, &m.GrantedBy, &m.GrantedAt)
}

const accountColumns = `id, email, name, lang, COALESCE(person_id, ''), verified_at, created_at`

func scanAccount(row db.Scanner) (a Account, err error) {
	var verified *time.Time
	err = row.Scan(&a.ID, &a.Email, &a.Name, &a.Lang, &a.Person, &verified, &a.CreatedAt)
	if verified != nil {
		a.VerifiedAt = *verified
	}
	return a, err
}

// findAccount returns the one account that the condition names, or ErrNoAccount.
func findAccount(ctx context.Context, q db.Querier, where, arg string) (Account, error) {
	a, err := scanAccount(q.QueryRow(ctx, `
		SELECT `+accountColumns+` FROM account WHERE `+where, arg))
	if errors.Is(err, db.ErrNoRow) {
		return a, ErrNoAccount
	}
	return a, err
}

// insertAccount writes an account unless the address has one.
func insertAccount(ctx context.Context, q db.Querier, a Account) error {
	var verified *time.Time
	if !a.VerifiedAt.IsZero() {
		verified = &a.VerifiedAt
	}
	_, err := q.Exec(ctx, `
		INSERT INTO account (id, email, name, lang, verified_at, created_at) VALUES ($1, $2, $3, $4, $5, $6)
		ON CONFLICT (email) DO NOTHING`,
		a.ID, a.Email, a.Name, a.Lang, verified, a.CreatedAt)
	return err
}
