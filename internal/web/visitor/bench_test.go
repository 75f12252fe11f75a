package visitor

import (
	"context"
	"fmt"
	"net/http"
	"testing"
	"time"

	"obrady/internal/db"
	"obrady/internal/edition"
	"obrady/internal/i18n"
	"obrady/internal/programme"
	"obrady/internal/timetable"
	"obrady/internal/web"
	"obrady/internal/web/webtest"
)

// large is a congress of n sessions over three days in twelve rooms.
func large(n int) func(ctx context.Context, d *db.DB, now func() time.Time) error {
	return func(ctx context.Context, d *db.DB, now func() time.Time) error {
		a := author{d: d, now: now, ends: "2021-11-01", places: map[string]timetable.PlaceID{}, blocks: map[string]programme.BlockID{}}
		if err := a.begin(ctx); err != nil {
			return err
		}
		var rooms []timetable.PlaceID
		for room := range 12 {
			place, err := timetable.NewService(d, now).SavePlace(ctx, "desk", timetable.Place{
				Edition: a.edition.ID, Slug: fmt.Sprintf("sala-%d", room), Kind: timetable.Room, Name: i18n.Both(fmt.Sprintf("Sala %d", room)), Capacity: 100, Shared: true, Position: room,
			})
			if err != nil {
				return err
			}
			rooms = append(rooms, place.ID)
		}
		var all []programme.Session
		for i := range n {
			all = append(all, programme.Session{
				Edition: a.edition.ID, Slug: fmt.Sprintf("sesja-%d", i), Block: a.blocks["glowny"], Format: programme.Formats[i%10], Form: edition.OnSite,
				Status: programme.Ready, Languages: []string{"pl"}, Title: i18n.Both(fmt.Sprintf("Sesja numer %d o tym, co dzieje się w mieście", i)), Examples: []string{"hours"},
			})
		}
		saved, err := programme.NewService(d, now).SaveSessions(ctx, "desk", all)
		if err != nil {
			return err
		}
		for i, s := range saved {
			start := time.Date(2021, 10, 30+i%3, 7, 0, 0, 0, time.UTC).Add(time.Duration(i/36) * 25 * time.Minute)
			if _, err := timetable.NewService(d, now).SaveSlot(ctx, "desk", timetable.Slot{
				Session: s.ID, Place: rooms[i/3%12], Start: start, End: start.Add(25 * time.Minute),
			}); err != nil {
				return err
			}
		}
		_, err = timetable.NewService(d, now).Publish(ctx, timetable.Order{
			Edition: a.edition.ID, Name: i18n.Both("Pierwsze"), Scope: timetable.Scope{Kind: timetable.Whole}, By: "desk",
		})
		return err
	}
}

// uncached is a site on which every answer is drawn anew.
func uncached(b *testing.B, n int) http.Handler {
	b.Helper()
	h := open(b, large(n))
	routes := h.pages.Routes()
	for i := range routes {
		routes[i].Generation = func(*http.Request) (string, bool) { return "", false }
	}
	site, err := web.New(web.Config{Catalogue: h.pages.Catalogue, Now: h.pages.Now})
	if err != nil {
		b.Fatal(err)
	}
	if err := site.Mount(routes...); err != nil {
		b.Fatal(err)
	}
	return site
}

func measure(b *testing.B, site http.Handler, path string) {
	b.Helper()
	if got := webtest.Get(site, path); got.Code != http.StatusOK {
		b.Fatalf("%s = %d", path, got.Code)
	}
	b.ReportAllocs()
	for b.Loop() {
		webtest.Get(site, path)
	}
}

// BenchmarkDayPage draws a day of 333 sessions; want at most 5 ms.
func BenchmarkDayPage(b *testing.B) {
	site := uncached(b, 1000)
	b.Run("by place", func(b *testing.B) { measure(b, site, "/pl/jesien/program/2021-10-31") })
	b.Run("of one place", func(b *testing.B) { measure(b, site, "/pl/jesien/program/2021-10-31?miejsce=sala-3") })
}

// BenchmarkSessionPage shows that a session costs the same in a small congress and in a large one.
func BenchmarkSessionPage(b *testing.B) {
	for _, n := range []int{100, 1000} {
		site := uncached(b, n)
		b.Run(fmt.Sprintf("of %d", n), func(b *testing.B) { measure(b, site, "/pl/jesien/sesje/sesja-50") })
	}
}
