package bench

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"text/tabwriter"
	"time"

	"obrady/internal/app"
	"obrady/internal/db"
)

// CouncilOptions say how much a council has before it, and how often its pages are asked for.
type CouncilOptions struct {
	Submissions, Reviewers int
	Each                   int // reviews of each submission
	Engine                 db.Engine
	Postgres               string // the address of a database beside which another is made; on PostgreSQL only
	Rounds                 int
	Asks                   int // how often each page is asked for in a round
	Note                   func(format string, args ...any)
}

// CouncilFigures are what was measured. The names are those of the JSON that is written.
type CouncilFigures struct {
	Engine      string            `json:"engine"`
	Submissions int               `json:"submissions"`
	Reviewers   int               `json:"reviewers"`
	Each        int               `json:"reviews_each"`
	Rounds      int               `json:"rounds"`
	Asks        int               `json:"asks_a_round"`
	SetUp       float64           `json:"set_up_s"`
	Assignment  AssignmentFigures `json:"assignment"`
	Pages       []CouncilPage     `json:"pages"`
	Load        string            `json:"load_before"` // of the machine
}

// AssignmentFigures say how long it took to work out who reads what, and how good it is: no result is below Bound.
type AssignmentFigures struct {
	Seconds   float64 `json:"seconds"`
	Objective int64   `json:"objective"`
	Bound     int64   `json:"bound"`
	Pairs     int     `json:"pairs"`
	Gaps      int     `json:"gaps"`
}

// CouncilPage is one page as somebody reads it.
type CouncilPage struct {
	Who      string  `json:"who"`
	Page     string  `json:"page"`
	Address  string  `json:"address"`
	Bytes    int     `json:"bytes"` // as they are sent
	P50      float64 `json:"p50_ms"`
	P99      float64 `json:"p99_ms"`
	LimitP50 float64 `json:"limit_p50_ms"` // of a bare handler that sends the same bytes
	Met      bool    `json:"met"`
}

// Goals of the council's pages and of the assignment.
const (
	councilGoal    = 100.0 // milliseconds, p50
	assignmentGoal = 5.0   // seconds
)

// Met says whether every page and the assignment were as fast as they should be.
func (f CouncilFigures) Met() bool {
	return f.Assignment.Seconds < assignmentGoal && !slices.ContainsFunc(f.Pages, func(p CouncilPage) bool { return !p.Met })
}

// Council fills a fresh database in folder with a call that has been read by everybody, starts the program at exe as a
// server over it, and asks for every page of the council as those who read them.
func Council(ctx context.Context, folder, exe string, o CouncilOptions) (f CouncilFigures, err error) {
	f = CouncilFigures{
		Engine: string(o.Engine), Submissions: o.Submissions, Reviewers: o.Reviewers, Each: o.Each, Rounds: o.Rounds, Asks: o.Asks, Load: loadNow(),
	}
	address, clear, err := freshDatabase(ctx, folder, o.Postgres)
	if err != nil {
		return f, err
	}
	defer func() { err = errors.Join(err, clear(context.WithoutCancel(ctx))) }()
	o.Note("laying out %d submissions and %d reviewers", o.Submissions, o.Reviewers)
	c, pages, err := layOut(ctx, address, o)
	if err != nil {
		return f, err
	}
	f.SetUp, f.Assignment = c.setUp.Seconds(), c.assignment
	addr, stop, err := serve(ctx, exe, folder, address)
	if err != nil {
		return f, err
	}
	f.Pages, err = c.measure(ctx, addr, pages)
	return f, errors.Join(err, stop())
}

// layOut fills the database and closes it again, so that a server of its own has it to itself.
func layOut(ctx context.Context, address string, o CouncilOptions) (c *chamber, pages []councilPage, err error) {
	c, store, err := openChamber(ctx, address, o)
	if store != nil {
		defer func() { err = errors.Join(err, store.Close()) }()
	}
	if err != nil {
		return c, nil, err
	}
	if o.Engine == db.Postgres {
		// On a server that has run for a minute, autovacuum has done it.
		if _, err := store.Exec(ctx, `ANALYZE`); err != nil {
			return c, nil, err
		}
	}
	house, err := app.New(ctx, store.DB, app.Config{})
	if err != nil {
		return c, nil, err
	}
	pages, err = c.pages(ctx, house)
	return c, pages, err
}

// freshDatabase makes an empty one and returns its address, and what removes it.
func freshDatabase(ctx context.Context, folder, postgres string) (address string, remove func(context.Context) error, err error) {
	if postgres == "" {
		return "sqlite:" + filepath.Join(folder, "council.db"), func(context.Context) error { return nil }, nil
	}
	besides := func(ctx context.Context, statement string) error {
		d, err := db.Open(ctx, postgres)
		if err != nil {
			return err
		}
		_, err = d.Exec(ctx, statement)
		return errors.Join(err, d.Close())
	}
	u, err := url.Parse(postgres)
	if err != nil {
		return "", nil, fmt.Errorf("read the address of PostgreSQL: %w", err)
	}
	name := fmt.Sprintf("obrady_council_%d", os.Getpid())
	u.Path = "/" + name
	remove = func(ctx context.Context) error { return besides(ctx, "DROP DATABASE IF EXISTS "+name+" WITH (FORCE)") }
	return u.String(), remove, besides(ctx, "CREATE DATABASE "+name)
}

// seen is what one page has shown.
type seen struct {
	councilPage

	bytes          int
	request, limit []byte
	limitAt        string
	took, bare     []time.Duration
}

// measure asks for all pages in turn, round after round, each beside a bare handler that sends the same bytes. One
// visitor asks at a time: a council is a dozen people.
func (c *chamber) measure(ctx context.Context, addr string, pages []councilPage) ([]CouncilPage, error) {
	var limits servers
	defer limits.stop()
	all := make([]seen, len(pages))
	for i, p := range pages {
		cookie := "Cookie: sid=" + c.tokens[p.account]
		first, err := fetchAs(ctx, addr, p.address, cookie)
		if err != nil {
			return nil, fmt.Errorf("%s as %s: %w", p.name, p.who, err)
		}
		at, err := limits.start(ctx, first.bare())
		if err != nil {
			return nil, err
		}
		all[i] = seen{
			councilPage: p, bytes: len(first.body), limitAt: at,
			request: Request(addr, p.address, []string{cookie}), limit: Request(at, p.address, []string{cookie}),
		}
	}
	for round := range c.Rounds {
		c.Note("round %d of %d", round+1, c.Rounds)
		for i := range all {
			if err := all[i].ask(ctx, addr, c.Asks); err != nil {
				return nil, fmt.Errorf("%s as %s: %w", all[i].name, all[i].who, err)
			}
		}
	}
	figures := make([]CouncilPage, len(all))
	for i, s := range all {
		figures[i] = s.figures()
	}
	return figures, nil
}

func (s *seen) ask(ctx context.Context, addr string, times int) (err error) {
	if s.took, err = timed(ctx, addr, s.request, times, s.took); err != nil {
		return err
	}
	s.bare, err = timed(ctx, s.limitAt, s.limit, times, s.bare)
	return err
}

// timed asks some times over one connection and adds how long each answer took.
func timed(ctx context.Context, addr string, request []byte, times int, took []time.Duration) ([]time.Duration, error) {
	v, err := Arrive(ctx, addr)
	if err != nil {
		return took, err
	}
	defer v.Leave()
	for range times {
		began := time.Now()
		status, err := v.Ask(request)
		if err != nil {
			return took, err
		}
		if status != http.StatusOK {
			return took, fmt.Errorf("the answer is %d", status)
		}
		took = append(took, time.Since(began))
	}
	return took, ctx.Err()
}

func (s *seen) figures() CouncilPage {
	slices.Sort(s.took)
	slices.Sort(s.bare)
	p := CouncilPage{
		Who: s.who, Page: s.name, Address: s.address, Bytes: s.bytes,
		P50: milliseconds(s.took[len(s.took)/2]), P99: milliseconds(s.took[len(s.took)*99/100]), LimitP50: milliseconds(s.bare[len(s.bare)/2]),
	}
	p.Met = p.P50 < councilGoal
	return p
}

// fetchAs asks for a page as whoever the cookie names.
func fetchAs(ctx context.Context, addr, path, cookie string) (answer, error) {
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+addr+path, nil)
	if err != nil {
		return answer{}, err
	}
	r.Header.Set("Accept-Encoding", browserCodings)
	name, value, _ := strings.Cut(cookie, ": ")
	r.Header.Set(name, value)
	alone := http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	response, err := alone.Do(r)
	if err != nil {
		return answer{}, err
	}
	defer func() { _ = response.Body.Close() }() // it was only read
	body, err := io.ReadAll(response.Body)
	if err == nil && response.StatusCode != http.StatusOK {
		err = fmt.Errorf("GET %s: %s", path, response.Status)
	}
	return answer{response.Header, body}, err
}

func loadNow() string {
	text, err := os.ReadFile("/proc/loadavg")
	if err != nil {
		return ""
	}
	return strings.Join(strings.Fields(string(text))[:3], " ")
}

// Write writes the figures as a table, each page beside its limit.
func (f CouncilFigures) Write(w io.Writer) error {
	var text strings.Builder
	table := tabwriter.NewWriter(&text, 0, 0, 2, ' ', 0)
	_, _ = fmt.Fprintln(table, "who\tpage\tbytes\tp50 ms\tp99 ms\tlimit p50 ms\t")
	for _, p := range f.Pages {
		verdict := ""
		if !p.Met {
			verdict = "MISSED"
		}
		_, _ = fmt.Fprintf(table, "%s\t%s\t%d\t%.1f\t%.1f\t%.2f\t%s\n", p.Who, p.Page, p.Bytes, p.P50, p.P99, p.LimitP50, verdict)
	}
	if err := table.Flush(); err != nil {
		return fmt.Errorf("write the table: %w", err)
	}
	verdict := "met"
	if !f.Met() {
		verdict = "MISSED"
	}
	_, err := fmt.Fprintf(w, `%s: %d submissions, %d reviewers, %d reviews each; %d rounds of %d, load before %s
assignment: %.2f s for %d pairs, %d gaps; objective %d, no result is below %d

%s
The limit is a bare net/http handler that sends the same bytes, headers included, asked in the same rounds by the same
visitor. Goals: every page below %.0f ms p50, the assignment below %.0f s: %s.
`, f.Engine, f.Submissions, f.Reviewers, f.Each, f.Rounds, f.Asks, f.Load, f.Assignment.Seconds, f.Assignment.Pairs, f.Assignment.Gaps,
		f.Assignment.Objective, f.Assignment.Bound, text.String(), councilGoal, assignmentGoal, verdict)
	return err
}
