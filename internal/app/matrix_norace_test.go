//go:build !race

package app_test

// racing says whether the race detector watches, which makes everything many times slower.
const racing = false
