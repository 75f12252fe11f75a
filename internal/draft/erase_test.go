package draft

import (
	"testing"
	"time"

	"obrady/internal/db"
	"obrady/internal/db/dbtest"
)

func TestForgetTakesDraftsOfTheOwnerAndDraftsThatNameThem(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		keep := func(owner, form, typed string) {
			t.Helper()
			err := Keep(t.Context(), d, Draft{Owner: owner, Form: form, Fields: map[string][]string{"text": {typed}}, SavedAt: time.Unix(0, 0)})
			if err != nil {
				t.Fatal(err)
			}
		}
		keep("zofia", "kpm/session.1", "własny")
		keep("ada", "kpm/person.p-1", "o kimś")
		keep("ada", "kpm/session.2", "prowadzi Zofia Kanarek")
		keep("ada", "kpm/session.3", "pisać na ZOFIA@example.org")
		keep("ada", "kpm/session.4", "zofiaXexample.org i p_1: nikt")
		if mine, err := Of(t.Context(), d, "zofia"); err != nil || len(mine) != 1 || mine[0].Fields["text"][0] != "własny" {
			t.Errorf("Of = %v, %v, want the one draft of zofia", mine, err)
		}
		err := d.Tx(t.Context(), func(tx *db.Tx) error {
			n, err := Forget(t.Context(), tx, "zofia", "p-1", "Zofia Kanarek", "zofia@example.org", "")
			if n != 4 {
				t.Errorf("Forget = %d, want 4", n)
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		left, err := Of(t.Context(), d, "ada")
		if err != nil || len(left) != 1 || left[0].Form != "kpm/session.4" {
			t.Errorf("left are %v, %v, want only the draft that names nobody", left, err)
		}
	})
}
