package account_test

import (
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"obrady/internal/db"
	"obrady/internal/db/dbtest"
	"obrady/internal/signin"
	"obrady/internal/web/webtest"
)

func TestTheSessionChangesAtTheDoor(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		o := open(t, d)
		v := o.browser()
		_, letter := v.ask("ada@example.org", "")
		v.cookies["__Host-sid"] = "planted-by-somebody-who-waits"
		v.post(link(letter))
		in := v.cookies["__Host-sid"]
		if in == "" || strings.HasPrefix(in, "planted") {
			t.Errorf("the session is called %q after signing in, want a new one", in)
		}
		wantStatus(t, "signing out", v.post("/pl/wyjscie"), http.StatusSeeOther)
		v.cookies["__Host-sid"] = in
		if v.in() != "" {
			t.Error("the old session still lets in")
		}
	})
}

// newAddress is where another address is asked for.
const newAddress = "/pl/moje/adres" //nolint:misspell // Polish

var endButton = regexp.MustCompile(`action="(/pl/moje/logowanie/przegladarki/[^"]+)"><button[^>]*>Wyloguj<`)

func TestBrowsersAreListedAndSignedOutFromAfar(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		o := open(t, d)
		laptop := o.enter("ada@example.org")
		phone := o.browser()
		phone.agent = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) Version/18.0 Mobile/15E148 Safari/604.1"
		_, letter := phone.ask("ada@example.org", "")
		phone.post(link(letter))
		stranger := o.enter("ola@example.org")

		page := laptop.get("/pl/moje/logowanie")
		wantText(t, "the list", page, `Firefox, Linux <span class="badge badge-now">ta przeglądarka`)
		wantText(t, "the list", page, "Safari, iOS")
		found := endButton.FindStringSubmatch(page.Body.String())
		if found == nil {
			t.Fatal("the other browser cannot be signed out")
		}
		wantStatus(t, "somebody else's session", stranger.post(found[1]), http.StatusNotFound)
		wantStatus(t, "ending it", laptop.post(found[1]), http.StatusSeeOther)
		if phone.in() != "" || laptop.in() == "" || stranger.in() == "" {
			t.Errorf("signed in are phone %q, laptop %q, stranger %q; want the last two", phone.in(), laptop.in(), stranger.in())
		}
		again := o.enter("ada@example.org")
		wantStatus(t, "ending all others", again.post("/pl/moje/logowanie/inne-przegladarki/koniec"), http.StatusSeeOther)
		if laptop.in() != "" || again.in() == "" {
			t.Errorf("signed in are laptop %q, this browser %q; want only this one", laptop.in(), again.in())
		}
	})
}

func TestNameAndLanguage(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		o := open(t, d)
		v := o.enter("ada@example.org")
		wantStatus(t, "saving", v.post("/pl/moje", "name", " Ada  Biurkowa ", "lang", "en"), http.StatusSeeOther)
		wantText(t, "the page", v.get("/pl/moje"), `value="Ada Biurkowa"`)
		wantStatus(t, "a language that is none", v.post("/pl/moje", "name", "Ada", "lang", "xx"), http.StatusUnprocessableEntity)
		wantStatus(t, "a name that is a book", v.post("/pl/moje", "name", strings.Repeat("a", 201), "lang", "pl"), http.StatusUnprocessableEntity)
		wantText(t, "the page", v.get("/pl/moje"), "nie ma jeszcze żadnej roli")
	})
}

func TestWhatChangesTheWaysInAsksForAFreshSignIn(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		o := open(t, d)
		v := o.enter("ada@example.org")
		o.at = o.at.Add(15 * time.Minute)
		got := v.post(newAddress, "email", "new@example.org")
		want := "/pl/wejscie?again=1&next=" + url.QueryEscape("/pl/moje/logowanie")
		if got.Header().Get("Location") != want {
			t.Errorf("another address leads to %q, want %q", got.Header().Get("Location"), want)
		}
		wantStatus(t, "a new key", v.post("/pl/moje/logowanie/klucze/poczatek"), http.StatusForbidden)
		wantText(t, "the page of the ways", v.get("/pl/moje/logowanie"), "zaloguj się jeszcze raz")
		wantText(t, "the first page", v.get(want), "Potwierdź, że to Ty")
	})
}

// moving is the token of the letter to the new address, or the one to the old.
func (o *house) moving(which func(o *house, move string) (signin.IssuedMove, error)) signin.IssuedMove {
	o.t.Helper()
	var move string
	if err := o.db.QueryRow(o.t.Context(), `SELECT id FROM signin_address ORDER BY asked_at DESC, id DESC LIMIT 1`).Scan(&move); err != nil {
		o.t.Fatal(err)
	}
	letter, err := which(o, move)
	if err != nil {
		o.t.Fatal(err)
	}
	return letter
}

func confirming(o *house, move string) (letter signin.IssuedMove, err error) {
	return letter, o.db.Tx(o.t.Context(), func(tx *db.Tx) (err error) {
		letter, err = signin.IssueMove(o.t.Context(), tx, o.at, move)
		return err
	})
}

func undoing(o *house, move string) (letter signin.IssuedMove, err error) {
	return letter, o.db.Tx(o.t.Context(), func(tx *db.Tx) (err error) {
		letter, err = signin.IssueUndo(o.t.Context(), tx, o.at, move)
		return err
	})
}

func TestAnAccountMovesAndIsFetchedBack(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		o := open(t, d)
		v := o.enter("ada@example.org")
		wantStatus(t, "no address", v.post(newAddress, "email", "nothing"), http.StatusUnprocessableEntity)
		wantStatus(t, "a wish", v.post(newAddress, "email", "thief@example.org"), http.StatusSeeOther)
		letter := o.moving(confirming)
		address := newAddress + "/" + letter.Token
		wantStatus(t, "a stranger's click", o.enter("thief@example.org").post(address), http.StatusGone)
		wantText(t, "the page of the letter", v.get(address), "thief@example.org")
		wantStatus(t, "the new address with an account", v.post(address), http.StatusConflict)

		v.post(newAddress, "email", "new@example.org")
		wantStatus(t, "confirming", v.post(newAddress+"/"+o.moving(confirming).Token), http.StatusSeeOther)
		if v.in() != "new@example.org" {
			t.Fatalf("the account is at %q, want the new address", v.in())
		}
		back := "/pl/wejscie/poprzedni-adres/" + o.moving(undoing).Token //nolint:misspell // Polish
		old := o.browser()                                               // its owner, who is not signed in
		wantText(t, "the page of the old address", old.get(back), "Cofnąć zmianę")
		wantText(t, "taking it back", old.post(back), "Wszystkie sesje są zakończone")
		wantStatus(t, "taking it back twice", old.post(back), http.StatusGone)
		if v.in() != "" {
			t.Errorf("whoever moved the account is still in, as %q", v.in())
		}
		if got := o.enter("ada@example.org"); got.in() != "ada@example.org" {
			t.Errorf("the old address comes into %q", got.in())
		}
	})
}

func TestRolesAreShown(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		webtest.Organiser(t, d, "ada@example.org")
		wantText(t, "the page", open(t, d).enter("ada@example.org").get("/pl/moje"), "cała instalacja")
	})
}
