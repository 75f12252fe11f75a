package privacy

import (
	"context"
	"errors"
	"fmt"
	"time"

	"obrady/internal/db"
	"obrady/internal/draft"
	"obrady/internal/journal"
	"obrady/internal/outbox"
	"obrady/internal/people"
)

// Drafts is the keeper of what people have typed and not saved. Traces, which
// may be nil, gives more words by which a draft belongs to an account.
func Drafts(traces func(people.AccountID) []string) Keeper {
	return Keeper{Name: "draft", Collect: collectDrafts, Erase: func(ctx context.Context, tx *db.Tx, s people.Subject, _ time.Time) ([]people.Outcome, error) {
		words, err := wordsOf(ctx, tx, s)
		if err != nil {
			return nil, err
		}
		if traces != nil && s.Account != "" {
			words = append(words, traces(s.Account)...)
		}
		n, err := draft.Forget(ctx, tx, string(s.Account), words...)
		return []people.Outcome{{Part: "privacy.part.drafts", Gone: int(n)}}, err
	}}
}

func collectDrafts(ctx context.Context, q db.Querier, s people.Subject) (people.Extract, error) {
	out := people.Extract{Part: "privacy.part.drafts"}
	if s.Account == "" {
		return out, nil
	}
	all, err := draft.Of(ctx, q, string(s.Account))
	for _, one := range all {
		out.Rows = append(out.Rows, map[string]any{"form": one.Form, "typed": one.Fields, "saved_at": one.SavedAt})
	}
	return out, err
}

// wordsOf lists by what a text may name the subject. It must be asked before
// the person is erased.
func wordsOf(ctx context.Context, q db.Querier, s people.Subject) ([]string, error) {
	words := []string{string(s.Account), string(s.Person), s.Email}
	if p, err := people.FindPerson(ctx, q, s.Person); err == nil && !p.Erased() {
		words = append(words, p.Name, p.Slug)
	} else if err != nil && !isNone(err) {
		return nil, fmt.Errorf("find out by what names to look: %w", err)
	}
	if a, err := people.FindAccount(ctx, q, s.Account); err == nil && !a.Erased() {
		words = append(words, a.Name)
	} else if err != nil && !isNone(err) {
		return nil, fmt.Errorf("find out by what names to look: %w", err)
	}
	return longOnly(words), nil
}

// isNone tells that there is nobody from a failure to look.
func isNone(err error) bool {
	return errors.Is(err, people.ErrNoPerson) || errors.Is(err, people.ErrNoAccount)
}

// longOnly leaves out words that stand in too many texts to mean somebody.
func longOnly(words []string) (long []string) {
	const enough = 5
	for _, word := range words {
		if len([]rune(word)) >= enough {
			long = append(long, word)
		}
	}
	return long
}

// Promises is the keeper of the outbox.
func Promises() Keeper {
	return Keeper{
		Name: "outbox",
		Collect: func(context.Context, db.Querier, people.Subject) (people.Extract, error) {
			return people.Extract{Part: "privacy.part.promises"}, nil // ids alone, of things that are told elsewhere
		},
		Erase: func(ctx context.Context, tx *db.Tx, s people.Subject, _ time.Time) ([]people.Outcome, error) {
			words, err := wordsOf(ctx, tx, s)
			if err != nil {
				return nil, err
			}
			n, err := outbox.Forget(ctx, tx, words...)
			return []people.Outcome{{Part: "privacy.part.promises", Gone: int(n)}}, err
		},
	}
}

// Journal is the keeper of who did what. It stays: it proves what was decided,
// and holds ids only, which lead to nobody any more.
func Journal() Keeper {
	return Keeper{
		Name: "journal",
		Collect: func(ctx context.Context, q db.Querier, s people.Subject) (people.Extract, error) {
			out := people.Extract{Part: "privacy.part.journal"}
			all, err := entriesOf(ctx, q, s)
			for _, e := range all {
				out.Rows = append(out.Rows, map[string]any{
					"at": e.At, "action": e.Action, "mine": e.Actor == string(s.Account), "edition": e.Edition, "object": e.Object,
				})
			}
			return out, err
		},
		Erase: func(ctx context.Context, tx *db.Tx, s people.Subject, _ time.Time) ([]people.Outcome, error) {
			all, err := entriesOf(ctx, tx, s)
			return []people.Outcome{{Part: "privacy.part.journal", Kept: len(all), Why: "privacy.why.journal"}}, err
		},
	}
}

// entriesOf lists what was noted of the subject, as the one who did it or to
// whom it was done.
func entriesOf(ctx context.Context, q db.Querier, s people.Subject) (all []journal.Entry, err error) {
	const most = 5000
	for _, one := range []string{string(s.Account), string(s.Person)} {
		if one == "" {
			continue
		}
		some, err := journal.Entries(ctx, q, journal.Filter{About: one, Limit: most})
		if err != nil {
			return nil, err
		}
		all = append(all, some...)
	}
	return all, nil
}

// Cases is the keeper of the requests themselves.
func Cases() Keeper {
	return Keeper{
		Name: "privacy",
		Collect: func(ctx context.Context, q db.Querier, s people.Subject) (people.Extract, error) {
			out := people.Extract{Part: "privacy.part.cases"}
			all, err := cases(ctx, q)
			for _, c := range all {
				if s.Account != "" && c.Account == s.Account || s.Person != "" && c.Person == s.Person {
					out.Rows = append(out.Rows, map[string]any{
						"number": c.Sign(), "state": c.State, "opened_at": c.OpenedAt, "due_at": c.DueAt, "ground": c.Why,
					})
				}
			}
			return out, err
		},
		Erase: func(context.Context, *db.Tx, people.Subject, time.Time) ([]people.Outcome, error) {
			return []people.Outcome{{Part: "privacy.part.cases", Kept: 1, Why: "privacy.why.cases"}}, nil
		},
	}
}
