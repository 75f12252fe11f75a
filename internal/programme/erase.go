package programme

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"obrady/internal/db"
	"obrady/internal/edition"
	"obrady/internal/i18n"
	"obrady/internal/people"
)

// Trace is by what a person is known in texts and in files of others: the
// names that the person has had here, and the key of the person in a file.
type Trace struct {
	Person people.PersonID
	Names  []string
	Key    string // what follows the source in people.Person.Origin
}

// TraceOf is the trace of a person who has not been erased yet.
func TraceOf(p people.Person) Trace {
	t := Trace{Person: p.ID}
	t.Add(p)
	return t
}

// Add takes in under what name the person stood somewhere else: before a
// marriage, say. The name of an erased person is no trace.
func (t *Trace) Add(p people.Person) {
	if p.Erased() {
		return
	}
	t.Names = append(t.Names, p.Name)
	if _, key, came := strings.Cut(p.Origin, ":"); came && t.Key == "" {
		t.Key = key
	}
}

// shortestName is how many characters a name must have to be looked for inside
// of other texts: "Ada" stands in too many words.
const shortestName = 5

// In reports whether a text names the person.
func (t Trace) In(text string) bool {
	for _, name := range t.Names {
		if utf8.RuneCountInString(name) >= shortestName && strings.Contains(text, name) {
			return true
		}
	}
	return false
}

// WithoutPerson takes the person out of a session: what was printed beside the
// name, and what a file of others told of the person.
func (s Session) WithoutPerson(t Trace) Session {
	s.People = unprinted(s.People, t.Person)
	segments := make([]Segment, len(s.Segments))
	for i, g := range s.Segments {
		g.People = unprinted(g.People, t.Person)
		segments[i] = g
	}
	if s.Segments != nil {
		s.Segments = segments
	}
	s.Origin = s.Origin.WithoutPerson(t)
	return s
}

// SaysNothingOf reports whether WithoutPerson would leave the session as it is.
func (s Session) SaysNothingOf(t Trace) bool {
	printed := func(a Appearance) bool { return a.Person == t.Person && !a.Affiliation.IsZero() }
	if slices.ContainsFunc(s.People, printed) || !same(s.Origin, s.Origin.WithoutPerson(t)) {
		return false
	}
	return !slices.ContainsFunc(s.Segments, func(g Segment) bool { return slices.ContainsFunc(g.People, printed) })
}

func unprinted(all []Appearance, person people.PersonID) []Appearance {
	out := slices.Clone(all)
	for i := range out {
		if out[i].Person == person {
			out[i].Affiliation = i18n.Text{}
		}
	}
	return out
}

// WithoutPerson takes out what the file told of the person. The rest stays as
// the file had it.
func (o Origin) WithoutPerson(t Trace) Origin {
	if len(o.Fields) == 0 {
		return o
	}
	fields := map[string]string{}
	for name, value := range o.Fields {
		fields[name] = t.without(value)
	}
	o.Fields = fields
	return o
}

// without takes the person out of a JSON document, or out of a plain text.
// A document that does not tell of the person comes back byte for byte.
func (t Trace) without(document string) string {
	var tree any
	numbers := json.NewDecoder(strings.NewReader(document))
	numbers.UseNumber()
	if numbers.Decode(&tree) != nil {
		return t.blank(document)
	}
	told := false
	var kept bytes.Buffer
	if err := json.NewEncoder(&kept).Encode(t.prune(tree, &told)); err != nil || !told {
		return document
	}
	return strings.TrimSpace(kept.String())
}

// prune drops list entries that are about the person and blanks the name
// elsewhere; told notes that there was something.
func (t Trace) prune(tree any, told *bool) any {
	switch node := tree.(type) {
	case []any:
		kept := make([]any, 0, len(node))
		for _, one := range node {
			if fields, is := one.(map[string]any); is && t.about(fields) {
				*told = true
				continue
			}
			kept = append(kept, t.prune(one, told))
		}
		return kept
	case map[string]any:
		for key, value := range node {
			if said, is := value.(string); key != "" && strings.EqualFold(key, t.Key) || is && t.is(said) {
				*told = true
				delete(node, key)
				continue
			}
			node[key] = t.prune(value, told)
		}
	case string:
		if bare := t.blank(node); bare != node {
			*told = true
			return bare
		}
	}
	return tree
}

func (t Trace) about(fields map[string]any) bool {
	for _, value := range fields {
		if said, is := value.(string); is && (t.is(said) || t.Key != "" && strings.EqualFold(said, t.Key)) {
			return true
		}
	}
	return false
}

func (t Trace) is(said string) bool {
	for _, name := range t.Names {
		if strings.EqualFold(strings.TrimSpace(said), name) {
			return true
		}
	}
	return false
}

// blank puts the neutral mark where the name stands in a text.
func (t Trace) blank(text string) string {
	for _, name := range t.Names {
		if utf8.RuneCountInString(name) >= shortestName {
			text = strings.ReplaceAll(text, name, people.ErasedName)
		}
	}
	return text
}

// Collect lists where the subject appears in the working programme.
// key: programme.data.*
func Collect(ctx context.Context, q db.Querier, s people.Subject) (people.Extract, error) {
	out := people.Extract{Part: "programme.data.part"}
	rows, err := db.Collect(func(row db.Scanner) (map[string]any, error) {
		var of, slug, role string
		var title, affiliation i18n.Text
		err := row.Scan(&of, &slug, db.FromJSON(&title), &role, db.FromJSON(&affiliation))
		return map[string]any{"edition": of, "session": slug, "title": title, "role": role, "affiliation": affiliation}, err
	})(q.Query(ctx, `
		SELECT edition.slug, session.slug, session.title, appearance.role, appearance.affiliation
		FROM appearance JOIN session ON session.id = appearance.session_id
			JOIN edition ON edition.id = session.edition_id
		WHERE appearance.person_id = $1 ORDER BY edition.slug, session.slug, appearance.position`, s.Person))
	if err != nil {
		return out, fmt.Errorf("collect appearances: %w", err)
	}
	out.Rows = rows
	return out, nil
}

// Erase takes the subject out of the working programme. That somebody spoke
// stays, without saying who. Running texts that name the subject stay as they
// were written: their number is told, for somebody to read them.
func Erase(ctx context.Context, tx *db.Tx, s people.Subject, now time.Time) ([]people.Outcome, error) {
	person, err := people.FindPerson(ctx, tx, s.Person)
	if errors.Is(err, people.ErrNoPerson) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("erase from the programme: %w", err)
	}
	n, err := tx.Exec(ctx, `
		UPDATE appearance SET affiliation = '{}' WHERE person_id = $1 AND affiliation <> '{}'`, s.Person)
	if err != nil {
		return nil, fmt.Errorf("erase appearances: %w", err)
	}
	done := people.Outcome{Part: "programme.data.part", Gone: int(n)}
	err = tx.QueryRow(ctx, `SELECT COUNT(*) FROM appearance WHERE person_id = $1`, s.Person).Scan(&done.Kept)
	if err != nil {
		return nil, fmt.Errorf("count appearances: %w", err)
	}
	if done.Kept > 0 {
		done.Why = "programme.data.why_spoke"
	}
	origins, named, err := eraseFromSessions(ctx, tx, TraceOf(person), now)
	if err != nil {
		return nil, fmt.Errorf("erase from sessions: %w", err)
	}
	if done.Gone += origins; named == 0 {
		return []people.Outcome{done}, nil
	}
	return []people.Outcome{done, {Part: "programme.data.mention", Kept: named, Why: "programme.data.why_mention"}}, nil
}

// eraseFromSessions takes the person out of what files told of sessions, and
// counts the sessions whose texts name the person.
func eraseFromSessions(ctx context.Context, tx *db.Tx, t Trace, now time.Time) (origins, named int, err error) {
	editions, err := edition.Editions(ctx, tx)
	if err != nil {
		return 0, 0, err
	}
	for _, e := range editions {
		content, err := Load(ctx, tx, e.ID)
		if err != nil {
			return 0, 0, err
		}
		for _, s := range content.Sessions {
			if s.names(t) {
				named++
			}
			bare := s.Origin.WithoutPerson(t)
			if same(bare, s.Origin) {
				continue
			}
			if err := updateOrigin(ctx, tx, s.ID, bare, now); err != nil {
				return 0, 0, err
			}
			origins++
		}
	}
	return origins, named, nil
}

// names reports whether a running text of the session names the person.
func (s Session) names(t Trace) bool {
	all := []i18n.Text{s.Title, s.Lead, s.Body, s.Audience, s.Reason}
	for _, g := range s.Segments {
		all = append(all, g.Title, g.Body)
	}
	for _, one := range all {
		if t.In(one.PL) || t.In(one.EN) {
			return true
		}
	}
	return false
}

func same(a, b Origin) bool {
	for name, value := range a.Fields {
		if b.Fields[name] != value {
			return false
		}
	}
	return len(a.Fields) == len(b.Fields)
}

func updateOrigin(ctx context.Context, q db.Querier, session SessionID, o Origin, now time.Time) error {
	_, err := q.Exec(ctx, `
		UPDATE session SET origin = $2, revision = revision + 1, updated_at = $3 WHERE id = $1`,
		session, db.JSON(o), now)
	return err
}
