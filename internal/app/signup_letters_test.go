package app_test

import (
	"strings"
	"testing"
	"time"

	"obrady/internal/admission"
	"obrady/internal/app"
	"obrady/internal/arrangement"
	"obrady/internal/db"
	"obrady/internal/db/dbtest"
	"obrady/internal/edition"
	"obrady/internal/i18n"
	"obrady/internal/mail"
	"obrady/internal/people"
	"obrady/internal/programme"
	"obrady/internal/signup"
)

// From the press to the letter, through the workers of the house and its real addresses.
func TestAPressIsConfirmedByALetter(t *testing.T) {
	d := dbtest.New(t, db.SQLite)
	fill(t, d)
	house, err := app.New(t.Context(), d, app.Config{BaseURL: "http://127.0.0.1", Demo: true})
	if err != nil {
		t.Fatal(err)
	}
	var session programme.SessionID
	var of edition.ID
	err = d.QueryRow(t.Context(), `SELECT id, edition_id FROM session WHERE status = 'ready' ORDER BY slug LIMIT 1`).Scan(&session, &of)
	if err != nil {
		t.Fatal(err)
	}
	var who people.Account
	err = d.Tx(t.Context(), func(tx *db.Tx) (err error) {
		who, err = people.OpenAccount(t.Context(), tx, people.Account{Email: "ewa@example.org", Name: "Ewa", Lang: i18n.Polish, CreatedAt: time.Now()})
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	change := signup.Change{By: "desk"}
	house.Signups.Guard = nil // what may be set is no matter of letters
	w, err := arrangement.NewService(house.Signups, time.Now).SaveWindow(t.Context(), change, admission.Window{
		Edition: of, Name: i18n.Both("Warsztaty"), Mode: admission.FirstCome, OpensAt: time.Now().Add(-time.Hour),
		ClosesAt: time.Now().AddDate(0, 1, 0), Waiting: true, OfferMinutes: 60,
	})
	if err == nil {
		err = arrangement.NewService(house.Signups, time.Now).SaveOffer(t.Context(), signup.Change{By: "desk", Reason: "próba"}, admission.Offer{
			Session: session, Edition: of, Window: w.ID, Pools: []admission.Pool{{Number: 1, Kind: admission.ForAll, Capacity: 3}},
		})
	}
	if err != nil {
		t.Fatal(err)
	}
	answer, err := house.Signups.Take(t.Context(), of, signup.Claim{
		Account: who.ID, Key: "press-000000000000001", Wishes: []signup.Wish{{Session: session}},
	})
	if err != nil || !answer.Got() {
		t.Fatalf("Take = %+v, %v, want a seat", answer, err)
	}
	if _, err := d.Exec(t.Context(), `UPDATE outbox SET due_at = $1 WHERE kind = 'signup.decided'`, time.Now()); err != nil {
		t.Fatal(err)
	}
	doors := open(t, house)
	waitFor(t, d, `SELECT COUNT(*) FROM letter WHERE kind = 'signup.answered'`, 1)
	letters, err := house.Mail.Letters(t.Context(), mail.Filter{Kind: "signup.answered"})
	if err != nil || len(letters) != 1 {
		t.Fatalf("Letters = %v, %v, want one", letters, err)
	}
	said := letters[0].Subject
	for _, p := range letters[0].Body.Paragraphs {
		said += "\n" + p.Text
		if p.Button != nil {
			said += "\n" + p.Button.Address
		}
	}
	for _, want := range []string{"Zapisano: ", answer.Receipt.String(), "/pl/wzorcowy/zapisy"} {
		if !strings.Contains(said, want) {
			t.Errorf("the letter does not say %q:\n%s", want, said)
		}
	}
	doors.stop()
	if err := <-doors.done; err != nil {
		t.Errorf("Run = %v, want nil", err)
	}
}
