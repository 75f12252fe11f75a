package call

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"obrady/internal/db"
	"obrady/internal/errs"
	"obrady/internal/form"
	"obrady/internal/id"
	"obrady/internal/journal"
	"obrady/internal/outbox"
	"obrady/internal/people"
	"obrady/internal/rights"
	"obrady/internal/text"
)

// Finding is what the formal check of a submission found.
type Finding struct {
	Submission SubmissionID
	By         people.AccountID
	Seen       State     // where the submission stood when it was looked at
	Next       State     // Eligible, Ineligible or Returned
	Why        string    // for its authors; needed unless it is Eligible
	Unmet      []int     // which of the call's checklist was not met, from 0
	DueAt      time.Time // of Returned: when it must be back
}

// Check writes what the formal check found, and tells the authors. ErrMoved if
// somebody else decided meanwhile.
func (s *Service) Check(ctx context.Context, f Finding) error {
	err := s.atDesk(ctx, f.By, f.Submission, func(tx *db.Tx, d desk) error {
		if err := f.validate(d); err != nil {
			return err
		}
		step := Step{Submission: f.Submission, By: f.By, At: d.now, From: f.Seen, To: f.Next, Why: strings.TrimSpace(f.Why), Unmet: f.unmet(d.call)}
		if err := Move(ctx, tx, step); err != nil {
			return err
		}
		if f.Next != Returned {
			f.DueAt = time.Time{}
		}
		if err := setDue(ctx, tx, Submission{ID: f.Submission, DueAt: f.DueAt}); err != nil {
			return err
		}
		return tell(ctx, tx, d, step, "call.checked")
	})
	if err != nil {
		return fmt.Errorf("check %s: %w", f.Submission, err)
	}
	return nil
}

func (f Finding) validate(d desk) error {
	var wrong errs.Problems
	if f.Next != Eligible && f.Next != Ineligible && f.Next != Returned {
		wrong.Add("next", "programme.choose")
	}
	if f.Next != Eligible && strings.TrimSpace(f.Why) == "" {
		wrong.Add("why", "call.why_missing")
	}
	if text.Length(f.Why) > maxWhy {
		wrong.Add("why", "form.too_long", maxWhy)
	}
	if f.Next == Returned && !f.DueAt.After(d.now) {
		wrong.Add("due_on", "call.due")
	}
	return wrong.Err()
}

// unmet names what of the checklist was not met, in Polish, as it read then.
func (f Finding) unmet(c Call) (names []string) {
	for i, t := range c.Checklist {
		if slices.Contains(f.Unmet, i) {
			names = append(names, t.PL)
		}
	}
	return names
}

// atDesk does something to a submission for an organiser who may check it.
func (s *Service) atDesk(ctx context.Context, by people.AccountID, submission SubmissionID, do func(tx *db.Tx, d desk) error) error {
	return s.db.Tx(ctx, func(tx *db.Tx) error {
		before, err := findSubmission(ctx, tx, `id = $1 AND state <> 'draft'`, submission)
		if err != nil {
			return err
		}
		d := desk{before: before}
		if d.call, err = take(ctx, tx, before.Call); err != nil {
			return err
		}
		if err := s.guard(ctx, tx, by, rights.CheckSent, d.call); err != nil {
			return err
		}
		if d.before, err = FindSubmission(ctx, tx, submission); err != nil { // as it is now that nobody else changes it
			return err
		}
		if d.now, err = s.clock(ctx, tx); err != nil {
			return err
		}
		return do(tx, d)
	})
}

// tell writes into the journal what an organiser did, and promises the letters.
func tell(ctx context.Context, tx *db.Tx, d desk, step Step, action string) error {
	err := outbox.Add(ctx, tx, d.now, Happened{
		Submission: step.Submission, From: step.From, To: step.To, At: d.now, By: step.By,
	})
	if err != nil {
		return err
	}
	return journal.Write(ctx, tx, journal.Entry{
		At: d.now, Actor: string(step.By), Action: action, Edition: string(d.call.Edition), Object: string(step.Submission), Detail: map[string]State{"to": step.To},
	})
}

// Merging says that one submission is another one sent again.
type Merging struct {
	Submission SubmissionID
	By         people.AccountID
	Seen       State
	Into       string // the code of the one that stays, of the same call
	Why        string
}

// Merge puts a submission into another one of the same call, which stays. Nothing
// of it is lost: it keeps its text, both pages show the other, and those who are
// behind it stand behind the other as well.
func (s *Service) Merge(ctx context.Context, m Merging) error {
	err := s.atDesk(ctx, m.By, m.Submission, func(tx *db.Tx, d desk) error {
		into, err := findSubmission(ctx, tx, `edition_id = $1 AND code = $2 AND call_id = $3 AND state NOT IN ('draft', 'withdrawn', 'merged')`,
			d.before.Edition, strings.ToUpper(strings.TrimSpace(m.Into)), d.before.Call)
		var wrong errs.Problems
		switch {
		case err == nil && into.ID == m.Submission, isNone(err):
			wrong.Add("into", "call.merge_into")
			return wrong.Err()
		case err != nil:
			return err
		}
		step := Step{Submission: m.Submission, By: m.By, At: d.now, From: m.Seen, To: Merged, Why: m.Why}
		if err := Move(ctx, tx, step); err != nil {
			return err
		}
		if err := setMerged(ctx, tx, Submission{ID: m.Submission, MergedInto: into.ID}); err != nil {
			return err
		}
		if err := gather(ctx, tx, m.Submission, into.ID); err != nil {
			return err
		}
		return tell(ctx, tx, d, step, "call.merged")
	})
	if err != nil {
		return fmt.Errorf("merge %s: %w", m.Submission, err)
	}
	return nil
}

// gather names those behind a submission behind another one too, after those who are there, as far as there is room.
func gather(ctx context.Context, tx *db.Tx, from, into SubmissionID) error {
	here, err := IdentityOf(ctx, tx, into)
	if err != nil {
		return err
	}
	there, err := IdentityOf(ctx, tx, from)
	if err != nil {
		return err
	}
	for _, c := range there.Contributors {
		if len(here.Contributors) >= MostContributors {
			return nil
		}
		if slices.ContainsFunc(here.Contributors, c.same) {
			continue
		}
		c.ID, c.Submission = id.Make[ContributorID](), into
		if c.State == Invited || c.State == Bounced {
			c.State, c.InvitedAt = Named, time.Time{} // the letter asked about the other
		}
		if err := insertContributor(ctx, tx, c); err != nil {
			return err
		}
		here.Contributors = append(here.Contributors, c)
	}
	return nil
}

// Transfer moves a submission to another call of the edition, before it is under
// review. Answers follow to questions that read the same; the others stay kept
// with the submission, and what the new call asks besides its authors may be
// asked to complete.
func (s *Service) Transfer(ctx context.Context, by people.AccountID, submission SubmissionID, to ID) error {
	err := s.atDesk(ctx, by, submission, func(tx *db.Tx, d desk) error {
		if !slices.Contains([]State{Submitted, Returned, Eligible, Ineligible}, d.before.State) {
			return ErrFixed
		}
		next, err := Find(ctx, tx, to)
		if err != nil {
			return err
		}
		if next.Edition != d.call.Edition || next.ID == d.call.ID || next.PublishedAt.IsZero() || !next.CancelledAt.IsZero() {
			var wrong errs.Problems
			wrong.Add("call", "programme.choose")
			return wrong.Err()
		}
		if err := s.guard(ctx, tx, by, rights.CheckSent, next); err != nil {
			return err
		}
		moved, err := d.before.in(ctx, tx, next)
		if err != nil {
			return err
		}
		moved.UpdatedAt = d.now
		if err := setCall(ctx, tx, moved); err != nil {
			return err
		}
		return journal.Write(ctx, tx, journal.Entry{
			At: d.now, Actor: string(by), Action: "call.transferred", Edition: string(next.Edition), Object: string(submission),
			Detail: map[string]ID{"from": d.call.ID, "to": next.ID},
		})
	})
	if err != nil {
		return fmt.Errorf("transfer %s to %s: %w", submission, to, err)
	}
	return nil
}

// in is the submission as it stands in another call.
func (s Submission) in(ctx context.Context, q db.Querier, next Call) (Submission, error) {
	before, err := Questions(ctx, q, s.Call, s.FormVersion)
	if err != nil {
		return s, err
	}
	after, err := Questions(ctx, q, next.ID, next.FormVersion)
	if err != nil {
		return s, err
	}
	s.Answers = form.Carry(s.Answers, before, after)
	s.Call, s.FormVersion, s.Revision = next.ID, next.FormVersion, s.Revision+1
	if _, known := next.Option(next.Paths, s.Path); !known {
		s.Path = ""
	}
	if _, known := next.Option(next.Formats, s.Format); !known {
		s.Format = ""
	}
	return s, nil
}

// Sent lists what was sent to a call, by code. Who may read it, the caller has decided.
func (s *Service) Sent(ctx context.Context, call ID) ([]Submission, error) {
	all, err := Submissions(ctx, s.db, call)
	if err != nil {
		return nil, fmt.Errorf("list what was sent to %s: %w", call, err)
	}
	return all, nil
}

// Listed lists what was sent to a call without the answers, by code.
func (s *Service) Listed(ctx context.Context, call ID) ([]Submission, error) {
	all, err := Listed(ctx, s.db, call)
	if err != nil {
		return nil, fmt.Errorf("list what was sent to %s: %w", call, err)
	}
	return all, nil
}

// SentBy returns who is behind each of some submissions.
func (s *Service) SentBy(ctx context.Context, some []SubmissionID) (map[SubmissionID]Identity, error) {
	all, err := identitiesOf(ctx, s.db, some)
	if err != nil {
		return nil, fmt.Errorf("find who sent submissions: %w", err)
	}
	return all, nil
}

// One returns what was sent to a call under a code, with its steps, or
// ErrNoSubmission. Who may read it, the caller has decided.
func (s *Service) One(ctx context.Context, call ID, code string) (one Submission, steps []Step, err error) {
	one, err = findSubmission(ctx, s.db, `call_id = $1 AND code = $2 AND state <> 'draft'`, call, code)
	if err == nil {
		steps, err = StepsOf(ctx, s.db, one.ID)
	}
	if err != nil {
		return one, nil, fmt.Errorf("find %s: %w", code, err)
	}
	return one, steps, nil
}

// Traces looks for names in a submission; see Traces.
func (s *Service) Traces(ctx context.Context, submission SubmissionID) ([]Trace, error) {
	found, err := Traces(ctx, s.db, submission)
	if err != nil {
		return nil, fmt.Errorf("look for names in %s: %w", submission, err)
	}
	return found, nil
}

// Alike lists submissions whose titles say the same, which may be one sent twice.
func Alike(all []Submission) map[SubmissionID][]Submission {
	byTitle := map[string][]Submission{}
	for _, s := range all {
		if s.State != Withdrawn && s.State != Merged {
			title := text.Slug(s.Title)
			byTitle[title] = append(byTitle[title], s)
		}
	}
	alike := map[SubmissionID][]Submission{}
	for _, same := range byTitle {
		for _, s := range same {
			for _, other := range same {
				if other.ID != s.ID {
					alike[s.ID] = append(alike[s.ID], other)
				}
			}
		}
	}
	return alike
}
