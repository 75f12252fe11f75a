package opening

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"time"

	"obrady/internal/app"
	"obrady/internal/app/bench"
	"obrady/internal/db"
	"obrady/internal/i18n"
)

// measurement is a benchmark of the opening under way.
type measurement struct {
	Options
	stage *stage
	bare  *process
	slow  int    // how often the machine was too slow to have everybody in place
	day   string // the address of the programme of a day
	out   Figures
}

// Play plays the opening as o says, in folder, with servers that are the program at exe, and returns what it measured.
func Play(ctx context.Context, folder, exe string, o Options) (_ Figures, err error) {
	m := &measurement{Options: o, stage: &stage{folder: folder, exe: exe, postgres: o.Postgres}}
	defer func() { err = errors.Join(err, m.stage.strike(ctx)) }()
	m.out = figuresOf(o)
	m.Note("making %d people and %d sessions of %d seats", o.People, o.Sessions, o.Seats)
	began := time.Now()
	if err := m.stage.fill(ctx, o); err != nil {
		return m.out, err
	}
	m.out.SetUp = seconds(time.Since(began))
	if err := m.circumstances(ctx); err != nil {
		return m.out, err
	}
	if o.Mode.Draws() {
		err = m.draw(ctx)
	} else {
		err = m.rushes(ctx)
	}
	m.out.judge()
	return m.out, err
}

// rushes measures openings at which places are given in the order of the presses.
func (m *measurement) rushes(ctx context.Context) (err error) {
	if err := m.openBare(ctx); err != nil {
		return err
	}
	defer func() { err = errors.Join(err, m.bare.stop()) }()
	steps := []func(context.Context) error{m.steady, m.instants}
	if m.Scale {
		steps[1] = m.scale
	}
	for _, step := range steps {
		if err := step(ctx); err != nil {
			return err
		}
	}
	return nil
}

// openBare presses once on a real server and starts a bare one that answers every press with the same bytes.
func (m *measurement) openBare(ctx context.Context) error {
	p, err := m.stage.perform(ctx, m.Options, time.Now().Add(-time.Minute))
	if err != nil {
		return err
	}
	answer, err := pressOnce(ctx, p.servers[0].addr, m.stage.form(p.servers[0].addr))
	if err == nil && answer.Status != http.StatusOK {
		err = fmt.Errorf("the first press was answered with %d: %.200s", answer.Status, answer.Body)
	}
	if err == nil {
		err = p.beside(ctx, m.lookAround)
	}
	if _, closing := p.close(ctx, nil); err != nil || closing != nil {
		return errors.Join(err, closing)
	}
	said, err := json.Marshal(answer)
	if err != nil {
		return err
	}
	m.bare, err = launch(ctx, m.stage.exe, bytes.NewReader(said), "bench", "bare")
	return err
}

// lookAround finds out where the programme is read.
func (m *measurement) lookAround(d *db.DB) error {
	house, err := app.New(context.Background(), d, app.Config{})
	if err != nil {
		return err
	}
	m.day, err = house.Site.URL(i18n.Polish, "day", rushSlug, string(bench.FirstDay))
	return err
}

func pressOnce(ctx context.Context, addr string, f form) (Bare, error) {
	conn, err := new(net.Dialer).DialContext(ctx, "tcp", addr)
	if err != nil {
		return Bare{}, fmt.Errorf("connect: %w", err)
	}
	defer func() { _ = conn.Close() }() // the answer has been read
	if _, err := conn.Write(f.write(nil, press{}, mix(uint64(time.Now().UnixNano())))); err != nil {
		return Bare{}, fmt.Errorf("press: %w", err)
	}
	response, err := http.ReadResponse(bufio.NewReader(conn), nil)
	if err != nil {
		return Bare{}, fmt.Errorf("read the first answer: %w", err)
	}
	defer func() { _ = response.Body.Close() }() // it was only read
	body, err := io.ReadAll(response.Body)
	return Bare{Status: response.StatusCode, Header: response.Header, Body: body}, err
}

// mostPresses is how many presses a round can need: more than any machine answers in the time.
func (m *measurement) mostPresses() int {
	const fastest = 100_000 // a second
	return max(m.People, int(m.Lasts.Seconds()*fastest))
}

// limit lets the crowd press at the bare server. The presses are the same, and nothing becomes of them.
func (m *measurement) limit(ctx context.Context) (reading, error) {
	r := m.rush([]string{m.bare.addr})
	for len(r.presses) < m.mostPresses() { // nobody asks this server's visitors to wait
		r.presses = append(r.presses, m.stage.preferences(m.Options, m.mostPresses())...)
	}
	alone := play{servers: []*process{m.bare}}
	alone.spent()
	if err := r.steady(ctx, m.Connections, m.Lasts); err != nil {
		return reading{}, fmt.Errorf("press at the bare server: %w", err)
	}
	spent, pace := alone.spent(), r.pace()
	return reading{pace: pace, cpu: spent.each(pace.Answers)}, nil
}

func (m *measurement) rush(addrs []string) *rush {
	return &rush{addrs: addrs, form: m.stage.form(addrs[0]), seed: m.Seed}
}

// reading is one measurement of one thing.
type reading struct {
	pace
	cpu cost // of one answer
	mix mix3
}

// steady measures the limit before, between and after the rounds of ours, because what else runs on a shared machine
// comes and goes.
func (m *measurement) steady(ctx context.Context) error {
	var limits, ours []reading
	for round := range m.Rounds {
		m.Note("round %d of %d: as fast as it goes, %d connections", round+1, m.Rounds, m.Connections)
		before, err := m.limit(ctx)
		if err != nil {
			return err
		}
		one, err := m.patiently(ctx, m.press)
		if err != nil {
			return err
		}
		limits, ours = append(limits, before), append(ours, one)
	}
	last, err := m.limit(ctx)
	if err != nil {
		return err
	}
	m.out.steady(append(limits, last), ours)
	return nil
}

// patiently measures, and measures again with more time to gather when the crowd was not in its place in time.
func (m *measurement) patiently(ctx context.Context, measure func(context.Context) (reading, error)) (s reading, err error) {
	const most = 5
	for m.slow < most {
		if s, err = measure(ctx); !errors.Is(err, errLate) {
			break
		}
		m.slow++
		m.Note("the crowd was not in its place in time; once more, with more time")
	}
	return s, err
}

// patience is how long before the opening the crowd begins to gather: servers start, everybody presses once too early,
// browsers open and people connect.
func (m *measurement) patience() time.Duration {
	people := m.People*(1+m.Instances) + m.Browsers
	wait := time.Duration(1+m.Instances)*time.Second + time.Duration(people)*200*time.Microsecond
	return wait << m.slow
}

// gathered starts an opening at which everybody waits.
func (m *measurement) gathered(ctx context.Context) (*play, error) {
	// A whole second, as organisers choose it, and as every clock writes it.
	opens := time.Now().Add(m.patience()).Truncate(time.Second).Add(time.Second)
	p, err := m.stage.perform(ctx, m.Options, opens)
	if err != nil {
		return nil, err
	}
	if err := m.early(ctx, p); err != nil {
		_, closing := p.close(ctx, nil)
		return nil, errors.Join(err, closing)
	}
	return p, nil
}

// early lets everybody press once before the opening, at every server: people do, and their browsers have asked for
// pages before. Nothing is decided by it.
func (m *measurement) early(ctx context.Context, p *play) error {
	for _, addr := range p.addrs() {
		r := m.rush([]string{addr})
		r.seed, r.presses = ^m.Seed, m.once()
		if err := r.steady(ctx, min(m.Connections, earlyAtOnce), time.Until(p.opens)); err != nil {
			return err
		}
		for _, n := range r.notes {
			if n.answered == 0 || n.verdict == held || n.verdict == waiting {
				return errLate
			}
		}
	}
	return nil
}

// earlyAtOnce is how many press at a time before the opening.
const earlyAtOnce = 64

// press plays one opening as fast as it goes, from the first moment on.
func (m *measurement) press(ctx context.Context) (s reading, err error) {
	p, err := m.gathered(ctx)
	if err != nil {
		return s, err
	}
	r := m.rush(p.addrs())
	r.presses = m.stage.preferences(m.Options, m.mostPresses())
	waitUntil(ctx, p.opens)
	p.spent()
	if err := r.steady(ctx, m.Connections, m.Lasts); err != nil {
		return s, errors.Join(err, p.stop())
	}
	spent := p.spent()
	s = reading{pace: r.pace(), mix: m.out.count(r.notes)}
	s.cpu = spent.each(s.Answers)
	t, err := p.close(ctx, r)
	m.out.truth = m.out.plus(t)
	return s, err
}
