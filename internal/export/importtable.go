package export

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"

	"obrady/internal/db"
	"obrady/internal/edition"
	"obrady/internal/errs"
	"obrady/internal/i18n"
	"obrady/internal/id"
	"obrady/internal/people"
	"obrady/internal/programme"
	"obrady/internal/table"
	"obrady/internal/text"
	"obrady/internal/timetable"
)

// ErrRefused is returned for a table with refused rows: nothing of it has
// been written.
var ErrRefused = errs.New(errs.Invalid, "export.rows_refused")

// TableImport is a table of sessions that somebody wants to bring in.
type TableImport struct {
	Edition string // its address
	Table   *table.Sheets
	Words   []i18n.Printer // in whose languages cells may be written
	By      people.AccountID
}

// ReadTable reads a CSV or XLSX file for a TableImport. What cannot be read
// is refused with the sentence that says why.
func ReadTable(r io.Reader, name string) (*table.Sheets, error) {
	sheets, err := table.Read(r, name)
	var refused *table.Error
	if errors.As(err, &refused) {
		return nil, fmt.Errorf("read table: %w", errs.New(errs.Invalid, string(refused.Code), refused.Args...))
	}
	if err != nil {
		return nil, fmt.Errorf("read table: %w", err)
	}
	return sheets, nil
}

// Effect says what an import does with the session of a row.
type Effect string

// The effects.
const (
	EffectNew       Effect = "new"
	EffectChanged   Effect = "changed"
	EffectUnchanged Effect = "unchanged"
)

// Key names the sentence that says the effect.
// key: export.effect.*
func (e Effect) Key() string { return "export.effect." + string(e) }

// RowProblem is a cell that keeps a table from being imported.
type RowProblem struct {
	Sheet   string
	Row     int    // as the spreadsheet counts
	Column  string // the heading in the file; empty: the row or the sheet as a whole
	Problem *errs.Error
}

// RowEffect is what becomes of a row.
type RowEffect struct {
	Sheet  string
	Row    int
	Title  string
	Effect Effect
}

// TableReport says what an import does, or would do.
type TableReport struct {
	Encoding   string // of a CSV, as guessed; empty for XLSX
	Separator  rune   // likewise
	Ignored    []string
	New        int // sessions
	Changed    int
	Unchanged  int
	NewPersons int
	Rows       []RowEffect
	Problems   []RowProblem
}

// PreviewTable says what ApplyTable would do, and writes nothing. Refused
// rows are in the report and no error.
func (m *Importer) PreviewTable(ctx context.Context, in TableImport) (TableReport, error) {
	var t *tablePlan
	err := m.db.Snapshot(ctx, func(q db.Querier) (err error) {
		t, err = planTable(ctx, q, in)
		return err
	})
	if err != nil {
		return TableReport{}, fmt.Errorf("preview table for %s: %w", in.Edition, err)
	}
	return t.report, nil
}

// ApplyTable brings the whole table in, or nothing: with one refused row it
// returns the report and ErrRefused.
func (m *Importer) ApplyTable(ctx context.Context, in TableImport) (TableReport, error) {
	var report TableReport
	now := m.now()
	err := m.db.Tx(ctx, func(tx *db.Tx) error {
		t, err := planTable(ctx, tx, in)
		if err != nil {
			return err
		}
		report = t.report
		if n := len(report.Problems); n > 0 {
			return ErrRefused.With(n)
		}
		return t.write(ctx, tx, people.Change{By: in.By, At: now})
	})
	if err != nil {
		return report, fmt.Errorf("import table for %s: %w", in.Edition, err)
	}
	return report, nil
}

// tablePlan is what a table will write.
type tablePlan struct {
	x       *timetable.Index
	words   []i18n.Printer
	report  TableReport
	persons []people.Person
	rows    []*rowPlan
	begun   map[string]*rowPlan // sessions that the file has named, by address or title
	slugs   map[string]bool     // of sessions, taken
	people  map[string][]people.PersonID
	slugsOf map[string]bool // of persons, taken
}

// rowPlan is a session with the slots that its rows give it.
type rowPlan struct {
	session programme.Session
	old     *programme.Session // nil: new
	slots   []timetable.Slot
	used    int // slots that rows have spoken of
	changed bool
	effect  int // index of its RowEffect
}

func planTable(ctx context.Context, q db.Querier, in TableImport) (*tablePlan, error) {
	of, err := editionAt(ctx, q, in.Edition)
	if err != nil {
		return nil, err
	}
	working, err := timetable.Load(ctx, q, of)
	if err != nil {
		return nil, err
	}
	t := &tablePlan{
		x: working.Index(), words: in.Words, begun: map[string]*rowPlan{}, slugs: map[string]bool{},
		people: map[string][]people.PersonID{}, slugsOf: map[string]bool{},
		report: TableReport{Encoding: in.Table.Encoding, Separator: in.Table.Separator},
	}
	for _, s := range t.x.Sessions {
		t.slugs[s.Slug] = true
	}
	for _, p := range t.x.Persons {
		t.slugsOf[p.Slug] = true
		t.people[text.Fold(p.Name)] = append(t.people[text.Fold(p.Name)], p.ID)
	}
	for _, sheet := range in.Table.Sheets {
		t.sheet(sheet)
	}
	t.count()
	return t, nil
}

func editionAt(ctx context.Context, q db.Querier, slug string) (edition.ID, error) {
	all, err := edition.Editions(ctx, q)
	if err != nil {
		return "", err
	}
	for _, e := range all {
		if e.Slug == slug {
			return e.ID, nil
		}
	}
	return "", edition.ErrUnknown
}

// sheet plans the rows of one sheet, unless its header cannot be understood.
func (t *tablePlan) sheet(sheet table.Sheet) {
	found := table.Match(sheet.Header, Columns)
	t.report.Ignored = append(t.report.Ignored, found.Unknown...)
	refuse := func(key, column string) {
		t.report.Problems = append(t.report.Problems, RowProblem{sheet.Name, 1, column, errs.New(errs.Invalid, key, column)})
	}
	for _, name := range found.Missing {
		refuse("export.column_missing", heading(Columns[columnAt(name)], t.lang()))
	}
	for _, name := range found.Twice {
		refuse("export.column_twice", name)
	}
	if len(found.Missing)+len(found.Twice) > 0 {
		return
	}
	for _, row := range sheet.Rows {
		r := &reader{plan: t, sheet: sheet, found: found, row: row}
		r.session()
	}
}

func (t *tablePlan) lang() i18n.Lang {
	if len(t.words) == 0 {
		return i18n.Polish
	}
	return t.words[0].Lang
}

// count sums up what the rows do.
func (t *tablePlan) count() {
	for _, r := range t.rows {
		effect := EffectUnchanged
		switch {
		case r.old == nil:
			effect = EffectNew
			t.report.New++
		case r.changed || !sameSession(*r.old, r.session):
			effect, r.changed = EffectChanged, true
			t.report.Changed++
		default:
			t.report.Unchanged++
		}
		t.report.Rows[r.effect].Effect = effect
	}
	t.report.NewPersons = len(t.persons)
}

func (t *tablePlan) write(ctx context.Context, tx *db.Tx, by people.Change) error {
	for _, one := range t.persons {
		if _, err := people.SavePerson(ctx, tx, by, one); err != nil {
			return named(one.Slug, err)
		}
	}
	for _, r := range t.rows {
		if r.old == nil || !sameSession(*r.old, r.session) {
			if _, err := programme.SaveSession(ctx, tx, by, r.session); err != nil {
				return named(r.session.Slug, err)
			}
		}
		for _, slot := range r.slots {
			if _, err := timetable.SaveSlot(ctx, tx, by, slot); err != nil {
				return named(r.session.Slug, err)
			}
		}
	}
	return nil
}

// newSession begins a session that the programme does not have.
func (t *tablePlan) newSession(title string) programme.Session {
	slug := text.UniqueSlug(text.Slug(title), func(s string) bool { return t.slugs[s] })
	return programme.Session{
		ID: id.Make[programme.SessionID](), Edition: t.x.Edition.ID, Slug: slug,
		Form: edition.OnSite, Status: programme.Draft,
	}
}

// find returns the session that a row speaks of: the one at its address, or
// without an address the one with its title.
func (t *tablePlan) find(address, title string) *programme.Session {
	if address != "" {
		return t.x.SessionAt(address)
	}
	for i := range t.x.Sessions {
		if s := &t.x.Sessions[i]; strings.EqualFold(s.Title.PL, title) {
			return s
		}
	}
	return nil
}
