package proceedings

import (
	"reflect"
	"slices"
)

// Change is one thing that differs between a version and the one before. It names no person.
type Change struct {
	Kind  Kind     `json:"kind"`
	Code  string   `json:"code,omitempty"` // of the contribution; empty: the title page
	Title string   `json:"title,omitempty"`
	Parts []string `json:"parts,omitempty"` // what of it, for Corrected
}

// Kind is what happened to a contribution.
type Kind string

// The kinds.
const (
	Added     Kind = "added"
	Withdrawn Kind = "withdrawn"
	Removed   Kind = "removed"
	Corrected Kind = "corrected"
)

// Key names the sentence that says the kind.
// key: proceedings.change.*
func (k Kind) Key() string { return "proceedings.change." + string(k) }

// PartKey names the sentence that says a part.
// key: proceedings.part.*
func PartKey(part string) string { return "proceedings.part." + part }

// changes lists what differs, the title page first, then in the order of the new document.
func changes(before, after Document) (all []Change) {
	if !equal(before.About, after.About) {
		all = append(all, Change{Kind: Corrected, Parts: []string{"about"}})
	}
	for _, e := range after.Entries {
		old, err := before.Find(e.Code)
		switch {
		case err != nil:
			all = append(all, Change{Kind: Added, Code: e.Code, Title: e.Title})
		case e.Withdrawn && !old.Withdrawn:
			all = append(all, Change{Kind: Withdrawn, Code: e.Code, Title: e.Title})
		default:
			if parts := differ(old, e); len(parts) > 0 {
				all = append(all, Change{Kind: Corrected, Code: e.Code, Title: e.Title, Parts: parts})
			}
		}
	}
	for _, e := range before.Entries {
		if _, err := after.Find(e.Code); err != nil {
			all = append(all, Change{Kind: Removed, Code: e.Code, Title: e.Title})
		}
	}
	return all
}

// differ names the parts in which two versions of a contribution differ.
func differ(a, b Entry) (parts []string) {
	for _, part := range []struct {
		name string
		same bool
	}{
		{"title", a.Title == b.Title && a.Language == b.Language},
		{"authors", slices.Equal(shown(a.Authors), shown(b.Authors))},
		{"abstract", a.Abstract == b.Abstract && slices.Equal(a.Keywords, b.Keywords)},
		{"session", a.Session.Slug == b.Session.Slug && a.Session.Title == b.Session.Title && a.Session.At.Equal(b.Session.At) && a.Path == b.Path},
		{"numbers", a.DOI == b.DOI && a.Pages == b.Pages},
	} {
		if !part.same {
			parts = append(parts, part.name)
		}
	}
	return parts
}

// shown are authors as they are printed.
func shown(authors []Author) (all []Author) {
	for _, a := range authors {
		all = append(all, Author{Name: a.Name, Affiliation: a.Affiliation, ORCID: a.ORCID})
	}
	return all
}

// equal says whether two title pages say the same.
func equal(a, b About) bool {
	sameEditors := slices.Equal(a.Editors, b.Editors)
	a.Editors, b.Editors = nil, nil
	return sameEditors && reflect.DeepEqual(a, b)
}
