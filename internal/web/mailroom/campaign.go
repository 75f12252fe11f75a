package mailroom

import (
	"errors"
	"net/http"
	"strconv"

	"obrady/internal/campaign"
	"obrady/internal/errs"
	"obrady/internal/i18n"
	"obrady/internal/mail"
	"obrady/internal/rights"
	"obrady/internal/web"
	"obrady/internal/web/desk"
)

// listData is the list of letters to many.
type listData struct {
	desk.Desk
	Rows []campaignRow
}

// campaignRow is one of them, with the part of the congress that writes.
type campaignRow struct {
	campaign.Campaign
	From i18n.Text
}

var listPage = parse[listData]("campaigns.html")

func (p *Pages) list(w http.ResponseWriter, r *http.Request) error {
	d, err := p.Desk(r, "desk.campaigns")
	if err != nil {
		return err
	}
	all, err := p.Campaigns.Campaigns(r.Context(), d.Who, d.Edition.ID)
	if err != nil {
		return err
	}
	page := listData{Desk: d}
	for _, c := range all {
		from, err := p.nameOf(r, d, c.Node)
		if err != nil {
			return err
		}
		page.Rows = append(page.Rows, campaignRow{c, from})
	}
	return listPage.Show(w, r, page)
}

// nameOf is the name of the part of the congress that writes.
func (p *Pages) nameOf(r *http.Request, d desk.Desk, n rights.Node) (i18n.Text, error) {
	if n.Kind == rights.Congress {
		return d.Edition.Name, nil
	}
	if s, found := d.Tree.Space(rights.WorkspaceID(n.ID)); found && n.Kind == rights.Workspace {
		return s.Name, nil
	}
	content, err := p.Programme.Content(r.Context(), d.Edition.ID)
	for _, b := range content.Blocks {
		if n == rights.OfBlock(b.ID) {
			return b.Name, nil
		}
	}
	for _, s := range content.Stages {
		if n == rights.OfStage(s.ID) {
			return s.Name, nil
		}
	}
	return i18n.Text{}, err
}

// oneData is a letter to many that is no draft any more, or what a draft would do.
type oneData struct {
	desk.Desk
	Campaign campaign.Campaign
	From     i18n.Text
	Preview  campaign.Preview
	Progress campaign.Progress
	Form     web.Form
	Full     bool // addresses of recipients may be seen
}

// Many says that sending asks for more care.
func (d oneData) Many() bool { return d.Campaign.Recipients > campaign.Many }

// Mine says that whoever looks has prepared it.
func (d oneData) Mine() bool { return d.Campaign.PreparedBy == d.Who.Account }

// States lists the states in which letters are, in order.
func (d oneData) States() (all []mail.State) {
	for _, s := range mail.States {
		if d.Progress.Letters[s] > 0 {
			all = append(all, s)
		}
	}
	return all
}

// Said is how many letters are in a state.
func (d oneData) Said(s mail.State) int { return d.Progress.Letters[s] }

var (
	previewPage  = parse[oneData]("preview.html")
	progressPage = parse[oneData]("progress.html")
	sendFields   = web.Fields{"number": "mailroom.send.number", "reread": "mailroom.send.reread"}
)

func (p *Pages) one(r *http.Request) (d oneData, err error) {
	if d.Desk, err = p.Desk(r, "desk.campaigns"); err != nil {
		return d, err
	}
	if d.Campaign, err = p.Campaigns.Find(r.Context(), d.Who, d.Edition.ID, campaign.ID(r.PathValue("campaign"))); err != nil {
		return d, err
	}
	d.Full = d.Scope(rights.SendMail).All()
	d.Form = web.NewForm(sendFields)
	d.From, err = p.nameOf(r, d.Desk, d.Campaign.Node)
	return d, err
}

// show is the form of a draft, and of everything else how far it has come.
func (p *Pages) show(w http.ResponseWriter, r *http.Request) error {
	d, err := p.one(r)
	if err != nil {
		return err
	}
	if d.Campaign.State == campaign.Draft {
		form, err := p.draftOf(r)
		if err != nil {
			return err
		}
		return p.drawForm(w, r, form)
	}
	return p.drawProgress(w, r, d, http.StatusOK)
}

func (p *Pages) drawProgress(w http.ResponseWriter, r *http.Request, d oneData, status int) (err error) {
	if d.Progress, err = p.Campaigns.Progress(r.Context(), d.Campaign); err != nil {
		return err
	}
	if d.Preview, err = p.Campaigns.Preview(r.Context(), d.Who, d.Campaign); err != nil {
		return err
	}
	return progressPage.ShowStatus(w, r, status, d)
}

func (p *Pages) preview(w http.ResponseWriter, r *http.Request) error {
	d, err := p.one(r)
	if err != nil {
		return err
	}
	if d.Campaign.State != campaign.Draft {
		return web.Redirect(w, r, "desk.campaign", d.Edition.Slug, d.Campaign.ID)
	}
	if d.Preview, err = p.Campaigns.Preview(r.Context(), d.Who, d.Campaign); err != nil {
		return err
	}
	return previewPage.Show(w, r, d)
}

func (p *Pages) prepare(w http.ResponseWriter, r *http.Request) error {
	return p.turn(w, r, "mailroom.prepared", func(d oneData) error {
		_, err := p.Campaigns.Prepare(r.Context(), d.Who, d.Campaign.ID)
		return err
	})
}

func (p *Pages) reopen(w http.ResponseWriter, r *http.Request) error {
	return p.turn(w, r, "mailroom.reopened", func(d oneData) error { return p.Campaigns.Reopen(r.Context(), d.Who, d.Campaign.ID) })
}

func (p *Pages) stop(w http.ResponseWriter, r *http.Request) error {
	return p.turn(w, r, "mailroom.stopped", func(d oneData) error { return p.Campaigns.Stop(r.Context(), d.Who, d.Campaign.ID) })
}

// turn changes the state of a campaign and shows it.
func (p *Pages) turn(w http.ResponseWriter, r *http.Request, said string, change func(oneData) error) error {
	d, err := p.one(r)
	if err != nil {
		return err
	}
	if err := change(d); err != nil {
		return err
	}
	web.Flash(r, said)
	return web.Redirect(w, r, "desk.campaign", d.Edition.Slug, d.Campaign.ID)
}

// send begins to send, if the number of recipients was typed right.
func (p *Pages) send(w http.ResponseWriter, r *http.Request) error {
	d, err := p.one(r)
	if err != nil {
		return err
	}
	form, err := web.ReadForm(r, sendFields)
	if err != nil {
		return err
	}
	typed, err := strconv.Atoi(form.Value("number"))
	if err != nil {
		typed = -1
	}
	err = p.Campaigns.Send(r.Context(), d.Campaign.ID, campaign.Order{By: d.Who, Typed: typed, Reread: form.Value("reread") != ""})
	status := http.StatusUnprocessableEntity
	switch told := (*errs.Error)(nil); {
	case errors.Is(err, campaign.ErrNeedsHost) && errors.As(err, &told):
		form.Problems.Add("number", told.Key, told.Args...)
		status, err = http.StatusForbidden, nil
	case errs.KindOf(err) == errs.Conflict:
		status = http.StatusConflict
	}
	if err := desk.Blame(&form, err); err != nil {
		return err
	}
	if !form.Good() {
		d.Form = form
		return p.drawProgress(w, r, d, status)
	}
	web.Flash(r, "mailroom.sending")
	return web.Redirect(w, r, "desk.campaign", d.Edition.Slug, d.Campaign.ID)
}
