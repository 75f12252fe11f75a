package guardian

import (
	"errors"
	"net/http"
	"slices"
	"strings"

	"obrady/internal/people"
	"obrady/internal/privacy"
	"obrady/internal/rights"
	"obrady/internal/web"
	"obrady/internal/web/desk"
)

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
