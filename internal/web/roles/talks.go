package roles

import (
	"net/http"
	"slices"
	"time"

	"obrady/internal/edition"
	"obrady/internal/i18n"
	"obrady/internal/people"
	"obrady/internal/programme"
	"obrady/internal/rights"
	"obrady/internal/timetable"
	"obrady/internal/web"
)

// talksData are the sessions in which somebody has a part, as they stand at the desk today.
type talksData struct {
	own
	Claimed bool // the account is somebody of the programme
	Person  people.Person
	Offices []office
	Groups  []group
}

// group is an edition with one's parts in it.
type group struct {
	Edition edition.Edition
	Parts   []part
}

// office is where somebody works, in what function.
type office struct{ Name, Title i18n.Text }

// part is what somebody does in one session.
type part struct {
	Edition edition.Edition
	Session programme.Session
	Block   programme.Block
	Roles   []programme.Role
	Terms   []hour
	Talks   []programme.Segment // the parts of the session that are theirs
	With    []string            // who else is in it
}

// hour is one term of a session.
type hour struct {
	timetable.Slot
	Place i18n.Text
}

// Day is the day of a term on the clocks of the edition.
func (p part) Day(v web.View, h hour) string { return v.ShortDay(h.Start.In(p.Edition.Location())) }

// Hours are those of a term on the clocks of the edition.
func (p part) Hours(v web.View, h hour) string {
	zone := p.Edition.Location()
	return v.Hours(h.Start.In(zone), h.End.In(zone))
}

// Stamp is the beginning of a term as the datetime attribute has it.
func (p part) Stamp(h hour) string { return h.Start.In(p.Edition.Location()).Format(time.RFC3339) }

var talksPage = parse[talksData]("talks.html", "tabs.html")

func (p *Pages) showTalks(w http.ResponseWriter, r *http.Request) error {
	me := rights.Of(r.Context())
	page := talksData{own: p.around(r), Claimed: me.Person != ""}
	editions, err := p.Editions.Editions(r.Context())
	if err != nil {
		return err
	}
	for _, e := range editions {
		mine := sessionsOf(me, e.ID)
		if len(mine) == 0 {
			continue
		}
		working, err := p.Timetable.Working(r.Context(), e.ID)
		if err != nil {
			return err
		}
		x := working.Index()
		in := group{Edition: e}
		for _, session := range mine {
			if s := x.Session(session); s != nil {
				in.Parts = append(in.Parts, partOf(x, e, *s, me))
			}
		}
		slices.SortStableFunc(in.Parts, func(a, b part) int { return a.first().Compare(b.first().Slot) })
		page.Groups = append(page.Groups, in)
		if of := x.Person(me.Person); of != nil {
			page.introduce(x, *of)
		}
	}
	return talksPage.Show(w, r, page)
}

// sessionsOf are the sessions of an edition at which somebody has a role.
func sessionsOf(who rights.Standing, of edition.ID) (all []programme.SessionID) {
	for _, g := range who.Grants {
		if g.Node.Kind == rights.Session && g.Edition == of && !slices.Contains(all, programme.SessionID(g.Node.ID)) {
			all = append(all, programme.SessionID(g.Node.ID))
		}
	}
	return all
}

// first is the first term of a part; one without hours comes last.
func (p part) first() hour {
	if len(p.Terms) == 0 {
		return hour{Slot: timetable.Slot{Start: p.Edition.StartsOn.In(p.Edition.Location()).AddDate(1, 0, 0)}}
	}
	return p.Terms[0]
}

// Compare puts terms into the order of time.
func (h hour) Compare(other timetable.Slot) int { return h.Start.Compare(other.Start) }

// introduce says how the programme introduces somebody.
func (d *talksData) introduce(x *timetable.Index, of people.Person) {
	d.Person, d.Offices = of, nil
	for _, a := range of.Affiliations {
		if i := x.Institution(a.Institution); i != nil {
			d.Offices = append(d.Offices, office{i.Name, a.Title})
		}
	}
}

func partOf(x *timetable.Index, e edition.Edition, s programme.Session, me rights.Standing) part {
	own := part{Edition: e, Session: s}
	if in := x.Block(s.Block); in != nil {
		own.Block = *in
	}
	note := func(all []programme.Appearance) (mine bool) {
		for _, a := range all {
			if a.Person == me.Person && me.Person != "" {
				mine = true
				if !slices.Contains(own.Roles, a.Role) {
					own.Roles = append(own.Roles, a.Role)
				}
			}
		}
		return mine
	}
	note(s.People)
	for _, segment := range s.Segments {
		if note(segment.People) {
			own.Talks = append(own.Talks, segment)
		}
	}
	for _, slot := range x.SlotsOf(s.ID) {
		h := hour{Slot: slot}
		if at := x.Place(slot.Place); at != nil {
			h.Place = at.Name
		}
		own.Terms = append(own.Terms, h)
	}
	for _, other := range s.Everybody() {
		if of := x.Person(other); of != nil && other != me.Person {
			own.With = append(own.With, of.Name)
		}
	}
	return own
}
