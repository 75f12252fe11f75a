package organiser_test

import (
	"net/http"
	"strings"
	"testing"

	"obrady/internal/db"
	"obrady/internal/db/dbtest"
	"obrady/internal/i18n"
	"obrady/internal/text"
)

const settings = "/pl/kpm-2021/biurko/ustawienia"

func TestAnEditionIsMadeAndChanged(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		o := signedIn(t, d)
		form := o.filled("/pl/biurko/nowa-edycja",
			"name_pl", "IV Kongres Polityki Miejskiej", "name_en", "4th Urban Policy Congress", "name_state", "machine",
			"number", "4", "starts_on", "2023-10-05", "ends_on", "2023-10-06", "city_pl", "Łódź", "public", "yes")
		wantStatus(t, "the new edition", o.post("/pl/biurko", form), http.StatusSeeOther)
		wantStatus(t, "the same form sent twice", o.post("/pl/biurko", form), http.StatusSeeOther)

		all, err := o.Editions.Editions(t.Context())
		if err != nil || len(all) != 2 {
			t.Fatalf("there are %d editions (%v), want 2", len(all), err)
		}
		made := all[0]
		if made.Slug != "iv-kongres-polityki-miejskiej" || made.Number != 4 || !made.Public || made.City.PL != "Łódź" ||
			made.Name.ENState != i18n.Machine || made.TimeZone != "Europe/Warsaw" {
			t.Errorf("the edition is %+v, want what was typed and an address made of the name", made)
		}

		address := "/en/" + made.Slug + "/desk/settings"
		form = o.filled(address, "motto_pl", "Miasto dla ludzi", "slug", "inna-nazwa")
		wantStatus(t, "another address for a public edition", o.post(address, form), http.StatusUnprocessableEntity)
		form.Set("slug", made.Slug)
		wantStatus(t, "the change", o.post(address, form), http.StatusSeeOther)
		wantText(t, "the list", o.get("/en/desk").Body.String(), "The edition has been saved.")
		if got, err := o.Editions.Edition(t.Context(), made.Slug); err != nil || got.Motto.PL != "Miasto dla ludzi" || got.Name != made.Name {
			t.Errorf("the edition is %+v (%v), want the motto changed and the name as it was", got, err)
		}
	})
}

func TestWhatIsWrongWithAnEditionIsNamedAndKept(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		o := signedIn(t, d)
		for _, test := range []struct {
			name, field, value string
			pl, en             string
		}{
			{"no name", "name_pl", "", "Wpisz tekst po polsku", "Polish"},
			{"a name too long", "name_en", strings.Repeat("ż", 201), "za długi", "too long"},
			{"a city too long", "city_pl", strings.Repeat("ż", 201), "za długi", "too long"},
			{"29 February of a common year", "starts_on", "2021-02-29", "Podaj dzień", "2021-06-07"},
			{"the year 9999", "ends_on", "9999-01-01", "Podaj dzień", "2021-06-07"},
			{"the year 1", "starts_on", "0001-01-01", "Podaj dzień", "2021-06-07"},
			{"an end before the start", "ends_on", "2021-06-06", "przed pierwszym", "before"},
			{"a year of days", "ends_on", "2022-06-06", "najwyżej 31 dni", "31 days"},
			{"an unknown zone", "time_zone", "Europe/Katowice", "strefy czasowej", "time zone"},
			{"the machine's own zone", "time_zone", "Local", "strefy czasowej", "time zone"},
			{"a zone outside the folder", "time_zone", "../../etc/passwd", "strefy czasowej", "time zone"},
			{"a number in words", "number", "trzy", "liczbę całkowitą", "whole number"},
			{"a number too large", "number", "100", "od 0 do 99", "99"},
			{"an address with capitals", "slug", "KPM 2021", "małe litery", "letters"},
			{"a word of the house", "slug", "biurko", "zajęty", "taken"},
			{"an unknown form", "form", "hologram", "formę z listy", "list"},
			{"broken UTF-8", "motto_pl", "Miasto \xff", "niedozwolony znak", "character"},
			{"a NUL", "motto_pl", "Mia\x00sto", "niedozwolony znak", "character"},
			{"a turn of the reading direction", "name_pl", "Kongres \u202e", "niedozwolony znak", "character"},
		} {
			t.Run(test.name, func(t *testing.T) {
				for lang, path := range map[string]string{"pl": settings, "en": "/en/kpm-2021/desk/settings"} {
					form := o.filled(path, "about_pl", "Tekst,\nktóry zostaje „tak”.", test.field, test.value)
					got := o.post(path, form)
					wantStatus(t, test.name, got, http.StatusUnprocessableEntity)
					summary := summaryOf(got.Body.String())
					want := map[string]string{"pl": test.pl, "en": test.en}[lang]
					wantText(t, "the summary", summary, want)
					if !strings.Contains(summary, `href="#f-`+test.field+`"`) {
						t.Errorf("the summary does not lead to %s:\n%s", test.field, summary)
					}
					kept := fields(got.Body.String())
					for name := range form {
						if name == test.field && (name == "form" || unkeepable(test.value)) {
							continue // what was never offered; what cannot be kept is told and taken out
						}
						if kept.Get(name) != form.Get(name) {
							t.Errorf("%s comes back as %q, want %q", name, kept.Get(name), form.Get(name))
						}
					}
				}
			})
		}
		if got, _ := o.Editions.Edition(t.Context(), "kpm-2021"); got.Revision != 1 {
			t.Errorf("the edition is at revision %d after refused forms, want 1", got.Revision)
		}
	})
}

func TestOfTwoWhoChangeAThingNobodyLosesAWord(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		o := signedIn(t, d)
		mine, theirs := o.filled(settings, "motto_pl", "Moje hasło"), o.filled(settings, "motto_pl", "Hasło koleżanki")
		wantStatus(t, "the first", o.post(settings, theirs), http.StatusSeeOther)
		wantStatus(t, "the first once more", o.post(settings, theirs), http.StatusSeeOther)

		got := o.post(settings, mine)
		wantStatus(t, "the second", got, http.StatusConflict)
		page := got.Body.String()
		for _, want := range []string{"Moje hasło", "Hasło koleżanki", "Zapisz moje", "Zostaw tamte", "Hasło przewodnie – po polsku"} {
			wantText(t, "the conflict", page, want)
		}
		if saved, _ := o.Editions.Edition(t.Context(), "kpm-2021"); saved.Motto.PL != "Hasło koleżanki" {
			t.Errorf("the motto is %q, want that of the first", saved.Motto.PL)
		}
		wantText(t, "the form, left by a link", o.get(settings).Body.String(), "Przywróć szkic")

		wantStatus(t, "mine after all", o.post(settings, fields(page)), http.StatusSeeOther)
		if saved, _ := o.Editions.Edition(t.Context(), "kpm-2021"); saved.Motto.PL != "Moje hasło" {
			t.Errorf("the motto is %q, want mine", saved.Motto.PL)
		}
		if strings.Contains(o.get(settings).Body.String(), "Przywróć szkic") {
			t.Error("a draft is offered after the form was saved")
		}
	})
}

func TestADraftWaitsUntilItIsSavedOrThrownAway(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		o := signedIn(t, d)
		const list, blank = "/pl/kpm-2021/biurko/miejsca", "/pl/kpm-2021/biurko/miejsca/nowe"
		form := o.filled(blank, "name_pl", "Sala z widokiem", "step_free", "yes")
		wantStatus(t, "the script", o.post("/pl/kpm-2021/biurko/szkice/place.new", form), http.StatusNoContent)
		wantStatus(t, "a draft of nothing", o.post("/pl/kpm-2021/biurko/szkice/spaceship.new", form), http.StatusNotFound)

		page := o.get(blank).Body.String()
		wantText(t, "the form", page, "Przywróć szkic z 14:00")
		if fields(page).Get("name_pl") != "" {
			t.Error("the draft is in the form before anybody asked for it")
		}
		page = o.get(blank + "?draft=use").Body.String()
		if got := fields(page); got.Get("name_pl") != "Sala z widokiem" || got.Get("step_free") != "yes" || got.Get("id") != form.Get("id") {
			t.Errorf("the restored form has %v, want what was typed", got)
		}
		stranger := newDesk2(t, o)
		token, err := o.people.Invite(t.Context(), "bob@example.org", "Bob")
		if err != nil {
			t.Fatal(err)
		}
		stranger.post("/pl/wejscie/odnosnik/"+token, nil)
		if strings.Contains(stranger.get(blank).Body.String(), "Przywróć") {
			t.Error("somebody else is offered the draft")
		}

		wantStatus(t, "throwing it away", o.post("/pl/kpm-2021/biurko/szkice/place.new/odrzuc", map[string][]string{"back": {blank}}), http.StatusSeeOther)
		if strings.Contains(o.get(blank).Body.String(), "Przywróć") {
			t.Error("a draft is offered that was thrown away")
		}

		o.post("/pl/kpm-2021/biurko/szkice/place.new", form)
		wantStatus(t, "saving", o.post(list, form), http.StatusSeeOther)
		if strings.Contains(o.get(blank).Body.String(), "Przywróć") {
			t.Error("a draft is offered that was saved")
		}
	})
}

func TestARefusedFormIsKeptAsADraft(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		o := signedIn(t, d)
		const list, blank = "/pl/kpm-2021/biurko/bloki", "/pl/kpm-2021/biurko/bloki/nowy"
		form := o.filled(blank, "name_pl", "Warsztaty", "mark", "ZBYT DŁUGI", "lead_pl", "Słowo wstępne")
		wantStatus(t, "the form", o.post(list, form), http.StatusUnprocessableEntity)
		got := fields(o.get(blank + "?draft=use").Body.String())
		if got.Get("lead_pl") != "Słowo wstępne" {
			t.Errorf("the draft has %v, want what was refused", got)
		}
	})
}

// unkeepable says whether s has characters that are told and taken out.
func unkeepable(s string) bool {
	_, flaws := text.Clean(s)
	return len(flaws) > 0
}
