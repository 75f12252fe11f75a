package planner

import (
	"cmp"
	"net/http"
	"slices"
	"strings"

	"obrady/internal/i18n"
	"obrady/internal/programme"
	"obrady/internal/timetable"
	"obrady/internal/web"
	"obrady/internal/web/desk"
)

// sessionQuery are the parameters by which a list of sessions is narrowed and sorted.
var sessionQuery = []string{"q", "block", "stage", "status", "format", "only", "sort", "page"}

// What the parameter "only" asks for.
const (
	withoutHours = "no_hours"
	withClashes  = "clashes"
)

// sessionsOnPage is how many rows a list or the table shows at once.
const sessionsOnPage = 50

// sessionLine is one session in a list.
type sessionLine struct {
	*programme.Session
	Slots   []timetable.Slot
	Block   *programme.Block
	x       *timetable.Index
	Errors  int
	Remarks int
}

// Place is where the session is first given, or nil.
func (l sessionLine) Place() *timetable.Place {
	if len(l.Slots) == 0 {
		return nil
	}
	return l.x.Place(l.Slots[0].Place)
}

// Shared by the list and the table: which sessions, and what they were narrowed by.
type sessionChoice struct {
	Lines       []sessionLine
	All, Found  int
	Number, Of  int // page, of how many
	Form        web.Form
	Options     map[string][]desk.Choice
	RouteFilter string
}

// Filter is the select by which the list is narrowed.
func (c sessionChoice) Filter(v web.View, name string) web.Input {
	options := desk.Sheet{Choices: c.Options}.Options(v, name)
	return v.Input(c.Form, name).Choices(options).Sized("size-m")
}

// Narrowed says whether something was filtered out.
func (c sessionChoice) Narrowed() bool { return c.Found != c.All || c.Form.Value("q") != "" }

var filterFields = web.Fields{
	"q": "planner.session.search", "block": "planner.session.block", "stage": "planner.session.stage",
	"status": "planner.session.status", "format": "planner.session.format", "only": "planner.session.only",
}

// SessionsPage lists the sessions of an edition.
type SessionsPage struct {
	desk.Desk
	sessionChoice
}

var sessionsPage = parse[SessionsPage]("session_list.html", "session_filter.html")

func (p *Pages) listSessions(w http.ResponseWriter, r *http.Request) error {
	b, err := p.bench(r, "desk.sessions")
	if err != nil {
		return err
	}
	return sessionsPage.Show(w, r, SessionsPage{b.Desk, b.choose(r)})
}

// choose finds the sessions that the query of r asks for, one page of them.
func (b *bench) choose(r *http.Request) sessionChoice {
	form := web.NewForm(filterFields)
	query := r.URL.Query()
	for name := range filterFields {
		form.Set(name, query.Get(name))
	}
	lines := b.lines()
	c := sessionChoice{All: len(lines), Form: form, Options: b.filterChoices()}
	lines = slices.DeleteFunc(lines, func(l sessionLine) bool { return !l.fits(form) })
	sortSessions(lines, query.Get("sort"), web.Lang(r))
	c.Found, c.Of = len(lines), max(1, (len(lines)+sessionsOnPage-1)/sessionsOnPage)
	c.Number = min(web.PageOf(query.Get("page")), c.Of)
	c.Lines = lines[(c.Number-1)*sessionsOnPage : min(c.Number*sessionsOnPage, len(lines))]
	return c
}

// lines are all sessions with what a list says of them.
func (b *bench) lines() []sessionLine {
	found := map[programme.SessionID][2]int{}
	for _, c := range b.clashes(b.x, b.x.Check()) {
		for _, s := range []*programme.Session{c.One, c.Two} {
			if s == nil {
				continue
			}
			n := found[s.ID]
			if c.Grave() {
				n[0]++
			} else {
				n[1]++
			}
			found[s.ID] = n
		}
	}
	var all []sessionLine
	for i := range b.x.Sessions {
		if s := &b.x.Sessions[i]; b.mine(s) {
			all = append(all, sessionLine{s, b.onTheClock(b.x.SlotsOf(s.ID)), b.x.Block(s.Block), b.x, found[s.ID][0], found[s.ID][1]})
		}
	}
	return all
}

// onTheClock gives the hours as the clock of the congress shows them, whatever the frame of the page knows.
func (b *bench) onTheClock(slots []timetable.Slot) []timetable.Slot {
	local := slices.Clone(slots)
	for i := range local {
		local[i].Start, local[i].End = local[i].Start.In(b.x.Zone), local[i].End.In(b.x.Zone)
	}
	return local
}

func (l sessionLine) fits(form web.Form) bool {
	is := func(name, value string) bool { return form.Value(name) == "" || form.Value(name) == value }
	only := form.Value("only")
	q := fold(form.Value("q"))
	return (q == "" || strings.Contains(fold(l.Title.PL+" "+l.Title.EN), q)) &&
		(form.Value("block") == "" || l.x.Within(l.Session.Block, programme.BlockID(form.Value("block")))) &&
		is("stage", string(l.Stage)) && is("status", string(l.Status)) && is("format", string(l.Format)) &&
		(only != withoutHours || len(l.Slots) == 0) && (only != withClashes || l.Errors+l.Remarks > 0)
}

func (b *bench) filterChoices() map[string][]desk.Choice {
	all := map[string][]desk.Choice{
		"block":  desk.OrNone("planner.session.any", nil),
		"stage":  desk.OrNone("planner.session.any", nil),
		"status": desk.OrNone("planner.session.any", desk.Choices(programme.Statuses)),
		"format": desk.OrNone("planner.session.any", desk.Choices(programme.Formats)),
		"only": {
			{Key: "planner.session.all"},
			{Value: withoutHours, Key: "planner.session.without_hours"},
			{Value: withClashes, Key: "planner.session.with_clashes"},
		},
	}
	for _, block := range b.x.Blocks {
		all["block"] = append(all["block"], desk.Choice{Value: string(block.ID), Words: block.Name})
	}
	for _, stage := range b.x.Stages {
		all["stage"] = append(all["stage"], desk.Choice{Value: string(stage.ID), Words: stage.Name})
	}
	return all
}

// sortSessions sorts by a column, the other way round with a minus; in the order of time otherwise.
func sortSessions(lines []sessionLine, by string, lang i18n.Lang) {
	name, down := strings.CutPrefix(by, "-")
	alphabetical := i18n.Compare(lang)
	title := func(l sessionLine) string { return l.Title.In(lang).Text }
	slices.SortStableFunc(lines, func(a, b sessionLine) int {
		order := 0
		switch name {
		case "title":
			order = alphabetical(title(a), title(b))
		case "block":
			order = cmp.Compare(markOf(a), markOf(b))
		case "format":
			order = cmp.Compare(a.Format, b.Format)
		case "status":
			order = cmp.Compare(a.Status, b.Status)
		case "capacity":
			order = cmp.Compare(a.Capacity, b.Capacity)
		case "place":
			order = alphabetical(placeOf(a, lang), placeOf(b, lang))
		}
		if order = cmp.Or(order, begins(a, b)); down {
			order = -order
		}
		return cmp.Or(order, alphabetical(title(a), title(b)))
	})
}

func begins(a, b sessionLine) int {
	switch {
	case len(a.Slots) == 0 || len(b.Slots) == 0:
		return cmp.Compare(len(b.Slots), len(a.Slots)) // what has no hours comes last
	default:
		return a.Slots[0].Start.Compare(b.Slots[0].Start)
	}
}

func markOf(l sessionLine) string {
	if l.Block == nil {
		return ""
	}
	return l.Block.Mark
}

func placeOf(l sessionLine, lang i18n.Lang) string {
	if place := l.Place(); place != nil {
		return place.Name.In(lang).Text
	}
	return ""
}
