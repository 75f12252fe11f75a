package windows

import (
	"errors"
	"net/http"
	"slices"
	"strings"

	"obrady/internal/admission"
	"obrady/internal/i18n"
	"obrady/internal/programme"
	"obrady/internal/signup"
	"obrady/internal/web"
	"obrady/internal/web/desk"
)

var ruleFields = web.Fields{
	"kind": "windows.limit.kind", "most": "windows.limit.most", "over": "windows.limit.over", "formats": "windows.limit.formats",
	"blocks": "windows.limit.blocks", "windows": "windows.limit.windows", "sessions": "windows.limit.sessions",
	"name_pl": "windows.limit.name_pl", "name_en": "windows.limit.name_en", "workspace": "windows.form.workspace",
	"reason": "windows.reason", "rule": "windows.limit.kind",
}

// RulesPage lists the limits on what one person may have, and adds one.
type RulesPage struct {
	board
	Form web.Form
}

// Rules are the rules of whoever asks.
func (p RulesPage) Rules() (all []admission.Rule) {
	for _, one := range p.Plan.Rules {
		if p.mine(&admission.Window{Edition: p.Edition.ID, Workspace: one.Workspace}) {
			all = append(all, one)
		}
	}
	return all
}

// Says is the rule as a sentence.
// key: windows.limit.says.*
func (p RulesPage) Says(v web.View, one admission.Rule) string {
	about := v.T(one.Over.Key())
	if one.Over != admission.OverAll {
		about = strings.Join(p.named(v, one), ", ")
	}
	return v.N("windows.limit.says."+string(one.Kind), one.Limit(), about)
}

// named lists what a rule is about by name.
func (p RulesPage) named(v web.View, one admission.Rule) (names []string) {
	for _, key := range one.Keys {
		names = append(names, p.name(v, one.Over, key))
	}
	return names
}

func (p RulesPage) name(v web.View, over admission.Over, key string) string {
	switch over {
	case admission.OverFormats:
		return v.T(programme.Format(key).Key())
	case admission.OverBlocks:
		if b := p.X.Block(programme.BlockID(key)); b != nil {
			return v.Plain(b.Name)
		}
	case admission.OverWindows:
		if w := p.Plan.Window(admission.WindowID(key)); w != nil {
			return v.Plain(w.Name)
		}
	case admission.OverSessions:
		if s := p.X.Session(programme.SessionID(key)); s != nil {
			return v.Plain(s.Title)
		}
	case admission.OverAll:
	}
	return v.T("windows.limit.gone")
}

// Kinds are the kinds, each explained.
// key: windows.limit.explained.*
func (p RulesPage) Kinds(v web.View) web.Input {
	var options []web.Option
	for _, k := range admission.RuleKinds {
		options = append(options, web.Option{Value: string(k), Label: v.T(k.Key()), Note: v.T("windows.limit.explained." + string(k))})
	}
	return v.Input(p.Form, "kind").Choices(options)
}

// Overs are what a rule can be about.
func (p RulesPage) Overs(v web.View) web.Input {
	return v.Input(p.Form, "over").Choices(p.options(v, desk.Choices(admission.Overs)))
}

func (p RulesPage) options(v web.View, choices []desk.Choice) []web.Option {
	return desk.Sheet{Choices: map[string][]desk.Choice{"": choices}}.Options(v, "")
}

// Home is the select that says on whose behalf the rule is made.
func (p RulesPage) Home(v web.View) web.Input {
	return v.Input(p.Form, "workspace").Choices(p.options(v, p.homes()))
}

// Homes says whether there is a choice.
func (p RulesPage) Homes() bool { return len(p.homes()) > 1 }

// NeedsReason says whether sign-ups are under way, so that people rely on what holds.
func (p RulesPage) NeedsReason() bool {
	return slices.ContainsFunc(p.Plan.Windows(), func(w admission.Window) bool { return p.Opened(w) && p.Now.Before(w.ClosesAt) })
}

// Boxes are the boxes of one sort of thing: only things with sign-ups, since the others have no limits.
func (p RulesPage) Boxes(v web.View, sort string) web.Input {
	return v.Input(p.Form, sort).Choices(p.options(v, p.keys(sort)))
}

// keys lists what a rule can name, by the field that names it.
func (p RulesPage) keys(sort string) (all []desk.Choice) {
	switch sort {
	case "formats":
		for _, f := range programme.Formats {
			if slices.ContainsFunc(p.Plan.Offers(), func(o admission.Offer) bool { return o.Format == f }) {
				all = append(all, desk.Choice{Value: string(f), Key: f.Key()})
			}
		}
	case "blocks":
		for _, b := range p.X.Blocks {
			if slices.ContainsFunc(p.Plan.Offers(), func(o admission.Offer) bool { return p.X.Within(o.Block, b.ID) }) {
				all = append(all, desk.Choice{Value: string(b.ID), Words: b.Name})
			}
		}
	case "windows":
		for _, w := range p.windows() {
			all = append(all, desk.Choice{Value: string(w.ID), Words: w.Name})
		}
	case "sessions":
		for _, o := range p.Plan.Offers() {
			if p.mine(p.Plan.Window(o.Window)) {
				all = append(all, desk.Choice{Value: string(o.Session), Words: o.Title})
			}
		}
	}
	return all
}

var rulesPage = parse[RulesPage]("rules.html")

func (p *Pages) showRules(w http.ResponseWriter, r *http.Request) error {
	t, err := p.board(r)
	if err != nil {
		return err
	}
	form := web.NewForm(ruleFields)
	form.Set("kind", string(admission.MostEach))
	form.Set("over", string(admission.OverAll))
	if err := p.Recover(r, &form); err != nil {
		return err
	}
	return rulesPage.Show(w, r, RulesPage{t, form})
}

func (p *Pages) takeRule(w http.ResponseWriter, r *http.Request) error {
	t, err := p.board(r)
	if err != nil {
		return err
	}
	form, err := web.ReadForm(r, ruleFields)
	if err != nil {
		return err
	}
	page := RulesPage{t, form}
	rule := page.read(&form)
	if form.Good() {
		_, err = p.Signups.SaveRule(r.Context(), signup.Change{By: desk.By(r), Reason: form.Value("reason")}, rule)
	}
	if err := desk.Blame(&form, err); err != nil {
		return err
	}
	if !form.Good() {
		page.Form = form
		return rulesPage.ShowForm(w, r, form, page)
	}
	web.Flash(r, "windows.limit.saved")
	return web.Redirect(w, r, "desk.signups.limits")
}

// read reads a rule. What is not offered cannot be named.
func (p RulesPage) read(form *web.Form) admission.Rule {
	rule := admission.Rule{
		Edition: p.Edition.ID, Kind: admission.RuleKind(form.Value("kind")), Most: form.Int("most"), Over: admission.Over(form.Value("over")),
		Name: i18n.Text{PL: form.Value("name_pl"), EN: form.Value("name_en")}, Workspace: form.Value("workspace"),
	}
	if rule.Kind == admission.OneOf {
		rule.Most = 1
	}
	if homes := p.homes(); !desk.Taken(homes, func(c desk.Choice) bool { return c.Value == rule.Workspace }) && len(homes) > 0 {
		rule.Workspace = homes[0].Value
	}
	if rule.Over != admission.OverAll {
		offered := p.keys(string(rule.Over))
		for _, key := range form.All(string(rule.Over)) {
			if desk.Taken(offered, func(c desk.Choice) bool { return c.Value == key }) {
				rule.Keys = append(rule.Keys, key)
			}
		}
	}
	return rule
}

func (p *Pages) removeRule(w http.ResponseWriter, r *http.Request) error {
	t, err := p.board(r)
	if err != nil {
		return err
	}
	form, err := web.ReadForm(r, ruleFields)
	if err != nil {
		return err
	}
	page := RulesPage{t, form}
	rule := admission.RuleID(form.Value("rule"))
	if !slices.ContainsFunc(page.Rules(), func(one admission.Rule) bool { return one.ID == rule }) {
		return web.Redirect(w, r, "desk.signups.limits") // is gone already
	}
	err = p.Signups.RemoveRule(r.Context(), signup.Change{By: desk.By(r)}, t.Edition.ID, rule)
	if err != nil && !errors.Is(err, admission.ErrNoWindow) {
		return err
	}
	web.Flash(r, "windows.limit.removed")
	return web.Redirect(w, r, "desk.signups.limits")
}
