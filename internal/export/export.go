// Package export carries the programme of the congress to where people want
// to have it — the app in the pocket, the calendar, the partner's site, the
// table of an office — and brings in programmes that others have written.
//
// Every file is made from a release, and from nothing else, so that the same
// release always gives the same bytes.
package export

import (
	"cmp"
	"embed"
	"slices"
	"strings"
	"time"

	"obrady/internal/i18n"
	"obrady/internal/id"
	"obrady/internal/people"
	"obrady/internal/programme"
	"obrady/internal/timetable"
)

// Locale holds the sentences of files, reports and refused rows.
//
//go:embed locale/*.json
var Locale embed.FS

// Addresses says where things stand on the web, in full. The pages know; an
// empty answer means that there is no such page, and then a file says nothing.
type Addresses interface {
	Home() string // of the site
	Edition(lang i18n.Lang, edition string) string
	Session(lang i18n.Lang, edition, session string) string
	File(edition, name string) string // a machine file: "schedule.xml"
}

// Order says for whom a file is made.
type Order struct {
	Words     i18n.Printer // the language of the file and its sentences
	Release   timetable.Release
	Addresses Addresses // nil: the file has no addresses in it
}

func (o Order) session(x *timetable.Index, s *programme.Session) string {
	if o.Addresses == nil {
		return ""
	}
	return o.Addresses.Session(o.Words.Lang, x.Edition.Slug, s.Slug)
}

func (o Order) file(x *timetable.Index, name string) string {
	if o.Addresses == nil {
		return ""
	}
	return o.Addresses.File(x.Edition.Slug, name)
}

// in returns the text for a reader of the file's language.
func (o Order) in(t i18n.Text) string { return t.In(o.Words.Lang).Text }

// Acronym is the short name of an edition in files, as every known app takes
// it: lower-case letters and digits only, so kpm-2021 becomes kpm2021.
func Acronym(edition string) string { return strings.ReplaceAll(edition, "-", "") }

// guidOf returns the name of a slot in files. The first slot of a session
// that came in a file keeps the name it had there; any other has its own,
// which a second slot of the session does not change.
func guidOf(x *timetable.Index, slot timetable.Slot, s *programme.Session) string {
	first := slices.MinFunc(x.SlotsOf(s.ID), func(a, b timetable.Slot) int { return cmp.Compare(a.ID, b.ID) })
	if s.Origin.Source != "" && first.ID == slot.ID && id.Valid(strings.ToLower(s.GUID)) {
		return s.GUID
	}
	return id.Derived(string(slot.ID), "slot")
}

// public lists the sessions of a release that a file may show. Drafts are in
// none; a working programme has them.
func public(s *programme.Session) bool { return s != nil && s.Status != programme.Draft }

// placeName writes where a slot takes place, with the building.
func (o Order) placeName(x *timetable.Index, place timetable.PlaceID) string {
	p := x.Place(place)
	if p == nil {
		return ""
	}
	name, building := o.in(p.Name), o.in(p.Building)
	if building == "" || strings.Contains(name, building) {
		return name
	}
	return name + ", " + building
}

// names lists who appears in a session, as one line of text.
func names(x *timetable.Index, all []people.PersonID) []string {
	var found []string
	for _, one := range all {
		if p := x.Person(one); p != nil {
			found = append(found, p.Name)
		}
	}
	return found
}

// later returns the later of two moments.
func later(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}
