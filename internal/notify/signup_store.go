package notify

import (
	"context"
	"time"

	"obrady/internal/admission"
	"obrady/internal/db"
	"obrady/internal/edition"
	"obrady/internal/i18n"
	"obrady/internal/id"
	"obrady/internal/people"
	"obrady/internal/programme"
	"obrady/internal/signup"
)

type sessionID = programme.SessionID

// sessionFacts is what letters tell of a session with sign-ups.
type sessionFacts struct {
	Title     i18n.Text
	Hours     []admission.Span
	Cancelled bool
	Window    admission.WindowID
	Name      i18n.Text // of the window
}

// sessionsOf reads the sessions of an edition that one signs up for.
func sessionsOf(ctx context.Context, q db.Querier, of edition.ID) (map[sessionID]sessionFacts, error) {
	found := map[sessionID]sessionFacts{}
	_, err := db.Collect(func(row db.Scanner) (none struct{}, err error) {
		var id sessionID
		var f sessionFacts
		err = row.Scan(&id, db.FromJSON(&f.Title), db.FromJSON(&f.Hours), &f.Cancelled, &f.Window, db.FromJSON(&f.Name))
		found[id] = f
		return none, err
	})(q.Query(ctx, `
		SELECT session.id, session.title, admission_session.hours, admission_session.cancelled, admission_window.id, admission_window.name
		FROM admission_session JOIN session ON session.id = admission_session.session_id
		JOIN admission_window ON admission_window.id = admission_session.window_id
		WHERE admission_session.edition_id = $1`, of))
	return found, err
}

// held is somebody's part in a session.
type held struct {
	account people.AccountID
	session sessionID
}

// standing is how it stands now, which is later than what is told.
type standing struct {
	state        signup.State
	seq          signup.Receipt
	until, moved time.Time
}

// standings reads how the seats of people in an edition stand.
func standings(ctx context.Context, q db.Querier, of edition.ID, accounts []people.AccountID) (map[held]standing, error) {
	found := map[held]standing{}
	args := append([]any{of}, db.Padded(id.Keys(accounts))...)
	_, err := db.Collect(func(row db.Scanner) (none struct{}, err error) {
		var h held
		var s standing
		var until, moved *time.Time
		err = row.Scan(&h.account, &h.session, &s.state, &s.seq, &until, &moved)
		if until != nil {
			s.until = *until
		}
		if moved != nil {
			s.moved = *moved
		}
		found[h] = s
		return none, err
	})(q.Query(ctx, `
		SELECT account_id, session_id, state, seq, until, moved_at FROM signup_standing
		WHERE edition_id = $1 AND account_key IN (`+db.List(2, len(args)-1)+`)`, args...))
	return found, err
}

// holds says whether what was decided is still so. What somebody has undone meanwhile they know; what was decided anew
// has a letter of its own.
func (s standing) holds(e signup.Event) bool {
	switch e.What { //nolint:exhaustive // the others are told as they stand in the database
	case signup.WasRefused, signup.WasSwapped, signup.WasRemoved:
		return true
	case signup.WasMoved:
		return !s.moved.IsZero() && s.state != signup.Released
	}
	return s.seq == e.Seq
}
