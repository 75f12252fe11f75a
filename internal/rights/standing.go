package rights

import (
	"context"
	"slices"
	"time"

	"obrady/internal/edition"
	"obrady/internal/i18n"
	"obrady/internal/people"
)

// Standing is what somebody is at the congress at one moment: the grants that
// hold for them, by themselves, by their institutions and by what they do in
// the programme. The zero Standing is the public.
type Standing struct {
	Account  people.AccountID
	Person   people.PersonID
	Grants   []Grant
	Refusals []Refusal // that could concern this account

	policy Table // Policy when nil
}

func (s Standing) table() Table {
	if s.policy == nil {
		return Policy
	}
	return s.policy
}

type standingKey struct{}

// With returns ctx with s in it.
func With(ctx context.Context, s Standing) context.Context {
	return context.WithValue(ctx, standingKey{}, s)
}

// Of returns the standing of whoever asks with ctx; that of the public when
// nobody has put one in.
func Of(ctx context.Context) Standing {
	s, _ := ctx.Value(standingKey{}).(Standing)
	return s
}

// Decide says whether this person may do a to what stands at the end of path,
// as Tree.Path gives it: nil, ErrSignIn, ErrHidden for what they must not know
// of, ErrRole, or what a refusal says.
func (s Standing) Decide(a Action, path []Node) error {
	rule, known := s.table().Rule(a)
	switch {
	case !known:
		return ErrHidden
	case rule.Reach == Everyone:
		return nil
	case s.Account == "":
		return ErrSignIn
	case rule.Reach == SignedIn:
		return nil
	}
	covered := false
	for _, g := range s.Grants {
		if !slices.Contains(path, g.Node) {
			continue
		}
		if rule.Allows(g.Role) {
			return s.refused(rule, path)
		}
		covered = covered || g.Role != Participant || len(path) > 0 && path[0] == g.Node
	}
	if covered {
		return rule.refuse()
	}
	return ErrHidden
}

// refused looks for a refusal on the way from the thing to the top.
func (s Standing) refused(rule Rule, path []Node) error {
	for _, f := range s.Refusals {
		if !slices.Contains(path, f.Node) {
			continue
		}
		if f.Kind == ConflictOfInterest && f.Account == s.Account || f.Kind == BlindPhase && rule.Identity {
			return f.err()
		}
	}
	return nil
}

// refuse names those who may.
func (r Rule) refuse() error {
	var names i18n.Keys
	for _, role := range r.Roles {
		names = append(names, role.Key())
	}
	return ErrRole.With(names)
}

// Within says whether this person may do a anywhere in the edition. What they
// see then is what Scope gives.
func (s Standing) Within(a Action, of edition.ID) error {
	rule, known := s.table().Rule(a)
	if !known || rule.Reach != ByRole {
		return s.Decide(a, nil)
	}
	if s.Account == "" {
		return ErrSignIn
	}
	inside := false
	for _, g := range s.Grants {
		if g.Node != Whole && g.Edition != of {
			continue
		}
		if rule.Allows(g.Role) {
			return nil
		}
		inside = true
	}
	if inside {
		return rule.refuse()
	}
	return ErrHidden
}

// At is Decide for the edition as a whole, which whoever has some part in it
// knows: they read who may, and do not read that there is nothing.
func (s Standing) At(a Action, of edition.ID) error {
	err := s.Decide(a, []Node{OfCongress(of), Whole})
	if err != ErrHidden { //nolint:errorlint // Decide returns it as it is
		return err
	}
	for _, g := range s.Grants {
		if g.Edition == of {
			rule, _ := s.table().Rule(a)
			return rule.refuse()
		}
	}
	return err
}

// May is Decide, for pages that show what is allowed and leave out the rest.
func (s Standing) May(a Action, path []Node) bool { return s.Decide(a, path) == nil }

// Has says whether a grant of the role holds at one of the nodes of path.
func (s Standing) Has(role Role, path []Node) bool {
	return slices.ContainsFunc(s.Grants, func(g Grant) bool { return g.Role == role && slices.Contains(path, g.Node) })
}

// CanGive says whether this person may give the role at the end of path, or
// take it away: they must be allowed to give at all, and to do there everything
// that the role may do.
func (s Standing) CanGive(role Role, path []Node) error {
	if role.Follows() || !role.Known() {
		return ErrMoreThanOwn
	}
	if err := s.Decide(GiveGrants, path); err != nil {
		return err
	}
	// A blind phase is on everybody, and whoever gets the role is refused as well.
	s.Refusals = slices.DeleteFunc(slices.Clone(s.Refusals), func(f Refusal) bool { return f.Kind == BlindPhase })
	for _, a := range s.table().Actions(role) {
		if !s.May(a, path) {
			return ErrMoreThanOwn
		}
	}
	if (role == Protection || role == Operator) && !s.Has(role, path) {
		return ErrMoreThanOwn
	}
	// An allotment binds the coordinators of a workspace, and no others: only who is not bound either makes those.
	inside := slices.ContainsFunc(path, func(n Node) bool { return n.Kind == Workspace })
	if role == Coordinator && !inside && !s.Has(Organiser, path) {
		return ErrMoreThanOwn
	}
	return nil
}

// Lasting is what this person still is until a moment, the zero one being the
// end of all days: nobody gives for longer than they have.
func (s Standing) Lasting(until time.Time) Standing {
	s.Grants = slices.DeleteFunc(slices.Clone(s.Grants), func(g Grant) bool {
		return !g.Until.IsZero() && (until.IsZero() || g.Until.Before(until))
	})
	return s
}

// Works says whether this person has something to do at the desk of the
// edition: a role there that may do something. An operator has it with the
// machine alone.
func (s Standing) Works(of edition.ID) bool {
	return slices.ContainsFunc(s.Grants, func(g Grant) bool {
		return (g.Node == Whole || g.Edition == of) && g.Role != Operator && len(s.table().Actions(g.Role)) > 0
	})
}
