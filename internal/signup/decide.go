package signup

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"obrady/internal/admission"
	"obrady/internal/invitation"
	"obrady/internal/lottery"
	"obrady/internal/people"
	"obrady/internal/programme"
)

// Wish is a session that somebody claims a seat in, with what they need there.
type Wish struct {
	Session programme.SessionID
	Needs   []admission.Need
}

// Claim is one press of the button: for one session, or for a list of them of
// which the best set is wanted that fits and does not clash. The first wish is
// the most wanted: it is given if it can be, whatever that makes of the others.
type Claim struct {
	Account people.AccountID
	Session string // the session of the browser, which must still be alive when the claim is decided; "" is not asked
	Key     string // of the request: the same key gets the same answer
	Wishes  []Wish
	Instead programme.SessionID // is given back if the one wish is granted, and only then
	Code    string              // the sum of an invitation code, as invitation.CodeSum makes it
}

// claim decides one claim.
func (b *book) claim(ctx context.Context, c Claim) (Answer, error) {
	p, err := b.person(ctx, c.Account)
	if err != nil {
		return Answer{}, err
	}
	answer := Answer{At: b.now}
	for _, wish := range c.Wishes {
		outcome, at, err := b.claimOne(ctx, p, c, wish)
		if at.Before(answer.At) {
			answer.At = at // it was answered before
		}
		if err != nil {
			return answer, fmt.Errorf("decide a claim for %s: %w", wish.Session, err)
		}
		if answer.Receipt == 0 {
			answer.Receipt = outcome.Seq
		}
		answer.Outcomes = append(answer.Outcomes, outcome)
	}
	return answer, nil
}

// claimOne decides one wish, or says again what was decided when the same request
// asked for it before, and when.
func (b *book) claimOne(ctx context.Context, p *person, c Claim, wish Wish) (Outcome, time.Time, error) {
	if had := p.seats[wish.Session]; had != nil && c.Key != "" && had.Request == c.Key {
		e, err := b.decision(ctx, had.Answered)
		return e.outcome(), e.At, err
	}
	outcome, err := b.decide(ctx, p, c, wish)
	return outcome, b.now, err
}

func (b *book) decide(ctx context.Context, p *person, c Claim, wish Wish) (Outcome, error) {
	o, err := b.offer(ctx, wish.Session)
	if err != nil {
		return Outcome{}, err
	}
	if had := p.seats[wish.Session]; had != nil && had.State.Present() {
		return b.again(ctx, p, had, c)
	}
	if refusal := b.admits(p, o, wish.Session); refusal.Why != "" {
		return refusal, nil
	}
	via, refusal, err := b.invited(ctx, p, o, c)
	if err != nil || refusal.Why != "" {
		return b.refuse(p, c, refusal), err
	}
	leaving := b.leaving(p, c)
	if c.Instead != "" && leaving == nil {
		return b.refuse(p, c, Outcome{Session: o.Session, Why: NotHolding, Other: string(c.Instead)}), nil
	}
	refusal, err = b.allows(ctx, p, o, leaving)
	if err != nil || refusal.Why != "" {
		return b.refuse(p, c, refusal), err
	}
	seat := &Seat{
		Session: o.Session, Account: p.account, Edition: b.plan.Edition, Needs: wish.Needs, Institution: b.employer(p),
		Instead: c.Instead, Via: via, Since: b.now,
	}
	numbers, empty, ok := o.Choose(p.wants(seat))
	w := b.plan.Window(o.Window)
	atDoor := o.Waiting > 0 && w.Manner(b.now, o.StartsAt) == admission.AtDoor // what is free is for those who wait
	if ok && !atDoor {
		return b.grant(ctx, p, o, seat, granting{numbers: numbers, event: Event{What: WasGranted, Request: c.Key}})
	}
	if empty == 0 && !ok {
		return b.refuse(p, c, Outcome{Session: o.Session, Why: NotForYou}), nil
	}
	if !w.Waiting {
		return b.refuse(p, c, Outcome{Session: o.Session, Why: Full, Number: empty}), nil
	}
	return b.enlist(p, o, seat, c.Key), nil
}

// employer is the institution of somebody, where a rule counts it.
func (b *book) employer(p *person) people.InstitutionID {
	for _, r := range b.plan.Rules {
		if r.Kind == admission.MostInstitution {
			return p.institution
		}
	}
	return ""
}

// wants is what somebody brings to the pools for a seat.
func (p *person) wants(s *Seat) admission.Guest {
	return admission.Guest{Needs: s.Needs, Sector: p.sector, Institution: p.institution, Invited: s.Via != ""}
}

// again answers who has the seat, or waits for it, already; a seat that is kept
// for them is taken by claiming it.
func (b *book) again(ctx context.Context, p *person, s *Seat, c Claim) (Outcome, error) {
	if s.State != Holding {
		if err := b.full(ctx, s); err != nil {
			return Outcome{}, err
		}
	}
	switch s.State {
	case Offered:
		if !b.now.Before(s.Until) {
			break // too late: the promise to look after it will come
		}
		outcome := b.accept(s, c.Key)
		return outcome, b.settle(ctx, p, s)
	case Waiting:
		if b.leaving(p, c) != nil && c.Instead != s.Instead {
			s.Instead = c.Instead
			b.change(s)
			if err := renew(ctx, b.tx); err != nil { // no decision says it to other instances
				return Outcome{}, err
			}
		}
		e, err := b.decision(ctx, s.Seq) // the position as it was then: a crowd that presses twice must not count a long line each time
		return Outcome{Session: s.Session, State: Waiting, Seq: s.Seq, Position: int(e.Number)}, err
	case Holding, Released, Refused:
	}
	return Outcome{Session: s.Session, State: s.State, Seq: s.Seq}, nil
}

// decision finds a decision, of this transaction or an earlier one.
func (b *book) decision(ctx context.Context, seq Receipt) (Event, error) {
	for _, e := range b.events {
		if e.Seq == seq {
			return e.Event, nil
		}
	}
	return findEvent(ctx, b.tx, seq)
}

// admits says whether the session takes claims now, and of this person. Such a
// refusal is no decision about a seat: it is not written, and the same request
// may be answered otherwise later.
func (b *book) admits(p *person, o *admission.Offer, session programme.SessionID) Outcome {
	no := Outcome{Session: session, State: Refused}
	switch {
	case o == nil:
		no.Why = NoOffer
	case !p.known || !p.listed:
		no.Why = NotListed
	case o.Cancelled:
		no.Why = Cancelled
	case b.plan.Settings.Held:
		no.Why = OnHold
	default:
		no.Why = closed(b.plan.Window(o.Window), o, b.now)
	}
	if no.Why == "" {
		return Outcome{}
	}
	return no
}

// closed says why no claim can be decided at the moment now, if so.
func closed(w *admission.Window, o *admission.Offer, now time.Time) Why {
	switch w.Phase(now) {
	case admission.Before:
		return TooEarly
	case admission.Closed:
		return TooLate
	case admission.Deciding:
		return NotDecided
	case admission.Entries:
		if w.Mode == admission.Selection {
			return ByChoice
		}
		return ByLot
	case admission.Running:
	}
	if w.Mode == admission.Prequeue && w.DecidedAt.IsZero() {
		return NotDecided
	}
	if !o.StartsAt.IsZero() && !now.Before(o.StartsAt) {
		return TooLate
	}
	return ""
}

// refuse writes that nothing was got.
func (b *book) refuse(p *person, c Claim, no Outcome) Outcome {
	if no.Why == "" {
		return no
	}
	no.State = Refused
	no.Seq = b.note(Event{
		Session: no.Session, Account: p.account, Request: c.Key, What: WasRefused, Why: string(no.Why), Other: no.Other, Number: int64(no.Number),
	})
	s := &Seat{Session: no.Session, Account: p.account, Edition: b.plan.Edition, State: Refused, Seq: no.Seq, Since: b.now, Request: c.Key, Answered: no.Seq}
	b.replace(p, s)
	return no
}

// replace puts a seat in the place of what somebody had of the session.
func (b *book) replace(p *person, s *Seat) {
	if old := p.seats[s.Session]; old != s {
		s.fresh = old == nil || old.fresh
		b.forget(old)
	}
	p.seats[s.Session] = s
	b.change(s)
}

// asks says whether a seat of the session may depend on an invitation.
func asks(o *admission.Offer, w *admission.Window) bool {
	return w.Mode == admission.Invitation || slices.ContainsFunc(o.Pools, func(p admission.Pool) bool { return p.Kind == admission.ForInvited })
}

// invited finds the invitation that lets somebody in, and counts its use; it
// refuses who needs one and has none.
func (b *book) invited(ctx context.Context, p *person, o *admission.Offer, c Claim) (via string, no Outcome, err error) {
	w := b.plan.Window(o.Window)
	if !asks(o, w) {
		return "", no, nil
	}
	via, err = invitation.Find(ctx, b.tx, w.ID, p.account, c.Code)
	if err != nil && !errors.Is(err, invitation.ErrNone) {
		return "", no, err
	}
	if via == "" && w.Mode == admission.Invitation {
		no = Outcome{Session: o.Session, Why: Uninvited}
	}
	return via, no, nil
}

// leaving is the seat that is given back for another.
func (b *book) leaving(p *person, c Claim) *Seat {
	if s := p.seats[c.Instead]; c.Instead != "" && s != nil && s.State.Takes() && len(c.Wishes) == 1 {
		return s
	}
	return nil
}

// allows holds a seat to the rules: what somebody has already must not be at the
// same hours, nor be too much. What they would leave for it does not count.
func (b *book) allows(ctx context.Context, p *person, o *admission.Offer, leaving *Seat) (Outcome, error) {
	no := Outcome{Session: o.Session, State: Refused}
	var clash *Seat // the one got first, so that the answer does not depend on the order of a map
	for _, s := range p.seats {
		if s != leaving && s.State.Takes() && s.Session != o.Session && b.plan.Apart(s.Session, o.Session) && (clash == nil || s.Seq < clash.Seq) {
			clash = s
		}
	}
	if clash != nil {
		no.Why, no.Other = Overlapping, string(clash.Session)
		return no, nil
	}
	for _, r := range b.plan.RulesOf(o.Session) {
		rule := &b.plan.Rules[r]
		counted, err := b.counted(ctx, p, o, r, leaving)
		if err != nil {
			return no, err
		}
		if most := rule.Limit(); counted >= most {
			no.Why, no.Other, no.Number = TooMany, string(rule.ID), most
			if rule.Kind == admission.MostInstitution {
				no.Why = Colleagues
			}
			return no, nil
		}
	}
	return Outcome{}, nil
}

// counted is how much of a rule's limit is used up.
func (b *book) counted(ctx context.Context, p *person, o *admission.Offer, rule int, leaving *Seat) (n int, err error) {
	if b.plan.Rules[rule].Kind == admission.MostInstitution {
		if p.institution == "" {
			return 0, nil
		}
		return b.of(ctx, lottery.Colleague{Session: o.Session, Institution: p.institution})
	}
	for _, s := range p.seats {
		if s != leaving && s.State.Takes() && b.plan.Under(s.Session, rule) {
			n++
		}
	}
	return n, nil
}

// granting is how a seat is given.
type granting struct {
	numbers []int // of the pools it takes a place of
	event   Event // what is written about it
	until   time.Time
}

// grant gives a seat, gives back the one it replaces, and takes its owner off
// the waiting lists that it makes pointless.
func (b *book) grant(ctx context.Context, p *person, o *admission.Offer, s *Seat, g granting) (Outcome, error) {
	if s.State == Waiting {
		b.line(o, -1)
	}
	s.State, s.Pools, s.Until = Holding, g.numbers, time.Time{}
	if g.event.What == WasOffered {
		s.State, s.Until = Offered, g.until
	}
	b.take(o, g.numbers, 1)
	if s.Via != "" {
		if err := invitation.Count(ctx, b.tx, s.Via, 1); err != nil {
			return Outcome{}, err
		}
	}
	g.event.Session, g.event.Account = o.Session, p.account
	s.Seq, s.Since = b.note(g.event), b.now
	if g.event.Request != "" {
		s.Request, s.Answered = g.event.Request, s.Seq
	}
	b.joins(s, 1)
	b.replace(p, s)
	if s.State == Offered {
		return Outcome{Session: o.Session, State: Offered, Seq: s.Seq}, nil
	}
	return Outcome{Session: o.Session, State: Holding, Seq: s.Seq}, b.settle(ctx, p, s)
}

// settle does what follows from a seat that somebody now holds for good.
func (b *book) settle(ctx context.Context, p *person, s *Seat) error {
	if old := p.seats[s.Instead]; s.Instead != "" && old != nil && old.State.Takes() {
		if err := b.release(ctx, p, old, Event{What: WasSwapped, Other: string(s.Session)}); err != nil {
			return err
		}
	}
	if s.Instead != "" {
		s.Instead = ""
		b.change(s)
	}
	return b.drop(ctx, p, s)
}

// drop takes somebody off the waiting lists of sessions that they could not take
// part in any more.
func (b *book) drop(ctx context.Context, p *person, because *Seat) error {
	for _, s := range p.ordered() {
		if s.State != Waiting {
			continue
		}
		o, err := b.offer(ctx, s.Session)
		if err != nil {
			return err
		}
		if o == nil {
			continue
		}
		if err := b.full(ctx, s); err != nil {
			return err
		}
		no, err := b.allows(ctx, p, o, p.seats[s.Instead])
		if err != nil {
			return err
		}
		if no.Why == "" || no.Why == Colleagues {
			continue
		}
		if err := b.release(ctx, p, s, Event{What: WasDropped, Why: string(no.Why), Other: string(because.Session)}); err != nil {
			return err
		}
	}
	return nil
}

// enlist puts somebody at the end of the waiting list.
func (b *book) enlist(p *person, o *admission.Offer, s *Seat, key string) Outcome {
	b.line(o, 1)
	s.State = Waiting
	s.Seq = b.note(Event{Session: o.Session, Account: p.account, Request: key, What: WasListed, Number: int64(o.Waiting)})
	s.InLine = int64(s.Seq) * lineStep
	s.Request, s.Answered = key, s.Seq
	b.replace(p, s)
	return Outcome{Session: o.Session, State: Waiting, Seq: s.Seq, Position: o.Waiting}
}

// lineStep is the distance between two who wait, so that somebody can be put
// between them.
const lineStep = 1 << 16

// accept turns a seat that was kept into one that is held.
func (b *book) accept(s *Seat, key string) Outcome {
	s.State, s.Until, s.Since = Holding, time.Time{}, b.now
	s.Seq = b.note(Event{Session: s.Session, Account: s.Account, Request: key, What: WasAccepted})
	if key != "" {
		s.Request, s.Answered = key, s.Seq
	}
	b.change(s)
	return Outcome{Session: s.Session, State: Holding, Seq: s.Seq}
}

// release takes a seat, or a place on the waiting list, away, and hands what
// becomes free to those who wait.
func (b *book) release(ctx context.Context, p *person, s *Seat, e Event) error {
	o, err := b.offer(ctx, s.Session)
	if err != nil {
		return err
	}
	if o == nil {
		return ErrNoSession
	}
	if err := b.full(ctx, s); err != nil {
		return err
	}
	took := s.State.Takes()
	switch {
	case took:
		b.take(o, s.Pools, -1)
		b.joins(s, -1)
		if s.Via != "" {
			if err := invitation.Count(ctx, b.tx, s.Via, -1); err != nil {
				return err
			}
		}
	case s.State == Waiting:
		b.line(o, -1)
	default:
		return ErrNoSeat
	}
	s.State, s.Pools, s.Instead, s.Until, s.MovedAt = Released, nil, "", time.Time{}, time.Time{}
	e.Session, e.Account = s.Session, p.account
	s.Seq, s.Since = b.note(e), b.now
	b.change(s)
	if !took {
		return nil
	}
	return b.promote(ctx, o)
}
