package edition

import (
	"time"

	"obrady/internal/errs"
	"obrady/internal/i18n"
)

// TermID names a term of a taxonomy.
type TermID string

// TaxonomyKind says what a taxonomy sorts by.
type TaxonomyKind string

// The kinds of taxonomy.
const (
	Goal             TaxonomyKind = "goal"              // cel polityki: miasto zielone
	Theme            TaxonomyKind = "theme"             // obszar tematyczny: transport i mobilność
	KaleidoscopePath TaxonomyKind = "kaleidoscope_path" // ścieżka kalejdoskopów
	PracticePath     TaxonomyKind = "practice_path"     // wątek dobrych praktyk
)

// TaxonomyKinds lists the kinds in the order in which pages show them.
var TaxonomyKinds = []TaxonomyKind{Goal, Theme, KaleidoscopePath, PracticePath}

// Taxonomy is a list of terms by which an edition sorts its programme. Names
// drift, between editions and within one, so a taxonomy has versions and a
// term says which earlier term it continues.
type Taxonomy struct {
	ID        string       `json:"id"`
	Edition   ID           `json:"edition"`
	Kind      TaxonomyKind `json:"kind"`
	Name      i18n.Text    `json:"name"`
	Version   int          `json:"version"` // counts from 1
	Terms     []Term       `json:"terms,omitempty"`
	Position  int          `json:"position"`
	Revision  int          `json:"revision"`
	UpdatedAt time.Time    `json:"updated_at"`
}

// Term is one entry of a taxonomy.
type Term struct {
	ID          TermID    `json:"id"`
	Slug        string    `json:"slug"`
	Name        i18n.Text `json:"name"`
	Description i18n.Text `json:"description"`
	Since       int       `json:"since"`               // the version that brought the term
	Until       int       `json:"until,omitempty"`     // the last version with it; 0: it still holds
	Continues   TermID    `json:"continues,omitempty"` // the earlier term, of this edition or another
}

// Holds reports whether the term belongs to the given version.
func (t Term) Holds(version int) bool {
	return t.Since <= version && (t.Until == 0 || t.Until >= version)
}

// Current lists the terms of the present version.
func (t Taxonomy) Current() []Term {
	var terms []Term
	for _, term := range t.Terms {
		if term.Holds(t.Version) {
			terms = append(terms, term)
		}
	}
	return terms
}

// Validate says what keeps the taxonomy from being saved.
func (t Taxonomy) Validate() error {
	var wrong errs.Problems
	requireText(&wrong, "name", t.Name)
	if !known(TaxonomyKinds, t.Kind) {
		wrong.Add("kind", "edition.kind_unknown")
	}
	slugs := map[string]bool{}
	for _, term := range t.Terms {
		if !ValidSlug(term.Slug) {
			wrong.Add("terms", "edition.term_slug", term.Slug)
		}
		if slugs[term.Slug] {
			wrong.Add("terms", "edition.term_twice", term.Slug)
		}
		slugs[term.Slug] = true
		if term.Name.PL == "" {
			wrong.Add("terms", "edition.term_name", term.Slug)
		}
		if term.Since < 1 || term.Since > t.Version || (term.Until != 0 && term.Until < term.Since) {
			wrong.Add("terms", "edition.term_versions", term.Slug)
		}
		if term.Continues != "" && term.Continues == term.ID {
			wrong.Add("terms", "edition.term_continues_itself", term.Slug)
		}
	}
	return wrong.Err()
}
