package account

// Outside is outside, for the test that tries it against a trap.
var Outside = outside
