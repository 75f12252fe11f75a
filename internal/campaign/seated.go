package campaign

import (
	"context"
	"fmt"
	"slices"

	"obrady/internal/admission"
	"obrady/internal/db"
	"obrady/internal/edition"
	"obrady/internal/i18n"
	"obrady/internal/programme"
	"obrady/internal/rights"
	"obrady/internal/signup"
)

// Opening is a window of sign-ups, whose people a letter can go to.
type Opening struct {
	Window    admission.WindowID
	Workspace rights.WorkspaceID // the partner whose window it is; empty: the host's
	Name      i18n.Text
	Sessions  []programme.SessionID
}

// Openings lists the windows of an edition, the one that opens first in front.
func (s *Service) Openings(ctx context.Context, of edition.ID) ([]Opening, error) {
	all, err := openings(ctx, s.DB, of)
	if err != nil {
		return nil, fmt.Errorf("list windows of sign-ups: %w", err)
	}
	return all, nil
}

func openings(ctx context.Context, q db.Querier, of edition.ID) (all []Opening, err error) {
	_, err = db.Collect(func(row db.Scanner) (none struct{}, err error) {
		var o Opening
		var session programme.SessionID
		if err = row.Scan(&o.Window, &o.Workspace, db.FromJSON(&o.Name), &session); err != nil {
			return none, err
		}
		if len(all) == 0 || all[len(all)-1].Window != o.Window {
			all = append(all, o)
		}
		if last := &all[len(all)-1]; session != "" {
			last.Sessions = append(last.Sessions, session)
		}
		return none, nil
	})(q.Query(ctx, `
		SELECT w.id, w.workspace_id, w.name, COALESCE(s.session_id, '')
		FROM admission_window AS w LEFT JOIN admission_session AS s ON s.window_id = w.id
		WHERE w.edition_id = $1 ORDER BY w.opens_at, w.id, s.session_id`, of))
	return all, err
}

// seated finds who stands so with sign-ups for sessions of the reach. Who has nothing of them is known to the congress as
// a whole alone.
func (r reach) seated(ctx context.Context, q db.Querier, a Audience) ([]recipient, error) {
	if len(a.Seated) == 0 {
		return nil, nil
	}
	windows, err := openings(ctx, q, r.edition)
	if err != nil {
		return nil, err
	}
	in := r.places(windows, a)
	if len(in) == 0 {
		return nil, nil
	}
	var states []any
	if slices.Contains(a.Seated, WithSeat) {
		states = append(states, signup.Holding, signup.Offered)
	}
	if slices.Contains(a.Seated, InLine) {
		states = append(states, signup.Waiting)
	}
	all, err := seatedIn(ctx, q, in, states)
	if err != nil || !slices.Contains(a.Seated, WithNone) || r.node.Kind != rights.Congress || !r.nodes[r.node] {
		return all, err
	}
	none, err := db.Collect(scanRecipient)(q.Query(ctx, `
		SELECT `+recipientColumns+` FROM participant JOIN account ON account.id = participant.account_id
		WHERE participant.edition_id = $1 AND participant.state = 'registered' AND account.id NOT IN (
			SELECT signup_standing.account_id FROM signup_standing WHERE signup_standing.state IN ('held', 'offered', 'waiting')
				AND signup_standing.session_id IN (`+db.List(2, len(in))+`))`, append([]any{r.edition}, in...)...))
	return append(all, none...), err
}

// places lists the sessions that the audience names, as far as they are in the reach.
func (r reach) places(windows []Opening, a Audience) (in []any) {
	for _, w := range windows {
		for _, session := range w.Sessions {
			named := len(a.Windows)+len(a.Places) == 0 || slices.Contains(a.Windows, w.Window) || slices.Contains(a.Places, session)
			if _, inside := r.sessions[session]; inside && named {
				in = append(in, session)
			}
		}
	}
	return in
}

func seatedIn(ctx context.Context, q db.Querier, sessions, states []any) ([]recipient, error) {
	if len(states) == 0 {
		return nil, nil
	}
	return db.Collect(scanRecipient)(q.Query(ctx, `
		SELECT DISTINCT `+recipientColumns+` FROM signup_standing JOIN account ON account.id = signup_standing.account_id
		WHERE signup_standing.session_id IN (`+db.List(1, len(sessions))+`) AND signup_standing.state IN (`+db.List(len(sessions)+1, len(states))+`)`,
		slices.Concat(sessions, states)...))
}
