package fairness

import (
	"context"
	"fmt"
	"slices"

	"obrady/internal/admission"
	"obrady/internal/db"
	"obrady/internal/edition"
	"obrady/internal/id"
	"obrady/internal/people"
	"obrady/internal/programme"
	"obrady/internal/signup"
)

// checks are what must be true of seats whatever has happened to the machine;
// each statement finds what is not.
var checks = []string{
	`SELECT 'a state that is none', account_id || ' ' || session_id FROM signup_standing
	WHERE state NOT IN ('held', 'offered', 'waiting', 'released', 'refused')`,
	`SELECT 'a place that somebody who has none takes', account_id || ' ' || session_id FROM signup_standing
	WHERE state NOT IN ('held', 'offered') AND pools <> ''`,
	`SELECT 'an offer without an end', account_id || ' ' || session_id FROM signup_standing
	WHERE (state = 'offered') <> (until IS NOT NULL)`,
	`SELECT 'a waiting list counted wrongly', s.session_id FROM admission_session AS s
	LEFT JOIN (SELECT session_id, COUNT(*) AS n FROM signup_standing WHERE state = 'waiting' GROUP BY session_id) AS t ON t.session_id = s.session_id
	WHERE s.waiting <> COALESCE(t.n, 0)`,
	`SELECT 'two at one place of a waiting list', session_id FROM signup_standing WHERE state = 'waiting'
	GROUP BY session_id, place_in_line HAVING COUNT(*) > 1`,
	`SELECT 'a seat that stands twice', account_id || ' ' || session_id FROM signup_standing
	GROUP BY account_id, session_id HAVING COUNT(*) > 1`,
	`SELECT 'a decision beyond the ledger', CAST(seq AS TEXT) FROM signup_event
	WHERE seq > (SELECT COALESCE(MAX(last), 0) FROM signup_ledger)`,
	`SELECT 'a sequence of decisions with a gap', CAST(MAX(seq) AS TEXT) FROM signup_event
	HAVING COUNT(*) <> COALESCE(MAX(seq), 0)`,
	`SELECT 'a seat without the decision that gave it', t.account_id || ' ' || t.session_id FROM signup_standing AS t
	WHERE NOT EXISTS (SELECT 1 FROM signup_event AS e WHERE e.seq = t.seq AND e.session_id = t.session_id)`,
	`SELECT 'a seat of another edition', t.account_id || ' ' || t.session_id FROM signup_standing AS t
	JOIN admission_session AS s ON s.session_id = t.session_id WHERE s.edition_id <> t.edition_id`,
	`SELECT 'a seat of nobody', t.account_id || ' ' || t.session_id FROM signup_standing AS t
	WHERE t.account_id NOT LIKE '` + signup.Nobody + `%' AND NOT EXISTS (SELECT 1 FROM account AS a WHERE a.id = t.account_id)`,
	`SELECT 'a seat of no session', t.account_id || ' ' || t.session_id FROM signup_standing AS t
	WHERE NOT EXISTS (SELECT 1 FROM admission_session AS s WHERE s.session_id = t.session_id)`,
	`SELECT 'a window that draws without a commitment', w.id FROM admission_window AS w
	WHERE w.mode IN ('lottery', 'prequeue') AND NOT EXISTS (SELECT 1 FROM signup_draw AS d WHERE d.window_id = w.id)`,
}

// Check looks for seats that no decision of this package leads to: more than
// there are, two of one person at the same hours, a waiting list with a hole.
func Check(ctx context.Context, q db.Querier) (faults []db.Fault, err error) {
	for _, statement := range checks {
		some, err := db.Collect(func(row db.Scanner) (db.Fault, error) {
			f := db.Fault{Package: "signup"}
			return f, row.Scan(&f.What, &f.Row)
		})(q.Query(ctx, statement))
		if err != nil {
			return nil, fmt.Errorf("check sign-ups: %w", err)
		}
		faults = append(faults, some...)
	}
	lost, err := checkKeys(ctx, q)
	if err != nil {
		return nil, fmt.Errorf("check the keys of seats: %w", err)
	}
	faults = append(faults, lost...)
	editions, err := db.Collect(func(row db.Scanner) (e edition.ID, err error) { return e, row.Scan(&e) })(q.Query(ctx, `
		SELECT DISTINCT edition_id FROM admission_session ORDER BY edition_id`))
	if err != nil {
		return nil, fmt.Errorf("check sign-ups: %w", err)
	}
	for _, of := range editions {
		some, err := checkEdition(ctx, q, of)
		if err != nil {
			return nil, fmt.Errorf("check the sign-ups of %s: %w", of, err)
		}
		faults = append(faults, some...)
	}
	return faults, nil
}

// checkKeys looks for seats that their ids do not lead to.
func checkKeys(ctx context.Context, q db.Querier) (faults []db.Fault, err error) {
	_, err = db.Collect(func(row db.Scanner) (none struct{}, err error) {
		var account, session string
		var byAccount, bySession int64
		err = row.Scan(&account, &session, &byAccount, &bySession)
		if err == nil && (byAccount != id.Key(account) || bySession != id.Key(session)) {
			faults = append(faults, db.Fault{Package: "signup", What: "a seat that its ids do not lead to", Row: account + " " + session})
		}
		return none, err
	})(q.Query(ctx, `SELECT account_id, session_id, account_key, session_key FROM signup_standing`))
	return faults, err
}

// checkEdition counts the places that seats say they take, and looks for people
// with two seats at the same hours. Who was told that a session has moved may
// have such a pair until they choose.
func checkEdition(ctx context.Context, q db.Querier, of edition.ID) (faults []db.Fault, err error) {
	plan, err := admission.LoadPlan(ctx, q, of, 0)
	if err != nil {
		return nil, err
	}
	taken := map[admission.PoolName]int{}
	by := map[people.AccountID][]signup.Seat{}
	for _, o := range plan.Offers() {
		seats, err := signup.Taken(ctx, q, o.Session)
		if err != nil {
			return nil, err
		}
		for _, seat := range seats {
			for _, number := range seat.Pools {
				taken[admission.PoolName{Session: o.Session, Number: number}]++
			}
			if o.Counted() && !slices.ContainsFunc(seat.Pools, func(number int) bool { return isSeat(o.Pool(number)) }) {
				faults = append(faults, db.Fault{Package: "signup", What: "a seat that is counted nowhere", Row: string(seat.Account) + " " + string(seat.Session)})
			}
			if !o.Cancelled {
				by[seat.Account] = append(by[seat.Account], seat)
			}
		}
	}
	for _, o := range plan.Offers() {
		for _, p := range o.Pools {
			if n := taken[admission.PoolName{Session: o.Session, Number: p.Number}]; n != p.Taken || n > p.Capacity {
				faults = append(faults, db.Fault{Package: "signup", What: "a pool counted wrongly", Row: fmt.Sprintf("%s %d: %d of %d, %d seats", o.Session, p.Number, p.Taken, p.Capacity, n)})
			}
		}
	}
	for account, seats := range by {
		if a, b, ok := collision(plan, byOffer(plan), seats); ok {
			faults = append(faults, db.Fault{Package: "signup", What: "two seats at the same hours", Row: fmt.Sprintf("%s %s %s", account, a, b)})
		}
	}
	return faults, nil
}

func isSeat(p *admission.Pool) bool { return p != nil && p.Kind != admission.ForNeed }

func byOffer(plan *admission.Plan) map[programme.SessionID]admission.Offer {
	offers := map[programme.SessionID]admission.Offer{}
	for _, o := range plan.Offers() {
		offers[o.Session] = o
	}
	return offers
}

// collision finds two seats at the same hours that no decision leads to. Walks and
// minutes to spare may be set anew when people have their seats already, so the
// hours alone count, and seats from before the settings were changed do not.
func collision(plan *admission.Plan, offers map[programme.SessionID]admission.Offer, seats []signup.Seat) (a, b programme.SessionID, found bool) {
	for i, one := range seats {
		for _, other := range seats[:i] {
			chosen := !one.MovedAt.IsZero() || !other.MovedAt.IsZero() || swaps(one, other) || swaps(other, one)
			before := one.Since.Before(plan.Settings.UpdatedAt) && other.Since.Before(plan.Settings.UpdatedAt)
			if !chosen && !before && plan.Apart(one.Session, other.Session) && overlap(offers[one.Session].Hours, offers[other.Session].Hours) {
				return other.Session, one.Session, true
			}
		}
	}
	return "", "", false
}

// swaps says whether a seat is kept for somebody who would give the other one back for it.
func swaps(one, other signup.Seat) bool {
	return one.State == signup.Offered && one.Instead == other.Session
}

func overlap(a, b []admission.Span) bool {
	return slices.ContainsFunc(a, func(one admission.Span) bool {
		return slices.ContainsFunc(b, func(other admission.Span) bool { return one.Start.Before(other.End) && other.Start.Before(one.End) })
	})
}
