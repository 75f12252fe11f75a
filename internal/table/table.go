// Package table brings the lists that organisers keep in Excel into the congress, and takes lists
// out for them: XLSX and CSV, as Polish offices write them.
//
// What arrives is not trusted: how much it may unpack to is decided before anything is unpacked,
// and a refusal names its reason. What leaves cannot turn into a formula on somebody's machine.
package table

import (
	"bytes"
	"embed"
	"fmt"
	"io"
	"slices"
	"strings"
)

// Locale holds the sentences for the codes of Error.
//
//go:embed locale/*.json
var Locale embed.FS

// Limits of what Read takes in.
const (
	MaxFile    = 20 << 20  // bytes, as they arrive
	MaxContent = 100 << 20 // bytes, unpacked
	MaxEntries = 1000      // files within an XLSX
	MaxRatio   = 100       // unpacked to packed
	MaxRows    = 50_000    // with something in them, in one sheet
	MaxColumns = 200
	MaxCells   = 1_000_000 // in one file
)

// Code says why a file was refused. It is the key of a sentence.
type Code string

// Why a file is not read.
const (
	TooLarge       Code = "table.too_large"        // the file, or what it unpacks to; args: megabytes
	TooManyRows    Code = "table.too_many_rows"    // args: MaxRows
	TooManyColumns Code = "table.too_many_columns" // args: MaxColumns
	TooManyCells   Code = "table.too_many_cells"   // args: MaxCells
	Bomb           Code = "table.bomb"             // packed so that nobody would by accident
	Encrypted      Code = "table.encrypted"        // needs a password
	OldExcel       Code = "table.old_excel"        // .xls of before 2007
	OpenDocument   Code = "table.open_document"    // .ods
	NotATable      Code = "table.not_a_table"      // something else, or damaged
	Empty          Code = "table.empty"            // no cell has anything in it
)

// Error is a refusal to read a file, for the person who sent it.
type Error struct {
	Code Code
	Args []any
}

func (e *Error) Error() string {
	return strings.TrimSpace(fmt.Sprintln(append([]any{e.Code}, e.Args...)...))
}

func refuse(code Code, args ...any) error { return &Error{Code: code, Args: args} }

// Sheets is a file that was read.
type Sheets struct {
	Encoding  string // of a CSV, as guessed: "UTF-8", "Windows-1250", …; "" for XLSX
	Separator rune   // of a CSV, as guessed; 0 for XLSX
	Sheets    []Sheet
}

// Sheet is one table: the first row that has anything in it, and the rows below.
type Sheet struct {
	Name   string
	Header []string
	Rows   []Row // without empty ones
}

// Row is one line of a table, with a cell for every column of the header at least.
type Row struct {
	Number int // as a spreadsheet counts, the first row of the sheet being 1
	Cells  []string
}

// Add puts a row at the end.
func (s *Sheet) Add(cells ...string) {
	s.Rows = append(s.Rows, Row{Number: len(s.Rows) + 2, Cells: cells})
}

// Read reads an XLSX or CSV file; what it is shows in its bytes, and name only names the sheet of
// a CSV. Cells come without space around them; dates and times of Excel as ISO 8601 text, such as
// "2026-10-16", "09:30:00" or "2026-10-16T09:30:00". A refusal is an *Error.
func Read(r io.Reader, name string) (*Sheets, error) {
	content, err := io.ReadAll(io.LimitReader(r, MaxFile+1))
	if err != nil {
		return nil, fmt.Errorf("read table: %w", err)
	}
	if len(content) > MaxFile {
		return nil, refuse(TooLarge, MaxFile>>20)
	}
	switch {
	case bytes.HasPrefix(content, []byte("PK\x03\x04")):
		return readXLSX(content)
	case bytes.HasPrefix(content, []byte("\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1")):
		return nil, refuse(compound(content))
	}
	return readCSV(content, name)
}

// compound tells what is in an OLE file: an XLSX under a password, or a table of old.
func compound(content []byte) Code {
	const stream = "E\x00n\x00c\x00r\x00y\x00p\x00t\x00e\x00d\x00P\x00a\x00c\x00k\x00a\x00g\x00e\x00"
	if bytes.Contains(content, []byte(stream)) {
		return Encrypted
	}
	return OldExcel
}

// gatherer takes the rows of one sheet and holds them to the limits.
type gatherer struct {
	sheet Sheet
	cells *int // of the whole file
}

func (g *gatherer) take(number int, cells []string) error {
	for len(cells) > 0 && strings.TrimSpace(cells[len(cells)-1]) == "" {
		cells = cells[:len(cells)-1]
	}
	if len(cells) == 0 {
		return nil
	}
	*g.cells += len(cells)
	switch {
	case len(cells) > MaxColumns:
		return refuse(TooManyColumns, MaxColumns)
	case len(g.sheet.Rows) >= MaxRows:
		return refuse(TooManyRows, MaxRows)
	case *g.cells > MaxCells:
		return refuse(TooManyCells, MaxCells)
	}
	kept := make([]string, max(len(cells), len(g.sheet.Header)))
	for i, cell := range cells {
		kept[i] = strings.TrimSpace(strings.ToValidUTF8(cell, "\uFFFD"))
	}
	if g.sheet.Header == nil {
		g.sheet.Header = kept
		return nil
	}
	g.sheet.Rows = append(g.sheet.Rows, Row{Number: number, Cells: kept})
	return nil
}

// whole returns the sheets that have a header, or a refusal when none has.
func whole(file Sheets) (*Sheets, error) {
	file.Sheets = slices.DeleteFunc(file.Sheets, func(s Sheet) bool { return s.Header == nil })
	if len(file.Sheets) == 0 {
		return nil, refuse(Empty)
	}
	return &file, nil
}
