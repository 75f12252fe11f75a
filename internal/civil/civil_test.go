package civil

import (
	"testing"
	"time"
)

func warsaw(t *testing.T) *time.Location {
	t.Helper()
	zone, err := time.LoadLocation("Europe/Warsaw")
	if err != nil {
		t.Fatal(err)
	}
	return zone
}

func TestResolve(t *testing.T) {
	zone := warsaw(t)
	for _, test := range []struct {
		name  string
		day   Date
		clock string
		want  []string
	}{
		{"an ordinary noon in summer", "2021-06-07", "12:00", []string{"2021-06-07T10:00:00Z"}},
		{"an ordinary noon in winter", "2019-11-14", "12:00", []string{"2019-11-14T11:00:00Z"}},
		{"the hour that spring skips", "2021-03-28", "02:30", nil},
		{"the hour that autumn repeats", "2021-10-31", "02:30", []string{"2021-10-31T00:30:00Z", "2021-10-31T01:30:00Z"}},
		{"the minute before spring jumps", "2021-03-28", "01:59", []string{"2021-03-28T00:59:00Z"}},
		{"the minute after spring has jumped", "2021-03-28", "03:00", []string{"2021-03-28T01:00:00Z"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			clock, err := ParseClock(test.clock)
			if err != nil {
				t.Fatal(err)
			}
			got := Resolve(test.day, clock, zone)
			if len(got) != len(test.want) {
				t.Fatalf("Resolve = %v, want %v", got, test.want)
			}
			for i := range got {
				if s := got[i].UTC().Format(time.RFC3339); s != test.want[i] {
					t.Errorf("Resolve[%d] = %s, want %s", i, s, test.want[i])
				}
			}
		})
	}
}

// Forty years of half-hours: each instant is found again from what the clock shows.
func TestResolveFindsEveryInstant(t *testing.T) {
	zone := warsaw(t)
	end := time.Date(2040, 1, 1, 0, 0, 0, 0, time.UTC)
	for at := time.Date(2000, 1, 1, 0, 0, 0, 0, time.UTC); at.Before(end); at = at.Add(30 * time.Minute) {
		local := at.In(zone)
		found := false
		for _, got := range Resolve(DateOf(local), ClockOf(local), zone) {
			found = found || got.Equal(at)
		}
		if !found {
			t.Fatalf("%s: the clock shows %s %s, which Resolve does not lead back to it", at, DateOf(local), ClockOf(local))
		}
	}
}

func TestParseDate(t *testing.T) {
	for in, want := range map[string]bool{
		"2021-06-07": true, "2024-02-29": true, "2027-02-29": false, "2021-6-7": false,
		"0001-01-01": false, "9999-12-31": false, "": false, "jutro": false,
	} {
		if _, err := ParseDate(in); (err == nil) != want {
			t.Errorf("ParseDate(%q) = %v, want it accepted: %v", in, err, want)
		}
	}
}

func TestUntil(t *testing.T) {
	if got := Date("2021-02-27").Until("2021-03-02"); len(got) != 4 || got[3] != "2021-03-02" {
		t.Errorf("Until = %v, want four days up to 2 March", got)
	}
	if got := Date("2021-03-02").Until("2021-03-01"); got != nil {
		t.Errorf("Until an earlier day = %v, want none", got)
	}
}
