package export

import (
	"fmt"
	"io"
	"slices"
	"strings"

	"obrady/internal/civil"
	"obrady/internal/edition"
	"obrady/internal/i18n"
	"obrady/internal/programme"
	"obrady/internal/table"
	"obrady/internal/timetable"
)

// Columns is the table of a programme: what the export writes and the import
// reads. One row is one slot; a session without hours has a row as well, and
// one that is given twice has two, of which the first says everything but the
// hours. Name is the heading of an English file, the first alias that of a
// Polish one. A column that a file does not have is left as it is.
var Columns = []table.Column{
	{Name: "address", Aliases: []string{"adres", "slug"}}, //nolint:misspell // Polish
	{Name: "title (pl)", Aliases: []string{"tytuł (pl)", "tytuł", "title", "nazwa"}, Required: true},
	{Name: "title (en)", Aliases: []string{"tytuł (en)"}},
	{Name: "lead (pl)", Aliases: []string{"lead (pl)", "zajawka", "zajawka (pl)"}},
	{Name: "lead (en)", Aliases: []string{"zajawka (en)"}},
	{Name: "description (pl)", Aliases: []string{"opis (pl)", "opis", "description"}},
	{Name: "description (en)", Aliases: []string{"opis (en)"}},
	{Name: "block", Aliases: []string{"blok"}},
	{Name: "stage", Aliases: []string{"scena"}},
	{Name: "format", Aliases: []string{"format sesji", "rodzaj"}},
	{Name: "form", Aliases: []string{"forma"}},
	{Name: "day", Aliases: []string{"dzień", "data", "date"}},
	{Name: "start", Aliases: []string{"początek", "od", "from"}},
	{Name: "end", Aliases: []string{"koniec", "do", "to"}},
	{Name: "place", Aliases: []string{"miejsce", "sala", "room"}},
	{Name: "people", Aliases: []string{"osoby", "prelegenci", "speakers"}},
	{Name: "languages", Aliases: []string{"języki", "język", "language"}},
	{Name: "interpretation", Aliases: []string{"tłumaczenie"}},
	{Name: "captions", Aliases: []string{"napisy"}},
	{Name: "sign language", Aliases: []string{"język migowy", "PJM"}},
	{Name: "recording", Aliases: []string{"nagranie"}},
	{Name: "sign-up", Aliases: []string{"zapisy"}},
	{Name: "places", Aliases: []string{"liczba miejsc", "capacity"}},
	{Name: "goals and themes", Aliases: []string{"cele i tematy"}},
	{Name: "status", Aliases: []string{"stan"}},
}

// heading is what the column is called in a file of this language.
func heading(c table.Column, lang i18n.Lang) string {
	if lang == i18n.English {
		return c.Name
	}
	return c.Aliases[0]
}

// Table makes the table of a programme, which the import reads back without
// a change.
func Table(x *timetable.Index, o Order) table.Sheet {
	sheet := table.Sheet{Name: x.Edition.Slug}
	for _, c := range Columns {
		sheet.Header = append(sheet.Header, heading(c, o.Words.Lang))
	}
	for _, slot := range x.Slots {
		if s := x.Session(slot.Session); s != nil {
			sheet.Add(o.row(x, s, slot)...)
		}
	}
	for _, s := range x.Unplaced() {
		sheet.Add(o.row(x, s, timetable.Slot{})...)
	}
	return sheet
}

// CSV writes the table of a programme as Excel in Polish opens it.
func CSV(w io.Writer, x *timetable.Index, o Order) error {
	if err := table.WriteCSV(w, Table(x, o)); err != nil {
		return fmt.Errorf("write table of %s: %w", x.Edition.Slug, err)
	}
	return nil
}

// XLSX writes the table of a programme as a workbook.
func XLSX(w io.Writer, x *timetable.Index, o Order) error {
	if err := table.WriteXLSX(w, []table.Sheet{Table(x, o)}); err != nil {
		return fmt.Errorf("write table of %s: %w", x.Edition.Slug, err)
	}
	return nil
}

// row writes a session and one of its slots in the order of Columns.
func (o Order) row(x *timetable.Index, s *programme.Session, slot timetable.Slot) []string {
	var block, stage, place, day, start, end string
	if b := x.Block(s.Block); b != nil {
		block = b.Slug
	}
	if g := x.Stage(s.Stage); g != nil {
		stage = g.Slug
	}
	if p := x.Place(slot.Place); p != nil {
		place = p.Slug
	}
	if slot.ID != "" {
		day = string(civil.DateOf(slot.Start.In(x.Zone)))
		start, end = clockText(x, slot.Start), clockText(x, slot.End)
	}
	return []string{
		s.Slug, s.Title.PL, s.Title.EN, s.Lead.PL, s.Lead.EN, s.Body.PL, s.Body.EN, block, stage,
		o.Words.T(s.Format.Key()), o.Words.T(s.Form.Key()), day, start, end, place, o.peopleCell(x, s.People),
		strings.Join(s.Languages, ", "), strings.Join(s.Interpretation, ", "), o.Words.T(yesNo[s.Captions]), o.Words.T(yesNo[s.SignLanguage]),
		o.choice(string(s.Recording), s.Recording.Key()), o.choice(string(s.Entry), s.Entry.Key()), count(s.Capacity),
		termsCell(x, s.Terms), o.Words.T(s.Status.Key()),
	}
}

// peopleSeparator stands between people in a cell. A name may hold a comma.
const peopleSeparator = "; "

func (o Order) peopleCell(x *timetable.Index, all []programme.Appearance) string {
	var cells []string
	for _, a := range all {
		p := x.Person(a.Person)
		if p == nil {
			continue
		}
		cell := o.Words.T(a.Role.Key()) + ": " + p.Name
		if a.Affiliation.PL != "" {
			cell += " (" + a.Affiliation.PL + ")"
		}
		cells = append(cells, cell)
	}
	return strings.Join(cells, peopleSeparator)
}

func termsCell(x *timetable.Index, all []edition.TermID) string {
	var cells []string
	for _, one := range all {
		if term, _ := x.Term(one); term != nil {
			cells = append(cells, term.Slug)
		}
	}
	return strings.Join(cells, peopleSeparator)
}

// yesNo names the sentences for a fact.
var yesNo = map[bool]string{true: "export.yes", false: "export.no"}

// choice writes the word for a value; nothing where nobody has chosen.
func (o Order) choice(value, key string) string {
	if value == "" {
		return ""
	}
	return o.Words.T(key)
}

func count(n int) string {
	if n == 0 {
		return ""
	}
	return fmt.Sprint(n)
}

// columnAt is where the column called name stands in Columns, for tests and
// documents; -1 for a name that no column has.
func columnAt(name string) int {
	return slices.IndexFunc(Columns, func(c table.Column) bool { return c.Name == name })
}
