// Package consent tells the people of the congress who keeps their data, why,
// for how long and under what law, and keeps what they agreed to: each consent
// on its own, with the words that were shown, and gone as easily as it came.
package consent

import (
	"embed"
	"slices"
	"strings"
	"time"

	"obrady/internal/edition"
	"obrady/internal/errs"
	"obrady/internal/i18n"
	"obrady/internal/people"
	"obrady/internal/text"
)

// Locale holds the sentences that name this package's errors, places and bases.
//
//go:embed locale/*.json
var Locale embed.FS

// ClauseID names a clause.
type ClauseID string

// What can go wrong with clauses and consents.
var (
	ErrNoController = errs.New(errs.NotFound, "consent.no_controller")
	ErrNoPurpose    = errs.New(errs.NotFound, "consent.no_purpose")
	ErrNoClause     = errs.New(errs.NotFound, "consent.no_clause")
	ErrNoConsent    = errs.New(errs.NotFound, "consent.none")
	ErrChanged      = errs.New(errs.Conflict, "consent.changed")
	// ErrNewWords: the clause was edited while somebody read it; they read it again.
	ErrNewWords = errs.New(errs.Conflict, "consent.new_words")
)

// Controller answers for the data (administrator danych). Two or more are joint
// controllers.
type Controller struct {
	ID        string
	Edition   edition.ID
	Name      i18n.Text
	Address   string
	Email     string
	Phone     string
	Position  int
	Revision  int
	UpdatedAt time.Time
}

// Officer is whom to ask about one's data (inspektor ochrony danych), and what
// joint controllers have agreed among themselves (GDPR art. 26(2)).
type Officer struct {
	Edition     edition.ID
	Name        string
	Email       string
	Phone       string
	Address     string
	Arrangement i18n.Text // Markdown; empty where there is one controller
	Revision    int       // 0: nothing has been said yet
	UpdatedAt   time.Time
}

// Basis is what the law lets data be kept for (podstawa prawna): a letter of
// GDPR art. 6(1) or 9(2).
type Basis string

// The bases.
const (
	Agreement  Basis = "6.1.a" // consent
	Contract   Basis = "6.1.b"
	Duty       Basis = "6.1.c" // a legal obligation
	PublicTask Basis = "6.1.e"
	Interest   Basis = "6.1.f" // a legitimate interest
	Explicit   Basis = "9.2.a" // explicit consent to sensitive data
)

// Bases lists the bases in the order in which forms offer them.
var Bases = []Basis{PublicTask, Agreement, Contract, Duty, Interest, Explicit}

// Purpose is one row of the table of what data are kept for.
type Purpose struct {
	ID         string
	Edition    edition.ID
	Name       i18n.Text
	Basis      Basis
	Whose      i18n.Text // whose data
	Recipients i18n.Text
	Period     i18n.Text // how long
	Afterwards i18n.Text // what happens then
	Position   int
	Revision   int
	UpdatedAt  time.Time
}

// Place is where data are asked for, and so where a clause is shown.
type Place string

// The places.
const (
	AtRegistration Place = "registration"
	AtNeeds        Place = "needs"
	AtProfile      Place = "profile"
	AtCall         Place = "call"
	AtNewsletter   Place = "newsletter"
)

// Places lists the places in the order in which forms offer them.
var Places = []Place{AtRegistration, AtNeeds, AtProfile, AtCall, AtNewsletter}

// Kind tells what is only read from what is agreed to.
type Kind string

// The kinds.
const (
	Information Kind = "information" // klauzula informacyjna
	Consent     Kind = "consent"     // zgoda
)

// Kinds lists the kinds in the order in which forms offer them.
var Kinds = []Kind{Information, Consent}

// Use is what a consent allows, for those parts of the house that ask.
type Use string

// The uses.
const (
	Needs      Use = "needs"      // to keep what somebody needs: health data
	Image      Use = "image"      // to show photographs and recordings of somebody
	Newsletter Use = "newsletter" // to write about later congresses
	Other      Use = "other"      // what only people read
)

// Uses lists the uses in the order in which forms offer them.
var Uses = []Use{Needs, Image, Newsletter, Other}

// Clause is a text that is shown where data are asked for. To edit its words is
// to make a new version; who agreed to an earlier one agreed to that.
type Clause struct {
	ID        ClauseID
	Edition   edition.ID
	Place     Place
	Kind      Kind
	Allows    Use // of a consent
	Title     i18n.Text
	Body      i18n.Text // Markdown
	Version   int
	Retired   bool // no longer shown
	Position  int
	Revision  int
	UpdatedAt time.Time
}

// Limits of texts, in characters.
const (
	maxLine = 300
	maxBody = 20000
)

// Validate says what keeps the controller from being saved.
func (c Controller) Validate() error {
	var wrong errs.Problems
	requireText(&wrong, "name", c.Name)
	requireLine(&wrong, "address", c.Address)
	checkEmail(&wrong, "email", c.Email)
	limitLine(&wrong, "phone", c.Phone)
	return wrong.Err()
}

// Validate says what keeps the officer from being saved.
func (o Officer) Validate() error {
	var wrong errs.Problems
	requireLine(&wrong, "name", o.Name)
	requireLine(&wrong, "email", o.Email)
	checkEmail(&wrong, "email", o.Email)
	limitLine(&wrong, "phone", o.Phone)
	limitLine(&wrong, "address", o.Address)
	limitText(&wrong, "arrangement", o.Arrangement, maxBody)
	return wrong.Err()
}

// Validate says what keeps the purpose from being saved.
func (p Purpose) Validate() error {
	var wrong errs.Problems
	requireText(&wrong, "name", p.Name)
	requireText(&wrong, "whose", p.Whose)
	requireText(&wrong, "period", p.Period)
	limitText(&wrong, "recipients", p.Recipients, maxLine)
	limitText(&wrong, "afterwards", p.Afterwards, maxLine)
	if !slices.Contains(Bases, p.Basis) {
		wrong.Add("basis", "consent.basis_unknown")
	}
	return wrong.Err()
}

// Validate says what keeps the clause from being saved.
func (c Clause) Validate() error {
	var wrong errs.Problems
	requireText(&wrong, "title", c.Title)
	if strings.TrimSpace(c.Body.PL) == "" && c.Kind == Information {
		wrong.Add("body_pl", "consent.text_missing")
	}
	limitText(&wrong, "body", c.Body, maxBody)
	if !slices.Contains(Places, c.Place) {
		wrong.Add("place", "consent.place_unknown")
	}
	if !slices.Contains(Kinds, c.Kind) {
		wrong.Add("kind", "consent.kind_unknown")
	}
	if c.Kind == Consent && !slices.Contains(Uses, c.Allows) {
		wrong.Add("allows", "consent.use_unknown")
	}
	return wrong.Err()
}

// sameWords reports whether c says what before says.
func (c Clause) sameWords(before Clause) bool {
	return c.Title == before.Title && c.Body == before.Body
}

// Notice is everything that the public is told about its data.
type Notice struct {
	Controllers []Controller
	Officer     Officer
	Purposes    []Purpose
	Clauses     []Clause // those that are shown
}

// Empty reports whether nothing has been said yet.
func (n Notice) Empty() bool {
	return len(n.Controllers) == 0 && n.Officer.Revision == 0 && len(n.Purposes) == 0 && len(n.Clauses) == 0
}

// Shown picks the clauses of one place and kind, in their order.
func Shown(all []Clause, at Place, kind Kind) (shown []Clause) {
	for _, c := range all {
		if c.Place == at && c.Kind == kind && !c.Retired {
			shown = append(shown, c)
		}
	}
	return shown
}

func requireText(wrong *errs.Problems, field string, t i18n.Text) {
	if strings.TrimSpace(t.PL) == "" {
		wrong.Add(field+"_pl", "consent.text_missing")
	}
	limitText(wrong, field, t, maxLine)
}

func limitText(wrong *errs.Problems, field string, t i18n.Text, limit int) {
	if text.Length(t.PL) > limit {
		wrong.Add(field+"_pl", "people.too_long", limit)
	}
	if text.Length(t.EN) > limit {
		wrong.Add(field+"_en", "people.too_long", limit)
	}
}

func requireLine(wrong *errs.Problems, field, line string) {
	if strings.TrimSpace(line) == "" {
		wrong.Add(field, "consent.text_missing")
	}
	limitLine(wrong, field, line)
}

func limitLine(wrong *errs.Problems, field, line string) {
	if text.Length(line) > maxLine {
		wrong.Add(field, "people.too_long", maxLine)
	}
}

func checkEmail(wrong *errs.Problems, field, address string) {
	if _, ok := people.Email(address); address != "" && !ok {
		wrong.Add(field, "people.email")
	}
}

// Key names the sentence that says the basis.
// key: consent.basis.*
func (b Basis) Key() string { return "consent.basis." + strings.ReplaceAll(string(b), ".", "_") }

// Key names the sentence that says the place.
// key: consent.place.*
func (p Place) Key() string { return "consent.place." + string(p) }

// Key names the sentence that says the kind.
// key: consent.kind.*
func (k Kind) Key() string { return "consent.kind." + string(k) }

// Key names the sentence that says the use.
// key: consent.use.*
func (u Use) Key() string { return "consent.use." + string(u) }
