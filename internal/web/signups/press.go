package signups

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"time"

	"obrady/internal/admission"
	"obrady/internal/invitation"
	"obrady/internal/people"
	"obrady/internal/plan"
	"obrady/internal/publication"
	"obrady/internal/push"
	"obrady/internal/signup"
	"obrady/internal/web"
)

func (p *Pages) pressRoutes() []web.Route {
	return []web.Route{
		{
			Name: "signup.take", Method: http.MethodPost, PL: "/{edition}/sesje/{session}/zapis", EN: "/{edition}/sessions/{session}/sign-up",
			Action: signUp, Who: web.SignedIn, Lean: true, Handle: p.take, SignedOut: p.signedOut,
		},
		{
			Name: "signup.claim", Method: http.MethodPost, PL: "/{edition}/zapisy/lista/zgloszenie", EN: "/{edition}/sign-ups/wishes/claim",
			Action: signUp, Who: web.SignedIn, Lean: true, Handle: p.claim, SignedOut: p.signedOut,
		},
		{Name: "signup.stream", Path: "/{edition}/signups.stream", Action: readProgramme, Stream: true, Handle: p.stream},
		{Name: "signup.counts", Path: "/{edition}/signups.json", Action: readProgramme, Lean: true, Handle: p.counts},
	}
}

// take claims a seat of one session.
func (p *Pages) take(w http.ResponseWriter, r *http.Request) error {
	return p.press(w, r, func(a sent, c *signup.Claim) error {
		o := offerAt(r.PathValue("session"), a.edition, a.plan)
		if o == nil {
			return signup.ErrNoSession
		}
		c.Wishes = []signup.Wish{{Session: o.Session, Needs: needs(a.form[needField])}}
		if other := offerAt(a.form.Get(insteadField), a.edition, a.plan); other != nil {
			c.Instead = other.Session
		}
		return nil
	})
}

// sent is a press as it came, with what it can be about.
type sent struct {
	edition *publication.Edition
	plan    *admission.Plan
	form    url.Values
}

// offerAt finds what people can sign up for by its address, or nil: what the public
// does not see yet cannot be pressed for either, whoever guesses where it will be.
func offerAt(slug string, e *publication.Edition, set *admission.Plan) *admission.Offer {
	s := e.Programme.SessionAt(slug)
	if !plan.Public(s) {
		return nil
	}
	o, _ := set.Offer(s.ID)
	return o
}

const needField = "need"

func needs(values []string) (all []admission.Need) {
	for _, value := range values {
		all = append(all, admission.Need(value))
	}
	return all
}

// needsAmong are those of the needs that are counted at the session.
func needsAmong(values []string, o *admission.Offer) []admission.Need {
	return slices.DeleteFunc(needsOf(o), func(n admission.Need) bool { return !slices.Contains(values, string(n)) })
}

// claim claims a whole list of sessions, the most wanted first: those that are
// named, or else the wish list as far as places of it are given by pressing.
func (p *Pages) claim(w http.ResponseWriter, r *http.Request) error {
	return p.press(w, r, func(a sent, c *signup.Claim) (err error) {
		for _, slug := range a.form["s"] {
			o := offerAt(slug, a.edition, a.plan)
			if o == nil {
				return signup.ErrNoSession
			}
			c.Wishes = append(c.Wishes, signup.Wish{Session: o.Session, Needs: needsAmong(a.form[needField], o)})
		}
		if len(c.Wishes) == 0 {
			if c.Wishes, err = p.storedWishes(r, a, c.Account); err != nil {
				return err
			}
		}
		if len(c.Wishes) == 0 {
			return signup.ErrNoWishes
		}
		return nil
	})
}

// storedWishes is somebody's wish list without what is not given by pressing.
func (p *Pages) storedWishes(r *http.Request, a sent, who people.AccountID) ([]signup.Wish, error) {
	all, err := p.Desk.Wishes(r.Context(), a.plan.Edition, who)
	return slices.DeleteFunc(all, func(wish signup.Wish) bool {
		_, w := a.plan.Offer(wish.Session)
		return w == nil || !plan.Public(a.edition.Programme.Session(wish.Session)) || w.Mode.Collects() && w.DecidedAt.IsZero()
	}), err
}

// press reads what somebody claims, and answers once it is decided and on disk.
func (p *Pages) press(w http.ResponseWriter, r *http.Request, read func(sent, *signup.Claim) error) error {
	caller, ok := web.CallerOf(r)
	if !ok {
		return signup.ErrSignedOut
	}
	if wait := p.Paces.Take(caller.Account); wait > 0 {
		return web.TooOften(wait)
	}
	e, err := p.Published.Edition(r.PathValue("edition"))
	if err != nil {
		return err
	}
	form, err := web.ReadPress(r)
	if err != nil {
		return err
	}
	set, err := p.Desk.LastPlan(r.Context(), e.ID)
	if err != nil {
		return err
	}
	c := signup.Claim{
		Account: people.AccountID(caller.Account), Session: caller.Session, Key: form.Get("k"), Code: invitation.CodeSum(form.Get("code")),
	}
	if err := read(sent{e, set, form}, &c); err != nil {
		return err
	}
	answer, err := p.Desk.Take(r.Context(), e.ID, c)
	switch {
	case errors.Is(err, signup.ErrBusy):
		return &web.Refusal{Status: http.StatusServiceUnavailable, Told: signup.ErrBusy, After: busyFor}
	case errors.Is(err, signup.ErrSignedOut):
		return &web.Refusal{Status: http.StatusUnauthorized, Told: signup.ErrSignedOut}
	case err != nil:
		return err
	}
	if web.WantsJSON(r) {
		p.writeJSON(w, r, answered{e, set, answer})
		return nil
	}
	return p.showAnswer(w, r, answered{e, set, answer})
}

// busyFor is when to press again where too many wait.
const busyFor = 2 * time.Second

var jsonKind = []string{"application/json; charset=utf-8"}

// writeJSON answers a script. The bytes are written by hand, because thousands of
// them go out in a second; a test reads them back with a JSON reader.
func (p *Pages) writeJSON(w http.ResponseWriter, r *http.Request, told answered) {
	a := told.answer
	out := make([]byte, 0, 256)
	out = append(out, `{"receipt":"`...)
	out = append(out, a.Receipt.String()...)
	out = append(out, `","now":"`...)
	out = a.At.UTC().AppendFormat(out, time.RFC3339Nano)
	out = append(out, `","seats":[`...)
	for i, o := range a.Outcomes {
		if i > 0 {
			out = append(out, ',')
		}
		slug := ""
		if released := told.edition.Programme.Session(o.Session); released != nil {
			slug = released.Slug
		}
		out = append(out, `{"session":"`...)
		out = append(out, slug...)
		out = append(out, `","state":"`...)
		out = append(out, o.State...)
		out = append(out, `","position":`...)
		out = strconv.AppendInt(out, int64(o.Position), 10)
		out = append(out, `,"why":`...)
		out = p.appendWhy(out, r, told, o)
		out = append(out, '}')
	}
	out = append(out, "]}\n"...)
	status := http.StatusOK
	if !a.Got() {
		status = http.StatusConflict
	}
	web.WriteBytes(w, status, jsonKind, out)
}

// appendWhy writes why a seat was refused, which names sessions and so may hold any character.
func (p *Pages) appendWhy(out []byte, r *http.Request, told answered, o signup.Outcome) []byte {
	if o.Why == "" {
		return append(out, `""`...)
	}
	sentence, err := json.Marshal(p.teller(r, told.edition, told.plan).why(o))
	if err != nil {
		return append(out, `""`...) // no text is that bad
	}
	return append(out, sentence...)
}

func (p *Pages) stream(w http.ResponseWriter, r *http.Request) error {
	e, err := p.Published.Edition(r.PathValue("edition"))
	if err != nil {
		return err
	}
	return web.Watch(w, r, p.Live.Subscribe(push.Topic(e.ID)))
}

func (p *Pages) counts(w http.ResponseWriter, r *http.Request) error {
	e, err := p.Published.Edition(r.PathValue("edition"))
	if err != nil {
		return err
	}
	body, err := p.Counter.Counts(r.Context(), e.ID)
	if err != nil {
		return fmt.Errorf("count places: %w", err)
	}
	web.WriteBytes(w, http.StatusOK, jsonKind, body)
	return nil
}
