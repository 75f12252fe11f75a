package campaign

import (
	"context"
	"errors"
	"time"

	"obrady/internal/db"
	"obrady/internal/edition"
	"obrady/internal/mail"
	"obrady/internal/people"
)

const columns = `id, edition_id, node_kind, node_id, kind, reason, subject, words, label, link, audience, state, recipients,
	made_by, prepared_by, prepared_at, sent_by, begun_at, ended_at, revision, updated_at`

func scanCampaign(row db.Scanner) (c Campaign, err error) {
	var prepared, begun, ended *time.Time
	err = row.Scan(&c.ID, &c.Edition, &c.Node.Kind, &c.Node.ID, &c.Kind, &c.Reason, db.FromJSON(&c.Subject), db.FromJSON(&c.Words),
		db.FromJSON(&c.Label), db.FromJSON(&c.Link), db.FromJSON(&c.Audience), &c.State, &c.Recipients,
		&c.MadeBy, &c.PreparedBy, &prepared, &c.SentBy, &begun, &ended, &c.Revision, &c.UpdatedAt)
	c.PreparedAt, c.BegunAt, c.EndedAt = db.OrZero(prepared), db.OrZero(begun), db.OrZero(ended)
	return c, err
}

func find(ctx context.Context, q db.Querier, campaign ID) (Campaign, error) {
	c, err := scanCampaign(q.QueryRow(ctx, `SELECT `+columns+` FROM campaign WHERE id = $1`, campaign))
	if errors.Is(err, db.ErrNoRow) {
		return c, ErrNone
	}
	return c, err
}

func list(ctx context.Context, q db.Querier, of edition.ID) ([]Campaign, error) {
	return db.Collect(scanCampaign)(q.Query(ctx, `SELECT `+columns+` FROM campaign WHERE edition_id = $1 ORDER BY id DESC`, of))
}

func insert(ctx context.Context, q db.Querier, c Campaign) error {
	_, err := q.Exec(ctx, `
		INSERT INTO campaign (id, edition_id, node_kind, node_id, kind, reason, subject, words, label, link, audience, state,
			made_by, revision, updated_at)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)`,
		c.ID, c.Edition, c.Node.Kind, c.Node.ID, c.Kind, c.Reason, db.JSON(c.Subject), db.JSON(c.Words), db.JSON(c.Label),
		db.JSON(c.Link), db.JSON(c.Audience), c.State, c.MadeBy, c.Revision, c.UpdatedAt)
	return err
}

// update writes the next revision of a draft; ErrChanged when it is not the next.
func update(ctx context.Context, q db.Querier, c Campaign) error {
	n, err := q.Exec(ctx, `
		UPDATE campaign SET node_kind = $2, node_id = $3, kind = $4, reason = $5, subject = $6, words = $7, label = $8, link = $9,
			audience = $10, revision = $11, updated_at = $12
		WHERE id = $1 AND revision = $11 - 1 AND state = 'draft'`,
		c.ID, c.Node.Kind, c.Node.ID, c.Kind, c.Reason, db.JSON(c.Subject), db.JSON(c.Words), db.JSON(c.Label), db.JSON(c.Link),
		db.JSON(c.Audience), c.Revision, c.UpdatedAt)
	return changed(n, err, ErrChanged)
}

// changed turns a statement that found nothing to change into why.
func changed(n int64, err, why error) error {
	if err == nil && n == 0 {
		return why
	}
	return err
}

// prepare freezes a draft as it was read.
func prepare(ctx context.Context, q db.Querier, c Campaign) error {
	n, err := q.Exec(ctx, `
		UPDATE campaign SET state = 'prepared', recipients = $2, prepared_by = $3, prepared_at = $4, revision = $5
		WHERE id = $1 AND state = 'draft' AND revision = $5 - 1`, c.ID, c.Recipients, c.PreparedBy, c.PreparedAt, c.Revision)
	return changed(n, err, ErrNotDraft)
}

// reopen makes a draft of a prepared campaign.
func reopen(ctx context.Context, q db.Querier, campaign ID) error {
	n, err := q.Exec(ctx, `
		UPDATE campaign SET state = 'draft', recipients = 0, prepared_by = '', prepared_at = NULL, revision = revision + 1
		WHERE id = $1 AND state = 'prepared'`, campaign)
	if err := changed(n, err, ErrNotReady); err != nil {
		return err
	}
	_, err = q.Exec(ctx, `DELETE FROM campaign_recipient WHERE campaign_id = $1`, campaign)
	return err
}

// begin starts the sending; of two who press at once, one does.
func begin(ctx context.Context, q db.Querier, c Campaign) error {
	n, err := q.Exec(ctx, `
		UPDATE campaign SET state = 'sending', sent_by = $2, begun_at = $3
		WHERE id = $1 AND state = 'prepared' AND revision = $4`, c.ID, c.SentBy, c.BegunAt, c.Revision)
	return changed(n, err, ErrNotReady)
}

// end notes that the sending is over.
func end(ctx context.Context, q db.Querier, campaign ID, how State, at time.Time) error {
	n, err := q.Exec(ctx, `
		UPDATE campaign SET state = $2, ended_at = $3 WHERE id = $1 AND state = 'sending'`, campaign, how, at)
	return changed(n, err, ErrNotReady)
}

func insertRecipient(ctx context.Context, q db.Querier, campaign ID, account people.AccountID) error {
	_, err := q.Exec(ctx, `
		INSERT INTO campaign_recipient (campaign_id, account_id) VALUES ($1, $2)
		ON CONFLICT (campaign_id, account_id) DO NOTHING`, campaign, account)
	return err
}

// waiting takes up to n recipients who have not got the letter, out of the hands of others.
func waiting(ctx context.Context, tx *db.Tx, campaign ID, n int) ([]recipient, error) {
	lock := ""
	if skip := tx.Engine().SkipLocked(); skip != "" {
		lock = ` FOR UPDATE OF campaign_recipient SKIP LOCKED`
	}
	return db.Collect(scanRecipient)(tx.Query(ctx, `
		SELECT `+recipientColumns+`
		FROM campaign_recipient JOIN account ON account.id = campaign_recipient.account_id
		WHERE campaign_recipient.campaign_id = $1 AND campaign_recipient.state = 'waiting'
		ORDER BY account.id LIMIT $2`+lock, campaign, n))
}

// What became of a recipient.
const (
	posted  = "posted"
	leftOut = "left_out" // erased, or no longer willing
)

// settled is what became of one recipient.
type settled struct {
	campaign ID
	account  people.AccountID
	state    string
	stopSum  string
	at       time.Time
}

// settle records it and says whether it was this call that did.
func settle(ctx context.Context, q db.Querier, s settled) (bool, error) {
	n, err := q.Exec(ctx, `
		UPDATE campaign_recipient SET state = $3, stop_sum = NULLIF($4, ''), settled_at = $5
		WHERE campaign_id = $1 AND account_id = $2 AND state = 'waiting'`, s.campaign, s.account, s.state, s.stopSum, s.at)
	return n == 1, err
}

// ofStop finds whose link to stop news this is, and of which campaign.
func ofStop(ctx context.Context, q db.Querier, sum string) (account people.AccountID, of edition.ID, err error) {
	err = q.QueryRow(ctx, `
		SELECT campaign_recipient.account_id, campaign.edition_id
		FROM campaign_recipient JOIN campaign ON campaign.id = campaign_recipient.campaign_id
		WHERE campaign_recipient.stop_sum = $1`, sum).Scan(&account, &of)
	if errors.Is(err, db.ErrNoRow) {
		return "", "", ErrSpent
	}
	return account, of, err
}

// Progress is how far the sending has come.
type Progress struct {
	Waiting, Posted, LeftOut int
	Letters                  map[mail.State]int // what became of those that were posted
}

// Percent is how much has been done, of a hundred.
func (p Progress) Percent() int {
	all := p.Waiting + p.Posted + p.LeftOut
	if all == 0 {
		return 0
	}
	return (p.Posted + p.LeftOut) * 100 / all
}

type tally struct {
	state string
	n     int
}

func scanTally(row db.Scanner) (t tally, err error) { return t, row.Scan(&t.state, &t.n) }

func progressOf(ctx context.Context, q db.Querier, c Campaign) (p Progress, err error) {
	rows, err := db.Collect(scanTally)(q.Query(ctx, `
		SELECT state, COUNT(*) FROM campaign_recipient WHERE campaign_id = $1 GROUP BY state`, c.ID))
	if err != nil {
		return p, err
	}
	for _, t := range rows {
		switch t.state {
		case posted:
			p.Posted = t.n
		case leftOut:
			p.LeftOut = t.n
		default:
			p.Waiting = t.n
		}
	}
	rows, err = db.Collect(scanTally)(q.Query(ctx, `
		SELECT state, COUNT(*) FROM letter WHERE kind = $1 GROUP BY state`, c.LetterKind()))
	p.Letters = map[mail.State]int{}
	for _, t := range rows {
		p.Letters[mail.State(t.state)] = t.n
	}
	return p, err
}
