package disk

import (
	"os"
	"testing"
)

// Need skips a test that could not mount a disk, with the reason; where nothing may be skipped it fails.
func Need(t testing.TB, err error) {
	t.Helper()
	if os.Getenv("OBRADY_TEST_NO_SKIP") != "" {
		t.Fatal(err)
	}
	t.Skip(err)
}
