package desk

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"net/http"
	"strings"
	"time"

	"obrady/internal/draft"
	"obrady/internal/i18n"
	"obrady/internal/web"
)

// What is held for somebody whose session has ended: one form for each browser, which names it by a cookie.
const (
	HeldForm   = "held"    // the form of these drafts, by which they are swept
	HeldFor    = time.Hour // how long
	mostHeld   = 256 << 10 // bytes of one
	mostInHour = 200       // of all, so that nobody can fill the database from outside
	heldCookie = "desk-held"
	heldPage   = "held-page" // field that says on which page the form stands
	whoCookie  = "desk-who"  // names, without telling it, the account that was signed in last
	heldWho    = "held-who"  // field that keeps it with the form
	knownFor   = 30 * 24 * time.Hour
)

// Held says what became of a form that came from somebody who was not signed in.
type Held struct {
	Kept  bool
	Until time.Time
	Next  string // where the form can be gone on with
}

// Hold answers a form that comes from somebody whose session has ended: what was typed is kept for this browser, and
// the door says so. Page is the route on whose page the form stands; that of the same address when empty.
func (p *Kit) Hold(page string) web.Handler {
	return func(w http.ResponseWriter, r *http.Request) error {
		now := p.Now()
		held := Held{Next: r.URL.RequestURI(), Until: now.Add(HeldFor)}
		found, _ := p.offered.Load(page)
		if route, known := found.(web.Route); known {
			held.Next = addressOf(route, r)
		}
		form, err := web.ReadText(r, mostHeld)
		who, unknown := r.Cookie(whoCookie)
		if err != nil || unknown != nil || !p.hasRoom(now) {
			return p.Door(w, r, held) // too long, no form at all, or nobody's who was ever in: there is nothing to keep
		}
		p.forget(r)
		path, _, _ := strings.Cut(held.Next, "?")
		form.Set(heldPage, path)
		form.Set(heldWho, who.Value)
		token := rand.Text()
		if err := p.Drafts.Keep(r.Context(), draft.Draft{
			Owner: heldBy(token), Form: HeldForm, Base: form.Revision, Fields: form.Typed, SavedAt: now,
		}); err != nil {
			return err
		}
		http.SetCookie(w, &http.Cookie{ //nolint:gosec // Secure where the connection is
			Name: heldCookie, Value: token, Path: "/", MaxAge: int(HeldFor / time.Second),
			HttpOnly: true, SameSite: http.SameSiteLaxMode, Secure: web.Secure(r),
		})
		held.Kept = true
		return p.Door(w, r, held)
	}
}

// addressOf is the address of a page of the desk, as the request r names the edition and the language.
func addressOf(route web.Route, r *http.Request) string {
	pattern := "/pl" + route.PL
	if web.Lang(r) == i18n.English {
		pattern = "/en" + route.EN
	}
	return strings.ReplaceAll(pattern, "{edition}", r.PathValue("edition"))
}

// Remember notes in the browser who has signed in, so that a form that comes too late is given back to nobody else.
func (p *Kit) Remember(w http.ResponseWriter, r *http.Request, account string) {
	http.SetCookie(w, &http.Cookie{ //nolint:gosec // Secure where the connection is
		Name: whoCookie, Value: Trace(account), Path: "/", MaxAge: int(knownFor / time.Second),
		HttpOnly: true, SameSite: http.SameSiteLaxMode, Secure: web.Secure(r),
	})
}

// heldBy is the owner of what is held under token. The database never sees the token.
func heldBy(token string) string {
	sum := sha256.Sum256([]byte(token))
	return hex.EncodeToString(sum[:])
}

// Trace is by what a held form names the account that was signed in last, for whoever erases what is kept of it.
func Trace(account string) string { return heldBy("account " + account) }

// hasRoom counts what is held in an hour.
func (p *Kit) hasRoom(now time.Time) bool {
	p.holding.Lock()
	defer p.holding.Unlock()
	if now.Sub(p.since) >= HeldFor {
		p.since, p.held = now, 0
	}
	p.held++
	return p.held <= mostInHour
}

// forget drops what is held for the browser of r; what cannot be dropped now is swept.
func (p *Kit) forget(r *http.Request) {
	if cookie, err := r.Cookie(heldCookie); err == nil {
		_ = p.Drafts.Drop(r.Context(), heldBy(cookie.Value), HeldForm)
	}
}

// Forget drops what is held for the browser of r, and its cookie, when its owner signs out.
func (p *Kit) Forget(w http.ResponseWriter, r *http.Request) {
	p.forget(r)
	http.SetCookie(w, &http.Cookie{ //nolint:gosec // it is empty
		Name: heldCookie, Path: "/", MaxAge: -1, HttpOnly: true, SameSite: http.SameSiteLaxMode, Secure: web.Secure(r),
	})
}

// heldOf finds what was typed on the page of r before its owner signed in, or draft.ErrNone.
func (p *Kit) heldOf(r *http.Request) (draft.Draft, error) {
	cookie, err := r.Cookie(heldCookie)
	if err != nil {
		return draft.Draft{}, draft.ErrNone
	}
	found, err := p.Drafts.Find(r.Context(), heldBy(cookie.Value), HeldForm)
	if err != nil {
		return found, err
	}
	page, who := found.Fields[heldPage], found.Fields[heldWho]
	mine := web.Account(r) != "" && len(who) == 1 && who[0] == heldBy("account "+web.Account(r))
	if !mine || len(page) != 1 || page[0] != r.URL.Path || p.Now().Sub(found.SavedAt) >= HeldFor {
		return draft.Draft{}, draft.ErrNone
	}
	return found, nil
}

// claim moves what is held for the form key to the drafts of who has signed in.
func (p *Kit) claim(r *http.Request, key string, fields web.Fields) error {
	found, err := p.heldOf(r)
	if errors.Is(err, draft.ErrNone) {
		return nil
	}
	if err != nil {
		return err
	}
	if err := p.Keep(r, key, restored(fields, found)); err != nil {
		return err
	}
	return p.Drafts.Drop(r.Context(), found.Owner, found.Form)
}

// Recover puts what is held into a form that has no drafts, and says so.
func (p *Kit) Recover(r *http.Request, form *web.Form) error {
	found, err := p.heldOf(r)
	if errors.Is(err, draft.ErrNone) {
		return nil
	}
	if err != nil {
		return err
	}
	*form = restored(form.Fields, found)
	web.Flash(r, "desk.held.recovered")
	return p.Drafts.Drop(r.Context(), found.Owner, found.Form)
}
