package main

import (
	"errors"
	"fmt"
	netmail "net/mail"
	"os"
	"strings"

	"obrady/internal/mail"
)

// mailFlags say how letters leave the house.
type mailFlags struct {
	SMTP             mail.Secret `name:"smtp" help:"The mail server, smtp://user:password@host:587 or smtps://…; letters wait if not given." env:"OBRADY_SMTP" placeholder:"URL"`
	SMTPPasswordFile string      `name:"smtp-password-file" help:"File that holds the password for the mail server, so that it stands nowhere else." env:"OBRADY_SMTP_PASSWORD_FILE" placeholder:"FILE"`
	MailFrom         string      `help:"Who writes letters, such as 'Kongres <kongres@example.org>'." env:"OBRADY_MAIL_FROM" placeholder:"ADDRESS"`
	MailRate         float64     `help:"How many letters go out in a second at most." env:"OBRADY_MAIL_RATE" default:"10"`
}

// settings turns the flags into what the house takes. No error repeats the address of the server: it may hold a password.
func (f mailFlags) settings() (mail.Settings, error) {
	s := mail.Settings{Rate: f.MailRate}
	if f.MailRate < 0.1 || f.MailRate > 1000 {
		return s, usageError{fmt.Errorf("--mail-rate %v is not between 0.1 and 1000 letters a second", f.MailRate)}
	}
	if f.MailFrom != "" {
		from, err := netmail.ParseAddress(f.MailFrom)
		if err != nil {
			return s, usageError{fmt.Errorf("--mail-from %q is no address: write it as name@example.org or Name <name@example.org>", f.MailFrom)}
		}
		s.From = *from
	}
	if f.SMTP == "" {
		return s, nil
	}
	relay, err := mail.ParseRelay(f.SMTP)
	switch {
	case err != nil:
		return s, usageError{fmt.Errorf("--smtp cannot be understood: %w", err)}
	case f.MailFrom == "":
		return s, usageError{errors.New("--smtp needs --mail-from: a letter says who writes it")}
	}
	if f.SMTPPasswordFile != "" {
		content, err := os.ReadFile(f.SMTPPasswordFile)
		if err != nil {
			return s, usageError{fmt.Errorf("--smtp-password-file: %w", err)}
		}
		relay.Password = mail.Secret(strings.TrimRight(string(content), "\r\n"))
	}
	s.Relay = &relay
	return s, nil
}
