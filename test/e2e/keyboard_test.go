package e2e

import (
	"fmt"
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

const tabKey = kb.Tab

// enter presses Enter where the focus is.
func enter() chromedp.Action[chromedp.Void] { return chromedp.KeyEvent(kb.Enter) }

// backwards presses Tab with Shift.
func (b *tab) backwards() {
	b.t.Helper()
	b.keys(tabKey, chromedp.KeyModifiers(chromedp.ModifierShift))
}

// focused describes what has the focus: its name for a person, and where it is.
type focused struct {
	Tag, Name, Href string
	InView, Ring    bool
	Place           int // its number among all elements of the page
}

// focus looks at what has the focus, and at whether somebody can see that.
func (b *tab) focus() focused {
	b.t.Helper()
	return eval[focused](b, `(() => {
		const e = document.activeElement, box = e.getBoundingClientRect(), style = getComputedStyle(e)
		const ring = s => s.outlineStyle !== "none" && parseFloat(s.outlineWidth) >= 2 || s.boxShadow !== "none"
		return {
			Tag: e.localName, Name: (e.getAttribute("aria-label") || e.innerText || e.name || e.id || "").trim().slice(0, 60),
			Href: e.getAttribute("href") || "",
			InView: box.width > 0 && box.height > 0 && box.bottom > 0 && box.top < innerHeight,
			Ring: e.matches(":focus-visible") && (ring(style) || !!e.closest(".slot") && ring(getComputedStyle(e.closest(".slot")))),
			Place: [...document.querySelectorAll("*")].indexOf(e),
		}
	})()`)
}

// A person with a keyboard reaches everything, sees where they are, and is never caught.
func TestAVisitorWithAKeyboard(t *testing.T) {
	inBoth(t, func(t *testing.T, lang string) {
		w := words[lang]
		b := open(t, readDemo(t).Base)
		for _, path := range []string{"/" + lang + "/kpm-2021", w.session + "kalejdoskop-1", w.sessions, w.search + "?q=miasto"} {
			b.visit(path)
			b.walkByTab(path)
		}
	})
}

// walkByTab presses Tab from the top until the page has been left, and wants each stop to be seen and in order.
func (b *tab) walkByTab(path string) {
	b.t.Helper()
	stops := eval[int](b, `[...document.querySelectorAll("a[href], button, input, select, textarea, summary, [tabindex='0']")]
		.filter(e => !e.disabled && e.tabIndex >= 0 && e.checkVisibility({visibilityProperty: true}) && e.getClientRects().length).length`)
	last, visited := -1, 0
	for range min(2*stops, 80) {
		b.keys(tabKey)
		b.until(`!document.activeElement.matches("a, button, input, select, textarea, summary") || (box => box.bottom > 0 && box.top < innerHeight)(document.activeElement.getBoundingClientRect())`)
		f := b.focus()
		if f.Tag == "body" || f.Tag == "html" || f.Place < last && visited >= stops {
			break // round the corner, to the browser itself
		}
		if f.Place == last {
			continue // a date has a stop for the day, the month and the year
		}
		visited++
		switch {
		case f.Place < last:
			b.t.Errorf("%s: Tab goes back from place %d to %q", path, last, f.Name)
		case !f.Ring:
			b.t.Errorf("%s: nobody sees that <%s> %q has the focus", path, f.Tag, f.Name)
		case !f.InView:
			b.t.Errorf("%s: <%s> %q has the focus outside of what can be seen", path, f.Tag, f.Name)
		case f.Name == "":
			b.t.Errorf("%s: <%s> at place %d has the focus and no name", path, f.Tag, f.Place)
		}
		last = f.Place
	}
	if visited < min(stops, 40) {
		b.t.Errorf("%s: Tab reaches %d of %d things that can be used", path, visited, stops)
	}
}

func TestTheSkipLinkLeadsToTheContent(t *testing.T) {
	inBoth(t, func(t *testing.T, lang string) {
		b := open(t, readDemo(t).Base)
		b.visit(words[lang].sessions)
		b.keys(tabKey)
		if f := b.focus(); f.Href != "#main" || !f.InView {
			t.Fatalf("the first stop is %+v, want the skip link, to be seen", f)
		}
		b.keys(kb.Enter)
		b.until(`location.hash === "#main"`)
		b.keys(tabKey)
		b.want(`document.querySelector("#main").contains(document.activeElement)`, "after the skip link, Tab stops outside of the content")
	})
}

// Arrows lead from session to session on the sheet, and Tab leads out of it.
func TestArrowsMoveInTheTimetable(t *testing.T) {
	t.Parallel()
	b := open(t, readDemo(t).Base)
	b.visit(words["pl"].day)
	b.until(present("[data-timetable] .slot:not(.slot-break) .session-title a"))
	b.do(chromedp.Focus(chromedp.CSS("[data-timetable] .slot:not(.slot-break) .session-title a")))
	at := func() (x, y int) {
		box := eval[[]int](b, `(() => { const box = document.activeElement.closest(".slot").getBoundingClientRect()
			return [Math.round(box.left + scrollX + document.querySelector(".timetable-scroll").scrollLeft),
				Math.round(box.top + scrollY + document.querySelector(".timetable-scroll").scrollTop)] })()`)
		return box[0], box[1]
	}
	x, _ := at()
	b.keys(kb.ArrowRight)
	right, _ := at()
	if right <= x {
		t.Errorf("the arrow to the right goes from %d to %d", x, right)
	}
	b.keys(kb.ArrowLeft)
	if left, _ := at(); left >= right {
		t.Errorf("the arrow to the left goes from %d to %d", right, left)
	}
	_, y := at()
	b.keys(kb.ArrowDown)
	if _, down := at(); down <= y {
		t.Errorf("the arrow down goes from %d to %d", y, down)
	}
	b.until(`(box => box.bottom > 0 && box.top < innerHeight)(document.activeElement.getBoundingClientRect())`) // it may glide
	if f := b.focus(); !f.Ring {
		t.Errorf("after the arrows nobody sees the focus: %+v", f)
	}
	name := b.focus().Name
	b.keys(tabKey)
	if got := b.focus().Name; got == name {
		t.Errorf("Tab stays at %q", name)
	}
	b.backwards()
	if got := b.focus().Name; got != name {
		t.Errorf("Shift and Tab lead to %q, want back to %q", got, name)
	}
	href := b.focus().Href
	b.leaving(enter())
	if b.where() != href {
		t.Errorf("Enter leads to %s, want %s", b.where(), href)
	}
}

// The whole day can be passed with Tab: the grid is no trap.
func TestTheTimetableIsNoTrap(t *testing.T) {
	t.Parallel()
	b := open(t, readDemo(t).Base)
	b.visit(words["pl"].day)
	b.do(chromedp.Evaluate[chromedp.Void](`[...document.querySelectorAll("[data-timetable] a, [data-timetable] button")].filter(e => e.checkVisibility()).at(-1).focus()`))
	b.keys(tabKey)
	b.want(`!document.activeElement.closest("[data-timetable]")`, "Tab does not lead out of the timetable")
	b.do(chromedp.Evaluate[chromedp.Void](fmt.Sprintf(`document.querySelector(%q).focus()`, "[data-timetable] a")))
	b.backwards()
	b.want(`!document.activeElement.closest("[data-timetable]")`, "Shift and Tab do not lead out of the timetable")
}
