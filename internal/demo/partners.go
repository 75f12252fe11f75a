package demo

import (
	"context"
	"fmt"
	"slices"
	"time"

	"obrady/internal/civil"
	"obrady/internal/db"
	"obrady/internal/edition"
	"obrady/internal/i18n"
	"obrady/internal/partner"
	"obrady/internal/people"
	"obrady/internal/programme"
	"obrady/internal/rights"
	"obrady/internal/timetable"
)

type partnersFile struct {
	Partners []partnerEntry `json:"partners"`
}

// partnerEntry is a part of the programme that somebody else runs. It was given
// the places and hours that its sessions have, and Spare entries more than those.
type partnerEntry struct {
	Slug         string                 `json:"slug"`
	Block        programme.BlockID      `json:"block"`
	Stage        programme.StageID      `json:"stage"`
	Name         i18n.Text              `json:"name"`
	Institutions []people.InstitutionID `json:"institutions"`
	Email        string                 `json:"email"`
	Account      string                 `json:"account"`
	Spare        int                    `json:"spare"`
	Seats        int                    `json:"seats"` // in one session
	Modes        []partner.Mode         `json:"modes"`
	URL          string                 `json:"url"`
	Legal        i18n.Text              `json:"legal"`
	Requests     []requestEntry         `json:"requests"`
}

// requestEntry is what a partner asks for; the reason of a declined request is in Declined.
type requestEntry struct {
	Kind     partner.RequestKind `json:"kind"`
	Words    string              `json:"words"`
	Place    timetable.PlaceID   `json:"place"`
	Day      civil.Date          `json:"day"`
	Start    string              `json:"start"`
	End      string              `json:"end"`
	Amount   int                 `json:"amount"`
	Declined string              `json:"declined"`
}

// partners gives the parts of the main edition to those who run them, places
// them in the programme, and lets two of them ask for more.
func (b *builder) partners(ctx context.Context, now func() time.Time) error {
	file, err := read[partnersFile](b.slug + "/partners.json")
	if err != nil {
		return err
	}
	releases := timetable.NewService(b.db, now)
	working, err := releases.Working(ctx, b.edition.ID)
	if err != nil {
		return err
	}
	service := partner.NewService(b.db, now, releases)
	for _, entry := range file.Partners {
		w := workshop{b, service, entry, now}
		if err := w.furnish(ctx, working.Index()); err != nil {
			return fmt.Errorf("partner %s: %w", entry.Slug, err)
		}
	}
	return nil
}

// workshop furnishes the workspace of one partner.
type workshop struct {
	*builder
	service *partner.Service
	entry   partnerEntry
	now     func() time.Time
}

func (w workshop) furnish(ctx context.Context, x *timetable.Index) (err error) {
	space := rights.Space{Edition: w.edition.ID, Kind: rights.Event, Slug: w.entry.Slug, Name: w.entry.Name}
	if space.Block, err = lookUp(w.blocks, w.entry.Block); err != nil {
		return err
	}
	if space.Stage, err = lookUp(w.stages, w.entry.Stage); err != nil {
		return err
	}
	share, err := w.service.SaveShare(ctx, author, partner.Share{Space: space, Allotment: w.allot(x, space)})
	if err != nil {
		return err
	}
	account, err := rights.NewService(w.db, w.now).Appoint(ctx, people.Account{Email: w.entry.Email, Name: w.entry.Account},
		rights.Partner, rights.OfWorkspace(share.ID), w.edition.ID)
	if err != nil {
		return err
	}
	for _, step := range []func(context.Context, people.AccountID, rights.Space) error{w.grant, w.place, w.show, w.ask} {
		if err := step(ctx, account.ID, share.Space); err != nil {
			return err
		}
	}
	return nil
}

// allot gives the sessions of the part the places and hours that they have: in
// each place and on each day from the first to the last.
func (w workshop) allot(x *timetable.Index, space rights.Space) partner.Allotment {
	a := partner.Allotment{SeatsEach: w.entry.Seats, Modes: w.entry.Modes, Entries: w.entry.Spare}
	for _, s := range x.Sessions {
		if s.Stage != space.Stage && space.Stage != "" || space.Block != "" && !x.Within(s.Block, space.Block) {
			continue
		}
		if s.Parent == "" {
			a.Entries++
		}
		for _, slot := range x.SlotsOf(s.ID) {
			i := slices.IndexFunc(a.Windows, func(o partner.Window) bool {
				return o.Place == slot.Place && timetable.DayOf(o.Start, x.Zone) == timetable.DayOf(slot.Start, x.Zone)
			})
			if i < 0 {
				a.Windows = append(a.Windows, partner.Window{Place: slot.Place, Start: slot.Start, End: slot.End})
				continue
			}
			if slot.Start.Before(a.Windows[i].Start) {
				a.Windows[i].Start = slot.Start
			}
			if slot.End.After(a.Windows[i].End) {
				a.Windows[i].End = slot.End
			}
		}
	}
	slices.SortStableFunc(a.Windows, func(p, q partner.Window) int { return p.Start.Compare(q.Start) })
	return a
}

// grant lets those who work for the partner's institutions do what its own account may.
func (w workshop) grant(ctx context.Context, _ people.AccountID, space rights.Space) error {
	return w.db.Tx(ctx, func(tx *db.Tx) error {
		for _, slug := range w.entry.Institutions {
			institution, err := lookUp(w.institutions, slug)
			if err != nil {
				return err
			}
			if err := rights.Write(ctx, tx, rights.Grant{
				Institution: institution, Role: rights.Partner, Node: rights.OfWorkspace(space.ID), Edition: w.edition.ID,
				From: w.now(), GrantedAt: w.now(),
			}); err != nil {
				return err
			}
		}
		return nil
	})
}

// place lets the part stand in the main programme, where its sessions are already.
func (w workshop) place(ctx context.Context, by people.AccountID, space rights.Space) error {
	if err := w.service.AskPlacement(ctx, by, space.ID); err != nil {
		return err
	}
	return w.service.Place(ctx, author, space.ID, partner.Verdict{State: partner.Accepted})
}

// show writes the brand, with the partner's institutions as marks in words.
func (w workshop) show(ctx context.Context, by people.AccountID, space rights.Space) error {
	if err := w.service.SaveBrand(ctx, by, partner.Brand{Workspace: space.ID, URL: w.entry.URL, Legal: w.entry.Legal}); err != nil {
		return err
	}
	all, err := people.Institutions(ctx, w.db)
	if err != nil {
		return err
	}
	for n, slug := range w.entry.Institutions {
		for _, i := range all {
			if i.Slug != string(slug) {
				continue
			}
			if err := w.service.AddMark(ctx, by, space.ID, partner.Mark{Role: edition.CoOrganiser, Name: i.Name, URL: i.URL, Position: n + 1}); err != nil {
				return err
			}
		}
	}
	return nil
}

func (w workshop) ask(ctx context.Context, by people.AccountID, space rights.Space) error {
	for _, entry := range w.entry.Requests {
		wanted, err := w.request(entry)
		if err != nil {
			return err
		}
		wanted.Workspace = space.ID
		filed, err := w.service.File(ctx, by, wanted)
		if err != nil {
			return err
		}
		if entry.Declined == "" {
			continue
		}
		if err := w.service.Decide(ctx, author, filed.ID, partner.Verdict{State: partner.Declined, Reason: entry.Declined}); err != nil {
			return err
		}
	}
	return nil
}

func (w workshop) request(entry requestEntry) (r partner.Request, err error) {
	r = partner.Request{Kind: entry.Kind, Words: entry.Words, Amount: entry.Amount}
	if entry.Kind != partner.ForHours {
		return r, nil
	}
	if r.Window.Place, err = lookUp(w.places, entry.Place); err != nil {
		return r, err
	}
	zone := w.edition.Location()
	if r.Window.Start, err = instant(entry.Day, entry.Start, zone); err != nil {
		return r, err
	}
	r.Window.End, err = instant(entry.Day, entry.End, zone)
	return r, err
}
