package rights

import (
	"context"

	"obrady/internal/db"
	"obrady/internal/edition"
	"obrady/internal/people"
)

// Guard says, in the transaction in which it is done, whether somebody may do
// something at a place in the tree: nil, or the refusal. A nil Guard asks nobody.
type Guard func(ctx context.Context, q db.Querier, by people.AccountID, a Action, path []Node) error

// Deed is what somebody wants to do, and where in the tree of an edition.
type Deed struct {
	By      people.AccountID
	Action  Action
	Edition edition.ID
	Path    func(Tree) []Node
}

// May asks whether the deed may be done.
func (g Guard) May(ctx context.Context, q db.Querier, d Deed) error {
	if g == nil {
		return nil
	}
	tree, err := LoadTree(ctx, q, d.Edition)
	if err != nil {
		return err
	}
	return g(ctx, q, d.By, d.Action, d.Path(tree))
}
