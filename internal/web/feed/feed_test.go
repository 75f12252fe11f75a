package feed

import (
	"encoding/json"
	"encoding/xml"
	"log/slog"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"obrady/internal/db"
	"obrady/internal/db/dbtest"
	"obrady/internal/edition"
	"obrady/internal/export"
	"obrady/internal/i18n"
	"obrady/internal/people"
	"obrady/internal/programme"
	"obrady/internal/publication"
	"obrady/internal/timetable"
	"obrady/internal/web"
	"obrady/internal/web/webtest"
)

func must[T any](t testing.TB) func(v T, err error) T {
	t.Helper()
	return func(v T, err error) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
}

func blank(http.ResponseWriter, *http.Request) error { return nil }

// stands are the pages of visitors to which files lead.
func stands() []web.Route {
	row := func(name, pl, en string) web.Route {
		return web.Route{Name: name, PL: pl, EN: en, Action: action, Handle: blank}
	}
	return []web.Route{
		row("edition", "/{edition}", "/{edition}"), row("session", "/{edition}/sesje/{session}", "/{edition}/sessions/{session}"),
		row("stage", "/{edition}/sceny/{stage}", "/{edition}/stages/{stage}"),
		row("block", "/{edition}/bloki/{block}", "/{edition}/blocks/{block}"),
	}
}

// newSite is a congress of three sessions in one release, and an edition that
// has none yet.
func newSite(t *testing.T) *web.Site {
	t.Helper()
	d := dbtest.New(t, db.SQLite)
	fill(t, d)
	desk := publication.New(d, timetable.NewService(d, time.Now), slog.New(slog.DiscardHandler))
	if err := desk.Refresh(t.Context()); err != nil {
		t.Fatal(err)
	}
	config := webtest.Config(t, Locale, export.Locale, people.Locale, edition.Locale, programme.Locale, timetable.Locale)
	config.BaseURL = "https://kongres.example"
	feeds := &Feeds{Desk: desk, Archive: timetable.NewService(d, time.Now), Words: config.Catalogue}
	site := webtest.Site(t, config, append(stands(), feeds.Routes()...)...)
	feeds.Site = site
	return site
}

func fill(t *testing.T, d *db.DB) {
	t.Helper()
	now := func() time.Time { return webtest.Noon }
	ctx, e, p, w := t.Context(), edition.NewService(d, now), programme.NewService(d, now), timetable.NewService(d, now)
	kpm := edition.Edition{
		Slug: "kpm-2021", Name: i18n.Text{PL: "III Kongres", EN: "3rd Congress"}, StartsOn: "2021-06-07", EndsOn: "2021-06-08",
		TimeZone: "Europe/Warsaw", Form: edition.Hybrid, Public: true,
	}
	next := kpm
	next.Slug, next.StartsOn, next.EndsOn = "kpm-2023", "2023-06-07", "2023-06-08"
	kpm = must[edition.Edition](t)(e.Save(ctx, "desk", kpm))
	must[edition.Edition](t)(e.Save(ctx, "desk", next))
	anna := must[people.Person](t)(people.NewService(d, now).SavePerson(ctx, "desk", people.Person{Slug: "anna-nowak", Name: "Anna Nowak"}))
	block := must[programme.Block](t)(p.SaveBlock(ctx, "desk", programme.Block{
		Edition: kpm.ID, Slug: "panele", Kind: programme.General, Name: i18n.Text{PL: "Panele"}, Mark: "P", Colour: 1,
	}))
	stage := must[programme.Stage](t)(p.SaveStage(ctx, "desk", programme.Stage{
		Edition: kpm.ID, Slug: "metropolia", Name: i18n.Text{PL: "Metropolia"}, Mark: "M", Colour: 2,
	}))
	hall := must[timetable.Place](t)(w.SavePlace(ctx, "desk", timetable.Place{
		Edition: kpm.ID, Slug: "sala-1", Kind: timetable.Hall, Name: i18n.Text{PL: "Sala 1"},
	}))
	for i, slug := range []string{"pierwsza", "druga", "trzecia"} {
		s := programme.Session{
			Edition: kpm.ID, Slug: slug, Block: block.ID, Title: i18n.Text{PL: "Sesja " + slug}, Format: programme.Panel,
			Form: edition.OnSite, Status: programme.Ready, Languages: []string{"pl"},
			People: []programme.Appearance{{Person: anna.ID, Role: programme.Moderator}},
		}
		if i == 0 {
			s.Stage, s.Format = stage.ID, programme.Workshop
		}
		s = must[programme.Session](t)(p.SaveSession(ctx, "desk", s))
		start := time.Date(2021, 6, 7, 8+2*i, 0, 0, 0, time.UTC)
		must[timetable.Slot](t)(w.SaveSlot(ctx, "desk", timetable.Slot{Session: s.ID, Place: hall.ID, Start: start, End: start.Add(time.Hour)}))
	}
	must[timetable.Release](t)(w.Publish(ctx, timetable.Order{Edition: kpm.ID, Name: i18n.Both("Wersja 1"), Scope: timetable.Scope{Kind: timetable.Whole}, By: "desk"}))
}

func TestFilesAnswerWithTheirTypeAndKnowWhenNothingHasChanged(t *testing.T) {
	site := newSite(t)
	for path, want := range map[string]struct{ kind, holds string }{
		"/kpm-2021/schedule.xml":                     {typeXML, "<title>Sesja pierwsza</title>"},
		"/kpm-2021/schedule.xml?lang=en":             {typeXML, "<title>3rd Congress</title>"},
		"/kpm-2021/schedule.json":                    {typeJSON, `"Sesja pierwsza"`},
		"/kpm-2021/schedule/v/1.xml":                 {typeXML, "<version>Wersja 1</version>"},
		"/kpm-2021/schedule/v/wersja-1.xml":          {typeXML, "<version>Wersja 1</version>"},
		"/kpm-2021/calendar.ics":                     {typeCalendar, "SUMMARY:Sesja druga"},
		"/kpm-2021/blocks/panele.ics":                {typeCalendar, "SUMMARY:Sesja druga"},
		"/kpm-2021/stages/metropolia.ics":            {typeCalendar, "SUMMARY:Sesja pierwsza"},
		"/kpm-2021/sessions/druga.ics":               {typeCalendar, "SUMMARY:Sesja druga"},
		"/kpm-2021/changes.atom":                     {typeAtom, `xml:lang="pl"`},
		"/kpm-2021/changes.atom?lang=en":             {typeAtom, `xml:lang="en"`},
		"/kpm-2021/programme.csv":                    {typeCSV, "Sesja trzecia"},
		"/kpm-2021/programme.xlsx":                   {typeXLSX, "PK"},
		"/kpm-2021/event.jsonld":                     {typeLD, "schema.org"},
		"/kpm-2021/event.jsonld?session=druga":       {typeLD, "Sesja druga"},
		"/pl/kpm-2021/osadz/scena/metropolia":        {"text/html; charset=utf-8", "Sesja pierwsza"},
		"/en/kpm-2021/embed/block/panele":            {"text/html; charset=utf-8", "The whole programme"},
		"/api/v1/editions":                           {"application/json", `"kpm-2021"`},
		"/api/v1/editions/kpm-2021/sessions?limit=1": {"application/json", `"total":3`},
		"/api/v1/openapi.json":                       {"application/openapi+json", `"3.1.0"`},
	} {
		t.Run(path, func(t *testing.T) {
			got := webtest.Get(site, path)
			if got.Code != http.StatusOK || got.Header().Get("Content-Type") != want.kind || !strings.Contains(got.Body.String(), want.holds) {
				t.Fatalf("%d %s\n%.500s\nwant %s with %q", got.Code, got.Header().Get("Content-Type"), got.Body, want.kind, want.holds)
			}
			tag := got.Header().Get("ETag")
			if again := webtest.Get(site, path, "If-None-Match", tag); tag == "" || again.Code != http.StatusNotModified {
				t.Errorf("with its ETag %q: %d, want 304", tag, again.Code)
			}
			if !strings.HasPrefix(path, "/pl") && !strings.HasPrefix(path, "/en") && got.Header().Get("Access-Control-Allow-Origin") != "*" {
				t.Error("a script of another site cannot read it")
			}
		})
	}
}

func TestWhatIsNotThereIsNotFound(t *testing.T) {
	site := newSite(t)
	for _, path := range []string{
		"/kpm-1999/schedule.xml", "/kpm-2023/schedule.xml", "/kpm-2021/schedule/v/9.xml", "/kpm-2021/schedule/v/1.json",
		"/kpm-2021/blocks/brak.ics", "/kpm-2021/blocks/panele", "/kpm-2021/stages/brak.ics", "/kpm-2021/sessions/brak.ics",
		"/kpm-2021/event.jsonld?session=brak", "/pl/kpm-2021/osadz/scena/brak", "/pl/kpm-2021/osadz/sala/sala-1",
		"/oembed?url=https://other.example/pl/kpm-2021/sesje/druga", "/oembed?url=https://kongres.example/pl/kpm-2021/sesje/brak", "/oembed",
	} {
		if got := webtest.Get(site, path); got.Code != http.StatusNotFound {
			t.Errorf("%s: %d, want 404", path, got.Code)
		}
	}
	for _, path := range []string{
		"/api/v1/nic", "/api/v1/editions/brak", "/api/v1/editions/kpm-2023/sessions", "/api/v1/editions/kpm-2021/sessions/brak",
	} {
		got := webtest.Get(site, path)
		if got.Code != http.StatusNotFound || got.Header().Get("Content-Type") != "application/problem+json" {
			t.Errorf("%s: %d %s, want a problem 404", path, got.Code, got.Header().Get("Content-Type"))
		}
	}
}

func TestAgendaIsNobodyElses(t *testing.T) {
	got := webtest.Get(newSite(t), "/kpm-2021/agenda.ics?sesje=druga,brak,trzecia")
	if strings.Count(got.Body.String(), "BEGIN:VEVENT") != 2 || got.Header().Get("Cache-Control") != "private, no-cache" {
		t.Errorf("%d, %q\n%s", got.Code, got.Header().Get("Cache-Control"), got.Body)
	}
}

func TestOEmbedMakesCards(t *testing.T) {
	site := newSite(t)
	var card export.OEmbed
	get := func(address, more string) string {
		return webtest.Get(site, "/oembed?url="+url.QueryEscape("https://kongres.example"+address)+more).Body.String()
	}
	if err := json.Unmarshal([]byte(get("/pl/kpm-2021/sesje/druga", "&maxwidth=200")), &card); err != nil || card.Width != 200 || card.Title != "Sesja druga" {
		t.Errorf("card of a session = %+v, %v", card, err)
	}
	if err := xml.Unmarshal([]byte(get("/en/kpm-2021/stages/metropolia", "&format=xml")), &card); err != nil ||
		!strings.Contains(card.HTML, `src="https://kongres.example/en/kpm-2021/embed/stage/metropolia"`) {
		t.Errorf("card of a stage = %+v, %v", card, err)
	}
	if got := webtest.Get(site, "/oembed?url=x&format=yaml"); got.Code != http.StatusNotImplemented {
		t.Errorf("another format: %d, want 501", got.Code)
	}
}

func TestOnlyEmbedsMayBeFramed(t *testing.T) {
	site := newSite(t)
	embed := webtest.Get(site, "/pl/kpm-2021/osadz/blok/panele").Header().Get("Content-Security-Policy")
	if !strings.HasSuffix(embed, "frame-ancestors *") || !strings.HasPrefix(embed, "default-src 'none'") {
		t.Errorf("policy of an embed = %s", embed)
	}
	webtest.CheckTemplates(t, embedTemplate)
}

func TestPagesOfAListLeadThroughAllOfIt(t *testing.T) {
	site := newSite(t)
	var seen []string
	for path := "/api/v1/editions/kpm-2021/sessions?limit=2"; path != ""; {
		var got page2
		if err := json.Unmarshal(webtest.Get(site, path).Body.Bytes(), &got); err != nil {
			t.Fatal(err)
		}
		for _, s := range got.Items {
			seen = append(seen, s.Slug)
		}
		if path = ""; got.Next != "" {
			path = "/api/v1/editions/kpm-2021/sessions?limit=2&cursor=" + got.Next
		}
	}
	if strings.Join(seen, " ") != "druga pierwsza trzecia" {
		t.Errorf("sessions = %v, want each once", seen)
	}
	for query, want := range map[string]int{
		"limit=9999": 200, "limit=abc": 422, "cursor=zzz": 422, "format=workshop": 1, "block=panele": 3, "block=brak": 0, "stage=metropolia": 1,
		"day=2021-06-07": 3, "day=2021-06-08": 0, "place=sala-1&language=pl": 3, "theme=x": 0, "goal=x": 0, "language=en": 0,
	} {
		answer := webtest.Get(site, "/api/v1/editions/kpm-2021/sessions?"+query)
		var got page2
		switch want {
		case 422:
			if answer.Code != want || answer.Header().Get("Content-Type") != "application/problem+json" {
				t.Errorf("%s: %d, want a problem 422", query, answer.Code)
			}
		case 200:
			if answer.Code != want {
				t.Errorf("%s: %d, want 200 with a smaller page", query, answer.Code)
			}
		default:
			if err := json.Unmarshal(answer.Body.Bytes(), &got); err != nil || got.Total != want {
				t.Errorf("%s: %d sessions (%v), want %d", query, got.Total, err, want)
			}
		}
	}
}

type page2 struct {
	Total int                     `json:"total"`
	Next  string                  `json:"next"`
	Items []struct{ Slug string } `json:"items"`
}

// The description is held against the handlers: every operation is called,
// and what it answers, and what it answers to nonsense, fits its schema.
func TestAPIDoesWhatItsDescriptionSays(t *testing.T) {
	site := newSite(t)
	text := webtest.Get(site, "/api/v1/openapi.json").Body.String()
	document := must[any](t)(jsonschema.UnmarshalJSON(strings.NewReader(text)))
	compiler := jsonschema.NewCompiler()
	if err := compiler.AddResource("https://kongres.example/openapi.json", document); err != nil {
		t.Fatal(err)
	}
	var description struct {
		Info struct {
			License struct{ Identifier string } `json:"license"`
		} `json:"info"`
		Paths map[string]map[string]struct {
			Responses map[string]struct {
				Content map[string]any `json:"content"`
			} `json:"responses"`
		} `json:"paths"`
	}
	if err := json.Unmarshal([]byte(text), &description); err != nil || description.Info.License.Identifier != licence {
		t.Fatalf("%v, licence %q", err, description.Info.License.Identifier)
	}
	escape := strings.NewReplacer("~", "~0", "/", "~1", "{", "%7B", "}", "%7D")
	check := func(path, called string, status int, kind string) {
		t.Helper()
		answer := webtest.Get(site, called)
		if answer.Code != status || !strings.HasPrefix(answer.Header().Get("Content-Type"), kind) {
			t.Errorf("%s: %d %s, want %d %s\n%.300s", called, answer.Code, answer.Header().Get("Content-Type"), status, kind, answer.Body)
			return
		}
		responses := description.Paths[path]["get"].Responses
		code := http.StatusText(status)
		if _, told := responses[map[int]string{200: "200", 404: "404", 422: "422"}[status]]; !told {
			t.Errorf("%s: the description does not tell of %d %s", path, status, code)
			return
		}
		at := "https://kongres.example/openapi.json#/paths/" + escape.Replace(path) + "/get/responses/" +
			map[int]string{200: "200", 404: "404", 422: "422"}[status] + "/content/" + escape.Replace(kind) + "/schema"
		schema, err := compiler.Compile(at)
		if err != nil {
			t.Errorf("%s: %v", at, err)
			return
		}
		value := must[any](t)(jsonschema.UnmarshalJSON(answer.Body))
		if err := schema.Validate(value); err != nil {
			t.Errorf("%s: %v", called, err)
		}
	}
	if len(description.Paths) != 11 {
		t.Errorf("%d addresses in the description, want 11", len(description.Paths))
	}
	good := strings.NewReplacer("{edition}", "kpm-2021", "{session}", "druga")
	bad := strings.NewReplacer("{edition}", "kpm-1999", "{session}", "druga")
	for path := range description.Paths {
		check(path, good.Replace(path), http.StatusOK, "application/json")
		if strings.Contains(path, "{edition}") {
			check(path, bad.Replace(path), http.StatusNotFound, "application/problem+json")
		}
		if strings.HasSuffix(path, "/sessions") {
			check(path, good.Replace(path)+"?limit=x", http.StatusUnprocessableEntity, "application/problem+json")
		}
	}
}
