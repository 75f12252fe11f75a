// Package composer is where the desk composes kaleidoscopes: a pool of accepted
// abstracts on one side, the cycles of a session with the minute of each talk on
// the other, and the running order for whoever leads it.
package composer

import (
	"context"
	"embed"
	"net/http"
	"time"

	"obrady/internal/call"
	"obrady/internal/edition"
	"obrady/internal/i18n"
	"obrady/internal/kaleidoscope"
	"obrady/internal/programme"
	"obrady/internal/rights"
	"obrady/internal/web"
	"obrady/internal/web/desk"
)

// Locale holds the sentences of these pages.
//
//go:embed locale/*.json
var Locale embed.FS

//go:embed templates/*.html
var templates embed.FS

// Composer is what these pages ask of package kaleidoscope.
type Composer interface {
	List(ctx context.Context, of edition.ID, mine func(programme.Session) bool) ([]kaleidoscope.View, error)
	Open(ctx context.Context, at kaleidoscope.At) (kaleidoscope.View, error)
	Set(ctx context.Context, at kaleidoscope.At, set kaleidoscope.Settings) error
	Move(ctx context.Context, at kaleidoscope.At, submission call.SubmissionID, to kaleidoscope.Spot) error
	Undo(ctx context.Context, at kaleidoscope.At) error
	Propose(ctx context.Context, at kaleidoscope.At, seed uint64) (kaleidoscope.Proposal, error)
	Arrange(ctx context.Context, at kaleidoscope.At, cycles kaleidoscope.Cycles) error
	Compose(ctx context.Context, at kaleidoscope.At) error
	Tell(ctx context.Context, at kaleidoscope.At, a kaleidoscope.About) error
	RunningOrder(ctx context.Context, at kaleidoscope.At) (kaleidoscope.Sheet, error)
}

// Programme finds the session that an address names; package programme does.
type Programme interface {
	Session(ctx context.Context, of edition.ID, slug string) (programme.Session, error)
}

// Pages are the pages of the composer. All fields are needed.
type Pages struct {
	*desk.Kit
	Composer  Composer
	Programme Programme
	Words     interface {
		In(lang i18n.Lang) i18n.Printer
	}
}

// row is a route before it is one.
type row struct {
	name, method, pl, en string
	action               rights.Action
	handle               web.Handler
}

// Routes are the addresses of these pages.
func (p *Pages) Routes() []web.Route {
	const get, post = http.MethodGet, http.MethodPost
	const one = "/{session}"
	all := []web.Route{{
		Name: "desk.kaleidoscopes", PL: basePL, EN: baseEN, Action: string(rights.ReadRunning), Object: string(rights.WithinEdition), Who: web.SignedIn, Handle: p.showList,
	}}
	for _, r := range []row{
		{"desk.kaleidoscope", get, one, one, rights.Compose, p.showBoard},
		{"desk.kaleidoscope.set", post, one, one, rights.Compose, p.set},
		{"desk.kaleidoscope.move", post, one + "/uklad", one + "/arrangement", rights.Compose, p.move},
		{"desk.kaleidoscope.compose", post, one + "/program", one + "/programme", rights.Compose, p.compose},
		{"desk.kaleidoscope.proposal", get, one + "/propozycja", one + "/proposal", rights.Compose, p.showProposal},
		{"desk.kaleidoscope.accept", post, one + "/propozycja", one + "/proposal", rights.Compose, p.accept},
		{"desk.kaleidoscope.talk", get, one + "/wystapienia/{code}", one + "/talks/{code}", rights.Compose, p.showTalk},
		{"desk.kaleidoscope.talk.save", post, one + "/wystapienia/{code}", one + "/talks/{code}", rights.Compose, p.takeTalk},
		{"desk.kaleidoscope.sheet", get, one + "/kolejnosc", one + "/running-order", rights.ReadRunning, p.showSheet},
		{"desk.kaleidoscope.pdf", get, one + "/kolejnosc.pdf", one + "/running-order.pdf", rights.ReadRunning, p.printSheet},
	} {
		route := web.Route{
			Name: r.name, Method: r.method, PL: basePL + r.pl, EN: baseEN + r.en, Action: string(r.action), Object: string(rights.SessionObject),
			Who: web.SignedIn, Handle: r.handle,
		}
		if r.name == "desk.kaleidoscope.proposal" {
			route.Query = []string{"seed"}
		}
		all = append(all, route)
	}
	return p.Offer(all...)
}

const (
	basePL = "/{edition}/biurko/kalejdoskopy"
	baseEN = "/{edition}/desk/kaleidoscopes"
)

func parse[Data any](name string) web.Template[Data] {
	return desk.Parse[Data](templates, name, "parts.html")
}

// listPage lists the kaleidoscopes of an edition.
type listPage struct {
	desk.Desk
	All []kaleidoscope.View
}

var listTemplate = parse[listPage]("kaleidoscopes.html")

// Composes says whether whoever asks may compose a session.
func (l listPage) Composes(s programme.Session) bool { return l.Scope(rights.Compose).Session(s) }

func (p *Pages) showList(w http.ResponseWriter, r *http.Request) error {
	d, err := p.Desk(r, "desk.kaleidoscopes")
	if err != nil {
		return err
	}
	page := listPage{Desk: d}
	if page.All, err = p.Composer.List(r.Context(), d.Edition.ID, d.Scope(rights.ReadRunning).Session); err != nil {
		return err
	}
	return listTemplate.Show(w, r, page)
}

// room is what every page about one session knows.
type room struct {
	desk.Desk
	At  kaleidoscope.At
	now time.Time
}

// room finds the session that the path names. Its rights are asked by the service.
func (p *Pages) room(r *http.Request) (c room, err error) {
	if c.Desk, err = p.Desk(r, "desk.kaleidoscopes"); err != nil {
		return c, err
	}
	one, err := p.Programme.Session(r.Context(), c.Edition.ID, r.PathValue("session"))
	c.At = kaleidoscope.At{Edition: c.Edition.ID, Session: one.ID, By: desk.By(r)}
	c.now = p.Now()
	return c, err
}

// Clock is the hour of t on the clocks of the edition; nothing where it is not known.
func (c room) Clock(v web.View, t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return c.Hour(v, t)
}
