package main

import (
	"context"
	"time"

	"obrady/internal/app"
	"obrady/internal/db"
	"obrady/internal/i18n"
	"obrady/internal/privacy"
)

type privacyCommand struct {
	Erasures erasuresCommand `cmd:"" help:"Print the book of erasures: case, number, time, account and person, between tabs."`
	Retain   retainCommand   `cmd:"" help:"Remove what has been kept long enough, as the server does each hour."`
}

type erasuresCommand struct {
	storeFlags `embed:""`
}

// Run prints.
func (c *erasuresCommand) Run(t terminal) error {
	book, err := privacy.OpenBook(c.erasures())
	if err != nil {
		return err
	}
	stones, err := book.Stones()
	if err != nil {
		return err
	}
	for _, s := range stones {
		t.say("%s\t%d\t%s\t%s\t%s", s.Case, s.Number, s.At.UTC().Format(time.RFC3339), s.Account, s.Person)
	}
	t.note("%d erasures in %s", len(stones), c.erasures())
	return nil
}

type retainCommand struct {
	DryRun bool `help:"Say what would be removed, and remove nothing."`

	storeFlags `embed:""`
}

// Run removes, and prints one rule a line: its name, its days, how many rows, and what they are, between tabs.
func (c *retainCommand) Run(ctx context.Context, t terminal) error {
	words, err := app.Catalogue()
	if err != nil {
		return err
	}
	return beside(ctx, c.address(), func(d *db.DB) error {
		service, err := app.Privacy(d, app.Config{Erasures: c.erasures()})
		if err != nil {
			return err
		}
		run := service.Retain
		if c.DryRun {
			run = service.DryRetain
		}
		removals, err := run(ctx)
		for _, r := range removals {
			t.say("%s\t%d\t%d\t%s", r.Name, r.Days(), r.Rows, words.In(i18n.English).T(r.Part))
		}
		return err
	})
}

// eraseAgain applies the noted erasures to a database that a backup was restored into.
func eraseAgain(ctx context.Context, d *db.DB, book string) (int, error) {
	service, err := app.Privacy(d, app.Config{Erasures: book})
	if err != nil {
		return 0, err
	}
	return service.Reapply(ctx)
}
