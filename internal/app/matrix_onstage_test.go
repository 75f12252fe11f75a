package app_test

import (
	"context"
	"strings"
	"time"

	"obrady/internal/attachment"
	"obrady/internal/call"
	"obrady/internal/db"
	asked "obrady/internal/form"
	"obrady/internal/i18n"
	"obrady/internal/journal"
	"obrady/internal/onstage"
	"obrady/internal/partner"
	"obrady/internal/timetable"
)

// stagedAt is the session in which something is presented in each congress: one of the partner's part.
const stagedAt = "p1-ready"

// onstage puts something that was sent to the partner's call into a session of theirs, with slides for the room.
func (w *world) onstage(name string, c *congress) {
	w.t.Helper()
	ctx, to := w.t.Context(), c.sent[1]
	who, session := w.accounts[to.author], c.sessions[stagedAt]
	keepers := "self:" + to.author + " organiser@" + name + " partner@" + to.place
	leaders := keepers + " coordinator@" + to.place + "/ready moderator@" + to.place + "/ready"
	office := call.NewService(w.db, atDawn)
	office.Clock = func(context.Context, db.Querier) (time.Time, error) { return dawn, nil }
	sent, err := office.Begin(ctx, call.Beginning{Call: call.ID(to.id), By: who, Lang: i18n.Polish})
	w.must(err)
	behind, err := office.Behind(ctx, who, sent.ID)
	w.must(err)
	first := behind.Contributors[0]
	first.Name, first.Affiliation, first.ORCID = w.mark(keepers, name, "staged", "name"), w.mark(keepers, name, "staged", "affiliation"), "0000-0002-1825-0097"
	first.Email = strings.ToLower(w.mark(keepers, name, "staged", "email")) + "@example.org"
	_, err = office.SaveContributor(ctx, who, first)
	w.must(err)
	of, err := call.Find(ctx, w.db, call.ID(to.id))
	w.must(err)
	sent.Title, sent.Path, sent.Format = w.mark(leaders+" council@"+name, name, "staged", "title"), of.Paths[0].Slug, of.Formats[0].Slug
	sent.Answers = asked.Answers{"text": w.mark(keepers, name, "staged", "answer"), "pick": "1"}
	sent, err = office.Send(ctx, call.Sending{By: who, Typed: sent, Agreed: true})
	w.must(err)
	stage := onstage.NewService(w.db, atDawn, partner.NewKeeper(w.db, atDawn, timetable.NewService(w.db, atDawn)))
	along := []call.State{call.Submitted, call.Eligible, call.UnderReview, call.Decided, call.Accepted}
	w.must(w.db.Tx(ctx, func(tx *db.Tx) error {
		for i, next := range along[1:] {
			if err := call.Move(ctx, tx, call.Step{Submission: sent.ID, By: "desk", At: dawn, From: along[i], To: next}); err != nil {
				return err
			}
		}
		return onstage.Put(ctx, tx, onstage.Place{Submission: sent.ID, Edition: c.edition.ID, Session: session.ID, By: "desk", At: dawn})
	}))
	w.must(stage.SaveSetting(ctx, journal.System, onstage.Setting{Call: of.ID, Bring: i18n.Text{
		PL: w.mark(keepers, name, "staged", "bring", "pl"), EN: w.mark(keepers, name, "staged", "bring", "en"),
	}}))
	_, err = stage.KeepSlides(ctx, onstage.Upload{Submission: sent.ID, By: who, File: attachment.Sent{
		Name: w.mark(leaders, name, "staged", "slides") + ".pdf", Reader: strings.NewReader("%PDF-1.7 /JS " + w.mark(leaders, name, "staged", "content") + " %%EOF"),
	}})
	w.must(err)
	c.kept["staged"] = []string{sent.Code}
}

// presented lists what an address about what is on stage is tried on.
func (w *world) presented(a address, key string) (all []target, known bool) {
	desk := strings.HasPrefix(a.name, "desk.staging")
	for name, c := range sorted(w.c) {
		to, code := c.sent[1], c.kept["staged"][0]
		one := thing{kind: "staged", congress: name, places: []string{to.place}}
		switch {
		case key == "call submission" && desk:
			all = append(all, one.target(map[string]string{"call": to.call, "submission": code}))
			all = append(all, one.target(map[string]string{"call": c.sent[0].call, "submission": code}))
			astray := &all[len(all)-1]
			astray.places, astray.relation = nil, "staged, of another call"
		case key == "submission" && strings.HasPrefix(a.name, "talk"):
			one.owner = to.author
			all = append(all, one.target(map[string]string{"submission": code}))
		case key == "session submission":
			if a.open() {
				one.places = nil // nobody shares it
			}
			one.places = here(one.places, "ready")
			all = append(all, one.target(map[string]string{"session": c.sessions[stagedAt].Slug, "submission": code}))
		default:
			return nil, false
		}
	}
	return all, true
}

// here are places below those.
func here(places []string, below string) (all []string) {
	for _, place := range places {
		all = append(all, place+"/"+below)
	}
	return all
}
