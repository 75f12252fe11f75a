package call_test

import (
	"context"
	"errors"
	"fmt"
	"sync"
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
	"obrady/internal/people"
)

// Moments of the tests.
var (
	opening = time.Date(2026, 2, 2, 8, 0, 0, 0, time.UTC)
	closing = time.Date(2026, 3, 2, 22, 59, 0, 0, time.UTC)
)

// office runs one call of one congress.
type office struct {
	t       testing.TB
	db      *db.DB
	mu      sync.Mutex
	at      time.Time
	calls   *call.Service
	edition edition.ID
	call    call.Call
	asked   []form.Question
}

func (o *office) time() time.Time {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.at
}

func (o *office) now(at time.Time) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.at = at
}

func (o *office) must(err error) {
	o.t.Helper()
	if err != nil {
		o.t.Fatal(err)
	}
}

// want fails unless err is what was wanted; nil is wanted as well.
func (o *office) want(want, err error) {
	o.t.Helper()
	if !errors.Is(err, want) || want == nil && err != nil {
		o.t.Errorf("got %v, want %v", err, want)
	}
}

func (o *office) wantProblem(field string, err error) {
	o.t.Helper()
	var wrong errs.Problems
	if !errors.As(err, &wrong) || wrong.Of(field) == nil {
		o.t.Errorf("got %v, want a problem of %q", err, field)
	}
}

// each runs test in an office on each engine; the call is open.
func each(t *testing.T, test func(o *office)) {
	t.Helper()
	dbtest.Each(t, func(t *testing.T, d *db.DB) { test(furnish(t, d)) })
}

func furnish(t testing.TB, d *db.DB) *office {
	t.Helper()
	o := &office{t: t, db: d, at: opening.Add(-time.Hour)}
	o.calls = call.NewService(d, o.time)
	o.calls.Clock = func(context.Context, db.Querier) (time.Time, error) { return o.time(), nil }
	e, err := edition.NewService(d, o.time).Save(t.Context(), "desk", edition.Edition{
		Slug: "kpm-2026", Name: i18n.Both("Kongres"), StartsOn: "2026-06-07", EndsOn: "2026-06-08", TimeZone: "Europe/Warsaw", Form: edition.OnSite, Public: true,
	})
	o.must(err)
	o.edition = e.ID
	o.call = o.announce(call.Call{
		Slug: "abstrakty", Mark: "AB", Kind: call.Abstract, Title: i18n.Both("Abstrakty"), Anonymity: call.DoubleBlind, Senders: call.Anybody,
		Languages: i18n.Langs, Paths: []call.Option{{Slug: "woda", Name: i18n.Both("Woda")}, {Slug: "ruch", Name: i18n.Both("Ruch")}},
		Checklist: []i18n.Text{i18n.Both("po polsku"), i18n.Both("na temat")}, OpensAt: opening, ClosesAt: closing,
	}, question("abstract", form.Text, func(q *form.Question) { q.Required, q.Unit, q.Most = true, form.Words, 5 }),
		question("slides", form.Link, func(q *form.Question) { q.Required, q.Later = true, true }),
		question("phone", form.Line, func(q *form.Question) { q.Inside = true }))
	o.asked, err = o.calls.Questions(t.Context(), o.call.ID, o.call.FormVersion)
	o.must(err)
	o.now(opening.Add(time.Hour))
	return o
}

func question(id string, kind form.Kind, set func(*form.Question)) form.Question {
	q := form.Question{ID: id, Kind: kind, Label: i18n.Both(id)}
	set(&q)
	return q
}

// announce saves a call that asks questions, and publishes it.
func (o *office) announce(c call.Call, questions ...form.Question) call.Call {
	o.t.Helper()
	ctx := o.t.Context()
	c.Edition = o.edition
	c, err := o.calls.Save(ctx, "desk", c)
	o.must(err)
	_, err = o.calls.Ask(ctx, "desk", c.ID, form.Version{Questions: questions})
	o.must(err)
	o.must(o.calls.Publish(ctx, "desk", c.ID))
	c, err = call.Find(ctx, o.db, c.ID)
	o.must(err)
	return c
}

func (o *office) account(name string) people.AccountID {
	o.t.Helper()
	var a people.Account
	o.must(o.db.Tx(o.t.Context(), func(tx *db.Tx) (err error) {
		a, err = people.OpenAccount(o.t.Context(), tx, people.Account{Email: fmt.Sprintf("%s-%s@example.org", name, id.New()), Name: name, CreatedAt: opening})
		return err
	}))
	return a.ID
}

// city opens an institution with clerks.
func (o *office) city(name string, clerks ...people.AccountID) people.InstitutionID {
	o.t.Helper()
	i, err := people.NewService(o.db, o.time).SaveInstitution(o.t.Context(), "desk", people.Institution{
		Slug: "i-" + id.New()[24:], Name: i18n.Both(name), Sector: people.LocalGovernment,
	})
	o.must(err)
	for _, clerk := range clerks {
		o.must(o.db.Tx(o.t.Context(), func(tx *db.Tx) error {
			return people.AddMember(o.t.Context(), tx, people.Member{Account: clerk, Institution: i.ID, GrantedBy: "desk", GrantedAt: opening})
		}))
	}
	return i.ID
}

// begin opens a draft that only needs to be sent.
func (o *office) begin(who people.AccountID) call.Submission {
	o.t.Helper()
	s, err := o.calls.Begin(o.t.Context(), call.Beginning{Call: o.call.ID, By: who, Lang: i18n.Polish})
	o.must(err)
	s.Title, s.Path, s.Answers = "Rzeka w mieście", "woda", form.Answers{"abstract": "Odkryliśmy rzekę i ludzie wrócili"}
	return s
}

func (o *office) trySend(who people.AccountID, s call.Submission) (call.Submission, error) {
	return o.calls.Send(o.t.Context(), call.Sending{By: who, Typed: s})
}

func (o *office) send(who people.AccountID, s call.Submission) call.Submission {
	o.t.Helper()
	s, err := o.trySend(who, s)
	o.must(err)
	return s
}

// find reads what is kept of a submission.
func (o *office) find(submission call.SubmissionID) call.Submission {
	o.t.Helper()
	s, err := call.FindSubmission(o.t.Context(), o.db, submission)
	o.must(err)
	return s
}

// move takes a submission along states.
func (o *office) move(submission call.SubmissionID, along ...call.State) {
	o.t.Helper()
	for _, next := range along {
		from := o.find(submission).State
		o.must(o.db.Tx(o.t.Context(), func(tx *db.Tx) error {
			return call.Move(o.t.Context(), tx, call.Step{Submission: submission, By: "desk", At: o.time(), From: from, To: next})
		}))
	}
}

// promised counts the events of a kind that are in the outbox.
func (o *office) promised(kind string) (n int) {
	o.t.Helper()
	o.must(o.db.QueryRow(o.t.Context(), `SELECT COUNT(*) FROM outbox WHERE kind = $1`, kind).Scan(&n))
	return n
}
