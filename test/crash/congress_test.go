package crash

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"github.com/alexedwards/scs/v2"

	"obrady/internal/db"
	"obrady/internal/edition"
	"obrady/internal/i18n"
	"obrady/internal/id"
	"obrady/internal/people"
	"obrady/internal/programme"
	"obrady/internal/timetable"
)

// program is obrady as it is delivered, built once; or the one that OBRADY_BINARY names.
var program = sync.OnceValues(func() (string, error) {
	if built := os.Getenv("OBRADY_BINARY"); built != "" {
		return filepath.Abs(built)
	}
	file := filepath.Join(work, "obrady")
	build := exec.Command("go", "build", "-C", filepath.Join("..", ".."), "-o", file, "./cmd/obrady")
	if out, err := build.CombinedOutput(); err != nil {
		return "", fmt.Errorf("build obrady: %w\n%s", err, out)
	}
	return file, nil
})

// obrady runs a command of the program to its end.
func obrady(args ...string) error {
	file, err := program()
	if err != nil {
		return err
	}
	if out, err := exec.Command(file, args...).CombinedOutput(); err != nil {
		return fmt.Errorf("obrady %s: %w\n%s", strings.Join(args, " "), err, out)
	}
	return nil
}

const (
	congressSlug = "proba"
	manySessions = 20
	manyPeople   = 2000 // so many that nobody presses too often
	seatsOfEach  = 100
)

// congress is what the clients know of a congress whose sign-ups are open.
type congress struct {
	edition  edition.ID
	sessions []programme.SessionID
	slugs    []string // of the sessions
	accounts []string
	tokens   []string // by which each account is signed in
}

// fill makes the congress in an empty database.
func fill(ctx context.Context, address string) (c congress, err error) {
	if err := obrady("migrate", "--database", address); err != nil {
		return c, err
	}
	d, err := db.Open(ctx, address)
	if err != nil {
		return c, err
	}
	defer func() { err = errors.Join(err, d.Close()) }()
	err = d.Tx(ctx, func(tx *db.Tx) error {
		for _, step := range []func(context.Context, *db.Tx, people.Change) error{c.programme, c.gather, c.open} {
			if err := step(ctx, tx, people.Change{By: "crash", At: time.Now()}); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return c, fmt.Errorf("fill the congress: %w", err)
	}
	_, err = timetable.NewService(d, time.Now).Publish(ctx, timetable.Order{
		Edition: c.edition, Name: i18n.Both("Wersja próbna"), Scope: timetable.Scope{Kind: timetable.Whole}, By: "crash",
	})
	return c, err
}

var example = []string{"all"}

// programme makes the workshops, one after the other in one room.
func (c *congress) programme(ctx context.Context, tx *db.Tx, change people.Change) error {
	e, err := edition.Save(ctx, tx, change, edition.Edition{
		Slug: congressSlug, Name: i18n.Both("Kongres próbny"), City: i18n.Both("Przykładów"), StartsOn: "2031-06-09",
		EndsOn: "2031-06-11", TimeZone: "Europe/Warsaw", Form: edition.OnSite, Licence: "CC-BY-4.0", Examples: example, Public: true,
	})
	if err != nil {
		return err
	}
	c.edition = e.ID
	block, err := programme.SaveBlock(ctx, tx, change, programme.Block{
		Edition: e.ID, Slug: "warsztaty", Kind: programme.BlockKinds[0], Mark: "W", Colour: 1, Name: i18n.Both("Warsztaty"), Examples: example,
	})
	if err != nil {
		return err
	}
	place, err := timetable.SavePlace(ctx, tx, change, timetable.Place{
		Edition: e.ID, Slug: "sala", Kind: timetable.Room, Capacity: seatsOfEach, Name: i18n.Both("Sala"), Examples: example,
	})
	if err != nil {
		return err
	}
	for n := range manySessions {
		made, err := programme.SaveSession(ctx, tx, change, programme.Session{
			Edition: e.ID, Slug: fmt.Sprintf("warsztat-%d", n+1), Block: block.ID, Title: i18n.Both(fmt.Sprintf("Warsztat %d", n+1)),
			Format: programme.Workshop, Form: edition.OnSite, Languages: []string{"pl"}, Entry: programme.FirstCome,
			Capacity: seatsOfEach, Status: programme.Ready, Examples: example,
		})
		if err != nil {
			return err
		}
		start := time.Date(2031, 6, 9, 6, 0, 0, 0, time.UTC).Add(time.Duration(n) * 30 * time.Minute)
		_, err = timetable.SaveSlot(ctx, tx, change, timetable.Slot{
			Session: made.ID, Place: place.ID, Start: start, End: start.Add(25 * time.Minute), Examples: example,
		})
		if err != nil {
			return err
		}
		c.sessions, c.slugs = append(c.sessions, made.ID), append(c.slugs, made.Slug)
	}
	return nil
}

// gather makes people with accounts, and signs them in.
func (c *congress) gather(ctx context.Context, tx *db.Tx, change people.Change) error {
	now := change.At
	for n := range manyPeople {
		account := id.New()
		bytes := sha256.Sum256([]byte(account))
		token := base64.RawURLEncoding.EncodeToString(bytes[:])
		c.accounts, c.tokens = append(c.accounts, account), append(c.tokens, token)
		_, err := tx.Exec(ctx, `
			INSERT INTO account (id, email, name, lang, created_at, verified_at) VALUES ($1, $2, $3, 'pl', $4, $4)`,
			account, fmt.Sprintf("osoba-%d@crash.example", n+1), fmt.Sprintf("Osoba %d", n+1), now)
		if err != nil {
			return err
		}
		kept, err := scs.GobCodec{}.Encode(now.Add(24*time.Hour), map[string]any{"account": account, "proved": now.Unix()})
		if err != nil {
			return err
		}
		sum := sha256.Sum256([]byte(token))
		_, err = tx.Exec(ctx, `
			INSERT INTO web_session (token_sum, data, seen_at, expires_at, created_at, account_id, label, authenticated_at)
			VALUES ($1, $2, $3, $4, $3, $5, '', $3)`,
			hex.EncodeToString(sum[:]), kept, now, now.Add(24*time.Hour), account)
		if err != nil {
			return err
		}
	}
	return nil
}

// open opens the sign-ups of all sessions. Somebody may hold places that overlap: the more seats, the more to lose.
func (c *congress) open(ctx context.Context, tx *db.Tx, change people.Change) error {
	now := change.At
	window := id.New()
	for _, row := range []struct {
		query string
		args  []any
	}{
		{
			`INSERT INTO admission_settings (edition_id, held, overlap, walking, margin, revision, updated_at)
			 VALUES ($1, $2, $3, $2, 0, 1, $4)`, []any{c.edition, false, true, now},
		},
		{
			`INSERT INTO admission_window (id, edition_id, name, mode, opens_at, closes_at, waiting, updated_at)
			 VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`,
			[]any{
				window, c.edition, db.JSON(i18n.Both("Zapisy")), "first_come", now.Add(-time.Hour), now.AddDate(5, 0, 0),
				true, now,
			},
		},
	} {
		if _, err := tx.Exec(ctx, row.query, row.args...); err != nil {
			return err
		}
	}
	for _, session := range c.sessions {
		_, err := tx.Exec(ctx, `
			INSERT INTO admission_session (session_id, edition_id, window_id, hours, updated_at) VALUES ($1, $2, $3, $4, $5)`,
			session, c.edition, window, db.JSON([]string{}), now)
		if err != nil {
			return err
		}
		_, err = tx.Exec(ctx, `
			INSERT INTO admission_pool (session_id, number, kind, name, capacity) VALUES ($1, 1, $2, $3, $4)`,
			session, "all", db.JSON(i18n.Text{}), seatsOfEach)
		if err != nil {
			return err
		}
	}
	return nil
}
