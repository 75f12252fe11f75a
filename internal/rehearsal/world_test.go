package rehearsal_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"testing"
	"time"

	"obrady/internal/admission"
	"obrady/internal/arrangement"
	"obrady/internal/db"
	"obrady/internal/edition"
	"obrady/internal/fairness"
	"obrady/internal/i18n"
	"obrady/internal/people"
	"obrady/internal/programme"
	"obrady/internal/rehearsal"
	"obrady/internal/signup"
	"obrady/internal/timetable"
)

// opening is when windows of the tests open, long after the day of the test.
var opening = time.Date(2041, 5, 20, 10, 0, 0, 0, time.UTC)

// congress is an edition with a block, a hall and some sessions that people sign up for.
type congress struct {
	t        *testing.T
	db       *db.DB
	service  *rehearsal.Service
	folder   string
	signup   *signup.Service
	edition  edition.Edition
	block    programme.Block
	hall     timetable.Place
	sessions []programme.SessionID
}

func (c *congress) must(err error) {
	c.t.Helper()
	if err != nil {
		c.t.Fatal(err)
	}
}

func convene(t *testing.T, d *db.DB, change ...func(*rehearsal.Config)) *congress {
	t.Helper()
	c := &congress{t: t, db: d, folder: t.TempDir(), signup: signup.NewService(d, time.Now)}
	config := rehearsal.Config{
		DB: d, Now: time.Now, Log: slog.New(slog.DiscardHandler), Folder: c.folder,
		Check: func(ctx context.Context, q db.Querier) ([]db.Fault, error) { return fairness.Check(ctx, q) },
	}
	for _, f := range change {
		f(&config)
	}
	c.service = rehearsal.NewService(config)
	t.Cleanup(c.service.Stop)
	var err error
	c.edition, err = edition.NewService(d, time.Now).Save(t.Context(), "desk", edition.Edition{
		Slug: "kpm-2041", Name: i18n.Both("Kongres"), StartsOn: "2041-06-07", EndsOn: "2041-06-08", TimeZone: "Europe/Warsaw",
		Form: edition.OnSite, Public: true,
	})
	c.must(err)
	blocks := programme.NewService(d, time.Now)
	c.block, err = blocks.SaveBlock(t.Context(), "desk", programme.Block{
		Edition: c.edition.ID, Slug: "goscie", Kind: programme.PartnerStage, Mark: "G", Colour: 2, Name: i18n.Both("Goście"), Position: 1,
	})
	c.must(err)
	c.block, err = blocks.SaveBlock(t.Context(), "desk", programme.Block{
		Edition: c.edition.ID, Slug: "warsztaty", Parent: c.block.ID, Kind: programme.PartnerStage, Mark: "W", Colour: 1,
		Name: i18n.Both("Warsztaty"), Position: 2,
	})
	c.must(err)
	c.hall, err = timetable.NewService(d, time.Now).SavePlace(t.Context(), "desk", timetable.Place{
		Edition: c.edition.ID, Slug: "aula", Kind: timetable.Room, Name: i18n.Both("Aula"), Shared: true, Capacity: 60,
	})
	c.must(err)
	return c
}

// window opens some sessions, each an hour after the other, to sign-ups with so many seats each.
func (c *congress) window(mode admission.Mode, sessions, seats int, more ...admission.Pool) admission.Window {
	c.t.Helper()
	w := admission.Window{
		Edition: c.edition.ID, Name: i18n.Both("Warsztaty"), Mode: mode, OpensAt: opening, ClosesAt: opening.AddDate(0, 0, 18),
		Waiting: true, SureHours: 24, OfferMinutes: 120, DoorHours: 2,
	}
	if mode.Collects() {
		w.DecidesAt, w.AnnouncesAt = opening.AddDate(0, 0, 3), opening.AddDate(0, 0, 4)
	}
	w, err := arrangement.NewService(c.signup, time.Now).SaveWindow(c.t.Context(), signup.Change{By: "desk"}, w)
	c.must(err)
	for i := range sessions {
		n := c.session(fmt.Sprintf("%s-%d", strings.ReplaceAll(string(mode), "_", "-"), i+1), i)
		pools := append([]admission.Pool{{Number: 1, Kind: admission.ForAll, Capacity: seats}}, more...)
		c.must(arrangement.NewService(c.signup, time.Now).SaveOffer(c.t.Context(), signup.Change{By: "desk"}, admission.Offer{
			Session: n, Edition: c.edition.ID, Window: w.ID, Pools: pools,
		}))
		c.sessions = append(c.sessions, n)
	}
	return w
}

func (c *congress) session(slug string, hour int) programme.SessionID {
	c.t.Helper()
	start := time.Date(2041, 6, 7, 7, 0, 0, 0, time.UTC).Add(time.Duration(hour) * time.Hour)
	saved, err := timetable.NewService(c.db, time.Now).Save(c.t.Context(), "desk", timetable.Edit{
		Sessions: []programme.Session{{
			Edition: c.edition.ID, Slug: slug, Block: c.block.ID, Title: i18n.Both(slug), Format: programme.Workshop, Form: edition.OnSite,
			Status: programme.Ready,
		}},
		Slots: []timetable.Slot{{Place: c.hall.ID, Start: start, End: start.Add(time.Hour)}},
	})
	c.must(err)
	return saved.Sessions[0].ID
}

// participants makes people who take part; need says what the n-th of them needs.
func (c *congress) participants(n int, sector people.Sector, institution people.InstitutionID) (all []people.AccountID) {
	c.t.Helper()
	c.must(c.db.Tx(c.t.Context(), func(tx *db.Tx) error {
		all = all[:0]
		for i := range n {
			name := fmt.Sprintf("%s%d", sector, i)
			a, err := people.OpenAccount(c.t.Context(), tx, people.Account{Email: name + "@example.org", Name: name, CreatedAt: time.Now()})
			if err != nil {
				return err
			}
			all = append(all, a.ID)
			var at any
			if institution != "" {
				at = string(institution)
			}
			if _, err := tx.Exec(c.t.Context(), `
				INSERT INTO participant (id, edition_id, account_id, form, badge, institution_id, sector, state, told, registered_at, updated_at)
				VALUES ($1, $2, $3, 'onsite', $4, $5, $6, 'registered', '[]', $7, $7)`,
				"p-"+string(a.ID), c.edition.ID, a.ID, name, at, sector, time.Now()); err != nil {
				return err
			}
			if i%10 == 0 {
				if _, err := tx.Exec(c.t.Context(), `
					INSERT INTO participant_need (participant_id, kinds, saved_at) VALUES ($1, '["wheelchair","vegan"]', $2)`,
					"p-"+string(a.ID), time.Now()); err != nil {
					return err
				}
			}
		}
		return nil
	}))
	return all
}

// wish saves wish lists.
func (c *congress) wish(who []people.AccountID, sessions ...programme.SessionID) {
	c.t.Helper()
	for _, one := range who {
		wishes := make([]signup.Wish, len(sessions))
		for i, session := range sessions {
			wishes[i].Session = session
		}
		c.must(c.signup.SaveWishes(c.t.Context(), c.edition.ID, one, wishes))
	}
}

// rehearse plays an opening to its end and returns what it found.
func (c *congress) rehearse(o rehearsal.Order) rehearsal.Pair {
	c.t.Helper()
	c.must(c.service.Start(c.t.Context(), "desk", c.edition.ID, o))
	c.ended()
	if err := c.service.Progress(c.edition.ID).Failed; err != nil {
		c.t.Fatalf("the rehearsal failed: %v", err)
	}
	all, err := c.service.Latest(c.t.Context(), c.edition.ID)
	c.must(err)
	return all[0]
}

// ended waits for the end of a rehearsal.
func (c *congress) ended() {
	c.t.Helper()
	for deadline := time.Now().Add(2 * time.Minute); c.service.Progress(c.edition.ID).Running; {
		if time.Now().After(deadline) {
			c.t.Fatal("the rehearsal does not end")
		}
		<-time.After(5 * time.Millisecond)
	}
}

// rows counts the rows of tables that a rehearsal could have written by mistake.
func (c *congress) rows() (n map[string]int) {
	c.t.Helper()
	n = map[string]int{}
	for _, table := range []string{"account", "participant", "signup_seat", "signup_event", "signup_entry", "signup_wish", "outbox", "admission_window", "institution"} {
		var count int
		c.must(c.db.QueryRow(c.t.Context(), `SELECT COUNT(*) FROM `+table).Scan(&count))
		n[table] = count
	}
	return n
}

var errNo = errors.New("no")
