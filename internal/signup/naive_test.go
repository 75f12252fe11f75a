package signup_test

import (
	"cmp"
	"errors"
	"slices"
	"time"

	"obrady/internal/admission"
	"obrady/internal/people"
	"obrady/internal/programme"
	"obrady/internal/signup"
	"obrady/internal/timetable"
)

// naive is what sign-ups are meant to do, written a second time without a thought
// for speed: it keeps lists alone, counts by looking through them, and knows
// nothing of transactions, batches or the database. What it is compared with must
// have come to the same by another way.
type naive struct {
	now      time.Time
	settings admission.Settings
	windows  []admission.Window
	offers   []admission.Offer // Taken and Waiting of them are not used
	parents  map[programme.BlockID]programme.BlockID
	walks    map[[2]timetable.PlaceID]int
	rules    []admission.Rule
	guests   map[people.AccountID]admission.Guest // with sector and institution
	invites  []invited

	seats   []*signup.Seat // one at most for each person and session
	line    map[programme.SessionID][]people.AccountID
	log     []signup.Event
	before  signup.Receipt // the last number before the log
	wishes  map[people.AccountID][]signup.Wish
	entries map[admission.WindowID]map[people.AccountID]bool

	// lots puts people into the order of the lot of a window.
	lots func(admission.WindowID, []people.AccountID) []people.AccountID
	flaw flaw // what it does wrong, to try whether anybody notices
}

// invited is an invitation by a code, or, without one, for everybody's domain.
type invited struct {
	id      string
	window  admission.WindowID
	code    string
	uses    int
	revoked bool
}

// flaw is a fault that is put into the model.
type flaw string

const (
	nobodyMovesUp   flaw = "nobody moves up from the waiting list"
	positionsAreOff flaw = "positions on the waiting list are off by one"
	overlapsPass    flaw = "overlapping sessions are given"
	offersStay      flaw = "offers never expire"
	lastSeatTwice   flaw = "the last seat is given twice"
	keysForgotten   flaw = "a request that is sent again is decided again"
	swapsKeepBoth   flaw = "a seat that was to be swapped is kept"
	firstsAndSecond flaw = "a draw gives all wishes of the first in the order"
	holdIsIgnored   flaw = "the hold switch does nothing"
	colleaguesPass  flaw = "a limit for institutions is not kept"
	doorIsOpen      flaw = "in the last hours places go past the waiting list"
)

var errRefused = errors.New("refused")

func (n *naive) offer(session programme.SessionID) *admission.Offer {
	for i := range n.offers {
		if n.offers[i].Session == session {
			return &n.offers[i]
		}
	}
	return nil
}

func (n *naive) window(of admission.WindowID) *admission.Window {
	for i := range n.windows {
		if n.windows[i].ID == of {
			return &n.windows[i]
		}
	}
	return nil
}

func (n *naive) seat(who people.AccountID, session programme.SessionID) *signup.Seat {
	for _, s := range n.seats {
		if s.Account == who && s.Session == session {
			return s
		}
	}
	return nil
}

// has is what somebody holds or is offered, the first got in front.
func (n *naive) has(who people.AccountID) (all []*signup.Seat) {
	for _, s := range n.seats {
		if s.Account == who && s.State.Takes() {
			all = append(all, s)
		}
	}
	slices.SortFunc(all, func(a, b *signup.Seat) int { return cmp.Compare(a.Seq, b.Seq) })
	return all
}

func (n *naive) put(s *signup.Seat) {
	n.seats = slices.DeleteFunc(n.seats, func(old *signup.Seat) bool {
		return old != s && old.Account == s.Account && old.Session == s.Session
	})
	if !slices.Contains(n.seats, s) {
		n.seats = append(n.seats, s)
	}
}

func (n *naive) note(e signup.Event) signup.Receipt {
	e.Seq, e.At, e.Edition = n.before+signup.Receipt(len(n.log))+1, n.now, n.settings.Edition
	n.log = append(n.log, e)
	return e.Seq
}

func (n *naive) event(seq signup.Receipt) signup.Event { return n.log[seq-n.before-1] }

// left is how many places of a pool are free.
func (n *naive) left(session programme.SessionID, number int) int {
	taken := 0
	for _, s := range n.seats {
		if s.Session == session && s.State.Takes() && slices.Contains(s.Pools, number) {
			taken++
		}
	}
	for _, p := range n.offer(session).Pools {
		if p.Number == number {
			return p.Capacity - taken
		}
	}
	return 0
}

// room finds pools for somebody. For whom no seat is kept it returns no pool at
// all, and where one is empty its number.
func (n *naive) room(s *signup.Seat) (numbers []int, empty int, ok bool) {
	guest := n.guests[s.Account]
	var kept, common, things []int
	seats := false
	for _, p := range n.offer(s.Session).Pools {
		seats = seats || p.Kind != admission.ForNeed
		switch {
		case p.Kind == admission.ForAll:
			common = append(common, p.Number)
		case p.Kind == admission.ForSector && p.Target == string(guest.Sector),
			p.Kind == admission.ForInstitution && p.Target == string(guest.Institution),
			p.Kind == admission.ForInvited && s.Via != "":
			kept = append(kept, p.Number)
		}
	}
	for _, need := range s.Needs {
		for _, p := range n.offer(s.Session).Pools {
			if p.Kind == admission.ForNeed && p.Target == string(need) {
				things = append(things, p.Number)
			}
		}
	}
	all := append(kept, common...)
	if seats && len(all) == 0 {
		return nil, 0, false
	}
	for _, number := range all {
		left := n.left(s.Session, number)
		if n.flaw == lastSeatTwice && left == 0 {
			left = 1
		}
		if left > 0 && len(numbers) == 0 {
			numbers = append(numbers, number)
		}
	}
	if seats && len(numbers) == 0 {
		return nil, all[len(all)-1], false
	}
	for _, number := range things {
		if n.left(s.Session, number) <= 0 {
			return nil, number, false
		}
	}
	return append(numbers, things...), 0, true
}

// anyLeft says whether a seat is free for anyone.
func (n *naive) anyLeft(session programme.SessionID) bool {
	seats := false
	for _, p := range n.offer(session).Pools {
		if p.Kind != admission.ForNeed {
			seats = true
			if n.left(session, p.Number) > 0 {
				return true
			}
		}
	}
	return !seats
}

func (n *naive) apart(a, b programme.SessionID) bool {
	one, other := n.offer(a), n.offer(b)
	if a == b || n.settings.Overlap || one.Cancelled || other.Cancelled || n.flaw == overlapsPass {
		return false
	}
	for _, x := range one.Hours {
		for _, y := range other.Hours {
			spare := time.Duration(n.settings.Margin) * time.Minute
			if n.settings.Walking {
				spare += time.Duration(n.walks[[2]timetable.PlaceID{x.Place, y.Place}]) * time.Minute
			}
			if x.Start.Add(-spare).Before(y.End) && y.Start.Add(-spare).Before(x.End) {
				return true
			}
		}
	}
	return false
}

func (n *naive) under(r admission.Rule, session programme.SessionID) bool {
	o := n.offer(session)
	switch r.Over {
	case admission.OverAll:
		return true
	case admission.OverFormats:
		return slices.Contains(r.Keys, string(o.Format))
	case admission.OverWindows:
		return slices.Contains(r.Keys, string(o.Window))
	case admission.OverSessions:
		return slices.Contains(r.Keys, string(session))
	case admission.OverBlocks:
		return slices.Contains(r.Keys, string(o.Block)) || slices.Contains(r.Keys, string(n.parents[o.Block]))
	}
	return false
}

// colleagues counts who has a seat already of the institution that somebody is of.
func (n *naive) colleagues(who people.AccountID, session programme.SessionID) (count int) {
	of := n.guests[who].Institution
	for _, s := range n.seats {
		if of != "" && s.Session == session && s.State.Takes() && s.Institution == of {
			count++
		}
	}
	return count
}

// employer is the institution of somebody, where a rule counts it.
func (n *naive) employer(who people.AccountID) people.InstitutionID {
	if slices.ContainsFunc(n.rules, func(r admission.Rule) bool { return r.Kind == admission.MostInstitution }) {
		return n.guests[who].Institution
	}
	return ""
}

// bars says what stands in the way of a seat: sessions at the same hours, rules.
// What is given back for it does not count.
func (n *naive) bars(who people.AccountID, session, leaving programme.SessionID) signup.Outcome {
	no := signup.Outcome{Session: session, State: signup.Refused}
	for _, s := range n.has(who) {
		if s.Session != leaving && n.apart(s.Session, session) {
			no.Why, no.Other = signup.Overlapping, string(s.Session)
			return no
		}
	}
	for _, r := range n.rules {
		if !n.under(r, session) {
			continue
		}
		no.Why, no.Other, no.Number = signup.TooMany, string(r.ID), r.Limit()
		count := 0
		if r.Kind == admission.MostInstitution {
			no.Why = signup.Colleagues
			if count = n.colleagues(who, session); n.flaw == colleaguesPass {
				count = 0
			}
		} else {
			for _, s := range n.has(who) {
				if s.Session != leaving && n.under(r, s.Session) {
					count++
				}
			}
		}
		if count >= r.Limit() {
			return no
		}
	}
	return signup.Outcome{}
}

// invitation finds one for somebody that still gives a seat.
func (n *naive) invitation(window admission.WindowID, code string) string {
	var byCode, byDomain []string
	for _, i := range n.invites {
		switch {
		case i.window != window || !n.gives(i.id):
		case i.code == "":
			byDomain = append(byDomain, i.id)
		case i.code == code:
			byCode = append(byCode, i.id)
		}
	}
	slices.Sort(byCode)
	slices.Sort(byDomain)
	if all := append(byCode, byDomain...); len(all) > 0 {
		return all[0]
	}
	return ""
}

// gives says whether one more seat can be got by an invitation.
func (n *naive) gives(invitation string) bool {
	used := 0
	for _, s := range n.seats {
		if s.Via == invitation && s.State.Takes() {
			used++
		}
	}
	for _, i := range n.invites {
		if i.id == invitation {
			return !i.revoked && (i.uses == 0 || used < i.uses)
		}
	}
	return false
}

func (n *naive) manner(o *admission.Offer) admission.Manner {
	w := n.window(o.Window)
	switch left := o.StartsAt.Sub(n.now).Hours(); {
	case o.StartsAt.IsZero():
		return admission.AtOnce
	case left < float64(w.DoorHours):
		return admission.AtDoor
	case left < float64(w.SureHours):
		return admission.ByOffer
	}
	return admission.AtOnce
}

// closed says why a session takes no claims now.
func (n *naive) closed(o *admission.Offer) signup.Why {
	w := n.window(o.Window)
	switch {
	case o.Cancelled:
		return signup.Cancelled
	case n.settings.Held && n.flaw != holdIsIgnored:
		return signup.OnHold
	case n.now.Before(w.OpensAt):
		return signup.TooEarly
	case !n.now.Before(w.ClosesAt):
		return signup.TooLate
	case w.Mode == admission.Lottery && w.DecidedAt.IsZero() && n.now.Before(w.DecidesAt):
		return signup.ByLot
	case w.Mode.Draws() && w.DecidedAt.IsZero():
		return signup.NotDecided
	case !o.StartsAt.IsZero() && !n.now.Before(o.StartsAt):
		return signup.TooLate
	}
	return ""
}

// together decides claims in their order, as one batch.
func (n *naive) together(claims []signup.Claim) (answers []signup.Answer) {
	for _, w := range n.windows {
		asks := slices.ContainsFunc(claims, func(c signup.Claim) bool {
			return slices.ContainsFunc(c.Wishes, func(wish signup.Wish) bool { return n.offer(wish.Session).Window == w.ID })
		})
		if asks && w.Mode == admission.Prequeue {
			n.decide(w.ID)
		}
	}
	for _, c := range claims {
		answers = append(answers, n.claim(c))
	}
	return answers
}

func (n *naive) claim(c signup.Claim) signup.Answer {
	answer := signup.Answer{At: n.now}
	for _, wish := range c.Wishes {
		outcome, at := n.one(c, wish)
		if at.Before(answer.At) {
			answer.At = at
		}
		if answer.Receipt == 0 {
			answer.Receipt = outcome.Seq
		}
		answer.Outcomes = append(answer.Outcomes, outcome)
	}
	return answer
}

func (n *naive) one(c signup.Claim, wish signup.Wish) (signup.Outcome, time.Time) {
	s := n.seat(c.Account, wish.Session)
	if s != nil && c.Key != "" && s.Request == c.Key && n.flaw != keysForgotten {
		e := n.event(s.Answered)
		return said(e), e.At
	}
	if s != nil && s.State.Present() {
		return n.again(c, s), n.now
	}
	return n.fresh(c, wish), n.now
}

// said is the answer that an event was.
func said(e signup.Event) signup.Outcome {
	o := signup.Outcome{Session: e.Session, Seq: e.Seq}
	switch e.What {
	case signup.WasGranted, signup.WasAccepted:
		o.State = signup.Holding
	case signup.WasListed:
		o.State, o.Position = signup.Waiting, int(e.Number)
	case signup.WasRefused:
		o.State, o.Why, o.Other, o.Number = signup.Refused, signup.Why(e.Why), e.Other, int(e.Number)
	default: // nobody is answered with the others
	}
	return o
}

func (n *naive) again(c signup.Claim, s *signup.Seat) signup.Outcome {
	switch {
	case s.State == signup.Offered && n.now.Before(s.Until):
		n.accept(s, c.Key)
	case s.State == signup.Waiting:
		if len(c.Wishes) == 1 && n.takes(c.Account, c.Instead) {
			s.Instead = c.Instead
		}
		return signup.Outcome{Session: s.Session, State: signup.Waiting, Seq: s.Seq, Position: int(n.event(s.Seq).Number)}
	}
	return signup.Outcome{Session: s.Session, State: s.State, Seq: s.Seq}
}

func (n *naive) takes(who people.AccountID, session programme.SessionID) bool {
	s := n.seat(who, session)
	return s != nil && s.State.Takes()
}

func (n *naive) fresh(c signup.Claim, wish signup.Wish) signup.Outcome {
	o := n.offer(wish.Session)
	if why := n.closed(o); why != "" {
		return signup.Outcome{Session: wish.Session, State: signup.Refused, Why: why}
	}
	s := &signup.Seat{
		Session: wish.Session, Account: c.Account, Edition: n.settings.Edition, Needs: wish.Needs, Instead: c.Instead,
		Institution: n.employer(c.Account), Request: c.Key, Since: n.now,
	}
	w := n.window(o.Window)
	if w.Mode == admission.Invitation || slices.ContainsFunc(o.Pools, func(p admission.Pool) bool { return p.Kind == admission.ForInvited }) {
		s.Via = n.invitation(w.ID, c.Code)
		if s.Via == "" && w.Mode == admission.Invitation {
			return n.refuse(s, signup.Outcome{Why: signup.Uninvited})
		}
	}
	if c.Instead != "" && (len(c.Wishes) != 1 || !n.takes(c.Account, c.Instead)) {
		return n.refuse(s, signup.Outcome{Why: signup.NotHolding, Other: string(c.Instead)})
	}
	if no := n.bars(c.Account, o.Session, c.Instead); no.Why != "" {
		return n.refuse(s, no)
	}
	numbers, empty, ok := n.room(s)
	behind := n.manner(o) == admission.AtDoor && len(n.line[o.Session]) > 0 && n.flaw != doorIsOpen
	switch {
	case ok && !behind:
		return n.grant(s, numbers, signup.Event{What: signup.WasGranted, Request: c.Key})
	case !ok && empty == 0:
		return n.refuse(s, signup.Outcome{Why: signup.NotForYou})
	case !w.Waiting:
		return n.refuse(s, signup.Outcome{Why: signup.Full, Number: empty})
	}
	return n.enlist(s)
}

func (n *naive) refuse(s *signup.Seat, no signup.Outcome) signup.Outcome {
	no.Session, no.State = s.Session, signup.Refused
	no.Seq = n.note(signup.Event{
		Session: s.Session, Account: s.Account, Request: s.Request, What: signup.WasRefused, Why: string(no.Why), Other: no.Other, Number: int64(no.Number),
	})
	n.put(&signup.Seat{
		Session: s.Session, Account: s.Account, Edition: s.Edition, State: signup.Refused, Seq: no.Seq, Request: s.Request, Answered: no.Seq, Since: n.now,
	})
	return no
}

func (n *naive) enlist(s *signup.Seat) signup.Outcome {
	n.line[s.Session] = append(n.line[s.Session], s.Account)
	position := len(n.line[s.Session])
	if n.flaw == positionsAreOff {
		position--
	}
	s.State = signup.Waiting
	s.Seq = n.note(signup.Event{Session: s.Session, Account: s.Account, Request: s.Request, What: signup.WasListed, Number: int64(position)})
	s.Answered = s.Seq
	n.put(s)
	return signup.Outcome{Session: s.Session, State: signup.Waiting, Seq: s.Seq, Position: position}
}

func (n *naive) unline(s *signup.Seat) {
	n.line[s.Session] = slices.DeleteFunc(n.line[s.Session], func(a people.AccountID) bool { return a == s.Account })
}

func (n *naive) grant(s *signup.Seat, numbers []int, e signup.Event) signup.Outcome {
	n.unline(s)
	e.Session, e.Account = s.Session, s.Account
	s.State, s.Pools, s.Until, s.Seq, s.Since = signup.Holding, numbers, time.Time{}, n.note(e), n.now
	if e.Request != "" {
		s.Answered = s.Seq
	}
	if e.What == signup.WasOffered {
		s.State = signup.Offered
		s.Until = n.now.Add(time.Duration(n.window(n.offer(s.Session).Window).OfferMinutes) * time.Minute)
	}
	n.put(s)
	outcome := signup.Outcome{Session: s.Session, State: s.State, Seq: s.Seq}
	if s.State == signup.Holding {
		n.settle(s)
	}
	return outcome
}

func (n *naive) accept(s *signup.Seat, key string) {
	s.State, s.Until, s.Since = signup.Holding, time.Time{}, n.now
	s.Seq = n.note(signup.Event{Session: s.Session, Account: s.Account, Request: key, What: signup.WasAccepted})
	if key != "" {
		s.Request, s.Answered = key, s.Seq
	}
	n.settle(s)
}

// settle gives back what a seat was swapped for, and takes its owner off the
// waiting lists of what they cannot take part in now.
func (n *naive) settle(s *signup.Seat) {
	if s.Instead != "" && n.takes(s.Account, s.Instead) && n.flaw != swapsKeepBoth {
		n.release(n.seat(s.Account, s.Instead), signup.Event{What: signup.WasSwapped, Other: string(s.Session)})
	}
	s.Instead = ""
	var waiting []*signup.Seat
	for _, other := range n.seats {
		if other.Account == s.Account && other.State == signup.Waiting {
			waiting = append(waiting, other)
		}
	}
	slices.SortFunc(waiting, func(a, b *signup.Seat) int { return cmp.Compare(a.Seq, b.Seq) })
	for _, other := range waiting {
		no := n.bars(s.Account, other.Session, other.Instead)
		if other.State == signup.Waiting && no.Why != "" && no.Why != signup.Colleagues {
			n.release(other, signup.Event{What: signup.WasDropped, Why: string(no.Why), Other: string(s.Session)})
		}
	}
}

func (n *naive) release(s *signup.Seat, e signup.Event) {
	took := s.State.Takes()
	n.unline(s)
	s.State, s.Pools, s.Instead, s.Until, s.MovedAt = signup.Released, nil, "", time.Time{}, time.Time{}
	e.Session, e.Account = s.Session, s.Account
	s.Seq, s.Since = n.note(e), n.now
	if took {
		n.promote(s.Session)
	}
}

// promote gives free places to those who wait, asking from the head of the line
// each time anew.
func (n *naive) promote(session programme.SessionID) {
	for n.promoteOne(session) {
	}
}

func (n *naive) promoteOne(session programme.SessionID) bool {
	o := n.offer(session)
	over := o.StartsAt.IsZero() && !n.now.Before(n.window(o.Window).ClosesAt)
	if o.Cancelled || over || n.manner(o) == admission.AtDoor || !n.anyLeft(session) || n.flaw == nobodyMovesUp {
		return false
	}
	for _, who := range n.line[session] {
		s := n.seat(who, session)
		if s.Via != "" && !n.gives(s.Via) {
			if n.window(o.Window).Mode == admission.Invitation {
				continue
			}
			s.Via = ""
		}
		numbers, _, ok := n.room(s)
		no := n.bars(who, session, s.Instead)
		switch {
		case !ok || no.Why == signup.Colleagues:
			continue
		case no.Why != "":
			n.release(s, signup.Event{What: signup.WasDropped, Why: string(signup.LineChanged), Other: no.Other})
		case n.manner(o) == admission.ByOffer:
			n.grant(s, numbers, signup.Event{What: signup.WasOffered})
		default:
			n.grant(s, numbers, signup.Event{What: signup.WasPromoted})
		}
		return true
	}
	return false
}
