package export_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"obrady/internal/db"
	"obrady/internal/db/dbtest"
	"obrady/internal/export"
	"obrady/internal/i18n"
	"obrady/internal/people"
	"obrady/internal/programme"
	"obrady/internal/schedule"
	"obrady/internal/timetable"
)

const smallFile = `<?xml version="1.0" encoding="UTF-8"?>
<schedule><generator name="x" version="1"/><version>1</version>
<conference><acronym>test2024</acronym><title>Testkonferenz</title><start>2024-05-01</start><end>2024-05-02</end><days>2</days>
<timeslot_duration>00:05</timeslot_duration><time_zone_name>Europe/Berlin</time_zone_name></conference>
<day index="1" date="2024-05-01" start="2024-05-01T09:00:00+02:00" end="2024-05-02T03:59:00+02:00">
<room name="Saal 1">
<event guid="11111111-1111-4111-8111-111111111111" id="7"><date>2024-05-01T10:00:00+02:00</date><start>10:00</start><duration>00:30</duration>
<room>Saal 1</room><title>First</title><subtitle>Why</subtitle><track>Alpha</track><type>lecture</type><language>en</language>
<abstract>&lt;p&gt;Short &lt;b&gt;text&lt;/b&gt;.&lt;/p&gt;</abstract><description>&lt;p&gt;One.&lt;/p&gt;&lt;p&gt;Two &lt;a href="https://example.org/"&gt;link&lt;/a&gt;.&lt;/p&gt;</description>
<persons><person id="0">Ada Example</person><person id="0">Bo Example</person></persons></event>
<event guid="22222222-2222-4222-8222-222222222222" id="9"><date>2024-05-01T10:15:00+02:00</date><start>10:15</start><duration>01:00</duration>
<room>Saal 1</room><title>Second</title><track></track><type>workshop</type><language>de</language><abstract/><description/>
<persons><person id="0">Ada Example</person></persons></event>
</room></day>
<day index="2" date="2024-05-02" start="2024-05-02T09:00:00+02:00" end="2024-05-03T03:59:00+02:00"><room name="Saal 2">
<event guid="33333333-3333-4333-8333-333333333333" id="11"><date>2024-05-02T12:00:00+02:00</date><start>12:00</start><duration>00:45</duration>
<room>Saal 2</room><title>Third</title><track>Alpha</track><type>panel</type><language>en</language><abstract>A</abstract><description>B</description></event>
</room></day></schedule>`

// bring imports a file and fails the test if it does not go in.
func (c congress) bring(t testing.TB, text string) export.Report {
	t.Helper()
	return must[export.Report](t)(c.Apply(t.Context(), export.Import{Schedule: readSchedule(t, []byte(text)), By: "desk"}))
}

func TestFirstImportMakesAnEdition(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		c := newCongress(d)
		preview := must[export.Report](t)(c.Preview(t.Context(), export.Import{Schedule: readSchedule(t, []byte(smallFile)), By: "desk"}))
		if _, err := c.edition.Edition(t.Context(), "test2024"); err == nil {
			t.Fatal("the preview has written an edition")
		}
		report := c.bring(t, smallFile)
		if diff := cmp.Diff(preview, report, cmpopts.IgnoreFields(export.Report{}, "Edition")); diff != "" {
			t.Errorf("what was done differs from the preview (-preview +done):\n%s", diff)
		}
		if report.Added != 3 || report.NewPersons != 2 || report.NewPlaces != 2 || report.NewBlocks != 2 || len(report.Differences) != 0 {
			t.Errorf("report = %+v", report)
		}
		p := must[*timetable.Programme](t)(c.timetable.Working(t.Context(), report.Edition.ID))
		x := p.Index()
		s := x.SessionAt("first")
		if s.Title.PL != "First – Why" || s.Lead.EN != "Short text." || s.Body.PL != "One.\n\nTwo [link](<https://example.org/>)." {
			t.Errorf("session = %q, %q, %q", s.Title.PL, s.Lead.EN, s.Body.PL)
		}
		if len(s.People) != 2 || x.Block(s.Block).Name.PL != "Alpha" || x.Block(x.SessionAt("second").Block).Name.PL != "Testkonferenz" {
			t.Errorf("people %v, block %v", s.People, x.Block(s.Block))
		}
		if place := x.Place(x.SlotsOf(s.ID)[0].Place); !place.Shared {
			t.Errorf("a room in which the file lets events overlap is %+v, want it shared", place)
		}
	})
}

func TestNextVersionChangesOnlyWhatItSaysOtherwise(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		c := newCongress(d)
		of := c.bring(t, smallFile).Edition.ID
		before := must[*timetable.Programme](t)(c.timetable.Working(t.Context(), of)).Index()
		first := *before.SessionAt("first")
		first.Title = i18n.Text{PL: "Pierwsza", EN: "First"}
		first.People[0].Role = programme.Moderator
		must[programme.Session](t)(c.programme.SaveSession(t.Context(), "desk", first))

		changed := strings.NewReplacer("12:00", "13:00", "Ada Example</person></persons></event>\n</room></day>",
			"Cy New</person></persons></event>\n</room></day>", "One.", "Uno.").Replace(smallFile)
		report := c.bring(t, changed)
		var told []string
		for _, diff := range report.Differences {
			told = append(told, diff.Title+" "+diff.Field)
		}
		if diff := cmp.Diff([]string{"First description", "Second persons", "Third start"}, told); diff != "" {
			t.Errorf("differences (-want +got):\n%s", diff)
		}
		if report.Changed != 3 || report.Added != 0 || report.NewPersons != 1 {
			t.Errorf("report = %+v", report)
		}
		x := must[*timetable.Programme](t)(c.timetable.Working(t.Context(), of)).Index()
		after := x.SessionAt("first")
		if after.Title.PL != "Pierwsza" || after.People[0].Role != programme.Moderator || !strings.HasPrefix(after.Body.PL, "Uno.") {
			t.Errorf("edited here: %q, %v, %q; want our title and role with their text", after.Title.PL, after.People, after.Body.PL)
		}
		was, is := before.SlotsOf(x.SessionAt("third").ID)[0], x.SlotsOf(x.SessionAt("third").ID)[0]
		if is.ID != was.ID || is.Start.Sub(was.Start).Hours() != 1 {
			t.Errorf("slot = %+v, want the same one an hour after %+v", is, was)
		}
	})
}

func TestSessionThatTheFileDropsIsCancelledAndMayComeBack(t *testing.T) {
	c := newCongress(sqlite(t))
	of := c.bring(t, smallFile).Edition.ID
	start, end := strings.Index(smallFile, `<event guid="2222`), strings.Index(smallFile, `</room></day>`)
	without := smallFile[:start] + smallFile[end:]
	status := func() programme.Status {
		return must[*timetable.Programme](t)(c.timetable.Working(t.Context(), of)).Index().SessionAt("second").Status
	}
	report := c.bring(t, without)
	if report.Removed != 1 || status() != programme.Cancelled || len(report.Differences) != 1 || report.Differences[0].Kind != schedule.Removed {
		t.Errorf("report = %+v, status %s", report, status())
	}
	if again := c.bring(t, without); again.Removed != 0 || len(again.Differences) != 0 {
		t.Errorf("the same file again = %+v, want nothing to do", again)
	}
	if back := c.bring(t, smallFile); back.Restored != 1 || status() != programme.Ready {
		t.Errorf("report = %+v, status %s; want it restored", back, status())
	}
}

func TestOurOwnFileComesBackWithoutAChange(t *testing.T) {
	s := newSample(t, newCongress(sqlite(t)))
	x, release := s.published(t, s.edition.ID, "1")
	report := must[export.Report](t)(s.Apply(t.Context(), export.Import{Schedule: export.Schedule(x, order(t, release)), By: "desk"}))
	if report.NewEdition || report.Unchanged != 8 || report.Added+report.Changed+report.Removed != 0 {
		t.Errorf("report = %+v, want 8 unchanged events", report)
	}
}

func TestEditedSessionIsExportedAsEdited(t *testing.T) {
	c := newCongress(sqlite(t))
	of := c.bring(t, smallFile).Edition.ID
	x := must[*timetable.Programme](t)(c.timetable.Working(t.Context(), of)).Index()
	first := *x.SessionAt("first")
	first.Title, first.Lead = i18n.Both("Otherwise"), i18n.Both("New lead")
	must[programme.Session](t)(c.programme.SaveSession(t.Context(), "desk", first))
	ada := *x.PersonAt("ada-example")
	ada.Name = "Ada Renamed"
	must[people.Person](t)(c.people.SavePerson(t.Context(), "desk", ada))
	now, release := c.published(t, of, "1")
	out := export.Schedule(now, export.Order{Words: words(t, i18n.English), Release: release})
	var told []string
	for _, diff := range content(schedule.Compare(readSchedule(t, []byte(smallFile)), out)) {
		told = append(told, diff.GUID[:1]+" "+diff.Field)
	}
	want := []string{"1 title", "1 subtitle", "1 abstract", "1 description", "1 persons", "2 persons"}
	if diff := cmp.Diff(want, told); diff != "" {
		t.Errorf("differences (-want +got):\n%s", diff)
	}
}

func TestImportThatCannotBeIsRefused(t *testing.T) {
	c := newCongress(sqlite(t))
	long := strings.ReplaceAll(smallFile, "2024-05-02", "2024-08-02")
	_, err := c.Apply(t.Context(), export.Import{Schedule: readSchedule(t, []byte(long)), By: "desk"})
	if !errors.Is(err, export.ErrTooLong) {
		t.Errorf("a congress of three months = %v, want %v", err, export.ErrTooLong)
	}
	if all := must[[]people.Person](t)(c.people.Persons(t.Context())); len(all) != 0 {
		t.Errorf("%d persons are left of a refused import", len(all))
	}
	if _, err := c.Apply(t.Context(), export.Import{Schedule: &schedule.Schedule{}, By: "desk"}); !errors.Is(err, export.ErrNothing) {
		t.Errorf("an empty schedule = %v, want %v", err, export.ErrNothing)
	}
}
