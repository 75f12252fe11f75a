package schedule

import (
	"bytes"
	"errors"
	"flag"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

var update = flag.Bool("update", false, "write the golden files anew")

// congress is a schedule with everything that makes writing hard.
func congress(t testing.TB) *Schedule {
	t.Helper()
	place := warsaw(t)
	at := func(day, hour, minute int) time.Time { return time.Date(2026, 6, day, hour, minute, 0, 0, place) }
	talk := Event{
		ID: 11, GUID: guidA, Code: "ABC123", Title: "Źródła & rzeki <miasta>", Room: "Sala Łąkowa",
		Subtitle: "Kalejdoskop", Type: "talk", Language: "pl", Abstract: "Pierwszy wiersz\nDrugi wiersz\ttu",
		Start: at(8, 10, 0), Duration: 20 * time.Minute, URL: "https://kongres.example/pl/sesje/11",
		Logo: "/obrazy/rzeka.png", FeedbackURL: "", VideoURL: "https://kongres.example/film/11",
		Persons: []Person{
			{ID: 5, GUID: guidB, Code: "Z9", Name: "Józef Próba", Extra: Extra{"biography": "Uczy."}},
			{Name: "Ktoś Bez Numeru"},
		},
		Links: []Link{
			{Title: "Mapa", URL: "https://kongres.example/mapa", Type: "web"},
			{Title: "Rozmowa", URL: "https://matrix.example/#/#sala:kongres.example?x[y]=z", Type: "chat", Service: "matrix"},
			{Title: "Nigdzie", URL: "brak adresu", Extra: Extra{"@rel": "me"}},
		},
		Attachments: []Link{{URL: "https://kongres.example/slajdy.pdf", Type: "slides"}},
		Extra:       Extra{"answers/answer": "Tak", "answers/answer[2]/question~1pl": "Ile osób?"},
	}
	night := Event{
		ID: 12, GUID: "33333333-3333-4333-8333-333333333333", Code: "za długi", Slug: "Ślimak", Title: "…",
		Room: "Sala Łąkowa", Start: at(9, 0, 30), Duration: 90 * time.Minute, RecordingOptout: true,
	}
	return &Schedule{
		Version: "wydanie 3", URL: "https://kongres.example/schedule.xml", FallbackTrack: "Program",
		Generator: Generator{Name: "próba", Version: "1", URL: "https://próba.example/"},
		Conference: Conference{
			Acronym: "kongres-2026", Title: "Kongres Próbny", Subtitle: "Trzeci", Start: "2026-06-08", End: "2026-06-09",
			Timeslot: 5 * time.Minute, BaseURL: "https://kongres.example/", TimeZone: "Europe/Warsaw", City: "Katowice",
			Colors: Colors{Primary: "#aa0000", Background: "biały"},
			Tracks: []Track{{Name: "Klimat", Slug: "k", Color: "#00aa00"}, {Name: "Mieszkanie", Extra: Extra{"@icon": "dom"}}},
			Extra:  Extra{"meta/note": "przykład"},
		},
		Days: []Day{{
			Index: 1, Date: "2026-06-08", Start: at(8, 8, 0), End: at(9, 3, 59), Extra: Extra{"@name": "poniedziałek"},
			Rooms: []Room{
				{Name: "Sala Łąkowa", GUID: "44444444-4444-4444-8444-444444444444", Type: "salon", Events: []Event{talk, night}, Extra: Extra{"@slug": "lakowa"}},
				{Name: "Hol – stół 3", GUID: "55555555-5555-4555-8555-555555555555", Type: "workshop", Extra: Extra{"capacity": "6"}},
			},
		}},
	}
}

func TestWritingIsAlwaysTheSame(t *testing.T) {
	for _, w := range writers {
		t.Run(w.name, func(t *testing.T) {
			var got bytes.Buffer
			if err := w.write(&got, congress(t)); err != nil {
				t.Fatal(err)
			}
			golden := filepath.Join("testdata", "congress."+w.name)
			if *update {
				if err := os.WriteFile(golden, got.Bytes(), 0o600); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(golden)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(string(want), got.String()); diff != "" {
				t.Errorf("%s (-want +got):\n%s", golden, diff)
			}
			w.valid(t, got.Bytes())
		})
	}
}

// Rooms, texts and everything carried come back, also what neither format knows.
func TestWhatIsWrittenComesBack(t *testing.T) {
	for _, w := range writers {
		t.Run(w.name, func(t *testing.T) {
			var file bytes.Buffer
			if err := w.write(&file, congress(t)); err != nil {
				t.Fatal(err)
			}
			back, repairs := mustRead(t, file.String())
			if len(repairs) > 0 {
				t.Errorf("repairs = %v, want none", repairs)
			}
			want := congress(t)
			want.Conference.DayCount = 1 // counted on the way
			// A person without a guid is given the one of the name.
			nobody := &want.Days[0].Rooms[0].Events[0].Persons[1]
			nobody.GUID = newIdentities("kongres-2026").personGUID(*nobody)
			if diff := cmp.Diff([]Difference(nil), Compare(want, back)); diff != "" {
				t.Errorf("came back otherwise (-want +got):\n%s", diff)
			}
		})
	}
}

func TestWritingRefusesWhatWouldBeInvalid(t *testing.T) {
	for _, test := range []struct {
		name  string
		spoil func(s *Schedule, e *Event)
		field string
	}{
		{"no version", func(s *Schedule, _ *Event) { s.Version = "" }, "version"},
		{"no title of the conference", func(s *Schedule, _ *Event) { s.Conference.Title = " " }, "conference title"},
		{"no days", func(s *Schedule, _ *Event) { s.Days = nil }, "number of days"},
		{"the day 0", func(s *Schedule, _ *Event) { s.Days[0].Index = 0 }, "day index"},
		{"one day twice", func(s *Schedule, _ *Event) { s.Days = append(s.Days, s.Days[0]) }, "day index"},
		{"a day without a date", func(s *Schedule, _ *Event) { s.Days[0].Date = "" }, "day date"},
		{"a day without hours", func(s *Schedule, _ *Event) { s.Days[0].End = time.Time{} }, "hours of 2026-06-08"},
		{"a room without a name", func(s *Schedule, _ *Event) { s.Days[0].Rooms[1].Name = "" }, "room of 2026-06-08"},
		{"a room twice", func(s *Schedule, _ *Event) { s.Days[0].Rooms[1].Name = "Sala Łąkowa" }, "room of 2026-06-08"},
		{"a room's guid that is none", func(s *Schedule, _ *Event) { s.Days[0].Rooms[1].GUID = "x" }, "guid of room Hol – stół 3"},
		{"the id 0", func(_ *Schedule, e *Event) { e.ID = 0 }, "id"},
		{"an id twice", func(_ *Schedule, e *Event) { e.ID = 12 }, "id"},
		{"a guid that is none", func(_ *Schedule, e *Event) { e.GUID = "x" }, "guid"},
		{"a guid twice, in capitals", func(_ *Schedule, e *Event) { e.GUID = "33333333-3333-4333-8333-333333333333" }, "guid"},
		{"no title", func(_ *Schedule, e *Event) { e.Title = "" }, "title"},
		{"another room", func(_ *Schedule, e *Event) { e.Room = "Sala B" }, "room"},
		{"no time", func(_ *Schedule, e *Event) { e.Start = time.Time{} }, "start"},
		{"after the end of its day", func(_ *Schedule, e *Event) { e.Start = e.Start.Add(24 * time.Hour) }, "start"},
		{"no duration", func(_ *Schedule, e *Event) { e.Duration = 0 }, "duration"},
		{"a duration of a hundred hours", func(_ *Schedule, e *Event) { e.Duration = 100 * time.Hour }, "duration"},
		{"a duration with seconds", func(_ *Schedule, e *Event) { e.Duration += time.Second }, "duration"},
		{"a person without a name", func(_ *Schedule, e *Event) { e.Persons[0].Name = "" }, "person"},
	} {
		for _, w := range writers {
			t.Run(test.name+" as "+w.name, func(t *testing.T) {
				s := congress(t)
				test.spoil(s, &s.Days[0].Rooms[0].Events[0])
				var file bytes.Buffer
				err := w.write(&file, s)
				var u *Unwritable
				if !errors.As(err, &u) || u.Field != test.field {
					t.Errorf("write = %v, want the field %s", err, test.field)
				}
				if file.Len() > 0 {
					t.Errorf("%d bytes were written, want none", file.Len())
				}
			})
		}
	}
}

func TestCompareNamesEveryChange(t *testing.T) {
	before, now := congress(t), congress(t)
	room := &now.Days[0].Rooms[0]
	room.Events[0].GUID = strings.ToUpper(room.Events[0].GUID)
	room.Events[0].Start = room.Events[0].Start.Add(time.Hour)
	room.Events[0].Persons = room.Events[0].Persons[1:]
	room.Events[1].GUID = guidB
	now.Version = "wydanie 4"
	got := Compare(before, now)
	want := []Difference{
		{Kind: Changed, Field: "version", Before: "wydanie 3", After: "wydanie 4"},
		{Changed, guidA, "Źródła & rzeki <miasta>", "start", "2026-06-08T08:00:00Z", "2026-06-08T09:00:00Z"},
		{
			Changed, guidA, "Źródła & rzeki <miasta>", "persons",
			"Józef Próba (" + guidB + " 5 Z9)biography: Uczy.\n\nKtoś Bez Numeru ( 0 )", "Ktoś Bez Numeru ( 0 )",
		},
		{Kind: Added, GUID: guidB, Title: "…"},
		{Kind: Removed, GUID: "33333333-3333-4333-8333-333333333333", Title: "…"},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("Compare (-want +got):\n%s", diff)
	}
}

func TestOverlaps(t *testing.T) {
	noon := time.Date(2026, 6, 8, 12, 0, 0, 0, time.UTC)
	at := func(id, from, long int) Event {
		return Event{ID: id, Start: noon.Add(time.Duration(from) * time.Minute), Duration: time.Duration(long) * time.Minute}
	}
	for _, test := range []struct {
		name   string
		events []Event
		want   [][2]int
	}{
		{"one after the other", []Event{at(1, 0, 30), at(2, 30, 30)}, nil},
		{"a minute too long", []Event{at(1, 0, 31), at(2, 30, 30)}, [][2]int{{1, 2}}},
		{"in any order", []Event{at(2, 30, 30), at(1, 0, 31)}, [][2]int{{1, 2}}},
		{"two inside a long one", []Event{at(1, 0, 120), at(2, 10, 5), at(3, 60, 5)}, [][2]int{{1, 2}, {1, 3}}},
		{"nothing", nil, nil},
	} {
		t.Run(test.name, func(t *testing.T) {
			s := &Schedule{Days: []Day{{Rooms: []Room{{Name: "A", Events: test.events}, {Name: "B", Events: []Event{at(9, 0, 600)}}}}}}
			var got [][2]int
			for _, o := range Overlaps(s) {
				got = append(got, [2]int{o.First.ID, o.Second.ID})
			}
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Errorf("Overlaps (-want +got):\n%s", diff)
			}
		})
	}
}

func TestANewerFileMatchesTheOlder(t *testing.T) {
	older, _ := mustRead(t, inRoom(event(` guid="`+guidA+`"`, "")+strings.Replace(second, `id="8"`, "", 1)))
	newer, _ := mustRead(t, inRoom(strings.Replace(second, `id="8"`, "", 1)+event(` guid="`+guidA+`"`, "", "T10:00", "T11:00", ">10:00", ">11:00")))
	var fields []string
	for _, d := range Compare(older, newer) {
		fields = append(fields, string(d.Kind)+" "+d.Field)
	}
	if diff := cmp.Diff([]string{"changed start"}, fields); diff != "" {
		t.Errorf("Compare (-want +got):\n%s", diff)
	}
}

func TestAPersonIsNotKnownByANumber(t *testing.T) {
	s, _ := mustRead(t, inRoom(event(`<person id="3">Łucja Żak</person>`,
		`<person id="0">Łucja Żak</person><person id="0">Jan Sad</person><person id="4">łucja  żak</person>`)))
	p := s.Events()[0].Persons
	if p[0].GUID == p[1].GUID || p[0].GUID != p[2].GUID {
		t.Errorf("guids = %s, %s, %s, want the first and the last alike, the other not", p[0].GUID, p[1].GUID, p[2].GUID)
	}
}

// Whatever Read takes, both writers can write, and it comes back the same.
func fuzz(f *testing.F, seeds ...string) {
	for _, seed := range seeds {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		s, _, err := Read(strings.NewReader(text), "schedule", Options{})
		if err != nil {
			if _, ok := IsRefusal(err); !ok {
				t.Fatalf("Read = %v, want a refusal", err)
			}
			return
		}
		for _, write := range []func(io.Writer, *Schedule) error{WriteXML, WriteJSON} {
			var file bytes.Buffer
			if err := write(&file, s); err != nil {
				t.Fatalf("write what was read: %v", err)
			}
			back, _, err := Read(&file, "schedule", Options{})
			if err != nil {
				t.Fatalf("read what was written: %v", err)
			}
			if found := Compare(s, back); len(found) > 0 {
				t.Fatalf("came back otherwise: %q", found)
			}
		}
	})
}

func golden(f *testing.F, name string) string {
	text, err := os.ReadFile(filepath.Join("testdata", name))
	if err != nil {
		f.Fatal(err)
	}
	return string(text)
}

func FuzzReadXML(f *testing.F) {
	fuzz(f, golden(f, "congress.xml"), inRoom(event()+second), oneDay(event()+second), inRoom(event("01:00<", "90<", guidA, "x")))
}

func FuzzReadJSON(f *testing.F) {
	fuzz(f, golden(f, "congress.json"), `{"schedule":{"conference":{"days":[{"date":"2026-06-08","rooms":{"A":[{"start":"9:00"}]}}]}}}`)
}
