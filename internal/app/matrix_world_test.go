package app_test

import (
	"bytes"
	"context"
	"fmt"
	"image"
	"image/png"
	"iter"
	"maps"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"obrady/internal/civil"
	"obrady/internal/db"
	"obrady/internal/edition"
	"obrady/internal/i18n"
	"obrady/internal/partner"
	"obrady/internal/people"
	"obrady/internal/programme"
	"obrady/internal/registration"
	"obrady/internal/rights"
	"obrady/internal/timetable"
)

// world is two congresses that are alike, of which the public sees the first. Every text in it is a canary: a word
// that stands in one field of one thing, so that an answer which lets it out tells on itself.
//
// A place in the world is written as a path: "c1/b1/sub" is the block called sub in the block b1 of the congress c1.
// It says who owns what without asking package rights.
type world struct {
	t        testing.TB
	db       *db.DB
	keepers  map[string]string // canary, in small letters: by whom it may be read; see principal.mayRead
	c        map[string]*congress
	accounts map[string]people.AccountID
	refusal  string // of the one who is in conflict
	few      bool   // a walk tries a few things of each kind
}

// congress is one of the two.
type congress struct {
	edition  edition.Edition
	blocks   map[string]programme.Block // by path
	stages   map[string]programme.Stage
	spaces   map[string]rights.Space
	places   []timetable.Place
	sessions map[string]programme.Session // by their name in the world: "b1-draft"
	persons  map[string]people.Person
	offices  map[string]people.Institution
	pages    map[string]edition.Page
	logos    map[string]edition.Logo
	words    edition.Taxonomy

	participants map[string]registration.Participant
	requests     map[string]partner.Request
	marks        map[string]string
	kept         map[string][]string // ids of what else there is, by kind
	sent         []sentThing
}

// Moments of the world.
var (
	dawn   = time.Date(2026, 5, 1, 8, 0, 0, 0, time.UTC)
	matins = civil.Date("2026-06-07")
)

func atDawn() time.Time { return dawn }

// public is the audience of what everybody may read.
const public = "public"

// mark makes a canary that the audience keeps, and takes note of it.
func (w *world) mark(audience string, parts ...string) string {
	canary := "CNRY-" + strings.Join(parts, "-")
	if before, there := w.keepers[strings.ToLower(canary)]; there && before != audience {
		w.t.Fatalf("two things are called %s", canary)
	}
	w.keepers[strings.ToLower(canary)] = audience
	return canary
}

// also lets others read a canary: the guardian of data reads names, say, and nothing else.
func (w *world) also(keeper string, canaries ...string) {
	for _, canary := range canaries {
		w.keepers[strings.ToLower(canary)] += " " + keeper
	}
}

// stays lists the fields that hold no text of a person: names of zones, signs of three letters, what machines made.
var stays = []string{"ID", "Mark", "TimeZone", "GUID", "MediaType", "SortName", "Home", "Licence", "Site", "Phone", "Hash"}

// fill puts a canary into every empty text of the thing that to points at, however deep.
func (w *world) fill(to any, audience string, parts ...string) {
	w.t.Helper()
	w.fillValue(reflect.ValueOf(to).Elem(), audience, parts)
}

func (w *world) fillValue(v reflect.Value, audience string, parts []string) {
	switch v.Interface().(type) {
	case i18n.Text:
		text := v.Interface().(i18n.Text)
		if text.PL == "" {
			text = i18n.Text{PL: w.mark(audience, append(parts, "pl")...), EN: w.mark(audience, append(parts, "en")...)}
			v.Set(reflect.ValueOf(text))
		}
		return
	case time.Time:
		return
	}
	switch v.Kind() {
	case reflect.Struct:
		for i := range v.NumField() {
			if field := v.Type().Field(i); field.IsExported() && !slices.Contains(stays, field.Name) {
				w.fillValue(v.Field(i), audience, append(slices.Clone(parts), strings.ToLower(field.Name)))
			}
		}
	case reflect.Slice:
		if v.Type().Elem() == reflect.TypeFor[string]() && v.Len() == 0 && !strings.HasSuffix(parts[len(parts)-1], "languages") && !strings.HasSuffix(parts[len(parts)-1], "interpretation") {
			v.Set(reflect.ValueOf([]string{w.mark(audience, parts...)}))
			return
		}
		for i := range v.Len() {
			if v.Index(i).Kind() == reflect.Struct {
				w.fillValue(v.Index(i), audience, append(slices.Clone(parts), fmt.Sprint(i)))
			}
		}
	case reflect.Map:
		if v.Type() == reflect.TypeFor[map[string]string]() && v.IsNil() {
			v.Set(reflect.ValueOf(map[string]string{"field": w.mark(audience, parts...)}))
		}
	case reflect.String:
		if v.Type() != reflect.TypeFor[string]() || v.String() != "" { // a kind, a state, an id
			return
		}
		canary := w.mark(audience, parts...)
		switch parts[len(parts)-1] {
		case "slug":
			canary = strings.ToLower(canary)
		case "url":
			canary = "https://example.org/" + strings.ToLower(canary)
		case "email":
			canary = strings.ToLower(canary) + "@example.org"
		}
		v.SetString(canary)
	default: // a number, a yes or no
	}
}

func (w *world) must(err error) {
	w.t.Helper()
	if err != nil {
		w.t.Fatal(err)
	}
}

// newWorld makes the world in an empty database.
func newWorld(t testing.TB, d *db.DB) *world {
	t.Helper()
	w := &world{
		t: t, db: d, keepers: map[string]string{}, c: map[string]*congress{},
		accounts: map[string]people.AccountID{},
	}
	for _, name := range []string{"c1", "c2"} {
		w.c[name] = w.congress(name)
	}
	w.release("c1")
	w.afterwards("c1")
	w.hidden("c1")
	w.hidden("c2")
	w.people()
	for name, c := range sorted(w.c) {
		w.participants(name, c)
		w.partners(name, c)
		w.campaigns(name, c)
		w.signups(name, c)
		w.calls(name, c)
	}
	for name, c := range sorted(w.c) {
		w.practices(name, c)
	}
	for name, c := range sorted(w.c) {
		w.onstage(name, c)
		w.print(name, c)
	}
	for name, c := range sorted(w.c) { // after the volumes, which would print it
		w.composes(name, c)
	}
	w.deliberate()
	w.traces()
	w.portrait(w.c["c1"])
	return w
}

// seen is the audience of a thing of a congress that is released: everybody in the first congress, those who work at
// its place in the second.
func seen(name, place string) string {
	if name == "c1" {
		return public
	}
	return place
}

func (w *world) congress(name string) *congress {
	w.t.Helper()
	c := &congress{
		blocks: map[string]programme.Block{}, stages: map[string]programme.Stage{}, spaces: map[string]rights.Space{},
		sessions: map[string]programme.Session{}, persons: map[string]people.Person{}, offices: map[string]people.Institution{},
		pages: map[string]edition.Page{}, logos: map[string]edition.Logo{}, requests: map[string]partner.Request{},
		marks: map[string]string{}, kept: map[string][]string{},
	}
	w.c[name] = c
	w.setting(name, c)
	w.tree(name, c)
	w.register(name, c)
	for _, at := range []string{"b1", "b1/sub", "b1/st1", "b2", "p1", "st2"} {
		w.sessions(name, c, at)
	}
	return c
}

// setting is the edition with its pages, marks, word lists and rooms.
func (w *world) setting(name string, c *congress) {
	ctx := w.t.Context()
	editions, plans := edition.NewService(w.db, atDawn), timetable.NewService(w.db, atDawn)
	e := edition.Edition{
		StartsOn: matins, EndsOn: "2026-06-08", TimeZone: "Europe/Warsaw", Form: edition.OnSite, Number: 4, Licence: "CC-BY-4.0",
		Public: name == "c1",
	}
	w.fill(&e, seen(name, name), name, "edition")
	var err error
	c.edition, err = editions.Save(ctx, "desk", e)
	w.must(err)
	for _, kind := range []edition.PageKind{edition.Information, edition.Legal} {
		p := edition.Page{Edition: c.edition.ID, Kind: kind}
		w.fill(&p, seen(name, name), name, "page", string(kind))
		c.pages[string(kind)], err = editions.SavePage(ctx, "desk", p)
		w.must(err)
	}
	l := edition.Logo{Edition: c.edition.ID, Role: edition.Partner, MediaType: "image/png", Image: dot(), Position: 1}
	w.fill(&l, seen(name, name), name, "logo")
	c.logos["mark"], err = editions.SaveLogo(ctx, "desk", l)
	w.must(err)
	words := edition.Taxonomy{Edition: c.edition.ID, Kind: edition.Theme, Version: 1, Terms: []edition.Term{{Since: 1}}}
	w.fill(&words, seen(name, name), name, "theme")
	c.words, err = editions.SaveTaxonomy(ctx, "desk", words)
	w.must(err)
	for _, room := range []string{"room1", "room2"} {
		p := timetable.Place{Edition: c.edition.ID, Kind: timetable.Room, Capacity: 300, Shared: true, Access: timetable.Access{StepFree: timetable.Yes}}
		w.fill(&p, seen(name, name), name, room)
		p, err = plans.SavePlace(ctx, "desk", p)
		w.must(err)
		c.places = append(c.places, p)
	}
}

// tree is the blocks, stages and workspaces. Workspaces have the paths of what they stand on.
func (w *world) tree(name string, c *congress) {
	ctx, making, spaces := w.t.Context(), programme.NewService(w.db, atDawn), rights.NewService(w.db, atDawn)
	for i, at := range []string{"b1", "b1/sub", "b2", "p1"} {
		b := programme.Block{Edition: c.edition.ID, Kind: programme.General, Mark: strings.ToUpper(at[:1]), Colour: i + 1, Position: i + 1}
		if at == "b1/sub" {
			b.Parent = c.blocks["b1"].ID
		}
		w.fill(&b, seen(name, name+"/"+at), name, strings.ReplaceAll(at, "/", ""), "block")
		b, err := making.SaveBlock(ctx, "desk", b)
		w.must(err)
		c.blocks[at] = b
	}
	for i, at := range []string{"b1/st1", "st2"} {
		s := programme.Stage{Edition: c.edition.ID, Mark: "S", Colour: i + 1, Position: i + 1}
		if at == "b1/st1" {
			s.Block = c.blocks["b1"].ID
		}
		w.fill(&s, seen(name, name+"/"+at), name, strings.ReplaceAll(at, "/", ""), "stage")
		s, err := making.SaveStage(ctx, "desk", s)
		w.must(err)
		c.stages[at] = s
	}
	for _, at := range []string{"p1", "st2"} {
		s := rights.Space{Edition: c.edition.ID, Kind: rights.Event}
		if at == "p1" {
			s.Block = c.blocks["p1"].ID
		} else {
			s.Stage = c.stages["st2"].ID
		}
		w.fill(&s, name+"/"+at+" protection@"+name, name, at, "space")
		s, err := spaces.SaveSpace(ctx, "desk", s)
		w.must(err)
		c.spaces[at] = s
	}
}

// register is the persons and institutions: who appears, who does not yet, and who came in with a workspace.
func (w *world) register(name string, c *congress) {
	ctx, register := w.t.Context(), people.NewService(w.db, atDawn)
	for _, who := range []struct{ name, home, audience string }{
		{"shown", string(c.edition.ID), seen(name, name)},
		{"waiting", string(c.edition.ID), name + " " + strings.ReplaceAll(inDraft, "c1", name)}, // in that draft
		{"guest1", string(c.spaces["p1"].ID), name + "/p1"},
		{"guest2", string(c.spaces["st2"].ID), name + "/st2"},
	} {
		i := people.Institution{Sector: people.Science, Home: who.home}
		w.fill(&i, who.audience, name, who.name, "office")
		i, err := register.SaveInstitution(ctx, "desk", i)
		w.must(err)
		c.offices[who.name] = i
		w.also("protection@"+name, i.Name.PL, i.Name.EN)
		p := people.Person{Home: who.home, Affiliations: []people.Affiliation{{Institution: i.ID, From: "2020-01-01"}}}
		w.fill(&p, who.audience, name, who.name, "person")
		p, err = register.SavePerson(ctx, "desk", p)
		w.must(err)
		c.persons[who.name] = p
		w.also("protection@"+name, p.Name)
	}
}

// sessions are one draft, one that is ready and one that is cancelled.
func (w *world) sessions(name string, c *congress, at string) {
	for i, status := range []programme.Status{programme.Draft, programme.Ready, programme.Cancelled} {
		s := programme.Session{
			Edition: c.edition.ID, Format: programme.Panel, Form: edition.OnSite, Status: status, Languages: []string{"pl"},
			Interpretation: []string{"en"}, Terms: []edition.TermID{c.words.Terms[0].ID},
			Credits:  []edition.Credit{{Institution: c.offices["shown"].ID, Role: edition.Partner}},
			People:   []programme.Appearance{{Person: c.persons["shown"].ID, Role: programme.Speaker}},
			Segments: []programme.Segment{{Kind: programme.Talk, Minutes: 10}},
			Links:    []programme.Link{{Kind: programme.Related}},
		}
		audience := seen(name, name+"/"+at)
		if status == programme.Draft {
			audience = name + "/" + at
		}
		if status == programme.Draft && at == "b1" {
			audience = strings.ReplaceAll(inDraft, "c1", name)
			s.People = append(s.People, programme.Appearance{Person: c.persons["waiting"].ID, Role: programme.Panellist})
		}
		switch at {
		case "st2":
			s.Block, s.Stage = c.blocks["b2"].ID, c.stages["st2"].ID
		case "b1/st1":
			s.Block, s.Stage = c.blocks["b1"].ID, c.stages["b1/st1"].ID
		default:
			s.Block = c.blocks[at].ID
		}
		if guest := map[string]string{"p1": "guest1", "st2": "guest2"}[at]; guest != "" && status == programme.Draft {
			s.People = append(s.People, programme.Appearance{Person: c.persons[guest].ID, Role: programme.Speaker})
		}
		w.fill(&s, audience, name, strings.ReplaceAll(at, "/", ""), string(status))
		start := time.Date(2026, 6, 7, 8+i, 0, 0, 0, time.UTC)
		edit, err := timetable.NewService(w.db, atDawn).Save(w.t.Context(), "desk", timetable.Edit{
			Sessions: []programme.Session{s}, Slots: []timetable.Slot{{Place: c.places[0].ID, Start: start, End: start.Add(time.Hour)}},
		})
		w.must(err)
		w.also("protection@"+name, s.Title.PL, s.Title.EN) // the journal names it
		c.sessions[at+"-"+string(status)] = edit.Sessions[0]
	}
}

// release publishes a congress.
func (w *world) release(name string) {
	o := timetable.Order{Edition: w.c[name].edition.ID, Scope: timetable.Scope{Kind: timetable.Whole}, By: "desk", DespiteErrors: true}
	w.fillValue(reflect.ValueOf(&o.Name).Elem(), seen(name, name), []string{name, "release", "name"})
	w.fillValue(reflect.ValueOf(&o.Note).Elem(), seen(name, name), []string{name, "release", "note"})
	_, err := timetable.NewService(w.db, atDawn).Publish(w.t.Context(), o)
	w.must(err)
}

// afterwards changes what has been released, so that the working programme says more than the public may know.
func (w *world) afterwards(name string) {
	c, making := w.c[name], programme.NewService(w.db, atDawn)
	for at, s := range c.sessions {
		if s.Status != programme.Ready {
			continue
		}
		place := name + "/" + strings.TrimSuffix(at, "-ready") + " protection@" + name
		s.Title = i18n.Text{PL: w.mark(place, name, at, "later", "pl"), EN: w.mark(place, name, at, "later", "en")}
		s, err := making.SaveSession(w.t.Context(), "desk", s)
		w.must(err)
		c.sessions[at] = s
	}
}

// hidden adds a block that is not released.
func (w *world) hidden(name string) {
	b := programme.Block{Edition: w.c[name].edition.ID, Kind: programme.General, Mark: "H", Colour: 9, Position: 9}
	w.fill(&b, name+"/hidden", name, "hidden", "block")
	b, err := programme.NewService(w.db, atDawn).SaveBlock(w.t.Context(), "desk", b)
	w.must(err)
	w.c[name].blocks["hidden"] = b
	w.also("protection@"+name, b.Name.PL, b.Name.EN)
}

// dot is the smallest picture there is.
func dot() []byte {
	var b bytes.Buffer
	_ = png.Encode(&b, image.NewGray(image.Rect(0, 0, 1, 1))) // to memory
	return b.Bytes()
}

// word is a canary in an answer, with whatever follows it in one piece.
var word = regexp.MustCompile(`(?i)cnry-[a-z0-9]+(-[a-z0-9_]+)*`)

// found lists the canaries in text that the world knows, each once.
func (w *world) found(text string) (all []string) {
	text = softHyphens.Replace(text)
	for _, hit := range word.FindAllString(text, -1) {
		hit = strings.ToLower(hit)
		for hit != "cnry" && !slices.Contains(all, hit) {
			if _, known := w.keepers[hit]; known {
				all = append(all, hit)
				break
			}
			hit = hit[:strings.LastIndexByte(hit, '-')]
		}
	}
	return all
}

// softHyphens takes out what pages put into long words.
var softHyphens = strings.NewReplacer("\u00ad", "", "&shy;", "", "<wbr>", "", "\u200b", "")

// account opens an account with canaries in its name and address, which only its owner and those who run the
// congress may read.
func (w *world) account(name string) people.AccountID {
	w.t.Helper()
	var a people.Account
	w.must(w.db.Tx(context.Background(), func(tx *db.Tx) (err error) {
		a, err = people.OpenAccount(w.t.Context(), tx, people.Account{
			Email: strings.ToLower(w.mark(acquaintances(name), "account", name, "email")) + "@example.org",
			Name:  w.mark(acquaintances(name), "account", name, "name"), Lang: i18n.Polish, CreatedAt: dawn.Add(-time.Hour),
		})
		return err
	}))
	w.accounts[name] = a.ID
	return a.ID
}

// sorted walks through a map in the order of its keys, so that every run asks the same in the same order.
func sorted[V any](m map[string]V) iter.Seq2[string, V] {
	return func(yield func(string, V) bool) {
		for _, key := range slices.Sorted(maps.Keys(m)) {
			if !yield(key, m[key]) {
				return
			}
		}
	}
}
