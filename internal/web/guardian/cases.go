package guardian

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"strings"

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

// reach says whether anything of the subject is kept in the edition, and whether anything is kept in another.
func (p *Pages) reach(ctx context.Context, of people.Subject, e edition.Edition) (here, elsewhere bool, err error) {
	parts, err := p.Privacy.Data(ctx, of)
	if err != nil {
		return false, false, err
	}
	for _, part := range parts {
		for _, row := range part.Rows {
			switch in := written(row["edition"]); in {
			case "":
			case string(e.ID), e.Slug:
				here = true
			default:
				elsewhere = true
			}
		}
	}
	return here, elsewhere, nil
}

// caseData is one case: what an erasure would do, or did.
type caseData struct {
	desk.Desk
	Case     caseRow
	Outcomes []people.Outcome
	Hold     *rights.Refusal
	CanHold  bool
	Beyond   bool // it reaches other editions, whose staff must do it
	Form     web.Form
}

// Opened is the day of the request on the clocks of the edition.
func (d caseData) Opened(v web.View) string { return v.Date(d.Case.OpenedAt.In(d.Edition.Location())) }

// Due is the last day for an answer.
func (d caseData) Due(v web.View) string { return v.Date(d.Case.DueAt.In(d.Edition.Location())) }

// Closed is the day on which the case was closed.
func (d caseData) Closed(v web.View) string { return v.Date(d.Case.ClosedAt.In(d.Edition.Location())) }

// Reasons offers the grounds of a refusal in words.
func (d caseData) Reasons(v web.View) (all []web.Option) {
	for _, g := range privacy.Grounds {
		all = append(all, web.Option{Value: string(g), Label: v.T(g.Key())})
	}
	return all
}

var casePage = parse[caseData]("case.html")

// key: guardian.case.*
var caseFormFields = web.Fields{"ground": "guardian.case.ground", "reason": "guardian.case.hold_reason", sure: "guardian.erasure.sure"}

// visibleCase finds the case that the path names among those that may be seen.
func (p *Pages) visibleCase(r *http.Request) (page caseData, err error) {
	if page.Desk, err = p.Desk(r, "desk.cases"); err != nil {
		return page, err
	}
	all, err := p.visibleCases(r, page.Desk)
	if err != nil {
		return page, err
	}
	i := slices.IndexFunc(all, func(c privacy.Case) bool { return string(c.ID) == r.PathValue("case") })
	if i < 0 {
		return page, privacy.ErrNoCase
	}
	names, err := p.whom(r.Context(), all[i:i+1])
	if err != nil {
		return page, err
	}
	page.Case = caseRow{all[i], names[all[i].ID], all[i].Overdue(p.Now())}
	page.Outcomes, page.Form = all[i].Outcomes, web.NewForm(caseFormFields)
	page.CanHold = page.May(rights.HoldData)
	return page, p.ahead(r, &page)
}

// ahead says what an erasure would do, while the case is open.
func (p *Pages) ahead(r *http.Request, page *caseData) (err error) {
	if page.Case.State != privacy.Open {
		return nil
	}
	of := page.subject()
	if page.Outcomes, err = p.Privacy.Preview(r.Context(), of); err != nil {
		return err
	}
	hold, is, err := p.Privacy.Held(r.Context(), of)
	if err != nil {
		return err
	}
	if is {
		page.Hold = &hold
	}
	if !everywhere(r) {
		_, page.Beyond, err = p.reach(r.Context(), of, page.Edition)
	}
	return err
}

func (d caseData) subject() people.Subject {
	return people.Subject{Account: d.Case.Account, Person: d.Case.Person}
}

func (p *Pages) showCase(w http.ResponseWriter, r *http.Request) error {
	page, err := p.visibleCase(r)
	if err != nil {
		return err
	}
	return casePage.Show(w, r, page)
}

func (p *Pages) eraseCase(w http.ResponseWriter, r *http.Request) error {
	page, err := p.visibleCase(r)
	if err != nil {
		return err
	}
	back, err := p.Site.URL(web.Lang(r), "desk.case", page.Edition.Slug, string(page.Case.ID))
	if err != nil {
		return err
	}
	if !web.Recent(r, privacy.FreshFor) {
		return web.AskAgain(w, r, back)
	}
	if page.Form, err = web.ReadForm(r, caseFormFields); err != nil {
		return err
	}
	switch {
	case page.Beyond:
		page.Form.Problems.Add(sure, "guardian.case.beyond")
	case page.Form.Value(sure) == "":
		page.Form.Problems.Add(sure, "guardian.erasure.unsure")
	}
	if page.Form.Good() {
		_, err := p.Privacy.Erase(r.Context(), privacy.Order{
			Subject: page.subject(), By: desk.By(r), Edition: page.Edition.ID, VerifiedAt: web.SignedInAt(r),
		})
		if err == nil {
			web.Flash(r, "guardian.case.erased", page.Case.Sign())
			return web.Redirect(w, r, "desk.case", string(page.Case.ID))
		}
		if err := desk.Blame(&page.Form, err); err != nil {
			return err
		}
	}
	return casePage.ShowForm(w, r, page.Form, page)
}

func (p *Pages) refuseCase(w http.ResponseWriter, r *http.Request) error {
	page, err := p.visibleCase(r)
	if err != nil {
		return err
	}
	if page.Form, err = web.ReadForm(r, caseFormFields); err != nil {
		return err
	}
	why := privacy.Ground(page.Form.Value("ground"))
	if !slices.Contains(privacy.Grounds, why) {
		page.Form.Problems.Add("ground", "programme.choose")
		return casePage.ShowForm(w, r, page.Form, page)
	}
	_, err = p.Privacy.Refuse(r.Context(), desk.By(r), page.Case.ID, why)
	if err != nil && !errors.Is(err, privacy.ErrClosed) {
		return err
	}
	return web.Redirect(w, r, "desk.case", string(page.Case.ID))
}

// holdCase puts a legal hold on the person, or on the account of somebody who is not in the programme.
func (p *Pages) holdCase(w http.ResponseWriter, r *http.Request) error {
	page, err := p.visibleCase(r)
	if err != nil {
		return err
	}
	if page.Form, err = web.ReadForm(r, caseFormFields); err != nil {
		return err
	}
	whom := page.Case.Person
	if whom == "" {
		whom = people.PersonID(page.Case.Account)
	}
	if page.Hold == nil {
		_, err = p.Rights.Refuse(r.Context(), rights.Of(r.Context()), rights.Refusal{
			Kind: rights.LegalHold, Node: rights.OfPerson(whom), Edition: page.Edition.ID,
			Reason: strings.TrimSpace(page.Form.Value("reason")),
		})
	}
	if err != nil {
		if err := page.Form.Blame(err); err != nil {
			return err
		}
		return casePage.ShowForm(w, r, page.Form, page)
	}
	return web.Redirect(w, r, "desk.case", string(page.Case.ID))
}

func (p *Pages) releaseCase(w http.ResponseWriter, r *http.Request) error {
	page, err := p.visibleCase(r)
	if err != nil {
		return err
	}
	if page.Hold != nil {
		err = p.Rights.Lift(r.Context(), rights.Of(r.Context()), page.Hold.ID)
	}
	if err != nil && !errors.Is(err, rights.ErrNoRefusal) {
		return err
	}
	return web.Redirect(w, r, "desk.case", string(page.Case.ID))
}
