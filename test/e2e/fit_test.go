package e2e

import (
	"slices"
	"testing"
)

// view is a page in a state that somebody may meet, in both languages.
type view struct {
	name, pl, en string
	status       int64
}

// states are what no link of the demo leads to.
var states = []view{
	{"an unknown address", "/pl/kpm-2021/nie-ma", "/en/kpm-2021/not-there", 404},
	{"an unknown address outside", "/pl/nie/ma/niczego", "/en/not/there/at/all", 404},
	{"an unknown day", "/pl/kpm-2021/program/2021-06-20", "/en/kpm-2021/programme/2021-06-20", 404},
	{"an unknown session", "/pl/kpm-2021/sesje/nie-ma", "/en/kpm-2021/sessions/nie-ma", 404},
	{"a search for nothing", "/pl/kpm-2021/szukaj?q=", "/en/kpm-2021/search?q=", 200},
	{"a search that finds nothing", "/pl/kpm-2021/szukaj?q=qqqqqq", "/en/kpm-2021/search?q=qqqqqq", 200},
	{"a search that finds much", "/pl/kpm-2021/szukaj?q=miasto", "/en/kpm-2021/search?q=city", 200},
	{"a filter that nobody knows", "/pl/kpm-2021/sesje?blok=nie-ma", "/en/kpm-2021/sessions?block=nie-ma", 200},
	{"now, in the middle of it", "/pl/kpm-2021/teraz?o=2021-06-07T12:40", "/en/kpm-2021/now?at=2021-06-07T12:40", 200},
	{"an agenda of two", "/pl/kpm-2021/moj-program?sesje=bioodpady,kalejdoskop-1", "/en/kpm-2021/my-agenda?sesje=bioodpady,kalejdoskop-1", 200},
	{"a kaleidoscope", "/pl/kpm-2021/sesje/kalejdoskop-1", "/en/kpm-2021/sessions/kalejdoskop-1", 200},
	{"a practice", "/pl/kpm-2021/dobre-praktyki/autobus-na-telefon", "/en/kpm-2021/good-practices/autobus-na-telefon", 200},
	{"a practice that is old", "/pl/kpm-2021/dobre-praktyki/panel-obywatelski-w-srednim-miescie", "/en/kpm-2021/good-practices/panel-obywatelski-w-srednim-miescie", 200},
	{"practices of one thread", "/pl/kpm-2021/dobre-praktyki?watek=woda-i-klimat", "/en/kpm-2021/good-practices?thread=woda-i-klimat", 200},
	{"no practice", "/pl/kpm-2021/dobre-praktyki?q=hipopotam", "/en/kpm-2021/good-practices?q=hippopotamus", 200},
	{"a workshop", "/pl/kpm-2021/sesje/warsztat-mapowanie-barier", "/en/kpm-2021/sessions/warsztat-mapowanie-barier", 200},
}

// publicViews is one page of every kind, and every state.
func publicViews(t *testing.T) []view {
	t.Helper()
	report := walkedDemo(t)
	var views []view
	for _, kind := range visitorKinds {
		views = append(views, view{kind.name, kind.sample(report, "pl"), kind.sample(report, "en"), 200})
	}
	return slices.Concat(views, states)
}

func (v view) in(lang string) string { return map[string]string{"pl": v.pl, "en": v.en}[lang] }

var languages = []string{"pl", "en"}

// widths are a desk, a phone, and the phone of somebody who has magnified the page four times (WCAG 1.4.10).
var widths = []int64{1440, 390, 320}

// Every kind of page, wide and narrow, light and dark, has nothing that axe-core objects to, and nothing that sticks
// out to the side.
func TestEveryKindOfPageIsFitForEverybody(t *testing.T) {
	t.Parallel()
	s := readDemo(t)
	for _, lang := range languages {
		t.Run(lang, func(t *testing.T) {
			t.Parallel()
			b := open(t, s.Base)
			for _, v := range publicViews(t) {
				if v.in(lang) == "" {
					t.Errorf("%s: no such page was found", v.name)
					continue
				}
				b.visitFor(v.in(lang), v.status)
				b.fit(v.name)
			}
		})
	}
}

// fit looks at the page that is open in all widths and colour schemes.
func (b *tab) fit(name string) {
	b.t.Helper()
	where := b.where()
	for _, width := range widths {
		b.size(width, 900)
		if over := eval[int](b, "document.scrollingElement.scrollWidth - innerWidth"); over > 0 {
			b.t.Errorf("%s (%s) at %d: %d pixels too wide: %s", name, where, width, over, b.widest())
		}
		if width == 320 {
			continue // the same layout as 390
		}
		rules := everyRule
		for _, scheme := range []string{"light", "dark"} {
			b.media("", "prefers-color-scheme", scheme)
			for _, finding := range b.axe(rules) {
				b.t.Errorf("%s (%s) at %d, %s: %s", name, where, width, scheme, finding)
			}
			rules = onlyContrast
		}
	}
	b.media("")
	b.size(1440, 900)
}

// widest names what sticks out furthest.
func (b *tab) widest() string {
	b.t.Helper()
	return eval[string](b, `(() => {
		let found = '', most = innerWidth
		for (const e of document.body.querySelectorAll('*')) {
			const right = e.getBoundingClientRect().right
			if (right > most && getComputedStyle(e).position !== 'fixed') [found, most] = [e.outerHTML.slice(0, 120), right]
		}
		return found
	})()`)
}
