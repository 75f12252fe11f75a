package signup

import (
	"context"
	"fmt"

	"obrady/internal/db"
	"obrady/internal/edition"
	"obrady/internal/people"
	"obrady/internal/programme"
)

// Mine is where somebody stands with one session.
type Mine struct {
	Seat
	Position int // on the waiting list, now
}

// Mine returns where somebody stands with the sessions of an edition, what they
// have given up included, in the order in which they got it.
func (s *Service) Mine(ctx context.Context, of edition.ID, who people.AccountID) (all []Mine, err error) {
	err = s.db.Snapshot(ctx, func(q db.Querier) error {
		seats, err := seatsOf(ctx, q, of, who)
		if err != nil {
			return err
		}
		for _, seat := range seats {
			if seat.State == Refused {
				continue
			}
			one := Mine{Seat: seat}
			if seat.State == Waiting {
				if one.Position, err = position(ctx, q, seat.Session, seat.InLine); err != nil {
					return err
				}
			}
			all = append(all, one)
		}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("read somebody's sign-ups: %w", err)
	}
	return all, nil
}

// Guest is somebody with a session, as its organisers see them.
type Guest struct {
	Seat
	Badge       string // empty: does not take part in the edition any more
	Affiliation string
	Email       string
}

// Guests lists who has, or waits for, a seat of a session: seats first, in the
// order in which they were given, then the waiting list in its order.
func (s *Service) Guests(ctx context.Context, session programme.SessionID) (all []Guest, err error) {
	err = s.db.Snapshot(ctx, func(q db.Querier) error {
		seats, err := presentIn(ctx, q, session)
		if err != nil {
			return err
		}
		facts, err := guestsOf(ctx, q, session)
		if err != nil {
			return err
		}
		for _, seat := range inOrder(seats) {
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
