package windows

import (
	"time"

	"obrady/internal/civil"
	"obrady/internal/web"
)

// A moment of a window is asked for as a day and an hour on the clock of the congress: fields NAME_on and NAME_at, and
// NAME_turn where the clock shows the hour twice.
const (
	firstTurn  = "first"
	secondTurn = "second"
)

// momentInput asks for a moment.
type momentInput struct {
	Day, Hour, Turn web.Input
	Twice           bool // the hour comes twice, so that it must be asked which of the two is meant
}

// setMoment writes a moment as the clock of zone shows it; nothing for the zero time.
func setMoment(form *web.Form, name string, at time.Time, zone *time.Location) {
	if at.IsZero() {
		return
	}
	at = at.In(zone)
	form.Set(name+"_on", string(civil.DateOf(at)))
	form.Set(name+"_at", civil.ClockOf(at).String())
	if both := civil.Resolve(civil.DateOf(at), civil.ClockOf(at), zone); len(both) > 1 {
		turn := firstTurn
		if !both[0].Equal(at.Truncate(time.Minute)) {
			turn = secondTurn
		}
		form.Set(name+"_turn", turn)
	}
}

// readMoment reads a moment and notes what is wrong with it. One that nothing was typed for is the zero time.
func readMoment(form *web.Form, name string, zone *time.Location) time.Time {
	typedDay, typedHour := form.Value(name+"_on"), form.Value(name+"_at")
	if typedDay == "" && typedHour == "" {
		return time.Time{}
	}
	day, err := civil.ParseDate(typedDay)
	if err != nil {
		form.Problems.Add(name+"_on", "windows.moment.no_day")
		return time.Time{}
	}
	clock, err := civil.ParseClock(typedHour)
	if err != nil {
		form.Problems.Add(name+"_at", "windows.moment.no_hour")
		return time.Time{}
	}
	found := civil.Resolve(day, clock, zone)
	switch turn := form.Value(name + "_turn"); {
	case len(found) == 1:
		return found[0]
	case len(found) == 0:
		before, after := around(day, clock, zone)
		form.Problems.Add(name+"_at", "windows.moment.skipped", clock.String(), before.String(), after.String())
	case turn == firstTurn:
		return found[0]
	case turn == secondTurn:
		return found[1]
	default:
		form.Problems.Add(name+"_turn", "windows.moment.twice", clock.String())
	}
	return time.Time{}
}

// around gives the last hour before one that the clock skips, and the first after it.
func around(day civil.Date, clock civil.Clock, zone *time.Location) (before, after civil.Clock) {
	const lastMinute = 24*60 - 1
	for before = clock; before > 0 && len(civil.Resolve(day, before, zone)) == 0; before-- {
	}
	for after = clock; after < lastMinute && len(civil.Resolve(day, after, zone)) == 0; after++ {
	}
	return before, after
}

// askMoment makes the questions for a moment.
func askMoment(v web.View, form web.Form, name string) momentInput {
	in := momentInput{
		Day: v.Input(form, name+"_on"), Hour: v.Input(form, name+"_at"), Turn: v.Input(form, name+"_turn"),
		Twice: form.Value(name+"_turn") != "" || form.Problem(name+"_turn") != nil,
	}
	in.Turn = in.Turn.Choices([]web.Option{
		{Value: "", Label: v.T("windows.moment.which")},
		{Value: firstTurn, Label: v.T("windows.moment.first")},
		{Value: secondTurn, Label: v.T("windows.moment.second")},
	})
	return in
}
