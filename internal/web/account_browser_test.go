package web

import "testing"

func TestBrowserOf(t *testing.T) {
	for _, test := range []struct{ name, agent, want string }{
		{"Firefox", "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0", "Firefox, Linux"},
		{"Chrome is not Safari", "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0 Safari/537.36", "Chrome, Windows"},
		{"Edge is not Chrome", "Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 Chrome/140.0 Safari/537.36 Edg/140.0", "Edge, Windows"},
		{"a telephone", "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 Version/18.0 Mobile/15E148 Safari/604.1", "Safari, iOS"},
		{"Android is not Linux", "Mozilla/5.0 (Linux; Android 15; Pixel 9) AppleWebKit/537.36 Chrome/140.0 Mobile Safari/537.36", "Chrome, Android"},
		{"nothing known", "curl/8.0", ""},
	} {
		if got := browserOf(test.agent); got != test.want {
			t.Errorf("%s: browserOf = %q, want %q", test.name, got, test.want)
		}
	}
}
