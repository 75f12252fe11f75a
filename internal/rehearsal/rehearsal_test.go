package rehearsal

import (
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"obrady/internal/admission"
	"obrady/internal/programme"
	"obrady/internal/signup"
)

func TestAdvice(t *testing.T) {
	for _, test := range []struct {
		name    string
		session OfSession
		want    Advice
	}{
		{"eighty for forty, in a room for forty", OfSession{Counted: true, Seats: 40, Room: 40, Wanted: 80}, Repeat},
		{"eighty for forty, in a room for eighty", OfSession{Counted: true, Seats: 40, Room: 80, Wanted: 80}, Widen},
		{"sixty for forty, in a room that nobody measured", OfSession{Counted: true, Seats: 40, Wanted: 60}, Larger},
		{"as many as there are seats", OfSession{Counted: true, Seats: 40, Wanted: 40}, Fine},
		{"a few more than there are seats", OfSession{Counted: true, Seats: 40, Wanted: 44}, Fine},
		{"half of the seats", OfSession{Counted: true, Seats: 40, Wanted: 20}, Smaller},
		{"nobody, and no seats", OfSession{Counted: true}, Smaller},
		{"no number of seats", OfSession{Wanted: 500}, Fine},
	} {
		if got := test.session.Advice(); got != test.want {
			t.Errorf("%s: %s, want %s", test.name, got, test.want)
		}
	}
}

func TestAnswersAreSummarised(t *testing.T) {
	var took []time.Duration
	for n := range 200 {
		took = append(took, time.Duration(200-n)*time.Millisecond)
	}
	got := answersOf(took, 2*time.Second)
	want := Answers{Number: 200, PerSecond: 100, Half: 100 * time.Millisecond, NearlyAll: 198 * time.Millisecond, Slowest: 200 * time.Millisecond}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if got := answersOf(nil, 0); got != (Answers{}) {
		t.Errorf("of no answers: %+v", got)
	}
}

// crowdOf makes up people for sessions called by their letters.
func crowdOf(w *world, n int) (wanted map[programme.SessionID]int, guests []guest) {
	wanted = map[programme.SessionID]int{}
	guests = w.gather(n)
	for _, g := range guests {
		for _, wish := range g.wishes {
			wanted[wish.Session]++
		}
	}
	return wanted, guests
}

func smallWorld() *world {
	w := &world{window: admission.Window{ID: "w"}, needs: map[admission.Need]int{admission.Wheelchair: 50}, people: 500}
	w.groups = []group{{"ngo", "", 100}, {"local", "city", 400}}
	for _, session := range []programme.SessionID{"a", "b", "c", "d", "e", "f", "g", "h"} {
		w.offers = append(w.offers, admission.Offer{Session: session})
	}
	w.offers = append(w.offers, admission.Offer{Session: "cancelled", Cancelled: true})
	return w
}

func TestPeopleAreLikeThoseWhoTakePart(t *testing.T) {
	const n = 5000
	wanted, guests := crowdOf(smallWorld(), n)
	local, wheelchairs := 0, 0
	for _, g := range guests {
		if g.sector == "local" && g.institution == "city" {
			local++
		}
		if len(g.wishes) == 0 || len(g.wishes) > mostMadeUp {
			t.Fatalf("a list of %d", len(g.wishes))
		}
		if slices.Contains(g.wishes[0].Needs, admission.Wheelchair) {
			wheelchairs++
		}
		seen := map[programme.SessionID]bool{}
		for _, wish := range g.wishes {
			if seen[wish.Session] || wish.Session == "cancelled" {
				t.Fatalf("the list %v", g.wishes)
			}
			seen[wish.Session] = true
		}
	}
	if local < n*77/100 || local > n*83/100 || wheelchairs < n*8/100 || wheelchairs > n*12/100 {
		t.Errorf("%d of the city and %d in a wheelchair of %d, want about 80 and 10 of a hundred", local, wheelchairs, n)
	}
	counts := make([]int, 0, len(wanted))
	for _, count := range wanted {
		counts = append(counts, count)
	}
	slices.Sort(counts)
	if len(counts) != 8 || counts[7] < counts[0]*2 || counts[0] == 0 {
		t.Errorf("wanted %v, want all, some much more than others", counts)
	}
}

func TestTheSamePeopleComeAgain(t *testing.T) {
	first, guests := crowdOf(smallWorld(), 300)
	second, others := crowdOf(smallWorld(), 300)
	if diff := cmp.Diff(first, second); diff != "" || guests[7].habits != others[7].habits {
		t.Errorf("two crowds of one window differ:\n%s", diff)
	}
}

func TestRealListsAreFollowedWhereThereAreEnough(t *testing.T) {
	w := smallWorld()
	for range enoughLists - 1 {
		w.lists = append(w.lists, []programme.SessionID{"h", "g"})
	}
	if wanted, _ := crowdOf(w, 100); len(wanted) < 3 {
		t.Errorf("nineteen lists are followed: %v", wanted)
	}
	w.lists = append(w.lists, []programme.SessionID{"h", "g"})
	want := map[programme.SessionID]int{"g": 100, "h": 100}
	wanted, guests := crowdOf(w, 100)
	if diff := cmp.Diff(want, wanted); diff != "" || guests[0].wishes[0].Session != "h" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// The report would tell if too many seats had been given, which the database does not let happen.
func TestTooManySeatsAreCounted(t *testing.T) {
	w := smallWorld()
	w.offers = []admission.Offer{{Session: "a", Slug: "a", Pools: []admission.Pool{{Number: 1, Kind: admission.ForAll, Capacity: 1}}}}
	p := &play{stage: &stage{world: w}, granted: map[programme.SessionID][]time.Duration{"a": {3, 1, 2}}}
	var r Report
	r.countSessions(p, []seat{{"1", "a", signup.Holding}, {"2", "a", signup.Offered}, {"3", "a", signup.Holding}, {"4", "a", signup.Waiting}})
	if s := r.Sessions[0]; r.Oversold != 2 || s.Held != 3 || s.Waiting != 1 || s.SoldOut != (Moment{true, 1}) || r.SoldAfter != (Moment{true, 1}) {
		t.Errorf("%d oversold, %+v, %+v; want 2", r.Oversold, s, r.SoldAfter)
	}
}
