package schedule

import (
	"bytes"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/santhosh-tekuri/jsonschema/v6"
)

// shared is a folder of files that are not in the repository; without it the
// tests that need it are skipped.
func shared(t testing.TB, folder string) string {
	t.Helper()
	root := os.Getenv("OBRADY_SHARED")
	if root == "" {
		root = filepath.Join("..", "..", "..", "shared")
	}
	path := filepath.Join(root, folder)
	if _, err := os.Stat(path); err != nil {
		t.Skipf("no %s: set OBRADY_SHARED to the folder with the real files and schemas", folder)
	}
	return path
}

func warsaw(t testing.TB) *time.Location {
	t.Helper()
	place, err := time.LoadLocation("Europe/Warsaw")
	if err != nil {
		t.Fatal(err)
	}
	return place
}

func mustRead(t testing.TB, text string) (*Schedule, []Repair) {
	t.Helper()
	s, repairs, err := Read(strings.NewReader(text), "schedule", Options{Location: warsaw(t)})
	if err != nil {
		t.Fatal(err)
	}
	return s, repairs
}

func readFile(t testing.TB, path string) (*Schedule, []Repair) {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return mustRead(t, string(text))
}

type writer struct {
	name  string
	write func(io.Writer, *Schedule) error
	valid func(testing.TB, []byte)
}

var writers = []writer{{"xml", WriteXML, validXML}, {"json", WriteJSON, validJSON}}

// validXML runs the public XSD over a file.
func validXML(t testing.TB, text []byte) {
	t.Helper()
	xmllint, err := exec.LookPath("xmllint")
	if err != nil {
		if os.Getenv("OBRADY_TEST_NO_SKIP") == "1" {
			t.Fatal("xmllint is missing: install libxml2-utils")
		}
		t.Skip("xmllint is missing: install libxml2-utils")
	}
	xsd := filepath.Join(shared(t, "schemas"), "schedule.xml.xsd")
	check := exec.CommandContext(t.Context(), xmllint, "--noout", "--nonet", "--schema", xsd, "-")
	check.Stdin = bytes.NewReader(text)
	if said, err := check.CombinedOutput(); err != nil {
		t.Errorf("xmllint: %v\n%.3000s", err, said)
	}
}

// validJSON runs the public JSON Schema over a file.
func validJSON(t testing.TB, text []byte) {
	t.Helper()
	compiler := jsonschema.NewCompiler()
	compiler.AssertFormat()
	schema, err := compiler.Compile(filepath.Join(shared(t, "schemas"), "schedule.v1.schema.json"))
	if err != nil {
		t.Fatal(err)
	}
	value, err := jsonschema.UnmarshalJSON(bytes.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	if err := schema.Validate(value); err != nil {
		t.Errorf("JSON Schema: %.3000v", err)
	}
}

// roundTrip writes, validates and reads again; nothing may have changed.
func roundTrip(t testing.TB, s *Schedule, w writer) {
	t.Helper()
	var file, again bytes.Buffer
	if err := w.write(&file, s); err != nil {
		t.Fatal(err)
	}
	w.valid(t, file.Bytes())
	back, repairs := mustRead(t, file.String())
	if diff := cmp.Diff([]Difference(nil), Compare(s, back)); diff != "" {
		t.Errorf("after the round trip (-want +got):\n%.4000s", diff)
	}
	for _, r := range repairs {
		if r.Code != GeneratorMissing {
			t.Errorf("our own file needed a repair: %+v", r)
		}
	}
	if err := w.write(&again, back); err != nil {
		t.Fatal(err)
	}
	if file.String() != again.String() {
		t.Errorf("the second export differs from the first:\n%.3000s", cmp.Diff(file.String(), again.String()))
	}
}

func TestRealFilesComeBackWhole(t *testing.T) {
	folder := shared(t, "schedules")
	for _, name := range []string{"33c3.json", "33c3.xml", "fosdem-2013.xml", "fosdem-2023.xml", "fosdem-2025.xml"} {
		s, repairs := readFile(t, filepath.Join(folder, name))
		counts := map[Code]int{}
		for _, r := range repairs {
			counts[r.Code]++
		}
		t.Logf("%s: %d events, repairs %v, %d overlaps", name, len(s.Events()), counts, len(Overlaps(s)))
		for _, w := range writers {
			t.Run(name+" as "+w.name, func(t *testing.T) { roundTrip(t, s, w) })
		}
	}
}

func TestOneFileInTwoFormatsIsOneSchedule(t *testing.T) {
	folder := shared(t, "schedules")
	fromXML, _ := readFile(t, filepath.Join(folder, "33c3.xml"))
	fromJSON, _ := readFile(t, filepath.Join(folder, "33c3.json"))
	if diff := cmp.Diff([]Difference(nil), Compare(fromXML, fromJSON)); diff != "" {
		t.Errorf("33c3.xml and 33c3.json differ:\n%.4000s", diff)
	}
}

func TestRealFileOfAnotherKindIsRefused(t *testing.T) {
	f, err := os.Open(filepath.Join(shared(t, "schedules"), "pyconfr-2025.json"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	_, _, err = Read(f, "pyconfr-2025.json", Options{})
	refused, ok := IsRefusal(err)
	if !ok || refused.Reason != ReasonWidget || refused.Line != 1 {
		t.Errorf("Read = %v, want %s on line 1", err, ReasonWidget)
	}
}

func BenchmarkRead(b *testing.B) {
	text, err := os.ReadFile(filepath.Join(shared(b, "schedules"), "fosdem-2025.xml"))
	if err != nil {
		b.Fatal(err)
	}
	b.SetBytes(int64(len(text)))
	for b.Loop() {
		if _, _, err := Read(bytes.NewReader(text), "fosdem", Options{}); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkWriteXML(b *testing.B) {
	s, _ := readFile(b, filepath.Join(shared(b, "schedules"), "fosdem-2025.xml"))
	for b.Loop() {
		if err := WriteXML(io.Discard, s); err != nil {
			b.Fatal(err)
		}
	}
}
