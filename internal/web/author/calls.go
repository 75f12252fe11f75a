package author

import (
	"cmp"
	"net/http"
	"slices"

	"obrady/internal/call"
	"obrady/internal/form"
	"obrady/internal/people"
	"obrady/internal/web"
	"obrady/internal/web/desk"
)

// callsPage lists what people are asked to send in.
type callsPage struct {
	around
	Open, Later, Over []call.Call
}

var callsTemplate = parse[callsPage]("calls.html")

func (p *Pages) showCalls(w http.ResponseWriter, r *http.Request) error {
	a, err := p.around(r)
	if err != nil {
		return err
	}
	all, err := p.Calls.Calls(r.Context(), a.Edition.ID)
	if err != nil {
		return err
	}
	page := callsPage{around: a}
	for _, c := range all {
		switch c.Phase(a.Now) {
		case call.Running:
			page.Open = append(page.Open, c)
		case call.Scheduled:
			page.Later = append(page.Later, c)
		case call.Closed, call.Cancelled, call.Archived:
			page.Over = append(page.Over, c)
		case call.Draft: // nobody's business yet
		}
	}
	slices.SortStableFunc(page.Later, func(a, b call.Call) int { return cmp.Compare(a.OpensAt.Unix(), b.OpensAt.Unix()) })
	slices.Reverse(page.Over)
	return callsTemplate.Show(w, r, page)
}

// Phase says where a call stands.
func (a around) Phase(c call.Call) call.Phase { return c.Phase(a.Now) }

// callPage is one call, and where one begins to answer it.
type callPage struct {
	around
	Call       call.Call
	Extensions []call.Extension
	Questions  []form.Question
	Offices    []people.Institution // of whoever is signed in
	Mine       []call.Submission    // to this call
	Form       web.Form
}

// Is says whether the call stands in that phase.
func (p callPage) Is(phase string) bool { return string(p.Call.Phase(p.Now)) == phase }

// Begins says whether something can be begun now, if only with a code.
func (p callPage) Begins() bool { return p.Is(string(call.Running)) || p.Is(string(call.Closed)) }

// Named are the paths or formats, for a line of text.
func (callPage) Named(v web.View, options []call.Option) (names []string) {
	for _, o := range options {
		names = append(names, v.Plain(o.Name))
	}
	return names
}

// Behalf asks on whose behalf somebody writes.
func (p callPage) Behalf(v web.View) web.Input {
	var options []web.Option
	if p.Call.Senders != call.Institutions {
		options = append(options, web.Option{Label: v.T("author.own_name")})
	}
	if p.Call.Senders != call.Persons {
		for _, o := range p.Offices {
			options = append(options, web.Option{Value: string(o.ID), Label: v.Plain(o.Name)})
		}
	}
	in := v.Input(p.Form, "institution").Choices(options)
	if p.Form.Value("institution") == "" && len(in.Options) > 0 {
		in.Options[0].Chosen = true
	}
	return in
}

// Asks says whether there is a choice on whose behalf.
func (p callPage) Asks() bool { return p.Call.Senders != call.Persons && len(p.Offices) > 0 }

// Lacks says whether whoever is signed in would need an institution and has none.
func (p callPage) Lacks() bool { return p.Call.Senders == call.Institutions && len(p.Offices) == 0 }

var (
	callTemplate = parse[callPage]("call.html")
	beginFields  = web.Fields{"institution": "author.behalf", "code": "author.code"}
)

func (p *Pages) callPage(r *http.Request) (page callPage, err error) {
	if page.around, err = p.around(r); err != nil {
		return page, err
	}
	if page.Call, err = p.Calls.Call(r.Context(), page.Edition.ID, r.PathValue("call")); err != nil {
		return page, err
	}
	if page.Is(string(call.Draft)) {
		return page, call.ErrNoCall
	}
	if page.Extensions, err = p.Calls.Extensions(r.Context(), page.Call.ID); err != nil {
		return page, err
	}
	if page.Questions, err = p.Calls.Questions(r.Context(), page.Call.ID, page.Call.FormVersion); err != nil {
		return page, err
	}
	if page.Offices, err = p.offices(r); err != nil {
		return page, err
	}
	page.Form = web.NewForm(beginFields)
	all, err := p.Calls.Mine(r.Context(), page.Edition.ID, me(r))
	page.Mine = slices.DeleteFunc(all, func(s call.Submission) bool { return s.Call != page.Call.ID })
	return page, err
}

func (p *Pages) showCall(w http.ResponseWriter, r *http.Request) error {
	page, err := p.callPage(r)
	if err != nil {
		return err
	}
	return callTemplate.Show(w, r, page)
}

// begin opens a draft and leads to it.
func (p *Pages) begin(w http.ResponseWriter, r *http.Request) error {
	page, err := p.callPage(r)
	if err != nil {
		return err
	}
	if page.Form, err = web.ReadForm(r, beginFields); err != nil {
		return err
	}
	var begun call.Submission
	if page.Form.Good() {
		begun, err = p.Calls.Begin(r.Context(), call.Beginning{
			Call: page.Call.ID, By: me(r), Institution: people.InstitutionID(page.Form.Value("institution")), Lang: web.Lang(r), Code: page.Form.Value("code"),
		})
	}
	if err := desk.Blame(&page.Form, err); err != nil {
		return err
	}
	if !page.Form.Good() {
		return callTemplate.ShowForm(w, r, page.Form, page)
	}
	return web.Redirect(w, r, "submission", page.Edition.Slug, begun.Code)
}
