package e2e

import (
	"fmt"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp/kb"

	"obrady/internal/admission"
)

const (
	pressButton = "[data-press] button"
	said        = "[data-press] .press-said"
	waiting     = `document.querySelector("[data-press] button[aria-disabled=true]")`
	armed       = `document.querySelector("[data-press] button:not([aria-disabled])")`
)

// receipt is a number by which somebody can prove what they were told.
var receipt = regexp.MustCompile(`\d{6,}-\d{2}`)

// heard are the words of the script in both languages.
var heard = map[string]struct{ left, held, list, waiting, early, open string }{
	"pl": {"Wolne miejsca: %d", "Masz miejsce.", "Na liście rezerwowej: %d", "Jesteś na liście rezerwowej: %d. miejsce.", "Jeszcze chwila.", "Zapisy są otwarte."},
	"en": {"Places left: %d", "You have a place.", "On the waiting list: %d", "You are on the waiting list: number %d.", "Not yet", "Sign-ups are open"},
}

// beforeTheHour opens a page so shortly before a window opens that somebody waits for it. On a busy machine pages take
// their time: then the hour is set further away.
func (m *enrolment) beforeTheHour(b *tab, w admission.Window, path string) {
	b.t.Helper()
	for ahead := 4 * time.Second; ahead < time.Minute; ahead *= 2 {
		m.opens(b.t, w, m.now(b.t).Add(ahead))
		b.visit(path)
		if b.is(waiting + ` && document.querySelector(".countdown:not([hidden])")`) {
			return
		}
	}
	b.t.Fatalf("%s was never there before the hour", path)
}

// noting keeps when the seats of a session were last painted, and when an answer was shown.
func (b *tab) noting(selector string) {
	b.t.Helper()
	b.do(script(fmt.Sprintf(`window.changedAt = 0; new MutationObserver(() => { window.changedAt = Date.now() }).observe(
		document.querySelector(%q), {childList: true, characterData: true, subtree: true})`, selector)))
}

func (b *tab) changedAt() int64 { b.t.Helper(); return eval[int64](b, "window.changedAt") }

// soon is how late another browser may show what has been decided.
const soon = 2000 // ms

// The moment at which sign-ups open: one person waits for it with a keyboard, others look on, and all that follows is
// seen where it matters, without a reload.
func TestTheOpeningMoment(t *testing.T) {
	inBoth(t, func(t *testing.T, lang string) {
		m, at, words := theEnrolment(t), signupPages[lang], heard[lang]
		w := m.window(t, inAnHour)
		o := m.offer(t, w, 0, 2)
		first, second, third, outside := m.person(t), m.person(t), m.person(t), open(t, m.Base)
		outside.visit(at.of(o))
		left := fmt.Sprintf(`[data-seats=%q]`, o.Slug)
		counts := func(b *tab, n int, sentence string) {
			t.Helper()
			b.until(fmt.Sprintf(`document.querySelector(%q).textContent.includes(%q)`, left, fmt.Sprintf(sentence, n)))
		}
		counts(outside, 2, words.left)

		m.beforeTheHour(first, w, at.of(o))
		first.want(`/\d:\d\d/.test(document.querySelector(".countdown").textContent)`, "nobody sees how long it takes")
		first.tabTo(pressButton)
		first.keys(kb.Enter)
		first.hears(words.early)
		first.until(armed)
		first.hears(words.open)
		first.want(`document.activeElement.matches("[data-press] button")`, "the button has lost the focus on the stroke")
		outside.noting(left)
		first.noting(said)
		first.keys(kb.Enter)
		first.hears(words.held)
		first.want(`document.activeElement.matches(".press-said")`, "the answer has not got the focus")
		number := receipt.FindString(first.text(said))
		if number == "" {
			t.Errorf("the answer %q has no number", first.text(said))
		}
		counts(outside, 1, words.left)
		if late := outside.changedAt() - first.changedAt(); late > soon {
			t.Errorf("the count came %d ms after the answer, want at most %d", late, soon)
		}

		second.visit(at.of(o))
		second.press(pressButton)
		second.hears(words.held)
		third.visit(at.of(o))
		third.press(pressButton)
		third.hears(fmt.Sprintf(words.waiting, 1))
		counts(outside, 1, words.list)

		third.visit(at.mine)
		own := fmt.Sprintf(`[data-own=%q]`, o.Slug)
		third.until(present(own))
		third.want(fmt.Sprintf(`document.querySelector(%q).innerText.includes(%q)`, own, fmt.Sprintf(words.waiting, 1)), "the place in the line is not told")
		third.do(script("window.same = true"))
		first.visit(at.mine)
		first.want(fmt.Sprintf(`document.querySelector(%q).innerText.includes(%q)`, own, number), "the receipt is another one here")
		first.click(own + ` a[href$="/rezygnacja"], ` + own + ` a[href$="/cancellation"]`)
		if status := first.click("main form button"); status != 200 || first.where() != at.mine {
			t.Fatalf("giving back is answered with %d at %s", status, first.where())
		}
		third.until(fmt.Sprintf(`window.same && document.querySelector(%q).innerText.includes(%q)`, own, words.held))
		counts(outside, 0, words.list)
	})
}

// hears waits until the answer says something.
func (b *tab) hears(part string) {
	b.t.Helper()
	got := ""
	err := await(b.ctx, func() bool { got = b.text(said); return strings.Contains(got, part) })
	if err != nil {
		b.t.Fatalf("at %s is said %q, want %q in it", b.where(), got, part)
	}
	b.want(fmt.Sprintf(`document.querySelector(%q).getAttribute("role") === "status"`, said), "nobody hears the answer")
}

// inAnHour sets a window that has not opened.
func inAnHour(w *admission.Window) { w.OpensAt = w.OpensAt.Add(2 * time.Hour) }

// Whatever the clock of the browser says, the button waits for that of the database; and whoever presses in the very
// instant in which it is armed is not told that it is too early.
func TestTheButtonIsArmedByTheClockOfTheDatabase(t *testing.T) {
	t.Parallel()
	m := theEnrolment(t)
	at := signupPages["pl"]
	for _, off := range []string{"3600000", "-3600000"} {
		t.Run(off+" ms", func(t *testing.T) {
			t.Parallel()
			w := m.window(t, inAnHour)
			o := m.offer(t, w, 1, 5)
			b := m.person(t)
			b.provoke(409) // the house may be asked a little early, and is then asked again
			send(b, page.AddScriptToEvaluateOnNewDocument, page.AddScriptToEvaluateOnNewDocumentParams{Source: `{
				const real = Date.now; Date.now = () => real() + ` + off + `
				const Real = Date; Date = class extends Real { constructor(...a) { super(...(a.length ? a : [real() + ` + off + `])) } }; Date.now = () => real() + ` + off + `
			}`})
			m.beforeTheHour(b, w, at.of(o))
			b.do(script(`new MutationObserver((_, o) => {
				const button = document.querySelector("[data-press] button")
				if (!button.hasAttribute("aria-disabled")) { o.disconnect(); button.click() }
			}).observe(document.querySelector("[data-press]"), {attributes: true, subtree: true})`))
			b.hears(heard["pl"].held)
		})
	}
}

// The last place goes to one of those who press together; the next is told their number in the line.
func TestTheLastSeatInTwoWindows(t *testing.T) {
	t.Parallel()
	m, at, words := theEnrolment(t), signupPages["pl"], heard["pl"]
	o := m.offer(t, m.window(t), 1, 1)
	both := []*tab{m.person(t), m.person(t)}
	for _, b := range both {
		b.visit(at.of(o))
	}
	for _, b := range both {
		b.do(script(`document.querySelector("[data-press] button").click()`))
	}
	var told []string
	for _, b := range both {
		b.until(fmt.Sprintf(`/\d{6}-\d\d/.test(document.querySelector(%q).textContent)`, said))
		told = append(told, b.text(said))
	}
	all := strings.Join(told, " | ")
	if strings.Count(all, words.held) != 1 || strings.Count(all, fmt.Sprintf(words.waiting, 1)) != 1 {
		t.Errorf("the two were told %q, want one place and the first number in the line", all)
	}
}
