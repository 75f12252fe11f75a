package e2e

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
)

// decisions counts how often the house has decided about what somebody wanted at a session: the rows of its journal of
// decisions, not what a page says of it.
func (m *enrolment) decisions(b *tab, o offered) (n int) {
	b.t.Helper()
	err := m.db.QueryRow(b.t.Context(), `
		SELECT COUNT(*) FROM signup_event JOIN account ON account.id = signup_event.account_id
		WHERE account.email = $1 AND signup_event.session_id = $2`, b.address, o.ID).Scan(&n)
	if err != nil {
		b.t.Fatal(err)
	}
	return n
}

// Without script the button is an ordinary one: too early is an answer that costs nothing, and to load the answer again
// is no second press.
func TestAPressWithoutScript(t *testing.T) {
	inBoth(t, func(t *testing.T, lang string) {
		m, at, words := theEnrolment(t), signupPages[lang], heard[lang]
		w := m.window(t, inAnHour)
		o := m.offer(t, w, 1, 1)
		b, after := m.person(t).withoutScript(), m.person(t).withoutScript()
		b.visit(at.of(o))
		b.want(shown("[data-press] button")+" && !"+waiting, "there is no button without script")
		b.want(shown("[data-without-script]"), "nobody says when the button will work")
		if status := b.click(pressButton); status != 200 {
			t.Errorf("a press that is too early is answered with %d, want a page", status)
		}
		b.want(present("main .notice-bad")+` && !/\d{6,}-\d\d/.test(document.querySelector(".notice-bad").innerText)`, "an early press is not told kindly")

		m.opens(t, w, m.now(t).Add(-time.Minute))
		b.click(`main a[href$="` + at.of(o) + `"]`)
		if status := b.click(pressButton); status != 200 || !strings.Contains(b.text("main"), words.held) {
			t.Fatalf("the press is answered with %d: %s", status, b.text("main"))
		}
		number, decided := receipt.FindString(b.text("main")), m.decisions(b, o)
		b.leaving(chromedp.Reload())
		if got := receipt.FindString(b.text("main")); got != number || number == "" {
			t.Errorf("loaded again, the answer has the number %q, before %q", got, number)
		}
		if got := m.decisions(b, o); got != decided {
			t.Errorf("loading the answer again made %d decisions of %d", got, decided)
		}

		after.visit(at.of(o))
		after.click(pressButton)
		if got := after.text("main"); !strings.Contains(got, strings.TrimSuffix(fmt.Sprintf(words.waiting, 1), ".")) {
			t.Errorf("the next is told %q, want the first number in the line", got)
		}
	})
}

// However the connection behaves, one press is one place under one number.
func TestAPressThatIsSentTwice(t *testing.T) {
	t.Parallel()
	m, at := theEnrolment(t), signupPages["pl"]
	w := m.window(t)
	const failing = `const real = window.fetch; let met = 0; window.fetch = async (...a) => {
		if (a[1]?.method !== "POST" || met++ > 0) return real(...a)
		%s
	}; document.querySelector("[data-press] button").click()`
	for _, test := range []struct{ name, press string }{
		{"a double click", `for (let n = 0; n < 2; n += 1) document.querySelector("[data-press] button").click()`},
		{"two tabs of one person with the page of one of them", fmt.Sprintf(failing, `return (await real(...a), real(...a))`)},
		{"lost on the way there", fmt.Sprintf(failing, `throw new TypeError("lost")`)},
		{"lost on the way back", fmt.Sprintf(failing, `await real(...a); throw new TypeError("lost")`)},
		{"half an answer", fmt.Sprintf(failing, `await real(...a); return new Response('{"receipt":"0000', {status: 200})`)},
		{"a queue that is full", fmt.Sprintf(failing, `return new Response("", {status: 503, headers: {"Retry-After": "1"}})`)},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			o := m.offer(t, w, 2, 3)
			b := m.person(t)
			b.visit(at.of(o))
			b.do(script(test.press))
			b.hears(heard["pl"].held)
			number := receipt.FindString(b.text(said))
			if got := m.decisions(b, o); got != 1 {
				t.Errorf("%d decisions were made, want one", got)
			}
			b.visit(at.mine)
			if got := receipt.FindString(b.text(fmt.Sprintf("[data-own=%q]", o.Slug))); got != number || number == "" {
				t.Errorf("the answer had the number %q, the page of one's own has %q", number, got)
			}
		})
	}
}
