package council

import (
	"context"
	"fmt"
	"strings"

	"obrady/internal/call"
	"obrady/internal/db"
	"obrady/internal/edition"
	"obrady/internal/form"
	"obrady/internal/people"
	"obrady/internal/review"
)

// tally is how many there are of something, and how many of them are chosen.
type tally struct{ all, chosen int }

// share returns the share with what was counted.
func (t tally) share(s Share) Share {
	s.All, s.Chosen = t.all, t.chosen
	return s
}

// taken is 1 for a submission that the council takes, by a decision announced or not.
const taken = `CASE WHEN EXISTS (SELECT 1 FROM council_decision AS d
	WHERE d.submission_id = s.id AND d.outcome IN ('accept', 'accept_with', 'other_format')) THEN 1 ELSE 0 END`

// group is the submissions that are alike in all that is counted.
type group struct {
	tally

	path, format, language string
	answers                []string // to the questions, in their order
}

// groupsOf counts the submissions that the viewer may see by path, format, language and their answers to some questions.
func groupsOf(ctx context.Context, q db.Querier, v review.Viewer, questions []form.Question) ([]group, error) {
	args, columns := v.Args(v.Call.ID), ""
	for i, question := range questions {
		columns += fmt.Sprintf(", COALESCE(s.answers ->> CAST($%d AS TEXT), '') AS answer_%d", 5+i, i)
		args = append(args, question.ID)
	}
	names := ""
	for i := range questions {
		names += fmt.Sprintf(", g.answer_%d", i)
	}
	return db.Collect(func(row db.Scanner) (g group, err error) {
		g.answers = make([]string, len(questions))
		dest := []any{&g.path, &g.format, &g.language, &g.all, &g.chosen}
		for i := range g.answers {
			dest = append(dest, &g.answers[i])
		}
		return g, row.Scan(dest...)
	})(q.Query(ctx, strings.NewReplacer("{names}", names, "{columns}", columns).Replace(`
		SELECT g.path, g.format, g.language, COUNT(*), SUM(g.chosen){names} FROM (
			SELECT s.path, s.format, s.language, `+taken+` AS chosen{columns} FROM call_submission AS s WHERE s.call_id = $4 AND `+review.Visible+`
		) AS g GROUP BY g.path, g.format, g.language{names} ORDER BY 1, 2, 3`), args...))
}

// standing is one submission to be counted.
type standing struct {
	tally

	id call.SubmissionID
}

// standingOf lists the submissions that the viewer may see.
func standingOf(ctx context.Context, q db.Querier, v review.Viewer) ([]standing, error) {
	return db.Collect(func(row db.Scanner) (s standing, err error) {
		s.all = 1
		return s, row.Scan(&s.id, &s.chosen)
	})(q.Query(ctx, `SELECT s.id, `+taken+` FROM call_submission AS s WHERE s.call_id = $4 AND `+review.Visible+` ORDER BY s.id`, v.Args(v.Call.ID)...))
}

// spokeBefore lists the accounts of persons who spoke at another edition.
func spokeBefore(ctx context.Context, q db.Querier, than edition.ID) (map[people.AccountID]bool, error) {
	all, err := db.Collect(func(row db.Scanner) (a people.AccountID, err error) { return a, row.Scan(&a) })(q.Query(ctx, `
		SELECT DISTINCT account.id FROM account JOIN appearance ON appearance.person_id = account.person_id
		JOIN session ON session.id = appearance.session_id
		WHERE session.edition_id <> $1`, than))
	spoke := map[people.AccountID]bool{}
	for _, a := range all {
		spoke[a] = true
	}
	return spoke, err
}
