package notify

import (
	"context"

	"obrady/internal/i18n"
	"obrady/internal/outbox"
	"obrady/internal/partner"
	"obrady/internal/people"
	"obrady/internal/rights"
)

// aboutPartners are the letters between a partner and the host.
func (l *Letters) aboutPartners() map[string]func(context.Context, outbox.Entry) error {
	return map[string]func(context.Context, outbox.Entry) error{
		partner.Requested{}.Kind():      l.requested,
		partner.Decided{}.Kind():        l.decided,
		partner.PlacementAsked{}.Kind(): l.placementAsked,
		partner.Placed{}.Kind():         l.placed,
		partner.Published{}.Kind():      l.published,
	}
}

// requested tells the host what a partner asks for.
func (l *Letters) requested(ctx context.Context, e outbox.Entry) error {
	var event partner.Requested
	if err := e.Into(&event); err != nil {
		return err
	}
	r, err := findRequest(ctx, l.DB, event.Request)
	if err != nil || r.State != partner.Waiting {
		return gone(err, partner.ErrNoRequest)
	}
	s, err := findSpace(ctx, l.DB, event.Workspace)
	if err != nil {
		return err
	}
	hosts, err := l.hosts(ctx, event.Edition)
	if err != nil {
		return err
	}
	return l.tellAll(ctx, hosts, news{
		kind: requested, edition: event.Edition, route: "desk.request", args: []any{s.Edition, s.Slug, r.ID}, dedupe: e.Kind + ":" + e.ID,
		words: s.words(func(p i18n.Printer) map[string]string {
			return map[string]string{"kind": p.T(r.Kind.Key()), "words": r.Words}
		}),
	})
}

// words adds the name of the workspace to more words.
func (s space) words(more func(p i18n.Printer) map[string]string) func(p i18n.Printer) map[string]string {
	return func(p i18n.Printer) map[string]string {
		words := map[string]string{}
		if more != nil {
			words = more(p)
		}
		words["workspace"] = s.Name.In(p.Lang).Text
		return words
	}
}

// gone turns the error of a thing that is no more into nothing: there is no letter to write.
func gone(err, why error) error {
	if err == why { //nolint:errorlint // the stores of this package return it as it is
		return nil
	}
	return err
}

// decided tells the partner what the host has answered.
func (l *Letters) decided(ctx context.Context, e outbox.Entry) error {
	var event partner.Decided
	if err := e.Into(&event); err != nil {
		return err
	}
	r, err := findRequest(ctx, l.DB, event.Request)
	if err != nil {
		return gone(err, partner.ErrNoRequest)
	}
	s, err := findSpace(ctx, l.DB, event.Workspace)
	if err != nil {
		return err
	}
	return l.tellOne(ctx, r.FiledBy, news{
		kind: decided, edition: event.Edition, route: "desk.workspace", args: []any{s.Edition, s.Slug}, dedupe: e.Kind + ":" + e.ID,
		words: s.words(func(p i18n.Printer) map[string]string {
			return map[string]string{"kind": p.T(r.Kind.Key()), "verdict": p.T(r.State.Key()), "words": r.Reason}
		}),
	})
}

func (l *Letters) tellOne(ctx context.Context, to people.AccountID, n news) error {
	who, ok, err := l.account(ctx, to)
	if err != nil || !ok {
		return err
	}
	n.to = who
	return l.tell(ctx, n)
}

// placementAsked tells the host that a partner wants to stand in the main programme.
func (l *Letters) placementAsked(ctx context.Context, e outbox.Entry) error {
	var event partner.PlacementAsked
	if err := e.Into(&event); err != nil {
		return err
	}
	return l.tellHosts(ctx, e, ofSpace{event.Workspace, news{kind: placementAsked, edition: event.Edition, route: "desk.placement"}})
}

// published tells the host that a partner has published its part.
func (l *Letters) published(ctx context.Context, e outbox.Entry) error {
	var event partner.Published
	if err := e.Into(&event); err != nil {
		return err
	}
	return l.tellHosts(ctx, e, ofSpace{event.Workspace, news{kind: published, edition: event.Edition, route: "desk.workspace"}})
}

// ofSpace is news of a workspace.
type ofSpace struct {
	space rights.WorkspaceID
	news  news
}

func (l *Letters) tellHosts(ctx context.Context, e outbox.Entry, o ofSpace) error {
	s, err := findSpace(ctx, l.DB, o.space)
	if err != nil {
		return err
	}
	hosts, err := l.hosts(ctx, o.news.edition)
	if err != nil {
		return err
	}
	o.news.args, o.news.words, o.news.dedupe = []any{s.Edition, s.Slug}, s.words(nil), e.Kind+":"+e.ID
	return l.tellAll(ctx, hosts, o.news)
}

// placed tells the partner whether it stands in the main programme.
func (l *Letters) placed(ctx context.Context, e outbox.Entry) error {
	var event partner.Placed
	if err := e.Into(&event); err != nil {
		return err
	}
	p, err := partner.FindPlacement(ctx, l.DB, event.Workspace)
	if err != nil {
		return err
	}
	s, err := findSpace(ctx, l.DB, event.Workspace)
	if err != nil {
		return err
	}
	state := partner.Declined
	if event.Accepted {
		state = partner.Accepted
	}
	return l.tellOne(ctx, p.AskedBy, news{
		kind: placed, edition: event.Edition, route: "desk.workspace", args: []any{s.Edition, s.Slug}, dedupe: e.Kind + ":" + e.ID,
		words: s.words(func(w i18n.Printer) map[string]string {
			return map[string]string{"verdict": w.T(state.Key()), "words": p.Reason}
		}),
	})
}
