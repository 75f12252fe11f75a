package app

import (
	"context"
	"fmt"

	"obrady/internal/attachment"
	"obrady/internal/attendance"
	"obrady/internal/call"
	"obrady/internal/campaign"
	"obrady/internal/consent"
	"obrady/internal/council"
	"obrady/internal/db"
	"obrady/internal/edition"
	"obrady/internal/fairness"
	"obrady/internal/journal"
	"obrady/internal/kaleidoscope"
	"obrady/internal/mail"
	"obrady/internal/notify"
	"obrady/internal/onstage"
	"obrady/internal/outbox"
	"obrady/internal/partner"
	"obrady/internal/people"
	"obrady/internal/practice"
	"obrady/internal/proceedings"
	"obrady/internal/programme"
	"obrady/internal/registration"
	"obrady/internal/review"
	"obrady/internal/rights"
	"obrady/internal/selection"
	"obrady/internal/signin"
	"obrady/internal/timetable"
	"obrady/internal/web/session"
)

// checks are the rules of every package that keeps data, the ground first.
var checks = []struct {
	name string
	find func(context.Context, db.Querier) ([]db.Fault, error)
}{
	{"journal", journal.Check},
	{"outbox", outbox.Check},
	{"mail", mail.Check},
	{"people", people.Check},
	{"edition", edition.Check},
	{"programme", programme.Check},
	{"timetable", timetable.CheckStored},
	{"rights", rights.Check},
	{"partner", partner.Check},
	{"consent", consent.Check},
	{"registration", registration.Check},
	{"signup", fairness.Check},
	{"attendance", attendance.Check},
	{"selection", selection.Check},
	{"call", call.Check},
	{"attachment", attachment.Check},
	{"review", review.Check},
	{"council", council.Check},
	{"onstage", onstage.Check},
	{"kaleidoscope", kaleidoscope.Check},
	{"proceedings", proceedings.Check},
	{"practice", practice.Check},
	{"campaign", campaign.Check},
	{"notify", notify.CheckTemplates},
	{"signin", signin.Check},
	{"web/session", session.Check},
}

// Check looks for everything in the database that must not be, without changing anything. A package whose data
// are too broken to be read is a fault like others.
func Check(ctx context.Context, d *db.DB) ([]db.Fault, error) {
	faults, err := d.Check(ctx)
	if err != nil {
		return nil, err
	}
	for _, check := range checks {
		var found []db.Fault
		err := d.Snapshot(ctx, func(q db.Querier) (err error) {
			found, err = check.find(ctx, q)
			return err
		})
		if ctx.Err() != nil {
			return nil, fmt.Errorf("check %s: %w", check.name, ctx.Err())
		}
		if err != nil {
			found = append(found, db.Fault{Package: check.name, What: "cannot be read: " + err.Error()})
		}
		faults = append(faults, found...)
	}
	return faults, nil
}
