package registration

import (
	"context"
	"errors"
	"time"

	"obrady/internal/db"
	"obrady/internal/edition"
	"obrady/internal/id"
	"obrady/internal/people"
)

const settingsColumns = `edition_id, opens_at, closes_at, seats, taken, note, tally, revision, updated_at`

func scanSettings(row db.Scanner) (s Settings, err error) {
	var closes *time.Time
	err = row.Scan(&s.Edition, &s.OpensAt, &closes, &s.Seats, &s.Taken, db.FromJSON(&s.Note), db.FromJSON(&s.Tally),
		&s.Revision, &s.UpdatedAt)
	if closes != nil {
		s.ClosesAt = *closes
	}
	return s, err
}

// FindSettings returns the rules of an edition's registration; those of
// Revision 0 where there is none.
func FindSettings(ctx context.Context, q db.Querier, of edition.ID) (Settings, error) {
	s, err := scanSettings(q.QueryRow(ctx, `
		SELECT `+settingsColumns+` FROM registration_settings WHERE edition_id = $1`, of))
	if errors.Is(err, db.ErrNoRow) {
		return Settings{Edition: of}, nil
	}
	return s, err
}

// writeSettings writes the first revision or the next. Seats that are taken
// are not its business.
func writeSettings(ctx context.Context, q db.Querier, s Settings) error {
	n, err := q.Exec(ctx, `
		INSERT INTO registration_settings (`+settingsColumns+`) VALUES ($1, $2, $3, $4, 0, $5, $6, $7, $8)
		ON CONFLICT (edition_id) DO UPDATE SET opens_at = excluded.opens_at, closes_at = excluded.closes_at,
			seats = excluded.seats, note = excluded.note, revision = excluded.revision, updated_at = excluded.updated_at
		WHERE registration_settings.revision = excluded.revision - 1`,
		s.Edition, s.OpensAt, db.OrNull(s.ClosesAt), s.Seats, db.JSON(s.Note), db.JSON(s.Tally), s.Revision, s.UpdatedAt)
	if err == nil && n == 0 {
		return ErrChanged
	}
	return err
}

// claimSeat counts one more seat as taken for who comes on site, or returns
// ErrFull. The condition is in the statement, so that two claims for the last
// seat cannot both succeed.
func claimSeat(ctx context.Context, q db.Querier, p Participant) error {
	if p.Form != edition.OnSite {
		return nil
	}
	n, err := q.Exec(ctx, `
		UPDATE registration_settings SET taken = taken + 1
		WHERE edition_id = $1 AND (seats = 0 OR taken < seats)`, p.Edition)
	if err == nil && n == 0 {
		return ErrFull
	}
	return err
}

// releaseSeat gives the seat of p back.
func releaseSeat(ctx context.Context, q db.Querier, p Participant) error {
	if p.Form != edition.OnSite {
		return nil
	}
	_, err := q.Exec(ctx, `
		UPDATE registration_settings SET taken = taken - 1 WHERE edition_id = $1 AND taken > 0`, p.Edition)
	return err
}

const participantColumns = `participant.id, participant.edition_id, participant.account_id, account.email, participant.form,
	participant.badge, COALESCE(participant.institution_id, ''), participant.affiliation, participant.city,
	participant.sector, participant.state, participant.told, participant.registered_at,
	participant.cancelled_at, participant.revision, participant.updated_at`

const participantFrom = ` FROM participant JOIN account ON account.id = participant.account_id`

func scanParticipant(row db.Scanner) (p Participant, err error) {
	var cancelled *time.Time
	err = row.Scan(&p.ID, &p.Edition, &p.Account, &p.Email, &p.Form, &p.Badge, &p.Institution, &p.Affiliation, &p.City,
		&p.Sector, &p.State, db.FromJSON(&p.Told), &p.RegisteredAt, &cancelled, &p.Revision, &p.UpdatedAt)
	if cancelled != nil {
		p.CancelledAt = *cancelled
	}
	return p, err
}

// participants lists everybody who registered for an edition, also those who
// have left.
func participants(ctx context.Context, q db.Querier, in edition.ID) ([]Participant, error) {
	return db.Collect(scanParticipant)(q.Query(ctx, `
		SELECT `+participantColumns+participantFrom+` WHERE participant.edition_id = $1
		ORDER BY participant.registered_at, participant.id`, in))
}

func findOwn(ctx context.Context, q db.Querier, account people.AccountID, in edition.ID) (Participant, error) {
	return one(q.QueryRow(ctx, `
		SELECT `+participantColumns+participantFrom+`
		WHERE participant.account_id = $1 AND participant.edition_id = $2`, account, in))
}

// FindParticipant returns a registration by its id, or ErrNotRegistered.
func FindParticipant(ctx context.Context, q db.Querier, participant ID) (Participant, error) {
	return one(q.QueryRow(ctx, `
		SELECT `+participantColumns+participantFrom+` WHERE participant.id = $1`, participant))
}

func one(row db.Scanner) (Participant, error) {
	p, err := scanParticipant(row)
	if errors.Is(err, db.ErrNoRow) {
		return p, ErrNotRegistered
	}
	return p, err
}

func insertParticipant(ctx context.Context, q db.Querier, p Participant) error {
	_, err := q.Exec(ctx, `
		INSERT INTO participant (id, edition_id, account_id, form, badge, institution_id, affiliation, city, sector, state,
			told, registered_at, cancelled_at, revision, updated_at)
		VALUES ($1, $2, $3, $4, $5, NULLIF($6, ''), $7, $8, $9, $10, $11, $12, $13, $14, $15)`,
		p.ID, p.Edition, p.Account, p.Form, p.Badge, p.Institution, p.Affiliation, p.City, p.Sector, p.State,
		db.JSON(p.Told), p.RegisteredAt, db.OrNull(p.CancelledAt), p.Revision, p.UpdatedAt)
	if err != nil {
		return err
	}
	return noteChange(ctx, q, p.Edition)
}

// noteChange says that something about who takes part has changed; see Changes.
func noteChange(ctx context.Context, q db.Querier, in edition.ID) error {
	_, err := q.Exec(ctx, `UPDATE registration_settings SET changes = changes + 1 WHERE edition_id = $1`, in)
	return err
}

// Changes counts the changes to who takes part in an edition, so that what
// somebody remembers of its participants holds as long as the number is the same.
// It is false where the edition has no registration.
func Changes(ctx context.Context, q db.Querier, in edition.ID) (n int64, has bool, err error) {
	err = q.QueryRow(ctx, `SELECT changes FROM registration_settings WHERE edition_id = $1`, in).Scan(&n)
	if errors.Is(err, db.ErrNoRow) {
		return 0, false, nil
	}
	return n, err == nil, err
}

// updateParticipant writes the next revision; the condition on the one before it
// lets a change be made once.
func updateParticipant(ctx context.Context, q db.Querier, p Participant) error {
	n, err := q.Exec(ctx, `
		UPDATE participant SET form = $2, badge = $3, institution_id = NULLIF($4, ''), affiliation = $5, city = $6,
			sector = $7, state = $8, told = $9, registered_at = $10, cancelled_at = $11, revision = $12, updated_at = $13
		WHERE id = $1 AND revision = $12 - 1`,
		p.ID, p.Form, p.Badge, p.Institution, p.Affiliation, p.City, p.Sector, p.State, db.JSON(p.Told), p.RegisteredAt,
		db.OrNull(p.CancelledAt), p.Revision, p.UpdatedAt)
	if err == nil && n == 0 {
		return ErrChanged
	}
	if err != nil {
		return err
	}
	return noteChange(ctx, q, p.Edition)
}

func scanNeeds(row db.Scanner) (n Needs, err error) {
	return n, row.Scan(db.FromJSON(&n.Kinds), &n.Note, &n.SavedAt)
}

// findNeeds returns what a participant needs; nothing where nothing was said.
func findNeeds(ctx context.Context, q db.Querier, participant ID) (Needs, error) {
	n, err := scanNeeds(q.QueryRow(ctx, `
		SELECT kinds, note, saved_at FROM participant_need WHERE participant_id = $1`, participant))
	if errors.Is(err, db.ErrNoRow) {
		return Needs{}, nil
	}
	return n, err
}

func replaceNeeds(ctx context.Context, q db.Querier, participant ID, n Needs) error {
	_, err := q.Exec(ctx, `
		INSERT INTO participant_need (participant_id, kinds, note, saved_at) VALUES ($1, $2, $3, $4)
		ON CONFLICT (participant_id) DO UPDATE SET kinds = excluded.kinds, note = excluded.note, saved_at = excluded.saved_at`,
		participant, db.JSON(n.Kinds), n.Note, n.SavedAt)
	return err
}

func deleteNeeds(ctx context.Context, q db.Querier, participant ID) error {
	_, err := q.Exec(ctx, `DELETE FROM participant_need WHERE participant_id = $1`, participant)
	return err
}

// countLook notes one more look by the account, and returns how many it has had
// since then.
func countLook(ctx context.Context, q db.Querier, by people.AccountID, now, since time.Time) (n int, err error) {
	if _, err := q.Exec(ctx, `
		INSERT INTO participant_lookup (id, account_id, looked_at) VALUES ($1, $2, $3)`, id.New(), by, now); err != nil {
		return 0, err
	}
	return n, q.QueryRow(ctx, `
		SELECT COUNT(*) FROM participant_lookup WHERE account_id = $1 AND looked_at > $2`, by, since).Scan(&n)
}
