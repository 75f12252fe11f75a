package cohost

import (
	"context"
	"strings"
	"time"

	"obrady/internal/civil"
	"obrady/internal/partner"
	"obrady/internal/people"
	"obrady/internal/programme"
	"obrady/internal/rights"
	"obrady/internal/timetable"
	"obrady/internal/web"
	"obrady/internal/web/desk"
)

// key: cohost.share.*
var shareControls = []desk.Control{
	{Name: "name", As: desk.AsPair, Key: "cohost.share.name", Most: 200, Must: true},
	{Name: "slug", As: desk.AsLine, Key: "desk.form.slug", Help: "desk.form.slug_help"},
	{Name: "kind", As: desk.AsSelect, Key: "cohost.share.kind"},
	{Name: "anchor", As: desk.AsSelect, Key: "cohost.share.anchor", Help: "cohost.share.anchor_help"},
	{Name: "windows", As: desk.AsRows, Key: "cohost.share.windows", Help: "cohost.share.windows_help", Rows: []desk.Control{
		{Name: "window_place", Key: "cohost.share.place"},
		{Name: "window_day", Key: "cohost.share.day", Type: "date"},
		{Name: "window_start", Key: "cohost.share.start", Type: "time"},
		{Name: "window_end", Key: "cohost.share.end", Type: "time"},
	}},
	{Name: "seats_each", As: desk.AsLine, Key: "cohost.share.seats_each", Help: "cohost.share.no_limit", Type: "number", Size: "size-s"},
	{Name: "seats_all", As: desk.AsLine, Key: "cohost.share.seats_all", Help: "cohost.share.no_limit", Type: "number", Size: "size-s"},
	{Name: "entries", As: desk.AsLine, Key: "cohost.share.entries", Help: "cohost.share.no_limit", Type: "number", Size: "size-s"},
	{Name: "mode_open", As: desk.AsTick, Key: "partner.mode.open", Help: "cohost.share.modes_help"},
	{Name: "mode_first_come", As: desk.AsTick, Key: "partner.mode.first_come"},
	{Name: "mode_prequeue", As: desk.AsTick, Key: "partner.mode.prequeue"},
	{Name: "mode_lottery", As: desk.AsTick, Key: "partner.mode.lottery"},
	{Name: "mode_selection", As: desk.AsTick, Key: "partner.mode.selection"},
	{Name: "mode_invitation", As: desk.AsTick, Key: "partner.mode.invitation"},
}

var shareFields = desk.FieldsOf("allotment", shareControls)

// given is a workspace with what the host gives it, on the clocks of its edition.
type given struct {
	partner.Share
	zone *time.Location
}

// shares are the workspaces with what the host gives them, for the host.
func (p *Pages) shares() desk.Kind[given] {
	return desk.Kind[given]{
		Name: "allotment", Key: "cohost.share", Plural: "allotments", PL: "przydzialy", EN: "allotments", New: [2]string{"nowy", "new"},
		Action: string(rights.SetAllotment), Missing: partner.ErrNoWorkspace, Controls: shareControls, Fields: shareFields,
		Columns: []desk.Heading{
			{Name: "name", Key: "cohost.share.name"},
			{Name: "kind", Key: "cohost.share.kind"},
			{Name: "windows", Key: "cohost.share.windows", Number: true},
			{Name: "entries", Key: "cohost.share.entries", Number: true},
		},
		All: func(ctx context.Context, d desk.Desk) (all []given, err error) {
			standing, err := p.Partners.Workspaces(ctx, d.Edition.ID)
			for _, one := range standing {
				all = append(all, given{one.Share, d.Edition.Location()})
			}
			return all, err
		},
		Facts: func(s given) desk.Facts {
			return desk.Facts{ID: string(s.ID), Revision: s.Revision, Name: s.Name, Address: s.Slug}
		},
		Blank: func(d desk.Desk, fresh string, _ []given) given {
			blank := rights.Space{ID: rights.WorkspaceID(fresh), Edition: d.Edition.ID, Kind: rights.Event}
			return given{partner.Share{Space: blank}, d.Edition.Location()}
		},
		Fill: fillShare, Read: readShare,
		Save: func(ctx context.Context, by people.AccountID, s given) (given, error) {
			saved, err := p.Partners.SaveShare(ctx, by, s.Share)
			if err == nil {
				p.tell(saved.Edition) // its brand may stand on another page now
			}
			return given{saved, s.zone}, err
		},
		Cells: func(s given, _ []given) []desk.Entry {
			return []desk.Entry{desk.Words(s.Name), desk.Said(s.Kind), desk.Number(len(s.Allotment.Windows)), desk.Number(s.Allotment.Entries)}
		},
		Choices: p.shareChoices,
	}
}

func (p *Pages) shareChoices(ctx context.Context, d desk.Desk, _ given) (map[string][]desk.Choice, error) {
	content, err := p.Programme.Content(ctx, d.Edition.ID)
	if err != nil {
		return nil, err
	}
	places, err := p.placeChoices(ctx, d)
	if err != nil {
		return nil, err
	}
	var anchors []desk.Choice
	for _, b := range content.Blocks {
		anchors = append(anchors, desk.Choice{Value: "block:" + string(b.ID), Words: b.Name})
	}
	for _, g := range content.Stages {
		anchors = append(anchors, desk.Choice{Value: "stage:" + string(g.ID), Words: g.Name})
	}
	return map[string][]desk.Choice{
		"kind": desk.Choices(rights.WorkspaceKinds), "anchor": desk.OrNone("cohost.share.no_anchor", anchors),
		"window_place": desk.OrNone("desk.form.none", places),
	}, nil
}

func (p *Pages) placeChoices(ctx context.Context, d desk.Desk) (all []desk.Choice, err error) {
	working, err := p.Timetable.Working(ctx, d.Edition.ID)
	if err != nil {
		return nil, err
	}
	for _, place := range working.Places {
		all = append(all, desk.Choice{Value: string(place.ID), Words: place.Name})
	}
	return all, nil
}

func fillShare(f *web.Form, s given) {
	desk.SetText(f, "name", s.Name)
	f.Set("slug", s.Slug)
	f.Set("kind", string(s.Kind))
	switch {
	case s.Block != "":
		f.Set("anchor", "block:"+string(s.Block))
	case s.Stage != "":
		f.Set("anchor", "stage:"+string(s.Stage))
	}
	for _, w := range s.Allotment.Windows {
		from, to := w.Start.In(s.zone), w.End.In(s.zone)
		f.Typed.Add("window_place", string(w.Place))
		f.Typed.Add("window_day", string(civil.DateOf(from)))
		f.Typed.Add("window_start", civil.ClockOf(from).String())
		f.Typed.Add("window_end", civil.ClockOf(to).String())
	}
	desk.SetNumber(f, "seats_each", s.Allotment.SeatsEach)
	desk.SetNumber(f, "seats_all", s.Allotment.SeatsAll)
	desk.SetNumber(f, "entries", s.Allotment.Entries)
	for _, mode := range s.Allotment.Modes {
		desk.Tick(f, "mode_"+string(mode), true)
	}
}

func readShare(f *web.Form, s given, all []given) given {
	s.Revision = f.Revision
	s.Name = desk.ReadText(f, "name", s.Name)
	s.Slug = desk.Slug(f, s.Name.PL, func(slug string) bool {
		return desk.Taken(all, func(o given) bool { return o.Slug == slug && o.ID != s.ID })
	})
	s.Kind, s.Block, s.Stage = rights.WorkspaceKind(f.Value("kind")), "", ""
	switch kind, id, _ := strings.Cut(f.Value("anchor"), ":"); kind {
	case "block":
		s.Block = programme.BlockID(id)
	case "stage":
		s.Stage = programme.StageID(id)
	}
	a := &s.Allotment
	a.SeatsEach, a.SeatsAll, a.Entries = f.Int("seats_each"), f.Int("seats_all"), f.Int("entries")
	a.Modes = nil
	for _, mode := range partner.Modes {
		if f.Value("mode_"+string(mode)) != "" {
			a.Modes = append(a.Modes, mode)
		}
	}
	a.Windows = readWindows(f, s.zone)
	return s
}

// readWindows reads the rows in which something was typed. Hours that end before they begin end on the day after.
func readWindows(f *web.Form, zone *time.Location) (all []partner.Window) {
	for i := range desk.RowsOf(f, "window_place", "window_day", "window_start", "window_end") {
		cell := func(name string) string { return desk.CellAt(f, "window_"+name, i) }
		if cell("place")+cell("day")+cell("start")+cell("end") == "" {
			continue
		}
		w, good := window(cell("place"), cell("day"), [2]string{cell("start"), cell("end")}, zone)
		if !good && f.Problem("windows") == nil {
			f.Problems.Add("windows", "partner.window")
		}
		all = append(all, w)
	}
	return all
}

// window reads a place, a day and hours as people write them, and says whether they could be read.
func window(place, day string, hours [2]string, zone *time.Location) (w partner.Window, good bool) {
	w.Place = timetable.PlaceID(place)
	date, err := civil.ParseDate(day)
	if err != nil || place == "" {
		return w, false
	}
	start, end := instant(date, hours[0], zone), instant(date, hours[1], zone)
	if !start.IsZero() && !end.IsZero() && !end.After(start) {
		end = instant(date.Add(1), hours[1], zone)
	}
	w.Start, w.End = start, end
	return w, !start.IsZero() && end.After(start)
}

// instant is when the clock shows hour on a day: the first time where it does so twice, the zero time where never.
func instant(day civil.Date, hour string, zone *time.Location) time.Time {
	clock, err := civil.ParseClock(hour)
	if err != nil {
		return time.Time{}
	}
	if found := civil.Resolve(day, clock, zone); len(found) > 0 {
		return found[0]
	}
	return time.Time{}
}
