package fairness_test

import (
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"obrady/internal/db"
	"obrady/internal/db/dbtest"
	"obrady/internal/fairness"
	"obrady/internal/id"
	"obrady/internal/people"
	"obrady/internal/programme"
	"obrady/internal/signup"
	"obrady/internal/timetable"
)

// take makes somebody a participant of a sector.
func (o *opening) take(person int, sector people.Sector) {
	o.t.Helper()
	_, err := o.db.Exec(o.t.Context(), `
		INSERT INTO participant (id, edition_id, account_id, form, badge, sector, state, told, registered_at, updated_at)
		VALUES ($1, $2, $3, 'on_site', 'U', $4, 'registered', '[]', $5, $5)`, id.New(), o.in, o.people[person], sector, noon)
	o.must(err)
}

func TestTheReportOfAWindow(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		o := open(t, d)
		s := fairness.NewService(d)
		o.take(0, people.Science)
		o.take(2, people.Science)
		o.take(1, people.Civic)
		o.must(o.signup.SaveWishes(t.Context(), o.in, o.people[0], []signup.Wish{{Session: o.sessions[0]}, {Session: o.sessions[2]}}))
		o.must(o.signup.SaveWishes(t.Context(), o.in, o.people[3], []signup.Wish{{Session: o.sessions[0]}}))
		o.press(4, 0) // is elsewhere at that hour
		o.must(o.signup.Leave(t.Context(), o.in, o.people[1], o.sessions[0]))
		got, err := s.Report(t.Context(), "w")
		o.must(err)
		want := fairness.Report{
			Asked: 5, Seated: 3, ByNumber: []int{2, 1}, Waiting: 1, Refused: 1, Lists: 2, FirstWish: 1,
			Sessions: []fairness.OfSession{
				{Session: o.sessions[0], Asked: 5, Seats: 2, Held: 2, Waiting: 1, Promoted: 1},
				{Session: o.sessions[1], Asked: 1, Seats: 2, Held: 1},
				{Session: o.sessions[2], Asked: 1, Seats: 2, Held: 1},
			},
			BySector: []fairness.OfSector{{Asked: 2, Seated: 1}, {Sector: people.Civic, Asked: 1}, {Sector: people.Science, Asked: 2, Seated: 2}},
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("the report (-want +got):\n%s", diff)
		}
		interest, err := s.Interest(t.Context(), o.in)
		o.must(err)
		if diff := cmp.Diff(map[programme.SessionID]fairness.Interest{o.sessions[0]: {Wishes: 2, First: 2}, o.sessions[2]: {Wishes: 1}}, interest); diff != "" {
			t.Errorf("the interest (-want +got):\n%s", diff)
		}
	})
}

func TestWhatEverybodySees(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		o := open(t, d)
		s := fairness.NewService(d)
		text, at, err := s.Board(t.Context(), o.in, o.released())
		o.must(err)
		if want := `{"n":6,"s":{"s0":[0,2],"s1":[1,0],"s2":[1,0]}}`; string(text) != want || at != 6 {
			t.Errorf("Board = %s at %v, want %s at 6", text, at, want)
		}
		if empty, _, err := s.Board(t.Context(), "another", o.released()); err != nil || string(empty) != `{"n":6,"s":{}}` {
			t.Errorf("Board of another edition = %s, %v, want no sessions", empty, err)
		}
		plan, err := s.Standing(t.Context(), o.in)
		o.must(err)
		if offer, _ := plan.OfferAt("s0"); offer == nil || offer.Waiting != 2 || offer.Taken() != 2 {
			t.Errorf("Standing of s0 = %+v, want 2 seats taken and 2 who wait", offer)
		}
	})
}

// What is not released yet, or goes out as a draft, is nobody's business; and a new
// address is known when it is released.
func TestEverybodySeesOnlyWhatIsReleased(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		o := open(t, d)
		for _, test := range []struct {
			name   string
			change func(*timetable.Programme)
			want   string
		}{
			{"before the first release", func(p *timetable.Programme) { p.Sessions = nil }, `{"n":6,"s":{}}`},
			{"a session that came after it", func(p *timetable.Programme) {
				p.Sessions = slices.DeleteFunc(p.Sessions, func(s programme.Session) bool { return s.Slug == "s1" })
			}, `{"n":6,"s":{"s0":[0,2],"s2":[1,0]}}`},
			{"a draft", func(p *timetable.Programme) { sessionAt(p, "s2").Status = programme.Draft }, `{"n":6,"s":{"s0":[0,2],"s1":[1,0]}}`},
			{"another address", func(p *timetable.Programme) { sessionAt(p, "s0").Slug = "z" }, `{"n":6,"s":{"s1":[1,0],"s2":[1,0],"z":[0,2]}}`},
		} {
			t.Run(test.name, func(t *testing.T) {
				shown := o.released().Programme
				test.change(shown)
				got, _, err := fairness.NewService(d).Board(t.Context(), o.in, shown.Index())
				o.must(err)
				if string(got) != test.want {
					t.Errorf("Board = %s, want %s", got, test.want)
				}
			})
		}
	})
}

// released is the programme of the opening as a release would have it.
func (o *opening) released() *timetable.Index {
	o.t.Helper()
	p, err := timetable.Load(o.t.Context(), o.db, o.in)
	o.must(err)
	return p.Index()
}

// sessionAt finds a session of a programme, to be changed.
func sessionAt(p *timetable.Programme, slug string) *programme.Session {
	return &p.Sessions[slices.IndexFunc(p.Sessions, func(s programme.Session) bool { return s.Slug == slug })]
}

// The public log tells what was done by hand, with the reason and without a name.
func TestTheLogOfWhatWasDoneByHand(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		o := open(t, d)
		o.now = noon.Add(time.Hour)
		desk := signup.Change{By: "desk", Reason: "prosiła o to"}
		o.must(o.signup.Shift(t.Context(), o.in, desk, signup.Spot{Session: o.sessions[0], Account: o.people[3], Position: 1}))
		o.must(o.signup.Remove(t.Context(), o.in, desk, o.sessions[1], o.people[4]))
		got, err := fairness.NewService(d).Log(t.Context(), "w")
		o.must(err)
		want := []fairness.Logged{
			{Seq: 8, At: o.now, Session: o.sessions[1], What: signup.WasRemoved, Why: desk.Reason},
			{Seq: 7, At: o.now, Session: o.sessions[0], What: signup.WasShifted, Why: desk.Reason, Number: 1},
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("the log (-want +got):\n%s", diff)
		}
	})
}
