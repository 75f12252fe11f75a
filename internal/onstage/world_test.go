package onstage_test

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"time"

	"obrady/internal/call"
	"obrady/internal/db"
	"obrady/internal/db/dbtest"
	"obrady/internal/edition"
	"obrady/internal/errs"
	"obrady/internal/form"
	"obrady/internal/i18n"
	"obrady/internal/id"
	"obrady/internal/journal"
	"obrady/internal/onstage"
	"obrady/internal/partner"
	"obrady/internal/people"
	"obrady/internal/programme"
	"obrady/internal/rights"
	"obrady/internal/timetable"
)

// Moments of the tests.
var (
	opening = time.Date(2026, 2, 2, 8, 0, 0, 0, time.UTC)
	closing = time.Date(2026, 3, 2, 22, 59, 0, 0, time.UTC)
	spring  = time.Date(2026, 4, 20, 12, 0, 0, 0, time.UTC)
)

// hall is a congress with a call for workshops and one session of a block.
type hall struct {
	t         testing.TB
	db        *db.DB
	at        time.Time
	calls     *call.Service
	programme *programme.Service
	stage     *onstage.Service
	edition   edition.ID
	call      call.Call
	block     programme.Block
	session   programme.Session
	n         int
}

// as is how somebody with a role in the edition asks.
func (h *hall) as(name string, role rights.Role) context.Context {
	h.t.Helper()
	who := h.account(name)
	_, err := h.db.Exec(h.t.Context(), `
		INSERT INTO rights_grant (id, account_id, role, node_kind, node_id, edition_id, from_at, granted_by, granted_at)
		VALUES ($1, $2, $3, 'congress', $4, $4, $5, 'desk', $5)`, id.New(), who, role, h.edition, opening.Add(-2*time.Hour))
	h.must(err)
	standing, err := rights.Load(h.t.Context(), h.db, who, h.at)
	h.must(err)
	return rights.With(h.t.Context(), standing)
}

// set writes what is asked of those who present.
func (h *hall) set(s onstage.Setting) {
	h.t.Helper()
	h.must(h.stage.SaveSetting(h.t.Context(), journal.System, s))
}

func (h *hall) wantProblem(field string, err error) {
	h.t.Helper()
	var wrong errs.Problems
	if !errors.As(err, &wrong) || wrong.Of(field) == nil {
		h.t.Errorf("got %v, want a problem of %q", err, field)
	}
}

func (h *hall) time() time.Time { return h.at }

func (h *hall) must(err error) {
	h.t.Helper()
	if err != nil {
		h.t.Fatal(err)
	}
}

// want fails unless err is what was wanted; nil is wanted as well.
func (h *hall) want(want, err error) {
	h.t.Helper()
	if !errors.Is(err, want) || want == nil && err != nil {
		h.t.Errorf("got %v, want %v", err, want)
	}
}

// each runs test in a hall on each engine, in spring, when the call is over.
func each(t *testing.T, test func(h *hall)) {
	t.Helper()
	dbtest.Each(t, func(t *testing.T, d *db.DB) { test(furnish(t, d)) })
}

func furnish(t testing.TB, d *db.DB) *hall {
	t.Helper()
	h := &hall{t: t, db: d, at: opening.Add(-time.Hour)}
	ctx := t.Context()
	h.calls, h.programme = call.NewService(d, h.time), programme.NewService(d, h.time)
	h.stage = onstage.NewService(d, h.time, partner.NewKeeper(d, h.time, timetable.NewService(d, h.time)))
	h.stage.Guard = func(ctx context.Context, q db.Querier, by people.AccountID, a rights.Action, path []rights.Node) error {
		who, err := rights.Load(ctx, q, by, h.at)
		if err != nil {
			return err
		}
		return who.Decide(a, path)
	}
	h.calls.Clock = func(context.Context, db.Querier) (time.Time, error) { return h.at, nil }
	e, err := edition.NewService(d, h.time).Save(ctx, "desk", edition.Edition{
		Slug: "kpm-2026", Name: i18n.Both("Kongres"), StartsOn: "2026-06-07", EndsOn: "2026-06-08", TimeZone: "Europe/Warsaw", Form: edition.OnSite, Public: true,
	})
	h.must(err)
	h.edition = e.ID
	h.block, err = h.programme.SaveBlock(ctx, "desk", programme.Block{Edition: e.ID, Slug: "warsztaty", Kind: programme.Workshops, Mark: "W", Colour: 1, Name: i18n.Both("Warsztaty")})
	h.must(err)
	h.session, err = h.programme.SaveSession(ctx, "desk", programme.Session{
		Edition: e.ID, Slug: "otwarcie", Block: h.block.ID, Title: i18n.Both("Otwarcie"), Format: programme.Plenary, Form: edition.OnSite, Status: programme.Draft,
		Segments: []programme.Segment{{Kind: programme.Talk, Title: i18n.Both("Pierwsze"), Minutes: 4}, {Kind: programme.Talk, Title: i18n.Both("Drugie"), Minutes: 4}},
	})
	h.must(err)
	h.call = h.announce(call.Call{
		Slug: "warsztaty", Mark: "WA", Kind: call.Workshop, Title: i18n.Both("Warsztaty"), Anonymity: call.Open, Senders: call.Anybody, Languages: i18n.Langs,
	}, form.Question{ID: "about", Kind: form.Text, Label: i18n.Both("O czym")}, form.Question{ID: "lead", Kind: form.Text, Label: i18n.Both("W skrócie")},
		form.Question{ID: "places", Kind: form.Number, Label: i18n.Both("Ile miejsc")}, form.Question{ID: "whom", Kind: form.Line, Label: i18n.Both("Dla kogo")},
		form.Question{ID: "mode", Kind: form.Choice, Label: i18n.Both("Zapisy"), Options: []i18n.Text{i18n.Both("kolejność"), i18n.Both("wybór")}},
		form.Question{ID: "phone", Kind: form.Line, Label: i18n.Both("Telefon"), Inside: true})
	h.at = spring
	return h
}

// announce saves a call that asks questions, and publishes it.
func (h *hall) announce(c call.Call, questions ...form.Question) call.Call {
	h.t.Helper()
	ctx, back := h.t.Context(), h.at
	h.at = opening.Add(-time.Hour)
	c.Edition, c.OpensAt, c.ClosesAt = h.edition, opening, closing
	c, err := h.calls.Save(ctx, "desk", c)
	h.must(err)
	_, err = h.calls.Ask(ctx, "desk", c.ID, form.Version{Questions: questions})
	h.must(err)
	h.must(h.calls.Publish(ctx, "desk", c.ID))
	c, err = call.Find(ctx, h.db, c.ID)
	h.must(err)
	h.at = back
	return c
}

func (h *hall) account(name string) people.AccountID {
	h.t.Helper()
	h.n++
	var a people.Account
	h.must(h.db.Tx(h.t.Context(), func(tx *db.Tx) (err error) {
		a, err = people.OpenAccount(h.t.Context(), tx, people.Account{Email: fmt.Sprintf("%s-%d@example.org", name, h.n), Name: name, CreatedAt: opening})
		return err
	}))
	return a.ID
}

// sent sends something in for somebody.
func (h *hall) sent(who people.AccountID, to call.Call, title string, answers form.Answers) call.Submission {
	h.t.Helper()
	back := h.at
	h.at = opening.Add(2 * time.Hour)
	s, err := h.calls.Begin(h.t.Context(), call.Beginning{Call: to.ID, By: who, Lang: i18n.Polish})
	h.must(err)
	s.Title, s.Answers = title, answers
	s, err = h.calls.Send(h.t.Context(), call.Sending{By: who, Typed: s})
	h.must(err)
	h.at = back
	return s
}

// accepted is something of somebody that was sent in and accepted.
func (h *hall) accepted(who people.AccountID, title string) call.Submission {
	h.t.Helper()
	s := h.sent(who, h.call, title, form.Answers{"about": "Jak odkryć rzekę"})
	h.accept(s.ID)
	return s
}

// accept takes what was sent in to the state of what was accepted.
func (h *hall) accept(s call.SubmissionID) {
	h.t.Helper()
	h.move(s, call.Submitted, call.Eligible, call.UnderReview, call.Decided, call.Accepted)
}

// move takes a submission along states.
func (h *hall) move(submission call.SubmissionID, along ...call.State) {
	h.t.Helper()
	for i, next := range along[1:] {
		h.must(h.db.Tx(h.t.Context(), func(tx *db.Tx) error {
			return call.Move(h.t.Context(), tx, call.Step{Submission: submission, By: "desk", At: h.at, From: along[i], To: next})
		}))
	}
}

// count counts rows of a table.
func (h *hall) count(from string, args ...any) (n int) {
	h.t.Helper()
	h.must(h.db.QueryRow(h.t.Context(), `SELECT COUNT(*) FROM `+from, args...).Scan(&n))
	return n
}
