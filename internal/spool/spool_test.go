package spool_test

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"testing"

	"obrady/internal/spool"
)

func TestEveryLineIsWrittenByTheEnd(t *testing.T) {
	var log bytes.Buffer // read only after Close
	w := spool.New(&log, 0)
	var crowd sync.WaitGroup
	for i := range 50 {
		crowd.Go(func() {
			for j := range 100 {
				fmt.Fprintf(w, "line %d %d\n", i, j)
			}
		})
	}
	crowd.Wait()
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	if n := strings.Count(log.String(), "\n"); n != 5000 || w.Dropped() != 0 {
		t.Errorf("%d lines written, %d dropped, want 5000 and none", n, w.Dropped())
	}
	if err := w.Close(); err != nil {
		t.Errorf("closing again: %v, want nil", err)
	}
	if _, err := io.WriteString(w, "late\n"); err == nil {
		t.Error("a line after the end was taken")
	}
}

// A log that is stuck, here a pipe that nobody reads, blocks nobody; once it moves again it says what is missing.
func TestAStuckLogStopsNothing(t *testing.T) {
	for _, test := range []struct {
		name  string
		of    func(io.Writer) slog.Handler
		shape string
	}{
		{"JSON", func(w io.Writer) slog.Handler { return slog.NewJSONHandler(w, nil) }, `"msg":"lines of the log were dropped","lines":(\d+)}`},
		{"text", func(w io.Writer) slog.Handler { return slog.NewTextHandler(w, nil) }, `msg="lines of the log were dropped" lines=(\d+)`},
	} {
		t.Run(test.name, func(t *testing.T) {
			read, write, err := os.Pipe()
			if err != nil {
				t.Fatal(err)
			}
			w := spool.New(write, 300<<10)
			log := slog.New(test.of(w))
			const lines = 20_000 // more than the pipe and the room take together
			for i := range lines {
				log.Info("request", "status", 200, "n", i)
			}
			dropped := w.Dropped()
			if dropped == 0 || dropped >= lines {
				t.Fatalf("%d of %d lines dropped, want some", dropped, lines)
			}
			written := make(chan string, 1)
			go func() {
				all, _ := io.ReadAll(read)
				written <- string(all)
			}()
			if err := errors.Join(w.Close(), write.Close()); err != nil {
				t.Fatal(err)
			}
			all := <-written
			if n := strings.Count(all, "status"); uint64(n)+dropped != lines {
				t.Errorf("%d lines written and %d dropped of %d", n, dropped, lines)
			}
			told := uint64(0)
			for _, gap := range regexp.MustCompile(test.shape).FindAllStringSubmatch(all, -1) {
				n, _ := strconv.ParseUint(gap[1], 10, 64)
				told += n
			}
			if told != dropped {
				t.Errorf("the log says that %d lines are missing, want %d", told, dropped)
			}
		})
	}
}

type broken struct{}

func (broken) Write([]byte) (int, error) { return 0, errors.New("no space left on device") }

func TestAFullDiskIsToldAtTheEnd(t *testing.T) {
	w := spool.New(broken{}, 0)
	if _, err := io.WriteString(w, "line\n"); err != nil {
		t.Errorf("Write = %v, want nil: nobody can help", err)
	}
	if err := w.Close(); err == nil || !strings.Contains(err.Error(), "no space") {
		t.Errorf("Close = %v, want that there is no space", err)
	}
}
