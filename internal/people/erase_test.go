package people

import (
	"errors"
	"testing"

	"obrady/internal/db"
	"obrady/internal/db/dbtest"
	"obrady/internal/i18n"
)

func TestErasureLeavesEmptyRows(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		s := NewService(d, (&clock{noon}).now)
		office, err := s.SaveInstitution(t.Context(), "desk", Institution{Slug: "urzad", Name: i18n.Both("Urząd"), Sector: LocalGovernment})
		if err != nil {
			t.Fatal(err)
		}
		person, err := s.SavePerson(t.Context(), "desk", Person{
			Slug: "zofia-kanarek", Name: "Zofia Kanarek", Bio: i18n.Both("kanarek-bio"), Origin: "kpm:kanarek",
			Affiliations: []Affiliation{{Institution: office.ID, Title: i18n.Both("kanarek-title")}},
		})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := s.Invite(t.Context(), "kanarek@example.org", "Zofia Kanarek"); err != nil {
			t.Fatal(err)
		}
		subject, err := SubjectOf(t.Context(), d, Subject{Email: "kanarek@example.org", Person: person.ID})
		if err != nil || subject.Account == "" {
			t.Fatalf("SubjectOf = %+v, %v, want the account of the address", subject, err)
		}
		before, err := Collect(t.Context(), d, subject)
		if err != nil || len(before.Rows) != 2 {
			t.Errorf("Collect = %v, %v, want the account and the person", before.Rows, err)
		}
		for round, want := range []int{4, 0} { // the link, the account, the person, the affiliation; then nothing
			err := d.Tx(t.Context(), func(tx *db.Tx) error {
				outcomes, err := Erase(t.Context(), tx, subject, noon)
				if err == nil && outcomes[0].Gone != want {
					t.Errorf("round %d: gone are %d, want %d", round, outcomes[0].Gone, want)
				}
				return err
			})
			if err != nil {
				t.Fatal(err)
			}
		}
		left, err := FindPerson(t.Context(), d, person.ID)
		if err != nil || !left.Erased() || !left.Bio.IsZero() || left.Origin != "" || len(left.Affiliations) != 0 {
			t.Errorf("left is %+v, %v, want a neutral mark", left, err)
		}
		account, err := FindAccount(t.Context(), d, subject.Account)
		if err != nil || !account.Erased() || account.Name != "" {
			t.Errorf("left is %+v, %v, want an empty account", account, err)
		}
		if _, err := AccountOf(t.Context(), d, "kanarek@example.org"); !errors.Is(err, ErrNoAccount) {
			t.Errorf("the address leads to %v, want ErrNoAccount", err)
		}
		if faults, err := Check(t.Context(), d); err != nil || len(faults) != 0 {
			t.Errorf("Check = %v, %v, want no fault", faults, err)
		}
	})
}

func TestNoAddressLooksLikeAnErasedOne(t *testing.T) {
	if address, ok := Email(erasedAddress + "0190a000-0000-7000-8000-000000000000"); ok {
		t.Errorf("Email takes %q for an address; somebody could sign in with it", address)
	}
}

func TestASubjectIsTheAccountAndThePersonItHasClaimed(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		s := NewService(d, (&clock{noon}).now)
		person, err := s.SavePerson(t.Context(), "desk", Person{Slug: "ada", Name: "Ada"})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := s.Invite(t.Context(), "ada@example.org", "Ada"); err != nil {
			t.Fatal(err)
		}
		if _, err := d.Exec(t.Context(), `UPDATE account SET person_id = $1`, person.ID); err != nil {
			t.Fatal(err)
		}
		for name, known := range map[string]Subject{
			"by address": {Email: "ada@example.org"}, "by person": {Person: person.ID},
		} {
			got, err := SubjectOf(t.Context(), d, known)
			if err != nil || got.Account == "" || got.Person != person.ID || got.Email != "ada@example.org" {
				t.Errorf("%s: %+v, %v, want all three", name, got, err)
			}
		}
		unknown := Subject{Person: "nobody"}
		if got, err := SubjectOf(t.Context(), d, unknown); err != nil || got != unknown {
			t.Errorf("a person without account: %+v, %v, want it as it was", got, err)
		}
	})
}
