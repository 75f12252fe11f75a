package privacy

import (
	"bytes"
	"context"
	"errors"
	"path/filepath"
	"testing"
	"time"

	"obrady/internal/db"
	"obrady/internal/db/dbtest"
	"obrady/internal/edition"
	"obrady/internal/i18n"
	"obrady/internal/journal"
	"obrady/internal/people"
	"obrady/internal/programme"
	"obrady/internal/rights"
	"obrady/internal/timetable"
)

var noon = time.Date(2026, 5, 20, 10, 0, 0, 0, time.UTC)

// house is a Service over a database with somebody in it.
type house struct {
	*Service
	t     *testing.T
	book  string
	clock time.Time
	zofia people.Subject
}

func open(t *testing.T, d *db.DB) *house {
	t.Helper()
	h := &house{t: t, clock: noon, book: filepath.Join(t.TempDir(), "obrady.erased")}
	h.Service = h.over(d, h.book)
	return h
}

// over is a service over d that notes erasures in the book at path; in none when it is empty.
func (h *house) over(d *db.DB, path string) *Service {
	h.t.Helper()
	var book *Book
	if path != "" {
		var err error
		if book, err = OpenBook(path); err != nil {
			h.t.Fatal(err)
		}
	}
	return NewService(Config{
		DB: d, Now: func() time.Time { return h.clock }, Book: book,
		Keepers: []Keeper{
			{Name: "timetable", Collect: timetable.Collect, Erase: timetable.Erase},
			{Name: "programme", Collect: programme.Collect, Erase: programme.Erase},
			{Name: "edition", Collect: edition.Collect, Erase: edition.Erase},
			Drafts(nil), Promises(), Journal(), Cases(),
			{Name: "people", Collect: people.Collect, Erase: people.Erase},
		},
	})
}

func (h *house) must(err error) {
	h.t.Helper()
	if err != nil {
		h.t.Fatal(err)
	}
}

// settle brings somebody in, with an account and a part in the programme.
func (h *house) moveIn() *house {
	h.t.Helper()
	ctx, register := h.t.Context(), people.NewService(h.DB, h.Now)
	person, err := register.SavePerson(ctx, "desk", people.Person{Slug: "zofia-kanarek", Name: "Zofia Kanarek", Bio: i18n.Both("kanarek")})
	h.must(err)
	h.must(h.DB.Tx(ctx, func(tx *db.Tx) error {
		account, err := people.OpenAccount(ctx, tx, people.Account{Email: "zofia@kanarek.example", Name: "Zofia Kanarek", CreatedAt: noon})
		h.zofia = people.Subject{Account: account.ID, Person: person.ID, Email: account.Email}
		return err
	}))
	_, err = h.DB.Exec(ctx, `UPDATE account SET person_id = $1 WHERE id = $2`, person.ID, h.zofia.Account)
	h.must(err)
	return h
}

// officer is a data-protection officer of the whole installation.
func (h *house) officer() rights.Standing {
	h.t.Helper()
	var account people.Account
	h.must(h.DB.Tx(h.t.Context(), func(tx *db.Tx) (err error) {
		account, err = people.OpenAccount(h.t.Context(), tx, people.Account{Email: "iod@example.org", Name: "IOD", CreatedAt: noon})
		if err != nil {
			return err
		}
		return rights.Write(h.t.Context(), tx, rights.Grant{
			Account: account.ID, Role: rights.Protection, Node: rights.Whole, From: noon, GrantedAt: noon,
		})
	}))
	return rights.Standing{Account: account.ID}
}

func (h *house) order() Order {
	return Order{Subject: people.Subject{Account: h.zofia.Account}, By: h.zofia.Account, VerifiedAt: h.clock}
}

// holds reports whether a word stands anywhere in the database.
func holds(t *testing.T, d *db.DB, word string) bool {
	t.Helper()
	var n int
	err := d.QueryRow(t.Context(), `
		SELECT (SELECT COUNT(*) FROM person WHERE name LIKE $1 OR slug LIKE $1 OR CAST(bio AS TEXT) LIKE $1)
			+ (SELECT COUNT(*) FROM account WHERE email LIKE $1 OR name LIKE $1)`, "%"+word+"%").Scan(&n)
	if err != nil {
		t.Fatal(err)
	}
	return n > 0
}

func TestAnErasureIsDoneOnceAndNumberedOnce(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := open(t, d).moveIn()
		asked, err := h.Request(t.Context(), h.order())
		if err != nil || asked.State != Open || !asked.DueAt.Equal(noon.AddDate(0, 1, 0)) {
			t.Fatalf("Request = %+v, %v, want an open case due in a month", asked, err)
		}
		done, err := h.Erase(t.Context(), h.order())
		if err != nil || done.Number != asked.Number || done.State != Done || done.Gone() == 0 {
			t.Errorf("Erase = %+v, %v, want case %d done", done, err, asked.Number)
		}
		if holds(t, d, "kanarek") || holds(t, d, "Kanarek") {
			t.Error("after the erasure the name still stands in the database")
		}
		h.clock = h.clock.Add(time.Hour)
		again, err := h.Erase(t.Context(), h.order())
		if err != nil || again.Number != done.Number || !again.ClosedAt.Equal(done.ClosedAt) {
			t.Errorf("erasing twice = %+v, %v, want the same case as it was", again, err)
		}
		if faults, err := journal.Check(t.Context(), d); err != nil || len(faults) > 0 {
			t.Errorf("the journal has %v, %v, want no fault", faults, err)
		}
	})
}

func TestAnErasureWantsAFreshProof(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := open(t, d).moveIn()
		for _, test := range []struct {
			name string
			ago  time.Duration
			want error
		}{
			{"never proved", 24 * time.Hour * 365, ErrStale},
			{"a second too long ago", FreshFor + time.Second, ErrStale},
			{"just in time", FreshFor, nil},
		} {
			order := h.order()
			order.VerifiedAt = noon.Add(-test.ago)
			if _, err := h.Erase(t.Context(), order); !errors.Is(err, test.want) {
				t.Errorf("%s: %v, want %v", test.name, err, test.want)
			}
		}
	})
}

func TestALegalHoldKeepsTheDataAndTheCaseOpen(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		for _, on := range []string{"the person", "the account"} {
			h := open(t, d)
			if on == "the person" {
				h.moveIn()
			} else {
				h.must(d.Tx(t.Context(), func(tx *db.Tx) error {
					account, err := people.OpenAccount(t.Context(), tx, people.Account{Email: "jan@kanarek.example", CreatedAt: noon})
					h.zofia = people.Subject{Account: account.ID}
					return err
				}))
			}
			node := h.zofia.Person
			if node == "" {
				node = people.PersonID(h.zofia.Account)
			}
			officer := h.officer()
			hold, err := rights.NewService(d, h.Now).Refuse(t.Context(), officer, rights.Refusal{
				Kind: rights.LegalHold, Node: rights.OfPerson(node), Reason: "court",
			})
			h.must(err)
			c, err := h.Erase(t.Context(), h.order())
			if !errors.Is(err, ErrHeld) || c.State != Open || c.Why != OnHold {
				t.Errorf("hold on %s: Erase = %+v, %v, want an open case and ErrHeld", on, c, err)
			}
			if !holds(t, d, "kanarek") {
				t.Errorf("hold on %s: the data are gone", on)
			}
			h.must(rights.NewService(d, h.Now).Lift(t.Context(), officer, hold.ID))
			if after, err := h.Erase(t.Context(), h.order()); err != nil || after.Number != c.Number || after.Why != NoGround {
				t.Errorf("after the hold on %s: %+v, %v, want case %d done", on, after, err, c.Number)
			}
		}
	})
}

func TestAPreviewSaysWhatWouldGoAndTakesNothing(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := open(t, d).moveIn()
		outcomes, err := h.Preview(t.Context(), h.zofia)
		if err != nil || gone(outcomes) == 0 {
			t.Errorf("Preview = %v, %v, want something to go", outcomes, err)
		}
		if !holds(t, d, "kanarek") {
			t.Error("a preview has erased")
		}
		done, err := h.Erase(t.Context(), h.order())
		if err != nil || done.Gone() != gone(outcomes) {
			t.Errorf("Erase took %d, %v, the preview said %d", done.Gone(), err, gone(outcomes))
		}
	})
}

func TestNobodyAndRefusedCases(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := open(t, d).moveIn()
		for _, of := range []people.Subject{{}, {Account: "none"}, {Person: "none"}, {Email: "none@example.org"}} {
			if _, err := h.Request(t.Context(), Order{Subject: of, By: "officer"}); !errors.Is(err, ErrNobody) {
				t.Errorf("a case of %+v: %v, want ErrNobody", of, err)
			}
		}
		c, err := h.Request(t.Context(), Order{Subject: people.Subject{Person: h.zofia.Person}, By: "officer"})
		h.must(err)
		if c.Account != h.zofia.Account {
			t.Errorf("a case of the person is about account %q, want that of the person as well", c.Account)
		}
		refused, err := h.Refuse(t.Context(), "officer", c.ID, NotProved)
		if err != nil || refused.State != Refused || refused.Why != NotProved {
			t.Errorf("Refuse = %+v, %v", refused, err)
		}
		if _, err := h.Refuse(t.Context(), "officer", c.ID, Duty); !errors.Is(err, ErrClosed) {
			t.Errorf("refusing twice: %v, want ErrClosed", err)
		}
		next, err := h.Erase(t.Context(), h.order())
		if err != nil || next.Number != c.Number+1 {
			t.Errorf("asking again after a refusal: %+v, %v, want a new case", next, err)
		}
	})
}

// A backup from before the erasure is restored. Without the book (the control) it brings the person back.
func TestAnOlderBackupIsErasedAgain(t *testing.T) {
	for _, from := range dbtest.Engines {
		for _, into := range dbtest.Engines {
			t.Run(string(from)+" into "+string(into), func(t *testing.T) {
				h := open(t, dbtest.New(t, from)).moveIn()
				other, err := h.Request(t.Context(), Order{Subject: people.Subject{Account: h.zofia.Account}, By: "officer"})
				h.must(err)
				var backup bytes.Buffer
				h.must(h.DB.Dump(t.Context(), &backup))
				done, err := h.Erase(t.Context(), h.order())
				h.must(err)
				if done.ID != other.ID {
					t.Fatalf("the erasure made case %s, want %s, which was open", done.ID, other.ID)
				}
				for _, book := range []string{"", h.book} {
					restored := dbtest.New(t, into)
					h.must(restored.Load(t.Context(), bytes.NewReader(backup.Bytes())))
					service := h.over(restored, book)
					n, err := service.Reapply(t.Context())
					h.must(err)
					if back := holds(t, restored, "kanarek"); back != (book == "") || (n == 1) != (book != "") {
						t.Errorf("with the book %q: %d erased again, the name stands there: %v", book, n, back)
					}
					if book == "" {
						continue
					}
					if n, err := service.Reapply(t.Context()); n != 0 || err != nil {
						t.Errorf("the second start erases %d again, %v, want none", n, err)
					}
					if c, err := service.Case(t.Context(), done.ID); err != nil || c.State != Done || c.Number != done.Number {
						t.Errorf("the case came back as %+v, %v, want it done under its number", c, err)
					}
				}
			})
		}
	}
}

// The machine stops after the note in the book and before the commit.
func TestAnErasureThatACrashInterruptedIsCompleted(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := open(t, d).moveIn()
		h.must(h.Book.Add(Stone{Case: "c-1", Number: 1, At: noon, Account: h.zofia.Account, Person: h.zofia.Person}))
		h.must(h.Book.Add(Stone{Case: "c-2", Number: 2, At: noon, Account: "somebody else"}))
		h.must(h.Book.Add(Stone{Case: "c-2", Number: 2, At: noon, Account: "somebody else", Void: true}))
		if n, err := h.Reapply(t.Context()); n != 1 || err != nil {
			t.Errorf("Reapply = %d, %v, want 1", n, err)
		}
		if holds(t, d, "kanarek") {
			t.Error("the interrupted erasure is not completed")
		}
		if c, err := h.Case(t.Context(), "c-1"); err != nil || c.State != Done {
			t.Errorf("the case is %+v, %v, want it done", c, err)
		}
	})
}

// An erasure that fails is noted and taken back, so that the next start does not erase.
func TestAnErasureThatFailsIsTakenBackFromTheBook(t *testing.T) {
	h := open(t, dbtest.New(t, db.SQLite)).moveIn()
	run := erasure{service: h.Service, order: h.order(), now: noon}
	failed := errors.New("the disk is full")
	err := h.DB.Tx(t.Context(), func(tx *db.Tx) error {
		h.must(run.do(t.Context(), tx))
		return failed
	})
	if !errors.Is(err, failed) {
		t.Fatal(err)
	}
	h.must(run.takeBack())
	if n, err := h.Reapply(t.Context()); n != 0 || err != nil || !holds(t, h.DB, "kanarek") {
		t.Errorf("Reapply = %d, %v, want nothing erased", n, err)
	}
}

// Another instance keeps a book of its own and learns from the database what was erased.
func TestABookLearnsFromTheDatabase(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := open(t, d).moveIn()
		done, err := h.Erase(t.Context(), h.order())
		h.must(err)
		path := filepath.Join(t.TempDir(), "second.erased")
		if _, err := h.over(d, path).Reapply(t.Context()); err != nil {
			t.Fatal(err)
		}
		book, err := OpenBook(path)
		h.must(err)
		if stones, err := book.Stones(); err != nil || len(stones) != 1 || stones[0].Case != done.ID || stones[0].Person != h.zofia.Person {
			t.Errorf("the second book has %+v, %v, want the erasure", stones, err)
		}
	})
}

func TestDataAreThoseOfTheSubjectAlone(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := open(t, d).moveIn()
		_, err := people.NewService(d, h.Now).Invite(t.Context(), "obca@example.org", "Obca Osoba")
		h.must(err)
		data, err := h.Data(t.Context(), people.Subject{Account: h.zofia.Account})
		h.must(err)
		said := say(t, data)
		for _, word := range []string{"zofia@kanarek.example", "Zofia Kanarek", "zofia-kanarek"} {
			if !bytes.Contains(said, []byte(word)) {
				t.Errorf("the data do not say %q: %s", word, said)
			}
		}
		if bytes.Contains(said, []byte("obca@")) || bytes.Contains(said, []byte("Obca")) {
			t.Errorf("the data tell of somebody else: %s", said)
		}
	})
}

func TestRetention(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := open(t, d).moveIn()
		h.Rules = []Rule{{
			Name: "accounts", Keep: 30 * 24 * time.Hour,
			Remove: func(ctx context.Context, tx *db.Tx, c Cut) (int64, error) {
				return tx.Exec(ctx, `UPDATE account SET name = '' WHERE created_at < $1 AND name <> ''`, c.Before)
			},
		}, {
			Name: "broken", Remove: func(context.Context, *db.Tx, Cut) (int64, error) { return 0, errors.New("broken") },
		}}
		whole := h.Rules
		h.Rules = whole[:1]
		for _, test := range []struct {
			later time.Duration
			want  int64
		}{{0, 0}, {30 * 24 * time.Hour, 0}, {30*24*time.Hour + time.Second, 1}} {
			h.clock = noon.Add(test.later)
			dry, err := h.DryRetain(t.Context())
			if err != nil || len(dry) != 1 || dry[0].Rows != test.want {
				t.Errorf("after %v a dry run says %+v, %v, want %d rows", test.later, dry, err, test.want)
			}
		}
		h.Rules = []Rule{whole[1], whole[0]}
		done, err := h.Retain(t.Context())
		if err == nil || len(done) != 1 || done[0].Rows != 1 || done[0].Total != 1 {
			t.Errorf("Retain = %+v, %v, want the good rule's row in spite of the broken one", done, err)
		}
		h.Rules = whole[:1]
		if dry, err := h.DryRetain(t.Context()); err != nil || dry[0].Rows != 0 || dry[0].Total != 1 || !dry[0].RanAt.Equal(h.clock) {
			t.Errorf("afterwards a dry run says %+v, %v, want nothing left and when it ran", dry, err)
		}
	})
}
