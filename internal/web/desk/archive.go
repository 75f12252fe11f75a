package desk

import (
	"archive/zip"
	"context"
	"errors"
	"fmt"
	"mime"
	"net/http"
	"time"
)

// Archive is a ZIP of many files on its way to somebody. Each file goes out as
// soon as it is added, so no more than one is in memory, and whoever waits sees
// that something comes.
type Archive struct {
	w   http.ResponseWriter
	zip *zip.Writer
}

// patience is how long somebody may take to receive one file of an archive.
const patience = 2 * time.Minute

// NewArchive begins an archive that is to be saved under a name. From here on an
// error can no longer be told: an archive without its end is one that no program opens.
func NewArchive(w http.ResponseWriter, name string) *Archive {
	header := w.Header()
	header.Set("Content-Type", "application/zip")
	header.Set("Content-Disposition", mime.FormatMediaType("attachment", map[string]string{"filename": name}))
	header.Set("Content-Security-Policy", "default-src 'none'; sandbox")
	header.Set("X-Content-Type-Options", "nosniff")
	header.Set("Cache-Control", "private, no-store")
	return &Archive{w, zip.NewWriter(w)}
}

// Add puts a file into the archive and sends it. What comes in is packed already,
// so it is not packed again.
func (a *Archive) Add(name string, at time.Time, content []byte) error {
	connection := http.NewResponseController(a.w)
	until := time.Now().Add(patience) //nolint:forbidigo // the clock of the network, not that of the congress
	if err := connection.SetWriteDeadline(until); err != nil && !errors.Is(err, http.ErrNotSupported) {
		return fmt.Errorf("wait for a file of an archive: %w", err)
	}
	out, err := a.zip.CreateHeader(&zip.FileHeader{Name: name, Method: zip.Store, Modified: at})
	if err != nil {
		return fmt.Errorf("add a file to an archive: %w", err)
	}
	if _, err := out.Write(content); err != nil {
		return fmt.Errorf("send a file of an archive: %w", err)
	}
	if err := a.zip.Flush(); err != nil {
		return fmt.Errorf("send a file of an archive: %w", err)
	}
	if err := connection.Flush(); err != nil && !errors.Is(err, http.ErrNotSupported) {
		return fmt.Errorf("send a file of an archive: %w", err)
	}
	return nil
}

// Close ends the archive.
func (a *Archive) Close() error {
	if err := a.zip.Close(); err != nil {
		return fmt.Errorf("end an archive: %w", err)
	}
	return nil
}

// Patient is the context of a request without the end that every answer has: an
// archive takes as long as whoever receives it needs. Who hangs up is noticed when the
// next file is sent.
func Patient(r *http.Request) context.Context { return context.WithoutCancel(r.Context()) }
