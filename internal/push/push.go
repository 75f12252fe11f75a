// Package push tells everybody who has a page open what has changed since they opened it: how many seats are left, say,
// the moment somebody takes one.
//
// A topic has one snapshot, the whole state, and every open page is on its way to the latest. Whoever was too slow for
// some of them gets the newest next, so nothing queues and nothing is kept for a reader but its place in line.
package push

import (
	"bytes"
	"sync"
)

// Topic names what pages watch, such as an edition. The publisher and the page agree on it.
type Topic string

// Snapshot is the whole state of a topic at one moment, written once and sent to everybody as it is.
type Snapshot struct {
	// ID tells two states apart. Two instances of the program give one state one ID, so it comes from the data, not
	// from a counter here. A browser that comes back names the last it has seen.
	ID    string
	frame []byte
}

// NewSnapshot writes data as one event in the format of server-sent events (HTML standard, 9.2.5). event and id are
// words without line breaks.
func NewSnapshot(event, id string, data []byte) Snapshot {
	var b bytes.Buffer
	b.WriteString("event: " + event + "\nid: " + id + "\n")
	for line := range bytes.Lines(data) {
		b.WriteString("data: ")
		b.Write(bytes.TrimRight(line, "\r\n"))
		b.WriteByte('\n')
	}
	b.WriteByte('\n')
	return Snapshot{ID: id, frame: b.Bytes()}
}

// Bytes is the event as it goes over the wire. They are shared: nobody may change them.
func (s Snapshot) Bytes() []byte { return s.frame }

// Hub brings snapshots to the pages that watch. It is safe for concurrent use.
type Hub struct {
	first  func(Topic)
	mu     sync.Mutex
	topics map[Topic]*watched
}

// watched is a topic that somebody looks at.
type watched struct {
	latest   Snapshot
	newer    chan struct{} // closed when latest is no longer the latest
	watchers int
}

// NewHub makes a hub that calls first, unless it is nil, whenever somebody begins to watch a topic that nobody watched
// before. A topic has no snapshot then, so this is the moment to begin counting. first runs on the goroutine of the
// page and must not block.
func NewHub(first func(Topic)) *Hub {
	if first == nil {
		first = func(Topic) {}
	}
	return &Hub{first: first, topics: map[Topic]*watched{}}
}

// Publish makes s the latest snapshot of topic and wakes whoever watches. One with the ID of the latest is no news, and
// one that nobody watches is forgotten.
func (h *Hub) Publish(topic Topic, s Snapshot) {
	h.mu.Lock()
	defer h.mu.Unlock()
	t := h.topics[topic]
	if t == nil || t.latest.frame != nil && t.latest.ID == s.ID {
		return
	}
	t.latest = s
	close(t.newer)
	t.newer = make(chan struct{})
}

// Watched lists the topics that somebody looks at now, in no order.
func (h *Hub) Watched() []Topic {
	h.mu.Lock()
	defer h.mu.Unlock()
	all := make([]Topic, 0, len(h.topics))
	for topic := range h.topics {
		all = append(all, topic)
	}
	return all
}

// Watchers says how many look at topic.
func (h *Hub) Watchers(topic Topic) int {
	h.mu.Lock()
	defer h.mu.Unlock()
	if t := h.topics[topic]; t != nil {
		return t.watchers
	}
	return 0
}

// Subscribe begins to watch topic. The stream must be closed.
func (h *Hub) Subscribe(topic Topic) *Stream {
	h.mu.Lock()
	t := h.topics[topic]
	alone := t == nil
	if alone {
		t = &watched{newer: make(chan struct{})}
		h.topics[topic] = t
	}
	t.watchers++
	h.mu.Unlock()
	if alone {
		h.first(topic)
	}
	return &Stream{hub: h, topic: topic, at: t}
}

// Stream is one page's view of a topic. It belongs to one goroutine.
type Stream struct {
	hub   *Hub
	topic Topic
	at    *watched // nil once closed
}

// Latest returns the latest snapshot, whose Bytes are nil while there is none, and a channel that is closed when there
// is a later one.
func (s *Stream) Latest() (Snapshot, <-chan struct{}) {
	s.hub.mu.Lock()
	defer s.hub.mu.Unlock()
	return s.at.latest, s.at.newer
}

// Close ends the watch. Closing again does nothing; Latest must not follow.
func (s *Stream) Close() {
	if s.at == nil {
		return
	}
	s.hub.mu.Lock()
	defer s.hub.mu.Unlock()
	if s.at.watchers--; s.at.watchers == 0 {
		delete(s.hub.topics, s.topic) // what was counted grows old unseen
	}
	s.at = nil
}
