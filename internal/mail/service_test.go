package mail_test

import (
	"errors"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"obrady/internal/db"
	"obrady/internal/db/dbtest"
	"obrady/internal/mail"
)

func TestPostRefuses(t *testing.T) {
	for _, test := range []struct {
		name   string
		change func(*mail.Letter)
		want   error // nil: any error
	}{
		{"no address", func(l *mail.Letter) { l.To = "" }, mail.ErrAddress},
		{"half an address", func(l *mail.Letter) { l.To = "jan@" }, mail.ErrAddress},
		{"a name beside the address", func(l *mail.Letter) { l.To = "Jan <jan@x.pl>" }, mail.ErrAddress},
		{"two addresses", func(l *mail.Letter) { l.To = "a@x.pl, b@x.pl" }, mail.ErrAddress},
		{"a command behind the address", func(l *mail.Letter) { l.To = "a@x.pl>\r\nRCPT TO:<b@x.pl" }, mail.ErrAddress},
		{"no subject", func(l *mail.Letter) { l.Subject = " " }, nil},
		{"no text", func(l *mail.Letter) { l.Body.Paragraphs = nil }, nil},
		{"no kind", func(l *mail.Letter) { l.Kind = "" }, nil},
		{"no language", func(l *mail.Letter) { l.Lang = "de" }, nil},
		{"a script for an address", func(l *mail.Letter) { l.Unsubscribe = "javascript:alert(1)" }, nil},
		{"a host for a path", func(l *mail.Letter) { l.Body.Paragraphs[1].Button.Address = "//evil.example" }, nil},
	} {
		t.Run(test.name, func(t *testing.T) {
			d := dbtest.New(t, db.SQLite)
			l := invitation()
			test.change(&l)
			err := d.Tx(t.Context(), func(tx *db.Tx) error {
				_, err := mail.Post(t.Context(), tx, noon, l)
				return err
			})
			if err == nil || test.want != nil && !errors.Is(err, test.want) {
				t.Errorf("Post = %v, want %v", err, test.want)
			}
		})
	}
}

func TestALetterIsKeptAsItWasPosted(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		l := invitation()
		l.Account, l.Edition, l.Dedupe, l.Expires = "account", "edition", "once", noon.Add(time.Hour)
		l.Body.Paragraphs[3].Quote = "a\x00b"
		ids := post(t, d, l, l)
		if ids[0] != ids[1] {
			t.Errorf("posted twice with one Dedupe: %v, want one letter", ids)
		}
		s := mail.NewService(d, func() time.Time { return noon })
		want := mail.Kept{Letter: l, State: mail.Waiting, PostedAt: noon}
		want.ID, want.Body.Paragraphs[3].Quote = ids[0], "ab"
		got, err := s.Letter(t.Context(), ids[0])
		if diff := cmp.Diff(want, got); err != nil || diff != "" {
			t.Errorf("Letter (-want +got): %v\n%s", err, diff)
		}
		if _, err := s.Letter(t.Context(), "none"); !errors.Is(err, mail.ErrNoLetter) {
			t.Errorf("a letter that is not there: %v, want ErrNoLetter", err)
		}
		wantSound(t, d)
	})
}

func TestAnUnpostedLetterPromisesNothing(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		sorry := errors.New("sorry")
		err := d.Tx(t.Context(), func(tx *db.Tx) error {
			if _, err := mail.Post(t.Context(), tx, noon, invitation()); err != nil {
				return err
			}
			return sorry
		})
		counts, countErr := mail.Counts(t.Context(), d)
		if !errors.Is(err, sorry) || countErr != nil || len(counts) != 0 {
			t.Errorf("Tx = %v, Counts = %v, %v, want nothing posted", err, counts, countErr)
		}
	})
}

func TestLettersAreFiltered(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		a, b := note("a@example.net"), note("b@example.net")
		a.Account, a.Edition, a.Kind = "anna", "kpm", "test.a"
		b.Edition = "kpm"
		ids := post(t, d, a, b, note("c@example.net"))
		s := mail.NewService(d, func() time.Time { return noon })
		for _, test := range []struct {
			name   string
			filter mail.Filter
			want   []int
		}{
			{"all, the latest first", mail.Filter{}, []int{2, 1, 0}},
			{"of an edition", mail.Filter{Edition: "kpm"}, []int{1, 0}},
			{"of an account", mail.Filter{Account: "anna"}, []int{0}},
			{"of a kind in an edition", mail.Filter{Kind: "test.note", Edition: "kpm"}, []int{1}},
			{"in a state", mail.Filter{State: mail.Sent}, nil},
			{"the next page", mail.Filter{Before: ids[2], Limit: 1}, []int{1}},
		} {
			letters, err := s.Letters(t.Context(), test.filter)
			var got, want []mail.LetterID
			for _, l := range letters {
				got = append(got, l.ID)
			}
			for _, i := range test.want {
				want = append(want, ids[i])
			}
			if diff := cmp.Diff(want, got); err != nil || diff != "" {
				t.Errorf("%s (-want +got): %v\n%s", test.name, err, diff)
			}
		}
		if counts, err := s.Counts(t.Context()); err != nil || counts[mail.Waiting] != 3 {
			t.Errorf("Counts = %v, %v, want 3 waiting", counts, err)
		}
	})
}

func TestSweep(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		secret := note("a@example.net")
		secret.Secret, secret.Expires = true, noon.Add(time.Hour)
		ids := post(t, d, secret, note("b@example.net"))
		s := mail.NewService(d, func() time.Time { return noon })
		if n, err := mail.Sweep(t.Context(), d, noon.Add(2*time.Hour)); err != nil || n != 0 {
			t.Errorf("Sweep after two hours = %d, %v, want nothing deleted", n, err)
		}
		if k, err := s.Letter(t.Context(), ids[0]); err != nil || k.State != mail.Expired || !k.Emptied() {
			t.Errorf("the secret letter is %s, %v, its text gone: %v; want it expired and empty", k.State, err, k.Emptied())
		}
		if n, err := mail.Sweep(t.Context(), d, noon.Add(91*24*time.Hour)); err != nil || n != 1 {
			t.Errorf("Sweep after 91 days = %d, %v, want the expired one deleted and the one that waits kept", n, err)
		}
		if _, err := s.Letter(t.Context(), ids[1]); err != nil {
			t.Errorf("the letter that waits: %v", err)
		}
	})
}

func TestLettersOfAPersonAreShownAndErased(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		mine, other, secret := note("x@example.net"), note("other@example.net"), note("Anna@example.net")
		mine.Account, secret.Secret = "anna", true
		post(t, d, mine, other, secret)
		owner := mail.Owner{Account: "anna", Email: "ANNA@example.net"}
		rows, err := mail.Collect(t.Context(), d, owner)
		if err != nil || len(rows) != 2 || rows[0]["body"] != nil || rows[1]["body"] == nil {
			t.Errorf("Collect = %v, %v, want two letters, the secret one without its text", rows, err)
		}
		if rows, err := mail.Collect(t.Context(), d, mail.Owner{}); err != nil || len(rows) != 0 {
			t.Errorf("Collect of nobody = %v, %v, want nothing", rows, err)
		}
		err = d.Tx(t.Context(), func(tx *db.Tx) error {
			n, err := mail.Erase(t.Context(), tx, owner)
			if n != 2 {
				t.Errorf("Erase = %d, want 2", n)
			}
			return err
		})
		counts, countErr := mail.Counts(t.Context(), d)
		if err != nil || countErr != nil || counts[mail.Waiting] != 1 {
			t.Errorf("Erase = %v, left %v, %v, want one letter", err, counts, countErr)
		}
		// The promises of letters that are gone are kept by doing nothing.
		s := house
		s.Local = true
		openOffice(d, s).settle(t)
		wantSound(t, d)
	})
}

func TestCheckFinds(t *testing.T) {
	for _, test := range []struct{ statement, want string }{
		{`UPDATE letter SET state = 'lost', settled_at = posted_at`, "a letter of an unknown state"},
		{`UPDATE letter SET state = 'sent'`, "a letter that is settled at no time"},
		{`UPDATE letter SET to_address = ''`, "a letter without an address"},
		{`UPDATE outbox SET attempts = 1, done_at = due_at`, "a letter that waits for nothing"},
		{`DELETE FROM outbox`, "a letter that waits for nothing"},
	} {
		t.Run(test.want, func(t *testing.T) {
			dbtest.Each(t, func(t *testing.T, d *db.DB) {
				post(t, d, note("a@example.net"))
				if _, err := d.Exec(t.Context(), test.statement); err != nil {
					t.Fatal(err)
				}
				faults, err := mail.Check(t.Context(), d)
				if err != nil || len(faults) != 1 || faults[0].What != test.want {
					t.Errorf("Check = %v, %v, want %q", faults, err, test.want)
				}
			})
		})
	}
}
