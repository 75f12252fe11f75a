package app

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"strings"
	"time"

	"obrady/internal/agenda"
	"obrady/internal/attachment"
	"obrady/internal/attendance"
	"obrady/internal/call"
	"obrady/internal/campaign"
	"obrady/internal/civil"
	"obrady/internal/consent"
	"obrady/internal/council"
	"obrady/internal/db"
	"obrady/internal/draft"
	"obrady/internal/edition"
	"obrady/internal/kaleidoscope"
	"obrady/internal/mail"
	"obrady/internal/onstage"
	"obrady/internal/outbox"
	"obrady/internal/partner"
	"obrady/internal/people"
	"obrady/internal/practice"
	"obrady/internal/privacy"
	"obrady/internal/proceedings"
	"obrady/internal/programme"
	"obrady/internal/registration"
	"obrady/internal/review"
	"obrady/internal/rights"
	"obrady/internal/selection"
	"obrady/internal/signin"
	"obrady/internal/signup"
	"obrady/internal/timetable"
	"obrady/internal/web/desk"
	"obrady/internal/web/session"
)

// keepers are all parts of the house that keep personal data: what refers to a person stands before the person. The
// table in docs/operators names the columns.
var keepers = []privacy.Keeper{
	{Name: "session", Collect: session.Collect, Erase: session.Erase},
	{Name: "signin", Collect: signin.Collect, Erase: signin.Erase},
	{Name: "attendance", Collect: attendance.Collect, Erase: attendance.Erase},
	{Name: "practice", Collect: practice.Collect, Erase: practice.Erase},
	{Name: "agenda", Collect: agenda.Collect, Erase: agenda.Erase},
	{Name: "selection", Collect: selection.Collect, Erase: selection.Erase},
	{Name: "proceedings", Collect: proceedings.Collect, Erase: proceedings.Erase},
	{Name: "kaleidoscope", Collect: kaleidoscope.Collect, Erase: kaleidoscope.Erase},
	{Name: "onstage", Collect: onstage.Collect, Erase: onstage.Erase},
	{Name: "council", Collect: council.Collect, Erase: council.Erase},
	{Name: "review", Collect: review.Collect, Erase: review.Erase},
	{Name: "attachment", Collect: attachment.Collect, Erase: attachment.Erase},
	{Name: "call", Collect: call.Collect, Erase: call.Erase},
	{Name: "signup", Collect: signup.Collect, Erase: signup.Erase},
	{Name: "registration", Collect: registration.Collect, Erase: registration.Erase},
	{Name: "consent", Collect: consent.Collect, Erase: consent.Erase},
	{Name: "campaign", Collect: campaign.Collect, Erase: campaign.Erase},
	{Name: "mail", Collect: collectLetters, Erase: eraseLetters},
	{Name: "timetable", Collect: timetable.Collect, Erase: timetable.Erase},
	{Name: "programme", Collect: programme.Collect, Erase: programme.Erase},
	{Name: "edition", Collect: edition.Collect, Erase: edition.Erase},
	{Name: "partner", Collect: partner.Collect, Erase: partner.Erase},
	{Name: "rights", Collect: rights.Collect, Erase: rights.Erase},
	privacy.Drafts(func(account people.AccountID) []string { return []string{desk.Trace(string(account))} }),
	privacy.Promises(), privacy.Journal(), privacy.Cases(),
	{Name: "people", Collect: people.Collect, Erase: people.Erase},
}

// key: app.letters
func collectLetters(ctx context.Context, q db.Querier, s people.Subject) (people.Extract, error) {
	rows, err := mail.Collect(ctx, q, mail.Owner{Account: string(s.Account), Email: s.Email})
	return people.Extract{Part: "app.letters", Rows: rows}, err
}

func eraseLetters(ctx context.Context, tx *db.Tx, s people.Subject, _ time.Time) ([]people.Outcome, error) {
	n, err := mail.Erase(ctx, tx, mail.Owner{Account: string(s.Account), Email: s.Email})
	return []people.Outcome{{Part: "app.letters", Gone: int(n)}}, err
}

const (
	day         = 24 * time.Hour
	lettersKept = 90 * day // as mail.Sweep does it
)

// rules say how long what is kept. Consents go when the proof of them is of no more use; the others follow from what
// people are told when they are asked.
// key: app.keep.*
var rules = []privacy.Rule{
	{
		Name: "needs", Part: "app.keep.needs", Why: "app.keep.needs_why", Keep: 14 * day, Grave: true,
		Remove: func(ctx context.Context, tx *db.Tx, c privacy.Cut) (int64, error) {
			return registration.ForgetNeeds(ctx, tx, civil.DateOf(c.Before), c.Held...)
		},
	},
	{
		Name: "applications", Part: "selection.data.part", Why: "app.keep.applications_why", Keep: 30 * day, Grave: true,
		Remove: func(ctx context.Context, tx *db.Tx, c privacy.Cut) (int64, error) {
			return selection.Forget(ctx, tx, civil.DateOf(c.Before), c.Held...)
		},
	},
	{
		Name: "call_drafts", Part: "app.keep.call_drafts", Why: "app.keep.call_drafts_why", Keep: 30 * day, Grave: true,
		Remove: func(ctx context.Context, tx *db.Tx, c privacy.Cut) (int64, error) {
			return call.ForgetDrafts(ctx, tx, civil.DateOf(c.Before), c.Held...)
		},
	},
	{
		Name: "submissions", Part: "call.data.part", Why: "app.keep.submissions_why", Keep: 365 * day, Grave: true,
		Remove: func(ctx context.Context, tx *db.Tx, c privacy.Cut) (int64, error) {
			return call.ForgetUnused(ctx, tx, civil.DateOf(c.Before), c.Held...)
		},
	},
	{
		Name: "reviews", Part: "review.data.part", Why: "app.keep.reviews_why", Keep: 365 * day, Grave: true,
		Remove: func(ctx context.Context, tx *db.Tx, c privacy.Cut) (int64, error) {
			return review.Forget(ctx, tx, civil.DateOf(c.Before), c.Held...)
		},
	},
	{
		Name: "appeals", Part: "council.data.part", Why: "app.keep.appeals_why", Keep: 365 * day, Grave: true,
		Remove: func(ctx context.Context, tx *db.Tx, c privacy.Cut) (int64, error) {
			return council.Forget(ctx, tx, civil.DateOf(c.Before), c.Held...)
		},
	},
	{
		Name: "attendance", Part: "attendance.data.part", Why: "app.keep.attendance_why", Keep: 90 * day, Grave: true,
		Remove: func(ctx context.Context, tx *db.Tx, c privacy.Cut) (int64, error) {
			return attendance.Forget(ctx, tx, civil.DateOf(c.Before), c.Held...)
		},
	},
	{
		Name: "participants", Part: "app.keep.participants", Why: "app.keep.participants_why", Keep: 182 * day, Grave: true,
		Remove: func(ctx context.Context, tx *db.Tx, c privacy.Cut) (int64, error) {
			return registration.ForgetLists(ctx, tx, civil.DateOf(c.Before), c.Held...)
		},
	},
	{
		Name: "signups", Part: "app.keep.signups", Why: "app.keep.signups_why", Keep: 182 * day, Grave: true,
		Remove: func(ctx context.Context, tx *db.Tx, c privacy.Cut) (int64, error) {
			return signup.Forget(ctx, tx, civil.DateOf(c.Before), c.Held...)
		},
	},
	{
		Name: "letters", Part: "app.letters", Why: "app.keep.letters_why", Keep: lettersKept,
		Remove: func(ctx context.Context, tx *db.Tx, c privacy.Cut) (int64, error) {
			var held []string
			for _, account := range c.Held {
				held = append(held, string(account))
			}
			return mail.Sweep(ctx, tx, c.Before.Add(lettersKept), held...)
		},
	},
	{Name: "stories", Part: "app.keep.stories", Why: "app.keep.stories_why", Keep: storiesKept, Remove: sweepStories},
	{Name: "recipients", Part: "campaign.data.part", Why: "app.keep.recipients_why", Keep: 182 * day, Remove: sparing(campaign.Sweep)},
	{Name: "consents", Part: "app.keep.consents", Why: "app.keep.consents_why", Keep: consent.ProofKept, Remove: sparing(consent.Sweep)},
	{Name: "claims", Part: "app.keep.claims", Why: "app.keep.claims_why", Keep: 30 * day, Remove: plain(people.SweepClaims)},
	{Name: "looks", Part: "app.keep.looks", Why: "app.keep.looks_why", Keep: 30 * day, Remove: plain(registration.SweepLooks)},
	{Name: "drafts", Part: "app.keep.drafts", Why: "app.keep.drafts_why", Keep: 90 * day, Remove: plain(draft.Sweep)},
	{Name: "promises", Part: "app.keep.promises", Why: "app.keep.promises_why", Keep: 30 * day, Remove: plain(outbox.Sweep)},
}

// broom is what a rule removes with.
type broom = func(ctx context.Context, tx *db.Tx, c privacy.Cut) (int64, error)

// plain takes a broom that needs no transaction of its own, for what tells of nobody who could be held.
func plain(sweep func(context.Context, db.Querier, time.Time) (int64, error)) broom {
	return func(ctx context.Context, tx *db.Tx, c privacy.Cut) (int64, error) { return sweep(ctx, tx, c.Before) }
}

// sparing takes a broom that leaves alone what a legal hold keeps.
func sparing(sweep func(context.Context, db.Querier, time.Time, ...people.AccountID) (int64, error)) broom {
	return func(ctx context.Context, tx *db.Tx, c privacy.Cut) (int64, error) {
		return sweep(ctx, tx, c.Before, c.Held...)
	}
}

// ErasuresBeside is where the erasures of a database are noted if nobody says otherwise: beside its file, or in the
// folder of the data for a database that is none.
func ErasuresBeside(address, data string) string {
	if file, ok := strings.CutPrefix(address, sqlitePrefix); ok {
		data = filepath.Dir(file)
	}
	return filepath.Join(data, "obrady.erased")
}

// Privacy is what handles people's wishes about their data, over a database that no house may stand on. Erasures are
// noted in the book at path; nowhere when it is empty.
func Privacy(d *db.DB, c Config) (*privacy.Service, error) {
	c = c.filled()
	var book *privacy.Book
	if c.Erasures != "" {
		var err error
		if book, err = privacy.OpenBook(c.Erasures); err != nil {
			return nil, err
		}
	}
	return privacy.NewService(privacy.Config{DB: d, Now: c.Now, Log: c.Log, Keepers: keepers, Rules: rules, Book: book}), nil
}

// guardPrivacy builds the service and erases again what an older backup has brought back, before anybody looks.
func (a *App) guardPrivacy(ctx context.Context) (err error) {
	if a.Privacy, err = Privacy(a.db, a.config); err != nil {
		return err
	}
	a.Privacy.Renew = func(ctx context.Context) error {
		a.Site.Cache().Flush()
		return a.Renew(ctx)
	}
	if _, err := a.Privacy.Reapply(ctx); err != nil {
		return fmt.Errorf("apply erasures again: %w", err)
	}
	return nil
}

// retain forgets what has been kept long enough, asks for yearly reviews, and makes up for files that could not be
// cleaned before.
func (a *App) retain(ctx context.Context) (n int64, err error) {
	var removals []privacy.Removal
	if !a.config.Demo { // the congress of the demonstration was years ago; its list would go at once
		removals, err = a.Privacy.Retain(ctx)
	}
	for _, one := range removals {
		n += one.Rows
	}
	_, asked := a.Editions.RemindOfStatements(ctx)
	_, due := a.Practices.RemindDue(ctx)
	return n, errors.Join(err, asked, due, a.Privacy.Scrub(ctx))
}
