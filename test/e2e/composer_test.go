package e2e

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

const composing = "/pl/kpm-2021/biurko/kalejdoskopy/"

// order is what the cycles of the board say: codes, cycle by cycle; the pool comes first.
func (b *tab) order() string {
	b.t.Helper()
	return eval[string](b, `[...document.querySelectorAll("[data-list]")].map(l => [...l.querySelectorAll("[data-talk]")].map(t => t.dataset.talk).join(" ")).join("|")`)
}

// codes are those of one list of the board: 0 is the pool.
func codes(order string, list int) []string {
	return strings.Fields(strings.Split(order, "|")[list])
}

// Talks are moved from the keyboard and by hand. Each move is saved at once, heard, and leaves the reader where they were.
func TestAKaleidoscopeIsComposed(t *testing.T) {
	t.Parallel()
	b := signedIn(t, ownDemo(t), "pl")
	b.visit(composing)
	b.fit("the list of kaleidoscopes")
	board := composing + "kalejdoskop-zielen-i-woda"
	for _, page := range []string{board, board + "/propozycja", board + "/propozycja?seed=2", board + "/wystapienia/KL-1", board + "/kolejnosc"} {
		b.visit(page)
		b.fit(page)
		b.shoot(page)
	}
	b.visit(board)
	before := b.order()
	first, second := codes(before, 1)[0], codes(before, 1)[1]
	talk := func(code string) string { return `[data-talk="` + code + `"]` }

	b.do(script(present(talk(first)) + ".focus()"))
	b.keys(kb.ArrowDown, chromedp.KeyModifiers(chromedp.ModifierAlt))
	b.until(`document.querySelector("[data-list='1'] [data-talk]").dataset.talk === "` + second + `"`)
	b.want(`document.activeElement.dataset.talk === "`+first+`"`, "the talk that was moved keeps the focus")
	b.want(`document.querySelector("[data-said]").textContent.includes("miejsce 2")`, "the move is heard")
	b.visit(board)
	if got := codes(b.order(), 1)[0]; got != second {
		t.Errorf("after the page was opened again %s stands first, want %s", got, second)
	}

	b.do(script(present(talk(first)) + ".focus()"))
	b.keys(kb.ArrowDown, chromedp.KeyModifiers(chromedp.ModifierAlt|chromedp.ModifierShift))
	b.until(present(`[data-list="2"] ` + talk(first)))
	b.do(script(present(talk(first)+" [data-grab]") + ".click()"))
	b.do(script(present(talk(first)) + ".focus()"))
	b.keys(kb.ArrowUp)
	b.keys(kb.ArrowUp) // sent one after the other, each with the revision that the one before has made
	b.until(`document.querySelectorAll("[data-list='2'] [data-talk]")[1].dataset.talk === "` + first + `"`)
	b.keys(kb.Escape)
	b.until(`document.querySelector("[data-grab][aria-pressed='true']") === null`)

	was := b.order()
	b.drag(talk(second), `[data-list="0"]`)
	b.until(present(`[data-list="0"] ` + talk(second)))
	b.press(`button[name="do"][value="undo"]`)
	b.until("!" + present(`[data-list="0"] `+talk(second)))
	if now := b.order(); now != was {
		t.Errorf("after undo the board says %s, want %s", now, was)
	}

	// Somebody else moves a talk meanwhile: the next press is not made, and can be made again.
	other := b.beside(t)
	other.visit(board)
	other.press(talk(second) + ` button[value="off"]`)
	other.until(present(`[data-list="0"] ` + talk(second)))
	b.provoke(409)
	b.press(talk(first) + ` button[value="off"]`)
	b.until(`document.querySelector("#again") !== null`)
	b.want(`document.activeElement.id === "again"`, "the reader is told at once")
	b.press("#again button")
	b.until(present(`[data-list="0"] ` + talk(first)))
	b.fit("two talks in the pool")
	b.shoot("pool")
	b.visit(board + "/propozycja?seed=3")
	b.fit("a proposal with changes")
	b.shoot("changes")
	b.click(`main form[action$="propozycja"] button`)
	b.want(`document.querySelectorAll("[data-list='0'] [data-talk]").length === 0`, "what was proposed has been taken over")
	b.click(`main form[action$="program"] button`)
	b.want(`document.body.innerText.includes("tak jest w programie")`, "it stands in the programme")
}

// drag drags one thing onto another, as a mouse would.
func (b *tab) drag(from, to string) {
	b.t.Helper()
	b.do(script(`(() => {
		const data = new DataTransfer(), from = ` + present(from) + `, to = ` + present(to) + `
		for (const [kind, at] of [["dragstart", from], ["dragover", to], ["drop", to], ["dragend", from]])
			at.dispatchEvent(new DragEvent(kind, { bubbles: true, cancelable: true, dataTransfer: data, clientY: at.getBoundingClientRect().bottom - 1 }))
	})()`))
}

// shoot keeps pictures of a page, wide and narrow, where OBRADY_E2E_PICTURES names a folder for them.
func (b *tab) shoot(page string) {
	b.t.Helper()
	folder := os.Getenv("OBRADY_E2E_PICTURES")
	if folder == "" {
		return
	}
	for name, width := range map[string]int64{"wide": 1440, "narrow": 390} {
		b.size(width, 900)
		picture, err := chromedp.Run(b.ctx, chromedp.FullScreenshot(100))
		need(b.t, err)
		need(b.t, os.WriteFile(filepath.Join(folder, strings.NewReplacer("/", "_", "?", "_").Replace(page)+"-"+name+".png"), picture, 0o600))
	}
	b.size(1440, 900)
}
