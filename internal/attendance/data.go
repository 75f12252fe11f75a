package attendance

import (
	"context"
	"fmt"
	"time"

	"obrady/internal/civil"
	"obrady/internal/db"
	"obrady/internal/edition"
	"obrady/internal/people"
)

// Collect gives everything that is kept about somebody at the doors of sessions.
func Collect(ctx context.Context, q db.Querier, s people.Subject) (people.Extract, error) {
	out := people.Extract{Part: "attendance.data.part"}
	marks, err := db.Collect(func(row db.Scanner) (map[string]any, error) {
		var session string
		var presence Presence
		var at time.Time
		err := row.Scan(&session, &presence, &at)
		return map[string]any{"session": session, "presence": presence, "marked_at": at}, err
	})(q.Query(ctx, `
		SELECT session.slug, m.presence, m.marked_at FROM attendance_mark AS m JOIN session ON session.id = m.session_id
		WHERE m.account_id = $1 ORDER BY m.marked_at, session.slug`, s.Account))
	if err != nil {
		return out, fmt.Errorf("collect marks of attendance: %w", err)
	}
	answers, err := db.Collect(func(row db.Scanner) (map[string]any, error) {
		var session string
		var asked time.Time
		var coming *time.Time
		err := row.Scan(&session, &asked, &coming)
		one := map[string]any{"session": session, "asked_at": asked}
		if coming != nil {
			one["coming_at"] = *coming
		}
		return one, err
	})(q.Query(ctx, `
		SELECT session.slug, a.asked_at, a.coming_at FROM attendance_answer AS a JOIN session ON session.id = a.session_id
		WHERE a.account_id = $1 ORDER BY a.asked_at, session.slug`, s.Account))
	if err != nil {
		return out, fmt.Errorf("collect answers of the day before: %w", err)
	}
	out.Rows = append(marks, answers...)
	return out, nil
}

// Erase takes somebody off the lists of all doors.
func Erase(ctx context.Context, tx *db.Tx, s people.Subject, _ time.Time) ([]people.Outcome, error) {
	done := people.Outcome{Part: "attendance.data.part"}
	for _, statement := range []string{
		`DELETE FROM attendance_mark WHERE account_id = $1`,
		`DELETE FROM attendance_answer WHERE account_id = $1`,
	} {
		n, err := tx.Exec(ctx, statement, s.Account)
		if err != nil {
			return nil, fmt.Errorf("erase attendance: %w", err)
		}
		done.Gone += int(n)
	}
	return []people.Outcome{done}, nil
}

// Forget forgets who came to sessions of editions that ended before day, but
// nobody who is held, keeps how many there were, and returns how many rows went.
func Forget(ctx context.Context, tx *db.Tx, day civil.Date, held ...people.AccountID) (gone int64, err error) {
	editions, err := edition.Editions(ctx, tx)
	if err != nil {
		return 0, fmt.Errorf("forget attendance: %w", err)
	}
	for _, e := range editions {
		if e.EndsOn >= day {
			continue
		}
		n, err := forget(ctx, tx, e.ID, held)
		if err != nil {
			return 0, fmt.Errorf("forget attendance of %s: %w", e.Slug, err)
		}
		gone += n
	}
	return gone, nil
}

func forget(ctx context.Context, tx *db.Tx, of edition.ID, held []people.AccountID) (gone int64, err error) {
	figures, err := figuresOf(ctx, tx, of)
	if err != nil {
		return 0, err
	}
	for _, f := range figures {
		if f.Kept || f.Came == 0 {
			continue
		}
		_, err := tx.Exec(ctx, `UPDATE attendance_session SET figures = $2 WHERE session_id = $1`, f.Session, db.JSON(f))
		if err != nil {
			return 0, fmt.Errorf("keep figures: %w", err)
		}
	}
	spared, args := db.Spare("account_id", 2, held)
	args = append([]any{of}, args...)
	for _, statement := range []string{
		`DELETE FROM attendance_mark WHERE edition_id = $1 AND ` + spared,
		`DELETE FROM attendance_answer WHERE edition_id = $1 AND ` + spared,
	} {
		n, err := tx.Exec(ctx, statement, args...)
		if err != nil {
			return 0, err
		}
		gone += n
	}
	return gone, nil
}

// Check looks for what no rule of this package would have let in.
func Check(ctx context.Context, q db.Querier) ([]db.Fault, error) {
	faults, err := db.Collect(func(row db.Scanner) (db.Fault, error) {
		f := db.Fault{Package: "attendance"}
		return f, row.Scan(&f.What, &f.Row)
	})(q.Query(ctx, `
		SELECT 'marked as neither there nor absent', session_id || ' ' || account_id FROM attendance_mark
		WHERE presence NOT IN ('present', 'absent')
		UNION ALL
		SELECT 'marked without ever having had or waited for a place', m.session_id || ' ' || m.account_id FROM attendance_mark AS m
		WHERE NOT EXISTS (SELECT 1 FROM signup_standing AS t WHERE t.session_id = m.session_id AND t.account_id = m.account_id)
		UNION ALL
		SELECT 'marked in another edition than the session', m.session_id || ' ' || m.account_id FROM attendance_mark AS m
		JOIN session ON session.id = m.session_id WHERE session.edition_id <> m.edition_id
		UNION ALL
		SELECT 'an answer before the question', session_id || ' ' || account_id FROM attendance_answer WHERE coming_at < asked_at
		UNION ALL
		SELECT 'a link that does not begin with https', session_id FROM attendance_session WHERE link <> '' AND link NOT LIKE 'https://%'`))
	if err != nil {
		return nil, fmt.Errorf("check attendance: %w", err)
	}
	return faults, nil
}
