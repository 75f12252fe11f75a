// Package proceedings keeps what remains of the talks of a congress: a volume of
// what was accepted in a call, with authors, affiliations and citations, frozen
// when it is published and corrected by its next version.
//
// Nothing comes into a volume, nor into its preview, before its authors have been
// told that it was accepted.
package proceedings

import (
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"encoding/json"
	"regexp"
	"strings"
	"time"

	"obrady/internal/call"
	"obrady/internal/edition"
	"obrady/internal/errs"
	"obrady/internal/i18n"
	"obrady/internal/people"
	"obrady/internal/text"
)

// Locale holds the sentences that name this package's errors and changes.
//
//go:embed locale/*.json
var Locale embed.FS

// What can go wrong with volumes.
var (
	ErrNone    = errs.New(errs.NotFound, "proceedings.none")
	ErrKind    = errs.New(errs.Conflict, "proceedings.kind")    // only abstracts and posters make volumes
	ErrChanged = errs.New(errs.Conflict, "proceedings.changed") // since the preview was drawn
	ErrEmpty   = errs.New(errs.Conflict, "proceedings.empty")   // there is nothing to publish
	ErrSame    = errs.New(errs.Conflict, "proceedings.same")    // nothing has changed since the last version
)

// ID names a volume.
type ID string

// Volume is what is printed together (tom materiałów): what was accepted in one call.
type Volume struct {
	ID        ID
	Call      call.ID
	Edition   edition.ID
	Slug      string // of the call, in addresses
	About     About
	Version   int // the last that was published; 0: none
	Example   bool
	Revision  int
	UpdatedAt time.Time
}

// About is what the title page of a volume says.
type About struct {
	Title     i18n.Text `json:"title"`
	Editors   []string  `json:"editors,omitempty"`
	Publisher string    `json:"publisher,omitempty"`
	Place     string    `json:"place,omitempty"`
	Year      int       `json:"year"`
	ISBN      string    `json:"isbn,omitempty"`
	Prefix    string    `json:"prefix,omitempty"` // that of the DOIs, such as 10.12345
	Licence   string    `json:"licence,omitempty"`
	Abstract  string    `json:"abstract"`           // the question whose answer is the abstract
	Keywords  string    `json:"keywords,omitempty"` // the question whose answer lists keywords; empty: there are none
	// Staged takes in only what has a place in the programme: what was on stage, or will be.
	Staged bool `json:"staged,omitempty"`
}

// Limits of what a title page says.
const (
	maxTitle   = 300
	maxLine    = 200
	mostEditor = 30
	firstYear  = 1900
	lastYear   = 2200
)

var (
	prefixForm = regexp.MustCompile(`^10\.\d{4,9}$`)
	doiForm    = regexp.MustCompile(`^10\.\d{4,9}/[!-~]+$`) // DOI Handbook 2.2, in the letters that agencies recommend
	pagesForm  = regexp.MustCompile(`^[0-9A-Za-z]{1,8}([-–][0-9A-Za-z]{1,8})?$`)
)

// Validate says what keeps a volume from being saved.
func (v Volume) Validate() error {
	var wrong errs.Problems
	a := v.About
	for field, words := range map[string]string{"title_pl": a.Title.PL, "title_en": a.Title.EN} {
		if text.Length(words) > maxTitle {
			wrong.Add(field, "proceedings.too_long", maxTitle)
		}
	}
	if a.Title.IsZero() {
		wrong.Add("title_pl", "proceedings.missing")
	}
	for field, words := range map[string]string{"publisher": a.Publisher, "place": a.Place, "licence": a.Licence} {
		if text.Length(words) > maxLine {
			wrong.Add(field, "proceedings.too_long", maxLine)
		}
	}
	if len(a.Editors) > mostEditor || text.Length(strings.Join(a.Editors, "")) > mostEditor*maxLine {
		wrong.Add("editors", "proceedings.too_many", mostEditor)
	}
	if a.Year < firstYear || a.Year > lastYear {
		wrong.Add("year", "proceedings.year")
	}
	if a.ISBN != "" && !goodISBN(a.ISBN) {
		wrong.Add("isbn", "proceedings.isbn")
	}
	if a.Prefix != "" && !prefixForm.MatchString(a.Prefix) {
		wrong.Add("prefix", "proceedings.prefix")
	}
	if a.Abstract == "" {
		wrong.Add("abstract", "proceedings.missing")
	}
	return wrong.Err()
}

// goodISBN says whether the check digit of an ISBN is right (ISO 2108): of ten digits or of thirteen.
func goodISBN(isbn string) bool {
	digits := strings.ReplaceAll(strings.ReplaceAll(isbn, "-", ""), " ", "")
	sum := 0
	for i, r := range digits {
		digit := int(r - '0')
		switch {
		case r == 'X' && len(digits) == 10 && i == 9:
			digit = 10
		case r < '0' || r > '9':
			return false
		}
		if len(digits) == 13 {
			sum += digit * (1 + 2*(i%2))
		} else {
			sum += digit * (10 - i)
		}
	}
	return len(digits) == 13 && sum%10 == 0 || len(digits) == 10 && sum%11 == 0
}

// Mark is what the organisers add to one contribution.
type Mark struct {
	Submission call.SubmissionID
	DOI        string
	Pages      string // in print: 12, 12–15
}

// Validate says what keeps a mark from being saved in the volume.
func (m Mark) Validate(v Volume) error {
	var wrong errs.Problems
	switch {
	case m.DOI == "":
	case !doiForm.MatchString(m.DOI):
		wrong.Add("doi", "proceedings.doi")
	case v.About.Prefix != "" && !strings.HasPrefix(m.DOI, v.About.Prefix+"/"):
		wrong.Add("doi", "proceedings.doi_prefix", v.About.Prefix)
	}
	if m.Pages != "" && !pagesForm.MatchString(m.Pages) {
		wrong.Add("pages", "proceedings.pages")
	}
	return wrong.Err()
}

// Document is a volume as it is published: everything that its pages, its book and its citations say.
type Document struct {
	About   About   `json:"about"`
	Entries []Entry `json:"entries"`
	Example bool    `json:"example,omitempty"`
}

// Entry is one contribution.
type Entry struct {
	Code      string    `json:"code"`
	Title     string    `json:"title"`
	Language  i18n.Lang `json:"language"`
	Path      i18n.Text `json:"path,omitzero"`
	Authors   []Author  `json:"authors,omitempty"`
	Abstract  string    `json:"abstract,omitempty"`
	Keywords  []string  `json:"keywords,omitempty"`
	DOI       string    `json:"doi,omitempty"`
	Pages     string    `json:"pages,omitempty"`
	Session   Session   `json:"session,omitzero"`
	Withdrawn bool      `json:"withdrawn,omitempty"` // after it was published; then nothing but its title is left
}

// Session is where a contribution was on stage.
type Session struct {
	Slug  string    `json:"slug"`
	Title i18n.Text `json:"title"`
	At    time.Time `json:"at,omitzero"`
}

// Author is one of those who wrote a contribution. Contributor and Account say who it is for an erasure, and are not
// told to anybody.
type Author struct {
	Contributor call.ContributorID `json:"contributor,omitempty"`
	Account     people.AccountID   `json:"account,omitempty"`
	Name        string             `json:"name"`
	Affiliation string             `json:"affiliation,omitempty"`
	ORCID       string             `json:"orcid,omitempty"`
}

// Digest changes when anything of the document does.
func (d Document) Digest() string {
	content, err := json.Marshal(d)
	if err != nil { // texts, numbers and lists of them
		panic(err)
	}
	sum := sha256.Sum256(content)
	return hex.EncodeToString(sum[:])
}

// Find returns the contribution that a code names, or ErrNone.
func (d Document) Find(code string) (Entry, error) {
	for _, e := range d.Entries {
		if strings.EqualFold(e.Code, code) {
			return e, nil
		}
	}
	return Entry{}, ErrNone
}

// Version is a volume as it was published once.
type Version struct {
	Volume   ID
	Number   int
	Document Document
	Changes  []Change // since the version before
	By       people.AccountID
	At       time.Time
}
