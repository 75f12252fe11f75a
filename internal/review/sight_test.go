package review_test

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"obrady/internal/call"
	"obrady/internal/people"
	"obrady/internal/review"
	"obrady/internal/rights"
)

func TestWordsAreFoundInAnyCaseAndWithoutAccents(t *testing.T) {
	each(t, func(c *chamber) {
		member := c.somebody("radny", rights.Council)
		for _, title := range []string{"Świnoujście nad wodą", "Łódź bez łodzi", "Tramwaj"} {
			c.sent(c.account("pisarz"), title, "woda")
		}
		c.now(reviewing)
		for words, want := range map[string][]string{"ŚWINO": {"Świnoujście nad wodą"}, "lodz": {"Łódź bez łodzi"}, "ab-3": {"Tramwaj"}, "%": nil} {
			found, n, err := c.reviews.Page(t.Context(), member, c.call.ID, review.Filter{Words: words})
			var got []string
			for _, e := range found {
				got = append(got, e.Title)
			}
			if err != nil || !cmp.Equal(got, want) || n != len(want) {
				t.Errorf("%q finds %v (%d), %v, want %v", words, got, n, err, want)
			}
		}
		second, err := c.reviews.List(t.Context(), member, c.call.ID, review.Filter{Words: "o", From: 1, Most: 1})
		if err != nil || len(second) != 1 || second[0].Code != "AB-2" {
			t.Errorf("the second page is %+v, %v, want AB-2 alone", second, err)
		}
	})
}

func TestWhoSeesWhat(t *testing.T) {
	each(t, func(c *chamber) {
		member, reader := c.somebody("radny", rights.Council), c.reader("recenzentka", 5, "woda")
		river := c.sent(c.account("pisarz"), "Rzeka", "woda")
		c.sent(c.account("pisarka"), "Tramwaj", "ruch")
		c.now(reviewing)

		if got, want := c.sees(member), []string{"Rzeka", "Tramwaj"}; !cmp.Equal(got, want) {
			t.Errorf("the council sees %v, want %v", got, want)
		}
		if got := c.sees(reader); got != nil {
			t.Errorf("a reviewer who was given nothing sees %v, want nothing", got)
		}
		c.give(river, reader)
		if got, want := c.sees(reader), []string{"Rzeka"}; !cmp.Equal(got, want) {
			t.Errorf("a reviewer sees %v, want what they were given: %v", got, want)
		}
		_, err := c.reviews.List(t.Context(), c.account("ktoś"), c.call.ID, review.Filter{})
		c.want(rights.ErrHidden, err)
	})
}

// Each way to a submission is tried by a member of the council who has a stake in it.
func TestAConflictShutsEveryWay(t *testing.T) {
	each(t, func(c *chamber) {
		ctx := t.Context()
		member, desk := c.somebody("radna", rights.Council), c.desk()
		river := c.sent(c.account("pisarz"), "Rzeka", "woda")
		c.sent(c.account("pisarka"), "Tramwaj", "ruch")
		c.now(reviewing)
		c.must(c.reviews.Declare(ctx, desk, review.Conflict{Submission: river, Account: member}, "Była promotorką pracy"))

		if got, want := c.sees(member), []string{"Tramwaj"}; !cmp.Equal(got, want) {
			t.Errorf("the list shows %v, want %v", got, want)
		}
		counts, err := c.reviews.Counts(ctx, member, c.call.ID)
		if want := map[call.State]int{call.Eligible: 1}; err != nil || !cmp.Equal(counts, want) {
			t.Errorf("the counts are %v, %v, want %v", counts, err, want)
		}
		found, err := c.reviews.List(ctx, member, c.call.ID, review.Filter{Words: "rzek"})
		if err != nil || len(found) != 0 {
			t.Errorf("a search finds %v, %v, want nothing", found, err)
		}
		c.want(review.ErrNone, c.reviews.Visible(ctx, member, river))
		_, err = c.reviews.Paper(ctx, member, river)
		c.want(review.ErrNone, err)
		_, _, err = c.reviews.Reviews(ctx, member, river)
		c.want(review.ErrNone, err)
		_, err = c.reviews.Opinions(ctx, member, river)
		c.want(review.ErrNone, err)
		known, err := c.reviews.Conflicts(ctx, member, c.call.ID)
		if err != nil || len(known) != 0 {
			t.Errorf("the list of conflicts shows them their own: %v, %v", known, err)
		}
		c.want(nil, c.reviews.Visible(ctx, desk, river))
	})
}

func TestAFileThatAConflictClosesOpensForAnHourBehindGlass(t *testing.T) {
	each(t, func(c *chamber) {
		ctx := t.Context()
		desk, other := c.desk(), c.desk()
		river := c.sent(c.account("pisarz"), "Rzeka", "woda")
		c.now(reviewing)
		c.must(c.reviews.Declare(ctx, other, review.Conflict{Submission: river, Account: desk}, "Mąż"))
		c.want(review.ErrNone, c.reviews.Visible(ctx, desk, river))

		_, err := c.reviews.Break(ctx, desk, river, "")
		c.wantProblem("reason", err)
		_, err = c.reviews.Break(ctx, desk, river, "Awaria pliku, nikogo innego nie ma w biurze")
		c.must(err)
		c.want(nil, c.reviews.Visible(ctx, desk, river))
		broken, err := c.reviews.Broken(ctx, c.somebody("radny", rights.Council), c.call.ID)
		if err != nil || len(broken) != 1 || broken[0].Account != desk || broken[0].Code != "AB-1" {
			t.Errorf("the council reads %+v, %v, want who opened AB-1", broken, err)
		}
		c.now(reviewing.Add(review.GlassFor))
		c.want(review.ErrNone, c.reviews.Visible(ctx, desk, river))
	})
}

func TestNobodyReadsWhoReviewedTheirOwnWorkBehindGlass(t *testing.T) {
	each(t, func(c *chamber) {
		member := c.somebody("radna i autorka", rights.Council)
		river := c.sent(member, "Rzeka", "woda")
		c.now(reviewing)
		if got := c.sees(member); got != nil {
			t.Errorf("an author on the council sees %v, want nothing", got)
		}
		_, err := c.reviews.Break(t.Context(), member, river, "Ciekawość")
		c.want(review.ErrOwnStake, err)
	})
}

func TestRulesFindConflicts(t *testing.T) {
	for _, test := range []struct {
		name  string
		tie   func(c *chamber, member, author people.AccountID)
		want  review.Stage
		found []review.Source
	}{
		{"strangers", func(*chamber, people.AccountID, people.AccountID) {}, review.NoConflict, nil},
		{"the same institution", func(c *chamber, member, author people.AccountID) {
			c.institution("", member, author)
		}, review.Suspected, []review.Source{review.Institution}},
		{"two institutes under one roof", func(c *chamber, member, author people.AccountID) {
			roof := c.institution("")
			c.institution(roof, member)
			c.institution(roof, author)
		}, review.Suspected, []review.Source{review.Kin}},
		{"two institutions of their own", func(c *chamber, member, author people.AccountID) {
			c.institution("", member)
			c.institution("", author)
		}, review.NoConflict, nil},
	} {
		t.Run(test.name, func(t *testing.T) {
			each(t, func(c *chamber) {
				member, author := c.somebody("radny", rights.Council), c.account("pisarz")
				test.tie(c, member, author)
				c.sent(author, "Rzeka", "woda")
				c.now(reviewing)
				shown := c.sees(member)
				known, err := c.reviews.Conflicts(t.Context(), c.desk(), c.call.ID)
				c.must(err)
				if (shown == nil) != test.want.Stands() {
					t.Errorf("the list shows %v, want the conflict %q to decide that", shown, test.want)
				}
				var got review.Conflict
				for _, k := range known {
					if k.Account == member {
						got = k.Conflict
					}
				}
				if got.Stage != test.want || !cmp.Equal(got.Sources, test.found) {
					t.Errorf("found %q by %v, want %q by %v", got.Stage, got.Sources, test.want, test.found)
				}
			})
		})
	}
}

// Somebody whom an author names by their address has a stake, whether they have answered or not.
func TestANamedCoAuthorIsFoundByTheirAddress(t *testing.T) {
	each(t, func(c *chamber) {
		ctx := t.Context()
		member, author := c.somebody("radny", rights.Council), c.account("pisarz")
		a, err := people.FindAccount(ctx, c.db, member)
		c.must(err)
		c.now(opening.Add(time.Hour))
		s, err := c.calls.Begin(ctx, call.Beginning{Call: c.call.ID, By: author, Lang: "pl"})
		c.must(err)
		_, err = c.calls.SaveContributor(ctx, author, call.Contributor{Submission: s.ID, Name: "Radny", Email: a.Email, Roles: []call.Role{call.Author}})
		c.must(err)
		s.Title, s.Path, s.Answers = "Rzeka", "woda", map[string]string{"abstract": "Odkryliśmy rzekę w mieście"}
		s, err = c.calls.Send(ctx, call.Sending{By: author, Typed: s})
		c.must(err)
		c.move(s.ID, call.Submitted, call.Eligible)
		c.now(reviewing)
		if got := c.sees(member); got != nil {
			t.Errorf("the list shows %v, want nothing", got)
		}
	})
}

// Somebody who joins the author's institution after the rules have looked is
// stopped the next time they look at anything.
func TestANewTieIsFoundAtOnce(t *testing.T) {
	each(t, func(c *chamber) {
		member, author := c.somebody("radny", rights.Council), c.account("pisarz")
		office := c.institution("", author)
		c.sent(author, "Rzeka", "woda")
		c.now(reviewing)
		if got, want := c.sees(member), []string{"Rzeka"}; !cmp.Equal(got, want) {
			t.Fatalf("the list shows %v, want %v", got, want)
		}
		c.join(member, office)
		if got := c.sees(member); got != nil {
			t.Errorf("after they joined the list shows %v, want nothing", got)
		}
	})
}

func TestTheLifeOfAConflict(t *testing.T) {
	each(t, func(c *chamber) {
		ctx := t.Context()
		member, author, desk := c.somebody("radny", rights.Council), c.account("pisarz"), c.desk()
		c.institution("", member, author)
		river := c.sent(author, "Rzeka", "woda")
		c.now(reviewing)
		c.want(review.ErrNone, c.reviews.Visible(ctx, member, river))

		ruling := review.Ruling{Submission: river, Account: member, To: review.Dismissed, Why: "Dwa odległe wydziały"}
		c.want(review.ErrOwnStake, c.reviews.Rule(ctx, member, ruling))
		c.wantProblem("why", c.reviews.Rule(ctx, desk, review.Ruling{Submission: river, Account: member, To: review.Dismissed}))
		c.must(c.reviews.Rule(ctx, desk, ruling))
		c.want(nil, c.reviews.Visible(ctx, member, river))
		c.want(review.ErrMoved, c.reviews.Rule(ctx, desk, ruling))

		// What was dismissed is not found again, however often the rules look.
		c.now(reviewing.Add(time.Hour))
		c.want(nil, c.reviews.Visible(ctx, member, river))

		c.must(c.reviews.Declare(ctx, member, review.Conflict{Submission: river, Account: member}, "Jednak znamy się dobrze"))
		c.want(review.ErrNone, c.reviews.Visible(ctx, member, river))
		steps, err := c.reviews.Life(ctx, desk, review.Conflict{Submission: river, Account: member, Call: c.call.ID})
		c.must(err)
		var got []review.Stage
		for _, s := range steps {
			got = append(got, s.To)
		}
		if want := []review.Stage{review.Suspected, review.Dismissed, review.Confirmed}; !cmp.Equal(got, want) {
			t.Errorf("its steps are %v, want %v", got, want)
		}
	})
}

// Of a double-blind call the council is not told what rules found: it would say whose institution is behind what.
func TestWhatRulesFindTellsTheCouncilNoAuthors(t *testing.T) {
	each(t, func(c *chamber) {
		ctx := t.Context()
		member, colleague, author := c.somebody("radny", rights.Council), c.somebody("radna", rights.Council), c.account("pisarz")
		c.institution("", colleague, author)
		river := c.sent(author, "Rzeka", "woda")
		c.now(reviewing)
		c.want(review.ErrNone, c.reviews.Visible(ctx, colleague, river))
		for who, want := range map[people.AccountID]int{member: 0, c.desk(): 1} {
			known, err := c.reviews.Conflicts(ctx, who, c.call.ID)
			if err != nil || len(known) != want {
				t.Errorf("%d conflicts are listed, %v, want %d", len(known), err, want)
			}
		}
		c.must(c.reviews.Declare(ctx, colleague, review.Conflict{Submission: river, Account: colleague}, "Znam tę pracę"))
		known, err := c.reviews.Conflicts(ctx, member, c.call.ID)
		if err != nil || len(known) != 1 || !cmp.Equal(known[0].Sources, []review.Source{review.Declared}) {
			t.Errorf("after she has said so the council reads %+v, %v, want that she has", known, err)
		}
	})
}

func TestNobodyLetsAnAuthorIn(t *testing.T) {
	each(t, func(c *chamber) {
		member := c.somebody("radna i autorka", rights.Council)
		river := c.sent(member, "Rzeka", "woda")
		c.now(reviewing)
		c.want(review.ErrNone, c.reviews.Visible(t.Context(), member, river))
		c.want(review.ErrOwnStake, c.reviews.Rule(t.Context(), c.desk(), review.Ruling{Submission: river, Account: member, To: review.Dismissed, Why: "Prosi"}))
	})
}

// No statement of this package or of the council's reads who is behind a submission.
func TestNoStatementReadsWhoIsBehindASubmission(t *testing.T) {
	identity := regexp.MustCompile(`\bcall_(owner|contributor)\b|\bIdentityOf\b|\bStepsOf\b|\bTraces\b`)
	if !identity.MatchString("JOIN call_owner") || !identity.MatchString("call.IdentityOf(ctx") {
		t.Fatal("the guard finds nothing")
	}
	files, err := filepath.Glob("../*/*.go")
	if err != nil {
		t.Fatal(err)
	}
	checked := 0
	for _, file := range files {
		pkg := filepath.Base(filepath.Dir(file))
		if strings.HasSuffix(file, "_test.go") || !slices.Contains([]string{"review", "council", "assign"}, pkg) {
			continue
		}
		checked++
		source, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if found := identity.FindString(string(source)); found != "" {
			t.Errorf("%s names %s; who is behind a submission is not for reviewers", file, found)
		}
	}
	if checked < 10 {
		t.Errorf("looked into %d files, want all of three packages", checked)
	}
}
