package signups

import (
	"errors"
	"net/http"
	"slices"
	"time"

	"obrady/internal/admission"
	"obrady/internal/attendance"
	"obrady/internal/fairness"
	"obrady/internal/i18n"
	"obrady/internal/people"
	"obrady/internal/plan"
	"obrady/internal/programme"
	"obrady/internal/publication"
	"obrady/internal/registration"
	"obrady/internal/signup"
	"obrady/internal/web"
)

// around is what every page about the sign-ups of an edition knows: what has been
// set, what time it is for who decides, and what the visitor has.
type around struct {
	teller
	Edition *publication.Edition
	Now     time.Time
	SignedIn,
	Listed bool // may sign up: takes part in the edition, where one must
	mine   map[programme.SessionID]*signup.Mine
	counts map[string]fairness.Count
}

// around finds what r is about. It asks the database for everything that decides,
// so that nobody reads here what is no longer so.
func (p *Pages) around(r *http.Request) (a around, err error) {
	if a, err = p.outline(r); err != nil {
		return a, err
	}
	counts, _, err := p.Reports.Counts(r.Context(), a.Edition.ID, a.Edition.Programme)
	if err != nil {
		return a, err
	}
	a.counts = map[string]fairness.Count{}
	for _, c := range counts {
		a.counts[c.Slug] = c
	}
	return a, p.addVisitor(r, &a)
}

// outline is around without the counts and the visitor.
func (p *Pages) outline(r *http.Request) (a around, err error) {
	e, err := p.Published.Edition(r.PathValue("edition"))
	if err != nil {
		return a, err
	}
	set, err := p.Desk.Plan(r.Context(), e.ID)
	if err != nil {
		return a, err
	}
	a.Edition, a.teller = e, p.teller(r, e, set)
	a.Now, err = p.Desk.Time(r.Context())
	return a, err
}

func (p *Pages) addVisitor(r *http.Request, a *around) error {
	who := me(r)
	if who == "" {
		return nil
	}
	a.SignedIn, a.Listed = true, true
	all, err := p.Desk.Mine(r.Context(), a.Edition.ID, who)
	if err != nil {
		return err
	}
	a.mine = map[programme.SessionID]*signup.Mine{}
	for i := range all {
		a.mine[all[i].Session] = &all[i]
	}
	if !a.plan.Registered {
		return nil
	}
	part, err := p.Registration.Mine(r.Context(), who, a.Edition.ID)
	if err != nil && !errors.Is(err, registration.ErrNotRegistered) {
		return err
	}
	a.Listed = err == nil && part.State == registration.Registered
	return nil
}

func me(r *http.Request) people.AccountID { return people.AccountID(web.Account(r)) }

// item is a session that one signs up for, as these pages show it.
type item struct {
	Slug      string
	Title     i18n.Text
	Mark      string // of its block, with colour and name
	Colour    int
	Block     i18n.Text
	Times     []timing
	Cancelled bool
	Over      bool // nobody can sign up any more
	Left      int  // -1: not counted
	Waiting   int
	Offer     *admission.Offer
	Window    *admission.Window
	Mine      *signup.Mine // nil: never had anything of it
	State     string       // where sign-ups for it stand, as a sentence
	Count     seats
	Own       string          // where the visitor stands, as a sentence
	Link      attendance.Link // the way in from elsewhere
	Asked     bool            // the visitor has been asked whether they come, and has not said so yet
	Coming    bool            // they have said that they come
}

// timing is when and where a session is given.
type timing struct {
	Start, End time.Time
	Place      i18n.Text
}

// seats is how many places there are, as a line that script keeps true.
type seats struct {
	i18n.Printer
	Slug, Text string
	List       bool // there is a waiting list
}

// Has says whether the visitor has a place, kept or waited for.
func (i item) Has() bool { return i.Mine != nil && i.Mine.State.Present() }

// Is says whether the visitor is in this state.
func (i item) Is(state string) bool { return i.Mine != nil && string(i.Mine.State) == state }

// Unsure says whether what others do can change what the visitor has: they wait for
// a place or have been offered one.
func (i item) Unsure() bool {
	return i.Mine != nil && (i.Mine.State == signup.Waiting || i.Mine.State == signup.Offered)
}

// Moved says whether the session has moved and the visitor has not said what they want.
func (i item) Moved() bool { return i.Has() && !i.Mine.MovedAt.IsZero() }

// Receipt is the number of what the visitor has.
func (i item) Receipt() string {
	if i.Mine == nil {
		return ""
	}
	return i.Mine.Seq.String()
}

// item tells of a session, and false for one that the public does not see.
func (a around) item(o *admission.Offer) (i item, public bool) {
	s := a.Edition.Programme.Session(o.Session)
	if !plan.Public(s) {
		return i, false
	}
	i = item{
		Slug: s.Slug, Title: s.Title, Cancelled: o.Cancelled || s.Status == programme.Cancelled, Offer: o, Window: a.plan.Window(o.Window),
		Mine: a.mine[o.Session], Left: -1,
	}
	if b := a.Edition.Programme.Block(s.Block); b != nil {
		i.Mark, i.Colour, i.Block = b.Mark, b.Colour, b.Name
	}
	for _, slot := range a.Edition.Programme.SlotsOf(s.ID) {
		t := timing{Start: slot.Start, End: slot.End}
		if place := a.Edition.Programme.Place(slot.Place); place != nil {
			t.Place = place.Name
		}
		i.Times = append(i.Times, t)
	}
	if c, known := a.counts[s.Slug]; known {
		i.Left, i.Waiting = c.Left, c.Waiting
	}
	i.Over = i.Window.Phase(a.Now) == admission.Closed || !o.StartsAt.IsZero() && !a.Now.Before(o.StartsAt)
	i.State, i.Own = a.state(i, a.Now), a.stands(i)
	i.Count = a.countOf(i)
	return i, true
}

// items lists the sessions with sign-ups that the public sees, in the order in which they begin.
func (a around) items() (all []item) {
	offers := a.plan.Offers()
	for n := range offers {
		if i, public := a.item(&offers[n]); public {
			all = append(all, i)
		}
	}
	return all
}

// itemAt finds the session of an address, or signup.ErrNoSession.
func (a around) itemAt(slug string) (item, error) {
	o := offerAt(slug, a.Edition, a.plan)
	if o == nil {
		return item{}, signup.ErrNoSession
	}
	i, public := a.item(o)
	if !public {
		return item{}, signup.ErrNoSession
	}
	return i, nil
}

// holding lists what the visitor could give back for the session i.
func (a around) holding(i item) (all []item) {
	for _, other := range a.items() {
		if other.Slug != i.Slug && other.Mine != nil && other.Mine.State.Takes() {
			all = append(all, other)
		}
	}
	return all
}

// days lists the days on which the items are given, each once.
func (a around) days(all []item) (days []time.Time) {
	for _, i := range all {
		for _, t := range i.Times {
			day := a.day(t.Start)
			if !slices.ContainsFunc(days, day.Equal) {
				days = append(days, day)
			}
		}
	}
	slices.SortFunc(days, time.Time.Compare)
	return days
}

func (a around) day(at time.Time) time.Time {
	y, m, d := at.In(a.zone).Date()
	return time.Date(y, m, d, 0, 0, 0, 0, a.zone)
}
