package windows_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"obrady/internal/db"
	"obrady/internal/db/dbtest"
	"obrady/internal/signup"
)

func TestSeatsAreGivenTakenAndMoved(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := open(t, d)
		h.opened(chief, "warsztaty-a", "1")
		h.at = early.Add(3 * time.Hour)
		address := desks + "/sesje/warsztaty-a/osoby"
		wants(t, "nobody", h.get(chief, address), 200, "Nikt nie ma jeszcze miejsca.", "Nikt nie czeka.")
		kos, wilga, zieba := h.participant("Kos"), h.participant("Wilga"), h.participant("Zieba")
		h.press(kos, "warsztaty-a")
		h.press(wilga, "warsztaty-a")
		h.press(zieba, "warsztaty-a")
		wants(t, "the list", h.get(chief, address), 200, "Kos", "Urząd Kos", "1. <strong>Wilga", "2. <strong>Zieba", "2 osoby na liście rezerwowej")
		wants(t, "in English", h.get(chief, desksE+"/sessions/warsztaty-a/people"), 200, "Waiting list", "Have a seat")
		person := func(who, reason string) url.Values { return url.Values{"who": {who}, "reason": {reason}} }
		move := person(string(zieba), "Dojeżdża")
		move.Set("position", "1")
		wants(t, "moving without a reason", h.post(chief, address+"/kolejnosc", url.Values{"who": {string(zieba)}, "position": {"1"}}), 422, "Podaj powód.")
		wants(t, "moving", h.post(chief, address+"/kolejnosc", move), http.StatusSeeOther)
		wants(t, "the list", h.get(chief, address), 200, "1. <strong>Zieba", "2. <strong>Wilga")
		move.Set("position", "9")
		wants(t, "moving beyond the end", h.post(chief, address+"/kolejnosc", move), 422, "Na liście rezerwowej nie ma takiego miejsca.")
		wants(t, "taking from nobody", h.post(chief, address+"/odebranie", person("moon", "tak")), 422, "nie ma już tego miejsca")
		wants(t, "a seat where there is none", h.post(chief, address, person(string(wilga), "tak")), 422, "Nie ma wolnego miejsca w puli: miejsca dla wszystkich.")
		wants(t, "taking", h.post(chief, address+"/odebranie", person(string(kos), "Prosi o to")), http.StatusSeeOther)
		got := h.get(chief, address)
		wants(t, "the list", got, 200, "<strong>Zieba", "1. <strong>Wilga")
		lacks(t, "the list", got, "Kos")
		wants(t, "somebody unknown", h.post(chief, address, url.Values{"email": {"nikt@example.org"}, "reason": {"gość"}}), 422, "Nie ma uczestnika o tym adresie.", "nikt@example.org")
		wants(t, "no address", h.post(chief, address, url.Values{"email": {"nikt"}, "reason": {"gość"}}), 422, "Nie ma uczestnika o tym adresie.")
	})
}

func TestASeatIsGivenByAddress(t *testing.T) {
	h := open(t, dbtest.New(t, db.SQLite))
	h.opened(chief, "warsztaty-a", "5")
	kos := h.participant("Kos")
	address := desks + "/sesje/warsztaty-a/osoby"
	wants(t, "giving before the opening", h.post(chief, address, url.Values{"email": {" Kos@example.org"}, "reason": {"Prowadzi"}}), http.StatusSeeOther)
	mine, err := h.signups.Mine(t.Context(), h.edition.ID, kos)
	h.must(err)
	if len(mine) != 1 || mine[0].State != signup.Holding {
		t.Errorf("the participant has %+v, want a seat", mine)
	}
}

func TestTheListIsTakenAwayForAReason(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := open(t, d)
		h.opened(chief, "warsztaty-a", "1")
		h.at = early.Add(3 * time.Hour)
		h.press(h.participant("Kos"), "warsztaty-a")
		h.press(h.participant("Wilga"), "warsztaty-a")
		address := desks + "/sesje/warsztaty-a/osoby/eksport"
		wants(t, "the question", h.get(chief, address), 200, "Zaznacz tylko to, co jest naprawdę potrzebne.")
		wants(t, "nothing ticked", h.post(chief, address, url.Values{"reason": {"lista"}}), 422, "Zaznacz przynajmniej jedną kolumnę.")
		wants(t, "no reason", h.post(chief, address, url.Values{"columns": {"badge"}}), 422, "Podaj powód.")
		wants(t, "a long reason", h.post(chief, address, url.Values{"columns": {"badge"}, "reason": {strings.Repeat("a", 501)}}), 422, "500")
		got := h.post(chief, address, url.Values{"columns": {"badge", "state", "moon"}, "file": {"csv"}, "reason": {"lista dla prowadzącej"}})
		wants(t, "the file", got, 200, "Kos", "Wilga", "lista rezerwowa")
		lacks(t, "the file", got, "kos@example.org", "Urząd")
		var noted int
		h.must(d.QueryRow(t.Context(), `SELECT COUNT(*) FROM journal WHERE object = $1 AND reason = $2`, h.sessions["warsztaty-a"], "lista dla prowadzącej").Scan(&noted))
		if noted != 1 {
			t.Errorf("the journal tells of the file %d times, want once", noted)
		}
	})
}

// What somebody relies on cannot be switched off, so nobody is offered the button.
func TestSignUpsInUseStay(t *testing.T) {
	h := open(t, dbtest.New(t, db.SQLite))
	h.opened(chief, "warsztaty-a", "2")
	const one = desks + "/sesje/warsztaty-a"
	wants(t, "before anybody came", h.get(chief, one), 200, one+"/usuniecie")
	who := h.participant("Kanarek")
	h.at = early.Add(3 * time.Hour)
	if got := h.press(who, "warsztaty-a"); got.State != signup.Holding {
		t.Fatalf("the press got %+v, want a seat", got)
	}
	got := h.get(chief, one)
	wants(t, "with somebody there", got, 200, "Ktoś ma tu miejsce albo na nie czeka")
	lacks(t, "with somebody there", got, one+"/usuniecie")
}

func TestAWindowOfApplicationsLeadsToTheirQuestions(t *testing.T) {
	h := open(t, dbtest.New(t, db.SQLite))
	const questions = "Pytania do zgłoszeń"
	lacks(t, "a window by order", h.get(chief, h.window(chief)), questions)
	chosen := h.window(chief, set("mode", "selection", "decides_on", "2021-05-25", "decides_at", "12:00", "announces_on", "2021-05-26", "announces_at", "12:00"))
	wants(t, "a window by choice", h.get(chief, chosen), 200, questions, "/biurko/wybor/okna/"+chosen[strings.LastIndex(chosen, "/")+1:]+"/pytania")
}
