//go:build unix

package main

import (
	"context"
	"log/slog"
	"syscall"
)

// enoughFiles is how many files a server should be able to have open: one for each browser that shows live counts, and
// some for the rest.
const enoughFiles = 20_000

// warnOfFewFiles says in the log that the system allows too few open files for an opening. The Go runtime has asked for
// as many as it may have, less one.
func warnOfFewFiles(ctx context.Context, log *slog.Logger) {
	var limit syscall.Rlimit
	if err := syscall.Getrlimit(syscall.RLIMIT_NOFILE, &limit); err != nil {
		log.WarnContext(ctx, "cannot tell how many files may be open", "err", err)
		return
	}
	if few := uint64(limit.Cur) + 1; few < enoughFiles { //nolint:unconvert // not the same type everywhere
		log.WarnContext(ctx, "the system allows few open files; each browser that shows live counts needs one", "limit", few, "enough", enoughFiles)
	}
}
