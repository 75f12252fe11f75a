package mailroom_test

import (
	"context"
	"fmt"
	"html"
	"log/slog"
	"net/http"
	"net/http/httptest"
	netmail "net/mail"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"obrady/internal/campaign"
	"obrady/internal/consent"
	"obrady/internal/db"
	"obrady/internal/db/dbtest"
	"obrady/internal/draft"
	"obrady/internal/edition"
	"obrady/internal/i18n"
	"obrady/internal/mail"
	"obrady/internal/notify"
	"obrady/internal/outbox"
	"obrady/internal/partner"
	"obrady/internal/people"
	"obrady/internal/programme"
	"obrady/internal/rights"
	"obrady/internal/text"
	"obrady/internal/timetable"
	"obrady/internal/web"
	"obrady/internal/web/desk"
	"obrady/internal/web/guard"
	"obrady/internal/web/mailroom"
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

// house is an edition with two blocks, each with a partner, a session and a speaker whose name is a canary, and the
// pages about letters.
type house struct {
	t         *testing.T
	db        *db.DB
	at        time.Time
	site      *web.Site
	campaigns *campaign.Service
	edition   edition.Edition
	blocks    map[string]programme.BlockID
	cookies   map[string]string
}

const (
	chief    = "ada@example.org"
	partnerA = "zielen@example.org"
	partnerB = "ruch@example.org"
	listPL   = "/pl/kpm-2021/biurko/listy"
	newPL    = "/pl/kpm-2021/biurko/nowy-list"
)

func open(t *testing.T, d *db.DB) *house {
	t.Helper()
	h := &house{t: t, db: d, at: webtest.Noon, cookies: map[string]string{}, blocks: map[string]programme.BlockID{}}
	now := func() time.Time { return h.at }
	webtest.Organiser(t, d, chief)
	register, editions, allowed := people.NewService(d, now), edition.NewService(d, now), rights.NewService(d, now)
	content := programme.NewService(d, now)
	kit := &desk.Kit{Editions: editions, Accounts: register, Rights: allowed, Drafts: drafts{d}, Now: now}
	config := webtest.Config(t, mailroom.Locale, desk.Locale, text.Locale, edition.Locale, people.Locale, programme.Locale, rights.Locale,
		timetable.Locale, campaign.Locale, notify.Locale, mail.Locale, consent.Locale, partner.Locale)
	h.campaigns = &campaign.Service{DB: d, Now: now, Words: config.Catalogue, Address: func(lang i18n.Lang, route string, args ...any) (string, error) {
		return h.site.URL(lang, route, args...)
	}}
	pages := &mailroom.Pages{
		Kit: kit, Campaigns: h.campaigns, Templates: &notify.Templates{DB: d, Now: now, Words: config.Catalogue},
		Letters: mail.NewService(d, now), Programme: content, Words: config.Catalogue, Mailbox: true,
		Composer: mail.Settings{BaseURL: "https://kongres.example.org", From: netmail.Address{Address: "kongres@example.org"}},
	}
	config.SignIn, config.Guard = "signin", guard.Guard{Rights: allowed, Log: slog.New(slog.DiscardHandler)}
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
	})
	routes := append(pages.Routes(), enter, front[0], elsewhere("signin", "/wejscie", "/enter", "account.enter"),
		elsewhere("desk.editions", "/biurko", "/desk", "programme.read"),
		web.Route{Name: "desk.sign-out", Method: http.MethodPost, PL: "/wyjscie", EN: "/leave", Action: "account.enter", Handle: enter.Handle})
	h.site = webtest.Site(t, config, append(routes, kit.DraftRoutes()...)...)
	var err error
	h.edition, err = editions.Save(t.Context(), "desk", edition.Edition{
		Slug: "kpm-2021", Name: i18n.Both("Kongres"), StartsOn: "2021-06-07", EndsOn: "2021-06-08", TimeZone: "Europe/Warsaw", Form: edition.Hybrid,
	})
	h.must(err)
	for n, slug := range []string{"zielen", "ruch"} {
		b, err := content.SaveBlock(t.Context(), "desk", programme.Block{
			Edition: h.edition.ID, Slug: slug, Kind: programme.General, Mark: slug[:1], Colour: n + 1, Name: i18n.Both("Blok " + slug),
		})
		h.must(err)
		h.blocks[slug] = b.ID
		person, err := register.SavePerson(t.Context(), "desk", people.Person{Slug: "mowca-" + slug, Name: "Kanarek-" + slug})
		h.must(err)
		_, err = content.SaveSession(t.Context(), "desk", programme.Session{
			Edition: h.edition.ID, Slug: slug, Block: b.ID, Title: i18n.Both("Sesja " + slug), Format: programme.Panel, Form: edition.OnSite,
			Status: programme.Ready, People: []programme.Appearance{{Person: person.ID, Role: programme.Speaker}},
		})
		h.must(err)
		h.appoint(slug+"@example.org", rights.Partner, rights.OfBlock(b.ID))
		speaker := h.appoint("kanarek-"+slug+"@example.org", rights.Moderator, rights.OfBlock(b.ID))
		_, err = d.Exec(t.Context(), `UPDATE account SET person_id = $1, name = $2 WHERE id = $3`, person.ID, "Kanarek-"+slug, speaker.ID)
		h.must(err)
	}
	return h
}

func (h *house) must(err error) {
	h.t.Helper()
	if err != nil {
		h.t.Fatal(err)
	}
}

func (h *house) appoint(email string, role rights.Role, at rights.Node) people.Account {
	h.t.Helper()
	a, err := rights.NewService(h.db, func() time.Time { return h.at }).Appoint(h.t.Context(), people.Account{Email: email, Name: "Osoba " + email}, role, at, h.edition.ID)
	h.must(err)
	return a
}

// as is the cookie of the session of email.
func (h *house) as(email string) string {
	if email != "" && h.cookies[email] == "" {
		for _, c := range webtest.Get(h.site, "/test-enter/"+email).Result().Cookies() {
			if c.Name == "sid" {
				h.cookies[email] = "sid=" + c.Value
			}
		}
	}
	return h.cookies[email]
}

func (h *house) get(email, path string) *httptest.ResponseRecorder {
	return webtest.Get(h.site, path, "Cookie", h.as(email))
}

func (h *house) post(email, path string, form url.Values) *httptest.ResponseRecorder {
	return webtest.Post(h.site, path, form, "Cookie", h.as(email))
}

// deliver writes the letters that were promised.
func (h *house) deliver() {
	h.t.Helper()
	for {
		entries, err := outbox.Claim(h.t.Context(), h.db, h.at, time.Minute, 100)
		h.must(err)
		if len(entries) == 0 {
			return
		}
		for _, e := range entries {
			if e.Kind == (campaign.Due{}).Kind() {
				h.must(h.campaigns.Continue(h.t.Context(), e))
			}
			h.must(outbox.Done(h.t.Context(), h.db, h.at, e.ID))
		}
	}
}

// form is a good letter on behalf of a node to everybody who appears in it.
func form(node string) url.Values {
	return url.Values{
		"node": {node}, "kind": {"organisational"}, "reason": {"Występujesz w programie."}, "subject_pl": {"Przed kongresem"},
		"words_pl": {"Dzień dobry, {name}!\r\n\r\nDo zobaczenia."}, "appearing": {node}, "session_id": {"", ""},
	}
}

var main = regexp.MustCompile(`(?s)<main.*</main>`)

func said(got *httptest.ResponseRecorder) string {
	page := main.FindString(got.Body.String())
	if page == "" {
		page = got.Body.String()
	}
	return strings.ReplaceAll(html.UnescapeString(page), "\u00a0", " ")
}

// wants fails the test unless got has the status and says the words.
func wants(t *testing.T, what string, got *httptest.ResponseRecorder, status int, words ...string) {
	t.Helper()
	if got.Code != status {
		t.Errorf("%s: status = %d, want %d: %.1500s", what, got.Code, status, said(got))
	}
	for _, word := range words {
		if !strings.Contains(said(got), word) {
			t.Errorf("%s: the page does not say %q: %.3000s", what, word, said(got))
		}
	}
}

// lacks fails the test if got says one of the words.
func lacks(t *testing.T, what string, got *httptest.ResponseRecorder, words ...string) {
	t.Helper()
	for _, word := range words {
		if strings.Contains(got.Body.String(), word) {
			t.Errorf("%s: the page says %q, which is nobody's business there", what, word)
		}
	}
}

// save saves a new letter and returns its address.
func (h *house) save(email string, f url.Values) string {
	h.t.Helper()
	got := h.post(email, newPL, f)
	preview := got.Header().Get("Location")
	if got.Code != http.StatusSeeOther || !strings.HasSuffix(preview, "/podglad") {
		h.t.Fatalf("save: %d %s: %.2000s", got.Code, preview, said(got))
	}
	return strings.TrimSuffix(preview, "/podglad")
}

func TestALetterIsWrittenSeenPreparedAndSent(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := open(t, d)
		node := "congress:" + string(h.edition.ID)
		wants(t, "an empty list", h.get(chief, listPL), 200, "Nie ma tu jeszcze żadnego listu")
		wants(t, "the form", h.get(chief, newPL), 200, "Kto dostanie list", "{name}", "imię i nazwisko adresata", "Blok zielen", "Sesja ruch", "na miejscu")
		one := h.save(chief, form(node))
		wants(t, "the preview", h.get(chief, one+"/podglad"), 200, "Ten list dostaną 2 osoby", "Kanarek-ruch", "kanarek-zielen@example.org", "Dzień dobry, Kanarek-zielen!", "złośliwe imię", "Dlaczego to dostajesz")
		wants(t, "the draft", h.get(chief, one), 200, "Przed kongresem", "Występujesz w programie.")
		if got := h.post(chief, one+"/podglad", nil); got.Code != http.StatusSeeOther {
			t.Errorf("prepare: %d %s", got.Code, said(got))
		}
		wants(t, "prepared", h.get(chief, one), 200, "Krok drugi", "Na zamrożonej liście są 2 osoby", "Wyślij do 2 osób")
		wants(t, "a wrong number", h.post(chief, one+"/wyslanie", url.Values{"number": {"3"}}), 422, "To nie jest liczba odbiorców", `value="3"`)
		wants(t, "no number", h.post(chief, one+"/wyslanie", url.Values{"number": {"dużo"}}), 422, "To nie jest liczba odbiorców")
		wants(t, "saving what is prepared", h.post(chief, one, form(node)), 409)
		if got := h.post(chief, one+"/wyslanie", url.Values{"number": {"2"}}); got.Code != http.StatusSeeOther {
			t.Errorf("send: %d %s", got.Code, said(got))
		}
		wants(t, "sending", h.get(chief, one), 200, "Czekają na swoją kolej", "Zatrzymaj wysyłkę")
		h.deliver()
		wants(t, "sent", h.get(chief, one), 200, "wysłany", "100%", "Przekazane do wysyłki")
		wants(t, "in English", h.get(chief, strings.Replace(strings.Replace(one, "/pl/", "/en/", 1), "/biurko/listy/", "/desk/letters/", 1)), 200, "There are 2 people", "Handed over")
		wants(t, "the list", h.get(chief, listPL), 200, "Przed kongresem", "wysłany")
		wants(t, "what was sent", h.get(chief, "/pl/kpm-2021/biurko/wyslane-listy"), 200, "kanarek-ruch@example.org", "list do grupy", "czeka na wysłanie")
		wants(t, "what was refused", h.get(chief, "/pl/kpm-2021/biurko/wyslane-listy?state=refused"), 200, "Nie ma tu żadnych listów")
		wants(t, "sending twice", h.post(chief, one+"/wyslanie", url.Values{"number": {"2"}}), 409, "nie czeka na wysłanie")
	})
}

func TestBadInput(t *testing.T) {
	h := open(t, dbtest.New(t, db.SQLite))
	node := "congress:" + string(h.edition.ID)
	for name, test := range map[string]struct {
		field, value, want string
		status             int
	}{
		"an unknown word":            {"words_pl", "Raz\n\n{haslo}", "Wiersz 3: nie ma takiego pola jak {haslo}.", 422},
		"two brackets":               {"words_pl", "{{name}}", "Wiersz 1: dwa nawiasy", 422},
		"an open bracket":            {"subject_pl", "Witaj {name", "Wiersz 1: nawias klamrowy nie jest zamknięty", 422},
		"nothing":                    {"words_pl", "", "To pole nie może być puste.", 422},
		"a foreign link":             {"link_pl", "https://evil.example", "Przycisk może prowadzić tylko do strony tego serwisu", 422},
		"a part that is not offered": {"node", "block:x", "kpm", 422},
		"nobody":                     {"appearing", "", "Wybierz, kto ma dostać list", 422},
		"a role that nobody gives":   {"roles", "participant", "", 422},
		"too much":                   {"words_pl", strings.Repeat("a", 11_000), "", 422},
		"more than a form may hold":  {"words_pl", strings.Repeat("a", 300<<10), "", 413},
	} {
		f := form(node)
		f.Set(test.field, test.value)
		got := h.post(chief, newPL, f)
		if test.field == "node" {
			test.want = ""
		}
		wants(t, name, got, test.status, test.want)
	}
	f := form(node)
	f.Set("words_pl", "<script>alert(1)</script>{zle}")
	lacks(t, "a form that is shown again", h.post(chief, newPL, f), "<script>alert(1)")
}

func TestAPartnerSeesItsOwnPeopleAlone(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := open(t, d)
		whole, own, other := "congress:"+string(h.edition.ID), "block:"+string(h.blocks["zielen"]), "block:"+string(h.blocks["ruch"])
		theirs := h.save(partnerB, form(other))
		all := h.save(chief, form(whole))
		page := h.get(partnerA, newPL)
		wants(t, "the form", page, 200, "Blok zielen", "Sesja zielen")
		lacks(t, "the form", page, "Blok ruch", "Sesja ruch", string(h.blocks["ruch"]), "Osoby, które biorą udział")
		for _, node := range []string{whole, other, "site:", "workspace:x"} {
			f := form(own)
			f.Set("node", node)
			if got := h.post(partnerA, newPL, f); got.Code != 422 && got.Code != 404 {
				t.Errorf("a letter on behalf of %s: %d, want 422 or 404", node, got.Code)
			}
			f = form(own)
			f.Set("appearing", node)
			if got := h.post(partnerA, newPL, f); got.Code != 422 {
				t.Errorf("a letter to %s: %d, want 422", node, got.Code)
			}
		}
		one := h.save(partnerA, form(own))
		preview := h.get(partnerA, one+"/podglad")
		wants(t, "the preview", preview, 200, "Ten list dostanie 1 osoba", "Kanarek-zielen")
		lacks(t, "the preview", preview, "Kanarek-ruch", "kanarek-zielen@example.org")
		list := h.get(partnerA, listPL)
		lacks(t, "the list", list, theirs, all, "Blok ruch")
		for _, foreign := range []string{theirs, all} {
			for _, path := range []string{"", "/podglad"} {
				wants(t, "somebody else's "+path, h.get(partnerA, foreign+path), 404)
			}
			for _, path := range []string{"", "/podglad", "/szkic", "/wyslanie", "/zatrzymanie"} {
				wants(t, "somebody else's "+path, h.post(partnerA, foreign+path, form(own)), 404)
			}
		}
		h.post(partnerA, one+"/podglad", nil)
		h.post(partnerA, one+"/wyslanie", url.Values{"number": {"1"}})
		h.post(chief, all+"/podglad", nil)
		h.post(chief, all+"/wyslanie", url.Values{"number": {"2"}})
		h.deliver()
		sent := h.get(partnerA, "/pl/kpm-2021/biurko/wyslane-listy")
		wants(t, "what was sent", sent, 200, "Kanarek-zielen")
		lacks(t, "what was sent", sent, "kanarek-zielen@example.org", "Kanarek-ruch")
		wants(t, "the templates", h.get(partnerA, "/pl/kpm-2021/biurko/wzory-listow"), 403)
		wants(t, "a stranger", h.get("kanarek-ruch@example.org", listPL), 403)
		if got := h.get("", listPL); got.Code != http.StatusSeeOther {
			t.Errorf("the public: %d, want the way to sign in", got.Code)
		}
	})
}

func TestTemplatesAreRewordedTriedAndReset(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := open(t, d)
		const list = "/pl/kpm-2021/biurko/wzory-listow"
		const one = list + "/rights.granted"
		wants(t, "the list", h.get(chief, list), 200, "Nadanie roli", "domyślne")
		wants(t, "one", h.get(chief, one), 200, "{role}", "nazwa roli", "Masz nową rolę: {role}", "Dzień dobry, Maria Przykładowa!", "złośliwe imię")
		f := url.Values{"subject_pl": {"Witaj"}, "words_pl": {"{name}: {haslo}"}, "revision": {"0"}}
		wants(t, "an unknown word", h.post(chief, one, f), 422, "Wiersz 1: nie ma takiego pola jak {haslo}.", "{name}: {haslo}")
		f.Set("words_pl", "Cześć, {name}!\n\n{link}")
		if got := h.post(chief, one, f); got.Code != http.StatusSeeOther {
			t.Errorf("save: %d %s", got.Code, said(got))
		}
		wants(t, "own words", h.get(chief, one), 200, "Cześć, Maria Przykładowa!", "Wróć do słów domyślnych", "Wcześniejsze wersje")
		wants(t, "somebody was faster", h.post(chief, one, f), 409, "Ktoś zmienił ten wzór")
		if got := h.post(chief, one+"/powrot", url.Values{"revision": {"1"}}); got.Code != http.StatusSeeOther {
			t.Errorf("reset: %d %s", got.Code, said(got))
		}
		wants(t, "the house's words", h.get(chief, one), 200, "Masz nową rolę: {role}")
		wants(t, "in English", h.get(chief, "/en/kpm-2021/desk/letter-templates/rights.granted"), 200, "A role is given", "name of the role")
		wants(t, "a letter that nobody rewords", h.get(chief, list+"/signin.link"), 404)
	})
}

func TestNewsStopWithoutSigningIn(t *testing.T) {
	h := open(t, dbtest.New(t, db.SQLite))
	who, err := people.AccountOf(t.Context(), h.db, "kanarek-ruch@example.org")
	h.must(err)
	clause, err := consent.NewService(h.db, func() time.Time { return h.at }).SaveClause(t.Context(), "desk", consent.Clause{
		Edition: h.edition.ID, Place: consent.AtNewsletter, Kind: consent.Consent, Allows: consent.Newsletter, Title: i18n.Text{PL: "Aktualności"},
	})
	h.must(err)
	h.must(h.db.Tx(t.Context(), func(tx *db.Tx) error {
		return consent.Give(t.Context(), tx, people.Change{By: who.ID, At: h.at}, []consent.Answer{{Clause: clause.ID, Version: 1}})
	}))
	f := form("congress:" + string(h.edition.ID))
	f.Set("kind", "news")
	one := h.save(chief, f)
	wants(t, "the preview", h.get(chief, one+"/podglad"), 200, "Ten list dostanie 1 osoba", "bez zgody na aktualności", "Nie przysyłajcie mi więcej aktualności")
	h.post(chief, one+"/podglad", nil)
	h.post(chief, one+"/wyslanie", url.Values{"number": {"1"}})
	h.deliver()
	letters, err := mail.NewService(h.db, time.Now).Letters(t.Context(), mail.Filter{})
	h.must(err)
	link := letters[0].Unsubscribe
	wants(t, "the page of the link", h.get("", link), 200, "Wycofuję zgodę")
	if willing, err := consent.Who(t.Context(), h.db, h.edition.ID, consent.Newsletter); err != nil || len(willing) != 1 {
		t.Errorf("opening the link: %v, %v, want nothing changed: programs that check letters open links", willing, err)
	}
	wants(t, "the button of a mail program", h.post("", link, url.Values{"List-Unsubscribe": {"One-Click"}}), 200, "Zgoda jest wycofana")
	if willing, err := consent.Who(t.Context(), h.db, h.edition.ID, consent.Newsletter); err != nil || len(willing) != 0 {
		t.Errorf("after the button: %v, %v, want nobody", willing, err)
	}
	wants(t, "a wrong link", h.get("", "/pl/listy/koniec/zmyslony"), 404)
	wants(t, "a wrong link, pressed", h.post("", "/pl/listy/koniec/zmyslony", nil), 404)
}

func TestTheMailboxOfTheDemonstration(t *testing.T) {
	h := open(t, dbtest.New(t, db.SQLite))
	wants(t, "an empty mailbox", h.get("", "/pl/skrzynka"), 200, "Skrzynka jest pusta")
	var id mail.LetterID
	h.must(h.db.Tx(t.Context(), func(tx *db.Tx) (err error) {
		id, err = mail.Post(t.Context(), tx, h.at, mail.Letter{
			Kind: "test", To: "ewa@example.org", ToName: "Ewa", Lang: i18n.Polish, Subject: "Logowanie <b>",
			Body: mail.Body{Why: "Powód.", Paragraphs: []mail.Paragraph{
				{Text: "<script>alert(1)</script>"}, {Code: "123456"}, {Button: &mail.Button{Label: "Wejdź", Address: "/pl/wejscie/token"}}, {Quote: "Cytat"},
			}},
		})
		return err
	}))
	wants(t, "the list", h.get("", "/pl/skrzynka"), 200, "Logowanie <b>", "ewa@example.org")
	got := h.get("", fmt.Sprintf("/en/mailbox/%s", id))
	wants(t, "the letter", got, 200, "123456", `href="/pl/wejscie/token"`, "Cytat", "https://kongres.example.org/pl/wejscie/token", "Powód.")
	lacks(t, "the letter", got, "<script>alert(1)", "<b>")
	wants(t, "no letter", h.get("", "/pl/skrzynka/nic"), 404)
}
