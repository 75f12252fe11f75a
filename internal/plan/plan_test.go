package plan_test

import (
	"slices"
	"testing"
	"time"

	"obrady/internal/edition"
	"obrady/internal/i18n"
	"obrady/internal/plan"
	"obrady/internal/programme"
	"obrady/internal/timetable"
)

// day begins at 9:00 in Warsaw.
var day = time.Date(2021, 6, 7, 7, 0, 0, 0, time.UTC)

// congress is a programme of one day; each session is its address, its place, and from and till when in minutes.
func congress(sessions ...planned) *plan.Plan {
	p := &timetable.Programme{
		Edition: edition.Edition{StartsOn: "2021-06-07", EndsOn: "2021-06-08", TimeZone: "Europe/Warsaw"},
		Blocks:  []programme.Block{{ID: "outer", Slug: "outer"}, {ID: "inner", Slug: "inner", Parent: "outer"}},
		Places:  []timetable.Place{{ID: "a", Slug: "a"}, {ID: "b", Slug: "b"}},
	}
	for _, s := range sessions {
		p.Sessions = append(p.Sessions, programme.Session{
			ID: programme.SessionID(s.slug), Slug: s.slug, Title: i18n.Both(s.slug), Block: "inner", Format: s.format, Form: edition.OnSite, Status: s.status, Languages: []string{"pl"},
		})
		if s.till > 0 {
			p.Slots = append(p.Slots, timetable.Slot{
				ID: timetable.SlotID(s.slug), Session: programme.SessionID(s.slug), Place: timetable.PlaceID(s.place),
				Start: day.Add(time.Duration(s.from) * time.Minute), End: day.Add(time.Duration(s.till) * time.Minute),
			})
		}
	}
	return plan.Of(p.Index())
}

type planned struct {
	slug, place string
	from, till  int
	format      programme.Format
	status      programme.Status
}

func addresses(items []plan.Item) (all []string) {
	for _, it := range items {
		all = append(all, it.Session.Slug)
	}
	return all
}

func TestLay(t *testing.T) {
	p := congress(
		planned{slug: "long", place: "a", from: 0, till: 90},
		planned{slug: "beside", place: "a", from: 30, till: 60},
		planned{slug: "again", place: "a", from: 60, till: 120},
		planned{slug: "elsewhere", place: "b", from: 63, till: 64},
		planned{slug: "lunch", place: "b", from: 120, till: 150, format: programme.Break},
		planned{slug: "lunch-too", place: "a", from: 120, till: 150, format: programme.Break},
		planned{slug: "coffee", place: "b", from: 70, till: 80, format: programme.Break},
		planned{slug: "late", place: "b", from: 290, till: 300},
	)
	order := func(it plan.Item) int { return int(it.Slot.Place[0]) }
	sheet := p.Lay(p.On("2021-06-07"), order)
	if !sheet.Begin.Equal(day) || sheet.Columns != 3 || len(sheet.Hours) != 5 {
		t.Fatalf("a sheet from %v of %d columns and %d hours, want %v, 3, 5", sheet.Begin, sheet.Columns, len(sheet.Hours), day)
	}
	type place struct{ at, to, column int }
	got := map[string]place{}
	for _, h := range sheet.Hours {
		for _, l := range h.Lanes {
			got[l.Session.Slug] = place{l.At, l.To, l.Column}
			if l.At < h.Steps || l.At >= h.Steps+plan.StepsAnHour {
				t.Errorf("%s at step %d stands in the hour from %d", l.Session.Slug, l.At, h.Steps)
			}
		}
	}
	for slug, want := range map[string]place{
		"long": {0, 18, 1}, "beside": {6, 12, 2}, "again": {12, 24, 2},
		"elsewhere": {12, 13, 3}, "coffee": {14, 16, 3}, "lunch": {24, 30, 0}, "late": {58, 60, 3},
	} {
		if got[slug] != want {
			t.Errorf("%s lies at %+v, want %+v", slug, got[slug], want)
		}
	}
	if _, twice := got["lunch-too"]; twice {
		t.Error("lunch in two halls is two bands")
	}
	if empty := p.Lay(nil, order); empty.Columns != 0 || empty.Hours != nil {
		t.Errorf("nothing laid out = %+v, want an empty sheet", empty)
	}
}

func TestSieve(t *testing.T) {
	p := congress(
		planned{slug: "panel", place: "a", from: 0, till: 60, format: programme.Panel},
		planned{slug: "workshop", place: "b", from: 0, till: 60, format: programme.Workshop},
		planned{slug: "sometime", format: programme.Workshop},
		planned{slug: "secret", place: "a", from: 60, till: 90, status: programme.Draft},
	)
	for _, test := range []struct {
		name  string
		sieve plan.Sieve
		want  []string
	}{
		{"nothing chosen", nil, []string{"panel", "workshop", "sometime"}},
		{"a format", plan.Sieve{plan.Format: "workshop"}, []string{"workshop", "sometime"}},
		{"a format in a place", plan.Sieve{plan.Format: "workshop", plan.Place: "b"}, []string{"workshop"}},
		{"a block brings the blocks inside it", plan.Sieve{plan.Block: "outer"}, []string{"panel", "workshop", "sometime"}},
		{"what nobody knows", plan.Sieve{plan.Block: "soup"}, nil},
	} {
		t.Run(test.name, func(t *testing.T) {
			if got := addresses(test.sieve.Sift(p.All())); !slices.Equal(got, test.want) {
				t.Errorf("Sift = %v, want %v", got, test.want)
			}
		})
	}
	counts, total := plan.Sieve{plan.Format: "workshop", plan.Place: "b"}.Count(p.All(), plan.Place)
	if counts["b"] != 1 || counts["a"] != 0 || total != 2 {
		t.Errorf("Count = %v of %d, want one workshop in b, of 2 anywhere", counts, total)
	}
	if got := p.Values(plan.Format); !slices.Equal(got, []string{"panel", "workshop"}) {
		t.Errorf("Values = %v, want the formats in the house's order", got)
	}
}

func TestBeside(t *testing.T) {
	p := congress(
		planned{slug: "first", place: "a", from: 0, till: 60},
		planned{slug: "tea", place: "a", from: 60, till: 70, format: programme.Break},
		planned{slug: "second", place: "a", from: 70, till: 90},
		planned{slug: "other", place: "b", from: 70, till: 90},
		planned{slug: "tomorrow", place: "a", from: 1440, till: 1500},
	)
	before, after := p.Beside(*p.On("2021-06-07")[0].Slot)
	if before != nil || after == nil || after.Slug != "second" {
		t.Errorf("beside the first: %v and %v, want nothing and the second", before, after)
	}
	if _, after = p.Beside(timetable.Slot{ID: "second", Place: "a", Start: day.Add(70 * time.Minute)}); after != nil {
		t.Errorf("after the last of the day: %v, want nothing", after.Slug)
	}
	if days := p.Days(); len(days) != 2 {
		t.Errorf("Days = %v, want both", days)
	}
}
