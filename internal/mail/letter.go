// Package mail writes letters to the people of the congress and brings them to
// a mail server: none is lost, and none comes twice unless a machine fell over
// at the very moment of handing it over.
//
// A letter is written in the transaction of the change that it tells of, and
// delivered afterwards. It is made of plain paragraphs; what people have typed
// never becomes a link or markup, and the only links lead to this site.
package mail

import (
	"embed"
	"errors"
	"fmt"
	netmail "net/mail"
	"net/url"
	"strings"
	"time"
	"unicode"

	"obrady/internal/errs"
	"obrady/internal/i18n"
	"obrady/internal/text"
)

// Locale holds the sentences that name the states of a letter and this package's errors.
//
//go:embed locale/*.json
var Locale embed.FS

// LetterID names a letter.
type LetterID string

// What can go wrong with letters.
var (
	ErrNoLetter = errs.New(errs.NotFound, "mail.no_letter")
	ErrAddress  = errs.New(errs.Invalid, "mail.address")
	ErrNotAgain = errs.New(errs.Conflict, "mail.not_again")
)

// errForeign is a fault of ours: a link to somewhere else was put into a letter.
var errForeign = errors.New("the letter has a link that does not lead to this site")

// State says what became of a letter.
type State string

// The states. The sentence of each is key: mail.state.*
const (
	Waiting State = "waiting"  // not delivered yet
	Sent    State = "sent"     // the mail server has taken it
	Refused State = "refused"  // the mail server will never take it
	Expired State = "expired"  // it came too late to be of use
	GivenUp State = "given_up" // every attempt failed
)

// States lists the states in the order in which a letter may come to them.
var States = []State{Waiting, Sent, Refused, Expired, GivenUp}

// Letter is one letter to one person.
type Letter struct {
	ID      LetterID
	Kind    string // what it is about: "signin.link"
	To      string // an address
	ToName  string
	Account string // whose it is; "" when the person has none
	Edition string // which edition it is about, or ""
	Lang    i18n.Lang
	Subject string
	Body    Body

	// Secret letters hold what lets somebody in: their body is emptied once
	// they are delivered or can no longer be.
	Secret bool
	// Bulk letters are many of one kind. All others go first.
	Bulk bool
	// Unsubscribe is where the person ends such letters; "" where nobody can.
	Unsubscribe string
	// Expires is when the letter is of no use any more; never if zero.
	Expires time.Time
	// Dedupe makes sure that of all letters with one value only the first is
	// posted; "" posts each.
	Dedupe string
}

// Body is what a letter says.
type Body struct {
	Paragraphs []Paragraph `json:"paragraphs,omitempty"`
	Why        string      `json:"why,omitempty"` // why the person got this, for the foot
}

// Paragraph is one piece of a letter. A paragraph may have several of these;
// they stand in this order.
type Paragraph struct {
	Text   string  `json:"text,omitempty"`
	Button *Button `json:"button,omitempty"`
	Code   string  `json:"code,omitempty"`  // digits to type somewhere, set large
	Quote  string  `json:"quote,omitempty"` // what somebody else has written
}

// Button leads to a page of this site.
type Button struct {
	Label string `json:"label"`
	// Address is a path of this site ("/pl/moje"), or begins with its base address.
	Address string `json:"address"`
}

// Kept is a letter as it is kept: with what became of it.
type Kept struct {
	Letter
	State     State
	Attempts  int
	Code      int // of the mail server's last answer (RFC 5321, 4.2); 0 if it gave none
	MessageID string
	PostedAt  time.Time
	SettledAt *time.Time // when it left the state of waiting
}

// Emptied reports whether the text of a secret letter is gone.
func (k Kept) Emptied() bool { return k.Secret && len(k.Body.Paragraphs) == 0 }

// Validate says why the letter cannot be posted. Only a wrong address of the
// person is something that a visitor can put right.
func (l Letter) Validate() error {
	if !validAddress(l.To) {
		return ErrAddress
	}
	if l.Kind == "" || strings.TrimSpace(l.Subject) == "" || len(l.Body.Paragraphs) == 0 {
		return fmt.Errorf("a letter needs a kind, a subject and a body")
	}
	if _, known := i18n.ParseLang(string(l.Lang)); !known {
		return fmt.Errorf("a letter in no language of ours: %q", l.Lang)
	}
	for _, address := range l.addresses() {
		if !wellFormed(address) {
			return errForeign
		}
	}
	return nil
}

// cleaned takes out what no database and no mail program can bear.
func (l Letter) cleaned() Letter {
	l.To, l.ToName, l.Subject = strings.ToLower(l.To), Value(l.ToName), clean(l.Subject)
	body := Body{Why: clean(l.Body.Why)}
	for _, p := range l.Body.Paragraphs {
		p.Text, p.Code, p.Quote = clean(p.Text), clean(p.Code), clean(p.Quote)
		if p.Button != nil {
			p.Button = &Button{clean(p.Button.Label), p.Button.Address}
		}
		body.Paragraphs = append(body.Paragraphs, p)
	}
	l.Body = body
	return l
}

func clean(s string) string {
	s, _ = text.Clean(s)
	return s
}

// addresses are all links of the letter.
func (l Letter) addresses() (all []string) {
	for _, p := range l.Body.Paragraphs {
		if p.Button != nil {
			all = append(all, p.Button.Address)
		}
	}
	if l.Unsubscribe != "" {
		all = append(all, l.Unsubscribe)
	}
	return all
}

// validAddress reports whether s is one bare address that a command of SMTP can carry.
func validAddress(s string) bool {
	parsed, err := netmail.ParseAddress(s)
	return err == nil && parsed.Address == s && len(s) <= 254 && !strings.ContainsFunc(s, func(r rune) bool {
		return unicode.IsSpace(r) || unicode.IsControl(r) || strings.ContainsRune(`<>"\`, r)
	})
}

// wellFormed reports whether a link is a path of this site or a whole address.
func wellFormed(address string) bool {
	u, err := url.Parse(address)
	if err != nil || u.User != nil || strings.ContainsFunc(address, func(r rune) bool {
		return r <= ' ' || r > '~' || strings.ContainsRune("\"<>\\^`{|}", r)
	}) {
		return false
	}
	if u.Scheme == "" {
		return strings.HasPrefix(address, "/") && !strings.HasPrefix(address, "//")
	}
	return (u.Scheme == "https" || u.Scheme == "http") && u.Host != ""
}

// within returns the whole address of a link of this site, which stands at base.
func within(base, address string) (string, error) {
	base = strings.TrimSuffix(base, "/")
	if !wellFormed(address) || base == "" {
		return "", errForeign
	}
	if strings.HasPrefix(address, "/") {
		return base + address, nil
	}
	if address != base && !strings.HasPrefix(address, base+"/") {
		return "", errForeign
	}
	return address, nil
}
