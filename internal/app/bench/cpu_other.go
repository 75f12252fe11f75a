//go:build !unix

package bench

import "time"

func cpu() time.Duration { return 0 }

// mostFiles is unknown where nobody asks.
func mostFiles() int { return 1 << 14 }
