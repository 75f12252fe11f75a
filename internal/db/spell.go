package db

import (
	"strconv"
	"strings"
	"sync"
)

// spellings keeps statements as SQLite reads them fast. It looks for the name of
// each $1 in a list of all names, so a statement of a thousand arguments costs a
// million comparisons; a bare ? has no name and costs nothing.
var spellings sync.Map // the statement: how it is spelled

// manyArgs is from how many arguments on a statement is worth another spelling.
const manyArgs = 12

// spelled returns the statement as it is best put to the engine. It means the same.
func (e Engine) spelled(query string, args int) string {
	if e != SQLite || args < manyArgs {
		return query
	}
	if known, ok := spellings.Load(query); ok {
		return known.(string) //nolint:forcetypeassert // only strings are stored
	}
	bare := unnumbered(query)
	spellings.Store(query, bare)
	return bare
}

// many returns a statement of a transaction as it is best put to the engine. An
// INSERT of many rows that meets a conflict stops where it is, and is not undone
// by itself: nothing can follow it in the transaction but its end, and to be able
// to undo one statement SQLite copies each page before it writes on it.
// See https://www.sqlite.org/lang_conflict.html.
func (e Engine) many(query string, args int) string {
	if e != SQLite || args < manyArgs {
		return query
	}
	if known, ok := abrupt.Load(query); ok {
		return known.(string) //nolint:forcetypeassert // only strings are stored
	}
	best := e.spelled(query, args)
	if rest, ok := strings.CutPrefix(strings.TrimSpace(best), "INSERT INTO "); ok {
		best = "INSERT OR FAIL INTO " + rest
	}
	abrupt.Store(query, best)
	return best
}

// abrupt keeps statements as many puts them.
var abrupt sync.Map

// unnumbered writes ? for each of $1, $2 … if they come in that order, each once;
// otherwise the statement stays as it is.
func unnumbered(query string) string {
	var out strings.Builder
	quoted, last := false, 0
	for i := 0; i < len(query); {
		c := query[i]
		if c == '\'' {
			quoted = !quoted
		}
		if c != '$' || quoted {
			out.WriteByte(c)
			i++
			continue
		}
		end := i + 1
		for end < len(query) && query[end] >= '0' && query[end] <= '9' {
			end++
		}
		n, err := strconv.Atoi(query[i+1 : end])
		if err != nil || n != last+1 {
			return query
		}
		last = n
		out.WriteByte('?')
		i = end
	}
	return out.String()
}
