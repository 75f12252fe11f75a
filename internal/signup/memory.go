package signup

import (
	"sync"

	"obrady/internal/admission"
	"obrady/internal/edition"
	"obrady/internal/people"
	"obrady/internal/programme"
)

// memory is what the last batch of this instance knew when it was committed. It
// is no cache that may be out of date: the next batch uses it only if the ledger,
// which it holds by then, says that nobody has decided or set anything in between;
// otherwise everything is read again, as it is when who takes part has changed. So
// nothing is decided by what may have changed, and a crowd is read once.
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

// recall gives what is remembered to a batch, if it still holds.
func (m *memory) recall(b *book) {
	if m.edition != b.plan.Edition || m.last != b.last || m.revision != b.plan.Revision || m.changes != b.changes || len(m.people) > mostRemembered {
		m.forget()
		return
	}
	b.people, b.offers = m.people, m.offers
}

// keep remembers what a batch knew that has been committed.
func (m *memory) keep(b *book) {
	m.edition, m.last, m.revision, m.changes, m.people, m.offers = b.plan.Edition, b.last, b.plan.Revision, b.changes, b.people, b.offers
}
