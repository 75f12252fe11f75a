package council_test

import (
	"fmt"
	"testing"
	"time"

	"obrady/internal/call"
	"obrady/internal/council"
	"obrady/internal/db"
	"obrady/internal/db/dbtest"
	"obrady/internal/form"
	"obrady/internal/people"
	"obrady/internal/review"
	"obrady/internal/rights"
)

const (
	manySubmissions = 2000
	manyReviewers   = 60
	reviewsEach     = 3
)

// crowd fills a call with as much as one can become: everything is reviewed, and one in ten has a conflict with somebody.
func (c *chamber) crowd(b *testing.B) (member, desk people.AccountID, sitting council.SittingID) {
	b.Helper()
	ctx := b.Context()
	desk, member = c.somebody("biuro", rights.Organiser), c.somebody("radna", rights.Council)
	var readers []people.AccountID
	for range manyReviewers {
		readers = append(readers, c.somebody("recenzent", rights.Reviewer))
	}
	c.must(c.db.Tx(ctx, func(tx *db.Tx) error {
		for i := range manySubmissions {
			if err := c.lay(tx, i, readers); err != nil {
				return err
			}
		}
		return nil
	}))
	for _, who := range readers {
		c.must(c.reviews.SaveReader(ctx, desk, review.Reader{Call: c.call.ID, Account: who, Most: 2 * manySubmissions * reviewsEach / manyReviewers}))
	}
	s, err := c.council.SaveSitting(ctx, member, council.Sitting{
		Call: c.call.ID, BeginsAt: c.time(), Present: []council.Present{{Account: member, Part: council.Chair}, {Account: readers[0], Part: council.Member}},
	})
	c.must(err)
	c.must(c.council.Turn(ctx, member, s.ID, council.OpenNow))
	began := time.Now()
	c.must(c.council.Fill(ctx, member, s.ID))
	b.Logf("the agenda of everything is filled in %v", time.Since(began).Round(time.Millisecond))
	return member, desk, s.ID
}

// lay writes one submission with its reviews.
func (c *chamber) lay(tx *db.Tx, i int, readers []people.AccountID) error {
	ctx, id, at := c.t.Context(), call.SubmissionID(fmt.Sprintf("s-%04d", i)), reviewing
	if _, err := tx.Exec(ctx, `
		INSERT INTO call_submission (id, call_id, edition_id, code, state, path, language, title, answers, form_version, began_at, submitted_at, updated_at)
		VALUES ($1, $2, $3, $4, 'under_review', $5, 'pl', $6, $7, 1, $8, $8, $8)`,
		id, c.call.ID, c.edition, fmt.Sprintf("AB-%d", i+1), []string{"woda", "ruch"}[i%2], fmt.Sprintf("Miasto numer %d i jego rzeka", i),
		db.JSON(form.Answers{"abstract": fmt.Sprintf("%0*d", 1500, i)}), at); err != nil {
		return err
	}
	if _, err := tx.Exec(ctx, `INSERT INTO call_owner (submission_id, account_id) VALUES ($1, $2)`, id, fmt.Sprintf("author-%d", i)); err != nil {
		return err
	}
	for k := range reviewsEach {
		who := readers[(i+k*7)%len(readers)]
		if _, err := tx.Exec(ctx, `
			INSERT INTO review_assignment (submission_id, account_id, call_id, state, score, source, why, made_by, made_at, updated_at)
			VALUES ($1, $2, $3, 'sent', $5, 'hand', '{}', 'desk', $4, $4)`, id, who, c.call.ID, at, float64((i*37+k*20)%101)); err != nil {
			return err
		}
		if _, err := tx.Exec(ctx, `
			INSERT INTO review_review (submission_id, account_id, call_id, scores, score, confidence, to_author, to_council, revision, sent_at, updated_at)
			VALUES ($1, $2, $3, '{"idea": 2, "proof": 2}', $4, 2, 'Dziękujemy za zgłoszenie.', 'Warto.', 1, $5, $5)`,
			id, who, c.call.ID, float64((i*37+k*20)%101), at); err != nil {
			return err
		}
	}
	if i%10 != 0 {
		return nil
	}
	_, err := tx.Exec(ctx, `
		INSERT INTO review_conflict (submission_id, account_id, call_id, sources, state, cleared, updated_at) VALUES ($1, $2, $3, '["declared"]', 'confirmed', '[]', $4)`,
		id, readers[(i/10+5)%len(readers)], c.call.ID, at)
	return err
}

// BenchmarkPages measures what the largest pages of the council ask for.
func BenchmarkPages(b *testing.B) {
	c := convene(b, dbtest.New(b, db.SQLite))
	c.now(reviewing.Add(time.Hour))
	member, desk, sitting := c.crowd(b)
	ctx := b.Context()
	for _, page := range []struct {
		name string
		ask  func() error
	}{
		{"list", func() error { _, err := c.reviews.List(ctx, member, c.call.ID, review.Filter{}); return err }},
		{"page of the list", func() error {
			_, err := c.reviews.List(ctx, member, c.call.ID, review.Filter{From: 700, Most: 100})
			return err
		}},
		{"search", func() error {
			_, err := c.reviews.List(ctx, member, c.call.ID, review.Filter{Words: "numer 77"})
			return err
		}},
		{"counts", func() error { _, err := c.reviews.Counts(ctx, member, c.call.ID); return err }},
		{"paper", func() error { _, err := c.reviews.Paper(ctx, member, "s-0777"); return err }},
		{"figures", func() error { _, _, err := c.reviews.Calibrations(ctx, member, c.call.ID); return err }},
		{"balance", func() error { _, err := c.council.Balance(ctx, member, c.call.ID); return err }},
		{"conflicts", func() error { _, err := c.reviews.Conflicts(ctx, desk, c.call.ID); return err }},
		{"assignments", func() error {
			_, err := c.reviews.Assignments(ctx, desk, c.call.ID, review.Filter{Most: 100})
			return err
		}},
		{"sitting", func() error { _, _, err := c.council.Sitting(ctx, member, sitting); return err }},
		{"proposal", func() error { _, err := c.reviews.Propose(ctx, desk, c.call.ID); return err }},
	} {
		b.Run(page.name, func(b *testing.B) {
			for b.Loop() {
				if err := page.ask(); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
