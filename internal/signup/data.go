package signup

import (
	"context"
	"fmt"
	"time"

	"obrady/internal/db"
	"obrady/internal/edition"
	"obrady/internal/people"
)

// Collect gives everything that is kept about somebody's sign-ups.
func Collect(ctx context.Context, q db.Querier, s people.Subject) (people.Extract, error) {
	out := people.Extract{Part: "signup.data.part"}
	if s.Account == "" {
		return out, nil
	}
	rows, err := db.Collect(func(row db.Scanner) (map[string]any, error) {
		var session, what, why string
		var at time.Time
		var seq Receipt
		err := row.Scan(&seq, &at, &session, &what, &why)
		return map[string]any{"receipt": seq.String(), "at": at, "session": session, "what": what, "why": why}, err
	})(q.Query(ctx, `
		SELECT e.seq, e.at, session.slug, e.what, e.why FROM signup_event AS e JOIN session ON session.id = e.session_id
		WHERE e.account_id = $1 ORDER BY e.seq`, s.Account))
	if err != nil {
		return out, fmt.Errorf("collect decisions: %w", err)
	}
	wishes, err := db.Collect(func(row db.Scanner) (map[string]any, error) {
		var session, needs string
		var position int
		var at time.Time
		err := row.Scan(&session, &position, &needs, &at)
		return map[string]any{"session": session, "wish": position, "needs": needs, "saved_at": at}, err
	})(q.Query(ctx, `
		SELECT session.slug, w.position, w.needs, w.saved_at FROM signup_wish AS w JOIN session ON session.id = w.session_id
		WHERE w.account_id = $1 ORDER BY w.edition_id, w.position`, s.Account))
	if err != nil {
		return out, fmt.Errorf("collect wishes: %w", err)
	}
	needs, err := db.Collect(func(row db.Scanner) (map[string]any, error) {
		var session, needs string
		err := row.Scan(&session, &needs)
		return map[string]any{"session": session, "needs": needs}, err
	})(q.Query(ctx, `
		SELECT session.slug, t.needs FROM signup_seat AS t JOIN session ON session.id = t.session_id
		WHERE t.account_id = $1 AND t.needs <> '' ORDER BY t.seq`, s.Account))
	if err != nil {
		return out, fmt.Errorf("collect needs of seats: %w", err)
	}
	out.Rows = append(append(rows, wishes...), needs...)
	return out, nil
}

// Erase takes somebody out of all sign-ups. Their seats go to those who wait; of
// what was decided stays that it was, without whom it was about.
func Erase(ctx context.Context, tx *db.Tx, of people.Subject, now time.Time) ([]people.Outcome, error) {
	if of.Account == "" {
		return nil, nil
	}
	s := NewService(nil, func() time.Time { return now }) // works in tx alone
	editions, err := db.Collect(func(row db.Scanner) (e edition.ID, err error) { return e, row.Scan(&e) })(tx.Query(ctx, `
		SELECT DISTINCT edition_id FROM signup_seat WHERE account_id = $1 ORDER BY edition_id`, of.Account))
	if err != nil {
		return nil, fmt.Errorf("find sign-ups: %w", err)
	}
	for _, e := range editions {
		b, err := openBook(ctx, tx, e, s)
		if err != nil {
			return nil, err
		}
		if err := b.leaveAll(ctx, of.Account, WasLeft); err != nil {
			return nil, fmt.Errorf("give seats back: %w", err)
		}
		if err := b.close(ctx); err != nil {
			return nil, err
		}
	}
	done := people.Outcome{Part: "signup.data.part"}
	for _, statement := range []string{
		`DELETE FROM signup_seat WHERE account_id = $1`,
		`DELETE FROM signup_wish WHERE account_id = $1`,
		`DELETE FROM signup_entry WHERE account_id = $1`,
		`UPDATE signup_event SET account_id = '', request = '' WHERE account_id = $1`,
	} {
		n, err := tx.Exec(ctx, statement, of.Account)
		if err != nil {
			return nil, fmt.Errorf("erase sign-ups: %w", err)
		}
		done.Gone += int(n)
	}
	return []people.Outcome{done}, nil
}
