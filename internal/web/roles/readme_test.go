package roles

import (
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"obrady/internal/i18n"
	"obrady/internal/rights"
	"obrady/internal/web/webtest"
)

// tableRow is a row of the table of roles: | `role` (rola) | … | … | may | may not |
var tableRow = regexp.MustCompile("(?m)^\\| `([a-z]+)` \\(([^)]*)\\) \\|.*\\|([^|]*)\\|([^|]*)\\|$")

// What the README promises of roles is what the policy says.
func TestTheReadmeTellsOfEveryRole(t *testing.T) {
	text, err := os.ReadFile("../../../README.md")
	if err != nil {
		t.Fatal(err)
	}
	_, chapter, _ := strings.Cut(string(text), "\n## Roles\n")
	chapter, _, _ = strings.Cut(chapter, "\n## ")
	polish := webtest.Config(t, rights.Locale).Catalogue.In(i18n.Polish)
	var told, want []string
	for _, row := range tableRow.FindAllStringSubmatch(chapter, -1) {
		role := rights.Role(row[1])
		told = append(told, row[1]+" "+row[2])
		// A role whose work has yet to come opens nothing, and says so.
		if soon := strings.Contains(row[3], "comes with the calls"); soon && len(role.Actions()) > 0 {
			t.Errorf("the README says that %s may nothing yet, the policy: %v", role, role.Actions())
		}
		for claim, actions := range map[string][]rights.Action{
			"publish": {rights.Release, rights.PublishOwn}, "give roles": {rights.GiveGrants}, "legal hold": {rights.HoldData},
			"letters": {rights.SendMail}, "needs": {rights.ReadNeeds}, "change the programme": {rights.EditProgramme},
			"installation": {rights.ReadOperation},
		} {
			if strings.Contains(row[4], claim) && may(role, actions) && role != rights.Participant {
				t.Errorf("the README denies %s to %s, the policy does not", claim, role)
			}
			if strings.Contains(row[3], claim) && !may(role, actions) && !role.Follows() {
				t.Errorf("the README promises %s to %s, the policy does not", claim, role)
			}
		}
	}
	for _, role := range rights.Roles {
		want = append(want, string(role)+" "+polish.T(role.Key()))
	}
	if diff := cmp.Diff(want, told); diff != "" {
		t.Errorf("roles in the README (-policy +README):\n%s", diff)
	}
}

func may(role rights.Role, actions []rights.Action) bool {
	return slices.ContainsFunc(actions, func(a rights.Action) bool { return slices.Contains(role.Actions(), a) })
}
