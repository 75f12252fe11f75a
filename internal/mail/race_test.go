//go:build race

package mail_test

// raced: the race detector slows everything down and finds nothing more in ten thousand letters than in two.
const raced = true
