// Package cache keeps pages that are the same for everybody, finished and compressed once, so that a thousand people who
// open the programme in one second get it at once.
package cache

import (
	"net/http"
	"sync"
	"sync/atomic"
	"time"

	"golang.org/x/sync/singleflight"
)

const (
	defaultBytes = 24 << 20
	smallest     = 512 // bytes under which compression gains nothing
)

// Cache keeps finished answers to public requests, each compressed once, until their generation has passed.
// It is safe for concurrent use.
type Cache struct {
	limit   int64
	mu      sync.RWMutex
	entries map[string]*Entry
	size    int64
	flights singleflight.Group
}

// New returns a cache of at most limit bytes; 24 MB when limit is zero.
func New(limit int64) *Cache {
	if limit <= 0 {
		limit = defaultBytes
	}
	return &Cache{limit: limit, entries: map[string]*Entry{}}
}

// Size is how many bytes the cache holds.
func (c *Cache) Size() int64 {
	c.mu.RLock()
	defer c.mu.RUnlock()
	return c.size
}

// Flush forgets everything.
func (c *Cache) Flush() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.entries, c.size = map[string]*Entry{}, 0
}

// Entry is one finished answer in the codings that browsers take.
type Entry struct {
	generation string
	headers    []line
	plain      body
	gzip, zstd body
	modified   time.Time // zero unless the handler said when
	used       atomic.Bool
}

type body struct {
	bytes  []byte
	etag   string
	length []string
	tag    []string
}

const entryOverhead = 1 << 10 // maps, headers and pointers, by rule of thumb

func (e *Entry) size() int64 {
	return int64(len(e.plain.bytes)+len(e.gzip.bytes)+len(e.zstd.bytes)) + entryOverhead
}

// Find returns the answer for key if it is of this generation.
func (c *Cache) Find(key, generation string) *Entry {
	c.mu.RLock()
	e := c.entries[key]
	c.mu.RUnlock()
	if e == nil || e.generation != generation {
		return nil
	}
	if !e.used.Load() {
		e.used.Store(true)
	}
	return e
}

func (c *Cache) keep(key string, e *Entry) {
	if e.size() > c.limit/4 {
		return // one file must not drive all pages out
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if old := c.entries[key]; old != nil {
		c.size -= old.size()
	}
	c.entries[key] = e
	c.size += e.size()
	for c.size > c.limit {
		c.evict(key)
	}
}

// evict drops what nobody has asked for since the last time round, and gives the rest one more chance.
func (c *Cache) evict(spare string) {
	for key, e := range c.entries {
		if key == spare || e.used.Swap(false) {
			continue
		}
		delete(c.entries, key)
		if c.size -= e.size(); c.size <= c.limit {
			return
		}
	}
}

// Draw has draw make the answer for key once for all who ask meanwhile, and keeps it if it is a whole one. What is not
// kept comes back as it was drawn, with a nil entry.
func (c *Cache) Draw(key, generation string, draw func() (*Drawing, error)) (*Entry, *Drawing, error) {
	made, err, _ := c.flights.Do(generation+" "+key, func() (any, error) {
		// Another drawing may have ended between the look before and this one.
		if e := c.Find(key, generation); e != nil {
			return e, nil
		}
		drawn, err := draw()
		if err != nil || drawn.status() != http.StatusOK {
			return drawn, err
		}
		e, err := drawn.Finish(generation)
		if err == nil {
			c.keep(key, e)
		}
		return e, err
	})
	if err != nil {
		return nil, nil, err
	}
	if e, ok := made.(*Entry); ok {
		return e, nil, nil
	}
	return nil, made.(*Drawing), nil
}

// line is a header line with its value as net/http keeps it, so that setting it costs no allocation.
type line struct {
	name  string // in canonical form
	value []string
}
