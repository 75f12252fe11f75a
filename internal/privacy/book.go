package privacy

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"sync"
	"time"

	"obrady/internal/people"
)

// Stone notes outside the database that somebody was erased, by ids alone, so
// that a backup from before does not bring them back.
type Stone struct {
	Case    CaseID           `json:"case"`
	Number  int              `json:"number"`
	At      time.Time        `json:"at"`
	Account people.AccountID `json:"account,omitempty"`
	Person  people.PersonID  `json:"person,omitempty"`
	// Void takes back an earlier note of the case: the erasure was not committed.
	Void bool `json:"void,omitempty"`
}

func (c Case) stone() Stone {
	return Stone{Case: c.ID, Number: c.Number, At: c.ClosedAt, Account: c.Account, Person: c.Person}
}

// Book is the file of stones: a JSON object a line, only ever added to. It lies
// beside the database and is kept apart from its backups. A nil Book keeps
// nothing.
type Book struct {
	path string
	mu   sync.Mutex
}

// OpenBook returns the book at path, which need not be there yet. A book that
// cannot be read is an error: starting without it would show what was erased.
func OpenBook(path string) (*Book, error) {
	b := &Book{path: path}
	if _, err := b.Stones(); err != nil {
		return nil, err
	}
	return b, nil
}

// Stones returns the erasures that hold, the earliest first. A last line that a
// crash has cut off was never confirmed and does not count.
func (b *Book) Stones() ([]Stone, error) {
	if b == nil {
		return nil, nil
	}
	content, err := os.ReadFile(b.path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("read the book of erasures: %w", err)
	}
	latest := map[CaseID]int{}
	var all []Stone
	lines := bytes.Split(content, []byte("\n"))
	for i, line := range lines {
		if len(bytes.TrimSpace(line)) == 0 {
			continue
		}
		var stone Stone
		if err := json.Unmarshal(line, &stone); err != nil || stone.Case == "" {
			if i == len(lines)-1 {
				break
			}
			return nil, fmt.Errorf("line %d of the book of erasures %s cannot be read; put back a whole copy of it", i+1, b.path)
		}
		latest[stone.Case] = len(all)
		all = append(all, stone)
	}
	var holding []Stone
	for i, stone := range all {
		if latest[stone.Case] == i && !stone.Void {
			holding = append(holding, stone)
		}
	}
	return holding, nil
}

// Add writes a stone and returns when it is on the disk.
func (b *Book) Add(s Stone) error {
	if b == nil {
		return nil
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	line, err := json.Marshal(s)
	if err == nil {
		err = b.append(append(line, '\n'))
	}
	if err != nil {
		return fmt.Errorf("write into the book of erasures: %w", err)
	}
	return nil
}

func (b *Book) append(line []byte) error {
	if err := os.MkdirAll(filepath.Dir(b.path), 0o700); err != nil {
		return err
	}
	f, err := os.OpenFile(b.path, os.O_CREATE|os.O_APPEND|os.O_RDWR, 0o600)
	if err != nil {
		return err
	}
	if err = mend(f); err == nil {
		_, err = f.Write(line)
	}
	if err == nil {
		err = f.Sync()
	}
	if err = errors.Join(err, f.Close()); err != nil {
		return err
	}
	return syncFolder(filepath.Dir(b.path))
}

// mend makes the file end with a line: a last one that a crash has cut off goes,
// for it was never confirmed, and a whole one gets its end.
func mend(f *os.File) error {
	content, err := os.ReadFile(f.Name())
	if err != nil {
		return err
	}
	whole := bytes.LastIndexByte(content, '\n') + 1
	switch last := content[whole:]; {
	case len(last) == 0:
		return nil
	case json.Valid(last):
		_, err = f.WriteString("\n")
		return err
	}
	return f.Truncate(int64(whole))
}

func syncFolder(path string) error {
	folder, err := os.Open(path) //nolint:gosec // the operator says where
	if err != nil {
		return err
	}
	return errors.Join(folder.Sync(), folder.Close())
}
