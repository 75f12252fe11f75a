package app_test

import (
	"context"
	"time"

	"obrady/internal/assign"
	"obrady/internal/call"
	"obrady/internal/council"
	"obrady/internal/db"
	asked "obrady/internal/form"
	"obrady/internal/i18n"
	"obrady/internal/people"
	"obrady/internal/review"
)

// chamber is where the council of the first congress judges what was sent to its call.
type chamber struct {
	*world
	office  *call.Service
	reviews *review.Service
	council *council.Service
	call    call.Call
}

// deliberate lets the council of the first congress judge three submissions: one is turned down and appealed against,
// one is decided and not announced, one is under review.
func (w *world) deliberate() {
	w.t.Helper()
	ctx, c := w.t.Context(), w.c["c1"]
	b := chamber{world: w, office: call.NewService(w.db, atDawn), reviews: review.NewService(w.db, atDawn)}
	b.council = council.NewService(w.db, atDawn, b.reviews)
	b.office.Clock = func(context.Context, db.Querier) (now time.Time, err error) { return dawn, nil }
	one, err := call.Find(ctx, w.db, call.ID(c.sent[0].id))
	w.must(err)
	b.call = one
	for who, keepers := range map[string]string{"council": "council@c1 partner@c1/p1", "organiser": "council@c1", "speaker": "council@c1"} {
		w.also(keepers, "CNRY-account-"+who+"-name") // among those who review and decide, and of whom a conflict is known
	}
	setup := review.Setup{
		Call: one.ID, Each: 1, OpensAt: dawn.Add(-2 * time.Hour), ClosesAt: lauds, AppealDays: 7, Consulted: []people.InstitutionID{c.offices["guest2"].ID},
		Places: []review.Places{{Path: one.Paths[0].Slug, Format: one.Formats[0].Slug, Seats: 1}},
	}
	said := func(what string) i18n.Text {
		return i18n.Text{PL: b.said("setup", what, "pl"), EN: b.said("setup", what, "en")}
	}
	setup.Criteria = []review.Criterion{{ID: "idea", Label: said("label"), Help: said("help"), Weight: 1, Anchors: []i18n.Text{said("weak"), said("good")}}}
	_, err = b.reviews.SaveSetup(ctx, w.accounts["organiser"], setup)
	w.must(err)
	w.must(b.reviews.SaveReader(ctx, w.accounts["council"], review.Reader{
		Call: one.ID, Account: w.accounts["council"], Most: 3, Skills: map[string]assign.Level{one.Paths[0].Slug: assign.Expert},
	}))
	rejected, pending, waiting := b.send("rejected"), b.send("pending"), b.send("waiting")
	b.judge(rejected, waiting)
	c.kept["sitting"] = []string{string(b.sit(rejected, pending))}
	b.appeal(rejected)
}

// inside says what the council and the organisers read.
func (b chamber) said(parts ...string) string {
	return b.mark("organiser@c1 council@c1 self:member", append([]string{"c1", "chamber"}, parts...)...)
}

// send sends something in for the participant, which passes the formal check; who is behind it the council reads as well, because the call is an open one.
func (b chamber) send(what string) call.Submission {
	b.t.Helper()
	ctx, who := b.t.Context(), b.accounts["participant"]
	hidden := func(field string) string {
		return b.mark("self:participant organiser@c1", "c1", "chamber", what, field)
	}
	shown := func(field string) string {
		return b.mark("self:participant self:member organiser@c1 council@c1", "c1", "chamber", what, field)
	}
	sent, err := b.office.Begin(ctx, call.Beginning{Call: b.call.ID, By: who, Lang: i18n.Polish})
	b.must(err)
	behind, err := b.office.Behind(ctx, who, sent.ID)
	b.must(err)
	first := behind.Contributors[0]
	first.Name, first.Affiliation, first.ORCID = shown("name"), shown("affiliation"), "0000-0002-1825-0097"
	_, err = b.office.SaveContributor(ctx, who, first)
	b.must(err)
	sent.Title, sent.Path, sent.Format = shown("title"), b.call.Paths[0].Slug, b.call.Formats[0].Slug
	sent.Answers = asked.Answers{"text": shown("answer"), "pick": "1"}
	sent, err = b.office.Send(ctx, call.Sending{By: who, Typed: sent, Agreed: true})
	b.must(err)
	b.must(b.office.Check(ctx, call.Finding{Submission: sent.ID, By: "desk", Seen: call.Submitted, Next: call.Eligible, Why: hidden("why")}))
	return sent
}

// judge lets the council review one, and refuse another, about which somebody else has a stake.
func (b chamber) judge(one, other call.Submission) {
	b.t.Helper()
	ctx, desk, who := b.t.Context(), b.accounts["organiser"], b.accounts["council"]
	for _, s := range []call.SubmissionID{one.ID, other.ID} {
		b.must(b.reviews.Give(ctx, desk, review.Assignment{Submission: s, Account: who, Call: b.call.ID}))
	}
	_, err := b.reviews.Send(ctx, who, review.Review{
		Submission: one.ID, Scores: map[string]int{"idea": 1}, Confidence: review.Fair, Advice: review.Reject,
		ToAuthor: b.mark("organiser@c1 council@c1 self:participant", "c1", "chamber", "review", "author"), ToCouncil: b.said("review", "council"),
	})
	b.must(err)
	b.must(b.reviews.Refuse(ctx, who, review.Assignment{Submission: other.ID, Reason: b.said("refusal", "reason")}))
	b.must(b.reviews.Declare(ctx, desk, review.Conflict{Submission: other.ID, Account: b.accounts["speaker"]}, b.said("conflict", "why")))
	b.must(b.reviews.Rule(ctx, desk, review.Ruling{Submission: other.ID, Account: b.accounts["speaker"], To: review.Ended, Why: b.said("conflict", "ended")}))
	_, err = b.reviews.Break(ctx, desk, other.ID, b.said("glass", "reason"))
	b.must(err)
	b.must(b.reviews.Opine(ctx, b.accounts["member"], review.Opinion{Submission: one.ID, Stance: review.Remarks, Words: b.said("opinion", "words")}))
	_, err = b.reviews.Propose(ctx, desk, b.call.ID)
	b.must(err)
}

// sit lets the council decide about both at a sitting that stays open; the first decision is announced.
func (b chamber) sit(first, second call.Submission) council.SittingID {
	b.t.Helper()
	ctx, who, desk := b.t.Context(), b.accounts["council"], b.accounts["organiser"]
	s, err := b.council.SaveSitting(ctx, who, council.Sitting{
		Call: b.call.ID, BeginsAt: dawn, Place: b.said("sitting", "place"), Notes: b.said("sitting", "notes"),
		Present: []council.Present{{Account: who, Part: council.Chair}},
	})
	b.must(err)
	b.must(b.council.Turn(ctx, who, s.ID, council.OpenNow))
	b.must(b.council.Fill(ctx, who, s.ID))
	for _, one := range []call.Submission{first, second} {
		_, err := b.council.Decide(ctx, who, council.Decision{
			Submission: one.ID, Sitting: s.ID, Outcome: review.Reject, InFavour: 1, Inside: b.said("decision", one.Code, "inside"),
			ToAuthor: b.mark("organiser@c1 council@c1 self:participant", "c1", "chamber", "decision", one.Code, "author"),
		})
		b.must(err)
		if one.ID != first.ID {
			continue
		}
		b.must(b.council.Dissent(ctx, who, one.ID, b.said("dissent", "words")))
		_, digest, err := b.council.Preview(ctx, desk, b.call.ID)
		b.must(err)
		_, err = b.council.Announce(ctx, desk, b.call.ID, digest)
		b.must(err)
	}
	return s.ID
}

func (b chamber) appeal(one call.Submission) {
	b.t.Helper()
	ctx := b.t.Context()
	mark := func(what string) string {
		return b.mark("organiser@c1 council@c1 self:participant", "c1", "chamber", "appeal", what)
	}
	b.must(b.council.Appeal(ctx, b.accounts["participant"], one.ID, mark("words")))
	all, err := b.council.Appeals(ctx, b.accounts["organiser"], b.call.ID)
	b.must(err)
	all[0].Verdict, all[0].Answer = council.Upheld, mark("answer")
	b.must(b.council.Answer(ctx, b.accounts["organiser"], all[0]))
}

// judged lists what an address about reviews and decisions is tried on: what the council of the first congress has
// before it, and a code and a sitting under the call of another part.
func (w *world) judged(key string) (all []target) {
	c := w.c["c1"]
	here, elsewhere := c.sent[0], c.sent[1]
	values := map[string]string{"sitting": c.kept["sitting"][0], "code": w.codeOf("waiting")}
	one := thing{kind: key, congress: "c1", places: []string{here.place}}
	if key == "call code" { // opinions are the consulted body's own as well
		one.owner = "member"
	}
	all = append(all, one.target(with(values, "call", here.call)), one.target(with(values, "call", elsewhere.call)))
	all[1].places, all[1].relation = nil, key+" of another call"
	return all
}

// codeOf is the code of what the chamber sent in.
func (w *world) codeOf(what string) (code string) {
	err := w.db.QueryRow(w.t.Context(), `SELECT code FROM call_submission WHERE LOWER(title) LIKE '%chamber-' || $1 || '-title'`, what).Scan(&code)
	w.must(err)
	return code
}

// consulted lists the calls as a consulted body finds them: only one asks for an opinion.
func (w *world) consulted() (all []target) {
	for _, one := range w.things("call") {
		if one.owner = "nobody at all"; one.slug == w.c["c1"].sent[0].call {
			one.owner = "member"
		}
		all = append(all, one.target(map[string]string{"call": one.slug}))
	}
	return all
}
