package draw

import (
	"cmp"
	"reflect"
	"slices"
	"strconv"
)

// Difference is one thing that a record says otherwise than the draw, worked out again, has it.
type Difference struct {
	What Point
	Code Code   // whom it is about; empty where it is the whole record
	Said string // by the record
	Due  string // by the draw
	// Of WrongFate: what became of a wish. The zero Fate stands for a wish of which nothing is said.
	SaidFate, DueFate Fate
}

// Point is what a Difference is about.
type Point string

// The points.
const (
	WrongCommitment  Point = "commitment"      // the seed is not the one that was committed to
	WrongFingerprint Point = "fingerprint"     // the codes are not those that were listed at closing
	WrongPlace       Point = "place"           // a code stands elsewhere in the order
	WrongFate        Point = "fate"            // a wish ended otherwise
	NoEntry          Point = "no_entry"        // a code took part, and its wishes are missing
	NoCode           Point = "no_code"         // wishes of a code that took no part
	NoOutcome        Point = "no_outcome"      // nothing is said of what a code got
	StrayOutcome     Point = "stray_outcome"   // something is said of a code that has no wishes
	OutcomeOrder     Point = "outcomes_order"  // the outcomes do not stand in the order of the draw
	OtherCommitment  Point = "other_published" // see Published
	OtherFingerprint Point = "other_listed"    // see Published
)

// Points lists them all.
func Points() []Point {
	return []Point{
		WrongCommitment, WrongFingerprint, WrongPlace, WrongFate, NoEntry, NoCode, NoOutcome, StrayOutcome,
		OutcomeOrder, OtherCommitment, OtherFingerprint,
	}
}

// Published is what somebody noted down while the window was open and when it closed. A record that agrees with
// itself but not with this was exchanged. An empty field was not noted.
type Published struct {
	Commitment, Fingerprint string
}

// Against compares what the record says was published with what was.
func (r Record) Against(p Published) (found []Difference) {
	if p.Commitment != "" && p.Commitment != r.Commitment {
		found = append(found, Difference{What: OtherCommitment, Said: r.Commitment, Due: p.Commitment})
	}
	if p.Fingerprint != "" && p.Fingerprint != r.Fingerprint {
		found = append(found, Difference{What: OtherFingerprint, Said: r.Fingerprint, Due: p.Fingerprint})
	}
	return found
}

// Differences works the whole draw out again from the seed, the codes and the wishes, and lists what the record says
// otherwise. There are none in a record that was not touched.
func (r Record) Differences() ([]Difference, error) {
	if err := r.sound(); err != nil {
		return nil, err
	}
	seed, err := ParseSeed(r.Seed)
	if err != nil {
		return nil, err
	}
	var found []Difference
	if due := seed.Commitment(); due != r.Commitment {
		found = append(found, Difference{What: WrongCommitment, Said: r.Commitment, Due: due})
	}
	if due := Fingerprint(r.Codes); due != r.Fingerprint {
		found = append(found, Difference{What: WrongFingerprint, Said: r.Fingerprint, Due: due})
	}
	found = append(found, r.displaced(Order(seed, r.Codes))...)
	if r.Problem == nil {
		return found, nil
	}
	found = append(found, r.misplacedEntries()...)
	due := allocate(*r.Problem, Order(seed, r.Problem.codes()))
	return append(found, r.otherOutcomes(due)...), nil
}

// displaced lists the codes that do not stand in the order where they are due. Places count from 1; 0 is none.
func (r Record) displaced(due []Code) (found []Difference) {
	said := placesOf(r.Order)
	for i, code := range due {
		if said[code] != i+1 {
			found = append(found, Difference{What: WrongPlace, Code: code, Said: strconv.Itoa(said[code]), Due: strconv.Itoa(i + 1)})
		}
		delete(said, code)
	}
	for _, code := range r.Order {
		if at, stray := said[code]; stray {
			found = append(found, Difference{What: WrongPlace, Code: code, Said: strconv.Itoa(at), Due: "0"})
		}
	}
	return found
}

func placesOf(codes []Code) map[Code]int {
	at := make(map[Code]int, len(codes))
	for i, code := range codes {
		at[code] = i + 1
	}
	return at
}

// misplacedEntries compares those who took part with those whose wishes are told.
func (r Record) misplacedEntries() (found []Difference) {
	listed, entered := placesOf(r.Codes), placesOf(r.Problem.codes())
	for _, code := range r.Codes {
		if entered[code] == 0 {
			found = append(found, Difference{What: NoEntry, Code: code})
		}
	}
	for _, e := range r.Problem.Entries {
		if listed[e.Code] == 0 {
			found = append(found, Difference{What: NoCode, Code: e.Code})
		}
	}
	return found
}

func (r Record) otherOutcomes(due []Outcome) (found []Difference) {
	said := make(map[Code]Outcome, len(r.Outcomes))
	for _, o := range r.Outcomes {
		said[o.Code] = o
	}
	for _, o := range due {
		told, there := said[o.Code]
		if !there {
			found = append(found, Difference{What: NoOutcome, Code: o.Code})
			continue
		}
		found = append(found, o.otherFates(told)...)
		delete(said, o.Code)
	}
	for _, o := range r.Outcomes {
		if _, stray := said[o.Code]; stray {
			found = append(found, Difference{What: StrayOutcome, Code: o.Code})
		}
	}
	same := func(a, b Outcome) bool { return a.Code == b.Code }
	if len(found) == 0 && !slices.EqualFunc(r.Outcomes, due, same) {
		found = append(found, Difference{What: OutcomeOrder})
	}
	return found
}

// otherFates compares what is due to an entry with what was told, wish by wish.
func (o Outcome) otherFates(told Outcome) (found []Difference) {
	for i := range max(len(o.Fates), len(told.Fates)) {
		said, due := at(told.Fates, i), at(o.Fates, i)
		if !reflect.DeepEqual(said, due) {
			found = append(found, Difference{What: WrongFate, Code: o.Code, SaidFate: said, DueFate: due})
		}
	}
	return found
}

func at(fates []Fate, i int) (f Fate) {
	if i < len(fates) {
		f = fates[i]
	}
	return f
}

// Standing is how one code did in a draw.
type Standing struct {
	Place, Of int // in the order, from 1
	Fates     []Fate
}

// Standing looks a code up. It is false for one that took no part.
func (r Record) Standing(code Code) (s Standing, took bool) {
	place := slices.Index(r.Order, code)
	if place < 0 {
		return Standing{}, false
	}
	if i := slices.IndexFunc(r.Outcomes, func(o Outcome) bool { return o.Code == code }); i >= 0 {
		s.Fates = r.Outcomes[i].Fates
	}
	s.Place, s.Of = place+1, len(r.Order)
	return s, true
}

// Tally is a draw in numbers, for a report without names.
type Tally struct {
	Entries int
	Seated  int      // entries that got at least one session
	Rounds  []int    // seats given in round 1, 2, …
	Waiting int      // entries that wait for at least one session
	Asked   []Demand // by session, in alphabetical order
}

// Demand is how much a session was wanted.
type Demand struct {
	Session                  SessionID
	Wished, Granted, Waiting int
}

// Tally counts.
func (r Record) Tally() Tally {
	t, asked := Tally{Entries: len(r.Order)}, map[SessionID]*Demand{}
	for _, o := range r.Outcomes {
		if o.Seats() > 0 {
			t.Seated++
		}
		if o.count(Waiting) > 0 {
			t.Waiting++
		}
		for _, f := range o.Fates {
			if asked[f.Session] == nil {
				asked[f.Session] = &Demand{Session: f.Session}
			}
			t.add(f, asked[f.Session])
		}
	}
	for _, d := range asked {
		t.Asked = append(t.Asked, *d)
	}
	slices.SortFunc(t.Asked, func(a, b Demand) int { return cmp.Compare(a.Session, b.Session) })
	return t
}

func (t *Tally) add(f Fate, d *Demand) {
	d.Wished++
	switch f.State {
	case Granted:
		d.Granted++
		for len(t.Rounds) < f.Round {
			t.Rounds = append(t.Rounds, 0)
		}
		t.Rounds[f.Round-1]++
	case Waiting:
		d.Waiting++
	case Refused:
	}
}
