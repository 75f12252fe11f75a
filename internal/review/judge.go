package review

import (
	"math"
	"slices"
	"time"

	"obrady/internal/call"
	"obrady/internal/errs"
	"obrady/internal/people"
	"obrady/internal/text"
)

// Confidence is how sure a reviewer is.
type Confidence int

// How sure.
const (
	Unsure  Confidence = 1 // poza moją dziedziną
	Fair    Confidence = 2
	Certain Confidence = 3 // to moja dziedzina
)

// Confidences lists them in the order in which forms offer them.
var Confidences = []Confidence{Certain, Fair, Unsure}

// Key names the sentence that says how sure.
// key: review.confidence.*
func (c Confidence) Key() string {
	return map[Confidence]string{Unsure: "review.confidence.unsure", Fair: "review.confidence.fair", Certain: "review.confidence.certain"}[c]
}

// Review is what one reviewer thinks of one submission (recenzja).
type Review struct {
	Submission call.SubmissionID
	Account    people.AccountID
	Call       call.ID
	Scores     map[string]int // marks by criterion, from 1; 0: cannot judge
	Score      float64        // the weighted mean, from 0, the worst, to 100
	Judged     bool           // whether there is a Score: something could be judged
	Confidence Confidence
	Advice     Outcome // what the reviewer would decide; empty: leaves it to the council
	ToAuthor   string
	ToCouncil  string
	Revision   int
	SentAt     time.Time // zero: a draft
	UpdatedAt  time.Time
}

// Sent says whether the review has been sent.
func (r Review) Sent() bool { return !r.SentAt.IsZero() }

// maxReview is how long each text of a review may be, in characters.
const maxReview = 6000

// sized says what is too long to be kept even as a draft.
func (r Review) sized() error {
	var wrong errs.Problems
	for field, words := range map[string]string{"to_author": r.ToAuthor, "to_council": r.ToCouncil} {
		if text.Length(words) > maxReview {
			wrong.Add(field, "review.too_long", maxReview)
		}
	}
	return wrong.Err()
}

// check says what keeps the review from being sent. Fields of marks are called
// after the criterion: "score-ID".
func (r Review) check(s Setup) error {
	var wrong errs.Problems
	judged := false
	for _, c := range s.Criteria {
		mark, given := r.Scores[c.ID]
		switch {
		case !given:
			wrong.Add("score-"+c.ID, "review.mark_missing")
		case mark < 0 || mark > c.Highest():
			wrong.Add("score-"+c.ID, "review.mark", c.Highest())
		}
		judged = judged || mark > 0
	}
	if !slices.Contains(Confidences, r.Confidence) {
		wrong.Add("confidence", "review.choose")
	}
	if r.Advice != "" && !slices.Contains(Outcomes, r.Advice) {
		wrong.Add("advice", "review.choose")
	}
	for field, words := range map[string]string{"to_author": r.ToAuthor, "to_council": r.ToCouncil} {
		if text.Length(words) > maxReview {
			wrong.Add(field, "review.too_long", maxReview)
		}
	}
	if r.ToAuthor == "" && judged {
		wrong.Add("to_author", "review.to_author_missing")
	}
	if r.ToCouncil == "" && !judged {
		wrong.Add("to_council", "review.why_not_judged")
	}
	return wrong.Err()
}

// scored returns the review with its score: the mean of the marks that could be
// given, weighed, as a part of a hundred. Marks of unknown criteria fall away.
func (r Review) scored(s Setup) Review {
	sum, weight := 0.0, 0.0
	kept := map[string]int{}
	for _, c := range s.Criteria {
		mark, given := r.Scores[c.ID]
		if !given {
			continue
		}
		kept[c.ID] = mark
		if mark > 0 && mark <= c.Highest() {
			sum += float64(c.Weight) * float64(mark-1) / float64(c.Highest()-1)
			weight += float64(c.Weight)
		}
	}
	r.Scores, r.Judged, r.Score = kept, weight > 0, 0
	if r.Judged {
		r.Score = 100 * sum / weight
	}
	return r
}

// Figure sums up several scores.
type Figure struct {
	Count  int     // reviews, also those without a score
	Judged int     // with one
	Mean   float64 // 0 if there is none
	Spread float64 // the standard deviation
	Low    float64
	High   float64
}

// Summed sums up the scores of reviews.
func Summed(reviews []Review) Figure {
	scores := make([]float64, 0, len(reviews))
	for i := range reviews {
		if reviews[i].Judged {
			scores = append(scores, reviews[i].Score)
		}
	}
	f := figureOf(scores)
	f.Count = len(reviews)
	return f
}

// figureOf sums up scores, as many as there are.
func figureOf(scores []float64) Figure {
	f := Figure{Count: len(scores), Judged: len(scores), Low: math.Inf(1), High: math.Inf(-1)}
	if len(scores) == 0 {
		return Figure{}
	}
	for _, score := range scores {
		f.Mean += score
		f.Low, f.High = min(f.Low, score), max(f.High, score)
	}
	f.Mean /= float64(f.Judged)
	for _, score := range scores {
		f.Spread += (score - f.Mean) * (score - f.Mean)
	}
	f.Spread = math.Sqrt(f.Spread / float64(f.Judged))
	return f
}

// Apart says how far the highest score is from the lowest.
func (f Figure) Apart() float64 { return f.High - f.Low }

// disagree is how far apart scores are that the council has to talk about, of a hundred.
const disagree = 40

// Disputed says whether reviewers see it so differently that the council should know.
func (f Figure) Disputed() bool { return f.Judged > 1 && f.Apart() >= disagree }

// Calibration holds one reviewer against the others who read the same.
type Calibration struct {
	Account people.AccountID
	Own     Figure
	Field   Figure  // of the others, on the same submissions
	Harder  float64 // how much lower they score on the average than the others did on the same; negative: higher
}

// calibrate holds each reviewer against the others, by account.
func calibrate(reviews []Review) []Calibration {
	of := map[call.SubmissionID][]Review{}
	own := map[people.AccountID][]Review{}
	for _, r := range reviews {
		of[r.Submission] = append(of[r.Submission], r)
		own[r.Account] = append(own[r.Account], r)
	}
	var all []Calibration
	for who, theirs := range own {
		c := Calibration{Account: who, Own: Summed(theirs)}
		var field []float64
		shared := 0
		for i := range theirs {
			before := len(field)
			for j := range of[theirs[i].Submission] {
				if o := &of[theirs[i].Submission][j]; o.Account != who && o.Judged {
					field = append(field, o.Score)
				}
			}
			if others := field[before:]; theirs[i].Judged && len(others) > 0 {
				c.Harder += figureOf(others).Mean - theirs[i].Score
				shared++
			}
		}
		if c.Field = figureOf(field); shared > 0 {
			c.Harder /= float64(shared)
		}
		all = append(all, c)
	}
	slices.SortFunc(all, func(a, b Calibration) int { return compare(a.Account, b.Account) })
	return all
}

// Stance is what a consulted body thinks.
type Stance string

// The stances.
const (
	Supports Stance = "supports"
	Remarks  Stance = "remarks" // with remarks
	Against  Stance = "against"
	NoView   Stance = "none"
)

// Stances lists the stances in the order in which forms offer them.
var Stances = []Stance{Supports, Remarks, Against, NoView}

// Key names the sentence that says the stance.
// key: review.stance.*
func (s Stance) Key() string { return "review.stance." + string(s) }

// Opinion is what a consulted body says of a submission (opinia). It is recorded
// and holds nothing up.
type Opinion struct {
	Submission  call.SubmissionID
	Institution people.InstitutionID
	Stance      Stance
	Words       string
	By          people.AccountID
	At          time.Time
	Revision    int
}

func (o Opinion) validate() error {
	var wrong errs.Problems
	if !slices.Contains(Stances, o.Stance) {
		wrong.Add("stance", "review.choose")
	}
	if text.Length(o.Words) > maxReview {
		wrong.Add("words", "review.too_long", maxReview)
	}
	if o.Words == "" && (o.Stance == Remarks || o.Stance == Against) {
		wrong.Add("words", "review.reason_missing")
	}
	return wrong.Err()
}
