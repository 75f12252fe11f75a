package app_test

import (
	"net/url"
	"slices"
	"strings"
	"testing"

	"obrady/internal/db"
	"obrady/internal/db/dbtest"
	"obrady/internal/rights"
	"obrady/internal/web"
	"obrady/internal/web/guard"
)

// without is the policy with the check of one action taken away: whoever is signed in may.
func without(a rights.Action) rights.Table {
	table := slices.Clone(rights.Policy)
	for i := range table {
		if table[i].Action == a {
			table[i].Reach, table[i].Roles, table[i].Fresh = rights.SignedIn, nil, false
		}
	}
	return table
}

// TestEveryCheckIsMissed takes the check of one action after the other away, and wants the walk to find it out.
func TestEveryCheckIsMissed(t *testing.T) {
	w := newWorld(t, dbtest.New(t, db.SQLite))
	all, content := readPolicy(t), w.copied(t)
	controlled := 0
	for _, rule := range rights.Policy {
		var of []address
		for _, a := range all {
			if a.action == string(rule.Action) {
				of = append(of, a)
			}
		}
		if racing && rule.Action != rights.ReadDraft {
			continue // one, to see whether anything meets there
		}
		if len(of) == 0 {
			t.Errorf("no address of the site is about %s", rule.Action)
			continue
		}
		controlled++
		t.Run(string(rule.Action), func(t *testing.T) {
			t.Parallel()
			var found int
			switch rule.Reach {
			case rights.Everyone:
				found = closedToAll(t, rule.Action, of)
			case rights.SignedIn:
				found = openedToAll(t, w, content, of)
			default:
				found = openedToMany(t, w, content, rule.Action, of)
			}
			if found == 0 {
				t.Errorf("nobody noticed that the check of %s is gone", rule.Action)
			}
		})
	}
	t.Logf("%d actions controlled: each is missed when it is gone", controlled)
}

// openedToMany lets whoever is signed in do what only some may, and counts what the walk has to say about it.
func openedToMany(t *testing.T, w *world, content []byte, a rights.Action, of []address) int {
	o := openDoors(t, w, another(t, content), without(a))
	var y tally
	for _, one := range of {
		for _, to := range some(w.targets(t, one)) {
			for _, p := range principals[:7] {
				o.knock(visit{one, p, to, url.Values{}}, &y)
			}
		}
	}
	return y.faults()
}

// openedToAll lets the public in as if it were somebody, which is what the missing check of a sign-in comes to.
func openedToAll(t *testing.T, w *world, content []byte, of []address) int {
	o := openDoors(t, w, another(t, content), rights.Policy)
	o.sessions["public"] = o.cookie("nobody")
	var y tally
	for _, one := range of {
		for _, to := range some(w.targets(t, one)) {
			o.knock(visit{one, principals[0], to, url.Values{}}, &y)
		}
	}
	return y.faults()
}

// closedToAll keeps everybody from what is everybody's. The site does not even start then.
func closedToAll(t *testing.T, a rights.Action, of []address) (refused int) {
	table := slices.Clone(rights.Policy)
	for i := range table {
		if table[i].Action == a {
			table[i].Reach = rights.ByRole
		}
	}
	at := guard.Guard{Rights: rights.NewService(dbtest.New(t, db.SQLite), atDawn).Under(table)}
	for _, one := range of {
		if at.Know(web.Route{Name: one.name, Action: one.action, Object: one.object}) != nil {
			refused++
		}
	}
	return refused
}

// some are the first few targets, of each congress.
func some(all []target) (few []target) {
	n := map[string]int{}
	for _, one := range all {
		if n[one.edition]++; n[one.edition] <= 4 {
			few = append(few, one)
		}
	}
	return few
}

// TestAPlantedCanaryIsSeen is the control of the other half: a word on a page that is not for who reads it.
func TestAPlantedCanaryIsSeen(t *testing.T) {
	w := newWorld(t, dbtest.New(t, db.SQLite))
	o := openDoors(t, w, another(t, w.copied(t)), rights.Policy)
	for _, p := range principals {
		for _, a := range readPolicy(t) {
			if a.name != "session" {
				continue
			}
			to := w.targets(t, a)[1]
			w.keepers[strings.ToLower(w.c["c1"].edition.Name.PL)] = "c2/nobody" // every page of the site says it
			var y tally
			o.knock(visit{a, p, to, nil}, &y)
			if p.name != "neighbour" && p.name != "founder" && len(y.foreign) == 0 {
				t.Errorf("%s reads a word that is not theirs, and nobody noticed", p.name)
			}
		}
	}
}
