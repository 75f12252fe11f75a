package rehearsal

import (
	"context"
	"fmt"
	"strconv"
	"strings"
	"time"

	"obrady/internal/admission"
	"obrady/internal/db"
	"obrady/internal/draw"
	"obrady/internal/edition"
	"obrady/internal/i18n"
	"obrady/internal/people"
	"obrady/internal/programme"
	"obrady/internal/registration"
	"obrady/internal/timetable"
)

// stage is a copy of the congress, as far as an opening needs it, in a database
// of its own, with made-up people.
type stage struct {
	db      *db.DB
	world   *world
	guests  []guest
	now     time.Time
	edition edition.ID
	window  admission.Window
}

// actor is who makes changes in a copy.
const actor = people.AccountID("rehearsal")

// lay puts everything into an empty database.
func (s *stage) lay(ctx context.Context) error {
	s.edition = s.world.plan.Edition
	if err := s.db.Tx(ctx, s.layProgramme(ctx)); err != nil {
		return fmt.Errorf("copy the programme: %w", err)
	}
	if err := timetable.NewService(s.db, s.clock).SaveWalks(ctx, actor, s.world.programme.Walks); err != nil {
		return err
	}
	if err := s.db.Tx(ctx, s.layWindow(ctx)); err != nil {
		return fmt.Errorf("copy the window: %w", err)
	}
	if err := s.db.Tx(ctx, s.layOffers(ctx)); err != nil {
		return fmt.Errorf("copy the sessions: %w", err)
	}
	return s.db.Tx(ctx, s.layPeople(ctx))
}

func (s *stage) clock() time.Time { return s.now }

// layProgramme writes what sessions refer to. Texts stay behind, but for the
// titles of sessions.
func (s *stage) layProgramme(ctx context.Context) func(*db.Tx) error {
	return func(tx *db.Tx) error {
		p, by := s.world.programme, people.Change{By: actor, At: s.now}
		_, err := edition.Save(ctx, tx, by, edition.Edition{
			ID: s.edition, Slug: p.Edition.Slug, Name: p.Edition.Name, StartsOn: p.Edition.StartsOn, EndsOn: p.Edition.EndsOn,
			TimeZone: p.Edition.TimeZone, Form: p.Edition.Form,
		})
		if err != nil {
			return err
		}
		if err := s.layBlocks(ctx, tx); err != nil {
			return err
		}
		for _, place := range p.Places {
			place.Revision = 0
			if _, err := timetable.SavePlace(ctx, tx, by, place); err != nil {
				return fmt.Errorf("place %s: %w", place.Slug, err)
			}
		}
		return s.laySessions(ctx, tx)
	}
}

// layBlocks writes blocks, those that others lie in first.
func (s *stage) layBlocks(ctx context.Context, tx *db.Tx) error {
	laid := map[programme.BlockID]bool{"": true}
	left := s.world.programme.Blocks
	for len(left) > 0 {
		var later []programme.Block
		for _, b := range left {
			if !laid[b.Parent] {
				later = append(later, b)
				continue
			}
			_, err := programme.SaveBlock(ctx, tx, people.Change{By: actor, At: s.now}, programme.Block{
				ID: b.ID, Edition: s.edition, Slug: b.Slug, Parent: b.Parent, Kind: b.Kind, Mark: b.Mark, Colour: b.Colour, Name: b.Name,
			})
			if err != nil {
				return fmt.Errorf("block %s: %w", b.Slug, err)
			}
			laid[b.ID] = true
		}
		if len(later) == len(left) {
			return fmt.Errorf("%d blocks lie in one another", len(left))
		}
		left = later
	}
	return nil
}

func (s *stage) laySessions(ctx context.Context, tx *db.Tx) error {
	wanted := map[programme.SessionID]bool{}
	for _, o := range s.world.offers {
		wanted[o.Session] = true
	}
	for _, n := range s.world.programme.Sessions {
		if !wanted[n.ID] {
			continue
		}
		_, err := programme.SaveSession(ctx, tx, people.Change{By: actor, At: s.now}, programme.Session{
			ID: n.ID, Edition: s.edition, Slug: n.Slug, Block: n.Block, Title: n.Title, Format: n.Format, Form: n.Form,
			Status: programme.Ready,
		})
		if err != nil {
			return fmt.Errorf("session %s: %w", n.Slug, err)
		}
	}
	return nil
}

// layWindow writes the window as it was before anything was decided, with a seed
// of its own. It is taken from its partner, who is not here, and everybody is
// invited.
func (s *stage) layWindow(ctx context.Context) func(*db.Tx) error {
	s.window = s.world.window
	s.window.Workspace, s.window.Revision, s.window.DecidedAt = "", 1, time.Time{}
	if s.window.Mode == admission.Invitation {
		s.window.Mode = admission.FirstCome
	}
	seeds := filling{table: "signup_draw", columns: "window_id, commitment, seed"}
	if s.window.Mode.Draws() {
		seed := draw.NewSeed()
		seeds.add(s.window.ID, seed.Commitment(), seed.Hex())
	}
	return func(tx *db.Tx) error {
		if err := admission.WriteWindow(ctx, tx, s.window); err != nil {
			return err
		}
		return seeds.write(ctx, tx)
	}
}

// layOffers writes the sessions of the window with all their places free, and the
// rules about them.
func (s *stage) layOffers(ctx context.Context) func(*db.Tx) error {
	return func(tx *db.Tx) error {
		set := s.world.plan.Settings
		set.Held, set.Revision = false, 1
		if err := admission.WriteSettings(ctx, tx, set); err != nil {
			return err
		}
		for _, o := range s.world.offers {
			o.Revision = 1
			if err := admission.WriteOffer(ctx, tx, o); err != nil {
				return fmt.Errorf("session %s: %w", o.Slug, err)
			}
			for _, p := range o.Pools {
				if err := admission.WritePool(ctx, tx, o.Session, p); err != nil {
					return fmt.Errorf("places of %s: %w", o.Slug, err)
				}
			}
		}
		for _, r := range s.world.plan.Rules {
			r.Workspace = ""
			if err := admission.WriteRule(ctx, tx, r); err != nil {
				return err
			}
		}
		return nil
	}
}

// layPeople writes the people, and those who are ready for a lot into it.
func (s *stage) layPeople(ctx context.Context) func(*db.Tx) error {
	return func(tx *db.Tx) error {
		if err := s.layInstitutions(ctx, tx); err != nil {
			return err
		}
		accounts := filling{table: "account", columns: "id, email, name, lang, created_at"}
		present := filling{
			table:   "participant",
			columns: "id, edition_id, account_id, form, badge, institution_id, sector, state, told, registered_at, updated_at",
		}
		for i, g := range s.guests {
			number := strconv.Itoa(i + 1)
			accounts.add(g.account, number+"@rehearsal.invalid", number, "pl", s.now)
			present.add("p"+number, s.edition, g.account, edition.OnSite, number, orNull(g.institution), g.sector,
				registration.Registered, "[]", s.now, s.now)
		}
		all := []filling{accounts, present}
		if s.world.plan.Registered {
			settings := filling{table: "registration_settings", columns: "edition_id, opens_at, taken, note, tally, updated_at"}
			settings.add(s.edition, s.now, len(s.guests), db.JSON(i18n.Text{}), db.JSON(registration.Tally{}), s.now)
			all = append(all, settings)
		}
		for _, f := range append(all, s.entries()...) {
			if err := f.write(ctx, tx); err != nil {
				return err
			}
		}
		return nil
	}
}

func (s *stage) layInstitutions(ctx context.Context, tx *db.Tx) error {
	seen := map[people.InstitutionID]bool{"": true}
	for _, g := range s.world.groups {
		if seen[g.institution] {
			continue
		}
		seen[g.institution] = true
		name := "instytucja-" + strconv.Itoa(len(seen))
		_, err := people.SaveInstitution(ctx, tx, people.Change{By: actor, At: s.now}, people.Institution{
			ID: g.institution, Slug: name, Name: i18n.Both(name), Sector: people.Sectors[0], Example: true,
		})
		if err != nil {
			return fmt.Errorf("make up an institution: %w", err)
		}
	}
	return nil
}

// entries are the wishes of those who take part in a lot, and their codes.
func (s *stage) entries() []filling {
	if !s.window.Mode.Draws() {
		return nil
	}
	wishes := filling{table: "signup_wish", columns: "account_id, edition_id, position, session_id, needs, saved_at"}
	entries := filling{table: "signup_entry", columns: "window_id, account_id, code, made_at"}
	for _, g := range s.guests {
		if !s.draws(g) {
			continue
		}
		for n, wish := range g.wishes {
			wishes.add(g.account, s.edition, n+1, wish.Session, admission.WriteNeeds(wish.Needs), s.now)
		}
		entries.add(s.window.ID, g.account, draw.NewCode(), s.now)
	}
	return []filling{wishes, entries}
}

// draws says whether somebody takes part in the lot.
func (s *stage) draws(g guest) bool {
	return s.window.Mode == admission.Lottery || s.window.Mode == admission.Prequeue && g.habits.ready
}

func orNull(i people.InstitutionID) any {
	if i == "" {
		return nil
	}
	return string(i)
}

// filling is rows for a table of another package, in a copy that nobody keeps:
// its own functions would take twenty thousand people in one by one.
type filling struct {
	table, columns string
	rows           [][]any
}

// add adds a row.
func (f *filling) add(values ...any) { f.rows = append(f.rows, values) }

// mostValues is how many values one statement takes, with room to spare.
const mostValues = 8_000

func (f filling) write(ctx context.Context, tx *db.Tx) error {
	if len(f.rows) == 0 {
		return nil
	}
	width := len(f.rows[0])
	for most := mostValues / width; len(f.rows) > 0; f.rows = f.rows[min(most, len(f.rows)):] {
		part := f.rows[:min(most, len(f.rows))]
		rows, values := make([]string, len(part)), make([]any, 0, len(part)*width)
		for i, row := range part {
			rows[i] = "(" + db.List(1+i*width, width) + ")"
			values = append(values, row...)
		}
		if _, err := tx.Exec(ctx, "INSERT INTO "+f.table+" ("+f.columns+") VALUES "+strings.Join(rows, ", "), values...); err != nil {
			return fmt.Errorf("fill %s: %w", f.table, err)
		}
	}
	return nil
}
