package notify

import (
	"context"
	"errors"
	"time"

	"obrady/internal/db"
	"obrady/internal/edition"
	"obrady/internal/i18n"
	"obrady/internal/mail"
	"obrady/internal/outbox"
	"obrady/internal/people"
	"obrady/internal/registration"
	"obrady/internal/rights"
)

// aboutPeople are the letters about roles, taking part and who is who.
func (l *Letters) aboutPeople() map[string]func(context.Context, outbox.Entry) error {
	return map[string]func(context.Context, outbox.Entry) error{
		rights.Granted{}.Kind():           l.granted,
		registration.EventMade:            l.registered,
		registration.EventChanged:         l.registered,
		registration.EventCancelled:       l.registered,
		people.ClaimOffered{}.Kind():      l.claimOffered,
		edition.AccessibilityDue{}.Kind(): l.statementDue,
	}
}

// granted tells somebody, or everybody of an institution, what role they have now.
func (l *Letters) granted(ctx context.Context, e outbox.Entry) error {
	var event rights.Granted
	if err := e.Into(&event); err != nil {
		return err
	}
	g, err := findGrant(ctx, l.DB, event.Grant)
	if errors.Is(err, rights.ErrNoGrant) || err == nil && !g.RevokedAt.IsZero() {
		return nil // taken back before it was told
	}
	if err != nil {
		return err
	}
	name, err := nodeName(ctx, l.DB, g.Node)
	if err != nil {
		return err
	}
	giver, _, err := l.account(ctx, g.GrantedBy)
	if err != nil {
		return err
	}
	who, err := l.grantees(ctx, g)
	if err != nil {
		return err
	}
	return l.tellAll(ctx, who, news{
		kind: granted, edition: g.Edition, route: "mine.start", dedupe: "rights.granted:" + string(g.ID),
		words: func(p i18n.Printer) map[string]string {
			words := map[string]string{
				"role": p.T(g.Role.Key()), "where": name.In(p.Lang).Text, "who": giver.Name,
				"may": p.T(mayKey(g.Role)), "until": p.T("notify.no_end"),
			}
			if g.Node.Kind == rights.Site {
				words["where"] = p.T(g.Node.Kind.Key())
			}
			if !g.Until.IsZero() {
				words["until"] = p.Date(g.Until.AddDate(0, 0, -1)) // the last day on which it holds
			}
			return words
		},
	})
}

// mayKey names the sentence that says what the role is for.
// key: notify.may.*
func mayKey(r rights.Role) string { return "notify.may." + string(r) }

func (l *Letters) grantees(ctx context.Context, g rights.Grant) (all []people.Account, err error) {
	ids := []people.AccountID{g.Account}
	if g.Institution != "" {
		ids = nil
		members, err := people.Members(ctx, l.DB)
		if err != nil {
			return nil, err
		}
		for _, m := range members {
			if m.Institution == g.Institution {
				ids = append(ids, m.Account)
			}
		}
	}
	for _, id := range ids {
		a, ok, err := l.account(ctx, id)
		if err != nil {
			return nil, err
		}
		if ok {
			all = append(all, a)
		}
	}
	return all, nil
}

// registered tells somebody that they take part, take part otherwise, or do not any more.
func (l *Letters) registered(ctx context.Context, e outbox.Entry) error {
	var event registration.Event
	if err := e.Into(&event); err != nil {
		return err
	}
	p, err := registration.FindParticipant(ctx, l.DB, event.Participant)
	if errors.Is(err, registration.ErrNotRegistered) || err == nil && p.Revision > event.Revision {
		return nil // gone, or changed again: the letter about that tells all
	}
	if err != nil {
		return err
	}
	who, ok, err := l.account(ctx, event.Account)
	if err != nil || !ok {
		return err
	}
	of, err := edition.ByID(ctx, l.DB, event.Edition)
	if err != nil {
		return err
	}
	kinds := map[string]Kind{registration.EventMade: made, registration.EventChanged: changed, registration.EventCancelled: cancelled}
	return l.tell(ctx, news{
		kind: kinds[event.What], edition: event.Edition, to: who, route: "registration", args: []any{of.Slug}, dedupe: "registration:" + e.ID,
		words: func(w i18n.Printer) map[string]string { return map[string]string{"how": w.T(p.Form.Key())} },
	})
}

// claimOffered sends the link by which somebody says that a person of the programme is them.
func (l *Letters) claimOffered(ctx context.Context, e outbox.Entry) error {
	var event people.ClaimOffered
	if err := e.Into(&event); err != nil {
		return err
	}
	return l.post(ctx, func(tx *db.Tx) (mail.Letter, error) {
		token, c, err := people.IssueClaim(ctx, tx, l.Now(), event.Claim)
		if errors.Is(err, people.ErrClaimSpent) {
			return mail.Letter{}, errNoLetter
		}
		if err != nil {
			return mail.Letter{}, err
		}
		person, err := people.FindPerson(ctx, tx, c.Person)
		if err != nil {
			return mail.Letter{}, err
		}
		to, err := people.AccountOf(ctx, tx, c.Email)
		if errors.Is(err, people.ErrNoAccount) {
			to, err = people.Account{Email: c.Email, Name: person.Name, Lang: i18n.Polish}, nil
		}
		if err != nil {
			return mail.Letter{}, err
		}
		letter, err := l.write(ctx, tx, news{
			kind: claimOffered, to: to, route: "claim", args: []any{token}, dedupe: "claim:" + e.ID,
			words: func(p i18n.Printer) map[string]string {
				return map[string]string{"person": person.Name, "until": p.Date(c.ExpiresAt)}
			},
		})
		letter.Secret, letter.Expires = true, c.ExpiresAt
		return letter, err
	})
}

// statementDue reminds the organisers that the accessibility statement wants its yearly review.
func (l *Letters) statementDue(ctx context.Context, e outbox.Entry) error {
	var event edition.AccessibilityDue
	if err := e.Into(&event); err != nil {
		return err
	}
	of, err := edition.ByID(ctx, l.DB, event.Edition)
	if err != nil {
		return err
	}
	hosts, err := l.hosts(ctx, event.Edition)
	if err != nil {
		return err
	}
	return l.tellAll(ctx, hosts, news{
		kind: statementDue, edition: event.Edition, route: "desk.statement", args: []any{of.Slug}, dedupe: "statement:" + e.ID,
		words: func(p i18n.Printer) map[string]string {
			return map[string]string{"until": p.Date(time.Date(event.Year, time.March, 31, 0, 0, 0, 0, time.UTC))}
		},
	})
}
