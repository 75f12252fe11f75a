package web_test

import (
	"net/http"
	"testing"

	"obrady/internal/web"
	"obrady/internal/web/webtest"
)

func TestAWordAfterTheLanguageMayStandBesideEditions(t *testing.T) {
	say := func(word string) web.Handler {
		return func(w http.ResponseWriter, _ *http.Request) error {
			_, err := w.Write([]byte(word))
			return err
		}
	}
	site := webtest.Site(t, webtest.Config(t),
		web.Route{Name: "enter", PL: "/wejscie/{token}", EN: "/enter/{token}", Action: "a.b", Handle: say("door")},
		web.Route{Name: "programme", PL: "/{edition}/program", EN: "/{edition}/programme", Action: "a.b", Handle: say("programme")},
		web.Route{Name: "archive", PL: "/archiwum", EN: "/archive", Action: "a.b", Handle: say("archive")},
		web.Route{Name: "edition", PL: "/{edition}", EN: "/{edition}", Action: "a.b", Handle: say("edition")},
	)
	for path, want := range map[string]string{
		"/pl/wejscie/abc":      "door",
		"/pl/wejscie/program":  "door",
		"/en/enter/programme":  "door",
		"/pl/kpm-2021/program": "programme",
		"/pl/archiwum":         "archive",
		"/pl/kpm-2021":         "edition",
	} {
		if got := webtest.Get(site, path); got.Code != http.StatusOK || got.Body.String() != want {
			t.Errorf("GET %s = %d %.40q, want %q", path, got.Code, got.Body, want)
		}
	}
	if got := webtest.Get(site, "/en/wejscie/abc"); got.Header().Get("Location") != "/en/enter/abc" {
		t.Errorf("the words of the other language lead to %q, want /en/enter/abc", got.Header().Get("Location"))
	}
	for word, want := range map[string]bool{"wejscie": true, "enter": true, "archiwum": true, "pl": true, "kpm-2021": false} {
		if got := site.Reserved(word); got != want {
			t.Errorf("Reserved(%q) = %v, want %v", word, got, want)
		}
	}
}
