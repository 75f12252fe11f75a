package app_test

import (
	"encoding/csv"
	"flag"
	"net/http"
	"net/url"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"obrady/internal/admission"
	"obrady/internal/registration"
	"obrady/internal/rights"
)

// address is one row of docs/policy.csv.
type address struct {
	name, method, pl, en, action, object string
	who                                  []string // roles; or "everyone", or "signed in"
	fresh                                bool     // only for whoever has just signed in
	blind                                bool     // closed during a blind phase
}

// only keeps a walk short while one looks for what is wrong.
var only = flag.String("only", "", "walk the addresses alone whose names begin so")

// readPolicy reads what the file says, which is what the walk holds the site to.
func readPolicy(t testing.TB) (all []address) {
	t.Helper()
	file, err := os.Open(policyFile)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	rows, err := csv.NewReader(file).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	for _, row := range rows[1:] {
		a := address{name: row[0], method: row[1], pl: row[2], en: row[3], action: row[4], object: row[5]}
		a.who = strings.Fields(row[6])
		a.fresh, a.blind = strings.Contains(row[7], "fresh"), strings.Contains(row[7], "blind")
		if row[6] == "signed in" {
			a.who = []string{row[6]}
		}
		if strings.HasPrefix(a.name, *only) {
			all = append(all, a)
		}
	}
	return all
}

func (a address) open() bool { return slices.Contains(a.who, "everyone") }
func (a address) own() bool  { return slices.Contains(a.who, "signed in") }

// wild finds the values in a pattern.
var wild = regexp.MustCompile(`\{([a-z]+)(\.\.\.)?\}`)

// fill puts values into the pattern.
func (a address) fill(pattern string, values map[string]string) string {
	return wild.ReplaceAllStringFunc(pattern, func(part string) string {
		return values[strings.Trim(part, "{.}")]
	})
}

// target is a thing that an address is about.
type target struct {
	relation string            // for messages: "c1/b1/draft", "not there"
	values   map[string]string // of the address
	edition  string            // "c1", "c2"; "" where there is none of that name
	places   []string          // where the thing is; none: it is not there
	public   bool              // the public may see it
	query    string            // of the request
	owner    string            // whose it is, where it is somebody's own
	part     bool              // it is a thing in the edition and not the edition itself
	stray    bool              // it is there, in another congress
	astray   bool              // it is not in the place that the address names, which is at places
	spent    bool              // a key that opens nothing: how that is said is not the policy's business
}

// verdict is what the site has to say.
type verdict string

const (
	lets   verdict = "lets in"
	asks   verdict = "asks to sign in"
	denies verdict = "says who may"
	hides  verdict = "knows of nothing"
)

// expected is the verdict by the roles of the row and the places of the world, and by nothing of package rights.
func (a address) expected(p principal, t target) verdict {
	switch {
	case a.action == string(rights.ReadMailbox):
		return hides // it is there in the demonstration alone
	case a.open() && (t.places == nil || !t.public):
		return hides
	case a.open():
		return lets
	case p.name == "public":
		return asks
	case a.own() && (t.owner != "" && p.name == t.owner && a.within(t) || strings.HasPrefix(a.name, "desk.draft")):
		return lets // what somebody types is theirs, wherever it is meant to go
	case a.own() && (t.places == nil || t.owner != "" || t.edition == "c2" || !p.owns(a)):
		return hides // registration of what is not public is not open
	case a.own():
		return lets
	case strings.Contains(a.pl, "{edition}") && t.edition == "":
		return hides
	}
	switch a.object {
	case "site":
		return p.at(a, []string{"site"}, nil)
	case "within", "edition":
		return p.inside(a, t)
	}
	if t.places == nil {
		return hides
	}
	if result := p.at(a, t.places, p.conflicts()); result != lets || !t.astray {
		return result
	}
	return hides
}

// within says whether the thing is in the congress that the address names, if it names one.
func (a address) within(t target) bool {
	return t.places != nil || !strings.Contains(a.pl, "{edition}")
}

// owners says whose own things some addresses are about; the others are about what everybody has who is signed in.
var owners = []struct {
	addresses string // how their names begin
	who       []string
}{
	{"registration.needs", []string{"participant"}},
	{"registration.le", []string{"participant"}},
	{"profile.picture", []string{"speaker"}}, // has sent one
	{"profile.", []string{"speaker", "moderator", "rapporteur"}},
}

func (p principal) owns(a address) bool {
	for _, o := range owners {
		if strings.HasPrefix(a.name, o.addresses) {
			return slices.Contains(o.who, p.name)
		}
	}
	return true
}

// at is the verdict about a thing that is at one or more places.
func (p principal) at(a address, places, conflicts []string) verdict {
	result := hides
	for _, held := range p.holds {
		role, from, _ := strings.Cut(held, " ")
		if !covers(from, places) || role == "participant" && !slices.Contains(places, from) {
			continue // to take part is not to have a part in what is below
		}
		if slices.Contains(a.who, role) {
			if slices.ContainsFunc(conflicts, func(c string) bool { return covers(c, places) }) {
				return denies
			}
			return lets
		}
		result = denies
	}
	return result
}

// inside is the verdict about an edition, or about whatever somebody has in it. Whoever has any part in it reads who
// may do what they may not.
func (p principal) inside(a address, t target) verdict {
	result := hides
	for _, held := range p.holds {
		role, from, _ := strings.Cut(held, " ")
		home, _, _ := strings.Cut(from, "/")
		if home != t.edition && home != "site" {
			continue
		}
		result = denies
		if slices.Contains(a.who, role) && (a.object == "within" || !strings.Contains(from, "/")) {
			if t.stray && from == "site" && strings.HasPrefix(a.name, "desk.case") {
				return lets // whoever answers for all congresses has one list of cases
			}
			if t.places == nil && t.part || a.object == "within" && t.part && !covers(from, t.places) {
				return hides // they have a part in the edition; the thing is not there, or in another part
			}
			return lets
		}
	}
	return result
}

func (p principal) conflicts() (places []string) {
	if at, ok := strings.CutPrefix(p.besides, "conflict "); ok {
		places = append(places, at)
	}
	return places
}

// covers says whether one of the places is at or below from.
func covers(from string, places []string) bool {
	return slices.ContainsFunc(places, func(place string) bool {
		return from == "site" || place == from || strings.HasPrefix(place, from+"/")
	})
}

// readers are the roles that read what is being worked on at their place.
var readers = []string{"organiser", "coordinator", "partner"}

// mayRead says whether a canary with these keepers is for p's eyes: "public", or places whose readers read it, or
// "self:name" for an account's own, or "role@place".
func (p principal) mayRead(keepers string) bool {
	return slices.ContainsFunc(strings.Fields(keepers), func(keeper string) bool {
		if name, own := strings.CutPrefix(keeper, "self:"); own {
			return p.name == name
		}
		if keeper == signed && p.name != "public" {
			return true
		}
		role, place, special := strings.Cut(keeper, "@")
		may := []string{role}
		if !special {
			may, place = readers, keeper
		}
		return keeper == public || slices.ContainsFunc(p.holds, func(held string) bool {
			role, from, _ := strings.Cut(held, " ")
			return slices.Contains(may, role) && covers(from, []string{place})
		})
	})
}

// thing is something in the world that addresses name.
type thing struct {
	kind, id, slug string
	owner          string
	name           string // the canary in it
	congress       string
	places         []string
	public         bool
	offered        bool   // one signs up for it
	holder         string // who has a seat of it
}

// things lists everything of a kind in both congresses, the drafts and the cancelled among the sessions.
func (w *world) things(kind string) (all []thing) {
	for _, name := range []string{"c1", "c2"} {
		c := w.c[name]
		add := func(id, slug string, shown bool, at ...string) {
			all = append(all, thing{kind: kind, id: id, slug: slug, congress: name, places: at, public: shown && name == "c1"})
		}
		at := func(place string) string { return name + "/" + place }
		switch kind {
		case "session":
			for key, s := range sorted(c.sessions) {
				place, status, _ := strings.Cut(key, "-")
				places := []string{at(place) + "/" + status}
				if place == "st2" {
					places = append(places, at("b2")+"/"+status)
				}
				add(string(s.ID), s.Slug, status != "draft", places...)
				all[len(all)-1].offered = slices.Contains(c.kept["offer"], key)
				all[len(all)-1].holder = "other"
				if key == "st2-ready" && name == "c1" {
					all[len(all)-1].holder = "participant"
				}
			}
		case "block":
			for place, b := range sorted(c.blocks) {
				add(string(b.ID), b.Slug, place != "hidden", at(place))
			}
		case "stage":
			for place, s := range sorted(c.stages) {
				add(string(s.ID), s.Slug, true, at(place))
			}
		case "workspace":
			for place, s := range sorted(c.spaces) {
				add(string(s.ID), s.Slug, true, at(place))
			}
		case "person", "institution":
			for who, p := range sorted(c.persons) {
				home := map[string]string{"guest1": at("p1"), "guest2": at("st2")}[who]
				if home == "" {
					home = name
				}
				if kind == "person" {
					add(string(p.ID), p.Slug, who == "shown", home)
					all[len(all)-1].name = p.Name
				} else if i, works := c.offices[who]; works {
					add(string(i.ID), i.Slug, who == "shown", home)
					all[len(all)-1].name = i.Name.PL
				}
			}
		case "place":
			for _, p := range c.places {
				add(string(p.ID), p.Slug, true, name)
			}
		case "page":
			for _, p := range sorted(c.pages) {
				add(p.ID, p.Slug, true, name)
			}
		case "logo":
			for _, l := range sorted(c.logos) {
				add(l.ID, l.ID, true, name)
			}
		case "participant":
			for _, p := range sorted(c.participants) {
				add(string(p.ID), "", false, name)
			}
		case "grant":
			for _, g := range w.held(name) {
				add(string(g.ID), "", false, w.place(g.Node))
				all[len(all)-1].owner = w.nameOf(g.Account)
			}
		case "refusal":
			if name == "c1" {
				add(w.refusal, "", false, name)
			}
		case "campaign":
			add("campaign-"+name, "", false, name)
			add("campaign-"+name+"-p1", "", false, name+"/p1")
		case "window":
			for i, one := range c.kept[kind] {
				at := []string{name}
				if i == len(c.kept[kind])-1 { // the last one is a partner's
					at = []string{name + "/p1"}
				}
				ref := admission.Window{ID: admission.WindowID(one)}.Ref()
				add(ref, ref, true, at...)
			}
		case "case", "clause", "controller", "purpose", "letter":
			for _, id := range c.kept[kind] {
				add(id, "", false, name)
			}
		case "call":
			for _, s := range c.sent {
				add(s.id, s.call, true, s.place)
			}
		case "taxonomy":
			add(c.words.ID, c.words.ID, true, name)
		}
	}
	return all
}

// kindOf says what the value called wildcard of an address names.
func (a address) kindOf(wildcard string) string {
	if wildcard != "thing" {
		return wildcard
	}
	if a.object != "edition" && a.object != "within" && a.object != "" {
		return a.object
	}
	if a.action == "allotment.set" {
		return "workspace"
	}
	for _, kind := range []string{"call", "place", "page", "logo", "taxonomy", "clause", "controller", "purpose"} {
		if strings.HasPrefix(a.name, "desk."+kind) {
			return kind
		}
	}
	return "thing of " + a.name
}

// meets says whether the address knows of a session: those about somebody's own seat know the sessions that people sign
// up for, those about their application the sessions that the public knows.
func (a address) meets(session thing) bool {
	switch {
	case strings.HasPrefix(a.name, "signup."):
		return session.public && session.offered
	case strings.HasPrefix(a.name, "application"):
		return session.public
	}
	return true
}

// fixed are values that are the same in both congresses.
var fixed = map[string][]string{
	"day": {string(matins)}, "number": {"1"}, "form": {"person.new"},
}

// targets lists what an address is tried on: in each congress its own things, one of the other's, one that is not
// there; and a congress that is not there.
func (w *world) targets(t testing.TB, a address) (all []target) {
	var names []string
	for _, part := range wild.FindAllStringSubmatch(a.pl, -1) {
		names = append(names, part[1])
	}
	if len(names) == 0 {
		return w.asked(a, []target{{relation: "the site", places: []string{"site"}, public: true}})
	}
	things := w.named(t, a, names)
	if names[0] != "edition" {
		return things
	}
	for _, name := range []string{"c1", "c2"} {
		strangers := 0
		for _, one := range things {
			if one.edition != "" && one.edition != name {
				if strangers++; strangers > 1 {
					continue
				}
				one.places, one.public, one.stray, one.relation = nil, false, true, one.relation+" under "+name
			}
			one.edition = name
			one.values = with(one.values, "edition", w.c[name].edition.Slug)
			one.public = one.public && name == "c1"
			if len(names) == 1 {
				one.places, one.relation, one.public = []string{name}, name, name == "c1"
			}
			all = append(all, one)
		}
	}
	nowhere := things[0]
	nowhere.edition, nowhere.places, nowhere.public, nowhere.relation = "", nil, false, "a congress that is not there"
	nowhere.values = with(nowhere.values, "edition", "nie-ma")
	return w.asked(a, append(all, nowhere))
}

// asked adds what can be asked of an address besides: words to find, things to choose.
func (w *world) asked(a address, all []target) (asked []target) {
	if w.few {
		all = some(all)
	}
	draft, words := w.c["c1"].sessions["b1-draft"], "cnry-c1-b1-draft"
	queries := map[string][]string{
		"search":            {"?q=cnry", "?q=" + words, "?q=later", "?q=c2"},
		"desk.sessions":     {"", "?q=cnry", "?q=" + words},
		"practices":         {"", "?q=cnry", "?region=24", "?page=2"},
		"practices.map":     {"", "?q=cnry"},
		"stories":           {"", "?q=cnry"},
		"feed.agenda":       {"", "?sesje=" + draft.Slug + "," + w.c["c2"].sessions["b1-ready"].Slug},
		"feed.schedule.xml": {"", "?lang=en"},
		"feed.csv":          {"", "?lang=en"},
		"desk.release.new":  {"", "?scope=block:" + string(w.c["c1"].blocks["p1"].ID), "?scope=block:" + string(w.c["c2"].blocks["p1"].ID)},
	}[a.name]
	switch a.name {
	case "feed.oembed":
		return w.embeds()
	case "feed.jsonld":
		queries = []string{"", "?session=" + draft.Slug}
	}
	if queries == nil {
		return all
	}
	for _, query := range queries {
		for _, one := range all {
			one.query = query
			if a.name == "feed.jsonld" && query != "" {
				one.places = nil // of a session that the public does not know
			}
			asked = append(asked, one)
		}
	}
	return asked
}

// embeds asks for the card of each session.
func (w *world) embeds() (all []target) {
	for _, s := range w.things("session") {
		one := s.target(nil)
		one.query = "?url=" + url.QueryEscape(base+"/pl/"+w.c[s.congress].edition.Slug+"/sesje/"+s.slug)
		all = append(all, one)
	}
	return all
}

func with(values map[string]string, name, value string) map[string]string {
	all := map[string]string{name: value}
	for n, v := range values {
		if n != name {
			all[n] = v
		}
	}
	return all
}

// named lists the things that the values behind the edition name, and one that is not there.
func (w *world) named(t testing.TB, a address, names []string) (all []target) {
	if names[0] == "edition" {
		names = names[1:]
	}
	none := target{relation: "not there", values: map[string]string{}, part: true}
	for _, name := range names {
		none.values[name] = "nie-ma"
	}
	if len(names) == 0 {
		return []target{{relation: "the edition"}}
	}
	for _, one := range w.valuesOf(t, a, names) {
		one.part, one.public = true, one.public || !a.open()
		all = append(all, one)
	}
	if a.own() || slices.Contains(names, "token") || slices.Contains(names, "rest") || names[0] == "request" {
		return all
	}
	return append(all, none)
}

func (w *world) valuesOf(t testing.TB, a address, names []string) (all []target) {
	key := strings.Join(names, " ")
	if all, known := w.lessons(a, key); known {
		return all
	}
	if all, known := w.presented(a, key); known {
		return all
	}
	if all, known := w.composedOf(a, key); known {
		return all
	}
	if all, known := w.printed(key); known {
		return all
	}
	switch key {
	case "kind term":
		for _, name := range []string{"c1", "c2"} {
			all = append(all, target{
				relation: name + " theme", values: map[string]string{"kind": "obszary", "term": w.c[name].words.Terms[0].Slug},
				edition: name, places: []string{name}, public: name == "c1",
			})
		}
		return all
	case "kind slug": // embeds
		for _, kind := range []string{"block", "stage"} {
			for _, one := range w.things(kind) {
				all = append(all, one.target(map[string]string{"kind": kind, "slug": one.slug}))
			}
		}
		return all
	case "day place":
		for _, one := range w.things("place") {
			all = append(all, one.target(map[string]string{"day": string(matins), "place": one.slug}))
		}
		return all
	case "file":
		if a.name == "feed.schedule.version" {
			return []target{{relation: "release 1", values: map[string]string{"file": "1.xml"}, edition: "c1", places: []string{"c1"}, public: true}}
		}
		for _, one := range w.things(strings.TrimPrefix(a.name, "feed.calendar.")) {
			all = append(all, one.target(map[string]string{"file": one.slug + ".ics"}))
		}
		return all
	case "kind": // of a letter, or of a file to be imported
		if strings.HasPrefix(a.name, "desk.template") {
			return []target{{relation: "a kind of letter", values: map[string]string{"kind": registration.EventMade}, places: []string{"site"}}}
		}
		return []target{{relation: "a file that nobody sent", values: map[string]string{"kind": "table"}}}
	case "token":
		if strings.HasPrefix(a.name, "coming") { // whoever has the key of a seat answers for it, in a congress that is public
			for _, name := range []string{"c1", "c2"} {
				all = append(all, target{relation: "key of a seat in " + name, values: map[string]string{"token": comingTo(name)}, places: []string{"site"}, public: name == "c1"})
			}
		}
		return append(all, target{relation: "a key that is none", values: map[string]string{"token": "nie-ma"}, spent: true})
	case "request", "key", "browser": // of sign-in, and of somebody else
		return []target{{relation: "of another", values: map[string]string{key: map[string]string{
			"request": "request-of-other", "key": "passkey-of-other", "browser": "@browser of founder",
		}[key]}, owner: map[string]string{"request": "", "key": "other", "browser": "founder"}[key], spent: a.open()}}
	case "size photo":
		for i, who := range []string{"shown", "waiting"} {
			one := target{relation: "portrait of " + who, values: map[string]string{"size": "640", "photo": strings.Repeat(string(rune('a'+i)), 64)}, edition: "c1", places: []string{"c1"}, public: i == 0}
			all = append(all, one)
		}
		return all
	case "workspace mark", "workspace request":
		for name, c := range sorted(w.c) {
			for place, space := range sorted(c.spaces) {
				value := string(c.requests[place].ID)
				if key == "workspace mark" {
					value = c.marks[place]
				}
				other := map[string]string{"p1": "st2", "st2": "p1"}[place]
				one := thing{kind: key, congress: name, places: []string{name + "/" + place}}
				all = append(all, one.target(map[string]string{"workspace": space.Slug, names[1]: value}))
				one.places = []string{name + "/" + other} // another one's thing under this one's name
				all = append(all, one.target(map[string]string{"workspace": c.spaces[other].Slug, names[1]: value}))
				all[len(all)-1].astray = true
			}
		}
		return all
	case "session application":
		return w.applications()
	case "call submission", "call submission file", "submission", "submission contributor", "submission file":
		return w.sent(key)
	case "call code", "call sitting":
		return w.judged(key)
	case "call":
		if a.name == "opinions" { // of a body that is consulted
			return w.consulted()
		}
	case "institution account":
		i := w.c["c1"].offices["guest2"]
		return []target{{relation: "the member's team", edition: "c1", places: []string{"c1/st2"}, values: map[string]string{"institution": string(i.ID), "account": string(w.accounts["member"])}}}
	case "rest":
		return []target{{relation: "not there", values: map[string]string{"rest": "nie-ma"}}}
	}
	if len(names) == 1 && fixed[key] != nil {
		for _, value := range fixed[key] {
			all = append(all, target{relation: value, values: map[string]string{key: value}, places: []string{"site"}, public: true})
		}
		return all
	}
	if len(names) == 1 {
		for _, one := range w.things(a.kindOf(key)) {
			value := one.id
			if key == "session" || key == "call" || a.open() && key != "letter" || a.object == "workspace" {
				value = one.slug
			}
			all = append(all, one.target(map[string]string{key: value}))
			to := &all[len(all)-1]
			if key == "session" && !a.meets(one) {
				to.places, to.public = nil, false
			}
			if a.name == "signup.come" {
				to.owner = one.holder
			}
		}
	}
	if len(all) == 0 {
		t.Errorf("the world has nothing for %v in the address of %s", names, a.name)
	}
	return all
}

func (one thing) target(values map[string]string) target {
	return target{relation: strings.Join(one.places, "+") + " " + one.kind, values: values, edition: one.congress, places: one.places, public: one.public, owner: one.owner}
}

// safe says whether an address only reads.
func (a address) safe() bool { return a.method == http.MethodGet }
