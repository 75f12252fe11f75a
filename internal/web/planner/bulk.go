package planner

import (
	"errors"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"obrady/internal/civil"
	"obrady/internal/errs"
	"obrady/internal/i18n"
	"obrady/internal/programme"
	"obrady/internal/text"
	"obrady/internal/timetable"
	"obrady/internal/web"
	"obrady/internal/web/desk"
)

// bulkList are the columns of the table in which many sessions are edited at once. What a row was when the table was
// opened goes with it, so that a row which nobody touched is not saved.
var bulkList = desk.Control{Name: "rows", As: desk.AsRows, Key: "planner.bulk.title", Rows: []desk.Control{
	{Name: "row_title", Key: "planner.session.title"},
	{Name: "row_block", Key: "planner.session.block"},
	{Name: "row_stage", Key: "planner.session.stage"},
	{Name: "row_format", Key: "planner.session.format"},
	{Name: "row_status", Key: "planner.session.status"},
	{Name: "row_day", Key: "planner.slot.day"},
	{Name: "row_start", Key: "planner.slot.start"},
	{Name: "row_end", Key: "planner.slot.end"},
	{Name: "row_place", Key: "planner.slot.place"},
	{Name: "row_capacity", Key: "planner.session.capacity"},
	{Name: "row_id", Key: "planner.bulk.title"},
	{Name: "row_revision", Key: "planner.bulk.title"},
	{Name: "row_slot", Key: "planner.bulk.title"},
	{Name: "row_slot_revision", Key: "planner.bulk.title"},
	{Name: "row_was", Key: "planner.bulk.title"},
}}

// typedColumns is how many of the columns a person types into; the rest goes with the row.
const typedColumns = 10

var bulkFields = bulkFieldTable()

func bulkFieldTable() web.Fields {
	fields := web.Fields{
		"tick": "planner.bulk.tick", desk.DoField: "planner.bulk.save", "set_block": "planner.session.block",
		"set_status": "planner.session.status", "set_place": "planner.slot.place",
		"set_format": "planner.session.format", "shift": "planner.bulk.shift",
	}
	for _, column := range bulkList.Rows {
		fields[column.Name] = column.Key
	}
	return fields
}

// BulkPage is a table of sessions that can be edited in place.
type BulkPage struct {
	desk.Desk
	sessionChoice
	Sheet desk.Sheet
	bench *bench
}

var bulkPage = parse[BulkPage]("bulk.html", "session_filter.html")

// bulkRow is one session in the table.
type bulkRow struct {
	listRow
	Session *programme.Session
	More    int // hours beyond the first, which the table does not show
}

// Ticked says whether the row is marked for what is done to several.
func (r bulkRow) Ticked() bool {
	return r.Session != nil && slices.Contains(r.sheet.Form.All("tick"), string(r.Session.ID))
}

// Rows are the sessions on this page of the table.
func (b BulkPage) Rows() []bulkRow {
	n := desk.CountRows(&b.Sheet.Form, bulkList)
	all := make([]bulkRow, n)
	for i := range all {
		id := programme.SessionID(desk.CellAt(&b.Sheet.Form, "row_id", i))
		all[i] = bulkRow{listRow{bulkList, i, n, b.Sheet}, nil, 0}
		if s := b.bench.x.Session(id); b.bench.mine(s) {
			all[i].Session, all[i].More = s, max(0, len(b.bench.x.SlotsOf(id))-1)
		}
	}
	return all
}

// Columns are the names of the columns that a person types into.
func (BulkPage) Columns() []desk.Control { return bulkList.Rows[:typedColumns] }

// Kept are the columns that go with the row unseen.
func (BulkPage) Kept() []desk.Control { return bulkList.Rows[typedColumns:] }

// Kind is the type of the input in a column.
func (BulkPage) Kind(name string) string {
	switch name {
	case "row_day":
		return "date"
	case "row_start", "row_end":
		return "time"
	case "row_capacity":
		return "number"
	}
	return "text"
}

// Setter is what can be done to all ticked rows.
func (b BulkPage) Setter(v web.View, name string) web.Input {
	options := append([]web.Option{{Label: v.T("planner.bulk.leave")}}, b.Sheet.Options(v, strings.Replace(name, "set_", "row_", 1))...)
	return v.Input(b.Sheet.Form, name).Choices(options).Sized("size-m")
}

// Summary lists what is wrong, each line with the number of its row.
func (b BulkPage) Summary(v web.View) web.Summary {
	s := v.Summary(b.Sheet.Form)
	for i, problem := range b.Sheet.Form.Problems {
		if _, row, found := cutLast(problem.Name); found {
			s.Lines[i].Label = v.T("planner.bulk.cell", row+1, s.Lines[i].Label)
		}
	}
	return s
}

func cutLast(name string) (field string, row int, found bool) {
	at := strings.LastIndexByte(name, '-')
	if at < 0 {
		return name, 0, false
	}
	row, err := strconv.Atoi(name[at+1:])
	return name[:at], row, err == nil
}

func (p *Pages) showTable(w http.ResponseWriter, r *http.Request) error {
	b, err := p.bench(r, "desk.table")
	if err != nil {
		return err
	}
	shown := b.choose(r)
	form := web.NewForm(bulkFields)
	for _, line := range shown.Lines {
		desk.AddRow(&form, bulkList, b.bulkCells(line)...)
	}
	if err := p.Recover(r, &form); err != nil {
		return err
	}
	return b.drawTable(w, r, form)
}

// bulkCells are the cells of a session as it is saved.
func (b *bench) bulkCells(l sessionLine) []string {
	day, start, end, place, slot, revision := "", "", "", "", "", ""
	if len(l.Slots) > 0 {
		s := l.Slots[0]
		from, to := s.Start.In(b.x.Zone), s.End.In(b.x.Zone)
		day, start, end = string(civil.DateOf(from)), civil.ClockOf(from).String(), civil.ClockOf(to).String()
		place, slot, revision = string(s.Place), string(s.ID), strconv.Itoa(s.Revision)
	}
	cells := []string{
		l.Title.PL, string(l.Session.Block), string(l.Stage), string(l.Format), string(l.Status),
		day, start, end, place, figure(l.Capacity),
	}
	return append(cells, string(l.ID), strconv.Itoa(l.Revision), slot, revision, asOne(cells))
}

func (b *bench) drawTable(w http.ResponseWriter, r *http.Request, form web.Form) error {
	shown := b.choose(r)
	offered := b.sessionChoices()
	sheet := desk.Sheet{Form: form, Choices: map[string][]desk.Choice{
		"row_block": b.shortBlocks(web.Lang(r)), "row_stage": offered["stage"], "row_format": offered["format"],
		"row_status": offered["status"], "row_place": offered["slot_place"],
	}}
	status := form.Status()
	if slices.ContainsFunc(form.Problems, func(f errs.Field) bool { return f.Error != nil && f.Key == keyFaster }) {
		status = http.StatusConflict
	}
	return bulkPage.ShowStatus(w, r, status, BulkPage{b.Desk, shown, sheet, b})
}

// shortBlocks are the blocks by their letter and the beginning of their name, so that the column stays narrow.
func (b *bench) shortBlocks(lang i18n.Lang) []desk.Choice {
	const letters = 24
	all := make([]desk.Choice, len(b.x.Blocks))
	for i, block := range b.x.Blocks {
		all[i] = desk.Choice{Value: string(block.ID), Plain: block.Mark + " " + text.Excerpt(block.Name.In(lang).Text, letters)}
	}
	return all
}

const keyFaster = "planner.bulk.faster"

// takeTable saves the rows that somebody changed, all of them or none, or does to the ticked rows what was asked and
// shows the table again.
func (p *Pages) takeTable(w http.ResponseWriter, r *http.Request) error {
	b, err := p.bench(r, "desk.table")
	if err != nil {
		return err
	}
	form, err := web.ReadForm(r, bulkFields)
	if err != nil {
		return err
	}
	if form.Value(desk.DoField) == "apply" {
		b.applyToTicked(&form)
		return b.drawTable(w, r, form)
	}
	edit, rows := b.readTable(&form)
	if len(edit.Sessions)+len(edit.Slots)+len(edit.Gone) == 0 && form.Good() {
		web.Flash(r, "planner.bulk.nothing")
		return web.RedirectTo(w, r, r.URL.RequestURI())
	}
	if form.Good() {
		_, err := p.Timetable.Save(r.Context(), desk.By(r), edit)
		if err == nil {
			web.Flash(r, "planner.bulk.saved", len(rows))
			return web.RedirectTo(w, r, r.URL.RequestURI())
		}
		if err := b.blameTable(&form, err); err != nil {
			return err
		}
	}
	return b.drawTable(w, r, form)
}

// readTable reads the rows that are not as they were, and says which those are.
func (b *bench) readTable(form *web.Form) (e timetable.Edit, rows []int) {
	for i := range desk.CountRows(form, bulkList) {
		s := b.x.Session(programme.SessionID(desk.CellAt(form, "row_id", i)))
		if !b.mine(s) {
			desk.RowProblem(form, "row_title", i, "planner.bulk.gone")
			continue
		}
		if asOne(typedCells(form, i)) == desk.CellAt(form, "row_was", i) {
			continue
		}
		rows = append(rows, i)
		b.readSessionRow(form, i, *s, &e)
		b.readHoursRow(form, i, *s, &e)
	}
	return e, rows
}

// asOne writes the cells of a row into one value that a form carries unchanged.
func asOne(cells []string) string { return "|" + strings.Join(cells, "|") + "|" }

func typedCells(form *web.Form, row int) []string {
	cells := make([]string, typedColumns)
	for i, c := range bulkList.Rows[:typedColumns] {
		cells[i] = desk.CellAt(form, c.Name, row)
	}
	return cells
}

func (b *bench) readSessionRow(form *web.Form, row int, s programme.Session, e *timetable.Edit) {
	s.Title.PL = desk.CellAt(form, "row_title", row)
	s.Block, s.Stage = programme.BlockID(desk.CellAt(form, "row_block", row)), programme.StageID(desk.CellAt(form, "row_stage", row))
	s.Format, s.Status = programme.Format(desk.CellAt(form, "row_format", row)), programme.Status(desk.CellAt(form, "row_status", row))
	s.Capacity = wholeNumber(form, "row_capacity", row)
	s.Revision, _ = strconv.Atoi(desk.CellAt(form, "row_revision", row)) // a forged one is nobody's last
	if b.x.Block(s.Block) == nil {
		desk.RowProblem(form, "row_block", row, "programme.choose")
	}
	if s.Stage != "" && b.x.Stage(s.Stage) == nil {
		desk.RowProblem(form, "row_stage", row, "programme.choose")
	}
	blameRow(form, row, s.Validate())
	e.Sessions = append(e.Sessions, s)
}

// readHoursRow reads the first hours of the session; empty cells take them away.
func (b *bench) readHoursRow(form *web.Form, row int, s programme.Session, e *timetable.Edit) {
	sent := timetable.SlotID(desk.CellAt(form, "row_slot", row))
	saved := b.x.SlotsOf(s.ID)
	at := slices.IndexFunc(saved, func(o timetable.Slot) bool { return o.ID == sent })
	now := timetable.Slot{Session: s.ID}
	if at >= 0 {
		now = saved[at]
	}
	now.Revision, _ = strconv.Atoi(desk.CellAt(form, "row_slot_revision", row)) // as above
	if desk.CellAt(form, "row_start", row)+desk.CellAt(form, "row_end", row)+desk.CellAt(form, "row_day", row) == "" {
		if at >= 0 {
			e.Gone = append(e.Gone, now)
		}
		return
	}
	wanted, problems := b.hoursOf(form, row, now)
	for _, problem := range problems {
		name, _, _ := cutLast(problem.Name)
		name = strings.TrimSuffix(strings.Replace(name, "slot_", "row_", 1), "_turn")
		desk.RowProblem(form, name, row, problem.Key, problem.Args...)
	}
	if at < 0 || !unmoved(wanted, saved[at]) {
		e.Slots = append(e.Slots, wanted)
	}
}

// hoursOf reads the hours of a row as the form of the session would. A session that ran past midnight still does
// unless its end now comes after its start.
func (b *bench) hoursOf(form *web.Form, row int, before timetable.Slot) (timetable.Slot, errs.Problems) {
	one := web.NewForm(sessionFields)
	start, end := desk.CellAt(form, "row_start", row), desk.CellAt(form, "row_end", row)
	ends, startTurn, endTurn := "", "", ""
	if !before.Start.IsZero() {
		from, to := before.Start.In(b.x.Zone), before.End.In(b.x.Zone)
		if civil.DateOf(to) != civil.DateOf(from) && len(start) == len(end) && end <= start {
			ends = nextDay
		}
		startTurn, endTurn = turnOf(from), turnOf(to)
	}
	desk.AddRow(&one, slotList, "", "", desk.CellAt(form, "row_day", row), start, end, ends, desk.CellAt(form, "row_place", row), startTurn, endTurn)
	s := b.readSlot(&one, 0)
	s.ID, s.Session, s.Revision, s.Examples = before.ID, before.Session, before.Revision, before.Examples
	return s, one.Problems
}

// blameRow puts what is wrong with a session beside its cells.
func blameRow(form *web.Form, row int, err error) {
	var problems errs.Problems
	if !errors.As(err, &problems) {
		return
	}
	cells := map[string]string{
		"title_pl": "row_title", "block": "row_block", "stage": "row_stage", "format": "row_format", "status": "row_status",
		"capacity": "row_capacity", "place": "row_place",
	}
	for _, problem := range problems {
		name := cells[problem.Name]
		if name == "" {
			name = "row_title" // something that only the form of the session shows
		}
		if form.Problem(desk.CellName(name, row)) == nil {
			desk.RowProblem(form, name, row, problem.Key, problem.Args...)
		}
	}
}

// blameTable marks the row at which the database stopped.
func (b *bench) blameTable(form *web.Form, err error) error {
	var stuck *timetable.Stuck
	if !errors.As(err, &stuck) {
		return err
	}
	for i := range desk.CountRows(form, bulkList) {
		mine := desk.CellAt(form, "row_id", i) == string(stuck.Session) || stuck.Slot != "" && desk.CellAt(form, "row_slot", i) == string(stuck.Slot)
		if !mine {
			continue
		}
		if desk.Changed(err) {
			desk.RowProblem(form, "row_title", i, keyFaster)
			return nil
		}
		blameRow(form, i, err)
		if !form.Good() {
			return nil
		}
	}
	return err
}

// applyToTicked changes the cells of the ticked rows. Nothing is saved.
func (b *bench) applyToTicked(form *web.Form) {
	shift := form.Int("shift")
	if shift < -programme.MaxMinutes || shift > programme.MaxMinutes {
		form.Problems.Add("shift", "planner.bulk.shift_range", programme.MaxMinutes)
	}
	if len(form.All("tick")) == 0 {
		form.Problems.Add("tick", "planner.bulk.nothing_ticked")
	}
	if !form.Good() {
		return
	}
	for i := range desk.CountRows(form, bulkList) {
		if !slices.Contains(form.All("tick"), desk.CellAt(form, "row_id", i)) {
			continue
		}
		for _, name := range []string{"block", "status", "place", "format"} {
			if value := form.Value("set_" + name); value != "" {
				desk.SetCell(form, "row_"+name, i, value)
			}
		}
		b.shiftRow(form, i, time.Duration(shift)*time.Minute)
	}
}

// shiftRow moves the hours of a row. Hours that cannot be read stay as they are; saving will tell.
func (b *bench) shiftRow(form *web.Form, row int, by time.Duration) {
	if by == 0 || desk.CellAt(form, "row_start", row) == "" {
		return
	}
	before := timetable.Slot{}
	for _, slot := range b.x.SlotsOf(programme.SessionID(desk.CellAt(form, "row_id", row))) {
		if string(slot.ID) == desk.CellAt(form, "row_slot", row) {
			before = slot
		}
	}
	s, problems := b.hoursOf(form, row, before)
	if len(problems) > 0 {
		return
	}
	from, to := s.Start.Add(by).In(b.x.Zone), s.End.Add(by).In(b.x.Zone)
	desk.SetCell(form, "row_day", row, string(civil.DateOf(from)))
	desk.SetCell(form, "row_start", row, civil.ClockOf(from).String())
	desk.SetCell(form, "row_end", row, civil.ClockOf(to).String())
}
