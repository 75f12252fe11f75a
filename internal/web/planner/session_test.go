package planner_test

import (
	"maps"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"obrady/internal/db"
	"obrady/internal/db/dbtest"
	"obrady/internal/people"
	"obrady/internal/programme"
)

const sessions = "/pl/kpm-2021/biurko/sesje"

// kaleidoscope is two cycles of two talks of four minutes, each closed by a discussion.
func (o *office) kaleidoscope() url.Values {
	form := o.form()
	for i := range 6 {
		kind, minutes, title := "talk", "4", string(rune('A'+i))
		if i%3 == 2 {
			kind, minutes, title = "discussion", "20", ""
		}
		for name, value := range map[string]string{
			"segment_id": "", "segment_kind": kind, "segment_cycle": string(rune('1' + i/3)), "segment_minutes": minutes,
			"segment_title_pl": title, "segment_title_en": "", "segment_people": "", "segment_body_pl": "", "segment_body_en": "",
		} {
			form.Add(name, value)
		}
	}
	form["segment_people"][0] = "ewa zielinska"
	return form
}

func TestKaleidoscopeFromFormToPage(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		o := open(t, d)
		got := o.post("/pl/kpm-2021/biurko/nowa-sesja", o.kaleidoscope())
		expect(t, got, http.StatusSeeOther)
		if at := got.Header().Get("Location"); at != sessions+"/kalejdoskop-zielen" {
			t.Fatalf("redirected to %q", at)
		}
		page := o.get(sessions + "/kalejdoskop-zielen")
		expect(t, page, http.StatusOK, "Sesja zapisana", "Kalejdoskop: zieleń", "Części trwają razem 56 min, a sesja 1 h: zostaje 4 min",
			"10:00–10:04", "Ewa Zielińska", "10:04–10:08", "10:08–10:28", "10:28–10:32", "10:36–10:56", "Części sesji nie wypełniają jej czasu (o 4 min)")

		s := *o.working().SessionAt("kalejdoskop-zielen")
		if len(s.Segments) != 6 || s.Segments[3].Cycle != 2 || s.Segments[0].People[0].Role != programme.Speaker {
			t.Errorf("saved segments: %+v", s.Segments)
		}
		// The discussion of the first cycle goes first: everything behind it moves, and nothing is saved yet.
		form := o.kaleidoscope()
		form.Set("do", "up segments 2")
		moved := o.post(sessions+"/kalejdoskop-zielen", form)
		expect(t, moved, http.StatusOK, "10:00–10:04", "10:04–10:24", "10:24–10:28", "10:28–10:32")
		if got := o.working().SessionAt("kalejdoskop-zielen").Revision; got != s.Revision {
			t.Errorf("moving a row saved revision %d, want still %d", got, s.Revision)
		}
	})
}

func TestSessionForm(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		o := open(t, d)
		for name, test := range map[string]struct {
			change url.Values
			status int
			words  []string
		}{
			"no title":                {url.Values{"title_pl": {""}}, 422, []string{"Wpisz tekst po polsku"}},
			"a title of 301 letters":  {url.Values{"title_pl": {strings.Repeat("ą", 301)}}, 422, []string{"najwyżej 300 znaków", strings.Repeat("ą", 301)}},
			"broken UTF-8":            {url.Values{"lead_pl": {"a\xffb"}}, 422, []string{"niedozwolony znak"}},
			"no block":                {url.Values{"block": {""}}, 422, []string{"Wybierz jedną z możliwości"}},
			"a block of nowhere":      {url.Values{"block": {"none"}}, 422, []string{"Wybierz jedną z możliwości"}},
			"capacity in words":       {url.Values{"capacity": {"dużo"}}, 422, []string{"Wpisz liczbę całkowitą", "dużo"}},
			"no such day":             {url.Values{"slot_day": {"2027-02-29"}}, 422, []string{"Podaj istniejący dzień"}},
			"the year 9999":           {url.Values{"slot_day": {"9999-01-01"}}, 422, []string{"Podaj istniejący dzień"}},
			"24:00":                   {url.Values{"slot_end": {"24:00"}}, 422, []string{"Podaj godzinę od 00:00"}},
			"end before start":        {url.Values{"slot_end": {"09:00"}}, 422, []string{"Koniec wypada przed początkiem", `value="09:00"`}},
			"after midnight":          {url.Values{"slot_end": {"01:00"}, "slot_start": {"22:00"}, "slot_ends": {"next"}}, 303, nil},
			"an hour that is skipped": {url.Values{"slot_day": {"2021-03-28"}, "slot_start": {"02:30"}, "slot_end": {"04:00"}}, 422, []string{"Godziny 02:30 tego dnia nie ma", "01:59 i 03:00"}},
			"an hour that comes twice": {
				url.Values{"slot_day": {"2021-10-31"}, "slot_start": {"02:30"}, "slot_end": {"04:00"}},
				422,
				[]string{"wypada tego dnia dwa razy", "slot_start_turn", "pierwszy raz"},
			},
			"the second of the two": {url.Values{"slot_day": {"2021-10-31"}, "slot_start": {"02:30"}, "slot_end": {"04:00"}, "slot_start_turn": {"second"}}, 303, nil},
			"outside the edition":   {url.Values{"slot_day": {"2021-06-20"}}, 303, nil},
			"an unknown person":     {url.Values{"person_name": {"Jan Nieznany"}, "person_role": {"speaker"}}, 422, []string{"Nie ma osoby „Jan Nieznany”", "create people 0"}},
			"a segment of no time": {
				url.Values{"segment_kind": {"talk"}, "segment_title_pl": {"X"}, "segment_minutes": {"0"}},
				422,
				[]string{`href="#f-segment_minutes-0"`, "Część 1 trwa od 1 do"},
			},
			"a link without https": {url.Values{"link_kind": {"related"}, "link_url": {"javascript:alert(1)"}}, 422, []string{"Podaj pełny"}},
			"forged fields":        {url.Values{"revision": {"7"}, "guid": {"x"}, "edition": {"y"}}, 303, nil},
		} {
			form := o.form()
			form.Set("slug", "proba-"+strings.ReplaceAll(strings.Map(plainLetter, name), "--", "-"))
			maps.Copy(form, test.change)
			got := o.post("/pl/kpm-2021/biurko/nowa-sesja", form)
			if got.Code != test.status {
				t.Errorf("%s:", name)
			}
			expect(t, got, test.status, test.words...)
			if saved := o.working().SessionAt(form.Get("slug")); (saved != nil) != (test.status == 303) {
				t.Errorf("%s: saved %v", name, saved != nil)
			}
		}
		english := o.post("/en/kpm-2021/desk/new-session", url.Values{"title_pl": {""}, "title_en": {"Kept"}})
		expect(t, english, 422, "Polish", "Kept")
	})
}

func plainLetter(r rune) rune {
	if r >= 'a' && r <= 'z' || r >= '0' && r <= '9' {
		return r
	}
	return '-'
}

func TestNamesAreAddedWhileTyping(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		o := open(t, d)
		form := o.form()
		form.Set("person_name", "Jan Nowy")
		form.Set("person_role", "moderator")
		form.Set("lead_pl", "Nic nie ginie")
		form.Set("do", "create people 0")
		expect(t, o.post("/pl/kpm-2021/biurko/nowa-sesja", form), 200, "Nic nie ginie", "Jan Nowy")
		if _, err := o.people.Person(t.Context(), "jan-nowy"); err != nil {
			t.Errorf("the person is not there: %v", err)
		}
		form.Set("do", "save")
		expect(t, o.post("/pl/kpm-2021/biurko/nowa-sesja", form), 303)

		_, err := o.people.SavePerson(t.Context(), "desk", people.Person{Slug: "jan-nowy-2", Name: "Jan Nowy"})
		o.must(err)
		form.Set("slug", "druga")
		expect(t, o.post("/pl/kpm-2021/biurko/nowa-sesja", form), 422, "nosi więcej niż jedna")
		form.Set("person_name", "Jan Nowy [jan-nowy-2]")
		expect(t, o.post("/pl/kpm-2021/biurko/nowa-sesja", form), 303)
	})
}

func TestTwoAtOneSession(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		o := open(t, d)
		s := o.add("Panel", hour(10, 0))
		slot := o.working().SlotsOf(s.ID)[0]
		form := o.form()
		form.Set("slug", s.Slug)
		form.Set("revision", "1")
		form.Set("slot_id", string(slot.ID))
		form.Set("slot_revision", "1")
		form.Set("slots_known", string(slot.ID)+":1")
		form.Set("lead_pl", "moje")

		theirs := s
		theirs.Lead.PL = "tamte"
		_, err := o.programme.SaveSession(t.Context(), "other", theirs)
		o.must(err)
		got := o.post(sessions+"/panel", form)
		expect(t, got, http.StatusConflict, "moje", "tamte", "Zostaw tamte", "Zapisz moje", `name="revision" value="2"`, "moje")
		form.Set("revision", "2")
		expect(t, o.post(sessions+"/panel", form), 303)
		if got := o.working().Session(s.ID).Lead.PL; got != "moje" {
			t.Errorf("saved %q, want mine", got)
		}
		expect(t, o.post(sessions+"/panel", form), 303) // the same form twice has no second effect

		form.Set("revision", "3")
		form.Del("slot_id") // hours are taken away; those that a colleague adds meanwhile stay
		form.Del("slot_day")
		form.Del("slot_start")
		form.Del("slot_end")
		form.Del("slot_place")
		other := slot
		other.ID, other.Revision, other.Start, other.End = "", 0, hour(15, 0), hour(16, 0)
		_, err = o.timetable.SaveSlot(t.Context(), "other", other)
		o.must(err)
		now := o.working().SlotsOf(s.ID)
		form.Set("slots_known", string(now[0].ID)+":"+string(rune('0'+now[0].Revision)))
		expect(t, o.post(sessions+"/panel", form), 303)
		if left := o.working().SlotsOf(s.ID); len(left) != 1 || !left[0].Start.Equal(hour(15, 0)) {
			t.Errorf("left are %+v, want the hours of the colleague", left)
		}
	})
}

func TestEndOfASession(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		o := open(t, d)
		o.add("Panel", hour(10, 0))
		o.add("Druga", hour(12, 0))
		expect(t, o.post(sessions+"/druga/usuniecie", url.Values{"revision": {"1"}}), 303)
		expect(t, o.get(sessions+"/druga"), 404)
		expect(t, o.post("/pl/kpm-2021/biurko/nowe-wydanie", url.Values{"name": {"Pierwsze"}}), 303)
		expect(t, o.get(sessions+"/panel/odwolanie"), 200, "Odwołaj sesję", "była już w opublikowanym programie")
		expect(t, o.post(sessions+"/panel/usuniecie", url.Values{"revision": {"1"}}), 409, "Można ją odwołać")
		expect(t, o.post(sessions+"/panel/odwolanie", url.Values{"revision": {"1"}}), 422, "Podaj powód")
		expect(t, o.post(sessions+"/panel/odwolanie", url.Values{"revision": {"1"}, "reason_pl": {"Choroba"}}), 303)
		if got := o.working().SessionAt("panel"); got.Status != programme.Cancelled || got.Reason.PL != "Choroba" {
			t.Errorf("after cancelling: %s, %q", got.Status, got.Reason.PL)
		}
		expect(t, o.post(sessions+"/panel/przywrocenie", url.Values{"revision": {"1"}}), 409)
		expect(t, o.post(sessions+"/panel/przywrocenie", url.Values{"revision": {"2"}}), 303)
		expect(t, o.post(sessions+"/panel/kopia", nil), 303)
		if twin := o.working().SessionAt("panel-2"); twin == nil || twin.Status != programme.Draft || len(o.working().SlotsOf(twin.ID)) != 0 {
			t.Errorf("the copy is %+v, want a draft without hours", twin)
		}
	})
}

func TestListOfSessions(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		o := open(t, d)
		expect(t, o.get(sessions), 200, "Ta edycja nie ma jeszcze sesji")
		o.add("Zieleń", hour(12, 0))
		o.add("Panel", hour(12, 30))
		expect(t, o.get(sessions), 200, "2 sesje z 2", "Zieleń", "12:00–13:00", "1 błąd", "Panel")
		expect(t, o.get(sessions+"?sort=title"), 200, "Panel", "Zieleń")
		expect(t, o.get(sessions+"?q=zielen"), 200, "1 sesja z 2", "Zieleń")
		expect(t, o.get(sessions+"?q=%25'%22"), 200, "Nie ma takich sesji")
		expect(t, o.get(sessions+"?only=no_hours"), 200, "0 sesji z 2")
		expect(t, o.get(sessions+"?page=99999"), 200, "Zieleń")
		expect(t, o.get("/pl/kpm-2021/biurko/kolizje"), 200, "1 błąd", "Dwie sesje w tym samym miejscu", "Zieleń", "Panel", "sala-a", "Zmień miejsce albo godziny")
		expect(t, o.get("/en/kpm-2021/desk/clashes"), 200, "1 error")
	})
}

func TestReleaseFromTheDesk(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		const page = "/pl/kpm-2021/biurko/nowe-wydanie"
		o := open(t, d)
		first := o.add("Zieleń", hour(12, 0))
		expect(t, o.get(page), 200, "publiczność zobaczy 1 sesję")
		expect(t, o.post(page, url.Values{}), 422, "Nazwij wydanie")
		expect(t, o.post(page, url.Values{"name": {"Pierwsze"}}), 303)
		if len(o.published) != 1 || o.published[0] != o.edition.ID {
			t.Errorf("told of %v, want of the edition", o.published)
		}
		expect(t, o.post(page, url.Values{"name": {"Drugie"}}), 422, "nic się nie zmieniło")

		o.add("Panel", hour(12, 30))
		slot := o.working().SlotsOf(first.ID)[0]
		slot.End = slot.End.Add(30 * time.Minute)
		_, err := o.timetable.SaveSlot(t.Context(), "desk", slot)
		o.must(err)
		expect(t, o.get(page), 200, "2 zmiany", "przeniesiona", "12:00–13:00", "12:00–13:30", "nowa", "1 błąd", "Publikuję mimo błędów")
		expect(t, o.post(page, url.Values{"name": {"Drugie"}}), 409, "W programie są błędy", "Drugie")
		expect(t, o.post(page, url.Values{"name": {"Pierwsze"}, "despite": {"yes"}}), 422, "Wydanie o tej nazwie już jest")
		expect(t, o.post(page, url.Values{"name": {"Drugie"}, "despite": {"yes"}, "note_pl": {"Zmiany"}}), 303)
		expect(t, o.get("/pl/kpm-2021/biurko/wydania"), 200, "Drugie", "2 zmiany", "Pierwsze", "0 zmian")
		expect(t, o.get(page+"?scope=block:none"), 422)
		expect(t, o.get(page+"?scope=block:"+string(o.block.ID)), 200, "nic się nie zmieniło")
	})
}
