package notify

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"obrady/internal/campaign"
	"obrady/internal/db"
	"obrady/internal/edition"
	"obrady/internal/errs"
	"obrady/internal/i18n"
	"obrady/internal/journal"
	"obrady/internal/mail"
	"obrady/internal/people"
)

// Kind is a kind of letter that tells of something that has happened.
type Kind struct {
	Name  string // of its event: "rights.granted"
	Slots campaign.Vocabulary
	// Edition says that it is about an edition, so that its organisers may write it in their own words.
	Edition bool
}

func kind(name string, words ...string) Kind {
	k := Kind{Name: name, Edition: true, Slots: campaign.Vocabulary{{Name: "name"}, {Name: "edition"}}}
	for _, w := range words {
		slot := campaign.Slot{Name: w}
		switch w {
		case "words":
			slot.Kind = campaign.Long
		case "sessions":
			slot.Kind = campaign.Lines
		case "link":
			slot.Kind = campaign.Button
		}
		k.Slots = append(k.Slots, slot)
	}
	return k
}

// The kinds, in the order in which pages list them.
var (
	granted        = kind("rights.granted", "role", "where", "may", "who", "until", "link")
	made           = kind("registration.made", "how", "when", "link")
	changed        = kind("registration.changed", "how", "when", "link")
	cancelled      = kind("registration.cancelled", "link")
	requested      = kind("partner.requested", "workspace", "kind", "words", "link")
	decided        = kind("partner.decided", "workspace", "kind", "verdict", "words", "link")
	placementAsked = kind("partner.placement_asked", "workspace", "link")
	placed         = kind("partner.placed", "workspace", "verdict", "words", "link")
	published      = kind("partner.published", "workspace", "link")
	statementDue   = kind("edition.accessibility_due", "until", "link")
	claimOffered   = house("people.claim_offered", "person", "until", "link")
	caseOpened     = house("privacy.case_opened", "until", "link")
	caseWaits      = house("privacy.case_waits", "until", "link")
)

// house is a kind of letter that belongs to no edition.
func house(name string, words ...string) Kind {
	k := kind(name, words...)
	k.Edition = false
	return k
}

// Kinds lists the kinds of letters that the organisers of an edition may write in their own words.
var Kinds = []Kind{
	granted, made, changed, cancelled,
	seatAnswered, seatResults, seatPromoted, seatOffered, seatExpired, seatAdmitted, seatRemoved, seatMoved, seatCancelled, seatDropped, comingAsked, choiceLate,
	callReceived, callChecked, callAnswered, callTooLate, callAsked, callClosing, callOff,
	reviewAssigned, decisionAnnounced, reserveMovedUp, appealFiled, appealAnswered,
	practiceDue, adoptionClaimed, adoptionSettled, storyReady, storyPublished, storyTurn,
	requested, decided, placementAsked, placed, published, statementDue,
}

// KindOf returns the kind called name, or ErrNoKind.
func KindOf(name string) (Kind, error) {
	i := slices.IndexFunc(Kinds, func(k Kind) bool { return k.Name == name })
	if i < 0 {
		return Kind{}, ErrNoKind
	}
	return Kinds[i], nil
}

// What can go wrong with templates.
var (
	ErrNoKind  = errs.New(errs.NotFound, "notify.no_kind")
	ErrChanged = errs.New(errs.Conflict, "notify.changed")
)

// Key names a sentence of the kind: its name, subject, words, button or why.
// key: notify.kind.*
func (k Kind) Key(which string) string {
	return "notify.kind." + strings.ReplaceAll(k.Name, ".", "_") + "." + which
}

// Template is what the organisers of an edition write in place of the house's letter of one kind. One without any words
// is the house's.
type Template struct {
	Edition  edition.ID
	Kind     string
	Subject  i18n.Text
	Words    i18n.Text
	Revision int // 0: nobody has written anything
	MadeBy   people.AccountID
	MadeAt   time.Time
}

// Own says whether the organisers have written it themselves.
func (t Template) Own() bool { return t.Subject.PL != "" && t.Words.PL != "" }

// Validate says what keeps the template from being saved.
func (t Template) Validate() error {
	var wrong errs.Problems
	k, err := KindOf(t.Kind)
	if err != nil {
		return err
	}
	for field, text := range map[string]string{"subject_pl": t.Subject.PL, "words_pl": t.Words.PL} {
		if strings.TrimSpace(text) == "" {
			wrong.Add(field, "campaign.missing")
		}
	}
	if (t.Subject.EN == "") != (t.Words.EN == "") {
		wrong.Add("words_en", "notify.both_or_none")
	}
	k.Slots.Check(&wrong, campaign.Written{Subject: t.Subject, Words: t.Words})
	return wrong.Err()
}

// Templates keeps what organisers write. All fields are needed.
type Templates struct {
	DB    *db.DB
	Now   func() time.Time
	Words *i18n.Catalogue
}

// House is what the house itself writes.
func (s *Templates) House(k Kind) campaign.Written {
	said := func(which string) i18n.Text {
		return i18n.Text{PL: s.Words.In(i18n.Polish).T(k.Key(which)), EN: s.Words.In(i18n.English).T(k.Key(which))}
	}
	return campaign.Written{Subject: said("subject"), Words: said("words")}
}

// Current lists the latest template of every kind of an edition; those of Revision 0 where there is none.
func (s *Templates) Current(ctx context.Context, of edition.ID) (all []Template, err error) {
	for _, k := range Kinds {
		t, err := current(ctx, s.DB, of, k.Name)
		if err != nil {
			return nil, fmt.Errorf("list templates: %w", err)
		}
		all = append(all, t)
	}
	return all, nil
}

// Template returns the latest template of a kind, or ErrNoKind.
func (s *Templates) Template(ctx context.Context, of edition.ID, name string) (Template, error) {
	if _, err := KindOf(name); err != nil {
		return Template{}, err
	}
	return current(ctx, s.DB, of, name)
}

// Versions lists every wording that a kind had in an edition, the latest first.
func (s *Templates) Versions(ctx context.Context, of edition.ID, name string) ([]Template, error) {
	return db.Collect(scanTemplate)(s.DB.Query(ctx, `
		SELECT `+templateColumns+` FROM letter_template WHERE edition_id = $1 AND kind = $2 ORDER BY revision DESC`, of, name))
}

// Save writes the next revision of a template; ErrChanged when t.Revision is not the last.
func (s *Templates) Save(ctx context.Context, by people.AccountID, t Template) (Template, error) {
	if err := t.Validate(); err != nil {
		return t, err
	}
	return s.write(ctx, by, t, "notify.template_saved")
}

// Reset goes back to the words of the house.
func (s *Templates) Reset(ctx context.Context, by people.AccountID, t Template) error {
	t.Subject, t.Words = i18n.Text{}, i18n.Text{}
	_, err := s.write(ctx, by, t, "notify.template_reset")
	return err
}

func (s *Templates) write(ctx context.Context, by people.AccountID, t Template, action string) (Template, error) {
	t.Revision, t.MadeBy, t.MadeAt = t.Revision+1, by, s.Now()
	err := s.DB.Tx(ctx, func(tx *db.Tx) error {
		last, err := current(ctx, tx, t.Edition, t.Kind)
		if err == nil && last.Revision != t.Revision-1 {
			err = ErrChanged
		}
		if err != nil {
			return err
		}
		if err := insertTemplate(ctx, tx, t); err != nil {
			return err
		}
		return journal.Write(ctx, tx, journal.Entry{
			At: t.MadeAt, Actor: string(by), Action: action, Edition: string(t.Edition), Object: t.Kind,
			Detail: map[string]any{"revision": t.Revision},
		})
	})
	if errors.Is(err, db.ErrExists) {
		err = ErrChanged
	}
	if err != nil {
		return t, fmt.Errorf("save template %s: %w", t.Kind, err)
	}
	return t, nil
}

// Sample is somebody to try a template on.
type Sample struct {
	Name       string
	Lang       i18n.Lang
	Everywhere string // in place of every other word; what the word means when empty
}

// Try writes the letter of a template to a made-up person.
func (s *Templates) Try(t Template, to Sample) (mail.Letter, error) {
	k, err := KindOf(t.Kind)
	if err != nil {
		return mail.Letter{}, err
	}
	p := s.Words.In(to.Lang)
	words := map[string]string{}
	for _, slot := range k.Slots {
		words[slot.Name] = p.T(slot.Key())
		if to.Everywhere != "" {
			words[slot.Name] = to.Everywhere
		}
	}
	words["name"] = to.Name
	l := k.letter(writing{house: s.House(k), own: t, to: people.Account{Name: to.Name, Email: "ktos@example.org", Lang: to.Lang}}, p)
	vals := campaign.Values{Words: words, Button: &mail.Button{Label: p.T(k.Key("button")), Address: "/" + string(to.Lang) + "/"}}
	return l.fill(k, vals), nil
}

const templateColumns = `edition_id, kind, revision, subject, words, made_by, made_at`

func scanTemplate(row db.Scanner) (t Template, err error) {
	return t, row.Scan(&t.Edition, &t.Kind, &t.Revision, db.FromJSON(&t.Subject), db.FromJSON(&t.Words), &t.MadeBy, &t.MadeAt)
}

func current(ctx context.Context, q db.Querier, of edition.ID, kind string) (Template, error) {
	t, err := scanTemplate(q.QueryRow(ctx, `
		SELECT `+templateColumns+` FROM letter_template WHERE edition_id = $1 AND kind = $2
		ORDER BY revision DESC LIMIT 1`, of, kind))
	if errors.Is(err, db.ErrNoRow) {
		return Template{Edition: of, Kind: kind}, nil
	}
	return t, err
}

func insertTemplate(ctx context.Context, q db.Querier, t Template) error {
	_, err := q.Exec(ctx, `
		INSERT INTO letter_template (`+templateColumns+`) VALUES ($1, $2, $3, $4, $5, $6, $7)`,
		t.Edition, t.Kind, t.Revision, db.JSON(t.Subject), db.JSON(t.Words), t.MadeBy, t.MadeAt)
	return err
}

// CheckTemplates finds templates that cannot have been saved.
func CheckTemplates(ctx context.Context, q db.Querier) ([]db.Fault, error) {
	all, err := db.Collect(scanTemplate)(q.Query(ctx, `
		SELECT `+templateColumns+` FROM letter_template ORDER BY edition_id, kind, revision`))
	var faults []db.Fault
	for _, t := range all {
		if t.Own() && t.Validate() != nil {
			faults = append(faults, db.Fault{Package: "notify", What: "a template with wrong words in braces", Row: string(t.Edition) + " " + t.Kind})
		}
	}
	return faults, err
}
