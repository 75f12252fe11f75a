package signup_test

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"time"

	"obrady/internal/admission"
	"obrady/internal/invitation"
	"obrady/internal/programme"
	"obrady/internal/signup"
	"obrady/internal/timetable"
)

// claim is what a step claims. Half of those that know a code give it.
func (s *stage) claim(one step) signup.Claim {
	c := signup.Claim{Account: s.people[one.who], Key: s.key(), Wishes: []signup.Wish{{Session: s.sessions[one.session], Needs: one.needs}}}
	for _, also := range one.list {
		c.Wishes = append(c.Wishes, signup.Wish{Session: s.sessions[also]})
	}
	if one.alt >= 0 {
		c.Instead = s.sessions[one.alt]
	}
	if one.n%2 == 0 {
		c.Code = invitation.CodeSum("code" + strconv.Itoa(one.n/2%2))
	}
	s.claims = append(s.claims, c)
	return c
}

// moments are where a history jumps to, besides small steps.
var moments = []time.Time{
	noon, noon.Add(50 * time.Minute), noon.Add(time.Hour), noon.Add(24 * time.Hour), congressAt(10, 0).Add(-23 * time.Hour),
	congressAt(14, 0).Add(-23 * time.Hour), congressAt(8, 30), congressAt(12, 30), congressAt(23, 0),
}

// later moves the clock on, mostly a little.
func (s *stage) later(n int) {
	now := s.clock.time()
	next := now.Add([]time.Duration{time.Minute, 10 * time.Minute, 45 * time.Minute, 2 * time.Hour}[n%4])
	if n%6 == 0 {
		for _, at := range moments {
			if at.After(now) {
				next = at
				break
			}
		}
	}
	s.clock.set(next)
	s.model.now = next
}

// jump goes on to a moment, if it is not over.
func (s *stage) jump(to int) {
	if at := moments[to]; at.After(s.clock.time()) {
		s.clock.set(at)
		s.model.now = at
	}
}

// play does a step on both, and says in what they differ.
func (s *stage) play(one step) (difference string) {
	one = s.aim(one)
	if one.n%3 == 0 {
		s.signup, s.other = s.other, s.signup // what one has decided the other has to find out
	}
	ctx, who, session := s.t.Context(), s.people[one.who], s.sessions[one.session]
	desk := signup.Change{By: "desk", Reason: "because"}
	var got, want any
	var gotErr, wantErr error
	switch of := s.edition.ID; one.do {
	case "take":
		c := s.claim(one)
		var answer signup.Answer
		answer, gotErr = s.signup.Take(ctx, of, c)
		got, want = answer, s.model.together([]signup.Claim{c})[0]
	case "batch":
		var all []signup.Claim
		for _, c := range one.claims {
			all = append(all, s.claim(c))
		}
		var answers []signup.Answer
		answers, gotErr = s.signup.Together(ctx, of, all)
		got, want = answers, s.model.together(all)
	case "retry":
		if len(s.claims) == 0 {
			return ""
		}
		c := s.claims[len(s.claims)-1-one.n%len(s.claims)]
		var answer signup.Answer
		answer, gotErr = s.signup.Take(ctx, of, c)
		got, want = answer, s.model.together([]signup.Claim{c})[0]
	case "leave":
		gotErr, wantErr = s.signup.Leave(ctx, of, who, session), s.model.leave(who, session)
	case "leave all":
		gotErr = s.signup.LeaveAll(ctx, of, who)
		s.model.leaveAll(who)
	case "accept":
		gotErr, wantErr = s.signup.Accept(ctx, of, who, session), s.model.take(who, session)
	case "keep":
		gotErr, wantErr = s.signup.Keep(ctx, of, who, session), s.model.keep(who, session)
	case "later":
		s.later(one.n)
	case "jump":
		s.jump(one.n)
	case "look":
		gotErr = s.look()
	case "remove":
		gotErr, wantErr = s.signup.Remove(ctx, of, desk, session, who), s.model.remove(who, session, desk)
	case "admit":
		got, gotErr = s.signup.Admit(ctx, of, desk, session, who)
		want = s.model.admit(who, session, desk)
	case "shift":
		to := one.n % 4
		gotErr, wantErr = s.signup.Shift(ctx, of, desk, signup.Spot{Session: session, Account: who, Position: to}), s.model.shift(who, session, desk, to)
	default:
		gotErr, wantErr = s.set(one)
	}
	if !sameError(gotErr, wantErr) {
		return fmt.Sprintf("error %v, want %v", gotErr, wantErr)
	}
	if diff := differ(want, got); diff != "" {
		return "the answer (-want +got):\n" + diff
	}
	return s.compare()
}

func sameError(got, want error) bool {
	if want == nil || got == nil {
		return got == nil && want == nil
	}
	return errors.Is(want, errRefused) || errors.Is(got, want)
}

// aims says on whom most steps of a kind work; the others fail as they should.
var aims = map[string]func(signup.Seat) bool{
	"leave":  func(seat signup.Seat) bool { return seat.State == signup.Holding },
	"remove": func(seat signup.Seat) bool { return seat.State.Present() },
	"shift":  func(seat signup.Seat) bool { return seat.State == signup.Waiting },
	"admit":  func(seat signup.Seat) bool { return seat.State == signup.Waiting },
	"accept": func(seat signup.Seat) bool { return seat.State == signup.Offered },
	"keep":   func(seat signup.Seat) bool { return !seat.MovedAt.IsZero() },
}

// aim turns three of four steps to somebody on whom they work.
func (s *stage) aim(one step) step {
	var marks []*signup.Seat
	for _, seat := range s.model.seats {
		if fits := aims[one.do]; fits != nil && fits(*seat) {
			marks = append(marks, seat)
		}
	}
	if len(marks) == 0 || one.n%4 == 0 {
		return one
	}
	slices.SortFunc(marks, func(a, b *signup.Seat) int { return cmp.Compare(a.Seq, b.Seq) })
	mark := marks[one.n%len(marks)]
	one.who, one.session = slices.Index(s.people, mark.Account), slices.Index(s.sessions, mark.Session)
	return one
}

// look keeps the promises that are due: offers that end, draws.
func (s *stage) look() error {
	var open []signup.Seat
	for _, seat := range s.model.seats {
		if seat.State == signup.Offered {
			open = append(open, *seat)
		}
	}
	slices.SortFunc(open, func(a, b signup.Seat) int { return cmp.Or(a.Until.Compare(b.Until), cmp.Compare(a.Seq, b.Seq)) })
	for _, seat := range open {
		if err := s.signup.Look(s.t.Context(), signup.Due{Session: seat.Session, Account: seat.Account}); err != nil {
			return err
		}
		s.model.look(seat.Account, seat.Session)
	}
	return nil
}

// set does the steps by which organisers, and people beforehand, set something.
func (s *stage) set(one step) (got, want error) {
	ctx, of, who, session := s.t.Context(), s.edition.ID, s.people[one.who], s.sessions[one.session]
	desk := signup.Change{By: "desk", Reason: "because"}
	if one.n%10 == 0 {
		desk.Reason = ""
	}
	switch one.do {
	case "resize":
		return s.resize(session, one.n, desk)
	case "move":
		return s.move(one.session, one.n)
	case "wish":
		var wishes []signup.Wish
		for _, i := range one.list {
			wishes = append(wishes, signup.Wish{Session: s.sessions[i], Needs: one.needs})
		}
		return s.signup.SaveWishes(ctx, of, who, wishes), s.model.saveWishes(who, wishes)
	case "ready":
		return s.signup.Ready(ctx, of, who, s.windows[2]), s.model.ready(who, s.windows[2])
	case "decide":
		window := s.windows[2+one.n%2]
		got = s.signup.Decide(ctx, window)
		s.model.decide(window)
		return got, nil
	case "hold", "margin":
		next := s.model.settings
		if next.Margin = 10 - next.Margin; one.do == "hold" {
			next.Margin, next.Held = 10-next.Margin, !next.Held
		}
		next, got = arranging(s.signup).SaveSettings(ctx, desk, next)
		s.model.settings = next
		return got, nil
	case "rule":
		r := s.rules[one.n%len(s.rules)]
		if one.n%7 == 0 {
			return arranging(s.signup).RemoveRule(ctx, desk, of, r.ID), s.model.removeRule(r.ID)
		}
		desk.Reason = "because"
		_, got = arranging(s.signup).SaveRule(ctx, desk, r)
		s.model.addRule(r)
		return got, nil
	}
	return s.invite(one), nil
}

// resize changes a pool of a session by one or two.
func (s *stage) resize(session programme.SessionID, n int, c signup.Change) (got, want error) {
	plan, err := s.signup.Plan(s.t.Context(), s.edition.ID)
	s.must(err)
	o, _ := plan.Offer(session)
	next := *o
	next.Pools = slices.Clone(o.Pools)
	p := &next.Pools[n%len(next.Pools)]
	p.Capacity = max(0, p.Capacity+[]int{1, 1, 2, -1, -1, 0}[n/7%6])
	number, capacity := p.Number, p.Capacity
	return arranging(s.signup).SaveOffer(s.t.Context(), c, next), s.model.resize(session, number, capacity, c)
}

// move publishes other hours of a session, or that it does not take place.
func (s *stage) move(session, n int) (got, want error) {
	p := timetable.Programme{Edition: s.edition}
	for i, o := range s.model.offers {
		hours, status := o.Hours, programme.Ready
		if i == session {
			hours = []admission.Span{s.spans[n%len(s.spans)]}
		}
		if i == session && n%6 == 0 || i != session && o.Cancelled {
			hours, status = nil, programme.Cancelled
		}
		p.Sessions = append(p.Sessions, programme.Session{ID: o.Session, Edition: s.edition.ID, Slug: o.Slug, Block: o.Block, Format: o.Format, Status: status})
		for _, h := range hours {
			p.Slots = append(p.Slots, timetable.Slot{ID: timetable.SlotID(o.Slug), Session: o.Session, Place: h.Place, Start: h.Start, End: h.End})
		}
		if i == session {
			defer s.model.move(o.Session, hours, status == programme.Cancelled)
		}
	}
	return s.signup.Adopt(s.t.Context(), s.edition.ID, p.Index()), nil
}

// invite makes or revokes an invitation: by one of two codes, or for everybody's domain.
func (s *stage) invite(one step) error {
	window := s.windows[4]
	i := invitation.Invitation{Window: window, Kind: invitation.ByCode, Target: invitation.CodeSum("code" + strconv.Itoa(one.n%3)), Uses: one.n % 4}
	code := i.Target
	if one.n%3 == 2 {
		i.Kind, i.Target, code = invitation.ByDomain, "example.org", ""
	}
	at := slices.IndexFunc(s.model.invites, func(known invited) bool { return known.code == code })
	if one.do == "revoke" {
		if at < 0 || s.model.invites[at].revoked {
			return nil
		}
		s.model.invites[at].revoked = true
		return s.invites.Revoke(s.t.Context(), "desk", s.edition.ID, window, s.model.invites[at].id)
	}
	saved, err := s.invites.Save(s.t.Context(), "desk", s.edition.ID, i)
	if at >= 0 {
		s.model.invites[at].uses, s.model.invites[at].revoked = i.Uses, false
		return err
	}
	s.model.invites = append(s.model.invites, invited{id: saved.ID, window: window, code: code, uses: i.Uses})
	return err
}
