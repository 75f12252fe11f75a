package admission

import "testing"

func TestAWindowIsFoundByWhatItsAddressSays(t *testing.T) {
	p := &Plan{windows: []Window{{ID: "0199f3c2-7d1e-7c3a-9b1f-2f6a6c0d41e8"}, {ID: "short"}}}
	for _, test := range []struct{ name, ref, want string }{
		{"the end of an id", "6c0d41e8", "0199f3c2-7d1e-7c3a-9b1f-2f6a6c0d41e8"},
		{"a whole id", "0199f3c2-7d1e-7c3a-9b1f-2f6a6c0d41e8", "0199f3c2-7d1e-7c3a-9b1f-2f6a6c0d41e8"},
		{"an id that is shorter than its end", "short", "short"},
		{"the end of nobody's id", "00000000", ""},
		{"nothing", "", ""},
	} {
		got := ""
		if w := p.WindowAt(test.ref); w != nil {
			got = string(w.ID)
		}
		if got != test.want {
			t.Errorf("%s: WindowAt(%q) = %q, want %q", test.name, test.ref, got, test.want)
		}
	}
}
