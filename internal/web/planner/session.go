package planner

import (
	"errors"
	"net/http"
	"slices"
	"strings"

	"obrady/internal/edition"
	"obrady/internal/errs"
	"obrady/internal/i18n"
	"obrady/internal/id"
	"obrady/internal/onstage"
	"obrady/internal/people"
	"obrady/internal/programme"
	"obrady/internal/rights"
	"obrady/internal/text"
	"obrady/internal/timetable"
	"obrady/internal/web"
	"obrady/internal/web/desk"
)

// SessionPage is the form of a session: what it is, when and where, its parts, and what clashes.
type SessionPage struct {
	desk.Desk
	Sheet    desk.Sheet
	Session  programme.Session // as saved; without Revision when it is new
	Timeline Timeline
	Clashes  []Clash
	Checked  bool // Clashes are about what was typed, not about what is saved
	Terms    []edition.Taxonomy
	Persons  []string
	Bodies   []string
	Sessions []string
	Asking   []rights.Space // whose partner can ask the host for other hours
	Origins  []onstage.Origin
	bench    *bench
}

var sessionPage = parse[SessionPage]("session.html", "session_rows.html", "session_lists.html", "clash_list.html")

// New says whether the session has not been saved yet.
func (s SessionPage) New() bool { return s.Session.Revision == 0 }

// SegmentHours are the hours of the part in a row.
func (s SessionPage) SegmentHours(p i18n.Printer, row int) string {
	return s.Timeline.Hours(p, row, s.bench.x.Zone)
}

// Fact is a fact that is an example, in words; as it stands where the house has no word for it.
func (s SessionPage) Fact(v web.View, fact string) string {
	key := programme.FactKey(fact)
	if said := v.T(key); said != key {
		return said
	}
	return fact
}

// Boxes is a question that takes several answers.
func (s SessionPage) Boxes(v web.View, name string) web.Input {
	var options []web.Option
	codes := slices.Clone(programme.Languages)
	for _, code := range s.Sheet.Form.All(name) {
		if !slices.Contains(codes, code) {
			codes = append(codes, code)
		}
	}
	for _, code := range codes {
		label := v.T(programme.LanguageKey(code))
		if strings.HasPrefix(label, programme.LanguageKey("")) {
			label = code // a language of somebody's file that the house has no name for
		}
		options = append(options, web.Option{Value: code, Label: label})
	}
	return v.Input(s.Sheet.Form, name).Choices(options).Optional()
}

// TermBoxes offers the terms of a taxonomy, and those that no longer hold where the session has them.
func (s SessionPage) TermBoxes(v web.View, t edition.Taxonomy) web.Input {
	chosen := s.Sheet.Form.All("terms")
	var options []web.Option
	for _, term := range t.Terms {
		ended := !term.Holds(t.Version)
		if ended && !slices.Contains(chosen, string(term.ID)) {
			continue
		}
		option := web.Option{Value: string(term.ID), Label: v.Plain(term.Name)}
		if ended {
			option.Note = v.T("planner.session.term_ended")
		}
		options = append(options, option)
	}
	return v.Input(s.Sheet.Form, "terms").Choices(options).Called(v.Plain(t.Name)).Optional()
}

// List makes what the component "clash-list" takes.
func (s SessionPage) List(v web.View, all []Clash) clashView { return listed(v, s.Desk, all) }

// Days are the days of the edition, to be proposed.
func (s SessionPage) Days() []string { return plainly(s.Edition.Days()) }

// Summary lists what is wrong, each line leading to its field.
func (s SessionPage) Summary(v web.View) web.Summary { return s.Sheet.Summary(v) }

// Conflict sets both versions side by side.
func (s SessionPage) Conflict(v web.View) web.Conflict { return s.Sheet.Conflict(v, compared()) }

// sessionVisit is one request for the form of a session.
type sessionVisit struct {
	p      *Pages
	w      http.ResponseWriter
	r      *http.Request
	b      *bench
	before programme.Session
	key    string // of the draft
}

func (p *Pages) openSession(w http.ResponseWriter, r *http.Request) (s sessionVisit, err error) {
	s.p, s.w, s.r = p, w, r
	if s.b, err = p.bench(r, "desk.sessions"); err != nil {
		return s, err
	}
	s.b.know()
	slug := r.PathValue("session")
	if slug == "" {
		s.before = programme.Session{
			ID: programme.SessionID(id.New()), Edition: s.b.Edition.ID, Status: programme.Draft, Format: programme.Panel,
			Form: s.b.Edition.Form, Languages: []string{"pl"},
		}
		s.b.startAtHome(&s.before)
		s.key = sessionDraft + ".new"
		return s, nil
	}
	found := s.b.x.SessionAt(slug)
	if !s.b.mine(found) {
		return s, programme.ErrNoSession
	}
	s.before, s.key = *found, sessionDraft+"."+string(found.ID)
	return s, nil
}

// asking lists the workspaces for which whoever asks files requests; the host, who answers them, has none.
func (b *bench) asking() (all []rights.Space) {
	file, decide := b.Scope(rights.FileRequest), b.Scope(rights.DecideRequest)
	for _, space := range b.Tree.Spaces {
		if file.Workspace(space.ID) && !decide.Workspace(space.ID) {
			all = append(all, space)
		}
	}
	return all
}

// startAtHome puts a new session where those who run one part of the edition have theirs.
func (b *bench) startAtHome(s *programme.Session) {
	if b.part.All() {
		return
	}
	for _, space := range b.Tree.Spaces {
		if !b.part.Workspace(space.ID) || space.Block == "" && space.Stage == "" {
			continue
		}
		if s.Block, s.Stage = space.Block, space.Stage; s.Stage != "" {
			s.Block = b.Tree.Stages[s.Stage]
		}
		return
	}
}

func (p *Pages) showNewSession(w http.ResponseWriter, r *http.Request) error {
	return p.showSession(w, r)
}

func (p *Pages) showSession(w http.ResponseWriter, r *http.Request) error {
	s, err := p.openSession(w, r)
	if err != nil {
		return err
	}
	form := s.b.sessionForm(s.before)
	sheet, err := p.Sheet(r, s.key, form)
	if err != nil {
		return err
	}
	openRows(&sheet.Form)
	return s.draw(sheet, s.b.x)
}

// draw shows the form with the clashes of the session in x.
func (s sessionVisit) draw(sheet desk.Sheet, x *timetable.Index) error {
	sheet.Choices = s.b.sessionChoices()
	page := SessionPage{
		Desk: s.b.Desk, Sheet: sheet, Session: s.before, bench: s.b, Terms: s.b.x.Taxonomies,
		Timeline: timeline(&sheet.Form, s.b.firstHours(sheet.Form)), Clashes: s.b.clashesOf(x, s.before.ID),
		Checked: s.r.Method == http.MethodPost, Persons: s.b.persons.Labels(), Bodies: s.b.institutions.Labels(),
		Sessions: s.b.sessions.Labels(),
	}
	if s.p.Has("desk.request.new") {
		page.Asking = s.b.asking()
	}
	var err error
	if page.Origins, err = s.origins(); err != nil {
		return err
	}
	return sessionPage.ShowStatus(s.w, s.r, sheet.Status(), page)
}

// origins lists the submissions of which the session was made, for those who may read what was sent.
func (s sessionVisit) origins() ([]onstage.Origin, error) {
	if s.p.Origins == nil || s.before.Revision == 0 {
		return nil, nil
	}
	reads := s.b.Scope(rights.ReadSent)
	all, err := s.p.Origins.OriginsOf(s.r.Context(), desk.By(s.r), s.before.ID)
	return slices.DeleteFunc(all, func(o onstage.Origin) bool {
		return o.Block == "" && !reads.All() || o.Block != "" && !reads.Block(o.Block)
	}), err
}

func (p *Pages) takeNewSession(w http.ResponseWriter, r *http.Request) error {
	return p.takeSession(w, r)
}

func (p *Pages) takeSession(w http.ResponseWriter, r *http.Request) error {
	s, err := p.openSession(w, r)
	if err != nil {
		return err
	}
	form, err := web.ReadForm(r, sessionFields)
	if err != nil {
		return err
	}
	if s.before.Revision == 0 {
		form.Revision = 0
		if sent := form.Value(desk.IDField); id.Valid(sent) {
			s.before.ID = programme.SessionID(sent)
		}
		if twice := s.b.x.Session(s.before.ID); s.b.mine(twice) {
			return s.done(*twice) // the same form, sent twice
		}
	}
	button := form.Value(desk.DoField)
	form.Set(desk.DoField, "")
	if button != "" && button != "save" {
		return s.press(form, button)
	}
	return s.save(form)
}

// press does what a button inside the form asks for and shows the form again. Nothing of the session is saved.
func (s sessionVisit) press(form web.Form, button string) error {
	if !rearrange(&form, button) {
		if what, list, row := pressed(button); what == "create" {
			if err := s.create(&form, list, row); err != nil {
				return err
			}
		}
	}
	if err := s.p.Keep(s.r, s.key, form); err != nil {
		return err
	}
	return s.again(desk.Sheet{Form: form, Key: s.key})
}

// again shows the form with the clashes of what was typed.
func (s sessionVisit) again(sheet desk.Sheet) error {
	quiet := web.Form{Fields: sheet.Form.Fields, Typed: sheet.Form.Typed}
	typed := s.b.readSession(&quiet, s.before)
	return s.draw(sheet, s.b.imagine(typed, s.b.readSlots(&quiet, s.before.ID)).Index())
}

// create adds the persons or the institution that nobody knew by the name in a row.
func (s sessionVisit) create(form *web.Form, list desk.Control, row int) error {
	ctx, account := s.r.Context(), desk.By(s.r)
	if list.Name == creditList.Name {
		name := desk.CellAt(form, "credit_name", row)
		taken := func(slug string) bool {
			return slices.ContainsFunc(s.b.x.Institutions, func(i people.Institution) bool { return i.Slug == slug })
		}
		_, err := s.p.People.SaveInstitution(ctx, account, people.Institution{
			Name: i18n.Text{PL: name}, Slug: text.UniqueSlug(text.Slug(name), taken), Sector: people.OtherSector,
			Home: s.b.Scope(rights.EditPeople).Home(),
		})
		return s.created(form, err)
	}
	names := []string{desk.CellAt(form, "person_name", row)}
	if list.Name == segmentList.Name {
		names = speakerNames(desk.CellAt(form, "segment_people", row))
	}
	for _, name := range names {
		if id, several := s.b.persons.find(name); id != "" || several {
			continue
		}
		taken := func(slug string) bool {
			return slices.ContainsFunc(s.b.x.Persons, func(p people.Person) bool { return p.Slug == slug })
		}
		_, err := s.p.People.SavePerson(ctx, account, people.Person{
			Name: name, Slug: text.UniqueSlug(text.Slug(name), taken), Home: s.b.Scope(rights.EditPeople).Home(),
		})
		if err := s.created(form, err); err != nil {
			return err
		}
	}
	return nil
}

// created reads the names again, so that the one that was added is known.
func (s sessionVisit) created(form *web.Form, err error) error {
	if err := form.Blame(err); err != nil {
		return err
	}
	fresh, err := s.p.bench(s.r, "desk.sessions")
	if err != nil {
		return err
	}
	*s.b = *fresh
	s.b.know()
	return nil
}

// save writes the session with its hours, or says why not.
func (s sessionVisit) save(form web.Form) error {
	wanted := s.b.readSession(&form, s.before)
	wanted.Revision = form.Revision
	of := s.before.ID
	if s.before.Revision == 0 {
		of = ""
	}
	hours := s.b.readSlots(&form, of)
	blameSession(&form, wanted.Validate())
	var failed error
	if form.Good() {
		var saved timetable.Edit
		saved, failed = s.p.Timetable.Save(s.r.Context(), desk.By(s.r), timetable.Edit{
			Sessions: []programme.Session{wanted}, Slots: hours.slots, Gone: hours.gone,
		})
		if failed == nil {
			return s.done(saved.Sessions[0])
		}
	}
	if desk.Changed(failed) {
		return s.disagree(form)
	}
	var problems errs.Problems
	if errors.As(failed, &problems) {
		blameSession(&form, problems)
	} else if err := desk.Blame(&form, failed); err != nil {
		return err
	}
	if err := s.p.Keep(s.r, s.key, form); err != nil {
		return err
	}
	return s.again(desk.Sheet{Form: form, Key: s.key})
}

func (s sessionVisit) done(saved programme.Session) error {
	if err := s.p.Drop(s.r, s.key); err != nil {
		return err
	}
	web.Flash(s.r, "planner.session.saved")
	return web.Redirect(s.w, s.r, "desk.session", s.r.PathValue("edition"), saved.Slug)
}

// disagree shows both versions where a colleague was faster. Saving again then writes over theirs.
func (s sessionVisit) disagree(form web.Form) error {
	fresh, err := s.p.bench(s.r, "desk.sessions")
	if err != nil {
		return err
	}
	saved := fresh.x.Session(s.before.ID)
	if !fresh.mine(saved) {
		return programme.ErrNoSession
	}
	fresh.know()
	s.b, s.before = fresh, *saved
	theirs := fresh.sessionForm(*saved)
	if sameSession(theirs, form) {
		return s.done(*saved)
	}
	if err := s.p.Keep(s.r, s.key, form); err != nil {
		return err
	}
	form.Revision = theirs.Revision
	fresh.renewSlots(&form, saved.ID)
	return s.again(desk.Sheet{Form: form, Key: s.key, Theirs: &theirs})
}

// renewSlots brings the hours of the form to the revisions that are saved now; those that are gone become new ones.
func (b *bench) renewSlots(form *web.Form, of programme.SessionID) {
	var known []string
	for i := range desk.CountRows(form, slotList) {
		sent := desk.CellAt(form, "slot_id", i)
		desk.SetCell(form, "slot_id", i, "")
		for _, slot := range b.x.SlotsOf(of) {
			if string(slot.ID) == sent {
				desk.SetCell(form, "slot_id", i, sent)
				desk.SetCell(form, "slot_revision", i, figure(slot.Revision))
			}
		}
	}
	for _, slot := range b.x.SlotsOf(of) {
		if slices.ContainsFunc(form.All(slotsKnown), func(s string) bool { return strings.HasPrefix(s, string(slot.ID)+":") }) {
			known = append(known, string(slot.ID)+":"+figure(slot.Revision))
		}
	}
	form.Set(slotsKnown, known...)
}

// sameSession says whether both forms would save the same.
func sameSession(a, b web.Form) bool {
	for _, c := range compared() {
		for _, name := range desk.InOrder([]desk.Control{c}) {
			if !slices.Equal(desk.Trimmed(a.All(name)), desk.Trimmed(b.All(name))) {
				return false
			}
		}
	}
	return true
}

// blameSession puts what is wrong with the session beside its fields, in lists beside the row.
func blameSession(form *web.Form, err error) {
	var problems errs.Problems
	if !errors.As(err, &problems) {
		return
	}
	cells := map[string]string{
		"programme.segment_minutes": "segment_minutes", "programme.segment_kind": "segment_kind",
		"programme.segment_title": "segment_title_pl", "programme.segment_too_long": "segment_title_pl",
	}
	rows := filledSegments(form)
	for _, problem := range problems {
		n, numbered := 0, false
		if len(problem.Args) > 0 {
			n, numbered = problem.Args[0].(int)
		}
		switch name := cells[problem.Key]; {
		case name != "" && numbered && n >= 1 && n <= len(rows):
			args := append([]any{rows[n-1] + 1}, problem.Args[1:]...)
			if form.Problem(desk.CellName(name, rows[n-1])) == nil {
				desk.RowProblem(form, name, rows[n-1], problem.Key, args...)
			}
		case problem.Name == "links" && hasRowProblem(form, "link_url"), form.Problem(problem.Name) != nil:
		case problem.Name == "place":
			form.Problems.Add("slots", problem.Key, problem.Args...)
		default:
			form.Problems = append(form.Problems, problem)
		}
	}
}

func hasRowProblem(form *web.Form, name string) bool {
	return slices.ContainsFunc(form.Problems, func(f errs.Field) bool { return strings.HasPrefix(f.Name, name+"-") })
}

// imagine is the working programme with a session as it was typed.
func (b *bench) imagine(s programme.Session, hours hoursEdit) *timetable.Programme {
	p := *b.x.Programme
	p.Sessions = slices.DeleteFunc(slices.Clone(p.Sessions), func(o programme.Session) bool { return o.ID == s.ID })
	p.Sessions = append(p.Sessions, s)
	p.Slots = slices.DeleteFunc(slices.Clone(p.Slots), func(o timetable.Slot) bool {
		same := func(k timetable.Slot) bool { return k.ID == o.ID }
		return slices.ContainsFunc(hours.slots, same) || slices.ContainsFunc(hours.gone, same)
	})
	for _, slot := range hours.slots {
		if slot.Session = s.ID; slot.Validate() == nil {
			p.Slots = append(p.Slots, slot)
		}
	}
	return &p
}
