package export_test

import (
	"bytes"
	"encoding/json"
	"encoding/xml"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/santhosh-tekuri/jsonschema/v6"

	"obrady/internal/db"
	"obrady/internal/db/dbtest"
	"obrady/internal/export"
	"obrady/internal/i18n"
	"obrady/internal/programme"
	"obrady/internal/schedule"
	"obrady/internal/timetable"
)

// tool finds a program of others that a test needs.
func tool(t testing.TB, name, from string) string {
	t.Helper()
	path, err := exec.LookPath(name)
	if err == nil {
		return path
	}
	if os.Getenv("OBRADY_TEST_NO_SKIP") == "1" {
		t.Fatalf("%s is missing: install %s", name, from)
	}
	t.Skipf("%s is missing: install %s", name, from)
	return ""
}

func sqlite(t testing.TB) *db.DB { return dbtest.New(t, db.SQLite) }

func TestScheduleOfTheSampleIsValid(t *testing.T) {
	s := newSample(t, newCongress(sqlite(t)))
	x, release := s.published(t, s.edition.ID, "Program 1")
	out := export.Schedule(x, order(t, release))
	t.Run("by the XSD", func(t *testing.T) {
		xsd := filepath.Join(shared(t, "schemas"), "schedule.xml.xsd")
		var file bytes.Buffer
		if err := schedule.WriteXML(&file, out); err != nil {
			t.Fatal(err)
		}
		check := exec.CommandContext(t.Context(), tool(t, "xmllint", "libxml2-utils"), "--noout", "--nonet", "--schema", xsd, "-")
		check.Stdin = &file
		if said, err := check.CombinedOutput(); err != nil {
			t.Errorf("xmllint: %v\n%.2000s", err, said)
		}
	})
	t.Run("by the JSON Schema", func(t *testing.T) {
		compiler := jsonschema.NewCompiler()
		compiler.AssertFormat()
		schema, err := compiler.Compile(filepath.Join(shared(t, "schemas"), "schedule.v1.schema.json"))
		if err != nil {
			t.Fatal(err)
		}
		var file bytes.Buffer
		if err := schedule.WriteJSON(&file, out); err != nil {
			t.Fatal(err)
		}
		value, err := jsonschema.UnmarshalJSON(&file)
		if err != nil {
			t.Fatal(err)
		}
		if err := schema.Validate(value); err != nil {
			t.Errorf("%.2000v", err)
		}
	})
}

// line is what a test says of one event.
type line struct{ Day, Room, Time, Title, Subtitle string }

func lines(s *schedule.Schedule, x *timetable.Index) []line {
	var found []line
	for _, d := range s.Days {
		for _, r := range d.Rooms {
			for _, e := range r.Events {
				hours := e.Start.In(x.Zone).Format("15:04") + "–" + e.End().In(x.Zone).Format("15:04")
				found = append(found, line{d.Date, r.Name, hours, e.Title, e.Subtitle})
			}
		}
	}
	return found
}

func TestScheduleHasOneEventForEachSlotAndTalk(t *testing.T) {
	s := newSample(t, newCongress(sqlite(t)))
	x, release := s.published(t, s.edition.ID, "Program 1")
	want := []line{
		{"2021-06-07", "Sala 1", "09:00–10:30", "Miasto zielone; czyli „drzewa”", ""},
		{"2021-06-07", "Sala 1", "11:00–11:06", "Wystąpienie pierwsze", "Kalejdoskop 1"},
		{"2021-06-07", "Sala 1", "11:06–11:12", "Wystąpienie drugie", "Kalejdoskop 1"},
		{"2021-06-07", "Sala 1", "11:12–11:30", "dyskusja", "Kalejdoskop 1"},
		{"2021-06-07", "Sala 1", "22:00–00:00", "Noc wtop", ""},
		{"2021-06-07", "Sala 1", "00:30–01:30", "Noc wtop", ""},
		{"2021-06-08", "Platforma", "10:00–11:00", "Rozmowy: stol-1", ""},
		{"2021-06-08", "Platforma (2)", "10:00–11:00", "Rozmowy: stol-2", ""},
	}
	out := export.Schedule(x, order(t, release))
	got := lines(out, x)
	slices.SortFunc(got[6:], func(a, b line) int { return strings.Compare(a.Title, b.Title) })
	got[6].Room, got[7].Room = min(got[6].Room, got[7].Room), max(got[6].Room, got[7].Room) // which of the two moves does not matter
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("Schedule (-want +got):\n%s", diff)
	}
	if acronym := out.Conference.Acronym; acronym != "kpm2021" {
		t.Errorf("acronym = %q, want kpm2021", acronym)
	}
}

func TestIdentitiesInScheduleStayThroughReleases(t *testing.T) {
	s := newSample(t, newCongress(sqlite(t)))
	identities := func(name string) map[string]int {
		x, release := s.published(t, s.edition.ID, name)
		found := map[string]int{}
		for _, e := range export.Schedule(x, order(t, release)).Events() {
			found[e.GUID] = e.ID
		}
		return found
	}
	first := identities("1")
	s.add(t, programme.Session{Slug: "nowa", Title: i18n.Both("Nowa")},
		timetable.Slot{Place: s.hall.ID, Start: at(t, 7, 7, 0), End: at(t, 7, 8, 0)})
	second := identities("2")
	if len(first) != 8 || len(second) != 9 {
		t.Errorf("%d and %d events, want 8 and 9", len(first), len(second))
	}
	for guid, number := range first {
		if second[guid] != number || number < 1 {
			t.Errorf("event %s has number %d after %d, want the same positive one", guid, second[guid], number)
		}
	}
}

// calendarEntry is what somebody else's parser reads of one entry.
type calendarEntry struct {
	UID, Summary, Status, Start, End, Location, URL, Modified string
	Sequence                                                  int
}

const readCalendar = `
const ICAL = require(process.argv[1]).default ?? require(process.argv[1]);
const text = require('fs').readFileSync(0, 'utf8');
const calendar = new ICAL.Component(ICAL.parse(text));
for (const zone of calendar.getAllSubcomponents('vtimezone')) ICAL.TimezoneService.register(new ICAL.Timezone(zone));
console.log(JSON.stringify(calendar.getAllSubcomponents('vevent').map(v => {
  const e = new ICAL.Event(v);
  return {UID: e.uid, Summary: e.summary, Status: v.getFirstPropertyValue('status'), Location: e.location ?? '',
    Start: e.startDate.toJSDate().toISOString(), End: e.endDate.toJSDate().toISOString(),
    URL: v.getFirstPropertyValue('url'), Modified: v.getFirstPropertyValue('last-modified').toString(), Sequence: e.sequence};
})));`

func parseCalendar(t testing.TB, text string) []calendarEntry {
	t.Helper()
	parser, err := filepath.Abs(filepath.Join("..", "..", "test", "e2e", "node_modules", "ical.js"))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(parser); err != nil {
		if os.Getenv("OBRADY_TEST_NO_SKIP") == "1" {
			t.Fatal("ical.js is missing: npm ci in test/e2e")
		}
		t.Skip("ical.js is missing: npm ci in test/e2e")
	}
	run := exec.CommandContext(t.Context(), tool(t, "node", "nodejs"), "-e", readCalendar, parser)
	run.Stdin = strings.NewReader(text)
	out, err := run.Output()
	if err != nil {
		t.Fatalf("ical.js: %v", err)
	}
	var entries []calendarEntry
	if err := json.Unmarshal(out, &entries); err != nil {
		t.Fatal(err)
	}
	return entries
}

func calendar(t testing.TB, x *timetable.Index, c export.Calendar) string {
	t.Helper()
	var file bytes.Buffer
	if err := export.ICalendar(&file, x, order(t, timetable.Release{}), c); err != nil {
		t.Fatal(err)
	}
	return file.String()
}

func TestCalendarIsReadByAForeignParser(t *testing.T) {
	s := newSample(t, newCongress(sqlite(t)))
	x, _ := s.published(t, s.edition.ID, "1")
	entries := parseCalendar(t, calendar(t, x, export.WholeCalendar(x)))
	if len(entries) != 7 {
		t.Fatalf("%d entries, want 7: each slot, the cancelled one too", len(entries))
	}
	first, last := entries[0], entries[6]
	want := calendarEntry{
		UID: first.UID, Summary: "Miasto zielone; czyli „drzewa”", Status: "CONFIRMED", Location: "Sala 1",
		Start: "2021-06-07T07:00:00.000Z", End: "2021-06-07T08:30:00.000Z",
		URL: "https://kongres.example/pl/kpm-2021/sesje/miasto-zielone", Modified: first.Modified,
	}
	if diff := cmp.Diff(want, first); diff != "" || !strings.HasSuffix(first.UID, "@kongres.example") {
		t.Errorf("the first entry (-want +got):\n%s", diff)
	}
	if last.Status != "CANCELLED" || last.Summary != "ODWOŁANE: Sesja odwołana" {
		t.Errorf("the cancelled entry is %+v", last)
	}
}

func TestCalendarEntryKeepsItsNameAndCountsChanges(t *testing.T) {
	s := newSample(t, newCongress(sqlite(t)))
	x, _ := s.published(t, s.edition.ID, "1")
	of := func(x *timetable.Index) calendarEntry {
		session := x.SessionAt("miasto-zielone")
		return parseCalendar(t, calendar(t, x, export.SessionCalendar(session, i18n.Polish)))[0]
	}
	before := of(x)
	slot := x.SlotsOf(x.SessionAt("miasto-zielone").ID)[0]
	slot.Start = slot.Start.Add(-15 * 60 * 1e9)
	must[timetable.Slot](t)(s.timetable.SaveSlot(t.Context(), "desk", slot))
	moved, _ := s.published(t, s.edition.ID, "2")
	after := of(moved)
	if after.UID != before.UID || after.Sequence != before.Sequence+1 || after.Modified <= before.Modified {
		t.Errorf("moved: %+v, before: %+v; want the same UID, the next sequence and a later change", after, before)
	}
	if again := of(moved); again != after {
		t.Errorf("unchanged: %+v, want %+v", again, after)
	}
}

func TestCalendarHoldsTheFormOfRFC5545(t *testing.T) {
	s := newSample(t, newCongress(sqlite(t)))
	x, _ := s.published(t, s.edition.ID, "1")
	text := calendar(t, x, export.WholeCalendar(x))
	if strings.Count(text, "\n") != strings.Count(text, "\r\n") {
		t.Error("a line does not end in CRLF")
	}
	for line := range strings.SplitSeq(text, "\r\n") {
		if len(line) > 75 {
			t.Errorf("a line of %d bytes, want 75 at most: %s", len(line), line)
		}
	}
	for _, want := range []string{
		"METHOD:PUBLISH", "PRODID:-//Obrady", "NAME:III Kongres", "X-WR-CALNAME:III Kongres", "REFRESH-INTERVAL;VALUE=DURATION:PT1H",
		"X-PUBLISHED-TTL:PT1H", "TZID:Europe/Warsaw", "DTSTART;TZID=Europe/Warsaw:20210607T090000", "CATEGORIES:Kalejdoskopy",
		"BEGIN:DAYLIGHT\r\nDTSTART:20210328T020000\r\nTZOFFSETFROM:+0100\r\nTZOFFSETTO:+0200\r\nTZNAME:CEST",
		"BEGIN:STANDARD\r\nDTSTART:20211031T030000\r\nTZOFFSETFROM:+0200\r\nTZOFFSETTO:+0100\r\nTZNAME:CET",
	} {
		if !strings.Contains(text, want) {
			t.Errorf("the calendar lacks %q", want)
		}
	}
	if t.Failed() {
		t.Log(text[:min(len(text), 2500)])
	}
}

func TestCalendarsHaveWhatTheyAreCalledAfter(t *testing.T) {
	s := newSample(t, newCongress(sqlite(t)))
	x, _ := s.published(t, s.edition.ID, "1")
	for _, test := range []struct {
		name     string
		calendar export.Calendar
		want     int
	}{
		{"a block has its sessions", export.BlockCalendar(x, x.BlockAt("kalejdoskopy"), i18n.Polish), 7},
		{"a stage has its own", export.StageCalendar(x, x.StageAt("metropolia"), i18n.Polish), 1},
		{"an agenda has each known session once", export.AgendaCalendar(x, words(t, i18n.Polish), []string{"stol-1", "brak", "stol-1", "szkic"}), 1},
		{"an empty agenda is a calendar", export.AgendaCalendar(x, words(t, i18n.Polish), nil), 0},
	} {
		t.Run(test.name, func(t *testing.T) {
			if got := strings.Count(calendar(t, x, test.calendar), "BEGIN:VEVENT"); got != test.want {
				t.Errorf("%d entries, want %d", got, test.want)
			}
		})
	}
}

func TestAtomTellsWhatHasChanged(t *testing.T) {
	s := newSample(t, newCongress(sqlite(t)))
	s.published(t, s.edition.ID, "Pierwszy")
	s.add(t, programme.Session{Slug: "nowa", Title: i18n.Both("Nowa <sesja>")},
		timetable.Slot{Place: s.hall.ID, Start: at(t, 7, 7, 0), End: at(t, 7, 8, 0)})
	x, _ := s.published(t, s.edition.ID, "Drugi")
	releases := must[[]timetable.Release](t)(s.timetable.Releases(t.Context(), s.edition.ID))
	var file bytes.Buffer
	if err := export.Atom(&file, x, order(t, releases[0]), releases); err != nil {
		t.Fatal(err)
	}
	var feed struct {
		XMLName xml.Name
		ID      string `xml:"id"`
		Title   string `xml:"title"`
		Updated string `xml:"updated"`
		Author  string `xml:"author>name"`
		Links   []struct {
			Rel  string `xml:"rel,attr"`
			Href string `xml:"href,attr"`
		} `xml:"link"`
		Entries []struct {
			ID      string `xml:"id"`
			Title   string `xml:"title"`
			Updated string `xml:"updated"`
			Content string `xml:"content"`
		} `xml:"entry"`
	}
	if err := xml.Unmarshal(file.Bytes(), &feed); err != nil {
		t.Fatal(err)
	}
	if feed.XMLName.Space != "http://www.w3.org/2005/Atom" || feed.ID == "" || feed.Title == "" || feed.Author == "" || feed.Updated != feed.Entries[0].Updated {
		t.Errorf("feed = %+v, want what RFC 4287 requires", feed)
	}
	if feed.Links[0].Rel != "self" || feed.Links[0].Href != "https://kongres.example/kpm-2021/changes.atom" {
		t.Errorf("the feed's own address is %+v", feed.Links[0])
	}
	if len(feed.Entries) != 2 || feed.Entries[0].Title != "Drugi" || feed.Entries[0].ID == feed.Entries[1].ID {
		t.Fatalf("entries = %+v, want the second release first", feed.Entries)
	}
	if got := feed.Entries[0].Content; !strings.Contains(got, "Nowa &lt;sesja&gt;") || !strings.Contains(got, "<strong>"+words(t, i18n.Polish).T(timetable.New.Key())+"</strong>") {
		t.Errorf("content = %s, want the new session, escaped", got)
	}
}

func TestEventOfSchemaOrgCannotLeaveItsScript(t *testing.T) {
	s := newSample(t, newCongress(sqlite(t)))
	x, release := s.published(t, s.edition.ID, "1")
	english := order(t, release)
	english.Words = words(t, i18n.English)
	event := export.SessionEvent(x, english, x.SessionAt("miasto-zielone"))
	script := must[string](t)(event.Script())
	if strings.ContainsAny(script, "<>&") {
		t.Errorf("Script = %s, want no character that HTML reads", script)
	}
	var back export.Event
	if err := json.Unmarshal([]byte(script), &back); err != nil || back.Name != "A green city, </script> & trees" {
		t.Errorf("read back: %q, %v", back.Name, err)
	}
	if back.Start != "2021-06-07T09:00:00+02:00" || back.Locations[0].Name != "Hall 1" || back.Super.Name != "3rd Congress" {
		t.Errorf("event = %+v", back)
	}
	cancelled := export.SessionEvent(x, english, x.SessionAt("odwolana"))
	if cancelled.Status != "https://schema.org/EventCancelled" {
		t.Errorf("status of the cancelled session = %s", cancelled.Status)
	}
	if twice := export.SessionEvent(x, english, x.SessionAt("noc-wtop")); len(twice.Parts) != 2 || twice.Start != "" {
		t.Errorf("a session given twice = %+v, want two parts", twice)
	}
}

func TestCardsKeepWithinTheRoomTheyGet(t *testing.T) {
	s := newSample(t, newCongress(sqlite(t)))
	x, release := s.published(t, s.edition.ID, "1")
	card := export.SessionCard(x, order(t, release), x.SessionAt("miasto-zielone"), export.Size{Width: 300})
	if card.Width != 300 || card.Height != 180 || card.Type != "rich" || card.Version != "1.0" {
		t.Errorf("card = %+v", card)
	}
	if !strings.Contains(card.HTML, `href="https://kongres.example/pl/kpm-2021/sesje/miasto-zielone"`) || !strings.Contains(card.HTML, "09:00–10:30") {
		t.Errorf("html = %s", card.HTML)
	}
	frame := export.FrameCard(x, order(t, release), export.Frame{Title: `"><b>`, URL: "https://kongres.example/x"}, export.Size{Height: 200})
	if frame.Height != 200 || strings.Contains(frame.HTML, "<b>") {
		t.Errorf("frame = %+v", frame)
	}
}
