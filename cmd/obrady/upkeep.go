package main

import (
	"context"
	"errors"
	"fmt"
	"time"

	"obrady/internal/app"
	"obrady/internal/db"
	"obrady/internal/privacy"
)

type migrateCommand struct {
	storeFlags `embed:""`
}

// Run migrates.
func (c *migrateCommand) Run(ctx context.Context, t terminal) (err error) {
	store, err := app.OpenStore(ctx, c.address())
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, store.Close()) }()
	before, err := store.Version(ctx)
	if err != nil {
		return err
	}
	if err := store.Migrate(ctx, time.Now()); err != nil {
		return err
	}
	after, err := store.Version(ctx)
	if err != nil {
		return err
	}
	if store.Copied != "" {
		t.say("copied to %s", store.Copied)
	}
	t.say("schema %d, was %d", after, before)
	return nil
}

type backupCommand struct {
	File string `arg:"" help:"The file to write; it must not be there yet."`

	storeFlags `embed:""`
}

// Run backs up.
func (c *backupCommand) Run(ctx context.Context, t terminal) error {
	return beside(ctx, c.address(), func(d *db.DB) error {
		if err := app.Backup(ctx, d, c.File); err != nil {
			return err
		}
		t.say("written to %s", c.File)
		return nil
	})
}

type restoreCommand struct {
	File string `arg:"" help:"A file that obrady backup wrote." type:"existingfile"`

	storeFlags `embed:""`
}

// Run restores.
func (c *restoreCommand) Run(ctx context.Context, t terminal) (err error) {
	store, err := app.OpenStore(ctx, c.address())
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, store.Close()) }()
	if _, err := privacy.OpenBook(c.erasures()); err != nil {
		return err
	}
	if err := app.Restore(ctx, store.DB, c.File); err != nil {
		return err
	}
	n, err := eraseAgain(ctx, store.DB, c.erasures())
	if err != nil {
		return err
	}
	t.say("restored from %s", c.File)
	if n > 0 {
		t.say("erased again what %s notes: %d", c.erasures(), n)
	}
	return nil
}

type fsckCommand struct {
	storeFlags `embed:""`
}

// Run checks, and prints one fault a line: package, what, and where, between tabs.
func (c *fsckCommand) Run(ctx context.Context, t terminal) error {
	return beside(ctx, c.address(), func(d *db.DB) error {
		faults, err := app.Check(ctx, d)
		if err != nil {
			return err
		}
		for _, f := range faults {
			t.say("%s\t%s\t%s", f.Package, f.What, f.Row)
		}
		if len(faults) > 0 {
			return fmt.Errorf("faults in the database: %d; keep a copy of it, and restore the last backup without them", len(faults))
		}
		t.say("no faults")
		return nil
	})
}

// beside runs work on a database that a server may be working on.
func beside(ctx context.Context, address string, work func(*db.DB) error) error {
	d, err := app.OpenBeside(ctx, address)
	if err != nil {
		return err
	}
	return errors.Join(work(d), d.Close())
}
