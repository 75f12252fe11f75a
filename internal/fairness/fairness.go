// Package fairness tells everybody what became of all who asked for a place: how
// many there were, who got one by sector, what was changed by hand and why, and
// beforehand how much is wanted. It never names a person.
package fairness

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"time"

	"obrady/internal/admission"
	"obrady/internal/db"
	"obrady/internal/edition"
	"obrady/internal/people"
	"obrady/internal/plan"
	"obrady/internal/programme"
	"obrady/internal/signup"
	"obrady/internal/timetable"
)

// Service reads reports.
type Service struct{ db *db.DB }

// NewService returns a Service over d.
func NewService(d *db.DB) *Service { return &Service{d} }

// Standing is what has been set for the sign-ups of an edition, with the counts
// of this moment: for those who look after them.
func (s *Service) Standing(ctx context.Context, of edition.ID) (p *admission.Plan, err error) {
	err = s.db.Snapshot(ctx, func(q db.Querier) error {
		_, revision, err := signup.Progress(ctx, q)
		if err != nil {
			return err
		}
		p, err = admission.LoadPlan(ctx, q, of, revision)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("read how sign-ups stand: %w", err)
	}
	return p, nil
}

// Count is how many places of a session are left and how many wait, for
// everybody to see. Left is -1 where seats are not counted.
type Count struct {
	Slug    string
	Left    int
	Waiting int
}

// Counts reads the counts of the sessions of an edition that the public knows, shown
// being the release that it sees, in the order of their addresses; with the number
// of the last decision that they show. Addresses are those of the release.
func (s *Service) Counts(ctx context.Context, of edition.ID, shown *timetable.Index) (counts []Count, at signup.Receipt, err error) {
	all, at, err := s.countAll(ctx, of)
	if err != nil {
		return nil, 0, fmt.Errorf("count places: %w", err)
	}
	for _, c := range all {
		if known := shown.Session(c.session); plan.Public(known) {
			c.Slug = known.Slug
			counts = append(counts, c.Count)
		}
	}
	slices.SortFunc(counts, func(a, b Count) int { return cmp.Compare(a.Slug, b.Slug) })
	return counts, at, nil
}

type counted struct {
	session programme.SessionID
	Count
}

func (s *Service) countAll(ctx context.Context, of edition.ID) (all []counted, at signup.Receipt, err error) {
	err = s.db.Snapshot(ctx, func(q db.Querier) error {
		if at, _, err = signup.Progress(ctx, q); err != nil {
			return err
		}
		all, err = db.Collect(func(row db.Scanner) (c counted, err error) {
			return c, row.Scan(&c.session, &c.Left, &c.Waiting)
		})(q.Query(ctx, `
			SELECT s.session_id, COALESCE(SUM(p.capacity - p.taken), -1), s.waiting
			FROM admission_session AS s LEFT JOIN admission_pool AS p ON p.session_id = s.session_id AND p.kind = 'all'
			WHERE s.edition_id = $1 GROUP BY s.session_id, s.waiting`, of))
		return err
	})
	return all, at, err
}

// Board writes the Counts for open pages and for machines:
// {"n":812,"s":{"miasto-zielone":[0,17]}}, where n is the number of the last
// decision and each session has the places left (-1: not counted) and how many
// wait.
func (s *Service) Board(ctx context.Context, of edition.ID, shown *timetable.Index) (text []byte, at signup.Receipt, err error) {
	counts, at, err := s.Counts(ctx, of, shown)
	if err != nil {
		return nil, 0, err
	}
	text = fmt.Appendf(text, `{"n":%d,"s":{`, int64(at))
	for i, c := range counts {
		if i > 0 {
			text = append(text, ',')
		}
		text = fmt.Appendf(text, `%q:[%d,%d]`, c.Slug, c.Left, c.Waiting)
	}
	return append(text, "}}"...), at, nil
}

// Report is what became of everybody who asked, without a name: the public
// report of a window.
type Report struct {
	Asked     int   // people
	Seated    int   // who have at least one seat of the window
	ByNumber  []int // how many people have one seat, two seats, …
	Waiting   int   // who wait and have none
	Refused   int   // who got neither
	Sessions  []OfSession
	BySector  []OfSector
	FirstWish int // who got the session that stood first on their list
	Lists     int // people with a list
}

// OfSession is the same for one session.
type OfSession struct {
	Session  programme.SessionID
	Asked    int
	Seats    int
	Held     int
	Waiting  int
	Promoted int // from the waiting list
}

// OfSector is the same for the people of a sector.
type OfSector struct {
	Sector people.Sector // empty: not said
	Asked  int
	Seated int
}

// Report reports what became of everybody who asked for a seat of a window.
func (s *Service) Report(ctx context.Context, window admission.WindowID) (f Report, err error) {
	err = s.db.Snapshot(ctx, func(q db.Querier) error {
		for _, part := range []func(context.Context, db.Querier, admission.WindowID) error{f.countPeople, f.countSessions, f.countSectors, f.countWishes} {
			if err := part(ctx, q, window); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return f, fmt.Errorf("report on window %s: %w", window, err)
	}
	return f, nil
}

// Logged is one entry of the public log of a window: what organisers did by hand.
// It tells of numbers, never of people.
type Logged struct {
	Seq     signup.Receipt
	At      time.Time
	Session programme.SessionID
	What    signup.What
	Why     string // the reason that was given
	Number  int64
}

// Log lists what was done by hand with the seats of a window, the latest first.
func (s *Service) Log(ctx context.Context, window admission.WindowID) ([]Logged, error) {
	all, err := db.Collect(func(row db.Scanner) (l Logged, err error) {
		return l, row.Scan(&l.Seq, &l.At, &l.Session, &l.What, &l.Why, &l.Number)
	})(s.db.Query(ctx, `
		SELECT seq, at, session_id, what, why, number FROM signup_event
		WHERE`+inWindow+` AND pools IS NULL AND what IN ('removed', 'shifted', 'admitted', 'resized') ORDER BY seq DESC LIMIT 500`, window))
	if err != nil {
		return nil, fmt.Errorf("read the log of window %s: %w", window, err)
	}
	return all, nil
}

// Interest is how much a session is wanted.
type Interest struct {
	Wishes int // lists that name it
	First  int // of which it is the first
}

// Interest counts the wishes for each session of an edition: what to expect
// before a window opens.
func (s *Service) Interest(ctx context.Context, of edition.ID) (map[programme.SessionID]Interest, error) {
	type row struct {
		session programme.SessionID
		Interest
	}
	rows, err := db.Collect(func(r db.Scanner) (one row, err error) {
		return one, r.Scan(&one.session, &one.Wishes, &one.First)
	})(s.db.Query(ctx, `
		SELECT session_id, COUNT(*), COUNT(*) FILTER (WHERE position = 1) FROM signup_wish WHERE edition_id = $1 GROUP BY session_id`, of))
	if err != nil {
		return nil, fmt.Errorf("count wishes: %w", err)
	}
	all := map[programme.SessionID]Interest{}
	for _, r := range rows {
		all[r.session] = r.Interest
	}
	return all, nil
}
