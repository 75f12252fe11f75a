package notify_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"obrady/internal/call"
	"obrady/internal/campaign"
	"obrady/internal/db"
	"obrady/internal/db/dbtest"
	"obrady/internal/edition"
	"obrady/internal/form"
	"obrady/internal/i18n"
	"obrady/internal/mail"
	"obrady/internal/notify"
	"obrady/internal/outbox"
	"obrady/internal/partner"
	"obrady/internal/people"
	"obrady/internal/rights"
	"obrady/internal/signup"
)

// sending is a congress with an open call.
type sending struct {
	*signups
	calls *call.Service
	call  call.Call
}

func newSending(t *testing.T, d *db.DB) *sending {
	t.Helper()
	s := &sending{signups: newSignups(t, d)}
	ctx := t.Context()
	words, err := i18n.Load(notify.Locale, rights.Locale, partner.Locale, edition.Locale, campaign.Locale, signup.Locale, call.Locale)
	s.must(err)
	s.Words = words
	var kinds []string
	for _, e := range []outbox.Event{call.Happened{}, call.TooLate{}, call.Asked{}, call.ClosingSoon{}, call.CalledOff{}} {
		kinds = append(kinds, e.Kind())
	}
	s.worker.Lanes = []outbox.Lane{outbox.Only(kinds...)}
	s.calls = call.NewService(d, s.read)
	s.calls.Clock = func(context.Context, db.Querier) (time.Time, error) { return s.now, nil }
	s.call, err = s.calls.Save(ctx, "desk", call.Call{
		Edition: s.edition, Slug: "abstrakty", Mark: "AB", Kind: call.Abstract, Title: i18n.Text{PL: "Abstrakty", EN: "Abstracts"}, Anonymity: call.Open,
		Senders: call.Anybody, Languages: i18n.Langs, OpensAt: s.now, ClosesAt: s.now.AddDate(0, 0, 14),
	})
	s.must(err)
	_, err = s.calls.Ask(ctx, "desk", s.call.ID, form.Version{Questions: []form.Question{{ID: "q", Kind: form.Line, Label: i18n.Both("x")}}})
	s.must(err)
	s.must(s.calls.Publish(ctx, "desk", s.call.ID))
	return s
}

func (s *sending) begin(who people.Account, title string) call.Submission {
	s.t.Helper()
	one, err := s.calls.Begin(s.t.Context(), call.Beginning{Call: s.call.ID, By: who.ID, Lang: i18n.Polish})
	s.must(err)
	one.Title = title
	one, err = s.calls.Keep(s.t.Context(), who.ID, one)
	s.must(err)
	return one
}

func (s *sending) send(who people.Account, one call.Submission) (call.Submission, error) {
	return s.calls.Send(s.t.Context(), call.Sending{By: who.ID, Typed: one})
}

func TestAuthorsAreToldWhereTheirSubmissionStands(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		s := newSending(t, d)
		ctx := t.Context()
		ewa := s.account("ewa@example.org", i18n.Polish)
		one, err := s.send(ewa, s.begin(ewa, "Rzeka"))
		s.must(err)
		s.hears("sent", []string{"ewa@example.org", "Zgłoszenie AB-1 złożone: Rzeka", "w naborze Abstrakty", "/pl/submission/kpm-2027/AB-1"})
		s.must(s.calls.Check(ctx, call.Finding{
			Submission: one.ID, By: "desk", Seen: call.Submitted, Next: call.Returned, Why: "Brakuje zgody", DueAt: s.now.AddDate(0, 0, 3),
		}))
		s.hears("returned", []string{"ewa@example.org", "AB-1: do uzupełnienia", "> Brakuje zgody"})
		s.must(s.calls.Go(ctx, call.Step{Submission: one.ID, By: ewa.ID, To: call.Withdrawn, Why: "Nie przyjadę"}))
		s.hears("withdrawn", []string{"host@example.org", "AB-1: wycofane", "> Nie przyjadę", "/pl/desk.submission/kpm-2027/abstrakty/AB-1"})
	})
}

func TestContributorsAreAskedOnceByALinkThatGoesOnWorking(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		s := newSending(t, d)
		ctx := t.Context()
		ewa := s.account("ewa@example.org", i18n.Polish)
		one := s.begin(ewa, "Rzeka")
		jan, err := s.calls.SaveContributor(ctx, ewa.ID, call.Contributor{Submission: one.ID, Name: "Jan", Email: "jan@example.org", Roles: []call.Role{call.Author}})
		s.must(err)
		s.must(s.calls.Invite(ctx, ewa.ID, jan))
		handled := func() []mail.Kept {
			t.Helper()
			for {
				n, err := s.worker.Once(ctx)
				s.must(err)
				if n == 0 {
					break
				}
			}
			all, err := mail.NewService(d, s.read).Letters(ctx, mail.Filter{})
			s.must(err)
			return all
		}
		letters := handled()
		if len(letters) != 1 || letters[0].To != "jan@example.org" || !letters[0].Secret {
			t.Fatalf("letters %+v, want one secret to jan", letters)
		}
		_, err = d.Exec(ctx, `UPDATE outbox SET done_at = NULL, due_at = $1 WHERE kind = 'call.asked'`, s.now)
		s.must(err)
		if all := handled(); len(all) != 1 {
			t.Errorf("kept twice: %d letters, want the first alone", len(all))
		}
		s.must(s.calls.Reply(ctx, tokenIn(letters[0]), call.Agreed, ""))
		s.letters()
		_, err = s.send(ewa, one)
		s.must(err)
		s.hears("sent, to whoever agreed", []string{"ewa@example.org", "złożone"}, []string{"jan@example.org", "złożone"})
	})
}

func tokenIn(l mail.Kept) string {
	for _, p := range l.Body.Paragraphs {
		if p.Button != nil {
			return p.Button.Address[strings.LastIndexByte(p.Button.Address, '/')+1:]
		}
	}
	return ""
}

func TestDeadlinesAreToldBeforeAndAfter(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		s := newSending(t, d)
		ctx := t.Context()
		ewa, ada := s.account("ewa@example.org", i18n.Polish), s.account("ada@example.org", i18n.English)
		draft := s.begin(ewa, "Rzeka")
		s.must(s.calls.Extend(ctx, "desk", s.call.ID, call.Extension{Until: s.call.ClosesAt.AddDate(0, 0, 7), Why: i18n.Both("Awaria")}))
		s.now = s.call.ClosesAt
		s.hears("of the deadline that was moved")
		s.now = s.call.ClosesAt.AddDate(0, 0, 6)
		s.hears("near", []string{"ewa@example.org", "Nabór kończy się: ", "Rzeka"})
		other := s.begin(ada, "River")
		s.now = s.call.ClosesAt.AddDate(0, 0, 8)
		if _, err := s.send(ewa, draft); err == nil {
			t.Error("a submission a day late was taken")
		}
		s.hears("too late", []string{"ewa@example.org", "Po terminie: tekst jest zapisany", "Rzeka"})
		s.must(s.calls.Cancel(ctx, "desk", s.call.ID))
		s.hears("called off", []string{"ewa@example.org", "Nabór odwołany: Abstrakty"}, []string{"ada@example.org", "Call cancelled: Abstracts", other.Title})
	})
}
