package demo

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"time"

	"obrady/internal/call"
	"obrady/internal/db"
	"obrady/internal/form"
	"obrady/internal/i18n"
	"obrady/internal/people"
)

// callsFile is what an edition asks for, and what was sent in. All of it is made up, and says so.
type callsFile struct {
	Calls []callEntry `json:"calls"`
}

type callEntry struct {
	Slug           string          `json:"slug"`
	Mark           string          `json:"mark"`
	Kind           call.Kind       `json:"kind"`
	Title          i18n.Text       `json:"title"`
	Lead           i18n.Text       `json:"lead"`
	Body           i18n.Text       `json:"body"`
	Terms          i18n.Text       `json:"terms"`
	Anonymity      call.Anonymity  `json:"anonymity"`
	Senders        call.Senders    `json:"senders"`
	Languages      []i18n.Lang     `json:"languages"`
	Paths          []call.Option   `json:"paths"`
	Formats        []call.Option   `json:"formats"`
	Checklist      []i18n.Text     `json:"checklist"`
	PerPerson      int             `json:"per_person"`
	PerInstitution int             `json:"per_institution"`
	Opens          int             `json:"opens"` // days from the day of the demonstration
	Closes         int             `json:"closes"`
	Published      bool            `json:"published"`
	End            call.Phase      `json:"end"` // cancelled or archived; empty: it goes on
	Questions      []form.Question `json:"questions"`
	Submissions    []sentEntry     `json:"submissions"`
	Judging        *judgingEntry   `json:"judging"` // nil: nobody has begun
}

type sentEntry struct {
	Name    string       `json:"name"`
	Email   string       `json:"email"`
	Days    int          `json:"days"` // from the day of the demonstration
	Title   string       `json:"title"`
	Path    string       `json:"path"`
	Format  string       `json:"format"`
	Answers form.Answers `json:"answers"`
	State   call.State   `json:"state"`
	Why     string       `json:"why"`

	verdictEntry
}

// office runs the calls of the demonstration, at the hour of its clock.
type office struct {
	*builder
	calls *call.Service
	at    time.Time
}

// calls writes the calls of an edition, where it has any.
func (b *builder) calls(ctx context.Context) error {
	file, err := read[callsFile](b.slug + "/calls.json")
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	o := &office{builder: b}
	o.calls = call.NewService(b.db, o.clock)
	o.calls.Clock = func(context.Context, db.Querier) (time.Time, error) { return o.at, nil }
	for _, one := range file.Calls {
		if err := o.open(ctx, one); err != nil {
			return fmt.Errorf("call %s: %w", one.Slug, err)
		}
	}
	return nil
}

func (o *office) clock() time.Time { return o.at }

// day sets the clock so many days from the day of the demonstration.
func (o *office) day(n int) time.Time {
	o.at = o.now().AddDate(0, 0, n)
	return o.at
}

func (o *office) open(ctx context.Context, e callEntry) error {
	closes, opens := o.day(e.Closes), o.day(e.Opens)
	o.at = opens.AddDate(0, 0, -30)
	c, err := o.calls.Save(ctx, author, call.Call{
		Edition: o.edition.ID, Slug: e.Slug, Mark: e.Mark, Kind: e.Kind, Title: e.Title, Lead: e.Lead, Body: e.Body, Terms: e.Terms, Anonymity: e.Anonymity,
		Senders: e.Senders, Languages: e.Languages, Paths: e.Paths, Formats: e.Formats, Checklist: e.Checklist, PerPerson: e.PerPerson,
		PerInstitution: e.PerInstitution, OpensAt: opens, ClosesAt: closes,
	})
	if err != nil || !e.Published {
		return err
	}
	if _, err := o.calls.Ask(ctx, author, c.ID, form.Version{Questions: e.Questions}); err != nil {
		return err
	}
	if err := o.calls.Publish(ctx, author, c.ID); err != nil {
		return err
	}
	var all []judged
	for _, one := range e.Submissions {
		sent, err := o.send(ctx, c.ID, one)
		if err != nil {
			return fmt.Errorf("submission %s: %w", one.Title, err)
		}
		if one.State == call.Eligible {
			all = append(all, sent)
		}
	}
	switch {
	case e.Judging != nil:
		return o.judge(ctx, c.ID, *e.Judging, all)
	case e.End == call.Cancelled:
		o.day(0)
		return o.calls.Cancel(ctx, author, c.ID)
	case e.End == call.Archived:
		o.day(0)
		return o.calls.Archive(ctx, author, c.ID)
	}
	return nil
}

// send writes a submission and takes it to where it stands.
func (o *office) send(ctx context.Context, to call.ID, e sentEntry) (judged, error) {
	o.day(e.Days)
	var who people.Account
	err := o.db.Tx(ctx, func(tx *db.Tx) (err error) {
		who, err = people.OpenAccount(ctx, tx, people.Account{Email: e.Email, Name: e.Name, VerifiedAt: o.at, CreatedAt: o.at})
		return err
	})
	if err != nil {
		return judged{}, err
	}
	s, err := o.calls.Begin(ctx, call.Beginning{Call: to, By: who.ID, Lang: i18n.Polish})
	if err != nil {
		return judged{}, err
	}
	sent := judged{verdictEntry: e.verdictEntry, id: s.ID, owner: who.ID}
	s.Title, s.Path, s.Format, s.Answers = e.Title, e.Path, e.Format, e.Answers
	if e.State == call.Drafted {
		_, err = o.calls.Keep(ctx, who.ID, s)
		return sent, err
	}
	if s, err = o.calls.Send(ctx, call.Sending{By: who.ID, Typed: s, Agreed: true}); err != nil {
		return sent, err
	}
	o.at = o.at.Add(24 * time.Hour)
	switch e.State {
	case call.Withdrawn:
		return sent, o.calls.Go(ctx, call.Step{Submission: s.ID, By: who.ID, To: call.Withdrawn, Why: e.Why})
	case call.Eligible, call.Returned, call.Ineligible:
		return sent, o.calls.Check(ctx, call.Finding{
			Submission: s.ID, By: author, Seen: call.Submitted, Next: e.State, Why: e.Why, DueAt: o.now().AddDate(0, 0, 14),
		})
	default: // it waits for the formal check
		return sent, nil
	}
}
