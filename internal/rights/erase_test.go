package rights

import (
	"testing"
	"time"

	"obrady/internal/db"
	"obrady/internal/db/dbtest"
	"obrady/internal/people"
)

func TestAnErasureTakesEveryRoleBack(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		at := time.Date(2026, 5, 20, 10, 0, 0, 0, time.UTC)
		var account people.Account
		err := d.Tx(t.Context(), func(tx *db.Tx) (err error) {
			account, err = people.OpenAccount(t.Context(), tx, people.Account{Email: "zofia@example.org", CreatedAt: at})
			if err != nil {
				return err
			}
			return Write(t.Context(), tx, Grant{Account: account.ID, Role: Organiser, Node: Whole, From: at, GrantedAt: at})
		})
		if err != nil {
			t.Fatal(err)
		}
		subject := people.Subject{Account: account.ID}
		if got, err := Collect(t.Context(), d, subject); err != nil || len(got.Rows) != 1 {
			t.Errorf("Collect = %v, %v, want one role", got.Rows, err)
		}
		for round, gone := range []int{1, 0} {
			err := d.Tx(t.Context(), func(tx *db.Tx) error {
				outcomes, err := Erase(t.Context(), tx, subject, at)
				if err == nil && (outcomes[0].Gone != gone || outcomes[0].Kept != 1) {
					t.Errorf("round %d: %+v, want %d gone and the row kept", round, outcomes, gone)
				}
				return err
			})
			if err != nil {
				t.Fatal(err)
			}
		}
		standing, err := NewService(d, func() time.Time { return at.Add(time.Hour) }).Standing(t.Context(), account.ID)
		if err != nil || len(standing.Grants) != 0 {
			t.Errorf("afterwards the grants are %v, %v, want none", standing.Grants, err)
		}
	})
}

func TestAnErasureEmptiesReasonsAboutWhoHasNoAccount(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		at := time.Date(2026, 5, 20, 10, 0, 0, 0, time.UTC)
		err := d.Tx(t.Context(), func(tx *db.Tx) error {
			hold := Refusal{
				ID: "hold-1", Kind: LegalHold, Node: OfPerson("zofia"), Reason: "Zofia Kanarek ma sprawę", From: at, MadeBy: "iod", MadeAt: at,
			}
			if err := insertRefusal(t.Context(), tx, hold); err != nil {
				return err
			}
			_, err := Erase(t.Context(), tx, people.Subject{Person: "zofia"}, at)
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		if f, err := findRefusal(t.Context(), d, "hold-1"); err != nil || f.Reason != "-" {
			t.Errorf("the reason after the erasure is %q, %v; want it emptied", f.Reason, err)
		}
	})
}
