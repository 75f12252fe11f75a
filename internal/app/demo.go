package app

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"time"

	"obrady/internal/db"
	"obrady/internal/demo"
	"obrady/internal/i18n"
)

// DemoLinkLife is how long a sign-in link of the demo can be used: somebody reads it from a terminal, perhaps after
// lunch.
const DemoLinkLife = 12 * time.Hour

// RoleLink is a sign-in link for one role of the demo.
type RoleLink struct{ Role, URL string }

// DemoLinks makes a fresh sign-in link for each role, whose account it opens where there is none. A demonstration that
// was filled by an older release gets its accounts so as well.
func (a *App) DemoLinks(ctx context.Context) ([]RoleLink, error) {
	cast, err := demo.Cast(ctx, a.db, a.config.Now)
	if err != nil {
		return nil, err
	}
	links := make([]RoleLink, len(cast))
	for i, who := range cast {
		token, err := a.People.InviteUntil(ctx, who.Email, who.Name, a.config.Now().Add(DemoLinkLife))
		if err != nil {
			return nil, fmt.Errorf("sign-in link of the %s: %w", who.Role, err)
		}
		links[i] = RoleLink{string(who.Role), a.SignInLink(token)}
	}
	return links, nil
}

// SignInLink is the address at which the token lets its owner in.
func (a *App) SignInLink(token string) string {
	path, err := a.Site.URL(i18n.Polish, routeEnter, token)
	if err != nil {
		path = "/pl/wejscie/" + token
	}
	return a.Site.Absolute(path)
}

// FillDemo puts the demo congress into a database that is empty. Of one that has it, it lets alone the opening of
// sign-ups come once more, for whoever wants to see it.
func FillDemo(ctx context.Context, d *db.DB, now func() time.Time) error {
	filled, err := demo.Filled(ctx, d)
	if err != nil {
		return err
	}
	if filled {
		return demo.Rearm(ctx, d, now)
	}
	err = demo.Fill(ctx, d, now)
	if errors.Is(err, demo.ErrNotEmpty) {
		return errors.New("the demo was filled only in part, or its releases were deleted; start it once with --reset")
	}
	return err
}

// RemoveStore deletes a SQLite file that nobody works on, with what SQLite keeps beside it.
func RemoveStore(file string) error {
	l, err := takeLock(file + ".lock")
	if err != nil {
		return err
	}
	for _, name := range []string{file, file + "-wal", file + "-shm"} {
		if err := os.Remove(name); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return errors.Join(fmt.Errorf("delete %s: %w", name, err), l.release())
		}
	}
	return l.release()
}
