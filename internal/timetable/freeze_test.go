package timetable

import (
	"testing"

	"obrady/internal/i18n"
	"obrady/internal/people"
	"obrady/internal/programme"
)

// Whoever publishes one block publishes nobody else's words.
func TestAReleaseOfOneBlockRenewsNothingElse(t *testing.T) {
	inInner := func(s *programme.Session) { s.Block = "inner" }
	last := congress().with("x", hour(10, 0), hour(11, 0), "a").with("y", hour(12, 0), hour(13, 0), "b", inInner)
	working := congress().with("x", hour(10, 0), hour(11, 0), "a").with("y", hour(12, 0), hour(13, 0), "b", inInner,
		func(s *programme.Session) {
			s.People = []programme.Appearance{{Person: "nowa", Role: programme.Speaker}}
		})
	working.Persons = append(working.Persons,
		people.Person{ID: "nowa", Slug: "nowa", Name: "Nowa", Affiliations: []people.Affiliation{{Institution: "jej"}}},
		people.Person{ID: "cudza", Slug: "cudza", Name: "Cudza"})
	working.Institutions = append(working.Institutions, people.Institution{ID: "jej", Slug: "jej", Name: i18n.Both("Jej")})
	for i := range working.Blocks {
		working.Blocks[i].Lead = i18n.Both("nowy wstęp")
	}
	working.Blocks = append(working.Blocks,
		programme.Block{ID: "new-inside", Slug: "new-inside", Parent: "inner"}, programme.Block{ID: "new-outside", Slug: "new-outside"})
	for i := range working.Stages {
		working.Stages[i].Lead = i18n.Both("nowy wstęp sceny")
	}
	for i := range working.Places {
		working.Places[i].Name = i18n.Both("nowa nazwa")
	}

	x := Freeze(last, working, Scope{OneBlock, "inner"}).Index()
	if got := x.Block("inner").Lead.PL; got != "nowy wstęp" {
		t.Errorf("the lead of the block is %q, want the new one", got)
	}
	if got := x.Block("main").Lead.PL; got != "" {
		t.Errorf("the lead of the block around it is %q, want it as it was", got)
	}
	if x.Block("new-inside") == nil || x.Block("new-outside") != nil {
		t.Error("want the new block inside and not the one outside")
	}
	for _, g := range x.Stages {
		if g.Lead.PL != "" {
			t.Errorf("stage %s: %q, want it as it was", g.ID, g.Lead.PL)
		}
	}
	for _, place := range x.Places {
		if place.Name.PL == "nowa nazwa" {
			t.Errorf("place %s has its new name, want it as it was", place.ID)
		}
	}
	if x.Person("nowa") == nil || x.Institution("jej") == nil || x.Person("cudza") != nil {
		t.Error("want the person of the session with her institution, and nobody else")
	}
}
