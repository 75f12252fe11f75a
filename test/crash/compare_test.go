package crash

import (
	"context"
	"fmt"

	"obrady/internal/db"
)

// stand is where somebody stands with a session, by the database.
type stand struct{ account, session, state string }

// decision is an entry in the log of the sign-ups.
type decision struct{ account, session, request, what string }

// told is what the log must say of a receipt.
var told = map[string]string{"held": "granted", "waiting": "listed"}

// lost returns the receipts for which the database at address has no place. It opens the database after the program's
// own fsck has found no fault.
func lost(ctx context.Context, address string, c congress, book []receipt) (missing []string, err error) {
	if err := obrady("fsck", "--database", address); err != nil {
		return nil, err
	}
	d, err := db.Open(ctx, address)
	if err != nil {
		return nil, err
	}
	defer d.Close()
	log := map[int64]decision{}
	_, err = db.Collect(func(row db.Scanner) (struct{}, error) {
		var seq int64
		var e decision
		err := row.Scan(&seq, &e.account, &e.session, &e.request, &e.what)
		log[seq] = e
		return struct{}{}, err
	})(d.Query(ctx, `SELECT seq, account_id, session_id, request, what FROM signup_event`))
	if err != nil {
		return nil, err
	}
	stands := map[stand]bool{}
	_, err = db.Collect(func(row db.Scanner) (struct{}, error) {
		var s stand
		err := row.Scan(&s.account, &s.session, &s.state)
		stands[s] = true
		return struct{}{}, err
	})(d.Query(ctx, `SELECT account_id, session_id, state FROM signup_standing`))
	if err != nil {
		return nil, err
	}
	for _, r := range book {
		account, session := c.accounts[r.press.person], string(c.sessions[r.press.session])
		want := decision{account, session, r.key, told[r.state]}
		if got := log[r.seq]; got != want || !stands[stand{account, session, r.state}] {
			missing = append(missing, fmt.Sprintf("%d, %s: the log says %+v, want %+v", r.seq, r.state, got, want))
		}
	}
	return missing, nil
}
