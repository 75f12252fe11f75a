package app_test

import "obrady/internal/people"

// kaleidoscopeRows are what the desk noted of a talk that the person sent; they stand on those of callRows.
func kaleidoscopeRows(people.Subject) []row {
	return []row{
		{"kaleidoscope_talk", map[string]any{
			"submission_id": "sent-2", "times": `{"days":["` + canary + `"]}`, "say": canary, "updated_by": "desk", "updated_at": noon(),
		}},
	}
}
