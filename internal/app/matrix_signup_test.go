package app_test

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"reflect"
	"strings"
	"time"

	"obrady/internal/admission"
	"obrady/internal/arrangement"
	"obrady/internal/db"
	asked "obrady/internal/form"
	"obrady/internal/i18n"
	"obrady/internal/invitation"
	"obrady/internal/rehearsal"
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
	desk.window(admission.Open, "", "b1/st1-ready")
	choice := desk.window(admission.Selection, "", "b1/sub-ready")
	chosen := desk.window(admission.Selection, "p1", "p1-ready")
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
	if name == "c2" { // whoever has a seat knows of what
		w.also("self:other", c.edition.Slug, c.edition.Name.PL, c.sessions["b1-ready"].Title.PL, c.sessions["st2-ready"].Title.PL)
	}
	public := signup.Change{By: "desk", Reason: w.mark(seen(name, name)+" organiser@"+name+" protection@"+name+" self:other", name, "removal", "reason")} // is in the public log
	w.must(seats.Remove(ctx, c.edition.ID, public, c.sessions["st2-ready"].ID, w.accounts["other"]))
	desk.choice(1, choice, "b1/sub")
	desk.choice(2, chosen, "p1")
	desk.write(`UPDATE selection_application SET verdict = $1, decided_by = 'desk', decided_at = $2 WHERE window_id = $3`, signup.Chosen, dawn, chosen.ID)
	desk.presence(first)
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
		w.DecidesAt = dawn.Add(-time.Minute) // the partner has chosen, and has only to say so
		w.Workspace, place = string(g.c.spaces[space].ID), g.name+"/"+space
	}
	if mode == admission.Lottery {
		w.AnnouncesAt = time.Time{}
	}
	word := strings.ReplaceAll(string(mode), "_", "") + space
	g.fillValue(reflect.ValueOf(&w.Name).Elem(), seen(g.name, place), []string{g.name, word, "window"})
	w, err := g.house.SaveWindow(g.t.Context(), g.change(word), w)
	g.must(err)
	g.c.kept["window"] = append(g.c.kept["window"], string(w.ID))
	for i, one := range sessions {
		g.c.kept["offer"] = append(g.c.kept["offer"], one)
		pool := admission.Pool{Number: 1, Kind: admission.ForAll, Capacity: 1}
		g.fillValue(reflect.ValueOf(&pool.Name).Elem(), seen(g.name, place), []string{g.name, word, "pool" + string(rune('a'+i))})
		g.must(g.house.SaveOffer(g.t.Context(), g.change(word+string(rune('a'+i))), admission.Offer{
			Session: g.c.sessions[one].ID, Edition: g.c.edition.ID, Window: w.ID, Pools: []admission.Pool{pool},
		}))
	}
	return w
}

// write writes what comes about in ways of its own, or after days.
func (g gate) write(statement string, args ...any) {
	g.t.Helper()
	_, err := g.db.Exec(g.t.Context(), statement, args...)
	g.must(err)
}

// choice is the applications for a session at a place, and how much people want that one.
func (g gate) choice(preference int, in admission.Window, at string) {
	g.t.Helper()
	place, short := g.name+"/"+at, strings.ReplaceAll(at, "/", "")
	leaders := "organiser@" + g.name + " partner@" + place
	said := func(what string) i18n.Text {
		keepers := seen(g.name, place)
		return i18n.Text{PL: g.mark(keepers, g.name, short, what, "pl"), EN: g.mark(keepers, g.name, short, what, "en")}
	}
	ask := func(session any, number string) {
		questions := []asked.Question{{
			ID: "q" + number, Kind: asked.Choice, Label: said("question" + number), Help: said("help" + number), Options: []i18n.Text{said("yes" + number), said("no" + number)},
		}, {ID: "w" + number, Kind: asked.Line, Label: said("words" + number), Help: said("advice" + number)}}
		g.write(`INSERT INTO selection_form (window_id, session_id, edition_id, questions, revision, updated_at) VALUES ($1, $2, $3, $4, 1, $5)`,
			in.ID, session, g.c.edition.ID, db.JSON(questions), dawn)
	}
	session := g.c.sessions[at+"-ready"].ID
	ask("", "1")
	ask(session, "2")
	g.write(`INSERT INTO selection_window (window_id) VALUES ($1)`, in.ID)
	for _, who := range []string{"other", "participant"} {
		taker, takes := g.c.participants[who]
		if !takes {
			continue
		}
		id := "application-" + g.name + "-" + short + "-" + who
		answers := map[string]string{"q1": "1", "w1": g.mark("self:"+who+" "+leaders, g.name, short, who, "answer1"), "w2": g.mark("self:"+who+" "+leaders, g.name, short, who, "answer2")}
		g.write(`INSERT INTO selection_application (id, window_id, session_id, account_id, edition_id, preference, answers, note, revision, sent_at, updated_at)
			VALUES ($1, $2, $3, $4, $5, $6, $7, $8, 1, $9, $9)`,
			id, in.ID, session, g.accounts[who], g.c.edition.ID, preference, db.JSON(answers), g.mark(leaders, g.name, short, who, "note"), dawn)
		g.c.kept["application "+at] = append(g.c.kept["application "+at], id)
		if at == "p1" {
			g.also("partner@"+place, taker.Badge, taker.Affiliation)
		}
	}
}

// applications lists the applications for each session with the names of both, and those of another session under the
// name of the first.
func (w *world) applications() (all []target) {
	for name, c := range sorted(w.c) {
		for at, other := range map[string]string{"b1/sub": "p1", "p1": "b1/sub"} {
			one := thing{kind: "application", congress: name, places: []string{name + "/" + at + "/ready"}}
			for _, id := range c.kept["application "+at] {
				all = append(all, one.target(map[string]string{"session": c.sessions[at+"-ready"].Slug, "application": id}))
			}
			all = append(all, one.target(map[string]string{"session": c.sessions[at+"-ready"].Slug, "application": c.kept["application "+other][0]}))
			all[len(all)-1].astray = true
		}
	}
	return all
}

// comingTo is the key in the letter by which somebody says that they come.
func comingTo(name string) string { return "KEYOFTHESEATIN" + strings.ToUpper(name) }

// presence is a question whether somebody comes, who was there, and how an opening was rehearsed.
func (g gate) presence(first admission.Window) {
	g.t.Helper()
	session, other := g.c.sessions["b1-ready"].ID, g.accounts["other"]
	link := "https://example.org/" + strings.ToLower(g.mark("self:other organiser@"+g.name, g.name, "online", "link"))
	g.write(`INSERT INTO attendance_session (session_id, edition_id, link, updated_at) VALUES ($1, $2, $3, $4)`, session, g.c.edition.ID, link, dawn)
	sum := sha256.Sum256([]byte("obrady attendance " + comingTo(g.name)))
	g.write(`INSERT INTO attendance_answer (session_id, account_id, edition_id, asked_at, hash) VALUES ($1, $2, $3, $4, $5)`,
		session, other, g.c.edition.ID, dawn, hex.EncodeToString(sum[:]))
	g.write(`INSERT INTO attendance_mark (session_id, account_id, edition_id, presence, marked_at, marked_by) VALUES ($1, $2, $3, 'present', $4, 'desk')`,
		session, other, g.c.edition.ID, dawn)
	g.write(`INSERT INTO agenda_address (account_id, edition_id, token, made_at) VALUES ($1, $2, $3, $4)`,
		other, g.c.edition.ID, g.mark("self:other", g.name, "agenda", "token"), dawn)
	keepers := "organiser@" + g.name
	report := rehearsal.Report{
		Window: first.ID, Mode: first.Mode, At: dawn, People: 9, Name: i18n.Both(g.mark(keepers, g.name, "rehearsal", "name")),
		Sessions: []rehearsal.OfSession{{Session: session, Slug: g.c.sessions["b1-ready"].Slug, Title: i18n.Both(g.mark(keepers, g.name, "rehearsal", "title")), Seats: 1}},
	}
	g.write(`INSERT INTO rehearsal_report (edition_id, window_id, made_at, report) VALUES ($1, $2, $3, $4)`, g.c.edition.ID, first.ID, dawn, db.JSON(report))
}
