package guardian

import (
	"context"
	"errors"
	"net/http"
	"slices"

	"obrady/internal/edition"
	"obrady/internal/i18n"
	"obrady/internal/people"
	"obrady/internal/privacy"
	"obrady/internal/rights"
	"obrady/internal/web"
	"obrady/internal/web/desk"
)

func (p *Pages) caseRows() []row {
	const pl, en = "/{edition}/biurko/sprawy-o-dane", "/{edition}/desk/data-requests"
	return []row{
		{"desk.cases", get, pl, en, p.listCases, handling, nil},
		{"desk.case.open", post, pl, en, p.openCase, handling, nil},
		{"desk.case", get, pl + "/{case}", en + "/{case}", p.showCase, handling, nil},
		{"desk.case.erase", post, pl + "/{case}/usuniecie", en + "/{case}/erasure", p.eraseCase, handling, nil},
		{"desk.case.refuse", post, pl + "/{case}/odmowa", en + "/{case}/refusal", p.refuseCase, handling, nil},
		{"desk.case.hold", post, pl + "/{case}/wstrzymanie", en + "/{case}/hold", p.holdCase, holding, nil},
		{"desk.case.release", post, pl + "/{case}/zwolnienie", en + "/{case}/release", p.releaseCase, holding, nil},
	}
}

// caseRow is a case with the name of whom it is about, while there is one.
type caseRow struct {
	privacy.Case
	Whom    string
	Overdue bool
}

// casesData is the list of cases with the form of a new one.
type casesData struct {
	desk.Desk
	Rows    []caseRow
	Form    web.Form
	Persons []web.Option
}

// Offered are the persons to choose from, and nobody.
func (d casesData) Offered(v web.View) []web.Option {
	return append([]web.Option{{Label: v.T("guardian.case.no_person")}}, d.Persons...)
}

// Day is a day on the clocks of the edition.
func (d casesData) Day(v web.View, c caseRow) string {
	return v.Date(c.OpenedAt.In(d.Edition.Location()))
}

// Due is the last day for an answer.
func (d casesData) Due(v web.View, c caseRow) string { return v.Date(c.DueAt.In(d.Edition.Location())) }

var casesPage = parse[casesData]("cases.html")

// key: guardian.case.*
var caseFields = web.Fields{"person": "guardian.case.person", "email": "guardian.case.email"}

// everywhere says whether whoever asks handles data of the whole installation, and not of one edition.
func everywhere(r *http.Request) bool {
	return rights.Of(r.Context()).May(rights.HandleCases, []rights.Node{rights.Whole})
}

// visibleCases are those that the staff of the edition opened. What people asked for themselves concerns every edition
// and is shown to those who answer for all of them.
func (p *Pages) visibleCases(r *http.Request, d desk.Desk) ([]privacy.Case, error) {
	all, err := p.Privacy.Cases(r.Context())
	if err != nil || everywhere(r) {
		return all, err
	}
	return slices.DeleteFunc(all, func(c privacy.Case) bool { return c.Edition != d.Edition.ID }), nil
}

func (p *Pages) cases(r *http.Request) (page casesData, err error) {
	if page.Desk, err = p.Desk(r, "desk.cases"); err != nil {
		return page, err
	}
	page.Form = web.NewForm(caseFields)
	all, err := p.visibleCases(r, page.Desk)
	if err != nil {
		return page, err
	}
	names, err := p.whom(r.Context(), all)
	if err != nil {
		return page, err
	}
	for _, c := range all {
		page.Rows = append(page.Rows, caseRow{c, names[c.ID], c.Overdue(p.Now())})
	}
	page.Persons, err = p.choosable(r, page.Desk)
	return page, err
}

// whom names the people of cases, as far as they still have a name.
func (p *Pages) whom(ctx context.Context, all []privacy.Case) (map[privacy.CaseID]string, error) {
	var ids []people.AccountID
	for _, c := range all {
		ids = append(ids, c.Account)
	}
	accounts, err := p.People.Accounts(ctx, ids)
	if err != nil {
		return nil, err
	}
	persons, err := p.People.Persons(ctx)
	if err != nil {
		return nil, err
	}
	names := map[privacy.CaseID]string{}
	for _, c := range all {
		if a := accounts[c.Account]; a.ID != "" && !a.Erased() {
			names[c.ID] = a.Name
			if a.Name == "" {
				names[c.ID] = a.Email
			}
		}
		for _, one := range persons {
			if one.ID == c.Person && !one.Erased() {
				names[c.ID] = one.Name
			}
		}
	}
	return names, nil
}

// choosable are the persons of whom the staff of the edition may open a case.
func (p *Pages) choosable(r *http.Request, d desk.Desk) (options []web.Option, err error) {
	persons, err := p.People.Persons(r.Context())
	if err != nil {
		return nil, err
	}
	content, err := p.Programme.Content(r.Context(), d.Edition.ID)
	if err != nil {
		return nil, err
	}
	here := map[people.PersonID]bool{}
	for _, s := range content.Sessions {
		for _, one := range s.Everybody() {
			here[one] = true
		}
	}
	for _, one := range persons {
		if (here[one.ID] || one.Home == string(d.Edition.ID) || everywhere(r)) && !one.Erased() {
			options = append(options, web.Option{Value: string(one.ID), Label: one.Name})
		}
	}
	order := i18n.Compare(web.Lang(r))
	slices.SortFunc(options, func(a, b web.Option) int { return order(a.Label, b.Label) })
	return options, nil
}

func (p *Pages) listCases(w http.ResponseWriter, r *http.Request) error {
	page, err := p.cases(r)
	if err != nil {
		return err
	}
	return casesPage.Show(w, r, page)
}

func (p *Pages) openCase(w http.ResponseWriter, r *http.Request) error {
	page, err := p.cases(r)
	if err != nil {
		return err
	}
	if page.Form, err = web.ReadForm(r, caseFields); err != nil {
		return err
	}
	c, err := p.request(r, &page)
	if err != nil {
		return err
	}
	if !page.Form.Good() {
		return casesPage.ShowForm(w, r, page.Form, page)
	}
	web.Flash(r, "guardian.case.opened", c.Sign())
	return web.Redirect(w, r, "desk.case", string(c.ID))
}

// request opens the case that the form asks for, or notes in the form why not. An address of which nothing is kept in
// this edition is answered like one of nobody: the staff of one congress learn nothing about people of another.
func (p *Pages) request(r *http.Request, page *casesData) (c privacy.Case, err error) {
	form, of := &page.Form, people.Subject{}
	switch person := form.Value("person"); {
	case person != "":
		if !slices.ContainsFunc(page.Persons, func(o web.Option) bool { return o.Value == person }) {
			form.Problems.Add("person", "privacy.nobody")
			return c, nil
		}
		of.Person = people.PersonID(person)
	default:
		address, ok := people.Email(form.Value("email"))
		if !ok {
			form.Problems.Add("email", "guardian.case.whom")
			return c, nil
		}
		of.Email = address
		known, _, err := p.reach(r.Context(), of, page.Edition)
		if err != nil {
			return c, err
		}
		if !known && !everywhere(r) {
			form.Problems.Add("email", "privacy.nobody")
			return c, nil
		}
	}
	c, err = p.Privacy.Request(r.Context(), privacy.Order{Subject: of, By: desk.By(r), Edition: page.Edition.ID})
	if errors.Is(err, privacy.ErrNobody) {
		form.Problems.Add("email", "privacy.nobody")
		return c, nil
	}
	return c, err
}

// reach says whether anything of the subject is kept in the edition, and whether anything is kept beyond it: in another,
// or as a role of the whole installation.
func (p *Pages) reach(ctx context.Context, of people.Subject, e edition.Edition) (here, elsewhere bool, err error) {
	parts, err := p.Privacy.Data(ctx, of)
	if err != nil {
		return false, false, err
	}
	for _, part := range parts {
		for _, row := range part.Rows {
			switch in := written(row["edition"]); {
			case written(row["node"]) == string(rights.Site):
				elsewhere = true
			case in == "":
			case in == string(e.ID), in == e.Slug:
				here = true
			default:
				elsewhere = true
			}
		}
	}
	return here, elsewhere, nil
}
