package consent

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"obrady/internal/db"
	"obrady/internal/edition"
	"obrady/internal/id"
	"obrady/internal/journal"
	"obrady/internal/people"
)

// ProofKept is how long a consent that has ended is kept as proof.
const ProofKept = 3 * 365 * 24 * time.Hour

// Answer is what somebody agrees to: a clause in the wording that they were
// shown.
type Answer struct {
	Clause  ClauseID
	Version int
}

// Given is a consent that somebody gave, with the words they agreed to.
type Given struct {
	ID          string
	Account     people.AccountID
	Edition     edition.ID
	Clause      ClauseID
	Version     int
	Allows      Use
	Place       Place
	GivenAt     time.Time
	WithdrawnAt time.Time // zero: it is in force
}

// InForce says whether the consent has not been withdrawn.
func (g Given) InForce() bool { return g.WithdrawnAt.IsZero() }

// Allowed says whether any of given is in force and allows use.
func Allowed(given []Given, use Use) bool {
	return slices.ContainsFunc(given, func(g Given) bool { return g.InForce() && g.Allows == use })
}

// Give writes down that the account agrees to each of answers. Words that are
// no longer the latest are ErrNewWords; what was agreed to already stays as it is.
func Give(ctx context.Context, tx *db.Tx, c people.Change, answers []Answer) error {
	for _, a := range answers {
		if err := give(ctx, tx, c, a); err != nil {
			return fmt.Errorf("agree to clause %s: %w", a.Clause, err)
		}
	}
	return nil
}

func give(ctx context.Context, tx *db.Tx, c people.Change, a Answer) error {
	clause, err := findClause(ctx, tx, a.Clause)
	switch {
	case err != nil:
		return err
	case clause.Kind != Consent || clause.Retired:
		return ErrNoClause
	case clause.Version != a.Version:
		return ErrNewWords
	}
	before, err := inForce(ctx, tx, c.By, a.Clause)
	switch {
	case err == nil && before.Version == a.Version:
		return nil
	case err == nil: // agreed to earlier words; from now on to these
		if err := end(ctx, tx, c, a.Clause); err != nil {
			return err
		}
	case !errors.Is(err, ErrNoConsent):
		return err
	}
	g := Given{ID: id.New(), Account: c.By, Clause: a.Clause, Version: a.Version, GivenAt: c.At}
	if err := insertConsent(ctx, tx, g); err != nil {
		return err
	}
	return note(ctx, tx, c, clause, "consent.given")
}

// Withdraw ends a consent of the account, or returns ErrNoConsent. It returns
// what the consent allowed, for the caller to stop doing it.
func Withdraw(ctx context.Context, tx *db.Tx, c people.Change, clause ClauseID) (Clause, error) {
	found, err := findClause(ctx, tx, clause)
	if err != nil {
		return found, err
	}
	if err := end(ctx, tx, c, clause); err != nil {
		return found, fmt.Errorf("withdraw from clause %s: %w", clause, err)
	}
	return found, note(ctx, tx, c, found, "consent.withdrawn")
}

func note(ctx context.Context, tx *db.Tx, c people.Change, clause Clause, action string) error {
	return journal.Write(ctx, tx, journal.Entry{
		At: c.At, Actor: string(c.By), Action: action, Edition: string(clause.Edition), Object: string(clause.ID),
		Detail: map[string]any{"version": clause.Version},
	})
}

// Of lists what the account has agreed to in an edition, withdrawn consents
// included, in the order of time.
func Of(ctx context.Context, q db.Querier, account people.AccountID, in edition.ID) ([]Given, error) {
	return db.Collect(scanGiven)(q.Query(ctx, `
		SELECT `+givenColumns+givenFrom+`
		WHERE consent.account_id = $1 AND clause.edition_id = $2 ORDER BY consent.given_at, consent.id`, account, in))
}

// Who lists the accounts that allow use in an edition at this moment, for
// letters and lists that need it.
func Who(ctx context.Context, q db.Querier, in edition.ID, use Use) ([]people.AccountID, error) {
	return db.Collect(func(row db.Scanner) (a people.AccountID, err error) { return a, row.Scan(&a) })(
		q.Query(ctx, `
		SELECT consent.account_id`+givenFrom+`
		WHERE clause.edition_id = $1 AND clause.allows = $2 AND consent.withdrawn_at IS NULL
		GROUP BY consent.account_id ORDER BY consent.account_id`, in, use))
}

// Of lists what the account has agreed to in an edition; see the function Of.
func (s *Service) Of(ctx context.Context, account people.AccountID, in edition.ID) ([]Given, error) {
	return Of(ctx, s.db, account, in)
}

const (
	givenColumns = `consent.id, consent.account_id, clause.edition_id, consent.clause_id, consent.version, clause.allows,
	clause.place, consent.given_at, consent.withdrawn_at`
	givenFrom = ` FROM consent JOIN clause ON clause.id = consent.clause_id`
)

func scanGiven(row db.Scanner) (g Given, err error) {
	var withdrawn *time.Time
	err = row.Scan(&g.ID, &g.Account, &g.Edition, &g.Clause, &g.Version, &g.Allows, &g.Place, &g.GivenAt, &withdrawn)
	if withdrawn != nil {
		g.WithdrawnAt = *withdrawn
	}
	return g, err
}

// inForce returns the account's consent to a clause, or ErrNoConsent.
func inForce(ctx context.Context, q db.Querier, account people.AccountID, clause ClauseID) (Given, error) {
	g, err := scanGiven(q.QueryRow(ctx, `
		SELECT `+givenColumns+givenFrom+`
		WHERE consent.account_id = $1 AND consent.clause_id = $2 AND consent.withdrawn_at IS NULL`, account, clause))
	if errors.Is(err, db.ErrNoRow) {
		return g, ErrNoConsent
	}
	return g, err
}

func insertConsent(ctx context.Context, q db.Querier, g Given) error {
	_, err := q.Exec(ctx, `
		INSERT INTO consent (id, account_id, clause_id, version, given_at) VALUES ($1, $2, $3, $4, $5)`,
		g.ID, g.Account, g.Clause, g.Version, g.GivenAt)
	return err
}

// end withdraws the consent that is in force, or returns ErrNoConsent.
func end(ctx context.Context, q db.Querier, c people.Change, clause ClauseID) error {
	n, err := q.Exec(ctx, `
		UPDATE consent SET withdrawn_at = $3
		WHERE account_id = $1 AND clause_id = $2 AND withdrawn_at IS NULL`, c.By, clause, c.At)
	if err == nil && n == 0 {
		return ErrNoConsent
	}
	return err
}

// Collect gives everything that somebody has agreed to, with the words.
func Collect(ctx context.Context, q db.Querier, s people.Subject) (people.Extract, error) {
	out := people.Extract{Part: "consent.data.part"}
	rows, err := db.Collect(func(row db.Scanner) (map[string]any, error) {
		var g Given
		var c Clause
		var withdrawn *time.Time
		err := row.Scan(&g.GivenAt, &withdrawn, &g.Version, &c.Place, db.FromJSON(&c.Title), db.FromJSON(&c.Body))
		kept := map[string]any{
			"place": c.Place, "version": g.Version, "title": c.Title, "text": c.Body, "given_at": g.GivenAt,
		}
		if withdrawn != nil {
			kept["withdrawn_at"] = *withdrawn
		}
		return kept, err
	})(q.Query(ctx, `
		SELECT consent.given_at, consent.withdrawn_at, consent.version, clause.place, clause_version.title, clause_version.body
		FROM consent
		JOIN clause ON clause.id = consent.clause_id
		JOIN clause_version ON clause_version.clause_id = consent.clause_id AND clause_version.version = consent.version
		WHERE consent.account_id = $1 ORDER BY consent.given_at, consent.id`, s.Account))
	if err != nil {
		return out, fmt.Errorf("collect consents: %w", err)
	}
	out.Rows = rows
	return out, nil
}

// Erase ends every consent of the subject. The proof that each was given and
// ended stays, under a number that leads to nobody once the account is erased.
func Erase(ctx context.Context, tx *db.Tx, s people.Subject, now time.Time) ([]people.Outcome, error) {
	if _, err := tx.Exec(ctx, `
		UPDATE consent SET withdrawn_at = $2 WHERE account_id = $1 AND withdrawn_at IS NULL`, s.Account, now); err != nil {
		return nil, fmt.Errorf("end consents: %w", err)
	}
	done := people.Outcome{Part: "consent.data.part"}
	err := tx.QueryRow(ctx, `SELECT COUNT(*) FROM consent WHERE account_id = $1`, s.Account).Scan(&done.Kept)
	if err != nil {
		return nil, fmt.Errorf("count consents: %w", err)
	}
	if done.Kept > 0 {
		done.Why, done.Until = "consent.data.kept", now.Add(ProofKept)
	}
	return []people.Outcome{done}, nil
}

// Sweep forgets consents that were withdrawn before olderThan, but none of those
// who are held, and returns how many.
func Sweep(ctx context.Context, q db.Querier, olderThan time.Time, held ...people.AccountID) (int64, error) {
	spared, args := db.Spare("account_id", 2, held)
	return q.Exec(ctx, `DELETE FROM consent WHERE withdrawn_at < $1 AND `+spared, append([]any{olderThan}, args...)...)
}
