package opening

import (
	"context"
	"os"
	"strings"

	"obrady/internal/db"
)

// circumstances notes what of this machine bears on the figures.
func (m *measurement) circumstances(ctx context.Context) error {
	if text, err := os.ReadFile("/proc/sys/net/core/somaxconn"); err == nil {
		m.out.remark("a server lets %s connections wait to be taken (net.core.somaxconn); whoever comes beyond that "+
			"asks again after a second", strings.TrimSpace(string(text)))
	}
	if most := m.most(); most < m.People {
		m.out.remark("this machine lets a process have %d connections: in an instant %d people share one with somebody "+
			"who presses before them", mostFiles(), m.People-most)
	}
	if text, err := os.ReadFile("/proc/loadavg"); err == nil {
		m.out.remark("load of the machine before: %s", strings.Join(strings.Fields(string(text))[:3], " "))
	}
	if m.Engine != db.Postgres {
		return nil
	}
	return m.stage.askPostgres(ctx, &m.out)
}

// askPostgres notes when PostgreSQL promises less than a real one should.
func (s *stage) askPostgres(ctx context.Context, out *Figures) error {
	d, err := db.Open(ctx, s.postgres)
	if err != nil {
		return err
	}
	defer func() { _ = d.Close() }() // it was only asked
	for _, name := range []string{"fsync", "full_page_writes", "synchronous_commit"} {
		var is string
		if err := d.QueryRow(ctx, `SELECT current_setting($1)`, name).Scan(&is); err != nil {
			return err
		}
		if is == "off" {
			out.remark("PostgreSQL has %s = off: its commits do not wait for the disk, and its figures are better than they should be", name)
		}
	}
	return nil
}
