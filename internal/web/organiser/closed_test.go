package organiser_test

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"obrady/internal/db"
	"obrady/internal/db/dbtest"
)

// newDesk2 is the same desk seen by a browser that knows nothing.
func newDesk2(t *testing.T, o *desk) *desk {
	stranger := *o
	stranger.t, stranger.cookies = t, map[string]string{}
	return &stranger
}

func TestTheDeskIsClosedToThePublic(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		o := newDesk(t, d)
		for _, route := range o.Routes() {
			path := "/pl" + strings.NewReplacer("{edition}", "kpm-2021", "{thing}", "x", "{form}", "place.new", "{session}", "x").Replace(route.PL)
			switch got := o.do(httptest.NewRequestWithContext(t.Context(), method(route.Method), path, nil)); {
			case route.Who == 0:
				t.Errorf("%s lets in everybody", route.Name)
			case route.Method == http.MethodPost && got.Code != http.StatusForbidden:
				t.Errorf("POST %s answers %d, want 403", path, got.Code)
			case route.Method != http.MethodPost && got.Code != http.StatusSeeOther:
				t.Errorf("GET %s answers %d, want 303", path, got.Code)
			}
		}
	})
}

func method(m string) string {
	if m == "" {
		return http.MethodGet
	}
	return m
}
