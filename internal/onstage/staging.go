package onstage

import (
	"context"
	"fmt"
	"slices"

	"obrady/internal/call"
	"obrady/internal/db"
	"obrady/internal/edition"
	"obrady/internal/errs"
	"obrady/internal/i18n"
	"obrady/internal/partner"
	"obrady/internal/people"
	"obrady/internal/practice"
	"obrady/internal/programme"
	"obrady/internal/rights"
	"obrady/internal/text"
)

// Order says of which submissions of a call sessions are to be made.
type Order struct {
	Call        call.ID
	Submissions []call.SubmissionID
	Block       programme.BlockID
	// Neutral is the title of stories of which nothing may leave the room; needed if there are any.
	Neutral string
}

// Made is a session that was made of a submission, or was there already.
type Made struct {
	Submission call.Submission
	Session    programme.Session
}

// MakeSessions makes a draft of a session out of each submission, with those who
// present it, and puts the submission there: all of them or none. What stands in the
// programme already is left out, so pressing twice makes nothing twice. Whoever
// presents is found in the register before anybody is added to it; see presenters.
func (s *Service) MakeSessions(ctx context.Context, by people.AccountID, o Order) (made []Made, err error) {
	c, err := call.Find(ctx, s.db, o.Call)
	if err != nil {
		return nil, fmt.Errorf("make sessions: %w", err)
	}
	err = s.keeper.Together(ctx, by, c.Edition, func(tx *db.Tx, h *partner.Hand) error {
		made = nil
		if err := s.guard(ctx, tx, by, rights.PutOnStage, c); err != nil {
			return err
		}
		scripts, err := s.scripts(ctx, tx, c, o)
		if err != nil {
			return err
		}
		if err := o.validate(h, scripts); err != nil || len(scripts) == 0 {
			return err
		}
		sessions, err := cast(ctx, tx, h, scripts)
		if err != nil {
			return err
		}
		if sessions, err = h.AddSessions(ctx, sessions); err != nil {
			return err
		}
		at := s.now()
		for i, one := range scripts {
			err := Put(ctx, tx, Place{Submission: one.Submission.ID, Edition: c.Edition, Session: sessions[i].ID, By: by, At: at})
			if err != nil {
				return err
			}
			made = append(made, Made{one.Submission, sessions[i]})
		}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("make sessions of %d submissions: %w", len(o.Submissions), err)
	}
	return made, nil
}

// validate says what in the order keeps the sessions from being made.
func (o Order) validate(h *partner.Hand, scripts []script) error {
	var wrong errs.Problems
	if o.Block == "" || !h.Mine(o.Block) {
		wrong.Add("block", "programme.choose")
	}
	hidden := slices.ContainsFunc(scripts, script.hidden)
	if hidden && o.Neutral == "" {
		wrong.Add("neutral", "onstage.neutral_missing")
	}
	if text.Length(o.Neutral) > programme.MaxTitle {
		wrong.Add("neutral", "form.too_long", programme.MaxTitle)
	}
	return wrong.Err()
}

// scripts reads what sessions are to be made of, without what stands in the programme.
func (s *Service) scripts(ctx context.Context, q db.Querier, c call.Call, o Order) (all []script, err error) {
	set, err := SettingOf(ctx, q, c.ID)
	if err != nil {
		return nil, err
	}
	form, err := formOf(ctx, q, c.Edition)
	if err != nil {
		return nil, err
	}
	for _, id := range o.Submissions {
		one := script{Call: c, Answers: set.Answers, Neutral: o.Neutral, Block: o.Block, Form: form}
		if one.Submission, err = call.FindSubmission(ctx, q, id); err != nil {
			return nil, err
		}
		if one.Submission.Call != c.ID {
			return nil, call.ErrNoSubmission
		}
		_, there, err := PlaceOf(ctx, q, id)
		if err != nil {
			return nil, err
		}
		if there {
			continue
		}
		if one.Asked, err = call.Questions(ctx, q, c.ID, one.Submission.FormVersion); err != nil {
			return nil, err
		}
		if c.Kind == call.Failure {
			if one.Level, err = levelOf(ctx, q, id); err != nil {
				return nil, err
			}
		}
		all = append(all, one)
	}
	return all, nil
}

// levelOf is how far the teller of a story lets it out; not at all before they said so.
func levelOf(ctx context.Context, q db.Querier, submission call.SubmissionID) (practice.Level, error) {
	levels, err := db.Collect(func(row db.Scanner) (l practice.Level, err error) { return l, row.Scan(&l) })(q.Query(ctx, `
		SELECT level FROM practice_story WHERE origin_kind = $1 AND origin_id = $2 AND state <> 'withdrawn'`, practice.FromSubmission, submission))
	if err != nil || len(levels) == 0 {
		return practice.RoomOnly, err
	}
	return levels[0], nil
}

func formOf(ctx context.Context, q db.Querier, of edition.ID) (form edition.Form, err error) {
	err = q.QueryRow(ctx, `SELECT form FROM edition WHERE id = $1`, of).Scan(&form)
	return form, err
}

// cast writes the sessions with their people, whom it brings into the register where they are not in it yet.
func cast(ctx context.Context, tx *db.Tx, h *partner.Hand, scripts []script) ([]programme.Session, error) {
	known, err := readRegister(ctx, tx, h, scripts[0].Call.Edition)
	if err != nil {
		return nil, err
	}
	type part struct {
		session int
		with    call.Contributor
	}
	var sessions []programme.Session
	var parts []part
	for i, one := range scripts {
		sessions = append(sessions, one.session())
		if one.hidden() {
			continue
		}
		who, err := call.IdentityOf(ctx, tx, one.Submission.ID)
		if err != nil {
			return nil, err
		}
		for _, c := range presenters(who) {
			known.need(c, h)
			parts = append(parts, part{i, c})
		}
	}
	if err := known.add(ctx, h); err != nil {
		return nil, err
	}
	for _, p := range parts {
		person, _ := known.find(p.with)
		in := &sessions[p.session]
		if slices.ContainsFunc(in.People, func(a programme.Appearance) bool { return a.Person == person }) {
			continue
		}
		in.People = append(in.People, programme.Appearance{Person: person, Role: programme.Speaker, Affiliation: i18n.Text{PL: p.with.Affiliation}})
	}
	return sessions, nil
}
