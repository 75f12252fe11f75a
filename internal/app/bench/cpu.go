//go:build unix

package bench

import (
	"syscall"
	"time"
)

// cpu is the processor time that this process has used, crowd and servers together; 0 where the system does not say.
func cpu() time.Duration {
	var used syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &used); err != nil {
		return 0
	}
	return time.Duration(used.Utime.Nano() + used.Stime.Nano())
}

// mostFiles is how many connections a process may have, with some left for other things.
func mostFiles() int {
	const spare, any = 400, 1 << 20
	var limit syscall.Rlimit
	if err := syscall.Getrlimit(syscall.RLIMIT_NOFILE, &limit); err != nil || limit.Max > any {
		return any
	}
	return int(limit.Max) - spare
}
