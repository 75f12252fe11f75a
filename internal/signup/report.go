package signup

import (
	"context"
	"fmt"

	"obrady/internal/db"
	"obrady/internal/edition"
	"obrady/internal/people"
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
