package cohost

import (
	"net/http"
	"slices"
	"time"

	"obrady/internal/errs"
	"obrady/internal/i18n"
	"obrady/internal/id"
	"obrady/internal/partner"
	"obrady/internal/rights"
	"obrady/internal/timetable"
	"obrady/internal/web"
	"obrady/internal/web/desk"
)

// key: cohost.request.*
var requestControls = []desk.Control{
	{Name: "kind", As: desk.AsSelect, Key: "cohost.request.kind"},
	{Name: "words", As: desk.AsLine, Key: "cohost.request.words", Help: "cohost.request.words_help", Must: true, Most: 2000},
	{Name: "place", As: desk.AsSelect, Key: "cohost.request.place", Help: "cohost.request.hours_help"},
	{Name: "day", As: desk.AsDate, Key: "cohost.share.day"},
	{Name: "start", As: desk.AsLine, Key: "cohost.share.start", Type: "time", Size: "size-s"},
	{Name: "end", As: desk.AsLine, Key: "cohost.share.end", Type: "time", Size: "size-s"},
	{Name: "amount", As: desk.AsLine, Key: "cohost.request.amount", Help: "cohost.request.amount_help", Type: "number", Size: "size-s"},
	{Name: "mode", As: desk.AsSelect, Key: "cohost.request.mode"},
}

var requestFields = desk.FieldsOf("request", requestControls)

// RequestPage is the form of a new request.
type RequestPage struct {
	visit
	Sheet    desk.Sheet
	Controls []desk.Control
}

var requestPage = parse[RequestPage]("request.html")

func (p *Pages) showNewRequest(w http.ResponseWriter, r *http.Request) error {
	v, err := p.enter(r)
	if err != nil {
		return err
	}
	form := web.NewForm(requestFields)
	form.Set("kind", string(partner.ForHours))
	sheet, err := p.Sheet(r, "request."+string(v.Space.ID), form)
	if err != nil {
		return err
	}
	return p.drawRequest(w, r, v, sheet)
}

// drawRequest offers all places: to ask for one is what the form is for. Their names are public with the programme.
func (p *Pages) drawRequest(w http.ResponseWriter, r *http.Request, v visit, sheet desk.Sheet) error {
	places, err := p.Timetable.Places(r.Context(), v.Edition.ID)
	if err != nil {
		return err
	}
	var offered []desk.Choice
	for _, place := range places {
		offered = append(offered, desk.Choice{Value: string(place.ID), Words: place.Name})
	}
	sheet.Choices = map[string][]desk.Choice{
		"kind": desk.Choices(partner.RequestKinds), "place": desk.OrNone("desk.form.none", offered),
		"mode": desk.OrNone("desk.form.none", desk.Choices(partner.Modes)),
	}
	return requestPage.ShowStatus(w, r, sheet.Status(), RequestPage{v, sheet, requestControls})
}

func (p *Pages) fileRequest(w http.ResponseWriter, r *http.Request) error {
	v, err := p.enter(r)
	if err != nil {
		return err
	}
	form, err := web.ReadForm(r, requestFields)
	if err != nil {
		return err
	}
	wanted := v.readRequest(&form)
	if form.Good() {
		_, err = p.Partners.File(r.Context(), desk.By(r), wanted)
		if err := desk.Blame(&form, err); err != nil {
			return err
		}
	}
	key := "request." + string(v.Space.ID)
	if !form.Good() {
		if err := p.Keep(r, key, form); err != nil {
			return err
		}
		return p.drawRequest(w, r, v, desk.Sheet{Form: form, Key: key})
	}
	if err := p.Drop(r, key); err != nil {
		return err
	}
	web.Flash(r, "cohost.request.filed")
	return v.back(w, r)
}

func (v visit) readRequest(form *web.Form) partner.Request {
	wanted := partner.Request{
		Workspace: v.Space.ID, Kind: partner.RequestKind(form.Value("kind")), Words: form.Value("words"),
		Amount: form.Int("amount"), Mode: partner.Mode(form.Value("mode")),
	}
	if sent := form.Value(desk.IDField); id.Valid(sent) {
		wanted.ID = partner.RequestID(sent)
	}
	if wanted.Kind == partner.ForHours {
		hours := [2]string{form.Value("start"), form.Value("end")}
		wanted.Window, _ = window(form.Value("place"), form.Value("day"), hours, v.Edition.Location())
	}
	return wanted
}

// RequestsPage lists the requests of all workspaces.
type RequestsPage struct {
	desk.Desk
	Open, Answered []requestLine
}

var requestsPage = parse[RequestsPage]("requests.html", "asked.html")

// requestLine is a request with what a page says of it.
type requestLine struct {
	partner.Request
	Space rights.Space
	Place i18n.Text
	zone  *time.Location
}

// When writes the hours that are asked for.
func (l requestLine) When(v web.View) string {
	from, to := l.Window.Start.In(l.zone), l.Window.End.In(l.zone)
	return v.ShortDay(from) + ", " + v.Hours(from, to)
}

// Line makes a line of a request on the page of its workspace.
func (s SpacePage) Line(r partner.Request) requestLine {
	return requestLine{r, s.Space.Space, s.PlaceName(r.Window.Place), s.x.Zone}
}

// Asked makes what the component "asked" takes.
func (l requestLine) Asked(v web.View) askedView { return askedView{v, l} }

// askedView is what the component "asked" takes.
type askedView struct {
	web.View
	Line requestLine
}

func (p *Pages) listRequests(w http.ResponseWriter, r *http.Request) error {
	d, err := p.Desk(r, "desk.requests")
	if err != nil {
		return err
	}
	lines, err := p.requestLines(r, d)
	if err != nil {
		return err
	}
	page := RequestsPage{Desk: d}
	for _, l := range lines {
		if l.State == partner.Waiting {
			page.Open = append(page.Open, l)
		} else {
			page.Answered = append(page.Answered, l)
		}
	}
	return requestsPage.Show(w, r, page)
}

func (p *Pages) requestLines(r *http.Request, d desk.Desk) (lines []requestLine, err error) {
	all, err := p.Partners.Requests(r.Context(), d.Edition.ID)
	if err != nil {
		return nil, err
	}
	working, err := p.Timetable.Working(r.Context(), d.Edition.ID)
	if err != nil {
		return nil, err
	}
	x := working.Index()
	for _, one := range all {
		l := requestLine{Request: one, zone: d.Edition.Location()}
		l.Space, _ = d.Tree.Space(one.Workspace)
		if place := x.Place(one.Window.Place); place != nil {
			l.Place = place.Name
		}
		lines = append(lines, l)
	}
	return lines, nil
}

// answerFields are those of an answer to a request or to a placement.
var answerFields = web.Fields{"verdict": "cohost.answer.verdict", "reason": "cohost.answer.reason"}

// AnswerPage asks the host to accept or to decline.
type AnswerPage struct {
	visit
	Form web.Form
	Line *requestLine // nil: it is about the placement
	// Taken are sessions at the place and hours that are asked for.
	Taken []sessionLine
}

var answerPage = parse[AnswerPage]("answer.html", "asked.html")

// Open says whether it can still be answered.
func (a AnswerPage) Open() bool { return a.Line == nil || a.Line.Waiting() }

// Waiting says whether nobody has answered the request.
func (l requestLine) Waiting() bool { return l.State == partner.Waiting }

// Verdict asks for the answer.
func (a AnswerPage) Verdict(v web.View) web.Input {
	return v.Input(a.Form, "verdict").Choices([]web.Option{
		{Value: string(partner.Accepted), Label: v.T("cohost.answer.accept")},
		{Value: string(partner.Declined), Label: v.T("cohost.answer.decline")},
	})
}

func (p *Pages) openRequest(r *http.Request) (a AnswerPage, err error) {
	if a.visit, err = p.enter(r); err != nil {
		return a, err
	}
	lines, err := p.requestLines(r, a.Desk)
	if err != nil {
		return a, err
	}
	i := slices.IndexFunc(lines, func(l requestLine) bool {
		return string(l.ID) == r.PathValue("request") && l.Workspace == a.Space.ID
	})
	if i < 0 {
		return a, partner.ErrNoRequest
	}
	a.Line = &lines[i]
	a.Form = web.NewForm(answerFields)
	return a, p.fillTaken(r, &a)
}

// fillTaken finds what already happens at the place and hours that are asked for.
func (p *Pages) fillTaken(r *http.Request, a *AnswerPage) error {
	working, err := p.Timetable.Working(r.Context(), a.Edition.ID)
	if err != nil || a.Line.Kind != partner.ForHours {
		return err
	}
	x := working.Index()
	wanted := timetable.Slot{Start: a.Line.Window.Start, End: a.Line.Window.End}
	for _, slot := range working.Slots {
		if s := x.Session(slot.Session); s != nil && slot.Place == a.Line.Window.Place && slot.Overlaps(wanted) {
			a.Taken = append(a.Taken, sessionLine{*s, slot})
		}
	}
	return nil
}

// Hours writes when something is, on the clocks of the edition.
func (a AnswerPage) Hours(v web.View, from, to time.Time) string {
	zone := a.Edition.Location()
	return v.ShortDay(from.In(zone)) + ", " + v.Hours(from.In(zone), to.In(zone))
}

func (p *Pages) showRequest(w http.ResponseWriter, r *http.Request) error {
	page, err := p.openRequest(r)
	if err != nil {
		return err
	}
	return answerPage.Show(w, r, page)
}

func (p *Pages) decideRequest(w http.ResponseWriter, r *http.Request) error {
	page, err := p.openRequest(r)
	if err != nil {
		return err
	}
	return p.answer(w, r, page, func(verdict partner.Verdict) error {
		return p.Partners.Decide(r.Context(), desk.By(r), page.Line.ID, verdict)
	})
}

// answer reads the host's answer and gives it, or shows the form again.
func (p *Pages) answer(w http.ResponseWriter, r *http.Request, page AnswerPage, give func(partner.Verdict) error) (err error) {
	if page.Form, err = web.ReadForm(r, answerFields); err != nil {
		return err
	}
	err = give(partner.Verdict{State: partner.State(page.Form.Value("verdict")), Reason: page.Form.Value("reason")})
	if errs.KindOf(err) == errs.Conflict {
		return err // somebody else has answered
	}
	if err := page.Form.Blame(err); err != nil {
		return err
	}
	if !page.Form.Good() {
		return answerPage.ShowForm(w, r, page.Form, page)
	}
	web.Flash(r, "cohost.answer.given")
	return page.back(w, r)
}

func (p *Pages) withdrawRequest(w http.ResponseWriter, r *http.Request) error {
	page, err := p.openRequest(r)
	if err != nil {
		return err
	}
	if err := p.Partners.Withdraw(r.Context(), desk.By(r), page.Line.ID); err != nil {
		return err
	}
	web.Flash(r, "cohost.request.withdrawn")
	return page.back(w, r)
}

// Ask is the question called name.
func (RequestPage) Ask(name string) desk.Control {
	return requestControls[slices.IndexFunc(requestControls, func(c desk.Control) bool { return c.Name == name })]
}
