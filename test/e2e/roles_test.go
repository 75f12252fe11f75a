package e2e

import (
	"fmt"
	"strings"
	"testing"
)

// grants are the addresses of the pages about roles in both languages.
var grants = map[string]struct{ list, give, teams, refusals, mine, talks string }{
	"pl": {
		"/pl/kpm-2021/biurko/role", "/pl/kpm-2021/biurko/role/nowa", "/pl/kpm-2021/biurko/role/zespoly", "/pl/kpm-2021/biurko/role/wylaczenia",
		"/pl/moje/role", "/pl/moje/wystapienia",
	},
	"en": {
		"/en/kpm-2021/desk/roles", "/en/kpm-2021/desk/roles/new", "/en/kpm-2021/desk/roles/teams", "/en/kpm-2021/desk/roles/exclusions",
		"/en/mine/roles", "/en/mine/talks",
	},
}

// as is a tab of whoever has the role in the demonstration.
func as(t *testing.T, s *server, role string) *tab {
	t.Helper()
	b := open(t, s.Base)
	b.visit(s.Links[role])
	b.click("main form button")
	return b
}

// A role that an organiser takes back is gone with the next click of whoever had it.
func TestARoleIsGivenAndTakenBack(t *testing.T) {
	inBoth(t, func(t *testing.T, lang string) {
		s := ownDemo(t)
		me, her := signedIn(t, s, lang), as(t, s, "coordinator")
		her.visit(desk[lang].sessions)
		page := grants[lang]

		me.visit(page.give)
		me.fitState("the form of a role")
		me.fill("#f-email", "nowa.osoba@przyklad.example")
		me.choose("#f-node", me.option("#f-node", map[string]string{"pl": "Warsztaty", "en": "Workshops"}[lang]))
		me.provoke(422)
		if status := me.click("#sheet button"); status != 422 || me.value("#f-email") != "nowa.osoba@przyklad.example" {
			t.Fatalf("no role at all is answered with %d, and the address is %q", status, me.value("#f-email"))
		}
		me.choose("#f-role", "coordinator")
		if status := me.click("#sheet button"); status != 200 || me.where() != page.list {
			t.Fatalf("a good form is answered with %d at %s: %s", status, me.where(), me.text(".error-summary"))
		}
		me.fitState("the list of roles")
		if got := me.text("main table"); !strings.Contains(got, "nowa.osoba@przyklad.example") {
			t.Errorf("the list does not name the new person: %s", got)
		}

		const hers = `[...document.querySelectorAll("main tbody tr")].find(r => r.innerText.includes("koordynator@")).querySelector("a[href]").getAttribute("href")`
		me.visit(eval[string](me, hers))
		me.fitState("the question before a role is taken back")
		if status := me.click("main .button-danger"); status != 200 || me.where() != page.list {
			t.Fatalf("taking back is answered with %d at %s", status, me.where())
		}
		her.visitFor(desk[lang].sessions, 404)
		her.visit(page.mine)
		her.want(present("main .empty"), "who has no role is not told so")
	})
}

// The pages about roles are good for every eye and hand, with something in them.
func TestPagesAboutRolesFitEverybody(t *testing.T) {
	inBoth(t, func(t *testing.T, lang string) {
		s := ownDemo(t)
		page := grants[lang]
		for role, paths := range map[string][]string{
			"organiser": {page.teams, page.refusals, page.mine}, "moderator": {page.talks}, "council": {page.mine},
		} {
			b := as(t, s, role)
			for _, path := range paths {
				b.visit(path)
				b.fitState(fmt.Sprintf("%s for the %s", path, role))
				for _, width := range []int64{320, 390} {
					b.size(width, 800)
					b.want(`document.documentElement.scrollWidth <= window.innerWidth`, fmt.Sprintf("a page of %d pixels is too wide", width))
				}
				b.size(1440, 900)
			}
		}
	})
}
