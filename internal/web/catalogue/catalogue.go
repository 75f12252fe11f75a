// Package catalogue is where people find what other cities have learned: the public catalogue of good practices with its
// map and files, the stories of what went wrong, the pages on which a city says that it has taken a practice over, those
// on which a teller decides about a story of their own, and the desk of those who keep it all.
package catalogue

import (
	"context"
	"embed"
	"fmt"
	"net/http"
	"slices"

	"obrady/internal/civil"
	"obrady/internal/edition"
	"obrady/internal/i18n"
	"obrady/internal/people"
	"obrady/internal/practice"
	"obrady/internal/publication"
	"obrady/internal/rights"
	"obrady/internal/web"
	"obrady/internal/web/desk"
)

// Locale holds the sentences of these pages.
//
//go:embed locale/*.json
var Locale embed.FS

//go:embed templates/*.html
var templates embed.FS

// Keeper is what these pages ask of package practice about practices and adoptions.
type Keeper interface {
	Practices(ctx context.Context, of edition.ID) ([]practice.Practice, error)
	Practice(ctx context.Context, one practice.ID) (practice.Practice, error)
	Steps(ctx context.Context, object string) ([]practice.Step, error)
	Save(ctx context.Context, by people.AccountID, p practice.Practice) (practice.Practice, error)
	Publish(ctx context.Context, by people.AccountID, one practice.ID, revision int) (practice.Practice, error)
	Confirm(ctx context.Context, by people.AccountID, one practice.ID, reason string) error
	Archive(ctx context.Context, by people.AccountID, one practice.ID, reason string) error
	Restore(ctx context.Context, by people.AccountID, one practice.ID, reason string) error
	AddPicture(ctx context.Context, by people.AccountID, of practice.ID, one practice.Image, said practice.Picture) (practice.Practice, error)
	RemovePicture(ctx context.Context, by people.AccountID, of practice.ID, picture string) (practice.Practice, error)
	Image(ctx context.Context, picture string) (practice.Image, error)
	Contact(ctx context.Context, of practice.ID) (practice.Contact, error)
	Claim(ctx context.Context, by people.AccountID, of practice.ID, told practice.Takeover) (practice.Adoption, error)
	Invite(ctx context.Context, by people.AccountID, of practice.ID, adopter people.Account, told practice.Takeover) (practice.Adoption, error)
	Adoptions(ctx context.Context, of practice.ID) ([]practice.Adoption, error)
	MyAdoptions(ctx context.Context, of edition.ID, who people.AccountID) ([]practice.Adoption, error)
	Adoption(ctx context.Context, one practice.AdoptionID) (practice.Adoption, error)
	ConfirmAdoption(ctx context.Context, by people.AccountID, one practice.AdoptionID) (practice.Adoption, error)
	DeclineAdoption(ctx context.Context, by people.AccountID, one practice.AdoptionID, reason string) (practice.Adoption, error)
	RecallAdoption(ctx context.Context, by people.AccountID, one practice.AdoptionID, reason string) error
}

// Teller is what these pages ask of package practice about stories.
type Teller interface {
	Stories(ctx context.Context, of edition.ID) ([]practice.Story, error)
	Story(ctx context.Context, one practice.StoryID) (practice.Story, error)
	MyStories(ctx context.Context, of edition.ID, teller people.AccountID) ([]practice.Story, error)
	MyStory(ctx context.Context, teller people.AccountID, one practice.StoryID) (practice.Story, error)
	SaveStory(ctx context.Context, by people.AccountID, one practice.Story) (practice.Story, error)
	CheckStory(ctx context.Context, by people.AccountID, one practice.StoryID, c practice.Clearance) error
	ReturnStory(ctx context.Context, by people.AccountID, one practice.StoryID, c practice.Clearance) error
	PublishStory(ctx context.Context, by people.AccountID, one practice.StoryID) error
	KeepStory(ctx context.Context, by people.AccountID, one practice.StoryID) error
	ApproveStory(ctx context.Context, teller people.AccountID, one practice.StoryID, revision int) error
	WishStory(ctx context.Context, teller people.AccountID, one practice.StoryID, wish string) error
	TightenStory(ctx context.Context, teller people.AccountID, one practice.StoryID, level practice.Level) error
	WithdrawStory(ctx context.Context, teller people.AccountID, one practice.StoryID) error
	ResumeStory(ctx context.Context, teller people.AccountID, one practice.StoryID) error
}

// Shelf is what the public reads; practice.Shelf is.
type Shelf interface {
	Of(of edition.ID) *practice.Catalogue
}

// Published says which editions the public sees; package publication does.
type Published interface {
	Edition(slug string) (*publication.Edition, error)
}

// Lists are the word lists of an edition as its organisers keep them.
type Lists interface {
	Taxonomies(ctx context.Context, of edition.ID) ([]edition.Taxonomy, error)
}

// Names says what people are called; package people does.
type Names interface {
	Accounts(ctx context.Context, ids []people.AccountID) (map[people.AccountID]people.Account, error)
}

// Pages are the pages of the catalogue. All fields are needed.
type Pages struct {
	*desk.Kit
	Keeper    Keeper
	Teller    Teller
	Shelf     Shelf
	Published Published
	Lists     Lists
	Names     Names
	Words     *i18n.Catalogue
	Site      *web.Site
}

// Routes are the addresses of these pages.
func (p *Pages) Routes() []web.Route {
	return slices.Concat(p.publicRoutes(), p.fileRoutes(), p.Offer(slices.Concat(
		p.adoptionRoutes(), p.ownStoryRoutes(), p.practices().Routes(p.Kit), p.reviewRoutes(), p.stories().Routes(p.Kit), p.storyReviewRoutes(),
	)...))
}

const (
	practicesPL, practicesEN = "/{edition}/dobre-praktyki", "/{edition}/good-practices"
	storiesPL, storiesEN     = "/{edition}/opowiesci-o-porazkach", "/{edition}/failure-stories"
)

func (p *Pages) publicRoutes() []web.Route {
	row := func(name, pl, en string, handle func(*view, http.ResponseWriter, *http.Request) error, query ...string) web.Route {
		return web.Route{
			Name: name, PL: pl, EN: en, Action: string(rights.ReadProgramme), Public: true, Query: query, Generation: p.generation, Handle: p.inside(handle),
		}
	}
	return []web.Route{
		row("practices", practicesPL, practicesEN, (*view).showList, listQuery...),
		row("practices.map", practicesPL+"/mapa", practicesEN+"/map", (*view).showMap, listQuery...),
		row("practice", practicesPL+"/{practice}", practicesEN+"/{practice}", (*view).showOne),
		row("stories", storiesPL, storiesEN, (*view).showStories, searchQuery...),
		row("story", storiesPL+"/{story}", storiesEN+"/{story}", (*view).showStory),
	}
}

// generation is what public pages are drawn from. A day is part of it, because practices grow old.
func (p *Pages) generation(r *http.Request) (string, bool) {
	e, err := p.Published.Edition(r.PathValue("edition"))
	if err != nil {
		return "", false
	}
	today := civil.DateOf(p.Now().In(e.Location()))
	return fmt.Sprintf("%s/%s/%s", e.Generation, p.Shelf.Of(e.ID).Generation, today), true
}

// view is the catalogue of one edition as it is told in one language.
type view struct {
	*Pages
	i18n.Printer
	e *publication.Edition
	c *practice.Catalogue
}

// inside finds the edition that the address names and lets page show itself.
func (p *Pages) inside(page func(*view, http.ResponseWriter, *http.Request) error) web.Handler {
	return func(w http.ResponseWriter, r *http.Request) error {
		v, err := p.look(r)
		if err != nil {
			return err
		}
		return page(v, w, r)
	}
}

func (p *Pages) look(r *http.Request) (*view, error) {
	e, err := p.Published.Edition(r.PathValue("edition"))
	if err != nil {
		return nil, err
	}
	return &view{p, p.Words.In(web.Lang(r)), e, p.Shelf.Of(e.ID)}, nil
}

// to is the address of a page of this edition. A route that is not there leads nowhere; the test of all links finds it.
func (v *view) to(route string, args ...any) string {
	address, err := v.Site.URL(v.Lang, route, append([]any{v.e.Slug}, args...)...)
	if err != nil {
		return ""
	}
	return address
}

// me is who asks.
func me(r *http.Request) people.AccountID { return people.AccountID(web.Account(r)) }
