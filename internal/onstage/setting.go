package onstage

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"obrady/internal/call"
	"obrady/internal/db"
	"obrady/internal/errs"
	"obrady/internal/form"
	"obrady/internal/i18n"
	"obrady/internal/journal"
	"obrady/internal/people"
	"obrady/internal/programme"
	"obrady/internal/rights"
	"obrady/internal/text"
)

// Setting is what the organisers of a call ask of those who present, and which
// answers of the form say what of a session that is made of a submission.
type Setting struct {
	Call        call.ID
	SlidesUntil time.Time // slides are taken in before; zero: until their session begins
	Bring       i18n.Text // what to bring, and how slides should look: Markdown
	Answers     Answers
	Revision    int
	UpdatedAt   time.Time
}

// Answers name questions of the form by their ids; empty: no answer says it.
type Answers struct {
	Lead     string `json:"lead,omitempty"`     // running text: a few sentences at the top
	Places   string `json:"places,omitempty"`   // a number: for how many people
	Audience string `json:"audience,omitempty"` // words: for whom it is meant
	// Modes says which option of which question asks for which way in.
	Modes map[programme.Entry]Picked `json:"modes,omitempty"`
}

// Picked is an option of a question, from 1.
type Picked struct {
	Question string `json:"question"`
	Option   int    `json:"option"`
}

// String is how forms write it: "q7=2".
func (p Picked) String() string {
	if p.Question == "" {
		return ""
	}
	return p.Question + "=" + strconv.Itoa(p.Option)
}

// PickedFrom reads what String wrote; nothing for anything else.
func PickedFrom(s string) Picked {
	question, option, _ := strings.Cut(s, "=")
	n, err := strconv.Atoi(option)
	if err != nil {
		return Picked{}
	}
	return Picked{question, n}
}

// Modes are the ways in that a form may ask for.
var Modes = []programme.Entry{programme.EntryOpen, programme.FirstCome, programme.Selection, programme.Invitation}

const maxBring = 4000

// Validate says what keeps the setting of a call with these questions from being saved.
func (s Setting) Validate(asked []form.Question) error {
	var wrong errs.Problems
	if text.Length(s.Bring.PL) > maxBring {
		wrong.Add("bring_pl", "form.too_long", maxBring)
	}
	if text.Length(s.Bring.EN) > maxBring {
		wrong.Add("bring_en", "form.too_long", maxBring)
	}
	known := func(field, id string, kinds ...form.Kind) {
		if id != "" && !slices.ContainsFunc(asked, func(q form.Question) bool { return q.ID == id && slices.Contains(kinds, q.Kind) }) {
			wrong.Add(field, "programme.choose")
		}
	}
	known("lead", s.Answers.Lead, form.Line, form.Text)
	known("places", s.Answers.Places, form.Number)
	known("audience", s.Answers.Audience, form.Line, form.Text)
	for mode, picked := range s.Answers.Modes {
		known("mode_"+string(mode), picked.Question, form.Choice)
	}
	return wrong.Err()
}

// SettingOf returns what was set for a call; nothing is set before somebody does.
func SettingOf(ctx context.Context, q db.Querier, of call.ID) (Setting, error) {
	s := Setting{Call: of}
	var until *time.Time
	err := q.QueryRow(ctx, `
		SELECT slides_until, bring, answers, revision, updated_at FROM onstage_setting WHERE call_id = $1`, of).
		Scan(&until, db.FromJSON(&s.Bring), db.FromJSON(&s.Answers), &s.Revision, &s.UpdatedAt)
	if errors.Is(err, db.ErrNoRow) {
		return s, nil
	}
	if err != nil {
		return s, fmt.Errorf("find what is asked of those who present: %w", err)
	}
	s.SlidesUntil = db.OrZero(until)
	return s, nil
}

// Setting returns what was set for a call.
func (s *Service) Setting(ctx context.Context, of call.ID) (Setting, error) {
	return SettingOf(ctx, s.db, of)
}

// SaveSetting writes what is asked of those who present. A revision that is no
// longer the last is people.ErrChanged.
func (s *Service) SaveSetting(ctx context.Context, by people.AccountID, set Setting) error {
	err := s.db.Tx(ctx, func(tx *db.Tx) error {
		c, err := call.Find(ctx, tx, set.Call)
		if err != nil {
			return err
		}
		if err := s.guard(ctx, tx, by, rights.SetCalls, c); err != nil {
			return err
		}
		asked, err := call.Questions(ctx, tx, c.ID, c.FormVersion)
		if err != nil {
			return err
		}
		if err := set.Validate(asked); err != nil {
			return err
		}
		set.Revision, set.UpdatedAt = set.Revision+1, s.now()
		if err := writeSetting(ctx, tx, set); err != nil {
			return err
		}
		return journal.Write(ctx, tx, journal.Entry{
			At: set.UpdatedAt, Actor: string(by), Action: "onstage.setting_saved", Edition: string(c.Edition), Object: string(c.ID),
		})
	})
	if err != nil {
		return fmt.Errorf("set what is asked of those who present: %w", err)
	}
	return nil
}

func writeSetting(ctx context.Context, q db.Querier, s Setting) error {
	n, err := q.Exec(ctx, `
		INSERT INTO onstage_setting (call_id, slides_until, bring, answers, revision, updated_at) VALUES ($1, $2, $3, $4, $5, $6)
		ON CONFLICT (call_id) DO UPDATE
		SET slides_until = excluded.slides_until, bring = excluded.bring, answers = excluded.answers, revision = excluded.revision,
			updated_at = excluded.updated_at
		WHERE onstage_setting.revision = excluded.revision - 1`,
		s.Call, db.OrNull(s.SlidesUntil), db.JSON(s.Bring), db.JSON(s.Answers), s.Revision, s.UpdatedAt)
	if err == nil && n == 0 {
		return people.ErrChanged
	}
	return err
}
