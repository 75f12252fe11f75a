package app_test

import (
	netmail "net/mail"
	"strings"
	"testing"
	"time"

	"obrady/internal/app"
	"obrady/internal/db"
	"obrady/internal/db/dbtest"
	"obrady/internal/i18n"
	"obrady/internal/mail"
	"obrady/internal/outbox"
	"obrady/internal/timetable"
	"obrady/test/postbox"
)

// writeLetter posts a letter, and beside it promises what every worker can do.
func writeLetter(t *testing.T, d *db.DB) {
	t.Helper()
	err := d.Tx(t.Context(), func(tx *db.Tx) error {
		_, err := mail.Post(t.Context(), tx, time.Now(), mail.Letter{
			Kind: "test.note", To: "zofia@example.net", Lang: i18n.Polish, Subject: "Próba", Secret: true,
			Body: mail.Body{Paragraphs: []mail.Paragraph{{Button: &mail.Button{Label: "Wejdź", Address: "/pl/"}}}},
		})
		if err != nil {
			return err
		}
		return outbox.Add(t.Context(), tx, time.Now(), timetable.Released{})
	})
	if err != nil {
		t.Fatal(err)
	}
}

// waitFor looks until the count that the query makes is what it should be.
func waitFor(t *testing.T, d *db.DB, query string, want int) {
	t.Helper()
	look := time.NewTicker(10 * time.Millisecond)
	defer look.Stop()
	end := time.After(30 * time.Second)
	for {
		var got int
		if err := d.QueryRow(t.Context(), query).Scan(&got); err == nil && got == want {
			return
		}
		select {
		case <-end:
			t.Fatalf("%s did not come to %d", query, want)
		case <-look.C:
		}
	}
}

func TestLettersLeaveTheHouse(t *testing.T) {
	const (
		sent    = `SELECT COUNT(*) FROM letter WHERE state = 'sent'`
		handled = `SELECT COUNT(*) FROM outbox WHERE kind = 'timetable.released' AND done_at IS NOT NULL`
	)
	for _, test := range []struct {
		name   string
		config func(t *testing.T, box *postbox.Server) app.Config
		sent   int // letters that count as sent
		came   int // letters that the server has
		figure string
	}{
		{"to the mail server", func(t *testing.T, box *postbox.Server) app.Config {
			relay, err := mail.ParseRelay(mail.Secret("smtp://" + box.Addr))
			if err != nil {
				t.Fatal(err)
			}
			return app.Config{Mail: mail.Settings{Relay: &relay, From: netmail.Address{Address: "kongres@example.org"}}}
		}, 1, 1, "obrady_letters_waiting 0"},
		{"not while the mail server is down, and nothing else waits for it", func(t *testing.T, box *postbox.Server) app.Config {
			box.Close()
			relay, err := mail.ParseRelay(mail.Secret("smtp://" + box.Addr))
			if err != nil {
				t.Fatal(err)
			}
			return app.Config{Mail: mail.Settings{Relay: &relay, From: netmail.Address{Address: "kongres@example.org"}}}
		}, 0, 0, "obrady_letters_waiting 1"},
		{"not without a mail server", func(*testing.T, *postbox.Server) app.Config { return app.Config{} }, 0, 0, "obrady_letters_waiting 1"},
		{"never in the demo, where they can be read at once", func(*testing.T, *postbox.Server) app.Config { return app.Config{Demo: true} }, 1, 0, "obrady_letters_waiting 0"},
	} {
		t.Run(test.name, func(t *testing.T) {
			d := dbtest.New(t, db.SQLite)
			box := postbox.Run(t, postbox.Script{})
			config := test.config(t, box)
			config.BaseURL = "http://127.0.0.1"
			house, err := app.New(t.Context(), d, config)
			if err != nil {
				t.Fatal(err)
			}
			doors := open(t, house)
			writeLetter(t, d)
			waitFor(t, d, handled, 1)
			waitFor(t, d, sent, test.sent)
			if _, body := doors.get(t, "/metrics"); !strings.Contains(body, test.figure) {
				t.Errorf("the metrics do not say %q", test.figure)
			}
			if letters := box.Letters(t); len(letters) != test.came {
				t.Errorf("%d letters came, want %d", len(letters), test.came)
			}
			letters, err := house.Mail.Letters(t.Context(), mail.Filter{})
			if readable := config.Demo || test.sent == 0; err != nil || len(letters) != 1 || letters[0].Emptied() == readable {
				t.Errorf("Letters = %+v, %v, want one whose secret can be read: %v", letters, err, readable)
			}
			doors.stop()
			if err := <-doors.done; err != nil {
				t.Errorf("Run = %v, want nil", err)
			}
		})
	}
}
