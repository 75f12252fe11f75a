package roles

import (
	"net/http"

	"obrady/internal/rights"
	"obrady/internal/web"
)

// goToStart leads whoever has just signed in to where the work of their role begins: to the page of their roles when
// there are several, and to their account when there is none.
func (p *Pages) goToStart(w http.ResponseWriter, r *http.Request) error {
	own, err := p.ownRoles(r)
	if err != nil {
		return err
	}
	var starts []ownRole
	for _, o := range own.Roles {
		if o.Starts != "" {
			starts = append(starts, o)
		}
	}
	switch {
	case len(own.Roles) == 0 && own.Talks:
		return web.Redirect(w, r, "mine.talks")
	case len(own.Roles) == 0 && p.Home != "":
		return web.Redirect(w, r, p.Home)
	case len(own.Roles) != 1 || len(starts) != 1:
		return web.Redirect(w, r, "mine.roles")
	}
	return web.Redirect(w, r, starts[0].Starts, starts[0].args()...)
}

// bare says whether the page at which the work begins is about no edition.
func (o ownRole) bare() bool {
	return o.Edition.ID == "" || o.Starts == "mine.talks" || o.Role == rights.Operator
}
