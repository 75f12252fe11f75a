package practice_test

import (
	"errors"
	"testing"

	"obrady/internal/db"
	"obrady/internal/db/dbtest"
	"obrady/internal/i18n"
	"obrady/internal/practice"
)

func TestASubmissionBecomesOnePractice(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		k := open(t, d)
		sent := practice.Practice{
			Edition: k.edition, Origin: practice.Origin{Kind: practice.FromSubmission, ID: "s1"}, Content: practice.Content{Title: i18n.Both("Skwer")},
		}
		first, err := k.service.Begin(t.Context(), "editor", sent)
		k.must(err)
		again, err := k.service.Begin(t.Context(), "other", sent)
		if err != nil || again.ID != first.ID || again.Revision != 1 {
			t.Errorf("the second press makes %s of revision %d, %v, want the practice that there is", again.ID, again.Revision, err)
		}
		other := sent
		other.Origin.ID = "s2"
		second, err := k.service.Begin(t.Context(), "editor", other)
		if err != nil || second.ID == first.ID || second.Slug != "skwer-2" {
			t.Errorf("another submission of the same title makes %s at %s, %v, want one of its own", second.ID, second.Slug, err)
		}
		if _, err := k.service.Of(t.Context(), practice.Origin{}); !errors.Is(err, practice.ErrNone) {
			t.Errorf("the practice of no origin: %v, want ErrNone", err)
		}
	})
}

func TestAPitchBecomesAStoryForTheRoom(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		k := open(t, d)
		pitch := practice.Story{
			Edition: k.edition, Origin: practice.Origin{Kind: practice.FromSubmission, ID: "s1"}, Tale: practice.Tale{Title: i18n.Both("Wtopa")},
		}
		first, err := k.service.BeginStory(t.Context(), "editor", pitch)
		k.must(err)
		again, err := k.service.BeginStory(t.Context(), "editor", pitch)
		if err != nil || again.ID != first.ID || again.Level != practice.RoomOnly {
			t.Errorf("the second press makes %s of level %s, %v, want the same story, for the room", again.ID, again.Level, err)
		}
	})
}
