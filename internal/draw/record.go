package draw

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"slices"
)

// Format is the version of the record that Write writes. Records are kept for years: a change of their fields or of
// the way a draw is worked out gets a new version beside this one.
const Format = "obrady-draw/1"

// Kind says what was drawn.
type Kind string

// The kinds.
const (
	Lottery  Kind = "lottery"  // seats, by lists of wishes (losowanie)
	PreQueue Kind = "prequeue" // only the order of those who were there before the opening (kolejka przed otwarciem)
)

// Record is the public account of one draw (protokół losowania). It names nobody. The fields stand in the file in this
// order.
type Record struct {
	Format      string    `json:"format"`
	Kind        Kind      `json:"kind"`
	Window      string    `json:"window"`             // what the draw was for, as in the address of its page
	Commitment  string    `json:"commitment"`         // as published before the window opened
	Fingerprint string    `json:"fingerprint"`        // as published when it closed
	Seed        string    `json:"seed"`               // in hexadecimal digits
	Codes       []Code    `json:"codes"`              // in alphabetical order
	Order       []Code    `json:"order"`              // as drawn
	Problem     *Problem  `json:"problem,omitempty"`  // of a Lottery
	Outcomes    []Outcome `json:"outcomes,omitempty"` // of a Lottery, in the order of the draw
}

// Queue draws the order of those who were there before the opening. Its error is a Refusal.
func Queue(window string, seed Seed, codes []Code) (Record, error) {
	sorted := append([]Code{}, codes...)
	slices.Sort(sorted)
	r := Record{
		Format: Format, Kind: PreQueue, Window: window,
		Commitment: seed.Commitment(), Fingerprint: Fingerprint(sorted), Seed: seed.Hex(),
		Codes: sorted, Order: Order(seed, sorted),
	}
	if err := r.sound(); err != nil {
		return Record{}, fmt.Errorf("draw an order for %s: %w", window, err)
	}
	return r, nil
}

// Seats draws who gets which seat. Its error is a Refusal.
func Seats(window string, seed Seed, problem Problem) (Record, error) {
	if err := problem.Sound(); err != nil {
		return Record{}, fmt.Errorf("draw seats for %s: %w", window, err)
	}
	r, err := Queue(window, seed, problem.codes())
	if err != nil {
		return Record{}, err
	}
	tidy := problem.tidy()
	r.Kind, r.Problem, r.Outcomes = Lottery, &tidy, allocate(tidy, r.Order)
	return r, nil
}

// Write writes the record as a file. The same record gives the same bytes. What Read would refuse is not written.
func (r Record) Write(w io.Writer) error {
	if err := r.sound(); err != nil {
		return fmt.Errorf("write the record of %s: %w", r.Window, err)
	}
	text, err := json.Marshal(r)
	if err != nil {
		return fmt.Errorf("write the record of %s: %w", r.Window, err)
	}
	text = inLines(text)
	if len(text) > MostBytes {
		return fmt.Errorf("write the record of %s: %w", r.Window, refuse(TooLarge, ""))
	}
	if _, err := w.Write(text); err != nil {
		return fmt.Errorf("write the record of %s: %w", r.Window, err)
	}
	return nil
}

// inLines breaks JSON so that people can read and compare it: each field of the record and of its problem begins a
// line, and so does each code, session, entry and outcome. Broken at every brace, a file of a large draw would be
// twice as long.
func inLines(text []byte) []byte {
	var lines []byte
	var open []byte // the brackets that we are in
	for _, c := range text {
		lines = append(lines, c)
		switch c { // no word of a sound record holds one of these
		case '{', '[':
			open = append(open, c)
		case '}', ']':
			open = open[:len(open)-1]
			continue
		case ',':
		default:
			continue
		}
		if list := bytes.IndexByte(open, '['); list < 0 || list == len(open)-1 {
			lines = append(lines, '\n')
		}
	}
	return append(lines, '\n')
}

// Read reads a file of Write, whose lines may have been broken otherwise, from a source that is not to be trusted.
// What is no record is a Refusal. Whether the record tells the truth is for Differences to say.
func Read(from io.Reader) (Record, error) {
	text, err := io.ReadAll(io.LimitReader(from, MostBytes+1))
	if err != nil {
		return Record{}, fmt.Errorf("read a record: %w", err)
	}
	if len(text) > MostBytes {
		return Record{}, refuse(TooLarge, "")
	}
	var r Record
	if err := json.Unmarshal(text, &struct{ Format *string }{&r.Format}); err != nil {
		return Record{}, refuse(NotRecord, "")
	}
	if r.Format != Format {
		return Record{}, refuse(OtherFormat, r.Format)
	}
	if err := json.Unmarshal(text, &r); err != nil {
		return Record{}, refuse(NotRecord, "")
	}
	if err := r.sound(); err != nil {
		return Record{}, err
	}
	return r, r.canonical(text)
}

// canonical refuses a text that is not what Write makes of the record. A field that stands there twice could show
// one thing to a reader and another to the program.
func (r Record) canonical(text []byte) error {
	var read bytes.Buffer
	if err := json.Compact(&read, text); err != nil {
		return refuse(NotRecord, "")
	}
	written, err := json.Marshal(r)
	if err != nil {
		return fmt.Errorf("write the record of %s again: %w", r.Window, err)
	}
	if !bytes.Equal(read.Bytes(), written) {
		return refuse(NotCanonical, "")
	}
	return nil
}

// sound refuses a record that cannot be worked on or shown.
func (r Record) sound() error {
	switch {
	case r.Kind != Lottery && r.Kind != PreQueue, (r.Problem != nil) != (r.Kind == Lottery), r.Kind == PreQueue && r.Outcomes != nil:
		return refuse(NotRecord, string(r.Kind))
	case !isName(r.Window):
		return refuse(BadName, r.Window)
	case len(r.Codes) > MostEntries || len(r.Order) > MostEntries || len(r.Outcomes) > MostEntries:
		return refuse(TooMany, "codes")
	}
	for _, hash := range []string{r.Seed, r.Commitment, r.Fingerprint} {
		if _, err := ParseSeed(hash); err != nil { // all three are 32 bytes
			return err
		}
	}
	if err := soundCodes(r.Codes); err != nil {
		return err
	}
	if !slices.IsSorted(r.Codes) {
		return refuse(Unsorted, "codes")
	}
	if err := soundCodes(r.Order); err != nil {
		return err
	}
	if r.Problem == nil {
		return nil
	}
	if err := r.Problem.Sound(); err != nil {
		return err
	}
	return soundOutcomes(r.Outcomes)
}

func soundCodes(codes []Code) error {
	seen := make(map[Code]bool, len(codes))
	for _, code := range codes {
		switch {
		case !code.valid():
			return refuse(BadCode, string(code))
		case seen[code]:
			return refuse(DuplicateCode, string(code))
		}
		seen[code] = true
	}
	return nil
}

// soundOutcomes refuses outcomes that could not be shown.
func soundOutcomes(outcomes []Outcome) error {
	codes := make([]Code, len(outcomes))
	for i, o := range outcomes {
		codes[i] = o.Code
		if len(o.Fates) > mostWishes {
			return refuse(TooMany, string(o.Code))
		}
		for _, f := range o.Fates {
			if err := f.sound(); err != nil {
				return err
			}
		}
	}
	return soundCodes(codes)
}

func (f Fate) sound() error {
	words := []string{string(f.Session), string(f.State), string(f.Why), string(f.Empty), f.By}
	for _, pool := range f.Pools {
		words = append(words, string(pool))
	}
	for _, word := range words {
		if word != "" && !isName(word) {
			return refuse(BadName, word)
		}
	}
	switch {
	case f.State != Granted && f.State != Waiting && f.State != Refused:
		return refuse(NotRecord, string(f.State))
	case (f.Why == Held || f.Why == Apart || f.Why == AtLimit || f.Why == GroupMax) != (f.State == Refused):
		return refuse(NotRecord, string(f.Why))
	case f.Round < 0 || f.Round > mostWishes || (f.Round > 0) != (f.State == Granted):
		return refuse(BadNumber, string(f.Session))
	case f.Number < 0 || f.Number > MostEntries || (f.Number > 0) != (f.State == Waiting):
		return refuse(BadNumber, string(f.Session))
	}
	return nil
}
