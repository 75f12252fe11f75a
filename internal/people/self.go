package people

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"
	"unicode/utf8"

	"obrady/internal/db"
	"obrady/internal/errs"
	"obrady/internal/i18n"
	"obrady/internal/journal"
)

// ErrEmailTaken is returned when another account has the address.
var ErrEmailTaken = errs.New(errs.Conflict, "people.email_taken")

// Verify notes that the address of an account has been proved to be its
// owner's, and says whether that was the first time.
func Verify(ctx context.Context, tx *db.Tx, account AccountID, now time.Time) (first bool, err error) {
	n, err := tx.Exec(ctx, `
		UPDATE account SET verified_at = $2 WHERE id = $1 AND verified_at IS NULL`, account, now)
	if err != nil {
		return false, fmt.Errorf("verify account %s: %w", account, err)
	}
	return n > 0, nil
}

// Rename gives the account of its owner another name and another language.
func (s *Service) Rename(ctx context.Context, account AccountID, name string, lang i18n.Lang) error {
	name = strings.Join(strings.Fields(name), " ")
	if utf8.RuneCountInString(name) > maxName {
		var wrong errs.Problems
		wrong.Add("name", "people.too_long", maxName)
		return wrong
	}
	return s.db.Tx(ctx, func(tx *db.Tx) error {
		n, err := tx.Exec(ctx, `UPDATE account SET name = $2, lang = $3 WHERE id = $1`, account, name, lang)
		if err == nil && n == 0 {
			err = ErrNoAccount
		}
		if err != nil {
			return fmt.Errorf("rename account %s: %w", account, err)
		}
		return journal.Write(ctx, tx, journal.Entry{
			At: s.now(), Actor: string(account), Action: "people.account_renamed", Object: string(account),
		})
	})
}

// Readdress moves an account to another address, in the form of Email, which
// has been proved to be its owner's. It returns ErrEmailTaken when another
// account has that address.
func Readdress(ctx context.Context, tx *db.Tx, c Change, account AccountID, email string) error {
	if other, err := AccountOf(ctx, tx, email); err == nil && other.ID != account {
		return ErrEmailTaken
	} else if err != nil && !errors.Is(err, ErrNoAccount) {
		return err
	}
	n, err := tx.Exec(ctx, `UPDATE account SET email = $2, verified_at = $3 WHERE id = $1`, account, email, c.At)
	if err == nil && n == 0 {
		err = ErrNoAccount
	}
	if err != nil {
		return fmt.Errorf("readdress account %s: %w", account, err)
	}
	return journal.Write(ctx, tx, journal.Entry{
		At: c.At, Actor: string(c.By), Action: "people.account_readdressed", Object: string(account),
	})
}
