package app

import (
	"context"
	"fmt"

	"obrady/internal/i18n"
	"obrady/internal/people"
	"obrady/internal/web"
	"obrady/internal/web/account"
	"obrady/internal/web/desk"
)

// Routes of one's own account to which its pages lead, as far as there are such.
var ownWays = []way{
	{"mine.roles", "roles.mine.title"},
	{"mine.talks", "roles.talks.title"},
	{"profile", "participant.profile.title"},
	{"mine.data", "guardian.mine.title"},
}

// startOf is where somebody who has come in begins: a page that leads on by what their roles are.
func startOf(context.Context, people.AccountID) string { return "mine.start" }

// accountPages let people in and show them their own account.
func (a *App) accountPages(kit *desk.Kit) (*account.Pages, error) {
	pages := &account.Pages{
		Desk: kit, People: a.People, SignIn: a.signIn, Sessions: a.sessions, Editions: a.Editions, Now: a.config.Now,
		Log: a.config.Log, Start: startOf, More: a.ownLinks,
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

// tabs are all pages of one's own account, for those of them that package account does not make.
func (a *App) tabs(lang i18n.Lang) []web.Link {
	first := []way{{"account.mine", "account.mine.tab"}, {"account.ways", "account.ways.tab"}}
	return (&framer{app: a, catalogue: a.catalogue}).links(a.catalogue.In(lang), append(first, ownWays...))
}

func (a *App) ownLinks(lang i18n.Lang) []web.Link {
	return (&framer{app: a, catalogue: a.catalogue}).links(a.catalogue.In(lang), ownWays)
}
