package guardian

import (
	"context"
	"errors"
	"net/http"

	"obrady/internal/civil"
	"obrady/internal/edition"
	"obrady/internal/i18n"
	"obrady/internal/people"
	"obrady/internal/web"
	"obrady/internal/web/desk"
)

func (p *Pages) publicRoutes() []web.Route {
	return []web.Route{{
		Name: "statement", PL: "/{edition}/deklaracja-dostepnosci", EN: "/{edition}/accessibility-statement",
		Action: "programme.read", Public: true, Handle: p.showStatement,
	}}
}

// statementData is the public accessibility statement. The ids of its elements are those that monitors look for, by the
// technical conditions of the act of 4 April 2019.
type statementData struct {
	Edition edition.Edition
	edition.Statement
	Home string // address of the site that it is about
}

// Date writes a day of the statement.
func (d statementData) Date(v web.View, day civil.Date) string {
	return v.Date(day.In(d.Edition.Location()))
}

var statementPage = parse[statementData]("statement.html")

func (p *Pages) showStatement(w http.ResponseWriter, r *http.Request) error {
	e, err := p.Published.Edition(r.PathValue("edition"))
	if err != nil {
		return err
	}
	s, err := p.Statements.Statement(r.Context(), e.ID)
	if err != nil {
		return err
	}
	page := statementData{Edition: e.Edition, Statement: s, Home: s.Site}
	if page.Home == "" {
		address, err := p.Site.URL(web.Lang(r), "edition", e.Slug)
		if err != nil {
			return err
		}
		page.Home = p.Site.Absolute(address)
	}
	return statementPage.Show(w, r, page)
}

const longLine = 200

// key: guardian.statement.*
var statementControls = []desk.Control{
	{Name: "body", As: desk.AsPair, Key: "guardian.statement.body", Help: "guardian.statement.body_help", Most: longLine, Must: true},
	{Name: "site", As: desk.AsLine, Key: "guardian.statement.site", Help: "guardian.statement.site_help", Type: "url"},
	{Name: "published_on", As: desk.AsDate, Key: "guardian.statement.published_on", Must: true},
	{Name: "updated_on", As: desk.AsDate, Key: "guardian.statement.updated_on", Must: true},
	{Name: "status", As: desk.AsSelect, Key: "guardian.statement.status"},
	{Name: "failings", As: desk.AsProse, Key: "guardian.statement.failings", Help: "guardian.statement.failings_help", Most: 40000},
	{Name: "made_on", As: desk.AsDate, Key: "guardian.statement.made_on", Must: true},
	{Name: "reviewed_on", As: desk.AsDate, Key: "guardian.statement.reviewed_on", Help: "guardian.statement.reviewed_on_help"},
	{Name: "assessed", As: desk.AsSelect, Key: "guardian.statement.assessed"},
	{Name: "auditor", As: desk.AsPair, Key: "guardian.statement.auditor", Help: "guardian.statement.auditor_help", Most: longLine},
	{Name: "contact", As: desk.AsPair, Key: "guardian.statement.contact", Help: "guardian.statement.contact_help", Most: longLine, Must: true},
	{Name: "email", As: desk.AsLine, Key: "guardian.statement.email", Type: "email", Must: true},
	{Name: "phone", As: desk.AsLine, Key: "guardian.statement.phone", Size: "size-m", Must: true},
	{Name: "complaints", As: desk.AsProse, Key: "guardian.statement.complaints", Help: "guardian.statement.complaints_help", Most: 40000},
	{Name: "building", As: desk.AsProse, Key: "guardian.statement.building", Help: "guardian.statement.building_help", Most: 40000, Must: true},
	{Name: "apps", As: desk.AsProse, Key: "guardian.statement.apps", Help: "guardian.statement.apps_help", Most: 40000},
}

var statementFields = desk.FieldsOf("statement", statementControls)

func (p *Pages) statementRows() []row {
	const pl, en = "/{edition}/biurko/deklaracja-dostepnosci", "/{edition}/desk/accessibility-statement"
	k := p.statements()
	return []row{
		{"desk.statement", get, pl, en, k.ShowOne(p.Kit), stating, []string{"draft"}},
		{"desk.statement.add", post, pl, en, k.Take(p.Kit), stating, nil},
	}
}

// only names the one statement that an edition can have.
const only = "statement"

func (p *Pages) statements() desk.Kind[edition.Statement] {
	return desk.Kind[edition.Statement]{
		Name: "statement", Key: "guardian.statement", Plural: "statement", Action: string(stating.action), Missing: edition.ErrNoStatement,
		Controls: statementControls, Fields: statementFields,
		Named: func(r *http.Request) string {
			d, err := p.Desk(r, "desk.statement")
			if err != nil {
				return ""
			}
			if _, err := p.Statements.Statement(r.Context(), d.Edition.ID); err != nil {
				return ""
			}
			return only
		},
		All: func(ctx context.Context, d desk.Desk) ([]edition.Statement, error) {
			one, err := p.Statements.Statement(ctx, d.Edition.ID)
			if errors.Is(err, edition.ErrNoStatement) {
				return nil, nil
			}
			return []edition.Statement{one}, err
		},
		Facts: func(s edition.Statement) desk.Facts {
			return desk.Facts{ID: string(s.Edition), Revision: s.Revision, Name: p.bothWays("guardian.statement.list"), Address: only}
		},
		Blank: func(d desk.Desk, _ string, _ []edition.Statement) edition.Statement {
			today := civil.DateOf(p.Now())
			return edition.Statement{
				Edition: d.Edition.ID, Status: edition.PartlyCompliant, Assessed: edition.SelfAssessed,
				PublishedOn: today, UpdatedOn: today, MadeOn: today,
			}
		},
		Fill: fillStatement, Read: readStatement,
		Save: func(ctx context.Context, by people.AccountID, s edition.Statement) (edition.Statement, error) {
			return p.Statements.SaveStatement(ctx, by, s)
		},
		Choices: func(context.Context, desk.Desk, edition.Statement) (map[string][]desk.Choice, error) {
			return map[string][]desk.Choice{"status": desk.Choices(edition.Compliances), "assessed": desk.Choices(edition.Assessments)}, nil
		},
	}
}

// bothWays is a sentence in both languages.
func (p *Pages) bothWays(key string) i18n.Text {
	return i18n.Text{PL: p.Words.In(i18n.Polish).T(key), EN: p.Words.In(i18n.English).T(key)}
}

func fillStatement(f *web.Form, s edition.Statement) {
	desk.SetText(f, "body", s.Body)
	desk.SetText(f, "failings", s.Failings)
	desk.SetText(f, "auditor", s.Auditor)
	desk.SetText(f, "contact", s.Contact)
	desk.SetText(f, "complaints", s.Complaints)
	desk.SetText(f, "building", s.Building)
	desk.SetText(f, "apps", s.Apps)
	for name, value := range map[string]string{
		"site": s.Site, "published_on": string(s.PublishedOn), "updated_on": string(s.UpdatedOn), "status": string(s.Status),
		"made_on": string(s.MadeOn), "reviewed_on": string(s.ReviewedOn), "assessed": string(s.Assessed), "email": s.Email, "phone": s.Phone,
	} {
		f.Set(name, value)
	}
}

func readStatement(f *web.Form, s edition.Statement, _ []edition.Statement) edition.Statement {
	s.Revision = f.Revision
	s.Body, s.Failings = desk.ReadText(f, "body", s.Body), desk.ReadText(f, "failings", s.Failings)
	s.Auditor, s.Contact = desk.ReadText(f, "auditor", s.Auditor), desk.ReadText(f, "contact", s.Contact)
	s.Complaints, s.Building = desk.ReadText(f, "complaints", s.Complaints), desk.ReadText(f, "building", s.Building)
	s.Apps = desk.ReadText(f, "apps", s.Apps)
	s.Site, s.Email, s.Phone = f.Value("site"), f.Value("email"), f.Value("phone")
	s.PublishedOn, s.UpdatedOn = civil.Date(f.Value("published_on")), civil.Date(f.Value("updated_on"))
	s.MadeOn, s.ReviewedOn = civil.Date(f.Value("made_on")), civil.Date(f.Value("reviewed_on"))
	s.Status, s.Assessed = edition.Compliance(f.Value("status")), edition.Assessment(f.Value("assessed"))
	return s
}
