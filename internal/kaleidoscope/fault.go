package kaleidoscope

import (
	"slices"
	"time"

	"obrady/internal/call"
	"obrady/internal/programme"
)

// FaultKind says what does not fit in a plan.
type FaultKind string

// What can be found.
const (
	Gone         FaultKind = "gone"          // no longer accepted: withdrawn, declined
	Twice        FaultKind = "twice"         // somebody has to be elsewhere at that minute
	Away         FaultKind = "away"          // outside the hours at which they can speak
	TooLong      FaultKind = "too_long"      // the parts take longer than the hours of the session
	Nobody       FaultKind = "nobody"        // no presenter is named
	NotConfirmed FaultKind = "not_confirmed" // the presenter has not confirmed yet
	OtherPath    FaultKind = "other_path"
	NoHours      FaultKind = "no_hours" // the session has no hours, so nobody has a minute
	Crowded      FaultKind = "crowded"  // more talks in a cycle than was meant
)

// FaultKinds lists the kinds, those that keep a plan from being composed first.
var FaultKinds = []FaultKind{Gone, Twice, Away, TooLong, Nobody, NotConfirmed, OtherPath, NoHours, Crowded}

// Key names the sentence that says the fault.
// key: kaleidoscope.fault.*
func (k FaultKind) Key() string { return "kaleidoscope.fault." + string(k) }

// Fatal says whether the fault keeps a plan from being composed; the others are for somebody to know.
func (k FaultKind) Fatal() bool { return k == Gone || k == Twice || k == Away || k == TooLong }

// Fault is one thing that does not fit.
type Fault struct {
	Kind       FaultKind
	Submission call.SubmissionID // empty: it concerns the whole plan
	Code       string
	Title      string
	Who        string              // the presenter
	Session    programme.SessionID // where else they have to be
	Begin      time.Time
	Number     int // minutes too long, or the cycle
}

// Duty is something else that somebody has to do at the congress.
type Duty struct {
	Session    programme.SessionID
	Begin, End time.Time
}

// Hours are the beginning and the end of one showing of the session.
type Hours struct{ Begin, End time.Time }

// Room is what a plan has to fit into.
type Room struct {
	Hours  []Hours           // more than one where the session is given twice; none: not known yet
	Path   string            // the path that the session is for; empty: all of them
	Duties map[string][]Duty // by a key of the presenter
}

// minutes is how long the shortest showing is; 0: not known.
func (r Room) minutes() (shortest int) {
	for _, h := range r.Hours {
		if n := int(h.End.Sub(h.Begin) / time.Minute); shortest == 0 || n < shortest {
			shortest = n
		}
	}
	return shortest
}

// keeps returns a duty that keeps somebody from speaking then, and whose it is.
func (r Room) keeps(t Talk, begin, end time.Time) (Presenter, Duty, bool) {
	for _, p := range t.Presenters {
		for _, key := range p.Keys {
			for _, d := range r.Duties[key] {
				if d.Begin.Before(end) && begin.Before(d.End) {
					return p, d, true
				}
			}
		}
	}
	return Presenter{}, Duty{}, false
}

// Fits says whether a talk can be held so many minutes after the session has begun, at each showing.
func (r Room) Fits(t Talk, offset, minutes int) bool {
	for _, h := range r.Hours {
		begin := h.Begin.Add(time.Duration(offset) * time.Minute)
		end := begin.Add(time.Duration(minutes) * time.Minute)
		if _, _, busy := r.keeps(t, begin, end); busy || !t.Times.Allow(begin, end) {
			return false
		}
	}
	return true
}

// Faults says what does not fit, what keeps the plan from being composed first.
func (p Plan) Faults(r Room) []Fault {
	var found []Fault
	for n, c := range p.Cycles {
		for _, t := range c.Talks {
			found = append(found, t.faults(r)...)
		}
		if len(c.Talks) > p.Shape.PerCycle {
			found = append(found, Fault{Kind: Crowded, Number: n + 1})
		}
	}
	for _, h := range r.Hours {
		for _, part := range p.Parts(h.Begin) {
			if part.Kind == programme.Talk && part.Talk.Submission != "" {
				found = append(found, part.faults(r)...)
			}
		}
	}
	if over := p.Minutes() - r.minutes(); len(r.Hours) > 0 && p.Count() > 0 && over > 0 {
		found = append(found, Fault{Kind: TooLong, Number: over})
	}
	if len(r.Hours) == 0 && p.Count() > 0 {
		found = append(found, Fault{Kind: NoHours})
	}
	slices.SortStableFunc(found, func(a, b Fault) int { return slices.Index(FaultKinds, a.Kind) - slices.Index(FaultKinds, b.Kind) })
	return found
}

// faults looks at a talk wherever it stands.
func (t Talk) faults(r Room) (found []Fault) {
	f := Fault{Submission: t.Submission, Code: t.Code, Title: t.Title}
	add := func(kind FaultKind) {
		f.Kind = kind
		found = append(found, f)
	}
	switch {
	case !t.Stands():
		add(Gone)
	case t.State != call.Confirmed:
		add(NotConfirmed)
	}
	if len(t.Presenters) == 0 {
		add(Nobody)
	}
	if r.Path != "" && t.Path != r.Path {
		add(OtherPath)
	}
	return found
}

// faults looks at a talk at its minute.
func (p Part) faults(r Room) (found []Fault) {
	f := Fault{Submission: p.Talk.Submission, Code: p.Talk.Code, Title: p.Talk.Title, Begin: p.Begin}
	if who, duty, busy := r.keeps(p.Talk, p.Begin, p.End); busy {
		f.Kind, f.Who, f.Session = Twice, who.Name, duty.Session
		found = append(found, f)
	}
	if !p.Talk.Times.Allow(p.Begin, p.End) {
		f.Kind, f.Who, f.Session = Away, p.Talk.Speakers(), ""
		found = append(found, f)
	}
	return found
}

// Fatal returns those of the faults that keep a plan from being composed.
func Fatal(all []Fault) []Fault {
	return slices.DeleteFunc(slices.Clone(all), func(f Fault) bool { return !f.Kind.Fatal() })
}

// Speakers are the names of those who speak, in their order.
func (t Talk) Speakers() (names string) {
	for i, p := range t.Presenters {
		if i > 0 {
			names += ", "
		}
		names += p.Name
	}
	return names
}
