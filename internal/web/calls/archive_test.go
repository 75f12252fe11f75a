package calls

import (
	"archive/zip"
	"bytes"
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"obrady/internal/attachment"
	"obrady/internal/call"
)

// store has one file for each submission. The last is not read before somebody has
// received the beginning of the archive, or patience is at its end.
type store struct {
	received chan struct{}
	patience time.Duration
	early    bool // the beginning was received before the last file was read
}

func (*store) Of(_ context.Context, s call.SubmissionID) ([]attachment.Attachment, error) {
	return []attachment.Attachment{{ID: attachment.ID(s), Submission: s, Name: "plan.pdf"}}, nil
}

func (s *store) Open(_ context.Context, of call.SubmissionID, _ attachment.ID) (attachment.Attachment, []byte, error) {
	if of == "last" {
		select {
		case <-s.received:
			s.early = true
		case <-time.After(s.patience):
		}
	}
	return attachment.Attachment{Name: "plan.pdf"}, []byte("treść " + of), nil
}

// fetch sends an archive of two submissions through wrap to somebody who says when its beginning came.
func fetch(t *testing.T, files *store, wrap func(http.Handler) http.Handler) []byte {
	t.Helper()
	p := &Pages{Files: files}
	server := httptest.NewServer(wrap(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if err := p.sendFiles(w, r, "nabor", []call.Submission{{ID: "first", Code: "DP-1"}, {ID: "last", Code: "DP-2"}}); err != nil {
			t.Error(err)
		}
	})))
	defer server.Close()
	request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, server.URL, nil)
	if err != nil {
		t.Fatal(err)
	}
	got, err := server.Client().Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = got.Body.Close() }()
	begin := make([]byte, 4)
	if _, err := io.ReadFull(got.Body, begin); err != nil {
		t.Fatal(err)
	}
	close(files.received)
	rest, err := io.ReadAll(got.Body)
	if err != nil {
		t.Fatal(err)
	}
	return append(begin, rest...)
}

// hoard holds an answer back until it is whole, as an archive made in memory would be.
func hoard(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		whole := httptest.NewRecorder()
		next.ServeHTTP(struct{ http.ResponseWriter }{whole}, r)
		_, _ = w.Write(whole.Body.Bytes())
	})
}

func asItIs(next http.Handler) http.Handler { return next }

func TestAnArchiveLeavesBeforeItsLastFileIsRead(t *testing.T) {
	files := &store{received: make(chan struct{}), patience: time.Minute}
	content := fetch(t, files, asItIs)
	if !files.early {
		t.Error("the last file was read before the first left, want them to leave one by one")
	}
	in, err := zip.NewReader(bytes.NewReader(content), int64(len(content)))
	if err != nil {
		t.Fatal(err)
	}
	if len(in.File) != 2 || in.File[0].Name != "DP-1/plan.pdf" || in.File[1].Name != "DP-2/plan.pdf" {
		t.Errorf("the archive has %d files, want a folder for each of two submissions", len(in.File))
	}
}

// The test above would notice an archive that is held back.
func TestAnArchiveHeldBackIsNoticed(t *testing.T) {
	files := &store{received: make(chan struct{}), patience: 100 * time.Millisecond}
	fetch(t, files, hoard)
	if files.early {
		t.Error("an archive that is held back passes for one that is not")
	}
}

func TestFilesOfOneNameStandBesideEachOther(t *testing.T) {
	taken := map[string]bool{}
	for i, want := range []string{"plan.pdf", "Plan (2).pdf", "plan (3).pdf"} {
		if got := unlike([]string{"plan.pdf", "Plan.pdf", "plan.pdf"}[i], taken); got != want {
			t.Errorf("the name is %q, want %q", got, want)
		}
	}
}
