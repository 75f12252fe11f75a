package pdf_test

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"obrady/internal/i18n"
	"obrady/internal/pdf"
)

var about = pdf.About{
	Title: "Kolejność wystąpień", Publisher: "Kongres", Lang: i18n.Polish, Made: time.Date(2026, 6, 7, 10, 0, 0, 0, time.UTC),
}

// read has somebody else's program read a document.
func read(t *testing.T, content []byte, program string, args ...string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "x.pdf")
	if err := os.WriteFile(path, content, 0o600); err != nil {
		t.Fatal(err)
	}
	name, err := exec.LookPath(program)
	if errors.Is(err, exec.ErrNotFound) {
		if os.Getenv("OBRADY_TEST_NO_SKIP") != "" {
			t.Fatalf("%s is missing: apt-get install poppler-utils", program)
		}
		t.Skipf("%s is missing (poppler-utils): nobody else reads the document", program)
	}
	out, err := exec.Command(name, append(args, path, "-")...).Output()
	if program == "pdfinfo" {
		out, err = exec.Command(name, append(args, path)...).Output()
	}
	if err != nil {
		t.Fatalf("%s: %v", program, err)
	}
	return string(out)
}

func written(t interface{ Fatal(args ...any) }, d *pdf.Document) []byte {
	var b bytes.Buffer
	if err := d.Write(&b); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

const pangram = "Pchnąć w tę łódź jeża lub ośm skrzyń fig. ZAŻÓŁĆ GĘŚLĄ JAŹŃ. Київ. «Ørsted» “Łódź” 120 m² – 5 €"

func TestAReaderFindsWhatWasWritten(t *testing.T) {
	d := pdf.New(about)
	d.Title("Kalejdoskopy: małe miasteczka")
	d.Heading("Cykl 1")
	d.Paragraph(pangram)
	d.List([]string{"jeden", "dwa"})
	d.Table([]pdf.Column{{Title: "Godzina", Share: 1}, {Title: "Wystąpienie", Share: 4}}, [][]string{{"10.00", "Ulica dla wszystkich"}, {"10.04"}})
	d.Link("Strona", "https://example.org/x")
	content := written(t, d)
	text := read(t, content, "pdftotext", "-layout")
	for _, want := range []string{"Kalejdoskopy: małe miasteczka", "Cykl 1", "Pchnąć", "ZAŻÓŁĆ GĘŚLĄ JAŹŃ", "Київ", "120 m² – 5 €", "– jeden", "Godzina", "Ulica dla wszystkich", "Kolejność wystąpień"} {
		if !strings.Contains(strings.ReplaceAll(text, "\u00A0", " "), want) {
			t.Errorf("the text lacks %q:\n%s", want, text)
		}
	}
	if info := read(t, content, "pdfinfo"); !strings.Contains(info, "Kolejność wystąpień") || !strings.Contains(info, "Pages:           1\n") || !strings.Contains(info, "A4") {
		t.Errorf("pdfinfo says:\n%s", info)
	}
	if again := written(t, same()); !bytes.Equal(again, written(t, same())) {
		t.Error("the same content gives other bytes")
	}
}

func same() *pdf.Document {
	d := pdf.New(about)
	d.Paragraph(pangram)
	return d
}

func TestLettersThatTheFontsLackAreMarked(t *testing.T) {
	d := pdf.New(about)
	d.Title("Drzewa 🌳")
	d.Paragraph("参照番号 a\u0000b\u00ADc")
	text := read(t, written(t, d), "pdftotext")
	if !strings.Contains(text, "Drzewa") || !strings.Contains(text, "abc") || strings.Contains(text, "🌳") {
		t.Errorf("the text is %q", text)
	}
}

func TestALongTableRepeatsItsTitles(t *testing.T) {
	rows := make([][]string, 120)
	for i := range rows {
		rows[i] = []string{fmt.Sprint(i), strings.Repeat("słowo ", i%40)}
	}
	d := pdf.New(about)
	d.Table([]pdf.Column{{Title: "Numer", Share: 1}, {Title: "Treść", Share: 3}}, rows)
	content := written(t, d)
	text := read(t, content, "pdftotext", "-layout")
	pages := strings.Count(text, "\f")
	if pages < 3 || strings.Count(text, "Numer") != pages {
		t.Errorf("%d pages and the titles %d times, want several pages, and once on each", pages, strings.Count(text, "Numer"))
	}
	if got, want := strings.Count(text, "słowo"), 3*20*39; got != want {
		t.Errorf("%d words, want %d", got, want)
	}
}

// TestAnythingCanBeWritten tries every part of a document with texts of all scripts and of none.
func TestAnythingCanBeWritten(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		d := pdf.New(about)
		for range rapid.IntRange(0, 12).Draw(t, "pieces") {
			s := rapid.String().Draw(t, "text")
			switch rapid.IntRange(0, 4).Draw(t, "kind") {
			case 0:
				d.Heading(s)
			case 1:
				d.Paragraph(s)
			case 2:
				d.Table([]pdf.Column{{Title: s, Share: 1}, {Title: "x", Share: 2}}, [][]string{{s, s}, nil, {s, s, s}})
			case 3:
				d.List([]string{s, ""})
			default:
				d.Small(strings.Repeat(s, 40))
			}
		}
		if content := written(t, d); !bytes.HasPrefix(content, []byte("%PDF-")) {
			t.Fatalf("the document begins with %q", content[:min(len(content), 8)])
		}
	})
}

func TestAWordOfOneLetterStaysWithTheNext(t *testing.T) {
	d := pdf.New(about)
	d.Paragraph(strings.Repeat("Mieszkamy w mieście i o nim mówimy, a u nas z każdym rokiem lepiej. ", 30))
	for line := range strings.Lines(read(t, written(t, d), "pdftotext", "-layout")) {
		line = strings.TrimRight(line, " \n\f")
		if i := strings.LastIndexAny(line, " \u00A0"); i >= 0 && len([]rune(line[i:])) == 2 && strings.ContainsAny(line[i:], "aiouwz") {
			t.Errorf("the line %q ends with a word of one letter", line)
		}
	}
}
