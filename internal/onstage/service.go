package onstage

import (
	"context"
	"time"

	"obrady/internal/call"
	"obrady/internal/db"
	"obrady/internal/journal"
	"obrady/internal/partner"
	"obrady/internal/people"
	"obrady/internal/rights"
)

// Service brings what was accepted before an audience.
type Service struct {
	db     *db.DB
	now    func() time.Time
	keeper *partner.Keeper

	// Guard says in each transaction whether by may do the action at a place in the tree; nobody is asked when nil.
	Guard rights.Guard
}

// As is the path and the format as which something was accepted, which may be
// others than it was sent in for: slugs of options of the call, empty for none.
type As struct{ Path, Format string }

// NewService returns a Service that makes sessions by the hand of keeper.
func NewService(d *db.DB, now func() time.Time, keeper *partner.Keeper) *Service {
	return &Service{db: d, now: now, keeper: keeper}
}

// guard asks whether the action may be done to the call.
func (s *Service) guard(ctx context.Context, q db.Querier, by people.AccountID, a rights.Action, c call.Call) error {
	if s.Guard == nil || by == journal.System {
		return nil
	}
	return s.Guard.May(ctx, q, rights.Deed{By: by, Action: a, Edition: c.Edition, Path: c.Path})
}
