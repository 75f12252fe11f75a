package rights_test

import (
	"context"
	"errors"
	"log/slog"
	"strconv"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"obrady/internal/db"
	"obrady/internal/db/dbtest"
	"obrady/internal/i18n"
	"obrady/internal/outbox"
	"obrady/internal/people"
	"obrady/internal/rights"
)

// give gives email a role by the word of who.
func (w *town) give(who rights.Standing, email string, role rights.Role, at rights.Node) (rights.Grant, error) {
	o := rights.Order{By: who, Email: email, Name: email, Role: role, Node: at, Edition: w.edition}
	if at == rights.Whole {
		o.Edition = ""
	}
	return w.rights.Give(w.t.Context(), o)
}

// somebody is who has been given a role by the chief.
func (w *town) somebody(email string, role rights.Role, at rights.Node) (rights.Standing, rights.Grant) {
	w.t.Helper()
	g, err := w.give(w.chief, email, role, at)
	w.must(err)
	return w.standing(g.Account), g
}

func TestGiveGivesWhatTheGiverHas(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newTown(t, d)
		green, traffic := rights.OfBlock(w.blocks[0]), rights.OfBlock(w.blocks[1])
		partner, _ := w.somebody("partner@example.org", rights.Partner, green)
		guardian, err := w.rights.Appoint(t.Context(), people.Account{Email: "iod@example.org"}, rights.Protection, rights.OfCongress(w.edition), w.edition)
		w.must(err)
		for _, test := range []struct {
			name string
			by   rights.Standing
			role rights.Role
			at   rights.Node
			want error
		}{
			{"a partner, a colleague in the own block", partner, rights.Partner, green, nil},
			{"a partner, somebody at the door", partner, rights.CheckIn, green, nil},
			{"a partner without a workspace, a coordinator", partner, rights.Coordinator, green, rights.ErrMoreThanOwn},
			{"a partner, an organiser of the own block", partner, rights.Organiser, green, rights.ErrMoreThanOwn},
			{"a partner, a coordinator beside it", partner, rights.Coordinator, traffic, rights.ErrHidden},
			{"a partner, a coordinator of everything", partner, rights.Coordinator, rights.OfCongress(w.edition), rights.ErrHidden},
			{"a partner, a guardian of data", partner, rights.Protection, green, rights.ErrMoreThanOwn},
			{"the guardian, another one", w.standing(guardian.ID), rights.Protection, rights.OfCongress(w.edition), nil},
			{"the guardian, an organiser", w.standing(guardian.ID), rights.Organiser, rights.OfCongress(w.edition), rights.ErrMoreThanOwn},
			{"the chief, a guardian of data", w.chief, rights.Protection, rights.OfCongress(w.edition), rights.ErrMoreThanOwn},
			{"the chief, at a node that is not there", w.chief, rights.Coordinator, rights.OfBlock("nowhere"), rights.ErrHidden},
			{"the public", rights.Standing{}, rights.Reviewer, green, rights.ErrSignIn},
		} {
			if _, err := w.give(test.by, "new@example.org", test.role, test.at); !errors.Is(err, test.want) {
				t.Errorf("%s: Give = %v, want %v", test.name, err, test.want)
			}
		}
		if _, err := w.give(w.chief, "new@example.org", rights.Speaker, green); err == nil {
			t.Error("a speaker is made by a grant; want that to come from the programme alone")
		}
	})
}

func TestAPartnerMakesCoordinatorsOfItsWorkspaceAlone(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newTown(t, d)
		block := rights.OfBlock(w.blocks[0])
		partner, _ := w.somebody("partner@example.org", rights.Partner, block)
		if _, err := w.give(partner, "jan@example.org", rights.Coordinator, block); !errors.Is(err, rights.ErrMoreThanOwn) {
			t.Errorf("a coordinator whom no allotment binds = %v, want ErrMoreThanOwn", err)
		}
		_, err := w.rights.SaveSpace(t.Context(), w.chief.Account, rights.Space{
			Edition: w.edition, Kind: rights.Event, Slug: "swoj", Name: i18n.Both("Swój"), Block: w.blocks[0],
		})
		w.must(err)
		if _, err := w.give(partner, "jan@example.org", rights.Coordinator, block); err != nil {
			t.Errorf("a coordinator of a workspace, whom its allotment binds = %v", err)
		}
	})
}

func TestARoleIsGivenOnce(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newTown(t, d)
		_, first := w.somebody("jan@example.org", rights.Coordinator, rights.OfBlock(w.blocks[0]))
		_, again := w.somebody("jan@example.org", rights.Coordinator, rights.OfBlock(w.blocks[0]))
		if first.ID != again.ID {
			t.Errorf("the same role was given twice: %s and %s", first.ID, again.ID)
		}
		read, err := w.rights.Grant(t.Context(), first.ID)
		if diff := cmp.Diff(first, read); err != nil || diff != "" {
			t.Errorf("the grant came back changed, %v (-given +read):\n%s", err, diff)
		}
	})
}

func TestWhoWasRemovedAMomentAgoGivesNothing(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newTown(t, d)
		ola, grant := w.somebody("ola@example.org", rights.Organiser, rights.Whole) // has the page open
		_, hers := w.somebody("jan@example.org", rights.Coordinator, rights.OfBlock(w.blocks[0]))
		w.must(w.rights.Revoke(t.Context(), w.chief, grant.ID))
		if got := w.standing(ola.Account); len(got.Grants) != 0 {
			t.Errorf("after the role was taken back there is %+v", got.Grants)
		}
		if _, err := w.give(ola, "friend@example.org", rights.Organiser, rights.Whole); !errors.Is(err, rights.ErrHidden) {
			t.Errorf("Give with the standing of a moment ago = %v, want ErrHidden", err)
		}
		if err := w.rights.Revoke(t.Context(), ola, hers.ID); !errors.Is(err, rights.ErrHidden) {
			t.Errorf("Revoke with the standing of a moment ago = %v, want ErrHidden", err)
		}
		_, err := w.rights.Refuse(t.Context(), ola, rights.Refusal{
			Kind: rights.BlindPhase, Node: rights.OfBlock(w.blocks[0]), Edition: w.edition, Reason: "spite",
		})
		if !errors.Is(err, rights.ErrHidden) {
			t.Errorf("Refuse with the standing of a moment ago = %v, want ErrHidden", err)
		}
		if err := w.rights.Revoke(t.Context(), w.chief, grant.ID); !errors.Is(err, rights.ErrNoGrant) {
			t.Errorf("to take the same back twice = %v, want ErrNoGrant", err)
		}
	})
}

func TestNobodyGivesForLongerThanTheyHave(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newTown(t, d)
		green, tomorrow := rights.OfBlock(w.blocks[0]), noon.AddDate(0, 0, 1)
		order := rights.Order{By: w.chief, Email: "partner@example.org", Role: rights.Partner, Node: green, Edition: w.edition, Until: tomorrow}
		given, err := w.rights.Give(t.Context(), order)
		w.must(err)
		order.By, order.Email, order.Role = w.standing(given.Account), "friend@example.org", rights.Partner
		for _, test := range []struct {
			name  string
			until time.Time
			want  error
		}{
			{"as long", tomorrow, nil},
			{"an hour longer", tomorrow.Add(time.Hour), rights.ErrMoreThanOwn},
			{"without end", time.Time{}, rights.ErrMoreThanOwn},
		} {
			order.Until = test.until
			if _, err := w.rights.Give(t.Context(), order); !errors.Is(err, test.want) {
				t.Errorf("%s: Give = %v, want %v", test.name, err, test.want)
			}
		}
	})
}

func TestAGrantBeginsAndEnds(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newTown(t, d)
		order := rights.Order{
			By: w.chief, Email: "jan@example.org", Role: rights.Coordinator, Node: rights.OfBlock(w.blocks[0]), Edition: w.edition,
			From: noon.Add(time.Hour), Until: noon.Add(2 * time.Hour),
		}
		g, err := w.rights.Give(t.Context(), order)
		w.must(err)
		for _, test := range []struct {
			name string
			at   time.Duration
			want int
		}{
			{"before", 0, 0}, {"on the stroke", time.Hour, 1}, {"a moment before the end", 2*time.Hour - time.Microsecond, 1}, {"at the end", 2 * time.Hour, 0},
		} {
			later := rights.NewService(d, func() time.Time { return noon.Add(test.at) })
			who, err := later.Standing(t.Context(), g.Account)
			if err != nil || len(who.Grants) != test.want {
				t.Errorf("%s: %d grants, %v, want %d", test.name, len(who.Grants), err, test.want)
			}
		}
	})
}

func TestTheLastOrganiserStays(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newTown(t, d)
		chief := w.chief.Grants[0]
		if err := w.rights.Revoke(t.Context(), w.chief, chief.ID); !errors.Is(err, rights.ErrLastOrganiser) {
			t.Fatalf("to lay down the last role of an organiser = %v, want ErrLastOrganiser", err)
		}
		_, local := w.somebody("ola@example.org", rights.Organiser, rights.OfCongress(w.edition))
		if err := w.rights.Revoke(t.Context(), w.chief, chief.ID); !errors.Is(err, rights.ErrLastOrganiser) {
			t.Errorf("an organiser of one congress is none of the site; Revoke = %v, want ErrLastOrganiser", err)
		}
		w.must(w.rights.Revoke(t.Context(), w.chief, local.ID)) // the site's organiser is left for the congress
		forADay := rights.Order{By: w.chief, Email: "day@example.org", Role: rights.Organiser, Node: rights.Whole, Until: noon.AddDate(0, 0, 1)}
		_, err := w.rights.Give(t.Context(), forADay)
		w.must(err)
		if err := w.rights.Revoke(t.Context(), w.chief, chief.ID); !errors.Is(err, rights.ErrLastOrganiser) {
			t.Errorf("an organiser until tomorrow is none the day after; Revoke = %v, want ErrLastOrganiser", err)
		}
	})
}

// TestTwoOrganisersRemoveEachOther lets both press the button at one moment, many times.
func TestTwoOrganisersRemoveEachOther(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newTown(t, d)
		for n := range 20 {
			ola, hers := w.somebody("ola"+strconv.Itoa(n)+"@example.org", rights.Organiser, rights.Whole)
			errs := atOnce(
				func() error { return w.rights.Revoke(t.Context(), ola, w.chief.Grants[0].ID) },
				func() error { return w.rights.Revoke(t.Context(), w.chief, hers.ID) },
			)
			if (errs[0] == nil) == (errs[1] == nil) {
				t.Fatalf("of two who remove each other one succeeds; got %v and %v", errs[0], errs[1])
			}
			if errs[0] == nil {
				w.chief = w.standing(ola.Account)
			}
			if got := w.organisers(); got != 1 {
				t.Fatalf("%d organisers are left, want one", got)
			}
		}
	})
}

// TestWhoLooksBeforeTheyLeapRemovesBoth is the control of the test above: the same two with a look before the change
// in the place of a turn, as one would write it first. Nobody is left.
func TestWhoLooksBeforeTheyLeapRemovesBoth(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newTown(t, d)
		_, hers := w.somebody("ola@example.org", rights.Organiser, rights.Whole)
		var looked sync.WaitGroup
		looked.Add(2)
		careless := func(grant rights.GrantID) error {
			n := w.organisers()
			looked.Done()
			looked.Wait()
			if n < 2 {
				return rights.ErrLastOrganiser
			}
			_, err := d.Exec(t.Context(), `UPDATE rights_grant SET revoked_at = $2 WHERE id = $1`, grant, noon)
			return err
		}
		atOnce(
			func() error { return careless(hers.ID) },
			func() error { return careless(w.chief.Grants[0].ID) },
		)
		if got := w.organisers(); got != 0 {
			t.Errorf("%d organisers are left, want none: the race is not what the test above takes it for", got)
		}
	})
}

// atOnce does both at one moment.
func atOnce(do ...func() error) []error {
	errs := make([]error, len(do))
	var ready, done sync.WaitGroup
	ready.Add(len(do))
	for i, one := range do {
		done.Go(func() {
			ready.Done()
			ready.Wait()
			errs[i] = one()
		})
	}
	done.Wait()
	return errs
}

func (w *town) organisers() (n int) {
	w.t.Helper()
	w.must(w.db.QueryRow(w.t.Context(), `
		SELECT COUNT(*) FROM rights_grant WHERE role = 'organiser' AND node_kind = 'site' AND revoked_at IS NULL`).Scan(&n))
	return n
}

func TestEverybodyLaysDownTheirOwn(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newTown(t, d)
		jan, his := w.somebody("jan@example.org", rights.CheckIn, rights.OfBlock(w.blocks[0]))
		ewa, hers := w.somebody("ewa@example.org", rights.CheckIn, rights.OfBlock(w.blocks[0]))
		if err := w.rights.Revoke(t.Context(), jan, hers.ID); err == nil {
			t.Error("one who may give nothing takes a colleague's role")
		}
		if err := w.rights.Revoke(t.Context(), ewa, hers.ID); err != nil {
			t.Errorf("to lay down one's own = %v", err)
		}
		w.must(w.rights.Revoke(t.Context(), w.chief, his.ID))
	})
}

func TestStrangersAreInvitedWithMeasure(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newTown(t, d)
		partner, _ := w.somebody("partner@example.org", rights.Partner, rights.OfBlock(w.blocks[0]))
		var last error
		given := 0
		for n := 0; last == nil && n < 26; n++ {
			_, last = w.give(partner, "stranger"+string(rune('a'+n))+"@example.org", rights.CheckIn, rights.OfBlock(w.blocks[0]))
			if last == nil {
				given++
			}
		}
		if given != 20 || !errors.Is(last, rights.ErrTooManyAsked) {
			t.Errorf("a partner wrote to %d strangers in a day, then %v; want 20, then ErrTooManyAsked", given, last)
		}
		// Who asks too often learns nothing from the answer about who has an account.
		if _, err := w.give(partner, "ada@example.org", rights.CheckIn, rights.OfBlock(w.blocks[0])); !errors.Is(err, rights.ErrTooManyAsked) {
			t.Errorf("to give a role to somebody who has an account = %v, want ErrTooManyAsked as for a stranger", err)
		}
	})
}

func TestTeamsAreNoWayAroundTheMeasure(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newTown(t, d)
		beata, err := w.enlist(w.chief, 0, "beata@example.org")
		w.must(err)
		partner := w.standing(beata.ID)
		var last error
		enlisted := 0
		for n := 0; last == nil && n < 26; n++ {
			if _, last = w.enlist(partner, 0, "stranger"+string(rune('a'+n))+"@example.org"); last == nil {
				enlisted++
			}
		}
		if enlisted != 20 || !errors.Is(last, rights.ErrTooManyAsked) {
			t.Errorf("a partner brought %d strangers into its institution in a day, then %v; want 20, then ErrTooManyAsked", enlisted, last)
		}
	})
}

func TestRefusalsAreMadeAndLiftedByThoseWhoMay(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newTown(t, d)
		partner, _ := w.somebody("partner@example.org", rights.Partner, rights.OfBlock(w.blocks[0]))
		guardian, err := w.rights.Appoint(t.Context(), people.Account{Email: "iod@example.org"}, rights.Protection, rights.OfCongress(w.edition), w.edition)
		w.must(err)
		jan, err := w.people.SavePerson(t.Context(), "desk", people.Person{Slug: "jan", Name: "Jan"})
		w.must(err)
		conflict := rights.Refusal{
			Kind: rights.ConflictOfInterest, Account: partner.Account, Node: rights.OfBlock(w.blocks[0]), Edition: w.edition, Reason: "own proposal",
		}
		hold := rights.Refusal{Kind: rights.LegalHold, Node: rights.OfPerson(jan.ID), Edition: w.edition, Reason: "proceedings"}
		for _, test := range []struct {
			name string
			by   rights.Standing
			make rights.Refusal
			want error
		}{
			{"a partner, about themselves", partner, conflict, rights.ErrHidden},
			{"an organiser, a legal hold", w.chief, hold, rights.ErrRole},
			{"the guardian, a legal hold", w.standing(guardian.ID), hold, nil},
			{"an organiser, a conflict", w.chief, conflict, nil},
		} {
			if _, err := w.rights.Refuse(t.Context(), test.by, test.make); !errors.Is(err, test.want) {
				t.Errorf("%s: Refuse = %v, want %v", test.name, err, test.want)
			}
		}
		tree, err := w.rights.Tree(t.Context(), w.edition)
		w.must(err)
		own := tree.Path(rights.OfBlock(w.blocks[0]))
		if err := w.standing(partner.Account).Decide(rights.EditProgramme, own); !errors.Is(err, rights.ErrConflict) {
			t.Errorf("the partner in the own block = %v, want ErrConflict", err)
		}
		if _, held, err := rights.Held(t.Context(), d, jan.ID, noon); err != nil || !held {
			t.Errorf("Held = %v, %v, want true", held, err)
		}
		w.liftAll(guardian.ID)
		if err := w.standing(partner.Account).Decide(rights.EditProgramme, own); err != nil {
			t.Errorf("after the conflict was lifted the partner = %v, want nil", err)
		}
		if _, held, err := rights.Held(t.Context(), d, jan.ID, noon); err != nil || held {
			t.Errorf("after the hold was lifted Held = %v, %v, want false", held, err)
		}
	})
}

// liftAll lifts every refusal by the word of whoever may, and tries in vain before.
func (w *town) liftAll(guardian people.AccountID) {
	w.t.Helper()
	all, err := w.rights.Refusals(w.t.Context(), w.edition)
	w.must(err)
	for _, f := range all {
		if err := w.rights.Lift(w.t.Context(), rights.Standing{}, f.ID); !errors.Is(err, rights.ErrSignIn) {
			w.t.Errorf("the public lifts a refusal: %v, want ErrSignIn", err)
		}
		if f.Kind == rights.LegalHold {
			if err := w.rights.Lift(w.t.Context(), w.chief, f.ID); !errors.Is(err, rights.ErrRole) {
				w.t.Errorf("an organiser lifts a legal hold: %v, want ErrRole", err)
			}
		}
		w.must(w.rights.Lift(w.t.Context(), w.standing(guardian), f.ID))
		if err := w.rights.Lift(w.t.Context(), w.standing(guardian), f.ID); !errors.Is(err, rights.ErrNoRefusal) {
			w.t.Errorf("to lift a refusal twice = %v, want ErrNoRefusal", err)
		}
	}
}

func TestWhoLearnsOfAGrant(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newTown(t, d)
		_, g := w.somebody("jan@example.org", rights.Coordinator, rights.OfBlock(w.blocks[0]))
		told := 0
		worker := outbox.Worker{DB: d, Now: atNoon, Log: slog.New(slog.DiscardHandler), Handlers: map[string]func(context.Context, outbox.Entry) error{
			rights.Granted{}.Kind(): func(_ context.Context, e outbox.Entry) error {
				var event rights.Granted
				if err := e.Into(&event); err != nil {
					return err
				}
				if event.Grant == g.ID {
					told++
				}
				return nil
			},
		}}
		_, err := worker.Once(t.Context())
		w.must(err)
		if told != 1 {
			t.Errorf("the grant was announced %d times, want once", told)
		}
		if faults, err := rights.Check(t.Context(), d); err != nil || len(faults) != 0 {
			t.Errorf("Check = %v, %v, want no fault", faults, err)
		}
	})
}
