package guardian

import (
	"context"
	"net/http"

	"obrady/internal/consent"
	"obrady/internal/edition"
	"obrady/internal/i18n"
	"obrady/internal/privacy"
	"obrady/internal/web"
	"obrady/internal/web/desk"
)

func (p *Pages) settingRows() []row {
	const pl, en = "/{edition}/biurko/ochrona-danych", "/{edition}/desk/data-protection"
	officer := p.officers()
	return []row{
		{"desk.privacy", get, pl, en, p.showFront, settingUp, nil},
		{"desk.officer", get, pl + "/inspektor", en + "/officer", officer.ShowOne(p.Kit), settingUp, []string{"draft"}},
		{"desk.officer.add", post, pl + "/inspektor", en + "/officer", officer.Take(p.Kit), settingUp, nil},
		{"desk.retention", get, pl + "/przechowywanie", en + "/retention", p.showRetention, handling, nil},
	}
}

// frontData is the front of data protection: what is said to people, and what is missing.
type frontData struct {
	desk.Desk
	Controllers, Purposes, Clauses int
	Officer                        consent.Officer
	Open, Overdue                  int
	Notice                         bool // the public can read it all on a page
}

var frontPage = parse[frontData]("front.html")

func (p *Pages) showFront(w http.ResponseWriter, r *http.Request) error {
	around, err := p.Desk(r, "desk.privacy")
	if err != nil {
		return err
	}
	page := frontData{Desk: around}
	of := page.Edition.ID
	controllers, err := p.Consents.Controllers(r.Context(), of)
	if err != nil {
		return err
	}
	purposes, err := p.Consents.Purposes(r.Context(), of)
	if err != nil {
		return err
	}
	clauses, err := p.Consents.Clauses(r.Context(), of)
	if err != nil {
		return err
	}
	page.Notice = p.Has("data-notice")
	page.Controllers, page.Purposes, page.Clauses = len(controllers), len(purposes), len(clauses)
	if page.Officer, err = p.Consents.Officer(r.Context(), of); err != nil {
		return err
	}
	cases, err := p.visibleCases(r, page.Desk)
	if err != nil {
		return err
	}
	for _, c := range cases {
		if c.State == privacy.Open {
			page.Open++
		}
		if c.Overdue(p.Now()) {
			page.Overdue++
		}
	}
	return frontPage.Show(w, r, page)
}

// retentionData is what is kept how long, and what would go now.
type retentionData struct {
	desk.Desk
	Rules []privacy.Removal
}

var retentionPage = parse[retentionData]("retention.html")

func (p *Pages) showRetention(w http.ResponseWriter, r *http.Request) error {
	around, err := p.Desk(r, "desk.privacy")
	if err != nil {
		return err
	}
	rules, err := p.Privacy.DryRetain(r.Context())
	if err != nil {
		return err
	}
	return retentionPage.Show(w, r, retentionData{around, rules})
}

// key: guardian.officer.*
var officerControls = []desk.Control{
	{Name: "name", As: desk.AsLine, Key: "guardian.officer.name", Most: longLine, Must: true},
	{Name: "email", As: desk.AsLine, Key: "guardian.officer.email", Type: "email", Must: true},
	{Name: "phone", As: desk.AsLine, Key: "guardian.officer.phone", Size: "size-m"},
	{Name: "address", As: desk.AsLine, Key: "guardian.officer.address", Most: longLine},
	{Name: "arrangement", As: desk.AsProse, Key: "guardian.officer.arrangement", Help: "guardian.officer.arrangement_help", Most: 20000},
}

var officerFields = desk.FieldsOf("officer", officerControls)

// officers is the one officer of an edition, as a kind of which there is one.
func (p *Pages) officers() desk.Kind[consent.Officer] {
	return desk.Kind[consent.Officer]{
		Name: "officer", Key: "guardian.officer", Plural: "officer", Action: string(settingUp.action), Missing: edition.ErrUnknown,
		Controls: officerControls, Fields: officerFields,
		Desk: func(r *http.Request) (desk.Desk, error) { return p.Desk(r, "desk.privacy") },
		Named: func(r *http.Request) string {
			d, err := p.Desk(r, "desk.privacy")
			if err != nil {
				return ""
			}
			if one, err := p.Consents.Officer(r.Context(), d.Edition.ID); err != nil || one.Revision == 0 {
				return ""
			}
			return only
		},
		All: func(ctx context.Context, d desk.Desk) ([]consent.Officer, error) {
			one, err := p.Consents.Officer(ctx, d.Edition.ID)
			if err != nil || one.Revision == 0 {
				return nil, err
			}
			return []consent.Officer{one}, nil
		},
		Facts: func(o consent.Officer) desk.Facts {
			return desk.Facts{ID: string(o.Edition), Revision: o.Revision, Name: i18n.Both(o.Name), Address: only}
		},
		Blank: func(d desk.Desk, _ string, _ []consent.Officer) consent.Officer {
			return consent.Officer{Edition: d.Edition.ID}
		},
		Fill: func(f *web.Form, o consent.Officer) {
			f.Set("name", o.Name)
			f.Set("email", o.Email)
			f.Set("phone", o.Phone)
			f.Set("address", o.Address)
			desk.SetText(f, "arrangement", o.Arrangement)
		},
		Read: func(f *web.Form, o consent.Officer, _ []consent.Officer) consent.Officer {
			o.Revision, o.Name, o.Email = f.Revision, f.Value("name"), f.Value("email")
			o.Phone, o.Address = f.Value("phone"), f.Value("address")
			o.Arrangement = desk.ReadText(f, "arrangement", o.Arrangement)
			return o
		},
		Save: p.Consents.SaveOfficer,
	}
}

// key: guardian.controller.*
var controllerControls = []desk.Control{
	{Name: "name", As: desk.AsPair, Key: "guardian.controller.name", Most: longLine, Must: true},
	{Name: "address", As: desk.AsLine, Key: "guardian.controller.address", Most: longLine, Must: true},
	{Name: "email", As: desk.AsLine, Key: "guardian.controller.email", Type: "email"},
	{Name: "phone", As: desk.AsLine, Key: "guardian.controller.phone", Size: "size-m"},
	{Name: "position", As: desk.AsLine, Key: "desk.form.position", Help: "desk.form.position_help", Size: "size-s"},
}

var controllerFields = desk.FieldsOf("controller", controllerControls)

func (p *Pages) controllers() desk.Kind[consent.Controller] {
	return desk.Kind[consent.Controller]{
		Name: "controller", Key: "guardian.controller", Plural: "controllers", PL: "administratorzy-danych", EN: "data-controllers",
		New: [2]string{"nowy", "new"}, Action: string(settingUp.action), Missing: consent.ErrNoController,
		Controls: controllerControls, Fields: controllerFields,
		Desk: func(r *http.Request) (desk.Desk, error) { return p.Desk(r, "desk.privacy") },
		Columns: []desk.Heading{
			{Name: "name", Key: "guardian.controller.name"},
			{Name: "address", Key: "guardian.controller.address"},
			{Name: "email", Key: "guardian.controller.email"},
		},
		All: func(ctx context.Context, d desk.Desk) ([]consent.Controller, error) {
			return p.Consents.Controllers(ctx, d.Edition.ID)
		},
		Facts: func(c consent.Controller) desk.Facts { return desk.Facts{ID: c.ID, Revision: c.Revision, Name: c.Name} },
		Blank: func(d desk.Desk, fresh string, all []consent.Controller) consent.Controller {
			return consent.Controller{ID: fresh, Edition: d.Edition.ID, Position: len(all) + 1}
		},
		Fill: func(f *web.Form, c consent.Controller) {
			desk.SetText(f, "name", c.Name)
			f.Set("address", c.Address)
			f.Set("email", c.Email)
			f.Set("phone", c.Phone)
			desk.SetNumber(f, "position", c.Position)
		},
		Read: func(f *web.Form, c consent.Controller, _ []consent.Controller) consent.Controller {
			c.Revision, c.Name = f.Revision, desk.ReadText(f, "name", c.Name)
			c.Address, c.Email, c.Phone, c.Position = f.Value("address"), f.Value("email"), f.Value("phone"), f.Int("position")
			return c
		},
		Save: p.Consents.SaveController,
		Cells: func(c consent.Controller, _ []consent.Controller) []desk.Entry {
			return []desk.Entry{desk.Words(c.Name), desk.Plain(c.Address), desk.Plain(c.Email)}
		},
	}
}

// key: guardian.purpose.*
var purposeControls = []desk.Control{
	{Name: "name", As: desk.AsPair, Key: "guardian.purpose.name", Most: longText, Must: true},
	{Name: "basis", As: desk.AsSelect, Key: "guardian.purpose.basis"},
	{Name: "whose", As: desk.AsPair, Key: "guardian.purpose.whose", Most: longText, Must: true},
	{Name: "recipients", As: desk.AsPair, Key: "guardian.purpose.recipients", Most: longText},
	{Name: "period", As: desk.AsPair, Key: "guardian.purpose.period", Help: "guardian.purpose.period_help", Most: longText, Must: true},
	{Name: "afterwards", As: desk.AsPair, Key: "guardian.purpose.afterwards", Most: longText},
	{Name: "position", As: desk.AsLine, Key: "desk.form.position", Help: "desk.form.position_help", Size: "size-s"},
}

const longText = 300

var purposeFields = desk.FieldsOf("purpose", purposeControls)

func (p *Pages) purposes() desk.Kind[consent.Purpose] {
	return desk.Kind[consent.Purpose]{
		Name: "purpose", Key: "guardian.purpose", Plural: "purposes", PL: "cele-przetwarzania", EN: "purposes",
		New: [2]string{"nowy", "new"}, Action: string(settingUp.action), Missing: consent.ErrNoPurpose,
		Controls: purposeControls, Fields: purposeFields,
		Desk: func(r *http.Request) (desk.Desk, error) { return p.Desk(r, "desk.privacy") },
		Columns: []desk.Heading{
			{Name: "name", Key: "guardian.purpose.name"},
			{Name: "basis", Key: "guardian.purpose.basis"},
			{Name: "period", Key: "guardian.purpose.period"},
		},
		All: func(ctx context.Context, d desk.Desk) ([]consent.Purpose, error) {
			return p.Consents.Purposes(ctx, d.Edition.ID)
		},
		Facts: func(c consent.Purpose) desk.Facts { return desk.Facts{ID: c.ID, Revision: c.Revision, Name: c.Name} },
		Blank: func(d desk.Desk, fresh string, all []consent.Purpose) consent.Purpose {
			return consent.Purpose{ID: fresh, Edition: d.Edition.ID, Basis: consent.PublicTask, Position: len(all) + 1}
		},
		Fill: func(f *web.Form, c consent.Purpose) {
			desk.SetText(f, "name", c.Name)
			desk.SetText(f, "whose", c.Whose)
			desk.SetText(f, "recipients", c.Recipients)
			desk.SetText(f, "period", c.Period)
			desk.SetText(f, "afterwards", c.Afterwards)
			f.Set("basis", string(c.Basis))
			desk.SetNumber(f, "position", c.Position)
		},
		Read: func(f *web.Form, c consent.Purpose, _ []consent.Purpose) consent.Purpose {
			c.Revision, c.Name = f.Revision, desk.ReadText(f, "name", c.Name)
			c.Whose, c.Recipients = desk.ReadText(f, "whose", c.Whose), desk.ReadText(f, "recipients", c.Recipients)
			c.Period, c.Afterwards = desk.ReadText(f, "period", c.Period), desk.ReadText(f, "afterwards", c.Afterwards)
			c.Basis, c.Position = consent.Basis(f.Value("basis")), f.Int("position")
			return c
		},
		Save: p.Consents.SavePurpose,
		Cells: func(c consent.Purpose, _ []consent.Purpose) []desk.Entry {
			return []desk.Entry{desk.Words(c.Name), desk.Said(c.Basis), desk.Words(c.Period)}
		},
		Choices: func(context.Context, desk.Desk, consent.Purpose) (map[string][]desk.Choice, error) {
			return map[string][]desk.Choice{"basis": desk.Choices(consent.Bases)}, nil
		},
	}
}

// key: guardian.clause.*
var clauseControls = []desk.Control{
	{Name: "title", As: desk.AsPair, Key: "guardian.clause.title", Most: longText, Must: true},
	{Name: "place", As: desk.AsSelect, Key: "guardian.clause.place"},
	{Name: "kind", As: desk.AsSelect, Key: "guardian.clause.kind", Help: "guardian.clause.kind_help"},
	{Name: "allows", As: desk.AsSelect, Key: "guardian.clause.allows", Help: "guardian.clause.allows_help"},
	{Name: "body", As: desk.AsProse, Key: "guardian.clause.body", Help: "guardian.clause.body_help", Most: 20000},
	{Name: "retired", As: desk.AsTick, Key: "guardian.clause.retired", Help: "guardian.clause.retired_help"},
	{Name: "position", As: desk.AsLine, Key: "desk.form.position", Help: "desk.form.position_help", Size: "size-s"},
}

var clauseFields = desk.FieldsOf("clause", clauseControls)

func (p *Pages) clauses() desk.Kind[consent.Clause] {
	return desk.Kind[consent.Clause]{
		Name: "clause", Key: "guardian.clause", Plural: "clauses", PL: "klauzule", EN: "clauses",
		New: [2]string{"nowa", "new"}, Action: string(settingUp.action), Missing: consent.ErrNoClause,
		Controls: clauseControls, Fields: clauseFields,
		Desk: func(r *http.Request) (desk.Desk, error) { return p.Desk(r, "desk.privacy") },
		Columns: []desk.Heading{
			{Name: "title", Key: "guardian.clause.title"},
			{Name: "place", Key: "guardian.clause.place"},
			{Name: "kind", Key: "guardian.clause.kind"},
			{Name: "version", Key: "guardian.clause.version", Number: true},
		},
		All: func(ctx context.Context, d desk.Desk) ([]consent.Clause, error) {
			return p.Consents.Clauses(ctx, d.Edition.ID)
		},
		Facts: func(c consent.Clause) desk.Facts {
			return desk.Facts{ID: string(c.ID), Revision: c.Revision, Name: c.Title}
		},
		Blank: func(d desk.Desk, fresh string, all []consent.Clause) consent.Clause {
			return consent.Clause{
				ID: consent.ClauseID(fresh), Edition: d.Edition.ID, Place: consent.AtRegistration, Kind: consent.Information,
				Allows: consent.Other, Position: len(all) + 1,
			}
		},
		Fill: fillClause, Read: readClause, Save: p.Consents.SaveClause,
		Cells: func(c consent.Clause, _ []consent.Clause) []desk.Entry {
			return []desk.Entry{desk.Words(c.Title), desk.Said(c.Place), desk.Said(c.Kind), desk.Number(c.Version)}
		},
		Choices: func(context.Context, desk.Desk, consent.Clause) (map[string][]desk.Choice, error) {
			return map[string][]desk.Choice{
				"place": desk.Choices(consent.Places), "kind": desk.Choices(consent.Kinds), "allows": desk.Choices(consent.Uses),
			}, nil
		},
	}
}

func fillClause(f *web.Form, c consent.Clause) {
	desk.SetText(f, "title", c.Title)
	desk.SetText(f, "body", c.Body)
	f.Set("place", string(c.Place))
	f.Set("kind", string(c.Kind))
	f.Set("allows", string(c.Allows))
	desk.Tick(f, "retired", c.Retired)
	desk.SetNumber(f, "position", c.Position)
}

func readClause(f *web.Form, c consent.Clause, _ []consent.Clause) consent.Clause {
	c.Revision = f.Revision
	c.Title, c.Body = desk.ReadText(f, "title", c.Title), desk.ReadText(f, "body", c.Body)
	c.Place, c.Kind, c.Allows = consent.Place(f.Value("place")), consent.Kind(f.Value("kind")), consent.Use(f.Value("allows"))
	c.Retired, c.Position = f.Value("retired") != "", f.Int("position")
	return c
}
