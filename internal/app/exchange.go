package app

import (
	"context"
	"fmt"
	"io"
	"maps"
	"slices"

	"obrady/internal/export"
	"obrady/internal/i18n"
	"obrady/internal/publication"
	"obrady/internal/schedule"
	"obrady/internal/web"
)

// formats are the files that Export writes, by the names that they have on the site.
var formats = map[string]func(io.Writer, *publication.Edition, export.Order) error{
	"schedule.xml": func(w io.Writer, e *publication.Edition, o export.Order) error {
		return schedule.WriteXML(w, export.Schedule(e.Programme, o))
	},
	"schedule.json": func(w io.Writer, e *publication.Edition, o export.Order) error {
		return schedule.WriteJSON(w, export.Schedule(e.Programme, o))
	},
	"calendar.ics": func(w io.Writer, e *publication.Edition, o export.Order) error {
		return export.ICalendar(w, e.Programme, o, export.WholeCalendar(e.Programme))
	},
	"changes.atom": func(w io.Writer, e *publication.Edition, o export.Order) error {
		return export.Atom(w, e.Programme, o, e.Releases)
	},
	"programme.csv": func(w io.Writer, e *publication.Edition, o export.Order) error {
		return export.CSV(w, e.Programme, o)
	},
	"programme.xlsx": func(w io.Writer, e *publication.Edition, o export.Order) error {
		return export.XLSX(w, e.Programme, o)
	},
}

// Formats lists what Export writes.
func Formats() []string { return slices.Sorted(maps.Keys(formats)) }

// Request says what file to write: of which edition, by its address, in what format and language.
type Request struct {
	Edition, Format string
	Lang            i18n.Lang
}

// Export writes what the public sees of an edition to w.
func (a *App) Export(_ context.Context, w io.Writer, r Request) error {
	write := formats[r.Format]
	if write == nil {
		return fmt.Errorf("there is no format %q", r.Format)
	}
	e, err := a.Publication.Edition(r.Edition)
	if err != nil {
		return fmt.Errorf("export %s: %w", r.Edition, err)
	}
	order := export.Order{Words: a.catalogue.In(r.Lang), Release: e.Release, Addresses: web.Addresses{Site: a.Site}}
	if err := write(w, e, order); err != nil {
		return fmt.Errorf("export %s of %s: %w", r.Format, r.Edition, err)
	}
	return nil
}
