package admission_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"obrady/internal/admission"
	"obrady/internal/errs"
	"obrady/internal/i18n"
	"obrady/internal/people"
)

// fields lists what a validation found wrong.
func fields(err error) string {
	var wrong errs.Problems
	_ = errors.As(err, &wrong) // nothing is wrong otherwise
	var names []string
	for _, field := range wrong {
		names = append(names, field.Name)
	}
	return strings.Join(names, " ")
}

func pool(number int, kind admission.PoolKind, target string, left int) admission.Pool {
	return admission.Pool{Number: number, Kind: kind, Target: target, Capacity: 10, Taken: 10 - left}
}

func TestWhichPlacesSomebodyTakes(t *testing.T) {
	headset, wheelchair := string(admission.Headset), string(admission.Wheelchair)
	science, city := string(people.Science), "city"
	guest := func(needs ...admission.Need) admission.Guest { return admission.Guest{Needs: needs} }
	for _, test := range []struct {
		name  string
		pools []admission.Pool
		guest admission.Guest
		want  []int
		empty int
		ok    bool
	}{
		{"nothing is counted", nil, guest(), nil, 0, true},
		{"nothing that they need is counted", nil, guest(admission.Headset), nil, 0, true},
		{"a seat for anyone", []admission.Pool{pool(1, admission.ForAll, "", 1)}, guest(), []int{1}, 0, true},
		{"no seat left", []admission.Pool{pool(1, admission.ForAll, "", 0)}, guest(), nil, 1, false},
		{"the second pool for anyone", []admission.Pool{pool(1, admission.ForAll, "", 0), pool(2, admission.ForAll, "", 1)}, guest(), []int{2}, 0, true},
		{
			"a seat and a headset",
			[]admission.Pool{pool(1, admission.ForAll, "", 1), pool(2, admission.ForNeed, headset, 1)},
			guest(admission.Headset),
			[]int{1, 2},
			0, true,
		},
		{
			"no headset left",
			[]admission.Pool{pool(1, admission.ForAll, "", 1), pool(2, admission.ForNeed, headset, 0)},
			guest(admission.Headset), nil, 2, false,
		},
		{
			"who needs no headset takes the last seat",
			[]admission.Pool{pool(1, admission.ForAll, "", 1), pool(2, admission.ForNeed, headset, 0)},
			guest(),
			[]int{1},
			0, true,
		},
		{
			"no seat beats no headset",
			[]admission.Pool{pool(1, admission.ForAll, "", 0), pool(2, admission.ForNeed, headset, 0)},
			guest(admission.Headset), nil, 1, false,
		},
		{
			"both things, of which one is counted",
			[]admission.Pool{pool(1, admission.ForAll, "", 1), pool(4, admission.ForNeed, wheelchair, 2)},
			guest(admission.Wheelchair, admission.Headset),
			[]int{1, 4},
			0, true,
		},
		{"things alone are counted", []admission.Pool{pool(3, admission.ForNeed, headset, 1)}, guest(admission.Headset), []int{3}, 0, true},
		{"things alone, and none left", []admission.Pool{pool(3, admission.ForNeed, headset, 0)}, guest(admission.Headset), nil, 3, false},
		{
			"kept seats first",
			[]admission.Pool{pool(1, admission.ForAll, "", 5), pool(2, admission.ForSector, science, 1)},
			admission.Guest{Sector: people.Science},
			[]int{2},
			0, true,
		},
		{
			"then those for all",
			[]admission.Pool{pool(1, admission.ForAll, "", 5), pool(2, admission.ForSector, science, 0)},
			admission.Guest{Sector: people.Science},
			[]int{1},
			0, true,
		},
		{
			"both are gone: those for all are named",
			[]admission.Pool{pool(1, admission.ForAll, "", 0), pool(2, admission.ForSector, science, 0)},
			admission.Guest{Sector: people.Science},
			nil, 1, false,
		},
		{
			"kept for another sector",
			[]admission.Pool{pool(2, admission.ForSector, science, 5)},
			admission.Guest{Sector: people.Civic},
			nil, 0, false,
		},
		{"who said no sector has none", []admission.Pool{pool(2, admission.ForSector, "", 5)}, guest(), nil, 0, false},
		{
			"kept for an institution",
			[]admission.Pool{pool(1, admission.ForInstitution, city, 1)},
			admission.Guest{Institution: people.InstitutionID(city)},
			[]int{1},
			0, true,
		},
		{"who is of none has none", []admission.Pool{pool(1, admission.ForInstitution, "", 1)}, guest(), nil, 0, false},
		{"kept for the invited", []admission.Pool{pool(1, admission.ForInvited, "", 1)}, admission.Guest{Invited: true}, []int{1}, 0, true},
		{"and not for others", []admission.Pool{pool(1, admission.ForInvited, "", 1)}, guest(), nil, 0, false},
	} {
		o := admission.Offer{Pools: test.pools}
		got, empty, ok := o.Choose(test.guest)
		if diff := cmp.Diff(test.want, got); diff != "" || empty != test.empty || ok != test.ok {
			t.Errorf("%s: Choose = %v, %d, %v, want %v, %d, %v", test.name, got, empty, ok, test.want, test.empty, test.ok)
		}
	}
}

func TestWhatIsCountedOfASession(t *testing.T) {
	headset := pool(9, admission.ForNeed, string(admission.Headset), 3)
	for _, test := range []struct {
		name               string
		pools              []admission.Pool
		left, seats, taken int
		counted, some      bool
	}{
		{"nothing", nil, -1, 0, 0, false, true},
		{"headsets alone", []admission.Pool{headset}, -1, 0, 0, false, true},
		{"seats and headsets", []admission.Pool{pool(1, admission.ForAll, "", 4), headset}, 4, 10, 6, true, true},
		{"two pools for all", []admission.Pool{pool(1, admission.ForAll, "", 4), pool(2, admission.ForAll, "", 0)}, 4, 20, 16, true, true},
		{"kept seats are not for anyone", []admission.Pool{pool(1, admission.ForAll, "", 0), pool(2, admission.ForInvited, "", 2)}, 0, 20, 18, true, true},
		{"all are kept", []admission.Pool{pool(2, admission.ForInvited, "", 2)}, -1, 10, 8, true, true},
		{"full", []admission.Pool{pool(1, admission.ForAll, "", 0), headset}, 0, 10, 10, true, false},
	} {
		o := admission.Offer{Pools: test.pools}
		if o.Left() != test.left || o.Seats() != test.seats || o.Taken() != test.taken || o.Counted() != test.counted || o.SomeLeft() != test.some {
			t.Errorf("%s: left %d of %d, %d taken, counted %v, some left %v", test.name, o.Left(), o.Seats(), o.Taken(), o.Counted(), o.SomeLeft())
		}
	}
	o := admission.Offer{Pools: []admission.Pool{headset}}
	if o.Pool(9) != &o.Pools[0] || o.Pool(1) != nil {
		t.Errorf("Pool(9) = %v and Pool(1) = %v, want the headsets and nothing", o.Pool(9), o.Pool(1))
	}
}

func TestPoolsThatCanBeSaved(t *testing.T) {
	many := make([]admission.Pool, 13)
	for i := range many {
		many[i] = pool(i+1, admission.ForAll, "", 1)
	}
	for _, test := range []struct {
		name  string
		pools []admission.Pool
		want  string
	}{
		{"none", nil, ""},
		{"one of each kind", []admission.Pool{
			pool(1, admission.ForAll, "", 1), pool(2, admission.ForSector, string(people.Science), 1), pool(3, admission.ForInstitution, "i", 1),
			pool(4, admission.ForInvited, "", 1), pool(5, admission.ForNeed, string(admission.Headset), 1),
		}, ""},
		{"too many", many, "pools"},
		{"no number", []admission.Pool{pool(0, admission.ForAll, "", 1)}, "pool-0"},
		{"a number twice", []admission.Pool{pool(1, admission.ForAll, "", 1), pool(1, admission.ForAll, "", 1)}, "pool-1"},
		{"no kind", []admission.Pool{pool(1, "", "", 1)}, "pool-1"},
		{"fewer than none", []admission.Pool{{Number: 1, Kind: admission.ForAll, Capacity: -1}}, "pool-1"},
		{"more than any hall", []admission.Pool{{Number: 1, Kind: admission.ForAll, Capacity: 20_001}}, "pool-1"},
		{"a long name", []admission.Pool{{Number: 1, Kind: admission.ForAll, Name: i18n.Text{EN: strings.Repeat("a", 121)}}}, "pool-1"},
		{"for all of a sector", []admission.Pool{pool(1, admission.ForAll, string(people.Science), 1)}, "pool-1"},
		{"a sector that is none", []admission.Pool{pool(1, admission.ForSector, "farmers", 1)}, "pool-1"},
		{"a need that is none", []admission.Pool{pool(1, admission.ForNeed, "window seat", 1)}, "pool-1"},
		{"an institution without a name", []admission.Pool{pool(1, admission.ForInstitution, "", 1)}, "pool-1"},
	} {
		if got := fields(admission.ValidatePools(test.pools)); got != test.want {
			t.Errorf("%s: wrong fields %q, want %q", test.name, got, test.want)
		}
	}
}

func TestColumnsReadWhatTheyWrite(t *testing.T) {
	for _, numbers := range [][]int{nil, {1}, {1, 12, 3}} {
		if got := admission.ReadNumbers(admission.WriteNumbers(numbers)); cmp.Diff(numbers, got) != "" {
			t.Errorf("numbers %v come back as %v", numbers, got)
		}
	}
	if got := admission.ReadNumbers("1 two 3"); cmp.Diff([]int{1, 3}, got) != "" {
		t.Errorf("what is no number is read as %v, want it left out", got)
	}
	for _, needs := range [][]admission.Need{nil, {admission.Headset}, admission.Needs} {
		if got := admission.ReadNeeds(admission.WriteNeeds(needs)); cmp.Diff(needs, got) != "" {
			t.Errorf("needs %v come back as %v", needs, got)
		}
	}
}

func TestRulesThatCanBeSaved(t *testing.T) {
	good := admission.Rule{Kind: admission.MostEach, Most: 2, Over: admission.OverFormats, Keys: []string{"workshop"}}
	for _, test := range []struct {
		name   string
		change func(*admission.Rule)
		want   string
	}{
		{"a good one", func(*admission.Rule) {}, ""},
		{"over all, without keys", func(r *admission.Rule) { r.Over, r.Keys = admission.OverAll, nil }, ""},
		{"no kind", func(r *admission.Rule) { r.Kind = "" }, "kind"},
		{"at most none", func(r *admission.Rule) { r.Most = 0 }, "most"},
		{"at most everything", func(r *admission.Rule) { r.Most = 101 }, "most"},
		{"over nothing", func(r *admission.Rule) { r.Over = "" }, "over"},
		{"over all, with keys", func(r *admission.Rule) { r.Over = admission.OverAll }, "over"},
		{"over formats, without", func(r *admission.Rule) { r.Keys = nil }, "over"},
		{"too many keys", func(r *admission.Rule) { r.Keys = make([]string, 501) }, "over"},
		{"a long name", func(r *admission.Rule) { r.Name.PL = strings.Repeat("ż", 121) }, "name_pl"},
	} {
		r := good
		test.change(&r)
		if got := fields(r.Validate()); got != test.want {
			t.Errorf("%s: wrong fields %q, want %q", test.name, got, test.want)
		}
	}
	if one := (admission.Rule{Kind: admission.OneOf, Most: 7}).Limit(); one != 1 {
		t.Errorf("one of a set allows %d, want 1", one)
	}
	if n := good.Limit(); n != 2 {
		t.Errorf("at most two allows %d, want 2", n)
	}
}
