package composer

import (
	"net/http"
	"strings"

	"obrady/internal/call"
	"obrady/internal/civil"
	"obrady/internal/edition"
	"obrady/internal/kaleidoscope"
	"obrady/internal/web"
)

// proposalPage shows what an arrangement would change.
type proposalPage struct {
	boardPage
	kaleidoscope.Proposal
	Seed uint64
}

var proposalTemplate = parse[proposalPage]("proposal.html")

// Next is the number of another proposal.
func (p proposalPage) Next() uint64 { return p.Seed + 1 }

// Better is how much better it is than what stands there.
func (p proposalPage) Better() int { return p.Then.Objective - p.Now.Objective }

// Written is the arrangement in the form's hidden field: codes by cycle.
func (p proposalPage) Written() string {
	var cycles []string
	for _, c := range p.Proposal.Cycles {
		var codes []string
		for _, submission := range c {
			codes = append(codes, string(submission))
		}
		cycles = append(cycles, strings.Join(codes, " "))
	}
	return strings.Join(cycles, "|")
}

func (p *Pages) showProposal(w http.ResponseWriter, r *http.Request) error {
	page, err := p.board(r)
	if err != nil {
		return err
	}
	one := proposalPage{boardPage: page, Seed: max(1, number(r.URL.Query().Get("seed")))}
	if one.Proposal, err = p.Composer.Propose(r.Context(), page.At, one.Seed); err != nil {
		return p.notMoved(w, r, web.NewForm(moveFields), err)
	}
	return proposalTemplate.Show(w, r, one)
}

var acceptFields = web.Fields{"cycles": "composer.proposal"}

func (p *Pages) accept(w http.ResponseWriter, r *http.Request) error {
	page, err := p.board(r)
	if err != nil {
		return err
	}
	typed, err := web.ReadForm(r, acceptFields)
	if err != nil {
		return err
	}
	var cycles kaleidoscope.Cycles
	for _, cycle := range strings.Split(typed.Value("cycles"), "|") {
		var talks []call.SubmissionID
		for _, submission := range strings.Fields(cycle) {
			talks = append(talks, call.SubmissionID(submission))
		}
		if len(talks) > 0 {
			cycles = append(cycles, talks)
		}
	}
	at := page.At
	at.Revision = typed.Revision
	if err := p.Composer.Arrange(r.Context(), at, cycles); err != nil {
		return p.notMoved(w, r, web.NewForm(moveFields), err)
	}
	web.Flash(r, "composer.accepted")
	return web.Redirect(w, r, "desk.kaleidoscope", page.Desk.Edition.Slug, page.Of.Slug)
}

// days are those of the edition among what was ticked.
func days(e edition.Edition, ticked []string) (all []civil.Date) {
	for _, day := range e.StartsOn.Until(e.EndsOn) {
		for _, one := range ticked {
			if one == string(day) {
				all = append(all, day)
			}
		}
	}
	return all
}

// clock reads an hour; an empty field is none.
func clock(typed *web.Form, name string) civil.Clock {
	if typed.Value(name) == "" {
		return 0
	}
	c, err := civil.ParseClock(typed.Value(name))
	if err != nil {
		typed.Problems.Add(name, "web.form.date")
	}
	return c
}

// Title is what the page is called in the way to it.
func (p proposalPage) Title(v web.View) string { return v.T("composer.proposal") }

// Spot says a place in the cycles.
func (p proposalPage) Spot(v web.View, at kaleidoscope.Spot) string {
	if at.Cycle == 0 {
		return v.T("composer.in_the_pool")
	}
	return v.T("composer.spot", at.Cycle, at.Position)
}

// Why says why a talk would stand there.
func (p proposalPage) Why(v web.View, c kaleidoscope.Change) string {
	switch {
	case len(c.Words) > 0:
		return v.T("composer.shares", strings.Join(c.Words, ", "))
	case c.To.Cycle == 0:
		return v.T("composer.no_place")
	default:
		return v.T("composer.for_room")
	}
}
