package e2e

import (
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

// deskViews follows the desk's own links: one page of each shape, in the order in which they are met.
func (b *tab) deskViews(lang string) []string {
	b.t.Helper()
	front := map[string]string{"pl": "/pl/biurko", "en": "/en/desk"}[lang]
	queue, seen, shapes := []string{front, desk[lang].front, desk[lang].sessions}, map[string]bool{}, map[string]bool{}
	var views []string
	for len(queue) > 0 {
		path := queue[0]
		queue = queue[1:]
		if seen[path] || shapes[deskShape(path)] {
			continue
		}
		seen[path], shapes[deskShape(path)] = true, true
		b.visit(path)
		views = append(views, path)
		queue = slices.Concat(queue, eval[[]string](b, `[...document.querySelectorAll("a[href]")]
			.filter(a => a.origin === location.origin && /\/(biurko|desk)(\/|$)/.test(a.pathname) && a.lang !== (document.documentElement.lang === "pl" ? "en" : "pl")
				&& !a.hasAttribute("download") && !/\.(csv|xlsx|xml|json|ics|atom|pdf)$/.test(a.pathname))
			.map(a => a.pathname)`))
	}
	return views
}

// named is the last segment of an address, where a thing of a list is named.
var named = regexp.MustCompile(`/(biurko|desk)/([a-z-]+)/[^/]+`)

// inside is where a thing is named within another one.
var inside = regexp.MustCompile(`/(sesje|sessions|zgloszenia|submissions|posiedzenia|sittings|wystapienia|talks|program|programme|opinie|opinions)/[^/]+`)

func deskShape(path string) string {
	path = regexp.MustCompile(`/kpm-\d+/`).ReplaceAllString(path, "/edition/")
	return inside.ReplaceAllString(named.ReplaceAllString(path, "/$1/$2/*"), "/$1/*")
}

// Every page of the desk is held to what every public page is.
func TestEveryPageOfTheDeskIsFitForEverybody(t *testing.T) {
	inBoth(t, func(t *testing.T, lang string) {
		b := signedIn(t, ownDemo(t), lang)
		views := b.deskViews(lang)
		t.Logf("%d pages: %s", len(views), strings.Join(views, " "))
		if len(views) < 20 {
			t.Errorf("only %d pages of the desk were found", len(views))
		}
		for _, path := range views {
			b.visit(path)
			b.want(`document.title.length > 3 && document.documentElement.lang === "`+lang+`"`, "no title or language")
			b.want(`document.querySelectorAll("main").length === 1 && document.querySelectorAll("h1").length === 1`, "not one main and one h1")
			b.fit("the desk")
		}
	})
}

// An organiser whose browser runs no script does everything, with a few more pages.
func TestAnOrganiserWithoutScript(t *testing.T) {
	t.Parallel()
	s := ownDemo(t)
	b := open(t, s.Base).withoutScript()
	b.visit(s.link("pl"))
	b.click("main form button")
	b.visit(desk["pl"].sessions + "/bioodpady")

	rows := eval[int](b, `document.querySelectorAll('[name="segment_title_pl"]').length`)
	b.fill("#f-lead_pl", "Bez skryptu.")
	b.click(`button[value="add segments"]`)
	if got := eval[int](b, `document.querySelectorAll('[name="segment_title_pl"]').length`); got != rows+1 {
		t.Errorf("the button makes %d rows of %d, want one more", got, rows)
	}
	if got := b.value("#f-lead_pl"); got != "Bez skryptu." {
		t.Errorf("after the button the lead is %q, want what was typed", got)
	}
	b.fill(row("segment_title_pl", 0), "Wprowadzenie")
	b.fill(row("segment_minutes", 0), "15")
	b.click(`button[value="check"]`)
	if got := eval[string](b, `document.querySelector("#f-segments .when").innerText`); !strings.Contains(got, "11:00–11:15") {
		t.Errorf("the part runs %q, want 11:00–11:15", got)
	}
	title := b.value("#f-title_pl")
	b.fill("#f-title_pl", "")
	b.provoke(422)
	if status := b.save(); status != 422 {
		t.Errorf("a session without a title is answered with %d, want 422", status)
	}
	b.fill("#f-title_pl", title)
	if status := b.save(); status != 200 {
		t.Fatalf("the corrected form is answered with %d: %s", status, b.text(".error-summary"))
	}
	if got := b.value(row("segment_title_pl", 0)); got != "Wprowadzenie" {
		t.Errorf("the part is called %q after saving", got)
	}
	b.fill("#f-lead_pl", "Tego nie zapisano.")
	b.click(`button[value="check"]`)
	b.visit(desk["pl"].sessions + "/bioodpady")
	b.want(present(`a[href*="draft=use"]`), "what a button sent is not offered as a draft")
	b.visit(desk["pl"].release)
	b.fill("#f-name", "Wydanie bez skryptu")
	if b.is(present("#f-despite")) {
		b.press("#f-despite")
	}
	if status := b.click(`main form[method="post"].section button.button`); status != 200 || b.where() != desk["pl"].releases {
		t.Errorf("the release is answered with %d at %s: %s", status, b.where(), b.text(".error-summary"))
	}
}

// An organiser who has no mouse signs in, changes a title and saves.
func TestAnOrganiserWithAKeyboard(t *testing.T) {
	t.Parallel()
	s := ownDemo(t)
	b := open(t, s.Base)
	b.visit(s.link("pl"))
	b.tabTo("main form button")
	b.leaving(enter())
	b.visit(desk["pl"].sessions)
	b.tabTo(`main a[href$="/bioodpady"]`)
	b.leaving(enter())
	b.tabTo("#f-title_pl")
	b.keys("a", chromedp.KeyModifiers(chromedp.ModifierCtrl))
	b.keys(kb.Delete)
	b.write("Bioodpady bez myszy")
	if status := b.leaving(enter()); status != 200 { // Enter in a field saves
		t.Fatalf("Enter is answered with %d: %s", status, b.text(".error-summary"))
	}
	if got := b.value("#f-title_pl"); got != "Bioodpady bez myszy" {
		t.Errorf("the title is %q after saving", got)
	}
	b.tabTo(`button[value="check"]`)
	b.leaving(enter())
	b.walkByTab(b.where())
}

// tabTo presses Tab until the element has the focus, and wants to see that it has.
func (b *tab) tabTo(selector string) {
	b.t.Helper()
	if !b.is(present(selector)) {
		b.t.Fatalf("nothing at %s is %s", b.where(), selector)
	}
	for range 400 {
		b.keys(tabKey)
		if b.is("document.activeElement.matches(" + quoted(selector) + ")") {
			if f := b.focus(); !f.Ring {
				b.t.Errorf("nobody sees that %s has the focus", selector)
			}
			return
		}
	}
	b.t.Fatalf("Tab never reaches %s at %s", selector, b.where())
}
