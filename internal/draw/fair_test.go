package draw

import (
	"bytes"
	"cmp"
	"crypto/hmac"
	"crypto/sha256"
	"math"
	"math/rand/v2"
	"slices"
	"sync"
	"testing"
)

// ordering puts codes, given in the order of arrival, into an order.
type ordering func(Seed, []Code) []Code

// tableOfPlaces counts how often each arrival came to each place.
type tableOfPlaces struct {
	people, draws int
	seen          []int32 // [arrival*people + place]
	rho           float64 // Spearman's, arrival against place, summed over the draws
}

func (p *tableOfPlaces) add(codes, order []Code) {
	at := make(map[Code]int, len(codes))
	for i, code := range codes {
		at[code] = i
	}
	var apart float64
	for place, code := range order {
		arrival := at[code]
		p.seen[arrival*p.people+place]++
		apart += float64((arrival - place) * (arrival - place))
	}
	n := float64(p.people)
	p.rho += 1 - 6*apart/(n*(n*n-1))
	p.draws++
}

// drawMany draws the same people with many seeds, on two cores, and counts.
func drawMany(people, draws int, order ordering) *tableOfPlaces {
	codes := someCodes(people)
	halves := [2]*tableOfPlaces{}
	var both sync.WaitGroup
	for half := range halves {
		table := &tableOfPlaces{people: people, seen: make([]int32, people*people)}
		halves[half] = table
		both.Go(func() {
			for n := half; n < draws; n += len(halves) {
				table.add(codes, order(someSeed(n), codes))
			}
		})
	}
	both.Wait()
	all := halves[0]
	for i, n := range halves[1].seen {
		all.seen[i] += n
	}
	all.draws += halves[1].draws
	all.rho += halves[1].rho
	return all
}

// chance is the probability that fair draws spread the arrivals over the places at least as unevenly as this table
// does, with the places taken together into bins. (Pearson's chi-square. The places of one draw exclude each other,
// which takes (n-1)/n of it; then it has (n-1)(bins-1) degrees of freedom.)
func (p *tableOfPlaces) chance(bins int) float64 {
	n, width := float64(p.people), p.people/bins
	want := float64(p.draws) * float64(width) / n
	var sum float64
	for arrival := range p.people {
		row := p.seen[arrival*p.people : (arrival+1)*p.people]
		for bin := range slices.Chunk(row, width) {
			var got int32
			for _, times := range bin {
				got += times
			}
			sum += (float64(got) - want) * (float64(got) - want) / want
		}
	}
	return tail(sum*(n-1)/n, (n-1)*float64(bins-1))
}

// tail is the probability of a chi-square of at least x, after Wilson and Hilferty: exact enough for many degrees.
func tail(x, degrees float64) float64 {
	v := 2 / (9 * degrees)
	return math.Erfc((math.Cbrt(x/degrees)-(1-v))/math.Sqrt(2*v)) / 2
}

func (p *tableOfPlaces) meanRho() float64 { return p.rho / float64(p.draws) }

// byArrival is what a draw is there to prevent.
func byArrival(_ Seed, codes []Code) []Code { return codes }

// byCode would let everybody see the order before the draw.
func byCode(_ Seed, codes []Code) []Code { return slices.Sorted(slices.Values(codes)) }

// byOneByte is nearly right: it looks at the first byte of the HMAC alone.
func byOneByte(seed Seed, codes []Code) []Code {
	lots, mac := make([]lot, len(codes)), hmac.New(sha256.New, seed[:])
	for i, code := range codes {
		mac.Reset()
		mac.Write([]byte(code))
		lots[i] = lot{code: code}
		mac.Sum(lots[i].sum[:0])
	}
	slices.SortFunc(lots, func(a, b lot) int {
		return cmp.Or(bytes.Compare(a.sum[:1], b.sum[:1]), cmp.Compare(a.code, b.code))
	})
	order := make([]Code, len(lots))
	for i, l := range lots {
		order[i] = l.code
	}
	return order
}

const unlikely = 0.001

func TestTenThousandDrawsAreEvenAndCanBeWorkedOutAgain(t *testing.T) {
	people, draws := 1000, 10_000
	if testing.Short() {
		draws = 1000
	}
	table := drawMany(people, draws, func(seed Seed, codes []Code) []Code {
		order := Order(seed, codes)
		backwards := slices.Clone(codes)
		slices.Reverse(backwards)
		if again := Order(seed, backwards); !slices.Equal(order, again) {
			t.Errorf("seed %s: worked out again, the order is another", seed.Hex())
		}
		if seed[0] < 16 && !slices.Equal(order, plainOrder(seed, codes)) { // one in sixteen: it is slow
			t.Errorf("seed %s: Order is not what its description says", seed.Hex())
		}
		return order
	})
	if table.draws != draws {
		t.Fatalf("%d draws were counted, want %d", table.draws, draws)
	}
	for _, bins := range []int{people, 20} {
		p := table.chance(bins)
		t.Logf("dice %d: %d draws of %d, places in %d bins: p = %.3f", printed, draws, people, bins, p)
		if p <= unlikely {
			t.Errorf("places in %d bins: p = %g, want more than %g", bins, p, unlikely)
		}
	}
	if rho := table.meanRho(); math.Abs(rho) >= 0.05 {
		t.Errorf("Spearman's rho of arrival and place = %.4f, want less than 0.05 either way", rho)
	} else {
		t.Logf("Spearman's rho of arrival and place: %.5f", rho)
	}
}

func TestTheMeasureOfEvennessSeesUnevenDraws(t *testing.T) {
	for name, test := range map[string]struct {
		order ordering
		draws int
	}{
		"by arrival":  {byArrival, 100},
		"by code":     {byCode, 100},
		"by one byte": {byOneByte, 2000},
	} {
		table := drawMany(1000, test.draws, test.order)
		if p := table.chance(1000); p > unlikely {
			t.Errorf("%s: p = %g after %d draws, want at most %g", name, p, test.draws, unlikely)
		}
	}
	if rho := drawMany(1000, 2, byArrival).meanRho(); rho < 0.999 {
		t.Errorf("by arrival: Spearman's rho = %.3f, want 1", rho)
	}
}

func TestTailAgreesWithTables(t *testing.T) {
	for _, test := range []struct{ x, degrees, want float64 }{
		{124.342, 100, 0.05}, {149.449, 100, 0.001}, {82.358, 100, 0.9}, {1106.969, 1000, 0.01},
	} {
		if got := tail(test.x, test.degrees); math.Abs(got-test.want) > test.want/50 {
			t.Errorf("tail(%g, %g) = %.5f, want %g", test.x, test.degrees, got, test.want)
		}
	}
}

// rush is an opening at which scripts come first in every trial.
type rush struct {
	people, scripts, trials int
	seats                   int // got by all, over all trials
	won                     int // got by scripts
}

// surplus is how many standard deviations the scripts got more than their share. Each trial is a draw of seats from
// people without putting back.
func (r rush) surplus() float64 {
	share, n, each := float64(r.scripts)/float64(r.people), float64(r.people), float64(r.seats)/float64(r.trials)
	variance := each * share * (1 - share) * (n - each) / (n - 1) * float64(r.trials)
	return (float64(r.won) - float64(r.seats)*share) / math.Sqrt(variance)
}

func (r *rush) count(codes []Code, got func(Code) int) {
	for i, code := range codes {
		n := got(code)
		r.seats += n
		if i < r.scripts {
			r.won += n
		}
	}
}

// lotteryRush draws one seat for each at most, out of wishes that are as random for scripts as for people.
func lotteryRush(dice *rand.Rand, trials int, order ordering) rush {
	r := rush{people: 5000, scripts: 50, trials: trials}
	codes := someCodes(r.people)
	for trial := range r.trials {
		p := crowd(dice, codes)
		seats := map[Code]int{}
		for _, o := range allocate(p, order(someSeed(trial), codes)) {
			seats[o.Code] = o.Seats()
		}
		r.count(codes, func(c Code) int { return seats[c] })
	}
	return r
}

// crowd is 60 sessions with 25 seats and one to five wishes each, of which one can come true.
func crowd(dice *rand.Rand, codes []Code) Problem {
	p := Problem{Limits: []Limit{{ID: "one", Most: 1}}}
	for i := range 60 {
		id := SessionID(name("s", i))
		p.Sessions = append(p.Sessions, Session{ID: id, Pools: []Pool{{"open", 25}}})
		p.Limits[0].Sessions = append(p.Limits[0].Sessions, id)
	}
	for _, code := range codes {
		e := Entry{Code: code}
		for _, s := range dice.Perm(60)[:1+dice.IntN(5)] {
			e.Wishes = append(e.Wishes, Wish{Session: p.Sessions[s].ID, Seats: []PoolID{"open"}})
		}
		p.Entries = append(p.Entries, e)
	}
	return p
}

// queueRush lets the first 1500 of the order in.
func queueRush(trials int, order ordering) rush {
	r := rush{people: 5000, scripts: 50, trials: trials}
	codes := someCodes(r.people)
	for trial := range r.trials {
		in := map[Code]int{}
		for _, code := range order(someSeed(trial), codes)[:1500] {
			in[code] = 1
		}
		r.count(codes, func(c Code) int { return in[c] })
	}
	return r
}

func TestScriptsThatComeFirstWinNoMoreThanTheirShare(t *testing.T) {
	for name, drawn := range map[string]func(int, ordering) rush{
		"lottery":   func(trials int, order ordering) rush { return lotteryRush(dice(t, 50), trials, order) },
		"pre-queue": queueRush,
	} {
		fair := drawn(200, Order)
		t.Logf("%s: scripts got %d of %d seats, %+.2f sigma", name, fair.won, fair.seats, fair.surplus())
		if math.Abs(fair.surplus()) > 3 {
			t.Errorf("%s: scripts got %d of %d seats, %+.2f sigma off their share, want at most 3", name, fair.won, fair.seats, fair.surplus())
		}
		if rushed := drawn(5, byArrival); rushed.surplus() <= 3 {
			t.Errorf("%s by arrival: scripts got %d of %d seats, %+.2f sigma, and nobody noticed", name, rushed.won, rushed.seats, rushed.surplus())
		}
	}
}
