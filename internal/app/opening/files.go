//go:build unix

package opening

import "syscall"

// mostFiles is how many connections a process may have, with some left for other things.
func mostFiles() int {
	const spare, any = 400, 1 << 20
	var limit syscall.Rlimit
	if err := syscall.Getrlimit(syscall.RLIMIT_NOFILE, &limit); err != nil || limit.Max > any {
		return any
	}
	return int(limit.Max) - spare
}
