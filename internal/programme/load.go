package programme

import (
	"context"

	"obrady/internal/db"
	"obrady/internal/edition"
)

// Load reads the whole working programme of an edition: a fixed number of
// statements, however many sessions there are.
func Load(ctx context.Context, q db.Querier, of edition.ID) (c Content, err error) {
	credits, err := loadCredits(ctx, q)
	if err != nil {
		return c, err
	}
	if c.Blocks, err = db.Collect(scanBlock)(q.Query(ctx, `
		SELECT `+blockColumns+` FROM block WHERE edition_id = $1 ORDER BY position, id`, of)); err != nil {
		return c, err
	}
	for i := range c.Blocks {
		c.Blocks[i].Credits = credits[string(c.Blocks[i].ID)]
	}
	if c.Stages, err = db.Collect(scanStage)(q.Query(ctx, `
		SELECT `+stageColumns+` FROM stage WHERE edition_id = $1 ORDER BY position, id`, of)); err != nil {
		return c, err
	}
	for i := range c.Stages {
		c.Stages[i].Credits = credits[string(c.Stages[i].ID)]
	}
	c.Sessions, err = loadSessions(ctx, q, of)
	return c, err
}

func loadSessions(ctx context.Context, q db.Querier, of edition.ID) ([]Session, error) {
	sessions, err := db.Collect(scanSession)(q.Query(ctx, `
		SELECT `+sessionColumns+` FROM session WHERE edition_id = $1 ORDER BY slug`, of))
	if err != nil {
		return nil, err
	}
	parts, err := loadParts(ctx, q, of)
	if err != nil {
		return nil, err
	}
	for i := range sessions {
		parts.putInto(&sessions[i])
	}
	return sessions, nil
}

// parts holds everything around the sessions of an edition, by session.
type parts struct {
	credits  map[string][]edition.Credit
	terms    map[SessionID][]edition.TermID
	follows  map[SessionID][]SessionID
	segments map[SessionID][]Segment
	people   map[appearsIn][]Appearance
}

type appearsIn struct {
	session SessionID
	segment SegmentID
}

func (p parts) putInto(s *Session) {
	s.Credits, s.Terms, s.Follows = p.credits[string(s.ID)], p.terms[s.ID], p.follows[s.ID]
	s.People, s.Segments = p.people[appearsIn{s.ID, ""}], p.segments[s.ID]
	for i := range s.Segments {
		s.Segments[i].People = p.people[appearsIn{s.ID, s.Segments[i].ID}]
	}
}

func loadParts(ctx context.Context, q db.Querier, of edition.ID) (p parts, err error) {
	if p.credits, err = loadCredits(ctx, q); err != nil {
		return p, err
	}
	if p.terms, err = loadPairs[edition.TermID](ctx, q, `
		SELECT session_term.session_id, session_term.term_id
		FROM session_term JOIN session ON session.id = session_term.session_id
		WHERE session.edition_id = $1 ORDER BY session_term.session_id, session_term.position`, of); err != nil {
		return p, err
	}
	if p.follows, err = loadPairs[SessionID](ctx, q, `
		SELECT session_follows.session_id, session_follows.follows_id
		FROM session_follows JOIN session ON session.id = session_follows.session_id
		WHERE session.edition_id = $1 ORDER BY session_follows.session_id, session_follows.position`, of); err != nil {
		return p, err
	}
	if p.segments, err = loadSegments(ctx, q, of); err != nil {
		return p, err
	}
	p.people, err = loadAppearances(ctx, q, of)
	return p, err
}

func loadPairs[T ~string](ctx context.Context, q db.Querier, query string, of edition.ID) (map[SessionID][]T, error) {
	type pair struct {
		session SessionID
		other   T
	}
	pairs, err := db.Collect(func(row db.Scanner) (p pair, err error) {
		return p, row.Scan(&p.session, &p.other)
	})(q.Query(ctx, query, of))
	found := map[SessionID][]T{}
	for _, p := range pairs {
		found[p.session] = append(found[p.session], p.other)
	}
	return found, err
}

func loadSegments(ctx context.Context, q db.Querier, of edition.ID) (map[SessionID][]Segment, error) {
	type owned struct {
		session SessionID
		Segment
	}
	all, err := db.Collect(func(row db.Scanner) (g owned, err error) {
		return g, row.Scan(&g.session, &g.ID, &g.Kind, &g.Cycle, db.FromJSON(&g.Title), db.FromJSON(&g.Body),
			&g.Minutes, db.FromJSON(&g.Examples))
	})(q.Query(ctx, `
		SELECT segment.session_id, segment.id, segment.kind, segment.cycle, segment.title, segment.body,
			segment.minutes, segment.examples
		FROM segment JOIN session ON session.id = segment.session_id
		WHERE session.edition_id = $1 ORDER BY segment.session_id, segment.position`, of))
	found := map[SessionID][]Segment{}
	for _, g := range all {
		found[g.session] = append(found[g.session], g.Segment)
	}
	return found, err
}

func loadAppearances(ctx context.Context, q db.Querier, of edition.ID) (map[appearsIn][]Appearance, error) {
	type owned struct {
		appearsIn
		Appearance
	}
	all, err := db.Collect(func(row db.Scanner) (a owned, err error) {
		return a, row.Scan(&a.session, &a.segment, &a.Person, &a.Role, db.FromJSON(&a.Affiliation))
	})(q.Query(ctx, `
		SELECT appearance.session_id, appearance.segment_id, appearance.person_id, appearance.role,
			appearance.affiliation
		FROM appearance JOIN session ON session.id = appearance.session_id
		WHERE session.edition_id = $1
		ORDER BY appearance.session_id, appearance.segment_id, appearance.position`, of))
	found := map[appearsIn][]Appearance{}
	for _, a := range all {
		found[a.appearsIn] = append(found[a.appearsIn], a.Appearance)
	}
	return found, err
}

// loadCredits reads who stands behind what, by the id of block, stage or session.
func loadCredits(ctx context.Context, q db.Querier) (map[string][]edition.Credit, error) {
	type owned struct {
		owner string
		edition.Credit
	}
	all, err := db.Collect(func(row db.Scanner) (c owned, err error) {
		return c, row.Scan(&c.owner, &c.Institution, &c.Role)
	})(q.Query(ctx, `
		SELECT COALESCE(block_id, stage_id, session_id), institution_id, role FROM credit ORDER BY position, id`))
	found := map[string][]edition.Credit{}
	for _, c := range all {
		found[c.owner] = append(found[c.owner], c.Credit)
	}
	return found, err
}

// Check looks for blocks, stages and sessions that no rule of this package
// would have let in.
func Check(ctx context.Context, q db.Querier) ([]db.Fault, error) {
	var faults []db.Fault
	found := func(what, row string) {
		faults = append(faults, db.Fault{Package: "programme", What: what, Row: row})
	}
	editions, err := edition.Editions(ctx, q)
	if err != nil {
		return nil, err
	}
	for _, e := range editions {
		content, err := Load(ctx, q, e.ID)
		if err != nil {
			return nil, err
		}
		content.check(found)
	}
	var strays int
	err = q.QueryRow(ctx, `
		SELECT COUNT(*) FROM appearance
		WHERE segment_id <> '' AND NOT EXISTS (
			SELECT 1 FROM segment WHERE segment.id = appearance.segment_id AND segment.session_id = appearance.session_id)`,
	).Scan(&strays)
	if strays > 0 {
		found("people in segments that are gone", "appearance")
	}
	return faults, err
}

// check tells found of everything in the content that contradicts itself.
func (c Content) check(found func(what, row string)) {
	blocks, stages := map[BlockID]BlockID{}, map[StageID]bool{}
	for _, b := range c.Blocks {
		blocks[b.ID] = b.Parent
		if err := b.Validate(); err != nil {
			found(err.Error(), "block "+b.Slug)
		}
	}
	for _, b := range c.Blocks {
		steps := 0
		for up := blocks[b.ID]; up != "" && steps <= len(blocks); up = blocks[up] {
			steps++
		}
		if steps > len(blocks) {
			found("inside itself", "block "+b.Slug)
		}
	}
	for _, s := range c.Stages {
		stages[s.ID] = true
		if err := s.Validate(); err != nil {
			found(err.Error(), "stage "+s.Slug)
		}
	}
	for _, s := range c.Sessions {
		if err := s.Validate(); err != nil {
			found(err.Error(), "session "+s.Slug)
		}
		if _, known := blocks[s.Block]; !known {
			found("in a block of another edition", "session "+s.Slug)
		}
		if s.Stage != "" && !stages[s.Stage] {
			found("on a stage of another edition", "session "+s.Slug)
		}
	}
}
