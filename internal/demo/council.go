package demo

import (
	"context"
	"fmt"

	"obrady/internal/assign"
	"obrady/internal/call"
	"obrady/internal/council"
	"obrady/internal/db"
	"obrady/internal/people"
	"obrady/internal/review"
	"obrady/internal/rights"
)

// judgingEntry says how what was sent in is judged, and by whom. All of them are made up.
type judgingEntry struct {
	Each       int                `json:"each"`
	Criteria   []review.Criterion `json:"criteria"`
	Places     []review.Places    `json:"places"`
	Consulted  string             `json:"consulted"` // an institution, and the address of who speaks for it
	Voice      string             `json:"voice"`
	Quorum     int                `json:"quorum"`
	AppealDays int                `json:"appeal_days"`
	Opens      int                `json:"opens"` // days from the day of the demonstration
	Closes     int                `json:"closes"`
	Sits       int                `json:"sits"`
	Place      string             `json:"place"`
	Members    []memberEntry      `json:"members"`
	Announced  bool               `json:"announced"` // the day after the sitting; before that it is under way
}

// memberEntry is a reviewer, a member of the council, of whom the first takes the chair, or the organiser who writes.
type memberEntry struct {
	Name   string                  `json:"name"`
	Email  string                  `json:"email"`
	Role   rights.Role             `json:"role"`
	Most   int                     `json:"most"`
	Skills map[string]assign.Level `json:"skills"`
}

// verdictEntry is what was thought of a submission and what became of it. People are named by their addresses.
type verdictEntry struct {
	Reviews   []reviewEntry     `json:"reviews"`
	Conflicts map[string]string `json:"conflicts"` // who declares a stake, and why
	Opinion   opinionEntry      `json:"opinion"`
	Discussed bool              `json:"discussed"` // at this moment
	Outcome   review.Outcome    `json:"outcome"`
	Format    string            `json:"format"` // as accepted, if another
	ToAuthor  string            `json:"to_author"`
	Inside    string            `json:"inside"`
	Answer    call.State        `json:"answer"` // of its author
}

type reviewEntry struct {
	By         string            `json:"by"`
	Marks      map[string]int    `json:"marks"`
	Confidence review.Confidence `json:"confidence"`
	Advice     review.Outcome    `json:"advice"`
	ToAuthor   string            `json:"to_author"` // empty: it has not been written yet
	ToCouncil  string            `json:"to_council"`
}

type opinionEntry struct {
	Stance review.Stance `json:"stance"`
	Words  string        `json:"words"`
}

// judged is a submission with what is thought of it.
type judged struct {
	verdictEntry
	id    call.SubmissionID
	owner people.AccountID
}

// chamber judges what was sent in answer to one call.
type chamber struct {
	*office
	judgingEntry
	call    call.ID
	reviews *review.Service
	council *council.Service
	members map[string]people.AccountID // by address
	writer  people.AccountID            // of the minutes
	sent    []judged
}

// judge takes what was sent in to where the demonstration finds it.
func (o *office) judge(ctx context.Context, of call.ID, e judgingEntry, sent []judged) error {
	c := &chamber{office: o, judgingEntry: e, call: of, members: map[string]people.AccountID{}, sent: sent}
	c.reviews = review.NewService(o.db, o.clock)
	c.council = council.NewService(o.db, o.clock, c.reviews)
	for _, do := range []func(context.Context) error{c.rules, c.appoint, c.read, c.sit} {
		if err := do(ctx); err != nil {
			return err
		}
	}
	if !e.Announced {
		return nil
	}
	return c.announce(ctx)
}

func (c *chamber) rules(ctx context.Context) error {
	closes := c.day(c.Closes)
	setup := review.Setup{
		Call: c.call, Each: c.Each, Criteria: c.Criteria, Places: c.Places, Quorum: c.Quorum, AppealDays: c.AppealDays, OpensAt: c.day(c.Opens), ClosesAt: closes,
	}
	if c.Consulted != "" {
		body, err := lookUp(c.institutions, people.InstitutionID(c.Consulted))
		if err != nil {
			return err
		}
		setup.Consulted = []people.InstitutionID{body}
	}
	_, err := c.reviews.SaveSetup(ctx, author, setup)
	return err
}

// appoint gives the members their roles, and says what each of them reads.
func (c *chamber) appoint(ctx context.Context) error {
	for _, m := range c.Members {
		account, err := rights.NewService(c.db, c.clock).Appoint(ctx, people.Account{Email: m.Email, Name: m.Name, VerifiedAt: c.at}, m.Role, rights.OfCongress(c.edition.ID), c.edition.ID)
		if err != nil {
			return fmt.Errorf("member %s: %w", m.Email, err)
		}
		c.members[m.Email] = account.ID
		if m.Role == rights.Organiser {
			c.writer = account.ID
		}
		if m.Role != rights.Reviewer {
			continue
		}
		if err := c.reviews.SaveReader(ctx, author, review.Reader{Call: c.call, Account: account.ID, Most: m.Most, Skills: m.Skills}); err != nil {
			return fmt.Errorf("reviewer %s: %w", m.Email, err)
		}
	}
	if c.Voice == "" {
		return nil
	}
	return c.db.Tx(ctx, func(tx *db.Tx) error {
		voice, err := people.OpenAccount(ctx, tx, people.Account{Email: c.Voice, Name: "Głos ministerstwa (przykład)", VerifiedAt: c.at, CreatedAt: c.at})
		if err != nil {
			return err
		}
		c.members[c.Voice] = voice.ID
		return people.AddMember(ctx, tx, people.Member{Account: voice.ID, Institution: c.institutions[c.Consulted], GrantedBy: author, GrantedAt: c.at})
	})
}

// read has everybody say what they have a stake in, and what they think of the rest.
func (c *chamber) read(ctx context.Context) error {
	for _, one := range c.sent {
		for who, why := range one.Conflicts {
			if err := c.reviews.Declare(ctx, c.members[who], review.Conflict{Submission: one.id, Account: c.members[who]}, why); err != nil {
				return err
			}
		}
		for _, r := range one.Reviews {
			if err := c.review(ctx, one.id, r); err != nil {
				return fmt.Errorf("review by %s: %w", r.By, err)
			}
		}
		if one.Opinion.Stance == "" {
			continue
		}
		err := c.reviews.Opine(ctx, c.members[c.Voice], review.Opinion{Submission: one.id, Stance: one.Opinion.Stance, Words: one.Opinion.Words})
		if err != nil {
			return err
		}
	}
	return nil
}

func (c *chamber) review(ctx context.Context, of call.SubmissionID, e reviewEntry) error {
	who := c.members[e.By]
	if err := c.reviews.Give(ctx, c.writer, review.Assignment{Submission: of, Account: who, Call: c.call}); err != nil || e.ToAuthor == "" {
		return err
	}
	_, err := c.reviews.Send(ctx, who, review.Review{
		Submission: of, Scores: e.Marks, Confidence: e.Confidence, Advice: e.Advice, ToAuthor: e.ToAuthor, ToCouncil: e.ToCouncil,
	})
	return err
}

// sit holds the sitting, as far as it has come.
func (c *chamber) sit(ctx context.Context) error {
	begins := c.day(c.Sits)
	sitting, err := c.council.SaveSitting(ctx, c.writer, council.Sitting{Call: c.call, Place: c.Place, BeginsAt: begins, Present: c.present()})
	if err != nil {
		return err
	}
	if err := c.council.Turn(ctx, c.writer, sitting.ID, council.OpenNow); err != nil {
		return err
	}
	if err := c.council.Fill(ctx, c.writer, sitting.ID); err != nil {
		return err
	}
	for _, one := range c.sent {
		if err := c.decide(ctx, sitting, one); err != nil {
			return err
		}
	}
	for _, one := range c.sent {
		if one.Discussed {
			return c.council.Take(ctx, c.writer, sitting.ID, one.id)
		}
	}
	if !c.Announced {
		return nil
	}
	if err := c.council.Turn(ctx, c.writer, sitting.ID, council.ClosedUp); err != nil {
		return err
	}
	return c.council.Turn(ctx, c.writer, sitting.ID, council.Approved)
}

func (c *chamber) present() (all []council.Present) {
	part := council.Chair
	for _, m := range c.Members {
		switch m.Role {
		case rights.Council:
			all = append(all, council.Present{Account: c.members[m.Email], Part: part})
			part = council.Member
		case rights.Organiser:
			all = append(all, council.Present{Account: c.writer, Part: council.Secretary})
		default: // who reviews does not sit
		}
	}
	return all
}

// decide votes with everybody who has no stake.
func (c *chamber) decide(ctx context.Context, sitting council.Sitting, one judged) error {
	if one.Outcome == "" {
		return nil
	}
	votes := sitting.Voters()
	for who := range one.Conflicts {
		if sitting.Has(c.members[who]) {
			votes--
		}
	}
	_, err := c.council.Decide(ctx, c.writer, council.Decision{
		Submission: one.id, Call: c.call, Sitting: sitting.ID, Outcome: one.Outcome, Format: one.Format, ToAuthor: one.ToAuthor, Inside: one.Inside,
		InFavour: votes,
	})
	return err
}

// announce tells all authors at once, and lets them answer.
func (c *chamber) announce(ctx context.Context) error {
	c.day(c.Sits + 1)
	_, digest, err := c.council.Preview(ctx, c.writer, c.call)
	if err != nil {
		return err
	}
	if _, err := c.council.Announce(ctx, c.writer, c.call, digest); err != nil {
		return err
	}
	c.day(c.Sits + 2)
	for _, one := range c.sent {
		if one.Answer == "" {
			continue
		}
		if err := c.calls.Go(ctx, call.Step{Submission: one.id, By: one.owner, To: one.Answer}); err != nil {
			return err
		}
	}
	return nil
}
