package planner

import (
	"net/http"
	"slices"
	"strings"

	"obrady/internal/programme"
	"obrady/internal/rights"
	"obrady/internal/text"
	"obrady/internal/timetable"
	"obrady/internal/web"
	"obrady/internal/web/desk"
)

// bench is what a page about sessions works on: the whole working programme of an edition.
type bench struct {
	desk.Desk
	x            *timetable.Index
	part         rights.Scope // of the edition, that whoever asks may read
	sessions     directory
	persons      directory
	institutions directory
}

// bench reads the working programme of the edition that the path names.
func (p *Pages) bench(r *http.Request, at string) (*bench, error) {
	d, err := p.Desk(r, at)
	if err != nil {
		return nil, err
	}
	working, err := p.Timetable.Working(r.Context(), d.Edition.ID)
	if err != nil {
		return nil, err
	}
	b := &bench{Desk: d, x: working.Index(), part: d.Scope(rights.ReadDraft)}
	b.sessions = newDirectory("planner.session.unknown_session")
	for _, s := range b.x.Sessions {
		if s.Slug == "" {
			b.addUnnamed(s.ID)
			continue
		}
		b.sessions.add(string(s.ID), s.Title.PL, s.Slug)
	}
	return b, nil
}

// mine says whether the session is one of those that whoever asks may open. Of the others the bench knows only what
// clashes are found by.
//
// A session that was left in for its clashes alone is in no block, so nothing would tell that it is in none of theirs.
func (b *bench) mine(s *programme.Session) bool {
	return s != nil && s.Block != "" && b.part.Session(*s)
}

// addUnnamed makes a name for a session of others that one of the own ones refers to, so that the reference stays.
func (b *bench) addUnnamed(id programme.SessionID) {
	const tail = 6 // letters of the id, which tell two of them apart
	for i := range b.x.Sessions {
		if s := &b.x.Sessions[i]; b.mine(s) && (s.Parent == id || slices.Contains(s.Follows, id)) {
			b.sessions.add(string(id), "…", string(id[max(0, len(id)-tail):]))
			return
		}
	}
}

// know reads who and which institutions there are, for the pages that choose among them.
func (b *bench) know() {
	b.persons = newDirectory(unknownPerson)
	for _, person := range b.x.Persons {
		b.persons.add(string(person.ID), person.Name, person.Slug)
	}
	b.institutions = newDirectory(unknownInstitution)
	for _, institution := range b.x.Institutions {
		b.institutions.add(string(institution.ID), institution.Name.PL, institution.Slug)
	}
}

// Problems of names; see creatable.
const (
	unknownPerson      = "planner.session.unknown_person"
	unknownInstitution = "planner.session.unknown_institution"
)

// creatable are the problems that a button beside the field can solve, by adding the name that was typed.
var creatable = map[string]bool{unknownPerson: true, unknownInstitution: true}

// directory finds things by the name that somebody types. Two of one name are told apart by their addresses.
type directory struct {
	unknown string // key of what is said of a name that is not there
	byID    map[string]entry
	byName  map[string][]string // ids, by folded name
	order   []string
}

type entry struct{ name, slug string }

func newDirectory(unknown string) directory {
	return directory{unknown: unknown, byID: map[string]entry{}, byName: map[string][]string{}}
}

func (d *directory) add(id, name, slug string) {
	d.byID[id] = entry{name, slug}
	d.byName[fold(name)] = append(d.byName[fold(name)], id)
	d.order = append(d.order, id)
}

func fold(name string) string { return strings.Join(strings.Fields(text.Fold(name)), " ") }

// label is what a form shows for the thing: its name, and its address where the name is not enough. It is empty for
// no thing.
func (d directory) label(id string) string {
	e, known := d.byID[id]
	switch {
	case !known:
		return ""
	case len(d.byName[fold(e.name)]) > 1 || fold(e.name) == "" || strings.ContainsAny(e.name, ";["):
		return strings.NewReplacer(";", ",", "[", "(").Replace(e.name) + " [" + e.slug + "]"
	}
	return e.name
}

// find is the inverse of label; ambiguous is true where several have the name.
func (d directory) find(typed string) (id string, ambiguous bool) {
	if name, slug, with := strings.Cut(strings.TrimSuffix(typed, "]"), "["); with {
		for id, e := range d.byID {
			if e.slug == slug && name != "" {
				return id, false
			}
		}
		return "", false
	}
	ids := d.byName[fold(typed)]
	if len(ids) == 1 {
		return ids[0], false
	}
	return "", len(ids) > 1
}

// Labels are the names to propose.
func (d directory) Labels() []string {
	all := make([]string, len(d.order))
	for i, id := range d.order {
		all[i] = d.label(id)
	}
	return all
}

// picked is a name that was typed into a field, or into a cell where row is not negative.
type picked struct {
	field string
	row   int
	typed string
}

// pick finds what was typed in d; an empty name is nothing, a name that is not there is a problem.
func (b *bench) pick(form *web.Form, name picked, d directory) string {
	if name.typed == "" {
		return ""
	}
	id, ambiguous := d.find(name.typed)
	key := d.unknown
	switch {
	case id != "":
		return id
	case ambiguous:
		key = "planner.session.several"
	}
	if name.row < 0 {
		form.Problems.Add(name.field, key, name.typed)
	} else {
		desk.RowProblem(form, name.field, name.row, key, name.typed)
	}
	return ""
}

// namesOf writes the people of a segment into one field.
func (b *bench) namesOf(all []programme.Appearance) string {
	var names []string
	for _, a := range all {
		if label := b.persons.label(string(a.Person)); !slices.Contains(names, label) {
			names = append(names, label)
		}
	}
	return strings.Join(names, "; ")
}
