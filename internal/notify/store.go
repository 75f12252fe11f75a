package notify

import (
	"context"
	"errors"
	"time"

	"obrady/internal/db"
	"obrady/internal/i18n"
	"obrady/internal/partner"
	"obrady/internal/rights"
)

// findGrant returns what a letter tells of a grant, or rights.ErrNoGrant.
func findGrant(ctx context.Context, q db.Querier, grant rights.GrantID) (g rights.Grant, err error) {
	var until, revoked *time.Time
	err = q.QueryRow(ctx, `
		SELECT id, COALESCE(account_id, ''), COALESCE(institution_id, ''), role, node_kind, node_id, edition_id, until_at, granted_by, revoked_at
		FROM rights_grant WHERE id = $1`, grant).Scan(
		&g.ID, &g.Account, &g.Institution, &g.Role, &g.Node.Kind, &g.Node.ID, &g.Edition, &until, &g.GrantedBy, &revoked)
	if errors.Is(err, db.ErrNoRow) {
		return g, rights.ErrNoGrant
	}
	if until != nil {
		g.Until = *until
	}
	if revoked != nil {
		g.RevokedAt = *revoked
	}
	return g, err
}

// nodeName is the name of a node of the congress; empty for the installation and for what is no more.
func nodeName(ctx context.Context, q db.Querier, n rights.Node) (name i18n.Text, err error) {
	statement := map[rights.NodeKind]string{
		rights.Congress:  `SELECT name FROM edition WHERE id = $1`,
		rights.Block:     `SELECT name FROM block WHERE id = $1`,
		rights.Stage:     `SELECT name FROM stage WHERE id = $1`,
		rights.Workspace: `SELECT name FROM workspace WHERE id = $1`,
		rights.Session:   `SELECT title FROM session WHERE id = $1`,
	}[n.Kind]
	if statement == "" {
		return name, nil
	}
	err = q.QueryRow(ctx, statement, n.ID).Scan(db.FromJSON(&name))
	if errors.Is(err, db.ErrNoRow) {
		err = nil
	}
	return name, err
}

// findRequest returns what a letter tells of a partner's request, or partner.ErrNoRequest.
func findRequest(ctx context.Context, q db.Querier, request partner.RequestID) (r partner.Request, err error) {
	err = q.QueryRow(ctx, `
		SELECT id, workspace_id, kind, words, state, reason, filed_by FROM partner_request WHERE id = $1`, request).Scan(
		&r.ID, &r.Workspace, &r.Kind, &r.Words, &r.State, &r.Reason, &r.FiledBy)
	if errors.Is(err, db.ErrNoRow) {
		return r, partner.ErrNoRequest
	}
	return r, err
}

// space is a workspace as an address and a letter name it.
type space struct {
	Slug, Edition string
	Name          i18n.Text
}

func findSpace(ctx context.Context, q db.Querier, w rights.WorkspaceID) (s space, err error) {
	err = q.QueryRow(ctx, `
		SELECT workspace.slug, edition.slug, workspace.name FROM workspace JOIN edition ON edition.id = workspace.edition_id
		WHERE workspace.id = $1`, w).Scan(&s.Slug, &s.Edition, db.FromJSON(&s.Name))
	if errors.Is(err, db.ErrNoRow) {
		return s, rights.ErrNoWorkspace
	}
	return s, err
}
