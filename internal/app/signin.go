package app

import (
	"context"
	"fmt"
	"slices"

	"obrady/internal/i18n"
	"obrady/internal/people"
	"obrady/internal/rights"
	"obrady/internal/web"
	"obrady/internal/web/account"
	"obrady/internal/web/desk"
)

// Routes of one's own account to which its pages lead, as far as there are such.
var ownWays = []way{}

// accountPages let people in and show them their own account.
func (a *App) accountPages(kit *desk.Kit) (*account.Pages, error) {
	pages := &account.Pages{
		Desk: kit, People: a.People, SignIn: a.signIn, Sessions: a.sessions, Editions: a.Editions, Now: a.config.Now,
		Log: a.config.Log, Start: a.startOf, More: a.ownLinks,
	}
	if a.config.Provider.Issuer == "" {
		return pages, nil
	}
	config := a.config.Provider
	config.Home = a.config.BaseURL
	var err error
	if pages.Provider, err = account.NewProvider(config, a.config.Now); err != nil {
		return nil, fmt.Errorf("identity provider: %w", err)
	}
	return pages, nil
}

// startOf is where somebody who has come in begins: at the desk if they work on the congress, else with their account.
func (a *App) startOf(ctx context.Context, who people.AccountID) string {
	standing, err := a.Rights.Standing(ctx, who)
	works := func(g rights.Grant) bool { return !g.Role.Follows() }
	if err == nil && slices.ContainsFunc(standing.Grants, works) {
		return "desk.editions"
	}
	return "account.mine"
}

func (a *App) ownLinks(lang i18n.Lang) []web.Link {
	return (&framer{app: a, catalogue: a.catalogue}).links(a.catalogue.In(lang), ownWays)
}
