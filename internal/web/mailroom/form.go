package mailroom

import (
	"net/http"
	"slices"
	"strings"

	"obrady/internal/admission"
	"obrady/internal/campaign"
	"obrady/internal/edition"
	"obrady/internal/errs"
	"obrady/internal/i18n"
	"obrady/internal/people"
	"obrady/internal/programme"
	"obrady/internal/rights"
	"obrady/internal/web"
	"obrady/internal/web/desk"
)

// key: mailroom.form.*
var formControls = []desk.Control{
	{Name: "node", As: desk.AsSelect, Key: "mailroom.form.node", Help: "mailroom.form.node_help"},
	{Name: "kind", As: desk.AsSelect, Key: "mailroom.form.kind"},
	{Name: "reason", As: desk.AsLine, Key: "mailroom.form.reason", Help: "mailroom.form.reason_help", Most: 500},
	{Name: "subject", As: desk.AsPair, Key: "mailroom.form.subject", Most: campaign.MostOfSubject, Must: true},
	{Name: "words", As: desk.AsProse, Key: "mailroom.form.words", Help: "mailroom.form.words_help", Most: campaign.MostOfWords, Must: true},
	{Name: "label", As: desk.AsPair, Key: "mailroom.form.label", Most: 80},
	{Name: "link_pl", As: desk.AsLine, Key: "mailroom.form.link_pl", Help: "mailroom.form.link_help"},
	{Name: "link_en", As: desk.AsLine, Key: "mailroom.form.link_en"},
}

// boxes are the questions about the audience, each with several answers.
// key: mailroom.form.*
var boxes = []desk.Control{
	{Name: "appearing", Key: "mailroom.form.appearing"},
	{Name: "session", As: desk.AsRows, Key: "mailroom.form.sessions", Help: "mailroom.form.sessions_help", Rows: []desk.Control{{Name: "session_id", Key: "mailroom.form.session"}}},
	{Name: "parts", Key: "mailroom.form.parts"},
	{Name: "roles", Key: "mailroom.form.roles"},
	{Name: "teams", Key: "mailroom.form.teams"},
	{Name: "taking", Key: "mailroom.form.taking"},
	{Name: "sectors", Key: "mailroom.form.sectors"},
	{Name: "seated", Key: "mailroom.form.seated"},
	{Name: "windows", Key: "mailroom.form.windows"},
	{Name: "places", Key: "mailroom.form.places"},
}

var formFields = desk.FieldsOf("campaign", slices.Concat(formControls, boxes))

// formData is the form of a draft.
type formData struct {
	desk.Desk
	Sheet    desk.Sheet
	Controls []desk.Control
	Campaign campaign.Campaign
	Slots    campaign.Vocabulary
	Sessions desk.Control
	offered  map[string][]desk.Choice
}

// Boxes are the questions about the audience that have answers to offer.
func (d formData) Boxes(v web.View) (all []web.Input) {
	for _, c := range boxes {
		choices := d.offered[c.Name]
		if c.As == desk.AsRows || len(choices) == 0 {
			continue
		}
		sheet := d.Sheet
		sheet.Choices = d.offered
		all = append(all, v.Input(d.Sheet.Form, c.Name).Optional().Choices(sheet.Options(v, c.Name)))
	}
	return all
}

var formPage = parse[formData]("campaign.html")

// offer lists what whoever writes may choose: parts of the congress in which they may write, and what is in them.
func (p *Pages) offer(r *http.Request, d desk.Desk) (map[string][]desk.Choice, error) {
	content, err := p.Programme.Content(r.Context(), d.Edition.ID)
	if err != nil {
		return nil, err
	}
	scope := d.Scope(rights.SendMail)
	var nodes []desk.Choice
	said := p.Words.In(web.Lang(r))
	add := func(n rights.Node, name i18n.Text) {
		nodes = append(nodes, desk.Choice{Value: value(n), Plain: name.In(said.Lang).Text + " (" + said.T(n.Kind.Key()) + ")"})
	}
	if scope.All() {
		add(rights.OfCongress(d.Edition.ID), d.Edition.Name)
	}
	for _, b := range content.Blocks {
		if scope.Block(b.ID) {
			add(rights.OfBlock(b.ID), b.Name)
		}
	}
	for _, s := range content.Stages {
		if scope.Stage(s.ID) {
			add(rights.OfStage(s.ID), s.Name)
		}
	}
	var teams, sessions []desk.Choice
	for _, s := range d.Tree.Spaces {
		if scope.Workspace(s.ID) {
			add(rights.OfWorkspace(s.ID), s.Name)
			teams = append(teams, desk.Choice{Value: string(s.ID), Words: s.Name})
		}
	}
	for _, s := range content.Sessions {
		if scope.Session(s) {
			sessions = append(sessions, desk.Choice{Value: string(s.ID), Words: s.Title})
		}
	}
	openings, err := p.Campaigns.Openings(r.Context(), d.Edition.ID)
	if err != nil {
		return nil, err
	}
	given := slices.DeleteFunc(slices.Clone(rights.Roles), rights.Role.Follows)
	all := map[string][]desk.Choice{
		"node": nodes, "kind": desk.Choices(campaign.Kinds), "appearing": nodes,
		"session_id": desk.OrNone("mailroom.form.no_session", sessions), "parts": desk.Choices(programme.Roles),
		"roles": desk.Choices(given), "teams": teams,
	}
	offerSeats(all, openings, func(o campaign.Opening) bool {
		return scope.All() || o.Workspace != "" && scope.Workspace(o.Workspace)
	})
	if scope.All() {
		if len(all["seated"]) > 0 {
			all["seated"] = desk.Choices(campaign.Seatings)
		}
		all["taking"] = desk.Choices([]edition.Form{edition.OnSite, edition.Online})
		all["sectors"] = desk.Choices(people.Sectors)
	}
	return all, nil
}

// offerSeats lists states of sign-ups, windows of whoever writes, and the sessions that they may write to anyhow.
func offerSeats(all map[string][]desk.Choice, openings []campaign.Opening, own func(campaign.Opening) bool) {
	for _, o := range openings {
		if own(o) {
			all["windows"] = append(all["windows"], desk.Choice{Value: string(o.Window), Words: o.Name})
		}
		for _, c := range all["session_id"] {
			if slices.Contains(o.Sessions, programme.SessionID(c.Value)) {
				all["places"] = append(all["places"], c)
			}
		}
	}
	if len(all["places"]) > 0 {
		all["seated"] = desk.Choices([]campaign.Seating{campaign.WithSeat, campaign.InLine})
	}
}

// value is how a form names a node.
func value(n rights.Node) string { return string(n.Kind) + ":" + n.ID }

// nodeOf reads what value has written.
func nodeOf(written string) rights.Node {
	kind, id, _ := strings.Cut(written, ":")
	return rights.Node{Kind: rights.NodeKind(kind), ID: id}
}

func fill(f *web.Form, c campaign.Campaign) {
	f.Revision = c.Revision
	f.Set("node", value(c.Node))
	f.Set("kind", string(c.Kind))
	f.Set("reason", c.Reason)
	desk.SetText(f, "subject", c.Subject)
	desk.SetText(f, "words", c.Words)
	desk.SetText(f, "label", c.Label)
	f.Set("link_pl", c.Link.PL)
	f.Set("link_en", c.Link.EN)
	for _, n := range c.Audience.Appearing {
		if n.Kind == rights.Session {
			f.Typed.Add("session_id", n.ID)
		} else {
			f.Typed.Add("appearing", value(n))
		}
	}
	add(f, "parts", c.Audience.Parts)
	add(f, "roles", c.Audience.Roles)
	add(f, "teams", c.Audience.Teams)
	add(f, "taking", c.Audience.Taking)
	add(f, "sectors", c.Audience.Sectors)
	add(f, "seated", c.Audience.Seated)
	add(f, "windows", c.Audience.Windows)
	add(f, "places", c.Audience.Places)
}

func add[T ~string](f *web.Form, name string, all []T) {
	for _, one := range all {
		f.Typed.Add(name, string(one))
	}
}

// chosen reads boxes. What is not offered cannot be chosen.
func chosen[T ~string](f *web.Form, name string, offered []desk.Choice) (all []T) {
	for _, one := range f.All(name) {
		switch {
		case one == "":
		case !desk.Taken(offered, func(c desk.Choice) bool { return c.Value == one }):
			f.Problems.Add(name, "programme.choose")
		default:
			all = append(all, T(one))
		}
	}
	return all
}

func read(f *web.Form, c campaign.Campaign, offered map[string][]desk.Choice) campaign.Campaign {
	desk.TooLong(f, formControls)
	c.Revision = f.Revision
	for _, one := range chosen[string](f, "node", offered["node"]) {
		c.Node = nodeOf(one)
	}
	c.Kind, c.Reason = campaign.Kind(f.Value("kind")), f.Value("reason")
	c.Subject, c.Words, c.Label = desk.ReadText(f, "subject", c.Subject), desk.ReadText(f, "words", c.Words), desk.ReadText(f, "label", c.Label)
	c.Link = i18n.Text{PL: f.Value("link_pl"), EN: f.Value("link_en")}
	c.Audience = campaign.Audience{
		Parts: chosen[programme.Role](f, "parts", offered["parts"]), Roles: chosen[rights.Role](f, "roles", offered["roles"]),
		Teams: chosen[rights.WorkspaceID](f, "teams", offered["teams"]), Taking: chosen[edition.Form](f, "taking", offered["taking"]),
		Sectors: chosen[people.Sector](f, "sectors", offered["sectors"]), Seated: chosen[campaign.Seating](f, "seated", offered["seated"]),
		Windows: chosen[admission.WindowID](f, "windows", offered["windows"]), Places: chosen[programme.SessionID](f, "places", offered["places"]),
	}
	for _, one := range chosen[string](f, "appearing", offered["appearing"]) {
		c.Audience.Appearing = append(c.Audience.Appearing, nodeOf(one))
	}
	for _, one := range chosen[programme.SessionID](f, "session_id", offered["session_id"]) {
		c.Audience.Appearing = append(c.Audience.Appearing, rights.OfSession(one))
	}
	return c
}

// draftOf finds the campaign that the path names, or a new one.
func (p *Pages) draftOf(r *http.Request) (d formData, err error) {
	if d.Desk, err = p.Desk(r, "desk.campaigns"); err != nil {
		return d, err
	}
	if d.offered, err = p.offer(r, d.Desk); err != nil {
		return d, err
	}
	d.Controls, d.Slots, d.Sessions = formControls, campaign.Words, boxes[1]
	if r.PathValue("campaign") != "" {
		d.Campaign, err = p.Campaigns.Find(r.Context(), d.Who, d.Edition.ID, campaign.ID(r.PathValue("campaign")))
		return d, err
	}
	d.Campaign = campaign.Campaign{Edition: d.Edition.ID, Kind: campaign.Organisational, State: campaign.Draft}
	if nodes := d.offered["node"]; len(nodes) > 0 {
		d.Campaign.Node = nodeOf(nodes[0].Value)
	}
	return d, nil
}

func draftKey(c campaign.Campaign) string {
	if c.ID == "" {
		return "campaign.new"
	}
	return "campaign." + string(c.ID)
}

func (p *Pages) showNew(w http.ResponseWriter, r *http.Request) error {
	d, err := p.draftOf(r)
	if err != nil {
		return err
	}
	return p.drawForm(w, r, d)
}

func (p *Pages) drawForm(w http.ResponseWriter, r *http.Request, d formData) (err error) {
	form := web.NewForm(formFields)
	fill(&form, d.Campaign)
	if d.Sheet, err = p.Sheet(r, draftKey(d.Campaign), form); err != nil {
		return err
	}
	d.Sheet.Choices = d.offered
	return formPage.Show(w, r, d)
}

// take saves a draft and shows what it would do.
func (p *Pages) take(w http.ResponseWriter, r *http.Request) error {
	d, err := p.draftOf(r)
	if err != nil {
		return err
	}
	form, err := web.ReadForm(r, formFields)
	if err != nil {
		return err
	}
	wanted := read(&form, d.Campaign, d.offered)
	var saved campaign.Campaign
	if form.Good() {
		saved, err = p.Campaigns.Save(r.Context(), d.Who, wanted)
	}
	conflict := errs.KindOf(err) == errs.Conflict
	if err := desk.Blame(&form, err); err != nil {
		return err
	}
	if !form.Good() {
		if err := p.Keep(r, draftKey(d.Campaign), form); err != nil {
			return err
		}
		d.Sheet = desk.Sheet{Form: form, Key: draftKey(d.Campaign), Choices: d.offered}
		if conflict {
			return formPage.ShowStatus(w, r, http.StatusConflict, d)
		}
		return formPage.ShowForm(w, r, form, d)
	}
	if err := p.Drop(r, draftKey(d.Campaign)); err != nil {
		return err
	}
	return web.Redirect(w, r, "desk.campaign.preview", d.Edition.Slug, saved.ID)
}
