package admission

import (
	"context"
	"fmt"
	"slices"
	"time"

	"obrady/internal/db"
	"obrady/internal/edition"
	"obrady/internal/programme"
	"obrady/internal/timetable"
)

// Plan is everything that has been set for the sign-ups of an edition: windows,
// sessions with their hours, rules. It does not change once it is loaded, and its
// Revision tells whether it is still the one that holds. How many places are
// taken is in no plan.
type Plan struct {
	Revision   int64
	Edition    edition.ID
	Settings   Settings
	Rules      []Rule
	Registered bool // only participants of the edition can sign up, because it has a registration

	windows  []Window
	offers   []Offer
	byID     map[programme.SessionID]int
	bySlug   map[string]int
	byWindow map[WindowID]int
	apart    map[[2]int]bool
	ruled    map[int][]int // the rules about each offer
}

// Windows lists the windows, the one that opens first in front.
func (p *Plan) Windows() []Window { return p.windows }

// Offers lists the sessions with a window, in the order of their beginning.
// Their counts are those of the moment in which the plan was loaded.
func (p *Plan) Offers() []Offer { return p.offers }

// Window returns a window by its id, or nil.
func (p *Plan) Window(window WindowID) *Window {
	if i, ok := p.byWindow[window]; ok {
		return &p.windows[i]
	}
	return nil
}

// WindowAt returns the window that an address names by its Ref or by its id, or nil.
func (p *Plan) WindowAt(ref string) *Window {
	for i := range p.windows {
		if p.windows[i].Ref() == ref || string(p.windows[i].ID) == ref {
			return &p.windows[i]
		}
	}
	return nil
}

// Offer returns the session with its window, or nil twice where nobody signs up for it.
func (p *Plan) Offer(session programme.SessionID) (*Offer, *Window) {
	i, ok := p.byID[session]
	if !ok {
		return nil, nil
	}
	return &p.offers[i], p.Window(p.offers[i].Window)
}

// OfferAt is Offer by the session's address.
func (p *Plan) OfferAt(slug string) (*Offer, *Window) {
	i, ok := p.bySlug[slug]
	if !ok {
		return nil, nil
	}
	return &p.offers[i], p.Window(p.offers[i].Window)
}

// With returns the plan with another state of a window in it.
func (p *Plan) With(w Window) *Plan {
	next := *p
	next.windows = slices.Clone(p.windows)
	if i, ok := p.byWindow[w.ID]; ok {
		next.windows[i] = w
	}
	return &next
}

// OffersIn lists the sessions of a window.
func (p *Plan) OffersIn(window WindowID) (in []Offer) {
	for _, o := range p.offers {
		if o.Window == window {
			in = append(in, o)
		}
	}
	return in
}

// SessionsOf names the sessions of offers.
func SessionsOf(offers []Offer) []programme.SessionID {
	all := make([]programme.SessionID, len(offers))
	for i, o := range offers {
		all[i] = o.Session
	}
	return all
}

// Apart says whether nobody can hold places in both sessions, because they
// overlap or lie too far from each other for the time between them.
func (p *Plan) Apart(a, b programme.SessionID) bool {
	i, ok := p.byID[a]
	j, also := p.byID[b]
	return ok && also && p.apart[[2]int{i, j}]
}

// RulesOf lists the rules about a session, by their numbers in Rules.
func (p *Plan) RulesOf(session programme.SessionID) (numbers []int) {
	if i, ok := p.byID[session]; ok {
		return p.ruled[i]
	}
	return nil
}

// Under says whether a rule is about a session. It takes the rule by its number in Rules.
func (p *Plan) Under(session programme.SessionID, rule int) bool {
	i, ok := p.byID[session]
	return ok && slices.Contains(p.ruled[i], rule)
}

// LoadPlan reads the plan of an edition, which is that of the revision.
func LoadPlan(ctx context.Context, q db.Querier, of edition.ID, revision int64) (*Plan, error) {
	p := &Plan{Revision: revision, Edition: of, byID: map[programme.SessionID]int{}, bySlug: map[string]int{}, byWindow: map[WindowID]int{}}
	for _, load := range []func(context.Context, db.Querier) error{p.loadSettings, p.loadWindows, p.loadOffers, p.loadRules} {
		if err := load(ctx, q); err != nil {
			return nil, fmt.Errorf("load the plan of sign-ups: %w", err)
		}
	}
	walks, err := walksOf(ctx, q, of)
	if err != nil {
		return nil, fmt.Errorf("load walks: %w", err)
	}
	p.keepApart(walks)
	return p, nil
}

func (p *Plan) loadSettings(ctx context.Context, q db.Querier) (err error) {
	if p.Settings, err = findSettings(ctx, q, p.Edition); err != nil {
		return err
	}
	p.Registered, err = hasRegistration(ctx, q, p.Edition)
	return err
}

func (p *Plan) loadWindows(ctx context.Context, q db.Querier) (err error) {
	p.windows, err = windowsOf(ctx, q, p.Edition)
	for i, w := range p.windows {
		p.byWindow[w.ID] = i
	}
	return err
}

func (p *Plan) loadOffers(ctx context.Context, q db.Querier) error {
	offers, err := offersOf(ctx, q, p.Edition)
	if err != nil {
		return err
	}
	p.offers = offers
	for i, o := range p.offers {
		p.byID[o.Session], p.bySlug[o.Slug] = i, i
		if w := p.Window(o.Window); w != nil && !o.StartsAt.After(w.OpensAt) {
			p.offers[i].StartsAt = time.Time{} // it is under way when its window opens, so its beginning ends nothing
		}
	}
	pools, err := poolsOf(ctx, q, p.Edition)
	for _, one := range pools {
		if i, ok := p.byID[one.session]; ok {
			p.offers[i].Pools = append(p.offers[i].Pools, one.Pool)
		}
	}
	return err
}

func (p *Plan) loadRules(ctx context.Context, q db.Querier) (err error) {
	if p.Rules, err = rulesOf(ctx, q, p.Edition); err != nil {
		return err
	}
	parents, err := parentsOf(ctx, q, p.Edition)
	if err != nil {
		return err
	}
	within := func(block, other programme.BlockID) bool {
		for range len(parents) + 1 {
			if block == other {
				return true
			}
			if block = parents[block]; block == "" {
				return false
			}
		}
		return false
	}
	p.ruled = map[int][]int{}
	for i := range p.offers {
		for r := range p.Rules {
			if p.holds(&p.Rules[r], &p.offers[i]) && p.Rules[r].covers(&p.offers[i], within) {
				p.ruled[i] = append(p.ruled[i], r)
			}
		}
	}
	return nil
}

// holds says whether a rule is about sessions of the window at all: a partner's
// rule is about those of the partner's own windows, whatever else it names.
func (p *Plan) holds(r *Rule, o *Offer) bool {
	if r.Workspace == "" {
		return true
	}
	w := p.Window(o.Window)
	return w != nil && w.Workspace == r.Workspace
}

// keepApart finds the pairs of sessions that nobody can hold both.
func (p *Plan) keepApart(walks map[[2]timetable.PlaceID]int) {
	p.apart = map[[2]int]bool{}
	if p.Settings.Overlap {
		return
	}
	for i := range p.offers {
		for j := range i {
			if p.collide(&p.offers[i], &p.offers[j], walks) {
				p.apart[[2]int{i, j}], p.apart[[2]int{j, i}] = true, true
			}
		}
	}
}

func (p *Plan) collide(a, b *Offer, walks map[[2]timetable.PlaceID]int) bool {
	if a.Cancelled || b.Cancelled {
		return false
	}
	for _, one := range a.Hours {
		for _, other := range b.Hours {
			minutes := p.Settings.Margin
			if p.Settings.Walking {
				minutes += walks[[2]timetable.PlaceID{one.Place, other.Place}]
			}
			if one.apart(other, minutes) {
				return true
			}
		}
	}
	return false
}
