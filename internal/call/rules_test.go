package call

import (
	"errors"
	"os"
	"strings"
	"testing"
	"time"

	"obrady/internal/errs"
	"obrady/internal/i18n"
)

func TestStatesLeadOnlyToStates(t *testing.T) {
	known := map[State]bool{}
	for _, s := range States {
		known[s] = true
	}
	for from, all := range moves {
		for _, to := range all {
			if !known[from] || !known[to] || from == to {
				t.Errorf("from %s to %s: want two known states", from, to)
			}
		}
	}
	for _, test := range []struct {
		from, to State
		want     bool
	}{
		{Drafted, Submitted, true},
		{Drafted, Eligible, false},
		{Returned, Submitted, true},
		{Decided, Withdrawn, false},
		{UnderReview, Withdrawn, true},
		{Reserve, Accepted, true},
		{Rejected, Decided, true},
		{Merged, Submitted, false},
		{Withdrawn, Submitted, false},
	} {
		if got := test.from.May(test.to); got != test.want {
			t.Errorf("from %s to %s: %v, want %v", test.from, test.to, got, test.want)
		}
	}
}

func TestACallIsChecked(t *testing.T) {
	for _, test := range []struct {
		name  string
		spoil func(*Call)
		field string
	}{
		{"a good one", func(*Call) {}, ""},
		{"no title", func(c *Call) { c.Title.PL = "" }, "title_pl"},
		{"a title as long as a page", func(c *Call) { c.Title.EN = strings.Repeat("x", 201) }, "title_en"},
		{"an address with spaces", func(c *Call) { c.Slug = "dobre praktyki" }, "slug"},
		{"a mark in small letters", func(c *Call) { c.Mark = "dp" }, "mark"},
		{"a mark with an accent", func(c *Call) { c.Mark = "Ż" }, "mark"},
		{"an unknown kind", func(c *Call) { c.Kind = "opera" }, "kind"},
		{"no languages", func(c *Call) { c.Languages = nil }, "languages"},
		{"an unknown language", func(c *Call) { c.Languages = []i18n.Lang{"de"} }, "languages"},
		{"a path without a name", func(c *Call) { c.Paths = []Option{{Slug: "a"}} }, "paths"},
		{"the same path twice", func(c *Call) { c.Paths = append(c.Paths, c.Paths[0]) }, "paths"},
		{"a talk of two days", func(c *Call) { c.Formats[0].Minutes = 2880 }, "formats"},
		{"fewer than none each", func(c *Call) { c.PerPerson = -1 }, "per_person"},
		{"over before it begins", func(c *Call) { c.ClosesAt = c.OpensAt }, "closes_on"},
		{"no hours", func(c *Call) { c.OpensAt = time.Time{} }, "opens_on"},
	} {
		c := sample("e")
		test.spoil(&c)
		var wrong errs.Problems
		err := c.Validate()
		if test.field == "" && err != nil || test.field != "" && (!errors.As(err, &wrong) || wrong.Of(test.field) == nil) {
			t.Errorf("%s: %v, want a problem of %q", test.name, err, test.field)
		}
	}
}

func TestPhases(t *testing.T) {
	c := sample("e")
	c.PublishedAt = noon.Add(-time.Hour)
	cancelled, archived, draft := c, c, c
	cancelled.CancelledAt, archived.ArchivedAt, draft.PublishedAt = noon, noon, time.Time{}
	for _, test := range []struct {
		name string
		of   Call
		at   time.Time
		want Phase
	}{
		{"a draft", draft, noon, Draft},
		{"a moment early", c, noon.Add(-time.Microsecond), Scheduled},
		{"on the stroke", c, noon, Running},
		{"the last moment", c, c.ClosesAt.Add(-time.Microsecond), Running},
		{"at closing time", c, c.ClosesAt, Closed},
		{"cancelled beats open", cancelled, noon, Cancelled},
		{"put away", archived, noon.Add(5 * time.Hour), Archived},
	} {
		if got := test.of.Phase(test.at); got != test.want {
			t.Errorf("%s: %s, want %s", test.name, got, test.want)
		}
	}
}

func TestORCID(t *testing.T) {
	for _, test := range []struct {
		typed, want string
		ok          bool
	}{
		{"0000-0002-1825-0097", "0000-0002-1825-0097", true},
		{" https://orcid.org/0000-0001-5109-3700 ", "0000-0001-5109-3700", true},
		{"000000021694233x", "0000-0002-1694-233X", true},
		{"0000-0002-1825-0098", "", false},
		{"0000-0002-1825-009", "", false},
		{"0000-0002-1825-00ł7", "", false},
		{"", "", false},
	} {
		if got, ok := ORCID(test.typed); got != test.want || ok != test.ok {
			t.Errorf("ORCID(%q) = %q, %v, want %q, %v", test.typed, got, ok, test.want, test.ok)
		}
	}
}

// The files that read what submissions say must not know the tables of who is behind them, nor the other way round.
func TestContentAndIdentityAreReadApart(t *testing.T) {
	for file, never := range map[string][]string{
		"content.go":  {"call_owner", "call_contributor", "account", "institution"},
		"identity.go": {"call_submission", "call_version"},
		"store.go":    {"call_submission", "call_owner", "call_contributor"},
	} {
		source, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for i, line := range strings.Split(string(source), "\n") {
			for _, word := range never {
				if strings.Contains(line, word) && !strings.HasPrefix(strings.TrimSpace(line), "//") && !strings.Contains(line, "per_institution") {
					t.Errorf("%s:%d names %s: %s", file, i+1, word, strings.TrimSpace(line))
				}
			}
		}
	}
}
