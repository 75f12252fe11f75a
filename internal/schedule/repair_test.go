package schedule

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/unicode"
)

const (
	guidA = "11111111-1111-4111-8111-111111111111"
	guidB = "22222222-2222-4222-8222-222222222222"
)

// frame is a sound file around days.
func frame(days string) string {
	return `<schedule><generator name="Kreślarz" version="1"/><version>1.0</version><conference>` +
		`<acronym>kongres</acronym><title>Kongres Próbny</title><start>2026-06-08</start><end>2026-06-09</end>` +
		`<days>2</days><timeslot_duration>00:15</timeslot_duration>` +
		`<time_zone_name>Europe/Warsaw</time_zone_name></conference>` + days + `</schedule>`
}

const dayHead = `<day index="1" date="2026-06-08" start="2026-06-08T08:00:00+02:00" end="2026-06-09T03:59:00+02:00">`

// oneDay is a sound file around the content of its only day.
func oneDay(content string) string { return frame(dayHead + content + `</day>`) }

// inRoom is a sound file around the events of its only room.
func inRoom(events string) string { return oneDay(`<room name="Sala A">` + events + `</room>`) }

// event is a sound event, in which replace changes pairs of old and new text.
func event(replace ...string) string {
	return strings.NewReplacer(replace...).Replace(`<event id="7" guid="` + guidA + `"><room>Sala A</room>` +
		`<title>Woda w mieście</title><date>2026-06-08T10:00:00+02:00</date><start>10:00</start>` +
		`<duration>01:00</duration><track>Klimat</track><type>talk</type>` +
		`<persons><person id="3">Łucja Żak</person></persons></event>`)
}

const second = `<event id="8" guid="` + guidB + `"><room>Sala A</room><title>Cień</title>` +
	`<date>2026-06-08T12:00:00+02:00</date><start>12:00</start><duration>01:00</duration></event>`

func TestRepairs(t *testing.T) {
	first := func(s *Schedule) Event { return s.Events()[0] }
	for _, test := range []struct {
		name, file string
		code       Code // the only one expected; empty for none
		see        func(s *Schedule) any
		want       any
	}{
		{"a sound file needs none", inRoom(event()), "", func(s *Schedule) any { return first(s).Start.Format(time.RFC3339) }, "2026-06-08T10:00:00+02:00"},
		{"a byte order mark is passed over", "\uFEFF" + inRoom(event()), "", func(s *Schedule) any { return first(s).Title }, "Woda w mieście"},
		{"an empty room list under a day", oneDay(""), "", func(s *Schedule) any { return len(s.Events()) }, 0},
		{"24:00 is a duration", inRoom(event("01:00<", "24:00<")), "", func(s *Schedule) any { return first(s).Duration }, 24 * time.Hour},
		{"no generator", strings.Replace(inRoom(event()), `<generator name="Kreślarz" version="1"/>`, "", 1), GeneratorMissing, func(s *Schedule) any { return s.Generator.Name }, ""},
		{"no version", strings.Replace(inRoom(event()), `<version>1.0</version>`, "<version/>", 1), VersionMissing, func(s *Schedule) any { return s.Version }, "0"},
		{"no acronym", strings.Replace(inRoom(event()), `<acronym>kongres</acronym>`, "", 1), AcronymMissing, func(s *Schedule) any { return s.Conference.Acronym }, "kongresprobny"},
		{"no title of an event", inRoom(event("Woda w mieście", "")), TitleMissing, func(s *Schedule) any { return first(s).Title }, "talk"},
		{"a zone that is none", strings.Replace(inRoom(event()), `Europe/Warsaw`, "Mars/Olympus", 1), ZoneUnknown, func(s *Schedule) any { return first(s).Start.UTC().Hour() }, 8},
		{"a date without offset is meant in the zone", inRoom(event("10:00:00+02:00", "10:00:00")), OffsetMissing, func(s *Schedule) any { return first(s).Start.UTC().Hour() }, 8},
		{"a date in UTC and a start on the wall agree", inRoom(event("10:00:00+02:00", "08:00:00Z")), "", func(s *Schedule) any { return first(s).Start.Hour() }, 10},
		{"no date, an hour by day", inRoom(event("<date>2026-06-08T10:00:00+02:00</date>", "")), DateMissing, func(s *Schedule) any { return first(s).Start.Format(time.RFC3339) }, "2026-06-08T10:00:00+02:00"},
		{"no date, an hour past midnight is next morning", inRoom(event("<date>2026-06-08T10:00:00+02:00</date>", "", "10:00<", "00:30<")), DateMissing, func(s *Schedule) any { return first(s).Start.Format(time.RFC3339) + " " + s.Days[0].Date }, "2026-06-09T00:30:00+02:00 2026-06-08"},
		{"an unreadable date", inRoom(event("2026-06-08T10:00:00+02:00", "jutro")), DateMalformed, func(s *Schedule) any { return first(s).Start.Hour() }, 10},
		{"no time at all", inRoom(event("<date>2026-06-08T10:00:00+02:00</date>", "", "<start>10:00</start>", "")), StartMissing, func(s *Schedule) any { return first(s).Start.Hour() }, 8},
		{"a start against the date", inRoom(event("<start>10:00", "<start>11:00")), StartClash, func(s *Schedule) any { return first(s).Start.Hour() }, 10},
		{"the day's index is 0", strings.Replace(inRoom(event()), `index="1"`, `index="0"`, 1), DayIndex, func(s *Schedule) any { return s.Days[0].Index }, 1},
		{"the day has no date but a start", strings.Replace(inRoom(event()), ` date="2026-06-08"`, "", 1), DayDate, func(s *Schedule) any { return s.Days[0].Date }, "2026-06-08"},
		{"the day has no hours", strings.Replace(inRoom(event()), ` start="2026-06-08T08:00:00+02:00" end="2026-06-09T03:59:00+02:00"`, "", 1), DayBounds, func(s *Schedule) any { return s.Days[0].End.Format(time.RFC3339) }, "2026-06-09T03:59:00+02:00"},
		{"an event before the day begins", inRoom(event("T10:00:00", "T07:00:00", ">10:00<", ">07:00<")), DayBounds, func(s *Schedule) any { return s.Days[0].Start.Hour() }, 7},
		{"days out of order", frame(`<day index="1" date="2026-06-09" start="2026-06-09T08:00:00+02:00" end="2026-06-10T03:59:00+02:00"/>` + strings.Replace(dayHead, `"1"`, `"2"`, 1) + `</day>`), DayOrder + "+" + DayIndex, func(s *Schedule) any { return s.Days[0].Date }, "2026-06-08"},
		{"an event of another day", inRoom(event("2026-06-08", "2026-06-10")), EventMoved + "+" + DayIndex, func(s *Schedule) any { return s.Days[1].Date + " " + fmt.Sprint(len(s.Days[1].Rooms[0].Events)) }, "2026-06-10 1"},
		{"an event directly under its day", oneDay(event()), RoomMissing, func(s *Schedule) any { return s.Days[0].Rooms[0].Name }, "Sala A"},
		{"a room without a name takes it from its events", oneDay(`<room>` + event() + `</room>`), RoomUnnamed, func(s *Schedule) any { return s.Days[0].Rooms[0].Name }, "Sala A"},
		{"an event names another room", inRoom(event("<room>Sala A", "<room>Sala B")), RoomClash, func(s *Schedule) any { return first(s).Room }, "Sala A"},
		{"no guid", inRoom(event(` guid="`+guidA+`"`, "")), GUIDMissing, func(s *Schedule) any { return isUUID(first(s).GUID) }, true},
		{"a guid that is none", inRoom(event(guidA, "a-1")), GUIDMalformed, func(s *Schedule) any { return isUUID(first(s).GUID) }, true},
		{"a guid twice", inRoom(event() + strings.Replace(second, guidB, guidA, 1)), GUIDRepeated, func(s *Schedule) any { return first(s).GUID == guidA && s.Events()[1].GUID != guidA }, true},
		{"no id", inRoom(event(` id="7"`, "")), IDMissing, func(s *Schedule) any { return first(s).ID > 1_000_000_000 }, true},
		{"the id 0", inRoom(event(` id="7"`, ` id="0"`)), IDMissing, func(s *Schedule) any { return first(s).ID > 0 }, true},
		{"an id of letters", inRoom(event(` id="7"`, ` id="VII"`)), IDMalformed, func(s *Schedule) any { return first(s).ID > 0 }, true},
		{"an id twice: the first keeps it", inRoom(event() + strings.Replace(second, `id="8"`, `id="7"`, 1)), IDRepeated, func(s *Schedule) any { return first(s).ID == 7 && s.Events()[1].ID > 7 }, true},
		{"a person with the id 0", inRoom(event(`person id="3"`, `person id="0"`)), PersonIDUnusable, func(s *Schedule) any { return first(s).Persons[0].Name }, "Łucja Żak"},
		{"a person's guid that is none", inRoom(event(`person id="3"`, `person guid="x"`)), PersonGUIDMalformed, func(s *Schedule) any { return isUUID(first(s).Persons[0].GUID) }, true},
		{"a person without a name", inRoom(event(`Łucja Żak`, ` `)), PersonUnnamed, func(s *Schedule) any { return len(first(s).Persons) }, 0},
		{"a duration of zero takes the timeslot", inRoom(event("01:00<", "00:00<")), DurationMissing, func(s *Schedule) any { return first(s).Duration }, 15 * time.Minute},
		{"no duration", inRoom(event("<duration>01:00</duration>", "")), DurationMissing, func(s *Schedule) any { return first(s).Duration }, 15 * time.Minute},
		{"a duration with seconds", inRoom(event("01:00<", "1:30:00<")), DurationForm, func(s *Schedule) any { return first(s).Duration }, 90 * time.Minute},
		{"a duration in minutes", inRoom(event("01:00<", "90<")), DurationForm, func(s *Schedule) any { return first(s).Duration }, 90 * time.Minute},
		{"an entity of HTML", inRoom(event("Woda w", "Woda&nbsp;w")), HTMLEntity, func(s *Schedule) any { return first(s).Title }, "Woda\u00a0w mieście"},
		{"an entity in CDATA is text", inRoom(event("Woda w mieście", "<![CDATA[a &nbsp; b]]>")), "", func(s *Schedule) any { return first(s).Title }, "a &nbsp; b"},
		{"a control character", inRoom(event("Woda w", "Woda\x0b w")), ControlDropped, func(s *Schedule) any { return first(s).Title }, "Woda w mieście"},
		{"a control character by number", inRoom(event("Woda w", "Woda&#x0B; w")), ControlDropped, func(s *Schedule) any { return first(s).Title }, "Woda w mieście"},
		{"bytes that are no UTF-8", `<?xml version="1.0" encoding="UTF-8"?>` + inRoom(event("Woda", "W\xf3da")), BytesReplaced, func(s *Schedule) any { return first(s).Title }, "W\uFFFDda w mieście"},
		{"an encoding that is not true", `<?xml version="1.0" encoding="iso-8859-2"?>` + inRoom(event()), EncodingConverted, func(s *Schedule) any { return first(s).Title }, "Woda w mieście"},
		{"markup inside a text", inRoom(event("Woda w mieście", "Woda <b>w</b> mieście")), "", func(s *Schedule) any { return first(s).Title }, "Woda w mieście"},
	} {
		t.Run(test.name, func(t *testing.T) {
			s, repairs := mustRead(t, test.file)
			var codes []string
			for _, r := range repairs {
				if r.Line < 1 {
					t.Errorf("repair %+v has no line", r)
				}
				if !slices.Contains(codes, string(r.Code)) {
					codes = append(codes, string(r.Code))
				}
			}
			want := strings.FieldsFunc(string(test.code), func(r rune) bool { return r == '+' })
			slices.Sort(codes)
			slices.Sort(want)
			if !slices.Equal(codes, want) {
				t.Errorf("repairs = %v, want %v", repairs, want)
			}
			if got := test.see(s); got != test.want {
				t.Errorf("read as %v, want %v", got, test.want)
			}
			for _, w := range writers {
				roundTrip(t, s, w)
			}
		})
	}
}

func TestEncodings(t *testing.T) {
	for _, test := range []struct {
		name    string
		declare string
		encode  func(string) (string, error)
		says    string
	}{
		{"windows-1250, declared", `<?xml version="1.0" encoding="windows-1250"?>`, charmap.Windows1250.NewEncoder().String, "windows-1250"},
		{"iso-8859-2, declared", `<?xml version="1.0" encoding="ISO-8859-2"?>`, charmap.ISO8859_2.NewEncoder().String, "iso-8859-2"},
		{"windows-1250, not declared", "", charmap.Windows1250.NewEncoder().String, "windows-1250"},
		{"utf-16 with its mark", `<?xml version="1.0" encoding="utf-16"?>`, unicode.UTF16(unicode.LittleEndian, unicode.UseBOM).NewEncoder().String, "utf-16"},
	} {
		t.Run(test.name, func(t *testing.T) {
			file, err := test.encode(test.declare + inRoom(event()))
			if err != nil {
				t.Fatal(err)
			}
			s, repairs := mustRead(t, file)
			if got := s.Events()[0].Persons[0].Name; got != "Łucja Żak" {
				t.Errorf("name = %q, want Łucja Żak", got)
			}
			if len(repairs) != 1 || repairs[0].Code != EncodingConverted || repairs[0].Args[0] != test.says {
				t.Errorf("repairs = %v, want %s of %s", repairs, EncodingConverted, test.says)
			}
		})
	}
}

func TestRefusals(t *testing.T) {
	deepXML := "<schedule>" + strings.Repeat("<a>", maxDepth+1)
	for _, test := range []struct {
		name, file string
		line       int
		reason     Reason
	}{
		{"nothing", "", 1, ReasonEmpty},
		{"only white space", "\n \n", 1, ReasonEmpty},
		{"an error page", "<!DOCTYPE html>\n<html><body>404</body></html>", 1, ReasonHTML},
		{"an error page without doctype", "<html><body>502</body></html>", 1, ReasonHTML},
		{"XHTML", "<?xml version=\"1.0\"?>\n<html><body/></html>", 2, ReasonHTML},
		{"plain text", "Not Found", 1, ReasonNoSchedule},
		{"a calendar of another kind", "<?xml version=\"1.0\"?>\n<iCalendar/>", 2, ReasonRoot},
		{"XML that ends too soon", "<schedule>\n<version>1</version>\n<conference>", 3, ReasonTruncated},
		{"XML that ends in a tag", "<schedule>\n<version", 2, ReasonTruncated},
		{"tags that cross", "<schedule>\n<a></b>", 2, ReasonSyntax},
		{"an unknown entity", "<schedule>\n<version>&gibtsnicht;</version></schedule>", 2, ReasonSyntax},
		{"entities of its own", "<!DOCTYPE schedule [<!ENTITY a \"aaaa\">]>\n<schedule/>", 1, ReasonEntities},
		{"elements without end", deepXML, 1, ReasonTooDeep},
		{"arrays without end", strings.Repeat("[", maxDepth+2), 1, ReasonTooDeep},
		{"an encoding nobody knows", `<?xml version="1.0" encoding="klingon"?><schedule/>`, 1, ReasonEncoding},
		{"no days", "<schedule><version>1</version></schedule>", 1, ReasonNoDays},
		{"a day without any date", "<schedule>\n\n<day/></schedule>", 3, ReasonNoDate},
		{"JSON that ends too soon", "{\"schedule\":\n{\"version\":", 2, ReasonTruncated},
		{"JSON with a fault", "{\"schedule\":\n{version:1}}", 2, ReasonSyntax},
		{"text after JSON", "{}\n{}", 2, ReasonSyntax},
		{"another JSON", `{"events": []}`, 1, ReasonOtherJSON},
		{"a schedule without a conference", `{"schedule": {"version": "1"}}`, 1, ReasonOtherJSON},
		{"a grid by dates", `{"schedule": {"2026-06-08": {"510": {}}}}`, 1, ReasonWidget},
		{"a pretalx widget", `{"talks": [], "rooms": []}`, 1, ReasonWidget},
		{"version 2", "{\"$schema\": \"https://c3voc.de/schedule/schema2.json\",\n\"schedule\": {\"events\": []}}", 1, ReasonVersion2},
		{"version 2 by its root", `{"schedule2": {}}`, 1, ReasonVersion2},
		{"submissions to vote on", `[{"event_id": 1, "track_id": 2}]`, 1, ReasonHalfnarp},
	} {
		t.Run(test.name, func(t *testing.T) {
			s, repairs, err := Read(strings.NewReader(test.file), "plik.xml", Options{})
			refused, ok := IsRefusal(err)
			if !ok || refused.Reason != test.reason || refused.Line != test.line || refused.File != "plik.xml" {
				t.Errorf("Read = %v, want %s on line %d", err, test.reason, test.line)
			}
			if s != nil || repairs != nil {
				t.Errorf("a refused file gave %v, %v, want nothing", s, repairs)
			}
		})
	}
}

// endless is a file without end.
type endless struct{}

func (endless) Read(p []byte) (int, error) { return len(p), nil }

func TestAFileWithoutEndIsRefused(t *testing.T) {
	_, _, err := Read(endless{}, "plik.xml", Options{})
	if refused, ok := IsRefusal(err); !ok || refused.Reason != ReasonTooLarge {
		t.Errorf("Read = %v, want %s", err, ReasonTooLarge)
	}
}

func TestRepairsNameTheirLine(t *testing.T) {
	_, repairs := mustRead(t, inRoom("\n\n"+event(` id="7"`, "")+"\n"+strings.Replace(second, "01:00", "", 1)))
	var got []string
	for _, r := range repairs {
		got = append(got, fmt.Sprint(r.Line, " ", r.Code, " ", r.Where))
	}
	want := []string{"3 id_missing Woda w mieście", "4 duration_missing Cień"}
	if !slices.Equal(got, want) {
		t.Errorf("repairs = %q, want %q", got, want)
	}
}

func TestProgressRisesToTheWhole(t *testing.T) {
	text := inRoom(event("Woda w mieście", strings.Repeat("Woda ", 50_000)))
	var told []int64
	_, _, err := Read(strings.NewReader(text), "s", Options{Progress: func(done, total int64) {
		if total != int64(len(text)) {
			t.Errorf("total = %d, want %d", total, len(text))
		}
		told = append(told, done)
	}})
	if err != nil {
		t.Fatal(err)
	}
	if !slices.IsSorted(told) || len(told) < 2 || told[len(told)-1] != int64(len(text)) {
		t.Errorf("progress = %v, want rising to %d", told, len(text))
	}
}
