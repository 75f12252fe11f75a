package council

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"

	"obrady/internal/call"
	"obrady/internal/db"
	"obrady/internal/id"
	"obrady/internal/journal"
	"obrady/internal/people"
	"obrady/internal/review"
	"obrady/internal/rights"
)

// Sittings lists the sittings of the council about a call, the latest first.
func (s *Service) Sittings(ctx context.Context, by people.AccountID, of call.ID) ([]Sitting, error) {
	c, err := call.Find(ctx, s.db, of)
	if err != nil {
		return nil, err
	}
	if err := s.reviews.May(ctx, s.db, review.Deed{By: by, Action: rights.ReadReviews, Call: c}); err != nil {
		return nil, err
	}
	all, err := sittingsOf(ctx, s.db, `call_id = $1`, of)
	if err != nil {
		return nil, fmt.Errorf("list sittings about %s: %w", of, err)
	}
	return all, nil
}

// Sitting returns a sitting with its agenda, without what whoever asks must not see; or ErrNoSitting.
func (s *Service) Sitting(ctx context.Context, by people.AccountID, sitting SittingID) (Sitting, []Item, error) {
	one, err := findSitting(ctx, s.db, sitting)
	if err != nil {
		return one, nil, err
	}
	v, err := s.reviews.Look(ctx, one.Call, by)
	if err != nil {
		return one, nil, err
	}
	if !v.Whole {
		return one, nil, ErrNoSitting
	}
	items, err := s.items(ctx, s.db, v, one)
	if err != nil {
		return one, nil, fmt.Errorf("read the agenda of %s: %w", sitting, err)
	}
	return one, items, nil
}

// items lists the agenda of a sitting as the viewer may see it.
func (s *Service) items(ctx context.Context, q db.Querier, v review.Viewer, one Sitting) ([]Item, error) {
	items, err := itemsOf(ctx, q, one.ID)
	if err != nil {
		return nil, err
	}
	ids := make([]call.SubmissionID, len(items))
	for i := range items {
		ids[i] = items[i].ID
	}
	entries, err := review.EntriesAmong(ctx, q, v, ids)
	if err != nil {
		return nil, err
	}
	byID := map[call.SubmissionID]review.Entry{}
	for _, e := range entries {
		byID[e.ID] = e
	}
	recused, err := recusedOf(ctx, q, one)
	if err != nil {
		return nil, err
	}
	items = slices.DeleteFunc(items, func(i Item) bool { _, there := byID[i.ID]; return !there })
	for i := range items {
		id := items[i].ID
		items[i].Entry, items[i].Recused = byID[id], recused[id]
	}
	return items, nil
}

// SaveSitting writes a sitting with who is there. A new one gets the next number
// of the call. Once its minutes have been approved it stays as it is.
func (s *Service) SaveSitting(ctx context.Context, by people.AccountID, one Sitting) (Sitting, error) {
	if err := one.Validate(); err != nil {
		return one, err
	}
	err := s.atCall(ctx, review.Deed{By: by, Action: rights.Sit}, one.Call, func(tx *db.Tx, d review.Deed, _ review.Setup) (err error) {
		if one.ID == "" {
			one.ID, one.State, one.Revision = SittingID(id.New()), Planned, 0
			if one.Number, err = nextNumber(ctx, tx, one.Call); err != nil {
				return err
			}
		} else {
			before, err := findSitting(ctx, tx, one.ID)
			if err != nil {
				return err
			}
			if before.State == Approved {
				return review.ErrOver
			}
		}
		one.UpdatedAt, one.Revision = s.now(), one.Revision+1
		if err := writeSitting(ctx, tx, one); err != nil {
			return err
		}
		if err := writePresent(ctx, tx, one); err != nil {
			return err
		}
		return s.reviews.Log(ctx, tx, d, journal.Entry{Action: "council.sitting_saved", Object: string(one.ID)})
	})
	if err != nil {
		return one, fmt.Errorf("save a sitting: %w", err)
	}
	return one, nil
}

// atCall runs do in a transaction for whoever may do the action at a call, with the call held.
func (s *Service) atCall(ctx context.Context, d review.Deed, of call.ID, do func(*db.Tx, review.Deed, review.Setup) error) error {
	return s.db.Tx(ctx, func(tx *db.Tx) (err error) {
		if d.Call, err = call.Find(ctx, tx, of); err != nil {
			return err
		}
		if err := s.reviews.May(ctx, tx, d); err != nil {
			return err
		}
		setup, err := review.Hold(ctx, tx, of)
		if err != nil {
			return err
		}
		return do(tx, d, setup)
	})
}

// atSitting is atCall for what is done at a sitting.
func (s *Service) atSitting(ctx context.Context, by people.AccountID, sitting SittingID, do func(*db.Tx, review.Deed, Sitting) error) error {
	one, err := findSitting(ctx, s.db, sitting)
	if err != nil {
		return err
	}
	return s.atCall(ctx, review.Deed{By: by, Action: rights.Sit}, one.Call, func(tx *db.Tx, d review.Deed, _ review.Setup) error {
		if one, err = findSitting(ctx, tx, sitting); err != nil {
			return err
		}
		return do(tx, d, one)
	})
}

// turns says what follows on what in the life of a sitting.
var turns = map[SittingState][]SittingState{Planned: {OpenNow}, OpenNow: {ClosedUp}, ClosedUp: {OpenNow, Approved}}

// Turn opens a sitting, closes it, opens it again or approves its minutes. What
// was not decided when it closes is put off.
func (s *Service) Turn(ctx context.Context, by people.AccountID, sitting SittingID, to SittingState) error {
	err := s.atSitting(ctx, by, sitting, func(tx *db.Tx, d review.Deed, one Sitting) error {
		if !slices.Contains(turns[one.State], to) {
			return review.ErrMoved
		}
		one.UpdatedAt = s.now()
		if err := turn(ctx, tx, one, stamp{to, by}); err != nil {
			return err
		}
		if to == ClosedUp {
			if err := putOff(ctx, tx, sitting); err != nil {
				return err
			}
		}
		return s.reviews.Log(ctx, tx, d, journal.Entry{Action: "council.sitting_turned", Object: string(sitting), Detail: map[string]any{"to": to}})
	})
	if err != nil {
		return fmt.Errorf("bring sitting %s to %s: %w", sitting, to, err)
	}
	return nil
}

// Fill puts everything of the call that has not been decided on the agenda, in an
// order in which members who have a stake in something leave as seldom as possible.
func (s *Service) Fill(ctx context.Context, by people.AccountID, sitting SittingID) error {
	err := s.atSitting(ctx, by, sitting, func(tx *db.Tx, d review.Deed, one Sitting) error {
		if one.State == ClosedUp || one.State == Approved {
			return ErrNotSitting
		}
		if err := s.reviews.Detect(ctx, tx, d.Call); err != nil {
			return err
		}
		waiting, err := toDecide(ctx, tx, one.Call)
		if err != nil {
			return err
		}
		recused, err := recusedOf(ctx, tx, one)
		if err != nil {
			return err
		}
		for i := range waiting {
			waiting[i].recused = recused[waiting[i].id]
		}
		return s.arrange(ctx, tx, d, agenda{sitting, idsOf(order(waiting))})
	})
	if err != nil {
		return fmt.Errorf("fill the agenda of %s: %w", sitting, err)
	}
	return nil
}

// agenda is what a sitting is about, in order.
type agenda struct {
	sitting SittingID
	items   []call.SubmissionID
}

func idsOf(points []point) (ids []call.SubmissionID) {
	for _, p := range points {
		ids = append(ids, p.id)
	}
	return ids
}

// Arrange writes the agenda of a sitting in an order made by hand. What is named
// comes first; what has been spoken of stays in the agenda in any case.
func (s *Service) Arrange(ctx context.Context, by people.AccountID, sitting SittingID, items []call.SubmissionID) error {
	err := s.atSitting(ctx, by, sitting, func(tx *db.Tx, d review.Deed, one Sitting) error {
		if one.State == ClosedUp || one.State == Approved {
			return ErrNotSitting
		}
		for _, id := range items {
			if err := review.Belongs(ctx, tx, id, one.Call); err != nil {
				return err
			}
		}
		return s.arrange(ctx, tx, d, agenda{sitting, items})
	})
	if err != nil {
		return fmt.Errorf("arrange the agenda of %s: %w", sitting, err)
	}
	return nil
}

func (s *Service) arrange(ctx context.Context, tx *db.Tx, d review.Deed, a agenda) error {
	if err := writeAgenda(ctx, tx, a); err != nil {
		return err
	}
	return s.reviews.Log(ctx, tx, d, journal.Entry{Action: "council.agenda_set", Object: string(a.sitting), Detail: map[string]int{"items": len(a.items)}})
}

// Take brings an item under discussion; what was before it is no longer.
func (s *Service) Take(ctx context.Context, by people.AccountID, sitting SittingID, submission call.SubmissionID) error {
	err := s.atSitting(ctx, by, sitting, func(tx *db.Tx, _ review.Deed, one Sitting) error {
		if one.State != OpenNow {
			return ErrNotSitting
		}
		return beginItem(ctx, tx, one.ID, itemTurn{submission, s.now()})
	})
	if err != nil {
		return fmt.Errorf("bring %s under discussion: %w", submission, err)
	}
	return nil
}

// Pulse is how a sitting stands before somebody, as one word that changes when what they may see of it does: where the
// sitting stands, who is there, the order, what is under discussion and what has been decided. What they must not see
// does not move it.
type Pulse struct {
	Call call.ID
	Word string
}

// Pulse returns how a sitting stands before whoever asks, or ErrNoSitting.
func (s *Service) Pulse(ctx context.Context, by people.AccountID, sitting SittingID) (Pulse, error) {
	one, err := findSitting(ctx, s.db, sitting)
	if err != nil {
		return Pulse{}, err
	}
	v, err := s.reviews.Look(ctx, one.Call, by)
	if err != nil {
		return Pulse{}, err
	}
	if !v.Whole {
		return Pulse{}, ErrNoSitting
	}
	beats, err := beatsOf(ctx, s.db, v, sitting)
	if err != nil {
		return Pulse{}, fmt.Errorf("feel the pulse of %s: %w", sitting, err)
	}
	sum := sha256.New()
	_, _ = fmt.Fprintln(sum, one.State, one.Revision, one.Present) // a hash takes everything
	for _, beat := range beats {
		_, _ = fmt.Fprintln(sum, beat)
	}
	return Pulse{one.Call, hex.EncodeToString(sum.Sum(nil)[:12])}, nil
}

// Minutes are what a sitting leaves behind (protokół).
type Minutes struct {
	Sitting  Sitting
	Items    []Item
	Decided  map[call.SubmissionID]Decision
	Dissents map[call.SubmissionID][]Dissent
}

// Minutes returns the minutes of a sitting, without what whoever asks must not see.
func (s *Service) Minutes(ctx context.Context, by people.AccountID, sitting SittingID) (Minutes, error) {
	one, items, err := s.Sitting(ctx, by, sitting)
	m := Minutes{Sitting: one, Items: items, Decided: map[call.SubmissionID]Decision{}, Dissents: map[call.SubmissionID][]Dissent{}}
	if err != nil {
		return m, err
	}
	decisions, err := decisionsBy(ctx, s.db, `d.sitting_id = $1`, sitting)
	if err != nil {
		return m, fmt.Errorf("read the minutes of %s: %w", sitting, err)
	}
	shown := map[call.SubmissionID]bool{}
	for _, i := range items {
		shown[i.ID] = true
	}
	for _, d := range decisions {
		if shown[d.Submission] {
			m.Decided[d.Submission] = d
		}
	}
	dissents, err := dissentsAt(ctx, s.db, sitting)
	if err != nil {
		return m, fmt.Errorf("read the minutes of %s: %w", sitting, err)
	}
	for _, d := range dissents {
		if _, there := m.Decided[d.Submission]; there {
			m.Dissents[d.Submission] = append(m.Dissents[d.Submission], d)
		}
	}
	return m, nil
}
