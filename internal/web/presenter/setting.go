package presenter

import (
	"net/http"
	"slices"

	"obrady/internal/form"
	"obrady/internal/i18n"
	"obrady/internal/onstage"
	"obrady/internal/programme"
	"obrady/internal/rights"
	"obrady/internal/web"
	"obrady/internal/web/desk"
)

// settingPage sets what presenters of a call are asked for, and which answers say what of a session.
type settingPage struct {
	board
	Asked []form.Question
	Form  web.Form
}

var (
	settingTemplate = deskPage[settingPage]("setting.html")
	settingFields   = web.Fields{
		"slides_on": "presenter.setting.slides_on", "slides_at": "presenter.setting.slides_at",
		"bring_pl": "presenter.setting.bring_pl", "bring_en": "presenter.setting.bring_en",
		"lead": "presenter.setting.lead", "places": "presenter.setting.places", "audience": "presenter.setting.audience",
		"mode_open": "programme.entry.open", "mode_first_come": "programme.entry.first_come", "mode_selection": "programme.entry.selection",
		"mode_invitation": "programme.entry.invitation",
	}
)

// Pick asks which question says something: one that is answered in words, or with a number.
func (p settingPage) Pick(v web.View, name string) web.Input {
	kinds := []form.Kind{form.Line, form.Text}
	if name == "places" {
		kinds = []form.Kind{form.Number}
	}
	options := []web.Option{{Label: v.T("presenter.setting.no_answer")}}
	for _, q := range p.Asked {
		if slices.Contains(kinds, q.Kind) {
			options = append(options, web.Option{Value: q.ID, Label: v.Plain(q.Label)})
		}
	}
	return v.Input(p.Form, name).Choices(options)
}

// Chooses says whether the form has a question in which a way in could be chosen.
func (p settingPage) Chooses() bool {
	return slices.ContainsFunc(p.Asked, func(q form.Question) bool { return q.Kind == form.Choice })
}

// Modes asks for each way in which answer stands for it.
func (p settingPage) Modes(v web.View) (all []web.Input) {
	options := []web.Option{{Label: v.T("presenter.setting.no_answer")}}
	for _, q := range p.Asked {
		if q.Kind != form.Choice {
			continue
		}
		for n, o := range q.Options {
			options = append(options, web.Option{
				Value: onstage.Picked{Question: q.ID, Option: n + 1}.String(), Label: v.Plain(q.Label) + " – " + v.Plain(o),
			})
		}
	}
	for _, mode := range onstage.Modes {
		all = append(all, v.Input(p.Form, "mode_"+string(mode)).Choices(options))
	}
	return all
}

func (p *Pages) setting(r *http.Request) (page settingPage, set onstage.Setting, err error) {
	if page.board, err = p.board(r, rights.SetCalls); err != nil {
		return page, set, err
	}
	if page.Asked, err = p.Calls.Questions(r.Context(), page.Call.ID, page.Call.FormVersion); err != nil {
		return page, set, err
	}
	set, err = p.Stage.Setting(r.Context(), page.Call.ID)
	return page, set, err
}

func (p *Pages) showSetting(w http.ResponseWriter, r *http.Request) error {
	page, set, err := p.setting(r)
	if err != nil {
		return err
	}
	f := web.NewForm(settingFields)
	f.Revision = set.Revision
	if !set.SlidesUntil.IsZero() {
		until := set.SlidesUntil.In(page.Edition.Location())
		f.Set("slides_on", until.Format("2006-01-02"))
		f.Set("slides_at", until.Format("15:04"))
	}
	desk.SetText(&f, "bring", set.Bring)
	f.Set("lead", set.Answers.Lead)
	f.Set("places", set.Answers.Places)
	f.Set("audience", set.Answers.Audience)
	for mode, picked := range set.Answers.Modes {
		f.Set("mode_"+string(mode), picked.String())
	}
	page.Form = f
	return settingTemplate.Show(w, r, page)
}

func (p *Pages) takeSetting(w http.ResponseWriter, r *http.Request) error {
	page, before, err := p.setting(r)
	if err != nil {
		return err
	}
	f, err := web.ReadForm(r, settingFields)
	if err != nil {
		return err
	}
	if (f.Value("slides_on") == "") != (f.Value("slides_at") == "") {
		f.Problems.Add("slides_on", "presenter.setting.day_and_hour")
	}
	set := onstage.Setting{
		Call: page.Call.ID, Revision: f.Revision, SlidesUntil: f.Moment("slides_on", "slides_at", page.Edition.Location()),
		Bring: desk.ReadText(&f, "bring", i18n.Text{}), Answers: onstage.Answers{
			Lead: f.Value("lead"), Places: f.Value("places"), Audience: f.Value("audience"), Modes: map[programme.Entry]onstage.Picked{},
		},
	}
	for _, mode := range onstage.Modes {
		if picked := onstage.PickedFrom(f.Value("mode_" + string(mode))); picked.Question != "" {
			set.Answers.Modes[mode] = picked
		}
	}
	if f.Good() {
		err = p.Stage.SaveSetting(r.Context(), desk.By(r), set)
	}
	if desk.Changed(err) {
		f.Revision = before.Revision // who has read the message decides
	}
	if err := desk.Blame(&f, err); err != nil {
		return err
	}
	if !f.Good() {
		page.Form = f
		return settingTemplate.ShowForm(w, r, f, page)
	}
	web.Flash(r, "presenter.setting.saved")
	return web.Redirect(w, r, "desk.staging", page.Edition.Slug, page.Call.Slug)
}
