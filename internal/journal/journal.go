// Package journal lets people trust what the congress decided: who did what,
// when and why, in an order that cannot be changed afterwards without a trace.
//
// Every entry carries the SHA-256 of itself and of the entry before it, so a
// row that is changed, taken out or moved breaks the chain where it stood. What
// the chain cannot show is a whole end cut off together with its head; against
// that, note the hash of Head outside the database from time to time.
//
// An entry names accounts and objects by id. It holds no personal data, because
// it outlives every erasure.
package journal

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"time"

	"obrady/internal/db"
)

// System is the actor of what happens without a person: a deadline that passes.
const System = "system"

// Entry is one thing that was done. Write gives it Seq and Hash.
type Entry struct {
	Seq     int64
	At      time.Time
	Actor   string // the id of an account, or System
	Action  string // package and past tense: "programme.session_saved"
	Edition string // its id; empty for what belongs to none
	Object  string // the id of what was acted on
	Reason  string // as the actor gave it; may be empty
	Detail  any    // anything that JSON can hold; Entries returns a json.RawMessage
	Hash    string
}

// Write adds e to the journal within tx, so that it is there exactly when the
// change is. From here to the commit nobody else can write to the journal:
// call it late in the transaction.
func Write(ctx context.Context, tx *db.Tx, e Entry) error {
	if err := write(ctx, tx, e); err != nil {
		return fmt.Errorf("write %s to the journal: %w", e.Action, err)
	}
	return nil
}

func write(ctx context.Context, tx *db.Tx, e Entry) error {
	if e.At.IsZero() || e.Actor == "" || e.Action == "" {
		return fmt.Errorf("an entry says when, who and what: %v, %q, %q", e.At, e.Actor, e.Action)
	}
	detail, err := json.Marshal(e.Detail)
	if err != nil {
		return err
	}
	seq, before, err := takeTurn(ctx, tx)
	if err != nil {
		return err
	}
	e.Seq, e.Detail = seq, json.RawMessage(detail)
	e.Hash = e.chain(before)
	if err := insert(ctx, tx, e); err != nil {
		return err
	}
	_, err = tx.Exec(ctx, `UPDATE journal_head SET hash = $1 WHERE one = 1`, e.Hash)
	return err
}

// Hold keeps every other change that is written into the journal from being
// committed until tx ends, so that what tx reads in several statements fits
// together. Changes already begun wait; nothing is written.
func Hold(ctx context.Context, tx *db.Tx) error {
	if err := hold(ctx, tx); err != nil {
		return fmt.Errorf("hold the journal: %w", err)
	}
	return nil
}

// chain returns the hash of e after the entry whose hash is before. The parts
// are put together as a JSON list, in which none can run into the next. Never
// change this: it would break every chain there is.
func (e Entry) chain(before string) string {
	detail, _ := e.Detail.(json.RawMessage)
	at := e.At.UTC().Truncate(time.Microsecond).Format(time.RFC3339Nano)
	text, err := json.Marshal([]any{
		before, e.Seq, at, e.Actor, e.Action, e.Edition, e.Object, e.Reason, string(detail),
	})
	if err != nil { // strings and a number
		panic(err)
	}
	sum := sha256.Sum256(text)
	return hex.EncodeToString(sum[:])
}

// Filter chooses entries; empty fields choose all.
type Filter struct {
	Object  string
	Edition string
	Actor   string
	Action  string   // or its beginning: "rights." is everything about rights
	About   string   // an id that is the actor or the object
	Objects []string // one of these; at most mostObjects of them count
	Before  int64    // only entries with a lower Seq; for the next page
	Limit   int      // 100 if not given
}

// mostObjects bounds a list of objects to what a statement of either engine takes.
const mostObjects = 10000

// Entries returns the entries that f chooses, the newest first.
func Entries(ctx context.Context, q db.Querier, f Filter) ([]Entry, error) {
	if f.Limit <= 0 {
		f.Limit = 100
	}
	if f.Before <= 0 {
		f.Before = 1<<63 - 1
	}
	found, err := list(ctx, q, f)
	if err != nil {
		return nil, fmt.Errorf("read the journal: %w", err)
	}
	return found, nil
}
