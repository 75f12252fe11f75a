package admission

import (
	"context"
	"errors"
	"fmt"
	"time"

	"obrady/internal/db"
	"obrady/internal/edition"
	"obrady/internal/programme"
	"obrady/internal/timetable"
)

func findSettings(ctx context.Context, q db.Querier, of edition.ID) (s Settings, err error) {
	err = q.QueryRow(ctx, `
		SELECT edition_id, held, overlap, walking, margin, revision, updated_at FROM admission_settings WHERE edition_id = $1`,
		of).Scan(&s.Edition, &s.Held, &s.Overlap, &s.Walking, &s.Margin, &s.Revision, &s.UpdatedAt)
	if errors.Is(err, db.ErrNoRow) {
		return Settled(of), nil
	}
	return s, err
}

// WriteSettings writes the first revision or the next, or returns ErrChanged.
func WriteSettings(ctx context.Context, q db.Querier, s Settings) error {
	n, err := q.Exec(ctx, `
		INSERT INTO admission_settings (edition_id, held, overlap, walking, margin, revision, updated_at)
		VALUES ($1, $2, $3, $4, $5, $6, $7)
		ON CONFLICT (edition_id) DO UPDATE SET held = excluded.held, overlap = excluded.overlap, walking = excluded.walking,
			margin = excluded.margin, revision = excluded.revision, updated_at = excluded.updated_at
		WHERE admission_settings.revision = excluded.revision - 1`,
		s.Edition, s.Held, s.Overlap, s.Walking, s.Margin, s.Revision, s.UpdatedAt)
	if err == nil && n == 0 {
		return ErrChanged
	}
	return err
}

// hasRegistration says whether people register for the edition.
func hasRegistration(ctx context.Context, q db.Querier, of edition.ID) (bool, error) {
	var n int
	err := q.QueryRow(ctx, `SELECT COUNT(*) FROM registration_settings WHERE edition_id = $1`, of).Scan(&n)
	return n > 0, err
}

const windowColumns = `id, edition_id, workspace_id, name, mode, opens_at, decides_at, announces_at, closes_at, waiting,
	sure_hours, offer_minutes, door_hours, decided_at, revision, updated_at`

func scanWindow(row db.Scanner) (w Window, err error) {
	var decides, announces, decided *time.Time
	err = row.Scan(&w.ID, &w.Edition, &w.Workspace, db.FromJSON(&w.Name), &w.Mode, &w.OpensAt, &decides, &announces, &w.ClosesAt,
		&w.Waiting, &w.SureHours, &w.OfferMinutes, &w.DoorHours, &decided, &w.Revision, &w.UpdatedAt)
	w.DecidesAt, w.AnnouncesAt, w.DecidedAt = db.OrZero(decides), db.OrZero(announces), db.OrZero(decided)
	return w, err
}

func windowsOf(ctx context.Context, q db.Querier, of edition.ID) ([]Window, error) {
	return db.Collect(scanWindow)(q.Query(ctx, `
		SELECT `+windowColumns+` FROM admission_window WHERE edition_id = $1 ORDER BY opens_at, id`, of))
}

// WriteWindow writes the first revision or the next, or returns ErrChanged.
func WriteWindow(ctx context.Context, q db.Querier, w Window) error {
	n, err := q.Exec(ctx, `
		INSERT INTO admission_window (`+windowColumns+`)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16)
		ON CONFLICT (id) DO UPDATE SET name = excluded.name, mode = excluded.mode, opens_at = excluded.opens_at,
			decides_at = excluded.decides_at, announces_at = excluded.announces_at, closes_at = excluded.closes_at,
			waiting = excluded.waiting, sure_hours = excluded.sure_hours, offer_minutes = excluded.offer_minutes,
			door_hours = excluded.door_hours, decided_at = excluded.decided_at, revision = excluded.revision,
			updated_at = excluded.updated_at
		WHERE admission_window.revision = excluded.revision - 1`,
		w.ID, w.Edition, w.Workspace, db.JSON(w.Name), w.Mode, w.OpensAt, db.OrNull(w.DecidesAt), db.OrNull(w.AnnouncesAt), w.ClosesAt,
		w.Waiting, w.SureHours, w.OfferMinutes, w.DoorHours, db.OrNull(w.DecidedAt), w.Revision, w.UpdatedAt)
	if err == nil && n == 0 {
		return ErrChanged
	}
	return err
}

func scanOffer(row db.Scanner) (o Offer, err error) {
	var starts *time.Time
	err = row.Scan(&o.Session, &o.Edition, &o.Window, &o.Slug, db.FromJSON(&o.Title), &o.Format, &o.Block, db.FromJSON(&o.Hours), &starts,
		&o.Cancelled, &o.Waiting, &o.Revision, &o.UpdatedAt)
	o.StartsAt = db.OrZero(starts)
	return o, err
}

func offersOf(ctx context.Context, q db.Querier, of edition.ID) ([]Offer, error) {
	return db.Collect(scanOffer)(q.Query(ctx, `
		SELECT s.session_id, s.edition_id, s.window_id, session.slug, session.title, session.format, session.block_id, s.hours,
			s.starts_at, s.cancelled, s.waiting, s.revision, s.updated_at
		FROM admission_session AS s JOIN session ON session.id = s.session_id
		WHERE s.edition_id = $1 ORDER BY s.starts_at NULLS LAST, session.slug`, of))
}

// WriteOffer writes the first revision or the next, or returns ErrChanged. How
// many wait is not its business.
func WriteOffer(ctx context.Context, q db.Querier, o Offer) error {
	n, err := q.Exec(ctx, `
		INSERT INTO admission_session (session_id, edition_id, window_id, hours, starts_at, cancelled, waiting, revision, updated_at)
		VALUES ($1, $2, $3, $4, $5, $6, 0, $7, $8)
		ON CONFLICT (session_id) DO UPDATE SET window_id = excluded.window_id, hours = excluded.hours,
			starts_at = excluded.starts_at, cancelled = excluded.cancelled, revision = excluded.revision,
			updated_at = excluded.updated_at
		WHERE admission_session.revision = excluded.revision - 1`,
		o.Session, o.Edition, o.Window, db.JSON(o.Hours), db.OrNull(o.StartsAt), o.Cancelled, o.Revision, o.UpdatedAt)
	if err == nil && n == 0 {
		return ErrChanged
	}
	return err
}

// pooled is a pool with the session it belongs to.
type pooled struct {
	session programme.SessionID
	Pool
}

const poolColumns = `p.session_id, p.number, p.kind, p.target, p.name, p.capacity, p.taken`

func scanPool(row db.Scanner) (p pooled, err error) {
	return p, row.Scan(&p.session, &p.Number, &p.Kind, &p.Target, db.FromJSON(&p.Name), &p.Capacity, &p.Taken)
}

func poolsOf(ctx context.Context, q db.Querier, of edition.ID) ([]pooled, error) {
	return db.Collect(scanPool)(q.Query(ctx, `
		SELECT `+poolColumns+` FROM admission_pool AS p JOIN admission_session AS s ON s.session_id = p.session_id
		WHERE s.edition_id = $1 ORDER BY p.session_id, p.number`, of))
}

// PoolsOf returns the pools of a session with what is taken of them now.
func PoolsOf(ctx context.Context, q db.Querier, session programme.SessionID) (pools []Pool, err error) {
	all, err := db.Collect(scanPool)(q.Query(ctx, `
		SELECT `+poolColumns+` FROM admission_pool AS p WHERE p.session_id = $1 ORDER BY p.number`, session))
	for _, one := range all {
		pools = append(pools, one.Pool)
	}
	return pools, err
}

// WritePool writes a pool, whose capacity must not fall below what is taken; it
// returns ErrTaken if it would.
func WritePool(ctx context.Context, q db.Querier, session programme.SessionID, p Pool) error {
	n, err := q.Exec(ctx, `
		INSERT INTO admission_pool (session_id, number, kind, target, name, capacity, taken) VALUES ($1, $2, $3, $4, $5, $6, 0)
		ON CONFLICT (session_id, number) DO UPDATE SET kind = excluded.kind, target = excluded.target, name = excluded.name,
			capacity = excluded.capacity
		WHERE admission_pool.taken <= excluded.capacity`,
		session, p.Number, p.Kind, p.Target, db.JSON(p.Name), p.Capacity)
	if err == nil && n == 0 {
		return ErrTaken
	}
	return err
}

// DeletePool takes out a pool of which nothing is taken, or returns ErrTaken.
func DeletePool(ctx context.Context, q db.Querier, session programme.SessionID, number int) error {
	n, err := q.Exec(ctx, `DELETE FROM admission_pool WHERE session_id = $1 AND number = $2 AND taken = 0`, session, number)
	if err == nil && n == 0 {
		return ErrTaken
	}
	return err
}

const ruleColumns = `id, edition_id, workspace_id, kind, most, about, keys, name, updated_at`

func scanRule(row db.Scanner) (r Rule, err error) {
	return r, row.Scan(&r.ID, &r.Edition, &r.Workspace, &r.Kind, &r.Most, &r.Over, db.FromJSON(&r.Keys), db.FromJSON(&r.Name), &r.UpdatedAt)
}

func rulesOf(ctx context.Context, q db.Querier, of edition.ID) ([]Rule, error) {
	return db.Collect(scanRule)(q.Query(ctx, `
		SELECT `+ruleColumns+` FROM admission_rule WHERE edition_id = $1 ORDER BY id`, of))
}

// WriteRule writes a rule, or writes it anew.
func WriteRule(ctx context.Context, q db.Querier, r Rule) error {
	_, err := q.Exec(ctx, `
		INSERT INTO admission_rule (`+ruleColumns+`) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
		ON CONFLICT (id) DO UPDATE SET kind = excluded.kind, most = excluded.most, about = excluded.about, keys = excluded.keys,
			name = excluded.name, updated_at = excluded.updated_at`,
		r.ID, r.Edition, r.Workspace, r.Kind, r.Most, r.Over, db.JSON(r.Keys), db.JSON(r.Name), r.UpdatedAt)
	return err
}

// parentsOf says in which block each block lies.
func parentsOf(ctx context.Context, q db.Querier, of edition.ID) (map[programme.BlockID]programme.BlockID, error) {
	type pair struct{ block, parent programme.BlockID }
	all, err := db.Collect(func(row db.Scanner) (p pair, err error) {
		return p, row.Scan(&p.block, &p.parent)
	})(q.Query(ctx, `SELECT id, COALESCE(parent_id, '') FROM block WHERE edition_id = $1`, of))
	parents := map[programme.BlockID]programme.BlockID{}
	for _, p := range all {
		parents[p.block] = p.parent
	}
	return parents, err
}

// walksOf reads the walks between places, either way.
func walksOf(ctx context.Context, q db.Querier, of edition.ID) (map[[2]timetable.PlaceID]int, error) {
	all, err := db.Collect(func(row db.Scanner) (w timetable.Walk, err error) {
		return w, row.Scan(&w.From, &w.To, &w.Minutes)
	})(q.Query(ctx, `
		SELECT walk.from_id, walk.to_id, walk.minutes FROM walk JOIN place ON place.id = walk.from_id WHERE place.edition_id = $1`, of))
	walks := map[[2]timetable.PlaceID]int{}
	for _, w := range all {
		walks[[2]timetable.PlaceID{w.From, w.To}] = w.Minutes
		walks[[2]timetable.PlaceID{w.To, w.From}] = w.Minutes
	}
	if err != nil {
		return nil, fmt.Errorf("read walks: %w", err)
	}
	return walks, nil
}

// RemoveWindow deletes a window. One with sessions in it is db.ErrMissing.
func RemoveWindow(ctx context.Context, q db.Querier, window WindowID) error {
	_, err := q.Exec(ctx, `DELETE FROM admission_window WHERE id = $1`, window)
	return err
}

// RemoveOffer deletes a session with its pools. One that somebody has had a seat
// of is db.ErrMissing.
func RemoveOffer(ctx context.Context, q db.Querier, session programme.SessionID) error {
	_, err := q.Exec(ctx, `DELETE FROM admission_session WHERE session_id = $1`, session)
	return err
}

// RemoveRule deletes a rule.
func RemoveRule(ctx context.Context, q db.Querier, rule RuleID) error {
	_, err := q.Exec(ctx, `DELETE FROM admission_rule WHERE id = $1`, rule)
	return err
}

// EditionOf returns the edition of a session that one signs up for, or db.ErrNoRow.
func EditionOf(ctx context.Context, q db.Querier, session programme.SessionID) (of edition.ID, err error) {
	err = q.QueryRow(ctx, `SELECT edition_id FROM admission_session WHERE session_id = $1`, session).Scan(&of)
	return of, err
}

// FindWindow returns a window, or ErrNoWindow.
func FindWindow(ctx context.Context, q db.Querier, window WindowID) (Window, error) {
	w, err := scanWindow(q.QueryRow(ctx, `SELECT `+windowColumns+` FROM admission_window WHERE id = $1`, window))
	if errors.Is(err, db.ErrNoRow) {
		return w, ErrNoWindow
	}
	return w, err
}
