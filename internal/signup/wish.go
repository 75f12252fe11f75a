package signup

import (
	"context"
	"fmt"
	"slices"

	"obrady/internal/admission"
	"obrady/internal/db"
	"obrady/internal/draw"
	"obrady/internal/edition"
	"obrady/internal/errs"
	"obrady/internal/people"
	"obrady/internal/programme"
)

// Wishes returns somebody's wish list of an edition (lista życzeń), the most
// wanted first.
func (s *Service) Wishes(ctx context.Context, of edition.ID, who people.AccountID) ([]Wish, error) {
	return wishesOf(ctx, s.db, of, who)
}

func wishesOf(ctx context.Context, q db.Querier, of edition.ID, who people.AccountID) ([]Wish, error) {
	wishes, err := db.Collect(func(row db.Scanner) (w Wish, err error) {
		var needs string
		err = row.Scan(&w.Session, &needs)
		w.Needs = admission.ReadNeeds(needs)
		return w, err
	})(q.Query(ctx, `
		SELECT session_id, needs FROM signup_wish WHERE edition_id = $1 AND account_id = $2 ORDER BY position`, of, who))
	if err != nil {
		return nil, fmt.Errorf("read a wish list: %w", err)
	}
	return wishes, nil
}

// SaveWishes writes somebody's wish list anew. With wishes for sessions of a
// lottery that collects them, they take part in it; without, no longer. Once such
// a window collects no more, what was wished for there stays as it was.
func (s *Service) SaveWishes(ctx context.Context, of edition.ID, who people.AccountID, wishes []Wish) error {
	err := s.inBook(ctx, of, func(tx *db.Tx, b *book) error {
		if err := b.mayWish(wishes); err != nil {
			return err
		}
		before, err := wishesOf(ctx, tx, of, who)
		if err != nil {
			return err
		}
		wishes = b.settled(before, wishes)
		if err := writeWishes(ctx, tx, b, who, wishes); err != nil {
			return err
		}
		return b.enter(ctx, who, wishes)
	})
	if err != nil {
		return fmt.Errorf("save a wish list: %w", err)
	}
	return nil
}

func (b *book) mayWish(wishes []Wish) error {
	var wrong errs.Problems
	if len(wishes) > mostWishes {
		wrong.Add("wishes", "signup.too_many_wishes", mostWishes)
	}
	seen := map[programme.SessionID]bool{}
	for _, w := range wishes {
		o, _ := b.plan.Offer(w.Session)
		bad := slices.ContainsFunc(w.Needs, func(n admission.Need) bool { return !slices.Contains(admission.Needs, n) })
		if o == nil || o.Cancelled || seen[w.Session] || bad {
			wrong.Add("wishes", "signup.wish_unknown")
			break
		}
		seen[w.Session] = true
	}
	return wrong.Err()
}

// settled puts what can no longer be changed, wishes for windows that are being
// or have been drawn, back to where it was.
func (b *book) settled(before, wishes []Wish) []Wish {
	fixed := func(w Wish) bool {
		o, window := b.plan.Offer(w.Session)
		return o != nil && window.Mode == admission.Lottery && !b.now.Before(window.DecidesAt)
	}
	kept := slices.DeleteFunc(slices.Clone(before), func(w Wish) bool { return !fixed(w) })
	return append(kept, slices.DeleteFunc(slices.Clone(wishes), fixed)...)
}

func writeWishes(ctx context.Context, tx *db.Tx, b *book, who people.AccountID, wishes []Wish) error {
	_, err := tx.Exec(ctx, `DELETE FROM signup_wish WHERE account_id = $1 AND edition_id = $2`, who, b.plan.Edition)
	for i, w := range wishes {
		if err != nil {
			break
		}
		_, err = tx.Exec(ctx, `
			INSERT INTO signup_wish (account_id, edition_id, position, session_id, needs, saved_at) VALUES ($1, $2, $3, $4, $5, $6)`,
			who, b.plan.Edition, i+1, w.Session, admission.WriteNeeds(w.Needs), b.now)
	}
	return err
}

// enter puts somebody into the lotteries that their wishes are for, and takes
// them out of the others, as long as these collect.
func (b *book) enter(ctx context.Context, who people.AccountID, wishes []Wish) error {
	for _, w := range b.plan.Windows() {
		if w.Mode != admission.Lottery || w.Phase(b.now) != admission.Entries && w.Phase(b.now) != admission.Before {
			continue
		}
		wanted := slices.ContainsFunc(wishes, func(wish Wish) bool { return b.asksFor(Claim{Wishes: []Wish{wish}}, w.ID) })
		change := b.withdraw
		if wanted {
			change = b.ready
		}
		if err := change(ctx, w.ID, who); err != nil {
			return err
		}
	}
	return nil
}

// withdraw takes somebody off the list of a draw.
func (b *book) withdraw(ctx context.Context, window admission.WindowID, who people.AccountID) error {
	_, err := b.tx.Exec(ctx, `DELETE FROM signup_entry WHERE window_id = $1 AND account_id = $2`, window, who)
	return err
}

// ready puts somebody on the list of a draw.
func (b *book) ready(ctx context.Context, window admission.WindowID, who people.AccountID) error {
	_, err := b.tx.Exec(ctx, `
		INSERT INTO signup_entry (window_id, account_id, code, made_at) VALUES ($1, $2, $3, $4)
		ON CONFLICT (window_id, account_id) DO NOTHING`, window, who, draw.NewCode(), b.now)
	return err
}

// ErrNotReady is returned to who wants to join a pre-queue that is not open for
// that: too early, too late, or with no wish for any of its sessions.
var (
	ErrNotReady = errs.New(errs.Conflict, "signup.not_ready")
	ErrNoWishes = errs.New(errs.Conflict, "signup.no_wishes")
)

// Ready puts somebody into the pre-queue of a window, in the quarter of an hour
// before it opens. Their wish list for its sessions is claimed for them at the
// opening, in the order of the lot.
func (s *Service) Ready(ctx context.Context, of edition.ID, who people.AccountID, window admission.WindowID) error {
	err := s.inBook(ctx, of, func(tx *db.Tx, b *book) error {
		w := b.plan.Window(window)
		if w == nil {
			return admission.ErrNoWindow
		}
		if w.Mode != admission.Prequeue || b.now.Before(w.ReadyFrom()) || !b.now.Before(w.OpensAt) {
			return ErrNotReady
		}
		wishes, err := wishesOf(ctx, tx, of, who)
		if err != nil {
			return err
		}
		if !b.asksFor(Claim{Wishes: wishes}, window) {
			return ErrNoWishes
		}
		return b.ready(ctx, window, who)
	})
	if err != nil {
		return fmt.Errorf("join the queue of %s: %w", window, err)
	}
	return nil
}
