package export

import (
	"context"
	"fmt"
	"strings"
	"time"

	"obrady/internal/db"
	"obrady/internal/edition"
	"obrady/internal/errs"
	"obrady/internal/people"
	"obrady/internal/schedule"
	"obrady/internal/timetable"
)

// What can go wrong with an import.
var (
	ErrTooLong = errs.New(errs.Invalid, "export.schedule_too_long")
	ErrNothing = errs.New(errs.Invalid, "export.schedule_empty")
)

// Importer brings programmes of others into the congress: first as a report
// of what would happen, then all of it or nothing.
type Importer struct {
	db  *db.DB
	now func() time.Time
}

// NewImporter returns an Importer that reads the time from now.
func NewImporter(d *db.DB, now func() time.Time) *Importer { return &Importer{d, now} }

// Import is a schedule that somebody wants to bring in.
type Import struct {
	Schedule *schedule.Schedule
	Repairs  []schedule.Repair // what reading it has mended, for the report
	// Edition is the address of the edition it goes into. Empty: the one that
	// the acronym of the file names, which is made if it is not there.
	Edition string
	// Zone is the clock of a new edition if the file names none. nil: UTC.
	Zone *time.Location
	By   people.AccountID // who answers for it in the journal; never empty
	// Progress is told how many events are written, of how many; it may be nil.
	Progress func(done, total int)
}

// Report says what an import does, or would do.
type Report struct {
	Edition    edition.Edition
	NewEdition bool
	Events     int // in the file
	Added      int // sessions that are new
	Changed    int // sessions of which the file says something else than before
	Restored   int // sessions that an earlier version had taken out
	Removed    int // sessions that the file has no more: they are cancelled, not deleted
	Unchanged  int
	NewPersons int
	NewPlaces  int
	NewBlocks  int
	Repairs    []schedule.Repair
	// Differences lists field by field what this file says otherwise than the
	// one that was imported before it. For a first import it is empty.
	Differences []schedule.Difference
}

// Preview says what Apply would do, and writes nothing.
func (m *Importer) Preview(ctx context.Context, in Import) (Report, error) {
	var p *plan
	err := m.db.Snapshot(ctx, func(q db.Querier) (err error) {
		p, err = makePlan(ctx, q, in)
		return err
	})
	if err != nil {
		return Report{}, fmt.Errorf("preview schedule %s: %w", in.Schedule.Conference.Acronym, err)
	}
	return p.report, nil
}

// Apply brings the schedule into its edition: rooms become places, tracks
// become blocks, events become sessions with their hours, and each keeps its
// guid and its number. A newer version of a file that came before changes
// only what the file has changed since; what was edited here stays. It
// happens in one transaction.
func (m *Importer) Apply(ctx context.Context, in Import) (Report, error) {
	var report Report
	now := m.now()
	err := m.db.Tx(ctx, func(tx *db.Tx) error {
		p, err := makePlan(ctx, tx, in)
		if err != nil {
			return err
		}
		if err := p.write(ctx, tx, people.Change{By: in.By, At: now}); err != nil {
			return err
		}
		report = p.report
		return nil
	})
	if err != nil {
		return Report{}, fmt.Errorf("import schedule %s: %w", in.Schedule.Conference.Acronym, err)
	}
	return report, nil
}

// sourceOf names the file across its versions.
func sourceOf(s *schedule.Schedule) string { return strings.ToLower(s.Conference.Acronym) }

// previous rebuilds the file that was imported before from what each session
// keeps of it, so that two versions are compared and nothing else.
func previous(x *timetable.Index, source string) *schedule.Schedule {
	s := &schedule.Schedule{}
	days, rooms := map[string]int{}, map[string]int{}
	for i := range x.Sessions {
		if x.Sessions[i].Origin.Source != source {
			continue
		}
		o, came := originOf(&x.Sessions[i])
		if !came || o.Gone {
			continue
		}
		day, known := days[o.Day]
		if !known {
			day = len(s.Days)
			days[o.Day] = day
			s.Days = append(s.Days, schedule.Day{Date: o.Day})
		}
		key := o.Day + "/" + o.Event.Room
		room, known := rooms[key]
		if !known {
			room = len(s.Days[day].Rooms)
			rooms[key] = room
			s.Days[day].Rooms = append(s.Days[day].Rooms, schedule.Room{Name: o.Event.Room})
		}
		in := &s.Days[day].Rooms[room]
		in.Events = append(in.Events, o.Event)
	}
	return s
}

// differences compares the events of two versions of a file.
func differences(before, now *schedule.Schedule) []schedule.Difference {
	if len(before.Days) == 0 {
		return nil
	}
	var found []schedule.Difference
	for _, d := range schedule.Compare(before, now) {
		if d.GUID != "" { // what is said of the conference itself is the edition's, which is edited here
			found = append(found, d)
		}
	}
	return found
}
