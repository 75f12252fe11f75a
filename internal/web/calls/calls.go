// Package calls is the part of the desk where organisers ask for submissions: they
// write a call and its form, publish and extend it, check what was sent, return it
// for completion, merge what came twice and move what went astray.
package calls

import (
	"context"
	"embed"
	"errors"
	"net/http"
	"slices"
	"time"

	"obrady/internal/attachment"
	"obrady/internal/call"
	"obrady/internal/edition"
	"obrady/internal/form"
	"obrady/internal/i18n"
	"obrady/internal/people"
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

// Calls is what these pages ask of package call.
type Calls interface {
	Time(ctx context.Context) (time.Time, error)
	Calls(ctx context.Context, in edition.ID) ([]call.Call, error)
	Save(ctx context.Context, by people.AccountID, c call.Call) (call.Call, error)
	Questions(ctx context.Context, of call.ID, version int) ([]form.Question, error)
	Ask(ctx context.Context, by people.AccountID, of call.ID, version form.Version) (form.Version, error)
	Publish(ctx context.Context, by people.AccountID, of call.ID) error
	Extend(ctx context.Context, by people.AccountID, of call.ID, to call.Extension) error
	Extensions(ctx context.Context, of call.ID) ([]call.Extension, error)
	Cancel(ctx context.Context, by people.AccountID, of call.ID) error
	Archive(ctx context.Context, by people.AccountID, of call.ID) error
	Codes(ctx context.Context, of call.ID) ([]call.Code, error)
	MakeCode(ctx context.Context, by people.AccountID, c call.Code) (call.Code, error)
	RevokeCode(ctx context.Context, by people.AccountID, c call.Code) error
	Sent(ctx context.Context, of call.ID) ([]call.Submission, error)
	Listed(ctx context.Context, of call.ID) ([]call.Submission, error)
	SentBy(ctx context.Context, some []call.SubmissionID) (map[call.SubmissionID]call.Identity, error)
	One(ctx context.Context, of call.ID, code string) (call.Submission, []call.Step, error)
	Traces(ctx context.Context, submission call.SubmissionID) ([]call.Trace, error)
	Check(ctx context.Context, f call.Finding) error
	Merge(ctx context.Context, m call.Merging) error
	Transfer(ctx context.Context, by people.AccountID, submission call.SubmissionID, to call.ID) error
}

// Timetable knows the blocks in which calls stand.
type Timetable interface {
	Working(ctx context.Context, of edition.ID) (*timetable.Programme, error)
}

// Looks notes who took other people's data away, and why.
type Looks interface {
	Look(ctx context.Context, l rights.Look) error
}

// Files is what these pages ask of package attachment.
type Files interface {
	Of(ctx context.Context, submission call.SubmissionID) ([]attachment.Attachment, error)
	Open(ctx context.Context, submission call.SubmissionID, file attachment.ID) (attachment.Attachment, []byte, error)
}

// Sight says which submissions of a call somebody must not open because of a
// conflict of interest.
type Sight interface {
	Conflicted(ctx context.Context, by people.AccountID, of call.ID) (map[call.SubmissionID]bool, error)
}

// Pages are the pages about calls at the desk. All fields but Sight are needed.
type Pages struct {
	*desk.Kit
	Calls     Calls
	Timetable Timetable
	Register  Register
	Looks     Looks
	Files     Files
	Words     *i18n.Catalogue
	Sight     Sight // nil: nobody is kept from anything
}

// Register knows institutions by id; package people does.
type Register interface {
	Institutions(ctx context.Context) ([]people.Institution, error)
}

// Routes are the addresses of these pages.
func (p *Pages) Routes() []web.Route {
	all := p.kind().Routes(p.Kit)
	const get, post = http.MethodGet, http.MethodPost
	const onePL, oneEN = "/zgloszenia/{submission}", "/submissions/{submission}"
	for _, r := range []struct {
		name, method, pl, en string
		action               rights.Action
		handle               web.Handler
	}{
		{"desk.call.form", get, "/formularz", "/form", rights.SetCalls, p.showForm},
		{"desk.call.form.save", post, "/formularz", "/form", rights.SetCalls, p.takeForm},
		{"desk.call.state", get, "/stan", "/state", rights.SetCalls, p.showState},
		{"desk.call.state.change", post, "/stan", "/state", rights.SetCalls, p.takeState},
		{"desk.call.extend", post, "/przedluzenie", "/extension", rights.SetCalls, p.takeExtension},
		{"desk.call.code", post, "/kody", "/codes", rights.SetCalls, p.takeCode},
		{"desk.submissions", get, "/zgloszenia", "/submissions", rights.ReadSent, p.showSent},
		{"desk.submissions.pass", post, "/zgloszenia", "/submissions", rights.CheckSent, p.passTogether},
		{"desk.submissions.export", get, "/eksport", "/export", rights.ExportSent, p.askExport},
		{"desk.submissions.exported", post, "/eksport", "/export", rights.ExportSent, p.export},
		{"desk.submission", get, onePL, oneEN, rights.ReadSent, p.showOne},
		{"desk.submission.file", get, onePL + "/pliki/{file}", oneEN + "/files/{file}", rights.ReadSent, p.sendFile},
		{"desk.submission.check", post, onePL, oneEN, rights.CheckSent, p.takeCheck},
		{"desk.submission.merge", post, onePL + "/polaczenie", oneEN + "/merger", rights.CheckSent, p.takeMerger},
		{"desk.submission.move", post, onePL + "/przeniesienie", oneEN + "/transfer", rights.CheckSent, p.takeTransfer},
	} {
		all = append(all, web.Route{
			Name: r.name, Method: r.method, PL: "/{edition}/biurko/nabory/{call}" + r.pl, EN: "/{edition}/desk/calls/{call}" + r.en,
			Action: string(r.action), Object: string(rights.WithinEdition), Who: web.SignedIn, Query: queries[r.name], Body: desk.MostOfForm,
			Handle: r.handle,
		})
	}
	return p.Offer(all...)
}

// queries are the parameters that count, by route.
var queries = map[string][]string{"desk.submissions": {"state", "path", "format", "words", "page"}}

// parse parses a page with the fragments that these pages use.
func parse[Data any](name string) web.Template[Data] {
	return desk.Parse[Data](templates, name, "pieces.html")
}

// board is what stands around every page about one call.
type board struct {
	desk.Desk
	Call call.Call
	Now  time.Time
	All  []call.Call // of the edition that whoever looks has to do with
}

// Phase is where the call stands.
func (b board) Phase() call.Phase { return b.Call.Phase(b.Now) }

// Is says whether the call stands in that phase.
func (b board) Is(phase string) bool { return string(b.Phase()) == phase }

// Checks says whether whoever looks may judge formally here.
func (b board) Checks() bool { return covers(b.Desk, rights.CheckSent, b.Call) }

// Sets says whether whoever looks may change the call.
func (b board) Sets() bool { return covers(b.Desk, rights.SetCalls, b.Call) }

// Reads says whether whoever looks may read what was sent.
func (b board) Reads() bool { return covers(b.Desk, rights.ReadSent, b.Call) }

// Stages says whether whoever looks may put what was accepted into the programme.
func (b board) Stages() bool { return covers(b.Desk, rights.PutOnStage, b.Call) }

// Exports says whether whoever looks may take the list away.
func (b board) Exports() bool { return covers(b.Desk, rights.ExportSent, b.Call) }

// covers says whether somebody may do a to the call.
func covers(d desk.Desk, a rights.Action, c call.Call) bool {
	if c.Block == "" {
		return d.Scope(a).All()
	}
	return d.Scope(a).Block(c.Block)
}

// board finds the call that the path names, if whoever asks may do a to it;
// call.ErrNoCall otherwise, which tells nothing.
func (p *Pages) board(r *http.Request, a rights.Action) (b board, err error) {
	if b.Desk, err = p.Desk(r, "desk.calls"); err != nil {
		return b, err
	}
	if b.Now, err = p.Calls.Time(r.Context()); err != nil {
		return b, err
	}
	if b.All, err = p.Calls.Calls(r.Context(), b.Edition.ID); err != nil {
		return b, err
	}
	i := slices.IndexFunc(b.All, func(c call.Call) bool { return c.Slug == r.PathValue("call") })
	if i < 0 {
		return b, call.ErrNoCall
	}
	b.Call = b.All[i]
	switch err := b.Who.Decide(a, b.Call.Path(b.Tree)); {
	case errors.Is(err, rights.ErrBlind), errors.Is(err, rights.ErrConflict):
		return b, err // what others may know of, and nobody may open now
	case err != nil:
		return b, call.ErrNoCall
	}
	b.All = slices.DeleteFunc(b.All, func(c call.Call) bool { return !covers(b.Desk, a, c) })
	return b, nil
}
