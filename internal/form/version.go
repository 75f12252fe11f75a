package form

import (
	"maps"
	"slices"

	"obrady/internal/text"
)

// Version is the questions as they were from one change to the next.
type Version struct {
	Number    int // counts from 1
	Questions []Question
}

// Keeps says whether what was answered to the questions before still answers
// those of after: none has gone, none has another sense, and none is required
// that nobody was asked. Wording may be corrected.
func Keeps(before, after []Question) bool {
	if len(after) < len(before) {
		return false
	}
	for i, q := range before {
		n := after[i]
		if n.ID != q.ID || !q.sameSense(n) || n.Required && !q.Required {
			return false
		}
	}
	return !slices.ContainsFunc(after[len(before):], func(q Question) bool { return q.Required })
}

// sameSense says whether an answer to q is one to next.
func (q Question) sameSense(next Question) bool {
	return next.Kind == q.Kind && next.Unit == q.Unit && len(next.Options) >= len(q.Options) && next.Limit() >= q.Limit()
}

// Change is what is different for somebody who answered an earlier version.
type Change struct {
	New     []Question // that were not asked then
	Changed []Question // whose answer may no longer do
	Gone    []Question // that are no longer asked
}

// Empty says whether nothing is different.
func (c Change) Empty() bool { return len(c.New)+len(c.Changed)+len(c.Gone) == 0 }

// Since says what has changed between two versions of questions. Order and
// wording do not count.
func Since(before, after []Question) (c Change) {
	for _, q := range after {
		i := slices.IndexFunc(before, func(b Question) bool { return b.ID == q.ID })
		switch {
		case i < 0:
			c.New = append(c.New, q)
		case !before[i].sameSense(q) || q.Required && !before[i].Required:
			c.Changed = append(c.Changed, q)
		}
	}
	for _, b := range before {
		if !slices.ContainsFunc(after, func(q Question) bool { return q.ID == b.ID }) {
			c.Gone = append(c.Gone, b)
		}
	}
	return c
}

// Carry brings answers to the questions of another form: to those that are the
// same or read the same and take such an answer. The others stay as they are, under
// the questions they were given to.
func Carry(answers Answers, before, after []Question) Answers {
	carried := maps.Clone(answers)
	for _, b := range before {
		answer, given := answers[b.ID]
		i := slices.IndexFunc(after, func(q Question) bool { return q.readsLike(b) })
		if !given || i < 0 || after[i].ID == b.ID {
			continue
		}
		if _, there := carried[after[i].ID]; !there {
			carried[after[i].ID] = answer
			delete(carried, b.ID)
		}
	}
	return carried
}

func (q Question) readsLike(b Question) bool {
	if q.ID == b.ID {
		return true
	}
	return q.Kind == b.Kind && slices.Equal(q.Options, b.Options) && text.Fold(q.Label.PL) == text.Fold(b.Label.PL)
}
