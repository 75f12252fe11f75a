package feed

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humago"

	"obrady/internal/civil"
	"obrady/internal/errs"
	"obrady/internal/programme"
	"obrady/internal/publication"
	"obrady/internal/timetable"
	"obrady/internal/web"
)

// The licence of the programme data where an edition names none. The facts of
// a public programme may be used by everybody who says where they are from.
const (
	licence    = "CC-BY-4.0"
	licenceURL = "https://creativecommons.org/licenses/by/4.0/"
)

const (
	apiBase      = "/api/v1"
	largestLimit = 200
)

// InEdition is the part of every request that names the edition. It is
// exported, as Paging is, because the library fills exported fields alone.
type InEdition struct {
	Edition string `path:"edition" doc:"Address of the edition" example:"kpm-2021"`
}

// reply is an answer with the date of the last change.
type reply[T any] struct {
	LastModified string `header:"Last-Modified"`
	Link         string `header:"Link"`
	Body         T
}

func replyOf[T any](body T, changed time.Time) *reply[T] {
	r := &reply[T]{Body: body, Link: "<" + licenceURL + `>; rel="license"`}
	if !changed.IsZero() {
		r.LastModified = changed.UTC().Format(http.TimeFormat)
	}
	return r
}

// list is a whole list of things that are few.
type list[T any] struct {
	Licence string `json:"licence" doc:"SPDX name of the licence of these data"`
	Release int    `json:"release" doc:"Number of the release that these data are from"`
	Items   []T    `json:"items"`
}

// page is a part of a list of things that are many.
type page[T any] struct {
	Licence string `json:"licence" doc:"SPDX name of the licence of these data"`
	Release int    `json:"release" doc:"Number of the release that these data are from"`
	Total   int    `json:"total" doc:"How many there are in all"`
	Items   []T    `json:"items"`
	Next    string `json:"next,omitempty" doc:"Cursor of the next page; absent on the last one"`
}

// Paging asks for a page.
type Paging struct {
	Limit  int    `query:"limit" default:"50" doc:"Items on a page; more than 200 are answered with 200, less than 1 with 1"`
	Cursor string `query:"cursor" doc:"Where the last page ended, as its next says"`
}

var errCursor = errors.New("no page ended at this cursor")

// pageOf cuts a list after the item that the cursor names.
func pageOf[T any](all []T, ask Paging, key func(T) string) (items []T, next string, err error) {
	start := 0
	if ask.Cursor != "" {
		last, err := base64.RawURLEncoding.DecodeString(ask.Cursor)
		if err != nil {
			return nil, "", errCursor
		}
		if start = slices.IndexFunc(all, func(one T) bool { return key(one) == string(last) }) + 1; start == 0 {
			return nil, "", errCursor
		}
	}
	end := min(start+min(max(ask.Limit, 1), largestLimit), len(all))
	if end < len(all) {
		next = base64.RawURLEncoding.EncodeToString([]byte(key(all[end-1])))
	}
	return append([]T{}, all[start:end]...), next, nil
}

// problem turns an error of the house into an answer of the API (RFC 9457).
func problem(err error) error {
	switch errs.KindOf(err) {
	case errs.NotFound:
		return huma.Error404NotFound("There is no such thing in the published programme.")
	case errs.Internal, errs.Invalid, errs.Forbidden, errs.Conflict, errs.Unsupported, errs.TooLarge:
	}
	return huma.Error500InternalServerError("Something went wrong. Please try again.")
}

// in finds an edition with a published programme.
func (f *Feeds) in(slug string) (*publication.Edition, maker, error) {
	e, err := f.editionOf(slug)
	if err != nil {
		return nil, maker{}, problem(err)
	}
	if e.Release.Number == 0 {
		return nil, maker{}, problem(timetable.ErrNoRelease)
	}
	return e, maker{e, e.Programme, f.order(e, "")}, nil
}

func licenceOf(e *publication.Edition) string {
	if e.Licence != "" {
		return e.Licence
	}
	return licence
}

// operation is one row of the API.
type operation struct {
	name, path, summary string
	query               []string
	add                 func(huma.API, huma.Operation)
}

// register adds a handler under an operation.
func register[I, O any](handle func(context.Context, *I) (*O, error)) func(huma.API, huma.Operation) {
	return func(api huma.API, o huma.Operation) { huma.Register(api, o, handle) }
}

func (f *Feeds) operations() []operation {
	cursor := []string{"limit", "cursor"}
	const within = "/editions/{edition}"
	return []operation{
		{"listEditions", "/editions", "The editions of the congress", nil, register(f.listEditions)},
		{"getEdition", within, "One edition", nil, register(f.getEdition)},
		{"listBlocks", within + "/blocks", "The blocks of the programme", nil, register(listOf(f, maker.blocks))},
		{"listStages", within + "/stages", "The stages of partners", nil, register(listOf(f, maker.stages))},
		{"listPlaces", within + "/places", "Rooms, studios and online meetings", nil, register(listOf(f, maker.places))},
		{"listTaxonomies", within + "/taxonomies", "Goals, themes and paths", nil, register(listOf(f, maker.taxonomies))},
		{
			"listSessions", within + "/sessions", "Sessions with their hours",
			append(cursor, "block", "stage", "theme", "goal", "format", "language", "place", "day"), register(f.listSessions),
		},
		{"getSession", within + "/sessions/{session}", "One session", nil, register(f.getSession)},
		{"listPersons", within + "/persons", "The people who appear", cursor, register(f.listPersons)},
		{"listInstitutions", within + "/institutions", "Institutions in the programme", cursor, register(f.listInstitutions)},
		{"listReleases", within + "/releases", "Releases with what each of them changed", nil, register(listOf(f, maker.releases))},
	}
}

// newAPI builds the API and its description.
func (f *Feeds) newAPI() (huma.API, *http.ServeMux) {
	mux := http.NewServeMux()
	config := huma.Config{
		OpenAPI: &huma.OpenAPI{
			OpenAPI: "3.1.0",
			Info: &huma.Info{
				Title: "Obrady", Version: "1",
				Description: "The published programme of the congress, for reading. Texts come in Polish, which is binding, " +
					"and in English where there is a translation.",
				License: &huma.License{Name: licence, Identifier: licence},
			},
			Components: &huma.Components{Schemas: huma.NewMapRegistry("#/components/schemas/", huma.DefaultSchemaNamer)},
		},
		Formats: map[string]huma.Format{"application/json": huma.DefaultJSONFormat, "json": huma.DefaultJSONFormat}, DefaultFormat: "application/json",
	}
	api := humago.New(mux, config)
	for _, o := range f.operations() {
		o.add(api, huma.Operation{
			OperationID: o.name, Method: http.MethodGet, Path: apiBase + o.path, Summary: o.summary,
			Errors: []int{http.StatusNotFound, http.StatusUnprocessableEntity},
		})
	}
	return api, mux
}

// apiRoutes puts every operation into the table of the house, where answers
// are kept, packed and compared like all that is public.
func (f *Feeds) apiRoutes() []web.Route {
	api, mux := f.newAPI()
	serve := func(w http.ResponseWriter, r *http.Request) error {
		mux.ServeHTTP(w, r)
		return nil
	}
	var routes []web.Route
	for _, o := range f.operations() {
		generation := f.generation
		if !strings.Contains(o.path, "{edition}") {
			generation = f.everything
		}
		routes = append(routes, web.Route{
			Name: "api." + o.name, Path: apiBase + o.path, Action: action, Public: true, CORS: true, Query: o.query,
			Generation: generation, Handle: serve,
		})
	}
	return append(routes, web.Route{
		Name: "api.description", Path: apiBase + "/openapi.json", Action: action, Public: true, CORS: true,
		Generation: func(*http.Request) (string, bool) { return "1", true },
		Handle: func(w http.ResponseWriter, _ *http.Request) error {
			w.Header().Set("Content-Type", "application/openapi+json")
			return json.NewEncoder(w).Encode(api.OpenAPI())
		},
	}, web.Route{
		Name: "api.unknown", Path: apiBase + "/{rest...}", Action: action, CORS: true,
		Handle: func(w http.ResponseWriter, _ *http.Request) error {
			w.Header().Set("Content-Type", "application/problem+json")
			w.WriteHeader(http.StatusNotFound)
			return json.NewEncoder(w).Encode(problem(timetable.ErrNoRelease))
		},
	})
}

// everything names the state of all editions together.
func (f *Feeds) everything(*http.Request) (string, bool) {
	state := f.Desk.Current()
	return state.Generation, state.Generation != ""
}

func (f *Feeds) listEditions(_ context.Context, _ *struct{}) (*reply[list[apiEdition]], error) {
	answer := list[apiEdition]{Licence: licence, Items: []apiEdition{}}
	var changed time.Time
	for _, e := range f.Desk.Current().Editions {
		m := maker{e, e.Programme, f.order(e, "")}
		answer.Items = append(answer.Items, m.edition())
		if at := (view{Edition: e}).modified(); at.After(changed) {
			changed = at
		}
	}
	return replyOf(answer, changed), nil
}

func (f *Feeds) getEdition(_ context.Context, in *InEdition) (*reply[apiEdition], error) {
	e, err := f.editionOf(in.Edition)
	if err != nil {
		return nil, problem(err)
	}
	return replyOf(maker{e, e.Programme, f.order(e, "")}.edition(), view{Edition: e}.modified()), nil
}

// listOf makes a handler of a list that is sent whole.
func listOf[T any](f *Feeds, make func(maker) []T) func(context.Context, *InEdition) (*reply[list[T]], error) {
	return func(_ context.Context, in *InEdition) (*reply[list[T]], error) {
		e, m, err := f.in(in.Edition)
		if err != nil {
			return nil, err
		}
		return replyOf(list[T]{licenceOf(e), e.Release.Number, make(m)}, view{Edition: e}.modified()), nil
	}
}

// sessionFilter chooses sessions; empty fields choose all.
type sessionFilter struct {
	InEdition
	Paging
	Block    string `query:"block" doc:"Address of a block; the blocks inside it count"`
	Stage    string `query:"stage" doc:"Address of a stage"`
	Theme    string `query:"theme" doc:"Address of a theme"`
	Goal     string `query:"goal" doc:"Address of a goal"`
	Format   string `query:"format" doc:"Format of the session" example:"workshop"`
	Language string `query:"language" doc:"Code of a spoken language" example:"pl"`
	Place    string `query:"place" doc:"Address of a place"`
	Day      string `query:"day" doc:"A day of the congress; the hours after midnight belong to the evening before" example:"2021-06-07"`
}

func (f *Feeds) listSessions(_ context.Context, in *sessionFilter) (*reply[page[apiSession]], error) {
	e, m, err := f.in(in.Edition)
	if err != nil {
		return nil, err
	}
	var chosen []*programme.Session
	for i := range m.x.Sessions {
		if s := &m.x.Sessions[i]; m.fits(s, in) {
			chosen = append(chosen, s)
		}
	}
	items, next, err := pageOf(chosen, in.Paging, func(s *programme.Session) string { return s.Slug })
	if err != nil {
		return nil, huma.Error422UnprocessableEntity(err.Error())
	}
	answer := page[apiSession]{licenceOf(e), e.Release.Number, len(chosen), []apiSession{}, next}
	for _, s := range items {
		answer.Items = append(answer.Items, m.session(s))
	}
	return replyOf(answer, view{Edition: e}.modified()), nil
}

// fits says whether a session is what the filter asks for.
func (m maker) fits(s *programme.Session, in *sessionFilter) bool {
	x := m.x
	block := x.BlockAt(in.Block)
	switch {
	case in.Block != "" && (block == nil || !x.Within(s.Block, block.ID)),
		in.Stage != "" && (x.Stage(s.Stage) == nil || x.Stage(s.Stage).Slug != in.Stage),
		in.Format != "" && string(s.Format) != in.Format,
		in.Language != "" && !slices.Contains(s.Languages, in.Language),
		in.Theme != "" && !m.hasTerm(s, "theme", in.Theme),
		in.Goal != "" && !m.hasTerm(s, "goal", in.Goal):
		return false
	}
	if in.Place == "" && in.Day == "" {
		return true
	}
	return slices.ContainsFunc(x.SlotsOf(s.ID), func(slot timetable.Slot) bool {
		here := in.Place == "" || x.Place(slot.Place) != nil && x.Place(slot.Place).Slug == in.Place
		return here && (in.Day == "" || timetable.DayOf(slot.Start, x.Zone) == civil.Date(in.Day))
	})
}

func (m maker) hasTerm(s *programme.Session, kind, slug string) bool {
	for _, id := range s.Terms {
		if term, taxonomy := m.x.Term(id); term != nil && string(taxonomy.Kind) == kind && term.Slug == slug {
			return true
		}
	}
	return false
}

func (f *Feeds) getSession(_ context.Context, in *struct {
	InEdition
	Session string `path:"session" doc:"Address of the session"`
},
) (*reply[apiSession], error) {
	e, m, err := f.in(in.Edition)
	if err != nil {
		return nil, err
	}
	s := m.x.SessionAt(in.Session)
	if s == nil {
		return nil, problem(programme.ErrNoSession)
	}
	return replyOf(m.session(s), view{Edition: e}.modified()), nil
}

// asked is a request for a page of an edition.
type asked struct {
	InEdition
	Paging
}

func (f *Feeds) listPersons(_ context.Context, in *asked) (*reply[page[apiPerson]], error) {
	e, m, err := f.in(in.Edition)
	if err != nil {
		return nil, err
	}
	return paged(e, m.persons(), in.Paging, func(p apiPerson) string { return p.Slug })
}

func (f *Feeds) listInstitutions(_ context.Context, in *asked) (*reply[page[apiInstitution]], error) {
	e, m, err := f.in(in.Edition)
	if err != nil {
		return nil, err
	}
	return paged(e, m.institutions(), in.Paging, func(i apiInstitution) string { return i.Slug })
}

func paged[T any](e *publication.Edition, all []T, ask Paging, key func(T) string) (*reply[page[T]], error) {
	items, next, err := pageOf(all, ask, key)
	if err != nil {
		return nil, huma.Error422UnprocessableEntity(err.Error())
	}
	return replyOf(page[T]{licenceOf(e), e.Release.Number, len(all), items, next}, view{Edition: e}.modified()), nil
}

func numberOf(r timetable.Release) string { return fmt.Sprint(r.Number) }
