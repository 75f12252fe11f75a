package campaign_test

import (
	"bytes"
	"encoding/json"
	"net/http"
	netmail "net/mail"
	"net/url"
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/net/html"

	"obrady/internal/campaign"
	"obrady/internal/errs"
	"obrady/internal/i18n"
	"obrady/internal/mail"
)

var vocabulary = campaign.Vocabulary{{Name: "name"}, {Name: "where"}, {Name: "words", Kind: campaign.Long}, {Name: "link", Kind: campaign.Button}}

func TestWhatIsWrongWithATextIsNamedByItsLine(t *testing.T) {
	for name, test := range map[string]struct {
		words string
		want  string // key of the first problem; none when empty
		line  int
	}{
		"known words":                       {"Dzień dobry, {name}!\n\n{words}\n\n{link}", "", 0},
		"an unknown word":                   {"Raz\nDwa {imie}", "campaign.brace.unknown", 2},
		"a word of another system":          {"{event.__init__.__code__}", "campaign.brace.unknown", 1},
		"two brackets":                      {"Raz\n\n{{name}}", "campaign.brace.doubled", 3},
		"an expression":                     {"{{ 7*7 }}", "campaign.brace.doubled", 1},
		"a bracket that is not closed":      {"{name", "campaign.brace.unclosed", 1},
		"a bracket that the line cuts":      {"{na\nme}", "campaign.brace.unclosed", 1},
		"a bracket within another":          {"{na{me}}", "campaign.brace.unclosed", 1},
		"a bracket that closes nothing":     {"a\nname}", "campaign.brace.unopened", 2},
		"empty brackets":                    {"{}", "campaign.brace.empty", 1},
		"a button in the middle of a line":  {"Otwórz {link} teraz", "campaign.brace.alone", 1},
		"a quotation in the middle of line": {"Ktoś pisze: {words}", "campaign.brace.alone", 1},
		"a word with a space":               {"{ name }", "campaign.brace.unknown", 1},
		"too long a text":                   {strings.Repeat("ż", campaign.MostOfWords+1), "people.too_long", campaign.MostOfWords},
	} {
		t.Run(name, func(t *testing.T) {
			var wrong errs.Problems
			vocabulary.Check(&wrong, campaign.Written{Words: i18n.Text{EN: test.words}})
			problem := wrong.Of("words_en")
			switch {
			case test.want == "" && problem != nil:
				t.Errorf("Check = %v, want nothing wrong", problem)
			case test.want == "":
			case problem == nil || problem.Key != test.want || problem.Args[0] != test.line:
				t.Errorf("Check = %v, want %s in line %d", problem, test.want, test.line)
			}
		})
	}
}

func TestASubjectHoldsNoButton(t *testing.T) {
	var wrong errs.Problems
	vocabulary.Check(&wrong, campaign.Written{Subject: i18n.Text{PL: "{link}"}})
	if p := wrong.Of("subject_pl"); p == nil || p.Key != "campaign.not_in_subject" {
		t.Errorf("Check of a button in a subject = %v, want campaign.not_in_subject", wrong)
	}
}

func TestFillingIn(t *testing.T) {
	button := &mail.Button{Label: "Wejdź", Address: "/pl/moje"}
	words := func(name string) campaign.Values {
		return campaign.Values{Words: map[string]string{"name": name, "where": "Scena", "words": "Tak.\nAle {name}."}, Button: button}
	}
	for name, test := range map[string]struct {
		written string
		vals    campaign.Values
		want    []mail.Paragraph
	}{
		"paragraphs, a quotation and a button": {"Dzień dobry, {name}!\r\n\r\n{words}\r\n{link}\r\n\r\nRaz\nDwa", words("Ewa Żółć"), []mail.Paragraph{
			{Text: "Dzień dobry, Ewa Żółć!"}, {Quote: "Tak.\nAle {name}."}, {Button: button}, {Text: "Raz\nDwa"},
		}},
		"somebody without a name":          {"Dzień dobry, {name}!", words(""), []mail.Paragraph{{Text: "Dzień dobry!"}}},
		"a name with a line end":           {"{name}.", words("Ewa\r\nBcc: x"), []mail.Paragraph{{Text: mail.Value("Ewa Bcc: x") + "."}}},
		"a name that looks like a word":    {"{name}, {where}", words("{where}"), []mail.Paragraph{{Text: "{where}, Scena"}}},
		"no quotation where nobody wrote":  {"A\n{words}\nB", campaign.Values{}, []mail.Paragraph{{Text: "A"}, {Text: "B"}}},
		"a word that the letter knows not": {"{code}", words("Ewa"), []mail.Paragraph{{Text: "{code}"}}},
	} {
		t.Run(name, func(t *testing.T) {
			if diff := cmp.Diff(test.want, vocabulary.Paragraphs(test.written, test.vals)); diff != "" {
				t.Errorf("Paragraphs (-want +got):\n%s", diff)
			}
		})
	}
}

// hostile are names that people have tried, or might.
var hostile = func() (names []string) {
	text, err := os.ReadFile("testdata/hostile.json")
	if err == nil {
		err = json.Unmarshal(text, &names)
	}
	if err != nil {
		panic(err)
	}
	return names
}()

var house = mail.Settings{BaseURL: "https://kongres.example.org", From: netmail.Address{Address: "kongres@example.org"}}

// links are the addresses that a page leads to.
func links(t *testing.T, page string) (all []string) {
	t.Helper()
	for tokens := html.NewTokenizer(strings.NewReader(page)); ; {
		kind := tokens.Next()
		if kind == html.ErrorToken {
			return all
		}
		for _, a := range tokens.Token().Attr {
			if a.Key == "href" || a.Key == "src" || strings.HasPrefix(a.Key, "on") {
				all = append(all, a.Val)
			}
		}
	}
}

// autolink is what mail programs make links of by themselves.
var autolink = regexp.MustCompile(`(?i)[a-z][a-z0-9+.-]*://[^\s\x{200B}>]|\bwww\.[a-z0-9]|[^\s@<>]@[a-z0-9]|[a-z\d-]+\.(?:example|live|pl)\b`)

// harmless fails the test unless a letter leads nowhere but to our site, in either part, and has the headers of an innocent one.
func harmless(t *testing.T, l mail.Letter, headers int) {
	t.Helper()
	l.ID = "01a2063d-32bd-7000-8000-000000000001"
	raw, err := house.Source(mail.Kept{Letter: l})
	if err != nil {
		t.Fatalf("the letter cannot be composed: %v", err)
	}
	message, err := netmail.ReadMessage(bytes.NewReader(raw))
	if err != nil {
		t.Fatal(err)
	}
	if got := len(http.Header(message.Header)); headers > 0 && got != headers {
		t.Errorf("%d headers, want %d: %v", got, headers, message.Header)
	}
	page, err := house.HTML(l)
	if err != nil {
		t.Fatal(err)
	}
	for _, link := range links(t, page) {
		if u, err := url.Parse(link); err != nil || u.Host != "kongres.example.org" {
			t.Errorf("a link leads to %q", link)
		}
	}
	plain, err := house.Plain(l)
	if found := autolink.FindString(strings.ReplaceAll(plain, house.BaseURL, "")); err != nil || found != "" {
		t.Errorf("the plain part reads as a link at %q (%v):\n%s", found, err, plain)
	}
}

func TestHostileValuesInEveryWord(t *testing.T) {
	if len(hostile) < 40 {
		t.Fatalf("%d hostile names, want at least 40", len(hostile))
	}
	written := func(value string) mail.Letter {
		vals := campaign.Values{
			Words: map[string]string{"name": value, "where": value, "words": value}, Button: &mail.Button{Label: value, Address: "/pl/moje"},
		}
		return mail.Letter{
			Kind: "test", To: "ewa@example.net", ToName: value, Lang: i18n.Polish, Subject: vocabulary.Line("Rola dla {name} w {where}", vals),
			Body: mail.Body{Paragraphs: vocabulary.Paragraphs("Dzień dobry, {name}!\n\nRola w {where}.\n\n{words}\n\n{link}", vals), Why: "Powód."},
		}
	}
	raw, err := house.Source(mail.Kept{Letter: written("Ewa")})
	if err != nil {
		t.Fatal(err)
	}
	innocent, err := netmail.ReadMessage(bytes.NewReader(raw))
	if err != nil {
		t.Fatal(err)
	}
	for _, value := range hostile {
		harmless(t, written(value), len(http.Header(innocent.Header)))
	}
}
