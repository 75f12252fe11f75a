package export_test

import (
	"bytes"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"obrady/internal/db"
	"obrady/internal/db/dbtest"
	"obrady/internal/errs"
	"obrady/internal/export"
	"obrady/internal/i18n"
	"obrady/internal/table"
	"obrady/internal/timetable"
)

func (s sample) tableImport(t testing.TB, text []byte) export.TableImport {
	t.Helper()
	sheets := must[*table.Sheets](t)(export.ReadTable(bytes.NewReader(text), "program.csv"))
	return export.TableImport{
		Edition: "kpm-2021", Table: sheets, Words: []i18n.Printer{words(t, i18n.Polish), words(t, i18n.English)}, By: "desk",
	}
}

func TestTableComesBackWithoutAChange(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		s := newSample(t, newCongress(d))
		x := must[*timetable.Programme](t)(s.timetable.Working(t.Context(), s.edition.ID)).Index()
		for _, lang := range i18n.Langs {
			o := export.Order{Words: words(t, lang)}
			for name, write := range map[string]func(*bytes.Buffer) error{
				"CSV":  func(b *bytes.Buffer) error { return export.CSV(b, x, o) },
				"XLSX": func(b *bytes.Buffer) error { return export.XLSX(b, x, o) },
			} {
				var file bytes.Buffer
				if err := write(&file); err != nil {
					t.Fatal(err)
				}
				report := must[export.TableReport](t)(s.ApplyTable(t.Context(), s.tableImport(t, file.Bytes())))
				if report.Unchanged != 8 || report.New+report.Changed+report.NewPersons != 0 || len(report.Ignored) != 0 {
					t.Errorf("%s in %s: %+v, want 8 unchanged sessions", name, lang, report)
				}
			}
		}
	})
}

const polishTable = "Tytuł;Blok;Format sesji;Dzień;Początek;Koniec;Miejsce;Osoby;Zapisy;Uwagi\r\n" +
	"Nowa sesja;Kalejdoskopy;warsztat;7.06.2021;9.30;11:00;Sala 1;Anna Nowak; ;x\r\n" +
	"Nowa sesja;Kalejdoskopy;warsztat;2021-06-08;9:30;11:00;sala-1;;;\r\n" +
	"Nocna;kalejdoskopy;panel;07.06.2021;23:00;0:30;Online;Prowadząca: X Y;;\r\n"

func TestTableOfAnOfficeBecomesSessions(t *testing.T) {
	s := newSample(t, newCongress(sqlite(t)))
	good := strings.Replace(polishTable, "Prowadząca: X Y", "\"Jan Żółw; Ewa Nowa (Gmina Test)\"", 1)
	good = strings.Replace(good, "Online", "Platforma", 1)
	report := must[export.TableReport](t)(s.ApplyTable(t.Context(), s.tableImport(t, []byte(good))))
	if report.New != 2 || report.NewPersons != 1 || report.Separator != ';' || report.Encoding != "UTF-8" || len(report.Ignored) != 1 {
		t.Errorf("report = %+v", report)
	}
	x := must[*timetable.Programme](t)(s.timetable.Working(t.Context(), s.edition.ID)).Index()
	slots := x.SlotsOf(x.SessionAt("nowa-sesja").ID)
	if len(slots) != 2 || !slots[0].Start.Equal(at(t, 7, 9, 30)) || slots[0].Place != s.hall.ID {
		t.Errorf("slots = %+v, want two", slots)
	}
	if night := x.SlotsOf(x.SessionAt("nocna").ID)[0]; !night.End.Equal(at(t, 8, 0, 30)) {
		t.Errorf("the night ends at %v, want half past midnight of the next day", night.End)
	}
	if x.PersonAt("ewa-nowa") == nil || x.SessionAt("nocna").People[1].Affiliation.PL != "Gmina Test" {
		t.Errorf("people = %+v", x.SessionAt("nocna").People)
	}
	again := must[export.TableReport](t)(s.ApplyTable(t.Context(), s.tableImport(t, []byte(good))))
	if again.Unchanged != 2 || again.New+again.Changed+again.NewPersons != 0 {
		t.Errorf("the same table again = %+v, want nothing to do", again)
	}
}

func TestRefusedRowsAreNamedAndNothingIsWritten(t *testing.T) {
	s := newSample(t, newCongress(sqlite(t)))
	e := s.edition
	e.StartsOn, e.EndsOn = "2021-03-27", "2021-03-28"
	must[any](t)(s.edit(t, e))
	header := "tytuł;blok;format sesji;dzień;początek;koniec;miejsce;osoby;język;liczba miejsc;napisy\n"
	for _, test := range []struct{ name, row, column, key string }{
		{"a session without a title", ";kalejdoskopy;panel;;;;;;;;", "tytuł", "edition.text_missing"},
		{"an unknown block", "A;Brak;panel;;;;;;;;", "blok", "export.block_unknown"},
		{"no block", "A;;panel;;;;;;;;", "blok", "export.block_missing"},
		{"an unknown format", "A;kalejdoskopy;taniec;;;;;;;;", "format sesji", "export.word_unknown"},
		{"an unknown place", "A;kalejdoskopy;panel;2021-03-27;9:00;10:00;Dach;;;;", "miejsce", "export.place_unknown"},
		{"no such day", "A;kalejdoskopy;panel;31.02.2021;9:00;10:00;;;;;", "dzień", "export.day"},
		{"no such hour", "A;kalejdoskopy;panel;2021-03-27;25:00;10:00;;;;;", "początek", "export.hour"},
		{"an hour that spring skips", "A;kalejdoskopy;panel;2021-03-28;2:30;4:00;;;;;", "początek", "export.hour_skipped"},
		{"an end before the start", "A;kalejdoskopy;panel;2021-03-27;12:00;10:00;;;;;", "koniec", "timetable.end_before_start"},
		{"a day outside the edition", "A;kalejdoskopy;panel;2021-03-30;9:00;10:00;;;;;", "dzień", "export.outside_edition"},
		{"an unknown language", "A;kalejdoskopy;panel;;;;;;klingoński;;", "język", "export.language_unknown"},
		{"an unknown role", "A;kalejdoskopy;panel;;;;;król: Jan;;;", "osoby", "export.role_unknown"},
		{"no number", "A;kalejdoskopy;panel;;;;;;;dużo;", "liczba miejsc", "export.number"},
		{"neither yes nor no", "A;kalejdoskopy;panel;;;;;;;;może", "napisy", "export.yes_or_no"},
		{"a title without end", strings.Repeat("x", 301) + ";kalejdoskopy;panel;;;;;;;;", "tytuł", "people.too_long"},
	} {
		t.Run(test.name, func(t *testing.T) {
			text := header + "Dobra;kalejdoskopy;panel;;;;;;;;\n" + test.row + "\n"
			report, err := s.ApplyTable(t.Context(), s.tableImport(t, []byte(text)))
			if !errors.Is(err, export.ErrRefused) || errs.KindOf(err) != errs.Invalid {
				t.Fatalf("ApplyTable = %v, want %v", err, export.ErrRefused)
			}
			var got []string
			for _, p := range report.Problems {
				got = append(got, fmt.Sprint(p.Row, p.Column, p.Problem.Key))
			}
			if diff := cmp.Diff([]string{fmt.Sprint(3, test.column, test.key)}, got); diff != "" {
				t.Errorf("problems (-want +got):\n%s", diff)
			}
			x := must[*timetable.Programme](t)(s.timetable.Working(t.Context(), s.edition.ID)).Index()
			if x.SessionAt("dobra") != nil {
				t.Error("the good row of a refused table has been written")
			}
		})
	}
}

func TestHourThatAutumnRepeatsNeedsItsOffset(t *testing.T) {
	s := newSample(t, newCongress(sqlite(t)))
	e := s.edition
	e.StartsOn, e.EndsOn = "2021-10-30", "2021-10-31"
	must[any](t)(s.edit(t, e))
	text := "tytuł;blok;format sesji;dzień;początek;koniec\nNoc;kalejdoskopy;panel;2021-10-31;2:30%s;4:30\n"
	report, err := s.ApplyTable(t.Context(), s.tableImport(t, fmt.Appendf(nil, text, "")))
	if err == nil || report.Problems[0].Problem.Key != "export.hour_twice" {
		t.Errorf("ApplyTable = %v, %+v; want export.hour_twice", err, report.Problems)
	}
	must[export.TableReport](t)(s.ApplyTable(t.Context(), s.tableImport(t, fmt.Appendf(nil, text, "+01:00"))))
	x := must[*timetable.Programme](t)(s.timetable.Working(t.Context(), e.ID)).Index()
	if slot := x.SlotsOf(x.SessionAt("noc").ID)[0]; slot.Length().Minutes() != 120 {
		t.Errorf("slot = %+v, want two hours in winter time", slot)
	}
	for _, cells := range export.Table(x, export.Order{Words: words(t, i18n.Polish)}).Rows {
		if cells.Cells[0] == "noc" && cells.Cells[12] != "02:30+01:00" {
			t.Errorf("the export writes %q, want the offset", cells.Cells[12])
		}
	}
}

func TestTableThatIsNoneIsRefusedInASentence(t *testing.T) {
	_, err := export.ReadTable(strings.NewReader("\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1 old"), "program.xls")
	if errs.KindOf(err) != errs.Invalid {
		t.Errorf("ReadTable = %v, want a refusal with its sentence", err)
	}
	s := newSample(t, newCongress(sqlite(t)))
	report := must[export.TableReport](t)(s.PreviewTable(t.Context(), s.tableImport(t, []byte("blok;dzień;data\nx;y;z\n"))))
	if len(report.Problems) != 2 || report.Problems[0].Problem.Key != "export.column_missing" || report.Problems[1].Problem.Key != "export.column_twice" {
		t.Errorf("problems = %+v, want the missing title and the repeated day", report.Problems)
	}
}
