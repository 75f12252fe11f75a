package organiser

import (
	"slices"

	"obrady/internal/edition"
	"obrady/internal/programme"
	"obrady/internal/web"
)

// doField says which button of the form was pressed. Without it, or as Enter sends it, the form is saved.
const doField = "do"

// What a session is asked about. Lists of rows are below.
var sessionControls = []control{
	{Name: "title", As: asPair, Key: "organiser.session.title", Must: true},
	{Name: "lead", As: asProse, Key: "organiser.session.lead", Help: "organiser.session.lead_help", Most: programme.MaxLead},
	{Name: "body", As: asProse, Key: "organiser.session.body", Help: "organiser.session.body_help", Most: programme.MaxBody},
	{Name: "draft_text", As: asTick, Key: "organiser.session.draft_text", Help: "organiser.session.draft_text_help"},
	{Name: "audience", As: asPair, Key: "organiser.session.audience"},
	{Name: "slug", As: asLine, Key: "organiser.session.slug", Help: "organiser.session.slug_help"},
	{Name: "block", As: asSelect, Key: "organiser.session.block"},
	{Name: "stage", As: asSelect, Key: "organiser.session.stage"},
	{Name: "parent", As: asLine, Key: "organiser.session.parent", Help: "organiser.session.parent_help"},
	{Name: "format", As: asSelect, Key: "organiser.session.format"},
	{Name: "form", As: asSelect, Key: "organiser.session.form"},
	{Name: "status", As: asSelect, Key: "organiser.session.status"},
	{Name: "reason", As: asPair, Key: "organiser.session.reason", Help: "organiser.session.reason_help"},
	{Name: "languages", As: asTick, Key: "organiser.session.languages"},
	{Name: "interpretation", As: asTick, Key: "organiser.session.interpretation"},
	{Name: "captions", As: asTick, Key: "organiser.session.captions"},
	{Name: "sign_language", As: asTick, Key: "organiser.session.sign_language"},
	{Name: "recording", As: asSelect, Key: "organiser.session.recording"},
	{Name: "capacity", As: asLine, Key: "organiser.session.capacity", Type: "number", Size: "size-s"},
	{Name: "entry", As: asSelect, Key: "organiser.session.entry"},
	{Name: "terms", As: asTick, Key: "organiser.session.terms"},
}

// The lists of a session. A column is a field that is sent once for each row.
var (
	slotList = control{Name: "slots", As: asRows, Key: "organiser.slot.all", Rows: []control{
		{Name: "slot_id", Key: "organiser.slot.all"},
		{Name: "slot_revision", Key: "organiser.slot.all"},
		{Name: "slot_day", Key: "organiser.slot.day"},
		{Name: "slot_start", Key: "organiser.slot.start"},
		{Name: "slot_end", Key: "organiser.slot.end"},
		{Name: "slot_ends", Key: "organiser.slot.ends"},
		{Name: "slot_place", Key: "organiser.slot.place"},
		{Name: "slot_start_turn", Key: "organiser.slot.start_turn"},
		{Name: "slot_end_turn", Key: "organiser.slot.end_turn"},
	}}
	peopleList = control{Name: "people", As: asRows, Key: "organiser.session.people", Rows: []control{
		{Name: "person_name", Key: "organiser.session.person"},
		{Name: "person_role", Key: "organiser.session.role"},
		{Name: "person_affiliation_pl", Key: "organiser.session.affiliation_pl"},
		{Name: "person_affiliation_en", Key: "organiser.session.affiliation_en"},
	}}
	segmentList = control{Name: "segments", As: asRows, Key: "organiser.segment.all", Rows: []control{
		{Name: "segment_id", Key: "organiser.segment.all"},
		{Name: "segment_kind", Key: "organiser.segment.kind"},
		{Name: "segment_cycle", Key: "organiser.segment.cycle"},
		{Name: "segment_title_pl", Key: "organiser.segment.title_pl"},
		{Name: "segment_title_en", Key: "organiser.segment.title_en"},
		{Name: "segment_minutes", Key: "organiser.segment.minutes"},
		{Name: "segment_people", Key: "organiser.segment.people"},
		{Name: "segment_body_pl", Key: "organiser.segment.body_pl"},
		{Name: "segment_body_en", Key: "organiser.segment.body_en"},
	}}
	linkList = control{Name: "links", As: asRows, Key: "organiser.session.links", Rows: []control{
		{Name: "link_kind", Key: "organiser.session.link_kind"},
		{Name: "link_title_pl", Key: "organiser.session.link_title_pl"},
		{Name: "link_title_en", Key: "organiser.session.link_title_en"},
		{Name: "link_url", Key: "organiser.session.link_url"},
	}}
	creditList = control{Name: "credits", As: asRows, Key: "organiser.session.credits", Rows: []control{
		{Name: "credit_name", Key: "organiser.session.institution"}, {Name: "credit_role", Key: "organiser.session.role"},
	}}
	followList = control{Name: "follows", As: asRows, Key: "organiser.session.follows", Rows: []control{
		{Name: "follows_title", Key: "organiser.session.earlier"},
	}}

	sessionLists = []control{slotList, segmentList, peopleList, creditList, linkList, followList}

	sessionFields = sessionFieldTable()
)

// sessionDraft is the kind under which drafts of sessions are kept.
const sessionDraft = "session"

func sessionFieldTable() web.Fields {
	fields := fieldsOf(sessionDraft, slices.Concat(sessionControls, sessionLists))
	for _, list := range sessionLists {
		for _, column := range list.Rows {
			fields[column.Name] = column.Key
		}
	}
	fields[slotsKnown] = slotList.Key
	fields[doField] = "organiser.session.save"
	return fields
}

// compared are the controls that a conflict shows side by side: those that a person has filled.
func compared() []control {
	all := slices.Concat(sessionControls, sessionLists)
	for i := range all {
		all[i].Rows = slices.DeleteFunc(slices.Clone(all[i].Rows), func(c control) bool {
			return c.Name == "slot_id" || c.Name == "slot_revision" || c.Name == "segment_id"
		})
	}
	return all
}

// Ask is the control called name.
func (SessionPage) Ask(name string) control {
	i := slices.IndexFunc(sessionControls, func(c control) bool { return c.Name == name })
	return sessionControls[max(i, 0)]
}

// sessionChoices are the answers to the questions that offer some.
func (b *bench) sessionChoices() map[string][]choice {
	all := map[string][]choice{
		"format": choices(programme.Formats), "form": choices(edition.Forms), "status": choices(programme.Statuses),
		"recording": choices(programme.Recordings), "entry": choices(programme.Entries),
		"person_role": choices(programme.Roles), "segment_kind": choices(programme.SegmentKinds),
		"link_kind": choices(programme.LinkKinds), "credit_role": choices(edition.CreditRoles),
		"block":      orNone("organiser.session.choose_block", nil),
		"stage":      orNone("organiser.session.no_stage", nil),
		"slot_place": orNone("organiser.slot.no_place", nil),
		"slot_ends":  {{Key: "organiser.slot.same_day"}, {Value: nextDay, Key: "organiser.slot.next_day"}},
		"slot_start_turn": {
			{Key: "organiser.slot.choose_turn"},
			{Value: firstTurn, Key: "organiser.slot.first_turn"},
			{Value: secondTurn, Key: "organiser.slot.second_turn"},
		},
	}
	all["slot_end_turn"] = all["slot_start_turn"]
	for _, block := range b.x.Blocks {
		all["block"] = append(all["block"], choice{Value: string(block.ID), Words: block.Name})
	}
	for _, stage := range b.x.Stages {
		all["stage"] = append(all["stage"], choice{Value: string(stage.ID), Words: stage.Name})
	}
	for _, place := range b.x.Places {
		all["slot_place"] = append(all["slot_place"], choice{Value: string(place.ID), Words: place.Name})
	}
	return all
}
