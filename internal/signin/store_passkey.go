package signin

import (
	"context"
	"errors"
	"time"

	"github.com/go-webauthn/webauthn/webauthn"

	"obrady/internal/db"
	"obrady/internal/people"
)

const passkeyColumns = `id, account_id, name, credential, created_at, used_at` //nolint:gosec // names of columns

func scanPasskey(row db.Scanner) (k Passkey, err error) {
	return k, row.Scan(&k.ID, &k.Account, &k.Name, db.FromJSON(&k.credential), &k.CreatedAt, &k.UsedAt)
}

func findPasskeys(ctx context.Context, q db.Querier, account people.AccountID) ([]Passkey, error) {
	return db.Collect(scanPasskey)(q.Query(ctx, `
		SELECT `+passkeyColumns+` FROM signin_passkey WHERE account_id = $1 ORDER BY created_at, id`, account))
}

func insertPasskey(ctx context.Context, q db.Querier, k Passkey) error {
	_, err := q.Exec(ctx, `
		INSERT INTO signin_passkey (id, account_id, name, credential, counter, created_at) VALUES ($1, $2, $3, $4, $5, $6)`,
		k.ID, k.Account, k.Name, db.JSON(k.credential), int64(k.credential.Authenticator.SignCount), k.CreatedAt)
	if errors.Is(err, db.ErrExists) {
		return ErrPasskey // the device offers one that it has; it is told before not to
	}
	return err
}

// usePasskey notes a use. The condition is the rule of the counter, once more: of two answers with one count, as from
// a key and its copy, one gets in. Keys that do not count stay at nought.
func usePasskey(ctx context.Context, q db.Querier, key string, c webauthn.Credential, now time.Time) error {
	n, err := q.Exec(ctx, `
		UPDATE signin_passkey SET credential = $2, counter = $3, used_at = $4
		WHERE id = $1 AND (counter < $3 OR (counter = 0 AND $3 = 0))`,
		key, db.JSON(c), int64(c.Authenticator.SignCount), now)
	if err == nil && n == 0 {
		return ErrPasskey
	}
	return err
}

func renamePasskey(ctx context.Context, q db.Querier, account people.AccountID, key, name string) error {
	n, err := q.Exec(ctx, `UPDATE signin_passkey SET name = $3 WHERE id = $1 AND account_id = $2`, key, account, name)
	if err == nil && n == 0 {
		return ErrNoPasskey
	}
	return err
}

func deletePasskey(ctx context.Context, q db.Querier, account people.AccountID, key string) error {
	n, err := q.Exec(ctx, `DELETE FROM signin_passkey WHERE id = $1 AND account_id = $2`, key, account)
	if err == nil && n == 0 {
		return ErrNoPasskey
	}
	return err
}

// deletePasskeys takes the passkeys that were added at since or later; all of them when since is zero.
func deletePasskeys(ctx context.Context, q db.Querier, account people.AccountID, since time.Time) error {
	_, err := q.Exec(ctx, `DELETE FROM signin_passkey WHERE account_id = $1 AND created_at >= $2`, account, since)
	return err
}

// identity is who an account is for a provider.
type identity struct {
	Issuer, Subject string
	Account         people.AccountID
	CreatedAt       time.Time
	UsedAt          time.Time
}

const identityColumns = `issuer, subject, account_id, created_at, used_at`

func scanIdentity(row db.Scanner) (i identity, err error) {
	return i, row.Scan(&i.Issuer, &i.Subject, &i.Account, &i.CreatedAt, &i.UsedAt)
}

func findIdentities(ctx context.Context, q db.Querier, account people.AccountID) ([]identity, error) {
	return db.Collect(scanIdentity)(q.Query(ctx, `
		SELECT `+identityColumns+` FROM signin_identity WHERE account_id = $1 ORDER BY created_at, issuer, subject`, account))
}

// useIdentity notes a use and returns whose the identity is, or ErrNoIdentity.
func useIdentity(ctx context.Context, tx *db.Tx, c Claims, now time.Time) (owner people.AccountID, err error) {
	err = tx.QueryRow(ctx, `
		UPDATE signin_identity SET used_at = $3 WHERE issuer = $1 AND subject = $2 RETURNING account_id`,
		c.Issuer, c.Subject, now).Scan(&owner)
	if errors.Is(err, db.ErrNoRow) {
		return "", ErrNoIdentity
	}
	return owner, err
}

// link adds an identity to an account. One that is there already stays; somebody else's is ErrTaken.
func link(ctx context.Context, tx *db.Tx, i identity) error {
	_, err := tx.Exec(ctx, `
		INSERT INTO signin_identity (`+identityColumns+`) VALUES ($1, $2, $3, $4, $5)
		ON CONFLICT (issuer, subject) DO NOTHING`, i.Issuer, i.Subject, i.Account, i.CreatedAt, i.UsedAt)
	if err != nil {
		return err
	}
	owner, err := useIdentity(ctx, tx, Claims{Issuer: i.Issuer, Subject: i.Subject}, i.UsedAt)
	if err == nil && owner != i.Account {
		return ErrTaken
	}
	return err
}

func deleteIdentity(ctx context.Context, q db.Querier, account people.AccountID, issuer string) error {
	n, err := q.Exec(ctx, `DELETE FROM signin_identity WHERE account_id = $1 AND issuer = $2`, account, issuer)
	if err == nil && n == 0 {
		return ErrNoIdentity
	}
	return err
}

// deleteIdentities takes the identities that were added at since or later; all of them when since is zero.
func deleteIdentities(ctx context.Context, q db.Querier, account people.AccountID, since time.Time) error {
	_, err := q.Exec(ctx, `DELETE FROM signin_identity WHERE account_id = $1 AND created_at >= $2`, account, since)
	return err
}
