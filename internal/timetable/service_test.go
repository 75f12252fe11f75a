package timetable

import (
	"errors"
	"testing"
	"time"

	"obrady/internal/db"
	"obrady/internal/db/dbtest"
	"obrady/internal/edition"
	"obrady/internal/errs"
	"obrady/internal/i18n"
	"obrady/internal/outbox"
	"obrady/internal/programme"
)

func atNoon() time.Time { return time.Date(2021, 5, 20, 10, 0, 0, 0, time.UTC) }

// hosted is an edition in a database with one session in one room.
type hosted struct {
	*Service
	programme *programme.Service
	edition   edition.Edition
	block     programme.Block
	place     Place
	session   programme.Session
	slot      Slot
}

func host(t *testing.T, d *db.DB) hosted {
	t.Helper()
	h := hosted{Service: NewService(d, atNoon), programme: programme.NewService(d, atNoon)}
	ctx := t.Context()
	var err error
	must := func() {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	h.edition, err = edition.NewService(d, atNoon).Save(ctx, "desk", edition.Edition{
		Slug: "kpm-2021", Name: i18n.Both("Kongres"), StartsOn: "2021-06-07", EndsOn: "2021-06-08",
		TimeZone: "Europe/Warsaw", Form: edition.Hybrid,
	})
	must()
	h.block, err = h.programme.SaveBlock(ctx, "desk", programme.Block{
		Edition: h.edition.ID, Slug: "glowny", Kind: programme.General, Mark: "G", Colour: 1, Name: i18n.Both("Główny"),
	})
	must()
	h.place, err = h.SavePlace(ctx, "desk", Place{Edition: h.edition.ID, Slug: "sala-a", Kind: Room, Name: i18n.Both("Sala A"), Capacity: 30})
	must()
	h.session = h.addSession(t, "pierwsza")
	h.slot, err = h.SaveSlot(ctx, "desk", Slot{Session: h.session.ID, Place: h.place.ID, Start: hour(10, 0), End: hour(11, 0)})
	must()
	return h
}

func (h hosted) addSession(t *testing.T, slug string) programme.Session {
	t.Helper()
	s, err := h.programme.SaveSession(t.Context(), "desk", programme.Session{
		Edition: h.edition.ID, Slug: slug, Block: h.block.ID, Title: i18n.Both(slug), Format: programme.Panel,
		Form: edition.OnSite, Status: programme.Ready,
		Segments: []programme.Segment{{Kind: programme.Talk, Title: i18n.Both("Wystąpienie"), Minutes: 60}},
	})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func (h hosted) publish(t *testing.T, name string) Release {
	t.Helper()
	r, err := h.Publish(t.Context(), Order{Edition: h.edition.ID, Name: i18n.Both(name), Scope: Scope{Kind: Whole}, By: "desk"})
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func TestPublish(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := host(t, d)
		if _, err := h.Latest(t.Context(), h.edition.ID); !errors.Is(err, ErrNoRelease) {
			t.Errorf("before the first: %v, want ErrNoRelease", err)
		}
		first := h.publish(t, "Pierwsze")
		if first.Number != 1 || len(first.Changes) != 0 {
			t.Errorf("the first release is number %d with %d changes, want 1 and none", first.Number, len(first.Changes))
		}
		_, err := h.Publish(t.Context(), Order{Edition: h.edition.ID, Name: i18n.Both("Drugie"), Scope: Scope{Kind: Whole}, By: "desk"})
		if !errors.Is(err, ErrUnchanged) {
			t.Errorf("publishing the same again: %v, want ErrUnchanged", err)
		}

		h.slot.Start, h.slot.End = hour(12, 0), hour(13, 0)
		if h.slot, err = h.SaveSlot(t.Context(), "desk", h.slot); err != nil {
			t.Fatal(err)
		}
		second := h.publish(t, "Drugie")
		if second.Number != 2 || len(second.Changes) != 1 || second.Changes[0].Kind != Moved {
			t.Errorf("the second release is %d with %+v, want 2 with one move", second.Number, second.Changes)
		}
		for release, want := range map[ReleaseID]time.Time{first.ID: hour(10, 0), second.ID: hour(12, 0)} {
			x, err := h.Published(t.Context(), release)
			if err != nil || !x.Slots[0].Start.Equal(want) {
				t.Errorf("release %s begins at %v, %v, want %v", release, x.Slots[0].Start, err, want)
			}
		}
		promised, err := outbox.Claim(t.Context(), d, atNoon(), time.Minute, 10)
		if err != nil || len(promised) != 2 {
			t.Errorf("%d releases announced, %v, want 2", len(promised), err)
		}
		if faults, err := CheckStored(t.Context(), d); err != nil || len(faults) != 0 {
			t.Errorf("CheckStored = %v, %v, want no fault", faults, err)
		}
	})
}

func TestNumbersAreForEver(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := host(t, d)
		err := d.Tx(t.Context(), func(tx *db.Tx) error {
			return ReserveNumbers(t.Context(), tx, h.edition.ID, map[string]int{NumberOf(h.slot.ID, ""): 8429})
		})
		if err != nil {
			t.Fatal(err)
		}
		first, err := h.Published(t.Context(), h.publish(t, "Pierwsze").ID)
		if err != nil {
			t.Fatal(err)
		}
		other := h.addSession(t, "druga")
		if _, err := h.SaveSlot(t.Context(), "desk", Slot{Session: other.ID, Place: h.place.ID, Start: hour(12, 0), End: hour(13, 0)}); err != nil {
			t.Fatal(err)
		}
		second, err := h.Published(t.Context(), h.publish(t, "Drugie").ID)
		if err != nil {
			t.Fatal(err)
		}
		if got := first.Numbers[NumberOf(h.slot.ID, "")]; got != 8429 {
			t.Errorf("the reserved number is %d, want 8429", got)
		}
		seen := map[int]bool{}
		for object, n := range second.Numbers {
			if was := first.Numbers[object]; was != 0 && was != n {
				t.Errorf("%s was %d and is %d, want it to keep its number", object, was, n)
			}
			if n <= 0 || seen[n] {
				t.Errorf("%s has the number %d, want one of its own", object, n)
			}
			seen[n] = true
		}
		if len(second.Numbers) != 4 {
			t.Errorf("%d numbers, want 4: two slots and a talk in each", len(second.Numbers))
		}
	})
}

func TestPublishRefuses(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := host(t, d)
		other := h.addSession(t, "druga")
		if _, err := h.SaveSlot(t.Context(), "desk", Slot{Session: other.ID, Place: h.place.ID, Start: hour(10, 30), End: hour(11, 30)}); err != nil {
			t.Fatal(err)
		}
		order := Order{Edition: h.edition.ID, Name: i18n.Both("Pierwsze"), Scope: Scope{Kind: Whole}, By: "desk"}
		if _, err := h.Publish(t.Context(), order); !errors.Is(err, ErrClashes) {
			t.Errorf("with a clash: %v, want ErrClashes", err)
		}
		order.DespiteErrors = true
		if _, err := h.Publish(t.Context(), order); err != nil {
			t.Errorf("with a clash that somebody answers for: %v, want it published", err)
		}
		for name, o := range map[string]Order{
			"without a name":           {Edition: h.edition.ID, Scope: Scope{Kind: Whole}},
			"of a block that is not":   {Edition: h.edition.ID, Name: i18n.Both("x"), Scope: Scope{OneBlock, "gone"}},
			"under a name that is had": {Edition: h.edition.ID, Name: i18n.Both("Pierwsze"), Scope: Scope{Kind: Whole}, DespiteErrors: true},
		} {
			h.session.Lead.PL += "!"
			saved, err := h.programme.SaveSession(t.Context(), "desk", h.session)
			if err != nil {
				t.Fatal(err)
			}
			h.session = saved
			if _, err := h.Publish(t.Context(), o); errs.KindOf(err) != errs.Invalid {
				t.Errorf("%s: %v, want it refused as invalid", name, err)
			}
		}
	})
}

func TestSlotRefusals(t *testing.T) {
	for _, test := range []struct {
		name  string
		slot  Slot
		field string
	}{
		{"without a begin", Slot{End: hour(10, 0)}, "start"},
		{"without an end", Slot{Start: hour(10, 0)}, "end"},
		{"an end before the begin", Slot{Start: hour(10, 0), End: hour(9, 0)}, "end"},
		{"longer than a day", Slot{Start: hour(10, 0), End: hour(35, 0)}, "end"},
	} {
		var wrong errs.Problems
		if err := test.slot.Validate(); !errors.As(err, &wrong) || wrong.Of(test.field) == nil {
			t.Errorf("%s: %v, want a problem with %s", test.name, err, test.field)
		}
	}
}

// Each kind of damage is done behind the package's back and must be found.
func TestCheckStoredFindsDamage(t *testing.T) {
	for name, damage := range map[string]string{
		"a release that was tampered with": `UPDATE release SET hash = 'x'`,
		"a release that is missing":        `DELETE FROM release WHERE number = 1`,
		"a change list that was cut":       `UPDATE release SET changes = '[]'`,
		"a place without a name":           `UPDATE place SET name = '{}'`,
		"a place of another edition": `UPDATE place SET edition_id = (SELECT id FROM edition WHERE slug = 'inna')
			WHERE slug = 'sala-a'`,
	} {
		t.Run(name, func(t *testing.T) {
			dbtest.Each(t, func(t *testing.T, d *db.DB) {
				h := host(t, d)
				other := h.edition
				other.ID, other.Slug, other.Revision = "", "inna", 0
				if _, err := edition.NewService(d, atNoon).Save(t.Context(), "desk", other); err != nil {
					t.Fatal(err)
				}
				h.publish(t, "Pierwsze")
				h.addSession(t, "druga")
				h.publish(t, "Drugie")
				if faults, err := CheckStored(t.Context(), d); err != nil || len(faults) != 0 {
					t.Fatalf("before the damage CheckStored = %v, %v, want no fault", faults, err)
				}
				if _, err := d.Exec(t.Context(), damage); err != nil {
					t.Fatal(err)
				}
				if faults, err := CheckStored(t.Context(), d); err != nil || len(faults) == 0 {
					t.Errorf("CheckStored = %v, %v, want the damage found", faults, err)
				}
			})
		})
	}
}
