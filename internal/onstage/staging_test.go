package onstage_test

import (
	"context"
	"slices"
	"strings"
	"testing"

	"obrady/internal/call"
	"obrady/internal/errs"
	"obrady/internal/form"
	"obrady/internal/i18n"
	"obrady/internal/onstage"
	"obrady/internal/people"
	"obrady/internal/practice"
	"obrady/internal/programme"
	"obrady/internal/rights"
)

// order makes sessions as somebody.
func (h *hall) order(as context.Context, o onstage.Order) ([]onstage.Made, error) {
	h.t.Helper()
	if o.Call == "" {
		o.Call = h.call.ID
	}
	if o.Block == "" {
		o.Block = h.block.ID
	}
	return h.stage.MakeSessions(as, rights.Of(as).Account, o)
}

// saved reads a session as it is kept.
func (h *hall) saved(id programme.SessionID) programme.Session {
	h.t.Helper()
	content, err := h.programme.Content(h.t.Context(), h.edition)
	h.must(err)
	i := slices.IndexFunc(content.Sessions, func(s programme.Session) bool { return s.ID == id })
	if i < 0 {
		h.t.Fatalf("no session %s", id)
	}
	return content.Sessions[i]
}

func TestASubmissionBecomesADraftOfASession(t *testing.T) {
	each(t, func(h *hall) {
		ola := h.account("Ola Nowak")
		h.set(onstage.Setting{Call: h.call.ID, Answers: onstage.Answers{
			Lead: "lead", Places: "places", Audience: "whom", Modes: map[programme.Entry]onstage.Picked{programme.Selection: {Question: "mode", Option: 2}},
		}})
		s := h.sent(ola, h.call, "Odkryj rzekę", form.Answers{
			"lead": "Krótko o rzece.", "about": "Najpierw szukamy **koryta**.", "places": "24", "whom": "Urzędniczki i urzędnicy", "mode": "2", "phone": "600 700 800",
		})
		h.accept(s.ID)
		desk := h.as("biuro", rights.Organiser)
		made, err := h.order(desk, onstage.Order{Submissions: []call.SubmissionID{s.ID}})
		h.must(err)
		again, err := h.order(desk, onstage.Order{Submissions: []call.SubmissionID{s.ID}})
		h.must(err)
		if len(made) != 1 || len(again) != 0 || h.count(`session WHERE slug LIKE 'odkryj-rzeke%'`) != 1 {
			t.Fatalf("made %d and %d, want one session although the button was pressed twice", len(made), len(again))
		}
		got := h.saved(made[0].Session.ID)
		for _, test := range []struct{ what, got, want string }{
			{"title", got.Title.PL, "Odkryj rzekę"},
			{"lead", got.Lead.PL, "Krótko o rzece."},
			{"body", got.Body.PL, "Najpierw szukamy **koryta**."},
			{"audience", got.Audience.PL, "Urzędniczki i urzędnicy"},
			{"format", string(got.Format), string(programme.Workshop)},
			{"entry", string(got.Entry), string(programme.Selection)},
			{"status", string(got.Status), string(programme.Draft)},
			{"block", string(got.Block), string(h.block.ID)},
			{"languages", strings.Join(got.Languages, ","), "pl"},
		} {
			if test.got != test.want {
				t.Errorf("%s = %q, want %q", test.what, test.got, test.want)
			}
		}
		if got.Capacity != 24 || len(got.People) != 1 {
			t.Errorf("capacity %d and %d people, want 24 and one", got.Capacity, len(got.People))
		}
		if p, there := h.place(s.ID); !there || p.Session != got.ID {
			t.Errorf("the submission stands at %+v, want session %s", p, got.ID)
		}
	})
}

func TestNobodyIsDoubled(t *testing.T) {
	each(t, func(h *hall) {
		ola := h.account("Ola Nowak")
		known, err := people.NewService(h.db, h.time).SavePerson(t.Context(), "desk", people.Person{Name: "Ola NOWAK", Slug: "ola-nowak", Home: string(h.edition)})
		h.must(err)
		elsewhere, err := people.NewService(h.db, h.time).SavePerson(t.Context(), "desk", people.Person{Name: "Jan Wolski", Slug: "jan-wolski", Home: "another edition"})
		h.must(err)
		a, b := h.accepted(ola, "Rzeka"), h.accepted(ola, "Tramwaj")
		jan := h.account("Jan Wolski")
		c, d := h.accepted(jan, "Park"), h.accepted(jan, "Skwer")
		made, err := h.order(h.as("biuro", rights.Organiser), onstage.Order{Submissions: []call.SubmissionID{a.ID, b.ID, c.ID, d.ID}})
		h.must(err)
		var who []people.PersonID
		for _, m := range made {
			for _, p := range h.saved(m.Session.ID).People {
				who = append(who, p.Person)
			}
		}
		if len(who) != 4 || who[0] != known.ID || who[1] != known.ID || who[2] != who[3] || who[2] == elsewhere.ID {
			t.Errorf("people are %v, want %s twice and one new person twice who is not %s", who, known.ID, elsewhere.ID)
		}
		if n := h.count(`person WHERE name = 'Jan Wolski'`); n != 2 {
			t.Errorf("%d are called Jan Wolski, want 2", n)
		}
	})
}

func TestAStoryOfTheRoomLeavesNoWord(t *testing.T) {
	each(t, func(h *hall) {
		stories := h.announce(call.Call{
			Slug: "porazki", Mark: "NW", Kind: call.Failure, Title: i18n.Both("Noc wtop"), Anonymity: call.Open, Senders: call.Anybody, Languages: i18n.Langs,
		}, form.Question{ID: "about", Kind: form.Text, Label: i18n.Both("Co się stało")})
		s := h.sent(h.account("Zofia Cicha"), stories, "Jak utopiliśmy fontannę", form.Answers{"about": "Fontanna stanęła w złym miejscu"})
		h.accept(s.ID)
		desk := h.as("biuro", rights.Organiser)
		_, err := h.order(desk, onstage.Order{Call: stories.ID, Submissions: []call.SubmissionID{s.ID}})
		h.wantProblem("neutral", err)
		made, err := h.order(desk, onstage.Order{Call: stories.ID, Submissions: []call.SubmissionID{s.ID}, Neutral: "Opowieść pierwsza"})
		h.must(err)
		got := h.saved(made[0].Session.ID)
		if got.Recording != programme.NotRecorded || got.Title.PL != "Opowieść pierwsza" || len(got.People) != 0 || got.Slug != "opowiesc-pierwsza" {
			t.Errorf("session is %+v, want a neutral title, nobody's name and no recording", got)
		}
		for _, word := range []string{"utopili", "Fontanna stan", "Cicha"} {
			if n := h.count(`session WHERE title || lead || body || slug LIKE '%' || $1 || '%'`, word) + h.count(`person WHERE name LIKE '%' || $1 || '%'`, word); n != 0 {
				t.Errorf("%q stands in the programme", word)
			}
		}
	})
}

func TestANamedStoryIsNamed(t *testing.T) {
	each(t, func(h *hall) {
		stories := h.announce(call.Call{
			Slug: "porazki", Mark: "NW", Kind: call.Failure, Title: i18n.Both("Noc wtop"), Anonymity: call.Open, Senders: call.Anybody, Languages: i18n.Langs,
		}, form.Question{ID: "about", Kind: form.Text, Label: i18n.Both("Co się stało")})
		s := h.sent(h.account("Zofia Głośna"), stories, "Jak utopiliśmy fontannę", form.Answers{"about": "Fontanna"})
		h.accept(s.ID)
		_, err := practice.NewService(h.db, h.time).BeginStory(t.Context(), "desk", practice.Story{
			Edition: h.edition, Level: practice.Named, Tale: practice.Tale{Title: i18n.Both("Fontanna")}, Origin: practice.Origin{Kind: practice.FromSubmission, ID: string(s.ID)},
		})
		h.must(err)
		made, err := h.order(h.as("biuro", rights.Organiser), onstage.Order{Call: stories.ID, Submissions: []call.SubmissionID{s.ID}})
		h.must(err)
		if got := h.saved(made[0].Session.ID); got.Title.PL != "Jak utopiliśmy fontannę" || len(got.People) != 1 || !got.Body.IsZero() {
			t.Errorf("session is %+v, want its title and its teller, and none of the words nobody has checked", got)
		}
	})
}

func TestAllSessionsOrNone(t *testing.T) {
	each(t, func(h *hall) {
		good, waiting := h.accepted(h.account("Ola"), "Rzeka"), h.sent(h.account("Jan"), h.call, "Czeka", nil)
		before := h.count(`session`)
		_, err := h.order(h.as("biuro", rights.Organiser), onstage.Order{Submissions: []call.SubmissionID{good.ID, waiting.ID}})
		h.want(onstage.ErrNotAccepted, err)
		if n := h.count(`session`); n != before {
			t.Errorf("%d sessions were made, want none", n-before)
		}
	})
}

func TestWhoHasNoRoleMakesNothing(t *testing.T) {
	each(t, func(h *hall) {
		s := h.accepted(h.account("Ola"), "Rzeka")
		_, err := h.order(h.as("recenzent", rights.Reviewer), onstage.Order{Submissions: []call.SubmissionID{s.ID}})
		if kind := errs.KindOf(err); kind != errs.Forbidden && kind != errs.NotFound {
			t.Errorf("got %v, want a refusal", err)
		}
	})
}
