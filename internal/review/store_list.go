package review

import (
	"context"
	"slices"
	"strings"

	"obrady/internal/call"
	"obrady/internal/db"
	"obrady/internal/people"
	"obrady/internal/text"
)

// Entries lists submissions with their figures, by code. Whoever is to review
// one is not given its figures before they have sent their own.
func Entries(ctx context.Context, q db.Querier, v Viewer, f Filter) ([]Entry, error) {
	all, err := titles(ctx, q, v, f)
	if err != nil {
		return nil, err
	}
	return all, weigh(ctx, q, v, all)
}

// EntriesAmong lists those of some submissions that the viewer may see, with their figures, by code.
func EntriesAmong(ctx context.Context, q db.Querier, v Viewer, some []call.SubmissionID) (all []Entry, err error) {
	for part := range slices.Chunk(some, fewEntries) {
		args := v.Args(v.Call.ID)
		for _, one := range part {
			args = append(args, one)
		}
		entries, err := db.Collect(scanTitle)(q.Query(ctx, titleColumns+`
			WHERE s.call_id = $4 AND s.id IN (`+db.List(5, len(part))+`) AND `+Visible+` ORDER BY LENGTH(s.code), s.code`, args...))
		if err != nil {
			return nil, err
		}
		all = append(all, entries...)
	}
	return all, weigh(ctx, q, v, all)
}

const titleColumns = `
	SELECT s.id, s.code, s.state, s.path, s.format, s.language, s.title, COALESCE(o.state, '')
	FROM call_submission AS s LEFT JOIN review_assignment AS o ON o.submission_id = s.id AND o.account_id = $1`

func scanTitle(row db.Scanner) (e Entry, err error) {
	return e, row.Scan(&e.ID, &e.Code, &e.State, &e.Path, &e.Format, &e.Language, &e.Title, &e.Own)
}

// titles lists submissions without their figures, by code.
func titles(ctx context.Context, q db.Querier, v Viewer, f Filter) ([]Entry, error) {
	return db.Collect(scanTitle)(q.Query(ctx, titleColumns+`
		WHERE `+chosen+` AND `+Visible+` ORDER BY LENGTH(s.code), s.code LIMIT $8 OFFSET $9`,
		v.Args(append(f.args(v.Call.ID), f.most(), f.From)...)...))
}

// weighed are the figures of one submission.
type weighed struct {
	id     call.SubmissionID
	given  int
	figure Figure
}

// weigh adds the figures to entries.
func weigh(ctx context.Context, q db.Querier, v Viewer, entries []Entry) error {
	figures, err := figuresOf(ctx, q, v.Call.ID, entries)
	if err != nil {
		return err
	}
	of := make(map[call.SubmissionID]weighed, len(figures))
	for _, w := range figures {
		of[w.id] = w
	}
	for i := range entries {
		e, w := &entries[i], of[entries[i].ID]
		e.Given, e.Sent = w.given, w.figure.Count
		if e.Figure.Count = e.Sent; e.Own != GivenOut && (v.Whole || e.Own == SentIn) {
			e.Figure = w.figure
		}
	}
	return nil
}

// fewEntries is up to how many submissions their figures are asked for by name; for more, those of the whole call are.
const fewEntries = 500

// figuresOf counts what was given and sent of some submissions at least.
func figuresOf(ctx context.Context, q db.Querier, of call.ID, entries []Entry) ([]weighed, error) {
	args, among := []any{of}, ""
	if len(entries) <= fewEntries {
		among = ` AND a.submission_id IN (` + db.List(2, len(entries)) + `)`
		for _, e := range entries {
			args = append(args, e.ID)
		}
	}
	return db.Collect(func(row db.Scanner) (w weighed, err error) {
		f := &w.figure
		return w, row.Scan(&w.id, &w.given, &f.Count, &f.Judged, &f.Mean, &f.Low, &f.High)
	})(q.Query(ctx, `
		SELECT a.submission_id, COUNT(*), COUNT(*) FILTER (WHERE a.state = 'sent'), COUNT(a.score),
			COALESCE(AVG(a.score), 0), COALESCE(MIN(a.score), 0), COALESCE(MAX(a.score), 0)
		FROM review_assignment AS a WHERE a.call_id = $1`+among+` AND a.state IN ('given', 'sent') GROUP BY a.submission_id`, args...))
}

// chosen is the condition of a Filter but for its words, whose arguments begin with $4.
const chosen = `s.call_id = $4 AND ($5 = '' OR s.path = $5) AND ($6 = '' OR s.state = $6)
	AND ($7 = FALSE OR EXISTS (SELECT 1 FROM review_assignment AS m WHERE m.submission_id = s.id AND m.account_id = $1 AND m.state IN ('given', 'sent')))`

func (f Filter) args(of call.ID) []any { return []any{of, f.Path, f.State, f.Mine} }

// everything is more than there can be in a call.
const everything = 1_000_000

func (f Filter) most() int {
	if f.Most > 0 {
		return f.Most
	}
	return everything
}

// paged lists what the filter chooses, and counts it.
func paged(ctx context.Context, q db.Querier, v Viewer, f Filter) (page []Entry, all int, err error) {
	if page, err = Entries(ctx, q, v, f); err != nil {
		return nil, 0, err
	}
	if f.Most == 0 || f.From == 0 && len(page) < f.Most {
		return page, f.From + len(page), nil
	}
	all, err = countOf(ctx, q, v, f)
	return page, all, err
}

// found lists what has the words of the filter in its title or code, in whatever case and with or without accents, and
// counts it: no engine folds Polish letters, so that is done here.
func found(ctx context.Context, q db.Querier, v Viewer, f Filter) (page []Entry, all int, err error) {
	entries, err := titles(ctx, q, v, Filter{Path: f.Path, State: f.State, Mine: f.Mine})
	if err != nil {
		return nil, 0, err
	}
	words := text.Fold(f.Words)
	entries = slices.DeleteFunc(entries, func(e Entry) bool { return !strings.Contains(text.Fold(e.Code+" "+e.Title), words) })
	from := min(f.From, len(entries))
	page = entries[from:min(len(entries), from+f.most())]
	return page, len(entries), weigh(ctx, q, v, page)
}

// countOf counts what the filter chooses.
func countOf(ctx context.Context, q db.Querier, v Viewer, f Filter) (n int, err error) {
	err = q.QueryRow(ctx, `SELECT COUNT(*) FROM call_submission AS s WHERE `+chosen+` AND `+Visible, v.Args(f.args(v.Call.ID)...)...).Scan(&n)
	return n, err
}

func countsOf(ctx context.Context, q db.Querier, v Viewer) (map[call.State]int, error) {
	type count struct {
		state call.State
		n     int
	}
	all, err := db.Collect(func(row db.Scanner) (c count, err error) { return c, row.Scan(&c.state, &c.n) })(q.Query(ctx, `
		SELECT s.state, COUNT(*) FROM call_submission AS s WHERE s.call_id = $4 AND `+Visible+` GROUP BY s.state`, v.Args(v.Call.ID)...))
	counts := map[call.State]int{}
	for _, c := range all {
		counts[c.state] = c.n
	}
	return counts, err
}

// WorksFor lists the institutions for which somebody works by the word of an organiser.
func WorksFor(ctx context.Context, q db.Querier, who people.AccountID) ([]people.InstitutionID, error) {
	return db.Collect(func(row db.Scanner) (i people.InstitutionID, err error) { return i, row.Scan(&i) })(q.Query(ctx, `
		SELECT institution_id FROM member WHERE account_id = $1 ORDER BY institution_id`, who))
}

func consultationsOf(ctx context.Context, q db.Querier, v Viewer, body people.InstitutionID) ([]Consultation, error) {
	return db.Collect(func(row db.Scanner) (c Consultation, err error) {
		err = row.Scan(&c.ID, &c.Code, &c.Title, &c.Path, &c.Opinion.Stance, &c.Opinion.Words, &c.Opinion.Revision)
		c.Opinion.Submission, c.Opinion.Institution = c.ID, body
		return c, err
	})(q.Query(ctx, `
		SELECT s.id, s.code, s.title, s.path, COALESCE(o.stance, ''), COALESCE(o.words, ''), COALESCE(o.revision, 0)
		FROM call_submission AS s LEFT JOIN review_opinion AS o ON o.submission_id = s.id AND o.institution_id = $5
		WHERE s.call_id = $4 AND s.state IN ('eligible', 'under_review', 'decided') AND `+Visible+` ORDER BY LENGTH(s.code), s.code`,
		v.Args(v.Call.ID, body)...))
}

// writeOpinion writes the first revision or the next, or returns ErrChanged.
func writeOpinion(ctx context.Context, q db.Querier, o Opinion) error {
	n, err := q.Exec(ctx, `
		INSERT INTO review_opinion (submission_id, institution_id, stance, words, given_by, given_at, revision) VALUES ($1, $2, $3, $4, $5, $6, $7)
		ON CONFLICT (submission_id, institution_id) DO UPDATE
		SET stance = excluded.stance, words = excluded.words, given_by = excluded.given_by, given_at = excluded.given_at, revision = excluded.revision
		WHERE review_opinion.revision = excluded.revision - 1`,
		o.Submission, o.Institution, o.Stance, o.Words, o.By, o.At, o.Revision)
	if err == nil && n == 0 {
		return ErrChanged
	}
	return err
}

func opinionsOf(ctx context.Context, q db.Querier, submission call.SubmissionID) ([]Opinion, error) {
	return db.Collect(func(row db.Scanner) (o Opinion, err error) {
		return o, row.Scan(&o.Submission, &o.Institution, &o.Stance, &o.Words, &o.By, &o.At, &o.Revision)
	})(q.Query(ctx, `
		SELECT submission_id, institution_id, stance, words, given_by, given_at, revision
		FROM review_opinion WHERE submission_id = $1 ORDER BY given_at, institution_id`, submission))
}
