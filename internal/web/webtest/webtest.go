// Package webtest lets a test open the pages of the congress as a visitor does.
package webtest

import (
	"context"
	"html/template"
	"io/fs"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/jba/templatecheck"

	"obrady/internal/db"
	"obrady/internal/i18n"
	"obrady/internal/people"
	"obrady/internal/rights"
	"obrady/internal/web"
)

// A Page is a template that knows what it is executed with; web.Template is one.
type Page interface {
	Name() string
	Underlying() *template.Template
	Sample() any
}

// CheckTemplates fails the test where a template names a field or a method that its data does not have.
func CheckTemplates(t *testing.T, pages ...Page) {
	t.Helper()
	for _, page := range pages {
		if err := templatecheck.CheckHTML(page.Underlying(), page.Sample()); err != nil {
			t.Errorf("template of %s: %v", page.Name(), err)
		}
	}
}

// Noon is the moment at which the sites of tests stand still.
var Noon = time.Date(2021, 6, 7, 12, 0, 0, 0, time.UTC)

// Config is a good one for a test: the sentences of locales and of the kit, and a clock that stands at Noon.
func Config(t *testing.T, locales ...fs.FS) web.Config {
	t.Helper()
	catalogue, err := i18n.Load(append([]fs.FS{web.Locale}, locales...)...)
	if err != nil {
		t.Fatal(err)
	}
	return web.Config{Catalogue: catalogue, Now: func() time.Time { return Noon }}
}

// Organiser opens an account that may do everything.
func Organiser(t *testing.T, d *db.DB, email string) people.AccountID {
	t.Helper()
	var account people.Account
	err := d.Tx(t.Context(), func(tx *db.Tx) (err error) {
		account, err = people.OpenAccount(t.Context(), tx, people.Account{Email: email, Name: "Ada Biurkowa", CreatedAt: Noon.Add(-time.Hour)})
		if err != nil {
			return err
		}
		return rights.Write(t.Context(), tx, rights.Grant{
			Account: account.ID, Role: rights.Organiser, Node: rights.Whole, From: account.CreatedAt, GrantedAt: account.CreatedAt,
		})
	})
	if err != nil {
		t.Fatal(err)
	}
	return account.ID
}

// Site is a site of routes.
func Site(t *testing.T, config web.Config, routes ...web.Route) *web.Site {
	t.Helper()
	site, err := web.New(config)
	if err != nil {
		t.Fatal(err)
	}
	if err := site.Mount(routes...); err != nil {
		t.Fatal(err)
	}
	return site
}

// Do sends a request; headers are name, value, name, value.
func Do(h http.Handler, r *http.Request, headers ...string) *httptest.ResponseRecorder {
	for i := 0; i+1 < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	got := httptest.NewRecorder()
	h.ServeHTTP(got, r)
	return got
}

// Get opens the page at path.
func Get(h http.Handler, path string, headers ...string) *httptest.ResponseRecorder {
	return Do(h, httptest.NewRequestWithContext(context.Background(), http.MethodGet, path, nil), headers...)
}

// Post sends a form to path.
func Post(h http.Handler, path string, form url.Values, headers ...string) *httptest.ResponseRecorder {
	r := httptest.NewRequestWithContext(context.Background(), http.MethodPost, path, strings.NewReader(form.Encode()))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	return Do(h, r, headers...)
}
