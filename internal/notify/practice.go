package notify

import (
	"context"
	"errors"

	"obrady/internal/edition"
	"obrady/internal/i18n"
	"obrady/internal/outbox"
	"obrady/internal/people"
	"obrady/internal/practice"
)

// The letters about practices and stories. Those about a story say neither what it is called nor what it tells: a letter
// lies about in more places than its teller knows.
var (
	practiceDue     = kind("practice.due", "practice", "link")
	adoptionClaimed = kind("practice.adoption_claimed", "practice", "city", "link")
	adoptionSettled = kind("practice.adoption_settled", "practice", "city", "outcome", "link")
	storyReady      = kind("practice.story_ready", "link")
	storyPublished  = kind("practice.story_published", "link")
	storyTurn       = kind("practice.story_turn", "outcome", "link")
)

// aboutPractices are the letters about practices and stories.
func (l *Letters) aboutPractices() map[string]func(context.Context, outbox.Entry) error {
	return map[string]func(context.Context, outbox.Entry) error{
		practice.Due{}.Kind():             l.practiceDue,
		practice.AdoptionClaimed{}.Kind(): l.adoptionClaimed,
		practice.AdoptionSettled{}.Kind(): l.adoptionSettled,
		practice.StoryMoved{}.Kind():      l.storyMoved,
	}
}

// practiceDue asks the editors to look whether a practice still is as published.
func (l *Letters) practiceDue(ctx context.Context, e outbox.Entry) error {
	var event practice.Due
	if err := e.Into(&event); err != nil {
		return err
	}
	p, err := practice.FindPractice(ctx, l.DB, event.Practice)
	if err != nil {
		return goneOf(err, practice.ErrNone)
	}
	in, err := edition.ByID(ctx, l.DB, p.Edition)
	if err != nil {
		return err
	}
	hosts, err := l.hosts(ctx, p.Edition)
	if err != nil {
		return err
	}
	return l.tellAll(ctx, hosts, news{
		kind: practiceDue, edition: p.Edition, route: "desk.practice.review", args: []any{in.Slug, p.ID}, dedupe: e.Kind + ":" + e.ID,
		words: func(lang i18n.Printer) map[string]string {
			return map[string]string{"practice": p.Title.In(lang.Lang).Text}
		},
	})
}

// adoption finds what a letter tells of an adoption, and in which edition it is.
func (l *Letters) adoption(ctx context.Context, id practice.AdoptionID) (a practice.Adoption, in edition.Edition, err error) {
	if a, err = practice.FindAdoption(ctx, l.DB, id); err != nil {
		return a, in, err
	}
	in, err = edition.ByID(ctx, l.DB, a.Edition)
	return a, in, err
}

// adoptionClaimed asks the side that has not said so yet whether a practice was taken over: the adopting city, or the
// contact of the practice; the editors where it has none.
func (l *Letters) adoptionClaimed(ctx context.Context, e outbox.Entry) error {
	var event practice.AdoptionClaimed
	if err := e.Into(&event); err != nil {
		return err
	}
	a, in, err := l.adoption(ctx, event.Adoption)
	if err != nil {
		return goneOf(err, practice.ErrNoAdoption)
	}
	n := news{
		kind: adoptionClaimed, edition: a.Edition, route: "adoptions.mine", args: []any{in.Slug}, dedupe: e.Kind + ":" + e.ID,
		words: func(p i18n.Printer) map[string]string {
			return map[string]string{"practice": a.Title.In(p.Lang).Text, "city": a.City}
		},
	}
	if event.Side == practice.AdopterSide {
		return l.tellOne(ctx, a.Adopter, n)
	}
	of, err := practice.FindPractice(ctx, l.DB, a.Practice)
	if err != nil {
		return err
	}
	if of.Contact.Account != "" {
		return l.tellOne(ctx, of.Contact.Account, n)
	}
	hosts, err := l.hosts(ctx, a.Edition)
	if err != nil {
		return err
	}
	n.route, n.args = "desk.practice.review", []any{in.Slug, a.Practice}
	return l.tellAll(ctx, hosts, n)
}

// adoptionSettled tells whoever claimed an adoption what the other side says.
func (l *Letters) adoptionSettled(ctx context.Context, e outbox.Entry) error {
	var event practice.AdoptionSettled
	if err := e.Into(&event); err != nil {
		return err
	}
	a, in, err := l.adoption(ctx, event.Adoption)
	if err != nil {
		return goneOf(err, practice.ErrNoAdoption)
	}
	return l.tellOne(ctx, a.ClaimedBy, news{
		kind: adoptionSettled, edition: a.Edition, route: "adoptions.mine", args: []any{in.Slug}, dedupe: e.Kind + ":" + e.ID,
		words: func(p i18n.Printer) map[string]string {
			return map[string]string{"practice": a.Title.In(p.Lang).Text, "city": a.City, "outcome": p.T(a.State.Key())}
		},
	})
}

// tellersTurn is after which steps the teller hears of their story; of all others the editors do.
var tellersTurn = map[practice.Action]Kind{practice.StoryChecked: storyReady, practice.StoryPublished: storyPublished}

// storyMoved tells whose turn it is with a story.
func (l *Letters) storyMoved(ctx context.Context, e outbox.Entry) error {
	var event practice.StoryMoved
	if err := e.Into(&event); err != nil {
		return err
	}
	s, err := practice.FindStory(ctx, l.DB, event.Story)
	if err != nil {
		return goneOf(err, practice.ErrNoStory)
	}
	in, err := edition.ByID(ctx, l.DB, s.Edition)
	if err != nil {
		return err
	}
	own := news{edition: s.Edition, route: "story.mine", args: []any{in.Slug, s.ID}, dedupe: e.Kind + ":" + e.ID}
	if toTeller, theirs := tellersTurn[event.What]; theirs {
		own.kind = toTeller
		return l.tellOne(ctx, s.Teller.Account, own)
	}
	editors, err := l.editors(ctx, s)
	if err != nil {
		return err
	}
	own.kind, own.route, own.args = storyTurn, "desk.stories", []any{in.Slug}
	own.words = func(p i18n.Printer) map[string]string { return map[string]string{"outcome": p.T(event.What.Key())} }
	return l.tellAll(ctx, editors, own)
}

// editors are who wrote a story down last; the organisers where that is nobody.
func (l *Letters) editors(ctx context.Context, s practice.Story) ([]people.Account, error) {
	who, err := people.FindAccount(ctx, l.DB, s.EditedBy)
	if err == nil && !who.Erased() {
		return []people.Account{who}, nil
	}
	if err != nil && !errors.Is(err, people.ErrNoAccount) {
		return nil, err
	}
	return l.hosts(ctx, s.Edition)
}
