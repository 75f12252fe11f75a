package review

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"

	"obrady/internal/call"
	"obrady/internal/db"
	"obrady/internal/journal"
	"obrady/internal/people"
	"obrady/internal/rights"
)

func compare[T ~string](a, b T) int { return cmp.Compare(a, b) }

// Own returns somebody's review of a submission as it stands, an empty one if they
// have not begun; ErrNotGiven if it is not theirs to review.
func (s *Service) Own(ctx context.Context, by people.AccountID, submission call.SubmissionID) (Review, error) {
	one, err := s.See(ctx, by, submission)
	if err != nil {
		return Review{}, err
	}
	r, err := s.own(ctx, s.db, one)
	if err != nil {
		return r, fmt.Errorf("find one's own review of %s: %w", submission, err)
	}
	return r, nil
}

func (s *Service) own(ctx context.Context, q db.Querier, one Seen) (Review, error) {
	a, err := findAssignment(ctx, q, one.Paper.ID, one.Account)
	if err != nil {
		return Review{}, err
	}
	if a.State != GivenOut && a.State != SentIn {
		return Review{}, ErrNotGiven
	}
	r, err := findReview(ctx, q, one.Paper.ID, one.Account)
	r.Call = one.Call.ID
	return r, err
}

// Write keeps a review as far as it is written. What has been sent stays sent and
// is not changed by it: that is what Send is for. A revision that is no longer the
// last is ErrChanged, and what stands there then is returned.
func (s *Service) Write(ctx context.Context, by people.AccountID, r Review) (Review, error) {
	if err := r.sized(); err != nil {
		return r, err
	}
	return s.write(ctx, by, r, func(before Review, _ Setup) (Review, error) {
		if before.Sent() {
			return r, ErrSent
		}
		return r, nil
	})
}

// Send sends a review to the council, or a corrected one again. All its criteria
// have marks, or say that they cannot be judged. It stays correctable until the
// council has decided or the time for reviews is over.
func (s *Service) Send(ctx context.Context, by people.AccountID, r Review) (Review, error) {
	return s.write(ctx, by, r, func(_ Review, setup Setup) (Review, error) {
		if err := r.check(setup); err != nil {
			return r, err
		}
		r.SentAt = s.now()
		return r, nil
	})
}

func (s *Service) write(ctx context.Context, by people.AccountID, r Review, judge func(Review, Setup) (Review, error)) (Review, error) {
	one, err := s.See(ctx, by, r.Submission)
	if err != nil {
		return r, err
	}
	var standing Review
	err = s.db.Tx(ctx, func(tx *db.Tx) error {
		if standing, err = s.own(ctx, tx, one); err != nil {
			return err
		}
		setup, err := s.mayWrite(ctx, tx, one)
		if err != nil {
			return err
		}
		next, err := judge(standing, setup)
		if err != nil {
			return err
		}
		next = next.scored(setup)
		next.Account, next.Call, next.UpdatedAt, next.Revision = by, one.Call.ID, s.now(), next.Revision+1
		if err := writeReview(ctx, tx, next); err != nil {
			return err
		}
		standing = next
		if !next.Sent() {
			return nil
		}
		if err := keepReview(ctx, tx, next); err != nil {
			return err
		}
		if err := markSent(ctx, tx, next); err != nil {
			return err
		}
		return s.Log(ctx, tx, Deed{by, rights.WriteReviews, one.Call}, journal.Entry{Action: "review.sent", Object: string(r.Submission)})
	})
	if err != nil {
		return standing, fmt.Errorf("write a review of %s: %w", r.Submission, err)
	}
	return standing, nil
}

// mayWrite says whether a review of the submission is taken now, by what it is judged, and nothing of conflicts in between.
func (s *Service) mayWrite(ctx context.Context, tx *db.Tx, one Seen) (Setup, error) {
	setup, err := Hold(ctx, tx, one.Call.ID)
	if err != nil {
		return setup, err
	}
	if err := one.Sees(ctx, tx, one.Paper.ID); err != nil {
		return setup, err
	}
	if err := setup.Takes(s.now()); err != nil {
		return setup, err
	}
	state, err := StateOf(ctx, tx, one.Paper.ID)
	if err == nil && state != call.UnderReview && state != call.Eligible {
		return setup, ErrOver
	}
	return setup, err
}

// Versions lists one's own review as it was each time it was sent.
func (s *Service) Versions(ctx context.Context, by people.AccountID, submission call.SubmissionID) ([]Review, error) {
	if _, err := s.Own(ctx, by, submission); err != nil {
		return nil, err
	}
	return versionsOf(ctx, s.db, submission, by)
}

// Reviews lists what others think of a submission, for whoever may read that: the
// council, and a reviewer who has sent their own; until then there is nothing but
// how many there are.
func (s *Service) Reviews(ctx context.Context, by people.AccountID, submission call.SubmissionID) ([]Review, Figure, error) {
	one, err := s.See(ctx, by, submission)
	if err != nil {
		return nil, Figure{}, err
	}
	all, err := SentReviews(ctx, s.db, one.Viewer, submission)
	if err != nil {
		return nil, Figure{}, fmt.Errorf("list reviews of %s: %w", submission, err)
	}
	a, err := findAssignment(ctx, s.db, submission, by)
	switch {
	case err != nil:
		return nil, Figure{}, err
	case a.State == GivenOut: // whoever is to judge is not told what others think first
		return nil, Figure{Count: len(all)}, nil
	case !one.Whole:
		for i := range all {
			if all[i].Account != by {
				all[i].Account = "" // reviewers do not learn of each other
			}
		}
	}
	return all, Summed(all), nil
}

// Queue lists what somebody is to review in a call and has not sent, what fewest
// others have reviewed first.
func (s *Service) Queue(ctx context.Context, by people.AccountID, of call.ID) ([]Entry, error) {
	all, err := s.List(ctx, by, of, Filter{Mine: true})
	if err != nil {
		return nil, err
	}
	all = slices.DeleteFunc(all, func(e Entry) bool { return e.Own != GivenOut })
	slices.SortStableFunc(all, func(a, b Entry) int { return a.Sent - b.Sent })
	return all, nil
}

// Calibrations holds each reviewer of a call against the others who read the same,
// for the council. Submissions that whoever asks may not see do not count.
func (s *Service) Calibrations(ctx context.Context, by people.AccountID, of call.ID) ([]Calibration, Figure, error) {
	v, err := s.Look(ctx, of, by)
	if err != nil {
		return nil, Figure{}, err
	}
	if !v.Whole {
		return nil, Figure{}, ErrNone
	}
	all, err := scores(ctx, s.db, v)
	if err != nil {
		return nil, Figure{}, fmt.Errorf("hold the reviewers of %s against each other: %w", of, err)
	}
	return calibrate(all), Summed(all), nil
}

// Disputed lists the submissions of a call about which reviewers disagree so much
// that the council should talk about it, those farthest apart first, and counts all
// of them. Of the filter, where to begin and how many to list count.
func (s *Service) Disputed(ctx context.Context, by people.AccountID, of call.ID, f Filter) (page []Entry, all int, err error) {
	v, err := s.Look(ctx, of, by)
	if err != nil {
		return nil, 0, err
	}
	if !v.Whole {
		return nil, 0, ErrNone
	}
	ids, err := apart(ctx, s.db, v)
	if err != nil {
		return nil, 0, fmt.Errorf("look for disagreement in %s: %w", of, err)
	}
	from := min(f.From, len(ids))
	page, err = EntriesAmong(ctx, s.db, v, ids[from:min(len(ids), from+f.most())])
	if err != nil {
		return nil, 0, fmt.Errorf("look for disagreement in %s: %w", of, err)
	}
	slices.SortStableFunc(page, func(a, b Entry) int { return cmp.Compare(b.Figure.Apart(), a.Figure.Apart()) })
	return page, len(ids), nil
}

// Consultations lists what a member of a consulted institution is asked about in a
// call: the submissions that are under review, each with what their institution
// has said. Somebody else is ErrConsulted.
func (s *Service) Consultations(ctx context.Context, by people.AccountID, of call.ID) ([]Consultation, error) {
	body, c, err := s.consulted(ctx, s.db, by, of)
	if err != nil {
		return nil, err
	}
	if err := s.refresh(ctx, Viewer{Account: by, Call: c, Now: s.now()}); err != nil {
		return nil, err
	}
	all, err := consultationsOf(ctx, s.db, Viewer{Account: by, Call: c, Whole: true, Now: s.now()}, body)
	if err != nil {
		return nil, fmt.Errorf("list what %s is asked about: %w", body, err)
	}
	return all, nil
}

// Consultation is a submission about which a body is asked.
type Consultation struct {
	ID      call.SubmissionID
	Code    string
	Title   string
	Path    string
	Opinion Opinion // of that body; without a stance if it has said nothing
}

// consulted returns the institution for which somebody is asked in a call, or ErrConsulted.
func (s *Service) consulted(ctx context.Context, q db.Querier, by people.AccountID, of call.ID) (people.InstitutionID, call.Call, error) {
	c, err := call.Find(ctx, q, of)
	if err != nil {
		return "", c, err
	}
	setup, err := FindSetup(ctx, q, of)
	if errors.Is(err, ErrNoSetup) {
		err = ErrConsulted
	}
	if err != nil {
		return "", c, err
	}
	works, err := WorksFor(ctx, q, by)
	if err != nil {
		return "", c, err
	}
	for _, body := range setup.Consulted {
		if slices.Contains(works, body) {
			return body, c, nil
		}
	}
	return "", c, ErrConsulted
}

// ConsultedPaper returns a submission as a consulted body may read it, or ErrNone.
func (s *Service) ConsultedPaper(ctx context.Context, by people.AccountID, submission call.SubmissionID) (call.Paper, Opinion, error) {
	p, err := call.FindPaper(ctx, s.db, submission)
	if err != nil {
		return p, Opinion{}, ErrNone
	}
	all, err := s.Consultations(ctx, by, p.Call)
	if err != nil {
		return call.Paper{}, Opinion{}, err
	}
	for _, one := range all {
		if one.ID == submission {
			return p, one.Opinion, nil
		}
	}
	return call.Paper{}, Opinion{}, ErrNone
}

// Opine writes what a consulted body thinks. Nothing waits for it, and it can be
// changed until the council has decided.
func (s *Service) Opine(ctx context.Context, by people.AccountID, o Opinion) error {
	if err := o.validate(); err != nil {
		return err
	}
	p, before, err := s.ConsultedPaper(ctx, by, o.Submission)
	if err != nil {
		return err
	}
	err = s.db.Tx(ctx, func(tx *db.Tx) error {
		body, c, err := s.consulted(ctx, tx, by, p.Call)
		if err != nil {
			return err
		}
		if p.State != call.UnderReview && p.State != call.Eligible {
			return ErrOver
		}
		o.Institution, o.By, o.At, o.Revision = body, by, s.now(), before.Revision+1
		if err := writeOpinion(ctx, tx, o); err != nil {
			return err
		}
		return s.Log(ctx, tx, Deed{by, rights.GiveOpinion, c}, journal.Entry{
			Action: "review.opinion_given", Object: string(o.Submission), Detail: map[string]any{"institution": body, "stance": o.Stance},
		})
	})
	if err != nil {
		return fmt.Errorf("give an opinion on %s: %w", o.Submission, err)
	}
	return nil
}

// Opinions lists what consulted bodies say of a submission, for the council.
func (s *Service) Opinions(ctx context.Context, by people.AccountID, submission call.SubmissionID) ([]Opinion, error) {
	one, err := s.See(ctx, by, submission)
	if err != nil || !one.Whole {
		return nil, err
	}
	return opinionsOf(ctx, s.db, submission)
}
