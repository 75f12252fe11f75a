package windows

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/base32"
	"errors"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"obrady/internal/admission"
	"obrady/internal/invitation"
	"obrady/internal/people"
	"obrady/internal/web"
	"obrady/internal/web/desk"
)

var inviteFields = web.Fields{
	"kind": "windows.invite.kind", "targets": "windows.invite.targets", "count": "windows.invite.count", "uses": "windows.invite.uses",
	"note": "windows.invite.note", "lot": "windows.invite.count", "invitation": "windows.invite.kind",
}

// mostInvited is how many can be invited with one form.
const mostInvited = 500

// InvitePage lists the invitations to a window, and makes new ones.
type InvitePage struct {
	windowBoard
	Form  web.Form
	All   []invitation.Invitation
	Fresh []string // codes that have just been made; they are shown this once
}

// Kinds are those who can be invited.
func (p InvitePage) Kinds(v web.View) web.Input {
	options := desk.Sheet{Choices: map[string][]desk.Choice{"": desk.Choices(invitation.Kinds)}}.Options(v, "")
	return v.Input(p.Form, "kind").Choices(options)
}

// Whom says whom an invitation lets in, as far as anybody knows: codes and addresses are kept as sums.
// key: windows.invite.some.*
func (p InvitePage) Whom(v web.View, i invitation.Invitation) string {
	if i.Kind == invitation.ByDomain {
		return "@" + i.Target
	}
	return v.T("windows.invite.some."+string(i.Kind), i.Target[:min(len(i.Target), 6)])
}

// Useful says whether anything in the window is for the invited.
func (p InvitePage) Useful() bool {
	return p.Window.Mode == admission.Invitation || slices.ContainsFunc(p.Offers(), func(o admission.Offer) bool {
		return slices.ContainsFunc(o.Pools, func(pool admission.Pool) bool { return pool.Kind == admission.ForInvited })
	})
}

// Lines are the fresh codes, one a line.
func (p InvitePage) Lines() string { return strings.Join(p.Fresh, "\n") }

var invitePage = parse[InvitePage]("invite.html")

func (p *Pages) showInvitations(w http.ResponseWriter, r *http.Request) error {
	t, err := p.window(r)
	if err != nil {
		return err
	}
	form := web.NewForm(inviteFields)
	form.Set("kind", string(invitation.ByCode))
	form.Set("count", "1")
	form.Set("uses", "1")
	if err := p.Recover(r, &form); err != nil {
		return err
	}
	return p.drawInvitations(w, r, InvitePage{windowBoard: t, Form: form})
}

func (p *Pages) drawInvitations(w http.ResponseWriter, r *http.Request, page InvitePage) (err error) {
	if page.All, err = p.Invitations.List(r.Context(), page.Window.ID); err != nil {
		return err
	}
	page.Form.Set("lot", rand.Text())
	return invitePage.ShowForm(w, r, page.Form, page)
}

// invite answers with the page itself: codes are shown once, and no address leads to them.
func (p *Pages) invite(w http.ResponseWriter, r *http.Request) error {
	t, err := p.window(r)
	if err != nil {
		return err
	}
	form, err := web.ReadForm(r, inviteFields)
	if err != nil {
		return err
	}
	page := InvitePage{windowBoard: t}
	kind := invitation.Kind(form.Value("kind"))
	targets := readTargets(&form, kind)
	uses := form.Int("uses")
	for _, typed := range targets {
		if !form.Good() {
			break
		}
		one := invitation.Invitation{Window: t.Window.ID, Kind: kind, Target: typed, Note: form.Value("note"), Uses: uses}
		if kind != invitation.ByDomain {
			one.Target = invitation.CodeSum(typed)
		}
		_, err := p.Invitations.Save(r.Context(), desk.By(r), t.Edition.ID, one)
		if err := desk.Blame(&form, err); err != nil {
			return err
		}
		if err == nil && kind == invitation.ByCode {
			page.Fresh = append(page.Fresh, typed)
		}
	}
	if page.Form = form; form.Good() {
		if kind != invitation.ByCode {
			web.Flash(r, "windows.invite.done", len(targets))
			return web.Redirect(w, r, "desk.window.invitations", t.Edition.Slug, t.Window.Ref())
		}
		page.Form = web.NewForm(inviteFields)
		page.Form.Set("kind", string(kind))
		page.Form.Set("count", "1")
		page.Form.Set("uses", form.Value("uses"))
	}
	return p.drawInvitations(w, r, page)
}

// readTargets reads who is invited, one a line; without a line so many codes are made.
func readTargets(form *web.Form, kind invitation.Kind) (all []string) {
	for _, line := range strings.FieldsFunc(form.Value("targets"), func(r rune) bool { return strings.ContainsRune("\r\n,;", r) }) {
		if line = strings.TrimSpace(line); line == "" {
			continue
		}
		clean, ok := readTarget(kind, line)
		if !ok {
			form.Problems.Add("targets", "windows.invite.bad."+string(kind), line)
			continue
		}
		if !slices.Contains(all, clean) {
			all = append(all, clean)
		}
	}
	n := form.Int("count")
	switch {
	case len(all) > mostInvited:
		form.Problems.Add("targets", "windows.invite.too_many", mostInvited)
	case len(all) > 0 || !form.Good():
	case kind != invitation.ByCode:
		form.Problems.Add("targets", "windows.invite.nobody")
	case n < 1 || n > mostInvited:
		form.Problems.Add("count", "windows.invite.how_many", mostInvited)
	default:
		all = codes(form.Value("lot"), n)
	}
	return all
}

// readTarget reads one line.
// key: windows.invite.bad.*
func readTarget(kind invitation.Kind, line string) (string, bool) {
	const shortest = 6
	switch kind {
	case invitation.ByAddress:
		return people.Email(line)
	case invitation.ByDomain:
		line = strings.ToLower(strings.TrimPrefix(line, "@"))
		return line, strings.Contains(line, ".") && !strings.ContainsAny(line, "@ /")
	case invitation.ByCode:
	}
	return line, len(strings.Join(strings.Fields(line), "")) >= shortest
}

// codes makes n codes of a lot, so that a form which is sent twice makes them once.
func codes(lot string, n int) (all []string) {
	for i := range n {
		digest := sha256.Sum256([]byte("obrady codes " + lot + " " + strconv.Itoa(i)))
		word := base32.StdEncoding.EncodeToString(digest[:10])
		all = append(all, word[:4]+"-"+word[4:8]+"-"+word[8:12])
	}
	return all
}

func (p *Pages) revoke(w http.ResponseWriter, r *http.Request) error {
	t, err := p.window(r)
	if err != nil {
		return err
	}
	form, err := web.ReadForm(r, inviteFields)
	if err != nil {
		return err
	}
	err = p.Invitations.Revoke(r.Context(), desk.By(r), t.Edition.ID, t.Window.ID, form.Value("invitation"))
	if err != nil && !errors.Is(err, invitation.ErrNone) { // has been revoked before
		return err
	}
	web.Flash(r, "windows.invite.revoked")
	return web.Redirect(w, r, "desk.window.invitations", t.Edition.Slug, t.Window.Ref())
}
