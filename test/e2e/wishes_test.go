package e2e

import (
	"fmt"
	"strings"
	"testing"
	"time"
)

// outcome is what a page says of one session of a wish list.
func (b *tab) outcome(o offered) string {
	b.t.Helper()
	return b.text(fmt.Sprintf("[data-outcome=%q]", o.Slug))
}

// One press claims a whole wish list: what clashes with something that stands higher is left out, and each session
// says what became of it.
func TestAWishListIsClaimedAtOnce(t *testing.T) {
	inBoth(t, func(t *testing.T, lang string) {
		m, at, words := theEnrolment(t), signupPages[lang], heard[lang]
		w := m.window(t, inAnHour)
		best, clashing, other := m.offer(t, w, 3, 5), m.offer(t, w, 3, 5), m.offer(t, w, 4, 5)
		b := m.person(t)
		b.visit(at.of(clashing))
		b.click(fmt.Sprintf(`button[name="add"][value=%q]`, clashing.Slug))
		b.visit(at.wishes)
		for _, o := range []offered{best, other} {
			b.click(fmt.Sprintf(`button[name="add"][value=%q]`, o.Slug))
		}
		b.click(fmt.Sprintf(`button[name="up"][value=%q]`, best.Slug))
		order := eval[[]string](b, `[...document.querySelectorAll("[data-wish]")].map(e => e.dataset.wish)`)
		if want := []string{best.Slug, clashing.Slug, other.Slug}; strings.Join(order, " ") != strings.Join(want, " ") {
			t.Fatalf("the wishes stand in the order %v, want %v", order, want)
		}

		m.beforeTheHour(b, w, at.wishes)
		b.fitState("a wish list before the hour")
		b.until(armed)
		b.press(pressButton)
		b.until(fmt.Sprintf(`/\d{6,}-\d\d/.test(document.querySelector(%q).textContent)`, said))
		for _, o := range []offered{best, other} {
			if got := b.outcome(o); got != words.held {
				t.Errorf("%s: %q, want %q", o.Slug, got, words.held)
			}
		}
		b.visit(at.of(best))
		title := b.text(".session-head h1")
		b.visit(at.mine)
		for _, o := range []offered{best, other} {
			b.want(present(fmt.Sprintf("[data-own=%q]", o.Slug)), "a place is not on the page of one's own")
		}
		b.want("!"+present(fmt.Sprintf("[data-own=%q]", clashing.Slug)), "a refused session is on the page of one's own")
		b.fitState("two places")

		// The session in between says what stands in its way, and takes the place of that on request.
		b.visit(at.of(clashing))
		b.provoke(409)
		b.press(pressButton)
		b.hears(title)
		b.fitState("a refusal")
		b.choose("#f-instead", best.Slug)
		b.press(pressButton)
		b.hears(words.held)
		b.visit(at.mine)
		b.want(present(fmt.Sprintf("[data-own=%q]", clashing.Slug))+" && !"+present(fmt.Sprintf("[data-own=%q]", best.Slug)), "the swap has not been made")
	})
}

// Shortly before a session a place that is given back is offered to who is next, who accepts it with one press.
func TestAnOfferedPlaceIsAccepted(t *testing.T) {
	t.Parallel()
	m, at, words := theEnrolment(t), signupPages["pl"], heard["pl"]
	o := m.offer(t, m.window(t), 5, 1)
	holds, waits := m.person(t), m.person(t)
	for _, b := range []*tab{holds, waits} {
		b.visit(at.of(o))
		b.press(pressButton)
		b.until(fmt.Sprintf(`/\d{6,}-\d\d/.test(document.querySelector(%q).textContent)`, said))
	}
	m.exec(t, `UPDATE admission_session SET starts_at = $1 WHERE session_id = $2`, m.now(t).Add(20*time.Hour), o.ID)
	waits.visit(at.mine)
	waits.do(script("window.same = true"))
	holds.visit(at.of(o) + "/rezygnacja")
	holds.click("main .button-danger")
	accept := fmt.Sprintf("[data-own=%q] form button", o.Slug)
	waits.until("window.same && " + present(accept))
	waits.fitState("an offer")
	waits.want(fmt.Sprintf(`document.querySelector(%q).innerText.includes(":")`, accept), "the button does not name its session")
	if status := waits.click(accept); status != 200 || waits.where() != at.mine {
		t.Fatalf("accepting is answered with %d at %s", status, waits.where())
	}
	if got := waits.text(fmt.Sprintf("[data-own=%q]", o.Slug)); !strings.Contains(got, words.held) {
		t.Errorf("after accepting, the page says %q", got)
	}
	holds.visit(at.mine)
	holds.want(present("#released"), "what was given back is not told")
}
