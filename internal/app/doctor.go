package app

import (
	"context"
	"fmt"
	"net/netip"
	"os"
	"time"

	"obrady/internal/db"
)

// Grade says how bad a finding of Examine is.
type Grade string

// The grades.
const (
	Good    Grade = "ok"
	Warning Grade = "warning"
	Bad     Grade = "fault"
)

// Finding is one thing that Examine saw, in English, for the operator.
type Finding struct {
	Grade Grade
	Text  string
}

// Circumstances are what a server would be started with.
type Circumstances struct {
	Config    Config
	Addr      string
	Folder    string // of the data
	BaseGiven string // the base address as the operator gave it, "" if not
}

// Examine looks at what a server needs, without changing anything but for a file that it makes and deletes.
func Examine(ctx context.Context, d *db.DB, c Circumstances) []Finding {
	// Open has refused a database that could lose what it has confirmed.
	promise := "SQLite: WAL, synchronous=FULL and foreign keys are on"
	if d.Engine() == db.Postgres {
		promise = "PostgreSQL: synchronous_commit waits for the disk"
	}
	found := []Finding{{Good, promise}, schemaFinding(ctx, d), writeFinding(ctx, d), clockFinding(ctx, d)}
	if d.Engine() == db.SQLite { // PostgreSQL keeps everything, the folder nothing
		found = append(found, folderFinding(c.Folder), spaceFinding(c.Folder))
	}
	return append(append(found, addressFindings(c)...), mailFinding(ctx, d, c.Config))
}

func schemaFinding(ctx context.Context, d *db.DB) Finding {
	version, err := d.Version(ctx)
	if err != nil {
		return Finding{Bad, "the schema cannot be read: " + err.Error()}
	}
	return Finding{Good, fmt.Sprintf("the schema is the one this program knows: %d", version)}
}

// writeFinding takes the writer's turn and writes nothing. On SQLite the turn itself needs a file that can be written.
func writeFinding(ctx context.Context, d *db.DB) Finding {
	began, readOnly := time.Now(), "off"
	if err := d.Tx(ctx, func(tx *db.Tx) error {
		if tx.Engine() == db.SQLite {
			return nil
		}
		return tx.QueryRow(ctx, `SHOW transaction_read_only`).Scan(&readOnly)
	}); err != nil {
		return Finding{Bad, "the database cannot be written to: " + err.Error()}
	}
	if readOnly != "off" {
		return Finding{Bad, "the database can only be read: the address leads to a standby"}
	}
	return Finding{Good, fmt.Sprintf("the database can be written to; the turn took %s", time.Since(began).Round(time.Millisecond))}
}

// mostApart is how far two clocks may be apart before people notice.
const mostApart = 2 * time.Second

func clockFinding(ctx context.Context, d *db.DB) Finding {
	var text string
	if err := d.QueryRow(ctx, `SELECT SUBSTR(CAST(CURRENT_TIMESTAMP AS TEXT), 1, 19)`).Scan(&text); err != nil {
		return Finding{Bad, "the clock of the database cannot be read: " + err.Error()}
	}
	theirs, err := time.Parse(time.DateTime, text)
	if err != nil {
		return Finding{Bad, "the clock of the database cannot be read: " + err.Error()}
	}
	if apart := time.Since(theirs).Abs(); apart > mostApart {
		return Finding{Warning, fmt.Sprintf("the clocks of this machine and of the database are %s apart; run a time service on both", apart.Round(time.Second))}
	}
	return Finding{Good, "the clocks of this machine and of the database agree"}
}

func folderFinding(folder string) Finding {
	f, err := os.CreateTemp(folder, ".doctor-")
	if err != nil {
		return Finding{Bad, "the folder of the data cannot be written to: " + err.Error()}
	}
	_ = f.Close()
	if err := os.Remove(f.Name()); err != nil {
		return Finding{Bad, "a file in the folder of the data cannot be deleted: " + err.Error()}
	}
	return Finding{Good, "the folder of the data can be written to"}
}

const leastSpace = 1 << 30 // bytes

func spaceFinding(folder string) Finding {
	free, err := freeSpace(folder)
	switch {
	case err != nil:
		return Finding{Warning, "the free space on the disk cannot be read: " + err.Error()}
	case free < leastSpace:
		return Finding{Bad, fmt.Sprintf("%d MB are free on the disk; a congress needs 1 GB to be at ease", free>>20)}
	}
	return Finding{Good, fmt.Sprintf("%d GB are free on the disk", free>>30)}
}

func addressFindings(c Circumstances) []Finding {
	host, err := netip.ParseAddrPort(c.Addr)
	open := err == nil && !host.Addr().IsLoopback()
	https := len(c.Config.BaseURL) > 5 && c.Config.BaseURL[:6] == "https:"
	switch {
	case c.BaseGiven == "" && open:
		return []Finding{{Warning, "no base address is given, so feeds and links would name " + c.Config.BaseURL + "; set --base-url"}}
	case !https && open:
		return []Finding{{Warning, "the base address is not https: cookies and forms travel in the clear"}}
	case https && !open && len(c.Config.TrustedProxies) == 0:
		return []Finding{{Warning, "no proxy is trusted, so all visitors seem to come from this machine; set --trusted-proxies to the address of the one in front"}}
	}
	return []Finding{{Good, "the addresses fit together"}}
}
