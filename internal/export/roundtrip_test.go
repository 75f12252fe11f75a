package export_test

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"obrady/internal/db"
	"obrady/internal/db/dbtest"
	"obrady/internal/edition"
	"obrady/internal/export"
	"obrady/internal/i18n"
	"obrady/internal/people"
	"obrady/internal/programme"
	"obrady/internal/schedule"
	"obrady/internal/timetable"
)

// shared is a folder of files that are not in the repository; without it the
// tests that need it are skipped.
func shared(t testing.TB, folder string) string {
	t.Helper()
	root := os.Getenv("OBRADY_SHARED")
	if root == "" {
		root = filepath.Join("..", "..", "..", "shared")
	}
	path := filepath.Join(root, folder)
	if _, err := os.Stat(path); err != nil {
		t.Skipf("no %s: set OBRADY_SHARED to the folder with the real files and schemas", folder)
	}
	return path
}

func warsaw(t testing.TB) *time.Location {
	t.Helper()
	zone, err := time.LoadLocation("Europe/Warsaw")
	if err != nil {
		t.Fatal(err)
	}
	return zone
}

func readSchedule(t testing.TB, text []byte) *schedule.Schedule {
	t.Helper()
	s, _, err := schedule.Read(bytes.NewReader(text), "schedule", schedule.Options{Location: warsaw(t)})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func words(t testing.TB, lang i18n.Lang) i18n.Printer {
	t.Helper()
	c, err := i18n.Load(export.Locale, people.Locale, edition.Locale, programme.Locale, timetable.Locale)
	if err != nil {
		t.Fatal(err)
	}
	return c.In(lang)
}

// clock ticks a second each time it is read, so that two changes are never at
// one moment.
func clock() func() time.Time {
	now := time.Date(2021, 5, 1, 8, 0, 0, 0, time.UTC)
	return func() time.Time {
		now = now.Add(time.Second)
		return now
	}
}

// congress is one database with its services.
type congress struct {
	*export.Importer
	timetable *timetable.Service
	programme *programme.Service
	people    *people.Service
	edition   *edition.Service
}

func newCongress(d *db.DB) congress {
	now := clock()
	return congress{
		export.NewImporter(d, now), timetable.NewService(d, now), programme.NewService(d, now),
		people.NewService(d, now), edition.NewService(d, now),
	}
}

// published publishes what is there and returns it as the public sees it.
func (c congress) published(t testing.TB, of edition.ID, name string) (*timetable.Index, timetable.Release) {
	t.Helper()
	release, err := c.timetable.Publish(t.Context(), timetable.Order{Edition: of, Name: i18n.Text{PL: name}, Scope: timetable.Scope{Kind: timetable.Whole}, DespiteErrors: true, By: "desk"})
	if err != nil {
		t.Fatal(err)
	}
	x, err := c.timetable.Published(t.Context(), release.ID)
	if err != nil {
		t.Fatal(err)
	}
	return x, release
}

// content are the differences that a visitor of an app would notice; where an
// event runs beside another one in its room, ours goes into a room of its own.
func content(all []schedule.Difference) []schedule.Difference {
	var found []schedule.Difference
	for _, d := range all {
		virtual := d.Field == "room" && strings.HasPrefix(d.After, strings.TrimSpace(d.Before)+" (")
		if d.GUID != "" && d.Field != "slug" && !virtual {
			found = append(found, d)
		}
	}
	return found
}

func importRoundTrip(t *testing.T, d *db.DB, s *schedule.Schedule) {
	c := newCongress(d)
	began := time.Now()
	report, err := c.Apply(t.Context(), export.Import{Schedule: s, Zone: warsaw(t), By: "desk"})
	if err != nil {
		t.Fatal(err)
	}
	took := time.Since(began)
	if report.Added != len(s.Events()) || !report.NewEdition {
		t.Errorf("Apply = %d added to a new edition (%v), want %d", report.Added, report.NewEdition, len(s.Events()))
	}
	t.Logf("%d events, %d persons, %d places, %d blocks in %v", report.Events, report.NewPersons, report.NewPlaces, report.NewBlocks, took)
	x, release := c.published(t, report.Edition.ID, "1.0")
	out := export.Schedule(x, export.Order{Words: words(t, i18n.Polish), Release: release})
	if found := schedule.Overlaps(out); len(found) > 0 {
		t.Errorf("%d overlaps in rooms, the first: %+v", len(found), found[0])
	}
	var file bytes.Buffer
	if err := schedule.WriteXML(&file, out); err != nil {
		t.Fatal(err)
	}
	back := readSchedule(t, file.Bytes())
	if diff := cmp.Diff([]schedule.Difference(nil), content(schedule.Compare(s, back))); diff != "" {
		t.Errorf("after import and export (-want +got):\n%.3000s", diff)
	}
	again, err := c.Apply(t.Context(), export.Import{Schedule: s, Zone: warsaw(t), By: "desk"})
	if err != nil {
		t.Fatal(err)
	}
	if again.Unchanged != len(s.Events()) || again.Changed+again.Added+again.Removed+again.NewPersons+again.NewPlaces+again.NewBlocks != 0 {
		t.Errorf("the same file again: %+v, want nothing to do", again)
	}
}

func TestRealSchedulesComeThroughTheHouseUnchanged(t *testing.T) {
	folder := shared(t, "schedules")
	// The others say the same as these two, and a large file takes its time under the race detector.
	both := map[string]bool{"33c3.xml": true, "fosdem-2025.xml": true}
	for _, name := range []string{"33c3.xml", "33c3.json", "fosdem-2013.xml", "fosdem-2023.xml", "fosdem-2025.xml"} {
		text, err := os.ReadFile(filepath.Join(folder, name))
		if err != nil {
			t.Fatal(err)
		}
		s := readSchedule(t, text)
		t.Run(name, func(t *testing.T) {
			if both[name] {
				dbtest.Each(t, func(t *testing.T, d *db.DB) { importRoundTrip(t, d, s) })
				return
			}
			importRoundTrip(t, dbtest.New(t, db.SQLite), s)
		})
	}
}
