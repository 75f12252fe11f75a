package mail_test

import (
	"context"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"testing"
	"time"

	"obrady/internal/db"
	"obrady/internal/db/dbtest"
	"obrady/internal/i18n"
	"obrady/internal/mail"
	"obrady/internal/outbox"
	"obrady/test/postbox"
)

// office delivers letters with a clock that the test turns.
type office struct {
	*mail.Deliverer
	*mail.Service
	worker *outbox.Worker
	now    time.Time
}

func settingsFor(t *testing.T, box *postbox.Server) mail.Settings {
	t.Helper()
	relay, err := mail.ParseRelay(mail.Secret("smtp://" + box.Addr))
	if err != nil {
		t.Fatal(err)
	}
	s := house
	s.Relay, s.Rate, s.Timeout = &relay, 1e6, 5*time.Second
	return s
}

func openOffice(d *db.DB, s mail.Settings) *office {
	o := &office{now: noon}
	now := func() time.Time { return o.now }
	o.Deliverer = &mail.Deliverer{DB: d, Now: now, Log: slog.New(slog.DiscardHandler), Settings: s, FirstRest: time.Millisecond}
	o.Service = mail.NewService(d, now)
	o.worker = o.Worker()
	return o
}

// settle works until nothing is due, or until the server takes nothing.
func (o *office) settle(t *testing.T) {
	t.Helper()
	for {
		n, err := o.worker.Once(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if n == 0 {
			return
		}
	}
}

// until turns the clock on, and works, to the end.
func (o *office) until(t *testing.T, end time.Time) {
	t.Helper()
	for ; o.now.Before(end); o.now = o.now.Add(time.Minute) {
		o.settle(t)
	}
}

func (o *office) want(t *testing.T, letter mail.LetterID, state mail.State, code int) mail.Kept {
	t.Helper()
	k, err := o.Letter(t.Context(), letter)
	if err != nil || k.State != state || k.Code != code {
		t.Errorf("letter to %s: %s with code %d, %v, want %s with %d", k.To, k.State, k.Code, err, state, code)
	}
	if (k.SettledAt == nil) != (state == mail.Waiting) {
		t.Errorf("letter to %s is %s and settled at %v", k.To, k.State, k.SettledAt)
	}
	return k
}

func note(to string) mail.Letter {
	return mail.Letter{
		Kind: "test.note", To: to, Lang: i18n.Polish, Subject: "Próba poczty",
		Body: mail.Body{Paragraphs: []mail.Paragraph{{Text: "Dzień dobry,\n.\nkropka powyżej zostaje."}}},
	}
}

func post(t *testing.T, d *db.DB, letters ...mail.Letter) (ids []mail.LetterID) {
	t.Helper()
	err := d.Tx(t.Context(), func(tx *db.Tx) error {
		ids = nil
		for _, l := range letters {
			letter, err := mail.Post(t.Context(), tx, noon, l)
			if err != nil {
				return err
			}
			ids = append(ids, letter)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return ids
}

func wantSound(t *testing.T, d *db.DB) {
	t.Helper()
	if faults, err := mail.Check(t.Context(), d); err != nil || len(faults) > 0 {
		t.Errorf("Check = %v, %v, want no fault", faults, err)
	}
	if dead, err := outbox.Dead(t.Context(), d); err != nil || len(dead) > 0 {
		t.Errorf("Dead = %v, %v, want none", dead, err)
	}
}

func TestLettersArrive(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		box := postbox.Run(t, postbox.Script{})
		o := openOffice(d, settingsFor(t, box))
		secret := note("Tajna@example.net")
		secret.Secret, secret.Body.Paragraphs[0].Code = true, "123 456"
		ids := post(t, d, note("a@example.net"), secret, invitation())
		o.settle(t)
		o.Close()

		letters := box.Letters(t)
		if len(letters) != 3 || box.Connections() != 1 {
			t.Fatalf("%d letters over %d connections, want 3 over one", len(letters), box.Connections())
		}
		for i, to := range []string{"a@example.net", "tajna@example.net", "zofia@example.net"} {
			at := slices.IndexFunc(letters, func(l postbox.Letter) bool { return l.To == to })
			if at < 0 {
				t.Fatalf("nothing came for %s", to)
			}
			k := o.want(t, ids[i], mail.Sent, 250)
			if got := letters[at].Header.Get("Message-Id"); got != "<"+k.MessageID+">" || letters[at].From != house.From.Address {
				t.Errorf("%s got %s from %s, want %s from %s", to, got, letters[at].From, k.MessageID, house.From.Address)
			}
			if k.Emptied() != k.Secret {
				t.Errorf("letter to %s: secret %v, its text is gone: %v", to, k.Secret, k.Emptied())
			}
			if s := open(t, letters[at].Raw); to == "a@example.net" && !strings.Contains(s.plain, "\r\n.\r\nkropka powyżej") {
				t.Errorf("the dot on its own line did not come through: %q", s.plain)
			}
		}
		wantSound(t, d)
	})
}

func TestARefusedLetterIsNotTriedAgain(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		box := postbox.Run(t, postbox.Script{Refuse: "nobody"})
		o := openOffice(d, settingsFor(t, box))
		ids := post(t, d, note("nobody@example.net"), note("somebody@example.net"))
		o.until(t, noon.Add(time.Hour))
		k := o.want(t, ids[0], mail.Refused, 550)
		o.want(t, ids[1], mail.Sent, 250)
		if k.Attempts != 1 || box.Connections() != 1 {
			t.Errorf("%d attempts over %d connections, want one of each", k.Attempts, box.Connections())
		}
		wantSound(t, d)

		box.Refuse = ""
		if err := o.Resend(t.Context(), "somebody", ids[0]); err != nil {
			t.Fatal(err)
		}
		o.settle(t)
		o.want(t, ids[0], mail.Sent, 250)
		if err := o.Resend(t.Context(), "somebody", ids[0]); err == nil {
			t.Error("a letter that was sent is sent again")
		}
	})
}

func TestALetterThatIsToComeLaterIsTriedForDays(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		box := postbox.Run(t, postbox.Script{LaterEvery: 1})
		o := openOffice(d, settingsFor(t, box))
		short := note("short@example.net")
		short.Expires, short.Secret = noon.Add(10*time.Minute), true
		ids := post(t, d, note("long@example.net"), short)
		o.until(t, noon.Add(5*time.Minute))
		if k := o.want(t, ids[0], mail.Waiting, 451); k.Attempts < 3 || k.Attempts > 6 {
			t.Errorf("%d attempts in five minutes, want 3 to 6", k.Attempts)
		}
		o.until(t, noon.Add(30*time.Minute))
		if k := o.want(t, ids[1], mail.Expired, 0); !k.Emptied() {
			t.Error("the secret of an expired letter is still there")
		}
		o.until(t, noon.Add(4*24*time.Hour))
		o.want(t, ids[0], mail.Waiting, 451)
		o.until(t, noon.Add(5*24*time.Hour))
		if k := o.want(t, ids[0], mail.GivenUp, 451); k.Attempts != 36 {
			t.Errorf("given up after %d attempts, want 36", k.Attempts)
		}
		if n := len(box.Letters(t)); n != 0 {
			t.Errorf("%d letters came, want none", n)
		}
		wantSound(t, d)
	})
}

func TestADeadServerCostsNoLetterAnAttempt(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		box := postbox.Run(t, postbox.Script{NoSender: true})
		o := openOffice(d, settingsFor(t, box))
		ids := post(t, d, note("a@example.net"), note("b@example.net"))
		for range 50 {
			o.settle(t)
		}
		box.Close()
		for range 50 {
			o.settle(t)
		}
		if k := o.want(t, ids[0], mail.Waiting, 0); k.Attempts != 0 {
			t.Errorf("%d attempts are counted, want none", k.Attempts)
		}
		again, err := postbox.Open(postbox.Script{Listen: box.Addr, Folder: box.Folder})
		if err != nil {
			t.Fatal(err)
		}
		defer again.Close()
		o.settle(t)
		o.want(t, ids[0], mail.Sent, 250)
		o.want(t, ids[1], mail.Sent, 250)
		wantSound(t, d)
	})
}

func TestBulkLettersLetOthersGoFirst(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		box := postbox.Run(t, postbox.Script{})
		o := openOffice(d, settingsFor(t, box))
		var bulk []mail.Letter
		for i := range 5 {
			l := note(fmt.Sprintf("many%d@example.net", i))
			l.Bulk = true
			bulk = append(bulk, l)
		}
		many := post(t, d, bulk...)
		single := post(t, d, note("one@example.net"))
		if n, err := o.worker.Once(t.Context()); n != 1 || err != nil {
			t.Fatalf("Once = %d, %v, want one letter at a time", n, err)
		}
		o.want(t, single[0], mail.Sent, 250)
		o.want(t, many[0], mail.Waiting, 0)
		o.settle(t)
		o.want(t, many[4], mail.Sent, 250)
	})
}

func TestAConnectionThatDiedOfOldAgeIsMadeAnew(t *testing.T) {
	d := dbtest.New(t, db.SQLite)
	box := postbox.Run(t, postbox.Script{})
	o := openOffice(d, settingsFor(t, box))
	first := post(t, d, note("a@example.net"))
	o.settle(t)
	box.Close() // cuts the connection that the office keeps
	again, err := postbox.Open(postbox.Script{Listen: box.Addr, Folder: box.Folder})
	if err != nil {
		t.Fatal(err)
	}
	defer again.Close()
	second := post(t, d, note("b@example.net"))
	if n, err := o.worker.Once(t.Context()); n != 1 || err != nil {
		t.Fatalf("Once = %d, %v, want the letter delivered without a rest", n, err)
	}
	o.want(t, first[0], mail.Sent, 250)
	if k := o.want(t, second[0], mail.Sent, 250); k.Attempts != 1 {
		t.Errorf("%d attempts, want one", k.Attempts)
	}
	if n := len(box.Letters(t)); n != 2 {
		t.Errorf("%d letters came, want 2", n)
	}
}

func TestWithoutAServerLettersWaitOrStayHere(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		s := house
		if s.Delivers() {
			t.Error("without a server letters leave the house")
		}
		secret := note("a@example.net")
		secret.Secret = true
		ids := post(t, d, secret)
		s.Local, s.KeepBodies = true, true
		o := openOffice(d, s)
		o.settle(t)
		if k := o.want(t, ids[0], mail.Sent, 0); !s.Delivers() || k.Emptied() {
			t.Errorf("delivers %v, the text is gone: %v; want a readable letter", s.Delivers(), k.Emptied())
		}
	})
}

func TestALinkToElsewhereNeverLeaves(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		box := postbox.Run(t, postbox.Script{})
		o := openOffice(d, settingsFor(t, box))
		l := note("a@example.net")
		l.Body.Paragraphs = []mail.Paragraph{{Button: &mail.Button{Label: "x", Address: "https://evil.example/"}}}
		ids := post(t, d, l)
		o.settle(t)
		o.want(t, ids[0], mail.Refused, 0)
		if n := len(box.Letters(t)); n != 0 {
			t.Errorf("%d letters came, want none", n)
		}
	})
}

// What the server has taken is not sent again while the database refuses to note it.
func TestALetterThatCannotBeNotedIsNotSentTwice(t *testing.T) {
	d := dbtest.New(t, db.SQLite)
	box := postbox.Run(t, postbox.Script{})
	o := openOffice(d, settingsFor(t, box))
	ids := post(t, d, note("a@example.net"))
	for _, statement := range []string{
		`CREATE TRIGGER full_disk BEFORE UPDATE OF state ON letter BEGIN SELECT RAISE(ABORT, 'disk full'); END`,
	} {
		if _, err := d.Exec(t.Context(), statement); err != nil {
			t.Fatal(err)
		}
	}
	o.until(t, noon.Add(10*time.Minute))
	o.want(t, ids[0], mail.Waiting, 0)
	if _, err := d.Exec(t.Context(), `DROP TRIGGER full_disk`); err != nil {
		t.Fatal(err)
	}
	o.until(t, noon.Add(time.Hour))
	o.want(t, ids[0], mail.Sent, 250)
	if n := len(box.Letters(t)); n != 1 {
		t.Errorf("%d copies came, want one", n)
	}
}

func TestLettersAreThrottled(t *testing.T) {
	d := dbtest.New(t, db.SQLite)
	box := postbox.Run(t, postbox.Script{})
	s := settingsFor(t, box)
	s.Rate = 50
	o := openOffice(d, s)
	o.Now = time.Now
	post(t, d, note("a@example.net"), note("b@example.net"), note("c@example.net"), note("d@example.net"))
	began := time.Now()
	o.settle(t)
	if took := time.Since(began); took < 3*20*time.Millisecond {
		t.Errorf("four letters took %s, want at least 60ms at 50 a second", took)
	}
	if n := len(box.Letters(t)); n != 4 {
		t.Errorf("%d letters came, want 4", n)
	}
}

// A letter that kills its sender each time is not sent for ever.
func TestALetterThatNobodySurvivesIsGivenUp(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		box := postbox.Run(t, postbox.Script{})
		o := openOffice(d, settingsFor(t, box))
		ids := post(t, d, note("a@example.net"))
		for range 36 {
			if claimed, err := outbox.Claim(t.Context(), d, o.now, time.Minute, 1); err != nil || len(claimed) != 1 {
				t.Fatalf("Claim = %v, %v", claimed, err)
			}
			o.now = o.now.Add(time.Minute)
		}
		o.settle(t)
		if k := o.want(t, ids[0], mail.GivenUp, 0); k.Attempts != 37 || len(box.Letters(t)) != 0 {
			t.Errorf("%d attempts and %d letters, want it given up at the 37th without another try", k.Attempts, len(box.Letters(t)))
		}
		wantSound(t, d)
	})
}

// A letter over a connection that is guarded and signed in to.
func TestALetterGoesTheGuardedWay(t *testing.T) {
	d := dbtest.New(t, db.SQLite)
	box := postbox.Run(t, postbox.Script{TLS: known, FromFirstByte: true, User: "obrady", Password: "sesame"})
	relay, err := mail.ParseRelay(mail.Secret("smtps://obrady:sesame@" + box.Addr))
	if err != nil {
		t.Fatal(err)
	}
	s := settingsFor(t, box)
	s.Relay = &relay
	o := openOffice(d, s)
	ids := post(t, d, note("a@example.net"))
	o.settle(t)
	o.want(t, ids[0], mail.Sent, 250)
}

func TestProbe(t *testing.T) {
	strange, err := certify()
	if err != nil {
		t.Fatal(err)
	}
	closed := postbox.Script{TLS: known, User: "obrady", Password: "sesame"}
	direct := closed
	direct.FromFirstByte = true
	for _, test := range []struct {
		name   string
		script postbox.Script
		url    string // of the server at %s
		want   string // in the answer; "" is good
	}{
		{"a server on this machine", postbox.Script{}, "smtp://%s", ""},
		{"nobody there", postbox.Script{}, "smtp://127.0.0.1:1", "no connection"},
		{"no STARTTLS where it must be", postbox.Script{}, "smtp://%s?tls=required", "STARTTLS"},
		{"a certificate nobody knows", postbox.Script{TLS: strange, FromFirstByte: true}, "smtps://%s", "certificate"},
		{"no TLS from the first byte", postbox.Script{}, "smtps://%s", "TLS from the first byte"},
		{"TLS from the first byte and a password", direct, "smtps://obrady:sesame@%s", ""},
		{"STARTTLS and a password", closed, "smtp://obrady:sesame@%s?tls=required", ""},
		{"the wrong password", direct, "smtps://obrady:sesam@%s", "our name and password (535)"},
		{"a password without TLS", closed, "smtp://obrady:sesame@%s", "sign in"},
		{"a password where nobody signs in", postbox.Script{}, "smtp://obrady:sesame@%s", "sign in"},
	} {
		t.Run(test.name, func(t *testing.T) {
			address := test.url
			if strings.Contains(address, "%s") {
				address = fmt.Sprintf(address, postbox.Run(t, test.script).Addr)
			}
			address, required := strings.CutSuffix(address, "?tls=required")
			relay, err := mail.ParseRelay(mail.Secret(address))
			if err != nil {
				t.Fatal(err)
			}
			if required {
				relay.Security = mail.StartTLS
			}
			s := house
			s.Relay, s.Timeout = &relay, 5*time.Second
			err = s.Probe(context.WithoutCancel(t.Context()))
			if test.want == "" && err != nil || test.want != "" && (err == nil || !strings.Contains(err.Error(), test.want)) {
				t.Errorf("Probe = %v, want %q in it", err, test.want)
			}
			if err != nil && strings.Contains(err.Error(), "sesam") {
				t.Errorf("Probe tells the password: %v", err)
			}
		})
	}
}
