package app_test

import "obrady/internal/people"

// onstageRows are the slides that the person sent for a colleague's talk; they stand on those of callRows.
func onstageRows(s people.Subject) []row {
	return []row{
		{"onstage_slides", map[string]any{
			"submission_id": "sent-2", "name": canary, "kind": "application/pdf", "size": len(canary), "sum": canary, "content": []byte(canary),
			"added_by": string(s.Account), "added_at": noon(),
		}},
	}
}
