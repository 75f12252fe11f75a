package kaleidoscope_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"obrady/internal/call"
	"obrady/internal/db"
	"obrady/internal/db/dbtest"
	"obrady/internal/edition"
	"obrady/internal/form"
	"obrady/internal/i18n"
	"obrady/internal/kaleidoscope"
	"obrady/internal/people"
	"obrady/internal/programme"
	"obrady/internal/timetable"
)

// Moments of the tests.
var (
	winter = time.Date(2026, 1, 12, 9, 0, 0, 0, time.UTC)
	march  = time.Date(2026, 3, 12, 9, 0, 0, 0, time.UTC)
	tenth  = time.Date(2026, 6, 8, 8, 0, 0, 0, time.UTC) // 10:00 on the clocks of Katowice
)

const desk people.AccountID = "desk"

// stage is a congress with a call for abstracts and two kaleidoscopes of half an hour at the same time.
type stage struct {
	testing.TB
	db       *db.DB
	at       time.Time
	calls    *call.Service
	composer *kaleidoscope.Service
	edition  edition.ID
	call     call.Call
	block    programme.Block
	first    programme.Session
	second   programme.Session
}

func (s *stage) now() time.Time { return s.at }

func (s *stage) must(err error) {
	s.Helper()
	if err != nil {
		s.Fatal(err)
	}
}

func (s *stage) want(err, want error) {
	s.Helper()
	if !errors.Is(err, want) {
		s.Errorf("got %v, want %v", err, want)
	}
}

func each(t *testing.T, test func(s *stage)) {
	t.Helper()
	dbtest.Each(t, func(t *testing.T, d *db.DB) { test(build(t, d)) })
}

func build(t testing.TB, d *db.DB) *stage {
	t.Helper()
	ctx := t.Context()
	s := &stage{TB: t, db: d, at: winter}
	s.calls, s.composer = call.NewService(d, s.now), kaleidoscope.NewService(d, s.now)
	s.calls.Clock = func(context.Context, db.Querier) (time.Time, error) { return s.at, nil }
	e, err := edition.NewService(d, s.now).Save(ctx, desk, edition.Edition{
		Slug: "kpm-2026", Name: i18n.Both("Kongres"), StartsOn: "2026-06-07", EndsOn: "2026-06-08", TimeZone: "Europe/Warsaw", Form: edition.OnSite, Public: true,
	})
	s.must(err)
	s.edition = e.ID
	s.block, err = programme.NewService(d, s.now).SaveBlock(ctx, desk, programme.Block{
		Edition: e.ID, Slug: "kalejdoskopy", Kind: programme.Kaleidoscopes, Mark: "K", Colour: 2, Name: i18n.Both("Kalejdoskopy"),
	})
	s.must(err)
	s.first, s.second = s.session("kalejdoskop-pierwszy", tenth), s.session("kalejdoskop-drugi", tenth)
	s.call, err = s.calls.Save(ctx, desk, call.Call{
		Edition: e.ID, Slug: "abstrakty", Mark: "AB", Kind: call.Abstract, Title: i18n.Both("Abstrakty"), Anonymity: call.DoubleBlind, Senders: call.Anybody,
		Languages: i18n.Langs, OpensAt: winter, ClosesAt: march,
		Paths: []call.Option{{Slug: "zielen", Name: i18n.Both("Zieleń")}, {Slug: "ruch", Name: i18n.Both("Ruch")}},
	})
	s.must(err)
	_, err = s.calls.Ask(ctx, desk, s.call.ID, form.Version{Questions: []form.Question{{ID: "abstract", Kind: form.Text, Label: i18n.Both("Abstrakt")}}})
	s.must(err)
	s.must(s.calls.Publish(ctx, desk, s.call.ID))
	s.call, err = call.Find(ctx, d, s.call.ID)
	s.must(err)
	return s
}

// session is one of half an hour.
func (s *stage) session(slug string, begin time.Time) programme.Session {
	s.Helper()
	ctx := s.Context()
	one, err := programme.NewService(s.db, s.now).SaveSession(ctx, desk, programme.Session{
		Edition: s.edition, Slug: slug, Block: s.block.ID, Title: i18n.Both(slug), Format: programme.Kaleidoscope, Form: edition.OnSite, Status: programme.Ready,
	})
	s.must(err)
	_, err = timetable.NewService(s.db, s.now).SaveSlot(ctx, desk, timetable.Slot{Session: one.ID, Start: begin, End: begin.Add(30 * time.Minute)})
	s.must(err)
	return one
}

// accepted is an abstract of somebody that was accepted.
func (s *stage) accepted(who, title, path string) call.Submission {
	s.Helper()
	ctx := s.Context()
	var a people.Account
	s.must(s.db.Tx(ctx, func(tx *db.Tx) (err error) {
		a, err = people.OpenAccount(ctx, tx, people.Account{Email: strings.ToLower(who) + "@example.org", Name: who, CreatedAt: s.at})
		return err
	}))
	one, err := s.calls.Begin(ctx, call.Beginning{Call: s.call.ID, By: a.ID, Lang: i18n.Polish})
	s.must(err)
	one.Title, one.Path, one.Answers = title, path, form.Answers{"abstract": "O czym to jest: " + title}
	one, err = s.calls.Send(ctx, call.Sending{By: a.ID, Typed: one, Agreed: true})
	s.must(err)
	s.move(one, call.Submitted, call.Eligible, call.UnderReview, call.Decided, call.Accepted)
	return one
}

// move takes a submission along states.
func (s *stage) move(one call.Submission, along ...call.State) {
	s.Helper()
	for i, next := range along[1:] {
		s.must(s.db.Tx(s.Context(), func(tx *db.Tx) error {
			return call.Move(s.Context(), tx, call.Step{Submission: one.ID, By: desk, At: s.at, From: along[i], To: next})
		}))
	}
}

// seen is a session as somebody sees it now.
func (s *stage) seen(session programme.Session) kaleidoscope.At {
	s.Helper()
	return kaleidoscope.At{Edition: s.edition, Session: session.ID, By: desk, Revision: s.open(session).Revision}
}

func (s *stage) open(session programme.Session) kaleidoscope.View {
	s.Helper()
	v, err := s.composer.Open(s.Context(), kaleidoscope.At{Edition: s.edition, Session: session.ID, By: desk})
	s.must(err)
	return v
}

// begin sets how a session is divided, for one of the paths.
func (s *stage) begin(session programme.Session) {
	s.Helper()
	s.must(s.composer.Set(s.Context(), s.seen(session), kaleidoscope.Settings{
		Call: s.call.ID, Path: "zielen", Shape: kaleidoscope.Shape{Talk: 4, PerCycle: 2, Discussion: 5},
	}))
}

func (s *stage) put(session programme.Session, one call.Submission, at kaleidoscope.Spot) {
	s.Helper()
	s.must(s.composer.Move(s.Context(), s.seen(session), one.ID, at))
}

// said writes the cycles of a session as codes.
func (s *stage) said(session programme.Session) string {
	s.Helper()
	var all []string
	for _, c := range s.open(session).Plan.Cycles {
		var codes []string
		for _, t := range c.Talks {
			codes = append(codes, t.Code)
		}
		all = append(all, strings.Join(codes, " "))
	}
	return strings.Join(all, " | ")
}

// programmed is a session as the programme has it.
func (s *stage) programmed(session programme.Session) programme.Session {
	s.Helper()
	c, err := programme.Load(s.Context(), s.db, s.edition)
	s.must(err)
	for _, one := range c.Sessions {
		if one.ID == session.ID {
			return one
		}
	}
	s.Fatal(fmt.Errorf("session %s: %w", session.Slug, programme.ErrNoSession))
	return programme.Session{}
}
