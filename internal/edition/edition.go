// Package edition keeps the editions of the congress side by side: when and
// where each was, who stood behind it, what its pages say and by which goals
// and themes it sorts its programme. No edition ever overwrites another.
package edition

import (
	"embed"
	"strings"
	"sync"
	"time"
	"unicode/utf8"

	"obrady/internal/civil"
	"obrady/internal/errs"
	"obrady/internal/i18n"
	"obrady/internal/people"
)

// Locale holds the sentences that name this package's errors and kinds.
//
//go:embed locale/*.json
var Locale embed.FS

// ID names an edition (edycja).
type ID string

// What can go wrong with editions.
var (
	ErrUnknown    = errs.New(errs.NotFound, "edition.unknown")
	ErrNoPage     = errs.New(errs.NotFound, "edition.no_page")
	ErrNoTaxonomy = errs.New(errs.NotFound, "edition.no_taxonomy")
	ErrNoLogo     = errs.New(errs.NotFound, "edition.no_logo")
	ErrChanged    = errs.New(errs.Conflict, "edition.changed")
	ErrTermInUse  = errs.New(errs.Conflict, "edition.term_in_use")
)

// Form says where people take part (forma): on site, online, or both ways.
type Form string

// The forms.
const (
	OnSite Form = "on_site"
	Online Form = "online"
	Hybrid Form = "hybrid"
)

// Forms lists the forms in the order in which forms offer them.
var Forms = []Form{OnSite, Online, Hybrid}

// Edition is one congress: III Kongres Polityki Miejskiej, 2021.
type Edition struct {
	ID         ID         `json:"id"`
	Slug       string     `json:"slug"`   // kpm-2021, in every address for ever
	Number     int        `json:"number"` // 3 for III; 0 where nobody counts
	Name       i18n.Text  `json:"name"`
	Motto      i18n.Text  `json:"motto"`
	About      i18n.Text  `json:"about"` // Markdown
	City       i18n.Text  `json:"city"`
	Venue      i18n.Text  `json:"venue"`
	StartsOn   civil.Date `json:"starts_on"`
	EndsOn     civil.Date `json:"ends_on"`
	TimeZone   string     `json:"time_zone"` // a name of the IANA database: Europe/Warsaw
	Form       Form       `json:"form"`
	Attendance i18n.Text  `json:"attendance"` // how many came, in words
	Licence    string     `json:"licence"`    // SPDX name of the licence of the programme data
	Credits    []Credit   `json:"credits,omitempty"`
	Examples   []string   `json:"examples,omitempty"` // fields filled for the demonstration
	Sources    []string   `json:"sources,omitempty"`
	Public     bool       `json:"public"`
	Revision   int        `json:"revision"`
	UpdatedAt  time.Time  `json:"updated_at"`
}

// CreditRole says in what part an institution stands behind something.
type CreditRole string

// The roles.
const (
	Organiser   CreditRole = "organiser"
	CoOrganiser CreditRole = "co_organiser"
	Partner     CreditRole = "partner"
	Patron      CreditRole = "patron"
	Funder      CreditRole = "funder"
)

// CreditRoles lists the roles in the order in which pages show them.
var CreditRoles = []CreditRole{Organiser, CoOrganiser, Partner, Patron, Funder}

// Credit names an institution that stands behind something, and how.
type Credit struct {
	Institution people.InstitutionID `json:"institution"`
	Role        CreditRole           `json:"role"`
}

// Location returns the zone whose clock hangs in the hall. A zone that nobody
// knows, which Validate refuses, counts as UTC.
func (e Edition) Location() *time.Location {
	if known, ok := zones.Load(e.TimeZone); ok {
		return known.(*time.Location) //nolint:forcetypeassert // only zones are stored
	}
	zone, err := time.LoadLocation(e.TimeZone)
	if err != nil {
		return time.UTC
	}
	zones.Store(e.TimeZone, zone)
	return zone
}

// zones keeps those that have been read, each from a file: pages ask for one all the time.
var zones sync.Map

// Days lists the days of the edition.
func (e Edition) Days() []civil.Date { return e.StartsOn.Until(e.EndsOn) }

// Roman writes the number as congresses do: III. Without a number it is empty.
func (e Edition) Roman() string {
	var roman strings.Builder
	rest := e.Number
	for _, sign := range []struct {
		value int
		text  string
	}{{50, "L"}, {40, "XL"}, {10, "X"}, {9, "IX"}, {5, "V"}, {4, "IV"}, {1, "I"}} {
		for rest >= sign.value {
			roman.WriteString(sign.text)
			rest -= sign.value
		}
	}
	return roman.String()
}

// Limits of texts, in characters.
const (
	maxName    = 200
	maxBody    = 40000
	maxDays    = 31
	maxNumber  = 99
	maxPicture = 512 << 10 // bytes
)

// Validate says what keeps the edition from being saved.
func (e Edition) Validate() error {
	var wrong errs.Problems
	requireText(&wrong, "name", e.Name)
	limitText(&wrong, "motto", e.Motto, maxName)
	limitText(&wrong, "about", e.About, maxBody)
	if !ValidSlug(e.Slug) {
		wrong.Add("slug", "edition.slug")
	}
	if e.Number < 0 || e.Number > maxNumber {
		wrong.Add("number", "edition.number", maxNumber)
	}
	for field, day := range map[string]civil.Date{"starts_on": e.StartsOn, "ends_on": e.EndsOn} {
		if _, err := civil.ParseDate(string(day)); err != nil {
			wrong.Add(field, "edition.date")
		}
	}
	switch {
	case e.EndsOn < e.StartsOn:
		wrong.Add("ends_on", "edition.ends_before_start")
	case len(e.Days()) > maxDays:
		wrong.Add("ends_on", "edition.too_many_days", maxDays)
	}
	if _, err := time.LoadLocation(e.TimeZone); err != nil || e.TimeZone == "" || e.TimeZone == "Local" {
		wrong.Add("time_zone", "edition.time_zone")
	}
	if !known(Forms, e.Form) {
		wrong.Add("form", "edition.form_unknown")
	}
	return wrong.Err()
}

// PageKind tells an edition's own pages from its legal texts.
type PageKind string

// The kinds of page.
const (
	Information PageKind = "information" // about, how to get there, contact
	Legal       PageKind = "legal"       // regulamin, klauzula informacyjna, deklaracja dostępności
)

// PageKinds lists the kinds in the order in which forms offer them.
var PageKinds = []PageKind{Information, Legal}

// Page is a text of the edition's own; every wording it ever had is kept.
type Page struct {
	ID        string
	Edition   ID
	Slug      string
	Kind      PageKind
	Title     i18n.Text
	Body      i18n.Text // Markdown
	Position  int
	Revision  int
	UpdatedAt time.Time
}

// Validate says what keeps the page from being saved.
func (p Page) Validate() error {
	var wrong errs.Problems
	requireText(&wrong, "title", p.Title)
	limitText(&wrong, "body", p.Body, maxBody)
	if !ValidSlug(p.Slug) {
		wrong.Add("slug", "edition.slug")
	}
	if !known(PageKinds, p.Kind) {
		wrong.Add("kind", "edition.kind_unknown")
	}
	return wrong.Err()
}

// Logo is the mark of an organiser, a patron or a funder in the strip of marks.
type Logo struct {
	ID        string
	Edition   ID
	Role      CreditRole
	Name      i18n.Text // read aloud, and shown where there is no picture
	URL       string
	MediaType string // image/png or image/jpeg; empty: a mark in words
	Image     []byte
	Position  int
}

// Validate says what keeps the logo from being saved.
func (l Logo) Validate() error {
	var wrong errs.Problems
	requireText(&wrong, "name", l.Name)
	if !people.ValidURL(l.URL) {
		wrong.Add("url", "people.url")
	}
	if !known(CreditRoles, l.Role) {
		wrong.Add("role", "edition.role_unknown")
	}
	if len(l.Image) > maxPicture {
		wrong.Add("image", "edition.picture_too_large", maxPicture>>10)
	}
	return wrong.Err()
}

// ValidSlug reports whether s can stand in an address: a-z, 0-9 and single
// hyphens inside, 2 to 80 characters.
func ValidSlug(s string) bool {
	if len(s) < 2 || len(s) > 80 || strings.Contains(s, "--") {
		return false
	}
	for _, r := range s {
		if (r < 'a' || r > 'z') && (r < '0' || r > '9') && r != '-' {
			return false
		}
	}
	return s[0] != '-' && s[len(s)-1] != '-'
}

func requireText(wrong *errs.Problems, field string, t i18n.Text) {
	if strings.TrimSpace(t.PL) == "" {
		wrong.Add(field+"_pl", "edition.text_missing")
	}
	limitText(wrong, field, t, maxName)
}

func limitText(wrong *errs.Problems, field string, t i18n.Text, limit int) {
	if utf8.RuneCountInString(t.PL) > limit {
		wrong.Add(field+"_pl", "people.too_long", limit)
	}
	if utf8.RuneCountInString(t.EN) > limit {
		wrong.Add(field+"_en", "people.too_long", limit)
	}
}

func known[T comparable](list []T, one T) bool {
	for _, k := range list {
		if k == one {
			return true
		}
	}
	return false
}

// Key names the sentence that says the form.
// key: edition.form.*
func (f Form) Key() string { return "edition.form." + string(f) }

// Key names the sentence that says the role.
// key: edition.role.*
func (r CreditRole) Key() string { return "edition.role." + string(r) }

// Key names the sentence that says the kind.
// key: edition.kind.*
func (k PageKind) Key() string { return "edition.kind." + string(k) }

// Key names the sentence that says the kind.
// key: edition.taxonomy.*
func (k TaxonomyKind) Key() string { return "edition.taxonomy." + string(k) }
