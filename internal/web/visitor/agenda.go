package visitor

import (
	"net/http"
	"slices"
	"strings"

	"obrady/internal/plan"
	"obrady/internal/web"
)

// AgendaPage is the reader's own programme: all sessions, of which script leaves those with a star; or exactly
// those that the address names.
type AgendaPage struct {
	head
	Groups   []group
	Shared   bool
	Missing  bool   // some of the named are not in the programme
	Calendar string // of the named
	Base     string
}

var agendaPage = web.Parse[AgendaPage](templates, "templates/agenda.html", fragments...)

const mostChosen = 500

func (v *view) showAgenda(w http.ResponseWriter, r *http.Request) error {
	page := AgendaPage{head: v.headed(v.T("visitor.agenda"), v.T("visitor.agenda_lead")), Base: v.file("agenda.ics")}
	asked := chosenOf.value(r.URL.Query())
	items := plan.WithoutBreaks(v.plan().All())
	if asked != "" {
		page.Shared = true
		items, page.Missing = v.chosen(asked)
		page.Calendar = page.Base + "?sesje=" + strings.Join(slugsOf(items), ",")
	}
	page.Groups = v.byDays(items)
	return agendaPage.Show(w, r, page)
}

// chosen are the sessions with these addresses, in the order of the programme; missing says that some are not there.
func (v *view) chosen(asked string) (items []plan.Item, missing bool) {
	wanted := strings.Split(asked, ",")
	wanted = wanted[:min(len(wanted), mostChosen)]
	for _, slug := range wanted {
		missing = missing || slug != "" && !plan.Public(v.x.SessionAt(slug))
	}
	return v.plan().Where(func(it plan.Item) bool { return slices.Contains(wanted, it.Session.Slug) }), missing
}

// slugsOf are the addresses of items, each once.
func slugsOf(items []plan.Item) (all []string) {
	for _, it := range items {
		if !slices.Contains(all, it.Session.Slug) {
			all = append(all, it.Session.Slug)
		}
	}
	return all
}
