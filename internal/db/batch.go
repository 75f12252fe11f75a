package db

import "strings"

// batchSteps are the numbers of rows that one statement of a batch writes: few,
// so that each statement's text is prepared once and used again.
var batchSteps = []int{256, 64, 16, 4, 1}

// InSteps hands rows to write, as many at once as one of the statements of Batch
// takes.
func InSteps[T any](rows []T, write func(part []T) error) error {
	for _, step := range batchSteps {
		for len(rows) >= step {
			if err := write(rows[:step]); err != nil {
				return err
			}
			rows = rows[step:]
		}
	}
	return nil
}

// Batch writes a statement for each number of rows that InSteps hands out: before,
// VALUES' placeholders, and after. A type of "" is one that a column tells; where
// none does, as in UPDATE … FROM (VALUES …), the row says it: "INTEGER".
func Batch(before string, types []string, after string) map[int]string {
	return BatchAfter(0, before, types, after)
}

// BatchAfter is Batch of a statement in which so many arguments, the same for all
// rows, stand in front of them.
func BatchAfter(same int, before string, types []string, after string) map[int]string {
	all := map[int]string{}
	for _, step := range batchSteps {
		rows := make([]string, step)
		for i := range rows {
			cells := make([]string, len(types))
			for j, typ := range types {
				cells[j] = List(1+same+i*len(types)+j, 1)
				if typ != "" {
					cells[j] = "CAST(" + cells[j] + " AS " + typ + ")"
				}
			}
			rows[i] = "(" + strings.Join(cells, ", ") + ")"
		}
		all[step] = before + strings.Join(rows, ", ") + after
	}
	return all
}

// Padded makes arguments for IN (…) of keys: a power of two of them, by saying the
// last one again, so that statements of few lengths are prepared.
func Padded[T any](keys []T) []any {
	if len(keys) == 0 {
		return nil
	}
	n := 1
	for n < len(keys) {
		n *= 2
	}
	args := make([]any, n)
	for i := range args {
		args[i] = keys[min(i, len(keys)-1)]
	}
	return args
}
