package registration

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"obrady/internal/consent"
	"obrady/internal/db"
	"obrady/internal/db/dbtest"
	"obrady/internal/edition"
	"obrady/internal/errs"
	"obrady/internal/people"
)

// fill puts people of these names on the list, every third of them online.
func (h *hall) fill(names ...string) {
	h.t.Helper()
	for i, name := range names {
		e := h.entry(name)
		e.City, e.Sector, e.Affiliation = "Łódź", people.Civic, "Fundacja "+name
		if i%3 == 2 {
			e.Form, e.Sector = edition.Online, people.Science
		}
		h.at = noon.Add(time.Duration(i) * time.Second)
		h.register(h.account(fmt.Sprint("n", i)), e)
	}
}

func badges(all []Participant) string {
	var names []string
	for _, p := range all {
		names = append(names, p.Badge)
	}
	return strings.Join(names, ", ")
}

func TestList(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := newHall(t, d, 0)
		h.fill("Zofia Łąk", "Jan Lis", "Ewa Mak", "Adam Ćma", "Bo Cichy")
		if err := h.Cancel(t.Context(), h.account("n4"), h.in); err != nil {
			t.Fatal(err)
		}
		for _, test := range []struct {
			name   string
			filter Filter
			want   string
		}{
			{"by family name, as Polish lists are", Filter{}, "Bo Cichy, Adam Ćma, Jan Lis, Zofia Łąk, Ewa Mak"},
			{"by name, the other way round", Filter{Sort: "-name"}, "Ewa Mak, Zofia Łąk, Jan Lis, Adam Ćma, Bo Cichy"},
			{"by time", Filter{Sort: ByTime}, "Zofia Łąk, Jan Lis, Ewa Mak, Adam Ćma, Bo Cichy"},
			{"on the list", Filter{State: Registered, Sort: ByTime}, "Zofia Łąk, Jan Lis, Ewa Mak, Adam Ćma"},
			{"online", Filter{Form: edition.Online}, "Ewa Mak"},
			{"of a sector", Filter{Sector: people.Science}, "Ewa Mak"},
			{"by the beginning of words, without accents", Filter{Words: "lak zof"}, "Zofia Łąk"},
			{"by an address", Filter{Words: "n1@example.org"}, "Jan Lis"},
			{"by words that nobody has", Filter{Words: "zofia lis"}, ""},
		} {
			l, err := h.List(t.Context(), h.in, test.filter)
			if got := badges(l.Rows); err != nil || got != test.want {
				t.Errorf("%s: %q, %v, want %q", test.name, got, err, test.want)
			}
		}
		l, err := h.List(t.Context(), h.in, Filter{Page: 99})
		if err != nil || l.Page != 1 || l.Pages != 1 || l.Found != 5 || l.Tally != (Tally{OnSite: 3, Online: 1, Cancelled: 1}) {
			t.Errorf("List = %+v, %v, want one page and the counts", l, err)
		}
		if l, err := h.List(t.Context(), "another", Filter{}); err != nil || len(l.Rows) != 0 {
			t.Errorf("the list of another edition: %d rows, %v, want none", len(l.Rows), err)
		}
		one, err := h.Participant(t.Context(), h.in, l.Rows[0].ID)
		if diff := cmp.Diff(l.Rows[0], one); err != nil || diff != "" {
			t.Errorf("Participant, %v (-want +got):\n%s", err, diff)
		}
		if _, err := h.Participant(t.Context(), "another", l.Rows[0].ID); !errors.Is(err, ErrNotRegistered) {
			t.Errorf("a participant of another edition: %v, want ErrNotRegistered", err)
		}
	})
}

func TestPages(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := newHall(t, d, 0)
		var names []string
		for i := range PageSize + 1 {
			names = append(names, fmt.Sprintf("Imię Nazwisko%03d", i))
		}
		h.fill(names...)
		l, err := h.List(t.Context(), h.in, Filter{Page: 2})
		if err != nil || len(l.Rows) != 1 || l.Rows[0].Badge != names[PageSize] || l.Pages != 2 {
			t.Errorf("the second page: %q of %d, %v, want the last name", badges(l.Rows), l.Pages, err)
		}
	})
}

func TestNeedsAreShownForAReason(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := newHall(t, d, 0)
		h.fill("Zofia Przykład", "Jan Przykład")
		if err := h.SaveNeeds(t.Context(), h.account("n0"), h.in, Needs{Kinds: []Need{Vegan}}, answer(h.needed)); err != nil {
			t.Fatal(err)
		}
		for _, reason := range []string{"", "  ", "ok", strings.Repeat("x", maxReason+1)} {
			var wrong errs.Problems
			if _, err := h.Needs(t.Context(), "desk", h.in, reason); !errors.As(err, &wrong) || wrong.Of("reason") == nil {
				t.Errorf("reason of %d letters: %v, want it refused", len(reason), err)
			}
		}
		if got := h.looks("registration.needs_read"); len(got) != 0 {
			t.Errorf("%d looks noted where nothing was shown, want none", len(got))
		}
		all, err := h.Needs(t.Context(), "desk", h.in, "zamówienie posiłków")
		if err != nil || len(all) != 1 || all[0].Badge != "Zofia Przykład" || all[0].Needs.Kinds[0] != Vegan {
			t.Errorf("Needs = %+v, %v, want hers", all, err)
		}
		if got := h.looks("registration.needs_read"); len(got) != 1 || got[0].Reason != "zamówienie posiłków" || got[0].Actor != "desk" {
			t.Errorf("noted %+v, want who looked and why", got)
		}
	})
}

func TestExport(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := newHall(t, d, 0)
		h.fill("Zofia Przykład", "Jan Przykład", "Ewa Przykład")
		if _, err := h.Export(t.Context(), "desk", h.in, Order{Columns: []string{"badge"}}); errs.KindOf(err) != errs.Invalid {
			t.Errorf("without a reason: %v, want it refused", err)
		}
		if _, err := h.Export(t.Context(), "desk", h.in, Order{Reason: "identyfikatory"}); errs.KindOf(err) != errs.Invalid {
			t.Errorf("without columns: %v, want it refused", err)
		}
		got, err := h.Export(t.Context(), "desk", h.in, Order{
			Filter: Filter{Form: edition.OnSite}, Columns: []string{"badge"}, Reason: "identyfikatory",
		})
		if err != nil || badges(got) != "Jan Przykład, Zofia Przykład" {
			t.Errorf("Export = %s, %v, want those on site", badges(got), err)
		}
		noted := h.looks("registration.exported")
		if len(noted) != 1 || noted[0].Reason != "identyfikatory" || strings.Contains(fmt.Sprint(noted[0].Detail), "Zofia") {
			t.Errorf("noted %+v, want the reason and nobody's name", noted)
		}
	})
}

func TestLookUpAtTheDoor(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := newHall(t, d, 0)
		h.fill("Łucja Żuk", "Jan Żukowski", "Ewa Mak")
		h.at = noon.Add(time.Hour)
		for _, short := range []string{"", "żu", " ż u "} {
			if _, _, err := h.LookUp(t.Context(), "door", h.in, short); !errors.Is(err, ErrTooShort) {
				t.Errorf("LookUp(%q) = %v, want ErrTooShort", short, err)
			}
		}
		if got, n, err := h.LookUp(t.Context(), "door", h.in, "zuk"); err != nil || n != 2 || badges(got) != "Łucja Żuk, Jan Żukowski" {
			t.Errorf("LookUp = %s, %d, %v, want both", badges(got), n, err)
		}
		if got, _, err := h.LookUp(t.Context(), "door", h.in, "fundacja"); err != nil || len(got) != 0 {
			t.Errorf("by the institution: %s, %v, want nobody: names alone are looked for", badges(got), err)
		}
		for range LooksInMinute - 2 {
			if _, _, err := h.LookUp(t.Context(), "door", h.in, "zuk"); err != nil {
				t.Fatal(err)
			}
		}
		if _, _, err := h.LookUp(t.Context(), "door", h.in, "zuk"); !errors.Is(err, ErrTooOften) {
			t.Errorf("one look too many: %v, want ErrTooOften", err)
		}
		if _, _, err := h.LookUp(t.Context(), "another door", h.in, "zuk"); err != nil {
			t.Errorf("somebody else's look: %v, want it answered", err)
		}
		h.at = h.at.Add(61 * time.Second)
		if _, _, err := h.LookUp(t.Context(), "door", h.in, "zuk"); err != nil {
			t.Errorf("a minute later: %v, want it answered", err)
		}
		if got := h.looks("registration.looked_up"); len(got) != LooksInMinute+2 {
			t.Errorf("%d looks noted, want %d", len(got), LooksInMinute+2)
		}
		if n, err := SweepLooks(t.Context(), d, h.at.Add(-time.Second)); err != nil || n != LooksInMinute+2 {
			t.Errorf("SweepLooks = %d, %v, want the old ones gone", n, err)
		}
	})
}

func TestTooManyAtTheDoorAreNotShown(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := newHall(t, d, 0)
		var names []string
		for i := range mostFound + 1 {
			names = append(names, fmt.Sprint("Jan Przykład", i))
		}
		h.fill(names...)
		if got, n, err := h.LookUp(t.Context(), "door", h.in, "przyklad"); err != nil || n != mostFound+1 || len(got) != 0 {
			t.Errorf("LookUp shows %d of %d, %v, want none of all", len(got), n, err)
		}
	})
}

func TestCollectAndErase(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := newHall(t, d, 5)
		h.fill("KANAREK Przykład", "Jan Przykład")
		who := h.account("n0")
		if err := h.SaveNeeds(t.Context(), who, h.in, Needs{Note: "KANAREK-POTRZEBA"}, answer(h.needed)); err != nil {
			t.Fatal(err)
		}
		if _, _, err := h.LookUp(t.Context(), who, h.in, "jan"); err != nil {
			t.Fatal(err)
		}
		s := people.Subject{Account: who}
		extract, err := Collect(t.Context(), d, s)
		told := fmt.Sprint(extract.Rows)
		if err != nil || len(extract.Rows) != 1 || !strings.Contains(told, "KANAREK Przykład") || !strings.Contains(told, "KANAREK-POTRZEBA") {
			t.Errorf("Collect = %v, %v, want the badge and the need", told, err)
		}
		if strings.Contains(told, "Jan") {
			t.Errorf("Collect tells of somebody else: %s", told)
		}
		var done []people.Outcome
		err = d.Tx(t.Context(), func(tx *db.Tx) (err error) {
			if _, err := consent.Erase(t.Context(), tx, s, h.at); err != nil {
				return err
			}
			done, err = Erase(t.Context(), tx, s, h.at)
			return err
		})
		if err != nil || len(done) != 1 || done[0].Gone != 1 || done[0].Kept != 0 {
			t.Errorf("Erase = %+v, %v, want one row gone and none kept", done, err)
		}
		for _, count := range []string{
			`SELECT COUNT(*) FROM participant WHERE badge LIKE 'KANAREK%'`, `SELECT COUNT(*) FROM participant_need`,
			`SELECT COUNT(*) FROM participant_lookup`,
		} {
			var n int
			if err := d.QueryRow(t.Context(), count).Scan(&n); err != nil || n != 0 {
				t.Errorf("%s = %d, %v, want 0", count, n, err)
			}
		}
		if h.taken() != 1 {
			t.Errorf("%d seats taken, want the 1 of who is left", h.taken())
		}
		h.sound()
	})
}

func TestListsAreForgottenInTime(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := newHall(t, d, 5)
		h.fill("Zofia Przykład", "Jan Przykład", "Ewa Przykład")
		if err := h.SaveNeeds(t.Context(), h.account("n0"), h.in, Needs{Kinds: []Need{Vegan}}, answer(h.needed)); err != nil {
			t.Fatal(err)
		}
		err := d.Tx(t.Context(), func(tx *db.Tx) error {
			if n, err := ForgetNeeds(t.Context(), tx, "2021-06-08"); err != nil || n != 0 {
				t.Errorf("on the last day: %d needs forgotten, %v, want none", n, err)
			}
			if n, err := ForgetNeeds(t.Context(), tx, "2021-06-09"); err != nil || n != 1 {
				t.Errorf("a day later: %d needs forgotten, %v, want 1", n, err)
			}
			if n, err := ForgetLists(t.Context(), tx, "2021-06-08"); err != nil || n != 0 {
				t.Errorf("on the last day: %d people forgotten, %v, want none", n, err)
			}
			if n, err := ForgetLists(t.Context(), tx, "2021-06-09"); err != nil || n != 3 {
				t.Errorf("a day later: %d people forgotten, %v, want 3", n, err)
			}
			n, err := ForgetLists(t.Context(), tx, "2021-06-09")
			if n != 0 {
				t.Errorf("once more: %d people forgotten, want none", n)
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		l, err := h.List(t.Context(), h.in, Filter{})
		if want := (Tally{OnSite: 2, Online: 1}); err != nil || len(l.Rows) != 0 || l.Tally != want {
			t.Errorf("List = %+v, %v, want nobody and the counts %+v", l, err, want)
		}
		h.sound()
	})
}

func TestAHoldOutlivesTheList(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := newHall(t, d, 5)
		h.fill("Zofia Przykład", "Jan Przykład", "Ewa Przykład")
		held := h.account("n0")
		if err := h.SaveNeeds(t.Context(), held, h.in, Needs{Kinds: []Need{Vegan}}, answer(h.needed)); err != nil {
			t.Fatal(err)
		}
		forget := func(held ...people.AccountID) (needs, people int64) {
			err := d.Tx(t.Context(), func(tx *db.Tx) (err error) {
				if needs, err = ForgetNeeds(t.Context(), tx, "2021-06-09", held...); err != nil {
					return err
				}
				people, err = ForgetLists(t.Context(), tx, "2021-06-09", held...)
				return err
			})
			if err != nil {
				t.Fatal(err)
			}
			h.sound()
			return needs, people
		}
		if needs, people := forget(held); needs != 0 || people != 2 {
			t.Errorf("while one is held %d needs and %d people were forgotten, want 0 and the 2 others", needs, people)
		}
		if needs, people := forget(); needs != 1 || people != 1 {
			t.Errorf("after the hold %d needs and %d people were forgotten, want 1 and 1", needs, people)
		}
		l, err := h.List(t.Context(), h.in, Filter{})
		if want := (Tally{OnSite: 2, Online: 1}); err != nil || l.Tally != want {
			t.Errorf("the counts are %+v, %v, want those of the whole list %+v", l.Tally, err, want)
		}
	})
}

// Each kind of damage is done behind the package's back and must be found.
func TestCheckFindsDamage(t *testing.T) {
	for name, damage := range map[string]string{
		"a seat that nobody has":        `UPDATE registration_settings SET taken = 4`,
		"a list without rules":          `DELETE FROM registration_settings`,
		"an unknown state":              `UPDATE participant SET state = 'gone'`,
		"cancelled at no time":          `UPDATE participant SET state = 'cancelled'`,
		"both ways at once":             `UPDATE participant SET form = 'hybrid'`,
		"a badge without a name":        `UPDATE participant SET badge = ''`,
		"needs that nobody may know of": `UPDATE consent SET withdrawn_at = given_at`,
	} {
		t.Run(name, func(t *testing.T) {
			dbtest.Each(t, func(t *testing.T, d *db.DB) {
				h := newHall(t, d, 5)
				h.fill("Zofia Przykład")
				if err := h.SaveNeeds(t.Context(), h.account("n0"), h.in, Needs{Kinds: []Need{Vegan}}, answer(h.needed)); err != nil {
					t.Fatal(err)
				}
				h.sound()
				if _, err := d.Exec(t.Context(), damage); err != nil {
					t.Fatal(err)
				}
				if faults, err := Check(t.Context(), d); err != nil || len(faults) == 0 {
					t.Errorf("Check = %v, %v, want the damage found", faults, err)
				}
			})
		})
	}
}
