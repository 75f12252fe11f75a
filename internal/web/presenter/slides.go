package presenter

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"

	"obrady/internal/attachment"
	"obrady/internal/call"
	"obrady/internal/i18n"
	"obrady/internal/onstage"
	"obrady/internal/plan"
	"obrady/internal/programme"
	"obrady/internal/publication"
	"obrady/internal/rights"
	"obrady/internal/timetable"
	"obrady/internal/web"
	"obrady/internal/web/desk"
)

// slidesPage lists who has sent slides for a session and who has not.
type slidesPage struct {
	desk.Desk
	Session programme.Session
	Talks   []talk
	Linked  bool // the public is led to the slides
}

// sessionSlides is a session with the count of slides that came.
type sessionSlides struct {
	Session programme.Session
	Start   time.Time
	Sent    int
	Of      int
}

// allSlidesPage lists the sessions of an edition in which something is presented.
type allSlidesPage struct {
	desk.Desk
	Sessions []sessionSlides
}

var (
	slidesTemplate    = deskPage[slidesPage]("slides.html")
	allSlidesTemplate = deskPage[allSlidesPage]("all_slides.html")
)

// Sent counts the talks whose slides came.
func (p slidesPage) Sent() (n int) {
	for _, t := range p.Talks {
		if t.Sent {
			n++
		}
	}
	return n
}

// Links says whether whoever looks may lead the public to the slides.
func (p slidesPage) Links() bool { return p.Scope(rights.EditProgramme).Session(p.Session) }

// Stale says whether a talk was withdrawn or declined since.
func (slidesPage) Stale(t talk) bool { return t.State != call.Accepted && t.State != call.Confirmed }

func (p *Pages) showAllSlides(w http.ResponseWriter, r *http.Request) error {
	d, err := p.Desk(r, "desk.slides")
	if err != nil {
		return err
	}
	working, err := p.Timetable.Working(r.Context(), d.Edition.ID)
	if err != nil {
		return err
	}
	talks, err := p.Stage.InEdition(r.Context(), d.Edition.ID)
	if err != nil {
		return err
	}
	sent, err := p.Stage.SlidesOf(r.Context(), talks)
	if err != nil {
		return err
	}
	page, x, scope := allSlidesPage{Desk: d}, working.Index(), d.Scope(rights.ReadSlides)
	for _, t := range talks {
		s := x.Session(t.Session)
		if s == nil || !scope.Session(*s) {
			continue
		}
		if n := len(page.Sessions); n == 0 || page.Sessions[n-1].Session.ID != s.ID {
			page.Sessions = append(page.Sessions, sessionSlides{Session: *s, Start: begins(x, s.ID)})
		}
		last := &page.Sessions[len(page.Sessions)-1]
		if last.Of++; sent[t.Submission].Size > 0 {
			last.Sent++
		}
	}
	slices.SortStableFunc(page.Sessions, func(a, b sessionSlides) int { return a.Start.Compare(b.Start) })
	return allSlidesTemplate.Show(w, r, page)
}

func begins(x *timetable.Index, of programme.SessionID) (at time.Time) {
	if slots := x.SlotsOf(of); len(slots) > 0 {
		at = slots[0].Start
	}
	return at
}

// slides finds the session that the path names, with what is presented in it.
func (p *Pages) slides(r *http.Request, a rights.Action) (page slidesPage, err error) {
	if page.Desk, err = p.Desk(r, "desk.slides"); err != nil {
		return page, err
	}
	working, err := p.Timetable.Working(r.Context(), page.Edition.ID)
	if err != nil {
		return page, err
	}
	x := working.Index()
	s := x.SessionAt(r.PathValue("session"))
	if s == nil || !page.Scope(a).Session(*s) {
		return page, programme.ErrNoSession
	}
	page.Session = *s
	talks, err := p.Stage.InSession(r.Context(), s.ID)
	if err != nil {
		return page, err
	}
	if page.Talks, err = p.withSlides(r, talks, x, workedOn); err != nil {
		return page, err
	}
	page.Linked = linked(*s, p.address(page.Edition.Slug, s.Slug))
	return page, nil
}

func (p *Pages) showSlides(w http.ResponseWriter, r *http.Request) error {
	page, err := p.slides(r, rights.ReadSlides)
	if err != nil {
		return err
	}
	return slidesTemplate.Show(w, r, page)
}

func (p *Pages) sendSlides(w http.ResponseWriter, r *http.Request) error {
	page, err := p.slides(r, rights.ReadSlides)
	if err != nil {
		return err
	}
	i := slices.IndexFunc(page.Talks, func(t talk) bool { return t.Code == r.PathValue("submission") })
	if i < 0 {
		return onstage.ErrNoSlides
	}
	return p.send(w, r, page.Talks[i].Submission)
}

// sendArchive sends all slides of a session in running order, one after the other.
func (p *Pages) sendArchive(w http.ResponseWriter, r *http.Request) error {
	page, err := p.slides(r, rights.ReadSlides)
	if err != nil {
		return err
	}
	if page.Sent() == 0 {
		return onstage.ErrNoneYet
	}
	out := desk.NewArchive(w, page.Session.Slug+".zip")
	for n, t := range page.Talks {
		if !t.Sent {
			continue
		}
		one, content, err := p.Stage.OpenSlides(desk.Patient(r), t.Submission)
		if err != nil {
			return err
		}
		if err := out.Add(inOrder(n+1, t.Title, one.Kind), one.At, content); err != nil {
			return err
		}
	}
	return out.Close()
}

// inOrder is the name of a file that sorts as its talk stands: "01 Rzeka w mieście.pdf".
func inOrder(n int, title string, kind attachment.Kind) string {
	title = strings.NewReplacer("/", "-", `\`, "-").Replace(title)
	return attachment.NameOf(fmt.Sprintf("%02d %s.file", n, title), kind)
}

// address is where the public finds the slides of a session, whole.
func (p *Pages) address(edition, session string) string {
	path, err := p.Site.URL(i18n.Polish, "slides", edition, session)
	if err != nil {
		return ""
	}
	return p.Site.Absolute(path)
}

func linked(s programme.Session, address string) bool {
	return slices.ContainsFunc(s.Links, func(l programme.Link) bool { return l.URL == address })
}

// linkSlides puts a link to the public slides among the materials of a session. The
// public sees it with the next release.
func (p *Pages) linkSlides(w http.ResponseWriter, r *http.Request) error {
	page, err := p.slides(r, rights.EditProgramme)
	if err != nil {
		return err
	}
	if !page.Linked {
		s := page.Session
		s.Links = append(slices.Clone(s.Links), programme.Link{
			Kind: programme.Material, Title: i18n.Text{PL: p.Words.In(i18n.Polish).T("presenter.public.slides"), EN: p.Words.In(i18n.English).T("presenter.public.slides")},
			URL: p.address(page.Edition.Slug, s.Slug),
		})
		if _, err := p.Keeper.SaveSession(r.Context(), desk.By(r), s); err != nil {
			return err
		}
	}
	web.Flash(r, "presenter.slides.linked")
	return web.Redirect(w, r, "desk.session.slides", page.Edition.Slug, page.Session.Slug)
}

// publicPage lists the slides of a session that its presenters share, once it is over.
type publicPage struct {
	Edition *publication.Edition
	Session programme.Session
	Over    bool
	Talks   []talk
}

var publicTemplate = page[publicPage]("public.html")

func (p *Pages) public(r *http.Request) (page publicPage, err error) {
	if page.Edition, err = p.Released.Edition(r.PathValue("edition")); err != nil {
		return page, err
	}
	s := page.Edition.Programme.SessionAt(r.PathValue("session"))
	if !plan.Public(s) {
		return page, programme.ErrNoSession
	}
	page.Session = *s
	slots, now := page.Edition.Programme.SlotsOf(s.ID), p.Now()
	page.Over = s.Status != programme.Cancelled && len(slots) > 0 && !now.Before(slots[len(slots)-1].End)
	if !page.Over {
		return page, nil
	}
	talks, err := p.Stage.InSession(r.Context(), s.ID)
	if err != nil {
		return page, err
	}
	all, err := p.withSlides(r, talks, page.Edition.Programme, announced)
	page.Talks = slices.DeleteFunc(all, func(t talk) bool {
		return !t.Public(now) || t.RoomOnly || slidesPage{}.Stale(t)
	})
	return page, err
}

func (p *Pages) showPublic(w http.ResponseWriter, r *http.Request) error {
	page, err := p.public(r)
	if err != nil {
		return err
	}
	return publicTemplate.Show(w, r, page)
}

func (p *Pages) sendPublic(w http.ResponseWriter, r *http.Request) error {
	page, err := p.public(r)
	if err != nil {
		return err
	}
	i := slices.IndexFunc(page.Talks, func(t talk) bool { return t.Code == r.PathValue("submission") })
	if i < 0 {
		return onstage.ErrNoSlides
	}
	return p.send(w, r, page.Talks[i].Submission)
}
