package signin

import (
	"context"
	"fmt"
	"time"

	"obrady/internal/db"
	"obrady/internal/people"
)

// Parts of what this package keeps about people.
//
// key: signin.part.*
const (
	partKeys       = "signin.part.passkeys"
	partIdentities = "signin.part.identities"
	partAddresses  = "signin.part.addresses"
	partLetters    = "signin.part.letters"
)

// Collect tells a person by which ways they come in, and which letters they asked for. Secrets are not told: nobody
// has them but the person.
func Collect(ctx context.Context, q db.Querier, of people.Subject) (people.Extract, error) {
	found := people.Extract{Part: "signin.part.all"}
	add := func(part string, row map[string]any) {
		row["part"] = part
		found.Rows = append(found.Rows, row)
	}
	keys, err := findPasskeys(ctx, q, of.Account)
	if err != nil {
		return found, fmt.Errorf("collect passkeys: %w", err)
	}
	for _, key := range keys {
		add(partKeys, map[string]any{"name": key.Name, "added": key.CreatedAt, "used": key.UsedAt})
	}
	identities, err := findIdentities(ctx, q, of.Account)
	if err != nil {
		return found, fmt.Errorf("collect identities: %w", err)
	}
	for _, one := range identities {
		add(partIdentities, map[string]any{"provider": one.Issuer, "subject": one.Subject, "added": one.CreatedAt, "used": one.UsedAt})
	}
	moves, err := movesOf(ctx, q, of.Account)
	if err != nil {
		return found, fmt.Errorf("collect addresses: %w", err)
	}
	for _, one := range moves {
		add(partAddresses, map[string]any{"old": one.Old, "new": one.New, "asked": one.AskedAt, "confirmed": one.ConfirmedAt})
	}
	letters, err := db.Collect(scanRequest)(q.Query(ctx, `
		SELECT `+requestColumns+` FROM signin_request WHERE email = $1 ORDER BY asked_at, id`, of.Email))
	if err != nil {
		return found, fmt.Errorf("collect letters: %w", err)
	}
	for _, one := range letters {
		add(partLetters, map[string]any{"email": one.Email, "asked": one.AskedAt, "used": one.UsedAt})
	}
	return found, nil
}

// Erase takes out everything that this package keeps about a person. Nothing stays.
func Erase(ctx context.Context, tx *db.Tx, of people.Subject, _ time.Time) (all []people.Outcome, err error) {
	for _, broom := range []struct{ part, statement, of string }{
		{partKeys, `DELETE FROM signin_passkey WHERE account_id = $1`, string(of.Account)},
		{partIdentities, `DELETE FROM signin_identity WHERE account_id = $1`, string(of.Account)},
		{partAddresses, `DELETE FROM signin_address WHERE account_id = $1`, string(of.Account)},
		{partLetters, `DELETE FROM signin_request WHERE email = $1`, of.Email},
		{"", `DELETE FROM signin_ceremony WHERE account_id = $1`, string(of.Account)},
	} {
		n, err := tx.Exec(ctx, broom.statement, broom.of)
		if err != nil {
			return nil, fmt.Errorf("erase %s: %w", broom.part, err)
		}
		if broom.part != "" && n > 0 {
			all = append(all, people.Outcome{Part: broom.part, Gone: int(n)})
		}
	}
	return all, nil
}

// Check finds what no rule of this package would have let in.
func Check(ctx context.Context, q db.Querier) ([]db.Fault, error) {
	faults, err := db.Collect(func(row db.Scanner) (db.Fault, error) {
		f := db.Fault{Package: "signin"}
		return f, row.Scan(&f.What, &f.Row)
	})(q.Query(ctx, `
		SELECT 'used without a letter', id FROM signin_request WHERE used_at IS NOT NULL AND token_sum IS NULL
		UNION ALL
		SELECT 'a letter beyond the limit', id FROM signin_request WHERE silent AND token_sum IS NOT NULL
		UNION ALL
		SELECT 'an address with capital letters', id FROM signin_request WHERE email <> LOWER(email)
		UNION ALL
		SELECT 'moved without a confirmation', id FROM signin_address WHERE undo_sum IS NOT NULL AND confirmed_at IS NULL
		UNION ALL
		SELECT 'a ceremony that never ends', ticket FROM signin_ceremony WHERE expires_at <= begun_at`))
	if err != nil {
		return nil, fmt.Errorf("check sign-in: %w", err)
	}
	return faults, nil
}
