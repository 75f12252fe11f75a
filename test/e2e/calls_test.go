package e2e

import (
	"strings"
	"testing"
	"time"
)

// An organiser opens a call; a city clerk writes, in two windows, names somebody else and sends; the organiser returns
// it for completion. All of it on pages that everybody can use, on a phone as well.
func TestACallIsOpenedAnsweredAndChecked(t *testing.T) {
	t.Parallel()
	m := theEnrolment(t)
	host, clerk := m.enter(t, "organizator@przyklad.example"), m.person(t)
	m.openACall(t, host)
	clerk.visit("/pl/moment/nabory")
	clerk.fit("the calls")
	clerk.click(`main a[href="/pl/moment/nabory/dobre-praktyki"]`)
	clerk.fit("a call")
	clerk.click(`main form[method="post"] button`)
	at := clerk.where()
	if !strings.HasPrefix(at, "/pl/moment/moje-zgloszenia/DP-") {
		t.Fatalf("writing begins at %s", at)
	}
	clerk.writeDraft()
	clerk.fit("a draft")
	clerk.twoWindows(t, at)
	clerk.names(at)
	clerk.visit(at)
	clerk.press("#f-terms")
	if status := clerk.click(`button[value="send"]`); status != 200 || !strings.Contains(clerk.text(".page-head"), "złożone") {
		t.Fatalf("sending is answered with %d: %s", status, clerk.text(".error-summary"))
	}
	clerk.fit("what was sent")
	host.checkFormally(at)
	clerk.visit(at)
	clerk.want(`document.body.innerText.includes("Proszę o liczby")`, "the author does not read why it came back")
	clerk.fit("what was returned")
	english := strings.Replace(at, "/pl/moment/moje-zgloszenia", "/en/moment/my-submissions", 1)
	clerk.visit(english)
	clerk.fit("in English")
}

// openACall writes a call and its form, and publishes it.
func (m *enrolment) openACall(t *testing.T, host *tab) {
	t.Helper()
	const calls = "/pl/moment/biurko/nabory"
	host.visit(calls + "/nowy")
	host.fit("a new call")
	host.fill("#f-title_pl", "Dobre praktyki")
	host.fill("#f-title_en", "Good practices")
	host.fill("#f-mark", "DP")
	today := m.now(t)
	host.choose("#f-opens_on", today.AddDate(0, 0, -1).Format(time.DateOnly))
	host.choose("#f-opens_at", "12:00")
	host.choose("#f-closes_on", today.AddDate(0, 0, 7).Format(time.DateOnly))
	host.choose("#f-closes_at", "12:00")
	host.fill("#f-terms_pl", "Zgadzam się na druk w materiałach kongresu.")
	host.fill("#f-path_name_pl-0", "Woda w mieście")
	host.fill("#f-check_pl-0", "są liczby")
	if status := host.click(`form button[value="save"], #sheet .button-row button`); status != 200 || host.where() != calls {
		t.Fatalf("the call is answered with %d at %s: %s", status, host.where(), host.text(".error-summary"))
	}
	host.fit("the list of calls")
	host.visit(calls + "/dobre-praktyki/formularz")
	host.fill("#f-q0-label", "Co zrobiono")
	host.fill("#f-q0-label_en", "What was done")
	host.choose("#f-q0-kind", "long")
	host.choose("#f-q0-need", "now")
	host.fill("#f-q0-most", "6")
	host.choose("#f-q0-unit", "words")
	host.fit("the form of a call")
	host.click(`main form[method="post"] .button-row button`)
	host.fit("the state of a call")
	host.click(`button[value="publish"]`)
	if !strings.Contains(host.text(".page-head"), "otwarty") {
		t.Fatalf("the call is not open: %s", host.text("main"))
	}
	host.fit("an open call")
}

// writeDraft types a text that is too long, reads so from the counter, and shortens it.
func (b *tab) writeDraft() {
	b.t.Helper()
	const counter = `[data-counter-for="f-a0"]`
	b.fill("#f-title", "Rzeka w środku miasta")
	b.choose("#f-path", b.option("#f-path", "Woda"))
	b.fill("#f-a0", "Odkryliśmy rzekę – i ludzie wrócili nad wodę")
	if got := b.text(counter); got != "Za dużo o: 1" {
		b.t.Errorf("the counter says %q, want one word too many", got)
	}
	b.fill("#f-a0", "Odkryliśmy rzekę – i ludzie wrócili")
	if got := b.text(counter); got != "Pozostało słów: 1" {
		b.t.Errorf("the counter says %q, want one word left", got)
	}
	b.until(`document.querySelector("[data-autosave-status]").innerText !== ""`)
	b.click(`button[value="save"]`)
}

// twoWindows writes in a second window, and meets that in the first.
func (b *tab) twoWindows(t *testing.T, at string) {
	t.Helper()
	other := b.beside(t)
	other.visit(at)
	b.visit(at)
	other.fill("#f-title", "Rzeka z drugiego okna")
	other.click(`button[value="save"]`)
	b.fill("#f-title", "Rzeka z pierwszego okna")
	b.provoke(409)
	if status := b.click(`button[value="save"]`); status != 409 {
		t.Errorf("the first window is answered with %d, want 409", status)
	}
	page := b.text("main")
	if !strings.Contains(page, "Rzeka z drugiego okna") || b.value("#f-title") != "Rzeka z pierwszego okna" {
		t.Errorf("the page does not show both texts: %s", page)
	}
	b.fitState("both texts")
	b.click(`button[value="save"]`)
	if got := b.text("h1"); got != "Rzeka z pierwszego okna" {
		t.Errorf("saved is %q, want the text of the first window", got)
	}
}

// names adds somebody without an account, and asks them.
func (b *tab) names(at string) {
	b.t.Helper()
	b.visit(at + "/wspoltworcy")
	b.fill("#f-name", "Wydział Wód")
	b.fill("#f-email", "wydzial-wod@przyklad.example")
	b.press(`[name="roles"][value="unit"]`) // author is ticked as well, and an office writes nothing
	b.provoke(422)
	if status := b.click(`section form.form .button-row button`); status != 422 || b.value("#f-name") != "Wydział Wód" {
		b.t.Errorf("an office as an author is answered with %d, and the name reads %q", status, b.value("#f-name"))
	}
	b.fitState("an office as an author")
	b.press(`[name="roles"][value="author"]`)
	b.click(`section form.form .button-row button`)
	if got := b.text("main"); !strings.Contains(got, "Wydział Wód") {
		b.t.Errorf("the unit is not in the list: %s", got)
	}
	b.click(`button[value="invite"]`)
	b.fit("who is behind a submission")
}

// checkFormally returns a submission for completion.
func (b *tab) checkFormally(at string) {
	b.t.Helper()
	code := at[strings.LastIndexByte(at, '/')+1:]
	const sent = "/pl/moment/biurko/nabory/dobre-praktyki/zgloszenia"
	b.visit(sent)
	b.fit("what was sent to a call")
	b.click(`main a[href="` + sent + "/" + code + `"]`)
	b.fit("one submission")
	b.press(`[name="next"][value="returned"]`)
	b.press(`[name="unmet"][value="0"]`)
	b.fill("#f-why", "Proszę o liczby.")
	if status := b.click(`section[aria-labelledby="check"] form button`); status != 200 || b.where() != sent {
		b.t.Fatalf("the check is answered with %d at %s: %s", status, b.where(), b.text(".error-summary"))
	}
}
