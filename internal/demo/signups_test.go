package demo_test

import (
	"bytes"
	"context"
	"slices"
	"testing"
	"time"

	"obrady/internal/admission"
	"obrady/internal/db"
	"obrady/internal/db/dbtest"
	"obrady/internal/demo"
	"obrady/internal/draw"
	"obrady/internal/edition"
	"obrady/internal/fairness"
	"obrady/internal/invitation"
	"obrady/internal/people"
	"obrady/internal/signup"
)

// gates is what the demo shows of sign-ups at a moment.
type gates struct {
	*signup.Service
	db      *db.DB
	edition edition.Edition
	plan    *admission.Plan
	now     time.Time
}

func openGates(t *testing.T, d *db.DB, now time.Time) *gates {
	t.Helper()
	g := &gates{Service: signup.NewService(d, func() time.Time { return now }), db: d, now: now}
	g.Clock = func(context.Context, db.Querier) (time.Time, error) { return now, nil }
	var err error
	if g.edition, err = edition.NewService(d, today).Edition(t.Context(), demo.Main); err != nil {
		t.Fatal(err)
	}
	if g.plan, err = g.Plan(t.Context(), g.edition.ID); err != nil {
		t.Fatal(err)
	}
	return g
}

func (g *gates) window(t *testing.T, mode admission.Mode, phase admission.Phase) admission.Window {
	t.Helper()
	for _, w := range g.plan.Windows() {
		if w.Mode == mode && w.Phase(g.now) == phase {
			return w
		}
	}
	t.Fatalf("no window of the mode %s is in the phase %s", mode, phase)
	return admission.Window{}
}

func TestTheDemoShowsEachWayToSignUp(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		fill(t, d)
		g := openGates(t, d, today())
		for _, want := range []struct {
			mode  admission.Mode
			phase admission.Phase
		}{
			{admission.FirstCome, admission.Running},
			{admission.FirstCome, admission.Before},
			{admission.Prequeue, admission.Before},
			{admission.Lottery, admission.Entries},
			{admission.Lottery, admission.Running},
			{admission.Selection, admission.Entries},
			{admission.Invitation, admission.Running},
		} {
			g.window(t, want.mode, want.phase)
		}
		if w := g.window(t, admission.FirstCome, admission.Before); w.OpensAt.Sub(today()) != 3*time.Minute {
			t.Errorf("the window that one waits for opens at %v, want three minutes after the start", w.OpensAt)
		}
		if !slices.ContainsFunc(g.plan.Windows(), func(w admission.Window) bool { return w.Workspace != "" }) {
			t.Error("no partner has a window")
		}
		full, left := 0, 0
		for _, o := range g.plan.Offers() {
			if n := o.Seats(); n < 20 || n > 40 {
				t.Errorf("%s has %d seats, want 20 to 40", o.Slug, n)
			}
			if o.Waiting > 0 {
				full++
			}
			if o.SomeLeft() {
				left++
			}
		}
		if full < 3 || left < 5 {
			t.Errorf("people wait for %d sessions and %d have seats left, want some of each", full, left)
		}
		if faults, err := fairness.Check(t.Context(), d); err != nil || len(faults) > 0 {
			t.Errorf("Check = %v, %v, want nothing", faults, err)
		}
		drawn := g.window(t, admission.Lottery, admission.Running)
		record, err := fairness.NewService(g.db).Record(t.Context(), drawn.ID)
		if err != nil || len(record) == 0 {
			t.Fatalf("Record = %d bytes, %v, want that of the draw", len(record), err)
		}
		read, err := draw.Read(bytes.NewReader(record))
		if err != nil {
			t.Fatalf("the record of the draw cannot be read: %v", err)
		}
		if differences, err := read.Differences(); err != nil || len(differences) > 0 {
			t.Errorf("worked out again the draw gives %v, %v, want the same", differences, err)
		}
	})
}

func TestTheParticipantOfTheDemoHasASeatWaitsAndIsAsked(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		fill(t, d)
		g := openGates(t, d, today())
		who, err := people.AccountOf(t.Context(), d, "uczestnik-02@przyklad.example")
		if err != nil {
			t.Fatal(err)
		}
		mine, err := g.Mine(t.Context(), g.edition.ID, who.ID)
		if err != nil {
			t.Fatal(err)
		}
		has := map[signup.State]int{}
		for _, m := range mine {
			has[m.State]++
			if m.State == signup.Offered && m.Until.Sub(today()) < 24*time.Hour {
				t.Errorf("the offer ends at %v, want it to last while somebody tries the demo", m.Until)
			}
		}
		if has[signup.Holding] != 1 || has[signup.Waiting] != 1 || has[signup.Offered] != 1 {
			t.Errorf("the participant has %v, want one seat, one waiting and one offer", has)
		}
		open := g.window(t, admission.Invitation, admission.Running)
		if _, err := invitation.Find(t.Context(), d, open.ID, who.ID, invitation.CodeSum("miasta 2021")); err != nil {
			t.Errorf("the code of the handbook: %v, want it to let in", err)
		}
	})
}

func TestTheOpeningOfTheDemoComesAgainAtEachStart(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		fill(t, d)
		for _, later := range []struct{ start, opens time.Duration }{
			{time.Minute, 3 * time.Minute}, // still ahead
			{time.Hour, time.Hour + 3*time.Minute},
			{48 * time.Hour, 48*time.Hour + 3*time.Minute},
		} {
			now := today().Add(later.start)
			if err := demo.Rearm(t.Context(), d, func() time.Time { return now }); err != nil {
				t.Fatal(err)
			}
			g := openGates(t, d, now)
			if w := g.window(t, admission.FirstCome, admission.Before); w.OpensAt.Sub(today()) != later.opens {
				t.Errorf("started %v later it opens after %v, want %v", later.start, w.OpensAt.Sub(today()), later.opens)
			}
		}
	})
}
