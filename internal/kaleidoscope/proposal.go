package kaleidoscope

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"obrady/internal/call"
	"obrady/internal/db"
	"obrady/internal/form"
	"obrady/internal/programme"
	"obrady/internal/rights"
)

// Proposal is an arrangement before somebody who may take it over, with what it would change.
type Proposal struct {
	Revision int // of the composition it was made for
	Cycles   Cycles
	Now      Figures // of what stands there
	Then     Figures
	Changes  []Change
	Left     []Unplaced
}

// Same says whether it would change nothing.
func (p Proposal) Same() bool { return len(p.Changes) == 0 }

// Change is a talk that would stand elsewhere, and why there.
type Change struct {
	Talk
	From, To Spot
	Begin    time.Time // from then on; zero: the session has no hours, or the talk goes off
	Words    []string  // of its title that others in the cycle have in theirs
}

// Unplaced is a talk for which no place was found.
type Unplaced struct {
	Talk
	Why Reason
}

// Reason says why a talk was left out.
type Reason string

// The reasons.
const (
	NoRoom   Reason = "no_room"  // the hours of the session are full
	NeverCan Reason = "never"    // at none of its minutes the presenter can speak
	NotTaken Reason = "declined" // it is no longer accepted
)

// Key names the sentence that says the reason.
// key: kaleidoscope.reason.*
func (r Reason) Key() string { return "kaleidoscope.reason." + string(r) }

// Propose makes an arrangement of what stands in a session and what is in its pool.
// The same seed gives the same one; another gives perhaps another.
func (s *Service) Propose(ctx context.Context, at At, seed uint64) (p Proposal, err error) {
	var w *world
	var v View
	var said map[call.SubmissionID]Words
	err = s.db.Snapshot(ctx, func(q db.Querier) error {
		if w, v, err = s.open(ctx, q, at, rights.Compose); err != nil {
			return err
		}
		said, err = wordsOf(ctx, q, v.Call)
		return err
	})
	if err != nil {
		return p, fmt.Errorf("propose an arrangement of %s: %w", at.Session, err)
	}
	b := w.brief(v, said, seed)
	if len(b.Talks) == 0 {
		return p, ErrNoTalks
	}
	return b.answer(Propose(b.Problem)), nil
}

// wordsOf collects what the submissions to a call say of their themes, as far as reviewers read it.
func wordsOf(ctx context.Context, q db.Querier, of call.ID) (map[call.SubmissionID]Words, error) {
	papers, err := call.Papers(ctx, q, of)
	said := map[call.SubmissionID]Words{}
	for _, p := range papers {
		var answers []string
		for _, question := range p.Questions {
			if question.Kind == form.Text || question.Kind == form.Line {
				answers = append(answers, p.Answers[question.ID])
			}
		}
		said[p.ID] = Words{Title: p.Title, Text: strings.Join(answers, "\n"), Lang: string(p.Language)}
	}
	return said, err
}

// brief is the problem of one session, with what its answer is compared to.
type brief struct {
	Problem
	view   View
	themes Themes
	gone   []Talk
}

// brief puts those who stand in the session before those in the pool, and among each the confirmed first.
func (w *world) brief(v View, said map[call.SubmissionID]Words, seed uint64) brief {
	b := brief{view: v, Problem: Problem{Shape: v.Shape, Room: v.Room, Seed: seed}}
	for _, submission := range w.order {
		switch t := w.talks[submission].Talk; {
		case !v.Has(submission):
		case t.Stands():
			b.Talks = append(b.Talks, t)
		default:
			b.gone = append(b.gone, t)
		}
	}
	b.Talks = append(b.Talks, v.Pool...)
	words := make([]Words, len(b.Talks))
	for i, t := range b.Talks {
		words[i] = said[t.Submission]
		words[i].Title = t.Title
	}
	b.themes = Compare(words)
	b.Near = b.themes.Near
	for _, g := range v.Plan.Front {
		b.Extra += g.Minutes
	}
	for _, g := range v.Plan.Back {
		b.Tail += g.Minutes
	}
	return b
}

// answer writes down what an arrangement would change.
func (b brief) answer(a Arrangement) Proposal {
	p := Proposal{Revision: b.view.Revision, Then: a.Figures, Now: b.Judge(b.standing())}
	for _, talks := range a.Cycles {
		var cycle []call.SubmissionID
		for _, i := range talks {
			cycle = append(cycle, b.Talks[i].Submission)
		}
		p.Cycles = append(p.Cycles, cycle)
	}
	begins := b.begins(a)
	for c, talks := range a.Cycles {
		for i, talk := range talks {
			from, to := b.spot(talk), Spot{c + 1, i + 1}
			if from != to {
				t := b.Talks[talk]
				p.Changes = append(p.Changes, Change{Talk: t, From: from, To: to, Begin: begins[t.Submission], Words: b.themes.Shared(talk, talks)})
			}
		}
	}
	for _, talk := range a.Left {
		b.leave(&p, b.Talks[talk], b.why(a, talk))
	}
	for _, t := range b.gone {
		b.leave(&p, t, NotTaken)
	}
	return p
}

func (b brief) leave(p *Proposal, t Talk, why Reason) {
	p.Left = append(p.Left, Unplaced{t, why})
	if cycle, position := b.view.Cycles.Find(t.Submission); cycle > 0 {
		p.Changes = append(p.Changes, Change{Talk: t, From: Spot{cycle, position}})
	}
}

// spot is where a talk stands now.
func (b brief) spot(talk int) Spot {
	cycle, position := b.view.Cycles.Find(b.Talks[talk].Submission)
	return Spot{cycle, position}
}

// standing is the present arrangement, by numbers of talks.
func (b brief) standing() [][]int {
	cycles := make([][]int, len(b.view.Cycles))
	for c, talks := range b.view.Cycles {
		for _, submission := range talks {
			if i := slices.IndexFunc(b.Talks, func(t Talk) bool { return t.Submission == submission }); i >= 0 {
				cycles[c] = append(cycles[c], i)
			}
		}
	}
	return cycles
}

// begins gives the minute of each talk of an arrangement.
func (b brief) begins(a Arrangement) map[call.SubmissionID]time.Time {
	found := map[call.SubmissionID]time.Time{}
	if len(b.view.Room.Hours) == 0 {
		return found
	}
	plan := Plan{Shape: b.Shape, Front: b.view.Plan.Front}
	for _, talks := range a.Cycles {
		var c Cycle
		for _, i := range talks {
			c.Talks = append(c.Talks, b.Talks[i])
		}
		plan.Cycles = append(plan.Cycles, c)
	}
	for _, part := range plan.Parts(b.view.Begin()) {
		if part.Kind == programme.Talk {
			found[part.Talk.Submission] = part.Begin
		}
	}
	return found
}

// why says why a talk was left out: whether it could be held at any of the minutes that talks begin at.
func (b brief) why(a Arrangement, talk int) Reason {
	var sizes []int
	for _, c := range a.Cycles {
		sizes = append(sizes, len(c))
	}
	if len(sizes) == 0 {
		sizes = []int{max(1, min(b.Shape.PerCycle, b.mostFitting()))}
	}
	if b.mostFitting() > 0 && !slices.Contains(b.layout(sizes).fits[talk], true) {
		return NeverCan
	}
	return NoRoom
}
