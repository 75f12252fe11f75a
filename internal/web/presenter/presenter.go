// Package presenter leads what was accepted onto the stage: organisers make sessions
// out of it, whoever presents sees when and where and sends slides, whoever leads a
// session has them all in one place, and the public has those that it may see.
package presenter

import (
	"context"
	"embed"
	"errors"
	"net/http"
	"slices"

	"obrady/internal/call"
	"obrady/internal/edition"
	"obrady/internal/form"
	"obrady/internal/i18n"
	"obrady/internal/onstage"
	"obrady/internal/people"
	"obrady/internal/practice"
	"obrady/internal/programme"
	"obrady/internal/publication"
	"obrady/internal/rights"
	"obrady/internal/timetable"
	"obrady/internal/web"
	"obrady/internal/web/desk"
)

// Locale holds the sentences of these pages.
//
//go:embed locale/*.json
var Locale embed.FS

//go:embed templates/*.html
var templates embed.FS

// Stage is what these pages ask of package onstage.
type Stage interface {
	Board(ctx context.Context, of call.Call) ([]onstage.Item, error)
	MakeSessions(ctx context.Context, by people.AccountID, o onstage.Order) ([]onstage.Made, error)
	TakeOff(ctx context.Context, by people.AccountID, of call.ID, submission call.SubmissionID) error
	PracticeOf(ctx context.Context, of call.ID, submission call.SubmissionID) (practice.Practice, error)
	Setting(ctx context.Context, of call.ID) (onstage.Setting, error)
	SaveSetting(ctx context.Context, by people.AccountID, set onstage.Setting) error
	Mine(ctx context.Context, of edition.ID, who people.AccountID) ([]onstage.Talk, error)
	Talk(ctx context.Context, of edition.ID, who people.AccountID, code string) (onstage.Talk, error)
	InSession(ctx context.Context, session programme.SessionID) ([]onstage.Talk, error)
	InEdition(ctx context.Context, of edition.ID) ([]onstage.Talk, error)
	SlidesOf(ctx context.Context, talks []onstage.Talk) (map[call.SubmissionID]onstage.Slides, error)
	KeepSlides(ctx context.Context, u onstage.Upload) (onstage.Slides, error)
	RemoveSlides(ctx context.Context, by people.AccountID, submission call.SubmissionID) error
	Share(ctx context.Context, by people.AccountID, submission call.SubmissionID, with onstage.Audience) error
	OpenSlides(ctx context.Context, submission call.SubmissionID) (onstage.Slides, []byte, error)
}

// Calls is what these pages ask of package call.
type Calls interface {
	Calls(ctx context.Context, in edition.ID) ([]call.Call, error)
	Questions(ctx context.Context, of call.ID, version int) ([]form.Question, error)
	SentBy(ctx context.Context, some []call.SubmissionID) (map[call.SubmissionID]call.Identity, error)
}

// Sight says which submissions of a call somebody must not open because of a
// conflict of interest.
type Sight interface {
	Conflicted(ctx context.Context, by people.AccountID, of call.ID) (map[call.SubmissionID]bool, error)
}

// Timetable is the working programme.
type Timetable interface {
	Working(ctx context.Context, of edition.ID) (*timetable.Programme, error)
}

// Keeper changes the part of the programme that is theirs for whoever asks.
type Keeper interface {
	SaveSession(ctx context.Context, by people.AccountID, s programme.Session) (programme.Session, error)
}

// Released says what the public knows of the programme; package publication does.
type Released interface {
	Edition(slug string) (*publication.Edition, error)
}

// Practices begins good practices; package practice does.
type Practices interface {
	Begin(ctx context.Context, by people.AccountID, p practice.Practice) (practice.Practice, error)
}

// Pages are these pages. All fields are needed.
type Pages struct {
	*desk.Kit
	Stage     Stage
	Calls     Calls
	Sight     Sight
	Timetable Timetable
	Keeper    Keeper
	Released  Released
	Practices Practices
	Site      *web.Site
	Words     *i18n.Catalogue
}

// row is a route of these pages.
type row struct {
	name, method, pl, en string
	action               rights.Action
	object               rights.Object
	handle               web.Handler
}

// Routes are the addresses of these pages.
func (p *Pages) Routes() []web.Route {
	const get, post = http.MethodGet, http.MethodPost
	const callPL, callEN = "/{edition}/biurko/nabory/{call}/program", "/{edition}/desk/calls/{call}/programme"
	const onePL, oneEN = callPL + "/{submission}", callEN + "/{submission}"
	const slidesPL, slidesEN = "/{edition}/biurko/sesje/{session}/slajdy", "/{edition}/desk/sessions/{session}/slides"
	const minePL, mineEN = "/{edition}/moje-wystapienia", "/{edition}/my-talks"
	const publicPL, publicEN = "/{edition}/sesje/{session}/slajdy", "/{edition}/sessions/{session}/slides"
	const stage, slides, own, all = rights.PutOnStage, rights.ReadSlides, rights.OwnPart, rights.ReadProgramme
	const within, session = rights.WithinEdition, rights.SessionObject
	var routes []web.Route
	for _, r := range []row{
		{"desk.staging", get, callPL, callEN, stage, within, p.showStage},
		{"desk.staging.make", post, callPL, callEN, stage, within, p.makeSessions},
		{"desk.staging.off", post, onePL + "/zdjecie", oneEN + "/removal", stage, within, p.takeOff},
		{"desk.staging.practice", post, onePL + "/praktyka", oneEN + "/practice", rights.EditPractices, rights.WholeEdition, p.beginPractice},
		{"desk.staging.setting", get, callPL + "/ustawienia", callEN + "/settings", rights.SetCalls, within, p.showSetting},
		{"desk.staging.setting.save", post, callPL + "/ustawienia", callEN + "/settings", rights.SetCalls, within, p.takeSetting},
		{"desk.slides", get, "/{edition}/biurko/slajdy", "/{edition}/desk/slides", slides, within, p.showAllSlides},
		{"desk.session.slides", get, slidesPL, slidesEN, slides, session, p.showSlides},
		{"desk.session.slides.all", get, slidesPL + "/archiwum", slidesEN + "/archive", slides, session, p.sendArchive},
		{"desk.session.slides.file", get, slidesPL + "/{submission}", slidesEN + "/{submission}", slides, session, p.sendSlides},
		{"desk.session.slides.link", post, slidesPL + "/odnosnik", slidesEN + "/link", rights.EditProgramme, session, p.linkSlides},
		{"talks", get, minePL, mineEN, own, "", p.showTalks},
		{"talk", get, minePL + "/{submission}", mineEN + "/{submission}", own, "", p.showTalk},
		{"talk.slides", post, minePL + "/{submission}", mineEN + "/{submission}", own, "", p.takeSlides},
		{"talk.slides.file", get, minePL + "/{submission}/slajdy", mineEN + "/{submission}/slides", own, "", p.sendOwn},
		{"talk.slides.remove", post, minePL + "/{submission}/usuniecie", mineEN + "/{submission}/removal", own, "", p.removeSlides},
		{"talk.slides.share", post, minePL + "/{submission}/zgoda", mineEN + "/{submission}/consent", own, "", p.share},
		{"slides", get, publicPL, publicEN, all, "", p.showPublic},
		{"slides.file", get, publicPL + "/{submission}", publicEN + "/{submission}", all, "", p.sendPublic},
	} {
		route := web.Route{Name: r.name, Method: r.method, PL: r.pl, EN: r.en, Action: string(r.action), Object: string(r.object), Handle: r.handle}
		if r.action != all {
			route.Who = web.SignedIn
		}
		if r.name == "talk.slides" {
			route.Body = mostOfUpload
		}
		routes = append(routes, route)
	}
	return p.Offer(routes...)
}

// deskPage parses a page of the desk.
func deskPage[Data any](name string) web.Template[Data] {
	return desk.Parse[Data](templates, name, "pieces.html")
}

// page parses a page for whoever presents, or for everybody.
func page[Data any](name string) web.Template[Data] {
	return web.Parse[Data](templates, "templates/"+name)
}

// board is what stands around every page about one call.
type board struct {
	desk.Desk
	Call call.Call
}

// Sets says whether whoever looks may change the call.
func (b board) Sets() bool { return b.covers(rights.SetCalls) }

// Reads says whether whoever looks may read what was sent.
func (b board) Reads() bool { return b.covers(rights.ReadSent) }

// Stages says whether whoever looks may make sessions of what was sent.
func (b board) Stages() bool { return b.covers(rights.PutOnStage) }

func (b board) covers(a rights.Action) bool {
	if b.Call.Block == "" {
		return b.Scope(a).All()
	}
	return b.Scope(a).Block(b.Call.Block)
}

// board finds the call that the path names, if whoever asks may do a to it;
// call.ErrNoCall otherwise, which tells nothing.
func (p *Pages) board(r *http.Request, a rights.Action) (b board, err error) {
	if b.Desk, err = p.Desk(r, "desk.calls"); err != nil {
		return b, err
	}
	all, err := p.Calls.Calls(r.Context(), b.Edition.ID)
	if err != nil {
		return b, err
	}
	i := slices.IndexFunc(all, func(c call.Call) bool { return c.Slug == r.PathValue("call") })
	if i < 0 {
		return b, call.ErrNoCall
	}
	b.Call = all[i]
	switch err := b.Who.Decide(a, b.Call.Path(b.Tree)); {
	case errors.Is(err, rights.ErrBlind), errors.Is(err, rights.ErrConflict):
		return b, err // what others may know of, and nobody may open now
	case err != nil:
		return b, call.ErrNoCall
	}
	return b, nil
}
