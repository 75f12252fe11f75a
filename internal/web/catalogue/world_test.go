package catalogue_test

import (
	"context"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"obrady/internal/db"
	"obrady/internal/draft"
	"obrady/internal/edition"
	"obrady/internal/file"
	"obrady/internal/i18n"
	"obrady/internal/people"
	"obrady/internal/practice"
	"obrady/internal/publication"
	"obrady/internal/rights"
	"obrady/internal/text"
	"obrady/internal/timetable"
	"obrady/internal/web"
	"obrady/internal/web/catalogue"
	"obrady/internal/web/desk"
	"obrady/internal/web/guard"
	"obrady/internal/web/webtest"
)

// drafts puts package draft upon a database, as the program does.
type drafts struct{ db *db.DB }

func (d drafts) Keep(ctx context.Context, one draft.Draft) error { return draft.Keep(ctx, d.db, one) }

func (d drafts) Find(ctx context.Context, owner, form string) (draft.Draft, error) {
	return draft.Find(ctx, d.db, owner, form)
}

func (d drafts) Drop(ctx context.Context, owner, form string) error {
	return draft.Drop(ctx, d.db, owner, form)
}

// library is a site with the pages of the catalogue and an edition that the public sees.
type library struct {
	t        *testing.T
	db       *db.DB
	now      time.Time
	site     *web.Site
	keep     *practice.Service
	edition  edition.ID
	terms    map[string]edition.TermID // by slug
	accounts map[string]people.AccountID
	cookies  map[string]string // by who is signed in
}

func (l *library) must(err error) {
	l.t.Helper()
	if err != nil {
		l.t.Fatal(err)
	}
}

func open(t *testing.T, d *db.DB) *library {
	t.Helper()
	l := &library{t: t, db: d, now: webtest.Noon, accounts: map[string]people.AccountID{}, cookies: map[string]string{}, terms: map[string]edition.TermID{}}
	clock := func() time.Time { return l.now }
	editions, register, allowed := edition.NewService(d, clock), people.NewService(d, clock), rights.NewService(d, clock)
	l.accounts["ada"] = webtest.Organiser(t, d, "ada@example.org")
	e, err := editions.Save(t.Context(), "desk", edition.Edition{
		Slug: "kpm-2021", Name: i18n.Both("Kongres"), StartsOn: "2021-06-07", EndsOn: "2021-06-08", TimeZone: "Europe/Warsaw", Form: edition.OnSite, Public: true,
	})
	l.must(err)
	l.edition = e.ID
	for i, kind := range []edition.TaxonomyKind{edition.Goal, edition.PracticePath} {
		terms := []edition.Term{{Slug: "zielone", Name: i18n.Text{PL: "Miasto zielone", EN: "Green city"}, Since: 1}, {Slug: "dostepne", Name: i18n.Text{PL: "Miasto dostępne", EN: "Accessible city"}, Since: 1}}
		if kind == edition.PracticePath {
			terms = []edition.Term{{Slug: "woda", Name: i18n.Text{PL: "Woda", EN: "Water"}, Since: 1}, {Slug: "ruch", Name: i18n.Text{PL: "Ruch", EN: "Movement"}, Since: 1}}
		}
		list, err := editions.SaveTaxonomy(t.Context(), "desk", edition.Taxonomy{Edition: e.ID, Kind: kind, Name: i18n.Both(string(kind)), Version: 1, Terms: terms, Position: i + 1})
		l.must(err)
		for _, term := range list.Terms {
			l.terms[term.Slug] = term.ID
		}
	}
	plans := timetable.NewService(d, clock)
	_, err = plans.Publish(t.Context(), timetable.Order{Edition: e.ID, Name: i18n.Both("pierwsze"), Scope: timetable.Scope{Kind: timetable.Whole}, By: "desk"})
	l.must(err)
	public := publication.New(d, plans, slog.New(slog.DiscardHandler))
	l.must(public.Refresh(t.Context()))
	l.keep = practice.NewService(d, clock)
	shelf := practice.NewShelf(d, slog.New(slog.DiscardHandler))
	l.keep.Changed = func(edition.ID) { l.must(shelf.Refresh(context.Background())) }
	config := webtest.Config(t, catalogue.Locale, practice.Locale, desk.Locale, edition.Locale, people.Locale, rights.Locale, text.Locale, file.Locale)
	config.Now, config.SignIn = clock, "door"
	config.Guard = guard.Guard{Rights: allowed, Log: slog.New(slog.DiscardHandler)}
	pages := &catalogue.Pages{
		Kit:    &desk.Kit{Editions: editions, Accounts: register, Rights: allowed, Drafts: drafts{d}, Now: clock},
		Keeper: l.keep, Teller: l.keep, Shelf: shelf, Published: public, Lists: editions, Names: register, Words: config.Catalogue,
	}
	pages.Site = webtest.Site(t, config)
	l.site = pages.Site
	l.must(l.site.Mount(slices.Concat(pages.Routes(), doors(l))...))
	return l
}

// doors are the addresses outside of the catalogue to which its pages lead.
func doors(l *library) []web.Route {
	nothing := func(http.ResponseWriter, *http.Request) error { return nil }
	row := func(name, path string, who web.Who, action rights.Action) web.Route {
		return web.Route{Name: name, PL: path, EN: path, Action: string(action), Who: who, Handle: nothing}
	}
	draft := row("desk.draft", "/{edition}/szkice/{form}", web.SignedIn, rights.OwnAccount)
	drop := row("desk.draft.drop", "/{edition}/szkice/{form}/drop", web.SignedIn, rights.OwnAccount)
	out := row("desk.sign-out", "/wyjscie", web.SignedIn, rights.OwnAccount)
	all := row("desk.editions", "/edycje", web.SignedIn, rights.OwnAccount)
	return []web.Route{
		draft, drop, out, all, row("door", "/wejscie", web.Everyone, rights.Enter),
		{Name: "enter", Path: "/enter/{who}", Action: string(rights.Enter), Handle: func(_ http.ResponseWriter, r *http.Request) error {
			return web.SignIn(r, string(l.accounts[r.PathValue("who")]))
		}},
	}
}

// account opens an account, which can then be signed in.
func (l *library) account(name string) people.AccountID {
	l.t.Helper()
	l.must(l.db.Tx(l.t.Context(), func(tx *db.Tx) error {
		a, err := people.OpenAccount(l.t.Context(), tx, people.Account{Email: name + "@example.org", Name: name, CreatedAt: l.now})
		l.accounts[name] = a.ID
		return err
	}))
	return l.accounts[name]
}

func (l *library) cookie(who string) string {
	if who == "" {
		return ""
	}
	if l.cookies[who] == "" {
		l.cookies[who], _, _ = strings.Cut(webtest.Get(l.site, "/enter/"+who).Header().Get("Set-Cookie"), ";")
	}
	return l.cookies[who]
}

func (l *library) get(who, path string) *httptest.ResponseRecorder {
	l.t.Helper()
	return webtest.Get(l.site, path, "Cookie", l.cookie(who))
}

func (l *library) post(who, path string, form url.Values) *httptest.ResponseRecorder {
	l.t.Helper()
	return webtest.Post(l.site, path, form, "Cookie", l.cookie(who))
}

// page is a page that must be there.
func (l *library) page(who, path string) string {
	l.t.Helper()
	got := l.get(who, path)
	if got.Code != http.StatusOK {
		l.t.Fatalf("%s answers %d, want 200: %.400s", path, got.Code, got.Body)
	}
	return got.Body.String()
}

// whole is a practice that lacks nothing.
func (l *library) whole(slug string, change func(*practice.Practice)) practice.Practice {
	p := practice.Practice{
		Edition: l.edition, Slug: slug,
		Content: practice.Content{
			Title: i18n.Text{PL: "Ogród deszczowy", EN: "Rain garden"}, Summary: i18n.Both("Woda zostaje."), Owner: i18n.Both("Urząd"), City: i18n.Both("Łódka"),
			Region: "10", Size: practice.Medium, From: "2018", Stage: practice.Running, Before: i18n.Both("Kałuże."), Done: i18n.Both("Niecka."),
			Resources: i18n.Both("Mało."), Failed: i18n.Both("Rośliny uschły."), Transfer: i18n.Both("Grunt."), Licence: "CC-BY-4.0",
			Blocks: []practice.Block{{Name: i18n.Both("Rura")}}, Results: []practice.Result{{Indicator: i18n.Both("Woda"), Before: i18n.Both("0"), After: i18n.Both("=SUM(A1)")}},
			Terms: []edition.TermID{l.terms["zielone"], l.terms["woda"]}, Position: &practice.Position{Lat: 51.7, Lon: 19.4},
		},
		Contact: practice.Contact{Email: "kontakt@example.org", Name: "Kontakt Wodny", Office: "woda"},
	}
	if change != nil {
		change(&p)
	}
	return p
}

func (l *library) publish(slug string, change func(*practice.Practice)) practice.Practice {
	l.t.Helper()
	p, err := l.keep.Save(l.t.Context(), "editor", l.whole(slug, change))
	l.must(err)
	p, err = l.keep.Publish(l.t.Context(), "editor", p.ID, p.Revision)
	l.must(err)
	return p
}
