package web

import (
	"context"
	"encoding/gob"
	"fmt"
	"net/http"
	"time"

	"github.com/alexedwards/scs/v2"
)

// Keys of what a session holds.
const (
	accountKey = "account"
	flashKey   = "flash"
)

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
	if err != nil || !x.signed {
		return ""
	}
	return x.site.sessions.GetString(r.Context(), accountKey)
}

// SignIn binds the visitor's session to account, under a new token so that nobody who knew the old one gets in.
func SignIn(r *http.Request, account string) error {
	sessions, err := sessionsOf(r)
	if err != nil {
		return err
	}
	if err := sessions.RenewToken(r.Context()); err != nil {
		return fmt.Errorf("sign in: %w", err)
	}
	sessions.Put(r.Context(), accountKey, account)
	return nil
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
