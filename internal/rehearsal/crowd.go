package rehearsal

import (
	"hash/fnv"
	"math"
	"math/rand/v2"
	"slices"

	"obrady/internal/admission"
	"obrady/internal/id"
	"obrady/internal/people"
	"obrady/internal/programme"
	"obrady/internal/signup"
)

// guest is a made-up person.
type guest struct {
	account     people.AccountID
	sector      people.Sector
	institution people.InstitutionID
	wishes      []signup.Wish
	habits      habits
}

// habits are how somebody goes about it.
type habits struct {
	ready bool // before the hour, where a queue is drawn
	list  bool // claims the whole list with one press; others press session after session
	twice bool // clicks twice
	again bool // sends the same once more, having had no patience
	back  bool // gives a seat back
	swap  bool // gives one up for another
}

// How many of a hundred do so. They are guesses, made on the safe side.
const (
	areReady   = 70
	pressLists = 50
	clickTwice = 5
	sendAgain  = 5
	giveBack   = 3
	swapOne    = 2
)

// enoughLists is from how many real lists of wishes on what people want is taken
// from them.
const enoughLists = 20

// gather makes up n people. The same window and number give the same people, so
// that two rehearsals can be compared.
func (w *world) gather(n int) []guest {
	sum := fnv.New64a()
	_, _ = sum.Write([]byte(w.window.ID))                   // a hash takes everything
	chance := rand.New(rand.NewPCG(sum.Sum64(), uint64(n))) //nolint:gosec // nothing depends on it but who is made up
	tastes := w.tastes(chance)
	guests := make([]guest, n)
	for i := range guests {
		g := guest{account: id.Make[people.AccountID](), habits: habitsBy(chance)}
		if len(w.groups) > 0 {
			one := w.groups[pick(chance, w.groups, w.people, func(g group) int { return g.people })]
			g.sector, g.institution = one.sector, one.institution
		}
		var needs []admission.Need
		for _, need := range admission.Needs {
			if w.people > 0 && chance.IntN(w.people) < w.needs[need] {
				needs = append(needs, need)
			}
		}
		for _, session := range tastes() {
			g.wishes = append(g.wishes, signup.Wish{Session: session, Needs: needs})
		}
		guests[i] = g
	}
	return guests
}

func habitsBy(chance *rand.Rand) habits {
	of := func(hundredths int) bool { return chance.IntN(100) < hundredths }
	return habits{
		ready: of(areReady), list: of(pressLists), twice: of(clickTwice), again: of(sendAgain), back: of(giveBack), swap: of(swapOne),
	}
}

// pick chooses by weight and returns the number of the chosen.
func pick[T any](chance *rand.Rand, all []T, total int, weight func(T) int) int {
	at := chance.IntN(total)
	for i, one := range all {
		if at -= weight(one); at < 0 {
			return i
		}
	}
	return len(all) - 1
}

// known says whether there are enough real lists to go by.
func (w *world) known() bool { return len(w.lists) >= enoughLists }

// tastes returns what gives one person after another a list of wishes: one of the
// real lists, or, where there are few, one that is made up.
func (w *world) tastes(chance *rand.Rand) func() []programme.SessionID {
	if w.known() {
		return func() []programme.SessionID { return w.lists[chance.IntN(len(w.lists))] }
	}
	sessions := make([]programme.SessionID, 0, len(w.offers))
	for _, o := range w.offers {
		if !o.Cancelled {
			sessions = append(sessions, o.Session)
		}
	}
	chance.Shuffle(len(sessions), func(i, j int) { sessions[i], sessions[j] = sessions[j], sessions[i] })
	return func() []programme.SessionID { return zipf(chance, sessions) }
}

// mostMadeUp is how long a made-up list is at most.
const mostMadeUp = 5

// zipf makes up a list: the n-th most popular session is wanted 1/n^0.8 times as
// often as the first. Without replacement by exponential keys (Efraimidis and
// Spirakis, 2006): the least of -ln(u)/weight come first.
func zipf(chance *rand.Rand, byRank []programme.SessionID) []programme.SessionID {
	type keyed struct {
		session programme.SessionID
		key     float64
	}
	all := make([]keyed, len(byRank))
	for i, session := range byRank {
		all[i] = keyed{session, -math.Log(1-chance.Float64()) * math.Pow(float64(i+1), 0.8)}
	}
	slices.SortFunc(all, func(a, b keyed) int {
		if a.key < b.key {
			return -1
		}
		return 1
	})
	list := make([]programme.SessionID, min(len(all), 1+chance.IntN(mostMadeUp)))
	for i := range list {
		list[i] = all[i].session
	}
	return list
}
