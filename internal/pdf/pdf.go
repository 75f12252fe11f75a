// Package pdf lays out what people of the congress print or keep: the running order a
// moderator holds in the hand, the minutes of a sitting, the book of abstracts.
//
// The pages are A4 and in the Go fonts, which have the letters of Polish and of every
// language written in Latin, Greek or Cyrillic. The files are not tagged (ISO 32000-2,
// 14.8): who cannot see them reads the HTML page that each of them has beside it.
package pdf

import (
	"fmt"
	"io"
	"strings"
	"sync"
	"time"

	"codeberg.org/go-pdf/fpdf"
	"golang.org/x/image/font/gofont/gobold"
	"golang.org/x/image/font/gofont/goitalic"
	"golang.org/x/image/font/gofont/goregular"
	"golang.org/x/image/font/sfnt"

	"obrady/internal/i18n"
)

// Measures of a page, in millimetres; sizes of letters are in points.
const (
	margin     = 20.0
	footing    = 18.0 // from the lower edge, kept free for the number of the page
	titleSize  = 20.0
	headSize   = 14.0
	subSize    = 11.5
	textSize   = 10.0
	smallSize  = 8.5
	lineFactor = 1.35      // of a line's height to the size of its letters
	perPoint   = 25.4 / 72 // millimetres
	cellGap    = 1.2       // between a cell's edge and its words
	face       = "go"      // the name the fonts are registered under
	stranger   = '\uFFFD'  // stands where the fonts have no letter
	grey       = 0x59      // of small print, dark enough to be read
	lineGrey   = 0xB0      // of rules between rows
)

// About is what a document says of itself.
type About struct {
	Title     string
	Publisher string
	Lang      i18n.Lang
	Made      time.Time // written into the file, so that the same content gives the same bytes
}

// Column is one of a table's columns.
type Column struct {
	Title string
	Share float64 // of the width, in proportion to the others
}

// Document is one that is being laid out from its top to its end.
type Document struct {
	f     *fpdf.Fpdf
	about About
}

// New returns an empty document, standing at the top of its first page.
func New(about About) *Document {
	f := fpdf.New("P", "mm", "A4", "")
	f.AddUTF8FontFromBytes(face, "", goregular.TTF)
	f.AddUTF8FontFromBytes(face, "B", gobold.TTF)
	f.AddUTF8FontFromBytes(face, "I", goitalic.TTF)
	f.SetMargins(margin, margin, margin)
	f.SetAutoPageBreak(false, footing)
	f.SetCreationDate(about.Made.UTC())
	f.SetModificationDate(about.Made.UTC())
	f.SetCatalogSort(true)
	f.SetTitle(about.Title, true)
	f.SetAuthor(about.Publisher, true)
	f.SetLang(string(about.Lang))
	f.SetDisplayMode("fullwidth", "continuous")
	d := &Document{f: f, about: about}
	f.SetFooterFunc(d.foot)
	f.AddPage()
	return d
}

// foot writes the title and the number of the page under it.
func (d *Document) foot() {
	left, _, right, _ := d.f.GetMargins()
	width, height := d.f.GetPageSize()
	d.style("", smallSize)
	d.f.SetTextColor(grey, grey, grey)
	d.f.SetXY(left, height-footing+6)
	number := fmt.Sprintf("%d", d.f.PageNo())
	room := width - left - right - d.f.GetStringWidth(number) - 4
	d.f.CellFormat(room, 4, d.cut(known(d.about.Title), room), "", 0, "L", false, 0, "")
	d.f.CellFormat(0, 4, number, "", 0, "R", false, 0, "")
	d.f.SetTextColor(0, 0, 0)
}

func (d *Document) style(style string, size float64) { d.f.SetFont(face, style, size) }

// height is that of a line in the present letters.
func (d *Document) height() float64 {
	size, _ := d.f.GetFontSize()
	return size * perPoint * lineFactor
}

// width is how far a line reaches, in millimetres.
func (d *Document) width() float64 {
	left, _, right, _ := d.f.GetMargins()
	width, _ := d.f.GetPageSize()
	return width - left - right
}

// left is how much of the page is free below the present line.
func (d *Document) left() float64 {
	_, height := d.f.GetPageSize()
	return height - footing - d.f.GetY()
}

// need begins a new page unless so much is free, in millimetres.
func (d *Document) need(height float64) {
	if d.left() < height {
		d.f.AddPage()
	}
}

// Page begins a new page, unless the present one is still empty.
func (d *Document) Page() {
	if d.f.GetY() > margin {
		d.f.AddPage()
	}
}

// space leaves so much free, in millimetres, but never at the top of a page.
func (d *Document) space(height float64) {
	if d.f.GetY() > margin {
		d.f.SetY(d.f.GetY() + min(height, max(d.left(), 0)))
	}
}

// Title writes the title of the document, or of a part that begins a page.
func (d *Document) Title(s string) { d.heading(s, titleSize, 0) }

// Heading writes a heading and a bookmark that leads to it.
func (d *Document) Heading(s string) { d.heading(s, headSize, 0) }

// Subheading writes a heading below a heading, with its bookmark.
func (d *Document) Subheading(s string) { d.heading(s, subSize, 1) }

// heading never stands alone at the foot of a page.
func (d *Document) heading(s string, size float64, level int) {
	d.style("B", size)
	lines := d.wrap(s, d.width())
	d.space(size * perPoint * 1.1)
	d.need(float64(len(lines)+3) * d.height())
	if s != "" {
		d.f.Bookmark(known(s), level, -1)
	}
	d.lines(lines)
	d.space(size * perPoint * 0.35)
}

// Paragraph writes a text; empty lines part paragraphs.
func (d *Document) Paragraph(s string) { d.text(s, "", textSize) }

// Emphasis writes a text in slanted letters: who somebody is, what a thing was taken from.
func (d *Document) Emphasis(s string) { d.text(s, "I", textSize) }

// Small writes small print.
func (d *Document) Small(s string) {
	d.f.SetTextColor(grey, grey, grey)
	d.text(s, "", smallSize)
	d.f.SetTextColor(0, 0, 0)
}

func (d *Document) text(s, style string, size float64) {
	for paragraph := range strings.SplitSeq(strings.ReplaceAll(s, "\r\n", "\n"), "\n\n") {
		if strings.TrimSpace(paragraph) == "" {
			continue
		}
		d.style(style, size)
		d.lines(d.wrap(paragraph, d.width()))
		d.space(size * perPoint * 0.6)
	}
}

// lines writes lines one below the other, and goes on overleaf.
func (d *Document) lines(lines []string) {
	left, _, _, _ := d.f.GetMargins()
	for _, line := range lines {
		d.need(d.height())
		d.f.SetX(left)
		d.f.CellFormat(0, d.height(), line, "", 2, "L", false, 0, "")
	}
}

// List writes items behind dashes.
func (d *Document) List(items []string) {
	const indent = 5.0
	d.style("", textSize)
	left, _, _, _ := d.f.GetMargins()
	for _, item := range items {
		for i, line := range d.wrap(item, d.width()-indent) {
			d.need(d.height())
			d.f.SetX(left)
			if i == 0 {
				d.f.CellFormat(indent, d.height(), "–", "", 0, "L", false, 0, "")
			}
			d.f.SetX(left + indent)
			d.f.CellFormat(0, d.height(), line, "", 2, "L", false, 0, "")
		}
	}
	d.space(textSize * perPoint * 0.6)
}

// Link writes words that lead to an address when they are pressed.
func (d *Document) Link(words, url string) {
	d.style("", textSize)
	d.f.SetTextColor(0x0B, 0x4F, 0x8A)
	left, _, _, _ := d.f.GetMargins()
	for _, line := range d.wrap(words, d.width()) {
		d.need(d.height())
		d.f.SetX(left)
		d.f.CellFormat(d.f.GetStringWidth(line)+2*d.f.GetCellMargin(), d.height(), line, "", 2, "L", false, 0, url)
	}
	d.f.SetTextColor(0, 0, 0)
	d.space(textSize * perPoint * 0.6)
}

// Write ends the document and writes it out.
func (d *Document) Write(w io.Writer) error {
	if err := d.f.Output(w); err != nil {
		return fmt.Errorf("write a PDF: %w", err)
	}
	return nil
}

// letters are those that every style of the fonts has.
var letters = sync.OnceValue(func() *sfnt.Font {
	font, err := sfnt.Parse(goregular.TTF)
	if err != nil {
		panic(err) // the font is a part of the program
	}
	return font
})

// known puts a sign in the place of every letter that the fonts lack: the library indexes its table of widths
// with the letter itself and falls over those beyond the first 65,536.
func known(s string) string {
	var buffer sfnt.Buffer
	return strings.Map(func(r rune) rune {
		switch {
		case r == '\n' || r == ' ' || r == nbsp:
			return r
		case r == '\t':
			return ' '
		case r < ' ' || r == '\u00AD' || r == '\u200B':
			return -1
		}
		if at, err := letters().GlyphIndex(&buffer, r); err != nil || at == 0 || r > 0xFFFF {
			return stranger
		}
		return r
	}, s)
}
