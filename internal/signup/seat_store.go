package signup

import (
	"context"
	"time"

	"obrady/internal/admission"
	"obrady/internal/db"
	"obrady/internal/edition"
	"obrady/internal/id"
	"obrady/internal/lottery"
	"obrady/internal/people"
	"obrady/internal/programme"
)

// mostAtOnce bounds how many things one statement reads.
const mostAtOnce = 256

// readPeople reads who they are.
func (b *book) readPeople(ctx context.Context, accounts []people.AccountID) error {
	args := append([]any{string(b.plan.Edition)}, db.Padded(accounts)...)
	_, err := db.Collect(func(row db.Scanner) (none struct{}, err error) {
		var account, state, sector, institution string
		if err = row.Scan(&account, &state, &sector, &institution); err == nil {
			one := b.people[people.AccountID(account)]
			one.known, one.listed = true, !b.registered || state == "registered"
			one.sector, one.institution = people.Sector(sector), people.InstitutionID(institution)
		}
		return none, err
	})(b.tx.Query(ctx, `
		SELECT account.id, COALESCE(participant.state, ''), COALESCE(participant.sector, ''), COALESCE(participant.institution_id, '')
		FROM account LEFT JOIN participant ON participant.account_id = account.id AND participant.edition_id = $1
		WHERE account.id IN (`+db.List(2, len(args)-1)+`)`, args...))
	return err
}

const seatColumns = `session_id, account_id, edition_id, state, seq, place_in_line, pools, needs, instead, via, institution_id,
	until, moved_at, request, answered`

// since is when the decision was taken that a seat stands by.
const since = `(SELECT at FROM signup_event WHERE signup_event.seq = signup_standing.seq)`

func scanSeat(row db.Scanner) (s Seat, err error) {
	var pools, needs string
	var until, moved, at *time.Time
	err = row.Scan(&s.Session, &s.Account, &s.Edition, &s.State, &s.Seq, &s.InLine, &pools, &needs, &s.Instead, &s.Via,
		&s.Institution, &until, &moved, &s.Request, &s.Answered, &at)
	s.Pools, s.Needs = admission.ReadNumbers(pools), admission.ReadNeeds(needs)
	s.Until, s.MovedAt, s.Since = db.OrZero(until), db.OrZero(moved), db.OrZero(at)
	return s, err
}

// seatsOf reads all that people have, or had, in an edition.
func seatsOf(ctx context.Context, q db.Querier, of edition.ID, account people.AccountID) ([]Seat, error) {
	return db.Collect(scanSeat)(q.Query(ctx, `
		SELECT `+seatColumns+`, `+since+` FROM signup_standing
		WHERE edition_id = $1 AND account_id = $2 AND account_key = $3 ORDER BY seq`, of, account, id.Key(account)))
}

// readSeats puts what people have, or wait for, into found: as much of it as most
// decisions need. Book.full reads the rest. What is not posted it does not see.
func readSeats(ctx context.Context, q db.Querier, of edition.ID, accounts []people.AccountID, found map[people.AccountID]*person) error {
	args := append([]any{string(of)}, db.Padded(id.Keys(accounts))...)
	_, err := db.Collect(func(row db.Scanner) (none struct{}, err error) {
		var account, session, state, request string
		var seq, answered int64
		err = row.Scan(&account, &session, &state, &seq, &request, &answered)
		if p := found[people.AccountID(account)]; err == nil && p != nil { // somebody else may have the same key
			p.seats[programme.SessionID(session)] = &Seat{
				Session: programme.SessionID(session), Account: people.AccountID(account), Edition: of, State: State(state),
				Seq: Receipt(seq), Request: request, Answered: Receipt(answered), part: true,
			}
		}
		return none, err
	})(q.Query(ctx, `
		SELECT account_id, session_id, state, seq, request, answered FROM signup_seat
		WHERE edition_id = $1 AND account_key IN (`+db.List(2, len(args)-1)+`)`, args...))
	return err
}

// findSeat reads one seat.
func findSeat(ctx context.Context, q db.Querier, account people.AccountID, session programme.SessionID) (Seat, error) {
	return scanSeat(q.QueryRow(ctx, `
		SELECT `+seatColumns+`, `+since+` FROM signup_standing
		WHERE account_id = $1 AND session_id = $2 AND account_key = $3 AND session_key = $4`, account, session, id.Key(account), id.Key(session)))
}

// waitingFor reads the waiting list of a session from a place on, the first in front.
func waitingFor(ctx context.Context, q db.Querier, session programme.SessionID, after int64) ([]Seat, error) {
	return db.Collect(scanSeat)(q.Query(ctx, `
		SELECT `+seatColumns+`, `+since+` FROM signup_standing
		WHERE session_id = $1 AND session_key = $3 AND state = 'waiting' AND place_in_line > $2 ORDER BY place_in_line LIMIT 32`,
		session, after, id.Key(session)))
}

// Taken reads the seats of a session that are held or offered.
func Taken(ctx context.Context, q db.Querier, session programme.SessionID) ([]Seat, error) {
	return db.Collect(scanSeat)(q.Query(ctx, `
		SELECT `+seatColumns+`, `+since+` FROM signup_standing
		WHERE session_id = $1 AND state IN ('held', 'offered') ORDER BY seq`, session))
}

// Present reads the seats of a session of those who have anything, in the order in
// which they got it, and then of those who wait, the first in front.
func Present(ctx context.Context, q db.Querier, session programme.SessionID) ([]Seat, error) {
	taken, err := Taken(ctx, q, session)
	if err != nil {
		return nil, err
	}
	waiting, err := db.Collect(scanSeat)(q.Query(ctx, `
		SELECT `+seatColumns+`, `+since+` FROM signup_standing
		WHERE session_id = $1 AND session_key = $2 AND state = 'waiting' ORDER BY place_in_line`, session, id.Key(session)))
	return append(taken, waiting...), err
}

// inLine is somebody's place on a waiting list.
type inLine struct {
	account people.AccountID
	inLine  int64
}

// lineOf reads a whole waiting list.
func lineOf(ctx context.Context, q db.Querier, session programme.SessionID) ([]inLine, error) {
	return db.Collect(func(row db.Scanner) (l inLine, err error) {
		return l, row.Scan(&l.account, &l.inLine)
	})(q.Query(ctx, `
		SELECT account_id, place_in_line FROM signup_standing
		WHERE session_id = $1 AND session_key = $2 AND state = 'waiting' ORDER BY place_in_line`, session, id.Key(session)))
}

func writeLine(ctx context.Context, q db.Querier, session programme.SessionID, account people.AccountID, place int64) error {
	_, err := q.Exec(ctx, `
		UPDATE signup_seat SET place_in_line = $3
		WHERE session_id = $1 AND account_id = $2 AND account_key = $4 AND session_key = $5`, session, account, place, id.Key(account), id.Key(session))
	return err
}

// position counts how many wait in front of a place, and that place.
func position(ctx context.Context, q db.Querier, session programme.SessionID, inLine int64) (n int, err error) {
	err = q.QueryRow(ctx, `
		SELECT COUNT(*) FROM signup_standing
		WHERE session_id = $1 AND session_key = $3 AND state = 'waiting' AND place_in_line <= $2`, session, inLine, id.Key(session)).Scan(&n)
	return n, err
}

// colleagues counts the people of an institution who have a seat in a session:
// such a seat says more than its decision, and is never left unposted.
func colleagues(ctx context.Context, q db.Querier, session programme.SessionID, of people.InstitutionID) (n int, err error) {
	err = q.QueryRow(ctx, `
		SELECT COUNT(*) FROM signup_seat
		WHERE session_id = $1 AND state IN ('held', 'offered') AND institution_id = $2`, session, of).Scan(&n)
	return n, err
}

// NoteEmployers writes the institutions of those who have, or wait for, a seat:
// they are kept only where a rule counts them.
func NoteEmployers(ctx context.Context, q db.Querier, of edition.ID) error {
	_, err := q.Exec(ctx, `
		UPDATE signup_seat SET institution_id = COALESCE((
			SELECT participant.institution_id FROM participant
			WHERE participant.edition_id = $1 AND participant.account_id = signup_seat.account_id), '')
		WHERE edition_id = $1 AND institution_id = '' AND state IN ('held', 'offered', 'waiting')`, of)
	return err
}

// sharesOf counts the seats of sessions by institution.
func sharesOf(ctx context.Context, q db.Querier, window admission.WindowID) (map[lottery.Colleague]int, error) {
	shares := map[lottery.Colleague]int{}
	_, err := db.Collect(func(row db.Scanner) (none struct{}, err error) {
		var name lottery.Colleague
		var n int
		err = row.Scan(&name.Session, &name.Institution, &n)
		shares[name] = n
		return none, err
	})(q.Query(ctx, `
		SELECT t.session_id, t.institution_id, COUNT(*) FROM signup_standing AS t
		JOIN admission_session AS s ON s.session_id = t.session_id
		WHERE s.window_id = $1 AND t.state IN ('held', 'offered') AND t.institution_id <> ''
		GROUP BY t.session_id, t.institution_id ORDER BY t.session_id, t.institution_id`, window))
	return shares, err
}

// writeSeats writes seats as they are now.
func writeSeats(ctx context.Context, q db.Querier, seats []*Seat) error {
	return db.InSteps(seats, func(part []*Seat) error {
		args := make([]any, 0, len(part)*17)
		for _, s := range part {
			args = append(args, string(s.Session), string(s.Account), string(s.Edition), string(s.State), int64(s.Seq), s.InLine,
				admission.WriteNumbers(s.Pools), admission.WriteNeeds(s.Needs), string(s.Instead), s.Via, string(s.Institution), db.OrNull(s.Until),
				db.OrNull(s.MovedAt), s.Request, int64(s.Answered), id.Key(s.Account), id.Key(s.Session))
		}
		_, err := q.Exec(ctx, seatStatements[len(part)], args...)
		return err
	})
}

// plain says whether a seat is new and has nothing but what every seat has.
func (s *Seat) plain() bool {
	inLine, answered := int64(0), Receipt(0)
	if s.State == Waiting {
		inLine = int64(s.Seq) * lineStep
	}
	if s.Request != "" {
		answered = s.Seq
	}
	return s.fresh && len(s.Needs) == 0 && s.Instead == "" && s.Via == "" && s.Institution == "" && s.Until.IsZero() && s.MovedAt.IsZero() &&
		s.InLine == inLine && s.Answered == answered
}

var seatStatements = db.Batch(`
	INSERT INTO signup_seat (`+seatColumns+`, account_key, session_key) VALUES `, make([]string, 17), `
	ON CONFLICT (account_key, session_key) DO UPDATE SET state = excluded.state, seq = excluded.seq,
		place_in_line = excluded.place_in_line, pools = excluded.pools, needs = excluded.needs, instead = excluded.instead,
		via = excluded.via, institution_id = excluded.institution_id, until = excluded.until, moved_at = excluded.moved_at,
		request = excluded.request, answered = excluded.answered`)

const eventColumns = `seq, at, edition_id, session_id, account_id, request, what, why, other, number, actor`

// The CASE tells PostgreSQL what $1 is; a CAST to a time would make a number of it on SQLite.
var eventStatements = db.BatchAfter(2, `
	INSERT INTO signup_event (at, edition_id, seq, session_id, account_id, request, what, why, other, number, actor, pools, account_key, session_key)
	SELECT CASE WHEN TRUE THEN $1 ELSE (SELECT at FROM signup_event LIMIT 0) END, $2, v.column1, v.column2, v.column3, v.column4, v.column5,
		v.column6, v.column7, v.column8, v.column9, v.column10, v.column11, v.column12
	FROM (VALUES `, []string{"INTEGER", "", "", "", "", "", "", "BIGINT", "", "", "BIGINT", "BIGINT"}, `) AS v`)

func scanEvent(row db.Scanner) (e Event, err error) {
	return e, row.Scan(&e.Seq, &e.At, &e.Edition, &e.Session, &e.Account, &e.Request, &e.What, &e.Why, &e.Other, &e.Number, &e.Actor)
}

// writeEvents writes decisions. They are of one transaction, so of one moment and
// one edition.
func writeEvents(ctx context.Context, q db.Querier, events []entry) error {
	return db.InSteps(events, func(part []entry) error {
		args := append(make([]any, 0, 2+len(part)*12), part[0].At, string(part[0].Edition))
		for _, e := range part {
			pools, account, session := e.asSeat()
			args = append(args, int64(e.Seq), string(e.Session), string(e.Account), e.Request, string(e.What), e.Why, e.Other, e.Number,
				string(e.Actor), pools, account, session)
		}
		_, err := q.Exec(ctx, eventStatements[len(part)], args...)
		return err
	})
}

// asSeat is what a decision keeps about a seat of which it says everything: the
// pools, which are nil where it does not, and the keys.
func (e entry) asSeat() (pools any, account, session int64) {
	if e.seat == nil {
		return nil, 0, 0
	}
	return admission.WriteNumbers(e.seat.Pools), id.Key(e.Account), id.Key(e.Session)
}

// findEvent reads one decision.
func findEvent(ctx context.Context, q db.Querier, seq Receipt) (Event, error) {
	return scanEvent(q.QueryRow(ctx, `SELECT `+eventColumns+` FROM signup_event WHERE seq = $1`, int64(seq)))
}

// Events reads the decisions of a promise, in their order.
func Events(ctx context.Context, q db.Querier, d Decided) ([]Event, error) {
	return db.Collect(scanEvent)(q.Query(ctx, `
		SELECT `+eventColumns+` FROM signup_event WHERE seq BETWEEN $1 AND $2 ORDER BY seq`, int64(d.From), int64(d.To)))
}
