package notify_test

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"obrady/internal/admission"
	"obrady/internal/arrangement"
	"obrady/internal/campaign"
	"obrady/internal/db"
	"obrady/internal/db/dbtest"
	"obrady/internal/edition"
	"obrady/internal/i18n"
	"obrady/internal/id"
	"obrady/internal/notify"
	"obrady/internal/outbox"
	"obrady/internal/partner"
	"obrady/internal/people"
	"obrady/internal/programme"
	"obrady/internal/rights"
	"obrady/internal/signup"
	"obrady/internal/timetable"
)

// signups is a congress where people sign up for sessions. Its clock is that of the database, too.
type signups struct {
	*congress
	seats *signup.Service
	now   time.Time
	keys  int
}

func newSignups(t testing.TB, d *db.DB) *signups {
	t.Helper()
	s := &signups{congress: newCongress(t, d), now: noon}
	words, err := i18n.Load(notify.Locale, rights.Locale, partner.Locale, edition.Locale, campaign.Locale, signup.Locale)
	s.must(err)
	s.Words, s.Now = words, s.read
	s.worker = &outbox.Worker{DB: d, Now: s.read, Handlers: s.Handlers(), Lanes: []outbox.Lane{outbox.Only(signup.Decided{}.Kind())}}
	s.seats = signup.NewService(d, s.read)
	s.seats.Clock = func(context.Context, db.Querier) (time.Time, error) { return s.now, nil }
	return s
}

func (s *signups) read() time.Time { return s.now }

// window opens now, and a session in it has so many seats, a week later at the hour.
func (s *signups) window(mode admission.Mode, change ...func(*admission.Window)) admission.Window {
	s.t.Helper()
	w := admission.Window{
		Edition: s.edition, Name: i18n.Text{PL: "Warsztaty", EN: "Workshops"}, Mode: mode, OpensAt: s.now, ClosesAt: noon.AddDate(2, 0, 0),
		Waiting: true, SureHours: 24, OfferMinutes: 120, DoorHours: 2,
	}
	for _, f := range change {
		f(&w)
	}
	saved, err := arrangement.NewService(s.seats, s.read).SaveWindow(s.t.Context(), signup.Change{By: "desk", Reason: "próba"}, w)
	s.must(err)
	return saved
}

func (s *signups) session(w admission.Window, slug string, hour, seats int) programme.SessionID {
	s.t.Helper()
	n := programme.Session{
		ID: id.Make[programme.SessionID](), Edition: s.edition, Slug: slug, Block: s.block, Title: i18n.Text{PL: "Warsztat " + slug, EN: "Workshop " + slug},
		Format: programme.Workshop, Form: edition.OnSite, Status: programme.Ready,
	}
	start := time.Date(2027, 6, 7, hour, 0, 0, 0, time.UTC)
	s.must(s.db.Tx(s.t.Context(), func(tx *db.Tx) error {
		_, err := timetable.Save(s.t.Context(), tx, people.Change{By: "desk", At: s.now}, timetable.Edit{
			Sessions: []programme.Session{n}, Slots: []timetable.Slot{{Session: n.ID, Start: start, End: start.Add(time.Hour)}},
		})
		return err
	}))
	s.must(arrangement.NewService(s.seats, s.read).SaveOffer(s.t.Context(), signup.Change{By: "desk", Reason: "próba"}, admission.Offer{
		Session: n.ID, Edition: s.edition, Window: w.ID, Pools: []admission.Pool{{Number: 1, Kind: admission.ForAll, Capacity: seats}},
	}))
	return n.ID
}

func (s *signups) take(who people.Account, sessions ...programme.SessionID) signup.Answer {
	s.t.Helper()
	s.keys++
	c := signup.Claim{Account: who.ID, Key: fmt.Sprintf("key-%018d", s.keys)}
	for _, one := range sessions {
		c.Wishes = append(c.Wishes, signup.Wish{Session: one})
	}
	answer, err := s.seats.Take(s.t.Context(), s.edition, c)
	s.must(err)
	return answer
}

// after lets time pass until letters about what has been decided are due.
func (s *signups) after() { s.now = s.now.Add(time.Minute) }

// again makes the promises of letters be kept a second time, as after a crash, and fails the test if a letter comes of it.
func (s *signups) again() {
	s.t.Helper()
	before, err := s.db.Exec(s.t.Context(), `UPDATE outbox SET done_at = NULL, due_at = $1 WHERE kind = 'signup.decided'`, s.now)
	s.must(err)
	if before == 0 {
		s.t.Error("nothing has been decided, so nothing can come twice")
	}
}

func TestAClaimIsConfirmedByOneLetter(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		s := newSignups(t, d)
		w := s.window(admission.FirstCome)
		a, b, full := s.session(w, "parki", 8, 5), s.session(w, "woda", 10, 5), s.session(w, "ruch", 12, 1)
		ewa, ada := s.account("ewa@example.org", i18n.Polish), s.account("ada@example.org", i18n.English)
		s.take(ada, full)
		answer := s.take(ewa, a, b, full)
		s.after()
		s.hears("two claims",
			[]string{"ada@example.org", "Signed up: Workshop ruch", "Workshop ruch (Mon 7 June, 14:00–15:00): you have a place", "/en/signup.mine/kpm-2027"},
			[]string{
				"ewa@example.org", "Zapisano: 3 sesje", "Warsztat parki (pon., 7 czerwca, 10:00–11:00): masz miejsce. Numer potwierdzenia: " + answer.Receipt.String(),
				"Warsztat woda", "Warsztat ruch (pon., 7 czerwca, 14:00–15:00): lista rezerwowa, pozycja 1", "[Moje zapisy] /pl/signup.mine/kpm-2027",
			})
		s.must(s.seats.Leave(t.Context(), s.edition, ewa.ID, a))
		s.after()
		s.hears("what somebody has done themselves")
		s.take(ewa, a)
		s.must(s.seats.Leave(t.Context(), s.edition, ewa.ID, a))
		s.after()
		s.hears("what was undone before the letter")
	})
}

func TestARefusalAloneIsNoLetter(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		s := newSignups(t, d)
		w := s.window(admission.FirstCome, func(w *admission.Window) { w.Waiting = false })
		full := s.session(w, "ruch", 12, 1)
		s.take(s.account("ada@example.org", i18n.English), full)
		s.after()
		s.letters()
		s.take(s.account("ewa@example.org", i18n.Polish), full)
		s.after()
		s.hears("a refusal that was on the page")
	})
}

func TestTheWaitingListIsToldWhatBecomesOfIt(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		s := newSignups(t, d)
		ctx := t.Context()
		w := s.window(admission.FirstCome)
		full, other := s.session(w, "ruch", 12, 1), s.session(w, "woda", 12, 9)
		ada, ewa, jan, ola := s.account("ada@example.org", i18n.Polish), s.account("ewa@example.org", i18n.Polish), s.account("jan@example.org", i18n.Polish), s.account("ola@example.org", i18n.Polish)
		for _, one := range []people.Account{ada, ewa, jan, ola} {
			s.take(one, full)
		}
		s.after()
		s.letters()
		s.take(ewa, other) // at the same hour, so that she waits no longer
		s.after()
		s.hears("a seat that ends the waiting", []string{"Warsztat woda", "Warsztat ruch (pon., 7 czerwca, 14:00–15:00): zdjęto z listy rezerwowej. W tym czasie"})
		s.must(s.seats.Leave(ctx, s.edition, ada.ID, full))
		s.after()
		s.hears("promoted", []string{"jan@example.org", "Jest miejsce: Warsztat ruch", "Nie trzeba nic potwierdzać"})
		s.must(s.seats.Remove(ctx, s.edition, signup.Change{By: "desk", Reason: "Zapis dwa razy"}, full, jan.ID))
		s.after()
		s.hears("removed, and the next one promoted",
			[]string{"jan@example.org", "Odwołano zapis: Warsztat ruch", "> Zapis dwa razy"},
			[]string{"ola@example.org", "Jest miejsce"})
		s.must(s.seats.Leave(ctx, s.edition, ola.ID, full))
		s.now = time.Date(2027, 6, 7, 0, 0, 0, 0, time.UTC) // less than a day before
		s.take(jan, full)
		s.take(ada, full)
		s.after()
		s.letters()
		s.must(s.seats.Leave(ctx, s.edition, jan.ID, full))
		s.after()
		offered := s.letters()
		if len(offered) != 1 || !strings.Contains(said(offered[0]), "do: pon., 7 czerwca, 04:01") || offered[0].Expires.IsZero() || offered[0].Bulk {
			t.Errorf("an offer is told by %+v, want one letter that goes before others and says until when", offered)
		}
		s.now = s.now.Add(3 * time.Hour)
		s.must(s.seats.Look(ctx, signup.Due{Session: full, Account: ada.ID}))
		s.after()
		s.hears("expired", []string{"ada@example.org", "Minął czas na odpowiedź: Warsztat ruch"})
		_, err := s.seats.Admit(ctx, s.edition, signup.Change{By: "desk", Reason: "Współprowadzi"}, full, ewa.ID)
		s.must(err)
		s.after()
		s.hears("refused to admit: she has another at that hour")
		_, err = s.seats.Admit(ctx, s.edition, signup.Change{By: "desk", Reason: "Współprowadzi"}, full, ola.ID)
		s.must(err)
		s.after()
		s.hears("admitted", []string{"ola@example.org", "Przyznano miejsce: Warsztat ruch", "> Współprowadzi", "masz miejsce"})
	})
}

func TestADrawIsToldToEachPersonOnce(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		s := newSignups(t, d)
		ctx := t.Context()
		w := s.window(admission.Lottery, func(w *admission.Window) { w.DecidesAt = w.OpensAt.Add(time.Hour) })
		a, b := s.session(w, "parki", 8, 1), s.session(w, "woda", 10, 1)
		for i := range 3 {
			who := s.account(fmt.Sprintf("los-%d@example.org", i), i18n.Polish)
			s.must(s.seats.SaveWishes(ctx, s.edition, who.ID, []signup.Wish{{Session: a}, {Session: b}}))
		}
		s.now = s.now.Add(2 * time.Hour)
		s.must(s.seats.Decide(ctx, w.ID))
		s.after()
		first := s.letters()
		if len(first) != 3 {
			t.Fatalf("a draw among three people is told by %d letters, want one each", len(first))
		}
		held := 0
		for _, l := range first {
			text := said(l)
			held += strings.Count(text, "masz miejsce")
			if l.Subject != "Wynik zapisów: Warsztaty" || strings.Count(text, "Warsztat ") != 2 || !l.Bulk {
				t.Errorf("the letter of a draw is\n%s", text)
			}
		}
		if held != 2 {
			t.Errorf("the letters give out %d seats, want 2", held)
		}
	})
}

func TestAMovedOrCancelledSessionIsTold(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		s := newSignups(t, d)
		ctx := t.Context()
		w := s.window(admission.FirstCome)
		a, b := s.session(w, "parki", 8, 1), s.session(w, "woda", 10, 1)
		ewa := s.account("ewa@example.org", i18n.Polish)
		s.take(ewa, a, b)
		s.after()
		s.letters()
		desk := timetable.NewService(d, s.read)
		publish := func() {
			working, err := desk.Working(ctx, s.edition)
			s.must(err)
			s.must(s.seats.Adopt(ctx, s.edition, working.Index()))
		}
		_, err := d.Exec(ctx, `UPDATE slot SET starts_at = $1, ends_at = $2 WHERE session_id = $3`, time.Date(2027, 6, 7, 10, 30, 0, 0, time.UTC), time.Date(2027, 6, 7, 11, 30, 0, 0, time.UTC), a)
		s.must(err)
		publish()
		s.after()
		s.hears("moved", []string{"Nowa godzina: Warsztat parki", "12:30–13:30). Koliduje teraz z inną Twoją sesją: Warsztat woda", "[Wybierz, co dalej]"})
		_, err = d.Exec(ctx, `UPDATE session SET status = 'cancelled' WHERE id = $1`, b)
		s.must(err)
		publish()
		s.after()
		s.hears("cancelled", []string{"Odwołano: Warsztat woda", "nie odbędzie się"})
	})
}

func TestADecisionReadTwiceIsOneLetter(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		s := newSignups(t, d)
		full := s.session(s.window(admission.FirstCome), "ruch", 12, 1)
		for i := range 3 {
			s.take(s.account(fmt.Sprintf("p%d@example.org", i), i18n.Polish), full)
		}
		s.after()
		count := func() (n int) {
			for {
				did, err := s.worker.Once(t.Context())
				s.must(err)
				if did == 0 {
					break
				}
			}
			s.must(d.QueryRow(t.Context(), `SELECT COUNT(*) FROM letter`).Scan(&n))
			return n
		}
		if n := count(); n != 3 {
			t.Fatalf("three claims lead to %d letters, want 3", n)
		}
		s.again()
		if n := count(); n != 3 {
			t.Errorf("read twice they lead to %d letters, want 3", n)
		}
	})
}
