package registration

import (
	"context"
	"fmt"
	"slices"
	"time"

	"obrady/internal/civil"
	"obrady/internal/db"
	"obrady/internal/edition"
	"obrady/internal/people"
)

// Collect gives everything that is kept about somebody's taking part.
func Collect(ctx context.Context, q db.Querier, s people.Subject) (people.Extract, error) {
	out := people.Extract{Part: "registration.data.part"}
	own, err := ownOf(ctx, q, s.Account)
	if err != nil {
		return out, fmt.Errorf("collect registrations: %w", err)
	}
	for _, p := range own {
		row := map[string]any{
			"edition": p.Edition, "form": p.Form, "badge": p.Badge, "institution": p.Affiliation, "city": p.City,
			"sector": p.Sector, "state": p.State, "registered_at": p.RegisteredAt, "told": p.Told,
		}
		if !p.CancelledAt.IsZero() {
			row["cancelled_at"] = p.CancelledAt
		}
		needs, err := findNeeds(ctx, q, p.ID)
		if err != nil {
			return out, fmt.Errorf("collect needs: %w", err)
		}
		if !needs.Empty() {
			row["needs"], row["needs_note"], row["needs_saved_at"] = needs.Kinds, needs.Note, needs.SavedAt
		}
		out.Rows = append(out.Rows, row)
	}
	return out, nil
}

// Erase takes somebody off every list, and what they needed with it. Nothing of
// it stays.
func Erase(ctx context.Context, tx *db.Tx, s people.Subject, _ time.Time) ([]people.Outcome, error) {
	own, err := ownOf(ctx, tx, s.Account)
	if err != nil {
		return nil, fmt.Errorf("erase registrations: %w", err)
	}
	done := people.Outcome{Part: "registration.data.part"}
	for _, p := range own {
		if p.State == Registered {
			if err := releaseSeat(ctx, tx, p); err != nil {
				return nil, fmt.Errorf("erase registrations: %w", err)
			}
		}
		if err := forget(ctx, tx, p); err != nil {
			return nil, fmt.Errorf("erase registrations: %w", err)
		}
		done.Gone++
	}
	if _, err := tx.Exec(ctx, `DELETE FROM participant_lookup WHERE account_id = $1`, s.Account); err != nil {
		return nil, fmt.Errorf("erase looks at the door: %w", err)
	}
	return []people.Outcome{done}, nil
}

func ownOf(ctx context.Context, q db.Querier, account people.AccountID) ([]Participant, error) {
	return db.Collect(scanParticipant)(q.Query(ctx, `
		SELECT `+participantColumns+participantFrom+`
		WHERE participant.account_id = $1 ORDER BY participant.registered_at, participant.id`, account))
}

func forget(ctx context.Context, q db.Querier, p Participant) error {
	if err := deleteNeeds(ctx, q, p.ID); err != nil {
		return err
	}
	if _, err := q.Exec(ctx, `DELETE FROM participant WHERE id = $1`, p.ID); err != nil {
		return err
	}
	return noteChange(ctx, q, p.Edition)
}

// ForgetNeeds forgets what people needed at editions that ended before day, but
// nothing of those who are held, and returns how many rows that were.
func ForgetNeeds(ctx context.Context, tx *db.Tx, day civil.Date, held ...people.AccountID) (int64, error) {
	spared, args := db.Spare("participant.account_id", 2, held)
	n, err := tx.Exec(ctx, `
		DELETE FROM participant_need WHERE participant_id IN (
			SELECT participant.id FROM participant JOIN edition ON edition.id = participant.edition_id
			WHERE edition.ends_on < $1 AND `+spared+`)`, append([]any{day}, args...)...)
	if err != nil {
		return 0, fmt.Errorf("forget needs: %w", err)
	}
	return n, nil
}

// ForgetLists forgets who took part in editions that ended before day, but
// nobody who is held, keeps how many there were, and returns how many rows went.
func ForgetLists(ctx context.Context, tx *db.Tx, day civil.Date, held ...people.AccountID) (gone int64, err error) {
	editions, err := edition.Editions(ctx, tx)
	if err != nil {
		return 0, fmt.Errorf("forget lists: %w", err)
	}
	for _, e := range editions {
		if e.EndsOn >= day {
			continue
		}
		n, err := forgetList(ctx, tx, e.ID, held)
		if err != nil {
			return 0, fmt.Errorf("forget the list of %s: %w", e.Slug, err)
		}
		gone += n
	}
	return gone, nil
}

func forgetList(ctx context.Context, tx *db.Tx, in edition.ID, held []people.AccountID) (int64, error) {
	all, err := participants(ctx, tx, in)
	if err != nil {
		return 0, err
	}
	staying, going := []Participant{}, []Participant{}
	for _, p := range all {
		if slices.Contains(held, p.Account) {
			staying = append(staying, p)
		} else {
			going = append(going, p)
		}
	}
	if len(going) == 0 {
		return 0, nil
	}
	set, err := FindSettings(ctx, tx, in)
	if err != nil {
		return 0, err
	}
	if set.Tally == (Tally{}) { // else the list went before, and only those who were held are left
		set.Tally = count(all)
	}
	if _, err := tx.Exec(ctx, `
		UPDATE registration_settings SET tally = $2, taken = $3 WHERE edition_id = $1`, in, db.JSON(set.Tally), count(staying).OnSite); err != nil {
		return 0, err
	}
	for _, p := range going {
		if err := forget(ctx, tx, p); err != nil {
			return 0, err
		}
	}
	return int64(len(going)), nil
}

// SweepLooks forgets who looked up names at the door before olderThan, and
// returns how many rows went; the journal keeps that they looked.
func SweepLooks(ctx context.Context, q db.Querier, olderThan time.Time) (int64, error) {
	return q.Exec(ctx, `DELETE FROM participant_lookup WHERE looked_at < $1`, olderThan)
}

// Check looks for registrations that no rule of this package would have let in:
// seats that do not fit the list, needs without a consent, unknown words.
func Check(ctx context.Context, q db.Querier) ([]db.Fault, error) {
	faults, err := db.Collect(func(row db.Scanner) (db.Fault, error) {
		f := db.Fault{Package: "registration"}
		return f, row.Scan(&f.What, &f.Row)
	})(q.Query(ctx, `
		SELECT 'seats counted and seats taken differ', 'registration_settings ' || registration_settings.edition_id
		FROM registration_settings
		WHERE registration_settings.taken <> (
			SELECT COUNT(*) FROM participant
			WHERE participant.edition_id = registration_settings.edition_id AND participant.form = 'on_site'
				AND participant.state = 'registered')
		UNION ALL
		SELECT 'on the list of an edition without registration', 'participant ' || participant.id FROM participant
		WHERE NOT EXISTS (SELECT 1 FROM registration_settings WHERE registration_settings.edition_id = participant.edition_id)
		UNION ALL
		SELECT 'in an unknown state, or in both', 'participant ' || participant.id FROM participant
		WHERE participant.state NOT IN ('registered', 'cancelled')
			OR (participant.state = 'cancelled') <> (participant.cancelled_at IS NOT NULL)
		UNION ALL
		SELECT 'takes part in no known form', 'participant ' || participant.id FROM participant
		WHERE participant.form NOT IN ('on_site', 'online')
		UNION ALL
		SELECT 'has no name on the badge', 'participant ' || participant.id FROM participant WHERE participant.badge = ''
		UNION ALL
		SELECT 'needs kept without a consent', 'participant_need ' || participant_need.participant_id
		FROM participant_need JOIN participant ON participant.id = participant_need.participant_id
		WHERE NOT EXISTS (
			SELECT 1 FROM consent JOIN clause ON clause.id = consent.clause_id
			WHERE consent.account_id = participant.account_id AND clause.edition_id = participant.edition_id
				AND clause.allows = 'needs' AND consent.withdrawn_at IS NULL)`))
	if err != nil {
		return nil, fmt.Errorf("check registrations: %w", err)
	}
	return faults, nil
}
