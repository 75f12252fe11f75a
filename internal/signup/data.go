package signup

import (
	"context"
	"errors"
	"fmt"
	"time"

	"obrady/internal/civil"
	"obrady/internal/db"
	"obrady/internal/edition"
	"obrady/internal/id"
	"obrady/internal/people"
)

// Collect gives everything that is kept about somebody's sign-ups.
func Collect(ctx context.Context, q db.Querier, s people.Subject) (people.Extract, error) {
	out := people.Extract{Part: "signup.data.part"}
	if s.Account == "" {
		return out, nil
	}
	rows, err1 := db.Collect(func(row db.Scanner) (map[string]any, error) {
		var session, what, why string
		var at time.Time
		var seq Receipt
		err := row.Scan(&seq, &at, &session, &what, &why)
		return map[string]any{"receipt": seq.String(), "at": at, "session": session, "what": what, "why": why}, err
	})(q.Query(ctx, `
		SELECT e.seq, e.at, session.slug, e.what, e.why FROM signup_event AS e JOIN session ON session.id = e.session_id
		WHERE e.account_id = $1 ORDER BY e.seq`, s.Account))
	wishes, err2 := db.Collect(func(row db.Scanner) (map[string]any, error) {
		var session, needs string
		var position int
		var at time.Time
		err := row.Scan(&session, &position, &needs, &at)
		return map[string]any{"session": session, "wish": position, "needs": needs, "saved_at": at}, err
	})(q.Query(ctx, `
		SELECT session.slug, w.position, w.needs, w.saved_at FROM signup_wish AS w JOIN session ON session.id = w.session_id
		WHERE w.account_id = $1 ORDER BY w.edition_id, w.position`, s.Account))
	needs, err3 := db.Collect(func(row db.Scanner) (map[string]any, error) {
		var session, needs string
		err := row.Scan(&session, &needs)
		return map[string]any{"session": session, "needs": needs}, err
	})(q.Query(ctx, `
		SELECT session.slug, t.needs FROM signup_standing AS t JOIN session ON session.id = t.session_id
		WHERE t.account_id = $1 AND t.account_key = $2 AND t.needs <> '' ORDER BY t.seq`, s.Account, id.Key(s.Account)))
	if err := errors.Join(err1, err2, err3); err != nil {
		return out, fmt.Errorf("collect sign-ups: %w", err)
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
		SELECT DISTINCT edition_id FROM signup_standing WHERE account_id = $1 ORDER BY edition_id`, of.Account))
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
	if err := Post(ctx, tx); err != nil {
		return nil, fmt.Errorf("take the ledger: %w", err)
	}
	if err := renew(ctx, tx); err != nil { // nobody goes on from having known them
		return nil, fmt.Errorf("tell that somebody is gone: %w", err)
	}
	done := people.Outcome{Part: "signup.data.part"}
	for _, statement := range []string{
		`DELETE FROM signup_seat WHERE account_id = $1`,
		`DELETE FROM signup_wish WHERE account_id = $1`,
		`DELETE FROM signup_entry WHERE account_id = $1`,
		`UPDATE signup_event SET account_id = '', account_key = 0, request = '' WHERE account_id = $1`,
	} {
		n, err := tx.Exec(ctx, statement, of.Account)
		if err != nil {
			return nil, fmt.Errorf("erase sign-ups: %w", err)
		}
		done.Gone += int(n)
	}
	return []people.Outcome{done}, nil
}

// Nobody begins the id under which seats of a forgotten person stay, so that they
// can be counted. It is made anew for each, and nothing leads back from it.
const Nobody = "gone-"

// Forget takes the people out of the sign-ups of editions that ended before day,
// but nobody who is held. How many there were stays, and how many seats each had;
// it returns how many rows named somebody.
func Forget(ctx context.Context, tx *db.Tx, day civil.Date, held ...people.AccountID) (gone int64, err error) {
	if err := Post(ctx, tx); err != nil {
		return 0, fmt.Errorf("take the ledger: %w", err)
	}
	editions, err := edition.Editions(ctx, tx)
	if err != nil {
		return 0, fmt.Errorf("forget sign-ups: %w", err)
	}
	for _, e := range editions {
		if e.EndsOn >= day {
			continue
		}
		n, err := forgetIn(ctx, tx, e.ID, held)
		if err != nil {
			return 0, fmt.Errorf("forget the sign-ups of %s: %w", e.Slug, err)
		}
		gone += n
	}
	if gone == 0 {
		return 0, nil
	}
	return gone, renew(ctx, tx)
}

func forgetIn(ctx context.Context, tx *db.Tx, in edition.ID, held []people.AccountID) (gone int64, err error) {
	spared, rest := db.Spare("account_id", 2, held)
	args := append([]any{in}, rest...)
	accounts, err := db.Collect(func(row db.Scanner) (a people.AccountID, err error) { return a, row.Scan(&a) })(tx.Query(ctx, `
		SELECT DISTINCT account_id FROM signup_seat WHERE edition_id = $1 AND account_id NOT LIKE '`+Nobody+`%' AND `+spared, args...))
	if err != nil {
		return 0, err
	}
	for _, account := range accounts {
		nobody := Nobody + id.New()
		n, err := tx.Exec(ctx, `
			UPDATE signup_seat SET account_id = $3, account_key = $4, needs = '', via = '', institution_id = '', request = ''
			WHERE edition_id = $1 AND account_id = $2 AND account_key = $5`, in, account, nobody, id.Key(nobody), id.Key(account))
		if err != nil {
			return 0, err
		}
		gone += n
	}
	for _, statement := range []string{
		`DELETE FROM signup_wish WHERE edition_id = $1 AND ` + spared,
		`DELETE FROM signup_entry WHERE window_id IN (SELECT id FROM admission_window WHERE edition_id = $1) AND ` + spared,
		`UPDATE signup_event SET account_id = '', account_key = 0, request = '' WHERE edition_id = $1 AND account_id <> '' AND ` + spared,
	} {
		n, err := tx.Exec(ctx, statement, args...)
		if err != nil {
			return 0, err
		}
		gone += n
	}
	return gone, nil
}
