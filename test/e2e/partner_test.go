package e2e

import (
	"fmt"
	"strings"
	"testing"
)

// Addresses of this journey, in Polish.
const (
	partnerDesk  = "/pl/kpm-2021/biurko"
	partnerSpace = partnerDesk + "/przestrzenie/forum-sasiadow"
)

// arrive signs somebody in by the link that the demo printed for their role.
func arrive(t *testing.T, s *server, role string) *tab {
	t.Helper()
	b := open(t, s.Base)
	b.visit(s.Links[role])
	b.click("main form button")
	return b
}

// submit presses the button that sends the form of a page of the desk.
func (b *tab) submit(form string) int64 {
	b.t.Helper()
	return b.click(form + " .button-row button.button")
}

// A partner sets up a whole event inside its allotment, asks for its place, publishes, and touches nothing else; the
// host sees what has changed.
func TestAPartnerRunsItsOwnEvent(t *testing.T) {
	t.Parallel()
	s := ownDemo(t)
	host, partner := arrive(t, s, "organiser"), arrive(t, s, "partner")

	inviteAPartner(host)
	buildAnEvent(partner)
	tryWhatIsNotAllotted(partner)
	tryWhatBelongsToOthers(partner)
	askForMore(partner, host)
	publishAnEvent(partner, host)
}

// inviteAPartner makes a block, gives it an allotment and lets the partner in.
func inviteAPartner(host *tab) {
	host.t.Helper()
	host.visit(partnerDesk + "/bloki/nowy")
	host.fill("#f-name_pl", "Forum sąsiadów")
	host.fill("#f-name_en", "Neighbours’ Forum")
	host.fill("#f-mark", "FS")
	host.submit("#sheet")
	host.visit(partnerDesk + "/przydzialy/nowy")
	host.fit("the form of an allotment")
	host.fill("#f-name_pl", "Forum sąsiadów")
	host.choose("#f-anchor", host.option("#f-anchor", "Forum sąsiadów"))
	host.choose("#f-window_place-1", host.option("#f-window_place-1", "Sala B"))
	host.choose("#f-window_day-1", "2021-06-08")
	host.choose("#f-window_start-1", "16:00")
	host.choose("#f-window_end-1", "20:00")
	host.fill("#f-seats_each", "50")
	host.fill("#f-entries", "3")
	if status := host.submit("#sheet"); status != 200 {
		host.t.Fatalf("the allotment is answered with %d: %s", status, host.text(".error-summary"))
	}
	host.visit(partnerDesk + "/role/nowa")
	host.fill("#f-email", "partner-gzm@przyklad.example")
	host.choose("#f-role", "partner")
	host.choose("#f-node", eval[string](host, `[...document.querySelector("#f-node").options].find(o => o.value.startsWith("workspace:") && o.text.includes("Forum")).value`))
	if status := host.submit("#sheet"); status != 200 {
		host.t.Fatalf("the role is answered with %d: %s", status, host.text(".error-summary"))
	}
}

// buildAnEvent makes a block inside the partner's own, and a session in it with a person whom nobody knew.
func buildAnEvent(b *tab) {
	b.t.Helper()
	b.visit(partnerSpace)
	b.fit("the page of a workspace")
	b.visit(partnerDesk + "/bloki/nowy")
	b.fill("#f-name_pl", "Warsztaty podwórkowe")
	b.fill("#f-mark", "WP")
	b.choose("#f-parent", b.option("#f-parent", "Forum sąsiadów"))
	if got := eval[int](b, `document.querySelector("#f-parent").options.length`); got != 1 {
		b.t.Errorf("a new block can stand in %d blocks, want the partner's one", got)
	}
	if status := b.submit("#sheet"); status != 200 {
		b.t.Fatalf("the block is answered with %d: %s", status, b.text(".error-summary"))
	}
	b.visit(partnerDesk + "/nowa-sesja")
	b.fill("#f-title_pl", "Podwórko, które działa")
	b.choose("#f-block", b.option("#f-block", "Warsztaty podwórkowe"))
	b.fill("#f-capacity", "40")
	b.choose(row("slot_day", 0), "2021-06-08")
	b.choose(row("slot_start", 0), "16:30")
	b.choose(row("slot_end", 0), "18:00")
	b.choose(row("slot_place", 0), b.option(row("slot_place", 0), "Sala B"))
	b.fill(row("person_name", 0), "Zofia Podwórkowa")
	b.provoke(422)
	if status := b.save(); status != 422 {
		b.t.Fatalf("a person whom nobody knows is answered with %d, want 422", status)
	}
	b.click(`button[value^="create people"]`)
	if status := b.save(); status != 200 || b.where() != partnerDesk+"/sesje/podworko-ktore-dziala" {
		b.t.Fatalf("the session is answered with %d at %s: %s", status, b.where(), b.text(".error-summary"))
	}
}

// force puts a value into a select that does not offer it, as a forged form would.
func (b *tab) force(selector, value string) {
	b.t.Helper()
	b.want(fmt.Sprintf(`(() => { const s = document.querySelector(%q), o = new Option("x", %q); s.add(o); o.selected = true; return true })()`, selector, value), "no select "+selector)
}

// tryWhatIsNotAllotted sends what the form does not offer.
func tryWhatIsNotAllotted(b *tab) {
	b.t.Helper()
	page := partnerDesk + "/sesje/podworko-ktore-dziala"
	for _, test := range []struct {
		name string
		do   func()
		want string
	}{
		{"an hour outside the window", func() { b.choose(row("slot_start", 0), "15:30") }, "poza przydziałem"},
		{"more seats than allotted", func() { b.fill("#f-capacity", "60") }, "najwyżej 50"},
		{"in the main programme before the host has accepted", func() { b.choose("#f-status", "ready") }, "tylko szkicem"},
		{"a block that is not offered", func() { b.force("#f-block", "0190aaaa-0000-7000-8000-000000000000") }, "Wybierz"},
		{"a place that is not offered", func() { b.force(row("slot_place", 0), "0190aaaa-0000-7000-8000-000000000000") }, "Sprawdź"},
	} {
		b.visit(page)
		test.do()
		b.provoke(422)
		if status := b.save(); status != 422 {
			b.t.Errorf("%s is answered with %d, want 422", test.name, status)
		}
		if got := b.text(".error-summary"); got == "" || test.want != "Sprawdź" && !strings.Contains(got, test.want) {
			b.t.Errorf("%s: the page says %q, want %q", test.name, got, test.want)
		}
	}
	b.visit(page)
	if b.is(present(`a[href*="draft=use"]`)) { // what was refused is kept as a draft and offered; it must not be saved
		b.want(fmt.Sprintf(`document.querySelector(%q).value === "16:30"`, row("slot_start", 0)), "a refused hour was saved")
	}
}

// tryWhatBelongsToOthers asks for pages of others by their addresses.
func tryWhatBelongsToOthers(b *tab) {
	b.t.Helper()
	for path, want := range map[string]int64{
		partnerDesk + "/sesje/nup-koszty-rozproszenia": 404,
		partnerDesk + "/przestrzenie/newurbpact":       404,
		partnerDesk + "/nowe-wydanie":                  403,
		partnerDesk + "/miejsca":                       403,
		partnerDesk + "/prosby":                        403,
		partnerDesk + "/przydzialy":                    403,
		partnerSpace + "/miejsce/odpowiedz":            403,
		"/pl/kpm-2024/biurko":                          404,
	} {
		b.provoke(want)
		b.visitFor(path, want)
	}
	b.visit(partnerDesk + "/sesje")
	if got := b.text("main"); strings.Contains(got, "rozproszenia") || !strings.Contains(got, "Podwórko") {
		b.t.Error("the list of sessions has those of others, or lacks the partner's own")
	}
}

// askForMore files a request, which the host accepts; the allotment grows by it.
func askForMore(b, host *tab) {
	b.t.Helper()
	b.visit(partnerSpace + "/prosba")
	b.fit("the form of a request")
	b.choose("#f-kind", "seats")
	b.fill("#f-words", "Zgłosiło się więcej osób.")
	b.fill("#f-amount", "60")
	if status := b.submit("#sheet"); status != 200 {
		b.t.Fatalf("the request is answered with %d: %s", status, b.text(".error-summary"))
	}
	host.visit(partnerDesk + "/prosby")
	host.fit("the list of requests")
	host.click(`a[href*="/przestrzenie/forum-sasiadow/prosby/"]`)
	host.fit("the answer to a request")
	host.press(`input[name="verdict"][value="accepted"]`)
	if status := host.submit("main form.form"); status != 200 || host.where() != partnerSpace {
		host.t.Fatalf("the answer is answered with %d at %s", status, host.where())
	}
	b.visit(partnerDesk + "/sesje/podworko-ktore-dziala")
	b.fill("#f-capacity", "60")
	if status := b.save(); status != 200 {
		b.t.Errorf("seats that the host has accepted are answered with %d: %s", status, b.text(".error-summary"))
	}
}

// publishAnEvent asks for the place in the programme, gets it, publishes, and looks at both sides.
func publishAnEvent(b, host *tab) {
	b.t.Helper()
	b.visit(partnerSpace)
	b.click(`form[action$="/miejsce"] button`)
	host.visit(partnerSpace)
	host.click(`a[href$="/miejsce/odpowiedz"]`)
	host.press(`input[name="verdict"][value="accepted"]`)
	host.submit("main form.form")

	b.visit(partnerDesk + "/sesje/podworko-ktore-dziala")
	b.choose("#f-status", "ready")
	if status := b.save(); status != 200 {
		b.t.Fatalf("a session of a placed partner is answered with %d: %s", status, b.text(".error-summary"))
	}
	b.visit(partnerSpace + "/ogloszenie")
	b.fit("the page on which a partner publishes")
	if status := b.submit("main form.form"); status != 200 || b.where() != partnerSpace {
		b.t.Fatalf("publishing is answered with %d at %s: %s", status, b.where(), b.text(".error-summary"))
	}
	public := open(b.t, b.base)
	public.visit("/pl/kpm-2021/sesje/podworko-ktore-dziala")
	if got := public.text("main"); !strings.Contains(got, "Zofia Podwórkowa") || !strings.Contains(got, "Sala B") {
		public.t.Errorf("the public page lacks the person or the place: %s", got)
	}
	b.visit(partnerSpace + "/oprawa")
	b.fit("the form of a brand")
	b.fill("#f-legal_pl", "Forum finansuje Fundusz Podwórek.")
	b.submit("#sheet")
	public.visit("/pl/kpm-2021/bloki/forum-sasiadow")
	if got := public.text("main"); !strings.Contains(got, "Fundusz Podwórek") {
		public.t.Error("the page of the partner's block lacks its legal text")
	}
	host.visit(partnerSpace)
	if got := host.text("#past"); !strings.Contains(got, "1") {
		host.t.Errorf("the host sees %q, want one publication", got)
	}
	if got := host.text(`section[aria-labelledby="past"] details`); !strings.Contains(got, "Podwórko, które działa") {
		host.t.Errorf("the change list says %q, want the session", got)
	}
}
