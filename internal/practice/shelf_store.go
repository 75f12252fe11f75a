package practice

import (
	"context"
	"time"

	"obrady/internal/db"
	"obrady/internal/edition"
)

func marksOf(ctx context.Context, q db.Querier) (map[edition.ID]int64, error) {
	marks := map[edition.ID]int64{}
	_, err := db.Collect(func(row db.Scanner) (none struct{}, err error) {
		var of edition.ID
		var revision int64
		if err = row.Scan(&of, &revision); err == nil {
			marks[of] = revision
		}
		return none, err
	})(q.Query(ctx, `SELECT edition_id, revision FROM practice_shelf`))
	return marks, err
}

// load reads what is published, and nothing else.
func (c *Catalogue) load(ctx context.Context, q db.Querier) (err error) {
	if c.Practices, err = shownOf(ctx, q, c.Edition); err != nil {
		return err
	}
	if c.Stories, err = heardOf(ctx, q, c.Edition); err != nil {
		return err
	}
	agreed, err := adoptionsWhere(ctx, q, `p.edition_id = $1 AND a.state = 'agreed'`, c.Edition)
	if err != nil {
		return err
	}
	for i := range c.Practices {
		for _, a := range agreed {
			if a.Practice == c.Practices[i].ID {
				// Who stands on which side is nobody else's business.
				c.Practices[i].Adoptions = append(c.Practices[i].Adoptions, Adoption{ID: a.ID, State: a.State, Takeover: a.Takeover, ClaimedAt: a.ClaimedAt})
			}
		}
	}
	return nil
}

func shownOf(ctx context.Context, q db.Querier, of edition.ID) ([]Shown, error) {
	return db.Collect(func(row db.Scanner) (s Shown, err error) {
		var check *time.Time
		err = row.Scan(&s.ID, &s.Slug, db.FromJSON(&s.Content), &s.Number, &s.PublishedAt, &s.FirstAt, &check, &s.HasContact)
		s.CheckAt = db.OrZero(check)
		return s, err
	})(q.Query(ctx, `
		SELECT p.id, p.slug, r.content, r.number, r.published_at, f.published_at, p.check_at,
			p.contact_account IS NOT NULL AND p.contact_name <> ''
		FROM practice AS p JOIN practice_release AS r ON r.practice_id = p.id AND r.number = p.release
		JOIN practice_release AS f ON f.practice_id = p.id AND f.number = 1
		WHERE p.edition_id = $1 AND p.state = 'published' ORDER BY f.published_at DESC, p.id`, of))
}

// heardOf reads stories as they were released; their level is looked at once more here.
func heardOf(ctx context.Context, q db.Querier, of edition.ID) ([]Heard, error) {
	return db.Collect(func(row db.Scanner) (h Heard, err error) {
		return h, row.Scan(&h.Slug, db.FromJSON(&h.Telling), &h.At)
	})(q.Query(ctx, `
		SELECT slug, released, released_at FROM practice_story
		WHERE edition_id = $1 AND state = 'published' AND level <> 'room' AND released IS NOT NULL ORDER BY released_at DESC, id`, of))
}
