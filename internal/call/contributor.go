package call

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"obrady/internal/db"
	"obrady/internal/errs"
	"obrady/internal/id"
	"obrady/internal/outbox"
	"obrady/internal/people"
	"obrady/internal/text"
)

// Limits of contributors, in characters unless they count something else.
const (
	MostContributors = 20
	maxName          = 200
	maxAffiliation   = 300
)

// checked brings what was typed about a contributor into the form in which it is
// kept, or says what is wrong with it.
func (c Contributor) checked() (Contributor, error) {
	var wrong errs.Problems
	c.Name, c.Email = strings.TrimSpace(c.Name), strings.TrimSpace(c.Email)
	if c.Name == "" || text.Length(c.Name) > maxName || strings.ContainsAny(c.Name, "\n\t") {
		wrong.Add("name", "call.contributor_name")
	}
	if text.Length(c.Affiliation) > maxAffiliation {
		wrong.Add("affiliation", "form.too_long", maxAffiliation)
	}
	if c.Email != "" {
		address, ok := people.Email(c.Email)
		if !ok {
			wrong.Add("email", "call.contributor_email")
		}
		c.Email = address
	}
	if c.ORCID != "" {
		orcid, ok := ORCID(c.ORCID)
		if !ok {
			wrong.Add("orcid", "call.contributor_orcid")
		}
		c.ORCID = orcid
	}
	c.checkRoles(&wrong)
	return c, wrong.Err()
}

func (c Contributor) checkRoles(wrong *errs.Problems) {
	switch {
	case len(c.Roles) == 0, slices.ContainsFunc(c.Roles, func(r Role) bool { return !slices.Contains(Roles, r) }):
		wrong.Add("roles", "call.contributor_roles")
	case c.Has(Unit) && len(c.Roles) > 1:
		wrong.Add("roles", "call.contributor_unit")
	}
}

// SaveContributor adds somebody to a submission (empty ID) or corrects what is
// said about them, as long as the submission can be changed. Who has another
// address than before must be asked anew. An address that is there already is
// taken for the same person pressed twice: nothing is added.
func (s *Service) SaveContributor(ctx context.Context, by people.AccountID, c Contributor) (Contributor, error) {
	c, err := c.checked()
	if err != nil {
		return c, err
	}
	err = s.db.Tx(ctx, func(tx *db.Tx) error {
		before, err := s.behind(ctx, tx, by, c.Submission)
		if err != nil {
			return err
		}
		i := slices.IndexFunc(before.Contributors, func(o Contributor) bool { return o.ID == c.ID || c.ID == "" && o.Email == c.Email && c.Email != "" })
		switch {
		case i >= 0:
			c = before.Contributors[i].with(c)
			return updateContributor(ctx, tx, c)
		case c.ID != "":
			return ErrChanged // somebody has removed them meanwhile
		case len(before.Contributors) >= MostContributors:
			var wrong errs.Problems
			wrong.Add("name", "call.contributors", MostContributors)
			return wrong.Err()
		}
		c.ID, c.State, c.Account = id.Make[ContributorID](), Named, ""
		return insertContributor(ctx, tx, c)
	})
	if err != nil {
		return c, fmt.Errorf("save a contributor of %s: %w", c.Submission, err)
	}
	return c, nil
}

// with takes over what was typed.
func (c Contributor) with(typed Contributor) Contributor {
	if typed.Email != c.Email {
		c.State = Named
		if c.Account != "" {
			typed.Account = "" // another address is another person
		}
		c.Account = typed.Account
	}
	c.Roles, c.Name, c.Email, c.Affiliation, c.ORCID, c.Institution = typed.Roles, typed.Name, typed.Email, typed.Affiliation, typed.ORCID, typed.Institution
	return c
}

// behind returns who is behind a submission that by works on and that can be changed.
func (s *Service) behind(ctx context.Context, tx *db.Tx, by people.AccountID, submission SubmissionID) (Identity, error) {
	d, err := s.inHand(ctx, tx, by, submission)
	if err != nil {
		return Identity{}, err
	}
	if d.before.State != Drafted {
		if err := d.before.takes(ctx, tx, d.call, d.now); err != nil {
			return Identity{}, err
		}
	}
	return IdentityOf(ctx, tx, submission)
}

// RemoveContributor takes somebody off a submission that can be changed. That
// they are gone already is no error.
func (s *Service) RemoveContributor(ctx context.Context, by people.AccountID, c Contributor) error {
	err := s.db.Tx(ctx, func(tx *db.Tx) error {
		before, err := s.behind(ctx, tx, by, c.Submission)
		if err != nil {
			return err
		}
		if len(before.Contributors) == 1 && before.Contributors[0].ID == c.ID {
			return ErrNobodyLeft
		}
		return deleteContributor(ctx, tx, c)
	})
	if err != nil {
		return fmt.Errorf("remove a contributor of %s: %w", c.Submission, err)
	}
	return nil
}

// RaiseContributor puts somebody one place earlier in the order in which the
// contributors are printed.
func (s *Service) RaiseContributor(ctx context.Context, by people.AccountID, c Contributor) error {
	err := s.db.Tx(ctx, func(tx *db.Tx) error {
		before, err := s.behind(ctx, tx, by, c.Submission)
		if err != nil {
			return err
		}
		all := before.Contributors
		i := slices.IndexFunc(all, func(o Contributor) bool { return o.ID == c.ID })
		if i > 0 {
			all[i-1], all[i] = all[i], all[i-1]
		}
		for n, one := range all {
			if err := setPosition(ctx, tx, one, n+1); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("reorder contributors of %s: %w", c.Submission, err)
	}
	return nil
}

// LinkLife is how long the link of an invitation works.
const LinkLife = 60 * 24 * time.Hour

// mostAskedADay is how many people somebody writes to in a day through what they
// send in: mail in the congress's name must not be a weapon.
const mostAskedADay = 40

// ErrAskedEnough is for whoever writes to more.
var ErrAskedEnough = errs.New(errs.Conflict, "call.asked_enough", mostAskedADay)

// askAgain is how long somebody waits before a contributor is written to once more.
const askAgain = 24 * time.Hour

// Invite promises a letter to a contributor with an address, in which they say
// whether they stand behind the submission; they need no account for that.
func (s *Service) Invite(ctx context.Context, by people.AccountID, c Contributor) error {
	err := s.db.Tx(ctx, func(tx *db.Tx) error {
		before, err := s.behind(ctx, tx, by, c.Submission)
		if err != nil {
			return err
		}
		now, err := s.clock(ctx, tx)
		if err != nil {
			return err
		}
		i := slices.IndexFunc(before.Contributors, func(o Contributor) bool { return o.ID == c.ID })
		if i < 0 {
			return ErrChanged
		}
		one := before.Contributors[i]
		if one.Email == "" || one.State == Agreed || one.State == Invited && now.Before(one.InvitedAt.Add(askAgain)) {
			return nil // nothing to ask, or asked a moment ago
		}
		if err := mayAsk(ctx, tx, by, now); err != nil {
			return err
		}
		if _, err := tx.Exec(ctx, `UPDATE call_contributor SET state = $2, invited_at = $3 WHERE id = $1`, one.ID, Invited, now); err != nil {
			return err
		}
		return outbox.Add(ctx, tx, now, Asked{one.ID})
	})
	if err != nil {
		return fmt.Errorf("ask a contributor of %s: %w", c.Submission, err)
	}
	return nil
}

// mayAsk says whether somebody may still write to one more person today.
func mayAsk(ctx context.Context, q db.Querier, by people.AccountID, now time.Time) error {
	own, err := ownIDs(ctx, q, `1 = 1`, by)
	if err != nil {
		return err
	}
	who, err := identitiesOf(ctx, q, own)
	if err != nil {
		return err
	}
	n := 0
	for _, i := range who {
		for _, c := range i.Contributors {
			if c.InvitedAt.After(now.Add(-24 * time.Hour)) {
				n++
			}
		}
	}
	if n >= mostAskedADay {
		return ErrAskedEnough
	}
	return nil
}

func hashOf(token string) string {
	sum := sha256.Sum256([]byte(token))
	return hex.EncodeToString(sum[:])
}

// IssueLink makes the token of an invitation's link, of which only the hash is
// kept; one that was made before works no longer. ErrNoLink if there is nothing
// to ask any more.
func IssueLink(ctx context.Context, tx *db.Tx, contributor ContributorID) (token string, c Contributor, err error) {
	c, err = findContributor(ctx, tx, `id = $1 AND state = 'invited' AND email <> ''`, contributor)
	if err != nil {
		return "", c, err
	}
	token = rand.Text()
	_, err = tx.Exec(ctx, `UPDATE call_contributor SET hash = $2 WHERE id = $1`, c.ID, hashOf(token))
	return token, c, err
}

// Invitation is what somebody is asked who got the link of a submission.
type Invitation struct {
	Contributor Contributor
	Title       string // of the submission
	Call        Call
	Asking      string // who began it, by name
}

// Invitation returns what the link with this token asks, or ErrNoLink. It does
// not use the link up.
func (s *Service) Invitation(ctx context.Context, token string) (i Invitation, err error) {
	i.Contributor, err = findContributor(ctx, s.db, `hash = $1 AND invited_at > $2`, hashOf(token), s.now().Add(-LinkLife))
	if err != nil {
		return i, fmt.Errorf("find an invitation: %w", err)
	}
	submission, err := FindSubmission(ctx, s.db, i.Contributor.Submission)
	if err != nil {
		return i, fmt.Errorf("find what an invitation is about: %w", err)
	}
	i.Title = submission.Title
	if i.Call, err = Find(ctx, s.db, submission.Call); err != nil {
		return i, fmt.Errorf("find what an invitation is about: %w", err)
	}
	who, err := IdentityOf(ctx, s.db, submission.ID)
	if err != nil {
		return i, fmt.Errorf("find who invites: %w", err)
	}
	owner, err := people.FindAccount(ctx, s.db, who.Owner.Account)
	if err != nil && !errors.Is(err, people.ErrNoAccount) {
		return i, fmt.Errorf("find who invites: %w", err)
	}
	i.Asking = owner.Name
	return i, nil
}

// Reply answers an invitation once: Agreed or Refused. Account is whoever is
// signed in, who works on the submission from then on; it may be empty.
func (s *Service) Reply(ctx context.Context, token string, reply Answer, account people.AccountID) error {
	if reply != Agreed && reply != Refused {
		return ErrNoLink
	}
	err := s.db.Tx(ctx, func(tx *db.Tx) error {
		c, err := findContributor(ctx, tx, `hash = $1 AND invited_at > $2`, hashOf(token), s.now().Add(-LinkLife))
		if err != nil {
			return err
		}
		if c.AnsweredAt, err = s.clock(ctx, tx); err != nil {
			return err
		}
		if c.State = reply; reply == Agreed {
			c.Account = account
		}
		return setAnswer(ctx, tx, c)
	})
	if err != nil {
		return fmt.Errorf("answer an invitation: %w", err)
	}
	return nil
}
