// Package mailroom is where the staff of a congress write to its people: letters to groups, seen before they leave; the
// words of the letters that the house sends by itself; what became of each; and, in a demonstration, the mailbox in
// which everything arrives.
package mailroom

import (
	"context"
	"embed"
	"net/http"

	"obrady/internal/campaign"
	"obrady/internal/edition"
	"obrady/internal/i18n"
	"obrady/internal/mail"
	"obrady/internal/notify"
	"obrady/internal/people"
	"obrady/internal/programme"
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

// Campaigns is what these pages ask of package campaign.
type Campaigns interface {
	Campaigns(ctx context.Context, by rights.Standing, of edition.ID) ([]campaign.Campaign, error)
	Openings(ctx context.Context, of edition.ID) ([]campaign.Opening, error)
	Find(ctx context.Context, by rights.Standing, of edition.ID, c campaign.ID) (campaign.Campaign, error)
	Save(ctx context.Context, by rights.Standing, c campaign.Campaign) (campaign.Campaign, error)
	Preview(ctx context.Context, by rights.Standing, c campaign.Campaign) (campaign.Preview, error)
	Prepare(ctx context.Context, by rights.Standing, c campaign.ID) (campaign.Campaign, error)
	Reopen(ctx context.Context, by rights.Standing, c campaign.ID) error
	Send(ctx context.Context, c campaign.ID, o campaign.Order) error
	Stop(ctx context.Context, by rights.Standing, c campaign.ID) error
	Progress(ctx context.Context, c campaign.Campaign) (campaign.Progress, error)
	Stoppable(ctx context.Context, token string) error
	StopNews(ctx context.Context, token string) error
}

// Templates is what these pages ask of package notify.
type Templates interface {
	House(k notify.Kind) campaign.Written
	Current(ctx context.Context, of edition.ID) ([]notify.Template, error)
	Template(ctx context.Context, of edition.ID, kind string) (notify.Template, error)
	Versions(ctx context.Context, of edition.ID, kind string) ([]notify.Template, error)
	Save(ctx context.Context, by people.AccountID, t notify.Template) (notify.Template, error)
	Reset(ctx context.Context, by people.AccountID, t notify.Template) error
	Try(t notify.Template, to notify.Sample) (mail.Letter, error)
}

// Letters is what these pages ask of package mail.
type Letters interface {
	Letters(ctx context.Context, f mail.Filter) ([]mail.Kept, error)
	Letter(ctx context.Context, letter mail.LetterID) (mail.Kept, error)
}

// Programme is what these pages ask of package programme.
type Programme interface {
	Content(ctx context.Context, of edition.ID) (programme.Content, error)
}

// Pages are the pages about letters. All fields but Mailbox are needed.
type Pages struct {
	*desk.Kit
	Campaigns Campaigns
	Templates Templates
	Letters   Letters
	Programme Programme
	Words     *i18n.Catalogue
	Composer  mail.Settings // writes the plain part of a letter
	Mailbox   bool          // everybody may read all letters: for demonstrations alone
}

// row is a route of this package.
type row struct {
	name, method, pl, en string
	handle               web.Handler
	may                  rights.Action
	object               rights.Object
}

// Routes are the addresses of these pages.
func (p *Pages) Routes() (all []web.Route) {
	const get, post = http.MethodGet, http.MethodPost
	const pl, en = "/listy/{campaign}", "/letters/{campaign}"
	for _, r := range []row{
		{"desk.campaigns", get, "/listy", "/letters", p.list, rights.SendMail, rights.WithinEdition},
		{"desk.campaign.new", get, "/nowy-list", "/new-letter", p.showNew, rights.SendMail, rights.WithinEdition},
		{"desk.campaign.add", post, "/nowy-list", "/new-letter", p.take, rights.SendMail, rights.WithinEdition},
		{"desk.campaign", get, pl, en, p.show, rights.SendMail, rights.WithinEdition},
		{"desk.campaign.save", post, pl, en, p.take, rights.SendMail, rights.WithinEdition},
		{"desk.campaign.preview", get, pl + "/podglad", en + "/preview", p.preview, rights.SendMail, rights.WithinEdition},
		{"desk.campaign.prepare", post, pl + "/podglad", en + "/preview", p.prepare, rights.SendMail, rights.WithinEdition},
		{"desk.campaign.reopen", post, pl + "/szkic", en + "/draft", p.reopen, rights.SendMail, rights.WithinEdition},
		{"desk.campaign.send", post, pl + "/wyslanie", en + "/sending", p.send, rights.SendMail, rights.WithinEdition},
		{"desk.campaign.stop", post, pl + "/zatrzymanie", en + "/stop", p.stop, rights.SendMail, rights.WithinEdition},
		{"desk.templates", get, "/wzory-listow", "/letter-templates", p.listTemplates, rights.EditTemplates, rights.WholeEdition},
		{"desk.template", get, "/wzory-listow/{kind}", "/letter-templates/{kind}", p.showTemplate, rights.EditTemplates, rights.WholeEdition},
		{"desk.template.save", post, "/wzory-listow/{kind}", "/letter-templates/{kind}", p.takeTemplate, rights.EditTemplates, rights.WholeEdition},
		{"desk.template.reset", post, "/wzory-listow/{kind}/powrot", "/letter-templates/{kind}/reset", p.resetTemplate, rights.EditTemplates, rights.WholeEdition},
		{"desk.letters", get, "/wyslane-listy", "/sent-letters", p.listLetters, rights.ReadMail, rights.WithinEdition},
	} {
		all = append(all, web.Route{
			Name: r.name, Method: r.method, PL: "/{edition}/biurko" + r.pl, EN: "/{edition}/desk" + r.en, Action: string(r.may),
			Object: string(r.object), Who: web.SignedIn, Query: []string{"draft", "state", "before"}, Handle: r.handle,
		})
	}
	all = p.Offer(all...)
	public := func(name, method, pl, en string, may rights.Action, handle web.Handler) {
		all = append(all, web.Route{Name: name, Method: method, PL: pl, EN: en, Action: string(may), Handle: handle})
	}
	public("news.stop", get, "/listy/koniec/{token}", "/letters/stop/{token}", rights.Enter, p.askStop)
	public("news.stopped", post, "/listy/koniec/{token}", "/letters/stop/{token}", rights.Enter, p.stopNews)
	if p.Mailbox {
		public("mailbox", get, "/skrzynka", "/mailbox", rights.ReadMailbox, p.showMailbox)
		public("mailbox.letter", get, "/skrzynka/{letter}", "/mailbox/{letter}", rights.ReadMailbox, p.showMail)
	}
	return all
}

// parse parses a page with the fragments that all pages of the desk use, and with a letter as its reader sees it.
func parse[Data any](name string) web.Template[Data] {
	return desk.Parse[Data](templates, name, "letter.html")
}

// stopData is the page that ends news without signing in.
type stopData struct{ Done bool }

var stopPage = web.Parse[stopData](templates, "templates/stop.html")

func (p *Pages) askStop(w http.ResponseWriter, r *http.Request) error {
	if err := p.Campaigns.Stoppable(r.Context(), r.PathValue("token")); err != nil {
		return err
	}
	return stopPage.Show(w, r, stopData{})
}

// stopNews takes any form, because mail programs send one of their own (RFC 8058).
func (p *Pages) stopNews(w http.ResponseWriter, r *http.Request) error {
	if err := p.Campaigns.StopNews(r.Context(), r.PathValue("token")); err != nil {
		return err
	}
	return stopPage.Show(w, r, stopData{Done: true})
}
