//go:build race

package assign

// slower is how many times longer the race detector may make it.
const slower = 10
