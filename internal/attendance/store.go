package attendance

import (
	"context"
	"errors"
	"time"

	"obrady/internal/admission"
	"obrady/internal/db"
	"obrady/internal/edition"
	"obrady/internal/id"
	"obrady/internal/people"
	"obrady/internal/programme"
	"obrady/internal/signup"
)

const settingsColumns = `s.session_id, s.edition_id, COALESCE(d.link, ''), COALESCE(d.minutes, 15), COALESCE(d.automatic, FALSE),
	COALESCE(d.revision, 0), COALESCE(d.updated_at, s.updated_at)`

func (s *Settings) dest() []any {
	return []any{&s.Session, &s.Edition, &s.Link, &s.Minutes, &s.Automatic, &s.Revision, &s.UpdatedAt}
}

func findSettings(ctx context.Context, q db.Querier, session programme.SessionID) (s Settings, err error) {
	err = q.QueryRow(ctx, `
		SELECT `+settingsColumns+` FROM admission_session AS s LEFT JOIN attendance_session AS d ON d.session_id = s.session_id
		WHERE s.session_id = $1`, session).Scan(s.dest()...)
	if errors.Is(err, db.ErrNoRow) {
		return s, ErrNoSession
	}
	return s, err
}

// findDoor returns the list of a door with nobody on it.
func findDoor(ctx context.Context, q db.Querier, session programme.SessionID) (l List, err error) {
	var starts *time.Time
	err = q.QueryRow(ctx, `
		SELECT `+settingsColumns+`, session.slug, session.title, s.starts_at
		FROM admission_session AS s JOIN session ON session.id = s.session_id
		LEFT JOIN attendance_session AS d ON d.session_id = s.session_id
		WHERE s.session_id = $1`, session).Scan(append(l.dest(), &l.Slug, db.FromJSON(&l.Name), &starts)...)
	l.StartAt = db.OrZero(starts)
	if errors.Is(err, db.ErrNoRow) {
		return l, ErrNoSession
	}
	return l, err
}

// door is a session whose row is held until the transaction ends, so that nobody
// else changes who is there.
type door struct {
	Session programme.SessionID
	Edition edition.ID
	start   time.Time
	asked   time.Time
}

// take holds the door of a session, or returns ErrNoSession.
func take(ctx context.Context, tx *db.Tx, session programme.SessionID, now time.Time) (d door, err error) {
	var starts, asked *time.Time
	err = tx.QueryRow(ctx, `
		SELECT session_id, edition_id, starts_at FROM admission_session WHERE session_id = $1`, session).Scan(&d.Session, &d.Edition, &starts)
	if errors.Is(err, db.ErrNoRow) {
		return d, ErrNoSession
	}
	if err != nil {
		return d, err
	}
	err = tx.QueryRow(ctx, `
		INSERT INTO attendance_session (session_id, edition_id, turns, updated_at) VALUES ($1, $2, 1, $3)
		ON CONFLICT (session_id) DO UPDATE SET turns = attendance_session.turns + 1
		RETURNING asked_at`, session, d.Edition, now).Scan(&asked)
	d.start, d.asked = db.OrZero(starts), db.OrZero(asked)
	return d, err
}

// writeSettings writes the next revision, or returns ErrChanged. The caller holds the door.
func writeSettings(ctx context.Context, q db.Querier, s Settings) error {
	n, err := q.Exec(ctx, `
		UPDATE attendance_session SET link = $2, minutes = $3, automatic = $4, revision = $5, updated_at = $6
		WHERE session_id = $1 AND revision = $5 - 1`, s.Session, s.Link, s.Minutes, s.Automatic, s.Revision, s.UpdatedAt)
	if err == nil && n == 0 {
		return ErrChanged
	}
	return err
}

func noteFreed(ctx context.Context, q db.Querier, session programme.SessionID, at time.Time) error {
	_, err := q.Exec(ctx, `UPDATE attendance_session SET released_at = $2 WHERE session_id = $1`, session, at)
	return err
}

func sessionAsked(ctx context.Context, q db.Querier, session programme.SessionID, at time.Time) error {
	_, err := q.Exec(ctx, `UPDATE attendance_session SET asked_at = $2 WHERE session_id = $1`, session, at)
	return err
}

// way is what Links needs of a session in which somebody has a place.
type way struct {
	Settings
	start time.Time
}

func waysOf(ctx context.Context, q db.Querier, account people.AccountID, sessions []programme.SessionID) ([]way, error) {
	args := append([]any{account, id.Key(account)}, db.Padded(sessions)...)
	return db.Collect(func(row db.Scanner) (w way, err error) {
		var starts *time.Time
		err = row.Scan(append(w.dest(), &starts)...)
		w.start = db.OrZero(starts)
		return w, err
	})(q.Query(ctx, `
		SELECT `+settingsColumns+`, s.starts_at FROM admission_session AS s
		JOIN attendance_session AS d ON d.session_id = s.session_id
		JOIN signup_standing AS t ON t.session_id = s.session_id AND t.account_id = $1 AND t.account_key = $2 AND t.state = 'held'
		WHERE d.link <> '' AND NOT s.cancelled AND s.session_id IN (`+db.List(3, len(args)-2)+`)`, args...))
}

// guestsOf reads who has a place in a session, waits for one, or has been marked.
// A name is that of the badge; that of the account where there are no badges.
func guestsOf(ctx context.Context, q db.Querier, session programme.SessionID) ([]Guest, error) {
	return db.Collect(func(row db.Scanner) (g Guest, err error) {
		var needs string
		var coming, marked *time.Time
		err = row.Scan(&g.Account, &g.State, &g.inLine, &needs, &g.Name, &g.Affiliation, &coming, &g.Presence, &marked)
		g.Needs, g.Coming, g.MarkedAt = admission.ReadNeeds(needs), coming != nil, db.OrZero(marked)
		return g, err
	})(q.Query(ctx, `
		SELECT t.account_id, t.state, t.place_in_line, t.needs, COALESCE(NULLIF(p.badge, ''), account.name), COALESCE(p.affiliation, ''),
			a.coming_at, COALESCE(m.presence, ''), m.marked_at
		FROM signup_standing AS t JOIN account ON account.id = t.account_id
		LEFT JOIN participant AS p ON p.account_id = t.account_id AND p.edition_id = t.edition_id
		LEFT JOIN attendance_answer AS a ON a.account_id = t.account_id AND a.session_id = t.session_id
		LEFT JOIN attendance_mark AS m ON m.account_id = t.account_id AND m.session_id = t.session_id
		WHERE t.session_id = $1 AND (t.state IN ('held', 'offered', 'waiting') OR t.state = 'released' AND m.presence IS NOT NULL)`, session))
}

// mark writes a mark about somebody who has a place or waits, or returns ErrNobody.
func mark(ctx context.Context, tx *db.Tx, m Mark, at time.Time) error {
	var of edition.ID
	err := tx.QueryRow(ctx, `
		SELECT edition_id FROM signup_standing
		WHERE session_id = $1 AND account_id = $2 AND account_key = $3 AND session_key = $4
			AND state IN ('held', 'offered', 'waiting', 'released')`, m.Session, m.Account, id.Key(m.Account), id.Key(m.Session)).Scan(&of)
	if errors.Is(err, db.ErrNoRow) {
		return ErrNobody
	}
	if err != nil {
		return err
	}
	_, err = tx.Exec(ctx, `
		INSERT INTO attendance_mark (session_id, account_id, edition_id, presence, marked_at, marked_by) VALUES ($1, $2, $3, $4, $5, $6)
		ON CONFLICT (session_id, account_id) DO UPDATE
		SET presence = excluded.presence, marked_at = excluded.marked_at, marked_by = excluded.marked_by
		WHERE attendance_mark.presence <> excluded.presence`, m.Session, m.Account, of, m.Presence, at, m.By)
	return err
}

func unmark(ctx context.Context, q db.Querier, m Mark) error {
	_, err := q.Exec(ctx, `DELETE FROM attendance_mark WHERE session_id = $1 AND account_id = $2`, m.Session, m.Account)
	return err
}

// dueDoors lists sessions whose places are to be freed by the clock.
func dueDoors(ctx context.Context, q db.Querier, now time.Time) ([]programme.SessionID, error) {
	return sessions(q.Query(ctx, `
		SELECT s.session_id FROM admission_session AS s JOIN attendance_session AS d ON d.session_id = s.session_id
		WHERE d.automatic AND d.released_at IS NULL AND NOT s.cancelled AND s.starts_at <= $1 AND s.starts_at > $2
		ORDER BY s.starts_at, s.session_id`, now.Add(-FreeAfter), now.Add(-automaticFor)))
}

// dueQuestions lists sessions of the next day whose people have not been asked.
func dueQuestions(ctx context.Context, q db.Querier, now time.Time) ([]programme.SessionID, error) {
	return sessions(q.Query(ctx, `
		SELECT s.session_id FROM admission_session AS s LEFT JOIN attendance_session AS d ON d.session_id = s.session_id
		WHERE s.starts_at > $1 AND s.starts_at <= $2 AND NOT s.cancelled AND d.asked_at IS NULL
		ORDER BY s.starts_at, s.session_id`, now, now.Add(AskBefore)))
}

func sessions(rows *db.Rows, err error) ([]programme.SessionID, error) {
	return db.Collect(func(row db.Scanner) (s programme.SessionID, err error) { return s, row.Scan(&s) })(rows, err)
}

// holders lists who has had a place in a session since before the moment, and has not been asked.
func holders(ctx context.Context, q db.Querier, session programme.SessionID, before time.Time) ([]people.AccountID, error) {
	return db.Collect(func(row db.Scanner) (a people.AccountID, err error) { return a, row.Scan(&a) })(q.Query(ctx, `
		SELECT t.account_id FROM signup_standing AS t JOIN signup_event AS e ON e.seq = t.seq
		WHERE t.session_id = $1 AND t.state = 'held' AND e.at <= $2 AND NOT EXISTS (
			SELECT 1 FROM attendance_answer AS a WHERE a.session_id = t.session_id AND a.account_id = t.account_id)
		ORDER BY t.seq`, session, before))
}

// question is somebody who is asked.
type question struct {
	Session programme.SessionID
	Account people.AccountID
	Edition edition.ID
	at      time.Time
}

func noteAsked(ctx context.Context, q db.Querier, one question) error {
	_, err := q.Exec(ctx, `
		INSERT INTO attendance_answer (session_id, account_id, edition_id, asked_at) VALUES ($1, $2, $3, $4)
		ON CONFLICT (session_id, account_id) DO NOTHING`, one.Session, one.Account, one.Edition, one.at)
	return err
}

// noteComing writes that somebody comes, or returns signup.ErrNoSeat where they have no place.
func noteComing(ctx context.Context, tx *db.Tx, m Mark, at time.Time) error {
	n, err := tx.Exec(ctx, `
		INSERT INTO attendance_answer (session_id, account_id, edition_id, asked_at, coming_at)
		SELECT t.session_id, t.account_id, t.edition_id, $3, $3 FROM signup_standing AS t
		WHERE t.session_id = $1 AND t.account_id = $2 AND t.account_key = $4 AND t.session_key = $5 AND t.state = 'held'
		ON CONFLICT (session_id, account_id) DO UPDATE SET coming_at = COALESCE(attendance_answer.coming_at, excluded.coming_at)`,
		m.Session, m.Account, at, id.Key(m.Account), id.Key(m.Session))
	if err == nil && n == 0 {
		return signup.ErrNoSeat
	}
	return err
}

func findQuestion(ctx context.Context, q db.Querier, where string, args ...any) (one Question, err error) {
	var starts, coming *time.Time
	err = q.QueryRow(ctx, `
		SELECT a.session_id, a.account_id, a.edition_id, session.slug, edition.slug, session.title, s.starts_at, a.coming_at
		FROM attendance_answer AS a JOIN session ON session.id = a.session_id JOIN edition ON edition.id = a.edition_id
		JOIN admission_session AS s ON s.session_id = a.session_id
		WHERE `+where, args...).Scan(
		&one.Session, &one.Account, &one.Edition, &one.Slug, &one.Where, db.FromJSON(&one.Title), &starts, &coming)
	one.StartAt, one.Coming = db.OrZero(starts), db.OrZero(coming)
	switch {
	case errors.Is(err, db.ErrNoRow):
		return one, ErrNoLink
	case err != nil:
		return one, err
	}
	err = q.QueryRow(ctx, `
		SELECT COALESCE(MAX(state), 'released') FROM signup_standing
		WHERE account_id = $1 AND session_id = $2 AND account_key = $3 AND session_key = $4`,
		one.Account, one.Session, id.Key(one.Account), id.Key(one.Session)).Scan(&one.State)
	return one, err
}

func answersOf(ctx context.Context, q db.Querier, of edition.ID, account people.AccountID) (map[programme.SessionID]bool, error) {
	all := map[programme.SessionID]bool{}
	_, err := db.Collect(func(row db.Scanner) (none struct{}, err error) {
		var session programme.SessionID
		var coming *time.Time
		if err = row.Scan(&session, &coming); err == nil {
			all[session] = coming != nil
		}
		return none, err
	})(q.Query(ctx, `
		SELECT session_id, coming_at FROM attendance_answer WHERE edition_id = $1 AND account_id = $2`, of, account))
	return all, err
}

// figuresOf counts who came. Of a session whose list has been forgotten it returns what was counted then.
func figuresOf(ctx context.Context, q db.Querier, of edition.ID) ([]Figures, error) {
	return db.Collect(func(row db.Scanner) (f Figures, err error) {
		var kept, live Figures
		var held, came, missed, atDoor int
		if err = row.Scan(&f.Session, db.FromJSON(&kept), &held, &came, &missed, &atDoor); err != nil {
			return f, err
		}
		live = Figures{Session: f.Session, Seats: held + missed - atDoor, Came: came - atDoor, AtDoor: atDoor}
		if kept.Seats > 0 {
			kept.Session, kept.Kept = f.Session, true
			return kept, nil
		}
		return live, nil
	})(q.Query(ctx, `
		SELECT s.session_id, COALESCE(d.figures, '{}'),
			(SELECT COUNT(*) FROM signup_standing AS t WHERE t.session_id = s.session_id AND t.state IN ('held', 'offered')),
			(SELECT COUNT(*) FROM signup_standing AS t JOIN attendance_mark AS m ON m.session_id = t.session_id AND m.account_id = t.account_id
				WHERE t.session_id = s.session_id AND t.state IN ('held', 'offered') AND m.presence = 'present'),
			(SELECT COUNT(*) FROM signup_standing AS t JOIN attendance_mark AS m ON m.session_id = t.session_id AND m.account_id = t.account_id
				WHERE t.session_id = s.session_id AND t.state = 'released' AND m.presence = 'absent'),
			(SELECT COUNT(*) FROM signup_event AS e
				WHERE e.session_id = s.session_id AND e.pools IS NULL AND e.what = 'admitted' AND e.at >= s.starts_at)
		FROM admission_session AS s LEFT JOIN attendance_session AS d ON d.session_id = s.session_id
		WHERE s.edition_id = $1 ORDER BY s.starts_at NULLS LAST, s.session_id`, of))
}
