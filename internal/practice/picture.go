package practice

import (
	"context"
	"fmt"
	"slices"
	"time"

	"obrady/internal/db"
	"obrady/internal/errs"
	"obrady/internal/id"
	"obrady/internal/people"
	"obrady/internal/rights"
)

// Image is a picture with its bytes, drawn anew by package file.
type Image struct {
	ID       string
	Practice ID
	Type     string // image/png or image/jpeg
	Bytes    []byte
}

// AddPicture adds a picture to what editors have typed; the public sees it with the
// next release. Without a description for those who do not see it there is none.
func (s *Service) AddPicture(ctx context.Context, by people.AccountID, practice ID, one Image, said Picture) (Practice, error) {
	p, err := s.Practice(ctx, practice)
	if err != nil {
		return p, err
	}
	if len(p.Pictures) >= MostPictures {
		return p, ErrPictures
	}
	one.ID = id.New()
	said.ID = one.ID
	p.Pictures = append(slices.Clone(p.Pictures), said)
	if said.Alt.IsZero() {
		return p, problemOf("alt_pl", "practice.alt_missing")
	}
	if err := p.Validate(); err != nil {
		return p, err
	}
	return s.savePictures(ctx, by, p, func(tx *db.Tx, now time.Time) error { return insertPicture(ctx, tx, p.ID, one, now) })
}

// RemovePicture takes a picture out of what editors have typed. A release that shows
// it goes on doing so.
func (s *Service) RemovePicture(ctx context.Context, by people.AccountID, practice ID, picture string) (Practice, error) {
	p, err := s.Practice(ctx, practice)
	if err != nil {
		return p, err
	}
	n := len(p.Pictures)
	p.Pictures = slices.DeleteFunc(slices.Clone(p.Pictures), func(o Picture) bool { return o.ID == picture })
	if len(p.Pictures) == n {
		return p, ErrNoPicture
	}
	return s.savePictures(ctx, by, p, func(*db.Tx, time.Time) error { return nil })
}

func (s *Service) savePictures(ctx context.Context, by people.AccountID, p Practice, besides func(*db.Tx, time.Time) error) (Practice, error) {
	p.Revision++
	err := s.do(ctx, deed{by: by, may: rights.EditPractices, edition: p.Edition, object: string(p.ID), what: Pictured, action: "practice.pictured"},
		func(tx *db.Tx, now time.Time) error {
			p.UpdatedAt = now
			if err := writePractice(ctx, tx, p); err != nil {
				return err
			}
			return besides(tx, now)
		})
	return p, err
}

// Image returns the bytes of a picture, or ErrNoPicture. Who may see it, the caller decides.
func (s *Service) Image(ctx context.Context, picture string) (Image, error) {
	one, err := findImage(ctx, s.db, picture)
	if err != nil {
		return one, fmt.Errorf("find picture %s: %w", picture, err)
	}
	return one, nil
}

// problemOf is one problem of one field.
func problemOf(field, key string, args ...any) error {
	var wrong errs.Problems
	wrong.Add(field, key, args...)
	return wrong.Err()
}
