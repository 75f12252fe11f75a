package e2e

import (
	"context"
	"fmt"
	"log"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/chromedp"
)

// browser is one Chromium for all tests; each journey has its own jar of cookies in it.
var browser = sync.OnceValues(func() (context.Context, error) {
	path := ""
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome"} {
		if found, err := exec.LookPath(name); err == nil {
			path = found
			break
		}
	}
	if path == "" {
		return nil, fmt.Errorf("no Chromium is installed; run make need")
	}
	options := append(chromedp.DefaultExecAllocatorOptions[:],
		chromedp.ExecPath(path), chromedp.NoSandbox, chromedp.DisableGPU,
		chromedp.UserDataDir(filepath.Join(work, "profile")),
		chromedp.Flag("disable-quic", true), chromedp.Flag("disable-component-update", true),
		chromedp.Flag("lang", "pl"),
		// Chromium shall talk to the machine itself and to nobody else.
		chromedp.Flag("host-resolver-rules", "MAP * ~NOTFOUND , EXCLUDE 127.0.0.1 , EXCLUDE localhost"))
	ctx, stop := chromedp.NewExecAllocator(context.Background(), options...)
	ctx, leave := chromedp.NewContext(ctx, chromedp.WithLogf(log.Printf))
	closing = func() { leave(); stop() }
	return ctx, chromedp.Do(ctx)
})

var closing func()

func closeBrowser() {
	if closing != nil {
		closing()
	}
}

// tab is one tab of the browser and the person in front of it.
type tab struct {
	t         *testing.T
	ctx       context.Context
	base      string
	address   string // of the person's account, where a journey asks for their letters
	mu        sync.Mutex
	tolerated []string // parts of complaints that this journey provokes
	bad       []string // what the console complained of
}

// longest is how long a journey may take: the walk over every page of the desk is the longest, on a busy machine.
const longest = 6 * time.Minute

// open opens a tab with nothing in its jar. Whatever the page complains about in the console fails the test.
func open(t *testing.T, base string) *tab {
	t.Helper()
	parent, err := browser()
	need(t, err)
	return newTab(t, base, parent, chromedp.WithNewBrowserContext())
}

// beside opens one more tab of the same person, for the test t.
func (b *tab) beside(t *testing.T) *tab {
	t.Helper()
	return newTab(t, b.base, b.ctx)
}

// close closes a tab before the test is over, as people do in the middle of something.
func (b *tab) close() {
	b.t.Helper()
	if err := chromedp.Cancel(b.ctx); err != nil {
		b.t.Fatalf("close the tab: %v", err)
	}
}

func newTab(t *testing.T, base string, parent context.Context, options ...chromedp.ContextOption) *tab {
	t.Helper()
	ctx, stop := context.WithTimeout(parent, longest)
	ctx, leave := chromedp.NewContext(ctx, options...)
	b := &tab{t: t, ctx: ctx, base: base}
	console := chromedp.Console(ctx)
	listening := make(chan struct{})
	go func() {
		defer close(listening)
		for message, err := range console {
			if err != nil {
				return
			}
			b.note(message)
		}
	}()
	b.do(chromedp.EmulateViewport(1440, 900))
	t.Cleanup(func() {
		if t.Failed() && ctx.Err() == nil {
			where, _ := chromedp.Run(ctx, chromedp.Location())
			t.Logf("stood at %s", where)
		}
		leave()
		stop()
		<-listening
		for _, complaint := range b.complaints() {
			t.Errorf("the browser complained: %s", complaint)
		}
	})
	return b
}

func (b *tab) note(m chromedp.ConsoleMessage) {
	if m.Type != chromedp.ConsoleError && m.Type != chromedp.ConsoleException && m.Type != chromedp.ConsoleWarning {
		return
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	b.bad = append(b.bad, fmt.Sprintf("%s %s (%s)", m.Type, m.Text, m.URL))
}

// tolerate lets the console mention what the journey provokes on purpose.
func (b *tab) tolerate(part string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.tolerated = append(b.tolerated, part)
}

// provoke lets the console mention a status that the journey means to meet, such as 422.
func (b *tab) provoke(status int64) { b.tolerate(fmt.Sprintf("status of %d", status)) }

func (b *tab) complaints() (left []string) {
	b.mu.Lock()
	defer b.mu.Unlock()
next:
	for _, complaint := range b.bad {
		for _, allowed := range b.tolerated {
			if strings.Contains(complaint, allowed) {
				continue next
			}
		}
		left = append(left, complaint)
	}
	return left
}

// do performs steps; a step that cannot be done ends the test.
func (b *tab) do(steps ...chromedp.Action[chromedp.Void]) {
	b.t.Helper()
	if err := chromedp.Do(b.ctx, steps...); err != nil {
		b.t.Fatalf("%v", err)
	}
}

// visit opens an address of the site and wants it to answer 200.
func (b *tab) visit(path string) { b.t.Helper(); b.visitFor(path, 200) }

// visitFor opens an address that must answer with the status.
func (b *tab) visitFor(path string, status int64) {
	b.t.Helper()
	if status >= 400 {
		b.provoke(status)
	}
	address := path
	if strings.HasPrefix(path, "/") {
		address = b.base + path
	}
	answer, err := chromedp.Run(b.ctx, chromedp.NavigateResponse(address))
	if err != nil {
		b.t.Fatalf("open %s: %v", path, err)
	}
	if answer != nil && answer.Status != status {
		b.t.Fatalf("%s answers %d, want %d", path, answer.Status, status)
	}
}

// leaving performs the step that leads to another page, and returns its status when the page is there. The page that
// is left carries a mark, because the next may well have the same address.
func (b *tab) leaving(step chromedp.Action[chromedp.Void]) int64 {
	b.t.Helper()
	b.do(chromedp.Evaluate[chromedp.Void]("window.left = true"), step)
	b.until(`!window.left && document.readyState === "complete"`)
	return eval[int64](b, `performance.getEntriesByType("navigation")[0].responseStatus`)
}

// click presses what the selector finds first and waits for the page behind it.
func (b *tab) click(selector string) int64 {
	b.t.Helper()
	if !b.is(present(selector)) {
		b.t.Fatalf("nothing to press: %s at %s", selector, b.where())
	}
	b.reach(selector)
	return b.leaving(chromedp.Click(chromedp.CSS(selector)))
}

// press presses something that does not lead away.
func (b *tab) press(selector string) {
	b.t.Helper()
	if !b.is(present(selector)) {
		b.t.Fatalf("nothing to press: %s at %s", selector, b.where())
	}
	b.reach(selector)
	b.do(chromedp.Click(chromedp.CSS(selector)))
}

// reach scrolls to something at once, and waits until it stands still with nothing on top of it: a click on what still
// glides would miss it, as a person's would not.
func (b *tab) reach(selector string) {
	b.t.Helper()
	b.do(chromedp.Evaluate[chromedp.Void](fmt.Sprintf(`document.querySelector(%q).scrollIntoView({behavior: "instant", block: "center"})`, selector)))
	before := ""
	err := await(b.ctx, func() bool {
		now := eval[string](b, fmt.Sprintf(`(e => {
			const box = e.getClientRects()[0] ?? e.getBoundingClientRect()
			const top = document.elementFromPoint(box.x + box.width / 2, box.y + box.height / 2)
			return [top !== null && (e.contains(top) || top.contains(e)), box.x, box.y].join()
		})(document.querySelector(%q))`, selector))
		still := now == before && strings.HasPrefix(now, "true")
		before = now
		return still
	})
	if err != nil {
		b.t.Fatalf("%s at %s cannot be pressed: covered or never at rest (%s)", selector, b.where(), before)
	}
}

// keys types keys as a person without a mouse does.
func (b *tab) keys(keys string, options ...chromedp.KeyOption) {
	b.t.Helper()
	b.do(chromedp.KeyEvent(keys, options...))
}

// fill replaces what stands in a field by typing.
func (b *tab) fill(selector, text string) {
	b.t.Helper()
	if !b.is(present(selector)) {
		b.t.Fatalf("no field %s at %s", selector, b.where())
	}
	b.do(chromedp.Focus(chromedp.CSS(selector)),
		chromedp.Evaluate[chromedp.Void](fmt.Sprintf(`document.querySelector(%q).select()`, selector)),
		chromedp.KeyEvent("\b"))
	b.write(text)
}

// write types text where the focus is. It goes in as an input method gives it, because Polish letters are no keys.
func (b *tab) write(text string) {
	b.t.Helper()
	if text != "" {
		send(b, input.InsertText, input.InsertTextParams{Text: text})
	}
}

// eval asks the page.
func eval[T any](b *tab, expression string) T {
	b.t.Helper()
	value, err := chromedp.Run(b.ctx, chromedp.Evaluate[T](expression, chromedp.EvalAwaitPromise))
	if err != nil {
		b.t.Fatalf("%v in %.200s", err, expression)
	}
	return value
}

func (b *tab) is(expression string) bool {
	b.t.Helper()
	return eval[bool](b, "!!("+expression+")")
}

// where is the path and query of the page.
func (b *tab) where() string {
	b.t.Helper()
	return strings.TrimPrefix(eval[string](b, "location.href.split('#')[0]"), b.base)
}

// text is what can be read at the selector, white space squeezed; "" where there is nothing.
func (b *tab) text(selector string) string {
	b.t.Helper()
	text := eval[string](b, fmt.Sprintf(`(document.querySelector(%q)||{}).innerText||""`, selector))
	return strings.Join(strings.Fields(text), " ")
}

// value is what stands in a field.
func (b *tab) value(selector string) string {
	b.t.Helper()
	return eval[string](b, fmt.Sprintf(`(document.querySelector(%q)||{}).value||""`, selector))
}

// quoted makes a string of JavaScript.
func quoted(text string) string { return fmt.Sprintf("%q", text) }

// present and shown are conditions on a selector.
func present(selector string) string { return fmt.Sprintf("document.querySelector(%q)", selector) }

func shown(selector string) string {
	return fmt.Sprintf("[...document.querySelectorAll(%q)].some(e=>e.checkVisibility({visibilityProperty:true})&&e.getClientRects().length>0)", selector)
}

// until waits for a condition on the page; also while it goes to another one, and also without script.
func (b *tab) until(condition string) {
	b.t.Helper()
	var last error
	err := await(b.ctx, func() bool {
		ok, err := chromedp.Run(b.ctx, chromedp.Evaluate[bool]("!!("+condition+")"))
		last = err
		return ok && err == nil
	})
	if err != nil {
		b.t.Fatalf("waited in vain at %s for %s (%v)", b.where(), condition, last)
	}
}

// untilHeard waits for a complaint of the console.
func (b *tab) untilHeard(part string) {
	b.t.Helper()
	err := await(b.ctx, func() bool {
		b.mu.Lock()
		defer b.mu.Unlock()
		return strings.Contains(strings.Join(b.bad, "\n"), part)
	})
	if err != nil {
		b.t.Fatalf("the console never said %q", part)
	}
}

// await looks again and again until what it waits for is there, but no longer than a person would.
func await(ctx context.Context, there func() bool) error {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	again := time.NewTicker(20 * time.Millisecond)
	defer again.Stop()
	for !there() {
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-again.C:
		}
	}
	return nil
}

// want fails the test where a condition does not hold.
func (b *tab) want(condition, why string) {
	b.t.Helper()
	if !b.is(condition) {
		b.t.Errorf("%s at %s (%s)", why, b.where(), condition)
	}
}

// send calls a command of the protocol on the tab.
func send[P, R any](b *tab, command cdp.Command[P, R], params P) {
	b.t.Helper()
	if _, err := chromedp.Call(b.ctx, command, params); err != nil {
		b.t.Fatalf("%s: %v", command.Method, err)
	}
}

func (b *tab) size(width, height int64) {
	b.t.Helper()
	b.do(chromedp.EmulateViewport(width, height))
}

func (b *tab) withoutScript() *tab {
	b.t.Helper()
	send(b, emulation.SetScriptExecutionDisabled, emulation.SetScriptExecutionDisabledParams{Value: true})
	return b
}

// media emulates print, a colour scheme, or a wish for less motion.
func (b *tab) media(medium string, features ...string) {
	b.t.Helper()
	params := emulation.SetEmulatedMediaParams{Media: medium}
	for i := 0; i+1 < len(features); i += 2 {
		params.Features = append(params.Features, &emulation.MediaFeature{Name: features[i], Value: features[i+1]})
	}
	send(b, emulation.SetEmulatedMedia, params)
}

func (b *tab) zone(name string) {
	b.t.Helper()
	send(b, emulation.SetTimezoneOverride, emulation.SetTimezoneOverrideParams{TimezoneID: name})
}

// prefers sets the languages that the browser asks for.
func (b *tab) prefers(languages string) {
	b.t.Helper()
	send(b, network.SetExtraHTTPHeaders, network.SetExtraHTTPHeadersParams{Headers: network.Headers{"Accept-Language": languages}})
}

// script runs something in the page whose value nobody needs.
func script(source string) chromedp.Action[chromedp.Void] {
	return chromedp.Evaluate[chromedp.Void]("void (() => { " + source + " })()")
}
