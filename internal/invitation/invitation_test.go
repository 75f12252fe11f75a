package invitation_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"obrady/internal/admission"
	"obrady/internal/db"
	"obrady/internal/db/dbtest"
	"obrady/internal/edition"
	"obrady/internal/errs"
	"obrady/internal/i18n"
	"obrady/internal/invitation"
	"obrady/internal/people"
	"obrady/internal/rights"
)

var noon = time.Date(2021, 5, 20, 10, 0, 0, 0, time.UTC)

// party is a window that only the invited get into.
type party struct {
	t      *testing.T
	db     *db.DB
	in     edition.ID
	window admission.WindowID
	host   *invitation.Service
}

func (p *party) must(err error) {
	p.t.Helper()
	if err != nil {
		p.t.Fatal(err)
	}
}

func newParty(t *testing.T, d *db.DB) *party {
	t.Helper()
	now := func() time.Time { return noon }
	p := &party{t: t, db: d, window: "w", host: invitation.NewService(d, now)}
	in, err := edition.NewService(d, now).Save(t.Context(), "desk", edition.Edition{
		Slug: "kpm-2021", Name: i18n.Both("Kongres"), StartsOn: "2021-06-07", EndsOn: "2021-06-08", TimeZone: "Europe/Warsaw",
		Form: edition.OnSite, Public: true,
	})
	p.must(err)
	p.in = in.ID
	p.must(admission.WriteWindow(t.Context(), d, admission.Window{
		ID: p.window, Edition: in.ID, Name: i18n.Both("Uroczysta kolacja"), Mode: admission.Invitation, OpensAt: noon, ClosesAt: noon.AddDate(0, 0, 9),
		OfferMinutes: 60, Revision: 1, UpdatedAt: noon,
	}))
	return p
}

func (p *party) guest(email string) people.AccountID {
	p.t.Helper()
	var a people.Account
	p.must(p.db.Tx(p.t.Context(), func(tx *db.Tx) (err error) {
		a, err = people.OpenAccount(p.t.Context(), tx, people.Account{Email: email, Name: "Gość", CreatedAt: noon})
		return err
	}))
	return a.ID
}

func (p *party) invite(kind invitation.Kind, target string, uses int) invitation.Invitation {
	p.t.Helper()
	if kind != invitation.ByDomain {
		target = invitation.CodeSum(target)
	}
	saved, err := p.host.Save(p.t.Context(), "desk", p.in, invitation.Invitation{Window: p.window, Kind: kind, Target: target, Uses: uses})
	p.must(err)
	return saved
}

// finds says by which invitation somebody gets in.
func (p *party) finds(who people.AccountID, code string) string {
	p.t.Helper()
	found, err := invitation.Find(p.t.Context(), p.db, p.window, who, invitation.CodeSum(code))
	if !errors.Is(err, invitation.ErrNone) {
		p.must(err)
	}
	return found
}

func TestWhoIsInvited(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		p := newParty(t, d)
		ewa, jan := p.guest("ewa@um.example.org"), p.guest("jan@example.com")
		code := p.invite(invitation.ByCode, "KPM-2021 ab", 0)
		address := p.invite(invitation.ByAddress, "Jan@Example.com", 0)
		domain := p.invite(invitation.ByDomain, "um.example.org", 0)
		for _, test := range []struct {
			name string
			who  people.AccountID
			code string
			want string
		}{
			{"by the address", jan, "", address.ID},
			{"an address beats a code", jan, "kpm2021ab", address.ID},
			{"by the domain", ewa, "", domain.ID},
			{"a code beats a domain", ewa, "kpm2021ab", code.ID},
			{"case, spaces and dashes do not matter", ewa, " K pm-2021 AB ", code.ID},
			{"a wrong code", ewa, "kpm2022", domain.ID},
			{"a sum is no code", ewa, code.Target, domain.ID},
		} {
			if got := p.finds(test.who, test.code); got != test.want {
				t.Errorf("%s: %q, want %q", test.name, got, test.want)
			}
		}
		stranger := p.guest("ewa@notum.example.org")
		if got := p.finds(stranger, ""); got != "" {
			t.Errorf("who is at a domain that ends alike gets in by %q", got)
		}
		if _, err := invitation.Find(t.Context(), d, p.window, "nobody", ""); !errors.Is(err, db.ErrNoRow) {
			t.Errorf("Find for nobody = %v, want %v", err, db.ErrNoRow)
		}
	})
}

func TestAnInvitationIsUsedUpAndRevoked(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		p := newParty(t, d)
		who := p.guest("ewa@example.org")
		one := p.invite(invitation.ByCode, "dwa", 2)
		holds := func(want bool) {
			t.Helper()
			if got, err := invitation.Holds(t.Context(), d, one.ID); err != nil || got != want || (p.finds(who, "dwa") != "") != want {
				t.Errorf("Holds = %v, %v, want %v, and found as often", got, err, want)
			}
		}
		count := func(by int) { t.Helper(); p.must(invitation.Count(t.Context(), d, one.ID, by)) }
		holds(true)
		count(1)
		holds(true)
		count(1)
		holds(false)
		count(-1)
		holds(true)
		count(-5) // never below none
		list, err := p.host.List(t.Context(), p.window)
		if err != nil || len(list) != 1 || list[0].Used != 1 || list[0].Uses != 2 || list[0].MadeBy != "desk" {
			t.Errorf("List = %+v, %v, want one use of two", list, err)
		}
		p.must(p.host.Revoke(t.Context(), "desk", p.in, p.window, one.ID))
		holds(false)
		if err := p.host.Revoke(t.Context(), "desk", p.in, p.window, one.ID); !errors.Is(err, invitation.ErrNone) {
			t.Errorf("revoked twice: %v, want %v", err, invitation.ErrNone)
		}
		if list, err = p.host.List(t.Context(), p.window); err != nil || !list[0].RevokedAt.Equal(noon) {
			t.Errorf("List = %+v, %v, want it revoked at noon", list, err)
		}
		p.invite(invitation.ByCode, "DWA", 0) // the same again: it holds, and its uses are not forgotten
		holds(true)
		if list, err = p.host.List(t.Context(), p.window); err != nil || len(list) != 1 || list[0].ID != one.ID || list[0].Used != 1 {
			t.Errorf("List = %+v, %v, want the one invitation with its use", list, err)
		}
	})
}

func TestWhatIsNoInvitation(t *testing.T) {
	d := dbtest.New(t, db.SQLite)
	p := newParty(t, d)
	good := invitation.Invitation{Window: p.window, Kind: invitation.ByDomain, Target: "um.example.org"}
	for _, test := range []struct {
		name   string
		change func(*invitation.Invitation)
		want   string
	}{
		{"no kind", func(i *invitation.Invitation) { i.Kind = "" }, "kind"},
		{"no target", func(i *invitation.Invitation) { i.Target = "" }, "target"},
		{"an address as a domain", func(i *invitation.Invitation) { i.Target = "ewa@um.example.org" }, "target"},
		{"a domain of one word", func(i *invitation.Invitation) { i.Target = "localhost" }, "target"},
		{"fewer uses than none", func(i *invitation.Invitation) { i.Uses = -1 }, "uses"},
		{"uses for a town", func(i *invitation.Invitation) { i.Uses = 10_001 }, "uses"},
		{"a long note", func(i *invitation.Invitation) { i.Note = strings.Repeat("ą", 501) }, "note"},
	} {
		one := good
		test.change(&one)
		_, err := p.host.Save(t.Context(), "desk", p.in, one)
		var wrong errs.Problems
		if !errors.As(err, &wrong) || wrong.Of(test.want) == nil {
			t.Errorf("%s: %v, want a problem of %s", test.name, err, test.want)
		}
	}
	good.Note = strings.Repeat("ą", 500)
	if _, err := p.host.Save(t.Context(), "desk", p.in, good); err != nil {
		t.Errorf("a note of the greatest length: %v", err)
	}
	if _, err := p.host.Save(t.Context(), "desk", "another", good); !errors.Is(err, admission.ErrNoWindow) {
		t.Errorf("to a window of another edition: %v, want %v", err, admission.ErrNoWindow)
	}
	good.Window = "nothing"
	if _, err := p.host.Save(t.Context(), "desk", p.in, good); !errors.Is(err, admission.ErrNoWindow) {
		t.Errorf("to no window: %v, want %v", err, admission.ErrNoWindow)
	}
	if sum := invitation.CodeSum(" - "); sum != "" {
		t.Errorf("CodeSum of nothing = %q, want nothing", sum)
	}
}

// Who may not set how people sign up invites and revokes nobody.
func TestInvitingNeedsTheRight(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		p := newParty(t, d)
		one := p.invite(invitation.ByCode, "jeden", 0)
		no := errs.New(errs.Forbidden, "test.no")
		var asked []rights.Action
		p.host.Guard = func(_ context.Context, _ db.Querier, by people.AccountID, a rights.Action, _ []rights.Node) error {
			asked = append(asked, a)
			if by == "desk" {
				return nil
			}
			return no
		}
		i := invitation.Invitation{Window: p.window, Kind: invitation.ByDomain, Target: "example.org"}
		if _, err := p.host.Save(t.Context(), "guest", p.in, i); !errors.Is(err, no) {
			t.Errorf("Save = %v, want %v", err, no)
		}
		if err := p.host.Revoke(t.Context(), "guest", p.in, p.window, one.ID); !errors.Is(err, no) {
			t.Errorf("Revoke = %v, want %v", err, no)
		}
		if _, err := p.host.Save(t.Context(), "desk", p.in, i); err != nil {
			t.Errorf("Save by the desk = %v", err)
		}
		for _, a := range asked {
			if a != rights.SetSignups {
				t.Errorf("asked for %s, want %s", a, rights.SetSignups)
			}
		}
		if list, err := p.host.List(t.Context(), p.window); err != nil || len(list) != 2 || len(asked) != 3 {
			t.Errorf("%d invitations after %d questions (%v), want 2 after 3", len(list), len(asked), err)
		}
		for _, k := range invitation.Kinds {
			if k.Key() != "invitation.kind."+string(k) {
				t.Errorf("the key of %s is %s", k, k.Key())
			}
		}
	})
}
