package app_test

import (
	"bytes"
	"encoding/csv"
	"flag"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"obrady/internal/app"
	"obrady/internal/db"
	"obrady/internal/db/dbtest"
	"obrady/internal/rights"
	"obrady/internal/web"
)

var update = flag.Bool("update", false, "write the golden files anew")

// policyFile is the policy of the site as people read it: one row for each address.
var policyFile = filepath.Join("..", "..", "docs", "policy.csv")

// policyHead names the columns of the policy file.
var policyHead = []string{"name", "method", "polish", "english", "action", "object", "who", "besides"}

// policyRows is what the running site lets whom do.
func policyRows(house *app.App) [][]string {
	var rows [][]string
	for _, route := range house.Site.Routes() {
		rule, _ := house.Rights.Rule(rights.Action(route.Action))
		pl, en := "/pl"+route.PL, "/en"+route.EN
		if route.Path != "" {
			pl, en = route.Path, route.Path
		}
		rows = append(rows, []string{route.Name, route.Method, pl, en, route.Action, route.Object, whoMay(rule), besides(rule)})
	}
	slices.SortFunc(rows, slices.Compare)
	return rows
}

// whoMay names those whom a rule lets in.
func whoMay(rule rights.Rule) string {
	switch rule.Reach {
	case rights.Everyone:
		return "everyone"
	case rights.SignedIn:
		return "signed in"
	default:
		var names []string
		for _, role := range rule.Roles {
			names = append(names, string(role))
		}
		return strings.Join(names, " ")
	}
}

// besides says what a rule asks for, or does, on top.
func besides(rule rights.Rule) string {
	var all []string
	if rule.Fresh {
		all = append(all, "fresh sign-in")
	}
	if rule.Personal {
		all = append(all, "noted")
	}
	if rule.Identity {
		all = append(all, "not in a blind phase")
	}
	return strings.Join(all, ", ")
}

func writePolicy(rows [][]string) []byte {
	var b bytes.Buffer
	w := csv.NewWriter(&b)
	_ = w.Write(policyHead)
	_ = w.WriteAll(rows) // to memory
	return b.Bytes()
}

func TestThePolicyFileSaysWhatTheSiteDoes(t *testing.T) {
	// The demonstration has every address that there is, its mailbox besides.
	house, err := app.New(t.Context(), dbtest.New(t, db.SQLite), app.Config{BaseURL: "http://127.0.0.1", Demo: true})
	if err != nil {
		t.Fatal(err)
	}
	want := writePolicy(policyRows(house))
	if *update {
		if err := os.WriteFile(policyFile, want, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	got, err := os.ReadFile(policyFile)
	if err != nil {
		t.Fatal(err)
	}
	said, does := strings.Split(string(got), "\n"), strings.Split(string(want), "\n")
	for _, line := range does {
		if !slices.Contains(said, line) {
			t.Errorf("docs/policy.csv lacks %s", line)
		}
	}
	for _, line := range said {
		if !slices.Contains(does, line) {
			t.Errorf("docs/policy.csv says what the site does not do: %s", line)
		}
	}
	if t.Failed() {
		t.Log("if the change is meant, `go test ./internal/app -run Policy -update` writes the file anew; read the difference")
	}
}

func TestNoAddressIsMountedWithoutAPolicy(t *testing.T) {
	house := build(t, dbtest.New(t, db.SQLite))
	for _, test := range []struct {
		name  string
		route web.Route
	}{
		{"an action that is in no row", web.Route{Action: "moon.paint"}},
		{"no action at all", web.Route{}},
		{"an object that nothing is called", web.Route{Action: string(rights.ReadDraft), Object: "moon", Who: web.SignedIn}},
		{"an action of some, for everyone", web.Route{Action: string(rights.ReadDraft), Object: "edition"}},
		{"an action of some, done to nothing", web.Route{Action: string(rights.ReadDraft), Who: web.SignedIn}},
	} {
		test.route.Name, test.route.Path, test.route.Handle = "test.moon", "/moon", func(http.ResponseWriter, *http.Request) error { return nil }
		if err := house.Site.Mount(test.route); err == nil {
			t.Errorf("%s: the address was mounted, want a refusal", test.name)
		}
	}
}
