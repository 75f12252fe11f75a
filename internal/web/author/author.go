// Package author is where people answer a call: they read what is asked, write and
// send it in alone or with others, see where it stands, and take it back. What they
// type is never lost: not to a deadline, not to a second window, not to a
// co-author who was faster.
package author

import (
	"context"
	"embed"
	"net/http"
	"slices"
	"time"

	"obrady/internal/call"
	"obrady/internal/consent"
	"obrady/internal/edition"
	"obrady/internal/form"
	"obrady/internal/people"
	"obrady/internal/publication"
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
	Time(ctx context.Context) (time.Time, error)
	Calls(ctx context.Context, in edition.ID) ([]call.Call, error)
	Call(ctx context.Context, in edition.ID, slug string) (call.Call, error)
	Questions(ctx context.Context, of call.ID, version int) ([]form.Question, error)
	Extensions(ctx context.Context, of call.ID) ([]call.Extension, error)
	Begin(ctx context.Context, b call.Beginning) (call.Submission, error)
	Keep(ctx context.Context, by people.AccountID, typed call.Submission) (call.Submission, error)
	Send(ctx context.Context, m call.Sending) (call.Submission, error)
	Mine(ctx context.Context, in edition.ID, who people.AccountID) ([]call.Submission, error)
	Work(ctx context.Context, in edition.ID, who people.AccountID, code string) (call.Work, error)
	Takes(ctx context.Context, w call.Work) error
	Behind(ctx context.Context, who people.AccountID, submission call.SubmissionID) (call.Identity, error)
	History(ctx context.Context, who people.AccountID, submission call.SubmissionID) ([]call.Step, error)
	Discard(ctx context.Context, by people.AccountID, submission call.SubmissionID) error
	Go(ctx context.Context, step call.Step) error
	SaveContributor(ctx context.Context, by people.AccountID, c call.Contributor) (call.Contributor, error)
	RemoveContributor(ctx context.Context, by people.AccountID, c call.Contributor) error
	RaiseContributor(ctx context.Context, by people.AccountID, c call.Contributor) error
	Invite(ctx context.Context, by people.AccountID, c call.Contributor) error
	Invitation(ctx context.Context, token string) (call.Invitation, error)
	Reply(ctx context.Context, token string, reply call.Answer, account people.AccountID) error
	Traces(ctx context.Context, submission call.SubmissionID) ([]call.Trace, error)
}

// Editions says which editions the public sees; package publication does.
type Editions interface {
	Edition(slug string) (*publication.Edition, error)
}

// Consents is what these pages ask of package consent.
type Consents interface {
	Notice(ctx context.Context, of edition.ID) (consent.Notice, error)
}

// People knows who works for which institution; package people does.
type People interface {
	Members(ctx context.Context) ([]people.Member, error)
	Institutions(ctx context.Context) ([]people.Institution, error)
}

// Pages are the pages of authors. All fields are needed.
type Pages struct {
	*desk.Kit
	Calls     Calls
	Published Editions
	Consents  Consents
	People    People
	Files     Files
}

// Routes are the addresses of these pages.
func (p *Pages) Routes() []web.Route {
	return p.Offer(slices.Concat(p.publicRoutes(), p.ownRoutes())...)
}

func (p *Pages) publicRoutes() []web.Route {
	const pl, en = "/{edition}/nabory", "/{edition}/calls"
	routes := []web.Route{
		{Name: "calls", PL: pl, EN: en, Action: string(rights.ReadProgramme), Handle: p.showCalls},
		{Name: "call", PL: pl + "/{call}", EN: en + "/{call}", Action: string(rights.ReadProgramme), Handle: p.showCall},
		{Name: "contributor", PL: "/wspoltworca/{token}", EN: "/contributor/{token}", Action: string(rights.AnswerInvitation), Handle: p.showInvitation},
		{
			Name: "contributor.answer", Method: http.MethodPost, PL: "/wspoltworca/{token}", EN: "/contributor/{token}",
			Action: string(rights.AnswerInvitation), Handle: p.answerInvitation,
		},
	}
	for i := range routes {
		if routes[i].Method == "" {
			routes[i].Method = http.MethodGet
		}
	}
	return routes
}

func (p *Pages) ownRoutes() (all []web.Route) {
	const get, post = http.MethodGet, http.MethodPost
	const pl, en = "/{edition}/moje-zgloszenia", "/{edition}/my-submissions"
	const onePL, oneEN = pl + "/{submission}", en + "/{submission}"
	const whoPL, whoEN = onePL + "/wspoltworcy", oneEN + "/contributors"
	for _, r := range []struct {
		name, method, pl, en string
		handle               web.Handler
	}{
		{"call.begin", post, "/{edition}/nabory/{call}", "/{edition}/calls/{call}", p.begin},
		{"submissions", get, pl, en, p.showMine},
		{"submission", get, onePL, oneEN, p.showSubmission},
		{"submission.send", post, onePL, oneEN, p.takeSubmission},
		{"submission.step", post, onePL + "/stan", oneEN + "/state", p.takeStep},
		{"submission.files", post, onePL + "/pliki", oneEN + "/files", p.takeFile},
		{"submission.file", get, onePL + "/pliki/{file}", oneEN + "/files/{file}", p.sendFile},
		{"submission.file.remove", post, onePL + "/pliki/{file}", oneEN + "/files/{file}", p.removeFile},
		{"submission.contributors", get, whoPL, whoEN, p.showContributors},
		{"submission.contributors.add", post, whoPL, whoEN, p.takeContributor},
		{"submission.contributor", get, whoPL + "/{contributor}", whoEN + "/{contributor}", p.showContributor},
		{"submission.contributor.save", post, whoPL + "/{contributor}", whoEN + "/{contributor}", p.takeContributor},
	} {
		body := int64(desk.MostOfForm)
		if r.name == "submission.files" {
			body = mostOfUpload
		}
		all = append(all, web.Route{
			Name: r.name, Method: r.method, PL: r.pl, EN: r.en, Action: string(rights.Submit), Who: web.SignedIn, Body: body,
			Query: queries[r.name], Handle: r.handle,
		})
	}
	return all
}

// queries are the parameters that count, by route.
var queries = map[string][]string{"submission": {"draft"}}

func me(r *http.Request) people.AccountID { return people.AccountID(web.Account(r)) }

// parse parses a page with the fragments that these pages use.
func parse[Data any](name string) web.Template[Data] {
	return web.Parse[Data](templates, "templates/"+name, "templates/parts.html")
}

// around is what every page inside an edition has.
type around struct {
	Edition *publication.Edition
	Now     time.Time // by which calls open and close
}

func (p *Pages) around(r *http.Request) (a around, err error) {
	if a.Edition, err = p.Published.Edition(r.PathValue("edition")); err != nil {
		return a, err
	}
	a.Now, err = p.Calls.Time(r.Context())
	return a, err
}

// offices lists the institutions on whose behalf somebody may send something in.
func (p *Pages) offices(r *http.Request) (mine []people.Institution, err error) {
	if me(r) == "" {
		return nil, nil
	}
	members, err := p.People.Members(r.Context())
	if err != nil {
		return nil, err
	}
	all, err := p.People.Institutions(r.Context())
	for _, i := range all {
		if slices.ContainsFunc(members, func(m people.Member) bool { return m.Account == me(r) && m.Institution == i.ID }) {
			mine = append(mine, i)
		}
	}
	return mine, err
}
