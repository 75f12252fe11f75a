package opening

import (
	"context"
	"errors"
	"fmt"

	"obrady/internal/app/bench"
)

// scaleFigures are what a decision costs in a larger congress.
type scaleFigures struct {
	What     string  `json:"what"`
	People   int     `json:"people"`
	Sessions int     `json:"sessions"`
	CPU      float64 `json:"cpu_us_per_decision"`
	Ratio    float64 `json:"ratio"` // to the congress that was asked for
}

// tenfold is how much larger.
const tenfold = 10

// scale measures what a decision costs with ten times the people, and with ten times the sessions. It is measured
// in turns with the congress that was asked for, so that what else runs on the machine meets all of them alike.
func (m *measurement) scale(ctx context.Context) (err error) {
	larger := []Options{m.Options, m.Options, m.Options}
	larger[1].People *= tenfold
	larger[2].Sessions *= tenfold
	stages := []*stage{m.stage}
	for _, o := range larger[1:] {
		s := &stage{folder: m.stage.folder, exe: m.stage.exe, postgres: m.stage.postgres}
		defer func() { err = errors.Join(err, s.strike(ctx)) }()
		m.Note("making %d people and %d sessions", o.People, o.Sessions)
		if err := s.fill(ctx, o); err != nil {
			return err
		}
		stages = append(stages, s)
	}
	costs := make([][]float64, len(larger))
	for round := range m.Rounds {
		for i, o := range larger {
			m.Note("round %d of %d: %d people, %d sessions", round+1, m.Rounds, o.People, o.Sessions)
			n := measurement{Options: o, stage: stages[i], out: figuresOf(o)}
			one, err := n.patiently(ctx, n.press)
			if err != nil {
				return err
			}
			costs[i] = append(costs[i], micros(one.cpu.servers+one.cpu.database))
			m.out.truth = m.out.plus(n.out.truth)
			m.out.Errors += n.out.Errors
		}
	}
	for i, what := range []string{"as asked for", "ten times the people", "ten times the sessions"} {
		f := scaleFigures{What: what, People: larger[i].People, Sessions: larger[i].Sessions, CPU: bench.Median(costs[i], same)}
		f.Ratio = f.CPU / bench.Median(costs[0], same)
		m.out.Scale = append(m.out.Scale, f)
	}
	return nil
}

func (f *Figures) writeScale(row func(what, ours, limit, more string)) {
	for _, s := range f.Scale {
		row("CPU of one, "+s.What, fmt.Sprintf("%.1f", s.CPU), "", fmt.Sprintf("%.2f times; %d people, %d sessions", s.Ratio, s.People, s.Sessions))
	}
}
