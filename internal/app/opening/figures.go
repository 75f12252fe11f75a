package opening

import (
	"fmt"
	"io"
	"strings"
	"text/tabwriter"
	"time"

	"obrady/internal/app/bench"
)

// Figures are what a play has shown. The names are those of the JSON that it writes.
type Figures struct {
	Engine      string  `json:"engine"`
	Mode        string  `json:"mode"`
	People      int     `json:"people"`
	Sessions    int     `json:"sessions"`
	Seats       int     `json:"seats"`
	Instances   int     `json:"instances"`
	Connections int     `json:"connections"`
	Rounds      int     `json:"rounds"`
	Hot         bool    `json:"hot"`
	Seed        uint64  `json:"seed"`
	SetUp       float64 `json:"set_up_s"`

	// Of the crowd that presses as fast as it is answered.
	Limit       float64 `json:"limit_per_s"`
	Pace        float64 `json:"decisions_per_s"`
	Share       float64 `json:"share_of_limit"`
	CPU         float64 `json:"cpu_us_per_decision"` // of servers and database together
	ServerCPU   float64 `json:"cpu_us_servers"`
	DatabaseCPU float64 `json:"cpu_us_database"` // 0 on SQLite, which is part of the server
	LimitCPU    float64 `json:"limit_cpu_us"`
	// ByCPU compares the processor time of an answer, the crowd's included, with that of the limit: what share of the
	// limit there would be were nothing ever waited for. Other work on the machine disturbs it less.
	ByCPU  float64 `json:"share_by_cpu"`
	Steady *pace   `json:"steady,omitempty"`
	Mix    mix3    `json:"steady_mix"`

	// Of everybody in one instant, on connections that are open.
	P50     float64 `json:"p50_ms"`
	P99     float64 `json:"p99_ms"`
	Max     float64 `json:"max_ms"`
	Granted int     `json:"granted"`
	Waiting int     `json:"waiting"`
	Refused int     `json:"refused"`

	Open  *instantFigures `json:"open_connections,omitempty"`
	Fresh *instantFigures `json:"fresh_connections,omitempty"`
	Day   *pace           `json:"programme_meanwhile,omitempty"`
	Live  *liveFigures    `json:"browsers,omitempty"`
	Draw  *drawFigures    `json:"draw,omitempty"`
	Scale []scaleFigures  `json:"scale,omitempty"`

	// Of all plays together.
	Errors int `json:"errors_5xx"`
	truth

	Published float64  `json:"times_the_published"` // see published
	Goals     []Goal   `json:"goals"`
	Notes     []string `json:"notes"`

	looked []time.Duration
	delays []time.Duration
}

// published is the best figure that another system names for its sales: 500 limited orders a minute (pretix, guide to
// scaling), which is 8 a second.
const published = 500.0 / 60

// mix3 is what became of presses.
type mix3 struct {
	Granted int `json:"granted"`
	Waiting int `json:"waiting"`
	Refused int `json:"refused"`
	Other   int `json:"other"` // neither: signed out, too fast, an error
}

// instantFigures are the answers to everybody who presses at once, beside those of the bare server.
type instantFigures struct {
	pace
	Limit pace `json:"limit"`
}

// liveFigures are what open browsers saw and cost.
type liveFigures struct {
	Open      int     `json:"open"`
	P50       float64 `json:"p50_ms"` // from a decision until a browser showed it
	P99       float64 `json:"p99_ms"`
	Max       float64 `json:"max_ms"`
	Missing   int     `json:"missing"` // never showed the last decision
	KiloBytes float64 `json:"kb_each"`
}

// Goal is what was aimed at, and what came.
type Goal struct {
	What string  `json:"what"`
	Want string  `json:"want"`
	Got  float64 `json:"got"`
	Unit string  `json:"unit"`
	Met  bool    `json:"met"`
}

func figuresOf(o Options) Figures {
	return Figures{
		Engine: string(o.Engine), Mode: string(o.Mode), People: o.People, Sessions: o.Sessions, Seats: o.Seats,
		Instances: o.Instances, Connections: o.Connections, Rounds: o.Rounds, Hot: o.Hot, Seed: o.Seed,
	}
}

func (f *Figures) remark(format string, args ...any) {
	said := fmt.Sprintf(format, args...)
	for _, before := range f.Notes {
		if before == said {
			return
		}
	}
	f.Notes = append(f.Notes, said)
}

// count sums up what became of presses, and adds the errors to those of other plays.
func (f *Figures) count(notes []note) (m mix3) {
	others := map[int16]int{}
	for _, n := range notes {
		switch {
		case n.answered == 0:
			continue
		case n.status >= 500:
			f.Errors++
			others[n.status]++
		case n.verdict == held || n.verdict == offered:
			m.Granted++
		case n.verdict == waiting || n.verdict == ready:
			m.Waiting++
		case n.verdict == refused:
			m.Refused++
		default:
			others[n.status]++
		}
	}
	for status, n := range others {
		m.Other += n
		f.remark("some answers, of status %d, said nothing of a seat", status)
	}
	return m
}

// steady takes the medians of the rounds. The share of the limit is the median of those of each round, whose limit is
// the mean of the measurements before and after it.
func (f *Figures) steady(limits, ours []reading) {
	f.Limit = bench.Median(limits, func(s reading) float64 { return s.PerSecond })
	f.LimitCPU = bench.Median(limits, func(s reading) float64 { return micros(s.cpu.servers) })
	f.Pace = bench.Median(ours, func(s reading) float64 { return s.PerSecond })
	f.ServerCPU = bench.Median(ours, func(s reading) float64 { return micros(s.cpu.servers) })
	f.DatabaseCPU = bench.Median(ours, func(s reading) float64 { return micros(s.cpu.database) })
	f.CPU = f.ServerCPU + f.DatabaseCPU
	var shares []float64
	for i, one := range ours {
		shares = append(shares, one.PerSecond/((limits[i].PerSecond+limits[i+1].PerSecond)/2))
	}
	f.Share = bench.Median(shares, same)
	f.ByCPU = bench.Median(limits, func(s reading) float64 { return micros(s.cpu.whole()) }) /
		max(1, bench.Median(ours, func(s reading) float64 { return micros(s.cpu.whole()) }))
	f.Steady, f.Mix = middle(ours), ours[len(ours)-1].mix
	f.Published = f.Pace / published
	if spread := widest(shares); spread > 0.15 {
		f.remark("the share of the limit moved by %.0f %% between rounds: other work on this machine disturbs", 100*spread)
	}
}

// widest is how far values lie apart, as a part of their median.
func widest(values []float64) float64 {
	least, most := values[0], values[0]
	for _, v := range values {
		least, most = min(least, v), max(most, v)
	}
	return (most - least) / bench.Median(values, same)
}

// middle is the median of each figure by itself.
func middle(all []reading) *pace {
	return &pace{
		PerSecond: bench.Median(all, func(s reading) float64 { return s.PerSecond }),
		P50:       bench.Median(all, func(s reading) float64 { return s.P50 }),
		P99:       bench.Median(all, func(s reading) float64 { return s.P99 }),
		Max:       bench.Median(all, func(s reading) float64 { return s.Max }),
		Answers:   bench.Median(all, func(s reading) int { return s.Answers }),
	}
}

// instant takes the medians of everybody at once.
func (f *Figures) instant(how manner, limits, ours []reading) {
	figures := &instantFigures{pace: *middle(ours), Limit: *middle(limits)}
	if how == fresh {
		f.Fresh = figures
		return
	}
	f.Open = figures
	f.P50, f.P99, f.Max = figures.P50, figures.P99, figures.Max
	mix := ours[len(ours)-1].mix
	f.Granted, f.Waiting, f.Refused = mix.Granted, mix.Waiting, mix.Refused
}

// watched adds what went on beside one play.
func (f *Figures) watched(w *watch) {
	f.looked = append(f.looked, w.looked()...)
	if len(f.looked) > 0 {
		day := spread(f.looked)
		f.Day = &day
	}
	if len(w.browsers) == 0 {
		return
	}
	f.delays = append(f.delays, w.delays...)
	all := spread(f.delays)
	if f.Live == nil {
		f.Live = &liveFigures{Open: len(w.browsers)}
	}
	f.Live.P50, f.Live.P99, f.Live.Max = all.P50, all.P99, all.Max
	f.Live.Missing += w.missing
	f.Live.KiloBytes = max(f.Live.KiloBytes, float64(w.memory)/1000)
}

func millis(d time.Duration) float64 { return float64(d) / float64(time.Millisecond) }

func micros(d time.Duration) float64 { return float64(d) / float64(time.Microsecond) }

func seconds(d time.Duration) float64 { return d.Seconds() }

// same is for the median of plain numbers.
func same(f float64) float64 { return f }

// atLeast and atMost add a goal.
func (f *Figures) atLeast(what string, got, want float64, unit string) {
	f.Goals = append(f.Goals, Goal{what, fmt.Sprintf(">= %g", want), got, unit, got >= want})
}

func (f *Figures) atMost(what string, got, want float64, unit string) {
	f.Goals = append(f.Goals, Goal{what, fmt.Sprintf("<= %g", want), got, unit, got <= want})
}

// Met says whether every goal was.
func (f *Figures) Met() bool {
	for _, g := range f.Goals {
		if !g.Met {
			return false
		}
	}
	return true
}

// judge holds the figures against the goals.
func (f *Figures) judge() {
	if f.Steady != nil {
		f.atLeast("share of the limit", 100*f.Share, f.share(), "%")
	}
	if f.Open != nil {
		most := 500.0
		if f.People > 5000 {
			most *= float64(f.People) / 5000 * 2 // 20,000 people: 4 s
		}
		f.atMost("p99 of an instant, open connections", f.Open.P99, most, "ms")
	}
	if f.Fresh != nil {
		f.atMost("p99 of an instant, fresh connections", f.Fresh.P99, max(1000, float64(f.People)/5000*1000), "ms")
	}
	if f.Day != nil {
		f.atMost("p99 of the programme meanwhile", f.Day.P99, 300, "ms")
	}
	if f.Live != nil {
		f.atMost("from a decision to the last browser", f.Live.Max, 1000, "ms")
		f.atMost("memory of a browser", f.Live.KiloBytes, 64, "kB")
		f.atMost("browsers without the last counts", float64(f.Live.Missing), 0, "")
	}
	for _, s := range f.Scale[min(1, len(f.Scale)):] {
		f.atMost("CPU of a decision with "+s.What, s.Ratio, 1.2, "times")
	}
	f.atMost("answers of 5xx", float64(f.Errors), 0, "")
	f.atMost("oversold", float64(f.Oversold), 0, "")
	f.atMost("false full", float64(f.FalseFull), 0, "")
	f.atMost("acknowledged and lost", float64(f.Lost), 0, "")
	f.atMost("faults found afterwards", float64(f.Faults), 0, "")
}

// share is how much of the limit is aimed at, in per cent.
func (f *Figures) share() float64 {
	const onSQLite, allOnOne, onPostgres = 60, 50, 25
	switch {
	case f.Engine == "postgres" && f.Hot:
		return onPostgres * 0.8
	case f.Engine == "postgres":
		return onPostgres
	case f.Hot:
		return allOnOne
	}
	return onSQLite
}

// Write writes the figures as a table, each beside its limit.
func (f *Figures) Write(w io.Writer) error {
	var text strings.Builder
	table := tabwriter.NewWriter(&text, 0, 0, 2, ' ', 0)
	row := func(what string, ours, limit, more string) {
		_, _ = fmt.Fprintf(table, "%s\t%s\t%s\t%s\n", what, ours, limit, more)
	}
	row("", "sign-ups", "bare server", "")
	f.writeSteady(row)
	f.writeInstants(row)
	if f.Day != nil {
		row("programme meanwhile, p50 / p99 / max ms", triple(*f.Day), "", fmt.Sprintf("%d pages", f.Day.Answers))
	}
	if l := f.Live; l != nil {
		row("decision to browser, p50 / p99 / max ms", fmt.Sprintf("%.0f / %.0f / %.0f", l.P50, l.P99, l.Max), "",
			fmt.Sprintf("%d browsers, %.1f kB each", l.Open, l.KiloBytes))
	}
	if d := f.Draw; d != nil {
		row("draw, seconds", fmt.Sprintf("%.2f", d.Seconds), "", fmt.Sprintf("%d entries", d.Entries))
	}
	f.writeScale(row)
	row("", "", "", "")
	for _, g := range f.Goals {
		verdict := "met"
		if !g.Met {
			verdict = "MISSED"
		}
		row(g.What, strings.TrimSpace(fmt.Sprintf("%.1f %s", g.Got, g.Unit)), g.Want, verdict)
	}
	if err := table.Flush(); err != nil {
		return fmt.Errorf("write the table: %w", err)
	}
	_, err := fmt.Fprintf(w, "%s\n%s\n%s", f.heading(), text.String(), f.remarks())
	return err
}

func (f *Figures) heading() string {
	wanted := ""
	if f.Hot {
		wanted = ", all want the same"
	}
	return fmt.Sprintf("%s, %s, %d instance(s): %d people, %d sessions of %d seats%s; %d connections, %d round(s), seed %d\n",
		f.Engine, f.Mode, f.Instances, f.People, f.Sessions, f.Seats, wanted, f.Connections, f.Rounds, f.Seed)
}

func (f *Figures) writeSteady(row func(what, ours, limit, more string)) {
	if f.Steady == nil {
		return
	}
	row("answers a second", fmt.Sprintf("%.0f", f.Pace), fmt.Sprintf("%.0f", f.Limit), fmt.Sprintf("%.0f %% of the limit", 100*f.Share))
	row("p50 / p99 / max ms", triple(*f.Steady), "", fmt.Sprintf("%d granted, %d waiting, %d refused, %d other",
		f.Mix.Granted, f.Mix.Waiting, f.Mix.Refused, f.Mix.Other))
	row("CPU of one, microseconds", fmt.Sprintf("%.1f", f.CPU), fmt.Sprintf("%.1f", f.LimitCPU),
		fmt.Sprintf("servers %.1f, database %.1f; with the crowd's, %.0f %% of the limit by CPU", f.ServerCPU, f.DatabaseCPU, 100*f.ByCPU))
	row("best published elsewhere, a second", "", fmt.Sprintf("%.1f", published), fmt.Sprintf("%.0f times that", f.Published))
}

func (f *Figures) writeInstants(row func(what, ours, limit, more string)) {
	for _, one := range []struct {
		how     manner
		figures *instantFigures
	}{{kept, f.Open}, {fresh, f.Fresh}} {
		if one.figures != nil {
			more := ""
			if one.how == kept {
				more = fmt.Sprintf("%d granted, %d waiting, %d refused", f.Granted, f.Waiting, f.Refused)
			}
			row("all in one instant, "+one.how.String()+", p50 / p99 / max ms", triple(one.figures.pace), triple(one.figures.Limit), more)
		}
	}
}

func triple(p pace) string { return fmt.Sprintf("%.1f / %.1f / %.1f", p.P50, p.P99, p.Max) }

func (f *Figures) remarks() string {
	var b strings.Builder
	b.WriteString("The limit is a bare net/http server, a program of its own, that reads the same bytes and answers the same bytes,\n" +
		"pressed by the same crowd on the same cores in the same run. An instant is counted from the instant itself.\n")
	for _, n := range f.Notes {
		b.WriteString("- " + n + "\n")
	}
	if f.Fault != "" {
		b.WriteString("- first fault: " + f.Fault + "\n")
	}
	return b.String()
}
