package notify_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"obrady/internal/admission"
	"obrady/internal/db"
	"obrady/internal/db/dbtest"
	"obrady/internal/i18n"
	"obrady/internal/people"
)

// BenchmarkLettersBesideThePress writes the letters about a thousand decisions, each in a transaction of its own, which is
// the worst case, while others go on pressing one by one; it says how long a press takes then, and how long without.
func BenchmarkLettersBesideThePress(b *testing.B) {
	d := dbtest.New(b, db.SQLite)
	s := newSignups(b, d)
	s.account("host@example.org", i18n.Polish)
	session := s.session(s.window(admission.FirstCome), "ruch", 12, 20_000)
	crowd := func(n int, word string) (all []people.Account) {
		for i := range n {
			all = append(all, s.account(fmt.Sprintf("%s-%d-%d@example.org", word, b.N, i), i18n.Polish))
		}
		return all
	}
	press := func(all []people.Account) time.Duration {
		took := make([]time.Duration, len(all))
		for i, one := range all {
			begun := time.Now()
			s.take(one, session)
			took[i] = time.Since(begun)
		}
		slices.Sort(took)
		return took[len(took)*99/100]
	}
	for b.Loop() {
		press(crowd(1000, "first"))
		alone := press(crowd(300, "alone"))
		s.after()
		done := make(chan error, 1)
		go func() {
			for {
				n, err := s.worker.Once(b.Context())
				if n == 0 || err != nil {
					done <- err
					return
				}
			}
		}()
		beside := press(crowd(300, "beside"))
		s.must(<-done)
		b.ReportMetric(float64(alone.Microseconds())/1000, "ms-p99-alone")
		b.ReportMetric(float64(beside.Microseconds())/1000, "ms-p99-beside")

	}
}
