package signup_test

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"obrady/internal/admission"
	"obrady/internal/db"
	"obrady/internal/db/dbtest"
	"obrady/internal/people"
	"obrady/internal/signup"
)

// gate stops the first transaction that asks for the time, until it is opened.
type gate struct {
	once    sync.Once
	reached chan struct{}
	open    chan struct{}
}

func (c *congress) gate() *gate {
	g := &gate{reached: make(chan struct{}), open: make(chan struct{})}
	c.signup.Clock = func(context.Context, db.Querier) (time.Time, error) {
		g.once.Do(func() {
			close(g.reached)
			<-g.open
		})
		return c.clock.time(), nil
	}
	return g
}

// heard is what somebody who pressed has heard.
type heard struct {
	signup.Answer
	err error
}

// send presses without waiting for the answer.
func (c *congress) send(ctx context.Context, claim signup.Claim) chan heard {
	answer := make(chan heard, 1)
	go func() {
		a, err := c.signup.Take(ctx, c.edition.ID, claim)
		answer <- heard{a, err}
	}()
	return answer
}

// queued waits until so many claims wait for their transaction.
func (c *congress) queued(n int) {
	for c.signup.Waits() < n {
		runtime.Gosched()
	}
}

// failing makes each commit fail while armed: it leaves a row behind that refers
// to nobody, which the database sees at the end.
func failing(c *clock, armed *bool) func(context.Context, db.Querier) (time.Time, error) {
	return func(ctx context.Context, q db.Querier) (time.Time, error) {
		if !*armed {
			return c.time(), nil
		}
		later := `SET CONSTRAINTS ALL DEFERRED`
		if q.Engine() == db.SQLite {
			later = `PRAGMA defer_foreign_keys = 1`
		}
		if _, err := q.Exec(ctx, later); err != nil {
			return time.Time{}, err
		}
		_, err := q.Exec(ctx, `
			INSERT INTO signup_wish (account_id, edition_id, position, session_id, saved_at)
			VALUES ('nobody', 'nowhere', 1, 'nothing', $1)`, noon)
		return c.time(), err
	}
}

// Nobody is answered before their transaction is on disk: when the commit fails,
// there are no answers, and nothing was given.
func TestNoAnswerBeforeTheCommit(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		c := convene(t, d)
		s := c.session("zielen", 10)
		c.open(c.window(admission.FirstCome), s, 50)
		who := c.accounts(40)
		armed := true
		c.signup.Clock = failing(c.clock, &armed)
		claims := make([]signup.Claim, len(who))
		round := func() (answers []heard) {
			var all []chan heard
			for i := range who {
				claims[i] = signup.Claim{Account: who[i], Key: fmt.Sprintf("press-number-%08d", i), Wishes: []signup.Wish{{Session: s}}}
				all = append(all, c.send(t.Context(), claims[i]))
			}
			for _, one := range all {
				answers = append(answers, <-one)
			}
			return answers
		}
		for i, a := range round() {
			if a.err == nil || a.Receipt != 0 {
				t.Fatalf("press %d = %+v, %v although nothing could be committed", i, a.Answer, a.err)
			}
		}
		if seats, _ := c.taken(s); seats != 0 {
			t.Fatalf("%d seats taken by transactions that failed, want none", seats)
		}
		armed = false
		for i, a := range round() {
			if a.err != nil || a.Outcomes[0].State != signup.Holding {
				t.Fatalf("press %d sent again = %+v, %v, want a seat", i, a.Answer, a.err)
			}
		}
		c.sound()
	})
}

// Whoever has an answer finds it in the database at once, by any connection.
func TestAnAnswerIsThereForEverybodyAtOnce(t *testing.T) {
	for _, engine := range dbtest.Engines {
		t.Run(string(engine), func(t *testing.T) {
			t.Parallel()
			address := dbtest.URL(t, engine)
			c := convene(t, dbtest.Open(t, address))
			other := signup.NewService(dbtest.Open(t, address), c.clock.time)
			s := c.session("zielen", 10)
			c.open(c.window(admission.FirstCome), s, 100)
			var wait sync.WaitGroup
			for i, who := range c.accounts(200) {
				wait.Go(func() {
					answer, err := c.signup.Take(t.Context(), c.edition.ID, signup.Claim{
						Account: who, Key: fmt.Sprintf("press-number-%08d", i), Wishes: []signup.Wish{{Session: s}},
					})
					if err != nil {
						t.Error(err)
						return
					}
					mine, err := other.Mine(t.Context(), c.edition.ID, who)
					if err != nil || len(mine) != 1 || mine[0].Seq != answer.Receipt || mine[0].State != answer.Outcomes[0].State {
						t.Errorf("Mine = %+v (%v), want what was answered, %+v", mine, err, answer)
					}
				})
			}
			wait.Wait()
			c.sound()
		})
	}
}

func TestWhoGoesAwayHasClaimedAllTheSame(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		c := convene(t, d)
		s := c.session("zielen", 10)
		c.open(c.window(admission.FirstCome), s, 5)
		who := c.accounts(2)
		g := c.gate()
		first := c.send(t.Context(), signup.Claim{Account: who[0], Key: c.key(), Wishes: []signup.Wish{{Session: s}}})
		<-g.reached
		ctx, leave := context.WithCancel(t.Context())
		claim := signup.Claim{Account: who[1], Key: c.key(), Wishes: []signup.Wish{{Session: s}}}
		second := c.send(ctx, claim)
		c.queued(1)
		leave()
		if a := <-second; !errors.Is(a.err, context.Canceled) {
			t.Errorf("who went away got %+v, %v, want no answer", a.Answer, a.err)
		}
		close(g.open)
		if a := <-first; a.err != nil {
			t.Fatal(a.err)
		}
		again, err := c.signup.Take(t.Context(), c.edition.ID, claim) // behind it in the queue
		c.must(err)
		if got := c.at(who[1], s); got.State != signup.Holding || got.Seq != again.Receipt {
			t.Errorf("who went away has %+v, want the seat of receipt %v", got, again.Receipt)
		}
		if again.Receipt != 2 {
			t.Errorf("sent again: receipt %v, want the decision of the first time, 2", again.Receipt)
		}
		c.sound()
	})
}

func TestAFullQueueSaysSo(t *testing.T) {
	c := convene(t, dbtest.New(t, db.SQLite))
	s := c.session("zielen", 10)
	c.open(c.window(admission.FirstCome), s, 5)
	claim := signup.Claim{Account: c.accounts(1)[0], Key: c.key(), Wishes: []signup.Wish{{Session: s}}}
	empty := c.signup.Stuff()
	if _, err := c.signup.Take(t.Context(), c.edition.ID, claim); !errors.Is(err, signup.ErrBusy) {
		t.Errorf("Take with a full queue = %v, want %v", err, signup.ErrBusy)
	}
	empty()
	if answer, err := c.signup.Take(t.Context(), c.edition.ID, claim); err != nil || !answer.Got() {
		t.Errorf("Take afterwards = %+v, %v, want a seat", answer, err)
	}
}

// doors are the browsers that are signed in.
type doors struct {
	mu    sync.Mutex
	alive map[string]people.AccountID
	ended []string
	bad   string // a sum that makes the question fail
}

func (d *doors) Alive(_ context.Context, _ db.Querier, sums []string) (map[string]people.AccountID, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.bad != "" && slices.Contains(sums, d.bad) {
		return nil, fmt.Errorf("ask for %s: %w", d.bad, db.ErrRefused)
	}
	found := map[string]people.AccountID{}
	for _, sum := range sums {
		if who, ok := d.alive[sum]; ok {
			found[sum] = who
		}
	}
	return found, nil
}

func (d *doors) Ended(context.Context, db.Querier, time.Time) ([]string, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	return slices.Clone(d.ended), nil
}

func (d *doors) end(sum string) {
	d.mu.Lock()
	defer d.mu.Unlock()
	delete(d.alive, sum)
	d.ended = append(d.ended, sum)
}

// A browser that is signed out while its claim waits gets nothing.
func TestSignedOutBetweenPressAndDecision(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		c := convene(t, d)
		s := c.session("zielen", 10)
		c.open(c.window(admission.FirstCome), s, 9)
		who := c.accounts(4)
		open := &doors{alive: map[string]people.AccountID{"a": who[0], "b": who[1], "c": who[2], "theirs": who[2]}}
		c.signup.Doors = open
		press := func(person int, session string) signup.Claim {
			return signup.Claim{Account: who[person], Session: session, Key: c.key(), Wishes: []signup.Wish{{Session: s}}}
		}
		for person, session := range []string{"a", "b"} { // known from now on
			if _, err := c.signup.Take(t.Context(), c.edition.ID, press(person, session)); err != nil {
				t.Fatal(err)
			}
		}
		c.must(c.signup.Leave(t.Context(), c.edition.ID, who[1], s))
		g := c.gate()
		first := c.send(t.Context(), press(0, "a"))
		<-g.reached
		ended, alive, stolen := c.send(t.Context(), press(1, "b")), c.send(t.Context(), press(2, "c")), c.send(t.Context(), press(3, "theirs"))
		c.queued(3)
		open.end("b")
		close(g.open)
		for _, test := range []struct {
			name string
			got  chan heard
			want error
		}{
			{"before", first, nil},
			{"signed out meanwhile", ended, signup.ErrSignedOut},
			{"still signed in", alive, nil},
			{"by somebody else's browser", stolen, signup.ErrSignedOut},
		} {
			if a := <-test.got; !errors.Is(a.err, test.want) || a.Got() != (test.want == nil) {
				t.Errorf("%s: %+v, %v, want error %v", test.name, a.Answer, a.err, test.want)
			}
		}
		if seats, _ := c.taken(s); seats != 2 {
			t.Errorf("%d seats taken, want 2", seats)
		}
		c.sound()
	})
}

// One claim that spoils its transaction does not take the others with it, and who
// is refused for another reason is told that one.
func TestABadClaimFallsAlone(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		c := convene(t, d)
		s := c.session("zielen", 10)
		c.open(c.window(admission.FirstCome), s, 9)
		who := c.accounts(5)
		c.signup.Doors = &doors{bad: "bad", alive: map[string]people.AccountID{"0": who[0], "1": who[1], "2": who[2], "3": who[3]}}
		g := c.gate()
		var all []chan heard
		for i, session := range []string{"0", "1", "bad", "gone", "3"} {
			all = append(all, c.send(t.Context(), signup.Claim{Account: who[i], Session: session, Key: c.key(), Wishes: []signup.Wish{{Session: s}}}))
			if i == 0 {
				<-g.reached
			} else {
				c.queued(i)
			}
		}
		close(g.open)
		for i, want := range []error{nil, nil, db.ErrRefused, signup.ErrSignedOut, signup.ErrSignedOut} {
			if a := <-all[i]; !errors.Is(a.err, want) || a.Got() != (want == nil) {
				t.Errorf("claim %d = %+v, %v, want error %v", i, a.Answer, a.err, want)
			}
		}
		if seats, _ := c.taken(s); seats != 2 {
			t.Errorf("%d seats taken, want 2", seats)
		}
		c.sound()
	})
}

// Claims for two congresses that wait together are decided one batch after the
// other, each by its own plan.
func TestClaimsOfTwoEditionsInTurn(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		here := convene(t, d)
		one := build(t, d, 1)
		one.signup = here.signup
		a := here.session("zielen", 10)
		here.open(here.window(admission.FirstCome), a, 3)
		b := one.sessions[4] // open to everybody from noon on
		var wait sync.WaitGroup
		for i, who := range here.accounts(30) {
			wait.Go(func() {
				of, session, want := here.edition.ID, a, signup.State("")
				if i%2 == 1 {
					of, session, want = one.edition.ID, b, signup.Holding
				}
				answer, err := here.signup.Take(t.Context(), of, signup.Claim{
					Account: who, Key: fmt.Sprintf("press-number-%08d", i), Wishes: []signup.Wish{{Session: session}},
				})
				if err != nil {
					t.Error(err)
					return
				}
				if got := answer.Outcomes[0]; got.Session != session || want != "" && got.State != want || got.State == signup.Refused {
					t.Errorf("claim %d = %+v", i, got)
				}
			})
		}
		wait.Wait()
		if seats, over := here.taken(a); seats != 3 || over != 0 {
			t.Errorf("%d seats taken, want 3", seats)
		}
		here.sound()
	})
}

// What a crowd has got is read by everybody at once, and is at its place when the
// crowd has gone.
func TestWhatACrowdGotIsPostedLater(t *testing.T) {
	for _, engine := range dbtest.Engines {
		t.Run(string(engine), func(t *testing.T) {
			t.Parallel()
			address := dbtest.URL(t, engine)
			c := convene(t, dbtest.Open(t, address))
			c.signup.Crowd(10, 1000)
			one, two := c.session("zielen", 10), c.session("woda", 14)
			c.open(c.window(admission.FirstCome), one, 5)
			c.open(c.window(admission.FirstCome), two, 5)
			var claims []signup.Claim
			for _, who := range c.accounts(30) {
				claims = append(claims, signup.Claim{Account: who, Key: c.key(), Wishes: []signup.Wish{{Session: one}, {Session: two}}})
			}
			answers, err := c.signup.Together(t.Context(), c.edition.ID, claims)
			c.must(err)
			unposted := func() int {
				n, err := c.signup.Unposted(t.Context())
				c.must(err)
				return n
			}
			if n := unposted(); n != 60 {
				t.Fatalf("%d seats are not posted, want all 60", n)
			}
			other := signup.NewService(dbtest.Open(t, address), c.clock.time)
			for i, claim := range claims {
				mine, err := other.Mine(t.Context(), c.edition.ID, claim.Account)
				c.must(err)
				for j, o := range answers[i].Outcomes {
					if got := mine[j]; got.Session != o.Session || got.State != o.State || got.Seq != o.Seq || got.Position != o.Position || got.Since.IsZero() {
						t.Fatalf("claim %d: Mine = %+v, want what was answered, %+v", i, got, o)
					}
				}
			}
			c.sound()
			again, err := other.Together(t.Context(), c.edition.ID, claims[:1])
			if diff := cmp.Diff(answers[:1], again); err != nil || diff != "" {
				t.Errorf("the same request to another instance (%v) (-first +again):\n%s", err, diff)
			}
			if n := unposted(); n != 0 {
				t.Errorf("%d seats are not posted after a claim that was no crowd's, want none", n)
			}
			c.sound()
		})
	}
}

// A crowd leaves no more unposted than it may, and nothing when it has gone home.
func TestACrowdIsTidiedUpAfter(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		c := convene(t, d)
		c.signup.Crowd(1, 20)
		s := c.session("zielen", 10)
		c.open(c.window(admission.FirstCome), s, 5)
		for _, who := range c.accounts(50) {
			if _, err := c.signup.Take(t.Context(), c.edition.ID, signup.Claim{Account: who, Key: c.key(), Wishes: []signup.Wish{{Session: s}}}); err != nil {
				t.Fatal(err)
			}
			if n, err := c.signup.Unposted(t.Context()); err != nil || n > 20 {
				t.Fatalf("%d seats are not posted (%v), want at most 20", n, err)
			}
		}
		for n := -1; n != 0; { // the test's own time limit ends it
			var err error
			n, err = c.signup.Unposted(t.Context())
			c.must(err)
		}
		c.sound()
	})
}
