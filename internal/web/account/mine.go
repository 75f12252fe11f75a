package account

import (
	"net/http"
	"slices"
	"time"

	"obrady/internal/edition"
	"obrady/internal/errs"
	"obrady/internal/i18n"
	"obrady/internal/people"
	"obrady/internal/rights"
	"obrady/internal/web"
)

func (p *Pages) mineRoutes() []web.Route {
	return []web.Route{
		{Name: "account.mine", PL: "/moje", EN: "/mine", Action: self, Who: web.SignedIn, Handle: p.showMine},
		{Name: "account.rename", Method: http.MethodPost, PL: "/moje", EN: "/mine", Action: self, Who: web.SignedIn, Handle: p.rename},
	}
}

// freshFor is how long after proving who they are somebody may change how they come in.
const freshFor = 15 * time.Minute

// errNotFresh is what a script is told when that was longer ago.
var errNotFresh = errs.New(errs.Forbidden, "account.not_fresh")

var (
	mineFields = web.Fields{"name": "account.mine.name", "lang": "account.mine.lang"}
	moveFields = web.Fields{"email": "account.mine.new_email"}
)

// mineData is the front of somebody's own account.
type mineData struct {
	Mine
	Account people.Account
	Form    web.Form
	Move    web.Form // to another address
	Roles   []role
	Langs   []web.Option
}

// Mine is what stands around the pages of one's own account: which of them this is, and where others lead.
type Mine struct {
	At   string // the name of the route
	More []web.Link
}

// role is one role of the account: where it holds, and for how long.
type role struct {
	Key   string // of the sentence that names it
	Kind  string // of the sentence that says what kind of place it holds for
	In    i18n.Text
	Until time.Time
}

var minePage = parse[mineData]("mine.html", "around.html")

func (p *Pages) mine(r *http.Request, at string) Mine {
	m := Mine{At: at}
	if p.More != nil {
		m.More = p.More(web.Lang(r))
	}
	return m
}

// front puts together what is known of the visitor's account.
func (p *Pages) front(r *http.Request) (mineData, error) {
	found, err := p.People.Account(r.Context(), me(r))
	if err != nil {
		return mineData{}, err
	}
	data := mineData{
		Mine: p.mine(r, "account.mine"), Account: found, Form: web.NewForm(mineFields), Move: web.NewForm(moveFields),
		Langs: []web.Option{{Value: string(i18n.Polish), Label: "polski"}, {Value: string(i18n.English), Label: "English"}},
	}
	data.Form.Set("name", found.Name)
	data.Form.Set("lang", string(found.Lang))
	data.Roles, err = p.roles(r)
	return data, err
}

// roles lists what the visitor may be here, as the policy sees it at this moment.
func (p *Pages) roles(r *http.Request) (all []role, err error) {
	editions, err := p.Editions.Editions(r.Context())
	if err != nil {
		return nil, err
	}
	for _, g := range rights.Of(r.Context()).Grants {
		one := role{Key: g.Role.Key(), Kind: g.Node.Kind.Key(), Until: g.Until}
		at := slices.IndexFunc(editions, func(e edition.Edition) bool { return e.ID == g.Edition })
		if at >= 0 {
			one.In = editions[at].Name
		}
		if !one.Until.IsZero() && at >= 0 {
			one.Until = one.Until.In(editions[at].Location())
		}
		if !slices.Contains(all, one) {
			all = append(all, one)
		}
	}
	return all, nil
}

func (p *Pages) showMine(w http.ResponseWriter, r *http.Request) error {
	data, err := p.front(r)
	if err != nil {
		return err
	}
	return minePage.Show(w, r, data)
}

func (p *Pages) rename(w http.ResponseWriter, r *http.Request) error {
	form, err := web.ReadForm(r, mineFields)
	if err != nil {
		return err
	}
	lang := i18n.Lang(form.Value("lang"))
	if !slices.Contains(i18n.Langs, lang) {
		form.Problems.Add("lang", "account.mine.lang_unknown")
	} else if err := form.Blame(p.People.Rename(r.Context(), me(r), form.Value("name"), lang)); err != nil {
		return err
	}
	if form.Good() {
		web.Flash(r, "account.mine.saved")
		return web.Redirect(w, r, "account.mine")
	}
	data, err := p.front(r)
	if err != nil {
		return err
	}
	data.Form = form
	return minePage.ShowForm(w, r, form, data)
}
