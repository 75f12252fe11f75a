package practice_test

import (
	"context"
	"errors"
	"testing"

	"obrady/internal/db"
	"obrady/internal/db/dbtest"
	"obrady/internal/errs"
	"obrady/internal/i18n"
	"obrady/internal/people"
	"obrady/internal/practice"
	"obrady/internal/rights"
)

// refuse lets nobody do what needs a role.
func refuse(_ context.Context, _ db.Querier, _ people.AccountID, a rights.Action, _ []rights.Node) error {
	return rights.ErrRole.With(string(a))
}

func (k *desk) takeover(p practice.Practice) practice.Takeover {
	return practice.Takeover{
		City: "Inna", Owner: "Urząd Miasta Inna", Since: "2020", Blocks: []string{p.Blocks[0].ID}, Outcome: practice.Partly,
		Changes: i18n.Text{PL: "Bez studni."},
	}
}

func (k *desk) agreed() int {
	k.t.Helper()
	shown, err := k.public().Practice("skwer")
	k.must(err)
	return len(shown.Adoptions)
}

func TestAnAdoptionIsReadOnceBothSidesSaySo(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		k := open(t, d)
		p := k.publish()
		k.service.Guard = refuse
		adopter, stranger := k.account("jan@inna.example"), k.account("ktos@example.org")
		a, err := k.service.Claim(t.Context(), adopter, p.ID, k.takeover(p))
		k.must(err)
		if n := k.agreed(); n != 0 || k.promised("practice.adoption_claimed") != 1 {
			t.Errorf("claimed by one side: the public reads %d adoptions, want none and one letter", n)
		}
		if _, err := k.service.Claim(t.Context(), adopter, p.ID, k.takeover(p)); !errors.Is(err, practice.ErrWaiting) {
			t.Errorf("claimed again before the answer: %v, want ErrWaiting", err)
		}
		for _, who := range []people.AccountID{stranger, adopter} {
			if _, err := k.service.ConfirmAdoption(t.Context(), who, a.ID); !errors.Is(err, practice.ErrNotSide) {
				t.Errorf("confirmed for the other side by %s: %v, want ErrNotSide", who, err)
			}
		}
		a, err = k.service.ConfirmAdoption(t.Context(), p.Contact.Account, a.ID)
		k.must(err)
		if n := k.agreed(); n != 1 || a.State != practice.Agreed {
			t.Errorf("confirmed by both: the public reads %d adoptions, %s, want one", n, a.State)
		}
		if _, err := k.service.ConfirmAdoption(t.Context(), p.Contact.Account, a.ID); !errors.Is(err, practice.ErrSettled) {
			t.Errorf("confirmed twice: %v, want ErrSettled", err)
		}
		k.healthy()
		if err := k.service.RecallAdoption(t.Context(), stranger, a.ID, ""); !errors.Is(err, practice.ErrNotSide) {
			t.Errorf("recalled by a stranger: %v, want ErrNotSide", err)
		}
		k.must(k.service.RecallAdoption(t.Context(), adopter, a.ID, "zmiana planów"))
		if n := k.agreed(); n != 0 {
			t.Errorf("taken back: the public reads %d adoptions, want none", n)
		}
	})
}

func TestWhosePracticeItIsNamesTheCityAndItConfirms(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		k := open(t, d)
		p := k.publish()
		k.service.Guard = refuse
		adopter := people.Account{Email: "Jan@inna.example", Name: "Jan"}
		if _, err := k.service.Invite(t.Context(), k.account("ktos@example.org"), p.ID, adopter, k.takeover(p)); !errors.Is(err, rights.ErrRole) {
			t.Errorf("named by a stranger: %v, want ErrRole", err)
		}
		self := people.Account{Email: p.Contact.Email, Name: "Ewa"}
		if _, err := k.service.Invite(t.Context(), p.Contact.Account, p.ID, self, k.takeover(p)); !errors.Is(err, practice.ErrNotSide) {
			t.Errorf("the contact names themselves as the other city: %v, want ErrNotSide", err)
		}
		a, err := k.service.Invite(t.Context(), p.Contact.Account, p.ID, adopter, k.takeover(p))
		k.must(err)
		if a.Adopter != k.account("jan@inna.example") || !a.Waits(practice.AdopterSide) || a.Waits(practice.OriginSide) {
			t.Errorf("Invite = %+v, want it to wait for the account of the adopting city", a)
		}
		mine, err := k.service.MyAdoptions(t.Context(), k.edition, a.Adopter)
		if err != nil || len(mine) != 1 {
			t.Errorf("MyAdoptions = %v, %v, want the one", mine, err)
		}
		a, err = k.service.DeclineAdoption(t.Context(), a.Adopter, a.ID, "to było inne miasto")
		k.must(err)
		if n := k.agreed(); n != 0 || a.State != practice.Declined {
			t.Errorf("declined: the public reads %d adoptions, %s, want none", n, a.State)
		}
	})
}

func TestAnEditorWhoClaimsAnAdoptionDoesNotConfirmItAsWell(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		k := open(t, d)
		p, editor := k.publish(), k.account("editor@inna.example")
		a, err := k.service.Claim(t.Context(), editor, p.ID, k.takeover(p))
		k.must(err)
		if _, err := k.service.ConfirmAdoption(t.Context(), editor, a.ID); !errors.Is(err, practice.ErrNotSide) {
			t.Errorf("one person for both sides: %v, want ErrNotSide", err)
		}
		if n := k.agreed(); n != 0 {
			t.Errorf("the public reads %d adoptions, want none", n)
		}
		k.healthy()
	})
}

func TestAnAdoptionNamesPartsThatThereAre(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		k := open(t, d)
		p := k.publish()
		for _, test := range []struct {
			name   string
			change func(*practice.Takeover)
			field  string
		}{
			{"no city", func(o *practice.Takeover) { o.City = "" }, "city"},
			{"no block", func(o *practice.Takeover) { o.Blocks = nil }, "blocks"},
			{"a block of another practice", func(o *practice.Takeover) { o.Blocks = []string{"x"} }, "blocks"},
			{"no outcome", func(o *practice.Takeover) { o.Outcome = "" }, "outcome"},
			{"a novel", func(o *practice.Takeover) { o.Changes = many(practice.ChangeWords + 1) }, "changes_pl"},
		} {
			told := k.takeover(p)
			test.change(&told)
			_, err := k.service.Claim(t.Context(), "jan", p.ID, told)
			var problems errs.Problems
			if !errors.As(err, &problems) || problems.Of(test.field) == nil {
				t.Errorf("%s: Claim = %v, want a problem of %s", test.name, err, test.field)
			}
		}
		k.must(k.service.Archive(t.Context(), "editor", p.ID, ""))
		if _, err := k.service.Claim(t.Context(), "jan", p.ID, k.takeover(p)); !errors.Is(err, practice.ErrNone) {
			t.Errorf("an archived practice: Claim = %v, want ErrNone", err)
		}
	})
}
