package practice

import (
	"context"
	"errors"
	"time"

	"obrady/internal/db"
	"obrady/internal/edition"
	"obrady/internal/id"
	"obrady/internal/people"
)

const practiceColumns = `p.id, p.edition_id, p.slug, p.state, p.origin_kind, p.origin_id, p.content,
	COALESCE(p.contact_account, ''), COALESCE(account.email, ''), p.contact_name, p.contact_office,
	p.release, p.published_at, p.check_at, p.asked_at, p.revision, p.updated_at`

func scanPractice(row db.Scanner) (p Practice, err error) {
	var published, check, asked *time.Time
	err = row.Scan(&p.ID, &p.Edition, &p.Slug, &p.State, &p.Origin.Kind, &p.Origin.ID, db.FromJSON(&p.Content),
		&p.Contact.Account, &p.Contact.Email, &p.Contact.Name, &p.Contact.Office,
		&p.Release, &published, &check, &asked, &p.Revision, &p.UpdatedAt)
	p.PublishedAt, p.CheckAt, p.AskedAt = db.OrZero(published), db.OrZero(check), db.OrZero(asked)
	return p, err
}

// FindPractice returns a practice as its editors keep it, or ErrNone.
func FindPractice(ctx context.Context, q db.Querier, practice ID) (Practice, error) {
	p, err := scanPractice(q.QueryRow(ctx, `
		SELECT `+practiceColumns+` FROM practice AS p LEFT JOIN account ON account.id = p.contact_account
		WHERE p.id = $1`, practice))
	if errors.Is(err, db.ErrNoRow) {
		return p, ErrNone
	}
	return p, err
}

func practicesOf(ctx context.Context, q db.Querier, of edition.ID) ([]Practice, error) {
	return db.Collect(scanPractice)(q.Query(ctx, `
		SELECT `+practiceColumns+` FROM practice AS p LEFT JOIN account ON account.id = p.contact_account
		WHERE p.edition_id = $1 ORDER BY p.updated_at DESC, p.id`, of))
}

// duePractices lists the published practices whose check is due and of which nobody has been reminded since before.
func duePractices(ctx context.Context, q db.Querier, now, before time.Time) ([]Practice, error) {
	return db.Collect(scanPractice)(q.Query(ctx, `
		SELECT `+practiceColumns+` FROM practice AS p LEFT JOIN account ON account.id = p.contact_account
		WHERE p.state = 'published' AND p.check_at <= $1 AND (p.asked_at IS NULL OR p.asked_at <= $2)
		ORDER BY p.check_at, p.id`, now, before))
}

// writePractice writes the first revision or the next, or returns ErrChanged. What was published stays as it is.
func writePractice(ctx context.Context, q db.Querier, p Practice) error {
	n, err := q.Exec(ctx, `
		INSERT INTO practice (id, edition_id, slug, state, institution_id, origin_kind, origin_id, content, contact_account, contact_name,
			contact_office, revision, updated_at)
		VALUES ($1, $2, $3, $4, NULLIF($5, ''), $6, $7, $8, NULLIF($9, ''), $10, $11, $12, $13)
		ON CONFLICT (id) DO UPDATE
		SET slug = excluded.slug, institution_id = excluded.institution_id, content = excluded.content,
			contact_account = excluded.contact_account, contact_name = excluded.contact_name, contact_office = excluded.contact_office,
			revision = excluded.revision, updated_at = excluded.updated_at
		WHERE practice.revision = excluded.revision - 1 AND practice.edition_id = excluded.edition_id`,
		p.ID, p.Edition, p.Slug, p.State, p.Register, p.Origin.Kind, p.Origin.ID, db.JSON(p.Content), p.Contact.Account, p.Contact.Name,
		p.Contact.Office, p.Revision, p.UpdatedAt)
	if err == nil && n == 0 {
		return ErrChanged
	}
	return err
}

// publish makes the revision of a practice that was read the next release, or returns ErrChanged.
func publish(ctx context.Context, q db.Querier, p Practice, by people.AccountID) error {
	n, err := q.Exec(ctx, `
		UPDATE practice SET state = 'published', release = $3, published_at = $4, check_at = $5, asked_at = NULL
		WHERE id = $1 AND revision = $2 AND release = $3 - 1`, p.ID, p.Revision, p.Release, p.PublishedAt, p.CheckAt)
	if err != nil {
		return err
	}
	if n == 0 {
		return ErrChanged
	}
	_, err = q.Exec(ctx, `
		INSERT INTO practice_release (practice_id, number, content, published_at, published_by) VALUES ($1, $2, $3, $4, $5)`,
		p.ID, p.Release, db.JSON(p.Content), p.PublishedAt, by)
	return err
}

// setCheck moves the date of the next check of a published practice, or returns ErrNotYet.
func setCheck(ctx context.Context, q db.Querier, practice ID, at time.Time) error {
	n, err := q.Exec(ctx, `UPDATE practice SET check_at = $2, asked_at = NULL WHERE id = $1 AND state = 'published'`, practice, at)
	if err == nil && n == 0 {
		return ErrNotYet
	}
	return err
}

// noteAsked says whether the reminder is this one's to send.
func noteAsked(ctx context.Context, q db.Querier, practice ID, now, before time.Time) (bool, error) {
	n, err := q.Exec(ctx, `
		UPDATE practice SET asked_at = $2
		WHERE id = $1 AND state = 'published' AND (asked_at IS NULL OR asked_at <= $3)`, practice, now, before)
	return n > 0, err
}

// setState moves a practice from one state to another, or returns ErrChanged.
func setState(ctx context.Context, q db.Querier, practice ID, from, to State) error {
	n, err := q.Exec(ctx, `UPDATE practice SET state = $3 WHERE id = $1 AND state = $2`, practice, from, to)
	if err == nil && n == 0 {
		return ErrChanged
	}
	return err
}

// insertPicture keeps the bytes of a picture. What is said about it stands in the content.
func insertPicture(ctx context.Context, q db.Querier, practice ID, one Image, at time.Time) error {
	_, err := q.Exec(ctx, `
		INSERT INTO practice_picture (id, practice_id, media_type, image, added_at) VALUES ($1, $2, $3, $4, $5)`,
		one.ID, practice, one.Type, one.Bytes, at)
	return err
}

func findImage(ctx context.Context, q db.Querier, picture string) (one Image, err error) {
	err = q.QueryRow(ctx, `
		SELECT id, practice_id, media_type, image FROM practice_picture WHERE id = $1`, picture).Scan(&one.ID, &one.Practice, &one.Type, &one.Bytes)
	if errors.Is(err, db.ErrNoRow) {
		return one, ErrNoPicture
	}
	return one, err
}

// Step is something that was done with a practice, an adoption or a story.
type Step struct {
	Object string
	At     time.Time
	Actor  people.AccountID
	What   Action
	Reason string
}

// Action is what a step was.
type Action string

// Key names the sentence that says what was done.
// key: practice.step.*
func (a Action) Key() string { return "practice.step." + string(a) }

func insertStep(ctx context.Context, q db.Querier, s Step) error {
	_, err := q.Exec(ctx, `
		INSERT INTO practice_step (id, object, at, actor, step, reason) VALUES ($1, $2, $3, $4, $5, $6)`,
		id.New(), s.Object, s.At, s.Actor, s.What, s.Reason)
	return err
}

func stepsOf(ctx context.Context, q db.Querier, object string) ([]Step, error) {
	return db.Collect(func(row db.Scanner) (s Step, err error) {
		return s, row.Scan(&s.Object, &s.At, &s.Actor, &s.What, &s.Reason)
	})(q.Query(ctx, `SELECT object, at, actor, step, reason FROM practice_step WHERE object = $1 ORDER BY at, id`, object))
}

// renewShelf makes every instance read again what the public sees of an edition.
func renewShelf(ctx context.Context, q db.Querier, of edition.ID) error {
	_, err := q.Exec(ctx, `
		INSERT INTO practice_shelf (edition_id, revision) VALUES ($1, 1)
		ON CONFLICT (edition_id) DO UPDATE SET revision = practice_shelf.revision + 1`, of)
	return err
}
