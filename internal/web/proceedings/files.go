package proceedings

import (
	"bytes"
	"fmt"
	"io"
	"net/http"
	"strings"

	"obrady/internal/pdf"
	"obrady/internal/proceedings"
)

// send answers with a file that write writes.
func send(w http.ResponseWriter, kind, name string, write func(io.Writer) error) error {
	var out bytes.Buffer
	if err := write(&out); err != nil {
		return err
	}
	w.Header().Set("Content-Type", kind)
	w.Header().Set("Content-Disposition", `attachment; filename="`+name+`"`)
	_, _ = out.WriteTo(w) // who has hung up misses nothing
	return nil
}

func (v *view) sendBib(w http.ResponseWriter, r *http.Request) error {
	p, err := v.volume(r)
	if err != nil {
		return err
	}
	return send(w, "application/x-bibtex; charset=utf-8", p.Slug+".bib", v.book(p).WriteBibTeX)
}

func (v *view) sendCSL(w http.ResponseWriter, r *http.Request) error {
	p, err := v.volume(r)
	if err != nil {
		return err
	}
	return send(w, "application/vnd.citationstyles.csl+json; charset=utf-8", p.Slug+".json", v.book(p).WriteCSL)
}

func (v *view) sendBook(w http.ResponseWriter, r *http.Request) error {
	p, err := v.volume(r)
	if err != nil {
		return err
	}
	return send(w, "application/pdf", p.Slug+".pdf", v.printed(p).Write)
}

// printed lays a volume out as a book: the title page, the contents, and every contribution under a bookmark.
func (v *view) printed(p proceedings.Published) *pdf.Document {
	about, title := p.Document.About, p.Document.In(v.Lang)
	d := pdf.New(pdf.About{Title: title, Publisher: about.Publisher, Lang: v.Lang, Made: p.At})
	d.Title(title)
	d.Paragraph(v.e.Name.In(v.Lang).Text)
	if p.Document.Example {
		d.Emphasis(v.T("proceedings.page.example"))
	}
	if len(about.Editors) > 0 {
		d.Paragraph(v.T("proceedings.page.editors") + ": " + strings.Join(about.Editors, ", "))
	}
	d.Paragraph(imprint(about))
	if about.ISBN != "" {
		d.Paragraph("ISBN " + about.ISBN)
	}
	if about.Licence != "" {
		d.Paragraph(v.T("proceedings.page.licence") + ": " + about.Licence)
	}
	d.Small(v.T("proceedings.page.version", p.Version, v.Date(p.At.In(v.e.Location()))))
	if address := v.Site.Absolute(v.to("proceedings.volume", p.Slug)); address != "" {
		d.Link(v.T("proceedings.page.web_book"), address)
	}
	parts := v.parts(p)
	d.Page()
	d.Heading(v.T("proceedings.page.contents"))
	for _, one := range parts {
		var lines []string
		for _, e := range one.Entries {
			lines = append(lines, strings.TrimPrefix(e.Names+": "+e.Title, ": "))
		}
		d.Paragraph(one.Heading)
		d.List(lines)
	}
	for _, one := range parts {
		d.Page()
		d.Heading(one.Heading)
		if one.When != "" {
			d.Small(one.When)
		}
		for _, e := range one.Entries {
			v.printEntry(d, e.Entry)
		}
	}
	return d
}

func imprint(a proceedings.About) string {
	said := fmt.Sprint(a.Year)
	for _, more := range []string{a.Publisher, a.Place} {
		if more != "" {
			said = more + ", " + said
		}
	}
	return said
}

func (v *view) printEntry(d *pdf.Document, e proceedings.Entry) {
	d.Subheading(e.Title)
	if e.Withdrawn {
		d.Paragraph(v.T("proceedings.page.withdrawn_one"))
		return
	}
	for _, a := range e.Authors {
		said := a.Name
		if a.Affiliation != "" {
			said += ", " + a.Affiliation
		}
		if a.ORCID != "" {
			said += ", ORCID " + a.ORCID
		}
		d.Emphasis(said)
	}
	for _, one := range (entryPage{One: e}).Paragraphs() {
		d.Paragraph(one)
	}
	if len(e.Keywords) > 0 {
		d.Small(v.T("proceedings.page.keywords") + ": " + strings.Join(e.Keywords, ", "))
	}
	if e.DOI != "" {
		d.Small("DOI " + e.DOI)
	}
}
