package participant

import (
	"errors"
	"net/http"

	"obrady/internal/errs"
	"obrady/internal/people"
	"obrady/internal/web"
	"obrady/internal/web/desk"
)

func (p *Pages) claimRoutes() []web.Route {
	row := func(name, method string, handle web.Handler) web.Route {
		return web.Route{
			Name: name, Method: method, PL: "/moje/osoba/{token}", EN: "/mine/person/{token}", Action: ownPart, Who: web.SignedIn, Handle: handle,
		}
	}
	return []web.Route{row("claim", http.MethodGet, p.showClaim), row("claim.take", http.MethodPost, p.takeClaim)}
}

// claimPage asks somebody whether they are this person.
type claimPage struct {
	Person  people.Person
	Account people.Account
	Refused *errs.Error // why it cannot be
}

var claimTemplate = parse[claimPage]("claim.html")

// showClaim shows a button, because scanners of mail open every link, and this one is good once.
func (p *Pages) showClaim(w http.ResponseWriter, r *http.Request) error {
	claim, person, err := p.People.Offered(r.Context(), r.PathValue("token"))
	if err != nil {
		return p.refuse(w, r, err)
	}
	account, err := p.People.Account(r.Context(), desk.By(r))
	if err != nil {
		return err
	}
	if account.Email != claim.Email {
		return p.refuse(w, r, people.ErrOtherAddress)
	}
	w.Header().Set("Referrer-Policy", "no-referrer") // the address is a key
	return claimTemplate.Show(w, r, claimPage{Person: person, Account: account})
}

func (p *Pages) takeClaim(w http.ResponseWriter, r *http.Request) error {
	if _, err := p.People.Claim(r.Context(), desk.By(r), r.PathValue("token")); err != nil {
		return p.refuse(w, r, err)
	}
	web.Flash(r, "participant.claim.done")
	return web.Redirect(w, r, "profile")
}

// refuse says why the profile cannot be taken over, and what to do.
func (p *Pages) refuse(w http.ResponseWriter, r *http.Request, err error) error {
	var told *errs.Error
	if !errors.As(err, &told) || told.Kind == errs.Internal {
		return err
	}
	w.Header().Set("Referrer-Policy", "no-referrer")
	status := http.StatusForbidden
	if told.Kind == errs.Conflict {
		status = http.StatusConflict
	}
	return claimTemplate.ShowStatus(w, r, status, claimPage{Refused: told})
}
