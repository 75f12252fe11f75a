package proceedings

import (
	"context"
	"fmt"
	"slices"
	"time"

	"obrady/internal/call"
	"obrady/internal/db"
	"obrady/internal/journal"
	"obrady/internal/people"
)

// nobody stands where an author was whose data are erased, as in releases of the programme.
const nobody = "N.N."

// Collect gives the contributions of somebody in volumes that were published.
func Collect(ctx context.Context, q db.Querier, s people.Subject) (people.Extract, error) {
	out := people.Extract{Part: "proceedings.data.part"}
	is, err := whoIs(ctx, q, s)
	if err != nil {
		return out, err
	}
	versions, err := versionsBy(ctx, q, `TRUE`)
	if err != nil {
		return out, fmt.Errorf("collect contributions in volumes: %w", err)
	}
	for _, v := range versions {
		for _, e := range v.Document.Entries {
			for _, a := range e.Authors {
				if is(a) {
					out.Rows = append(out.Rows, map[string]any{
						"volume": v.Document.About.Title, "version": v.Number, "contribution": e.Title, "name": a.Name, "affiliation": a.Affiliation, "orcid": a.ORCID,
						"published_at": v.At,
					})
				}
			}
		}
	}
	return out, nil
}

// whoIs says of an author whether it is the subject: by account, or by the entry that a call keeps of them.
func whoIs(ctx context.Context, q db.Querier, s people.Subject) (func(Author) bool, error) {
	ids, err := db.Collect(func(row db.Scanner) (c call.ContributorID, err error) { return c, row.Scan(&c) })(q.Query(ctx, `
		SELECT id FROM call_contributor WHERE account_id <> '' AND account_id = $1 OR email <> '' AND LOWER(email) = LOWER($2)`, s.Account, s.Email))
	if err != nil {
		return nil, fmt.Errorf("look for somebody among contributors: %w", err)
	}
	return func(a Author) bool {
		return a.Account != "" && a.Account == s.Account || a.Contributor != "" && slices.Contains(ids, a.Contributor)
	}, nil
}

// Erase takes somebody's name, affiliation and ORCID out of every version of every
// volume. The journal keeps the old digest and the new one: what was frozen is no
// longer what was published, and that is known.
func Erase(ctx context.Context, tx *db.Tx, s people.Subject, now time.Time) ([]people.Outcome, error) {
	is, err := whoIs(ctx, tx, s)
	if err != nil {
		return nil, err
	}
	versions, err := versionsBy(ctx, tx, `TRUE`)
	if err != nil {
		return nil, fmt.Errorf("erase somebody from volumes: %w", err)
	}
	gone := 0
	for _, v := range versions {
		before, n := v.Document.Digest(), v.Document.forget(is)
		if gone += n; n == 0 {
			continue
		}
		if err := rewrite(ctx, tx, v); err != nil {
			return nil, fmt.Errorf("erase somebody from a volume: %w", err)
		}
		if err := journal.Write(ctx, tx, journal.Entry{
			At: now, Actor: journal.System, Action: "proceedings.erased", Object: string(v.Volume),
			Detail: map[string]any{"version": v.Number, "before": before, "after": v.Document.Digest()},
		}); err != nil {
			return nil, fmt.Errorf("note an erasure in a volume: %w", err)
		}
	}
	return []people.Outcome{{Part: "proceedings.data.part", Gone: gone}}, nil
}

// forget puts nobody in place of those who are meant, and counts them.
func (d *Document) forget(is func(Author) bool) (n int) {
	for i := range d.Entries {
		for j, a := range d.Entries[i].Authors {
			if is(a) {
				d.Entries[i].Authors[j] = Author{Name: nobody}
				n++
			}
		}
	}
	return n
}

// Check looks for volumes that no rule of this package would have let in.
func Check(ctx context.Context, q db.Querier) ([]db.Fault, error) {
	faults, err := db.Collect(func(row db.Scanner) (db.Fault, error) {
		f := db.Fault{Package: "proceedings"}
		return f, row.Scan(&f.What, &f.Row)
	})(q.Query(ctx, `
		SELECT 'a volume whose latest version is missing', v.id FROM proceedings_volume AS v
		LEFT JOIN proceedings_version AS p ON p.volume_id = v.id AND p.number = v.version
		WHERE v.version > 0 AND p.volume_id IS NULL
		UNION ALL
		SELECT 'a version later than the latest', p.volume_id FROM proceedings_version AS p JOIN proceedings_volume AS v ON v.id = p.volume_id
		WHERE p.number > v.version
		UNION ALL
		SELECT 'a volume of a call of another kind', v.id FROM proceedings_volume AS v JOIN call ON call.id = v.call_id
		WHERE call.kind NOT IN ('abstract', 'poster')
		UNION ALL
		SELECT 'a mark on what was sent to another call', e.submission_id FROM proceedings_entry AS e
		JOIN proceedings_volume AS v ON v.id = e.volume_id JOIN call_submission AS s ON s.id = e.submission_id WHERE s.call_id <> v.call_id`))
	if err != nil {
		return nil, fmt.Errorf("check volumes: %w", err)
	}
	frozen, err := db.Collect(func(row db.Scanner) (f sealed, err error) {
		return f, row.Scan(&f.volume, &f.digest, db.FromJSON(&f.document))
	})(q.Query(ctx, `SELECT volume_id, digest, document FROM proceedings_version ORDER BY volume_id, number`))
	if err != nil {
		return nil, fmt.Errorf("check what was frozen: %w", err)
	}
	for _, f := range frozen {
		if f.document.Digest() != f.digest {
			faults = append(faults, db.Fault{Package: "proceedings", What: "a volume that is not what was published", Row: f.volume})
		}
	}
	return faults, nil
}

// sealed is a document as it lies in the database, with the digest of what was published.
type sealed struct {
	volume, digest string
	document       Document
}
