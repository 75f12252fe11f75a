package schedule

import "fmt"

// Repair is one fault of a file that Read put right. Whoever shows it makes the
// sentence from Code and Args.
type Repair struct {
	Line  int    // of the file, from 1
	Where string // what the file itself calls the thing: a title, a date, a name
	Code  Code
	Args  []any
}

// Code says what was repaired.
type Code string

// The codes, with their Args.
const (
	// EncodingConverted: the text was not UTF-8. Args: the encoding it was read as.
	EncodingConverted Code = "encoding_converted"
	// BytesReplaced: bytes that are no UTF-8 became U+FFFD. Args: how many places.
	BytesReplaced Code = "bytes_replaced"
	// HTMLEntity: XML does not know such an entity; it was read as HTML does. Args: its name.
	HTMLEntity Code = "html_entity"
	// ControlDropped: a control character that no XML may hold was left out. No Args.
	ControlDropped Code = "control_dropped"
	// GeneratorMissing: the file does not say what made it. No Args.
	GeneratorMissing Code = "generator_missing"
	// VersionMissing: the release has no name. Args: the name it got.
	VersionMissing Code = "version_missing"
	// TitleMissing: a conference or event has no title. Args: the title it got.
	TitleMissing Code = "title_missing"
	// AcronymMissing: the conference has no acronym. Args: the acronym it got.
	AcronymMissing Code = "acronym_missing"
	// ZoneUnknown: no such time zone. Args: what the file says, the zone used.
	ZoneUnknown Code = "zone_unknown"
	// ZoneAssumed: times stand without an offset and no zone is named. Args: the zone used.
	ZoneAssumed Code = "zone_assumed"
	// OffsetMissing: one time stands without an offset. Args: the text, the time as read.
	OffsetMissing Code = "offset_missing"
	// DayIndex: a day's index is missing, zero, repeated or out of order. Args: the text, the new index.
	DayIndex Code = "day_index"
	// DayOrder: the days were not in the order of their dates. No Args.
	DayOrder Code = "day_order"
	// DayDate: a day's date is missing or unreadable. Args: the text, the date it got.
	DayDate Code = "day_date"
	// DayBounds: a day's start or end is missing or cuts off an event. Args: the new start, the new end.
	DayBounds Code = "day_bounds"
	// RoomMissing: an event stands directly under its day. Args: the room it was put into.
	RoomMissing Code = "room_missing"
	// RoomUnnamed: a room has no name. Args: the name it got.
	RoomUnnamed Code = "room_unnamed"
	// RoomClash: an event names another room than the one it stands in. Args: its text, the room kept.
	RoomClash Code = "room_clash"
	// GUIDMissing: an event has no guid. Args: the one it got.
	GUIDMissing Code = "guid_missing"
	// GUIDMalformed: a guid is no UUID. Args: the text, the new one.
	GUIDMalformed Code = "guid_malformed"
	// GUIDRepeated: two events have the same guid; the later gets a new one. Args: the guid, the new one.
	GUIDRepeated Code = "guid_repeated"
	// IDMissing: an event has no id or the id 0. Args: the one it got.
	IDMissing Code = "id_missing"
	// IDMalformed: an id is not a positive whole number. Args: the text, the new one.
	IDMalformed Code = "id_malformed"
	// IDRepeated: two events have the same id; the later gets a new one. Args: the id, the new one.
	IDRepeated Code = "id_repeated"
	// PersonIDUnusable: a person's id is 0 or no number; the person is known by name. Args: the text.
	PersonIDUnusable Code = "person_id_unusable"
	// PersonGUIDMalformed: a person's guid is no UUID. Args: the text, the new one.
	PersonGUIDMalformed Code = "person_guid_malformed"
	// PersonUnnamed: a person without a name was left out. No Args.
	PersonUnnamed Code = "person_unnamed"
	// DateMissing: an event has no date; day and hour gave it. Args: the time as read.
	DateMissing Code = "date_missing"
	// DateMalformed: an event's date is unreadable; day and hour gave it. Args: the text, the time as read.
	DateMalformed Code = "date_malformed"
	// StartMissing: an event has no time at all and begins with its day. Args: the time it got.
	StartMissing Code = "start_missing"
	// StartClash: start contradicts date, which was believed. Args: the start, the time kept.
	StartClash Code = "start_clash"
	// EventMoved: an event stood under a day on which it does not happen. Args: the date of its day.
	EventMoved Code = "event_moved"
	// DurationMissing: a duration is missing, zero or unreadable. Args: the text, the minutes it got.
	DurationMissing Code = "duration_missing"
	// DurationForm: a duration is not written HH:MM. Args: the text, the minutes as read.
	DurationForm Code = "duration_form"
)

// Codes lists every code, for those who must have a sentence for each.
func Codes() []Code {
	return []Code{
		EncodingConverted, BytesReplaced, HTMLEntity, ControlDropped,
		GeneratorMissing, VersionMissing, TitleMissing, AcronymMissing,
		ZoneUnknown, ZoneAssumed, OffsetMissing,
		DayIndex, DayOrder, DayDate, DayBounds,
		RoomMissing, RoomUnnamed, RoomClash,
		GUIDMissing, GUIDMalformed, GUIDRepeated, IDMissing, IDMalformed, IDRepeated,
		PersonIDUnusable, PersonGUIDMalformed, PersonUnnamed,
		DateMissing, DateMalformed, StartMissing, StartClash, EventMoved,
		DurationMissing, DurationForm,
	}
}

// Refusal is why a file cannot be read at all.
type Refusal struct {
	File   string
	Line   int // where reading stopped, from 1
	Reason Reason
	Detail string // a word of the file or the parser's complaint; may be empty
}

// Error tells the operator; a visitor reads the sentence of Reason.
func (r *Refusal) Error() string {
	if r.Detail == "" {
		return fmt.Sprintf("read schedule %s: line %d: %s", r.File, r.Line, r.Reason)
	}
	return fmt.Sprintf("read schedule %s: line %d: %s: %s", r.File, r.Line, r.Reason, r.Detail)
}

// Reason says why a file was refused.
type Reason string

// The reasons.
const (
	// ReasonEmpty: there is nothing in the file.
	ReasonEmpty Reason = "empty"
	// ReasonTooLarge: the file is larger than MaxSize.
	ReasonTooLarge Reason = "too_large"
	// ReasonTooDeep: elements are nested deeper than any schedule is.
	ReasonTooDeep Reason = "too_deep"
	// ReasonHTML: it is a web page, often an error page saved under the wrong name.
	ReasonHTML Reason = "html"
	// ReasonNoSchedule: it is neither XML nor JSON.
	ReasonNoSchedule Reason = "no_schedule"
	// ReasonRoot: it is XML of another kind. Detail: the root element.
	ReasonRoot Reason = "root"
	// ReasonEncoding: nobody knows the encoding it declares. Detail: its name.
	ReasonEncoding Reason = "encoding"
	// ReasonEntities: it defines entities of its own, which no schedule needs.
	ReasonEntities Reason = "entities"
	// ReasonTruncated: it ends in the middle.
	ReasonTruncated Reason = "truncated"
	// ReasonSyntax: it is not well-formed. Detail: the parser's complaint.
	ReasonSyntax Reason = "syntax"
	// ReasonOtherJSON: it is JSON, but no schedule that we know.
	ReasonOtherJSON Reason = "other_json"
	// ReasonWidget: it is the JSON of a pretalx widget or API, by slots, not a schedule.json.
	ReasonWidget Reason = "widget"
	// ReasonVersion2: it is schedule.json of version 2, whose shape is not settled yet.
	ReasonVersion2 Reason = "version_2"
	// ReasonHalfnarp: it is a list of submissions without times.
	ReasonHalfnarp Reason = "halfnarp"
	// ReasonNoDays: no day is in it.
	ReasonNoDays Reason = "no_days"
	// ReasonNoDate: nothing says on which date a day is.
	ReasonNoDate Reason = "no_date"
)

// Reasons lists every reason, for those who must have a sentence for each.
func Reasons() []Reason {
	return []Reason{
		ReasonEmpty, ReasonTooLarge, ReasonTooDeep, ReasonHTML, ReasonNoSchedule, ReasonRoot,
		ReasonEncoding, ReasonEntities, ReasonTruncated, ReasonSyntax, ReasonOtherJSON,
		ReasonWidget, ReasonVersion2, ReasonHalfnarp, ReasonNoDays, ReasonNoDate,
	}
}
