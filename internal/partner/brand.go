package partner

import (
	"slices"
	"time"
	"unicode/utf8"

	"obrady/internal/edition"
	"obrady/internal/errs"
	"obrady/internal/i18n"
	"obrady/internal/people"
	"obrady/internal/programme"
	"obrady/internal/rights"
)

// Brand is how a partner shows itself on the pages of its part: its address,
// the marks of those who pay and organise, and the text that funders and the
// law want said.
type Brand struct {
	Workspace rights.WorkspaceID
	URL       string
	Legal     i18n.Text // Markdown
	Marks     []Mark
	Revision  int // 0: nothing has been written yet
	UpdatedAt time.Time
}

// Mark is the mark of a funder or an organiser; edition.Logo is that of the
// whole congress.
type Mark struct {
	ID        string
	Role      edition.CreditRole
	Name      i18n.Text // read aloud, and shown where there is no picture
	URL       string
	MediaType string // image/png or image/jpeg; empty: a mark in words
	Image     []byte
	Position  int
}

// LegalVersion is a legal text as it stood from a moment on.
type LegalVersion struct {
	Revision int
	Legal    i18n.Text
	MadeAt   time.Time
	MadeBy   people.AccountID
}

const (
	maxMarks   = 24
	maxPicture = 512 << 10 // bytes
	maxName    = 200       // characters
)

// Validate says what keeps the brand from being saved.
func (b Brand) Validate() error {
	var wrong errs.Problems
	if !people.ValidURL(b.URL) {
		wrong.Add("url", "people.url")
	}
	if utf8.RuneCountInString(b.Legal.PL) > programme.MaxBody {
		wrong.Add("legal_pl", "people.too_long", programme.MaxBody)
	}
	if utf8.RuneCountInString(b.Legal.EN) > programme.MaxBody {
		wrong.Add("legal_en", "people.too_long", programme.MaxBody)
	}
	return wrong.Err()
}

// Validate says what keeps the mark from being saved.
func (m Mark) Validate() error {
	var wrong errs.Problems
	if m.Name.PL == "" {
		wrong.Add("name_pl", "people.name_missing")
	}
	if utf8.RuneCountInString(m.Name.PL) > maxName || utf8.RuneCountInString(m.Name.EN) > maxName {
		wrong.Add("name_pl", "people.too_long", maxName)
	}
	if !people.ValidURL(m.URL) {
		wrong.Add("mark_url", "people.url")
	}
	if !slices.Contains(edition.CreditRoles, m.Role) {
		wrong.Add("role", "edition.role_unknown")
	}
	if len(m.Image) > maxPicture {
		wrong.Add("image", "edition.picture_too_large", maxPicture>>10)
	}
	return wrong.Err()
}

func errTooManyMarks() error {
	var wrong errs.Problems
	wrong.Add("image", "programme.too_many", maxMarks)
	return wrong.Err()
}
