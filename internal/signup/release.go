package signup

import (
	"context"
	"fmt"
	"slices"

	"obrady/internal/admission"
	"obrady/internal/db"
	"obrady/internal/edition"
	"obrady/internal/programme"
	"obrady/internal/timetable"
)

// Adopt takes over the hours of sessions from a release that has become public.
// Who holds a seat, or waits for one, in a session that has moved is asked what
// they want; nobody loses anything by it. A session that is cancelled frees its
// people for others at the same hours.
func (s *Service) Adopt(ctx context.Context, of edition.ID, x *timetable.Index) error {
	err := s.inBook(ctx, of, func(tx *db.Tx, b *book) error {
		var moved []programme.SessionID
		for _, o := range b.plan.Offers() {
			next := o
			next.Hours, next.Cancelled = admission.Published(x, o.Session)
			next.StartsAt = admission.First(next.Hours)
			if next.Cancelled == o.Cancelled && slices.EqualFunc(next.Hours, o.Hours, sameSpan) {
				continue
			}
			next.Revision, next.UpdatedAt = o.Revision+1, s.now()
			if err := admission.WriteOffer(ctx, tx, next); err != nil {
				return err
			}
			moved = append(moved, o.Session)
		}
		if len(moved) == 0 {
			return nil
		}
		if err := renew(ctx, tx); err != nil {
			return err
		}
		if err := b.reread(ctx); err != nil {
			return err
		}
		if err := b.tellMoved(ctx, moved); err != nil {
			return err
		}
		return b.promoteIn(ctx, moved) // what was cancelled, or about to begin, may have places again
	})
	if err != nil {
		return fmt.Errorf("take over the hours of a release: %w", err)
	}
	return nil
}

func sameSpan(a, b admission.Span) bool {
	return a.Start.Equal(b.Start) && a.End.Equal(b.End) && a.Place == b.Place
}

// tellMoved notes for each person concerned that the session has moved.
func (b *book) tellMoved(ctx context.Context, moved []programme.SessionID) error {
	for _, session := range moved {
		seats, err := Present(ctx, b.tx, session)
		if err != nil {
			return err
		}
		for _, seat := range seats {
			p, err := b.person(ctx, seat.Account)
			if err != nil {
				return err
			}
			one := p.seats[session]
			if one == nil || !one.State.Present() {
				continue
			}
			if err := b.full(ctx, one); err != nil {
				return err
			}
			one.MovedAt = b.now
			b.note(Event{Session: session, Account: seat.Account, What: WasMoved, Other: b.clashOf(p, session)})
			b.change(one)
		}
	}
	return nil
}

// clashOf names another session that somebody holds and that cannot be held
// together with this one any more; "" when there is none.
func (b *book) clashOf(p *person, session programme.SessionID) string {
	for _, s := range p.ordered() {
		if s.Session != session && s.State.Takes() && b.plan.Apart(s.Session, session) {
			return string(s.Session)
		}
	}
	return ""
}
