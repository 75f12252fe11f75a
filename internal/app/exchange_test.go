package app_test

import (
	"bytes"
	"testing"
	"time"

	"obrady/internal/app"
	"obrady/internal/db"
	"obrady/internal/db/dbtest"
	"obrady/internal/i18n"
)

// A file written at the terminal is the one that the site sends, to the byte. A workbook is packed anew each time and is
// left out.
func TestTheTerminalAndTheSiteWriteTheSameFiles(t *testing.T) {
	d := dbtest.New(t, db.SQLite)
	if err := app.FillDemo(t.Context(), d, time.Now); err != nil {
		t.Fatal(err)
	}
	house, err := app.New(t.Context(), d, app.Config{BaseURL: "http://127.0.0.1", Demo: true})
	if err != nil {
		t.Fatal(err)
	}
	doors := open(t, house)
	compared := 0
	for _, format := range app.Formats() {
		if format == "programme.xlsx" {
			continue
		}
		var written bytes.Buffer
		if err := house.Export(t.Context(), &written, app.Request{Edition: "kpm-2021", Format: format, Lang: i18n.Polish}); err != nil {
			t.Fatal(err)
		}
		_, sent := doors.get(t, "/kpm-2021/"+format)
		if at := firstDifference(written.String(), sent); at >= 0 {
			t.Errorf("%s differs at byte %d: the terminal has %.80q, the site %.80q", format, at, written.String()[at:], sent[at:])
		}
		compared++
	}
	if compared < 4 {
		t.Errorf("%d formats compared, want at least 4", compared)
	}
}

func firstDifference(a, b string) int {
	for i := range min(len(a), len(b)) {
		if a[i] != b[i] {
			return i
		}
	}
	if len(a) == len(b) {
		return -1
	}
	return min(len(a), len(b))
}
