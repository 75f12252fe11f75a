// Package guard stands at the door of every page that is not for everyone: it asks the policy of package rights who the
// visitor is and whether they may, and notes who looked at data of others.
package guard

import (
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"slices"
	"time"

	"obrady/internal/edition"
	"obrady/internal/id"
	"obrady/internal/people"
	"obrady/internal/rights"
	"obrady/internal/web"
)

// Guard asks package rights before every page that is not for everyone.
type Guard struct {
	Rights *rights.Service
	Log    *slog.Logger
}

// freshFor is how long somebody who has just signed in may open what asks for a fresh sign-in.
const freshFor = 15 * time.Minute

// Know refuses a route that the policy does not know, and one that lets in more people than the policy says.
func (g Guard) Know(route web.Route) error {
	rule, known := g.Rights.Rule(rights.Action(route.Action))
	object := rights.Object(route.Object)
	switch {
	case !known:
		return fmt.Errorf("the policy has no row for %q", route.Action)
	case !slices.Contains(rights.Objects, object):
		return fmt.Errorf("nothing is called %q", route.Object)
	case (rule.Reach == rights.Everyone) != (route.Who == web.Everyone):
		return fmt.Errorf("the policy and the route disagree about who may %s", route.Action)
	case rule.Reach == rights.ByRole && object == rights.NoObject:
		return fmt.Errorf("%s needs an object, because only some people may", route.Action)
	case route.Lean && (rule.Reach == rights.ByRole || rule.Fresh || rule.Personal):
		return fmt.Errorf("%s asks for more than a sign-in, and nobody asks on a lean route", route.Action)
	}
	return nil
}

// named lists where an address names its thing, by the object.
var named = map[rights.Object][]string{
	rights.SessionObject:     {"session"},
	rights.BlockObject:       {"thing", "block"},
	rights.StageObject:       {"thing", "stage"},
	rights.PersonObject:      {"thing", "person"},
	rights.InstitutionObject: {"thing", "institution"},
	rights.WorkspaceObject:   {"workspace", "thing"},
}

// Admit lets in whom the policy lets in.
func (g Guard) Admit(r *http.Request, route web.Route) (*http.Request, error) {
	ctx := r.Context()
	who, err := g.Rights.Standing(ctx, people.AccountID(web.Account(r)))
	if err != nil {
		return nil, err
	}
	target := rights.Target{Action: rights.Action(route.Action), Object: rights.Object(route.Object), Edition: r.PathValue("edition")}
	for _, part := range named[target.Object] {
		if value := r.PathValue(part); value != "" {
			target.Name = value
			break
		}
	}
	in, err := g.Rights.Admit(ctx, who, target)
	if err != nil {
		g.Log.InfoContext(ctx, "not admitted", "request", web.RequestID(r), "account", string(who.Account), "route", route.Name, "action", route.Action)
		if errors.Is(err, rights.ErrHidden) {
			return nil, web.ErrNoPage
		}
		return nil, err
	}
	if rule, _ := g.Rights.Rule(target.Action); rule.Fresh && !web.Recent(r, freshFor) {
		return nil, web.ErrSignInAgain
	}
	if err := g.look(r, who, target, in); err != nil {
		return nil, err
	}
	return r.WithContext(rights.With(ctx, who)), nil
}

// look notes who of the staff looked at other people's data, and at whose where the address names one.
func (g Guard) look(r *http.Request, who rights.Standing, t rights.Target, in edition.ID) error {
	if rule, _ := g.Rights.Rule(t.Action); !rule.Personal {
		return nil
	}
	object := string(in)
	for _, part := range []string{"participant", "case"} {
		if one := r.PathValue(part); id.Valid(one) { // words that somebody has put there instead stay out of the journal
			object = one
		}
	}
	return g.Rights.Look(r.Context(), rights.Look{By: who.Account, Action: t.Action, Edition: in, Object: object})
}
