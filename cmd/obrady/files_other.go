//go:build !unix

package main

import (
	"context"
	"log/slog"
)

// warnOfFewFiles has nothing to say where the system knows no such limit.
func warnOfFewFiles(context.Context, *slog.Logger) {}
