package export

import (
	"cmp"
	"context"
	"errors"
	"maps"
	"slices"
	"strings"
	"time"

	"obrady/internal/civil"
	"obrady/internal/db"
	"obrady/internal/edition"
	"obrady/internal/i18n"
	"obrady/internal/id"
	"obrady/internal/people"
	"obrady/internal/programme"
	"obrady/internal/schedule"
	"obrady/internal/text"
	"obrady/internal/timetable"
)

// plan is everything that an import will write, worked out before the first
// statement so that a preview can show it.
type plan struct {
	in     Import
	source string
	report Report
	x      *timetable.Index // the working programme as it is

	places   []timetable.Place // new ones
	blocks   []programme.Block
	persons  []people.Person
	sessions []planned
	gone     []programme.Session

	placeOf  map[string]timetable.PlaceID // by name of the room
	blockOf  map[string]programme.BlockID // by name of the track
	personOf map[string]people.PersonID   // by guid
	nameOf   map[people.PersonID]string
	slugs    map[string]bool // of sessions, taken
}

// planned is a session to write, with its first slot.
type planned struct {
	session programme.Session
	slot    timetable.Slot
	number  int
	write   bool // the session; false: only the slot, or nothing
	move    bool // the slot
}

func makePlan(ctx context.Context, q db.Querier, in Import) (*plan, error) {
	p := &plan{
		in: in, source: sourceOf(in.Schedule), report: Report{Repairs: in.Repairs},
		placeOf: map[string]timetable.PlaceID{}, blockOf: map[string]programme.BlockID{},
		personOf: map[string]people.PersonID{}, nameOf: map[people.PersonID]string{}, slugs: map[string]bool{},
	}
	if len(in.Schedule.Events()) == 0 {
		return nil, ErrNothing
	}
	if err := p.load(ctx, q); err != nil {
		return nil, err
	}
	p.report.Differences = differences(previous(p.x, p.source), in.Schedule)
	p.planPersons()
	p.planPlaces()
	p.planBlocks()
	return p, p.planSessions()
}

// load finds the edition and its working programme, or makes a new one.
func (p *plan) load(ctx context.Context, q db.Querier) error {
	all, err := edition.Editions(ctx, q)
	if err != nil {
		return err
	}
	slug := cmp.Or(p.in.Edition, text.Slug(p.in.Schedule.Conference.Acronym))
	for _, e := range all {
		if e.Slug == slug || p.in.Edition == "" && Acronym(e.Slug) == Acronym(p.source) {
			working, err := timetable.Load(ctx, q, e.ID)
			if err != nil {
				return err
			}
			p.report.Edition, p.x = e, working.Index()
			return nil
		}
	}
	if p.in.Edition != "" {
		return edition.ErrUnknown
	}
	e, err := newEdition(p.in, slug)
	if err != nil {
		return err
	}
	working := &timetable.Programme{Edition: e}
	if working.Persons, err = people.Persons(ctx, q); err != nil {
		return err
	}
	p.report.Edition, p.report.NewEdition, p.x = e, true, working.Index()
	return nil
}

// newEdition makes an edition of the head of a file. It is public because the
// file was; visitors see nothing of it before its first release.
func newEdition(in Import, slug string) (edition.Edition, error) {
	c := in.Schedule.Conference
	e := edition.Edition{
		ID: id.Make[edition.ID](), Slug: slug, Name: i18n.Both(oneLine(c.Title, maxName)),
		City: i18n.Both(c.City), Venue: i18n.Both(c.Venue), Form: edition.OnSite, Public: true, TimeZone: c.TimeZone,
	}
	if _, err := time.LoadLocation(e.TimeZone); err != nil || e.TimeZone == "" {
		e.TimeZone = "UTC"
		if in.Zone != nil {
			e.TimeZone = in.Zone.String()
		}
	}
	for _, d := range in.Schedule.Days {
		day := civil.Date(d.Date)
		if e.StartsOn == "" || day < e.StartsOn {
			e.StartsOn = day
		}
		e.EndsOn = max(e.EndsOn, day)
	}
	const mostDays = 31
	if len(e.Days()) > mostDays {
		return e, ErrTooLong.With(mostDays)
	}
	return e, nil
}

// planPersons finds each person of the file by its key there, and makes those
// whom nobody has brought in yet. Their names do not identify people.
func (p *plan) planPersons() {
	known, slugs := map[string]people.PersonID{}, map[string]bool{}
	for _, one := range p.x.Persons {
		known[one.Origin], slugs[one.Slug] = one.ID, true
	}
	for _, one := range p.x.Persons {
		p.nameOf[one.ID] = one.Name
	}
	for _, e := range p.in.Schedule.Events() {
		for _, one := range e.Persons {
			key := personOrigin(p.source, one)
			if known[key] == "" {
				name := oneLine(one.Name, maxName)
				slug := text.UniqueSlug(text.Slug(name), func(s string) bool { return slugs[s] })
				made := people.Person{
					ID: id.Make[people.PersonID](), Slug: slug, Name: name, Origin: key,
					Bio: i18n.Both(biography(one)),
				}
				known[key], slugs[slug] = made.ID, true
				p.nameOf[made.ID] = name
				p.persons = append(p.persons, made)
			}
			p.personOf[strings.ToLower(one.GUID)] = known[key]
		}
	}
	p.report.NewPersons = len(p.persons)
}

func biography(one schedule.Person) string {
	const most = 6000
	bio := markdown(cmp.Or(one.Extra["biography"], one.Extra["bio"], one.Extra["abstract"]))
	if len([]rune(bio)) > most {
		bio = text.Excerpt(bio, most-1)
	}
	return bio
}

// planPlaces finds or makes a place for each room. A room in which the file
// itself lets things overlap is one that many can share.
func (p *plan) planPlaces() {
	slugs := map[string]bool{}
	for _, one := range p.x.Places {
		slugs[one.Slug] = true
		if key := text.Fold(one.Name.PL); p.placeOf[key] == "" {
			p.placeOf[key] = one.ID
		}
	}
	shared := map[string]bool{}
	for _, o := range schedule.Overlaps(p.in.Schedule) {
		shared[o.Room] = true
	}
	for _, d := range p.in.Schedule.Days {
		for _, r := range d.Rooms {
			name := oneLine(r.Name, maxName)
			if p.placeOf[text.Fold(name)] != "" {
				continue
			}
			slug := text.UniqueSlug(text.Slug(name), func(s string) bool { return slugs[s] })
			made := timetable.Place{
				ID: id.Make[timetable.PlaceID](), Slug: slug, Kind: timetable.Room, Name: i18n.Both(name),
				Shared: shared[r.Name], Position: len(p.x.Places) + len(p.places) + 1,
			}
			p.placeOf[text.Fold(name)], slugs[slug] = made.ID, true
			p.places = append(p.places, made)
		}
	}
	p.report.NewPlaces = len(p.places)
}

// planBlocks finds or makes a block for each track; what has no track goes
// into one that bears the name of the conference.
func (p *plan) planBlocks() {
	slugs := map[string]bool{}
	for _, one := range p.x.Blocks {
		slugs[one.Slug] = true
		p.blockOf[text.Fold(one.Name.PL)] = one.ID
	}
	for _, e := range p.in.Schedule.Events() {
		name := p.blockName(e)
		if p.blockOf[text.Fold(name)] != "" {
			continue
		}
		slug := text.UniqueSlug(text.Slug(name), func(s string) bool { return slugs[s] })
		n := len(p.x.Blocks) + len(p.blocks)
		made := programme.Block{
			ID: id.Make[programme.BlockID](), Slug: slug, Kind: programme.General, Name: i18n.Both(name),
			Mark: markOf(name), Colour: n%10 + 1, Position: n + 1,
		}
		p.blockOf[text.Fold(name)], slugs[slug] = made.ID, true
		p.blocks = append(p.blocks, made)
	}
	p.report.NewBlocks = len(p.blocks)
}

func (p *plan) blockName(e schedule.Event) string {
	return cmp.Or(oneLine(e.Track, maxName), oneLine(p.in.Schedule.Conference.Title, maxName))
}

// markOf makes the sign of a block: the first letters of its first words.
func markOf(name string) string {
	var mark []rune
	for _, word := range strings.Fields(name) {
		if r := []rune(word)[0]; len(mark) < 2 && ('a' <= r && r <= 'z' || 'A' <= r && r <= 'Z' || '0' <= r && r <= '9' || r > 0xBF) {
			mark = append(mark, []rune(strings.ToUpper(string(r)))[0])
		}
	}
	if len(mark) == 0 {
		return "#"
	}
	return string(mark)
}

func (p *plan) planSessions() error {
	byGUID := map[string]*programme.Session{}
	for i := range p.x.Sessions {
		s := &p.x.Sessions[i]
		byGUID[strings.ToLower(s.GUID)], p.slugs[s.Slug] = s, true
	}
	seen, ours := map[string]bool{}, p.ours()
	for _, d := range p.in.Schedule.Days {
		for _, r := range d.Rooms {
			for _, e := range r.Events {
				guid := strings.ToLower(e.GUID)
				seen[guid] = true
				if ours[guid] {
					p.report.Events++
					p.report.Unchanged++
					continue
				}
				o := origin{Event: e, Day: d.Date, RoomGUID: r.GUID, Block: p.blockName(e), Known: p.knownNames(e)}
				if err := p.planSession(byGUID[guid], o); err != nil {
					return err
				}
			}
		}
	}
	return p.planGone(seen)
}

// ours are the guids of what was made here and has come back in a file of
// our own. Such a file says less than we know, so it changes nothing.
func (p *plan) ours() map[string]bool {
	found := map[string]bool{}
	for _, slot := range p.x.Slots {
		s := p.x.Session(slot.Session)
		if guid := guidOf(p.x, slot, s); guid != s.GUID {
			found[guid] = true
		}
		for _, g := range s.Segments {
			found[talkGUID(slot, g)] = true
		}
	}
	return found
}

// knownNames says under which names the persons of an event stand here.
func (p *plan) knownNames(e schedule.Event) map[string]string {
	known := map[string]string{}
	for _, one := range e.Persons {
		guid := strings.ToLower(one.GUID)
		known[guid] = p.nameOf[p.personOf[guid]]
	}
	return known
}

// planSession decides about one event: new, changed since the last version of
// the file, or as it was.
func (p *plan) planSession(old *programme.Session, o origin) error {
	fields, err := o.fields()
	if err != nil {
		return err
	}
	p.report.Events++
	if old == nil {
		p.report.Added++
		p.sessions = append(p.sessions, p.newSession(o, fields))
		return nil
	}
	was, came := originOf(old)
	if came && maps.Equal(old.Origin.Fields, fields) {
		p.report.Unchanged++
		return nil
	}
	s := *old
	if was.Gone {
		p.report.Restored++
		s.Status = programme.Ready
	} else {
		p.report.Changed++
	}
	p.merge(&s, was, o)
	s.Origin = programme.Origin{Source: p.source, Fields: fields}
	one := planned{session: s, write: true, number: o.Event.ID}
	one.slot, one.move = p.newSlot(s, was, o)
	p.sessions = append(p.sessions, one)
	return nil
}

func (p *plan) newSession(o origin, fields map[string]string) planned {
	slug := text.UniqueSlug(text.Slug(o.Event.Title), func(s string) bool { return p.slugs[s] })
	p.slugs[slug] = true
	s := programme.Session{
		ID: id.Make[programme.SessionID](), Slug: slug, GUID: o.Event.GUID, Form: edition.OnSite,
		Status: programme.Ready, Origin: programme.Origin{Source: p.source, Fields: fields},
	}
	// The zero origin is no file at all, so that everything counts as changed.
	p.merge(&s, origin{}, o)
	one := planned{session: s, write: true, number: o.Event.ID}
	one.slot, one.move = p.newSlot(s, origin{}, o)
	return one
}

// merge brings into s what the file says otherwise than its last version
// did; what it says as before stays as it was edited here.
func (p *plan) merge(s *programme.Session, was, is origin) {
	before, now := readingOf(was.Event), readingOf(is.Event)
	first := was.Event.GUID == ""
	if first || before.title != now.title {
		s.Title = now.title
	}
	if first || before.lead != now.lead || before.body != now.body {
		s.Lead, s.Body = now.lead, now.body
	}
	if first || before.format != now.format {
		s.Format = now.format
	}
	if first || !slices.Equal(before.languages, now.languages) {
		s.Languages = now.languages
	}
	if first || before.recording != now.recording {
		s.Recording = now.recording
	}
	if first || !slices.Equal(before.links, now.links) {
		s.Links = now.links
	}
	if first || was.Block != is.Block {
		s.Block = p.blockOf[text.Fold(is.Block)]
	}
	if first || !slices.Equal(before.persons, now.persons) {
		s.People = p.appearances(s.People, now.persons)
	}
}

// appearances lists the persons of the file, each in the part that was given
// to them here; somebody new is a speaker.
func (p *plan) appearances(old []programme.Appearance, guids []string) []programme.Appearance {
	var all []programme.Appearance
	for _, guid := range guids {
		a := programme.Appearance{Person: p.personOf[guid], Role: programme.Speaker}
		for _, had := range old {
			if had.Person == a.Person {
				a = had
			}
		}
		all = append(all, a)
	}
	return all
}

// newSlot returns the slot of a session as the file wants it, and whether
// that is a change.
func (p *plan) newSlot(s programme.Session, was, is origin) (timetable.Slot, bool) {
	slot := timetable.Slot{ID: id.Make[timetable.SlotID](), Session: s.ID}
	had := p.x.SlotsOf(s.ID)
	if len(had) > 0 {
		slot = slices.MinFunc(had, func(a, b timetable.Slot) int { return cmp.Compare(a.ID, b.ID) })
	}
	first := len(had) == 0
	before, now := readingOf(was.Event), readingOf(is.Event)
	moved := first || !was.Event.Start.Equal(is.Event.Start) || before.length != now.length
	if moved {
		slot.Start = is.Event.Start
		slot.End = slot.Start.Add(now.length)
	}
	elsewhere := first || was.Event.Room != is.Event.Room
	if elsewhere {
		slot.Place = p.placeOf[text.Fold(oneLine(is.Event.Room, maxName))]
	}
	return slot, moved || elsewhere
}

// planGone finds the sessions that came with an earlier version of this file
// and are not in it any more.
func (p *plan) planGone(seen map[string]bool) error {
	for _, s := range p.x.Sessions {
		was, came := originOf(&s)
		if !came || was.Gone || s.Origin.Source != p.source || seen[strings.ToLower(s.GUID)] {
			continue
		}
		was.Gone = true
		fields, err := was.fields()
		if err != nil {
			return err
		}
		s.Origin.Fields, s.Status = fields, programme.Cancelled
		p.gone = append(p.gone, s)
	}
	p.report.Removed = len(p.gone)
	return nil
}

// write does what the plan says. Whatever a new thing refers to is written
// before it.
func (p *plan) write(ctx context.Context, tx *db.Tx, by people.Change) error {
	var err error
	if p.report.NewEdition {
		if p.report.Edition, err = edition.Save(ctx, tx, by, p.report.Edition); err != nil {
			return err
		}
	}
	of := p.report.Edition.ID
	for _, one := range p.persons {
		if _, err := people.SavePerson(ctx, tx, by, one); err != nil {
			return named(one.Name, err)
		}
	}
	for _, one := range p.places {
		one.Edition = of
		if _, err := timetable.SavePlace(ctx, tx, by, one); err != nil {
			return named(one.Slug, err)
		}
	}
	for _, one := range p.blocks {
		one.Edition = of
		if _, err := programme.SaveBlock(ctx, tx, by, one); err != nil {
			return named(one.Slug, err)
		}
	}
	for i, one := range p.sessions {
		one.session.Edition = of
		if err := p.writeSession(ctx, tx, by, one); err != nil {
			return named(one.session.Slug, err)
		}
		if p.in.Progress != nil {
			p.in.Progress(i+1, len(p.sessions))
		}
	}
	for _, one := range p.gone {
		if _, err := programme.SaveSession(ctx, tx, by, one); err != nil {
			return named(one.Slug, err)
		}
	}
	return nil
}

func (p *plan) writeSession(ctx context.Context, tx *db.Tx, by people.Change, one planned) error {
	if one.write {
		if _, err := programme.SaveSession(ctx, tx, by, one.session); err != nil {
			return err
		}
	}
	if one.move {
		if _, err := timetable.SaveSlot(ctx, tx, by, one.slot); err != nil {
			return err
		}
	}
	return timetable.ReserveNumber(ctx, tx, one.session.Edition, timetable.NumberOf(one.slot.ID, ""), one.number)
}

// named says which thing of the file could not be written, for the log; the
// sentence for the person is that of err.
func named(what string, err error) error {
	return errors.Join(errors.New("write "+what), err)
}
