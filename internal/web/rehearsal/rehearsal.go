// Package rehearsal is the page of the desk at which organisers try an opening
// before its hour and read what to expect of it: how fast people will be
// answered, how soon all is taken, and which sessions need more places.
package rehearsal

import (
	"context"
	"embed"
	"errors"
	"net/http"
	"strconv"
	"time"

	"obrady/internal/admission"
	"obrady/internal/edition"
	"obrady/internal/errs"
	"obrady/internal/people"
	"obrady/internal/rehearsal"
	"obrady/internal/rights"
	"obrady/internal/web"
	"obrady/internal/web/desk"
)

// Locale holds the sentences of this page.
//
//go:embed locale/*.json
var Locale embed.FS

//go:embed templates/*.html
var templates embed.FS

// Rehearsals is what this page asks of package rehearsal.
type Rehearsals interface {
	Start(ctx context.Context, by people.AccountID, of edition.ID, o rehearsal.Order) error
	Cancel(ctx context.Context, by people.AccountID, of edition.ID) error
	Progress(of edition.ID) rehearsal.Progress
	Latest(ctx context.Context, of edition.ID) ([]rehearsal.Pair, error) // rehearsal.ErrNone when there is none
}

// Plans says what has been set for sign-ups; package signup does.
type Plans interface {
	Plan(ctx context.Context, of edition.ID) (*admission.Plan, error)
}

// Pages is the page of rehearsals. All fields are needed.
type Pages struct {
	*desk.Kit
	Rehearsals Rehearsals
	Plans      Plans
}

// Routes are the addresses of this page.
func (p *Pages) Routes() []web.Route {
	const pl, en = "/{edition}/biurko/zapisy-na-sesje/proba", "/{edition}/desk/sign-ups/rehearsal"
	all := []web.Route{
		{Name: "desk.rehearsal", PL: pl, EN: en, Handle: p.show},
		{Name: "desk.rehearsal.start", Method: http.MethodPost, PL: pl, EN: en, Handle: p.start},
		{Name: "desk.rehearsal.end", Method: http.MethodPost, PL: pl + "/koniec", EN: en + "/end", Handle: p.end},
	}
	for i := range all {
		all[i].Action, all[i].Object, all[i].Who = string(rights.Rehearse), desk.WholeEdition, web.SignedIn
	}
	return p.Offer(all...)
}

var fields = web.Fields{"window": "rehearsal.window", "people": "rehearsal.how_many"}

// Page is the form of a rehearsal, how far one has come, and what the last ones found.
type Page struct {
	desk.Desk
	Form    web.Form
	Windows []admission.Window // that have an opening
	State   rehearsal.Progress
	Reports []rehearsal.Pair
}

// Choices are the windows, as the form offers them.
func (p Page) Choices(v web.View) []web.Option {
	all := make([]web.Option, len(p.Windows))
	for i, w := range p.Windows {
		all[i] = web.Option{Value: string(w.ID), Label: v.Plain(w.Name) + " (" + v.T(w.Mode.Key()) + ")"}
	}
	return all
}

// Failed is the key of the sentence that says why the last one came to nothing;
// empty when it did not.
func (p Page) Failed() string {
	var told *errs.Error
	switch {
	case p.State.Failed == nil:
		return ""
	case errors.As(p.State.Failed, &told):
		return told.Key
	}
	return "rehearsal.failed"
}

// Millis writes a time in thousandths of a second, which is how people compare
// answers.
func (p Page) Millis(d time.Duration) string {
	const ten = 10 * time.Millisecond
	if d < ten && d > 0 {
		return strconv.FormatFloat(float64(d)/float64(time.Millisecond), 'f', 1, 64)
	}
	return strconv.FormatInt(d.Round(time.Millisecond).Milliseconds(), 10)
}

// Numbered are how many people have so many seats, from one on.
func (p Page) Numbered(r rehearsal.Report) []int {
	if len(r.ByNumber) < 2 {
		return nil
	}
	return r.ByNumber[1:]
}

// Without is how many people have no seat.
func (p Page) Without(r rehearsal.Report) int {
	if len(r.ByNumber) == 0 {
		return 0
	}
	return r.ByNumber[0]
}

// Sound says whether nothing was found that must not be.
func (p Page) Sound(r rehearsal.Report) bool {
	return r.Oversold == 0 && len(r.Faults) == 0 && r.Answers.Unlike == 0 && r.Answers.Missing == 0
}

var page = desk.Parse[Page](templates, "rehearsal.html")

func (p *Pages) page(r *http.Request, form web.Form) (d Page, err error) {
	if d.Desk, err = p.Desk(r, "desk.rehearsal"); err != nil {
		return d, err
	}
	plan, err := p.Plans.Plan(r.Context(), d.Edition.ID)
	if err != nil {
		return d, err
	}
	for _, w := range plan.Windows() {
		if w.Mode != admission.Selection && len(plan.OffersIn(w.ID)) > 0 {
			d.Windows = append(d.Windows, w)
		}
	}
	d.Form, d.State = form, p.Rehearsals.Progress(d.Edition.ID)
	d.Reports, err = p.Rehearsals.Latest(r.Context(), d.Edition.ID)
	if errors.Is(err, rehearsal.ErrNone) {
		err = nil
	}
	return d, err
}

func (p *Pages) show(w http.ResponseWriter, r *http.Request) error {
	d, err := p.page(r, web.NewForm(fields))
	if err != nil {
		return err
	}
	return page.Show(w, r, d)
}

func (p *Pages) start(w http.ResponseWriter, r *http.Request) error {
	form, err := web.ReadForm(r, fields)
	if err != nil {
		return err
	}
	d, err := p.page(r, form)
	if err != nil {
		return err
	}
	o := rehearsal.Order{Window: admission.WindowID(form.Value("window")), People: d.Form.Int("people")}
	if d.Form.Good() {
		err = p.Rehearsals.Start(r.Context(), desk.By(r), d.Edition.ID, o)
	}
	if err := blame(&d.Form, err); err != nil {
		return err
	}
	if !d.Form.Good() {
		return page.ShowForm(w, r, d.Form, d)
	}
	return web.Redirect(w, r, "desk.rehearsal")
}

// blame shows beside the form why nothing is rehearsed now.
func blame(form *web.Form, err error) error {
	for _, one := range []*errs.Error{rehearsal.ErrRunning, rehearsal.ErrSoon, rehearsal.ErrNothing, rehearsal.ErrChosen, rehearsal.ErrNoRoom} {
		if errors.Is(err, one) {
			form.Problems = append(form.Problems, errs.Field{Error: one})
			return nil
		}
	}
	if err == nil {
		return nil
	}
	return form.Blame(err)
}

func (p *Pages) end(w http.ResponseWriter, r *http.Request) error {
	d, err := p.Desk(r, "desk.rehearsal")
	if err != nil {
		return err
	}
	if err := p.Rehearsals.Cancel(r.Context(), desk.By(r), d.Edition.ID); err != nil {
		return err
	}
	return web.Redirect(w, r, "desk.rehearsal")
}

// Next is the number after n, for lists that begin with one.
func (p Page) Next(n int) int { return n + 1 }
