package rehearsal

import (
	"context"
	"fmt"

	"obrady/internal/admission"
	"obrady/internal/db"
	"obrady/internal/edition"
	"obrady/internal/people"
	"obrady/internal/programme"
	"obrady/internal/registration"
	"obrady/internal/timetable"
)

// world is what a rehearsal takes from the real congress. Nobody in it has a
// name, an address or an id.
type world struct {
	programme *timetable.Programme
	plan      *admission.Plan
	window    admission.Window
	offers    []admission.Offer // of the window
	groups    []group
	people    int // who take part
	needs     map[admission.Need]int
	lists     [][]programme.SessionID // of wishes, the most wanted first
}

// group is how many people of one sector and institution take part.
type group struct {
	sector      people.Sector
	institution people.InstitutionID
	people      int
}

// observe reads what there is, as it is at one moment.
func observe(ctx context.Context, d *db.DB, of edition.ID, window admission.WindowID) (*world, error) {
	w := &world{needs: map[admission.Need]int{}}
	err := d.Snapshot(ctx, func(q db.Querier) (err error) {
		if w.plan, err = admission.LoadPlan(ctx, q, of, 0); err != nil {
			return err
		}
		found := w.plan.Window(window)
		if found == nil {
			return admission.ErrNoWindow
		}
		w.window, w.offers = *found, w.plan.OffersIn(window)
		if len(w.offers) == 0 {
			return ErrNothing
		}
		if w.programme, err = timetable.Load(ctx, q, of); err != nil {
			return err
		}
		return w.observePeople(ctx, q, of)
	})
	if err != nil {
		return nil, fmt.Errorf("observe the congress: %w", err)
	}
	return w, nil
}

func (w *world) observePeople(ctx context.Context, q db.Querier, of edition.ID) (err error) {
	w.groups, err = db.Collect(func(row db.Scanner) (g group, err error) {
		return g, row.Scan(&g.sector, &g.institution, &g.people)
	})(q.Query(ctx, `
		SELECT sector, COALESCE(institution_id, '') AS institution, COUNT(*) FROM participant
		WHERE edition_id = $1 AND state = 'registered' GROUP BY sector, COALESCE(institution_id, '') ORDER BY sector, institution`, of))
	if err != nil {
		return fmt.Errorf("count who takes part: %w", err)
	}
	for _, g := range w.groups {
		w.people += g.people
	}
	if err := w.observeNeeds(ctx, q, of); err != nil {
		return err
	}
	return w.observeWishes(ctx, q)
}

// counted are the needs of a registration that sessions have places for.
var counted = map[registration.Need]admission.Need{
	registration.Wheelchair: admission.Wheelchair, registration.Interpreting: admission.Headset,
}

func (w *world) observeNeeds(ctx context.Context, q db.Querier, of edition.ID) error {
	all, err := db.Collect(func(row db.Scanner) (kinds []registration.Need, err error) {
		return kinds, row.Scan(db.FromJSON(&kinds))
	})(q.Query(ctx, `
		SELECT participant_need.kinds FROM participant_need JOIN participant ON participant.id = participant_need.participant_id
		WHERE participant.edition_id = $1 AND participant.state = 'registered'`, of))
	if err != nil {
		return fmt.Errorf("count what people need: %w", err)
	}
	for _, kinds := range all {
		for _, kind := range kinds {
			if need, ok := counted[kind]; ok {
				w.needs[need]++
			}
		}
	}
	return nil
}

// observeWishes reads the lists for sessions of the window. Whose they are is
// used to tell them apart, and is not kept.
func (w *world) observeWishes(ctx context.Context, q db.Querier) error {
	type wish struct {
		whose   string
		session programme.SessionID
	}
	all, err := db.Collect(func(row db.Scanner) (one wish, err error) {
		return one, row.Scan(&one.whose, &one.session)
	})(q.Query(ctx, `
		SELECT signup_wish.account_id, signup_wish.session_id FROM signup_wish
		JOIN admission_session ON admission_session.session_id = signup_wish.session_id
		WHERE admission_session.window_id = $1 ORDER BY signup_wish.account_id, signup_wish.position`, w.window.ID))
	if err != nil {
		return fmt.Errorf("read wishes: %w", err)
	}
	last := ""
	for _, one := range all {
		if one.whose != last {
			w.lists = append(w.lists, nil)
			last = one.whose
		}
		end := len(w.lists) - 1
		w.lists[end] = append(w.lists[end], one.session)
	}
	return nil
}

// room is how many the smallest place of a session holds; 0 when none is known.
func (w *world) room(o admission.Offer) (room int) {
	for _, span := range o.Hours {
		for _, place := range w.programme.Places {
			if place.ID == span.Place && place.Capacity > 0 && (room == 0 || place.Capacity < room) {
				room = place.Capacity
			}
		}
	}
	return room
}
