package bench

import (
	"time"

	"obrady/internal/admission"
	"obrady/internal/db"
)

// Opening says which opening to play, and how to measure it.
type Opening struct {
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
