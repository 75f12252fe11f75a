package table

import (
	"archive/zip"
	"bytes"
	"fmt"
	"io"
	"strings"
	"unicode/utf8"

	"github.com/xuri/excelize/v2"
)

func readXLSX(content []byte) (*Sheets, error) {
	if err := weigh(content); err != nil {
		return nil, err
	}
	return parse(content)
}

// weigh refuses an archive that unpacks to too much. It counts what comes out, for the sizes that
// an archive declares are its author's word.
func weigh(content []byte) error {
	archive, err := zip.NewReader(bytes.NewReader(content), int64(len(content)))
	if err != nil {
		return refuse(NotATable)
	}
	if len(archive.File) > MaxEntries {
		return refuse(Bomb)
	}
	if err := kind(archive); err != nil {
		return err
	}
	left := int64(min(MaxContent, MaxRatio*len(content)))
	for _, entry := range archive.File {
		counted, err := count(entry, left)
		if err != nil {
			return refuse(NotATable)
		}
		if left -= counted; left < 0 {
			return refuse(Bomb)
		}
	}
	return nil
}

// count unpacks an entry, to at most one byte more than limit.
func count(entry *zip.File, limit int64) (int64, error) {
	reader, err := entry.Open()
	if err != nil {
		return 0, err
	}
	defer func() { _ = reader.Close() }() // only read
	return io.Copy(io.Discard, io.LimitReader(reader, limit+1))
}

// kind refuses archives that are not workbooks.
func kind(archive *zip.Reader) error {
	code := NotATable
	for _, entry := range archive.File {
		switch strings.ReplaceAll(strings.ToLower(entry.Name), `\`, "/") {
		case "xl/workbook.xml":
			return nil
		case "meta-inf/manifest.xml":
			code = OpenDocument
		}
	}
	return refuse(code)
}

// parse reads a workbook that has been weighed.
func parse(content []byte) (sheets *Sheets, err error) {
	// excelize is made for files of Excel. Should one that is made to hurt stop it, the sender is
	// told so, and nobody else notices.
	defer func() {
		if recover() != nil {
			sheets, err = nil, refuse(NotATable)
		}
	}()
	book, err := excelize.OpenReader(bytes.NewReader(content), excelize.Options{UnzipSizeLimit: MaxContent})
	if err != nil {
		return nil, refuse(NotATable)
	}
	defer func() { _ = book.Close() }() // removes what it unpacked beside memory; nothing was written
	if err := isoDates(book); err != nil {
		return nil, refuse(NotATable)
	}
	var file Sheets
	total := 0
	for _, name := range book.GetSheetList() {
		sheet, err := readSheet(book, name, &total)
		if err != nil {
			return nil, err
		}
		file.Sheets = append(file.Sheets, sheet)
	}
	return whole(file)
}

func readSheet(book *excelize.File, name string, total *int) (Sheet, error) {
	g := gatherer{sheet: Sheet{Name: name}, cells: total}
	rows, err := book.Rows(name)
	if err != nil {
		return Sheet{}, refuse(NotATable)
	}
	defer func() { _ = rows.Close() }() // only read
	for number := 1; rows.Next(); number++ {
		cells, err := rows.Columns()
		if err != nil {
			return Sheet{}, refuse(NotATable)
		}
		if err := g.take(number, cells); err != nil {
			return Sheet{}, err
		}
	}
	if rows.Error() != nil {
		return Sheet{}, refuse(NotATable)
	}
	return g.sheet, nil
}

// The formats that isoDates gives to cells.
const (
	isoDate  = `yyyy-mm-dd`
	isoTime  = `hh:mm:ss`
	isoBoth  = `yyyy-mm-dd"T"hh:mm:ss`
	plainest = `General`
)

// isoDates changes the styles of a workbook in memory, so that dates read as ISO 8601 whatever
// they look like in Excel, and numbers as digits without currency, spaces or rounding.
func isoDates(book *excelize.File) error {
	numbers := map[string]int{plainest: 0}
	for _, format := range []string{isoDate, isoTime, isoBoth} {
		style, err := book.NewStyle(&excelize.Style{CustomNumFmt: &format})
		if err != nil {
			return err
		}
		numbers[format] = *book.Styles.CellXfs.Xf[style].NumFmtID
	}
	codes := map[int]string{}
	if book.Styles.NumFmts != nil {
		for _, format := range book.Styles.NumFmts.NumFmt {
			codes[format.NumFmtID] = format.FormatCode
		}
	}
	for i := range book.Styles.CellXfs.Xf {
		if id := book.Styles.CellXfs.Xf[i].NumFmtID; id != nil {
			becomes := numbers[iso(*id, codes[*id])]
			book.Styles.CellXfs.Xf[i].NumFmtID = &becomes
		}
	}
	return nil
}

// iso says which of our formats answers to a format of Excel: one built in, by number (ECMA-376
// part 1, 18.8.30), or one of the workbook's own, by its letters.
func iso(id int, code string) string {
	switch {
	case id >= 14 && id <= 17, id >= 27 && id <= 31, id >= 50 && id <= 58:
		return isoDate
	case id >= 18 && id <= 21, id >= 32 && id <= 35, id >= 45 && id <= 47:
		return isoTime
	case id == 22, id == 36:
		return isoBoth
	}
	letters := strings.ToLower(bare(code))
	day, hour := strings.ContainsAny(letters, "yd"), strings.ContainsAny(letters, "hs")
	switch {
	case day && hour:
		return isoBoth
	case hour:
		return isoTime
	case day, strings.Contains(letters, "mmm"):
		return isoDate
	}
	return plainest
}

// bare takes out of a format code what is shown as it stands: "quoted", [in brackets], \escaped.
func bare(code string) string {
	if code == plainest {
		return ""
	}
	var kept strings.Builder
	until := rune(0)
	for _, r := range code {
		switch {
		case until == 1:
			until = 0
		case until != 0:
			if r == until {
				until = 0
			}
		case r == '"':
			until = '"'
		case r == '[':
			until = ']'
		case r == '\\' || r == '_' || r == '*':
			until = 1
		default:
			kept.WriteRune(r)
		}
	}
	return kept.String()
}

// WriteXLSX writes sheets as a workbook: every cell as text, so that none is ever calculated, the
// header bold and always in sight.
func WriteXLSX(w io.Writer, sheets []Sheet) error {
	book := excelize.NewFile()
	defer func() { _ = book.Close() }() // holds no file
	bold, err := book.NewStyle(&excelize.Style{Font: &excelize.Font{Bold: true}})
	if err != nil {
		return fmt.Errorf("write workbook: %w", err)
	}
	taken := map[string]bool{}
	for i, sheet := range sheets {
		name := sheetName(sheet.Name, taken)
		if i == 0 {
			err = book.SetSheetName("Sheet1", name)
		} else {
			_, err = book.NewSheet(name)
		}
		if err == nil {
			err = writeSheet(book, name, sheet, bold)
		}
		if err != nil {
			return fmt.Errorf("write sheet %s: %w", name, err)
		}
	}
	if err := book.Write(w); err != nil {
		return fmt.Errorf("write workbook: %w", err)
	}
	return nil
}

func writeSheet(book *excelize.File, name string, sheet Sheet, bold int) error {
	stream, err := book.NewStreamWriter(name)
	if err != nil {
		return err
	}
	for i, width := range widths(sheet) {
		if err := stream.SetColWidth(i+1, i+1, width); err != nil {
			return err
		}
	}
	if err := stream.SetPanes(&excelize.Panes{Freeze: true, YSplit: 1, TopLeftCell: "A2", ActivePane: "bottomLeft"}); err != nil {
		return err
	}
	header := make([]any, len(sheet.Header))
	for i, cell := range sheet.Header {
		header[i] = excelize.Cell{StyleID: bold, Value: cell}
	}
	if err := stream.SetRow("A1", header); err != nil {
		return err
	}
	for i, row := range sheet.Rows {
		cells := make([]any, len(row.Cells))
		for j, cell := range row.Cells {
			cells[j] = cell
		}
		if err := stream.SetRow(fmt.Sprintf("A%d", i+2), cells); err != nil {
			return err
		}
	}
	return stream.Flush()
}

// widths fits the columns to their first thousand cells, within reason.
func widths(sheet Sheet) []float64 {
	found := make([]float64, len(sheet.Header))
	fit := func(cells []string) {
		for i, cell := range cells[:min(len(cells), len(found))] {
			found[i] = max(found[i], min(60, 2+float64(utf8.RuneCountInString(cell))), 8)
		}
	}
	fit(sheet.Header)
	for _, row := range sheet.Rows[:min(1000, len(sheet.Rows))] {
		fit(row.Cells)
	}
	return found
}

// sheetName makes name fit for Excel: 31 letters at most, some signs not allowed, none twice.
func sheetName(name string, taken map[string]bool) string {
	name = strings.Map(func(r rune) rune {
		if strings.ContainsRune(`:\/?*[]'`, r) || r < ' ' {
			return ' '
		}
		return r
	}, strings.ToValidUTF8(name, ""))
	name = firstRunes(strings.Join(strings.Fields(name), " "), 27)
	if name == "" {
		name = "Tabela"
	}
	unique := name
	for n := 2; taken[strings.ToLower(unique)]; n++ {
		unique = fmt.Sprintf("%s %d", name, n)
	}
	taken[strings.ToLower(unique)] = true
	return unique
}

func firstRunes(s string, n int) string {
	for i := range s {
		if n == 0 {
			return strings.TrimSpace(s[:i])
		}
		n--
	}
	return s
}
