package rights_test

import (
	"fmt"
	"sync"
	"testing"
	"time"

	"obrady/internal/db"
	"obrady/internal/db/dbtest"
	"obrady/internal/edition"
	"obrady/internal/i18n"
	"obrady/internal/people"
	"obrady/internal/programme"
	"obrady/internal/rights"
)

// door is an edition of thirty blocks with a session each, and a partner who runs one of them.
type door struct {
	*rights.Service
	db             *db.DB
	edition        edition.ID
	partner, chief people.AccountID
}

func newDoor(b *testing.B) *door {
	b.Helper()
	must := func(err error) {
		b.Helper()
		if err != nil {
			b.Fatal(err)
		}
	}
	d := dbtest.New(b, db.SQLite)
	w := &door{Service: rights.NewService(d, atNoon), db: d}
	e, err := edition.NewService(d, atNoon).Save(b.Context(), "desk", edition.Edition{
		Slug: "kpm-2027", Name: i18n.Both("Kongres"), StartsOn: "2027-06-07", EndsOn: "2027-06-08", TimeZone: "Europe/Warsaw", Form: edition.OnSite,
	})
	must(err)
	w.edition = e.ID
	for n := range 30 {
		slug := fmt.Sprint("blok-", n)
		block, err := programme.NewService(d, atNoon).SaveBlock(b.Context(), "desk", programme.Block{
			Edition: e.ID, Slug: slug, Kind: programme.General, Mark: fmt.Sprint(n), Colour: 1 + n%8, Name: i18n.Both(slug),
		})
		must(err)
		_, err = programme.NewService(d, atNoon).SaveSession(b.Context(), "desk", programme.Session{
			Edition: e.ID, Slug: "sesja-" + slug, Block: block.ID, Title: i18n.Both(slug), Format: programme.Panel, Form: edition.OnSite,
			Status: programme.Draft,
		})
		must(err)
		if n == 0 {
			account, err := w.Appoint(b.Context(), people.Account{Email: "partner@example.org"}, rights.Partner, rights.OfBlock(block.ID), e.ID)
			must(err)
			w.partner = account.ID
		}
	}
	chief, err := w.Appoint(b.Context(), people.Account{Email: "ada@example.org"}, rights.Organiser, rights.Whole, "")
	must(err)
	w.chief = chief.ID
	return w
}

// BenchmarkAdmit is what the guard asks before each page of the desk.
func BenchmarkAdmit(b *testing.B) {
	for _, refusals := range []int{0, 300} {
		w := newDoor(b)
		who, err := w.Standing(b.Context(), w.chief)
		if err != nil {
			b.Fatal(err)
		}
		other, err := w.Appoint(b.Context(), people.Account{Email: "roman@example.org"}, rights.CheckIn, rights.OfCongress(w.edition), w.edition)
		if err != nil {
			b.Fatal(err)
		}
		for range refusals {
			_, err := w.Refuse(b.Context(), who, rights.Refusal{
				Kind: rights.ConflictOfInterest, Account: other.ID, Node: rights.OfCongress(w.edition), Edition: w.edition, Reason: "własny wniosek",
			})
			if err != nil {
				b.Fatal(err)
			}
		}
		for name, target := range map[string]rights.Target{
			"within":  {Action: rights.ReadDraft, Object: rights.WithinEdition, Edition: "kpm-2027"},
			"session": {Action: rights.EditProgramme, Object: rights.SessionObject, Edition: "kpm-2027", Name: "sesja-blok-0"},
		} {
			b.Run(fmt.Sprintf("%s with %d refusals", name, refusals), func(b *testing.B) {
				for b.Loop() {
					who, err := w.Standing(b.Context(), w.partner)
					if err == nil {
						_, err = w.Admit(b.Context(), who, target)
					}
					if err != nil {
						b.Fatal(err)
					}
				}
			})
		}
	}
}

// BenchmarkLook is how long somebody who saves something waits while sixteen of the staff leaf through lists of people.
func BenchmarkLook(b *testing.B) {
	w := newDoor(b)
	done := make(chan struct{})
	var staff sync.WaitGroup
	for range 16 {
		staff.Go(func() {
			for {
				select {
				case <-done:
					return
				default:
					look := rights.Look{By: w.chief, Action: rights.ReadTakingPart, Edition: w.edition, Object: string(w.edition)}
					if err := w.Look(b.Context(), look); err != nil {
						b.Error(err)
						return
					}
				}
			}
		})
	}
	var longest time.Duration
	for b.Loop() {
		began := time.Now()
		if _, err := w.db.Exec(b.Context(), `UPDATE account SET lang = 'pl' WHERE id = $1`, w.partner); err != nil {
			b.Fatal(err)
		}
		longest = max(longest, time.Since(began))
	}
	b.ReportMetric(float64(longest.Milliseconds()), "ms-longest")
	close(done)
	staff.Wait()
}
