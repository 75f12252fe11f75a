package export

import (
	"errors"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"time"

	"obrady/internal/civil"
	"obrady/internal/edition"
	"obrady/internal/errs"
	"obrady/internal/i18n"
	"obrady/internal/id"
	"obrady/internal/people"
	"obrady/internal/programme"
	"obrady/internal/table"
	"obrady/internal/text"
	"obrady/internal/timetable"
)

// reader reads one row of a table into a session and a slot.
type reader struct {
	plan  *tablePlan
	sheet table.Sheet
	found table.Matched
	row   table.Row
}

// has says whether the file has the column at all; what it does not have
// stays as it is.
func (r *reader) has(column string) bool { _, has := r.found.At[column]; return has }

// cell returns what stands in a column, cleaned; a character that no text may
// hold is a problem of the cell.
func (r *reader) cell(column string) string {
	at, has := r.found.At[column]
	if !has || at >= len(r.row.Cells) {
		return ""
	}
	clean, flaws := text.Clean(r.row.Cells[at])
	for _, flaw := range flaws {
		r.refuse(column, string(flaw.Flaw), flaw.At)
	}
	return clean
}

func (r *reader) refuse(column, key string, args ...any) {
	name := column
	if at, has := r.found.At[column]; has {
		name = r.sheet.Header[at]
	}
	r.plan.report.Problems = append(r.plan.report.Problems, RowProblem{
		r.sheet.Name, r.row.Number, name, errs.New(errs.Invalid, key, args...),
	})
}

// session plans the row: a further slot of a session that the file has named
// already, or a session.
func (r *reader) session() {
	address, title := r.cell("address"), r.cell("title (pl)")
	if title == "" {
		r.refuse("title (pl)", "edition.text_missing")
		return
	}
	if address != "" && !edition.ValidSlug(address) {
		r.refuse("address", "edition.slug")
		return
	}
	old := r.plan.find(address, title)
	key := address
	switch {
	case old != nil:
		key = old.Slug
	case address == "":
		key = "title " + text.Fold(title)
	}
	if r.plan.begun[key] == nil {
		r.plan.begun[key] = r.begin(old, address, title)
	}
	r.slot(r.plan.begun[key])
}

// begin reads everything that a row says of a session.
func (r *reader) begin(old *programme.Session, address, title string) *rowPlan {
	t := r.plan
	p := &rowPlan{old: old, effect: len(t.report.Rows)}
	if old != nil {
		p.session = *old
	} else {
		p.session = t.newSession(title)
		if address != "" {
			p.session.Slug = address
		}
	}
	t.slugs[p.session.Slug] = true
	t.report.Rows = append(t.report.Rows, RowEffect{Sheet: r.sheet.Name, Row: r.row.Number, Title: title})
	t.rows = append(t.rows, p)
	r.texts(&p.session)
	r.references(&p.session)
	r.choices(&p.session)
	r.people(&p.session)
	r.validate(p.session)
	return p
}

func (r *reader) texts(s *programme.Session) {
	for column, to := range map[string]*string{
		"title (pl)": &s.Title.PL, "title (en)": &s.Title.EN, "lead (pl)": &s.Lead.PL, "lead (en)": &s.Lead.EN,
		"description (pl)": &s.Body.PL, "description (en)": &s.Body.EN,
	} {
		if r.has(column) {
			*to = r.cell(column)
		}
	}
}

// references find the block, the stage and the terms by address or by name.
func (r *reader) references(s *programme.Session) {
	x := r.plan.x
	if r.has("block") {
		s.Block = one(r, "block", "export.block_unknown", x.Blocks, func(b programme.Block) (programme.BlockID, string, i18n.Text) {
			return b.ID, b.Slug, b.Name
		})
	}
	if s.Block == "" && r.cell("block") == "" {
		r.refuse("block", "export.block_missing")
	}
	if r.has("stage") {
		s.Stage = one(r, "stage", "export.stage_unknown", x.Stages, func(g programme.Stage) (programme.StageID, string, i18n.Text) {
			return g.ID, g.Slug, g.Name
		})
	}
	if !r.has("goals and themes") {
		return
	}
	var terms []edition.TermID
	for _, word := range list(r.cell("goals and themes"), ";\n") {
		if term := r.term(word); term != "" {
			terms = append(terms, term)
		} else {
			r.refuse("goals and themes", "export.term_unknown", word)
		}
	}
	s.Terms = terms
}

func (r *reader) term(word string) edition.TermID {
	for _, taxonomy := range r.plan.x.Taxonomies {
		for _, term := range taxonomy.Terms {
			if answers(word, term.Slug, term.Name) {
				return term.ID
			}
		}
	}
	return ""
}

// answers says whether somebody who writes word means the thing.
func answers(word, slug string, name i18n.Text) bool {
	folded := text.Fold(word)
	return word == slug || folded == text.Fold(name.PL) || folded == text.Fold(name.EN)
}

// one finds the thing that a cell names; an empty cell names none.
func one[T any, ID ~string](r *reader, column, unknown string, all []T, of func(T) (ID, string, i18n.Text)) ID {
	word := r.cell(column)
	if word == "" {
		return ""
	}
	for _, thing := range all {
		if found, slug, name := of(thing); answers(word, slug, name) {
			return found
		}
	}
	r.refuse(column, unknown, word)
	return ""
}

func (r *reader) choices(s *programme.Session) {
	pick(r, "format", &s.Format, programme.Formats)
	pick(r, "form", &s.Form, edition.Forms)
	pick(r, "status", &s.Status, programme.Statuses)
	pick(r, "recording", &s.Recording, programme.Recordings)
	pick(r, "sign-up", &s.Entry, programme.Entries)
	if s.Format == "" {
		s.Format = programme.OtherFormat // so that the rules have nothing more to say about it
		if r.cell("format") == "" {
			r.refuse("format", "export.format_missing")
		}
	}
	if r.has("languages") {
		s.Languages = r.codes("languages")
	}
	if r.has("interpretation") {
		s.Interpretation = r.codes("interpretation")
	}
	r.yesNo("captions", &s.Captions)
	r.yesNo("sign language", &s.SignLanguage)
	if word := r.cell("places"); r.has("places") {
		n, err := strconv.Atoi(strings.ReplaceAll(word, " ", ""))
		if word != "" && err != nil {
			r.refuse("places", "export.number", word)
		}
		s.Capacity = n
	}
}

// keyed is a value of a closed list with the sentence that says it.
type keyed interface {
	~string
	Key() string
}

// pick reads a value by its code or by the word for it in any language of
// the house.
func pick[T keyed](r *reader, column string, to *T, all []T) {
	word := r.cell(column)
	if !r.has(column) {
		return
	}
	for _, value := range all {
		if strings.EqualFold(word, string(value)) {
			*to = value
			return
		}
		for _, words := range r.plan.words {
			if text.Fold(word) == text.Fold(words.T(value.Key())) {
				*to = value
				return
			}
		}
	}
	if word != "" {
		r.refuse(column, "export.word_unknown", word)
	}
}

// codes reads languages by code or by name.
func (r *reader) codes(column string) []string {
	var found []string
	for _, word := range list(r.cell(column), ",;\n") {
		at := slices.IndexFunc(programme.Languages, func(code string) bool {
			return strings.EqualFold(word, code) || slices.ContainsFunc(r.plan.words, func(p i18n.Printer) bool {
				return text.Fold(word) == text.Fold(p.T(programme.LanguageKey(code)))
			})
		})
		if at < 0 {
			r.refuse(column, "export.language_unknown", word)
			continue
		}
		found = append(found, programme.Languages[at])
	}
	return found
}

func (r *reader) yesNo(column string, to *bool) {
	if !r.has(column) {
		return
	}
	switch word := text.Fold(r.cell(column)); word {
	case "tak", "t", "yes", "y", "1", "x", "true":
		*to = true
	case "", "nie", "n", "no", "0", "false":
		*to = false
	default:
		r.refuse(column, "export.yes_or_no", word)
	}
}

// people reads "moderator: Anna Nowak (Miasto Łódź); Jan Kowalski". Somebody
// whom the congress does not know becomes a new person; a name that two
// persons bear is refused, unless one of them is in the session already.
func (r *reader) people(s *programme.Session) {
	if !r.has("people") {
		return
	}
	var all []programme.Appearance
	for _, entry := range list(r.cell("people"), ";\n") {
		role, name := r.role(entry)
		name, affiliation := splitAffiliation(name)
		person, known := r.person(s, name)
		if !known {
			continue
		}
		a := programme.Appearance{Person: person, Role: role}
		if affiliation != "" {
			a.Affiliation.PL = affiliation
		}
		for _, had := range s.People {
			if had.Person == a.Person && had.Role == a.Role && had.Affiliation.PL == affiliation {
				a = had
			}
		}
		all = append(all, a)
	}
	s.People = all
}

func (r *reader) role(entry string) (programme.Role, string) {
	before, after, labelled := strings.Cut(entry, ":")
	if !labelled {
		return programme.Speaker, entry
	}
	word := text.Fold(strings.TrimSpace(before))
	for _, role := range programme.Roles {
		if word == string(role) || slices.ContainsFunc(r.plan.words, func(p i18n.Printer) bool {
			return word == text.Fold(p.T(role.Key()))
		}) {
			return role, strings.TrimSpace(after)
		}
	}
	r.refuse("people", "export.role_unknown", strings.TrimSpace(before))
	return programme.Speaker, strings.TrimSpace(after)
}

func splitAffiliation(name string) (bare, affiliation string) {
	if open := strings.Index(name, "("); open > 0 && strings.HasSuffix(name, ")") {
		return strings.TrimSpace(name[:open]), name[open+1 : len(name)-1]
	}
	return name, ""
}

func (r *reader) person(s *programme.Session, name string) (people.PersonID, bool) {
	t, key := r.plan, text.Fold(name)
	known := t.people[key]
	for _, one := range known {
		if len(known) == 1 || slices.ContainsFunc(s.People, func(a programme.Appearance) bool { return a.Person == one }) {
			return one, true
		}
	}
	switch {
	case len(known) > 1:
		r.refuse("people", "export.person_ambiguous", name)
		return "", false
	case name == "":
		return "", false
	}
	slug := text.UniqueSlug(text.Slug(name), func(s string) bool { return t.slugsOf[s] })
	made := people.Person{ID: id.Make[people.PersonID](), Slug: slug, Name: name, SortName: people.SortName(name)}
	if err := made.Validate(); err != nil {
		r.blame(err, "people")
		return "", false
	}
	t.persons, t.people[key], t.slugsOf[slug] = append(t.persons, made), []people.PersonID{made.ID}, true
	return made.ID, true
}

// validate holds the rules of the programme against the session; what a
// column stands for is told under its heading.
func (r *reader) validate(s programme.Session) {
	if s.Block == "" {
		s.Block = "told before"
	}
	r.blame(s.Validate(), "")
}

// fieldColumns says in which column a field of a form stands.
var fieldColumns = map[string]string{
	"title_pl": "title (pl)", "title_en": "title (en)", "lead_pl": "lead (pl)", "lead_en": "lead (en)",
	"body_pl": "description (pl)", "body_en": "description (en)", "slug": "address", "capacity": "places",
	"people": "people", "start": "start", "end": "end",
}

func (r *reader) blame(err error, otherwise string) {
	var wrong errs.Problems
	if !errors.As(err, &wrong) {
		return
	}
	for _, p := range wrong {
		column := fieldColumns[p.Name]
		if column == "" {
			column = otherwise
		}
		r.refuse(column, p.Key, p.Args...)
	}
}

// slot reads day, hours and place. The rows of a session speak of its slots
// in the order of time.
func (r *reader) slot(p *rowPlan) {
	if !r.has("day") && !r.has("start") && !r.has("place") {
		return
	}
	day, start, end := r.cell("day"), r.cell("start"), r.cell("end")
	if day == "" && start == "" && end == "" {
		return
	}
	slot := timetable.Slot{ID: id.Make[timetable.SlotID](), Session: p.session.ID}
	if had := r.plan.x.SlotsOf(p.session.ID); p.used < len(had) {
		slot = had[p.used]
	}
	p.used++
	was := slot
	var known bool
	if slot.Start, slot.End, known = r.hours(day, start, end); !known {
		return
	}
	if r.has("place") {
		slot.Place = one(r, "place", "export.place_unknown", r.plan.x.Places, func(p timetable.Place) (timetable.PlaceID, string, i18n.Text) {
			return p.ID, p.Slug, p.Name
		})
	}
	if err := slot.Validate(); err != nil {
		r.blame(err, "end")
		return
	}
	if slot.Revision == 0 || slot.Place != was.Place || !slot.Start.Equal(was.Start) || !slot.End.Equal(was.End) {
		p.slots, p.changed = append(p.slots, slot), true
	}
}

// hours reads a span of time. An end in the small hours is that of the night
// that follows; any other end before the start is a mistake.
func (r *reader) hours(day, start, end string) (from, to time.Time, ok bool) {
	date, err := parseDay(day)
	if err != nil {
		r.refuse("day", "export.day", day)
		return from, to, false
	}
	from, okFrom := r.moment("start", date, start)
	endDay := date
	if a, errA := parseClock(start); errA == nil {
		if b, errB := parseClock(end); errB == nil && b.clock <= a.clock && b.clock <= smallHours {
			endDay = date.Add(1)
		}
	}
	to, okTo := r.moment("end", endDay, end)
	if !okFrom || !okTo {
		return from, to, false
	}
	days := r.plan.x.Edition.Days()
	if !slices.Contains(days, timetable.DayOf(from, r.plan.x.Zone)) {
		r.refuse("day", "export.outside_edition", day)
		return from, to, false
	}
	return from, to, true
}

const smallHours = civil.Clock(6 * 60)

// moment finds the instant at which the clock in the hall shows the hour. An
// hour that the clock skips or shows twice is refused; in a table of ours the
// offset tells which of the two it is.
func (r *reader) moment(column string, day civil.Date, hour string) (time.Time, bool) {
	told, err := parseClock(hour)
	if err != nil {
		r.refuse(column, "export.hour", hour)
		return time.Time{}, false
	}
	all := civil.Resolve(day, told.clock, r.plan.x.Zone)
	if told.offset != "" {
		all = slices.DeleteFunc(all, func(at time.Time) bool { return at.In(r.plan.x.Zone).Format("-07:00") != told.offset })
	}
	switch len(all) {
	case 0:
		r.refuse(column, "export.hour_skipped", hour)
		return time.Time{}, false
	case 1:
		return all[0], true
	}
	r.refuse(column, "export.hour_twice", hour)
	return time.Time{}, false
}

// parseDay reads 2021-06-07, 2021-06-07T00:00:00 and 7.06.2021.
func parseDay(s string) (civil.Date, error) {
	s, _, _ = strings.Cut(s, "T")
	if at, err := time.Parse("2.1.2006", s); err == nil {
		return civil.DateOf(at), nil
	}
	return civil.ParseDate(s)
}

// toldHour is a time of day as a cell says it; offset only where the clock
// shows the hour twice.
type toldHour struct {
	clock  civil.Clock
	offset string
}

// parseClock reads 9:30, 09:30:00, 9.30 and 02:30+01:00.
func parseClock(s string) (toldHour, error) {
	var told toldHour
	if at := strings.LastIndexAny(s, "+-"); at > 0 {
		s, told.offset = s[:at], s[at:]
	}
	if strings.Count(s, ":") == 2 {
		s = strings.TrimSuffix(s, ":00")
	}
	if !strings.Contains(s, ":") {
		s = strings.Replace(s, ".", ":", 1)
	}
	var err error
	told.clock, err = civil.ParseClock(s)
	return told, err
}

// clockText writes the hour that the clock in the hall shows, with the offset
// where it shows it twice.
func clockText(x *timetable.Index, at time.Time) string {
	local := at.In(x.Zone)
	if len(civil.Resolve(civil.DateOf(local), civil.ClockOf(local), x.Zone)) > 1 {
		return local.Format("15:04-07:00")
	}
	return local.Format("15:04")
}

// list cuts a cell at any of the separators.
func list(cell, separators string) []string {
	var found []string
	for _, part := range strings.FieldsFunc(cell, func(r rune) bool { return strings.ContainsRune(separators, r) }) {
		if part = strings.TrimSpace(part); part != "" {
			found = append(found, part)
		}
	}
	return found
}

// sameSession says whether there is nothing to save. Lists that are empty are
// the same as lists that are not there.
func sameSession(a, b programme.Session) bool {
	for _, s := range []*programme.Session{&a, &b} {
		s.Languages, s.Interpretation = slices.Clip(s.Languages), slices.Clip(s.Interpretation)
		if len(s.Languages) == 0 {
			s.Languages = nil
		}
		if len(s.Interpretation) == 0 {
			s.Interpretation = nil
		}
		if len(s.Terms) == 0 {
			s.Terms = nil
		}
		if len(s.People) == 0 {
			s.People = nil
		}
	}
	return reflect.DeepEqual(a, b)
}
