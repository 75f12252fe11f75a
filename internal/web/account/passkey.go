package account

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"

	"obrady/internal/people"
	"obrady/internal/signin"
	"obrady/internal/web"
)

func (p *Pages) passkeyRoutes() []web.Route {
	return []web.Route{
		{Name: "account.key.begin", Method: http.MethodPost, PL: "/wejscie/klucz/poczatek", EN: "/enter/passkey/start", Action: enter, Handle: p.beginKey},
		{Name: "account.key", Method: http.MethodPost, PL: "/wejscie/klucz", EN: "/enter/passkey", Action: enter, Handle: p.enterByKey},
		{Name: "account.key.new", Method: http.MethodPost, PL: "/moje/logowanie/klucze/poczatek", EN: "/mine/sign-in/passkeys/start", Action: self, Who: web.SignedIn, Handle: p.beginNewKey},
		{Name: "account.key.add", Method: http.MethodPost, PL: "/moje/logowanie/klucze", EN: "/mine/sign-in/passkeys", Action: self, Who: web.SignedIn, Handle: p.addKey},
		{Name: "account.key.name", Method: http.MethodPost, PL: "/moje/logowanie/klucze/{key}", EN: "/mine/sign-in/passkeys/{key}", Action: self, Who: web.SignedIn, Handle: p.nameKey},
		{Name: "account.key.remove", Method: http.MethodPost, PL: "/moje/logowanie/klucze/{key}/usun", EN: "/mine/sign-in/passkeys/{key}/remove", Action: self, Who: web.SignedIn, Handle: p.removeKey},
	}
}

// answerFields carry what the script brings back.
var answerFields = web.Fields{
	"ticket": "account.key.answer", "answer": "account.key.answer", "next": "account.enter.next", "name": "account.key.name",
}

// begun is what the script needs to ask a device for a key.
type begun struct {
	Ticket  string          `json:"ticket"`
	Options json.RawMessage `json:"options"`
}

func (p *Pages) beginKey(w http.ResponseWriter, r *http.Request) error {
	b, err := p.SignIn.BeginPasskey(r.Context(), known(w, r))
	return tell(w, b, err)
}

func (p *Pages) beginNewKey(w http.ResponseWriter, r *http.Request) error {
	if !web.Recent(r, freshFor) {
		return errNotFresh
	}
	b, err := p.SignIn.BeginNewPasskey(r.Context(), me(r), known(w, r))
	return tell(w, b, err)
}

// tell answers the script.
func tell(w http.ResponseWriter, b signin.Begun, err error) error {
	if told := toldBy(err); told != nil && errors.Is(err, signin.ErrTooOften) {
		return &web.Refusal{Status: http.StatusTooManyRequests, Told: told}
	}
	if err != nil {
		return err
	}
	w.Header().Set("Content-Type", "application/json")
	if err := json.NewEncoder(w).Encode(begun{b.Ticket, b.Options}); err != nil {
		return fmt.Errorf("begin with a passkey: %w", err)
	}
	return nil
}

func answerOf(r *http.Request, form web.Form) signin.Answer {
	return signin.Answer{Ticket: form.Value("ticket"), Browser: browser(r), JSON: []byte(form.Value("answer"))}
}

func (p *Pages) enterByKey(w http.ResponseWriter, r *http.Request) error {
	form, err := web.ReadForm(r, answerFields)
	if err != nil {
		return err
	}
	entry, err := p.SignIn.EnterByPasskey(r.Context(), answerOf(r, form))
	if err == nil {
		return p.welcome(w, r, entry.Account.ID, form.Value("next"))
	}
	if told := toldBy(err); told != nil {
		return p.unfinished(w, r, form.Value("next"), told)
	}
	return err
}

func (p *Pages) addKey(w http.ResponseWriter, r *http.Request) error {
	form, err := web.ReadForm(r, answerFields)
	if err != nil {
		return err
	}
	if !web.Recent(r, freshFor) {
		return p.freshFirst(w, r)
	}
	if err := p.SignIn.AddPasskey(r.Context(), me(r), form.Value("name"), answerOf(r, form)); err != nil {
		return p.waysAgain(w, r, err)
	}
	if err := web.Rotate(r); err != nil {
		return err
	}
	web.Flash(r, "account.key.added")
	return web.Redirect(w, r, "account.ways")
}

var keyFields = web.Fields{"name": "account.key.name"}

func (p *Pages) nameKey(w http.ResponseWriter, r *http.Request) error {
	form, err := web.ReadForm(r, keyFields)
	if err != nil {
		return err
	}
	if err := p.SignIn.RenamePasskey(r.Context(), me(r), r.PathValue("key"), form.Value("name")); err != nil {
		return p.waysAgain(w, r, err)
	}
	web.Flash(r, "account.key.renamed")
	return web.Redirect(w, r, "account.ways")
}

func (p *Pages) removeKey(w http.ResponseWriter, r *http.Request) error {
	if err := p.SignIn.RemovePasskey(r.Context(), me(r), r.PathValue("key")); err != nil {
		return p.waysAgain(w, r, err)
	}
	web.Flash(r, "account.key.removed")
	return web.Redirect(w, r, "account.ways")
}

func me(r *http.Request) people.AccountID { return people.AccountID(web.Account(r)) }
