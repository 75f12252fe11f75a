package council

import (
	"bytes"
	"fmt"
	"net/http"
	"strings"

	"obrady/internal/council"
	"obrady/internal/i18n"
	"obrady/internal/pdf"
	"obrady/internal/people"
	"obrady/internal/web"
	"obrady/internal/web/desk"
)

// minutesPage are the minutes of a sitting, to be printed.
type minutesPage struct {
	room
	council.Minutes
	Exits, AtLeast int
}

var minutesTemplate = parse[minutesPage]("minutes.html")

// minutes finds the minutes with the names of those in them, as whoever asks may read them.
func (p *Pages) minutes(r *http.Request) (page minutesPage, err error) {
	sitting, err := p.sittingRoom(r)
	if err != nil {
		return page, err
	}
	var ids []people.AccountID
	for _, present := range sitting.Sitting.Present {
		ids = append(ids, present.Account)
	}
	ids = append(ids, sitting.Sitting.ApprovedBy)
	if err := p.know(r, &sitting.room, ids...); err != nil {
		return page, err
	}
	page = minutesPage{room: sitting.room, Minutes: sitting.minutes}
	page.Exits, page.AtLeast = council.Exits(page.Items)
	return page, nil
}

func (p *Pages) showMinutes(w http.ResponseWriter, r *http.Request) error {
	page, err := p.minutes(r)
	if err != nil {
		return err
	}
	return minutesTemplate.Show(w, r, page)
}

// fileMinutes hands the minutes out as a document: what stands on the page, and nothing else.
func (p *Pages) fileMinutes(w http.ResponseWriter, r *http.Request) error {
	page, err := p.minutes(r)
	if err != nil {
		return err
	}
	var out bytes.Buffer
	if err := page.document(p.Words.In(web.Lang(r))).Write(&out); err != nil {
		return fmt.Errorf("write the minutes of %s: %w", page.Sitting.ID, err)
	}
	name := fmt.Sprintf("%s-%d.pdf", page.Call.Slug, page.Sitting.Number)
	return desk.Handout{Name: name, Kind: "application/pdf", Content: out.Bytes()}.Send(w)
}

// document lays the minutes out.
func (m minutesPage) document(words i18n.Printer) *pdf.Document {
	title, s := words.T("council.page.minutes_n", m.Sitting.Number), m.Sitting
	d := pdf.New(pdf.About{Title: title, Publisher: m.Edition.Name.In(words.Lang).Text, Lang: words.Lang, Made: s.UpdatedAt})
	d.Title(title)
	d.Paragraph(m.Call.Title.In(words.Lang).Text)
	d.Paragraph(m.when(words))
	d.Heading(words.T("council.page.present"))
	var there []string
	for _, present := range s.Present {
		there = append(there, m.Person(present.Account)+" – "+words.T(present.Part.Key()))
	}
	d.List(there)
	if s.Notes != "" {
		d.Heading(words.T("council.page.notes"))
		d.Paragraph(s.Notes)
	}
	d.Heading(words.T("council.page.agenda"))
	for _, one := range m.Items {
		m.item(d, words, one)
	}
	if s.ApprovedBy != "" {
		at := s.ApprovedAt.In(m.Edition.Location())
		d.Small(words.T("council.page.approved_by", m.Person(s.ApprovedBy), words.Day(at)+", "+words.Hour(at)))
	}
	return d
}

// when says when and where the sitting was, as the page does.
func (m minutesPage) when(words i18n.Printer) string {
	s, zone := m.Sitting, m.Edition.Location()
	said := []string{words.Day(s.BeginsAt.In(zone)) + ", " + words.Hour(s.BeginsAt.In(zone))}
	if s.Place != "" {
		said[0] += ", " + s.Place
	}
	if !s.OpenedAt.IsZero() {
		said = append(said, words.T("council.page.opened", words.Hour(s.OpenedAt.In(zone))))
	}
	if !s.ClosedAt.IsZero() {
		said = append(said, words.T("council.page.closed", words.Hour(s.ClosedAt.In(zone))))
	}
	return strings.Join(said, " · ")
}

func (m minutesPage) item(d *pdf.Document, words i18n.Printer, one council.Item) {
	d.Subheading(fmt.Sprintf("%d. %s %s", one.Position, one.Code, one.Title))
	line := func(key, said string) {
		if said != "" {
			d.Paragraph(words.T(key) + ": " + said)
		}
	}
	line("council.page.state", words.T(one.State.Key()))
	line("council.page.recused", m.Names(one.Recused))
	if decided, there := m.Decided[one.ID]; there {
		outcome := words.T(decided.Outcome.Key())
		if decided.Place > 0 {
			outcome += fmt.Sprintf(" (%d)", decided.Place)
		}
		line("council.page.outcome", outcome)
		line("council.page.vote", words.T("council.page.votes", decided.InFavour, decided.Against, decided.Abstained))
		line("council.page.rationale", decided.ToAuthor)
		line("council.page.inside", decided.Inside)
	}
	for _, dissent := range m.Dissents[one.ID] {
		d.Paragraph(words.T("council.page.dissent") + ", " + m.Person(dissent.Account) + ": " + dissent.Words)
	}
}
