package publication

import (
	"obrady/internal/edition"
	"obrady/internal/i18n"
	"obrady/internal/search"
)

// Beside is what the public reads of an edition beside its programme: practices, stories, what remains of the talks.
type Beside interface {
	// Find finds words, kind by kind in the order in which they are shown.
	Find(of edition.ID, lang i18n.Lang, query string) []Beneath
	// Paths are the addresses of the pages about it, without views of the same things.
	Paths(of edition.ID, lang i18n.Lang) []string
}

// Beneath is what was found of one kind.
type Beneath struct {
	Kind   string // contribution, practice or story
	Things []Further
}

// Further is one thing that was found beside the programme.
type Further struct {
	Title i18n.Text
	Marks []search.Range // in the title as it is read in the language that was asked for
	URL   string
	Small string
}
