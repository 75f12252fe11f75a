// Package timetable says where and when everything of the congress happens,
// finds what clashes, and publishes the programme: one working state, and
// releases that freeze it for the public with a list of what has changed.
package timetable

import (
	"embed"
	"time"

	"obrady/internal/civil"
	"obrady/internal/edition"
	"obrady/internal/errs"
	"obrady/internal/i18n"
	"obrady/internal/people"
	"obrady/internal/programme"
)

// Locale holds the sentences that name this package's errors, findings and changes.
//
//go:embed locale/*.json
var Locale embed.FS

// PlaceID names a place (miejsce).
type PlaceID string

// SlotID names the hours of one session in one place.
type SlotID string

// ReleaseID names a release (wydanie programu).
type ReleaseID string

// What can go wrong with the timetable.
var (
	ErrNoPlace   = errs.New(errs.NotFound, "timetable.no_place")
	ErrNoSlot    = errs.New(errs.NotFound, "timetable.no_slot")
	ErrNoRelease = errs.New(errs.NotFound, "timetable.no_release")
	ErrChanged   = errs.New(errs.Conflict, "timetable.changed")
	ErrClashes   = errs.New(errs.Conflict, "timetable.clashes")
	ErrUnchanged = errs.New(errs.Conflict, "timetable.unchanged")
	ErrInUse     = errs.New(errs.Conflict, "programme.in_use")
)

// PlaceKind says what kind of place it is.
type PlaceKind string

// The kinds of place.
const (
	Room      PlaceKind = "room"
	Hall      PlaceKind = "hall"
	Studio    PlaceKind = "studio"
	OnlineHub PlaceKind = "online" // a meeting in the net
	Outdoors  PlaceKind = "outdoors"
)

// PlaceKinds lists the kinds in the order in which forms offer them.
var PlaceKinds = []PlaceKind{Hall, Room, Studio, OnlineHub, Outdoors}

// Key names the sentence that says the kind.
// key: timetable.place.*
func (k PlaceKind) Key() string { return "timetable.place." + string(k) }

// Fact is the answer to a question that may not have been asked yet.
type Fact string

// The answers.
const (
	Unknown Fact = ""
	Yes     Fact = "yes"
	No      Fact = "no"
)

// Access tells people what they will find at a place.
type Access struct {
	StepFree    Fact      `json:"step_free,omitempty"`
	HearingLoop Fact      `json:"hearing_loop,omitempty"`
	Toilet      Fact      `json:"toilet,omitempty"` // one that a wheelchair fits into
	Note        i18n.Text `json:"note"`
}

// Place is a room, a studio or an online meeting.
type Place struct {
	ID       PlaceID    `json:"id"`
	Edition  edition.ID `json:"edition"`
	Slug     string     `json:"slug"`
	Kind     PlaceKind  `json:"kind"`
	Name     i18n.Text  `json:"name"`
	Building i18n.Text  `json:"building"`
	Capacity int        `json:"capacity,omitempty"` // people; 0: not known
	Access   Access     `json:"access"`
	// Shared places hold several sessions at once without a clash: the many
	// rooms of one online service, a hall with tables.
	Shared    bool      `json:"shared,omitempty"`
	Position  int       `json:"position"`
	Examples  []string  `json:"examples,omitempty"`
	Revision  int       `json:"revision"`
	UpdatedAt time.Time `json:"updated_at"`
}

// Validate says what keeps the place from being saved.
func (p Place) Validate() error {
	var wrong errs.Problems
	if p.Name.PL == "" {
		wrong.Add("name_pl", "edition.text_missing")
	}
	if len([]rune(p.Name.PL)) > maxPlaceName || len([]rune(p.Name.EN)) > maxPlaceName {
		wrong.Add("name_pl", "people.too_long", maxPlaceName)
	}
	if !edition.ValidSlug(p.Slug) {
		wrong.Add("slug", "edition.slug")
	}
	if p.Capacity < 0 || p.Capacity > maxCapacity {
		wrong.Add("capacity", "programme.capacity", maxCapacity)
	}
	for _, kind := range PlaceKinds {
		if p.Kind == kind {
			return wrong.Err()
		}
	}
	wrong.Add("kind", "programme.choose")
	return wrong.Err()
}

const (
	maxPlaceName = 200
	maxCapacity  = 100000
	maxWalk      = 240 // minutes
)

// Walk is how long it takes to get from one place to another, either way.
type Walk struct {
	From    PlaceID `json:"from"`
	To      PlaceID `json:"to"`
	Minutes int     `json:"minutes"`
}

// Slot is the time and the place of a session. A session that is given twice
// has two.
type Slot struct {
	ID        SlotID              `json:"id"`
	Session   programme.SessionID `json:"session"`
	Place     PlaceID             `json:"place,omitempty"`
	Start     time.Time           `json:"start"`
	End       time.Time           `json:"end"`
	Examples  []string            `json:"examples,omitempty"`
	Revision  int                 `json:"revision"`
	UpdatedAt time.Time           `json:"updated_at"`
}

// Length is how long the slot is.
func (s Slot) Length() time.Duration { return s.End.Sub(s.Start) }

// Overlaps reports whether both slots run at some instant; one that begins
// when the other ends does not.
func (s Slot) Overlaps(other Slot) bool {
	return s.Start.Before(other.End) && other.Start.Before(s.End)
}

// Validate says what keeps the slot from being saved; that it lies outside
// the days of the edition is a finding, not a mistake.
func (s Slot) Validate() error {
	var wrong errs.Problems
	switch {
	case s.Start.IsZero():
		wrong.Add("start", "timetable.start_missing")
	case s.End.IsZero():
		wrong.Add("end", "timetable.end_missing")
	case !s.End.After(s.Start):
		wrong.Add("end", "timetable.end_before_start")
	case s.Length() > programme.MaxMinutes*time.Minute:
		wrong.Add("end", "timetable.too_long")
	}
	return wrong.Err()
}

// dayChange is the hour until which the small hours belong to the evening
// before: a fail night that ends at one does not begin a new day.
const dayChange = 4 * time.Hour

// DayOf returns the day of the congress to which an instant belongs.
func DayOf(at time.Time, zone *time.Location) civil.Date {
	return civil.DateOf(at.In(zone).Add(-dayChange))
}

// Programme is everything that a visitor can know of one edition: either the
// working state or one release. It is a value that nobody changes once it is
// made; lists are in the order in which pages show them.
type Programme struct {
	Edition      edition.Edition      `json:"edition"`
	Taxonomies   []edition.Taxonomy   `json:"taxonomies,omitempty"`
	Blocks       []programme.Block    `json:"blocks,omitempty"`
	Stages       []programme.Stage    `json:"stages,omitempty"`
	Places       []Place              `json:"places,omitempty"`
	Walks        []Walk               `json:"walks,omitempty"`
	Sessions     []programme.Session  `json:"sessions,omitempty"`
	Slots        []Slot               `json:"slots,omitempty"`
	Persons      []people.Person      `json:"persons,omitempty"`
	Institutions []people.Institution `json:"institutions,omitempty"`
	// Numbers are the integers of slots ("slot:ID") and of the parts of a slot
	// ("slot:ID/segment:ID") for files that need them.
	Numbers map[string]int `json:"numbers,omitempty"`
}

// NumberOf returns the key under which Numbers keeps the number of a slot, or
// of a talk in it where segment is not empty.
func NumberOf(slot SlotID, segment programme.SegmentID) string {
	if segment == "" {
		return "slot:" + string(slot)
	}
	return "slot:" + string(slot) + "/segment:" + string(segment)
}

// ScopeKind says how much of the programme a release renews.
type ScopeKind string

// The scopes.
const (
	Whole    ScopeKind = "whole"
	OneBlock ScopeKind = "block" // with the blocks inside it
	OneStage ScopeKind = "stage"
)

// Scope is what a release renews; the rest stays as the last release has it.
type Scope struct {
	Kind ScopeKind
	ID   string // of the block or the stage
}

// Release is a frozen programme under a name.
type Release struct {
	ID          ReleaseID
	Edition     edition.ID
	Number      int       // counts from 1 within the edition
	Name        i18n.Text // the Polish one is unique within the edition
	Note        i18n.Text
	Scope       Scope
	PublishedAt time.Time
	PublishedBy people.AccountID
	Changes     []Change
	Hash        string // SHA-256 of the frozen document, hexadecimal
}

// Released is announced when a release has become public.
type Released struct {
	Edition edition.ID `json:"edition"`
	Release ReleaseID  `json:"release"`
	Number  int        `json:"number"`
}

// Kind names the event in the outbox.
func (Released) Kind() string { return "timetable.released" }
