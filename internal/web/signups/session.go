package signups

import (
	"crypto/rand"
	"encoding/base64"
	"errors"
	"net/http"
	"slices"
	"time"

	"obrady/internal/admission"
	"obrady/internal/draw"
	"obrady/internal/signup"
	"obrady/internal/web"
)

const (
	zapis = "/{edition}/sesje/{session}/zapis"
	seat  = "/{edition}/sessions/{session}/sign-up"
)

func (p *Pages) sessionRoutes() []web.Route {
	own := func(name, method, pl, en string, handle web.Handler) web.Route {
		return web.Route{
			Name: name, Method: method, PL: zapis + pl, EN: seat + en, Action: signUp, Who: web.SignedIn, Handle: handle, SignedOut: p.signedOut,
		}
	}
	return []web.Route{
		{Name: "signup.session", PL: zapis, EN: seat, Action: readProgramme, Query: []string{insteadField}, Handle: p.showSession},
		own("signup.leave", http.MethodGet, "/rezygnacja", "/cancellation", p.askLeave),
		own("signup.left", http.MethodPost, "/rezygnacja", "/cancellation", p.leave),
		own("signup.accept", http.MethodPost, "/propozycja", "/offer", p.accept),
		own("signup.moved", http.MethodGet, "/zmiana", "/change", p.askMoved),
		own("signup.keep", http.MethodPost, "/zmiana", "/change", p.keep),
		own("signup.ready", http.MethodPost, "/kolejka", "/queue", p.ready),
		{Name: "signup.clock", Path: "/{edition}/signups.clock", Action: readProgramme, Lean: true, Handle: p.clock},
	}
}

const insteadField = "instead"

// sessionPage prepares somebody for the sign-ups of one session, and says where they stand.
type sessionPage struct {
	around
	Item    item
	Key     string // of the request that the form will be
	Instead string // chosen beforehand
	Held    []item // could be given back for it
	Code    draw.Code
	Wished  bool
	Apply   string // address of the application; "" where there is none
	Clash   *item  // cannot be held together with this one any more
}

var sessionTemplate = parse[sessionPage]("session.html")

// keyBytes are as many as nobody guesses, and no two presses have in common.
const keyBytes = 16

func newKey() string {
	var b [keyBytes]byte
	_, _ = rand.Read(b[:]) // it never fails
	return base64.RawURLEncoding.EncodeToString(b[:])
}

// What the visitor can do on the page of a session.
const (
	toEnter    = "enter"    // sign in
	toRegister = "register" // take part in the edition first
	toAccept   = "accept"   // what is kept for them
	toLeave    = "leave"    // they have a seat, or wait
	toQueue    = "queue"    // join the pre-queue, and later press
	toWait     = "wait"     // they are in the pre-queue
	toWish     = "wish"     // the wish list is the entry
	toApply    = "apply"    // by an application
	toPress    = "press"
	toNothing  = ""
)

// Action is what the visitor can do here. The answer to a press is the truth; this
// is what is worth trying.
func (s sessionPage) Action() string {
	i := s.Item
	switch {
	case i.Is(string(signup.Offered)):
		return toAccept
	case i.Has():
		return toLeave
	case i.Cancelled || i.Window.Phase(s.Now) == admission.Closed:
		return toNothing
	case !s.SignedIn:
		return toEnter
	case !s.Listed:
		return toRegister
	}
	return s.open()
}

// open is Action for who could sign up and has nothing yet.
func (s sessionPage) open() string {
	w := s.Item.Window
	switch phase := w.Phase(s.Now); {
	case phase == admission.Deciding:
		return toNothing
	case w.Mode == admission.Lottery && phase != admission.Running:
		return toWish
	case w.Mode == admission.Selection && phase != admission.Running:
		return toApply
	case w.Mode == admission.Prequeue && phase == admission.Before && s.Code != "":
		return toWait
	case w.Mode == admission.Prequeue && phase == admission.Before:
		return toQueue
	}
	if start := s.Item.Offer.StartsAt; !start.IsZero() && !s.Now.Before(start) {
		return toNothing
	}
	return toPress
}

// OpensFor is when the button of the page begins to work.
func (s sessionPage) OpensFor() time.Time {
	if s.Action() == toQueue {
		return s.Item.Window.ReadyFrom()
	}
	return s.Item.Window.OpensAt
}

// Early says whether the button does not work yet.
func (s sessionPage) Early() bool { return s.Now.Before(s.OpensFor()) }

// Mode says in a sentence how places are given.
func (s sessionPage) Mode() string {
	return s.T("signups.mode." + string(s.Item.Window.Mode)) // key: signups.mode.*
}

// Opens is when sign-ups open, as a sentence has it; Closes when they end, Decides
// and Announces what follows them.
func (s sessionPage) Opens() string { return s.moment(s.Item.Window.OpensAt) }

// Closes is when sign-ups end.
func (s sessionPage) Closes() string { return s.until(s.Item.Window.ClosesAt) }

// Decides is until when it is collected what people want; "" where it is not.
func (s sessionPage) Decides() string { return s.orNothing(s.Item.Window.DecidesAt) }

// Announces is by when decisions are known; "" where nobody chooses.
func (s sessionPage) Announces() string { return s.orNothing(s.Item.Window.AnnouncesAt) }

func (t teller) orNothing(at time.Time) string {
	if at.IsZero() {
		return ""
	}
	return t.until(at)
}

// Manner says how a place that is given back is handed on at present.
func (s sessionPage) Manner() string {
	return s.T(s.Item.Window.Manner(s.Now, s.Item.Offer.StartsAt).Key())
}

// Rules are the limits about the session, as sentences.
func (s sessionPage) Rules() (all []string) {
	if !s.plan.Settings.Overlap {
		all = append(all, s.T("signups.rule.overlap"))
	}
	for _, n := range s.plan.RulesOf(s.Item.Offer.Session) {
		all = append(all, s.rule(s.plan.Rules[n]))
	}
	return all
}

// PoolLine is how many places there are for whom.
type PoolLine struct {
	Name     string
	Capacity int
}

// Pools lists whom the places are for.
func (s sessionPage) Pools() (all []PoolLine) {
	for _, pool := range s.Item.Offer.Pools {
		all = append(all, PoolLine{s.pool(pool), pool.Capacity})
	}
	return all
}

// Needs are what one can ask for besides a seat.
func (s sessionPage) Needs() []admission.Need { return needsOf(s.Item.Offer) }

func needsOf(o *admission.Offer) (all []admission.Need) {
	for _, need := range admission.Needs {
		if slices.ContainsFunc(o.Pools, func(p admission.Pool) bool { return p.Kind == admission.ForNeed && p.Target == string(need) }) {
			all = append(all, need)
		}
	}
	return all
}

// AsksCode says whether a code of an invitation may help.
func (s sessionPage) AsksCode() bool {
	return s.Item.Window.Mode == admission.Invitation ||
		slices.ContainsFunc(s.Item.Offer.Pools, func(p admission.Pool) bool { return p.Kind == admission.ForInvited })
}

// Decided says whether applications are being read or have been: there is no form any
// more, but what one wrote can still be seen.
func (s sessionPage) Decided() bool {
	w := s.Item.Window
	return s.SignedIn && w.Mode == admission.Selection && w.Phase(s.Now) == admission.Deciding
}

// Draws says whether a lot decides, of which there is a public record.
func (s sessionPage) Draws() bool { return s.Item.Window.Mode.Draws() }

func (p *Pages) session(r *http.Request) (s sessionPage, err error) {
	if s.around, err = p.around(r); err != nil {
		return s, err
	}
	if s.Item, err = s.itemAt(r.PathValue("session")); err != nil {
		return s, err
	}
	s.Key = newKey()
	if address, err := p.Site.URL(s.Lang, "application", s.Edition.Slug, s.Item.Slug); err == nil {
		s.Apply = address
	}
	return s, nil
}

func (p *Pages) showSession(w http.ResponseWriter, r *http.Request) error {
	s, err := p.session(r)
	if err != nil {
		return err
	}
	if s.SignedIn {
		s.Held, s.Instead = s.holding(s.Item), r.URL.Query().Get(insteadField)
		codes, err := p.Reports.Codes(r.Context(), s.Edition.ID, me(r))
		if err != nil {
			return err
		}
		s.Code = codes[s.Item.Window.ID]
		wishes, err := p.Desk.Wishes(r.Context(), s.Edition.ID, me(r))
		if err != nil {
			return err
		}
		s.Wished = slices.ContainsFunc(wishes, func(w signup.Wish) bool { return w.Session == s.Item.Offer.Session })
	}
	return sessionTemplate.Show(w, r, s)
}

var leaveTemplate = parse[sessionPage]("leave.html")

// held is session for who has something of it, or signup.ErrNoSeat.
func (p *Pages) held(r *http.Request) (sessionPage, error) {
	s, err := p.session(r)
	if err == nil && !s.Item.Has() {
		err = signup.ErrNoSeat
	}
	return s, err
}

// askLeave asks once more before somebody gives a place back.
func (p *Pages) askLeave(w http.ResponseWriter, r *http.Request) error {
	s, err := p.held(r)
	if errors.Is(err, signup.ErrNoSeat) {
		return web.Redirect(w, r, "signup.session", r.PathValue("edition"), r.PathValue("session")) // given back already
	}
	if err != nil {
		return err
	}
	return leaveTemplate.Show(w, r, s)
}

// does what fn does to the visitor's seat of the session of the address, and says
// so on the page of all their seats. What is done already is done.
func (p *Pages) does(w http.ResponseWriter, r *http.Request, said string, fn func(sessionPage) error) error {
	s, err := p.session(r)
	if err != nil {
		return err
	}
	switch err := fn(s); {
	case errors.Is(err, signup.ErrNoSeat):
		said = "signups.too_late"
	case err != nil:
		return err
	}
	web.Flash(r, said, s.title(s.Item.Offer.Session))
	return web.Redirect(w, r, "signup.mine", r.PathValue("edition"))
}

func (p *Pages) leave(w http.ResponseWriter, r *http.Request) error {
	return p.does(w, r, "signups.left", func(s sessionPage) error {
		return p.Desk.Leave(r.Context(), s.Edition.ID, me(r), s.Item.Offer.Session)
	})
}

func (p *Pages) accept(w http.ResponseWriter, r *http.Request) error {
	return p.does(w, r, "signups.accepted", func(s sessionPage) error {
		return p.Desk.Accept(r.Context(), s.Edition.ID, me(r), s.Item.Offer.Session)
	})
}

func (p *Pages) keep(w http.ResponseWriter, r *http.Request) error {
	clash := false
	err := p.does(w, r, "signups.kept", func(s sessionPage) error {
		err := p.Desk.Keep(r.Context(), s.Edition.ID, me(r), s.Item.Offer.Session)
		clash = errors.Is(err, signup.ErrClash)
		return err
	})
	if clash { // the page says with what
		return web.Redirect(w, r, "signup.moved", r.PathValue("edition"), r.PathValue("session"))
	}
	return err
}

var movedTemplate = parse[sessionPage]("moved.html")

// askMoved asks what somebody wants whose session has moved.
func (p *Pages) askMoved(w http.ResponseWriter, r *http.Request) error {
	s, err := p.held(r)
	if errors.Is(err, signup.ErrNoSeat) || err == nil && !s.Item.Moved() {
		return web.Redirect(w, r, "signup.session", r.PathValue("edition"), r.PathValue("session"))
	}
	if err != nil {
		return err
	}
	for _, other := range s.holding(s.Item) {
		if s.plan.Apart(other.Offer.Session, s.Item.Offer.Session) {
			s.Clash = &other
		}
	}
	return movedTemplate.Show(w, r, s)
}

// ready puts somebody into the pre-queue with this session, which goes to the end
// of their wish list if it is not on it.
func (p *Pages) ready(w http.ResponseWriter, r *http.Request) error {
	s, err := p.session(r)
	if err != nil {
		return err
	}
	wishes, err := p.Desk.Wishes(r.Context(), s.Edition.ID, me(r))
	if err != nil {
		return err
	}
	form, err := web.ReadForm(r, wishFields)
	if err != nil {
		return err
	}
	wish := signup.Wish{Session: s.Item.Offer.Session, Needs: needsAmong(form.All("need"), s.Item.Offer)}
	if at := indexOf(wishes, wish.Session); at >= 0 {
		wishes[at] = wish
	} else {
		wishes = append(wishes, wish)
	}
	if err := p.Desk.SaveWishes(r.Context(), s.Edition.ID, me(r), wishes); err != nil {
		return err
	}
	switch err := p.Desk.Ready(r.Context(), s.Edition.ID, me(r), s.Item.Window.ID); {
	case errors.Is(err, signup.ErrNotReady):
		web.Flash(r, signup.ErrNotReady.Key)
	case err != nil:
		return err
	default:
		web.Flash(r, "signups.queued")
	}
	return web.Redirect(w, r, "signup.session", r.PathValue("edition"), r.PathValue("session"))
}

// clock says what time it is for who decides, so that open pages count down by it.
func (p *Pages) clock(w http.ResponseWriter, r *http.Request) error {
	if _, err := p.Published.Edition(r.PathValue("edition")); err != nil {
		return err
	}
	now, err := p.Desk.Time(r.Context())
	if err != nil {
		return err
	}
	body := append(now.UTC().AppendFormat([]byte(`{"now":"`), time.RFC3339Nano), "\"}\n"...)
	web.WriteBytes(w, http.StatusOK, jsonKind, body)
	return nil
}
