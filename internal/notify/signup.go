package notify

import (
	"cmp"
	"context"
	"fmt"
	"slices"

	"obrady/internal/admission"
	"obrady/internal/outbox"
	"obrady/internal/people"
	"obrady/internal/signup"
)

// The letters about seats. What was decided together about one person is one letter.
var (
	seatAnswered  = kind("signup.answered", "session", "sessions", "link")
	seatResults   = kind("signup.results", "window", "session", "sessions", "link")
	seatPromoted  = kind("signup.promoted", "session", "sessions", "link")
	seatOffered   = kind("signup.offered", "session", "sessions", "until", "link")
	seatExpired   = kind("signup.expired", "session", "sessions", "link")
	seatAdmitted  = kind("signup.admitted", "session", "sessions", "words", "link")
	seatRemoved   = kind("signup.removed", "session", "sessions", "words", "link")
	seatMoved     = kind("signup.moved", "session", "sessions", "link")
	seatCancelled = kind("signup.cancelled", "session", "sessions", "link")
	seatDropped   = kind("signup.dropped", "session", "sessions", "link")
)

// rushed are the letters of which thousands are written in one minute: those about somebody coming in go first.
var rushed = []string{seatAnswered.Name, seatResults.Name, seatMoved.Name, seatCancelled.Name}

// aboutSignups are the letters about seats.
func (l *Letters) aboutSignups() map[string]func(context.Context, outbox.Entry) error {
	return map[string]func(context.Context, outbox.Entry) error{signup.Decided{}.Kind(): l.seatsDecided}
}

// tiding is what one person learns by one letter.
type tiding struct {
	kind    Kind
	account people.AccountID
	window  admission.WindowID // whose results it tells; "" otherwise
	events  []signup.Event     // in their order
	beside  []signup.Event     // what followed for the same person from what they got
}

// dedupe is the same whenever the decisions are read again.
func (t tiding) dedupe() string { return fmt.Sprintf("%s:%d", t.kind.Name, t.events[0].Seq) }

// letterOf is the kind of letter that a decision calls for; without a name where it calls for none. Nobody gets a letter
// about what they have just done themselves, but for the confirmation of what it gave them.
func letterOf(e signup.Event) Kind {
	asked := e.Request != ""
	switch e.What {
	case signup.WasGranted, signup.WasListed:
		if asked {
			return seatAnswered
		}
		return seatResults
	case signup.WasRefused:
		if asked {
			return Kind{}
		}
		return seatResults
	case signup.WasDrawn:
		return seatResults
	case signup.WasAdmitted:
		if e.Actor == "" {
			return seatResults // by a choice that is announced to all
		}
		return seatAdmitted
	case signup.WasPromoted:
		return seatPromoted
	case signup.WasOffered:
		return seatOffered
	case signup.WasExpired:
		return seatExpired
	case signup.WasRemoved:
		return seatRemoved
	case signup.WasMoved:
		return seatMoved
	case signup.WasDropped:
		return seatDropped
	case signup.WasAccepted, signup.WasDeclined, signup.WasLeft, signup.WasSwapped, signup.WasShifted, signup.WasMissed, signup.WasResized, signup.WasKept:
	}
	return Kind{}
}

// alone says whether each decision of the kind has a letter of its own: with its own time limit or its own reason.
func alone(k Kind) bool {
	return k.Name == seatOffered.Name || k.Name == seatAdmitted.Name || k.Name == seatRemoved.Name || k.Name == seatExpired.Name
}

// tidings sorts decisions into letters, the first decided in front.
func tidings(events []signup.Event, facts map[sessionID]sessionFacts) []tiding {
	type name struct {
		account people.AccountID
		kind    string
		window  admission.WindowID
		seq     signup.Receipt
	}
	found := map[name]*tiding{}
	for _, e := range events {
		k := letterOf(e)
		if k.Name == seatMoved.Name && facts[e.Session].Cancelled {
			k = seatCancelled
		}
		if e.Account == "" || k.Name == "" || k.Name == seatDropped.Name {
			continue
		}
		n := name{account: e.Account, kind: k.Name}
		if k.Name == seatResults.Name {
			n.window = facts[e.Session].Window
		}
		if alone(k) {
			n.seq = e.Seq
		}
		if found[n] == nil {
			found[n] = &tiding{kind: k, account: e.Account, window: n.window}
		}
		found[n].events = append(found[n].events, e)
	}
	all := make([]tiding, 0, len(found))
	for _, t := range found {
		all = append(all, *t)
	}
	slices.SortFunc(all, func(a, b tiding) int { return cmp.Compare(a.events[0].Seq, b.events[0].Seq) })
	return accompany(all, events)
}

// gives says whether the letter tells of something that was got, from which other things follow.
func gives(k Kind) bool {
	return k.Name == seatAnswered.Name || k.Name == seatResults.Name || k.Name == seatPromoted.Name || k.Name == seatAdmitted.Name
}

// accompany adds to each letter what followed from it for the same person: the seat that was swapped, the lists they were
// taken off, the sessions of the same request that they did not get. Who was taken off a list by nothing of the kind gets
// a letter about that.
func accompany(all []tiding, events []signup.Event) []tiding {
	gets := map[people.AccountID]int{}
	for i, t := range all {
		if _, has := gets[t.account]; !has && gives(t.kind) {
			gets[t.account] = i
		}
	}
	dropped := map[people.AccountID]int{}
	for _, e := range events {
		i, has := gets[e.Account]
		refused := e.What == signup.WasRefused && e.Request != "" && has && all[i].kind.Name == seatAnswered.Name
		switch {
		case e.Account == "" || e.What != signup.WasDropped && e.What != signup.WasSwapped && !refused:
			continue
		case has:
			all[i].beside = append(all[i].beside, e)
			continue
		case e.What != signup.WasDropped:
			continue
		}
		if i, has = dropped[e.Account]; !has {
			i, dropped[e.Account] = len(all), len(all)
			all = append(all, tiding{kind: seatDropped, account: e.Account})
		}
		all[i].events = append(all[i].events, e)
	}
	return all
}
