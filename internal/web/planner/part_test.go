package planner_test

import (
	"net/http"
	"strings"
	"testing"

	"obrady/internal/db"
	"obrady/internal/db/dbtest"
	"obrady/internal/i18n"
	"obrady/internal/partner"
	"obrady/internal/people"
	"obrady/internal/programme"
	"obrady/internal/rights"
	"obrady/internal/web"
	"obrady/internal/web/webtest"
)

// lease gives a partner a block with the first room in the morning, and returns how the partner asks.
func (o *office) lease(d *db.DB) (programme.Block, []string) {
	o.t.Helper()
	ctx := o.t.Context()
	block, err := o.programme.SaveBlock(ctx, "desk", programme.Block{
		Edition: o.edition.ID, Slug: "scena", Kind: programme.PartnerStage, Mark: "S", Colour: 2, Name: i18n.Both("Scena partnera"),
	})
	o.must(err)
	share, err := partner.NewService(d, atNoon, o.timetable).SaveShare(ctx, "desk", partner.Share{
		Space:     rights.Space{Edition: o.edition.ID, Kind: rights.Event, Slug: "scena", Name: i18n.Both("Scena"), Block: block.ID},
		Allotment: partner.Allotment{Windows: []partner.Window{{Place: o.rooms[0].ID, Start: hour(9, 0), End: hour(12, 0)}}},
	})
	o.must(err)
	account, err := rights.NewService(d, atNoon).Appoint(ctx, people.Account{Email: "partner@example.org", Name: "Partnerka"},
		rights.Partner, rights.OfWorkspace(share.ID), o.edition.ID)
	o.must(err)
	o.guest = account.ID
	return block, []string{"Cookie", cookieOf(webtest.Get(o.site, "/test-enter-guest").Header(), "sid")}
}

func TestAPartnerSeesItsOwnPartOfTheDesk(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		o := open(t, d)
		block, partner := o.lease(d)
		foreign := o.add("Kanarek zupełnie tajny", hour(10, 0))
		form := o.form()
		form.Set("block", string(block.ID))
		form.Set("title_pl", "Własna sesja")
		form.Set("status", "draft")
		expect(t, webtest.Post(o.site, "/pl/kpm-2021/biurko/nowa-sesja", form, partner...), http.StatusSeeOther)

		for _, page := range []string{"", "/sesje", "/tabela", "/kolizje", "/sesje/wlasna-sesja", "/nowa-sesja", "/wydania"} {
			got := webtest.Get(o.site, "/pl/kpm-2021/biurko"+page, partner...)
			if got.Code != http.StatusOK || strings.Contains(strings.ToLower(got.Body.String()), "kanarek") {
				t.Errorf("%q answers %d and tells of a session of others: %v", page, got.Code, strings.Contains(got.Body.String(), "anarek"))
			}
		}
		expect(t, webtest.Get(o.site, "/pl/kpm-2021/biurko/kolizje", partner...), http.StatusOK, "Własna sesja", "i z inną sesją", "10:00")
		expect(t, webtest.Get(o.site, "/pl/kpm-2021/biurko/sesje/"+foreign.Slug, partner...), http.StatusNotFound)

		outside := o.form()
		outside.Set("title_pl", "Poza oknem")
		outside.Set("block", string(block.ID))
		outside.Set("status", "draft")
		outside.Set("slot_start", "11:30")
		outside.Set("slot_end", "12:30")
		expect(t, webtest.Post(o.site, "/pl/kpm-2021/biurko/nowa-sesja", outside, partner...), http.StatusUnprocessableEntity, "poza przydziałem")
		outside.Set("slot_start", "9:00")
		outside.Set("slot_end", "10:00")
		outside.Set("block", string(o.block.ID))
		expect(t, webtest.Post(o.site, "/pl/kpm-2021/biurko/nowa-sesja", outside, partner...), http.StatusUnprocessableEntity)
		if o.working().SessionAt("poza-oknem") != nil {
			t.Error("a refused session was saved")
		}
		stolen := tableForm(o.get(tablePage).Body.String()) // as the organiser sees it
		for i := range stolen["row_title"] {
			stolen["row_title"][i] += " zmieniony"
		}
		got := webtest.Post(o.site, "/pl/kpm-2021/biurko/tabela", stolen, partner...)
		if got.Code == http.StatusSeeOther || o.working().Session(foreign.ID).Title.PL != "Kanarek zupełnie tajny" {
			t.Errorf("the table of a partner takes a row of others: %d", got.Code)
		}
	})
}

// enterGuest signs in whoever the test names.
func (o *office) enterGuest() web.Route {
	return web.Route{Name: "test.guest", Path: "/test-enter-guest", Action: "account.enter", Handle: func(w http.ResponseWriter, r *http.Request) error {
		if err := web.SignIn(r, string(o.guest)); err != nil {
			return err
		}
		w.WriteHeader(http.StatusNoContent)
		return nil
	}}
}
