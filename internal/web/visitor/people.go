package visitor

import (
	"net/http"
	"slices"
	"strings"
	"unicode/utf8"

	"obrady/internal/edition"
	"obrady/internal/i18n"
	"obrady/internal/people"
	"obrady/internal/plan"
	"obrady/internal/programme"
	"obrady/internal/web"
)

// PersonsPage is everybody who appears, by the letters of the alphabet.
type PersonsPage struct {
	head
	Lead    string
	Letters []letter
}

// letter is a part of an alphabetical list.
type letter struct {
	Letter, ID string
	People     []who
}

// PersonPage is one person with what he or she takes part in.
type PersonPage struct {
	head
	Name    string
	Photo   string // address of the portrait; none when empty
	Alt     string // what it shows
	Office  []said
	Badges  []badge
	Bio     passage
	Groups  []group
	Others  []editionRows
	Example string
}

// editionRows is what somebody did at another edition.
type editionRows struct {
	link
	Sessions []link
}

// photoSide is the size of the portrait that a person's page shows, as its address says it.
const photoSide = "640"

var (
	personsPage = web.Parse[PersonsPage](templates, "templates/persons.html", fragments...)
	personPage  = web.Parse[PersonPage](templates, "templates/person.html", fragments...)
)

func (v *view) showPersons(w http.ResponseWriter, r *http.Request) error {
	page := PersonsPage{
		head: v.headed(v.T("visitor.people"), ""), Lead: v.N("visitor.people_lead", len(v.x.Persons)),
		Letters: once(v, "letters", v.letters),
	}
	return personsPage.Show(w, r, page)
}

// letters sorts everybody by family name, in the order of the Polish alphabet whatever the page's language:
// the names are the same.
func (v *view) letters() (all []letter) {
	sorted := make([]*people.Person, len(v.x.Persons))
	for i := range v.x.Persons {
		sorted[i] = &v.x.Persons[i]
	}
	compare := i18n.Compare(i18n.Polish)
	slices.SortFunc(sorted, func(a, b *people.Person) int { return compare(sortName(a), sortName(b)) })
	for _, p := range sorted {
		first, _ := utf8.DecodeRuneInString(strings.ToUpper(sortName(p)))
		if name := string(first); len(all) == 0 || all[len(all)-1].Letter != name {
			all = append(all, letter{Letter: name, ID: "l" + itoa(len(all))})
		}
		last := &all[len(all)-1]
		last.People = append(last.People, who{
			Name: p.Name, URL: v.to("person", p.Slug), Office: v.offices(p), Badges: v.example(whole[p.Example]),
		})
	}
	return all
}

func sortName(p *people.Person) string {
	if p.SortName != "" {
		return p.SortName
	}
	return people.SortName(p.Name)
}

func (v *view) showPerson(w http.ResponseWriter, r *http.Request) error {
	p := v.x.PersonAt(r.PathValue("person"))
	if p == nil {
		return people.ErrNoPerson
	}
	page := PersonPage{
		head: v.headed(p.Name, v.describe(p.Bio), v.crumb("visitor.people", "persons")),
		Name: p.Name, Office: v.offices(p), Badges: v.example(whole[p.Example]), Bio: v.tell(p.Bio),
	}
	if hash := v.e.Photos[p.ID]; hash != "" {
		page.Photo, page.Alt = v.at("photo", v.e.Slug, photoSide, hash), v.T("visitor.photo_of", p.Name)
	}
	page.Groups = v.byDays(v.plan().With(p.ID))
	page.Others = v.elsewhere(p)
	if p.Example {
		page.Example = v.T("visitor.example_person")
	}
	return personPage.Show(w, r, page)
}

// elsewhere is what a person did at other editions.
func (v *view) elsewhere(p *people.Person) (all []editionRows) {
	for _, e := range v.Desk.Current().Editions {
		if e.Slug == v.e.Slug {
			continue
		}
		other := v.of(e)
		rows := editionRows{link: other.link(e.Name, other.to("edition"))}
		for _, it := range other.plan().With(p.ID) {
			rows.Sessions = append(rows.Sessions, other.link(it.Session.Title, other.to("session", it.Session.Slug)))
		}
		if len(rows.Sessions) > 0 {
			all = append(all, rows)
		}
	}
	return all
}

// InstitutionsPage is every institution, those that are part of another below it.
type InstitutionsPage struct {
	head
	Lead    string
	Sectors []sectorOf
}

type sectorOf struct {
	Name, ID string
	Branches []branch
}

// branch is an institution with its parts.
type branch struct {
	link
	Small  string
	Badges []badge
	Below  []branch
}

var institutionsPage = web.Parse[InstitutionsPage](templates, "templates/institutions.html", fragments...)

func (v *view) showInstitutions(w http.ResponseWriter, r *http.Request) error {
	page := InstitutionsPage{head: v.headed(v.T("visitor.institutions"), ""), Lead: v.T("visitor.institutions_lead")}
	page.Sectors = once(v, "sectors", v.sectors)
	return institutionsPage.Show(w, r, page)
}

func (v *view) sectors() (all []sectorOf) {
	for _, sector := range people.Sectors {
		var roots []branch
		for i := range v.x.Institutions {
			if one := &v.x.Institutions[i]; one.Sector == sector && v.x.Institution(one.PartOf) == nil {
				roots = append(roots, v.branch(one, 0))
			}
		}
		if len(roots) > 0 {
			compare := i18n.Compare(v.Lang)
			slices.SortFunc(roots, func(a, b branch) int { return compare(a.Text, b.Text) })
			all = append(all, sectorOf{capital(v.T(sector.Key())), string(sector), roots})
		}
	}
	return all
}

const deepest = 6 // levels of institutions; a circle ends there

func (v *view) branch(i *people.Institution, depth int) branch {
	b := branch{link: v.link(i.Name, v.to("institution", i.Slug)), Badges: v.example(whole[i.Example])}
	if i.Short != b.Text {
		b.Small = i.Short
	}
	for j := range v.x.Institutions {
		if below := &v.x.Institutions[j]; below.PartOf == i.ID && depth < deepest {
			b.Below = append(b.Below, v.branch(below, depth+1))
		}
	}
	return b
}

func (v *view) showInstitution(w http.ResponseWriter, r *http.Request) error {
	i := v.x.InstitutionAt(r.PathValue("institution"))
	if i == nil {
		return people.ErrNoInstitution
	}
	page := v.thing(i.Name, i18n.Text{}, v.crumb("visitor.institutions", "institutions"))
	page.Kicker, page.Badges = capital(v.T(i.Sector.Key())), v.example(whole[i.Example])
	if above := v.x.Institution(i.PartOf); above != nil {
		page.Facts = append(page.Facts, fact{Name: v.T("visitor.fact_part_of"), Links: []link{v.link(above.Name, v.to("institution", above.Slug))}})
	}
	if i.Short != "" {
		page.Facts = append(page.Facts, fact{Name: v.T("visitor.fact_short"), Text: i.Short})
	}
	page.Facts = append(page.Facts, v.webFact(i.URL)...)
	page.Facts = append(page.Facts, v.members(i.ID)...)
	page.Branches = v.branch(i, 0).Below
	page.Groups = v.byDays(v.plan().Where(func(it plan.Item) bool { return v.concerns(it.Session, i.ID) }))
	return thingPage.Show(w, r, page)
}

// concerns says whether the institution stands behind the session or its block, or sends somebody to it.
func (v *view) concerns(s *programme.Session, i people.InstitutionID) bool {
	return credited(s.Credits, i) || slices.ContainsFunc(s.Everybody(), func(id people.PersonID) bool { return v.worksFor(id, i) })
}

func (v *view) worksFor(person people.PersonID, i people.InstitutionID) bool {
	p := v.x.Person(person)
	return p != nil && slices.ContainsFunc(p.At(v.e.StartsOn), func(a people.Affiliation) bool { return a.Institution == i })
}

// members are the people of an institution who appear, and the blocks and stages that it stands behind.
func (v *view) members(i people.InstitutionID) (facts []fact) {
	persons, behind := fact{Name: v.T("visitor.people")}, fact{Name: v.T("visitor.fact_behind")}
	for j := range v.x.Persons {
		if p := &v.x.Persons[j]; v.worksFor(p.ID, i) {
			persons.Links = append(persons.Links, link{said: said{Text: p.Name}, URL: v.to("person", p.Slug)})
		}
	}
	for j := range v.x.Blocks {
		if b := &v.x.Blocks[j]; credited(b.Credits, i) {
			behind.Links = append(behind.Links, v.link(b.Name, v.to("block", b.Slug)))
		}
	}
	for j := range v.x.Stages {
		if g := &v.x.Stages[j]; credited(g.Credits, i) {
			behind.Links = append(behind.Links, v.link(g.Name, v.to("stage", g.Slug)))
		}
	}
	for _, f := range []fact{behind, persons} {
		if len(f.Links) > 0 {
			facts = append(facts, f)
		}
	}
	return facts
}

func credited(all []edition.Credit, i people.InstitutionID) bool {
	return slices.ContainsFunc(all, func(c edition.Credit) bool { return c.Institution == i })
}
