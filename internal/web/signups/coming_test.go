package signups_test

import (
	"context"
	"net/http"
	"testing"
	"time"

	"obrady/internal/admission"
	"obrady/internal/attendance"
	"obrady/internal/db"
	"obrady/internal/db/dbtest"
)

// The day before, the page of one's seats asks what the letter asks, and keeps the answer.
func TestTheDayBeforeOneSaysThatOneComes(t *testing.T) {
	d := dbtest.New(t, db.SQLite)
	h := open(t, d)
	h.window(admission.FirstCome, 1, "zielen")
	const ola = "ola@example.org"
	h.participant(ola)
	h.get("", at+"zielen/zapis")
	if status, got := h.press(ola, "zielen"); status != http.StatusOK {
		t.Fatalf("the press: %d %+v, want a seat", status, got)
	}
	rooms := attendance.NewService(d, func() time.Time { return h.at }, h.seats)
	rooms.Clock = func(context.Context, db.Querier) (time.Time, error) { return h.at, nil }
	begins := time.Date(2021, 6, 7, 8, 0, 0, 0, time.UTC)
	const question, answer = "Przyjdziesz?", "Potwierdzone: przyjdziesz."

	for _, step := range []struct {
		name         string
		at           time.Time
		do           func() error
		shows, hides string
	}{
		{"days before nobody asks", begins.Add(-48 * time.Hour), func() error { return nil }, "Masz miejsce.", question},
		{"the day before", begins.Add(-20 * time.Hour), func() error { _, err := rooms.Ask(t.Context()); return err }, question, answer},
		{"after the answer", begins.Add(-19 * time.Hour), func() error {
			return rooms.Come(t.Context(), h.id(ola), h.sessions["zielen"])
		}, answer, question},
		{"once it has begun", begins, func() error { return nil }, "Masz miejsce.", answer},
	} {
		h.at = step.at
		h.must(step.do())
		got := h.get(ola, mine)
		shows(t, step.name, got, http.StatusOK, step.shows)
		hides(t, step.name, got, step.hides)
	}
}
