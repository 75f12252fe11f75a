package call

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"strconv"
	"time"

	"obrady/internal/consent"
	"obrady/internal/db"
	"obrady/internal/errs"
	"obrady/internal/form"
	"obrady/internal/i18n"
	"obrady/internal/id"
	"obrady/internal/outbox"
	"obrady/internal/people"
)

// mostDrafts is how many drafts somebody keeps for one call.
const mostDrafts = 10

// ErrDrafts is for whoever begins again and again.
var ErrDrafts = errs.New(errs.Conflict, "call.drafts", mostDrafts)

// Beginning is somebody who starts to write.
type Beginning struct {
	Call        ID
	By          people.AccountID
	Institution people.InstitutionID // on whose behalf; empty: their own
	Lang        i18n.Lang
	Code        string // of somebody who may be late; empty otherwise
}

// Begin opens a draft, which from then on loses nothing. It needs a call that is
// open, or a late code. Whoever has one in which nothing is written yet, because
// the button was pressed twice, gets that one.
func (s *Service) Begin(ctx context.Context, b Beginning) (begun Submission, err error) {
	err = s.db.Tx(ctx, func(tx *db.Tx) error {
		c, err := take(ctx, tx, b.Call)
		if err != nil {
			return err
		}
		now, err := s.clock(ctx, tx)
		if err != nil {
			return err
		}
		var there bool
		if begun, there, err = blank(ctx, tx, b); err != nil || there {
			return err
		}
		begun = Submission{
			ID: id.Make[SubmissionID](), Call: c.ID, Edition: c.Edition, State: Drafted, Language: b.Lang, Answers: form.Answers{},
			FormVersion: c.FormVersion, Revision: 1, BeganAt: now, UpdatedAt: now,
		}
		if begun.LateCode, err = admit(ctx, tx, c, b, now); err != nil {
			return err
		}
		if err := c.from(ctx, tx, b); err != nil {
			return err
		}
		return open(ctx, tx, c, b, &begun)
	})
	if err != nil {
		return begun, fmt.Errorf("begin a submission to %s: %w", b.Call, err)
	}
	return begun, nil
}

// blank finds a draft of whoever begins, on the same behalf, in which nothing is written yet.
func blank(ctx context.Context, tx *db.Tx, b Beginning) (draft Submission, there bool, err error) {
	own, err := ownIDs(ctx, tx, `1 = 1`, b.By)
	if err != nil {
		return draft, false, err
	}
	mine, err := listAmong(ctx, tx, own)
	if err != nil {
		return draft, false, err
	}
	for _, m := range mine {
		if m.Call != b.Call || m.State != Drafted || m.Revision != 1 {
			continue
		}
		who, err := IdentityOf(ctx, tx, m.ID)
		if err != nil {
			return draft, false, err
		}
		if who.Owner == (Owner{b.By, b.Institution}) {
			return m, true, nil
		}
	}
	return draft, false, nil
}

// admit says whether the call lets somebody begin now; a late code is spent for it.
func admit(ctx context.Context, tx *db.Tx, c Call, b Beginning, now time.Time) (CodeID, error) {
	err := c.Takes(now, now)
	if !errors.Is(err, ErrClosed) || b.Code == "" {
		return "", err
	}
	return spendCode(ctx, tx, Code{Call: c.ID, Code: b.Code}, now)
}

// from says whether the call takes submissions from whoever begins.
func (c Call) from(ctx context.Context, q db.Querier, b Beginning) error {
	var wrong errs.Problems
	switch {
	case b.Institution == "" && c.Senders == Institutions:
		wrong.Add("institution", "call.for_institutions")
		return wrong.Err()
	case b.Institution != "" && c.Senders == Persons:
		wrong.Add("institution", "call.for_persons")
		return wrong.Err()
	case b.Institution == "":
		return nil
	}
	clerk, err := isClerk(ctx, q, b.By, b.Institution)
	if err == nil && !clerk {
		return ErrNotClerk
	}
	return err
}

// open writes the draft, whose it is, and them as its first contributor.
func open(ctx context.Context, tx *db.Tx, c Call, b Beginning, begun *Submission) error {
	own, err := ownIDs(ctx, tx, `1 = 1`, b.By)
	if err != nil {
		return err
	}
	mine, err := listAmong(ctx, tx, own)
	if err != nil {
		return err
	}
	drafts := 0
	for _, m := range mine {
		if m.Call == c.ID && m.State == Drafted {
			drafts++
		}
	}
	if drafts >= mostDrafts {
		return ErrDrafts
	}
	who, err := people.FindAccount(ctx, tx, b.By)
	if err != nil {
		return err
	}
	n, err := nextNumber(ctx, tx, c.ID)
	if err != nil {
		return err
	}
	begun.Code = c.Mark + "-" + strconv.Itoa(n)
	if err := insertSubmission(ctx, tx, *begun); err != nil {
		return err
	}
	if err := insertOwner(ctx, tx, begun.ID, Owner{b.By, b.Institution}); err != nil {
		return err
	}
	first := Contributor{
		ID: id.Make[ContributorID](), Submission: begun.ID, Roles: []Role{Author, Presenter, Contact}, Account: b.By, Name: who.Name, Email: who.Email,
		Institution: b.Institution, State: Agreed,
	}
	if b.Institution != "" {
		first.Roles = []Role{Contact}
	}
	return insertContributor(ctx, tx, first)
}

// takes says whether what stands in state may be sent or changed at the moment now.
func (s Submission) takes(ctx context.Context, q db.Querier, c Call, now time.Time) error {
	switch {
	case !s.State.Writable():
		return ErrFixed
	case s.State == Returned:
		if s.DueAt.IsZero() || now.Before(s.DueAt.Add(Grace)) {
			return nil
		}
		return ErrClosed
	}
	err := c.Takes(s.BeganAt, now)
	if !errors.Is(err, ErrClosed) || s.LateCode == "" {
		return err
	}
	code, unknown := findCode(ctx, q, s.LateCode)
	if unknown != nil {
		return unknown
	}
	if code.RevokedAt.IsZero() && now.Before(code.Until.Add(Grace)) {
		return nil
	}
	return err
}

// typed puts what somebody typed into the submission as it is kept. Answers to
// questions that are no longer asked stay.
func (s Submission) typed(by Submission, c Call, questions []form.Question, now time.Time) Submission {
	s.Path, s.Format, s.Language, s.Title = by.Path, by.Format, by.Language, by.Title
	kept := maps.Clone(s.Answers)
	if kept == nil {
		kept = form.Answers{}
	}
	for _, q := range questions {
		delete(kept, q.ID)
	}
	maps.Copy(kept, by.Answers.Only(questions))
	s.Answers, s.FormVersion, s.Revision, s.UpdatedAt = kept, c.FormVersion, by.Revision+1, now
	return s
}

// desk is a submission that somebody has in hand inside a transaction.
type desk struct {
	call      Call
	before    Submission
	questions []form.Question
	now       time.Time
}

// inHand takes a submission that who may work on, with the call it is for.
func (s *Service) inHand(ctx context.Context, tx *db.Tx, who people.AccountID, submission SubmissionID) (d desk, err error) {
	may, err := mayWrite(ctx, tx, submission, who)
	if err != nil {
		return d, err
	}
	if !may {
		return d, ErrNoSubmission
	}
	if d.before, err = FindSubmission(ctx, tx, submission); err != nil {
		return d, err
	}
	if d.call, err = take(ctx, tx, d.before.Call); err != nil {
		return d, err
	}
	if d.before, err = FindSubmission(ctx, tx, submission); err != nil { // as it is now that nobody else changes it
		return d, err
	}
	if d.questions, err = Questions(ctx, tx, d.call.ID, d.call.FormVersion); err != nil {
		return d, err
	}
	d.now, err = s.clock(ctx, tx)
	return d, err
}

// Keep keeps what somebody has typed into a draft or into what was returned to
// them, finished or not, at any hour. ErrChanged if somebody else has saved since
// Revision was read: what they wrote is then in the database, and what was typed
// is with the caller.
func (s *Service) Keep(ctx context.Context, by people.AccountID, typed Submission) (saved Submission, err error) {
	if err := typed.sized(); err != nil {
		return typed, err
	}
	err = s.db.Tx(ctx, func(tx *db.Tx) error {
		d, err := s.inHand(ctx, tx, by, typed.ID)
		if err != nil {
			return err
		}
		if d.before.State != Drafted && d.before.State != Returned {
			return ErrFixed
		}
		saved = d.before.typed(typed, d.call, d.questions, d.now)
		return writeContent(ctx, tx, saved)
	})
	if err != nil {
		return typed, fmt.Errorf("keep submission %s: %w", typed.ID, err)
	}
	return saved, nil
}

// Sending is a submission on its way to the organisers.
type Sending struct {
	By       people.AccountID
	Typed    Submission // with the Revision that was read
	Agreed   bool       // to the terms of the call
	Consents []consent.Answer
}

// Send sends a draft, or what was returned, or a change of what was sent. What
// cannot be sent is kept as it was typed all the same, as long as it is a draft or
// was returned: when something is wrong with it (errs.Problems) and when the
// deadline has passed (ErrClosed; its author gets a letter that says so).
func (s *Service) Send(ctx context.Context, m Sending) (sent Submission, err error) {
	if err := m.Typed.sized(); err != nil {
		return m.Typed, err
	}
	var refused error
	err = s.db.Tx(ctx, func(tx *db.Tx) error {
		refused = nil
		d, err := s.inHand(ctx, tx, m.By, m.Typed.ID)
		if err != nil {
			return err
		}
		sent = d.before.typed(m.Typed, d.call, d.questions, d.now)
		if refused = d.refuses(ctx, tx, m, sent); refused == nil {
			return d.post(ctx, tx, m, &sent)
		}
		return d.keep(ctx, tx, m, sent, refused)
	})
	if err == nil {
		err = refused
	}
	if err != nil {
		return sent, fmt.Errorf("send submission %s: %w", m.Typed.ID, err)
	}
	return sent, nil
}

// refuses says why the submission cannot be sent.
func (d desk) refuses(ctx context.Context, tx *db.Tx, m Sending, sent Submission) error {
	if err := d.before.takes(ctx, tx, d.call, d.now); err != nil {
		return err
	}
	moment := form.Sending
	if d.before.State == Returned || !d.now.Before(d.call.ClosesAt) {
		moment = form.Closing
	}
	var wrong errs.Problems
	if err := sent.Check(d.call, d.questions, moment); err != nil && !errors.As(err, &wrong) {
		return err
	}
	if !d.call.Terms.IsZero() && !m.Agreed {
		wrong.Add("terms", "call.terms")
	}
	if err := wrong.Err(); err != nil {
		return err
	}
	if d.before.State != Drafted {
		return nil
	}
	return d.call.full(ctx, tx, sent.ID)
}

// keep keeps what cannot be sent, where that is a draft or was returned.
func (d desk) keep(ctx context.Context, tx *db.Tx, m Sending, typed Submission, refused error) error {
	if d.before.State != Drafted && d.before.State != Returned {
		return refused
	}
	if err := writeContent(ctx, tx, typed); err != nil {
		return err
	}
	if errors.Is(refused, ErrClosed) {
		return outbox.Add(ctx, tx, d.now, TooLate{typed.ID, m.By})
	}
	return nil
}

// full says whether whoever owns a submission has sent as many to the call as they may.
func (c Call) full(ctx context.Context, tx *db.Tx, submission SubmissionID) error {
	who, err := IdentityOf(ctx, tx, submission)
	if err != nil {
		return err
	}
	most, where, refusal := c.PerPerson, `institution_id IS NULL AND account_id = $1`, ErrPersonFull
	owner := any(who.Owner.Account)
	if who.Owner.Institution != "" {
		most, where, refusal, owner = c.PerInstitution, `institution_id = $1`, ErrBodyFull, who.Owner.Institution
	}
	if most == 0 {
		return nil
	}
	own, err := ownedBy(ctx, tx, where, owner)
	if err != nil {
		return err
	}
	n, err := sentOf(ctx, tx, c.ID, own)
	if err == nil && n >= most {
		return refusal
	}
	return err
}

// post writes what is sent, with everything that belongs to it.
func (d desk) post(ctx context.Context, tx *db.Tx, m Sending, sent *Submission) error {
	if err := writeContent(ctx, tx, *sent); err != nil {
		return err
	}
	if err := consent.Give(ctx, tx, people.Change{By: m.By, At: d.now}, m.Consents); err != nil {
		return err
	}
	if err := keepVersion(ctx, tx, *sent, d.call.Terms); err != nil {
		return err
	}
	if d.before.State == Submitted {
		return nil
	}
	if err := Move(ctx, tx, Step{Submission: sent.ID, By: m.By, At: d.now, From: d.before.State, To: Submitted}); err != nil {
		return err
	}
	if err := setDue(ctx, tx, Submission{ID: sent.ID}); err != nil {
		return err
	}
	sent.State, sent.DueAt = Submitted, time.Time{}
	if sent.SubmittedAt.IsZero() {
		sent.SubmittedAt = d.now
	}
	return outbox.Add(ctx, tx, d.now, Happened{Submission: sent.ID, From: d.before.State, To: Submitted, At: d.now, By: m.By})
}
