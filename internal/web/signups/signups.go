// Package signups is where people get their places: they prepare before the hour,
// press when sign-ups open, and find what they have got, what they wait for, and
// what they can do about it.
package signups

import (
	"context"
	"embed"
	"time"

	"obrady/internal/admission"
	"obrady/internal/edition"
	"obrady/internal/i18n"
	"obrady/internal/publication"
	"obrady/internal/push"
	"obrady/internal/signup"
	"obrady/internal/web"
)

// Locale holds the sentences of these pages.
//
//go:embed locale/*.json
var Locale embed.FS

// Desk gives out seats.
type Desk interface {
	LastPlan(ctx context.Context, of edition.ID) (*admission.Plan, error)
	Take(ctx context.Context, of edition.ID, c signup.Claim) (signup.Answer, error)
}

// Editions says which editions the public sees; package publication does.
type Editions interface {
	Edition(slug string) (*publication.Edition, error)
}

// Counter knows how many places are left.
type Counter interface {
	Counts(ctx context.Context, of edition.ID) ([]byte, error)
}

// Paces asks whoever presses too often to wait.
type Paces interface {
	Take(account string) time.Duration
}

// Pages are the pages about one's own sign-ups.
type Pages struct {
	Published Editions
	Desk      Desk
	Paces     Paces
	Live      *push.Hub
	Counter   Counter
	Words     *i18n.Catalogue
}

const (
	readProgramme = "programme.read"
	signUp        = "signup.self"
)

// Routes lists the addresses of these pages.
func (p *Pages) Routes() []web.Route {
	return p.pressRoutes()
}
