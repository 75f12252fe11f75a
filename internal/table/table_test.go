package table

import (
	"archive/zip"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/xuri/excelize/v2"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/unicode"
	"pgregory.net/rapid"
)

const list = "Imię;Miasto\r\nŁucja Źdźbło;Kędzierzyn-Koźle\r\nŚwięty Mikołaj;Łódź\r\n"

func TestReadCSV(t *testing.T) {
	must := func(content []byte, err error) string {
		if err != nil {
			t.Fatal(err)
		}
		return string(content)
	}
	people := []Row{{2, []string{"Łucja Źdźbło", "Kędzierzyn-Koźle"}}, {3, []string{"Święty Mikołaj", "Łódź"}}}
	for _, test := range []struct {
		name, content, encoding string
		separator               rune
		rows                    []Row
	}{
		{"UTF-8", list, "UTF-8", ';', people},
		{"UTF-8 with a mark", "\uFEFF" + list, "UTF-8", ';', people},
		{"Polish Windows", must(charmap.Windows1250.NewEncoder().Bytes([]byte(list))), "Windows-1250", ';', people},
		{"Polish Unix", must(charmap.ISO8859_2.NewEncoder().Bytes([]byte(list))), "ISO-8859-2", ';', people},
		{"UTF-16 with a mark", must(unicode.UTF16(unicode.LittleEndian, unicode.UseBOM).NewEncoder().Bytes([]byte(list))), "UTF-16LE", ';', people},
		{"UTF-16 the other way", must(unicode.UTF16(unicode.BigEndian, unicode.UseBOM).NewEncoder().Bytes([]byte(list))), "UTF-16BE", ';', people},
		{"UTF-16 without a mark", must(unicode.UTF16(unicode.LittleEndian, unicode.IgnoreBOM).NewEncoder().Bytes([]byte(list))), "UTF-16LE", ';', people},
		{"commas", strings.ReplaceAll(list, ";", ","), "UTF-8", ',', people},
		{"tabs", strings.ReplaceAll(list, ";", "\t"), "UTF-8", '\t', people},
		{"bars", strings.ReplaceAll(list, ";", "|"), "UTF-8", '|', people},
		{"a comma inside a name", "a;b\n\"Kowalska, Anna\";1,5\n", "UTF-8", ';', []Row{{2, []string{"Kowalska, Anna", "1,5"}}}},
		{"a line that names the sign", "sep=,\na,b;c\n1,2\n", "UTF-8", ',', []Row{{3, []string{"1", "2"}}}},
		{"rows with nothing are counted", "a;b\n;\n\n1;2\n", "UTF-8", ';', []Row{{4, []string{"1", "2"}}}},
		{"lines inside a cell are not rows", "a;b\n\"x\ny\";1\nz;2\n", "UTF-8", ';', []Row{{2, []string{"x\ny", "1"}}, {3, []string{"z", "2"}}}},
		{"short and long rows", "a;b\n1\n1;2;3\n", "UTF-8", ';', []Row{{2, []string{"1", ""}}, {3, []string{"1", "2", "3"}}}},
		{"a lost quote", "a;b\nsala 5\" duża;2\n", "UTF-8", ';', []Row{{2, []string{"sala 5\" duża", "2"}}}},
		{"one column", "a\n1\n", "UTF-8", ';', []Row{{2, []string{"1"}}}},
		{"our own apostrophe", "a;b\n'=1+1;'tak\n", "UTF-8", ';', []Row{{2, []string{"=1+1", "'tak"}}}},
	} {
		t.Run(test.name, func(t *testing.T) {
			file, err := Read(strings.NewReader(test.content), `C:\Pulpit\lista osób.csv`)
			if err != nil {
				t.Fatal(err)
			}
			if file.Encoding != test.encoding || file.Separator != test.separator {
				t.Errorf("read as %s with %q, want %s with %q", file.Encoding, file.Separator, test.encoding, test.separator)
			}
			if diff := cmp.Diff(test.rows, file.Sheets[0].Rows); diff != "" {
				t.Errorf("rows (-want +got):\n%s", diff)
			}
			if got := file.Sheets[0].Name; got != "lista osób" {
				t.Errorf("name = %q", got)
			}
		})
	}
}

func TestReadXLSX(t *testing.T) {
	book := excelize.NewFile()
	style := func(format string) int {
		id, err := book.NewStyle(&excelize.Style{CustomNumFmt: &format})
		if err != nil {
			t.Fatal(err)
		}
		return id
	}
	at := time.Date(2026, 10, 16, 9, 30, 0, 0, time.UTC)
	for cell, value := range map[string]any{"B2": "Dzień", "C2": "Od", "D2": "Chwila", "E2": "Kwota", "F2": "Wzór", "B3": at.Truncate(24 * time.Hour), "C3": 0.395833333333333, "D3": at, "E3": 1234.5, "B5": " Łódź "} {
		if err := book.SetCellValue("Sheet1", cell, value); err != nil {
			t.Fatal(err)
		}
	}
	for cell, format := range map[string]string{"B3": `d.mm.yyyy" r."`, "C3": "[$-415]h:mm", "D3": "dd/mm/yy hh:mm", "E3": `# ##0.00\ "zł"`} {
		if err := book.SetCellStyle("Sheet1", cell, cell, style(format)); err != nil {
			t.Fatal(err)
		}
	}
	if err := book.SetCellFormula("Sheet1", "F3", "1+1"); err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	if err := book.Write(&out); err != nil {
		t.Fatal(err)
	}
	file, err := Read(&out, "sesje.xlsx")
	if err != nil {
		t.Fatal(err)
	}
	want := []Sheet{{
		Name:   "Sheet1",
		Header: []string{"", "Dzień", "Od", "Chwila", "Kwota", "Wzór"},
		Rows: []Row{
			{3, []string{"", "2026-10-16", "09:30:00", "2026-10-16T09:30:00", "1234.5", ""}},
			{5, []string{"", "Łódź", "", "", "", ""}},
		},
	}}
	if diff := cmp.Diff(want, file.Sheets); diff != "" {
		t.Errorf("sheets (-want +got):\n%s", diff)
	}
}

// archive packs entries, each of so many megabytes of zeros.
func archive(t *testing.T, entries map[string]int) string {
	var out bytes.Buffer
	w := zip.NewWriter(&out)
	for name, megabytes := range entries {
		entry, err := w.Create(name)
		if err != nil {
			t.Fatal(err)
		}
		for range megabytes {
			if _, err := entry.Write(make([]byte, 1<<20)); err != nil {
				t.Fatal(err)
			}
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return out.String()
}

func workbook(t *testing.T, fill func(*excelize.File) error, options ...excelize.Options) string {
	book := excelize.NewFile()
	var out bytes.Buffer
	if err := fill(book); err != nil {
		t.Fatal(err)
	}
	if err := book.Write(&out, options...); err != nil {
		t.Fatal(err)
	}
	return out.String()
}

func TestRefusals(t *testing.T) {
	cell := func(at string) func(*excelize.File) error {
		return func(book *excelize.File) error { return book.SetCellValue("Sheet1", at, "x") }
	}
	many := map[string]int{"xl/workbook.xml": 0}
	for i := range MaxEntries {
		many[fmt.Sprint(i)] = 0
	}
	good := workbook(t, cell("A1"))
	for _, test := range []struct {
		name, content string
		want          Code
	}{
		{"a big file", strings.Repeat("a;b\n", MaxFile/4+1), TooLarge},
		{"200 MB of zeros", archive(t, map[string]int{"xl/workbook.xml": 0, "xl/worksheets/sheet1.xml": 200}), Bomb},
		{"a small bomb", archive(t, map[string]int{"xl/workbook.xml": 20}), Bomb},
		{"many entries", archive(t, many), Bomb},
		{"a wide sheet", workbook(t, cell("XFD1")), TooManyColumns},
		{"many columns in a CSV", strings.Repeat("a;", MaxColumns) + "a\n", TooManyColumns},
		{"many rows", "a;b\n" + strings.Repeat("1;2\n", MaxRows+1), TooManyRows},
		{"many cells", strings.Repeat(strings.Repeat("1;", 199)+"1\n", MaxCells/200+1), TooManyCells},
		{"a password", workbook(t, cell("A1"), excelize.Options{Password: "tajne"}), Encrypted},
		{"old Excel", "\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1" + strings.Repeat("\x00", 600), OldExcel},
		{"OpenDocument", archive(t, map[string]int{"META-INF/manifest.xml": 0, "content.xml": 0}), OpenDocument},
		{"another archive", archive(t, map[string]int{"a.txt": 0}), NotATable},
		{"a workbook of nothing", archive(t, map[string]int{"xl/workbook.xml": 0}), NotATable},
		{"half a workbook", good[:len(good)/2], NotATable},
		{"a picture", "\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR", NotATable},
		{"a web page", " <html><table><tr><td>a;b", NotATable},
		{"a PDF", "%PDF-1.7\na;b", NotATable},
		{"nothing", "", Empty},
		{"nothing but separators", ";;;\n;;;\n", Empty},
		{"an empty workbook", workbook(t, func(*excelize.File) error { return nil }), Empty},
	} {
		t.Run(test.name, func(t *testing.T) {
			start := time.Now()
			_, err := Read(strings.NewReader(test.content), "a.xlsx")
			var refused *Error
			if !errors.As(err, &refused) || refused.Code != test.want {
				t.Errorf("Read = %v, want %s", err, test.want)
			}
			if took := time.Since(start); took > 15*time.Second { // a second on a machine at rest
				t.Errorf("Read took %s", took)
			}
		})
	}
}

// A row far down costs time only for what is in it.
func TestLastRow(t *testing.T) {
	content := workbook(t, func(book *excelize.File) error {
		if err := book.SetCellValue("Sheet1", "A1", "Nazwa"); err != nil {
			return err
		}
		return book.SetCellValue("Sheet1", "A1048576", "x")
	})
	file, err := Read(strings.NewReader(content), "")
	if err != nil {
		t.Fatal(err)
	}
	if got := file.Sheets[0].Rows[0].Number; got != 1048576 {
		t.Errorf("number = %d, want 1048576", got)
	}
}

func TestGuard(t *testing.T) {
	for _, test := range []struct{ name, cell, want string }{
		{"a formula", "=1+1", "'=1+1"},
		{"a command", "@SUM(A1)", "'@SUM(A1)"},
		{"a telephone number", "+48 600 100 200", "'+48 600 100 200"},
		{"a negative number", "-12,5", "-12,5"},
		{"a number", "5", "5"},
		{"a dash", "- nie", "'- nie"},
		{"a tab", "\t=1", "'\t=1"},
		{"wide letters", "＝1", "'＝1"},
		{"already guarded", "'=1", "''=1"},
		{"an apostrophe", "'s", "'s"},
		{"nothing", "", ""},
	} {
		if got := guard(test.cell); got != test.want {
			t.Errorf("%s: guard(%q) = %q, want %q", test.name, test.cell, got, test.want)
		}
	}
}

func cells() *rapid.Generator[string] {
	return rapid.OneOf(
		rapid.SampledFrom([]string{"=cmd|' /C calc'!A0", "@x", "+1", "-1+2", "'=", "''-x", "a;b", "\"", "a\nb", "Łódź", "1,5", "|", "x\ty", ",,,"}),
		rapid.StringMatching(`[ -~ąćęłńóśźż]{0,20}`),
	)
}

// What we write, we read; and no cell of a CSV begins a formula.
func TestRoundTrip(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		sheet := Sheet{Name: "Lista", Header: []string{"Imię", "Miasto", "Uwagi"}}
		for range rapid.IntRange(1, 5).Draw(t, "rows") {
			sheet.Add("x", strings.TrimSpace(cells().Draw(t, "cell")), strings.TrimSpace(cells().Draw(t, "cell")))
		}
		var asCSV, asXLSX bytes.Buffer
		if err := WriteCSV(&asCSV, sheet); err != nil {
			t.Fatal(err)
		}
		if err := WriteXLSX(&asXLSX, []Sheet{sheet}); err != nil {
			t.Fatal(err)
		}
		for _, written := range []io.Reader{&asCSV, &asXLSX} {
			file, err := Read(written, "Lista.csv")
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff([]Sheet{sheet}, file.Sheets); diff != "" {
				t.Errorf("read (-written +read):\n%s", diff)
			}
		}
	})
}

func TestWriteCSVBytes(t *testing.T) {
	sheet := Sheet{Header: []string{"Imię", "Kwota"}}
	sheet.Add("Żaneta \"Żuk\"", "=2+2")
	var out bytes.Buffer
	if err := WriteCSV(&out, sheet); err != nil {
		t.Fatal(err)
	}
	if got, want := out.String(), "\uFEFFImię;Kwota\r\n\"Żaneta \"\"Żuk\"\"\";'=2+2\r\n"; got != want {
		t.Errorf("WriteCSV = %q, want %q", got, want)
	}
}

func TestWriteXLSXHoldsNoFormula(t *testing.T) {
	sheet := Sheet{Name: `a:b\c/d?[e]*f` + strings.Repeat("ż", 40), Header: []string{"=1", "b"}}
	sheet.Add("=HYPERLINK(\"http://a\")", "12")
	var out bytes.Buffer
	if err := WriteXLSX(&out, []Sheet{sheet, sheet, {Name: "''"}}); err != nil {
		t.Fatal(err)
	}
	book, err := excelize.OpenReader(&out)
	if err != nil {
		t.Fatal(err)
	}
	names := book.GetSheetList()
	if len(names) != 3 {
		t.Fatalf("sheets %q, want 3", names)
	}
	for _, at := range []string{"A1", "A2", "B2"} {
		formula, err := book.GetCellFormula(names[0], at)
		if err != nil || formula != "" {
			t.Errorf("%s: formula %q, %v", at, formula, err)
		}
		if kind, err := book.GetCellType(names[0], at); err != nil || kind != excelize.CellTypeInlineString {
			t.Errorf("%s: type %v, %v, want text", at, kind, err)
		}
	}
}

func TestMatch(t *testing.T) {
	wanted := []Column{
		{Name: "title", Aliases: []string{"Tytuł sesji", "Tytuł"}, Required: true},
		{Name: "email", Aliases: []string{"Poczta", "E-mail"}, Required: true},
		{Name: "place", Aliases: []string{"Miejsce"}},
	}
	for _, test := range []struct {
		name   string
		header []string
		want   Matched
	}{
		{"however people write", []string{"TYTUL  SESJI:", "e mail", " miejsce"}, Matched{At: map[string]int{"title": 0, "email": 1, "place": 2}}},
		{"by our own names", []string{"Place", "Email", "Title"}, Matched{At: map[string]int{"title": 2, "email": 1, "place": 0}}},
		{"a heading too many", []string{"tytuł", "email", "Kolor", ""}, Matched{At: map[string]int{"title": 0, "email": 1}, Unknown: []string{"Kolor"}}},
		{"the same thing twice", []string{"tytuł", "email", "E-mail"}, Matched{At: map[string]int{"title": 0, "email": 1}, Twice: []string{"E-mail"}}},
		{"nothing required", []string{"Miejsce"}, Matched{At: map[string]int{"place": 0}, Missing: []string{"title", "email"}}},
	} {
		t.Run(test.name, func(t *testing.T) {
			if diff := cmp.Diff(test.want, Match(test.header, wanted)); diff != "" {
				t.Errorf("Match (-want +got):\n%s", diff)
			}
		})
	}
}

func TestSentences(t *testing.T) {
	codes := []Code{TooLarge, TooManyRows, TooManyColumns, TooManyCells, Bomb, Encrypted, OldExcel, OpenDocument, NotATable, Empty}
	for _, lang := range []string{"pl", "en"} {
		content, err := Locale.ReadFile("locale/" + lang + ".json")
		if err != nil {
			t.Fatal(err)
		}
		sentences := map[string]string{}
		if err := json.Unmarshal(content, &sentences); err != nil {
			t.Fatal(err)
		}
		for _, code := range codes {
			if sentences[string(code)] == "" {
				t.Errorf("%s: no sentence for %s", lang, code)
			}
		}
		if len(sentences) != len(codes) {
			t.Errorf("%s: %d sentences, want %d", lang, len(sentences), len(codes))
		}
	}
}

func FuzzRead(f *testing.F) {
	f.Add([]byte(list))
	f.Add([]byte("sep=;\n\"a\nb\"|c\t'=1"))
	f.Add([]byte("\xFF\xFEa\x00;\x00"))
	f.Fuzz(func(t *testing.T, content []byte) {
		file, err := Read(bytes.NewReader(content), "a.csv")
		var refused *Error
		if err != nil && !errors.As(err, &refused) {
			t.Errorf("Read = %v, want a refusal with a reason", err)
		}
		if err != nil {
			return
		}
		for _, row := range file.Sheets[0].Rows {
			if row.Number < 2 || len(row.Cells) < len(file.Sheets[0].Header) {
				t.Errorf("row %d has %d cells under %d headings", row.Number, len(row.Cells), len(file.Sheets[0].Header))
			}
		}
	})
}
