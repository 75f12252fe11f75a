package council

import (
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"obrady/internal/call"
	"obrady/internal/people"
)

func TestOrder(t *testing.T) {
	at := func(id, path string, recused ...people.AccountID) point {
		return point{call.SubmissionID(id), path, recused}
	}
	for _, test := range []struct {
		name   string
		points []point
		want   []call.SubmissionID
	}{
		{"nothing to decide", nil, nil},
		{"nobody has a stake: path by path, in their order", []point{at("1", "woda"), at("2", "ruch"), at("3", "woda")}, []call.SubmissionID{"2", "1", "3"}},
		{
			"who has a stake in two leaves once, and nobody leaves in the end",
			[]point{at("1", "", "anna"), at("2", ""), at("3", "", "anna"), at("4", "", "jan")},
			[]call.SubmissionID{"1", "3", "4", "2"},
		},
		{
			"two who have a stake in the same are out together",
			[]point{at("1", "", "anna"), at("2", "", "jan"), at("3", "", "jan", "anna")},
			[]call.SubmissionID{"1", "3", "2"},
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			if got := idsOf(order(test.points)); !cmp.Equal(got, test.want) {
				t.Errorf("order = %v, want %v", got, test.want)
			}
		})
	}
}

// An agenda is as good as any when members leave once each, and never worse than the order in which things came in.
func TestAnAgendaSendsPeopleOutNoMoreOftenThanItsRawOrder(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var points []point
		for i := range rapid.IntRange(0, 14).Draw(t, "points") {
			p := point{id: call.SubmissionID(fmt.Sprint(i))}
			for _, who := range []people.AccountID{"anna", "jan", "ewa", "piotr"} {
				if rapid.IntRange(0, 2).Draw(t, "stake") == 0 {
					p.recused = append(p.recused, who)
				}
			}
			points = append(points, p)
		}
		items := func(points []point) (all []Item) {
			for _, p := range points {
				all = append(all, Item{Recused: p.recused})
			}
			return all
		}
		raw, atLeast := Exits(items(points))
		ordered := order(points)
		got, same := Exits(items(ordered))
		if got > raw || got < atLeast || same != atLeast || len(ordered) != len(points) {
			t.Errorf("%d leave in an order of %d points, want at least %d and at most %d in one of %d", got, len(ordered), atLeast, raw, len(points))
		}
	})
}
