package app

import (
	"context"
	"slices"

	"obrady/internal/call"
	"obrady/internal/onstage"
	"obrady/internal/partner"
	"obrady/internal/people"
	"obrady/internal/programme"
	"obrady/internal/review"
	"obrady/internal/web/desk"
	"obrady/internal/web/presenter"
)

// openStage makes what brings accepted submissions into the programme.
func (a *App) openStage() {
	a.Stage = onstage.NewService(a.db, a.config.Now, partner.NewKeeper(a.db, a.config.Now, a.Timetable))
	a.Stage.Guard = a.mayDo
}

// presenterPages are the pages of what goes on stage: of organisers, of those who present, and of the public.
func (a *App) presenterPages(kit *desk.Kit, keeper *partner.Keeper) *presenter.Pages {
	return &presenter.Pages{
		Kit: kit, Stage: a.Stage, Calls: a.Calls, Sight: a.Reviews, Timetable: a.Timetable, Keeper: keeper, Released: a.Publication, Practices: a.Practices, Site: a.Site,
		Words: a.catalogue,
	}
}

// origins tells of which submissions a session was made, but not of those that a conflict of interest keeps from
// whoever asks.
type origins struct {
	stage   *onstage.Service
	reviews *review.Service
}

// OriginsOf lists them; see onstage.Service.
func (o origins) OriginsOf(ctx context.Context, by people.AccountID, session programme.SessionID) ([]onstage.Origin, error) {
	all, err := o.stage.OriginsOf(ctx, session)
	if err != nil {
		return nil, err
	}
	hidden := map[call.ID]map[call.SubmissionID]bool{}
	for _, one := range all {
		if hidden[one.Call] != nil {
			continue
		}
		if hidden[one.Call], err = o.reviews.Conflicted(ctx, by, one.Call); err != nil {
			return nil, err
		}
	}
	return slices.DeleteFunc(all, func(one onstage.Origin) bool { return hidden[one.Call][one.Submission] }), nil
}
