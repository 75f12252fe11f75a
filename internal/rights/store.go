package rights

import (
	"context"
	"errors"
	"time"

	"obrady/internal/db"
	"obrady/internal/edition"
	"obrady/internal/people"
	"obrady/internal/programme"
)

const grantColumns = `id, COALESCE(account_id, ''), COALESCE(institution_id, ''), role, node_kind, node_id, edition_id,
	from_at, until_at, granted_by, granted_at, revoked_by, revoked_at`

func scanGrant(row db.Scanner) (g Grant, err error) {
	var until, revoked *time.Time
	err = row.Scan(&g.ID, &g.Account, &g.Institution, &g.Role, &g.Node.Kind, &g.Node.ID, &g.Edition,
		&g.From, &until, &g.GrantedBy, &g.GrantedAt, &g.RevokedBy, &revoked)
	g.Until, g.RevokedAt = db.OrZero(until), db.OrZero(revoked)
	return g, err
}

// standingGrants lists the grants that hold for an account, its institutions' included.
func standingGrants(ctx context.Context, q db.Querier, account people.AccountID, now time.Time) ([]Grant, error) {
	return db.Collect(scanGrant)(q.Query(ctx, `
		SELECT `+grantColumns+` FROM rights_grant
		WHERE (account_id = $1 OR institution_id IN (SELECT institution_id FROM member WHERE account_id = $1))
			AND revoked_at IS NULL AND from_at <= $2 AND (until_at IS NULL OR until_at > $2)
		ORDER BY granted_at, id`, account, now))
}

// following makes grants of what somebody does in the programme, and of their taking part.
func following(ctx context.Context, q db.Querier, a people.Account) ([]Grant, error) {
	taking, err := db.Collect(func(row db.Scanner) (Grant, error) {
		g := Grant{Account: a.ID, Role: Participant, Node: Node{Kind: Congress}}
		err := row.Scan(&g.Edition)
		g.Node.ID = string(g.Edition)
		return g, err
	})(q.Query(ctx, `
		SELECT edition_id FROM participant WHERE account_id = $1 AND state = 'registered' ORDER BY edition_id`, a.ID))
	if err != nil || a.Person == "" {
		return taking, err
	}
	speaking, err := db.Collect(func(row db.Scanner) (Grant, error) {
		g := Grant{Account: a.ID, Role: Speaker, Node: Node{Kind: Session}}
		var part programme.Role
		err := row.Scan(&g.Node.ID, &g.Edition, &part)
		switch part {
		case programme.Moderator:
			g.Role = Moderator
		case programme.Rapporteur:
			g.Role = Rapporteur
		default: // everybody else on the stage speaks
		}
		return g, err
	})(q.Query(ctx, `
		SELECT DISTINCT session.id, session.edition_id, appearance.role
		FROM appearance JOIN session ON session.id = appearance.session_id
		WHERE appearance.person_id = $1 ORDER BY 1, 3`, a.Person))
	return append(taking, speaking...), err
}

// grantsOf lists every grant that concerns an edition, the latest first.
func grantsOf(ctx context.Context, q db.Querier, of edition.ID) ([]Grant, error) {
	return db.Collect(scanGrant)(q.Query(ctx, `
		SELECT `+grantColumns+` FROM rights_grant
		WHERE edition_id = $1 OR node_kind = 'site' ORDER BY granted_at DESC, id`, of))
}

func findGrant(ctx context.Context, q db.Querier, grant GrantID) (Grant, error) {
	g, err := scanGrant(q.QueryRow(ctx, `SELECT `+grantColumns+` FROM rights_grant WHERE id = $1`, grant))
	if errors.Is(err, db.ErrNoRow) {
		return g, ErrNoGrant
	}
	return g, err
}

// sameGrant finds a grant that already gives what g would.
func sameGrant(ctx context.Context, q db.Querier, g Grant, now time.Time) (Grant, bool, error) {
	found, err := scanGrant(q.QueryRow(ctx, `
		SELECT `+grantColumns+` FROM rights_grant
		WHERE COALESCE(account_id, '') = $1 AND COALESCE(institution_id, '') = $2 AND role = $3
			AND node_kind = $4 AND node_id = $5 AND revoked_at IS NULL AND from_at <= $6
			AND (until_at IS NULL OR until_at > $7) AND (until_at IS NULL OR until_at >= $8)
		ORDER BY granted_at LIMIT 1`,
		g.Account, g.Institution, g.Role, g.Node.Kind, g.Node.ID, g.From, now, untilOrEver(g.Until)))
	if errors.Is(err, db.ErrNoRow) {
		return g, false, nil
	}
	return found, err == nil, err
}

// untilOrEver is until, or a moment after all others.
func untilOrEver(until time.Time) time.Time {
	if until.IsZero() {
		return time.Date(9999, 1, 1, 0, 0, 0, 0, time.UTC)
	}
	return until
}

func insertGrant(ctx context.Context, q db.Querier, g Grant) error {
	_, err := q.Exec(ctx, `
		INSERT INTO rights_grant (id, account_id, institution_id, role, node_kind, node_id, edition_id,
			from_at, until_at, granted_by, granted_at)
		VALUES ($1, NULLIF($2, ''), NULLIF($3, ''), $4, $5, $6, $7, $8, $9, $10, $11)`,
		g.ID, g.Account, g.Institution, g.Role, g.Node.Kind, g.Node.ID, g.Edition,
		g.From, db.OrNull(g.Until), g.GrantedBy, g.GrantedAt)
	return err
}

func revoke(ctx context.Context, q db.Querier, grant GrantID, by people.AccountID, now time.Time) error {
	n, err := q.Exec(ctx, `
		UPDATE rights_grant SET revoked_by = $2, revoked_at = $3 WHERE id = $1 AND revoked_at IS NULL`, grant, by, now)
	if err == nil && n == 0 {
		return ErrNoGrant
	}
	return err
}

// someOrganiser returns ErrLastOrganiser when nobody is left who organises what g was about.
func someOrganiser(ctx context.Context, q db.Querier, g Grant, now time.Time) error {
	var left int
	err := q.QueryRow(ctx, `
		SELECT COUNT(*) FROM rights_grant
		WHERE role = 'organiser' AND account_id IS NOT NULL AND revoked_at IS NULL AND from_at <= $2
			AND until_at IS NULL AND (node_kind = 'site' OR (node_kind = $3 AND node_id = $1 AND $3 <> 'site'))`,
		g.Node.ID, now, g.Node.Kind).Scan(&left)
	if err == nil && left == 0 {
		return ErrLastOrganiser
	}
	return err
}

// givenSince counts to whom somebody has given a role since a moment, by
// themselves or as a member of an institution.
func givenSince(ctx context.Context, q db.Querier, by people.AccountID, since time.Time) (n int, err error) {
	return n, q.QueryRow(ctx, `
		SELECT COUNT(*) FROM (
			SELECT id FROM rights_grant WHERE granted_by = $1 AND granted_at > $2 AND account_id IS NOT NULL
			UNION ALL
			SELECT account_id FROM member WHERE granted_by = $1 AND granted_at > $2) AS given`,
		by, since).Scan(&n)
}

const refusalColumns = `id, kind, COALESCE(account_id, ''), node_kind, node_id, edition_id, reason,
	from_at, until_at, made_by, made_at, lifted_by, lifted_at`

func scanRefusal(row db.Scanner) (f Refusal, err error) {
	var until, lifted *time.Time
	err = row.Scan(&f.ID, &f.Kind, &f.Account, &f.Node.Kind, &f.Node.ID, &f.Edition, &f.Reason,
		&f.From, &until, &f.MadeBy, &f.MadeAt, &f.LiftedBy, &lifted)
	f.Until, f.LiftedAt = db.OrZero(until), db.OrZero(lifted)
	return f, err
}

const refusalStands = `lifted_at IS NULL AND from_at <= $1 AND (until_at IS NULL OR until_at > $1)`

// standingRefusals lists what can refuse something to an account: its own conflicts of interest, and blind phases.
func standingRefusals(ctx context.Context, q db.Querier, account people.AccountID, now time.Time) ([]Refusal, error) {
	return db.Collect(scanRefusal)(q.Query(ctx, `
		SELECT `+refusalColumns+` FROM rights_refusal
		WHERE `+refusalStands+` AND (account_id = $2 OR kind = 'blind') ORDER BY made_at, id`, now, account))
}

// standingHold finds the earliest hold on a person, and says whether there is one.
func standingHold(ctx context.Context, q db.Querier, person people.PersonID, now time.Time) (Refusal, bool, error) {
	f, err := scanRefusal(q.QueryRow(ctx, `
		SELECT `+refusalColumns+` FROM rights_refusal
		WHERE `+refusalStands+` AND kind = 'hold' AND node_kind = 'person' AND node_id = $2
		ORDER BY made_at, id LIMIT 1`, now, person))
	if errors.Is(err, db.ErrNoRow) {
		return Refusal{}, false, nil
	}
	return f, err == nil, err
}

func refusalsOf(ctx context.Context, q db.Querier, of edition.ID) ([]Refusal, error) {
	return db.Collect(scanRefusal)(q.Query(ctx, `
		SELECT `+refusalColumns+` FROM rights_refusal WHERE edition_id = $1 ORDER BY made_at DESC, id`, of))
}

func findRefusal(ctx context.Context, q db.Querier, refusal string) (Refusal, error) {
	f, err := scanRefusal(q.QueryRow(ctx, `SELECT `+refusalColumns+` FROM rights_refusal WHERE id = $1`, refusal))
	if errors.Is(err, db.ErrNoRow) {
		return f, ErrNoRefusal
	}
	return f, err
}

func insertRefusal(ctx context.Context, q db.Querier, f Refusal) error {
	_, err := q.Exec(ctx, `
		INSERT INTO rights_refusal (id, kind, account_id, node_kind, node_id, edition_id, reason, from_at, until_at, made_by, made_at)
		VALUES ($1, $2, NULLIF($3, ''), $4, $5, $6, $7, $8, $9, $10, $11)`,
		f.ID, f.Kind, f.Account, f.Node.Kind, f.Node.ID, f.Edition, f.Reason, f.From, db.OrNull(f.Until), f.MadeBy, f.MadeAt)
	return err
}

func lift(ctx context.Context, q db.Querier, refusal string, by people.AccountID, now time.Time) error {
	n, err := q.Exec(ctx, `
		UPDATE rights_refusal SET lifted_by = $2, lifted_at = $3 WHERE id = $1 AND lifted_at IS NULL`, refusal, by, now)
	if err == nil && n == 0 {
		return ErrNoRefusal
	}
	return err
}

const spaceColumns = `id, edition_id, kind, slug, name, COALESCE(block_id, ''), COALESCE(stage_id, ''), revision, updated_at`

func scanSpace(row db.Scanner) (s Space, err error) {
	return s, row.Scan(&s.ID, &s.Edition, &s.Kind, &s.Slug, db.FromJSON(&s.Name), &s.Block, &s.Stage, &s.Revision, &s.UpdatedAt)
}

func spacesOf(ctx context.Context, q db.Querier, of edition.ID) ([]Space, error) {
	return db.Collect(scanSpace)(q.Query(ctx, `
		SELECT `+spaceColumns+` FROM workspace WHERE edition_id = $1 ORDER BY slug`, of))
}

func insertSpace(ctx context.Context, q db.Querier, s Space) error {
	_, err := q.Exec(ctx, `
		INSERT INTO workspace (id, edition_id, kind, slug, name, block_id, stage_id, revision, updated_at)
		VALUES ($1, $2, $3, $4, $5, NULLIF($6, ''), NULLIF($7, ''), $8, $9)`,
		s.ID, s.Edition, s.Kind, s.Slug, db.JSON(s.Name), s.Block, s.Stage, s.Revision, s.UpdatedAt)
	return err
}

func updateSpace(ctx context.Context, q db.Querier, s Space) error {
	n, err := q.Exec(ctx, `
		UPDATE workspace SET kind = $3, slug = $4, name = $5, block_id = NULLIF($6, ''), stage_id = NULLIF($7, ''),
			revision = $8, updated_at = $9
		WHERE id = $1 AND edition_id = $2 AND revision = $8 - 1`,
		s.ID, s.Edition, s.Kind, s.Slug, db.JSON(s.Name), s.Block, s.Stage, s.Revision, s.UpdatedAt)
	if err == nil && n == 0 {
		return ErrChanged
	}
	return err
}

// LoadTree reads the tree of an edition; see Service.Tree.
func LoadTree(ctx context.Context, q db.Querier, of edition.ID) (Tree, error) {
	t := Tree{
		Edition: of, Blocks: map[programme.BlockID]programme.BlockID{}, Stages: map[programme.StageID]programme.BlockID{},
	}
	type edge struct{ child, parent string }
	edges := db.Collect(func(row db.Scanner) (e edge, err error) { return e, row.Scan(&e.child, &e.parent) })
	blocks, err := edges(q.Query(ctx, `SELECT id, COALESCE(parent_id, '') FROM block WHERE edition_id = $1`, of))
	if err != nil {
		return t, err
	}
	for _, b := range blocks {
		t.Blocks[programme.BlockID(b.child)] = programme.BlockID(b.parent)
	}
	stages, err := edges(q.Query(ctx, `SELECT id, COALESCE(block_id, '') FROM stage WHERE edition_id = $1`, of))
	if err != nil {
		return t, err
	}
	for _, s := range stages {
		t.Stages[programme.StageID(s.child)] = programme.BlockID(s.parent)
	}
	t.Spaces, err = spacesOf(ctx, q, of)
	return t, err
}

// pathOf finds the path of a node of an edition, or of the site; ErrHidden when there is no such node.
func pathOf(ctx context.Context, q db.Querier, of edition.ID, n Node) ([]Node, error) {
	if n == Whole {
		return []Node{Whole}, nil
	}
	t, err := LoadTree(ctx, q, of)
	if err != nil {
		return nil, err
	}
	if n.Kind == Session {
		s, err := sessionByID(ctx, q, of, programme.SessionID(n.ID))
		if err != nil {
			return nil, err
		}
		return t.Session(s.ID, s.Block, s.Stage), nil
	}
	path := t.Path(n)
	if path == nil {
		return nil, ErrHidden
	}
	return path, nil
}

func scanSession(row db.Scanner) (s programme.Session, err error) {
	return s, row.Scan(&s.ID, &s.Block, &s.Stage)
}

func sessionBySlug(ctx context.Context, q db.Querier, of edition.ID, slug string) (programme.Session, error) {
	s, err := scanSession(q.QueryRow(ctx, `
		SELECT id, block_id, COALESCE(stage_id, '') FROM session WHERE edition_id = $1 AND slug = $2`, of, slug))
	return s, hidden(err)
}

func sessionByID(ctx context.Context, q db.Querier, of edition.ID, session programme.SessionID) (programme.Session, error) {
	s, err := scanSession(q.QueryRow(ctx, `
		SELECT id, block_id, COALESCE(stage_id, '') FROM session WHERE edition_id = $1 AND id = $2`, of, session))
	return s, hidden(err)
}

func editionOf(ctx context.Context, q db.Querier, slug string) (e edition.ID, err error) {
	return e, hidden(q.QueryRow(ctx, `SELECT id FROM edition WHERE slug = $1`, slug).Scan(&e))
}

// homeOf finds the home of a person or an institution. Somebody with another home who appears in a session of the
// edition is at home in it, as far as its organisers are concerned.
func homeOf(ctx context.Context, q db.Querier, t Target, of edition.ID) (home string, err error) {
	// Somebody's address may be spelled like the id of somebody else.
	const first = ` WHERE id = $1 OR slug = $1 ORDER BY CASE WHEN id = $1 THEN 0 ELSE 1 END LIMIT 1`
	statement := `SELECT id, home FROM institution` + first
	if t.Object == PersonObject {
		statement = `SELECT id, home FROM person` + first
	}
	var found string
	if err := q.QueryRow(ctx, statement, t.Name).Scan(&found, &home); err != nil {
		return "", hidden(err)
	}
	if t.Object != PersonObject || home == "" || home == string(of) {
		return home, nil
	}
	var parts int
	err = q.QueryRow(ctx, `
		SELECT COUNT(*) FROM appearance JOIN session ON session.id = appearance.session_id
		WHERE appearance.person_id = $1 AND session.edition_id = $2`, found, of).Scan(&parts)
	var spaces int
	if err == nil {
		err = q.QueryRow(ctx, `SELECT COUNT(*) FROM workspace WHERE id = $1 AND edition_id = $2`, home, of).Scan(&spaces)
	}
	if parts > 0 && spaces == 0 {
		return string(of), err
	}
	return home, err
}

func hidden(err error) error {
	if errors.Is(err, db.ErrNoRow) {
		return ErrHidden
	}
	return err
}

// Check looks for grants and workspaces that no rule of this package would have let in.
func Check(ctx context.Context, q db.Querier) ([]db.Fault, error) {
	return db.Collect(func(row db.Scanner) (db.Fault, error) {
		f := db.Fault{Package: "rights"}
		return f, row.Scan(&f.What, &f.Row)
	})(q.Query(ctx, `
		SELECT 'a grant at a block of another edition', rights_grant.id FROM rights_grant
			JOIN block ON block.id = rights_grant.node_id
			WHERE node_kind = 'block' AND block.edition_id <> rights_grant.edition_id
		UNION ALL
		SELECT 'a grant of a role that nobody gives', id FROM rights_grant WHERE role IN ('speaker', 'participant')
		UNION ALL
		SELECT 'a grant at a node that is not there', id FROM rights_grant
			WHERE (node_kind = 'block' AND NOT EXISTS (SELECT 1 FROM block WHERE block.id = node_id))
				OR (node_kind = 'stage' AND NOT EXISTS (SELECT 1 FROM stage WHERE stage.id = node_id))
				OR (node_kind = 'workspace' AND NOT EXISTS (SELECT 1 FROM workspace WHERE workspace.id = node_id))
				OR (node_kind = 'congress' AND NOT EXISTS (SELECT 1 FROM edition WHERE edition.id = node_id))
		UNION ALL
		SELECT 'a workspace on a block of another edition', workspace.id FROM workspace
			JOIN block ON block.id = workspace.block_id WHERE block.edition_id <> workspace.edition_id
		UNION ALL
		SELECT 'a conflict of interest of nobody', id FROM rights_refusal WHERE kind = 'conflict' AND account_id IS NULL
		UNION ALL
		SELECT 'an installation that nobody organises', '' FROM (SELECT COUNT(*) AS n FROM rights_grant
			WHERE role = 'organiser' AND revoked_at IS NULL) AS organisers
			WHERE n = 0 AND EXISTS (SELECT 1 FROM rights_grant WHERE role = 'organiser')`))
}
