package schedule

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"time"
)

// MaxSize is the largest file that Read takes, in bytes. The largest known
// schedule has 5 MB.
const MaxSize = 64 << 20

// Options say how to read what a file leaves open. The zero value will do.
type Options struct {
	// Location is where times without offset are, if the file names no zone.
	// nil is UTC, and so is time.Local, whose name means nothing to others.
	Location *time.Location
	// RoomName is given to a room without a name; empty means "Room".
	RoomName string
	// Progress is told how many bytes of the file have been read; it may be nil.
	Progress func(done, total int64)
}

// Read reads a schedule.xml or schedule.json; the content decides which, name
// is only for the message. It returns what it repaired on the way, in the order
// of lines. A file that is no schedule gives a *Refusal.
func Read(r io.Reader, name string, opts Options) (*Schedule, []Repair, error) {
	data, err := io.ReadAll(io.LimitReader(r, MaxSize+1))
	if err != nil {
		return nil, nil, fmt.Errorf("read schedule %s: %w", name, err)
	}
	s, repairs, refused := read(data, name, opts)
	if refused != nil {
		refused.File = name
		return nil, nil, refused
	}
	slices.SortStableFunc(repairs, func(a, b Repair) int { return a.Line - b.Line })
	return s, repairs, nil
}

func read(data []byte, name string, opts Options) (*Schedule, []Repair, *Refusal) {
	if len(data) > MaxSize {
		return nil, nil, &Refusal{Line: 1, Reason: ReasonTooLarge}
	}
	text, repairs, refused := toUTF8(data)
	if refused != nil {
		return nil, nil, refused
	}
	root, carried, more, refused := tree(text, steps(opts.Progress, int64(len(text))))
	if refused != nil {
		return nil, nil, refused
	}
	carried.plant(root)
	m := newMender(opts, name)
	m.repairs = slices.Concat(repairs, more)
	s, refused := m.schedule(root)
	if opts.Progress != nil && refused == nil {
		opts.Progress(int64(len(text)), int64(len(text)))
	}
	return s, m.repairs, refused
}

// steps passes progress on every 64 kB, not with every word.
func steps(progress func(done, total int64), total int64) func(done int64) {
	var told int64
	return func(done int64) {
		if progress != nil && done-told >= 1<<16 {
			told = done
			progress(done, total)
		}
	}
}

// tree reads either format into the shape of schedule.xml.
func tree(text []byte, progress func(done int64)) (*node, carried, []Repair, *Refusal) {
	switch head := bytes.TrimSpace(text[:min(len(text), 4096)]); {
	case len(head) == 0:
		return nil, nil, nil, &Refusal{Line: 1, Reason: ReasonEmpty}
	case isHTML(head):
		return nil, nil, nil, &Refusal{Line: 1, Reason: ReasonHTML}
	case head[0] == '<':
		clean, repairs := cleanXML(text)
		root, rest, refused := xmlTree(clean, progress)
		return root, parseCarried(rest), repairs, refused
	case head[0] == '{' || head[0] == '[':
		root, repairs, refused := jsonTree(text, progress)
		if refused == nil {
			refused = refuseShape(root)
		}
		if refused != nil {
			return nil, nil, nil, refused
		}
		rest := carriedIn(root.peek("schedule").take(carriedKey))
		return shape(root), rest, repairs, nil
	}
	return nil, nil, nil, &Refusal{Line: 1, Reason: ReasonNoSchedule}
}

func isHTML(head []byte) bool {
	head = bytes.ToLower(head)
	return bytes.HasPrefix(head, []byte("<!doctype html")) || bytes.HasPrefix(head, []byte("<html"))
}

// carriedKey is the member of "schedule" in which WriteJSON puts what the
// JSON Schema has no place for.
const carriedKey = "extra"

// carried is what a format has no place for: by kind of thing ("schedule",
// "conference", "day", "room", "event"), by which one, by path.
type carried map[string]map[string]Extra

func (c carried) put(kind, which, path, text string) {
	if c[kind] == nil {
		c[kind] = map[string]Extra{}
	}
	if c[kind][which] == nil {
		c[kind][which] = Extra{}
	}
	c[kind][which][path] = text
}

// parseCarried reads the content of the processing instruction. If somebody
// else wrote it and it is not ours, it says nothing.
func parseCarried(text string) carried {
	var c carried
	if err := json.Unmarshal([]byte(text), &c); err != nil {
		return nil
	}
	return c
}

func carriedIn(n *node) carried {
	c := carried{}
	for _, kind := range n.members() {
		for _, which := range kind.members() {
			for _, path := range which.members() {
				c.put(kind.name, which.name, path.name, path.deep())
			}
		}
	}
	return c
}

// plant puts everything back where it was before it was written.
func (c carried) plant(root *node) {
	if len(c) == 0 {
		return
	}
	c.into("schedule", "", root)
	c.into("conference", "", root.peek("conference"))
	for _, day := range root.kids {
		if day.name != "day" {
			continue
		}
		index := day.peek("@index").deep()
		for _, room := range day.kids {
			if room.name != "room" {
				continue
			}
			c.into("room", index+"/"+room.peek("@name").deep(), room)
			for _, event := range room.kids {
				if event.name == "event" {
					c.into("event", event.peek("@guid").deep(), event)
				}
			}
		}
		c.into("day", index, day)
	}
}

func (c carried) into(kind, which string, n *node) {
	if n == nil {
		return
	}
	extra := c[kind][which]
	paths := make([]string, 0, len(extra))
	for path := range extra {
		paths = append(paths, path)
	}
	slices.SortFunc(paths, comparePaths) // link[2] before link[10]
	for _, path := range paths {
		n.plant(path, extra[path])
	}
}

// comparePaths orders by length first, so that the second of several is
// planted before the tenth.
func comparePaths(a, b string) int {
	if len(a) != len(b) {
		return len(a) - len(b)
	}
	return bytes.Compare([]byte(a), []byte(b))
}

// IsRefusal returns the Refusal in err's chain, if there is one.
func IsRefusal(err error) (*Refusal, bool) {
	var refused *Refusal
	return refused, errors.As(err, &refused)
}
