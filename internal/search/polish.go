package search

import (
	"slices"
	"strings"
)

// minStem is the least that must stay of a word, in letters.
const minStem = 3

// Endings of nouns and adjectives, folded, longest first. After Saloni and Świdziński, "Składnia
// współczesnego języka polskiego", the regular paradigms; verbs are left to the table.
var (
	vowelEndings = strings.Fields("iego iemu owie ami ego emu ymi imi owi ie iu ia io a e i o u y")
	otherEndings = strings.Fields("iach iami ach iom iow iem iej ych ich om ow em ej ym im")
)

// polishStems returns the possible stems of a folded word. Two forms of a word share at least one,
// unless the word is irregular. A word that ends in a consonant may be a stem itself ("system"),
// or end in an ending ("miastem"), so it counts as both.
func polishStems(folded string) []string {
	var stems []string
	last := folded[len(folded)-1]
	if !vowel(last) {
		stems = append(stems, folded, withoutFleetingE(folded))
		stems = append(stems, cut(folded, otherEndings)...)
	} else {
		stems = append(stems, cut(folded, vowelEndings)...)
		stems = append(stems, hardened(folded)...)
	}
	stems = slices.DeleteFunc(stems, func(s string) bool { return len(s) < minStem })
	if len(stems) == 0 {
		return []string{folded}
	}
	slices.Sort(stems)
	return slices.Compact(stems)
}

// cut returns folded without each of the endings that it has, and without the i that only
// softens the consonant before it.
func cut(folded string, endings []string) (stems []string) {
	for _, ending := range endings {
		if stem, has := strings.CutSuffix(folded, ending); has && len(stem) >= minStem {
			stems = append(stems, strings.TrimSuffix(stem, "i"))
		}
	}
	return stems
}

// withoutFleetingE takes out the e that other forms lose: mieszkaniec, mieszkańca; rynek, rynku.
func withoutFleetingE(folded string) string {
	for _, ending := range []string{"iec", "ec", "ek"} {
		if stem, has := strings.CutSuffix(folded, ending); has && len(stem) >= 2 {
			return stem + ending[len(ending)-1:]
		}
	}
	return folded
}

// Consonants that soften before -e, -y and -i, with what they were: Polsce, Polska; Radzie, Rada.
var soft = []struct {
	is  string
	was []string
}{
	{"sc", []string{"st", "sk"}},
	{"dz", []string{"d", "g"}},
	{"rz", []string{"r"}},
	{"c", []string{"k", "t"}},
	{"z", []string{"g"}},
	{"sz", []string{"ch"}},
}

// hardened undoes the softening of the last consonant: uczestnicy, uczestnik; mieście, miasto.
func hardened(folded string) (stems []string) {
	if stem, has := strings.CutSuffix(folded, "i"); has && stem != "" && vowel(stem[len(stem)-1]) {
		return []string{stem + "j"} // kolei, kolej
	}
	stem := strings.TrimRight(folded, "iey")
	if stem == folded {
		return nil
	}
	for _, consonant := range soft {
		if root, has := strings.CutSuffix(stem, consonant.is); has {
			for _, was := range consonant.was {
				stems = append(stems, root+was, broadened(root)+was)
			}
			break
		}
	}
	return stems
}

// broadened turns the last ie before the ending into ia: świecie, świat.
func broadened(root string) string {
	if at := strings.LastIndex(root, "ie"); at >= 0 && at >= len(root)-3 {
		return root[:at] + "ia" + root[at+2:]
	}
	return root
}

func vowel(b byte) bool { return strings.IndexByte("aeiouy", b) >= 0 }

// englishStems returns a folded word without the commonest English endings.
func englishStems(folded string) []string {
	stem := folded
	for _, ending := range []struct{ is, becomes string }{
		{"ies", "y"}, {"sses", "ss"}, {"ches", "ch"}, {"shes", "sh"}, {"xes", "x"}, {"ss", "ss"}, {"us", "us"}, {"s", ""},
	} {
		if cut, has := strings.CutSuffix(stem, ending.is); has && len(cut) >= 2 {
			stem = cut + ending.becomes
			break
		}
	}
	for _, ending := range []string{"ing", "ed"} {
		if cut, has := strings.CutSuffix(stem, ending); has && len(cut) >= 4 {
			stem = cut
			break
		}
	}
	return []string{strings.TrimSuffix(stem, "e")}
}
