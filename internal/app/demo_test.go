package app_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"obrady/internal/app"
	"obrady/internal/db"
	"obrady/internal/db/dbtest"
)

func TestTheDemoIsOpenToVisitorsAndMachines(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		if err := app.FillDemo(t.Context(), d, time.Now); err != nil {
			t.Fatal(err)
		}
		if err := app.FillDemo(t.Context(), d, time.Now); err != nil {
			t.Errorf("the second filling = %v, want nothing to do", err)
		}
		house, err := app.New(t.Context(), d, app.Config{BaseURL: "http://127.0.0.1", Demo: true})
		if err != nil {
			t.Fatal(err)
		}
		links, err := house.DemoLinks(t.Context())
		if err != nil || len(links) == 0 || links[0].Role != "organiser" {
			t.Fatalf("DemoLinks = %v, %v, want that of the organiser first", links, err)
		}
		doors := open(t, house)
		for path, wants := range map[string]string{
			"/pl/kpm-2021":            "To jest strona pokazowa",
			"/en/kpm-2021":            "This is a demonstration",
			"/en/kpm-2017":            "2017", // the archive stands beside it
			"/pl/kpm-2021/nie-ma":     "Nie ma takiej strony",
			"/kpm-2021/schedule.xml":  "<acronym>kpm2021</acronym>",
			"/kpm-2021/calendar.ics":  "BEGIN:VEVENT",
			"/api/v1/openapi.json":    `"openapi":"3.1.0"`,
			"/kpm-2021/changes.atom":  "<feed",
			"/kpm-2021/schedule.json": `"kpm2021"`,
			strings.TrimPrefix(links[0].URL, "http://127.0.0.1"): "<button",
		} {
			status, body := doors.get(t, path)
			if want := strings.HasSuffix(path, "nie-ma"); want != (status == http.StatusNotFound) || !want && status != http.StatusOK {
				t.Errorf("GET %s = %d", path, status)
			}
			if !strings.Contains(body, wants) {
				t.Errorf("GET %s does not say %q: %.300s", path, wants, body)
			}
		}
	})
}
