package text

import (
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

func TestPlain(t *testing.T) {
	for _, test := range []struct{ name, source, want string }{
		{"paragraphs", "# Cel\n\nMiasto *zielone*\ni **dostępne**", "Cel\n\nMiasto zielone\ni dostępne"},
		{"lists", "1. a\n2. b\n   - c", "1. a\n2. b\n   - c"},
		{"a link", "[ZMP](https://miasta.pl)", "ZMP (https://miasta.pl)"},
		{"a link named by itself", "<https://miasta.pl>", "https://miasta.pl"},
		{"a table", "|a|b|\n|-|-|\n|1|2|", "a | b\n1 | 2"},
		{"raw HTML is left out", "a <b>b</b>", "a b"},
		{"escapes", `5 \* 3 &amp; ok`, "5 * 3 & ok"},
		{"a quote", "> a\n> b", "a\nb"},
		{"code", "```\nx < y\n```", "x < y"},
		{"code within a line", "`&amp;`", "&amp;"},
	} {
		t.Run(test.name, func(t *testing.T) {
			if got := Plain(test.source); got != test.want {
				t.Errorf("Plain(%q)\n got %q\nwant %q", test.source, got, test.want)
			}
		})
	}
}

func TestBind(t *testing.T) {
	for _, test := range []struct{ name, give, want string }{
		{"one-letter words", "Zieleń w mieście i o mieście", "Zieleń w~mieście i~o~mieście"},
		{"at the beginning", "W Łodzi (a w Kielcach)", "W~Łodzi (a~w~Kielcach)"},
		{"a year", "w 2030 r. i 2031 r., czyli", "w~2030~r. i~2031~r., czyli"},
		{"money and parts", "12,5 mln zł, 30 %", "12,5~mln zł, 30~%"},
		{"numbers of things", "sala nr 5, art. 7 ust. 2", "sala nr~5, art.~7 ust.~2"},
		{"a date", "16 października 2026", "16~października 2026"},
		{"nothing to bind", "Miasto dostępne", "Miasto dostępne"},
		{"nr without a number", "nr albo nazwa", "nr albo nazwa"},
		{"a letter at the end", "Plan w ", "Plan w "},
	} {
		t.Run(test.name, func(t *testing.T) {
			if got := strings.ReplaceAll(Bind(test.give), "\u00A0", "~"); got != test.want {
				t.Errorf("Bind(%q) = %q, want %q", test.give, got, test.want)
			}
		})
	}
}

func TestBindTwiceIsBindOnce(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		words := rapid.SliceOf(rapid.SampledFrom([]string{"w", "i", "5", "r.", "nr", "„a", "mln", "zł", "miasto", "", "\u00A0"})).Draw(t, "words")
		once := Bind(strings.Join(words, " "))
		if twice := Bind(once); twice != once {
			t.Errorf("Bind(%q) = %q", once, twice)
		}
	})
}

func TestExcerpt(t *testing.T) {
	for _, test := range []struct {
		name, give string
		n          int
		want       string
	}{
		{"short enough", "Miasto  zielone\n", 14, "Miasto zielone"},
		{"cut at a word", "Miasto zielone", 13, "Miasto…"},
		{"cut right after a word", "Miasto zielone i tanie", 15, "Miasto zielone…"},
		{"no comma before the dots", "Miasto, zieleń", 9, "Miasto…"},
		{"a word that is too long", "Konstantynopol", 5, "Kons…"},
		{"no room", "Miasto", 0, ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			if got := Excerpt(test.give, test.n); got != test.want {
				t.Errorf("Excerpt(%q, %d) = %q, want %q", test.give, test.n, got, test.want)
			}
		})
	}
	rapid.Check(t, func(t *rapid.T) {
		s, n := rapid.String().Draw(t, "s"), rapid.IntRange(1, 40).Draw(t, "n")
		if got := Excerpt(s, n); Length(got) > n {
			t.Errorf("Excerpt(%q, %d) = %q, %d characters", s, n, got, Length(got))
		}
	})
}

func TestLength(t *testing.T) {
	for give, want := range map[string]int{"": 0, "Łódź": 4, "Z\u0301dz\u0301": 3, "🇵🇱👨‍👩‍👧": 2} {
		if got := Length(give); got != want {
			t.Errorf("Length(%q) = %d, want %d", give, got, want)
		}
	}
}

func TestSlug(t *testing.T) {
	for _, test := range []struct{ name, give, want string }{
		{"all Polish letters", "Zażółć gęślą jaźń ŁÓDŹ", "zazolc-gesla-jazn-lodz"},
		{"others' letters", "Straße Nałęcz Żory Æsir Đà", "strasse-nalecz-zory-aesir-da"},
		{"marks of sentences", "  PPP – 5G? „infoGZM”, cz. 2! ", "ppp-5g-infogzm-cz-2"},
		{"too short", "UM", "um-1"},
		{"no letter", "?!", "bez-nazwy"},
		{"another alphabet", "Київ", "bez-nazwy"},
		{"cut at a word", "Konferencja NewUrbPact: Kształtowanie przestrzeni w warunkach suburbanizacji", "konferencja-newurbpact-ksztaltowanie-przestrzeni-w-warunkach"},
	} {
		t.Run(test.name, func(t *testing.T) {
			if got := Slug(test.give); got != test.want {
				t.Errorf("Slug(%q) = %q, want %q", test.give, got, test.want)
			}
		})
	}
	rapid.Check(t, func(t *rapid.T) {
		title := rapid.String().Draw(t, "title")
		slug := Slug(title)
		if len(slug) < minSlug || len(slug) > maxSlug || hyphenate(slug) != slug {
			t.Errorf("Slug(%q) = %q", title, slug)
		}
	})
}

func TestUniqueSlug(t *testing.T) {
	taken := map[string]bool{}
	for range 12 {
		slug := UniqueSlug(Slug(strings.Repeat("dom ", 30)), func(s string) bool { return taken[s] })
		if taken[slug] || len(slug) > maxSlug {
			t.Errorf("UniqueSlug = %q (%d letters), taken %t", slug, len(slug), taken[slug])
		}
		taken[slug] = true
	}
	if got := UniqueSlug("dom", func(s string) bool { return s == "dom" }); got != "dom-2" {
		t.Errorf("UniqueSlug = %q, want dom-2", got)
	}
}

func TestClean(t *testing.T) {
	for _, test := range []struct {
		name, give, want string
		problems         []Problem
	}{
		{"nothing wrong", "Łódź", "Łódź", nil},
		{"accents typed apart", "Z\u0301dz\u0301bło", "Źdźbło", nil},
		{"space and a byte-order mark at the ends", "\uFEFF \t a\r\nb\u00A0\uFEFF ", "a\nb", nil},
		{"a broken byte", "Ł\xffdź", "Łdź", []Problem{{BadBytes, 2}}},
		{"NUL and a bell", "a\x00b\a", "ab", []Problem{{Control, 2}, {Control, 4}}},
		{"a reversed word", "do\u202Exe", "doxe", []Problem{{BidiOverride, 3}}},
		{"two lines and a tab", "a\rb\tc", "a\nb\tc", nil},
	} {
		t.Run(test.name, func(t *testing.T) {
			got, problems := Clean(test.give)
			if got != test.want {
				t.Errorf("Clean(%q) = %q, want %q", test.give, got, test.want)
			}
			if diff := cmp.Diff(test.problems, problems); diff != "" {
				t.Errorf("problems (-want +got):\n%s", diff)
			}
		})
	}
	rapid.Check(t, func(t *rapid.T) {
		once, _ := Clean(string(rapid.SliceOf(rapid.Byte()).Draw(t, "bytes")))
		twice, problems := Clean(once)
		if once != twice || len(problems) > 0 || !utf8.ValidString(once) {
			t.Errorf("Clean(%q) = %q, %v", once, twice, problems)
		}
	})
}

func TestFold(t *testing.T) {
	for give, want := range map[string]string{"ŁÓDŹ": "lodz", "Zażółć": "zazolc", "ﬁrma": "firma", "Straße": "strasse", "İ": "i"} {
		if got := Fold(give); got != want {
			t.Errorf("Fold(%q) = %q, want %q", give, got, want)
		}
	}
}
