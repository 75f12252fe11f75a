package schedule

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"time"
)

var xmlFormat = format{
	acronym: xmlAcronym, code: xmlCode, track: xmlTrack, address: fitWeb, fitEvent: fitXML, listRoom: xmlRoom,
}

// WriteXML writes a schedule.xml that is valid against the XSD of
// c3voc.de/schedule. The same schedule gives the same bytes. What would be
// invalid is refused with an *Unwritable, and then nothing is written.
func WriteXML(w io.Writer, s *Schedule) error {
	sheet, err := newSheet(s, xmlFormat)
	if err != nil {
		return err
	}
	x := &xmlWriter{}
	x.b.WriteString("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n")
	x.open("schedule")
	if g := s.Generator; g.Name != "" || g.System != "" || g.Version != "" {
		x.leaf("generator", "", "name", g.Name, "system", g.System, "version", g.Version)
	}
	sheet.keep(thing{"schedule", ""}, "generator/@url", s.Generator.URL, "")
	x.optional("url", sheet.web(thing{"schedule", ""}, "url", s.URL))
	x.leaf("version", s.Version)
	x.conference(sheet.conference())
	for _, d := range s.Days {
		sheet.day(d)
		x.day(sheet, d)
	}
	x.shut("schedule")
	if len(sheet.carried) > 0 {
		rest, err := json.Marshal(sheet.carried) // escapes >, so that it cannot end early
		if err != nil {
			return fmt.Errorf("write schedule %s: %w", s.Conference.Acronym, err)
		}
		fmt.Fprintf(&x.b, "<?%s %s?>\n", carriedTarget, rest)
	}
	if _, err := x.b.WriteTo(w); err != nil {
		return fmt.Errorf("write schedule %s: %w", s.Conference.Acronym, err)
	}
	return nil
}

// xmlRoom is a room in schedule.xml, which knows no types.
func xmlRoom(_ *sheet, r Room) Room { return Room{GUID: r.GUID} }

// fitXML does what only the XSD wants.
func fitXML(w *sheet, e Event, fit *Event) {
	of := thing{"event", e.GUID}
	fit.VideoURL = w.web(of, "video_download_url", e.VideoURL)
	for i, p := range e.Persons {
		path := "persons/" + step("person", i+1) + "/"
		fit.Persons = append(fit.Persons, Person{ID: p.ID, GUID: p.GUID, Name: tidy(p.Name)})
		w.keep(of, path+"@code", p.Code, "")
		w.extra(of, path, p.Extra)
	}
	fit.Links = w.xmlLinks(of, "links/link", e.Links)
	fit.Attachments = w.xmlLinks(of, "attachments/attachment", e.Attachments)
}

// xmlLinks gives every link a text, because an app drops those without.
func (w *sheet) xmlLinks(of thing, path string, links []Link) []Link {
	var fit []Link
	for i, l := range links {
		at := step(path[strings.Index(path, "/")+1:], i+1)
		at = path[:strings.Index(path, "/")+1] + at
		title := w.keep(of, at, l.Title, firstOf(tidy(l.Title), tidy(l.URL)))
		service := tidy(l.Service)
		if strings.HasPrefix(path, "attachments") {
			service = w.keep(of, at+"/@service", l.Service, "")
		}
		fit = append(fit, Link{Title: title, URL: tidy(l.URL), Type: tidy(l.Type), Service: service})
		w.extra(of, at+"/", l.Extra)
	}
	return fit
}

func (x *xmlWriter) conference(c Conference) {
	x.open("conference")
	x.leaf("acronym", c.Acronym)
	x.leaf("title", c.Title)
	x.leaf("start", c.Start)
	x.leaf("end", c.End)
	x.leaf("days", fmt.Sprint(c.DayCount))
	x.leaf("timeslot_duration", formatDuration(c.Timeslot))
	x.optional("base_url", c.BaseURL)
	x.optional("logo", c.Logo)
	x.optional("url", c.URL)
	x.optional("time_zone_name", c.TimeZone)
	if c.Colors.Primary != "" {
		x.leaf("color", "", "primary", c.Colors.Primary, "background", c.Colors.Background)
	}
	for _, t := range c.Tracks {
		x.leaf("track", "", "name", t.Name, "color", t.Color, "slug", t.Slug)
	}
	x.shut("conference")
}

func (x *xmlWriter) day(w *sheet, d Day) {
	x.open("day", "index", fmt.Sprint(d.Index), "date", d.Date,
		"start", w.in(d.Start).Format(time.RFC3339), "end", w.in(d.End).Format(time.RFC3339))
	for _, r := range d.Rooms {
		x.open("room", "name", tidy(r.Name), "guid", r.GUID)
		for _, e := range r.Events {
			x.event(w.event(e))
		}
		x.shut("room")
	}
	x.shut("day")
}

func (x *xmlWriter) event(e Event) {
	x.open("event", "id", fmt.Sprint(e.ID), "guid", e.GUID, "code", e.Code)
	x.leaf("room", e.Room)
	x.leaf("title", e.Title)
	x.leaf("subtitle", e.Subtitle)
	x.leaf("type", e.Type)
	x.leaf("date", e.Start.Format(time.RFC3339))
	x.leaf("start", e.Start.Format("15:04"))
	x.leaf("duration", formatDuration(e.Duration))
	x.leaf("abstract", e.Abstract)
	x.leaf("slug", e.Slug)
	x.leaf("track", e.Track)
	x.optional("logo", e.Logo)
	x.open("persons")
	for _, p := range e.Persons {
		id := ""
		if p.ID > 0 {
			id = fmt.Sprint(p.ID)
		}
		x.leaf("person", p.Name, "id", id, "guid", p.GUID)
	}
	x.shut("persons")
	x.leaf("language", e.Language)
	x.leaf("description", e.Description)
	x.open("recording")
	x.leaf("license", e.RecordingLicense)
	x.leaf("optout", fmt.Sprint(e.RecordingOptout))
	x.shut("recording")
	x.links("links", "link", e.Links)
	x.links("attachments", "attachment", e.Attachments)
	x.optional("video_download_url", e.VideoURL)
	x.optional("url", e.URL)
	x.optional("feedback_url", e.FeedbackURL)
	x.optional("origin_url", e.OriginURL)
	x.shut("event")
}

func (x *xmlWriter) links(list, name string, links []Link) {
	x.open(list)
	for _, l := range links {
		x.leaf(name, l.Title, "href", l.URL, "type", l.Type, "service", l.Service)
	}
	x.shut(list)
}

// xmlWriter writes indented XML whose text keeps its line ends, which
// encoding/xml would write as numbers.
type xmlWriter struct {
	b     bytes.Buffer
	depth int
}

func (x *xmlWriter) indent() { x.b.WriteString(strings.Repeat("  ", x.depth)) }

// open begins an element; attributes that are empty are left out.
func (x *xmlWriter) open(name string, attrs ...string) {
	x.tag(name, attrs)
	x.b.WriteString(">\n")
	x.depth++
}

func (x *xmlWriter) shut(name string) {
	x.depth--
	x.indent()
	x.b.WriteString("</" + name + ">\n")
}

func (x *xmlWriter) tag(name string, attrs []string) {
	x.indent()
	x.b.WriteString("<" + name)
	for i := 0; i+1 < len(attrs); i += 2 {
		if attrs[i+1] != "" {
			x.b.WriteString(" " + attrs[i] + `="` + xmlAttr.Replace(valid(attrs[i+1])) + `"`)
		}
	}
}

func (x *xmlWriter) leaf(name, text string, attrs ...string) {
	x.tag(name, attrs)
	if text == "" {
		x.b.WriteString("/>\n")
		return
	}
	x.b.WriteString(">" + xmlText.Replace(valid(text)) + "</" + name + ">\n")
}

func (x *xmlWriter) optional(name, text string) {
	if text != "" {
		x.leaf(name, text)
	}
}

func valid(text string) string { return strings.ToValidUTF8(tidy(text), "\uFFFD") }

var (
	xmlText = strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;")
	xmlAttr = strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;", `"`, "&quot;", "\n", "&#10;", "\t", "&#9;")
)
