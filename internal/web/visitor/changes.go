package visitor

import (
	"net/http"
	"strconv"
	"strings"

	"obrady/internal/civil"
	"obrady/internal/plan"
	"obrady/internal/text"
	"obrady/internal/timetable"
	"obrady/internal/web"
)

// changeOrder is the order in which kinds of change are told.
var changeOrder = []timetable.ChangeKind{
	timetable.New, timetable.Moved, timetable.Cancelled, timetable.Restored, timetable.Withdrawn, timetable.Changed,
}

// ReleasesPage lists the releases of the programme, the latest first.
type ReleasesPage struct {
	head
	Lead     string
	Releases []newsItem
	FeedAt   string
}

// ReleasePage is what one release has changed.
type ReleasePage struct {
	head
	Name     said
	At, Day  string
	Summary  string
	Note     said
	Changes  []changeOf
	FeedAt   string
	Previous link
	Next     link
}

// changeOf is what has become of one session.
type changeOf struct {
	Class, Word string
	Cancelled   bool
	Title       said
	URL         string // empty where the session is gone
	Reason      said
	Facts       string // hours and place of a new session
	Fields      []fieldOf
}

// fieldOf is what one field said before and says now.
type fieldOf struct {
	Name          string
	Before, After []said
}

var (
	releasesPage = web.Parse[ReleasesPage](templates, "templates/releases.html", fragments...)
	releasePage  = web.Parse[ReleasePage](templates, "templates/release.html", fragments...)
)

func (v *view) showReleases(w http.ResponseWriter, r *http.Request) error {
	page := ReleasesPage{
		head: v.headed(v.T("visitor.changes_title"), v.T("visitor.changes_lead")), Lead: v.T("visitor.changes_lead"),
		Releases: v.news(len(v.e.Releases)),
	}
	page.FeedAt = page.Feed
	return releasesPage.Show(w, r, page)
}

func (v *view) showRelease(w http.ResponseWriter, r *http.Request) error {
	number, err := strconv.Atoi(r.PathValue("number"))
	release, known := v.release(number)
	if err != nil || !known {
		return timetable.ErrNoRelease
	}
	at := release.PublishedAt.In(v.x.Zone)
	page := ReleasePage{
		head: v.headed(v.T("visitor.release_changes", v.plain(release.Name)), v.summary(release), v.crumb("visitor.changes_title", "changes")),
		Name: v.say(release.Name), At: string(civil.DateOf(at)), Day: text.Bind(v.Day(at)),
		Summary: text.Bind(capital(v.summary(release))), Note: v.say(release.Note),
	}
	page.FeedAt = page.Feed
	here := &page.Crumbs[len(page.Crumbs)-1]
	here.Label, here.Lang = page.Name.Text, page.Name.Lang
	for _, c := range release.Changes {
		page.Changes = append(page.Changes, v.change(c))
	}
	page.Previous, page.Next = v.releaseLink(number-1), v.releaseLink(number+1)
	return releasePage.Show(w, r, page)
}

func (v *view) release(number int) (timetable.Release, bool) {
	for _, release := range v.e.Releases {
		if release.Number == number {
			return release, true
		}
	}
	return timetable.Release{}, false
}

func (v *view) releaseLink(number int) link {
	release, known := v.release(number)
	if !known {
		return link{}
	}
	return link{said: v.say(release.Name), URL: v.to("release", number)}
}

var changeClasses = map[timetable.ChangeKind]string{
	timetable.New: "badge-new", timetable.Moved: "badge-moved", timetable.Cancelled: "badge-cancelled",
	timetable.Withdrawn: "badge-cancelled", timetable.Restored: "badge-new",
}

func (v *view) change(c timetable.Change) changeOf {
	one := changeOf{
		Class: changeClasses[c.Kind], Word: v.T(c.Kind.Key()), Title: v.say(c.Title), Reason: v.say(c.Reason),
		Cancelled: c.Kind == timetable.Cancelled || c.Kind == timetable.Withdrawn,
	}
	if s := v.x.SessionAt(c.Slug); plan.Public(s) {
		one.URL = v.to("session", c.Slug)
	}
	for _, f := range c.Fields {
		if c.Kind == timetable.New {
			one.Facts = strings.TrimPrefix(one.Facts+", "+joined(v.value(f.After)), ", ")
			continue
		}
		one.Fields = append(one.Fields, fieldOf{capital(v.T(f.Field.Key())), v.value(f.Before), v.value(f.After)})
	}
	one.Facts = strings.TrimSuffix(one.Facts, ", ")
	return one
}

const longestValue = 240 // characters of a text in a list of changes

// value is one side of a change, as the reader gets it.
func (v *view) value(of timetable.Value) (all []said) {
	for _, t := range of.Texts {
		s := v.quiet(t)
		s.Text = text.Excerpt(text.Plain(s.Text), longestValue)
		all = append(all, s)
	}
	for _, h := range of.Hours {
		day := v.dayName(timetable.DayOf(h.Start, v.x.Zone))
		all = append(all, said{Text: day + ", " + v.hours(h.Start, h.End)})
	}
	for _, key := range of.Keys {
		all = append(all, said{Text: v.T(key)})
	}
	return all
}
