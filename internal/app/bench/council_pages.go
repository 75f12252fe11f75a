package bench

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"time"

	"obrady/internal/app"
	"obrady/internal/i18n"
	"obrady/internal/people"
	"obrady/internal/review"
)

// councilPage is one page that is measured, as one of those who read it.
type councilPage struct {
	who, name, address string
	account            people.AccountID
}

// pages lists the pages of the council, and those of the desk about what was sent in, as those who work with them see
// them: the organiser and the chair everything, a reviewer what is theirs, a consulted body what it is asked about.
func (c *chamber) pages(ctx context.Context, house *app.App) ([]councilPage, error) {
	paper := c.code(len(c.ids) - 1)
	own, err := c.reviews.Queue(ctx, c.readers[0], c.call.ID)
	if err != nil || len(own) == 0 {
		return nil, errors.Join(err, errors.New("the first reviewer has nothing to read"))
	}
	asked, err := c.asked(ctx)
	if err != nil {
		return nil, err
	}
	l := lister{house: house, call: []any{chamberSlug, chamberCall}}
	l.as("organiser", c.organiser)
	c.wholePages(&l, paper)
	l.page("rules", "desk.council.setup", "")
	l.page("assignment", "desk.council.giving", "")
	l.page("assignment, last page", "desk.council.giving", "?page=60")
	l.page("announcement", "desk.announcement", "")
	l.page("sent in", "desk.submissions", "")
	l.page("sent in, page 12", "desk.submissions", "?page=12")
	l.page("sent in, search", "desk.submissions", "?words=tramwaj")
	l.page("sent in, one", "desk.submission", "", paper)
	l.page("call", "desk.call", "")
	l.as("chair", c.chair)
	c.wholePages(&l, paper)
	l.as("reviewer", c.readers[0])
	l.calls()
	l.page("list", "desk.council.call", "")
	l.page("list, search", "desk.council.call", "?words=rower")
	l.page("paper", "desk.paper", "", own[0].Code)
	l.as("consulted body", c.clerk)
	l.page("opinions", "opinions", "")
	l.page("opinion", "opinion", "", asked)
	return l.all, l.err
}

// wholePages are those of whoever has the whole call before them.
func (c *chamber) wholePages(l *lister, paper string) {
	l.calls()
	l.page("list", "desk.council.call", "")
	l.page("list, page 12", "desk.council.call", "?page=12")
	l.page("list, search", "desk.council.call", "?words=tramwaj")
	l.page("list, one path", "desk.council.call", "?path="+pathSlug(0))
	l.page("list as CSV", "desk.council.file", "")
	l.page("paper", "desk.paper", "", paper)
	l.page("paper, decided", "desk.paper", "", c.code(0))
	l.page("conflicts", "desk.council.conflicts", "")
	l.page("calibration, disagreement, balance", "desk.council.figures", "")
	l.page("sittings", "desk.sittings", "")
	l.page("sitting, agenda of 60", "desk.sitting", "", c.open)
	l.page("minutes of 60", "desk.minutes", "", c.closed)
	l.page("appeals", "desk.appeals", "")
}

// code is the code of the n-th submission.
func (c *chamber) code(n int) string { return fmt.Sprintf("%s-%d", chamberMark, n+1) }

// asked is the code of a submission about which the consulted body is asked.
func (c *chamber) asked(ctx context.Context) (string, error) {
	all, err := c.reviews.Consultations(ctx, c.clerk, c.call.ID)
	if err == nil && len(all) == 0 {
		err = review.ErrNone
	}
	if err != nil {
		return "", err
	}
	return all[len(all)-1].Code, nil
}

// lister puts pages into a list.
type lister struct {
	house   *app.App
	call    []any // edition and call, which most addresses begin with
	who     string
	account people.AccountID
	all     []councilPage
	err     error
}

func (l *lister) as(who string, account people.AccountID) { l.who, l.account = who, account }

// calls adds the page that lists the calls.
func (l *lister) calls() { l.add("calls", "desk.council", "", l.call[:1]) }

// page adds a page of the call; args are what its address names beside that.
func (l *lister) page(name, route, query string, args ...any) {
	l.add(name, route, query, append(append([]any{}, l.call...), args...))
}

func (l *lister) add(name, route, query string, args []any) {
	address, err := l.house.Site.URL(i18n.Polish, route, args...)
	l.err = errors.Join(l.err, err)
	l.all = append(l.all, councilPage{who: l.who, name: name, address: address + query, account: l.account})
}

// serve starts the program at exe as a server over the database, waits until it answers, and returns its address and
// what stops it.
func serve(ctx context.Context, exe, folder, database string) (addr string, stop func() error, err error) {
	if addr, err = FreeAddress(ctx); err != nil {
		return "", nil, err
	}
	server := exec.CommandContext(ctx, exe, "serve", "--addr", addr, "--database", database, "--data", folder, "--log-level", "error") //nolint:gosec // ourselves
	server.Env = append(os.Environ(), "OBRADY_BASE_URL=http://"+addr)
	server.Stderr = os.Stderr
	if err := server.Start(); err != nil {
		return "", nil, fmt.Errorf("start a server: %w", err)
	}
	stop = func() error { return errors.Join(server.Process.Signal(os.Interrupt), server.Wait()) }
	if err := firstAnswer(ctx, addr, "/readyz", time.Now().Add(time.Minute)); err != nil {
		return "", nil, errors.Join(err, stop())
	}
	return addr, stop, nil
}
