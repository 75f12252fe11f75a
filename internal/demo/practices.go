package demo

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"time"

	"obrady/internal/edition"
	"obrady/internal/i18n"
	"obrady/internal/people"
	"obrady/internal/practice"
	"obrady/internal/programme"
)

// practicesFile is the catalogue of an edition: good practices, who took them over, and stories of what went wrong. All
// of it is made up, and says so.
type practicesFile struct {
	Practices []practiceEntry `json:"practices"`
	Adoptions []adoptionEntry `json:"adoptions"`
	Stories   []storyEntry    `json:"stories"`
}

type practiceEntry struct {
	Slug string `json:"slug"`
	practice.Content
	Session programme.SessionID `json:"session"` // at which it was shown
	Months  int                 `json:"months"`  // since it was published
}

type adoptionEntry struct {
	Practice string           `json:"practice"`
	City     string           `json:"city"`
	Owner    string           `json:"owner"`
	Since    string           `json:"since"`
	Blocks   []int            `json:"blocks"` // by their numbers from 1
	Outcome  practice.Outcome `json:"outcome"`
	Changes  i18n.Text        `json:"changes"`
	Email    string           `json:"email"`
	Agreed   bool             `json:"agreed"`
}

type storyEntry struct {
	Slug  string         `json:"slug"`
	Level practice.Level `json:"level"`
	practice.Tale
	Teller   string `json:"teller"`
	Email    string `json:"email"`
	Released bool   `json:"released"`
}

// secondReader is who checks the stories of the demonstration: not who typed them in.
const secondReader people.AccountID = "demo-second"

// practices writes the catalogue, where the edition has one.
func (b *builder) practices(ctx context.Context) error {
	file, err := read[practicesFile](b.slug + "/practices.json")
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	written := map[string]practice.Practice{}
	for n, one := range file.Practices {
		if written[one.Slug], err = b.practice(ctx, n+1, one); err != nil {
			return fmt.Errorf("practice %s: %w", one.Slug, err)
		}
	}
	for _, one := range file.Adoptions {
		if err := b.adoption(ctx, written[one.Practice], one); err != nil {
			return fmt.Errorf("adoption in %s: %w", one.City, err)
		}
	}
	for _, one := range file.Stories {
		if err := b.story(ctx, one); err != nil {
			return fmt.Errorf("story %s: %w", one.Slug, err)
		}
	}
	return nil
}

// practice writes and publishes one practice, as long ago as it says.
func (b *builder) practice(ctx context.Context, n int, one practiceEntry) (p practice.Practice, err error) {
	at := b.now().AddDate(0, -one.Months, 0)
	keep := practice.NewService(b.db, func() time.Time { return at })
	session, err := lookUp(b.sessions, one.Session)
	if err != nil {
		return p, err
	}
	if one.Register, err = lookUp(b.institutions, one.Register); err != nil {
		return p, err
	}
	for i, term := range one.Terms {
		if one.Terms[i], err = lookUp(b.terms, edition.TermID(b.slug+"/"+string(term))); err != nil {
			return p, err
		}
	}
	p, err = keep.Save(ctx, author, practice.Practice{
		Edition: b.edition.ID, Slug: one.Slug, Content: one.Content, Origin: practice.Origin{Kind: practice.FromSession, ID: string(session)},
		Contact: practice.Contact{Email: fmt.Sprintf("praktyka-%d@przyklad.example", n), Name: "Osoba kontaktowa (przykład)", Office: "wydział rozwoju"},
	})
	if err != nil {
		return p, err
	}
	return keep.Publish(ctx, author, p.ID, p.Revision)
}

// adoption is claimed by the adopting city, and confirmed by those whose practice it is if the file says so.
func (b *builder) adoption(ctx context.Context, of practice.Practice, one adoptionEntry) error {
	keep := practice.NewService(b.db, b.now)
	told := practice.Takeover{City: one.City, Owner: one.Owner, Since: one.Since, Outcome: one.Outcome, Changes: one.Changes, Example: true}
	for _, n := range one.Blocks {
		told.Blocks = append(told.Blocks, of.Blocks[n-1].ID)
	}
	a, err := keep.Invite(ctx, author, of.ID, people.Account{Email: one.Email, Name: one.City, Lang: i18n.Polish}, told)
	if err != nil || !one.Agreed {
		return err
	}
	_, err = keep.ConfirmAdoption(ctx, a.Adopter, a.ID)
	return err
}

// story is written down, checked by a second person and approved by its teller; it is published unless it was told in
// the room only.
func (b *builder) story(ctx context.Context, one storyEntry) error {
	keep := practice.NewService(b.db, b.now)
	s, err := keep.SaveStory(ctx, author, practice.Story{
		Edition: b.edition.ID, Slug: one.Slug, Level: one.Level, Tale: one.Tale, Teller: practice.Teller{Email: one.Email, Name: one.Teller},
	})
	if err != nil {
		return err
	}
	if err := keep.CheckStory(ctx, secondReader, s.ID, practice.Clearance{Revision: s.Revision}); err != nil {
		return err
	}
	if err := keep.ApproveStory(ctx, s.Teller.Account, s.ID, s.Revision); err != nil {
		return err
	}
	if !one.Released {
		return keep.KeepStory(ctx, author, s.ID)
	}
	return keep.PublishStory(ctx, author, s.ID)
}
