package app_test

import (
	"context"
	"strings"

	"obrady/internal/i18n"
	"obrady/internal/people"
	"obrady/internal/practice"
)

// signed is the audience of what whoever is signed in may read, and nobody else.
const signed = "signed-in"

// shelf is where the catalogue of one congress is filled.
type shelf struct {
	*world
	name string
	c    *congress
	keep *practice.Service
}

// practices fills the catalogue of a congress: a draft, a practice that is published and was taken over, and a story of
// each level, of which the one for the room is told by the speaker.
func (w *world) practices(name string, c *congress) {
	w.t.Helper()
	s := shelf{w, name, c, practice.NewService(w.db, atDawn)}
	editors := "organiser@" + name
	s.practice("draft", editors)
	shown := s.publish(s.practice("published", seen(name, name)))
	s.adopt(shown)
	for _, level := range practice.Levels {
		s.story(level)
	}
}

// editors keep the catalogue; whoever keeps the whole congress besides reads along.
func (s shelf) editors() string { return "organiser@" + s.name }

// practice writes one down. What it tells is for the audience; whom to ask is for who is signed in, once it is published.
func (s shelf) practice(what, audience string) practice.Practice {
	s.t.Helper()
	one := practice.Practice{
		Edition: s.c.edition.ID, Origin: practice.Origin{Kind: practice.FromSubmission, ID: s.name + what},
		Content: practice.Content{
			Region: "24", Size: practice.Small, From: "2019", Until: "2020", Stage: practice.Ended, Licence: "CC0-1.0", Terms: nil,
			Blocks: []practice.Block{{}}, Partners: []practice.Partner{{}}, Results: []practice.Result{{}}, Links: []practice.Link{{}},
			Position: &practice.Position{Lat: 50, Lon: 19},
		},
	}
	contact := s.editors() + " self:contact-" + s.name
	if what == "published" && s.name == "c1" {
		contact += " " + signed
	}
	one.Contact = practice.Contact{
		Email: strings.ToLower(s.mark(contact, s.name, what, "contact", "email")) + "@example.org",
		Name:  s.mark(contact, s.name, what, "contact", "name"), Office: s.mark(contact, s.name, what, "contact", "office"),
	}
	s.fill(&one.Content, audience, s.name, what, "practice")
	one.Slug = strings.ToLower(s.mark(audience, s.name, what, "practice", "slug"))
	one, err := s.keep.Save(s.t.Context(), "desk", one)
	s.must(err)
	if what == "published" { // letters about adoptions tell both sides which practice it is, of which congress
		s.accounts["contact-"+s.name] = one.Contact.Account
		s.also("self:contact-"+s.name+" self:other", one.Title.PL, one.Title.EN, s.c.edition.Slug)
	}
	s.c.kept["practice "+what] = []string{string(one.ID), one.Slug}
	return one
}

func (s shelf) publish(one practice.Practice) practice.Practice {
	s.t.Helper()
	ctx, audience := s.t.Context(), seen(s.name, s.name)
	said := practice.Picture{Alt: i18n.Text{PL: s.mark(audience, s.name, "picture", "pl"), EN: s.mark(audience, s.name, "picture", "en")}, Credit: s.mark(audience, s.name, "picture", "credit")}
	one, err := s.keep.AddPicture(ctx, "desk", one.ID, practice.Image{Type: "image/png", Bytes: dot()}, said)
	s.must(err)
	one, err = s.keep.Publish(ctx, "desk", one.ID, one.Revision)
	s.must(err)
	s.must(s.keep.Confirm(ctx, "desk", one.ID, s.mark(s.editors(), s.name, "confirmed", "reason")))
	s.c.kept["picture"] = []string{one.Pictures[0].ID}
	return one
}

// adopt is two claims that the practice was taken over: one that waits for its contact, one that was declined.
func (s shelf) adopt(one practice.Practice) {
	s.t.Helper()
	ctx := s.t.Context()
	for _, what := range []string{"declined", "waiting"} {
		adopter := map[string]string{"c1": "participant", "c2": "other"}[s.name]
		keepers := s.editors() + " self:contact-" + s.name + " self:" + adopter
		told := practice.Takeover{Since: "2020", Blocks: []string{one.Blocks[0].ID}, Outcome: practice.Works}
		s.fill(&told, keepers, s.name, what, "adoption")
		a, err := s.keep.Claim(ctx, s.accounts[adopter], one.ID, told)
		s.must(err)
		if what == "declined" {
			_, err = s.keep.DeclineAdoption(ctx, "desk", a.ID, s.mark(keepers, s.name, what, "reason"))
			s.must(err)
			continue
		}
		s.c.kept["adoption"] = []string{string(a.ID), adopter}
	}
}

// story writes down, checks and publishes a story of the level; the one for the room is the speaker's, and waits.
func (s shelf) story(level practice.Level) {
	s.t.Helper()
	ctx, word := s.t.Context(), string(level)
	staff := "organiser@" + s.name + " protection@" + s.name
	told, place, who := seen(s.name, s.name), staff, staff
	switch level {
	case practice.Named:
		place, who = told, told
	case practice.Hidden:
		who = told
	case practice.Anonymous: // both stay with the staff
	case practice.RoomOnly:
		told = staff + " self:speaker"
		place, who = told, told
	}
	if s.name == "c2" && level != practice.RoomOnly {
		told, place, who = staff, staff, staff
	}
	teller := "teller-" + s.name + "-" + word
	one := practice.Story{Edition: s.c.edition.ID, Level: level, Origin: practice.Origin{Kind: practice.FromSubmission, ID: s.name + word}}
	one.Owner = i18n.Text{PL: s.mark(place, s.name, word, "owner", "pl"), EN: s.mark(place, s.name, word, "owner", "en")}
	one.City = i18n.Text{PL: s.mark(place, s.name, word, "city", "pl"), EN: s.mark(place, s.name, word, "city", "en")}
	s.fill(&one.Tale, told, s.name, word, "story")
	one.Slug = strings.ToLower(s.mark(told, s.name, word, "story", "slug"))
	one.Teller = practice.Teller{
		Name: s.mark(who+" self:"+teller, s.name, word, "teller", "name"), Email: strings.ToLower(s.mark(staff, s.name, word, "teller", "email")) + "@example.org",
	}
	if level == practice.RoomOnly && s.name == "c1" {
		one.Teller.Email = s.emailOf("speaker")
	}
	one, err := s.keep.SaveStory(ctx, "desk", one)
	s.must(err)
	if s.accounts[teller] = one.Teller.Account; s.name == "c2" {
		s.also("self:"+teller, s.c.edition.Slug) // which letters name
	}
	if level == practice.RoomOnly {
		if s.name == "c1" {
			s.c.kept["story of speaker"] = []string{string(one.ID)}
			s.must(s.keep.WishStory(ctx, one.Teller.Account, one.ID, s.mark(staff+" self:speaker", s.name, "wish")))
		}
		s.c.kept["story room"] = []string{string(one.ID), one.Slug}
		return
	}
	s.must(s.keep.CheckStory(ctx, "second", one.ID, practice.Clearance{Revision: one.Revision, Note: s.mark(staff, s.name, word, "check"), Despite: true}))
	s.must(s.keep.ApproveStory(ctx, one.Teller.Account, one.ID, one.Revision))
	s.must(s.keep.PublishStory(ctx, "desk", one.ID))
	s.c.kept["story "+word] = []string{string(one.ID), one.Slug}
}

// emailOf is the address of a principal's account.
func (w *world) emailOf(name string) string {
	w.t.Helper()
	a, err := people.FindAccount(context.Background(), w.db, w.accounts[name])
	w.must(err)
	return a.Email
}

// lessons lists what the addresses about practices and stories are tried on; false for other addresses.
func (w *world) lessons(a address, key string) (all []target, known bool) {
	desk := strings.HasPrefix(a.name, "desk.")
	for name, c := range sorted(w.c) {
		at := func(kind string, open bool, values map[string]string) target {
			one := thing{kind: kind, congress: name, places: []string{name}, public: open && name == "c1"}
			return one.target(values)
		}
		switch {
		case key == "practice":
			for what, open := range sorted(map[string]bool{"practice draft": false, "practice published": true}) {
				one := at(what, open, map[string]string{"practice": c.kept[what][1]})
				if !open {
					one.places = nil // the public has nothing of that name, and neither has who is signed in
				}
				all = append(all, one)
			}
		case key == "story" && a.name == "story":
			for _, level := range practice.Levels {
				one := at("story "+string(level), level != practice.RoomOnly, map[string]string{"story": c.kept["story "+string(level)][1]})
				all = append(all, one)
			}
		case key == "story":
			for _, level := range []string{"room", "named"} {
				one := at("story "+level, false, map[string]string{"story": c.kept["story "+level][0]})
				if one.owner = "nobody at all"; level == "room" && name == "c1" {
					one.owner = "speaker"
				}
				all = append(all, one)
			}
		case key == "picture":
			all = append(all, at("picture", true, map[string]string{"picture": c.kept["picture"][0]}))
		case key == "adoption":
			one := at("adoption", false, map[string]string{"adoption": c.kept["adoption"][0]})
			one.owner = c.kept["adoption"][1]
			all = append(all, one)
		case key == "thing picture" && desk, key == "thing adoption" && desk:
			part := strings.TrimPrefix(key, "thing ")
			all = append(all, at(key, false, map[string]string{"thing": c.kept["practice published"][0], part: c.kept[part][0]}))
		case key == "thing" && strings.HasPrefix(a.name, "desk.practice"):
			for _, what := range []string{"practice draft", "practice published"} {
				all = append(all, at(what, false, map[string]string{"thing": c.kept[what][0]}))
			}
		case key == "thing" && strings.HasPrefix(a.name, "desk.stor"):
			for _, level := range practice.Levels {
				all = append(all, at("story "+string(level), false, map[string]string{"thing": c.kept["story "+string(level)][0]}))
			}
		default:
			return nil, false
		}
	}
	return all, true
}
