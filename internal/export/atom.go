package export

import (
	"encoding/xml"
	"fmt"
	"html"
	"io"
	"slices"
	"strings"
	"time"

	"obrady/internal/i18n"
	"obrady/internal/timetable"
)

// The elements of Atom (RFC 4287) that our feed has.
type (
	atomFeed struct {
		XMLName xml.Name    `xml:"http://www.w3.org/2005/Atom feed"`
		Lang    string      `xml:"xml:lang,attr"`
		ID      string      `xml:"id"`
		Title   string      `xml:"title"`
		Updated string      `xml:"updated"`
		Author  atomAuthor  `xml:"author"`
		Links   []atomLink  `xml:"link"`
		Entries []atomEntry `xml:"entry"`
	}
	atomAuthor struct {
		Name string `xml:"name"`
	}
	atomLink struct {
		Rel      string `xml:"rel,attr"`
		Type     string `xml:"type,attr,omitempty"`
		Href     string `xml:"href,attr"`
		HrefLang string `xml:"hreflang,attr,omitempty"`
	}
	atomEntry struct {
		ID      string      `xml:"id"`
		Title   string      `xml:"title"`
		Updated string      `xml:"updated"`
		Links   []atomLink  `xml:"link"`
		Content atomContent `xml:"content"`
	}
	atomContent struct {
		Type string `xml:"type,attr"`
		HTML string `xml:",chardata"`
	}
)

// Atom writes the feed of changes: one entry for each release, the latest
// first, with everything that is new, moved, cancelled or changed in it.
func Atom(w io.Writer, x *timetable.Index, o Order, releases []timetable.Release) error {
	updated := x.Edition.UpdatedAt
	if len(releases) > 0 {
		updated = releases[0].PublishedAt
	}
	feed := atomFeed{
		Lang: string(o.Words.Lang), ID: "urn:uuid:" + string(x.Edition.ID),
		Title:   o.Words.T("export.changes_of", o.in(x.Edition.Name)),
		Updated: updated.UTC().Format(time.RFC3339), Author: atomAuthor{o.in(x.Edition.Name)},
	}
	if o.Addresses != nil {
		feed.Links = []atomLink{
			{Rel: "self", Type: "application/atom+xml", Href: o.atomAddress(x, o.Words.Lang)},
			{Rel: "alternate", Type: "text/html", Href: o.Addresses.Edition(o.Words.Lang, x.Edition.Slug)},
			{
				Rel: "alternate", Type: "application/atom+xml", HrefLang: string(o.Words.Lang.Other()),
				Href: o.atomAddress(x, o.Words.Lang.Other()),
			},
		}
	}
	feed.Links = leading(feed.Links)
	for _, r := range releases {
		feed.Entries = append(feed.Entries, o.entry(x, r))
	}
	if _, err := io.WriteString(w, xml.Header); err != nil {
		return fmt.Errorf("write changes of %s: %w", x.Edition.Slug, err)
	}
	if err := xml.NewEncoder(w).Encode(feed); err != nil {
		return fmt.Errorf("write changes of %s: %w", x.Edition.Slug, err)
	}
	return nil
}

// leading leaves out the links to pages that the site does not have.
func leading(links []atomLink) []atomLink {
	return slices.DeleteFunc(links, func(l atomLink) bool { return l.Href == "" })
}

func (o Order) atomAddress(x *timetable.Index, lang i18n.Lang) string {
	address := o.file(x, "changes.atom")
	if lang == i18n.English {
		address += "?lang=en"
	}
	return address
}

func (o Order) entry(x *timetable.Index, r timetable.Release) atomEntry {
	e := atomEntry{
		ID: "urn:uuid:" + string(r.ID), Title: o.in(r.Name), Updated: r.PublishedAt.UTC().Format(time.RFC3339),
		Content: atomContent{"html", o.changes(x, r)},
	}
	if o.Addresses != nil {
		e.Links = leading([]atomLink{{Rel: "alternate", Type: "text/html", Href: o.Addresses.Edition(o.Words.Lang, x.Edition.Slug)}})
	}
	return e
}

// changes writes the change list of a release as HTML; every word of it is
// escaped here.
func (o Order) changes(x *timetable.Index, r timetable.Release) string {
	var b strings.Builder
	if note := o.in(r.Note); note != "" {
		fmt.Fprintf(&b, "<p>%s</p>", html.EscapeString(note))
	}
	if len(r.Changes) == 0 {
		key := "export.no_changes"
		if r.Number == 1 {
			key = "export.first_release"
		}
		fmt.Fprintf(&b, "<p>%s</p>", html.EscapeString(o.Words.T(key)))
		return b.String()
	}
	b.WriteString("<ul>")
	for _, c := range r.Changes {
		fmt.Fprintf(&b, "<li>%s", o.changed(x, c))
		if lines := o.fieldLines(x, c); lines != "" {
			fmt.Fprintf(&b, "<ul>%s</ul>", lines)
		}
		b.WriteString("</li>")
	}
	b.WriteString("</ul>")
	return b.String()
}

func (o Order) changed(x *timetable.Index, c timetable.Change) string {
	title := html.EscapeString(o.in(c.Title))
	if s := x.SessionAt(c.Slug); s != nil {
		if address := o.session(x, s); address != "" {
			title = fmt.Sprintf(`<a href="%s">%s</a>`, html.EscapeString(address), title)
		}
	}
	line := fmt.Sprintf("<strong>%s</strong>: %s", html.EscapeString(o.Words.T(c.Kind.Key())), title)
	if reason := o.in(c.Reason); reason != "" {
		line += " — " + html.EscapeString(reason)
	}
	return line
}

func (o Order) fieldLines(x *timetable.Index, c timetable.Change) string {
	var b strings.Builder
	for _, f := range c.Fields {
		before, after := o.value(x, f.Before), o.value(x, f.After)
		if before == "" && after == "" {
			continue
		}
		fmt.Fprintf(&b, "<li>%s: %s → %s</li>", html.EscapeString(o.Words.T(f.Field.Key())),
			html.EscapeString(dash(before)), html.EscapeString(dash(after)))
	}
	return b.String()
}

func dash(s string) string {
	if s == "" {
		return "—"
	}
	return s
}

// longestValue bounds what a feed says of one side of a change; the page of
// the session has the rest. In characters.
const longestValue = 300

func (o Order) value(x *timetable.Index, v timetable.Value) string {
	var parts []string
	for _, t := range v.Texts {
		parts = append(parts, o.in(t))
	}
	for _, h := range v.Hours {
		start, end := h.Start.In(x.Zone), h.End.In(x.Zone)
		parts = append(parts, o.Words.ShortDay(start)+", "+o.Words.Hours(start, end))
	}
	for _, key := range v.Keys {
		parts = append(parts, o.Words.T(key))
	}
	all := strings.Join(parts, "; ")
	if len([]rune(all)) > longestValue {
		all = string([]rune(all)[:longestValue]) + "…"
	}
	return all
}
