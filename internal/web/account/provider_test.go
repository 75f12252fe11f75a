package account_test

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"html"
	"math/big"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"obrady/internal/db"
	"obrady/internal/db/dbtest"
	"obrady/internal/web/account"
)

// liar is an identity provider that says what the test wants, signed as it should be. The real one is tried in a
// browser, among the journeys; it cannot be made to say what is wrong.
type liar struct {
	*httptest.Server
	t      *testing.T
	key    *ecdsa.PrivateKey
	signer *ecdsa.PrivateKey
	claims map[string]any // of the next token
	asked  url.Values     // what a browser was sent with
	proof  string         // challenge of PKCE that was sent with it
}

func newLiar(t *testing.T) *liar {
	t.Helper()
	l := &liar{t: t}
	l.key = l.another()
	l.signer = l.key
	mux := http.NewServeMux()
	mux.HandleFunc("/.well-known/openid-configuration", func(w http.ResponseWriter, _ *http.Request) {
		l.say(w, map[string]any{
			"issuer": l.URL, "authorization_endpoint": l.URL + "/auth", "token_endpoint": l.URL + "/token", "jwks_uri": l.URL + "/keys",
			"id_token_signing_alg_values_supported": []string{"ES256"}, "response_types_supported": []string{"code"},
			"subject_types_supported": []string{"public"},
		})
	})
	mux.HandleFunc("/keys", func(w http.ResponseWriter, _ *http.Request) {
		point, err := l.key.PublicKey.Bytes()
		if err != nil {
			t.Error(err)
			return
		}
		l.say(w, map[string]any{"keys": []any{map[string]any{
			"kty": "EC", "crv": "P-256", "alg": "ES256", "use": "sig", "kid": "1", "x": encoded(point[1:33]), "y": encoded(point[33:]),
		}}})
	})
	mux.HandleFunc("/token", l.token)
	l.Server = httptest.NewServer(mux)
	t.Cleanup(l.Close)
	return l
}

func (l *liar) another() *ecdsa.PrivateKey {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		l.t.Fatal(err)
	}
	return key
}

func encoded(b []byte) string { return base64.RawURLEncoding.EncodeToString(b) }

func (l *liar) say(w http.ResponseWriter, what any) {
	w.Header().Set("Content-Type", "application/json")
	if err := json.NewEncoder(w).Encode(what); err != nil {
		l.t.Error(err)
	}
}

// token gives a token for a code, to whoever has the verifier of the challenge.
func (l *liar) token(w http.ResponseWriter, r *http.Request) {
	sum := sha256.Sum256([]byte(r.FormValue("code_verifier")))
	if encoded(sum[:]) != l.proof {
		http.Error(w, `{"error":"invalid_grant"}`, http.StatusBadRequest)
		return
	}
	l.say(w, map[string]any{"access_token": "a", "token_type": "Bearer", "expires_in": 60, "id_token": l.signed()})
}

func (l *liar) signed() string {
	head, err := json.Marshal(map[string]any{"alg": "ES256", "kid": "1"})
	if err != nil {
		l.t.Fatal(err)
	}
	body, err := json.Marshal(l.claims)
	if err != nil {
		l.t.Fatal(err)
	}
	text := encoded(head) + "." + encoded(body)
	sum := sha256.Sum256([]byte(text))
	r, s, err := ecdsa.Sign(rand.Reader, l.signer, sum[:])
	if err != nil {
		l.t.Fatal(err)
	}
	return text + "." + encoded(append(padded(r), padded(s)...))
}

func padded(n *big.Int) []byte { return n.FillBytes(make([]byte, 32)) }

// trusting lets people in by the liar.
func (l *liar) trusting(trusted bool) func(*house, *account.Pages) {
	return func(o *house, p *account.Pages) {
		provider, err := account.NewProvider(account.ProviderConfig{
			Issuer: l.URL, Client: "obrady", Secret: "s", Name: "Kłamca", Trusted: trusted, Home: home,
		}, p.Now)
		if err != nil {
			o.t.Fatal(err)
		}
		p.Provider = provider
	}
}

var refresh = regexp.MustCompile(`<meta http-equiv="refresh" content="0;url=([^"]+)">`)

// leave sends a browser to the provider, and prepares a good token for its errand.
func (l *liar) leave(v *visitor, path, next string) {
	l.t.Helper()
	got := v.post(path, "next", next)
	found := refresh.FindStringSubmatch(got.Body.String())
	if found == nil {
		l.t.Fatalf("leaving answers %d and leads nowhere", got.Code)
	}
	address, err := url.Parse(html.UnescapeString(found[1]))
	if err != nil || !strings.HasPrefix(address.String(), l.URL+"/auth?") {
		l.t.Fatalf("a browser is sent to %v (%v)", address, err)
	}
	l.asked = address.Query()
	l.proof = l.asked.Get("code_challenge")
	if l.asked.Get("code_challenge_method") != "S256" || l.asked.Get("redirect_uri") != home+"/pl/wejscie/dostawca/powrot" {
		l.t.Errorf("a browser is sent with %v", l.asked)
	}
	l.claims = map[string]any{
		"iss": l.URL, "aud": "obrady", "sub": "ada", "email": "ada@example.org", "email_verified": true, "name": "Ada",
		"nonce": l.asked.Get("nonce"), "iat": v.at.Unix(), "exp": v.at.Add(time.Minute).Unix(),
	}
}

func (l *liar) back() string {
	return "/pl/wejscie/dostawca/powrot?" + url.Values{"state": {l.asked.Get("state")}, "code": {"c"}}.Encode()
}

func TestWhatAProviderMaySay(t *testing.T) {
	for _, test := range []struct {
		name   string
		change func(l *liar)
		in     bool
	}{
		{"all is well", func(*liar) {}, true},
		{"its clock is a minute ahead", func(l *liar) { l.shift("iat", 59*time.Second) }, true},
		{"the token ended a minute ago", func(l *liar) { l.shift("exp", -119*time.Second) }, true},
		{"a verified address written as a text", func(l *liar) { l.claims["email_verified"] = "true" }, true},
		{"for us among others, and for us in the end", func(l *liar) { l.claims["aud"], l.claims["azp"] = []string{"obrady", "x"}, "obrady" }, true},
		{"its clock is five minutes ahead", func(l *liar) { l.shift("iat", 5*time.Minute) }, false},
		{"the token ended five minutes ago", func(l *liar) { l.shift("exp", -6*time.Minute) }, false},
		{"the nonce of another errand", func(l *liar) { l.claims["nonce"] = "other" }, false},
		{"no nonce", func(l *liar) { delete(l.claims, "nonce") }, false},
		{"another issuer", func(l *liar) { l.claims["iss"] = "https://other.example" }, false},
		{"for another site", func(l *liar) { l.claims["aud"] = "other" }, false},
		{"for us among others, and nobody in the end", func(l *liar) { l.claims["aud"] = []string{"obrady", "x"} }, false},
		{"for another site in the end", func(l *liar) { l.claims["azp"] = "other" }, false},
		{"nobody", func(l *liar) { l.claims["sub"] = "" }, false},
		{"no address", func(l *liar) { delete(l.claims, "email") }, false},
		{"signed by another key", func(l *liar) { l.signer = l.another() }, false},
		{"PKCE of another errand", func(l *liar) { l.proof = "other" }, false},
	} {
		t.Run(test.name, func(t *testing.T) {
			dbtest.Each(t, func(t *testing.T, d *db.DB) {
				l := newLiar(t)
				v := open(t, d, l.trusting(true)).browser()
				l.leave(v, "/pl/wejscie/dostawca", "/pl/moje/logowanie")
				test.change(l)
				got := v.get(l.back())
				if !test.in {
					wantStatus(t, "coming back", got, http.StatusBadRequest)
					wantText(t, "the page", got, "nic się nie zmieniło", "nie podał adresu e-mail")
					if v.in() != "" {
						t.Errorf("signed in is %q, want nobody", v.in())
					}
					return
				}
				if got.Header().Get("Location") != "/pl/moje/logowanie" || v.in() != "ada@example.org" {
					t.Errorf("coming back answers %d %q, signed in is %q; want Ada where she wanted to be", got.Code, got.Header().Get("Location"), v.in())
				}
				wantStatus(t, "coming back twice", v.get(l.back()), http.StatusBadRequest)
			})
		})
	}
}

func (l *liar) shift(claim string, by time.Duration) {
	at, _ := l.claims[claim].(int64)
	l.claims[claim] = at + int64(by/time.Second)
}

func TestWhatComesBackFromAProvider(t *testing.T) {
	for _, test := range []struct{ name, query, says string }{
		{"no state", "?code=c", "nic się nie zmieniło"},
		{"a state of nobody", "?state=guess&code=c", "nic się nie zmieniło"},
		{"broken off", "?error=access_denied&state=", "zostało przerwane"},
		{"no code", "?state=", "nic się nie zmieniło"},
		{"in another one's name", "?code=c&iss=https%3A%2F%2Fother.example&state=", "nic się nie zmieniło"},
	} {
		t.Run(test.name, func(t *testing.T) {
			dbtest.Each(t, func(t *testing.T, d *db.DB) {
				l := newLiar(t)
				v := open(t, d, l.trusting(true)).browser()
				l.leave(v, "/pl/wejscie/dostawca", "//evil.example")
				query := test.query
				if strings.HasSuffix(query, "state=") {
					query += l.asked.Get("state")
				}
				got := v.get("/pl/wejscie/dostawca/powrot" + query)
				wantStatus(t, "coming back", got, http.StatusBadRequest)
				wantText(t, "the page", got, test.says)
				if v.in() != "" {
					t.Errorf("signed in is %q, want nobody", v.in())
				}
			})
		})
	}
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		l := newLiar(t)
		o := open(t, d, l.trusting(true))
		l.leave(o.browser(), "/pl/wejscie/dostawca", "")
		wantStatus(t, "another browser", o.browser().get(l.back()), http.StatusBadRequest)
		v := o.browser()
		l.leave(v, "/pl/wejscie/dostawca", "//evil.example")
		if got := v.get(l.back()).Header().Get("Location"); got != "/pl/moje" {
			t.Errorf("asked to go on to another site, the provider leads to %q", got)
		}
	})
}

func TestAnAddressThatNobodyVouchesForIsProvedFirst(t *testing.T) {
	for name, trusted := range map[string]bool{"verified, of a provider that is not trusted": false, "not verified, of one that is": true} {
		t.Run(name, func(t *testing.T) {
			dbtest.Each(t, func(t *testing.T, d *db.DB) {
				l := newLiar(t)
				o := open(t, d, l.trusting(trusted))
				o.enter("ada@example.org")
				v := o.browser()
				l.leave(v, "/pl/wejscie/dostawca", "/pl/moje/logowanie")
				l.claims["email_verified"] = !trusted
				got := v.get(l.back())
				where := got.Header().Get("Location")
				if v.in() != "" || !strings.HasPrefix(where, "/pl/wejscie/poczta/") {
					t.Fatalf("coming back answers %d %q, signed in is %q; want nobody, and the page about the letter", got.Code, where, v.in())
				}
				wantText(t, "the page", v.get(where), "nie potwierdza tego adresu")
				letter := o.write(strings.TrimPrefix(where, "/pl/wejscie/poczta/"))
				if next := v.post(link(letter)).Header().Get("Location"); next != "/pl/moje/logowanie" {
					t.Errorf("the letter leads to %q, want the page that was wanted", next)
				}
				wantText(t, "the ways in", v.get("/pl/moje/logowanie"), "konto jest połączone", "Konto jest połączone")
				again := o.browser()
				l.leave(again, "/pl/wejscie/dostawca", "")
				again.get(l.back())
				if again.in() != "ada@example.org" {
					t.Errorf("next time signed in is %q, want Ada without a letter", again.in())
				}
			})
		})
	}
}

func TestLinkingAProviderToOnesAccount(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		l := newLiar(t)
		o := open(t, d, l.trusting(false))
		v, other := o.enter("ada@example.org"), o.enter("ola@example.org")
		link := func(v *visitor) *httptest.ResponseRecorder {
			l.leave(v, "/pl/moje/logowanie/dostawca", "")
			l.claims["email"] = "work@example.org"
			return v.get(l.back())
		}
		if got := link(v).Header().Get("Location"); got != "/pl/moje/logowanie" {
			t.Errorf("linking leads to %q", got)
		}
		got := link(other)
		wantStatus(t, "linking what is somebody else's", got, http.StatusConflict)
		stranger := o.browser()
		l.leave(stranger, "/pl/wejscie/dostawca", "")
		stranger.get(l.back())
		if stranger.in() != "ada@example.org" {
			t.Errorf("by the linked provider comes in %q, want Ada", stranger.in())
		}
		v.post("/pl/moje/logowanie/dostawca/usun")
		wantText(t, "the ways in", v.get("/pl/moje/logowanie"), "Po połączeniu można logować się")
		// Sent out signed in, and signed out meanwhile: nothing is added to anybody.
		l.leave(v, "/pl/moje/logowanie/dostawca", "")
		v.post("/pl/wyjscie")
		wantStatus(t, "coming back signed out", v.get(l.back()), http.StatusBadRequest)
	})
}

func TestAProviderThatDoesNotAnswerLeavesTheOtherWays(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		l := newLiar(t)
		v := open(t, d, l.trusting(true)).browser()
		l.Close()
		got := v.post("/pl/wejscie/dostawca")
		wantStatus(t, "leaving", got, http.StatusBadRequest)
		wantText(t, "the page", got, "Kłamca nie odpowiada")
		wantText(t, "the page", got, "Wyślij odnośnik i kod")
	})
}

func TestAProviderLeadsNobodyIntoTheHouse(t *testing.T) {
	var hit atomic.Int32
	trap := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { hit.Add(1) }))
	t.Cleanup(trap.Close)
	_, port, _ := strings.Cut(strings.TrimPrefix(trap.URL, "http://"), ":")
	for _, host := range []string{
		"localhost", "[::1]", "[::ffff:127.0.0.1]", "0.0.0.0", "[::]", "10.0.0.1", "192.168.1.1", "172.16.0.1", "169.254.169.254",
		"100.64.0.1", "[fe80::1]", "[fc00::1]", "[64:ff9b::7f00:1]", "[2002:7f00:1::]", "192.0.2.1", "198.18.0.1", "224.0.0.1", "255.255.255.255",
	} {
		client := account.Outside("named.example")
		r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, "http://"+host+":"+port+"/", nil)
		if err != nil {
			t.Fatal(err)
		}
		if answer, err := client.Do(r); err == nil {
			_ = answer.Body.Close()
			t.Errorf("%s was asked", host)
		}
	}
	if n := hit.Load(); n != 0 {
		t.Errorf("a server of the house was asked %d times", n)
	}
	r, err := http.NewRequestWithContext(context.WithoutCancel(t.Context()), http.MethodGet, trap.URL, nil)
	if err != nil {
		t.Fatal(err)
	}
	answer, err := account.Outside("127.0.0.1").Do(r)
	if err != nil || hit.Load() != 1 {
		t.Fatalf("the host that the operator named is not asked: %v", err)
	}
	_ = answer.Body.Close()
}

func TestProvidersThatCannotBe(t *testing.T) {
	good := account.ProviderConfig{Issuer: "https://login.example", Client: "obrady", Home: home}
	for name, change := range map[string]func(c *account.ProviderConfig){
		"no address":       func(c *account.ProviderConfig) { c.Issuer = "login" },
		"without TLS":      func(c *account.ProviderConfig) { c.Issuer = "http://login.example" },
		"with a query":     func(c *account.ProviderConfig) { c.Issuer = "https://login.example/?a=b" },
		"without our name": func(c *account.ProviderConfig) { c.Client = "" },
		"with no way back": func(c *account.ProviderConfig) { c.Home = "" },
	} {
		c := good
		change(&c)
		if _, err := account.NewProvider(c, time.Now); err == nil {
			t.Errorf("a provider %s: no error", name)
		}
	}
	if p, err := account.NewProvider(good, time.Now); err != nil || p.Name != "login.example" {
		t.Errorf("a good provider: %v, %+v", err, p)
	}
}
