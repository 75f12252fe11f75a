package onstage

import (
	"context"
	"slices"
	"strings"

	"obrady/internal/call"
	"obrady/internal/db"
	"obrady/internal/edition"
	"obrady/internal/partner"
	"obrady/internal/people"
	"obrady/internal/text"
)

// presenters are those of a submission who come on stage: the presenters, or the
// authors where nobody else was named. Who refused to be among them is not.
func presenters(who call.Identity) (all []call.Contributor) {
	for _, role := range []call.Role{call.Presenter, call.Author} {
		for _, c := range who.Contributors {
			if c.Has(role) && c.State != call.Refused && strings.TrimSpace(c.Name) != "" {
				all = append(all, c)
			}
		}
		if len(all) > 0 {
			return all
		}
	}
	return nil
}

// register finds persons of the programme for people behind submissions.
type register struct {
	persons []people.Person
	claimed map[people.AccountID]people.PersonID
	here    map[people.PersonID]bool // who has a part in the edition or was brought in by it
	home    string
	added   map[string]people.PersonID // those who were missing, by folded name
	missing []people.Person
}

// readRegister reads whom whoever asks may know of.
func readRegister(ctx context.Context, q db.Querier, h *partner.Hand, of edition.ID) (*register, error) {
	r := &register{claimed: map[people.AccountID]people.PersonID{}, here: map[people.PersonID]bool{}, added: map[string]people.PersonID{}, home: h.Home()}
	all, err := people.Persons(ctx, q)
	if err != nil {
		return nil, err
	}
	r.persons = slices.DeleteFunc(all, func(p people.Person) bool { return !h.Knows(p.ID) })
	for _, p := range r.persons {
		r.here[p.ID] = p.Home == string(of) || p.Home == r.home
	}
	type claim struct {
		account people.AccountID
		person  people.PersonID
	}
	claims, err := db.Collect(func(row db.Scanner) (c claim, err error) { return c, row.Scan(&c.account, &c.person) })(q.Query(ctx, `
		SELECT id, person_id FROM account WHERE person_id IS NOT NULL`))
	if err != nil {
		return nil, err
	}
	for _, c := range claims {
		r.claimed[c.account] = c.person
	}
	appearing, err := db.Collect(func(row db.Scanner) (p people.PersonID, err error) { return p, row.Scan(&p) })(q.Query(ctx, `
		SELECT DISTINCT appearance.person_id FROM appearance JOIN session ON session.id = appearance.session_id WHERE session.edition_id = $1`, of))
	for _, p := range appearing {
		r.here[p] = true
	}
	return r, err
}

// find finds somebody: by the entry that their account has claimed; then by name
// and institution; then by name among those of this edition, if only one is called
// so. A name that is the same elsewhere is somebody else.
func (r *register) find(c call.Contributor) (people.PersonID, bool) {
	if id, known := r.claimed[c.Account]; known && c.Account != "" {
		if slices.ContainsFunc(r.persons, func(p people.Person) bool { return p.ID == id }) {
			return id, true
		}
	}
	var namesakes []people.Person
	for _, p := range r.persons {
		if text.Fold(p.Name) != text.Fold(spaced(c.Name)) {
			continue
		}
		works := func(a people.Affiliation) bool { return a.Institution == c.Institution }
		if c.Institution != "" && slices.ContainsFunc(p.Affiliations, works) {
			return p.ID, true
		}
		if r.here[p.ID] {
			namesakes = append(namesakes, p)
		}
	}
	if len(namesakes) == 1 {
		return namesakes[0].ID, true
	}
	id, known := r.added[text.Fold(spaced(c.Name))]
	return id, known
}

func spaced(name string) string { return strings.Join(strings.Fields(name), " ") }

// need notes somebody who must be added, unless they are known or noted already.
func (r *register) need(c call.Contributor, h *partner.Hand) {
	if _, known := r.find(c); known {
		return
	}
	name := spaced(c.Name)
	if slices.ContainsFunc(r.missing, func(p people.Person) bool { return text.Fold(p.Name) == text.Fold(name) }) {
		return
	}
	p := people.Person{Name: name, Home: r.home}
	if c.Institution != "" && h.KnowsInstitution(c.Institution) {
		p.Affiliations = []people.Affiliation{{Institution: c.Institution}}
	}
	p.Slug = text.UniqueSlug(text.Slug(name), func(slug string) bool {
		same := func(o people.Person) bool { return o.Slug == slug }
		return slices.ContainsFunc(r.persons, same) || slices.ContainsFunc(r.missing, same)
	})
	r.missing = append(r.missing, p)
}

// add brings those who are missing into the register.
func (r *register) add(ctx context.Context, h *partner.Hand) error {
	added, err := h.AddPersons(ctx, r.missing)
	for _, p := range added {
		r.added[text.Fold(p.Name)] = p.ID
	}
	r.missing = nil
	return err
}
