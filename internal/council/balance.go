package council

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"obrady/internal/call"
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
	entries, err := review.Entries(ctx, s.db, v, review.Filter{})
	if err != nil {
		return nil, err
	}
	decisions, err := decisionsBy(ctx, s.db, `d.call_id = $1`, v.Call.ID)
	if err != nil {
		return nil, err
	}
	chosen := map[call.SubmissionID]bool{}
	for _, d := range decisions {
		chosen[d.Submission] = d.Outcome.Takes()
	}
	t := tallies{chosen: chosen}
	for _, e := range entries {
		t.add(Trait{Name: ByPath}, Share{Value: e.Path}, e.ID)
		t.add(Trait{Name: ByFormat}, Share{Value: e.Format}, e.ID)
		t.add(Trait{Name: ByLanguage}, Share{Value: string(e.Language)}, e.ID)
	}
	if err := s.countBehind(ctx, &t, entries); err != nil {
		return nil, err
	}
	err = s.countAnswers(ctx, &t, v.Call, entries)
	return t.traits, err
}

// tallies are traits being counted.
type tallies struct {
	chosen map[call.SubmissionID]bool
	traits []Trait
}

func (t *tallies) add(trait Trait, share Share, submission call.SubmissionID) {
	i := slices.IndexFunc(t.traits, func(o Trait) bool { return o.Name == trait.Name })
	if i < 0 {
		i, t.traits = len(t.traits), append(t.traits, trait)
	}
	shares := &t.traits[i].Shares
	j, there := slices.BinarySearchFunc(*shares, share, func(a, b Share) int { return strings.Compare(a.Value, b.Value) })
	if !there {
		*shares = slices.Insert(*shares, j, share)
	}
	(*shares)[j].All++
	if t.chosen[submission] {
		(*shares)[j].Chosen++
	}
}

// countBehind counts sectors and who is there for the first time, by ids alone.
// key: council.first.*
func (s *Service) countBehind(ctx context.Context, t *tallies, entries []review.Entry) error {
	ids := make([]call.SubmissionID, len(entries))
	for i, e := range entries {
		ids[i] = e.ID
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
	spoke, err := spokeBefore(ctx, s.db, entries)
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
		share := Share{Value: string(of[e.ID]), Key: "council.sector_unknown"}
		if share.Value != "" {
			share.Key = of[e.ID].Key()
		}
		t.add(Trait{Name: BySector}, share, e.ID)
		first := Share{Value: "first", Key: "council.first.yes"}
		if known[e.ID] {
			first = Share{Value: "known", Key: "council.first.no"}
		}
		t.add(Trait{Name: ByFirst}, first, e.ID)
	}
	return nil
}

// countAnswers counts the answers to the questions that the call asks with a
// choice: region, size of the city.
func (s *Service) countAnswers(ctx context.Context, t *tallies, c call.Call, entries []review.Entry) error {
	questions, err := call.Questions(ctx, s.db, c.ID, c.FormVersion)
	if err != nil {
		return err
	}
	questions = slices.DeleteFunc(questions, func(q form.Question) bool { return q.Kind != form.Choice })
	if len(questions) == 0 {
		return nil
	}
	all, err := call.Submissions(ctx, s.db, c.ID)
	if err != nil {
		return err
	}
	shown := map[call.SubmissionID]bool{}
	for _, e := range entries {
		shown[e.ID] = true
	}
	for _, q := range questions {
		for _, one := range all {
			if option, picked := q.Picked(one.Answers[q.ID]); picked && shown[one.ID] {
				t.add(Trait{Name: q.ID, Label: q.Label}, Share{Value: one.Answers[q.ID], Words: option}, one.ID)
			}
		}
	}
	return nil
}
