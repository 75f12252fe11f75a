package app

import (
	"context"
	"fmt"
	"path/filepath"
	"runtime/debug"
	"strings"

	"obrady/internal/db"
	"obrady/internal/outbox"
	"obrady/internal/web/desk"
	"obrady/internal/web/roles"
)

// rolePages are the pages about who may do what.
func (a *App) rolePages(kit *desk.Kit) *roles.Pages {
	return &roles.Pages{
		Kit: kit, Roles: a.Rights, People: a.People, Programme: a.Programme, Timetable: a.Timetable, Machine: a, Home: "account.mine",
		Ways: a.tabs,
	}
}

// State says how the installation is. It knows figures and nobody.
func (a *App) State(ctx context.Context) (roles.Installation, error) {
	now := roles.Installation{Release: a.config.Release, Engine: engineNames[a.db.Engine()]}
	if now.Release == "" {
		now.Release = built()
	}
	var err error
	if now.Schema, err = a.db.Version(ctx); err != nil {
		return now, fmt.Errorf("state of the installation: %w", err)
	}
	if now.SignedIn, err = a.sessions.Count(ctx); err != nil {
		return now, fmt.Errorf("state of the installation: %w", err)
	}
	loads, err := outbox.Loads(ctx, a.db)
	if err != nil {
		return now, fmt.Errorf("state of the installation: %w", err)
	}
	for _, l := range loads {
		now.Promises = append(now.Promises, roles.Promises{Kind: l.Kind, Waiting: l.Waiting, GaveUp: l.Out})
	}
	if a.db.Engine() == db.SQLite {
		now.FreeDisk, _ = freeSpace(a.folder(ctx)) // the page leaves out what is not known
	}
	return now, nil
}

var engineNames = map[db.Engine]string{db.SQLite: "SQLite", db.Postgres: "PostgreSQL"}

// folder is that of the SQLite file; the present one where the database is in memory.
func (a *App) folder(ctx context.Context) string {
	var file string
	if err := a.db.QueryRow(ctx, `SELECT file FROM pragma_database_list WHERE name = 'main'`).Scan(&file); err != nil {
		return "."
	}
	return filepath.Dir(file)
}

// built names the release by what the build knows of itself.
func built() string {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return "?"
	}
	return strings.Trim(info.Main.Version, "()")
}
