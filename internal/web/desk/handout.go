package desk

import (
	"mime"
	"net/http"
	"strconv"
)

// Handout is a file that somebody sent, on its way to somebody else.
type Handout struct {
	Name    string // to save it under
	Kind    string // media type
	Content []byte
}

// Send hands the file out to be saved. No browser shows it, runs it or keeps it.
func (h Handout) Send(w http.ResponseWriter) error {
	header := w.Header()
	header.Set("Content-Type", h.Kind)
	header.Set("Content-Disposition", mime.FormatMediaType("attachment", map[string]string{"filename": h.Name}))
	header.Set("Content-Length", strconv.Itoa(len(h.Content)))
	header.Set("Content-Security-Policy", "default-src 'none'; sandbox")
	header.Set("X-Content-Type-Options", "nosniff")
	header.Set("Cache-Control", "private, no-store")
	_, _ = w.Write(h.Content) // who has hung up misses nothing
	return nil
}
