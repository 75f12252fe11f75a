package door

import (
	"errors"
	"net/http"
	"slices"
	"strconv"
	"time"

	"obrady/internal/attendance"
	"obrady/internal/edition"
	"obrady/internal/errs"
	"obrady/internal/plan"
	"obrady/internal/signup"
	"obrady/internal/web"
	"obrady/internal/web/desk"
)

func number(n int) string { return strconv.Itoa(n) }

// questionPage asks whether somebody comes. Whoever has the link of a letter answers, for that one place.
type questionPage struct {
	attendance.Question
	Refused *errs.Error // why there is nothing to answer
	zone    *time.Location
}

var questionTemplate = web.Parse[questionPage](templates, "templates/coming.html")

// When is the beginning of the session on the clocks of its edition.
func (p questionPage) When(v web.View) string {
	at := p.StartAt.In(p.zone)
	return v.Day(at) + ", " + v.Hour(at)
}

var answerFields = web.Fields{"answer": "door.coming.title"}

// showQuestion shows buttons and changes nothing, because scanners of mail open every link.
func (p *Pages) showQuestion(w http.ResponseWriter, r *http.Request) error {
	w.Header().Set("Referrer-Policy", "no-referrer") // the address is a key
	page, err := p.question(r)
	if err != nil {
		return p.refuse(w, r, err)
	}
	return questionTemplate.Show(w, r, page)
}

func (p *Pages) question(r *http.Request) (page questionPage, err error) {
	if page.Question, err = p.Doors.Question(r.Context(), r.PathValue("token")); err != nil {
		return page, err
	}
	all, err := p.Public.Editions(r.Context())
	i := slices.IndexFunc(all, func(e edition.Edition) bool { return e.ID == page.Edition && e.Public })
	if err == nil && i < 0 {
		err = attendance.ErrNoLink
	}
	if err != nil {
		return page, err
	}
	page.zone = all[i].Location()
	if e, err := p.Released.Edition(page.Where); err == nil {
		if told := e.Programme.Session(page.Session); plan.Public(told) {
			page.Title = told.Title
		}
	}
	return page, nil
}

func (p *Pages) refuse(w http.ResponseWriter, r *http.Request, err error) error {
	e, may := told(err)
	if !may {
		return err
	}
	status := http.StatusNotFound
	if e.Kind == errs.Conflict {
		status = http.StatusConflict
	}
	return questionTemplate.ShowStatus(w, r, status, questionPage{Refused: e})
}

// answer does what one of the buttons says.
func (p *Pages) answer(w http.ResponseWriter, r *http.Request) error {
	w.Header().Set("Referrer-Policy", "no-referrer")
	form, err := web.ReadForm(r, answerFields)
	if err != nil {
		return err
	}
	token := r.PathValue("token")
	switch form.Value("answer") {
	case "yes":
		err = p.Doors.ComeBy(r.Context(), token)
	case "no":
		err = p.Doors.GiveBackBy(r.Context(), token)
	default:
		err = attendance.ErrPresence
	}
	if err != nil && !errors.Is(err, signup.ErrNoSeat) {
		return p.refuse(w, r, err)
	}
	return web.Redirect(w, r, "coming")
}

// come notes that whoever is signed in comes to their session.
func (p *Pages) come(w http.ResponseWriter, r *http.Request) error {
	all, err := p.Public.Editions(r.Context())
	if err != nil {
		return err
	}
	i := slices.IndexFunc(all, func(e edition.Edition) bool { return e.Slug == r.PathValue("edition") && e.Public })
	if i < 0 {
		return edition.ErrUnknown
	}
	set, err := p.Plans.Standing(r.Context(), all[i].ID)
	if err != nil {
		return err
	}
	o, _ := set.OfferAt(r.PathValue("session"))
	if o == nil {
		return attendance.ErrNoSession
	}
	if err := p.Doors.Come(r.Context(), desk.By(r), o.Session); err != nil {
		return err
	}
	web.Flash(r, "door.coming.noted")
	return web.Redirect(w, r, "signup.mine", r.PathValue("edition"))
}
