package app_test

import (
	"context"
	"strings"
	"time"

	"obrady/internal/call"
	"obrady/internal/db"
	"obrady/internal/edition"
	asked "obrady/internal/form"
	"obrady/internal/i18n"
	"obrady/internal/journal"
	"obrady/internal/kaleidoscope"
	"obrady/internal/programme"
	"obrady/internal/timetable"
)

// composes puts something that was sent to the partner's call into a cycle of a kaleidoscope of theirs.
func (w *world) composes(name string, c *congress) {
	w.t.Helper()
	ctx, to := w.t.Context(), c.sent[1]
	leaders := "organiser@" + name + " partner@" + to.place + " coordinator@" + to.place + "/composed moderator@" + to.place + "/composed"
	session := programme.Session{
		Edition: c.edition.ID, Block: c.blocks["p1"].ID, Format: programme.Kaleidoscope, Form: edition.OnSite, Status: programme.Draft, Languages: []string{"pl"},
	}
	w.fill(&session, to.place, name, "p1", "composed")
	start := time.Date(2026, 6, 7, 14, 0, 0, 0, time.UTC)
	edit, err := timetable.NewService(w.db, atDawn).Save(ctx, "desk", timetable.Edit{
		Sessions: []programme.Session{session}, Slots: []timetable.Slot{{Place: c.places[0].ID, Start: start, End: start.Add(time.Hour)}},
	})
	w.must(err)
	session = edit.Sessions[0]
	w.also("protection@"+name, session.Title.PL, session.Title.EN) // the journal names it
	talk := w.talk(name, c, leaders)
	keep := kaleidoscope.NewService(w.db, atDawn)
	at := kaleidoscope.At{Edition: c.edition.ID, Session: session.ID, By: journal.System}
	w.must(keep.Set(ctx, at, kaleidoscope.Settings{Call: call.ID(to.id), Path: talk.Path, Format: talk.Format, Shape: kaleidoscope.Usual}))
	at.Revision++
	w.must(keep.Move(ctx, at, talk.ID, kaleidoscope.Spot{Cycle: 1, Position: 1}))
	w.must(keep.Tell(ctx, at, kaleidoscope.About{Submission: talk.ID, Say: w.mark(leaders+" self:"+to.author, name, "composed", "say")}))
	c.kept["composed"] = []string{session.Slug, talk.Code}
}

// talk is an abstract of the author of the partner's call that was accepted, told by leaders alone.
func (w *world) talk(name string, c *congress, leaders string) call.Submission {
	w.t.Helper()
	ctx, to := w.t.Context(), c.sent[1]
	own := "self:" + to.author + " organiser@" + name + " partner@" + to.place
	office := call.NewService(w.db, atDawn)
	office.Clock = func(context.Context, db.Querier) (time.Time, error) { return dawn, nil }
	who := w.accounts[to.author]
	sent, err := office.Begin(ctx, call.Beginning{Call: call.ID(to.id), By: who, Lang: i18n.Polish})
	w.must(err)
	behind, err := office.Behind(ctx, who, sent.ID)
	w.must(err)
	first := behind.Contributors[0]
	first.Name, first.Affiliation = w.mark(leaders+" "+own, name, "composed", "name"), w.mark(leaders+" "+own, name, "composed", "affiliation")
	first.Email = strings.ToLower(w.mark(own, name, "composed", "email")) + "@example.org"
	first.ORCID = "0000-0002-1825-0097"
	_, err = office.SaveContributor(ctx, who, first)
	w.must(err)
	of, err := call.Find(ctx, w.db, call.ID(to.id))
	w.must(err)
	sent.Title, sent.Path, sent.Format = w.mark(leaders+" "+own+" council@"+name, name, "composed", "title"), of.Paths[0].Slug, of.Formats[0].Slug
	sent.Answers = asked.Answers{"text": w.mark(own, name, "composed", "answer"), "pick": "1"}
	sent, err = office.Send(ctx, call.Sending{By: who, Typed: sent, Agreed: true})
	w.must(err)
	along := []call.State{call.Submitted, call.Eligible, call.UnderReview, call.Decided, call.Accepted}
	w.must(w.db.Tx(ctx, func(tx *db.Tx) error {
		for i, next := range along[1:] {
			if err := call.Move(ctx, tx, call.Step{Submission: sent.ID, By: "desk", At: dawn, From: along[i], To: next}); err != nil {
				return err
			}
		}
		return nil
	}))
	return sent
}

// composedOf lists what an address about kaleidoscopes is tried on: the one that there is in each congress.
func (w *world) composedOf(a address, key string) (all []target, known bool) {
	if !strings.HasPrefix(a.name, "desk.kaleidoscope") || !strings.HasPrefix(key, "session") {
		return nil, false
	}
	for name, c := range sorted(w.c) {
		one := thing{kind: "composed", congress: name, places: []string{c.sent[1].place + "/composed"}}
		values := map[string]string{"session": c.kept["composed"][0]}
		if key == "session code" {
			values["code"] = c.kept["composed"][1]
		}
		all = append(all, one.target(values))
	}
	return all, true
}
