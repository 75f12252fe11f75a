package council

import (
	"cmp"
	"slices"
	"strings"

	"obrady/internal/call"
	"obrady/internal/people"
)

// point is a submission as the order of an agenda looks at it.
type point struct {
	id      call.SubmissionID
	path    string
	recused []people.AccountID
}

// order brings an agenda into an order in which members who have a stake in
// something leave the room as seldom as possible, at best once each; what concerns
// nobody comes last, path by path. The order of what comes in otherwise stays.
func order(points []point) []point {
	groups := map[string][]point{}
	var keys []string
	for _, p := range points {
		key := keyOf(p.recused)
		if groups[key] == nil {
			keys = append(keys, key)
		}
		groups[key] = append(groups[key], p)
	}
	keys = slices.DeleteFunc(keys, func(key string) bool { return key == "" })
	slices.Sort(keys)
	blocks := make([][]people.AccountID, len(keys))
	for i, key := range keys {
		blocks[i] = groups[key][0].recused
	}
	var all []point
	for _, i := range fewestExits(blocks) {
		all = append(all, byPath(groups[keys[i]])...)
	}
	return append(all, byPath(groups[""])...)
}

func byPath(points []point) []point {
	slices.SortStableFunc(points, func(a, b point) int { return strings.Compare(a.path, b.path) })
	return points
}

func keyOf(recused []people.AccountID) string {
	sorted := slices.Clone(recused)
	slices.Sort(sorted)
	var key strings.Builder
	for _, who := range sorted {
		key.WriteString(string(who) + "\n")
	}
	return key.String()
}

// fewestExits orders groups of items, of which each sends the same people out: next
// always the one that has most in common with the last, from each possible
// beginning; then single groups are moved as long as that helps. That is not always
// the best order, which is a hard problem; exits tells how good it is.
func fewestExits(blocks [][]people.AccountID) []int {
	var best []int
	for first := range min(len(blocks), mostBeginnings) {
		next := improved(blocks, nearest(blocks, first))
		if best == nil || exitsOf(blocks, next) < exitsOf(blocks, best) {
			best = next
		}
	}
	return best
}

// mostBeginnings is from how many groups an order is tried: agendas of some hundred
// groups should not take longer than a page does.
const mostBeginnings = 12

// mostMoves is how many groups there may be for single ones to be moved.
const mostMoves = 60

func nearest(blocks [][]people.AccountID, first int) []int {
	left := make([]int, 0, len(blocks))
	for i := range blocks {
		if i != first {
			left = append(left, i)
		}
	}
	chosen := []int{first}
	for len(left) > 0 {
		last := blocks[chosen[len(chosen)-1]]
		at := 0
		for i := range left {
			if cmp.Or(common(last, blocks[left[at]])-common(last, blocks[left[i]]), len(blocks[left[i]])-len(blocks[left[at]])) < 0 {
				at = i
			}
		}
		chosen, left = append(chosen, left[at]), slices.Delete(left, at, at+1)
	}
	return chosen
}

func improved(blocks [][]people.AccountID, way []int) []int {
	if len(way) > mostMoves {
		return way
	}
	cost := exitsOf(blocks, way)
	for better := true; better; {
		better = false
		for from := range way {
			for to := range way {
				next := slices.Insert(slices.Delete(slices.Clone(way), from, from+1), to, way[from])
				if n := exitsOf(blocks, next); n < cost {
					way, cost, better = next, n, true
				}
			}
		}
	}
	return way
}

func common(a, b []people.AccountID) (n int) {
	for _, who := range a {
		if slices.Contains(b, who) {
			n++
		}
	}
	return n
}

// exitsOf counts how often somebody leaves the room.
func exitsOf(blocks [][]people.AccountID, way []int) (n int) {
	var out []people.AccountID
	for _, i := range way {
		n += len(blocks[i]) - common(blocks[i], out)
		out = blocks[i]
	}
	return n
}

// Exits counts how often somebody leaves the room in an agenda, and how many people
// must at least once.
func Exits(items []Item) (exits, atLeast int) {
	var out []people.AccountID
	everybody := map[people.AccountID]bool{}
	for _, item := range items {
		exits += len(item.Recused) - common(item.Recused, out)
		out = item.Recused
		for _, who := range out {
			everybody[who] = true
		}
	}
	return exits, len(everybody)
}
