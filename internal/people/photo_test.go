package people

import (
	"errors"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"obrady/internal/db"
	"obrady/internal/db/dbtest"
	"obrady/internal/errs"
	"obrady/internal/i18n"
	"obrady/internal/outbox"
)

// cast is a person of the programme, and accounts that may be theirs.
type cast struct {
	*Service
	t      *testing.T
	db     *db.DB
	clock  *clock
	person Person
}

func newCast(t *testing.T, d *db.DB) *cast {
	t.Helper()
	c := &cast{t: t, db: d, clock: &clock{noon}}
	c.Service = NewService(d, c.clock.now)
	c.person = c.speaker("zofia-przyklad", "Zofia Przykład")
	return c
}

func (c *cast) speaker(slug, name string) Person {
	c.t.Helper()
	p, err := c.SavePerson(c.t.Context(), "desk", Person{Slug: slug, Name: name})
	if err != nil {
		c.t.Fatal(err)
	}
	return p
}

func (c *cast) account(email string) AccountID {
	c.t.Helper()
	var a Account
	err := c.db.Tx(c.t.Context(), func(tx *db.Tx) (err error) {
		a, err = OpenAccount(c.t.Context(), tx, Account{Email: email, Name: email, CreatedAt: noon})
		return err
	})
	if err != nil {
		c.t.Fatal(err)
	}
	return a.ID
}

// link offers the person to an address and returns the token of the letter.
func (c *cast) link(person PersonID, email string) string {
	c.t.Helper()
	claim, err := c.OfferClaim(c.t.Context(), "desk", person, email)
	if err != nil {
		c.t.Fatal(err)
	}
	var token string
	err = c.db.Tx(c.t.Context(), func(tx *db.Tx) (err error) {
		token, _, err = IssueClaim(c.t.Context(), tx, c.clock.at, claim.ID)
		return err
	})
	if err != nil {
		c.t.Fatal(err)
	}
	return token
}

func TestClaim(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		c := newCast(t, d)
		zofia, other := c.account("zofia@example.org"), c.account("inna@example.org")
		token := c.link(c.person.ID, " Zofia@Example.org")
		if _, p, err := c.Offered(t.Context(), token); err != nil || p.ID != c.person.ID {
			t.Errorf("Offered = %v, %v, want the person", p.ID, err)
		}
		if _, err := c.Claim(t.Context(), other, token); !errors.Is(err, ErrOtherAddress) {
			t.Errorf("somebody to whom the letter was passed on: %v, want ErrOtherAddress", err)
		}
		if _, err := c.Claim(t.Context(), zofia, "guess"); !errors.Is(err, ErrClaimSpent) {
			t.Errorf("a guess: %v, want ErrClaimSpent", err)
		}
		if p, err := c.Claim(t.Context(), zofia, token); err != nil || p.ID != c.person.ID {
			t.Errorf("Claim = %v, %v, want the person", p.ID, err)
		}
		if _, err := c.Claim(t.Context(), zofia, token); !errors.Is(err, ErrClaimSpent) {
			t.Errorf("the link once more: %v, want ErrClaimSpent", err)
		}
		if p, err := c.Own(t.Context(), zofia); err != nil || p.ID != c.person.ID {
			t.Errorf("Own = %v, %v, want the claimed person", p.ID, err)
		}
		if _, err := c.Own(t.Context(), other); !errors.Is(err, ErrNoProfile) {
			t.Errorf("Own of who claimed nobody = %v, want ErrNoProfile", err)
		}
		promised, err := outbox.Claim(t.Context(), d, noon, time.Minute, 9)
		if err != nil || len(promised) != 1 || promised[0].Kind != "people.claim_offered" {
			t.Errorf("promised %v, %v, want one letter", promised, err)
		}
	})
}

func TestClaimsThatCannotBe(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		c := newCast(t, d)
		zofia := c.account("zofia@example.org")
		second := c.speaker("drugi-przyklad", "Drugi Przykład")

		old := c.link(c.person.ID, "zofia@example.org")
		fresh := c.link(c.person.ID, "zofia@example.org")
		if _, err := c.Claim(t.Context(), zofia, old); !errors.Is(err, ErrClaimSpent) {
			t.Errorf("a link that a newer one replaced: %v, want ErrClaimSpent", err)
		}
		c.clock.at = noon.Add(ClaimLife)
		if _, err := c.Claim(t.Context(), zofia, fresh); !errors.Is(err, ErrClaimSpent) {
			t.Errorf("a link past its time: %v, want ErrClaimSpent", err)
		}
		if _, err := c.Claim(t.Context(), zofia, c.link(c.person.ID, "zofia@example.org")); err != nil {
			t.Fatal(err)
		}
		if _, err := c.Claim(t.Context(), zofia, c.link(second.ID, "zofia@example.org")); !errors.Is(err, ErrHasPerson) {
			t.Errorf("a second person for one account: %v, want ErrHasPerson", err)
		}
		if _, err := c.OfferClaim(t.Context(), "desk", c.person.ID, "inna@example.org"); !errors.Is(err, ErrClaimed) {
			t.Errorf("a person who is taken, offered again: %v, want ErrClaimed", err)
		}
		if _, err := c.OfferClaim(t.Context(), "desk", second.ID, "no address"); errs.KindOf(err) != errs.Invalid {
			t.Errorf("no address: %v, want it refused", err)
		}
		if _, err := c.OfferClaim(t.Context(), "desk", "nobody", "a@example.org"); !errors.Is(err, ErrNoPerson) {
			t.Errorf("an unknown person: %v, want ErrNoPerson", err)
		}
		if err := c.Unclaim(t.Context(), "desk", c.person.ID, "pomyłka"); err != nil {
			t.Fatal(err)
		}
		if err := c.Unclaim(t.Context(), "desk", c.person.ID, "pomyłka"); !errors.Is(err, ErrNoAccount) {
			t.Errorf("taken away twice: %v, want ErrNoAccount", err)
		}
		if n, err := SweepClaims(t.Context(), d, noon.Add(10*ClaimLife)); err != nil || n != 4 {
			t.Errorf("SweepClaims = %d, %v, want all four offers gone", n, err)
		}
	})
}

// Two accounts of one address cannot be; but the link and the database decide even if many claim at once.
func TestAPersonIsClaimedOnce(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		c := newCast(t, d)
		zofia := c.account("zofia@example.org")
		token := c.link(c.person.ID, "zofia@example.org")
		var in atomic.Int32
		var crowd sync.WaitGroup
		for range 16 {
			crowd.Go(func() {
				switch _, err := c.Claim(t.Context(), zofia, token); {
				case err == nil:
					in.Add(1)
				case !errors.Is(err, ErrClaimSpent):
					t.Errorf("Claim = %v, want ErrClaimSpent", err)
				}
			})
		}
		crowd.Wait()
		if in.Load() != 1 {
			t.Errorf("%d claimed the person, want 1", in.Load())
		}
		other := c.account("inna@example.org")
		err := d.Tx(t.Context(), func(tx *db.Tx) error { return bindPerson(t.Context(), tx, other, c.person.ID) })
		if !errors.Is(err, ErrClaimed) {
			t.Errorf("a second account with the person: %v, want ErrClaimed", err)
		}
	})
}

func TestOwnProfileAndPhoto(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		c := newCast(t, d)
		zofia := c.account("zofia@example.org")
		photo := Photo{Large: []byte("large"), Small: []byte("small"), Consent: "Zgadzam się"}
		if err := c.SavePhoto(t.Context(), zofia, photo); !errors.Is(err, ErrNoProfile) {
			t.Errorf("a photo of nobody: %v, want ErrNoProfile", err)
		}
		if _, err := c.Claim(t.Context(), zofia, c.link(c.person.ID, "zofia@example.org")); err != nil {
			t.Fatal(err)
		}
		saved, err := c.SaveOwn(t.Context(), zofia, Profile{Bio: i18n.Text{PL: "Uczy."}, Revision: c.person.Revision})
		if err != nil || saved.Bio.PL != "Uczy." || saved.Name != c.person.Name {
			t.Errorf("SaveOwn = %+v, %v, want the new words and the old name", saved, err)
		}
		if _, err := c.SaveOwn(t.Context(), zofia, Profile{Revision: c.person.Revision}); !errors.Is(err, ErrChanged) {
			t.Errorf("an old revision: %v, want ErrChanged", err)
		}
		if err := c.SavePhoto(t.Context(), zofia, Photo{Large: photo.Large, Small: photo.Small}); errs.KindOf(err) != errs.Invalid {
			t.Errorf("a photo without consent: %v, want it refused", err)
		}
		if err := c.SavePhoto(t.Context(), zofia, photo); err != nil {
			t.Fatal(err)
		}
		hashes, err := PhotoHashes(t.Context(), d)
		if err != nil || len(hashes) != 1 {
			t.Fatalf("PhotoHashes = %v, %v, want one", hashes, err)
		}
		got, err := c.PhotoAt(t.Context(), hashes[c.person.ID])
		want := Photo{c.person.ID, hashes[c.person.ID], photo.Large, photo.Small, photo.Consent, zofia, noon}
		if diff := cmp.Diff(want, got); err != nil || diff != "" {
			t.Errorf("the photo came back changed, %v (-went +came):\n%s", err, diff)
		}
		rows, err := collectPhoto(t.Context(), d, Subject{Person: c.person.ID, Email: "zofia@example.org"})
		if err != nil || len(rows) != 2 {
			t.Errorf("collectPhoto = %v, %v, want the photo and the offer", rows, err)
		}
		if err := c.RemoveOwnPhoto(t.Context(), zofia); err != nil {
			t.Fatal(err)
		}
		if _, err := c.Photo(t.Context(), c.person.ID); !errors.Is(err, ErrNoPhoto) {
			t.Errorf("after the removal: %v, want ErrNoPhoto", err)
		}
		if err := c.RemoveOwnPhoto(t.Context(), zofia); !errors.Is(err, ErrNoPhoto) {
			t.Errorf("removed twice: %v, want ErrNoPhoto", err)
		}
	})
}

func TestErasingTakesThePhotoAndTheOffers(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		c := newCast(t, d)
		zofia := c.account("zofia@example.org")
		if _, err := c.Claim(t.Context(), zofia, c.link(c.person.ID, "zofia@example.org")); err != nil {
			t.Fatal(err)
		}
		if err := c.SavePhoto(t.Context(), zofia, Photo{Large: []byte("x"), Small: []byte("y"), Consent: "tak"}); err != nil {
			t.Fatal(err)
		}
		s := Subject{Account: zofia, Person: c.person.ID, Email: "zofia@example.org"}
		err := d.Tx(t.Context(), func(tx *db.Tx) error {
			if n, err := erasePhoto(t.Context(), tx, s, noon); err != nil || n != 2 {
				t.Errorf("erasePhoto = %d, %v, want photo and offer gone", n, err)
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		if rows, err := collectPhoto(t.Context(), d, s); err != nil || len(rows) != 0 {
			t.Errorf("what is left: %v, %v, want nothing", rows, err)
		}
	})
}
