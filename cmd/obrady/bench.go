package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"time"

	"obrady/internal/app/bench"
)

type benchCommand struct {
	Pages benchPagesCommand `cmd:"" help:"Measure the public pages of the demo and of a large made-up congress, beside the limit of this machine."`
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
