// Package windows is the part of the desk at which sign-ups are arranged and
// looked after: when they open and how places are given, how many there are and
// for whom, who has one, and what is to be expected before the hour.
//
// A partner arranges its own windows here, within what the host allows it.
package windows

import (
	"context"
	"embed"
	"net/http"
	"time"

	"obrady/internal/admission"
	"obrady/internal/attendance"
	"obrady/internal/edition"
	"obrady/internal/fairness"
	"obrady/internal/i18n"
	"obrady/internal/invitation"
	"obrady/internal/partner"
	"obrady/internal/people"
	"obrady/internal/programme"
	"obrady/internal/rights"
	"obrady/internal/signup"
	"obrady/internal/timetable"
	"obrady/internal/web"
	"obrady/internal/web/desk"
)

// Locale holds the sentences of these pages.
//
//go:embed locale/*.json
var Locale embed.FS

//go:embed templates/*.html
var templates embed.FS

// Signups is what these pages ask of package signup.
type Signups interface {
	Time(ctx context.Context) (time.Time, error)
	SaveSettings(ctx context.Context, c signup.Change, set admission.Settings) (admission.Settings, error)
	SaveWindow(ctx context.Context, c signup.Change, w admission.Window) (admission.Window, error)
	RemoveWindow(ctx context.Context, c signup.Change, of edition.ID, window admission.WindowID) error
	SaveOffer(ctx context.Context, c signup.Change, o admission.Offer) error
	RemoveOffer(ctx context.Context, c signup.Change, of edition.ID, session programme.SessionID) error
	SaveRule(ctx context.Context, c signup.Change, r admission.Rule) (admission.Rule, error)
	RemoveRule(ctx context.Context, c signup.Change, of edition.ID, rule admission.RuleID) error
	Lot(ctx context.Context, window admission.WindowID) (fairness.Lot, error)
	Record(ctx context.Context, window admission.WindowID) ([]byte, error)
	Decide(ctx context.Context, window admission.WindowID) error
	Takers(ctx context.Context, session programme.SessionID) ([]attendance.Taker, error)
	Admit(ctx context.Context, of edition.ID, c signup.Change, session programme.SessionID, who people.AccountID) (signup.Outcome, error)
	Remove(ctx context.Context, of edition.ID, c signup.Change, session programme.SessionID, who people.AccountID) error
	Shift(ctx context.Context, of edition.ID, c signup.Change, spot signup.Spot) error
}

// Reports is what these pages ask of package fairness.
type Reports interface {
	Standing(ctx context.Context, of edition.ID) (*admission.Plan, error)
	Interest(ctx context.Context, of edition.ID) (map[programme.SessionID]fairness.Interest, error)
}

// Invitations is what these pages ask of package invitation.
type Invitations interface {
	List(ctx context.Context, window admission.WindowID) ([]invitation.Invitation, error)
	Save(ctx context.Context, by people.AccountID, of edition.ID, i invitation.Invitation) (invitation.Invitation, error)
	Revoke(ctx context.Context, by people.AccountID, of edition.ID, window admission.WindowID, invitation string) error
}

// Timetable is the working programme as far as whoever asks may know it; package partner sees to that.
type Timetable interface {
	Working(ctx context.Context, of edition.ID) (*timetable.Programme, error)
}

// Partners says what the host gave to whom.
type Partners interface {
	Workspaces(ctx context.Context, of edition.ID) ([]partner.Standing, error)
}

// People finds who is meant.
type People interface {
	AccountOf(ctx context.Context, email string) (people.Account, error) // people.ErrNoAccount when there is none
}

// Looks notes who took other people's data away, and why.
type Looks interface {
	Look(ctx context.Context, l rights.Look) error
}

// Pages are the pages about sign-ups at the desk. All fields but Report and Questions are needed.
type Pages struct {
	*desk.Kit
	Signups     Signups
	Reports     Reports
	Invitations Invitations
	Timetable   Timetable
	Partners    Partners
	People      People
	Looks       Looks
	Words       *i18n.Catalogue
	// Report names the route of the public report of a window, which takes an edition and a window; none when empty.
	Report string
	// Questions names the route at which the questions to applicants of a window are set, likewise.
	Questions string
}

// permission is an action and what it is done to.
type permission struct {
	action rights.Action
	object rights.Object
}

// What the pages of this package need.
var (
	setting = permission{rights.SetSignups, rights.WithinEdition}
	ruling  = permission{rights.SetSignups, rights.WholeEdition}
	filling = permission{rights.SetSignups, rights.SessionObject}
	seating = permission{rights.ManageSeats, rights.SessionObject}
)

// row is a route of this package.
type row struct {
	name, method, pl, en string
	handle               web.Handler
	may                  permission
}

// Routes are the addresses of these pages.
func (p *Pages) Routes() (all []web.Route) {
	const get, post = http.MethodGet, http.MethodPost
	const pl, en = "/okna/{window}", "/windows/{window}"
	const onePL, oneEN = "/sesje/{session}", "/sessions/{session}"
	for _, r := range []row{
		{"desk.signups", get, "", "", p.overview, setting},
		{"desk.signups.general", get, "/zasady-ogolne", "/general", p.showGeneral, ruling},
		{"desk.signups.general.save", post, "/zasady-ogolne", "/general", p.takeGeneral, ruling},
		{"desk.signups.hold", get, "/wstrzymanie", "/hold", p.showHold, ruling},
		{"desk.signups.hold.switch", post, "/wstrzymanie", "/hold", p.takeHold, ruling},
		{"desk.signups.limits", get, "/ograniczenia", "/limits", p.showRules, setting},
		{"desk.signups.limit.add", post, "/ograniczenia", "/limits", p.takeRule, setting},
		{"desk.signups.limit.remove", post, "/ograniczenia/usuniecie", "/limits/removal", p.removeRule, setting},
		{"desk.signups.interest", get, "/zainteresowanie", "/interest", p.showForecast, setting},
		{"desk.window.new", get, "/nowe-okno", "/new-window", p.showNew, setting},
		{"desk.window.add", post, "/nowe-okno", "/new-window", p.takeNew, setting},
		{"desk.window", get, pl, en, p.showWindow, setting},
		{"desk.window.form", get, pl + "/ustawienia", en + "/settings", p.showForm, setting},
		{"desk.window.save", post, pl + "/ustawienia", en + "/settings", p.takeForm, setting},
		{"desk.window.sessions", get, pl + "/sesje", en + "/sessions", p.showEnlist, setting},
		{"desk.window.enlist", post, pl + "/sesje", en + "/sessions", p.takeEnlist, setting},
		{"desk.window.pools", get, pl + "/pule", en + "/pools", p.showShare, setting},
		{"desk.window.share", post, pl + "/pule", en + "/pools", p.takeShare, setting},
		{"desk.window.removal", get, pl + "/usuniecie", en + "/removal", p.askRemoval, setting},
		{"desk.window.remove", post, pl + "/usuniecie", en + "/removal", p.removeWindow, setting},
		{"desk.window.invitations", get, pl + "/zaproszenia", en + "/invitations", p.showInvitations, setting},
		{"desk.window.invite", post, pl + "/zaproszenia", en + "/invitations", p.invite, setting},
		{"desk.window.revoke", post, pl + "/zaproszenia/cofniecie", en + "/invitations/revocation", p.revoke, setting},
		{"desk.window.draw", get, pl + "/losowanie", en + "/draw", p.showDraw, setting},
		{"desk.window.drawn", post, pl + "/losowanie", en + "/draw", p.drawNow, setting},
		{"desk.window.record", get, pl + "/losowanie/protokol", en + "/draw/record", p.sendRecord, setting},
		{"desk.offer", get, onePL, oneEN, p.showOffer, filling},
		{"desk.offer.save", post, onePL, oneEN, p.takeOffer, filling},
		{"desk.offer.remove", post, onePL + "/usuniecie", oneEN + "/removal", p.removeOffer, filling},
		{"desk.seats", get, onePL + "/osoby", oneEN + "/people", p.showSeats, seating},
		{"desk.seats.give", post, onePL + "/osoby", oneEN + "/people", p.giveSeat, seating},
		{"desk.seats.take", post, onePL + "/osoby/odebranie", oneEN + "/people/removal", p.takeSeat, seating},
		{"desk.seats.shift", post, onePL + "/osoby/kolejnosc", oneEN + "/people/order", p.shiftSeat, seating},
		{"desk.seats.export", get, onePL + "/osoby/eksport", oneEN + "/people/export", p.askExport, seating},
		{"desk.seats.exported", post, onePL + "/osoby/eksport", oneEN + "/people/export", p.export, seating},
	} {
		all = append(all, r.route())
	}
	return p.Offer(all...)
}

// queries are the parameters that count, by route.
var queries = map[string][]string{
	"desk.window.new": {"draft"}, "desk.window.form": {"draft"}, "desk.window.sessions": {"block", "format", "stage"},
}

func (r row) route() web.Route {
	return web.Route{
		Name: r.name, Method: r.method, PL: "/{edition}/biurko/zapisy-na-sesje" + r.pl, EN: "/{edition}/desk/sign-ups" + r.en,
		Action: string(r.may.action), Object: string(r.may.object), Who: web.SignedIn, Query: queries[r.name], Handle: r.handle,
	}
}

// parse parses a page with the fragments that all pages of the desk use.
func parse[Data any](name string, fragments ...string) web.Template[Data] {
	return desk.Parse[Data](templates, name, append(fragments, "pieces.html")...)
}
