package main

import (
	"errors"
	"fmt"
	"os"
	"strings"

	"obrady/internal/draw"
)

type verifyDrawCommand struct {
	File        string `arg:"" help:"The record of a draw, as its page gives it out." type:"existingfile"`
	Code        string `help:"Say where this code stood and what it got."`
	Commitment  string `help:"What was published before the window opened; the record must say the same."`
	Fingerprint string `help:"What was published when the window closed; the record must say the same."`
}

// Run works the draw out again, and prints one difference a line. It asks nobody: no database, no network.
func (c *verifyDrawCommand) Run(t terminal) error {
	r, err := readRecord(c.File)
	if err != nil {
		return err
	}
	found, err := r.Differences()
	if err != nil {
		return drawInWords(c.File, err)
	}
	noted := draw.Published{Commitment: hash(c.Commitment), Fingerprint: hash(c.Fingerprint)}
	found = append(r.Against(noted), found...)
	for _, d := range found {
		t.say("%s", differenceInWords(d))
	}
	if len(found) > 0 {
		return fmt.Errorf("differences in %s: %d; it does not tell how the draw went", c.File, len(found))
	}
	c.sum(t, r, noted)
	if c.Code == "" {
		return nil
	}
	return sayStanding(t, r, draw.Code(strings.ToUpper(strings.TrimSpace(c.Code))))
}

// hash is a hash as somebody copied it from a page.
func hash(typed string) string { return strings.ToLower(strings.TrimSpace(typed)) }

func readRecord(name string) (draw.Record, error) {
	file, err := os.Open(name) //nolint:gosec // the file that was asked for
	if err != nil {
		return draw.Record{}, err
	}
	r, err := draw.Read(file)
	return r, errors.Join(drawInWords(name, err), file.Close())
}

// sum says in a few lines what was found good.
func (c *verifyDrawCommand) sum(t terminal, r draw.Record, noted draw.Published) {
	tally := r.Tally()
	switch r.Kind {
	case draw.PreQueue:
		t.say("%s: the order of %d codes, as drawn", r.Window, tally.Entries)
	case draw.Lottery:
		t.say("%s: of %d codes %d got a seat and %d wait for one, as drawn", r.Window, tally.Entries, tally.Seated, tally.Waiting)
		for i, seats := range tally.Rounds {
			t.say("seats given in round %d: %d", i+1, seats)
		}
	}
	if noted.Commitment == "" {
		t.note("compare with what was published before the window opened, or give it with --commitment: %s", r.Commitment)
	}
	if noted.Fingerprint == "" {
		t.note("compare with what was published when the window closed, or give it with --fingerprint: %s", r.Fingerprint)
	}
}

func sayStanding(t terminal, r draw.Record, code draw.Code) error {
	s, took := r.Standing(code)
	if !took {
		return fmt.Errorf("the code %q took no part in this draw", code)
	}
	t.say("%s stands at place %d of %d", code, s.Place, s.Of)
	for _, f := range s.Fates {
		t.say("%s: %s", f.Session, fateInWords(f))
	}
	return nil
}

// fateInWords says what became of a wish.
func fateInWords(f draw.Fate) string {
	switch f.State {
	case draw.Granted:
		said := fmt.Sprintf("a seat in round %d", f.Round)
		for _, pool := range f.Pools {
			said += ", from " + string(pool)
		}
		return said
	case draw.Waiting:
		return fmt.Sprintf("number %d on the waiting list, for %s is empty", f.Number, f.Empty)
	case draw.Refused:
		return fmt.Sprintf(rules[f.Why], f.By)
	}
	return "nothing"
}

// rules say which rule keeps somebody from a session, and what it is about.
var rules = map[draw.Why]string{
	draw.Held:     "no other seat, because %s was held before",
	draw.Apart:    "no seat, because nobody can attend it and %s",
	draw.AtLimit:  "no seat, because the limit %s is reached",
	draw.GroupMax: "no seat, because the institution has reached the limit %s",
}

// points say what a record has otherwise: first what the record says, then what is due.
var points = map[draw.Point]string{
	draw.WrongCommitment:  "the commitment of the seed is %[2]s, and the record says %[1]s: this seed was not the one committed to",
	draw.WrongFingerprint: "the fingerprint of the codes is %[2]s, and the record says %[1]s: somebody was added or left out",
	draw.WrongPlace:       "place %s in the record, and place %s as drawn; 0 is none",
	draw.WrongFate:        "%s in the record, and %s as drawn",
	draw.NoEntry:          "took part, and the record has no wishes of it",
	draw.NoCode:           "has wishes in the record, and is not among the codes",
	draw.NoOutcome:        "the record does not say what it got",
	draw.StrayOutcome:     "the record says what it got, and has no wishes of it",
	draw.OutcomeOrder:     "the outcomes do not stand in the order of the draw",
	draw.OtherCommitment:  "%[2]s was published before the window opened, and the record says %[1]s: it is of another draw",
	draw.OtherFingerprint: "%[2]s was published when the window closed, and the record says %[1]s: it is of other people",
}

func differenceInWords(d draw.Difference) string {
	said := points[d.What]
	switch {
	case d.What == draw.WrongFate:
		session := d.DueFate.Session
		if session == "" {
			session = d.SaidFate.Session
		}
		said = fmt.Sprintf("%s: "+said, session, fateInWords(d.SaidFate), fateInWords(d.DueFate))
	case strings.Contains(said, "%"):
		said = fmt.Sprintf(said, d.Said, d.Due)
	}
	if d.Code != "" {
		said = string(d.Code) + ": " + said
	}
	return said
}

// drawReasons say in words why a file is no record of a draw.
var drawReasons = map[draw.Reason]string{
	draw.TooLarge:       "it is larger than any record",
	draw.NotRecord:      "it is no record of a draw, or only a part of one",
	draw.OtherFormat:    "it is of a kind or version that this release does not know",
	draw.NotCanonical:   "it has fields twice, fields that nobody knows, or fields in another order than it was published in",
	draw.BadSeed:        "its seed, its commitment or its fingerprint is not 64 hexadecimal digits",
	draw.BadCode:        "a code is not 26 of the letters A-Z and digits 2-7",
	draw.BadName:        "a name is empty, too long, or has signs that no name has",
	draw.DuplicateCode:  "a code is there twice",
	draw.DuplicateName:  "a name is there twice",
	draw.Unsorted:       "its codes are not in alphabetical order",
	draw.UnknownSession: "it names a session that it does not list",
	draw.UnknownPool:    "it names a pool that the session has not",
	draw.BadNumber:      "a number is below nothing, or beyond any congress",
	draw.TooMany:        "there are more things in it than in any congress",
}

// drawInWords says why a file was refused as a record of a draw; other errors stay as they are.
func drawInWords(file string, err error) error {
	var refusal *draw.Refusal
	if !errors.As(err, &refusal) || drawReasons[refusal.Reason] == "" {
		return err
	}
	said := fmt.Errorf("%s cannot be read as the record of a draw: %s", file, drawReasons[refusal.Reason])
	if refusal.Where != "" {
		said = fmt.Errorf("%w (%s)", said, refusal.Where)
	}
	return said
}
