package app_test

import (
	"context"
	"reflect"
	"strings"
	"time"

	"obrady/internal/admission"
	"obrady/internal/arrangement"
	"obrady/internal/db"
	"obrady/internal/i18n"
	"obrady/internal/invitation"
	"obrady/internal/signup"
)

// lauds is when windows of the world close.
var lauds = dawn.AddDate(2, 0, 0)

// signups opens sessions of a congress to sign-ups in four ways, and lets two people sign up.
func (w *world) signups(name string, c *congress) {
	w.t.Helper()
	ctx := w.t.Context()
	seats := signup.NewService(w.db, atDawn)
	seats.Clock = func(context.Context, db.Querier) (time.Time, error) { return dawn, nil }
	desk := gate{world: w, name: name, c: c, house: arrangement.NewService(seats, atDawn)}
	set := admission.Settled(c.edition.ID)
	set.Overlap = true // everything of a day of the world is at the same hour
	_, err := desk.house.SaveSettings(ctx, desk.change("settings"), set)
	w.must(err)

	first := desk.window(admission.FirstCome, "", "b1-ready", "st2-ready")
	desk.window(admission.Lottery, "", "b2-ready")
	choice := desk.window(admission.Selection, "", "b1/sub-ready")
	desk.window(admission.Open, "p1", "p1-ready")
	rule := admission.Rule{Edition: c.edition.ID, Kind: admission.MostEach, Most: 9, Over: admission.OverAll}
	w.fillValue(reflect.ValueOf(&rule.Name).Elem(), seen(name, name), []string{name, "rule", "name"})
	_, err = desk.house.SaveRule(ctx, desk.change("rule"), rule)
	w.must(err)
	_, err = invitation.NewService(w.db, atDawn).Save(ctx, "desk", c.edition.ID, invitation.Invitation{
		Window: first.ID, Kind: invitation.ByCode, Target: invitation.CodeSum(name), Note: w.mark("organiser@"+name, name, "invitation", "note"),
	})
	w.must(err)

	who := []string{"other", "participant"}
	if name == "c2" {
		who = who[:1]
	}
	for _, one := range who {
		_, err := seats.Take(ctx, c.edition.ID, signup.Claim{
			Account: w.accounts[one], Key: "claim-of-" + name + "-" + one + "-0001",
			Wishes: []signup.Wish{{Session: c.sessions["b1-ready"].ID}, {Session: c.sessions["st2-ready"].ID}},
		})
		w.must(err)
		w.must(seats.SaveWishes(ctx, c.edition.ID, w.accounts[one], []signup.Wish{{Session: c.sessions["b2-ready"].ID}}))
	}
	if taker, in := c.participants["participant"]; in { // has a seat there, and the partner looks after it
		w.also("partner@"+name+"/st2", taker.Badge, taker.Affiliation)
	}
	public := signup.Change{By: "desk", Reason: w.mark(seen(name, name)+" organiser@"+name+" protection@"+name+" self:other", name, "removal", "reason")} // is in the public log
	w.must(seats.Remove(ctx, c.edition.ID, public, c.sessions["st2-ready"].ID, w.accounts["other"]))
	desk.presence(choice)
}

// gate opens sessions to sign-ups.
type gate struct {
	*world
	name  string
	c     *congress
	house *arrangement.Service
}

// change gives a reason that stands in the journal.
func (g gate) change(what string) signup.Change {
	return signup.Change{By: "desk", Reason: g.mark("organiser@"+g.name+" protection@"+g.name, g.name, "signups", what)}
}

// window opens a window with sessions, of the house or of a partner.
func (g gate) window(mode admission.Mode, space string, sessions ...string) admission.Window {
	g.t.Helper()
	place := g.name
	w := admission.Window{
		Edition: g.c.edition.ID, Mode: mode, OpensAt: dawn.Add(-time.Hour), ClosesAt: lauds, Waiting: true, OfferMinutes: 60,
	}
	if mode.Collects() {
		w.DecidesAt, w.AnnouncesAt = lauds.AddDate(0, -2, 0), lauds.AddDate(0, -1, 0)
	}
	if space != "" {
		w.Workspace, place = string(g.c.spaces[space].ID), g.name+"/"+space
	}
	if mode == admission.Lottery {
		w.AnnouncesAt = time.Time{}
	}
	word := strings.ReplaceAll(string(mode), "_", "")
	g.fillValue(reflect.ValueOf(&w.Name).Elem(), seen(g.name, place), []string{g.name, word, "window"})
	w, err := g.house.SaveWindow(g.t.Context(), g.change(word), w)
	g.must(err)
	g.c.kept["window"] = append(g.c.kept["window"], string(w.ID))
	for i, one := range sessions {
		pool := admission.Pool{Number: 1, Kind: admission.ForAll, Capacity: 1}
		g.fillValue(reflect.ValueOf(&pool.Name).Elem(), seen(g.name, place), []string{g.name, word, "pool" + string(rune('a'+i))})
		g.must(g.house.SaveOffer(g.t.Context(), g.change(word+string(rune('a'+i))), admission.Offer{
			Session: g.c.sessions[one].ID, Edition: g.c.edition.ID, Window: w.ID, Pools: []admission.Pool{pool},
		}))
	}
	return w
}

// presence is an application, a question whether somebody comes, and who was there.
func (g gate) presence(choice admission.Window) {
	g.t.Helper()
	session, applied, other := g.c.sessions["b1-ready"].ID, g.c.sessions["b1/sub-ready"].ID, g.accounts["other"]
	leaders := "organiser@" + g.name + " partner@" + g.name + "/b1/sub moderator@" + g.name + "/b1/sub"
	label := i18n.Text{PL: g.mark(seen(g.name, g.name), g.name, "question", "pl"), EN: g.mark(seen(g.name, g.name), g.name, "question", "en")}
	write := func(statement string, args ...any) {
		g.t.Helper()
		_, err := g.db.Exec(g.t.Context(), statement, args...)
		g.must(err)
	}
	questions := []map[string]any{{"id": "q1", "kind": "short", "label": label, "help": label, "required": true, "most": 200}}
	write(`INSERT INTO selection_form (window_id, session_id, edition_id, questions, revision, updated_at) VALUES ($1, '', $2, $3, 1, $4)`,
		choice.ID, g.c.edition.ID, db.JSON(questions), dawn)
	write(`INSERT INTO selection_window (window_id) VALUES ($1)`, choice.ID)
	write(`INSERT INTO selection_application (id, window_id, session_id, account_id, edition_id, preference, answers, note, revision, sent_at, updated_at)
		VALUES ($1, $2, $3, $4, $5, 1, $6, $7, 1, $8, $8)`,
		"application-in-"+g.name, choice.ID, applied, other, g.c.edition.ID,
		db.JSON(map[string]string{"q1": g.mark("self:other "+leaders, g.name, "application", "answer")}), g.mark(leaders, g.name, "application", "note"), dawn)
	g.c.kept["application"] = []string{"application-in-" + g.name}
	link := "https://example.org/" + strings.ToLower(g.mark("self:other organiser@"+g.name, g.name, "online", "link"))
	write(`INSERT INTO attendance_session (session_id, edition_id, link, updated_at) VALUES ($1, $2, $3, $4)`, session, g.c.edition.ID, link, dawn)
	write(`INSERT INTO attendance_answer (session_id, account_id, edition_id, asked_at, hash) VALUES ($1, $2, $3, $4, $5)`,
		session, other, g.c.edition.ID, dawn, g.mark("operator@nowhere", g.name, "coming", "hash"))
	write(`INSERT INTO attendance_mark (session_id, account_id, edition_id, presence, marked_at, marked_by) VALUES ($1, $2, $3, 'present', $4, 'desk')`,
		session, other, g.c.edition.ID, dawn)
	write(`INSERT INTO agenda_address (account_id, edition_id, token, made_at) VALUES ($1, $2, $3, $4)`,
		other, g.c.edition.ID, g.mark("self:other", g.name, "agenda", "token"), dawn)
}
