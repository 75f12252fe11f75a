package app_test

import (
	"testing"
	"time"

	"obrady/internal/app"
	"obrady/internal/db"
	"obrady/internal/db/dbtest"
	"obrady/internal/fairness"
	"obrady/internal/id"
	"obrady/internal/people"
	"obrady/internal/privacy"
)

// signupRows are rows of the person in what is kept of sign-ups: what they once had of a session, what they wish for,
// their part in a draw, and a decision about them.
func signupRows(s people.Subject, of, session string) []row {
	const text = canary
	at, account := noon(), string(s.Account)
	return []row{
		{"admission_window", map[string]any{
			"id": "w-1", "edition_id": of, "name": `{}`, "mode": "lottery", "opens_at": at, "decides_at": at.AddDate(0, 0, 1),
			"closes_at": at.AddDate(0, 0, 2), "updated_at": at,
		}},
		{"admission_session", map[string]any{"session_id": session, "edition_id": of, "window_id": "w-1", "hours": `[]`, "updated_at": at}},
		{"signup_draw", map[string]any{"window_id": "w-1", "commitment": "c", "seed": "s"}},
		{"signup_ledger", map[string]any{"id": 1, "last": 1, "revision": 1, "posted": 1}},
		{"signup_seat", map[string]any{
			"session_id": session, "account_id": account, "edition_id": of, "state": "released", "seq": 1, "pools": text, "needs": text,
			"instead": text, "via": text, "institution_id": text, "request": text,
			"account_key": id.Key(account), "session_key": id.Key(session),
		}},
		{"signup_wish", map[string]any{
			"account_id": account, "edition_id": of, "position": 1, "session_id": session, "needs": text, "saved_at": at,
		}},
		{"signup_entry", map[string]any{"window_id": "w-1", "account_id": account, "code": text, "made_at": at}},
		{"signup_event", map[string]any{
			"seq": 1, "at": at, "edition_id": of, "session_id": session, "account_id": account, "request": text, "what": "left",
		}},
	}
}

// What was decided stays, so that the count of a session is what it was; whom it was about does not.
func TestAfterAnErasureDecisionsAreNobodys(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		s := nest(t, d)
		count := func(statement string) (n int) {
			if err := d.QueryRow(t.Context(), statement, s.Account).Scan(&n); err != nil {
				t.Fatal(err)
			}
			return n
		}
		house, err := app.New(t.Context(), d, app.Config{BaseURL: "http://127.0.0.1", Now: noon})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := house.Privacy.Erase(t.Context(), privacy.Order{Subject: people.Subject{Account: s.Account}, By: s.Account, VerifiedAt: noon()}); err != nil {
			t.Fatal(err)
		}
		if n := count(`SELECT COUNT(*) FROM signup_event WHERE account_id <> $1`); n == 0 {
			t.Error("the decision has gone, want it to stay without the person")
		}
		for _, table := range []string{"signup_seat", "signup_wish", "signup_entry", "signup_event"} {
			if n := count(`SELECT COUNT(*) FROM ` + table + ` WHERE account_id = $1`); n != 0 {
				t.Errorf("%d rows of %s are still about the person, want none", n, table)
			}
		}
	})
}

// Half a year after a congress nobody can tell who signed up for what; how many did stays, and the counts still fit.
func TestSignUpsAreForgottenAsNumbers(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		s := nest(t, d)
		if _, err := d.Exec(t.Context(), `UPDATE signup_seat SET pools = ''`); err != nil { // the canary in it is no number of a pool
			t.Fatal(err)
		}
		late := func() time.Time { return noon().AddDate(20, 0, 0) }
		guard, err := app.Privacy(d, app.Config{Now: late})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := guard.Retain(t.Context()); err != nil {
			t.Fatal(err)
		}
		count := func(statement string, args ...any) (n int) {
			if err := d.QueryRow(t.Context(), statement, args...).Scan(&n); err != nil {
				t.Fatal(err)
			}
			return n
		}
		for _, table := range []string{"signup_seat", "signup_wish", "signup_entry", "signup_event"} {
			if n := count(`SELECT COUNT(*) FROM `+table+` WHERE account_id = $1`, s.Account); n != 0 {
				t.Errorf("%d rows of %s still name the person, want none", n, table)
			}
		}
		if seats, events := count(`SELECT COUNT(*) FROM signup_seat`), count(`SELECT COUNT(*) FROM signup_event`); seats != 1 || events != 1 {
			t.Errorf("%d seats and %d decisions are left, want one of each without a name", seats, events)
		}
		faults, err := fairness.Check(t.Context(), d)
		if err != nil || len(faults) > 0 {
			t.Errorf("Check = %v, %v, want nothing", faults, err)
		}
		again, err := guard.Retain(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		for _, one := range again {
			if one.Name == "signups" && one.Rows > 0 {
				t.Errorf("the second time %d rows go, want none", one.Rows)
			}
		}
	})
}
