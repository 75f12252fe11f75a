package catalogue

import (
	"net/http"
	"slices"

	"obrady/internal/practice"
	"obrady/internal/rights"
	"obrady/internal/web"
	"obrady/internal/web/desk"
)

func (p *Pages) ownStoryRoutes() []web.Route {
	row := func(name, method, pl, en string, handle web.Handler) web.Route {
		return web.Route{Name: name, Method: method, PL: pl, EN: en, Action: string(rights.OwnStory), Who: web.SignedIn, Handle: handle}
	}
	const get, post = http.MethodGet, http.MethodPost
	const pl, en = "/{edition}/moje-opowiesci", "/{edition}/my-stories"
	return []web.Route{
		row("stories.mine", get, pl, en, p.showOwnStories),
		row("story.mine", get, pl+"/{story}", en+"/{story}", p.showOwnStory),
		row("story.decide", post, pl+"/{story}", en+"/{story}", p.decideOwnStory),
	}
}

// ownStoriesPage lists the stories that somebody tells.
type ownStoriesPage struct {
	head
	Stories []practice.Story
}

var ownStoriesTemplate = parsePublic[ownStoriesPage]("own_stories.html")

func (p *Pages) showOwnStories(w http.ResponseWriter, r *http.Request) error {
	v, err := p.look(r)
	if err != nil {
		return err
	}
	page := ownStoriesPage{head: v.headed(v.T("catalogue.own.title"))}
	if page.Stories, err = p.Teller.MyStories(r.Context(), v.e.ID, me(r)); err != nil {
		return err
	}
	return ownStoriesTemplate.Show(w, r, page)
}

// key: catalogue.own.*
var ownFields = web.Fields{"do": "catalogue.own.do", "wish": "catalogue.own.wish", "level": "catalogue.own.level"}

// ownStoryPage is a story as its teller sees it: as the public would read it, with everything they may decide.
type ownStoryPage struct {
	head
	Story practice.Story
	Form  web.Form
	Told  *practice.Telling // as the public would read it; nil for the room only
	Who   string
	Parts []passage
}

var ownStoryTemplate = parsePublic[ownStoryPage]("own_story.html")

// Tighter are the levels that let less out than the present one.
func (o ownStoryPage) Tighter(v web.View) web.Input {
	options := []web.Option{}
	for _, l := range practice.Levels {
		if o.Story.Level.Looser(l) {
			options = append(options, web.Option{Value: string(l), Label: v.T(l.Key())})
		}
	}
	return v.Input(o.Form, "level").Choices(options)
}

// Says is whether the story stands in this state.
func (o ownStoryPage) Says(state string) bool { return string(o.Story.State) == state }

// Approves says whether the teller can agree to the words now.
func (o ownStoryPage) Approves() bool {
	return o.Story.Checked() && !o.Story.Approved() && o.Story.State != practice.Recanted
}

// CanTighten says whether there is a level that lets less out.
func (o ownStoryPage) CanTighten() bool {
	return o.Story.State != practice.Recanted && o.Story.Level != practice.Levels[len(practice.Levels)-1]
}

func (p *Pages) ownStory(r *http.Request) (v *view, page ownStoryPage, err error) {
	if v, err = p.look(r); err != nil {
		return v, page, err
	}
	if page.Story, err = p.Teller.MyStory(r.Context(), me(r), practice.StoryID(r.PathValue("story"))); err != nil {
		return v, page, err
	}
	if page.Story.Edition != v.e.ID {
		return v, page, practice.ErrNoStory
	}
	page.head = v.headed(page.Story.Title.In(v.Lang).Text, web.Link{Label: v.T("catalogue.own.title"), URL: v.to("stories.mine")})
	page.Form = web.NewForm(ownFields)
	page.Parts = v.parts(page.Story.Tale)
	if told, err := page.Story.Telling(); err == nil {
		page.Told, page.Who = &told, v.whoTells(&practice.Heard{Telling: told})
	}
	return v, page, nil
}

func (p *Pages) showOwnStory(w http.ResponseWriter, r *http.Request) error {
	_, page, err := p.ownStory(r)
	if err != nil {
		return err
	}
	return ownStoryTemplate.Show(w, r, page)
}

func (p *Pages) decideOwnStory(w http.ResponseWriter, r *http.Request) error {
	v, page, err := p.ownStory(r)
	if err != nil {
		return err
	}
	form, err := web.ReadForm(r, ownFields)
	if err != nil {
		return err
	}
	page.Form = form
	if err := desk.Blame(&page.Form, p.decided(r, page)); err != nil {
		return err
	}
	if !page.Form.Good() {
		return ownStoryTemplate.ShowForm(w, r, page.Form, page)
	}
	web.Flash(r, "catalogue.own.done")
	return web.Redirect(w, r, "story.mine", v.e.Slug, page.Story.ID)
}

// decided does what the button says that the teller pressed.
func (p *Pages) decided(r *http.Request, page ownStoryPage) error {
	form, one := page.Form, page.Story
	switch form.Value("do") {
	case "approve":
		return p.Teller.ApproveStory(r.Context(), me(r), one.ID, form.Revision)
	case "wish":
		return p.Teller.WishStory(r.Context(), me(r), one.ID, form.Value("wish"))
	case "tighten":
		level := practice.Level(form.Value("level"))
		if !slices.Contains(practice.Levels, level) {
			return practice.ErrLooserLevel
		}
		return p.Teller.TightenStory(r.Context(), me(r), one.ID, level)
	case "withdraw":
		return p.Teller.WithdrawStory(r.Context(), me(r), one.ID)
	case "resume":
		return p.Teller.ResumeStory(r.Context(), me(r), one.ID)
	}
	return practice.ErrNoStory
}
