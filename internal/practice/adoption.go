package practice

import (
	"slices"
	"time"

	"obrady/internal/edition"
	"obrady/internal/errs"
	"obrady/internal/i18n"
	"obrady/internal/people"
)

// What can go wrong with adoptions.
var (
	ErrNoAdoption = errs.New(errs.NotFound, "practice.no_adoption")
	ErrNotSide    = errs.New(errs.Forbidden, "practice.not_side")
	ErrWaiting    = errs.New(errs.Conflict, "practice.adoption_waiting")
	ErrSettled    = errs.New(errs.Conflict, "practice.adoption_settled")
)

// AdoptionID names an adoption (wdrożenie gdzie indziej).
type AdoptionID string

// AdoptionState says what became of the claim that a practice was taken over.
type AdoptionState string

// The states of an adoption.
const (
	Claimed   AdoptionState = "claimed"   // one side says so
	Agreed    AdoptionState = "agreed"    // both do, and the public reads it
	Declined  AdoptionState = "declined"  // the other side says it was not so
	TakenBack AdoptionState = "withdrawn" // whoever claimed it takes it back
)

// Key names the sentence that says the state.
// key: practice.adoption.*
func (s AdoptionState) Key() string { return "practice.adoption." + string(s) }

// Outcome says how a practice works where it was taken over.
type Outcome string

// The outcomes.
const (
	Works    Outcome = "works"
	Partly   Outcome = "partly"
	Failed   Outcome = "failed"
	TooEarly Outcome = "too_early"
)

// Outcomes lists the outcomes in the order in which forms offer them.
var Outcomes = []Outcome{Works, Partly, Failed, TooEarly}

// Key names the sentence that says the outcome.
// key: practice.outcome.*
func (o Outcome) Key() string { return "practice.outcome." + string(o) }

// Takeover is what is told of an adoption.
type Takeover struct {
	City    string    `json:"city"`
	Owner   string    `json:"owner"` // the institution that did it
	Since   string    `json:"since"` // 2023 or 2023-05
	Blocks  []string  `json:"blocks,omitempty"`
	Changes i18n.Text `json:"changes"` // what was done otherwise, and how it went
	Outcome Outcome   `json:"outcome"`
	Example bool      `json:"example,omitempty"`
}

// Adoption is that somebody has taken a practice over. The adopting city and those
// whose practice it is both confirm it before the public reads it.
type Adoption struct {
	ID       AdoptionID
	Practice ID
	Edition  edition.ID
	Title    i18n.Text // of the practice
	Slug     string    // of the practice
	State    AdoptionState
	Takeover
	Adopter   people.AccountID // who answers for the adopting city; empty until they are known
	AdopterAt time.Time        // when that side confirmed; zero: not yet
	OriginBy  people.AccountID // who confirmed for those whose practice it is
	OriginAt  time.Time
	Reason    string // why it was declined
	ClaimedBy people.AccountID
	ClaimedAt time.Time
	Revision  int
	UpdatedAt time.Time
}

// Validate says what keeps the adoption from being claimed; known are the blocks of the practice.
func (a Adoption) Validate(known []Block) error {
	var wrong errs.Problems
	if a.City == "" {
		wrong.Add("city", "practice.city_missing")
	}
	for _, one := range []version{{"city", a.City}, {"owner", a.Owner}} {
		if len([]rune(one.words)) > MostName {
			wrong.Add(one.field, "people.too_long", MostName)
		}
	}
	if !validPeriod(a.Since) {
		wrong.Add("since", "practice.period")
	}
	if !slices.Contains(Outcomes, a.Outcome) {
		wrong.Add("outcome", "practice.choose")
	}
	if len(a.Blocks) == 0 && len(known) > 0 {
		wrong.Add("blocks", "practice.blocks_missing")
	}
	for _, chosen := range a.Blocks {
		if !slices.ContainsFunc(known, func(b Block) bool { return b.ID == chosen }) {
			wrong.Add("blocks", "practice.choose")
			break
		}
	}
	limit(&wrong, "changes", a.Changes, ChangeWords)
	return wrong.Err()
}

// Side is one of the two that confirm an adoption.
type Side string

// The sides.
const (
	AdopterSide Side = "adopter"
	OriginSide  Side = "origin"
)

// Waits says whether the adoption waits for this side.
func (a Adoption) Waits(side Side) bool {
	if a.State != Claimed {
		return false
	}
	if side == AdopterSide {
		return a.AdopterAt.IsZero()
	}
	return a.OriginAt.IsZero()
}

// confirmed is the adoption once a side has confirmed it at now; ErrSettled when nothing waits for that side.
func (a Adoption) confirmed(side Side, by people.AccountID, now time.Time) (Adoption, error) {
	if !a.Waits(side) {
		return a, ErrSettled
	}
	if side == AdopterSide {
		a.AdopterAt = now
	} else {
		a.OriginAt, a.OriginBy = now, by
	}
	if a.Adopter != "" && a.Adopter == a.OriginBy {
		return a, ErrNotSide // one person is not both sides
	}
	if !a.AdopterAt.IsZero() && !a.OriginAt.IsZero() {
		a.State = Agreed
	}
	return a, nil
}
