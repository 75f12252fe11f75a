package guardian_test

import (
	"archive/zip"
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"obrady/internal/db"
	"obrady/internal/db/dbtest"
	"obrady/internal/edition"
	"obrady/internal/i18n"
	"obrady/internal/people"
	"obrady/internal/privacy"
	"obrady/internal/programme"
	"obrady/internal/rights"
)

func TestEverybodySeesAndTakesHomeTheirOwnDataAlone(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := open(t, d)
		page := h.wants(speaker, "/pl/moje/dane", http.StatusOK, "Moje dane", speaker, "Zofia Kanarek", "Sesja zielen")
		h.wants(speaker, "/pl/moje/dane", http.StatusOK, "obecność", "nie ma", "decyzja", "odmowa", "miejsce z listy rezerwowej",
			"To miejsce nie pasuje już do Twoich pozostałych zapisów.", "miejsce dla wózka, odbiornik tłumaczenia", "Za tydzień.")
		if strings.Contains(page, chief) || strings.Contains(page, officer) {
			t.Error("the page tells of others")
		}
		h.wants(speaker, "/en/mine/data", http.StatusOK, "My data", "e-mail address")
		if got := h.get("", "/pl/moje/dane"); got.Code == http.StatusOK {
			t.Error("the public reads data of somebody")
		}
		files := unzip(t, h.get(speaker, "/pl/moje/dane/plik").Body.Bytes())
		var out struct {
			Parts []struct {
				Key, Name string
				Rows      []map[string]any
			}
		}
		if err := json.Unmarshal(files["data.json"], &out); err != nil || len(out.Parts) < 3 {
			t.Errorf("data.json has %d parts, %v", len(out.Parts), err)
		}
		for name, content := range files {
			if !bytes.Contains(content, []byte("Zofia Kanarek")) || bytes.Contains(content, []byte(chief)) {
				t.Errorf("%s does not say who it is, or tells of others: %s", name, content)
			}
		}
		if len(files) != 2 {
			t.Errorf("%d files, want data.json and index.html", len(files))
		}
	})
}

func unzip(t *testing.T, packed []byte) map[string][]byte {
	t.Helper()
	archive, err := zip.NewReader(bytes.NewReader(packed), int64(len(packed)))
	if err != nil {
		t.Fatal(err)
	}
	files := map[string][]byte{}
	for _, one := range archive.File {
		f, err := one.Open()
		if err != nil {
			t.Fatal(err)
		}
		if files[one.Name], err = io.ReadAll(f); err != nil {
			t.Fatal(err)
		}
	}
	return files
}

func TestSomebodyErasesThemselves(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		const page = "/pl/moje/dane/usuniecie"
		h := open(t, d)
		h.wants(speaker, page, http.StatusOK, "Znika", "Zostaje", "Wystąpienia w programie", "Dziennik dowodzi")
		got := h.as(speaker, http.MethodPost, page, nil)
		if got.Code != http.StatusUnprocessableEntity || !strings.Contains(got.Body.String(), "Potwierdź") {
			t.Errorf("without the tick: %d, want 422 with what to do", got.Code)
		}
		h.clock = h.clock.Add(privacy.FreshFor + time.Second)
		for _, method := range []string{http.MethodGet, http.MethodPost} {
			got := h.as(speaker, method, page, url.Values{"sure": {"yes"}})
			if where := got.Header().Get("Location"); got.Code != http.StatusSeeOther || !strings.Contains(where, "next=%2Fpl%2Fmoje%2Fdane%2Fusuniecie") {
				t.Errorf("%s after a while: %d to %q, want to sign in again and come back", method, got.Code, where)
			}
		}
		h.cookies[speaker] = ""
		got = h.as(speaker, http.MethodPost, page, url.Values{"sure": {"yes"}})
		if got.Code != http.StatusOK || !strings.Contains(got.Body.String(), "Zapisz numer sprawy: 1/2021") {
			t.Fatalf("erasing: %d, want 200 with the number", got.Code)
		}
		if after := h.get(speaker, "/pl/moje/dane"); after.Code == http.StatusOK {
			t.Error("the session lives on after the erasure")
		}
		if p, err := people.FindPerson(t.Context(), d, h.person.ID); err != nil || !p.Erased() {
			t.Errorf("the person is %+v, %v, want erased", p, err)
		}
	})
}

func TestStaffHandleACase(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		const list = "/pl/kpm-2021/biurko/sprawy-o-dane"
		h := open(t, d)
		h.wants(partner, list, http.StatusForbidden)
		h.wants(speaker, list, http.StatusForbidden)
		h.wants(officer, list, http.StatusOK, "Nie ma żadnych żądań", "Zofia Kanarek")
		for name, form := range map[string]url.Values{
			"nobody":                              {},
			"an address that is none":             {"email": {"zo fia"}},
			"an address without an account":       {"email": {"nikt@example.org"}},
			"an account of which nothing is here": {"email": {h.stranger()}},
			"a person who is not there":           {"person": {"p-404"}},
		} {
			if got := h.as(officer, http.MethodPost, list, form); got.Code != http.StatusUnprocessableEntity {
				t.Errorf("a case of %s: %d, want 422", name, got.Code)
			}
		}
		opened := h.as(officer, http.MethodPost, list, url.Values{"person": {string(h.person.ID)}})
		at := opened.Header().Get("Location")
		if opened.Code != http.StatusSeeOther {
			t.Fatalf("opening: %d, want 303", opened.Code)
		}
		again := h.as(officer, http.MethodPost, list, url.Values{"email": {speaker}})
		if again.Header().Get("Location") != at {
			t.Errorf("the same person again leads to %s, want %s", again.Header().Get("Location"), at)
		}
		h.wants(officer, at, http.StatusOK, "Sprawa 1/2021", "Zofia Kanarek", "7 lipca 2021", "Usuń dane", "Wstrzymaj")
		h.wants(officer, list+"/none", http.StatusNotFound)

		hold := h.as(officer, http.MethodPost, at+"/wstrzymanie", url.Values{"reason": {"postępowanie"}})
		if hold.Code != http.StatusSeeOther {
			t.Errorf("a hold: %d, want 303", hold.Code)
		}
		h.wants(officer, at, http.StatusOK, "Danych nie wolno teraz usunąć", "postępowanie")
		if got := h.as(officer, http.MethodPost, at+"/usuniecie", url.Values{"sure": {"yes"}}); got.Code != http.StatusUnprocessableEntity {
			t.Errorf("erasing what is on hold: %d, want 422", got.Code)
		}
		if got := h.as(speaker, http.MethodPost, "/pl/moje/dane/usuniecie", url.Values{"sure": {"yes"}}); got.Code != http.StatusConflict {
			t.Errorf("erasing oneself while on hold: %d, want 409", got.Code)
		}
		h.wants(speaker, "/pl/moje/dane", http.StatusOK, "1/2021", "wstrzymał to inspektor")
		h.as(officer, http.MethodPost, at+"/zwolnienie", nil)
		if got := h.as(officer, http.MethodPost, at+"/usuniecie", nil); got.Code != http.StatusUnprocessableEntity {
			t.Errorf("erasing without the tick: %d, want 422", got.Code)
		}
		if got := h.as(officer, http.MethodPost, at+"/usuniecie", url.Values{"sure": {"yes"}}); got.Code != http.StatusSeeOther {
			t.Errorf("erasing: %d, want 303", got.Code)
		}
		h.wants(officer, at, http.StatusOK, "Co zrobiono", "już nie wiadomo")
		if got := h.as(officer, http.MethodPost, at+"/odmowa", url.Values{"ground": {"duty"}}); got.Code != http.StatusSeeOther {
			t.Errorf("refusing what is done: %d, want to be led back", got.Code)
		}
	})
}

// stranger is somebody of whom nothing is kept in the edition.
func (h *house) stranger() string {
	h.t.Helper()
	return h.account("obca@example.org").Email
}

func TestStaffOfOneEditionDoNotEraseFromAnother(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		const list = "/pl/kpm-2021/biurko/sprawy-o-dane"
		h := open(t, d)
		other, err := h.editions.Save(t.Context(), "desk", edition.Edition{
			Slug: "kpm-2023", Name: i18n.Both("Inny kongres"), StartsOn: "2023-06-07", EndsOn: "2023-06-08", TimeZone: "Europe/Warsaw", Form: edition.OnSite,
		})
		h.must(err)
		block := h.sessions[0]
		b, err := h.programme.SaveBlock(t.Context(), "desk", blockOf(other.ID))
		h.must(err)
		block.ID, block.Edition, block.Block, block.GUID, block.Revision = "", other.ID, b.ID, "", 0
		_, err = h.programme.SaveSession(t.Context(), "desk", block)
		h.must(err)
		at := h.as(officer, http.MethodPost, list, url.Values{"person": {string(h.person.ID)}}).Header().Get("Location")
		h.wants(officer, at, http.StatusOK, "w innych edycjach")
		if got := h.as(officer, http.MethodPost, at+"/usuniecie", url.Values{"sure": {"yes"}}); got.Code != http.StatusUnprocessableEntity {
			t.Errorf("erasing across editions: %d, want 422", got.Code)
		}
		if got := h.as(chief, http.MethodPost, at+"/usuniecie", url.Values{"sure": {"yes"}}); got.Code != http.StatusSeeOther {
			t.Errorf("erasing as the organiser of the installation: %d, want 303", got.Code)
		}
	})
}

func TestStaffOfOneEditionDoNotEraseWhoWorksBeyondIt(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		const list = "/pl/kpm-2021/biurko/sprawy-o-dane"
		h := open(t, d)
		h.must(d.Tx(t.Context(), func(tx *db.Tx) error {
			return rights.Write(t.Context(), tx, rights.Grant{
				Account: h.accounts[speaker].ID, Role: rights.Organiser, Node: rights.Whole, From: h.clock, GrantedAt: h.clock,
			})
		}))
		at := h.as(officer, http.MethodPost, list, url.Values{"person": {string(h.person.ID)}}).Header().Get("Location")
		if got := h.as(officer, http.MethodPost, at+"/usuniecie", url.Values{"sure": {"yes"}}); got.Code != http.StatusUnprocessableEntity {
			t.Errorf("the officer of one edition erases an organiser of the installation: %d, want 422", got.Code)
		}
		if who, err := h.rights.Standing(t.Context(), h.accounts[speaker].ID); err != nil || !who.Has(rights.Organiser, []rights.Node{rights.Whole}) {
			t.Errorf("the organiser of the installation has %+v, %v afterwards, want the role kept", who.Grants, err)
		}
	})
}

// blockOf is a block of another edition.
func blockOf(of edition.ID) programme.Block {
	return programme.Block{Edition: of, Slug: "inny", Kind: programme.General, Mark: "I", Colour: 3, Name: i18n.Both("Inny blok")}
}

var linked = regexp.MustCompile(`<th scope="row" class="number">\d+</th>`)

func TestTheLogIsReadByPart(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		const log = "/pl/kpm-2021/biurko/dziennik"
		h := open(t, d)
		h.wants(speaker, log, http.StatusForbidden)
		h.wants("", log, http.StatusSeeOther)
		all := h.wants(officer, log, http.StatusOK, "zmiana sesji", "Sesja zielen", "Sesja ruch")
		part := h.wants(partner, log, http.StatusOK, "Sesja zielen", "Co działo się w Twojej części")
		if strings.Contains(part, "ruch") || strings.Contains(part, "@") && strings.Contains(part, chief) {
			t.Error("the partner reads what is none of theirs")
		}
		if got, want := len(linked.FindAllString(part, -1)), len(linked.FindAllString(all, -1)); got == 0 || got >= want {
			t.Errorf("the partner reads %d entries of %d, want some of them", got, want)
		}
		one := h.wants(officer, log+"?object="+string(h.sessions[1].ID), http.StatusOK, "Sesja ruch", "Pokaż wszystkie")
		if strings.Contains(one, "Sesja zielen") {
			t.Error("the filter by object lets others through")
		}
		h.wants(officer, log+"?action=none", http.StatusOK, "Nie ma takich wpisów")
		h.wants(officer, log+"?before=x&actor=%27", http.StatusOK)
		h.wants(chief, log+"?all=1", http.StatusOK, "Tylko ta edycja")
		if page := h.wants(officer, log+"?all=1", http.StatusOK); strings.Contains(page, "Tylko ta edycja") {
			t.Error("the officer of one edition reads all of them")
		}
	})
}

// The ids that monitors of accessibility ask for, each once, and what of them is a time.
var (
	wantedIDs = []string{
		"a11y-wstep", "a11y-podmiot", "a11y-url", "a11y-data-publikacja", "a11y-data-aktualizacja", "a11y-status",
		"a11y-data-sporzadzenie", "a11y-data-przeglad", "a11y-ocena", "a11y-kontakt", "a11y-osoba", "a11y-email", "a11y-telefon",
		"a11y-procedura", "a11y-architektura", "a11y-aplikacje", "a11y-deklaracja",
	}
	anID = regexp.MustCompile(` id="([^"]+)"`)
	when = regexp.MustCompile(`<time id="(a11y-data-[a-z]+)" datetime="(\d{4}-\d\d-\d\d)">`)
)

func TestTheAccessibilityStatement(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		const public, form = "/pl/kpm-2021/deklaracja-dostepnosci", "/pl/kpm-2021/biurko/deklaracja-dostepnosci"
		h := open(t, d)
		h.wants("", public, http.StatusNotFound)
		h.wants(officer, form, http.StatusForbidden)
		h.wants(chief, form, http.StatusOK, "Deklaracja dostępności")
		filled := url.Values{
			"body_pl": {"Instytut"}, "body_en": {"Institute"}, "published_on": {"2021-04-20"}, "updated_on": {"2021-06-05"}, "status": {"partial"},
			"failings_pl": {"- mapa"}, "made_on": {"2021-04-20"}, "reviewed_on": {"2021-06-01"}, "assessed": {"self"},
			"contact_pl": {"koordynacja dostępności"}, "email": {"dostepnosc@przyklad.example"}, "phone": {"00 000 00 00"}, "building_pl": {"winda"},
		}
		for field := range filled {
			if field == "body_en" || field == "reviewed_on" {
				continue
			}
			lacking := url.Values{}
			for name, value := range filled {
				lacking[name] = value
			}
			lacking.Del(field)
			if got := h.as(chief, http.MethodPost, form, lacking); got.Code != http.StatusUnprocessableEntity {
				t.Errorf("without %s: %d, want 422", field, got.Code)
			}
		}
		if got := h.as(chief, http.MethodPost, form, filled); got.Code != http.StatusSeeOther {
			t.Fatalf("saving: %d, want 303\n%s", got.Code, got.Body)
		}
		h.must(h.published.Refresh(t.Context()))
		for path, words := range map[string]string{public: "częściowo zgodna", "/en/kpm-2021/accessibility-statement": "partially compliant"} {
			page := h.wants("", path, http.StatusOK, words)
			ids := map[string]int{}
			for _, match := range anID.FindAllStringSubmatch(page, -1) {
				ids[match[1]]++
			}
			for _, id := range wantedIDs {
				if ids[id] != 1 {
					t.Errorf("%s has %s %d times, want once", path, id, ids[id])
				}
			}
			var times []string
			for _, match := range when.FindAllStringSubmatch(page, -1) {
				times = append(times, match[1]+" "+match[2])
			}
			slices.Sort(times)
			want := []string{
				"a11y-data-aktualizacja 2021-06-05", "a11y-data-przeglad 2021-06-01", "a11y-data-publikacja 2021-04-20", "a11y-data-sporzadzenie 2021-04-20",
			}
			if !slices.Equal(times, want) {
				t.Errorf("%s has the times %v, want %v", path, times, want)
			}
		}
		again := url.Values{"revision": {"1"}}
		for name, value := range filled {
			again[name] = value
		}
		again.Set("status", "full")
		if got := h.as(chief, http.MethodPost, form, again); got.Code != http.StatusSeeOther {
			t.Errorf("saving again: %d, want 303", got.Code)
		}
		again.Set("status", "none")
		if got := h.as(chief, http.MethodPost, form, again); got.Code != http.StatusConflict {
			t.Errorf("saving upon an older revision: %d, want 409", got.Code)
		}
	})
}

func TestStaffSayWhoKeepsWhatAndWhy(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		const front = "/pl/kpm-2021/biurko/ochrona-danych"
		h := open(t, d)
		h.wants(partner, front, http.StatusForbidden)
		h.wants(officer, front, http.StatusOK, "brakuje")
		for _, test := range []struct {
			path string
			form url.Values
		}{
			{"/pl/kpm-2021/biurko/administratorzy-danych", url.Values{"name_pl": {"Instytut Kongresu"}, "address": {"ul. Prosta 1"}}},
			{front + "/inspektor", url.Values{"name": {"Iga Odo"}, "email": {"iod@przyklad.example"}}},
			{"/pl/kpm-2021/biurko/cele-przetwarzania", url.Values{"name_pl": {"Zapisy"}, "basis": {"6.1.e"}, "whose_pl": {"uczestnicy"}, "period_pl": {"pół roku"}}},
			{"/pl/kpm-2021/biurko/klauzule", url.Values{"title_pl": {"Klauzula"}, "place": {"registration"}, "kind": {"information"}, "allows": {"other"}, "body_pl": {"Treść"}}},
		} {
			if got := h.as(officer, http.MethodPost, test.path, url.Values{}); got.Code != http.StatusUnprocessableEntity {
				t.Errorf("an empty form at %s: %d, want 422", test.path, got.Code)
			}
			if got := h.as(officer, http.MethodPost, test.path, test.form); got.Code != http.StatusSeeOther {
				t.Errorf("saving at %s: %d, want 303\n%s", test.path, got.Code, got.Body)
			}
			h.wants(officer, test.path, http.StatusOK)
		}
		page := h.wants(officer, front, http.StatusOK, "Iga Odo")
		if strings.Contains(page, "brakuje") {
			t.Error("the front says that something is missing when nothing is")
		}
		h.wants(officer, front+"/przechowywanie", http.StatusOK, "Okresy przechowywania")
	})
}
