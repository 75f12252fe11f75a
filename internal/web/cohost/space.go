package cohost

import (
	"cmp"
	"context"
	"errors"
	"net/http"
	"slices"
	"strings"
	"time"

	"obrady/internal/i18n"
	"obrady/internal/partner"
	"obrady/internal/people"
	"obrady/internal/programme"
	"obrady/internal/rights"
	"obrady/internal/timetable"
	"obrady/internal/web"
	"obrady/internal/web/desk"
)

// SpacesPage lists the workspaces that whoever asks may know of.
type SpacesPage struct {
	desk.Desk
	Spaces []partner.Standing
	Set    bool // they may give and change allotments
}

var spacesPage = parse[SpacesPage]("spaces.html")

func (p *Pages) listSpaces(w http.ResponseWriter, r *http.Request) error {
	d, err := p.Desk(r, "desk.workspaces")
	if err != nil {
		return err
	}
	all, err := p.Partners.Workspaces(r.Context(), d.Edition.ID)
	if err != nil {
		return err
	}
	readable := d.Scope(rights.ReadWorkspace)
	all = slices.DeleteFunc(all, func(s partner.Standing) bool { return !readable.Workspace(s.ID) })
	return spacesPage.Show(w, r, SpacesPage{d, all, d.May(rights.SetAllotment)})
}

// SpacePage is one workspace: what it was given and uses, its sessions, what it asks for, what it has published, and
// who works in it.
type SpacePage struct {
	visit
	Use      partner.Use
	Windows  []usedWindow
	Sessions []sessionLine
	Outside  []sessionLine // with hours outside the allotment
	Requests []partner.Request
	Pending  []timetable.Change // not published yet
	Past     []partner.Publication
	Team     []member
	// CanInvite says whether there is a page on which roles are given.
	CanInvite bool
	x         *timetable.Index
}

var spacePage = parse[SpacePage]("space.html", "changes.html", "asked.html")

// usedWindow is an allotted place at some hours with what happens there.
type usedWindow struct {
	partner.Window
	Name     i18n.Text // of the place
	Sessions []sessionLine
	Free     int // minutes
}

// sessionLine is a session at some hours, or without any.
type sessionLine struct {
	programme.Session
	Slot timetable.Slot
}

// Placed says whether the session has hours.
func (s sessionLine) Placed() bool { return !s.Slot.Start.IsZero() }

// member is somebody, or an institution, with a role in the workspace.
type member struct {
	Grant rights.Grant
	Name  string
	Ends  bool // whoever asks may end it
}

// Hours writes when something is, on the clocks of the edition.
func (s SpacePage) Hours(v web.View, from, to time.Time) string {
	return v.ShortDay(from.In(s.x.Zone)) + ", " + v.Hours(from.In(s.x.Zone), to.In(s.x.Zone))
}

// Clock writes when something is on a day that is known.
func (s SpacePage) Clock(v web.View, from, to time.Time) string {
	return v.Hours(from.In(s.x.Zone), to.In(s.x.Zone))
}

// PlaceName is the name of a place, if whoever asks knows it.
func (s SpacePage) PlaceName(id timetable.PlaceID) i18n.Text {
	if place := s.x.Place(id); place != nil {
		return place.Name
	}
	return i18n.Text{}
}

// Changes makes what the component "change-list" takes.
func (s SpacePage) Changes(v web.View, all []timetable.Change) changeList {
	return changeList{v, s.Edition.Slug, all, s.x.Zone}
}

func (p *Pages) showSpace(w http.ResponseWriter, r *http.Request) error {
	v, err := p.enter(r)
	if err != nil {
		return err
	}
	page := SpacePage{visit: v, CanInvite: p.Has("desk.grant.new")}
	working, err := p.Timetable.Working(r.Context(), v.Edition.ID)
	if err != nil {
		return err
	}
	page.x = working.Index()
	page.reckon()
	for _, fill := range []func(context.Context, *SpacePage) error{p.fillRequests, p.fillChanges, p.fillTeam} {
		if err := fill(r.Context(), &page); err != nil {
			return err
		}
	}
	return spacePage.Show(w, r, page)
}

// reckon sets what the workspace was given beside what it uses.
func (s *SpacePage) reckon() {
	mine := func(one programme.Session) bool { return partner.Covers(s.Tree, s.Space.ID, one) }
	s.Use = s.Space.Allotment.Measure(s.x, mine)
	for _, one := range s.x.Sessions {
		if !mine(one) {
			continue
		}
		slots := s.x.SlotsOf(one.ID)
		for _, slot := range slots {
			s.Sessions = append(s.Sessions, sessionLine{one, slot})
		}
		if len(slots) == 0 {
			s.Sessions = append(s.Sessions, sessionLine{one, timetable.Slot{}})
		}
	}
	slices.SortStableFunc(s.Sessions, func(a, b sessionLine) int {
		if a.Placed() != b.Placed() {
			return cmp.Compare(btoi(b.Placed()), btoi(a.Placed())) // what has no hours comes last
		}
		return cmp.Or(a.Slot.Start.Compare(b.Slot.Start), cmp.Compare(a.Slug, b.Slug))
	})
	for _, line := range s.Sessions {
		if slices.ContainsFunc(s.Use.Outside, func(o timetable.Slot) bool { return o.ID == line.Slot.ID }) {
			s.Outside = append(s.Outside, line)
		}
	}
	for _, w := range s.Space.Allotment.Windows {
		s.Windows = append(s.Windows, s.fill(w))
	}
}

func btoi(b bool) int { //nolint:revive // flag-parameter: it is the value
	if b {
		return 1
	}
	return 0
}

// fill finds what happens in a window.
func (s *SpacePage) fill(w partner.Window) usedWindow {
	used := usedWindow{Window: w, Name: s.PlaceName(w.Place)}
	reached := w.Start
	for _, line := range s.Sessions {
		if !line.Placed() || line.Slot.Place != w.Place || !line.Slot.Start.Before(w.End) || !w.Start.Before(line.Slot.End) {
			continue
		}
		used.Sessions = append(used.Sessions, line)
		if line.Status != programme.Cancelled && line.Slot.Start.After(reached) {
			used.Free += int(line.Slot.Start.Sub(reached) / time.Minute)
		}
		if line.Status != programme.Cancelled && line.Slot.End.After(reached) {
			reached = line.Slot.End
		}
	}
	if w.End.After(reached) {
		used.Free += int(w.End.Sub(reached) / time.Minute)
	}
	return used
}

func (p *Pages) fillRequests(ctx context.Context, page *SpacePage) error {
	all, err := p.Partners.Requests(ctx, page.Edition.ID)
	for _, one := range all {
		if one.Workspace == page.Space.ID {
			page.Requests = append(page.Requests, one)
		}
	}
	return err
}

// fillChanges finds what the public does not see yet, and what was published.
func (p *Pages) fillChanges(ctx context.Context, page *SpacePage) (err error) {
	if !page.May(rights.ReadDraft) {
		return nil
	}
	proposal, err := p.Partners.Preview(ctx, page.Space.Space)
	if errors.Is(err, partner.ErrNoAnchor) {
		return nil
	}
	if err != nil {
		return err
	}
	page.Pending = proposal.Changes
	page.Past, err = p.Partners.Publications(ctx, page.Space.Space)
	return err
}

// fillTeam lists who has a role in the workspace or at what it stands on.
func (p *Pages) fillTeam(ctx context.Context, page *SpacePage) error {
	if !page.May(rights.ReadGrants) {
		return nil
	}
	grants, err := p.Roles.Grants(ctx, page.Edition.ID)
	if err != nil {
		return err
	}
	var accounts []people.AccountID
	for _, g := range grants {
		if page.owns(g.Node) && g.At(p.Now()) {
			page.Team = append(page.Team, member{Grant: g})
			accounts = append(accounts, g.Account)
		}
	}
	known, err := p.People.Accounts(ctx, accounts)
	if err != nil {
		return err
	}
	bodies, err := p.People.Institutions(ctx)
	if err != nil {
		return err
	}
	path := page.Tree.Path(rights.OfWorkspace(page.Space.ID))
	for i := range page.Team {
		m := &page.Team[i]
		m.Ends = p.Has("desk.grant.end") && page.Who.CanGive(m.Grant.Role, path) == nil
		if account, found := known[m.Grant.Account]; found {
			m.Name = strings.TrimSpace(account.Name + " <" + account.Email + ">")
		}
		for _, body := range bodies {
			if body.ID == m.Grant.Institution && m.Grant.Institution != "" {
				m.Name = body.Name.PL
			}
		}
	}
	return nil
}

// owns says whether a node is the workspace or the block or stage that it stands on.
func (s SpacePage) owns(n rights.Node) bool {
	return n == rights.OfWorkspace(s.Space.ID) || s.Space.Block != "" && n == rights.OfBlock(s.Space.Block) ||
		s.Space.Stage != "" && n == rights.OfStage(s.Space.Stage)
}

// changeList is what the component "change-list" takes.
type changeList struct {
	web.View
	Edition string
	All     []timetable.Change
	zone    *time.Location
}

// Value writes one side of a change.
func (c changeList) Value(value timetable.Value) string {
	var said []string
	for _, t := range value.Texts {
		said = append(said, c.Plain(t))
	}
	for _, h := range value.Hours {
		start, end := h.Start.In(c.zone), h.End.In(c.zone)
		said = append(said, c.ShortDay(start)+", "+c.Hours(start, end))
	}
	for _, key := range value.Keys {
		said = append(said, c.T(key))
	}
	return strings.Join(said, "; ")
}
