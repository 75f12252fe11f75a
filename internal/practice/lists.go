package practice

import (
	"slices"
	"strconv"

	"obrady/internal/errs"
	"obrady/internal/i18n"
	"obrady/internal/people"
	"obrady/internal/text"
)

// ErrPosition is for what is no position on the map.
var ErrPosition = errs.New(errs.Invalid, "practice.position")

// checkLists notes what is wrong with the lists. The problem of one row is called
// after the row's field and its number from 0: "block_what_pl-2".
func (c Content) checkLists(wrong *errs.Problems) {
	for _, list := range []struct {
		name    string
		n, most int
	}{
		{"blocks", len(c.Blocks), MostBlocks},
		{"partners", len(c.Partners), MostPartners},
		{"results", len(c.Results), MostResults},
		{"links", len(c.Links), MostLinks},
		{"pictures", len(c.Pictures), MostPictures},
	} {
		if list.n > list.most {
			wrong.Add(list.name, "practice.too_many_rows", list.most)
		}
	}
	for i, b := range c.Blocks {
		at := rowOf(wrong, i)
		at.need("block_name_pl", b.Name)
		at.line("block_name", b.Name)
		at.words("block_what", b.What, PartWords)
		at.words("block_needs", b.Needs, PartWords)
		at.words("block_watch", b.Watch, PartWords)
	}
	for i, p := range c.Partners {
		at := rowOf(wrong, i)
		at.need("partner_name_pl", p.Name)
		at.line("partner_name", p.Name)
		at.words("partner_gave", p.Gave, GaveWords)
	}
	for i, r := range c.Results {
		at := rowOf(wrong, i)
		at.need("result_indicator_pl", r.Indicator)
		at.line("result_indicator", r.Indicator)
		at.line("result_before", r.Before)
		at.line("result_after", r.After)
		at.line("result_source", r.Source)
	}
	for i, l := range c.Links {
		at := rowOf(wrong, i)
		at.line("link_title", l.Title)
		if l.URL == "" || !people.ValidURL(l.URL) {
			at.add("link_url", "people.url")
		}
	}
	for i, p := range c.Pictures {
		at := rowOf(wrong, i)
		at.need("picture_alt_pl", p.Alt)
		at.line("picture_alt", p.Alt)
		at.short("picture_credit", p.Credit)
	}
}

// row is one row of a list, and where its problems are noted.
type row struct {
	wrong *errs.Problems
	n     string
}

func rowOf(wrong *errs.Problems, n int) row { return row{wrong, "-" + strconv.Itoa(n)} }

func (r row) add(field, key string, args ...any) { r.wrong.Add(field+r.n, key, args...) }

func (r row) need(field string, t i18n.Text) {
	if t.IsZero() {
		r.add(field, "practice.name_missing")
	}
}

func (r row) short(field, s string) {
	if text.Length(s) > MostName {
		r.add(field, "people.too_long", MostName)
	}
}

func (r row) line(field string, t i18n.Text) {
	for _, v := range versions(field, t) {
		r.short(v.field, v.words)
	}
}

func (r row) words(field string, t i18n.Text, most int) {
	for _, v := range versions(field, t) {
		if n := Words(v.words); n > most {
			r.add(v.field, "practice.too_many_words", most, n)
		}
	}
}

// Missing lists the fields without which a practice is not published, in the order
// of the form. What did not work is one of them: a success without a limit teaches
// nobody anything.
func (p Practice) Missing() (fields []string) {
	if p.Title.IsZero() {
		fields = append(fields, "title")
	}
	for _, s := range p.sections() {
		if s.must && s.text.IsZero() {
			fields = append(fields, s.field)
		}
	}
	for field, there := range map[string]bool{
		"owner": !p.Owner.IsZero(), "city": !p.City.IsZero() || p.Size == Area || p.Region == WholeCountry, "region": p.Region != "", "size": p.Size != "",
		"from": p.From != "", "stage": p.Stage != "", "blocks": len(p.Blocks) > 0, "results": len(p.Results) > 0, "licence": p.Licence != "",
		"contact_name": p.Contact.Name != "", "contact_email": p.Contact.Account != "" || p.Contact.Email != "",
	} {
		if !there {
			fields = append(fields, field)
		}
	}
	slices.SortFunc(fields, func(a, b string) int { return slices.Index(formOrder, a) - slices.Index(formOrder, b) })
	return fields
}

// formOrder is the order of what must be there.
var formOrder = []string{
	"title", "summary", "owner", "city", "region", "size", "from", "stage", "before", "done", "blocks", "resources", "results", "failed",
	"transfer", "licence", "contact_name", "contact_email",
}

// Unready is what a practice still lacks, as the form is told of it.
func (p Practice) Unready() error {
	var wrong errs.Problems
	for _, field := range p.Missing() {
		wrong.Add(field, "practice.missing")
	}
	return wrong.Err()
}
