package demo

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"time"

	"obrady/internal/admission"
	"obrady/internal/arrangement"
	"obrady/internal/db"
	"obrady/internal/edition"
	"obrady/internal/i18n"
	"obrady/internal/invitation"
	"obrady/internal/programme"
	"obrady/internal/rights"
	"obrady/internal/signup"
)

// signupsFile is how one signs up for sessions of an edition. All of it is made
// up but for the sessions. Moments are told from the one in which the demo is
// filled, because whoever tries it wants to press a button today.
type signupsFile struct {
	Rules   []admission.Rule `json:"rules"`
	Windows []windowEntry    `json:"windows"`
	Offered offeredEntry     `json:"offered"`
}

// windowEntry is a window with who signed up in it.
type windowEntry struct {
	Slug      string         `json:"slug"` // names the window from one start to the next
	Partner   string         `json:"partner"`
	Name      i18n.Text      `json:"name"`
	Mode      admission.Mode `json:"mode"`
	Opens     span           `json:"opens"`
	Decides   span           `json:"decides"`
	Announces span           `json:"announces"`
	Closes    span           `json:"closes"`
	Again     span           `json:"again"` // at each start it opens so much later, for who wants to see an opening
	Sure      int            `json:"sure"`
	Door      int            `json:"door"`
	Offer     int            `json:"offer"`
	Code      string         `json:"code"` // of an invitation
	Sessions  []offerEntry   `json:"sessions"`
	Claims    []crowdEntry   `json:"claims"`
	Wishes    []crowdEntry   `json:"wishes"`
}

type offerEntry struct {
	Session programme.SessionID `json:"session"`
	Pools   []admission.Pool    `json:"pools"` // numbered as they stand
}

// crowdEntry is participants who want the same, by their numbers from 1.
type crowdEntry struct {
	From     int                   `json:"from"`
	To       int                   `json:"to"`
	Sessions []programme.SessionID `json:"sessions"` // the most wanted first
	Needs    []admission.Need      `json:"needs"`
}

// offeredEntry is the participant who waits, and has a seat kept for them since another left.
type offeredEntry struct {
	Participant int                 `json:"participant"`
	Session     programme.SessionID `json:"session"`
	Leaves      int                 `json:"leaves"`
}

// span is a length of time as Go writes it: "-48h".
type span time.Duration

// UnmarshalText reads a span.
func (s *span) UnmarshalText(text []byte) error {
	d, err := time.ParseDuration(string(text))
	*s = span(d)
	return err
}

// from is the moment so much after start; the zero time for no span.
func (s span) from(start time.Time) time.Time {
	if s == 0 {
		return time.Time{}
	}
	return start.Add(time.Duration(s))
}

// windowName is the id of a window of the demo.
func windowName(congress, slug string) admission.WindowID {
	b := builder{edition: edition.Edition{Slug: congress}}
	return admission.WindowID(b.lasting("window", slug))
}

// signups opens sessions to sign-ups and lets participants sign up. Most
// editions of the demonstration have none.
func (b *builder) signups(ctx context.Context) error {
	file, err := read[signupsFile](b.slug + "/signups.json")
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	g := gate{b, b.now()}
	for _, r := range file.Rules {
		r.Edition = b.edition.ID
		if _, err := arrangement.NewService(g.desk(0), g.now).SaveRule(ctx, g.change(), r); err != nil {
			return err
		}
	}
	for _, w := range file.Windows {
		if err := g.window(ctx, w); err != nil {
			return fmt.Errorf("window %s: %w", w.Slug, err)
		}
	}
	return g.offered(ctx, file.Offered)
}

// gate opens sessions to sign-ups, counting time from the moment in which the
// demo is filled.
type gate struct {
	*builder
	start time.Time
}

func (g gate) change() signup.Change { return signup.Change{By: author, Reason: "Pokaz (przykład)"} }

// desk gives out seats as if it were so much later than the start.
func (g gate) desk(later time.Duration) *signup.Service {
	at := g.start.Add(later)
	s := signup.NewService(g.db, clockAt(at))
	s.Clock = func(context.Context, db.Querier) (time.Time, error) { return at, nil }
	return s
}

func (g gate) window(ctx context.Context, entry windowEntry) error {
	w := admission.Window{
		ID: windowName(g.edition.Slug, entry.Slug), Edition: g.edition.ID, Name: entry.Name, Mode: entry.Mode,
		OpensAt: entry.Opens.from(g.start), DecidesAt: entry.Decides.from(g.start), AnnouncesAt: entry.Announces.from(g.start),
		ClosesAt: entry.Closes.from(g.start), Waiting: true, SureHours: entry.Sure, OfferMinutes: entry.Offer, DoorHours: entry.Door,
	}
	before := time.Duration(entry.Opens) - time.Hour
	if entry.Partner != "" {
		tree, err := rights.NewService(g.db, g.now).Tree(ctx, g.edition.ID)
		if err != nil {
			return err
		}
		for _, space := range tree.Spaces {
			if space.Slug == entry.Partner {
				w.Workspace = string(space.ID)
			}
		}
	}
	if _, err := arrangement.NewService(g.desk(before), g.now).SaveWindow(ctx, g.change(), w); err != nil {
		return err
	}
	for _, one := range entry.Sessions {
		if err := g.open(ctx, before, w, one); err != nil {
			return fmt.Errorf("session %s: %w", one.Session, err)
		}
	}
	if entry.Code != "" {
		i := invitation.Invitation{Window: w.ID, Kind: invitation.ByCode, Target: invitation.CodeSum(entry.Code), Note: "Pokaz (przykład)"}
		if _, err := invitation.NewService(g.db, g.now).Save(ctx, author, g.edition.ID, i); err != nil {
			return err
		}
	}
	return g.crowd(ctx, entry)
}

func (g gate) open(ctx context.Context, at time.Duration, w admission.Window, entry offerEntry) error {
	session, err := lookUp(g.sessions, entry.Session)
	if err != nil {
		return err
	}
	o := admission.Offer{Session: session, Edition: g.edition.ID, Window: w.ID, Pools: entry.Pools}
	for i := range o.Pools {
		o.Pools[i].Number = i + 1
	}
	return arrangement.NewService(g.desk(at), g.now).SaveOffer(ctx, g.change(), o)
}

// crowd lets participants wish and claim: wishes an hour after the opening of a
// window that collects them, and an hour before that of another.
func (g gate) crowd(ctx context.Context, entry windowEntry) error {
	desk := g.desk(time.Duration(entry.Opens) + time.Hour)
	if entry.Mode == admission.FirstCome {
		desk = g.desk(0)
	}
	for _, c := range entry.Wishes {
		for n := c.From; n <= c.To; n++ {
			if err := g.wish(ctx, desk, n, c); err != nil {
				return fmt.Errorf("wishes of participant %d: %w", n, err)
			}
		}
	}
	if decides := time.Duration(entry.Decides); entry.Mode == admission.Lottery && decides < 0 {
		if err := g.desk(decides).Decide(ctx, windowName(g.edition.Slug, entry.Slug)); err != nil {
			return err
		}
	}
	for i, c := range entry.Claims {
		for n := c.From; n <= c.To; n++ {
			wishes, err := g.wanted(c)
			if err != nil {
				return err
			}
			key := fmt.Sprintf("pokaz-%s-%02d-%04d", entry.Slug, i, n)
			_, err = desk.Take(ctx, g.edition.ID, signup.Claim{Account: g.accounts[n-1], Key: key, Wishes: wishes})
			if err != nil {
				return fmt.Errorf("claim of participant %d: %w", n, err)
			}
		}
	}
	return nil
}

func (g gate) wanted(c crowdEntry) (wishes []signup.Wish, err error) {
	for _, slug := range c.Sessions {
		session, err := lookUp(g.sessions, slug)
		if err != nil {
			return nil, err
		}
		wishes = append(wishes, signup.Wish{Session: session, Needs: c.Needs})
	}
	return wishes, nil
}

// wish adds to what somebody has wished for before.
func (g gate) wish(ctx context.Context, desk *signup.Service, n int, c crowdEntry) error {
	before, err := desk.Wishes(ctx, g.edition.ID, g.accounts[n-1])
	if err != nil {
		return err
	}
	wishes, err := g.wanted(c)
	if err != nil {
		return err
	}
	return desk.SaveWishes(ctx, g.edition.ID, g.accounts[n-1], append(before, wishes...))
}

// offered lets somebody leave a full session, so that the first who waits is
// asked. A seat is offered on the eve of a session and the congress was years
// ago, so for this one moment the session stands as if it began tomorrow.
func (g gate) offered(ctx context.Context, entry offeredEntry) error {
	session, err := lookUp(g.sessions, entry.Session)
	if err != nil {
		return err
	}
	plan, err := g.desk(0).Plan(ctx, g.edition.ID)
	if err != nil {
		return err
	}
	o, _ := plan.Offer(session)
	if o == nil {
		return signup.ErrNoSession
	}
	begins := func(at time.Time) error {
		o.StartsAt = at
		o.Revision++
		return g.db.Tx(ctx, func(tx *db.Tx) error { return admission.WriteOffer(ctx, tx, *o) })
	}
	const eve = 12 * time.Hour
	if err := begins(g.start.Add(eve)); err != nil {
		return err
	}
	if err := g.desk(0).Leave(ctx, g.edition.ID, g.accounts[entry.Leaves-1], session); err != nil {
		return err
	}
	return begins(admission.First(o.Hours))
}

// Rearm lets the windows that show an opening open once more, shortly after now.
// Who signed up in them keeps what they have.
func Rearm(ctx context.Context, d *db.DB, now func() time.Time) error {
	file, err := read[signupsFile](Main + "/signups.json")
	if err != nil {
		return err
	}
	for _, entry := range file.Windows {
		if entry.Again == 0 {
			continue
		}
		if err := rearm(ctx, d, entry, now()); err != nil {
			return fmt.Errorf("open demo window %s again: %w", entry.Slug, err)
		}
	}
	return nil
}

func rearm(ctx context.Context, d *db.DB, entry windowEntry, now time.Time) error {
	return d.Tx(ctx, func(tx *db.Tx) error {
		w, err := admission.FindWindow(ctx, tx, windowName(Main, entry.Slug))
		if errors.Is(err, admission.ErrNoWindow) {
			return nil // removed, or never there: the demo of an older release
		}
		if err != nil || now.Before(w.OpensAt) || w.Mode != entry.Mode {
			return err
		}
		w.OpensAt, w.ClosesAt = entry.Again.from(now), entry.Closes.from(now)
		w.UpdatedAt, w.Revision = now, w.Revision+1
		return admission.WriteWindow(ctx, tx, w)
	})
}
