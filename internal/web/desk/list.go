package desk

import (
	"cmp"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"obrady/internal/i18n"
	"obrady/internal/rights"
	"obrady/internal/web"
)

// Heading is a column of a list.
type Heading struct {
	Name   string // in the parameter "sort"
	Key    string // of the sentence above it
	Number bool
}

// Entry is one entry of a list: a sentence, a text, a name or a number.
type Entry struct {
	Key    string
	Words  i18n.Text
	Plain  string
	Number int
	IsNumb bool
	Mark   string // letter of a block, in its colour
	Colour int
	Depth  int // how far inside others it stands
}

// Plain is an entry that is the same in both languages.
func Plain(s string) Entry { return Entry{Plain: s} }

// Words is an entry that is a text.
func Words(t i18n.Text) Entry { return Entry{Words: t} }

// Number is an entry that is counted or reckoned with.
func Number(n int) Entry { return Entry{Number: n, IsNumb: true} }

// Said is an entry that has a sentence of its own.
func Said[T keyed](one T) Entry { return Entry{Key: one.Key()} }

// Signed is the letter of a block in its colour.
func Signed(mark string, colour int) Entry { return Entry{Mark: mark, Colour: colour} }

// line is one thing in a list.
type line struct {
	ID    string
	Cells []Entry
}

// listData is a list of things of one kind.
type listData struct {
	Desk
	Kind    string
	Key     string // beginning of the keys of its sentences
	Columns []Heading
	Lines   []line
	Extras  []Extra
}

// Say is the key of a sentence about the kind.
func (d listData) Say(ending string) string { return d.Key + "." + ending }

// Route is that of one thing; with ".new", that of a new one.
func (d listData) Route(ending string) string { return "desk." + d.Kind + ending }

// New says whether whoever looks may make another. Only the list of editions is shown to those who may not.
func (d listData) New() bool { return d.In() || d.May(rights.Action(CreateEdition)) }

// To is the route behind a line: its form, or, for those who may not edit the edition, where their desk of it begins.
func (d listData) To(address string) string {
	for _, e := range d.Editions {
		if !d.In() && e.Slug == address && d.Who.At(rights.Action(EditEdition), e.ID) != nil {
			return d.Fronts[e.ID]
		}
	}
	return d.Route("")
}

var listPage = Parse[listData](templates, "list.html")

// ShowList answers with the list of all things of the kind.
func (k Kind[T]) ShowList(p *Kit) web.Handler {
	return func(w http.ResponseWriter, r *http.Request) error {
		around, err := k.around(p, r)
		if err != nil {
			return err
		}
		all, err := k.All(r.Context(), around)
		if err != nil {
			return err
		}
		page := listData{Desk: around, Kind: k.Name, Key: k.Key, Columns: k.Columns, Extras: k.ListExtras}
		for _, t := range all {
			page.Lines = append(page.Lines, line{k.Facts(t).address(), k.Cells(t, all)})
		}
		sortLines(page.Lines, k.Columns, r.URL.Query().Get("sort"), web.Lang(r))
		return listPage.Show(w, r, page)
	}
}

// sortLines sorts by the column that by names, the other way round with a minus. What by does not name stays in the
// order of the things themselves.
func sortLines(lines []line, columns []Heading, by string, lang i18n.Lang) {
	name, down := strings.CutPrefix(by, "-")
	at := slices.IndexFunc(columns, func(h Heading) bool { return h.Name == name })
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

func compareCells(a, b Entry, lang i18n.Lang, alphabetical func(a, b string) int) int {
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
func (d listData) Show(v web.View, c Entry) shown {
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
