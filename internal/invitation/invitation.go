// Package invitation lets people in to sessions that are not for everybody: by a
// code they were given, by their address, or by the domain of their institution.
package invitation

import (
	"context"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"obrady/internal/admission"
	"obrady/internal/db"
	"obrady/internal/edition"
	"obrady/internal/errs"
	"obrady/internal/id"
	"obrady/internal/journal"
	"obrady/internal/people"
	"obrady/internal/rights"
	"obrady/internal/text"
)

// Locale holds the sentences that name this package's errors and kinds.
//
//go:embed locale/*.json
var Locale embed.FS

// ErrNone is returned for an invitation that is not there, or was revoked.
var ErrNone = errs.New(errs.NotFound, "invitation.none")

const maxNote = 500 // characters

// Kind says whom an invitation lets in.
type Kind string

// The kinds.
const (
	ByCode    Kind = "code"    // whoever types the code
	ByAddress Kind = "address" // whoever signs in with the address
	ByDomain  Kind = "domain"  // whoever signs in with an address of the domain
)

// Kinds lists the kinds in the order in which forms offer them.
var Kinds = []Kind{ByCode, ByAddress, ByDomain}

// Key names the sentence that says the kind.
// key: invitation.kind.*
func (k Kind) Key() string { return "invitation.kind." + string(k) }

// Invitation lets people in to what is not for everybody: the sessions of a
// window of that mode, and pools that are kept for the invited. Codes and
// addresses are kept as sums, so nobody can read the list.
type Invitation struct {
	ID        string
	Window    admission.WindowID
	Kind      Kind
	Target    string // the sum of a code or an address; a domain as it is
	Note      string // for the organisers: what it is for, never who
	Uses      int    // how many seats it may give in all; 0: any number
	Used      int
	MadeBy    people.AccountID
	MadeAt    time.Time
	RevokedAt time.Time
}

// validate says what keeps the invitation from being saved.
func (i Invitation) validate() error {
	var wrong errs.Problems
	const most = 10_000
	switch {
	case !slices.Contains(Kinds, i.Kind):
		wrong.Add("kind", "invitation.kind")
	case i.Target == "", i.Kind == ByDomain && (strings.Contains(i.Target, "@") || !strings.Contains(i.Target, ".")):
		wrong.Add("target", "invitation.target")
	}
	if i.Uses < 0 || i.Uses > most {
		wrong.Add("uses", "invitation.uses", most)
	}
	if text.Length(i.Note) > maxNote {
		wrong.Add("note", "people.too_long", maxNote)
	}
	return wrong.Err()
}

// List lists the invitations to a window, the latest first.
func (s *Service) List(ctx context.Context, window admission.WindowID) ([]Invitation, error) {
	return db.Collect(func(row db.Scanner) (i Invitation, err error) {
		var revoked *time.Time
		err = row.Scan(&i.ID, &i.Window, &i.Kind, &i.Target, &i.Note, &i.Uses, &i.Used, &i.MadeBy, &i.MadeAt, &revoked)
		if revoked != nil {
			i.RevokedAt = *revoked
		}
		return i, err
	})(s.db.Query(ctx, `
		SELECT id, window_id, kind, target, note, uses, used, made_by, made_at, revoked_at
		FROM invitation WHERE window_id = $1 ORDER BY made_at DESC, id`, window))
}

func write(ctx context.Context, q db.Querier, i Invitation) error {
	_, err := q.Exec(ctx, `
		INSERT INTO invitation (id, window_id, kind, target, note, uses, used, made_by, made_at)
		VALUES ($1, $2, $3, $4, $5, $6, 0, $7, $8)
		ON CONFLICT (window_id, kind, target) DO UPDATE SET note = excluded.note, uses = excluded.uses, revoked_at = NULL`,
		i.ID, i.Window, i.Kind, i.Target, i.Note, i.Uses, i.MadeBy, i.MadeAt)
	return err
}

// CodeSum is how a code or an address stands in an invitation. Case and spaces
// do not matter.
func CodeSum(typed string) string {
	if typed = fold(typed); typed == "" {
		return ""
	}
	digest := sha256.Sum256([]byte("obrady invitation " + typed))
	return hex.EncodeToString(digest[:])
}

func fold(typed string) string {
	return strings.ToLower(strings.Join(strings.Fields(strings.ReplaceAll(typed, "-", "")), ""))
}

// Service keeps invitations.
type Service struct {
	db  *db.DB
	now func() time.Time

	// Guard says in each transaction whether By may set how people sign up at a place in the tree; nobody is asked
	// when nil.
	Guard rights.Guard
}

// NewService returns a Service that reads the time from now.
func NewService(d *db.DB, now func() time.Time) *Service { return &Service{db: d, now: now} }

// Save writes an invitation to a window of an edition. One for the same target is
// written anew, and holds again if it was revoked.
func (s *Service) Save(ctx context.Context, by people.AccountID, of edition.ID, i Invitation) (Invitation, error) {
	if err := i.validate(); err != nil {
		return i, err
	}
	i.ID, i.MadeBy, i.MadeAt = id.New(), by, s.now()
	c := change{by: by, of: of, window: i.Window, action: "invitation.made"}
	err := s.apply(ctx, c, func(tx *db.Tx) error { return write(ctx, tx, i) })
	if err != nil {
		return i, fmt.Errorf("invite to a window: %w", err)
	}
	return i, nil
}

// Revoke ends an invitation, or returns ErrNone; who got a seat by it keeps it.
func (s *Service) Revoke(ctx context.Context, by people.AccountID, of edition.ID, window admission.WindowID, invitation string) error {
	c := change{by: by, of: of, window: window, action: "invitation.revoked"}
	err := s.apply(ctx, c, func(tx *db.Tx) error {
		n, err := tx.Exec(ctx, `
			UPDATE invitation SET revoked_at = $3 WHERE id = $1 AND window_id = $2 AND revoked_at IS NULL`, invitation, window, s.now())
		if err == nil && n == 0 {
			return ErrNone
		}
		return err
	})
	if err != nil {
		return fmt.Errorf("revoke an invitation: %w", err)
	}
	return nil
}

// change is who does what to the invitations of which window.
type change struct {
	by     people.AccountID
	of     edition.ID
	window admission.WindowID
	action string
}

func (s *Service) apply(ctx context.Context, c change, do func(*db.Tx) error) error {
	return s.db.Tx(ctx, func(tx *db.Tx) error {
		w, err := admission.FindWindow(ctx, tx, c.window)
		if err != nil {
			return err
		}
		if w.Edition != c.of {
			return admission.ErrNoWindow
		}
		if err := s.Guard.May(ctx, tx, rights.Deed{By: c.by, Action: rights.SetSignups, Edition: c.of, Path: w.Path}); err != nil {
			return err
		}
		if err := do(tx); err != nil {
			return err
		}
		return journal.Write(ctx, tx, journal.Entry{At: s.now(), Actor: string(c.by), Action: c.action, Edition: string(c.of), Object: string(c.window)})
	})
}

// Find returns an invitation to the window for somebody that is not used up, or
// ErrNone. The code is a sum, as CodeSum makes it.
func Find(ctx context.Context, q db.Querier, window admission.WindowID, who people.AccountID, code string) (string, error) {
	var email, found string
	if err := q.QueryRow(ctx, `SELECT email FROM account WHERE id = $1`, who).Scan(&email); err != nil {
		return "", fmt.Errorf("find who is invited: %w", err)
	}
	_, domain, _ := strings.Cut(strings.ToLower(email), "@")
	err := q.QueryRow(ctx, `
		SELECT id FROM invitation
		WHERE window_id = $1 AND revoked_at IS NULL AND (uses = 0 OR used < uses)
			AND ((kind = 'address' AND target = $2) OR (kind = 'domain' AND target = $3) OR (kind = 'code' AND target = $4 AND $4 <> ''))
		ORDER BY kind, id LIMIT 1`, window, CodeSum(email), domain, code).Scan(&found)
	if errors.Is(err, db.ErrNoRow) {
		return "", ErrNone
	}
	if err != nil {
		return "", fmt.Errorf("find an invitation: %w", err)
	}
	return found, nil
}

// Holds says whether one more seat can be given by an invitation.
func Holds(ctx context.Context, q db.Querier, invitation string) (bool, error) {
	var n int
	err := q.QueryRow(ctx, `
		SELECT COUNT(*) FROM invitation WHERE id = $1 AND revoked_at IS NULL AND (uses = 0 OR used < uses)`, invitation).Scan(&n)
	if err != nil {
		return false, fmt.Errorf("look at an invitation: %w", err)
	}
	return n > 0, nil
}

// Count notes that so many more seats were given by an invitation.
func Count(ctx context.Context, q db.Querier, invitation string, by int) error {
	_, err := q.Exec(ctx, `UPDATE invitation SET used = used + $1 WHERE id = $2 AND used + $1 >= 0`, by, invitation)
	if err != nil {
		return fmt.Errorf("count the use of an invitation: %w", err)
	}
	return nil
}
