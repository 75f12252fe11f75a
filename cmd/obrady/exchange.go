package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"time"

	"obrady/internal/app"
	"obrady/internal/db"
	"obrady/internal/export"
	"obrady/internal/i18n"
	"obrady/internal/people"
	"obrady/internal/schedule"
	"obrady/internal/timetable"
)

// operator stands in the journal for whoever used the terminal.
const operator people.AccountID = "operator"

type importCommand struct {
	Schedule importScheduleCommand `cmd:"" help:"Bring in a programme from schedule.xml or schedule.json, made by this or another program."`
	Table    importTableCommand    `cmd:"" help:"Bring in sessions from a CSV or XLSX table."`
}

type importScheduleCommand struct {
	File    string `arg:"" help:"The file." type:"existingfile"`
	Edition string `help:"Address of the edition that it goes into, such as kpm-2021." placeholder:"SLUG" xor:"target" required:""`
	New     bool   `help:"Take the edition that the acronym of the file names, and make it if it is not there." xor:"target" required:""`
	Zone    string `help:"The zone of times that have none, if the file does not say." default:"Europe/Warsaw"`
	Publish string `help:"Publish the edition afterwards, as a release of this name." placeholder:"NAME"`
	DryRun  bool   `help:"Say what would happen, and write nothing."`

	storeFlags `embed:""`
}

// Run reads the file, says what was repaired, and brings it in.
func (c *importScheduleCommand) Run(ctx context.Context, t terminal) error {
	zone, err := time.LoadLocation(c.Zone)
	if err != nil {
		return usageError{fmt.Errorf("--zone %q is no zone; write it as Europe/Warsaw", c.Zone)}
	}
	read, repairs, err := c.read(t, zone)
	if err != nil {
		return err
	}
	for _, r := range repairs {
		t.say("repaired\tline %d\t%s\t%s\t%v", r.Line, strings.ReplaceAll(string(r.Code), "_", " "), r.Where, r.Args)
	}
	return beside(ctx, c.address(), func(d *db.DB) error {
		progress := t.progress("importing")
		in := export.Import{
			Schedule: read, Repairs: repairs, Edition: c.Edition, Zone: zone, By: operator,
			Progress: func(done, total int) { progress.at(int64(done), int64(total)) },
		}
		work := export.NewImporter(d, time.Now).Apply
		if c.DryRun {
			work = export.NewImporter(d, time.Now).Preview
		}
		report, err := work(ctx, in)
		progress.end()
		if err != nil {
			return err
		}
		t.report(report)
		if c.DryRun || c.Publish == "" {
			return nil
		}
		return publish(ctx, t, d, timetable.Order{Edition: report.Edition.ID, Name: i18n.Text{PL: c.Publish}, DespiteErrors: true})
	})
}

func (c *importScheduleCommand) read(t terminal, zone *time.Location) (*schedule.Schedule, []schedule.Repair, error) {
	f, err := os.Open(c.File)
	if err != nil {
		return nil, nil, fmt.Errorf("import: %w", err)
	}
	defer func() { _ = f.Close() }() // it was only read
	progress := t.progress("reading")
	defer progress.end()
	read, repairs, err := schedule.Read(f, filepath.Base(c.File), schedule.Options{Location: zone, Progress: progress.at})
	return read, repairs, inWords(err)
}

func (t terminal) report(r export.Report) {
	for _, d := range r.Differences {
		t.say("difference\t%s\t%s\t%s\t%q\t%q", d.Kind, d.Title, d.Field, d.Before, d.After)
	}
	t.say("edition\t%s", r.Edition.Slug)
	t.say("sessions\tnew %d, changed %d, restored %d, cancelled %d, unchanged %d", r.Added, r.Changed, r.Restored, r.Removed, r.Unchanged)
	t.say("new\tpersons %d, places %d, blocks %d", r.NewPersons, r.NewPlaces, r.NewBlocks)
	t.say("repairs\t%d", len(r.Repairs))
}

// publish makes a release of what was brought in. Clashes in a programme of others are theirs; they are counted, and
// the desk lists them.
func publish(ctx context.Context, t terminal, d *db.DB, o timetable.Order) error {
	o.By, o.Scope = operator, timetable.Scope{Kind: timetable.Whole}
	service := timetable.NewService(d, time.Now)
	proposal, err := service.Propose(ctx, o.Edition, o.Scope)
	if err != nil {
		return err
	}
	release, err := service.Publish(ctx, o)
	if errors.Is(err, timetable.ErrUnchanged) {
		t.say("release\tnone, because nothing has changed")
		return nil
	}
	if err != nil {
		return err
	}
	t.say("release\tnumber %d, changes %d, clashes %d", release.Number, len(release.Changes), proposal.Errors())
	return nil
}

type importTableCommand struct {
	File    string `arg:"" help:"The table." type:"existingfile"`
	Edition string `help:"Address of the edition that it goes into, such as kpm-2021." placeholder:"SLUG" required:""`
	DryRun  bool   `help:"Say what would happen, and write nothing."`

	storeFlags `embed:""`
}

// Run reads the table and brings all of it in, or names every cell that is refused.
func (c *importTableCommand) Run(ctx context.Context, t terminal) error {
	f, err := os.Open(c.File)
	if err != nil {
		return fmt.Errorf("import: %w", err)
	}
	defer func() { _ = f.Close() }() // it was only read
	sheets, err := export.ReadTable(f, filepath.Base(c.File))
	if err != nil {
		return err
	}
	words, err := app.Catalogue()
	if err != nil {
		return err
	}
	return beside(ctx, c.address(), func(d *db.DB) error {
		work := export.NewImporter(d, time.Now).ApplyTable
		if c.DryRun {
			work = export.NewImporter(d, time.Now).PreviewTable
		}
		english := words.In(i18n.English)
		report, err := work(ctx, export.TableImport{
			Edition: c.Edition, Table: sheets, Words: []i18n.Printer{words.In(i18n.Polish), english}, By: operator,
		})
		for _, p := range report.Problems {
			t.say("refused\t%s\trow %d\t%s\t%s", p.Sheet, p.Row, p.Column, english.T(p.Problem.Key, p.Problem.Args...))
		}
		if err != nil {
			return err
		}
		if report.Encoding != "" {
			t.say("read as\t%s, separated by %q", report.Encoding, report.Separator)
		}
		for _, name := range report.Ignored {
			t.say("ignored\tcolumn %s", name)
		}
		t.say("sessions\tnew %d, changed %d, unchanged %d; new persons %d", report.New, report.Changed, report.Unchanged, report.NewPersons)
		if c.DryRun && len(report.Problems) > 0 {
			return export.ErrRefused.With(len(report.Problems))
		}
		return nil
	})
}

type exportCommand struct {
	Format  string `arg:"" help:"One of ${formatlist}." enum:"${formats}"`
	Edition string `help:"Address of the edition, such as kpm-2021." placeholder:"SLUG" required:""`
	Lang    string `help:"Language of the texts: pl or en." enum:"pl,en" default:"pl"`
	Out     string `help:"The file to write, which must not be there yet; the standard output if not given." placeholder:"FILE"`

	storeFlags `embed:""`
	BaseURL    string `help:"Where the site stands for the world, for the links in the file." env:"OBRADY_BASE_URL" default:"http://127.0.0.1:8080"`
}

// Run writes what the public sees.
func (c *exportCommand) Run(ctx context.Context, t terminal) error {
	return beside(ctx, c.address(), func(d *db.DB) error {
		house, err := app.New(ctx, d, app.Config{BaseURL: c.BaseURL})
		if err != nil {
			return err
		}
		request := app.Request{Edition: c.Edition, Format: c.Format, Lang: i18n.Lang(c.Lang)}
		if c.Out == "" {
			return flushed(t.out, func(w io.Writer) error { return house.Export(ctx, w, request) })
		}
		f, err := os.OpenFile(c.Out, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o644) //nolint:gosec // what the public sees
		if err != nil {
			return fmt.Errorf("export: %w", err)
		}
		return errors.Join(flushed(f, func(w io.Writer) error { return house.Export(ctx, w, request) }), f.Close())
	})
}

func flushed(to io.Writer, write func(io.Writer) error) error {
	w := bufio.NewWriter(to)
	return errors.Join(write(w), w.Flush())
}
