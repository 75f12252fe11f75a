package e2e

import (
	"fmt"
	"strings"
	"testing"
)

// words are the parts of addresses in both languages that journeys pass.
var words = map[string]struct {
	day, programme, session, sessions, agenda, search, now, moment, print string
}{
	"pl": {
		"/pl/kpm-2021/program/2021-06-07", "/pl/kpm-2021/program", "/pl/kpm-2021/sesje/", "/pl/kpm-2021/sesje", "/pl/kpm-2021/moj-program",
		"/pl/kpm-2021/szukaj", "/pl/kpm-2021/teraz", "o", "/pl/kpm-2021/druk/2021-06-07",
	},
	"en": {
		"/en/kpm-2021/programme/2021-06-07", "/en/kpm-2021/programme", "/en/kpm-2021/sessions/", "/en/kpm-2021/sessions", "/en/kpm-2021/my-agenda",
		"/en/kpm-2021/search", "/en/kpm-2021/now", "at", "/en/kpm-2021/print/2021-06-07",
	},
}

// inBoth runs a journey in both languages.
func inBoth(t *testing.T, journey func(t *testing.T, lang string)) {
	t.Parallel()
	for _, lang := range languages {
		t.Run(lang, func(t *testing.T) { t.Parallel(); journey(t, lang) })
	}
}

func TestAVisitorChoosesASession(t *testing.T) {
	inBoth(t, func(t *testing.T, lang string) {
		w := words[lang]
		b := open(t, readDemo(t).Base)
		b.visit("/" + lang + "/")
		b.click(`main a[href="/` + lang + `/kpm-2021"]`)
		b.click(`main a[href^="` + w.programme + `"]`)
		if !strings.HasPrefix(b.where(), w.programme) {
			t.Fatalf("the home of the edition leads to %s, want the programme", b.where())
		}
		b.visit(w.day)

		all := eval[int](b, `document.querySelectorAll("main [data-start] a").length`)
		filter := `nav.filters a[href*="="]:not([aria-current])`
		b.want(present(filter), "the day has no filter")
		b.click(filter)
		some := eval[int](b, `document.querySelectorAll("main [data-start] a").length`)
		if !strings.Contains(b.where(), "?") || some == 0 || some >= all {
			t.Errorf("the filter leads to %s with %d of %d sessions", b.where(), some, all)
		}

		slug := strings.TrimPrefix(eval[string](b, `document.querySelector("main [data-start] .session-title a").pathname`), w.session)
		b.click(`main [data-start] .session-title a`)
		if b.where() != w.session+slug {
			t.Fatalf("the title leads to %s, want %s%s", b.where(), w.session, slug)
		}
		title := b.text("h1")
		star := `main [data-favourite="` + slug + `"]`
		b.until(shown(star))
		b.press(star)
		b.until(present(star + `[aria-pressed="true"]`))

		b.click(`.site-nav a[href="` + w.agenda + `"]`)
		b.onlyInAgenda(slug, title)
		b.visit(w.agenda) // and once more, as after a night
		b.onlyInAgenda(slug, title)
		b.until(shown("[data-agenda-calendar]"))
		file := eval[string](b, `fetch(document.querySelector("[data-agenda-calendar]").href).then(r => r.text())`)
		if !strings.HasPrefix(file, "BEGIN:VCALENDAR") || strings.Count(file, "BEGIN:VEVENT") == 0 {
			t.Errorf("the calendar of the agenda begins %.60q", file)
		}
	})
}

// onlyInAgenda wants exactly one session to be seen on the page of the agenda.
func (b *tab) onlyInAgenda(slug, title string) {
	b.t.Helper()
	b.until(shown(`[data-agenda] [data-session="` + slug + `"]`))
	seen := eval[int](b, `[...document.querySelectorAll("[data-agenda] [data-session]")].filter(e => e.checkVisibility()).length`)
	rows := eval[int](b, `document.querySelectorAll('[data-agenda] [data-session="`+slug+`"]').length`)
	if seen != rows {
		b.t.Errorf("the agenda shows %d sessions, want only the starred one (%d)", seen, rows)
	}
	if got := b.text(`[data-agenda] [data-session="` + slug + `"] .session-title`); got != title {
		b.t.Errorf("the agenda shows %q, want %q", got, title)
	}
}

func TestAVisitorWithoutPolishLettersFindsThings(t *testing.T) {
	inBoth(t, func(t *testing.T, lang string) {
		b := open(t, readDemo(t).Base)
		b.visit("/" + lang + "/kpm-2021")
		b.fill(`.site-search input[name="q"]`, "lodz")
		b.leaving(enter())
		if !strings.HasPrefix(b.where(), words[lang].search+"?q=lodz") {
			t.Fatalf("the search leads to %s", b.where())
		}
		if found := b.text("main"); !strings.Contains(found, "Łódź") {
			t.Errorf("lodz does not find Łódź: %.300s", found)
		}
		if got := b.value(`main input[name="q"]`); got != "lodz" {
			t.Errorf("the field shows %q, want what was asked", got)
		}
	})
}

// Whoever changes the language deep inside stays where they are.
func TestAVisitorChangesTheLanguage(t *testing.T) {
	t.Parallel()
	b := open(t, readDemo(t).Base)
	for _, test := range []struct{ name, pl, en string }{
		{"a session", "/pl/kpm-2021/sesje/kalejdoskop-1", "/en/kpm-2021/sessions/kalejdoskop-1"},
		{"a day", "/pl/kpm-2021/program/2021-06-08", "/en/kpm-2021/programme/2021-06-08"},
		{"a search", "/pl/kpm-2021/szukaj?q=miasto", "/en/kpm-2021/search?q=miasto"},
	} {
		b.visit(test.pl)
		polish := b.text("title") + b.text("h1")
		b.click(`.site-tools a[hreflang="en"]`)
		if b.where() != test.en {
			t.Errorf("%s: English is at %s, want %s", test.name, b.where(), test.en)
		}
		b.want(`document.documentElement.lang === "en"`, test.name+" does not say that it is in English")
		b.click(`.site-tools a[hreflang="pl"]`)
		if b.where() != test.pl || b.text("title")+b.text("h1") != polish {
			t.Errorf("%s: the way back leads to %s", test.name, b.where())
		}
	}
}

func TestTheFrontDoorSpeaksTheVisitorsLanguage(t *testing.T) {
	t.Parallel()
	for _, test := range []struct{ prefers, want string }{
		{"en-GB,en;q=0.9", "/en/"}, {"pl-PL,pl;q=0.9,en;q=0.8", "/pl/"}, {"uk-UA", "/pl/"},
	} {
		b := open(t, readDemo(t).Base)
		b.prefers(test.prefers)
		b.visit("/")
		if got := b.where(); got != test.want {
			t.Errorf("who prefers %s arrives at %s, want %s", test.prefers, got, test.want)
		}
	}
}

func TestAVisitorSeesWhatIsOnNow(t *testing.T) {
	inBoth(t, func(t *testing.T, lang string) {
		w := words[lang]
		b := open(t, readDemo(t).Base)
		b.visit(fmt.Sprintf("%s?%s=2021-06-07T12:40", w.now, w.moment))
		b.want(present(".now-item .session-title"), "nothing is on at 12:40 of the first day")
		b.want(present(".next-item .session-title"), "nothing follows at 12:40 of the first day")
		// What is said to be on has begun and not ended.
		late := eval[[]string](b, `[...document.querySelectorAll(".now-item > *")].filter(item => item.querySelector("time")).flatMap(item => {
			const [from, to] = [...item.querySelectorAll("time[datetime]")].map(e => Date.parse(e.dateTime))
			const at = Date.parse("2021-06-07T12:40:00+02:00")
			return from <= at && (to === undefined || at < to) ? [] : [item.innerText]
		})`)
		if len(late) > 0 {
			t.Errorf("said to be on at 12:40, but is not: %q", late)
		}
		b.visit(fmt.Sprintf("%s?%s=2021-06-07T03:00", w.now, w.moment))
		b.want("!"+present(".now-item .session-title"), "something is on at three in the morning")
		b.visit(w.now)
		b.want(present(`main a[href^="`+w.programme+`"]`), "when all is over, no way leads to the days")
	})
}

func TestWhatIsPrinted(t *testing.T) {
	inBoth(t, func(t *testing.T, lang string) {
		w := words[lang]
		b := open(t, readDemo(t).Base)
		for _, path := range []string{w.day, w.session + "kalejdoskop-1", w.print} {
			b.visit(path)
			b.media("print")
			for _, selector := range []string{".site-nav", ".site-search", "nav.filters", ".skip-link", "button.star"} {
				b.want("!("+shown(selector)+")", selector+" is printed")
			}
			b.want(shown("main h1, main h2"), "no title is printed")
			b.want(`getComputedStyle(document.body).backgroundColor.match(/255, 255, 255|0, 0, 0, 0/)`, "the paper is coloured")
			b.media("")
		}
		b.want(shown(".sheet-table"), "the sheet has no table")
	})
}

func TestAVisitorWithoutScript(t *testing.T) {
	inBoth(t, func(t *testing.T, lang string) {
		w := words[lang]
		b := open(t, readDemo(t).Base).withoutScript()
		b.visit("/" + lang + "/kpm-2021")
		b.click(`.site-nav a[href^="` + w.programme + `"]`)
		b.visit(w.day)
		b.want("!("+shown("button.star, [data-now-jump]")+")", "a button that needs script is shown")
		b.click(`nav.filters a[href*="="]:not([aria-current])`)
		b.want(present("main .session-title a"), "the filter shows nothing")
		b.click("main .session-title a")
		b.want(present(".session-head h1"), "the title of a session leads elsewhere")
		b.fill(`.site-search input[name="q"]`, map[string]string{"pl": "miastach", "en": "cities"}[lang])
		b.click(".site-search button")
		b.want(present("main .session-title a"), "the search finds nothing")
		b.visit(w.agenda)
		b.want(shown("main [data-session]")+" || "+shown("main .notice"), "the agenda says nothing without script")
		b.visit(w.agenda + "?sesje=kalejdoskop-1")
		if rows := eval[int](b, `document.querySelectorAll("main [data-session]").length`); rows != 1 {
			t.Errorf("an agenda of one session shows %d", rows)
		}
	})
}

func TestAVisitorInAnotherZone(t *testing.T) {
	inBoth(t, func(t *testing.T, lang string) {
		b := open(t, readDemo(t).Base)
		b.visit(words[lang].session + "warsztat-mapowanie-barier")
		b.want(present("[data-zone-hint]"), "a session online has no place for the visitor's hour")
		begins := eval[string](b, `document.querySelector("[data-zone-hint]").dateTime`)
		for _, zone := range []struct{ name, shown string }{{"Europe/Warsaw", ""}, {"America/New_York", "-6"}} {
			b.zone(zone.name)
			b.visit(words[lang].session + "warsztat-mapowanie-barier")
			b.until(`document.readyState === "complete"`)
			if zone.shown == "" {
				b.want("!("+shown("[data-zone-hint]")+")", "the hint is shown to visitors of the same zone")
				continue
			}
			b.until(shown("[data-zone-hint]"))
			want := eval[string](b, `new Intl.DateTimeFormat(document.documentElement.lang, {hour: "2-digit", minute: "2-digit", hourCycle: "h23", timeZone: "America/New_York"}).format(new Date("`+begins+`"))`)
			if got := b.text("[data-zone-hint]"); !strings.Contains(got, want) {
				t.Errorf("the visitor's hour is %q, want %s in it", got, want)
			}
		}
	})
}

func TestAVisitorWhoWantsLessMotion(t *testing.T) {
	t.Parallel()
	b := open(t, readDemo(t).Base)
	b.media("", "prefers-reduced-motion", "reduce")
	for _, path := range []string{"/pl/kpm-2021", words["pl"].day, words["pl"].session + "kalejdoskop-1"} {
		b.visit(path)
		moving := eval[[]string](b, `[...document.querySelectorAll("*")].filter(e => {
			const style = getComputedStyle(e)
			return [style.transitionDuration, style.animationDuration].some(d => d.split(",").some(part => parseFloat(part) > 0.01))
				|| style.scrollBehavior === "smooth"
		}).map(e => e.outerHTML.slice(0, 80))`)
		if len(moving) > 0 {
			t.Errorf("%s still moves: %q", path, moving[:min(3, len(moving))])
		}
	}
}
