package account

import (
	"errors"
	"net/http"

	"obrady/internal/errs"
	"obrady/internal/signin"
	"obrady/internal/web"
)

func (p *Pages) moveRoutes() []web.Route {
	return []web.Route{
		{Name: "account.move", Method: http.MethodPost, PL: "/moje/adres", EN: "/mine/address", Action: self, Who: web.SignedIn, Handle: p.askMove},                          //nolint:misspell // Polish
		{Name: "account.move.confirm", PL: "/moje/adres/{token}", EN: "/mine/address/{token}", Action: self, Who: web.SignedIn, Handle: p.showMove},                          //nolint:misspell // Polish
		{Name: "account.move.done", Method: http.MethodPost, PL: "/moje/adres/{token}", EN: "/mine/address/{token}", Action: self, Who: web.SignedIn, Handle: p.confirmMove}, //nolint:misspell // Polish
		{Name: "account.undo", PL: "/wejscie/poprzedni-adres/{token}", EN: "/enter/former-address/{token}", Action: enter, Handle: p.showUndo},                               //nolint:misspell // Polish
		{Name: "account.undo.done", Method: http.MethodPost, PL: "/wejscie/poprzedni-adres/{token}", EN: "/enter/former-address/{token}", Action: enter, Handle: p.undoMove}, //nolint:misspell // Polish
	}
}

// moveData is the page of a letter about an address: one button.
type moveData struct {
	Email  string // the new address; empty on the page that leads back to the old one
	Wrong  *errs.Error
	Undone bool
	Action string
}

var (
	movePage = parse[moveData]("move.html")
	undoPage = parse[moveData]("undo.html")
)

// askMove promises a letter to the new address; the account keeps the old one until it is answered.
func (p *Pages) askMove(w http.ResponseWriter, r *http.Request) error {
	form, err := web.ReadForm(r, moveFields)
	if err != nil {
		return err
	}
	if !web.Recent(r, freshFor) {
		return p.freshFirst(w, r)
	}
	err = p.SignIn.AskMove(r.Context(), me(r), form.Value("email"), web.Lang(r))
	if err == nil {
		web.Flash(r, "account.move.asked")
		return web.Redirect(w, r, "account.mine")
	}
	told := toldBy(err)
	if told == nil {
		return err
	}
	form.Problems.Add("email", told.Key, told.Args...)
	data, err := p.front(r)
	if err != nil {
		return err
	}
	data.Move = form
	later(w, statusOf(told))
	return minePage.ShowStatus(w, r, statusOf(told), data)
}

func (p *Pages) showMove(w http.ResponseWriter, r *http.Request) error {
	secret(w)
	email, err := p.SignIn.LookMove(r.Context(), me(r), r.PathValue("token"))
	if err != nil {
		return moveFailed(w, r, movePage, err)
	}
	return movePage.Show(w, r, moveData{Email: email, Action: r.URL.EscapedPath()})
}

func (p *Pages) confirmMove(w http.ResponseWriter, r *http.Request) error {
	secret(w)
	if err := p.SignIn.ConfirmMove(r.Context(), me(r), r.PathValue("token")); err != nil {
		return moveFailed(w, r, movePage, err)
	}
	if err := web.Rotate(r); err != nil {
		return err
	}
	web.Flash(r, "account.move.done")
	return web.Redirect(w, r, "account.mine")
}

// moveFailed tells why a letter about an address does nothing any more.
func moveFailed(w http.ResponseWriter, r *http.Request, page web.Template[moveData], err error) error {
	told := toldBy(err)
	if told == nil || !errors.Is(err, signin.ErrSpent) && !errors.Is(err, signin.ErrEmailTaken) {
		return err
	}
	return page.ShowStatus(w, r, statusOf(err), moveData{Wrong: told})
}

func (p *Pages) showUndo(w http.ResponseWriter, r *http.Request) error {
	secret(w)
	if err := p.SignIn.LookUndo(r.Context(), r.PathValue("token")); err != nil {
		return moveFailed(w, r, undoPage, err)
	}
	return undoPage.Show(w, r, moveData{Action: r.URL.EscapedPath()})
}

// undoMove takes the account back to its old address. Whoever is in is out, this browser as well.
func (p *Pages) undoMove(w http.ResponseWriter, r *http.Request) error {
	secret(w)
	if err := p.SignIn.UndoMove(r.Context(), r.PathValue("token")); err != nil {
		return moveFailed(w, r, undoPage, err)
	}
	return undoPage.Show(w, r, moveData{Undone: true})
}
