package signin

import (
	"context"
	"errors"
	"slices"
	"testing"
	"time"

	"obrady/internal/db"
	"obrady/internal/db/dbtest"
	"obrady/internal/i18n"
	"obrady/internal/people"
)

const issuer = "https://login.example"

// enter lets in the owner of an address by a letter.
func (o *door) enterAs(email string) people.Account {
	o.t.Helper()
	letter := o.letter(email, email)
	entry, err := o.Enter(o.t.Context(), Proof{Token: letter.Token, Browser: email})
	if err != nil {
		o.t.Fatal(err)
	}
	return entry.Account
}

// open opens an account of which nobody has proved the address, as an organiser does who gives somebody a role.
func (o *door) open(email string) (a people.Account) {
	o.t.Helper()
	err := o.d.Tx(o.t.Context(), func(tx *db.Tx) (err error) {
		a, err = people.OpenAccount(o.t.Context(), tx, people.Account{Email: email, CreatedAt: o.at})
		return err
	})
	if err != nil {
		o.t.Fatal(err)
	}
	return a
}

// plant puts a passkey into an account without asking anybody.
func (o *door) plant(account people.AccountID, id string) {
	o.t.Helper()
	if err := insertPasskey(o.t.Context(), o.d, Passkey{ID: id, Account: account, Name: id, CreatedAt: o.at}); err != nil {
		o.t.Fatal(err)
	}
}

func (o *door) keys(account people.AccountID) (all []string) {
	o.t.Helper()
	found, err := o.Passkeys(o.t.Context(), account)
	if err != nil {
		o.t.Fatal(err)
	}
	for _, key := range found {
		all = append(all, key.ID)
	}
	return all
}

func (o *door) issuers(account people.AccountID) []string {
	o.t.Helper()
	all, err := o.Issuers(o.t.Context(), account)
	if err != nil {
		o.t.Fatal(err)
	}
	return all
}

// Source: Sudhodanan and Paverd, Pre-hijacked accounts, USENIX Security 2022: five ways to wait in an account for
// somebody who has not come yet.
func TestNobodyWaitsInAnAccountForItsOwner(t *testing.T) {
	attacker := Claims{Issuer: issuer, Subject: "attacker", Email: "ada@example.org"}
	for _, test := range []struct {
		name  string
		setUp func(o *door, ada people.Account)
	}{
		{"an account made before, with a key (classic-federated merge)", func(o *door, ada people.Account) { o.plant(ada.ID, "waiting") }},
		{"a session that never ends (unexpired session)", func(*door, people.Account) {}},
		{"an identity in wait (trojan identifier)", func(o *door, ada people.Account) {
			if err := o.Link(o.t.Context(), ada.ID, attacker); err != nil {
				o.t.Fatal(err)
			}
		}},
		{"a move to the attacker's address (unexpired e-mail change)", func(o *door, ada people.Account) {
			if err := o.AskMove(o.t.Context(), ada.ID, "attacker@example.org", i18n.Polish); err != nil {
				o.t.Fatal(err)
			}
		}},
		{"a provider that checks no address (non-verifying provider)", func(o *door, _ people.Account) {
			if _, err := o.EnterByProvider(o.t.Context(), attacker, i18n.Polish); !errors.Is(err, ErrCodeNeeded) {
				o.t.Errorf("entering: %v, want that the address is proved first", err)
			}
		}},
	} {
		t.Run(test.name, func(t *testing.T) {
			dbtest.Each(t, func(t *testing.T, d *db.DB) {
				o := newDoor(t, d)
				ada := o.open("ada@example.org")
				test.setUp(o, ada)
				o.at = o.at.Add(24 * time.Hour)
				if got := o.enterAs("ada@example.org"); got.ID != ada.ID {
					t.Fatalf("Ada comes into %s, want %s", got.ID, ada.ID)
				}
				if len(o.keys(ada.ID)) > 0 || len(o.issuers(ada.ID)) > 0 || !slices.Contains(o.ended, ada.ID) {
					t.Errorf("left: keys %v, identities %v, sessions ended %v; want nothing and her sessions ended",
						o.keys(ada.ID), o.issuers(ada.ID), o.ended)
				}
				if _, err := o.EnterByProvider(t.Context(), attacker, i18n.Polish); !errors.Is(err, ErrCodeNeeded) {
					t.Errorf("the attacker's identity: %v, want ErrCodeNeeded", err)
				}
				moves, err := movesOf(t.Context(), d, ada.ID)
				for _, m := range moves {
					if m.UndoneAt == nil {
						t.Errorf("the move to %s is still open", m.New)
					}
				}
				if err != nil {
					t.Fatal(err)
				}
			})
		})
	}
}

func TestProviders(t *testing.T) {
	for _, test := range []struct {
		name   string
		claims Claims
		want   error
		ada    bool // whether Ada comes in
	}{
		{"an address that is vouched for", Claims{issuer, "a", "ada@example.org", "Ada", true}, nil, true},
		{"written in capitals", Claims{issuer, "a", "ADA@Example.org", "Ada", true}, nil, true},
		{"an address that nobody vouches for", Claims{issuer, "a", "ada@example.org", "Ada", false}, ErrCodeNeeded, false},
		{"no address", Claims{issuer, "a", "", "Ada", true}, ErrNoEmail, false},
		{"no address that could be one", Claims{issuer, "a", "ada", "Ada", true}, ErrNoEmail, false},
		{"another address", Claims{issuer, "a", "ola@example.org", "Ola", true}, nil, false},
	} {
		t.Run(test.name, func(t *testing.T) {
			dbtest.Each(t, func(t *testing.T, d *db.DB) {
				o := newDoor(t, d)
				ada := o.enterAs("ada@example.org")
				entry, err := o.EnterByProvider(t.Context(), test.claims, i18n.Polish)
				if !errors.Is(err, test.want) || (entry.Account.ID == ada.ID && err == nil) != test.ada {
					t.Errorf("EnterByProvider = %q, %v, want %v, Ada: %v", entry.Account.Email, err, test.want, test.ada)
				}
			})
		})
	}
}

func TestAnIdentityIsAnIssuersSubjectAndNotAnAddress(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		o := newDoor(t, d)
		ada := o.enterAs("ada@example.org")
		first := Claims{Issuer: issuer, Subject: "1", Email: "ada@example.org", Vouched: true}
		second := Claims{Issuer: "https://other.example", Subject: "1", Email: "ada@example.org"}
		if _, err := o.EnterByProvider(t.Context(), first, i18n.Polish); err != nil {
			t.Fatal(err)
		}
		if _, err := o.EnterByProvider(t.Context(), second, i18n.Polish); !errors.Is(err, ErrCodeNeeded) {
			t.Errorf("the same address at another provider: %v, want ErrCodeNeeded", err)
		}
		first.Email = "moved@example.org" // the provider's account has moved, and another person may have the address
		if entry, err := o.EnterByProvider(t.Context(), first, i18n.Polish); err != nil || entry.Account.ID != ada.ID {
			t.Errorf("the same subject with another address comes into %q, %v, want Ada", entry.Account.Email, err)
		}
		ola := o.enterAs("ola@example.org")
		if err := o.Link(t.Context(), ola.ID, first); !errors.Is(err, ErrTaken) {
			t.Errorf("linking Ada's identity to Ola: %v, want ErrTaken", err)
		}
		if err := o.Unlink(t.Context(), ola.ID, issuer); !errors.Is(err, ErrNoIdentity) {
			t.Errorf("Ola unlinks what is Ada's: %v, want ErrNoIdentity", err)
		}
		if err := o.Unlink(t.Context(), ada.ID, issuer); err != nil || len(o.issuers(ada.ID)) != 0 {
			t.Errorf("Unlink: %v, left %v", err, o.issuers(ada.ID))
		}
	})
}

// The identity is added in the browser that came from the provider, never in the one of a person who was made to type
// a code.
func TestAnUnprovedIdentityIsAddedInItsOwnBrowserOnly(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		o := newDoor(t, d)
		ada := o.enterAs("ada@example.org")
		claim := Claims{Issuer: issuer, Subject: "x", Email: "ada@example.org"}
		ask := func() Issued {
			sent, err := o.Ask(t.Context(), Asking{Email: claim.Email, Browser: "provider's", Claim: claim})
			if err != nil {
				t.Fatal(err)
			}
			return o.write(sent.Request)
		}
		letter := ask()
		if _, err := o.Enter(t.Context(), Proof{Token: letter.Token, Code: letter.Code, Browser: "Ada's"}); err != nil {
			t.Fatal(err)
		}
		if got := o.issuers(ada.ID); len(got) != 0 {
			t.Errorf("proved in another browser, the identity is added: %v", got)
		}
		letter = ask()
		if _, err := o.Enter(t.Context(), Proof{Token: letter.Token, Browser: "provider's"}); err != nil {
			t.Fatal(err)
		}
		if got := o.issuers(ada.ID); len(got) != 1 {
			t.Errorf("proved in its own browser, identities are %v, want one", got)
		}
		entry, err := o.EnterByProvider(t.Context(), claim, i18n.Polish)
		if err != nil || entry.Account.ID != ada.ID {
			t.Errorf("afterwards: %q, %v, want Ada", entry.Account.Email, err)
		}
	})
}

func TestAnErrandIsForItsBrowserOnceAndSoon(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		o := newDoor(t, d)
		begin := func() Errand {
			e, err := o.BeginProvider(t.Context(), "mine", "", "/pl/moje")
			if err != nil {
				t.Fatal(err)
			}
			return e
		}
		e := begin()
		for name, test := range map[string]struct{ state, browser string }{
			"another browser": {e.State, "other"}, "another state": {"guess", "mine"}, "no state": {"", "mine"},
		} {
			if _, err := o.ReturnFromProvider(t.Context(), test.state, test.browser, ""); !errors.Is(err, ErrProvider) {
				t.Errorf("%s: %v, want ErrProvider", name, err)
			}
		}
		got, err := o.ReturnFromProvider(t.Context(), e.State, "mine", "")
		if err != nil || got != e {
			t.Errorf("came back %+v, %v, want %+v", got, err, e)
		}
		if _, err := o.ReturnFromProvider(t.Context(), e.State, "mine", ""); !errors.Is(err, ErrProvider) {
			t.Errorf("once more: %v, want ErrProvider", err)
		}
		late := begin()
		o.at = o.at.Add(ceremonyLife)
		if _, err := o.ReturnFromProvider(t.Context(), late.State, "mine", ""); !errors.Is(err, ErrProvider) {
			t.Errorf("too late: %v, want ErrProvider", err)
		}
		for range mostBegun {
			begin()
		}
		if _, err := o.BeginProvider(t.Context(), "mine", "", ""); !errors.Is(err, ErrTooOften) {
			t.Errorf("the sixty-first in a minute: %v, want ErrTooOften", err)
		}
	})
}

// moving asks for another address and has the letter written.
func (o *door) moving(account people.AccountID, to string) IssuedMove {
	o.t.Helper()
	if err := o.AskMove(o.t.Context(), account, to, i18n.Polish); err != nil {
		o.t.Fatal(err)
	}
	return o.lastMove(account, IssueMove)
}

func (o *door) lastMove(account people.AccountID, issue func(ctx context.Context, tx *db.Tx, now time.Time, of string) (IssuedMove, error)) (letter IssuedMove) {
	o.t.Helper()
	moves, err := movesOf(o.t.Context(), o.d, account)
	if err == nil {
		err = o.d.Tx(o.t.Context(), func(tx *db.Tx) (err error) {
			letter, err = issue(o.t.Context(), tx, o.at, moves[len(moves)-1].ID)
			return err
		})
	}
	if err != nil {
		o.t.Fatal(err)
	}
	return letter
}

func (o *door) email(account people.AccountID) string {
	o.t.Helper()
	found, err := people.FindAccount(o.t.Context(), o.d, account)
	if err != nil {
		o.t.Fatal(err)
	}
	return found.Email
}

func TestAnAccountMovesToAnotherAddressAndBack(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		o := newDoor(t, d)
		ada, ola := o.enterAs("ada@example.org"), o.enterAs("ola@example.org")
		o.plant(ada.ID, "old")
		o.at = o.at.Add(time.Hour)
		letter := o.moving(ada.ID, "Ada@New.example")
		if letter.To != "ada@new.example" || o.email(ada.ID) != "ada@example.org" {
			t.Errorf("the letter goes to %s while the account has %s", letter.To, o.email(ada.ID))
		}
		if err := o.ConfirmMove(t.Context(), ola.ID, letter.Token); !errors.Is(err, ErrSpent) {
			t.Errorf("confirmed by somebody else: %v, want ErrSpent", err)
		}
		if email, err := o.LookMove(t.Context(), ada.ID, letter.Token); err != nil || email != "ada@new.example" {
			t.Errorf("LookMove = %q, %v", email, err)
		}
		if err := o.ConfirmMove(t.Context(), ada.ID, letter.Token); err != nil || o.email(ada.ID) != "ada@new.example" {
			t.Fatalf("ConfirmMove = %v, the account has %s", err, o.email(ada.ID))
		}
		if err := o.ConfirmMove(t.Context(), ada.ID, letter.Token); !errors.Is(err, ErrSpent) {
			t.Errorf("confirmed twice: %v, want ErrSpent", err)
		}
		told := o.lastMove(ada.ID, IssueUndo)
		if told.To != "ada@example.org" || !told.Until.Equal(o.at.Add(UndoFor)) {
			t.Errorf("told is %s until %v, want the old address for three days", told.To, told.Until)
		}
		o.plant(ada.ID, "new")
		// Whoever took the account takes it further; the way back still leads to where it began.
		o.at = o.at.Add(time.Hour)
		if err := o.ConfirmMove(t.Context(), ada.ID, o.moving(ada.ID, "third@new.example").Token); err != nil {
			t.Fatal(err)
		}
		later := o.lastMove(ada.ID, IssueUndo)
		o.at = noon.Add(UndoFor)
		if err := o.LookUndo(t.Context(), told.Token); err != nil {
			t.Fatal(err)
		}
		if err := o.UndoMove(t.Context(), told.Token); err != nil || o.email(ada.ID) != "ada@example.org" {
			t.Errorf("UndoMove = %v, the account has %s, want the old address", err, o.email(ada.ID))
		}
		if got := o.keys(ada.ID); !slices.Equal(got, []string{"old"}) || !slices.Contains(o.ended, ada.ID) {
			t.Errorf("left are the keys %v, sessions ended of %v; want the old key and Ada", got, o.ended)
		}
		for name, token := range map[string]string{"the same once more": told.Token, "the later one": later.Token} {
			if err := o.UndoMove(t.Context(), token); !errors.Is(err, ErrSpent) {
				t.Errorf("undo by %s: %v, want ErrSpent", name, err)
			}
		}
	})
}

func TestMovesThatAreRefused(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		o := newDoor(t, d)
		ada, _ := o.enterAs("ada@example.org"), o.enterAs("ola@example.org")
		if err := o.AskMove(t.Context(), ada.ID, "no address", i18n.Polish); !errors.Is(err, ErrAddress) {
			t.Errorf("to no address: %v", err)
		}
		if err := o.AskMove(t.Context(), ada.ID, "ADA@example.org", i18n.Polish); !errors.Is(err, ErrSameEmail) {
			t.Errorf("to the same address: %v", err)
		}
		letter := o.moving(ada.ID, "ola@example.org") // not said before the address is proved
		if err := o.ConfirmMove(t.Context(), ada.ID, letter.Token); !errors.Is(err, ErrEmailTaken) {
			t.Errorf("to somebody's address: %v, want ErrEmailTaken", err)
		}
		late := o.moving(ada.ID, "late@example.org")
		o.at = o.at.Add(moveLife)
		if err := o.ConfirmMove(t.Context(), ada.ID, late.Token); !errors.Is(err, ErrSpent) {
			t.Errorf("confirmed too late: %v, want ErrSpent", err)
		}
		if err := o.ConfirmMove(t.Context(), ada.ID, o.moving(ada.ID, "new@example.org").Token); err != nil {
			t.Fatal(err)
		}
		undo := o.lastMove(ada.ID, IssueUndo)
		o.at = o.at.Add(UndoFor)
		if err := o.UndoMove(t.Context(), undo.Token); !errors.Is(err, ErrSpent) {
			t.Errorf("undone too late: %v, want ErrSpent", err)
		}
		for range mostMoves {
			_ = o.AskMove(t.Context(), ada.ID, "x@example.org", i18n.Polish) // the limit is what counts
		}
		if err := o.AskMove(t.Context(), ada.ID, "y@example.org", i18n.Polish); !errors.Is(err, ErrTooOften) {
			t.Errorf("the sixth in a day: %v, want ErrTooOften", err)
		}
	})
}

func TestAPersonTakesEverythingAwayWithThem(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		o := newDoor(t, d)
		ada, ola := o.enterAs("ada@example.org"), o.enterAs("ola@example.org")
		for _, who := range []people.Account{ada, ola} {
			o.plant(who.ID, "key of "+who.Email)
			o.moving(who.ID, "new-"+who.Email)
			if err := o.Link(t.Context(), who.ID, Claims{Issuer: issuer, Subject: who.Email}); err != nil {
				t.Fatal(err)
			}
		}
		rows := func(who people.Account) int {
			found, err := Collect(t.Context(), d, people.Subject{Account: who.ID, Email: who.Email})
			if err != nil {
				t.Fatal(err)
			}
			return len(found.Rows)
		}
		if n := rows(ada); n != 4 {
			t.Errorf("Collect finds %d rows of Ada, want a key, an identity, a move and a letter", n)
		}
		err := d.Tx(t.Context(), func(tx *db.Tx) error {
			gone, err := Erase(t.Context(), tx, people.Subject{Account: ada.ID, Email: ada.Email}, o.at)
			if len(gone) != 4 {
				t.Errorf("Erase = %v, want four parts", gone)
			}
			return err
		})
		if err != nil || rows(ada) != 0 || rows(ola) != 4 {
			t.Errorf("after Erase (%v) Ada has %d rows and Ola %d, want 0 and 4", err, rows(ada), rows(ola))
		}
	})
}
