package app

import (
	"context"
	"errors"

	"obrady/internal/campaign"
	"obrady/internal/i18n"
	"obrady/internal/notify"
	"obrady/internal/outbox"
	"obrady/internal/privacy"
	"obrady/internal/web/desk"
	"obrady/internal/web/mailroom"
)

// campaigns writes letters to many.
func (a *App) campaigns() *campaign.Service {
	return &campaign.Service{DB: a.db, Now: a.config.Now, Words: a.catalogue, Address: a.address}
}

// mailroomPages are those about letters.
func (a *App) mailroomPages(kit *desk.Kit) *mailroom.Pages {
	return &mailroom.Pages{
		Kit: kit, Campaigns: a.campaigns(), Templates: &notify.Templates{DB: a.db, Now: a.config.Now, Words: a.catalogue},
		Letters: a.Mail, Programme: a.Programme, Words: a.catalogue, Composer: a.deliverer.Settings, Mailbox: a.config.Demo,
	}
}

// address is that of a route once the site stands.
func (a *App) address(lang i18n.Lang, route string, args ...any) (string, error) {
	return a.Site.URL(lang, route, args...)
}

// caseOpened tells of a wish to be erased. A case that is gone needs no letter.
func (a *App) caseOpened(ctx context.Context, letters *notify.Letters, e outbox.Entry) error {
	var event privacy.Opened
	if err := e.Into(&event); err != nil {
		return err
	}
	c, err := a.Privacy.Case(ctx, event.Case)
	if errors.Is(err, privacy.ErrNoCase) || err == nil && c.State != privacy.Open {
		return nil
	}
	if err != nil {
		return err
	}
	return letters.CaseOpened(ctx, notify.Case{ID: string(c.ID), Account: c.Account, Edition: c.Edition, Due: c.DueAt})
}
