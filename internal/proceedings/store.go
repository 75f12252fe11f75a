package proceedings

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"strings"

	"obrady/internal/call"
	"obrady/internal/db"
)

const volumeColumns = `id, call_id, edition_id, slug, about, version, example, revision, updated_at`

func scanVolume(row db.Scanner) (v Volume, err error) {
	return v, row.Scan(&v.ID, &v.Call, &v.Edition, &v.Slug, db.FromJSON(&v.About), &v.Version, &v.Example, &v.Revision, &v.UpdatedAt)
}

func volumesBy(ctx context.Context, q db.Querier, where string, args ...any) ([]Volume, error) {
	return db.Collect(scanVolume)(q.Query(ctx, `SELECT `+volumeColumns+` FROM proceedings_volume WHERE `+where+` ORDER BY slug`, args...))
}

// findVolume returns a volume, or ErrNone.
func findVolume(ctx context.Context, q db.Querier, where string, args ...any) (Volume, error) {
	v, err := scanVolume(q.QueryRow(ctx, `SELECT `+volumeColumns+` FROM proceedings_volume WHERE `+where, args...))
	if errors.Is(err, db.ErrNoRow) {
		return v, ErrNone
	}
	return v, err
}

// writeVolume writes the first revision or the next, or returns ErrChanged. What was published only countVersion changes.
func writeVolume(ctx context.Context, q db.Querier, v Volume) error {
	n, err := q.Exec(ctx, `
		INSERT INTO proceedings_volume (id, call_id, edition_id, slug, about, example, revision, updated_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
		ON CONFLICT (id) DO UPDATE SET slug = excluded.slug, about = excluded.about, revision = excluded.revision, updated_at = excluded.updated_at
		WHERE proceedings_volume.revision = excluded.revision - 1`,
		v.ID, v.Call, v.Edition, v.Slug, db.JSON(v.About), v.Example, v.Revision, v.UpdatedAt)
	if err == nil && n == 0 {
		return ErrChanged
	}
	return err
}

func countVersion(ctx context.Context, q db.Querier, v Volume) error {
	n, err := q.Exec(ctx, `UPDATE proceedings_volume SET version = $2 WHERE id = $1 AND version = $2 - 1`, v.ID, v.Version)
	if err == nil && n == 0 {
		return ErrChanged
	}
	return err
}

func writeMark(ctx context.Context, q db.Querier, v ID, m Mark) error {
	_, err := q.Exec(ctx, `
		INSERT INTO proceedings_entry (volume_id, submission_id, doi, pages) VALUES ($1, $2, $3, $4)
		ON CONFLICT (volume_id, submission_id) DO UPDATE SET doi = excluded.doi, pages = excluded.pages`, v, m.Submission, m.DOI, m.Pages)
	return err
}

func marksOf(ctx context.Context, q db.Querier, v ID) (map[call.SubmissionID]Mark, error) {
	all, err := db.Collect(func(row db.Scanner) (m Mark, err error) { return m, row.Scan(&m.Submission, &m.DOI, &m.Pages) })(q.Query(ctx, `
		SELECT submission_id, doi, pages FROM proceedings_entry WHERE volume_id = $1`, v))
	marks := map[call.SubmissionID]Mark{}
	for _, m := range all {
		marks[m.Submission] = m
	}
	return marks, err
}

// chosenOf lists what of a call was accepted, as its authors have been told, by code.
func chosenOf(ctx context.Context, q db.Querier, c call.Call) (chosen []call.Submission, err error) {
	all, err := call.Submissions(ctx, q, c.ID)
	for _, one := range all {
		if one.State == call.Accepted || one.State == call.Confirmed {
			chosen = append(chosen, one)
		}
	}
	return chosen, err
}

// withdrawn lists by code what of a call its authors no longer stand for.
func withdrawn(ctx context.Context, q db.Querier, of call.ID) (map[string]bool, error) {
	codes, err := db.Collect(func(row db.Scanner) (code string, err error) { return code, row.Scan(&code) })(q.Query(ctx, `
		SELECT code FROM call_submission WHERE call_id = $1 AND state NOT IN ('accepted', 'confirmed')`, of))
	gone := map[string]bool{}
	for _, code := range codes {
		gone[code] = true
	}
	return gone, err
}

// pathsOf lists on which path things were accepted, as their authors have been told; it may differ from what they asked.
func pathsOf(ctx context.Context, q db.Querier, of call.ID) (map[call.SubmissionID]string, error) {
	type accepted struct {
		id   call.SubmissionID
		path string
	}
	all, err := db.Collect(func(row db.Scanner) (a accepted, err error) { return a, row.Scan(&a.id, &a.path) })(q.Query(ctx, `
		SELECT submission_id, path FROM council_decision WHERE call_id = $1 AND announced_at IS NOT NULL AND path <> ''`, of))
	paths := map[call.SubmissionID]string{}
	for _, a := range all {
		paths[a.id] = a.path
	}
	return paths, err
}

const versionColumns = `volume_id, number, document, changes, published_by, published_at`

func scanVersion(row db.Scanner) (v Version, err error) {
	return v, row.Scan(&v.Volume, &v.Number, db.FromJSON(&v.Document), db.FromJSON(&v.Changes), &v.By, &v.At)
}

// findVersion returns a volume as it was published, or ErrNone.
func findVersion(ctx context.Context, q db.Querier, volume ID, number int) (Version, error) {
	v, err := scanVersion(q.QueryRow(ctx, `
		SELECT `+versionColumns+` FROM proceedings_version WHERE volume_id = $1 AND number = $2`, volume, number))
	if errors.Is(err, db.ErrNoRow) {
		return v, ErrNone
	}
	return v, err
}

func versionsBy(ctx context.Context, q db.Querier, where string, args ...any) ([]Version, error) {
	return db.Collect(scanVersion)(q.Query(ctx, `
		SELECT `+versionColumns+` FROM proceedings_version WHERE `+where+` ORDER BY volume_id, number`, args...))
}

func insertVersion(ctx context.Context, q db.Querier, v Version) error {
	_, err := q.Exec(ctx, `
		INSERT INTO proceedings_version (volume_id, number, document, changes, digest, published_by, published_at) VALUES ($1, $2, $3, $4, $5, $6, $7)`,
		v.Volume, v.Number, db.JSON(v.Document), db.JSON(v.Changes), v.Document.Digest(), v.By, v.At)
	return err
}

// rewrite puts another document in place of one, for an erasure.
func rewrite(ctx context.Context, q db.Querier, v Version) error {
	_, err := q.Exec(ctx, `UPDATE proceedings_version SET document = $3, digest = $4 WHERE volume_id = $1 AND number = $2`,
		v.Volume, v.Number, db.JSON(v.Document), v.Document.Digest())
	return err
}

// markOf tells two states of all that is published apart; an erasure changes it as well.
func markOf(ctx context.Context, q db.Querier) (string, error) {
	all, err := db.Collect(func(row db.Scanner) (digest string, err error) { return digest, row.Scan(&digest) })(q.Query(ctx, `
		SELECT volume_id || ' ' || digest FROM proceedings_version ORDER BY volume_id, number`))
	sum := sha256.Sum256([]byte(strings.Join(all, "\n")))
	return hex.EncodeToString(sum[:8]), err
}
