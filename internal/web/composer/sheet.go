package composer

import (
	"bytes"
	"net/http"
	"strings"

	"obrady/internal/i18n"
	"obrady/internal/kaleidoscope"
	"obrady/internal/onstage"
	"obrady/internal/pdf"
	"obrady/internal/programme"
	"obrady/internal/web"
	"obrady/internal/web/desk"
)

// sheetPage is the running order, to be printed.
type sheetPage struct {
	room
	kaleidoscope.Sheet
}

var sheetTemplate = parse[sheetPage]("running.html")

// Parts are all parts of the session with their minutes.
func (s sheetPage) Parts() []kaleidoscope.Part { return s.Plan.Parts(s.Begin()) }

// Say is how the names of those who speak are said, where somebody noted it.
func (s sheetPage) Say(part kaleidoscope.Part) string { return s.About[part.Talk.Submission].Say }

// SlidesOf are the slides of a talk, if they were sent.
func (s sheetPage) SlidesOf(part kaleidoscope.Part) *onstage.Slides {
	one, sent := s.Slides[part.Talk.Submission]
	if !sent {
		return nil
	}
	return &one
}

// IsTalk says whether a part is a talk.
func (s sheetPage) IsTalk(part kaleidoscope.Part) bool {
	return part.Kind == programme.Talk && part.Hand.ID == ""
}

// Minute is when a part begins and ends; how long it takes, where the hours are not known.
func (s sheetPage) Minute(v web.View, part kaleidoscope.Part) string {
	return s.minute(v.Printer, part)
}

func (s sheetPage) minute(p i18n.Printer, part kaleidoscope.Part) string {
	if s.Begin().IsZero() {
		return p.Minutes(part.Minutes)
	}
	zone := s.Edition.Location()
	return p.Hours(part.Begin.In(zone), part.End.In(zone))
}

// Leaders are the names of those who lead the session.
func (s sheetPage) Leaders() string {
	var names []string
	for _, person := range s.Moderators {
		names = append(names, person.Name)
	}
	return strings.Join(names, ", ")
}

func (p *Pages) sheet(r *http.Request) (page sheetPage, err error) {
	if page.room, err = p.room(r); err != nil {
		return page, err
	}
	page.Sheet, err = p.Composer.RunningOrder(r.Context(), page.At)
	return page, err
}

func (p *Pages) showSheet(w http.ResponseWriter, r *http.Request) error {
	page, err := p.sheet(r)
	if err != nil {
		return err
	}
	return sheetTemplate.Show(w, r, page)
}

// printSheet is the running order as a file. Its page says the same to who cannot see it.
func (p *Pages) printSheet(w http.ResponseWriter, r *http.Request) error {
	page, err := p.sheet(r)
	if err != nil {
		return err
	}
	lang := web.Lang(r)
	var file bytes.Buffer
	if err := page.write(&file, p.Words.In(lang), lang); err != nil {
		return err
	}
	return desk.Handout{Name: page.Of.Slug + ".pdf", Kind: "application/pdf", Content: file.Bytes()}.Send(w)
}

func (s sheetPage) write(to *bytes.Buffer, p i18n.Printer, lang i18n.Lang) error {
	title := p.T("composer.sheet") + ": " + s.Of.Title.In(lang).Text
	d := pdf.New(pdf.About{Title: title, Publisher: s.Edition.Name.In(lang).Text, Lang: lang, Made: s.now})
	d.Title(s.Of.Title.In(lang).Text)
	d.Paragraph(s.heading(p, lang))
	if !s.Shown {
		d.Emphasis(p.T("composer.sheet.changing"))
	}
	d.Table(s.columns(p), s.rows(p))
	return d.Write(to)
}

func (s sheetPage) heading(p i18n.Printer, lang i18n.Lang) string {
	var parts []string
	if begin := s.Begin(); !begin.IsZero() {
		local := begin.In(s.Edition.Location())
		parts = append(parts, p.Day(local)+", "+p.Hour(local))
	}
	if s.Place != nil {
		parts = append(parts, s.Place.Name.In(lang).Text)
	}
	if who := s.Leaders(); who != "" {
		parts = append(parts, p.T("composer.sheet.leads")+": "+who)
	}
	return strings.Join(parts, " · ")
}

func (s sheetPage) columns(p i18n.Printer) []pdf.Column {
	return []pdf.Column{
		{Title: p.T("composer.sheet.when"), Share: 2},
		{Title: p.T("composer.sheet.what"), Share: 4},
		{Title: p.T("composer.sheet.who"), Share: 3},
		{Title: p.T("composer.sheet.slides"), Share: 1.3},
		{Title: p.T("composer.sheet.notes"), Share: 2},
	}
}

func (s sheetPage) rows(p i18n.Printer) (rows [][]string) {
	for _, part := range s.Parts() {
		row := []string{s.minute(p, part), s.what(p, part), "", "", ""}
		if s.IsTalk(part) {
			var who []string
			for _, one := range part.Talk.Presenters {
				who = append(who, named(one))
			}
			if say := s.Say(part); say != "" {
				who = append(who, "["+say+"]")
			}
			row[2], row[3] = strings.Join(who, "; "), p.T("composer.sheet.not_sent")
			if s.SlidesOf(part) != nil {
				row[3] = p.T("composer.sheet.sent")
			}
		}
		rows = append(rows, row)
	}
	return rows
}

func named(p kaleidoscope.Presenter) string {
	if p.Affiliation == "" {
		return p.Name
	}
	return p.Name + ", " + p.Affiliation
}

// what says what happens in a part.
func (s sheetPage) what(p i18n.Printer, part kaleidoscope.Part) string {
	if s.IsTalk(part) {
		return part.Talk.Title + " · " + p.T(programme.LanguageKey(string(part.Talk.Language)))
	}
	words := p.T(part.Kind.Key())
	if !part.Hand.Title.IsZero() {
		words += ": " + part.Hand.Title.In(i18n.Polish).Text
	}
	return words
}

// LanguageKey names the sentence that says the language of a talk.
func (s sheetPage) LanguageKey(part kaleidoscope.Part) string {
	return programme.LanguageKey(string(part.Talk.Language))
}
