package fairness

import (
	"context"

	"obrady/internal/admission"
	"obrady/internal/db"
)

// inWindow chooses the sessions of a window.
const inWindow = ` session_id IN (SELECT session_id FROM admission_session WHERE window_id = $1)`

func (f *Report) countPeople(ctx context.Context, q db.Querier, window admission.WindowID) error {
	rows, err := db.Collect(func(row db.Scanner) (n [3]int, err error) {
		return n, row.Scan(&n[0], &n[1], &n[2])
	})(q.Query(ctx, `
		SELECT held, waits, COUNT(*) FROM (
			SELECT account_id, COUNT(*) FILTER (WHERE state IN ('held', 'offered')) AS held,
				MAX(CASE WHEN state = 'waiting' THEN 1 ELSE 0 END) AS waits
			FROM signup_standing WHERE`+inWindow+` GROUP BY account_id
		) AS people GROUP BY held, waits ORDER BY held, waits`, window))
	for _, n := range rows {
		held, waits, count := n[0], n[1] > 0, n[2]
		f.Asked += count
		switch {
		case held > 0:
			f.Seated += count
			for len(f.ByNumber) < held {
				f.ByNumber = append(f.ByNumber, 0)
			}
			f.ByNumber[held-1] += count
		case waits:
			f.Waiting += count
		default:
			f.Refused += count
		}
	}
	return err
}

func (f *Report) countSessions(ctx context.Context, q db.Querier, window admission.WindowID) (err error) {
	f.Sessions, err = db.Collect(func(row db.Scanner) (s OfSession, err error) {
		return s, row.Scan(&s.Session, &s.Seats, &s.Waiting, &s.Asked, &s.Held, &s.Promoted)
	})(q.Query(ctx, `
		SELECT s.session_id, COALESCE(pools.seats, 0), s.waiting, COALESCE(people.asked, 0), COALESCE(people.held, 0), COALESCE(line.n, 0)
		FROM admission_session AS s
		LEFT JOIN (
			SELECT session_id, SUM(capacity) AS seats FROM admission_pool WHERE kind <> 'need' GROUP BY session_id
		) AS pools ON pools.session_id = s.session_id
		LEFT JOIN (
			SELECT session_id, COUNT(*) AS asked, COUNT(*) FILTER (WHERE state IN ('held', 'offered')) AS held
			FROM signup_standing WHERE`+inWindow+` GROUP BY session_id
		) AS people ON people.session_id = s.session_id
		LEFT JOIN (
			SELECT session_id, COUNT(*) AS n FROM signup_event WHERE pools IS NULL AND what IN ('promoted', 'accepted') GROUP BY session_id
		) AS line ON line.session_id = s.session_id
		WHERE s.window_id = $1 ORDER BY s.starts_at NULLS LAST, s.session_id`, window))
	return err
}

func (f *Report) countSectors(ctx context.Context, q db.Querier, window admission.WindowID) (err error) {
	f.BySector, err = db.Collect(func(row db.Scanner) (s OfSector, err error) {
		return s, row.Scan(&s.Sector, &s.Asked, &s.Seated)
	})(q.Query(ctx, `
		SELECT COALESCE(participant.sector, '') AS sector, COUNT(*), COUNT(*) FILTER (WHERE asked.held > 0)
		FROM (
			SELECT account_id, edition_id, SUM(CASE WHEN state IN ('held', 'offered') THEN 1 ELSE 0 END) AS held
			FROM signup_standing WHERE`+inWindow+` GROUP BY account_id, edition_id
		) AS asked
		LEFT JOIN participant ON participant.account_id = asked.account_id AND participant.edition_id = asked.edition_id
		GROUP BY COALESCE(participant.sector, '') ORDER BY sector`, window))
	return err
}

func (f *Report) countWishes(ctx context.Context, q db.Querier, window admission.WindowID) error {
	return q.QueryRow(ctx, `
		SELECT COUNT(*), COUNT(*) FILTER (WHERE signup_standing.state IN ('held', 'offered')) FROM (
			SELECT account_id, session_id, ROW_NUMBER() OVER (PARTITION BY account_id ORDER BY position) AS n
			FROM signup_wish WHERE`+inWindow+`
		) AS first LEFT JOIN signup_standing ON signup_standing.account_id = first.account_id AND signup_standing.session_id = first.session_id
		WHERE first.n = 1`, window).Scan(&f.Lists, &f.FirstWish)
}
