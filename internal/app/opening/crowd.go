package opening

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/alexedwards/scs/v2"

	"obrady/internal/db"
	"obrady/internal/edition"
	"obrady/internal/i18n"
	"obrady/internal/id"
	"obrady/internal/registration"
)

// crowd are the people of a rush: they have accounts, take part in the edition, and are signed in.
type crowd struct {
	Accounts []string
	tokens   [][]byte // of their sessions, as their browsers hold them
}

// gather makes n people, all at once, and signs them in. They registered a week ago: who has just registered is looked
// at again by each decision.
func gather(ctx context.Context, d *db.DB, in edition.ID, n int, now time.Time) (crowd, error) {
	before := now.AddDate(0, 0, -7)
	c := crowd{Accounts: make([]string, n), tokens: make([][]byte, n)}
	accounts, participants, sessions := make([][]any, n), make([][]any, n), make([][]any, n)
	for i := range n {
		account, number := id.New(), strconv.Itoa(i+1)
		digest := sha256.Sum256([]byte("osoba " + number + account))
		token := base64.RawURLEncoding.EncodeToString(digest[:])
		data, err := scs.GobCodec{}.Encode(now.Add(24*time.Hour), map[string]any{"account": account, "proved": now.Unix()})
		if err != nil {
			return c, fmt.Errorf("sign %s in: %w", account, err)
		}
		sum := sha256.Sum256([]byte(token))
		c.Accounts[i], c.tokens[i] = account, []byte(token)
		accounts[i] = []any{account, "osoba-" + number + "@rush.example", "Osoba " + number, "pl", before, before}
		participants[i] = []any{
			id.New(), string(in), account, string(edition.OnSite), "Osoba " + number, string(registration.Registered), "[]", before, before,
		}
		sessions[i] = []any{hex.EncodeToString(sum[:]), data, now, now.Add(24 * time.Hour), now, account, "", now}
	}
	note, tally := db.JSON(i18n.Text{}), db.JSON(registration.Tally{})
	err := d.Tx(ctx, func(tx *db.Tx) error {
		for _, f := range []filling{
			{`INSERT INTO account (id, email, name, lang, created_at, verified_at)`, accounts},
			{
				`INSERT INTO registration_settings (edition_id, opens_at, seats, taken, note, tally, updated_at)`,
				[][]any{{string(in), before, 0, n, note, tally, before}},
			},
			{
				`INSERT INTO participant (id, edition_id, account_id, form, badge, state, told, registered_at, updated_at)`,
				participants,
			},
			{
				`INSERT INTO web_session (token_sum, data, seen_at, expires_at, created_at, account_id, label, authenticated_at)`,
				sessions,
			},
		} {
			if err := f.write(ctx, tx); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return c, fmt.Errorf("gather %d people: %w", n, err)
	}
	return c, nil
}

// filling is rows for a table of somebody else. As a test does, the benchmark lays out what it needs: the services
// would take twenty thousand people in one by one.
type filling struct {
	insert string // the statement, up to its values
	rows   [][]any
}

// mostValues is how many values one statement takes on either engine, with room to spare.
const mostValues = 16_000

func (f filling) write(ctx context.Context, tx *db.Tx) error {
	if len(f.rows) == 0 {
		return nil
	}
	width := len(f.rows[0])
	most := mostValues / width
	for left := f.rows; len(left) > 0; left = left[min(most, len(left)):] {
		part := left[:min(most, len(left))]
		values := make([]any, 0, len(part)*width)
		for _, row := range part {
			values = append(values, row...)
		}
		if _, err := tx.Exec(ctx, f.insert+" VALUES "+marks(len(part), width), values...); err != nil {
			return fmt.Errorf("%s: %w", f.insert, err)
		}
	}
	return nil
}

// marks writes placeholders for n rows of width columns: ($1, $2), ($3, $4).
func marks(n, width int) string {
	rows := make([]string, n)
	for i := range rows {
		rows[i] = "(" + db.List(1+i*width, width) + ")"
	}
	return strings.Join(rows, ", ")
}
