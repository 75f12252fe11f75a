package practice

import (
	"context"
	"fmt"
	"time"

	"obrady/internal/db"
	"obrady/internal/people"
)

// Collect gives what is kept of somebody: practices whose contact they are, adoptions
// they answer for, and their own stories with every word.
func Collect(ctx context.Context, q db.Querier, s people.Subject) (people.Extract, error) {
	out := people.Extract{Part: "practice.data.part"}
	contacts, err := db.Collect(func(row db.Scanner) (map[string]any, error) {
		var content Content
		var name, office string
		err := row.Scan(db.FromJSON(&content), &name, &office)
		return map[string]any{"contact_of": content.Title, "name": name, "office": office}, err
	})(q.Query(ctx, `SELECT content, contact_name, contact_office FROM practice WHERE contact_account = $1 ORDER BY slug`, s.Account))
	if err != nil {
		return out, fmt.Errorf("collect contacts of practices: %w", err)
	}
	out.Rows = contacts
	adoptions, err := adoptionsWhere(ctx, q, `a.adopter_account = $1`, s.Account)
	if err != nil {
		return out, fmt.Errorf("collect adoptions: %w", err)
	}
	for _, a := range adoptions {
		out.Rows = append(out.Rows, map[string]any{
			"practice": a.Title, "city": a.City, "institution": a.Owner, "changes": a.Changes, "outcome": string(a.Outcome), "state": string(a.State),
			"reason": a.Reason, "claimed_at": a.ClaimedAt,
		})
	}
	stories, err := storiesWhere(ctx, q, `s.teller_account = $1`, s.Account)
	if err != nil {
		return out, fmt.Errorf("collect stories: %w", err)
	}
	for _, one := range stories {
		out.Rows = append(out.Rows, map[string]any{
			"story": one.Tale, "name": one.Teller.Name, "level": string(one.Level), "state": string(one.State), "asked_changes": one.Wish,
			"updated_at": one.UpdatedAt,
		})
	}
	return out, nil
}

// Erase takes somebody's stories out with every word, and their name from practices
// and adoptions. That a city has taken a practice over stays: it is the city's deed.
func Erase(ctx context.Context, tx *db.Tx, s people.Subject, _ time.Time) ([]people.Outcome, error) {
	gone := int64(0)
	for _, statement := range []string{
		`INSERT INTO practice_shelf (edition_id, revision)
			SELECT DISTINCT edition_id, CAST(1 AS BIGINT) FROM practice_story WHERE teller_account = $1
			ON CONFLICT (edition_id) DO UPDATE SET revision = practice_shelf.revision + 1`,
		`INSERT INTO practice_shelf (edition_id, revision)
			SELECT DISTINCT edition_id, CAST(1 AS BIGINT) FROM practice WHERE contact_account = $1
			ON CONFLICT (edition_id) DO UPDATE SET revision = practice_shelf.revision + 1`,
		`DELETE FROM practice_step WHERE object IN (SELECT id FROM practice_story WHERE teller_account = $1)`,
		`UPDATE practice_step SET reason = '' WHERE actor = $1`,
		`UPDATE practice_adoption SET reason = '' WHERE adopter_account = $1 OR origin_by = $1`,
	} {
		if _, err := tx.Exec(ctx, statement, s.Account); err != nil {
			return nil, fmt.Errorf("erase what practices tell of somebody: %w", err)
		}
	}
	for _, statement := range []string{
		`DELETE FROM practice_story WHERE teller_account = $1`,
		`UPDATE practice SET contact_account = NULL, contact_name = '', contact_office = '' WHERE contact_account = $1`,
		`UPDATE practice_adoption SET adopter_account = NULL WHERE adopter_account = $1`,
	} {
		n, err := tx.Exec(ctx, statement, s.Account)
		if err != nil {
			return nil, fmt.Errorf("erase what practices tell of somebody: %w", err)
		}
		gone += n
	}
	return []people.Outcome{{Part: "practice.data.part", Gone: int(gone)}}, nil
}

// SweepStories takes out, with every word, the stories that their tellers took back
// before olderThan, but none of those who are held, and returns how many.
func SweepStories(ctx context.Context, q db.Querier, olderThan time.Time, held ...people.AccountID) (int64, error) {
	spared, args := db.Spare("COALESCE(teller_account, '')", 2, held)
	args = append([]any{olderThan}, args...)
	_, err := q.Exec(ctx, `
		DELETE FROM practice_step WHERE object IN (
			SELECT id FROM practice_story WHERE state = 'withdrawn' AND withdrawn_at < $1 AND `+spared+`)`, args...)
	if err != nil {
		return 0, fmt.Errorf("sweep the steps of stories that were taken back: %w", err)
	}
	n, err := q.Exec(ctx, `DELETE FROM practice_story WHERE state = 'withdrawn' AND withdrawn_at < $1 AND `+spared, args...)
	if err != nil {
		return 0, fmt.Errorf("sweep stories that were taken back: %w", err)
	}
	return n, nil
}

// Check looks for practices, adoptions and stories that no rule of this package would have let in.
func Check(ctx context.Context, q db.Querier) ([]db.Fault, error) {
	faults, err := db.Collect(func(row db.Scanner) (db.Fault, error) {
		f := db.Fault{Package: "practice"}
		return f, row.Scan(&f.What, &f.Row)
	})(q.Query(ctx, `
		SELECT 'a practice in an unknown state', id FROM practice WHERE state NOT IN ('draft', 'published', 'archived')
		UNION ALL
		SELECT 'a published practice without its release', p.id FROM practice AS p
		LEFT JOIN practice_release AS r ON r.practice_id = p.id AND r.number = p.release
		WHERE p.state <> 'draft' AND r.practice_id IS NULL
		UNION ALL
		SELECT 'a published practice that nobody will check', id FROM practice WHERE state = 'published' AND check_at IS NULL
		UNION ALL
		SELECT 'an adoption in an unknown state', id FROM practice_adoption WHERE state NOT IN ('claimed', 'agreed', 'declined', 'withdrawn')
		UNION ALL
		SELECT 'an adoption that only one side has confirmed', id FROM practice_adoption
		WHERE state = 'agreed' AND (adopter_at IS NULL OR origin_at IS NULL)
		UNION ALL
		SELECT 'an adoption that one person has confirmed for both sides', id FROM practice_adoption
		WHERE state = 'agreed' AND adopter_account = origin_by
		UNION ALL
		SELECT 'a story in an unknown state or of an unknown level', id FROM practice_story
		WHERE state NOT IN ('writing', 'published', 'kept', 'withdrawn') OR level NOT IN ('named', 'hidden', 'anonymous', 'room')
		UNION ALL
		SELECT 'a story for the room only that the public could read', id FROM practice_story WHERE level = 'room' AND released IS NOT NULL
		UNION ALL
		SELECT 'a story that is not published and could be read', id FROM practice_story WHERE state <> 'published' AND released IS NOT NULL
		UNION ALL
		SELECT 'a published story without words', id FROM practice_story WHERE state = 'published' AND released IS NULL
		UNION ALL
		SELECT 'a story checked by who wrote or tells it', id FROM practice_story
		WHERE checked_revision = revision AND (checked_by = edited_by OR checked_by = teller_account)
		UNION ALL
		SELECT 'a picture of no practice', x.id FROM practice_picture AS x LEFT JOIN practice AS p ON p.id = x.practice_id WHERE p.id IS NULL`))
	if err != nil {
		return nil, fmt.Errorf("check practices and stories: %w", err)
	}
	return faults, nil
}
