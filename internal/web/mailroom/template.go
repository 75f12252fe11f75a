package mailroom

import (
	"errors"
	"net/http"

	"obrady/internal/campaign"
	"obrady/internal/i18n"
	"obrady/internal/mail"
	"obrady/internal/notify"
	"obrady/internal/web"
	"obrady/internal/web/desk"
)

// templatesData lists the letters that the house writes by itself.
type templatesData struct {
	desk.Desk
	Rows []templateRow
}

type templateRow struct {
	notify.Template
	Named notify.Kind
}

var templatesPage = parse[templatesData]("templates.html")

func (p *Pages) listTemplates(w http.ResponseWriter, r *http.Request) error {
	d, err := p.Desk(r, "desk.templates")
	if err != nil {
		return err
	}
	all, err := p.Templates.Current(r.Context(), d.Edition.ID)
	if err != nil {
		return err
	}
	page := templatesData{Desk: d}
	for i, t := range all {
		page.Rows = append(page.Rows, templateRow{t, notify.Kinds[i]})
	}
	return templatesPage.Show(w, r, page)
}

// key: mailroom.form.*
var templateControls = []desk.Control{
	{Name: "subject", As: desk.AsPair, Key: "mailroom.form.subject", Most: campaign.MostOfSubject, Must: true},
	{Name: "words", As: desk.AsProse, Key: "mailroom.form.words", Help: "mailroom.form.words_help", Most: campaign.MostOfWords, Must: true},
}

var templateFields = desk.FieldsOf("letter-template", templateControls)

// templateData is the form of one kind of letter, with how it comes to two people.
type templateData struct {
	desk.Desk
	Sheet    desk.Sheet
	Controls []desk.Control
	Kind     notify.Kind
	Template notify.Template
	Samples  []mail.Letter
	Hostile  mail.Letter
	Versions []notify.Template
}

// Slots are the words in braces that the letter knows.
func (d templateData) Slots() campaign.Vocabulary { return d.Kind.Slots }

var templatePage = parse[templateData]("template.html")

func (p *Pages) template(r *http.Request) (d templateData, err error) {
	if d.Desk, err = p.Desk(r, "desk.templates"); err != nil {
		return d, err
	}
	if d.Kind, err = notify.KindOf(r.PathValue("kind")); err != nil {
		return d, err
	}
	if d.Template, err = p.Templates.Template(r.Context(), d.Edition.ID, d.Kind.Name); err != nil {
		return d, err
	}
	d.Controls = templateControls
	d.Versions, err = p.Templates.Versions(r.Context(), d.Edition.ID, d.Kind.Name)
	return d, err
}

// try shows the letter to somebody in each language, and to somebody with a hostile name.
func (p *Pages) try(d templateData) (templateData, error) {
	for _, lang := range i18n.Langs {
		l, err := p.Templates.Try(d.Template, notify.Sample{Name: "Maria Przykładowa", Lang: lang})
		if err != nil {
			return d, err
		}
		d.Samples = append(d.Samples, l)
	}
	var err error
	d.Hostile, err = p.Templates.Try(d.Template, notify.Sample{Name: campaign.HostileName, Lang: i18n.Polish, Everywhere: campaign.HostileName})
	return d, err
}

func (p *Pages) templateKey(d templateData) string { return "letter-template." + d.Kind.Name }

func (p *Pages) showTemplate(w http.ResponseWriter, r *http.Request) error {
	d, err := p.template(r)
	if err != nil {
		return err
	}
	form := web.NewForm(templateFields)
	form.Revision = d.Template.Revision
	said := campaign.Written{Subject: d.Template.Subject, Words: d.Template.Words}
	if !d.Template.Own() {
		said = p.Templates.House(d.Kind)
	}
	desk.SetText(&form, "subject", said.Subject)
	desk.SetText(&form, "words", said.Words)
	if d.Sheet, err = p.Sheet(r, p.templateKey(d), form); err != nil {
		return err
	}
	if d, err = p.try(d); err != nil {
		return err
	}
	return templatePage.Show(w, r, d)
}

func (p *Pages) takeTemplate(w http.ResponseWriter, r *http.Request) error {
	d, err := p.template(r)
	if err != nil {
		return err
	}
	form, err := web.ReadForm(r, templateFields)
	if err != nil {
		return err
	}
	wanted := d.Template
	wanted.Revision = form.Revision
	wanted.Subject, wanted.Words = desk.ReadText(&form, "subject", wanted.Subject), desk.ReadText(&form, "words", wanted.Words)
	_, err = p.Templates.Save(r.Context(), desk.By(r), wanted)
	conflict := errors.Is(err, notify.ErrChanged)
	if err := desk.Blame(&form, err); err != nil {
		return err
	}
	if form.Good() {
		if err := p.Drop(r, p.templateKey(d)); err != nil {
			return err
		}
		web.Flash(r, "mailroom.template.saved")
		return web.Redirect(w, r, "desk.template", d.Edition.Slug, d.Kind.Name)
	}
	if err := p.Keep(r, p.templateKey(d), form); err != nil {
		return err
	}
	d.Sheet = desk.Sheet{Form: form, Key: p.templateKey(d)}
	if d, err = p.try(d); err != nil {
		return err
	}
	if conflict {
		return templatePage.ShowStatus(w, r, http.StatusConflict, d)
	}
	return templatePage.ShowForm(w, r, form, d)
}

var noFields = web.Fields{}

// resetTemplate goes back to the words of the house.
func (p *Pages) resetTemplate(w http.ResponseWriter, r *http.Request) error {
	d, err := p.template(r)
	if err != nil {
		return err
	}
	form, err := web.ReadForm(r, noFields)
	if err != nil {
		return err
	}
	d.Template.Revision = form.Revision
	if err := p.Templates.Reset(r.Context(), desk.By(r), d.Template); err != nil {
		return err
	}
	web.Flash(r, "mailroom.template.was_reset")
	return web.Redirect(w, r, "desk.templates", d.Edition.Slug)
}
