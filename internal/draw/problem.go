package draw

import (
	"cmp"
	"slices"
)

// SessionID names a session in a record, such as by the end of its address.
type SessionID string

// PoolID names a pool of a session (pula miejsc).
type PoolID string

// GroupKey stands for an institution. It is published, so it must be a word made for this draw that tells nothing
// outside the record.
type GroupKey string

// Problem is everything that decides who gets which seat, the order of the draw left out.
type Problem struct {
	Sessions    []Session    `json:"sessions,omitempty"`     // every session that is named below
	Apart       []Pair       `json:"apart,omitempty"`        // what one person cannot attend both of
	Limits      []Limit      `json:"limits,omitempty"`       // what one person may have at most
	GroupLimits []GroupLimit `json:"group_limits,omitempty"` // what all people of one group may have at most
	Entries     []Entry      `json:"entries,omitempty"`      // who takes part
}

// Session has seats to draw for, or is only held by somebody already. One without pools has room for everybody.
type Session struct {
	ID    SessionID `json:"id"`
	Pools []Pool    `json:"pools,omitempty"`
}

// Pool is a number of seats, or of other things of which a session has a number: headsets, wheelchair places.
type Pool struct {
	ID   PoolID `json:"id"`
	Left int    `json:"left"` // before the draw
}

// Pair are two sessions that overlap or lie too far from each other.
type Pair [2]SessionID

// Limit allows one person at most Most of the Sessions, with what the person held before. Most 1 is "exactly one of".
type Limit struct {
	ID       string      `json:"id"`
	Sessions []SessionID `json:"sessions,omitempty"`
	Most     int         `json:"most"`
}

// GroupLimit allows the people of one group, whichever, at most Most seats in the Sessions together.
type GroupLimit struct {
	Limit
	Taken []Share `json:"taken,omitempty"` // before the draw
}

// Share is how many seats a group has.
type Share struct {
	Group GroupKey `json:"group"`
	Seats int      `json:"seats"`
}

// Entry is one person's part in a draw (zgłoszenie do losowania).
type Entry struct {
	Code   Code        `json:"code"`
	Group  GroupKey    `json:"group,omitempty"`
	Holds  []SessionID `json:"holds,omitempty"`  // what the person has before the draw
	Wishes []Wish      `json:"wishes,omitempty"` // the dearest first (lista życzeń)
}

// Wish is one session with what the person needs there: a seat of the first pool in Seats that has one left, and
// something of each pool in Also.
type Wish struct {
	Session SessionID `json:"session"`
	Seats   []PoolID  `json:"seats,omitempty"`
	Also    []PoolID  `json:"also,omitempty"`
}

// codes returns the codes of all entries, in alphabetical order.
func (p Problem) codes() []Code {
	codes := make([]Code, len(p.Entries))
	for i, e := range p.Entries {
		codes[i] = e.Code
	}
	slices.Sort(codes)
	return codes
}

// tidy returns the problem with its lists in alphabetical order, wherever order has no meaning, so that one problem
// gives one file. The lists of p itself stay as they are.
func (p Problem) tidy() Problem {
	p.Sessions = slices.SortedFunc(slices.Values(p.Sessions), func(a, b Session) int { return cmp.Compare(a.ID, b.ID) })
	p.Entries = slices.SortedFunc(slices.Values(p.Entries), func(a, b Entry) int { return cmp.Compare(a.Code, b.Code) })
	pairs := make([]Pair, len(p.Apart))
	for i, pair := range p.Apart {
		pairs[i] = pair.sorted()
	}
	slices.SortFunc(pairs, func(a, b Pair) int { return slices.Compare(a[:], b[:]) })
	p.Apart = slices.Compact(pairs)
	p.Limits = slices.SortedFunc(slices.Values(p.Limits), func(a, b Limit) int { return cmp.Compare(a.ID, b.ID) })
	p.GroupLimits = slices.SortedFunc(slices.Values(p.GroupLimits), func(a, b GroupLimit) int { return cmp.Compare(a.ID, b.ID) })
	return p
}

func (p Pair) sorted() Pair { return Pair{min(p[0], p[1]), max(p[0], p[1])} }
