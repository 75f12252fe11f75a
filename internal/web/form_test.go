package web_test

import (
	"bytes"
	"fmt"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"obrady/internal/db"
	"obrady/internal/errs"
	"obrady/internal/web"
	"obrady/internal/web/webtest"
)

func TestForms(t *testing.T) {
	many := url.Values{}
	for i := range 1001 {
		many.Set(fmt.Sprint("x", i), "1")
	}
	for _, test := range []struct {
		name   string
		form   url.Values
		err    error
		status int
		want   []string // in the Polish answer
		en     string   // in the English one
	}{
		{"good", url.Values{"title": {"Woda"}}, nil, 303, nil, ""},
		{"NUL", url.Values{"title": {"Wo\x00da"}, "lead": {"zostaje"}}, nil, 422, []string{"pozycja 3", `value="Woda"`, "zostaje</textarea>", `href="#f-title"`, "1 rzecz do poprawienia"}, "position 3"},
		{"bytes that are no text", url.Values{"title": {"Łód\xffź"}}, nil, 422, []string{"pozycja 4", `aria-invalid="true"`}, "position 4"},
		{"text turned round", url.Values{"title": {"a\u202eb"}}, nil, 422, []string{"pozycja 2"}, "position 2"},
		{"no number", url.Values{"title": {"Woda"}, "places": {"dużo"}}, nil, 422, []string{`value="dużo"`, "Liczba miejsc: Wpisz liczbę całkowitą"}, "Number of places: Enter a whole number"},
		{"no date", url.Values{"day": {"2027-02-29"}}, nil, 422, []string{`value="2027-02-29"`, "istniejącą datę"}, "date and time that exist"},
		{"an hour that comes twice", url.Values{"day": {"2021-10-31"}, "hour": {"02:30"}}, nil, 422, []string{"zmienia się czas"}, "clocks change"},
		{"an hour that is skipped", url.Values{"day": {"2021-03-28"}, "hour": {"02:30"}}, nil, 422, []string{"zmienia się czas"}, "clocks change"},
		{"an hour like any other", url.Values{"day": {"2021-06-07"}, "hour": {"02:30"}}, nil, 303, nil, ""},
		{"what the slice refuses", url.Values{"title": {"Woda"}}, errs.Problems{{Name: "title", Error: errs.New(errs.Invalid, "thing.short")}}, 422, []string{"Tytuł: Wpisz tytuł.", `value="Woda"`}, "Title: Enter a title."},
		{"a choice stays chosen", url.Values{"format": {"b"}, "tags": {"a", "b"}, "places": {"x"}}, nil, 422, []string{`<option value="b" selected>`, `name="tags" value="a" checked`, `name="tags" value="b" checked`}, ""},
		{"somebody was first", url.Values{"title": {"Woda"}}, web.ErrStale, 409, []string{"Ktoś zapisał zmiany"}, "saved changes since"},
		{"no room on the disk", url.Values{"title": {"Woda"}, "lead": {strings.Repeat("Rzeka. ", 20)}, "revision": {"7"}}, fmt.Errorf("save: %w", db.ErrNoRoom), 507, []string{`action="/pl/kpm/rzeczy/a" method="post"`, `name="title" value="Woda"`, "Rzeka. Rzeka.</textarea>", `name="revision" value="7"`, "Wyślij ponownie"}, "Send again"},
		{"a database that has gone", url.Values{"title": {`"><script>`}}, fmt.Errorf("save: %w", db.ErrDown), 503, []string{`value="&#34;&gt;&lt;script&gt;"`, "Nic nie przepadło"}, "Nothing is lost"},
		{"script as text", url.Values{"title": {`"><script>alert(1)</script>`}, "places": {"x"}}, nil, 422, []string{`value="&#34;&gt;&lt;script&gt;`}, ""},
		{"too many fields", many, nil, 400, []string{"za dużo pól"}, "too many fields"},
		{"too large", url.Values{"lead": {strings.Repeat("a", 300<<10)}}, nil, 413, []string{"Limit wynosi 256 kB"}, "The limit is 256 kB"},
	} {
		t.Run(test.name, func(t *testing.T) {
			site, p := open(t)
			p.err = test.err
			got := webtest.Post(site, "/pl/kpm/rzeczy/a", test.form)
			if got.Code != test.status {
				t.Errorf("status %d, want %d:\n%s", got.Code, test.status, got.Body)
			}
			for _, want := range test.want {
				if !strings.Contains(got.Body.String(), want) {
					t.Errorf("no %q in\n%s", want, got.Body)
				}
			}
			if english := webtest.Post(site, "/en/kpm/things/a", test.form); !strings.Contains(english.Body.String(), test.en) {
				t.Errorf("no %q in\n%s", test.en, english.Body)
			}
		})
	}
}

// What is kept is composed and trimmed, and only what the form has.
func TestFormKeeps(t *testing.T) {
	site, p := open(t)
	webtest.Post(site, "/pl/kpm/rzeczy/a", url.Values{
		"title": {"  Z\u0301ro\u0301dło\u00a0i woda\t"}, "lead": {"jeden\r\ndwa"}, "role": {"admin"}, "revision": {"7"},
	})
	if got, want := p.saved.Value("title"), "Źródło\u00a0i woda"; got != want {
		t.Errorf("title = %q, want %q", got, want)
	}
	if got, want := p.saved.Value("lead"), "jeden\ndwa"; got != want {
		t.Errorf("lead = %q, want %q", got, want)
	}
	if p.saved.Revision != 7 || p.saved.Value("role") != "" {
		t.Errorf("revision %d, role %q, want 7 and none", p.saved.Revision, p.saved.Value("role"))
	}
}

func TestFormOfAnotherKind(t *testing.T) {
	site, _ := open(t)
	r := httptest.NewRequest("POST", "/pl/kpm/rzeczy/a", strings.NewReader(`{"title":"x"}`))
	if got := webtest.Do(site, r, "Content-Type", "application/json"); got.Code != 415 {
		t.Errorf("JSON = %d, want 415", got.Code)
	}
	r = httptest.NewRequest("POST", "/pl/kpm/rzeczy/a", strings.NewReader("title=%zz"))
	if got := webtest.Do(site, r, "Content-Type", "application/x-www-form-urlencoded"); got.Code != 400 {
		t.Errorf("a bad escape = %d, want 400", got.Code)
	}
}

// A file that is too large leaves the text that came before it.
func TestUpload(t *testing.T) {
	for name, test := range map[string]struct{ size, status int }{"small": {100, 200}, "too large": {8 << 10, 413}} {
		t.Run(name, func(t *testing.T) {
			site, _ := open(t)
			var body bytes.Buffer
			parts := multipart.NewWriter(&body)
			if err := parts.WriteField("title", "Zostaje"); err != nil {
				t.Fatal(err)
			}
			file, err := parts.CreateFormFile("file", "plan.pdf")
			if err != nil {
				t.Fatal(err)
			}
			_, _ = file.Write(bytes.Repeat([]byte("x"), test.size))
			_ = parts.Close()
			got := webtest.Do(site, httptest.NewRequest("POST", "/pl/kpm/plik", &body), "Content-Type", parts.FormDataContentType())
			if got.Code != test.status || !strings.Contains(got.Body.String(), `value="Zostaje"`) {
				t.Errorf("upload = %d, want %d with the title kept:\n%s", got.Code, test.status, got.Body)
			}
			if said := strings.Contains(got.Body.String(), "Limit wynosi 4 kB"); said != (test.status == 413) {
				t.Errorf("says the limit: %v, want %v", said, test.status == 413)
			}
		})
	}
}

func TestCrossSite(t *testing.T) {
	site, p := open(t)
	got := webtest.Post(site, "/pl/kpm/rzeczy/a", url.Values{"title": {"x"}}, "Sec-Fetch-Site", "cross-site")
	if got.Code != 403 || !strings.Contains(got.Body.String(), "Formularz wysłano z innej strony") || p.saved.Fields != nil {
		t.Errorf("cross-site POST = %d, want 403 and nothing saved:\n%s", got.Code, got.Body)
	}
	if got := webtest.Post(site, "/pl/kpm/rzeczy/a", url.Values{"title": {"x"}}, "Origin", "https://evil.example"); got.Code != 403 {
		t.Errorf("POST from another origin = %d, want 403", got.Code)
	}
	if got := webtest.Post(site, "/pl/kpm/rzeczy/a", url.Values{"title": {"x"}}, "Sec-Fetch-Site", "same-origin"); got.Code != 303 {
		t.Errorf("POST from here = %d, want 303", got.Code)
	}
}

func TestSession(t *testing.T) {
	site, _ := open(t, func(c *web.Config) { c.BaseURL = "https://kongres.example" })
	got := webtest.Post(site, "/pl/wejscie", url.Values{"next": {"/pl/kpm/biurko"}})
	if got.Code != 303 || got.Header().Get("Location") != "/pl/kpm/biurko" {
		t.Fatalf("sign in = %d to %q, want 303 to /pl/kpm/biurko", got.Code, got.Header().Get("Location"))
	}
	cookie := got.Result().Cookies()[0]
	if cookie.Name != "__Host-sid" || !cookie.HttpOnly || !cookie.Secure || cookie.SameSite != http.SameSiteLaxMode || cookie.Domain != "" || cookie.Path != "/" {
		t.Errorf("cookie %v, want __Host-sid, HttpOnly, Secure, Lax", cookie)
	}
	with := []string{"Cookie", cookie.Name + "=" + cookie.Value}
	if got := webtest.Get(site, "/pl/kpm/biurko", with...); got.Code != 200 {
		t.Errorf("the desk after signing in = %d, want 200", got.Code)
	}
	webtest.Post(site, "/pl/kpm/rzeczy/a", url.Values{"title": {"Woda"}}, with...)
	public := webtest.Get(site, "/pl/kpm/rzeczy/a", with...)
	if strings.Contains(public.Body.String(), "Zapisano") || public.Header().Get("Set-Cookie") != "" || strings.Contains(public.Header().Get("Vary"), "Cookie") {
		t.Errorf("a public page knows the session:\n%v", public.Header())
	}
	if got := webtest.Get(site, "/pl/kpm/rzeczy/a/zmiana", with...); !strings.Contains(got.Body.String(), "Zapisano: Woda.") {
		t.Errorf("the page after the form does not say that it was saved:\n%s", got.Body)
	}
	if got := webtest.Get(site, "/pl/kpm/rzeczy/a/zmiana", with...); strings.Contains(got.Body.String(), "Zapisano") {
		t.Error("it says so twice")
	}
	webtest.Post(site, "/pl/wyjscie", nil, with...)
	if got := webtest.Get(site, "/pl/kpm/biurko", with...); got.Code != 303 {
		t.Errorf("the desk after signing out = %d, want 303", got.Code)
	}
}

func TestLocalPath(t *testing.T) {
	for next, want := range map[string]string{
		"/pl/biurko?a=1": "/pl/biurko?a=1", "//evil.example": "", "https:evil": "", "https://evil.example/": "",
		"javascript:alert(1)": "", `\\evil`: "", `/\evil`: "", "/%5cevil": "", "/%2fevil": "", "": "", "pl": "", "/pl/\x00": "",
		"/" + strings.Repeat("a", 9000): "",
	} {
		if got, ok := web.LocalPath(next); got != want || ok != (want != "") {
			t.Errorf("LocalPath(%.40q) = %q, %v, want %q", next, got, ok, want)
		}
	}
}
