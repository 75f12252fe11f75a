package notify_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"obrady/internal/admission"
	"obrady/internal/attendance"
	"obrady/internal/db"
	"obrady/internal/db/dbtest"
	"obrady/internal/i18n"
	"obrady/internal/mail"
	"obrady/internal/outbox"
	"obrady/internal/selection"
)

func TestTheDayBeforeEachHolderIsAskedOnce(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		s := newSignups(t, d)
		ctx := t.Context()
		session := s.session(s.window(admission.FirstCome), "ruch", 12, 5)
		s.take(s.account("ewa@example.org", i18n.Polish), session)
		s.after()
		s.letters()
		s.now = time.Date(2027, 6, 6, 18, 0, 0, 0, time.UTC)
		doors := attendance.NewService(d, s.read, s.seats)
		doors.Clock = func(context.Context, db.Querier) (time.Time, error) { return s.now, nil }
		if n, err := doors.Ask(ctx); err != nil || n != 1 {
			t.Fatalf("Ask = %d, %v, want one person to ask", n, err)
		}
		s.worker.Lanes = []outbox.Lane{outbox.Only(attendance.Asked{}.Kind())}
		handle := func() mail.Kept {
			t.Helper()
			for {
				n, err := s.worker.Once(ctx)
				s.must(err)
				if n == 0 {
					break
				}
			}
			all, err := mail.NewService(d, s.read).Letters(ctx, mail.Filter{Kind: "attendance.asked"})
			if err != nil || len(all) != 1 {
				t.Fatalf("%d letters ask, %v, want one", len(all), err)
			}
			return all[0]
		}
		token := func(l mail.Kept) string {
			for _, p := range l.Body.Paragraphs {
				if p.Button != nil {
					return strings.TrimPrefix(p.Button.Address, "/pl/coming/")
				}
			}
			return ""
		}
		letter := handle()
		for _, want := range []string{"Jutro: Warsztat ruch. Przyjdziesz?", "Początek: pon., 7 czerwca, 14:00"} {
			if !strings.Contains(said(letter), want) {
				t.Errorf("the letter does not say %q:\n%s", want, said(letter))
			}
		}
		if !letter.Secret || letter.Expires.IsZero() {
			t.Errorf("the letter is %+v, want a secret that is of no use after the session", letter)
		}
		// Kept twice, the promise must not spoil the link of the first letter.
		_, err := d.Exec(ctx, `UPDATE outbox SET done_at = NULL, due_at = $1 WHERE kind = 'attendance.asked'`, s.now)
		s.must(err)
		handle()
		if err := doors.ComeBy(ctx, token(letter)); err != nil {
			t.Errorf("the link of the letter: %v, want it to answer", err)
		}
	})
}

func TestOrganisersAreRemindedOfAChoice(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		s := newSignups(t, d)
		w := s.window(admission.Selection, func(w *admission.Window) {
			w.DecidesAt, w.AnnouncesAt = w.OpensAt.Add(time.Hour), w.OpensAt.Add(2*time.Hour)
		})
		s.must(d.Tx(t.Context(), func(tx *db.Tx) error {
			return outbox.Add(t.Context(), tx, s.now, selection.Late{Window: w.ID, Edition: s.edition, Missing: 3})
		}))
		s.worker.Lanes = []outbox.Lane{outbox.Only(selection.Late{}.Kind())}
		s.hears("late", []string{"host@example.org", "Czas ogłosić wybór: Warsztaty", "Brakuje jeszcze: 3 decyzje", "/pl/desk.announce/kpm-2027/" + string(w.ID)})
	})
}
