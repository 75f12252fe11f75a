package partner

import (
	"errors"
	"testing"

	"obrady/internal/db"
	"obrady/internal/db/dbtest"
	"obrady/internal/edition"
	"obrady/internal/i18n"
	"obrady/internal/people"
	"obrady/internal/rights"
)

func TestARequestIsAnsweredOnce(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		c := convene(t, d)
		by, space := rights.Of(c.gzm).Account, c.spaces["gzm"]
		file := func(r Request) Request {
			t.Helper()
			r.Workspace, r.Words = space.ID, "Brakuje miejsca."
			filed, err := c.service.File(t.Context(), by, r)
			c.must(err)
			return filed
		}
		hours := file(Request{Kind: ForHours, Window: Window{c.foyer.ID, at(15, 0), at(16, 0)}})
		seats := file(Request{Kind: ForSeats, Amount: 80})
		taken := file(Request{Kind: ForOther})

		if err := c.service.Decide(t.Context(), "host", hours.ID, Verdict{State: Declined}); refused(err) != "reason partner.reason_missing" {
			t.Errorf("declining without a reason: %v", err)
		}
		c.must(c.service.Decide(t.Context(), "host", hours.ID, Verdict{State: Accepted}))
		if err := c.service.Decide(t.Context(), "host", hours.ID, Verdict{State: Declined, Reason: "Jednak nie."}); !errors.Is(err, ErrDecided) {
			t.Errorf("answering twice: %v, want ErrDecided", err)
		}
		c.must(c.service.Decide(t.Context(), "host", seats.ID, Verdict{State: Declined, Reason: "Sala mieści 40 osób."}))
		c.must(c.service.Withdraw(t.Context(), by, taken.ID))
		if err := c.service.Decide(t.Context(), "host", taken.ID, Verdict{State: Accepted}); !errors.Is(err, ErrDecided) {
			t.Errorf("answering a request that was withdrawn: %v, want ErrDecided", err)
		}

		given, err := FindAllotment(t.Context(), d, space.ID)
		c.must(err)
		if len(given.Windows) != 2 || given.SeatsEach != 40 {
			t.Errorf("the allotment is %+v, want one window more and as many seats as before", given)
		}
		if _, err := c.try(c.gzm, c.session("gzm", "w-foyer"), slotAt(c.foyer, 15, 16)); err != nil {
			t.Errorf("a session at the hours that were asked for: %v", err)
		}
		stale := Share{Space: space, Allotment: Allotment{Revision: given.Revision}}
		if _, err := c.service.SaveShare(t.Context(), "host", stale); !errors.Is(err, rights.ErrChanged) {
			t.Errorf("saving a form of the allotment opened before: %v, want ErrChanged", err)
		}
		subject := people.Subject{Account: by}
		found, err := Collect(t.Context(), d, subject)
		c.must(err)
		if len(found.Rows) != 3 {
			t.Errorf("%d requests of the account, want 3", len(found.Rows))
		}
		faults, err := Check(t.Context(), d)
		if err != nil || len(faults) > 0 {
			t.Errorf("Check = %v, %v, want nothing", faults, err)
		}
	})
}

func TestLegalTextsStayAsTheyStood(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		c := convene(t, d)
		w := c.spaces["gzm"].ID
		b := Brand{Workspace: w, URL: "https://gzm.example", Legal: i18n.Both("pierwszy")}
		c.must(c.service.SaveBrand(t.Context(), "gzm", b))
		if err := c.service.SaveBrand(t.Context(), "gzm", b); !errors.Is(err, ErrChanged) {
			t.Errorf("saving over a version nobody has seen: %v, want ErrChanged", err)
		}
		b.Revision, b.Legal = 1, i18n.Both("drugi")
		c.must(c.service.SaveBrand(t.Context(), "gzm", b))
		c.must(c.service.AddMark(t.Context(), "gzm", w, Mark{Role: edition.Funder, Name: i18n.Both("Fundusz")}))
		saved, versions, err := c.service.Brand(t.Context(), w)
		c.must(err)
		if len(versions) != 2 || versions[0].Legal.PL != "drugi" || versions[1].Legal.PL != "pierwszy" || len(saved.Marks) != 1 {
			t.Errorf("versions %+v and marks %+v, want both texts and one mark", versions, saved.Marks)
		}
		all, err := PublicBrands(t.Context(), d, c.edition.ID)
		c.must(err)
		if len(all) != 1 || all[0].Block != c.blocks["gzm"].ID {
			t.Errorf("brands %+v, want that of the block", all)
		}
		c.must(c.service.RemoveMark(t.Context(), "gzm", w, saved.Marks[0].ID))
		if err := c.service.RemoveMark(t.Context(), "gzm", w, saved.Marks[0].ID); !errors.Is(err, ErrNoMark) {
			t.Errorf("removing a mark twice: %v, want ErrNoMark", err)
		}
	})
}
