package signups

import (
	"net/http"
	"time"

	"obrady/internal/admission"
	"obrady/internal/i18n"
	"obrady/internal/publication"
	"obrady/internal/signup"
	"obrady/internal/web"
)

// answered is an answer with what it is told by.
type answered struct {
	edition *publication.Edition
	plan    *admission.Plan
	answer  signup.Answer
}

// answerPage is the answer to a press for who has no script. The browser may send
// the same request again: it gets the same page.
type answerPage struct {
	Receipt string
	At      time.Time
	Got     bool
	Lines   []answerLine
}

// answerLine is what became of one session.
type answerLine struct {
	Slug, State, Sentence string
	Title                 i18n.Text
}

// Class is the look of a line.
func (l answerLine) Class() string {
	switch signup.State(l.State) {
	case signup.Holding, signup.Offered:
		return "notice notice-good"
	case signup.Waiting:
		return "notice notice-warn"
	case signup.Released, signup.Refused:
	}
	return "notice notice-bad"
}

var answerTemplate = parse[answerPage]("answer.html")

// showAnswer is the answer for who has no script.
func (p *Pages) showAnswer(w http.ResponseWriter, r *http.Request, a answered) error {
	t := p.teller(r, a.edition, a.plan)
	page := answerPage{Receipt: a.answer.Receipt.String(), At: a.answer.At, Got: a.answer.Got()}
	for _, o := range a.answer.Outcomes {
		line := answerLine{State: string(o.State), Sentence: t.became(o)}
		if offer, _ := a.plan.Offer(o.Session); offer != nil {
			line.Slug = offer.Slug
		}
		if s := a.edition.Programme.Session(o.Session); s != nil {
			line.Title = s.Title
		}
		page.Lines = append(page.Lines, line)
	}
	return answerTemplate.Show(w, r, page)
}

// outPage tells somebody whose session has ended that nothing was done, and how to go on.
type outPage struct{ Next string }

var outTemplate = parse[outPage]("out.html")

// signedOut answers a form of somebody who is not signed in any more.
func (p *Pages) signedOut(w http.ResponseWriter, r *http.Request) error {
	name, args := "signup.mine", []any{r.PathValue("edition")}
	if slug := r.PathValue("session"); slug != "" {
		name, args = "signup.session", append(args, slug)
	}
	next, err := p.Site.URL(web.Lang(r), name, args...)
	if err != nil {
		return err
	}
	return outTemplate.ShowStatus(w, r, http.StatusUnauthorized, outPage{next})
}
