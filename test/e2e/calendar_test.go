package e2e

import (
	"bytes"
	"context"
	"encoding/json"
	"encoding/xml"
	"io"
	"net/http"
	"os/exec"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// calendar is what somebody else's parser understood of an iCalendar file; calendar.mjs writes it.
type calendar struct {
	Version, Product, Method string
	Zones                    []string
	Events                   []event
}

type event struct {
	UID, Summary, Description, Location, URL, Status string
	Stamp, Modified                                  string
	Sequence                                         int
	Start, End                                       *moment
}

type moment struct {
	TZID  string
	Known bool // the zone is described in the file
	Local string
	UTC   time.Time
}

// fetch gets a file of the site, by its path.
func (s *server) fetch(t *testing.T, path string) []byte {
	t.Helper()
	answer, err := http.Get(s.Base + path)
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	body, err := io.ReadAll(answer.Body)
	if err != nil || answer.StatusCode != http.StatusOK {
		t.Fatalf("%s answers %s (%v)", path, answer.Status, err)
	}
	return body
}

func understand(t *testing.T, file []byte) calendar {
	t.Helper()
	node, err := exec.LookPath("node")
	need(t, err)
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	program := exec.CommandContext(ctx, node, "calendar.mjs")
	program.Stdin = bytes.NewReader(file)
	var said bytes.Buffer
	program.Stderr = &said
	out, err := program.Output()
	if err != nil {
		t.Fatalf("ical.js does not read it: %v\n%s", err, said.String())
	}
	var c calendar
	if err := json.Unmarshal(out, &c); err != nil {
		t.Fatal(err)
	}
	return c
}

func TestACalendarProgramReadsTheCongress(t *testing.T) {
	t.Parallel()
	s := readDemo(t)
	file := s.fetch(t, "/kpm-2021/calendar.ics")
	c := understand(t, file)

	if c.Version != "2.0" || c.Product == "" || c.Method != "PUBLISH" {
		t.Errorf("version %q, product %q, method %q; want 2.0, something, PUBLISH", c.Version, c.Product, c.Method)
	}
	if diff := cmp.Diff([]string{"Europe/Warsaw"}, c.Zones); diff != "" {
		t.Errorf("zones described in the file (-want +got):\n%s", diff)
	}
	if len(c.Events) < 40 {
		t.Errorf("%d events, want those of the whole congress", len(c.Events))
	}
	uids := map[string]bool{}
	for _, e := range c.Events {
		checkEvent(t, e)
		if uids[e.UID] {
			t.Errorf("two events have the UID %s", e.UID)
		}
		uids[e.UID] = true
	}
	t.Run("a second fetch names the same events", func(t *testing.T) {
		if diff := cmp.Diff(c, understand(t, s.fetch(t, "/kpm-2021/calendar.ics"))); diff != "" {
			t.Errorf("the second fetch differs (-first +second):\n%s", diff)
		}
	})
	t.Run("what is cancelled stays, as cancelled", func(t *testing.T) {
		for _, e := range c.Events {
			if e.Status == "CANCELLED" {
				return
			}
		}
		t.Error("no event is cancelled, although a session of the demo is")
	})
	t.Run("long lines were folded and joined again", func(t *testing.T) {
		if !bytes.Contains(file, []byte("\r\n ")) {
			t.Error("no line is folded")
		}
		for _, e := range c.Events {
			if strings.ContainsAny(e.Summary+e.Location, "\r\n") || strings.Contains(e.Summary, "�") {
				t.Errorf("folding broke %q", e.Summary)
			}
		}
	})
	t.Run("the hours are those of schedule.xml", func(t *testing.T) { compareHours(t, s, c) })
}

func checkEvent(t *testing.T, e event) {
	t.Helper()
	switch {
	case e.UID == "" || e.Summary == "" || e.Stamp == "" || e.Modified == "":
		t.Errorf("an event lacks something: %+v", e)
	case e.Status != "CONFIRMED" && e.Status != "CANCELLED":
		t.Errorf("%s has the status %q", e.UID, e.Status)
	case e.Start == nil || e.End == nil:
		t.Errorf("%s has no hours", e.UID)
	case e.Start.TZID != "Europe/Warsaw" || !e.Start.Known:
		t.Errorf("%s begins in the zone %q, described: %v", e.UID, e.Start.TZID, e.Start.Known)
	case !e.Start.UTC.Before(e.End.UTC):
		t.Errorf("%s begins %v and ends %v", e.UID, e.Start.UTC, e.End.UTC)
	case e.URL != "" && !strings.HasPrefix(e.URL, "http"):
		t.Errorf("%s has the address %q", e.UID, e.URL)
	default:
		checkSummerTime(t, e)
	}
}

// checkSummerTime: in June the clock in Katowice is two hours ahead of UTC.
func checkSummerTime(t *testing.T, e event) {
	t.Helper()
	local, err := time.Parse("2006-01-02T15:04:05", e.Start.Local)
	if err != nil {
		t.Errorf("%s begins at %q: %v", e.UID, e.Start.Local, err)
		return
	}
	if ahead := local.Sub(e.Start.UTC); ahead != 2*time.Hour {
		t.Errorf("%s: the clock in the hall is %v ahead of UTC, want 2h", e.UID, ahead)
	}
}

// compareHours holds two files that are written by different code against each other: every hour at which a
// calendar lets something confirmed begin is one at which schedule.xml does.
func compareHours(t *testing.T, s *server, c calendar) {
	var schedule struct {
		Days []struct {
			Rooms []struct {
				Events []struct {
					Date time.Time `xml:"date"`
				} `xml:"event"`
			} `xml:"room"`
		} `xml:"day"`
	}
	if err := xml.Unmarshal(s.fetch(t, "/kpm-2021/schedule.xml"), &schedule); err != nil {
		t.Fatal(err)
	}
	begins := map[int64]bool{}
	for _, day := range schedule.Days {
		for _, room := range day.Rooms {
			for _, e := range room.Events {
				begins[e.Date.Unix()] = true
			}
		}
	}
	for _, e := range c.Events {
		if e.Status == "CONFIRMED" && !begins[e.Start.UTC.Unix()] {
			t.Errorf("%q begins at %v in the calendar; nothing in schedule.xml does", e.Summary, e.Start.UTC)
		}
	}
}

// Every session page leads to a calendar of its own, and that is a part of the congress's.
func TestACalendarProgramReadsOneSession(t *testing.T) {
	t.Parallel()
	s := readDemo(t)
	whole := map[string]event{}
	for _, e := range understand(t, s.fetch(t, "/kpm-2021/calendar.ics")).Events {
		whole[e.UID] = e
	}
	path := sessionWith(t, s, ".ics")
	c := understand(t, s.fetch(t, path))
	if len(c.Events) == 0 {
		t.Fatalf("%s has no event", path)
	}
	for _, e := range c.Events {
		if diff := cmp.Diff(whole[e.UID], e); diff != "" {
			t.Errorf("%s differs from the congress's calendar (-congress +session):\n%s", e.UID, diff)
		}
	}
}

// A parser that takes everything would prove nothing.
func TestTheCalendarParserRefusesRubbish(t *testing.T) {
	t.Parallel()
	node, err := exec.LookPath("node")
	need(t, err)
	program := exec.CommandContext(t.Context(), node, "calendar.mjs")
	program.Stdin = strings.NewReader("BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nthis is no property\r\nEND:VCALENDAR\r\n")
	if out, err := program.Output(); err == nil {
		t.Errorf("it read %s, want a refusal", out)
	}
}
