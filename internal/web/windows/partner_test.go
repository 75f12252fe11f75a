package windows_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"obrady/internal/db"
	"obrady/internal/db/dbtest"
)

func TestAPartnerArrangesItsOwnPart(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := open(t, d)
		house := h.opened(chief, "warsztaty-a", "20", set("name_pl", "Okno gospodarza"))
		form := h.get(partnerA, desks+"/nowe-okno")
		wants(t, "the form", form, 200, "kolejność zgłoszeń", "losowanie według list życzeń")
		lacks(t, "the form", form, "wybór na podstawie zgłoszeń", "zaproszenia</strong>", "Przestrzeń wuf", "organizatorzy kongresu")
		mine := h.opened(partnerA, "gzm-a", "20", set("workspace", string(h.spaces["gzm"].ID), "name_pl", "Okno metropolii"))
		theirs := h.opened(partnerB, "wuf-a", "10", set("workspace", string(h.spaces["wuf"].ID), "name_pl", "Okno wuf"))

		overview := h.get(partnerA, desks)
		wants(t, "the desk", overview, 200, "Okno metropolii")
		lacks(t, "the desk", overview, "Okno gospodarza", "Okno wuf", "Warsztat wuf", "Warsztat warsztaty", "Wstrzymaj", "Zasady ogólne")
		wants(t, "the host's desk", h.get(chief, desks), 200, "Okno metropolii", "Przestrzeń gzm", "Okno gospodarza", "Okno wuf")
		page := h.get(partnerA, mine+"/sesje")
		wants(t, "what can be added", page, 200, "Warsztat gzm-b")
		lacks(t, "what can be added", page, "Warsztat wuf", "Warsztat warsztaty")
		wants(t, "its pools", h.get(partnerA, desks+"/sesje/gzm-a"), 200, "najwyżej 20 miejsc w jednej sesji", "najwyżej 30, teraz 20")

		wants(t, "more than it has", h.post(partnerA, mine+"/sesje", url.Values{"take": {"gzm-b"}, "seats-gzm-b": {"21"}}), 422, "najwyżej 20 miejsc w jednej sesji")
		wants(t, "more than it has in all", h.post(partnerA, mine+"/sesje", url.Values{"take": {"gzm-b"}, "seats-gzm-b": {"11"}}), 422, "najwyżej 30 miejsc we wszystkich sesjach")
		wants(t, "a session of others", h.post(partnerA, mine+"/sesje", url.Values{"take": {"wuf-b"}, "seats-wuf-b": {"1"}}), http.StatusSeeOther)
		lacks(t, "its window", h.get(partnerA, mine), "Warsztat wuf-b")
		f := windowForm()
		f.Set("workspace", string(h.spaces["gzm"].ID))
		f.Set("mode", "invitation")
		wants(t, "a mode it was not given", h.post(partnerA, desks+"/nowe-okno", f), 422, "Przydział nie obejmuje tego trybu zapisów.")
		f = windowForm()
		f.Set("workspace", "")
		got := h.post(partnerA, desks+"/nowe-okno", f)
		wants(t, "on behalf of the host", got, http.StatusSeeOther)
		wants(t, "it is the partner's", h.get(chief, got.Header().Get("Location")), 200, "Przestrzeń gzm")

		for _, address := range []string{house, theirs} {
			for _, path := range []string{"", "/ustawienia", "/sesje", "/pule", "/usuniecie", "/zaproszenia", "/losowanie"} {
				wants(t, "looking at "+address+path, h.get(partnerA, address+path), 404)
			}
			for path, form := range map[string]url.Values{
				"/ustawienia": windowForm(), "/sesje": {"take": {"gzm-b"}, "seats-gzm-b": {"1"}}, "/pule": {"take": {"gzm-a"}}, "/usuniecie": {}, "/losowanie": {},
				"/zaproszenia": {"kind": {"code"}, "count": {"1"}}, "/zaproszenia/cofniecie": {"invitation": {"x"}},
			} {
				wants(t, "changing "+address+path, h.post(partnerA, address+path, form), 404)
			}
			wants(t, "putting a session there", h.post(partnerA, desks+"/sesje/gzm-b", url.Values{"window": {windowOf(h, address)}, "whom_1": {"all"}, "count_1": {"5"}}), 422, "Wybierz okno zapisów.")
		}
	})
}

func TestWhoMayOpenWhat(t *testing.T) {
	h := open(t, dbtest.New(t, db.SQLite))
	house := h.opened(chief, "gzm-a", "5")
	h.at = early.Add(3 * time.Hour)
	h.press(h.participant("Kanarek"), "gzm-a")
	for _, test := range []struct {
		who, path string
		want      int
	}{
		{chief, desks, 200},
		{partnerA, desks, 200},
		{coordinator, desks, 403},
		{"", desks, 303},
		{chief, house, 200},
		{partnerA, house, 404},
		{coordinator, house, 403},
		{chief, desks + "/wstrzymanie", 200},
		{partnerA, desks + "/wstrzymanie", 403},
		{partnerA, desks + "/zasady-ogolne", 403},
		{chief, desks + "/sesje/gzm-a", 200},
		{partnerA, desks + "/sesje/gzm-a", 200},
		{partnerB, desks + "/sesje/gzm-a", 404},
		{coordinator, desks + "/sesje/warsztaty-a", 403},
		{chief, desks + "/sesje/gzm-a/osoby", 200},
		{partnerA, desks + "/sesje/gzm-a/osoby", 200},
		{partnerB, desks + "/sesje/gzm-a/osoby", 404},
		{coordinator, desks + "/sesje/warsztaty-a/osoby", 403},
		{coordinator, desks + "/sesje/warsztaty-a/osoby/eksport", 403},
		{chief, desks + "/sesje/moon", 404},
		{chief, desks + "/okna/moon", 404},
		{chief, desks + "/sesje/wuf-a/osoby", 200},
		{chief, strings.Replace(desks, "kpm-2021", "moon", 1), 404},
	} {
		got := h.get(test.who, test.path)
		if got.Code != test.want {
			t.Errorf("%s at %s: %d, want %d", test.who, test.path, got.Code, test.want)
		}
		if test.who != chief && test.who != partnerA {
			lacks(t, test.who+" at "+test.path, got, "Kanarek")
		}
	}
	theirs := h.get(partnerA, desks+"/sesje/gzm-a")
	wants(t, "a session in a window of the host", theirs, 200, "Zapisy na tę sesję prowadzi ktoś inny")
	wants(t, "changing it", h.post(partnerA, desks+"/sesje/gzm-a", url.Values{"window": {windowOf(h, house)}, "revision": {"1"}, "whom_1": {"all"}, "count_1": {"9"}}), 422, "prowadzi ktoś inny")
	wants(t, "closing it", h.post(partnerA, desks+"/sesje/gzm-a/usuniecie", nil), 422, "prowadzi ktoś inny")
	wants(t, "its own people", h.get(partnerA, desks+"/sesje/gzm-a/osoby"), 200, "Kanarek")
}
