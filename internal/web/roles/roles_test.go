package roles_test

import (
	"context"
	"html"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"obrady/internal/db"
	"obrady/internal/db/dbtest"
	"obrady/internal/draft"
	"obrady/internal/edition"
	"obrady/internal/i18n"
	"obrady/internal/people"
	"obrady/internal/programme"
	"obrady/internal/rights"
	"obrady/internal/text"
	"obrady/internal/timetable"
	"obrady/internal/web"
	"obrady/internal/web/desk"
	"obrady/internal/web/guard"
	"obrady/internal/web/roles"
	"obrady/internal/web/webtest"
)

// drafts puts package draft upon a database, as the program does.
type drafts struct{ db *db.DB }

func (d drafts) Keep(ctx context.Context, one draft.Draft) error { return draft.Keep(ctx, d.db, one) }

func (d drafts) Find(ctx context.Context, owner, form string) (draft.Draft, error) {
	return draft.Find(ctx, d.db, owner, form)
}

func (d drafts) Drop(ctx context.Context, owner, form string) error {
	return draft.Drop(ctx, d.db, owner, form)
}

func atNoon() time.Time { return webtest.Noon }

// machine is an installation that stands still.
type machine struct{}

func (machine) State(context.Context) (roles.Installation, error) {
	return roles.Installation{Release: "1.2.3", Engine: "sqlite", Schema: 112, SignedIn: 3, Promises: []roles.Promises{{Kind: "mail.letter_due", Waiting: 4, GaveUp: 1}}}, nil
}

// house is an edition with two stages in two blocks, each with a partner, and pages about who may do what there.
type house struct {
	t         *testing.T
	db        *db.DB
	site      *web.Site
	cookies   map[string]string // by e-mail
	edition   edition.Edition
	blocks    []programme.Block
	offices   []people.Institution
	rights    *rights.Service
	people    *people.Service
	programme *programme.Service
}

const chief, partner, sibling = "ada@example.org", "partner@example.org", "sasiad@example.org"

func open(t *testing.T, d *db.DB) *house {
	t.Helper()
	h := &house{
		t: t, db: d, cookies: map[string]string{}, rights: rights.NewService(d, atNoon), people: people.NewService(d, atNoon),
		programme: programme.NewService(d, atNoon),
	}
	webtest.Organiser(t, d, chief)
	editions := edition.NewService(d, atNoon)
	kit := &desk.Kit{Editions: editions, Accounts: h.people, Rights: h.rights, Drafts: drafts{d}, Now: atNoon}
	pages := &roles.Pages{
		Kit: kit, Roles: h.rights, People: h.people, Programme: h.programme, Timetable: timetable.NewService(d, atNoon), Machine: machine{},
	}
	config := webtest.Config(t, roles.Locale, desk.Locale, text.Locale, edition.Locale, people.Locale, programme.Locale, rights.Locale, timetable.Locale)
	config.SignIn, config.Guard = "signin", guard.Guard{Rights: h.rights, Log: slog.New(slog.DiscardHandler)}
	config.Log = slog.New(slog.NewTextHandler(t.Output(), &slog.HandlerOptions{Level: slog.LevelWarn}))
	enter := web.Route{Name: "test.enter", Path: "/test-enter/{email}", Action: "account.enter", Handle: func(w http.ResponseWriter, r *http.Request) error {
		account, err := people.AccountOf(r.Context(), d, r.PathValue("email"))
		if err != nil {
			return err
		}
		if err := web.SignIn(r, string(account.ID)); err != nil {
			return err
		}
		w.WriteHeader(http.StatusNoContent)
		return nil
	}}
	elsewhere := func(name, pl, en, action string) web.Route {
		return web.Route{Name: name, PL: pl, EN: en, Action: action, Handle: func(http.ResponseWriter, *http.Request) error { return nil }}
	}
	front := kit.Offer(web.Route{
		Name: "desk.front", PL: "/{edition}/biurko", EN: "/{edition}/desk", Action: desk.ReadDraft, Object: desk.Within, Who: web.SignedIn,
		Handle: func(http.ResponseWriter, *http.Request) error { return nil },
	}, web.Route{
		Name: "desk.workspace", PL: "/{edition}/biurko/przestrzenie/{workspace}", EN: "/{edition}/desk/workspaces/{workspace}",
		Action: string(rights.ReadWorkspace), Object: string(rights.WorkspaceObject), Who: web.SignedIn,
		Handle: func(http.ResponseWriter, *http.Request) error { return nil },
	})
	routes := append(pages.Routes(), enter, front[0], front[1],
		elsewhere("signin", "/wejscie", "/enter", "account.enter"), elsewhere("desk.editions", "/biurko", "/desk", "programme.read"),
		web.Route{Name: "desk.sign-out", Method: http.MethodPost, PL: "/wyjscie", EN: "/leave", Action: "account.enter", Handle: enter.Handle})
	h.site = webtest.Site(t, config, routes...)
	h.furnish(editions)
	return h
}

func (h *house) furnish(editions *edition.Service) {
	h.t.Helper()
	ctx := h.t.Context()
	var err error
	h.edition, err = editions.Save(ctx, "desk", edition.Edition{
		Slug: "kpm-2021", Name: i18n.Both("Kongres"), StartsOn: "2021-06-07", EndsOn: "2021-06-08", TimeZone: "Europe/Warsaw", Form: edition.OnSite,
	})
	h.must(err)
	for n, slug := range []string{"zielen", "ruch"} {
		b, err := h.programme.SaveBlock(ctx, "desk", programme.Block{
			Edition: h.edition.ID, Slug: slug, Kind: programme.General, Mark: slug[:1], Colour: n + 1, Name: i18n.Both("Blok " + slug),
		})
		h.must(err)
		i, err := h.people.SaveInstitution(ctx, "desk", people.Institution{Slug: "urzad-" + slug, Name: i18n.Both("Urząd " + slug), Sector: people.LocalGovernment})
		h.must(err)
		h.blocks, h.offices = append(h.blocks, b), append(h.offices, i)
		h.appoint([]string{partner, sibling}[n], rights.Partner, rights.OfBlock(b.ID))
	}
}

func (h *house) must(err error) {
	h.t.Helper()
	if err != nil {
		h.t.Fatal(err)
	}
}

// appoint gives somebody a role, by nobody's leave.
func (h *house) appoint(email string, role rights.Role, at rights.Node) people.Account {
	h.t.Helper()
	of := h.edition.ID
	if at == rights.Whole {
		of = ""
	}
	a, err := h.rights.Appoint(h.t.Context(), people.Account{Email: email, Name: "Pani " + email}, role, at, of)
	h.must(err)
	return a
}

// as is the cookie of the session of email.
func (h *house) as(email string) string {
	if h.cookies[email] == "" {
		for _, c := range webtest.Get(h.site, "/test-enter/"+email).Result().Cookies() {
			if c.Name == "sid" {
				h.cookies[email] = "sid=" + c.Value
			}
		}
	}
	return h.cookies[email]
}

func (h *house) get(email, path string) *httptest.ResponseRecorder {
	h.t.Helper()
	return webtest.Get(h.site, path, "Cookie", h.as(email))
}

func (h *house) post(email, path string, form url.Values) *httptest.ResponseRecorder {
	h.t.Helper()
	return webtest.Post(h.site, path, form, "Cookie", h.as(email))
}

// grants are those of the edition that hold.
func (h *house) grants() (holding []rights.Grant) {
	h.t.Helper()
	all, err := h.rights.Grants(h.t.Context(), h.edition.ID)
	h.must(err)
	for _, g := range all {
		if g.RevokedAt.IsZero() {
			holding = append(holding, g)
		}
	}
	return holding
}

// grantOf is the first grant of the account of email.
func (h *house) grantOf(email string) rights.Grant {
	h.t.Helper()
	a, err := people.AccountOf(h.t.Context(), h.db, email)
	h.must(err)
	for _, g := range h.grants() {
		if g.Account == a.ID {
			return g
		}
	}
	h.t.Fatalf("%s has no grant", email)
	return rights.Grant{}
}

// claim makes the account of email the one of a person.
func (h *house) claim(email string, person people.PersonID) {
	h.t.Helper()
	ctx := h.t.Context()
	account, err := people.AccountOf(ctx, h.db, email)
	h.must(err)
	offer, err := h.people.OfferClaim(ctx, "desk", person, email)
	h.must(err)
	var token string
	h.must(h.db.Tx(ctx, func(tx *db.Tx) (err error) {
		token, _, err = people.IssueClaim(ctx, tx, webtest.Noon, offer.ID)
		return err
	}))
	_, err = h.people.Claim(ctx, account.ID, token)
	h.must(err)
}

const (
	listPL = "/pl/kpm-2021/biurko/role"
	listEN = "/en/kpm-2021/desk/roles"
)

// order is a good form for a role.
func (h *house) order(email string, role rights.Role, at rights.Node) url.Values {
	return url.Values{"email": {email}, "name": {"Nowa Osoba"}, "role": {string(role)}, "node": {string(at.Kind) + ":" + at.ID}}
}

// wants fails the test unless got has the status and says all of the words.
func wants(t *testing.T, what string, got *httptest.ResponseRecorder, status int, words ...string) {
	t.Helper()
	said := plain(got)
	if got.Code != status {
		t.Errorf("%s: status = %d, want %d: %s", what, got.Code, status, said)
	}
	for _, word := range words {
		if !strings.Contains(said, word) {
			t.Errorf("%s: the page does not say %q: %s", what, word, said)
		}
	}
}

// lacks fails the test if got says one of the words.
func lacks(t *testing.T, what string, got *httptest.ResponseRecorder, words ...string) {
	t.Helper()
	for _, word := range words {
		if strings.Contains(plain(got), word) {
			t.Errorf("%s: the page says %q, which is nobody's business there", what, word)
		}
	}
}

var main = regexp.MustCompile(`(?s)<main.*</main>`)

func plain(got *httptest.ResponseRecorder) string {
	page := got.Body.String()
	if part := main.FindString(page); part != "" {
		page = part
	}
	return strings.ReplaceAll(html.UnescapeString(page), "\u00a0", " ")
}

func TestTheOrganiserGivesARoleAndTakesItBack(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := open(t, d)
		wants(t, "the form", h.get(chief, listPL+"/nowa"), 200, "e-mail", "– Blok zielen", "koordynator", "cała instalacja")
		form := h.order("beata@example.org", rights.Coordinator, rights.OfBlock(h.blocks[0].ID))
		form.Set("from", "2021-06-10")
		form.Set("until", "2021-06-20")
		wants(t, "giving", h.post(chief, listPL+"/nowa", form), 303)
		wants(t, "the list", h.get(chief, listPL), 200,
			"Rola została nadana", "Nowa Osoba", "beata@example.org", "Blok zielen (blok)", "od 10 czerwca 2021", "do 20 czerwca 2021", "zacznie się",
			"Ada Biurkowa", "jeszcze niepotwierdzony", "z terminala serwera")
		wants(t, "the list in English", h.get(chief, listEN), 200, "Roles and rights", "coordinator", "from 10 June 2021", "not yet begun")

		g := h.grantOf("beata@example.org")
		end := listPL + "/" + string(g.ID) + "/odebranie"
		wants(t, "the question", h.get(chief, end), 200, "Odbierz rolę: Nowa Osoba", "Blok zielen", "20 czerwca 2021")
		wants(t, "taking back", h.post(chief, end, nil), 303)
		wants(t, "taking back twice", h.post(chief, end, nil), 303)
		wants(t, "the list afterwards", h.get(chief, listPL), 200, "odebrana 7 czerwca 2021")
	})
}

func TestARoleThatIsTakenBackIsGoneWithTheNextClick(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := open(t, d)
		wants(t, "before", h.get(partner, listPL), 200)
		wants(t, "taking back", h.post(chief, listPL+"/"+string(h.grantOf(partner).ID)+"/odebranie", nil), 303)
		wants(t, "after", h.get(partner, listPL), 404)
	})
}

func TestAPartnerSeesAndGivesOnlyInItsOwnPart(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := open(t, d)
		list := h.get(partner, listPL)
		wants(t, "the list", list, 200, partner, "Blok zielen")
		lacks(t, "the list", list, sibling, "Blok ruch", chief, "Ada Biurkowa")
		form := h.get(partner, listPL+"/nowa")
		wants(t, "the form", form, 200, "współorganizator", "Blok zielen")
		lacks(t, "the form", form, "Blok ruch", "cała instalacja", `value="organiser"`, `value="protection"`, `value="operator"`, `value="speaker"`)

		own, other := rights.OfBlock(h.blocks[0].ID), rights.OfBlock(h.blocks[1].ID)
		before := len(h.grants())
		for name, order := range map[string]url.Values{
			"a role at the sibling's block":     h.order("x@example.org", rights.Coordinator, other),
			"a role of the whole congress":      h.order("x@example.org", rights.Coordinator, rights.OfCongress(h.edition.ID)),
			"a role of the installation":        h.order("x@example.org", rights.Coordinator, rights.Whole),
			"the organiser's role in their own": h.order("x@example.org", rights.Organiser, own),
			"a role that nobody gives":          h.order("x@example.org", rights.Speaker, own),
			"a place that is not there":         h.order("x@example.org", rights.Coordinator, rights.OfBlock("nie-ma")),
		} {
			wants(t, name, h.post(partner, listPL+"/nowa", order), 422, "x@example.org")
		}
		if after := len(h.grants()); after != before {
			t.Errorf("%d grants after refused orders, want %d", after, before)
		}
		wants(t, "taking back the sibling's role", h.post(partner, listPL+"/"+string(h.grantOf(sibling).ID)+"/odebranie", nil), 404)
		wants(t, "their own order", h.post(partner, listPL+"/nowa", h.order("kolega@example.org", rights.Partner, own)), 303)
		wants(t, "the list afterwards", h.get(partner, listPL), 200, "kolega@example.org")
		wants(t, "exclusions", h.get(partner, listPL+"/wylaczenia"), 403, "inspektor ochrony danych")
	})
}

func TestWhatIsTypedWrongIsKept(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := open(t, d)
		good := h.order("ewa@example.org", rights.Coordinator, rights.OfBlock(h.blocks[0].ID))
		for _, test := range []struct {
			name, field, value, says string
		}{
			{"no address", "email", "", "na przykład jan@example.org"},
			{"half an address", "email", "ewa@", "na przykład jan@example.org"},
			{"no role", "role", "", "Wybierz jedną z możliwości"},
			{"a day that is over", "until", "2021-06-01", "Ten dzień już minął"},
			{"no day at all", "until", "jutro", "jutro"},
			{"both a person and an institution", "institution", string(h.offices[0].ID), "nie jedno i drugie"},
			{"an institution that is not there", "institution", "nie-ma", "Wybierz jedną z możliwości"},
			{"a name without end", "name", strings.Repeat("ą", 201), "za długi"},
		} {
			form := url.Values{}
			for name, values := range good {
				form[name] = values
			}
			form.Set(test.field, test.value)
			got := h.post(chief, listPL+"/nowa", form)
			wants(t, test.name, got, 422, test.says)
			if test.field != "role" {
				wants(t, test.name, got, 422, `<option value="coordinator" selected>`)
			}
		}
		if n := len(h.grants()); n != 3 {
			t.Errorf("%d grants, want the three from before", n)
		}
	})
}

func TestSomebodyStaysAnOrganiser(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := open(t, d)
		own := h.grantOf(chief)
		for _, path := range []string{listPL + "/" + string(own.ID) + "/odebranie", "/pl/moje/role/" + string(own.ID) + "/zlozenie"} {
			wants(t, "the question", h.get(chief, path), 200, "Rezygnuję z tej roli")
			wants(t, "the last organiser leaves by "+path, h.post(chief, path, nil), 409, "co najmniej jedna osoba")
		}
	})
}

func TestEverybodyLaysDownTheirOwnRoleAndNobodyElses(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := open(t, d)
		h.appoint("recepcja@example.org", rights.CheckIn, rights.OfCongress(h.edition.ID))
		own, other := h.grantOf("recepcja@example.org"), h.grantOf(partner)
		wants(t, "my roles", h.get("recepcja@example.org", "/pl/moje/role"), 200, "recepcja", "Kongres", "sprawdzanie przy wejściu", "Zrezygnuj z roli")
		wants(t, "my roles in English", h.get("recepcja@example.org", "/en/mine/roles"), 200, "check-in desk")
		wants(t, "somebody else's", h.get("recepcja@example.org", "/pl/moje/role/"+string(other.ID)+"/zlozenie"), 404)
		wants(t, "laying down somebody else's", h.post("recepcja@example.org", "/pl/moje/role/"+string(other.ID)+"/zlozenie", nil), 404)
		wants(t, "laying down", h.post("recepcja@example.org", "/pl/moje/role/"+string(own.ID)+"/zlozenie", nil), 303)
		wants(t, "my roles afterwards", h.get("recepcja@example.org", "/pl/moje/role"), 200, "nie ma jeszcze żadnej roli")
	})
}

func TestATeamHasTheRolesOfItsInstitution(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := open(t, d)
		green := rights.OfBlock(h.blocks[0].ID)
		form := h.order("", rights.Partner, green)
		form.Set("name", "")
		form.Set("institution", string(h.offices[0].ID))
		wants(t, "a role for an institution", h.post(chief, listPL+"/nowa", form), 303)
		add := url.Values{"institution": {string(h.offices[0].ID)}, "email": {"Celina@Example.org"}, "name": {"Celina Z."}}
		wants(t, "a member", h.post(partner, listPL+"/zespoly", add), 303)
		wants(t, "the teams", h.get(partner, listPL+"/zespoly"), 200, "Urząd zielen", "Celina Z.", "celina@example.org", "współorganizator – Blok zielen")
		wants(t, "the list", h.get(chief, listPL), 200, "Zespół:", "Celina Z.")
		wants(t, "the member's roles", h.get("celina@example.org", "/pl/moje/role"), 200, "Przez instytucję:", "Urząd zielen")
		lacks(t, "the teams", h.get(sibling, listPL+"/zespoly"), "Celina", "Urząd zielen")

		celina, err := people.AccountOf(t.Context(), d, "celina@example.org")
		h.must(err)
		leave := listPL + "/zespoly/" + string(h.offices[0].ID) + "/" + string(celina.ID) + "/wypisanie"
		wants(t, "a stranger's question", h.get(sibling, leave), 404)
		wants(t, "a stranger's answer", h.post(sibling, leave, nil), 404)
		wants(t, "the question", h.get(partner, leave), 200, "Celina Z. straci")
		wants(t, "the removal", h.post(partner, leave, nil), 303)
		wants(t, "the former member", h.get("celina@example.org", listPL), 404)

		add.Set("institution", string(h.offices[1].ID))
		wants(t, "an institution of others", h.post(partner, listPL+"/zespoly", add), 422, "Celina@Example.org")
		add.Set("email", "nikt")
		wants(t, "no address", h.post(chief, listPL+"/zespoly", add), 422, "na przykład jan@example.org")
	})
}

func TestAnExclusionBeatsARole(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := open(t, d)
		const path = listPL + "/wylaczenia"
		account := h.grantOf(partner).Account
		form := url.Values{"kind": {"conflict"}, "account": {string(account)}, "node": {"block:" + string(h.blocks[0].ID)}}
		wants(t, "no reason", h.post(chief, path, form), 422, "Podaj powód")
		form.Set("reason", "Rodzina w jury")
		wants(t, "an exclusion", h.post(chief, path, form), 303)
		wants(t, "the list", h.get(chief, path), 200, "konflikt interesów", "Pani "+partner, "Rodzina w jury", "Blok zielen", "obowiązuje")
		lacks(t, "who is excluded", h.get(partner, listPL), "Blok zielen")

		all, err := h.rights.Refusals(t.Context(), h.edition.ID)
		h.must(err)
		lift := path + "/" + all[0].ID + "/zniesienie"
		wants(t, "the question", h.get(chief, lift), 200, "Rodzina w jury")
		wants(t, "lifting", h.post(chief, lift, nil), 303)
		wants(t, "the list afterwards", h.get(chief, path), 200, "zniesione")
		wants(t, "who was excluded", h.get(partner, listPL), 200, "Blok zielen")

		for name, bad := range map[string]url.Values{
			"nobody's conflict":  {"kind": {"conflict"}, "node": form["node"], "reason": {"x"}},
			"no kind":            {"node": form["node"], "reason": {"x"}},
			"nowhere":            {"kind": {"blind"}, "reason": {"x"}},
			"somebody elsewhere": {"kind": {"conflict"}, "account": {"nikt"}, "node": form["node"], "reason": {"x"}},
			"a hold on nobody":   {"kind": {"hold"}, "reason": {"x"}},
		} {
			wants(t, name, h.post(chief, path, bad), 422, "x")
		}
	})
}

func TestALegalHoldIsTheOfficers(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := open(t, d)
		const officer, path = "inspektor@example.org", listPL + "/wylaczenia"
		h.appoint(officer, rights.Protection, rights.OfCongress(h.edition.ID))
		person, err := h.people.SavePerson(t.Context(), "desk", people.Person{Slug: "jan", Name: "Jan Zatrzymany"})
		h.must(err)
		lacks(t, "the organiser's form", h.get(chief, path), "Jan Zatrzymany", `value="hold"`)
		hold := url.Values{"kind": {"hold"}, "person": {string(person.ID)}, "reason": {"Postępowanie"}}
		wants(t, "the organiser's hold", h.post(chief, path, hold), 403, "inspektor ochrony danych")
		wants(t, "the officer's hold", h.post(officer, path, hold), 303)
		if _, held, err := rights.Held(t.Context(), d, person.ID, webtest.Noon); err != nil || !held {
			t.Errorf("Held = %v, %v, want a hold", held, err)
		}
		wants(t, "the list", h.get(officer, path), 200, "wstrzymanie usunięcia", "Jan Zatrzymany", "Postępowanie")
	})
}

func TestTheListIsNarrowedByNumbersAndNotByNames(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := open(t, d)
		g := h.grantOf(partner)
		list := h.get(chief, listPL+"?who=a"+string(g.Account))
		wants(t, "one person", list, 200, partner, "Pasuje 1 rola z 3")
		lacks(t, "one person", list, sibling+"</span>")
		wants(t, "one role", h.get(chief, listPL+"?role=partner"), 200, partner, sibling, "Pasują 2 role z 3")
		wants(t, "nothing", h.get(chief, listPL+"?role=operator"), 200, "Żadna rola nie pasuje")
		if strings.Contains(plain(h.get(chief, listPL)), `value="`+partner) {
			t.Error("the form would put an address of somebody into an address of a page")
		}
	})
}

func TestThePolicyIsOnThePage(t *testing.T) {
	d := dbtest.New(t, db.SQLite)
	h := open(t, d)
	page := h.get(chief, listEN).Body.String()
	rows := regexp.MustCompile(`(?s)<tr><th scope="row">([^<]*)</th>(.*?)</tr>`)
	table := page[strings.LastIndex(page, "<table"):]
	shown := map[string]int{}
	for _, row := range rows.FindAllStringSubmatch(table, -1) {
		shown[html.UnescapeString(row[1])] = strings.Count(row[2], "<td>yes</td>")
	}
	catalogue := webtest.Config(t, rights.Locale).Catalogue.In(i18n.English)
	for _, rule := range rights.Policy {
		if rule.Reach != rights.ByRole {
			continue
		}
		if got := shown[catalogue.T(rule.Action.Key())]; got != len(rule.Roles) {
			t.Errorf("%s is shown for %d roles, want %d", rule.Action, got, len(rule.Roles))
		}
	}
}

func TestASpeakerFindsTheirTalks(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := open(t, d)
		person, err := h.people.SavePerson(t.Context(), "desk", people.Person{Slug: "ewa", Name: "Ewa Mówiąca", Bio: i18n.Both("Bada parki.")})
		h.must(err)
		other, err := h.people.SavePerson(t.Context(), "desk", people.Person{Slug: "jan", Name: "Jan Obok"})
		h.must(err)
		save := func(slug string, who people.PersonID, role programme.Role) {
			_, err := timetable.NewService(d, atNoon).Save(t.Context(), "desk", timetable.Edit{
				Sessions: []programme.Session{{
					Edition: h.edition.ID, Slug: slug, Block: h.blocks[0].ID, Title: i18n.Both("Sesja " + slug), Format: programme.Panel,
					Form: edition.OnSite, Status: programme.Draft, People: []programme.Appearance{{Person: who, Role: role}, {Person: other.ID, Role: programme.Panellist}},
				}},
				Slots: []timetable.Slot{{Start: webtest.Noon, End: webtest.Noon.Add(time.Hour)}},
			})
			h.must(err)
		}
		save("parki", person.ID, programme.Moderator)
		save("cudza", other.ID, programme.Host)
		if _, err := h.people.Invite(t.Context(), "ewa@example.org", "Ewa"); err != nil {
			t.Fatal(err)
		}
		wants(t, "before the claim", h.get("ewa@example.org", "/pl/moje/wystapienia"), 200, "nie jest połączone")
		h.claim("ewa@example.org", person.ID)
		got := h.get("ewa@example.org", "/pl/moje/wystapienia")
		wants(t, "the talks", got, 200, "Sesja parki", "moderacja", "pon., 7 czerwca", "14:00–15:00", "Jan Obok", "Bada parki.", "szkic")
		lacks(t, "the talks", got, "Sesja cudza")
		wants(t, "the talks in English", h.get("ewa@example.org", "/en/mine/talks"), 200, "Sesja parki", "Mon 7 June", "14:00–15:00")
		wants(t, "the public", webtest.Get(h.site, "/pl/moje/wystapienia"), 303)
		if to := h.get("ewa@example.org", "/pl/moje/poczatek").Header().Get("Location"); to != "/pl/moje/wystapienia" {
			t.Errorf("a speaker begins at %q, want their talks", to)
		}
	})
}

func TestEverybodyBeginsWhereTheirWorkIs(t *testing.T) {
	d := dbtest.New(t, db.SQLite)
	h := open(t, d)
	h.appoint("operator@example.org", rights.Operator, rights.Whole)
	space, err := h.rights.SaveSpace(t.Context(), "desk", rights.Space{
		Edition: h.edition.ID, Kind: rights.Event, Slug: "nasza", Name: i18n.Both("Nasza"), Block: h.blocks[0].ID,
	})
	h.must(err)
	h.appoint("nasza@example.org", rights.Partner, rights.OfWorkspace(space.ID))
	h.appoint("rada@example.org", rights.Council, rights.OfCongress(h.edition.ID))
	for email, want := range map[string]string{
		chief: "/pl/biurko", partner: "/pl/kpm-2021/biurko", "operator@example.org": "/pl/instalacja",
		"nasza@example.org": "/pl/kpm-2021/biurko/przestrzenie/nasza", "rada@example.org": "/pl/moje/role",
	} {
		if to := h.get(email, "/pl/moje/poczatek").Header().Get("Location"); to != want {
			t.Errorf("%s begins at %q, want %q", email, to, want)
		}
	}
	wants(t, "the council's roles", h.get("rada@example.org", "/pl/moje/role"), 200, "razem z naborem")
	wants(t, "the installation", h.get("operator@example.org", "/pl/instalacja"), 200, "1.2.3", "mail.letter_due", "Oczekujące: 4")
	wants(t, "the installation for organisers", h.get(chief, "/pl/instalacja"), 403, "operator")
}
