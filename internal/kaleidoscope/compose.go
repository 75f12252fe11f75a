package kaleidoscope

import (
	"context"
	"fmt"
	"slices"
	"strconv"

	"obrady/internal/call"
	"obrady/internal/db"
	"obrady/internal/i18n"
	"obrady/internal/journal"
	"obrady/internal/onstage"
	"obrady/internal/people"
	"obrady/internal/programme"
	"obrady/internal/rights"
	"obrady/internal/text"
)

// Names of the segments that are no talks.
const (
	opening = "opening"
	closing = "closing"
)

func pauseBefore(cycle int) string     { return "pause/" + strconv.Itoa(cycle) }
func discussionAfter(cycle int) string { return "discussion/" + strconv.Itoa(cycle) }

// fixedParts lists the segments besides talks that composing can make.
func fixedParts() []string {
	all := []string{opening, closing}
	for n := range MostCycles {
		all = append(all, pauseBefore(n+1), discussionAfter(n+1))
	}
	return all
}

// Compose writes a composition into the session: the segments with who speaks in
// them, and for each talk where in the programme it stands. Faults that are
// fatal keep it from that: ErrFaulty. The next release shows it to the public.
func (s *Service) Compose(ctx context.Context, at At) error {
	err := s.db.Tx(ctx, func(tx *db.Tx) error {
		w, v, err := s.open(ctx, tx, at, rights.Compose)
		switch {
		case err != nil:
			return err
		case v.Revision != at.Revision:
			return ErrChanged
		case v.Revision == 0:
			return ErrNoTalks
		case v.Fatal():
			return ErrFaulty
		}
		c := composing{world: w, View: v, change: people.Change{By: at.By, At: s.now()}}
		if c.home, err = s.home(ctx, tx, at); err != nil {
			return err
		}
		return s.compose(ctx, tx, at, c)
	})
	if err != nil {
		return fmt.Errorf("compose %s: %w", at.Session, err)
	}
	return nil
}

// composing is a composition on its way into the session.
type composing struct {
	*world
	View
	change people.Change
	home   string // of persons whom the programme does not know yet
}

// home is where persons belong whom somebody brings into the programme: a partner's to its workspace, where it can
// look after them.
func (s *Service) home(ctx context.Context, q db.Querier, at At) (string, error) {
	if at.By == journal.System {
		return string(at.Edition), nil
	}
	tree, err := rights.LoadTree(ctx, q, at.Edition)
	if err != nil {
		return "", err
	}
	who, err := rights.Load(ctx, q, at.By, s.now())
	return who.Scope(rights.EditPeople, tree).Home(), err
}

func (s *Service) compose(ctx context.Context, tx *db.Tx, at At, c composing) error {
	before := c.Of.Segments
	segments, err := c.segments(ctx, tx)
	if err != nil {
		return err
	}
	if len(before)+len(segments) > 0 {
		c.Of.Segments = segments
		if _, err := programme.SaveSession(ctx, tx, c.change, c.Of); err != nil {
			return err
		}
	}
	if err := c.place(ctx, tx); err != nil {
		return err
	}
	c.ComposedAt = s.now()
	if err := setComposed(ctx, tx, c.Composition); err != nil {
		return err
	}
	return journal.Write(ctx, tx, journal.Entry{
		At: s.now(), Actor: string(at.By), Action: "kaleidoscope.composed", Edition: string(at.Edition), Object: string(at.Session),
		Detail: map[string]any{"revision": c.Revision, "talks": c.Cycles.Count()},
	})
}

// segments are those of the session from now on. Cycles are numbered after those
// that somebody typed in by hand.
func (c composing) segments(ctx context.Context, tx *db.Tx) (all []programme.Segment, err error) {
	known := map[programme.SegmentID]programme.Segment{}
	for _, g := range c.Of.Segments {
		known[g.ID] = g
	}
	first := 0
	for _, g := range slices.Concat(c.Plan.Front, c.Plan.Back) {
		first = max(first, g.Cycle)
	}
	for _, part := range c.Plan.Parts(c.Begin()) {
		if part.Hand.ID != "" {
			all = append(all, part.Hand)
			continue
		}
		g := known[ownSegment(c.Of.ID, part.name())]
		g.ID, g.Kind, g.Minutes, g.Cycle = ownSegment(c.Of.ID, part.name()), part.Kind, part.Minutes, 0
		if part.Kind == programme.Talk || part.Kind == programme.Discussion {
			g.Cycle = first + part.Cycle
		}
		if part.Kind == programme.Talk {
			g.Title = titled(g.Title, part.Talk)
			if g.People, err = c.cast(ctx, tx, part.Talk.Submission); err != nil {
				return nil, err
			}
		}
		all = append(all, g)
	}
	return all, nil
}

// name is what the segment of a part is called in the session; see ownSegment.
func (p Part) name() string {
	switch p.Kind {
	case programme.Talk:
		return "talk/" + string(p.Talk.Submission)
	case programme.Discussion:
		return discussionAfter(p.Cycle)
	case programme.Pause:
		return pauseBefore(p.Cycle)
	case programme.Opening:
		return opening
	default:
		return closing
	}
}

// titled is the title of a talk in its language. A translation that somebody has added stays.
func titled(before i18n.Text, t Talk) i18n.Text {
	if t.Language == i18n.English {
		before.EN, before.ENState = t.Title, i18n.Approved
		return before
	}
	before.PL, before.PLState = t.Title, i18n.Approved
	return before
}

// cast finds the persons who speak, and makes those whom the programme does not know yet.
func (c composing) cast(ctx context.Context, tx *db.Tx, submission call.SubmissionID) (all []programme.Appearance, err error) {
	for _, one := range c.behind[submission] {
		person, known := c.person(one)
		if !known {
			if person, err = c.introduce(ctx, tx, one); err != nil {
				return nil, err
			}
		}
		if !slices.ContainsFunc(all, func(a programme.Appearance) bool { return a.Person == person.ID }) {
			all = append(all, programme.Appearance{Person: person.ID, Role: programme.Speaker, Affiliation: i18n.Both(one.Affiliation)})
		}
	}
	return all, nil
}

// introduce makes a person of a contributor.
func (c composing) introduce(ctx context.Context, tx *db.Tx, one call.Contributor) (people.Person, error) {
	person := people.Person{Name: one.Name, Origin: c.mark(one), Home: c.home}
	if one.Institution != "" {
		person.Affiliations = []people.Affiliation{{Institution: one.Institution}}
	}
	person.Slug = text.UniqueSlug(text.Slug(one.Name), func(slug string) bool {
		return slices.ContainsFunc(c.Persons, func(p people.Person) bool { return p.Slug == slug })
	})
	person, err := people.SavePerson(ctx, tx, c.change, person)
	if err != nil {
		return person, fmt.Errorf("enter %s into the programme: %w", one.ID, err)
	}
	c.Persons = append(c.Persons, person) // who speaks twice is one person
	return person, nil
}

// place notes where each talk stands, and gives up the place of those that stand here no longer.
func (c composing) place(ctx context.Context, tx *db.Tx) error {
	position := 0
	for _, submission := range slices.Concat(c.Cycles...) {
		position++
		err := onstage.Put(ctx, tx, onstage.Place{
			Submission: submission, Edition: c.Of.Edition, Session: c.Of.ID, Segment: talkSegment(c.Of.ID, submission), Position: position,
			By: c.change.By, At: c.change.At,
		})
		if err != nil {
			return err
		}
	}
	for submission, p := range c.places {
		if p.Session == c.Of.ID && p.Segment == talkSegment(c.Of.ID, submission) && !c.Has(submission) {
			if err := onstage.Take(ctx, tx, c.change, submission); err != nil {
				return err
			}
		}
	}
	return nil
}
