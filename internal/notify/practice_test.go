package notify_test

import (
	"strings"
	"testing"

	"obrady/internal/campaign"
	"obrady/internal/db"
	"obrady/internal/db/dbtest"
	"obrady/internal/edition"
	"obrady/internal/i18n"
	"obrady/internal/mail"
	"obrady/internal/notify"
	"obrady/internal/outbox"
	"obrady/internal/partner"
	"obrady/internal/people"
	"obrady/internal/practice"
	"obrady/internal/rights"
	"obrady/internal/signup"
)

// learning is a congress with a practice in its catalogue.
type learning struct {
	*signups
	practices *practice.Service
	one       practice.Practice
}

func newLearning(t *testing.T, d *db.DB) *learning {
	t.Helper()
	s := &learning{signups: newSignups(t, d)}
	words, err := i18n.Load(notify.Locale, rights.Locale, partner.Locale, edition.Locale, campaign.Locale, signup.Locale, practice.Locale)
	s.must(err)
	s.Words = words
	s.practices = practice.NewService(d, s.read)
	s.worker.Lanes = []outbox.Lane{outbox.Only(
		practice.Due{}.Kind(), practice.AdoptionClaimed{}.Kind(), practice.AdoptionSettled{}.Kind(), practice.StoryMoved{}.Kind(),
	)}
	text := i18n.Text{PL: "Tekst", EN: "Text"}
	s.one, err = s.practices.Save(t.Context(), "desk", practice.Practice{
		Edition: s.edition, Slug: "skwer",
		Content: practice.Content{
			Title: i18n.Text{PL: "Skwer", EN: "Square"}, Summary: text, Owner: text, City: text, Region: "24", Size: practice.Small, From: "2019",
			Stage: practice.Running, Before: text, Done: text, Resources: text, Failed: text, Transfer: text, Licence: "CC0-1.0",
			Blocks: []practice.Block{{ID: "b", Name: text}}, Results: []practice.Result{{Indicator: text}},
		},
		Contact: practice.Contact{Email: "kontakt@example.org", Name: "Kontakt"},
	})
	s.must(err)
	s.one, err = s.practices.Publish(t.Context(), "desk", s.one.ID, s.one.Revision)
	s.must(err)
	return s
}

func TestBothSidesHearOfAnAdoption(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		s := newLearning(t, d)
		ada := s.account("ada@example.org", i18n.English)
		told := practice.Takeover{City: "Inna", Blocks: []string{"b"}, Outcome: practice.Works}
		a, err := s.practices.Claim(t.Context(), ada.ID, s.one.ID, told)
		s.must(err)
		s.hears("a claim", []string{"kontakt@example.org", "Czy tak było: Inna wdraża „Skwer”?", "/pl/adoptions.mine/kpm-2027"})
		_, err = s.practices.ConfirmAdoption(t.Context(), s.one.Contact.Account, a.ID)
		s.must(err)
		s.hears("a confirmation", []string{"ada@example.org", "Adoption of “Square”: confirmed by both sides", "/en/adoptions.mine/kpm-2027"})
		_, err = s.practices.Invite(t.Context(), s.one.Contact.Account, s.one.ID, people.Account{Email: "trzecie@example.org", Lang: i18n.Polish}, told)
		s.must(err)
		s.hears("a city is named", []string{"trzecie@example.org", "Skwer", "/pl/adoptions.mine/kpm-2027"})
	})
}

func TestEditorsAreRemindedOfAnOldPractice(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		s := newLearning(t, d)
		s.now = s.now.AddDate(2, 0, 1)
		_, err := s.practices.RemindDue(t.Context())
		s.must(err)
		s.hears("two years later", []string{"host@example.org", "Czy to nadal aktualne: Skwer?", "/pl/desk.practice.review/kpm-2027/" + string(s.one.ID)})
	})
}

func TestLettersAboutAStoryTellNothingOfIt(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		s := newLearning(t, d)
		ctx := t.Context()
		editor := s.account("redakcja@example.org", i18n.Polish)
		one, err := s.practices.SaveStory(ctx, editor.ID, practice.Story{
			Edition: s.edition, Slug: "kanarek", Level: practice.RoomOnly, Tale: practice.Tale{Title: i18n.Both("Kanarek"), Happened: i18n.Both("Kanarek")},
			Teller: practice.Teller{Email: "zenobia@example.org", Name: "Zenobia"},
		})
		s.must(err)
		s.must(s.practices.CheckStory(ctx, "second", one.ID, practice.Clearance{Revision: one.Revision}))
		s.hears("a check", []string{"zenobia@example.org", "Twoja opowieść czeka na zgodę", "/pl/story.mine/kpm-2027/" + string(one.ID)})
		s.must(s.practices.WithdrawStory(ctx, one.Teller.Account, one.ID))
		s.hears("a withdrawal", []string{"redakcja@example.org", "Opowieść o porażce: wycofanie opowieści", "/pl/desk.stories/kpm-2027"})
		all, err := mail.NewService(d, s.read).Letters(ctx, mail.Filter{})
		s.must(err)
		for _, letter := range all {
			if strings.Contains(said(letter), "Kanarek") {
				t.Errorf("a letter tells of the story:\n%s", said(letter))
			}
		}
	})
}
