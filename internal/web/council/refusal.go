package council

import (
	"errors"
	"net/http"

	"obrady/internal/call"
	"obrady/internal/errs"
	"obrady/internal/review"
	"obrady/internal/web"
)

// refusal returns what a person can be told of an error of a small form: the first
// problem of its fields, or a conflict; nil if it is neither.
func refusal(err error) *errs.Error {
	var problems errs.Problems
	if errors.As(err, &problems) && len(problems) > 0 {
		return problems[0].Error
	}
	var e *errs.Error
	if errors.As(err, &e) && e.Kind == errs.Conflict {
		return e
	}
	return nil
}

// back goes on to a page after a button, with the notice of key if all went well.
func back(w http.ResponseWriter, r *http.Request, err error, to place) error {
	if err := told(r, err); err != nil {
		return err
	}
	if err == nil && to.said != "" {
		web.Flash(r, to.said, to.with...)
	}
	return web.Redirect(w, r, to.route, to.args...)
}

// place is where a button leads.
type place struct {
	route string
	args  []any
	said  string // key of the notice
	with  []any
}

// byCode finds which submission a code names that somebody typed or a form carries. A code that names none is no
// address that leads nowhere: it is told like any other slip.
func (p *Pages) byCode(r *http.Request, c room, code string) (call.SubmissionID, error) {
	id, err := p.Reviews.Find(r.Context(), c.Call.ID, code)
	if errors.Is(err, review.ErrNone) {
		err = errs.New(errs.Conflict, review.ErrNone.Key)
	}
	return id, err
}
