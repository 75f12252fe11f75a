package mail

import (
	"context"
	"fmt"
	"strings"
	"time"

	"obrady/internal/db"
	"obrady/internal/id"
	"obrady/internal/journal"
	"obrady/internal/outbox"
)

// due says that a letter waits to be delivered.
type due struct {
	Letter LetterID `json:"letter"`
}

// Kind names the event.
func (due) Kind() string { return kindDue }

// bulkDue is due of a letter that lets others go first.
type bulkDue struct {
	Letter LetterID `json:"letter"`
}

// Kind names the event.
func (bulkDue) Kind() string { return kindBulk }

const (
	kindDue  = "mail.letter_due"
	kindBulk = "mail.bulk_due"
)

// Post writes the letter and promises its delivery: it goes out when tx is
// committed, and never if it is not. A second letter with the same Dedupe is
// not posted; the id of the first comes back. A recipient's address that no
// mail server would take is ErrAddress.
func Post(ctx context.Context, tx *db.Tx, now time.Time, l Letter) (LetterID, error) {
	if err := l.Validate(); err != nil {
		return "", fmt.Errorf("post %s: %w", l.Kind, err)
	}
	l = l.cleaned()
	l.ID = id.Make[LetterID]()
	inserted, err := insert(ctx, tx, l, now)
	if err != nil {
		return "", fmt.Errorf("post %s: %w", l.Kind, err)
	}
	if !inserted {
		first, err := find(ctx, tx, `dedupe = $1`, l.Dedupe)
		if err != nil {
			return "", fmt.Errorf("post %s: %w", l.Kind, err)
		}
		return first.ID, nil
	}
	return l.ID, outbox.Add(ctx, tx, now, l.event())
}

// Posted says whether a letter with this Dedupe is there already: for whoever would otherwise make a secret anew that the
// first letter holds.
func Posted(ctx context.Context, q db.Querier, dedupe string) (bool, error) {
	var n int
	if err := q.QueryRow(ctx, `SELECT COUNT(*) FROM letter WHERE dedupe = $1`, dedupe).Scan(&n); err != nil {
		return false, fmt.Errorf("look for a letter: %w", err)
	}
	return n > 0, nil
}

func (l Letter) event() outbox.Event {
	if l.Bulk {
		return bulkDue{l.ID}
	}
	return due{l.ID}
}

// Service shows letters and what became of them.
type Service struct {
	db  *db.DB
	now func() time.Time
}

// NewService returns a Service over d.
func NewService(d *db.DB, now func() time.Time) *Service { return &Service{d, now} }

// Letters lists letters, the latest first.
func (s *Service) Letters(ctx context.Context, f Filter) ([]Kept, error) {
	letters, err := list(ctx, s.db, f)
	if err != nil {
		return nil, fmt.Errorf("list letters: %w", err)
	}
	return letters, nil
}

// Letter returns one letter, or ErrNoLetter.
func (s *Service) Letter(ctx context.Context, letter LetterID) (Kept, error) {
	k, err := find(ctx, s.db, `id = $1`, string(letter))
	if err != nil {
		return k, fmt.Errorf("find letter %s: %w", letter, err)
	}
	return k, nil
}

// Counts returns how many letters are in each state.
func (s *Service) Counts(ctx context.Context) (map[State]int, error) { return Counts(ctx, s.db) }

// Resend makes a letter wait again that was refused or given up, on behalf of
// the account by. Secret letters are ErrNotAgain: what they said is gone.
func (s *Service) Resend(ctx context.Context, by string, letter LetterID) error {
	now := s.now()
	err := s.db.Tx(ctx, func(tx *db.Tx) error {
		k, err := find(ctx, tx, `id = $1`, string(letter))
		if err != nil {
			return err
		}
		if reopened, err := reopen(ctx, tx, letter); err != nil || !reopened {
			return or(err, ErrNotAgain)
		}
		if err := outbox.Add(ctx, tx, now, k.event()); err != nil {
			return err
		}
		return journal.Write(ctx, tx, journal.Entry{At: now, Actor: by, Action: "mail.letter_resent", Object: string(letter)})
	})
	if err != nil {
		return fmt.Errorf("resend letter %s: %w", letter, err)
	}
	return nil
}

func or(err, otherwise error) error {
	if err != nil {
		return err
	}
	return otherwise
}

// kept is how long letters can be looked at, as proof that they were delivered.
const kept = 90 * 24 * time.Hour

// Sweep lets letters expire that wait in vain, deletes those that are older
// than ninety days and wait for nothing, but none of the accounts that are held,
// and returns how many these were.
func Sweep(ctx context.Context, q db.Querier, now time.Time, held ...string) (int64, error) {
	if _, err := q.Exec(ctx, `
		UPDATE letter SET state = 'expired', settled_at = $1, body = CASE WHEN secret THEN '{}' ELSE body END
		WHERE state = 'waiting' AND expires_at <= $1`, now); err != nil {
		return 0, fmt.Errorf("let letters expire: %w", err)
	}
	spared, args := db.Spare("account_id", 2, held)
	n, err := q.Exec(ctx, `DELETE FROM letter WHERE posted_at < $1 AND state <> 'waiting' AND `+spared, append([]any{now.Add(-kept)}, args...)...)
	if err != nil {
		return 0, fmt.Errorf("delete old letters: %w", err)
	}
	return n, nil
}

// Owner is whose letters are meant: of an account, or to an address. Either may be "".
type Owner struct{ Account, Email string }

const owned = `(account_id = $1 AND account_id <> '' OR to_address = $2 AND to_address <> '')`

func (o Owner) args() []any { return []any{o.Account, strings.ToLower(o.Email)} }

// Collect returns every letter that is kept of a person, the latest first, a
// row of names and values each. Secret texts are left out.
func Collect(ctx context.Context, q db.Querier, o Owner) ([]map[string]any, error) {
	letters, err := db.Collect(scanKept)(q.Query(ctx, `
		SELECT `+columns+` FROM letter WHERE `+owned+` ORDER BY id DESC`, o.args()...))
	if err != nil {
		return nil, fmt.Errorf("collect letters: %w", err)
	}
	rows := make([]map[string]any, 0, len(letters))
	for _, k := range letters {
		row := map[string]any{
			"kind": k.Kind, "to": k.To, "name": k.ToName, "lang": string(k.Lang), "subject": k.Subject,
			"state": string(k.State), "posted_at": k.PostedAt,
		}
		if k.SettledAt != nil {
			row["settled_at"] = *k.SettledAt
		}
		if !k.Secret {
			row["body"] = k.Body
		}
		rows = append(rows, row)
	}
	return rows, nil
}

// Erase deletes every letter of a person, also those that wait, and returns how
// many these were. Nothing about letters has to stay.
func Erase(ctx context.Context, tx *db.Tx, o Owner) (int64, error) {
	n, err := tx.Exec(ctx, `DELETE FROM letter WHERE `+owned, o.args()...)
	if err != nil {
		return 0, fmt.Errorf("erase letters: %w", err)
	}
	return n, nil
}
