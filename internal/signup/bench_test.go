package signup_test

import (
	"fmt"
	"sync"
	"sync/atomic"
	"testing"

	"obrady/internal/admission"
	"obrady/internal/db"
	"obrady/internal/db/dbtest"
	"obrady/internal/programme"
	"obrady/internal/signup"
)

// BenchmarkClaims decides claims of 512 callers at once for 60 sessions of 25
// seats; obrady bench signup measures the same through the whole house.
func BenchmarkClaims(b *testing.B) {
	for _, engine := range []db.Engine{db.SQLite, db.Postgres} {
		b.Run(string(engine), func(b *testing.B) {
			c := convene(b, dbtest.New(b, engine))
			c.signup.Crowd(signup.Crowd, signup.MostUnposted)
			const sessions, callers = 60, 512
			w := c.window(admission.FirstCome)
			all := make([]programme.SessionID, sessions)
			for i := range all {
				all[i] = c.session(fmt.Sprintf("s%d", i), 8+i%12)
				c.open(w, all[i], 25)
			}
			who := c.accounts(5000)
			b.ResetTimer()
			var next atomic.Int64
			var wait sync.WaitGroup
			for range callers {
				wait.Go(func() {
					for {
						n := int(next.Add(1))
						if n > b.N {
							return
						}
						_, err := c.signup.Take(b.Context(), c.edition.ID, signup.Claim{
							Account: who[n%len(who)], Key: fmt.Sprintf("press-number-%08d", n),
							Wishes: []signup.Wish{{Session: all[(n/len(who)+n)%sessions]}},
						})
						if err != nil {
							b.Error(err)
							return
						}
					}
				})
			}
			wait.Wait()
			b.StopTimer()
			c.sound()
		})
	}
}
