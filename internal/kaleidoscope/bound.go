package kaleidoscope

import (
	"cmp"
	"slices"
)

// bound is what no arrangement of the same talks in cycles of the same sizes
// exceeds, in whatever order the sizes come. Each talk counts at most what the
// nearest of the others would give it, as many as its cycle holds beside it; half
// of that, as each pair is counted from both ends. All pairs together count at
// most what the nearest pairs do. And of so many languages in so many cycles each
// language beyond one a cycle costs a switch.
func (p Problem) bound(cycles [][]int) int {
	var talks, sizes []int
	for _, c := range cycles {
		talks = append(talks, c...)
		for range c {
			sizes = append(sizes, len(c))
		}
	}
	slices.SortFunc(sizes, func(a, b int) int { return b - a })
	switches := max(0, p.languages(talks)-len(cycles))
	return min(p.fromEach(talks, sizes), p.fromPairs(talks, cycles)) - SwitchCost*switches
}

func (p Problem) languages(talks []int) int {
	seen := map[string]bool{}
	for _, i := range talks {
		seen[string(p.Talks[i].Language)] = true
	}
	return len(seen)
}

// fromEach gives each talk its nearest neighbours. Which talks are in the larger
// cycles is not known: it takes the assignment that gives most, size by size.
func (p Problem) fromEach(talks, sizes []int) int {
	total := 0
	gains := make([][]int, len(talks)) // by talk: what one more neighbour gives, falling
	for n, i := range talks {
		for _, j := range talks {
			if i != j {
				gains[n] = append(gains[n], p.Near(i, j))
			}
		}
		slices.SortFunc(gains[n], func(a, b int) int { return b - a })
	}
	// The k-th neighbour is there for as many talks as stand in cycles larger than k.
	for k := 0; len(sizes) > 0 && k < sizes[0]-1; k++ {
		var some []int
		for n := range talks {
			some = append(some, gains[n][k])
		}
		slices.SortFunc(some, func(a, b int) int { return b - a })
		for n, size := range sizes {
			if size > k+1 {
				total += some[n]
			}
		}
	}
	return total / 2
}

// fromPairs takes the nearest pairs, as many as there are in the cycles.
func (p Problem) fromPairs(talks []int, cycles [][]int) int {
	var all []int
	for a, i := range talks {
		for _, j := range talks[a+1:] {
			all = append(all, p.Near(i, j))
		}
	}
	slices.SortFunc(all, func(a, b int) int { return cmp.Compare(b, a) })
	pairs, total := 0, 0
	for _, c := range cycles {
		pairs += len(c) * (len(c) - 1) / 2
	}
	for _, near := range all[:min(pairs, len(all))] {
		total += near
	}
	return total
}
