package e2e

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
)

const deskOf = "/pl/moment/biurko/"

// makes makes a session out of what was accepted, gives it an hour, and returns its address within the congress.
func (j *judged) makes(code, title string) (slug string) {
	j.t.Helper()
	j.host.visit(deskOf + "nabory/" + j.call.Slug + "/program")
	j.host.fit("what was accepted")
	j.host.press(`[name="submission"][value="` + code + `"]`)
	j.host.choose("#f-block", eval[string](j.host, `[...document.querySelector("#f-block").options].find(o => o.value !== "").value`))
	if status := j.host.click(`section[aria-labelledby="waiting"] form .button-row button`); status != 200 || !j.host.is(present(`section[aria-labelledby="placed"]`)) {
		j.t.Fatalf("the session is answered with %d: %s", status, j.host.text(".error-summary"))
	}
	j.host.fit("what stands in the programme")
	slug = eval[string](j.host, `document.querySelector('section[aria-labelledby="placed"] a[href*="/biurko/sesje/"]').href.split("/").pop()`)
	j.host.visit(deskOf + "sesje/" + slug)
	if got := j.host.value("#f-title_pl"); got != title {
		j.t.Errorf("the session is called %q, want %q", got, title)
	}
	j.holdsAt("17:00", "17:30")
	return slug
}

// holdsAt gives the session whose form is open an hour on the first day, and makes it ready.
func (j *judged) holdsAt(from, until string) {
	j.t.Helper()
	var day time.Time
	j.must(j.db.QueryRow(j.t.Context(), `SELECT MIN(starts_at) FROM slot JOIN session ON session.id = slot.session_id WHERE session.edition_id = $1`, j.edition).Scan(&day))
	j.host.choose("#f-status", "ready")
	if !j.host.is(present(row("slot_day", 0))) {
		j.host.click(`button[value="add slots"]`)
	}
	j.host.choose(row("slot_day", 0), day.Format(time.DateOnly))
	j.host.choose(row("slot_start", 0), from)
	j.host.choose(row("slot_end", 0), until)
	if status := j.host.save(); status != 200 {
		j.t.Fatalf("the hours are answered with %d: %s", status, j.host.text(".error-summary"))
	}
}

// releases publishes the programme as it stands.
func (j *judged) releases(name string) {
	j.t.Helper()
	j.host.visit(deskOf + "nowe-wydanie")
	j.host.fill("#f-name", name)
	if j.host.is(present("#f-despite")) {
		j.host.press("#f-despite")
	}
	if status := j.host.click(`main form[method="post"].section button.button`); status != 200 {
		j.t.Fatalf("the release is answered with %d: %s", status, j.host.text(".error-summary"))
	}
}

// keeps brings what was accepted into the catalogue, as far as its editors have to complete it.
func (j *judged) keeps(code, title string) {
	j.t.Helper()
	j.host.visit(deskOf + "nabory/" + j.call.Slug + "/program")
	if status := j.host.click(`form[action$="/` + code + `/praktyka"] button`); status != 200 {
		j.t.Fatalf("the practice is answered with %d: %s", status, j.host.text("main"))
	}
	if got := j.host.value("#f-title_pl"); got != title {
		j.t.Fatalf("the practice at %s is called %q, want %q", j.host.where(), got, title)
	}
	for field, words := range map[string]string{
		"summary_pl": "Rzeka wróciła.", "owner_pl": "Urząd Miasta nad Rzeką", "city_pl": "Miasto nad Rzeką", "before_pl": "Rzeka płynęła w rurze.", "done_pl": "Rurę otwarto.",
		"resources_pl": "Dwa lata.", "failed_pl": "Nie zapytano wędkarzy.", "transfer_pl": "Trzeba mieć rzekę.", "licence": "CC BY 4.0", "from": "2019",
		"contact_name": "Anna Rzeczna", "contact_email": "rzeka@przyklad.example",
	} {
		j.host.complete("#f-"+field, words)
	}
	for _, field := range []string{"region", "size", "stage"} {
		j.host.choose("#f-"+field, eval[string](j.host, `[...document.querySelector("#f-`+field+`").options].filter(o => o.value !== "").pop().value`))
	}
	j.host.complete(row("block_name_pl", 0), "Otwarcie rury")
	j.host.complete(row("result_indicator_pl", 0), "Ludzie nad wodą")
	j.host.complete(row("result_after_pl", 0), "400 dziennie")
	j.host.complete(row("result_source_pl", 0), "licznik")
	j.host.click("#sheet .button-row button")
	j.host.visit(deskOf + "praktyki")
	j.host.clickText(title)
	j.host.clickText("Publikacja i wdrożenia")
	j.host.click(`button[value="publish"]`)
}

// complete types into a field, whatever kind it is.
func (b *tab) complete(selector, words string) {
	b.t.Helper()
	if b.is(`document.querySelector(` + quoted(selector) + `).tagName === "SELECT"`) {
		b.choose(selector, eval[string](b, `[...document.querySelector(`+quoted(selector)+`).options].filter(o => o.value !== "")[0].value`))
		return
	}
	b.fill(selector, words)
}

// showsSlides sends the slides of a talk, and lets everybody have them afterwards.
func (b *tab) showsSlides(code string) {
	b.t.Helper()
	b.visit("/pl/moment/moje-wystapienia")
	b.fit("one's talks")
	b.click(`main a[href$="/` + code + `"]`)
	path := filepath.Join(b.t.TempDir(), "slajdy.pdf")
	if err := os.WriteFile(path, []byte("%PDF-1.7\n%%EOF\n"), 0o600); err != nil {
		b.t.Fatal(err)
	}
	b.do(chromedp.SetUploadFiles(chromedp.CSS(`#f-file`), []string{path}))
	if status := b.click(`form[enctype] button`); status != 200 || !strings.Contains(b.text("main"), "slajdy.pdf") {
		b.t.Fatalf("the slides are answered with %d: %s", status, b.text(".error-summary"))
	}
	b.fit("a talk with its slides")
	b.press(`section[aria-labelledby="share"] input[type="radio"]:not(:checked)`)
	b.click(`section[aria-labelledby="share"] form button`)
}

// composes makes a session of cycles, and puts the one talk there is into it.
func (j *judged) composes(title, code string) (slug string) {
	j.t.Helper()
	j.host.visit(deskOf + "nowa-sesja")
	j.host.fill("#f-title_pl", title)
	j.host.choose("#f-format", "kaleidoscope")
	j.host.choose("#f-block", eval[string](j.host, `[...document.querySelector("#f-block").options].find(o => o.value !== "").value`))
	j.holdsAt("18:00", "19:00")
	slug = j.host.where()[strings.LastIndexByte(j.host.where(), '/')+1:]
	board := deskOf + "kalejdoskopy/" + slug
	j.host.visit(board)
	j.host.choose("#f-call", j.host.option("#f-call", j.call.Title.PL))
	j.host.click(`section[aria-labelledby="settings"] form .button-row button`)
	j.host.want(present(`[data-list="0"] [data-talk="`+code+`"]`), "what was accepted does not wait for a place")
	j.host.visit(board + "/propozycja")
	j.host.click(`main form[action$="propozycja"] button`)
	j.host.want(present(`[data-list="1"] [data-talk="`+code+`"]`), "what was proposed does not stand in its cycle")
	j.host.fit("a board with one talk")
	j.host.click(`main form[action$="program"] button`)
	return slug
}

// prints publishes the proceedings of the call.
func (j *judged) prints(title string) {
	j.t.Helper()
	volume := deskOf + "materialy/" + j.call.Slug
	j.host.visit(deskOf + "materialy")
	j.host.fit("proceedings on the desk")
	j.host.visit(volume)
	j.host.fill("#f-title_pl", title)
	j.host.choose("#f-abstract", j.host.option("#f-abstract", "Co zrobiono"))
	j.host.choose("#f-keywords", j.host.option("#f-keywords", "Słowa kluczowe"))
	j.host.fill("#f-year", "2026")
	if status := j.host.click("main form.form .button-row button"); status != 200 {
		j.t.Fatalf("the volume is answered with %d: %s", status, j.host.text(".error-summary"))
	}
	j.host.visit(volume + "/podglad")
	j.host.fit("a volume before it is published")
	if status := j.host.click(`form[action$="/wydanie"] button`); status != 200 {
		j.t.Fatalf("the volume is answered with %d: %s", status, j.host.text("main"))
	}
}

// reads opens the proceedings as anybody, and takes the citations along.
func (j *judged) reads(t *testing.T, title, author, code string) {
	t.Helper()
	visitor := open(t, j.Base)
	const all = "/pl/moment/materialy-pokonferencyjne"
	visitor.visit(all)
	visitor.fit("the proceedings")
	visitor.click(`main a[href^="` + all + `/"]`)
	visitor.fit("a volume")
	volume := visitor.where()
	visitor.clickText(title)
	visitor.fit("a contribution")
	if page := visitor.text("main"); !strings.Contains(page, author) || !strings.Contains(page, "Odkryliśmy rzekę") {
		t.Errorf("%s reads %s", visitor.where(), page)
	}
	for file, want := range map[string]string{"/citations.bib": "title", "/citations.json": `"title"`, "/tom.pdf": "%PDF-"} {
		content := eval[string](visitor, `fetch(`+quoted(volume+file)+`).then(r => r.text())`)
		if !strings.Contains(content, want) || file != "/tom.pdf" && !strings.Contains(content, "Kanarkowa") {
			t.Errorf("%s of %s is %.300s", file, code, content)
		}
	}
}
