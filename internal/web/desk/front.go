package desk

import (
	"obrady/internal/edition"
	"obrady/internal/rights"
)

// Front is the route of the first page of an edition's desk that who may open: whoever only receives people begins at
// the door. It is "" for those who have nothing to do there.
func (p *Kit) Front(who rights.Standing, of edition.ID) string {
	for _, group := range navigation {
		for _, item := range group.Items {
			if p.Opens(item.Route, who, of) {
				return item.Route
			}
		}
	}
	return ""
}
