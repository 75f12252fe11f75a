package e2e

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
	"golang.org/x/text/encoding/charmap"
)

// bring chooses a file in one of the forms of the import and sends it.
func (b *tab) bring(kind, name string, content []byte) int64 {
	b.t.Helper()
	file := filepath.Join(b.t.TempDir(), name)
	if err := os.WriteFile(file, content, 0o600); err != nil {
		b.t.Fatal(err)
	}
	form := fmt.Sprintf(`form:has(input[name="kind"][value=%q])`, kind)
	if !b.is(present(form)) {
		b.t.Fatalf("no form for a %s at %s", kind, b.where())
	}
	b.do(chromedp.SetUploadFiles(chromedp.CSS(form+` input[type="file"]`), []string{file}))
	return b.click(form + " button")
}

var importAt = map[string]string{"pl": "/pl/kpm-2021/biurko/import", "en": "/en/kpm-2021/desk/import"}

// A table from a Polish spreadsheet comes in Windows-1250 with semicolons.
const polishTable = "tytuł (pl);blok;rodzaj;dzień;początek;koniec;sala\r\n" +
	"Żółta łódź: ćwiczenia z gęślą;warsztaty;warsztat;2021-06-08;18:00;18:45;sala-e\r\n"

func bringATable(b *tab, lang string) {
	content, err := charmap.Windows1250.NewEncoder().String(polishTable)
	if err != nil {
		b.t.Fatal(err)
	}
	b.visit(importAt[lang])
	if status := b.bring("table", "program.csv", []byte(content)); status != 200 {
		b.t.Fatalf("the table is answered with %d: %s", status, b.text("main"))
	}
	preview := b.text("main")
	for _, want := range []string{"Żółta łódź: ćwiczenia z gęślą", "1250"} {
		if !strings.Contains(preview, want) {
			b.t.Errorf("the preview does not show %q: %s", want, preview)
		}
	}
	b.fitState("a preview of a table")
	sessions := desk[lang].sessions + "/zolta-lodz-cwiczenia-z-gesla"
	look := b.beside(b.t)
	look.visitFor(sessions, 404) // nothing has been written yet
	if status := b.click(`form:has(input[name="kept"]) button`); status != 200 {
		b.t.Fatalf("the import is answered with %d: %s", status, b.text("main"))
	}
	look.visit(sessions)
	if got := look.value("#f-title_pl"); got != "Żółta łódź: ćwiczenia z gęślą" {
		b.t.Errorf("the new session is called %q", got)
	}
}

func bringABadTable(b *tab, lang string) {
	b.visit(importAt[lang])
	b.provoke(422)
	b.bring("table", "program.csv", []byte("tytuł (pl);blok;dzień;początek;koniec\nDobra;warsztaty;2021-06-08;18:00;18:45\nZła;nie-ma;2021-06-31;18:00;17:00\n"))
	refused := b.text(`[aria-labelledby="refused"] table`)
	if !strings.Contains(refused, "3") || !strings.Contains(refused, "blok") && !strings.Contains(refused, "block") {
		b.t.Errorf("the refused row is not named by row and column: %q in %.300s", refused, b.text("main"))
	}
	b.want("!"+present(`form:has(input[name="kept"])`), "half of a table can be imported")
	b.fitState("a table with a refused row")
}

// What people send as schedule.xml is sometimes an error page, sometimes cut off.
func bringABrokenSchedule(b *tab, lang string) {
	for _, test := range []struct{ name, content string }{
		{"an error page", "<!DOCTYPE html><html><head><title>502 Bad Gateway</title></head><body></body></html>"},
		{"a file that was cut off", `<?xml version="1.0"?><schedule><conference><title>X</title></conference><day index="1" date="2021-06-07"><room name="A"><event id="1">`},
		{"nothing", ""},
		{"another JSON", `{"hello": "world"}`},
	} {
		b.visit(importAt[lang])
		b.provoke(422)
		if status := b.bring("schedule", "schedule.xml", []byte(test.content)); status != 422 {
			b.t.Errorf("%s is answered with %d, want 422", test.name, status)
		}
		b.want(shown(".error-summary, .field-error"), test.name+" is refused without a word")
		b.want("!"+present(`form:has(input[name="kept"])`), test.name+" can be imported")
	}
	b.fitState("a refused schedule")
}

func bringASchedule(b *tab, lang string) {
	b.visit(importAt[lang])
	const guid = "6a1f5b0e-1111-4222-8333-444455556666"
	schedule := `<?xml version="1.0" encoding="UTF-8"?><schedule><version>1</version><conference><acronym>x</acronym><title>X</title>` +
		`<start>2021-06-08</start><end>2021-06-08</end><days>1</days><timeslot_duration>00:05</timeslot_duration></conference>` +
		`<day index="1" date="2021-06-08" start="2021-06-08T08:00:00+02:00" end="2021-06-08T22:00:00+02:00"><room name="Sala gościnna">` +
		`<event id="77" guid="` + guid + `"><date>2021-06-08T20:00:00+02:00</date><start>20:00</start><duration>00:30</duration><room>Sala gościnna</room>` +
		`<slug>goscinnie</slug><title>Gościnnie z innego programu</title><subtitle></subtitle><track>Goście</track><type>talk</type><language>pl</language>` +
		`<abstract></abstract><description></description><persons><person id="0">Ewa Przykładowa</person></persons><links></links><attachments></attachments></event></room></day></schedule>`
	if status := b.bring("schedule", "schedule.xml", []byte(schedule)); status != 200 {
		b.t.Fatalf("the schedule is answered with %d: %s", status, b.text("main"))
	}
	b.fitState("a preview of a schedule")
	if status := b.click(`form:has(input[name="kept"]) button`); status != 200 {
		b.t.Fatalf("the import is answered with %d: %s", status, b.text("main"))
	}
	b.visit(desk[lang].sessions)
	b.fill(`main input[name="q"]`, "Gościnnie")
	b.leaving(enter())
	b.want(`document.querySelector("main").innerText.replaceAll("\u00a0", " ").includes("Gościnnie z innego programu")`, "the session is not in the list")
}

func TestFilesComeIn(t *testing.T) {
	inBoth(t, func(t *testing.T, lang string) {
		me := signedIn(t, ownDemo(t), lang)
		for _, part := range []struct {
			name string
			do   func(b *tab, lang string)
		}{
			{"a table in a Polish encoding", bringATable},
			{"a table with a row that cannot be", bringABadTable},
			{"schedules that are none", bringABrokenSchedule},
			{"the schedule of another program", bringASchedule},
		} {
			t.Run(part.name, func(t *testing.T) { part.do(me.beside(t), lang) })
		}
	})
}
