package proceedings

import (
	"cmp"
	"context"
	"slices"
	"strings"

	"obrady/internal/call"
	"obrady/internal/db"
	"obrady/internal/form"
	"obrady/internal/i18n"
	"obrady/internal/onstage"
	"obrady/internal/programme"
)

// draft lays a volume out as it would be published now, after the version before.
func (s *Service) draft(ctx context.Context, q db.Querier, v Volume, before Document) (Document, error) {
	doc := Document{About: v.About, Example: v.Example}
	c, err := call.Find(ctx, q, v.Call)
	if err != nil {
		return doc, err
	}
	chosen, err := chosenOf(ctx, q, c)
	if err != nil {
		return doc, err
	}
	m := material{about: v.About, call: c}
	if err := s.gather(ctx, q, &m, v, chosen); err != nil {
		return doc, err
	}
	for _, one := range chosen {
		if session, placed := m.sessions[one.ID]; placed || !v.About.Staged {
			doc.Entries = append(doc.Entries, m.entry(one, session))
		}
	}
	slices.SortStableFunc(doc.Entries, inOrder)
	gone, err := withdrawn(ctx, q, v.Call)
	if err != nil {
		return doc, err
	}
	for _, old := range before.Entries {
		if _, err := doc.Find(old.Code); err != nil && (old.Withdrawn || gone[old.Code]) {
			doc.Entries = append(doc.Entries, Entry{Code: old.Code, Title: old.Title, Language: old.Language, Withdrawn: true})
		}
	}
	return doc, nil
}

// inOrder is the order of a volume: by the hour on stage, then by path, then by code; what was on no stage stands last.
func inOrder(a, b Entry) int {
	if a.Session.At.IsZero() != b.Session.At.IsZero() {
		if a.Session.At.IsZero() {
			return 1
		}
		return -1
	}
	return cmp.Or(a.Session.At.Compare(b.Session.At), strings.Compare(a.Session.Slug, b.Session.Slug), strings.Compare(a.Path.PL, b.Path.PL))
}

// material is what a document is laid out from.
type material struct {
	about    About
	call     call.Call
	sessions map[call.SubmissionID]Session // of what has a place
	behind   map[call.SubmissionID]call.Identity
	marks    map[call.SubmissionID]Mark
	paths    map[call.SubmissionID]string // as accepted
	keywords map[int]form.Question        // by version of the form
}

func (s *Service) gather(ctx context.Context, q db.Querier, m *material, v Volume, chosen []call.Submission) (err error) {
	ids := make([]call.SubmissionID, len(chosen))
	for i, one := range chosen {
		ids[i] = one.ID
	}
	if m.behind, err = call.Identities(ctx, q, ids); err != nil {
		return err
	}
	if m.marks, err = marksOf(ctx, q, v.ID); err != nil {
		return err
	}
	if m.paths, err = pathsOf(ctx, q, v.Call); err != nil {
		return err
	}
	if m.keywords, err = m.questions(ctx, q, chosen); err != nil {
		return err
	}
	places, err := onstage.PlacesIn(ctx, q, v.Edition)
	if err != nil {
		return err
	}
	stages := map[programme.SessionID]Session{}
	if s.Stages != nil {
		stages = s.Stages(v.Edition)
	}
	m.sessions = map[call.SubmissionID]Session{}
	for _, p := range places {
		if stage, public := stages[p.Session]; public {
			m.sessions[p.Submission] = stage
		}
	}
	return nil
}

// questions finds the question about keywords in each version of the form that was answered.
func (m *material) questions(ctx context.Context, q db.Querier, chosen []call.Submission) (map[int]form.Question, error) {
	asked := map[int]form.Question{}
	for _, one := range chosen {
		if _, known := asked[one.FormVersion]; known || m.about.Keywords == "" {
			continue
		}
		all, err := call.Questions(ctx, q, m.call.ID, one.FormVersion)
		if err != nil {
			return nil, err
		}
		if i := slices.IndexFunc(all, func(q form.Question) bool { return q.ID == m.about.Keywords }); i >= 0 {
			asked[one.FormVersion] = all[i]
		}
	}
	return asked, nil
}

func (m *material) entry(one call.Submission, session Session) Entry {
	path := cmp.Or(m.paths[one.ID], one.Path)
	option, _ := m.call.Option(m.call.Paths, path)
	mark := m.marks[one.ID]
	return Entry{
		Code: one.Code, Title: one.Title, Language: one.Language, Path: option.Name, Authors: authors(m.behind[one.ID]),
		Abstract: strings.TrimSpace(one.Answers[m.about.Abstract]), Keywords: m.keywordsOf(one), DOI: mark.DOI, Pages: mark.Pages, Session: session,
	}
}

// keywordsOf are what was chosen from a list, or what was typed with commas between.
func (m *material) keywordsOf(one call.Submission) (all []string) {
	question, answer := m.keywords[one.FormVersion], one.Answers[m.about.Keywords]
	if picked, ok := question.AllPicked(answer); ok && (question.Kind == form.Choice || question.Kind == form.Choices) {
		for _, option := range picked {
			all = append(all, option.In(one.Language).Text)
		}
		return all
	}
	for word := range strings.FieldsFuncSeq(answer, func(r rune) bool { return r == ',' || r == ';' || r == '\n' }) {
		if word = strings.TrimSpace(word); word != "" {
			all = append(all, word)
		}
	}
	return all
}

// authors are those who stand behind a contribution as its authors, in their order; who presents it, if nobody does.
// Somebody who has said no is not named.
func authors(i call.Identity) []Author {
	for _, role := range []call.Role{call.Author, call.Presenter} {
		var all []Author
		for _, c := range i.Contributors {
			if slices.Contains(c.Roles, role) && c.State != call.Refused && c.Name != "" {
				all = append(all, Author{Contributor: c.ID, Account: c.Account, Name: c.Name, Affiliation: c.Affiliation, ORCID: c.ORCID})
			}
		}
		if len(all) > 0 {
			return all
		}
	}
	return nil
}

// In is the title of the volume in a language.
func (d Document) In(lang i18n.Lang) string { return d.About.Title.In(lang).Text }
