package signup_test

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"obrady/internal/admission"
	"obrady/internal/db"
	"obrady/internal/draw"
	"obrady/internal/edition"
	"obrady/internal/fairness"
	"obrady/internal/i18n"
	"obrady/internal/id"
	"obrady/internal/invitation"
	"obrady/internal/people"
	"obrady/internal/programme"
	"obrady/internal/signup"
	"obrady/internal/timetable"
)

// stage is a small congress where a history takes place: five windows, one of each
// way to get in, ten sessions with few seats, and nine people.
type stage struct {
	*congress
	other        *signup.Service // a second instance over the same database
	invites      *invitation.Service
	people       []people.AccountID
	institutions []people.InstitutionID
	sessions     []programme.SessionID
	places       []timetable.PlaceID
	windows      []admission.WindowID
	rules        []admission.Rule // that can be made
	spans        []admission.Span // that sessions can be moved to
	claims       []signup.Claim   // made so far
	model        *naive
	read         int // of the log, so far
}

// set is a session on the stage.
type set struct {
	window, hour, place int
	inner               bool // in a block within the block
	format              programme.Format
	pools               []admission.Pool
}

func seats(n int) admission.Pool {
	return admission.Pool{Number: 1, Kind: admission.ForAll, Capacity: n}
}

// sets puts up the sessions; small numbers of seats come by chance.
func sets(chance *rand.Rand) []set {
	few := func() int { return chance.IntN(3) }
	kept := func(kind admission.PoolKind, target string) admission.Pool {
		return admission.Pool{Number: 2, Kind: kind, Target: target, Capacity: few()}
	}
	var some []admission.Pool // or all seats are kept for others
	if chance.IntN(3) > 0 {
		some = append(some, seats(1))
	}
	return []set{
		{0, 10, 0, false, programme.Workshop, []admission.Pool{seats(few() + 1), kept(admission.ForNeed, string(admission.Headset))}},
		{0, 10, 1, true, programme.Workshop, []admission.Pool{seats(few())}},
		{0, 11, 1, false, programme.NetworkingMeet, []admission.Pool{seats(few()), kept(admission.ForSector, string(people.Science))}},
		{0, 14, 0, true, programme.Workshop, []admission.Pool{seats(1)}},
		{1, 14, 1, false, programme.NetworkingMeet, []admission.Pool{{Number: 2, Kind: admission.ForNeed, Target: string(admission.Wheelchair), Capacity: 1}}},
		{3, 14, 0, false, programme.Panel, []admission.Pool{seats(few())}},
		{2, 16, 0, true, programme.NetworkingMeet, []admission.Pool{seats(few() + 1)}},
		{3, 10, 0, false, programme.Workshop, []admission.Pool{seats(few() + 1)}},
		{3, 12, 1, true, programme.NetworkingMeet, append(some, kept(admission.ForInstitution, ""), admission.Pool{Number: 3, Kind: admission.ForNeed, Target: string(admission.Headset), Capacity: 1})},
		{4, 16, 1, false, programme.Workshop, []admission.Pool{seats(few()), kept(admission.ForInvited, "")}},
	}
}

// build puts up the stage for a seed in an edition of its own.
func build(t testing.TB, d *db.DB, seed uint64) *stage {
	t.Helper()
	chance := rand.New(rand.NewPCG(seed, 1))
	s := &stage{congress: &congress{t: t, db: d, clock: &clock{now: noon.Add(-20 * time.Minute)}}}
	s.signup = signup.NewService(d, s.clock.time)
	s.other = signup.NewService(d, s.clock.time)
	if seed%2 == 1 { // half of the histories are a crowd's, of one instance or both
		s.signup.Crowd(1, int(seed/4%2)*100+3)
		if seed%4 == 1 {
			s.other.Crowd(1, 5)
		}
	}
	s.signup.Clock, s.other.Clock = s.clock.read, s.clock.read
	s.invites = invitation.NewService(d, s.clock.time)
	s.model = &naive{
		now: s.clock.now, line: map[programme.SessionID][]people.AccountID{}, guests: map[people.AccountID]admission.Guest{},
		wishes: map[people.AccountID][]signup.Wish{}, entries: map[admission.WindowID]map[people.AccountID]bool{}, lots: s.lots,
	}
	s.raise(chance)
	s.fill(chance)
	s.model.settings = admission.Settled(s.edition.ID)
	var err error
	s.model.before, _, err = signup.Progress(t.Context(), d)
	s.must(err)
	return s
}

// raise makes the edition with its blocks, places and sessions.
func (s *stage) raise(chance *rand.Rand) {
	t, word := s.t, strings.ReplaceAll(id.New(), "-", "")
	var err error
	s.edition, err = edition.NewService(s.db, s.clock.time).Save(t.Context(), "desk", edition.Edition{
		Slug: "h" + word, Name: i18n.Both("Kongres"), StartsOn: "2021-06-07", EndsOn: "2021-06-08",
		TimeZone: "Europe/Warsaw", Form: edition.OnSite, Public: true,
	})
	s.must(err)
	blocks := [2]programme.Block{}
	for i, slug := range []string{"all", "inner"} {
		blocks[i], err = programme.NewService(s.db, s.clock.time).SaveBlock(t.Context(), "desk", programme.Block{
			Edition: s.edition.ID, Slug: slug, Parent: blocks[0].ID, Kind: programme.PartnerStage, Mark: "W", Colour: 1, Name: i18n.Both(slug), Position: i + 1,
		})
		s.must(err)
	}
	s.model.parents = map[programme.BlockID]programme.BlockID{blocks[1].ID: blocks[0].ID}
	desk := timetable.NewService(s.db, s.clock.time)
	for _, slug := range []string{"aula", "sala"} {
		place, err := desk.SavePlace(t.Context(), "desk", timetable.Place{Edition: s.edition.ID, Slug: slug, Kind: timetable.Room, Name: i18n.Both(slug), Shared: true})
		s.must(err)
		s.places = append(s.places, place.ID)
		s.hall = place
	}
	s.block = blocks[0]
	s.must(s.db.Tx(t.Context(), func(tx *db.Tx) error {
		_, err := tx.Exec(t.Context(), `INSERT INTO walk (from_id, to_id, minutes) VALUES ($1, $2, 15)`, min(s.places[0], s.places[1]), max(s.places[0], s.places[1]))
		return err
	}))
	s.model.walks = map[[2]timetable.PlaceID]int{{s.places[0], s.places[1]}: 15, {s.places[1], s.places[0]}: 15}
	s.frame()
	s.enter(chance, blocks)
	s.law(blocks)
}

// frame makes the windows.
func (s *stage) frame() {
	modes := []admission.Mode{admission.FirstCome, admission.Open, admission.Prequeue, admission.Lottery, admission.Invitation}
	for i, mode := range modes {
		w := s.window(mode, func(w *admission.Window) {
			w.Waiting = mode != admission.Open
			if mode == admission.Prequeue {
				w.OpensAt = noon.Add(time.Hour)
			}
			if mode == admission.Lottery {
				w.DecidesAt = noon.Add(24 * time.Hour)
			}
			w.SureHours -= i % 2 * 4
		})
		s.windows = append(s.windows, w.ID)
		s.model.windows = append(s.model.windows, w)
		s.model.entries[w.ID] = map[people.AccountID]bool{}
	}
}

// enter puts the sessions on the stage and opens them to sign-ups.
func (s *stage) enter(chance *rand.Rand, blocks [2]programme.Block) {
	for _, name := range []string{"Uniwersytet", "Miasto"} {
		n, err := people.NewService(s.db, s.clock.time).SaveInstitution(s.t.Context(), "desk", people.Institution{
			Slug: "i" + strings.ReplaceAll(id.New(), "-", ""), Name: i18n.Both(name), Sector: people.Science,
		})
		s.must(err)
		s.institutions = append(s.institutions, n.ID)
	}
	var edit timetable.Edit
	all := sets(chance)
	for i, one := range all {
		n := programme.Session{
			ID: id.Make[programme.SessionID](), Edition: s.edition.ID, Slug: fmt.Sprintf("s%d", i), Block: blocks[0].ID, Title: i18n.Both("S"),
			Format: one.format, Form: edition.OnSite, Status: programme.Ready,
		}
		if one.inner {
			n.Block = blocks[1].ID
		}
		edit.Sessions = append(edit.Sessions, n)
		edit.Slots = append(edit.Slots, timetable.Slot{Session: n.ID, Place: s.places[one.place], Start: congressAt(one.hour, 0), End: congressAt(one.hour+1, 0)})
	}
	s.must(s.db.Tx(s.t.Context(), func(tx *db.Tx) (err error) {
		_, err = timetable.Save(s.t.Context(), tx, people.Change{By: "desk", At: noon}, edit)
		return err
	}))
	for i, one := range all {
		for p := range one.pools {
			if one.pools[p].Kind == admission.ForInstitution {
				one.pools[p].Target = string(s.institutions[0])
			}
		}
		o := admission.Offer{
			Session: edit.Sessions[i].ID, Edition: s.edition.ID, Window: s.windows[one.window], Slug: edit.Sessions[i].Slug, Pools: one.pools,
			Format: one.format, Block: edit.Sessions[i].Block, StartsAt: edit.Slots[i].Start,
			Hours: []admission.Span{{Start: edit.Slots[i].Start, End: edit.Slots[i].End, Place: edit.Slots[i].Place}},
		}
		s.must(arranging(s.signup).SaveOffer(s.t.Context(), signup.Change{By: "desk"}, o))
		s.sessions = append(s.sessions, o.Session)
		s.model.offers = append(s.model.offers, o)
	}
	for _, hour := range []int{9, 10, 12, 15, 18} {
		for _, place := range s.places {
			s.spans = append(s.spans, admission.Span{Start: congressAt(hour, 30), End: congressAt(hour+1, 30), Place: place})
		}
	}
}

// law is the rules that histories make and take back.
func (s *stage) law(blocks [2]programme.Block) {
	key := func(session int) string { return string(s.sessions[session]) }
	for _, r := range []admission.Rule{
		{Kind: admission.MostEach, Most: 1, Over: admission.OverFormats, Keys: []string{string(programme.Workshop)}},
		{Kind: admission.OneOf, Most: 1, Over: admission.OverSessions, Keys: []string{key(2), key(6)}},
		{Kind: admission.MostInstitution, Most: 1, Over: admission.OverWindows, Keys: []string{string(s.windows[0]), string(s.windows[3])}},
		{Kind: admission.MostEach, Most: 2, Over: admission.OverBlocks, Keys: []string{string(blocks[0].ID)}},
		{Kind: admission.MostEach, Most: 1, Over: admission.OverBlocks, Keys: []string{string(blocks[1].ID)}},
		{Kind: admission.MostInstitution, Most: 2, Over: admission.OverAll},
	} {
		r.ID, r.Edition = id.Make[admission.RuleID](), s.edition.ID
		s.rules = append(s.rules, r)
	}
}

// fill lets people come: of two institutions or none, of two sectors or none.
func (s *stage) fill(chance *rand.Rand) {
	s.people = s.accounts(9)
	sectors := []people.Sector{people.Science, people.Civic, ""}
	s.must(s.db.Tx(s.t.Context(), func(tx *db.Tx) error {
		for i, who := range s.people {
			guest := admission.Guest{Sector: sectors[chance.IntN(3)]}
			if i := chance.IntN(3); i < 2 {
				guest.Institution = s.institutions[i]
			}
			s.model.guests[who] = guest
			if i == 0 {
				s.model.guests[who] = admission.Guest{} // takes part in no way but by an account
				continue
			}
			_, err := tx.Exec(s.t.Context(), `
				INSERT INTO participant (id, edition_id, account_id, form, badge, institution_id, sector, state, told, registered_at, updated_at)
				VALUES ($1, $2, $3, 'on_site', 'U', NULLIF($4, ''), $5, 'registered', '[]', $6, $6)`,
				id.New(), s.edition.ID, who, guest.Institution, guest.Sector, noon)
			if err != nil {
				return err
			}
		}
		return nil
	}))
}

// lots finds the order of the lot: the codes and the seed are the database's.
func (s *stage) lots(window admission.WindowID, in []people.AccountID) (order []people.AccountID) {
	var seed string
	s.must(s.db.QueryRow(s.t.Context(), `SELECT seed FROM signup_draw WHERE window_id = $1`, window).Scan(&seed))
	read, err := draw.ParseSeed(seed)
	s.must(err)
	owner := map[draw.Code]people.AccountID{}
	var codes []draw.Code
	for _, who := range in {
		mine, err := fairness.NewService(s.db).Codes(s.t.Context(), s.edition.ID, who)
		s.must(err)
		owner[mine[window]] = who
		codes = append(codes, mine[window])
	}
	for _, code := range draw.Order(read, codes) {
		order = append(order, owner[code])
	}
	return order
}
