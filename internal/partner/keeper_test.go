package partner

import (
	"context"
	"errors"
	"strings"
	"sync"
	"testing"
	"time"

	"obrady/internal/db"
	"obrady/internal/db/dbtest"
	"obrady/internal/edition"
	"obrady/internal/errs"
	"obrady/internal/i18n"
	"obrady/internal/id"
	"obrady/internal/journal"
	"obrady/internal/people"
	"obrady/internal/programme"
	"obrady/internal/rights"
	"obrady/internal/timetable"
)

func atDawn() time.Time { return at(4, 0) }

// congress has two partners, each on a block of its own: "gzm" has hours in the aula, "wuf" none.
type congress struct {
	t            *testing.T
	db           *db.DB
	keeper       *Keeper
	service      *Service
	timetable    *timetable.Service
	edition      edition.Edition
	aula, foyer  timetable.Place
	blocks       map[string]programme.Block
	spaces       map[string]rights.Space
	host, gzm    context.Context // who asks
	wuf          context.Context
	secret, open programme.Session // of wuf: a draft, and one that is public
}

func (c *congress) must(err error) {
	c.t.Helper()
	if err != nil {
		c.t.Fatal(err)
	}
}

func convene(t *testing.T, d *db.DB) *congress {
	t.Helper()
	c := &congress{
		t: t, db: d, timetable: timetable.NewService(d, atDawn), blocks: map[string]programme.Block{}, spaces: map[string]rights.Space{},
	}
	c.keeper, c.service = NewKeeper(d, atDawn, c.timetable), NewService(d, atDawn, c.timetable)
	var err error
	c.edition, err = edition.NewService(d, atDawn).Save(t.Context(), "desk", edition.Edition{
		Slug: "kpm-2021", Name: i18n.Both("Kongres"), StartsOn: "2021-06-07", EndsOn: "2021-06-08",
		TimeZone: "Europe/Warsaw", Form: edition.OnSite, Public: true,
	})
	c.must(err)
	c.aula, c.foyer = c.place("aula"), c.place("foyer")
	for _, slug := range []string{"gzm", "wuf"} {
		c.blocks[slug] = c.block(slug)
		share, err := c.service.SaveShare(t.Context(), "desk", Share{
			Space:     rights.Space{Edition: c.edition.ID, Kind: rights.Event, Slug: slug, Name: i18n.Both(slug), Block: c.blocks[slug].ID},
			Allotment: Allotment{Windows: []Window{{c.aula.ID, at(10, 0), at(14, 0)}}, SeatsEach: 40, Entries: 2, Modes: []Mode{Open}},
		})
		c.must(err)
		c.spaces[slug] = share.Space
	}
	c.host = c.account("host@example.org", rights.Organiser, rights.OfCongress(c.edition.ID))
	c.gzm = c.account("gzm@example.org", rights.Partner, rights.OfWorkspace(c.spaces["gzm"].ID))
	c.wuf = c.account("wuf@example.org", rights.Partner, rights.OfWorkspace(c.spaces["wuf"].ID))
	c.secret = c.save(c.host, c.session("wuf", "kanarek-szkic"), slotAt(c.aula, 10, 11))
	public := c.session("wuf", "ogloszona")
	public.Status = programme.Ready
	c.open = c.save(c.host, public, slotAt(c.foyer, 10, 11))
	_, err = c.timetable.Publish(t.Context(), timetable.Order{
		Edition: c.edition.ID, Name: i18n.Both("Pierwsze"), Scope: timetable.Scope{Kind: timetable.Whole}, By: "desk", DespiteErrors: true,
	})
	c.must(err)
	return c
}

func (c *congress) place(slug string) timetable.Place {
	c.t.Helper()
	p, err := c.timetable.SavePlace(c.t.Context(), "desk", timetable.Place{Edition: c.edition.ID, Slug: slug, Kind: timetable.Room, Name: i18n.Both(slug)})
	c.must(err)
	return p
}

func (c *congress) block(slug string) programme.Block {
	c.t.Helper()
	b, err := programme.NewService(c.db, atDawn).SaveBlock(c.t.Context(), "desk", programme.Block{
		Edition: c.edition.ID, Slug: slug, Kind: programme.PartnerStage, Mark: "M", Colour: 1, Name: i18n.Both(slug), Position: 1,
	})
	c.must(err)
	return b
}

// account opens an account with a role and returns how it asks.
func (c *congress) account(email string, role rights.Role, node rights.Node) context.Context {
	c.t.Helper()
	var who rights.Standing
	c.must(c.db.Tx(c.t.Context(), func(tx *db.Tx) error {
		a, err := people.OpenAccount(c.t.Context(), tx, people.Account{Email: email, Name: email, CreatedAt: at(1, 0)})
		if err != nil {
			return err
		}
		if err := rights.Write(c.t.Context(), tx, rights.Grant{
			Account: a.ID, Role: role, Node: node, Edition: c.edition.ID, From: at(1, 0), GrantedAt: at(1, 0),
		}); err != nil {
			return err
		}
		who, err = rights.Load(c.t.Context(), tx, a.ID, atDawn())
		return err
	}))
	return rights.With(c.t.Context(), who)
}

func (c *congress) session(block, title string) programme.Session {
	return programme.Session{
		ID: id.Make[programme.SessionID](), Edition: c.edition.ID, Slug: title, Block: c.blocks[block].ID, Title: i18n.Both(title),
		Format: programme.Panel, Form: edition.OnSite, Status: programme.Draft,
	}
}

func slotAt(p timetable.Place, from, to int) timetable.Slot {
	return timetable.Slot{Place: p.ID, Start: at(from, 0), End: at(to, 0)}
}

func (c *congress) save(who context.Context, s programme.Session, slots ...timetable.Slot) programme.Session {
	c.t.Helper()
	saved, err := c.try(who, s, slots...)
	c.must(err)
	return saved.Sessions[0]
}

func (c *congress) try(who context.Context, s programme.Session, slots ...timetable.Slot) (timetable.Edit, error) {
	return c.keeper.Save(who, rights.Of(who).Account, timetable.Edit{Sessions: []programme.Session{s}, Slots: slots})
}

// refused says with which sentences err refuses; "hidden" for what must not be known.
func refused(err error) string {
	var problems errs.Problems
	switch {
	case err == nil:
		return ""
	case errors.Is(err, rights.ErrHidden):
		return "hidden"
	case errors.As(err, &problems):
		var said []string
		for _, p := range problems {
			said = append(said, p.Name+" "+p.Key)
		}
		return strings.Join(said, ", ")
	}
	return err.Error()
}

func TestAPartnerStaysInsideItsAllotment(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		c := convene(t, d)
		fresh := func(change func(*programme.Session)) programme.Session {
			s := c.session("gzm", "sesja-"+id.New())
			change(&s)
			return s
		}
		same := func(*programme.Session) {}
		for _, test := range []struct {
			name  string
			save  programme.Session
			slots []timetable.Slot
			want  string
		}{
			{"inside", fresh(same), []timetable.Slot{slotAt(c.aula, 11, 12)}, ""},
			{"without hours", fresh(same), nil, ""},
			{"in the block of another partner", c.session("wuf", "obca"), nil, "block partner.outside_block"},
			{"a place that is not allotted", fresh(same), []timetable.Slot{slotAt(c.foyer, 11, 12)}, "place partner.outside_window"},
			{"an hour that is not allotted", fresh(same), []timetable.Slot{slotAt(c.aula, 13, 15)}, "place partner.outside_window"},
			{"more seats than allotted", fresh(func(s *programme.Session) { s.Capacity = 41 }), nil, "capacity partner.beyond_seats"},
			{"a way in that is not allotted", fresh(func(s *programme.Session) { s.Entry = programme.Invitation }), nil, "entry partner.outside_mode"},
			{"ready before the host has accepted", fresh(func(s *programme.Session) { s.Status = programme.Ready }), nil, "status partner.not_placed_ready"},
			{"a part of a session nobody knows of", fresh(func(s *programme.Session) { s.Parent = c.secret.ID }), nil, "parent partner.outside_session"},
			{"a part of a public session", fresh(func(s *programme.Session) { s.Parent = c.open.ID }), nil, ""},
			{"following a session nobody knows of", fresh(func(s *programme.Session) { s.Follows = []programme.SessionID{c.secret.ID} }), nil, "follows partner.outside_session"},
			{"somebody else's session", c.secret, nil, "hidden"},
			{"somebody else's session taken over", func() programme.Session { s := c.open; s.Block = c.blocks["gzm"].ID; return s }(), nil, "hidden"},
			{"hours of a session of others", fresh(same), []timetable.Slot{{Session: c.secret.ID, Place: c.aula.ID, Start: at(11, 0), End: at(12, 0)}}, "hidden"},
		} {
			_, err := c.try(c.gzm, test.save, test.slots...)
			if got := refused(err); got != test.want {
				t.Errorf("%s: %q, want %q", test.name, got, test.want)
			}
		}
		mine := c.save(c.gzm, fresh(same), slotAt(c.aula, 12, 13))
		mine.Block = c.blocks["wuf"].ID
		if _, err := c.try(c.gzm, mine); refused(err) != "block partner.outside_block" {
			t.Errorf("moving a session into another block: %v", err)
		}
		if err := c.keeper.RemoveSession(c.gzm, "x", c.secret); refused(err) != "hidden" {
			t.Errorf("removing a session of others: %v, want hidden", err)
		}
		stolen := c.slotsOf(c.secret)[0]
		stolen.Session, stolen.Start, stolen.End = mine.ID, at(12, 0), at(13, 0)
		mine.Block = c.blocks["gzm"].ID
		if _, err := c.try(c.gzm, mine, stolen); refused(err) != "hidden" {
			t.Errorf("taking hours of others away: %v, want hidden", err)
		}
		if _, err := c.try(c.t.Context(), mine); refused(err) != "hidden" {
			t.Errorf("the public saves: %v, want hidden", err)
		}
	})
}

func (c *congress) slotsOf(s programme.Session) []timetable.Slot {
	c.t.Helper()
	p, err := c.timetable.Working(c.t.Context(), c.edition.ID)
	c.must(err)
	return p.Index().SlotsOf(s.ID)
}

func TestAPartnerIsHeldToItsEntriesOnceItIsPlaced(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		c := convene(t, d)
		by := rights.Of(c.gzm).Account
		order := Order{By: rights.Of(c.gzm), Workspace: c.spaces["gzm"].ID, Name: i18n.Both("Scena, pierwszy raz")}
		if _, err := c.service.Publish(c.gzm, order); !errors.Is(err, ErrNotPlaced) {
			t.Errorf("publishing before the host accepts: %v, want ErrNotPlaced", err)
		}
		c.must(c.service.AskPlacement(c.gzm, by, c.spaces["gzm"].ID))
		if err := c.service.AskPlacement(c.gzm, by, c.spaces["gzm"].ID); !errors.Is(err, ErrAsked) {
			t.Errorf("asking twice: %v, want ErrAsked", err)
		}
		c.must(c.service.Place(c.host, "host", c.spaces["gzm"].ID, Verdict{State: Declined, Reason: "Za wcześnie."}))
		c.must(c.service.AskPlacement(c.gzm, by, c.spaces["gzm"].ID))
		c.must(c.service.Place(c.host, "host", c.spaces["gzm"].ID, Verdict{State: Accepted}))

		for n := range 3 {
			s := c.session("gzm", "gotowa-"+string(rune('a'+n)))
			s.Status = programme.Ready
			_, err := c.try(c.gzm, s, slotAt(c.aula, 11+n, 12+n))
			if got, want := refused(err), map[int]string{2: "status partner.beyond_entries"}[n]; got != want {
				t.Errorf("entry %d: %q, want %q", n+1, got, want)
			}
		}
		changed := c.secret
		changed.Status, changed.Title = programme.Ready, i18n.Both("kanarek-gotowy")
		c.save(c.host, changed) // another partner's working state, which must not go out with this release
		release, err := c.service.Publish(c.gzm, order)
		c.must(err)
		x, err := c.timetable.Published(t.Context(), release.ID)
		c.must(err)
		if x.SessionAt("gotowa-a") == nil || x.Session(c.secret.ID) != nil {
			t.Error("the release lacks the partner's session or has one of another partner")
		}
		past, err := c.service.Publications(c.host, c.spaces["gzm"])
		c.must(err)
		if len(past) != 1 || len(past[0].Changes) != 2 || past[0].ByHost {
			t.Errorf("the host sees %+v, want one release by the partner with two changes", past)
		}
		order.Workspace, order.Name = c.spaces["wuf"].ID, i18n.Both("cudza")
		if _, err := c.service.Publish(c.gzm, order); refused(err) != "hidden" {
			t.Errorf("publishing the part of another partner: %v, want hidden", err)
		}
	})
}

func TestAPartnerReadsNothingOfOthers(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		c := convene(t, d)
		mine := c.save(c.gzm, c.session("gzm", "moja"), slotAt(c.aula, 10, 11)) // where the secret one is
		p, err := c.keeper.Working(c.gzm, c.edition.ID)
		c.must(err)
		x := p.Index()
		if s := x.Session(c.secret.ID); s == nil || s.Title.PL != "" || s.Slug != "" || s.Block != "" {
			t.Errorf("of a draft of others one reads %+v, want nothing but its hours", s)
		}
		if s := x.Session(c.open.ID); s == nil || s.Title.PL != "ogloszona" || s.Block != "" {
			t.Errorf("of a public session of others one reads %+v, want its title and no block", s)
		}
		if x.Session(mine.ID).Title.PL != "moja" || len(x.Blocks) != 1 || len(x.Places) != 1 {
			t.Errorf("%d blocks and %d places, want the own ones", len(x.Blocks), len(x.Places))
		}
		found := false
		for _, f := range x.Check() {
			found = found || f.Kind == timetable.PlaceTwice && (f.Session == c.secret.ID || f.Other == c.secret.ID)
		}
		if !found {
			t.Error("the clash with the draft of others is not found")
		}
		content, err := c.keeper.Content(c.gzm, c.edition.ID)
		c.must(err)
		if len(content.Blocks) != 1 || content.Blocks[0].Slug != "gzm" {
			t.Errorf("blocks %+v, want gzm alone", content.Blocks)
		}
	})
}

func TestAPartnerBuildsInsideItsBlockAndKeepsItsPlaceInTheCongress(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		c := convene(t, d)
		by := rights.Of(c.gzm).Account
		inner := programme.Block{
			Edition: c.edition.ID, Slug: "dzien-drugi", Kind: programme.General, Mark: "MD", Colour: 2, Name: i18n.Both("Dzień drugi"),
			Parent: c.blocks["gzm"].ID,
		}
		saved, err := c.keeper.SaveBlock(c.gzm, by, inner)
		c.must(err)
		saved.Mark = "MX"
		if _, err := c.keeper.SaveBlock(c.gzm, by, saved); err != nil {
			t.Errorf("changing a block of one's own: %v", err)
		}
		top := inner
		top.ID, top.Parent, top.Slug = "", "", "na-gorze"
		outside := inner
		outside.ID, outside.Parent, outside.Slug = "", c.blocks["wuf"].ID, "u-obcych"
		text, moved := c.blocks["gzm"], c.blocks["gzm"]
		text.Lead = i18n.Both("Nowy wstęp")
		moved.Parent, moved.Slug, moved.Mark, moved.Position = c.blocks["wuf"].ID, "inny", "X", 9
		moved.Revision++ // after text was saved
		for _, test := range []struct {
			name string
			save programme.Block
			want string
		}{
			{"a new block at the top", top, "parent partner.outside_block"},
			{"a new block in that of others", outside, "parent partner.outside_block"},
			{"the block of others", c.blocks["wuf"], "hidden"},
			{"the text of one's own", text, ""},
			{"the place of one's own in the congress", moved, "parent partner.fixed, slug partner.fixed, mark partner.fixed, position partner.fixed"},
		} {
			_, err := c.keeper.SaveBlock(c.gzm, by, test.save)
			if got := refused(err); got != test.want {
				t.Errorf("%s: %q, want %q", test.name, got, test.want)
			}
		}
	})
}

func TestTheRegisterIsDividedByHomes(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		c := convene(t, d)
		enter := func(who context.Context, name, home string) (people.Person, error) {
			return c.keeper.SavePerson(who, rights.Of(who).Account, people.Person{Name: name, Slug: "jan-kowalski", Home: home})
		}
		gzm, wuf := string(c.spaces["gzm"].ID), string(c.spaces["wuf"].ID)
		theirs, err := enter(c.wuf, "Kanarek Obcy", wuf)
		c.must(err)
		mine, err := enter(c.gzm, "Jan Własny", gzm)
		c.must(err)
		if mine.Slug == theirs.Slug {
			t.Error("two persons have one address")
		}
		for _, home := range []string{wuf, "", string(c.edition.ID)} {
			if _, err := enter(c.gzm, "Ktoś", home); refused(err) != "hidden" {
				t.Errorf("entering somebody at %q: %v, want hidden", home, err)
			}
		}
		theirs.Name = "Zmieniony"
		if _, err := c.keeper.SavePerson(c.gzm, "x", theirs); refused(err) != "hidden" {
			t.Errorf("changing a person of others: %v, want hidden", err)
		}
		s := c.session("gzm", "z-obcym")
		s.People = []programme.Appearance{{Person: theirs.ID, Role: programme.Speaker}}
		if _, err := c.try(c.gzm, s); refused(err) != "people partner.outside_person" {
			t.Errorf("naming a person of others: %v", err)
		}
		s.People[0].Person = mine.ID
		if _, err := c.try(c.gzm, s); err != nil {
			t.Errorf("naming one's own: %v", err)
		}
		persons, _, err := c.keeper.Register(c.gzm, c.edition.ID)
		c.must(err)
		if len(persons) != 1 || persons[0].ID != mine.ID {
			t.Errorf("the partner's register is %+v, want its own person", persons)
		}
		all, _, err := c.keeper.Register(c.host, c.edition.ID)
		c.must(err)
		if len(all) != 2 {
			t.Errorf("the host's register has %d persons, want 2", len(all))
		}
	})
}

func TestACoordinatorNeedsNoAllotment(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		c := convene(t, d)
		who := c.account("koordynacja@example.org", rights.Coordinator, rights.OfCongress(c.edition.ID))
		s := c.session("gzm", "koordynowana")
		s.Status, s.Capacity = programme.Ready, 500
		if _, err := c.try(who, s, slotAt(c.foyer, 18, 19)); err != nil {
			t.Errorf("a coordinator's session: %v, want it saved", err)
		}
	})
}

// Else a partner would make somebody, or itself under another address, coordinator of its part, and be free.
func TestACoordinatorOfAPartnersPartIsHeldToTheAllotment(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		c := convene(t, d)
		for name, node := range map[string]rights.Node{
			"workspace": rights.OfWorkspace(c.spaces["gzm"].ID), "block": rights.OfBlock(c.blocks["gzm"].ID),
		} {
			given, err := rights.NewService(d, atDawn).Give(t.Context(), rights.Order{
				By: rights.Of(c.gzm), Email: name + "@example.org", Role: rights.Coordinator, Node: node, Edition: c.edition.ID,
			})
			c.must(err)
			standing, err := rights.NewService(d, atDawn).Standing(t.Context(), given.Account)
			c.must(err)
			who := rights.With(t.Context(), standing)
			s := c.session("gzm", "w-"+name)
			if _, err := c.try(who, s, slotAt(c.foyer, 18, 19)); refused(err) != "place partner.outside_window" {
				t.Errorf("the coordinator of a partner's %s takes hours that are not allotted: %v, want it refused", name, err)
			}
			if _, err := c.try(who, s, slotAt(c.aula, 12, 13)); err != nil {
				t.Errorf("the coordinator of a partner's %s takes hours of the allotment: %v, want them saved", name, err)
			}
			if _, err := c.try(who, c.session("wuf", "nie-tu-"+name)); refused(err) != "block partner.outside_block" {
				t.Errorf("the coordinator of a partner's %s in another block: %v", name, err)
			}
		}
	})
}

func TestARoleTakenAwayCountsAtOnce(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		c := convene(t, d)
		s := c.save(c.gzm, c.session("gzm", "moja"))
		who := rights.Of(c.gzm)
		c.must(rights.NewService(d, atDawn).Revoke(c.host, rights.Of(c.host), who.Grants[0].ID))
		s.Title = i18n.Both("po odebraniu roli")
		if _, err := c.try(c.gzm, s); refused(err) != "hidden" { // the request began before
			t.Errorf("saving after the role was taken away: %v, want hidden", err)
		}
	})
}

// The host makes the allotment smaller while the partner saves: whichever comes first, no save that comes after the
// smaller allotment lies outside of it.
func TestAnAllotmentMadeSmallerDuringASave(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		c := convene(t, d)
		share := Share{Space: c.spaces["gzm"]}
		share.Allotment, _ = FindAllotment(t.Context(), d, share.ID)
		full := share.Allotment.Windows
		for round := range 12 {
			share.Allotment.Windows = full
			var err error
			share, err = c.service.SaveShare(t.Context(), "desk", share)
			c.must(err)
			small := share
			small.Allotment.Windows = nil
			s := c.session("gzm", "wyscig-"+id.New())
			var saving, shrinking error
			var both sync.WaitGroup
			both.Go(func() { _, saving = c.try(c.gzm, s, slotAt(c.aula, 10, 11)) })
			both.Go(func() { share, shrinking = c.service.SaveShare(t.Context(), "desk", small) })
			both.Wait()
			c.must(shrinking)
			if saving != nil && refused(saving) != "place partner.outside_window" {
				t.Fatalf("round %d: %v", round, saving)
			}
			saved, shrunk := c.entry("programme.session_saved", string(s.ID)), c.entry("partner.allotment_saved", string(share.ID))
			if saving == nil && saved > shrunk {
				t.Errorf("round %d: saved (%d) outside an allotment that had been made smaller (%d)", round, saved, shrunk)
			}
			if saving != nil && saved != 0 {
				t.Errorf("round %d: refused and yet saved", round)
			}
		}
	})
}

// entry is the number of the latest entry in the journal about an object.
func (c *congress) entry(action, object string) int64 {
	c.t.Helper()
	found, err := journal.Entries(c.t.Context(), c.db, journal.Filter{Action: action, Object: object, Limit: 1})
	c.must(err)
	if len(found) == 0 {
		return 0
	}
	return found[0].Seq
}
