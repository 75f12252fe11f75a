package proceedings

import (
	"bytes"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"unicode"

	"github.com/google/go-cmp/cmp"

	"obrady/internal/i18n"
)

// hostile is a volume whose every text means something to somebody: to TeX, to BibTeX, to JSON.
func hostile() Book {
	return Book{
		Document: Document{
			About: About{
				Title: i18n.Text{PL: "Materiały & {woda}", EN: "Proceedings"}, Editors: []string{"Anna Łąkowa", "Zespół"}, Publisher: "Urząd 100%_", Place: "Łódź", Year: 2026,
				ISBN: "978-3-16-148410-0",
			},
			Entries: []Entry{
				{
					Code: "AB-1", Title: `Rzeka $x_1^2$ #2 ~ "cudzysłów" \input{/etc/passwd} i } klamra`, Language: i18n.Polish,
					Authors:  []Author{{Name: "Anna Maria Świętochowska-Żak", Affiliation: "UŚ", ORCID: "0000-0002-1825-0097"}, {Name: "Jan and Nowak"}, {Name: "Platon"}},
					Abstract: "Pierwszy akapit,\nz przecinkiem = znakiem @article{x,\nDrugi", Keywords: []string{"woda", "miasto"}, DOI: "10.12345/kpm_1", Pages: "12–15",
				},
				{Code: "AB-2", Title: "Plain", Language: i18n.English, Authors: []Author{{Name: "N.N."}}, Abstract: "Text."},
				{Code: "AB-3", Title: "Wycofane", Language: i18n.Polish, Withdrawn: true},
			},
		},
		Edition: "kpm-2026", Event: "Kongres", Address: func(e Entry) string { return "https://kongres.example/pl/x/" + e.Code },
	}
}

// record is an entry of a BibTeX file as a reader sees it.
type record struct {
	kind, key string
	fields    map[string]string
}

// readBib reads what the grammar of BibTeX allows and nothing else: @kind{key, name = {balanced}, …}.
func readBib(t *testing.T, text string) (all []record) {
	t.Helper()
	in := []rune(text)
	at := 0
	skip := func() {
		for at < len(in) && unicode.IsSpace(in[at]) {
			at++
		}
	}
	want := func(r rune) {
		skip()
		if at >= len(in) || in[at] != r {
			t.Fatalf("want %q at %d: …%s", r, at, string(in[at:min(len(in), at+40)]))
		}
		at++
	}
	until := func(stops string) string {
		from := at
		for at < len(in) && !strings.ContainsRune(stops, in[at]) {
			at++
		}
		return strings.TrimSpace(string(in[from:at]))
	}
	for skip(); at < len(in); skip() {
		want('@')
		one := record{kind: until("{"), fields: map[string]string{}}
		want('{')
		one.key = until(",")
		for at < len(in) && in[at] == ',' {
			at++
			name := until("=")
			want('=')
			want('{')
			from, depth := at, 1
			for ; at < len(in) && depth > 0; at++ {
				switch in[at] {
				case '{':
					depth++
				case '}':
					depth--
				}
			}
			one.fields[name] = string(in[from : at-1])
			skip()
		}
		want('}')
		all = append(all, one)
	}
	return all
}

func TestBibTeXIsReadBack(t *testing.T) {
	var out bytes.Buffer
	if err := hostile().WriteBibTeX(&out); err != nil {
		t.Fatal(err)
	}
	all := readBib(t, out.String())
	if len(all) != 2 || all[0].key != "kpm-2026-ab-1" || all[1].key != "kpm-2026-ab-2" || all[0].kind != "inproceedings" {
		t.Fatalf("%d records are read, want the two that stand:\n%s", len(all), out.String())
	}
	for name, want := range map[string]string{
		"author": "Świętochowska-Żak, Anna Maria and {Jan and Nowak} and {Platon}", "year": "2026", "pages": "12--15", "doi": `10.12345/kpm\_1`,
		"title":     `{Rzeka \$x\_1\textasciicircum{}2\$ \#2 \textasciitilde{} {"}cudzysłów{"} \textbackslash{}input\textbraceleft{}/etc/passwd\textbraceright{} i \textbraceright{} klamra}`,
		"booktitle": `{Materiały \& \textbraceleft{}woda\textbraceright{}}`, "editor": "Łąkowa, Anna and {Zespół}",
	} {
		if got := all[0].fields[name]; got != want {
			t.Errorf("%s = %s, want %s", name, got, want)
		}
	}
}

// Somebody else's program reads the file, where there is one.
func TestAnotherProgramReadsTheBibTeX(t *testing.T) {
	python, err := exec.LookPath("python3")
	if err != nil || exec.Command(python, "-c", "import bibtexparser").Run() != nil {
		t.Skip("NOT TRIED: nobody else reads the BibTeX; python3 with bibtexparser is not here")
	}
	path := filepath.Join(t.TempDir(), "x.bib")
	var out bytes.Buffer
	if err := hostile().WriteBibTeX(&out); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, out.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
	said, err := exec.Command(python, "-c", "import bibtexparser, sys; print(len(bibtexparser.load(open(sys.argv[1])).entries))", path).Output()
	if err != nil || strings.TrimSpace(string(said)) != "2" {
		t.Errorf("it reads %q, %v, want 2 entries", said, err)
	}
}

// cslFields are those of the schema of CSL-JSON that we use, with what each is.
var cslFields = map[string]string{
	"id": "text", "type": "text", "title": "text", "author": "names", "editor": "names", "container-title": "text", "event-title": "text",
	"publisher": "text", "publisher-place": "text", "ISBN": "text", "DOI": "text", "URL": "text", "page": "text", "language": "text",
	"keyword": "text", "abstract": "text", "issued": "date",
}

func TestCSLHasTheShapeOfItsSchema(t *testing.T) {
	var out bytes.Buffer
	if err := hostile().WriteCSL(&out); err != nil {
		t.Fatal(err)
	}
	var all []map[string]any
	if err := json.Unmarshal(out.Bytes(), &all); err != nil {
		t.Fatal(err)
	}
	if len(all) != 2 {
		t.Fatalf("%d items, want the two that stand", len(all))
	}
	for _, one := range all {
		for name, value := range one {
			ok := false
			switch cslFields[name] {
			case "text":
				_, ok = value.(string)
			case "names":
				list, _ := value.([]any)
				ok = len(list) > 0
				for _, n := range list {
					parts, isName := n.(map[string]any)
					ok = ok && isName && (parts["literal"] != nil) != (parts["family"] != nil)
				}
			case "date":
				ok = cmp.Equal(value, map[string]any{"date-parts": []any{[]any{2026.0}}})
			}
			if !ok {
				t.Errorf("%s = %v is not what the schema has there", name, value)
			}
		}
		if one["type"] != "paper-conference" || one["id"] == "" {
			t.Errorf("%v, want an id and a type that the schema knows", one)
		}
	}
	if got := all[0]["author"].([]any)[0]; !cmp.Equal(got, map[string]any{"family": "Świętochowska-Żak", "given": "Anna Maria"}) {
		t.Errorf("the first author is %v", got)
	}
}

func TestCite(t *testing.T) {
	b := hostile()
	got, want := b.Cite(Entry{Code: "AB-9", Title: "Rzeka.", Language: i18n.English, Authors: []Author{{Name: "Anna Maria Kowalska"}, {Name: "Platon"}}, Pages: "3", DOI: "10.12345/9"}),
		"Kowalska, A. M.; Platon (2026). Rzeka. Proceedings, 3. Urząd 100%_. https://doi.org/10.12345/9"
	if got != want {
		t.Errorf("Cite = %s, want %s", got, want)
	}
}

func TestSplitName(t *testing.T) {
	for name, want := range map[string][2]string{
		"Anna Maria Kowalska": {"Anna Maria", "Kowalska"}, "Platon": {"", "Platon"}, "Jan Wzór (przykład)": {"Jan", "Wzór (przykład)"}, "": {"", ""}, "(przykład)": {"", "(przykład)"},
	} {
		if given, family := splitName(name); given != want[0] || family != want[1] {
			t.Errorf("splitName(%q) = %q, %q, want %q", name, given, family, want)
		}
	}
}

func TestWhatATitlePageMaySay(t *testing.T) {
	good := Volume{About: About{Title: i18n.Both("Tom"), Year: 2026, Abstract: "abstract"}}
	for _, test := range []struct {
		name  string
		with  func(*About)
		field string
	}{
		{"nothing wrong", func(*About) {}, ""},
		{"no title", func(a *About) { a.Title = i18n.Text{} }, "title_pl"},
		{"a year of two digits", func(a *About) { a.Year = 26 }, "year"},
		{"an ISBN of thirteen digits", func(a *About) { a.ISBN = "978-3-16-148410-0" }, ""},
		{"an ISBN of ten", func(a *About) { a.ISBN = "0-8044-2957-X" }, ""},
		{"a slip in an ISBN", func(a *About) { a.ISBN = "978-3-16-148410-1" }, "isbn"},
		{"an ISBN of letters", func(a *About) { a.ISBN = "żółw" }, "isbn"},
		{"a DOI where its prefix stands", func(a *About) { a.Prefix = "10.12345/1" }, "prefix"},
		{"no question for the abstract", func(a *About) { a.Abstract = "" }, "abstract"},
	} {
		t.Run(test.name, func(t *testing.T) {
			v := good
			test.with(&v.About)
			got := ""
			if err := v.Validate(); err != nil {
				got = err.Error()
			}
			if test.field == "" && got != "" || !strings.Contains(got, test.field) {
				t.Errorf("Validate = %q, want a problem of %q", got, test.field)
			}
		})
	}
}
