package draw

import (
	"bytes"
	"encoding/json"
	"errors"
	"flag"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

var update = flag.Bool("update", false, "write the golden files anew")

// example is a small lottery in which everything occurs that a record can tell.
func example(t testing.TB) Record {
	t.Helper()
	r, err := Seats("kpm-2021/warsztaty", someSeed(7), Problem{
		Sessions: []Session{
			{ID: "zielen", Pools: []Pool{{"open", 1}, {"partner", 1}, {"headset", 1}}},
			{ID: "adaptacja", Pools: []Pool{{"open", 2}}},
			{ID: "otwarcie"},
		},
		Apart:       []Pair{{"zielen", "otwarcie"}},
		Limits:      []Limit{{ID: "workshops", Sessions: []SessionID{"zielen", "adaptacja"}, Most: 1}},
		GroupLimits: []GroupLimit{{Limit{ID: "per-institution", Sessions: []SessionID{"adaptacja"}, Most: 2}, []Share{{"g1", 1}}}},
		Entries: []Entry{
			{Code: someCode(1), Group: "g1", Wishes: wants("adaptacja", "zielen")},
			{Code: someCode(2), Group: "g1", Wishes: wants("adaptacja")},
			{Code: someCode(3), Wishes: []Wish{{"zielen", []PoolID{"partner", "open"}, []PoolID{"headset"}}, {"adaptacja", []PoolID{"open"}, nil}}},
			{Code: someCode(4), Wishes: []Wish{{"zielen", []PoolID{"open"}, []PoolID{"headset"}}}},
			{Code: someCode(5), Holds: []SessionID{"otwarcie"}, Wishes: wants("zielen", "adaptacja")},
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func queueOfThree(t testing.TB) Record {
	t.Helper()
	r, err := Queue("kpm-2021/networking", someSeed(8), someCodes(3))
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func written(t testing.TB, r Record) string {
	t.Helper()
	var file bytes.Buffer
	if err := r.Write(&file); err != nil {
		t.Fatal(err)
	}
	return file.String()
}

// Records are kept for years. If one of these files changes, so must Format, and Read must go on reading the old one.
func TestRecordsStayReadable(t *testing.T) {
	for file, r := range map[string]Record{"lottery.json": example(t), "prequeue.json": queueOfThree(t)} {
		name, text := filepath.Join("testdata", file), written(t, r)
		if *update {
			if err := os.WriteFile(name, []byte(text), 0o644); err != nil {
				t.Fatal(err)
			}
		}
		kept, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(string(kept), text); diff != "" {
			t.Errorf("%s (-kept +written):\n%s", name, diff)
		}
		read, err := Read(bytes.NewReader(kept))
		if err != nil {
			t.Fatalf("Read %s: %v", name, err)
		}
		if diff := cmp.Diff(r, read); diff != "" {
			t.Errorf("%s (-written +read):\n%s", name, diff)
		}
		if found, err := read.Differences(); err != nil || len(found) > 0 {
			t.Errorf("%s: Differences = %v, %v, want none", name, found, err)
		}
	}
}

func TestOneProblemGivesOneFile(t *testing.T) {
	dice := dice(t, 3)
	r := example(t)
	mixed := *r.Problem
	mixed.Sessions, mixed.Entries, mixed.Apart = slices.Clone(mixed.Sessions), slices.Clone(mixed.Entries), []Pair{{"otwarcie", "zielen"}, {"zielen", "otwarcie"}}
	dice.Shuffle(len(mixed.Sessions), func(i, j int) { mixed.Sessions[i], mixed.Sessions[j] = mixed.Sessions[j], mixed.Sessions[i] })
	dice.Shuffle(len(mixed.Entries), func(i, j int) { mixed.Entries[i], mixed.Entries[j] = mixed.Entries[j], mixed.Entries[i] })
	first := mixed.Entries[0].Code
	again, err := Seats(r.Window, someSeed(7), mixed)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(written(t, r), written(t, again)); diff != "" {
		t.Errorf("the same problem in another order (-first +second):\n%s", diff)
	}
	if mixed.Entries[0].Code != first {
		t.Error("Seats put the caller's own list into order")
	}
}

func TestRandomRecordsSurviveTheFileAndTheCheck(t *testing.T) {
	dice := dice(t, 4)
	for n := range 500 {
		r, err := Seats("w", someSeed(n), someProblem(dice))
		if err != nil {
			t.Fatal(err)
		}
		read, err := Read(strings.NewReader(written(t, r)))
		if err != nil {
			t.Fatalf("problem %d: Read = %v", n, err)
		}
		if found, err := read.Differences(); err != nil || len(found) > 0 {
			t.Fatalf("problem %d: Differences = %v, %v, want none", n, found, err)
		}
	}
}

// reread returns the record as somebody else has it: nothing is shared.
func reread(t testing.TB, r Record) Record {
	t.Helper()
	again, err := Read(strings.NewReader(written(t, r)))
	if err != nil {
		t.Fatal(err)
	}
	return again
}

func TestDifferencesNameWhatWasTouched(t *testing.T) {
	last := len(example(t).Order) - 1
	other := someSeed(99)
	for _, test := range []struct {
		name  string
		touch func(*Record)
		want  []Point // each of them at least once, and no others
	}{
		{"nothing", func(*Record) {}, nil},
		{"another seed", func(r *Record) { r.Seed = other.Hex() }, []Point{WrongCommitment, WrongPlace, WrongFate}},
		{"another seed, and its commitment", func(r *Record) { r.Seed, r.Commitment = other.Hex(), other.Commitment() }, []Point{WrongPlace, WrongFate}},
		{"another fingerprint", func(r *Record) { r.Fingerprint = other.Commitment() }, []Point{WrongFingerprint}},
		{"two changed places", func(r *Record) { r.Order[0], r.Order[last] = r.Order[last], r.Order[0] }, []Point{WrongPlace}},
		{"one left out of the order", func(r *Record) { r.Order = r.Order[1:] }, []Point{WrongPlace}},
		{"one more in the order", func(r *Record) { r.Order = append(r.Order, someCode(50)) }, []Point{WrongPlace}},
		{"one left out of the codes", func(r *Record) { r.Codes = r.Codes[1:] }, []Point{WrongFingerprint, WrongPlace, NoCode}},
		{"one left out of the wishes", func(r *Record) { r.Problem.Entries = r.Problem.Entries[1:] }, []Point{NoEntry, StrayOutcome}},
		{"one left out of the outcomes", func(r *Record) { r.Outcomes = r.Outcomes[1:] }, []Point{NoOutcome}},
		{"outcomes in another order", func(r *Record) { slices.Reverse(r.Outcomes) }, []Point{OutcomeOrder}},
		{"a seat more", func(r *Record) { r.Problem.Sessions[2].Pools[2].Left++ }, []Point{WrongFate}},
		{"a wish changed after the draw", func(r *Record) { r.Problem.Entries[3].Wishes = wants("adaptacja") }, []Point{WrongFate}},
		{"a place on the waiting list", func(r *Record) { firstFate(r, Waiting).Number += 5 }, []Point{WrongFate}},
		{"another pool", func(r *Record) { firstFate(r, Granted).Pools = []PoolID{"vip"} }, []Point{WrongFate}},
		{"another reason", func(r *Record) { firstFate(r, Refused).By = "nobody" }, []Point{WrongFate}},
		{"a wish without an end", func(r *Record) { r.Outcomes[0].Fates = r.Outcomes[0].Fates[1:] }, []Point{WrongFate}},
	} {
		t.Run(test.name, func(t *testing.T) {
			r := reread(t, example(t))
			test.touch(&r)
			found, err := reread(t, r).Differences()
			if err != nil {
				t.Fatal(err)
			}
			var got []Point
			for _, d := range found {
				got = append(got, d.What)
			}
			slices.Sort(got)
			if got, want := slices.Compact(got), slices.Sorted(slices.Values(test.want)); !slices.Equal(got, want) {
				t.Errorf("Differences are about %q, want %q", got, want)
			}
		})
	}
}

func firstFate(r *Record, state State) *Fate {
	for _, o := range r.Outcomes {
		for i := range o.Fates {
			if o.Fates[i].State == state {
				return &o.Fates[i]
			}
		}
	}
	panic("the example has no " + string(state))
}

func TestDifferencesSayWhose(t *testing.T) {
	r := reread(t, queueOfThree(t))
	code := r.Order[2]
	r.Order[0], r.Order[2] = r.Order[2], r.Order[0]
	found, err := r.Differences()
	if err != nil {
		t.Fatal(err)
	}
	want := Difference{What: WrongPlace, Code: code, Said: "1", Due: "3"}
	if !slices.ContainsFunc(found, func(d Difference) bool { return cmp.Equal(d, want) }) {
		t.Errorf("Differences = %v, want %v among them", found, want)
	}
}

func TestAgainstWhatWasPublished(t *testing.T) {
	r, other := queueOfThree(t), someSeed(99).Commitment()
	for _, test := range []struct {
		name  string
		noted Published
		want  []Point
	}{
		{"nothing was noted", Published{}, nil},
		{"the same", Published{r.Commitment, r.Fingerprint}, nil},
		{"another seed was committed to", Published{Commitment: other}, []Point{OtherCommitment}},
		{"others were listed", Published{r.Commitment, other}, []Point{OtherFingerprint}},
	} {
		var got []Point
		for _, d := range r.Against(test.noted) {
			got = append(got, d.What)
		}
		if !slices.Equal(got, test.want) {
			t.Errorf("%s: Against = %q, want %q", test.name, got, test.want)
		}
	}
}

func TestReadRefuses(t *testing.T) {
	good, queue := written(t, example(t)), written(t, queueOfThree(t))
	a, b := string(queueOfThree(t).Codes[0]), string(queueOfThree(t).Codes[1])
	change := func(text, old, with string) string {
		if !strings.Contains(text, old) {
			t.Fatalf("the sample has no %q", old)
		}
		return strings.Replace(text, old, with, 1)
	}
	for _, test := range []struct {
		name, text string
		want       Reason
	}{
		{"nothing", "", NotRecord},
		{"half of it", good[:len(good)/2], NotRecord},
		{"two in one", good + good, NotRecord},
		{"a list", "[]", NotRecord},
		{"null", "null", OtherFormat},
		{"another document", `{"format": "schedule"}`, OtherFormat},
		{"the next version", change(good, "obrady-draw/1", "obrady-draw/2"), OtherFormat},
		{"another kind", change(queue, "prequeue", "raffle"), NotRecord},
		{"a lottery without a problem", change(queue, "prequeue", "lottery"), NotRecord},
		{"a field that nobody knows", change(good, `"kind"`, `"note":1,"kind"`), NotCanonical},
		{"a field twice", change(queue, `"seed"`, `"window": "x", "seed"`), NotCanonical},
		{"a field in capitals", change(queue, `"kind"`, `"Kind"`), NotCanonical},
		{"a hidden letter", change(queue, `"window":"k`, `"window":"\u006b`), NotCanonical},
		{"a number that is none", change(good, `"left":1`, `"left":1.5`), NotRecord},
		{"a number for a word", change(good, `"open"`, `7`), NotRecord},
		{"a number of forty digits", change(good, `"left":1`, `"left":1`+strings.Repeat("0", 39)), NotRecord},
		{"seats below nothing", change(good, `"left":1`, `"left":-1`), BadNumber},
		{"seats for a country", change(good, `"left":1`, `"left":38000000`), BadNumber},
		{"a limit below nothing", change(good, `"most":1`, `"most":-1`), BadNumber},
		{"a group with less than nothing", change(good, `"seats":1`, `"seats":-1`), BadNumber},
		{"a round before the first", change(good, `"round":1`, `"round":-1`), BadNumber},
		{"a seat without a round", change(good, `"state":"waiting"`, `"state":"granted"`), BadNumber},
		{"an end that nobody knows", change(good, `"state":"waiting"`, `"state":"perhaps"`), NotRecord},
		{"a reason that nobody knows", change(good, `"why":"limit"`, `"why":"because"`), NotRecord},
		{"a refusal without a reason", change(good, `"why":"limit",`, ``), NotRecord},
		{"a seed in capitals", change(queue, someSeed(8).Hex(), strings.ToUpper(someSeed(8).Hex())), BadSeed},
		{"a short code", change(queue, a, a[1:]), BadCode},
		{"a code with a sign that obeys nobody", change(queue, a, `\u001b`+a[1:]), BadCode},
		{"a code twice", change(queue, b, a), DuplicateCode},
		{"codes out of order", change(change(change(queue, a, "@"), b, a), "@", b), Unsorted},
		{"a name that colours the terminal", change(good, `"adaptacja"`, `"\u001b[31m"`), BadName},
		{"a window without a name", change(queue, "kpm-2021/networking", ""), BadName},
		{"a long name", change(good, `"otwarcie"`, `"`+strings.Repeat("o", 101)+`"`), BadName},
		{"a session twice", change(good, `"id":"otwarcie"`, `"id":"zielen"`), DuplicateName},
		{"a pair of one session", change(good, `"otwarcie","zielen"`, `"zielen","zielen"`), DuplicateName},
		{"an unknown session", change(good, `"session":"adaptacja"`, `"session":"nowhere"`), UnknownSession},
		{"an unknown pool", change(good, `"seats":["open"`, `"seats":["vip"`), UnknownPool},
	} {
		t.Run(test.name, func(t *testing.T) {
			_, err := Read(strings.NewReader(test.text))
			var refusal *Refusal
			if !errors.As(err, &refusal) || refusal.Reason != test.want {
				t.Errorf("Read = %v, want a refusal: %s", err, test.want)
			}
			if err != nil && (len(err.Error()) > 300 || strings.Contains(err.Error(), "\x1b")) {
				t.Errorf("the error cannot be printed: %.300q", err)
			}
		})
	}
}

func TestReadStopsAtTooMuch(t *testing.T) {
	endless := io.MultiReader(strings.NewReader(`{"format": "`), endlessly('x'))
	var refusal *Refusal
	if _, err := Read(endless); !errors.As(err, &refusal) || refusal.Reason != TooLarge {
		t.Errorf("Read of an endless file = %v, want a refusal: %s", err, TooLarge)
	}
}

type endlessly byte

func (e endlessly) Read(p []byte) (int, error) {
	for i := range p {
		p[i] = byte(e)
	}
	return len(p), nil
}

func TestAProblemBeyondMeasureIsRefused(t *testing.T) {
	wide := Problem{Sessions: make([]Session, MostSessions+1)}
	deep := Problem{Sessions: []Session{{ID: "a", Pools: make([]Pool, mostPools+1)}}}
	limited := Problem{Limits: make([]Limit, mostLimits+1)}
	apart := Problem{Apart: make([]Pair, mostPairs+1)}
	crowded := Problem{Entries: make([]Entry, MostEntries+1)}
	greedy := Problem{Entries: []Entry{{Code: anna, Wishes: make([]Wish, mostWishes+1)}}}
	for name, p := range map[string]Problem{
		"sessions": wide, "pools": deep, "limits": limited, "pairs": apart, "entries": crowded, "wishes": greedy,
	} {
		var refusal *Refusal
		if _, err := Seats("w", someSeed(0), p); !errors.As(err, &refusal) || refusal.Reason != TooMany {
			t.Errorf("%s: Seats = %v, want a refusal: %s", name, err, TooMany)
		}
	}
}

func TestAProblemThatContradictsItselfIsRefused(t *testing.T) {
	hall := []Session{{ID: "a", Pools: []Pool{{"open", 1}}}}
	limit := Limit{ID: "l", Sessions: []SessionID{"a"}, Most: 1}
	grouped := func(taken ...Share) Problem {
		return Problem{Sessions: hall, GroupLimits: []GroupLimit{{limit, taken}}}
	}
	entry := func(e Entry) Problem { return Problem{Sessions: hall, Entries: []Entry{e}} }
	for _, test := range []struct {
		name    string
		problem Problem
		want    Reason
	}{
		{"a pool twice", Problem{Sessions: []Session{{ID: "a", Pools: []Pool{{"open", 1}, {"open", 1}}}}}, DuplicateName},
		{"a pool without a name", Problem{Sessions: []Session{{ID: "a", Pools: []Pool{{"", 1}}}}}, BadName},
		{"a pair with a stranger", Problem{Sessions: hall, Apart: []Pair{{"a", "b"}}}, UnknownSession},
		{"a limit twice", Problem{Sessions: hall, Limits: []Limit{limit}, GroupLimits: []GroupLimit{{Limit: limit}}}, DuplicateName},
		{"a limit without a name", Problem{Limits: []Limit{{Most: 1}}}, BadName},
		{"a limit on a stranger", Problem{Limits: []Limit{limit}}, UnknownSession},
		{"a group twice", grouped(Share{"g", 1}, Share{"g", 2}), DuplicateName},
		{"a group without a name", grouped(Share{"", 1}), BadName},
		{"a group that owes seats", grouped(Share{"g", -1}), BadNumber},
		{"a code twice", Problem{Entries: []Entry{{Code: anna}, {Code: anna}}}, DuplicateCode},
		{"no code", entry(Entry{}), BadCode},
		{"a group with a space", entry(Entry{Code: anna, Group: "City Office"}), BadName},
		{"an unknown session is held", entry(Entry{Code: anna, Holds: []SessionID{"b"}}), UnknownSession},
		{"a session is wished twice", entry(Entry{Code: anna, Wishes: wants("a", "a")}), DuplicateName},
		{"a pool is needed twice", entry(Entry{Code: anna, Wishes: []Wish{{"a", []PoolID{"open"}, []PoolID{"open"}}}}), DuplicateName},
		{"an unknown pool is needed", entry(Entry{Code: anna, Wishes: []Wish{{"a", nil, []PoolID{"headset"}}}}), UnknownPool},
	} {
		var refusal *Refusal
		if _, err := Seats("w", someSeed(0), test.problem); !errors.As(err, &refusal) || refusal.Reason != test.want {
			t.Errorf("%s: Seats = %v, want a refusal: %s", test.name, err, test.want)
		}
	}
}

func TestWriteWritesNothingThatReadRefuses(t *testing.T) {
	r := queueOfThree(t)
	r.Window = `x","seed":"`
	var file bytes.Buffer
	if err := r.Write(&file); err == nil || file.Len() > 0 {
		t.Errorf("Write = %v and %d bytes, want an error and none", err, file.Len())
	}
}

func TestStandingAndTally(t *testing.T) {
	r := example(t)
	for i, code := range r.Order {
		s, took := r.Standing(code)
		if !took || s.Place != i+1 || s.Of != 5 || len(s.Fates) == 0 {
			t.Errorf("Standing(%s) = %+v, %t, want place %d of 5 with fates", code, s, took, i+1)
		}
	}
	if s, took := r.Standing(someCode(77)); took {
		t.Errorf("Standing of a stranger = %+v, want none", s)
	}
	want := Tally{
		Entries: 5, Seated: 3, Rounds: []int{3}, Waiting: 1,
		Asked: []Demand{{"adaptacja", 4, 2, 0}, {"zielen", 4, 1, 1}},
	}
	if diff := cmp.Diff(want, r.Tally()); diff != "" {
		t.Errorf("Tally (-want +got):\n%s", diff)
	}
}

// FuzzRead: whatever comes, Read takes or refuses it, and what it takes can be checked, counted and written again.
func FuzzRead(f *testing.F) {
	f.Add([]byte(written(f, example(f))))
	f.Add([]byte(written(f, queueOfThree(f))))
	dice := rand.New(rand.NewPCG(printed, 5))
	for n := range 5 {
		r, err := Seats("w", someSeed(n), someProblem(dice))
		if err != nil {
			f.Fatal(err)
		}
		f.Add([]byte(written(f, r)))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		var loose Record // what Read would refuse for its spelling alone
		if json.Unmarshal(text, &loose) == nil {
			if _, err := loose.Differences(); err == nil {
				_ = loose.Tally()
			}
		}
		r, err := Read(bytes.NewReader(text))
		if err != nil {
			var refusal *Refusal
			if !errors.As(err, &refusal) || !slices.Contains(Reasons(), refusal.Reason) {
				t.Errorf("Read = %v, want a refusal", err)
			}
			return
		}
		if _, err := r.Differences(); err != nil {
			t.Errorf("Differences of what Read took = %v", err)
		}
		_ = r.Tally()
		for _, code := range r.Codes {
			_, _ = r.Standing(code)
		}
		var before, after bytes.Buffer
		if err := json.Compact(&before, text); err != nil {
			t.Fatal(err)
		}
		if err := json.Compact(&after, []byte(written(t, r))); err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(before.Bytes(), after.Bytes()) {
			t.Errorf("written again: %s\nread: %s", after.Bytes(), before.Bytes())
		}
	})
}
