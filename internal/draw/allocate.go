package draw

import "slices"

// Outcome is what the draw gave to one entry: one Fate for each wish, in the order of the wishes.
type Outcome struct {
	Code  Code   `json:"code"`
	Fates []Fate `json:"fates,omitempty"`
}

// Seats is how many sessions the entry got.
func (o Outcome) Seats() int { return o.count(Granted) }

func (o Outcome) count(state State) (n int) {
	for _, f := range o.Fates {
		if f.State == state {
			n++
		}
	}
	return n
}

// Fate is what became of one wish.
type Fate struct {
	Session SessionID `json:"session"`
	State   State     `json:"state"`
	Round   int       `json:"round,omitempty"`  // Granted: the round of the draw, from 1
	Pools   []PoolID  `json:"pools,omitempty"`  // Granted: one was taken of each
	Number  int       `json:"number,omitempty"` // Waiting: the place among those that this draw put on the list, from 1
	Empty   PoolID    `json:"empty,omitempty"`  // Waiting: the pool that had nothing left
	Why     Why       `json:"why,omitempty"`    // Refused
	By      string    `json:"by,omitempty"`     // Refused: the session or the limit that stands in the way
}

// State says how a wish ended.
type State string

// The states.
const (
	Granted State = "granted"
	Waiting State = "waiting" // there was no room; nothing else stands in the way
	Refused State = "refused" // a rule stands in the way, with what the person has now
)

// Why says which rule stands in the way of a wish.
type Why string

// The rules.
const (
	Held     Why = "held"        // the person had the session before the draw
	Apart    Why = "apart"       // it goes not together with another session of the person
	AtLimit  Why = "limit"       // the person has as many as one may have
	GroupMax Why = "group_limit" // the person's group has as many as it may have
)

// allocation is a draw under way. Its numbers only ever go one way: pools become emptier and people's lists longer.
// So a wish that is impossible once stays impossible, and no wish is looked at twice before the end.
type allocation struct {
	left   map[place]int
	apart  map[Pair]bool
	limits map[SessionID][]*Limit
	groups map[SessionID][]*GroupLimit
	taken  map[share]int
}

type place struct {
	session SessionID
	pool    PoolID
}

type share struct {
	limit *GroupLimit
	group GroupKey
}

// entrant is an entry under way.
type entrant struct {
	Entry
	has    []SessionID // held before or granted
	counts map[*Limit]int
	next   int // the wishes before it have been looked at
	fates  []Fate
}

// allocate gives out the seats of p to its entries, of which order holds each once. p must have been found sound.
//
// In each round everybody in turn gets the dearest wish that is still possible, so nobody gets a second session
// before everybody had the chance of a first. What nobody has room for goes to the waiting lists in the same manner.
func allocate(p Problem, order []Code) []Outcome {
	a, entrants := newAllocation(&p), p.inOrder(order)
	for _, e := range entrants {
		a.hold(e)
	}
	playing := slices.Clone(entrants)
	for round := 1; len(playing) > 0; round++ {
		playing = slices.DeleteFunc(playing, func(e *entrant) bool { return !a.turn(e, round) })
	}
	for _, e := range entrants {
		a.settle(e)
	}
	queue(entrants)
	outcomes := make([]Outcome, len(entrants))
	for i, e := range entrants {
		outcomes[i] = Outcome{Code: e.Code, Fates: e.fates}
	}
	return outcomes
}

func newAllocation(p *Problem) *allocation {
	a := &allocation{
		left: map[place]int{}, apart: map[Pair]bool{}, taken: map[share]int{},
		limits: map[SessionID][]*Limit{}, groups: map[SessionID][]*GroupLimit{},
	}
	for _, s := range p.Sessions {
		for _, pool := range s.Pools {
			a.left[place{s.ID, pool.ID}] = pool.Left
		}
	}
	for _, pair := range p.Apart {
		a.apart[pair.sorted()] = true
	}
	for i := range p.Limits {
		limit := &p.Limits[i]
		for _, s := range limit.Sessions {
			a.limits[s] = append(a.limits[s], limit)
		}
	}
	for i := range p.GroupLimits {
		limit := &p.GroupLimits[i]
		for _, s := range limit.Sessions {
			a.groups[s] = append(a.groups[s], limit)
		}
		for _, t := range limit.Taken {
			a.taken[share{limit, t.Group}] = t.Seats
		}
	}
	return a
}

func (p Problem) inOrder(order []Code) []*entrant {
	byCode := make(map[Code]*entrant, len(p.Entries))
	for _, e := range p.Entries {
		byCode[e.Code] = &entrant{Entry: e, counts: map[*Limit]int{}, fates: make([]Fate, len(e.Wishes))}
	}
	entrants := make([]*entrant, len(order))
	for i, code := range order {
		entrants[i] = byCode[code]
	}
	return entrants
}

// hold counts what the entrant has before the draw. Seats that a group holds already are in its GroupLimit.
func (a *allocation) hold(e *entrant) {
	for _, s := range e.Holds {
		a.give(e, s)
	}
}

func (a *allocation) give(e *entrant, s SessionID) {
	e.has = append(e.has, s)
	for _, limit := range a.limits[s] {
		e.counts[limit]++
	}
}

// turn gives the entrant the next wish that is possible, and reports whether there was one.
func (a *allocation) turn(e *entrant, round int) bool {
	for ; e.next < len(e.Wishes); e.next++ {
		wish := e.Wishes[e.next]
		if why, _ := a.obstacle(e, wish.Session); why != "" {
			continue
		}
		pools, empty := a.room(wish)
		if empty != "" {
			continue
		}
		a.take(e, wish.Session, pools)
		e.fates[e.next] = Fate{Session: wish.Session, State: Granted, Round: round, Pools: pools}
		e.next++
		return true
	}
	return false
}

// obstacle returns the rule that keeps the entrant from the session, and the session or limit that it is about.
func (a *allocation) obstacle(e *entrant, s SessionID) (Why, string) {
	if slices.Contains(e.has, s) {
		return Held, string(s)
	}
	for _, other := range e.has {
		if a.apart[Pair{s, other}.sorted()] {
			return Apart, string(other)
		}
	}
	for _, limit := range a.limits[s] {
		if e.counts[limit] >= limit.Most {
			return AtLimit, limit.ID
		}
	}
	for _, limit := range a.groups[s] {
		if e.Group != "" && a.taken[share{limit, e.Group}] >= limit.Most {
			return GroupMax, limit.ID
		}
	}
	return "", ""
}

// room returns the pools that would serve the wish, or the one that is empty.
func (a *allocation) room(w Wish) (pools []PoolID, empty PoolID) {
	has := func(pool PoolID) bool { return a.left[place{w.Session, pool}] > 0 }
	if len(w.Seats) > 0 {
		free := slices.IndexFunc(w.Seats, has)
		if free < 0 {
			return nil, w.Seats[0]
		}
		pools = append(pools, w.Seats[free])
	}
	for _, pool := range w.Also {
		if !has(pool) {
			return nil, pool
		}
	}
	return append(pools, w.Also...), ""
}

func (a *allocation) take(e *entrant, s SessionID, pools []PoolID) {
	for _, pool := range pools {
		a.left[place{s, pool}]--
	}
	a.give(e, s)
	if e.Group == "" {
		return
	}
	for _, limit := range a.groups[s] {
		a.taken[share{limit, e.Group}]++
	}
}

// settle says what became of the wishes that were not granted, as things stand at the end.
func (a *allocation) settle(e *entrant) {
	for i, wish := range e.Wishes {
		if e.fates[i].State == Granted {
			continue
		}
		fate := Fate{Session: wish.Session, State: Refused}
		if fate.Why, fate.By = a.obstacle(e, wish.Session); fate.Why == "" {
			fate.State = Waiting
			_, fate.Empty = a.room(wish)
		}
		e.fates[i] = fate
	}
}

// queue numbers the waiting lists. An entrant's first wish that waits counts for the round after the last in which it
// got a seat: those who have nothing stand before those who have something, and both in the order of the draw.
func queue(entrants []*entrant) {
	waiting := map[int][]*Fate{} // by round
	last := 0
	for _, e := range entrants {
		round := Outcome{Fates: e.fates}.Seats()
		for i := range e.fates {
			if e.fates[i].State == Waiting {
				round++
				waiting[round] = append(waiting[round], &e.fates[i])
			}
		}
		last = max(last, round)
	}
	lists := map[SessionID]int{}
	for round := 1; round <= last; round++ {
		for _, fate := range waiting[round] {
			lists[fate.Session]++
			fate.Number = lists[fate.Session]
		}
	}
}
