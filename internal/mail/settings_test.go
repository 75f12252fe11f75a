package mail_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"log/slog"
	"strings"
	"testing"

	"obrady/internal/mail"
)

func TestParseRelay(t *testing.T) {
	for _, test := range []struct {
		name, in string
		want     mail.Relay // zero: refused
	}{
		{"a server of the office", "smtp://obrady:ta%40jne@mail.example.org:587", mail.Relay{Host: "mail.example.org", Port: 587, User: "obrady", Password: "ta@jne"}},
		{"the usual port", "smtp://mail.example.org", mail.Relay{Host: "mail.example.org", Port: 587}},
		{"TLS from the first byte", "smtps://mail.example.org", mail.Relay{Host: "mail.example.org", Port: 465, Security: mail.TLS}},
		{"on this machine", "smtp://localhost:25", mail.Relay{Host: "localhost", Port: 25, Security: mail.Unguarded}},
		{"on this machine by number", "smtp://[::1]:25", mail.Relay{Host: "::1", Port: 25, Security: mail.Unguarded}},
		{"inside a network that is trusted", "smtp://relay:25?tls=never", mail.Relay{Host: "relay", Port: 25, Security: mail.Unguarded}},
		{"no scheme", "mail.example.org:587", mail.Relay{}},
		{"another scheme", "https://mail.example.org", mail.Relay{}},
		{"no host", "smtp://", mail.Relay{}},
		{"a port that is none", "smtp://mail.example.org:99999", mail.Relay{}},
		{"half of TLS", "smtp://mail.example.org?tls=maybe", mail.Relay{}},
		{"TLS and never", "smtps://mail.example.org?tls=never", mail.Relay{}},
		{"a password that is not escaped", "smtp://obrady:hu%sh@mail.example.org", mail.Relay{}},
	} {
		t.Run(test.name, func(t *testing.T) {
			got, err := mail.ParseRelay(mail.Secret(test.in))
			if got != test.want || (err == nil) != (test.want != mail.Relay{}) {
				t.Errorf("ParseRelay = %#v, %v, want %#v", got.Address(), err, test.want.Address())
			}
			if err != nil && strings.Contains(err.Error(), "hu%sh") {
				t.Errorf("the error tells the password: %v", err)
			}
		})
	}
}

func TestASecretIsNeverPrinted(t *testing.T) {
	type settings struct {
		Host     string
		Password mail.Secret
	}
	s := settings{"mail.example.org", "sesame"}
	var logged bytes.Buffer
	slog.New(slog.NewJSONHandler(&logged, nil)).Info("start", "settings", s, "password", s.Password)
	slog.New(slog.NewTextHandler(&logged, nil)).Info("start", "settings", s, "password", s.Password)
	text, err := json.Marshal(s)
	if err != nil {
		t.Fatal(err)
	}
	printed := fmt.Sprintf("%v %+v %#v %s %q %x %v %s", s, s, s, s, s, s, s.Password, &s) + logged.String() + string(text)
	for _, tell := range []string{"sesame", fmt.Sprintf("%x", "sesame")} {
		if strings.Contains(printed, tell) {
			t.Errorf("%q is printed in %s", tell, printed)
		}
	}
	if !strings.Contains(printed, "[secret]") {
		t.Errorf("nothing says that there is a secret: %s", printed)
	}
}
