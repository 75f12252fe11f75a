// Package onstage brings what was sent in and accepted before an audience: it
// puts submissions into the programme, tells those who present where they stand
// in it, and keeps the slides that they send.
package onstage

import (
	"embed"
	"time"

	"obrady/internal/attachment"
	"obrady/internal/call"
	"obrady/internal/edition"
	"obrady/internal/errs"
	"obrady/internal/people"
	"obrady/internal/programme"
)

// Locale holds the sentences that say what is in the way.
//
//go:embed locale/*.json
var Locale embed.FS

// What can go wrong on the way to the stage.
var (
	ErrNotAccepted = errs.New(errs.Conflict, "onstage.not_accepted")
	ErrElsewhere   = errs.New(errs.Invalid, "onstage.elsewhere")
	ErrNoSlides    = errs.New(errs.NotFound, "onstage.no_slides")
)

// Place is where in the programme a submission stands (miejsce w programie).
type Place struct {
	Submission call.SubmissionID
	Edition    edition.ID
	Session    programme.SessionID
	Segment    programme.SegmentID // empty: the whole session
	Position   int                 // among the submissions of one session, where it has no segments of theirs
	By         people.AccountID
	At         time.Time
}

// same says whether two places are one, whoever put the submission there and when.
func (p Place) same(o Place) bool {
	p.By, p.At = o.By, o.At
	return p == o
}

// Slides are what a presenter shows: one file without its content.
type Slides struct {
	Submission call.SubmissionID
	Name       string // for people to read and to save it under
	Kind       attachment.Kind
	Note       attachment.Note
	Size       int    // bytes
	Sum        string // SHA-256 of the content
	SharedAt   time.Time
	By         people.AccountID
	At         time.Time
}

// Kilobytes is the size as lists show it.
func (s Slides) Kilobytes() int { return (s.Size + 1023) >> 10 }

// Shared says whether the presenter lets everybody see them once the session is over.
func (s Slides) Shared() bool { return !s.SharedAt.IsZero() }

// Public says whether everybody may have them at the moment now, of a session that ends at a moment; zero: nobody
// knows when.
func (s Slides) Public(ends, now time.Time) bool {
	return s.Shared() && !ends.IsZero() && !now.Before(ends)
}
