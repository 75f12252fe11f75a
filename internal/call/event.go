package call

import (
	"context"
	"time"

	"obrady/internal/db"
	"obrady/internal/outbox"
	"obrady/internal/people"
)

// CalledOff is the event that a call was cancelled.
type CalledOff struct {
	Call ID `json:"call"`
}

// Kind names the event in the outbox.
func (CalledOff) Kind() string { return "call.called_off" }

// ClosingSoon is the event that a deadline is near; whoever has a draft is
// reminded. One that names another deadline than the call's is out of date.
type ClosingSoon struct {
	Call     ID        `json:"call"`
	ClosesAt time.Time `json:"closes_at"`
}

// Kind names the event in the outbox.
func (ClosingSoon) Kind() string { return "call.closing_soon" }

// remindAhead is how long before a deadline those with drafts are reminded.
const remindAhead = 48 * time.Hour

func remindBefore(ctx context.Context, tx *db.Tx, c Call) error {
	due := c.ClosesAt.Add(-remindAhead)
	if !due.After(c.UpdatedAt) || due.Before(c.OpensAt) {
		return nil // too short a call for that
	}
	return outbox.AddAt(ctx, tx, due, ClosingSoon{c.ID, c.ClosesAt})
}

// TooLate is the event that somebody pressed the button after the deadline: what
// they typed is kept as a draft, and they are told so.
type TooLate struct {
	Submission SubmissionID     `json:"submission"`
	By         people.AccountID `json:"by"`
}

// Kind names the event in the outbox.
func (TooLate) Kind() string { return "call.too_late" }

// Asked is the event that contributors of a submission are to be asked whether
// they stand behind it; each gets a link of their own.
type Asked struct {
	Contributor ContributorID `json:"contributor"`
}

// Kind names the event in the outbox.
func (Asked) Kind() string { return "call.asked" }
