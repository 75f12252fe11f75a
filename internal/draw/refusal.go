package draw

import "fmt"

// Refusal says why something is no draw, or none that one person's computer should work on.
type Refusal struct {
	Reason Reason
	Where  string // the word it is about, quoted and cut short; may be empty
}

// Error is for the log. Whoever shows it to people has words for each Reason.
func (r *Refusal) Error() string {
	if r.Where == "" {
		return "refused: " + string(r.Reason)
	}
	return fmt.Sprintf("refused: %s: %s", r.Reason, r.Where)
}

// Reason is a kind of Refusal.
type Reason string

// The reasons.
const (
	TooLarge       Reason = "too_large"       // longer than MostBytes
	NotRecord      Reason = "not_a_record"    // no JSON, or JSON of another shape
	OtherFormat    Reason = "other_format"    // a record of a version that is not known
	NotCanonical   Reason = "not_canonical"   // a field twice, unknown, or elsewhere than Write puts it
	BadSeed        Reason = "bad_seed"        // not 64 small hexadecimal digits
	BadCode        Reason = "bad_code"        // not 26 of A-Z and 2-7
	BadName        Reason = "bad_name"        // empty, long, or with signs that names have not
	DuplicateCode  Reason = "duplicate_code"  // one code for two
	DuplicateName  Reason = "duplicate_name"  // one name for two, or named twice in one list
	Unsorted       Reason = "unsorted"        // codes that are not in alphabetical order
	UnknownSession Reason = "unknown_session" // named, but not among the sessions
	UnknownPool    Reason = "unknown_pool"    // named, but not a pool of that session
	BadNumber      Reason = "bad_number"      // negative, or beyond MostSeats
	TooMany        Reason = "too_many"        // more things than a congress has
)

// Reasons lists them all.
func Reasons() []Reason {
	return []Reason{
		TooLarge, NotRecord, OtherFormat, NotCanonical, BadSeed, BadCode, BadName, DuplicateCode, DuplicateName,
		Unsorted, UnknownSession, UnknownPool, BadNumber, TooMany,
	}
}

const mostOfWord = 60 // characters of a foreign word that a Refusal repeats

func refuse(reason Reason, word string) error {
	if word == "" {
		return &Refusal{Reason: reason}
	}
	return &Refusal{Reason: reason, Where: fmt.Sprintf("%.*q", mostOfWord, word)}
}

// What one draw may have at most. A congress of twenty thousand people stays well below; a file that was made to keep
// a computer busy does not get far.
const (
	MostBytes    = 256 << 20
	MostEntries  = 100_000
	MostSessions = 5_000
	MostSeats    = 1_000_000 // in one pool, and as the number of a limit
	mostPairs    = 200_000
	mostLimits   = 200
	mostPools    = 50  // of a session
	mostWishes   = 200 // of an entry, and as many sessions that it holds
	mostOfName   = 100 // bytes
)
