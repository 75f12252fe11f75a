package export

import (
	"slices"
	"strings"

	"obrady/internal/i18n"
	"obrady/internal/id"
	"obrady/internal/people"
	"obrady/internal/programme"
	"obrady/internal/text"
)

// people reads "moderator: Anna Nowak (Miasto Łódź); Jan Kowalski". Somebody
// whom the congress does not know becomes a new person; a name that two
// persons bear is refused, unless one of them is in the session already.
func (r *reader) people(s *programme.Session) {
	if !r.has("people") {
		return
	}
	var all []programme.Appearance
	for _, entry := range list(r.cell("people"), ";\n") {
		role, name := r.role(entry)
		name, affiliation := splitAffiliation(name)
		person, known := r.person(s, name)
		if !known {
			continue
		}
		a := programme.Appearance{Person: person, Role: role}
		if affiliation != "" {
			a.Affiliation.PL = affiliation
		}
		for _, had := range s.People {
			if had.Person == a.Person && had.Role == a.Role && had.Affiliation.PL == affiliation {
				a = had
			}
		}
		all = append(all, a)
	}
	s.People = all
}

func (r *reader) role(entry string) (programme.Role, string) {
	before, after, labelled := strings.Cut(entry, ":")
	if !labelled {
		return programme.Speaker, entry
	}
	word := text.Fold(strings.TrimSpace(before))
	for _, role := range programme.Roles {
		if word == string(role) || slices.ContainsFunc(r.plan.words, func(p i18n.Printer) bool {
			return word == text.Fold(p.T(role.Key()))
		}) {
			return role, strings.TrimSpace(after)
		}
	}
	r.refuse("people", "export.role_unknown", strings.TrimSpace(before))
	return programme.Speaker, strings.TrimSpace(after)
}

func splitAffiliation(name string) (bare, affiliation string) {
	if open := strings.Index(name, "("); open > 0 && strings.HasSuffix(name, ")") {
		return strings.TrimSpace(name[:open]), name[open+1 : len(name)-1]
	}
	return name, ""
}

func (r *reader) person(s *programme.Session, name string) (people.PersonID, bool) {
	t, key := r.plan, text.Fold(name)
	known := t.people[key]
	for _, one := range known {
		if len(known) == 1 || slices.ContainsFunc(s.People, func(a programme.Appearance) bool { return a.Person == one }) {
			return one, true
		}
	}
	switch {
	case len(known) > 1:
		r.refuse("people", "export.person_ambiguous", name)
		return "", false
	case name == "":
		return "", false
	}
	slug := text.UniqueSlug(text.Slug(name), func(s string) bool { return t.slugsOf[s] })
	made := people.Person{ID: id.Make[people.PersonID](), Slug: slug, Name: name, SortName: people.SortName(name)}
	if err := made.Validate(); err != nil {
		r.blame(err, "people")
		return "", false
	}
	t.persons, t.people[key], t.slugsOf[slug] = append(t.persons, made), []people.PersonID{made.ID}, true
	return made.ID, true
}
