package council

import (
	"context"
	"errors"
	"time"

	"obrady/internal/call"
	"obrady/internal/db"
	"obrady/internal/people"
	"obrady/internal/review"
)

const sittingColumns = `id, call_id, number, place, begins_at, state, notes, opened_at, closed_at, approved_at, approved_by, revision, updated_at`

func scanSitting(row db.Scanner) (s Sitting, err error) {
	var opened, closed, approved *time.Time
	err = row.Scan(&s.ID, &s.Call, &s.Number, &s.Place, &s.BeginsAt, &s.State, &s.Notes, &opened, &closed, &approved, &s.ApprovedBy, &s.Revision, &s.UpdatedAt)
	s.OpenedAt, s.ClosedAt, s.ApprovedAt = db.OrZero(opened), db.OrZero(closed), db.OrZero(approved)
	return s, err
}

func sittingsOf(ctx context.Context, q db.Querier, where string, args ...any) ([]Sitting, error) {
	all, err := db.Collect(scanSitting)(q.Query(ctx, `SELECT `+sittingColumns+` FROM council_sitting WHERE `+where+` ORDER BY number DESC`, args...))
	if err != nil {
		return nil, err
	}
	for i := range all {
		all[i].Present, err = db.Collect(func(row db.Scanner) (p Present, err error) { return p, row.Scan(&p.Account, &p.Part) })(q.Query(ctx, `
			SELECT account_id, part FROM council_present WHERE sitting_id = $1 ORDER BY account_id`, all[i].ID))
		if err != nil {
			return nil, err
		}
	}
	return all, nil
}

// findSitting returns a sitting, or ErrNoSitting.
func findSitting(ctx context.Context, q db.Querier, sitting SittingID) (Sitting, error) {
	all, err := sittingsOf(ctx, q, `id = $1`, sitting)
	if err == nil && len(all) == 0 {
		err = ErrNoSitting
	}
	if err != nil {
		return Sitting{}, err
	}
	return all[0], nil
}

func nextNumber(ctx context.Context, q db.Querier, of call.ID) (n int, err error) {
	return n, q.QueryRow(ctx, `SELECT COALESCE(MAX(number), 0) + 1 FROM council_sitting WHERE call_id = $1`, of).Scan(&n)
}

// writeSitting writes the first revision or the next, or returns review.ErrChanged. Where it stands only turn changes.
func writeSitting(ctx context.Context, q db.Querier, s Sitting) error {
	n, err := q.Exec(ctx, `
		INSERT INTO council_sitting (id, call_id, number, place, begins_at, state, notes, revision, updated_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
		ON CONFLICT (id) DO UPDATE
		SET place = excluded.place, begins_at = excluded.begins_at, notes = excluded.notes, revision = excluded.revision, updated_at = excluded.updated_at
		WHERE council_sitting.revision = excluded.revision - 1`,
		s.ID, s.Call, s.Number, s.Place, s.BeginsAt, s.State, s.Notes, s.Revision, s.UpdatedAt)
	if err == nil && n == 0 {
		return review.ErrChanged
	}
	return err
}

func writePresent(ctx context.Context, q db.Querier, s Sitting) error {
	if _, err := q.Exec(ctx, `DELETE FROM council_present WHERE sitting_id = $1`, s.ID); err != nil {
		return err
	}
	for _, p := range s.Present {
		if _, err := q.Exec(ctx, `
			INSERT INTO council_present (sitting_id, account_id, part) VALUES ($1, $2, $3)
			ON CONFLICT (sitting_id, account_id) DO UPDATE SET part = excluded.part`, s.ID, p.Account, p.Part); err != nil {
			return err
		}
	}
	return nil
}

// stamp is where a sitting is brought, and by whom.
type stamp struct {
	to SittingState
	by people.AccountID
}

func turn(ctx context.Context, q db.Querier, s Sitting, t stamp) error {
	n, err := q.Exec(ctx, `
		UPDATE council_sitting SET state = $3, updated_at = $4, revision = revision + 1,
			opened_at = CASE WHEN $3 = 'open' THEN $4 ELSE opened_at END,
			closed_at = CASE WHEN $3 = 'closed' THEN $4 WHEN $3 = 'open' THEN NULL ELSE closed_at END,
			approved_at = CASE WHEN $3 = 'approved' THEN $4 ELSE approved_at END,
			approved_by = CASE WHEN $3 = 'approved' THEN $5 ELSE approved_by END
		WHERE id = $1 AND state = $2`, s.ID, s.State, t.to, s.UpdatedAt, t.by)
	if err == nil && n == 0 {
		return review.ErrMoved
	}
	return err
}

// toDecide lists what of a call has not been decided, by code.
func toDecide(ctx context.Context, q db.Querier, of call.ID) ([]point, error) {
	return db.Collect(func(row db.Scanner) (p point, err error) { return p, row.Scan(&p.id, &p.path) })(q.Query(ctx, `
		SELECT id, path FROM call_submission WHERE call_id = $1 AND state IN ('eligible', 'under_review') ORDER BY LENGTH(code), code`, of))
}

// recusedOf lists who of those present has a stake in which submission.
func recusedOf(ctx context.Context, q db.Querier, s Sitting) (map[call.SubmissionID][]people.AccountID, error) {
	all, err := db.Collect(func(row db.Scanner) (k review.Conflict, err error) { return k, row.Scan(&k.Submission, &k.Account) })(q.Query(ctx, `
		SELECT k.submission_id, k.account_id FROM review_conflict AS k JOIN council_present AS p ON p.account_id = k.account_id AND p.sitting_id = $1
		JOIN call_submission AS s ON s.id = k.submission_id
		WHERE s.call_id = $2 AND k.state IN ('suspected', 'confirmed') ORDER BY k.submission_id, k.account_id`, s.ID, s.Call))
	recused := map[call.SubmissionID][]people.AccountID{}
	for _, k := range all {
		recused[k.Submission] = append(recused[k.Submission], k.Account)
	}
	return recused, err
}

func itemsOf(ctx context.Context, q db.Querier, sitting SittingID) ([]Item, error) {
	return db.Collect(func(row db.Scanner) (i Item, err error) {
		var begun, ended *time.Time
		err = row.Scan(&i.ID, &i.Position, &i.State, &begun, &ended)
		i.BegunAt, i.EndedAt = db.OrZero(begun), db.OrZero(ended)
		return i, err
	})(q.Query(ctx, `
		SELECT submission_id, position, state, begun_at, ended_at FROM council_item WHERE sitting_id = $1 ORDER BY position, submission_id`, sitting))
}

// beat is one item of an agenda as far as a page that is open shows it.
type beat struct {
	submission call.SubmissionID
	state      ItemState
	outcome    review.Outcome
	revision   int // of the decision
}

// beatsOf lists the agenda of a sitting in its order, as the viewer may see it.
func beatsOf(ctx context.Context, q db.Querier, v review.Viewer, sitting SittingID) ([]beat, error) {
	return db.Collect(func(row db.Scanner) (b beat, err error) {
		return b, row.Scan(&b.submission, &b.state, &b.outcome, &b.revision)
	})(q.Query(ctx, `
		SELECT i.submission_id, i.state, COALESCE(d.outcome, ''), COALESCE(d.revision, 0)
		FROM council_item AS i JOIN call_submission AS s ON s.id = i.submission_id
		LEFT JOIN council_decision AS d ON d.submission_id = i.submission_id AND d.sitting_id = i.sitting_id
		WHERE i.sitting_id = $4 AND `+review.Visible+` ORDER BY i.position, i.submission_id`, v.Args(sitting)...))
}

// writeAgenda puts items into their order. What has not been spoken of and is not named goes out.
func writeAgenda(ctx context.Context, q db.Querier, a agenda) error {
	if _, err := q.Exec(ctx, `DELETE FROM council_item WHERE sitting_id = $1 AND state = 'to_come'`, a.sitting); err != nil {
		return err
	}
	for i, id := range a.items {
		if _, err := q.Exec(ctx, `
			INSERT INTO council_item (sitting_id, submission_id, position, state) VALUES ($1, $2, $3, 'to_come')
			ON CONFLICT (sitting_id, submission_id) DO UPDATE SET position = excluded.position`, a.sitting, id, i+1); err != nil {
			return err
		}
	}
	return nil
}

// itemTurn is an item whose turn comes or ends.
type itemTurn struct {
	submission call.SubmissionID
	now        time.Time
}

// beginItem brings one item under discussion, or returns review.ErrNone.
func beginItem(ctx context.Context, q db.Querier, sitting SittingID, t itemTurn) error {
	if _, err := q.Exec(ctx, `UPDATE council_item SET state = 'to_come' WHERE sitting_id = $1 AND state = 'now'`, sitting); err != nil {
		return err
	}
	n, err := q.Exec(ctx, `
		UPDATE council_item SET state = 'now', begun_at = $3 WHERE sitting_id = $1 AND submission_id = $2`, sitting, t.submission, t.now)
	if err == nil && n == 0 {
		return review.ErrNone
	}
	return err
}

func endItem(ctx context.Context, q db.Querier, sitting SittingID, t itemTurn) error {
	_, err := q.Exec(ctx, `
		UPDATE council_item SET state = 'done', ended_at = $3 WHERE sitting_id = $1 AND submission_id = $2`, sitting, t.submission, t.now)
	return err
}

func putOff(ctx context.Context, q db.Querier, sitting SittingID) error {
	_, err := q.Exec(ctx, `UPDATE council_item SET state = 'put_off' WHERE sitting_id = $1 AND state IN ('to_come', 'now')`, sitting)
	return err
}

const decisionColumns = `d.submission_id, d.call_id, COALESCE(d.sitting_id, ''), d.outcome, d.path, d.format, d.place, d.to_author, d.inside,
	d.in_favour, d.against, d.abstained, d.recused, d.snapshot, d.made_by, d.made_at, COALESCE(d.batch_id, ''), d.announced_at, d.revision`

func (d *Decision) dest(announced **time.Time) []any {
	return []any{
		&d.Submission, &d.Call, &d.Sitting, &d.Outcome, &d.Path, &d.Format, &d.Place, &d.ToAuthor, &d.Inside, &d.InFavour, &d.Against, &d.Abstained,
		db.FromJSON(&d.Recused), db.FromJSON(&d.Snapshot), &d.MadeBy, &d.MadeAt, &d.Batch, announced, &d.Revision,
	}
}

func scanDecision(row db.Scanner) (d Decision, err error) {
	var announced *time.Time
	err = row.Scan(d.dest(&announced)...)
	d.AnnouncedAt = db.OrZero(announced)
	return d, err
}

// findDecision returns what was decided about a submission, or ErrNoDecision.
func findDecision(ctx context.Context, q db.Querier, submission call.SubmissionID) (Decision, error) {
	d, err := scanDecision(q.QueryRow(ctx, `SELECT `+decisionColumns+` FROM council_decision AS d WHERE d.submission_id = $1`, submission))
	if errors.Is(err, db.ErrNoRow) {
		return d, ErrNoDecision
	}
	return d, err
}

func decisionsBy(ctx context.Context, q db.Querier, where string, args ...any) ([]Decision, error) {
	return db.Collect(scanDecision)(q.Query(ctx, `SELECT `+decisionColumns+` FROM council_decision AS d WHERE `+where+` ORDER BY d.submission_id`, args...))
}

// pendingOf lists what is to be announced of that which the viewer may see, by outcome and code.
func pendingOf(ctx context.Context, q db.Querier, v review.Viewer) ([]Pending, error) {
	return db.Collect(func(row db.Scanner) (p Pending, err error) {
		var announced *time.Time
		return p, row.Scan(append(p.dest(&announced), &p.Code, &p.Title)...)
	})(q.Query(ctx, `
		SELECT `+decisionColumns+`, s.code, s.title FROM council_decision AS d JOIN call_submission AS s ON s.id = d.submission_id
		WHERE s.call_id = $4 AND s.state = 'decided' AND d.announced_at IS NULL AND `+review.Visible+`
		ORDER BY d.outcome, d.place, LENGTH(s.code), s.code`, v.Args(v.Call.ID)...))
}

// writeDecision writes the first revision or the next of a decision that is not announced, or returns review.ErrChanged.
func writeDecision(ctx context.Context, q db.Querier, d Decision) error {
	n, err := q.Exec(ctx, `
		INSERT INTO council_decision (submission_id, call_id, sitting_id, outcome, path, format, place, to_author, inside, in_favour, against, abstained,
			recused, snapshot, made_by, made_at, revision)
		VALUES ($1, $2, NULLIF($3, ''), $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17)
		ON CONFLICT (submission_id) DO UPDATE SET sitting_id = excluded.sitting_id, outcome = excluded.outcome, path = excluded.path,
			format = excluded.format, place = excluded.place, to_author = excluded.to_author, inside = excluded.inside, in_favour = excluded.in_favour,
			against = excluded.against, abstained = excluded.abstained, recused = excluded.recused, snapshot = excluded.snapshot,
			made_by = excluded.made_by, made_at = excluded.made_at, revision = excluded.revision
		WHERE council_decision.revision = excluded.revision - 1 AND council_decision.announced_at IS NULL`,
		d.Submission, d.Call, d.Sitting, d.Outcome, d.Path, d.Format, d.Place, d.ToAuthor, d.Inside, d.InFavour, d.Against, d.Abstained,
		db.JSON(d.Recused), db.JSON(d.Snapshot), d.MadeBy, d.MadeAt, d.Revision)
	if err == nil && n == 0 {
		return review.ErrChanged
	}
	return err
}

func keepDecision(ctx context.Context, q db.Querier, d Decision) error {
	_, err := q.Exec(ctx, `
		INSERT INTO council_decision_version (submission_id, revision, outcome, path, format, place, to_author, made_by, made_at)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
		ON CONFLICT (submission_id, revision) DO UPDATE
		SET outcome = excluded.outcome, path = excluded.path, format = excluded.format, place = excluded.place, to_author = excluded.to_author,
			made_by = excluded.made_by, made_at = excluded.made_at`,
		d.Submission, d.Revision, d.Outcome, d.Path, d.Format, d.Place, d.ToAuthor, d.MadeBy, d.MadeAt)
	return err
}

// deletePending takes a decision out that nobody has been told, or returns ErrAnnounced.
func deletePending(ctx context.Context, q db.Querier, submission call.SubmissionID) error {
	n, err := q.Exec(ctx, `DELETE FROM council_decision WHERE submission_id = $1 AND announced_at IS NULL`, submission)
	if err == nil && n == 0 {
		return ErrAnnounced
	}
	return err
}

func markAnnounced(ctx context.Context, q db.Querier, d Decision) error {
	n, err := q.Exec(ctx, `
		UPDATE council_decision SET announced_at = $3, batch_id = $4 WHERE submission_id = $1 AND revision = $2 AND announced_at IS NULL`,
		d.Submission, d.Revision, d.AnnouncedAt, d.Batch)
	if err == nil && n == 0 {
		return review.ErrChanged
	}
	if err != nil {
		return err
	}
	_, err = q.Exec(ctx, `UPDATE council_decision_version SET announced_at = $3 WHERE submission_id = $1 AND revision = $2`, d.Submission, d.Revision, d.AnnouncedAt)
	return err
}

func unannounce(ctx context.Context, q db.Querier, submission call.SubmissionID) error {
	_, err := q.Exec(ctx, `UPDATE council_decision SET announced_at = NULL, batch_id = NULL WHERE submission_id = $1`, submission)
	return err
}

func insertBatch(ctx context.Context, q db.Querier, b Batch) error {
	_, err := q.Exec(ctx, `INSERT INTO council_batch (id, call_id, made_by, made_at, decisions, digest) VALUES ($1, $2, $3, $4, $5, $6)`,
		b.ID, b.Call, b.By, b.At, b.Decisions, b.Digest)
	return err
}

func batchesOf(ctx context.Context, q db.Querier, of call.ID) ([]Batch, error) {
	return db.Collect(func(row db.Scanner) (b Batch, err error) {
		return b, row.Scan(&b.ID, &b.Call, &b.By, &b.At, &b.Decisions, &b.Digest)
	})(q.Query(ctx, `SELECT id, call_id, made_by, made_at, decisions, digest FROM council_batch WHERE call_id = $1 ORDER BY made_at DESC, id`, of))
}

func scanDissent(row db.Scanner) (d Dissent, err error) {
	return d, row.Scan(&d.Submission, &d.Account, &d.Words, &d.At)
}

func dissentsOf(ctx context.Context, q db.Querier, submission call.SubmissionID) ([]Dissent, error) {
	return db.Collect(scanDissent)(q.Query(ctx, `
		SELECT submission_id, account_id, words, at FROM council_dissent WHERE submission_id = $1 ORDER BY at, account_id`, submission))
}

// dissentsAt lists the dissents from what was decided at a sitting.
func dissentsAt(ctx context.Context, q db.Querier, sitting SittingID) ([]Dissent, error) {
	return db.Collect(scanDissent)(q.Query(ctx, `
		SELECT v.submission_id, v.account_id, v.words, v.at FROM council_dissent AS v JOIN council_decision AS d ON d.submission_id = v.submission_id
		WHERE d.sitting_id = $1 ORDER BY v.at, v.account_id`, sitting))
}

// writeDissent writes a dissent; without words it goes.
func writeDissent(ctx context.Context, q db.Querier, d Dissent) error {
	if d.Words == "" {
		_, err := q.Exec(ctx, `DELETE FROM council_dissent WHERE submission_id = $1 AND account_id = $2`, d.Submission, d.Account)
		return err
	}
	_, err := q.Exec(ctx, `
		INSERT INTO council_dissent (submission_id, account_id, words, at) VALUES ($1, $2, $3, $4)
		ON CONFLICT (submission_id, account_id) DO UPDATE SET words = excluded.words, at = excluded.at`, d.Submission, d.Account, d.Words, d.At)
	return err
}

// takenOf counts the places that have been given, of what the viewer may see.
func takenOf(ctx context.Context, q db.Querier, v review.Viewer) (map[review.Places]Slot, error) {
	all, err := db.Collect(func(row db.Scanner) (s Slot, err error) { return s, row.Scan(&s.Path, &s.Format, &s.Taken, &s.Reserve) })(q.Query(ctx, `
		SELECT d.path, d.format,
			COUNT(*) FILTER (WHERE s.state IN ('accepted', 'confirmed') OR s.state = 'decided' AND d.outcome IN ('accept', 'accept_with', 'other_format')),
			COUNT(*) FILTER (WHERE s.state = 'reserve' OR s.state = 'decided' AND d.outcome = 'reserve')
		FROM council_decision AS d JOIN call_submission AS s ON s.id = d.submission_id
		WHERE s.call_id = $4 AND `+review.Visible+` GROUP BY d.path, d.format`, v.Args(v.Call.ID)...))
	slots := map[review.Places]Slot{}
	for _, s := range all {
		slots[s.Places] = s
	}
	return slots, err
}

// noteVacancy notes that a place has become free, and says whether that is news.
func noteVacancy(ctx context.Context, q db.Querier, declined call.SubmissionID, now time.Time) (bool, error) {
	n, err := q.Exec(ctx, `INSERT INTO council_advance (declined_id, at) VALUES ($1, $2) ON CONFLICT (declined_id) DO NOTHING`, declined, now)
	return n > 0, err
}

// nextOnReserve finds the first on the reserve list of the same path and format; empty if nobody waits.
func nextOnReserve(ctx context.Context, q db.Querier, declined call.SubmissionID) (next call.SubmissionID, err error) {
	err = q.QueryRow(ctx, `
		SELECT d.submission_id FROM council_decision AS d JOIN call_submission AS s ON s.id = d.submission_id
		JOIN council_decision AS free ON free.submission_id = $1 AND free.path = d.path AND free.format = d.format AND free.call_id = d.call_id
		WHERE s.state = 'reserve' ORDER BY d.place, LENGTH(s.code), s.code LIMIT 1`, declined).Scan(&next)
	if errors.Is(err, db.ErrNoRow) {
		return "", nil
	}
	return next, err
}

func noteAdvance(ctx context.Context, q db.Querier, declined, next call.SubmissionID) error {
	_, err := q.Exec(ctx, `UPDATE council_advance SET moved_id = $2 WHERE declined_id = $1`, declined, next)
	return err
}
