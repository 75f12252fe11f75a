package opening

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"net"
	"net/http"
	"time"

	"golang.org/x/sync/errgroup"

	"obrady/internal/app/bench"
	"obrady/internal/db"
)

// lookers is how many people read the programme of a day while others press, each a hundred times a second.
const (
	lookers = 8
	think   = 10 * time.Millisecond
)

// watch is what goes on beside an opening: people who read the programme, and browsers that show how many places are
// left.
type watch struct {
	began    time.Time
	stop     context.CancelFunc
	looking  errgroup.Group
	lookers  []*looker
	showing  errgroup.Group
	browsers []*browser

	memory  int64           // of a server for one browser, in bytes
	delays  []time.Duration // from a decision to each browser
	missing int             // browsers that never showed the last decision
}

// watch opens the browsers and begins to look.
func (m *measurement) watch(ctx context.Context, p *play) (*watch, error) {
	w := &watch{began: p.opens}
	ctx, w.stop = context.WithCancel(ctx)
	before := p.memory()
	if err := w.open(ctx, p.addrs(), m.Browsers); err != nil {
		w.stop()
		return nil, err
	}
	if m.Browsers > 0 {
		w.memory = (p.memory() - before) / int64(m.Browsers)
	}
	addr := p.servers[0].addr
	day := bench.Request(addr, m.day, nil)
	for range lookers {
		visitor, err := bench.Arrive(ctx, addr)
		if err != nil {
			w.stop()
			return nil, err
		}
		l := &looker{visitor: visitor}
		w.lookers = append(w.lookers, l)
		w.looking.Go(func() error { return l.lookAgain(ctx, day, p.opens) })
	}
	return w, nil
}

// memory is what the servers take, in bytes.
func (p *play) memory() (n int64) {
	for _, server := range p.servers {
		if bytes, err := bench.ResidentBytes(server.cmd.Process.Pid); err == nil {
			n += int64(bytes) //nolint:gosec // of a process
		}
	}
	return n
}

// looker is somebody who reads the programme, with the times that it took.
type looker struct {
	visitor *bench.Visitor
	took    []time.Duration
}

// lookAgain asks for a page again and again, and notes how long it takes from the instant on.
func (l *looker) lookAgain(ctx context.Context, page []byte, from time.Time) error {
	for ctx.Err() == nil {
		asked := time.Now()
		status, err := l.visitor.Ask(page)
		if err != nil {
			return fmt.Errorf("read the programme: %w", err)
		}
		if status != http.StatusOK {
			return fmt.Errorf("the programme was answered with %d", status)
		}
		if !asked.Before(from) {
			l.took = append(l.took, time.Since(asked))
		}
		waitUntil(ctx, asked.Add(think))
	}
	return nil
}

// settle is how long browsers may take to show the last decision.
const settle = 2 * time.Second

// end lets the browsers show what was decided last, and then ends what goes on beside.
func (w *watch) end() error {
	err := w.stopLooking()
	if len(w.browsers) > 0 {
		waitUntil(context.Background(), time.Now().Add(settle))
	}
	for _, b := range w.browsers {
		_ = b.conn.Close() // they are done
	}
	_ = w.showing.Wait() // they end with their connections
	return err
}

func (w *watch) stopLooking() error {
	w.stop()
	err := w.looking.Wait()
	for _, l := range w.lookers {
		l.visitor.Leave()
	}
	return err
}

// looked is how long the programme took meanwhile.
func (w *watch) looked() (all []time.Duration) {
	for _, l := range w.lookers {
		all = append(all, l.took...)
	}
	return all
}

// browser is a page with live counts, as far as the server knows it.
type browser struct {
	conn   net.Conn
	sights []sight
}

// sight is a snapshot that came: all decisions up to seq are in it.
type sight struct {
	seq int64
	at  time.Time
}

// open opens the browsers, and waits until each has its first snapshot.
func (w *watch) open(ctx context.Context, addrs []string, n int) error {
	w.browsers = make([]*browser, n)
	first := make(chan error, n)
	var opening errgroup.Group
	opening.SetLimit(64)
	for i := range w.browsers {
		opening.Go(func() error {
			b, err := openBrowser(ctx, addrs[i%len(addrs)], i)
			if err != nil {
				return err
			}
			w.browsers[i] = b
			w.showing.Go(func() error { b.show(first); return nil })
			return nil
		})
	}
	if err := opening.Wait(); err != nil {
		return err
	}
	for range n {
		select {
		case err := <-first:
			if err != nil {
				return err
			}
		case <-time.After(slowest):
			return fmt.Errorf("a browser waited %v for its first counts", slowest)
		}
	}
	return nil
}

func openBrowser(ctx context.Context, addr string, n int) (*browser, error) {
	wire, err := dial(ctx, addr, n)
	if err != nil {
		return nil, err
	}
	b := &browser{conn: wire.conn}
	_, err = fmt.Fprintf(b.conn, "GET /%s/signups.stream HTTP/1.1\r\nHost: %s\r\nAccept: text/event-stream\r\n\r\n", rushSlug, addr)
	if err != nil {
		return nil, fmt.Errorf("open a stream: %w", err)
	}
	return b, nil
}

var sequence = []byte(`"n":`)

// show reads snapshots until the connection ends, and says in first when it has one.
func (b *browser) show(first chan<- error) {
	lines := bufio.NewReaderSize(b.conn, 1<<10)
	var begun bool
	for {
		line, err := lines.ReadSlice('\n')
		if err != nil && len(line) == 0 {
			if !begun {
				first <- fmt.Errorf("a stream ended before its first counts: %w", err)
			}
			return
		}
		if bytes.HasPrefix(line, []byte("HTTP/1.1 ")) && !bytes.HasPrefix(line[9:], []byte("200")) {
			first <- fmt.Errorf("a stream was answered with %.40q", line)
			return
		}
		at := bytes.Index(line, sequence)
		if at < 0 {
			continue
		}
		b.sights = append(b.sights, sight{numberAt(line[at+len(sequence):]), time.Now()})
		if !begun {
			begun = true
			first <- nil
		}
	}
}

func numberAt(text []byte) (n int64) {
	for _, digit := range text {
		if digit < '0' || digit > '9' {
			break
		}
		n = 10*n + int64(digit-'0')
	}
	return n
}

// measure asks the database when each decision was taken, which is before its commit, and counts from there to the
// moment at which each browser knew of it.
func (w *watch) measure(d *db.DB) error {
	if len(w.browsers) == 0 {
		return nil
	}
	type moment struct {
		seq int64
		at  time.Time
	}
	moments, err := db.Collect(func(row db.Scanner) (m moment, err error) {
		return m, row.Scan(&m.seq, &m.at)
	})(d.Query(context.Background(), `SELECT seq, at FROM signup_event ORDER BY seq`))
	if err != nil || len(moments) == 0 {
		return err
	}
	taken := make(map[int64]time.Time, len(moments))
	for _, m := range moments {
		taken[m.seq] = m.at
	}
	last := moments[len(moments)-1].seq
	for _, b := range w.browsers {
		w.delays = append(w.delays, b.delays(taken)...)
		if b.sights[len(b.sights)-1].seq < last {
			w.missing++
		}
	}
	return nil
}

// delays is, for each snapshot, how old the oldest decision was that it brought.
func (b *browser) delays(taken map[int64]time.Time) (all []time.Duration) {
	for i := 1; i < len(b.sights); i++ {
		if oldest, known := taken[b.sights[i-1].seq+1]; known && b.sights[i].seq > b.sights[i-1].seq {
			all = append(all, b.sights[i].at.Sub(oldest))
		}
	}
	return all
}
