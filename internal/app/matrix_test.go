package app_test

import (
	"bytes"
	"encoding/json"
	"regexp"
	"runtime/debug"
	"slices"
	"strings"
	"sync"
	"testing"

	"obrady/internal/db"
	"obrady/internal/db/dbtest"
	"obrady/internal/rights"
)

// TestEveryDoorForEverybody walks every address of the site as everybody, about everything there is in the world, and
// wants the answers that docs/policy.csv gives and no word that is not for who reads it.
func TestEveryDoorForEverybody(t *testing.T) {
	w := newWorld(t, dbtest.New(t, db.SQLite))
	all, content := readPolicy(t), w.copied(t)
	defer debug.SetGCPercent(debug.SetGCPercent(400)) // a thousand houses are built and forgotten
	var together tally
	var mu sync.Mutex
	shown := showForms(t, w, content, all)
	t.Run("in parts", func(t *testing.T) {
		for part := range slices.Chunk(walking(), (len(walking())+parts-1)/parts) {
			t.Run(part[0].name, func(t *testing.T) {
				t.Parallel()
				var y tally
				o := openDoors(t, w, another(t, content), rights.Policy)
				forms := o.read(all, part, &y)
				o.refused(all, part, shown, &y)
				shop := &workshop{t: t, w: w, content: content, policy: rights.Policy}
				shop.allowed(all, part, forms, &y)
				mu.Lock()
				defer mu.Unlock()
				together.add(y)
			})
		}
	})
	report(t, &together)
	t.Logf("%d addresses, %d principals, %d requests: %d wrong answers, %d foreign canaries of %d",
		len(all), len(walking()), together.requests, len(together.wrong), len(together.foreign), len(w.keepers))
}

// parts is how many walk at once.
const parts = 8

// walking are all principals; under the race detector, which is there to see what meets and not who may, a few.
func walking() []principal {
	if !racing {
		return principals
	}
	return slices.DeleteFunc(slices.Clone(principals), func(p principal) bool {
		return !slices.Contains([]string{"public", "partner"}, p.name)
	})
}

// TestDoorsOnPostgres walks a shorter way on the other engine: everybody reads, about a few things of each kind, and
// those who must not send forms.
func TestDoorsOnPostgres(t *testing.T) {
	w := newWorld(t, dbtest.New(t, db.Postgres))
	w.few = true
	all := readPolicy(t)
	o := openDoors(t, w, w.db, rights.Policy)
	var y tally
	forms := o.read(all, walking(), &y)
	o.refused(all, walking(), forms, &y)
	report(t, &y)
	t.Logf("%d addresses, %d requests: %d wrong answers, %d foreign canaries", len(all), y.requests, len(y.wrong), len(y.foreign))
}

// showForms takes the forms along that somebody is shown who may do everything.
func showForms(t *testing.T, w *world, content []byte, all []address) map[string]form {
	t.Helper()
	i := slices.IndexFunc(principals, func(p principal) bool { return p.name == "founder" })
	var y tally
	return openDoors(t, w, another(t, content), rights.Policy).read(all, principals[i:i+1], &y)
}

// report says what a walk has found, sorted and each once.
func report(t *testing.T, y *tally) {
	t.Helper()
	for _, found := range []struct {
		what string
		all  []string
	}{{"WRONG", y.wrong}, {"FOREIGN", y.foreign}} {
		slices.Sort(found.all)
		for _, one := range slices.Compact(found.all) {
			t.Errorf("%s %s", found.what, one)
		}
	}
}

// machine is a value that no person writes: a kind, an id, a moment, a sum, a sign of a few letters.
var machine = regexp.MustCompile(`^([a-z0-9_.:/+,@#-]*|[0-9T:.Z+-]+|[A-Za-z0-9+/=]{40,}|[A-Z]{1,3})$`)

// empty are columns that hold nothing a person writes and so may be without a canary: who and where by id, moments, kinds
// and states, telephone numbers, which are digits, and what the machine says.
var empty = regexp.MustCompile(`(_id|_by|_on|_date|_sum|^mode|^entry|^recording|^edition|^allows|^phone|^time_zone|^licence|^next|^detail|^message_id|^last_error|` +
	`^issuer|^subject_id|^why|^site|^unsubscribe|^kind|^tally|^needs|^verdict|^target|^actor|^other|^request|^code|^from_state|^pools|^digest)$`)

// unfilled are the tables in which the world has nothing to read, each with the reason.
var unfilled = map[string]string{
	"goose_db_version":   "numbers of migrations",
	"web_session":        "comes with the doors",
	"signin_ceremony":    "lives for the minutes of a passkey's dialogue",
	"signin_request":     "an address and sums",
	"claim":              "an offer; its letter is tried in package people",
	"participant_lookup": "counts, for a minute",
	"privacy_retention":  "when a job ran",
	"walk":               "minutes between rooms",
	"account_link":       "sums of links; tried in package people",
	"edition_credit":     "ids",
	"campaign_recipient": "ids",
	"session_follows":    "ids",
	"signup_ledger":      "two numbers",
	"signup_seat":        "ids, kinds and keys of requests",
	"signup_wish":        "ids",
	"signup_entry":       "ids and codes that name nobody",
	"signup_draw":        "sums",
	"admission_settings": "minutes, yes or no",
	"admission_session":  "ids and hours",
	"attendance_mark":    "ids",
	"selection_window":   "ids",
	"review_reader":      "slugs of paths",
	"review_look":        "ids and a sum",
	"review_conflict":    "ids and kinds",
	"review_proposal":    "ids and numbers",
	"council_present":    "ids",
	"council_item":       "ids",
	"council_batch":      "ids and a sum",
	"council_advance":    "ids",
	"practice_shelf":     "a number",
	"onstage_place":      "ids",
	"proceedings_entry":  "numbers in print",
}

// TestEveryTextOfTheWorldIsACanary looks into every table: none is empty, and no text in one is without a canary.
func TestEveryTextOfTheWorldIsACanary(t *testing.T) {
	w := newWorld(t, dbtest.New(t, db.SQLite))
	for table, texts := range contents(t, w.db) {
		if texts == nil && unfilled[table] == "" {
			t.Errorf("the world has nothing in the table %s", table)
		}
		for column, text := range texts {
			if unfilled[table] == "" && !empty.MatchString(column) && len(w.found(text)) == 0 {
				t.Errorf("%s.%s has no canary: %.80q", table, column, text)
			}
		}
	}
	if got := packagesAtFault(t, w.db); len(got) > 0 {
		t.Errorf("the world is at fault: %v", got)
	}
}

// contents joins what is written in each column of text of each table.
func contents(t *testing.T, d *db.DB) map[string]map[string]string {
	t.Helper()
	all := map[string]map[string]string{}
	for name, rows := range tablesOf(t, d) {
		var texts map[string]string
		for lines := json.NewDecoder(bytes.NewReader(rows)); lines.More(); {
			row := map[string]any{}
			if texts == nil {
				texts = map[string]string{}
			}
			if err := lines.Decode(&row); err != nil {
				t.Fatal(err)
			}
			for column, value := range row {
				if text := written(value); text != "" || value == "" {
					texts[column] += text
				}
			}
		}
		all[name] = texts
	}
	return all
}

// written is what people wrote in a value, however deep.
func written(value any) (text string) {
	switch v := value.(type) {
	case string:
		if v != "" && !machine.MatchString(v) || strings.Contains(v, "cnry") {
			return v + "\n"
		}
	case []any:
		for _, one := range v {
			text += written(one)
		}
	case map[string]any:
		for _, one := range v {
			text += written(one)
		}
	}
	return text
}
