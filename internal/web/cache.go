package web

import (
	"bytes"
	"compress/gzip"
	"context"
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/klauspost/compress/gzhttp"
	"github.com/klauspost/compress/zstd"
	"golang.org/x/sync/singleflight"
)

const (
	defaultCacheBytes = 24 << 20
	smallest          = 512 // bytes under which compression gains nothing
)

// Cache keeps finished answers to public requests, each compressed once, until their generation has passed.
// It is safe for concurrent use.
type Cache struct {
	limit   int64
	mu      sync.RWMutex
	entries map[string]*entry
	size    int64
	flights singleflight.Group
}

// NewCache returns a cache of at most limit bytes; 24 MB when limit is zero.
func NewCache(limit int64) *Cache {
	if limit <= 0 {
		limit = defaultCacheBytes
	}
	return &Cache{limit: limit, entries: map[string]*entry{}}
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
	c.entries, c.size = map[string]*entry{}, 0
}

// entry is one finished answer in the codings that browsers take.
type entry struct {
	generation string
	headers    []header
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

func (e *entry) size() int64 {
	return int64(len(e.plain.bytes)+len(e.gzip.bytes)+len(e.zstd.bytes)) + entryOverhead
}

// find returns the answer for key if it is of this generation.
func (c *Cache) find(key, generation string) *entry {
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

func (c *Cache) keep(key string, e *entry) {
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

// servePublic answers from the cache, or has the handler draw the answer once for all who ask meanwhile.
func (s *Site) servePublic(w http.ResponseWriter, r *http.Request, m *mounted) error {
	of := m.Generation
	if of == nil {
		of = s.config.Generation
	}
	generation, known := "", false
	if of != nil {
		generation, known = of(r)
	}
	if !known {
		drawn, err := s.draw(r, m)
		if err != nil {
			return err
		}
		return drawn.replay(w)
	}
	key := r.URL.Path + "?" + r.URL.RawQuery
	if e := s.cache.find(key, generation); e != nil {
		e.send(w, r)
		return nil
	}
	made, err, _ := s.cache.flights.Do(generation+" "+key, func() (any, error) {
		// Another drawing may have ended between the look above and this one.
		if e := s.cache.find(key, generation); e != nil {
			return e, nil
		}
		drawn, err := s.draw(r, m)
		if err != nil || drawn.status != http.StatusOK {
			return drawn, err
		}
		e, err := drawn.finish(generation)
		if err == nil {
			s.cache.keep(key, e)
		}
		return e, err
	})
	if err != nil {
		return err
	}
	if e, ok := made.(*entry); ok {
		e.send(w, r)
		return nil
	}
	return made.(*drawing).replay(w)
}

// draw runs the handler. Others may wait for the outcome, so it goes on when this visitor hangs up.
func (s *Site) draw(r *http.Request, m *mounted) (*drawing, error) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(r.Context()), timeToAnswer)
	defer cancel()
	r = r.WithContext(ctx)
	if r.Method == http.MethodHead {
		r.Method = http.MethodGet // r is our own copy; what is kept is the whole page
	}
	d := &drawing{header: http.Header{}}
	err := m.Handle(d, r)
	if d.status == 0 {
		d.status = http.StatusOK
	}
	return d, err
}

// drawing is an answer being made.
type drawing struct {
	header http.Header
	status int
	body   bytes.Buffer
}

// Header, WriteHeader and Write make drawing a http.ResponseWriter.
func (d *drawing) Header() http.Header { return d.header }

// WriteHeader notes the status.
func (d *drawing) WriteHeader(status int) {
	if d.status == 0 {
		d.status = status
	}
}

func (d *drawing) Write(p []byte) (int, error) {
	d.WriteHeader(http.StatusOK)
	return d.body.Write(p)
}

// replay sends the answer as it is, for this visitor only.
func (d *drawing) replay(w http.ResponseWriter) error {
	for name, value := range d.header {
		w.Header()[name] = value
	}
	w.WriteHeader(d.status)
	_, _ = d.body.WriteTo(w) // who has hung up misses nothing
	return nil
}

// revalidate lets browsers and proxies keep a page but ask each time whether it is still good: whoever looks after a
// release has come out sees it, and asking costs an answer without a body.
var revalidate = []string{"public, no-cache"}

// finish makes the entry that will be sent from now on.
func (d *drawing) finish(generation string) (*entry, error) {
	content := bytes.Clone(d.body.Bytes())
	sum := sha256.Sum256(content)
	tag := base64.RawURLEncoding.EncodeToString(sum[:12])
	e := &entry{generation: generation, plain: newBody(content, tag)}
	if d.header.Get("Content-Type") == "" {
		d.header.Set("Content-Type", http.DetectContentType(content))
	}
	if d.header.Get("Cache-Control") == "" {
		d.header["Cache-Control"] = revalidate
	}
	if modified, err := http.ParseTime(d.header.Get("Last-Modified")); err == nil {
		e.modified = modified
	}
	d.header.Set("Vary", "Accept-Encoding")
	for name, value := range d.header {
		e.headers = append(e.headers, header{name, value})
	}
	if len(content) < smallest || !compressible(d.header.Get("Content-Type")) {
		return e, nil
	}
	packed, err := pack(content)
	if err != nil {
		return nil, err
	}
	e.gzip, e.zstd = newBody(packed.gzip, tag+"-g"), newBody(packed.zstd, tag+"-z")
	return e, nil
}

func newBody(content []byte, tag string) body {
	quoted := `"` + tag + `"`
	return body{content, quoted, []string{strconv.Itoa(len(content))}, []string{quoted}}
}

type packed struct{ gzip, zstd []byte }

func pack(content []byte) (packed, error) {
	var g bytes.Buffer
	zipper, err := gzip.NewWriterLevel(&g, gzip.BestCompression)
	if err != nil {
		return packed{}, fmt.Errorf("compress: %w", err)
	}
	if _, err := zipper.Write(content); err != nil {
		return packed{}, fmt.Errorf("compress: %w", err)
	}
	if err := zipper.Close(); err != nil {
		return packed{}, fmt.Errorf("compress: %w", err)
	}
	z, err := zstandard()
	if err != nil {
		return packed{}, fmt.Errorf("compress: %w", err)
	}
	defer encoders.Put(z)
	return packed{g.Bytes(), z.EncodeAll(content, nil)}, nil
}

// encoders keeps encoders for as long as pages are being drawn; each holds some 4 MB.
var encoders sync.Pool

func zstandard() (*zstd.Encoder, error) {
	if z, ok := encoders.Get().(*zstd.Encoder); ok {
		return z, nil
	}
	return zstd.NewWriter(nil, zstd.WithEncoderConcurrency(1), zstd.WithEncoderLevel(zstd.SpeedBetterCompression),
		zstd.WithWindowSize(512<<10), zstd.WithLowerEncoderMem(true))
}

func compressible(contentType string) bool {
	kind, _, _ := strings.Cut(contentType, ";")
	return strings.HasPrefix(kind, "text/") || strings.HasSuffix(kind, "json") || strings.HasSuffix(kind, "xml") ||
		kind == "text/javascript" || kind == "application/javascript"
}

var gzipped, zstandarded = []string{"gzip"}, []string{"zstd"}

// send writes the answer in the best coding that the browser takes, or 304 when it has it.
func (e *entry) send(w http.ResponseWriter, r *http.Request) {
	h := w.Header()
	setHeaders(h, e.headers)
	b := &e.plain
	if e.gzip.bytes != nil {
		switch accepted(r.Header.Get("Accept-Encoding")) {
		case "zstd":
			b = &e.zstd
			h["Content-Encoding"] = zstandarded
		case "gzip":
			b = &e.gzip
			h["Content-Encoding"] = gzipped
		}
	}
	h["Etag"] = b.tag
	if e.unchanged(r, b) {
		delete(h, "Content-Encoding")
		delete(h, "Content-Type")
		w.WriteHeader(http.StatusNotModified)
		return
	}
	h["Content-Length"] = b.length
	w.WriteHeader(http.StatusOK)
	if r.Method != http.MethodHead {
		_, _ = w.Write(b.bytes) // who has hung up misses nothing
	}
}

// unchanged says whether the browser has the answer already. A date counts only when the handler gave one and
// the browser sent no tag (RFC 9110, 13.2.2).
func (e *entry) unchanged(r *http.Request, b *body) bool {
	if tags := r.Header.Get("If-None-Match"); tags != "" {
		return tags == b.etag || tags == "*" || slices.ContainsFunc(strings.Split(tags, ","), func(tag string) bool {
			return strings.TrimPrefix(strings.TrimSpace(tag), "W/") == b.etag
		})
	}
	if e.modified.IsZero() {
		return false
	}
	since, err := http.ParseTime(r.Header.Get("If-Modified-Since"))
	return err == nil && !e.modified.After(since)
}

// accepted returns the better of zstd and gzip that header takes, or "" (RFC 9110, 12.5.3).
func accepted(header string) string {
	best := ""
	for part := range strings.SplitSeq(header, ",") {
		coding, weight, weighed := strings.Cut(strings.TrimSpace(part), ";")
		if weighed {
			q, isQ := strings.CutPrefix(strings.TrimSpace(weight), "q=")
			if f, err := strconv.ParseFloat(q, 64); isQ && (err != nil || f == 0) {
				continue
			}
		}
		switch strings.TrimSpace(coding) {
		case "zstd":
			return "zstd"
		case "gzip", "*":
			best = "gzip"
		}
	}
	return best
}

// compressor wraps answers that are made for one visitor and sent once.
func compressor() (func(http.Handler) http.HandlerFunc, error) {
	wrap, err := gzhttp.NewWrapper(gzhttp.MinSize(1024), gzhttp.CompressionLevel(5), gzhttp.EnableZstd(false))
	if err != nil {
		return nil, fmt.Errorf("compressor: %w", err)
	}
	return wrap, nil
}
