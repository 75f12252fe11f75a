package web

import (
	"context"
	"encoding/gob"
	"fmt"
	"net/http"
	"net/url"
	"time"

	"github.com/alexedwards/scs/v2"
)

// Keys of what a session holds.
const (
	accountKey = "account"
	provedKey  = "proved" // when the account's owner last proved who they are: seconds since 1970
	flashKey   = "flash"
)

// Owners is what the store of sessions may do beside keeping them: to know whose they are.
type Owners interface {
	// Own notes whose the session of token is, in which browser, and when its owner proved who they are.
	Own(ctx context.Context, token, account, label string, at time.Time) error
	// Name is what the session of token is called where its owner sees it.
	Name(token string) string
}

// longest is how long a session can live at all; the store ends it earlier when nobody uses it.
const longest = 7 * 24 * time.Hour

// said is one flash message on its way from a form to the page after it.
type said struct {
	Key  string
	Args []string
}

func init() { gob.Register([]said{}) } // the sessions' codec must know what it carries

func (s *Site) newSessions() *scs.SessionManager {
	m := scs.New()
	if s.config.Sessions != nil {
		m.Store = s.config.Sessions
	}
	m.Lifetime = longest
	m.Cookie.Name = "sid"
	m.Cookie.HttpOnly, m.Cookie.SameSite, m.Cookie.Path = true, http.SameSiteLaxMode, "/"
	if s.https() {
		m.Cookie.Name, m.Cookie.Secure = "__Host-sid", true
	}
	m.ErrorFunc = s.fail
	return m
}

// Account is the account that r is signed in with, or "". Public routes always get "".
func Account(r *http.Request) string {
	x, err := of(r)
	if err != nil {
		return ""
	}
	if !x.signed {
		return x.caller.Account
	}
	return x.site.sessions.GetString(r.Context(), accountKey)
}

// SignIn binds the visitor's session to account, under a new token so that nobody who knew the old one gets in.
func SignIn(r *http.Request, account string) error {
	sessions, err := sessionsOf(r)
	if err != nil {
		return err
	}
	x, err := of(r)
	if err != nil {
		return err
	}
	now := x.site.config.Now()
	sessions.Put(r.Context(), accountKey, account)
	sessions.Put(r.Context(), provedKey, now.Unix())
	if err := renew(r, sessions, account, now); err != nil {
		return fmt.Errorf("sign in: %w", err)
	}
	return nil
}

// Rotate gives the visitor's session a new token. It is due when what its account may do changes.
func Rotate(r *http.Request) error {
	sessions, err := sessionsOf(r)
	if err != nil {
		return err
	}
	if err := renew(r, sessions, Account(r), SignedInAt(r)); err != nil {
		return fmt.Errorf("rotate: %w", err)
	}
	return nil
}

// renew changes the token and tells the store whose it is.
func renew(r *http.Request, sessions *scs.SessionManager, account string, proved time.Time) error {
	ctx := r.Context()
	if err := sessions.RenewToken(ctx); err != nil {
		return err
	}
	owners, knows := sessions.Store.(Owners)
	if !knows || account == "" {
		return nil
	}
	token, _, err := sessions.Commit(ctx) // there must be a row to own
	if err != nil {
		return err
	}
	return owners.Own(ctx, token, account, browserOf(r.UserAgent()), proved)
}

// SignedInAt is when the visitor last proved who they are; the zero time for who is not signed in.
func SignedInAt(r *http.Request) time.Time {
	x, err := of(r)
	if err != nil || !x.signed || Account(r) == "" {
		return time.Time{}
	}
	return time.Unix(x.site.sessions.GetInt64(r.Context(), provedKey), 0).UTC()
}

// Recent says whether the visitor has proved within the while before now who they are. What is grave asks for it;
// AskAgain helps who has not.
func Recent(r *http.Request, while time.Duration) bool {
	x, err := of(r)
	if err != nil {
		return false
	}
	at := SignedInAt(r)
	return !at.IsZero() && x.site.config.Now().Sub(at) < while
}

// AskAgain sends the visitor to the sign-in page, and from there to next.
func AskAgain(w http.ResponseWriter, r *http.Request, next string) error {
	x, err := of(r)
	if err != nil {
		return err
	}
	address, err := x.site.address(x.lang, x.site.config.SignIn, r, nil)
	if err != nil {
		return fmt.Errorf("ask to sign in again: %w", err)
	}
	return seeOther(w, address+"?"+url.Values{"again": {"1"}, "next": {next}}.Encode())
}

// SessionName is what the visitor's session is called in the list of their sessions; "" where nobody keeps a list.
func SessionName(r *http.Request) string {
	sessions, err := sessionsOf(r)
	if err != nil {
		return ""
	}
	owners, knows := sessions.Store.(Owners)
	if !knows {
		return ""
	}
	return owners.Name(sessions.Token(r.Context()))
}

// SignOut ends the visitor's session.
func SignOut(r *http.Request) error {
	sessions, err := sessionsOf(r)
	if err != nil {
		return err
	}
	if err := sessions.Destroy(r.Context()); err != nil {
		return fmt.Errorf("sign out: %w", err)
	}
	return nil
}

func sessionsOf(r *http.Request) (*scs.SessionManager, error) {
	x, err := of(r)
	if err != nil {
		return nil, err
	}
	if !x.signed {
		return nil, fmt.Errorf("web: %s is public and has no session", x.site.label(r))
	}
	return x.site.sessions, nil
}

// Flash says the sentence of key on the next page that this visitor sees, other than a public one. Args are
// written as text now, because the session keeps text.
func Flash(r *http.Request, key string, args ...any) {
	sessions, err := sessionsOf(r)
	if err != nil {
		return // nobody to tell
	}
	message := said{Key: key}
	for _, arg := range args {
		message.Args = append(message.Args, fmt.Sprint(arg))
	}
	before, _ := sessions.Get(r.Context(), flashKey).([]said)
	sessions.Put(r.Context(), flashKey, append(before, message))
}

// flashes takes what was left to say out of the session.
func (x *exchange) flashes(ctx context.Context) (notices []Notice) {
	if !x.signed {
		return nil
	}
	left, _ := x.site.sessions.Pop(ctx, flashKey).([]said)
	p := x.site.config.Catalogue.In(x.lang)
	for _, message := range left {
		args := make([]any, len(message.Args))
		for i, arg := range message.Args {
			args[i] = arg
		}
		notices = append(notices, Notice{Kind: "done", Text: p.T(message.Key, args...)})
	}
	return notices
}
