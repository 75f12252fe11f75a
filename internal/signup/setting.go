package signup

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"obrady/internal/admission"
	"obrady/internal/db"
	"obrady/internal/draw"
	"obrady/internal/edition"
	"obrady/internal/errs"
	"obrady/internal/id"
	"obrady/internal/journal"
	"obrady/internal/outbox"
	"obrady/internal/partner"
	"obrady/internal/people"
	"obrady/internal/programme"
	"obrady/internal/rights"
	"obrady/internal/text"
)

// Change is who changes what has been set, and why. A reason is needed for what
// people may already rely on.
type Change struct {
	By     people.AccountID
	Reason string
}

func (c Change) validate() error {
	if text.Length(c.Reason) > maxReason {
		var wrong errs.Problems
		wrong.Add("reason", "people.too_long", maxReason)
		return wrong.Err()
	}
	return nil
}

// because returns the reason, or ErrReason where there is none.
func (c Change) because() error {
	if c.Reason == "" {
		var wrong errs.Problems
		wrong.Add("reason", ErrReason.Key)
		return wrong.Err()
	}
	return nil
}

// setting runs fn with the ledger held, so that no claim is decided by half of
// what is being set, and makes the plans new.
func (s *Service) setting(ctx context.Context, of edition.ID, c Change, fn func(tx *db.Tx, b *book) (journal.Entry, error)) error {
	if err := c.validate(); err != nil {
		return err
	}
	return s.inBook(ctx, of, func(tx *db.Tx, b *book) error {
		e, err := fn(tx, b)
		if err != nil {
			return err
		}
		if err := renew(ctx, tx); err != nil {
			return fmt.Errorf("renew the plans: %w", err)
		}
		e.At, e.Actor, e.Edition, e.Reason = s.now(), string(c.By), string(of), c.Reason
		return journal.Write(ctx, tx, e)
	})
}

// guard asks whether the action may be done at a place in the tree.
func (s *Service) guard(ctx context.Context, tx *db.Tx, by people.AccountID, a rights.Action, path func(rights.Tree) []rights.Node, of edition.ID) error {
	if s.Guard == nil {
		return nil
	}
	tree, err := rights.LoadTree(ctx, tx, of)
	if err != nil {
		return err
	}
	return s.Guard(ctx, tx, by, a, path(tree))
}

// SaveSettings writes what holds for all sign-ups of an edition. A revision that
// is no longer the last is ErrChanged.
func (s *Service) SaveSettings(ctx context.Context, c Change, set admission.Settings) (admission.Settings, error) {
	if err := set.Validate(); err != nil {
		return set, err
	}
	set.UpdatedAt, set.Revision = s.now(), set.Revision+1
	err := s.setting(ctx, set.Edition, c, func(tx *db.Tx, b *book) (journal.Entry, error) {
		e := journal.Entry{Action: "signup.settings_saved", Object: string(set.Edition)}
		if set.Held != b.plan.Settings.Held {
			e.Action = "signup.released"
			if set.Held {
				e.Action = "signup.held"
			}
		}
		congress := func(t rights.Tree) []rights.Node { return t.Path(rights.OfCongress(set.Edition)) }
		if err := s.guard(ctx, tx, c.By, rights.SetSignups, congress, set.Edition); err != nil {
			return e, err
		}
		if err := admission.WriteSettings(ctx, tx, set); err != nil {
			return e, err
		}
		return e, b.resume(ctx, set)
	})
	if err != nil {
		return set, fmt.Errorf("save settings of sign-ups: %w", err)
	}
	return set, nil
}

// resume promises again the draws that a hold may have kept from being cast.
func (b *book) resume(ctx context.Context, set admission.Settings) error {
	if set.Held || !b.plan.Settings.Held {
		return nil
	}
	for _, w := range b.plan.Windows() {
		if w.Mode.Draws() && w.DecidedAt.IsZero() {
			if err := outbox.AddAt(ctx, b.tx, b.now, Due{Window: w.ID}); err != nil {
				return err
			}
		}
	}
	return nil
}

// SaveWindow writes a window. Once it has opened only what gives people more may
// be changed, for a reason; anything else is ErrNarrower. A window that draws
// gets its seed here, so that the commitment to it stands long before the draw.
func (s *Service) SaveWindow(ctx context.Context, c Change, w admission.Window) (admission.Window, error) {
	if err := w.Validate(); err != nil {
		return w, err
	}
	if w.ID == "" {
		w.ID = id.Make[admission.WindowID]()
	}
	w.UpdatedAt, w.Revision = s.now(), w.Revision+1
	err := s.setting(ctx, w.Edition, c, func(tx *db.Tx, b *book) (journal.Entry, error) {
		e := journal.Entry{Action: "signup.window_saved", Object: string(w.ID)}
		if before := b.plan.Window(w.ID); before != nil {
			w.Workspace, w.DecidedAt = before.Workspace, before.DecidedAt // neither is for a form to change
			if err := b.mayBecome(c, *before, w); err != nil {
				return e, err
			}
		}
		if err := s.guard(ctx, tx, c.By, rights.SetSignups, w.Path, w.Edition); err != nil {
			return e, err
		}
		if err := b.allots(ctx, w); err != nil {
			return e, err
		}
		if err := admission.WriteWindow(ctx, tx, w); err != nil {
			return e, err
		}
		if err := b.appoint(ctx, w); err != nil {
			return e, err
		}
		return e, b.reread(ctx, sessionsOf(b.plan.OffersIn(w.ID))...) // places may be given earlier, or longer
	})
	if err != nil {
		return w, fmt.Errorf("save a window of sign-ups: %w", err)
	}
	return w, nil
}

// mayBecome holds a change to what has been promised.
func (b *book) mayBecome(c Change, before, w admission.Window) error {
	if before.Edition != w.Edition {
		return admission.ErrNoWindow
	}
	if b.now.Before(before.OpensAt) {
		return nil
	}
	if field := before.Narrows(w); field != "" {
		var wrong errs.Problems
		wrong.Add(field, ErrNarrower.Key)
		return wrong.Err()
	}
	return c.because()
}

// allots holds a partner's window to what the host allows.
func (b *book) allots(ctx context.Context, w admission.Window) error {
	if w.Workspace == "" {
		return nil
	}
	a, err := partner.FindAllotment(ctx, b.tx, rights.WorkspaceID(w.Workspace))
	if err != nil {
		return err
	}
	var wrong errs.Problems
	if len(a.Modes) > 0 && !slices.Contains(a.Modes, partner.Mode(w.Mode)) {
		wrong.Add("mode", "signup.mode_not_allotted")
	}
	return wrong.Err()
}

// appoint makes the seed of a draw and promises to decide when it is time.
func (b *book) appoint(ctx context.Context, w admission.Window) error {
	if w.Mode.Draws() {
		seed := draw.NewSeed()
		_, err := b.tx.Exec(ctx, `
			INSERT INTO signup_draw (window_id, commitment, seed) VALUES ($1, $2, $3) ON CONFLICT (window_id) DO NOTHING`,
			w.ID, seed.Commitment(), seed.Hex())
		if err != nil {
			return fmt.Errorf("commit to a seed: %w", err)
		}
	}
	switch w.Mode {
	case admission.Prequeue:
		return outbox.AddAt(ctx, b.tx, w.OpensAt, Due{Window: w.ID})
	case admission.Lottery:
		return outbox.AddAt(ctx, b.tx, w.DecidesAt, Due{Window: w.ID})
	case admission.Open, admission.FirstCome, admission.Selection, admission.Invitation:
	}
	return nil
}

// RemoveWindow takes out a window with no sessions in it, or returns admission.ErrTaken.
func (s *Service) RemoveWindow(ctx context.Context, c Change, of edition.ID, window admission.WindowID) error {
	err := s.setting(ctx, of, c, func(tx *db.Tx, b *book) (journal.Entry, error) {
		e := journal.Entry{Action: "signup.window_removed", Object: string(window)}
		w := b.plan.Window(window)
		if w == nil {
			return e, admission.ErrNoWindow
		}
		if err := s.guard(ctx, tx, c.By, rights.SetSignups, w.Path, of); err != nil {
			return e, err
		}
		err := admission.RemoveWindow(ctx, tx, window)
		if errors.Is(err, db.ErrMissing) {
			return e, admission.ErrTaken
		}
		return e, err
	})
	if err != nil {
		return fmt.Errorf("remove a window of sign-ups: %w", err)
	}
	return nil
}

// SaveOffer puts a session into a window with its pools, or changes them. After
// the opening pools only grow, for a reason; what they gain goes to those who
// wait, in the same transaction.
func (s *Service) SaveOffer(ctx context.Context, c Change, o admission.Offer) error {
	if err := admission.ValidatePools(o.Pools); err != nil {
		return err
	}
	err := s.setting(ctx, o.Edition, c, func(tx *db.Tx, b *book) (journal.Entry, error) {
		e := journal.Entry{Action: "signup.session_saved", Object: string(o.Session)}
		w := b.plan.Window(o.Window)
		if w == nil {
			return e, admission.ErrNoWindow
		}
		before, err := b.offer(ctx, o.Session)
		if err != nil {
			return e, err
		}
		if err := b.mayOffer(ctx, s, c, o); err != nil {
			return e, err
		}
		if before != nil {
			if err := b.mayResize(c, *before, o); err != nil {
				return e, err
			}
		}
		if err := b.fits(ctx, w, o); err != nil {
			return e, err
		}
		return e, b.writeOffer(ctx, s, c, before, o)
	})
	if err != nil {
		return fmt.Errorf("open %s to sign-ups: %w", o.Session, err)
	}
	return nil
}

// mayOffer asks whether the session and both windows are those of whoever asks.
func (b *book) mayOffer(ctx context.Context, s *Service, c Change, o admission.Offer) error {
	n, err := programme.FindSession(ctx, b.tx, o.Session)
	if err != nil {
		return err
	}
	if n.Edition != o.Edition {
		return programme.ErrNoSession
	}
	session := func(t rights.Tree) []rights.Node { return t.Session(n.ID, n.Block, n.Stage) }
	if err := s.guard(ctx, b.tx, c.By, rights.SetSignups, session, o.Edition); err != nil {
		return err
	}
	windows := []admission.WindowID{o.Window}
	if before, _ := b.plan.Offer(o.Session); before != nil && before.Window != o.Window {
		windows = append(windows, before.Window)
	}
	for _, window := range windows {
		if err := s.guard(ctx, b.tx, c.By, rights.SetSignups, b.plan.Window(window).Path, o.Edition); err != nil {
			return err
		}
	}
	return nil
}

// mayResize holds pools to what people have got from them.
func (b *book) mayResize(c Change, before, o admission.Offer) error {
	w := b.plan.Window(before.Window)
	if b.now.Before(w.OpensAt) {
		return nil
	}
	var wrong errs.Problems
	if o.Window != before.Window {
		wrong.Add("window", ErrNarrower.Key)
	}
	if !before.Counted() && o.Counted() {
		wrong.Add("pools", ErrNarrower.Key) // there was room for everybody
	}
	for _, p := range before.Pools {
		switch next := o.Pool(p.Number); {
		case next == nil || next.Kind != p.Kind || next.Target != p.Target:
			wrong.Add("pools", ErrNarrower.Key)
		case next.Capacity < p.Capacity && p.Kind == admission.ForAll:
			wrong.Add(fmt.Sprintf("pool-%d", p.Number), ErrNarrower.Key)
		case next.Capacity < p.Taken:
			wrong.Add(fmt.Sprintf("pool-%d", p.Number), admission.ErrTaken.Key)
		}
	}
	if err := wrong.Err(); err != nil {
		return err
	}
	return c.because()
}

// fits holds a partner's sessions to the seats that the host allows.
func (b *book) fits(ctx context.Context, w *admission.Window, o admission.Offer) error {
	if w.Workspace == "" {
		return nil
	}
	a, err := partner.FindAllotment(ctx, b.tx, rights.WorkspaceID(w.Workspace))
	if err != nil {
		return err
	}
	all := o.Seats()
	for _, other := range b.plan.Offers() {
		if of := b.plan.Window(other.Window); of.Workspace == w.Workspace && other.Session != o.Session {
			all += other.Seats()
		}
	}
	var wrong errs.Problems
	if a.SeatsEach > 0 && o.Seats() > a.SeatsEach {
		wrong.Add("pools", "signup.seats_each", a.SeatsEach)
	}
	if a.SeatsAll > 0 && all > a.SeatsAll {
		wrong.Add("pools", "signup.seats_all", a.SeatsAll)
	}
	return wrong.Err()
}

func (b *book) writeOffer(ctx context.Context, s *Service, c Change, before *admission.Offer, o admission.Offer) error {
	if before == nil {
		hours, err := admission.HoursOf(ctx, b.tx, o.Session)
		if err != nil {
			return err
		}
		o.Hours, o.StartsAt, o.Cancelled, o.Revision = hours, admission.First(hours), false, 0
	} else {
		o.Hours, o.StartsAt, o.Cancelled = before.Hours, admission.First(before.Hours), before.Cancelled
	}
	o.UpdatedAt, o.Revision = s.now(), o.Revision+1
	if err := admission.WriteOffer(ctx, b.tx, o); err != nil {
		return err
	}
	grown := false
	for _, p := range o.Pools {
		if err := admission.WritePool(ctx, b.tx, o.Session, p); err != nil {
			return err
		}
		if before != nil {
			if was := before.Pool(p.Number); was == nil || was.Capacity != p.Capacity {
				b.note(Event{Session: o.Session, What: WasResized, Why: c.Reason, Other: string(p.Kind), Number: int64(p.Capacity), Actor: c.By})
				grown = true
			}
		}
	}
	if before == nil {
		return nil
	}
	for _, p := range before.Pools {
		if o.Pool(p.Number) != nil {
			continue
		}
		if err := admission.DeletePool(ctx, b.tx, o.Session, p.Number); err != nil {
			return err
		}
	}
	if !grown {
		return nil
	}
	return b.reread(ctx, o.Session)
}

// reread takes up what has just been set, and gives what is new to those who wait.
func (b *book) reread(ctx context.Context, sessions ...programme.SessionID) (err error) {
	if err := b.flush(ctx); err != nil {
		return err
	}
	if b.plan, err = admission.LoadPlan(ctx, b.tx, b.plan.Edition, b.plan.Revision); err != nil {
		return err
	}
	b.offers = map[programme.SessionID]*admission.Offer{}
	return b.promoteIn(ctx, sessions)
}

// RemoveOffer closes a session to sign-ups, or returns admission.ErrTaken when somebody
// has, or had, anything of it.
func (s *Service) RemoveOffer(ctx context.Context, c Change, of edition.ID, session programme.SessionID) error {
	err := s.setting(ctx, of, c, func(tx *db.Tx, b *book) (journal.Entry, error) {
		e := journal.Entry{Action: "signup.session_removed", Object: string(session)}
		o, _ := b.plan.Offer(session)
		if o == nil {
			return e, ErrNoSession
		}
		if err := b.mayOffer(ctx, s, c, *o); err != nil {
			return e, err
		}
		if touched, err := hasSeats(ctx, tx, session); err != nil || touched {
			return e, errors.Join(err, taken(touched))
		}
		return e, admission.RemoveOffer(ctx, tx, session)
	})
	if err != nil {
		return fmt.Errorf("close %s to sign-ups: %w", session, err)
	}
	return nil
}

func taken(yes bool) error {
	if yes {
		return admission.ErrTaken
	}
	return nil
}

// SaveRule writes a rule. It holds for what is claimed from now on; nobody loses
// what they have.
func (s *Service) SaveRule(ctx context.Context, c Change, r admission.Rule) (admission.Rule, error) {
	if err := r.Validate(); err != nil {
		return r, err
	}
	if r.ID == "" {
		r.ID = id.Make[admission.RuleID]()
	}
	r.UpdatedAt = s.now()
	err := s.setting(ctx, r.Edition, c, func(tx *db.Tx, b *book) (journal.Entry, error) {
		e := journal.Entry{Action: "signup.rule_saved", Object: string(r.ID)}
		if err := b.mayRule(ctx, s, c, r); err != nil {
			return e, err
		}
		if err := admission.WriteRule(ctx, tx, r); err != nil {
			return e, err
		}
		if r.Kind == admission.MostInstitution {
			if err := noteEmployers(ctx, tx, r.Edition); err != nil {
				return e, fmt.Errorf("note whose people have seats: %w", err)
			}
		}
		return e, b.reread(ctx, sessionsOf(b.plan.Offers())...) // who waited because of a rule
	})
	if err != nil {
		return r, fmt.Errorf("save a rule of sign-ups: %w", err)
	}
	return r, nil
}

// mayRule keeps rules about what the public relies on with the host: once one of
// their windows has opened a new limit needs a reason.
func (b *book) mayRule(ctx context.Context, s *Service, c Change, r admission.Rule) error {
	for _, before := range b.plan.Rules {
		if before.ID == r.ID && before.Workspace != r.Workspace {
			return admission.ErrNoWindow
		}
	}
	node := func(t rights.Tree) []rights.Node {
		return admission.Window{Edition: r.Edition, Workspace: r.Workspace}.Path(t)
	}
	if err := s.guard(ctx, b.tx, c.By, rights.SetSignups, node, r.Edition); err != nil {
		return err
	}
	for _, w := range b.plan.Windows() {
		if !b.now.Before(w.OpensAt) && b.now.Before(w.ClosesAt) {
			return c.because()
		}
	}
	return nil
}

// RemoveRule takes out a rule.
func (s *Service) RemoveRule(ctx context.Context, c Change, of edition.ID, rule admission.RuleID) error {
	err := s.setting(ctx, of, c, func(tx *db.Tx, b *book) (journal.Entry, error) {
		e := journal.Entry{Action: "signup.rule_removed", Object: string(rule)}
		i := slices.IndexFunc(b.plan.Rules, func(r admission.Rule) bool { return r.ID == rule })
		if i < 0 {
			return e, admission.ErrNoWindow
		}
		node := func(t rights.Tree) []rights.Node {
			return admission.Window{Edition: of, Workspace: b.plan.Rules[i].Workspace}.Path(t)
		}
		if err := s.guard(ctx, tx, c.By, rights.SetSignups, node, of); err != nil {
			return e, err
		}
		if err := admission.RemoveRule(ctx, tx, rule); err != nil {
			return e, err
		}
		return e, b.reread(ctx, sessionsOf(b.plan.Offers())...)
	})
	if err != nil {
		return fmt.Errorf("remove a rule of sign-ups: %w", err)
	}
	return nil
}
