package signups

import (
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"time"

	"obrady/internal/admission"
	"obrady/internal/errs"
	"obrady/internal/invitation"
	"obrady/internal/people"
	"obrady/internal/publication"
	"obrady/internal/push"
	"obrady/internal/signup"
	"obrady/internal/web"
)

func (p *Pages) pressRoutes() []web.Route {
	return []web.Route{
		{
			Name: "signup.take", Method: http.MethodPost, PL: "/{edition}/sesje/{session}/zapis", EN: "/{edition}/sessions/{session}/sign-up",
			Action: signUp, Who: web.SignedIn, Lean: true, Handle: p.take,
		},
		{
			Name: "signup.claim", Method: http.MethodPost, PL: "/{edition}/zapisy/lista/zgloszenie", EN: "/{edition}/sign-ups/wishes/claim",
			Action: signUp, Who: web.SignedIn, Lean: true, Handle: p.claim,
		},
		{Name: "signup.stream", Path: "/{edition}/signups.stream", Action: readProgramme, Stream: true, Handle: p.stream},
		{Name: "signup.counts", Path: "/{edition}/signups.json", Action: readProgramme, Lean: true, Handle: p.counts},
	}
}

// take claims a seat of one session.
func (p *Pages) take(w http.ResponseWriter, r *http.Request) error {
	return p.press(w, r, func(plan *admission.Plan, form url.Values, c *signup.Claim) error {
		o, _ := plan.OfferAt(r.PathValue("session"))
		if o == nil {
			return signup.ErrNoSession
		}
		wish := signup.Wish{Session: o.Session}
		for _, need := range form["need"] {
			wish.Needs = append(wish.Needs, admission.Need(need))
		}
		c.Wishes = []signup.Wish{wish}
		if other, _ := plan.OfferAt(form.Get("instead")); other != nil {
			c.Instead = other.Session
		}
		return nil
	})
}

// claim claims a whole list of sessions, the most wanted first.
func (p *Pages) claim(w http.ResponseWriter, r *http.Request) error {
	return p.press(w, r, func(plan *admission.Plan, form url.Values, c *signup.Claim) error {
		for _, slug := range form["s"] {
			o, _ := plan.OfferAt(slug)
			if o == nil {
				return signup.ErrNoSession
			}
			c.Wishes = append(c.Wishes, signup.Wish{Session: o.Session})
		}
		if len(c.Wishes) == 0 {
			return signup.ErrNoWishes
		}
		return nil
	})
}

// press reads what somebody claims, and answers once it is decided and on disk.
func (p *Pages) press(w http.ResponseWriter, r *http.Request, read func(*admission.Plan, url.Values, *signup.Claim) error) error {
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
	plan, err := p.Desk.LastPlan(r.Context(), e.ID)
	if err != nil {
		return err
	}
	c := signup.Claim{
		Account: people.AccountID(caller.Account), Session: caller.Session, Key: form.Get("k"), Code: invitation.CodeSum(form.Get("code")),
	}
	if err := read(plan, form, &c); err != nil {
		return err
	}
	answer, err := p.Desk.Take(r.Context(), e.ID, c)
	if err != nil {
		return err
	}
	if web.WantsJSON(r) {
		p.writeJSON(w, r, plan, answer)
		return nil
	}
	return p.showAnswer(w, r, answered{edition: e, plan: plan, answer: answer})
}

// answered is an answer with what it is told by.
type answered struct {
	edition *publication.Edition
	plan    *admission.Plan
	answer  signup.Answer
}

var jsonKind = []string{"application/json; charset=utf-8"}

// writeJSON answers a script. The bytes are written by hand, because thousands of
// them go out in a second; a test reads them back with a JSON reader.
func (p *Pages) writeJSON(w http.ResponseWriter, r *http.Request, plan *admission.Plan, a signup.Answer) {
	words := p.Words.In(web.Lang(r))
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
		if offer, _ := plan.Offer(o.Session); offer != nil {
			slug = offer.Slug
		}
		out = append(out, `{"session":"`...)
		out = append(out, slug...)
		out = append(out, `","state":"`...)
		out = append(out, o.State...)
		out = append(out, `","position":`...)
		out = strconv.AppendInt(out, int64(o.Position), 10)
		out = append(out, `,"why":`...)
		why := ""
		if o.Why != "" {
			why = words.T(o.Why.Key())
		}
		out = strconv.AppendQuote(out, why)
		out = append(out, '}')
	}
	out = append(out, "]}\n"...)
	status := http.StatusOK
	if !a.Got() {
		status = http.StatusConflict
	}
	web.WriteBytes(w, status, jsonKind, out)
}

// showAnswer is the answer for who has no script.
func (p *Pages) showAnswer(w http.ResponseWriter, r *http.Request, a answered) error {
	return errs.New(errs.NotFound, "signup.no_session")
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
