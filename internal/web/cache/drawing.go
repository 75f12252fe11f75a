package cache

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"net/http"
	"slices"
	"strconv"
	"strings"
)

// Drawing is an answer being made: a http.ResponseWriter that nobody hears yet. Its zero value is empty.
type Drawing struct {
	header http.Header
	code   int
	body   bytes.Buffer
}

// Header are the headers of the answer so far.
func (d *Drawing) Header() http.Header {
	if d.header == nil {
		d.header = http.Header{}
	}
	return d.header
}

// WriteHeader notes the status.
func (d *Drawing) WriteHeader(status int) {
	if d.code == 0 {
		d.code = status
	}
}

// Write adds to the body.
func (d *Drawing) Write(p []byte) (int, error) {
	d.WriteHeader(http.StatusOK)
	return d.body.Write(p)
}

// status is that of the answer, as far as it has come.
func (d *Drawing) status() int {
	if d.code == 0 {
		return http.StatusOK
	}
	return d.code
}

// Replay sends the answer as it is, to be forgotten afterwards.
func (d *Drawing) Replay(w http.ResponseWriter) error {
	for name, value := range d.header {
		w.Header()[name] = value
	}
	w.WriteHeader(d.status())
	_, _ = w.Write(d.body.Bytes()) // others may be sending it as well; who has hung up misses nothing
	return nil
}

// revalidate lets browsers and proxies keep a page but ask each time whether it is still good: whoever looks after a
// release has come out sees it, and asking costs an answer without a body.
var revalidate = []string{"public, no-cache"}

// Finish makes the entry that will be sent from now on.
func (d *Drawing) Finish(generation string) (*Entry, error) {
	content, h := bytes.Clone(d.body.Bytes()), d.Header()
	sum := sha256.Sum256(content)
	tag := base64.RawURLEncoding.EncodeToString(sum[:12])
	e := &Entry{generation: generation, plain: newBody(content, tag)}
	if h.Get("Content-Type") == "" {
		h.Set("Content-Type", http.DetectContentType(content))
	}
	if h.Get("Cache-Control") == "" {
		h["Cache-Control"] = revalidate
	}
	if modified, err := http.ParseTime(h.Get("Last-Modified")); err == nil {
		e.modified = modified
	}
	h.Set("Vary", "Accept-Encoding")
	for name, value := range h {
		e.headers = append(e.headers, line{name, value})
	}
	if len(content) < smallest || !compressible(h.Get("Content-Type")) {
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

var gzipped, zstandarded = []string{"gzip"}, []string{"zstd"}

// Send writes the answer in the best coding that the browser takes, or 304 when it has it.
func (e *Entry) Send(w http.ResponseWriter, r *http.Request) {
	h := w.Header()
	for _, l := range e.headers {
		h[l.name] = l.value
	}
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
func (e *Entry) unchanged(r *http.Request, b *body) bool {
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
