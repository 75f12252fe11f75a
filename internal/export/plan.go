package export

import (
	"cmp"
	"context"
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
