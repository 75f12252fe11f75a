package planner_test

import (
	"html"
	"net/http"
	"net/url"
	"regexp"
	"testing"
	"time"

	"obrady/internal/db"
	"obrady/internal/db/dbtest"
	"obrady/internal/programme"
)

var (
	rowInput     = regexp.MustCompile(`<input[^>]*name="(row_[a-z_]+)"[^>]*value="([^"]*)"`)
	rowSelect    = regexp.MustCompile(`<select[^>]*name="(row_[a-z_]+)"[^>]*>(.*?)</select>`)
	chosenOption = regexp.MustCompile(`<option value="([^"]*)" selected`)
)

// tableForm reads the table on a page as a browser would send it.
func tableForm(page string) url.Values {
	form := url.Values{"do": {"save"}}
	for _, match := range rowInput.FindAllStringSubmatch(page, -1) {
		form.Add(match[1], html.UnescapeString(match[2]))
	}
	for _, match := range rowSelect.FindAllStringSubmatch(page, -1) {
		value := ""
		if chosen := chosenOption.FindStringSubmatch(match[2]); chosen != nil {
			value = chosen[1]
		}
		form.Add(match[1], value)
	}
	return form
}

const tablePage = "/pl/kpm-2021/biurko/tabela"

func TestTableSavesAllOrNothing(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		o := open(t, d)
		first, second := o.add("Aaa", hour(10, 0)), o.add("Bbb", hour(11, 0))
		page := o.get(tablePage)
		expect(t, page, http.StatusOK, "2 sesje z 2", "Aaa", "Bbb")
		form := tableForm(page.Body.String())
		if n := len(form["row_id"]); n != 2 || form["row_start"][0] != "10:00" || form["row_place"][1] != string(o.rooms[0].ID) {
			t.Fatalf("the table is %v", form)
		}
		expect(t, o.post(tablePage, form), 303) // untouched: nothing is saved
		if got := o.working().Session(first.ID).Revision; got != 1 {
			t.Errorf("an untouched row became revision %d, want 1", got)
		}

		form["row_capacity"][0], form["row_end"][1] = "25", "10:30"
		expect(t, o.post(tablePage, form), 422, "Koniec wypada przed początkiem", `value="25"`)
		form["row_end"][1], form["row_title"][1] = "12:30", ""
		expect(t, o.post(tablePage, form), 422, "Wpisz tekst po polsku")
		if got := o.working().Session(first.ID).Capacity; got != 0 {
			t.Errorf("capacity %d was saved beside a refused row, want nothing", got)
		}
		form["row_title"][1] = "Bbb inne"
		expect(t, o.post(tablePage+"?sort=title", form), 303)
		x := o.working()
		if x.Session(first.ID).Capacity != 25 || x.Session(second.ID).Title.PL != "Bbb inne" || !x.SlotsOf(second.ID)[0].End.Equal(hour(12, 30)) {
			t.Errorf("saved %+v and %+v", x.Session(first.ID), x.SlotsOf(second.ID))
		}
		form["row_capacity"][0] = "26" // opened before the last save
		expect(t, o.post(tablePage, form), 409, "Ktoś inny zmienił tę sesję", `value="26"`)
	})
}

func TestTickedRows(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		o := open(t, d)
		first := o.add("Aaa", hour(10, 0))
		o.add("Bbb", hour(23, 30)) // runs past midnight
		form := tableForm(o.get(tablePage).Body.String())
		form.Set("do", "apply")
		expect(t, o.post(tablePage, form), 422, "Zaznacz choć jeden wiersz")
		form["tick"] = form["row_id"]
		form.Set("set_status", "draft")
		form.Set("set_place", string(o.rooms[1].ID))
		form.Set("shift", "45")
		page := o.post(tablePage, form)
		expect(t, page, 200, `value="10:45"`, `value="2021-06-08"`, `value="00:15"`, `value="01:15"`)
		if got := o.working().Session(first.ID).Status; got != programme.Ready {
			t.Errorf("status is %s before saving, want ready", got)
		}
		expect(t, o.post(tablePage, tableForm(page.Body.String())), 303)
		x := o.working()
		if s := x.SlotsOf(first.ID)[0]; !s.Start.Equal(hour(10, 45)) || s.Place != o.rooms[1].ID || x.Session(first.ID).Status != programme.Draft {
			t.Errorf("saved %+v", s)
		}
		if s := x.SlotsOf(x.SessionAt("bbb").ID)[0]; s.Length() != time.Hour {
			t.Errorf("the night session is %v long, want an hour", s.Length())
		}
		form.Set("shift", "dużo")
		expect(t, o.post(tablePage, form), 422, "Wpisz liczbę całkowitą")
	})
}
