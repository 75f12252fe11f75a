package signups

import (
	"bytes"
	"context"
	"errors"
	"net/http"
	"net/url"
	"strings"
	"time"

	"obrady/internal/agenda"
	"obrady/internal/edition"
	"obrady/internal/i18n"
	"obrady/internal/people"
	"obrady/internal/plan"
	"obrady/internal/programme"
	"obrady/internal/publication"
	"obrady/internal/signup"
	"obrady/internal/text"
	"obrady/internal/timetable"
	"obrady/internal/web"
)

// Agenda keeps the secret addresses of personal calendars; package agenda does.
type Agenda interface {
	Find(ctx context.Context, who people.AccountID, in edition.ID) (agenda.Address, error)
	Open(ctx context.Context, token string) (agenda.Address, error)
	Renew(ctx context.Context, who people.AccountID, in edition.ID) (agenda.Address, error)
	Revoke(ctx context.Context, who people.AccountID, in edition.ID) error
}

func (p *Pages) calendarRoutes() []web.Route {
	own := func(name, pl, en string, handle web.Handler) web.Route {
		return web.Route{
			Name: name, Method: http.MethodPost, PL: "/{edition}/zapisy/kalendarz" + pl, EN: "/{edition}/sign-ups/calendar" + en,
			Action: signUp, Who: web.SignedIn, Handle: handle, SignedOut: p.signedOut,
		}
	}
	return []web.Route{
		own("signup.calendar.make", "", "", p.makeCalendar),
		own("signup.calendar.revoke", "/usuniecie", "/removal", p.revokeCalendar),
		{Name: "signup.calendar", Path: "/{edition}/mine/{file}", Action: readProgramme, Query: []string{"lang"}, Handle: p.sendCalendar},
	}
}

// calendarAt is the address of the visitor's calendar in full, or "".
func (p *Pages) calendarAt(r *http.Request, e *publication.Edition) (string, error) {
	a, err := p.Agenda.Find(r.Context(), me(r), e.ID)
	if errors.Is(err, agenda.ErrNone) {
		return "", nil
	}
	if err != nil {
		return "", err
	}
	return p.full(r, "/"+e.Slug+"/mine/"+a.Token+".ics?"+url.Values{"lang": {string(web.Lang(r))}}.Encode()), nil
}

// full is an address with the host, as far as one is known.
func (p *Pages) full(r *http.Request, path string) string {
	if whole := p.Site.Absolute(path); whole != path {
		return whole
	}
	scheme := "http://"
	if web.Secure(r) {
		scheme = "https://"
	}
	return scheme + r.Host + path
}

func (p *Pages) makeCalendar(w http.ResponseWriter, r *http.Request) error {
	return p.calendarIs(w, r, "signups.calendar.made", func(of edition.ID) error {
		_, err := p.Agenda.Renew(r.Context(), me(r), of)
		return err
	})
}

func (p *Pages) revokeCalendar(w http.ResponseWriter, r *http.Request) error {
	return p.calendarIs(w, r, "signups.calendar.revoked", func(of edition.ID) error {
		return p.Agenda.Revoke(r.Context(), me(r), of)
	})
}

func (p *Pages) calendarIs(w http.ResponseWriter, r *http.Request, said string, change func(edition.ID) error) error {
	e, err := p.Published.Edition(r.PathValue("edition"))
	if err != nil {
		return err
	}
	if err := change(e.ID); err != nil {
		return err
	}
	web.Flash(r, said)
	return web.Redirect(w, r, "signup.mine", e.Slug)
}

// sendCalendar sends the calendar of whoever the address belongs to. It is nobody
// else's, so no cache keeps it.
func (p *Pages) sendCalendar(w http.ResponseWriter, r *http.Request) error {
	e, err := p.Published.Edition(r.PathValue("edition"))
	if err != nil {
		return err
	}
	token, ok := strings.CutSuffix(r.PathValue("file"), ".ics")
	if !ok {
		return agenda.ErrNone
	}
	address, err := p.Agenda.Open(r.Context(), token)
	if err == nil && address.Edition != e.ID {
		err = agenda.ErrNone
	}
	if err != nil {
		return err
	}
	all, err := p.Desk.Mine(r.Context(), e.ID, address.Account)
	if err != nil {
		return err
	}
	lang, known := i18n.ParseLang(r.URL.Query().Get("lang"))
	if !known {
		lang = i18n.Polish
	}
	d := diary{p.Words.In(lang), e, p.Site}
	c := agenda.Calendar{Name: d.T("signups.calendar.name", e.Name.In(lang).Text)}
	for _, mine := range all {
		c.Entries = append(c.Entries, d.entries(mine)...)
	}
	var file bytes.Buffer
	if err := agenda.Write(&file, c); err != nil {
		return err
	}
	w.Header().Set("Content-Type", "text/calendar; charset=utf-8")
	w.Header().Set("Cache-Control", "private, no-cache")
	w.Header().Set("Referrer-Policy", "no-referrer") // the address is a key
	_, _ = file.WriteTo(w)                           // who has hung up misses nothing
	return nil
}

// diary writes somebody's sessions into their calendar.
type diary struct {
	i18n.Printer
	edition *publication.Edition
	site    *web.Site
}

// entries are the hours of one session that somebody has, waits for or has lost.
// SEQUENCE grows when the session moves and when the seat changes, as both numbers
// only grow.
func (d diary) entries(mine signup.Mine) (all []agenda.Entry) {
	s := d.edition.Programme.Session(mine.Session)
	if !plan.Public(s) {
		return nil
	}
	state, title := d.sure(mine, s)
	address, err := d.site.URL(d.Lang, "signup.session", d.edition.Slug, s.Slug)
	if err == nil {
		address = d.site.Absolute(address)
	}
	for _, slot := range d.edition.Programme.SlotsOf(s.ID) {
		all = append(all, agenda.Entry{
			UID: string(slot.ID) + "-mine@" + d.host(), Sequence: slot.Revision + s.Revision + int(mine.Seq),
			Changed: latest(slot.UpdatedAt, s.UpdatedAt, mine.Since), Start: slot.Start, End: slot.End,
			State: state, Title: title, Place: d.place(slot.Place), Text: d.T("signups.receipt") + " " + mine.Seq.String(), URL: address,
		})
	}
	return all
}

// sure says how sure a place is. Many programs show no status, so the title says it as well.
func (d diary) sure(mine signup.Mine, s *programme.Session) (agenda.State, string) {
	title := text.Bind(s.Title.In(d.Lang).Text)
	switch {
	case s.Status == programme.Cancelled || !mine.State.Present():
		return agenda.Cancelled, d.T("signups.calendar.lost", title)
	case mine.State == signup.Waiting:
		return agenda.Tentative, d.T("signups.calendar.waiting", title)
	case mine.State == signup.Offered:
		return agenda.Tentative, d.T("signups.calendar.offered", title)
	}
	return agenda.Confirmed, title
}

func (d diary) place(id timetable.PlaceID) string {
	if place := d.edition.Programme.Place(id); place != nil {
		return place.Name.In(d.Lang).Text
	}
	return ""
}

// host is the right side of a UID.
func (d diary) host() string {
	if u, err := url.Parse(d.site.Absolute("/")); err == nil && u.Hostname() != "" {
		return u.Hostname()
	}
	return "obrady.invalid"
}

func latest(all ...time.Time) (last time.Time) {
	for _, t := range all {
		if t.After(last) {
			last = t
		}
	}
	return last
}
