package attachment

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"time"

	"obrady/internal/call"
	"obrady/internal/db"
	"obrady/internal/id"
	"obrady/internal/people"
)

// Service keeps files.
type Service struct {
	db    *db.DB
	calls *call.Service
}

// NewService returns a Service that asks calls whose a submission is, and whether it can still be changed.
func NewService(d *db.DB, calls *call.Service) *Service { return &Service{d, calls} }

// Sent is a file on its way in.
type Sent struct {
	Name string // as the sender's machine calls it
	io.Reader
}

// reading lets in as many files at once as memory is meant for.
var reading = make(chan struct{}, 4)

// Read takes a file in and says what it is, or why it is not taken: ErrKind,
// ErrTooLarge or another of this package. Whose it is, the caller knows.
func Read(ctx context.Context, sent Sent) (a Attachment, content []byte, err error) {
	select {
	case reading <- struct{}{}:
		defer func() { <-reading }()
	case <-ctx.Done():
		return a, nil, fmt.Errorf("wait to read a file: %w", ctx.Err())
	}
	if content, err = io.ReadAll(io.LimitReader(sent, MaxBytes+1)); err != nil {
		return a, nil, err
	}
	a.Size = len(content)
	if a.Kind, a.Note, err = look(content); err != nil {
		return a, nil, err
	}
	sum := sha256.Sum256(content)
	a.Name, a.Sum = NameOf(sent.Name, a.Kind), hex.EncodeToString(sum[:])
	return a, content, nil
}

// Add keeps a file with a submission that by works on and that can be changed. The
// same file sent twice is kept once.
func (s *Service) Add(ctx context.Context, by people.AccountID, submission call.SubmissionID, sent Sent) (Attachment, error) {
	a, content, err := Read(ctx, sent)
	if err != nil {
		return a, fmt.Errorf("read a file of %s: %w", submission, err)
	}
	a.ID, a.Submission, a.By = id.Make[ID](), submission, by
	err = s.db.Tx(ctx, func(tx *db.Tx) error {
		if a.At, err = s.calls.MayChange(ctx, tx, by, submission); err != nil {
			return err
		}
		all, err := filesOf(ctx, tx, submission)
		if err != nil {
			return err
		}
		for _, there := range all {
			if there.Sum == a.Sum {
				a = there
				return nil
			}
		}
		if len(all) >= Most {
			return ErrMost
		}
		return insert(ctx, tx, a, content)
	})
	if err != nil {
		return a, fmt.Errorf("keep a file of %s: %w", submission, err)
	}
	return a, nil
}

// Remove takes a file off a submission that can be changed. That it is gone
// already is no error.
func (s *Service) Remove(ctx context.Context, by people.AccountID, submission call.SubmissionID, file ID) error {
	err := s.db.Tx(ctx, func(tx *db.Tx) error {
		if _, err := s.calls.MayChange(ctx, tx, by, submission); err != nil {
			return err
		}
		_, err := tx.Exec(ctx, `DELETE FROM attachment WHERE id = $1 AND submission_id = $2`, file, submission)
		return err
	})
	if err != nil {
		return fmt.Errorf("remove a file of %s: %w", submission, err)
	}
	return nil
}

// Of lists the files of a submission, the first sent first. Who may know of them,
// the caller has decided.
func (s *Service) Of(ctx context.Context, submission call.SubmissionID) ([]Attachment, error) {
	all, err := filesOf(ctx, s.db, submission)
	if err != nil {
		return nil, fmt.Errorf("list files of %s: %w", submission, err)
	}
	return all, nil
}

// Open returns a file of a submission with its content, or ErrNone. Who may have
// it, the caller has decided.
func (s *Service) Open(ctx context.Context, submission call.SubmissionID, file ID) (a Attachment, content []byte, err error) {
	err = s.db.QueryRow(ctx, `SELECT `+columns+`, content FROM attachment WHERE id = $1 AND submission_id = $2`, file, submission).
		Scan(append(a.dest(), &content)...)
	if errors.Is(err, db.ErrNoRow) {
		err = ErrNone
	}
	if err != nil {
		return a, nil, fmt.Errorf("open a file of %s: %w", submission, err)
	}
	return a, content, nil
}

const columns = `id, submission_id, name, kind, note, size, sum, added_by, added_at`

func (a *Attachment) dest() []any {
	return []any{&a.ID, &a.Submission, &a.Name, &a.Kind, &a.Note, &a.Size, &a.Sum, &a.By, &a.At}
}

func filesOf(ctx context.Context, q db.Querier, submission call.SubmissionID) ([]Attachment, error) {
	return db.Collect(func(row db.Scanner) (a Attachment, err error) { return a, row.Scan(a.dest()...) })(q.Query(ctx, `
		SELECT `+columns+` FROM attachment WHERE submission_id = $1 ORDER BY added_at, id`, submission))
}

func insert(ctx context.Context, q db.Querier, a Attachment, content []byte) error {
	_, err := q.Exec(ctx, `
		INSERT INTO attachment (`+columns+`, content) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)`,
		a.ID, a.Submission, a.Name, a.Kind, a.Note, a.Size, a.Sum, a.By, a.At, content)
	return err
}

// Collect gives what somebody has sent as files, without the content, which is on
// the page of the submission.
func Collect(ctx context.Context, q db.Querier, s people.Subject) (people.Extract, error) {
	out := people.Extract{Part: "attachment.data.part"}
	all, err := db.Collect(func(row db.Scanner) (a Attachment, err error) { return a, row.Scan(a.dest()...) })(q.Query(ctx, `
		SELECT `+columns+` FROM attachment WHERE added_by = $1 AND added_by <> '' ORDER BY added_at, id`, s.Account))
	if err != nil {
		return out, fmt.Errorf("collect files: %w", err)
	}
	for _, a := range all {
		out.Rows = append(out.Rows, map[string]any{"name": a.Name, "kind": a.Kind, "size": a.Size, "added_at": a.At})
	}
	return out, nil
}

// Erase takes out the files that somebody sent.
func Erase(ctx context.Context, tx *db.Tx, s people.Subject, _ time.Time) ([]people.Outcome, error) {
	n, err := tx.Exec(ctx, `DELETE FROM attachment WHERE added_by = $1 AND added_by <> ''`, s.Account)
	if err != nil {
		return nil, fmt.Errorf("erase files: %w", err)
	}
	return []people.Outcome{{Part: "attachment.data.part", Gone: int(n)}}, nil
}

// Check looks for files that no rule of this package would have let in.
func Check(ctx context.Context, q db.Querier) ([]db.Fault, error) {
	faults, err := db.Collect(func(row db.Scanner) (db.Fault, error) {
		f := db.Fault{Package: "attachment"}
		return f, row.Scan(&f.What, &f.Row)
	})(q.Query(ctx, `
		SELECT 'not as long as it was', 'attachment ' || id FROM attachment WHERE LENGTH(content) <> size
		UNION ALL
		SELECT 'of no kind that is taken in', 'attachment ' || id FROM attachment WHERE kind NOT IN ('application/pdf', 'image/png', 'image/jpeg')
		UNION ALL
		SELECT 'more files than there may be', 'call_submission ' || submission_id FROM attachment GROUP BY submission_id HAVING COUNT(*) > 5`))
	if err != nil {
		return nil, fmt.Errorf("check files: %w", err)
	}
	return faults, nil
}
