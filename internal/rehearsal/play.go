package rehearsal

import (
	"context"
	"crypto/rand"
	"fmt"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"obrady/internal/admission"
	"obrady/internal/db"
	"obrady/internal/programme"
	"obrady/internal/signup"
)

// play is an opening on a stage.
type play struct {
	*stage
	signups *signup.Service
	now     func() time.Time // how long things take
	shift   atomic.Int64     // how far the clock of the window is from the real one
	done    atomic.Int64     // people who have their answers

	began    time.Time
	lasted   time.Duration // until the last answer
	drawing  time.Duration
	entrants int

	mu       sync.Mutex
	took     []time.Duration
	granted  map[programme.SessionID][]time.Duration // since the opening
	missing  int
	repeated int
	unlike   int
	back     int
	swapped  int
}

func newPlay(s *stage, now func() time.Time) *play {
	p := &play{stage: s, now: now, granted: map[programme.SessionID][]time.Duration{}}
	p.signups = signup.NewService(s.db, now)
	p.signups.Clock = func(ctx context.Context, q db.Querier) (time.Time, error) {
		at, err := db.Clock(ctx, q) // what it costs belongs to what is measured
		return at.Add(time.Duration(p.shift.Load())), err
	}
	return p
}

// set makes it be the moment at on the stage.
func (p *play) set(at time.Time) { p.shift.Store(int64(at.Sub(p.now()))) }

// run plays the opening of the window, or its lot. It ends with ctx; what has been
// decided until then stands.
func (p *play) run(ctx context.Context) error {
	at := p.window.OpensAt
	if p.window.Mode.Collects() {
		at = p.window.DecidesAt
	}
	p.set(at.Add(time.Second)) // the clocks of a database and of a program are not one
	p.began = p.now()
	var lot error
	var drawn sync.WaitGroup
	if p.window.Mode.Draws() {
		drawn.Go(func() { lot = p.cast(ctx) })
	}
	if p.window.Mode != admission.Lottery {
		p.rush(ctx)
	}
	drawn.Wait()
	p.lasted = p.now().Sub(p.began)
	return lot
}

// cast draws.
func (p *play) cast(ctx context.Context) error {
	began := p.now()
	err := p.signups.Decide(ctx, p.window.ID)
	p.drawing = p.now().Sub(began)
	for _, g := range p.guests {
		if p.draws(g) {
			p.entrants++
		}
	}
	if p.window.Mode == admission.Lottery {
		p.done.Store(int64(p.entrants))
	}
	if err != nil {
		return fmt.Errorf("draw: %w", err)
	}
	return nil
}

// rush lets everybody press who has not entered a lot, all at once.
func (p *play) rush(ctx context.Context) {
	opening := make(chan struct{})
	var crowd sync.WaitGroup
	for _, g := range p.guests {
		if p.draws(g) || len(g.wishes) == 0 {
			p.done.Add(1)
			continue
		}
		crowd.Go(func() {
			<-opening
			p.act(ctx, g)
			p.done.Add(1)
		})
	}
	p.began = p.now()
	close(opening)
	crowd.Wait()
}

// plenty is how many seats somebody wants who presses session after session.
const plenty = 2

// act is what one person does.
func (p *play) act(ctx context.Context, g guest) {
	var held []programme.SessionID
	if g.habits.list {
		held = p.press(ctx, g, signup.Claim{Wishes: g.wishes})
	} else {
		for _, wish := range g.wishes {
			if len(held) < plenty {
				held = append(held, p.press(ctx, g, signup.Claim{Wishes: []signup.Wish{wish}})...)
			}
		}
	}
	if len(held) == 0 || ctx.Err() != nil {
		return
	}
	switch {
	case g.habits.swap:
		p.change(ctx, g, held)
	case g.habits.back:
		if err := p.signups.Leave(ctx, p.edition, g.account, held[0]); err == nil {
			p.count(&p.back)
		}
	}
}

// change gives a seat up for one of a session that was not got.
func (p *play) change(ctx context.Context, g guest, held []programme.SessionID) {
	for _, wish := range g.wishes {
		if slices.Contains(held, wish.Session) {
			continue
		}
		if len(p.press(ctx, g, signup.Claim{Wishes: []signup.Wish{wish}, Instead: held[0]})) > 0 {
			p.count(&p.swapped)
		}
		return
	}
}

// press sends a claim, twice if that is how somebody goes about it, and returns
// the sessions that they have now.
func (p *play) press(ctx context.Context, g guest, c signup.Claim) (held []programme.SessionID) {
	c.Account, c.Key = g.account, rand.Text()
	var other signup.Answer
	var failed error
	var twin sync.WaitGroup
	if g.habits.twice {
		twin.Go(func() { other, failed = p.take(ctx, c) })
	}
	answer, err := p.take(ctx, c)
	if !g.habits.twice && g.habits.again && err == nil {
		other, failed = p.take(ctx, c)
	}
	twin.Wait()
	if err != nil {
		return nil
	}
	if (g.habits.twice || g.habits.again) && failed == nil {
		p.count(&p.repeated)
		if answer.Receipt != other.Receipt || !slices.Equal(answer.Outcomes, other.Outcomes) {
			p.count(&p.unlike)
		}
	}
	for _, o := range answer.Outcomes {
		if o.State == signup.Holding {
			held = append(held, o.Session)
		}
	}
	p.note(held)
	return held
}

// take sends a claim and measures how long the answer takes.
func (p *play) take(ctx context.Context, c signup.Claim) (signup.Answer, error) {
	c.Wishes = slices.Clone(c.Wishes) // each request is read anew
	for i, w := range c.Wishes {
		c.Wishes[i].Needs = slices.Clone(w.Needs)
	}
	sent := p.now()
	answer, err := p.signups.Take(ctx, p.edition, c)
	took := p.now().Sub(sent)
	p.mu.Lock()
	defer p.mu.Unlock()
	if err != nil {
		p.missing++
	} else {
		p.took = append(p.took, took)
	}
	return answer, err
}

func (p *play) note(held []programme.SessionID) {
	since := p.now().Sub(p.began)
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, session := range held {
		p.granted[session] = append(p.granted[session], since)
	}
}

func (p *play) count(what *int) {
	p.mu.Lock()
	defer p.mu.Unlock()
	*what++
}
