package e2e

import (
	"strings"
	"testing"
)

// A story is written down, checked by a second person and read by its teller. As long as it is for the room only it
// stands nowhere; then its teller lets it out without names, and takes it back.
func TestAStoryLeavesTheRoomAsFarAsItsTellerLetsIt(t *testing.T) {
	t.Parallel()
	m := theEnrolment(t)
	host, second, teller := m.enter(t, "organizator@przyklad.example"), m.enter(t, "inspektor@przyklad.example"), m.person(t)
	const canary, town = "Przystanek bez autobusu", "Kanarkowo"
	const desk = "/pl/kpm-2021/biurko/opowiesci"
	host.visit(desk + "/nowa")
	host.fit("a new story")
	for field, words := range map[string]string{
		"title_pl": canary, "owner_pl": "Urząd Miasta " + town, "happened_pl": "Wiata stała, a autobus nie przyjechał.", "advice_pl": "Zapytaj kierowcę.",
		"teller_name": "Zenobia Kanarek", "teller_email": teller.address,
	} {
		host.fill("#f-"+field, words)
	}
	if status := host.click("#sheet .button-row button"); status != 200 || host.where() != desk {
		t.Fatalf("the story is answered with %d at %s: %s", status, host.where(), host.text(".error-summary"))
	}
	second.checkStory(canary)
	teller.ownStory(canary)
	teller.want(`document.body.innerText.includes("nikt nie przeczyta na stronach")`, "the teller does not read that it stays in the room")
	teller.click(`button[value="approve"]`)
	host.reviewStory(canary)
	host.want(`!document.querySelector('button[value="publish"]')`, "a story for the room can be published")
	host.nowhere(canary, town)

	host.visit(desk)
	host.clickText(canary)
	host.choose("#f-level", "anonymous")
	host.click("#sheet .button-row button")
	second.checkStory(canary)
	teller.ownStory(canary)
	teller.want(`!document.body.innerText.includes("`+town+`")`, "the teller does not see what others will not read")
	teller.click(`button[value="approve"]`)
	host.reviewStory(canary)
	host.click(`button[value="publish"]`)
	const public = "/pl/kpm-2021/opowiesci-o-porazkach/przystanek-bez-autobusu"
	host.visit(public)
	host.fit("a story without names")
	if page := host.text("main"); !strings.Contains(page, "autobus nie przyjechał") || strings.Contains(page, town) || strings.Contains(page, "Zenobia") {
		t.Errorf("the public reads %q, want the story without names", page)
	}
	teller.ownStory(canary)
	teller.fit("one's own story")
	teller.click(`button[value="withdraw"]`)
	host.provoke(404)
	host.visitFor(public, 404)
	host.nowhere(canary, town)
}

// checkStory reads a story as a second person, and finds nobody in it.
func (b *tab) checkStory(title string) {
	b.t.Helper()
	b.visit("/pl/kpm-2021/biurko/sprawdzanie-opowiesci")
	b.clickText(title)
	b.fit("a story to be checked")
	b.click(`button[value="check"]`)
	b.want(`document.body.innerText.includes("Druga osoba sprawdziła ten tekst")`, "the check is not noted")
}

// ownStory opens a story as its teller.
func (b *tab) ownStory(title string) {
	b.t.Helper()
	b.visit("/pl/kpm-2021/moje-opowiesci")
	b.clickText(title)
}

// reviewStory opens the page on which a story is published.
func (b *tab) reviewStory(title string) {
	b.t.Helper()
	b.visit("/pl/kpm-2021/biurko/opowiesci")
	b.clickText(title)
	b.clickText("Sprawdzenie opowieści")
}

// clickText follows the link of the page that says so.
func (b *tab) clickText(words string) {
	b.t.Helper()
	address := eval[string](b, `(Array.from(document.querySelectorAll("main a")).find(a => a.innerText.replace(/\u00a0/g, " ").trim() === `+quoted(words)+`) || {}).href || ""`)
	if address == "" {
		b.t.Fatalf("no link says %q on %s", words, b.where())
	}
	b.visit(address[strings.Index(address, "/pl/"):])
}

// nowhere looks for words on what the public reads of stories and finds by searching.
func (b *tab) nowhere(words ...string) {
	b.t.Helper()
	for _, path := range []string{
		"/pl/kpm-2021/opowiesci-o-porazkach", "/en/kpm-2021/failure-stories", "/pl/kpm-2021/opowiesci-o-porazkach?q=przystanek", "/pl/kpm-2021/szukaj?q=autobusu",
		"/pl/kpm-2021/dobre-praktyki?q=przystanek", "/kpm-2021/stories.json", "/kpm-2021/stories.atom",
	} {
		page := eval[string](b, `fetch(`+quoted(path)+`).then(r => r.text())`)
		for _, word := range words {
			if strings.Contains(page, word) {
				b.t.Errorf("%s holds %q", path, word)
			}
		}
	}
}

// A city finds a practice on the map, says that it has done the same, and the contact of the practice confirms it.
func TestAPracticeIsFoundAndTakenOver(t *testing.T) {
	t.Parallel()
	m := theEnrolment(t)
	city, contact := m.person(t), m.enter(t, "praktyka-9@przyklad.example")
	city.visit("/pl/kpm-2021/dobre-praktyki/mapa")
	city.click(`.map-mark`)
	city.want(`document.querySelectorAll(".practice-card").length > 0`, "a dot of the map leads to no practice")
	city.visit("/pl/kpm-2021/dobre-praktyki/autobus-na-telefon/kontakt")
	city.fit("whom to ask")
	city.visit("/pl/kpm-2021/dobre-praktyki/autobus-na-telefon/wdrozenie")
	city.fit("an adoption")
	city.fill("#f-city", "Miasto z Mapy")
	city.press(`[name="blocks"]`)
	city.press(`[name="outcome"][value="works"]`)
	city.fill("#f-changes_pl", "Zamówienia przyjmuje biblioteka.")
	city.click("main form .button-row button")
	city.fit("one's adoptions")
	contact.visit("/pl/kpm-2021/moje-wdrozenia")
	contact.fit("an adoption to be confirmed")
	contact.click(`button[value="confirm"]`)
	city.visit("/pl/kpm-2021/dobre-praktyki/autobus-na-telefon")
	city.want(`document.body.innerText.includes("Zamówienia przyjmuje biblioteka")`, "what both sides confirmed is not in the catalogue")
}
