package onstage

import (
	"context"
	"fmt"
	"slices"
	"time"

	"obrady/internal/attachment"
	"obrady/internal/call"
	"obrady/internal/db"
	"obrady/internal/edition"
	"obrady/internal/errs"
	"obrady/internal/i18n"
	"obrady/internal/journal"
	"obrady/internal/people"
	"obrady/internal/practice"
	"obrady/internal/programme"
)

// What can be in the way of slides.
var (
	ErrNoTalk   = errs.New(errs.NotFound, "onstage.no_talk")
	ErrNoneYet  = errs.New(errs.Conflict, "onstage.none_yet")
	ErrTooLate  = errs.New(errs.Conflict, "onstage.too_late")
	ErrRoomOnly = errs.New(errs.Conflict, "onstage.room_only")
)

// Talk is a place in the programme as those who present see it.
type Talk struct {
	Place

	Call     call.ID
	Kind     call.Kind
	Code     string
	Title    string
	Language i18n.Lang // of the title
	State    call.State
	RoomOnly bool // nothing of it leaves the room: a story whose teller is not named
}

// Takes says whether slides of the talk are taken in at the moment now: until the
// organisers' date, or until the session begins where they set none; zero: not known.
func (s Setting) Takes(begins, now time.Time) bool {
	until := s.SlidesUntil
	if until.IsZero() {
		until = begins
	}
	return until.IsZero() || now.Before(until)
}

const talkColumns = placeColumns + `, s.call_id, call.kind, s.code, s.title, s.language, s.state`

func scanTalk(row db.Scanner) (t Talk, err error) {
	err = row.Scan(&t.Submission, &t.Edition, &t.Session, &t.Segment, &t.Position, &t.By, &t.At, &t.Call, &t.Kind, &t.Code, &t.Title, &t.Language, &t.State)
	t.RoomOnly = t.Kind == call.Failure // until its level is known
	return t, err
}

// talksWhere lists places with what stands in them, in running order.
func talksWhere(ctx context.Context, q db.Querier, where string, args ...any) ([]Talk, error) {
	all, err := db.Collect(scanTalk)(q.Query(ctx, `
		SELECT `+talkColumns+` FROM onstage_place AS p JOIN call_submission AS s ON s.id = p.submission_id JOIN call ON call.id = s.call_id
		LEFT JOIN segment AS g ON g.id = p.segment_id
		WHERE `+where+` AND `+placeThere+`
		ORDER BY p.session_id, COALESCE(g.position, -1), p.position, p.placed_at, p.submission_id`, args...))
	if err != nil {
		return nil, err
	}
	for i := range all {
		if !all[i].RoomOnly {
			continue
		}
		level, err := levelOf(ctx, q, all[i].Submission)
		if err != nil {
			return nil, err
		}
		all[i].RoomOnly = level != practice.Named
	}
	return all, nil
}

// presentedBy lists what somebody may send slides for: what they sent in, alone or
// as a clerk of the institution that did, and what they agreed to present or to be an
// author of.
func presentedBy(ctx context.Context, q db.Querier, who people.AccountID) (map[call.SubmissionID]bool, error) {
	mine := map[call.SubmissionID]bool{}
	if who == "" {
		return mine, nil
	}
	own, err := db.Collect(func(row db.Scanner) (s call.SubmissionID, err error) { return s, row.Scan(&s) })(q.Query(ctx, `
		SELECT submission_id FROM call_owner
		WHERE account_id = $1 AND institution_id IS NULL OR institution_id IN (SELECT institution_id FROM member WHERE account_id = $1)`, who))
	if err != nil {
		return nil, err
	}
	for _, one := range own {
		mine[one] = true
	}
	parts, err := db.Collect(func(row db.Scanner) (c call.Contributor, err error) {
		return c, row.Scan(&c.Submission, db.FromJSON(&c.Roles))
	})(q.Query(ctx, `SELECT submission_id, roles FROM call_contributor WHERE account_id = $1 AND state = 'agreed'`, who))
	for _, c := range parts {
		if c.Has(call.Presenter) || c.Has(call.Author) {
			mine[c.Submission] = true
		}
	}
	return mine, err
}

// Mine lists what somebody presents in an edition.
func (s *Service) Mine(ctx context.Context, of edition.ID, who people.AccountID) (all []Talk, err error) {
	err = s.db.Snapshot(ctx, func(q db.Querier) error {
		mine, err := presentedBy(ctx, q, who)
		if err != nil {
			return err
		}
		all, err = talksWhere(ctx, q, `p.edition_id = $1 AND s.state IN ('accepted', 'confirmed')`, of)
		all = slices.DeleteFunc(all, func(t Talk) bool { return !mine[t.Submission] })
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("list what somebody presents: %w", err)
	}
	return all, nil
}

// Talk returns what somebody presents under a code, or ErrNoTalk.
func (s *Service) Talk(ctx context.Context, of edition.ID, who people.AccountID, code string) (Talk, error) {
	all, err := s.Mine(ctx, of, who)
	if err != nil {
		return Talk{}, err
	}
	i := slices.IndexFunc(all, func(t Talk) bool { return t.Code == code })
	if i < 0 {
		return Talk{}, ErrNoTalk
	}
	return all[i], nil
}

// InSession lists what is presented in a session, in running order. What was
// withdrawn or declined since it was put there is among it.
func (s *Service) InSession(ctx context.Context, session programme.SessionID) ([]Talk, error) {
	all, err := talksWhere(ctx, s.db, `p.session_id = $1`, session)
	if err != nil {
		return nil, fmt.Errorf("list what is presented in session %s: %w", session, err)
	}
	return all, nil
}

// InEdition lists what is presented in an edition, by session.
func (s *Service) InEdition(ctx context.Context, of edition.ID) ([]Talk, error) {
	all, err := talksWhere(ctx, s.db, `p.edition_id = $1`, of)
	if err != nil {
		return nil, fmt.Errorf("list what is presented in %s: %w", of, err)
	}
	return all, nil
}

// SlidesOf returns the slides of those talks that have some; see SlidesOf.
func (s *Service) SlidesOf(ctx context.Context, talks []Talk) (map[call.SubmissionID]Slides, error) {
	var all []call.SubmissionID
	for _, t := range talks {
		all = append(all, t.Submission)
	}
	return SlidesOf(ctx, s.db, all...)
}

// Upload are slides on their way in.
type Upload struct {
	Submission call.SubmissionID
	By         people.AccountID
	Begins     time.Time // the talk's session; zero: not known
	File       attachment.Sent
}

// KeepSlides keeps the slides of a talk that u.By presents, instead of those sent
// before; whether everybody may see them stays as it was. ErrTooLate after the date
// that the organisers set; what is no file we take in is refused as package attachment does.
func (s *Service) KeepSlides(ctx context.Context, u Upload) (Slides, error) {
	a, content, err := attachment.Read(ctx, u.File)
	if err != nil {
		return Slides{}, fmt.Errorf("read the slides of %s: %w", u.Submission, err)
	}
	kept := Slides{Submission: u.Submission, Name: a.Name, Kind: a.Kind, Note: a.Note, Size: a.Size, Sum: a.Sum, By: u.By}
	err = s.change(ctx, u.By, u.Submission, func(tx *db.Tx, t Talk, now time.Time) error {
		set, err := SettingOf(ctx, tx, t.Call)
		if err != nil {
			return err
		}
		if !set.Takes(u.Begins, now) {
			return ErrTooLate
		}
		kept.At = now
		if err := writeSlides(ctx, tx, kept, content); err != nil {
			return err
		}
		return note(ctx, tx, t, people.Change{By: u.By, At: now}, "onstage.slides_kept")
	})
	if err != nil {
		return kept, fmt.Errorf("keep the slides of %s: %w", u.Submission, err)
	}
	return kept, nil
}

// RemoveSlides takes the slides of a talk back. That there are none is no error.
func (s *Service) RemoveSlides(ctx context.Context, by people.AccountID, submission call.SubmissionID) error {
	err := s.change(ctx, by, submission, func(tx *db.Tx, t Talk, now time.Time) error {
		n, err := tx.Exec(ctx, `DELETE FROM onstage_slides WHERE submission_id = $1`, submission)
		if err != nil || n == 0 {
			return err
		}
		return note(ctx, tx, t, people.Change{By: by, At: now}, "onstage.slides_removed")
	})
	if err != nil {
		return fmt.Errorf("remove the slides of %s: %w", submission, err)
	}
	return nil
}

// Audience is who gets slides to see.
type Audience string

// The audiences.
const (
	Room      Audience = "room"      // only those in the room
	Everybody Audience = "everybody" // once the session is over
)

// Audiences lists them in the order in which forms offer them.
var Audiences = []Audience{Room, Everybody}

// Key names the sentence that says who.
// key: onstage.audience.*
func (a Audience) Key() string { return "onstage.audience." + string(a) }

// Share says who gets the slides of a talk to see. Presenters change their mind as
// often as they like. ErrRoomOnly for what is told in the room alone.
func (s *Service) Share(ctx context.Context, by people.AccountID, submission call.SubmissionID, with Audience) error {
	err := s.change(ctx, by, submission, func(tx *db.Tx, t Talk, now time.Time) error {
		shared := &now
		switch {
		case with == Everybody && t.RoomOnly:
			return ErrRoomOnly
		case with != Everybody:
			shared = nil
		}
		n, err := tx.Exec(ctx, `
			UPDATE onstage_slides SET shared_at = $2
			WHERE submission_id = $1 AND (shared_at IS NULL) <> (CAST($3 AS TEXT) <> 'everybody')`, submission, shared, string(with))
		if err != nil || n == 0 {
			return err
		}
		return note(ctx, tx, t, people.Change{By: by, At: now}, "onstage.slides_shared")
	})
	if err != nil {
		return fmt.Errorf("share the slides of %s: %w", submission, err)
	}
	return nil
}

// change does something to the slides of a talk for somebody who presents it, or ErrNoTalk.
func (s *Service) change(ctx context.Context, by people.AccountID, submission call.SubmissionID, do func(tx *db.Tx, t Talk, now time.Time) error) error {
	return s.db.Tx(ctx, func(tx *db.Tx) error {
		mine, err := presentedBy(ctx, tx, by)
		if err != nil {
			return err
		}
		all, err := talksWhere(ctx, tx, `p.submission_id = $1 AND s.state IN ('accepted', 'confirmed')`, submission)
		if err != nil {
			return err
		}
		if len(all) != 1 || !mine[submission] {
			return ErrNoTalk
		}
		return do(tx, all[0], s.now())
	})
}

func note(ctx context.Context, tx *db.Tx, t Talk, c people.Change, action string) error {
	return journal.Write(ctx, tx, journal.Entry{At: c.At, Actor: string(c.By), Action: action, Edition: string(t.Edition), Object: string(t.Submission)})
}

// OpenSlides returns the slides of a submission with their content, or
// ErrNoSlides. Who may have them, the caller has decided.
func (s *Service) OpenSlides(ctx context.Context, submission call.SubmissionID) (Slides, []byte, error) {
	one, content, err := openSlides(ctx, s.db, submission)
	if err != nil {
		return one, nil, fmt.Errorf("open the slides of %s: %w", submission, err)
	}
	return one, content, nil
}
