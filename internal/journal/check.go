package journal

import (
	"context"
	"fmt"
	"strconv"

	"obrady/internal/db"
)

// Check walks the whole chain and names every place where it does not hold.
// After a broken place it goes on with the hash that stands there, so that one
// change is one fault. Give it a snapshot when others write meanwhile.
func Check(ctx context.Context, q db.Querier) ([]db.Fault, error) {
	const page = 1000
	var w walk
	for {
		entries, err := listAfter(ctx, q, w.seq, page)
		if err != nil {
			return nil, fmt.Errorf("check the journal: %w", err)
		}
		for _, e := range entries {
			w.step(e)
		}
		if len(entries) < page {
			break
		}
	}
	seq, hash, err := Head(ctx, q)
	if err != nil {
		return nil, fmt.Errorf("check the journal: %w", err)
	}
	if seq != w.seq || hash != w.hash {
		w.fault(seq, fmt.Sprintf("the journal ends at %d and its head says %d, or with another hash", w.seq, seq))
	}
	return w.faults, nil
}

// walk is where Check has come to.
type walk struct {
	seq    int64
	hash   string
	faults []db.Fault
}

func (w *walk) step(e Entry) {
	switch {
	case e.Seq != w.seq+1:
		w.fault(e.Seq, fmt.Sprintf("entries %d to %d are missing", w.seq+1, e.Seq-1))
	case e.Hash != e.chain(w.hash):
		w.fault(e.Seq, "the entry is not what was written")
	}
	w.seq, w.hash = e.Seq, e.Hash
}

func (w *walk) fault(seq int64, what string) {
	w.faults = append(w.faults, db.Fault{Package: "journal", What: what, Row: strconv.FormatInt(seq, 10)})
}
