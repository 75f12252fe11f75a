package programme

import (
	"errors"
	"slices"
	"testing"
	"time"

	"obrady/internal/edition"
	"obrady/internal/errs"
	"obrady/internal/i18n"
	"obrady/internal/people"
)

func talk(title string, minutes, cycle int) Segment {
	return Segment{ID: SegmentID(title), Kind: Talk, Title: i18n.Text{PL: title}, Minutes: minutes, Cycle: cycle}
}

// kaleidoscope is a session of two cycles; the second has no discussion yet.
func kaleidoscope() Session {
	return Session{
		Slug: "kalejdoskop", Block: "b", Title: i18n.Text{PL: "Kalejdoskop"}, Format: Kaleidoscope,
		Form: edition.Hybrid, Status: Ready,
		Segments: []Segment{
			talk("pierwsze", 4, 1), talk("drugie", 4, 1),
			{Kind: Discussion, Minutes: 12, Cycle: 1},
			talk("trzecie", 5, 2),
		},
	}
}

func TestTimed(t *testing.T) {
	start := time.Date(2021, 6, 7, 12, 0, 0, 0, time.UTC)
	s := kaleidoscope()
	for _, test := range []struct {
		name     string
		segments []Segment
		want     []string
	}{
		{"one after another", s.Segments, []string{"12:00", "12:04", "12:08", "12:20"}},
		{"the last comes first and moves the rest", s.Move(3, 0), []string{"12:00", "12:05", "12:09", "12:13"}},
		{"a move to nowhere changes nothing", s.Move(3, 9), []string{"12:00", "12:04", "12:08", "12:20"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			moved := s
			moved.Segments = test.segments
			var got []string
			for _, g := range moved.Timed(start) {
				got = append(got, g.Start.Format("15:04"))
			}
			if !slices.Equal(got, test.want) {
				t.Errorf("segments begin at %v, want %v", got, test.want)
			}
		})
	}
	if got := s.Minutes(); got != 25 {
		t.Errorf("Minutes = %d, want 25", got)
	}
}

func TestOpenCycles(t *testing.T) {
	s := kaleidoscope()
	if got := s.OpenCycles(); !slices.Equal(got, []int{2}) {
		t.Errorf("OpenCycles = %v, want the second alone", got)
	}
	s.Segments = append(s.Segments, Segment{Kind: Discussion, Minutes: 10, Cycle: 2})
	if got := s.OpenCycles(); len(got) != 0 {
		t.Errorf("OpenCycles = %v, want none once each has its discussion", got)
	}
}

func TestEverybody(t *testing.T) {
	s := kaleidoscope()
	s.People = []Appearance{{Person: "ada", Role: Moderator}}
	s.Segments[0].People = []Appearance{{Person: "jan", Role: Speaker}, {Person: "ada", Role: Speaker}}
	if got, want := s.Everybody(), []people.PersonID{"ada", "jan"}; !slices.Equal(got, want) {
		t.Errorf("Everybody = %v, want %v", got, want)
	}
}

func TestValidateSession(t *testing.T) {
	for _, test := range []struct {
		name  string
		spoil func(*Session)
		field string
	}{
		{"a good one", func(*Session) {}, ""},
		{"without a Polish title", func(s *Session) { s.Title = i18n.Text{EN: "Only English"} }, "title_pl"},
		{"with a title beyond all measure", func(s *Session) { s.Title.EN = string(make([]rune, MaxTitle+1)) }, "title_en"},
		{"in no block", func(s *Session) { s.Block = "" }, "block"},
		{"of an unknown format", func(s *Session) { s.Format = "seance" }, "format"},
		{"of an unknown form", func(s *Session) { s.Form = "" }, "form"},
		{"with a capacity below zero", func(s *Session) { s.Capacity = -1 }, "capacity"},
		{"with Polish letters in the address", func(s *Session) { s.Slug = "łódź" }, "slug"},
		{"with a segment of no length", func(s *Session) { s.Segments[0].Minutes = 0 }, "segments"},
		{"with a talk without a title", func(s *Session) { s.Segments[0].Title = i18n.Text{} }, "segments"},
		{"with a script for a link", func(s *Session) { s.Links = []Link{{Kind: Related, URL: "javascript:alert(1)"}} }, "links"},
		{"inside itself", func(s *Session) { s.ID, s.Parent = "x", "x" }, "parent"},
		{"following itself", func(s *Session) { s.ID, s.Follows = "x", []SessionID{"x"} }, "follows"},
		{"with an unknown role", func(s *Session) { s.People = []Appearance{{Person: "ada", Role: "diva"}} }, "people"},
	} {
		t.Run(test.name, func(t *testing.T) {
			s := kaleidoscope()
			test.spoil(&s)
			err := s.Validate()
			var wrong errs.Problems
			errors.As(err, &wrong)
			if test.field == "" {
				if err != nil {
					t.Errorf("Validate = %v, want nothing wrong", err)
				}
				return
			}
			if wrong.Of(test.field) == nil {
				t.Errorf("Validate = %v, want a problem with %s", err, test.field)
			}
		})
	}
}
