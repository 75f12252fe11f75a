package db

import "testing"

func TestUnnumbered(t *testing.T) {
	for _, test := range []struct{ name, query, want string }{
		{"in order", "VALUES ($1, $2), ($3, CAST($4 AS INTEGER))", "VALUES (?, ?), (?, CAST(? AS INTEGER))"},
		{"one twice", "SELECT $1, $1", "SELECT $1, $1"},
		{"out of order", "SELECT $2, $1", "SELECT $2, $1"},
		{"a dollar in a text", "SELECT '$5', $1", "SELECT '$5', ?"},
		{"none", "SELECT 1", "SELECT 1"},
		{"two digits", "($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)", "(?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"},
	} {
		if got := unnumbered(test.query); got != test.want {
			t.Errorf("%s: %q, want %q", test.name, got, test.want)
		}
	}
}
