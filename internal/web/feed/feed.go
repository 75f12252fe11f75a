// Package feed hands the published programme to machines on behalf of people:
// schedule apps, calendar programs, feed readers, spreadsheets, partners'
// sites, and programs that read the API.
//
// Everything here is made from what is public and kept until that changes, so
// that an app which asks every minute costs nothing.
package feed

import (
	"bytes"
	"context"
	"embed"
	"net/http"
	"slices"
	"strings"
	"time"

	"obrady/internal/edition"
	"obrady/internal/errs"
	"obrady/internal/export"
	"obrady/internal/i18n"
	"obrady/internal/programme"
	"obrady/internal/publication"
	"obrady/internal/schedule"
	"obrady/internal/text"
	"obrady/internal/timetable"
	"obrady/internal/web"
)

// Locale holds the sentences of embedded pages.
//
//go:embed locale/*.json
var Locale embed.FS

// Desk says what the public sees; package publication has it in memory.
type Desk interface {
	Current() *publication.State
	Edition(slug string) (*publication.Edition, error)
}

// Archive returns what an older release said.
type Archive interface {
	Published(ctx context.Context, release timetable.ReleaseID) (*timetable.Index, error)
}

// Feeds are the addresses that machines read.
type Feeds struct {
	Desk    Desk
	Archive Archive
	Words   *i18n.Catalogue
	// Site gives addresses; it is set before the first request, as the routes
	// are mounted after the site has been made.
	Site *web.Site
}

const action = "programme.read"

// Routes lists the addresses of files, embedded pages and the API.
func (f *Feeds) Routes() []web.Route {
	file := func(name, path string, handle web.Handler, query ...string) web.Route {
		return web.Route{
			Name: "feed." + name, Path: path, Action: action, Public: true, CORS: true, Query: query,
			Generation: f.generation, Handle: handle,
		}
	}
	routes := []web.Route{
		file("schedule.xml", "/{edition}/schedule.xml", f.scheduleXML, "lang"),
		file("schedule.json", "/{edition}/schedule.json", f.scheduleJSON, "lang"),
		file("schedule.version", "/{edition}/schedule/v/{file}", f.scheduleVersion, "lang"),
		file("calendar", "/{edition}/calendar.ics", f.calendar, "lang"),
		file("calendar.block", "/{edition}/blocks/{file}", f.blockCalendar, "lang"),
		file("calendar.stage", "/{edition}/stages/{file}", f.stageCalendar, "lang"),
		file("calendar.session", "/{edition}/sessions/{file}", f.sessionCalendar, "lang"),
		file("changes", "/{edition}/changes.atom", f.changes, "lang"),
		file("csv", "/{edition}/programme.csv", f.csv, "lang"),
		file("xlsx", "/{edition}/programme.xlsx", f.xlsx, "lang"),
		file("jsonld", "/{edition}/event.jsonld", f.jsonld, "lang", "session"),
		{
			// A personal agenda is nobody else's, so no cache of ours or of a proxy keeps it.
			Name: "feed.agenda", Path: "/{edition}/agenda.ics", Action: action, Query: []string{"sesje", "lang"}, Handle: f.agenda,
		},
		{Name: "feed.oembed", Path: "/oembed", Action: action, CORS: true, Query: []string{"*"}, Handle: f.oembed},
		{
			Name: "feed.embed", PL: "/{edition}/osadz/{kind}/{slug}", EN: "/{edition}/embed/{kind}/{slug}", Action: action,
			Public: true, Ancestors: "*", Generation: f.generation, Handle: f.embed,
		},
	}
	return append(routes, f.apiRoutes()...)
}

// generation names the state of the edition in the address; a page of another
// edition does not make this one's files anew.
func (f *Feeds) generation(r *http.Request) (string, bool) {
	e, err := f.Desk.Edition(r.PathValue("edition"))
	if err != nil {
		return "", false
	}
	return e.Generation, true
}

// view is what a file is made from.
type view struct {
	*publication.Edition
	x     *timetable.Index
	order export.Order
}

// look finds the edition of the address and the language of the file: Polish,
// which is binding, unless ?lang=en asks for English.
func (f *Feeds) look(r *http.Request) (view, error) {
	e, err := f.Desk.Edition(r.PathValue("edition"))
	if err != nil {
		return view{}, err
	}
	if e.Release.Number == 0 {
		return view{}, timetable.ErrNoRelease
	}
	lang, known := i18n.ParseLang(r.URL.Query().Get("lang"))
	if !known {
		lang = i18n.Polish
	}
	return view{e, e.Programme, f.order(e, lang)}, nil
}

func (f *Feeds) order(e *publication.Edition, lang i18n.Lang) export.Order {
	return export.Order{Words: f.Words.In(lang), Release: e.Release, Addresses: web.Addresses{Site: f.Site}}
}

// answer writes a whole file, or nothing of it.
func (v view) answer(w http.ResponseWriter, kind string, write func(*bytes.Buffer) error) error {
	var file bytes.Buffer
	if err := write(&file); err != nil {
		return err
	}
	w.Header().Set("Content-Type", kind)
	w.Header().Set("Last-Modified", v.modified().UTC().Format(http.TimeFormat))
	_, _ = file.WriteTo(w) // who has hung up misses nothing
	return nil
}

func (v view) modified() time.Time {
	if v.UpdatedAt.After(v.Release.PublishedAt) {
		return v.UpdatedAt
	}
	return v.Release.PublishedAt
}

const (
	typeXML      = "application/xml; charset=utf-8"
	typeJSON     = "application/json; charset=utf-8"
	typeCalendar = "text/calendar; charset=utf-8"
	typeAtom     = "application/atom+xml; charset=utf-8"
	typeCSV      = "text/csv; charset=utf-8"
	typeXLSX     = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
	typeLD       = "application/ld+json; charset=utf-8"
)

func (f *Feeds) scheduleXML(w http.ResponseWriter, r *http.Request) error {
	v, err := f.look(r)
	if err != nil {
		return err
	}
	return v.answer(w, typeXML, func(b *bytes.Buffer) error { return schedule.WriteXML(b, export.Schedule(v.x, v.order)) })
}

func (f *Feeds) scheduleJSON(w http.ResponseWriter, r *http.Request) error {
	v, err := f.look(r)
	if err != nil {
		return err
	}
	return v.answer(w, typeJSON, func(b *bytes.Buffer) error { return schedule.WriteJSON(b, export.Schedule(v.x, v.order)) })
}

// scheduleVersion answers with an older release, by number or by the slug of
// its name.
func (f *Feeds) scheduleVersion(w http.ResponseWriter, r *http.Request) error {
	v, err := f.look(r)
	if err != nil {
		return err
	}
	wanted, ok := strings.CutSuffix(r.PathValue("file"), ".xml")
	at := slices.IndexFunc(v.Releases, func(one timetable.Release) bool { return releaseSlug(one) == wanted || numberOf(one) == wanted })
	if !ok || at < 0 {
		return timetable.ErrNoRelease
	}
	if v.x, err = f.Archive.Published(r.Context(), v.Releases[at].ID); err != nil {
		return err
	}
	v.order.Release = v.Releases[at]
	return v.answer(w, typeXML, func(b *bytes.Buffer) error { return schedule.WriteXML(b, export.Schedule(v.x, v.order)) })
}

func releaseSlug(r timetable.Release) string { return text.Slug(r.Name.PL) }

func (f *Feeds) calendar(w http.ResponseWriter, r *http.Request) error {
	v, err := f.look(r)
	if err != nil {
		return err
	}
	return v.ics(w, export.WholeCalendar(v.x))
}

func (v view) ics(w http.ResponseWriter, c export.Calendar) error {
	return v.answer(w, typeCalendar, func(b *bytes.Buffer) error { return export.ICalendar(b, v.x, v.order, c) })
}

// named is a calendar file called after a thing: its address and ".ics".
func named(r *http.Request) string {
	slug, _ := strings.CutSuffix(r.PathValue("file"), ".ics")
	if slug == r.PathValue("file") {
		return ""
	}
	return slug
}

func (f *Feeds) blockCalendar(w http.ResponseWriter, r *http.Request) error {
	v, err := f.look(r)
	if err != nil {
		return err
	}
	b := v.x.BlockAt(named(r))
	if b == nil {
		return programme.ErrNoBlock
	}
	return v.ics(w, export.BlockCalendar(v.x, b, v.order.Words.Lang))
}

func (f *Feeds) stageCalendar(w http.ResponseWriter, r *http.Request) error {
	v, err := f.look(r)
	if err != nil {
		return err
	}
	g := v.x.StageAt(named(r))
	if g == nil {
		return programme.ErrNoStage
	}
	return v.ics(w, export.StageCalendar(v.x, g, v.order.Words.Lang))
}

func (f *Feeds) sessionCalendar(w http.ResponseWriter, r *http.Request) error {
	v, err := f.look(r)
	if err != nil {
		return err
	}
	s := v.x.SessionAt(named(r))
	if s == nil {
		return programme.ErrNoSession
	}
	return v.ics(w, export.SessionCalendar(s, v.order.Words.Lang))
}

// mostAgenda bounds how many sessions a saved link may name; nobody attends more.
const mostAgenda = 200

func (f *Feeds) agenda(w http.ResponseWriter, r *http.Request) error {
	v, err := f.look(r)
	if err != nil {
		return err
	}
	slugs := strings.Split(r.URL.Query().Get("sesje"), ",")
	w.Header().Set("Cache-Control", "private, no-cache")
	return v.ics(w, export.AgendaCalendar(v.x, v.order.Words, slugs[:min(len(slugs), mostAgenda)]))
}

func (f *Feeds) changes(w http.ResponseWriter, r *http.Request) error {
	v, err := f.look(r)
	if err != nil {
		return err
	}
	return v.answer(w, typeAtom, func(b *bytes.Buffer) error { return export.Atom(b, v.x, v.order, v.Releases) })
}

func (f *Feeds) csv(w http.ResponseWriter, r *http.Request) error {
	v, err := f.look(r)
	if err != nil {
		return err
	}
	w.Header().Set("Content-Disposition", `attachment; filename="`+v.Slug+`.csv"`)
	return v.answer(w, typeCSV, func(b *bytes.Buffer) error { return export.CSV(b, v.x, v.order) })
}

func (f *Feeds) xlsx(w http.ResponseWriter, r *http.Request) error {
	v, err := f.look(r)
	if err != nil {
		return err
	}
	w.Header().Set("Content-Disposition", `attachment; filename="`+v.Slug+`.xlsx"`)
	return v.answer(w, typeXLSX, func(b *bytes.Buffer) error { return export.XLSX(b, v.x, v.order) })
}

// jsonld answers with the edition, or with the session that ?session= names,
// in the words of schema.org.
func (f *Feeds) jsonld(w http.ResponseWriter, r *http.Request) error {
	v, err := f.look(r)
	if err != nil {
		return err
	}
	event := export.EditionEvent(v.x, v.order)
	if slug := r.URL.Query().Get("session"); slug != "" {
		s := v.x.SessionAt(slug)
		if s == nil {
			return programme.ErrNoSession
		}
		event = export.SessionEvent(v.x, v.order, s)
	}
	return v.answer(w, typeLD, func(b *bytes.Buffer) error {
		written, err := event.Script()
		b.WriteString(written)
		return err
	})
}

var errNoEmbed = errs.New(errs.NotFound, "feed.no_embed")

// editionOf returns an edition that the public sees.
func (f *Feeds) editionOf(slug string) (*publication.Edition, error) {
	e, err := f.Desk.Edition(slug)
	if err != nil {
		return nil, edition.ErrUnknown
	}
	return e, nil
}
