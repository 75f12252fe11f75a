package demo

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"strings"
	"time"

	"obrady/internal/civil"
	"obrady/internal/consent"
	"obrady/internal/db"
	"obrady/internal/edition"
	"obrady/internal/i18n"
	"obrady/internal/people"
	"obrady/internal/registration"
)

// privacyFile is what an edition says of data, in the words of package consent.
type privacyFile struct {
	Controllers []consent.Controller `json:"controllers"`
	Officer     consent.Officer      `json:"officer"`
	Purposes    []consent.Purpose    `json:"purposes"`
	Clauses     []consent.Clause     `json:"clauses"`
}

// participantsFile is who takes part in an edition. All of them are made up.
type participantsFile struct {
	OpensAt      string             `json:"opens_at"` // on the clocks of the edition
	Seats        int                `json:"seats"`
	Note         i18n.Text          `json:"note"`
	Participants []participantEntry `json:"participants"`
}

type participantEntry struct {
	Name        string              `json:"name"`
	Form        edition.Form        `json:"form"`
	At          string              `json:"at"`
	Affiliation string              `json:"affiliation"`
	City        string              `json:"city"`
	Sector      people.Sector       `json:"sector"`
	Consents    []consent.Use       `json:"consents"`
	Needs       []registration.Need `json:"needs"`
	NeedNote    string              `json:"need_note"`
	Left        bool                `json:"left"` // and cancelled a day later
}

// addressOfParticipant is where no letter ever arrives.
const addressOfParticipant = "uczestnik-%02d@przyklad.example"

// participation writes what an edition says of data and who takes part in it.
// Most editions of the demonstration have neither.
func (b *builder) participation(ctx context.Context) error {
	said, err := read[privacyFile](b.slug + "/privacy.json")
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	list, err := read[participantsFile](b.slug + "/participants.json")
	if err != nil {
		return err
	}
	opens, err := b.moment(list.OpensAt)
	if err != nil {
		return err
	}
	clauses, err := b.notice(ctx, opens, said)
	if err != nil {
		return err
	}
	_, err = registration.NewService(b.db, clockAt(opens)).SaveSettings(ctx, author, registration.Settings{
		Edition: b.edition.ID, OpensAt: opens, Seats: list.Seats, Note: list.Note,
	})
	if err != nil {
		return err
	}
	for i, one := range list.Participants {
		if err := b.participant(ctx, fmt.Sprintf(addressOfParticipant, i+1), one, clauses); err != nil {
			return fmt.Errorf("participant %d: %w", i+1, err)
		}
	}
	return nil
}

// moment reads a day and an hour on the clocks of the edition.
func (b *builder) moment(written string) (time.Time, error) {
	day, clock, _ := strings.Cut(written, " ")
	return instant(civil.Date(day), clock, b.edition.Location())
}

func clockAt(at time.Time) func() time.Time { return func() time.Time { return at } }

// notice writes what people are told about their data, and returns the clauses.
func (b *builder) notice(ctx context.Context, at time.Time, said privacyFile) (clauses []consent.Clause, err error) {
	s := consent.NewService(b.db, clockAt(at))
	for _, c := range said.Controllers {
		c.Edition = b.edition.ID
		if _, err := s.SaveController(ctx, author, c); err != nil {
			return nil, err
		}
	}
	said.Officer.Edition = b.edition.ID
	if _, err := s.SaveOfficer(ctx, author, said.Officer); err != nil {
		return nil, err
	}
	for _, p := range said.Purposes {
		p.Edition = b.edition.ID
		if _, err := s.SavePurpose(ctx, author, p); err != nil {
			return nil, err
		}
	}
	for _, c := range said.Clauses {
		c.Edition = b.edition.ID
		if c, err = s.SaveClause(ctx, author, c); err != nil {
			return nil, err
		}
		clauses = append(clauses, c)
	}
	return clauses, nil
}

// participant puts one person on the list, at their own hour.
func (b *builder) participant(ctx context.Context, email string, one participantEntry, clauses []consent.Clause) error {
	at, err := b.moment(one.At)
	if err != nil {
		return err
	}
	var account people.Account
	err = b.db.Tx(ctx, func(tx *db.Tx) (err error) {
		account, err = people.OpenAccount(ctx, tx, people.Account{Email: email, Name: one.Name, VerifiedAt: at, CreatedAt: at})
		return err
	})
	if err != nil {
		return err
	}
	b.accounts = append(b.accounts, account.ID)
	entry := registration.Entry{
		Form: one.Form, Badge: one.Name, Affiliation: one.Affiliation, City: one.City, Sector: one.Sector,
		Told: answersTo(consent.Shown(clauses, consent.AtRegistration, consent.Information)),
	}
	for _, use := range one.Consents {
		entry.Consents = append(entry.Consents, answersTo(allowing(clauses, use))...)
	}
	s := registration.NewService(b.db, clockAt(at))
	if _, err := s.Register(ctx, account.ID, b.edition.ID, entry); err != nil {
		return err
	}
	if needs := (registration.Needs{Kinds: one.Needs, Note: one.NeedNote}); !needs.Empty() {
		if err := s.SaveNeeds(ctx, account.ID, b.edition.ID, needs, answersTo(allowing(clauses, consent.Needs))...); err != nil {
			return err
		}
	}
	if one.Left {
		return registration.NewService(b.db, clockAt(at.AddDate(0, 0, 1))).Cancel(ctx, account.ID, b.edition.ID)
	}
	return nil
}

func allowing(clauses []consent.Clause, use consent.Use) (found []consent.Clause) {
	for _, c := range clauses {
		if c.Kind == consent.Consent && c.Allows == use {
			found = append(found, c)
		}
	}
	return found
}

func answersTo(clauses []consent.Clause) (answers []consent.Answer) {
	for _, c := range clauses {
		answers = append(answers, consent.Answer{Clause: c.ID, Version: c.Version})
	}
	return answers
}
