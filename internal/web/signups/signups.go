// Package signups is where people get their places: they prepare before the hour,
// press when sign-ups open, and find what they have got, what they wait for, and
// what they can do about it.
package signups

import (
	"context"
	"embed"
	"slices"
	"time"

	"obrady/internal/admission"
	"obrady/internal/attendance"
	"obrady/internal/draw"
	"obrady/internal/edition"
	"obrady/internal/fairness"
	"obrady/internal/i18n"
	"obrady/internal/people"
	"obrady/internal/programme"
	"obrady/internal/publication"
	"obrady/internal/push"
	"obrady/internal/registration"
	"obrady/internal/signup"
	"obrady/internal/timetable"
	"obrady/internal/web"
)

// Locale holds the sentences of these pages.
//
//go:embed locale/*.json
var Locale embed.FS

//go:embed templates/*.html
var templates embed.FS

// Desk gives out seats; package signup does.
type Desk interface {
	LastPlan(ctx context.Context, of edition.ID) (*admission.Plan, error)
	Plan(ctx context.Context, of edition.ID) (*admission.Plan, error)
	Time(ctx context.Context) (time.Time, error)
	Take(ctx context.Context, of edition.ID, c signup.Claim) (signup.Answer, error)
	Mine(ctx context.Context, of edition.ID, who people.AccountID) ([]signup.Mine, error)
	Leave(ctx context.Context, of edition.ID, who people.AccountID, session programme.SessionID) error
	Accept(ctx context.Context, of edition.ID, who people.AccountID, session programme.SessionID) error
	Keep(ctx context.Context, of edition.ID, who people.AccountID, session programme.SessionID) error
	Wishes(ctx context.Context, of edition.ID, who people.AccountID) ([]signup.Wish, error)
	SaveWishes(ctx context.Context, of edition.ID, who people.AccountID, wishes []signup.Wish) error
	Ready(ctx context.Context, of edition.ID, who people.AccountID, window admission.WindowID) error
}

// Editions says which editions the public sees; package publication does.
type Editions interface {
	Edition(slug string) (*publication.Edition, error)
}

// Counter knows how many places are left, in the words of open pages.
type Counter interface {
	Counts(ctx context.Context, of edition.ID) ([]byte, error)
}

// Reports tells everybody what became of those who asked; package fairness does.
type Reports interface {
	Counts(ctx context.Context, of edition.ID, shown *timetable.Index) ([]fairness.Count, signup.Receipt, error)
	Report(ctx context.Context, window admission.WindowID) (fairness.Report, error)
	Log(ctx context.Context, window admission.WindowID) ([]fairness.Logged, error)
	Lot(ctx context.Context, window admission.WindowID) (fairness.Lot, error)
	Record(ctx context.Context, window admission.WindowID) ([]byte, error)
	Codes(ctx context.Context, of edition.ID, who people.AccountID) (map[admission.WindowID]draw.Code, error)
}

// Registration knows who takes part in an edition.
type Registration interface {
	Mine(ctx context.Context, account people.AccountID, in edition.ID) (registration.Mine, error)
}

// Rooms knows how one comes to a session: online, and whether somebody who was
// asked has said that they come; package attendance does.
type Rooms interface {
	Links(ctx context.Context, account people.AccountID, sessions []programme.SessionID) (map[programme.SessionID]attendance.Link, error)
	Answers(ctx context.Context, of edition.ID, account people.AccountID) (map[programme.SessionID]bool, error)
}

// Paces asks whoever presses too often to wait.
type Paces interface {
	Take(account string) time.Duration
}

// Pages are the pages about one's own sign-ups.
type Pages struct {
	Published    Editions
	Desk         Desk
	Paces        Paces
	Live         *push.Hub
	Counter      Counter
	Reports      Reports
	Registration Registration
	Agenda       Agenda
	Rooms        Rooms
	Progress     func() string // names the state of all seats, as of about a second ago; nil: nobody keeps it
	Words        *i18n.Catalogue
	Site         *web.Site // on which the routes are mounted
}

const (
	readProgramme = "programme.read"
	signUp        = "signup.self"
)

// Routes lists the addresses of these pages.
func (p *Pages) Routes() []web.Route {
	return slices.Concat(p.pressRoutes(), p.sessionRoutes(), p.mineRoutes(), p.wishRoutes(), p.calendarRoutes(), p.reportRoutes())
}

func parse[Data any](name string) web.Template[Data] {
	return web.Parse[Data](templates, "templates/"+name, "templates/parts.html")
}
