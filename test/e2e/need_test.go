// Package e2e walks through Obrady in a real browser, as a visitor and as an organiser.
package e2e

import (
	"bytes"
	"os"
	"os/exec"
	"testing"
)

// The journeys lean on three things that are not Go. Without one of them they would prove nothing, so
// their absence is a failure here and not a skip there.
func TestTheBrowserTestsHaveWhatTheyNeed(t *testing.T) {
	t.Run("a browser", func(t *testing.T) {
		for _, name := range []string{"chromium", "chromium-browser", "google-chrome"} {
			if out, err := exec.Command(name, "--version").Output(); err == nil {
				t.Logf("%s", bytes.TrimSpace(out))
				return
			}
		}
		t.Error("no Chromium is installed; run make need")
	})
	for _, test := range []struct{ name, file string }{
		{"an accessibility checker", "node_modules/axe-core/axe.min.js"},
		{"somebody else's calendar parser", "node_modules/ical.js/dist/ical.js"},
		{"an identity provider", "node_modules/oidc-provider/package.json"},
	} {
		t.Run(test.name, func(t *testing.T) {
			if _, err := os.Stat(test.file); err != nil {
				t.Errorf("%v; run make need", err)
			}
		})
	}
}
