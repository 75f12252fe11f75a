package session_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"obrady/internal/db"
	"obrady/internal/db/dbtest"
	"obrady/internal/people"
	"obrady/internal/web"
	"obrady/internal/web/session"
	"obrady/internal/web/webtest"
)

// house is a site with one button, one way in and one way out, and the store behind it.
type house struct {
	addr    string
	store   *session.Store
	account people.AccountID
}

func newHouse(t *testing.T, d *db.DB, account people.AccountID) house {
	t.Helper()
	h := house{store: session.NewStore(d, func() time.Time { return webtest.Noon }), account: account}
	config := webtest.Config(t)
	config.Sessions = h.store
	site := webtest.Site(t, config,
		web.Route{Name: "press", Method: "POST", PL: "/zapis", EN: "/sign-up", Action: "t.edit", Who: web.SignedIn, Lean: true, Handle: func(w http.ResponseWriter, r *http.Request) error {
			return web.WriteJSON(w, http.StatusOK, web.Account(r))
		}},
		web.Route{Name: "enter", Method: "POST", PL: "/wejscie", EN: "/sign-in", Action: "t.read", Handle: func(_ http.ResponseWriter, r *http.Request) error {
			return web.SignIn(r, string(account))
		}},
		web.Route{Name: "rotate", Method: "POST", PL: "/nowy", EN: "/rotate", Action: "t.edit", Who: web.SignedIn, Handle: func(_ http.ResponseWriter, r *http.Request) error {
			return web.Rotate(r)
		}},
		web.Route{Name: "leave", Method: "POST", PL: "/wyjscie", EN: "/sign-out", Action: "t.read", Handle: func(_ http.ResponseWriter, r *http.Request) error {
			return web.SignOut(r)
		}})
	server := httptest.NewServer(site)
	t.Cleanup(server.Close)
	h.addr = server.URL
	return h
}

// post sends an empty form and returns the status and the cookie that came back.
func (h house) post(t *testing.T, path, cookie string) (status int, fresh string) {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, h.addr+path, strings.NewReader(url.Values{}.Encode()))
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	r.Header.Set("Accept", "application/json")
	r.Header.Set("Cookie", cookie)
	answer, err := http.DefaultTransport.RoundTrip(r)
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	fresh, _, _ = strings.Cut(answer.Header.Get("Set-Cookie"), ";")
	return answer.StatusCode, fresh
}

// Whatever ends a session ends it for the next press, over real connections.
func TestTheNextPressKnowsThatTheSessionHasEnded(t *testing.T) {
	endings := []struct {
		name string
		end  func(t *testing.T, d *db.DB, h house, cookie string) error
	}{
		{"signed out", func(t *testing.T, _ *db.DB, h house, cookie string) error {
			h.post(t, "/pl/wyjscie", cookie)
			return nil
		}},
		{"under a new token", func(t *testing.T, _ *db.DB, h house, cookie string) error {
			if _, fresh := h.post(t, "/pl/nowy", cookie); fresh == "" || fresh == cookie {
				t.Errorf("rotating gives the cookie %q", fresh)
			}
			return nil
		}},
		{"ended from the list", func(t *testing.T, _ *db.DB, h house, cookie string) error {
			return h.store.End(t.Context(), h.account, h.store.Name(strings.TrimPrefix(cookie, "sid=")))
		}},
		{"all ended", func(t *testing.T, d *db.DB, h house, _ string) error {
			return d.Tx(t.Context(), func(tx *db.Tx) error { return h.store.EndAll(t.Context(), tx, h.account) })
		}},
		{"the person erased", func(t *testing.T, d *db.DB, h house, _ string) error {
			return d.Tx(t.Context(), func(tx *db.Tx) error {
				_, err := session.Erase(t.Context(), tx, people.Subject{Account: h.account}, webtest.Noon)
				return err
			})
		}},
	}
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		for i, test := range endings {
			t.Run(test.name, func(t *testing.T) {
				h := newHouse(t, d, openAccount(t, d, fmt.Sprint("ada", i, "@example.org")))
				_, cookie := h.post(t, "/pl/wejscie", "")
				for range 3 {
					if status, _ := h.post(t, "/pl/zapis", cookie); status != http.StatusOK {
						t.Fatalf("a press of who is signed in: %d, want 200", status)
					}
				}
				if err := test.end(t, d, h, cookie); err != nil {
					t.Fatal(err)
				}
				if status, _ := h.post(t, "/pl/zapis", cookie); status != http.StatusUnauthorized {
					t.Errorf("the next press: %d, want 401", status)
				}
			})
		}
	})
}

func openAccount(t *testing.T, d *db.DB, email string) (id people.AccountID) {
	t.Helper()
	err := d.Tx(t.Context(), func(tx *db.Tx) error {
		account, err := people.OpenAccount(t.Context(), tx, people.Account{Email: email, CreatedAt: webtest.Noon})
		id = account.ID
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return id
}
