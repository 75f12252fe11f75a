package call_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"obrady/internal/call"
	"obrady/internal/db"
	"obrady/internal/form"
	"obrady/internal/people"
)

func (o *office) names(submission call.SubmissionID) (names []string) {
	o.t.Helper()
	who, err := call.IdentityOf(o.t.Context(), o.db, submission)
	o.must(err)
	for _, c := range who.Contributors {
		names = append(names, c.Name)
	}
	return names
}

// link issues the link of an invitation, as the letter does.
func (o *office) link(c call.Contributor) (token string) {
	o.t.Helper()
	o.must(o.db.Tx(o.t.Context(), func(tx *db.Tx) (err error) {
		token, _, err = call.IssueLink(o.t.Context(), tx, c.ID)
		return err
	}))
	return token
}

func TestContributorsNeedNoAccount(t *testing.T) {
	each(t, func(o *office) {
		ctx := t.Context()
		ewa := o.account("Ewa")
		draft := o.begin(ewa)
		jan, err := o.calls.SaveContributor(ctx, ewa, call.Contributor{
			Submission: draft.ID, Name: " Jan Nowak ", Email: "Jan@Example.org", Roles: []call.Role{call.Author}, ORCID: "https://orcid.org/0000000218250097",
		})
		o.must(err)
		if jan.Name != "Jan Nowak" || jan.Email != "jan@example.org" || jan.ORCID != "0000-0002-1825-0097" || jan.State != call.Named {
			t.Errorf("SaveContributor = %+v, want it tidied", jan)
		}
		_, err = o.calls.SaveContributor(ctx, ewa, call.Contributor{Submission: draft.ID, Name: "Jan Nowak", Email: "jan@example.org", Roles: []call.Role{call.Author}})
		o.must(err) // pressed twice
		if diff := cmp.Diff([]string{"Ewa", "Jan Nowak"}, o.names(draft.ID)); diff != "" {
			t.Error(diff)
		}
		o.must(o.calls.Invite(ctx, ewa, jan))
		o.must(o.calls.Invite(ctx, ewa, jan))
		if n := o.promised("call.asked"); n != 1 {
			t.Errorf("%d letters promised, want 1", n)
		}
		token := o.link(jan)
		_, err = o.calls.Invitation(ctx, "guess")
		o.want(call.ErrNoLink, err)
		invitation, err := o.calls.Invitation(ctx, token)
		if err != nil || invitation.Asking != "Ewa" || invitation.Contributor.ID != jan.ID {
			t.Errorf("Invitation = %+v, %v, want one of ewa to jan", invitation, err)
		}
		o.must(o.calls.Reply(ctx, token, call.Agreed, ""))
		o.want(call.ErrNoLink, o.calls.Reply(ctx, token, call.Refused, ""))
	})
}

func TestWhoAgreesWhileSignedInWorksOnTheSubmission(t *testing.T) {
	each(t, func(o *office) {
		ctx := t.Context()
		ewa, jan := o.account("Ewa"), o.account("Jan")
		draft := o.begin(ewa)
		c, err := o.calls.SaveContributor(ctx, ewa, call.Contributor{Submission: draft.ID, Name: "Jan", Email: "jan@example.org", Roles: []call.Role{call.Presenter}})
		o.must(err)
		o.must(o.calls.Invite(ctx, ewa, c))
		old := o.link(c)
		token := o.link(c)
		o.want(call.ErrNoLink, o.calls.Reply(ctx, old, call.Agreed, jan))
		o.must(o.calls.Reply(ctx, token, call.Agreed, jan))
		_, err = o.calls.Keep(ctx, jan, draft)
		o.must(err)
		parties, err := call.PartiesOf(ctx, o.db, draft.ID)
		o.must(err)
		if want := []call.Party{{Submission: draft.ID, Account: ewa}, {Submission: draft.ID, Account: jan}}; len(parties) != 2 || !cmp.Equal(want, sorted(parties, ewa)) {
			t.Errorf("PartiesOf = %v, want %v", parties, want)
		}
		c.Email = "inny@example.org" // somebody else from now on
		_, err = o.calls.SaveContributor(ctx, ewa, c)
		o.must(err)
		_, err = o.calls.Keep(ctx, jan, draft)
		o.want(call.ErrNoSubmission, err)
		o.must(o.calls.RaiseContributor(ctx, ewa, c))
		if diff := cmp.Diff([]string{"Jan", "Ewa"}, o.names(draft.ID)); diff != "" {
			t.Error(diff)
		}
		o.must(o.calls.RemoveContributor(ctx, ewa, c))
		who, err := o.calls.Behind(ctx, ewa, draft.ID)
		o.must(err)
		o.want(call.ErrNobodyLeft, o.calls.RemoveContributor(ctx, ewa, who.Contributors[0]))
	})
}

func sorted(parties []call.Party, first people.AccountID) []call.Party {
	if parties[0].Account != first {
		parties[0], parties[1] = parties[1], parties[0]
	}
	return parties
}

func TestContributorsAreChecked(t *testing.T) {
	each(t, func(o *office) {
		ewa := o.account("Ewa")
		draft := o.begin(ewa)
		good := call.Contributor{Submission: draft.ID, Name: "Jan", Roles: []call.Role{call.Author}}
		for field, spoil := range map[string]func(*call.Contributor){
			"name":  func(c *call.Contributor) { c.Name = " " },
			"email": func(c *call.Contributor) { c.Email = "jan@" },
			"orcid": func(c *call.Contributor) { c.ORCID = "0000-0002-1825-0098" },
			"roles": func(c *call.Contributor) { c.Roles = []call.Role{call.Unit, call.Author} },
		} {
			bad := good
			spoil(&bad)
			_, err := o.calls.SaveContributor(t.Context(), ewa, bad)
			o.wantProblem(field, err)
		}
		for range call.MostContributors - 1 {
			_, err := o.calls.SaveContributor(t.Context(), ewa, good)
			o.must(err)
		}
		_, err := o.calls.SaveContributor(t.Context(), ewa, good)
		o.wantProblem("name", err)
		sent := o.send(ewa, draft)
		o.move(sent.ID, call.Eligible)
		who, err := o.calls.Behind(t.Context(), ewa, draft.ID)
		o.must(err)
		o.want(call.ErrFixed, o.calls.RemoveContributor(t.Context(), ewa, who.Contributors[3]))
	})
}

func TestNamesInTheTextAreFound(t *testing.T) {
	each(t, func(o *office) {
		ctx := t.Context()
		ewa := o.account("Ewa Kanarek")
		city := o.city("Urząd Miasta Gdańska", ewa)
		s, err := o.calls.Begin(ctx, call.Beginning{Call: o.call.ID, By: ewa, Institution: city, Lang: "pl"})
		o.must(err)
		s.Title, s.Path = "Rzeka w Gdańsku", "woda"
		s.Answers = form.Answers{"abstract": "Miasto i Kanarkowi urząd", "phone": "Kanarek 123"}
		s = o.send(ewa, s)
		got, err := o.calls.Traces(ctx, s.ID)
		want := []call.Trace{{Found: "Gdańsku"}, {Question: "abstract", Found: "Kanarkowi"}}
		if diff := cmp.Diff(want, got); err != nil || diff != "" {
			t.Errorf("Traces (-want +got): %v\n%s", err, diff)
		}
	})
}

func TestAnInvitationThatNoServerTakesIsShown(t *testing.T) {
	each(t, func(o *office) {
		ctx := t.Context()
		ewa := o.account("Ewa")
		draft := o.begin(ewa)
		c, err := o.calls.SaveContributor(ctx, ewa, call.Contributor{Submission: draft.ID, Name: "Jan", Email: "jan@example.org", Roles: []call.Role{call.Author}})
		o.must(err)
		o.must(o.calls.Invite(ctx, ewa, c))
		state := func() call.Answer {
			who, err := o.calls.Behind(ctx, ewa, draft.ID)
			o.must(err)
			return who.Contributors[1].State
		}
		if got := state(); got != call.Invited {
			t.Errorf("before: %s, want invited", got)
		}
		_, err = o.db.Exec(ctx, `
			INSERT INTO letter (id, kind, to_address, to_name, lang, subject, body, dedupe, message_id, posted_at, state)
			VALUES ('l', 'call.asked', 'jan@example.org', 'Jan', 'pl', 's', '{}', 'd', 'm', $1, 'refused')`, o.time())
		o.must(err)
		if got := state(); got != call.Bounced {
			t.Errorf("after the server refused it: %s, want bounced", got)
		}
	})
}
