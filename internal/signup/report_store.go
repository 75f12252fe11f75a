package signup

import (
	"cmp"
	"context"
	"slices"

	"obrady/internal/db"
	"obrady/internal/people"
	"obrady/internal/programme"
)

// inOrder puts seats first, in the order in which they were given, and then the
// waiting list.
func inOrder(seats []Seat) []Seat {
	slices.SortFunc(seats, func(a, b Seat) int {
		if a.State.Takes() != b.State.Takes() {
			if a.State.Takes() {
				return -1
			}
			return 1
		}
		if a.State.Takes() {
			return cmp.Compare(a.Seq, b.Seq)
		}
		return cmp.Compare(a.InLine, b.InLine)
	})
	return seats
}

// guestsOf reads who the people of a session are.
func guestsOf(ctx context.Context, q db.Querier, session programme.SessionID) (map[people.AccountID]Guest, error) {
	all, err := db.Collect(func(row db.Scanner) (g Guest, err error) {
		return g, row.Scan(&g.Account, &g.Email, &g.Badge, &g.Affiliation)
	})(q.Query(ctx, `
		SELECT account.id, account.email, COALESCE(participant.badge, ''), COALESCE(participant.affiliation, '')
		FROM signup_seat JOIN account ON account.id = signup_seat.account_id
		LEFT JOIN participant ON participant.account_id = account.id AND participant.edition_id = signup_seat.edition_id
		WHERE signup_seat.session_id = $1 AND signup_seat.state IN ('held', 'offered', 'waiting')`, session))
	facts := map[people.AccountID]Guest{}
	for _, g := range all {
		facts[g.Account] = g
	}
	return facts, err
}
