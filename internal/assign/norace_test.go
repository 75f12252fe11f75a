//go:build !race

package assign

// slower is how many times longer the race detector may make it; it does not watch.
const slower = 1
