package council

import (
	"context"
	"fmt"
	"slices"

	"obrady/internal/call"
	"obrady/internal/db"
	"obrady/internal/errs"
	"obrady/internal/id"
	"obrady/internal/journal"
	"obrady/internal/outbox"
	"obrady/internal/people"
	"obrady/internal/review"
	"obrady/internal/rights"
	"obrady/internal/text"
)

// AppealFiled tells the council that an author asks it to look again.
type AppealFiled struct {
	Appeal string  `json:"appeal"`
	Call   call.ID `json:"call"`
}

// Kind implements outbox.Event.
func (AppealFiled) Kind() string { return "council.appeal_filed" }

// AppealAnswered tells the authors what the council says to their appeal.
type AppealAnswered struct {
	Appeal     string            `json:"appeal"`
	Submission call.SubmissionID `json:"submission"`
}

// Kind implements outbox.Event.
func (AppealAnswered) Kind() string { return "council.appeal_answered" }

// Appeal asks the council to look at a submission again, once for each decision
// and as long as that can be done: ErrNoAppeals, ErrAppealed.
func (s *Service) Appeal(ctx context.Context, by people.AccountID, submission call.SubmissionID, words string) error {
	var wrong errs.Problems
	switch n := text.Length(words); {
	case n == 0:
		wrong.Add("words", "review.reason_missing")
	case n > maxWords:
		wrong.Add("words", "review.too_long", maxWords)
	}
	if err := wrong.Err(); err != nil {
		return err
	}
	err := s.db.Tx(ctx, func(tx *db.Tx) error {
		c, err := review.CallOf(ctx, tx, submission)
		if err != nil {
			return err
		}
		if _, err := review.Hold(ctx, tx, c.ID); err != nil {
			return err
		}
		t, err := s.told(ctx, tx, by, submission)
		switch {
		case err != nil:
			return err
		case t.Appeal.ID != "":
			return ErrAppealed
		case t.AppealUntil.IsZero():
			return ErrNoAppeals
		}
		a := Appeal{ID: id.New(), Submission: submission, Call: c.ID, OfRevision: t.Revision, Words: words, FiledBy: by, FiledAt: s.now()}
		if err := insertAppeal(ctx, tx, a); err != nil {
			return err
		}
		if err := outbox.Add(ctx, tx, s.now(), AppealFiled{a.ID, c.ID}); err != nil {
			return err
		}
		return s.reviews.Log(ctx, tx, review.Deed{By: by, Call: c}, journal.Entry{Action: "council.appealed", Object: string(submission)})
	})
	if err != nil {
		return fmt.Errorf("appeal: %w", err)
	}
	return nil
}

// Appeals lists the appeals of a call that somebody may see, those without an answer first.
func (s *Service) Appeals(ctx context.Context, by people.AccountID, of call.ID) ([]Appeal, error) {
	v, err := s.reviews.Look(ctx, of, by)
	if err != nil {
		return nil, err
	}
	if !v.Whole {
		return nil, review.ErrNone
	}
	all, err := appealsOf(ctx, s.db, v)
	if err != nil {
		return nil, fmt.Errorf("list appeals of %s: %w", of, err)
	}
	return all, nil
}

// Answer tells an author what the council says to an appeal. If it was right, the
// submission waits for another decision, which is announced like the first.
func (s *Service) Answer(ctx context.Context, by people.AccountID, a Appeal) error {
	var wrong errs.Problems
	if !slices.Contains(Verdicts, a.Verdict) {
		wrong.Add("verdict", "review.choose")
	}
	switch n := text.Length(a.Answer); {
	case n == 0:
		wrong.Add("answer", "review.reason_missing")
	case n > maxWords:
		wrong.Add("answer", "review.too_long", maxWords)
	}
	if err := wrong.Err(); err != nil {
		return err
	}
	if err := s.reviews.Visible(ctx, by, a.Submission); err != nil {
		return err
	}
	err := s.db.Tx(ctx, func(tx *db.Tx) error {
		c, err := review.CallOf(ctx, tx, a.Submission)
		if err != nil {
			return err
		}
		d := review.Deed{By: by, Action: rights.Sit, Call: c}
		if err := s.reviews.May(ctx, tx, d); err != nil {
			return err
		}
		if _, err := review.Hold(ctx, tx, c.ID); err != nil {
			return err
		}
		a.AnsweredBy, a.AnsweredAt = by, s.now()
		if err := answerAppeal(ctx, tx, a); err != nil {
			return err
		}
		if a.Verdict == Changed {
			if err := s.anew(ctx, tx, d, a.Submission); err != nil {
				return err
			}
		}
		if err := outbox.Add(ctx, tx, s.now(), AppealAnswered{a.ID, a.Submission}); err != nil {
			return err
		}
		return s.reviews.Log(ctx, tx, d, journal.Entry{Action: "council.appeal_answered", Object: string(a.Submission), Detail: map[string]any{"verdict": a.Verdict}})
	})
	if err != nil {
		return fmt.Errorf("answer an appeal: %w", err)
	}
	return nil
}

// anew brings a submission whose decision was announced before the council again.
func (s *Service) anew(ctx context.Context, tx *db.Tx, d review.Deed, submission call.SubmissionID) error {
	state, err := review.StateOf(ctx, tx, submission)
	if err != nil {
		return err
	}
	step := call.Step{Submission: submission, By: d.By, At: s.now(), From: state, To: call.Decided}
	if err := call.Move(ctx, tx, step); err != nil {
		return err
	}
	return unannounce(ctx, tx, submission)
}
