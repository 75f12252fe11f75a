package mail

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"net/textproto"
	"strconv"
	"sync"
	"time"

	gomail "github.com/wneessen/go-mail"
	"github.com/wneessen/go-mail/smtp"
)

// answer is what a mail server made of a letter.
type answer struct {
	outcome outcome
	code    int    // of its last reply; 0 if there was none
	why     string // for the log: no names, no addresses
}

type outcome int

const (
	accepted outcome = iota // it is the server's now
	rejected                // it never will be
	unsure                  // the server said later, or nobody knows: try this letter again
	closed                  // the server takes nothing from us for now
	stale                   // the connection had gone before the letter was begun
)

// line is the connection to the mail server. It stays open between letters, and
// is hung up when none came for a while.
type line struct {
	settings Settings

	mu     sync.Mutex
	client *gomail.Client
	open   *smtp.Client // nil while hung up
	idle   *time.Timer
}

// idleFor is how long a connection stays open without a letter.
const idleFor = 20 * time.Second

// hand gives the message to the server. A connection that has died of old age
// is made anew once; whether the letter went, the answer says.
func (l *line) hand(ctx context.Context, message *gomail.Msg) answer {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.idle != nil {
		l.idle.Stop()
	}
	if l.open != nil {
		if a := l.say(message); a.outcome != stale {
			return a
		}
	}
	if err := l.dial(ctx); err != nil {
		return answer{closed, codeOf(err), classOf(err)}
	}
	a := l.say(message)
	if a.outcome == stale {
		a.outcome = closed
	}
	return a
}

// say goes through one letter with the server, and hangs up unless both sides
// know where they stand.
func (l *line) say(message *gomail.Msg) answer {
	a := read(message, l.client.SendWithSMTPClient(l.open, message))
	if a.outcome == accepted || a.code >= 400 && a.code != 421 && (a.outcome == rejected || a.outcome == unsure) {
		l.idle = time.AfterFunc(idleFor, l.hangUp)
		return a
	}
	_ = l.open.Close() // it is of no use any more, whatever it says
	l.open = nil
	return a
}

// read turns what the library says into an answer. What happened before the
// server heard of the person is about us; what came after is about the letter.
func read(message *gomail.Msg, err error) answer {
	var failed *gomail.SendError
	switch {
	case message.IsDelivered():
		return answer{outcome: accepted, code: 250}
	case err == nil, !errors.As(err, &failed):
		return answer{outcome: unsure, why: "the library gave no answer"}
	}
	a := answer{code: failed.ErrorCode(), why: failed.Reason.String()}
	switch failed.Reason {
	case gomail.ErrConnCheck:
		a.outcome = stale
	case gomail.ErrSMTPMailFrom:
		a.outcome = closed
	case gomail.ErrGetSender, gomail.ErrGetRcpts, gomail.ErrNoUnencoded:
		a.outcome = rejected
	default:
		if a.outcome = unsure; a.code >= 500 {
			a.outcome = rejected
		}
	}
	return a
}

func (l *line) dial(ctx context.Context) (err error) {
	if l.client == nil {
		if l.client, err = l.settings.client(); err != nil {
			return err
		}
	}
	l.open, err = l.client.DialToSMTPClientWithContext(ctx)
	return err
}

// hangUp says goodbye, if there is somebody to say it to.
func (l *line) hangUp() {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.open != nil {
		_ = l.client.CloseWithSMTPClient(l.open) // a server that has gone needs no goodbye
		l.open = nil
	}
}

func (s Settings) client() (*gomail.Client, error) {
	r := s.Relay
	options := []gomail.Option{
		gomail.WithPort(r.Port), gomail.WithTimeout(s.timeout()), gomail.WithHELO(s.greeting()), gomail.WithoutRset(),
	}
	switch r.Security {
	case TLS:
		options = append(options, gomail.WithSSL())
	case Unguarded:
		options = append(options, gomail.WithTLSPolicy(gomail.NoTLS))
	default:
		options = append(options, gomail.WithTLSPolicy(gomail.TLSMandatory))
	}
	if r.User != "" {
		options = append(options, gomail.WithSMTPAuth(gomail.SMTPAuthAutoDiscover),
			gomail.WithUsername(r.User), gomail.WithPassword(string(r.Password)))
	}
	return gomail.NewClient(r.Host, options...)
}

// Probe goes as far as a letter would without sending one, and says in a few
// words what stopped it.
func (s Settings) Probe(ctx context.Context) error {
	client, err := s.client()
	if err != nil {
		return fmt.Errorf("probe the mail server: %w", err)
	}
	open, err := client.DialToSMTPClientWithContext(ctx)
	if err != nil {
		return errors.New(classOf(err)) // the library's words may hold the name that signs in
	}
	_ = client.CloseWithSMTPClient(open) // it let us in; how it takes leave is all the same
	return nil
}

// codeOf is the code of the reply that an error holds, or 0.
func codeOf(err error) int {
	var reply *textproto.Error
	if errors.As(err, &reply) {
		return reply.Code
	}
	return 0
}

// classOf says what kind of trouble a connection met, without a word of the server's.
func classOf(err error) string {
	var stranger x509.UnknownAuthorityError
	var name x509.HostnameError
	var invalid x509.CertificateInvalidError
	var record tls.RecordHeaderError
	var wire net.Error
	switch code := codeOf(err); {
	case code == 535 || code == 534 || code == 530:
		return "it refuses our name and password (" + strconv.Itoa(code) + ")"
	case code != 0:
		return "it answers " + strconv.Itoa(code)
	case errors.As(err, &stranger), errors.As(err, &name), errors.As(err, &invalid):
		return "its certificate is not good for its name"
	case errors.As(err, &record):
		return "it does not speak TLS from the first byte"
	case errors.As(err, &wire) && wire.Timeout():
		return "it does not answer in time"
	case errors.As(err, &wire):
		return "there is no connection to it"
	}
	return "it does not offer what we ask for: STARTTLS, or a way to sign in"
}
