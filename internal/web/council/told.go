package council

import (
	"errors"
	"net/http"
	"time"

	"obrady/internal/call"
	"obrady/internal/council"
	"obrady/internal/edition"
	"obrady/internal/review"
	"obrady/internal/web"
	"obrady/internal/web/desk"
)

// toldPage is what the authors of a submission are told.
type toldPage struct {
	Edition edition.Edition
	Work    call.Work
	Told    council.Told
	Known   bool // something has been announced
	Form    web.Form
}

var toldTemplate = web.Parse[toldPage](templates, "templates/told.html")

var appealFields = web.Fields{"words": "council.page.appeal_words"}

// When is a day and hour on the clocks of the edition.
func (t toldPage) When(v web.View, at time.Time) string {
	local := at.In(t.Edition.Location())
	return v.Day(local) + ", " + v.Hour(local)
}

// PathName is the path on which it was accepted.
func (t toldPage) PathName(v web.View) string {
	return optionName(v, t.Work.Call.Paths, t.Told.Path)
}

// FormatName is the format in which it was accepted.
func (t toldPage) FormatName(v web.View) string {
	return optionName(v, t.Work.Call.Formats, t.Told.Format)
}

// Accepted says whether it takes part.
func (t toldPage) Accepted() bool { return t.Told.Outcome.Takes() }

// Reserve says whether it waits on the reserve list.
func (t toldPage) Reserve() bool { return t.Told.Outcome == review.OnReserve }

func (p *Pages) told(r *http.Request) (page toldPage, err error) {
	all, err := p.Editions.Editions(r.Context())
	if err != nil {
		return page, err
	}
	for _, e := range all {
		if e.Slug == r.PathValue("edition") {
			page.Edition = e
		}
	}
	if page.Work, err = p.Calls.Work(r.Context(), page.Edition.ID, me(r), r.PathValue("submission")); err != nil {
		return page, err
	}
	page.Form = web.NewForm(appealFields)
	page.Told, err = p.Council.Told(r.Context(), me(r), page.Work.Submission.ID)
	page.Known = err == nil
	if errors.Is(err, council.ErrNoDecision) {
		err = nil
	}
	return page, err
}

func (p *Pages) showTold(w http.ResponseWriter, r *http.Request) error {
	page, err := p.told(r)
	if err != nil {
		return err
	}
	return toldTemplate.Show(w, r, page)
}

func (p *Pages) appeal(w http.ResponseWriter, r *http.Request) error {
	page, err := p.told(r)
	if err != nil {
		return err
	}
	if page.Form, err = web.ReadForm(r, appealFields); err != nil {
		return err
	}
	err = p.Council.Appeal(r.Context(), me(r), page.Work.Submission.ID, page.Form.Value("words"))
	if errors.Is(err, council.ErrNoDecision) {
		err = council.ErrNoAppeals
	}
	if err == nil {
		web.Flash(r, "council.page.appealed")
		return web.Redirect(w, r, "decision")
	}
	if err := desk.Blame(&page.Form, err); err != nil {
		return err
	}
	return toldTemplate.ShowStatus(w, r, page.Form.Status(), page)
}
