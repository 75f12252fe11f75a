package signup_test

import (
	"cmp"
	"slices"
	"time"

	"obrady/internal/admission"
	"obrady/internal/people"
	"obrady/internal/programme"
	"obrady/internal/signup"
)

func (n *naive) leave(who people.AccountID, session programme.SessionID) error {
	s := n.seat(who, session)
	if s == nil || !s.State.Present() {
		return signup.ErrNoSeat
	}
	what := signup.WasLeft
	if s.State == signup.Offered {
		what = signup.WasDeclined
	}
	n.release(s, signup.Event{What: what})
	return nil
}

func (n *naive) leaveAll(who people.AccountID) {
	for _, waits := range []bool{true, false} {
		mine := slices.Clone(n.seats)
		slices.SortFunc(mine, func(a, b *signup.Seat) int { return cmp.Compare(a.Seq, b.Seq) })
		for _, s := range mine {
			if s.Account == who && s.State.Present() && waits == (s.State == signup.Waiting) {
				n.release(s, signup.Event{What: signup.WasLeft})
			}
		}
	}
}

func (n *naive) take(who people.AccountID, session programme.SessionID) error {
	s := n.seat(who, session)
	if s == nil || s.State != signup.Offered || !n.now.Before(s.Until) {
		return signup.ErrNoSeat
	}
	n.accept(s, "")
	return nil
}

func (n *naive) keep(who people.AccountID, session programme.SessionID) error {
	s := n.seat(who, session)
	switch {
	case s == nil || !s.State.Present():
		return signup.ErrNoSeat
	case s.MovedAt.IsZero():
		return nil
	case s.State.Takes() && n.clash(s) != "":
		return errRefused
	}
	s.MovedAt = time.Time{}
	n.note(signup.Event{Session: session, Account: who, What: signup.WasKept})
	return nil
}

// clash is what somebody has at the same hours as a seat.
func (n *naive) clash(s *signup.Seat) string {
	for _, other := range n.has(s.Account) {
		if n.apart(other.Session, s.Session) {
			return string(other.Session)
		}
	}
	return ""
}

// look is the end of an offer's time.
func (n *naive) look(who people.AccountID, session programme.SessionID) {
	s := n.seat(who, session)
	if s != nil && s.State == signup.Offered && !n.now.Before(s.Until) && n.flaw != offersStay {
		n.release(s, signup.Event{What: signup.WasExpired})
	}
}

func (n *naive) remove(who people.AccountID, session programme.SessionID, c signup.Change) error {
	s := n.seat(who, session)
	if s == nil || !s.State.Present() {
		return signup.ErrNoSeat
	}
	n.release(s, signup.Event{What: signup.WasRemoved, Why: c.Reason, Actor: c.By})
	return nil
}

func (n *naive) admit(who people.AccountID, session programme.SessionID, c signup.Change) signup.Outcome {
	s := n.seat(who, session)
	switch {
	case s != nil && s.State.Takes():
		return signup.Outcome{Session: session, State: s.State, Seq: s.Seq}
	case s == nil || s.State != signup.Waiting:
		s = &signup.Seat{Session: session, Account: who, Edition: n.settings.Edition, Institution: n.employer(who)}
	}
	if no := n.bars(who, session, s.Instead); no.Why != "" {
		return no
	}
	numbers, empty, ok := n.room(s)
	if !ok {
		return signup.Outcome{Session: session, State: signup.Refused, Why: signup.Full, Number: empty}
	}
	return n.grant(s, numbers, signup.Event{What: signup.WasAdmitted, Why: c.Reason, Actor: c.By})
}

func (n *naive) shift(who people.AccountID, session programme.SessionID, c signup.Change, to int) error {
	s := n.seat(who, session)
	switch {
	case s == nil || s.State != signup.Waiting:
		return signup.ErrNoSeat
	case to < 1 || to > len(n.line[session]):
		return signup.ErrPosition
	}
	n.unline(s)
	n.line[session] = slices.Insert(n.line[session], to-1, who)
	n.note(signup.Event{Session: session, Account: who, What: signup.WasShifted, Why: c.Reason, Number: int64(to), Actor: c.By})
	return nil
}

// resize sets the capacity of a pool.
func (n *naive) resize(session programme.SessionID, number, capacity int, c signup.Change) error {
	o := n.offer(session)
	open := !n.now.Before(n.window(o.Window).OpensAt)
	for i := range o.Pools {
		p := &o.Pools[i]
		if p.Number != number {
			continue
		}
		if capacity < p.Capacity-n.left(session, number) || open && (c.Reason == "" || p.Kind == admission.ForAll && capacity < p.Capacity) {
			return errRefused
		}
		if p.Capacity != capacity {
			p.Capacity = capacity
			n.note(signup.Event{Session: session, What: signup.WasResized, Why: c.Reason, Other: string(p.Kind), Number: int64(capacity), Actor: c.By})
			n.promote(session)
		}
	}
	return nil
}

// move gives a session other hours, or none any more.
func (n *naive) move(session programme.SessionID, hours []admission.Span, cancelled bool) {
	o := n.offer(session)
	same := slices.EqualFunc(hours, o.Hours, func(a, b admission.Span) bool {
		return a.Start.Equal(b.Start) && a.End.Equal(b.End) && a.Place == b.Place
	})
	if same && cancelled == o.Cancelled {
		return
	}
	o.Hours, o.StartsAt, o.Cancelled = hours, admission.First(hours), cancelled
	var told []*signup.Seat
	for _, s := range n.seats {
		if s.Session == session && s.State.Takes() {
			told = append(told, s)
		}
	}
	slices.SortFunc(told, func(a, b *signup.Seat) int { return cmp.Compare(a.Seq, b.Seq) })
	for _, who := range n.line[session] {
		told = append(told, n.seat(who, session))
	}
	for _, s := range told {
		s.MovedAt = n.now
		n.note(signup.Event{Session: session, Account: s.Account, What: signup.WasMoved, Other: n.clash(s)})
	}
	n.promote(session)
}

// promoteAll is for what may let those go on who wait for a rule.
func (n *naive) promoteAll() {
	all := slices.Clone(n.offers)
	slices.SortFunc(all, func(a, b admission.Offer) int {
		if a.StartsAt.IsZero() != b.StartsAt.IsZero() {
			if a.StartsAt.IsZero() {
				return 1
			}
			return -1
		}
		return cmp.Or(a.StartsAt.Compare(b.StartsAt), cmp.Compare(a.Slug, b.Slug))
	})
	for _, o := range all {
		n.promote(o.Session)
	}
}

func (n *naive) addRule(r admission.Rule) {
	n.rules = append(slices.DeleteFunc(n.rules, func(old admission.Rule) bool { return old.ID == r.ID }), r)
	slices.SortFunc(n.rules, func(a, b admission.Rule) int { return cmp.Compare(a.ID, b.ID) })
	for _, s := range n.seats {
		if s.State.Present() && s.Institution == "" {
			s.Institution = n.employer(s.Account)
		}
	}
	n.promoteAll()
}

func (n *naive) removeRule(r admission.RuleID) error {
	before := len(n.rules)
	n.rules = slices.DeleteFunc(n.rules, func(old admission.Rule) bool { return old.ID == r })
	if len(n.rules) == before {
		return errRefused
	}
	n.promoteAll()
	return nil
}

func (n *naive) saveWishes(who people.AccountID, wishes []signup.Wish) error {
	for i, w := range wishes {
		if n.offer(w.Session).Cancelled || slices.ContainsFunc(wishes[:i], func(o signup.Wish) bool { return o.Session == w.Session }) {
			return errRefused
		}
	}
	var kept []signup.Wish
	for _, from := range []struct {
		list  []signup.Wish
		fixed bool
	}{{n.wishes[who], true}, {wishes, false}} {
		for _, w := range from.list {
			window := n.window(n.offer(w.Session).Window)
			if (window.Mode == admission.Lottery && !n.now.Before(window.DecidesAt)) == from.fixed {
				kept = append(kept, w)
			}
		}
	}
	n.wishes[who] = kept
	for _, w := range n.windows {
		if w.Mode == admission.Lottery && n.now.Before(w.DecidesAt) {
			n.entries[w.ID][who] = len(n.wishesIn(who, w.ID)) > 0
		}
	}
	return nil
}

func (n *naive) wishesIn(who people.AccountID, window admission.WindowID) (in []signup.Wish) {
	for _, w := range n.wishes[who] {
		if n.offer(w.Session).Window == window {
			in = append(in, w)
		}
	}
	return in
}

func (n *naive) ready(who people.AccountID, window admission.WindowID) error {
	w := n.window(window)
	switch {
	case w.Mode != admission.Prequeue || n.now.Before(w.OpensAt.Add(-15*time.Minute)) || !n.now.Before(w.OpensAt):
		return signup.ErrNotReady
	case len(n.wishesIn(who, window)) == 0:
		return signup.ErrNoWishes
	}
	n.entries[window][who] = true
	return nil
}

// decide casts the lot of a window if it is time.
func (n *naive) decide(window admission.WindowID) {
	w := n.window(window)
	due := w.Mode == admission.Prequeue && !n.now.Before(w.OpensAt) || w.Mode == admission.Lottery && !n.now.Before(w.DecidesAt)
	if !due || !w.DecidedAt.IsZero() || !n.now.Before(w.ClosesAt) || n.settings.Held {
		return
	}
	w.DecidedAt = n.now
	var in []people.AccountID
	wishes := map[people.AccountID][]signup.Wish{}
	for who, is := range n.entries[window] {
		for _, wish := range n.wishesIn(who, window) {
			if !n.offer(wish.Session).Cancelled {
				wishes[who] = append(wishes[who], wish)
			}
		}
		if is && len(wishes[who]) > 0 {
			in = append(in, who)
		}
	}
	in = n.lots(window, in)
	if w.Mode == admission.Lottery {
		n.drawSeats(in, wishes)
		return
	}
	for _, who := range in {
		n.claim(signup.Claim{Account: who, Wishes: wishes[who]})
	}
}

// lot is a wish in a draw.
type lot struct {
	seat    *signup.Seat
	numbers []int
	round   int
	place   int // in the order of the lot
	wish    int
	no      signup.Outcome
	vain    bool // all seats are kept for others
	number  int  // on the waiting list
}

// drawSeats gives everybody in turn what they want most of what is left, round
// after round, and puts the rest into lines in the same manner.
func (n *naive) drawSeats(in []people.AccountID, wishes map[people.AccountID][]signup.Wish) {
	var all []*lot
	for place, who := range in {
		for i, w := range wishes[who] {
			all = append(all, &lot{place: place, wish: i, seat: &signup.Seat{
				Session: w.Session, Account: who, Edition: n.settings.Edition, Needs: w.Needs, Institution: n.employer(who),
			}})
		}
	}
	var granted []*lot
	for round, more := 1, true; more; round++ {
		more = false
		for _, who := range in {
			for _, l := range all {
				if l.seat.Account != who || l.round > 0 || !n.drawn(l) {
					continue
				}
				l.round, more = round, true
				granted = append(granted, l)
				if n.flaw != firstsAndSecond {
					break
				}
			}
		}
	}
	rest := slices.DeleteFunc(all, func(l *lot) bool { return l.round > 0 })
	for _, l := range rest {
		l.no = n.barsInDraw(l)
		_, empty, ok := n.room(l.seat)
		l.vain = !ok && empty == 0
	}
	for _, l := range granted { // they were held for the draw alone
		l.seat.State = ""
		n.seats = slices.DeleteFunc(n.seats, func(s *signup.Seat) bool { return s == l.seat })
	}
	n.hand(granted, rest)
}

// drawn tries to give a wish.
func (n *naive) drawn(l *lot) bool {
	had := n.seat(l.seat.Account, l.seat.Session)
	numbers, _, ok := n.room(l.seat)
	if had != nil && had.State.Takes() || !ok || n.barsInDraw(l).Why != "" {
		return false
	}
	l.numbers = numbers
	l.seat.State, l.seat.Pools, l.seat.Seq = signup.Holding, numbers, 1<<40+signup.Receipt(len(n.seats)) // after all that is real
	n.seats = append(n.seats, l.seat)                                                                    // beside what they had of it before
	return true
}

// barsInDraw is bars, where limits for one person come before those for institutions.
func (n *naive) barsInDraw(l *lot) signup.Outcome {
	all := n.rules
	defer func() { n.rules = all }()
	institutions := func(r admission.Rule) bool { return r.Kind == admission.MostInstitution }
	n.rules = slices.DeleteFunc(slices.Clone(all), institutions)
	if no := n.bars(l.seat.Account, l.seat.Session, ""); no.Why != "" {
		return no
	}
	n.rules = slices.DeleteFunc(slices.Clone(all), func(r admission.Rule) bool { return !institutions(r) })
	return n.bars(l.seat.Account, l.seat.Session, "")
}

// hand writes down what a draw gave.
func (n *naive) hand(granted, rest []*lot) {
	for _, l := range granted {
		n.grant(l.seat, l.numbers, signup.Event{What: signup.WasDrawn, Number: int64(l.round)})
	}
	seats, lines := map[people.AccountID]int{}, map[programme.SessionID]int{}
	for _, l := range granted {
		seats[l.seat.Account]++
	}
	var waiting, refused, vain []*lot
	for _, l := range rest {
		had := n.seat(l.seat.Account, l.seat.Session)
		switch {
		case had != nil && had.State.Present():
		case l.vain:
			vain = append(vain, l)
		case l.no.Why != "":
			refused = append(refused, l)
		default:
			seats[l.seat.Account]++
			l.round = seats[l.seat.Account]
			waiting = append(waiting, l)
		}
	}
	slices.SortStableFunc(waiting, func(a, b *lot) int { return cmp.Compare(a.round, b.round) })
	for _, l := range waiting {
		lines[l.seat.Session]++
		l.number = lines[l.seat.Session]
	}
	slices.SortStableFunc(waiting, func(a, b *lot) int {
		return cmp.Or(cmp.Compare(a.number, b.number), cmp.Compare(a.place, b.place), cmp.Compare(a.wish, b.wish))
	})
	for _, l := range waiting {
		l.seat.Since = n.now
		if n.window(n.offer(l.seat.Session).Window).Waiting {
			n.enlist(l.seat)
			continue
		}
		_, empty, _ := n.room(l.seat)
		n.refuse(l.seat, signup.Outcome{Why: signup.Full, Number: empty})
	}
	for _, l := range refused {
		n.refuse(l.seat, l.no)
	}
	for _, l := range vain {
		n.refuse(l.seat, signup.Outcome{Why: signup.NotForYou})
	}
}
