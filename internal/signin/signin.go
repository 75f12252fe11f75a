// Package signin lets people in without a password: by a letter with a link and a code, by a passkey, or through an
// identity provider. It also moves an account to another address and takes that back.
//
// A letter's link is bound to the browser that asked for it. In any other browser it asks for the code that stands in
// the same letter, because programs that check letters open links and press buttons, but type nothing. Asking says and
// costs the same whether the address has an account or not: the account is opened when somebody first comes in.
package signin

import (
	"crypto/rand"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"fmt"
	"math/big"
	"strings"
	"time"
	"unicode"

	"golang.org/x/net/idna"

	"obrady/internal/errs"
	"obrady/internal/i18n"
	"obrady/internal/people"
)

// Locale holds the sentences that say why somebody was not let in.
//
//go:embed locale/*.json
var Locale embed.FS

// RequestID names what somebody asked for: one letter.
type RequestID string

// Way is how somebody came in.
type Way string

// The ways.
const (
	ByLink     Way = "link"
	ByCode     Way = "code"
	ByPasskey  Way = "passkey"
	ByProvider Way = "provider"
)

// Limits. Sources: ASVS 5.0 V6.5.5 for the life of a link; the others are ours.
const (
	LinkLife     = 10 * time.Minute
	issueWithin  = time.Hour // a letter that could not be written by then is not written at all
	mostTries    = 5         // of one code
	mostWrong    = 20        // wrong codes for one address in wrongWithin; then only links let in
	wrongWithin  = 24 * time.Hour
	mostLetters  = 5 // to one address in lettersIn
	lettersIn    = 15 * time.Minute
	mostAsked    = 20 // by one browser in an hour
	mostAtOnce   = 50 // by everybody in a second
	mostBegun    = 60 // passkeys and providers, by one browser in a minute
	ceremonyLife = 10 * time.Minute
	mostMoves    = 5 // wishes for another address, by one account in a day
	UndoFor      = 72 * time.Hour
	moveLife     = time.Hour
)

// Why somebody is not let in.
var (
	ErrAddress    = errs.New(errs.Invalid, "signin.address")
	ErrSpent      = errs.New(errs.NotFound, "signin.spent")
	ErrCodeNeeded = errs.New(errs.Forbidden, "signin.code_needed")
	ErrCode       = errs.New(errs.Invalid, "signin.code_wrong")
	ErrTries      = errs.New(errs.Forbidden, "signin.code_tries")
	ErrCodesOff   = errs.New(errs.Forbidden, "signin.codes_off")
	ErrTooOften   = errs.New(errs.Forbidden, "signin.too_often")
	ErrBusy       = errs.New(errs.Forbidden, "signin.busy")
	ErrPasskey    = errs.New(errs.Invalid, "signin.passkey")
	ErrNoPasskeys = errs.New(errs.NotFound, "signin.no_passkeys")
	ErrNoPasskey  = errs.New(errs.NotFound, "signin.no_passkey")
	ErrProvider   = errs.New(errs.Invalid, "signin.provider")
	ErrNoEmail    = errs.New(errs.Invalid, "signin.provider_no_email")
	ErrTaken      = errs.New(errs.Conflict, "signin.identity_taken")
	ErrNoIdentity = errs.New(errs.NotFound, "signin.no_identity")
	ErrSameEmail  = errs.New(errs.Invalid, "signin.same_email")
	ErrEmailTaken = errs.New(errs.Conflict, "signin.email_taken")
	ErrNameLong   = errs.New(errs.Invalid, "signin.name_long")
)

// Entry says who has come in, and how.
type Entry struct {
	Account people.Account
	Way     Way
	Next    string // the page that was wanted; empty for none
	First   bool   // the address of the account was proved for the first time
}

// Asked is the event that a letter is to be written.
type Asked struct {
	Request RequestID `json:"request"`
}

// Kind implements outbox.Event.
func (Asked) Kind() string { return "signin.asked" }

// MoveAsked is the event that a new address is to be asked whether it agrees.
type MoveAsked struct {
	Move string `json:"move"`
}

// Kind implements outbox.Event.
func (MoveAsked) Kind() string { return "signin.move_asked" }

// Moved is the event that an account has another address, of which the old one must learn.
type Moved struct {
	Move string `json:"move"`
}

// Kind implements outbox.Event.
func (Moved) Kind() string { return "signin.moved" }

// request is what somebody asked for.
type request struct {
	ID        RequestID
	Email     string
	Browser   string // the sum of the browser's cookie
	Lang      i18n.Lang
	Next      string
	Silent    bool   // no letter: there were enough
	Issuer    string // an identity that is added when the same browser proves the address
	Subject   string
	Token     *string // sums; nil until the letter is written
	Code      string
	Tries     int
	AskedAt   time.Time
	ExpiresAt time.Time
	UsedAt    *time.Time
}

// open says whether the request can still let somebody in.
func (r request) open(now time.Time) bool {
	return r.UsedAt == nil && r.Token != nil && now.Before(r.ExpiresAt)
}

// Address brings what somebody typed or pasted into the form in which accounts are kept, or returns ErrAddress.
// "Jan <jan@x.pl>" is jan@x.pl, and a domain in any script is written the way that mail servers know.
func Address(typed string) (string, error) {
	typed = strings.TrimSpace(typed)
	if strings.ContainsFunc(typed, unicode.IsControl) {
		return "", ErrAddress
	}
	address, ok := people.Email(strings.TrimRight(typed, "."))
	if !ok {
		return "", ErrAddress
	}
	at := strings.LastIndexByte(address, '@')
	domain, err := idna.Lookup.ToASCII(strings.TrimSuffix(address[at+1:], "."))
	local := address[:at]
	if err != nil || !strings.Contains(domain, ".") || local == "" || len(local) > 64 || strings.ContainsAny(local, " \"<>\\") {
		return "", ErrAddress
	}
	if address = local + "@" + domain; len(address) > 254 {
		return "", ErrAddress
	}
	return address, nil
}

// sum is how a secret is kept.
func sum(secret string) string {
	digest := sha256.Sum256([]byte(secret))
	return hex.EncodeToString(digest[:])
}

// codeSum is how the code of a request is kept. It stands for ten minutes; a million sums are soon made, so whoever
// reads the database in these minutes could come in, as they could in other ways.
func codeSum(of RequestID, code string) string { return sum(string(of) + " " + code) }

// newToken is 260 bits of chance.
func newToken() string { return rand.Text() + rand.Text() }

// newCode is six digits.
func newCode() string {
	n, err := rand.Int(rand.Reader, big.NewInt(1_000_000))
	if err != nil {
		panic(err) // fails only without randomness; then nobody may come in
	}
	return fmt.Sprintf("%06d", n)
}

// digits takes out of a typed code what people put between its digits.
func digits(typed string) string {
	return strings.Map(func(r rune) rune {
		if r < '0' || r > '9' {
			return -1
		}
		return r
	}, typed)
}
