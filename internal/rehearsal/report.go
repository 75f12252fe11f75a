package rehearsal

import (
	"cmp"
	"context"
	"fmt"
	"runtime"
	"slices"
	"strings"

	"obrady/internal/db"
	"obrady/internal/people"
	"obrady/internal/programme"
	"obrady/internal/signup"
)

// seat is where somebody of the play stands with a session.
type seat struct {
	account people.AccountID
	session programme.SessionID
	state   signup.State
}

// report counts what became of everybody.
func (p *play) report(ctx context.Context, check func(context.Context, db.Querier) ([]db.Fault, error)) (r Report, err error) {
	r = Report{
		Window: p.window.ID, Name: p.window.Name, Mode: p.world.window.Mode, Cores: runtime.NumCPU(), People: len(p.guests),
		Entrants: p.entrants, Drawing: p.drawing, Answers: answersOf(p.took, p.lasted),
	}
	r.Answers.Missing, r.Answers.Repeated, r.Answers.Unlike = p.missing, p.repeated, p.unlike
	r.Answers.GivenBack, r.Answers.Swapped = p.back, p.swapped
	if p.world.known() {
		r.Lists = len(p.world.lists)
	}
	seats, err := db.Collect(func(row db.Scanner) (s seat, err error) {
		return s, row.Scan(&s.account, &s.session, &s.state)
	})(p.db.Query(ctx, `
		SELECT account_id, session_id, state FROM signup_standing WHERE state IN ('held', 'offered', 'waiting') ORDER BY account_id, session_id`))
	if err != nil {
		return r, fmt.Errorf("read seats: %w", err)
	}
	r.countPeople(p.guests, seats)
	r.countSessions(p, seats)
	if r.Refusals, err = refusals(ctx, p.db); err != nil {
		return r, err
	}
	faults, err := check(ctx, p.db)
	for _, f := range faults {
		if !slices.Contains(r.Faults, f.What) { // what it is about is a made-up id
			r.Faults = append(r.Faults, f.What)
		}
	}
	return r, err
}

// countPeople counts how many seats people have, and who got their first wish.
func (r *Report) countPeople(guests []guest, seats []seat) {
	held, waits := map[people.AccountID][]programme.SessionID{}, map[people.AccountID]bool{}
	for _, s := range seats {
		if s.state == signup.Waiting {
			waits[s.account] = true
		} else {
			held[s.account] = append(held[s.account], s.session)
		}
	}
	sectors := map[people.Sector]*OfSector{}
	for _, g := range guests {
		mine := held[g.account]
		for len(r.ByNumber) <= len(mine) {
			r.ByNumber = append(r.ByNumber, 0)
		}
		r.ByNumber[len(mine)]++
		if len(mine) == 0 && waits[g.account] {
			r.Waiting++
		}
		if len(g.wishes) > 0 && slices.Contains(mine, g.wishes[0].Session) {
			r.FirstWish++
		}
		if sectors[g.sector] == nil {
			sectors[g.sector] = &OfSector{Sector: g.sector}
		}
		sectors[g.sector].People++
		if len(mine) > 0 {
			sectors[g.sector].Seated++
		}
	}
	for _, s := range sectors {
		r.BySector = append(r.BySector, *s)
	}
	slices.SortFunc(r.BySector, func(a, b OfSector) int { return strings.Compare(string(a.Sector), string(b.Sector)) })
}

// countSessions counts how much each session was wanted and what became of it.
func (r *Report) countSessions(p *play, seats []seat) {
	by := map[programme.SessionID]*OfSession{}
	for _, o := range p.world.offers {
		if o.Cancelled {
			continue
		}
		r.Sessions = append(r.Sessions, OfSession{
			Session: o.Session, Slug: o.Slug, Title: o.Title, Counted: o.Counted(), Seats: o.Seats(), Room: p.world.room(o),
		})
	}
	for i := range r.Sessions {
		by[r.Sessions[i].Session] = &r.Sessions[i]
	}
	for _, s := range seats {
		if one := by[s.session]; one != nil && s.state == signup.Waiting {
			one.Waiting++
		} else if one != nil {
			one.Held++
		}
	}
	for _, g := range p.guests {
		for n, wish := range g.wishes {
			if one := by[wish.Session]; one != nil {
				one.Wanted++
				if n == 0 {
					one.First++
				}
			}
		}
	}
	r.countSold(p)
	slices.SortStableFunc(r.Sessions, func(a, b OfSession) int {
		return cmp.Or(cmp.Compare(b.Wanted*max(a.Seats, 1), a.Wanted*max(b.Seats, 1)), strings.Compare(a.Slug, b.Slug))
	})
}

// countSold finds when sessions were full. What a lot gives is given at one stroke.
func (r *Report) countSold(p *play) {
	for i := range r.Sessions {
		s := &r.Sessions[i]
		if !s.Counted {
			continue
		}
		r.Oversold += max(0, s.Held-s.Seats)
		if s.Held < s.Seats && s.Waiting == 0 {
			continue
		}
		s.SoldOut = Moment{Came: true, At: p.drawing}
		if times := p.granted[s.Session]; len(times) > 0 {
			slices.Sort(times)
			s.SoldOut.At = times[min(len(times), max(s.Seats, 1))-1]
		}
		r.SoldOut++
		r.SoldAfter.At = max(r.SoldAfter.At, s.SoldOut.At)
	}
	r.SoldAfter.Came = r.SoldOut > 0 && r.SoldOut == len(r.Sessions)
}

func refusals(ctx context.Context, q db.Querier) ([]Refusal, error) {
	all, err := db.Collect(func(row db.Scanner) (r Refusal, err error) {
		return r, row.Scan(&r.Why, &r.Number)
	})(q.Query(ctx, `
		SELECT why, COUNT(*) AS n FROM signup_event WHERE what = 'refused' GROUP BY why ORDER BY n DESC, why`))
	if err != nil {
		return nil, fmt.Errorf("count refusals: %w", err)
	}
	return all, nil
}
