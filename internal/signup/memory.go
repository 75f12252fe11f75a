package signup

import (
	"context"
	"fmt"
	"sync"

	"obrady/internal/admission"
	"obrady/internal/db"
	"obrady/internal/edition"
	"obrady/internal/people"
	"obrady/internal/programme"
)

// memory is what the last batch of this instance knew when it was committed. It
// is no cache that may be out of date: the next batch uses it only if the ledger,
// which it holds by then, says that nobody has decided or set anything in between;
// what others have decided since is read again, and everything if they did more
// than answer presses. So nothing is decided by what may have changed, and a crowd
// is read once.
type memory struct {
	mu       sync.Mutex // held for the whole transaction of a batch
	edition  edition.ID
	last     Receipt
	revision int64
	changes  int64 // of who takes part
	people   map[people.AccountID]*person
	offers   map[programme.SessionID]*admission.Offer
}

// mostRemembered bounds how many people, or browsers, are remembered, at some
// hundreds of bytes each.
const mostRemembered = 100_000

// forget empties the memory.
func (m *memory) forget() {
	m.edition, m.last, m.revision, m.changes = "", 0, 0, 0
	m.people, m.offers = nil, nil
}

// recall gives what is remembered to a batch, as far as it still holds, and says
// whether it is all: then it knows of every decision that is not posted.
func (m *memory) recall(ctx context.Context, b *book) (all bool, err error) {
	known := m.edition == b.plan.Edition && m.revision == b.plan.Revision && m.changes == b.changes && m.last <= b.last &&
		len(m.people) <= mostRemembered
	all = known && m.last == b.last
	if known && !all {
		_, err = db.Collect(func(row db.Scanner) (none struct{}, err error) {
			var account people.AccountID
			var what What
			err = row.Scan(&account, &what)
			known = known && (what == WasGranted || what == WasListed || what == WasRefused)
			delete(m.people, account)
			return none, err
		})(b.tx.Query(ctx, `SELECT account_id, what FROM signup_event WHERE seq > $1`, int64(m.last)))
		if err != nil {
			return false, fmt.Errorf("read what others have decided: %w", err)
		}
		m.offers = map[programme.SessionID]*admission.Offer{}
	}
	if !known {
		m.forget()
		return false, nil
	}
	b.people, b.offers = m.people, m.offers
	return all, nil
}

// keep remembers what a batch knew that has been committed.
func (m *memory) keep(b *book) {
	m.edition, m.last, m.revision, m.changes, m.people, m.offers = b.plan.Edition, b.last, b.plan.Revision, b.changes, b.people, b.offers
}
