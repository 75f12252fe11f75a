package onstage_test

import (
	"strings"
	"testing"
	"time"

	"obrady/internal/attachment"
	"obrady/internal/call"
	"obrady/internal/db"
	"obrady/internal/form"
	"obrady/internal/i18n"
	"obrady/internal/onstage"
	"obrady/internal/people"
	"obrady/internal/rights"
)

const pdf = "%PDF-1.4\n1 0 obj\nendobj\n%%EOF\n"

func (h *hall) upload(by people.AccountID, s call.SubmissionID, content string) error {
	_, err := h.stage.KeepSlides(h.t.Context(), onstage.Upload{Submission: s, By: by, File: attachment.Sent{Name: "moje.pdf", Reader: strings.NewReader(content)}})
	return err
}

// placed is something of somebody that stands in the session of the hall.
func (h *hall) placed(who people.AccountID, title string) call.Submission {
	h.t.Helper()
	s := h.accepted(who, title)
	h.must(h.put(onstage.Place{Submission: s.ID, Session: h.session.ID}))
	return s
}

func TestSlidesAreOneFileUntilTheDate(t *testing.T) {
	each(t, func(h *hall) {
		ola, jan := h.account("Ola"), h.account("Jan")
		s := h.placed(ola, "Rzeka")
		h.want(onstage.ErrNoTalk, h.upload(jan, s.ID, pdf))
		h.want(attachment.ErrKind, h.upload(ola, s.ID, "<svg/>"))
		h.want(attachment.ErrTooLarge, h.upload(ola, s.ID, "%PDF-"+strings.Repeat("x", attachment.MaxBytes)))
		h.must(h.upload(ola, s.ID, pdf))
		h.must(h.upload(ola, s.ID, pdf+"%%EOF"))
		kept, content, err := h.stage.OpenSlides(t.Context(), s.ID)
		h.must(err)
		if string(content) != pdf+"%%EOF" || kept.Name != "moje.pdf" || kept.Shared() || h.count(`onstage_slides`) != 1 {
			t.Errorf("kept %+v with %q, want the second file alone, for the room", kept, content)
		}
		h.set(onstage.Setting{Call: h.call.ID, SlidesUntil: h.at.Add(time.Hour)})
		h.at = h.at.Add(time.Hour)
		h.want(onstage.ErrTooLate, h.upload(ola, s.ID, pdf))
		h.must(h.stage.RemoveSlides(t.Context(), ola, s.ID))
		h.must(h.stage.RemoveSlides(t.Context(), ola, s.ID))
		_, _, err = h.stage.OpenSlides(t.Context(), s.ID)
		h.want(onstage.ErrNoSlides, err)
	})
}

func TestPresentersDecideWhoSees(t *testing.T) {
	each(t, func(h *hall) {
		ola := h.account("Ola")
		s := h.placed(ola, "Rzeka")
		h.must(h.upload(ola, s.ID, pdf))
		ends := h.at.Add(time.Hour)
		for _, test := range []struct {
			with          onstage.Audience
			during, after bool
		}{{onstage.Everybody, false, true}, {onstage.Everybody, false, true}, {onstage.Room, false, false}} {
			h.must(h.stage.Share(t.Context(), ola, s.ID, test.with))
			all, err := onstage.SlidesOf(t.Context(), h.db, s.ID)
			h.must(err)
			if one := all[s.ID]; one.Public(ends, ends.Add(-1)) != test.during || one.Public(ends, ends) != test.after || one.Public(time.Time{}, ends) {
				t.Errorf("shared with %s they are public during the session %v, after it %v", test.with, one.Public(ends, ends.Add(-1)), one.Public(ends, ends))
			}
		}
		if n := h.count(`journal WHERE action = 'onstage.slides_shared'`); n != 2 {
			t.Errorf("the journal tells of %d changes, want 2", n)
		}
		h.move(s.ID, call.Accepted, call.Declined)
		h.want(onstage.ErrNoTalk, h.stage.Share(t.Context(), ola, s.ID, onstage.Everybody))
	})
}

func TestSlidesOfTheRoomStayThere(t *testing.T) {
	each(t, func(h *hall) {
		stories := h.announce(call.Call{
			Slug: "porazki", Mark: "NW", Kind: call.Failure, Title: i18n.Both("Noc wtop"), Anonymity: call.Open, Senders: call.Anybody, Languages: i18n.Langs,
		}, form.Question{ID: "about", Kind: form.Text, Label: i18n.Both("Co się stało")})
		ola := h.account("Ola")
		s := h.sent(ola, stories, "Fontanna", nil)
		h.accept(s.ID)
		h.must(h.put(onstage.Place{Submission: s.ID, Session: h.session.ID}))
		h.must(h.upload(ola, s.ID, pdf))
		h.want(onstage.ErrRoomOnly, h.stage.Share(t.Context(), ola, s.ID, onstage.Everybody))
	})
}

func TestTheBoardTellsWhatWaitsAndWhatIsStale(t *testing.T) {
	each(t, func(h *hall) {
		ola := h.account("Ola")
		h.accepted(ola, "Czeka")
		h.sent(ola, h.call, "W ocenie", nil)
		gone := h.placed(ola, "Odwołane")
		h.placed(ola, "Stoi")
		h.move(gone.ID, call.Accepted, call.Declined)
		all, err := h.stage.Board(t.Context(), h.call)
		h.must(err)
		got := ""
		for _, i := range all {
			switch {
			case i.Stale():
				got += i.Submission.Title + " stale;"
			case i.Waits():
				got += i.Submission.Title + " waits;"
			default:
				got += i.Submission.Title + " in " + i.Slug + ";"
			}
		}
		if want := "Czeka waits;Odwołane stale;Stoi in otwarcie;"; got != want {
			t.Errorf("the board tells %q, want %q", got, want)
		}
		origins, err := h.stage.OriginsOf(t.Context(), h.session.ID)
		h.must(err)
		if len(origins) != 2 || !origins[0].Stale() && !origins[1].Stale() {
			t.Errorf("the session was made of %+v, want two, one of them stale", origins)
		}
		h.must(h.stage.TakeOff(t.Context(), rights.Of(h.as("biuro", rights.Organiser)).Account, h.call.ID, gone.ID))
		if _, there := h.place(gone.ID); there {
			t.Error("it stands in the programme, want it off")
		}
	})
}

func TestWhatSomebodySentGoesWithThem(t *testing.T) {
	each(t, func(h *hall) {
		ola := h.account("Ola")
		s := h.placed(ola, "Rzeka")
		h.must(h.upload(ola, s.ID, pdf))
		subject := people.Subject{Account: ola}
		told, err := onstage.Collect(t.Context(), h.db, subject)
		h.must(err)
		if len(told.Rows) != 1 {
			t.Errorf("told of %d files, want one", len(told.Rows))
		}
		h.must(h.db.Tx(t.Context(), func(tx *db.Tx) error {
			_, err := onstage.Erase(t.Context(), tx, subject, h.at)
			return err
		}))
		if n := h.count(`onstage_slides`); n != 0 {
			t.Errorf("%d files are left, want none", n)
		}
	})
}
