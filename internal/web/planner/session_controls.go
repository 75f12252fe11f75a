package planner

import (
	"slices"

	"obrady/internal/edition"
	"obrady/internal/programme"
	"obrady/internal/web"
	"obrady/internal/web/desk"
)

// What a session is asked about. Lists of rows are below.
var sessionControls = []desk.Control{
	{Name: "title", As: desk.AsPair, Key: "planner.session.title", Must: true},
	{Name: "lead", As: desk.AsProse, Key: "planner.session.lead", Help: "planner.session.lead_help", Most: programme.MaxLead},
	{Name: "body", As: desk.AsProse, Key: "planner.session.body", Help: "planner.session.body_help", Most: programme.MaxBody},
	{Name: "draft_text", As: desk.AsTick, Key: "planner.session.draft_text", Help: "planner.session.draft_text_help"},
	{Name: "audience", As: desk.AsPair, Key: "planner.session.audience"},
	{Name: "slug", As: desk.AsLine, Key: "planner.session.slug", Help: "planner.session.slug_help"},
	{Name: "block", As: desk.AsSelect, Key: "planner.session.block"},
	{Name: "stage", As: desk.AsSelect, Key: "planner.session.stage"},
	{Name: "parent", As: desk.AsLine, Key: "planner.session.parent", Help: "planner.session.parent_help"},
	{Name: "format", As: desk.AsSelect, Key: "planner.session.format"},
	{Name: "form", As: desk.AsSelect, Key: "planner.session.form"},
	{Name: "status", As: desk.AsSelect, Key: "planner.session.status"},
	{Name: "reason", As: desk.AsPair, Key: "planner.session.reason", Help: "planner.session.reason_help"},
	{Name: "languages", As: desk.AsTick, Key: "planner.session.languages"},
	{Name: "interpretation", As: desk.AsTick, Key: "planner.session.interpretation"},
	{Name: "captions", As: desk.AsTick, Key: "planner.session.captions"},
	{Name: "sign_language", As: desk.AsTick, Key: "planner.session.sign_language"},
	{Name: "recording", As: desk.AsSelect, Key: "planner.session.recording"},
	{Name: "capacity", As: desk.AsLine, Key: "planner.session.capacity", Type: "number", Size: "size-s"},
	{Name: "entry", As: desk.AsSelect, Key: "planner.session.entry"},
	{Name: "terms", As: desk.AsTick, Key: "planner.session.terms"},
}

// The lists of a session. A column is a field that is sent once for each row.
var (
	slotList = desk.Control{Name: "slots", As: desk.AsRows, Key: "planner.slot.all", Rows: []desk.Control{
		{Name: "slot_id", Key: "planner.slot.all"},
		{Name: "slot_revision", Key: "planner.slot.all"},
		{Name: "slot_day", Key: "planner.slot.day"},
		{Name: "slot_start", Key: "planner.slot.start"},
		{Name: "slot_end", Key: "planner.slot.end"},
		{Name: "slot_ends", Key: "planner.slot.ends"},
		{Name: "slot_place", Key: "planner.slot.place"},
		{Name: "slot_start_turn", Key: "planner.slot.start_turn"},
		{Name: "slot_end_turn", Key: "planner.slot.end_turn"},
	}}
	peopleList = desk.Control{Name: "people", As: desk.AsRows, Key: "planner.session.people", Rows: []desk.Control{
		{Name: "person_name", Key: "planner.session.person"},
		{Name: "person_role", Key: "planner.session.role"},
		{Name: "person_affiliation_pl", Key: "planner.session.affiliation_pl"},
		{Name: "person_affiliation_en", Key: "planner.session.affiliation_en"},
	}}
	segmentList = desk.Control{Name: "segments", As: desk.AsRows, Key: "planner.segment.all", Rows: []desk.Control{
		{Name: "segment_id", Key: "planner.segment.all"},
		{Name: "segment_kind", Key: "planner.segment.kind"},
		{Name: "segment_cycle", Key: "planner.segment.cycle"},
		{Name: "segment_title_pl", Key: "planner.segment.title_pl"},
		{Name: "segment_title_en", Key: "planner.segment.title_en"},
		{Name: "segment_minutes", Key: "planner.segment.minutes"},
		{Name: "segment_people", Key: "planner.segment.people"},
		{Name: "segment_body_pl", Key: "planner.segment.body_pl"},
		{Name: "segment_body_en", Key: "planner.segment.body_en"},
	}}
	linkList = desk.Control{Name: "links", As: desk.AsRows, Key: "planner.session.links", Rows: []desk.Control{
		{Name: "link_kind", Key: "planner.session.link_kind"},
		{Name: "link_title_pl", Key: "planner.session.link_title_pl"},
		{Name: "link_title_en", Key: "planner.session.link_title_en"},
		{Name: "link_url", Key: "planner.session.link_url"},
	}}
	creditList = desk.Control{Name: "credits", As: desk.AsRows, Key: "planner.session.credits", Rows: []desk.Control{
		{Name: "credit_name", Key: "planner.session.institution"}, {Name: "credit_role", Key: "planner.session.role"},
	}}
	followList = desk.Control{Name: "follows", As: desk.AsRows, Key: "planner.session.follows", Rows: []desk.Control{
		{Name: "follows_title", Key: "planner.session.earlier"},
	}}

	sessionLists = []desk.Control{slotList, segmentList, peopleList, creditList, linkList, followList}

	sessionFields = sessionFieldTable()
)

// sessionDraft is the kind under which drafts of sessions are kept.
const sessionDraft = "session"

func sessionFieldTable() web.Fields {
	fields := desk.FieldsOf(sessionDraft, slices.Concat(sessionControls, sessionLists))
	for _, list := range sessionLists {
		for _, column := range list.Rows {
			fields[column.Name] = column.Key
		}
	}
	fields[slotsKnown] = slotList.Key
	fields[desk.DoField] = "planner.session.save"
	return fields
}

// compared are the controls that a conflict shows side by side: those that a person has filled.
func compared() []desk.Control {
	all := slices.Concat(sessionControls, sessionLists)
	for i := range all {
		all[i].Rows = slices.DeleteFunc(slices.Clone(all[i].Rows), func(c desk.Control) bool {
			return c.Name == "slot_id" || c.Name == "slot_revision" || c.Name == "segment_id"
		})
	}
	return all
}

// Ask is the control called name.
func (SessionPage) Ask(name string) desk.Control {
	i := slices.IndexFunc(sessionControls, func(c desk.Control) bool { return c.Name == name })
	return sessionControls[max(i, 0)]
}

// sessionChoices are the answers to the questions that offer some.
func (b *bench) sessionChoices() map[string][]desk.Choice {
	all := map[string][]desk.Choice{
		"format": desk.Choices(programme.Formats), "form": desk.Choices(edition.Forms), "status": desk.Choices(programme.Statuses),
		"recording": desk.Choices(programme.Recordings), "entry": desk.Choices(programme.Entries),
		"person_role": desk.Choices(programme.Roles), "segment_kind": desk.Choices(programme.SegmentKinds),
		"link_kind": desk.Choices(programme.LinkKinds), "credit_role": desk.Choices(edition.CreditRoles),
		"block":      desk.OrNone("planner.session.choose_block", nil),
		"stage":      desk.OrNone("planner.session.no_stage", nil),
		"slot_place": desk.OrNone("planner.slot.no_place", nil),
		"slot_ends":  {{Key: "planner.slot.same_day"}, {Value: nextDay, Key: "planner.slot.next_day"}},
		"slot_start_turn": {
			{Key: "planner.slot.choose_turn"},
			{Value: firstTurn, Key: "planner.slot.first_turn"},
			{Value: secondTurn, Key: "planner.slot.second_turn"},
		},
	}
	all["slot_end_turn"] = all["slot_start_turn"]
	for _, block := range b.x.Blocks {
		all["block"] = append(all["block"], desk.Choice{Value: string(block.ID), Words: block.Name})
	}
	for _, stage := range b.x.Stages {
		all["stage"] = append(all["stage"], desk.Choice{Value: string(stage.ID), Words: stage.Name})
	}
	for _, place := range b.x.Places {
		all["slot_place"] = append(all["slot_place"], desk.Choice{Value: string(place.ID), Words: place.Name})
	}
	return all
}
