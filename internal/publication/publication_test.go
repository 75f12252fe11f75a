package publication

import (
	"errors"
	"log/slog"
	"testing"
	"time"

	"obrady/internal/db"
	"obrady/internal/db/dbtest"
	"obrady/internal/edition"
	"obrady/internal/i18n"
	"obrady/internal/programme"
	"obrady/internal/timetable"
)

func atNoon() time.Time { return time.Date(2021, 5, 20, 10, 0, 0, 0, time.UTC) }

func TestRefresh(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		ctx := t.Context()
		editions, releases := edition.NewService(d, atNoon), timetable.NewService(d, atNoon)
		desk := New(d, releases, slog.New(slog.DiscardHandler))
		see := func() *Edition {
			t.Helper()
			if err := desk.Refresh(ctx); err != nil {
				t.Fatal(err)
			}
			e, _ := desk.Edition("kpm-2021")
			return e
		}
		if see() != nil {
			t.Error("an edition is seen before there is one")
		}

		e, err := editions.Save(ctx, "desk", edition.Edition{
			Slug: "kpm-2021", Name: i18n.Both("Kongres"), StartsOn: "2021-06-07", EndsOn: "2021-06-08",
			TimeZone: "Europe/Warsaw", Form: edition.Hybrid,
		})
		if err != nil {
			t.Fatal(err)
		}
		if see() != nil {
			t.Error("an edition is seen before it is public")
		}
		e.Public = true
		if e, err = editions.Save(ctx, "desk", e); err != nil {
			t.Fatal(err)
		}
		first := see()
		if first == nil || first.Release.Number != 0 || len(first.Programme.Sessions) != 0 {
			t.Fatalf("before the first release one sees %+v, want the edition with an empty programme", first)
		}
		if again := see(); again != first {
			t.Error("nothing has changed and yet everything was made anew")
		}

		publish(t, d, e, "Łódź mówi o mieszkaniach")
		second := see()
		if second.Generation == first.Generation || len(second.Programme.Sessions) != 1 {
			t.Errorf("after a release generation %s with %d sessions, want a new one with 1", second.Generation, len(second.Programme.Sessions))
		}
		for _, query := range []string{"lodz", "mieszkanie", "MIESZKANIACH"} {
			if hits := second.Search(i18n.Polish).Find(query, 10); len(hits) != 1 || hits[0].ID != "session/sesja" {
				t.Errorf("%q finds %v, want the session", query, hits)
			}
		}
		if _, err := desk.Edition("nie-ma"); !errors.Is(err, ErrUnknown) {
			t.Errorf("an unknown edition: %v, want ErrUnknown", err)
		}
	})
}

func publish(t *testing.T, d *db.DB, e edition.Edition, title string) {
	t.Helper()
	programmes := programme.NewService(d, atNoon)
	block, err := programmes.SaveBlock(t.Context(), "desk", programme.Block{
		Edition: e.ID, Slug: "glowny", Kind: programme.General, Mark: "G", Colour: 1, Name: i18n.Both("Główny"),
	})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := programmes.SaveSession(t.Context(), "desk", programme.Session{
		Edition: e.ID, Slug: "sesja", Block: block.ID, Title: i18n.Text{PL: title}, Format: programme.Panel,
		Form: edition.OnSite, Status: programme.Ready,
	}); err != nil {
		t.Fatal(err)
	}
	if _, err := timetable.NewService(d, atNoon).Publish(t.Context(), timetable.Order{
		Edition: e.ID, Name: i18n.Both("Pierwsze"), Scope: timetable.Scope{Kind: timetable.Whole}, By: "desk",
	}); err != nil {
		t.Fatal(err)
	}
}
