package table

import (
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// Column is a column that an import looks for.
type Column struct {
	Name     string   // what the import calls it
	Aliases  []string // what people call it, in Polish and English; Name is one as well
	Required bool
}

// Matched says which column of a file is which.
type Matched struct {
	At      map[string]int // by Name; a column that is not there is not in At
	Missing []string       // names of required columns that the file lacks
	Unknown []string       // headings of the file that answer to no column
	Twice   []string       // headings that answer to a column already found
}

// Match finds the wanted columns in a header. It does not mind case, Polish letters, spaces and
// punctuation: "E-mail", "e mail" and "EMAIL" are one.
func Match(header []string, wanted []Column) Matched {
	found := Matched{At: map[string]int{}}
	names := map[string]string{}
	for _, column := range wanted {
		for _, alias := range append([]string{column.Name}, column.Aliases...) {
			names[key(alias)] = column.Name
		}
	}
	for i, heading := range header {
		name, known := names[key(heading)]
		_, twice := found.At[name]
		switch {
		case strings.TrimSpace(heading) == "":
		case !known:
			found.Unknown = append(found.Unknown, heading)
		case twice:
			found.Twice = append(found.Twice, heading)
		default:
			found.At[name] = i
		}
	}
	for _, column := range wanted {
		if _, there := found.At[column.Name]; column.Required && !there {
			found.Missing = append(found.Missing, column.Name)
		}
	}
	return found
}

// key is a heading without all that people write in different ways.
func key(heading string) string {
	bare := strings.Map(func(r rune) rune {
		if !unicode.IsLetter(r) && !unicode.IsDigit(r) {
			return -1
		}
		return r
	}, norm.NFKD.String(strings.ToLower(heading)))
	return strings.ReplaceAll(bare, "ł", "l")
}
