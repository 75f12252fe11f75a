package signups

import (
	"net/http"
	"strings"
	"time"

	"obrady/internal/admission"
	"obrady/internal/i18n"
	"obrady/internal/people"
	"obrady/internal/programme"
	"obrady/internal/publication"
	"obrady/internal/signup"
	"obrady/internal/text"
	"obrady/internal/timetable"
	"obrady/internal/web"
)

// teller says to one reader how sign-ups stand: in their language, by the clocks of
// the congress.
type teller struct {
	i18n.Printer
	zone  *time.Location
	plan  *admission.Plan
	index *timetable.Index
}

func (p *Pages) teller(r *http.Request, e *publication.Edition, set *admission.Plan) teller {
	return teller{p.Words.In(web.Lang(r)), e.Location(), set, e.Programme}
}

// moment is a day and an hour as a sentence has them: "20 maja 2021 o godz. 12:00".
func (t teller) moment(at time.Time) string {
	local := at.In(t.zone)
	return text.Bind(t.T("signups.moment", t.Date(local), t.Hour(local)))
}

// until is the same for the end of something: "20 maja 2021, godz. 12:00".
func (t teller) until(at time.Time) string {
	local := at.In(t.zone)
	return text.Bind(t.T("signups.until", t.Date(local), t.Hour(local)))
}

// state says where the sign-ups for a session stand for everybody.
func (t teller) state(i item, now time.Time) string {
	w := i.Window
	switch {
	case i.Cancelled:
		return t.T(signup.Cancelled.Key())
	case t.plan.Settings.Held:
		return t.T(signup.OnHold.Key())
	}
	switch w.Phase(now) {
	case admission.Before:
		return t.T("signups.state.before", t.moment(w.OpensAt))
	case admission.Closed:
		return t.T("signups.state.closed", t.moment(w.ClosesAt))
	case admission.Entries:
		if w.Mode == admission.Selection {
			return t.T("signups.state.applications", t.until(w.DecidesAt))
		}
		return t.T("signups.state.wishes", t.until(w.DecidesAt))
	case admission.Deciding:
		if !w.AnnouncesAt.IsZero() {
			return t.T("signups.state.announced", t.until(w.AnnouncesAt))
		}
		return t.T("signups.state.deciding")
	case admission.Running:
	}
	switch start := i.Offer.StartsAt; {
	case w.Mode == admission.Prequeue && w.DecidedAt.IsZero():
		return t.T("signups.state.deciding")
	case !start.IsZero() && !now.Before(start):
		return t.T("signups.state.begun")
	case !start.IsZero() && start.Before(w.ClosesAt):
		return t.T("signups.state.running", t.until(start))
	}
	return t.T("signups.state.running", t.until(w.ClosesAt))
}

// countOf says how many places are left; nothing where nobody counts.
func (t teller) countOf(i item) seats {
	s := seats{Printer: t.Printer, Slug: i.Slug, List: i.Window.Waiting}
	switch {
	case i.Cancelled || i.Left < 0 || i.Over:
	case i.Left > 0:
		s.Text = t.T("signups.seats.left", i.Left)
	case s.List:
		s.Text = t.T("signups.seats.list", i.Waiting)
	default:
		s.Text = t.T(signup.Full.Key())
	}
	return s
}

// stands says where the visitor stands with a session; nothing for who has nothing of it.
func (t teller) stands(i item) string {
	if i.Mine == nil {
		return ""
	}
	switch i.Mine.State {
	case signup.Holding:
		return t.T("signups.own.held")
	case signup.Offered:
		return t.T("signups.own.offered", t.until(i.Mine.Until))
	case signup.Waiting:
		return t.T("signups.own.waiting", i.Mine.Position)
	case signup.Released:
		return t.T("signups.own.released")
	case signup.Refused:
	}
	return ""
}

// became says what came of a claim for one session.
func (t teller) became(o signup.Outcome) string {
	switch o.State {
	case signup.Holding:
		return t.T("signups.own.held")
	case signup.Offered:
		return t.T("signups.got.offered")
	case signup.Waiting:
		return t.T("signups.got.waiting", o.Position)
	case signup.Released:
		return t.T("signups.own.released")
	case signup.Refused:
	}
	return t.why(o)
}

// why says why somebody got nothing, and names what stands in the way.
func (t teller) why(o signup.Outcome) string {
	offer, w := t.plan.Offer(o.Session)
	switch o.Why {
	case signup.Overlapping:
		if other := t.title(programme.SessionID(o.Other)); other != "" {
			return t.T("signups.why.overlapping", other)
		}
	case signup.TooMany:
		if rule := t.ruleCalled(o.Other); rule != "" {
			return t.T("signups.why.too_many", rule)
		}
	case signup.Colleagues:
		return t.T("signups.why.colleagues", o.Number)
	case signup.Full:
		if offer != nil {
			if pool := offer.Pool(o.Number); pool != nil && pool.Kind != admission.ForAll {
				return t.T("signups.why.full", t.pool(*pool))
			}
		}
	case signup.TooEarly:
		if w != nil {
			return t.T("signups.why.too_early", t.moment(w.OpensAt))
		}
	case signup.TooLate:
		if w != nil && offer != nil && !offer.StartsAt.IsZero() && offer.StartsAt.Before(w.ClosesAt) {
			return t.T("signups.state.begun")
		}
	case signup.NotHolding:
		if other := t.title(programme.SessionID(o.Other)); other != "" {
			return t.T("signups.why.not_holding", other)
		}
	case signup.NoOffer, signup.Cancelled, signup.OnHold, signup.ByLot, signup.ByChoice, signup.NotDecided, signup.Uninvited,
		signup.NotListed, signup.NotForYou, signup.LineChanged, signup.NotChosen:
	}
	return t.T(o.Why.Key())
}

// title is the name of a session that the public sees, or "".
func (t teller) title(session programme.SessionID) string {
	if s := t.index.Session(session); s != nil {
		return text.Bind(s.Title.In(t.Lang).Text)
	}
	return ""
}

// pool says whom or what the places of a pool are for.
func (t teller) pool(p admission.Pool) string {
	switch {
	case !p.Name.IsZero():
		return p.Name.In(t.Lang).Text
	case p.Kind == admission.ForNeed:
		return t.T(admission.Need(p.Target).Key())
	case p.Kind == admission.ForSector:
		return t.T("signups.pool.sector", t.T(people.Sector(p.Target).Key()))
	}
	return t.T(p.Kind.Key())
}

func (t teller) ruleCalled(id string) string {
	for _, r := range t.plan.Rules {
		if string(r.ID) == id {
			return t.rule(r)
		}
	}
	return ""
}

// rule says what a rule allows.
func (t teller) rule(r admission.Rule) string {
	if !r.Name.IsZero() {
		return r.Name.In(t.Lang).Text
	}
	over := t.over(r)
	switch r.Kind {
	case admission.OneOf:
		return t.T("signups.rule.one_of", over)
	case admission.MostInstitution:
		return t.N("signups.rule.most_institution", r.Limit(), over)
	case admission.MostEach:
	}
	return t.N("signups.rule.most_each", r.Limit(), over)
}

// over names the sessions that a rule is about.
func (t teller) over(r admission.Rule) string {
	var names []string
	for _, key := range r.Keys {
		name := ""
		switch r.Over {
		case admission.OverFormats:
			name = t.T(programme.Format(key).Key())
		case admission.OverBlocks:
			if b := t.index.Block(programme.BlockID(key)); b != nil {
				name = b.Name.In(t.Lang).Text
			}
		case admission.OverWindows:
			if w := t.plan.Window(admission.WindowID(key)); w != nil {
				name = w.Name.In(t.Lang).Text
			}
		case admission.OverSessions:
			name = t.title(programme.SessionID(key))
		case admission.OverAll:
		}
		if name != "" {
			names = append(names, name)
		}
	}
	if len(names) == 0 {
		return t.T(r.Over.Key())
	}
	return text.Bind(strings.Join(names, ", "))
}
