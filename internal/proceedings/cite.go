package proceedings

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"strconv"
	"strings"
)

// Book is a document with where it stands: what a citation needs.
type Book struct {
	Document

	Edition string // the address of the congress, which begins each key
	Event   string // the name of the congress
	Address func(Entry) string
}

// Key names a contribution in files of citations: no two have one key, and none ever changes.
func (b Book) Key(e Entry) string { return b.Edition + "-" + strings.ToLower(e.Code) }

// Standing are the contributions that can be cited: those that nobody has withdrawn.
func (d Document) Standing() (all []Entry) {
	for _, e := range d.Entries {
		if !e.Withdrawn {
			all = append(all, e)
		}
	}
	return all
}

// splitName says which part of a name is the family's: the last word. Particles stay with the given names, as in
// Polish bibliographies.
func splitName(name string) (given, family string) {
	words := strings.Fields(name)
	last := len(words) - 1
	for last > 0 && strings.HasPrefix(words[last], "(") {
		last-- // a remark, such as (example), belongs to the name before it
	}
	if last < 1 {
		return "", name
	}
	return strings.Join(words[:last], " "), strings.Join(words[last:], " ")
}

// bibSpecial are the characters that mean something to BibTeX or TeX. Braces become words: BibTeX counts escaped ones too.
var bibSpecial = strings.NewReplacer(
	`\`, `\textbackslash{}`, `{`, `\textbraceleft{}`, `}`, `\textbraceright{}`, `$`, `\$`, `&`, `\&`, `%`, `\%`, `#`, `\#`, `_`, `\_`,
	`^`, `\textasciicircum{}`, `~`, `\textasciitilde{}`, "\n", " ", "\r", " ", "\t", " ", `"`, `{"}`,
)

// bibName is a name as BibTeX divides it; one that would be taken for two people, or that has one word, stands as it is.
func bibName(name string) string {
	given, family := splitName(name)
	if given == "" || strings.Contains(strings.ToLower(" "+name+" "), " and ") || strings.Contains(name, ",") {
		return "{" + bibSpecial.Replace(name) + "}"
	}
	return bibSpecial.Replace(family) + ", " + bibSpecial.Replace(given)
}

func bibNames(names []string) string {
	all := make([]string, len(names))
	for i, name := range names {
		all[i] = bibName(name)
	}
	return strings.Join(all, " and ")
}

// WriteBibTeX writes all contributions for BibTeX, in UTF-8.
func (b Book) WriteBibTeX(w io.Writer) error {
	out := bufio.NewWriter(w)
	for _, e := range b.Standing() {
		_, _ = fmt.Fprintf(out, "@inproceedings{%s", b.Key(e)) // Flush tells
		for _, f := range b.fields(e) {
			if f[1] != "" {
				_, _ = fmt.Fprintf(out, ",\n  %s = {%s}", f[0], f[1])
			}
		}
		_, _ = out.WriteString("\n}\n\n")
	}
	if err := out.Flush(); err != nil {
		return fmt.Errorf("write BibTeX: %w", err)
	}
	return nil
}

func (b Book) fields(e Entry) [][2]string {
	var authors []string
	for _, a := range e.Authors {
		authors = append(authors, a.Name)
	}
	said := bibSpecial.Replace
	return [][2]string{
		{"author", bibNames(authors)},
		{"title", "{" + said(e.Title) + "}"},
		{"booktitle", "{" + said(b.In(e.Language)) + "}"},
		{"editor", bibNames(b.About.Editors)},
		{"year", strconv.Itoa(b.About.Year)},
		{"pages", strings.ReplaceAll(said(e.Pages), "–", "--")},
		{"publisher", said(b.About.Publisher)},
		{"address", said(b.About.Place)},
		{"isbn", said(b.About.ISBN)},
		{"doi", said(e.DOI)},
		{"url", said(b.Address(e))},
		{"keywords", said(strings.Join(e.Keywords, ", "))},
		{"language", string(e.Language)},
		{"abstract", said(e.Abstract)},
	}
}

// Item is one contribution in CSL-JSON, the input of citation processors (schema csl-data.json 1.0.2).
type Item struct {
	ID             string    `json:"id"`
	Type           string    `json:"type"`
	Title          string    `json:"title"`
	Author         []CSLName `json:"author,omitempty"`
	Editor         []CSLName `json:"editor,omitempty"`
	ContainerTitle string    `json:"container-title,omitempty"`
	EventTitle     string    `json:"event-title,omitempty"`
	Publisher      string    `json:"publisher,omitempty"`
	PublisherPlace string    `json:"publisher-place,omitempty"`
	ISBN           string    `json:"ISBN,omitempty"`
	DOI            string    `json:"DOI,omitempty"`
	URL            string    `json:"URL,omitempty"`
	Page           string    `json:"page,omitempty"`
	Language       string    `json:"language,omitempty"`
	Keyword        string    `json:"keyword,omitempty"`
	Abstract       string    `json:"abstract,omitempty"`
	Issued         CSLDate   `json:"issued"`
}

// CSLName is a name in CSL-JSON.
type CSLName struct {
	Family  string `json:"family,omitempty"`
	Given   string `json:"given,omitempty"`
	Literal string `json:"literal,omitempty"`
}

// CSLDate is a date in CSL-JSON.
type CSLDate struct {
	Parts [][]int `json:"date-parts"`
}

func cslName(name string) CSLName {
	given, family := splitName(name)
	if given == "" {
		return CSLName{Literal: family}
	}
	return CSLName{Family: family, Given: given}
}

// Items lists all contributions as CSL-JSON has them.
func (b Book) Items() []Item {
	all := []Item{}
	for _, e := range b.Standing() {
		i := Item{
			ID: b.Key(e), Type: "paper-conference", Title: e.Title, ContainerTitle: b.In(e.Language), EventTitle: b.Event, Publisher: b.About.Publisher,
			PublisherPlace: b.About.Place, ISBN: b.About.ISBN, DOI: e.DOI, URL: b.Address(e), Page: e.Pages, Language: string(e.Language),
			Keyword: strings.Join(e.Keywords, ", "), Abstract: e.Abstract, Issued: CSLDate{[][]int{{b.About.Year}}},
		}
		for _, a := range e.Authors {
			i.Author = append(i.Author, cslName(a.Name))
		}
		for _, name := range b.About.Editors {
			i.Editor = append(i.Editor, cslName(name))
		}
		all = append(all, i)
	}
	return all
}

// WriteCSL writes all contributions as CSL-JSON.
func (b Book) WriteCSL(w io.Writer) error {
	out := json.NewEncoder(w)
	out.SetIndent("", "  ")
	if err := out.Encode(b.Items()); err != nil {
		return fmt.Errorf("write CSL-JSON: %w", err)
	}
	return nil
}

// Cite is how to cite a contribution in one line, close to the style of the APA:
// Kowalska, A. M.; Nowak, J. (2021). Title. Volume, 12–15. Publisher. Address.
func (b Book) Cite(e Entry) string {
	var names []string
	for _, a := range e.Authors {
		given, name := splitName(a.Name)
		for i, word := range strings.Fields(given) {
			if i == 0 {
				name += ","
			}
			name += " " + string([]rune(word)[:1]) + "."
		}
		names = append(names, name)
	}
	said := strings.Join(names, "; ")
	if said != "" {
		said += " "
	}
	said += fmt.Sprintf("(%d). %s. %s", b.About.Year, strings.TrimRight(e.Title, "."), b.In(e.Language))
	if e.Pages != "" {
		said += ", " + e.Pages
	}
	if b.About.Publisher != "" {
		said += ". " + b.About.Publisher
	}
	where := b.Address(e)
	if e.DOI != "" {
		where = "https://doi.org/" + e.DOI
	}
	if where != "" {
		said += ". " + where
	}
	return said
}
