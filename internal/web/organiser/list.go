package organiser

import (
	"cmp"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"obrady/internal/i18n"
	"obrady/internal/web"
)

// heading is a column of a list.
type heading struct {
	Name   string // in the parameter "sort"
	Key    string // of the sentence above it
	Number bool
}

// cell is one entry of a list: a sentence, a text, a name or a number.
type cell struct {
	Key    string
	Words  i18n.Text
	Plain  string
	Number int
	IsNumb bool
	Mark   string // letter of a block, in its colour
	Colour int
	Depth  int // how far inside others it stands
}

func plain(s string) cell                 { return cell{Plain: s} }
func words(t i18n.Text) cell              { return cell{Words: t} }
func number(n int) cell                   { return cell{Number: n, IsNumb: true} }
func said[T keyed](one T) cell            { return cell{Key: one.Key()} }
func signed(mark string, colour int) cell { return cell{Mark: mark, Colour: colour} }

// line is one thing in a list.
type line struct {
	ID    string
	Cells []cell
}

// listData is a list of things of one kind.
type listData struct {
	Desk
	Kind    string
	Columns []heading
	Lines   []line
	Extras  []extra
}

// Say is the key of a sentence about the kind.
func (d listData) Say(ending string) string { return "organiser." + d.Kind + "." + ending }

// Route is that of one thing; with ".new", that of a new one.
func (d listData) Route(ending string) string { return "desk." + d.Kind + ending }

var listPage = parse[listData]("list.html")

func (k kind[T]) showList(p *Pages) web.Handler {
	return func(w http.ResponseWriter, r *http.Request) error {
		desk, err := k.around(p, r)
		if err != nil {
			return err
		}
		all, err := k.all(r.Context(), desk)
		if err != nil {
			return err
		}
		page := listData{Desk: desk, Kind: k.name, Columns: k.columns, Extras: k.listExtras}
		for _, t := range all {
			page.Lines = append(page.Lines, line{k.facts(t).address(), k.cells(t, all)})
		}
		sortLines(page.Lines, k.columns, r.URL.Query().Get("sort"), web.Lang(r))
		return listPage.Show(w, r, page)
	}
}

// sortLines sorts by the column that by names, the other way round with a minus. What by does not name stays in the
// order of the things themselves.
func sortLines(lines []line, columns []heading, by string, lang i18n.Lang) {
	name, down := strings.CutPrefix(by, "-")
	at := slices.IndexFunc(columns, func(h heading) bool { return h.Name == name })
	if at < 0 {
		return
	}
	alphabetical := i18n.Compare(lang)
	slices.SortStableFunc(lines, func(a, b line) int {
		order := compareCells(a.Cells[at], b.Cells[at], lang, alphabetical)
		if down {
			return -order
		}
		return order
	})
}

func compareCells(a, b cell, lang i18n.Lang, alphabetical func(a, b string) int) int {
	return cmp.Or(
		cmp.Compare(a.Number, b.Number),
		alphabetical(a.Words.In(lang).Text, b.Words.In(lang).Text),
		alphabetical(a.Plain+a.Mark, b.Plain+b.Mark),
		cmp.Compare(a.Key, b.Key),
	)
}

// shown is a cell in the language of the page.
type shown struct {
	Text, As string
	Foreign  bool
	Mark     string
	Colour   int
}

// Show writes a cell out.
func (d listData) Show(v web.View, c cell) shown {
	switch {
	case c.Mark != "":
		return shown{Mark: c.Mark, Colour: c.Colour}
	case c.Key != "":
		return shown{Text: v.T(c.Key)}
	case c.IsNumb:
		return shown{Text: strconv.Itoa(c.Number)}
	case c.Plain != "":
		return shown{Text: c.Plain}
	}
	w := v.Words(c.Words)
	return shown{Text: w.Text, As: w.As, Foreign: w.Foreign}
}
