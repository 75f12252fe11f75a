package opening

import (
	"context"
	"encoding/base64"
	"encoding/binary"
	"fmt"
	"slices"
	"strconv"
	"sync/atomic"
	"time"

	"golang.org/x/sync/errgroup"
)

// press is somebody who presses the button of a session.
type press struct{ person, session int32 }

// note is what the rush writes down of one press, before and after.
type note struct {
	press
	sent, answered time.Duration // since the rush began; answered is 0 for a press that was never made
	status         int16
	verdict        verdict
	receipt        int64  // the number that the receipt begins with; 0 for none
	key            uint64 // of the request; see keyOf
}

// rush is a crowd that presses. Every press is written down, so that each promise can be held against the database
// afterwards.
type rush struct {
	addrs   []string // of the servers; the crowd spreads over them
	form    form
	presses []press
	seed    uint64

	notes []note
	began time.Time
	next  atomic.Int64
}

// form writes the request of a press. The same bytes go to the bare server.
type form struct {
	paths   [][]byte // by session
	cookies [][]byte // by person
	host    string
}

// write puts the request of p, with its key, into out. It is what a browser sends with a form, byte by byte.
func (f form) write(out []byte, p press, key uint64) []byte {
	out = append(out[:0], "POST "...)
	out = append(out, f.paths[p.session]...)
	out = append(out, " HTTP/1.1\r\nHost: "...)
	out = append(out, f.host...)
	out = append(out, "\r\nUser-Agent: Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0\r\n"+
		"Accept: application/json\r\nAccept-Language: pl,en;q=0.5\r\nAccept-Encoding: gzip, deflate, br, zstd\r\n"+
		"Content-Type: application/x-www-form-urlencoded\r\nSec-Fetch-Site: same-origin\r\nCookie: sid="...)
	out = append(out, f.cookies[p.person]...)
	out = append(out, "\r\nContent-Length: "...)
	out = strconv.AppendInt(out, int64(len("k="))+keyLetters, 10)
	out = append(out, "\r\n\r\nk="...)
	return appendKey(out, key)
}

// keyLetters is how long the key of a request is written: 16 bytes in base64url without padding.
const keyLetters = 22

// keyOf is the key of the n-th press of a rush.
func (r *rush) keyOf(n int) uint64 { return mix(r.seed + uint64(n)) } //nolint:gosec // a count

// appendKey writes a key as the page would have given it.
func appendKey(out []byte, key uint64) []byte {
	var bytes [16]byte
	binary.BigEndian.PutUint64(bytes[:8], key)
	binary.BigEndian.PutUint64(bytes[8:], mix(key))
	return base64.RawURLEncoding.AppendEncode(out, bytes[:])
}

// mix is the finaliser of SplitMix64 (Steele, Lea and Flood, 2014).
func mix(x uint64) uint64 {
	x += 0x9e3779b97f4a7c15
	x = (x ^ x>>30) * 0xbf58476d1ce4e5b9
	x = (x ^ x>>27) * 0x94d049bb133111eb
	return x ^ x>>31
}

// steady lets connections press one after the other, as fast as they are answered, until all is pressed or until the
// time is over.
func (r *rush) steady(ctx context.Context, connections int, lasts time.Duration) error {
	wires, err := r.connect(ctx, connections)
	if err != nil {
		return err
	}
	defer closeAll(wires)
	r.begin()
	var crowd errgroup.Group
	for _, w := range wires {
		crowd.Go(func() error {
			for time.Since(r.began) < lasts && ctx.Err() == nil {
				n := int(r.next.Add(1)) - 1
				if n >= len(r.presses) {
					break
				}
				if err := r.press(w, n, time.Since(r.began)); err != nil {
					return err
				}
			}
			return ctx.Err()
		})
	}
	return crowd.Wait()
}

// connect opens connections as pages have left them: something was asked for, and nothing is pressed yet. A server
// closes soon what it was never asked on.
func (r *rush) connect(ctx context.Context, n int) (wires []*wire, err error) {
	wires = make([]*wire, n)
	var crowd errgroup.Group
	crowd.SetLimit(64)
	for i := range wires {
		crowd.Go(func() (err error) {
			if wires[i], err = dial(ctx, r.addrs[i%len(r.addrs)], i); err != nil {
				return err
			}
			return wires[i].greet()
		})
	}
	if err = crowd.Wait(); err != nil {
		closeAll(wires)
		return nil, err
	}
	return wires, nil
}

func closeAll(wires []*wire) {
	for _, w := range wires {
		if w != nil {
			w.close()
		}
	}
}

func (r *rush) begin() {
	r.notes = make([]note, len(r.presses))
	r.next.Store(0)
	r.began = time.Now()
}

// press sends the n-th press and writes down what came of it. Sent is when it counts as sent: the instant, for who
// waits for one.
func (r *rush) press(w *wire, n int, sent time.Duration) error {
	p, key := r.presses[n], r.keyOf(n)
	w.out = r.form.write(w.out, p, key)
	status, body, err := w.ask()
	if err != nil {
		return fmt.Errorf("press %d: %w", n, err)
	}
	said := readVerdict(body)
	r.notes[n] = note{
		press: p, sent: sent, answered: time.Since(r.began), status: int16(status), //nolint:gosec // three digits
		verdict: said.verdict, receipt: said.receipt, key: key,
	}
	return nil
}

// manner is with what connections people wait for the instant.
type manner int

const (
	kept  manner = iota // the page has left one open
	fresh               // each opens one at the instant
)

// at lets everybody press in the same instant, each once. No more than most connections are open at a time; whoever
// has none waits for one, and the wait counts.
func (r *rush) at(ctx context.Context, instant time.Time, how manner, most int) error {
	wires := make([]*wire, min(most, len(r.presses)))
	if how == kept {
		var err error
		if wires, err = r.connect(ctx, len(wires)); err != nil {
			return err
		}
		defer closeAll(wires)
	}
	if time.Until(instant) < 0 {
		return errLate
	}
	r.begin()
	r.began = instant
	gate := make(chan struct{})
	var crowd errgroup.Group
	for i, w := range wires {
		crowd.Go(func() error {
			<-gate
			return r.turn(ctx, i, len(wires), w)
		})
	}
	waitUntil(ctx, instant)
	close(gate)
	return crowd.Wait()
}

// turn presses for the people who share one connection, or who open one after the other where w is nil.
func (r *rush) turn(ctx context.Context, first, step int, w *wire) error {
	for n := first; n < len(r.presses); n += step {
		with := w
		if with == nil {
			var err error
			if with, err = dial(ctx, r.addrs[n%len(r.addrs)], n); err != nil {
				return err
			}
		}
		err := r.press(with, n, 0)
		if w == nil {
			with.close()
		}
		if err != nil {
			return err
		}
	}
	return nil
}

func waitUntil(ctx context.Context, at time.Time) {
	select {
	case <-ctx.Done():
	case <-time.After(time.Until(at)):
	}
}

// pace is what a rush shows.
type pace struct {
	PerSecond float64 `json:"per_s"`
	P50       float64 `json:"p50_ms"`
	P99       float64 `json:"p99_ms"`
	Max       float64 `json:"max_ms"`
	Answers   int     `json:"answers"`
}

// pace sums the notes up.
func (r *rush) pace() pace {
	var took []time.Duration
	var last time.Duration
	for _, n := range r.notes {
		if n.answered > 0 {
			took = append(took, n.answered-n.sent)
			last = max(last, n.answered)
		}
	}
	p := spread(took)
	if last > 0 {
		p.PerSecond = float64(p.Answers) / last.Seconds()
	}
	return p
}

// spread says how long things took; it sorts them.
func spread(took []time.Duration) pace {
	if len(took) == 0 {
		return pace{}
	}
	slices.Sort(took)
	return pace{
		P50: millis(took[len(took)/2]), P99: millis(took[min(len(took)-1, len(took)*99/100)]),
		Max: millis(took[len(took)-1]), Answers: len(took),
	}
}
