package author

import (
	"errors"
	"net/http"
	"slices"

	"obrady/internal/call"
	"obrady/internal/web"
	"obrady/internal/web/desk"
)

// contributorsPage lists who stands behind a submission, with a form for one more, or for one of them.
type contributorsPage struct {
	submissionPage
	Form web.Form
	One  *call.Contributor // whom the form is about; nil: one more
}

var (
	contributorsTemplate = parse[contributorsPage]("contributors.html")
	contributorFields    = web.Fields{
		"name": "author.who.name", "email": "author.who.email", "affiliation": "author.who.affiliation", "orcid": "author.who.orcid", "roles": "author.who.roles",
		desk.DoField: "author.who.add",
	}
)

// Roles asks in what part somebody stands behind it.
func (p contributorsPage) Roles(v web.View) web.Input {
	var options []web.Option
	for _, role := range call.Roles {
		options = append(options, web.Option{Value: string(role), Label: v.T(role.Key())})
	}
	return v.Input(p.Form, "roles").Choices(options)
}

// Row is a contributor as the list shows one.
type Row struct {
	call.Contributor

	First    bool
	Editable bool
}

// Rows are the contributors in the order in which they are printed.
func (p contributorsPage) Rows() (all []Row) {
	for i, c := range p.Identity.Contributors {
		all = append(all, Row{c, i == 0, p.Edits()})
	}
	return all
}

// Asks says whether they can be asked by mail.
func (r Row) Asks() bool {
	return r.Editable && r.Email != "" && (r.State == call.Named || r.State == call.Bounced || r.State == call.Refused)
}

// Edits says whether the list can still be changed.
func (p contributorsPage) Edits() bool {
	return p.Submission.State == call.Drafted || p.Submission.State.Writable() && p.Closed == nil
}

func (p *Pages) contributors(r *http.Request) (page contributorsPage, err error) {
	if page.submissionPage, err = p.submission(r); err != nil {
		return page, err
	}
	page.Form = web.NewForm(contributorFields)
	named := r.PathValue("contributor")
	if named == "" {
		page.Form.Set("roles", string(call.Author))
		return page, nil
	}
	i := slices.IndexFunc(page.Identity.Contributors, func(c call.Contributor) bool { return string(c.ID) == named })
	if i < 0 {
		return page, call.ErrNoSubmission
	}
	c := page.Identity.Contributors[i]
	page.One = &c
	page.Form.Set("name", c.Name)
	page.Form.Set("email", c.Email)
	page.Form.Set("affiliation", c.Affiliation)
	page.Form.Set("orcid", c.ORCID)
	for _, role := range c.Roles {
		page.Form.Typed.Add("roles", string(role))
	}
	return page, nil
}

func (p *Pages) showContributors(w http.ResponseWriter, r *http.Request) error {
	page, err := p.contributors(r)
	if err != nil {
		return err
	}
	return contributorsTemplate.Show(w, r, page)
}

func (p *Pages) showContributor(w http.ResponseWriter, r *http.Request) error {
	return p.showContributors(w, r)
}

// takeContributor adds somebody, corrects them, asks them by mail, or moves or removes them: one button each.
func (p *Pages) takeContributor(w http.ResponseWriter, r *http.Request) error {
	page, err := p.contributors(r)
	if err != nil {
		return err
	}
	f, err := web.ReadForm(r, contributorFields)
	if err != nil {
		return err
	}
	c := call.Contributor{Submission: page.Submission.ID}
	if page.One != nil {
		c = *page.One
	}
	said, err := p.change(r, c, f)
	if errors.Is(err, call.ErrChanged) { // a co-author has removed them; the list says so
		said, err = "author.who.gone", nil
	}
	if err := desk.Blame(&f, err); err != nil {
		return err
	}
	if !f.Good() {
		page.Form = f
		return contributorsTemplate.ShowForm(w, r, f, page)
	}
	web.Flash(r, said)
	return web.Redirect(w, r, "submission.contributors", page.Edition.Slug, page.Submission.Code)
}

// change does what the button says and names the sentence that tells of it.
func (p *Pages) change(r *http.Request, c call.Contributor, f web.Form) (said string, err error) {
	ctx := r.Context()
	switch f.Value(desk.DoField) {
	case "raise":
		return "author.who.saved", p.Calls.RaiseContributor(ctx, me(r), c)
	case "remove":
		return "author.who.removed", p.Calls.RemoveContributor(ctx, me(r), c)
	case "invite":
		return "author.who.asked", p.Calls.Invite(ctx, me(r), c)
	}
	if !f.Good() {
		return "", nil
	}
	c.Name, c.Email, c.Affiliation, c.ORCID, c.Roles = f.Value("name"), f.Value("email"), f.Value("affiliation"), f.Value("orcid"), nil
	for _, role := range f.All("roles") {
		c.Roles = append(c.Roles, call.Role(role))
	}
	_, err = p.Calls.SaveContributor(ctx, me(r), c)
	return "author.who.saved", err
}

// invitationPage asks somebody who got a link whether they stand behind a submission.
type invitationPage struct {
	call.Invitation

	Answered string // the key of what is said after the answer; empty before
}

var (
	invitationTemplate = parse[invitationPage]("invitation.html")
	replyFields        = web.Fields{"reply": "author.reply"}
)

func (p *Pages) showInvitation(w http.ResponseWriter, r *http.Request) error {
	w.Header().Set("Referrer-Policy", "no-referrer") // the address is a key
	i, err := p.Calls.Invitation(r.Context(), r.PathValue("token"))
	if err != nil {
		return err
	}
	return invitationTemplate.Show(w, r, invitationPage{Invitation: i})
}

func (p *Pages) answerInvitation(w http.ResponseWriter, r *http.Request) error {
	w.Header().Set("Referrer-Policy", "no-referrer")
	i, err := p.Calls.Invitation(r.Context(), r.PathValue("token"))
	if err != nil {
		return err
	}
	f, err := web.ReadForm(r, replyFields)
	if err != nil {
		return err
	}
	reply, said := call.Agreed, "author.reply_agreed"
	if f.Value("reply") != string(call.Agreed) {
		reply, said = call.Refused, "author.reply_refused"
	}
	if err := p.Calls.Reply(r.Context(), r.PathValue("token"), reply, me(r)); err != nil {
		return err
	}
	return invitationTemplate.Show(w, r, invitationPage{Invitation: i, Answered: said})
}
