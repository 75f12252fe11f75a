package reception

import (
	"net/http"

	"obrady/internal/registration"
	"obrady/internal/rights"
	"obrady/internal/web"
	"obrady/internal/web/desk"
)

func (p *Pages) needRows() []row {
	return []row{
		{"desk.needs", http.MethodGet, takersPL + "/potrzeby", takersEN + "/needs", rights.ReadNeeds, p.askReason},
		{"desk.needs.read", http.MethodPost, takersPL + "/potrzeby", takersEN + "/needs", rights.ReadNeeds, p.showNeeds},
	}
}

var reasonFields = web.Fields{"reason": "reception.reason"}

// needPage asks for a reason, and then shows what people need.
type needPage struct {
	desk.Desk
	Form  web.Form
	Shown bool
	All   []registration.InNeed
}

var needTemplate = parse[needPage]("needs.html")

// Count is how many people need one thing.
type Count struct {
	Need   registration.Need
	Number int
}

// Counts says of each thing how many need it, for who orders it.
func (n needPage) Counts() (all []Count) {
	of := map[registration.Need]int{}
	for _, one := range n.All {
		for _, k := range one.Needs.Kinds {
			of[k]++
		}
	}
	for _, k := range registration.NeedKinds {
		if of[k] > 0 {
			all = append(all, Count{k, of[k]})
		}
	}
	return all
}

func (p *Pages) askReason(w http.ResponseWriter, r *http.Request) error {
	around, err := p.Desk(r, "desk.participants")
	if err != nil {
		return err
	}
	return needTemplate.Show(w, r, needPage{Desk: around, Form: web.NewForm(reasonFields)})
}

// showNeeds answers with the page itself, so that to see it again is to say again why.
func (p *Pages) showNeeds(w http.ResponseWriter, r *http.Request) error {
	around, err := p.Desk(r, "desk.participants")
	if err != nil {
		return err
	}
	page := needPage{Desk: around}
	if page.Form, err = web.ReadForm(r, reasonFields); err != nil {
		return err
	}
	if page.Form.Good() {
		page.All, err = p.Registration.Needs(r.Context(), desk.By(r), around.Edition.ID, page.Form.Value("reason"))
		if err := page.Form.Blame(err); err != nil {
			return err
		}
	}
	page.Shown = page.Form.Good()
	return needTemplate.ShowForm(w, r, page.Form, page)
}
