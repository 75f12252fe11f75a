package planner_test

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
	"obrady/internal/export"
	"obrady/internal/i18n"
	"obrady/internal/partner"
	"obrady/internal/people"
	"obrady/internal/programme"
	"obrady/internal/rights"
	"obrady/internal/signin"
	"obrady/internal/table"
	"obrady/internal/text"
	"obrady/internal/timetable"
	"obrady/internal/web"
	"obrady/internal/web/account"
	"obrady/internal/web/desk"
	"obrady/internal/web/guard"
	"obrady/internal/web/organiser"
	"obrady/internal/web/planner"
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

func atNoon() time.Time { return webtest.Noon }

// office is a desk with an edition, a block and two rooms, where somebody is signed in.
type office struct {
	t         *testing.T
	site      *web.Site
	session   string
	known     string // what the browser keeps of who was signed in
	edition   edition.Edition
	block     programme.Block
	rooms     []timetable.Place
	programme *programme.Service
	timetable *timetable.Service
	people    *people.Service
	published []edition.ID
	guest     people.AccountID // whom /test-enter-guest signs in
}

func open(t *testing.T, d *db.DB) *office {
	t.Helper()
	o := &office{
		t: t, programme: programme.NewService(d, atNoon), timetable: timetable.NewService(d, atNoon), people: people.NewService(d, atNoon),
	}
	editions := edition.NewService(d, atNoon)
	allowed := rights.NewService(d, atNoon)
	kit := &desk.Kit{Editions: editions, Accounts: o.people, Rights: allowed, Drafts: drafts{d}, Now: atNoon}
	ada := webtest.Organiser(t, d, "ada@example.org")
	keeper := partner.NewKeeper(d, atNoon, o.timetable)
	setting := &organiser.Pages{Kit: kit, Editions: editions, People: keeper, Programme: keeper, Timetable: keeper}
	pages := &planner.Pages{
		Kit: kit, People: keeper, Programme: keeper, Timetable: keeper,
		Published: func(of edition.ID) { o.published = append(o.published, of) },
	}
	config := webtest.Config(t, partner.Locale, planner.Locale, account.Locale, signin.Locale, organiser.Locale, desk.Locale, text.Locale, edition.Locale, people.Locale, programme.Locale, rights.Locale, timetable.Locale, table.Locale, export.Locale)
	pages.Imports = export.NewImporter(d, atNoon)
	pages.Words = []i18n.Printer{config.Catalogue.In(i18n.Polish), config.Catalogue.In(i18n.English)}
	enter := web.Route{Name: "test.enter", Path: "/test-enter", Action: "account.enter", Handle: func(w http.ResponseWriter, r *http.Request) error {
		if err := web.SignIn(r, string(ada)); err != nil {
			return err
		}
		kit.Remember(w, r, string(ada))
		w.WriteHeader(http.StatusNoContent)
		return nil
	}}
	config.SignIn, config.Log = "signin", slog.New(slog.NewTextHandler(t.Output(), &slog.HandlerOptions{Level: slog.LevelWarn}))
	config.Guard = guard.Guard{Rights: allowed, Log: slog.New(slog.DiscardHandler)}
	o.site = webtest.Site(t, config, slices.Concat(pages.Routes(), setting.Routes(), door(t, d, kit).Routes(), []web.Route{enter, o.enterGuest()})...)
	entered := webtest.Get(o.site, "/test-enter").Header()
	o.known, o.session = cookieOf(entered, "desk-who"), cookieOf(entered, "sid")
	o.furnish(editions)
	return o
}

func (o *office) furnish(editions *edition.Service) {
	o.t.Helper()
	ctx := o.t.Context()
	var err error
	o.edition, err = editions.Save(ctx, "desk", edition.Edition{
		Slug: "kpm-2021", Name: i18n.Both("Kongres"), StartsOn: "2021-06-07", EndsOn: "2021-06-08",
		TimeZone: "Europe/Warsaw", Form: edition.OnSite,
	})
	o.must(err)
	o.block, err = o.programme.SaveBlock(ctx, "desk", programme.Block{
		Edition: o.edition.ID, Slug: "kalejdoskopy", Kind: programme.Kaleidoscopes, Mark: "E", Colour: 5, Name: i18n.Both("Kalejdoskopy"),
	})
	o.must(err)
	for _, slug := range []string{"sala-a", "sala-b"} {
		room, err := o.timetable.SavePlace(ctx, "desk", timetable.Place{
			Edition: o.edition.ID, Slug: slug, Kind: timetable.Room, Name: i18n.Both(slug), Capacity: 30,
		})
		o.must(err)
		o.rooms = append(o.rooms, room)
	}
	_, err = o.people.SavePerson(ctx, "desk", people.Person{Slug: "ewa-zielinska", Name: "Ewa Zielińska"})
	o.must(err)
}

func (o *office) must(err error) {
	o.t.Helper()
	if err != nil {
		o.t.Fatal(err)
	}
}

func (o *office) get(path string) *httptest.ResponseRecorder {
	o.t.Helper()
	return webtest.Get(o.site, path, "Cookie", o.session)
}

func (o *office) post(path string, form url.Values) *httptest.ResponseRecorder {
	o.t.Helper()
	return webtest.Post(o.site, path, form, "Cookie", o.session)
}

// working is the programme as it is saved.
func (o *office) working() *timetable.Index {
	o.t.Helper()
	p, err := o.timetable.Working(o.t.Context(), o.edition.ID)
	o.must(err)
	return p.Index()
}

// add saves a session with an hour in the first room.
func (o *office) add(title string, start time.Time) programme.Session {
	o.t.Helper()
	edit, err := o.timetable.Save(o.t.Context(), "desk", timetable.Edit{
		Sessions: []programme.Session{{
			Edition: o.edition.ID, Slug: text.Slug(title), Block: o.block.ID, Title: i18n.Both(title),
			Format: programme.Panel, Form: edition.OnSite, Status: programme.Ready,
		}},
		Slots: []timetable.Slot{{Place: o.rooms[0].ID, Start: start, End: start.Add(time.Hour)}},
	})
	o.must(err)
	return edit.Sessions[0]
}

// form is a good form of a new session.
func (o *office) form() url.Values {
	return url.Values{
		"title_pl": {"Kalejdoskop: zieleń"}, "title_en": {"Kaleidoscope: greenery"}, "block": {string(o.block.ID)},
		"format": {"kaleidoscope"}, "form": {"on_site"}, "status": {"ready"}, "languages": {"pl"}, "do": {"save"},
		"slot_id": {""}, "slot_revision": {""}, "slot_day": {"2021-06-07"}, "slot_start": {"10:00"}, "slot_end": {"11:00"},
		"slot_ends": {""}, "slot_place": {string(o.rooms[0].ID)}, "slot_start_turn": {""}, "slot_end_turn": {""},
	}
}

// hour is a time of the first day on the congress's clock, which is two hours ahead.
func hour(h, m int) time.Time { return time.Date(2021, 6, 7, h-2, m, 0, 0, time.UTC) }

// expect fails the test unless got has the status and all of the words, and, in that order.
func expect(t *testing.T, got *httptest.ResponseRecorder, status int, words ...string) {
	t.Helper()
	if got.Code != status {
		t.Errorf("status = %d, want %d: %s", got.Code, status, main(got.Body.String()))
	}
	rest := strings.ReplaceAll(got.Body.String(), "\u00a0", " ")
	for _, word := range words {
		_, after, found := strings.Cut(rest, word)
		if !found {
			t.Errorf("the page lacks %q (in this order): %s", word, main(rest))
			return
		}
		rest = after
	}
}

// main is the part of a page that a message can do with.
func main(page string) string {
	if _, after, found := strings.Cut(page, "<main"); found {
		return after[:min(len(after), 6000)]
	}
	return page[:min(len(page), 2000)]
}
