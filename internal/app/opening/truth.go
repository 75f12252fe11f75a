package opening

import (
	"context"
	"fmt"

	"obrady/internal/app"
	"obrady/internal/db"
	"obrady/internal/signup"
)

// truth is what the database says of a play, against what the crowd was told.
type truth struct {
	Oversold  int    `json:"oversold"`          // people with a seat beyond those that there are
	FalseFull int    `json:"false_full"`        // were told that a session is full while it had room
	Lost      int    `json:"lost_acknowledged"` // answers that the database knows nothing of
	Faults    int    `json:"faults"`            // of obrady fsck
	Fault     string `json:"fault,omitempty"`   // the first of them
}

func (t truth) plus(more truth) truth {
	if t.Fault == "" {
		t.Fault = more.Fault
	}
	return truth{t.Oversold + more.Oversold, t.FalseFull + more.FalseFull, t.Lost + more.Lost, t.Faults + more.Faults, t.Fault}
}

// event is a decision in the log of the sign-ups.
type event struct {
	seq              int64
	session, account string
	what, why        string
}

// claim is where somebody stands with a session at the end.
type claim struct{ session, account, state string }

// compare holds the notes of the crowd against the log and the seats, and lets every package look for faults.
func (s *stage) compare(ctx context.Context, d *db.DB, notes []note) (t truth, err error) {
	var events []event
	var claims []claim
	seats := map[string]int{}
	err = d.Snapshot(ctx, func(q db.Querier) (err error) {
		if events, err = eventsOf(ctx, q); err != nil {
			return err
		}
		if claims, err = claimsOf(ctx, q); err != nil {
			return err
		}
		return seatsOf(ctx, q, seats)
	})
	if err != nil {
		return t, fmt.Errorf("read what was decided: %w", err)
	}
	t.Lost = s.lost(notes, events, claims)
	t.Oversold, t.FalseFull = oversold(claims, seats), falseFull(events, seats)
	faults, err := app.Check(ctx, d)
	if t.Faults = len(faults); t.Faults > 0 {
		t.Fault = fmt.Sprintf("%s: %s: %s", faults[0].Package, faults[0].What, faults[0].Row)
	}
	return t, err
}

// lost counts the answers with a receipt that the log does not know so, and the seats and numbers that were promised
// and are not there. Whoever got a seat is taken off the lists that it makes pointless, which the log says as well.
func (s *stage) lost(notes []note, events []event, claims []claim) (n int) {
	log, dropped := make(map[int64]event, len(events)), map[[2]string]bool{}
	for _, e := range events {
		log[e.seq] = e
		if signup.What(e.what) == signup.WasDropped {
			dropped[[2]string{e.account, e.session}] = true
		}
	}
	standing := make(map[claim]bool, len(claims))
	for _, c := range claims {
		standing[c] = true
	}
	for _, noted := range notes {
		if noted.verdict != held && noted.verdict != waiting {
			continue
		}
		account, session := s.crowd.Accounts[noted.person], string(s.sessions[noted.session])
		at := func(state signup.State) bool { return standing[claim{session, account, string(state)}] }
		e, known := log[noted.receipt]
		switch {
		case !known || e.account != account || e.session != session:
			n++
		case noted.verdict == held && !at(signup.Holding):
			n++
		case noted.verdict == waiting && !at(signup.Waiting) && !at(signup.Holding) && !at(signup.Offered) &&
			!dropped[[2]string{account, session}]:
			n++
		}
	}
	return n
}

// oversold counts the people with a seat for whom there is none.
func oversold(claims []claim, seats map[string]int) (n int) {
	taken := map[string]int{}
	for _, c := range claims {
		if signup.State(c.state).Takes() {
			taken[c.session]++
		}
	}
	for session, all := range taken {
		if most, counted := seats[session]; counted {
			n += max(0, all-most)
		}
	}
	return n
}

// falseFull plays the log again, and counts those who were refused or put on the list for want of a place at a moment
// at which there was one.
func falseFull(events []event, seats map[string]int) (n int) {
	taken := map[string]int{}
	for _, e := range events {
		room := taken[e.session] < seats[e.session]
		switch signup.What(e.what) {
		case signup.WasGranted, signup.WasPromoted, signup.WasOffered, signup.WasAdmitted, signup.WasDrawn:
			taken[e.session]++
		case signup.WasLeft, signup.WasSwapped, signup.WasDeclined, signup.WasExpired, signup.WasRemoved, signup.WasMissed:
			taken[e.session]--
		case signup.WasListed:
			if room {
				n++
			}
		case signup.WasRefused:
			if room && signup.Why(e.why) == signup.Full {
				n++
			}
		default: // changes no place
		}
	}
	return n
}

func eventsOf(ctx context.Context, q db.Querier) ([]event, error) {
	return db.Collect(func(row db.Scanner) (e event, err error) {
		return e, row.Scan(&e.seq, &e.session, &e.account, &e.what, &e.why)
	})(q.Query(ctx, `SELECT seq, session_id, account_id, what, why FROM signup_event ORDER BY seq`))
}

func claimsOf(ctx context.Context, q db.Querier) ([]claim, error) {
	return db.Collect(func(row db.Scanner) (c claim, err error) {
		return c, row.Scan(&c.session, &c.account, &c.state)
	})(q.Query(ctx, `SELECT session_id, account_id, state FROM signup_standing`))
}

// seatsOf counts the seats of each session; one without a pool has as many as people want.
func seatsOf(ctx context.Context, q db.Querier, seats map[string]int) error {
	_, err := db.Collect(func(row db.Scanner) (struct{}, error) {
		var session string
		var n int
		err := row.Scan(&session, &n)
		seats[session] = n
		return struct{}{}, err
	})(q.Query(ctx, `SELECT session_id, SUM(capacity) FROM admission_pool WHERE kind <> 'need' GROUP BY session_id`))
	return err
}
