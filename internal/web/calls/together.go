package calls

import (
	"errors"
	"net/http"
	"slices"
	"strings"

	"obrady/internal/call"
	"obrady/internal/rights"
	"obrady/internal/web"
	"obrady/internal/web/desk"
)

var togetherFields = web.Fields{"code": "calls.together.ticked"}

// Passes says whether the list holds anything that waits for its formal check, and whoever reads it may check.
func (p sentPage) Passes() bool {
	return p.Checks() && slices.ContainsFunc(p.Rows, func(r sentRow) bool { return r.State == call.Submitted })
}

// passTogether notes of the ticked submissions that they meet everything. Each is checked by itself: what somebody
// else has decided meanwhile stays as they decided, and is named.
func (p *Pages) passTogether(w http.ResponseWriter, r *http.Request) error {
	b, all, err := p.sent(r, rights.CheckSent)
	if err != nil {
		return err
	}
	f, err := web.ReadForm(r, togetherFields)
	if err != nil {
		return err
	}
	ticked := slices.DeleteFunc(all, func(s call.Submission) bool { return !slices.Contains(f.All("code"), s.Code) })
	passed, moved := 0, []string(nil)
	for _, s := range ticked {
		err := p.Calls.Check(r.Context(), call.Finding{Submission: s.ID, By: desk.By(r), Seen: call.Submitted, Next: call.Eligible})
		switch {
		case errors.Is(err, call.ErrMoved):
			moved = append(moved, s.Code)
		case err != nil:
			return err
		default:
			passed++
		}
	}
	switch {
	case len(ticked) == 0:
		web.Flash(r, "calls.together.none")
	case passed > 0:
		web.Flash(r, "calls.together.passed", passed)
	}
	if len(moved) > 0 {
		web.Flash(r, "calls.together.moved", strings.Join(moved, ", "))
	}
	return web.Redirect(w, r, "desk.submissions", b.Edition.Slug, b.Call.Slug)
}
