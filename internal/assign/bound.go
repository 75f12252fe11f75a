package assign

import "slices"

// prices says what a review of each reviewer is worth in the end: what it would
// cost to free one.
func (s *solver) prices() []int64 {
	s.refresh()
	price := make([]int64, s.reviewers)
	for r := range price {
		price[r] = min(s.room(r), s.drop[r].cost)
	}
	for again := true; again; {
		again = false
		for r := range price {
			for other, leap := range s.hop[r] {
				if leap.cost < never && price[other] < never && leap.cost+price[other] < price[r] {
					price[r], again = leap.cost+price[other], true
				}
			}
		}
	}
	return price
}

// bound is what every result costs at least, whatever the prices: it lets each
// submission choose the cheapest for itself at these prices, and each reviewer the
// load that pays most, as if the two did not have to agree. (Lagrange's
// relaxation; at the right prices it is as large as the best result.)
//
// It looks at the problem alone and not at what was given out, so a fault in the
// solver cannot hide in it.
func (p Problem) bound(price []int64) Measure {
	s := newSolver(&p)
	var all Measure
	for i := range p.Submissions {
		all = all.plus(s.cheapest(i, price))
	}
	for r := range p.Reviewers {
		all.Balance += s.payingMost(r, price[r])
	}
	return all
}

func (m Measure) plus(other Measure) Measure {
	return Measure{m.Missing + other.Missing, m.Match + other.Match, m.Balance + other.Balance}
}

// cheapest is what the reviews of a submission cost at these prices. What is paid
// to reviewers stands under Match, where nobody looks for it.
func (s *solver) cheapest(i int, price []int64) (cost Measure) {
	var offers []int64
	for r, match := range s.open[i] {
		if match < never && s.before[r] < s.p.Reviewers[r].Most {
			offers = append(offers, match+price[r])
		}
	}
	slices.Sort(offers)
	for j := range s.need[i] {
		// The last that is missing costs most, so the first offer competes with that.
		lack := s.lack(s.need[i] - 1 - j)
		if j < len(offers) && offers[j] < lack {
			cost.Match += offers[j]
			continue
		}
		for missing := range s.need[i] - j {
			cost.Missing += s.lack(missing)
		}
		return cost
	}
	return cost
}

// payingMost is what the load that pays a reviewer most costs, less what they are
// paid.
func (s *solver) payingMost(r int, price int64) (cost int64) {
	for load := s.before[r]; load < s.p.Reviewers[r].Most && more(load) < price; load++ {
		cost += more(load) - price
	}
	return cost
}
