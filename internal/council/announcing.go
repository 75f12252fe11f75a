package council

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"
	"time"

	"obrady/internal/call"
	"obrady/internal/db"
	"obrady/internal/id"
	"obrady/internal/journal"
	"obrady/internal/outbox"
	"obrady/internal/people"
	"obrady/internal/review"
	"obrady/internal/rights"
)

// Pending is a decision that waits to be announced.
type Pending struct {
	Decision
	Code  string
	Title string
}

// Announced tells the authors of a submission what was decided about it.
type Announced struct {
	Submission call.SubmissionID `json:"submission"`
	Revision   int               `json:"revision"` // of the decision
}

// Kind implements outbox.Event.
func (Announced) Kind() string { return "council.announced" }

// Preview lists the decisions of a call that wait to be announced, and a digest of
// all of them, for Announce. What whoever asks must not see is in the digest and
// not in the list.
func (s *Service) Preview(ctx context.Context, by people.AccountID, of call.ID) ([]Pending, string, error) {
	v, err := s.reviews.Look(ctx, of, by)
	if err != nil {
		return nil, "", err
	}
	if err := s.reviews.May(ctx, s.db, review.Deed{By: by, Action: rights.Announce, Call: v.Call}); err != nil {
		return nil, "", err
	}
	shown, err := pendingOf(ctx, s.db, v)
	if err != nil {
		return nil, "", fmt.Errorf("list what is to be announced of %s: %w", of, err)
	}
	all, err := decisionsBy(ctx, s.db, pending, of)
	if err != nil {
		return nil, "", fmt.Errorf("list what is to be announced of %s: %w", of, err)
	}
	return shown, digestOf(all), nil
}

const pending = `d.call_id = $1 AND d.announced_at IS NULL AND EXISTS (SELECT 1 FROM call_submission AS s WHERE s.id = d.submission_id AND s.state = 'decided')`

// digestOf changes when one of the decisions does, or another joins them.
func digestOf(all []Decision) string {
	var text []byte
	for _, d := range all {
		text = fmt.Appendf(text, "%s %d %s\n", d.Submission, d.Revision, d.Outcome)
	}
	sum := sha256.Sum256(text)
	return hex.EncodeToString(sum[:])
}

// Announce makes all pending decisions of a call known at once. Digest is what
// Preview returned: if anything has changed since, it is review.ErrChanged, so nothing is
// announced that nobody has looked at. It returns how many there were.
func (s *Service) Announce(ctx context.Context, by people.AccountID, of call.ID, digest string) (n int, err error) {
	err = s.atCall(ctx, review.Deed{By: by, Action: rights.Announce}, of, func(tx *db.Tx, d review.Deed, _ review.Setup) error {
		all, err := decisionsBy(ctx, tx, pending, of)
		switch {
		case err != nil:
			return err
		case len(all) == 0:
			return ErrNothing
		case digestOf(all) != digest:
			return review.ErrChanged
		}
		batch := id.New()
		n = len(all)
		for _, one := range all {
			one.Batch = batch
			if err := s.announce(ctx, tx, d, one); err != nil {
				return err
			}
		}
		if err := insertBatch(ctx, tx, Batch{batch, of, by, s.now(), n, digest}); err != nil {
			return err
		}
		return s.reviews.Log(ctx, tx, d, journal.Entry{Action: "council.announced", Object: string(of), Detail: map[string]any{"batch": batch, "decisions": n, "digest": digest}})
	})
	if err != nil {
		return 0, fmt.Errorf("announce the decisions about %s: %w", of, err)
	}
	return n, nil
}

func (s *Service) announce(ctx context.Context, tx *db.Tx, at review.Deed, d Decision) error {
	step := call.Step{Submission: d.Submission, By: at.By, At: s.now(), From: call.Decided, To: d.Outcome.State()}
	if err := call.Move(ctx, tx, step); err != nil {
		return err
	}
	d.AnnouncedAt = s.now()
	if err := markAnnounced(ctx, tx, d); err != nil {
		return err
	}
	return outbox.Add(ctx, tx, s.now(), Announced{d.Submission, d.Revision})
}

// Batch is a set of decisions that were announced together.
type Batch struct {
	ID        string
	Call      call.ID
	By        people.AccountID
	At        time.Time
	Decisions int
	Digest    string
}

// Batches lists what was announced of a call, the latest first.
func (s *Service) Batches(ctx context.Context, by people.AccountID, of call.ID) ([]Batch, error) {
	c, err := call.Find(ctx, s.db, of)
	if err != nil {
		return nil, err
	}
	if err := s.reviews.May(ctx, s.db, review.Deed{By: by, Action: rights.ReadReviews, Call: c}); err != nil {
		return nil, err
	}
	return batchesOf(ctx, s.db, of)
}

// Told is what an author is told of a decision.
type Told struct {
	Outcome     review.Outcome
	Path        string
	Format      string
	Place       int
	Rationale   string
	Reviews     []string // what reviewers wrote for the author, by nobody
	AnnouncedAt time.Time
	Revision    int
	Appeal      Appeal    // without an ID if there is none
	AppealUntil time.Time // zero: no appeal can be filed any more
}

// Told returns what the authors of a submission are told, or ErrNoDecision as long
// as nothing is announced. Whoever is not behind the submission is ErrNone.
func (s *Service) Told(ctx context.Context, by people.AccountID, submission call.SubmissionID) (Told, error) {
	t, err := s.told(ctx, s.db, by, submission)
	if err != nil {
		return t, fmt.Errorf("tell what was decided about %s: %w", submission, err)
	}
	return t, nil
}

func (s *Service) told(ctx context.Context, q db.Querier, by people.AccountID, submission call.SubmissionID) (Told, error) {
	if err := behind(ctx, q, by, submission); err != nil {
		return Told{}, err
	}
	t, err := Letter(ctx, q, submission)
	if !s.now().Before(t.AppealUntil) {
		t.AppealUntil = time.Time{}
	}
	return t, err
}

// Letter returns what a letter tells the authors of a submission, or ErrNoDecision
// as long as nothing is announced.
func Letter(ctx context.Context, q db.Querier, submission call.SubmissionID) (Told, error) {
	d, err := findDecision(ctx, q, submission)
	if err == nil && d.AnnouncedAt.IsZero() {
		err = ErrNoDecision
	}
	if err != nil {
		return Told{}, err
	}
	return Unannounced(ctx, q, d)
}

// Unannounced returns what a letter would tell of a decision, announced at
// d.AnnouncedAt.
func Unannounced(ctx context.Context, q db.Querier, d Decision) (t Told, err error) {
	t = Told{
		Outcome: d.Outcome, Path: d.Path, Format: d.Format, Place: d.Place, Rationale: d.ToAuthor, AnnouncedAt: d.AnnouncedAt, Revision: d.Revision,
	}
	if t.Reviews, err = review.WordsForAuthor(ctx, q, d.Submission); err != nil {
		return t, err
	}
	setup, err := review.FindSetup(ctx, q, d.Call)
	if err != nil {
		return t, err
	}
	t.Appeal, err = appealOf(ctx, q, d.Submission, d.Revision)
	if errors.Is(err, ErrNoAppeal) {
		err = nil
		if d.Outcome != review.Accept && setup.AppealDays > 0 {
			t.AppealUntil = d.AnnouncedAt.AddDate(0, 0, setup.AppealDays)
		}
	}
	return t, err
}

// behind says whether somebody is behind a submission, by themselves or through an
// institution they work for: nil or review.ErrNone.
func behind(ctx context.Context, q db.Querier, who people.AccountID, submission call.SubmissionID) error {
	parties, err := call.PartiesOf(ctx, q, submission)
	if err != nil {
		return err
	}
	works, err := review.WorksFor(ctx, q, who)
	if err != nil {
		return err
	}
	for _, p := range parties {
		if who != "" && p.Account == who || p.Institution != "" && slices.Contains(works, p.Institution) {
			return nil
		}
	}
	return review.ErrNone
}

// MovedUp tells the authors of a submission on the reserve list that a place has become free.
type MovedUp struct {
	Submission call.SubmissionID `json:"submission"`
}

// Kind implements outbox.Event.
func (MovedUp) Kind() string { return "council.moved_up" }

// MoveUp gives the place of a submission whose presenter has declined to the first
// on the reserve list of the same path and format, once, and returns which that
// was; none if nobody waits. It follows from call.Happened.
func (s *Service) MoveUp(ctx context.Context, declined call.SubmissionID) (next call.SubmissionID, err error) {
	err = s.db.Tx(ctx, func(tx *db.Tx) error {
		next = ""
		c, err := review.CallOf(ctx, tx, declined)
		if err != nil {
			return err
		}
		if _, err := review.Hold(ctx, tx, c.ID); err != nil {
			return err
		}
		state, err := review.StateOf(ctx, tx, declined)
		if err != nil || state != call.Declined {
			return err
		}
		fresh, err := noteVacancy(ctx, tx, declined, s.now())
		if err != nil || !fresh {
			return err
		}
		next, err = nextOnReserve(ctx, tx, declined)
		if err != nil || next == "" {
			return err
		}
		step := call.Step{Submission: next, By: journal.System, At: s.now(), From: call.Reserve, To: call.Accepted}
		if err := call.Move(ctx, tx, step); err != nil {
			return err
		}
		if err := noteAdvance(ctx, tx, declined, next); err != nil {
			return err
		}
		if err := outbox.Add(ctx, tx, s.now(), MovedUp{next}); err != nil {
			return err
		}
		return s.reviews.Log(ctx, tx, review.Deed{By: journal.System, Call: c}, journal.Entry{Action: "council.moved_up", Object: string(next), Detail: map[string]any{"instead_of": declined}})
	})
	if errors.Is(err, review.ErrNoSetup) { // a call that no council judges has no reserve list
		return "", nil
	}
	if err != nil {
		return "", fmt.Errorf("fill the place of %s: %w", declined, err)
	}
	return next, nil
}
