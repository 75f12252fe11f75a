package selection

import (
	"context"
	"errors"
	"time"

	"obrady/internal/admission"
	"obrady/internal/db"
	"obrady/internal/edition"
	"obrady/internal/form"
	"obrady/internal/people"
	"obrady/internal/programme"
	"obrady/internal/signup"
)

// take holds a window, so that nobody else changes what belongs to it until the transaction ends.
func take(ctx context.Context, tx *db.Tx, window admission.WindowID) error {
	_, err := tx.Exec(ctx, `
		INSERT INTO selection_window (window_id, turns) VALUES ($1, 1)
		ON CONFLICT (window_id) DO UPDATE SET turns = selection_window.turns + 1`, window)
	if errors.Is(err, db.ErrMissing) {
		return ErrNoChoice
	}
	return err
}

// noteReminder writes that the organisers are reminded, and says whether they have not been of late.
func noteReminder(ctx context.Context, q db.Querier, window admission.WindowID, now time.Time) (bool, error) {
	n, err := q.Exec(ctx, `
		UPDATE selection_window SET reminded_at = $2 WHERE window_id = $1 AND (reminded_at IS NULL OR reminded_at <= $3)`,
		window, now, now.Add(-remindEvery))
	return n > 0, err
}

const formColumns = `window_id, session_id, edition_id, questions, revision, updated_at`

func scanForm(row db.Scanner) (f Form, err error) {
	return f, row.Scan(&f.Window, &f.Session, &f.Edition, db.FromJSON(&f.Questions), &f.Revision, &f.UpdatedAt)
}

// findForm returns the form of a window and session; one without questions where there is none.
func findForm(ctx context.Context, q db.Querier, of Form) (Form, error) {
	f, err := scanForm(q.QueryRow(ctx, `
		SELECT `+formColumns+` FROM selection_form WHERE window_id = $1 AND session_id = $2`, of.Window, of.Session))
	if errors.Is(err, db.ErrNoRow) {
		return Form{Window: of.Window, Session: of.Session, Edition: of.Edition}, nil
	}
	return f, err
}

func questionsOf(ctx context.Context, q db.Querier, window admission.WindowID, session programme.SessionID) (all []form.Question, err error) {
	forms, err := db.Collect(scanForm)(q.Query(ctx, `
		SELECT `+formColumns+` FROM selection_form WHERE window_id = $1 AND session_id IN ('', $2) ORDER BY session_id`, window, session))
	for _, f := range forms {
		all = append(all, f.Questions...)
	}
	return all, err
}

// questionCount counts the most questions that others ask together with a form.
func questionCount(ctx context.Context, q db.Querier, f Form) (most int, err error) {
	forms, err := db.Collect(scanForm)(q.Query(ctx, `
		SELECT `+formColumns+` FROM selection_form WHERE window_id = $1 AND (session_id = '') <> ($2 = '')`, f.Window, f.Session))
	for _, one := range forms {
		most = max(most, len(one.Questions))
	}
	return most, err
}

// writeForm writes the first revision or the next, or returns ErrChanged.
func writeForm(ctx context.Context, q db.Querier, f Form) error {
	n, err := q.Exec(ctx, `
		INSERT INTO selection_form (`+formColumns+`) VALUES ($1, $2, $3, $4, $5, $6)
		ON CONFLICT (window_id, session_id) DO UPDATE
		SET questions = excluded.questions, revision = excluded.revision, updated_at = excluded.updated_at
		WHERE selection_form.revision = excluded.revision - 1`,
		f.Window, f.Session, f.Edition, db.JSON(f.Questions), f.Revision, f.UpdatedAt)
	if err == nil && n == 0 {
		return ErrChanged
	}
	return err
}

// hasApplied says whether anybody has answered a form.
func hasApplied(ctx context.Context, q db.Querier, f Form) (bool, error) {
	var n int
	err := q.QueryRow(ctx, `
		SELECT COUNT(*) FROM selection_application WHERE window_id = $1 AND ($2 = '' OR session_id = $2)`, f.Window, f.Session).Scan(&n)
	return n > 0, err
}

// isListed says whether somebody takes part in an edition.
func isListed(ctx context.Context, q db.Querier, of edition.ID, who people.AccountID) (bool, error) {
	var n int
	err := q.QueryRow(ctx, `
		SELECT COUNT(*) FROM participant WHERE edition_id = $1 AND account_id = $2 AND state = 'registered'`, of, who).Scan(&n)
	return n > 0, err
}

const applicationColumns = `a.id, a.window_id, a.session_id, a.account_id, a.edition_id, a.preference, a.answers, a.needs, a.revision,
	a.sent_at, a.updated_at`

func (a *Application) dest(needs *string) []any {
	return []any{
		&a.ID, &a.Window, &a.Session, &a.Account, &a.Edition, &a.Preference, db.FromJSON(&a.Answers), needs, &a.Revision, &a.SentAt, &a.UpdatedAt,
	}
}

func ownOf(ctx context.Context, q db.Querier, of edition.ID, who people.AccountID) ([]Application, error) {
	return db.Collect(func(row db.Scanner) (a Application, err error) {
		var needs string
		err = row.Scan(a.dest(&needs)...)
		a.Needs = admission.ReadNeeds(needs)
		return a, err
	})(q.Query(ctx, `
		SELECT `+applicationColumns+` FROM selection_application AS a
		WHERE a.edition_id = $1 AND a.account_id = $2 ORDER BY a.preference, a.sent_at, a.id`, of, who))
}

// writeApplication writes the first revision or the next, or returns ErrChanged. What was decided stays as it is.
func writeApplication(ctx context.Context, q db.Querier, a Application) error {
	n, err := q.Exec(ctx, `
		INSERT INTO selection_application (id, window_id, session_id, account_id, edition_id, preference, answers, needs, revision, sent_at, updated_at)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
		ON CONFLICT (account_id, session_id) DO UPDATE
		SET answers = excluded.answers, needs = excluded.needs, revision = excluded.revision, updated_at = excluded.updated_at
		WHERE selection_application.revision = excluded.revision - 1`,
		a.ID, a.Window, a.Session, a.Account, a.Edition, a.Preference, db.JSON(a.Answers), admission.WriteNeeds(a.Needs), a.Revision, a.SentAt, a.UpdatedAt)
	if err == nil && n == 0 {
		return ErrChanged
	}
	return err
}

func deleteApplication(ctx context.Context, q db.Querier, who people.AccountID, session programme.SessionID) error {
	n, err := q.Exec(ctx, `DELETE FROM selection_application WHERE account_id = $1 AND session_id = $2`, who, session)
	if err == nil && n == 0 {
		return ErrNone
	}
	return err
}

// number writes the order of somebody's applications.
func number(ctx context.Context, q db.Querier, own []Application) error {
	for i, a := range own {
		if a.Preference == i+1 {
			continue
		}
		if _, err := q.Exec(ctx, `UPDATE selection_application SET preference = $2 WHERE id = $1`, a.ID, i+1); err != nil {
			return err
		}
	}
	return nil
}

// appliedFor reads applications as those who choose see them, the first sent first.
func appliedFor(ctx context.Context, q db.Querier, where string, args ...any) ([]Applied, error) {
	return db.Collect(func(row db.Scanner) (a Applied, err error) {
		var needs string
		var decided *time.Time
		err = row.Scan(append(a.dest(&needs), &a.Verdict, &a.Place, &a.Note, &a.DecidedBy, &decided, &a.Name, &a.Affiliation)...)
		a.Needs = admission.ReadNeeds(needs)
		if decided != nil {
			a.DecidedAt = *decided
		}
		return a, err
	})(q.Query(ctx, `
		SELECT `+applicationColumns+`, a.verdict, a.place, a.note, a.decided_by, a.decided_at,
			COALESCE(NULLIF(p.badge, ''), account.name), COALESCE(p.affiliation, '')
		FROM selection_application AS a JOIN account ON account.id = a.account_id
		LEFT JOIN participant AS p ON p.account_id = a.account_id AND p.edition_id = a.edition_id
		WHERE `+where+` ORDER BY a.sent_at, a.id`, args...))
}

// writeVerdict writes what was decided about the revision of an application that was read, or returns ErrChanged.
func writeVerdict(ctx context.Context, q db.Querier, a Applied) error {
	n, err := q.Exec(ctx, `
		UPDATE selection_application SET verdict = $3, place = $4, note = $5, decided_by = $6, decided_at = $7
		WHERE id = $1 AND revision = $2`, a.ID, a.Revision, a.Verdict, a.Place, a.Note, a.DecidedBy, a.DecidedAt)
	if err == nil && n == 0 {
		return ErrChanged
	}
	return err
}

func talliesOf(ctx context.Context, q db.Querier, window admission.WindowID) (map[programme.SessionID]Tally, error) {
	all := map[programme.SessionID]Tally{}
	_, err := db.Collect(func(row db.Scanner) (none struct{}, err error) {
		var session programme.SessionID
		var verdict signup.Verdict
		var n int
		if err = row.Scan(&session, &verdict, &n); err != nil {
			return none, err
		}
		t := all[session]
		t.Session, t.Applied = session, t.Applied+n
		switch verdict {
		case signup.Chosen:
			t.Admitted = n
		case signup.Reserve:
			t.Waiting = n
		case signup.Passed:
			t.Passed = n
		default:
			t.Undecided = n
		}
		all[session] = t
		return none, nil
	})(q.Query(ctx, `
		SELECT session_id, verdict, COUNT(*) FROM selection_application WHERE window_id = $1 GROUP BY session_id, verdict`, window))
	return all, err
}

// dueWindows lists windows whose choice should be known by now. Only id and edition are read.
func dueWindows(ctx context.Context, q db.Querier, now time.Time) ([]admission.Window, error) {
	return db.Collect(func(row db.Scanner) (w admission.Window, err error) { return w, row.Scan(&w.ID, &w.Edition) })(q.Query(ctx, `
		SELECT id, edition_id FROM admission_window
		WHERE mode = 'selection' AND decided_at IS NULL AND announces_at <= $1 AND closes_at > $1 ORDER BY announces_at, id`, now))
}
