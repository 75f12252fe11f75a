package kaleidoscope

import (
	"context"
	"slices"
	"strings"

	"obrady/internal/call"
	"obrady/internal/db"
	"obrady/internal/edition"
	"obrady/internal/id"
	"obrady/internal/onstage"
	"obrady/internal/people"
	"obrady/internal/programme"
	"obrady/internal/text"
	"obrady/internal/timetable"
)

// world is everything of an edition that composing looks at.
type world struct {
	*timetable.Index
	compositions map[programme.SessionID]*Composition
	talks        map[call.SubmissionID]content
	order        []call.SubmissionID // by precedence: confirmed first, then by code
	behind       map[call.SubmissionID][]call.Contributor
	accounts     map[string]people.Account // by id and by address
	places       map[call.SubmissionID]onstage.Place
	appearing    map[people.PersonID]bool // in the edition
}

// look reads the world.
func look(ctx context.Context, q db.Querier, of edition.ID) (w *world, err error) {
	p, err := timetable.Load(ctx, q, of)
	if err != nil {
		return nil, err
	}
	w = &world{
		Index: p.Index(), talks: map[call.SubmissionID]content{}, behind: map[call.SubmissionID][]call.Contributor{},
		accounts: map[string]people.Account{}, places: map[call.SubmissionID]onstage.Place{},
		appearing: map[people.PersonID]bool{},
	}
	for i := range w.Sessions {
		for _, person := range w.Sessions[i].Everybody() {
			w.appearing[person] = true
		}
	}
	if w.compositions, err = compositionsOf(ctx, q, of); err != nil {
		return nil, err
	}
	talks, err := talksIn(ctx, q, of)
	if err != nil {
		return nil, err
	}
	for _, t := range talks {
		w.talks[t.Submission] = t
		w.order = append(w.order, t.Submission)
	}
	places, err := onstage.PlacesIn(ctx, q, of)
	if err != nil {
		return nil, err
	}
	for _, p := range places {
		w.places[p.Submission] = p
	}
	return w, w.meet(ctx, q)
}

// meet finds out who will speak, and gives each talk its presenters.
func (w *world) meet(ctx context.Context, q db.Querier) error {
	var ids []people.AccountID
	for _, submission := range w.order {
		who, err := call.IdentityOf(ctx, q, submission)
		if err != nil {
			return err
		}
		w.behind[submission] = speaking(who.Contributors)
		for _, c := range w.behind[submission] {
			if c.Account != "" {
				ids = append(ids, c.Account)
			}
		}
	}
	slices.Sort(ids)
	known, err := people.Accounts(ctx, q, slices.Compact(ids))
	if err != nil {
		return err
	}
	for _, a := range known {
		w.accounts[string(a.ID)], w.accounts[a.Email] = a, a
	}
	for _, submission := range w.order {
		t := w.talks[submission]
		for _, c := range w.behind[submission] {
			t.Presenters = append(t.Presenters, w.presenter(c))
		}
		w.talks[submission] = t
	}
	return nil
}

// speaking are those of the contributors who will speak: the presenters, or all
// authors where no presenter is named. Who has refused is none of them, and an
// office does not speak.
func speaking(all []call.Contributor) []call.Contributor {
	with := func(r call.Role) []call.Contributor {
		return slices.DeleteFunc(slices.Clone(all), func(c call.Contributor) bool {
			return !c.Has(r) || c.State == call.Refused || c.Has(call.Unit) || strings.TrimSpace(c.Name) == ""
		})
	}
	if presenters := with(call.Presenter); len(presenters) > 0 {
		return presenters
	}
	return with(call.Author)
}

// account is that of a contributor, if there is one.
func (w *world) account(c call.Contributor) (people.Account, bool) {
	if a, known := w.accounts[string(c.Account)]; known && c.Account != "" {
		return a, true
	}
	address, _ := people.Email(c.Email)
	a, known := w.accounts[address]
	return a, known && address != ""
}

func (w *world) presenter(c call.Contributor) Presenter {
	p := Presenter{Name: c.Name, Affiliation: c.Affiliation}
	if a, known := w.account(c); known {
		p.Keys = append(p.Keys, "account:"+string(a.ID), "mail:"+a.Email)
	}
	if address, ok := people.Email(c.Email); ok {
		p.Keys = append(p.Keys, "mail:"+address)
	}
	if person, known := w.person(c); known {
		p.Keys = append(p.Keys, "person:"+string(person.ID))
	}
	if len(p.Keys) == 0 {
		p.Keys = append(p.Keys, "name:"+text.Fold(c.Name))
	}
	slices.Sort(p.Keys)
	p.Keys = slices.Compact(p.Keys)
	return p
}

// markOf begins the origin of such persons.
const markOf = "submission:"

// mark is the origin of a person who came into the programme by a submission. It
// tells nothing of who they are, and is the same for all submissions of one human.
func (w *world) mark(c call.Contributor) string {
	who := "name:" + text.Fold(c.Name) + "/" + text.Fold(c.Affiliation)
	if address, ok := people.Email(c.Email); ok {
		who = "mail:" + address
	}
	if a, known := w.account(c); known {
		who = "mail:" + a.Email
	}
	return markOf + id.Derived("presenter", who)
}

// person is who a contributor is in the programme: the person that their account
// has claimed, the one that came with a submission of theirs, one of the same name
// at the same institution, or the only one of that name in this edition. Somebody
// of that name elsewhere is somebody else.
func (w *world) person(c call.Contributor) (people.Person, bool) {
	if a, known := w.account(c); known && a.Person != "" {
		if p := w.Person(a.Person); p != nil {
			return *p, true
		}
	}
	mark, name := w.mark(c), text.Fold(c.Name)
	var here []people.Person
	for _, p := range w.Persons {
		switch {
		case p.Origin == mark:
			return p, true
		case text.Fold(p.Name) != name || strings.HasPrefix(p.Origin, markOf):
		case w.worksThere(p, c):
			return p, true
		case p.Home == string(w.Edition.ID) || w.appearing[p.ID]:
			here = append(here, p)
		}
	}
	if len(here) != 1 {
		return people.Person{}, false
	}
	return here[0], true
}

func (w *world) worksThere(p people.Person, c call.Contributor) bool {
	return slices.ContainsFunc(p.Affiliations, func(a people.Affiliation) bool {
		if c.Institution != "" {
			return a.Institution == c.Institution
		}
		i := w.Institution(a.Institution)
		return i != nil && c.Affiliation != "" && (text.Fold(i.Name.PL) == text.Fold(c.Affiliation) || text.Fold(i.Name.EN) == text.Fold(c.Affiliation))
	})
}

// kaleidoscope returns a session of short talks, or ErrNone.
func (w *world) kaleidoscope(session programme.SessionID) (programme.Session, error) {
	s := w.Session(session)
	if s == nil || s.Format != programme.Kaleidoscope || s.Status == programme.Cancelled {
		return programme.Session{}, ErrNone
	}
	return *s, nil
}

// composition is that of a session, or an empty one to begin with.
func (w *world) composition(s programme.Session) Composition {
	if c, begun := w.compositions[s.ID]; begun {
		return *c
	}
	return Composition{Session: s.ID, Edition: s.Edition, Shape: Usual}
}

// Segments that composing makes are named by what they are, so a talk that is
// moved keeps its name in links, feeds and files.
func ownSegment(session programme.SessionID, what string) programme.SegmentID {
	return programme.SegmentID(id.Derived(string(session), "kaleidoscope/"+what))
}

func talkSegment(session programme.SessionID, submission call.SubmissionID) programme.SegmentID {
	return ownSegment(session, "talk/"+string(submission))
}

// own says which segments of a session composing has made, or may.
func (w *world) own(s programme.Session) map[programme.SegmentID]bool {
	own := map[programme.SegmentID]bool{}
	for _, part := range fixedParts() {
		own[ownSegment(s.ID, part)] = true
	}
	for submission := range w.talks {
		own[talkSegment(s.ID, submission)] = true
	}
	for submission, place := range w.places {
		if place.Session == s.ID && place.Segment == talkSegment(s.ID, submission) {
			own[place.Segment] = true
		}
	}
	return own
}

// plan lays out a composition. What was typed into the session by hand and stands before
// the first talk, or is an opening, stays in front; the rest comes after everything.
func (w *world) plan(s programme.Session, c Composition) Plan {
	p := Plan{Shape: c.Shape}
	for _, talks := range c.Cycles {
		var cycle Cycle
		for _, submission := range talks {
			cycle.Talks = append(cycle.Talks, w.talks[submission].Talk)
		}
		p.Cycles = append(p.Cycles, cycle)
	}
	own := w.own(s)
	first := slices.IndexFunc(s.Segments, func(g programme.Segment) bool { return own[g.ID] })
	for i, g := range s.Segments {
		switch {
		case own[g.ID]:
		case first < 0 && g.Kind == programme.Opening || i < first:
			p.Front = append(p.Front, g)
		default:
			p.Back = append(p.Back, g)
		}
	}
	return p
}

// room is what a composition has to fit into.
func (w *world) room(s programme.Session, c Composition) Room {
	r := Room{Path: c.Path, Duties: map[string][]Duty{}}
	for _, slot := range w.SlotsOf(s.ID) {
		r.Hours = append(r.Hours, Hours{slot.Start.In(w.Zone), slot.End.In(w.Zone)})
	}
	for i := range w.Sessions {
		if other := w.Sessions[i]; other.ID != s.ID && other.Status != programme.Cancelled {
			w.addDuties(r, other)
		}
	}
	return r
}

// addDuties adds what people have to do in another session: those of the whole
// session all the time, those of a segment then. Where talks are being composed,
// what counts is what stands in the composition.
func (w *world) addDuties(r Room, other programme.Session) {
	composition, composed := w.compositions[other.ID]
	own := map[programme.SegmentID]bool{}
	if composed {
		own = w.own(other)
	}
	add := func(key string, d Duty) { r.Duties[key] = append(r.Duties[key], d) }
	for _, slot := range w.SlotsOf(other.ID) {
		for _, a := range other.People {
			add("person:"+string(a.Person), Duty{other.ID, slot.Start, slot.End})
		}
		for _, g := range other.Timed(slot.Start) {
			for _, a := range g.People {
				if !own[g.ID] {
					add("person:"+string(a.Person), Duty{other.ID, g.Start, g.End})
				}
			}
		}
		if !composed {
			continue
		}
		for _, part := range w.plan(other, *composition).Parts(slot.Start) {
			for _, p := range part.Talk.Presenters {
				for _, key := range p.Keys {
					add(key, Duty{other.ID, part.Begin, part.End})
				}
			}
		}
	}
}

// pool lists the talks that a composition may still take, by precedence.
func (w *world) pool(c Composition) (free []Talk) {
	for _, submission := range w.order {
		if t := w.talks[submission]; w.free(t, c) && t.Session == "" {
			free = append(free, t.Talk)
		}
	}
	return free
}

// free says whether a talk may stand in the composition: it was accepted, on its
// path, and stands nowhere else.
func (w *world) free(t content, c Composition) bool {
	if !t.Stands() || t.call != c.Call || c.Path != "" && t.Path != c.Path || c.Format != "" && t.format != c.Format {
		return false
	}
	if place, placed := w.places[t.Submission]; placed && place.Session != c.Session && w.compositions[place.Session] == nil {
		return false
	}
	return t.Session == "" || t.Session == c.Session
}
