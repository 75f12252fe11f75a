package catalogue

import (
	"context"
	"net/http"
	"slices"

	"obrady/internal/edition"
	"obrady/internal/i18n"
	"obrady/internal/practice"
	"obrady/internal/rights"
	"obrady/internal/web"
	"obrady/internal/web/desk"
)

// key: catalogue.tale.*
var storyControls = []desk.Control{
	{Name: "title", As: desk.AsPair, Key: "catalogue.practice.title", Most: practice.MostTitle, Must: true},
	{Name: "level", As: desk.AsSelect, Key: "catalogue.tale.level", Help: "catalogue.tale.level_help"},
	{Name: "teller_name", As: desk.AsLine, Key: "catalogue.tale.teller_name"},
	{Name: "teller_email", As: desk.AsLine, Key: "catalogue.tale.teller_email", Help: "catalogue.tale.teller_help", Type: "email"},
	{Name: "owner", As: desk.AsPair, Key: "catalogue.fact.owner"},
	{Name: "city", As: desk.AsPair, Key: "catalogue.fact.city"},
	{Name: "wanted", As: desk.AsProse, Key: "catalogue.section.wanted", Words: practice.StoryWords},
	{Name: "did", As: desk.AsProse, Key: "catalogue.section.did", Words: practice.StoryWords},
	{Name: "happened", As: desk.AsProse, Key: "catalogue.section.happened", Words: practice.StoryWords},
	{Name: "noticed", As: desk.AsProse, Key: "catalogue.section.noticed", Words: practice.StoryWords},
	{Name: "conditions", As: desk.AsProse, Key: "catalogue.section.conditions", Help: "catalogue.tale.conditions_help", Words: practice.StoryWords},
	{Name: "cost", As: desk.AsProse, Key: "catalogue.section.cost", Words: practice.StoryWords},
	{Name: "changed", As: desk.AsProse, Key: "catalogue.section.changed", Words: practice.StoryWords},
	{Name: "rule", As: desk.AsProse, Key: "catalogue.section.rule", Words: practice.StoryWords},
	{Name: "advice", As: desk.AsPair, Key: "catalogue.tale.advice", Most: practice.MostAdvice},
	{Name: "slug", As: desk.AsLine, Key: "desk.form.slug", Help: "desk.form.slug_help"},
}

var storyFields = desk.FieldsOf("story", storyControls)

// stories is the list and the form of stories on the desk.
func (p *Pages) stories() desk.Kind[practice.Story] {
	return desk.Kind[practice.Story]{
		Name: "story", Key: "catalogue.tale", Plural: "stories", PL: "opowiesci", EN: "stories", New: [2]string{"nowa", "new"},
		Action: string(rights.EditStories), Missing: practice.ErrNoStory, Controls: storyControls, Fields: storyFields,
		Columns: []desk.Heading{
			{Name: "title", Key: "catalogue.practice.title"},
			{Name: "level", Key: "catalogue.tale.level"},
			{Name: "state", Key: "catalogue.practice.state"},
		},
		All: func(ctx context.Context, d desk.Desk) ([]practice.Story, error) {
			return p.kept(ctx, d.Edition.ID)
		},
		Facts: func(one practice.Story) desk.Facts {
			return desk.Facts{ID: string(one.ID), Revision: one.Revision, Name: one.Title}
		},
		Blank: func(d desk.Desk, fresh string, _ []practice.Story) practice.Story {
			return practice.Story{ID: practice.StoryID(fresh), Edition: d.Edition.ID, State: practice.Writing, Level: practice.RoomOnly}
		},
		Fill: fillStory, Read: readStory, Save: p.Teller.SaveStory,
		Cells: func(one practice.Story, _ []practice.Story) []desk.Entry {
			return []desk.Entry{desk.Words(one.Title), desk.Said(one.Level), desk.Said(one.State)}
		},
		Choices: func(context.Context, desk.Desk, practice.Story) (map[string][]desk.Choice, error) {
			return map[string][]desk.Choice{"level": desk.Choices(practice.Levels)}, nil
		},
		Extras: func(_ context.Context, _ desk.Desk, one practice.Story) ([]desk.Extra, error) {
			if one.Revision == 0 {
				return nil, nil
			}
			return []desk.Extra{{Key: "catalogue.clear.title", Route: "desk.story.review", Arg: string(one.ID)}}, nil
		},
	}
}

// kept lists the stories that are not withdrawn: those that are, nobody but their tellers reads.
func (p *Pages) kept(ctx context.Context, of edition.ID) ([]practice.Story, error) {
	all, err := p.Teller.Stories(ctx, of)
	return slices.DeleteFunc(all, func(one practice.Story) bool { return one.State == practice.Recanted }), err
}

func storyTexts(t *practice.Tale) map[string]*i18n.Text {
	return map[string]*i18n.Text{
		"title": &t.Title, "owner": &t.Owner, "city": &t.City, "wanted": &t.Wanted, "did": &t.Did, "happened": &t.Happened,
		"noticed": &t.Noticed, "conditions": &t.Conditions, "cost": &t.Cost, "changed": &t.Changed, "rule": &t.Rule, "advice": &t.Advice,
	}
}

func fillStory(f *web.Form, one practice.Story) {
	for name, t := range storyTexts(&one.Tale) {
		desk.SetText(f, name, *t)
	}
	for name, value := range map[string]string{
		"level": string(one.Level), "teller_name": one.Teller.Name, "teller_email": one.Teller.Email, "slug": one.Slug,
	} {
		f.Set(name, value)
	}
}

func readStory(f *web.Form, one practice.Story, all []practice.Story) practice.Story {
	one.Revision = f.Revision
	for name, t := range storyTexts(&one.Tale) {
		*t = desk.ReadText(f, name, *t)
	}
	one.Level = practice.Level(f.Value("level"))
	one.Teller = practice.Teller{Email: f.Value("teller_email"), Name: f.Value("teller_name")}
	one.Slug = desk.Slug(f, one.Title.PL, func(s string) bool {
		return desk.Taken(all, func(o practice.Story) bool { return o.Slug == s && o.ID != one.ID })
	})
	note(f, one.Validate())
	return one
}

func (p *Pages) storyReviewRoutes() []web.Route {
	row := func(name, method, end string, handle web.Handler) web.Route {
		ends := map[string]string{"": "", "/sprawdzenie": "/check", "/publikacja": "/publication"}
		return web.Route{
			Name: "desk.story." + name, Method: method, PL: "/{edition}/biurko/opowiesci/{thing}" + end, EN: "/{edition}/desk/stories/{thing}" + ends[end],
			Action: string(rights.CheckStories), Object: string(rights.WholeEdition), Who: web.SignedIn, Handle: handle,
		}
	}
	publish := row("publish", http.MethodPost, "/publikacja", p.publishStory)
	publish.Action = string(rights.EditStories)
	return []web.Route{
		{
			Name: "desk.stories.check", PL: "/{edition}/biurko/sprawdzanie-opowiesci", EN: "/{edition}/desk/story-checks",
			Action: string(rights.CheckStories), Object: string(rights.WholeEdition), Who: web.SignedIn, Handle: p.showUnchecked,
		},
		row("review", http.MethodGet, "/sprawdzenie", p.showStoryReview),
		row("check", http.MethodPost, "/sprawdzenie", p.checkStory),
		publish,
	}
}

// uncheckedPage lists the stories that wait for a second person.
type uncheckedPage struct {
	desk.Desk
	Stories []practice.Story
}

var uncheckedTemplate = desk.Parse[uncheckedPage](templates, "unchecked.html")

func (p *Pages) showUnchecked(w http.ResponseWriter, r *http.Request) error {
	around, err := p.Desk(r, "desk.stories.check")
	if err != nil {
		return err
	}
	all, err := p.kept(r.Context(), around.Edition.ID)
	if err != nil {
		return err
	}
	page := uncheckedPage{Desk: around}
	for _, one := range all {
		if !one.Checked() && one.State != practice.Kept {
			page.Stories = append(page.Stories, one)
		}
	}
	return uncheckedTemplate.Show(w, r, page)
}

// key: catalogue.clear.*
var clearFields = web.Fields{"do": "catalogue.clear.do", "note": "catalogue.clear.note", "despite": "catalogue.clear.despite"}

// storyReviewPage is a story as the second person reads it, with what its level would let out.
type storyReviewPage struct {
	desk.Desk
	One    practice.Story
	Form   web.Form
	Traces []practice.Trace
	Parts  []passage
	Steps  []step
	Own    bool // whoever asks wrote it down or tells it, and is no second person
	Edits  bool // whoever asks keeps the stories
}

var storyReviewTemplate = desk.Parse[storyReviewPage](templates, "story_review.html", "steps.html")

// Says is whether the story stands in this state.
func (p storyReviewPage) Says(state string) bool { return string(p.One.State) == state }

// Room says whether nothing leaves the room.
func (p storyReviewPage) Room() bool { return p.One.Level == practice.RoomOnly }

// Ready says whether it can be published now.
func (p storyReviewPage) Ready() bool { return p.One.Publishable() == nil }

func (p *Pages) storyReview(r *http.Request) (page storyReviewPage, err error) {
	if page.Desk, err = p.Desk(r, "desk.stories"); err != nil {
		return page, err
	}
	if page.One, err = p.Teller.Story(r.Context(), practice.StoryID(r.PathValue("thing"))); err != nil {
		return page, err
	}
	if page.One.Edition != page.Edition.ID || page.One.State == practice.Recanted {
		return page, practice.ErrNoStory
	}
	if page.Edits = page.May(rights.EditStories); !page.Edits {
		page.At = "desk.stories.check"
	}
	who := desk.By(r)
	page.Own = who == page.One.EditedBy || who == page.One.Teller.Account
	page.Form, page.Traces = web.NewForm(clearFields), page.One.Traces()
	v := &view{Pages: p, Printer: p.Words.In(web.Lang(r))}
	page.Parts = v.parts(page.One.Tale)
	page.Steps, err = p.history(r, string(page.One.ID))
	for i, s := range page.Steps {
		if s.Actor == page.One.Teller.Account {
			page.Steps[i].Who = "" // who checks a story without names need not read whose it is
		}
	}
	return page, err
}

func (p *Pages) showStoryReview(w http.ResponseWriter, r *http.Request) error {
	page, err := p.storyReview(r)
	if err != nil {
		return err
	}
	return storyReviewTemplate.Show(w, r, page)
}

func (p *Pages) checkStory(w http.ResponseWriter, r *http.Request) error {
	page, err := p.storyReview(r)
	if err != nil {
		return err
	}
	form, err := web.ReadForm(r, clearFields)
	if err != nil {
		return err
	}
	c := practice.Clearance{Revision: form.Revision, Note: form.Value("note"), Despite: form.Value("despite") != ""}
	if form.Value("do") == "return" {
		err = p.Teller.ReturnStory(r.Context(), desk.By(r), page.One.ID, c)
	} else {
		err = p.Teller.CheckStory(r.Context(), desk.By(r), page.One.ID, c)
	}
	return p.cleared(w, r, clearedStory{page, form, err})
}

// clearedStory is what came of a form of the page on which a story is checked.
type clearedStory struct {
	page storyReviewPage
	form web.Form
	err  error
}

func (p *Pages) cleared(w http.ResponseWriter, r *http.Request, done clearedStory) error {
	if err := desk.Blame(&done.form, done.err); err != nil {
		return err
	}
	if !done.form.Good() {
		done.page.Form = done.form
		return storyReviewTemplate.ShowForm(w, r, done.form, done.page)
	}
	web.Flash(r, "catalogue.review.done")
	return web.Redirect(w, r, "desk.story.review", done.page.Edition.Slug, done.page.One.ID)
}

func (p *Pages) publishStory(w http.ResponseWriter, r *http.Request) error {
	page, err := p.storyReview(r)
	if err != nil {
		return err
	}
	form, err := web.ReadForm(r, clearFields)
	if err != nil {
		return err
	}
	if form.Value("do") == "keep" {
		err = p.Teller.KeepStory(r.Context(), desk.By(r), page.One.ID)
	} else {
		err = p.Teller.PublishStory(r.Context(), desk.By(r), page.One.ID)
	}
	return p.cleared(w, r, clearedStory{page, form, err})
}
