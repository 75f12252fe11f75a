package table

import (
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"path"
	"regexp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"
	utf16 "golang.org/x/text/encoding/unicode"
)

const byteOrderMark = "\uFEFF"

func readCSV(content []byte, name string) (*Sheets, error) {
	text, encoded, err := decode(content)
	if err != nil {
		return nil, err
	}
	if !readable(text) {
		return nil, refuse(NotATable)
	}
	text, separator := separated(text)
	name = strings.TrimSuffix(path.Base(strings.ReplaceAll(name, `\`, "/")), path.Ext(name))
	sheet, err := records(text, separator)
	if err != nil {
		return nil, err
	}
	sheet.Name = name
	return whole(Sheets{Encoding: encoded, Separator: separator, Sheets: []Sheet{sheet}})
}

func records(text string, separator rune) (Sheet, error) {
	total := 0
	g := gatherer{cells: &total}
	reader := csvReader(text, separator)
	inside := 0 // line ends within cells so far, which a spreadsheet does not count as rows
	for {
		cells, err := reader.Read()
		if errors.Is(err, io.EOF) {
			return g.sheet, nil
		}
		if err != nil {
			return Sheet{}, refuse(NotATable)
		}
		line, _ := reader.FieldPos(0)
		number := line - inside
		for i, cell := range cells {
			inside += strings.Count(cell, "\n")
			cells[i] = unguard(strings.TrimSpace(cell))
		}
		if err := g.take(number, cells); err != nil {
			return Sheet{}, err
		}
	}
}

func csvReader(text string, separator rune) *csv.Reader {
	reader := csv.NewReader(strings.NewReader(text))
	reader.Comma = separator
	reader.FieldsPerRecord = -1
	reader.LazyQuotes = true
	return reader
}

// readable turns away what only looks like a text table: programs, pictures, web pages.
func readable(text string) bool {
	if strings.HasPrefix(strings.TrimSpace(text), "<") || strings.HasPrefix(text, "%PDF-") {
		return false
	}
	return !strings.ContainsFunc(text, func(r rune) bool {
		return unicode.IsControl(r) && r != '\t' && r != '\n' && r != '\r' && r < 0x80
	})
}

// decode guesses the encoding of content by its marks, then by whether it is UTF-8 at all, then by
// which of the two encodings of Polish Windows and Unix makes more Polish letters of it.
func decode(content []byte) (text, name string, err error) {
	switch {
	case bytes.HasPrefix(content, []byte(byteOrderMark)):
		content = content[len(byteOrderMark):]
		if utf8.Valid(content) {
			return string(content), "UTF-8", nil
		}
	case bytes.HasPrefix(content, []byte{0xFF, 0xFE}):
		return convert(content[2:], utf16.UTF16(utf16.LittleEndian, utf16.IgnoreBOM), "UTF-16LE")
	case bytes.HasPrefix(content, []byte{0xFE, 0xFF}):
		return convert(content[2:], utf16.UTF16(utf16.BigEndian, utf16.IgnoreBOM), "UTF-16BE")
	case len(content) > 3 && content[1] == 0 && content[0] != 0:
		return convert(content, utf16.UTF16(utf16.LittleEndian, utf16.IgnoreBOM), "UTF-16LE")
	case len(content) > 3 && content[0] == 0 && content[1] != 0:
		return convert(content, utf16.UTF16(utf16.BigEndian, utf16.IgnoreBOM), "UTF-16BE")
	case utf8.Valid(content):
		return string(content), "UTF-8", nil
	}
	windows, _, err := convert(content, charmap.Windows1250, "")
	if err != nil {
		return "", "", err
	}
	unix, _, err := convert(content, charmap.ISO8859_2, "")
	if err != nil || plausible(windows) >= plausible(unix) {
		return windows, "Windows-1250", err
	}
	return unix, "ISO-8859-2", nil
}

func convert(content []byte, from encoding.Encoding, name string) (text, encoded string, err error) {
	decoded, err := from.NewDecoder().Bytes(content)
	if err != nil {
		return "", "", refuse(NotATable)
	}
	return string(decoded), name, nil
}

// plausible counts Polish letters, and against them what stands for one in the wrong encoding.
func plausible(text string) (score int) {
	for _, r := range text {
		switch {
		case strings.ContainsRune("ąćęłńóśźżĄĆĘŁŃÓŚŹŻ", r):
			score++
		case strings.ContainsRune("±¶Ľˇ¦¬š›¹", r), r >= 0x80 && r < 0xA0, r == utf8.RuneError:
			score -= 2
		}
	}
	return score
}

// separated guesses what stands between the cells: what Excel says in a first line "sep=;", or
// else the sign that divides the first lines into most columns, line for line alike.
func separated(text string) (rest string, separator rune) {
	if first, after, _ := strings.Cut(text, "\n"); strings.HasPrefix(first, "sep=") {
		if sign := strings.TrimSpace(first[len("sep="):]); len(sign) == 1 && strings.Contains(",;|", sign) {
			return "\n" + after, rune(sign[0]) // the empty line keeps the numbers of rows right
		}
	}
	separator, best := ';', 0
	for _, candidate := range []rune{';', ',', '\t', '|'} {
		if found := columns(text, candidate); found > best {
			separator, best = candidate, found
		}
	}
	return text, separator
}

// columns rates a separator by its columns in the first lines.
func columns(text string, separator rune) int {
	reader := csvReader(text, separator)
	width, alike := 0, 0
	for range 20 {
		cells, err := reader.Read()
		if err != nil {
			break
		}
		if width == 0 {
			width = len(cells)
		}
		if len(cells) == width {
			alike++
		}
	}
	if width < 2 {
		return 0
	}
	return width * alike
}

// number is what a spreadsheet reads as a number and nothing else.
var number = regexp.MustCompile(`^[+-]?[0-9]+([.,][0-9]+)?$`)

// guard puts an apostrophe before a cell that a spreadsheet would calculate (OWASP, "CSV
// Injection"). A cell that already looks guarded gets one more, so that unguard gives back exactly
// what there was.
func guard(cell string) string {
	if risky(cell) && !number.MatchString(cell) {
		return "'" + cell
	}
	return cell
}

// unguard takes one apostrophe of guard away.
func unguard(cell string) string {
	if strings.HasPrefix(cell, "'") && risky(cell) {
		return cell[1:]
	}
	return cell
}

func risky(cell string) bool {
	bare := strings.TrimLeft(cell, "'")
	first, _ := utf8.DecodeRuneInString(bare)
	return bare != "" && strings.ContainsRune("=+-@\t\r\n＝＋－＠", first)
}

// WriteCSV writes a sheet so that Excel in Polish opens it by a double click: UTF-8 with a
// byte-order mark, semicolons, CRLF, quotes after RFC 4180. No cell becomes a formula.
func WriteCSV(w io.Writer, sheet Sheet) error {
	if _, err := io.WriteString(w, byteOrderMark); err != nil {
		return fmt.Errorf("write %s as CSV: %w", sheet.Name, err)
	}
	writer := csv.NewWriter(w)
	writer.Comma, writer.UseCRLF = ';', true
	write := func(cells []string) error {
		guarded := slices.Clone(cells)
		for i, cell := range guarded {
			guarded[i] = guard(cell)
		}
		return writer.Write(guarded)
	}
	if err := write(sheet.Header); err != nil {
		return fmt.Errorf("write %s as CSV: %w", sheet.Name, err)
	}
	for _, row := range sheet.Rows {
		if err := write(row.Cells); err != nil {
			return fmt.Errorf("write %s as CSV: %w", sheet.Name, err)
		}
	}
	writer.Flush()
	if err := writer.Error(); err != nil {
		return fmt.Errorf("write %s as CSV: %w", sheet.Name, err)
	}
	return nil
}
