package council

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"obrady/internal/call"
	"obrady/internal/db"
	"obrady/internal/form"
	"obrady/internal/i18n"
	"obrady/internal/people"
	"obrady/internal/review"
)

// Names of traits that every call has.
const (
	ByPath     = "path"
	ByFormat   = "format"
	ByLanguage = "language"
	BySector   = "sector"
	ByFirst    = "first" // whether those behind it spoke at an earlier edition
)

// Trait is something by which those chosen are held against all: a balance of the
// whole set, which says nothing of a single submission.
type Trait struct {
	Name   string    // one of the names above, or the id of a question
	Label  i18n.Text // of a question
	Shares []Share
}

// Key names the sentence that says the trait.
// key: council.trait.*
func (t Trait) Key() string { return "council.trait." + t.Name }

// Share is how many have one value of a trait.
type Share struct {
	Value  string
	Key    string    // of the sentence that says the value; empty if Words or Value does
	Words  i18n.Text // an option of a question
	All    int
	Chosen int
}

// Balance counts those chosen, by decisions announced or not, beside all that were
// under review, trait by trait. Submissions that whoever asks may not see do not count.
func (s *Service) Balance(ctx context.Context, by people.AccountID, of call.ID) ([]Trait, error) {
	v, err := s.reviews.Look(ctx, of, by)
	if err != nil {
		return nil, err
	}
	if !v.Whole {
		return nil, review.ErrNone
	}
	traits, err := s.balance(ctx, v)
	if err != nil {
		return nil, fmt.Errorf("hold those chosen of %s against all: %w", of, err)
	}
	return traits, nil
}

func (s *Service) balance(ctx context.Context, v review.Viewer) ([]Trait, error) {
	questions, err := choicesOf(ctx, s.db, v.Call)
	if err != nil {
		return nil, err
	}
	groups, err := groupsOf(ctx, s.db, v, questions)
	if err != nil {
		return nil, err
	}
	var t tallies
	for _, g := range groups {
		t.add(Trait{Name: ByPath}, g.share(Share{Value: g.path}))
		t.add(Trait{Name: ByFormat}, g.share(Share{Value: g.format}))
		t.add(Trait{Name: ByLanguage}, g.share(Share{Value: g.language}))
	}
	if err := s.countBehind(ctx, &t, v); err != nil {
		return nil, err
	}
	for i, q := range questions {
		for _, g := range groups {
			if option, picked := q.Picked(g.answers[i]); picked {
				t.add(Trait{Name: q.ID, Label: q.Label}, g.share(Share{Value: g.answers[i], Words: option}))
			}
		}
	}
	return t.traits, nil
}

// choicesOf lists the questions that a call asks with a choice: region, size of the city.
func choicesOf(ctx context.Context, q db.Querier, c call.Call) ([]form.Question, error) {
	questions, err := call.Questions(ctx, q, c.ID, c.FormVersion)
	return slices.DeleteFunc(questions, func(q form.Question) bool { return q.Kind != form.Choice }), err
}

// tallies are traits being counted.
type tallies struct{ traits []Trait }

// add adds what a share counts to the share of the same value.
func (t *tallies) add(trait Trait, share Share) {
	i := slices.IndexFunc(t.traits, func(o Trait) bool { return o.Name == trait.Name })
	if i < 0 {
		i, t.traits = len(t.traits), append(t.traits, trait)
	}
	shares := &t.traits[i].Shares
	j, there := slices.BinarySearchFunc(*shares, share, func(a, b Share) int { return strings.Compare(a.Value, b.Value) })
	if !there {
		*shares = slices.Insert(*shares, j, share)
		return
	}
	(*shares)[j].All += share.All
	(*shares)[j].Chosen += share.Chosen
}

// countBehind counts sectors and who is there for the first time, by ids alone.
// key: council.first.*
func (s *Service) countBehind(ctx context.Context, t *tallies, v review.Viewer) error {
	entries, err := standingOf(ctx, s.db, v)
	if err != nil {
		return err
	}
	ids := make([]call.SubmissionID, len(entries))
	for i, e := range entries {
		ids[i] = e.id
	}
	parties, err := call.PartiesOf(ctx, s.db, ids...)
	if err != nil {
		return err
	}
	institutions, err := people.Institutions(ctx, s.db)
	if err != nil {
		return err
	}
	sector := map[people.InstitutionID]people.Sector{}
	for _, i := range institutions {
		sector[i.ID] = i.Sector
	}
	spoke, err := spokeBefore(ctx, s.db, v.Call.Edition)
	if err != nil {
		return err
	}
	of, known := map[call.SubmissionID]people.Sector{}, map[call.SubmissionID]bool{}
	for _, p := range parties {
		if p.Institution != "" {
			of[p.Submission] = sector[p.Institution]
		}
		known[p.Submission] = known[p.Submission] || spoke[p.Account]
	}
	for _, e := range entries {
		share := Share{Value: string(of[e.id]), Key: "council.sector_unknown"}
		if share.Value != "" {
			share.Key = of[e.id].Key()
		}
		t.add(Trait{Name: BySector}, e.share(share))
		first := Share{Value: "first", Key: "council.first.yes"}
		if known[e.id] {
			first = Share{Value: "known", Key: "council.first.no"}
		}
		t.add(Trait{Name: ByFirst}, e.share(first))
	}
	return nil
}
