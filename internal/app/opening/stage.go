package opening

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"time"

	"obrady/internal/admission"
	"obrady/internal/app"
	"obrady/internal/app/bench"
	"obrady/internal/db"
	"obrady/internal/edition"
	"obrady/internal/programme"
)

// stage is the congress before its opening, in a database of its own that is copied for each play: every opening
// finds all places free.
type stage struct {
	folder, exe string
	postgres    string // the address of a database beside which others are made; empty on SQLite
	address     string // of the database that is copied
	edition     edition.ID
	window      admission.WindowID
	sessions    []programme.SessionID
	slugs       []string
	crowd       crowd

	made []string // names of databases on PostgreSQL
}

// rushSlug is the address of the edition that is rushed at.
const rushSlug = "otwarcie"

// fillStage makes the congress and its people, and closes it again, so that it can be copied.
func (s *stage) fill(ctx context.Context, o Options) (err error) {
	if s.address, err = s.fresh(ctx, ""); err != nil {
		return err
	}
	store, err := app.OpenStore(ctx, s.address)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, store.Close()) }()
	if err := store.Migrate(ctx, time.Now()); err != nil {
		return err
	}
	size := bench.Size{Slug: rushSlug, Sessions: o.Sessions, Persons: o.Sessions, Entry: programme.FirstCome}
	if err := bench.Generate(ctx, store.DB, time.Now, size); err != nil {
		return err
	}
	e, err := edition.NewService(store.DB, time.Now).Edition(ctx, rushSlug)
	if err != nil {
		return err
	}
	s.edition = e.ID
	if err := s.list(ctx, store.DB); err != nil {
		return err
	}
	if err := s.openWindows(ctx, store.DB, o); err != nil {
		return fmt.Errorf("open sessions to sign-ups: %w", err)
	}
	if s.crowd, err = gather(ctx, store.DB, e.ID, o.People, time.Now()); err != nil || !o.Mode.Draws() {
		return err
	}
	return store.Tx(ctx, func(tx *db.Tx) error { return s.enter(ctx, tx, o) })
}

// list notes the sessions.
func (s *stage) list(ctx context.Context, q db.Querier) error {
	_, err := db.Collect(func(row db.Scanner) (struct{}, error) {
		var session programme.SessionID
		var slug string
		err := row.Scan(&session, &slug)
		s.sessions, s.slugs = append(s.sessions, session), append(s.slugs, slug)
		return struct{}{}, err
	})(q.Query(ctx, `SELECT id, slug FROM session WHERE edition_id = $1 ORDER BY id`, s.edition))
	return err
}

// fresh makes a database: a copy of from, or an empty one. It returns its address.
func (s *stage) fresh(ctx context.Context, from string) (string, error) {
	name := "obrady_rush_" + strings.ToLower(rand.Text()[:12])
	if s.postgres == "" {
		file := filepath.Join(s.folder, name+".db")
		if from == "" {
			return "sqlite:" + file, nil
		}
		return "sqlite:" + file, copyFile(file, strings.TrimPrefix(from, "sqlite:"))
	}
	statement := "CREATE DATABASE " + name
	if u, err := url.Parse(from); err == nil && from != "" {
		statement += " TEMPLATE " + strings.TrimPrefix(u.Path, "/")
	}
	if err := s.besides(ctx, statement); err != nil {
		return "", err
	}
	s.made = append(s.made, name)
	u, err := url.Parse(s.postgres)
	if err != nil {
		return "", fmt.Errorf("read the address of PostgreSQL: %w", err)
	}
	u.Path = "/" + name
	return u.String(), nil
}

// besides runs a statement in the database that was given, which is not one of ours.
func (s *stage) besides(ctx context.Context, statement string) error {
	d, err := db.Open(ctx, s.postgres)
	if err != nil {
		return err
	}
	_, err = d.Exec(ctx, statement)
	return errors.Join(err, d.Close())
}

// clear removes a database that was played on.
func (s *stage) clear(ctx context.Context, address string) error {
	if s.postgres == "" {
		file := strings.TrimPrefix(address, "sqlite:")
		for _, more := range []string{"", "-wal", "-shm", ".lock"} {
			if err := os.Remove(file + more); err != nil && !errors.Is(err, os.ErrNotExist) {
				return fmt.Errorf("clear up: %w", err)
			}
		}
		return nil
	}
	u, err := url.Parse(address)
	if err != nil {
		return fmt.Errorf("clear up: %w", err)
	}
	return s.drop(ctx, strings.TrimPrefix(u.Path, "/"))
}

func (s *stage) drop(ctx context.Context, name string) error {
	return s.besides(ctx, "DROP DATABASE IF EXISTS "+name+" WITH (FORCE)")
}

// strike removes every database that was made. It does so on an interrupted run as well.
func (s *stage) strike(ctx context.Context) (err error) {
	ctx = context.WithoutCancel(ctx)
	for _, name := range s.made {
		err = errors.Join(err, s.drop(ctx, name))
	}
	return err
}

func copyFile(to, from string) (err error) {
	in, err := os.Open(from) //nolint:gosec // ours
	if err != nil {
		return fmt.Errorf("copy the database: %w", err)
	}
	defer func() { _ = in.Close() }()                                     // it was only read
	out, err := os.OpenFile(to, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600) //nolint:gosec // ours
	if err != nil {
		return fmt.Errorf("copy the database: %w", err)
	}
	_, err = io.Copy(out, in)
	return errors.Join(err, out.Close())
}
