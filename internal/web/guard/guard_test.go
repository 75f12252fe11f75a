package guard_test

import (
	"bytes"
	"log/slog"
	"net/http"
	"strings"
	"testing"
	"time"

	"obrady/internal/db"
	"obrady/internal/db/dbtest"
	"obrady/internal/edition"
	"obrady/internal/i18n"
	"obrady/internal/people"
	"obrady/internal/rights"
	"obrady/internal/web"
	"obrady/internal/web/guard"
	"obrady/internal/web/webtest"
)

// door is a site with one address for each action that is tried, and two who knock.
type door struct {
	t       *testing.T
	site    *web.Site
	log     bytes.Buffer
	now     time.Time
	cookies map[string]string
}

func openDoor(t *testing.T, d *db.DB) *door {
	t.Helper()
	o := &door{t: t, now: webtest.Noon, cookies: map[string]string{}}
	clock := func() time.Time { return o.now }
	service := rights.NewService(d, clock)
	if _, err := edition.NewService(d, clock).Save(t.Context(), "desk", edition.Edition{
		Slug: "kpm-2021", Name: i18n.Both("Kongres"), StartsOn: "2021-06-07", EndsOn: "2021-06-08", TimeZone: "Europe/Warsaw", Form: edition.OnSite,
	}); err != nil {
		t.Fatal(err)
	}
	accounts := map[string]people.AccountID{"ada": webtest.Organiser(t, d, "ada@example.org")}
	err := d.Tx(t.Context(), func(tx *db.Tx) error {
		jan, err := people.OpenAccount(t.Context(), tx, people.Account{Email: "jan@example.org", Name: "Jan Nikt", CreatedAt: o.now})
		accounts["jan"] = jan.ID
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	config := webtest.Config(t, rights.Locale, people.Locale, edition.Locale)
	config.Now, config.SignIn = clock, "signin"
	config.Guard = guard.Guard{Rights: service, Log: slog.New(slog.NewTextHandler(&o.log, nil))}
	handle := func(w http.ResponseWriter, r *http.Request) error {
		_, err := w.Write([]byte("in: " + string(rights.Of(r.Context()).Account)))
		return err
	}
	inside := func(name string, action rights.Action, object rights.Object) web.Route {
		return web.Route{Name: name, Path: "/{edition}/" + name, Action: string(action), Object: string(object), Who: web.SignedIn, Handle: handle}
	}
	o.site = webtest.Site(t, config,
		inside("draft", rights.ReadDraft, rights.WithinEdition), inside("people", rights.ReadTakingPart, rights.WholeEdition),
		inside("needs", rights.ReadNeeds, rights.WholeEdition),
		web.Route{Name: "one", Path: "/{edition}/people/{participant}", Action: string(rights.ReadTakingPart), Object: "edition", Who: web.SignedIn, Handle: handle},
		web.Route{Name: "signin", PL: "/wejscie", EN: "/enter", Action: string(rights.Enter), Handle: handle},
		web.Route{Name: "enter", Path: "/enter/{who}", Action: string(rights.Enter), Handle: func(_ http.ResponseWriter, r *http.Request) error {
			return web.SignIn(r, string(accounts[r.PathValue("who")]))
		}},
	)
	for who := range accounts {
		o.cookies[who], _, _ = strings.Cut(webtest.Get(o.site, "/enter/"+who).Header().Get("Set-Cookie"), ";")
	}
	return o
}

func TestTheGuardLetsInWhomThePolicyLetsIn(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		o := openDoor(t, d)
		for _, test := range []struct {
			name, who, path string
			want            int
		}{
			{"an organiser", "ada", "/kpm-2021/draft", http.StatusOK},
			{"an organiser where there is nothing", "ada", "/kpm-1999/draft", http.StatusNotFound},
			{"nobody in particular", "jan", "/kpm-2021/draft", http.StatusNotFound},
			{"the public", "", "/kpm-2021/draft", http.StatusSeeOther},
		} {
			got := webtest.Get(o.site, test.path, "Cookie", o.cookies[test.who])
			if got.Code != test.want {
				t.Errorf("%s at %s: %d, want %d", test.name, test.path, got.Code, test.want)
			}
			if in := strings.HasPrefix(got.Body.String(), "in: "); in != (test.want == http.StatusOK) {
				t.Errorf("%s at %s reads %.40q", test.name, test.path, got.Body)
			}
		}
	})
}

func TestARefusalIsWrittenDownWithoutAName(t *testing.T) {
	o := openDoor(t, dbtest.New(t, db.SQLite))
	webtest.Get(o.site, "/kpm-2021/draft", "Cookie", o.cookies["jan"])
	line := o.log.String()
	if !strings.Contains(line, "not admitted") || !strings.Contains(line, "route=draft") || strings.Contains(line, "jan@") || strings.Contains(line, "Jan") {
		t.Errorf("the log says %q, want which route and nobody's name", line)
	}
}

func TestALookAtPeopleIsNoted(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		o := openDoor(t, d)
		looks := func() (n int) {
			if err := d.QueryRow(t.Context(), `SELECT COUNT(*) FROM journal WHERE action = 'rights.looked'`).Scan(&n); err != nil {
				t.Fatal(err)
			}
			return n
		}
		webtest.Get(o.site, "/kpm-2021/draft", "Cookie", o.cookies["ada"])
		webtest.Get(o.site, "/kpm-2021/people", "Cookie", o.cookies["jan"])
		if n := looks(); n != 0 {
			t.Errorf("%d looks are noted before anybody has looked", n)
		}
		webtest.Get(o.site, "/kpm-2021/people", "Cookie", o.cookies["ada"])
		if n := looks(); n != 1 {
			t.Errorf("%d looks are noted, want one", n)
		}
		const one = "0190a0b0-0000-7000-8000-000000000001"
		for path, want := range map[string]string{one: one, "Jan Nikt": ""} {
			webtest.Get(o.site, "/kpm-2021/people/"+strings.ReplaceAll(path, " ", "%20"), "Cookie", o.cookies["ada"])
			var object, edition string
			err := d.QueryRow(t.Context(), `
				SELECT object, edition FROM journal WHERE action = 'rights.looked' ORDER BY seq DESC LIMIT 1`).Scan(&object, &edition)
			if want == "" {
				want = edition
			}
			if err != nil || object != want {
				t.Errorf("a look at %q is noted as one at %q, %v, want %q", path, object, err, want)
			}
		}
	})
}

func TestWhatWouldHurtMostAsksForAFreshSignIn(t *testing.T) {
	o := openDoor(t, dbtest.New(t, db.SQLite))
	if got := webtest.Get(o.site, "/kpm-2021/needs", "Cookie", o.cookies["ada"]); got.Code != http.StatusOK {
		t.Errorf("a moment after signing in: %d, want 200", got.Code)
	}
	o.now = o.now.Add(15 * time.Minute)
	got := webtest.Get(o.site, "/kpm-2021/needs", "Cookie", o.cookies["ada"])
	if to := got.Header().Get("Location"); got.Code != http.StatusSeeOther || !strings.Contains(to, "again=1") {
		t.Errorf("a quarter of an hour later: %d to %q, want the sign-in page", got.Code, to)
	}
	if got := webtest.Get(o.site, "/kpm-2021/people", "Cookie", o.cookies["ada"]); got.Code != http.StatusOK {
		t.Errorf("other pages a quarter of an hour later: %d, want 200", got.Code)
	}
}

func TestTheGuardKnowsWhatThePolicyKnows(t *testing.T) {
	at := guard.Guard{Rights: rights.NewService(dbtest.New(t, db.SQLite), time.Now)}
	for _, test := range []struct {
		name  string
		route web.Route
		good  bool
	}{
		{"a row of the policy", web.Route{Action: "programme.draft", Object: "within", Who: web.SignedIn}, true},
		{"no row", web.Route{Action: "moon.paint", Object: "within", Who: web.SignedIn}, false},
		{"no such thing", web.Route{Action: "programme.draft", Object: "moon", Who: web.SignedIn}, false},
		{"for everyone, against the policy", web.Route{Action: "programme.draft", Object: "within"}, false},
		{"for some, against the policy", web.Route{Action: "programme.read", Who: web.SignedIn}, false},
		{"only some may, to nothing", web.Route{Action: "programme.draft", Who: web.SignedIn}, false},
		{"one's own", web.Route{Action: "account.self", Who: web.SignedIn}, true},
		{"one's own, without a look by the guard", web.Route{Action: "account.self", Who: web.SignedIn, Lean: true}, true},
		{"everyone's, without a look by the guard", web.Route{Action: "programme.read", Lean: true}, true},
		{"what only some may, without a look by the guard", web.Route{Action: "programme.draft", Object: "within", Who: web.SignedIn, Lean: true}, false},
	} {
		if err := at.Know(test.route); (err == nil) != test.good {
			t.Errorf("%s: Know = %v, want good = %v", test.name, err, test.good)
		}
	}
}
