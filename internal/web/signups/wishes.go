package signups

import (
	"errors"
	"net/http"
	"slices"
	"time"

	"obrady/internal/admission"
	"obrady/internal/draw"
	"obrady/internal/programme"
	"obrady/internal/signup"
	"obrady/internal/web"
)

func (p *Pages) wishRoutes() []web.Route {
	row := func(name, method string, handle web.Handler) web.Route {
		return web.Route{
			Name: name, Method: method, PL: "/{edition}/zapisy/lista", EN: "/{edition}/sign-ups/wishes", Action: signUp, Who: web.SignedIn,
			Handle: handle, SignedOut: p.signedOut,
		}
	}
	return []web.Route{
		row("signup.wishes", http.MethodGet, p.showWishes),
		row("signup.wishes.save", http.MethodPost, p.saveWishes),
		{
			Name: "signup.queue", Method: http.MethodPost, PL: "/{edition}/zapisy/kolejka/{window}", EN: "/{edition}/sign-ups/queue/{window}",
			Action: signUp, Who: web.SignedIn, Handle: p.queue, SignedOut: p.signedOut,
		},
	}
}

// wishFields are the changes that one can make to a wish list, each naming sessions
// by their addresses; s is the whole list in a new order.
var wishFields = web.Fields{
	"add": "signups.wishes.add", "remove": "signups.wishes.remove", "up": "signups.wishes.up", "down": "signups.wishes.down",
	"s": "signups.wishes.title", "needs": "signups.needs", needField: "signups.needs", "back": "signups.wishes.title",
}

// wishPage is somebody's wish list, divided by the windows that open together.
type wishPage struct {
	around
	Groups []wishGroup
	Needs  []needBox
	Choice []item // what could be added
}

// wishGroup are the wishes for the sessions of one window, in the order of the list.
type wishGroup struct {
	around
	Window *admission.Window
	Name   string
	Items  []wishItem
	Key    string // of the request that claims them
	Code   draw.Code
}

// wishItem is a wish with its place among those of its window.
type wishItem struct {
	item
	Number      int
	First, Last bool
}

// needBox is something that one can ask for at every session that has it.
type needBox struct {
	Value, Label string
	Chosen       bool
}

var wishTemplate = parse[wishPage]("wishes.html")

// What the wishes of a group are for at present.
const (
	listQueues = "queue" // they can join the pre-queue
	listWaits  = "wait"  // they are in it
	listEnters = "enter" // they are the entry to a lottery
	listClaims = "claim" // one press claims them
)

// Use says what the wishes are for at present; "" for nothing.
func (g wishGroup) Use() string {
	phase := g.Window.Phase(g.Now)
	switch {
	case phase == admission.Closed || phase == admission.Deciding:
		return ""
	case g.Window.Mode == admission.Lottery && phase != admission.Running:
		return listEnters
	case g.Window.Mode == admission.Selection && phase != admission.Running:
		return ""
	case g.Window.Mode == admission.Prequeue && phase == admission.Before && g.Code != "":
		return listWaits
	case g.Window.Mode == admission.Prequeue && phase == admission.Before:
		return listQueues
	}
	return listClaims
}

// Explains says in a sentence what happens at the hour.
func (g wishGroup) Explains() string {
	mode := g.Window.Mode
	if mode.Collects() && !g.Window.DecidedAt.IsZero() {
		mode = admission.Open // what is left after the draw or the choice
	}
	return g.T("signups.wishes.mode." + string(mode)) // key: signups.wishes.mode.*
}

// Opens says when the window opens.
func (g wishGroup) Opens() string { return g.moment(g.Window.OpensAt) }

// Decides is until when wishes are collected; "" where they are not.
func (g wishGroup) Decides() string { return g.orNothing(g.Window.DecidesAt) }

// Before says whether the window has not opened.
func (g wishGroup) Before() bool { return g.Now.Before(g.Window.OpensAt) }

// Open lists the wishes that have got nothing yet: what is left to claim.
func (g wishGroup) Open() (all []wishItem) {
	for _, i := range g.Items {
		if !i.Has() {
			all = append(all, i)
		}
	}
	return all
}

func indexOf(wishes []signup.Wish, session programme.SessionID) int {
	return slices.IndexFunc(wishes, func(w signup.Wish) bool { return w.Session == session })
}

func (p *Pages) showWishes(w http.ResponseWriter, r *http.Request) error {
	page, err := p.wishes(r)
	if err != nil {
		return err
	}
	return wishTemplate.Show(w, r, page)
}

func (p *Pages) wishes(r *http.Request) (page wishPage, err error) {
	if page.around, err = p.around(r); err != nil {
		return page, err
	}
	wishes, err := p.Desk.Wishes(r.Context(), page.Edition.ID, me(r))
	if err != nil {
		return page, err
	}
	codes, err := p.Reports.Codes(r.Context(), page.Edition.ID, me(r))
	if err != nil {
		return page, err
	}
	page.fill(wishes, codes)
	return page, nil
}

func (w *wishPage) fill(wishes []signup.Wish, codes map[admission.WindowID]draw.Code) {
	chosen := map[admission.Need]bool{}
	wished := map[programme.SessionID]bool{}
	for _, wish := range wishes {
		o, window := w.plan.Offer(wish.Session)
		if o == nil {
			continue
		}
		i, public := w.item(o)
		if !public {
			continue
		}
		wished[wish.Session] = true
		for _, need := range wish.Needs {
			chosen[need] = true
		}
		w.add(window, i, codes)
	}
	offered := map[admission.Need]bool{}
	for _, i := range w.items() {
		if wished[i.Offer.Session] {
			for _, need := range needsOf(i.Offer) {
				offered[need] = true
			}
			continue
		}
		if !i.Has() && !i.Cancelled && !i.Over && wishable(i.Window, w.Now) {
			w.Choice = append(w.Choice, i)
		}
	}
	for _, need := range admission.Needs {
		if offered[need] {
			w.Needs = append(w.Needs, needBox{string(need), w.T(need.Key()), chosen[need]})
		}
	}
}

// wishable says whether a wish for a session of the window can get anybody a place:
// not while a leader chooses among applications, nor while anything is being decided.
func wishable(w *admission.Window, now time.Time) bool {
	if w.Mode == admission.Selection && w.DecidedAt.IsZero() {
		return false
	}
	return w.Phase(now) != admission.Deciding
}

// add puts a wish into the group of its window.
func (w *wishPage) add(window *admission.Window, i item, codes map[admission.WindowID]draw.Code) {
	at := slices.IndexFunc(w.Groups, func(g wishGroup) bool { return g.Window.ID == window.ID })
	if at < 0 {
		at = len(w.Groups)
		w.Groups = append(w.Groups, wishGroup{
			around: w.around, Window: window, Name: window.Name.In(w.Lang).Text, Key: newKey(), Code: codes[window.ID],
		})
	}
	g := &w.Groups[at]
	if n := len(g.Items); n > 0 {
		g.Items[n-1].Last = false
	}
	g.Items = append(g.Items, wishItem{item: i, Number: len(g.Items) + 1, First: len(g.Items) == 0, Last: true})
}

// saveWishes changes the wish list as it is now, whatever the page showed.
func (p *Pages) saveWishes(w http.ResponseWriter, r *http.Request) error {
	form, err := web.ReadForm(r, wishFields)
	if err != nil {
		return err
	}
	a, err := p.outline(r)
	if err != nil {
		return err
	}
	wishes, err := p.Desk.Wishes(r.Context(), a.Edition.ID, me(r))
	if err != nil {
		return err
	}
	if wishes, err = a.changed(wishes, form); err != nil {
		return err
	}
	if err := p.Desk.SaveWishes(r.Context(), a.Edition.ID, me(r), wishes); err != nil {
		return err
	}
	if web.WantsJSON(r) {
		return web.WriteJSON(w, http.StatusOK, map[string]int{"wishes": len(wishes)})
	}
	switch slug := form.Value("add"); {
	case slug != "" && form.Value("back") != "":
		web.Flash(r, "signups.wishes.added")
		return web.Redirect(w, r, "signup.session", r.PathValue("edition"), slug)
	case slug != "" || form.Value("remove") != "" || form.Value("needs") != "":
		web.Flash(r, "signups.wishes.saved")
	}
	return web.Redirect(w, r, "signup.wishes", r.PathValue("edition"))
}

// changed is the wish list after what the form asks for.
func (a around) changed(wishes []signup.Wish, form web.Form) ([]signup.Wish, error) {
	find := func(field string) (programme.SessionID, int, error) {
		slug := form.Value(field)
		if slug == "" {
			return "", -1, nil
		}
		o := offerAt(slug, a.Edition, a.plan)
		if o == nil || a.title(o.Session) == "" {
			return "", -1, signup.ErrNoSession
		}
		return o.Session, indexOf(wishes, o.Session), nil
	}
	added, there, err := find("add")
	if err != nil {
		return nil, err
	}
	if added != "" && there < 0 {
		wishes = append(wishes, signup.Wish{Session: added})
	}
	if _, at, err := find("remove"); err == nil && at >= 0 {
		wishes = slices.Delete(wishes, at, at+1)
	}
	for field, step := range map[string]int{"up": -1, "down": 1} {
		if _, at, err := find(field); err == nil && at >= 0 {
			if next := a.neighbour(wishes, at, step); next >= 0 {
				wishes[next], wishes[at] = wishes[at], wishes[next]
			}
		}
	}
	a.reorder(wishes, form.All("s"))
	if form.Value("needs") != "" {
		for i := range wishes {
			if o, _ := a.plan.Offer(wishes[i].Session); o != nil {
				wishes[i].Needs = needsAmong(form.All(needField), o)
			}
		}
	}
	return wishes, nil
}

// neighbour is the next wish of the same window in the direction of step, or -1.
func (a around) neighbour(wishes []signup.Wish, at, step int) int {
	_, here := a.plan.Offer(wishes[at].Session)
	for next := at + step; next >= 0 && next < len(wishes); next += step {
		if _, there := a.plan.Offer(wishes[next].Session); here != nil && there != nil && there.ID == here.ID {
			return next
		}
	}
	return -1
}

// reorder puts the wishes into the order of slugs; those that are not named stay at the end.
func (a around) reorder(wishes []signup.Wish, slugs []string) {
	if len(slugs) == 0 {
		return
	}
	rank := func(w signup.Wish) int {
		o, _ := a.plan.Offer(w.Session)
		if o == nil {
			return len(slugs)
		}
		if at := slices.Index(slugs, o.Slug); at >= 0 {
			return at
		}
		return len(slugs)
	}
	slices.SortStableFunc(wishes, func(x, y signup.Wish) int { return rank(x) - rank(y) })
}

// queue puts somebody into the pre-queue of a window with the wish list that they have.
func (p *Pages) queue(w http.ResponseWriter, r *http.Request) error {
	a, err := p.outline(r)
	if err != nil {
		return err
	}
	window := a.plan.WindowAt(r.PathValue("window"))
	if window == nil {
		return admission.ErrNoWindow
	}
	said := "signups.queued"
	switch err := p.Desk.Ready(r.Context(), a.Edition.ID, me(r), window.ID); {
	case errors.Is(err, signup.ErrNotReady):
		said = signup.ErrNotReady.Key
	case errors.Is(err, signup.ErrNoWishes):
		said = signup.ErrNoWishes.Key
	case err != nil:
		return err
	}
	web.Flash(r, said)
	return web.Redirect(w, r, "signup.wishes", r.PathValue("edition"))
}
