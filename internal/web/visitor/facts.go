package visitor

import (
	"strings"
	"time"

	"obrady/internal/edition"
	"obrady/internal/plan"
	"obrady/internal/programme"
	"obrady/internal/text"
	"obrady/internal/timetable"
)

// facts is the summary of a session: each thing that is known, in words.
func (v *view) facts(s *programme.Session) (all []fact) {
	add := func(key, sentence string, links ...link) {
		if sentence != "" || len(links) > 0 {
			all = append(all, fact{v.T(key), text.Bind(sentence), links})
		}
	}
	add("visitor.fact_form", capital(v.T(s.Form.Key())))
	add("visitor.fact_languages", capital(v.spoken(s)))
	add("visitor.fact_access", capital(v.aids(s)))
	add("visitor.fact_place", v.accessOf(s))
	if s.Recording != programme.RecordingUnknown {
		add("visitor.fact_recording", capital(v.T(s.Recording.Key())))
	}
	add("visitor.fact_audience", v.plain(s.Audience))
	if g := v.x.Stage(s.Stage); g != nil {
		add("visitor.fact_stage", "", v.link(g.Name, v.to("stage", g.Slug)))
	}
	for _, kind := range edition.TaxonomyKinds {
		add("visitor.kind."+string(kind), "", v.termLinks(s, kind)...)
	}
	for _, role := range edition.CreditRoles {
		add("visitor.credit."+string(role), "", v.creditLinks(s.Credits, role)...)
	}
	add("visitor.fact_follows", "", v.sessionLinks(s.Follows)...)
	add("visitor.fact_followed", "", v.sessionLinks(v.x.FollowedBy(s.ID))...)
	return all
}

// addSignup says when one signs up for the session, as facts that stay true while the page is kept.
func (v *view) addSignup(page *SessionPage, s *programme.Session) {
	o, w := v.Signups(v.e.ID).Offer(s.ID)
	if o == nil || o.Cancelled {
		return
	}
	at := func(t time.Time) string { local := t.In(v.x.Zone); return v.Date(local) + ", " + v.Hour(local) }
	page.Entry = text.Bind(v.T("visitor.signup", at(w.OpensAt), at(w.ClosesAt), v.T(w.Mode.Key())))
	page.Signup, page.HasList = v.to("signup.session", s.Slug), w.Waiting
}

// spoken says what is spoken and into what it is interpreted.
func (v *view) spoken(s *programme.Session) string {
	sentence := v.languages(s.Languages)
	if len(s.Interpretation) > 0 {
		names := make([]string, len(s.Interpretation))
		for i, code := range s.Interpretation {
			names[i] = v.T(programme.LanguageKey(code))
		}
		sentence = strings.TrimPrefix(sentence+"; "+v.T("visitor.interpreted_into", strings.Join(names, ", ")), "; ")
	}
	return sentence
}

// aids says what helps those who do not hear.
func (v *view) aids(s *programme.Session) string {
	var aids []string
	if s.Captions {
		aids = append(aids, v.T("timetable.captions"))
	}
	if s.SignLanguage {
		aids = append(aids, v.T("timetable.sign_language"))
	}
	return strings.Join(aids, ", ")
}

// accessOf says what one finds at the place of the session.
func (v *view) accessOf(s *programme.Session) string {
	for _, slot := range v.x.SlotsOf(s.ID) {
		if p := v.x.Place(slot.Place); p != nil {
			return v.access(p.Access)
		}
	}
	return ""
}

// access says what is known of a place, in sentences; what nobody has looked at is not mentioned.
//
// key: visitor.access.*
func (v *view) access(a timetable.Access) string {
	var sentences []string
	for _, f := range []struct {
		name string
		fact timetable.Fact
	}{{"step_free", a.StepFree}, {"hearing_loop", a.HearingLoop}, {"toilet", a.Toilet}} {
		if f.fact != timetable.Unknown {
			sentences = append(sentences, v.T("visitor.access."+f.name+"_"+string(f.fact)))
		}
	}
	if note := v.plain(a.Note); note != "" {
		sentences = append(sentences, note)
	}
	return strings.Join(sentences, " ")
}

func (v *view) termLinks(s *programme.Session, kind edition.TaxonomyKind) (links []link) {
	for _, id := range s.Terms {
		if term, of := v.x.Term(id); term != nil && of.Kind == kind {
			links = append(links, v.link(term.Name, v.to("topic", kindSlugs[kind], term.Slug)))
		}
	}
	return links
}

func (v *view) creditLinks(credits []edition.Credit, role edition.CreditRole) (links []link) {
	for _, c := range credits {
		if i := v.x.Institution(c.Institution); i != nil && c.Role == role {
			links = append(links, v.link(i.Name, v.to("institution", i.Slug)))
		}
	}
	return links
}

func (v *view) sessionLinks(all []programme.SessionID) (links []link) {
	for _, id := range all {
		if s := v.x.Session(id); plan.Public(s) {
			links = append(links, v.link(s.Title, v.to("session", s.Slug)))
		}
	}
	return links
}

// capital begins a sentence.
func capital(s string) string {
	for i, r := range s {
		return strings.ToUpper(string(r)) + s[i+len(string(r)):]
	}
	return s
}
