package review

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"obrady/internal/call"
	"obrady/internal/db"
	"obrady/internal/edition"
	"obrady/internal/journal"
	"obrady/internal/people"
	"obrady/internal/rights"
)

// lookEvery is how long the rules believe what they have found about somebody, if
// nothing tells them that it has changed.
const lookEvery = 5 * time.Minute

// refresh lets the rules look for conflicts of the viewer in what has changed since
// they last did.
func (s *Service) refresh(ctx context.Context, v Viewer) error {
	f, err := factsOf(ctx, s.db, v.Account)
	if err != nil {
		return err
	}
	last, err := findLook(ctx, s.db, v.Call.ID, v.Account)
	if err != nil {
		return err
	}
	since := last.checkedAt
	whole := last.facts != f.digest() || v.Now.Sub(last.wholeAt) >= lookEvery
	if whole {
		since = time.Time{}
	}
	changed, err := changedSince(ctx, s.db, v.Call.ID, since)
	if err != nil || len(changed) == 0 && !whole {
		return err
	}
	return s.db.Tx(ctx, func(tx *db.Tx) error {
		r, err := readRegister(ctx, tx, v.Call.Edition, v.Now)
		if err != nil {
			return err
		}
		if err := r.detect(ctx, tx, v, changed); err != nil {
			return err
		}
		next := lookedAt{facts: f.digest(), checkedAt: last.checkedAt, wholeAt: last.wholeAt}
		if whole {
			next.wholeAt = v.Now
		}
		for _, one := range changed {
			if one.updatedAt.After(next.checkedAt) {
				next.checkedAt = one.updatedAt
			}
		}
		return writeLook(ctx, tx, v, next)
	})
}

// digest changes when what we know of somebody does.
func (f facts) digest() string {
	text, err := json.Marshal(f)
	if err != nil { // texts and lists of them
		panic(err)
	}
	sum := sha256.Sum256(text)
	return hex.EncodeToString(sum[:])
}

// register is what the rules read, of a whole edition.
type register struct {
	parties map[call.SubmissionID][]call.Party
	ties    ties
	now     time.Time
}

func readRegister(ctx context.Context, q db.Querier, in edition.ID, now time.Time) (r register, err error) {
	r.now, r.parties = now, map[call.SubmissionID][]call.Party{}
	ids, err := sentIn(ctx, q, in)
	if err != nil {
		return r, err
	}
	all, err := call.PartiesOf(ctx, q, ids...)
	if err != nil {
		return r, err
	}
	for _, p := range all {
		r.parties[p.Submission] = append(r.parties[p.Submission], p)
	}
	institutions, err := people.Institutions(ctx, q)
	if err != nil {
		return r, err
	}
	r.ties.roof = roofs(institutions)
	if r.ties.works, err = worksOf(ctx, q, ""); err != nil {
		return r, err
	}
	r.ties.groups, err = groupsOf(ctx, q, "")
	return r, err
}

// facts returns what the register knows of somebody.
func (r register) facts(who people.AccountID) facts {
	f := facts{Account: who, Institutions: r.ties.works[who], Groups: r.ties.groups[who]}
	for _, parties := range r.parties {
		if !slices.ContainsFunc(parties, func(p call.Party) bool { return p.Account == who }) {
			continue
		}
		for _, p := range parties {
			if p.Account != "" && p.Account != who {
				f.Together = append(f.Together, p.Account)
			}
		}
	}
	return f
}

// detect writes what the rules find about the viewer in some submissions.
func (r register) detect(ctx context.Context, tx *db.Tx, v Viewer, among []changed) error {
	known, err := conflictsBy(ctx, tx, `s.call_id = $1 AND k.account_id = $2`, v.Call.ID, v.Account)
	if err != nil {
		return err
	}
	before := map[call.SubmissionID]Conflict{}
	for _, k := range known {
		before[k.Submission] = k.Conflict
	}
	f := r.facts(v.Account)
	for _, one := range among {
		sources := f.suspect(r.parties[one.id], r.ties)
		if len(sources) == 0 {
			continue
		}
		k := before[one.id]
		k.Submission, k.Account, k.Call = one.id, v.Account, v.Call.ID
		next, news := k.found(sources)
		if !news {
			continue
		}
		step := ConflictStep{By: journal.System, From: k.Stage, Sources: sources, At: r.now}
		if err := putConflict(ctx, tx, next, step); err != nil {
			return err
		}
	}
	return nil
}

// factsOf returns what is known of one person beside submissions.
func factsOf(ctx context.Context, q db.Querier, who people.AccountID) (facts, error) {
	works, err := worksOf(ctx, q, who)
	if err != nil {
		return facts{}, err
	}
	groups, err := groupsOf(ctx, q, who)
	return facts{Account: who, Institutions: works[who], Groups: groups[who]}, err
}

// putConflict writes a conflict as it is now, with the step that led there; whoever
// had been given the submission is recused.
func putConflict(ctx context.Context, tx *db.Tx, k Conflict, step ConflictStep) error {
	k.UpdatedAt = step.At
	step.Submission, step.Account, step.To = k.Submission, k.Account, k.Stage
	if err := writeConflict(ctx, tx, k); err != nil {
		return err
	}
	if err := insertConflictStep(ctx, tx, step); err != nil {
		return err
	}
	if !k.Stage.Stands() {
		return nil
	}
	return recuse(ctx, tx, k)
}

// Declare writes that somebody has a stake in a submission: they say so themselves,
// or somebody else does who judges conflicts. From then on they do not see it.
func (s *Service) Declare(ctx context.Context, by people.AccountID, k Conflict, why string) error {
	if err := Reasoned("why", why); err != nil {
		return err
	}
	err := s.db.Tx(ctx, func(tx *db.Tx) error {
		c, err := CallOf(ctx, tx, k.Submission)
		if err != nil {
			return err
		}
		d, source := Deed{by, rights.JudgeConflicts, c}, Told
		if by == k.Account {
			d.Action, source = rights.WriteReviews, Declared
		}
		if err := s.May(ctx, tx, d); err != nil {
			return err
		}
		known, err := findConflict(ctx, tx, k.Submission, k.Account)
		if err != nil {
			return err
		}
		known.Submission, known.Account, known.Call = k.Submission, k.Account, c.ID
		from := known.Stage
		known.Cleared = nil // they say it again
		next, _ := known.found([]Source{source})
		if err := putConflict(ctx, tx, next, ConflictStep{By: by, From: from, Sources: []Source{source}, At: s.now(), Why: why}); err != nil {
			return err
		}
		return s.Log(ctx, tx, d, journal.Entry{Action: "review.conflict_declared", Object: string(k.Submission), Detail: map[string]any{"account": k.Account, "source": source}})
	})
	if err != nil {
		return fmt.Errorf("declare a conflict of interest: %w", err)
	}
	return nil
}

// Ruling is what somebody decides about a conflict.
type Ruling struct {
	Submission call.SubmissionID
	Account    people.AccountID
	To         Stage
	Why        string
}

// Rule confirms a conflict, dismisses or ends it, with a reason. Nobody judges
// their own: ErrOwnStake. Nor can it be said of anybody behind a submission that
// they have no stake in it.
func (s *Service) Rule(ctx context.Context, by people.AccountID, r Ruling) error {
	if err := Reasoned("why", r.Why); err != nil {
		return err
	}
	err := s.db.Tx(ctx, func(tx *db.Tx) error {
		c, err := CallOf(ctx, tx, r.Submission)
		if err != nil {
			return err
		}
		d := Deed{by, rights.JudgeConflicts, c}
		if err := s.May(ctx, tx, d); err != nil {
			return err
		}
		k, err := s.mayRule(ctx, tx, by, r)
		if err != nil {
			return err
		}
		from := k.Stage
		if k.Stage = r.To; !r.To.Stands() {
			k.Cleared = k.Sources
		}
		if err := putConflict(ctx, tx, k, ConflictStep{By: by, From: from, Sources: k.Sources, At: s.now(), Why: r.Why}); err != nil {
			return err
		}
		return s.Log(ctx, tx, d, journal.Entry{Action: "review.conflict_judged", Object: string(r.Submission), Detail: map[string]any{"account": r.Account, "stage": r.To}})
	})
	if err != nil {
		return fmt.Errorf("judge a conflict of interest: %w", err)
	}
	return nil
}

func (s *Service) mayRule(ctx context.Context, tx *db.Tx, by people.AccountID, r Ruling) (Conflict, error) {
	k, err := findConflict(ctx, tx, r.Submission, r.Account)
	switch {
	case err != nil:
		return k, err
	case by == r.Account:
		return k, ErrOwnStake
	case k.Stage == NoConflict || !k.Stage.May(r.To):
		return k, ErrMoved
	}
	own, err := stakesIn(ctx, tx, by, r.Submission)
	if err == nil && own {
		return k, ErrOwnStake // they might let a friend in
	}
	if err != nil || r.To.Stands() {
		return k, err
	}
	parties, err := call.PartiesOf(ctx, tx, r.Submission)
	if err == nil && slices.ContainsFunc(parties, func(p call.Party) bool { return p.Account == r.Account }) {
		return k, ErrOwnStake
	}
	return k, err
}

// stakesIn says whether somebody has a conflict that stands.
func stakesIn(ctx context.Context, q db.Querier, who people.AccountID, submission call.SubmissionID) (bool, error) {
	k, err := findConflict(ctx, q, submission, who)
	return k.Stage.Stands(), err
}

// Known is a conflict in a list.
type Known struct {
	Conflict
	Code string
}

// Conflicts lists the conflicts of interest of a call, for whoever judges them:
// those that wait for a word first. Which submission it is, its code says; whoever
// has a stake in one themselves does not find it in the list, and in a double-blind
// call what rules found is for those alone who know who sent what.
func (s *Service) Conflicts(ctx context.Context, by people.AccountID, of call.ID) ([]Known, error) {
	v, err := s.Look(ctx, of, by)
	if err != nil {
		return nil, err
	}
	if err := s.May(ctx, s.db, Deed{by, rights.JudgeConflicts, v.Call}); err != nil {
		return nil, err
	}
	all, err := conflictsBy(ctx, s.db, `s.call_id = $1 AND k.account_id <> $2 AND NOT EXISTS (
		SELECT 1 FROM review_conflict AS o WHERE o.submission_id = k.submission_id AND o.account_id = $2 AND o.state IN ('suspected', 'confirmed'))`,
		of, by)
	if err != nil {
		return nil, fmt.Errorf("list conflicts of interest of %s: %w", of, err)
	}
	if v.Call.Anonymity == call.DoubleBlind && s.May(ctx, s.db, Deed{by, rights.ReadSent, v.Call}) != nil {
		all = spoken(all)
	}
	return all, nil
}

// spoken leaves what somebody has said themselves. What rules found tells whose
// institution is behind a submission, and so who.
func spoken(all []Known) (left []Known) {
	for _, k := range all {
		k.Sources = slices.DeleteFunc(slices.Clone(k.Sources), func(s Source) bool { return s != Declared && s != Told })
		if len(k.Sources) > 0 {
			left = append(left, k)
		}
	}
	return left
}

// Declarations lists what somebody has declared about themselves in a call. What
// rules suspect is not in it: it would say who is behind a submission.
func (s *Service) Declarations(ctx context.Context, by people.AccountID, of call.ID) ([]Known, error) {
	all, err := conflictsBy(ctx, s.db, `s.call_id = $1 AND k.account_id = $2`, of, by)
	if err != nil {
		return nil, fmt.Errorf("list one's own declarations: %w", err)
	}
	return slices.DeleteFunc(all, func(k Known) bool { return !slices.Contains(k.Sources, Declared) }), nil
}

// Life lists the steps of one conflict, the first first.
func (s *Service) Life(ctx context.Context, by people.AccountID, k Conflict) ([]ConflictStep, error) {
	all, err := s.Conflicts(ctx, by, k.Call)
	if err != nil {
		return nil, err
	}
	if !slices.ContainsFunc(all, func(one Known) bool { return one.Submission == k.Submission && one.Account == k.Account }) {
		return nil, ErrNone
	}
	steps, err := conflictStepsOf(ctx, s.db, k.Submission, k.Account)
	if err != nil {
		return nil, fmt.Errorf("list the steps of a conflict: %w", err)
	}
	return steps, nil
}

// Detect lets the rules look for conflicts of everybody who reviews for a call in
// everything that was sent to it.
func (s *Service) Detect(ctx context.Context, tx *db.Tx, c call.Call) error {
	readers, err := s.readers(ctx, tx, c)
	if err != nil {
		return err
	}
	r, err := readRegister(ctx, tx, c.Edition, s.now())
	if err != nil {
		return err
	}
	all, err := changedSince(ctx, tx, c.ID, time.Time{})
	if err != nil {
		return err
	}
	for _, one := range readers {
		if err := r.detect(ctx, tx, Viewer{Account: one.Account, Call: c, Now: r.now}, all); err != nil {
			return err
		}
	}
	return nil
}
