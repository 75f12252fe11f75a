package council_test

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"
	"time"

	"obrady/internal/call"
	"obrady/internal/council"
	"obrady/internal/db"
	"obrady/internal/db/dbtest"
	"obrady/internal/edition"
	"obrady/internal/errs"
	"obrady/internal/form"
	"obrady/internal/i18n"
	"obrady/internal/id"
	"obrady/internal/people"
	"obrady/internal/review"
	"obrady/internal/rights"
)

// Moments of the tests.
var (
	opening   = time.Date(2026, 2, 2, 8, 0, 0, 0, time.UTC)
	closing   = time.Date(2026, 3, 2, 22, 59, 0, 0, time.UTC)
	reviewing = closing.Add(24 * time.Hour)
	deciding  = closing.Add(20 * 24 * time.Hour)
)

// chamber is a double-blind call with a council, reviewers, and what was sent in.
type chamber struct {
	t       testing.TB
	db      *db.DB
	mu      sync.Mutex
	at      time.Time
	calls   *call.Service
	reviews *review.Service
	council *council.Service
	edition edition.ID
	call    call.Call
	setup   review.Setup
	n       int
}

func (c *chamber) time() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.at
}

func (c *chamber) now(at time.Time) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.at = at
}

func (c *chamber) must(err error) {
	c.t.Helper()
	if err != nil {
		c.t.Fatal(err)
	}
}

// want fails unless err is what was wanted; nil is wanted as well.
func (c *chamber) want(want, err error) {
	c.t.Helper()
	if !errors.Is(err, want) || want == nil && err != nil {
		c.t.Errorf("got %v, want %v", err, want)
	}
}

func (c *chamber) wantProblem(field string, err error) {
	c.t.Helper()
	var wrong errs.Problems
	if !errors.As(err, &wrong) || wrong.Of(field) == nil {
		c.t.Errorf("got %v, want a problem of %q", err, field)
	}
}

func each(t *testing.T, test func(c *chamber)) {
	t.Helper()
	dbtest.Each(t, func(t *testing.T, d *db.DB) { test(convene(t, d)) })
}

func criterion(id string, weight int) review.Criterion {
	return review.Criterion{ID: id, Label: i18n.Both(id), Weight: weight, Anchors: []i18n.Text{i18n.Both("słabo"), i18n.Both("dobrze"), i18n.Both("znakomicie")}}
}

func convene(t testing.TB, d *db.DB) *chamber {
	t.Helper()
	c := &chamber{t: t, db: d, at: opening.Add(-time.Hour)}
	ctx := t.Context()
	c.calls, c.reviews = call.NewService(d, c.time), review.NewService(d, c.time)
	c.council = council.NewService(d, c.time, c.reviews)
	c.calls.Clock = func(context.Context, db.Querier) (time.Time, error) { return c.time(), nil }
	c.reviews.Guard = func(ctx context.Context, q db.Querier, by people.AccountID, a rights.Action, path []rights.Node) error {
		who, err := rights.Load(ctx, q, by, c.time())
		if err != nil {
			return err
		}
		return who.Decide(a, path)
	}
	e, err := edition.NewService(d, c.time).Save(ctx, "desk", edition.Edition{
		Slug: "kpm-2026", Name: i18n.Both("Kongres"), StartsOn: "2026-06-07", EndsOn: "2026-06-08", TimeZone: "Europe/Warsaw", Form: edition.OnSite, Public: true,
	})
	c.must(err)
	c.edition = e.ID
	c.call, err = c.calls.Save(ctx, "desk", call.Call{
		Edition: e.ID, Slug: "abstrakty", Mark: "AB", Kind: call.Abstract, Title: i18n.Both("Abstrakty"), Anonymity: call.DoubleBlind, Senders: call.Anybody,
		Languages: i18n.Langs, Paths: []call.Option{{Slug: "woda", Name: i18n.Both("Woda")}, {Slug: "ruch", Name: i18n.Both("Ruch")}},
		Checklist: []i18n.Text{i18n.Both("na temat")}, OpensAt: opening, ClosesAt: closing,
	})
	c.must(err)
	_, err = c.calls.Ask(ctx, "desk", c.call.ID, form.Version{Questions: []form.Question{{ID: "abstract", Kind: form.Text, Label: i18n.Both("Abstrakt"), Required: true}}})
	c.must(err)
	c.must(c.calls.Publish(ctx, "desk", c.call.ID))
	c.call, err = call.Find(ctx, d, c.call.ID)
	c.must(err)
	c.now(opening.Add(time.Hour))
	c.setup, err = c.reviews.SaveSetup(ctx, c.somebody("organizatorka", rights.Organiser), review.Setup{
		Call: c.call.ID, Each: 2, Criteria: []review.Criterion{criterion("idea", 2), criterion("proof", 1)}, OpensAt: closing, ClosesAt: deciding,
		Places: []review.Places{{Path: "woda", Seats: 1}}, AppealDays: 14, Quorum: 2,
	})
	c.must(err)
	return c
}

func (c *chamber) account(name string) people.AccountID {
	c.t.Helper()
	c.n++
	var a people.Account
	c.must(c.db.Tx(c.t.Context(), func(tx *db.Tx) (err error) {
		a, err = people.OpenAccount(c.t.Context(), tx, people.Account{Email: fmt.Sprintf("%s-%d@example.org", name, c.n), Name: name, CreatedAt: opening})
		return err
	}))
	return a.ID
}

// somebody opens an account that has a role in the edition.
func (c *chamber) somebody(name string, role rights.Role) people.AccountID {
	c.t.Helper()
	who := c.account(name)
	_, err := c.db.Exec(c.t.Context(), `
		INSERT INTO rights_grant (id, account_id, role, node_kind, node_id, edition_id, from_at, granted_by, granted_at)
		VALUES ($1, $2, $3, 'congress', $4, $4, $5, 'desk', $5)`, id.New(), who, role, c.edition, opening.Add(-2*time.Hour))
	c.must(err)
	return who
}

// sent sends something in for somebody, and lets it pass the formal check.
func (c *chamber) sent(who people.AccountID, title string) call.SubmissionID {
	c.t.Helper()
	back := c.time()
	c.now(opening.Add(2 * time.Hour))
	s, err := c.calls.Begin(c.t.Context(), call.Beginning{Call: c.call.ID, By: who, Lang: i18n.Polish})
	c.must(err)
	s.Title, s.Path, s.Answers = title, "woda", form.Answers{"abstract": "Odkryliśmy rzekę i ludzie wrócili nad wodę"}
	s, err = c.calls.Send(c.t.Context(), call.Sending{By: who, Typed: s})
	c.must(err)
	c.now(back)
	c.move(s.ID, call.Submitted, call.Eligible)
	return s.ID
}

func (c *chamber) move(submission call.SubmissionID, from, to call.State) {
	c.t.Helper()
	c.must(c.db.Tx(c.t.Context(), func(tx *db.Tx) error {
		return call.Move(c.t.Context(), tx, call.Step{Submission: submission, By: "desk", At: c.time(), From: from, To: to})
	}))
}

func (c *chamber) state(submission call.SubmissionID) call.State {
	c.t.Helper()
	s, err := call.FindSubmission(c.t.Context(), c.db, submission)
	c.must(err)
	return s.State
}

// desk is an organiser.
func (c *chamber) desk() people.AccountID {
	c.t.Helper()
	return c.somebody("biuro", rights.Organiser)
}

// promised counts the events of a kind that are in the outbox.
func (c *chamber) promised(kind string) (n int) {
	c.t.Helper()
	c.must(c.db.QueryRow(c.t.Context(), `SELECT COUNT(*) FROM outbox WHERE kind = $1`, kind).Scan(&n))
	return n
}
