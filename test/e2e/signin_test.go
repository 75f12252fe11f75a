package e2e

import (
	"bufio"
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/webauthn"
	_ "modernc.org/sqlite" // letters are read where the demo keeps them
)

// freePort is a port at which nobody listens at this moment.
func freePort(t *testing.T) string {
	t.Helper()
	at, err := new(net.ListenConfig).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = at.Close() }()
	_, port, err := net.SplitHostPort(at.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	return port
}

// provider runs the identity provider for a site, and returns its address.
func provider(t *testing.T, site string) string {
	t.Helper()
	node, err := exec.LookPath("node")
	need(t, err)
	issuer := "http://127.0.0.1:" + freePort(t)
	command := exec.CommandContext(context.WithoutCancel(t.Context()), node, "provider.mjs", issuer, site)
	out, err := command.StdoutPipe()
	if err == nil {
		err = command.Start()
	}
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = command.Process.Kill()
		_ = command.Wait() // it was killed, and says so
	})
	for lines := bufio.NewScanner(out); lines.Scan(); {
		if lines.Text() == "ready" {
			return issuer
		}
	}
	t.Fatal("the identity provider did not start; run make need")
	return ""
}

// namedDemo is a demo of this test alone that stands under a name, as passkeys want it, beside an identity provider
// whose word on addresses it takes.
func namedDemo(t *testing.T) *server {
	t.Helper()
	port := freePort(t)
	site := "http://localhost:" + port
	secret := filepath.Join(t.TempDir(), "secret")
	if err := os.WriteFile(secret, []byte("a secret between the two of them\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	s, err := startDemo(strings.NewReplacer("/", "-", " ", "-").Replace(t.Name()), "--addr", "127.0.0.1:"+port, "--base-url", site,
		"--oidc-issuer", provider(t, site), "--oidc-client", "obrady", "--oidc-secret-file", secret, "--oidc-name", "Instytut", "--oidc-trust-email")
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// letter is what a sign-in letter has in it.
type letter struct{ link, code string }

// post is the newest letter to an address. The demo keeps them all.
func (s *server) post(t *testing.T, to string) (found letter) {
	t.Helper()
	store, err := sql.Open("sqlite", "file:"+filepath.Join(s.data, "obrady.db")+"?mode=ro")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = store.Close() }()
	var body string
	err = await(t.Context(), func() bool {
		return store.QueryRowContext(t.Context(), `SELECT body FROM letter WHERE to_address = ? ORDER BY id DESC LIMIT 1`, to).Scan(&body) == nil
	})
	if err != nil {
		t.Fatalf("no letter came to %s", to)
	}
	var read struct {
		Paragraphs []struct {
			Code   string
			Button struct{ Address string }
		}
	}
	if err := json.Unmarshal([]byte(body), &read); err != nil {
		t.Fatal(err)
	}
	for _, part := range read.Paragraphs {
		found.code += part.Code
		found.link += part.Button.Address
	}
	return found
}

// letterOf is the newest letter to an address whose subject begins so, as it is kept.
func (s *server) letterOf(t *testing.T, to, subject string) (body string) {
	t.Helper()
	store, err := sql.Open("sqlite", "file:"+filepath.Join(s.data, "obrady.db")+"?mode=ro")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = store.Close() }()
	err = await(t.Context(), func() bool {
		return store.QueryRowContext(t.Context(), `SELECT body FROM letter WHERE to_address = ? AND subject LIKE ? ORDER BY id DESC LIMIT 1`, to, subject+"%").Scan(&body) == nil
	})
	if err != nil {
		t.Fatalf("no letter about %q came to %s", subject, to)
	}
	return body
}

const (
	myAccount = "/pl/moje"
	myWays    = "/pl/moje/logowanie"
)

// askLetter asks for a letter on the way to a page that wants a signed-in visitor: myWays.
func (b *tab) askLetter(s *server, email string) letter {
	b.t.Helper()
	b.visit(myWays)
	if !strings.HasPrefix(b.where(), "/pl/wejscie?next=") {
		b.t.Fatalf("who is not signed in and asks for %s arrives at %s", myWays, b.where())
	}
	b.fill("#f-email", email)
	b.click("main form button")
	b.want(fmt.Sprintf(`document.querySelector("main").innerText.includes(%q)`, email), "the page does not say where the letter goes")
	return s.post(b.t, email)
}

// wantIn wants somebody to be signed in.
func (b *tab) wantIn(email string) {
	b.t.Helper()
	b.visit(myAccount)
	if got := b.text("main .lead"); got != "Jesteś tu jako "+email+"." {
		b.t.Errorf("the account's page says %q, want that it is %s's", got, email)
	}
}

func (b *tab) wantOut() {
	b.t.Helper()
	b.visit(myAccount)
	if !strings.HasPrefix(b.where(), "/pl/wejscie") {
		b.t.Errorf("somebody is signed in at %s, want nobody", b.where())
	}
}

func TestPeopleComeInByALetter(t *testing.T) {
	t.Parallel()
	s := namedDemo(t)

	t.Run("by its link, where it was asked for", func(t *testing.T) {
		b := open(t, s.Base)
		mail := b.askLetter(s, "link@example.org")
		scan(t, s.Base+mail.link)
		b.visit(mail.link)
		if status := b.click("main form button"); status != http.StatusOK || b.where() != myWays {
			t.Errorf("the button leads to %s (%d), want the page that was asked for", b.where(), status)
		}
		b.wantIn("link@example.org")

		late := open(t, s.Base)
		late.visitFor(mail.link, http.StatusGone)
		late.want(present(`main form button`), "who comes too late is not offered a new letter")
		late.wantOut()
		b.visitFor(mail.link, http.StatusGone)
		b.click("main form button")
		b.want(present("#f-code"), "the button for a new letter does not lead to the page about it")
	})

	t.Run("by its code, where it was asked for", func(t *testing.T) {
		b := open(t, s.Base)
		b.visit("/pl/wejscie")
		b.fitState("the first page")
		mail := b.askLetter(s, "code@example.org")
		b.fitState("the page about the letter")
		wrong := "000000"
		if mail.code == wrong {
			wrong = "000001"
		}
		b.fill("#f-code", wrong)
		b.provoke(http.StatusUnprocessableEntity)
		if status := b.click("main form button"); status != http.StatusUnprocessableEntity {
			t.Errorf("a wrong code is answered with %d", status)
		}
		b.fill("#f-code", mail.code)
		if b.click("main form button"); b.where() != myWays {
			t.Errorf("the code leads to %s, want the page that was asked for", b.where())
		}
		b.wantIn("code@example.org")
	})

	t.Run("by its link and code in another browser", func(t *testing.T) {
		desk, phone := open(t, s.Base), open(t, s.Base)
		mail := desk.askLetter(s, "phone@example.org")
		tablet := open(t, s.Base)
		tablet.visit(mail.link)
		tablet.fitState("the page that asks for the code")
		phone.withoutScript().visit(mail.link)
		phone.want(present("#f-code"), "another browser is not asked for the code")
		phone.fill("#f-code", mail.code)
		if phone.click("main form button"); phone.where() != myWays {
			t.Errorf("the code leads to %s, want the page that was asked for", phone.where())
		}
		phone.wantIn("phone@example.org")
		desk.wantOut()
	})

	t.Run("nowhere else by a changed next", func(t *testing.T) {
		b := open(t, s.Base)
		b.visit("/pl/wejscie?next=" + "%2F%2Fevil.example%2F")
		b.fill("#f-email", "next@example.org")
		eval[bool](b, `(f => { const i = document.createElement("input"); i.name = "next"; i.type = "hidden"; i.value = "https://evil.example/"; f.append(i) })(document.querySelector("main form")) ?? true`)
		b.click("main form button")
		b.visit(s.post(t, "next@example.org").link)
		if b.click("main form button"); b.where() != myAccount {
			t.Errorf("a changed next leads to %s, want the start page", b.where())
		}
	})

	t.Run("not under another name of the site", func(t *testing.T) {
		r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, s.Base+"/pl/wejscie", nil)
		if err != nil {
			t.Fatal(err)
		}
		r.Host = "evil.example"
		answer, err := http.DefaultClient.Do(r)
		if err != nil {
			t.Fatal(err)
		}
		_ = answer.Body.Close()
		if answer.StatusCode != http.StatusMisdirectedRequest {
			t.Errorf("a forged host is answered with %d, want 421", answer.StatusCode)
		}
	})
}

// scan does what programs that check mail do: it opens a link, and presses its button.
func scan(t *testing.T, address string) {
	t.Helper()
	for _, method := range []string{http.MethodHead, http.MethodGet, http.MethodPost, http.MethodGet} {
		r, err := http.NewRequestWithContext(t.Context(), method, address, strings.NewReader(""))
		if err != nil {
			t.Fatal(err)
		}
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		answer, err := http.DefaultClient.Do(r)
		if err != nil {
			t.Fatal(err)
		}
		_ = answer.Body.Close()
	}
}

// device gives the tab a device that keeps passkeys and needs no finger on it.
func (b *tab) device() {
	b.t.Helper()
	send(b, webauthn.Enable, webauthn.EnableParams{})
	send(b, webauthn.AddVirtualAuthenticator, webauthn.AddVirtualAuthenticatorParams{Options: &webauthn.VirtualAuthenticatorOptions{
		Protocol: webauthn.AuthenticatorProtocolCtap2, Transport: webauthn.AuthenticatorTransportInternal,
		HasResidentKey: true, HasUserVerification: true, IsUserVerified: true, AutomaticPresenceSimulation: true,
	}})
}

func TestPeopleComeInByAPasskey(t *testing.T) {
	t.Parallel()
	s := namedDemo(t)
	b := open(t, s.Base)
	b.visit(b.askLetter(s, "key@example.org").link)
	b.click("main form button")
	b.device()
	b.visit(myWays)
	b.fill("#f-name", "telefon")
	if status := b.click(`form[data-passkey="create"] button`); status != http.StatusOK {
		t.Fatalf("adding a passkey is answered with %d", status)
	}
	if got := b.text(".own-name"); got != "telefon" {
		t.Errorf("the list of passkeys has %q, want the new one", got)
	}
	b.visit(myAccount)
	b.click(`form[action="/pl/wyjscie"] button`)
	b.wantOut()

	b.visit(myWays)
	if status := b.click(`form[data-passkey="get"] button`); status != http.StatusOK || b.where() != myWays {
		t.Errorf("the passkey leads to %s (%d), want the page that was asked for", b.where(), status)
	}
	b.wantIn("key@example.org")
	b.fitState("the page of an account")
	b.visit(myWays)
	b.fitState("the page of its ways in")

	t.Run("not once it is removed", func(t *testing.T) {
		b := b.beside(t)
		b.device()
		b.visit(myWays)
		b.press("details summary")
		b.click(`form[action$="/usun"] button`)
		b.visit("/pl/wejscie")
		b.press(`form[data-passkey="get"] button`)
		b.until(shown("[data-passkey-status]"))
	})
	t.Run("not without script", func(t *testing.T) {
		c := open(t, s.Base)
		c.withoutScript().visit("/pl/wejscie")
		c.want("!"+shown(`form[data-passkey]`), "a button that does nothing is shown")
		c.want(shown("noscript p"), "nothing says why")
	})
}

func TestPeopleComeInByAProvider(t *testing.T) {
	t.Parallel()
	s := namedDemo(t)
	b := open(t, s.Base)
	b.tolerate("fonts.googleapis.com") // the provider's own pages ask for them
	b.tolerate("favicon.ico")
	b.visit(myWays)
	b.press(`form[action="/pl/wejscie/dostawca"] button`)
	b.until(present(`input[name="login"]`))
	b.fill(`input[name="login"]`, "ada")
	b.fill(`input[name="password"]`, "anything")
	b.press(`button[type="submit"]`)
	b.until(`document.querySelector('form[action*="/interaction/"]') && !` + present(`input[name="login"]`))
	b.press(`button[type="submit"]`)
	b.until(fmt.Sprintf(`location.origin === %q && document.readyState === "complete"`, s.Base))
	if b.where() != myWays {
		t.Errorf("the provider leads to %s, want the page that was asked for", b.where())
	}
	b.wantIn("ada@example.org")

	again := b.beside(t)
	again.tolerate("fonts.googleapis.com")
	again.tolerate("favicon.ico")
	again.visit(myAccount)
	again.click(`form[action="/pl/wyjscie"] button`)
	again.press(`form[action="/pl/wejscie/dostawca"] button`)
	again.until(fmt.Sprintf(`location.origin === %q && document.readyState === "complete" && location.pathname === %q`, s.Base, myAccount))
	again.wantIn("ada@example.org")
}
