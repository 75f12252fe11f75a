package visitor

import (
	"context"
	"fmt"
	"log/slog"
	"testing"
	"time"

	"obrady/internal/civil"
	"obrady/internal/db"
	"obrady/internal/db/dbtest"
	"obrady/internal/demo"
	"obrady/internal/edition"
	"obrady/internal/i18n"
	"obrady/internal/people"
	"obrady/internal/programme"
	"obrady/internal/publication"
	"obrady/internal/timetable"
	"obrady/internal/web"
)

// house is a site with its pages, over what fill has written.
type house struct {
	*web.Site
	pages    *Pages
	editions *edition.Service
	at       time.Time // what the clock shows
}

func open(t testing.TB, fill func(ctx context.Context, d *db.DB, now func() time.Time) error, configure ...func(*web.Config)) *house {
	t.Helper()
	h := &house{at: time.Date(2021, 5, 25, 10, 0, 0, 0, time.UTC)}
	now := func() time.Time { return h.at }
	d := dbtest.New(t, db.SQLite)
	if err := fill(t.Context(), d, now); err != nil {
		t.Fatal(err)
	}
	catalogue, err := i18n.Load(web.Locale, Locale, people.Locale, edition.Locale, programme.Locale, timetable.Locale)
	if err != nil {
		t.Fatal(err)
	}
	releases := timetable.NewService(d, now)
	desk := publication.New(d, releases, slog.New(slog.DiscardHandler))
	if err := desk.Refresh(t.Context()); err != nil {
		t.Fatal(err)
	}
	config := web.Config{Catalogue: catalogue, Now: now, Programme: "programme", Search: "search"}
	for _, change := range configure {
		change(&config)
	}
	if h.Site, err = web.New(config); err != nil {
		t.Fatal(err)
	}
	h.editions = edition.NewService(d, now)
	h.pages = New(Config{Site: h.Site, Catalogue: catalogue, Desk: desk, Wordings: h.editions, Now: now})
	if err := h.Mount(h.pages.Routes()...); err != nil {
		t.Fatal(err)
	}
	return h
}

// openDemo is the site of the demonstration.
func openDemo(t testing.TB) *house { return open(t, demo.Fill) }

// autumn is a small congress over the night in which the clocks go back: at 3:00 of 31 October 2021 it is 2:00
// again in Warsaw.
func autumn(ctx context.Context, d *db.DB, now func() time.Time) error {
	a := author{d: d, now: now, ends: "2021-10-31", places: map[string]timetable.PlaceID{}, blocks: map[string]programme.BlockID{}}
	if err := a.begin(ctx); err != nil {
		return err
	}
	for _, s := range []planned{
		{slug: "otwarcie", title: i18n.Text{PL: "Otwarcie w Łodzi", EN: "Opening in Łódź"}, place: "aula", from: "2021-10-30T10:00Z", minutes: 60},
		{slug: "mieszkania", title: i18n.Text{PL: "Mieszkania dla młodych"}, place: "aula", from: "2021-10-30T11:30Z", minutes: 60},
		{slug: "zielen", title: i18n.Text{PL: "Zieleń", EN: "Greenery", ENState: i18n.Machine}, place: "aula", from: "2021-10-30T12:00Z", minutes: 60, language: "en"},
		{slug: "przerwa", title: i18n.Both("Lunch"), from: "2021-10-30T13:00Z", minutes: 30, format: programme.Break},
		{slug: "odwolana", title: i18n.Both("Spacer"), place: "ogrod", from: "2021-10-30T14:00Z", minutes: 60, cancelled: i18n.Text{PL: "Burza", EN: "A storm"}},
		{slug: "noc", title: i18n.Both("Noc"), place: "ogrod", from: "2021-10-30T21:30Z", minutes: 150}, // 23:30 till 2:00, the first one
		{slug: "druga-druga", title: i18n.Both("Druga po raz drugi"), place: "ogrod", from: "2021-10-31T01:15Z", minutes: 30},
		{slug: "ranek", title: i18n.Both("Ranek"), place: "aula", from: "2021-10-31T08:00Z", minutes: 60},
		{slug: "kiedys", title: i18n.Both("Kiedyś")},
	} {
		if err := a.add(ctx, s); err != nil {
			return fmt.Errorf("%s: %w", s.slug, err)
		}
	}
	_, err := timetable.NewService(d, now).Publish(ctx, timetable.Order{
		Edition: a.edition.ID, Name: i18n.Both("Pierwsze"), Scope: timetable.Scope{Kind: timetable.Whole}, By: "desk",
	})
	return err
}

// planned is one session of the fixture.
type planned struct {
	slug      string
	title     i18n.Text
	place     string
	from      string
	minutes   int
	format    programme.Format
	language  string
	cancelled i18n.Text
}

// author writes the fixture.
type author struct {
	d       *db.DB
	now     func() time.Time
	ends    civil.Date
	edition edition.Edition
	places  map[string]timetable.PlaceID
	blocks  map[string]programme.BlockID
}

func (a *author) begin(ctx context.Context) (err error) {
	a.edition, err = edition.NewService(a.d, a.now).Save(ctx, "desk", edition.Edition{
		Slug: "jesien", Name: i18n.Text{PL: "Kongres jesienny", EN: "Autumn congress"}, City: i18n.Both("Łódź"), StartsOn: "2021-10-30", EndsOn: a.ends,
		TimeZone: "Europe/Warsaw", Form: edition.OnSite, Public: true,
	})
	if err != nil {
		return err
	}
	for n, slug := range []string{"aula", "ogrod"} {
		place, err := timetable.NewService(a.d, a.now).SavePlace(ctx, "desk", timetable.Place{
			Edition: a.edition.ID, Slug: slug, Kind: timetable.Room, Name: i18n.Both(capital(slug)), Shared: true, Position: n,
		})
		if err != nil {
			return err
		}
		a.places[slug] = place.ID
	}
	block, err := programme.NewService(a.d, a.now).SaveBlock(ctx, "desk", programme.Block{
		Edition: a.edition.ID, Slug: "glowny", Kind: programme.General, Mark: "G", Colour: 1, Name: i18n.Text{PL: "Główny", EN: "Main"},
	})
	a.blocks["glowny"] = block.ID
	return err
}

func (a *author) add(ctx context.Context, p planned) error {
	s := programme.Session{
		Edition: a.edition.ID, Slug: p.slug, Block: a.blocks["glowny"], Title: p.title, Format: p.format,
		Form: edition.OnSite, Status: programme.Ready, Languages: []string{"pl"},
	}
	if p.format == "" {
		s.Format = programme.Panel
	}
	if p.language != "" {
		s.Languages = []string{p.language}
	}
	if !p.cancelled.IsZero() {
		s.Status, s.Reason = programme.Cancelled, p.cancelled
	}
	saved, err := programme.NewService(a.d, a.now).SaveSession(ctx, "desk", s)
	if err != nil || p.from == "" {
		return err
	}
	start, err := time.Parse("2006-01-02T15:04Z07:00", p.from)
	if err != nil {
		return err
	}
	_, err = timetable.NewService(a.d, a.now).SaveSlot(ctx, "desk", timetable.Slot{
		Session: saved.ID, Place: a.places[p.place], Start: start, End: start.Add(time.Duration(p.minutes) * time.Minute),
	})
	return err
}

const saturday = civil.Date("2021-10-30")
