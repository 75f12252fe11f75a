package bench

import (
	"bytes"
	"cmp"
	"context"
	"fmt"
	"io"
	"maps"
	"net"
	"net/http"
	"slices"
	"time"

	"obrady/internal/app"
	"obrady/internal/i18n"
	"obrady/internal/web"
)

// Options say how long to measure.
type Options struct {
	Rounds      int           // each case is measured once a round, and the median counts
	Lasts       time.Duration // of one measurement
	Connections int           // of the crowd that asks for pages that are kept
	Note        func(format string, args ...any)
}

// Line is one row of the table.
type Line struct {
	Edition, Page, Case string
	Connections, Bytes  int // bytes of the answer as it is sent
	PerSecond           float64
	P50, P99            time.Duration
	CPU                 time.Duration // of crowd and server, for one answer

	// OfLimit compares requests a second with those of the bare handler. ByCPU compares the processor time of an
	// answer, which other work on the machine disturbs less.
	OfLimit, ByCPU float64
}

// house are two servers over the same congress: one as it is, one that draws every page anew.
type house struct{ kept, drawn *app.App }

// contest is one case: a crowd, and what it has measured in each round.
type contest struct {
	line     Line
	load     *load
	outcomes []outcome
	limit    *contest // the bare handler that sends the same bytes; nil for itself
}

// pages are asked for in each edition. Search is a page like others: what was found is kept for the next who asks.
var pages = []struct {
	name, route string
	args        func(e sample) []any
	query       string
	file        string
}{
	{name: "day programme", route: "day", args: func(e sample) []any { return []any{e.slug, e.day} }},
	{name: "session page", route: "session", args: func(e sample) []any { return []any{e.slug, e.session} }},
	{name: "search", route: "search", args: func(e sample) []any { return []any{e.slug} }, query: "?q=miast"},
	{name: "schedule.xml", file: "/schedule.xml"},
}

// sample is what is asked for in one edition.
type sample struct{ slug, day, session string }

func sampleOf(house *app.App, slug string) (sample, error) {
	e, err := house.Publication.Edition(slug)
	if err != nil {
		return sample{}, err
	}
	days := e.Programme.Days()
	if len(days) == 0 || len(e.Programme.Sessions) == 0 {
		return sample{}, fmt.Errorf("edition %s has no programme to measure", slug)
	}
	return sample{slug, string(days[0]), e.Programme.Sessions[0].Slug}, nil
}

// path returns the address of a page; "" when the house has no such page.
func path(house *app.App, page int, e sample) string {
	p := pages[page]
	if p.file != "" {
		return "/" + e.slug + p.file
	}
	address, err := house.Site.URL(i18n.Polish, p.route, p.args(e)...)
	if err != nil {
		return ""
	}
	return address + p.query
}

// Pages measures the pages of the editions.
func Pages(ctx context.Context, kept, drawn *app.App, o Options, slugs ...string) ([]Line, error) {
	h := house{kept, drawn}
	var servers servers
	defer servers.stop()
	var contests []*contest
	for _, slug := range slugs {
		e, err := sampleOf(kept, slug)
		if err != nil {
			return nil, err
		}
		for page := range pages {
			more, err := h.contests(ctx, &servers, o, e, page)
			if err != nil {
				return nil, err
			}
			contests = append(contests, more...)
		}
	}
	if err := race(ctx, o, contests); err != nil {
		return nil, err
	}
	lines := make([]Line, len(contests))
	for i, c := range contests {
		lines[i] = c.result()
	}
	return lines, nil
}

// race measures all contests in turn, round after round. The rounds are many and short, because other work on the
// machine comes and goes; the first is for warming up and does not count.
func race(ctx context.Context, o Options, contests []*contest) error {
	for round := range o.Rounds + 1 {
		o.Note("round %d of %d", round, o.Rounds)
		for _, c := range contests {
			got, err := c.load.run(ctx, o.Lasts)
			if err != nil {
				return err
			}
			if round > 0 {
				c.outcomes = append(c.outcomes, got)
			}
		}
	}
	for _, c := range contests {
		c.load.leave()
	}
	return nil
}

// contests makes the cases of one page.
func (h house) contests(ctx context.Context, s *servers, o Options, e sample, page int) ([]*contest, error) {
	address := path(h.kept, page, e)
	if address == "" {
		return nil, nil
	}
	keptAt, err := s.start(ctx, h.kept.Site)
	if err != nil {
		return nil, err
	}
	drawnAt, err := s.start(ctx, h.drawn.Site)
	if err != nil {
		return nil, err
	}
	answer, err := fetch(ctx, keptAt, address, browserCodings)
	if err != nil {
		return nil, err
	}
	bareAt, err := s.start(ctx, answer.bare())
	if err != nil {
		return nil, err
	}
	line := Line{Edition: e.slug, Page: pages[page].name, Connections: o.Connections, Bytes: len(answer.body)}
	make := func(name, at string, request []byte) *contest {
		c := &contest{line: line, load: &load{addr: at, request: request, status: http.StatusOK, connections: o.Connections}}
		c.line.Case = name
		return c
	}
	limit := make("limit", bareAt, Request(bareAt, address, nil))
	kept := make("kept", keptAt, Request(keptAt, address, nil))
	same := make("not modified", keptAt, Request(keptAt, address, []string{"If-None-Match: " + answer.header.Get("ETag")}))
	same.load.status, same.line.Bytes = http.StatusNotModified, 0
	drawn := make("drawn anew", drawnAt, Request(drawnAt, address, nil))
	drawn.load.connections, drawn.line.Connections = 1, 1
	kept.limit, same.limit, drawn.limit = limit, limit, limit
	return []*contest{limit, kept, same, drawn}, nil
}

// result takes the medians. The ratio to the limit is the median of the ratios of each round, because what slows a
// shared machine down slows neighbours in time down alike.
func (c *contest) result() Line {
	line := c.line
	line.PerSecond = Median(c.outcomes, func(o outcome) float64 { return o.perSecond })
	line.P50 = Median(c.outcomes, func(o outcome) time.Duration { return o.p50 })
	line.P99 = Median(c.outcomes, func(o outcome) time.Duration { return o.p99 })
	line.CPU = Median(c.outcomes, func(o outcome) time.Duration { return o.cpu })
	line.OfLimit, line.ByCPU = 1, 1
	if c.limit != nil {
		var speed, cost []float64
		for i, o := range c.outcomes {
			limit := c.limit.outcomes[i]
			speed = append(speed, o.perSecond/limit.perSecond)
			cost = append(cost, float64(limit.cpu)/float64(max(o.cpu, 1)))
		}
		line.OfLimit, line.ByCPU = Median(speed, same), Median(cost, same)
	}
	return line
}

func same(f float64) float64 { return f }

// Median is the middle one of what is looked at in each; of an even number, the upper of two. There is at least one.
func Median[T any, F cmp.Ordered](all []T, of func(T) F) F {
	values := make([]F, len(all))
	for i, one := range all {
		values[i] = of(one)
	}
	slices.Sort(values)
	return values[len(values)/2]
}

// Request is what a browser sends when it asks for the page at path of host, byte by byte; the headers are added to
// those that it always sends.
func Request(host, path string, headers []string) []byte {
	var b bytes.Buffer
	fmt.Fprintf(&b, "GET %s HTTP/1.1\r\nHost: %s\r\nAccept: text/html\r\nAccept-Encoding: %s\r\n", path, host, browserCodings)
	for _, header := range headers {
		b.WriteString(header + "\r\n")
	}
	b.WriteString("\r\n")
	return b.Bytes()
}

// answer is what came back for a page.
type answer struct {
	header http.Header
	body   []byte
}

// browserCodings are what a browser of today takes.
const browserCodings = "gzip, deflate, br, zstd"

func fetch(ctx context.Context, addr, path, codings string) (answer, error) {
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+addr+path, nil)
	if err != nil {
		return answer{}, err
	}
	r.Header.Set("Accept-Encoding", codings)
	response, err := http.DefaultClient.Do(r)
	if err != nil {
		return answer{}, err
	}
	defer func() { _ = response.Body.Close() }() // it was only read
	body, err := io.ReadAll(response.Body)
	if err != nil {
		return answer{}, err
	}
	if response.StatusCode != http.StatusOK {
		return answer{}, fmt.Errorf("GET %s: %s", path, response.Status)
	}
	return answer{response.Header, body}, nil
}

// bare sends the same bytes, headers and body, and does nothing else: what the machine can do with net/http.
func (a answer) bare() http.Handler {
	headers := a.header.Clone()
	headers.Del("Date") // net/http writes it
	return http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		maps.Copy(w.Header(), headers)
		_, _ = w.Write(a.body)
	})
}

// servers are the servers that were started to be measured.
type servers struct{ all []*http.Server }

// start serves handler at an address of this machine alone, and returns it.
func (s *servers) start(ctx context.Context, handler http.Handler) (addr string, err error) {
	at, err := new(net.ListenConfig).Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return "", fmt.Errorf("listen: %w", err)
	}
	server := web.Server(at.Addr().String(), handler)
	s.all = append(s.all, server)
	go func() { _ = server.Serve(at) }() // ends with stop
	return at.Addr().String(), nil
}

func (s *servers) stop() {
	for _, server := range s.all {
		_ = server.Close()
	}
}
