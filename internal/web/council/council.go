// Package council is where reviewers read what was sent in and write what they
// think of it, and where the Programme Council sees who reads what, who must not,
// sits, decides and tells everybody in the same moment.
package council

import (
	"context"
	"embed"
	"errors"
	"net/http"
	"slices"
	"strconv"

	"obrady/internal/assign"
	"obrady/internal/call"
	"obrady/internal/council"
	"obrady/internal/edition"
	"obrady/internal/i18n"
	"obrady/internal/notify"
	"obrady/internal/people"
	"obrady/internal/review"
	"obrady/internal/rights"
	"obrady/internal/web"
	"obrady/internal/web/desk"
)

// Locale holds the sentences of these pages.
//
//go:embed locale/*.json
var Locale embed.FS

//go:embed templates/*.html
var templates embed.FS

// Calls is what these pages ask of package call.
type Calls interface {
	Calls(ctx context.Context, in edition.ID) ([]call.Call, error)
	Call(ctx context.Context, in edition.ID, slug string) (call.Call, error)
	Work(ctx context.Context, in edition.ID, who people.AccountID, code string) (call.Work, error)
	SentBy(ctx context.Context, some []call.SubmissionID) (map[call.SubmissionID]call.Identity, error)
}

// Reviews is what these pages ask of package review.
type Reviews interface {
	Setup(ctx context.Context, of call.ID) (review.Setup, error)
	SaveSetup(ctx context.Context, by people.AccountID, setup review.Setup) (review.Setup, error)
	Readers(ctx context.Context, of call.ID) ([]review.Reader, error)
	SaveReader(ctx context.Context, by people.AccountID, r review.Reader) error
	List(ctx context.Context, by people.AccountID, of call.ID, f review.Filter) ([]review.Entry, error)
	Page(ctx context.Context, by people.AccountID, of call.ID, f review.Filter) ([]review.Entry, int, error)
	Queue(ctx context.Context, by people.AccountID, of call.ID) ([]review.Entry, error)
	Paper(ctx context.Context, by people.AccountID, submission call.SubmissionID) (call.Paper, error)
	Own(ctx context.Context, by people.AccountID, submission call.SubmissionID) (review.Review, error)
	Write(ctx context.Context, by people.AccountID, r review.Review) (review.Review, error)
	Send(ctx context.Context, by people.AccountID, r review.Review) (review.Review, error)
	Reviews(ctx context.Context, by people.AccountID, submission call.SubmissionID) ([]review.Review, review.Figure, error)
	Opinions(ctx context.Context, by people.AccountID, submission call.SubmissionID) ([]review.Opinion, error)
	Refuse(ctx context.Context, by people.AccountID, a review.Assignment) error
	Declare(ctx context.Context, by people.AccountID, k review.Conflict, why string) error
	Declarations(ctx context.Context, by people.AccountID, of call.ID) ([]review.Known, error)
	Conflicts(ctx context.Context, by people.AccountID, of call.ID) ([]review.Known, error)
	Rule(ctx context.Context, by people.AccountID, r review.Ruling) error
	Break(ctx context.Context, by people.AccountID, submission call.SubmissionID, why string) (review.Glass, error)
	Broken(ctx context.Context, by people.AccountID, of call.ID) ([]review.Glass, error)
	Find(ctx context.Context, of call.ID, code string) (call.SubmissionID, error)
	Propose(ctx context.Context, by people.AccountID, of call.ID) (review.Proposal, error)
	Proposed(ctx context.Context, by people.AccountID, of call.ID) (review.Proposal, error)
	Apply(ctx context.Context, by people.AccountID, p review.Proposal, without []assign.Pair) (int, error)
	Give(ctx context.Context, by people.AccountID, a review.Assignment) error
	GiveAll(ctx context.Context, by people.AccountID, of call.ID, rows []review.Row) error
	TakeBack(ctx context.Context, by people.AccountID, a review.Assignment) error
	Assignments(ctx context.Context, by people.AccountID, of call.ID, f review.Filter) ([]review.Reading, error)
	Loads(ctx context.Context, by people.AccountID, of call.ID) ([]review.Load, error)
	Calibrations(ctx context.Context, by people.AccountID, of call.ID) ([]review.Calibration, review.Figure, error)
	Disputed(ctx context.Context, by people.AccountID, of call.ID, f review.Filter) ([]review.Entry, int, error)
	Consultations(ctx context.Context, by people.AccountID, of call.ID) ([]review.Consultation, error)
	ConsultedPaper(ctx context.Context, by people.AccountID, submission call.SubmissionID) (call.Paper, review.Opinion, error)
	Opine(ctx context.Context, by people.AccountID, o review.Opinion) error
}

// Council is what these pages ask of package council.
type Council interface {
	Sittings(ctx context.Context, by people.AccountID, of call.ID) ([]council.Sitting, error)
	SaveSitting(ctx context.Context, by people.AccountID, one council.Sitting) (council.Sitting, error)
	Turn(ctx context.Context, by people.AccountID, sitting council.SittingID, to council.SittingState) error
	Fill(ctx context.Context, by people.AccountID, sitting council.SittingID) error
	Arrange(ctx context.Context, by people.AccountID, sitting council.SittingID, items []call.SubmissionID) error
	Take(ctx context.Context, by people.AccountID, sitting council.SittingID, submission call.SubmissionID) error
	Pulse(ctx context.Context, by people.AccountID, sitting council.SittingID) (council.Pulse, error)
	Minutes(ctx context.Context, by people.AccountID, sitting council.SittingID) (council.Minutes, error)
	Decide(ctx context.Context, by people.AccountID, d council.Decision) (council.Decision, error)
	Reopen(ctx context.Context, by people.AccountID, submission call.SubmissionID, why string) error
	Decision(ctx context.Context, by people.AccountID, submission call.SubmissionID) (council.Decision, []council.Dissent, error)
	Dissent(ctx context.Context, by people.AccountID, submission call.SubmissionID, words string) error
	Slots(ctx context.Context, by people.AccountID, of call.ID) ([]council.Slot, error)
	Balance(ctx context.Context, by people.AccountID, of call.ID) ([]council.Trait, error)
	Preview(ctx context.Context, by people.AccountID, of call.ID) ([]council.Pending, string, error)
	Announce(ctx context.Context, by people.AccountID, of call.ID, digest string) (int, error)
	Batches(ctx context.Context, by people.AccountID, of call.ID) ([]council.Batch, error)
	Appeals(ctx context.Context, by people.AccountID, of call.ID) ([]council.Appeal, error)
	Answer(ctx context.Context, by people.AccountID, a council.Appeal) error
	Told(ctx context.Context, by people.AccountID, submission call.SubmissionID) (council.Told, error)
	Appeal(ctx context.Context, by people.AccountID, submission call.SubmissionID, words string) error
}

// People says who is behind an account, and which institutions there are; package people does.
type People interface {
	Accounts(ctx context.Context, ids []people.AccountID) (map[people.AccountID]people.Account, error)
	Institutions(ctx context.Context) ([]people.Institution, error)
}

// Letters drafts a letter before it goes out; package notify does.
type Letters interface {
	DecisionDraft(ctx context.Context, d council.Decision, lang i18n.Lang) (notify.Draft, error)
}

// Pages are the pages of reviewers and of the council. All fields are needed.
type Pages struct {
	*desk.Kit
	Calls   Calls
	Reviews Reviews
	Council Council
	People  People
	Letters Letters
	Words   *i18n.Catalogue
}

// row is a route before it is one.
type row struct {
	name, method, pl, en string
	action               rights.Action
	handle               web.Handler
}

// Routes are the addresses of these pages.
func (p *Pages) Routes() []web.Route {
	var all []web.Route
	for _, r := range slices.Concat(p.readerRoutes(), p.councilRoutes(), p.sittingRoutes()) {
		route := web.Route{
			Name: r.name, Method: r.method, PL: "/{edition}/biurko/rada" + r.pl, EN: "/{edition}/desk/council" + r.en, Action: string(r.action),
			Object: string(rights.WithinEdition), Who: web.SignedIn, Handle: r.handle,
		}
		if r.method == http.MethodGet {
			route.Query = []string{"draft", "path", "state", "words", "page"}
		}
		if r.action == rights.GiveOpinion {
			route.Object = ""
		}
		all = append(all, route)
	}
	return p.Offer(append(all, p.authorRoutes()...)...)
}

// authorRoutes are the addresses under which the authors of a submission read what was decided about it.
func (p *Pages) authorRoutes() []web.Route {
	const pl, en = "/{edition}/moje-zgloszenia/{submission}/decyzja", "/{edition}/my-submissions/{submission}/decision"
	return []web.Route{
		{Name: "decision", PL: pl, EN: en, Action: string(rights.Submit), Who: web.SignedIn, Handle: p.showTold},
		{Name: "decision.appeal", Method: post, PL: pl, EN: en, Action: string(rights.Submit), Who: web.SignedIn, Handle: p.appeal},
	}
}

const (
	get, post = http.MethodGet, http.MethodPost
	inPL      = "/{call}"
	paperPL   = inPL + "/zgloszenia/{code}"
	paperEN   = inPL + "/submissions/{code}"
	sitPL     = inPL + "/posiedzenia/{sitting}"
	sitEN     = inPL + "/sittings/{sitting}"
)

func (p *Pages) readerRoutes() []row {
	return []row{
		{"desk.council", get, "", "", rights.WriteReviews, p.showCalls},
		{"desk.council.call", get, inPL, inPL, rights.WriteReviews, p.showCall},
		{"desk.council.reach", post, inPL + "/zakres", inPL + "/reach", rights.WriteReviews, p.takeReach},
		{"desk.paper", get, paperPL, paperEN, rights.WriteReviews, p.showPaper},
		{"desk.paper.review", post, paperPL, paperEN, rights.WriteReviews, p.takeReview},
		{"desk.paper.refuse", post, paperPL + "/odmowa", paperEN + "/refusal", rights.WriteReviews, p.refuse},
		{"desk.paper.conflict", post, paperPL + "/konflikt", paperEN + "/conflict", rights.WriteReviews, p.declare},
		{"desk.paper.decide", post, paperPL + "/decyzja", paperEN + "/decision", rights.Sit, p.decide},
		{"desk.paper.reopen", post, paperPL + "/decyzja/cofniecie", paperEN + "/decision/withdrawal", rights.Sit, p.reopen},
		{"desk.paper.dissent", post, paperPL + "/zdanie-odrebne", paperEN + "/dissent", rights.Sit, p.dissent},
		{"opinions", get, inPL + "/opinie", inPL + "/opinions", rights.GiveOpinion, p.showOpinions},
		{"opinion", get, inPL + "/opinie/{code}", inPL + "/opinions/{code}", rights.GiveOpinion, p.showOpinion},
		{"opinion.give", post, inPL + "/opinie/{code}", inPL + "/opinions/{code}", rights.GiveOpinion, p.takeOpinion},
	}
}

func (p *Pages) councilRoutes() []row {
	return []row{
		{"desk.council.setup", get, inPL + "/zasady", inPL + "/rules", rights.SetReviews, p.showSetup},
		{"desk.council.setup.save", post, inPL + "/zasady", inPL + "/rules", rights.SetReviews, p.takeSetup},
		{"desk.council.giving", get, inPL + "/przydzial", inPL + "/assignment", rights.SetReviews, p.showGiving},
		{"desk.council.propose", post, inPL + "/przydzial/propozycja", inPL + "/assignment/proposal", rights.SetReviews, p.propose},
		{"desk.council.apply", post, inPL + "/przydzial/wykonanie", inPL + "/assignment/effect", rights.SetReviews, p.apply},
		{"desk.council.give", post, inPL + "/przydzial", inPL + "/assignment", rights.SetReviews, p.give},
		{"desk.council.give.file", post, inPL + "/przydzial/plik", inPL + "/assignment/file", rights.SetReviews, p.giveFile},
		{"desk.council.take", post, inPL + "/przydzial/cofniecie", inPL + "/assignment/withdrawal", rights.SetReviews, p.takeBack},
		{"desk.council.conflicts", get, inPL + "/konflikty", inPL + "/conflicts", rights.JudgeConflicts, p.showConflicts},
		{"desk.council.rule", post, inPL + "/konflikty", inPL + "/conflicts", rights.JudgeConflicts, p.rule},
		{"desk.council.break", post, inPL + "/wglad", inPL + "/glass", rights.BreakGlass, p.breakGlass},
		{"desk.council.figures", get, inPL + "/zestawienia", inPL + "/figures", rights.ReadReviews, p.showFigures},
		{"desk.council.file", get, inPL + "/zgloszenia.csv", inPL + "/submissions.csv", rights.ReadReviews, p.file},
		{"desk.announcement", get, inPL + "/ogloszenie", inPL + "/announcement", rights.Announce, p.showAnnouncement},
		{"desk.announcement.do", post, inPL + "/ogloszenie", inPL + "/announcement", rights.Announce, p.announce},
		{"desk.appeals", get, inPL + "/odwolania", inPL + "/appeals", rights.ReadReviews, p.showAppeals},
		{"desk.appeal.answer", post, inPL + "/odwolania", inPL + "/appeals", rights.Sit, p.answer},
	}
}

func (p *Pages) sittingRoutes() []row {
	return []row{
		{"desk.sittings", get, inPL + "/posiedzenia", inPL + "/sittings", rights.ReadReviews, p.showSittings},
		{"desk.sitting.add", post, inPL + "/posiedzenia", inPL + "/sittings", rights.Sit, p.addSitting},
		{"desk.sitting", get, sitPL, sitEN, rights.ReadReviews, p.showSitting},
		{"desk.sitting.save", post, sitPL, sitEN, rights.Sit, p.saveSitting},
		{"desk.sitting.turn", post, sitPL + "/stan", sitEN + "/state", rights.Sit, p.turn},
		{"desk.sitting.agenda", post, sitPL + "/porzadek", sitEN + "/agenda", rights.Sit, p.arrange},
		{"desk.sitting.pulse", get, sitPL + "/stan", sitEN + "/state", rights.ReadReviews, p.showPulse},
		{"desk.minutes", get, sitPL + "/protokol", sitEN + "/minutes", rights.ReadReviews, p.showMinutes},
		{"desk.minutes.file", get, sitPL + "/protokol.pdf", sitEN + "/minutes.pdf", rights.ReadReviews, p.fileMinutes},
	}
}

func parse[Data any](name string) web.Template[Data] {
	return desk.Parse[Data](templates, name, "parts.html")
}

// room is what every page about one call knows.
type room struct {
	desk.Desk
	Call  call.Call
	Setup review.Setup
	Ready bool // whether it has been set how the call is judged
	names map[people.AccountID]people.Account
}

// room finds the call that the path names, or call.ErrNoCall; rights of its own are asked by the services.
func (p *Pages) room(r *http.Request) (c room, err error) {
	if c.Desk, err = p.Desk(r, "desk.council"); err != nil {
		return c, err
	}
	if c.Call, err = p.Calls.Call(r.Context(), c.Edition.ID, r.PathValue("call")); err != nil {
		return c, err
	}
	if !c.Can(rights.WriteReviews) {
		return c, rights.ErrHidden
	}
	err = p.fillSetup(r, &c)
	return c, err
}

func (p *Pages) fillSetup(r *http.Request, c *room) (err error) {
	c.Setup, err = p.Reviews.Setup(r.Context(), c.Call.ID)
	if c.Ready = err == nil; errors.Is(err, review.ErrNoSetup) {
		err = nil
	}
	return err
}

// know finds the names of accounts.
func (p *Pages) know(r *http.Request, c *room, ids ...people.AccountID) (err error) {
	c.names, err = p.People.Accounts(r.Context(), ids)
	return err
}

// Can says whether whoever asks may do the action to the call.
func (c room) Can(a rights.Action) bool { return c.Who.May(a, c.Call.Path(c.Tree)) }

// Sees says whether the page has the whole call before it.
func (c room) Sees() bool { return c.Can(rights.ReadReviews) }

// Sets says whether whoever asks sets how the call is judged.
func (c room) Sets() bool { return c.Can(rights.SetReviews) }

// Judges says whether whoever asks judges conflicts of interest.
func (c room) Judges() bool { return c.Can(rights.JudgeConflicts) }

// Sits says whether whoever asks sits and decides.
func (c room) Sits() bool { return c.Can(rights.Sit) }

// Announces says whether whoever asks announces decisions.
func (c room) Announces() bool { return c.Can(rights.Announce) }

// blind says whether a blind phase closes here who is behind anything, whatever the call says.
func (c room) blind() bool {
	path := c.Call.Path(c.Tree)
	return slices.ContainsFunc(c.Who.Refusals, func(f rights.Refusal) bool { return f.Kind == rights.BlindPhase && slices.Contains(path, f.Node) })
}

// Person is the name of an account.
func (c room) Person(who people.AccountID) string {
	if a, known := c.names[who]; known && a.Name != "" {
		return a.Name
	}
	return string(who)
}

// PathName is a path of the call by its slug.
func (c room) PathName(v web.View, slug string) string { return optionName(v, c.Call.Paths, slug) }

// FormatName is a format of the call by its slug.
func (c room) FormatName(v web.View, slug string) string { return optionName(v, c.Call.Formats, slug) }

func optionName(v web.View, options []call.Option, slug string) string {
	for _, o := range options {
		if o.Slug == slug {
			return v.Plain(o.Name)
		}
	}
	return slug
}

func options(v web.View, from []call.Option) []web.Option {
	all := []web.Option{{Value: "", Label: v.T("council.page.choose")}}
	for _, o := range from {
		all = append(all, web.Option{Value: o.Slug, Label: v.Plain(o.Name)})
	}
	return all
}

func me(r *http.Request) people.AccountID { return desk.By(r) }

func number(n int) string { return strconv.Itoa(n) }

// Round is a score as people read it.
func (c room) Round(score float64) string { return strconv.FormatFloat(score, 'f', 0, 64) }

// told answers a button whose press was refused with a notice, on the page where it was pressed.
func told(r *http.Request, err error) error {
	e := refusal(err)
	if e == nil {
		return err
	}
	web.Flash(r, e.Key, e.Args...)
	return nil
}
