package rights_test

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"obrady/internal/i18n"
	"obrady/internal/programme"
	"obrady/internal/rights"
)

// forest is the tree that rules are tried on: a block with a block inside and a stage, a block that a partner runs, a
// stage of its own that another one runs, and an expert group that stands on nothing.
func forest() rights.Tree {
	return rights.Tree{
		Edition: "kpm",
		Blocks:  map[programme.BlockID]programme.BlockID{"green": "", "trees": "green", "metro": ""},
		Stages:  map[programme.StageID]programme.BlockID{"glade": "green", "river": ""},
		Spaces: []rights.Space{
			{ID: "gzm", Kind: rights.Event, Block: "metro"},
			{ID: "wuf", Kind: rights.Event, Stage: "river"},
			{ID: "group", Kind: rights.ExpertGroup},
		},
	}
}

func TestPathLeadsUpToTheSite(t *testing.T) {
	for _, test := range []struct {
		name string
		node rights.Node
		want string
	}{
		{"a block inside a block", rights.OfBlock("trees"), "trees green kpm site"},
		{"a stage in a block", rights.OfStage("glade"), "glade green kpm site"},
		{"a block with a workspace on it", rights.OfBlock("metro"), "metro gzm kpm site"},
		{"a stage with a workspace on it", rights.OfStage("river"), "river wuf kpm site"},
		{"a workspace on a block", rights.OfWorkspace("gzm"), "gzm metro gzm kpm site"},
		{"a workspace on nothing", rights.OfWorkspace("group"), "group kpm site"},
		{"the congress", rights.OfCongress("kpm"), "kpm site"},
		{"the site", rights.Whole, "site"},
		{"a block of another congress", rights.OfBlock("elsewhere"), ""},
		{"a stage of another congress", rights.OfStage("elsewhere"), ""},
		{"a workspace of another congress", rights.OfWorkspace("elsewhere"), ""},
		{"another congress", rights.OfCongress("elsewhere"), ""},
		{"a person, who is not in the tree", rights.OfPerson("ewa"), ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			if got := spell(forest().Path(test.node)); got != test.want {
				t.Errorf("Path = %q, want %q", got, test.want)
			}
		})
	}
}

func TestBlocksInACircleHaveAnEnd(t *testing.T) {
	tree := rights.Tree{Edition: "kpm", Blocks: map[programme.BlockID]programme.BlockID{"a": "b", "b": "a"}}
	if got := spell(tree.Path(rights.OfBlock("a"))); !strings.HasSuffix(got, "kpm site") {
		t.Errorf("Path = %q, want one that ends at the site", got)
	}
}

func spell(path []rights.Node) string {
	var names []string
	for _, n := range path {
		name := n.ID
		if n == rights.Whole {
			name = "site"
		}
		names = append(names, name)
	}
	return strings.Join(names, " ")
}

// holding is somebody with one role at one node of the forest.
func holding(role rights.Role, at rights.Node) rights.Standing {
	g := rights.Grant{Account: "ewa", Role: role, Node: at, Edition: "kpm"}
	if at == rights.Whole {
		g.Edition = ""
	}
	return rights.Standing{Account: "ewa", Grants: []rights.Grant{g}}
}

func TestDecide(t *testing.T) {
	tree := forest()
	session := tree.Session("talk", "trees", "glade")
	for _, test := range []struct {
		name   string
		who    rights.Standing
		action rights.Action
		path   []rights.Node
		want   error
	}{
		{"the public reads the programme", rights.Standing{}, rights.ReadProgramme, session, nil},
		{"the public reads a draft", rights.Standing{}, rights.ReadDraft, session, rights.ErrSignIn},
		{"anybody has an account", rights.Standing{Account: "ewa"}, rights.OwnAccount, nil, nil},
		{"nobody in particular reads a draft", rights.Standing{Account: "ewa"}, rights.ReadDraft, session, rights.ErrHidden},
		{"an action that is in no table", holding(rights.Organiser, rights.Whole), "moon.paint", session, rights.ErrHidden},
		{"an organiser of the site", holding(rights.Organiser, rights.Whole), rights.EditProgramme, session, nil},
		{"an organiser of the congress", holding(rights.Organiser, rights.OfCongress("kpm")), rights.EditProgramme, session, nil},
		{"a coordinator of the block above", holding(rights.Coordinator, rights.OfBlock("green")), rights.EditProgramme, session, nil},
		{"a coordinator of the stage", holding(rights.Coordinator, rights.OfStage("glade")), rights.EditProgramme, session, nil},
		{"a coordinator of the block beside", holding(rights.Coordinator, rights.OfBlock("metro")), rights.EditProgramme, session, rights.ErrHidden},
		{"a coordinator of a block below", holding(rights.Coordinator, rights.OfBlock("trees")), rights.ReadDraft, tree.Path(rights.OfBlock("green")), rights.ErrHidden},
		{"a coordinator publishes", holding(rights.Coordinator, rights.OfBlock("green")), rights.Release, session, rights.ErrRole},
		{"a speaker edits the own session", holding(rights.Speaker, rights.OfSession("talk")), rights.EditProgramme, session, rights.ErrRole},
		{"a speaker looks at the block", holding(rights.Speaker, rights.OfSession("talk")), rights.ReadDraft, tree.Path(rights.OfBlock("trees")), rights.ErrHidden},
		{"a partner in the block that its workspace stands on", holding(rights.Partner, rights.OfWorkspace("gzm")), rights.EditStrand, tree.Path(rights.OfBlock("metro")), nil},
		{"a partner on the stage of another", holding(rights.Partner, rights.OfWorkspace("gzm")), rights.EditStrand, tree.Path(rights.OfStage("river")), rights.ErrHidden},
		{"a participant learns nothing of what is below", holding(rights.Participant, rights.OfCongress("kpm")), rights.ReadDraft, session, rights.ErrHidden},
		{"the desk reads who takes part", holding(rights.CheckIn, rights.OfCongress("kpm")), rights.ReadTakingPart, tree.Path(rights.OfCongress("kpm")), rights.ErrRole},
	} {
		t.Run(test.name, func(t *testing.T) {
			if got := test.who.Decide(test.action, test.path); !errors.Is(got, test.want) {
				t.Errorf("Decide = %v, want %v", got, test.want)
			}
		})
	}
}

func TestTheRefusalNamesWhoMay(t *testing.T) {
	err := holding(rights.Coordinator, rights.OfCongress("kpm")).At(rights.Release, "kpm")
	if want := rights.ErrRole.With(i18n.Keys{rights.Organiser.Key()}); err == nil || err.Error() != want.Error() {
		t.Errorf("At = %v, want %v", err, want)
	}
}

func TestAtAndWithin(t *testing.T) {
	coordinator := holding(rights.Coordinator, rights.OfBlock("trees"))
	for _, test := range []struct {
		name string
		got  error
		want error
	}{
		{"a part of the congress is somewhere within", coordinator.Within(rights.ReadDraft, "kpm"), nil},
		{"a part of the congress is not the whole, and whoever has it may know who does", coordinator.At(rights.ReadDraft, "kpm"), rights.ErrRole},
		{"within another congress", coordinator.Within(rights.ReadDraft, "other"), rights.ErrHidden},
		{"at another congress", coordinator.At(rights.ReadDraft, "other"), rights.ErrHidden},
		{"the site is in every congress", holding(rights.Organiser, rights.Whole).Within(rights.ReadDraft, "other"), nil},
		{"the public within", rights.Standing{}.Within(rights.ReadDraft, "kpm"), rights.ErrSignIn},
		{"another role within", coordinator.Within(rights.SendMail, "kpm"), rights.ErrRole},
	} {
		if !errors.Is(test.got, test.want) {
			t.Errorf("%s: %v, want %v", test.name, test.got, test.want)
		}
	}
}

func TestRefusalsBeatGrants(t *testing.T) {
	tree := forest()
	organiser := holding(rights.Organiser, rights.Whole)
	refused := func(kind rights.RefusalKind, of string, at rights.Node) rights.Standing {
		s := organiser
		f := rights.Refusal{Kind: kind, Node: at, Edition: "kpm"}
		if of != "" {
			f.Account = "ewa"
			if of != "ewa" {
				f.Account = "somebody else"
			}
		}
		s.Refusals = []rights.Refusal{f}
		return s
	}
	green, metro := tree.Path(rights.OfBlock("trees")), tree.Path(rights.OfBlock("metro"))
	for _, test := range []struct {
		name   string
		who    rights.Standing
		action rights.Action
		path   []rights.Node
		want   error
	}{
		{"a conflict of interest below its node", refused(rights.ConflictOfInterest, "ewa", rights.OfBlock("green")), rights.EditProgramme, green, rights.ErrConflict},
		{"the same beside it", refused(rights.ConflictOfInterest, "ewa", rights.OfBlock("green")), rights.EditProgramme, metro, nil},
		{"the conflict of somebody else", refused(rights.ConflictOfInterest, "else", rights.OfBlock("green")), rights.EditProgramme, green, nil},
		{"a blind phase hides who it is", refused(rights.BlindPhase, "", rights.OfCongress("kpm")), rights.ReadTakingPart, green, rights.ErrBlind},
		{"a blind phase hides nothing else", refused(rights.BlindPhase, "", rights.OfCongress("kpm")), rights.ReadDraft, green, nil},
		{"a legal hold keeps data and forbids no page", refused(rights.LegalHold, "", rights.OfPerson("jan")), rights.EditPeople, green, nil},
	} {
		t.Run(test.name, func(t *testing.T) {
			if got := test.who.Decide(test.action, test.path); !errors.Is(got, test.want) {
				t.Errorf("Decide = %v, want %v", got, test.want)
			}
		})
	}
}

func TestRolesAreGivenDuringABlindPhase(t *testing.T) {
	who, congress := holding(rights.Organiser, rights.Whole), rights.OfCongress("kpm")
	who.Refusals = []rights.Refusal{{Kind: rights.BlindPhase, Node: congress, Edition: "kpm"}}
	if err := who.CanGive(rights.Organiser, forest().Path(congress)); err != nil {
		t.Errorf("CanGive = %v, want nil: whoever gets the role is as blind", err)
	}
	who.Refusals = []rights.Refusal{{Kind: rights.ConflictOfInterest, Account: "ewa", Node: congress, Edition: "kpm"}}
	if err := who.CanGive(rights.Organiser, forest().Path(congress)); err == nil {
		t.Error("whoever is in a conflict of interest gives somebody else what they must not do themselves")
	}
}

func TestScopeIsWhatDecideLetsIn(t *testing.T) {
	scope := holding(rights.Partner, rights.OfWorkspace("gzm")).Scope(rights.EditProgramme, forest())
	for _, test := range []struct {
		name string
		got  bool
		want bool
	}{
		{"the whole edition", scope.All(), false},
		{"the own block", scope.Block("metro"), true},
		{"another block", scope.Block("green"), false},
		{"a block of nowhere", scope.Block("elsewhere"), false},
		{"another stage", scope.Stage("river"), false},
		{"a session in the own block", scope.Session(programme.Session{ID: "x", Block: "metro"}), true},
		{"a session of another block", scope.Session(programme.Session{ID: "x", Block: "green"}), false},
		{"the own workspace", scope.Workspace("gzm"), true},
		{"another workspace", scope.Workspace("wuf"), false},
	} {
		if test.got != test.want {
			t.Errorf("%s: %v, want %v", test.name, test.got, test.want)
		}
	}
	if got := scope.Home(); got != "gzm" {
		t.Errorf("Home = %q, want the workspace", got)
	}
}

// nodes lists every node of the forest.
func nodes() []rights.Node {
	return []rights.Node{
		rights.Whole, rights.OfCongress("kpm"), rights.OfBlock("green"), rights.OfBlock("trees"), rights.OfBlock("metro"),
		rights.OfStage("glade"), rights.OfStage("river"), rights.OfWorkspace("gzm"), rights.OfWorkspace("wuf"), rights.OfWorkspace("group"),
	}
}

// TestNobodyGivesMoreThanTheyHave draws somebody with a few roles, lets them give one of those they may give, and looks
// at whether the new one can do anything anywhere, at any time, that the giver cannot.
func TestNobodyGivesMoreThanTheyHave(t *testing.T) {
	type gift struct {
		role  rights.Role
		at    rights.Node
		until time.Time
	}
	tree, nothing, given := forest(), 0, 0
	var actions []rights.Action
	for _, rule := range rights.Policy {
		actions = append(actions, rule.Action)
	}
	days := []time.Time{noon, noon.AddDate(0, 0, 1), noon.AddDate(0, 0, 2), {}}
	rapid.Check(t, func(t *rapid.T) {
		giver := rights.Standing{Account: "ewa"}
		for range rapid.IntRange(1, 3).Draw(t, "roles of the giver") {
			one := holding(rapid.SampledFrom(rights.Roles).Draw(t, "role"), rapid.SampledFrom(nodes()).Draw(t, "at"))
			one.Grants[0].Until = rapid.SampledFrom(days).Draw(t, "until")
			giver.Grants = append(giver.Grants, one.Grants...)
		}
		var gifts []gift
		for _, role := range rights.Roles {
			for _, at := range nodes() {
				for _, until := range days {
					if giver.Lasting(until).CanGive(role, tree.Path(at)) == nil {
						gifts = append(gifts, gift{role, at, until})
					}
				}
			}
		}
		if len(gifts) == 0 {
			nothing++
			return
		}
		given++
		drawn := rapid.SampledFrom(gifts).Draw(t, "gift")
		role, at, until := drawn.role, drawn.at, drawn.until
		taker := holding(role, at)
		taker.Account, taker.Grants[0].Until = "jan", until
		for _, day := range days[:3] {
			if !taker.Grants[0].At(day.Add(-time.Second)) {
				continue
			}
			then := giver
			then.Grants = slices.DeleteFunc(slices.Clone(giver.Grants), func(g rights.Grant) bool { return !g.At(day.Add(-time.Second)) })
			for _, node := range nodes() {
				for _, a := range actions {
					if taker.May(a, tree.Path(node)) && !then.May(a, tree.Path(node)) {
						t.Fatalf("%+v gives %s at %v until %v, and with it %s at %v on %v", giver.Grants, role, at, until, a, node, day)
					}
				}
			}
		}
	})
	t.Logf("%d gave something, %d have nothing they may give", given, nothing)
	if given == 0 {
		t.Error("nobody gave anything, so nothing was tried")
	}
}
