package mailroom

import (
	"net/http"
	"slices"
	"strings"

	"obrady/internal/campaign"
	"obrady/internal/mail"
	"obrady/internal/notify"
	"obrady/internal/rights"
	"obrady/internal/web"
	"obrady/internal/web/desk"
)

// lettersData lists what was sent, and what became of it.
type lettersData struct {
	desk.Desk
	Rows  []mail.Kept
	State mail.State
	Full  bool   // addresses are shown
	Older string // the last letter of this page, where there are more
}

// What is what the letter is about.
// key: mailroom.about.*
func (lettersData) What(v web.View, k mail.Kept) string {
	if strings.HasPrefix(k.Kind, campaign.LetterKind) {
		return v.T("mailroom.about.group")
	}
	if kind, err := notify.KindOf(k.Kind); err == nil {
		return v.T(kind.Key("name"))
	}
	return v.T("mailroom.about.other")
}

// States are the states to choose from.
func (lettersData) States() []mail.State { return mail.States }

// Bad says that somebody should look at the letter.
func (lettersData) Bad(s mail.State) bool { return s == mail.Refused || s == mail.GivenUp }

var lettersPage = parse[lettersData]("letters.html")

const lettersOfPage = 50

// listLetters shows all letters of the edition to who may read them all, and to others those of their own campaigns,
// without addresses.
func (p *Pages) listLetters(w http.ResponseWriter, r *http.Request) error {
	d, err := p.Desk(r, "desk.letters")
	if err != nil {
		return err
	}
	page := lettersData{Desk: d, Full: d.Scope(rights.ReadMail).All()}
	if state := mail.State(r.URL.Query().Get("state")); slices.Contains(mail.States, state) {
		page.State = state
	}
	filter := mail.Filter{Edition: string(d.Edition.ID), State: page.State, Before: mail.LetterID(r.URL.Query().Get("before")), Limit: lettersOfPage}
	if page.Full {
		if page.Rows, err = p.Letters.Letters(r.Context(), filter); err != nil {
			return err
		}
	} else if page.Rows, err = p.ownLetters(r, d, filter); err != nil {
		return err
	}
	if len(page.Rows) == lettersOfPage {
		page.Older = string(page.Rows[len(page.Rows)-1].ID)
	}
	return lettersPage.Show(w, r, page)
}

// ownLetters lists the letters of the campaigns of whoever asks.
func (p *Pages) ownLetters(r *http.Request, d desk.Desk, f mail.Filter) (all []mail.Kept, err error) {
	own, err := p.Campaigns.Campaigns(r.Context(), d.Who, d.Edition.ID)
	if err != nil {
		return nil, err
	}
	for _, c := range own {
		f.Kind = c.LetterKind()
		some, err := p.Letters.Letters(r.Context(), f)
		if err != nil {
			return nil, err
		}
		all = append(all, some...)
	}
	slices.SortFunc(all, func(a, b mail.Kept) int { return strings.Compare(string(b.ID), string(a.ID)) })
	return all[:min(len(all), lettersOfPage)], nil
}

// mailboxData is the mailbox of the demonstration: everything that was sent to anybody.
type mailboxData struct{ Letters []mail.Kept }

// mailData is one letter in it.
type mailData struct {
	Letter mail.Kept
	Plain  string
}

var (
	mailboxPage = web.Parse[mailboxData](templates, "templates/mailbox.html")
	mailPage    = web.Parse[mailData](templates, "templates/mail.html", "templates/letter.html")
)

func (p *Pages) showMailbox(w http.ResponseWriter, r *http.Request) error {
	all, err := p.Letters.Letters(r.Context(), mail.Filter{Limit: 100})
	if err != nil {
		return err
	}
	return mailboxPage.Show(w, r, mailboxData{all})
}

func (p *Pages) showMail(w http.ResponseWriter, r *http.Request) error {
	k, err := p.Letters.Letter(r.Context(), mail.LetterID(r.PathValue("letter")))
	if err != nil {
		return err
	}
	plain, err := p.Composer.Plain(k.Letter)
	if err != nil {
		return err
	}
	return mailPage.Show(w, r, mailData{k, strings.ReplaceAll(plain, "\r\n", "\n")})
}
