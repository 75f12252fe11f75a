// Package arch holds the house to its plan: who stands on which floor, who owns which table, which
// sentences people read, and what may not creep in. It is made of tests only.
//
// Every guard is a function that returns what it found wrong, and every guard is tried on a bad
// sample first, so that none of them passes because it looks at nothing.
package arch
