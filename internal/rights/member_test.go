package rights_test

import (
	"errors"
	"testing"
	"time"

	"obrady/internal/db"
	"obrady/internal/db/dbtest"
	"obrady/internal/edition"
	"obrady/internal/errs"
	"obrady/internal/i18n"
	"obrady/internal/people"
	"obrady/internal/programme"
	"obrady/internal/rights"
)

// town is an edition with two blocks, each run by an institution of its own.
type town struct {
	t       *testing.T
	db      *db.DB
	rights  *rights.Service
	people  *people.Service
	edition edition.ID
	blocks  []programme.BlockID
	offices []people.InstitutionID
	chief   rights.Standing
}

var noon = time.Date(2027, 3, 1, 12, 0, 0, 0, time.UTC)

func atNoon() time.Time { return noon }

func newTown(t *testing.T, d *db.DB) *town {
	t.Helper()
	w := &town{t: t, db: d, rights: rights.NewService(d, atNoon), people: people.NewService(d, atNoon)}
	e, err := edition.NewService(d, atNoon).Save(t.Context(), "desk", edition.Edition{
		Slug: "kpm-2027", Name: i18n.Both("Kongres"), StartsOn: "2027-06-07", EndsOn: "2027-06-08", TimeZone: "Europe/Warsaw", Form: edition.OnSite,
	})
	w.must(err)
	w.edition = e.ID
	for _, slug := range []string{"zielen", "ruch"} {
		b, err := programme.NewService(d, atNoon).SaveBlock(t.Context(), "desk", programme.Block{
			Edition: e.ID, Slug: slug, Kind: programme.General, Mark: slug[:1], Colour: 1, Name: i18n.Both(slug),
		})
		w.must(err)
		i, err := w.people.SaveInstitution(t.Context(), "desk", people.Institution{Slug: "urzad-" + slug, Name: i18n.Both(slug), Sector: people.LocalGovernment})
		w.must(err)
		w.blocks, w.offices = append(w.blocks, b.ID), append(w.offices, i.ID)
	}
	chief, err := w.rights.Appoint(t.Context(), people.Account{Email: "ada@example.org"}, rights.Organiser, rights.Whole, "")
	w.must(err)
	w.chief = w.standing(chief.ID)
	for n := range w.offices {
		_, err := w.rights.Give(t.Context(), rights.Order{
			By: w.chief, Institution: w.offices[n], Role: rights.Partner, Node: rights.OfBlock(w.blocks[n]), Edition: e.ID,
		})
		w.must(err)
	}
	return w
}

func (w *town) must(err error) {
	w.t.Helper()
	if err != nil {
		w.t.Fatal(err)
	}
}

func (w *town) standing(a people.AccountID) rights.Standing {
	w.t.Helper()
	s, err := w.rights.Standing(w.t.Context(), a)
	w.must(err)
	return s
}

// enlist makes email a member of the n-th office by the word of who.
func (w *town) enlist(who rights.Standing, office int, email string) (people.Account, error) {
	return w.rights.Enlist(w.t.Context(), rights.Enlistment{
		By: who, Edition: w.edition, Institution: w.offices[office], Email: email, Name: email,
	})
}

func TestMembersHaveWhatTheirInstitutionHas(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newTown(t, d)
		beata, err := w.enlist(w.chief, 0, "beata@example.org")
		w.must(err)
		green := []rights.Node{rights.OfBlock(w.blocks[0])}
		if got := w.standing(beata.ID); !got.Has(rights.Partner, green) {
			t.Errorf("the new member has %+v, want the role of the institution", got.Grants)
		}
		w.must(w.rights.Discharge(t.Context(), w.chief, people.Member{Account: beata.ID, Institution: w.offices[0]}, w.edition))
		if got := w.standing(beata.ID); len(got.Grants) != 0 {
			t.Errorf("who was discharged has %+v, want nothing", got.Grants)
		}
	})
}

func TestAMemberBringsInOthersOnlyWhereTheyCouldGiveTheRole(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newTown(t, d)
		beata, err := w.enlist(w.chief, 0, "beata@example.org")
		w.must(err)
		partner := w.standing(beata.ID)
		if _, err := w.enlist(partner, 0, "celina@example.org"); err != nil {
			t.Errorf("a member brings in a colleague: %v, want that to be right", err)
		}
		if _, err := w.enlist(partner, 1, "celina@example.org"); !errors.Is(err, rights.ErrHidden) {
			t.Errorf("a member brings somebody into another institution: %v, want ErrHidden", err)
		}
		if _, err := w.enlist(rights.Standing{}, 0, "dorota@example.org"); !errors.Is(err, rights.ErrSignIn) {
			t.Errorf("the public brings somebody in: %v, want ErrSignIn", err)
		}
		_, err = w.rights.Give(t.Context(), rights.Order{
			By: w.chief, Institution: w.offices[0], Role: rights.Partner, Node: rights.OfBlock(w.blocks[1]), Edition: w.edition,
		})
		w.must(err)
		// Now all members see to both blocks, and so does whoever is brought in.
		kasia, err := w.rights.Give(t.Context(), rights.Order{
			By: w.chief, Email: "kasia@example.org", Role: rights.Partner, Node: rights.OfBlock(w.blocks[0]), Edition: w.edition,
		})
		w.must(err)
		if _, err := w.enlist(w.standing(kasia.Account), 0, "ewa@example.org"); !errors.Is(err, rights.ErrMoreThanOwn) {
			t.Errorf("who has one of two blocks brings somebody into both: %v, want ErrMoreThanOwn", err)
		}
		if _, err := w.enlist(w.standing(beata.ID), 0, "ewa@example.org"); err != nil {
			t.Errorf("a member with both blocks brings in a colleague: %v", err)
		}
	})
}

func TestEverybodyCanLeave(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newTown(t, d)
		beata, err := w.enlist(w.chief, 0, "beata@example.org")
		w.must(err)
		roman, err := w.enlist(w.chief, 1, "roman@example.org")
		w.must(err)
		own := people.Member{Account: beata.ID, Institution: w.offices[0]}
		if err := w.rights.Discharge(t.Context(), w.standing(roman.ID), own, w.edition); !errors.Is(err, rights.ErrHidden) {
			t.Errorf("a stranger ends a membership: %v, want ErrHidden", err)
		}
		if err := w.rights.Discharge(t.Context(), w.standing(beata.ID), own, w.edition); err != nil {
			t.Errorf("to leave = %v", err)
		}
		if err := w.rights.Discharge(t.Context(), w.chief, own, w.edition); !errors.Is(err, people.ErrNoAccount) {
			t.Errorf("to end it once more = %v, want ErrNoAccount", err)
		}
	})
}

func TestAnEnlistmentNeedsAnAddressAndAnInstitution(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newTown(t, d)
		var wrong errs.Problems
		if _, err := w.enlist(w.chief, 0, "Beata <beata@example.org>"); !errors.As(err, &wrong) || wrong.Of("email") == nil {
			t.Errorf("an address with a name = %v, want a problem of the address", err)
		}
		_, err := w.rights.Enlist(t.Context(), rights.Enlistment{By: w.chief, Edition: w.edition, Institution: "nie-ma", Email: "x@example.org"})
		if !errors.Is(err, people.ErrNoInstitution) {
			t.Errorf("an institution that is not there = %v, want ErrNoInstitution", err)
		}
	})
}

func TestTheOrganiserCanGiveEveryRoleThatIsGiven(t *testing.T) {
	chief := rights.Standing{Account: "ada", Grants: []rights.Grant{{Role: rights.Organiser, Node: rights.Whole}}}
	path := []rights.Node{rights.OfCongress("kpm"), rights.Whole}
	for _, role := range rights.Roles {
		err := chief.CanGive(role, path)
		own := role.Follows() || role == rights.Protection || role == rights.Operator
		if own != errors.Is(err, rights.ErrMoreThanOwn) || !own && err != nil {
			t.Errorf("the organiser gives %s: %v", role, err)
		}
	}
}

func TestAWorkspaceStandsOnAPartOfItsOwnEdition(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newTown(t, d)
		other, err := edition.NewService(d, atNoon).Save(t.Context(), "desk", edition.Edition{
			Slug: "kpm-2029", Name: i18n.Both("Inny kongres"), StartsOn: "2029-06-07", EndsOn: "2029-06-08", TimeZone: "Europe/Warsaw", Form: edition.OnSite,
		})
		w.must(err)
		var wrong errs.Problems
		_, err = w.rights.SaveSpace(t.Context(), w.chief.Account, rights.Space{
			Edition: other.ID, Kind: rights.Event, Slug: "obcy", Name: i18n.Both("Obcy"), Block: w.blocks[0],
		})
		if !errors.As(err, &wrong) || wrong.Of("anchor") == nil {
			t.Errorf("a workspace on a block of another edition = %v, want a problem of the place where it stands", err)
		}
		if _, err := w.rights.SaveSpace(t.Context(), w.chief.Account, rights.Space{
			Edition: w.edition, Kind: rights.Event, Slug: "swoj", Name: i18n.Both("Swój"), Block: w.blocks[0],
		}); err != nil {
			t.Errorf("a workspace on a block of its own edition = %v", err)
		}
	})
}

func TestAnAddressThatLooksLikeAnIDOpensNothing(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newTown(t, d)
		space, err := w.rights.SaveSpace(t.Context(), w.chief.Account, rights.Space{
			Edition: w.edition, Kind: rights.Event, Slug: "swoj", Name: i18n.Both("Swój"), Block: w.blocks[0],
		})
		w.must(err)
		partner, _ := w.somebody("partner@example.org", rights.Partner, rights.OfWorkspace(space.ID))
		const victim = "ffffffff-0000-7000-8000-000000000001"
		for _, one := range []people.Person{
			{ID: "00000000-0000-7000-8000-000000000001", Slug: victim, Name: "Podstęp", Home: string(space.ID)},
			{ID: victim, Slug: "zofia", Name: "Zofia", Home: string(w.edition)},
		} {
			_, err := w.people.SavePerson(t.Context(), "desk", one)
			w.must(err)
		}
		_, err = w.rights.Admit(t.Context(), partner, rights.Target{
			Action: rights.EditPeople, Object: rights.PersonObject, Edition: "kpm-2027", Name: victim,
		})
		if !errors.Is(err, rights.ErrRole) && !errors.Is(err, rights.ErrHidden) {
			t.Errorf("a partner opens somebody else's person by an address of its own making: %v, want a refusal", err)
		}
	})
}
