package app_test

import (
	"bytes"
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	"obrady/internal/rights"
)

// workshop opens houses over copies of the world, a new one whenever the last has been changed.
type workshop struct {
	t       testing.TB
	w       *world
	content []byte
	policy  rights.Table
	open    *doors
	before  map[string][]byte // what each table holds in a house that nobody has changed
}

// mentioned counts how often an id stands in a house that nobody has changed.
func (s *workshop) mentioned(id string) int {
	if s.before == nil {
		s.before = tablesOf(s.t, another(s.t, s.content))
	}
	return count(s.before, id)
}

func (s *workshop) doors() *doors {
	if s.open == nil {
		s.open = openDoors(s.t, s.w, another(s.t, s.content), s.policy)
	}
	return s.open
}

// done leaves the house as it is, or tears it down when an answer says that something may have changed.
func (s *workshop) done(code int) {
	if code < 400 && s.open != nil {
		s.open.db.Close()
		s.open = nil
	}
}

// allowed lets everybody do what they may, with two things of each kind, first those about which they are shown a form,
// and goes where the answer leads.
func (s *workshop) allowed(all []address, as []principal, forms map[string]form, y *tally) {
	for _, a := range all {
		if a.safe() || a.open() || a.name == "account.session.end" {
			continue
		}
		for _, p := range as {
			tried := 0
			targets := s.w.targets(s.t, a)
			slices.SortStableFunc(targets, func(one, other target) int {
				return len(forms[p.name+" "+visit{a, p, other, nil}.path()].sent) - len(forms[p.name+" "+visit{a, p, one, nil}.path()].sent)
			})
			for _, to := range targets {
				if a.expected(p, to) != lets || tried == 2 {
					continue
				}
				tried++
				v := visit{a, p, to, url.Values{}}
				f, found := forms[p.name+" "+v.path()]
				if found {
					v.sent = reasoned(f.sent)
				}
				got := s.doors().knock(v, y)
				if next := got.Header().Get("Location"); got.Code == http.StatusSeeOther {
					s.doors().follow(v, next, y)
				}
				s.done(got.Code)
				if found && tried == 1 {
					s.smuggle(v, f, y)
				}
			}
		}
	}
}

// reasoned gives a reason where a form asks for one.
func reasoned(sent url.Values) url.Values {
	if reason, asked := sent["reason"]; !asked || len(reason) != 1 || reason[0] != "" {
		return sent
	}
	all := maps.Clone(sent)
	all.Set("reason", "bo tak")
	return all
}

// follow goes on to the page after a form.
func (o *doors) follow(v visit, next string, y *tally) {
	if u, err := url.Parse(next); err != nil || u.Host != "" && u.Host != "localhost" {
		y.wrong = append(y.wrong, fmt.Sprintf("%s: leads away, to %s", v, next))
		return
	}
	got := o.send(http.MethodGet, next, nil, o.cookie(v.by.name))
	y.requests++
	if got.Code >= 500 {
		y.wrong = append(y.wrong, fmt.Sprintf("%s: then %s answers %d", v, next, got.Code))
	}
	o.listen(v, got, y)
}

// smuggle sends a form once more for every choice in it, with something in the place of the choice that is not to be
// had: of another workspace, or of another congress. It is refused, or nothing comes of it.
func (s *workshop) smuggle(v visit, f form, y *tally) {
	for _, field := range slices.Sorted(keysOf(f.sent)) {
		kind := s.w.kindOfChoice(f, field)
		if kind == "" {
			continue
		}
		for _, foreign := range s.w.foreignTo(v.by, v.address, kind) {
			sent := url.Values{}
			for name, values := range f.sent {
				sent[name] = values
			}
			sent[field] = append([]string{foreign.id}, f.sent[field][min(1, len(f.sent[field])):]...)
			o := s.doors()
			got := o.send(v.method, v.path(), sent, o.cookie(v.by.name))
			y.requests++
			smuggled := v
			smuggled.sent, smuggled.to.relation = sent, v.to.relation+" with "+field+" of "+strings.Join(foreign.places, "+")
			if got.Code >= 500 {
				y.wrong = append(y.wrong, fmt.Sprintf("%s: status %d", smuggled, got.Code))
			}
			if count(tablesOf(s.t, o.db), foreign.id) > s.mentioned(foreign.id) {
				y.wrong = append(y.wrong, fmt.Sprintf("%s: taken in (%d)", smuggled, got.Code))
			}
			o.listen(smuggled, got, y)
			o.log.take()
			s.done(got.Code)
		}
	}
}

func keysOf(v url.Values) func(func(string) bool) {
	return func(yield func(string) bool) {
		for name := range v {
			if !yield(name) {
				return
			}
		}
	}
}

// choosable are the kinds of things that forms let people choose.
var choosable = []string{"block", "stage", "place", "person", "institution", "session"}

// kindOfChoice says what kind of thing a field chooses, by what it offers.
func (w *world) kindOfChoice(f form, field string) string {
	if field == "id" || field == "revision" {
		return ""
	}
	values := append(slices.Clone(f.choices[field]), f.sent[field]...)
	for _, kind := range choosable {
		for _, one := range w.things(kind) {
			if slices.Contains(values, one.id) {
				return kind
			}
		}
	}
	return ""
}

// foreignTo lists a few things of a kind that somebody must not use: one of each place that is not theirs. Rooms, and
// sessions that one refers to, are there for everybody who works on a part of the congress.
func (w *world) foreignTo(p principal, a address, kind string) (all []thing) {
	seen := map[string]bool{}
	for _, one := range w.things(kind) {
		place := one.places[0]
		mine := one.name != "" && p.mayRead(w.keepers[strings.ToLower(one.name)])
		for _, held := range p.holds {
			role, from, _ := strings.Cut(held, " ")
			at := covers(from, one.places) || covers(one.congress, []string{from}) && (kind == "place" || kind == "session")
			mine = mine || slices.Contains(a.who, role) && at
		}
		if !mine && !seen[place] && len(all) < 4 {
			seen[place] = true
			all = append(all, one)
		}
	}
	return all
}

// quiet are the tables that keep what somebody typed or did, wherever it was meant to go.
var quiet = []string{"web_session", "draft", "journal", "journal_head", "outbox"}

// count counts how often an id stands in the tables in which it tells.
func count(tables map[string][]byte, id string) (n int) {
	for name, rows := range tables {
		if !slices.Contains(quiet, name) {
			n += bytes.Count(rows, []byte(id))
		}
	}
	return n
}
