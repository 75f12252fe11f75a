package fairness_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"obrady/internal/admission"
	"obrady/internal/db"
	"obrady/internal/db/dbtest"
	"obrady/internal/edition"
	"obrady/internal/fairness"
	"obrady/internal/i18n"
	"obrady/internal/id"
	"obrady/internal/people"
	"obrady/internal/programme"
	"obrady/internal/signup"
	"obrady/internal/timetable"
)

var noon = time.Date(2021, 5, 31, 10, 0, 0, 0, time.UTC)

// opening is a window with two sessions at one hour and one later, of two seats
// each, for which five people have pressed.
type opening struct {
	t        *testing.T
	db       *db.DB
	in       edition.ID
	signup   *signup.Service
	now      time.Time
	sessions []programme.SessionID
	people   []people.AccountID
}

func (o *opening) must(err error) {
	o.t.Helper()
	if err != nil {
		o.t.Fatal(err)
	}
}

func open(t *testing.T, d *db.DB) *opening {
	t.Helper()
	o := &opening{t: t, db: d, now: noon}
	now := func() time.Time { return o.now }
	o.signup = signup.NewService(d, now)
	o.signup.Clock = func(context.Context, db.Querier) (time.Time, error) { return o.now, nil }
	in, err := edition.NewService(d, now).Save(t.Context(), "desk", edition.Edition{
		Slug: "kpm-2021", Name: i18n.Both("Kongres"), StartsOn: "2021-06-07", EndsOn: "2021-06-08", TimeZone: "Europe/Warsaw",
		Form: edition.OnSite, Public: true,
	})
	o.must(err)
	o.in = in.ID
	block, err := programme.NewService(d, now).SaveBlock(t.Context(), "desk", programme.Block{
		Edition: in.ID, Slug: "warsztaty", Kind: programme.PartnerStage, Mark: "W", Colour: 1, Name: i18n.Both("Warsztaty"), Position: 1,
	})
	o.must(err)
	o.must(admission.WriteWindow(t.Context(), d, admission.Window{
		ID: "w", Edition: in.ID, Name: i18n.Both("Warsztaty"), Mode: admission.FirstCome, OpensAt: noon, ClosesAt: noon.AddDate(0, 0, 9),
		Waiting: true, SureHours: 24, OfferMinutes: 60, DoorHours: 2, Revision: 1, UpdatedAt: noon,
	}))
	for i, hour := range []int{10, 10, 14} {
		o.session(block.ID, fmt.Sprintf("s%d", i), time.Date(2021, 6, 7, hour, 0, 0, 0, time.UTC))
	}
	for i := range 5 {
		o.must(d.Tx(t.Context(), func(tx *db.Tx) error {
			a, err := people.OpenAccount(t.Context(), tx, people.Account{Email: fmt.Sprintf("p%d@example.org", i), Name: "P", CreatedAt: noon})
			o.people = append(o.people, a.ID)
			return err
		}))
	}
	for _, press := range [][2]int{{0, 0}, {1, 0}, {2, 0}, {3, 0}, {4, 1}, {0, 2}} {
		o.press(press[0], press[1])
	}
	return o
}

func (o *opening) session(block programme.BlockID, slug string, at time.Time) {
	o.t.Helper()
	n := programme.Session{
		ID: id.Make[programme.SessionID](), Edition: o.in, Slug: slug, Block: block, Title: i18n.Both(slug), Format: programme.Workshop,
		Form: edition.OnSite, Status: programme.Ready,
	}
	o.must(o.db.Tx(o.t.Context(), func(tx *db.Tx) error {
		if _, err := timetable.Save(o.t.Context(), tx, people.Change{By: "desk", At: noon}, timetable.Edit{Sessions: []programme.Session{n}}); err != nil {
			return err
		}
		hours := []admission.Span{{Start: at, End: at.Add(time.Hour)}}
		err := admission.WriteOffer(o.t.Context(), tx, admission.Offer{Session: n.ID, Edition: o.in, Window: "w", Hours: hours, StartsAt: at, Revision: 1})
		if err != nil {
			return err
		}
		return admission.WritePool(o.t.Context(), tx, n.ID, admission.Pool{Number: 1, Kind: admission.ForAll, Capacity: 2})
	}))
	o.sessions = append(o.sessions, n.ID)
}

func (o *opening) press(person, session int) signup.Outcome {
	o.t.Helper()
	answer, err := o.signup.Take(o.t.Context(), o.in, signup.Claim{
		Account: o.people[person], Key: "press-of-somebody-" + id.New()[24:], Wishes: []signup.Wish{{Session: o.sessions[session]}},
	})
	o.must(err)
	return answer.Outcomes[0]
}

func (o *opening) faults(q db.Querier) (found []string) {
	o.t.Helper()
	faults, err := fairness.Check(o.t.Context(), q)
	o.must(err)
	for _, f := range faults {
		if f.Row == "" || f.Package != "signup" {
			o.t.Errorf("the fault %+v says not where it is", f)
		}
		found = append(found, f.What)
	}
	return found
}

// damages is what a bad disk, a bad hand or a bad release could do to seats, with
// what fsck must call it. In statements $0 is the first session, $p the first person.
var damages = []struct{ what, statement string }{
	{"a state that is none", `UPDATE signup_seat SET state = 'lost' WHERE state = 'held'`},
	{"a place that somebody who has none takes", `UPDATE signup_seat SET pools = '1' WHERE state = 'waiting'`},
	{"an offer without an end", `UPDATE signup_seat SET state = 'offered' WHERE account_id = '$p' AND session_id = '$0'`},
	{"a waiting list counted wrongly", `UPDATE admission_session SET waiting = waiting + 1 WHERE session_id = '$0'`},
	{"two at one place of a waiting list", `UPDATE signup_seat SET place_in_line = 7 WHERE state = 'waiting'`},
	{"a seat that stands twice", `UPDATE signup_ledger SET posted = 0`},
	{"a decision beyond the ledger", `UPDATE signup_ledger SET last = last - 1`},
	{"a sequence of decisions with a gap", `DELETE FROM signup_event WHERE seq = 2`},
	{"a seat without the decision that gave it", `UPDATE signup_seat SET seq = 5 WHERE account_id = '$p' AND session_id = '$0'`},
	{"a seat that its ids do not lead to", `UPDATE signup_seat SET account_key = 7 WHERE account_id = '$p' AND session_id = '$0'`},
	{"a seat of another edition", `UPDATE signup_seat SET edition_id = 'other' WHERE account_id = '$p'`},
	{"a seat of nobody", `UPDATE signup_seat SET account_id = 'ghost' WHERE account_id = '$p' AND session_id = '$0'`},
	{"a seat of no session", `UPDATE signup_seat SET session_id = 'gone' WHERE state = 'waiting'`},
	{"a window that draws without a commitment", `UPDATE admission_window SET mode = 'lottery', decides_at = closes_at`},
	{"a pool counted wrongly", `UPDATE admission_pool SET taken = taken - 1 WHERE session_id = '$0'`},
	{"two seats at the same hours", `UPDATE admission_session SET hours = (SELECT other.hours FROM admission_session AS other WHERE other.session_id = '$0')`},
	{"a seat that is counted nowhere", `UPDATE signup_seat SET pools = '' WHERE account_id = '$p' AND session_id = '$0'`},
}

func TestFsckFindsEachDamage(t *testing.T) {
	undone := errors.New("undo the damage")
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		o := open(t, d)
		for _, damage := range damages {
			if found := o.faults(d); len(found) != 0 {
				t.Fatalf("before %s: %v, want nothing", damage.what, found)
			}
			err := d.Tx(t.Context(), func(tx *db.Tx) error {
				statement := strings.NewReplacer("$0", string(o.sessions[0]), "$p", string(o.people[0])).Replace(damage.statement)
				n, err := tx.Exec(t.Context(), statement)
				if err != nil || n == 0 {
					return fmt.Errorf("%d rows touched: %w", n, err)
				}
				if found := o.faults(tx); !slices.Contains(found, damage.what) {
					t.Errorf("fsck found %v, want %q", found, damage.what)
				}
				return undone
			})
			if !errors.Is(err, undone) {
				t.Errorf("%s: %v", damage.what, err)
			}
		}
	})
}

// Each thing that fsck can say is tried above.
func TestEachCheckHasItsDamage(t *testing.T) {
	source, err := os.ReadFile("check.go")
	if err != nil {
		t.Fatal(err)
	}
	said := regexp.MustCompile(`SELECT '([^']+)'|What: "([^"]+)"`).FindAllStringSubmatch(string(source), -1)
	if len(said) != len(damages) {
		t.Errorf("fsck says %d things, %d damages are tried", len(said), len(damages))
	}
	for _, one := range said {
		what := one[1] + one[2]
		if !slices.ContainsFunc(damages, func(d struct{ what, statement string }) bool { return d.what == what }) {
			t.Errorf("no damage is %q", what)
		}
	}
}

// What organisers set later makes nobody's seat a fault.
func TestWhatIsNoFault(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		o := open(t, d)
		o.must(admission.WriteSettings(t.Context(), d, admission.Settings{Edition: o.in, Margin: 240, Revision: 1, UpdatedAt: noon.Add(-time.Hour)}))
		if found := o.faults(d); len(found) != 0 {
			t.Errorf("after minutes to spare were set: %v, want nothing", found)
		}
		o.must(admission.WriteSettings(t.Context(), d, admission.Settings{Edition: o.in, Overlap: true, Revision: 2, UpdatedAt: noon}))
		_, err := d.Exec(t.Context(), `UPDATE signup_ledger SET revision = revision + 1`)
		o.must(err)
		if got := o.press(0, 1); got.State != signup.Holding {
			t.Fatalf("a second session at the same hour = %+v, want a seat", got)
		}
		if found := o.faults(d); len(found) != 0 {
			t.Errorf("where overlaps are allowed: %v, want nothing", found)
		}
		o.must(admission.WriteSettings(t.Context(), d, admission.Settings{Edition: o.in, Revision: 3, UpdatedAt: noon.Add(time.Hour)}))
		if found := o.faults(d); len(found) != 0 {
			t.Errorf("where they were allowed: %v, want nothing", found)
		}
		o.must(admission.WriteSettings(t.Context(), d, admission.Settings{Edition: o.in, Revision: 4, UpdatedAt: noon.Add(-time.Hour)}))
		if found := o.faults(d); !slices.Contains(found, "two seats at the same hours") {
			t.Errorf("where they never were: %v, want a fault", found)
		}
	})
}
