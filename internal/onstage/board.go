package onstage

import (
	"context"
	"fmt"

	"obrady/internal/call"
	"obrady/internal/db"
	"obrady/internal/i18n"
	"obrady/internal/people"
	"obrady/internal/practice"
	"obrady/internal/programme"
	"obrady/internal/rights"
)

// Item is a submission on its way into the programme, as organisers see it.
type Item struct {
	call.Submission // without the answers

	As      As
	Placed  bool
	Place   Place
	Slug    string // of its session, with the three below
	Title   i18n.Text
	Status  programme.Status
	Capable bool // people can sign up for what was called for
}

// Stale says whether it stands in the programme and should not: it was withdrawn,
// declined or decided anew since.
func (i Item) Stale() bool { return i.Placed && i.State != call.Accepted && i.State != call.Confirmed }

// Waits says whether it could go into the programme and has not yet.
func (i Item) Waits() bool {
	return !i.Placed && (i.State == call.Accepted || i.State == call.Confirmed)
}

// Board lists what of a call was accepted, and what stands in the programme
// whatever became of it, by code.
func (s *Service) Board(ctx context.Context, of call.Call) (all []Item, err error) {
	err = s.db.Snapshot(ctx, func(q db.Querier) error {
		sent, err := call.Listed(ctx, q, of.ID)
		if err != nil {
			return err
		}
		placed, err := placedOf(ctx, q, of.ID)
		if err != nil {
			return err
		}
		decided, err := decidedOf(ctx, q, of.ID)
		if err != nil {
			return err
		}
		for _, one := range sent {
			item, there := placed[one.ID]
			item.Submission, item.Placed = one, there
			item.Capable = of.Kind == call.Workshop || of.Kind == call.Networking
			item.As = decided[one.ID].or(As{one.Path, one.Format})
			if item.Placed || item.Waits() {
				all = append(all, item)
			}
		}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("list what of %s goes into the programme: %w", of.Slug, err)
	}
	return all, nil
}

// or is what was decided, and what was asked for where nothing else was.
func (a As) or(sent As) As {
	if a.Path == "" {
		a.Path = sent.Path
	}
	if a.Format == "" {
		a.Format = sent.Format
	}
	return a
}

// decidedOf says as what a council accepted submissions of a call, once it is announced.
func decidedOf(ctx context.Context, q db.Querier, of call.ID) (map[call.SubmissionID]As, error) {
	type decided struct {
		submission call.SubmissionID
		as         As
	}
	all, err := db.Collect(func(row db.Scanner) (d decided, err error) {
		return d, row.Scan(&d.submission, &d.as.Path, &d.as.Format)
	})(q.Query(ctx, `SELECT submission_id, path, format FROM council_decision WHERE call_id = $1 AND announced_at IS NOT NULL`, of))
	as := map[call.SubmissionID]As{}
	for _, d := range all {
		as[d.submission] = d.as
	}
	return as, err
}

func placedOf(ctx context.Context, q db.Querier, of call.ID) (map[call.SubmissionID]Item, error) {
	all, err := db.Collect(func(row db.Scanner) (i Item, err error) {
		p := &i.Place
		return i, row.Scan(&p.Submission, &p.Edition, &p.Session, &p.Segment, &p.Position, &p.By, &p.At, &i.Slug, db.FromJSON(&i.Title), &i.Status)
	})(q.Query(ctx, `
		SELECT `+placeColumns+`, session.slug, session.title, session.status FROM onstage_place AS p
		JOIN call_submission AS s ON s.id = p.submission_id JOIN session ON session.id = p.session_id
		WHERE s.call_id = $1 AND `+placeThere, of))
	placed := map[call.SubmissionID]Item{}
	for _, i := range all {
		placed[i.Place.Submission] = i
	}
	return placed, err
}

// TakeOff takes a submission of a call off the programme for an organiser. The
// session that was made of it stays, for them to change or remove.
func (s *Service) TakeOff(ctx context.Context, by people.AccountID, of call.ID, submission call.SubmissionID) error {
	err := s.db.Tx(ctx, func(tx *db.Tx) error {
		c, err := call.Find(ctx, tx, of)
		if err != nil {
			return err
		}
		if err := s.guard(ctx, tx, by, rights.PutOnStage, c); err != nil {
			return err
		}
		one, err := call.FindSubmission(ctx, tx, submission)
		if err != nil {
			return err
		}
		if one.Call != of {
			return call.ErrNoSubmission
		}
		return Take(ctx, tx, people.Change{By: by, At: s.now()}, submission)
	})
	if err != nil {
		return fmt.Errorf("take %s off the programme: %w", submission, err)
	}
	return nil
}

// Origin is the submission that a session, or a part of it, was made of.
type Origin struct {
	Submission call.SubmissionID
	Call       call.ID
	CallSlug   string
	Block      programme.BlockID // at which rights over the call hold; empty: at the edition
	Code       string
	State      call.State
}

// Stale says whether it should no longer stand there.
func (o Origin) Stale() bool { return o.State != call.Accepted && o.State != call.Confirmed }

// OriginsOf lists what a session was made of. Who may know of it, the caller decides.
func (s *Service) OriginsOf(ctx context.Context, session programme.SessionID) ([]Origin, error) {
	all, err := db.Collect(func(row db.Scanner) (o Origin, err error) {
		return o, row.Scan(&o.Submission, &o.Call, &o.CallSlug, &o.Block, &o.Code, &o.State)
	})(s.db.Query(ctx, `
		SELECT s.id, call.id, call.slug, COALESCE(call.block_id, ''), s.code, s.state FROM onstage_place AS p
		JOIN call_submission AS s ON s.id = p.submission_id JOIN call ON call.id = s.call_id
		LEFT JOIN segment AS g ON g.id = p.segment_id
		WHERE p.session_id = $1 AND `+placeThere+` ORDER BY COALESCE(g.position, -1), p.position, s.code`, session))
	if err != nil {
		return nil, fmt.Errorf("list what session %s was made of: %w", session, err)
	}
	return all, nil
}

// PracticeOf is what editors begin a good practice with: what a submission tells, as
// far as a form can say it. They complete it in the base of good practices.
func (s *Service) PracticeOf(ctx context.Context, of call.ID, submission call.SubmissionID) (p practice.Practice, err error) {
	err = s.db.Snapshot(ctx, func(q db.Querier) error {
		c, err := call.Find(ctx, q, of)
		if err != nil {
			return err
		}
		one := script{Call: c, Level: practice.Named}
		if one.Submission, err = call.FindSubmission(ctx, q, submission); err != nil {
			return err
		}
		if one.Submission.Call != of || one.Submission.State != call.Accepted && one.Submission.State != call.Confirmed {
			return ErrNotAccepted
		}
		if one.Asked, err = call.Questions(ctx, q, of, one.Submission.FormVersion); err != nil {
			return err
		}
		who, err := call.IdentityOf(ctx, q, submission)
		if err != nil {
			return err
		}
		p = one.practice(who)
		return nil
	})
	if err != nil {
		return p, fmt.Errorf("begin a practice from %s: %w", submission, err)
	}
	return p, nil
}

// practice is a draft of a good practice: its title, its owner and what was written as what was done.
func (s script) practice(who call.Identity) practice.Practice {
	p := practice.Practice{Edition: s.Call.Edition, Origin: practice.Origin{Kind: practice.FromSubmission, ID: string(s.Submission.ID)}}
	p.Title, p.Done = i18n.Text{PL: cut(s.Submission.Title, practice.MostTitle)}, i18n.Text{PL: words(s.body().In(s.Submission.Language).Text, practice.DoneWords)}
	p.Register = who.Owner.Institution
	for _, c := range presenters(who) {
		if c.Affiliation != "" && p.Owner.IsZero() {
			p.Owner = i18n.Text{PL: cut(c.Affiliation, practice.MostName)}
		}
	}
	return p
}
