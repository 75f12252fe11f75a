package web

import (
	"context"
	"log/slog"
	"maps"
	"net/http"
	"runtime/debug"
	"strconv"
	"sync/atomic"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"
)

// answer counts what goes out.
type answer struct {
	http.ResponseWriter
	began  time.Time
	status int
	bytes  int64
}

// WriteHeader remembers the status.
func (a *answer) WriteHeader(status int) {
	if a.status == 0 && status >= http.StatusOK {
		a.status = status
	}
	a.ResponseWriter.WriteHeader(status)
}

// Write counts the bytes.
func (a *answer) Write(p []byte) (int, error) {
	if a.status == 0 {
		a.status = http.StatusOK
	}
	n, err := a.ResponseWriter.Write(p)
	a.bytes += int64(n)
	return n, err
}

// Unwrap lets http.ResponseController reach the connection.
func (a *answer) Unwrap() http.ResponseWriter { return a.ResponseWriter }

// FlushError sends what has been written so far.
func (a *answer) FlushError() error { return http.NewResponseController(a.ResponseWriter).Flush() }

// Flush is FlushError for the compressor, which looks for nothing else; who has hung up is noticed when more is written.
func (a *answer) Flush() { _ = a.FlushError() }

// finish says sorry for a panic and writes the line of the log: no address of a person, no text of a query, no
// body, only which route it was and how it went.
func (s *Site) finish(a *answer, r *http.Request, x *exchange) {
	if trouble := recover(); trouble != nil {
		if trouble == http.ErrAbortHandler { //nolint:errorlint // net/http compares the panic's value so as well
			panic(trouble)
		}
		s.metrics.panics.Inc()
		s.log.ErrorContext(r.Context(), "panic", "request", x.id, "route", s.label(r), "panic", trouble,
			"stack", string(debug.Stack()))
		x.signed = false // the session went with the handler
		s.fail(a, r, errInternal)
	}
	now := s.config.Now()
	route, status, took := s.label(r), a.status, now.Sub(a.began)
	if status == 0 {
		status = http.StatusOK
	}
	s.metrics.observe(x, route, status, took)
	s.line(x, now, slog.String("request", x.id), slog.String("method", method(r)), slog.String("route", route),
		slog.Int("status", status), slog.Int64("bytes", a.bytes), slog.Duration("took", took))
}

// line writes the line of a request. It goes straight to the handler of the log, because slog would first find out which
// line of the program asks, which takes as long as all the rest.
func (s *Site) line(x *exchange, now time.Time, attrs ...slog.Attr) {
	handler := s.log.Handler()
	if !handler.Enabled(x, slog.LevelInfo) {
		return
	}
	record := slog.NewRecord(now, slog.LevelInfo, "request", 0)
	record.AddAttrs(attrs...)
	if x.ended != "" {
		record.AddAttrs(slog.String("ended", x.ended))
	}
	_ = handler.Handle(context.Background(), record) // a log that fails cannot be told of in the log
}

// method keeps invented methods out of the log and the metrics.
func method(r *http.Request) string {
	switch r.Method {
	case http.MethodGet, http.MethodHead, http.MethodPost, http.MethodPut, http.MethodPatch, http.MethodDelete,
		http.MethodOptions:
		return r.Method
	}
	return "other"
}

// label names the route of r in the log and the metrics: a small closed set, whatever is asked for.
func (s *Site) label(r *http.Request) string {
	if x, err := of(r); err == nil && x.route != nil {
		return x.route.Name
	}
	if r.Pattern != "" && r.Pattern != "/" {
		return r.Pattern
	}
	return "none"
}

// metrics are what an operator watches.
type metrics struct {
	registry *prometheus.Registry
	took     *prometheus.HistogramVec
	panics   prometheus.Counter
}

func newMetrics() *metrics {
	m := &metrics{
		registry: prometheus.NewRegistry(),
		took: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name: "obrady_request_seconds", Help: "Time to answer a request, by route and status.",
			Buckets: []float64{.001, .005, .025, .1, .5, 2.5, 10},
		}, []string{"route", "status"}),
		panics: prometheus.NewCounter(prometheus.CounterOpts{
			Name: "obrady_panics_total", Help: "Requests that ended in a panic.",
		}),
	}
	m.registry.MustRegister(m.took, m.panics, collectors.NewGoCollector(),
		collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	return m
}

func (m *metrics) observe(x *exchange, route string, status int, took time.Duration) {
	switch {
	case x.ended != "": // a stream is as long as somebody looks; that says nothing of us
	case x.route != nil:
		x.route.took.of(m, route, status).Observe(took.Seconds())
	default:
		m.took.WithLabelValues(route, strconv.Itoa(status)).Observe(took.Seconds())
	}
}

// took are the figures of one route, by status, found once.
type took struct {
	known atomic.Pointer[map[int]prometheus.Observer]
}

func (t *took) of(m *metrics, route string, status int) prometheus.Observer {
	known := t.known.Load()
	if known != nil && (*known)[status] != nil {
		return (*known)[status]
	}
	more := map[int]prometheus.Observer{status: m.took.WithLabelValues(route, strconv.Itoa(status))}
	if known != nil {
		maps.Copy(more, *known)
	}
	t.known.Store(&more) // what another request found meanwhile will be found again
	return more[status]
}

// Registry takes the metrics that other parts of the house want to show at /metrics.
func (s *Site) Registry() *prometheus.Registry { return s.metrics.registry }

// showMetrics answers the operator's own machines. A request that came through a proxy came from the world.
func (s *Site) showMetrics(w http.ResponseWriter, r *http.Request) {
	from := peer(r)
	allowed := from.IsLoopback() && len(s.config.MetricsFrom) == 0 || within(s.config.MetricsFrom, from)
	if !allowed || r.Header.Get("X-Forwarded-For") != "" || r.Header.Get("Forwarded") != "" {
		s.fail(w, r, ErrNoPage)
		return
	}
	promhttp.HandlerFor(s.metrics.registry, promhttp.HandlerOpts{}).ServeHTTP(w, r)
}
