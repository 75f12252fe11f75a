package opening

import (
	"context"
	"errors"
	"time"
)

// instants measures what happens when everybody presses at once: on connections that are open and on fresh ones, at
// the bare server and at ours.
func (m *measurement) instants(ctx context.Context) error {
	for _, how := range []manner{kept, fresh} {
		var limits, ours []reading
		for round := range m.Rounds {
			m.Note("round %d of %d: %d people in one instant, %s", round+1, m.Rounds, m.People, how)
			limit, err := m.patiently(ctx, func(ctx context.Context) (reading, error) { return m.bareInstant(ctx, how) })
			if err != nil {
				return err
			}
			one, err := m.patiently(ctx, func(ctx context.Context) (reading, error) { return m.instant(ctx, how) })
			if err != nil {
				return err
			}
			limits, ours = append(limits, limit), append(ours, one)
		}
		m.out.instant(how, limits, ours)
	}
	return nil
}

// String says it in the table.
func (h manner) String() string {
	if h == fresh {
		return "fresh connections"
	}
	return "open connections"
}

// once is a press of everybody for their first wish.
func (m *measurement) once() []press { return m.stage.preferences(m.Options, m.People) }

// errLate is returned when the crowd was not in its place before the instant.
var errLate = errors.New("the crowd was not in its place in time")

func (m *measurement) bareInstant(ctx context.Context, how manner) (s reading, err error) {
	r := m.rush([]string{m.bare.addr})
	r.presses = m.once()
	err = r.at(ctx, time.Now().Add(m.patience()), how, m.most())
	return reading{pace: r.pace()}, err
}

// most is how many of the crowd can be connected at a time: browsers and visitors of the programme have theirs.
func (m *measurement) most() int { return min(m.People, mostFiles()-m.Browsers-lookers) }

// instant plays the opening itself.
func (m *measurement) instant(ctx context.Context, how manner) (s reading, err error) {
	p, err := m.gathered(ctx)
	if err != nil {
		return s, err
	}
	watch, err := m.watch(ctx, p)
	if err != nil {
		return s, errors.Join(err, p.stop())
	}
	r := m.rush(p.addrs())
	r.presses = m.once()
	err = r.at(ctx, p.opens, how, m.most())
	err = errors.Join(err, watch.end())
	if err != nil {
		_, closing := p.close(ctx, nil)
		return s, errors.Join(err, closing)
	}
	s = reading{pace: r.pace(), mix: m.out.count(r.notes)}
	if err := p.beside(ctx, watch.measure); err != nil {
		return s, errors.Join(err, p.stop())
	}
	m.out.watched(watch)
	t, err := p.close(ctx, r)
	m.out.truth = m.out.plus(t)
	return s, err
}
