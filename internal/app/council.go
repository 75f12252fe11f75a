package app

import (
	"context"
	"encoding/json"
	"fmt"

	"obrady/internal/call"
	"obrady/internal/council"
	"obrady/internal/notify"
	"obrady/internal/outbox"
	"obrady/internal/review"
	"obrady/internal/web/desk"

	rooms "obrady/internal/web/council"
)

// openCouncil makes what keeps reviews and decisions.
func (a *App) openCouncil() {
	a.Reviews = review.NewService(a.db, a.config.Now)
	a.Reviews.Guard = a.mayDo
	a.Council = council.NewService(a.db, a.config.Now, a.Reviews)
}

// councilPages are the pages of reviewers and of the council.
func (a *App) councilPages(kit *desk.Kit) *rooms.Pages {
	return &rooms.Pages{Kit: kit, Calls: a.Calls, Reviews: a.Reviews, Council: a.Council, People: a.People, Letters: a.letters(), Words: a.catalogue}
}

// letters writes letters about what has happened.
func (a *App) letters() *notify.Letters {
	return &notify.Letters{DB: a.db, Now: a.config.Now, Words: a.catalogue, Address: a.Site.URL, Title: a.announced}
}

// followDeclined gives the place of whoever declines to the next on the reserve list, beside the letter about it.
func (a *App) followDeclined(all map[string]func(context.Context, outbox.Entry) error) {
	told := all[call.Happened{}.Kind()]
	all[call.Happened{}.Kind()] = func(ctx context.Context, e outbox.Entry) error {
		var event call.Happened
		if err := json.Unmarshal(e.Payload, &event); err != nil {
			return fmt.Errorf("read what became of a submission: %w", err)
		}
		if event.To == call.Declined {
			if _, err := a.Council.MoveUp(ctx, event.Submission); err != nil {
				return err
			}
		}
		return told(ctx, e)
	}
}
