package windows

import (
	"context"
	"errors"
	"slices"
	"strconv"
	"strings"

	"obrady/internal/admission"
	"obrady/internal/errs"
	"obrady/internal/partner"
	"obrady/internal/people"
	"obrady/internal/rights"
	"obrady/internal/web"
	"obrady/internal/web/desk"
)

// mostPools is how many pools a form asks for; more are not allowed anyway.
const mostPools = 12

// Fields of the rows of pools: for whom, and how many.
func whomField(n int) string { return "whom_" + strconv.Itoa(n) }

func countField(n int) string { return "count_" + strconv.Itoa(n) }

// poolFields adds the fields of the rows to those of a form.
func poolFields(form web.Fields) web.Fields {
	form["pools"] = "windows.pools.title"
	for n := range mostPools {
		form[whomField(n+1)], form[countField(n+1)] = "windows.pools.whom", "windows.pools.count"
	}
	return form
}

// poolRow is one row of the form.
type poolRow struct {
	Whom, Count web.Input
	Taken       int
}

// poolSheet is the part of a form in which pools are asked for.
type poolSheet struct {
	Form   web.Form
	Before []admission.Pool // as they are saved
	whom   []desk.Choice
}

// Rows are the rows that are filled and two more.
func (s poolSheet) Rows(v web.View) (all []poolRow) {
	last := 0
	for n := 1; n <= mostPools; n++ {
		if s.Form.Value(whomField(n))+s.Form.Value(countField(n)) != "" {
			last = n
		}
	}
	options := desk.Sheet{Choices: map[string][]desk.Choice{"whom": s.whom}}.Options(v, "whom")
	for n := 1; n <= min(last+2, mostPools); n++ {
		one := poolRow{
			Whom:  v.Input(s.Form, whomField(n)).Choices(options).Sized("size-m"),
			Count: v.Input(s.Form, countField(n)).As("number").Sized("size-s"),
		}
		if i := slices.IndexFunc(s.Before, func(p admission.Pool) bool { return whom(p) == s.Form.Value(whomField(n)) }); i >= 0 {
			one.Taken = s.Before[i].Taken
		}
		all = append(all, one)
	}
	return all
}

// Wrong is what is wrong with the pools together.
func (s poolSheet) Wrong(v web.View) string {
	if problem := s.Form.Problem("pools"); problem != nil {
		return v.T(problem.Key, problem.Args...)
	}
	return ""
}

// whom writes for whom a pool is, as the form does.
func whom(p admission.Pool) string {
	if p.Target == "" {
		return string(p.Kind)
	}
	return string(p.Kind) + ":" + p.Target
}

// whomChoices are all for whom a pool can be. Institutions are those of the programme, as far as whoever asks knows it,
// and those that have a pool already.
func (t board) whomChoices(pools ...admission.Pool) []desk.Choice {
	all := desk.OrNone("windows.pools.nobody", []desk.Choice{{Value: string(admission.ForAll), Key: admission.ForAll.Key()}})
	for _, n := range admission.Needs {
		all = append(all, desk.Choice{Value: whom(admission.Pool{Kind: admission.ForNeed, Target: string(n)}), Key: n.Key()})
	}
	all = append(all, desk.Choice{Value: string(admission.ForInvited), Key: admission.ForInvited.Key()})
	for _, s := range people.Sectors {
		all = append(all, desk.Choice{Value: whom(admission.Pool{Kind: admission.ForSector, Target: string(s)}), Key: s.Key()})
	}
	for _, i := range t.X.Institutions {
		all = append(all, desk.Choice{Value: whom(admission.Pool{Kind: admission.ForInstitution, Target: string(i.ID)}), Words: i.Name})
	}
	for _, p := range pools {
		if !desk.Taken(all, func(c desk.Choice) bool { return c.Value == whom(p) }) {
			all = append(all, desk.Choice{Value: whom(p), Key: p.Kind.Key()})
		}
	}
	return all
}

// fillPools writes pools into the rows of a form.
func fillPools(form *web.Form, pools []admission.Pool) {
	for n, p := range pools {
		form.Set(whomField(n+1), whom(p))
		form.Set(countField(n+1), strconv.Itoa(p.Capacity))
	}
}

// poolEdit is what a form says about pools.
type poolEdit struct {
	pools []admission.Pool
	rows  []int // of the form, for each pool
}

// readPools reads the rows in which something was typed. A pool keeps its number as long as it is for the same people.
func readPools(form *web.Form, offered []desk.Choice) (e poolEdit) {
	seen := map[string]bool{}
	for n := 1; n <= mostPools; n++ {
		typed, count := form.Value(whomField(n)), form.Value(countField(n))
		if typed+count == "" {
			continue
		}
		var p admission.Pool
		kind, target, _ := strings.Cut(typed, ":")
		p.Kind, p.Target, p.Capacity = admission.PoolKind(kind), target, form.Int(countField(n))
		switch {
		case typed == "" || !desk.Taken(offered, func(c desk.Choice) bool { return c.Value == typed }):
			form.Problems.Add(whomField(n), "admission.pool_kind")
		case seen[typed]:
			form.Problems.Add(whomField(n), "windows.pools.twice")
		case count == "":
			form.Problems.Add(countField(n), "windows.pools.how_many")
		}
		seen[typed] = true
		e.pools, e.rows = append(e.pools, p), append(e.rows, n)
	}
	return e
}

// over gives the pools the numbers and names that those for the same people have already.
func (e poolEdit) over(before []admission.Pool) []admission.Pool {
	next, pools := 1, slices.Clone(e.pools)
	for _, p := range before {
		next = max(next, p.Number+1)
	}
	for i := range pools {
		at := slices.IndexFunc(before, func(p admission.Pool) bool { return whom(p) == whom(pools[i]) })
		if at >= 0 {
			pools[i].Number, pools[i].Name, pools[i].Taken = before[at].Number, before[at].Name, before[at].Taken
			continue
		}
		pools[i].Number = next
		next++
	}
	return pools
}

// blame puts what is wrong with pools beside their rows.
func (e poolEdit) blame(form *web.Form, saved []admission.Pool, err error) error {
	var problems errs.Problems
	if !errors.As(err, &problems) {
		if errors.Is(err, admission.ErrTaken) {
			form.Problems.Add("pools", admission.ErrTaken.Key)
			return nil
		}
		return desk.Blame(form, err)
	}
	for _, problem := range problems {
		field := problem.Name
		if number, of := strings.CutPrefix(field, "pool-"); of {
			field = "pools"
			for i, p := range saved {
				if strconv.Itoa(p.Number) == number {
					field = countField(e.rows[i])
				}
			}
		}
		form.Problems.Add(field, problem.Key, problem.Args...)
	}
	return nil
}

// share is what a partner was given of seats, beside what its sessions take.
type share struct {
	partner.Allotment
	Used int // seats of all sessions together
}

// Limits says whether the host limits seats.
func (s share) Limits() bool { return s.SeatsEach > 0 || s.SeatsAll > 0 }

// shareOf finds what the partner of a workspace was given; nothing for the host.
func (p *Pages) shareOf(ctx context.Context, t board, workspace string) (s share, err error) {
	if workspace == "" {
		return s, nil
	}
	spaces, err := p.Partners.Workspaces(ctx, t.Edition.ID)
	if err != nil {
		return s, err
	}
	for _, one := range spaces {
		if one.ID == rights.WorkspaceID(workspace) {
			s.Allotment = one.Allotment
		}
	}
	for _, o := range t.Plan.Offers() {
		if w := t.Plan.Window(o.Window); w != nil && w.Workspace == workspace {
			s.Used += o.Seats()
		}
	}
	return s, nil
}
