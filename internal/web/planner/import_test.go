package planner_test

import (
	"bytes"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"obrady/internal/db"
	"obrady/internal/db/dbtest"
	"obrady/internal/web/webtest"
)

const importAt = "/pl/kpm-2021/biurko/import"

// upload sends a file as the form on the page does.
func (o *office) upload(kind, name, content string) *httptest.ResponseRecorder {
	o.t.Helper()
	var body bytes.Buffer
	form := multipart.NewWriter(&body)
	o.must(form.WriteField("kind", kind))
	part, err := form.CreateFormFile("file", name)
	o.must(err)
	_, err = part.Write([]byte(content))
	o.must(err)
	o.must(form.Close())
	r := httptest.NewRequestWithContext(o.t.Context(), http.MethodPost, importAt, &body)
	return webtest.Do(o.site, r, "Cookie", o.session, "Content-Type", form.FormDataContentType())
}

var keptField = regexp.MustCompile(`name="kept" value="([^"]+)"`)

// kept is what the preview sends back to say which file it was about.
func kept(t *testing.T, page string) string {
	t.Helper()
	found := keptField.FindStringSubmatch(page)
	if found == nil {
		t.Fatalf("the preview has no button: %s", main(page))
	}
	return found[1]
}

func TestTableFromFileToProgramme(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		o := open(t, d)
		sample := o.get(importAt + "/wzor.csv")
		expect(t, sample, http.StatusOK, "tytuł (pl)", "zielone podwórka", "miasto bez barier")
		// Old Excel on a Polish machine writes Windows-1250 with semicolons.
		broken := "tytu\xb3;blok;format;dzie\xf1;pocz\xb9tek;koniec;nieznana\r\nZielona \xb3\xb9ka;kalejdoskopy;panel;2021-06-07;10:00;11:00;x\r\n" +
			"Z\xb3a;brak;panel;2021-06-07;10:00;09:00;\r\n"
		expect(t, o.upload("table", "program.csv", broken), 303)
		page := o.get(importAt + "/podglad/table")
		expect(t, page, 422, "program.csv", "Nic jeszcze nie zapisano", "1250", "średnik", "nieznana", "do poprawienia", "program", "3", "blok", "nie ma bloku „brak”", "Zielona łąka")
		expect(t, o.post(importAt+"/podglad/table", url.Values{"kept": {"forged"}}), 409, "Od czasu podglądu wczytano inny plik")
		if n := len(o.working().Sessions); n != 0 {
			t.Errorf("%d sessions after a preview, want none", n)
		}

		expect(t, o.upload("table", "wzor.csv", sample.Body.String()), 303)
		page = o.get(importAt + "/podglad/table")
		expect(t, page, 200, "sesje: 2", "nowa sesja")
		expect(t, o.post(importAt+"/podglad/table", url.Values{"kept": {kept(t, page.Body.String())}}), 303)
		if n := len(o.working().Sessions); n != 2 {
			t.Errorf("%d sessions after the import, want 2", n)
		}
		expect(t, o.get(importAt+"/podglad/table"), 404, "Nie ma pliku")
	})
}

func TestScheduleFromFileToProgramme(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		o := open(t, d)
		const file = `<?xml version="1.0"?><schedule><conference><title>Obce</title><acronym>obce</acronym></conference>
			<day date="2021-06-07"><room name="Sala"><event id="0"><title>Wykład</title><start>10:00</start><duration>00:30</duration>
			<persons><person id="0">Anna Obca</person></persons></event></room></day></schedule>`
		expect(t, o.upload("schedule", "schedule.xml", file), 303)
		page := o.get(importAt + "/podglad/schedule")
		expect(t, page, 200, "Wydarzenia w pliku: 1", "osoby: 1", "popraw", "Wiersz pliku")
		expect(t, o.post(importAt+"/podglad/schedule", url.Values{"kept": {kept(t, page.Body.String())}}), 303)
		if n := len(o.working().Sessions); n != 1 {
			t.Errorf("%d sessions after the import, want 1", n)
		}
	})
}

func TestFilesThatAreRefused(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		o := open(t, d)
		for name, test := range map[string]struct {
			kind, content, want string
			status              int
		}{
			"nothing":           {"table", "", "Wybierz plik", 422},
			"a web page":        {"schedule", "<!doctype html><html><body>502</body></html>", "strona internetowa", 422},
			"half an XML":       {"schedule", "<schedule><day", "f-file", 422},
			"another JSON":      {"schedule", `{"a": 1}`, "nie program konferencji", 422},
			"an old workbook":   {"table", "\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1" + strings.Repeat("x", 600), "starego formatu", 422},
			"a broken workbook": {"table", "PK\x03\x04junk", "Nie udało się odczytać tabeli", 422},
			"more than we take": {"table", strings.Repeat("a;b\n", 6<<20), "To za dużo na raz", 413},
			"a kind of no kind": {"../../x", "tytuł\nA\n", "", 303},
		} {
			got := o.upload(test.kind, name, test.content)
			if got.Code != test.status {
				t.Errorf("%s:", name)
			}
			expect(t, got, test.status, test.want)
		}
		expect(t, o.upload("table", "kolumny.csv", "a;b\n1;2\n"), 303)
		expect(t, o.get(importAt+"/podglad/table"), 422, "Brakuje kolumny")
		expect(t, o.get(importAt+"/podglad/other"), 404)
	})
}
