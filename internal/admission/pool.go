package admission

import (
	"slices"
	"strconv"
	"strings"

	"obrady/internal/errs"
	"obrady/internal/i18n"
	"obrady/internal/people"
	"obrady/internal/text"
)

// PoolKind says whom the places of a pool are for.
type PoolKind string

// The kinds.
const (
	ForAll         PoolKind = "all"         // seats for anyone
	ForSector      PoolKind = "sector"      // seats kept for a sector: target is a people.Sector
	ForInstitution PoolKind = "institution" // seats kept for people of an institution: target is its id
	ForInvited     PoolKind = "invited"     // seats kept for those whom an invitation of the window lets in
	ForNeed        PoolKind = "need"        // what some need besides a seat: target is a Need
)

// PoolKinds lists the kinds in the order in which forms offer them.
var PoolKinds = []PoolKind{ForAll, ForSector, ForInstitution, ForInvited, ForNeed}

// Key names the sentence that says the kind.
// key: admission.pool.*
func (k PoolKind) Key() string { return "admission.pool." + string(k) }

// Need is something that is counted besides seats.
type Need string

// The needs.
const (
	Wheelchair Need = "wheelchair" // a place for a wheelchair
	Headset    Need = "headset"    // a receiver for the interpretation
)

// Needs lists the needs in the order in which forms offer them.
var Needs = []Need{Wheelchair, Headset}

// Key names the sentence that says the need.
// key: admission.need.*
func (n Need) Key() string { return "admission.need." + string(n) }

// Pool is a number of places of one session that count together (pula miejsc).
// Whoever takes part takes one seat, of a pool that is kept for such people or
// of one for all, and one place of the pool of each thing that they need.
type Pool struct {
	Number   int // within the session, from 1
	Kind     PoolKind
	Target   string
	Name     i18n.Text // empty: its kind says enough
	Capacity int
	Taken    int
}

// Left is how many places are free.
func (p Pool) Left() int { return p.Capacity - p.Taken }

// ValidatePools says what keeps pools from being saved.
func ValidatePools(pools []Pool) error {
	var wrong errs.Problems
	if len(pools) > mostPools {
		wrong.Add("pools", "admission.pools", mostPools)
	}
	seen := map[int]bool{}
	for _, p := range pools {
		field := "pool-" + strconv.Itoa(p.Number)
		switch {
		case p.Number < 1 || seen[p.Number] || !slices.Contains(PoolKinds, p.Kind):
			wrong.Add(field, "admission.pool_kind")
		case p.Capacity < 0 || p.Capacity > mostSeats:
			wrong.Add(field, "admission.capacity", mostSeats)
		case text.Length(p.Name.PL) > maxName || text.Length(p.Name.EN) > maxName:
			wrong.Add(field, "people.too_long", maxName)
		case !p.aimed():
			wrong.Add(field, "admission.pool_target")
		}
		seen[p.Number] = true
	}
	return wrong.Err()
}

// aimed says whether the target is one that the kind can have.
func (p Pool) aimed() bool {
	switch p.Kind {
	case ForSector:
		return slices.Contains(people.Sectors, people.Sector(p.Target))
	case ForNeed:
		return slices.Contains(Needs, Need(p.Target))
	case ForInstitution:
		return p.Target != ""
	case ForAll, ForInvited:
	}
	return p.Target == ""
}

// Guest is what somebody brings to the pools of a session.
type Guest struct {
	Needs       []Need
	Sector      people.Sector
	Institution people.InstitutionID
	Invited     bool
}

// suits says whether somebody may take their seat from the pool.
func (g Guest) suits(p Pool) bool {
	switch p.Kind {
	case ForAll:
		return true
	case ForSector:
		return g.Sector != "" && p.Target == string(g.Sector)
	case ForInstitution:
		return g.Institution != "" && p.Target == string(g.Institution)
	case ForInvited:
		return g.Invited
	case ForNeed:
	}
	return false
}

// SeatsFor lists the pools of which somebody may take their seat, those kept for
// such people first, so that those for all last longer.
func (o *Offer) SeatsFor(g Guest) (numbers []int) {
	for _, kept := range []bool{true, false} {
		for i := range o.Pools {
			if p := &o.Pools[i]; g.suits(*p) && kept == (p.Kind != ForAll) {
				numbers = append(numbers, p.Number)
			}
		}
	}
	return numbers
}

// ExtrasFor lists the pools of what somebody needs besides a seat.
func (o *Offer) ExtrasFor(g Guest) (numbers []int) {
	for _, need := range g.Needs {
		for i := range o.Pools {
			if p := &o.Pools[i]; p.Kind == ForNeed && p.Target == string(need) {
				numbers = append(numbers, p.Number)
			}
		}
	}
	return numbers
}

// Counted says whether the session has a number of seats.
func (o *Offer) Counted() bool {
	return slices.ContainsFunc(o.Pools, func(p Pool) bool { return p.Kind != ForNeed })
}

// Choose names the pools that somebody takes a place of, or, where there is no
// room, the pool that is empty; 0 when no seat of the session is for them.
func (o *Offer) Choose(g Guest) (numbers []int, empty int, ok bool) {
	if o.Counted() {
		seats := o.SeatsFor(g)
		i := slices.IndexFunc(seats, func(number int) bool { return o.Pool(number).Left() > 0 })
		switch {
		case len(seats) == 0:
			return nil, 0, false
		case i < 0:
			return nil, seats[len(seats)-1], false
		}
		numbers = append(numbers, seats[i])
	}
	for _, extra := range o.ExtrasFor(g) {
		if o.Pool(extra).Left() <= 0 {
			return nil, extra, false
		}
		numbers = append(numbers, extra)
	}
	return numbers, 0, true
}

// SomeLeft says whether a place for anyone at all is free.
func (o *Offer) SomeLeft() bool {
	counted := false
	for _, p := range o.Pools {
		if p.Kind != ForNeed {
			counted = true
			if p.Left() > 0 {
				return true
			}
		}
	}
	return !counted
}

// WriteNeeds is how needs stand in a column.
func WriteNeeds(all []Need) string {
	parts := make([]string, len(all))
	for i, one := range all {
		parts[i] = string(one)
	}
	return strings.Join(parts, " ")
}

// ReadNeeds reads what WriteNeeds wrote.
func ReadNeeds(column string) (all []Need) {
	for part := range strings.FieldsSeq(column) {
		all = append(all, Need(part))
	}
	return all
}

// WriteNumbers is how numbers of pools stand in a column.
func WriteNumbers(all []int) string {
	var out []byte
	for i, n := range all {
		if i > 0 {
			out = append(out, ' ')
		}
		out = strconv.AppendInt(out, int64(n), 10)
	}
	return string(out)
}

// ReadNumbers reads what WriteNumbers wrote.
func ReadNumbers(column string) (all []int) {
	for part := range strings.FieldsSeq(column) {
		if n, err := strconv.Atoi(part); err == nil {
			all = append(all, n)
		}
	}
	return all
}
