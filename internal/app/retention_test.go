package app_test

import (
	"testing"
	"time"

	"obrady/internal/app"
	"obrady/internal/db"
	"obrady/internal/db/dbtest"
	"obrady/internal/people"
	"obrady/internal/rights"
)

// Retention removes by age; a legal hold says that the data of one person stay nevertheless.
func TestALegalHoldOutlivesRetention(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		ctx := t.Context()
		subject := nest(t, d)
		late := func() time.Time { return noon().AddDate(20, 0, 0) }
		roles := rights.NewService(d, late)
		officer, err := roles.Appoint(ctx, people.Account{Email: "iod@example.org"}, rights.Protection, rights.Whole, "")
		if err != nil {
			t.Fatal(err)
		}
		who, err := roles.Standing(ctx, officer.ID)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := d.Exec(ctx, `UPDATE campaign SET ended_at = $1`, noon()); err != nil {
			t.Fatal(err)
		}
		if _, err := d.Exec(ctx, `UPDATE letter SET state = 'sent'`); err != nil {
			t.Fatal(err)
		}
		hold, err := roles.Refuse(ctx, who, rights.Refusal{Kind: rights.LegalHold, Node: rights.OfPerson(subject.Person), Reason: "spór"})
		if err != nil {
			t.Fatal(err)
		}
		guard, err := app.Privacy(d, app.Config{Now: late})
		if err != nil {
			t.Fatal(err)
		}
		left := func() (tables []string) {
			if _, err := guard.Retain(ctx); err != nil {
				t.Fatal(err)
			}
			for _, table := range []string{"participant", "participant_need", "letter", "campaign_recipient", "signup_wish", "signup_entry"} {
				var n int
				if err := d.QueryRow(ctx, `SELECT COUNT(*) FROM `+table).Scan(&n); err != nil {
					t.Fatal(err)
				}
				if n > 0 {
					tables = append(tables, table)
				}
			}
			return tables
		}
		if got := left(); len(got) != 6 {
			t.Errorf("of somebody who is held retention leaves %v, want all six", got)
		}
		if err := roles.Lift(ctx, who, hold.ID); err != nil {
			t.Fatal(err)
		}
		if got := left(); len(got) != 0 {
			t.Errorf("after the hold retention leaves %v, want nothing", got)
		}
	})
}
