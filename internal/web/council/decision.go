package council

import (
	"errors"
	"net/http"

	"obrady/internal/council"
	"obrady/internal/errs"
	"obrady/internal/review"
	"obrady/internal/rights"
	"obrady/internal/web"
	"obrady/internal/web/desk"
)

// decisionFields are those of a decision.
var decisionFields = web.Fields{
	"outcome": "council.page.outcome", "path": "council.page.path", "format": "council.page.format", "place": "council.page.place_on_list", "to_author": "council.page.rationale",
	"inside": "council.page.inside", "in_favour": "council.page.in_favour", "against": "council.page.against", "abstained": "council.page.abstained",
}

// decisionForm is the decision as a form.
func (page paperPage) decisionForm() web.Form {
	form, d := web.NewForm(decisionFields), page.Decision
	if !page.Decided {
		d.Path, d.Format = page.Paper.Path, page.Paper.Format
	}
	form.Revision = d.Revision
	form.Set("outcome", string(d.Outcome))
	form.Set("path", d.Path)
	form.Set("format", d.Format)
	form.Set("to_author", d.ToAuthor)
	form.Set("inside", d.Inside)
	for name, n := range map[string]int{"place": d.Place, "in_favour": d.InFavour, "against": d.Against, "abstained": d.Abstained} {
		desk.SetNumber(&form, name, n)
	}
	return form
}

// Outcomes asks what was decided.
func (page paperPage) Outcomes(v web.View) web.Input {
	return v.Input(page.Deciding, "outcome").Choices(outcomes(v, "council.page.choose"))
}

// Paths asks on which path.
func (page paperPage) Paths(v web.View) web.Input {
	return v.Input(page.Deciding, "path").Choices(options(v, page.Call.Paths))
}

// Formats asks in which format.
func (page paperPage) Formats(v web.View) web.Input {
	return v.Input(page.Deciding, "format").Choices(options(v, page.Call.Formats))
}

func (p *Pages) decide(w http.ResponseWriter, r *http.Request) error {
	page, err := p.paper(r)
	if err != nil {
		return err
	}
	if !page.Sits() {
		return rights.ErrHidden
	}
	if err := p.fillCouncil(r, &page); err != nil {
		return err
	}
	typed, err := web.ReadForm(r, decisionFields)
	if err != nil {
		return err
	}
	d := council.Decision{
		Submission: page.Paper.ID, Sitting: page.Sitting, Outcome: review.Outcome(typed.Value("outcome")), Path: typed.Value("path"),
		Format: typed.Value("format"), Place: typed.Int("place"), ToAuthor: typed.Value("to_author"), Inside: typed.Value("inside"),
		InFavour: typed.Int("in_favour"), Against: typed.Int("against"), Abstained: typed.Int("abstained"), Revision: typed.Revision,
	}
	if typed.Good() {
		if _, err = p.Council.Decide(r.Context(), me(r), d); err == nil {
			web.Flash(r, "council.page.decided")
			if page.Sitting != "" {
				return web.Redirect(w, r, "desk.sitting", page.Edition.Slug, page.Call.Slug, page.Sitting)
			}
			return web.Redirect(w, r, "desk.paper")
		}
		if err := desk.Blame(&typed, err); err != nil {
			return err
		}
	}
	page.Deciding = typed
	page.Sheet = desk.Sheet{Form: page.reviewForm(page.Own), Key: page.key()}
	return p.drawPaper(w, r, page)
}

func (p *Pages) reopen(w http.ResponseWriter, r *http.Request) error {
	return p.withReason(w, r, "council.page.reopened", func(page paperPage, why string) error {
		return p.Council.Reopen(r.Context(), me(r), page.Paper.ID, why)
	})
}

func (p *Pages) dissent(w http.ResponseWriter, r *http.Request) error {
	page, err := p.paper(r)
	if err != nil {
		return err
	}
	typed, err := web.ReadForm(r, whyFields)
	if err != nil {
		return err
	}
	err = p.Council.Dissent(r.Context(), me(r), page.Paper.ID, typed.Value("why"))
	if errors.Is(err, council.ErrNoDecision) {
		err = errs.New(errs.Conflict, council.ErrNoDecision.Key)
	}
	return back(w, r, err, place{route: "desk.paper", said: "council.page.dissented"})
}
