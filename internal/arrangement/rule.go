package arrangement

import (
	"context"
	"fmt"
	"slices"

	"obrady/internal/admission"
	"obrady/internal/edition"
	"obrady/internal/id"
	"obrady/internal/journal"
	"obrady/internal/rights"
	"obrady/internal/signup"
)

// SaveRule writes a rule. It holds for what is claimed from now on; nobody loses
// what they have.
func (s *Service) SaveRule(ctx context.Context, c signup.Change, r admission.Rule) (admission.Rule, error) {
	if err := r.Validate(); err != nil {
		return r, err
	}
	if r.ID == "" {
		r.ID = id.Make[admission.RuleID]()
	}
	r.UpdatedAt = s.now()
	err := s.setting(ctx, r.Edition, c, func(x setting) (journal.Entry, error) {
		e := journal.Entry{Action: "signup.rule_saved", Object: string(r.ID)}
		if err := x.mayRule(ctx, s, c, r); err != nil {
			return e, err
		}
		if err := admission.WriteRule(ctx, x.Tx, r); err != nil {
			return e, err
		}
		if r.Kind == admission.MostInstitution {
			if err := signup.NoteEmployers(ctx, x.Tx, r.Edition); err != nil {
				return e, fmt.Errorf("note whose people have seats: %w", err)
			}
		}
		return e, x.Reread(ctx, admission.SessionsOf(x.Plan().Offers())...) // who waited because of a rule
	})
	if err != nil {
		return r, fmt.Errorf("save a rule of sign-ups: %w", err)
	}
	return r, nil
}

// mayRule keeps rules about what the public relies on with the host: once one of
// their windows has opened a new limit needs a reason.
func (x setting) mayRule(ctx context.Context, s *Service, c signup.Change, r admission.Rule) error {
	for _, before := range x.Plan().Rules {
		if before.ID == r.ID && before.Workspace != r.Workspace {
			return admission.ErrNoWindow
		}
	}
	node := func(t rights.Tree) []rights.Node {
		return admission.Window{Edition: r.Edition, Workspace: r.Workspace}.Path(t)
	}
	if err := s.seats.Guard.May(ctx, x.Tx, rights.Deed{By: c.By, Action: rights.SetSignups, Edition: r.Edition, Path: node}); err != nil {
		return err
	}
	for _, w := range x.Plan().Windows() {
		if !x.Now().Before(w.OpensAt) && x.Now().Before(w.ClosesAt) {
			return c.Because()
		}
	}
	return nil
}

// RemoveRule takes out a rule.
func (s *Service) RemoveRule(ctx context.Context, c signup.Change, of edition.ID, rule admission.RuleID) error {
	err := s.setting(ctx, of, c, func(x setting) (journal.Entry, error) {
		e := journal.Entry{Action: "signup.rule_removed", Object: string(rule)}
		i := slices.IndexFunc(x.Plan().Rules, func(r admission.Rule) bool { return r.ID == rule })
		if i < 0 {
			return e, admission.ErrNoWindow
		}
		node := func(t rights.Tree) []rights.Node {
			return admission.Window{Edition: of, Workspace: x.Plan().Rules[i].Workspace}.Path(t)
		}
		if err := s.seats.Guard.May(ctx, x.Tx, rights.Deed{By: c.By, Action: rights.SetSignups, Edition: of, Path: node}); err != nil {
			return e, err
		}
		if err := admission.RemoveRule(ctx, x.Tx, rule); err != nil {
			return e, err
		}
		return e, x.Reread(ctx, admission.SessionsOf(x.Plan().Offers())...)
	})
	if err != nil {
		return fmt.Errorf("remove a rule of sign-ups: %w", err)
	}
	return nil
}
