package roles

import (
	"errors"
	"net/http"
	"slices"

	"obrady/internal/edition"
	"obrady/internal/errs"
	"obrady/internal/rights"
	"obrady/internal/web"
	"obrady/internal/web/desk"
)

// endPage asks whether a role is to be taken back.
type endPage struct {
	desk.Desk
	Grant grantRow
	Why   *errs.Error // why it was not
}

// Until is the last day on which the grant holds, or nothing.
func (d endPage) Until(v web.View) string { return lastDay(d.Desk, v, d.Grant.Until) }

// Refused is why the role was not taken back, or nothing.
func (d endPage) Refused(v web.View) string {
	if d.Why == nil {
		return ""
	}
	return v.T(d.Why.Key, d.Why.Args...)
}

var (
	endingPage     = parse[endPage]("end.html", "end_body.html")
	layingDownPage = parse[endPage]("lay_down.html", "end_body.html")
)

// grant finds the one that the path names, among those that whoever asks may see.
func (p *Pages) grant(r *http.Request) (endPage, error) {
	d, err := p.Desk(r, "desk.grants")
	if err != nil {
		return endPage{}, err
	}
	known, err := p.chart(r.Context(), d)
	if err != nil {
		return endPage{}, err
	}
	all, err := p.grantRows(r.Context(), d, &known)
	if err != nil {
		return endPage{}, err
	}
	i := slices.IndexFunc(all, func(g grantRow) bool { return string(g.ID) == r.PathValue("grant") })
	if i < 0 {
		return endPage{}, rights.ErrNoGrant
	}
	return endPage{Desk: d, Grant: all[i]}, nil
}

func (p *Pages) askRevocation(w http.ResponseWriter, r *http.Request) error {
	page, err := p.grant(r)
	if err != nil {
		return err
	}
	return endingPage.Show(w, r, page)
}

func (p *Pages) revokeGrant(w http.ResponseWriter, r *http.Request) error {
	page, err := p.grant(r)
	if err != nil {
		return err
	}
	status, err := p.end(r, &page)
	if err != nil {
		return err
	}
	if page.Why != nil {
		return endingPage.ShowStatus(w, r, status, page)
	}
	web.Flash(r, "roles.end.done")
	if page.Grant.Own { // perhaps the list is closed to them now
		return web.Redirect(w, r, "mine.roles")
	}
	return web.Redirect(w, r, "desk.grants")
}

// end takes the role back, or notes in the page why not. One that has been taken back already is no fault: the button
// was pressed twice.
func (p *Pages) end(r *http.Request, page *endPage) (status int, err error) {
	if page.Grant.State == taken {
		return 0, nil
	}
	err = p.Roles.Revoke(r.Context(), rights.Of(r.Context()), page.Grant.ID)
	for refusal, code := range map[error]int{rights.ErrMoreThanOwn: http.StatusForbidden, rights.ErrLastOrganiser: http.StatusConflict} {
		if errors.Is(err, refusal) && errors.As(err, &page.Why) {
			return code, nil
		}
	}
	return 0, err
}

// ownGrant finds a grant of whoever asks. Somebody else's is not there.
func (p *Pages) ownGrant(r *http.Request) (endPage, error) {
	me := rights.Of(r.Context())
	g, err := p.Roles.Grant(r.Context(), rights.GrantID(r.PathValue("grant")))
	if err != nil {
		return endPage{}, err
	}
	if g.Account != me.Account {
		return endPage{}, rights.ErrNoGrant
	}
	page := endPage{Grant: grantRow{Grant: g, State: stateOf(g, p.Now()), Own: true}}
	all, err := p.Editions.Editions(r.Context())
	if err != nil {
		return page, err
	}
	if i := slices.IndexFunc(all, func(e edition.Edition) bool { return e.ID == g.Edition }); i >= 0 {
		page.Edition = all[i]
	}
	page.Grant.Place, err = p.placeOf(r.Context(), page.Edition, g.Node)
	return page, err
}

func (p *Pages) askLayingDown(w http.ResponseWriter, r *http.Request) error {
	page, err := p.ownGrant(r)
	if err != nil {
		return err
	}
	return layingDownPage.Show(w, r, page)
}

func (p *Pages) layDown(w http.ResponseWriter, r *http.Request) error {
	page, err := p.ownGrant(r)
	if err != nil {
		return err
	}
	status, err := p.end(r, &page)
	if err != nil {
		return err
	}
	if page.Why != nil {
		return layingDownPage.ShowStatus(w, r, status, page)
	}
	web.Flash(r, "roles.end.laid")
	return web.Redirect(w, r, "mine.roles")
}
