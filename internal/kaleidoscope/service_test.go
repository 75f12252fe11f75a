package kaleidoscope_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"obrady/internal/call"
	"obrady/internal/civil"
	"obrady/internal/db"
	"obrady/internal/errs"
	"obrady/internal/i18n"
	"obrady/internal/kaleidoscope"
	"obrady/internal/onstage"
	"obrady/internal/people"
	"obrady/internal/programme"
	"obrady/internal/rights"
)

func spot(cycle, position int) kaleidoscope.Spot {
	return kaleidoscope.Spot{Cycle: cycle, Position: position}
}

func TestATalkIsMovedAndBack(t *testing.T) {
	each(t, func(s *stage) {
		ctx := s.Context()
		trees, parks := s.accepted("Ala", "Drzewa przy ulicach", "zielen"), s.accepted("Ola", "Parki kieszonkowe", "zielen")
		tram := s.accepted("Jan", "Tramwaj nocą", "ruch")
		s.begin(s.first)
		if pool := s.open(s.first).Pool; len(pool) != 2 {
			s.Errorf("pool = %v, want the two of the path", pool)
		}
		s.want(s.composer.Move(ctx, s.seen(s.first), tram.ID, spot(1, 1)), kaleidoscope.ErrNotHere)
		s.put(s.first, trees, spot(1, 1))
		s.put(s.first, parks, spot(1, 1))
		if got := s.said(s.first); got != "AB-2 AB-1" {
			s.Errorf("cycles = %q, want AB-2 AB-1", got)
		}
		s.must(s.composer.Undo(ctx, s.seen(s.first)))
		if got := s.said(s.first); got != "AB-1" {
			s.Errorf("after undo cycles = %q, want AB-1", got)
		}
		s.must(s.composer.Undo(ctx, s.seen(s.first)))
		s.put(s.first, trees, spot(9, 1))
		if got := s.said(s.first); got != "AB-2 | AB-1" {
			s.Errorf("cycles = %q, want AB-2 | AB-1", got)
		}
		s.put(s.first, parks, spot(0, 0))
		if got, pool := s.said(s.first), s.open(s.first).Pool; got != "AB-1" || len(pool) != 1 {
			s.Errorf("cycles = %q, pool = %v, want AB-1 and the other free", got, pool)
		}
	})
}

func TestTheSecondOfTwoOrganisersIsTold(t *testing.T) {
	each(t, func(s *stage) {
		ctx := s.Context()
		trees, parks := s.accepted("Ala", "Drzewa przy ulicach", "zielen"), s.accepted("Ola", "Parki kieszonkowe", "zielen")
		s.begin(s.first)
		s.begin(s.second)
		both := s.seen(s.first)
		s.must(s.composer.Move(ctx, both, trees.ID, spot(1, 1)))
		s.want(s.composer.Move(ctx, both, parks.ID, spot(1, 1)), kaleidoscope.ErrChanged)
		s.want(s.composer.Compose(ctx, both), kaleidoscope.ErrChanged)
		if got := s.said(s.first); got != "AB-1" {
			s.Errorf("cycles = %q, want AB-1, as the first has put it", got)
		}
		s.want(s.composer.Move(ctx, s.seen(s.second), trees.ID, spot(1, 1)), kaleidoscope.ErrNotHere)
		// However many press at once, each move is made once or refused.
		results := make(chan error, 8)
		seen := s.seen(s.first)
		for range cap(results) {
			go func() { results <- s.composer.Move(ctx, seen, parks.ID, spot(1, 1)) }()
		}
		made := 0
		for range cap(results) {
			switch err := <-results; {
			case err == nil:
				made++
			case !errors.Is(err, kaleidoscope.ErrChanged):
				s.Errorf("got %v, want ErrChanged", err)
			}
		}
		if made != 1 || s.said(s.first) != "AB-2 AB-1" {
			s.Errorf("%d moves made, cycles = %q, want one and AB-2 AB-1", made, s.said(s.first))
		}
	})
}

func TestComposingKeepsTheNamesOfTalks(t *testing.T) {
	each(t, func(s *stage) {
		ctx := s.Context()
		var all []call.Submission
		for i, title := range []string{"Drzewa przy ulicach", "Parki kieszonkowe", "Ogrody deszczowe"} {
			all = append(all, s.accepted(fmt.Sprintf("Osoba%d", i), title, "zielen"))
		}
		hand := s.programmed(s.first)
		hand.Segments = []programme.Segment{{Kind: programme.Opening, Minutes: 3, Title: i18n.Both("Powitanie")}, {Kind: programme.Poll, Minutes: 2}}
		hand, err := programme.NewService(s.db, s.now).SaveSession(ctx, desk, hand)
		s.must(err)
		s.begin(s.first)
		s.want(s.composer.Compose(ctx, kaleidoscope.At{Edition: s.edition, Session: s.second.ID, By: desk}), kaleidoscope.ErrNoTalks)
		for i, one := range all {
			s.put(s.first, one, spot(i/2+1, 9))
		}
		s.must(s.composer.Compose(ctx, s.seen(s.first)))
		before := s.programmed(s.first)
		if got, want := shape(before), "opening:3:0 talk:4:1 talk:4:1 discussion:5:1 talk:4:2 discussion:5:2 poll:2:0"; got != want {
			s.Errorf("segments = %q, want %q", got, want)
		}
		if before.Segments[0].ID != hand.Segments[0].ID || before.Segments[1].People[0].Person == "" {
			s.Errorf("segments = %v, want what was typed by hand, and speakers", before.Segments)
		}
		if !s.open(s.first).Shown {
			s.Error("it is not shown as composed")
		}
		names := names(before)
		s.put(s.first, all[2], spot(1, 1))
		if s.open(s.first).Shown {
			s.Error("after a move it is shown as composed")
		}
		s.must(s.composer.Compose(ctx, s.seen(s.first)))
		for title, id := range names {
			if after := title == "" || slices.ContainsFunc(s.programmed(s.first).Segments, func(g programme.Segment) bool { return g.ID == id && g.Title.PL == title }); !after {
				s.Errorf("segment %s of %q is gone or called otherwise", id, title)
			}
		}
		place, there, err := onstage.PlaceOf(ctx, s.db, all[2].ID)
		if s.must(err); !there || place.Session != s.first.ID || place.Segment != names["Ogrody deszczowe"] {
			s.Errorf("place = %v %v, want the segment of the talk", place, there)
		}
		s.put(s.first, all[2], spot(0, 0))
		s.must(s.composer.Compose(ctx, s.seen(s.first)))
		if _, there, err := onstage.PlaceOf(ctx, s.db, all[2].ID); err != nil || there {
			s.Errorf("a talk that was taken off is in the programme: %v %v", there, err)
		}
		if got := len(s.programmed(s.first).Segments); got != 5 {
			s.Errorf("%d segments, want 5", got)
		}
		persons, err := people.Persons(ctx, s.db)
		if s.must(err); len(persons) != 3 {
			s.Errorf("%d persons, want the three who spoke, however often it was composed", len(persons))
		}
	})
}

func shape(n programme.Session) string {
	var all []string
	for _, g := range n.Segments {
		all = append(all, fmt.Sprintf("%s:%d:%d", g.Kind, g.Minutes, g.Cycle))
	}
	return strings.Join(all, " ")
}

func names(n programme.Session) map[string]programme.SegmentID {
	all := map[string]programme.SegmentID{}
	for _, g := range n.Segments {
		all[g.Title.PL] = g.ID
	}
	return all
}

// kinds are the kinds of faults of a session, each once.
func (s *stage) kinds(session programme.Session) (kinds []kaleidoscope.FaultKind) {
	for _, f := range s.open(session).Faults {
		kinds = append(kinds, f.Kind)
	}
	return slices.Compact(kinds)
}

func TestFaultsAreFound(t *testing.T) {
	each(t, func(s *stage) {
		ctx := s.Context()
		trees, parks := s.accepted("Ala", "Drzewa przy ulicach", "zielen"), s.accepted("Ala", "Parki kieszonkowe", "zielen")
		s.begin(s.first)
		s.begin(s.second)
		s.put(s.first, trees, spot(1, 1))
		expect := func(what string, want ...kaleidoscope.FaultKind) {
			s.Helper()
			if got := s.kinds(s.first); !slices.Equal(got, want) {
				s.Errorf("%s: faults = %v, want %v", what, got, want)
			}
		}
		expect("not confirmed", kaleidoscope.NotConfirmed)
		s.move(trees, call.Accepted, call.Confirmed)
		expect("confirmed")
		s.must(s.composer.Compose(ctx, s.seen(s.first)))
		s.put(s.second, parks, spot(1, 1))
		expect("in two sessions at once", kaleidoscope.Twice)
		if f := s.open(s.first).Faults; len(f) != 1 || f[0].Session != s.second.ID || f[0].Who != "Ala" {
			s.Errorf("fault = %v, want the other session named", f)
		}
		s.want(s.composer.Compose(ctx, s.seen(s.first)), kaleidoscope.ErrFaulty)
		s.put(s.second, parks, spot(0, 0))
		s.must(s.composer.Tell(ctx, s.seen(s.first), kaleidoscope.About{Submission: trees.ID, Times: kaleidoscope.Times{From: 11 * 60}, Say: "Ala"}))
		expect("not before eleven", kaleidoscope.Away)
		s.must(s.composer.Tell(ctx, s.seen(s.first), kaleidoscope.About{Submission: trees.ID, Times: kaleidoscope.Times{Days: []civil.Date{"2026-06-08"}}}))
		expect("on the day")
		s.must(s.composer.Set(ctx, s.seen(s.first), kaleidoscope.Settings{Call: s.call.ID, Path: "ruch", Shape: kaleidoscope.Shape{Talk: 40, PerCycle: 2}}))
		expect("another path, and too long", kaleidoscope.TooLong, kaleidoscope.OtherPath)
		s.begin(s.first)
		s.must(s.composer.Compose(ctx, s.seen(s.first)))
		if found, err := kaleidoscope.Check(ctx, s.db); err != nil || len(found) > 0 {
			s.Errorf("Check = %v, %v, want nothing", found, err)
		}
		s.move(trees, call.Confirmed, call.Declined)
		expect("declined", kaleidoscope.Gone)
		if found, err := kaleidoscope.Check(ctx, s.db); err != nil || len(found) != 1 {
			s.Errorf("Check = %v, %v, want the declined talk", found, err)
		}
		s.put(s.first, trees, spot(0, 0))
		s.must(s.composer.Compose(ctx, s.seen(s.first)))
		if n := len(s.programmed(s.first).Segments); n != 0 {
			s.Errorf("%d segments, want none of a session whose only talk was declined", n)
		}
	})
}

func TestAProposalIsTakenOver(t *testing.T) {
	each(t, func(s *stage) {
		ctx := s.Context()
		_, err := s.composer.Propose(ctx, s.seen(s.first), 1)
		s.want(err, kaleidoscope.ErrNoTalks)
		for i, title := range []string{"Drzewa przy ulicach", "Parkowanie rowerów", "Drzewo w mieście", "Rowery nocą", "Drzewom na ratunek", "Cisza"} {
			s.accepted(fmt.Sprintf("Osoba%d", i), title, "zielen")
		}
		s.begin(s.first)
		p, err := s.composer.Propose(ctx, s.seen(s.first), 1)
		s.must(err)
		if p.Then.Objective > p.Then.Bound || len(p.Left) != 2 || p.Left[0].Why != kaleidoscope.NoRoom || len(p.Changes) != 4 {
			s.Errorf("proposal = %+v, want four talks in, two for which there is no room, and no more than the bound", p)
		}
		if !slices.ContainsFunc(p.Changes, func(c kaleidoscope.Change) bool { return slices.Contains(c.Words, "drzewo") }) {
			s.Errorf("changes = %+v, want a word that they share", p.Changes)
		}
		s.must(s.composer.Arrange(ctx, s.seen(s.first), p.Cycles))
		again, err := s.composer.Propose(ctx, s.seen(s.first), 1)
		if s.must(err); again.Now != p.Then || again.Then.Objective < p.Then.Objective {
			s.Errorf("afterwards = %+v, want what was proposed, %+v", again.Now, p.Then)
		}
		s.want(s.composer.Arrange(ctx, s.seen(s.first), kaleidoscope.Cycles{{p.Left[0].Submission, p.Left[0].Submission}}), kaleidoscope.ErrNotHere)
		sheet, err := s.composer.RunningOrder(ctx, s.seen(s.first))
		if s.must(err); sheet.Plan.Count() != 4 || !sheet.Begin().Equal(tenth) {
			s.Errorf("running order = %+v, want four talks from ten", sheet)
		}
	})
}

func TestBadSettingsAreRefused(t *testing.T) {
	each(t, func(s *stage) {
		ctx := s.Context()
		for _, set := range []kaleidoscope.Settings{
			{Call: s.call.ID, Shape: kaleidoscope.Shape{Talk: 0, PerCycle: 5}},
			{Call: s.call.ID, Shape: kaleidoscope.Shape{Talk: 4, PerCycle: 5, Pause: -1}},
			{Call: "nobody", Shape: kaleidoscope.Usual},
		} {
			if err := s.composer.Set(ctx, s.seen(s.first), set); errs.KindOf(err) != errs.Invalid {
				s.Errorf("Set(%+v) = %v, want a problem of the form", set, err)
			}
		}
		long := kaleidoscope.About{Say: strings.Repeat("a", 301), Times: kaleidoscope.Times{From: 600, Until: 500}}
		if err := s.composer.Tell(ctx, s.seen(s.first), long); errs.KindOf(err) != errs.Invalid {
			s.Errorf("Tell = %v, want a problem of the form", err)
		}
		_, err := s.composer.Open(ctx, kaleidoscope.At{Edition: s.edition, Session: "nobody", By: desk})
		s.want(err, kaleidoscope.ErrNone)
	})
}

func TestWhatIsNotedOfATalkGoesWithWhoeverSentIt(t *testing.T) {
	each(t, func(s *stage) {
		ctx := s.Context()
		trees := s.accepted("Ala", "Drzewa przy ulicach", "zielen")
		s.begin(s.first)
		s.must(s.composer.Tell(ctx, s.seen(s.first), kaleidoscope.About{Submission: trees.ID, Say: "ala"}))
		who, err := call.IdentityOf(ctx, s.db, trees.ID)
		s.must(err)
		subject := people.Subject{Account: who.Owner.Account}
		if x, err := kaleidoscope.Collect(ctx, s.db, subject); err != nil || len(x.Rows) != 1 {
			s.Errorf("Collect = %v, %v, want one row", x, err)
		}
		s.must(s.db.Tx(ctx, func(tx *db.Tx) error {
			done, err := kaleidoscope.Erase(ctx, tx, subject, time.Time{})
			if err == nil && (len(done) != 1 || done[0].Gone != 1) {
				s.Errorf("Erase = %v, want one row gone", done)
			}
			return err
		}))
		if x, err := kaleidoscope.Collect(ctx, s.db, subject); err != nil || len(x.Rows) != 0 {
			s.Errorf("Collect = %v, %v, want nothing", x, err)
		}
	})
}

// Whoever speaks and is not in the programme yet belongs to whoever composes: an organiser's to the congress, a
// partner's to its workspace.
func TestWhomAPartnerBringsInIsItsOwnToLookAfter(t *testing.T) {
	each(t, func(s *stage) {
		ctx, grants := s.Context(), rights.NewService(s.db, s.now)
		space, err := grants.SaveSpace(ctx, desk, rights.Space{Edition: s.edition, Kind: rights.Event, Slug: "gzm", Name: i18n.Both("Metropolia"), Block: s.block.ID})
		s.must(err)
		partner, err := grants.Appoint(ctx, people.Account{Email: "partner@example.org", Name: "Partner"}, rights.Partner, rights.OfWorkspace(space.ID), s.edition)
		s.must(err)
		for name, session := range map[string]programme.Session{"Ala": s.first, "Ola": s.second} {
			s.begin(session)
			s.put(session, s.accepted(name, "Drzewa, o których mówi "+name, "zielen"), spot(1, 1))
		}
		s.must(s.composer.Compose(ctx, s.seen(s.first)))
		at := s.seen(s.second)
		at.By = partner.ID
		s.must(s.composer.Compose(ctx, at))
		all, err := people.Persons(ctx, s.db)
		s.must(err)
		homes := map[string]string{}
		for _, p := range all {
			homes[p.Name] = p.Home
		}
		if homes["Ala"] != string(s.edition) || homes["Ola"] != string(space.ID) {
			s.Errorf("homes = %v, want the congress %s and the workspace %s", homes, s.edition, space.ID)
		}
	})
}
