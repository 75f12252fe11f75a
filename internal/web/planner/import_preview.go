package planner

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"net/http"
	"time"

	"obrady/internal/export"
	"obrady/internal/i18n"
	"obrady/internal/programme"
	"obrady/internal/schedule"
	"obrady/internal/table"
	"obrady/internal/timetable"
	"obrady/internal/web"
	"obrady/internal/web/desk"
)

// mostLines is how many lines of a kind the preview shows; it says how many more there are.
const mostLines = 500

// PreviewPage says what a file would do before it does it.
type PreviewPage struct {
	desk.Desk
	File, Kept string
	Table      *export.TableReport
	Schedule   *export.Report
}

var previewPage = parse[PreviewPage]("import_preview.html")

// Ready says whether the file can be applied.
func (p PreviewPage) Ready() bool { return p.Table == nil || len(p.Table.Problems) == 0 }

// Separator is what stands between the cells of a CSV, by name.
func (p PreviewPage) Separator() string {
	switch p.Table.Separator {
	case ';':
		return "planner.import.semicolon"
	case ',':
		return "planner.import.comma"
	case '\t':
		return "planner.import.tab"
	}
	return "planner.import.other_separator"
}

// Problems are the refused cells, the first of them.
func (p PreviewPage) Problems() []export.RowProblem { return first(p.Table.Problems) }

// Rows are what becomes of the rows, without those that stay as they are.
func (p PreviewPage) Rows() []export.RowEffect {
	var all []export.RowEffect
	for _, row := range p.Table.Rows {
		if row.Effect != export.EffectUnchanged {
			all = append(all, row)
		}
	}
	return first(all)
}

// Repairs are the faults of a schedule that were put right.
func (p PreviewPage) Repairs() []schedule.Repair { return first(p.Schedule.Repairs) }

// Repair says one of them.
func (p PreviewPage) Repair(printer i18n.Printer, r schedule.Repair) string {
	return export.RepairSentence(printer, r)
}

// Differences are what the file says otherwise than the one before it.
func (p PreviewPage) Differences() []schedule.Difference { return first(p.Schedule.Differences) }

// Difference says what kind of difference it is.
func (p PreviewPage) Difference(d schedule.Difference) string { return export.DifferenceKey(d.Kind) }

// More counts what is not shown of all.
func (PreviewPage) More(all int) int { return max(0, all-mostLines) }

func first[T any](all []T) []T { return all[:min(len(all), mostLines)] }

func sum(content []byte) string {
	hash := sha256.Sum256(content)
	return hex.EncodeToString(hash[:8])
}

func (p *Pages) showPreview(w http.ResponseWriter, r *http.Request) error {
	d, err := p.Desk(r, "desk.import")
	if err != nil {
		return err
	}
	u, err := p.findFile(r)
	if err != nil {
		return err
	}
	file, err := p.open(r, d, u)
	if err != nil {
		return err
	}
	page := PreviewPage{Desk: d, File: u.name, Kept: u.stamp}
	if file.table != nil {
		report, err := p.Imports.PreviewTable(r.Context(), *file.table)
		if err != nil {
			return err
		}
		page.Table = &report
		status := http.StatusOK
		if !page.Ready() {
			status = http.StatusUnprocessableEntity
		}
		return previewPage.ShowStatus(w, r, status, page)
	}
	report, err := p.Imports.Preview(r.Context(), *file.schedule)
	if err != nil {
		return err
	}
	page.Schedule = &report
	return previewPage.Show(w, r, page)
}

// applyFile writes what the preview has shown, all of it or nothing.
func (p *Pages) applyFile(w http.ResponseWriter, r *http.Request) error {
	d, err := p.Desk(r, "desk.import")
	if err != nil {
		return err
	}
	form, err := web.ReadForm(r, importFields)
	if err != nil {
		return err
	}
	u, err := p.findFile(r)
	if err != nil {
		return err
	}
	if form.Value("kept") != u.stamp {
		return errReplaced
	}
	file, err := p.open(r, d, u)
	if err != nil {
		return err
	}
	added, changed, err := p.apply(r, file)
	if errors.Is(err, export.ErrRefused) {
		return p.showPreview(w, r) // somebody changed the programme since the preview
	}
	if err != nil {
		return err
	}
	if err := p.Drafts.Drop(r.Context(), web.Account(r), fileKey(r, u.kind)); err != nil {
		return err
	}
	web.Flash(r, "planner.import.done", added, changed)
	return web.Redirect(w, r, "desk.sessions", r.PathValue("edition"))
}

func (p *Pages) apply(r *http.Request, file opened) (added, changed int, err error) {
	if file.table != nil {
		report, err := p.Imports.ApplyTable(r.Context(), *file.table)
		return report.New, report.Changed, err
	}
	report, err := p.Imports.Apply(r.Context(), *file.schedule)
	return report.Added, report.Changed + report.Restored + report.Removed, err
}

// sendSample sends a table with two rows that the import takes as they are, with a block and a place of the edition
// where there are some.
func (p *Pages) sendSample(w http.ResponseWriter, r *http.Request) error {
	b, err := p.bench(r, "desk.import")
	if err != nil {
		return err
	}
	sheet := export.Table(b.sample(p.printer(r)).Index(), export.Order{Words: p.printer(r)})
	w.Header().Set("Content-Type", "text/csv; charset=utf-8")
	w.Header().Set("Content-Disposition", `attachment; filename="`+b.Edition.Slug+`.csv"`)
	if err := table.WriteCSV(w, sheet); err != nil {
		return fmt.Errorf("send sample: %w", err)
	}
	return nil
}

func (b *bench) sample(words i18n.Printer) *timetable.Programme {
	made := &timetable.Programme{Edition: b.Edition, Blocks: b.x.Blocks, Places: b.x.Places, Taxonomies: b.x.Taxonomies}
	if len(made.Blocks) == 0 {
		made.Blocks = []programme.Block{{ID: "block", Slug: "blok"}}
	}
	noon := b.Edition.StartsOn.In(b.x.Zone).Add(12 * time.Hour)
	for i, key := range []string{"planner.import.first_example", "planner.import.second_example"} {
		s := programme.Session{
			ID: programme.SessionID(key), Slug: "przyklad-" + figure(i+1), Block: made.Blocks[0].ID, Format: programme.Panel,
			Form: b.Edition.Form, Status: programme.Draft, Languages: []string{"pl"}, Capacity: 20,
		}
		s.Title.PL = words.T(key)
		made.Sessions = append(made.Sessions, s)
		slot := timetable.Slot{ID: timetable.SlotID(key), Session: s.ID, Start: noon, End: noon.Add(90 * time.Minute)}
		if len(made.Places) > 0 {
			slot.Place = made.Places[0].ID
		}
		made.Slots = append(made.Slots, slot)
		noon = noon.Add(2 * time.Hour)
	}
	return made
}

// Refusal says why a cell was refused.
func (PreviewPage) Refusal(printer i18n.Printer, p export.RowProblem) string {
	return printer.T(p.Problem.Key, p.Problem.Args...)
}
