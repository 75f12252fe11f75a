package organiser_test

import (
	"net/http"
	"regexp"
	"strings"
	"testing"

	"obrady/internal/db"
	"obrady/internal/db/dbtest"
	"obrady/internal/edition"
)

var rowLink = regexp.MustCompile(`<th scope="row"><a href="([^"]*)">`)

// Each kind is made with the least that it needs, opened, changed, refused and found in its list.
func TestEveryListTakesShowsAndChangesItsThings(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		o := signedIn(t, d)
		for _, test := range []struct {
			pl, blank, en string
			name          string   // the field that names a thing
			typed         []string // besides the name
		}{
			{"instytucje", "nowa", "institutions", "name_pl", []string{"short", "IRMiR", "url", "https://irmir.example"}},
			{"osoby", "nowa", "people", "name", []string{"bio_pl", "Urbanistka."}},
			{"miejsca", "nowe", "places", "name_pl", []string{"capacity", "400", "toilet", "yes", "shared", "yes"}},
			{"bloki", "nowy", "blocks", "name_pl", []string{"mark", "W", "colour", "3", "kind", "workshops"}},
			{"sceny", "nowa", "stages", "name_pl", []string{"mark", "GZM"}},
			{"strony", "nowa", "pages", "title_pl", []string{"body_pl", "Jak **dojechać**", "kind", "legal"}},
			{"listy-hasel", "nowa", "word-lists", "name_pl", []string{"term_name_pl", "miasto zielone"}},
		} {
			t.Run(test.pl, func(t *testing.T) {
				list := "/pl/kpm-2021/biurko/" + test.pl
				wantText(t, "the empty list", o.get(list).Body.String(), "ie ma jeszcze")
				form := o.filled(list+"/"+test.blank, append(test.typed, test.name, "Zażółć gęślą jaźń")...)
				wantStatus(t, "the new thing", o.post(list, form), http.StatusSeeOther)
				wantStatus(t, "the same once more", o.post(list, form), http.StatusSeeOther)
				page := o.get(list + "?sort=-name").Body.String()
				links := rowLink.FindAllStringSubmatch(page, -1)
				if len(links) != 1 {
					t.Fatalf("the list has %d rows, want 1", len(links))
				}
				address := links[0][1]
				form = o.filled(address)
				for i := 0; i+1 < len(test.typed); i += 2 {
					if got := form.Get(test.typed[i]); got != test.typed[i+1] {
						t.Errorf("%s is %q, want %q", test.typed[i], got, test.typed[i+1])
					}
				}
				form.Set(test.name, "")
				refused := o.post(address, form)
				wantStatus(t, "without a name", refused, http.StatusUnprocessableEntity)
				wantText(t, "the summary", summaryOf(refused.Body.String()), "#f-"+test.name)
				form.Set(test.name, "Inna nazwa")
				wantStatus(t, "the change", o.post(address, form), http.StatusSeeOther)
				english := strings.Replace(address, list, "/en/kpm-2021/desk/"+test.en, 1)
				wantText(t, "the English form", o.get(english).Body.String(), "Inna nazwa")
				wantStatus(t, "a thing that is not there", o.get(list+"/0190"), http.StatusNotFound)
				form.Set(test.name, strings.Repeat("ą", 5000))
				wantStatus(t, "a name of 5,000 letters", o.post(address, form), http.StatusUnprocessableEntity)
			})
		}
	})
}

func TestNothingBecomesAPartOfItself(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		o := signedIn(t, d)
		const list = "/pl/kpm-2021/biurko/bloki"
		o.post(list, o.filled(list+"/nowy", "name_pl", "Konferencja", "mark", "K"))
		outer := rowLink.FindStringSubmatch(o.get(list).Body.String())[1]
		outerID := outer[strings.LastIndex(outer, "/")+1:]
		wantStatus(t, "a block inside", o.post(list, o.filled(list+"/nowy", "name_pl", "Kalejdoskop", "mark", "L", "parent", outerID)), http.StatusSeeOther)
		page := o.get(list).Body.String()
		wantText(t, "the tree", page, "– Kalejdoskop")
		inner := rowLink.FindAllStringSubmatch(page, -1)[1][1]
		innerID := inner[strings.LastIndex(inner, "/")+1:]
		got := o.post(outer, o.filled(outer, "parent", innerID))
		wantStatus(t, "a circle", got, http.StatusUnprocessableEntity)
		wantText(t, "the summary", summaryOf(got.Body.String()), "częścią samego siebie")
	})
}

func TestAPersonKeepsTheirAffiliations(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		o := signedIn(t, d)
		const institutions, list = "/pl/kpm-2021/biurko/instytucje", "/pl/kpm-2021/biurko/osoby"
		o.post(institutions, o.filled(institutions+"/nowa", "name_pl", "Urząd Miasta"))
		all, err := o.people.Institutions(t.Context())
		if err != nil || len(all) != 1 {
			t.Fatalf("there are %d institutions (%v), want 1", len(all), err)
		}
		form := o.filled(list+"/nowa", "name", "dr Anna Łąka")
		form["affiliation_institution"] = []string{"", string(all[0].ID)}
		form["affiliation_title_pl"] = []string{"", "urbanistka miejska"}
		form["affiliation_from"], form["affiliation_until"] = []string{"", "2021-02-29"}, []string{"", ""}
		refused := o.post(list, form)
		wantStatus(t, "29 February", refused, http.StatusUnprocessableEntity)
		wantText(t, "the summary", summaryOf(refused.Body.String()), "#f-affiliations")
		form["affiliation_from"] = []string{"", "2021-02-28"}
		wantStatus(t, "the person", o.post(list, form), http.StatusSeeOther)
		persons, err := o.people.Persons(t.Context())
		if err != nil || len(persons) != 1 || len(persons[0].Affiliations) != 1 {
			t.Fatalf("persons are %+v (%v), want one with one affiliation", persons, err)
		}
		if got := persons[0]; got.SortName != "Łąka dr Anna" || got.Slug != "dr-anna-laka" || got.Affiliations[0].Title.PL != "urbanistka miejska" {
			t.Errorf("the person is %+v, want the name turned round and the function kept", got)
		}
	})
}

func TestATermIsRenamedEndedAndContinued(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		o := signedIn(t, d)
		const list = "/pl/kpm-2021/biurko/listy-hasel"
		form := o.filled(list+"/nowa", "name_pl", "Cele", "kind", "goal")
		form["term_name_pl"] = []string{"miasto zielone", "miasto zwarte"}
		wantStatus(t, "the list", o.post(list, form), http.StatusSeeOther)
		address := rowLink.FindStringSubmatch(o.get(list).Body.String())[1]
		form = o.filled(address, "do", "new-version")
		form["term_until"][1] = "1"
		form["term_name_pl"] = []string{"miasto zielone i niebieskie", "miasto zwarte", "miasto kompaktowe"}
		form["term_slug"] = []string{form["term_slug"][0], form["term_slug"][1], ""}
		form["term_continues"] = []string{"", "", form["term_id"][1]}
		wantStatus(t, "the new version", o.post(address, form), http.StatusSeeOther)

		lists, err := o.Editions.Taxonomies(t.Context(), o.edition.ID)
		if err != nil || len(lists) != 1 || len(lists[0].Terms) != 3 {
			t.Fatalf("the lists are %+v (%v), want one of three terms", lists, err)
		}
		got := lists[0]
		var now []string
		for _, term := range got.Current() {
			now = append(now, term.Name.PL)
		}
		if strings.Join(now, ", ") != "miasto zielone i niebieskie, miasto kompaktowe" || got.Version != 2 {
			t.Errorf("version %d holds %v, want the second with the term that continues", got.Version, now)
		}
		if got.Terms[2].Continues != got.Terms[1].ID || got.Terms[2].Since != 2 || got.Terms[0].Slug != "miasto-zielone" {
			t.Errorf("the terms are %+v, want the third to continue the second, and addresses that stay", got.Terms)
		}
		again := o.post(list, o.filled(list+"/nowa", "name_pl", "Cele raz jeszcze", "kind", "goal"))
		wantStatus(t, "a second list of goals", again, http.StatusUnprocessableEntity)
	})
}

func TestEveryWordingOfALegalTextStays(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		o := signedIn(t, d)
		const list = "/pl/kpm-2021/biurko/strony"
		o.post(list, o.filled(list+"/nowa", "title_pl", "Regulamin", "body_pl", "Wersja **pierwsza**.", "kind", string(edition.Legal)))
		address := rowLink.FindStringSubmatch(o.get(list).Body.String())[1]
		o.post(address, o.filled(address, "body_pl", "Wersja *druga*. <script>alert(1)</script>"))
		page := o.get(address + "/wersje").Body.String()
		for _, want := range []string{"<strong>pierwsza</strong>", "<em>druga</em>", "Wersja 2"} {
			wantText(t, "the versions", page, want)
		}
		if strings.Contains(page, "<script>alert") {
			t.Error("a text brings a script onto the page")
		}
	})
}

func TestWalksAreAllSavedOrNone(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		o := signedIn(t, d)
		const list, walks = "/pl/kpm-2021/biurko/miejsca", "/pl/kpm-2021/biurko/miejsca/przejscia"
		wantText(t, "the page without places", o.get(walks).Body.String(), "Nie ma jeszcze dwóch miejsc")
		for _, name := range []string{"Sala 1", "Sala 2", "Studio"} {
			o.post(list, o.filled(list+"/nowe", "name_pl", name))
		}
		got := o.post(walks, o.filled(walks, "walk_0_1", "5", "walk_0_2", "999"))
		wantStatus(t, "a walk of 999 minutes", got, http.StatusUnprocessableEntity)
		wantText(t, "the summary", summaryOf(got.Body.String()), "Sala 1 – Studio")
		if working, _ := o.Timetable.Working(t.Context(), o.edition.ID); len(working.Walks) != 0 {
			t.Errorf("%d walks are saved, want none", len(working.Walks))
		}
		wantStatus(t, "the walks", o.post(walks, o.filled(walks, "walk_0_1", "5", "walk_1_2", "12")), http.StatusSeeOther)
		if working, _ := o.Timetable.Working(t.Context(), o.edition.ID); len(working.Walks) != 2 {
			t.Errorf("%d walks are saved, want 2", len(working.Walks))
		}
		wantStatus(t, "the front of the desk", o.get("/pl/kpm-2021/biurko"), http.StatusOK)
		wantStatus(t, "the desk of an edition that is not there", o.get("/pl/kpm-1999/biurko"), http.StatusNotFound)
	})
}
