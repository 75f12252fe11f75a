package proceedings_test

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
	"obrady/internal/form"
	"obrady/internal/i18n"
	"obrady/internal/people"
	"obrady/internal/proceedings"
)

// Moments of the tests.
var (
	opening = time.Date(2026, 2, 2, 8, 0, 0, 0, time.UTC)
	closing = time.Date(2026, 3, 2, 22, 59, 0, 0, time.UTC)
	autumn  = time.Date(2026, 9, 20, 12, 0, 0, 0, time.UTC)
)

// press is a congress with a double-blind call for abstracts, of which a volume is made.
type press struct {
	t       *testing.T
	db      *db.DB
	at      time.Time
	calls   *call.Service
	volumes *proceedings.Service
	shelf   *proceedings.Shelf
	edition edition.ID
	call    call.Call
	n       int
}

func (p *press) must(err error) {
	p.t.Helper()
	if err != nil {
		p.t.Fatal(err)
	}
}

func (p *press) want(want, err error) {
	p.t.Helper()
	if !errors.Is(err, want) || want == nil && err != nil {
		p.t.Errorf("got %v, want %v", err, want)
	}
}

func each(t *testing.T, test func(p *press)) {
	t.Helper()
	dbtest.Each(t, func(t *testing.T, d *db.DB) { test(setUp(t, d)) })
}

func setUp(t *testing.T, d *db.DB) *press {
	t.Helper()
	p := &press{t: t, db: d, at: opening.Add(-time.Hour)}
	ctx, now := t.Context(), func() time.Time { return p.at }
	p.calls, p.volumes = call.NewService(d, now), proceedings.NewService(d, now)
	p.calls.Clock = func(context.Context, db.Querier) (time.Time, error) { return p.at, nil }
	p.shelf = proceedings.NewShelf(d, nil)
	e, err := edition.NewService(d, now).Save(ctx, "desk", edition.Edition{
		Slug: "kpm-2026", Name: i18n.Both("Kongres"), StartsOn: "2026-06-07", EndsOn: "2026-06-08", TimeZone: "Europe/Warsaw", Form: edition.OnSite, Public: true,
	})
	p.must(err)
	p.edition = e.ID
	p.call, err = p.calls.Save(ctx, "desk", call.Call{
		Edition: e.ID, Slug: "abstrakty", Mark: "AB", Kind: call.Abstract, Title: i18n.Both("Abstrakty"), Anonymity: call.DoubleBlind, Senders: call.Anybody,
		Languages: i18n.Langs, Paths: []call.Option{{Slug: "woda", Name: i18n.Both("Woda")}}, OpensAt: opening, ClosesAt: closing,
	})
	p.must(err)
	_, err = p.calls.Ask(ctx, "desk", p.call.ID, form.Version{Questions: []form.Question{
		{ID: "abstract", Kind: form.Text, Label: i18n.Both("Abstrakt"), Required: true}, {ID: "keywords", Kind: form.Line, Label: i18n.Both("Słowa kluczowe")},
	}})
	p.must(err)
	p.must(p.calls.Publish(ctx, "desk", p.call.ID))
	p.call, err = call.Find(ctx, d, p.call.ID)
	p.must(err)
	return p
}

// sent sends an abstract in for somebody, who is its author.
func (p *press) sent(name, title string) (call.Submission, people.Account) {
	p.t.Helper()
	ctx := p.t.Context()
	p.at = opening.Add(time.Hour)
	p.n++
	var a people.Account
	p.must(p.db.Tx(ctx, func(tx *db.Tx) (err error) {
		a, err = people.OpenAccount(ctx, tx, people.Account{Email: fmt.Sprintf("osoba-%d@example.org", p.n), Name: name, CreatedAt: p.at})
		return err
	}))
	s, err := p.calls.Begin(ctx, call.Beginning{Call: p.call.ID, By: a.ID, Lang: i18n.Polish})
	p.must(err)
	s.Title, s.Path, s.Answers = title, "woda", form.Answers{"abstract": "Abstrakt: " + title, "keywords": "woda, miasto; ludzie"}
	s, err = p.calls.Send(ctx, call.Sending{By: a.ID, Typed: s})
	p.must(err)
	p.at = autumn
	return s, a
}

// goes brings a submission through states, as others do it.
func (p *press) goes(s call.Submission, states ...call.State) {
	p.t.Helper()
	for i := range states[1:] {
		p.must(p.db.Tx(p.t.Context(), func(tx *db.Tx) error {
			return call.Move(p.t.Context(), tx, call.Step{Submission: s.ID, By: "desk", At: p.at, From: states[i], To: states[i+1]})
		}))
	}
}

// accepted brings what was sent to where its authors know.
func (p *press) accepted(s call.Submission) {
	p.t.Helper()
	p.goes(s, call.Submitted, call.Eligible, call.UnderReview, call.Decided, call.Accepted)
}

func (p *press) volume() proceedings.Volume {
	p.t.Helper()
	v, err := p.volumes.Save(p.t.Context(), "desk", proceedings.Volume{Call: p.call.ID, About: proceedings.About{
		Title: i18n.Both("Tom"), Year: 2026, Abstract: "abstract", Keywords: "keywords", Prefix: "10.12345",
	}})
	p.must(err)
	return v
}

func (p *press) preview() proceedings.Preview {
	p.t.Helper()
	preview, err := p.volumes.Preview(p.t.Context(), p.call.ID)
	p.must(err)
	return preview
}

func (p *press) publish() {
	p.t.Helper()
	_, err := p.volumes.Publish(p.t.Context(), "desk", p.call.ID, p.preview().Digest)
	p.must(err)
	p.must(p.shelf.Refresh(p.t.Context()))
}

func (p *press) onShelf() proceedings.Published {
	p.t.Helper()
	v, err := p.shelf.Volume(p.edition, "abstrakty")
	p.must(err)
	return v
}
