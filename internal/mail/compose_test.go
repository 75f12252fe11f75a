package mail_test

import (
	"bytes"
	"flag"
	"io"
	"mime"
	"mime/multipart"
	netmail "net/mail"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/net/html"

	"obrady/internal/i18n"
	"obrady/internal/mail"
)

var update = flag.Bool("update", false, "write the golden files anew")

var noon = time.Date(2026, 6, 1, 12, 0, 0, 0, time.UTC)

var house = mail.Settings{
	BaseURL: "https://kongres.example.org",
	From:    netmail.Address{Name: "Kongres Polityki Miejskiej", Address: "kongres@example.org"},
}

// invitation is a letter with a piece of every kind.
func invitation() mail.Letter {
	return mail.Letter{
		ID: "01a2063d-32bd-7000-8000-000000000001", Kind: "test.invitation",
		To: "zofia@example.net", ToName: "Zofia Żółć", Lang: i18n.Polish,
		Subject: "Zaproszenie na sesję „Zażółć gęślą jaźń”, która ma bardzo długi tytuł w dwóch wierszach",
		Body: mail.Body{
			Paragraphs: []mail.Paragraph{
				{Text: "Dzień dobry,\nzapraszamy 7.06 o 12.30 na sesję. Cena: 0 zł."},
				{Button: &mail.Button{Label: "Zapisz się na sesję", Address: "/pl/kpm-2026/sesje/jazn?zapis=1&z=poczty"}},
				{Text: "Można też przepisać kod:", Code: "123 456"},
				{Text: "Prowadzący pisze:", Quote: "Do zobaczenia!\nJan <jan@example.com>, www.evil.example"},
			},
			Why: "Ta wiadomość przyszła, bo jest zapis na tę sesję.",
		},
		Unsubscribe: "https://kongres.example.org/pl/moje/listy", Bulk: true,
	}
}

func source(t *testing.T, l mail.Letter) []byte {
	t.Helper()
	text, err := house.Source(mail.Kept{Letter: l, PostedAt: noon})
	if err != nil {
		t.Fatal(err)
	}
	return text
}

// seen is a message as a mail program takes it apart.
type seen struct {
	header      netmail.Header
	plain, page string
}

func open(t *testing.T, raw []byte) (s seen) {
	t.Helper()
	m, err := netmail.ReadMessage(bytes.NewReader(raw))
	if err != nil {
		t.Fatalf("the message cannot be read: %v", err)
	}
	s.header = m.Header
	kind, params, err := mime.ParseMediaType(m.Header.Get("Content-Type"))
	if err != nil || kind != "multipart/alternative" {
		t.Fatalf("Content-Type = %q, %v, want multipart/alternative", kind, err)
	}
	parts := multipart.NewReader(m.Body, params["boundary"])
	for _, part := range []struct {
		kind string
		text *string
	}{{"text/plain", &s.plain}, {"text/html", &s.page}} {
		p, err := parts.NextPart()
		if err != nil {
			t.Fatal(err)
		}
		text, err := io.ReadAll(p) // NextPart undoes quoted-printable
		if kind, params, _ := mime.ParseMediaType(p.Header.Get("Content-Type")); err != nil || kind != part.kind || !strings.EqualFold(params["charset"], "utf-8") {
			t.Fatalf("a part is %q %v, %v, want %s in UTF-8", kind, params, err, part.kind)
		}
		*part.text = string(text)
	}
	if _, err := parts.NextPart(); err != io.EOF {
		t.Errorf("a third part: %v", err)
	}
	return s
}

func TestALetterOfEveryPiece(t *testing.T) {
	raw := source(t, invitation())
	golden := filepath.Join("testdata", "invitation.eml")
	if *update {
		if err := os.WriteFile(golden, raw, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(golden)
	if diff := cmp.Diff(string(want), string(raw)); err != nil || diff != "" {
		t.Errorf("the letter (-want +got): %v\n%s", err, diff)
	}
	s := open(t, raw)
	subject, err := new(mime.WordDecoder).DecodeHeader(s.header.Get("Subject"))
	if err != nil || subject != invitation().Subject {
		t.Errorf("Subject = %q, %v, want %q", subject, err, invitation().Subject)
	}
	to, err := s.header.AddressList("To")
	if err != nil || len(to) != 1 || to[0].Name != "Zofia Żółć" || to[0].Address != "zofia@example.net" {
		t.Errorf("To = %v, %v", to, err)
	}
	for name, want := range map[string]string{
		"Message-Id":       "<01a2063d-32bd-7000-8000-000000000001@kongres.example.org>",
		"Date":             "Mon, 01 Jun 2026 12:00:00 +0000",
		"Auto-Submitted":   "auto-generated",
		"List-Unsubscribe": "<https://kongres.example.org/pl/moje/listy>", "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
		"User-Agent": "", "X-Mailer": "",
	} {
		if got := s.header.Get(name); got != want {
			t.Errorf("%s = %q, want %q", name, got, want)
		}
	}
	for _, want := range []string{"o 12.30 na sesję. Cena: 0 zł.", "> Jan <jan@", "    123 456", "bo jest zapis"} {
		if !strings.Contains(s.plain, want) {
			t.Errorf("the plain part lacks %q:\n%s", want, s.plain)
		}
	}
}

// The same letter is the same bytes at each attempt.
func TestALetterDoesNotChange(t *testing.T) {
	if first, second := source(t, invitation()), source(t, invitation()); !bytes.Equal(first, second) {
		t.Errorf("the second time it is another letter:\n%s", cmp.Diff(string(first), string(second)))
	}
}

// hostile are names that people have tried, or might.
var hostile = []string{
	"<a href=http://evil.example>klik</a>", "http://evil.example", "https://evil.example/x?y=1", "www.evil.example", "evil.example",
	"//evil.example/x", "ftp://evil.example", "mailto:ceo@evil.example", "ceo@evil.example", "javascript:alert(1)",
	"Jan\r\nBcc: all@evil.example", "Jan\nBcc: all@evil.example", "Jan\rBcc: all@evil.example", "Jan\r\n\r\n<b>x</b>", "Jan\r\n.\r\nMAIL FROM:<x@evil.example>",
	"Jan%0d%0aBcc:all@evil.example", "{{.}}", "{{event.__init__.__code__}}", "{name}", "${7*7}",
	"\u202Eelpmaxe.live", "\u2066evil.example\u2069", "evil\u200B.example", "evil.\u2060example", "evil\uFF0Eexample", "evil\u3002example", "ev\u00ADil.example",
	"=?utf-8?q?Jan?= <ceo@evil.example>", `"Jan" <ceo@evil.example>`, "Jan\x00Kowalski", "Jan\u2028Bcc: all@evil.example",
	"--obrady-01a2063d-32bd-7000-8000-000000000001--", "<script>alert(1)</script>", "<img src=x onerror=alert(1)>", `" onclick="alert(1)`, "</title><a href=//evil.example>x",
	"[klik](http://evil.example)", "<http://evil.example>", "http:\\\\evil.example", "HTTP://EVIL.EXAMPLE", "evil.example:8080/a", "http://1.2.3.4/x", "http://[::1]/x", "xn--evil-5qa.xn--p1ai",
	strings.Repeat("A", 3000), strings.Repeat("ż.pl ", 900), "tel:700123456", "\tJan\t", "ＨＴＴＰ：／／evil．example",
}

// autolink finds what mail programs make links of by themselves.
var autolink = regexp.MustCompile(`(?i)(?:[a-z][a-z0-9+.-]*://|//)[^\s\x{200B}>]|\bwww\.[a-z0-9]|\b(?:mailto|javascript|tel|data):[^\s\x{200B}]|[^\s@<>]@[a-z0-9\[]|[\p{L}\d-]+[.\x{3002}\x{FF0E}\x{FF61}][\p{L}][\p{L}\d-]+`)

func TestHostileNames(t *testing.T) {
	if len(hostile) < 40 {
		t.Fatalf("%d hostile names, want at least 40", len(hostile))
	}
	for _, catch := range []string{"http://evil.example", "www.evil.example", "a@b.pl", "evil.pl", "evil\uFF0Eexample", "//x"} {
		if !autolink.MatchString(catch) {
			t.Errorf("the guard does not see %q", catch)
		}
	}
	plainHeaders := len(open(t, source(t, invitation())).header)
	for _, name := range hostile {
		t.Run(cutName(name), func(t *testing.T) {
			l := invitation()
			l.ToName, l.Subject = name, "Wiadomość od: "+name
			l.Body = mail.Body{
				Paragraphs: []mail.Paragraph{
					{Text: "Dzień dobry, " + name + "!"},
					{Button: &mail.Button{Label: name, Address: "/pl/moje"}},
					{Code: name},
					{Quote: name},
					{Text: mail.Value(name)},
				},
				Why: name,
			}
			raw := source(t, l)
			s := open(t, raw)
			if got := len(s.header); got != plainHeaders {
				t.Errorf("%d headers, want %d: %v", got, plainHeaders, s.header)
			}
			for header, values := range s.header {
				if len(values) != 1 {
					t.Errorf("%s stands %d times", header, len(values))
				}
			}
			if to, err := s.header.AddressList("To"); err != nil || len(to) != 1 || to[0].Address != l.To || len([]rune(to[0].Name)) > 80 {
				t.Errorf("To = %v, %v, want %s alone", to, err, l.To)
			}
			subject, err := new(mime.WordDecoder).DecodeHeader(s.header.Get("Subject"))
			if found := autolink.FindString(subject); err != nil || found != "" {
				t.Errorf("Subject %q reads as a link: %q, %v", subject, found, err)
			}
			const ours = "https://kongres.example.org/pl/moje"
			if found := autolink.FindString(strings.ReplaceAll(s.plain, ours, "")); found != "" {
				t.Errorf("the plain part reads as a link at %q:\n%s", found, s.plain)
			}
			checkPage(t, s.page, ours)
			for line := range strings.Lines(string(raw)) {
				if len(line) > 998 || !strings.HasSuffix(line, "\r\n") || strings.ContainsAny(strings.TrimSuffix(line, "\r\n"), "\r\n\x00") {
					t.Errorf("a line that no server takes: %.60q", line)
				}
			}
		})
	}
}

// checkPage wants the elements of a letter, links to one address alone, and no text that reads as a link.
func checkPage(t *testing.T, page, ours string) {
	t.Helper()
	allowed := []string{"html", "head", "meta", "title", "body", "div", "p", "a", "blockquote", "hr", "br"}
	tokens := html.NewTokenizer(strings.NewReader(page))
	for {
		switch tokens.Next() {
		default: // ends of elements, comments of none
		case html.ErrorToken:
			return
		case html.TextToken:
			text := strings.ReplaceAll(tokens.Token().Data, ours, "")
			if found := autolink.FindString(text); found != "" {
				t.Errorf("the page reads as a link at %q", found)
			}
		case html.StartTagToken, html.SelfClosingTagToken:
			element := tokens.Token()
			if !slices.Contains(allowed, element.Data) {
				t.Errorf("an element that no letter has: %s", element)
			}
			for _, a := range element.Attr {
				if a.Key == "href" && a.Val != ours || strings.HasPrefix(a.Key, "on") || a.Key == "src" {
					t.Errorf("%s=%q in <%s>", a.Key, a.Val, element.Data)
				}
			}
		}
	}
}

func cutName(name string) string { return string([]rune(name)[:min(len([]rune(name)), 30)]) }

func TestLinksLeadToThisSiteOrNowhere(t *testing.T) {
	for _, test := range []struct {
		name, address, want string
	}{
		{"a path", "/pl/moje?x=1", "https://kongres.example.org/pl/moje?x=1"},
		{"a whole address", "https://kongres.example.org/en/", "https://kongres.example.org/en/"},
		{"the site itself", "https://kongres.example.org", "https://kongres.example.org"},
		{"another site", "https://evil.example/pl/", ""},
		{"a site that begins like ours", "https://kongres.example.org.evil.example/", ""},
		{"our name as that of a user", "https://kongres.example.org@evil.example/", ""},
		{"without TLS", "http://kongres.example.org/pl/", ""},
		{"no scheme", "//evil.example/x", ""},
		{"a script", "javascript:alert(1)", ""},
		{"a backslash", `/\evil.example`, ""},
		{"a relative path", "pl/moje", ""},
		{"nothing", "", ""},
		{"a space", "/pl/ moje", ""},
		{"a line end", "/pl/\r\nmoje", ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			l := invitation()
			l.Body.Paragraphs = []mail.Paragraph{{Button: &mail.Button{Label: "Dalej", Address: test.address}}}
			plain, err := house.Plain(l)
			_, pageErr := house.HTML(l)
			if (err == nil) != (test.want != "") || (pageErr == nil) != (err == nil) {
				t.Fatalf("Plain = %v, HTML = %v, want a link: %v", err, pageErr, test.want != "")
			}
			if test.want != "" && !strings.Contains(plain, "Dalej:\r\n"+test.want+"\r\n") {
				t.Errorf("Plain = %q, want %q in it", plain, test.want)
			}
			l.Unsubscribe, l.Body.Paragraphs = test.address, invitation().Body.Paragraphs
			if _, err := house.Source(mail.Kept{Letter: l}); (err == nil) != (test.want != "" || test.address == "") {
				t.Errorf("as List-Unsubscribe: %v", err)
			}
		})
	}
}

func TestValue(t *testing.T) {
	for _, test := range []struct{ name, in, want string }{
		{"a Polish name stays", "Grzegorz Brzęczyszczykiewicz-Żółć", "Grzegorz Brzęczyszczykiewicz-Żółć"},
		{"hours and dates stay", "7.06.2021, 12.30–14:00, art. 6 ust. 1", "7.06.2021, 12.30–14:00, art. 6 ust. 1"},
		{"one line", " a\r\n b\tc ", "a b c"},
		{"a domain is broken up", "evil.pl", "evil.\u200Bpl"},
		{"an address is broken up", "a@b.pl", "a@\u200Bb.\u200Bpl"},
		{"a family emoji stays", "👩\u200D👧", "👩\u200D👧"},
		{"eighty characters", strings.Repeat("ż", 81), strings.Repeat("ż", 79) + "…"},
	} {
		t.Run(test.name, func(t *testing.T) {
			got := mail.Value(test.in)
			if got != test.want {
				t.Errorf("Value(%q) = %q, want %q", test.in, got, test.want)
			}
			if again := mail.Value(got); again != got {
				t.Errorf("Value of it = %q, want %q as before", again, got)
			}
		})
	}
}
