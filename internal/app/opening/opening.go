// Package opening plays the moment at which sign-ups open, with servers and a crowd of made-up people on this machine,
// so that a congress knows before its hour that everybody will be answered at once, and that every seat that somebody
// was promised is theirs.
package opening

import (
	"time"

	"obrady/internal/admission"
	"obrady/internal/db"
	"obrady/internal/people"
)

// Options say which opening to play, and how to measure it.
type Options struct {
	People, Sessions, Seats int // seats of each session
	Mode                    admission.Mode
	Hot                     bool // everybody wants the same session

	Engine    db.Engine
	Postgres  string // the address of a database beside which others can be made
	Instances int

	Connections int           // of the crowd that presses as fast as it is answered
	Rounds      int           // each figure is the median of so many
	Lasts       time.Duration // of a round, at least where there is so much to press
	Browsers    int           // that show the live counts meanwhile
	Scale       bool          // measure a decision with ten times the people and ten times the sessions as well
	Seed        uint64
	Note        func(format string, args ...any)
}

// actor is who arranges the sign-ups, as their history says.
const actor = people.AccountID("opening")
