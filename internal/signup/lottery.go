package signup

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"

	"obrady/internal/admission"
	"obrady/internal/db"
	"obrady/internal/draw"
	"obrady/internal/lottery"
	"obrady/internal/outbox"
	"obrady/internal/people"
)

// Decide lets a window decide that is due: it draws. A window that is not due, or
// has decided, is left as it is.
func (s *Service) Decide(ctx context.Context, window admission.WindowID) error {
	w, err := admission.FindWindow(ctx, s.db, window)
	if errors.Is(err, admission.ErrNoWindow) {
		return nil // removed meanwhile
	}
	if err != nil {
		return err
	}
	err = s.inBook(ctx, w.Edition, func(_ *db.Tx, b *book) error {
		w := b.plan.Window(window)
		switch {
		case w == nil:
			return nil
		case b.due(w):
			return b.draw(ctx, *w)
		case w.Mode.Draws() && w.DecidedAt.IsZero() && b.now.Before(w.ClosesAt) && !b.plan.Settings.Held: // the clock of who asked is ahead, or the time was put off
			at := w.OpensAt
			if w.Mode == admission.Lottery {
				at = w.DecidesAt
			}
			return outbox.AddAt(ctx, b.tx, s.notBefore(at), Due{Window: w.ID})
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("draw for window %s: %w", window, err)
	}
	return nil
}

// due says whether the lot has to be cast. It waits while all sign-ups are held.
func (b *book) due(w *admission.Window) bool {
	now := b.now
	if b.plan.Settings.Held || !w.DecidedAt.IsZero() || !now.Before(w.ClosesAt) {
		return false
	}
	switch w.Mode {
	case admission.Prequeue:
		return !now.Before(w.OpensAt)
	case admission.Lottery:
		return !now.Before(w.DecidesAt)
	case admission.Open, admission.FirstCome, admission.Selection, admission.Invitation:
	}
	return false
}

// drawIfDue casts the lot of a pre-queue before the first claim after its
// opening is decided, whoever comes first: the claim or the clock.
func (b *book) drawIfDue(ctx context.Context, batch []*ticket) error {
	for _, w := range b.plan.Windows() {
		if w.Mode != admission.Prequeue || !b.due(&w) {
			continue
		}
		if slices.ContainsFunc(batch, func(t *ticket) bool { return b.asksFor(t.claim, w.ID) }) {
			if err := b.draw(ctx, w); err != nil {
				return fmt.Errorf("draw for window %s: %w", w.ID, err)
			}
		}
	}
	return nil
}

func (b *book) asksFor(c Claim, window admission.WindowID) bool {
	return slices.ContainsFunc(c.Wishes, func(w Wish) bool {
		o, _ := b.plan.Offer(w.Session)
		return o != nil && o.Window == window
	})
}

// entrant is somebody in a draw.
type entrant struct {
	code    draw.Code
	account people.AccountID
	wishes  []Wish
}

// draw casts the lot of a window, gives what it says, and keeps the record.
func (b *book) draw(ctx context.Context, w admission.Window) error {
	seed, err := seedOf(ctx, b.tx, w.ID)
	if err != nil {
		return err
	}
	entrants, err := b.entrants(ctx, w)
	if err != nil {
		return err
	}
	if err := b.decided(ctx, w); err != nil { // claims of this transaction come after the draw
		return err
	}
	if w.Mode == admission.Prequeue {
		return b.drawQueue(ctx, w, seed, entrants)
	}
	return b.drawSeats(ctx, w, seed, entrants)
}

func seedOf(ctx context.Context, q db.Querier, window admission.WindowID) (draw.Seed, error) {
	var kept string
	if err := q.QueryRow(ctx, `SELECT seed FROM signup_draw WHERE window_id = $1`, window).Scan(&kept); err != nil {
		return draw.Seed{}, fmt.Errorf("find the seed: %w", err)
	}
	return draw.ParseSeed(kept)
}

// entrants lists who takes part in a draw and still may, with their wishes for
// sessions of the window, in the order of their codes.
func (b *book) entrants(ctx context.Context, w admission.Window) (all []entrant, err error) {
	all, err = db.Collect(func(row db.Scanner) (e entrant, err error) {
		return e, row.Scan(&e.code, &e.account)
	})(b.tx.Query(ctx, `SELECT code, account_id FROM signup_entry WHERE window_id = $1 ORDER BY code`, w.ID))
	if err != nil {
		return nil, fmt.Errorf("read who takes part: %w", err)
	}
	wishes, err := wishesIn(ctx, b.tx, w.ID)
	if err != nil {
		return nil, err
	}
	accounts := make([]people.AccountID, len(all))
	for i, e := range all {
		accounts[i] = e.account
	}
	if err := b.loadPeople(ctx, accounts); err != nil {
		return nil, err
	}
	if err := b.loadOffers(ctx, admission.SessionsOf(b.plan.OffersIn(w.ID))); err != nil {
		return nil, err
	}
	taking := all[:0]
	for _, e := range all {
		if p := b.people[e.account]; p.known && p.listed && len(wishes[e.account]) > 0 {
			e.wishes = wishes[e.account]
			taking = append(taking, e)
		}
	}
	return taking, nil
}

// drawQueue decides the wish lists of those who were ready one after another, in
// the order of the lot, as if they had pressed so.
func (b *book) drawQueue(ctx context.Context, w admission.Window, seed draw.Seed, entrants []entrant) error {
	byCode := map[draw.Code]entrant{}
	codes := make([]draw.Code, len(entrants))
	for i, e := range entrants {
		byCode[e.code], codes[i] = e, e.code
	}
	record, err := draw.Queue(string(w.ID), seed, codes)
	if err != nil {
		return err
	}
	for _, code := range record.Order {
		e := byCode[code]
		if _, err := b.claim(ctx, Claim{Account: e.account, Wishes: e.wishes}); err != nil {
			return err
		}
	}
	return b.keep(ctx, w, record)
}

// drawSeats gives the seats of a lottery.
func (b *book) drawSeats(ctx context.Context, w admission.Window, seed draw.Seed, entrants []entrant) error {
	shares, err := sharesOf(ctx, b.tx, w.ID)
	if err != nil {
		return fmt.Errorf("count seats by institution: %w", err)
	}
	vain := b.withoutVain(entrants)
	record, err := draw.Seats(string(w.ID), seed, b.problem(w, entrants, shares))
	if err != nil {
		return err
	}
	accounts := map[draw.Code]entrant{}
	for _, e := range entrants {
		accounts[e.code] = e
	}
	var turns []turn
	for place, o := range record.Outcomes {
		e := accounts[o.Code]
		for i, fate := range o.Fates {
			turns = append(turns, turn{entrant: e, wish: e.wishes[i], fate: fate, place: place})
		}
	}
	slices.SortStableFunc(turns, byTurn)
	for _, t := range turns {
		if err := b.fulfil(ctx, t); err != nil {
			return err
		}
	}
	for _, o := range record.Outcomes {
		for _, wish := range vain[o.Code] {
			b.refuse(b.people[accounts[o.Code].account], Claim{}, Outcome{Session: wish.Session, Why: NotForYou})
		}
	}
	return b.keep(ctx, w, record)
}

// withoutVain takes wishes out of which nothing can come, because all seats of
// the session are kept for others: in a draw, who asks for no seat needs none.
func (b *book) withoutVain(entrants []entrant) map[draw.Code][]Wish {
	vain := map[draw.Code][]Wish{}
	for i := range entrants {
		e := &entrants[i]
		p := b.people[e.account]
		isVain := func(wish Wish) bool {
			o, had := b.offers[wish.Session], p.seats[wish.Session]
			return o.Counted() && len(o.SeatsFor(p.wants(&Seat{Needs: wish.Needs}))) == 0 && (had == nil || !had.State.Present())
		}
		for _, wish := range e.wishes {
			if isVain(wish) {
				vain[e.code] = append(vain[e.code], wish)
			}
		}
		e.wishes = slices.DeleteFunc(e.wishes, isVain)
	}
	return vain
}

// turn is one wish with what the draw made of it.
type turn struct {
	entrant
	wish  Wish
	fate  draw.Fate
	place int
}

// byTurn puts the seats of the first round first, then those of the next, then
// the waiting lists, and at the end what was refused.
func byTurn(a, b turn) int {
	rank := map[draw.State]int{draw.Granted: 0, draw.Waiting: 1, draw.Refused: 2}
	return cmp.Or(cmp.Compare(rank[a.fate.State], rank[b.fate.State]), cmp.Compare(a.fate.Round, b.fate.Round),
		cmp.Compare(a.fate.Number, b.fate.Number), cmp.Compare(a.place, b.place))
}

func (b *book) fulfil(ctx context.Context, t turn) error {
	p, err := b.person(ctx, t.account)
	if err != nil {
		return err
	}
	o, err := b.offer(ctx, t.wish.Session)
	if err != nil || o == nil {
		return err
	}
	if had := p.seats[o.Session]; had != nil && had.State.Present() {
		return nil
	}
	s := &Seat{Session: o.Session, Account: p.account, Edition: b.plan.Edition, Needs: t.wish.Needs, Institution: b.employer(p), Since: b.now}
	switch t.fate.State {
	case draw.Granted:
		var numbers []int
		for _, pool := range t.fate.Pools {
			n, err := strconv.Atoi(string(pool))
			if err != nil {
				return fmt.Errorf("read pool %q: %w", pool, err)
			}
			numbers = append(numbers, n)
		}
		_, err := b.grant(ctx, p, o, s, granting{numbers: numbers, event: Event{What: WasDrawn, Number: int64(t.fate.Round)}})
		return err
	case draw.Waiting:
		if b.plan.Window(o.Window).Waiting {
			b.enlist(p, o, s, "")
			return nil
		}
		empty, _ := strconv.Atoi(string(t.fate.Empty))
		b.refuse(p, Claim{}, Outcome{Session: o.Session, Why: Full, Number: empty})
	case draw.Refused:
		b.refuse(p, Claim{}, b.refusedBy(o, t.fate))
	}
	return nil
}

func (b *book) refusedBy(o *admission.Offer, fate draw.Fate) (no Outcome) {
	no.Session, no.Why = o.Session, TooMany
	switch fate.Why {
	case draw.Apart:
		no.Why = Overlapping
	case draw.GroupMax:
		no.Why = Colleagues
	case draw.AtLimit, draw.Held:
	}
	no.Other, no.Number = lottery.Cause(b.plan, o, fate)
	return no
}

// keep writes the record of a draw, which from now on is public.
func (b *book) keep(ctx context.Context, w admission.Window, record draw.Record) error {
	var file bytes.Buffer
	if err := record.Write(&file); err != nil {
		return err
	}
	_, err := b.tx.Exec(ctx, `
		UPDATE signup_draw SET fingerprint = $2, record = $3, drawn_at = $4 WHERE window_id = $1`,
		w.ID, record.Fingerprint, file.Bytes(), b.now)
	if err != nil {
		return fmt.Errorf("keep the record of the draw: %w", err)
	}
	return nil
}

// problem puts what decides about the seats of a window into the words of a draw.
func (b *book) problem(w admission.Window, entrants []entrant, shares map[lottery.Colleague]int) draw.Problem {
	problem := lottery.Problem{Plan: b.plan, Window: w.ID, Offers: b.offers, Taken: shares}
	for _, e := range entrants {
		p := b.people[e.account]
		one := lottery.Entrant{Code: e.code, Guest: p.wants(&Seat{}), Institution: p.institution}
		for _, s := range p.ordered() {
			if s.State.Takes() {
				one.Holds = append(one.Holds, s.Session)
			}
		}
		for _, wish := range e.wishes {
			one.Wishes = append(one.Wishes, lottery.Wish(wish))
		}
		problem.Entrants = append(problem.Entrants, one)
	}
	return problem.InWords()
}

// wishesIn reads the wish lists for the sessions of a window.
func wishesIn(ctx context.Context, q db.Querier, window admission.WindowID) (map[people.AccountID][]Wish, error) {
	type row struct {
		account people.AccountID
		wish    Wish
	}
	rows, err := db.Collect(func(r db.Scanner) (one row, err error) {
		var needs string
		err = r.Scan(&one.account, &one.wish.Session, &needs)
		one.wish.Needs = admission.ReadNeeds(needs)
		return one, err
	})(q.Query(ctx, `
		SELECT w.account_id, w.session_id, w.needs FROM signup_wish AS w
		JOIN admission_session AS s ON s.session_id = w.session_id
		WHERE s.window_id = $1 AND NOT s.cancelled ORDER BY w.account_id, w.position`, window))
	if err != nil {
		return nil, fmt.Errorf("read wish lists: %w", err)
	}
	wishes := map[people.AccountID][]Wish{}
	for _, r := range rows {
		wishes[r.account] = append(wishes[r.account], r.wish)
	}
	return wishes, nil
}
