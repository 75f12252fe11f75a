package draw

import (
	"slices"
	"strings"
)

// Sound returns a Refusal if the problem contradicts itself or is beyond all measure, and nil if it can be drawn.
func (p Problem) Sound() error {
	pools, err := p.pools()
	if err != nil {
		return err
	}
	if len(p.Apart) > mostPairs {
		return refuse(TooMany, "apart")
	}
	for _, pair := range p.Apart {
		if err := pools.knowsEach(pair[:]); err != nil {
			return err
		}
	}
	if err := p.soundLimits(pools); err != nil {
		return err
	}
	return p.soundEntries(pools)
}

// hall knows which pools there are, by session.
type hall map[SessionID]map[PoolID]bool

func (p Problem) pools() (hall, error) {
	if len(p.Sessions) > MostSessions {
		return nil, refuse(TooMany, "sessions")
	}
	known := hall{}
	for _, s := range p.Sessions {
		switch {
		case !isName(string(s.ID)):
			return nil, refuse(BadName, string(s.ID))
		case known[s.ID] != nil:
			return nil, refuse(DuplicateName, string(s.ID))
		case len(s.Pools) > mostPools:
			return nil, refuse(TooMany, string(s.ID))
		}
		known[s.ID] = map[PoolID]bool{}
		for _, pool := range s.Pools {
			switch {
			case !isName(string(pool.ID)):
				return nil, refuse(BadName, string(pool.ID))
			case known[s.ID][pool.ID]:
				return nil, refuse(DuplicateName, string(pool.ID))
			case !isNumber(pool.Left):
				return nil, refuse(BadNumber, string(s.ID))
			}
			known[s.ID][pool.ID] = true
		}
	}
	return known, nil
}

// knowsEach refuses sessions that are unknown or named twice.
func (h hall) knowsEach(sessions []SessionID) error {
	seen := make(map[SessionID]bool, len(sessions))
	for _, s := range sessions {
		switch {
		case h[s] == nil:
			return refuse(UnknownSession, string(s))
		case seen[s]:
			return refuse(DuplicateName, string(s))
		}
		seen[s] = true
	}
	return nil
}

func (p Problem) soundLimits(known hall) error {
	if len(p.Limits) > mostLimits || len(p.GroupLimits) > mostLimits {
		return refuse(TooMany, "limits")
	}
	limits := slices.Clone(p.Limits)
	for _, l := range p.GroupLimits {
		limits = append(limits, l.Limit)
		groups := map[GroupKey]bool{}
		for _, t := range l.Taken {
			switch {
			case !isName(string(t.Group)):
				return refuse(BadName, string(t.Group))
			case groups[t.Group]:
				return refuse(DuplicateName, string(t.Group))
			case !isNumber(t.Seats):
				return refuse(BadNumber, string(t.Group))
			}
			groups[t.Group] = true
		}
	}
	names := map[string]bool{}
	for _, l := range limits {
		switch {
		case !isName(l.ID):
			return refuse(BadName, l.ID)
		case names[l.ID]:
			return refuse(DuplicateName, l.ID)
		case !isNumber(l.Most):
			return refuse(BadNumber, l.ID)
		}
		names[l.ID] = true
		if err := known.knowsEach(l.Sessions); err != nil {
			return err
		}
	}
	return nil
}

func (p Problem) soundEntries(known hall) error {
	if len(p.Entries) > MostEntries {
		return refuse(TooMany, "entries")
	}
	codes := make(map[Code]bool, len(p.Entries))
	for _, e := range p.Entries {
		switch {
		case !e.Code.valid():
			return refuse(BadCode, string(e.Code))
		case codes[e.Code]:
			return refuse(DuplicateCode, string(e.Code))
		case e.Group != "" && !isName(string(e.Group)):
			return refuse(BadName, string(e.Group))
		case len(e.Wishes) > mostWishes || len(e.Holds) > mostWishes:
			return refuse(TooMany, string(e.Code))
		}
		codes[e.Code] = true
		if err := known.knowsEach(e.Holds); err != nil {
			return err
		}
		if err := known.grants(e.Wishes); err != nil {
			return err
		}
	}
	return nil
}

// grants refuses wishes that no draw could answer.
func (h hall) grants(wishes []Wish) error {
	sessions := make([]SessionID, len(wishes))
	for i, w := range wishes {
		sessions[i] = w.Session
	}
	if err := h.knowsEach(sessions); err != nil {
		return err
	}
	for _, w := range wishes {
		seen := map[PoolID]bool{}
		for _, needed := range [][]PoolID{w.Seats, w.Also} {
			for _, pool := range needed {
				switch {
				case !h[w.Session][pool]:
					return refuse(UnknownPool, string(pool))
				case seen[pool]:
					return refuse(DuplicateName, string(pool))
				}
				seen[pool] = true
			}
		}
	}
	return nil
}

// signs are those of a name. There is none that a terminal would obey.
const signs = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_.:/"

func isName(s string) bool {
	return s != "" && len(s) <= mostOfName && strings.Trim(s, signs) == ""
}

func isNumber(n int) bool { return 0 <= n && n <= MostSeats }
