package e2e

import (
	"testing"
	"time"

	"obrady/internal/admission"
	"obrady/internal/people"
)

// The pages of sign-ups are good for every eye and hand in each state that somebody may meet, and say by name what can
// be done.
func TestPagesOfSignUpsFitEverybody(t *testing.T) {
	inBoth(t, func(t *testing.T, lang string) {
		m, at, words := theEnrolment(t), signupPages[lang], heard[lang]
		fit := map[string]func(*tab, string){"pl": (*tab).fit, "en": (*tab).fitState}[lang]
		w := m.window(t, inAnHour)
		o := m.offer(t, w, 2, 1, admission.Pool{Kind: admission.ForNeed, Target: "wheelchair", Capacity: 1},
			admission.Pool{Kind: admission.ForSector, Target: string(people.Sectors[0]), Capacity: 1})
		full := m.offer(t, m.window(t, func(w *admission.Window) { w.Waiting = false }), 3, 0)
		b := open(t, m.Base)
		for _, path := range []string{at.of(o), at.all} {
			b.visit(path)
			fit(b, "signed out")
		}

		me, next := m.person(t), m.person(t)
		for _, path := range []string{at.mine, at.wishes, at.all, at.of(o)} {
			me.visit(path)
			fit(me, "nothing yet")
		}
		me.until(waiting)
		me.want(`document.querySelector(".countdown").getAttribute("role") === "timer"`, "the countdown has no role")
		me.walkByTab(at.of(o))
		me.press(pressButton)
		me.hears(words.early)
		fit(me, "too early")

		m.opens(t, w, m.now(t).Add(-time.Minute))
		for _, one := range []*tab{me, next} {
			one.visit(at.of(o))
		}
		me.press(pressButton)
		me.hears(words.held)
		fit(me, "a place, where it was asked for")
		// The page that browsers without script get.
		if status := next.leaving(script(`document.querySelector("[data-press]").submit()`)); status != 200 {
			t.Errorf("the form is answered with %d", status)
		}
		fit(next, "in the line, as a page")
		for _, one := range []*tab{me, next} {
			for _, path := range []string{at.of(o), at.mine} {
				one.visit(path)
				fit(one, "with something")
			}
		}
		me.click(`main a[href$="/rezygnacja"], main a[href$="/cancellation"]`)
		fit(me, "the question before a place is given back")

		me.visit(at.of(full))
		me.provoke(409)
		me.press(pressButton)
		me.until(present(said + ".notice-bad"))
		fit(me, "refused")
	})
}
