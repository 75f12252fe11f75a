package admission_test

import (
	"errors"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"obrady/internal/admission"
	"obrady/internal/db"
	"obrady/internal/db/dbtest"
	"obrady/internal/edition"
	"obrady/internal/i18n"
	"obrady/internal/id"
	"obrady/internal/people"
	"obrady/internal/programme"
	"obrady/internal/timetable"
)

// house is an edition with two blocks, one in the other, and two halls ten minutes
// apart.
type house struct {
	t      *testing.T
	db     *db.DB
	in     edition.Edition
	outer  programme.Block
	inner  programme.Block
	halls  [2]timetable.PlaceID
	window admission.Window
}

func (h *house) must(err error) {
	h.t.Helper()
	if err != nil {
		h.t.Fatal(err)
	}
}

func newHouse(t *testing.T, d *db.DB) *house {
	t.Helper()
	h := &house{t: t, db: d}
	now := func() time.Time { return noon }
	var err error
	h.in, err = edition.NewService(d, now).Save(t.Context(), "desk", edition.Edition{
		Slug: "kpm-2021", Name: i18n.Both("Kongres"), StartsOn: "2021-10-30", EndsOn: "2021-10-31", TimeZone: "Europe/Warsaw",
		Form: edition.OnSite, Public: true,
	})
	h.must(err)
	blocks := programme.NewService(d, now)
	for i, b := range []*programme.Block{&h.outer, &h.inner} {
		*b, err = blocks.SaveBlock(t.Context(), "desk", programme.Block{
			Edition: h.in.ID, Slug: []string{"outer", "inner"}[i], Parent: h.outer.ID, Kind: programme.PartnerStage, Mark: "W", Colour: 1,
			Name: i18n.Both("Warsztaty"), Position: 1,
		})
		h.must(err)
	}
	for i, slug := range []string{"aula", "sala"} {
		p, err := timetable.NewService(d, now).SavePlace(t.Context(), "desk", timetable.Place{
			Edition: h.in.ID, Slug: slug, Kind: timetable.Room, Name: i18n.Both(slug), Shared: true,
		})
		h.must(err)
		h.halls[i] = p.ID
	}
	_, err = d.Exec(t.Context(), `INSERT INTO walk (from_id, to_id, minutes) VALUES ($1, $2, 10)`, min(h.halls[0], h.halls[1]), max(h.halls[0], h.halls[1]))
	h.must(err)
	h.window = window(admission.FirstCome, func(w *admission.Window) { w.ID, w.Edition, w.Revision = "w", h.in.ID, 1 })
	h.must(admission.WriteWindow(t.Context(), d, h.window))
	return h
}

// offer makes a session and opens it to sign-ups.
func (h *house) offer(slug string, hours ...admission.Span) admission.Offer {
	h.t.Helper()
	n := programme.Session{
		ID: id.Make[programme.SessionID](), Edition: h.in.ID, Slug: slug, Block: h.inner.ID, Title: i18n.Both(slug), Format: programme.Workshop,
		Form: edition.OnSite, Status: programme.Ready,
	}
	h.must(h.db.Tx(h.t.Context(), func(tx *db.Tx) error {
		_, err := timetable.Save(h.t.Context(), tx, people.Change{By: "desk", At: noon}, timetable.Edit{Sessions: []programme.Session{n}})
		return err
	}))
	o := admission.Offer{Session: n.ID, Edition: h.in.ID, Window: h.window.ID, Hours: hours, StartsAt: admission.First(hours), Revision: 1}
	h.must(admission.WriteOffer(h.t.Context(), h.db, o))
	return o
}

func (h *house) plan() *admission.Plan {
	h.t.Helper()
	p, err := admission.LoadPlan(h.t.Context(), h.db, h.in.ID, 7)
	h.must(err)
	return p
}

// at is an hour of 31 October 2021 in Warsaw, the night in which clocks go back:
// two o'clock comes twice there.
func at(clock string) time.Time {
	t, err := time.Parse(time.RFC3339, "2021-10-31T"+clock)
	if err != nil {
		panic(err)
	}
	return t
}

func span(start, end string, place timetable.PlaceID) admission.Span {
	return admission.Span{Start: at(start), End: at(end), Place: place}
}

func TestWhatNobodyCanAttendBothOf(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := newHouse(t, d)
		a, b := h.halls[0], h.halls[1]
		for i, test := range []struct {
			name     string
			one, two []admission.Span
			settings admission.Settings
			want     bool
		}{
			{"the same hour", []admission.Span{span("10:00:00Z", "11:00:00Z", a)}, []admission.Span{span("10:00:00Z", "11:00:00Z", b)}, admission.Settings{}, true},
			{"one minute in common", []admission.Span{span("10:00:00Z", "11:00:00Z", a)}, []admission.Span{span("10:59:00Z", "12:00:00Z", a)}, admission.Settings{}, true},
			{"one after the other", []admission.Span{span("10:00:00Z", "11:00:00Z", a)}, []admission.Span{span("11:00:00Z", "12:00:00Z", b)}, admission.Settings{}, false},
			{"a walk too far", []admission.Span{span("10:00:00Z", "11:00:00Z", a)}, []admission.Span{span("11:09:00Z", "12:00:00Z", b)}, admission.Settings{Walking: true}, true},
			{"a walk just so", []admission.Span{span("10:00:00Z", "11:00:00Z", a)}, []admission.Span{span("11:10:00Z", "12:00:00Z", b)}, admission.Settings{Walking: true}, false},
			{"the same way back", []admission.Span{span("11:09:00Z", "12:00:00Z", b)}, []admission.Span{span("10:00:00Z", "11:00:00Z", a)}, admission.Settings{Walking: true}, true},
			{"no walk in the same hall", []admission.Span{span("10:00:00Z", "11:00:00Z", a)}, []admission.Span{span("11:00:00Z", "12:00:00Z", a)}, admission.Settings{Walking: true}, false},
			{"a walk and minutes to spare", []admission.Span{span("10:00:00Z", "11:00:00Z", a)}, []admission.Span{span("11:14:00Z", "12:00:00Z", b)}, admission.Settings{Walking: true, Margin: 5}, true},
			{"minutes to spare alone", []admission.Span{span("10:00:00Z", "11:00:00Z", a)}, []admission.Span{span("11:05:00Z", "12:00:00Z", b)}, admission.Settings{Margin: 5}, false},
			{"overlaps are allowed", []admission.Span{span("10:00:00Z", "11:00:00Z", a)}, []admission.Span{span("10:00:00Z", "11:00:00Z", b)}, admission.Settings{Overlap: true, Walking: true}, false},
			{"the second hour of one", []admission.Span{span("08:00:00Z", "09:00:00Z", a), span("12:00:00Z", "13:00:00Z", a)}, []admission.Span{span("12:30:00Z", "13:30:00Z", a)}, admission.Settings{}, true},
			{"no hours yet", nil, []admission.Span{span("10:00:00Z", "11:00:00Z", a)}, admission.Settings{}, false},
			{"two o'clock in summer and in winter", []admission.Span{span("02:00:00+02:00", "02:50:00+02:00", a)}, []admission.Span{span("02:00:00+01:00", "02:50:00+01:00", a)}, admission.Settings{}, false},
			{"an hour across the change is two long", []admission.Span{span("01:30:00+02:00", "02:30:00+01:00", a)}, []admission.Span{span("02:15:00+01:00", "03:00:00+01:00", a)}, admission.Settings{}, true},
		} {
			one, two := h.offer("one"+id.New()[24:], test.one...), h.offer("two"+id.New()[24:], test.two...)
			test.settings.Edition, test.settings.Revision = h.in.ID, i+1
			h.must(admission.WriteSettings(t.Context(), d, test.settings))
			p := h.plan()
			if got, back := p.Apart(one.Session, two.Session), p.Apart(two.Session, one.Session); got != test.want || back != test.want {
				t.Errorf("%s: Apart = %v and %v, want %v both ways", test.name, got, back, test.want)
			}
			if p.Apart(one.Session, one.Session) || p.Apart(one.Session, "nothing") {
				t.Errorf("%s: a session is apart from itself or from nothing", test.name)
			}
			one.Cancelled, one.Revision = true, 2
			h.must(admission.WriteOffer(t.Context(), d, one))
			if h.plan().Apart(one.Session, two.Session) {
				t.Errorf("%s: what does not take place is in the way", test.name)
			}
		}
	})
}

func TestWhichSessionsARuleIsAbout(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := newHouse(t, d)
		o := h.offer("zielen")
		for _, test := range []struct {
			name      string
			over      admission.Over
			keys      []string
			workspace string
			want      bool
		}{
			{"all", admission.OverAll, nil, "", true},
			{"its format", admission.OverFormats, []string{"panel", string(programme.Workshop)}, "", true},
			{"another format", admission.OverFormats, []string{"panel"}, "", false},
			{"its window", admission.OverWindows, []string{"w"}, "", true},
			{"another window", admission.OverWindows, []string{"v"}, "", false},
			{"itself", admission.OverSessions, []string{string(o.Session)}, "", true},
			{"another session", admission.OverSessions, []string{"s"}, "", false},
			{"its block", admission.OverBlocks, []string{string(h.inner.ID)}, "", true},
			{"the block around it", admission.OverBlocks, []string{string(h.outer.ID)}, "", true},
			{"another block", admission.OverBlocks, []string{"b"}, "", false},
			{"nothing that there is", "moon", nil, "", false},
			{"a partner's, about all", admission.OverAll, nil, "partner", false},
		} {
			r := admission.Rule{ID: "r", Edition: h.in.ID, Workspace: test.workspace, Kind: admission.MostEach, Most: 1, Over: test.over, Keys: test.keys, UpdatedAt: noon}
			h.must(admission.RemoveRule(t.Context(), d, "r"))
			h.must(admission.WriteRule(t.Context(), d, r))
			p := h.plan()
			if got := p.Under(o.Session, 0); got != test.want || len(p.RulesOf(o.Session)) == 1 != test.want {
				t.Errorf("%s: Under = %v and RulesOf = %v, want %v", test.name, got, p.RulesOf(o.Session), test.want)
			}
			if p.Under("nothing", 0) || p.RulesOf("nothing") != nil {
				t.Errorf("%s: a rule is about nothing", test.name)
			}
			if len(p.Rules) != 1 || !slices.Equal(r.Keys, p.Rules[0].Keys) {
				t.Errorf("%s: the rule came back as %+v", test.name, p.Rules)
			}
		}
	})
}

func TestAPlanFindsWhatIsInIt(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := newHouse(t, d)
		later, first, never := h.offer("bb", span("12:00:00Z", "13:00:00Z", "")), h.offer("cc", span("10:00:00Z", "11:00:00Z", "")), h.offer("aa")
		h.must(admission.WritePool(t.Context(), d, first.Session, admission.Pool{Number: 2, Kind: admission.ForAll, Capacity: 3}))
		p := h.plan()
		var order []string
		for _, o := range p.Offers() {
			order = append(order, o.Slug)
		}
		if diff := cmp.Diff([]string{"cc", "bb", "aa"}, order); diff != "" {
			t.Errorf("the order of sessions:\n%s", diff)
		}
		if o, w := p.Offer(first.Session); o == nil || w == nil || o.Left() != 3 || w.ID != "w" {
			t.Errorf("Offer = %+v in %+v, want 3 places in w", o, w)
		}
		if o, w := p.OfferAt("bb"); o == nil || o.Session != later.Session || w == nil {
			t.Errorf("OfferAt(bb) = %+v in %+v", o, w)
		}
		if o, w := p.Offer("nothing"); o != nil || w != nil {
			t.Errorf("Offer of nothing = %+v in %+v", o, w)
		}
		if o, w := p.OfferAt("nothing"); o != nil || w != nil {
			t.Errorf("OfferAt nothing = %+v in %+v", o, w)
		}
		if p.Window("nothing") != nil || len(p.Windows()) != 1 || p.Revision != 7 || p.Registered {
			t.Errorf("the plan has windows %+v, revision %d, registered %v", p.Windows(), p.Revision, p.Registered)
		}
		if all := admission.SessionsOf(p.Offers()); !slices.Equal(all, []programme.SessionID{first.Session, later.Session, never.Session}) {
			t.Errorf("SessionsOf = %v, want the three", all)
		}
		if in := p.OffersIn("w"); len(in) != 3 || len(p.OffersIn("v")) != 0 {
			t.Errorf("OffersIn = %+v, want all three", in)
		}
		decided := *p.Window("w")
		decided.DecidedAt = noon
		if next := p.With(decided); next.Window("w").DecidedAt.IsZero() || !p.Window("w").DecidedAt.IsZero() {
			t.Errorf("With changes the plan it is asked of, or nothing")
		}
		if of, err := admission.EditionOf(t.Context(), d, never.Session); err != nil || of != h.in.ID {
			t.Errorf("EditionOf = %v, %v, want %v", of, err, h.in.ID)
		}
		if _, err := admission.EditionOf(t.Context(), d, "nothing"); !errors.Is(err, db.ErrNoRow) {
			t.Errorf("EditionOf nothing = %v, want %v", err, db.ErrNoRow)
		}
		if w, err := admission.FindWindow(t.Context(), d, "w"); err != nil || w.Mode != admission.FirstCome || !w.OpensAt.Equal(noon) {
			t.Errorf("FindWindow = %+v, %v", w, err)
		}
		if _, err := admission.FindWindow(t.Context(), d, "nothing"); !errors.Is(err, admission.ErrNoWindow) {
			t.Errorf("FindWindow of nothing = %v, want %v", err, admission.ErrNoWindow)
		}
	})
}

// What was changed meanwhile, or is taken, is not written over.
func TestWhatCannotBeWritten(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := newHouse(t, d)
		o := h.offer("aa")
		one := admission.Pool{Number: 1, Kind: admission.ForAll, Capacity: 3}
		h.must(admission.WritePool(t.Context(), d, o.Session, one))
		count := func(by int) error {
			return admission.CountPools(t.Context(), d, []admission.PoolCount{{PoolName: admission.PoolName{Session: o.Session, Number: 1}, By: by}})
		}
		h.must(count(2))
		smaller := one
		smaller.Capacity = 1
		settings := admission.Settings{Edition: h.in.ID, Revision: 1}
		h.must(admission.WriteSettings(t.Context(), d, settings))
		for _, test := range []struct {
			name string
			err  error
			want error
		}{
			{"settings of an old revision", admission.WriteSettings(t.Context(), d, settings), admission.ErrChanged},
			{"a window of an old revision", admission.WriteWindow(t.Context(), d, h.window), admission.ErrChanged},
			{"a session of an old revision", admission.WriteOffer(t.Context(), d, o), admission.ErrChanged},
			{"fewer places than are taken", admission.WritePool(t.Context(), d, o.Session, smaller), admission.ErrTaken},
			{"a pool of which places are taken", admission.DeletePool(t.Context(), d, o.Session, 1), admission.ErrTaken},
			{"more than there are", count(2), admission.ErrCounts},
			{"fewer than none", count(-3), admission.ErrCounts},
			{"a pool that is not there", admission.CountPools(t.Context(), d, []admission.PoolCount{{PoolName: admission.PoolName{Session: o.Session, Number: 2}, By: 1}}), admission.ErrCounts},
			{"fewer than none wait", admission.CountLines(t.Context(), d, []admission.LineCount{{Session: o.Session, By: -1}}), admission.ErrCounts},
			{"a window with sessions in it", admission.RemoveWindow(t.Context(), d, "w"), db.ErrMissing},
		} {
			if !errors.Is(test.err, test.want) {
				t.Errorf("%s: %v, want %v", test.name, test.err, test.want)
			}
		}
		h.must(count(1))
		h.must(admission.CountLines(t.Context(), d, []admission.LineCount{{Session: o.Session, By: 4}}))
		offers := map[programme.SessionID]*admission.Offer{o.Session: {Session: o.Session, Pools: []admission.Pool{{Number: 1}}}}
		h.must(admission.ReadCounts(t.Context(), d, []programme.SessionID{o.Session}, offers))
		if got := offers[o.Session]; got.Waiting != 4 || got.Pools[0].Capacity != 3 || got.Pools[0].Taken != 3 {
			t.Errorf("ReadCounts = %+v, want 3 of 3 taken and 4 who wait", got)
		}
		pools, err := admission.PoolsOf(t.Context(), d, o.Session)
		if err != nil || len(pools) != 1 || pools[0].Taken != 3 {
			t.Errorf("PoolsOf = %+v, %v, want one pool with 3 taken", pools, err)
		}
		h.must(count(-3))
		h.must(admission.DeletePool(t.Context(), d, o.Session, 1))
		h.must(admission.RemoveOffer(t.Context(), d, o.Session))
		h.must(admission.RemoveWindow(t.Context(), d, "w"))
	})
}

// The public knows the hours of a release; the organisers' table may have others.
func TestWhichHoursHold(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := newHouse(t, d)
		n := programme.Session{
			ID: id.Make[programme.SessionID](), Edition: h.in.ID, Slug: "aa", Block: h.inner.ID, Title: i18n.Both("a"), Format: programme.Workshop,
			Form: edition.OnSite, Status: programme.Ready,
		}
		slots := []timetable.Slot{
			{ID: "2", Session: n.ID, Place: h.halls[0], Start: at("12:00:00Z"), End: at("13:00:00Z")},
			{ID: "1", Session: n.ID, Start: at("10:00:00Z"), End: at("11:00:00Z")},
		}
		h.must(d.Tx(t.Context(), func(tx *db.Tx) error {
			_, err := timetable.Save(t.Context(), tx, people.Change{By: "desk", At: noon}, timetable.Edit{Sessions: []programme.Session{n}, Slots: slots})
			return err
		}))
		want := []admission.Span{{Start: slots[1].Start, End: slots[1].End}, {Start: slots[0].Start, End: slots[0].End, Place: h.halls[0]}}
		got, err := admission.HoursOf(t.Context(), d, n.ID)
		if diff := cmp.Diff(want, got); err != nil || diff != "" {
			t.Errorf("HoursOf (%v):\n%s", err, diff)
		}
		p := timetable.Programme{Edition: h.in, Sessions: []programme.Session{n}, Slots: slots}
		published, cancelled := admission.Published(p.Index(), n.ID)
		if diff := cmp.Diff(want, published); cancelled || diff != "" {
			t.Errorf("Published (cancelled %v):\n%s", cancelled, diff)
		}
		p.Sessions[0].Status = programme.Cancelled
		if hours, cancelled := admission.Published(p.Index(), n.ID); !cancelled || hours != nil {
			t.Errorf("of a cancelled session: %v, %v, want none, cancelled", hours, cancelled)
		}
		if _, cancelled := admission.Published(p.Index(), "nothing"); !cancelled {
			t.Error("a session that is not published takes place")
		}
		if first := admission.First(published); !first.Equal(slots[1].Start) || !admission.First(nil).IsZero() {
			t.Errorf("First = %v, want %v", first, slots[1].Start)
		}
	})
}
