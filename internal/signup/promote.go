package signup

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"time"

	"obrady/internal/admission"
	"obrady/internal/invitation"
	"obrady/internal/outbox"
	"obrady/internal/people"
	"obrady/internal/programme"
)

// promote hands places that are free to those who wait, in their order. It is
// called in every transaction that frees a place or adds one, and by no clock:
// nobody waits while there is a place for them, and nobody else gets it first.
//
// Who waits for something that is not free, such as a headset, stays where they
// are, and the next in line is asked.
func (b *book) promote(ctx context.Context, o *admission.Offer) error {
	w := b.plan.Window(o.Window)
	if o.Waiting == 0 || o.Cancelled || w.Manner(b.now, o.StartsAt) == admission.AtDoor || !b.now.Before(w.ClosesAt) && o.StartsAt.IsZero() {
		return nil
	}
	var after int64
	for o.Waiting > 0 && o.SomeLeft() {
		if err := b.flush(ctx); err != nil {
			return err
		}
		heads, err := waitingFor(ctx, b.tx, o.Session, after)
		if err != nil {
			return fmt.Errorf("read the waiting list of %s: %w", o.Session, err)
		}
		if len(heads) == 0 {
			return nil
		}
		if after, err = b.ask(ctx, o, heads); err != nil {
			return err
		}
	}
	return nil
}

// promoteIn is promote for several sessions.
func (b *book) promoteIn(ctx context.Context, sessions []programme.SessionID) error {
	if err := b.loadOffers(ctx, sessions); err != nil {
		return err
	}
	for _, session := range sessions {
		if o := b.offers[session]; o != nil {
			if err := b.promote(ctx, o); err != nil {
				return err
			}
		}
	}
	return nil
}

// ask offers free places to heads of the line, and returns how far it came.
func (b *book) ask(ctx context.Context, o *admission.Offer, heads []Seat) (after int64, err error) {
	accounts := make([]people.AccountID, len(heads))
	for i := range heads {
		accounts[i] = heads[i].Account
	}
	if err := b.loadPeople(ctx, accounts); err != nil {
		return 0, err
	}
	for i := range heads {
		p := b.people[heads[i].Account]
		s := p.seats[o.Session]
		after = heads[i].InLine
		if s == nil || s.State != Waiting { // served while this round went on
			continue
		}
		if err := b.full(ctx, s); err != nil {
			return after, err
		}
		if err := b.serve(ctx, o, p, s); err != nil {
			return after, err
		}
		if !o.SomeLeft() {
			return after, nil
		}
	}
	return after, nil
}

// serve gives a free place to somebody who waits, if it is of use to them.
func (b *book) serve(ctx context.Context, o *admission.Offer, p *person, s *Seat) error {
	let, err := b.letsIn(ctx, o, s)
	if err != nil || !let {
		return err
	}
	numbers, _, ok := o.Choose(p.wants(s))
	if !ok {
		return nil
	}
	no, err := b.allows(ctx, p, o, p.seats[s.Instead])
	if err != nil {
		return err
	}
	if no.Why == Colleagues {
		return nil
	}
	if no.Why != "" {
		return b.release(ctx, p, s, Event{What: WasDropped, Why: string(LineChanged), Other: no.Other})
	}
	w := b.plan.Window(o.Window)
	g := granting{numbers: numbers, event: Event{What: WasPromoted}}
	if w.Manner(b.now, o.StartsAt) == admission.ByOffer {
		g.event.What, g.until = WasOffered, b.now.Add(time.Duration(w.OfferMinutes)*time.Minute)
		due := Due{Session: o.Session, Account: p.account}
		if err := outbox.AddAt(ctx, b.tx, g.until, due); err != nil {
			return err
		}
	}
	_, err = b.grant(ctx, p, o, s, g)
	return err
}

// letsIn says whether the invitation by which somebody waits still gives a seat;
// where none is needed they go on without it.
func (b *book) letsIn(ctx context.Context, o *admission.Offer, s *Seat) (bool, error) {
	if s.Via == "" {
		return true, nil
	}
	holds, err := invitation.Holds(ctx, b.tx, s.Via)
	if err != nil || holds {
		return holds, err
	}
	if b.plan.Window(o.Window).Mode == admission.Invitation {
		return false, nil
	}
	s.Via = ""
	b.change(s)
	return true, nil
}

// ordered lists what somebody has in the order in which they got it, so that
// decisions do not depend on the order of a map.
func (p *person) ordered() []*Seat {
	all := make([]*Seat, 0, len(p.seats))
	for _, s := range p.seats {
		all = append(all, s)
	}
	slices.SortFunc(all, func(a, b *Seat) int { return cmp.Compare(a.Seq, b.Seq) })
	return all
}
