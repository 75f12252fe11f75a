package signin

import (
	"context"
	"errors"
	"fmt"
	"time"

	"obrady/internal/db"
	"obrady/internal/i18n"
	"obrady/internal/id"
	"obrady/internal/journal"
	"obrady/internal/outbox"
	"obrady/internal/people"
)

// move is an account's way to another address.
type move struct {
	ID          string
	Account     people.AccountID
	Old, New    string
	Lang        i18n.Lang
	AskedAt     time.Time
	ExpiresAt   time.Time
	ConfirmedAt *time.Time
	UndoUntil   *time.Time
	UndoneAt    *time.Time
}

// AskMove promises a letter to a new address of the account, which is used once that address has agreed. It returns
// ErrAddress, ErrSameEmail or ErrTooOften; whether the address has an account of its own is not said.
func (s *Service) AskMove(ctx context.Context, account people.AccountID, typed string, lang i18n.Lang) error {
	email, err := Address(typed)
	if err != nil {
		return err
	}
	now := s.now()
	err = s.db.Tx(ctx, func(tx *db.Tx) error {
		found, err := people.FindAccount(ctx, tx, account)
		if err != nil {
			return err
		}
		if found.Email == email {
			return ErrSameEmail
		}
		before, err := countMoves(ctx, tx, account, now.Add(-24*time.Hour))
		if err != nil {
			return err
		}
		if before >= mostMoves {
			return ErrTooOften
		}
		m := move{
			ID: id.New(), Account: account, Old: found.Email, New: email, Lang: lang, AskedAt: now, ExpiresAt: now.Add(moveLife),
		}
		if err := insertMove(ctx, tx, m); err != nil {
			return err
		}
		return outbox.Add(ctx, tx, now, MoveAsked{m.ID})
	})
	if err != nil {
		return fmt.Errorf("ask for another address: %w", err)
	}
	return nil
}

// IssuedMove is what goes into a letter about another address.
type IssuedMove struct {
	Account  people.Account
	To       string // whom the letter goes to
	Old, New string
	Lang     i18n.Lang
	Token    string
	Until    time.Time // how long the token is good
}

// IssueMove makes the secret of the letter to the new address, like Issue.
func IssueMove(ctx context.Context, tx *db.Tx, now time.Time, of string) (IssuedMove, error) {
	return issueMove(ctx, tx, of, func(m move, token string) (string, time.Time, error) {
		return m.New, m.ExpiresAt, setMoveToken(ctx, tx, m.ID, sum(token), now)
	})
}

// IssueUndo makes the secret of the letter to the old address, like Issue.
func IssueUndo(ctx context.Context, tx *db.Tx, now time.Time, of string) (IssuedMove, error) {
	return issueMove(ctx, tx, of, func(m move, token string) (string, time.Time, error) {
		if m.UndoUntil == nil {
			return "", time.Time{}, ErrSpent
		}
		return m.Old, *m.UndoUntil, setUndoToken(ctx, tx, m.ID, sum(token), now)
	})
}

func issueMove(
	ctx context.Context, tx *db.Tx, of string, keep func(m move, token string) (string, time.Time, error),
) (IssuedMove, error) {
	m, err := findMove(ctx, tx, `id = $1`, of)
	if err != nil {
		return IssuedMove{}, fmt.Errorf("issue a letter about an address: %w", err)
	}
	made := IssuedMove{Old: m.Old, New: m.New, Lang: m.Lang, Token: newToken()}
	if made.To, made.Until, err = keep(m, made.Token); err == nil {
		made.Account, err = people.FindAccount(ctx, tx, m.Account)
	}
	if err != nil {
		return IssuedMove{}, fmt.Errorf("issue a letter about an address: %w", err)
	}
	return made, nil
}

// ConfirmMove gives the account its new address, of which the old one is told. The token is good in a session of the
// account only, so that whoever gets the letter by mistake cannot take the account. It returns ErrSpent or
// ErrEmailTaken.
func (s *Service) ConfirmMove(ctx context.Context, account people.AccountID, token string) error {
	now := s.now()
	err := s.db.Tx(ctx, func(tx *db.Tx) error {
		m, err := findMove(ctx, tx, `token_sum = $1`, sum(token))
		if err != nil {
			return err
		}
		if m.Account != account {
			return ErrSpent
		}
		if err := confirmMove(ctx, tx, m.ID, now, now.Add(UndoFor)); err != nil {
			return err
		}
		err = people.Readdress(ctx, tx, people.Change{By: account, At: now}, account, m.New)
		if errors.Is(err, people.ErrEmailTaken) {
			return ErrEmailTaken
		}
		if err != nil {
			return err
		}
		return outbox.Add(ctx, tx, now, Moved{m.ID})
	})
	if err != nil {
		return fmt.Errorf("confirm another address: %w", err)
	}
	return nil
}

// LookMove says whether the token of a letter to a new address can still be used, and which address that is; else it
// is ErrSpent.
func (s *Service) LookMove(ctx context.Context, account people.AccountID, token string) (email string, err error) {
	m, err := findMove(ctx, s.db, `token_sum = $1`, sum(token))
	if err == nil && (m.Account != account || m.ConfirmedAt != nil || m.UndoneAt != nil || !s.now().Before(m.ExpiresAt)) {
		err = ErrSpent
	}
	if err != nil {
		return "", fmt.Errorf("look at another address: %w", err)
	}
	return m.New, nil
}

// LookUndo says whether the token of a letter to an old address can still be used; else it is ErrSpent.
func (s *Service) LookUndo(ctx context.Context, token string) error {
	m, err := findMove(ctx, s.db, `undo_sum = $1`, sum(token))
	if err == nil && (m.UndoneAt != nil || m.UndoUntil == nil || !s.now().Before(*m.UndoUntil)) {
		err = ErrSpent
	}
	if err != nil {
		return fmt.Errorf("look at an old address: %w", err)
	}
	return nil
}

// UndoMove gives the account its old address back and takes it out of the hands of whoever has used it since the move
// was asked for: every session ends, and what was added since goes. Later moves go with it.
func (s *Service) UndoMove(ctx context.Context, token string) error {
	now := s.now()
	err := s.db.Tx(ctx, func(tx *db.Tx) error {
		m, err := findMove(ctx, tx, `undo_sum = $1`, sum(token))
		if err != nil {
			return err
		}
		if err := undoMove(ctx, tx, m.ID, now); err != nil {
			return err
		}
		err = people.Readdress(ctx, tx, people.Change{By: m.Account, At: now}, m.Account, m.Old)
		if errors.Is(err, people.ErrEmailTaken) {
			return ErrEmailTaken
		}
		if err != nil {
			return err
		}
		if err := voidLaterMoves(ctx, tx, m, now); err != nil {
			return err
		}
		if err := s.clear(ctx, tx, m.Account, m.AskedAt); err != nil {
			return err
		}
		return journal.Write(ctx, tx, journal.Entry{
			At: now, Actor: string(m.Account), Action: "signin.move_undone", Object: string(m.Account),
		})
	})
	if err != nil {
		return fmt.Errorf("undo another address: %w", err)
	}
	return nil
}
