package people

import (
	"fmt"
	"testing"

	"obrady/internal/db"
	"obrady/internal/db/dbtest"
)

func TestAccountsAreFoundByTheirIDs(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		s := NewService(d, (&clock{noon}).now)
		const many = mostAsked + 1
		ids := []AccountID{"nobody"}
		err := d.Tx(t.Context(), func(tx *db.Tx) error {
			for n := range many {
				a, err := OpenAccount(t.Context(), tx, Account{Email: fmt.Sprintf("osoba-%d@example.org", n), CreatedAt: noon})
				if err != nil {
					return err
				}
				ids = append(ids, a.ID)
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		found, err := s.Accounts(t.Context(), ids)
		if err != nil || len(found) != many {
			t.Fatalf("Accounts = %d of them, %v, want %d and not the one that is not there", len(found), err, many)
		}
		if got := found[ids[many]].Email; got != fmt.Sprintf("osoba-%d@example.org", many-1) {
			t.Errorf("the last account has the address %q", got)
		}
		if none, err := s.Accounts(t.Context(), nil); err != nil || len(none) != 0 {
			t.Errorf("Accounts of nobody = %v, %v, want none", none, err)
		}
	})
}
