package campaign

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"

	"obrady/internal/consent"
	"obrady/internal/db"
	"obrady/internal/edition"
	"obrady/internal/i18n"
	"obrady/internal/journal"
	"obrady/internal/mail"
	"obrady/internal/outbox"
	"obrady/internal/people"
	"obrady/internal/rights"
)

// Due tells that letters of a campaign wait to be written.
type Due struct {
	Campaign ID `json:"campaign"`
}

// Kind names the event.
func (Due) Kind() string { return "campaign.due" }

// batch is how many letters are written in one transaction.
const batch = 100

// Continue writes the next letters of a campaign and promises those after
// them. It may be called as often as anybody likes: everybody gets one.
func (s *Service) Continue(ctx context.Context, e outbox.Entry) error {
	var event Due
	if err := e.Into(&event); err != nil {
		return err
	}
	err := s.DB.Tx(ctx, func(tx *db.Tx) error {
		c, err := find(ctx, tx, event.Campaign)
		if errors.Is(err, ErrNone) || err == nil && c.State != Sending {
			return nil // stopped, or done by another
		}
		if err != nil {
			return err
		}
		left, err := s.writeBatch(ctx, tx, c)
		switch {
		case err != nil:
			return err
		case left:
			return outbox.Add(ctx, tx, s.Now(), event)
		}
		return s.finish(ctx, tx, c)
	})
	if err != nil {
		return fmt.Errorf("send campaign %s: %w", event.Campaign, err)
	}
	return nil
}

// finish ends the sending unless another instance still holds some recipients: it will end it.
func (s *Service) finish(ctx context.Context, tx *db.Tx, c Campaign) error {
	p, err := progressOf(ctx, tx, c)
	if err != nil || p.Waiting > 0 {
		return err
	}
	if err := end(ctx, tx, c.ID, Sent, s.Now()); err != nil {
		if errors.Is(err, ErrNotReady) {
			return nil
		}
		return err
	}
	return s.note(ctx, tx, c, done{journal.System, "campaign.sent", map[string]any{"posted": p.Posted, "left_out": p.LeftOut}})
}

// writeBatch writes to some who wait, and says whether there may be more.
func (s *Service) writeBatch(ctx context.Context, tx *db.Tx, c Campaign) (left bool, err error) {
	next, err := waiting(ctx, tx, c.ID, batch)
	if err != nil {
		return false, err
	}
	var willing []people.AccountID
	if c.Kind == News {
		if willing, err = consent.Who(ctx, tx, c.Edition, consent.Newsletter); err != nil {
			return false, err
		}
	}
	name, err := editionName(ctx, tx, c.Edition)
	if err != nil {
		return false, err
	}
	for _, r := range next {
		out := r.Erased() || c.Kind == News && !slices.Contains(willing, r.ID)
		if err := s.writeTo(ctx, tx, addressed{c, r, name, out}); err != nil {
			return false, err
		}
	}
	return len(next) == batch, nil
}

// addressed is a campaign on its way to one person.
type addressed struct {
	campaign Campaign
	to       recipient
	edition  i18n.Text
	out      bool // they have gone, or do not want it any more
}

func (s *Service) writeTo(ctx context.Context, tx *db.Tx, a addressed) error {
	mark := settled{a.campaign.ID, a.to.ID, posted, "", s.Now()}
	token := ""
	if a.campaign.Kind == News {
		token = rand.Text()
		mark.stopSum = sumOf(token)
	}
	l, err := s.letter(a, token)
	if err == nil {
		err = l.Validate()
	}
	switch {
	case a.out || errors.Is(err, mail.ErrAddress): // an address that no server takes must not hold up the others
		mark.state, mark.stopSum = leftOut, ""
	case err != nil:
		return err
	}
	mine, err := settle(ctx, tx, mark)
	if err != nil || !mine || mark.state == leftOut {
		return err
	}
	_, err = mail.Post(ctx, tx, s.Now(), l)
	return err
}

func sumOf(token string) string {
	sum := sha256.Sum256([]byte(token))
	return hex.EncodeToString(sum[:])
}

func editionName(ctx context.Context, q db.Querier, of edition.ID) (name i18n.Text, err error) {
	return name, q.QueryRow(ctx, `SELECT name FROM edition WHERE id = $1`, of).Scan(db.FromJSON(&name))
}

// letter writes the letter to one person. Token is that of the link to stop news, if there is one.
func (s *Service) letter(a addressed, token string) (mail.Letter, error) {
	c := a.campaign
	said := c.Words.In(a.to.Lang)
	p := s.Words.In(said.Lang)
	vals := Values{Words: map[string]string{"name": a.to.Name, "edition": a.edition.In(said.Lang).Text}}
	if link := c.Link.In(said.Lang).Text; link != "" {
		vals.Button = &mail.Button{Label: c.Label.In(said.Lang).Text, Address: link}
	}
	l := mail.Letter{
		Kind: c.LetterKind(), To: a.to.Email, ToName: a.to.Name, Account: string(a.to.ID), Edition: string(c.Edition), Lang: said.Lang,
		Subject: Words.Line(c.Subject.In(said.Lang).Text, vals), Bulk: true, Dedupe: c.LetterKind() + ":" + string(a.to.ID),
		Body: mail.Body{Paragraphs: Words.Paragraphs(said.Text, vals), Why: c.why(p)},
	}
	if token == "" {
		return l, nil
	}
	address, err := s.Address(said.Lang, "news.stop", token)
	if err != nil {
		return l, fmt.Errorf("write a letter: %w", err)
	}
	l.Unsubscribe = address
	l.Body.Paragraphs = append(l.Body.Paragraphs, mail.Paragraph{Button: &mail.Button{Label: p.T("campaign.stop_button"), Address: address}})
	return l, nil
}

// why says why somebody gets the letter, for its foot.
func (c Campaign) why(p i18n.Printer) string {
	if c.Kind == News {
		return p.T("campaign.why_news")
	}
	return p.T("campaign.why_needed", c.Reason)
}

// Sample is the letter as one person would get it.
type Sample struct {
	Name   string
	Email  string
	Letter mail.Letter
}

// Preview is what a campaign would do now.
type Preview struct {
	Recipients int
	Without    int // people of the programme without an account, to whom no letter can go
	Unwilling  int // people who did not agree to get news
	Samples    []Sample
	Hostile    mail.Letter // to somebody whose name tries to be more than a name
}

// samples is how many real recipients a preview shows.
const samples = 3

// Preview counts the audience as by may reach it, and writes the letter to
// three of them and to somebody with a hostile name. Nothing is sent.
func (s *Service) Preview(ctx context.Context, by rights.Standing, c Campaign) (p Preview, err error) {
	f, err := audienceOf(ctx, s.DB, c, asking{by, s.Now()})
	if err != nil {
		return p, fmt.Errorf("preview campaign %s: %w", c.ID, err)
	}
	name, err := editionName(ctx, s.DB, c.Edition)
	if err != nil {
		return p, fmt.Errorf("preview campaign %s: %w", c.ID, err)
	}
	p = Preview{Recipients: len(f.recipients), Without: f.without, Unwilling: f.unwilling}
	token := ""
	if c.Kind == News {
		token = "PODGLAD"
	}
	for i := range min(samples, len(f.recipients)) {
		r := f.recipients[i*(len(f.recipients)-1)/max(1, min(samples, len(f.recipients))-1)]
		l, err := s.letter(addressed{campaign: c, to: r, edition: name}, token)
		if err != nil {
			return p, err
		}
		p.Samples = append(p.Samples, Sample{r.Name, r.Email, l})
	}
	p.Hostile, err = s.letter(addressed{campaign: c, to: recipient{Email: "ktos@example.org", Name: HostileName, Lang: i18n.Polish}, edition: name}, token)
	return p, err
}

// HostileName tries everything that a name in a letter must not do.
const HostileName = `<b onclick="x()">{link} https://zly.example</b> {{.}}`
