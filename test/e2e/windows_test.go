package e2e

import (
	"fmt"
	"strings"
	"testing"
	"time"
)

// An organiser opens a window for two sessions, sets aside places at one of them, and what the public reads is that.
func TestAnOrganiserSetsUpSignUps(t *testing.T) {
	t.Parallel()
	m, at := theEnrolment(t), signupPages["pl"]
	const room = "/pl/moment/biurko/zapisy-na-sesje"
	plain, split := m.take(t, 0), m.take(t, 5)
	me := m.enter(t, "organizator@przyklad.example")

	me.visit(room + "/nowe-okno")
	me.fill("#f-name_pl", "Warsztaty drugiego dnia")
	tomorrow := m.now(t).AddDate(0, 0, 1)
	me.choose("#f-opens_on", tomorrow.Format(time.DateOnly))
	me.choose("#f-opens_at", "12:00")
	me.choose("#f-closes_on", "2031-06-08")
	me.choose("#f-closes_at", "12:00")
	if status := me.click("#sheet .button-row button"); status != 200 || !strings.HasPrefix(me.where(), room+"/okna/") {
		t.Fatalf("the new window is answered with %d at %s: %s", status, me.where(), me.text(".error-summary"))
	}
	window := me.where()
	me.click(`main a[href="` + window + `/sesje"]`)
	for _, o := range []offered{plain, split} {
		me.press(fmt.Sprintf(`[name="take"][value=%q]`, o.Slug))
		me.fill("#f-seats-"+o.Slug, "20")
	}
	me.click(`main form[method="post"] .button-row button`)
	if me.where() != window {
		t.Fatalf("opening two sessions leads to %s: %s", me.where(), me.text(".error-summary"))
	}
	me.fitState("a window with sessions")
	me.visit(room + "/sesje/" + split.Slug)
	me.choose("#f-whom_2", me.option("#f-whom_2", "wóz"))
	me.fill("#f-count_2", "2")
	if status := me.click(`main form[method="post"] .button-row button`); status != 200 || me.where() != window {
		t.Fatalf("the pools are answered with %d at %s: %s", status, me.where(), me.text(".error-summary"))
	}

	public := open(t, m.Base)
	public.visit(at.of(split))
	if got := public.text("main"); !strings.Contains(got, "godz. 12:00") || !strings.Contains(got, ": 2") || !strings.Contains(got, ": 20") {
		t.Errorf("the public reads %q, want the hour and both numbers of places", got)
	}
	public.visit(at.all)
	for _, o := range []offered{plain, split} {
		public.want(present(fmt.Sprintf(`main a[href=%q]`, at.of(o))), "a session is not among those that one signs up for")
	}
}
