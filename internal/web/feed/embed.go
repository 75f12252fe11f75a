package feed

import (
	"embed"
	"encoding/json"
	"encoding/xml"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"obrady/internal/export"
	"obrady/internal/i18n"
	"obrady/internal/programme"
	"obrady/internal/publication"
	"obrady/internal/timetable"
	"obrady/internal/web"
)

//go:embed templates/*.html
var templates embed.FS

// embedPage is the programme of a stage or a block for a frame in a partner's
// page: no navigation of ours, every link opens our site.
type embedPage struct {
	Name i18n.Text
	Home string
	Days []embedDay
}

type embedDay struct {
	Title string
	Rows  []embedRow
}

type embedRow struct {
	Slot      timetable.Slot
	Hours     string
	Title     i18n.Text
	URL       string
	Place     i18n.Text
	Cancelled bool
}

var embedTemplate = web.Parse[embedPage](templates, "templates/embed.html")

// embedKinds are the words of an address for what can be embedded.
var embedKinds = map[string]string{"stage": "stage", "scena": "stage", "block": "block", "blok": "block"}

func (f *Feeds) embed(w http.ResponseWriter, r *http.Request) error {
	e, err := f.Desk.Edition(r.PathValue("edition"))
	if err != nil {
		return err
	}
	if e.Release.Number == 0 {
		return timetable.ErrNoRelease
	}
	o := f.order(e, web.Lang(r))
	name, fits, err := embedded(e.Programme, embedKinds[r.PathValue("kind")], r.PathValue("slug"))
	if err != nil {
		return err
	}
	page := embedPage{Name: name, Home: o.Addresses.Edition(o.Words.Lang, e.Slug)}
	for _, day := range e.Programme.Days() {
		if rows := rowsOf(e, o, e.Programme.SlotsOn(day), fits); len(rows) > 0 {
			page.Days = append(page.Days, embedDay{o.Words.Day(day.In(e.Programme.Zone)), rows})
		}
	}
	return embedTemplate.Show(w, r, page)
}

// embedded finds the stage or block and says which sessions are its own.
func embedded(x *timetable.Index, kind, slug string) (i18n.Text, func(*programme.Session) bool, error) {
	switch kind {
	case "stage":
		if g := x.StageAt(slug); g != nil {
			return g.Name, func(s *programme.Session) bool { return s.Stage == g.ID }, nil
		}
		return i18n.Text{}, nil, programme.ErrNoStage
	case "block":
		if b := x.BlockAt(slug); b != nil {
			return b.Name, func(s *programme.Session) bool { return x.Within(s.Block, b.ID) }, nil
		}
		return i18n.Text{}, nil, programme.ErrNoBlock
	}
	return i18n.Text{}, nil, errNoEmbed
}

func rowsOf(e *publication.Edition, o export.Order, slots []timetable.Slot, fits func(*programme.Session) bool) []embedRow {
	var rows []embedRow
	x := e.Programme
	for _, slot := range slots {
		s := x.Session(slot.Session)
		if s == nil || !fits(s) {
			continue
		}
		row := embedRow{
			Slot: slot, Hours: o.Words.Hours(slot.Start.In(x.Zone), slot.End.In(x.Zone)), Title: s.Title,
			URL: o.Addresses.Session(o.Words.Lang, e.Slug, s.Slug), Cancelled: s.Status == programme.Cancelled,
		}
		if p := x.Place(slot.Place); p != nil {
			row.Place = p.Name
		}
		rows = append(rows, row)
	}
	return rows
}

// oembed answers a site that has met one of our addresses (oembed.com): 404
// for what is no page of a session, stage or block, 501 for another format.
func (f *Feeds) oembed(w http.ResponseWriter, r *http.Request) error {
	query := r.URL.Query()
	format := query.Get("format")
	if format != "" && format != "json" && format != "xml" {
		w.WriteHeader(http.StatusNotImplemented)
		return nil
	}
	width, _ := strconv.Atoi(query.Get("maxwidth"))   // no number: as wide as it likes
	height, _ := strconv.Atoi(query.Get("maxheight")) // likewise
	card, err := f.card(query.Get("url"), export.Size{Width: width, Height: height})
	if err != nil {
		return err
	}
	w.Header().Set("Cache-Control", "public, max-age=3600")
	if format == "xml" {
		w.Header().Set("Content-Type", "text/xml; charset=utf-8")
		_, _ = w.Write([]byte(xml.Header)) // who has hung up misses nothing
		return xml.NewEncoder(w).Encode(card)
	}
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	return json.NewEncoder(w).Encode(card)
}

// card makes the card of an address of ours: /pl/kpm-2021/sesje/miasto-zielone.
func (f *Feeds) card(address string, most export.Size) (export.OEmbed, error) {
	u, err := url.Parse(address)
	if err != nil || !strings.HasPrefix(address, f.Site.Absolute("")) {
		return export.OEmbed{}, errNoEmbed
	}
	parts := strings.Split(strings.Trim(u.Path, "/"), "/")
	if len(parts) != 4 {
		return export.OEmbed{}, errNoEmbed
	}
	lang, known := i18n.ParseLang(parts[0])
	e, err := f.Desk.Edition(parts[1])
	if !known || err != nil {
		return export.OEmbed{}, errNoEmbed
	}
	o := f.order(e, lang)
	for _, kind := range []string{"session", "stage", "block"} {
		page, err := f.Site.URL(lang, kind, parts[1], parts[3])
		if err != nil || page != "/"+strings.Join(parts, "/") {
			continue
		}
		if kind == "session" {
			if s := e.Programme.SessionAt(parts[3]); s != nil {
				return export.SessionCard(e.Programme, o, s, most), nil
			}
			return export.OEmbed{}, programme.ErrNoSession
		}
		return f.frameCard(e, framed{o, kind, parts[3]}, most)
	}
	return export.OEmbed{}, errNoEmbed
}

// framed is a stage or a block that somebody wants to show.
type framed struct {
	export.Order
	kind, slug string
}

// word is the kind as the address of the frame says it in its language.
func (d framed) word() string {
	switch {
	case d.Words.Lang == i18n.English:
		return d.kind
	case d.kind == "stage":
		return "scena"
	}
	return "blok"
}

func (f *Feeds) frameCard(e *publication.Edition, d framed, most export.Size) (export.OEmbed, error) {
	name, _, err := embedded(e.Programme, d.kind, d.slug)
	if err != nil {
		return export.OEmbed{}, err
	}
	address, err := f.Site.URL(d.Words.Lang, "feed.embed", e.Slug, d.word(), d.slug)
	if err != nil {
		return export.OEmbed{}, fmt.Errorf("card of %s: %w", d.slug, err)
	}
	frame := export.Frame{Title: name.In(d.Words.Lang).Text, URL: f.Site.Absolute(address)}
	return export.FrameCard(e.Programme, d.Order, frame, most), nil
}
