package opening

import (
	"context"
	"errors"
	"fmt"
	"net"
	"time"

	"obrady/internal/app"
	"obrady/internal/app/bench"
	"obrady/internal/db"
)

// play is one opening: a copy of the congress with servers over it.
type play struct {
	stage    *stage
	address  string
	opens    time.Time
	servers  []*process
	keeper   int // the process of PostgreSQL that the others come from; 0 on SQLite, or where it is elsewhere
	baseline cost
}

// cost is the processor time that was used, that of the crowd among it.
type cost struct{ servers, database, crowd time.Duration }

func (c cost) less(d cost) cost {
	return cost{c.servers - d.servers, c.database - d.database, c.crowd - d.crowd}
}

// each is the cost of one of n.
func (c cost) each(n int) cost {
	by := time.Duration(max(1, n))
	return cost{c.servers / by, c.database / by, c.crowd / by}
}

func (c cost) whole() time.Duration { return c.servers + c.database + c.crowd }

// perform copies the congress, sets the opening and starts the servers.
func (s *stage) perform(ctx context.Context, o Options, opens time.Time) (p *play, err error) {
	p = &play{stage: s, opens: opens}
	if p.address, err = s.fresh(ctx, s.address); err != nil {
		return nil, err
	}
	if err := p.beside(ctx, func(d *db.DB) error { return p.prepare(ctx, d, o) }); err != nil {
		return nil, err
	}
	for range o.Instances {
		server, err := launch(ctx, s.exe, nil, "serve", "--database", p.address, "--data", s.folder, "--log-level", "error")
		if err != nil {
			return nil, errors.Join(err, p.stop())
		}
		p.servers = append(p.servers, server)
		if err := server.ready(ctx); err != nil {
			return nil, errors.Join(err, p.stop())
		}
	}
	p.baseline = p.cost()
	return p, nil
}

// prepare sets the windows, and finds out who keeps the data.
func (p *play) prepare(ctx context.Context, d *db.DB, o Options) error {
	if err := p.stage.announce(ctx, d, o, p.opens); err != nil {
		return fmt.Errorf("set the opening: %w", err)
	}
	if d.Engine() != db.Postgres {
		return nil
	}
	var backend int
	var host *string
	err := d.QueryRow(ctx, `SELECT pg_backend_pid(), host(inet_server_addr())`).Scan(&backend, &host)
	if err != nil {
		return fmt.Errorf("ask PostgreSQL for its process: %w", err)
	}
	if s, err := readStat(backend); err == nil && (host == nil || net.ParseIP(*host).IsLoopback()) {
		p.keeper = s.parent
	}
	return nil
}

// beside opens the database for a while.
func (p *play) beside(ctx context.Context, do func(*db.DB) error) error {
	d, err := app.OpenBeside(ctx, p.address)
	if err != nil {
		return err
	}
	return errors.Join(do(d), d.Close())
}

// cost is what has been used since the processes began.
func (p *play) cost() (c cost) {
	c.crowd = bench.CPU()
	for _, server := range p.servers {
		c.servers += usedBy(server.cmd.Process.Pid)
	}
	if p.keeper != 0 {
		c.database = usedByFamily(p.keeper)
	}
	return c
}

// spent is what has been used since the last call.
func (p *play) spent() cost {
	now := p.cost()
	spent := now.less(p.baseline)
	p.baseline = now
	return spent
}

func (p *play) addrs() []string {
	all := make([]string, len(p.servers))
	for i, server := range p.servers {
		all[i] = server.addr
	}
	return all
}

func (p *play) stop() (err error) {
	for _, server := range p.servers {
		err = errors.Join(err, server.stop())
	}
	p.servers = nil
	return err
}

// close stops the servers, holds what the crowd has noted against the database, and removes it.
func (p *play) close(ctx context.Context, r *rush) (t truth, err error) {
	if err := p.stop(); err != nil {
		return t, err
	}
	if r != nil {
		err = p.beside(ctx, func(d *db.DB) (err error) { t, err = p.stage.compare(ctx, d, r.notes); return err })
	}
	return t, errors.Join(err, p.stage.clear(ctx, p.address))
}

// form is how requests look to the servers of the play.
func (s *stage) form(host string) form {
	f := form{host: host, cookies: s.crowd.tokens}
	for _, slug := range s.slugs {
		f.paths = append(f.paths, []byte("/pl/"+rushSlug+"/sesje/"+slug+"/zapis"))
	}
	return f
}

// pressesEach is how often one account presses in a play: the site asks whoever presses more than twenty times a minute
// to wait, and everybody has pressed once too early.
const pressesEach = 18

// preferences lists the presses round by round: everybody's first wish, then everybody's second, and so on. When all
// want the same, the wishes are the sessions in their order.
func (s *stage) preferences(o Options, most int) []press {
	people, sessions := len(s.crowd.Accounts), len(s.sessions)
	rounds := min(sessions, pressesEach)
	all := make([]press, 0, min(most, people*rounds))
	for round := range rounds {
		for person := range people {
			if len(all) == cap(all) {
				return all
			}
			session := round
			if !o.Hot {
				session = o.wish(person, round, sessions)
			}
			all = append(all, press{int32(person), int32(session)})
		}
	}
	return all
}

// wish is the round-th wish of a person: a walk through all sessions from a place and with a step of one's own.
func (o Options) wish(person, round, sessions int) int {
	drawn := mix(o.Seed ^ mix(uint64(person)))                        //nolint:gosec // a count
	start, step := drawn%uint64(sessions), drawn>>32%uint64(sessions) //nolint:gosec // a count
	for step == 0 || common(step, uint64(sessions)) != 1 {            //nolint:gosec // a count
		step = step%uint64(sessions) + 1 //nolint:gosec // a count
	}
	return int((start + uint64(round)*step) % uint64(sessions)) //nolint:gosec // less than sessions
}

// common is the greatest common divisor.
func common(a, b uint64) uint64 {
	for b != 0 {
		a, b = b, a%b
	}
	return a
}
