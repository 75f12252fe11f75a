package partner

import (
	"context"
	"errors"
	"time"

	"obrady/internal/db"
	"obrady/internal/edition"
	"obrady/internal/errs"
	"obrady/internal/people"
	"obrady/internal/rights"
)

const allotmentColumns = `workspace_id, seats_each, seats_all, entries, modes, revision, updated_at`

func scanAllotment(row db.Scanner) (a Allotment, err error) {
	return a, row.Scan(&a.Workspace, &a.SeatsEach, &a.SeatsAll, &a.Entries, db.FromJSON(&a.Modes), &a.Revision, &a.UpdatedAt)
}

// FindAllotment returns what a workspace was given; nothing when the host has
// given nothing yet.
func FindAllotment(ctx context.Context, q db.Querier, w rights.WorkspaceID) (Allotment, error) {
	a, err := scanAllotment(q.QueryRow(ctx, `
		SELECT `+allotmentColumns+` FROM allotment WHERE workspace_id = $1`, w))
	if errors.Is(err, db.ErrNoRow) {
		return Allotment{Workspace: w}, nil
	}
	if err != nil {
		return a, err
	}
	a.Windows, err = db.Collect(scanWindow)(q.Query(ctx, `
		SELECT place_id, starts_at, ends_at FROM allotment_window WHERE workspace_id = $1 ORDER BY position`, w))
	return a, err
}

func scanWindow(row db.Scanner) (w Window, err error) {
	return w, row.Scan(&w.Place, &w.Start, &w.End)
}

// writeAllotment writes the first or the next revision; the condition on the one
// before it keeps two organisers from undoing each other's work.
func writeAllotment(ctx context.Context, q db.Querier, a Allotment) error {
	n, err := q.Exec(ctx, `
		INSERT INTO allotment (`+allotmentColumns+`) VALUES ($1, $2, $3, $4, $5, $6, $7)
		ON CONFLICT (workspace_id) DO UPDATE SET seats_each = excluded.seats_each, seats_all = excluded.seats_all,
			entries = excluded.entries, modes = excluded.modes, revision = excluded.revision, updated_at = excluded.updated_at
		WHERE allotment.revision = excluded.revision - 1`,
		a.Workspace, a.SeatsEach, a.SeatsAll, a.Entries, db.JSON(a.Modes), a.Revision, a.UpdatedAt)
	if err != nil {
		return err
	}
	if n == 0 {
		return ErrChanged
	}
	if _, err := q.Exec(ctx, `DELETE FROM allotment_window WHERE workspace_id = $1`, a.Workspace); err != nil {
		return err
	}
	for i, w := range a.Windows {
		if _, err := q.Exec(ctx, `
			INSERT INTO allotment_window (workspace_id, position, place_id, starts_at, ends_at)
			SELECT $1, $2, place.id, $4, $5 FROM place JOIN workspace ON workspace.edition_id = place.edition_id
			WHERE place.id = $3 AND workspace.id = $1`,
			a.Workspace, i, w.Place, w.Start, w.End); err != nil {
			return err
		}
	}
	return sameCount(ctx, q, a)
}

// sameCount refuses windows at places that the edition does not have.
func sameCount(ctx context.Context, q db.Querier, a Allotment) error {
	var n int
	err := q.QueryRow(ctx, `SELECT COUNT(*) FROM allotment_window WHERE workspace_id = $1`, a.Workspace).Scan(&n)
	if err == nil && n != len(a.Windows) {
		var wrong errs.Problems
		wrong.Add("windows", "programme.gone")
		return wrong.Err()
	}
	return err
}

const requestColumns = `id, workspace_id, kind, words, COALESCE(place_id, ''), starts_at, ends_at, amount, mode, state, reason,
	filed_by, filed_at, decided_by, decided_at`

func scanRequest(row db.Scanner) (r Request, err error) {
	var start, end, decided *time.Time
	err = row.Scan(&r.ID, &r.Workspace, &r.Kind, &r.Words, &r.Window.Place, &start, &end, &r.Amount, &r.Mode, &r.State, &r.Reason,
		&r.FiledBy, &r.FiledAt, &r.DecidedBy, &decided)
	r.Window.Start, r.Window.End, r.DecidedAt = db.OrZero(start), db.OrZero(end), db.OrZero(decided)
	return r, err
}

// requestsOf lists the requests of all workspaces of an edition, the latest first.
func requestsOf(ctx context.Context, q db.Querier, of edition.ID) ([]Request, error) {
	return db.Collect(scanRequest)(q.Query(ctx, `
		SELECT `+requestColumns+` FROM partner_request
		WHERE workspace_id IN (SELECT id FROM workspace WHERE edition_id = $1) ORDER BY filed_at DESC, id DESC`, of))
}

func findRequest(ctx context.Context, q db.Querier, request RequestID) (Request, error) {
	r, err := scanRequest(q.QueryRow(ctx, `SELECT `+requestColumns+` FROM partner_request WHERE id = $1`, request))
	if errors.Is(err, db.ErrNoRow) {
		return r, ErrNoRequest
	}
	return r, err
}

func insertRequest(ctx context.Context, q db.Querier, r Request) error {
	_, err := q.Exec(ctx, `
		INSERT INTO partner_request (id, workspace_id, kind, words, place_id, starts_at, ends_at, amount, mode, state, filed_by, filed_at)
		VALUES ($1, $2, $3, $4, NULLIF($5, ''), $6, $7, $8, $9, $10, $11, $12)`,
		r.ID, r.Workspace, r.Kind, r.Words, r.Window.Place, db.OrNull(r.Window.Start), db.OrNull(r.Window.End), r.Amount, r.Mode,
		r.State, r.FiledBy, r.FiledAt)
	return err
}

// settleRequest answers a request that waits. Of two answers at once one counts.
func settleRequest(ctx context.Context, q db.Querier, r Request) error {
	n, err := q.Exec(ctx, `
		UPDATE partner_request SET state = $2, reason = $3, decided_by = $4, decided_at = $5
		WHERE id = $1 AND state = 'waiting'`, r.ID, r.State, r.Reason, r.DecidedBy, r.DecidedAt)
	if err == nil && n == 0 {
		return ErrDecided
	}
	return err
}

const placementColumns = `workspace_id, state, reason, asked_by, asked_at, decided_by, decided_at`

func scanPlacement(row db.Scanner) (p Placement, err error) {
	var decided *time.Time
	err = row.Scan(&p.Workspace, &p.State, &p.Reason, &p.AskedBy, &p.AskedAt, &p.DecidedBy, &decided)
	p.DecidedAt = db.OrZero(decided)
	return p, err
}

// FindPlacement says whether a workspace stands in the main programme; one that
// nobody asked for has no State.
func FindPlacement(ctx context.Context, q db.Querier, w rights.WorkspaceID) (Placement, error) {
	p, err := scanPlacement(q.QueryRow(ctx, `SELECT `+placementColumns+` FROM placement WHERE workspace_id = $1`, w))
	if errors.Is(err, db.ErrNoRow) {
		return Placement{Workspace: w}, nil
	}
	return p, err
}

func placementsOf(ctx context.Context, q db.Querier, of edition.ID) ([]Placement, error) {
	return db.Collect(scanPlacement)(q.Query(ctx, `
		SELECT `+placementColumns+` FROM placement
		WHERE workspace_id IN (SELECT id FROM workspace WHERE edition_id = $1)`, of))
}

// askPlacement notes the question, anew after it was declined.
func askPlacement(ctx context.Context, q db.Querier, p Placement) error {
	n, err := q.Exec(ctx, `
		INSERT INTO placement (workspace_id, state, asked_by, asked_at) VALUES ($1, 'waiting', $2, $3)
		ON CONFLICT (workspace_id) DO UPDATE SET state = excluded.state, asked_by = excluded.asked_by,
			asked_at = excluded.asked_at, decided_by = '', decided_at = NULL
		WHERE placement.state = 'declined'`, p.Workspace, p.AskedBy, p.AskedAt)
	if err == nil && n == 0 {
		return ErrAsked
	}
	return err
}

func settlePlacement(ctx context.Context, q db.Querier, p Placement) error {
	n, err := q.Exec(ctx, `
		UPDATE placement SET state = $2, reason = $3, decided_by = $4, decided_at = $5
		WHERE workspace_id = $1 AND state = 'waiting'`, p.Workspace, p.State, p.Reason, p.DecidedBy, p.DecidedAt)
	if err == nil && n == 0 {
		return ErrNotAsked
	}
	return err
}

const brandColumns = `workspace_id, url, legal, revision, updated_at`

func scanBrand(row db.Scanner) (b Brand, err error) {
	return b, row.Scan(&b.Workspace, &b.URL, db.FromJSON(&b.Legal), &b.Revision, &b.UpdatedAt)
}

// findBrand returns the brand of a workspace; an empty one when it has none yet.
func findBrand(ctx context.Context, q db.Querier, w rights.WorkspaceID) (Brand, error) {
	b, err := scanBrand(q.QueryRow(ctx, `SELECT `+brandColumns+` FROM brand WHERE workspace_id = $1`, w))
	if errors.Is(err, db.ErrNoRow) {
		return Brand{Workspace: w}, nil
	}
	if err != nil {
		return b, err
	}
	b.Marks, err = db.Collect(scanMark)(q.Query(ctx, `
		SELECT id, role, name, url, media_type, image, position FROM brand_mark
		WHERE workspace_id = $1 ORDER BY position, id`, w))
	return b, err
}

// Brands reads the brands of all workspaces of an edition.
func Brands(ctx context.Context, q db.Querier, of edition.ID) ([]Brand, error) {
	all, err := db.Collect(scanBrand)(q.Query(ctx, `
		SELECT `+brandColumns+` FROM brand
		WHERE workspace_id IN (SELECT id FROM workspace WHERE edition_id = $1) ORDER BY workspace_id`, of))
	for i := range all {
		if all[i], err = findBrand(ctx, q, all[i].Workspace); err != nil {
			return nil, err
		}
	}
	return all, err
}

func scanMark(row db.Scanner) (m Mark, err error) {
	return m, row.Scan(&m.ID, &m.Role, db.FromJSON(&m.Name), &m.URL, &m.MediaType, &m.Image, &m.Position)
}

// writeBrand writes the first or the next revision of what b says besides its marks.
func writeBrand(ctx context.Context, q db.Querier, b Brand) error {
	n, err := q.Exec(ctx, `
		INSERT INTO brand (`+brandColumns+`) VALUES ($1, $2, $3, $4, $5)
		ON CONFLICT (workspace_id) DO UPDATE SET url = excluded.url, legal = excluded.legal, revision = excluded.revision,
			updated_at = excluded.updated_at
		WHERE brand.revision = excluded.revision - 1`,
		b.Workspace, b.URL, db.JSON(b.Legal), b.Revision, b.UpdatedAt)
	if err == nil && n == 0 {
		return ErrChanged
	}
	return err
}

// keepVersion keeps the legal text of the brand as it stands from now on, unless it stood so before.
func keepVersion(ctx context.Context, q db.Querier, b Brand, by people.AccountID) error {
	last, err := db.Collect(scanVersion)(q.Query(ctx, `
		SELECT revision, legal, made_at, made_by FROM brand_version WHERE workspace_id = $1
		ORDER BY revision DESC LIMIT 1`, b.Workspace))
	if err != nil || len(last) == 0 && b.Legal.IsZero() || len(last) > 0 && last[0].Legal == b.Legal {
		return err
	}
	_, err = q.Exec(ctx, `
		INSERT INTO brand_version (workspace_id, revision, legal, made_at, made_by) VALUES ($1, $2, $3, $4, $5)`,
		b.Workspace, b.Revision, db.JSON(b.Legal), b.UpdatedAt, by)
	return err
}

func scanVersion(row db.Scanner) (v LegalVersion, err error) {
	return v, row.Scan(&v.Revision, db.FromJSON(&v.Legal), &v.MadeAt, &v.MadeBy)
}

func versionsOf(ctx context.Context, q db.Querier, w rights.WorkspaceID) ([]LegalVersion, error) {
	return db.Collect(scanVersion)(q.Query(ctx, `
		SELECT revision, legal, made_at, made_by FROM brand_version WHERE workspace_id = $1 ORDER BY revision DESC`, w))
}

func insertMark(ctx context.Context, q db.Querier, w rights.WorkspaceID, m Mark) error {
	_, err := q.Exec(ctx, `
		INSERT INTO brand_mark (id, workspace_id, role, name, url, media_type, image, position)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`,
		m.ID, w, m.Role, db.JSON(m.Name), m.URL, m.MediaType, m.Image, m.Position)
	return err
}

func deleteMark(ctx context.Context, q db.Querier, w rights.WorkspaceID, mark string) error {
	n, err := q.Exec(ctx, `DELETE FROM brand_mark WHERE id = $1 AND workspace_id = $2`, mark, w)
	if err == nil && n == 0 {
		return ErrNoMark
	}
	return err
}

func findSpace(ctx context.Context, q db.Querier, w rights.WorkspaceID) (rights.Tree, rights.Space, error) {
	var of edition.ID
	err := q.QueryRow(ctx, `SELECT edition_id FROM workspace WHERE id = $1`, w).Scan(&of)
	if errors.Is(err, db.ErrNoRow) {
		return rights.Tree{}, rights.Space{}, ErrNoWorkspace
	}
	if err != nil {
		return rights.Tree{}, rights.Space{}, err
	}
	tree, err := rights.LoadTree(ctx, q, of)
	space, _ := tree.Space(w)
	return tree, space, err
}

// Check looks for allotments, requests, placements and brands that no rule of
// this package would have let in.
func Check(ctx context.Context, q db.Querier) ([]db.Fault, error) {
	return db.Collect(func(row db.Scanner) (db.Fault, error) {
		f := db.Fault{Package: "partner"}
		return f, row.Scan(&f.What, &f.Row)
	})(q.Query(ctx, `
		SELECT 'an allotted place of another edition', allotment_window.workspace_id FROM allotment_window
			JOIN workspace ON workspace.id = allotment_window.workspace_id
			JOIN place ON place.id = allotment_window.place_id
			WHERE place.edition_id <> workspace.edition_id
		UNION ALL
		SELECT 'a request of no kind', id FROM partner_request
			WHERE kind NOT IN ('hours', 'seats', 'entries', 'mode', 'other')
		UNION ALL
		SELECT 'a request in no state', id FROM partner_request
			WHERE state NOT IN ('waiting', 'accepted', 'declined', 'withdrawn')
		UNION ALL
		SELECT 'an answer without anybody who gave it', id FROM partner_request
			WHERE state <> 'waiting' AND (decided_by = '' OR decided_at IS NULL)
		UNION ALL
		SELECT 'a request declined without a reason', id FROM partner_request WHERE state = 'declined' AND reason = ''
		UNION ALL
		SELECT 'a placement in no state', workspace_id FROM placement
			WHERE state NOT IN ('waiting', 'accepted', 'declined')
		UNION ALL
		SELECT 'a placement of what stands on nothing', placement.workspace_id FROM placement
			JOIN workspace ON workspace.id = placement.workspace_id
			WHERE workspace.block_id IS NULL AND workspace.stage_id IS NULL`))
}
