package visitor

import (
	"net/http"
	"slices"
	"strings"
	"time"

	"obrady/internal/civil"
	"obrady/internal/programme"
	"obrady/internal/text"
	"obrady/internal/timetable"
	"obrady/internal/web"
)

// NowPage is what is on, and what comes next, place by place.
type NowPage struct {
	head
	At      stamp
	Moment  string
	Asked   bool // for another moment than the present
	Refresh string
	State   string // before, on or after
	Bad     bool   // the moment asked for is none
	Starts  string
	Places  []nowPlace
	Days    []tab
}

// nowPlace is a place with what is on in it now and what comes next.
type nowPlace struct {
	ID   string
	Name link
	Now  []entry
	Next []entry
}

var nowPage = web.Parse[NowPage](templates, "templates/now.html", fragments...)

func (v *view) showNow(w http.ResponseWriter, r *http.Request) error {
	at, asked, ok := v.moment(momentOf.value(r.URL.Query()))
	page := NowPage{
		head: v.headed(v.T("visitor.now"), v.T("visitor.now_lead")), At: v.stamp(at), Asked: asked, Bad: !ok,
		Moment: text.Bind(v.Day(at.In(v.x.Zone))) + ", " + hour(at.In(v.x.Zone)), Days: v.tabs(r.URL, ""),
	}
	if !asked {
		page.Refresh = r.URL.EscapedPath()
	}
	page.State = v.stateAt(at)
	if page.State == "on" {
		page.Places = v.placesAt(at)
	}
	if first := v.plan().Days(); len(first) > 0 {
		page.Starts = v.dayName(first[0])
	}
	w.Header().Set("Cache-Control", "public, max-age=20")
	return nowPage.Show(w, r, page)
}

// moment reads the moment that an address asks for, such as 2021-06-07T12:40 on the clocks of the congress. In
// the hour that comes twice it is the first. Without one, or with one that no clock shows, it is the present.
func (v *view) moment(asked string) (at time.Time, other, ok bool) {
	if asked == "" {
		return v.Now(), false, true
	}
	day, clock, _ := strings.Cut(asked, "T")
	date, err := civil.ParseDate(day)
	if err != nil {
		return v.Now(), false, false
	}
	minutes, err := civil.ParseClock(clock)
	if err != nil {
		return v.Now(), false, false
	}
	found := civil.Resolve(date, minutes, v.x.Zone)
	if len(found) == 0 {
		return v.Now(), false, false
	}
	return found[0], true, true
}

// stateAt says whether the congress is still to come, on, or over. It is on from four in the morning of its
// first day until its last session ends.
func (v *view) stateAt(at time.Time) string {
	days := v.plan().Days()
	if len(days) == 0 {
		return "before"
	}
	last := days[len(days)-1].Add(1).In(v.x.Zone)
	for _, slot := range v.x.Slots {
		if slot.End.After(last) {
			last = slot.End
		}
	}
	switch {
	case timetable.DayOf(at, v.x.Zone) < days[0]:
		return "before"
	case !at.Before(last):
		return "after"
	}
	return "on"
}

// placesAt tells of every place that is still in use on the day of at. What has no place stands last.
func (v *view) placesAt(at time.Time) (all []nowPlace) {
	byPlace := map[timetable.PlaceID]*nowPlace{}
	for _, it := range v.plan().On(timetable.DayOf(at, v.x.Zone)) {
		if !it.Slot.End.After(at) || it.Session.Format == programme.Break {
			continue
		}
		p := byPlace[it.Slot.Place]
		if p == nil {
			p = &nowPlace{}
			byPlace[it.Slot.Place] = p
		}
		switch {
		case !it.Slot.Start.After(at):
			p.Now = append(p.Now, v.entry(it.Session, it.Slot))
		case len(p.Next) == 0 || p.Next[0].From.At == v.stamp(it.Slot.Start).At:
			p.Next = append(p.Next, v.entry(it.Session, it.Slot))
		}
	}
	for i := range v.x.Places {
		place := &v.x.Places[i]
		if p := byPlace[place.ID]; p != nil {
			p.Name = v.link(place.Name, v.to("place", place.Slug))
			all = append(all, *p)
		}
	}
	if p := byPlace[""]; p != nil {
		p.Name = link{said: said{Text: v.T("visitor.no_place")}}
		all = append(all, *p)
	}
	slices.SortStableFunc(all, func(a, b nowPlace) int { return min(1, len(b.Now)) - min(1, len(a.Now)) })
	for i := range all {
		all[i].ID = "p" + itoa(i)
	}
	return all
}
