package council

import (
	"net/http"

	"obrady/internal/council"
	"obrady/internal/i18n"
	"obrady/internal/people"
	"obrady/internal/review"
	"obrady/internal/rights"
	"obrady/internal/web"
)

// conflictsPage lists the conflicts of interest of a call.
type conflictsPage struct {
	room
	leaf                  // of the conflicts
	All    []review.Known // on this page
	Broken []review.Glass
}

// Stages are the stages to which a conflict can be brought.
func (c conflictsPage) Stages(k review.Known) (all []review.Stage) {
	for _, s := range review.Stages {
		if k.Stage.May(s) {
			all = append(all, s)
		}
	}
	return all
}

// StageKey names the sentence on the button that brings a conflict there.
// key: council.page.to_stage.*
func (c conflictsPage) StageKey(s review.Stage) string { return "council.page.to_stage." + string(s) }

var conflictsTemplate = parse[conflictsPage]("conflicts.html")

var ruleFields = web.Fields{"code": "council.page.code", "account": "council.page.reviewer", "to": "council.page.stage", "why": "council.page.why"}

func (p *Pages) showConflicts(w http.ResponseWriter, r *http.Request) error {
	c, err := p.room(r)
	if err != nil {
		return err
	}
	page := conflictsPage{room: c, leaf: leafOf(r)}
	all, err := p.Reviews.Conflicts(r.Context(), me(r), c.Call.ID)
	if err != nil {
		return err
	}
	page.Count, page.All = len(all), cut(page.leaf, all)
	if page.Broken, err = p.Reviews.Broken(r.Context(), me(r), c.Call.ID); err != nil {
		return err
	}
	var ids []people.AccountID
	for _, k := range page.All {
		ids = append(ids, k.Account)
	}
	for _, g := range page.Broken {
		ids = append(ids, g.Account)
	}
	if err := p.know(r, &page.room, ids...); err != nil {
		return err
	}
	return conflictsTemplate.Show(w, r, page)
}

func (p *Pages) rule(w http.ResponseWriter, r *http.Request) error {
	c, err := p.room(r)
	if err != nil {
		return err
	}
	typed, err := web.ReadForm(r, ruleFields)
	if err != nil {
		return err
	}
	id, err := p.byCode(r, c, typed.Value("code"))
	if err == nil {
		err = p.Reviews.Rule(r.Context(), me(r), review.Ruling{
			Submission: id, Account: people.AccountID(typed.Value("account")), To: review.Stage(typed.Value("to")), Why: typed.Value("why"),
		})
	}
	return back(w, r, err, place{route: "desk.council.conflicts", said: "council.page.ruled"})
}

// breakGlass opens a file that a conflict closes to whoever asks, and leads to it.
func (p *Pages) breakGlass(w http.ResponseWriter, r *http.Request) error {
	c, err := p.room(r)
	if err != nil {
		return err
	}
	typed, err := web.ReadForm(r, ruleFields)
	if err != nil {
		return err
	}
	id, err := p.byCode(r, c, typed.Value("code"))
	if err == nil {
		_, err = p.Reviews.Break(r.Context(), me(r), id, typed.Value("why"))
	}
	to := place{route: "desk.council.conflicts", args: []any{c.Edition.Slug, c.Call.Slug}}
	if err == nil {
		to = place{route: "desk.paper", args: []any{c.Edition.Slug, c.Call.Slug, typed.Value("code")}, said: "council.page.glass_broken"}
	}
	return back(w, r, err, to)
}

// figuresPage holds reviewers against each other, names what they disagree about, and says what is left to give.
type figuresPage struct {
	room
	leaf      // of what they disagree about
	Reviewers []review.Calibration
	Field     review.Figure
	Disputed  []review.Entry // on this page, those farthest apart first
	Slots     []council.Slot
	Traits    []council.Trait
}

var figuresTemplate = parse[figuresPage]("figures.html")

func (p *Pages) showFigures(w http.ResponseWriter, r *http.Request) error {
	c, err := p.room(r)
	if err != nil {
		return err
	}
	if !c.Sees() {
		return rights.ErrHidden
	}
	page, ctx := figuresPage{room: c}, r.Context()
	if page.Reviewers, page.Field, err = p.Reviews.Calibrations(ctx, me(r), c.Call.ID); err != nil {
		return err
	}
	page.leaf = leafOf(r)
	page.Disputed, page.Count, err = p.Reviews.Disputed(ctx, me(r), c.Call.ID, review.Filter{From: page.from(), Most: perPage})
	if err != nil {
		return err
	}
	if c.Ready {
		if page.Slots, err = p.Council.Slots(ctx, me(r), c.Call.ID); err != nil {
			return err
		}
		if page.Traits, err = p.Council.Balance(ctx, me(r), c.Call.ID); err != nil {
			return err
		}
	}
	var ids []people.AccountID
	for _, one := range page.Reviewers {
		ids = append(ids, one.Account)
	}
	if err := p.know(r, &page.room, ids...); err != nil {
		return err
	}
	return figuresTemplate.Show(w, r, page)
}

// Label is an option of a trait as people read it.
func (f figuresPage) Label(v web.View, t council.Trait, s council.Share) string {
	switch {
	case !s.Words.IsZero():
		return v.Plain(s.Words)
	case s.Key != "":
		return v.T(s.Key)
	case t.Name == council.ByPath:
		return f.PathName(v, s.Value)
	case t.Name == council.ByFormat:
		return f.FormatName(v, s.Value)
	case t.Name == council.ByLanguage:
		return languageName(v, i18n.Lang(s.Value))
	}
	return s.Value
}

// Heading names a trait.
func (f figuresPage) Heading(v web.View, t council.Trait) string {
	if !t.Label.IsZero() {
		return v.Plain(t.Label)
	}
	return v.T(t.Key())
}
