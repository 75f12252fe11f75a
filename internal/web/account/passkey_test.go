package account_test

import (
	"encoding/json"
	"net/http"
	"testing"

	"obrady/internal/db"
	"obrady/internal/db/dbtest"
)

func TestAPasskeyThatDoesNotWorkChangesNothing(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		v := open(t, d).browser()
		begun := v.post("/pl/wejscie/klucz/poczatek")
		var question struct {
			Ticket  string
			Options struct {
				PublicKey struct{ Challenge, RpID string }
			}
		}
		if err := json.Unmarshal(begun.Body.Bytes(), &question); err != nil || question.Options.PublicKey.RpID != "kongres.example" {
			t.Errorf("the question is %s (%v), want one for this site", begun.Body, err)
		}
		for name, fields := range map[string][]string{
			"called off":    {"ticket", question.Ticket, "answer", ""},
			"no question":   {"ticket", "guess", "answer", "{}"},
			"nonsense":      {"ticket", question.Ticket, "answer", "<script>"},
			"nothing":       nil,
			"another field": {"account", "somebody"},
		} {
			got := v.post("/pl/wejscie/klucz", append(fields, "next", "/pl/moje/logowanie")...)
			wantStatus(t, name, got, http.StatusBadRequest)
			wantText(t, name, got, "Spróbuj ponownie lub użyj odnośnika")
			wantText(t, name, got, `name="next" value="/pl/moje/logowanie"`)
		}
		if v.in() != "" {
			t.Errorf("signed in is %q, want nobody", v.in())
		}
		for range 59 {
			v.post("/pl/wejscie/klucz/poczatek")
		}
		wantStatus(t, "the sixty-first in a minute", v.post("/pl/wejscie/klucz/poczatek"), http.StatusTooManyRequests)
	})
}
