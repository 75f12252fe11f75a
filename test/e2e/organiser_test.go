package e2e

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
)

// desk are the addresses of the organiser's side in both languages.
var desk = map[string]struct{ front, sessions, newSession, release, releases, enter, public, changes string }{
	"pl": {
		"/pl/kpm-2021/biurko", "/pl/kpm-2021/biurko/sesje", "/pl/kpm-2021/biurko/nowa-sesja", "/pl/kpm-2021/biurko/nowe-wydanie",
		"/pl/kpm-2021/biurko/wydania", "/pl/wejscie", "/pl/kpm-2021/sesje/", "/pl/kpm-2021/zmiany",
	},
	"en": {
		"/en/kpm-2021/desk", "/en/kpm-2021/desk/sessions", "/en/kpm-2021/desk/new-session", "/en/kpm-2021/desk/new-release",
		"/en/kpm-2021/desk/releases", "/en/enter", "/en/kpm-2021/sessions/", "/en/kpm-2021/changes",
	},
}

// link is the organiser's sign-in link in a language; it is printed in Polish.
func (s *server) link(lang string) string {
	if lang == "en" {
		return strings.Replace(s.Links["organiser"], "/pl/wejscie/odnosnik/", "/en/enter/link/", 1)
	}
	return s.Links["organiser"]
}

// signedIn is an organiser's tab. Only one can be had of a server: the link is good once.
func signedIn(t *testing.T, s *server, lang string) *tab {
	t.Helper()
	b := open(t, s.Base)
	b.visit(s.link(lang))
	b.click("main form button")
	return b
}

// save presses the first button of a form that saves, and returns the status of what follows.
func (b *tab) save() int64 { b.t.Helper(); return b.click(`.desk-form button[value="save"]`) }

// row makes the selector of a cell in a list of rows.
func row(name string, i int) string { return fmt.Sprintf("#f-%s-%d", name, i) }

// choose sets a select, a date or an hour, as picking from what the browser offers does.
func (b *tab) choose(selector, value string) {
	b.t.Helper()
	if !b.is(present(selector)) {
		b.t.Fatalf("no field %s at %s", selector, b.where())
	}
	b.do(chromedp.SetValue(chromedp.CSS(selector), value))
}

// option finds the value of an option by what it shows.
func (b *tab) option(selector, label string) string {
	b.t.Helper()
	return eval[string](b, fmt.Sprintf(`([...document.querySelector(%q).options].find(o => o.text.includes(%q)) || {}).value || ""`, selector, label))
}

// Programs that look after mail open every link before its owner does. The link must still let the owner in, and
// nobody after them.
func TestTheSignInLinkLetsOnePersonIn(t *testing.T) {
	t.Parallel()
	s := ownDemo(t)
	for range 3 {
		answer, err := http.Get(s.link("en"))
		if err != nil {
			t.Fatal(err)
		}
		_ = answer.Body.Close()
	}
	b := open(t, s.Base)
	b.visit(desk["en"].sessions)
	if !strings.HasPrefix(b.where(), desk["en"].enter) {
		t.Errorf("who is not signed in and asks for the desk arrives at %s", b.where())
	}
	b.visit(s.link("en"))
	if status := b.click("main form button"); status != 200 || b.where() != desk["en"].sessions {
		t.Errorf("the button leads to %s (%d), want the page that was asked for", b.where(), status)
	}

	late := open(t, s.Base)
	late.visit(s.link("en"))
	late.provoke(410)
	if status := late.click("main form button"); status != 410 {
		t.Errorf("the second use of the link is answered with %d, want 410", status)
	}
	late.want(present(`main [role="alert"]`), "who comes too late is not told why")
}

func TestTheOrganisersDay(t *testing.T) {
	inBoth(t, func(t *testing.T, lang string) {
		me := signedIn(t, ownDemo(t), lang)
		for _, part := range []struct {
			name string
			do   func(b *tab, lang string)
		}{
			{"a form with a mistake keeps what was typed", correctAMistake},
			{"a draft survives the closing of the tab", goOnWithADraft},
			{"a kaleidoscope reckons the hours of its cycles", makeAKaleidoscope},
			{"a clash is shown while editing", meetAClash},
			{"two people edit the same session", meetAConflict},
			{"a release shows the public what has changed", publishAChange},
		} {
			t.Run(part.name, func(t *testing.T) { part.do(me.beside(t), lang) })
		}
	})
}

func correctAMistake(b *tab, lang string) {
	page := desk[lang].sessions + "/bioodpady"
	b.visit(page)
	title := b.value("#f-title_pl")
	b.fill("#f-title_pl", "")
	b.fill("#f-lead_pl", "Zażółć gęślą jaźń – z myślnikiem i „cudzysłowem”.")
	b.fill("#f-capacity", "120")
	b.provoke(422)
	if status := b.save(); status != 422 {
		b.t.Fatalf("a session without a title is answered with %d, want 422", status)
	}
	if got := b.value("#f-lead_pl"); got != "Zażółć gęślą jaźń – z myślnikiem i „cudzysłowem”." {
		b.t.Errorf("the lead is now %q, want what was typed", got)
	}
	b.want(present(`#f-title_pl[aria-invalid="true"][aria-describedby]`), "the field is not marked")
	b.want(present(`.error-summary a[href="#f-title_pl"]`), "the summary does not lead to the field")
	b.until(`document.querySelector(".error-summary").contains(document.activeElement)`)
	b.fitState("a form with a mistake")
	b.press(`.error-summary a[href="#f-title_pl"]`)
	b.until(`document.activeElement.id === "f-title_pl"`)
	b.fill("#f-title_pl", title)
	if status := b.save(); status != 200 || b.where() != page {
		b.t.Fatalf("the corrected form is answered with %d at %s", status, b.where())
	}
	b.want(shown(".notice-good, .notice[role=status]"), "nobody says that it was saved")
	if got := b.value("#f-capacity"); got != "120" {
		b.t.Errorf("the capacity is %q after saving, want 120", got)
	}
}

func goOnWithADraft(b *tab, lang string) {
	page := desk[lang].sessions + "/jak-planowac-mobilnosc"
	const typed = "Tego jeszcze nikt nie zapisał."
	first := b.beside(b.t)
	first.visit(page)
	saved := first.value("#f-lead_pl")
	first.fill("#f-lead_pl", typed)
	start := eval[string](first, `document.querySelector("[data-autosave]").dataset.autosaveSaved.split("%t")[0].trim()`)
	first.until(fmt.Sprintf(`document.querySelector("[data-autosave-status]").textContent.startsWith(%q)`, start))
	first.close()

	b.visit(page)
	if got := b.value("#f-lead_pl"); got != saved {
		b.t.Errorf("the form opens with %q, want what is saved until somebody asks for the draft", got)
	}
	b.click(`a[href*="draft=use"]`)
	if got := b.value("#f-lead_pl"); got != typed {
		b.t.Errorf("the restored lead is %q, want %q", got, typed)
	}
	b.save()
	b.visit(page)
	b.want("!"+present(`a[href*="draft=use"]`), "a saved form still offers its draft")
}

func makeAKaleidoscope(b *tab, lang string) {
	b.visit(desk[lang].newSession)
	b.fill("#f-title_pl", "Kalejdoskop próbny "+lang)
	b.choose("#f-format", "kaleidoscope")
	b.choose("#f-status", "ready")
	b.choose("#f-block", b.option("#f-block", map[string]string{"pl": "Kalejdoskopy", "en": "Kaleidoscopes"}[lang]))
	b.choose(row("slot_day", 0), "2021-06-08")
	b.choose(row("slot_start", 0), map[string]string{"pl": "18:00", "en": "19:00"}[lang])
	b.choose(row("slot_end", 0), map[string]string{"pl": "18:50", "en": "19:50"}[lang])
	b.choose(row("slot_place", 0), b.option(row("slot_place", 0), map[string]string{"pl": "Sala E", "en": "Room E"}[lang]))
	parts := []struct{ kind, cycle, title, minutes string }{
		{"talk", "1", "Pierwsze wystąpienie", "7"},
		{"talk", "1", "Drugie wystąpienie", "8"},
		{"discussion", "1", "Rozmowa", "10"},
		{"talk", "2", "Trzecie wystąpienie", "7"},
		{"discussion", "2", "Rozmowa", "13"},
	}
	for i, part := range parts {
		if !b.is(present(row("segment_title_pl", i))) {
			b.click(`button[value="add segments"]`)
		}
		b.choose(row("segment_kind", i), part.kind)
		b.fill(row("segment_cycle", i), part.cycle)
		b.fill(row("segment_title_pl", i), part.title)
		b.fill(row("segment_minutes", i), part.minutes)
	}
	b.click(`button[value="check"]`)
	hour := map[string]int{"pl": 18, "en": 19}[lang]
	for i, minutes := range [][2]int{{0, 7}, {7, 15}, {15, 25}, {25, 32}, {32, 45}} {
		want := fmt.Sprintf("%d:%02d–%d:%02d", hour, minutes[0], hour, minutes[1])
		if got := eval[string](b, fmt.Sprintf(`document.querySelectorAll("#f-segments .when")[%d].innerText`, i)); !strings.Contains(got, want) {
			b.t.Errorf("part %d runs %q, want %s", i+1, got, want)
		}
	}
	if got := b.text("#f-segments .notice"); !strings.Contains(got, "45") || !strings.Contains(got, "50") || !strings.Contains(got, "5") {
		b.t.Errorf("the sum says %q, want 45 of 50 minutes, 5 left", got)
	}
	// Whatever moves up takes its minutes along, and all that follow move.
	b.click(`button[value="down segments 0"]`)
	want := fmt.Sprintf("%d:%02d–%d:%02d", hour, 0, hour, 8)
	if got := eval[string](b, `document.querySelector("#f-segments .when").innerText`); !strings.Contains(got, want) {
		b.t.Errorf("after the swap the first part runs %q, want %s", got, want)
	}
	if status := b.save(); status != 200 || !strings.HasPrefix(b.where(), desk[lang].sessions+"/kalejdoskop-probny-"+lang) {
		b.t.Errorf("the new kaleidoscope is answered with %d at %s: %s", status, b.where(), b.text(".error-summary"))
	}
}

func meetAClash(b *tab, lang string) {
	b.visit(desk[lang].sessions + "/infogzm")
	// The hours of "bioodpady", in the same hall.
	b.choose(row("slot_start", 0), "11:30")
	b.choose(row("slot_end", 0), "12:00")
	b.click(`button[value="check"]`)
	b.want(shown("aside .clash-error"), "the overlap is not shown")
	b.want(present(`aside .clash-error a[href$="/bioodpady"]`), "the other session is not named")
	b.fitState("a form with a clash")
	b.visit(desk[lang].sessions + "/infogzm")
	b.want("!"+present(`aside .clash-error a[href$="/bioodpady"]`), "a check has saved the hours")
}

func meetAConflict(b *tab, lang string) {
	page := desk[lang].sessions + "/mlodzi-robia-metropolie"
	other := b.beside(b.t)
	b.visit(page)
	other.visit(page)
	b.fill("#f-lead_pl", "Zdanie pierwszej osoby.")
	other.fill("#f-lead_pl", "Zdanie drugiej osoby.")
	b.save()
	other.provoke(409)
	if status := other.save(); status != 409 {
		b.t.Fatalf("the second to save is answered with %d, want 409", status)
	}
	for _, text := range []string{"Zdanie pierwszej osoby.", "Zdanie drugiej osoby."} {
		if !strings.Contains(other.text("main table"), text) {
			b.t.Errorf("the page does not show %q beside the other version", text)
		}
	}
	if got := other.value("#f-lead_pl"); got != "Zdanie drugiej osoby." {
		b.t.Errorf("the form holds %q, want what was typed", got)
	}
	other.fitState("a conflict")
	if status := other.save(); status != 200 {
		b.t.Errorf("to save mine is answered with %d", status)
	}
	if got := other.value("#f-lead_pl"); got != "Zdanie drugiej osoby." {
		b.t.Errorf("saved is %q, want mine", got)
	}
}

func publishAChange(b *tab, lang string) {
	public := desk[lang].public + "zielona-infrastruktura"
	title := "Zielona infrastruktura, po nowemu (" + lang + ")"
	b.visit(desk[lang].sessions + "/zielona-infrastruktura")
	b.fill("#f-title_pl", title)
	b.fill("#f-title_en", title)
	if status := b.save(); status != 200 {
		b.t.Fatalf("the new title is answered with %d: %s", status, b.text(".error-summary"))
	}
	early := open(b.t, b.base)
	early.visit(public)
	if strings.Contains(early.heading(), title) {
		b.t.Fatal("the public sees what nobody has released")
	}
	b.visit(desk[lang].release)
	b.fill("#f-name", "Program próbny "+lang)
	if b.is(present("#f-despite")) {
		b.press("#f-despite")
	}
	if status := b.click(`main form[method="post"].section button.button`); status != 200 || b.where() != desk[lang].releases {
		b.t.Fatalf("the release is answered with %d at %s: %s", status, b.where(), b.text(".error-summary"))
	}
	visitor := open(b.t, b.base) // with nothing kept from before
	visitor.visit(public)
	if got := visitor.heading(); !strings.Contains(got, title) {
		b.t.Errorf("after the release the public reads %q, want %q", got, title)
	}
	visitor.visit(desk[lang].changes)
	visitor.click(`main a[href^="` + desk[lang].changes + `/"]`)
	if changes := visitor.text("main"); !strings.Contains(changes, title) {
		b.t.Errorf("the list of changes at %s does not name %q: %.300s", visitor.where(), title, changes)
	}
	visitor.want(present("main .change del")+" && "+present("main .change ins"), "the list does not show before and after")
}

// heading is the title on the page, without the spaces that keep words together.
func (b *tab) heading() string {
	b.t.Helper()
	return strings.ReplaceAll(b.text("h1"), "\u00a0", " ")
}

// fitState runs the accessibility checker on a state that can only be reached by doing something.
func (b *tab) fitState(name string) {
	b.t.Helper()
	for _, scheme := range []string{"light", "dark"} {
		b.media("", "prefers-color-scheme", scheme)
		for _, finding := range b.axe(everyRule) {
			b.t.Errorf("%s, %s: %s", name, scheme, finding)
		}
	}
	b.media("")
}
