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
	"obrady/internal/people"
)

// calls opens two calls of a congress, one of the whole and one of a partner's part, and sends something to each.
func (w *world) calls(name string, c *congress) {
	w.t.Helper()
	office := call.NewService(w.db, atDawn)
	office.Clock = func(context.Context, db.Querier) (time.Time, error) { return dawn, nil }
	author := "participant"
	if name == "c2" {
		author = "other"
	}
	for i, at := range []string{"wide", "p1"} {
		place, mark := name, map[string]string{"c1": "AB", "c2": "XY"}[name][i:i+1] // codes of one congress are none of the other
		one := call.Call{
			Edition: c.edition.ID, Mark: "C" + mark, Kind: call.Abstract, Anonymity: call.Open, Senders: call.Anybody,
			Languages: []i18n.Lang{i18n.Polish}, Paths: []call.Option{{}}, Formats: []call.Option{{Minutes: 4}}, Checklist: []i18n.Text{{}},
			OpensAt: dawn.Add(-time.Hour), ClosesAt: lauds.AddDate(0, 0, -1),
		}
		if at == "p1" {
			one.Block, place = c.blocks["p1"].ID, name+"/p1"
		}
		w.fill(&one, seen(name, place), name, at, "call")
		b := counter{world: w, name: name, at: at, place: place, office: office}
		one, err := office.Save(w.t.Context(), "desk", one)
		w.must(err)
		b.publish(one)
		b.send(c, one, author)
	}
}

// counter is where one call is run.
type counter struct {
	*world
	name, at, place string
	office          *call.Service
}

// readers are those who read what is sent.
func (b counter) readers() string { return "organiser@" + b.name + " partner@" + b.place }

// publish asks two questions, shows the call to everybody, moves its deadline, and makes a code for the late.
func (b counter) publish(one call.Call) {
	b.t.Helper()
	ctx, shown := b.t.Context(), seen(b.name, b.place)
	said := func(what string) i18n.Text {
		return i18n.Text{PL: b.mark(shown, b.name, b.at, what, "pl"), EN: b.mark(shown, b.name, b.at, what, "en")}
	}
	_, err := b.office.Ask(ctx, "desk", one.ID, asked.Version{Questions: []asked.Question{
		{ID: "text", Kind: asked.Text, Label: said("label1"), Help: said("help1")},
		{ID: "pick", Kind: asked.Choice, Label: said("label2"), Help: said("help2"), Options: []i18n.Text{said("first"), said("second")}},
	}})
	b.must(err)
	b.must(b.office.Publish(ctx, "desk", one.ID))
	b.must(b.office.Extend(ctx, "desk", one.ID, call.Extension{Until: lauds, Why: said("why")}))
	_, err = b.office.MakeCode(ctx, "desk", call.Code{
		Call: one.ID, Note: b.mark(b.readers(), b.name, b.at, "code", "note"), Uses: 1, Until: lauds.AddDate(0, 0, 1),
	})
	b.must(err)
}

// send writes something and sends it.
func (b counter) send(c *congress, one call.Call, author string) {
	b.t.Helper()
	ctx, who := b.t.Context(), b.accounts[author]
	keepers := "self:" + author + " " + b.readers()
	mark := func(what string) string { return b.mark(keepers, b.name, b.at, "sent", what) }
	sent, err := b.office.Begin(ctx, call.Beginning{Call: one.ID, By: who, Lang: i18n.Polish})
	b.must(err)
	behind, err := b.office.Behind(ctx, who, sent.ID)
	b.must(err)
	first := behind.Contributors[0]
	first.Name, first.Affiliation, first.ORCID = mark("name"), mark("affiliation"), "0000-0002-1825-0097"
	first.Email = strings.ToLower(mark("email")) + "@example.org"
	first, err = b.office.SaveContributor(ctx, who, first)
	b.must(err)
	sent.Title, sent.Path, sent.Format = mark("title"), one.Paths[0].Slug, one.Formats[0].Slug
	sent.Answers = asked.Answers{"text": mark("answer"), "pick": "1"}
	sent, err = b.office.Send(ctx, call.Sending{By: who, Typed: sent, Agreed: true})
	b.must(err)
	kept, err := attachment.NewService(b.db, b.office).Add(ctx, who, sent.ID, attachment.Sent{
		Name: mark("file") + ".pdf", Reader: strings.NewReader("%PDF-1.7 /JS " + mark("content") + " %%EOF"),
	})
	b.must(err)
	due := dawn.AddDate(0, 0, 1)
	b.must(b.office.Check(ctx, call.Finding{
		Submission: sent.ID, By: people.AccountID("desk"), Seen: call.Submitted, Next: call.Returned, Why: mark("why"), Unmet: []int{0}, DueAt: due,
	}))
	c.sent = append(c.sent, sentThing{b.place, one.Slug, string(one.ID), sent.Code, string(first.ID), string(kept.ID), author})
}

// sentThing is something that was sent to a call.
type sentThing struct{ place, call, id, code, contributor, file, author string }

// sent lists what an address about submissions is tried on: the author's own pages by the code, the desk's by the call
// and the code, and a code under the wrong call.
func (w *world) sent(key string) (all []target) {
	for name, c := range sorted(w.c) {
		for i, s := range c.sent {
			one := thing{kind: "submission", congress: name, places: []string{s.place}}
			values := map[string]string{"submission": s.code, "contributor": s.contributor, "file": s.file}
			if !strings.HasPrefix(key, "call ") {
				one.owner = s.author
				all = append(all, one.target(values))
				continue
			}
			all = append(all, one.target(with(values, "call", s.call)), one.target(with(values, "call", c.sent[1-i].call)))
			astray := &all[len(all)-1]
			astray.places, astray.relation = nil, "of another call than "+s.call
		}
	}
	return all
}
