package signin

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"testing"
	"time"

	"obrady/internal/db"
	"obrady/internal/db/dbtest"
	"obrady/internal/i18n"
	"obrady/internal/people"
)

var noon = time.Date(2026, 6, 1, 12, 0, 0, 0, time.UTC)

// door is a service with a clock that the test turns, and what it did to sessions.
type door struct {
	*Service
	t     *testing.T
	d     *db.DB
	at    time.Time
	ended []people.AccountID
}

func newDoor(t *testing.T, d *db.DB) *door {
	t.Helper()
	o := &door{t: t, d: d, at: noon}
	var err error
	o.Service, err = NewService(d, func() time.Time { return o.at }, Config{BaseURL: "https://kongres.example", Sessions: o})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if faults, err := Check(context.WithoutCancel(t.Context()), d); err != nil || len(faults) > 0 {
			t.Errorf("Check = %v, %v, want no fault", faults, err)
		}
	})
	return o
}

// EndAll notes whose sessions would end.
func (o *door) EndAll(_ context.Context, _ *db.Tx, account people.AccountID) error {
	o.ended = append(o.ended, account)
	return nil
}

// ask asks for a letter to an address from a browser.
func (o *door) ask(email, browser string) Sent {
	o.t.Helper()
	sent, err := o.Ask(o.t.Context(), Asking{Email: email, Browser: browser, Lang: i18n.Polish, Next: "/pl/moje"})
	if err != nil {
		o.t.Fatal(err)
	}
	return sent
}

// write writes the letter of a request, as the outbox has it done.
func (o *door) write(of RequestID) (letter Issued) {
	o.t.Helper()
	err := o.d.Tx(o.t.Context(), func(tx *db.Tx) (err error) {
		letter, err = Issue(o.t.Context(), tx, o.at, of)
		return err
	})
	if err != nil {
		o.t.Fatal(err)
	}
	return letter
}

func (o *door) letter(email, browser string) Issued {
	o.t.Helper()
	return o.write(o.ask(email, browser).Request)
}

// wrongCode is a code that the letter does not have.
func wrongCode(letter Issued) string {
	if letter.Code == "000000" {
		return "000001"
	}
	return "000000"
}

func TestAddress(t *testing.T) {
	long := string(make([]byte, 300))
	for _, test := range []struct {
		name, typed, want string
	}{
		{"nothing", "", ""},
		{"no domain", "a@", ""},
		{"no local part", "@example.org", ""},
		{"a domain without a dot", "a@b", ""},
		{"too long", "a" + long + "@example.org", ""},
		{"a long local part", fmt.Sprintf("%065d@example.org", 1), ""},
		{"a quoted local part", `"jan kowalski"@example.org`, ""},
		{"a newline in it", "jan@example.org\nBcc: ola@example.org", ""},
		{"two addresses", "jan@example.org, ola@example.org", ""},
		{"plain", "jan@example.org", "jan@example.org"},
		{"a plus sign", "jan+kongres@example.org", "jan+kongres@example.org"},
		{"capital letters", "Jan.Kowalski@EXAMPLE.org", "jan.kowalski@example.org"},
		{"spaces around it", "  jan@example.org\t", "jan@example.org"},
		{"a dot behind it", "jan@example.org.", "jan@example.org"},
		{"pasted with a name", "Jan Kowalski <jan@x.pl>", "jan@x.pl"},
		{"pasted with a comma in the name", `"Kowalski, Jan" <jan@x.pl>`, "jan@x.pl"},
		{"a domain in Polish letters", "jan@żółw.example", "jan@xn--w-uga1v8h.example"},
		{"a domain in many scripts", "jan@例え.example", "jan@xn--r8jz45g.example"},
	} {
		got, err := Address(test.typed)
		if got != test.want || (err == nil) != (test.want != "") {
			t.Errorf("%s: Address = %q, %v, want %q", test.name, got, err, test.want)
		}
		if test.want == "" && !errors.Is(err, ErrAddress) {
			t.Errorf("%s: error %v, want ErrAddress", test.name, err)
		}
	}
}

func TestALetterLetsIn(t *testing.T) {
	for _, test := range []struct {
		name  string
		after time.Duration
		proof func(l Issued) Proof
		want  error
		way   Way
	}{
		{"by its link", 0, func(l Issued) Proof { return Proof{Token: l.Token, Browser: "mine"} }, nil, ByLink},
		{"by its link in the last second", LinkLife - time.Second, func(l Issued) Proof { return Proof{Token: l.Token, Browser: "mine"} }, nil, ByLink},
		{"not by a link too old", LinkLife, func(l Issued) Proof { return Proof{Token: l.Token, Browser: "mine"} }, ErrSpent, ""},
		{"by its code", 0, func(l Issued) Proof { return Proof{Request: l.Request, Code: l.Code, Browser: "mine"} }, nil, ByCode},
		{"by its code with a space", 0, func(l Issued) Proof {
			return Proof{Request: l.Request, Code: l.Code[:3] + " " + l.Code[3:], Browser: "mine"}
		}, nil, ByCode},
		{"not by a code too old", LinkLife, func(l Issued) Proof { return Proof{Request: l.Request, Code: l.Code, Browser: "mine"} }, ErrSpent, ""},
		{"not by a wrong code", 0, func(l Issued) Proof { return Proof{Request: l.Request, Code: wrongCode(l), Browser: "mine"} }, ErrCode, ""},
		{"not by no code", 0, func(l Issued) Proof { return Proof{Request: l.Request, Browser: "mine"} }, ErrCode, ""},
		{"not by its code in another browser that has no link", 0, func(l Issued) Proof { return Proof{Request: l.Request, Code: l.Code, Browser: "other"} }, ErrSpent, ""},
		{"not by its link alone in another browser", 0, func(l Issued) Proof { return Proof{Token: l.Token, Browser: "other"} }, ErrCodeNeeded, ""},
		{"by its link and code in another browser", 0, func(l Issued) Proof { return Proof{Token: l.Token, Code: l.Code, Browser: "other"} }, nil, ByCode},
		{"not by its link and a wrong code in another browser", 0, func(l Issued) Proof { return Proof{Token: l.Token, Code: wrongCode(l), Browser: "other"} }, ErrCode, ""},
		{"not by a guessed link", 0, func(Issued) Proof { return Proof{Token: "GUESS", Browser: "mine"} }, ErrSpent, ""},
		{"not by nothing", 0, func(Issued) Proof { return Proof{Browser: "mine"} }, ErrSpent, ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			dbtest.Each(t, func(t *testing.T, d *db.DB) {
				o := newDoor(t, d)
				letter := o.letter("ada@example.org", "mine")
				o.at = o.at.Add(test.after)
				got, err := o.Enter(t.Context(), test.proof(letter))
				if !errors.Is(err, test.want) || got.Way != test.way {
					t.Fatalf("Enter = %q, %v, want %q, %v", got.Way, err, test.way, test.want)
				}
				if test.want != nil {
					return
				}
				if got.Account.Email != "ada@example.org" || got.Next != "/pl/moje" || !got.First {
					t.Errorf("Enter = %+v, want Ada for the first time, on her way to /pl/moje", got)
				}
				for name, proof := range map[string]Proof{
					"the link": {Token: letter.Token, Browser: "mine"},
					"the code": {Request: letter.Request, Code: letter.Code, Browser: "mine"},
					"both":     {Token: letter.Token, Code: letter.Code, Browser: "other"},
				} {
					if _, err := o.Enter(t.Context(), proof); !errors.Is(err, ErrSpent) {
						t.Errorf("%s once more: %v, want ErrSpent", name, err)
					}
				}
			})
		})
	}
}

func TestLookingUsesNothingUp(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		o := newDoor(t, d)
		letter := o.letter("ada@example.org", "mine")
		for range 50 {
			mine, err := o.Look(t.Context(), letter.Token, "mine")
			if err != nil || !mine {
				t.Fatalf("Look = %v, %v, want mine", mine, err)
			}
			if mine, err = o.Look(t.Context(), letter.Token, "scanner"); err != nil || mine {
				t.Fatalf("Look of a scanner = %v, %v, want not its", mine, err)
			}
			if _, err := o.Enter(t.Context(), Proof{Token: letter.Token, Browser: "scanner"}); !errors.Is(err, ErrCodeNeeded) {
				t.Fatalf("a scanner that presses the button: %v, want ErrCodeNeeded", err)
			}
		}
		if _, err := o.Enter(t.Context(), Proof{Token: letter.Token, Browser: "mine"}); err != nil {
			t.Errorf("after all that looking: %v, want to be let in", err)
		}
	})
}

func TestOfManyWithOneLinkOneIsLetIn(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		o := newDoor(t, d)
		letter := o.letter("ada@example.org", "mine")
		var all sync.WaitGroup
		got := make([]error, 8)
		for i := range got {
			all.Go(func() { _, got[i] = o.Enter(t.Context(), Proof{Token: letter.Token, Browser: "mine"}) })
		}
		all.Wait()
		in := 0
		for _, err := range got {
			switch {
			case err == nil:
				in++
			case !errors.Is(err, ErrSpent):
				t.Errorf("Enter = %v, want nil or ErrSpent", err)
			}
		}
		if in != 1 {
			t.Errorf("%d were let in, want 1", in)
		}
	})
}

func TestACodeCannotBeGuessed(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		o := newDoor(t, d)
		for round := range mostWrong / mostTries {
			o.at = noon.Add(time.Duration(round) * lettersIn)
			letter := o.letter("ada@example.org", "mine")
			guess := Proof{Request: letter.Request, Code: wrongCode(letter), Browser: "mine"}
			for range mostTries {
				if _, err := o.Enter(t.Context(), guess); !errors.Is(err, ErrCode) {
					t.Fatalf("a wrong code: %v, want ErrCode", err)
				}
			}
			want := ErrTries
			if round == mostWrong/mostTries-1 {
				want = ErrCodesOff
			}
			guess.Code = letter.Code
			if _, err := o.Enter(t.Context(), guess); !errors.Is(err, want) {
				t.Errorf("the right code after five wrong ones, letter %d: %v, want %v", round+1, err, want)
			}
		}
		o.at = o.at.Add(lettersIn)
		letter := o.letter("ada@example.org", "mine")
		if _, err := o.Enter(t.Context(), Proof{Request: letter.Request, Code: letter.Code, Browser: "mine"}); !errors.Is(err, ErrCodesOff) {
			t.Errorf("the right code after twenty wrong ones: %v, want ErrCodesOff", err)
		}
		if _, err := o.Enter(t.Context(), Proof{Token: letter.Token, Browser: "mine"}); err != nil {
			t.Errorf("the link after twenty wrong codes: %v, want to be let in", err)
		}
		o.at = o.at.Add(wrongWithin)
		letter = o.letter("ada@example.org", "mine")
		if _, err := o.Enter(t.Context(), Proof{Request: letter.Request, Code: letter.Code, Browser: "mine"}); err != nil {
			t.Errorf("a day later: %v, want to be let in by the code", err)
		}
	})
}

func TestManyTriesAtOnceAreNotMoreThanFive(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		o := newDoor(t, d)
		letter := o.letter("ada@example.org", "mine")
		var all sync.WaitGroup
		got := make([]error, 20)
		for i := range got {
			all.Go(func() {
				_, got[i] = o.Enter(t.Context(), Proof{Request: letter.Request, Code: wrongCode(letter), Browser: "mine"})
			})
		}
		all.Wait()
		compared := 0
		for _, err := range got {
			if errors.Is(err, ErrCode) {
				compared++
			}
		}
		if compared != mostTries {
			t.Errorf("%d codes were compared, want %d", compared, mostTries)
		}
	})
}

// promised counts the letters that are to be written.
func promised(t *testing.T, d *db.DB) (n int) {
	t.Helper()
	if err := d.QueryRow(t.Context(), `SELECT COUNT(*) FROM outbox WHERE kind = $1`, Asked{}.Kind()).Scan(&n); err != nil {
		t.Fatal(err)
	}
	return n
}

func TestLetters(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		o := newDoor(t, d)
		for i := range mostLetters {
			o.at = noon.Add(time.Duration(i) * time.Minute)
			if sent := o.ask("ada@example.org", "mine"); !sent.Before.IsZero() {
				t.Errorf("letter %d: told of one at %v, want none", i+1, sent.Before)
			}
		}
		last := o.at
		o.at = last.Add(time.Minute)
		sixth := o.ask("Ada@Example.org", "another")
		if !sixth.Before.Equal(last) {
			t.Errorf("the sixth in a quarter: told of one at %v, want %v", sixth.Before, last)
		}
		if w, err := o.Wait(t.Context(), sixth.Request, "another"); err != nil || !w.Before.Equal(last) || w.Email != "ada@example.org" {
			t.Errorf("Wait = %+v, %v, want the address and %v", w, err, last)
		}
		if n := promised(t, d); n != mostLetters {
			t.Errorf("%d letters are promised, want %d", n, mostLetters)
		}
		o.at = noon.Add(lettersIn)
		if sent := o.ask("ada@example.org", "mine"); !sent.Before.IsZero() {
			t.Error("a quarter after the first there is no letter, want one")
		}
	})
}

func TestABrowserAsksTwentyTimesAnHour(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		o := newDoor(t, d)
		for i := range mostAsked {
			o.ask(fmt.Sprintf("a%d@example.org", i), "mine")
		}
		_, err := o.Ask(t.Context(), Asking{Email: "b@example.org", Browser: "mine"})
		if !errors.Is(err, ErrTooOften) {
			t.Errorf("the twenty-first: %v, want ErrTooOften", err)
		}
		for i := range mostAtOnce - mostAsked {
			o.ask(fmt.Sprintf("c%d@example.org", i), fmt.Sprint(i))
		}
		if _, err := o.Ask(t.Context(), Asking{Email: "b@example.org", Browser: "other"}); !errors.Is(err, ErrBusy) {
			t.Errorf("the fifty-first in a second: %v, want ErrBusy", err)
		}
		o.at = noon.Add(time.Second)
		o.ask("b@example.org", "other")
	})
}

func TestALetterIsWrittenOnceAndInTime(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		o := newDoor(t, d)
		issue := func(of RequestID) error {
			return d.Tx(t.Context(), func(tx *db.Tx) error {
				_, err := Issue(t.Context(), tx, o.at, of)
				return err
			})
		}
		first := o.letter("ada@example.org", "mine")
		if err := issue(first.Request); !errors.Is(err, ErrSpent) {
			t.Errorf("a second letter of one request: %v, want ErrSpent", err)
		}
		late := o.ask("ada@example.org", "mine")
		o.at = noon.Add(issueWithin)
		if err := issue(late.Request); !errors.Is(err, ErrSpent) {
			t.Errorf("a letter an hour late: %v, want ErrSpent", err)
		}
		if err := issue("nothing"); !errors.Is(err, ErrSpent) {
			t.Errorf("a letter of nothing: %v, want ErrSpent", err)
		}
		n, err := o.Sweep(t.Context())
		if err != nil || n != 0 {
			t.Errorf("Sweep within the day = %d, %v, want 0", n, err)
		}
		o.at = noon.Add(wrongWithin)
		if n, err := o.Sweep(t.Context()); err != nil || n != 2 {
			t.Errorf("Sweep a day later = %d, %v, want 2", n, err)
		}
	})
}

// Known and unknown addresses must not differ in what the database is asked, whatever the clock says.
func TestAskingTellsNobodyWhoHasAnAccount(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		o := newDoor(t, d)
		letter := o.letter("known@example.org", "mine")
		if _, err := o.Enter(t.Context(), Proof{Token: letter.Token, Browser: "mine"}); err != nil {
			t.Fatal(err)
		}
		before := promised(t, d)
		var took [2][]time.Duration
		for i := range 40 {
			o.at = o.at.Add(time.Hour)
			for j, email := range []string{"known@example.org", fmt.Sprintf("unknown%d@example.org", i)} {
				began := time.Now()
				sent := o.ask(email, fmt.Sprint(i, j))
				took[j] = append(took[j], time.Since(began))
				if sent.Email != email || !sent.Before.IsZero() || sent.Request == "" {
					t.Errorf("asking for %s gives %+v, want the same as for any", email, sent)
				}
			}
		}
		if n := promised(t, d) - before; n != 80 {
			t.Errorf("%d letters are promised, want one for each wish", n)
		}
		for _, list := range took {
			slices.Sort(list)
		}
		t.Logf("median of asking: known %v, unknown %v, difference %v", took[0][20], took[1][20], (took[0][20] - took[1][20]).Abs())
	})
}
