package id_test

import (
	"testing"

	"obrady/internal/id"
)

func TestNew(t *testing.T) {
	type sessionID string
	earlier, later := id.New(), string(id.Make[sessionID]())
	if earlier >= later {
		t.Errorf("New gave %s, then %s; want them in order", earlier, later)
	}
	if !id.Valid(earlier) || earlier[14] != '7' {
		t.Errorf("New = %s, want a UUID of version 7", earlier)
	}
}

func TestValid(t *testing.T) {
	for s, want := range map[string]bool{
		"0190a0b0-0000-7000-8000-000000000001":          true,
		"0190A0B0-0000-7000-8000-000000000001":          false,
		"{0190a0b0-0000-7000-8000-000000000001}":        false,
		"urn:uuid:0190a0b0-0000-7000-8000-000000000001": false,
		"0190a0b0000070008000000000000001":              false,
		"miasto-zielone":                                false,
		"":                                              false,
	} {
		if got := id.Valid(s); got != want {
			t.Errorf("Valid(%q) = %v, want %v", s, got, want)
		}
	}
}

func TestDerived(t *testing.T) {
	// The example of RFC 9562, appendix A.4: the namespace of domain names.
	const dns, want = "6ba7b810-9dad-11d1-80b4-00c04fd430c8", "2ed6657d-e927-568b-95e1-2665a8aea6a2"
	if got := id.Derived(dns, "www.example.com"); got != want {
		t.Errorf("Derived = %s, want %s", got, want)
	}
	if a, b := id.Derived("session", "otwarcie"), id.Derived("session", "otwarcie"); a != b {
		t.Errorf("Derived gave %s, then %s; want the same", a, b)
	}
	if a, b := id.Derived("session", "otwarcie"), id.Derived("place", "otwarcie"); a == b {
		t.Errorf("two namespaces share %s", a)
	}
}

func TestKey(t *testing.T) {
	// The test vectors of FNV-1a with 64 bits, by its authors, without their last 16 bits.
	for of, want := range map[string]int64{"": 0xcbf29ce48422, "a": 0xaf63dc4c8601, "foobar": 0x85944171f739} {
		if got := id.Key(of); got != want {
			t.Errorf("Key(%q) = %x, want %x", of, got, want)
		}
	}
	if got := id.Keys([]string{"a", ""}); len(got) != 2 || got[0] != id.Key("a") || got[1] != id.Key("") {
		t.Errorf("Keys gave %x, want the key of each", got)
	}
}
