package attendance

import (
	"context"
	"fmt"

	"obrady/internal/db"
	"obrady/internal/people"
	"obrady/internal/programme"
	"obrady/internal/signup"
)

// Taker is somebody with a session, as its organisers see them.
type Taker struct {
	signup.Seat
	Badge       string // empty: does not take part in the edition any more
	Affiliation string
	Email       string
}

// Takers lists who has, or waits for, a seat of a session: seats first, in the
// order in which they were given, then the waiting list in its order.
func (s *Service) Takers(ctx context.Context, session programme.SessionID) (all []Taker, err error) {
	err = s.db.Snapshot(ctx, func(q db.Querier) error {
		seats, err := signup.Present(ctx, q, session)
		if err != nil {
			return err
		}
		facts, err := takersOf(ctx, q, session)
		if err != nil {
			return err
		}
		for _, seat := range seats {
			one := facts[seat.Account]
			one.Seat = seat
			all = append(all, one)
		}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("list who has a seat of a session: %w", err)
	}
	return all, nil
}

// takersOf reads who the people of a session are.
func takersOf(ctx context.Context, q db.Querier, session programme.SessionID) (map[people.AccountID]Taker, error) {
	all, err := db.Collect(func(row db.Scanner) (g Taker, err error) {
		return g, row.Scan(&g.Account, &g.Email, &g.Badge, &g.Affiliation)
	})(q.Query(ctx, `
		SELECT account.id, account.email, COALESCE(participant.badge, ''), COALESCE(participant.affiliation, '')
		FROM signup_standing JOIN account ON account.id = signup_standing.account_id
		LEFT JOIN participant ON participant.account_id = account.id AND participant.edition_id = signup_standing.edition_id
		WHERE signup_standing.session_id = $1 AND signup_standing.state IN ('held', 'offered', 'waiting')`, session))
	facts := map[people.AccountID]Taker{}
	for _, g := range all {
		facts[g.Account] = g
	}
	return facts, err
}
