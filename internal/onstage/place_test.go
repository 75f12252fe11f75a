package onstage_test

import (
	"testing"

	"obrady/internal/call"
	"obrady/internal/db"
	"obrady/internal/onstage"
	"obrady/internal/people"
)

func (h *hall) put(p onstage.Place) error {
	p.Edition, p.By, p.At = h.edition, "desk", h.at
	return h.db.Tx(h.t.Context(), func(tx *db.Tx) error { return onstage.Put(h.t.Context(), tx, p) })
}

func (h *hall) place(s call.SubmissionID) (onstage.Place, bool) {
	h.t.Helper()
	p, there, err := onstage.PlaceOf(h.t.Context(), h.db, s)
	h.must(err)
	return p, there
}

func TestWhatWasAcceptedGetsOnePlace(t *testing.T) {
	each(t, func(h *hall) {
		s := h.accepted(h.account("Ola"), "Rzeka")
		segment := h.session.Segments[1].ID
		h.must(h.put(onstage.Place{Submission: s.ID, Session: h.session.ID}))
		h.must(h.put(onstage.Place{Submission: s.ID, Session: h.session.ID}))
		if n := h.count(`journal WHERE action = 'onstage.placed'`); n != 1 {
			t.Errorf("the journal tells of it %d times, want once", n)
		}
		h.must(h.put(onstage.Place{Submission: s.ID, Session: h.session.ID, Segment: segment}))
		if p, there := h.place(s.ID); !there || p.Segment != segment {
			t.Errorf("it stands at %+v (%v), want segment %s", p, there, segment)
		}
		all, err := onstage.PlacesIn(t.Context(), h.db, h.edition)
		h.must(err)
		if len(all) != 1 {
			t.Errorf("%d places in the edition, want 1", len(all))
		}
		for range 2 {
			h.must(h.db.Tx(t.Context(), func(tx *db.Tx) error {
				return onstage.Take(t.Context(), tx, people.Change{By: "desk", At: h.at}, s.ID)
			}))
		}
		if _, there := h.place(s.ID); there {
			t.Error("it still stands in the programme, want it taken off")
		}
		if n := h.count(`journal WHERE action = 'onstage.taken_off'`); n != 1 {
			t.Errorf("the journal tells %d times that it was taken off, want once", n)
		}
	})
}

func TestNoPlaceFor(t *testing.T) {
	each(t, func(h *hall) {
		ola := h.account("Ola")
		waiting := h.sent(ola, h.call, "Czeka", nil)
		taken := h.accepted(ola, "Rzeka")
		h.want(onstage.ErrNotAccepted, h.put(onstage.Place{Submission: waiting.ID, Session: h.session.ID}))
		h.want(call.ErrNoSubmission, h.put(onstage.Place{Submission: "nic", Session: h.session.ID}))
		h.want(onstage.ErrElsewhere, h.put(onstage.Place{Submission: taken.ID, Session: "inna"}))
		h.want(onstage.ErrElsewhere, h.put(onstage.Place{Submission: taken.ID, Session: h.session.ID, Segment: "inny"}))
	})
}

func TestADeletedSegmentGivesUpWhatStoodInIt(t *testing.T) {
	each(t, func(h *hall) {
		s, other := h.accepted(h.account("Ola"), "Rzeka"), h.accepted(h.account("Jan"), "Tramwaj")
		h.must(h.put(onstage.Place{Submission: s.ID, Session: h.session.ID, Segment: h.session.Segments[0].ID}))
		h.must(h.put(onstage.Place{Submission: other.ID, Session: h.session.ID, Segment: h.session.Segments[1].ID}))
		h.session.Segments = h.session.Segments[1:]
		var err error
		h.session, err = h.programme.SaveSession(t.Context(), "desk", h.session)
		h.must(err)
		if _, there := h.place(s.ID); there {
			t.Error("it stands in a segment that is gone")
		}
		if _, there := h.place(other.ID); !there {
			t.Error("the other lost its place")
		}
		h.must(h.programme.RemoveSession(t.Context(), "desk", h.session))
		if _, there := h.place(other.ID); there {
			t.Error("it stands in a session that is gone")
		}
	})
}

func TestCheckFindsWhatNoLongerBelongsThere(t *testing.T) {
	each(t, func(h *hall) {
		s := h.accepted(h.account("Ola"), "Rzeka")
		h.must(h.put(onstage.Place{Submission: s.ID, Session: h.session.ID}))
		faults, err := onstage.Check(t.Context(), h.db)
		h.must(err)
		if len(faults) != 0 {
			t.Errorf("Check blames %v, want nothing", faults)
		}
		h.move(s.ID, call.Accepted, call.Declined)
		faults, err = onstage.Check(t.Context(), h.db)
		h.must(err)
		if len(faults) != 1 {
			t.Errorf("Check finds %v, want one fault", faults)
		}
	})
}
