package pace

import (
	"strconv"
	"testing"
	"time"
)

var noon = time.Date(2021, 6, 7, 12, 0, 0, 0, time.UTC)

func TestTwentyAMinute(t *testing.T) {
	now := noon
	l := New(20, time.Minute, func() time.Time { return now })
	for i := range 20 {
		if wait := l.Take("ada"); wait != 0 {
			t.Fatalf("action %d of ada waits %v, want none", i+1, wait)
		}
	}
	for _, test := range []struct {
		name    string
		after   time.Duration
		account string
		want    time.Duration
	}{
		{"one too many", 0, "ada", 3 * time.Second},
		{"somebody else", 0, "ola", 0},
		{"a second later", time.Second, "ada", 2 * time.Second},
		{"asking does not make it longer", 2 * time.Second, "ada", time.Second},
		{"after the wait", 3 * time.Second, "ada", 0},
		{"and only one", 3 * time.Second, "ada", 3 * time.Second},
		{"the tables have turned in between", 61 * time.Second, "ada", 0},
	} {
		t.Run(test.name, func(t *testing.T) {
			now = noon.Add(test.after)
			if got := l.Take(test.account); got != test.want {
				t.Errorf("Take = %v, want %v", got, test.want)
			}
		})
	}
}

// Turning the tables must not give anybody a second allowance.
func TestAFullAllowanceComesBackOnlyWithTime(t *testing.T) {
	now := noon
	l := New(20, time.Minute, func() time.Time { return now })
	now = noon.Add(59 * time.Second)
	for range 20 {
		l.Take("ada")
	}
	now = noon.Add(61 * time.Second)
	if got := l.Take("ada"); got != time.Second {
		t.Errorf("two seconds after twenty: wait %v, want a second", got)
	}
}

func TestMemoryIsBounded(t *testing.T) {
	l := New(20, time.Minute, func() time.Time { return noon })
	for i := range 3 * mostAccounts {
		l.Take(strconv.Itoa(i))
	}
	if n := len(l.recent) + len(l.before); n > 2*mostAccounts {
		t.Errorf("%d accounts are kept, want at most %d", n, 2*mostAccounts)
	}
}
