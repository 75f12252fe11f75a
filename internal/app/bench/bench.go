package bench

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"path/filepath"
	"strings"
	"text/tabwriter"
	"time"

	"obrady/internal/app"
	"obrady/internal/demo"
)

// Editions that are measured beside the demo's.
var (
	large = Size{Slug: "wzorcowy-1000", Sessions: 1000, Persons: 3000}
	small = Size{Slug: "wzorcowy-100", Sessions: 100, Persons: 300}
)

// Run makes the congresses in folder, measures their pages, and writes the table to w. Exe is the program itself,
// which is started anew to see how fast it starts and how much memory it takes.
func Run(ctx context.Context, w io.Writer, folder, exe string, o Options) error {
	database := "sqlite:" + filepath.Join(folder, "bench.db")
	lines, more, err := measure(ctx, database, o)
	if err != nil {
		return err
	}
	o.Note("starting fresh servers")
	var fresh []Fresh
	for range min(o.Rounds, mostStarts) {
		f, err := Start(ctx, exe, database, more.firstPath)
		if err != nil {
			return err
		}
		fresh = append(fresh, f)
	}
	return write(w, lines, more, fresh)
}

// mostStarts is how often the program is started anew; each takes a while.
const mostStarts = 5

// nowhere takes the log.
type nowhere struct{}

// Write forgets.
func (nowhere) Write(p []byte) (int, error) { return len(p), nil }

// further is what is measured beside the table of pages.
type further struct {
	inSmall, inLarge time.Duration // p50 of a session page drawn anew
	firstPath        string
}

func measure(ctx context.Context, database string, o Options) (lines []Line, more further, err error) {
	store, err := app.OpenStore(ctx, database)
	if err != nil {
		return nil, more, err
	}
	defer func() { err = errors.Join(err, store.Close()) }()
	if err := fill(ctx, store, o); err != nil {
		return nil, more, err
	}
	// Every request is logged as on a real server, up to the last step.
	log := slog.New(slog.NewJSONHandler(nowhere{}, nil))
	config := app.Config{BaseURL: "http://127.0.0.1", Log: log}
	kept, err := app.New(ctx, store.DB, config)
	if err != nil {
		return nil, more, err
	}
	config.Uncached = true
	drawn, err := app.New(ctx, store.DB, config)
	if err != nil {
		return nil, more, err
	}
	if lines, err = Pages(ctx, kept, drawn, o, demo.Main, large.Slug, small.Slug); err != nil {
		return nil, more, err
	}
	lines, more.inSmall, more.inLarge = split(lines)
	e, err := sampleOf(kept, large.Slug)
	more.firstPath = path(kept, 0, e)
	return lines, more, err
}

// split takes the small edition out of the table: it is there to compare the session page with.
func split(all []Line) (lines []Line, inSmall, inLarge time.Duration) {
	for _, line := range all {
		if line.Page == "session page" && line.Case == "drawn anew" {
			switch line.Edition {
			case small.Slug:
				inSmall = line.P50
			case large.Slug:
				inLarge = line.P50
			}
		}
		if line.Edition != small.Slug {
			lines = append(lines, line)
		}
	}
	return lines, inSmall, inLarge
}

func fill(ctx context.Context, store *app.Store, o Options) error {
	if err := store.Migrate(ctx, time.Now()); err != nil {
		return err
	}
	o.Note("filling the demo congress")
	if err := app.FillDemo(ctx, store.DB, time.Now); err != nil {
		return err
	}
	for _, size := range []Size{large, small} {
		o.Note("making up a congress of %d sessions and %d people", size.Sessions, size.Persons)
		if err := Generate(ctx, store.DB, time.Now, size); err != nil {
			return err
		}
	}
	return nil
}

func write(w io.Writer, lines []Line, more further, fresh []Fresh) error {
	var text strings.Builder
	table := tabwriter.NewWriter(&text, 0, 0, 2, ' ', tabwriter.AlignRight)
	_, _ = fmt.Fprintln(table, "edition\tpage\tcase\tconnections\tbytes\trequests/s\tp50 ms\tp99 ms\tCPU us\tof the limit\tby CPU\t")
	for _, l := range lines {
		speed, cost := "-", "-" // one visitor alone cannot be compared with a crowd
		if l.Connections > 1 {
			speed, cost = percent(l.OfLimit), percent(l.ByCPU)
		}
		_, _ = fmt.Fprintf(table, "%s\t%s\t%s\t%d\t%d\t%.0f\t%.2f\t%.2f\t%d\t%s\t%s\t\n",
			l.Edition, l.Page, l.Case, l.Connections, l.Bytes, l.PerSecond, milliseconds(l.P50), milliseconds(l.P99),
			l.CPU.Microseconds(), speed, cost)
	}
	if err := table.Flush(); err != nil {
		return fmt.Errorf("write the table: %w", err)
	}
	first := Median(fresh, func(f Fresh) time.Duration { return f.FirstAnswer })
	rss := Median(fresh, func(f Fresh) uint64 { return f.RSS })
	heap := Median(fresh, func(f Fresh) uint64 { return f.Heap })
	_, err := fmt.Fprintf(w, `%s
session page drawn anew, among 100 sessions    %.2f ms
session page drawn anew, among 1,000 sessions  %.2f ms
start to first answer, large edition           %.0f ms
idle memory, large edition                     %d MB, of which heap %d MB

The limit is a bare net/http handler that sends the same bytes, headers included, asked by the same crowd in the same
rounds. The crowd shares the machine with the servers, and CPU counts both. Figures are medians of all rounds.
`, text.String(), milliseconds(more.inSmall), milliseconds(more.inLarge), milliseconds(first), rss>>20, heap>>20)
	return err
}

func percent(f float64) string { return fmt.Sprintf("%.0f %%", f*100) }

func milliseconds(d time.Duration) float64 { return float64(d) / float64(time.Millisecond) }
