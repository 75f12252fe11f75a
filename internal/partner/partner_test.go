package partner

import (
	"errors"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"obrady/internal/errs"
	"obrady/internal/programme"
	"obrady/internal/timetable"
)

// at is an hour of the first day.
func at(h, m int) time.Time { return time.Date(2021, 6, 7, h, m, 0, 0, time.UTC) }

func TestAnAllotmentHoldsHours(t *testing.T) {
	given := Allotment{Windows: []Window{{"aula", at(12, 0), at(14, 0)}, {"aula", at(10, 0), at(12, 0)}, {"foyer", at(15, 0), at(16, 0)}}}
	for _, test := range []struct {
		name  string
		place timetable.PlaceID
		start time.Time
		end   time.Time
		want  bool
	}{
		{"inside a window", "aula", at(10, 0), at(11, 0), true},
		{"across two windows that meet", "aula", at(11, 0), at(13, 0), true},
		{"a minute early", "aula", at(9, 59), at(11, 0), false},
		{"a minute late", "aula", at(13, 0), at(14, 1), false},
		{"at the right hour in another place", "foyer", at(10, 0), at(11, 0), false},
		{"in a place that is not allotted", "dach", at(10, 0), at(11, 0), false},
		{"without a place, inside some window", "", at(15, 0), at(16, 0), true},
		{"without a place, over a gap", "", at(13, 0), at(16, 0), false},
	} {
		if got := given.Holds(timetable.Slot{Place: test.place, Start: test.start, End: test.end}); got != test.want {
			t.Errorf("%s: Holds = %v, want %v", test.name, got, test.want)
		}
	}
	if (Allotment{}).Holds(timetable.Slot{Start: at(10, 0), End: at(11, 0)}) {
		t.Error("an empty allotment holds hours, want none")
	}
}

func TestAcceptingARequestExtendsTheAllotment(t *testing.T) {
	before := Allotment{SeatsEach: 30, SeatsAll: 100, Entries: 4, Modes: []Mode{Open}, Windows: []Window{{"aula", at(10, 0), at(12, 0)}}}
	for _, test := range []struct {
		name string
		ask  Request
		want func(Allotment) Allotment
	}{
		{"hours", Request{Kind: ForHours, Window: Window{"foyer", at(8, 0), at(9, 0)}}, func(a Allotment) Allotment {
			a.Windows = []Window{a.Windows[0], {"foyer", at(8, 0), at(9, 0)}}
			return a
		}},
		{"seats raise the sum as well", Request{Kind: ForSeats, Amount: 50}, func(a Allotment) Allotment {
			a.SeatsEach, a.SeatsAll = 50, 120
			return a
		}},
		{"entries", Request{Kind: ForEntries, Amount: 6}, func(a Allotment) Allotment { a.Entries = 6; return a }},
		{"a way to sign up", Request{Kind: ForMode, Mode: Lottery}, func(a Allotment) Allotment { a.Modes = []Mode{Open, Lottery}; return a }},
		{"a way that is there already", Request{Kind: ForMode, Mode: Open}, func(a Allotment) Allotment { return a }},
		{"words alone", Request{Kind: ForOther}, func(a Allotment) Allotment { return a }},
	} {
		if diff := cmp.Diff(test.want(before), before.Extend(test.ask)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", test.name, diff)
		}
	}
}

func TestGrowingBeyondTheAllotment(t *testing.T) {
	a := Allotment{Entries: 2, SeatsAll: 50}
	for _, test := range []struct {
		name          string
		before, after Use
		want          []string
	}{
		{"up to the limit", Use{Entries: 1, Seats: 20}, Use{Entries: 2, Seats: 50}, nil},
		{"one entry too many", Use{Entries: 2}, Use{Entries: 3}, []string{"partner.beyond_entries"}},
		{"one seat too many", Use{Seats: 50}, Use{Seats: 51}, []string{"partner.beyond_seats_all"}},
		{"too many since the host took some away", Use{Entries: 5, Seats: 90}, Use{Entries: 4, Seats: 90}, nil},
	} {
		var got []string
		var problems errs.Problems
		if errors.As(a.grow(test.before, test.after), &problems) {
			for _, p := range problems {
				got = append(got, p.Key)
			}
		}
		if diff := cmp.Diff(test.want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", test.name, diff)
		}
	}
}

func TestAllotmentNamesTheWaysIn(t *testing.T) {
	some := Allotment{Modes: []Mode{FirstCome}}
	for _, test := range []struct {
		name  string
		given Allotment
		entry programme.Entry
		want  bool
	}{
		{"one that is given", some, programme.FirstCome, true},
		{"one that is not", some, programme.Invitation, false},
		{"not known yet", some, programme.EntryUnknown, true},
		{"none named, all given", Allotment{}, programme.Selection, true},
	} {
		if got := test.given.Allows(test.entry); got != test.want {
			t.Errorf("%s: Allows = %v, want %v", test.name, got, test.want)
		}
	}
}

func TestARequestSaysWhatItNeeds(t *testing.T) {
	for _, test := range []struct {
		name string
		ask  Request
		want []string
	}{
		{"nothing at all", Request{}, []string{"words", "kind"}},
		{"hours without a place", Request{Kind: ForHours, Words: "x", Window: Window{Start: at(8, 0), End: at(9, 0)}}, []string{"place"}},
		{"hours that end before they begin", Request{Kind: ForHours, Words: "x", Window: Window{"aula", at(9, 0), at(8, 0)}}, []string{"end"}},
		{"no number", Request{Kind: ForSeats, Words: "x"}, []string{"amount"}},
		{"a way nobody knows", Request{Kind: ForMode, Words: "x", Mode: "raffle"}, []string{"mode"}},
		{"another matter", Request{Kind: ForOther, Words: "x"}, nil},
	} {
		var got []string
		var problems errs.Problems
		if errors.As(test.ask.Validate(), &problems) {
			for _, p := range problems {
				got = append(got, p.Name)
			}
		}
		if diff := cmp.Diff(test.want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", test.name, diff)
		}
	}
}
