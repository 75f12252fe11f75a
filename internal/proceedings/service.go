package proceedings

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"obrady/internal/call"
	"obrady/internal/db"
	"obrady/internal/edition"
	"obrady/internal/id"
	"obrady/internal/journal"
	"obrady/internal/people"
	"obrady/internal/programme"
	"obrady/internal/rights"
)

// Service keeps volumes.
type Service struct {
	db  *db.DB
	now func() time.Time

	// Guard says in each transaction whether by may do the action at a place in the tree; nobody is asked when nil.
	Guard rights.Guard
	// Stages says where and when the sessions are that the public sees; nothing is on stage when nil.
	Stages func(of edition.ID) map[programme.SessionID]Session
	// Changed is called when the public reads something else; nobody is told when nil.
	Changed func()
}

// NewService returns a Service that reads the time from now.
func NewService(d *db.DB, now func() time.Time) *Service { return &Service{db: d, now: now} }

// Kinds are the kinds of calls whose talks make a volume.
var Kinds = []call.Kind{call.Abstract, call.Poster}

// Volumes lists the volumes of an edition, by address.
func (s *Service) Volumes(ctx context.Context, of edition.ID) ([]Volume, error) {
	all, err := volumesBy(ctx, s.db, `edition_id = $1`, of)
	if err != nil {
		return nil, fmt.Errorf("list volumes of %s: %w", of, err)
	}
	return all, nil
}

// OfCall returns the volume of a call, or ErrNone.
func (s *Service) OfCall(ctx context.Context, of call.ID) (Volume, error) {
	v, err := findVolume(ctx, s.db, `call_id = $1`, of)
	if err != nil && !errors.Is(err, ErrNone) {
		return v, fmt.Errorf("find the volume of %s: %w", of, err)
	}
	return v, err
}

// at runs do in a transaction for whoever may edit the volume of a call.
func (s *Service) at(ctx context.Context, by people.AccountID, of call.ID, do func(tx *db.Tx, c call.Call) error) error {
	return s.db.Tx(ctx, func(tx *db.Tx) error {
		c, err := call.Find(ctx, tx, of)
		if err != nil {
			return err
		}
		if s.Guard != nil && by != journal.System {
			if err := s.Guard.May(ctx, tx, rights.Deed{By: by, Action: rights.EditProceedings, Edition: c.Edition, Path: c.Path}); err != nil {
				return err
			}
		}
		return do(tx, c)
	})
}

func (s *Service) log(ctx context.Context, tx *db.Tx, by people.AccountID, v Volume, action string) error {
	return journal.Write(ctx, tx, journal.Entry{
		At: s.now(), Actor: string(by), Edition: string(v.Edition), Action: action, Object: string(v.ID), Detail: map[string]any{"version": v.Version},
	})
}

// Save writes what the title page of a volume says. The first time it makes the
// volume of a call. A revision that is no longer the last is ErrChanged.
func (s *Service) Save(ctx context.Context, by people.AccountID, v Volume) (Volume, error) {
	if err := v.Validate(); err != nil {
		return v, err
	}
	err := s.at(ctx, by, v.Call, func(tx *db.Tx, c call.Call) error {
		if !slices.Contains(Kinds, c.Kind) {
			return ErrKind
		}
		if v.ID == "" {
			v.ID = ID(id.New())
		}
		v.Edition, v.Slug, v.UpdatedAt = c.Edition, c.Slug, s.now()
		v.Revision++
		if err := writeVolume(ctx, tx, v); err != nil {
			return err
		}
		return s.log(ctx, tx, by, v, "proceedings.saved")
	})
	if errors.Is(err, db.ErrExists) {
		err = ErrChanged // somebody has made it meanwhile
	}
	if err != nil {
		return v, fmt.Errorf("save the volume of %s: %w", v.Call, err)
	}
	return v, nil
}

// SetMark writes the DOI and the pages of one contribution, which come into the next version.
func (s *Service) SetMark(ctx context.Context, by people.AccountID, of call.ID, m Mark) error {
	err := s.at(ctx, by, of, func(tx *db.Tx, c call.Call) error {
		v, err := findVolume(ctx, tx, `call_id = $1`, of)
		if err != nil {
			return err
		}
		if err := m.Validate(v); err != nil {
			return err
		}
		one, err := call.FindSubmission(ctx, tx, m.Submission)
		if err != nil {
			return err
		}
		if one.Call != c.ID {
			return ErrNone
		}
		if err := writeMark(ctx, tx, v.ID, m); err != nil {
			return err
		}
		return s.log(ctx, tx, by, v, "proceedings.marked")
	})
	if err != nil {
		return fmt.Errorf("mark %s in the volume of %s: %w", m.Submission, of, err)
	}
	return nil
}

// Preview is a volume as it would be published now.
type Preview struct {
	Volume   Volume
	Document Document
	Changes  []Change // since the last version
	Digest   string   // for Publish
}

// Preview lays the volume of a call out as it would be published now, or returns ErrNone.
func (s *Service) Preview(ctx context.Context, of call.ID) (p Preview, err error) {
	err = s.db.Snapshot(ctx, func(q db.Querier) error { p, err = s.preview(ctx, q, of); return err })
	if err != nil {
		return p, fmt.Errorf("lay out the volume of %s: %w", of, err)
	}
	return p, nil
}

func (s *Service) preview(ctx context.Context, q db.Querier, of call.ID) (p Preview, err error) {
	if p.Volume, err = findVolume(ctx, q, `call_id = $1`, of); err != nil {
		return p, err
	}
	var before Document
	if p.Volume.Version > 0 {
		last, err := findVersion(ctx, q, p.Volume.ID, p.Volume.Version)
		if err != nil {
			return p, err
		}
		before = last.Document
	}
	if p.Document, err = s.draft(ctx, q, p.Volume, before); err != nil {
		return p, err
	}
	if p.Digest = p.Document.Digest(); p.Volume.Version > 0 {
		p.Changes = changes(before, p.Document)
	}
	return p, nil
}

// Publish freezes the volume of a call as Preview has shown it: with another digest
// it is ErrChanged, so nothing is published that nobody has looked at.
func (s *Service) Publish(ctx context.Context, by people.AccountID, of call.ID, digest string) (number int, err error) {
	err = s.at(ctx, by, of, func(tx *db.Tx, _ call.Call) error {
		p, err := s.preview(ctx, tx, of)
		switch {
		case err != nil:
			return err
		case p.Digest != digest:
			return ErrChanged
		case len(p.Document.Entries) == 0:
			return ErrEmpty
		case p.Volume.Version > 0 && len(p.Changes) == 0:
			return ErrSame
		}
		p.Volume.Version++
		number = p.Volume.Version
		one := Version{Volume: p.Volume.ID, Number: number, Document: p.Document, Changes: p.Changes, By: by, At: s.now()}
		if err := insertVersion(ctx, tx, one); err != nil {
			return err
		}
		if err := countVersion(ctx, tx, p.Volume); err != nil {
			return err
		}
		return s.log(ctx, tx, by, p.Volume, "proceedings.published")
	})
	if errors.Is(err, db.ErrExists) {
		err = ErrChanged
	}
	if err != nil {
		return 0, fmt.Errorf("publish the volume of %s: %w", of, err)
	}
	if s.Changed != nil {
		s.Changed()
	}
	return number, nil
}
