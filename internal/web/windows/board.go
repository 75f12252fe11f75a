package windows

import (
	"net/http"
	"slices"
	"time"

	"obrady/internal/admission"
	"obrady/internal/i18n"
	"obrady/internal/partner"
	"obrady/internal/programme"
	"obrady/internal/rights"
	"obrady/internal/timetable"
	"obrady/internal/web"
	"obrady/internal/web/desk"
)

// board is what lies on the desk: how sign-ups stand, the working programme as far as whoever asks may know it, and
// the time by which windows open.
type board struct {
	desk.Desk
	Plan *admission.Plan
	X    *timetable.Index
	Now  time.Time
}

func (p *Pages) board(r *http.Request) (t board, err error) {
	if t.Desk, err = p.Desk(r, "desk.signups"); err != nil {
		return t, err
	}
	if t.Plan, err = p.Reports.Standing(r.Context(), t.Edition.ID); err != nil {
		return t, err
	}
	working, err := p.Timetable.Working(r.Context(), t.Edition.ID)
	if err != nil {
		return t, err
	}
	t.X = working.Index()
	t.Now, err = p.Signups.Time(r.Context())
	return t, err
}

// mine says whether whoever asks sets how people sign up in the window.
func (t board) mine(w *admission.Window) bool {
	if w == nil {
		return false
	}
	scope := t.Scope(rights.SetSignups)
	if w.Workspace == "" {
		return scope.All()
	}
	return scope.Workspace(rights.WorkspaceID(w.Workspace))
}

// windows lists the windows of whoever asks, the one that opens first in front.
func (t board) windows() (all []admission.Window) {
	for _, w := range t.Plan.Windows() {
		if t.mine(&w) {
			all = append(all, w)
		}
	}
	return all
}

// WholeEdition says whether what holds for all sign-ups is for whoever asks to change.
func (t board) WholeEdition() bool { return t.May(rights.SetSignups) }

// Phase says where a window stands now.
func (t board) Phase(w admission.Window) admission.Phase { return w.Phase(t.Now) }

// Opened says whether a window has opened, so that it may only get wider.
func (t board) Opened(w admission.Window) bool {
	return !w.OpensAt.IsZero() && !t.Now.Before(w.OpensAt)
}

// From is the name of the partner whose window it is; none for the host's.
func (t board) From(workspace string) i18n.Text {
	s, _ := t.Tree.Space(rights.WorkspaceID(workspace))
	return s.Name
}

// spaces are the workspaces for which whoever asks may open windows.
func (t board) spaces() (all []rights.Space) {
	scope := t.Scope(rights.SetSignups)
	for _, s := range t.Tree.Spaces {
		if scope.Workspace(s.ID) {
			all = append(all, s)
		}
	}
	return all
}

// homes are those on whose behalf whoever asks may set something: the host and partners.
func (t board) homes() (all []desk.Choice) {
	if t.WholeEdition() {
		all = append(all, desk.Choice{Key: "windows.host"})
	}
	for _, s := range t.spaces() {
		all = append(all, desk.Choice{Value: string(s.ID), Words: s.Name})
	}
	return all
}

// belongs says whether a session can be in a window of the workspace.
func (t board) belongs(s programme.Session, workspace string) bool {
	if !t.Scope(rights.SetSignups).Session(s) {
		return false
	}
	return workspace == "" || partner.Covers(t.Tree, rights.WorkspaceID(workspace), s)
}

// sessions lists the sessions of whoever asks that could be signed up for, in the order of their beginning.
func (t board) sessions(workspace string) (all []programme.Session) {
	for _, s := range t.X.Sessions {
		if s.Status != programme.Cancelled && s.Format != programme.Break && t.belongs(s, workspace) {
			all = append(all, s)
		}
	}
	slices.SortStableFunc(all, func(a, b programme.Session) int {
		one, other := t.start(a.ID), t.start(b.ID)
		if one.IsZero() != other.IsZero() {
			if one.IsZero() {
				return 1
			}
			return -1
		}
		return one.Compare(other)
	})
	return all
}

func (t board) start(session programme.SessionID) time.Time {
	if slots := t.X.SlotsOf(session); len(slots) > 0 {
		return slots[0].Start
	}
	return time.Time{}
}

// Hours writes when a session is given first, on the clock of the congress; "" where nobody knows.
func (t board) Hours(v web.View, session programme.SessionID) string {
	slots := t.X.SlotsOf(session)
	if len(slots) == 0 {
		return ""
	}
	from, to := slots[0].Start.In(t.X.Zone), slots[0].End.In(t.X.Zone)
	return v.ShortDay(from) + ", " + v.Hours(from, to)
}

// Short is the day and hour of a moment on the clock of the congress, for tables.
func (t board) Short(v web.View, at time.Time) string {
	at = at.In(t.X.Zone)
	return v.ShortDay(at) + ", " + v.Hour(at)
}

// Place is where a session is given first, or nil.
func (t board) Place(session programme.SessionID) *timetable.Place {
	if slots := t.X.SlotsOf(session); len(slots) > 0 {
		return t.X.Place(slots[0].Place)
	}
	return nil
}

// Room is how many people fit into a session, as far as is known: what is written at the session, else at its place.
func (t board) Room(s programme.Session) int {
	if s.Capacity > 0 {
		return s.Capacity
	}
	if place := t.Place(s.ID); place != nil {
		return place.Capacity
	}
	return 0
}

// session finds the session that the path names; the guard has decided that whoever asks may know it.
func (t board) session(r *http.Request) (programme.Session, error) {
	if s := t.X.SessionAt(r.PathValue("session")); s != nil {
		return *s, nil
	}
	return programme.Session{}, programme.ErrNoSession
}

// windowBoard is the board with one window on it.
type windowBoard struct {
	board
	Window admission.Window
}

// window finds the window that the path names, or admission.ErrNoWindow; one of others is as if it were not there.
func (p *Pages) window(r *http.Request) (t windowBoard, err error) {
	if t.board, err = p.board(r); err != nil {
		return t, err
	}
	w := t.Plan.WindowAt(r.PathValue("window"))
	if !t.mine(w) {
		return t, admission.ErrNoWindow
	}
	t.Window = *w
	return t, nil
}

// Offers lists the sessions of the window.
func (t windowBoard) Offers() []admission.Offer { return t.Plan.OffersIn(t.Window.ID) }

// Draws says whether a lot decides.
func (t windowBoard) Draws() bool { return t.Window.Mode.Draws() }

// Opens says whether the window has opened.
func (t windowBoard) Opens() bool { return t.Opened(t.Window) }
