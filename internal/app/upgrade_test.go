package app_test

import (
	"testing"

	"obrady/internal/app"
	"obrady/internal/db"
	"obrady/internal/db/dbtest"
	"obrady/internal/edition"
	"obrady/internal/people"
	"obrady/internal/rights"
)

// schema-60.tar.gz is a backup that the first release of the programme made: one edition with a published session, and
// one account, from the time when whoever could sign in could do everything.
const oldBackup = "testdata/schema-60.tar.gz"

func TestABackupOfAnOlderReleaseIsRestoredAndItsOrganiserKeepsEveryRight(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, engineOnly *db.DB) {
		d := dbtest.Blank(t, engineOnly.Engine())
		if err := app.Restore(t.Context(), d, oldBackup); err != nil {
			t.Fatal(err)
		}
		if faults := packagesAtFault(t, d); len(faults) > 0 {
			t.Errorf("after the upgrade Check blames %v, want nobody", faults)
		}
		ada, err := people.AccountOf(t.Context(), d, "ada@example.org")
		if err != nil {
			t.Fatal(err)
		}
		who, err := rights.Load(t.Context(), d, ada.ID, noon())
		if err != nil {
			t.Fatal(err)
		}
		if err := who.At(rights.EditEdition, edition.ID("any")); err != nil {
			t.Errorf("the organiser of before may not edit an edition now: %v", err)
		}
		var sessions int
		if err := d.QueryRow(t.Context(), `SELECT COUNT(*) FROM session`).Scan(&sessions); err != nil || sessions != 1 {
			t.Errorf("there are %d sessions (%v), want the one of before", sessions, err)
		}
	})
}

func TestADatabaseWithASchemaRefusesABackupOfAnOlderOne(t *testing.T) {
	d := dbtest.New(t, db.SQLite)
	if err := app.Restore(t.Context(), d, oldBackup); err == nil {
		t.Error("Restore of an older schema into a migrated database = nil, want a refusal")
	}
}
