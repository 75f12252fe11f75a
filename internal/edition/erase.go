package edition

import (
	"context"
	"fmt"
	"time"

	"obrady/internal/db"
	"obrady/internal/people"
)

// Renew gives the edition its next revision because something that the public
// sees of it has changed elsewhere: everything drawn from it is drawn anew.
func Renew(ctx context.Context, tx *db.Tx, edition ID, at time.Time) error {
	return touch(ctx, tx, edition, at)
}

// Collect lists the accessibility statements that name the subject's address as
// the one to write to.
func Collect(ctx context.Context, q db.Querier, s people.Subject) (people.Extract, error) {
	out := people.Extract{Part: "edition.data.contact"}
	all, err := namedIn(ctx, q, s)
	for _, one := range all {
		out.Rows = append(out.Rows, map[string]any{"edition": one.Edition, "contact": one.Contact, "email": one.Email, "phone": one.Phone})
	}
	return out, err
}

// Erase leaves the contact of an accessibility statement where it is, because
// the law wants one there, and says so: an organiser names somebody else.
func Erase(ctx context.Context, tx *db.Tx, s people.Subject, _ time.Time) ([]people.Outcome, error) {
	all, err := namedIn(ctx, tx, s)
	if err != nil || len(all) == 0 {
		return nil, err
	}
	return []people.Outcome{{Part: "edition.data.contact", Kept: len(all), Why: "edition.data.why_contact"}}, nil
}

func namedIn(ctx context.Context, q db.Querier, s people.Subject) ([]Statement, error) {
	if s.Email == "" {
		return nil, nil
	}
	found, err := db.Collect(scanStatement)(q.Query(ctx, `
		SELECT `+statementColumns+` FROM edition_accessibility WHERE LOWER(email) = $1 ORDER BY edition_id`, s.Email))
	if err != nil {
		return nil, fmt.Errorf("look for an address in accessibility statements: %w", err)
	}
	return found, nil
}
