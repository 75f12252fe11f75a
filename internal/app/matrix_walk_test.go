package app_test

import (
	"fmt"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"

	"obrady/internal/i18n"
	"obrady/internal/rights"
)

// tally is what a walk has found.
type tally struct {
	requests int
	wrong    []string // answers that the policy does not give
	foreign  []string // canaries that were let out
}

func (y *tally) add(other tally) {
	y.requests += other.requests
	y.wrong, y.foreign = append(y.wrong, other.wrong...), append(y.foreign, other.foreign...)
}

// faults is how much is wrong.
func (y *tally) faults() int { return len(y.wrong) + len(y.foreign) }

// visit is one request that somebody makes.
type visit struct {
	address
	by   principal
	to   target
	sent url.Values // of a form
}

func (v visit) String() string {
	return fmt.Sprintf("%s %s (%s), %s", v.method, v.name, v.to.relation, v.by.name)
}

func (v visit) path() string { return v.fill(v.pl, v.to.values) + v.to.query }

// resolve puts in what is not known before the doors are open.
func (o *doors) resolve(to target) target {
	for name, value := range to.values {
		if who, ok := strings.CutPrefix(value, "@browser of "); ok {
			o.cookie(who)
			var sum string
			err := o.db.QueryRow(o.t.Context(), `SELECT token_sum FROM web_session WHERE account_id = $1`, o.w.accounts[who]).Scan(&sum)
			if err != nil {
				o.t.Fatal(err)
			}
			to.values = with(to.values, name, sum)
		}
	}
	return to
}

// knock makes the request and holds the answer to the policy.
func (o *doors) knock(v visit, y *tally) *httptest.ResponseRecorder {
	v.to = o.resolve(v.to)
	want := v.expected(v.by, v.to)
	got := o.send(v.method, v.path(), v.sent, o.cookie(v.by.name))
	y.requests++
	is, err := verdictOf(got)
	if want == asks && !v.safe() && is == denies {
		is = asks // a form of nobody is refused at once
	}
	switch {
	case err != nil:
		y.wrong = append(y.wrong, fmt.Sprintf("%s: %v", v, err))
	case v.own() && !v.safe() && want == hides && is == lets:
		// A form about one's own that there is not changes nothing; refused looks at that.
	case v.action == string(rights.GiveGrants) && !v.safe() && want == lets && is == denies && v.by.name == "protection":
		// Whoever may give roles gives and ends no more than their own.
	case v.name == "application.send" && want == lets && is == denies && v.by.name != "participant":
		// Whoever does not take part in the congress is asked to register first.
	case v.name == "desk.window.share" && want == lets && is == denies && v.by.name == "conflicted":
		// Among the sessions of a window may be one that their conflict closes to them.
	case is != want && !v.to.spent:
		y.wrong = append(y.wrong, fmt.Sprintf("%s: %s (%d), want %s", v, is, got.Code, want))
	case is == denies && v.by.besides == "" && !o.namesRole(got.Body.String(), v.who):
		y.wrong = append(y.wrong, v.String()+": refused without the name of who may")
	}
	o.listen(v, got, y)
	o.overhear(v, want, y)
	return got
}

// listen looks for canaries in an answer that are not for the eyes of who gets it.
func (o *doors) listen(v visit, got *httptest.ResponseRecorder, y *tally) {
	asked := strings.ToLower(v.path() + v.sent.Encode())
	for _, canary := range o.w.found(everything(got)) {
		if !v.by.mayRead(o.w.keepers[canary]) && !strings.Contains(asked, canary) {
			y.foreign = append(y.foreign, fmt.Sprintf("%s reads %s, which is of %s", v, canary, o.w.keepers[canary]))
		}
	}
}

// overhear reads the log: a refusal is written down, and nobody is named.
func (o *doors) overhear(v visit, want verdict, y *tally) {
	line := o.log.take()
	if hit := o.w.found(line); len(hit) > 0 {
		y.wrong = append(y.wrong, fmt.Sprintf("%s: the log says %v", v, hit))
	}
	refused := want == denies || want == hides && len(v.to.places) > 0
	inside := v.to.astray || v.to.part && (v.object == "within" || v.object == "edition")
	atDoor := !v.open() && !v.own() && !inside
	if refused && atDoor && v.by.name != "public" && !strings.Contains(line, "not admitted") {
		y.wrong = append(y.wrong, v.String()+": nothing is in the log about the refusal")
	}
}

// namesRole says whether a page names one of those who may.
func (o *doors) namesRole(page string, who []string) bool {
	if o.roles == nil {
		words, err := i18n.Load(rights.Locale)
		if err != nil {
			o.t.Fatal(err)
		}
		o.roles = map[string]string{}
		for _, role := range rights.Roles {
			o.roles[string(role)] = words.In(i18n.Polish).T(role.Key())
		}
	}
	return slices.ContainsFunc(who, func(role string) bool { return strings.Contains(page, o.roles[role]) })
}

// read walks through all that can be read, and takes the forms along that those who are let in are shown.
func (o *doors) read(all []address, as []principal, y *tally) map[string]form {
	forms := map[string]form{}
	for _, a := range all {
		if !a.safe() {
			continue
		}
		for _, to := range o.w.targets(o.t, a) {
			for _, p := range as {
				v := visit{a, p, to, nil}
				got := o.knock(v, y)
				if got.Code == 200 && (!a.open() || a.name == "signup.session") {
					for path, f := range formsOf(v.path(), got.Body.String()) {
						forms[p.name+" "+path] = f
					}
				}
			}
		}
	}
	return forms
}

// loud are the tables in which a refused request may leave a mark: that somebody is still there, and that somebody who
// may look at data of others looked for what is not there.
var loud = []string{"web_session", "journal", "journal_head"}

// refused sends every form to those who must not, as somebody who may would fill it in, and looks at whether anything
// has changed.
func (o *doors) refused(all []address, as []principal, forms map[string]form, y *tally) {
	before := sums(o.t, o.db, loud...)
	for _, p := range as {
		o.cookie(p.name)
		var sent []visit
		for _, a := range all {
			if a.safe() || a.open() {
				continue
			}
			for _, to := range o.w.targets(o.t, a) {
				v := visit{a, p, o.resolve(to), url.Values{}}
				if f, found := forms["founder "+v.path()]; found {
					v.sent = f.sent
				}
				if a.expected(p, to) != lets {
					o.knock(v, y)
					sent = append(sent, v)
				}
			}
		}
		after := sums(o.t, o.db, loud...)
		if tables := differing(before, after); len(tables) > 0 {
			y.wrong = append(y.wrong, o.culprits(sent, after)...)
			y.wrong = append(y.wrong, fmt.Sprintf("the refused forms of %s changed %v", p.name, tables))
		}
		before = after
	}
}

// culprits finds who of those that changed something together did.
func (o *doors) culprits(sent []visit, before map[string]string) (all []string) {
	for _, v := range sent {
		o.send(v.method, v.path(), v.sent, o.cookie(v.by.name))
		after := sums(o.t, o.db, loud...)
		if tables := differing(before, after); len(tables) > 0 {
			all = append(all, fmt.Sprintf("%s: refused, and changed %v", v, tables))
		}
		before = after
	}
	return all
}
