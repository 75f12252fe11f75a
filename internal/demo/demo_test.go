package demo_test

import (
	"context"
	"errors"
	"maps"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"obrady/internal/db"
	"obrady/internal/db/dbtest"
	"obrady/internal/demo"
	"obrady/internal/edition"
	"obrady/internal/journal"
	"obrady/internal/programme"
	"obrady/internal/timetable"
)

func today() time.Time { return time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC) }

func fill(t *testing.T, d *db.DB) {
	t.Helper()
	if err := demo.Fill(t.Context(), d, today); err != nil {
		t.Fatalf("Fill = %v, want nil", err)
	}
}

func TestFillWorksOnceOnAnEmptyDatabase(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		wantFilled(t, d, false)
		fill(t, d)
		wantFilled(t, d, true)
		if err := demo.Fill(t.Context(), d, today); !errors.Is(err, demo.ErrNotEmpty) {
			t.Errorf("Fill for the second time = %v, want ErrNotEmpty", err)
		}
	})
}

func wantFilled(t *testing.T, d *db.DB, want bool) {
	t.Helper()
	if got, err := demo.Filled(t.Context(), d); err != nil || got != want {
		t.Errorf("Filled = %v, %v, want %v", got, err, want)
	}
}

func TestWhatIsFilledObeysEveryRule(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		fill(t, d)
		for name, check := range map[string]func(context.Context, db.Querier) ([]db.Fault, error){
			"edition": edition.Check, "programme": programme.Check, "timetable": timetable.CheckStored,
			"journal": journal.Check,
		} {
			if faults, err := check(t.Context(), d); err != nil || len(faults) > 0 {
				t.Errorf("check of %s = %v, %v, want nothing", name, faults, err)
			}
		}
	})
}

func TestTheFourEditionsArePublished(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		fill(t, d)
		editions, err := edition.Editions(t.Context(), d)
		if err != nil {
			t.Fatal(err)
		}
		got := map[string]int{}
		for _, e := range editions {
			releases, err := timetable.NewService(d, today).Releases(t.Context(), e.ID)
			if err != nil {
				t.Fatal(err)
			}
			got[e.Roman()+" "+e.Slug] = len(releases)
		}
		want := map[string]int{"I kpm-2017": 1, "II kpm-2019": 1, "III kpm-2021": 3, "IV kpm-2024": 1}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("releases by edition (-want +got):\n%s", diff)
		}
	})
}

// published returns what the public sees of an edition after Fill.
func published(t *testing.T, d *db.DB, slug string) *timetable.Index {
	t.Helper()
	e, err := edition.NewService(d, today).Edition(t.Context(), slug)
	if err != nil {
		t.Fatal(err)
	}
	service := timetable.NewService(d, today)
	latest, err := service.Latest(t.Context(), e.ID)
	if err != nil {
		t.Fatal(err)
	}
	x, err := service.Published(t.Context(), latest.ID)
	if err != nil {
		t.Fatal(err)
	}
	return x
}

func TestNothingClashes(t *testing.T) {
	d := dbtest.New(t, db.SQLite)
	fill(t, d)
	var overlaps []string
	for _, slug := range editions() {
		x := published(t, d, slug)
		for _, f := range x.Check() {
			if f.Severity == timetable.Error {
				t.Errorf("%s: %s: %s and %s", slug, f.Kind, nameOf(x, f.Session), nameOf(x, f.Other))
			}
			if f.Kind == timetable.StageTwice {
				overlaps = append(overlaps, nameOf(x, f.Session)+" and "+nameOf(x, f.Other))
			}
		}
	}
	slices.Sort(overlaps)
	want := []string{
		"jak-planowac-mobilnosc and nieruchomosci-i-zielen",
		"mlodzi-robia-metropolie-konsultacje and zielona-infrastruktura",
		"nieruchomosci-i-zielen and infogzm",
	}
	for i, pair := range overlaps { // two that begin together come in either order
		if pair == "zielona-infrastruktura and mlodzi-robia-metropolie-konsultacje" {
			overlaps[i] = want[1]
		}
	}
	slices.Sort(overlaps)
	if diff := cmp.Diff(want, overlaps); diff != "" {
		t.Errorf("overlaps on a stage are those of the real programme (-want +got):\n%s", diff)
	}
}

func editions() []string { return []string{"kpm-2017", "kpm-2019", "kpm-2021", "kpm-2024"} }

func nameOf(x *timetable.Index, id programme.SessionID) string {
	if s := x.Session(id); s != nil {
		return s.Slug
	}
	return "-"
}

func TestEveryBlockHasItsSessions(t *testing.T) {
	d := dbtest.New(t, db.SQLite)
	fill(t, d)
	x := published(t, d, demo.Main)
	got := map[string]int{}
	for _, s := range x.Sessions {
		if s.Status == programme.Ready {
			got[x.Block(s.Block).Slug]++
		}
	}
	want := map[string]int{
		"kpm": 7, "inspirujace-miasta": 12, "kwestia-metropolitalna": 7, "wuf11": 5, "kalejdoskopy": 2, "noc-wtop": 1,
		"networking": 6, "warsztaty": 10, "urbact": 6, "newurbpact-sesje-glowne": 6, "newurbpact-warsztat": 1,
		"newurbpact-kalejdoskop": 1, "wydarzenia-wspolne": 7,
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("sessions that take place, by block (-want +got):\n%s", diff)
	}
}

func TestTheTenBlocksOfTheSeedHaveColoursOfTheirOwn(t *testing.T) {
	d := dbtest.New(t, db.SQLite)
	fill(t, d)
	colours, marks := map[int]string{}, map[string]bool{}
	for _, b := range published(t, d, demo.Main).Blocks {
		if marks[b.Mark] {
			t.Errorf("mark %q stands for two blocks, want one", b.Mark)
		}
		marks[b.Mark] = true
		if b.Parent == "" && b.Kind != programme.General {
			colours[b.Colour] = b.Slug
		}
	}
	if got := len(colours); got != 10 {
		t.Errorf("colours of the seed's blocks = %v, want 10 different ones", slices.Sorted(maps.Keys(colours)))
	}
}

func TestTheSessionsWorkAsTheirBlocksPromise(t *testing.T) {
	d := dbtest.New(t, db.SQLite)
	fill(t, d)
	x := published(t, d, demo.Main)
	for _, s := range x.Sessions {
		switch block := x.Block(s.Block).Slug; {
		case block == "warsztaty" && (s.Capacity < 20 || s.Capacity > 30):
			t.Errorf("workshop %s has %d places, want 20 to 30", s.Slug, s.Capacity)
		case block == "warsztaty" && s.Entry != programme.FirstCome && s.Entry != programme.Selection:
			t.Errorf("workshop %s lets people in by %q, want order or selection", s.Slug, s.Entry)
		case s.Slug == "noc-wtop" && s.Recording != programme.NotRecorded:
			t.Errorf("fail night: recording = %q, want not recorded", s.Recording)
		case s.Format == programme.Kaleidoscope:
			wantCycles(t, s)
		}
	}
}

func wantCycles(t *testing.T, s programme.Session) {
	t.Helper()
	if open := s.OpenCycles(); len(open) > 0 || len(s.Segments) == 0 {
		t.Errorf("kaleidoscope %s: cycles without discussion = %v of %d parts, want none", s.Slug, open, len(s.Segments))
	}
	for _, g := range s.Segments {
		if g.Kind == programme.Talk && g.Minutes != 4 {
			t.Errorf("talk %q in %s = %d minutes, want 4", g.Title.PL, s.Slug, g.Minutes)
		}
	}
}

func TestTenStrandsRunSideBySide(t *testing.T) {
	d := dbtest.New(t, db.SQLite)
	fill(t, d)
	x := published(t, d, demo.Main)
	most := 0
	for _, slot := range x.Slots {
		running := 0
		for _, other := range x.Slots {
			if !other.Start.After(slot.Start) && other.End.After(slot.Start) {
				running++
			}
		}
		most = max(most, running)
	}
	if most < 10 {
		t.Errorf("sessions at one time = %d at most, want 10", most)
	}
}

func TestTheChangeListTellsAStory(t *testing.T) {
	d := dbtest.New(t, db.SQLite)
	fill(t, d)
	e, err := edition.NewService(d, today).Edition(t.Context(), demo.Main)
	if err != nil {
		t.Fatal(err)
	}
	releases, err := timetable.NewService(d, today).Releases(t.Context(), e.ID)
	if err != nil {
		t.Fatal(err)
	}
	type telling map[timetable.ChangeKind]int
	got := map[string]telling{}
	for _, r := range releases {
		kinds := telling{}
		for _, c := range r.Changes {
			kinds[c.Kind]++
		}
		got[r.PublishedAt.In(e.Location()).Format("2006-01-02 15:04 ")+r.Name.PL] = kinds
	}
	want := map[string]telling{
		"2021-04-20 10:00 Program ramowy":      {},
		"2021-05-20 12:00 Program z 20 maja":   {timetable.New: 3, timetable.Moved: 1, timetable.Changed: 2},
		"2021-06-05 18:00 Program z 5 czerwca": {timetable.New: 1, timetable.Moved: 2, timetable.Changed: 2, timetable.Cancelled: 1},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("changes by release (-want +got):\n%s", diff)
	}
}

func BenchmarkFill(b *testing.B) {
	for b.Loop() {
		b.StopTimer()
		d := dbtest.New(b, db.SQLite)
		b.StartTimer()
		if err := demo.Fill(b.Context(), d, today); err != nil {
			b.Fatal(err)
		}
	}
}
