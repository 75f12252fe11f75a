package review

import (
	"context"
	"fmt"
	"slices"
	"time"

	"obrady/internal/call"
	"obrady/internal/db"
	"obrady/internal/errs"
	"obrady/internal/i18n"
	"obrady/internal/journal"
	"obrady/internal/people"
	"obrady/internal/rights"
)

// Visible is the predicate: whether the submission s may be seen by the account $1,
// who has the whole call before them or, if $2 is false, only what they were given,
// at the moment $3. Every statement that lists, counts, finds or exports
// submissions for somebody has it in its condition, and none has another.
//
// What has changed since the rules last looked for conflicts is not visible, so a
// rule that has not run hides too much and never too little.
const Visible = `s.state IN ('eligible', 'under_review', 'decided', 'accepted', 'reserve', 'rejected', 'confirmed', 'declined')
	AND EXISTS (SELECT 1 FROM review_look AS v WHERE v.call_id = s.call_id AND v.account_id = $1 AND v.checked_at >= s.updated_at)
	AND ($2 = TRUE OR s.id IN (SELECT v.submission_id FROM review_assignment AS v WHERE v.account_id = $1 AND v.state IN ('given', 'sent')))
	AND s.id NOT IN (SELECT v.submission_id FROM review_conflict AS v WHERE v.account_id = $1 AND v.state IN ('suspected', 'confirmed')
		AND NOT EXISTS (SELECT 1 FROM review_glass AS g WHERE g.submission_id = v.submission_id AND g.account_id = $1 AND g.until_at > $3))`

// Viewer is whoever looks at the submissions of a call.
type Viewer struct {
	Account people.AccountID
	Call    call.Call
	Whole   bool // they have the whole call before them: the council, organisers
	Now     time.Time
}

// Args are the arguments of Visible, with more after them.
func (v Viewer) Args(more ...any) []any { return append([]any{v.Account, v.Whole, v.Now}, more...) }

// Look returns who by is before the submissions of a call, once the rules have
// looked for conflicts of theirs in everything that has changed. Whoever is
// neither of the council nor a reviewer there gets the refusal of rights.
func (s *Service) Look(ctx context.Context, of call.ID, by people.AccountID) (Viewer, error) {
	c, err := call.Find(ctx, s.db, of)
	if err != nil {
		return Viewer{}, err
	}
	v := Viewer{Account: by, Call: c, Now: s.now()}
	switch err := s.May(ctx, s.db, Deed{by, rights.ReadReviews, c}); kindOf(err) {
	case errs.Forbidden, errs.NotFound:
		if err := s.May(ctx, s.db, Deed{by, rights.WriteReviews, c}); err != nil {
			return v, err
		}
	default:
		if err != nil {
			return v, err
		}
		v.Whole = true
	}
	if err := s.refresh(ctx, v); err != nil {
		return v, fmt.Errorf("look for conflicts in %s: %w", of, err)
	}
	return v, nil
}

// Visible says whether somebody may see a submission: nil, or ErrNone, which tells
// nothing of whether there is one.
func (s *Service) Visible(ctx context.Context, by people.AccountID, submission call.SubmissionID) error {
	_, err := s.See(ctx, by, submission)
	return err
}

// See returns a submission as a reviewer may be given it, with who is looking, or ErrNone.
func (s *Service) See(ctx context.Context, by people.AccountID, submission call.SubmissionID) (Seen, error) {
	paper, err := call.FindPaper(ctx, s.db, submission)
	if kindOf(err) == errs.NotFound {
		return Seen{}, ErrNone
	}
	if err != nil {
		return Seen{}, err
	}
	v, err := s.Look(ctx, paper.Call, by)
	if err != nil {
		return Seen{}, err
	}
	if err := v.Sees(ctx, s.db, submission); err != nil {
		return Seen{}, err
	}
	return Seen{v, paper}, nil
}

// Seen is a submission before somebody who may see it.
type Seen struct {
	Viewer
	Paper call.Paper
}

// Sees asks the predicate for one submission: nil or ErrNone.
func (v Viewer) Sees(ctx context.Context, q db.Querier, submission call.SubmissionID) error {
	var n int
	err := q.QueryRow(ctx, `SELECT COUNT(*) FROM call_submission AS s WHERE s.id = $4 AND s.call_id = $5 AND `+Visible,
		v.Args(submission, v.Call.ID)...).Scan(&n)
	if err == nil && n == 0 {
		return ErrNone
	}
	return err
}

// Paper returns a submission as a reviewer may be given it, or ErrNone.
func (s *Service) Paper(ctx context.Context, by people.AccountID, submission call.SubmissionID) (call.Paper, error) {
	one, err := s.See(ctx, by, submission)
	if err != nil {
		return call.Paper{}, fmt.Errorf("give out submission %s: %w", submission, err)
	}
	return one.Paper, nil
}

// Entry is one submission in a list.
type Entry struct {
	ID       call.SubmissionID
	Code     string
	State    call.State
	Path     string
	Format   string
	Language i18n.Lang
	Title    string
	Given    int    // reviewers who read it
	Sent     int    // who have written
	Figure   Figure // of their scores, without the Spread
	Own      Given  // what the viewer has to do with it
}

// Filter chooses from a list; empty fields choose all.
type Filter struct {
	Words string // in the title or the code
	Path  string
	State call.State
	Mine  bool // given to the viewer
	From  int  // how many to leave out at the beginning
	Most  int  // how many to list; 0: all
}

// List lists the submissions of a call that somebody may see, by code. Figures of
// reviews are in it for those who have the whole call before them, and for others
// once they have sent their own.
func (s *Service) List(ctx context.Context, by people.AccountID, of call.ID, f Filter) ([]Entry, error) {
	all, _, err := s.Page(ctx, by, of, f)
	return all, err
}

// Page lists as List does, and counts how many the filter chooses on all pages.
func (s *Service) Page(ctx context.Context, by people.AccountID, of call.ID, f Filter) (page []Entry, all int, err error) {
	v, err := s.Look(ctx, of, by)
	if err != nil {
		return nil, 0, err
	}
	if f.Words != "" {
		page, all, err = found(ctx, s.db, v, f)
	} else {
		page, all, err = paged(ctx, s.db, v, f)
	}
	if err != nil {
		return nil, 0, fmt.Errorf("list submissions of %s: %w", of, err)
	}
	return page, all, nil
}

// Counts counts the submissions of a call that somebody may see, by state.
func (s *Service) Counts(ctx context.Context, by people.AccountID, of call.ID) (map[call.State]int, error) {
	v, err := s.Look(ctx, of, by)
	if err != nil {
		return nil, err
	}
	counts, err := countsOf(ctx, s.db, v)
	if err != nil {
		return nil, fmt.Errorf("count submissions of %s: %w", of, err)
	}
	return counts, nil
}

// Break opens a file for an hour that a conflict closes to whoever asks, and
// writes down who it was and why, for the council to read. There must be a reason.
func (s *Service) Break(ctx context.Context, by people.AccountID, submission call.SubmissionID, why string) (Glass, error) {
	if err := Reasoned("reason", why); err != nil {
		return Glass{}, err
	}
	now := s.now()
	g := Glass{ID: newID(), Submission: submission, Account: by, Reason: why, OpenedAt: now, Until: now.Add(GlassFor)}
	err := s.db.Tx(ctx, func(tx *db.Tx) error {
		c, err := CallOf(ctx, tx, submission)
		if err != nil {
			return err
		}
		d := Deed{by, rights.BreakGlass, c}
		if err := s.May(ctx, tx, d); err != nil {
			return err
		}
		k, err := findConflict(ctx, tx, submission, by)
		if err != nil {
			return err
		}
		if slices.Contains(k.Sources, Own) {
			return ErrOwnStake // they would read who reviewed their own work
		}
		if err := insertGlass(ctx, tx, g); err != nil {
			return err
		}
		// The reason may name somebody. It stands with the entry, where an erasure reaches it.
		return s.Log(ctx, tx, d, journal.Entry{Action: "review.glass_broken", Object: string(submission)})
	})
	if err != nil {
		return g, fmt.Errorf("open conflicted file %s: %w", submission, err)
	}
	return g, nil
}

// Broken lists the conflicted files of a call that somebody had to open, the latest first.
func (s *Service) Broken(ctx context.Context, by people.AccountID, of call.ID) ([]Glass, error) {
	c, err := call.Find(ctx, s.db, of)
	if err != nil {
		return nil, err
	}
	if err := s.May(ctx, s.db, Deed{by, rights.ReadReviews, c}); err != nil {
		return nil, err
	}
	all, err := glassesOf(ctx, s.db, of)
	if err != nil {
		return nil, fmt.Errorf("list conflicted files that were opened: %w", err)
	}
	return all, nil
}

// Find returns which submission of a call a code names, or ErrNone. It says
// nothing of whether anybody may see it.
func (s *Service) Find(ctx context.Context, of call.ID, code string) (call.SubmissionID, error) {
	return byCode(ctx, s.db, of, code)
}

// Conflicted says which submissions of a call are closed to somebody for a conflict
// of interest now, for the pages about what was sent in that are not the council's.
func (s *Service) Conflicted(ctx context.Context, by people.AccountID, of call.ID) (map[call.SubmissionID]bool, error) {
	c, err := call.Find(ctx, s.db, of)
	if err != nil {
		return nil, err
	}
	v := Viewer{Account: by, Call: c, Now: s.now()}
	if err := s.refresh(ctx, v); err != nil {
		return nil, fmt.Errorf("look for conflicts in %s: %w", of, err)
	}
	closed, err := closedTo(ctx, s.db, v)
	if err != nil {
		return nil, fmt.Errorf("list what is closed in %s: %w", of, err)
	}
	return closed, nil
}
