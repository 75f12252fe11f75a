package timetable

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"obrady/internal/edition"
	"obrady/internal/i18n"
	"obrady/internal/people"
	"obrady/internal/programme"
)

// hour is a time on 7 June 2021 in Katowice: hour(12, 30) is half past noon.
func hour(h, m int) time.Time { return time.Date(2021, 6, 7, h-2, m, 0, 0, time.UTC) }

// congress is a small edition with two rooms, a walk of ten minutes between
// them, an online service, a stage and a person.
func congress() *Programme {
	return &Programme{
		Edition: edition.Edition{
			ID: "e", Slug: "kpm-2021", Name: i18n.Both("Kongres"), StartsOn: "2021-06-07", EndsOn: "2021-06-08",
			TimeZone: "Europe/Warsaw", Form: edition.Hybrid,
		},
		Blocks: []programme.Block{
			{ID: "main", Slug: "main", Mark: "M", Colour: 1, Name: i18n.Both("Główny"), Kind: programme.General},
			{ID: "inner", Slug: "inner", Parent: "main", Mark: "I", Colour: 2, Name: i18n.Both("Wewnętrzny"), Kind: programme.General},
		},
		Stages:  []programme.Stage{{ID: "metro", Slug: "metro", Mark: "Q", Colour: 2, Name: i18n.Both("Scena Metropolii")}},
		Places:  []Place{{ID: "a", Slug: "a", Name: i18n.Both("Sala A"), Capacity: 30}, {ID: "b", Slug: "b", Name: i18n.Both("Sala B")}, {ID: "net", Slug: "net", Name: i18n.Both("Zoom"), Shared: true}},
		Walks:   []Walk{{From: "a", To: "b", Minutes: 10}},
		Persons: []people.Person{{ID: "jan", Slug: "jan", Name: "Jan Przykład"}},
	}
}

// with adds a ready session of the given name, hours and place.
func (p *Programme) with(name string, start, end time.Time, place PlaceID, more ...func(*programme.Session)) *Programme {
	s := programme.Session{
		ID: programme.SessionID(name), Slug: name, GUID: name, Block: "main", Title: i18n.Both(name),
		Format: programme.Panel, Form: edition.OnSite, Status: programme.Ready,
	}
	for _, change := range more {
		change(&s)
	}
	p.Sessions = append(p.Sessions, s)
	p.Slots = append(p.Slots, Slot{ID: SlotID("slot-" + name), Session: s.ID, Place: place, Start: start, End: end})
	return p
}

func onStage(s *programme.Session) { s.Stage = "metro" }

func withJan(s *programme.Session) {
	s.People = []programme.Appearance{{Person: "jan", Role: programme.Speaker}}
}

func TestCheck(t *testing.T) {
	talkOfJan := func(s *programme.Session) {
		s.Segments = []programme.Segment{
			{ID: "t1", Kind: programme.Talk, Title: i18n.Both("Wystąpienie"), Minutes: 30, People: []programme.Appearance{{Person: "jan", Role: programme.Speaker}}},
			{ID: "t2", Kind: programme.Discussion, Minutes: 60},
		}
	}
	for _, test := range []struct {
		name string
		p    *Programme
		want []string
	}{
		{"two sessions that touch", congress().with("x", hour(10, 0), hour(11, 0), "a").with("y", hour(11, 0), hour(12, 0), "a"), nil},
		{"one room for two", congress().with("x", hour(10, 0), hour(11, 0), "a").with("y", hour(10, 59), hour(12, 0), "a"), []string{"error place_twice x y"}},
		{"one online service for two", congress().with("x", hour(10, 0), hour(11, 0), "net").with("y", hour(10, 0), hour(12, 0), "net"), nil},
		{"one stage for two, in two rooms", congress().with("x", hour(10, 0), hour(11, 0), "a", onStage).with("y", hour(10, 30), hour(12, 0), "b", onStage), []string{"warning stage_twice x y"}},
		{"one person in two", congress().with("x", hour(10, 0), hour(11, 0), "a", withJan).with("y", hour(10, 30), hour(12, 0), "b", withJan), []string{"error person_twice x y"}},
		{"a person with nine minutes for a walk of ten", congress().with("x", hour(10, 0), hour(11, 0), "a", withJan).with("y", hour(11, 9), hour(12, 0), "b", withJan), []string{"warning too_far x y"}},
		{"a person with ten minutes for it", congress().with("x", hour(10, 0), hour(11, 0), "a", withJan).with("y", hour(11, 10), hour(12, 0), "b", withJan), nil},
		{"a person whose talk is over when the next begins", congress().with("x", hour(10, 0), hour(11, 30), "a", talkOfJan).with("y", hour(11, 0), hour(12, 0), "b", withJan), nil},
		{"a person whose talk is not over", congress().with("x", hour(10, 0), hour(11, 30), "a", talkOfJan).with("y", hour(10, 15), hour(11, 0), "b", withJan), []string{"error person_twice x y"}},
		{"a part inside its whole, in the same room", congress().with("x", hour(10, 0), hour(12, 0), "a").with("y", hour(10, 0), hour(11, 0), "a", func(s *programme.Session) { s.Parent = "x" }), nil},
		{"a part that outlasts its whole", congress().with("x", hour(10, 0), hour(12, 0), "a").with("y", hour(11, 0), hour(13, 0), "b", func(s *programme.Session) { s.Parent = "x" }), []string{"warning outside_parent y x"}},
		{"more people than chairs", congress().with("x", hour(10, 0), hour(11, 0), "a", func(s *programme.Session) { s.Capacity = 31 }), []string{"error over_capacity x "}},
		{"parts longer than the slot", congress().with("x", hour(10, 0), hour(11, 0), "a", talkOfJan), []string{"error segments_over x "}},
		{"parts shorter than the slot", congress().with("x", hour(10, 0), hour(12, 0), "a", talkOfJan), []string{"warning segments_under x "}},
		{"after the last day", congress().with("x", hour(10, 0).AddDate(0, 0, 2), hour(11, 0).AddDate(0, 0, 2), "a"), []string{"error outside_days x "}},
		{"a night that ends after the last day", congress().with("x", hour(23, 0).AddDate(0, 0, 1), hour(26, 0).AddDate(0, 0, 1), "a"), nil},
		{"on site, nobody knows where", congress().with("x", hour(10, 0), hour(11, 0), ""), []string{"warning no_place x "}},
		{"cancelled, so in nobody's way", congress().with("x", hour(10, 0), hour(11, 0), "a").with("y", hour(10, 0), hour(11, 0), "a", func(s *programme.Session) { s.Status = programme.Cancelled }), nil},
		{"a debate before its presentation", congress().with("x", hour(12, 0), hour(13, 0), "a").with("y", hour(10, 0), hour(11, 0), "a", func(s *programme.Session) { s.Follows = []programme.SessionID{"x"} }), []string{"warning before_followed y x"}},
		{"a kaleidoscope without talks", congress().with("x", hour(10, 0), hour(11, 0), "a", func(s *programme.Session) { s.Format = programme.Kaleidoscope }), []string{"warning kaleidoscope_bare x "}},
	} {
		t.Run(test.name, func(t *testing.T) {
			var got []string
			for _, f := range test.p.Check() {
				got = append(got, fmt.Sprintf("%s %s %s %s", f.Severity, f.Kind, f.Session, f.Other))
			}
			if !slices.Equal(got, test.want) {
				t.Errorf("Check = %q, want %q", got, test.want)
			}
		})
	}
}

// The check looks at every pair that can meet: a brute force over all pairs
// finds the same rooms taken twice.
func TestCheckMissesNoPair(t *testing.T) {
	p := congress()
	for i := range 60 {
		start := hour(8, 0).Add(time.Duration(i*7%240) * time.Minute)
		p.with(fmt.Sprintf("s%02d", i), start, start.Add(time.Duration(15+i*13%90)*time.Minute), "a")
	}
	want := 0
	for i, a := range p.Slots {
		for _, b := range p.Slots[i+1:] {
			if a.Overlaps(b) {
				want++
			}
		}
	}
	got := 0
	for _, f := range p.Check() {
		if f.Kind == PlaceTwice {
			got++
		}
	}
	if got != want || want == 0 {
		t.Errorf("%d pairs found, want %d", got, want)
	}
}

func TestDayOf(t *testing.T) {
	zone := congress().Edition.Location()
	for _, test := range []struct {
		name string
		at   time.Time
		want string
	}{
		{"noon", hour(12, 0), "2021-06-07"},
		{"one at night belongs to the evening", hour(25, 0), "2021-06-07"},
		{"four in the morning begins the day", hour(28, 0), "2021-06-08"},
	} {
		if got := DayOf(test.at, zone); string(got) != test.want {
			t.Errorf("%s: DayOf = %s, want %s", test.name, got, test.want)
		}
	}
}
