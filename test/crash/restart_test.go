package crash

import (
	"context"
	"errors"
	"math/rand/v2"
	"net/http"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// recovery is how long people may have to wait once PostgreSQL takes connections again.
const recovery = 5 * time.Second

// PostgreSQL is ended in the middle of it all and comes back by itself. People are asked to wait, press again, and hold
// one place each; nobody does anything to the program.
func TestPostgreSQLComesBackInTheMiddle(t *testing.T) {
	p := startPostgres(t)
	address := p.address("postgres")
	c, err := fill(t.Context(), address)
	if err != nil {
		t.Fatal(err)
	}
	s, err := serve(t.Context(), address)
	if err != nil {
		t.Fatal(err)
	}
	defer s.kill()
	book, err := openLedger(filepath.Join(t.TempDir(), "told"))
	if err != nil {
		t.Fatal(err)
	}
	chance := rand.New(rand.NewPCG(seed(t), 0))
	w := newCrowd(c, book, chance)
	w.at(s.base)

	times := max(1, runs(t)*2/5)
	var worst time.Duration
	err = w.during(t.Context(), func(ctx context.Context) error {
		for range times {
			if err := w.until(ctx, book.len()+50+chance.IntN(300)); err != nil {
				return err
			}
			took, err := w.restart(ctx, p)
			if err != nil {
				return err
			}
			worst = max(worst, took)
		}
		return nil
	})
	if err := errors.Join(err, w.comeBack(), s.kill()); err != nil {
		t.Fatalf("%v\n%s", err, s.confess())
	}
	all, err := book.close()
	if err != nil {
		t.Fatal(err)
	}
	missing, err := lost(t.Context(), address, c, all)
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("%d restarts, %d confirmed, %d lost; back after %v at most; answers by status %v", times, len(all), len(missing), worst, w.seen())
	for _, m := range missing[:min(3, len(missing))] {
		t.Error(m)
	}
	if worst > recovery {
		t.Errorf("people waited %v after PostgreSQL was back, want %v at most", worst, recovery)
	}
	if w.seen()[http.StatusServiceUnavailable] == 0 {
		t.Error("nobody was asked to wait, so nothing was tried")
	}
	if n := w.seen()[0]; n > 0 || len(w.faults) > 0 {
		t.Errorf("%d had no answer at all, want 0\n%s", n, strings.Join(w.faults, "\n"))
	}
}

// restart restarts PostgreSQL and returns how long after it people were answered again.
func (w *crowd) restart(ctx context.Context, p *postgres) (time.Duration, error) {
	if err := p.restart(ctx); err != nil {
		return 0, err
	}
	back := time.Now()
	err := w.until(ctx, w.ledger.len()+1)
	return time.Since(back), err
}
