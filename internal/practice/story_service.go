package practice

import (
	"context"
	"fmt"
	"time"

	"obrady/internal/db"
	"obrady/internal/edition"
	"obrady/internal/i18n"
	"obrady/internal/id"
	"obrady/internal/outbox"
	"obrady/internal/people"
	"obrady/internal/rights"
)

// Steps of a story.
const (
	StorySaved     Action = "story_saved"
	StoryChecked   Action = "story_checked"
	StoryReturned  Action = "story_returned"
	StoryApproved  Action = "story_approved"
	StoryWished    Action = "story_wished"
	StoryTightened Action = "story_tightened"
	StoryPublished Action = "story_published"
	StoryKept      Action = "story_kept"
	StoryWithdrawn Action = "story_withdrawn"
	StoryResumed   Action = "story_resumed"
)

// StoryMoved tells that it is somebody else's turn with a story. Letters about it say
// neither what it is called nor what it tells.
type StoryMoved struct {
	Story   StoryID    `json:"story"`
	Edition edition.ID `json:"edition"`
	What    Action     `json:"what"`
}

// Kind implements outbox.Event.
func (StoryMoved) Kind() string { return "practice.story_moved" }

// Stories lists the stories of an edition as their editors keep them, those changed last first.
func (s *Service) Stories(ctx context.Context, of edition.ID) ([]Story, error) {
	all, err := storiesWhere(ctx, s.db, `s.edition_id = $1`, of)
	if err != nil {
		return nil, fmt.Errorf("list stories of %s: %w", of, err)
	}
	return all, nil
}

// Story returns one story as its editors keep it, or ErrNoStory.
func (s *Service) Story(ctx context.Context, story StoryID) (Story, error) {
	found, err := FindStory(ctx, s.db, story)
	if err != nil {
		return found, fmt.Errorf("find story %s: %w", story, err)
	}
	return found, nil
}

// MyStories lists the stories that somebody tells, those changed last first.
func (s *Service) MyStories(ctx context.Context, of edition.ID, teller people.AccountID) ([]Story, error) {
	all, err := storiesWhere(ctx, s.db, `s.edition_id = $1 AND s.teller_account = $2`, of, teller)
	if err != nil {
		return nil, fmt.Errorf("list somebody's stories: %w", err)
	}
	return all, nil
}

// MyStory returns a story to its teller, and ErrNoStory to everybody else.
func (s *Service) MyStory(ctx context.Context, teller people.AccountID, story StoryID) (Story, error) {
	found, err := s.Story(ctx, story)
	if err == nil && (found.Teller.Account == "" || found.Teller.Account != teller) {
		return Story{}, ErrNoStory
	}
	return found, err
}

// SaveStory writes what editors have typed. What was checked and approved were other
// words, so both are to be done again; the public goes on reading what it reads, unless
// the level has become tighter: then it reads nothing from this moment on.
func (s *Service) SaveStory(ctx context.Context, by people.AccountID, one Story) (Story, error) {
	if err := one.Validate(); err != nil {
		return one, err
	}
	before := Story{}
	if one.ID == "" {
		one.ID = id.Make[StoryID]()
	}
	if one.Revision > 0 {
		var err error
		if before, err = s.Story(ctx, one.ID); err != nil {
			return one, err
		}
		if before.State == Recanted {
			return one, ErrWithdrawn
		}
	}
	one.State, one.EditedBy = Writing, by
	if before.State == Told && !before.Level.Looser(one.Level) {
		one.State = Told
	}
	one.Revision++
	err := s.do(ctx, s.storyDeed(by, one, StorySaved), func(tx *db.Tx, now time.Time) (err error) {
		one.UpdatedAt = now
		who := people.Account{Email: one.Teller.Email, Name: one.Teller.Name, Lang: i18n.Polish, CreatedAt: now}
		if one.Teller.Account, one.Teller.Email, err = accountFor(ctx, tx, who); err != nil {
			return err
		}
		return taken(writeStory(ctx, tx, one))
	})
	return one, err
}

func (s *Service) storyDeed(by people.AccountID, one Story, what Action) deed {
	return deed{
		by: by, may: rights.EditStories, edition: one.Edition, object: string(one.ID), what: what, action: "practice." + string(what), shown: true,
	}
}

// Clearance is what the second person says who has read a story for whom it points at.
type Clearance struct {
	Revision int    // that was read
	Note     string // for the editors
	// Despite says that words which the house takes for traces point at nobody.
	Despite bool
}

// CheckStory notes that a second person, neither the teller nor who wrote it down, has
// read a story and found nobody in it who did not agree to be. The teller is asked to
// approve it.
func (s *Service) CheckStory(ctx context.Context, by people.AccountID, story StoryID, c Clearance) error {
	one, err := s.Story(ctx, story)
	switch {
	case err != nil:
		return err
	case one.Revision != c.Revision:
		return ErrChanged
	case one.State == Recanted:
		return ErrWithdrawn
	case by == one.EditedBy || by == one.Teller.Account:
		return ErrSameEyes
	case len(one.Traces()) > 0 && !c.Despite:
		return ErrTraces
	}
	d := s.storyDeed(by, one, StoryChecked)
	d.may, d.reason, d.shown = rights.CheckStories, c.Note, false
	return s.do(ctx, d, func(tx *db.Tx, now time.Time) error {
		one.CheckedBy, one.CheckedAt, one.CheckedRevision, one.CheckNote = by, now, c.Revision, c.Note
		if err := writeCheck(ctx, tx, one); err != nil {
			return err
		}
		return outbox.Add(ctx, tx, now, StoryMoved{Story: story, Edition: one.Edition, What: StoryChecked})
	})
}

// ReturnStory gives a story back to who wrote it down, because somebody can be recognised in it.
func (s *Service) ReturnStory(ctx context.Context, by people.AccountID, story StoryID, c Clearance) error {
	one, err := s.Story(ctx, story)
	switch {
	case err != nil:
		return err
	case one.Revision != c.Revision:
		return ErrChanged
	case c.Note == "":
		return problemOf("note", "practice.reason_missing")
	}
	d := s.storyDeed(by, one, StoryReturned)
	d.may, d.reason, d.shown = rights.CheckStories, c.Note, false
	return s.do(ctx, d, func(tx *db.Tx, now time.Time) error {
		one.CheckedBy, one.CheckedAt, one.CheckedRevision, one.CheckNote = by, now, 0, c.Note
		if err := writeCheck(ctx, tx, one); err != nil {
			return err
		}
		return outbox.Add(ctx, tx, now, StoryMoved{Story: story, Edition: one.Edition, What: StoryReturned})
	})
}

// ApproveStory says for the teller that the words of a revision may be published as the level says.
func (s *Service) ApproveStory(ctx context.Context, teller people.AccountID, story StoryID, revision int) error {
	return s.ofTeller(ctx, teller, story, StoryApproved, func(one *Story, now time.Time) error {
		if one.Revision != revision {
			return ErrChanged
		}
		if !one.Checked() {
			return ErrUnchecked
		}
		one.ApprovedAt, one.ApprovedRevision, one.Wish = now, revision, ""
		return nil
	})
}

// WishStory says for the teller what is to be changed in a story before they approve it.
func (s *Service) WishStory(ctx context.Context, teller people.AccountID, story StoryID, wish string) error {
	if wish == "" {
		return problemOf("wish", "practice.reason_missing")
	}
	if Words(wish) > StoryWords {
		return problemOf("wish", "practice.too_many_words", StoryWords, Words(wish))
	}
	return s.ofTeller(ctx, teller, story, StoryWished, func(one *Story, _ time.Time) error {
		one.Wish, one.ApprovedRevision = wish, 0
		return nil
	})
}

// TightenStory lets less of a story out from this moment on. Only editors can make the
// level looser again, and then the teller has to approve it.
func (s *Service) TightenStory(ctx context.Context, teller people.AccountID, story StoryID, level Level) error {
	return s.ofTeller(ctx, teller, story, StoryTightened, func(one *Story, _ time.Time) error {
		if !one.Level.Looser(level) {
			return ErrLooserLevel
		}
		one.Level, one.State = level, Writing
		one.Revision++ // what was checked were words for another level
		return nil
	})
}

// WithdrawStory takes a story back: the public reads nothing of it from this moment
// on, and its words go for good after a while; see SweepStories.
func (s *Service) WithdrawStory(ctx context.Context, teller people.AccountID, story StoryID) error {
	return s.ofTeller(ctx, teller, story, StoryWithdrawn, func(one *Story, now time.Time) error {
		one.State, one.WithdrawnAt, one.ApprovedRevision = Recanted, now, 0
		return nil
	})
}

// ResumeStory brings back a story whose teller has taken it back and thought again;
// it has to be checked and approved anew.
func (s *Service) ResumeStory(ctx context.Context, teller people.AccountID, story StoryID) error {
	return s.ofTeller(ctx, teller, story, StoryResumed, func(one *Story, _ time.Time) error {
		if one.State != Recanted {
			return ErrChanged
		}
		one.State, one.WithdrawnAt = Writing, time.Time{}
		one.Revision++
		return nil
	})
}

// ofTeller is a step that only the teller takes.
func (s *Service) ofTeller(ctx context.Context, teller people.AccountID, story StoryID, what Action, change func(*Story, time.Time) error) error {
	one, err := s.MyStory(ctx, teller, story)
	if err != nil {
		return err
	}
	if one.State == Recanted && what != StoryResumed {
		return ErrWithdrawn
	}
	d := s.storyDeed(teller, one, what)
	d.may = ""
	return s.do(ctx, d, func(tx *db.Tx, now time.Time) error {
		next := one
		if err := change(&next, now); err != nil {
			return err
		}
		next.UpdatedAt = now
		if err := writeTurn(ctx, tx, one.Revision, next); err != nil {
			return err
		}
		return outbox.Add(ctx, tx, now, StoryMoved{Story: story, Edition: one.Edition, What: what})
	})
}

// PublishStory shows the public what the level of a story lets out, once a second
// person has checked these words and the teller has approved them. What is told in the
// room only is never published: ErrRoomOnly.
func (s *Service) PublishStory(ctx context.Context, by people.AccountID, story StoryID) error {
	one, err := s.Story(ctx, story)
	if err != nil {
		return err
	}
	if err := one.Publishable(); err != nil {
		return err
	}
	told, err := one.Telling()
	if err != nil {
		return err
	}
	return s.do(ctx, s.storyDeed(by, one, StoryPublished), func(tx *db.Tx, now time.Time) error {
		one.ReleasedAt = now
		if err := release(ctx, tx, one, told); err != nil {
			return err
		}
		return outbox.Add(ctx, tx, now, StoryMoved{Story: story, Edition: one.Edition, What: StoryPublished})
	})
}

// KeepStory notes that a story was told and stays with those who heard it. What the public read of it goes.
func (s *Service) KeepStory(ctx context.Context, by people.AccountID, story StoryID) error {
	one, err := s.Story(ctx, story)
	if err != nil {
		return err
	}
	if one.State == Recanted {
		return ErrWithdrawn
	}
	return s.do(ctx, s.storyDeed(by, one, StoryKept), func(tx *db.Tx, now time.Time) error {
		next := one
		next.State, next.UpdatedAt = Kept, now
		return writeTurn(ctx, tx, one.Revision, next)
	})
}
