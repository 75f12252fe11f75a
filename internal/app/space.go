//go:build linux || darwin

package app

import "syscall"

// freeSpace returns the bytes that this process may still write to the disk of folder.
func freeSpace(folder string) (uint64, error) {
	var stat syscall.Statfs_t
	if err := syscall.Statfs(folder, &stat); err != nil {
		return 0, err
	}
	return stat.Bavail * uint64(stat.Bsize), nil //nolint:gosec // a block has a positive size
}
