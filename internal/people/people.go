// Package people knows the persons and institutions of the congress: who
// speaks, on whose behalf, and who may sign in to work on it.
package people

import (
	"embed"
	"net/mail"
	"net/url"
	"strings"
	"time"
	"unicode/utf8"

	"obrady/internal/civil"
	"obrady/internal/errs"
	"obrady/internal/i18n"
)

// Locale holds the sentences that name this package's errors and sectors.
//
//go:embed locale/*.json
var Locale embed.FS

// PersonID names a person.
type PersonID string

// InstitutionID names an institution.
type InstitutionID string

// AccountID names somebody who can sign in.
type AccountID string

// What can go wrong with persons and institutions.
var (
	ErrNoPerson      = errs.New(errs.NotFound, "people.no_person")
	ErrNoInstitution = errs.New(errs.NotFound, "people.no_institution")
	ErrNoAccount     = errs.New(errs.NotFound, "people.no_account")
	ErrChanged       = errs.New(errs.Conflict, "people.changed")
	ErrLink          = errs.New(errs.Forbidden, "people.link_spent")
)

// Sector says what kind of body an institution is.
type Sector string

// The sectors.
const (
	LocalGovernment   Sector = "local"         // samorząd
	CentralGovernment Sector = "central"       // administracja rządowa
	Science           Sector = "science"       // nauka
	Civic             Sector = "civic"         // organizacja pozarządowa, ruch miejski
	Business          Sector = "business"      // przedsiębiorstwo
	International     Sector = "international" // organizacja międzynarodowa
	OtherSector       Sector = "other"
)

// Sectors lists the sectors in the order in which forms offer them.
var Sectors = []Sector{LocalGovernment, CentralGovernment, Science, Civic, Business, International, OtherSector}

// Institution is a body that organises, supports or sends people.
type Institution struct {
	ID        InstitutionID `json:"id"`
	Slug      string        `json:"slug"`
	Name      i18n.Text     `json:"name"`
	Short     string        `json:"short,omitempty"` // an abbreviation in use: IRMiR, GZM
	Sector    Sector        `json:"sector"`
	PartOf    InstitutionID `json:"part_of,omitempty"`
	URL       string        `json:"url,omitempty"`
	Example   bool          `json:"example,omitempty"` // made up for the demonstration
	Home      string        `json:"-"`                 // see Person.Home
	Revision  int           `json:"revision"`
	UpdatedAt time.Time     `json:"updated_at"`
}

// Person is somebody with a part in the programme, with or without an account.
type Person struct {
	ID           PersonID      `json:"id"`
	Slug         string        `json:"slug"`
	Name         string        `json:"name"`
	SortName     string        `json:"sort_name"` // family name first; empty: made from Name
	Bio          i18n.Text     `json:"bio"`
	Affiliations []Affiliation `json:"affiliations,omitempty"`
	// Origin is the key of a person who came in a file: the file's edition
	// and the person's guid, code or folded name there.
	Origin string `json:"origin,omitempty"`
	// Home is the edition or the workspace that brought the person into the register, by its id; "" for the
	// installation itself. Saving a person does not move them.
	Home      string    `json:"-"`
	Example   bool      `json:"example,omitempty"` // made up for the demonstration
	Revision  int       `json:"revision"`
	UpdatedAt time.Time `json:"updated_at"`
}

// Affiliation says for whom a person works, in what function and when.
type Affiliation struct {
	Institution InstitutionID `json:"institution"`
	Title       i18n.Text     `json:"title"`
	From        civil.Date    `json:"from,omitempty"`
	Until       civil.Date    `json:"until,omitempty"`
}

// Limits of texts, in characters.
const (
	maxName = 200
	maxBio  = 6000
	maxURL  = 500
)

// Validate says what keeps the institution from being saved.
func (i Institution) Validate() error {
	var wrong errs.Problems
	if strings.TrimSpace(i.Name.PL) == "" {
		wrong.Add("name_pl", "people.name_missing")
	}
	if tooLong(i.Name, maxName) {
		wrong.Add("name_pl", "people.too_long", maxName)
	}
	if !validSlug(i.Slug) {
		wrong.Add("slug", "people.slug")
	}
	if !ValidURL(i.URL) {
		wrong.Add("url", "people.url")
	}
	if i.PartOf != "" && i.PartOf == i.ID {
		wrong.Add("part_of", "people.part_of_itself")
	}
	if !knownSector(i.Sector) {
		wrong.Add("sector", "people.sector_unknown")
	}
	return wrong.Err()
}

// Validate says what keeps the person from being saved.
func (p Person) Validate() error {
	var wrong errs.Problems
	if strings.TrimSpace(p.Name) == "" {
		wrong.Add("name", "people.name_missing")
	}
	if utf8.RuneCountInString(p.Name) > maxName {
		wrong.Add("name", "people.too_long", maxName)
	}
	if tooLong(p.Bio, maxBio) {
		wrong.Add("bio_pl", "people.too_long", maxBio)
	}
	if !validSlug(p.Slug) {
		wrong.Add("slug", "people.slug")
	}
	for _, a := range p.Affiliations {
		if a.From != "" && a.Until != "" && a.Until < a.From {
			wrong.Add("affiliations", "people.until_before_from")
		}
	}
	return wrong.Err()
}

// At returns the affiliations that hold on day, the main one first.
func (p Person) At(day civil.Date) []Affiliation {
	var holding []Affiliation
	for _, a := range p.Affiliations {
		if (a.From == "" || a.From <= day) && (a.Until == "" || a.Until >= day) {
			holding = append(holding, a)
		}
	}
	return holding
}

// SortName puts the last word of a name first, as lists of Polish names do.
func SortName(name string) string {
	words := strings.Fields(name)
	if len(words) < 2 {
		return name
	}
	last := len(words) - 1
	return words[last] + " " + strings.Join(words[:last], " ")
}

// ValidURL reports whether s is empty or a web address that a page may link to.
func ValidURL(s string) bool {
	if s == "" {
		return true
	}
	u, err := url.Parse(s)
	return err == nil && len(s) <= maxURL && (u.Scheme == "https" || u.Scheme == "http") && u.Host != "" && u.User == nil
}

// Email brings an address into the one form that accounts are kept under; ok
// is false for a text that is no address. "Jan <jan@x.pl>" yields jan@x.pl.
func Email(s string) (address string, ok bool) {
	a, err := mail.ParseAddress(strings.TrimSpace(s))
	if err != nil || len(a.Address) > 254 {
		return "", false
	}
	return strings.ToLower(a.Address), true
}

func tooLong(t i18n.Text, limit int) bool {
	return utf8.RuneCountInString(t.PL) > limit || utf8.RuneCountInString(t.EN) > limit
}

func validSlug(s string) bool {
	if s == "" || len(s) > 80 {
		return false
	}
	for _, r := range s {
		if (r < 'a' || r > 'z') && (r < '0' || r > '9') && r != '-' {
			return false
		}
	}
	return s[0] != '-' && s[len(s)-1] != '-'
}

func knownSector(s Sector) bool {
	for _, known := range Sectors {
		if s == known {
			return true
		}
	}
	return false
}

// Key names the sentence that says the sector.
// key: people.sector.*
func (s Sector) Key() string { return "people.sector." + string(s) }
