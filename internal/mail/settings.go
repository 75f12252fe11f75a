package mail

import (
	"errors"
	"fmt"
	"log/slog"
	"net"
	netmail "net/mail"
	"net/netip"
	"net/url"
	"strconv"
	"time"
)

// Settings are how letters leave the house. Without a Relay, and not Local,
// they wait.
type Settings struct {
	// BaseURL is where the site stands for the world: every link begins so.
	BaseURL string
	// From is who writes.
	From netmail.Address
	// Relay is the mail server that takes the letters.
	Relay *Relay
	// Rate is how many letters go out in a second at most; 10 if zero.
	Rate float64
	// Local takes every letter as delivered at once: people read it on a page
	// of the site. For demonstrations.
	Local bool
	// KeepBodies leaves secret letters readable. For demonstrations.
	KeepBodies bool
	// Timeout is how long the server may take to let us in, and again for each
	// letter; 45 s if zero.
	Timeout time.Duration
}

// Delivers reports whether letters leave the house at all.
func (s Settings) Delivers() bool { return s.Local || s.Relay != nil }

func (s Settings) timeout() time.Duration {
	if s.Timeout > 0 {
		return s.Timeout
	}
	return 45 * time.Second
}

// host is the name of the site, for names of messages and for the greeting.
func (s Settings) host() string {
	u, err := url.Parse(s.BaseURL)
	if err != nil || u.Hostname() == "" {
		return "localhost"
	}
	return u.Hostname()
}

// greeting is how we introduce ourselves to a mail server: by name, or by
// address as RFC 5321, 4.1.3 writes it.
func (s Settings) greeting() string {
	addr, err := netip.ParseAddr(s.host())
	switch {
	case err != nil:
		return s.host()
	case addr.Is6():
		return "[IPv6:" + addr.String() + "]"
	}
	return "[" + addr.String() + "]"
}

// Security is how a connection to a mail server is kept from being read.
type Security int

// The ways, the good one first.
const (
	StartTLS  Security = iota // asked for after the greeting, and insisted on
	TLS                       // from the first byte
	Unguarded                 // not at all: on this machine, or where the operator says so
)

// Relay is a mail server that takes letters from us.
type Relay struct {
	Host     string
	Port     int
	Security Security
	User     string
	Password Secret
}

// ParseRelay reads smtp://USER:PASSWORD@HOST:PORT, or smtps:// for TLS from the
// first byte. Over smtp:// STARTTLS is required, except on this machine, or
// with ?tls=never. No error repeats what was given: it may hold a password.
func ParseRelay(given Secret) (Relay, error) {
	u, err := url.Parse(string(given))
	if err != nil || u.Hostname() == "" || u.Scheme != "smtp" && u.Scheme != "smtps" {
		return Relay{}, errors.New("the address of a mail server is written smtp://user:password@host:587 or smtps://user:password@host:465, with special characters of the password as %xx")
	}
	relay := Relay{Host: u.Hostname(), Port: 587, User: u.User.Username()}
	password, _ := u.User.Password()
	relay.Password = Secret(password)
	never := u.Query().Get("tls") == "never"
	switch {
	case u.Query().Has("tls") && !never:
		return Relay{}, errors.New("of a mail server's address, tls can only be never")
	case u.Scheme == "smtps" && never:
		return Relay{}, errors.New("smtps:// is TLS; it cannot be never")
	case u.Scheme == "smtps":
		relay.Security, relay.Port = TLS, 465
	case never || onThisMachine(relay.Host):
		relay.Security = Unguarded
	}
	if u.Port() != "" {
		if relay.Port, err = strconv.Atoi(u.Port()); err != nil || relay.Port < 1 || relay.Port > 65535 {
			return Relay{}, errors.New("the port of the mail server is no number of a port")
		}
	}
	return relay, nil
}

func onThisMachine(host string) bool {
	addr, err := netip.ParseAddr(host)
	return host == "localhost" || err == nil && addr.IsLoopback()
}

// Address is where the server listens, HOST:PORT.
func (r Relay) Address() string { return net.JoinHostPort(r.Host, strconv.Itoa(r.Port)) }

// Secret is a text that is never shown, whoever prints what it stands in.
type Secret string

const hidden = "[secret]"

// String hides the secret.
func (s Secret) String() string {
	if s == "" {
		return ""
	}
	return hidden
}

// Format hides the secret from every verb of fmt.
func (s Secret) Format(f fmt.State, _ rune) { _, _ = f.Write([]byte(s.String())) }

// LogValue hides the secret from logs.
func (s Secret) LogValue() slog.Value { return slog.StringValue(s.String()) }

// MarshalText hides the secret from JSON and its kin.
func (s Secret) MarshalText() ([]byte, error) { return []byte(s.String()), nil }
