package partner

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"obrady/internal/db"
	"obrady/internal/edition"
	"obrady/internal/journal"
	"obrady/internal/people"
	"obrady/internal/programme"
	"obrady/internal/rights"
	"obrady/internal/timetable"
)

// Keeper stands between the pages of the desk and the working programme. Whoever
// asks, as rights.Of tells, reads their part of it and changes their part of it;
// what a partner writes stays within its allotment.
//
// Each change is decided on in its own transaction, by what the database says
// then: a role taken away or an allotment made smaller a moment ago counts.
type Keeper struct {
	db        *db.DB
	now       func() time.Time
	timetable *timetable.Service
}

// NewKeeper returns a Keeper that reads releases from t and the time from now.
func NewKeeper(d *db.DB, now func() time.Time, t *timetable.Service) *Keeper {
	return &Keeper{db: d, now: now, timetable: t}
}

// change opens the transaction of one change to an edition and says what
// whoever asks may do there. Nobody else changes anything until it ends.
func (k *Keeper) change(ctx context.Context, of edition.ID, do func(*db.Tx, *reach) error) error {
	public, err := k.public(ctx, of)
	if err != nil {
		return err
	}
	return k.db.Tx(ctx, func(tx *db.Tx) error {
		if err := journal.Hold(ctx, tx); err != nil {
			return err
		}
		who, err := rights.Load(ctx, tx, rights.Of(ctx).Account, k.now())
		if err != nil {
			return err
		}
		r, err := newReach(ctx, tx, who, of)
		if err != nil {
			return err
		}
		r.public = public
		return do(tx, r)
	})
}

// public is what the public sees of the edition, or nil before the first release.
func (k *Keeper) public(ctx context.Context, of edition.ID) (*timetable.Index, error) {
	latest, err := k.timetable.Latest(ctx, of)
	if errors.Is(err, timetable.ErrNoRelease) {
		return nil, nil //nolint:nilnil // before the first release the public sees nothing
	}
	if err != nil {
		return nil, err
	}
	return k.timetable.Published(ctx, latest.ID)
}

// Save is timetable.Service.Save for whoever asks.
func (k *Keeper) Save(ctx context.Context, by people.AccountID, e timetable.Edit) (timetable.Edit, error) {
	if len(e.Sessions) == 0 {
		return e, rights.ErrHidden // hours alone belong to no session that could be looked at
	}
	var saved timetable.Edit
	err := k.change(ctx, e.Sessions[0].Edition, func(tx *db.Tx, r *reach) (err error) {
		e.Sessions = r.named(e.Sessions)
		if err := r.allow(ctx, tx, e); err != nil {
			return err
		}
		saved, err = timetable.Save(ctx, tx, people.Change{By: by, At: k.now()}, e)
		return err
	})
	if err != nil {
		return e, fmt.Errorf("save %d sessions and %d slots: %w", len(e.Sessions), len(e.Slots), err)
	}
	return saved, nil
}

// SaveSession is programme.Service.SaveSession for whoever asks.
func (k *Keeper) SaveSession(ctx context.Context, by people.AccountID, n programme.Session) (programme.Session, error) {
	saved, err := k.Save(ctx, by, timetable.Edit{Sessions: []programme.Session{n}})
	if err != nil {
		return n, err
	}
	return saved.Sessions[0], nil
}

// RemoveSession is programme.Service.RemoveSession for whoever asks.
func (k *Keeper) RemoveSession(ctx context.Context, by people.AccountID, n programme.Session) error {
	err := k.change(ctx, n.Edition, func(tx *db.Tx, r *reach) error {
		if before := r.x.Session(n.ID); before == nil || !r.mine(*before) {
			return rights.ErrHidden
		}
		return programme.RemoveSession(ctx, tx, people.Change{By: by, At: k.now()}, n)
	})
	if errors.Is(err, db.ErrMissing) {
		return programme.ErrInUse
	}
	if err != nil {
		return fmt.Errorf("remove session %s: %w", n.Slug, err)
	}
	return nil
}

// SaveBlock is programme.Service.SaveBlock for whoever asks.
func (k *Keeper) SaveBlock(ctx context.Context, by people.AccountID, b programme.Block) (programme.Block, error) {
	err := k.change(ctx, b.Edition, func(tx *db.Tx, r *reach) (err error) {
		if err := r.allowBlock(&b); err != nil {
			return err
		}
		b, err = programme.SaveBlock(ctx, tx, people.Change{By: by, At: k.now()}, b)
		return err
	})
	if err != nil {
		return b, fmt.Errorf("save block %s: %w", b.Slug, err)
	}
	return b, nil
}

// SaveStage is programme.Service.SaveStage for whoever asks.
func (k *Keeper) SaveStage(ctx context.Context, by people.AccountID, g programme.Stage) (programme.Stage, error) {
	err := k.change(ctx, g.Edition, func(tx *db.Tx, r *reach) (err error) {
		if err := r.allowStage(&g); err != nil {
			return err
		}
		g, err = programme.SaveStage(ctx, tx, people.Change{By: by, At: k.now()}, g)
		return err
	})
	if err != nil {
		return g, fmt.Errorf("save stage %s: %w", g.Slug, err)
	}
	return g, nil
}

// SavePerson is people.Service.SavePerson for whoever asks. A new person needs
// the home that Scope.Home gives; one who is known already keeps theirs.
func (k *Keeper) SavePerson(ctx context.Context, by people.AccountID, p people.Person) (people.Person, error) {
	of, err := k.editionOf(ctx, entry{`SELECT home FROM person WHERE id = $1`, string(p.ID), p.Revision, p.Home})
	if err != nil {
		return p, err
	}
	err = k.change(ctx, of, func(tx *db.Tx, r *reach) (err error) {
		if p, err = r.allowPerson(p); err != nil {
			return err
		}
		p, err = people.SavePerson(ctx, tx, people.Change{By: by, At: k.now()}, p)
		return err
	})
	if err != nil {
		return p, fmt.Errorf("save person %s: %w", p.Slug, err)
	}
	return p, nil
}

// SaveInstitution is people.Service.SaveInstitution for whoever asks; see SavePerson.
func (k *Keeper) SaveInstitution(ctx context.Context, by people.AccountID, i people.Institution) (people.Institution, error) {
	of, err := k.editionOf(ctx, entry{`SELECT home FROM institution WHERE id = $1`, string(i.ID), i.Revision, i.Home})
	if err != nil {
		return i, err
	}
	err = k.change(ctx, of, func(tx *db.Tx, r *reach) (err error) {
		if i, err = r.allowInstitution(i); err != nil {
			return err
		}
		i, err = people.SaveInstitution(ctx, tx, people.Change{By: by, At: k.now()}, i)
		return err
	})
	if err != nil {
		return i, fmt.Errorf("save institution %s: %w", i.Slug, err)
	}
	return i, nil
}

// entry is somebody or something of the register on its way in.
type entry struct {
	homeOf   string // the statement that finds the home of one that is there
	id       string
	revision int
	home     string
}

// editionOf finds the edition in which it is decided who may write e: that of
// its home. For what belongs to the installation it is one that whoever asks
// organises.
func (k *Keeper) editionOf(ctx context.Context, e entry) (of edition.ID, err error) {
	home := e.home
	if e.revision > 0 {
		err = k.db.QueryRow(ctx, e.homeOf, e.id).Scan(&home)
		if errors.Is(err, db.ErrNoRow) {
			return "", rights.ErrHidden
		}
		if err != nil {
			return "", fmt.Errorf("find the home of %s: %w", e.id, err)
		}
	}
	organised, all, err := k.organised(ctx)
	switch {
	case err != nil:
		return "", err
	case home == "" && len(organised) > 0:
		return organised[0], nil
	case home == "":
		return "", rights.ErrHidden
	case slices.Contains(all, edition.ID(home)):
		of = edition.ID(home)
	default:
		if _, space, err := findSpace(ctx, k.db, rights.WorkspaceID(home)); err == nil {
			of = space.Edition
		}
	}
	if e.revision == 0 || slices.Contains(organised, of) {
		return of, nil
	}
	return k.appearsIn(ctx, e.id, organised, of)
}

// appearsIn is the first of the editions that whoever asks organises in which a
// person has a part, or of: organisers look after everybody in their programme.
func (k *Keeper) appearsIn(ctx context.Context, person string, organised []edition.ID, of edition.ID) (edition.ID, error) {
	for _, one := range organised {
		var n int
		err := k.db.QueryRow(ctx, `
			SELECT COUNT(*) FROM appearance JOIN session ON session.id = appearance.session_id
			WHERE appearance.person_id = $1 AND session.edition_id = $2`, person, one).Scan(&n)
		if err != nil {
			return "", fmt.Errorf("find where somebody has a part: %w", err)
		}
		if n > 0 {
			return one, nil
		}
	}
	return of, nil
}

// organised lists the editions in which whoever asks may change every person, and all editions.
func (k *Keeper) organised(ctx context.Context) (mine, all []edition.ID, err error) {
	editions, err := edition.Editions(ctx, k.db)
	if err != nil {
		return nil, nil, err
	}
	who := rights.Of(ctx)
	for _, e := range editions {
		all = append(all, e.ID)
		if who.May(rights.EditPeople, []rights.Node{rights.OfCongress(e.ID), rights.Whole}) {
			mine = append(mine, e.ID)
		}
	}
	return mine, all, nil
}

// SavePlace is timetable.Service.SavePlace; only organisers arrange places.
func (k *Keeper) SavePlace(ctx context.Context, by people.AccountID, p timetable.Place) (timetable.Place, error) {
	if err := rights.Of(ctx).At(rights.Arrange, p.Edition); err != nil {
		return p, err
	}
	return k.timetable.SavePlace(ctx, by, p)
}

// SaveWalks is timetable.Service.SaveWalks; only organisers arrange places.
func (k *Keeper) SaveWalks(ctx context.Context, by people.AccountID, all []timetable.Walk) error {
	for _, w := range all {
		for _, end := range []timetable.PlaceID{w.From, w.To} {
			var of edition.ID
			err := k.db.QueryRow(ctx, `SELECT edition_id FROM place WHERE id = $1`, end).Scan(&of)
			if errors.Is(err, db.ErrNoRow) {
				return timetable.ErrNoPlace
			}
			if err != nil {
				return fmt.Errorf("find the edition of a place: %w", err)
			}
			if err := rights.Of(ctx).At(rights.Arrange, of); err != nil {
				return err
			}
		}
	}
	return k.timetable.SaveWalks(ctx, by, all)
}
