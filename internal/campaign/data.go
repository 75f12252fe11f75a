package campaign

import (
	"context"
	"fmt"
	"time"

	"obrady/internal/db"
	"obrady/internal/i18n"
	"obrady/internal/people"
)

// Collect lists the letters to many that somebody was written to.
func Collect(ctx context.Context, q db.Querier, s people.Subject) (people.Extract, error) {
	out := people.Extract{Part: "campaign.data.part"}
	var err error
	out.Rows, err = db.Collect(func(row db.Scanner) (map[string]any, error) {
		var subject i18n.Text
		var state string
		var at *time.Time
		err := row.Scan(db.FromJSON(&subject), &state, &at)
		found := map[string]any{"subject": subject.PL, "state": state}
		if at != nil {
			found["at"] = *at
		}
		return found, err
	})(q.Query(ctx, `
		SELECT campaign.subject, campaign_recipient.state, campaign_recipient.settled_at
		FROM campaign_recipient JOIN campaign ON campaign.id = campaign_recipient.campaign_id
		WHERE campaign_recipient.account_id = $1 ORDER BY campaign.id DESC`, s.Account))
	if err != nil {
		return out, fmt.Errorf("collect letters to many: %w", err)
	}
	return out, nil
}

// Erase takes somebody off the lists of recipients. How many there were stays.
func Erase(ctx context.Context, tx *db.Tx, s people.Subject, _ time.Time) ([]people.Outcome, error) {
	n, err := tx.Exec(ctx, `DELETE FROM campaign_recipient WHERE account_id = $1`, s.Account)
	if err != nil {
		return nil, fmt.Errorf("erase from letters to many: %w", err)
	}
	return []people.Outcome{{Part: "campaign.data.part", Gone: int(n)}}, nil
}

// Sweep forgets who got letters that were sent before olderThan, but nobody who
// is held, and returns how many recipients that was. How many there were stays with the letter.
func Sweep(ctx context.Context, q db.Querier, olderThan time.Time, held ...people.AccountID) (int64, error) {
	spared, args := db.Spare("account_id", 2, held)
	n, err := q.Exec(ctx, `
		DELETE FROM campaign_recipient
		WHERE campaign_id IN (SELECT id FROM campaign WHERE state IN ('sent', 'stopped') AND ended_at < $1) AND `+spared,
		append([]any{olderThan}, args...)...)
	if err != nil {
		return 0, fmt.Errorf("forget recipients: %w", err)
	}
	return n, nil
}

// Check finds campaigns in a state that nothing leads to.
func Check(ctx context.Context, q db.Querier) ([]db.Fault, error) {
	return db.Collect(func(row db.Scanner) (db.Fault, error) {
		f := db.Fault{Package: "campaign"}
		return f, row.Scan(&f.What, &f.Row)
	})(q.Query(ctx, `
		SELECT 'a campaign of an unknown state', id FROM campaign
		WHERE state NOT IN ('draft', 'prepared', 'sending', 'sent', 'stopped')
		UNION ALL
		SELECT 'a draft with a list of recipients', id FROM campaign
		WHERE state = 'draft' AND EXISTS (SELECT 1 FROM campaign_recipient WHERE campaign_id = campaign.id)
		UNION ALL
		SELECT 'sent, and somebody still waits', id FROM campaign
		WHERE state = 'sent' AND EXISTS (
			SELECT 1 FROM campaign_recipient WHERE campaign_id = campaign.id AND campaign_recipient.state = 'waiting')
		UNION ALL
		SELECT 'being sent, and nothing goes on', id FROM campaign
		WHERE state = 'sending' AND NOT EXISTS (
			SELECT 1 FROM outbox WHERE kind = 'campaign.due' AND done_at IS NULL AND dead_at IS NULL
				AND payload ->> 'campaign' = campaign.id)`))
}
