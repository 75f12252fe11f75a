package catalogue_test

import (
	"encoding/csv"
	"encoding/json"
	"encoding/xml"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"obrady/internal/db"
	"obrady/internal/db/dbtest"
	"obrady/internal/edition"
	"obrady/internal/i18n"
	"obrady/internal/practice"
)

// titles lists the practices on a page of the catalogue.
func titles(page string) (all []string) {
	for _, m := range regexp.MustCompile(`practice-title"><a href="[^"]*/([a-z-]+)"`).FindAllStringSubmatch(page, -1) {
		all = append(all, m[1])
	}
	return all
}

func TestTheCatalogueIsSiftedByItsAddress(t *testing.T) {
	l := open(t, dbtest.New(t, db.SQLite))
	l.publish("ogrod", nil)
	l.publish("autobus", func(p *practice.Practice) {
		p.Title, p.City, p.Size, p.Region = i18n.Text{PL: "Autobus na telefon"}, i18n.Both("Wieś"), practice.Village, "06"
		p.Terms = []edition.TermID{l.terms["dostepne"], l.terms["ruch"]}
	})
	l.publish("mapa", func(p *practice.Practice) {
		p.Title, p.Stage = i18n.Text{PL: "Mapa chłodu"}, practice.Pilot
		p.Terms = []edition.TermID{l.terms["zielone"], l.terms["dostepne"]}
	})
	for query, want := range map[string]string{
		"":                        "autobus mapa ogrod",
		"?cel=zielone":            "mapa ogrod",
		"?goal=zielone":           "mapa ogrod",
		"?cel=zielone&etap=pilot": "mapa",
		"?watek=ruch":             "autobus",
		"?wielkosc=village":       "autobus",
		"?wojewodztwo=10":         "mapa ogrod",
		"?miejscowosc=lodka":      "mapa ogrod",
		"?q=autobusem":            "autobus",
		"?q=chlodu":               "mapa",
		"?q=chłód&cel=zielone":    "mapa",
		"?cel=nie-ma":             "",
		"?q=hipopotam":            "",
		"?nic=1":                  "autobus mapa ogrod",
	} {
		got := titles(l.page("", "/pl/kpm-2021/dobre-praktyki"+query))
		sorted := strings.Fields(strings.Join(got, " "))
		for i := range sorted {
			for j := range sorted[:i] {
				if sorted[i] < sorted[j] {
					sorted[i], sorted[j] = sorted[j], sorted[i]
				}
			}
		}
		if strings.Join(sorted, " ") != want {
			t.Errorf("%s shows %v, want %s", query, got, want)
		}
	}
	if page := l.page("", "/pl/kpm-2021/dobre-praktyki?cel=nie-ma"); !strings.Contains(page, "nie ma takiego hasła") {
		t.Error("a goal that is none is not said to be none")
	}
	if page := l.page("", "/en/kpm-2021/good-practices/autobus"); !strings.Contains(page, "in Polish only") || !strings.Contains(page, `lang="pl"`) {
		t.Error("a practice in one language does not say so")
	}
	if page := l.page("", "/pl/kpm-2021/dobre-praktyki/mapa"); strings.Contains(page, "Kontakt Wodny") || strings.Contains(page, "kontakt@example.org") {
		t.Error("the public reads whom to ask")
	}
}

func TestWhoIsSignedInReadsWhomToAsk(t *testing.T) {
	l := open(t, dbtest.New(t, db.SQLite))
	l.publish("ogrod", nil)
	l.account("jan")
	if got := l.get("", "/pl/kpm-2021/dobre-praktyki/ogrod/kontakt"); got.Code != http.StatusSeeOther {
		t.Errorf("the public at the contact: %d, want the way to sign in", got.Code)
	}
	if page := l.page("jan", "/pl/kpm-2021/dobre-praktyki/ogrod/kontakt"); !strings.Contains(page, "kontakt@example.org") {
		t.Error("who is signed in does not read whom to ask")
	}
}

// typed is the form of a practice as an editor sends it.
func typed(change url.Values) url.Values {
	form := url.Values{
		"title_pl": {"Nowa praktyka"}, "summary_pl": {"Krótko."}, "licence": {"CC-BY-4.0"}, "before_pl": {"Było."},
		"block_id": {"", "", ""}, "block_name_pl": {"", "Pierwszy", ""}, "block_what_pl": {"", "Co", ""}, "revision": {"0"},
	}
	for name, values := range change {
		form[name] = values
	}
	return form
}

func TestAnEditorWritesAPracticeDown(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		l := open(t, d)
		const list = "/pl/kpm-2021/biurko/praktyki"
		if got := l.post("ada", list, typed(nil)); got.Code != http.StatusSeeOther {
			t.Fatalf("a draft is answered %d, want 303: %.800s", got.Code, got.Body)
		}
		all, err := l.keep.Practices(t.Context(), l.edition)
		if err != nil || len(all) != 1 || len(all[0].Blocks) != 1 || all[0].Blocks[0].Name.PL != "Pierwszy" || all[0].Slug != "nowa-praktyka" {
			t.Fatalf("saved %+v, %v, want the practice with the one block that was typed", all, err)
		}
		review := list + "/" + string(all[0].ID) + "/katalog"
		page := l.page("ada", review)
		if !strings.Contains(page, "trzeba uzupełnić") || strings.Contains(page, `value="publish"`) {
			t.Error("what lacks most of it is offered for publication")
		}
		if got := l.post("ada", review, url.Values{"do": {"publish"}, "revision": {"1"}}); got.Code != http.StatusUnprocessableEntity {
			t.Errorf("published all the same: %d, want 422", got.Code)
		}
		if page := l.page("ada", list+"/"+string(all[0].ID)+"/podglad"); !strings.Contains(page, "Nowa praktyka") {
			t.Error("the preview does not show what is typed")
		}
		if got := l.get("", "/pl/kpm-2021/dobre-praktyki/nowa-praktyka"); got.Code != http.StatusNotFound {
			t.Errorf("the public at a draft: %d, want 404", got.Code)
		}
	})
}

func TestWhatIsWrongIsSaidBesideItsCellAndNothingIsLost(t *testing.T) {
	l := open(t, dbtest.New(t, db.SQLite))
	long := strings.TrimSpace(strings.Repeat("słowo ", practice.PartWords+1))
	form := typed(url.Values{
		"link_url": {"", "javascript:alert(1)"}, "link_title_pl": {"", "Film"}, "block_what_pl": {"", long, ""}, "position": {"gdzieś"}, "from": {"wczoraj"},
		"before_pl": {"<script>alert(1)</script> było"},
	})
	got := l.post("ada", "/pl/kpm-2021/biurko/praktyki", form)
	page := got.Body.String()
	if got.Code != http.StatusUnprocessableEntity {
		t.Fatalf("answered %d, want 422", got.Code)
	}
	for _, want := range []string{
		`href="#f-link_url-0"`, `id="f-link_url-0"`, `href="#f-block_what_pl-0"`, "Słów może być najwyżej 80, a", `href="#f-position"`, `href="#f-from"`,
		`value="gdzieś"`, "&lt;script&gt;alert(1)&lt;/script&gt; było", "javascript:alert(1)",
	} {
		if !strings.Contains(page, want) {
			t.Errorf("the page does not hold %q", want)
		}
	}
	if again := l.page("ada", "/pl/kpm-2021/biurko/praktyki/nowa"); !strings.Contains(again, "draft=use") {
		t.Error("what was refused is not offered as a draft")
	}
}

func TestTheSlowerEditorSeesBothVersions(t *testing.T) {
	l := open(t, dbtest.New(t, db.SQLite))
	p := l.publish("ogrod", nil)
	form := typed(url.Values{"title_pl": {"Ogród wolniejszej"}, "slug": {"ogrod"}, "revision": {"0"}})
	form.Set("revision", "0")
	got := l.post("ada", "/pl/kpm-2021/biurko/praktyki/"+string(p.ID), form)
	if page := got.Body.String(); got.Code != http.StatusConflict || !strings.Contains(page, "Ogród wolniejszej") || !strings.Contains(page, "Ogród deszczowy") {
		t.Errorf("the slower editor: %d, want both versions on one page", got.Code)
	}
}

func TestACitySaysThatItTookAPracticeOver(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		l := open(t, d)
		p := l.publish("ogrod", nil)
		l.account("jan")
		l.accounts["kontakt"] = p.Contact.Account
		const at = "/pl/kpm-2021/dobre-praktyki/ogrod/wdrozenie"
		form := url.Values{"city": {"Inna"}, "blocks": {p.Blocks[0].ID}, "outcome": {"works"}, "changes_pl": {"Mniejsza niecka."}, "since": {"2020"}}
		if got := l.post("jan", at, url.Values{"city": {"Inna"}}); got.Code != http.StatusUnprocessableEntity || !strings.Contains(got.Body.String(), `value="Inna"`) {
			t.Errorf("half a form: %d, want 422 with what was typed", got.Code)
		}
		if got := l.post("jan", at, form); got.Code != http.StatusSeeOther {
			t.Fatalf("a claim: %d, want 303: %.600s", got.Code, got.Body)
		}
		if page := l.page("", "/pl/kpm-2021/dobre-praktyki/ogrod"); strings.Contains(page, "Mniejsza niecka") {
			t.Error("the public reads a claim that one side has made")
		}
		mine := regexp.MustCompile(`action="(/pl/kpm-2021/moje-wdrozenia/[^"]+)"`).FindStringSubmatch(l.page("kontakt", "/pl/kpm-2021/moje-wdrozenia"))
		if mine == nil {
			t.Fatal("the contact is not asked to confirm")
		}
		l.account("obca")
		if got := l.post("obca", mine[1], url.Values{"do": {"confirm"}}); got.Code != http.StatusNotFound {
			t.Errorf("a stranger confirms: %d, want 404", got.Code)
		}
		if got := l.post("kontakt", mine[1], url.Values{"do": {"confirm"}}); got.Code != http.StatusSeeOther {
			t.Fatalf("the contact confirms: %d, want 303", got.Code)
		}
		if page := l.page("", "/pl/kpm-2021/dobre-praktyki/ogrod"); !strings.Contains(page, "Mniejsza niecka") || strings.Contains(page, "jan@") {
			t.Error("the public does not read the adoption, or reads who claimed it")
		}
	})
}

func TestATellerDecidesAboutTheirStory(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		l := open(t, d)
		teller := l.account("tola")
		l.account("obca")
		s, err := l.keep.SaveStory(t.Context(), "editor", practice.Story{
			Edition: l.edition, Slug: "wtopa", Level: practice.Hidden,
			Tale:   practice.Tale{Title: i18n.Both("Wtopa"), Owner: i18n.Both("Urząd Kanarkowa"), Happened: i18n.Both("Nikt nie przyszedł.")},
			Teller: practice.Teller{Email: "tola@example.org", Name: "Tola"},
		})
		l.must(err)
		if s.Teller.Account != teller {
			t.Fatalf("the story is told by %s, want %s", s.Teller.Account, teller)
		}
		desk, own := "/pl/kpm-2021/biurko/opowiesci/"+string(s.ID), "/pl/kpm-2021/moje-opowiesci/"+string(s.ID)
		if got := l.post("ada", desk+"/sprawdzenie", url.Values{"do": {"check"}, "revision": {"1"}}); got.Code != http.StatusSeeOther {
			t.Fatalf("the second person: %d, want 303: %.600s", got.Code, got.Body)
		}
		if got := l.post("ada", desk+"/publikacja", url.Values{"do": {"publish"}}); got.Code != http.StatusUnprocessableEntity {
			t.Errorf("published without the teller: %d, want 422", got.Code)
		}
		if got := l.get("obca", own); got.Code != http.StatusNotFound {
			t.Errorf("a stranger at the story: %d, want 404", got.Code)
		}
		if page := l.page("tola", own); strings.Contains(page, "Kanarkowa") || !strings.Contains(page, "Nikt nie przyszedł") {
			t.Error("the teller does not see what others would read")
		}
		for _, step := range []struct{ who, path, do, want string }{
			{"tola", own, "approve", ""}, {"ada", desk + "/publikacja", "publish", "Nikt nie przyszedł"}, {"tola", own, "withdraw", ""}, {"tola", own, "resume", ""},
		} {
			if got := l.post(step.who, step.path, url.Values{"do": {step.do}, "revision": {"1"}}); got.Code != http.StatusSeeOther {
				t.Fatalf("%s: %d, want 303: %.600s", step.do, got.Code, got.Body)
			}
			got := l.get("", "/pl/kpm-2021/opowiesci-o-porazkach/wtopa")
			if there := strings.Contains(got.Body.String(), "Nikt nie przyszedł"); there != (step.want != "") || strings.Contains(got.Body.String(), "Kanarkowa") {
				t.Errorf("after %s the public reads %d, the story: %v, want %q", step.do, got.Code, there, step.want)
			}
			if step.do == "withdraw" {
				if got := l.get("ada", desk); got.Code != http.StatusNotFound {
					t.Errorf("an editor at a story that was withdrawn: %d, want 404", got.Code)
				}
			}
		}
	})
}

func TestFilesAreWellFormedAndHarmless(t *testing.T) {
	l := open(t, dbtest.New(t, db.SQLite))
	l.publish("ogrod", func(p *practice.Practice) { p.Title = i18n.Text{PL: "=cmd|' /C calc'!A0 <b>&", EN: "Rain & garden"} })
	rows, err := func() ([][]string, error) {
		read := csv.NewReader(strings.NewReader(strings.TrimPrefix(l.page("", "/kpm-2021/practices.csv"), "\ufeff")))
		read.Comma = ';'
		return read.ReadAll()
	}()
	if err != nil || len(rows) != 2 || len(rows[0]) != len(rows[1]) || strings.HasPrefix(rows[1][0], "=") {
		t.Errorf("the table is %q, %v, want a row that no spreadsheet takes for a formula", rows, err)
	}
	var file struct {
		Practices []struct {
			Slug    string
			Title   i18n.Text
			Threads []string
		}
	}
	if err := json.Unmarshal([]byte(l.page("", "/kpm-2021/practices.json")), &file); err != nil || len(file.Practices) != 1 || file.Practices[0].Threads[0] != "woda" {
		t.Errorf("the file is %+v, %v, want the practice with its thread", file, err)
	}
	for _, path := range []string{"/kpm-2021/practices.atom", "/kpm-2021/practices.atom?lang=en", "/kpm-2021/stories.atom"} {
		var feed struct {
			Lang  string `xml:"lang,attr"`
			Entry []struct {
				Title string `xml:"title"`
			} `xml:"entry"`
		}
		if err := xml.Unmarshal([]byte(l.page("", path)), &feed); err != nil {
			t.Errorf("%s: %v", path, err)
		}
		if strings.Contains(path, "lang=en") && (feed.Lang != "en" || feed.Entry[0].Title != "Rain & garden") {
			t.Errorf("%s is %+v, want it in English", path, feed)
		}
	}
}

func TestWhatIsTypedDoesNothing(t *testing.T) {
	l := open(t, dbtest.New(t, db.SQLite))
	l.publish("ogrod", func(p *practice.Practice) {
		p.Title = i18n.Both(`"><script>alert(1)</script>`)
		p.City = i18n.Both(`"><svg onload=alert(1)>`)
		p.Before = i18n.Both(`<img src=x onerror=alert(1)> [klik](javascript:alert(1)) ![x](https://obce.example/p.png)`)
	})
	for _, path := range []string{"/pl/kpm-2021/dobre-praktyki/ogrod", "/pl/kpm-2021/dobre-praktyki", "/pl/kpm-2021/dobre-praktyki/mapa"} {
		page := l.page("", path)
		for _, bad := range []string{"<script>alert", "<svg onload", "onerror=", `href="javascript:`, `src="https://obce`} {
			if strings.Contains(page, bad) {
				t.Errorf("%s holds %q", path, bad)
			}
		}
	}
}
