package author

import (
	"errors"
	"net/http"
	"strconv"
	"strings"

	"obrady/internal/call"
	"obrady/internal/consent"
	"obrady/internal/errs"
	"obrady/internal/web"
	"obrady/internal/web/desk"
)

// takeSubmission saves what was typed as a draft, or sends it. Whatever happens,
// every word stands in the answer, and in the database unless somebody else was faster.
func (p *Pages) takeSubmission(w http.ResponseWriter, r *http.Request) error {
	page, err := p.submission(r)
	if err != nil {
		return err
	}
	f, err := web.ReadForm(r, fields)
	if err != nil {
		return err
	}
	_, err = p.save(r, page, f)
	switch {
	case errors.Is(err, call.ErrChanged):
		return p.disagree(w, r, page, f)
	case err == nil && f.Good():
		if err := p.Drop(r, page.key()); err != nil {
			return err
		}
		return p.done(w, r, page, f)
	}
	if err := desk.Blame(&f, err); err != nil {
		return err
	}
	if err := p.Drop(r, page.key()); err != nil {
		return err
	}
	return p.again(w, r, page, f)
}

// again shows the form once more. What was kept of a draft is the revision that the next attempt begins from.
func (p *Pages) again(w http.ResponseWriter, r *http.Request, page submissionPage, f web.Form) error {
	fresh, err := p.submission(r)
	if err != nil {
		return err
	}
	f.Revision = fresh.Submission.Revision
	if s := page.Submission.State; s != call.Drafted && s != call.Returned { // nothing of it was kept with the submission
		if err := p.Keep(r, page.key(), f); err != nil {
			return err
		}
	}
	fresh.Sheet = desk.Sheet{Form: f, Key: page.key()}
	status := f.Status()
	if conflict(f) {
		status = http.StatusConflict
	}
	return submissionTemplate.ShowStatus(w, r, status, fresh)
}

// conflict says whether something other than what was typed is in the way.
func conflict(f web.Form) bool {
	for _, problem := range f.Problems {
		if problem.Kind == errs.Conflict {
			return true
		}
	}
	return false
}

// save saves or sends, as the button says. Enter in a field sends nothing.
func (p *Pages) save(r *http.Request, page submissionPage, f web.Form) (call.Submission, error) {
	typed := page.typed(f)
	if f.Value(desk.DoField) != doSend && page.Submission.State != call.Submitted {
		return p.Calls.Keep(r.Context(), me(r), typed)
	}
	if !f.Good() { // characters that cannot be kept were taken out; its author looks at the text first
		if page.Submission.State == call.Submitted {
			return typed, nil
		}
		return p.Calls.Keep(r.Context(), me(r), typed)
	}
	return p.Calls.Send(r.Context(), call.Sending{
		By: me(r), Typed: typed, Agreed: f.Value("terms") != "", Consents: consents(f.All("consent")),
	})
}

// consents reads clauses in their versions. What is none is dropped.
func consents(values []string) (all []consent.Answer) {
	for _, value := range values {
		clause, version, _ := strings.Cut(value, ".")
		if n, err := strconv.Atoi(version); err == nil {
			all = append(all, consent.Answer{Clause: consent.ClauseID(clause), Version: n})
		}
	}
	return all
}

func (p *Pages) done(w http.ResponseWriter, r *http.Request, page submissionPage, f web.Form) error {
	switch {
	case page.Submission.State == call.Submitted:
		web.Flash(r, "author.changed")
	case f.Value(desk.DoField) == doSend:
		web.Flash(r, "author.sent")
	default:
		web.Flash(r, "author.saved")
	}
	return web.Redirect(w, r, "submission", page.Edition.Slug, page.Submission.Code)
}

// disagree shows both texts where a second window or a co-author has saved since the form was opened. What was typed
// here is kept as a draft of whoever typed it; to send the form again is to save it over the other.
func (p *Pages) disagree(w http.ResponseWriter, r *http.Request, page submissionPage, f web.Form) error {
	fresh, err := p.submission(r)
	if err != nil {
		return err
	}
	theirs := fresh.saved()
	if err := p.Keep(r, page.key(), f); err != nil {
		return err
	}
	f.Revision = theirs.Revision
	fresh.Sheet = desk.Sheet{Form: f, Key: page.key(), Theirs: &theirs}
	return submissionTemplate.ShowStatus(w, r, http.StatusConflict, fresh)
}

var stepFields = web.Fields{desk.DoField: "author.send", "why": "author.field.why"}

// takeStep withdraws a submission, throws a draft away, or answers whether its presenter comes.
func (p *Pages) takeStep(w http.ResponseWriter, r *http.Request) error {
	page, err := p.submission(r)
	if err != nil {
		return err
	}
	f, err := web.ReadForm(r, stepFields)
	if err != nil {
		return err
	}
	to := map[string]call.State{"withdraw": call.Withdrawn, "confirm": call.Confirmed, "decline": call.Declined}[f.Value(desk.DoField)]
	if f.Value(desk.DoField) == "discard" {
		if err := p.Calls.Discard(r.Context(), me(r), page.Submission.ID); err != nil {
			return err
		}
		if err := p.Drop(r, page.key()); err != nil {
			return err
		}
		web.Flash(r, "author.discarded")
		return web.Redirect(w, r, "submissions", page.Edition.Slug)
	}
	if err := p.Calls.Go(r.Context(), call.Step{Submission: page.Submission.ID, By: me(r), To: to, Why: f.Value("why")}); err != nil {
		return err
	}
	web.Flash(r, "author.step_done")
	return web.Redirect(w, r, "submission", page.Edition.Slug, page.Submission.Code)
}

// minePage lists what somebody works on.
type minePage struct {
	around
	Rows []mineRow
}

// mineRow is one submission with its call.
type mineRow struct {
	call.Submission

	Of call.Call
}

// Told is its state in words.
func (m mineRow) Told(v web.View) string { return v.T(m.State.Told().Key()) }

var mineTemplate = parse[minePage]("mine.html")

func (p *Pages) showMine(w http.ResponseWriter, r *http.Request) error {
	a, err := p.around(r)
	if err != nil {
		return err
	}
	all, err := p.Calls.Mine(r.Context(), a.Edition.ID, me(r))
	if err != nil {
		return err
	}
	calls, err := p.Calls.Calls(r.Context(), a.Edition.ID)
	if err != nil {
		return err
	}
	byID := map[call.ID]call.Call{}
	for _, c := range calls {
		byID[c.ID] = c
	}
	page := minePage{around: a}
	for _, s := range all {
		page.Rows = append(page.Rows, mineRow{s, byID[s.Call]})
	}
	return mineTemplate.Show(w, r, page)
}
