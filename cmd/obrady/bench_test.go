package main

import (
	"encoding/json"
	"os"
	"os/exec"
	"strings"
	"testing"

	"obrady/internal/app/bench"
	"obrady/internal/app/opening"
	"obrady/internal/db"
	"obrady/internal/db/dbtest"
)

// playOpening runs the benchmark of a small opening and returns what it printed.
func playOpening(t *testing.T, engine db.Engine, flags ...string) (f opening.Figures, fields map[string]any) {
	t.Helper()
	if engine == db.Postgres && os.Getenv("OBRADY_TEST_POSTGRES") == "" {
		if os.Getenv("OBRADY_TEST_NO_SKIP") == "1" {
			t.Fatal("OBRADY_TEST_POSTGRES is not set, and OBRADY_TEST_NO_SKIP=1 forbids to skip")
		}
		t.Skip("OBRADY_TEST_POSTGRES is not set")
	}
	obrady, err := exec.LookPath("obrady") // this test, under another name
	if err != nil {
		t.Fatal(err)
	}
	command := exec.CommandContext(t.Context(), obrady, append([]string{
		"bench", "signup", "--people", "200", "--sessions", "5", "--seats", "20", "--connections", "32", "--rounds", "1",
		"--lasts", "200ms", "--out", "json", "--engine", string(engine),
	}, flags...)...)
	var said, noted strings.Builder
	command.Stdout, command.Stderr = &said, &noted
	if err := command.Run(); err != nil {
		t.Fatalf("%v: %v\n%s", command.Args, err, noted.String())
	}
	if err := json.Unmarshal([]byte(said.String()), &f); err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal([]byte(said.String()), &fields); err != nil {
		t.Fatal(err)
	}
	return f, fields
}

func noHarm(t *testing.T, f opening.Figures) {
	t.Helper()
	for _, g := range f.Goals {
		exact := g.Want == "<= 0"
		if exact && !g.Met {
			t.Errorf("%s = %v, want none; %v", g.What, g.Got, f.Notes)
		}
	}
}

func TestTheBenchmarkOfAnOpeningSaysEverything(t *testing.T) {
	for _, engine := range dbtest.Engines {
		t.Run(string(engine), func(t *testing.T) {
			t.Parallel() // an opening is mostly waited for
			f, fields := playOpening(t, engine, "--browsers", "20")
			noHarm(t, f)
			for _, name := range []string{
				"limit_per_s", "decisions_per_s", "share_of_limit", "p50_ms", "p99_ms", "max_ms", "granted", "waiting",
				"cpu_us_per_decision",
			} {
				if n, _ := fields[name].(float64); n <= 0 {
					t.Errorf("%s = %v, want more than nothing", name, fields[name])
				}
			}
			for _, name := range []string{"errors_5xx", "oversold", "false_full", "lost_acknowledged"} {
				if n, told := fields[name].(float64); !told || n != 0 {
					t.Errorf("%s = %v, want 0", name, fields[name])
				}
			}
			if f.Granted != 5*20 || f.Waiting != 200-5*20 {
				t.Errorf("%d granted and %d waiting, want every seat given and nobody forgotten", f.Granted, f.Waiting)
			}
			if f.Live == nil || f.Live.Open != 20 || f.Day == nil || f.Day.Answers == 0 {
				t.Errorf("browsers %+v, programme %+v, want figures of both", f.Live, f.Day)
			}
		})
	}
}

func TestTheBenchmarkKnowsOtherOpenings(t *testing.T) {
	for _, test := range []struct {
		name   string
		engine db.Engine
		flags  []string
		holds  func(f opening.Figures) bool
	}{
		{"all want the same", db.SQLite, []string{"--hot"}, func(f opening.Figures) bool { return f.Granted == 20 && f.Waiting == 180 }},
		{"as many as come", db.SQLite, []string{"--mode", "open"}, func(f opening.Figures) bool { return f.Granted == 200 && f.Waiting == 0 }},
		{"a lot among those who were ready", db.SQLite, []string{"--mode", "prequeue"}, func(f opening.Figures) bool {
			return f.Draw != nil && f.Draw.Entries == 200 && f.Granted == 5*20
		}},
		{"a lot among wish lists", db.SQLite, []string{"--mode", "lottery"}, func(f opening.Figures) bool {
			return f.Draw != nil && f.Draw.Entries == 200 && f.Granted == 5*20
		}},
		{"two servers", db.Postgres, []string{"--instances", "2"}, func(f opening.Figures) bool { return f.Granted == 5*20 && f.Waiting == 100 }},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			f, _ := playOpening(t, test.engine, test.flags...)
			noHarm(t, f)
			if !test.holds(f) {
				t.Errorf("figures %+v", f)
			}
		})
	}
}

func TestTheBenchmarkOfACouncilAsksForEveryPage(t *testing.T) {
	for _, engine := range dbtest.Engines {
		t.Run(string(engine), func(t *testing.T) {
			if engine == db.Postgres && os.Getenv("OBRADY_TEST_POSTGRES") == "" {
				t.Skip("OBRADY_TEST_POSTGRES is not set")
			}
			obrady, err := exec.LookPath("obrady") // this test, under another name
			if err != nil {
				t.Fatal(err)
			}
			command := exec.CommandContext(t.Context(), obrady, "bench", "council", "--submissions", "90", "--reviewers", "8",
				"--rounds", "1", "--asks", "1", "--out", "json", "--engine", string(engine))
			var said, noted strings.Builder
			command.Stdout, command.Stderr = &said, &noted
			if err := command.Run(); err != nil {
				t.Fatalf("%v: %v\n%s", command.Args, err, noted.String())
			}
			var f bench.CouncilFigures
			if err := json.Unmarshal([]byte(said.String()), &f); err != nil {
				t.Fatal(err)
			}
			if a := f.Assignment; a.Seconds <= 0 || a.Objective < a.Bound || a.Pairs != 90*3 || a.Gaps != 0 {
				t.Errorf("the assignment is %+v, want three readers for each of 90, not better than the bound", a)
			}
			readers := map[string]int{}
			for _, p := range f.Pages {
				readers[p.Who]++
				if p.P50 <= 0 || p.Bytes == 0 || p.LimitP50 <= 0 {
					t.Errorf("%s as %s: %+v, want figures", p.Page, p.Who, p)
				}
			}
			for _, who := range []string{"organiser", "chair", "reviewer", "consulted body"} {
				if readers[who] < 2 {
					t.Errorf("%s asked for %d pages, want some", who, readers[who])
				}
			}
		})
	}
}
