package pdf

import "strings"

const nbsp = '\u00A0'

// wrap breaks a text into lines of at most so many millimetres in the present letters. A word of one letter goes
// with the one behind it, as Polish typography wants; a word too long for a line is broken where the line ends.
func (d *Document) wrap(s string, width float64) (lines []string) {
	width -= 2 * d.f.GetCellMargin()
	for paragraph := range strings.SplitSeq(known(s), "\n") {
		line := ""
		for _, word := range words(paragraph) {
			for _, piece := range d.pieces(word, width) {
				switch longer := line + " " + piece; {
				case line == "":
					line = piece
				case d.f.GetStringWidth(longer) <= width:
					line = longer
				default:
					lines, line = append(lines, line), piece
				}
			}
		}
		lines = append(lines, line)
	}
	return lines
}

// words are what a line may break between.
func words(s string) (all []string) {
	bound := ""
	for word := range strings.FieldsFuncSeq(s, func(r rune) bool { return r == ' ' }) {
		if len(word) == 1 && strings.Contains("aiouwzAIOUWZ", word) {
			bound += word + string(nbsp)
			continue
		}
		all, bound = append(all, bound+word), ""
	}
	if bound != "" {
		all = append(all, strings.TrimSuffix(bound, string(nbsp)))
	}
	return all
}

// pieces breaks a word that is longer than a line.
func (d *Document) pieces(word string, width float64) (all []string) {
	if d.f.GetStringWidth(word) <= width {
		return []string{word}
	}
	piece := ""
	for _, r := range word {
		if piece != "" && d.f.GetStringWidth(piece+string(r)) > width {
			all, piece = append(all, piece), ""
		}
		piece += string(r)
	}
	return append(all, piece)
}

// cut shortens a text to one line.
func (d *Document) cut(s string, width float64) string {
	width -= 2 * d.f.GetCellMargin()
	s = strings.ReplaceAll(s, "\n", " ")
	if d.f.GetStringWidth(s) <= width {
		return s
	}
	runes := []rune(s)
	for len(runes) > 0 && d.f.GetStringWidth(string(runes)+"…") > width {
		runes = runes[:len(runes)-1]
	}
	return strings.TrimRight(string(runes), " ") + "…"
}
