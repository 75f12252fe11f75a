package journal

import (
	"context"
	"encoding/json"
	"errors"

	"obrady/internal/db"
)

const columns = `seq, at, actor, action, edition, object, reason, detail, hash`

func scan(row db.Scanner) (e Entry, err error) {
	var detail string
	err = row.Scan(&e.Seq, &e.At, &e.Actor, &e.Action, &e.Edition, &e.Object, &e.Reason, &detail, &e.Hash)
	e.Detail = json.RawMessage(detail)
	return e, err
}

// takeTurn gives the next number and the hash of the entry before. The lock of
// the one row puts all writers into an order, on both engines.
func takeTurn(ctx context.Context, tx *db.Tx) (seq int64, before string, err error) {
	err = tx.QueryRow(ctx, `
		INSERT INTO journal_head (one, seq, hash) VALUES (1, 1, '')
		ON CONFLICT (one) DO UPDATE SET seq = journal_head.seq + 1
		RETURNING seq, hash`).Scan(&seq, &before)
	return seq, before, err
}

// hold locks the head row, as takeTurn does, without taking a turn.
func hold(ctx context.Context, tx *db.Tx) error {
	_, err := tx.Exec(ctx, `UPDATE journal_head SET seq = seq WHERE one = 1`)
	return err
}

func insert(ctx context.Context, tx *db.Tx, e Entry) error {
	detail, _ := e.Detail.(json.RawMessage)
	_, err := tx.Exec(ctx, `
		INSERT INTO journal (`+columns+`) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)`,
		e.Seq, e.At, e.Actor, e.Action, e.Edition, e.Object, e.Reason, string(detail), e.Hash)
	return err
}

// Head returns the number and the hash of the newest entry; both are empty
// values while there is none.
func Head(ctx context.Context, q db.Querier) (seq int64, hash string, err error) {
	err = q.QueryRow(ctx, `SELECT seq, hash FROM journal_head WHERE one = 1`).Scan(&seq, &hash)
	if errors.Is(err, db.ErrNoRow) {
		return 0, "", nil
	}
	return seq, hash, err
}

func list(ctx context.Context, q db.Querier, f Filter) ([]Entry, error) {
	args := []any{f.Object, f.Edition, f.Before, f.Limit, f.Actor, f.Action, f.About}
	among := ""
	if len(f.Objects) > 0 {
		among = ` AND object IN (` + db.List(len(args)+1, min(len(f.Objects), mostObjects)) + `)`
		for _, object := range f.Objects[:min(len(f.Objects), mostObjects)] {
			args = append(args, object)
		}
	}
	return db.Collect(scan)(q.Query(ctx, `
		SELECT `+columns+` FROM journal
		WHERE ($1 = '' OR object = $1) AND ($2 = '' OR edition = $2) AND seq < $3
			AND ($5 = '' OR actor = $5) AND ($6 = '' OR SUBSTR(action, 1, LENGTH($6)) = $6)
			AND ($7 = '' OR actor = $7 OR object = $7)`+among+`
		ORDER BY seq DESC LIMIT $4`, args...))
}

func listAfter(ctx context.Context, q db.Querier, seq int64, n int) ([]Entry, error) {
	return db.Collect(scan)(q.Query(ctx, `
		SELECT `+columns+` FROM journal WHERE seq > $1 ORDER BY seq LIMIT $2`, seq, n))
}
