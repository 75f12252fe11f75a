// Command obrady runs a civic congress: it shows the programme to visitors, gives organisers a desk, and looks after
// the data of both.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"strings"
	"syscall"
	_ "time/tzdata" // congresses have zones, and not every machine knows them

	"github.com/alecthomas/kong"

	"obrady/internal/app"
	"obrady/internal/i18n"
)

// commands are what can be asked of the program.
type commands struct {
	Serve   serveCommand   `cmd:"" help:"Serve the site. Makes and migrates the database where needed."`
	Demo    demoCommand    `cmd:"" help:"Serve the demo congress from a folder of its own."`
	Migrate migrateCommand `cmd:"" help:"Bring the schema of the database up to date, after copying a SQLite file."`
	Backup  backupCommand  `cmd:"" help:"Write everything in the database to one new file, while the server runs."`
	Restore restoreCommand `cmd:"" help:"Put a backup into an empty database, of either engine."`
	Fsck    fsckCommand    `cmd:"" help:"Look for everything in the database that must not be. Exit code 1 if there is any."`
	Doctor  doctorCommand  `cmd:"" help:"Look at the settings, the database, the clock and the disk."`
	Admin   adminCommand   `cmd:"" help:"Accounts of organisers."`
	Privacy privacyCommand `cmd:"" help:"Personal data: the book of erasures, and what is removed after its time."`
	Import  importCommand  `cmd:"" help:"Bring in a programme from a file: all of it or nothing."`
	Export  exportCommand  `cmd:"" help:"Write what the public sees of an edition to a file."`

	VerifyDraw verifyDrawCommand `cmd:"" help:"Work a draw out again from its record, and say what is otherwise. Exit code 1 if anything is."`

	Bench benchCommand `cmd:"" help:"Measure."`

	Healthcheck healthCommand  `cmd:"" help:"Ask the server on this machine whether it is ready; for containers."`
	Version     versionCommand `cmd:"" help:"Say which release this is."`
}

// terminal is where a command reads and writes.
type terminal struct {
	out, err io.Writer
}

// say writes a line of what was asked for.
func (t terminal) say(format string, args ...any) { _, _ = fmt.Fprintf(t.out, format+"\n", args...) }

// note writes a line about how it goes, away from what was asked for.
func (t terminal) note(format string, args ...any) { _, _ = fmt.Fprintf(t.err, format+"\n", args...) }

// Exit codes.
const (
	exitFailed = 1 // what was asked for did not work, or found a fault
	exitUsage  = 2 // the command line or a setting cannot be understood
)

func main() { os.Exit(run(os.Args[1:], terminal{os.Stdout, os.Stderr})) }

func run(args []string, t terminal) int {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	parser, err := kong.New(&commands{},
		kong.Name("obrady"),
		kong.Description("Software of a civic congress. Settings are flags or the environment variables named beside them; a flag wins."),
		kong.Writers(t.out, t.err),
		kong.BindTo(ctx, (*context.Context)(nil)),
		kong.Bind(t),
		kong.Vars{"formats": strings.Join(app.Formats(), ","), "formatlist": strings.Join(app.Formats(), ", ")},
		kong.ConfigureHelp(kong.HelpOptions{Compact: true}),
	)
	if err != nil {
		return t.fail(err, exitUsage)
	}
	command, err := parser.Parse(args)
	if err != nil {
		return t.fail(fmt.Errorf("%w; see obrady --help", err), exitUsage)
	}
	err = command.Run()
	if ctx.Err() != nil && errors.Is(err, context.Canceled) {
		err = errors.New("stopped before it was done, on request")
	}
	if err != nil {
		var wrong usageError
		if errors.As(err, &wrong) {
			return t.fail(err, exitUsage)
		}
		return t.fail(err, exitFailed)
	}
	return 0
}

// usageError is a setting that the parser let through and that makes no sense.
type usageError struct{ error }

// fail says in one line what went wrong.
func (t terminal) fail(err error, code int) int {
	said := err.Error()
	if words, loadErr := app.Catalogue(); loadErr == nil {
		said = app.Explain(words.In(i18n.English), err)
	}
	t.note("obrady: %s", strings.Join(strings.Fields(said), " "))
	return code
}
