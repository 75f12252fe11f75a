package planner

import (
	"net/http"
	"slices"

	"obrady/internal/errs"
	"obrady/internal/i18n"
	"obrady/internal/id"
	"obrady/internal/people"
	"obrady/internal/programme"
	"obrady/internal/text"
	"obrady/internal/web"
	"obrady/internal/web/desk"
)

// errReleased is said to who wants to delete what the public has seen.
var errReleased = errs.New(errs.Conflict, "planner.session.was_public")

// endFields are those of the page on which a session is called off, brought back or deleted.
var endFields = web.Fields{"reason_pl": "planner.session.reason_pl", "reason_en": "planner.session.reason_en"}

// EndPage asks why a session is called off, and offers to delete what nobody has seen.
type EndPage struct {
	desk.Desk
	Session programme.Session
	Form    web.Form
	Public  bool // some release has it
}

// Cancelled says whether the session is called off already.
func (e EndPage) Cancelled() bool { return e.Session.Status == programme.Cancelled }

// Polish asks for the reason in the binding language.
func (e EndPage) Polish(v web.View) web.Input {
	return v.Input(e.Form, "reason_pl").Limit(programme.MaxLead)
}

// English asks for the reason in the other one.
func (e EndPage) English(v web.View) web.Input {
	return v.Input(e.Form, "reason_en").Written(i18n.English).Optional()
}

var endPage = parse[EndPage]("session_end.html")

// oneSession finds the session that the path names.
func (p *Pages) oneSession(r *http.Request) (*bench, programme.Session, error) {
	b, err := p.bench(r, "desk.sessions")
	if err != nil {
		return nil, programme.Session{}, err
	}
	found := b.x.SessionAt(r.PathValue("session"))
	if !b.mine(found) {
		return nil, programme.Session{}, programme.ErrNoSession
	}
	return b, *found, nil
}

// wasPublic says whether any release has the session.
func (p *Pages) wasPublic(r *http.Request, s programme.Session) (bool, error) {
	releases, err := p.Timetable.Releases(r.Context(), s.Edition)
	if err != nil {
		return false, err
	}
	for _, release := range releases {
		x, err := p.Timetable.Published(r.Context(), release.ID)
		if err != nil {
			return false, err
		}
		if x.Session(s.ID) != nil {
			return true, nil
		}
	}
	return false, nil
}

func (p *Pages) showSessionEnd(w http.ResponseWriter, r *http.Request) error {
	b, s, err := p.oneSession(r)
	if err != nil {
		return err
	}
	form := web.NewForm(endFields)
	form.Revision = s.Revision
	form.Set("reason_pl", s.Reason.PL)
	form.Set("reason_en", s.Reason.EN)
	if err := p.Recover(r, &form); err != nil {
		return err
	}
	return p.drawEnd(w, r, EndPage{Desk: b.Desk, Session: s, Form: form})
}

func (p *Pages) drawEnd(w http.ResponseWriter, r *http.Request, page EndPage) (err error) {
	if page.Public, err = p.wasPublic(r, page.Session); err != nil {
		return err
	}
	return endPage.ShowForm(w, r, page.Form, page)
}

// cancelSession calls a session off. It stays in the programme, with the reason.
func (p *Pages) cancelSession(w http.ResponseWriter, r *http.Request) error {
	b, s, err := p.oneSession(r)
	if err != nil {
		return err
	}
	form, err := web.ReadForm(r, endFields)
	if err != nil {
		return err
	}
	s.Status, s.Revision = programme.Cancelled, form.Revision
	s.Reason = i18n.Text{PL: form.Value("reason_pl"), EN: form.Value("reason_en")}
	if s.Reason.PL == "" {
		form.Problems.Add("reason_pl", "planner.session.say_why")
	}
	if form.Good() {
		_, err := p.Programme.SaveSession(r.Context(), desk.By(r), s)
		if err == nil {
			web.Flash(r, "planner.session.cancelled")
			return web.Redirect(w, r, "desk.session", s.Slug)
		}
		if err := form.Blame(err); err != nil {
			return err
		}
	}
	return p.drawEnd(w, r, EndPage{Desk: b.Desk, Session: s, Form: form})
}

// restoreSession brings back what was called off.
func (p *Pages) restoreSession(w http.ResponseWriter, r *http.Request) error {
	_, s, err := p.oneSession(r)
	if err != nil {
		return err
	}
	form, err := web.ReadForm(r, web.Fields{})
	if err != nil {
		return err
	}
	s.Status, s.Reason, s.Revision = programme.Ready, i18n.Text{}, form.Revision
	if _, err := p.Programme.SaveSession(r.Context(), desk.By(r), s); err != nil {
		return err
	}
	web.Flash(r, "planner.session.restored")
	return web.Redirect(w, r, "desk.session", s.Slug)
}

// removeSession deletes a session that was never public.
func (p *Pages) removeSession(w http.ResponseWriter, r *http.Request) error {
	_, s, err := p.oneSession(r)
	if err != nil {
		return err
	}
	form, err := web.ReadForm(r, web.Fields{})
	if err != nil {
		return err
	}
	public, err := p.wasPublic(r, s)
	if err != nil {
		return err
	}
	if public {
		return errReleased
	}
	s.Revision = form.Revision
	if err := p.Programme.RemoveSession(r.Context(), people.AccountID(web.Account(r)), s); err != nil {
		return err
	}
	web.Flash(r, "planner.session.removed", s.Title.In(web.Lang(r)).Text)
	return web.Redirect(w, r, "desk.sessions")
}

// copySession makes a draft that is like the session, without hours.
func (p *Pages) copySession(w http.ResponseWriter, r *http.Request) error {
	b, s, err := p.oneSession(r)
	if err != nil {
		return err
	}
	s.ID, s.GUID, s.Revision, s.Status = programme.SessionID(id.New()), "", 0, programme.Draft
	s.Slug = text.UniqueSlug(s.Slug, func(slug string) bool { return b.x.SessionAt(slug) != nil })
	s.Origin, s.Reason = programme.Origin{}, i18n.Text{}
	s.Segments = slices.Clone(s.Segments)
	for i := range s.Segments {
		s.Segments[i].ID = ""
	}
	saved, err := p.Programme.SaveSession(r.Context(), desk.By(r), s)
	if err != nil {
		return err
	}
	web.Flash(r, "planner.session.copied")
	return web.Redirect(w, r, "desk.session", r.PathValue("edition"), saved.Slug)
}
