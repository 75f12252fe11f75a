// Package pace asks whoever presses faster than people do to wait a little, each account by itself: a whole office
// behind one address is many people.
package pace

import (
	"sync"
	"time"
)

// Limiter counts what each account does. It is safe for concurrent use and in memory only: another instance of the
// program counts anew.
//
// It keeps one moment for each account, the one at which its allowance will be whole again, and compares it with now
// (the generic cell rate algorithm, ITU-T I.371).
type Limiter struct {
	most  int
	every time.Duration // for one action to be forgiven
	now   func() time.Time

	mu     sync.Mutex
	recent map[string]int64 // when the allowance is whole again, in nanoseconds since 1970
	before map[string]int64 // what was recent; looked at until it can no longer matter
	turned time.Time
}

// mostAccounts bounds each of the two tables. Beyond it the older one is forgotten early, which is lenient and no more.
const mostAccounts = 1 << 16

// New makes a limiter that lets an account do n actions at once and n in any period of length per on average.
func New(n int, per time.Duration, now func() time.Time) *Limiter {
	return &Limiter{most: n, every: per / time.Duration(n), now: now, recent: map[string]int64{}, turned: now()}
}

// Take counts one action of account. It returns 0 when the action may go on, or else how long to wait; what has to
// wait is not counted.
func (l *Limiter) Take(account string) time.Duration {
	now := l.now()
	l.mu.Lock()
	defer l.mu.Unlock()
	l.turn(now)
	whole, known := l.recent[account]
	if !known {
		whole = l.before[account]
	}
	whole = max(whole, now.UnixNano())
	if early := time.Duration(whole-now.UnixNano()) - l.every*time.Duration(l.most-1); early > 0 {
		return early
	}
	l.recent[account] = whole + int64(l.every)
	return 0
}

// turn makes room: after a whole period without an action an account is as good as new.
func (l *Limiter) turn(now time.Time) {
	if now.Sub(l.turned) < l.every*time.Duration(l.most) && len(l.recent) < mostAccounts {
		return
	}
	l.before, l.recent, l.turned = l.recent, map[string]int64{}, now
}
