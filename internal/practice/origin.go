package practice

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"obrady/internal/db"
	"obrady/internal/i18n"
	"obrady/internal/people"
	"obrady/internal/text"
)

// Begin makes a draft out of what was sent in or shown elsewhere, for editors to
// complete. Asked twice for one origin, it returns the practice that there is: a
// submission becomes one practice. An address that is taken gets a number.
func (s *Service) Begin(ctx context.Context, by people.AccountID, p Practice) (Practice, error) {
	found, err := s.Of(ctx, p.Origin)
	if err == nil || !errors.Is(err, ErrNone) {
		return found, err
	}
	all, err := s.Practices(ctx, p.Edition)
	if err != nil {
		return p, err
	}
	p.Slug = text.UniqueSlug(text.Slug(p.Title.In(i18n.Polish).Text), func(slug string) bool {
		return slices.ContainsFunc(all, func(o Practice) bool { return o.Slug == slug })
	})
	return s.Save(ctx, by, p)
}

// Of returns the practice that came of an origin, or ErrNone.
func (s *Service) Of(ctx context.Context, from Origin) (Practice, error) {
	all, err := practicesFrom(ctx, s.db, from)
	if err == nil && (len(all) == 0 || from.ID == "") {
		return Practice{}, ErrNone
	}
	if err != nil {
		return Practice{}, fmt.Errorf("find the practice of %s %s: %w", from.Kind, from.ID, err)
	}
	return all[0], nil
}

// BeginStory is Begin for a story.
func (s *Service) BeginStory(ctx context.Context, by people.AccountID, one Story) (Story, error) {
	found, err := s.StoryOf(ctx, one.Origin)
	if err == nil || !errors.Is(err, ErrNoStory) {
		return found, err
	}
	all, err := s.Stories(ctx, one.Edition)
	if err != nil {
		return one, err
	}
	one.Slug = text.UniqueSlug(text.Slug(one.Title.In(i18n.Polish).Text), func(slug string) bool {
		return slices.ContainsFunc(all, func(o Story) bool { return o.Slug == slug })
	})
	if one.Level == "" {
		one.Level = RoomOnly // until its teller says otherwise
	}
	return s.SaveStory(ctx, by, one)
}

// StoryOf returns the story that came of an origin, or ErrNoStory.
func (s *Service) StoryOf(ctx context.Context, from Origin) (Story, error) {
	all, err := storiesWhere(ctx, s.db, `s.origin_kind = $1 AND s.origin_id = $2`, from.Kind, from.ID)
	if err == nil && (len(all) == 0 || from.ID == "") {
		return Story{}, ErrNoStory
	}
	if err != nil {
		return Story{}, fmt.Errorf("find the story of %s %s: %w", from.Kind, from.ID, err)
	}
	return all[0], nil
}

func practicesFrom(ctx context.Context, q db.Querier, from Origin) ([]Practice, error) {
	return db.Collect(scanPractice)(q.Query(ctx, `
		SELECT `+practiceColumns+` FROM practice AS p LEFT JOIN account ON account.id = p.contact_account
		WHERE p.origin_kind = $1 AND p.origin_id = $2`, from.Kind, from.ID))
}
