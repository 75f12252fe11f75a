package registration

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"obrady/internal/db"
	"obrady/internal/edition"
	"obrady/internal/errs"
	"obrady/internal/i18n"
	"obrady/internal/journal"
	"obrady/internal/people"
	"obrady/internal/text"
)

// How staff may look.
const (
	PageSize      = 50
	LeastLetters  = 3  // of a name at the door
	LooksInMinute = 30 // at the door, for one account
	mostFound     = 10 // at the door
	maxReason     = 500
)

// Sort is an order of the list of participants; with a minus in front the other
// way round.
type Sort string

// The orders.
const (
	ByName        Sort = "name"
	ByInstitution Sort = "institution"
	BySector      Sort = "sector"
	ByTime        Sort = "time"
)

// Filter chooses participants; empty fields choose all.
type Filter struct {
	Words       string // all of them in name, institution, city or address
	Form        edition.Form
	Sector      people.Sector
	Institution people.InstitutionID
	State       State
	Sort        Sort // ByName when empty
	Page        int  // counted from 1
}

// Listing is one page of the list.
type Listing struct {
	Rows  []Participant
	Page  int
	Pages int
	Found int   // on all pages
	Tally Tally // of the whole list, or of what it was before it was forgotten
}

// List returns the participants of an edition that f chooses.
func (s *Service) List(ctx context.Context, in edition.ID, f Filter) (l Listing, err error) {
	all, err := participants(ctx, s.db, in)
	if err != nil {
		return l, fmt.Errorf("list participants of %s: %w", in, err)
	}
	l.Tally = count(all)
	found := f.choose(all)
	l.Found = len(found)
	l.Pages = max(1, (l.Found+PageSize-1)/PageSize)
	l.Page = min(max(1, f.Page), l.Pages)
	from := (l.Page - 1) * PageSize
	l.Rows = found[from:min(from+PageSize, l.Found)]
	if len(all) == 0 {
		set, err := FindSettings(ctx, s.db, in)
		l.Tally = set.Tally
		return l, err
	}
	return l, nil
}

func count(all []Participant) (t Tally) {
	for _, p := range all {
		switch {
		case p.State == Cancelled:
			t.Cancelled++
		case p.Form == edition.OnSite:
			t.OnSite++
		default:
			t.Online++
		}
	}
	return t
}

// choose filters and sorts, as Polish lists of names do.
func (f Filter) choose(all []Participant) []Participant {
	words := strings.Fields(text.Fold(f.Words))
	found := slices.DeleteFunc(slices.Clone(all), func(p Participant) bool {
		return f.Form != "" && p.Form != f.Form || f.Sector != "" && p.Sector != f.Sector ||
			f.Institution != "" && p.Institution != f.Institution || f.State != "" && p.State != f.State ||
			!p.has(words)
	})
	family := make(map[ID]string, len(found)) // worked out once, and not at each comparison
	for _, p := range found {
		family[p.ID] = people.SortName(p.Badge)
	}
	name, down := strings.CutPrefix(string(f.Sort), "-")
	alphabetical := i18n.Compare(i18n.Polish)
	slices.SortStableFunc(found, func(a, b Participant) int {
		order := 0
		switch Sort(name) {
		case ByTime:
			order = a.RegisteredAt.Compare(b.RegisteredAt)
		case ByInstitution:
			order = alphabetical(a.Affiliation, b.Affiliation)
		case BySector:
			order = cmp.Compare(a.Sector, b.Sector)
		case ByName:
		}
		order = cmp.Or(order, alphabetical(family[a.ID], family[b.ID]))
		if down {
			return -order
		}
		return order
	})
	return found
}

// has says whether each of words begins a word of what is known of p.
func (p Participant) has(words []string) bool {
	if len(words) == 0 {
		return true
	}
	known := strings.FieldsFunc(text.Fold(strings.Join([]string{p.Badge, p.Affiliation, p.City, p.Email}, " ")), func(r rune) bool {
		return strings.ContainsRune(" .,-@_()", r)
	})
	known = append(known, text.Fold(p.Email))
	for _, word := range words {
		if !slices.ContainsFunc(known, func(k string) bool { return strings.HasPrefix(k, word) }) {
			return false
		}
	}
	return true
}

// Participant returns one participant of an edition, or ErrNotRegistered.
func (s *Service) Participant(ctx context.Context, in edition.ID, participant ID) (Participant, error) {
	p, err := FindParticipant(ctx, s.db, participant)
	if err == nil && p.Edition != in {
		return Participant{}, ErrNotRegistered
	}
	return p, err
}

// InNeed is a participant with what they need.
type InNeed struct {
	Participant
	Needs Needs
}

// Needs returns what the participants of an edition need, in the order of
// names. The reason is kept in the journal; without one nobody looks.
func (s *Service) Needs(ctx context.Context, by people.AccountID, in edition.ID, reason string) (all []InNeed, err error) {
	if err := checkReason(reason); err != nil {
		return nil, err
	}
	err = s.db.Tx(ctx, func(tx *db.Tx) error {
		all = nil
		everybody, err := participants(ctx, tx, in)
		if err != nil {
			return err
		}
		needs, err := needsOf(ctx, tx, in)
		if err != nil {
			return err
		}
		for _, p := range (Filter{State: Registered}).choose(everybody) {
			if n, says := needs[p.ID]; says {
				all = append(all, InNeed{p, n})
			}
		}
		return s.look(ctx, tx, look{by, in, "registration.needs_read", reason, map[string]any{"people": len(all)}})
	})
	if err != nil {
		return nil, fmt.Errorf("read needs of %s: %w", in, err)
	}
	return all, nil
}

// Export returns the participants that f chooses, on one page however many
// there are, to be taken away in the columns that are named. The reason is kept
// in the journal; without one nothing is given out.
func (s *Service) Export(ctx context.Context, by people.AccountID, in edition.ID, order Order) (found []Participant, err error) {
	if err := checkReason(order.Reason); err != nil {
		return nil, err
	}
	if len(order.Columns) == 0 {
		var wrong errs.Problems
		wrong.Add("columns", "registration.columns_missing")
		return nil, wrong.Err()
	}
	err = s.db.Tx(ctx, func(tx *db.Tx) error {
		all, err := participants(ctx, tx, in)
		if err != nil {
			return err
		}
		found = order.choose(all)
		return s.look(ctx, tx, look{by, in, "registration.exported", order.Reason, map[string]any{
			"people": len(found), "columns": order.Columns,
		}})
	})
	if err != nil {
		return nil, fmt.Errorf("export participants of %s: %w", in, err)
	}
	return found, nil
}

// Order says what is to be taken away, and why.
type Order struct {
	Filter
	Columns []string
	Reason  string
}

// LookUp finds the participants whose name begins with words, for who lets
// people in at the door. It wants three letters at least and answers thirty times
// a minute at most, so that nobody copies the list by asking for all of it; more
// than ten people are too many to be shown, and found says how many there were.
func (s *Service) LookUp(ctx context.Context, by people.AccountID, in edition.ID, words string) (shown []Participant, found int, err error) {
	if len([]rune(strings.ReplaceAll(text.Fold(words), " ", ""))) < LeastLetters {
		return nil, 0, ErrTooShort
	}
	if err := s.countedLook(ctx, by); err != nil {
		return nil, 0, fmt.Errorf("look up at the door: %w", err)
	}
	// Read beside the transactions: whoever registers meanwhile must not wait for thousands of names.
	all, err := participants(ctx, s.db, in)
	if err != nil {
		return nil, 0, fmt.Errorf("look up at the door: %w", err)
	}
	wanted := strings.Fields(text.Fold(words))
	shown = (Filter{State: Registered}).choose(slices.DeleteFunc(all, func(p Participant) bool { return !(Participant{Badge: p.Badge}).has(wanted) }))
	if found = len(shown); found > mostFound {
		shown = nil
	}
	err = s.db.Tx(ctx, func(tx *db.Tx) error {
		return s.look(ctx, tx, look{by, in, "registration.looked_up", "", map[string]any{"people": len(shown)}})
	})
	if err != nil {
		return nil, 0, fmt.Errorf("look up at the door: %w", err)
	}
	return shown, found, nil
}

// countedLook counts one more look at the door, or returns ErrTooOften. What was counted stays counted.
func (s *Service) countedLook(ctx context.Context, by people.AccountID) error {
	now, looks := s.now(), 0
	err := s.db.Tx(ctx, func(tx *db.Tx) (err error) {
		looks, err = countLook(ctx, tx, by, now, now.Add(-time.Minute))
		return err
	})
	if err == nil && looks > LooksInMinute {
		err = ErrTooOften
	}
	return err
}

// look is what the journal is told of a look at other people's data.
type look struct {
	by      people.AccountID
	edition edition.ID
	action  string
	reason  string
	detail  any
}

func (s *Service) look(ctx context.Context, tx *db.Tx, l look) error {
	return journal.Write(ctx, tx, journal.Entry{
		At: s.now(), Actor: string(l.by), Action: l.action, Edition: string(l.edition), Object: string(l.edition),
		Reason: l.reason, Detail: l.detail,
	})
}

func checkReason(reason string) error {
	var wrong errs.Problems
	switch {
	case len([]rune(strings.TrimSpace(reason))) < LeastLetters:
		wrong.Add("reason", "registration.reason_missing")
	case text.Length(reason) > maxReason:
		wrong.Add("reason", "people.too_long", maxReason)
	}
	return wrong.Err()
}

type namedNeeds struct {
	participant ID
	Needs
}

// needsOf returns what is needed in an edition, by participant.
func needsOf(ctx context.Context, q db.Querier, in edition.ID) (map[ID]Needs, error) {
	all, err := db.Collect(func(row db.Scanner) (n namedNeeds, err error) {
		return n, row.Scan(&n.participant, db.FromJSON(&n.Kinds), &n.Note, &n.SavedAt)
	})(q.Query(ctx, `
		SELECT participant_need.participant_id, participant_need.kinds, participant_need.note, participant_need.saved_at
		FROM participant_need JOIN participant ON participant.id = participant_need.participant_id
		WHERE participant.edition_id = $1`, in))
	of := make(map[ID]Needs, len(all))
	for _, one := range all {
		of[one.participant] = one.Needs
	}
	return of, err
}
