// Package door is where people are received at the room of their session: whoever
// stands at its door, be it the leader or somebody of the reception, marks on a
// phone who is there and hands on places of those who have not come; organisers set
// the way in for those who take part from elsewhere; and the link of a letter
// answers, the day before, whether somebody comes.
package door

import (
	"context"
	"embed"
	"errors"
	"net/http"
	"slices"
	"time"

	"obrady/internal/admission"
	"obrady/internal/attendance"
	"obrady/internal/edition"
	"obrady/internal/errs"
	"obrady/internal/i18n"
	"obrady/internal/people"
	"obrady/internal/plan"
	"obrady/internal/programme"
	"obrady/internal/publication"
	"obrady/internal/rights"
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

// Doors is what these pages ask of package attendance.
type Doors interface {
	List(ctx context.Context, session programme.SessionID) (attendance.List, error)
	Mark(ctx context.Context, m attendance.Mark) error
	Free(ctx context.Context, by people.AccountID, session programme.SessionID, expected int) (attendance.Turn, error)
	LetIn(ctx context.Context, by people.AccountID, session programme.SessionID) (attendance.Turn, error)
	Settings(ctx context.Context, session programme.SessionID) (attendance.Settings, error)
	SaveSettings(ctx context.Context, by people.AccountID, set attendance.Settings) (attendance.Settings, error)
	Figures(ctx context.Context, of edition.ID) ([]attendance.Figures, error)
	Question(ctx context.Context, token string) (attendance.Question, error)
	ComeBy(ctx context.Context, token string) error
	GiveBackBy(ctx context.Context, token string) error
	Come(ctx context.Context, account people.AccountID, session programme.SessionID) error
}

// Plans says which sessions have sign-ups, with their counts; package fairness does.
type Plans interface {
	Standing(ctx context.Context, of edition.ID) (*admission.Plan, error)
}

// Timetable is the working programme.
type Timetable interface {
	Working(ctx context.Context, of edition.ID) (*timetable.Programme, error)
}

// Editions says which editions the public sees.
type Editions interface {
	Editions(ctx context.Context) ([]edition.Edition, error)
}

// Released says what the public knows of the programme; package publication does.
type Released interface {
	Edition(slug string) (*publication.Edition, error)
}

// Pages are the pages of doors. All fields are needed.
type Pages struct {
	*desk.Kit
	Released  Released
	Doors     Doors
	Plans     Plans
	Timetable Timetable
	Public    Editions
}

// row is a route of the desk.
type row struct {
	name, method, pl, en string
	action               rights.Action
	object               rights.Object
	handle               web.Handler
}

// Routes are the addresses of these pages.
func (p *Pages) Routes() []web.Route {
	const get, post = http.MethodGet, http.MethodPost
	const pl, en = "/{edition}/biurko/drzwi", "/{edition}/desk/doors"
	const onePL, oneEN = pl + "/{session}", en + "/{session}"
	const mark, set = rights.MarkAttendance, rights.SetSignups
	var all []web.Route
	for _, r := range []row{
		{"desk.rooms", get, pl, en, mark, rights.WithinEdition, p.showRooms},
		{"desk.room", get, onePL, oneEN, mark, rights.SessionObject, p.showRoom},
		{"desk.room.mark", post, onePL + "/obecnosc", oneEN + "/presence", mark, rights.SessionObject, p.mark},
		{"desk.room.free", post, onePL + "/nieobecni", oneEN + "/absent", mark, rights.SessionObject, p.free},
		{"desk.room.admit", post, onePL + "/oczekujacy", oneEN + "/waiting", mark, rights.SessionObject, p.letIn},
		{"desk.room.settings", get, onePL + "/ustawienia", oneEN + "/settings", set, rights.SessionObject, p.showSettings},
		{"desk.room.settings.save", post, onePL + "/ustawienia", oneEN + "/settings", set, rights.SessionObject, p.takeSettings},
		{"desk.attendance", get, "/{edition}/biurko/frekwencja", "/{edition}/desk/attendance", set, rights.WithinEdition, p.showFigures},
	} {
		all = append(all, web.Route{
			Name: r.name, Method: r.method, PL: r.pl, EN: r.en, Action: string(r.action), Object: string(r.object), Who: web.SignedIn, Handle: r.handle,
		})
	}
	const answerPL, answerEN = "/przyjscie/{token}", "/coming/{token}"
	all = append(all,
		web.Route{Name: "coming", PL: answerPL, EN: answerEN, Action: string(rights.AnswerForSeat), Handle: p.showQuestion},
		web.Route{Name: "coming.answer", Method: post, PL: answerPL, EN: answerEN, Action: string(rights.AnswerForSeat), Handle: p.answer},
		web.Route{
			Name: "signup.come", Method: post, PL: "/{edition}/sesje/{session}/przyjde", EN: "/{edition}/sessions/{session}/coming",
			Action: string(rights.SignUp), Who: web.SignedIn, Handle: p.come,
		})
	return p.Offer(all...)
}

func parse[Data any](name string) web.Template[Data] { return desk.Parse[Data](templates, name) }

// room is a session with sign-ups, as lists of doors name it.
type room struct {
	Offer   admission.Offer
	Session programme.Session
	Title   i18n.Text
	Place   i18n.Text
	Start   time.Time
	End     time.Time
}

// rooms lists the sessions at whose doors whoever asks may do the action, in the order of their hours.
func (p *Pages) rooms(r *http.Request, d desk.Desk, a rights.Action) (all []room, err error) {
	set, err := p.Plans.Standing(r.Context(), d.Edition.ID)
	if err != nil {
		return nil, err
	}
	working, err := p.Timetable.Working(r.Context(), d.Edition.ID)
	if err != nil {
		return nil, err
	}
	x, scope := working.Index(), d.Scope(a)
	for _, o := range set.Offers() {
		s := x.Session(o.Session)
		if s == nil || !scope.Session(*s) {
			continue
		}
		title, known := p.title(d, s)
		if !known {
			continue
		}
		one := room{Offer: o, Session: *s, Title: title, Start: o.StartsAt}
		for n, h := range o.Hours {
			if n == 0 && one.Start.IsZero() {
				one.Start = h.Start // of a series that was under way when its window opened
			}
			if one.End = h.End; one.Place.IsZero() {
				if at := x.Place(h.Place); at != nil {
					one.Place = at.Name
				}
			}
		}
		all = append(all, one)
	}
	return all, nil
}

// title is what a session is called: as it is being worked on for those who lead it, as it was announced for the
// reception, which knows of no session that was not.
func (p *Pages) title(d desk.Desk, s *programme.Session) (i18n.Text, bool) {
	if d.Scope(rights.Choose).Session(*s) {
		return s.Title, true
	}
	e, err := p.Released.Edition(d.Edition.Slug)
	if err != nil {
		return i18n.Text{}, false
	}
	told := e.Programme.Session(s.ID)
	if !plan.Public(told) {
		return i18n.Text{}, false
	}
	return told.Title, true
}

// find finds the session that the path names among those with sign-ups, or attendance.ErrNoSession.
func (p *Pages) find(r *http.Request, a rights.Action) (d desk.Desk, one room, err error) {
	if d, err = p.Desk(r, "desk.rooms"); err != nil {
		return d, one, err
	}
	all, err := p.rooms(r, d, a)
	if err != nil {
		return d, one, err
	}
	i := slices.IndexFunc(all, func(o room) bool { return o.Session.Slug == r.PathValue("session") })
	if i < 0 {
		return d, one, attendance.ErrNoSession
	}
	return d, all[i], nil
}

// roomsPage lists the sessions at whose doors somebody stands, by day.
type roomsPage struct {
	desk.Desk
	Days    []roomDay
	Setting bool // also sets up sign-ups, and reads how many came
}

// roomDay are the sessions of one day; those without hours have none.
type roomDay struct {
	Day   time.Time
	Rooms []room
}

// Name is the day in words.
func (d roomDay) Name(v web.View) string {
	if d.Day.IsZero() {
		return v.T("door.no_hours")
	}
	return v.Day(d.Day)
}

// Hours are those of a session on the clocks of the edition.
func (p roomsPage) Hours(v web.View, one room) string {
	zone := p.Edition.Location()
	return v.Hours(one.Start.In(zone), one.End.In(zone))
}

var roomsTemplate = parse[roomsPage]("rooms.html")

func (p *Pages) showRooms(w http.ResponseWriter, r *http.Request) error {
	d, err := p.Desk(r, "desk.rooms")
	if err != nil {
		return err
	}
	page := roomsPage{Desk: d, Setting: d.Who.Within(rights.SetSignups, d.Edition.ID) == nil}
	all, err := p.rooms(r, d, rights.MarkAttendance)
	if err != nil {
		return err
	}
	for _, one := range all {
		var day time.Time
		if !one.Start.IsZero() {
			y, m, n := one.Start.In(d.Edition.Location()).Date()
			day = time.Date(y, m, n, 0, 0, 0, 0, d.Edition.Location())
		}
		if last := len(page.Days) - 1; last < 0 || !page.Days[last].Day.Equal(day) {
			page.Days = append(page.Days, roomDay{Day: day})
		}
		last := &page.Days[len(page.Days)-1]
		last.Rooms = append(last.Rooms, one)
	}
	return roomsTemplate.Show(w, r, page)
}

// told says what somebody can do about a failure, and whether it may be told at all.
func told(err error) (*errs.Error, bool) {
	var e *errs.Error
	return e, errors.As(err, &e) && e.Kind != errs.Internal
}
