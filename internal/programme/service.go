package programme

import (
	"context"
	"errors"
	"fmt"
	"time"

	"obrady/internal/db"
	"obrady/internal/edition"
	"obrady/internal/errs"
	"obrady/internal/id"
	"obrady/internal/journal"
	"obrady/internal/people"
)

// Service keeps the working programme of every edition.
type Service struct {
	db  *db.DB
	now func() time.Time
}

// NewService returns a Service that reads the time from now.
func NewService(d *db.DB, now func() time.Time) *Service { return &Service{db: d, now: now} }

// Content returns the whole working programme of an edition.
func (s *Service) Content(ctx context.Context, of edition.ID) (Content, error) {
	return Load(ctx, s.db, of)
}

// Session returns one session with all its parts, or ErrNoSession.
func (s *Service) Session(ctx context.Context, of edition.ID, slug string) (Session, error) {
	all, err := loadSessions(ctx, s.db, of)
	if err != nil {
		return Session{}, err
	}
	for _, session := range all {
		if session.Slug == slug {
			return session, nil
		}
	}
	return Session{}, ErrNoSession
}

// SaveBlock writes a new block (Revision 0) or the next revision of one.
func (s *Service) SaveBlock(ctx context.Context, by people.AccountID, b Block) (Block, error) {
	err := s.db.Tx(ctx, func(tx *db.Tx) (err error) {
		b, err = SaveBlock(ctx, tx, people.Change{By: by, At: s.now()}, b)
		return err
	})
	if err != nil {
		return b, fmt.Errorf("save block %s: %w", b.Slug, err)
	}
	return b, nil
}

// SaveStage writes a new stage (Revision 0) or the next revision of one.
func (s *Service) SaveStage(ctx context.Context, by people.AccountID, g Stage) (Stage, error) {
	err := s.db.Tx(ctx, func(tx *db.Tx) (err error) {
		g, err = SaveStage(ctx, tx, people.Change{By: by, At: s.now()}, g)
		return err
	})
	if err != nil {
		return g, fmt.Errorf("save stage %s: %w", g.Slug, err)
	}
	return g, nil
}

// SaveSession writes a new session (Revision 0) or the next revision of one.
func (s *Service) SaveSession(ctx context.Context, by people.AccountID, n Session) (Session, error) {
	saved, err := s.SaveSessions(ctx, by, []Session{n})
	if len(saved) != 1 {
		return n, err
	}
	return saved[0], err
}

// SaveSessions writes several sessions, all of them or none.
func (s *Service) SaveSessions(ctx context.Context, by people.AccountID, sessions []Session) ([]Session, error) {
	saved := make([]Session, len(sessions))
	err := s.db.Tx(ctx, func(tx *db.Tx) (err error) {
		for i, n := range sessions {
			if saved[i], err = SaveSession(ctx, tx, people.Change{By: by, At: s.now()}, n); err != nil {
				return fmt.Errorf("%s: %w", n.Slug, err)
			}
		}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("save sessions: %w", err)
	}
	return saved, nil
}

// RemoveSession deletes a session that has never been public; what refers to
// it makes that ErrInUse. A public session is cancelled instead.
func (s *Service) RemoveSession(ctx context.Context, by people.AccountID, n Session) error {
	err := s.db.Tx(ctx, func(tx *db.Tx) error {
		return RemoveSession(ctx, tx, people.Change{By: by, At: s.now()}, n)
	})
	if errors.Is(err, db.ErrMissing) {
		return ErrInUse
	}
	if err != nil {
		return fmt.Errorf("remove session %s: %w", n.Slug, err)
	}
	return nil
}

// RemoveSession deletes n inside a caller's transaction, which fails with
// db.ErrMissing when something refers to n; see Service.RemoveSession.
func RemoveSession(ctx context.Context, tx *db.Tx, c people.Change, n Session) error {
	if err := deleteSession(ctx, tx, n); err != nil {
		return err
	}
	return journal.Write(ctx, tx, journal.Entry{
		At: c.At, Actor: string(c.By), Action: "programme.session_removed", Edition: string(n.Edition), Object: string(n.ID),
	})
}

// SaveBlock writes b inside a caller's transaction; see Service.SaveBlock.
func SaveBlock(ctx context.Context, tx *db.Tx, c people.Change, b Block) (Block, error) {
	if err := b.Validate(); err != nil {
		return b, err
	}
	if b.ID == "" {
		b.ID = id.Make[BlockID]()
	}
	b.UpdatedAt, b.Revision = c.At, b.Revision+1
	write := updateBlock
	if b.Revision == 1 {
		write = insertBlock
	}
	if err := write(ctx, tx, b); err != nil {
		return b, explain(err)
	}
	if err := blockAbove(ctx, tx, b); err != nil {
		return b, err
	}
	if err := (anchor{Edition: b.Edition, Block: b.Parent}).inEdition(ctx, tx, "parent"); err != nil {
		return b, err
	}
	if err := replaceCredits(ctx, tx, "block_id", string(b.ID), b.Credits); err != nil {
		return b, err
	}
	return b, journal.Write(ctx, tx, journal.Entry{
		At: c.At, Actor: string(c.By), Action: "programme.block_saved", Edition: string(b.Edition), Object: string(b.ID),
	})
}

// SaveStage writes s inside a caller's transaction; see Service.SaveStage.
func SaveStage(ctx context.Context, tx *db.Tx, c people.Change, s Stage) (Stage, error) {
	if err := s.Validate(); err != nil {
		return s, err
	}
	if s.ID == "" {
		s.ID = id.Make[StageID]()
	}
	s.UpdatedAt, s.Revision = c.At, s.Revision+1
	write := updateStage
	if s.Revision == 1 {
		write = insertStage
	}
	if err := write(ctx, tx, s); err != nil {
		return s, explain(err)
	}
	if err := (anchor{Edition: s.Edition, Block: s.Block}).inEdition(ctx, tx, "block"); err != nil {
		return s, err
	}
	if err := replaceCredits(ctx, tx, "stage_id", string(s.ID), s.Credits); err != nil {
		return s, err
	}
	return s, journal.Write(ctx, tx, journal.Entry{
		At: c.At, Actor: string(c.By), Action: "programme.stage_saved", Edition: string(s.Edition), Object: string(s.ID),
	})
}

// SaveSession writes n inside a caller's transaction; see Service.SaveSession.
func SaveSession(ctx context.Context, tx *db.Tx, c people.Change, n Session) (Session, error) {
	if err := n.Validate(); err != nil {
		return n, err
	}
	if n.ID == "" {
		n.ID = id.Make[SessionID]()
	}
	if n.GUID == "" {
		n.GUID = string(n.ID)
	}
	for i := range n.Segments {
		if n.Segments[i].ID == "" {
			n.Segments[i].ID = id.Make[SegmentID]()
		}
	}
	n.UpdatedAt, n.Revision = c.At, n.Revision+1
	write := updateSession
	if n.Revision == 1 {
		write = insertSession
	}
	if err := write(ctx, tx, n); err != nil {
		return n, explain(err)
	}
	if err := (anchor{n.Edition, n.Block, n.Stage, n.Parent}).inEdition(ctx, tx, "block"); err != nil {
		return n, err
	}
	if err := replaceParts(ctx, tx, n); err != nil {
		return n, err
	}
	return n, journal.Write(ctx, tx, journal.Entry{
		At: c.At, Actor: string(c.By), Action: "programme.session_saved", Edition: string(n.Edition), Object: string(n.ID),
		Detail: map[string]any{"status": n.Status, "revision": n.Revision},
	})
}

// explain turns what the database refused into a sentence for the form.
func explain(err error) error {
	var wrong errs.Problems
	switch {
	case errors.Is(err, db.ErrExists):
		wrong.Add("slug", "people.slug_taken")
	case errors.Is(err, db.ErrMissing):
		wrong.Add("block", "programme.gone")
	default:
		return err
	}
	return wrong.Err()
}
