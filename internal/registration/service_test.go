package registration

import (
	"errors"
	"fmt"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"obrady/internal/consent"
	"obrady/internal/db"
	"obrady/internal/db/dbtest"
	"obrady/internal/edition"
	"obrady/internal/errs"
	"obrady/internal/i18n"
	"obrady/internal/journal"
	"obrady/internal/outbox"
	"obrady/internal/people"
)

var noon = time.Date(2021, 5, 20, 10, 0, 0, 0, time.UTC)

// hall is an edition with registration open since an hour, and clauses to read and to agree to.
type hall struct {
	*Service
	t                         *testing.T
	db                        *db.DB
	in                        edition.ID
	at                        time.Time
	told, news, image, needed consent.Clause
	set                       Settings
}

func newHall(t *testing.T, d *db.DB, seats int) *hall {
	t.Helper()
	h := &hall{t: t, db: d, at: noon}
	now := func() time.Time { return h.at }
	h.Service = NewService(d, now)
	e, err := edition.NewService(d, now).Save(t.Context(), "desk", edition.Edition{
		Slug: "kpm-2021", Name: i18n.Text{PL: "III Kongres"}, StartsOn: "2021-06-07", EndsOn: "2021-06-08",
		TimeZone: "Europe/Warsaw", Form: edition.Hybrid,
	})
	if err != nil {
		t.Fatal(err)
	}
	h.in = e.ID
	if _, err := h.SaveSettings(t.Context(), "desk", Settings{Edition: h.in, OpensAt: noon}); errs.KindOf(err) != errs.Invalid {
		t.Errorf("registration without a clause: %v, want it refused", err)
	}
	h.told = h.clause(consent.Clause{Kind: consent.Information, Body: i18n.Text{PL: "Administratorem jest…"}})
	h.news = h.clause(consent.Clause{Kind: consent.Consent, Allows: consent.Newsletter})
	h.image = h.clause(consent.Clause{Kind: consent.Consent, Allows: consent.Image})
	h.needed = h.clause(consent.Clause{Place: consent.AtNeeds, Kind: consent.Consent, Allows: consent.Needs})
	h.set, err = h.SaveSettings(t.Context(), "desk", Settings{
		Edition: h.in, OpensAt: noon.Add(-time.Hour), ClosesAt: noon.Add(time.Hour), Seats: seats,
	})
	if err != nil {
		t.Fatal(err)
	}
	return h
}

func (h *hall) clause(c consent.Clause) consent.Clause {
	h.t.Helper()
	c.Edition, c.Title = h.in, i18n.Text{PL: "Klauzula"}
	if c.Place == "" {
		c.Place = consent.AtRegistration
	}
	c, err := consent.NewService(h.db, func() time.Time { return h.at }).SaveClause(h.t.Context(), "desk", c)
	if err != nil {
		h.t.Fatal(err)
	}
	return c
}

func (h *hall) account(name string) people.AccountID {
	h.t.Helper()
	var a people.Account
	err := h.db.Tx(h.t.Context(), func(tx *db.Tx) (err error) {
		a, err = people.OpenAccount(h.t.Context(), tx, people.Account{Email: name + "@example.org", Name: name, CreatedAt: noon})
		return err
	})
	if err != nil {
		h.t.Fatal(err)
	}
	return a.ID
}

func answer(c consent.Clause) consent.Answer {
	return consent.Answer{Clause: c.ID, Version: c.Version}
}

// entry is a form filled in by somebody who read everything.
func (h *hall) entry(badge string) Entry {
	return Entry{Form: edition.OnSite, Badge: badge, Told: []consent.Answer{answer(h.told)}}
}

func (h *hall) register(who people.AccountID, e Entry) Participant {
	h.t.Helper()
	p, err := h.Register(h.t.Context(), who, h.in, e)
	if err != nil {
		h.t.Fatal(err)
	}
	return p
}

func (h *hall) taken() int {
	h.t.Helper()
	set, err := h.Settings(h.t.Context(), h.in)
	if err != nil {
		h.t.Fatal(err)
	}
	return set.Taken
}

func (h *hall) sound() {
	h.t.Helper()
	if faults, err := Check(h.t.Context(), h.db); err != nil || len(faults) != 0 {
		h.t.Errorf("Check = %v, %v, want no fault", faults, err)
	}
}

func TestRegister(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := newHall(t, d, 2)
		zofia := h.account("zofia")
		if _, err := h.Mine(t.Context(), zofia, h.in); !errors.Is(err, ErrNotRegistered) {
			t.Errorf("before: %v, want ErrNotRegistered", err)
		}
		e := h.entry("Zofia Przykład")
		e.City, e.Sector, e.Affiliation, e.Consents = "Łódź", people.Civic, "Fundacja", []consent.Answer{answer(h.news)}
		want := h.register(zofia, e)
		want.Email = "zofia@example.org"
		got, err := h.Mine(t.Context(), zofia, h.in)
		if diff := cmp.Diff(want, got.Participant, cmpopts.EquateEmpty()); err != nil || diff != "" {
			t.Errorf("it came back changed, %v (-went +came):\n%s", err, diff)
		}
		if len(got.Given) != 1 || got.Given[0].Clause != h.news.ID {
			t.Errorf("consents %+v, want the one that was ticked and no other", got.Given)
		}
		if got.Told[0] != answer(h.told) {
			t.Errorf("told %v, want the version that was shown", got.Told)
		}
		if _, err := h.Register(t.Context(), zofia, h.in, e); !errors.Is(err, ErrAlready) {
			t.Errorf("a second time: %v, want ErrAlready", err)
		}
		if h.taken() != 1 {
			t.Errorf("%d seats taken, want 1", h.taken())
		}
		promised, err := outbox.Claim(t.Context(), d, noon, time.Minute, 9)
		if err != nil || len(promised) != 1 || promised[0].Kind != EventMade {
			t.Fatalf("promised %v, %v, want one letter", promised, err)
		}
		var event Event
		if err := promised[0].Into(&event); err != nil || event.Account != zofia || event.Participant != want.ID {
			t.Errorf("the event is %+v, %v, want it to name the account by id", event, err)
		}
		h.sound()
	})
}

func TestInstitutionOfTheRegisterIsKnownByItsName(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := newHall(t, d, 0)
		gzm, err := people.NewService(d, func() time.Time { return noon }).SaveInstitution(t.Context(), "desk", people.Institution{
			Slug: "gzm", Name: i18n.Text{PL: "Górnośląsko-Zagłębiowska Metropolia"}, Short: "GZM", Sector: people.LocalGovernment,
		})
		if err != nil {
			t.Fatal(err)
		}
		for i, typed := range []string{"GZM", "górnośląsko-zaglębiowska METROPOLIA"} {
			e := h.entry("X")
			e.Affiliation = typed
			p := h.register(h.account(fmt.Sprint("a", i)), e)
			if p.Institution != gzm.ID || p.Sector != people.LocalGovernment || p.Affiliation != typed {
				t.Errorf("%q became %+v, want the institution of the register", typed, p)
			}
		}
	})
}

func TestAdmit(t *testing.T) {
	s := Settings{Revision: 1, OpensAt: noon, ClosesAt: noon.Add(time.Hour), Seats: 2}
	for _, test := range []struct {
		name  string
		taken int
		at    time.Time
		form  edition.Form
		want  error
	}{
		{"a moment early", 0, noon.Add(-time.Millisecond), edition.OnSite, ErrNotYet},
		{"on the stroke", 0, noon, edition.OnSite, nil},
		{"the last seat", 1, noon, edition.OnSite, nil},
		{"no seat left", 2, noon, edition.OnSite, ErrFull},
		{"seats taken away meanwhile", 5, noon, edition.OnSite, ErrFull},
		{"no seat needed online", 2, noon, edition.Online, nil},
		{"at closing time", 0, noon.Add(time.Hour), edition.Online, ErrClosed},
		{"closed beats full", 2, noon.Add(time.Hour), edition.OnSite, ErrClosed},
	} {
		s.Taken = test.taken
		if got := s.Admit(test.at, test.form); !errors.Is(got, test.want) {
			t.Errorf("%s: Admit = %v, want %v", test.name, got, test.want)
		}
	}
	if got := (Settings{}).Admit(noon, edition.Online); !errors.Is(got, ErrOff) {
		t.Errorf("without settings: %v, want ErrOff", got)
	}
	if got := (Settings{Revision: 1, OpensAt: noon}).Phase(noon.Add(1e6 * time.Hour)); got != Open {
		t.Errorf("without an end: %v, want it open", got)
	}
}

func TestEntriesThatAreRefused(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := newHall(t, d, 2)
		zofia := h.account("zofia")
		old := h.told
		h.told.Body = i18n.Text{PL: "Nowa treść"}
		h.told = h.clause(h.told)
		other := h.needed // a clause of another place
		for _, test := range []struct {
			name  string
			wrong func(e *Entry)
			field string
			want  error
		}{
			{"no name for the badge", func(e *Entry) { e.Badge = "  " }, "badge", nil},
			{"a name that is too long", func(e *Entry) { e.Badge = longName }, "badge", nil},
			{"no form", func(e *Entry) { e.Form = "" }, "form", nil},
			{"a form that there is not", func(e *Entry) { e.Form = edition.Hybrid }, "form", nil},
			{"a sector that there is not", func(e *Entry) { e.Sector = "x" }, "sector", nil},
			{"old words read", func(e *Entry) { e.Told = []consent.Answer{answer(old)} }, "", consent.ErrNewWords},
			{"nothing read", func(e *Entry) { e.Told = nil }, "", consent.ErrNewWords},
			{"a consent of another place", func(e *Entry) { e.Consents = []consent.Answer{answer(other)} }, "", consent.ErrNoClause},
			{"a consent to nothing", func(e *Entry) { e.Consents = []consent.Answer{{Clause: "x", Version: 1}} }, "", consent.ErrNoClause},
			{"a consent to old words", func(e *Entry) { e.Consents = []consent.Answer{{Clause: h.news.ID, Version: 9}} }, "", consent.ErrNewWords},
		} {
			e := h.entry("Zofia")
			test.wrong(&e)
			_, err := h.Register(t.Context(), zofia, h.in, e)
			var wrong errs.Problems
			if test.want != nil && !errors.Is(err, test.want) || test.field != "" && (!errors.As(err, &wrong) || wrong.Of(test.field) == nil) {
				t.Errorf("%s: %v, want %v %s", test.name, err, test.want, test.field)
			}
		}
		if h.taken() != 0 {
			t.Errorf("%d seats taken by those who were refused, want 0", h.taken())
		}
		h.sound()
	})
}

var longName = fmt.Sprintf("%0130d", 1)

// A crowd asks for ten seats at once, and every one of them twice.
func TestTheLastSeatsInACrowd(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		const seats, crowd = 10, 30
		h := newHall(t, d, seats)
		var accounts []people.AccountID
		for i := range crowd {
			accounts = append(accounts, h.account(fmt.Sprint("p", i)))
		}
		var in atomic.Int32
		var all sync.WaitGroup
		for i := range 2 * crowd {
			all.Go(func() {
				_, err := h.Register(t.Context(), accounts[i%crowd], h.in, h.entry("X"))
				switch {
				case err == nil:
					in.Add(1)
				case !errors.Is(err, ErrFull) && !errors.Is(err, ErrAlready):
					t.Errorf("Register = %v, want ErrFull or ErrAlready", err)
				}
			})
		}
		all.Wait()
		if in.Load() != seats || h.taken() != seats {
			t.Errorf("%d got in and %d seats are taken, want %d", in.Load(), h.taken(), seats)
		}
		h.sound()
	})
}

// What the race test above relies on: without the index and without the condition in the statement, one account is on
// the list twice and more seats are taken than there are.
func TestWithoutTheGuardsTheCrowdGetsIn(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := newHall(t, d, 1)
		zofia := h.account("zofia")
		p := h.register(zofia, h.entry("Zofia"))
		p.ID = "twice"
		if err := insertParticipant(t.Context(), d, p); !errors.Is(err, db.ErrExists) {
			t.Errorf("with the index: %v, want ErrExists", err)
		}
		if _, err := d.Exec(t.Context(), `DROP INDEX participant_once`); err != nil {
			t.Fatal(err)
		}
		if err := insertParticipant(t.Context(), d, p); err != nil {
			t.Errorf("without it: %v, want a second row", err)
		}
		if err := claimSeat(t.Context(), d, p); !errors.Is(err, ErrFull) {
			t.Errorf("with the condition: %v, want ErrFull", err)
		}
		if n, err := d.Exec(t.Context(), `UPDATE registration_settings SET taken = taken + 1 WHERE edition_id = $1`, h.in); err != nil || n != 1 {
			t.Errorf("without it: %d, %v, want one seat too many taken", n, err)
		}
		if got := h.taken(); got != 2 {
			t.Errorf("%d of 1 seat taken, want 2", got)
		}
	})
}

func TestChangeCancelAndComeBack(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := newHall(t, d, 1)
		zofia, jan := h.account("zofia"), h.account("jan")
		first := h.register(zofia, h.entry("Zofia"))

		online := h.entry("Zofia P.")
		online.Form, online.Revision = edition.Online, first.Revision
		if p, err := h.Change(t.Context(), zofia, h.in, online); err != nil || p.Form != edition.Online || p.Badge != "Zofia P." {
			t.Errorf("Change = %+v, %v, want her online", p, err)
		}
		if _, err := h.Change(t.Context(), zofia, h.in, online); !errors.Is(err, ErrChanged) {
			t.Errorf("an old revision: %v, want ErrChanged", err)
		}
		h.register(jan, h.entry("Jan")) // takes the seat that she gave back
		back := h.entry("Zofia P.")
		back.Revision = 2
		if _, err := h.Change(t.Context(), zofia, h.in, back); !errors.Is(err, ErrFull) {
			t.Errorf("back to a hall that is full: %v, want ErrFull", err)
		}
		if err := h.Cancel(t.Context(), jan, h.in); err != nil {
			t.Fatal(err)
		}
		if err := h.Cancel(t.Context(), jan, h.in); !errors.Is(err, ErrNotRegistered) {
			t.Errorf("cancelled twice: %v, want ErrNotRegistered", err)
		}
		if _, err := h.Change(t.Context(), jan, h.in, back); !errors.Is(err, ErrNotRegistered) {
			t.Errorf("a change after leaving: %v, want ErrNotRegistered", err)
		}
		again := h.register(jan, h.entry("Jan znowu"))
		if mine, err := h.Mine(t.Context(), jan, h.in); err != nil || mine.State != Registered || mine.ID != again.ID || !mine.CancelledAt.IsZero() {
			t.Errorf("back again: %+v, %v, want one registration, in force", mine, err)
		}
		h.at = noon.Add(2 * time.Hour)
		late := h.entry("Zofia Późna")
		late.Form, late.Revision = edition.Online, 2
		if _, err := h.Change(t.Context(), zofia, h.in, late); err != nil {
			t.Errorf("a correction after closing: %v, want it taken", err)
		}
		if err := h.Cancel(t.Context(), zofia, h.in); err != nil {
			t.Errorf("leaving after closing: %v, want it done", err)
		}
		if _, err := h.Register(t.Context(), zofia, h.in, h.entry("Zofia")); !errors.Is(err, ErrClosed) {
			t.Errorf("coming back after closing: %v, want ErrClosed", err)
		}
		h.sound()
		events, err := outbox.Claim(t.Context(), d, h.at, time.Minute, 50)
		if err != nil || len(events) != 7 {
			t.Errorf("%d letters promised, %v, want 7: one for each step", len(events), err)
		}
	})
}

func TestNeedsGoWithTheirConsent(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := newHall(t, d, 0)
		zofia := h.account("zofia")
		needs := Needs{Kinds: []Need{HearingLoop, Vegan}, Note: "Siedzę z przodu."}
		if err := h.SaveNeeds(t.Context(), zofia, h.in, needs, answer(h.needed)); !errors.Is(err, ErrNotRegistered) {
			t.Errorf("needs of somebody who is not on the list: %v, want ErrNotRegistered", err)
		}
		h.register(zofia, h.entry("Zofia"))
		var wrong errs.Problems
		if err := h.SaveNeeds(t.Context(), zofia, h.in, needs); !errors.As(err, &wrong) || wrong.Of("agree") == nil {
			t.Errorf("needs without a consent: %v, want a problem with it", err)
		}
		if err := h.SaveNeeds(t.Context(), zofia, h.in, Needs{Kinds: []Need{"gold"}}, answer(h.needed)); errs.KindOf(err) != errs.Invalid {
			t.Errorf("an unknown need: %v, want it refused", err)
		}
		kept := func() Needs {
			mine, err := h.Mine(t.Context(), zofia, h.in)
			if err != nil {
				t.Fatal(err)
			}
			return mine.Needs
		}
		for name, end := range map[string]func() error{
			"the consent is withdrawn": func() error { return h.Withdraw(t.Context(), zofia, h.in, h.needed.ID) },
			"nothing is needed now":    func() error { return h.SaveNeeds(t.Context(), zofia, h.in, Needs{}) },
			"the registration is cancelled": func() error {
				defer h.register(zofia, h.entry("Zofia"))
				return h.Cancel(t.Context(), zofia, h.in)
			},
		} {
			if err := h.SaveNeeds(t.Context(), zofia, h.in, needs, answer(h.needed)); err != nil {
				t.Fatal(err)
			}
			if got := kept(); !slices.Equal(got.Kinds, needs.Kinds) || got.Note != needs.Note {
				t.Errorf("kept %+v, want %+v", got, needs)
			}
			h.sound()
			if err := end(); err != nil {
				t.Errorf("%s: %v", name, err)
			}
			if got := kept(); !got.Empty() {
				t.Errorf("%s: %+v is left, want nothing", name, got)
			}
			if given, err := consent.Of(t.Context(), d, zofia, h.in); err != nil || consent.Allowed(given, consent.Needs) {
				t.Errorf("%s: %+v, %v, want the consent ended", name, given, err)
			}
		}
	})
}

func TestConsentsOfAnEdition(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := newHall(t, d, 0)
		zofia := h.account("zofia")
		if err := h.Agree(t.Context(), zofia, h.in, answer(h.image)); err != nil {
			t.Fatal(err)
		}
		if err := h.Agree(t.Context(), zofia, "another", answer(h.image)); !errors.Is(err, consent.ErrNoClause) {
			t.Errorf("a clause through another edition: %v, want ErrNoClause", err)
		}
		if err := h.Withdraw(t.Context(), zofia, "another", h.image.ID); !errors.Is(err, consent.ErrNoClause) {
			t.Errorf("withdrawn through another edition: %v, want ErrNoClause", err)
		}
		if err := h.Withdraw(t.Context(), zofia, h.in, h.image.ID); err != nil {
			t.Error(err)
		}
		if err := h.Withdraw(t.Context(), zofia, h.in, h.image.ID); !errors.Is(err, consent.ErrNoConsent) {
			t.Errorf("withdrawn twice: %v, want ErrNoConsent", err)
		}
	})
}

func TestSettingsOfTwoOrganisers(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := newHall(t, d, 3)
		h.register(h.account("zofia"), h.entry("Zofia"))
		h.set.Seats = 1
		if _, err := h.SaveSettings(t.Context(), "ada", h.set); err != nil {
			t.Fatal(err)
		}
		if _, err := h.SaveSettings(t.Context(), "ola", h.set); !errors.Is(err, ErrChanged) {
			t.Errorf("an old revision: %v, want ErrChanged", err)
		}
		if h.taken() != 1 {
			t.Errorf("%d seats taken after a change of the rules, want the 1 that was", h.taken())
		}
		for _, test := range []struct {
			name string
			set  Settings
			want string
		}{
			{"no opening", Settings{}, "opens_on"},
			{"closed before it opens", Settings{OpensAt: noon, ClosesAt: noon}, "closes_on"},
			{"fewer than no seats", Settings{OpensAt: noon, Seats: -1}, "seats"},
		} {
			var wrong errs.Problems
			if !errors.As(test.set.Validate(), &wrong) || wrong.Of(test.want) == nil {
				t.Errorf("%s: want a problem with %s", test.name, test.want)
			}
		}
	})
}

// looks counts what the journal knows of an action.
func (h *hall) looks(action string) (found []journal.Entry) {
	h.t.Helper()
	all, err := journal.Entries(h.t.Context(), h.db, journal.Filter{Edition: string(h.in), Limit: 1000})
	if err != nil {
		h.t.Fatal(err)
	}
	for _, e := range all {
		if e.Action == action {
			found = append(found, e)
		}
	}
	return found
}
