package participant

import (
	"net/http"

	"obrady/internal/consent"
	"obrady/internal/publication"
	"obrady/internal/web"
)

func (p *Pages) noticeRoutes() []web.Route {
	return []web.Route{{
		Name: "data-notice", PL: "/{edition}/dane", EN: "/{edition}/data", Action: readProgramme, Handle: p.showNotice,
	}}
}

// noticePage tells the public who keeps its data, what for and how long.
type noticePage struct {
	Edition *publication.Edition
	consent.Notice
}

var noticeTemplate = parse[noticePage]("notice.html")

// Joint says whether more than one body answers for the data.
func (n noticePage) Joint() bool { return len(n.Controllers) > 1 }

// Kept says whether an hour of consents can be looked for: whether there is one to give at all.
func (n noticePage) Kept() bool {
	for _, c := range n.Clauses {
		if c.Kind == consent.Consent {
			return true
		}
	}
	return false
}

func (p *Pages) showNotice(w http.ResponseWriter, r *http.Request) error {
	e, err := p.Published.Edition(r.PathValue("edition"))
	if err != nil {
		return err
	}
	notice, err := p.Consents.Notice(r.Context(), e.ID)
	if err != nil {
		return err
	}
	return noticeTemplate.Show(w, r, noticePage{e, notice})
}
