package campaign

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"obrady/internal/consent"
	"obrady/internal/db"
	"obrady/internal/edition"
	"obrady/internal/people"
	"obrady/internal/programme"
	"obrady/internal/rights"
)

// reach is the part of an edition whose people a campaign may come to: what is
// below its node and, where somebody asks, below nodes at which they may write.
type reach struct {
	edition  edition.ID
	node     rights.Node
	sessions map[programme.SessionID][]rights.Node // with their paths
	nodes    map[rights.Node]bool
}

// reachOf reads the reach of a campaign on behalf of by.
func reachOf(ctx context.Context, q db.Querier, c Campaign, by rights.Standing) (reach, error) {
	r := reach{c.Edition, c.Node, map[programme.SessionID][]rights.Node{}, map[rights.Node]bool{}}
	tree, err := rights.LoadTree(ctx, q, c.Edition)
	if err != nil {
		return r, err
	}
	inside := func(path []rights.Node) bool { return slices.Contains(path, c.Node) && by.May(rights.SendMail, path) }
	for _, n := range nodesOf(tree) {
		if inside(tree.Path(n)) {
			r.nodes[n] = true
		}
	}
	if r.nodes[rights.OfCongress(c.Edition)] {
		r.nodes[rights.Whole] = true // who organises everything organises this as well
	}
	sessions, err := db.Collect(func(row db.Scanner) (s programme.Session, err error) {
		return s, row.Scan(&s.ID, &s.Block, &s.Stage)
	})(q.Query(ctx, `SELECT id, block_id, COALESCE(stage_id, '') FROM session WHERE edition_id = $1`, c.Edition))
	for _, s := range sessions {
		if path := tree.Session(s.ID, s.Block, s.Stage); inside(path) {
			r.sessions[s.ID], r.nodes[rights.OfSession(s.ID)] = path, true
		}
	}
	return r, err
}

// nodesOf lists the nodes of a tree without sessions.
func nodesOf(t rights.Tree) []rights.Node {
	all := []rights.Node{rights.OfCongress(t.Edition)}
	for b := range t.Blocks {
		all = append(all, rights.OfBlock(b))
	}
	for s := range t.Stages {
		all = append(all, rights.OfStage(s))
	}
	for _, w := range t.Spaces {
		all = append(all, rights.OfWorkspace(w.ID))
	}
	return all
}

// recipient is somebody who will get the letter.
type recipient = people.Account

// found is whom a campaign means.
type found struct {
	recipients []recipient // by address, each once
	without    int         // people of the programme who have no account, and so no address
	unwilling  int         // people who did not agree to get news
}

// audienceOf finds whom a campaign means at the moment now. Nobody outside the
// reach of whoever asks is looked at.
func audienceOf(ctx context.Context, q db.Querier, c Campaign, ask asking) (f found, err error) {
	r, err := reachOf(ctx, q, c, ask.by)
	if err != nil {
		return f, fmt.Errorf("find the reach: %w", err)
	}
	all := map[people.AccountID]recipient{}
	for _, source := range []func() ([]recipient, error){
		func() ([]recipient, error) { return r.appearing(ctx, q, c.Audience, &f.without) },
		func() ([]recipient, error) { return r.holding(ctx, q, c.Audience, ask.now) },
		func() ([]recipient, error) { return r.taking(ctx, q, c.Audience) },
		func() ([]recipient, error) { return r.seated(ctx, q, c.Audience) },
	} {
		some, err := source()
		if err != nil {
			return f, fmt.Errorf("find the audience: %w", err)
		}
		for _, one := range some {
			if !one.Erased() {
				all[one.ID] = one
			}
		}
	}
	if c.Kind == News {
		willing, err := consent.Who(ctx, q, c.Edition, consent.Newsletter)
		if err != nil {
			return f, err
		}
		before := len(all)
		maps.DeleteFunc(all, func(a people.AccountID, _ recipient) bool { return !slices.Contains(willing, a) })
		f.unwilling = before - len(all)
	}
	f.recipients = slices.SortedFunc(maps.Values(all), func(a, b recipient) int { return strings.Compare(a.Email, b.Email) })
	return f, nil
}

// asking is who wants to know an audience, and when.
type asking struct {
	by  rights.Standing
	now time.Time
}

const recipientColumns = `account.id, account.email, account.name, account.lang`

func scanRecipient(row db.Scanner) (r recipient, err error) {
	return r, row.Scan(&r.ID, &r.Email, &r.Name, &r.Lang)
}

// appearing finds who appears in sessions of the reach, and counts those without an account.
func (r reach) appearing(ctx context.Context, q db.Querier, a Audience, without *int) ([]recipient, error) {
	var in, parts []any
	for id, path := range r.sessions {
		if slices.ContainsFunc(a.Appearing, func(n rights.Node) bool { return slices.Contains(path, n) }) {
			in = append(in, id)
		}
	}
	if len(in) == 0 {
		return nil, nil
	}
	for _, p := range a.Parts {
		parts = append(parts, p)
	}
	where := ` WHERE appearance.session_id IN (` + db.List(1, len(in)) + `)`
	if len(parts) > 0 {
		where += ` AND appearance.role IN (` + db.List(len(in)+1, len(parts)) + `)`
	}
	args := slices.Concat(in, parts)
	err := q.QueryRow(ctx, `
		SELECT COUNT(DISTINCT appearance.person_id)
		FROM appearance LEFT JOIN account ON account.person_id = appearance.person_id`+where+` AND account.id IS NULL`, args...).Scan(without)
	if err != nil {
		return nil, err
	}
	return db.Collect(scanRecipient)(q.Query(ctx, `
		SELECT DISTINCT `+recipientColumns+`
		FROM appearance JOIN account ON account.person_id = appearance.person_id`+where, args...))
}

// holding finds who was given one of the roles, or has any in one of the teams.
func (r reach) holding(ctx context.Context, q db.Querier, a Audience, now time.Time) (all []recipient, err error) {
	if len(a.Roles)+len(a.Teams) == 0 {
		return nil, nil
	}
	holders, err := holders(ctx, q, r.edition, now)
	for _, h := range holders {
		team := h.node.Kind == rights.Workspace && slices.Contains(a.Teams, rights.WorkspaceID(h.node.ID))
		if r.nodes[h.node] && (team || slices.Contains(a.Roles, h.role)) {
			all = append(all, h.recipient)
		}
	}
	return all, err
}

// holder is somebody with a role at a node, by themselves or by their institution.
type holder struct {
	recipient recipient
	role      rights.Role
	node      rights.Node
}

func holders(ctx context.Context, q db.Querier, of edition.ID, now time.Time) ([]holder, error) {
	return db.Collect(func(row db.Scanner) (h holder, err error) {
		a := &h.recipient
		return h, row.Scan(&a.ID, &a.Email, &a.Name, &a.Lang, &h.role, &h.node.Kind, &h.node.ID)
	})(q.Query(ctx, `
		SELECT DISTINCT `+recipientColumns+`, rights_grant.role, rights_grant.node_kind, rights_grant.node_id
		FROM rights_grant LEFT JOIN member ON member.institution_id = rights_grant.institution_id
			JOIN account ON account.id = rights_grant.account_id OR account.id = member.account_id
		WHERE (rights_grant.edition_id = $1 OR rights_grant.node_kind = 'site') AND rights_grant.revoked_at IS NULL
			AND rights_grant.from_at <= $2 AND (rights_grant.until_at IS NULL OR rights_grant.until_at > $2)
		ORDER BY account.id`, of, now))
}

// Holding lists the accounts that have a role at one of the nodes of an edition
// at the moment now, by themselves or by their institution, each once.
func Holding(ctx context.Context, q db.Querier, role rights.Role, at Nodes) (all []people.Account, err error) {
	found, err := holders(ctx, q, at.Edition, at.Now)
	if err != nil {
		return nil, fmt.Errorf("find who has the role %s: %w", role, err)
	}
	for _, h := range found {
		known := slices.ContainsFunc(all, func(a people.Account) bool { return a.ID == h.recipient.ID })
		if h.role == role && slices.Contains(at.Nodes, h.node) && !known && !h.recipient.Erased() {
			all = append(all, h.recipient)
		}
	}
	return all, nil
}

// Nodes are nodes of one edition at one moment.
type Nodes struct {
	Edition edition.ID
	Nodes   []rights.Node
	Now     time.Time
}

// taking finds who takes part in the edition. Only the congress as a whole writes to them.
func (r reach) taking(ctx context.Context, q db.Querier, a Audience) ([]recipient, error) {
	if len(a.Taking) == 0 || r.node.Kind != rights.Congress || !r.nodes[r.node] {
		return nil, nil
	}
	args := []any{r.edition}
	for _, form := range a.Taking {
		args = append(args, form)
	}
	where := ` AND participant.form IN (` + db.List(2, len(a.Taking)) + `)`
	if len(a.Sectors) > 0 {
		where += ` AND participant.sector IN (` + db.List(len(args)+1, len(a.Sectors)) + `)`
	}
	for _, sector := range a.Sectors {
		args = append(args, sector)
	}
	return db.Collect(scanRecipient)(q.Query(ctx, `
		SELECT `+recipientColumns+` FROM participant JOIN account ON account.id = participant.account_id
		WHERE participant.edition_id = $1 AND participant.state = 'registered'`+where, args...))
}
