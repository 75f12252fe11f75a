package app_test

import "obrady/internal/people"

// councilRows are rows of the person as a reviewer of what a colleague sent in, and as one who appealed; they stand on those of callRows.
func councilRows(s people.Subject) []row {
	at, account := noon(), string(s.Account)
	const sent = "sent-2"
	return []row{
		{"review_reader", map[string]any{
			"call_id": "call-1", "account_id": account, "most": 3, "skills": `{"` + canary + `":2}`, "languages": `["` + canary + `"]`, "updated_at": at,
		}},
		{"review_look", map[string]any{"call_id": "call-1", "account_id": account, "facts": "f", "checked_at": at, "whole_at": at}},
		{"review_conflict", map[string]any{
			"submission_id": sent, "account_id": account, "call_id": "call-1", "sources": `["declared"]`, "state": "confirmed", "cleared": `[]`, "updated_at": at,
		}},
		{"review_conflict_step", map[string]any{
			"id": "k-1", "submission_id": sent, "account_id": account, "at": at, "made_by": account, "from_state": "", "to_state": "confirmed",
			"sources": `["declared"]`, "why": canary,
		}},
		{"review_glass", map[string]any{
			"id": "g-1", "submission_id": sent, "account_id": account, "reason": canary, "opened_at": at, "until_at": at,
		}},
		{"review_assignment", map[string]any{
			"submission_id": sent, "account_id": account, "call_id": "call-1", "state": "refused", "source": "hand", "why": `{}`, "reason": canary,
			"made_by": "desk", "made_at": at, "updated_at": at,
		}},
		{"council_appeal", map[string]any{
			"id": "a-1", "submission_id": sent, "call_id": "call-1", "of_revision": 1, "words": canary, "filed_by": account, "filed_at": at,
			"verdict": "upheld", "answer": canary, "answered_by": "desk", "answered_at": at,
		}},
	}
}
