package notify

import (
	"context"
	"errors"
	"time"

	"obrady/internal/campaign"
	"obrady/internal/db"
	"obrady/internal/edition"
	"obrady/internal/i18n"
	"obrady/internal/mail"
	"obrady/internal/people"
	"obrady/internal/rights"
)

// news is something that one person learns of by a letter.
type news struct {
	kind    Kind
	edition edition.ID // whose template is used; "" for the house's
	to      people.Account
	words   func(p i18n.Printer) map[string]string
	route   string
	args    []any
	dedupe  string
}

// tell writes the letter in the language of whoever gets it: in the words of the edition's organisers where there are
// any, else in those of the house.
func (l *Letters) tell(ctx context.Context, n news) error {
	if n.to.Erased() || n.to.Email == "" {
		return nil
	}
	return l.post(ctx, func(tx *db.Tx) (mail.Letter, error) { return l.write(ctx, tx, n) })
}

func (l *Letters) write(ctx context.Context, q db.Querier, n news) (mail.Letter, error) {
	var f frame
	var err error
	if n.edition != "" {
		if f, err = frameOf(ctx, q, n.edition, n.kind); err != nil {
			return mail.Letter{}, err
		}
	}
	return l.compose(n, f)
}

// frame is what all letters of one kind have in common: the edition, and its organisers' words if they have any.
type frame struct {
	edition edition.Edition
	own     Template
}

func frameOf(ctx context.Context, q db.Querier, of edition.ID, k Kind) (f frame, err error) {
	if f.edition, err = edition.ByID(ctx, q, of); err != nil {
		return f, err
	}
	f.own, err = current(ctx, q, of, k.Name)
	return f, err
}

// compose writes a letter from what has been read.
func (l *Letters) compose(n news, f frame) (mail.Letter, error) {
	p := l.Words.In(n.to.Lang)
	words := map[string]string{}
	w := writing{to: n.to, house: (&Templates{Words: l.Words}).House(n.kind), own: f.own}
	if e := f.edition; n.edition != "" {
		words["edition"], words["when"] = e.Name.In(p.Lang).Text, p.Dates(e.StartsOn.In(e.Location()), e.EndsOn.In(e.Location()))
	}
	if n.words != nil {
		for name, word := range n.words(p) {
			words[name] = word
		}
	}
	words["name"] = n.to.Name
	button, err := l.button(p, n.kind.Key("button"), n.route, n.args...)
	if err != nil {
		return mail.Letter{}, err
	}
	letter := n.kind.letter(w, p).fill(n.kind, campaign.Values{Words: words, Button: button})
	letter.Edition, letter.Dedupe = string(n.edition), n.dedupe
	return letter, nil
}

// writing is what a letter is made of.
type writing struct {
	house campaign.Written
	own   Template
	to    people.Account
}

// draft is a letter whose words in braces stand as they are.
type draft struct {
	letter         mail.Letter
	subject, words string
}

// letter chooses the words. English that the organisers have not written is the house's.
func (k Kind) letter(w writing, p i18n.Printer) draft {
	lang := p.Lang
	d := draft{
		letter: mail.Letter{
			Kind: k.Name, To: w.to.Email, ToName: w.to.Name, Account: string(w.to.ID), Lang: lang, Body: mail.Body{Why: p.T(k.Key("why"))},
		},
		subject: w.house.Subject.In(lang).Text, words: w.house.Words.In(lang).Text,
	}
	if w.own.Own() && (lang == i18n.Polish || w.own.Words.EN != "") {
		d.subject, d.words = w.own.Subject.PL, w.own.Words.PL
		if lang == i18n.English {
			d.subject, d.words = w.own.Subject.EN, w.own.Words.EN
		}
	}
	return d
}

func (d draft) fill(k Kind, vals campaign.Values) mail.Letter {
	d.letter.Subject = k.Slots.Line(d.subject, vals)
	d.letter.Body.Paragraphs = k.Slots.Paragraphs(d.words, vals)
	return d.letter
}

// tellAll tells everybody of all.
func (l *Letters) tellAll(ctx context.Context, all []people.Account, n news) error {
	var failed error
	dedupe := n.dedupe
	for _, one := range all {
		n.to, n.dedupe = one, dedupe+":"+string(one.ID)
		failed = errors.Join(failed, l.tell(ctx, n))
	}
	return failed
}

// hosts are the organisers of an edition; those of the whole installation where it has none of its own.
func (l *Letters) hosts(ctx context.Context, of edition.ID) ([]people.Account, error) {
	return l.holding(ctx, rights.Organiser, of)
}

// holding lists who has the role for an edition, else for the whole installation.
func (l *Letters) holding(ctx context.Context, role rights.Role, of edition.ID) ([]people.Account, error) {
	for _, node := range []rights.Node{rights.OfCongress(of), rights.Whole} {
		all, err := campaign.Holding(ctx, l.DB, role, campaign.Nodes{Edition: of, Nodes: []rights.Node{node}, Now: l.Now()})
		if err != nil || len(all) > 0 {
			return all, err
		}
	}
	return nil, nil
}

// account finds somebody; ok is false when they are gone.
func (l *Letters) account(ctx context.Context, id people.AccountID) (a people.Account, ok bool, err error) {
	a, err = people.FindAccount(ctx, l.DB, id)
	if errors.Is(err, people.ErrNoAccount) {
		return a, false, nil
	}
	return a, err == nil, err
}

// Case is somebody's wish that their data be erased, as a letter tells of it.
type Case struct {
	ID      string
	Account people.AccountID
	Edition edition.ID
	Due     time.Time
}

// CaseOpened tells the person that their wish has arrived, and the data-protection officers that it waits.
func (l *Letters) CaseOpened(ctx context.Context, c Case) error {
	until := func(p i18n.Printer) map[string]string { return map[string]string{"until": p.Date(c.Due)} }
	if who, ok, err := l.account(ctx, c.Account); err != nil {
		return err
	} else if ok {
		n := news{kind: caseOpened, to: who, words: until, route: "mine.data", dedupe: "privacy.case:" + c.ID}
		if err := l.tell(ctx, n); err != nil {
			return err
		}
	}
	officers, err := l.holding(ctx, rights.Protection, c.Edition)
	if err != nil || c.Edition == "" {
		return err
	}
	e, err := edition.ByID(ctx, l.DB, c.Edition)
	if err != nil {
		return err
	}
	return l.tellAll(ctx, officers, news{
		kind: caseWaits, words: until, route: "desk.cases", args: []any{e.Slug}, dedupe: "privacy.case_waits:" + c.ID,
	})
}
