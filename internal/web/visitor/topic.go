package visitor

import (
	"net/http"
	"slices"

	"obrady/internal/edition"
	"obrady/internal/plan"
	"obrady/internal/programme"
	"obrady/internal/publication"
)

func has(s *programme.Session, term edition.TermID) bool { return slices.Contains(s.Terms, term) }

// showTopic shows a term of a taxonomy, its sessions, and what it was called before and after.
func (v *view) showTopic(w http.ResponseWriter, r *http.Request) error {
	term, of := v.termOf(r.PathValue("kind"), r.PathValue("term"))
	if term == nil {
		return edition.ErrNoTaxonomy
	}
	page := v.thing(term.Name, term.Description, v.crumb("visitor.topics", "topics"))
	page.Kicker = v.plain(of.Name)
	page.Lead, page.Body = said{}, v.tell(term.Description)
	if term.Until != 0 {
		page.Facts = append(page.Facts, fact{Name: v.T("visitor.fact_ended"), Text: v.T("visitor.term_ended", term.Until)})
	}
	page.Facts = append(page.Facts, v.lineage(term)...)
	if p, filtered := map[edition.TaxonomyKind]parameter{edition.Goal: byGoal, edition.Theme: byTheme}[of.Kind]; filtered {
		page.Filtered = v.filteredBy(p, term.Slug)
	}
	page.Groups = v.byDays(v.plan().Where(func(it plan.Item) bool { return has(it.Session, term.ID) }))
	return thingPage.Show(w, r, page)
}

func (v *view) termOf(slug, term string) (*edition.Term, *edition.Taxonomy) {
	for kind, known := range kindSlugs {
		if known == slug {
			return v.termAt(kind, term)
		}
	}
	return nil, nil
}

// lineage says which term this one continues and which continue it, in whatever edition they are.
func (v *view) lineage(term *edition.Term) (facts []fact) {
	before, after := fact{Name: v.T("visitor.fact_continues")}, fact{Name: v.T("visitor.fact_continued")}
	for _, e := range v.Desk.Current().Editions {
		other := v.of(e)
		for _, t := range e.Programme.Taxonomies {
			for i := range t.Terms {
				switch one := &t.Terms[i]; {
				case term.Continues != "" && one.ID == term.Continues:
					before.Links = append(before.Links, v.termIn(other, e, t.Kind, one))
				case one.Continues == term.ID && one.ID != term.ID:
					after.Links = append(after.Links, v.termIn(other, e, t.Kind, one))
				}
			}
		}
	}
	for _, f := range []fact{before, after} {
		if len(f.Links) > 0 {
			facts = append(facts, f)
		}
	}
	return facts
}

// termIn leads to a term; that of another edition says which.
func (v *view) termIn(other *view, e *publication.Edition, kind edition.TaxonomyKind, term *edition.Term) link {
	l := other.link(term.Name, other.to("topic", kindSlugs[kind], term.Slug))
	if e.Slug != v.e.Slug {
		l.Text += " (" + itoa(e.StartsOn.In(other.x.Zone).Year()) + ")"
	}
	return l
}

// termAt finds a term by the kind of its taxonomy and its address.
func (v *view) termAt(kind edition.TaxonomyKind, slug string) (*edition.Term, *edition.Taxonomy) {
	for i := range v.x.Taxonomies {
		t := &v.x.Taxonomies[i]
		for j := range t.Terms {
			if t.Kind == kind && t.Terms[j].Slug == slug {
				return &t.Terms[j], t
			}
		}
	}
	return nil, nil
}
