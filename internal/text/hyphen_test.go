package text

import (
	"strings"
	"testing"
)

func TestHyphenate(t *testing.T) {
	for in, want := range map[string]string{
		"Harmonogram prac":         "Har-mo-no-gram prac",
		"nieruchomościami":         "nie-ru-cho-moś-ciami",
		"metropolitalne":           "metro-po-li-talne",
		"zagospodarowanie":         "zagos-po-da-ro-wa-nie",
		"wdrażanie":                "wdrażanie", // short enough
		"rewitalizacja":            "rewi-ta-li-zacja",
		"kształtowania":            "kształ-to-wa-nia",
		"Społeczno-Ekonomiczne":    "Społeczno-Eko-no-miczne",
		"Rzeczypospolitej":         "Rze-czy-pos-po-li-tej",
		"krzkrzkrzkrzkrz":          "krzkrzkrzkrzkrz", // no vowel, no syllable
		"aaaaaaaaaaaaaaa":          "aaaaaaaaaaaaaaa",
		"123456789012 i 2021-2030": "123456789012 i 2021-2030",
		"":                         "",
	} {
		got := Hyphenate(in)
		if strings.ReplaceAll(got, "\u00AD", "") != in {
			t.Errorf("Hyphenate(%q) changed the letters: %q", in, got)
		}
		if shown := strings.ReplaceAll(got, "\u00AD", "-"); shown != want {
			t.Errorf("Hyphenate(%q) = %q, want %q", in, shown, want)
		}
	}
}
