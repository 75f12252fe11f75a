package roles

import "obrady/internal/rights"

// policy is the table of what each role may do, as pages show it.
type policy struct {
	Roles    []rights.Role // that may do something at their nodes
	Rules    []rights.Rule // that need a role
	SignedIn []rights.Rule // for whoever is signed in, with what is their own
	Everyone []rights.Rule
}

var thePolicy = policyOf(rights.Policy)

func policyOf(rules []rights.Rule) (p policy) {
	for _, role := range rights.Roles {
		if len(role.Actions()) > 0 {
			p.Roles = append(p.Roles, role)
		}
	}
	for _, rule := range rules {
		switch rule.Reach {
		case rights.Everyone:
			p.Everyone = append(p.Everyone, rule)
		case rights.SignedIn:
			p.SignedIn = append(p.SignedIn, rule)
		default:
			p.Rules = append(p.Rules, rule)
		}
	}
	return p
}
