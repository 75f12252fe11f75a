package people

import (
	"context"
	"fmt"

	"obrady/internal/db"
)

// Accounts returns those of the accounts that are there, by their ids: the
// names of everybody whom a page mentions, in one question.
func (s *Service) Accounts(ctx context.Context, ids []AccountID) (map[AccountID]Account, error) {
	return Accounts(ctx, s.db, ids)
}

// mostAsked is how many accounts one statement asks for.
const mostAsked = 500

// Accounts is Service.Accounts for callers with a transaction.
func Accounts(ctx context.Context, q db.Querier, ids []AccountID) (map[AccountID]Account, error) {
	found := make(map[AccountID]Account, len(ids))
	for len(ids) > 0 {
		n := min(len(ids), mostAsked)
		args := make([]any, n)
		for i, id := range ids[:n] {
			args[i] = id
		}
		ids = ids[n:]
		some, err := db.Collect(scanAccount)(q.Query(ctx, `
			SELECT `+accountColumns+` FROM account WHERE id IN (`+db.List(1, n)+`)`, args...))
		if err != nil {
			return nil, fmt.Errorf("look for accounts: %w", err)
		}
		for _, a := range some {
			found[a.ID] = a
		}
	}
	return found, nil
}

// Members lists who works for which institution.
func (s *Service) Members(ctx context.Context) ([]Member, error) { return Members(ctx, s.db) }

// Join makes an account the one of a person by nobody's leave, as in a
// demonstration; everybody else claims a person. Who is joined to the same
// person already stays so; ErrClaimed and ErrHasPerson are as with Claim.
func Join(ctx context.Context, tx *db.Tx, account AccountID, person PersonID) error {
	a, err := FindAccount(ctx, tx, account)
	if err == nil && a.Person != person {
		err = bindPerson(ctx, tx, account, person)
	}
	if err != nil {
		return fmt.Errorf("join account %s to person %s: %w", account, person, err)
	}
	return nil
}
