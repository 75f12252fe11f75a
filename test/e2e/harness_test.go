package e2e

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

// stand serves one page of the test's own, under the policy of the house.
func stand(t *testing.T, page string) *httptest.Server {
	t.Helper()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/favicon.ico" {
			return
		}
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		w.Header().Set("Content-Security-Policy", "default-src 'none'; script-src 'self'; style-src 'self'")
		_, _ = w.Write([]byte(page))
	}))
	t.Cleanup(server.Close)
	return server
}

// The journeys trust the console to tell what is wrong. It must.
func TestTheBrowserComplainsOfInlineCode(t *testing.T) {
	t.Parallel()
	for _, test := range []struct{ name, page, want string }{
		{"a script in the page", `<script>document.title = "in"</script>`, "Content Security Policy"},
		{"a style in the page", `<p style="color: red">x</p>`, "Content Security Policy"},
		{"a picture from elsewhere", `<img alt="" src="https://elsewhere.example/a.png">`, "Content Security Policy"},
	} {
		t.Run(test.name, func(t *testing.T) {
			b := open(t, stand(t, "<!doctype html><title>x</title>"+test.page).URL)
			b.tolerate(test.want)
			b.visit("/")
			b.untilHeard(test.want)
		})
	}
}

// axe-core must find what it is there to find; else no findings would say nothing.
func TestTheAccessibilityCheckerFindsFaults(t *testing.T) {
	t.Parallel()
	b := open(t, stand(t, `<!doctype html><html><title>x</title><img src="/a.png"><input></html>`).URL)
	b.tolerate("a.png")
	b.visit("/")
	found := strings.Join(b.axe(everyRule), "\n")
	for _, want := range []string{"image-alt", "html-has-lang", "label", "landmark-one-main"} {
		if !strings.Contains(found, want) {
			t.Errorf("axe-core does not find %s in %s", want, found)
		}
	}
}

// Without script means that no script of the page runs, while the test can still look.
func TestScriptCanBeSwitchedOff(t *testing.T) {
	t.Parallel()
	b := open(t, stand(t, `<!doctype html><html lang="pl"><title>x</title><noscript><p id="none">x</p></noscript></html>`).URL)
	b.visit("/")
	b.want("!"+present("#none"), "noscript is shown although script runs")
	b.withoutScript().visit("/")
	b.want(present("#none"), "noscript is not shown although no script runs")
}
