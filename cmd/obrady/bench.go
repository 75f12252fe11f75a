package main

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"time"

	"obrady/internal/admission"
	"obrady/internal/app/bench"
	"obrady/internal/app/opening"
	"obrady/internal/db"
)

type benchCommand struct {
	Pages   benchPagesCommand   `cmd:"" help:"Measure the public pages of the demo and of a large made-up congress, beside the limit of this machine."`
	Signup  benchSignupCommand  `cmd:"" help:"Play the moment at which sign-ups open, with a server and a crowd on this machine, beside the limit of this machine."`
	Council benchCouncilCommand `cmd:"" help:"Measure the pages of reviewers and of the council with a call that thousands answered, beside the limit of this machine."`
	Bare    benchBareCommand    `cmd:"" hidden:"" help:"Serve one answer to everything: the limit that obrady bench signup measures beside."`
}

type benchPagesCommand struct {
	Rounds      int           `help:"How often each case is measured; the median counts." default:"11"`
	Lasts       time.Duration `help:"How long one measurement takes." default:"100ms"`
	Connections int           `help:"How many visitors ask at once for pages that are kept." default:"32"`
}

// Run measures in a temporary folder and prints a table.
func (c *benchPagesCommand) Run(ctx context.Context, t terminal) (err error) {
	if c.Rounds < 1 || c.Connections < 1 || c.Lasts <= 0 {
		return usageError{errors.New("--rounds, --lasts and --connections are greater than nothing")}
	}
	exe, err := os.Executable()
	if err != nil {
		return fmt.Errorf("find this program: %w", err)
	}
	folder, err := os.MkdirTemp("", "obrady-bench-")
	if err != nil {
		return fmt.Errorf("make room for the benchmark: %w", err)
	}
	defer func() { err = errors.Join(err, os.RemoveAll(folder)) }()
	return bench.Run(ctx, t.out, folder, exe, bench.Options{
		Rounds: c.Rounds, Lasts: c.Lasts, Connections: c.Connections, Note: t.note,
	})
}

type benchSignupCommand struct {
	People   int `help:"How many people press." default:"5000"`
	Sessions int `help:"How many sessions they press for." default:"60"`
	Seats    int `help:"How many seats each session has." default:"25"`

	Mode   string `help:"How places are given: first_come, open, prequeue or lottery." enum:"first_come,open,prequeue,lottery" default:"first_come"`
	Hot    bool   `help:"Everybody wants the same session."`
	Engine string `help:"sqlite or postgres." enum:"sqlite,postgres" default:"sqlite"`

	Postgres  string `help:"A database of PostgreSQL, beside which the benchmark makes its own and removes them; OBRADY_TEST_POSTGRES if not given." placeholder:"URL"`
	Instances int    `help:"How many servers share the database; more than one over PostgreSQL only." default:"1"`

	Connections int           `help:"How many of the crowd press at a time, as fast as they are answered." default:"512"`
	Rounds      int           `help:"How often each case is measured; the median counts." default:"3"`
	Lasts       time.Duration `help:"How long a round of steady load takes." default:"3s"`
	Browsers    int           `help:"How many pages with live counts are open when everybody presses." default:"0"`
	Scale       bool          `help:"Measure the processor time of a decision also with ten times the people, and with ten times the sessions."`
	Seed        uint64        `help:"From which the wishes of the people are drawn." default:"2021"`

	Out    string `help:"table or json." enum:"table,json" default:"table"`
	Strict bool   `help:"Exit code 1 when a goal is missed."`
}

// Run plays the opening in a temporary folder and prints what it measured.
func (c *benchSignupCommand) Run(ctx context.Context, t terminal) error {
	c.Postgres = cmp.Or(c.Postgres, os.Getenv("OBRADY_TEST_POSTGRES"))
	if err := c.check(); err != nil {
		return usageError{err}
	}
	o := opening.Options{
		People: c.People, Sessions: c.Sessions, Seats: c.Seats, Mode: admission.Mode(c.Mode), Hot: c.Hot,
		Engine: db.Engine(c.Engine), Instances: c.Instances, Connections: c.Connections,
		Rounds: c.Rounds, Lasts: c.Lasts, Browsers: c.Browsers, Scale: c.Scale, Seed: c.Seed, Note: t.note,
	}
	if o.Engine == db.Postgres {
		o.Postgres = c.Postgres
	}
	figures, err := play(ctx, o)
	if err != nil {
		return err
	}
	if err := c.write(t, &figures); err != nil {
		return err
	}
	if c.Strict && !figures.Met() {
		return errors.New("a goal was missed")
	}
	return nil
}

// check says what makes no sense.
func (c *benchSignupCommand) check() error {
	for flag, n := range map[string]int{
		"--people": c.People, "--sessions": c.Sessions, "--seats": c.Seats, "--instances": c.Instances,
		"--connections": c.Connections, "--rounds": c.Rounds,
	} {
		if n < 1 {
			return fmt.Errorf("%s is at least 1", flag)
		}
	}
	switch {
	case c.Lasts <= 0 || c.Browsers < 0:
		return errors.New("--lasts and --browsers are not less than nothing")
	case c.Engine == "sqlite" && c.Instances > 1:
		return errors.New("a SQLite file has one server; --instances needs --engine postgres")
	case c.Engine == "postgres" && c.Postgres == "":
		return errors.New("--engine postgres needs --postgres URL, or OBRADY_TEST_POSTGRES")
	}
	return nil
}

func (c *benchSignupCommand) write(t terminal, figures *opening.Figures) error {
	if c.Out == "table" {
		return figures.Write(t.out)
	}
	return writeJSON(t, figures)
}

func writeJSON(t terminal, figures any) error {
	text, err := json.MarshalIndent(figures, "", "  ")
	if err != nil {
		return fmt.Errorf("write the figures: %w", err)
	}
	t.say("%s", text)
	return nil
}

// play makes room for an opening, plays it, and clears up.
func play(ctx context.Context, o opening.Options) (figures opening.Figures, err error) {
	exe, err := os.Executable()
	if err != nil {
		return figures, fmt.Errorf("find this program: %w", err)
	}
	folder, err := os.MkdirTemp("", "obrady-bench-")
	if err != nil {
		return figures, fmt.Errorf("make room for the benchmark: %w", err)
	}
	defer func() { err = errors.Join(err, os.RemoveAll(folder)) }()
	return opening.Play(ctx, folder, exe, o)
}

type benchCouncilCommand struct {
	Submissions int `help:"How many submissions the council has before it." default:"2000"`
	Reviewers   int `help:"How many people review them." default:"60"`
	Reviews     int `help:"How many reviews each submission gets." default:"3"`

	Engine   string `help:"sqlite or postgres." enum:"sqlite,postgres" default:"sqlite"`
	Postgres string `help:"A database of PostgreSQL, beside which the benchmark makes its own and removes it; OBRADY_TEST_POSTGRES if not given." placeholder:"URL"`

	Rounds int    `help:"How often all pages are gone through." default:"3"`
	Asks   int    `help:"How often each page is asked for in a round." default:"20"`
	Out    string `help:"table or json." enum:"table,json" default:"table"`
	Strict bool   `help:"Exit code 1 when a goal is missed."`
}

// Run measures in a temporary folder and prints what it measured.
func (c *benchCouncilCommand) Run(ctx context.Context, t terminal) error {
	c.Postgres = cmp.Or(c.Postgres, os.Getenv("OBRADY_TEST_POSTGRES"))
	if err := c.check(); err != nil {
		return usageError{err}
	}
	o := bench.CouncilOptions{
		Submissions: c.Submissions, Reviewers: c.Reviewers, Each: c.Reviews, Engine: db.Engine(c.Engine), Rounds: c.Rounds, Asks: c.Asks, Note: t.note,
	}
	if o.Engine == db.Postgres {
		o.Postgres = c.Postgres
	}
	figures, err := convene(ctx, o)
	if err != nil {
		return err
	}
	if c.Out == "table" {
		err = figures.Write(t.out)
	} else {
		err = writeJSON(t, figures)
	}
	if err == nil && c.Strict && !figures.Met() {
		err = errors.New("a goal was missed")
	}
	return err
}

// check says what makes no sense: a call needs something to decide, and reviewers who can read it all.
func (c *benchCouncilCommand) check() error {
	const mostEach, mostTaken = 12, 500 // as the rules of a call allow
	switch {
	case c.Submissions < 60 || c.Reviewers < 8 || c.Rounds < 1 || c.Asks < 1:
		return errors.New("--submissions is at least 60, --reviewers 8, --rounds and --asks 1")
	case c.Reviews < 1 || c.Reviews > mostEach:
		return fmt.Errorf("--reviews is from 1 to %d", mostEach)
	case c.Submissions*c.Reviews*6/5/c.Reviewers >= mostTaken:
		return fmt.Errorf("nobody takes on more than %d reviews: more --reviewers are needed", mostTaken)
	case c.Engine == "postgres" && c.Postgres == "":
		return errors.New("--engine postgres needs --postgres URL, or OBRADY_TEST_POSTGRES")
	}
	return nil
}

// convene makes room for a council, measures its pages, and clears up.
func convene(ctx context.Context, o bench.CouncilOptions) (figures bench.CouncilFigures, err error) {
	exe, err := os.Executable()
	if err != nil {
		return figures, fmt.Errorf("find this program: %w", err)
	}
	folder, err := os.MkdirTemp("", "obrady-bench-")
	if err != nil {
		return figures, fmt.Errorf("make room for the benchmark: %w", err)
	}
	defer func() { err = errors.Join(err, os.RemoveAll(folder)) }()
	return bench.Council(ctx, folder, exe, o)
}

type benchBareCommand struct {
	Addr string `help:"Where to listen." default:"127.0.0.1:0"`
}

// Run answers until the program is told to stop. What it answers is read from stdin.
func (c *benchBareCommand) Run(ctx context.Context) error {
	return opening.ServeBare(ctx, c.Addr, os.Stdin)
}
