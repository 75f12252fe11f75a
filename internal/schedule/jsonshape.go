package schedule

import "strings"

// refuseShape says why a JSON file is none of version 1, or nil.
func refuseShape(root *node) *Refusal {
	schedule := root.peek("schedule")
	switch {
	case root.kind == array && len(root.kids) > 0 && root.kids[0].peek("event_id") != nil,
		root.kind == array && len(root.kids) > 0 && root.kids[0].peek("track_id") != nil:
		return &Refusal{Line: root.line, Reason: ReasonHalfnarp}
	case root.kind == object && (root.peek("talks") != nil || root.peek("slots") != nil):
		return &Refusal{Line: root.line, Reason: ReasonWidget}
	case root.peek("schedule2") != nil:
		return &Refusal{Line: root.peek("schedule2").line, Reason: ReasonVersion2}
	case strings.Contains(root.peek("$schema").deep(), "schema2"), schedule.peek("events") != nil:
		return &Refusal{Line: root.line, Reason: ReasonVersion2}
	case schedule == nil || schedule.kind != object:
		return &Refusal{Line: root.line, Reason: ReasonOtherJSON}
	case schedule.peek("conference").peek("days") == nil && byDate(schedule):
		return &Refusal{Line: schedule.line, Reason: ReasonWidget}
	case schedule.peek("conference") == nil:
		return &Refusal{Line: schedule.line, Reason: ReasonOtherJSON}
	}
	return nil
}

// byDate says whether the keys are dates, as in the grids of pretalx plugins.
func byDate(schedule *node) bool {
	for _, kid := range schedule.kids {
		if _, ok := parseDate(kid.name); ok {
			return true
		}
	}
	return false
}

// peek finds the first kid of that name that nobody took, or nil.
func (n *node) peek(name string) *node {
	if n != nil {
		for _, kid := range n.kids {
			if kid.name == name && !kid.taken {
				return kid
			}
		}
	}
	return nil
}

// shape turns the tree of a schedule.json into that of the same schedule.xml.
func shape(root *node) *node {
	schedule := root.take("schedule")
	schedule.kind = element
	if generator := root.take("generator"); generator != nil {
		generator.attributes("name", "system", "version", "url")
		schedule.add(generator)
	}
	root.take("$schema")
	for _, kid := range root.kids { // further keys beside "schedule" are kept
		if !kid.taken {
			schedule.add(kid)
		}
	}
	conference := schedule.peek("conference")
	if base := schedule.peek("base_url"); base != nil && conference.peek("base_url") == nil {
		schedule.take("base_url")
		conference.add(&node{name: "base_url", line: base.line, kids: base.kids})
	}
	shapeConference(conference)
	for _, day := range conference.take("days").items("day") {
		schedule.add(shapeDay(day))
	}
	conference.rename("daysCount", "days")
	return schedule
}

func shapeConference(conference *node) {
	if colors := conference.peek("colors"); colors != nil {
		colors.name = "color"
		colors.attributes("primary", "background")
	}
	for _, track := range conference.take("tracks").items("track") {
		track.attributes("name", "slug", "color")
		conference.add(track)
	}
	if rooms := conference.peek("rooms"); rooms != nil {
		for _, room := range rooms.items("room") {
			room.attributes("name", "guid", "type")
		}
	}
}

func shapeDay(day *node) *node {
	day.rename("day_start", "@start")
	day.rename("day_end", "@end")
	day.attributes("index", "date")
	for _, named := range day.take("rooms").members() {
		room := &node{name: "room", line: named.line}
		name := &node{name: "@name", line: named.line}
		name.addText(named.name)
		room.add(name)
		for _, event := range named.items("event") {
			room.add(shapeEvent(event))
		}
		day.add(room)
	}
	return day
}

func shapeEvent(event *node) *node {
	event.attributes("id", "guid", "code")
	license, optout := event.take("recording_license"), event.take("do_not_record")
	if license != nil || optout != nil {
		recording := &node{name: "recording", line: event.line}
		for kid, name := range map[*node]string{license: "license", optout: "optout"} {
			if kid != nil {
				kid.name, kid.taken = name, false
				recording.add(kid)
			}
		}
		event.add(recording)
	}
	for _, person := range event.peek("persons").items("person") {
		person.attributes("id", "guid", "code")
		person.becomeText("name", "public_name", "full_public_name")
	}
	for list, name := range map[string]string{"links": "link", "attachments": "attachment"} {
		for _, link := range event.peek(list).items(name) {
			link.rename("url", "@href")
			link.attributes("href", "type", "service")
			link.becomeText("title")
		}
	}
	return event
}

// items renames the kids of a list and returns them.
func (n *node) items(name string) []*node {
	if n == nil {
		return nil
	}
	var found []*node
	for _, kid := range n.kids {
		if kid.name == itemName {
			kid.name = name
			found = append(found, kid)
		}
	}
	return found
}

func (n *node) members() []*node {
	if n == nil || n.kind != object {
		return nil
	}
	return n.kids
}

func (n *node) rename(from, to string) {
	if kid := n.peek(from); kid != nil && n.peek(to) == nil {
		kid.name = to
	}
}

// attributes makes attributes of the named members.
func (n *node) attributes(names ...string) {
	for _, name := range names {
		n.rename(name, "@"+name)
	}
}

// becomeText makes the first of the named members that says something the text
// of n; its namesakes, which say the same, are dropped.
func (n *node) becomeText(names ...string) {
	for _, name := range names {
		if text := n.str(name); text != "" && n.own() == "" {
			n.addText(text)
		}
	}
}
