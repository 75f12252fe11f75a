// Package crash pulls the plug while people sign up, and asks afterwards whether everybody whose place was confirmed
// still has it.
//
// It is a module of its own, so that Obrady itself never depends on FUSE. `make crash` runs it, `make crash-long
// RUNS=3000` for as long as one likes.
package crash
