package app_test

import (
	"context"
	"net/url"
	"os/exec"
	"strings"
	"testing"
	"time"

	"obrady/internal/call"
	"obrady/internal/db"
	"obrady/internal/db/dbtest"
	asked "obrady/internal/form"
	"obrady/internal/i18n"
	"obrady/internal/rights"
)

const (
	volumeDesk = "/pl/kpm-2021/biurko/materialy/abstrakty"
	volumes    = "/pl/kpm-2021/materialy-pokonferencyjne"
)

// abstracts opens a double-blind call for abstracts and sends some in, of which the first is accepted and announced and
// the second decided and not announced.
func (h *hall) abstracts() (known, secret call.Submission) {
	h.t.Helper()
	ctx, now := h.t.Context(), func() time.Time { return h.now }
	office := call.NewService(h.db, now)
	office.Clock = func(context.Context, db.Querier) (time.Time, error) { return h.now, nil }
	one, err := office.Save(ctx, "desk", call.Call{
		Edition: h.of, Slug: "abstrakty", Mark: "AB", Kind: call.Abstract, Title: i18n.Text{PL: "Abstrakty", EN: "Abstracts"}, Anonymity: call.DoubleBlind,
		Senders: call.Anybody, Languages: i18n.Langs, Paths: []call.Option{{Slug: "woda", Name: i18n.Both("Woda")}}, OpensAt: h.now, ClosesAt: h.now.AddDate(0, 0, 1),
	})
	h.must(err)
	_, err = office.Ask(ctx, "desk", one.ID, asked.Version{Questions: []asked.Question{{ID: "abstract", Kind: asked.Text, Label: i18n.Both("Abstrakt")}}})
	h.must(err)
	h.must(office.Publish(ctx, "desk", one.ID))
	send := func(who, title string, states ...call.State) call.Submission {
		s, err := office.Begin(ctx, call.Beginning{Call: one.ID, By: h.accounts[who], Lang: i18n.Polish})
		h.must(err)
		s.Title, s.Path, s.Answers = title, "woda", asked.Answers{"abstract": "Streszczenie <script>alert(1)</script> wystąpienia: " + title}
		s, err = office.Send(ctx, call.Sending{By: h.accounts[who], Typed: s})
		h.must(err)
		h.must(h.db.Tx(ctx, func(tx *db.Tx) error {
			from := call.Submitted
			for _, to := range states {
				if err := call.Move(ctx, tx, call.Step{Submission: s.ID, By: "desk", At: h.now, From: from, To: to}); err != nil {
					return err
				}
				from = to
			}
			return nil
		}))
		return s
	}
	known = send("ewa", "Rzeka & <b>ludzie</b>", call.Eligible, call.UnderReview, call.Decided, call.Accepted)
	return known, send("jan", "Tajemny tramwaj", call.Eligible, call.UnderReview, call.Decided)
}

// A volume by its pages alone: laid out, looked at, published, cited, found; and nothing of what is not announced.
func TestAVolumeFromTheDeskToTheReader(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := openHall(t, d)
		h.somebody("kaja", rights.Council)
		known, secret := h.abstracts()
		menu := h.ask("", "GET", "/pl/kpm-2021/program", nil)
		if strings.Contains(menu.Body.String(), `href="`+volumes+`"`) {
			t.Error("the menu leads to volumes although there are none")
		}
		h.expect("the desk", h.ask("ada", "GET", "/pl/kpm-2021/biurko/materialy", nil), 200, "Abstrakty", "nie zaczęto")
		h.expect("not the council’s", h.ask("kaja", "GET", volumeDesk, nil), 403)
		form := h.ask("ada", "GET", volumeDesk, nil)
		h.expect("the form", form, 200, "Strona tytułowa")
		sent := url.Values{"title_pl": {"Tom materiałów"}, "title_en": {"Volume"}, "abstract": {"abstract"}, "staged": {"all"}, "year": {"21"}, "editors": {"Maria Łąkowa; Jan Wzór"}, "prefix": {"10.12345"}, "revision": {"0"}}
		h.expect("a slip", h.ask("ada", "POST", volumeDesk, sent), 422, "Podaj rok", "Maria Łąkowa")
		sent.Set("year", "2021")
		h.expect("saved", h.ask("ada", "POST", volumeDesk, sent), 303)
		preview := h.ask("ada", "GET", volumeDesk+"/podglad", nil)
		h.expect("the preview", preview, 200, known.Code, "Osoba ewa", "Opublikuj")
		h.mustNotSay(preview.Body.String(), secret.Code, "Tajemny", "Osoba jan")
		h.expect("a bad DOI", h.ask("ada", "POST", volumeDesk+"/podglad", url.Values{"code": {known.Code}, "doi": {"doi:1"}}), 422, "DOI zaczyna się")
		h.expect("a DOI", h.ask("ada", "POST", volumeDesk+"/podglad", url.Values{"code": {known.Code}, "doi": {"10.12345/1"}, "pages": {"3–4"}}), 303)
		h.expect("not yet public", h.ask("", "GET", volumes+"/abstrakty", nil), 404)
		h.expect("what nobody has looked at", h.ask("ada", "POST", volumeDesk+"/wydanie", url.Values{"digest": {"inny"}}), 303)
		h.expect("still not public", h.ask("", "GET", volumes+"/abstrakty", nil), 404)
		digest := digestOf.FindStringSubmatch(h.ask("ada", "GET", volumeDesk+"/podglad", nil).Body.String())[1]
		h.expect("published", h.ask("ada", "POST", volumeDesk+"/wydanie", url.Values{"digest": {digest}}), 303)

		one := volumes + "/abstrakty/" + known.Code
		pages := map[string][]string{
			volumes:                {"Tom materiałów"},
			volumes + "/abstrakty": {"Tom materiałów", "Maria Łąkowa, Jan Wzór", "Rzeka & <b>ludzie</b>", "Osoba ewa", "Wersja 1", "Woda"},
			one: {
				"Streszczenie <script>", `<meta name="citation_author" content="Osoba ewa">`, `<meta name="citation_doi" content="10.12345/1">`,
				`<meta name="citation_firstpage" content="3">`, "ScholarlyArticle", "Jak cytować", "ewa, O. (2021). Rzeka & <b>ludzie</b>. Tom materiałów, 3–4", "https://doi.org/10.12345/1",
			},
			"/en/kpm-2021/proceedings/abstrakty":  {"Volume", "Editors"},
			volumes + "/abstrakty/citations.bib":  {"@inproceedings{kpm-2021-" + strings.ToLower(known.Code), "author = {ewa, Osoba}"},
			volumes + "/abstrakty/citations.json": {`"type": "paper-conference"`, `"family": "ewa"`},
			"/pl/kpm-2021/szukaj?q=rzeka":         {"Materiały pokonferencyjne", one},
			"/sitemap.xml":                        {one, "/en/kpm-2021/proceedings/abstrakty/" + known.Code},
			"/pl/kpm-2021/program":                {`href="` + volumes + `"`, "Nabory"},
		}
		for page, words := range pages {
			got := h.ask("", "GET", page, nil)
			h.expect(page, got, 200, words...)
			if strings.HasPrefix(got.Header().Get("Content-Type"), "text/html") && strings.Contains(got.Body.String(), "<script>alert") {
				t.Errorf("%s runs what somebody typed", page)
			}
			h.mustNotSay(got.Body.String(), "Tajemny", "Osoba jan", string(h.accounts["ewa"]))
		}
		h.bookSays("Rzeka", "Osoba ewa", "Spis treści")
		h.expect("no such volume", h.ask("", "GET", volumes+"/nie-ma", nil), 404)
		h.expect("no such contribution", h.ask("", "GET", volumes+"/abstrakty/"+secret.Code, nil), 404)

		h.must(h.db.Tx(t.Context(), func(tx *db.Tx) error {
			return call.Move(t.Context(), tx, call.Step{Submission: known.ID, By: "desk", At: h.now, From: call.Accepted, To: call.Declined})
		}))
		preview = h.ask("ada", "GET", volumeDesk+"/podglad", nil)
		h.expect("what has changed", preview, 200, "wycofane", "Opublikuj")
		h.expect("corrected", h.ask("ada", "POST", volumeDesk+"/wydanie", url.Values{"digest": {digestOf.FindStringSubmatch(preview.Body.String())[1]}}), 303)
		h.expect("a line is left", h.ask("", "GET", one, nil), 200, "Wystąpienie wycofane")
		h.mustNotSay(h.ask("", "GET", one, nil).Body.String(), "Streszczenie", "Osoba ewa")
		h.expect("with its history", h.ask("", "GET", volumes+"/abstrakty", nil), 200, "Wersja 2", "wycofane")
	})
}

func (h *hall) mustNotSay(page string, secrets ...string) {
	h.t.Helper()
	for _, secret := range secrets {
		if strings.Contains(page, secret) {
			h.t.Errorf("a page says %q", secret)
		}
	}
}

// bookSays reads the volume as a document.
func (h *hall) bookSays(words ...string) {
	h.t.Helper()
	got := h.ask("", "GET", volumes+"/abstrakty/tom.pdf", nil)
	if kind := got.Header().Get("Content-Type"); got.Code != 200 || kind != "application/pdf" {
		h.t.Fatalf("the book: %d, %s", got.Code, kind)
	}
	program, err := exec.LookPath("pdftotext")
	if err != nil {
		h.t.Log("NOT TRIED: what the book says; pdftotext is not here")
		return
	}
	command := exec.CommandContext(h.t.Context(), program, "-", "-")
	command.Stdin = got.Body
	text, err := command.Output()
	h.must(err)
	for _, word := range words {
		if !strings.Contains(string(text), word) {
			h.t.Errorf("the book does not say %q:\n%s", word, text)
		}
	}
}
