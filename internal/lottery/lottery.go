// Package lottery puts what organisers have set for a draw, and who takes part in
// it, into the words of the draw, which name nobody: so people can check later that
// the lot was cast about the seats that there were and by the rules that held.
package lottery

import (
	"cmp"
	"slices"
	"strconv"
	"strings"

	"obrady/internal/admission"
	"obrady/internal/draw"
	"obrady/internal/people"
	"obrady/internal/programme"
)

// Problem is what a draw decides about.
type Problem struct {
	Plan     *admission.Plan
	Window   admission.WindowID
	Offers   map[programme.SessionID]*admission.Offer // of the window, as they are counted now
	Entrants []Entrant                                // in the order of their codes
	Taken    map[Colleague]int                        // seats of the window that institutions have already
}

// Entrant is somebody who takes part.
type Entrant struct {
	Code        draw.Code
	Guest       admission.Guest // without the needs, which differ by wish
	Institution people.InstitutionID
	Holds       []programme.SessionID // of all windows
	Wishes      []Wish                // the most wanted first
}

// Wish is a session that somebody would like to take part in, and what they need there.
type Wish struct {
	Session programme.SessionID
	Needs   []admission.Need
}

// Colleague is an institution in a session.
type Colleague struct {
	Session     programme.SessionID
	Institution people.InstitutionID
}

// wording is a problem on its way into words.
type wording struct {
	Problem
	named  map[programme.SessionID]draw.SessionID
	groups map[people.InstitutionID]draw.GroupKey
}

// InWords is the problem as the draw, and whoever verifies it, reads it. Sessions
// are named by their addresses; institutions get words of this draw alone,
// numbered as they come up in the order of the codes.
func (p Problem) InWords() (out draw.Problem) {
	w := wording{p, map[programme.SessionID]draw.SessionID{}, map[people.InstitutionID]draw.GroupKey{}}
	for _, o := range p.Plan.Offers() {
		w.named[o.Session] = draw.SessionID(o.Slug)
		one := draw.Session{ID: draw.SessionID(o.Slug)}
		if o.Window == p.Window {
			for _, pool := range p.Offers[o.Session].Pools {
				one.Pools = append(one.Pools, draw.Pool{ID: poolID(pool.Number), Left: pool.Left()})
			}
		}
		out.Sessions = append(out.Sessions, one)
	}
	out.Apart = w.apart()
	for _, e := range p.Entrants {
		out.Entries = append(out.Entries, w.entry(e))
	}
	for number := range p.Plan.Rules {
		w.limit(number, &out)
	}
	return out
}

func poolID(number int) draw.PoolID { return draw.PoolID(strconv.Itoa(number)) }

// limit adds what a rule allows: so many in all its sessions, or of an institution
// in each.
func (w wording) limit(number int, out *draw.Problem) {
	r := &w.Plan.Rules[number]
	limit := draw.Limit{ID: string(r.ID), Most: r.Limit()}
	for _, o := range w.Plan.Offers() {
		switch {
		case !w.Plan.Under(o.Session, number):
		case r.Kind != admission.MostInstitution:
			limit.Sessions = append(limit.Sessions, w.named[o.Session])
		case o.Window == w.Window:
			one := draw.Limit{ID: limit.ID + "-" + o.Slug, Sessions: []draw.SessionID{w.named[o.Session]}, Most: limit.Most}
			out.GroupLimits = append(out.GroupLimits, draw.GroupLimit{Limit: one, Taken: w.takenIn(o.Session)})
		}
	}
	if r.Kind != admission.MostInstitution {
		out.Limits = append(out.Limits, limit)
	}
}

// takenIn is how many seats of a session the institutions of those in the draw have
// already.
func (w wording) takenIn(session programme.SessionID) (all []draw.Share) {
	for institution, group := range w.groups {
		if n := w.Taken[Colleague{session, institution}]; n > 0 {
			all = append(all, draw.Share{Group: group, Seats: n})
		}
	}
	slices.SortFunc(all, func(a, b draw.Share) int { return cmp.Compare(a.Group, b.Group) })
	return all
}

// apart lists which sessions nobody can hold together.
func (w wording) apart() (pairs []draw.Pair) {
	offers := w.Plan.Offers()
	for i, one := range offers {
		for _, other := range offers[:i] {
			if w.Plan.Apart(one.Session, other.Session) {
				pairs = append(pairs, draw.Pair{w.named[other.Session], w.named[one.Session]})
			}
		}
	}
	return pairs
}

// entry is somebody's part in the problem.
func (w wording) entry(e Entrant) draw.Entry {
	entry := draw.Entry{Code: e.Code}
	if e.Institution != "" {
		if w.groups[e.Institution] == "" {
			w.groups[e.Institution] = draw.GroupKey("g" + strconv.Itoa(len(w.groups)+1))
		}
		entry.Group = w.groups[e.Institution]
	}
	for _, session := range e.Holds {
		if w.named[session] != "" {
			entry.Holds = append(entry.Holds, w.named[session])
		}
	}
	for _, wish := range e.Wishes {
		guest, o := e.Guest, w.Offers[wish.Session]
		guest.Needs = wish.Needs
		one := draw.Wish{Session: w.named[wish.Session]}
		for _, number := range o.SeatsFor(guest) {
			one.Seats = append(one.Seats, poolID(number))
		}
		for _, number := range o.ExtrasFor(guest) {
			one.Also = append(one.Also, poolID(number))
		}
		entry.Wishes = append(entry.Wishes, one)
	}
	return entry
}

// Cause is what a draw refused a wish by: the session that somebody got instead, or
// the rule, and how many it allows.
func Cause(plan *admission.Plan, o *admission.Offer, fate draw.Fate) (id string, most int) {
	id = fate.By
	switch fate.Why {
	case draw.Apart:
		if other, _ := plan.OfferAt(fate.By); other != nil {
			return string(other.Session), 0
		}
	case draw.GroupMax:
		id = strings.TrimSuffix(fate.By, "-"+o.Slug)
	case draw.AtLimit, draw.Held:
	}
	for _, r := range plan.Rules {
		if string(r.ID) == id {
			most = r.Limit()
		}
	}
	return id, most
}
