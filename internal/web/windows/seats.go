package windows

import (
	"context"
	"errors"
	"net/http"
	"strconv"

	"obrady/internal/admission"
	"obrady/internal/attendance"
	"obrady/internal/errs"
	"obrady/internal/i18n"
	"obrady/internal/people"
	"obrady/internal/programme"
	"obrady/internal/signup"
	"obrady/internal/web"
	"obrady/internal/web/desk"
)

var seatFields = web.Fields{
	"who": "windows.seats.who", "email": "windows.seats.email", "position": "windows.seats.position", "reason": "windows.reason",
}

// SeatsPage lists who has a seat of a session, and who waits for one.
type SeatsPage struct {
	board
	Session programme.Session
	Offer   *admission.Offer // nil: nobody signs up for it
	In      *admission.Window
	Has     []attendance.Taker // a seat, or the offer of one
	Wait    []attendance.Taker // in their order
	Form    web.Form
}

// Raise says whether whoever asks may also change how many seats there are.
func (s SeatsPage) Raise() bool { return s.mine(s.In) }

// State says what is particular about somebody's seat: that it is only offered.
func (s SeatsPage) State(v web.View, g attendance.Taker) string {
	if g.State == signup.Offered {
		return v.T("windows.seats.offered", s.When(v, g.Until))
	}
	return ""
}

// Kept names the pools of which somebody takes a place, where they are not for everybody.
func (s SeatsPage) Kept(v web.View, g attendance.Taker) (all []string) {
	for _, number := range g.Pools {
		p := s.Offer.Pool(number)
		if p != nil && p.Kind != admission.ForAll && p.Kind != admission.ForNeed {
			all = append(all, s.PoolName(v.Printer, *p))
		}
	}
	return all
}

// PoolName says for whom a pool is.
func (t board) PoolName(v i18n.Printer, p admission.Pool) string {
	switch {
	case !p.Name.IsZero():
		return p.Name.In(v.Lang).Text
	case p.Kind == admission.ForSector:
		return v.T(people.Sector(p.Target).Key())
	case p.Kind == admission.ForNeed:
		return v.T(admission.Need(p.Target).Key())
	case p.Kind == admission.ForInstitution:
		if i := t.X.Institution(people.InstitutionID(p.Target)); i != nil {
			return i.Name.In(v.Lang).Text
		}
	}
	return v.T(p.Kind.Key())
}

// Name is how somebody is called on their badge; nothing for who does not take part any more.
func (s SeatsPage) Name(v web.View, g attendance.Taker) string {
	if g.Badge == "" {
		return v.T("windows.seats.gone")
	}
	return g.Badge
}

// Nth is the position in line as people count.
func (SeatsPage) Nth(i int) int { return i + 1 }

var seatsPage = parse[SeatsPage]("seats.html")

func (p *Pages) seats(r *http.Request) (s SeatsPage, err error) {
	if s.board, err = p.board(r); err != nil {
		return s, err
	}
	if s.Session, err = s.session(r); err != nil {
		return s, err
	}
	s.Form = web.NewForm(seatFields)
	if s.Offer, s.In = s.Plan.Offer(s.Session.ID); s.Offer == nil {
		return s, nil
	}
	all, err := p.Signups.Takers(r.Context(), s.Session.ID)
	for _, g := range all {
		if g.State == signup.Waiting {
			s.Wait = append(s.Wait, g)
		} else {
			s.Has = append(s.Has, g)
		}
	}
	return s, err
}

func (p *Pages) showSeats(w http.ResponseWriter, r *http.Request) error {
	s, err := p.seats(r)
	if err != nil {
		return err
	}
	return seatsPage.Show(w, r, s)
}

// asked is one change of seats that somebody asks for.
type asked struct {
	SeatsPage
	by   signup.Change
	who  people.AccountID
	said string // key of what is said when it is done
}

// change reads a form about one person, does what it asks, and shows the list again.
func (p *Pages) change(w http.ResponseWriter, r *http.Request, do func(context.Context, *asked) error) error {
	s, err := p.seats(r)
	if err != nil {
		return err
	}
	if s.Form, err = web.ReadForm(r, seatFields); err != nil {
		return err
	}
	one := asked{SeatsPage: s, by: signup.Change{By: desk.By(r), Reason: s.Form.Value("reason")}, who: people.AccountID(s.Form.Value("who"))}
	if s.Offer == nil {
		one.Form.Problems.Add("who", "windows.seats.none")
	}
	if one.by.Reason == "" {
		one.Form.Problems.Add("reason", "windows.reason_missing")
	}
	if one.Form.Good() {
		if err := one.blame(do(r.Context(), &one)); err != nil {
			return err
		}
	}
	if !one.Form.Good() {
		fresh, err := p.seats(r)
		if err != nil {
			return err
		}
		fresh.Form = one.Form
		return seatsPage.ShowForm(w, r, one.Form, fresh)
	}
	web.Flash(r, one.said)
	return web.Redirect(w, r, "desk.seats", s.Edition.Slug, s.Session.Slug)
}

// blame says in the form what has become of somebody meanwhile.
func (a *asked) blame(err error) error {
	var told *errs.Error
	switch {
	case errors.Is(err, signup.ErrNoSeat):
		a.Form.Problems.Add("who", "windows.seats.changed")
		return nil
	case errors.Is(err, signup.ErrPosition) && errors.As(err, &told):
		a.Form.Problems.Add("position", told.Key)
		return nil
	}
	return desk.Blame(&a.Form, err)
}

// giveSeat gives somebody a seat past the line: who waits, or a participant by their address.
func (p *Pages) giveSeat(w http.ResponseWriter, r *http.Request) error {
	return p.change(w, r, func(ctx context.Context, a *asked) error {
		field := "who"
		if a.who == "" {
			field = "email"
			account, err := p.addressed(ctx, a.Form.Value("email"))
			if err != nil {
				return err
			}
			a.who = account
		}
		got := signup.Outcome{State: signup.Refused, Why: signup.NotListed}
		if a.who != "" {
			var err error
			if got, err = p.Signups.Admit(ctx, a.Edition.ID, a.by, a.Session.ID, a.who); err != nil {
				return err
			}
		}
		a.said = "windows.seats.given"
		if !got.State.Takes() {
			key, args := p.refusal(r, a.SeatsPage, got)
			a.Form.Problems.Add(field, key, args...)
		}
		return nil
	})
}

// addressed finds an account by its address; none where there is nobody.
func (p *Pages) addressed(ctx context.Context, typed string) (people.AccountID, error) {
	email, ok := people.Email(typed)
	if !ok {
		return "", nil
	}
	account, err := p.People.AccountOf(ctx, email)
	if errors.Is(err, people.ErrNoAccount) {
		return "", nil
	}
	return account.ID, err
}

// takeSeat takes somebody's seat, or place in line, away.
func (p *Pages) takeSeat(w http.ResponseWriter, r *http.Request) error {
	return p.change(w, r, func(ctx context.Context, a *asked) error {
		a.said = "windows.seats.taken"
		return p.Signups.Remove(ctx, a.Edition.ID, a.by, a.Session.ID, a.who)
	})
}

// shiftSeat moves somebody in the line.
func (p *Pages) shiftSeat(w http.ResponseWriter, r *http.Request) error {
	return p.change(w, r, func(ctx context.Context, a *asked) error {
		a.said = "windows.seats.shifted"
		position, err := strconv.Atoi(a.Form.Value("position"))
		if err != nil {
			return signup.ErrPosition
		}
		spot := signup.Spot{Session: a.Session.ID, Account: a.who, Position: position}
		return p.Signups.Shift(ctx, a.Edition.ID, a.by, spot)
	})
}

// refusal is the sentence that says to organisers why somebody cannot have a seat.
// key: windows.seats.why.*
func (p *Pages) refusal(r *http.Request, s SeatsPage, got signup.Outcome) (key string, args []any) {
	words := p.Words.In(web.Lang(r))
	key = "windows.seats.why." + string(got.Why)
	switch got.Why {
	case signup.Full:
		if pool := s.Offer.Pool(got.Number); pool != nil {
			return key, []any{s.PoolName(words, *pool)}
		}
		return "windows.seats.why.other", nil
	case signup.Overlapping:
		if other := s.X.Session(programme.SessionID(got.Other)); other != nil {
			return key, []any{other.Title.In(words.Lang).Text}
		}
		return key, []any{words.T("windows.seats.another")}
	case signup.TooMany, signup.Colleagues:
		return key, []any{got.Number}
	case signup.NotListed, signup.NotForYou, signup.Cancelled:
		return key, nil
	default:
		return "windows.seats.why.other", nil
	}
}
