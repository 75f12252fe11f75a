// Package stream keeps open the answers through which pages hear of changes, as long as somebody looks at the page, and
// ends them when the site stops.
package stream

import (
	"errors"
	"math/rand/v2"
	"net/http"
	"os"
	"strconv"
	"sync"
	"sync/atomic"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"obrady/internal/push"
)

const (
	mostStreams = 20_000
	heartbeat   = 20 * time.Second // proxies cut what is silent for 30 or 60
	patience    = 10 * time.Second // for one write; whoever reads slower than that is cut off
)

// Streams are the answers that stay open. They are safe for concurrent use.
type Streams struct {
	most      int64
	heartbeat time.Duration
	patience  time.Duration
	open      atomic.Int64
	over      chan struct{} // closed when all must end
	ending    sync.Once
	gauge     prometheus.GaugeFunc
	ended     *prometheus.CounterVec
}

// New makes room for most streams at a time; 20,000 when most is zero.
func New(most int64) *Streams {
	if most == 0 {
		most = mostStreams
	}
	s := &Streams{most: most, heartbeat: heartbeat, patience: patience, over: make(chan struct{})}
	s.gauge = prometheus.NewGaugeFunc(prometheus.GaugeOpts{
		Name: "obrady_streams", Help: "Pages that are told of changes now.",
	}, func() float64 { return float64(s.open.Load()) })
	s.ended = prometheus.NewCounterVec(prometheus.CounterOpts{
		Name: "obrady_streams_ended_total", Help: "Streams that have ended, by why: left, slow, stopped, refused.",
	}, []string{"why"})
	return s
}

// Figures are what an operator watches.
func (s *Streams) Figures() []prometheus.Collector { return []prometheus.Collector{s.gauge, s.ended} }

// End ends all streams, and those that are yet to come.
func (s *Streams) End() { s.ending.Do(func() { close(s.over) }) }

func (s *Streams) stopped() bool {
	select {
	case <-s.over:
		return true
	default:
		return false
	}
}

// Why a stream came to its end.
const (
	left    = "left"    // the browser went away
	slow    = "slow"    // the browser did not read what was sent
	stopped = "stopped" // the site stops
	refused = "refused" // there was no room for it
)

// ErrFull is returned when as many streams are open as may be, or the site is about to stop.
var ErrFull = errors.New("stream: no room for another")

// Admit lets serve keep an answer open, or returns ErrFull.
func (s *Streams) Admit(serve func() error) error {
	defer s.open.Add(-1)
	if s.open.Add(1) > s.most || s.stopped() {
		s.ended.WithLabelValues(refused).Inc()
		return ErrFull
	}
	return serve()
}

// Watch answers r with the snapshots of from as server-sent events (HTML standard, 9.2), from the one after that which
// the browser has seen, until the browser leaves or the site stops. It says which of them it was, or that the browser
// was too slow; nothing when only the headers were asked for.
func (s *Streams) Watch(w http.ResponseWriter, r *http.Request, from *push.Stream) (why string) {
	out := &eventWriter{w: w, control: http.NewResponseController(w), patience: s.patience}
	h := w.Header()
	h["Content-Type"], h["X-Accel-Buffering"] = eventType, unbuffered
	w.WriteHeader(http.StatusOK)
	if r.Method == http.MethodHead {
		return ""
	}
	why = s.follow(r, from, out)
	s.ended.WithLabelValues(why).Inc()
	return why
}

var (
	eventType  = []string{"text/event-stream; charset=utf-8"}
	unbuffered = []string{"no"} // nginx would keep events back
	beat       = []byte(":\n\n")
)

// follow writes until there is nobody to write to, and says why.
func (s *Streams) follow(r *http.Request, from *push.Stream, out *eventWriter) string {
	seen := r.Header.Get("Last-Event-ID")
	if err := out.write(pause()); err != nil {
		return out.blame(err)
	}
	silence := time.NewTimer(s.heartbeat)
	defer silence.Stop()
	for {
		snapshot, newer := from.Latest()
		if event := snapshot.Bytes(); event != nil && snapshot.ID != seen {
			if err := out.write(event); err != nil {
				return out.blame(err)
			}
			seen = snapshot.ID
			silence.Reset(s.heartbeat)
		}
		select {
		case <-newer:
		case <-silence.C:
			if err := out.write(beat); err != nil {
				return out.blame(err)
			}
			silence.Reset(s.heartbeat)
		case <-r.Context().Done():
			return left
		case <-s.over:
			out.extend() // for the last bytes of the answer
			return stopped
		}
	}
}

// pause tells the browser how long to wait before it comes back after an end: not all of them at once.
func pause() []byte {
	after := 2000 + rand.IntN(4000) //nolint:gosec // to spread a crowd
	return append(strconv.AppendInt([]byte("retry: "), int64(after), 10), '\n', '\n')
}

// eventWriter writes to a connection that may be slow, or gone.
type eventWriter struct {
	w        http.ResponseWriter
	control  *http.ResponseController
	patience time.Duration
}

func (e *eventWriter) write(event []byte) error {
	e.extend()
	if _, err := e.w.Write(event); err != nil {
		return err
	}
	return e.control.Flush()
}

// extend gives the next write its time. It is the time of the connection, whatever the clock of the congress says.
func (e *eventWriter) extend() {
	_ = e.control.SetWriteDeadline(time.Now().Add(e.patience)) //nolint:forbidigo // see above; without a connection there is no deadline
}

// blame says why a write failed.
func (e *eventWriter) blame(err error) string {
	if errors.Is(err, os.ErrDeadlineExceeded) {
		return slow
	}
	return left
}
