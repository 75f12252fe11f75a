package call

import (
	"context"
	"errors"
	"time"

	"obrady/internal/db"
	"obrady/internal/edition"
	"obrady/internal/i18n"
)

// The statements of this file read and write what submissions say. None of them
// names call_owner or call_contributor; a test holds the file to that.

const (
	submissionColumns = headColumns + `, answers` + tailColumns
	// Lists of thousands leave out what is long.
	listedColumns = headColumns + `, '{}'` + tailColumns
	headColumns   = `id, call_id, edition_id, code, state, path, format, language, title`
	tailColumns   = `, form_version, COALESCE(merged_into, ''), due_at, COALESCE(late_code, ''), revision, began_at, submitted_at, updated_at`
)

func scanSubmission(row db.Scanner) (s Submission, err error) {
	var due, submitted *time.Time
	err = row.Scan(&s.ID, &s.Call, &s.Edition, &s.Code, &s.State, &s.Path, &s.Format, &s.Language, &s.Title, db.FromJSON(&s.Answers),
		&s.FormVersion, &s.MergedInto, &due, &s.LateCode, &s.Revision, &s.BeganAt, &submitted, &s.UpdatedAt)
	s.DueAt, s.SubmittedAt = db.OrZero(due), db.OrZero(submitted)
	return s, err
}

// FindSubmission returns what a submission says, or ErrNoSubmission. It is for
// organisers and authors; reviewers get FindPaper.
func FindSubmission(ctx context.Context, q db.Querier, submission SubmissionID) (Submission, error) {
	return findSubmission(ctx, q, `id = $1`, submission)
}

func findSubmission(ctx context.Context, q db.Querier, where string, args ...any) (Submission, error) {
	s, err := scanSubmission(q.QueryRow(ctx, `SELECT `+submissionColumns+` FROM call_submission WHERE `+where, args...))
	if errors.Is(err, db.ErrNoRow) {
		return s, ErrNoSubmission
	}
	return s, err
}

// Submissions lists what was sent to a call, by code. Drafts are not in it.
func Submissions(ctx context.Context, q db.Querier, call ID) ([]Submission, error) {
	return listSubmissions(ctx, q, `call_id = $1 AND state <> 'draft'`, call)
}

// Listed lists what was sent to a call without the answers, for pages that show
// many of them. Drafts are not in it.
func Listed(ctx context.Context, q db.Querier, call ID) ([]Submission, error) {
	return db.Collect(scanSubmission)(q.Query(ctx, `
		SELECT `+listedColumns+` FROM call_submission WHERE call_id = $1 AND state <> 'draft' ORDER BY LENGTH(code), code`, call))
}

// Drafts lists what is being written for a call and was never sent: for reminders
// to its authors, and for nobody's eyes.
func Drafts(ctx context.Context, q db.Querier, call ID) ([]Submission, error) {
	return listSubmissions(ctx, q, `call_id = $1 AND state = 'draft'`, call)
}

func listSubmissions(ctx context.Context, q db.Querier, where string, args ...any) ([]Submission, error) {
	return db.Collect(scanSubmission)(q.Query(ctx, `
		SELECT `+submissionColumns+` FROM call_submission WHERE `+where+` ORDER BY LENGTH(code), code`, args...))
}

// listAmong lists some submissions by their ids.
func listAmong(ctx context.Context, q db.Querier, some []SubmissionID) (all []Submission, err error) {
	for len(some) > 0 {
		n := min(len(some), mostAtOnce)
		var args []any
		for _, s := range some[:n] {
			args = append(args, s)
		}
		found, err := listSubmissions(ctx, q, `id IN (`+db.List(1, n)+`)`, args...)
		if err != nil {
			return nil, err
		}
		all, some = append(all, found...), some[n:]
	}
	return all, nil
}

// FindPaper returns what a reviewer may read of a submission, or ErrNoSubmission;
// a draft is nobody's but its authors'.
func FindPaper(ctx context.Context, q db.Querier, submission SubmissionID) (Paper, error) {
	s, err := findSubmission(ctx, q, `id = $1 AND state <> 'draft'`, submission)
	if err != nil {
		return Paper{}, err
	}
	questions, err := Questions(ctx, q, s.Call, s.FormVersion)
	return s.paper(questions), err
}

// Papers lists what reviewers may read of everything sent to a call, by code.
func Papers(ctx context.Context, q db.Querier, call ID) ([]Paper, error) {
	all, err := Submissions(ctx, q, call)
	if err != nil {
		return nil, err
	}
	forms, err := formsOf(ctx, q, call)
	if err != nil {
		return nil, err
	}
	papers := make([]Paper, len(all))
	for i, s := range all {
		papers[i] = s.paper(forms[s.FormVersion])
	}
	return papers, nil
}

// PapersIn lists what reviewers may read of everything sent to any call of an edition.
func PapersIn(ctx context.Context, q db.Querier, in edition.ID) (papers []Paper, err error) {
	calls, err := Of(ctx, q, in)
	for _, c := range calls {
		more, err := Papers(ctx, q, c.ID)
		if err != nil {
			return nil, err
		}
		papers = append(papers, more...)
	}
	return papers, err
}

func insertSubmission(ctx context.Context, q db.Querier, s Submission) error {
	_, err := q.Exec(ctx, `
		INSERT INTO call_submission (id, call_id, edition_id, code, state, path, format, language, title, answers, form_version, late_code,
			revision, began_at, updated_at)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, NULLIF($12, ''), $13, $14, $15)`,
		s.ID, s.Call, s.Edition, s.Code, s.State, s.Path, s.Format, s.Language, s.Title, db.JSON(s.Answers), s.FormVersion, s.LateCode,
		s.Revision, s.BeganAt, s.UpdatedAt)
	return err
}

// writeContent writes the next revision of what a submission says, as long as it
// stands where it was seen; ErrChanged if somebody else wrote meanwhile.
func writeContent(ctx context.Context, q db.Querier, s Submission) error {
	n, err := q.Exec(ctx, `
		UPDATE call_submission SET path = $2, format = $3, language = $4, title = $5, answers = $6, form_version = $7, revision = $8, updated_at = $9
		WHERE id = $1 AND revision = $8 - 1 AND state = $10`,
		s.ID, s.Path, s.Format, s.Language, s.Title, db.JSON(s.Answers), s.FormVersion, s.Revision, s.UpdatedAt, s.State)
	if err == nil && n == 0 {
		return ErrChanged
	}
	return err
}

// keepVersion keeps the content as it is being sent to a call, with the terms that were agreed to.
func keepVersion(ctx context.Context, q db.Querier, s Submission, terms i18n.Text) error {
	_, err := q.Exec(ctx, `
		INSERT INTO call_version (submission_id, revision, call_id, terms, path, format, language, title, answers, form_version, sent_at)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)`,
		s.ID, s.Revision, s.Call, db.JSON(terms), s.Path, s.Format, s.Language, s.Title, db.JSON(s.Answers), s.FormVersion, s.UpdatedAt)
	return err
}

// Versions lists a submission as it was sent each time, the first first.
func Versions(ctx context.Context, q db.Querier, submission SubmissionID) ([]Version, error) {
	return db.Collect(func(row db.Scanner) (v Version, err error) {
		return v, row.Scan(&v.Revision, &v.Call, db.FromJSON(&v.Terms), &v.Path, &v.Format, &v.Language, &v.Title, db.FromJSON(&v.Answers),
			&v.FormVersion, &v.SentAt)
	})(q.Query(ctx, `
		SELECT revision, call_id, terms, path, format, language, title, answers, form_version, sent_at
		FROM call_version WHERE submission_id = $1 ORDER BY revision`, submission))
}

// sentOf counts those of some submissions that take up one of what may be sent to a call.
func sentOf(ctx context.Context, q db.Querier, call ID, some []SubmissionID) (n int, err error) {
	args := []any{call}
	for _, s := range some {
		args = append(args, s)
	}
	err = q.QueryRow(ctx, `
		SELECT COUNT(*) FROM call_submission
		WHERE call_id = $1 AND state NOT IN ('draft', 'withdrawn', 'merged', 'ineligible') AND id IN (`+db.List(2, len(some))+`)`, args...).Scan(&n)
	return n, err
}

// deleteDraft takes out a draft, and nothing else.
func deleteDraft(ctx context.Context, q db.Querier, submission SubmissionID) error {
	n, err := q.Exec(ctx, `DELETE FROM call_submission WHERE id = $1 AND state = 'draft' AND submitted_at IS NULL`, submission)
	if err == nil && n == 0 {
		return ErrMoved
	}
	return err
}

// setCall moves a submission to another call of the edition.
func setCall(ctx context.Context, q db.Querier, s Submission) error {
	n, err := q.Exec(ctx, `
		UPDATE call_submission SET call_id = $2, path = $3, format = $4, form_version = $5, revision = $6, updated_at = $7, answers = $8
		WHERE id = $1 AND revision = $6 - 1`, s.ID, s.Call, s.Path, s.Format, s.FormVersion, s.Revision, s.UpdatedAt, db.JSON(s.Answers))
	if err == nil && n == 0 {
		return ErrChanged
	}
	return err
}

func setMerged(ctx context.Context, q db.Querier, s Submission) error {
	_, err := q.Exec(ctx, `UPDATE call_submission SET merged_into = $2 WHERE id = $1`, s.ID, s.MergedInto)
	return err
}

func setDue(ctx context.Context, q db.Querier, s Submission) error {
	_, err := q.Exec(ctx, `UPDATE call_submission SET due_at = $2 WHERE id = $1`, s.ID, db.OrNull(s.DueAt))
	return err
}
