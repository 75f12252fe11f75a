package reception

import (
	"errors"
	"net/http"

	"obrady/internal/errs"
	"obrady/internal/registration"
	"obrady/internal/rights"
	"obrady/internal/web"
	"obrady/internal/web/desk"
)

func (p *Pages) doorRows() []row {
	const pl, en = "/{edition}/biurko/recepcja", "/{edition}/desk/reception"
	return []row{
		{"desk.door", http.MethodGet, pl, en, rights.LookUp, p.showDoor},
		{"desk.door.look", http.MethodPost, pl, en, rights.LookUp, p.look},
	}
}

var doorFields = web.Fields{"words": "reception.door.words"}

// doorPage finds somebody who stands at the door by the beginning of their name, and shows no more than is needed to
// hand a badge over.
type doorPage struct {
	desk.Desk
	Form  web.Form
	Asked bool
	Shown []registration.Participant
	Found int
}

var doorTemplate = parse[doorPage]("door.html")

func (p *Pages) showDoor(w http.ResponseWriter, r *http.Request) error {
	around, err := p.Desk(r, "desk.door")
	if err != nil {
		return err
	}
	return doorTemplate.Show(w, r, doorPage{Desk: around, Form: web.NewForm(doorFields)})
}

func (p *Pages) look(w http.ResponseWriter, r *http.Request) error {
	around, err := p.Desk(r, "desk.door")
	if err != nil {
		return err
	}
	page := doorPage{Desk: around}
	if page.Form, err = web.ReadForm(r, doorFields); err != nil {
		return err
	}
	if page.Form.Good() {
		page.Shown, page.Found, err = p.Registration.LookUp(r.Context(), desk.By(r), around.Edition.ID, page.Form.Value("words"))
	}
	var told *errs.Error
	switch {
	case errors.Is(err, registration.ErrTooOften):
		_ = errors.As(err, &told)
		page.Form.Problems.Add("words", told.Key, told.Args...)
		return doorTemplate.ShowStatus(w, r, http.StatusTooManyRequests, page)
	case errors.Is(err, registration.ErrTooShort):
		_ = errors.As(err, &told)
		page.Form.Problems.Add("words", told.Key, told.Args...)
	case err != nil:
		return err
	}
	page.Asked = page.Form.Good()
	return doorTemplate.ShowForm(w, r, page.Form, page)
}
